// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines list                      {"pipelines":[…],"problems":[…]}
// pilot pipelines runs [NAME] [--limit N]   {"runs":[…],"problems":[…]}, newest first
// pilot pipelines show RUN                  the run's object (core/pipelines/pipeline_json.h)
// pilot pipelines start NAME [--ref R] [--param k=v]… [--wait]   the run's object; exit 1 if it was waited for and failed
// pilot pipelines exec RUN                  carries a run out; started by `start`, not by people
// The others: verb_pipelines_*.cpp. NAME and RUN of a connection are "CONNECTION:ID".
#include "app/pilot/pipeline_executor.h"
#include "app/pilot/pipeline_wait.h"
#include "app/pilot/pipelines_sub.h"
#include "app/pilot/verb.h"

#include "core/base/events.h"
#include "core/fleet/joined_gates.h"
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name, run, ref, reason = "by hand";
    std::vector<std::string> parameters;
    int limit = 50;
    bool wait = false;
};

Result<void> list(Context &context, const Options &) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto found, systemParts<pipelines::Pipeline>(context, pipes, {}, [](const auto &system, const QString &) { return pipelines::AllPipelines::joinedPipelines(system); }));
    QJsonArray array;
    QString text;
    for (const auto &p : found.all) {
        array << pipelines::toJson(p);
        QStringList stages;
        for (const QString &stage : p.stages)
            stages << stage;
        text += (p.connection.isEmpty() ? p.name : p.id).leftJustified(12) + QStringLiteral("  %1  %2%3\n").arg(p.system, stages.join(QStringLiteral(" → ")), p.problem.isEmpty() ? QString() : QStringLiteral("  ! ") + p.problem);
    }
    context.answer({{Q("pipelines"), array}, {Q("problems"), found.problems}}, found.all.empty() ? QStringLiteral("No model of the workspace has a recipe, and no connection has a pipeline.") : text.trimmed());
    return {};
}

Result<void> runs(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    SystemParts<pipelines::PipelineRun> found;
    if (const QString name = QString::fromStdString(options.name); !name.isEmpty()) {
        PH_ASSIGN(found.all, pipes->runs(name, options.limit));
    } else {
        PH_ASSIGN(found, systemParts<pipelines::PipelineRun>(context, pipes, {}, [&](const auto &system, const QString &) { return pipelines::AllPipelines::joinedRuns(system, {}, options.limit); }));
        std::stable_sort(found.all.begin(), found.all.end(), pipelines::AllPipelines::newerFirst);
    }
    PH_ASSIGN(const auto services, context.services());
    fleet::addRunNotes(fleet::runNotes(*services), found.all);
    QJsonArray array;
    QString text;
    for (const auto &run : found.all) {
        array << pipelines::toJson(run);
        text += runLine(run) + QLatin1Char('\n');
    }
    context.answer({{Q("runs"), array}, {Q("problems"), found.problems}}, found.all.empty() ? QStringLiteral("No run yet.") : text.trimmed());
    return {};
}

Result<void> show(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto seen, pipes->run(QString::fromStdString(options.run)));
    std::vector<pipelines::PipelineRun> one{seen};
    fleet::addRunNotes(fleet::runNotes(*services), one);
    context.answer(pipelines::toJson(one.front()), runText(one.front()));
    return {};
}

Result<void> start(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    pipelines::StartRequest request;
    request.pipeline = QString::fromStdString(options.name);
    request.ref = QString::fromStdString(options.ref);
    request.by = services->operations->actor().name;
    request.reason = QString::fromStdString(options.reason);
    PH_ASSIGN(request.parameters, parametersFrom(options.parameters));
    if (request.pipeline.contains(QLatin1Char(':')) && !request.parameters.isEmpty()) {
        PH_ASSIGN(const pipelines::StartForm form, pipes->form(request.pipeline));
        PH_ASSIGN(request.parameters, pipelines::typedValues(form.parameters, request.parameters));
    }
    const auto id = std::make_shared<QString>();
    const auto outcome = services->operations->run(pipelines::startPipelineOperation(pipes, request, id));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The pipeline was not started.")));
    if (options.wait) {
        PH_ASSIGN(const auto run, waitForRun(context, *pipes, *id));
        return answerRun(context, run);
    }
    PH_ASSIGN(const auto run, pipes->run(*id));
    context.answer(pipelines::toJson(run), QStringLiteral("%1 started; follow it with: pilot pipelines show %1").arg(run.id));
    return {};
}

Result<void> exec(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    auto *local = pipelines::localPart(*pipes);
    if (!local)
        return invalid(QStringLiteral("Only local pipelines are carried out here."));
    PH_ASSIGN(const auto folder, local->folderOf(QString::fromStdString(options.run)));
    return PipelineExecutor(services, folder, context.stop()).run();
}

const Verb verb("pipelines", "Pipelines of the workspace and its connections: runs, stages, logs, gates, schedules", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &)) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, options); }; });
        return sub;
    };
    add("list", "Pipelines and their stages", list);
    auto *all = add("runs", "Runs, newest first", runs);
    all->add_option("NAME", options.name, "Only of this pipeline");
    all->add_option("--limit", options.limit, "At most that many of each pipeline")->check(CLI::Range(1, 100000));
    add("show", "One run with its stages", show)->add_option("RUN", options.run, "e.g. t2m-3, jenkins:weather/retrain#421")->required();
    auto *begin = add("start", "Start a pipeline; it goes on by itself", start);
    begin->add_option("NAME", options.name, "The pipeline: a model's name, or CONNECTION:ID")->required();
    begin->add_option("--ref", options.ref, "Branch, tag or version; without it the usual one");
    begin->add_option("--param", options.parameters, "NAME=VALUE: resume=RUN, deploy=false; of a credential NAME=secret:KEPT-NAME");
    begin->add_option("--reason", options.reason, "Why, for the journal");
    begin->add_flag("--wait", options.wait, "Wait for its end, or for the point where it needs a person");
    auto *carryOut = add("exec", "Carry out a run (started by `start`)", exec);
    carryOut->add_option("RUN", options.run)->required();
    carryOut->group("");
    addPipelinesSubs(app, body);
});

} // namespace
} // namespace pilothouse
