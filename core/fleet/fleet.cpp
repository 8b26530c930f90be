// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet.h"

#include "core/fleet/canary_watch.h"
#include "core/fleet/run_watch.h"
#include "core/fleet/managed_alerts.h"
#include "core/fleet/skew_watch.h"
#include "core/secrets/vault_store.h"

namespace pilothouse::fleet {

Fleet::Fleet(std::shared_ptr<Services> services, Pools &pools, QObject *parent)
    : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    m_snapshot.workspace = m_services->workspace.name;
    m_snapshot.workspaceFile = m_services->workspace.file;
    m_snapshot.role = m_services->workspace.role;
    m_timer.setSingleShot(true);
    m_timer.setInterval(2000);
    connect(&m_timer, &QTimer::timeout, this, &Fleet::read);
    auto *canaries = new CanaryLoop(m_services, m_pools, this); // a bad canary of a cluster is turned back while nobody looks
    connect(canaries, &CanaryLoop::acted, this, &Fleet::refresh);
    auto *runs = new RunLoop(m_services, m_pools, this); // schedules, retries and joined runs of this machine go on while the window is open
    connect(runs, &RunLoop::acted, this, &Fleet::refresh);
}

Fleet::~Fleet() {
    m_task.stop.request_stop();
    m_asking.stop.request_stop();
}

void Fleet::setInterval(int milliseconds) { m_timer.setInterval(milliseconds); }

void Fleet::start() { read(); }

void Fleet::refresh() {
    m_services->remote->forget();
    m_services->rollouts->forget();
    if (m_task.isRunning())
        m_again = true;
    else
        read();
}

void Fleet::read() {
    m_timer.stop();
    if (m_task.isRunning())
        return;
    m_task = startTask<Snapshot>(m_pools.waiting, [services = m_services](std::stop_token) -> Result<Snapshot> { return readSnapshot(*services, 300, true); });
    deliver(m_task, this, [this](const Result<Snapshot> &read) {
        if (read) {
            m_snapshot = *read;
        } else {
            m_snapshot.problems = {read.error()};
            m_snapshot.read = m_services->clock->nowUtc();
        }
        Q_EMIT changed();
        askEndpoints();
        if (m_again) {
            m_again = false;
            this->read();
        } else {
            m_timer.start();
        }
    });
}

void Fleet::askEndpoints() {
    if (m_asking.isRunning() || !m_services->skew)
        return;
    m_asking = startTask<bool>(m_pools.waiting, [services = m_services](std::stop_token stop) -> Result<bool> {
        if (services->vaults) // a login that is in use is kept alive while the window is open
            services->vaults->renewDue();
        const bool alerts = services->managed && services->managed->refresh(*services, stop);
        return services->skew->refresh(*services, stop) || alerts;
    });
    deliver(m_asking, this, [this](const Result<bool> &news) {
        if (news && *news)
            refresh();
    });
}

} // namespace pilothouse::fleet
