// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/rollout_target.h"
#include "core/registry/registry.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// Why the endpoint does not serve what the alias says. Each has its remedy.
enum class SkewCause {
    None,
    NotRolledOut,     ///< the rollout target has all traffic on another version, and no rollout is under way
    BakedIn,          ///< it fell back to the file in its image, and answers all the same
    StartedBefore,    ///< it loaded its model before the alias moved
    OtherRun,         ///< its storageUri names another run or version
    OtherWeights,     ///< the weight file on its volume has another checksum
    OtherImage,       ///< it runs another image than was built for the version
    ReplicasDisagree, ///< two replicas serve different things
    OtherVersion,     ///< it says another version, and none of the above explains it
};
QString skewCauseName(SkewCause cause); ///< for --json: none, not-rolled-out, baked-in, …

enum class SkewState {
    Agrees,
    Moving, ///< a rollout is under way or waits: the alias is ahead on purpose
    Skewed,
    Unknown,
};
QString skewStateName(SkewState state); ///< agrees, moving, skewed, unknown

/// What the registry says should be served; what is not known is empty.
struct WantedVersion {
    QString model; ///< registered name
    QString alias;
    std::optional<int> version;
    QString run, digest, weightsSha256, stage, source; ///< source: address of the artifact in the store
    QString imageDigest; ///< of the image that was built for it
    QDateTime changed;   ///< when the alias came to point there
    QString image = {};            ///< of a deployment, by its name
    QStringList imageDigests = {}; ///< all that a pod may call it by: index, platforms, configuration
    bool imageShared = false;      ///< other versions have the same image: it tells nothing of the model, which is loaded at the start
};

/// What one endpoint or replica says it serves; what it does not say is empty.
struct ServedReport {
    QString from; ///< address or pod
    QString version, run, digest, weightsSha256;
    QString source;     ///< its own words: "MLflow Model Registry", "local file"
    QString storageUri; ///< of a KServe InferenceService
    QString imageDigest;
    QDateTime started;  ///< when it loaded its model, else when it started
    QDateTime observed;
    QString problem;    ///< why nothing is known of it; empty: it answered
    bool pod = false;   ///< seen in the cluster, not asked at the endpoint
    QString image;      ///< of a pod: its name in the specification
};

/// Plain values; the cluster's part (pods, images, storageUri) is given by whoever reads the cluster.
struct SkewInput {
    QString model; ///< the workspace's name, for the remedies
    WantedVersion wanted;
    std::vector<ServedReport> reports;
    std::vector<registry::Version> versions; ///< of the model: which run and source is which version
    std::optional<cluster::RolloutStatus> rollout;
};

struct Skew {
    SkewState state = SkewState::Unknown;
    SkewCause cause = SkewCause::None;
    QString what;    ///< "alias v4, endpoint serves v3"
    QString why;     ///< the cause in a sentence; of Unknown: what is missing
    QString remedy;  ///< what to do
    QString command; ///< the same as a command line; empty: there is none
    QString served;  ///< "v3", "v3, v4"; empty: not known
    QDateTime since; ///< when it was first seen so (kept over restarts); invalid: it is not skewed
    QDateTime observed;
    bool skewed() const { return state == SkewState::Skewed; }
    /// {"state","cause","what","why","remedy","command","served","since"|null,"observed"|null}
    QJsonObject toJson() const;
};

/// Judges plain values; `since` is left to whoever keeps it.
Skew judgeSkew(const SkewInput &input);

/// The reply of GET /model-info (or /health) of ours and of the reference systems; field names are taken as they come: model_version or version, run_id,
/// digest, model_source, weights_sha256 or checksum, since, started_at, loaded_at or uptime_seconds, storage_uri or model_uri.
ServedReport reportOfModelInfo(const QJsonObject &reply, const QString &from, const QDateTime &observed);
/// The reply of GET /v2/models/NAME: the newest of its "versions". Of GET /v1/models/NAME: that it answers, no more.
ServedReport reportOfKserve(const QJsonObject &reply, const QString &from, const QDateTime &observed);
/// The version that a report names, by number, run, digest or address; none: it names none of them. `byName`: it names the alias or the stage
/// instead, whatever that was when it loaded.
std::optional<int> versionOf(const ServedReport &report, const SkewInput &input, bool *byName = nullptr);

} // namespace pilothouse::fleet
