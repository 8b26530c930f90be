// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/cluster_run.h"
#include "core/base/result.h"
#include "core/fleet/services.h"
#include "core/fleet/training_place.h"
#include "core/pipelines/local_pipelines.h"
#include "core/pipelines/run_record.h"

#include <stop_token>

namespace pilothouse {

/// Carries out one local run, stage after stage: train → gate → register → deploy. Every step is written into the run's
/// folder before the next begins, so that a reader, or the next start after a crash, knows how far it came.
///   train     `pilot train` as a child (one training that dies costs one run); a stop request lets it checkpoint
///   gate      the recipe's gates on the test rows, as the training found them
///   register  the package becomes the next version of the model, by an operation
///   deploy    a promotion request with its evidence; the run then waits, without a process, for the approvals
/// Where the workspace trains the model in a cluster (fleet/training_place.h), `train` is a job there, which goes on when this process ends: a run that was cut
/// off is taken up where it was, and nothing is started twice. The pods register the version; a team's own program is given to `pilot registry register` there.
class PipelineExecutor {
public:
    PipelineExecutor(std::shared_ptr<fleet::Services> services, pipelines::RunFolder folder, std::stop_token stop);
    /// Ok if the run passed, or waits for a person. Refused if a gate failed, Cancelled on a stop, Conflict if the run has
    /// ended or another process carries it out. The run's record says the same.
    Result<void> run();

private:
    struct StageEnd {
        pipelines::State state = pipelines::State::Passed;
        QString note;
        std::optional<Error> error; ///< of a stage whose answer is no
    };
    Result<void> claim();
    Result<StageEnd> carryOut(const QString &stage);
    Result<StageEnd> train();
    Result<StageEnd> trainInCluster(const fleet::TrainingPlace &place);
    Result<StageEnd> registerInCluster();
    Result<StageEnd> registerByJob(const fleet::TrainingPlace &place, const QString &registry);
    Result<StageEnd> registered(const QString &registry, int version);
    Result<QJsonObject> resultOfOwn(const ClusterRun::End &end) const;
    ClusterRun clusterRun(const QString &key);
    Result<void> leave();
    bool mayLeave() const;
    bool cancelWaits(const Error &error) const;
    Result<StageEnd> gate();
    Result<StageEnd> registerVersion();
    Result<StageEnd> registerElsewhere(const QString &connection, const QString &package);
    QStringList decisionTags();
    Result<StageEnd> deploy();
    Result<StageEnd> waitFor(const QString &promotion, const QString &sentence);
    Result<void> finish(pipelines::State state, std::optional<Error> error = {});
    Result<void> keep(const QString &key, const QJsonValue &result);
    Result<void> setVersion(int version);
    void tellDecision();
    void log(const QString &text);
    const workspace::Model &model() const { return *m_model; }
    Result<QString> packageFolder();

    std::shared_ptr<fleet::Services> m_services;
    pipelines::RunFolder m_folder;
    std::stop_token m_stop;
    const workspace::Model *m_model = nullptr;
    pipelines::RunRecord m_record;
    QString m_stage;
};

} // namespace pilothouse
