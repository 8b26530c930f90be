// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipeline_words.h"

#include "widgets/base/state.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using pipelines::PipelineRun;
using pipelines::Stage;
using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PipelineWords)
};

const Stage *stageIn(const PipelineRun &run, pipelines::State state) {
    const auto it = std::find_if(run.stages.begin(), run.stages.end(), [&](const Stage &stage) { return stage.state == state; });
    return it == run.stages.end() ? nullptr : &*it;
}

QString failedWords(const PipelineRun &run) {
    if (const Stage *stage = stageIn(run, pipelines::State::Failed)) {
        const auto tries = stage->attempts.size();
        return tries > 1 ? Text::tr("Failed: %1, attempt %2 of %3").arg(stage->name).arg(stage->attempts.back().number).arg(std::max<int>(int(tries), stage->attempts.back().number)) : Text::tr("Failed: %1").arg(stage->name);
    }
    if (run.error)
        return run.error->what;
    return run.note.isEmpty() ? pipelineWord(run.state) : Text::tr("Failed: %1").arg(run.note);
}

QString runningWords(const PipelineRun &run) {
    const auto running = std::count_if(run.stages.begin(), run.stages.end(), [](const Stage &stage) { return stage.state == pipelines::State::Running; });
    const Stage *stage = stageIn(run, pipelines::State::Running);
    if (!stage)
        return run.note.isEmpty() ? pipelineWord(run.state) : run.note;
    if (running > 1)
        return Text::tr("%1 and %n more", nullptr, int(running) - 1).arg(stage->name);
    return Text::tr("%1, %2 of %3").arg(stage->name).arg(stage - run.stages.data() + 1).arg(run.stages.size());
}

} // namespace

QString systemWord(const QString &system) {
    if (system.isEmpty() || system == Q("local"))
        return Text::tr("local");
    if (system == Q("jenkins"))
        return QStringLiteral("Jenkins");
    if (system == Q("github"))
        return QStringLiteral("Actions");
    if (system == Q("kubeflow"))
        return QStringLiteral("Kubeflow");
    return system == Q("azureml") ? QStringLiteral("Azure ML") : system;
}

QString sightWord(const fleet::SystemSight &sight, const fleet::PipelinesState &state) {
    const auto alike = std::count_if(state.systems.begin(), state.systems.end(), [&](const auto &other) { return other.system == sight.system; });
    return alike > 1 ? systemWord(sight.system) + QLatin1Char(' ') + sight.connection : systemWord(sight.system);
}

QString pipelineName(const fleet::PipelinesState &state, const QString &pipeline) {
    const auto it = std::find_if(state.pipelines.begin(), state.pipelines.end(), [&](const auto &p) { return p.id == pipeline; });
    return it == state.pipelines.end() ? QString() : pipelineName(*it);
}

QString pipelineName(const pipelines::Pipeline &pipeline) {
    const QString folder = pipeline.folder.section(QLatin1Char('/'), -1);
    return pipeline.system == Q("jenkins") && !folder.isEmpty() ? folder + QLatin1Char('/') + pipeline.name : pipeline.name; // there a name is a branch's, often
}

QString runTitle(const PipelineRun &run, const QString &name) {
    const QString prefix = run.pipeline + QLatin1Char('-');
    if (run.connection.isEmpty())
        return run.id.startsWith(prefix) ? QStringLiteral("%1 #%2").arg(run.pipeline, run.id.mid(prefix.size())) : run.pipeline + QLatin1Char(' ') + run.id.right(6);
    const QString job = !name.isEmpty() ? name : run.pipeline.isEmpty() ? run.title : run.pipeline.section(QLatin1Char(':'), 1); // "jenkins:weather/retrain"
    if (!run.number.isEmpty())
        return job + QStringLiteral(" #") + run.number;
    if (run.title.isEmpty() || run.title == job) {
        static const QRegularExpression place(QStringLiteral("\\?queue=(\\d+)$")); // Jenkins: not a build yet
        if (const auto match = place.match(run.id); match.hasMatch())
            return Text::tr("%1, queue item %2").arg(job, match.captured(1));
        return job + QLatin1Char(' ') + idThere(run).left(8);
    }
    return run.title.startsWith(job) ? run.title : job + QLatin1Char(' ') + run.title;
}

