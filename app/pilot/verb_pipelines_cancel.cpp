// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines cancel RUN [--force]   the run's object
// pilot pipelines retry RUN [--failed]   the new run's object; --failed: only what failed, and what follows it
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/services.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

namespace pilothouse {

namespace {

struct Options {
    std::string run;
    bool force = false, failed = false;
};

Result<void> cancel(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    const QString id = QString::fromStdString(options.run);
    const auto outcome = services->operations->run(options.force ? pipelines::forceRunOperation(pipes, id) : pipelines::cancelRunOperation(pipes, id));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The run was not cancelled.")));
    PH_ASSIGN(const auto run, pipes->run(id));
    context.answer(pipelines::toJson(run), runText(run));
    return {};
}

Result<void> retry(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    const auto made = std::make_shared<QString>();
    const auto outcome = services->operations->run(pipelines::rerunOperation(pipes, QString::fromStdString(options.run), options.failed, made));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The run was not started again.")));
    PH_ASSIGN(const auto run, pipes->run(*made));
    context.answer(pipelines::toJson(run), QStringLiteral("%1 started; follow it with: pilot pipelines show %1").arg(run.id));
    return {};
}

const PipelinesSub cancelSub("cancel", "Cancel a run; a training of this machine leaves a checkpoint", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "e.g. t2m-3")->required();
    app.add_flag("--force", options->force, "End it at once, where the system can");
    app.callback([&body, options] { body = [options](Context &context) { return cancel(context, *options); }; });
});

const PipelinesSub retrySub("retry", "Run a run again", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "e.g. github:owner/name/123")->required();
    app.add_flag("--failed", options->failed, "Only what failed, and what follows it");
    app.callback([&body, options] { body = [options](Context &context) { return retry(context, *options); }; });
});

} // namespace
} // namespace pilothouse
