// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/joined_runs.h"

#include <QJsonObject>

namespace pilothouse::fleet {

/// The rollout that a deploy run caused in a cluster, followed without anybody asking.
struct FollowedDeploy {
    enum class State {
        Running,   ///< the run is under way; what the cluster had before is known
        Following, ///< it passed: its rollout is awaited, or under way
        Healthy,   ///< all pods are of the new revision
        Stuck,     ///< it waits for a person, was turned back, or goes on for too long; followed on
        Nothing,   ///< nothing was rolled out
        Overtaken, ///< stuck, until another change came
    } state = State::Running;
    QString model, run, pipeline; ///< ids of AllPipelines
    QString target;               ///< "deployment/t2m"
    int before = 0, revision = 0; ///< newest revision before the run and after it; 0: not known
    bool meant = false;           ///< its pipeline is the model's `deploy`; else it may have trained only: a rollout that does not come is nothing to tell
    int version = 0;              ///< of the model, as the new revision says it; 0: not known
    QDateTime started, passed, ended;
    QString said;                 ///< what the cluster said last
    bool open() const { return state <= State::Following || (state == State::Stuck && !ended.isValid()); }
    QString sentence() const;     ///< "deployment/t2m: revision 7 (version 3) is healthy"; empty while there is nothing to tell
    QJsonObject toJson() const;
    static FollowedDeploy fromJson(const QJsonObject &object);
};
QString followedStateName(FollowedDeploy::State state); ///< running, following, healthy, stuck, nothing, overtaken

/// Follows the rollouts of deploy runs, whoever started these and by whatever system: those of a model's `deploy` pipeline, else of its own, where its deployment is in a cluster. A revision counts as
/// the run's if no operation of ours made it and it is newer than what was there while the run was under way; of a run that was first seen when it had ended, if it was made since the run began. <root>/deploys/MODEL.json; all programs of
/// this machine take turns. It only reads. One thread at a time.
class DeployFollow {
public:
    explicit DeployFollow(std::shared_ptr<Services> services) : m_services(std::move(services)) {}
    bool needed() const;
    std::vector<RunNews> look(std::stop_token token = {}); ///< blocking

    static constexpr int noRolloutSeconds = 600; ///< after the run passed
    static constexpr int tooLongSeconds = 3600;
    static constexpr int tooOldSeconds = 3600;   ///< a run that ended earlier is history
    static constexpr int givenUpSeconds = 86400; ///< a stuck one is followed for so long

private:
    Result<void> lookAt(const workspace::Model &model, std::vector<RunNews> &news);
    void begin(const workspace::Model &model, const QString &pipeline, const cluster::RolloutTarget *target, const std::vector<pipelines::PipelineRun> &runs, std::vector<FollowedDeploy> &all) const; ///< target: null: not to be reached from here
    void settle(const workspace::Model &model, const std::vector<pipelines::PipelineRun> &runs, std::vector<FollowedDeploy> &all, std::vector<RunNews> &news) const;
    Result<void> follow(const workspace::Model &model, const cluster::RolloutTarget &target, FollowedDeploy &one, std::vector<RunNews> &news) const;
    std::shared_ptr<Services> m_services;
};

/// All that are known, newest first by model.
std::vector<FollowedDeploy> followedDeploys(const Services &services);
/// The pipeline whose runs deploy a model into a cluster; empty: none does.
QString deployPipelineOf(const Services &services, const workspace::Model &model);

} // namespace pilothouse::fleet
