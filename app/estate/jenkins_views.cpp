// SPDX-License-Identifier: GPL-3.0-or-later
// The stage view's plugin (wfapi) and the graph view's (stages/…).
#include "app/estate/jenkins.h"

#include <QUrl>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }
Answer nothing() { return jenkinsPage(404, s("Error 404 Not Found"), s("The requested resource is not available.")); }
constexpr qsizetype logLimit = 10'240; ///< of wfapi/log (FlowNodeLogExt.maxReturnChars)

QJsonObject link(const QString &place) { return {{Q("href"), place}}; }

} // namespace

QJsonObject Jenkins::runView(const QString &path, const JenkinsBuild &build) const {
    const QString place = relative(path) + QLatin1Char('/') + QString::number(build.number);
    QJsonArray stages;
    QString status = build.end == 0 ? s("IN_PROGRESS") : build.result == Q("FAILURE") ? s("FAILED") : build.result;
    qint64 pause = 0;
    for (const JenkinsStage &stage : build.stages) {
        if (stage.status.isEmpty())
            continue; // not begun: wfapi does not know it yet
        const bool waits = stage.status == Q("PAUSED_PENDING_INPUT"), runs = waits || stage.status == Q("IN_PROGRESS");
        if (waits)
            status = stage.status;
        const qint64 took = runs ? nowMs() - stage.start : stage.ms, paused = stage.spec.input ? took : 0;
        pause += paused;
        QJsonObject one{{Q("_links"), QJsonObject{{Q("self"), link(place + s("/execution/node/%1/wfapi/describe").arg(stage.id))}}}, {Q("id"), QString::number(stage.id)}, {Q("name"), stage.spec.name}, {Q("execNode"), QString()}, {Q("status"), stage.status},
                        {Q("startTimeMillis"), double(stage.start)}, {Q("durationMillis"), double(took)}, {Q("pauseDurationMillis"), double(paused)}};
        if (!stage.error.isEmpty())
            one.insert(Q("error"), QJsonObject{{Q("message"), stage.error}, {Q("type"), stage.status == Q("ABORTED") ? s("org.jenkinsci.plugins.workflow.steps.FlowInterruptedException") : s("hudson.AbortException")}});
        stages.append(one);
    }
    QJsonObject links{{Q("self"), link(place + s("/wfapi/describe"))}};
    if (status == Q("PAUSED_PENDING_INPUT")) {
        links.insert(Q("pendingInputActions"), link(place + s("/wfapi/pendingInputActions")));
        links.insert(Q("nextPendingInputAction"), link(place + s("/wfapi/nextPendingInputAction")));
    }
    const qint64 end = build.end == 0 ? nowMs() : build.end;
    return {{Q("_links"), links}, {Q("id"), QString::number(build.number)}, {Q("name"), s("#%1").arg(build.number)}, {Q("status"), status}, {Q("startTimeMillis"), double(build.start)}, {Q("endTimeMillis"), double(end)},
            {Q("durationMillis"), double(end - build.start)}, {Q("queueDurationMillis"), double(std::max<qint64>(0, build.start - build.queued))}, {Q("pauseDurationMillis"), double(pause)}, {Q("stages"), stages}};
}

/// The shapes of parameters here are others than those of a job's definition (3.2).
QJsonArray Jenkins::pendingInputs(const QString &path, JenkinsJob &job, JenkinsBuild &build) {
    if (!paused(build))
        return {};
    const QString place = relative(path) + QLatin1Char('/') + QString::number(build.number);
    QJsonArray inputs;
    for (const JenkinsParameter &p : job.inputParameters) {
        QJsonObject definition{{Q("defaultVal"), p.type == Q("boolean") ? QJsonValue(p.standard == Q("true")) : QJsonValue(p.standard)}};
        if (p.type == Q("choice"))
            definition.insert(Q("choices"), QJsonArray::fromStringList(p.choices));
        const QString type = p.type.left(1).toUpper() + p.type.mid(1) + s("ParameterDefinition");
        inputs.append(QJsonObject{{Q("type"), type}, {Q("name"), p.name}, {Q("description"), p.description}, {Q("definition"), definition}});
    }
    const QString input = QString::fromLatin1(QUrl::toPercentEncoding(job.inputId));
    const QString proceed = inputs.isEmpty() ? place + s("/input/%1/proceedEmpty").arg(input) : place + s("/wfapi/inputSubmit?inputId=%1").arg(input);
    return {QJsonObject{{Q("id"), job.inputId}, {Q("proceedText"), s("Proceed")}, {Q("message"), job.inputMessage}, {Q("inputs"), inputs}, {Q("proceedUrl"), proceed}, {Q("abortUrl"), place + s("/input/%1/abort").arg(input)}, {Q("redirectApprovalUrl"), place + s("/input/")}}};
}

