// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines schedules                                      {"schedules":[…],"problems":[…]}
// pilot pipelines schedule on|off|remove ID [--dry-run]          {"operation","summary","done","steps"}
// pilot pipelines schedule create NAME --cron "0 2 * * *" | --every 1d  [--name N] [--param k=v]… [--catch-up] [--most N] [--off] [--experiment E] [--version V] [--dry-run]
#include "app/pilot/operation_answer.h"
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/services.h"
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string id, name, cron, every, experiment, version;
    std::vector<std::string> parameters;
    int most = 1;
    bool catchUp = false, off = false, plan = false;
};

Result<void> schedules(Context &context) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto found, systemParts<pipelines::Schedule>(context, pipes, {}, [](const auto &system, const QString &) { return pipelines::AllPipelines::joinedSchedules(system); }));
    QJsonArray array;
    QString text;
    for (const pipelines::Schedule &s : found.all) {
        array << pipelines::toJson(s);
        text += QStringLiteral("%1  %2  %3  %4%5%6\n").arg(s.id, -24).arg(s.on ? QStringLiteral("on") : QStringLiteral("off"), -3).arg(s.when, -14).arg(s.pipeline,
                    s.next.isValid() ? QStringLiteral("  next %1").arg(shortUtc(s.next)) : QString(), s.note.isEmpty() ? QString() : QStringLiteral("  ") + s.note);
    }
    context.answer({{Q("schedules"), array}, {Q("problems"), found.problems}}, text.isEmpty() ? QStringLiteral("No pipeline starts by itself.") : text.trimmed());
    return {};
}

Result<pipelines::Schedule> scheduleOf(const pipelines::PipelineService &pipes, const QString &id) {
    const auto *all = dynamic_cast<const pipelines::AllPipelines *>(&pipes);
    std::vector<pipelines::Schedule> known;
    if (all) {
        PH_ASSIGN(const auto place, all->whose(id));
        PH_ASSIGN(known, pipelines::AllPipelines::joinedSchedules(*place.first));
    } else {
        PH_ASSIGN(known, pipes.schedules());
    }
    const auto found = std::find_if(known.begin(), known.end(), [&](const pipelines::Schedule &s) { return s.id == id; });
    if (found == known.end())
        return notFound(QStringLiteral("There is no schedule “%1”.").arg(id), {}, QStringLiteral("pilot pipelines schedules lists them."));
    return *found;
}

Result<void> change(Context &context, const Options &options, std::optional<bool> on) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const pipelines::Schedule schedule, scheduleOf(*pipes, QString::fromStdString(options.id)));
    return runAndAnswer(context, *services->operations, on ? pipelines::switchScheduleOperation(pipes, schedule, *on) : pipelines::removeScheduleOperation(pipes, schedule), options.plan);
}

Result<void> create(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    pipelines::ScheduleRequest request;
    request.pipeline = QString::fromStdString(options.id);
    request.name = options.name.empty() ? QStringLiteral("pilothouse-%1").arg(request.pipeline.section(QLatin1Char(':'), -1).section(QLatin1Char('/'), -1)) : QString::fromStdString(options.name);
    request.cron = QString::fromStdString(options.cron);
    request.version = QString::fromStdString(options.version);
    request.experiment = QString::fromStdString(options.experiment);
    request.catchUp = options.catchUp;
    request.most = options.most;
    request.on = !options.off;
    if (options.cron.empty() == options.every.empty())
        return invalid(QStringLiteral("A schedule needs either --cron or --every."));
    if (!options.every.empty()) {
        PH_ASSIGN(request.everySeconds, workspace::parseDuration(QString::fromStdString(options.every)));
    }
    PH_ASSIGN(const QJsonObject given, parametersFrom(options.parameters));
    PH_ASSIGN(const pipelines::StartForm form, pipes->form(request.pipeline));
    PH_ASSIGN(request.parameters, pipelines::typedValues(form.parameters, given));
    return runAndAnswer(context, *services->operations, pipelines::createScheduleOperation(pipes, request, nullptr), options.plan);
}

const PipelinesSub listSub("schedules", "What starts by itself, and when", [](CLI::App &app, VerbBody &body) { app.callback([&body] { body = schedules; }); });

const PipelinesSub changeSub("schedule", "Switch, make or remove a schedule", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, const char *of, auto run) {
        CLI::App *const sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->add_option("ID", options->id, of)->required();
        sub->add_flag("--dry-run", options->plan, "Show what would be sent");
        sub->callback([&body, options, run] { body = [options, run](Context &context) { return run(context, *options); }; });
        return sub;
    };
    add("on", "Switch it on", "As `schedules` names it", [](Context &context, const Options &o) { return change(context, o, true); });
    add("off", "Switch it off", "As `schedules` names it", [](Context &context, const Options &o) { return change(context, o, false); });
    add("remove", "Remove it", "As `schedules` names it", [](Context &context, const Options &o) { return change(context, o, std::nullopt); });
    CLI::App *const made = add("create", "Make one", "The pipeline: CONNECTION:ID", create);
    made->add_option("--cron", options->cron, "In the system's form: \"0 2 * * *\"");
    made->add_option("--every", options->every, "6h, 1d");
    made->add_option("--name", options->name, "Its name there");
    made->add_option("--param", options->parameters, "NAME=VALUE");
    made->add_option("--experiment", options->experiment, "Where the system has experiments");
    made->add_option("--version", options->version, "Of the pipeline; without it the newest");
    made->add_option("--most", options->most, "Runs at once")->check(CLI::Range(1, 10));
    made->add_flag("--catch-up", options->catchUp, "Make up for what was missed");
    made->add_flag("--off", options->off, "Made, but off");
});

} // namespace
} // namespace pilothouse
