// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/joined_runs.h"

#include <QObject>
#include <QTimer>

#include <vector>

namespace pilothouse::fleet {

/// What has to happen to runs without a person: schedules of this machine begin (local_schedules.h), failed runs are tried again (run_retries.h), approved trainings go on to their deploy run
/// (joined_runs.h); and the rollouts that deploy runs caused are followed (deploy_follow.h). The same for the console, `pilot watch` and `pilot serve`; all programs of this machine take turns, and nothing is done twice. One thread at a time.
class RunWatch {
public:
    explicit RunWatch(std::shared_ptr<Services> services, PromotionAsker ask = askByChild);
    bool needed() const; ///< the workspace has any of these; what is started needs the role
    std::vector<RunNews> look(std::stop_token token = {}); ///< blocking

    static constexpr int everySeconds = 5;

private:
    std::vector<RunNews> beginSchedules();
    std::shared_ptr<Services> m_services;
    PromotionAsker m_ask;
};

/// What of them a person must see: a start of which it is not known whether it was made, a training that a rule keeps from being deployed, a rollout that is stuck after its deploy run passed.
std::vector<pipelines::Notice> runNotices(const Services &services);

/// The same as the console's tick, on the waiting pool while it lives. GUI thread.
class RunLoop : public QObject {
    Q_OBJECT
public:
    RunLoop(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~RunLoop() override;

Q_SIGNALS:
    void acted(); ///< something was started or asked for

private:
    void look();
    std::shared_ptr<RunWatch> m_watch;
    Pools &m_pools;
    Task<std::vector<RunNews>> m_task;
    QTimer m_timer;
};

} // namespace pilothouse::fleet
