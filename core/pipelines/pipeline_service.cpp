// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

namespace {

QString systemWord(const QString &system) {
    static const QMap<QString, QString> words{{QStringLiteral("jenkins"), QStringLiteral("Jenkins")},
                                              {QStringLiteral("github"), QStringLiteral("GitHub Actions")},
                                              {QStringLiteral("kubeflow"), QStringLiteral("Kubeflow Pipelines")},
                                              {QStringLiteral("azureml"), QStringLiteral("Azure ML")},
                                              {QStringLiteral("local"), QStringLiteral("A pipeline of this machine")}};
    return words.value(system, system);
}

} // namespace

Error PipelineService::cannot(const QString &what) const { return refused(QStringLiteral("%1 cannot %2.").arg(systemWord(system()), what), source()); }

Result<void> PipelineService::stillRuns(const QString &id) const {
    PH_ASSIGN(const PipelineRun now, run(id));
    if (!now.became.isEmpty())
        return stillRuns(now.became);
    if (!hasEnded(now.state))
        return {};
    return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has ended already: %2.").arg(id, stateName(now.state)), source(), {}, {}};
}

Result<QString> PipelineService::log(const QString &run, const QString &stage) const {
    QByteArray all;
    LogFrom from{run, stage, {}, 0};
    for (;;) {
        PH_ASSIGN(const LogPiece piece, readLog(from));
        if (piece.anew)
            all.clear();
        all += piece.bytes;
        if (piece.end || piece.bytes.isEmpty() || piece.next == from.next)
            return QString::fromUtf8(all);
        from.next = piece.next;
    }
}

Result<StartForm> PipelineService::form(const QString &) const { return StartForm{}; }
Result<void> PipelineService::cancelByForce(const QString &) { return cannot(QStringLiteral("end a run by force")); }
Result<QString> PipelineService::rerun(const QString &, bool onlyFailed) { return cannot(onlyFailed ? QStringLiteral("run only what failed again") : QStringLiteral("run a run again")); }
Result<std::vector<Gate>> PipelineService::gates(const QString &) const { return std::vector<Gate>{}; }
Result<void> PipelineService::answer(const Gate &, const GateAnswer &) { return cannot(QStringLiteral("wait for an answer")); }
Result<GateState> PipelineService::gateState(const Gate &) const { return cannot(QStringLiteral("wait for an answer")); }
Result<std::vector<Schedule>> PipelineService::schedules() const { return std::vector<Schedule>{}; }
Result<void> PipelineService::switchSchedule(const QString &, bool) { return cannot(QStringLiteral("switch a schedule from here")); }
Result<QString> PipelineService::createSchedule(const ScheduleRequest &) { return cannot(QStringLiteral("make a schedule from here")); }
Result<void> PipelineService::removeSchedule(const QString &) { return cannot(QStringLiteral("take a schedule away from here")); }
Result<std::vector<Output>> PipelineService::outputs(const QString &) const { return std::vector<Output>{}; }
Result<void> PipelineService::download(const QString &, const Output &, const QString &, std::stop_token) const { return cannot(QStringLiteral("give the files of a run")); }
Result<QString> PipelineService::uploadPipeline(const QString &, const QString &, const QString &, const QByteArray &) { return cannot(QStringLiteral("take a pipeline's definition from here")); }
Result<std::vector<Notice>> PipelineService::notices() const { return std::vector<Notice>{}; }

} // namespace pilothouse::pipelines