Answer Jenkins::stageView(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest) {
    if (rest.value(0) == Q("wfapi")) {
        const QString what = rest.value(1);
        if (what == Q("describe") || what.isEmpty())
            return Answer::json(runView(path, build));
        if (what == Q("pendingInputActions"))
            return Answer::json(pendingInputs(path, job, build));
        if (what == Q("nextPendingInputAction")) {
            const QJsonArray all = pendingInputs(path, job, build);
            return all.isEmpty() ? Answer::text("null", 200, "application/json") : Answer::json(all.first());
        }
        if (what == Q("artifacts") || what == Q("changesets"))
            return Answer::json(QJsonArray());
        if (what == Q("inputSubmit"))
            return input(asked, path, job, build, {asked.call.query.queryItemValue(s("inputId"), QUrl::FullyDecoded), s("proceed")});
        return nothing();
    }
    if (rest.value(1) != Q("node"))
        return nothing();
    for (const JenkinsStage &stage : build.stages) {
        const int wanted = rest.value(2).toInt();
        if (stage.status.isEmpty() || (wanted != stage.id && wanted != stage.id + 1)) // the step in it follows the stage's node
            continue;
        const QString place = relative(path) + s("/%1/execution/node/%2").arg(build.number).arg(stage.id + 1);
        const QByteArray log = visibleStageLog(stage);
        if (rest.value(3) == Q("log") && rest.value(4) == Q("logText") && rest.value(5) == Q("progressiveText"))
            return progressive(asked, wanted == stage.id ? QByteArray() : log, stage.status == Q("IN_PROGRESS")); // a stage's node has no log of its own, its steps have
        if (rest.value(3) != Q("wfapi"))
            return nothing();
        const QJsonArray stages = runView(path, build).value(Q("stages")).toArray();
        QJsonObject described;
        for (const QJsonValue &one : stages)
            if (one[Q("id")].toString() == QString::number(stage.id))
                described = one.toObject();
        if (rest.value(4) == Q("log")) {
            const bool cut = log.size() > logLimit;
            return Answer::json(QJsonObject{{Q("nodeId"), QString::number(wanted)}, {Q("nodeStatus"), stage.status}, {Q("length"), double(wanted == stage.id ? 0 : std::min(log.size(), logLimit))}, {Q("hasMore"), wanted != stage.id && cut},
                                            {Q("text"), wanted == stage.id ? QString() : QString::fromUtf8(cut ? log.right(logLimit) : log).toHtmlEscaped()}, {Q("consoleUrl"), place + s("/log")}});
        }
        QJsonObject step = described;
        step.insert(Q("id"), QString::number(stage.id + 1));
        step.insert(Q("name"), stage.spec.input ? s("Wait for interactive input") : s("Shell Script"));
        step.insert(Q("parentNodes"), QJsonArray{QString::number(stage.id)});
        step.insert(Q("_links"), QJsonObject{{Q("self"), link(place + s("/wfapi/describe"))}, {Q("log"), link(place + s("/wfapi/log"))}, {Q("console"), link(place + s("/log"))}});
        if (wanted != stage.id)
            return Answer::json(step);
        described.insert(Q("stageFlowNodes"), stage.status == Q("NOT_EXECUTED") ? QJsonArray() : QJsonArray{step});
        return Answer::json(described);
    }
    return nothing();
}

