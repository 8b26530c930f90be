// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/cluster/rollout_target.h"
#include "core/operations/operation.h"
#include "core/serving/endpoint.h"
#include "core/serving/judge.h"
#include "core/telemetry/prometheus.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

/// What one side did on this step, put together from several sources; what none of them knows stays empty.
struct SideSight {
    std::optional<qint64> requests, failed;
    std::optional<double> p95Ms;
    std::vector<double> numbers;          ///< outputs that are numbers (of a forecast the first step)
    std::map<QString, qint64> classes;    ///< outputs that are texts, counted
    qint64 labelled = 0;                  ///< rows behind meanLoss
    std::optional<double> meanLoss, lossDeviation; ///< absolute error or share wrong, and the standard deviation of single losses
};

/// Everything that is known of a step. Pairs (losses of both sides on the same rows) are better than two means and win over them.
struct CanarySight {
    SideSight stable, canary;
    std::vector<serving::LossPair> pairs;
    std::optional<serving::OutputAgreement> agreement;
    QStringList sources; ///< where it is from: "prediction log", "http://t2m/logs", "Prometheus http://prom:9090"
    QStringList gaps;    ///< what could not be read, and why
};

/// One place that knows something of a rollout.
class CanarySource {
public:
    virtual ~CanarySource() = default;
    virtual QString name() const = 0;
    /// Adds what it knows. `since`: when the step began; invalid: not known. An error is told and the others count.
    virtual Result<void> look(const cluster::RolloutStatus &status, const QDateTime &since, CanarySight &sight, std::stop_token token) = 0;
};

/// Our own prediction log (serving.db): both sides by revision, with pairs and the shadow's agreement.
std::unique_ptr<CanarySource> logSource(std::shared_ptr<Database> servingDatabase);
/// A service with the reference routes: GET /logs/N, split by the model_version of each answer. The versions are those of the rollout's revisions.
std::unique_ptr<CanarySource> endpointSource(std::shared_ptr<serving::Endpoint> endpoint, QString url, int newest = 2000);
/// Queries of the workspace, one number each: requests, failed, p95_ms, mean_loss, labelled, loss_deviation; by side.
std::unique_ptr<CanarySource> prometheusSource(std::shared_ptr<telemetry::Prometheus> prometheus, QMap<QString, QString> stable, QMap<QString, QString> canary);

/// What the judge looks at, made of a sight. Losses of two sides that were not measured on the same rows give the 99 % interval of two means.
serving::JudgeSight judgeSight(const CanarySight &sight, const serving::JudgeRules &rules, qint64 secondsOnStep);
/// The rules of a model: its workspace's limits, with the defaults of a canary in a cluster.
serving::JudgeRules judgeRules(const workspace::Model &model);

struct CanaryLook {
    serving::Judgement judgement;
    serving::JudgeSight figures;
    CanarySight sight;
    cluster::RolloutStatus status;
    QJsonObject toJson() const; ///< {"verdict":"wait|go-on|turn-back","sentence","stable":{…},"canary":{…},"interval","output_psi","disagreement","sources","gaps"}
};
/// Reads all sources and judges the step. Refused where no canary runs.
Result<CanaryLook> judgeCanary(const cluster::RolloutTarget &target, const std::vector<std::unique_ptr<CanarySource>> &sources, const serving::JudgeRules &rules, const QDateTime &stepBegan,
                               const QDateTime &now, std::stop_token token = {});

/// The turn-back as an operation: all traffic to the stable version. It needs no role and no typed name, as it carries out the rule of the workspace; a
/// read-only connection refuses it all the same. Guard: the canary it was judged on still runs.
operations::Operation turnBackOperation(std::shared_ptr<cluster::RolloutTarget> target, const QString &connection, const CanaryLook &look);
/// The next step of a target that goes none by itself (KServe), because the judge says go on. Guarded as above.
operations::Operation goOnOperation(std::shared_ptr<cluster::RolloutTarget> target, const QString &connection, const CanaryLook &look);

} // namespace pilothouse::rollouts
