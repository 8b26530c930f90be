// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines list                      {"pipelines":[…]}
// pilot pipelines runs [NAME] [--limit N]   {"runs":[…]}, newest first
// pilot pipelines show RUN                  the run's object (core/pipelines/pipeline_json.h)
// pilot pipelines log RUN [--stage S]       {"run","stage","log"}
// pilot pipelines start NAME [--param k=v]… [--wait]   the run's object; exit 1 if it was waited for and failed
// pilot pipelines cancel RUN                the run's object
// pilot pipelines exec RUN                  carries a run out; started by `start`, not by people
#include "app/pilot/pipeline_executor.h"
#include "app/pilot/pipeline_wait.h"
#include "app/pilot/verb.h"

#include "core/base/json.h"
#include "core/fleet/deploy_watch.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

#include <QLocale>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using pipelines::State;

struct Options {
    std::string name, run, stage;
    std::vector<std::string> parameters;
    int limit = 50;
    bool wait = false;
};

/// The pipelines of the workspace, with what became of their promotions.
Result<std::shared_ptr<pipelines::PipelineService>> service(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    if (auto *local = dynamic_cast<pipelines::LocalPipelines *>(services->pipelines.get()))
        local->watchDeploys(fleet::deployWatcher(services->promotions));
    return services->pipelines;
}

QString seconds(double value) {
    if (value < 100)
        return QStringLiteral("%1 s").arg(value, 0, 'f', value < 10 ? 1 : 0);
    return QStringLiteral("%1 min").arg(value / 60, 0, 'f', value < 600 ? 1 : 0);
}
QString shortTime(const QDateTime &time) { return time.isValid() ? time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) : QString(); }

QString lineOf(const pipelines::PipelineRun &run) {
    QString line = QStringLiteral("%1  %2  %3  %4").arg(run.id, -12).arg(pipelines::stateName(run.state), -9).arg(shortTime(run.started), run.startedBy);
    for (const auto &stage : run.stages)
        if (stage.state == State::Running || stage.state == State::Paused || stage.state == State::Failed)
            line += QStringLiteral("  [%1] %2").arg(stage.name, stage.note);
    return line;
}

QString textOf(const pipelines::PipelineRun &run) {
    QString text = QStringLiteral("%1  %2%3\n").arg(run.id, pipelines::stateName(run.state), run.systemState.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(run.systemState));
    text += QStringLiteral("started %1 UTC by %2%3\n").arg(shortTime(run.started), run.startedBy, run.reason.isEmpty() ? QString() : QStringLiteral(": ") + run.reason);
    for (const auto &stage : run.stages) {
        text += QStringLiteral("  %1 %2").arg(stage.name, -9).arg(pipelines::stateName(stage.state), -9);
        if (stage.started.isValid() && stage.ended.isValid())
            text += QStringLiteral(" %1").arg(seconds(double(stage.started.msecsTo(stage.ended)) / 1000));
        if (stage.medianSeconds > 0)
            text += QStringLiteral(" (usually %1)").arg(seconds(stage.medianSeconds));
        text += stage.note.isEmpty() ? QStringLiteral("\n") : QStringLiteral("  %1\n").arg(stage.note);
    }
    if (run.version > 0)
        text += QStringLiteral("registered version %1 of %2\n").arg(run.version).arg(run.model);
    if (run.error)
        text += run.error->text() + QLatin1Char('\n');
    return text.trimmed();
}

Result<void> list(Context &context) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto all, pipes->pipelines());
    QJsonArray array;
    QString text;
    for (const auto &p : all) {
        array << pipelines::toJson(p);
        QStringList stages;
        for (const QString &stage : p.stages)
            stages << stage;
        text += QStringLiteral("%1  %2  %3\n").arg(p.name, -12).arg(p.system, stages.join(QStringLiteral(" → ")));
    }
    context.answer({{Q("pipelines"), array}}, all.empty() ? QStringLiteral("No model of the workspace has a recipe.") : text.trimmed());
    return {};
}

Result<void> runs(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto all, pipes->runs(QString::fromStdString(options.name), options.limit));
    QJsonArray array;
    QString text;
    for (const auto &run : all) {
        array << pipelines::toJson(run);
        text += lineOf(run) + QLatin1Char('\n');
    }
    context.answer({{Q("runs"), array}}, all.empty() ? QStringLiteral("No run yet.") : text.trimmed());
    return {};
}

