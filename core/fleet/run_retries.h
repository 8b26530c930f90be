// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/joined_runs.h"

namespace pilothouse::fleet {

/// The attempts of one model's pipeline since its first failure.
struct RetryState {
    QString model;
    QStringList chain; ///< runs: the first that failed, then those that were started for it; empty: nothing failed
    int most = 0;      ///< attempts beside the first
    QDateTime due;     ///< of the next attempt; invalid: none comes
    QString why;       ///< why none comes
    OnceStart start;
    QJsonObject toJson() const;
    static RetryState fromJson(const QJsonObject &object);
    /// What is said beside each run: "attempt 2 of 3 failed; the next in 8 min".
    std::vector<std::pair<QString, QString>> notes(const QDateTime &now) const;
};

/// Runs of a model's pipeline are tried again as a whole (pipeline: {retries, retry_after}), for systems whose own retry of a task does not act: the newest run failed, of itself and not by a person's
/// cancel, with the parameters that the workspace says; at most `retries` times, each `retry_after` after the failure, never a failure that is older than a day. <root>/retries/MODEL.json. All programs
/// of this machine take turns. One thread at a time.
class RunRetries {
public:
    explicit RunRetries(std::shared_ptr<Services> services) : m_services(std::move(services)) {}
    bool needed() const;
    std::vector<RunNews> look(std::stop_token token = {});

    static constexpr int usualWaitSeconds = 600, tooOldSeconds = 86400;

private:
    Result<void> lookAt(const workspace::Model &model, std::vector<RunNews> &news);
    Result<void> again(const workspace::Model &model, const pipelines::PipelineRun &failed, RetryState &state, std::vector<RunNews> &news);
    std::shared_ptr<Services> m_services;
};

/// Runs of a pipeline (as AllPipelines names it), newest first. Of another system as they were read last: nothing where it was not read since the start.
Result<std::vector<pipelines::PipelineRun>> knownRunsOf(const Services &services, const QString &pipeline);
std::vector<RetryState> retryStates(const Services &services);
/// Why a run was not started as the workspace says it: "started with epochs=5". Empty: it was.
QString startedOtherwise(const workspace::Model &model, const std::vector<pipelines::Parameter> &form, const pipelines::PipelineRun &run);

} // namespace pilothouse::fleet
