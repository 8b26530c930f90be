// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts deploy MODEL TAG [--earlier TAG] [--version V] [--limit S] [--settle S] [--comment TEXT] [--plan]
//   Starts the pipeline that the workspace names for the model's deploys (pipeline: {deploy, deploy_connection, deploy_branch, deploy_parameters: {INPUT: "{tag}"}}) with the tag, follows its run, and watches
//   the service: health, reported version, errors, latency. Undo (pilot undo op-…) deploys the earlier tag.
//   --json: as pilot rollouts commit: {"operation","summary","done","steps":[{…,"after":{"version","healthy","verdict"}}]}.
#include "app/pilot/operation_answer.h"
#include "app/pilot/rollouts_sub.h"

#include "core/fleet/services.h"
#include "core/fleet/workflow_deployer.h"

namespace pilothouse {

namespace {

struct Options {
    std::string model, tag, earlier, version, comment;
    int limit = 900, settle = 60;
    bool plan = false;
};

Result<void> deploy(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    const QString name = QString::fromStdString(o.model);
    const auto &models = services->workspace.models;
    const auto model = std::find_if(models.begin(), models.end(), [&](const workspace::Model &m) { return m.name == name; });
    if (model == models.end())
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services->workspace.file);
    rollouts::HealthRolloutOptions options;
    options.version = QString::fromStdString(o.version);
    options.rules.limitSeconds = o.limit;
    options.rules.settleSeconds = o.settle;
    options.rules.maxErrorRate = model->deployment.maxErrorRate;
    options.stop = context.stop();
    const auto last = std::make_shared<QString>();
    options.onLook = [&context, last](const rollouts::HealthState &state, const rollouts::HealthSample &) {
        if (state.sentence != *last)
            context.note(state.sentence);
        *last = state.sentence;
    };
    PH_ASSIGN(operations::Operation operation, fleet::deployTagOperation(*services, *model, QString::fromStdString(o.tag), QString::fromStdString(o.earlier), std::move(options)));
    if (!o.comment.empty())
        operation.details.insert(QStringLiteral("comment"), QString::fromStdString(o.comment));
    return runAndAnswer(context, *services->operations, std::move(operation), o.plan);
}

const RolloutsSub sub("deploy", "Have a workflow deploy a tag, and watch the service until it stands", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("model", o->model, "Model of the workspace")->required();
    app.add_option("tag", o->tag, "Tag or version: v34")->required();
    app.add_option("--earlier", o->earlier, "What an undo deploys (what the service reports now)");
    app.add_option("--version", o->version, "Version that the service must report (the tag)");
    app.add_option("--limit", o->limit, "Seconds until the new version must answer")->check(CLI::Range(1, 86'400));
    app.add_option("--settle", o->settle, "Seconds that it must then stand")->check(CLI::Range(0, 86'400));
    app.add_option("--comment", o->comment, "Why; kept in the journal");
    app.add_flag("--plan", o->plan, "Show the calls, change nothing");
    app.callback([&body, o] { body = [o](Context &context) { return deploy(context, *o); }; });
});

} // namespace
} // namespace pilothouse
