// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// Phase and message of an Argo Rollout, word for word as `kubectl argo rollouts status` gives them (utils/rollout GetRolloutPhase, v1.8): Healthy,
/// Progressing, Paused, Degraded. A controller of 1.0 and later has computed them; they count once it has seen this generation and this unpausing.
struct ArgoPhase {
    QString phase, message;
    bool operator==(const ArgoPhase &) const = default;
};
ArgoPhase argoPhase(const QJsonObject &rollout);
/// The part of it that a controller computes (CalculateRolloutPhase), from spec and status alone: what one before 1.0 leaves to its clients.
ArgoPhase argoComputedPhase(const QJsonObject &rollout);

/// One step of spec.strategy.canary.steps.
struct ArgoStep {
    QString kind;  ///< setWeight, pause, analysis, experiment, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin; "invalid" for what is none of these
    QString text;  ///< "setWeight: 20", "pause: 10m", as the plugin writes it where it has words
    QString state; ///< done, current, waiting, aborted
    std::optional<int> weight;          ///< of setWeight
    std::optional<qint64> pauseSeconds; ///< of a pause that ends by itself; a pause without waits for a person
};
/// How the plugin writes a step (CanaryStepString); our own words where it only has "invalid" (header and mirror routes, plugins).
QString argoStepText(const QJsonObject &step);
/// A duration of Argo: a number or a text without unit are seconds, "10s", "1h30m" as Go reads them. nullopt: none of these.
std::optional<qint64> argoSeconds(const QJsonValue &duration);
/// The step that the rollout is on (GetCurrentCanaryStep): 0 where the status has none, the number of steps when all are done. nullopt: no canary with steps.
std::optional<int> argoStepIndex(const QJsonObject &rollout);
/// Wanted percent of the canary (GetCurrentSetWeight): that of the last setWeight up to the present step; 0 when aborted; everything when all steps are done.
int argoSetWeight(const QJsonObject &rollout);
/// spec.strategy.canary.trafficRouting.maxTrafficWeight, else 100.
int argoMaxWeight(const QJsonObject &rollout);

/// A ReplicaSet that the rollout owns, as the plugin's tree shows it.
struct ArgoReplicaSet {
    QString name, hash, description;
    QString status; ///< Healthy, Progressing, ScaledDown, ReplicaFailure
    int revision = 0, replicas = 0, available = 0;
    bool stable = false, canary = false, active = false, preview = false;
    QStringList images;
    QDateTime created, scaleDownDeadline;
};

/// An analysis run that belongs to what happens now, as the rollout's own status tells of it.
struct ArgoAnalysisRef {
    QString role; ///< step, background, pre-promotion, post-promotion
    QString name, phase, message;
};

/// Everything that is shown of a Rollout; a pure function of the objects.
struct ArgoStatus {
    QString name, space, uid, phase, message;
    QString strategy; ///< Canary, BlueGreen; empty: neither is written
    std::vector<ArgoStep> steps;
    int step = -1;    ///< index into steps; their number when all are done; −1 without steps
    int setWeight = 100, actualWeight = 100, maxWeight = 100; ///< of the canary
    bool weightsReported = false;         ///< actualWeight is what the traffic router has (status.canary.weights), not the ratio of pods
    std::optional<bool> weightsVerified;  ///< the provider confirmed them; none: not asked
    int desired = 1, current = 0, updated = 0, ready = 0, available = 0;
    QString stableHash, currentHash, activeHash, previewHash;
    bool aborted = false, fullyPromoted = false, promoteFull = false, pausedBySpec = false, controllerPause = false;
    QStringList pauseReasons;      ///< CanaryPauseStep, BlueGreenPause, InconclusiveAnalysisRun, InconclusiveExperiment
    QDateTime pausedSince;
    std::optional<QDateTime> pauseEnds; ///< of a pause with a duration
    QString workloadKind, workloadName; ///< spec.workloadRef; empty: the template is the rollout's own
    std::vector<ArgoReplicaSet> replicaSets; ///< newest revision first
    std::vector<ArgoAnalysisRef> analyses;
    QStringList problems; ///< an invalid spec, and why analyses made it abort
    QString image;        ///< of the first container
};
/// @param replicaSets  of the namespace or of the selector; those of others are left out by their owner
ArgoStatus argoStatus(const QJsonObject &rollout, const std::vector<QJsonObject> &replicaSets);

/// Label of a ReplicaSet and its pods that tells the template; annotation with the revision.
inline const QString argoHashLabel = QStringLiteral("rollouts-pod-template-hash");
inline const QString argoRevisionAnnotation = QStringLiteral("rollout.argoproj.io/revision");

/// ReplicaSets that the rollout controls (ownerReferences with controller true), newest revision first.
std::vector<QJsonObject> argoOwned(const QJsonObject &rollout, const std::vector<QJsonObject> &replicaSets);

} // namespace pilothouse::cluster
