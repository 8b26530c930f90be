// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/operations/operation.h"
#include "core/serving/endpoint.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::rollouts {

/// A rollout without a cluster: something outside deploys (a workflow, a script, a person), and the service itself tells how it went: /health, the version it
/// reports, errors and latency.
struct HealthRules {
    int limitSeconds = 600;      ///< from the deploy until the new version answers
    int settleSeconds = 60;      ///< that it must then stand
    int failuresInRow = 3;       ///< looks without health, or with another version, before it counts as failed while it is watched
    double maxErrorRate = 0.02;
    qint64 minimumRequests = 50; ///< answered by the new version before its errors and latency are judged
    double maxLatencyRatio = 2;  ///< p95 ÷ that of before; 0: not judged
    double latencyFloorMs = 20;  ///< a difference below this is no harm
};

/// One look at the service.
struct HealthSample {
    QDateTime at;
    bool reachable = false, healthy = false;
    QString version;                         ///< as reported by /model-info, else /health; empty: it does not say
    std::optional<qint64> requests, failed;  ///< counted by the service since its start
    std::optional<double> p95Ms;
    QString problem;                         ///< "503: no model is loaded", "no connection"
};
/// GET /health, /model-info and /metrics of the reference routes; a route that is missing leaves its figures empty. Only Cancelled is an error.
Result<HealthSample> lookAtHealth(serving::Endpoint &endpoint, const QDateTime &now, std::stop_token token = {});

enum class HealthPhase { Deploying, Unhealthy, OldVersion, Watching, Done, Failed };
QString healthPhaseName(HealthPhase phase); ///< deploying, unhealthy, old-version, watching, done, failed
struct HealthState {
    HealthPhase phase = HealthPhase::Deploying;
    QString sentence;
    bool over() const { return phase == HealthPhase::Done || phase == HealthPhase::Failed; }
};

/// Judges look after look. Pure: time comes with the samples.
class HealthWatch {
public:
    /// @param wanted  version or tag that must be reported; empty: any other than `before` reported
    /// @param before  the last look before the deploy; latency is compared with it
    HealthWatch(HealthRules rules, QString wanted, HealthSample before, QDateTime deployed);
    HealthState take(const HealthSample &sample);
    const HealthState &state() const { return m_state; }

private:
    bool isWanted(const QString &version) const;
    QString figuresProblem(const HealthSample &sample) const;
    HealthState fail(const QString &sentence);
    HealthRules m_rules;
    QString m_wanted;
    HealthSample m_before;
    QDateTime m_deployed, m_since; ///< since: the new version stands
    std::optional<HealthSample> m_first; ///< of the new version: counters are counted from it
    int m_bad = 0;
    HealthState m_state;
};
/// "v34", "34" and "refs/tags/v34" are one version; a commit matches by its first 7 characters.
bool sameVersion(const QString &a, const QString &b);

/// How a tag is deployed: starts it and comes back when it was handed over (a workflow was dispatched), or with why it was not.
struct Deployer {
    QString name; ///< "workflow deploy.yml", "pipeline t2m"
    std::function<Result<void>(const QString &tag)> deploy;
    /// How far it is: nullopt while it runs, then nothing, or the error it ended with. Null: nobody can tell; the service alone shows it.
    std::function<Result<bool>()> finished;
};

struct HealthRolloutOptions {
    std::shared_ptr<serving::Endpoint> endpoint;
    QString model, connection;
    QString tag, earlierTag;        ///< wanted, and what an undo deploys; earlier empty: no way back
    QString version;                ///< that the service must report; empty: the tag
    HealthRules rules;
    std::optional<Deployer> deployer; ///< none: it was triggered already, elsewhere
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
    int pollMs = 2000;
    std::function<void(int ms)> sleep; ///< null: really
    std::function<void(const HealthState &, const HealthSample &)> onLook; ///< for progress
    std::stop_token stop;
};
/// Watches until done or failed; a failed one is a state, not an error. Errors: Cancelled, and those of the deployer.
Result<HealthState> watchHealth(const HealthRolloutOptions &options, const HealthSample &before);
/// Deploy, watch to the end, as one operation ("deploy-tag"); a rollout that fails is its error, and the undo deploys the earlier tag and watches that.
Result<operations::Operation> deployOperation(HealthRolloutOptions options);

} // namespace pilothouse::rollouts
