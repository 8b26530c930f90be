// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/kube_object.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

struct KserveCondition {
    QString type, status, reason, message; ///< status: True, False, Unknown
    QDateTime changed;
};

/// status.components.predictor.traffic: what Knative sends where.
struct KserveTraffic {
    QString revision, tag, url;
    int percent = 0;
    bool latest = false; ///< follows the latest revision that is ready
};

/// One entry of spec.canary (Standard mode, KServe 0.20 and later) with its status.
struct KserveCanary {
    QString name, storageUri;
    int percent = 0;
    std::optional<bool> ready; ///< status.canaryStatuses; none: not reported yet
};

/// What an InferenceService wants and has; a pure function of the object.
struct KserveStatus {
    QString name, space, url, uid;
    QString mode; ///< Knative (also "Serverless"), Standard (also "RawDeployment"), ModelMesh; empty: neither status nor annotation says it
    bool observed = true; ///< the controller has seen this generation
    bool ready = false, stopped = false;
    QString sentence;     ///< why it is not ready; empty when it is
    std::vector<KserveCondition> conditions;
    QString transition, activeState, targetState; ///< modelStatus: UpToDate, InProgress, BlockedByFailedLoad, InvalidSpec · Loaded, FailedToLoad …
    QString failureReason, failureMessage, failurePlace;
    QString format, runtime, storageUri;          ///< of the predictor
    std::optional<int> canaryPercent;             ///< spec.predictor.canaryTrafficPercent
    bool percentIgnored = false;                  ///< it is set, and this mode does not look at it (kserve #4074)
    QString latestReady, latestCreated, latestRolledout, previousRolledout;
    std::vector<KserveTraffic> traffic;
    std::vector<KserveCanary> canaries;
    QString stableName;   ///< spec.predictor.name (Standard mode); empty: the first one
    bool knative() const { return mode != QLatin1String("Standard") && mode != QLatin1String("ModelMesh"); }
    /// A canary takes or is meant to take traffic, or waits for it at 0 %.
    bool hasCanary() const { return !canaries.empty() || (knative() && canaryPercent && *canaryPercent < 100); }
    int wantedCanary() const; ///< percent
    int seenCanary() const;   ///< percent: Knative as status.traffic has it, Standard those canaries that are ready
};
KserveStatus kserveStatus(const QJsonObject &service);

/// Where a storage address of MLflow leads: ".../<experiment>/<run>/artifacts/model" and, from MLflow 3, ".../<experiment>/models/m-…/artifacts".
struct StorageSource {
    QString experiment, run, loggedModel;
    bool operator==(const StorageSource &) const = default;
};
/// nullopt: not laid out by MLflow.
std::optional<StorageSource> storageSource(const QString &uri);

/// A change of an InferenceService, with the way back.
struct KserveChange {
    QJsonArray patch, undo; ///< JSON patches, without a test of the version; undo empty: no way back is known
    QString effect, undoText, note;
    QJsonObject before, after; ///< the parts that change: {"predictor","canary"} of the spec
};
/// The canary takes all traffic. Knative: canaryTrafficPercent goes. Standard: the stable predictor becomes the canary by name, so that its pods stay
/// (no restart); the stable one's number of replicas is kept. `name`: of several canaries.
/// `stableUri`: what the stable revision serves, for the way back (kserveStableUri()); empty: unknown, and said.
/// Refused without a canary, or while it is not ready.
Result<KserveChange> kservePromote(const QJsonObject &service, const QString &name, const QString &stableUri);
/// All traffic back to the stable version. Knative: percent 0, which keeps the canary's revision. Standard: the entry is removed. Refused without a canary.
Result<KserveChange> kserveRollBack(const QJsonObject &service, const QString &name);
/// The canary's share. Refused without a canary, Invalid outside 0 … 100, or above 100 with the other canaries.
Result<KserveChange> kserveShare(const QJsonObject &service, const QString &name, int percent);
/// A model beside the present one with a share. Standard: `name` of the canary, which must be new. Refused while another canary runs: changing the model then
/// would start another one at once with the old percent.
Result<KserveChange> kserveStart(const QJsonObject &service, const QString &storageUri, int percent, const QString &name);
/// Another model at once, with all traffic.
Result<KserveChange> kserveReplace(const QJsonObject &service, const QString &storageUri);

/// Keys of a predictor that name what serves it ("model", and the servers of the older form): exactly one of them is written.
const QStringList &kserveServers();

/// Annotation that a canary started here leaves on the service: what the stable version served.
inline const QString kserveStableUriAnnotation = QStringLiteral("pilothouse.io/stable-storage-uri");
/// What the stable revision serves: our annotation, else that of its Knative Revision (`revision` empty: there is none).
QString kserveStableUri(const QJsonObject &service, const QJsonObject &revision);
/// GET path of a Knative Revision.
QString knativeRevisionPath(const QString &space, const QString &name);

/// {"name","namespace","url","mode","ready","sentence","model_status",…}
QJsonObject toJson(const KserveStatus &status);

} // namespace pilothouse::cluster
