// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/cluster/rollout_target.h"
#include "core/net/http.h"
#include "core/workspace/workspace.h"

#include <QMap>
#include <QThreadPool>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// What is known of the rollouts that clusters carry out for the workspace's models. A look at the fleet takes what was read last, with its age, and does not wait
/// for a cluster; threads read anew what is older than `refreshSeconds`. The local endpoint is not here: it answers at once. Any thread.
class RemoteRollouts {
public:
    struct Known { ///< of one model
        QString source;                               ///< the target: "deployment/web"
        std::optional<cluster::RolloutStatus> status; ///< as it was read last
        std::vector<cluster::Revision> history;
        QDateTime read;                               ///< when; invalid: never yet
        std::optional<Error> problem;                 ///< of the last attempt
    };
    using TargetOf = std::function<Result<std::shared_ptr<cluster::RolloutTarget>>(const workspace::Model &)>;

    /// @param http  the client through which the targets are read
    RemoteRollouts(const workspace::Workspace &workspace, TargetOf targetOf, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock);
    ~RemoteRollouts(); ///< closes the client where something is being read

    /// By the workspace's name of the model; nothing for models of this machine. Begins to read what is missing or old; waits up to `patienceMs` for what was never read.
    QMap<QString, Known> look(int patienceMs);
    /// The next look reads anew: something was changed from here.
    void forget();

    static constexpr int refreshSeconds = 5;

private:
    void read(const workspace::Model &model);
    std::vector<workspace::Model> m_models;
    TargetOf m_targetOf;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<const Clock> m_clock;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    struct State {
        Known known;
        QDateTime tried;
        bool reading = false;
    };
    std::map<QString, State> m_states;
    QThreadPool m_pool;
};

} // namespace pilothouse::fleet