QString runSentence(const PipelineRun &run) {
    switch (run.state) {
    case pipelines::State::Paused: {
        const Stage *stage = stageIn(run, pipelines::State::Paused);
        const QString what = stage ? stage->note.isEmpty() ? stage->name : stage->note : run.note;
        return what.isEmpty() ? pipelineWord(run.state) : Text::tr("Paused: %1").arg(what);
    }
    case pipelines::State::Failed: return failedWords(run);
    case pipelines::State::Running: return runningWords(run);
    case pipelines::State::Waiting:
        if (run.merged)
            return Text::tr("Queued: joined with a start that waited already");
        return run.note.isEmpty() ? Text::tr("Queued") : run.note;
    case pipelines::State::Unknown: return run.systemState.isEmpty() ? pipelineWord(run.state) : Text::tr("Unknown: %1").arg(run.systemState);
    case pipelines::State::Cancelled:
    case pipelines::State::Skipped: return run.note.isEmpty() ? pipelineWord(run.state) : pipelineWord(run.state) + QStringLiteral(": ") + run.note;
    default: return pipelineWord(run.state);
    }
}

QString startedWords(const PipelineRun &run) {
    static const QStringList events{QStringLiteral("push"), QStringLiteral("schedule"), QStringLiteral("pull_request"), QStringLiteral("workflow_dispatch"), QStringLiteral("workflow_run")};
    const QString by = run.startedBy.isEmpty() ? run.reason : run.startedBy;
    if (by.isEmpty())
        return {};
    QString words = Text::tr("started by %1").arg(by);
    if (!run.startedBy.isEmpty() && events.contains(run.reason))
        words += QStringLiteral(", ") + (run.reason == Q("workflow_dispatch") ? Text::tr("by hand") : QString(run.reason).replace(QLatin1Char('_'), QLatin1Char(' ')));
    return run.commit.isEmpty() ? words : words + QStringLiteral(", ") + shortCommit(run.commit);
}

QString shortCommit(const QString &commit) { return commit.left(7); }

double runSeconds(const PipelineRun &run, const QDateTime &now) {
    if (!run.started.isValid() || (!run.ended.isValid() && pipelines::hasEnded(run.state)))
        return std::nan("");
    return double(run.started.msecsTo(run.ended.isValid() ? run.ended : now)) / 1000;
}

double stageSeconds(const Stage &stage, const QDateTime &now) {
    if (!stage.started.isValid() || (!stage.ended.isValid() && pipelines::hasEnded(stage.state)))
        return std::nan("");
    return double(stage.started.msecsTo(stage.ended.isValid() ? stage.ended : now)) / 1000;
}

QString idThere(const PipelineRun &run) { return run.connection.isEmpty() ? run.id : run.id.mid(run.connection.size() + 1); }

QString shellWord(const QString &word) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
    return plain.match(word).hasMatch() ? word : QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), Q("'\\''")) + QLatin1Char('\'');
}

QString runCommands(const PipelineRun &run, const QString &api) {
    QString out = QStringLiteral("pilot pipelines show %1\n").arg(shellWord(run.id));
    QString url = api;
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    const QString id = idThere(run);
    if (run.system == Q("jenkins") && !run.link.isEmpty())
        out += QStringLiteral("curl -u \"$JENKINS_USER:$JENKINS_TOKEN\" %1\n").arg(shellWord(run.link + (run.link.endsWith(QLatin1Char('/')) ? QString() : QStringLiteral("/")) + Q("api/json")));
    else if (run.system == Q("github") && !url.isEmpty() && !run.repository.isEmpty())
        out += QStringLiteral("curl -H \"Authorization: Bearer $GITHUB_TOKEN\" %1\n").arg(shellWord(QStringLiteral("%1/repos/%2/actions/runs/%3").arg(url, run.repository, id.section(QLatin1Char('/'), -1))));
    else if (run.system == Q("kubeflow") && !url.isEmpty())
        out += QStringLiteral("curl -H \"Authorization: Bearer $KUBEFLOW_TOKEN\" %1\n").arg(shellWord(QStringLiteral("%1/apis/v2beta1/runs/%2").arg(url, id)));
    else if (run.system == Q("azureml") && !url.isEmpty())
        out += QStringLiteral("curl -H \"Authorization: Bearer $AZURE_TOKEN\" %1\n").arg(shellWord(QStringLiteral("%1/api/2.0/mlflow/runs/get?run_id=%2").arg(url, id)));
    return out.trimmed();
}

} // namespace pilothouse::ui