/// {"status": "ok", "data": …}: PipelineConsoleViewAction.
Answer Jenkins::graphView(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest) {
    const QString what = rest.value(0);
    const auto wrapped = [](const QJsonValue &data) { return Answer::json(QJsonObject{{Q("status"), s("ok")}, {Q("data"), data}}); };
    if (what == Q("tree") || what.endsWith(Q("teps"))) {
        QJsonArray stages, steps, branches;
        for (std::size_t i = 0; i < build.stages.size(); ++i) {
            const JenkinsStage &stage = build.stages[i];
            if (stage.status.isEmpty())
                continue;
            static const QHash<QString, QString> words{{s("SUCCESS"), s("success")}, {s("FAILED"), s("failure")}, {s("ABORTED"), s("aborted")}, {s("UNSTABLE"), s("unstable")}, {s("IN_PROGRESS"), s("running")}, {s("PAUSED_PENDING_INPUT"), s("paused")}, {s("NOT_EXECUTED"), s("skipped")}};
            const bool runs = stage.status == Q("IN_PROGRESS") || stage.status == Q("PAUSED_PENDING_INPUT");
            QJsonObject one{{Q("id"), QString::number(stage.id)}, {Q("name"), stage.spec.name}, {Q("title"), stage.spec.name}, {Q("state"), words.value(stage.status)}, {Q("type"), stage.spec.parallel.isEmpty() ? s("STAGE") : s("PARALLEL")}, {Q("children"), QJsonArray()},
                            {Q("startTimeMillis"), double(stage.start)}, {Q("totalDurationMillis"), double(runs ? nowMs() - stage.start : stage.ms)}, {Q("pauseDurationMillis"), double(stage.spec.input ? stage.ms : 0)}, {Q("pauseLiveTotal"), stage.status == Q("PAUSED_PENDING_INPUT")}, {Q("synthetic"), false}, {Q("sequential"), false}, {Q("placeholder"), false}};
            steps.append(QJsonObject{{Q("id"), QString::number(stage.id + 1)}, {Q("name"), stage.spec.input ? s("Wait for interactive input") : s("Shell Script")}, {Q("title"), QString()}, {Q("state"), one.value(Q("state"))}, {Q("type"), s("STEP")}, {Q("stageId"), QString::number(stage.id)}, {Q("startTimeMillis"), double(stage.start)}, {Q("totalDurationMillis"), one.value(Q("totalDurationMillis"))}});
            if (stage.spec.parallel.isEmpty()) {
                stages.append(one);
                continue;
            }
            branches.append(one);
            if (i + 1 == build.stages.size() || build.stages[i + 1].spec.parallel != stage.spec.parallel || build.stages[i + 1].status.isEmpty()) {
                QJsonObject parent = branches.first().toObject();
                QString state = s("skipped");
                for (const char *word : {"success", "failure", "aborted", "running"}) // the worst that is there
                    for (const QJsonValue &branch : std::as_const(branches))
                        if (branch[Q("state")].toString() == Q(word))
                            state = s(word);
                parent.insert(Q("id"), QString::number(branches.first()[Q("id")].toString().toInt() - 2));
                parent.insert(Q("name"), stage.spec.parallel);
                parent.insert(Q("title"), stage.spec.parallel);
                parent.insert(Q("type"), s("STAGE"));
                parent.insert(Q("state"), state);
                parent.insert(Q("children"), branches);
                stages.append(parent);
                branches = {};
            }
        }
        return what == Q("tree") ? wrapped(QJsonObject{{Q("complete"), build.end > 0}, {Q("stages"), stages}}) : wrapped(QJsonObject{{Q("steps"), steps}, {Q("runIsComplete"), build.end > 0}});
    }
    if (what == Q("consoleBuildOutput"))
        return Answer::text(visibleLog(build));
    if (what == Q("log") || what == Q("exceptionText")) {
        const int wanted = asked.call.query.queryItemValue(s("nodeId")).toInt();
        for (const JenkinsStage &stage : build.stages)
            if (wanted == stage.id || wanted == stage.id + 1)
                return what == Q("log") ? Answer::text(wanted == stage.id + 1 ? visibleStageLog(stage) : QByteArray()) : Answer::text(stage.error.toUtf8());
        return nothing();
    }
    if (asked.call.method == "POST" && what == Q("doCancel")) {
        if (build.end > 0)
            return Answer::json(QJsonObject{{Q("status"), s("error")}, {Q("message"), s("Run has completed")}}, 400);
        (void)stop(asked, build, 0);
        return wrapped(QJsonObject());
    }
    if (asked.call.method == "POST" && (what == Q("doRerun") || what == Q("rerun"))) {
        QJsonArray causes{QJsonObject{{Q("_class"), s("hudson.model.Cause$UserIdCause")}, {Q("shortDescription"), s("Started by user ") + asked.user}, {Q("userId"), asked.user}, {Q("userName"), asked.user}},
                          QJsonObject{{Q("_class"), s("org.jenkinsci.plugins.workflow.cps.replay.ReplayCause")}, {Q("shortDescription"), s("Replayed #%1").arg(build.number)}}};
        const auto [id, merged] = enqueue(path, build.parameters, causes, build.commit, build.files);
        Q_UNUSED(merged);
        Q_UNUSED(job);
        return wrapped(QJsonObject{{Q("queueId"), double(id)}});
    }
    return nothing();
}

} // namespace pilothouse::estate
