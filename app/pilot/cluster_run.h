// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/training_job.h"
#include "core/fleet/services.h"
#include "core/pipelines/run_record.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace pilothouse {

/// One job in a cluster that belongs to a pipeline's run. It is started once, whatever becomes of the process that follows it: its number is written into the
/// run's record (results ▸ `key`: {"connection","kind","namespace","name","run","started"}) before anything is sent, and whoever takes the run up again finds
/// it by that. A server that is away is waited for: the job goes on without us.
class ClusterRun {
public:
    struct Listener {
        std::function<void(const QString &)> log;  ///< a line of the stage's log
        std::function<void(const QString &)> note; ///< how it stands now, in a sentence: why its pods wait, how far it is
    };
    struct End {
        cluster::TrainingState state;
        std::optional<QJsonObject> result; ///< of the `result` event
        std::optional<Error> failure;      ///< of the `error` event
        cluster::KubeRef ref;
        QString run; ///< number of the job's run
    };
    /// The job, by the number of its run; asked only while it was not started.
    using Make = std::function<Result<cluster::TrainingJob>(const cluster::KubeApi &, const QString &run)>;

    ClusterRun(std::shared_ptr<fleet::Services> services, pipelines::RunFolder folder, QString key, Listener listener, std::stop_token stop)
        : m_services(std::move(services)), m_folder(std::move(folder)), m_key(std::move(key)), m_listener(std::move(listener)), m_stop(std::move(stop)) {}

    /// Starts the job, or finds it, and follows it to its end. Asked to stop it deletes the job if the run is being cancelled, and else leaves it to the next
    /// who looks: both are Cancelled. NotFound: somebody deleted the job.
    Result<End> carryOut(const QString &connection, const Make &make);

private:
    Result<QJsonObject> begin(const QString &connection);
    Result<void> keep(const QJsonObject &kept);
    Result<bool> cancelAsked() const;
    Result<void> startOnce(const std::shared_ptr<cluster::KubeApi> &api, QJsonObject &kept, const Make &make);
    Result<bool> madeBefore(const cluster::KubeApi &api, const QJsonObject &kept, const cluster::KubeRef &now) const;
    Result<void> startAs(const std::shared_ptr<cluster::KubeApi> &api, const cluster::TrainingJob &job);
    Result<End> follow(const cluster::KubeApi &api, const cluster::KubeRef &ref, const QString &run);
    Error stopped(const std::shared_ptr<cluster::KubeApi> &api, const cluster::KubeRef &ref) const;
    bool pause(int seconds) const;

    std::shared_ptr<fleet::Services> m_services;
    pipelines::RunFolder m_folder;
    QString m_key;
    Listener m_listener;
    std::stop_token m_stop;
    bool m_sent = false; ///< the job was asked for
};

} // namespace pilothouse
