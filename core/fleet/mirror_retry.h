// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/mirrors.h"

#include <QObject>
#include <QTimer>

namespace pilothouse::fleet {

/// While a window is open: sends what is due to other registries, on the waiting pool. GUI thread.
class MirrorRetry : public QObject {
    Q_OBJECT
public:
    MirrorRetry(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~MirrorRetry() override;
    void setInterval(int milliseconds); ///< between looks at what is due; 15 s
    void look();

Q_SIGNALS:
    void sent(int count); ///< trainings that have arrived

private:
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    QTimer m_timer;
    Task<int> m_task;
};

} // namespace pilothouse::fleet
