// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/canary_tick.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::fleet {

/// What became of one model's canary at a look.
struct CanaryNews {
    QString model;
    CanaryTick tick;             ///< of a look that succeeded
    std::optional<Error> problem;
    QString sentence() const;    ///< "t2m: turned back (op-…): The canary …"
};

/// Judges the canaries that run in clusters and acts by the verdict, so that a bad one is turned back without a person: those of models whose deployment is in a cluster and of which
/// something can be known (a Prometheus or an endpoint). Local serving judges by itself. All programs on this machine take turns: one at a time judges a model (a lock), and a look that
/// another made a moment ago counts. A write that was refused is not tried again for ten minutes. One thread at a time.
class CanaryWatch {
public:
    explicit CanaryWatch(std::shared_ptr<Services> services) : m_services(std::move(services)) {}
    /// True: the workspace has a model that may have such a canary.
    bool needed() const;
    /// Looks at those that are on their way and were not looked at for `everySeconds`. Blocking.
    std::vector<CanaryNews> look(std::stop_token token = {});

    static constexpr int everySeconds = 20, againSeconds = 600;

private:
    bool due(const workspace::Model &model, const QDateTime &now) const;
    std::shared_ptr<Services> m_services;
    std::map<QString, QDateTime> m_notBefore; ///< by model: after a write that was refused
};

/// The same as the console's tick: looks each five seconds on the waiting pool while it lives. GUI thread.
class CanaryLoop : public QObject {
    Q_OBJECT
public:
    CanaryLoop(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~CanaryLoop() override;
    void setInterval(int milliseconds) { m_timer.setInterval(milliseconds); }

Q_SIGNALS:
    void acted(const QString &model); ///< turned back, or went on

private:
    void look();
    std::shared_ptr<CanaryWatch> m_watch;
    Pools &m_pools;
    Task<std::vector<CanaryNews>> m_task;
    QTimer m_timer;
};

} // namespace pilothouse::fleet