Result<void> show(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto run, pipes->run(QString::fromStdString(options.run)));
    context.answer(pipelines::toJson(run), textOf(run));
    return {};
}

Result<void> log(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    const QString run = QString::fromStdString(options.run), stage = QString::fromStdString(options.stage);
    PH_ASSIGN(const QString text, pipes->log(run, stage));
    context.answer({{Q("run"), run}, {Q("stage"), stage}, {Q("log"), text}}, text.trimmed());
    return {};
}

/// k=v: true, false and numbers are what they look like, the rest is text.
Result<QJsonObject> parametersOf(const Options &options) {
    QJsonObject parameters;
    for (const std::string &raw : options.parameters) {
        const QString text = QString::fromStdString(raw), key = text.section(QLatin1Char('='), 0, 0), value = text.section(QLatin1Char('='), 1);
        if (!text.contains(QLatin1Char('=')) || key.isEmpty())
            return invalid(QStringLiteral("--param expects NAME=VALUE, not “%1”.").arg(text));
        bool isNumber = false;
        const double number = QLocale::c().toDouble(value, &isNumber);
        parameters.insert(key, value == Q("true") ? QJsonValue(true) : value == Q("false") ? QJsonValue(false) : isNumber ? QJsonValue(number) : QJsonValue(value));
    }
    return parameters;
}

Result<void> answerRun(Context &context, const pipelines::PipelineRun &run) {
    context.answer(pipelines::toJson(run), textOf(run));
    context.exitCodeWanted = run.state == State::Failed || run.state == State::Cancelled ? 1 : 0;
    return {};
}

Result<void> start(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const QJsonObject parameters, parametersOf(options));
    const auto id = std::make_shared<QString>();
    const auto outcome = services->operations->run(pipelines::startPipelineOperation(pipes, QString::fromStdString(options.name), parameters, services->operations->actor().name, QStringLiteral("by hand"), id));
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

Result<void> cancel(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto services, context.services());
    const QString id = QString::fromStdString(options.run);
    const auto outcome = services->operations->run(pipelines::cancelRunOperation(pipes, id));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The run was not cancelled.")));
    PH_ASSIGN(const auto run, pipes->run(id));
    context.answer(pipelines::toJson(run), textOf(run));
    return {};
}

Result<void> exec(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, service(context));
    PH_ASSIGN(const auto services, context.services());
    auto *local = dynamic_cast<pipelines::LocalPipelines *>(pipes.get());
    if (!local)
        return invalid(QStringLiteral("Only local pipelines are carried out here."));
    PH_ASSIGN(const auto folder, local->folderOf(QString::fromStdString(options.run)));
    return PipelineExecutor(services, folder, context.stop()).run();
}

const Verb verb("pipelines", "Pipelines of the workspace: runs, stages, logs, start, cancel", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, Result<void> (*function)(Context &, const Options &)) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = [function](Context &context) { return function(context, options); }; });
        return sub;
    };
    add("list", "Pipelines and their stages", [](Context &context, const Options &) { return list(context); });
    auto *all = add("runs", "Runs, newest first", runs);
    all->add_option("NAME", options.name, "Only of this pipeline");
    all->add_option("--limit", options.limit, "At most that many")->check(CLI::Range(1, 100000));
    add("show", "One run with its stages", show)->add_option("RUN", options.run, "e.g. t2m-3")->required();
    auto *text = add("log", "The log of a run", log);
    text->add_option("RUN", options.run, "e.g. t2m-3")->required();
    text->add_option("--stage", options.stage, "Only of this stage");
    auto *begin = add("start", "Start a pipeline; it goes on by itself", start);
    begin->add_option("NAME", options.name, "The pipeline, named like its model")->required();
    begin->add_option("--param", options.parameters, "NAME=VALUE: resume=RUN, deploy=false");
    begin->add_flag("--wait", options.wait, "Wait for its end, or for the point where it needs a person");
    add("cancel", "Cancel a run; a training leaves a checkpoint", cancel)->add_option("RUN", options.run, "e.g. t2m-3")->required();
    auto *carryOut = add("exec", "Carry out a run (started by `start`)", exec);
    carryOut->add_option("RUN", options.run)->required();
    carryOut->group("");
});

} // namespace
} // namespace pilothouse
