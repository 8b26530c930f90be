// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/mirror_retry.h"

#include <QSet>

namespace pilothouse::fleet {

namespace {

Result<int> sendDue(const std::shared_ptr<Services> &services, std::stop_token stop) {
    Mirrors mirrors(services);
    PH_ASSIGN(const auto due, mirrors.due());
    int sent = 0;
    QSet<QString> away; // asked once, not for each training
    for (const registry::Mirror &m : due) {
        if (stop.stop_requested())
            break;
        if (away.contains(m.connection))
            continue;
        const auto after = mirrors.sync(m, stop);
        if (!after) // another program sends it
            continue;
        sent += !after->waits();
        if (after->waits())
            away.insert(after->connection);
    }
    return sent;
}

} // namespace

MirrorRetry::MirrorRetry(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    connect(&m_timer, &QTimer::timeout, this, &MirrorRetry::look);
    m_timer.start(15000);
}

MirrorRetry::~MirrorRetry() { m_task.stop.request_stop(); }

void MirrorRetry::setInterval(int milliseconds) { m_timer.start(milliseconds); }

void MirrorRetry::look() {
    if (m_task.isRunning() || !operations::checkRole(m_services->operations->actor(), workspace::Role::Operator, {}))
        return;
    m_task = startTask<int>(m_pools.waiting, [services = m_services](std::stop_token stop) { return sendDue(services, stop); });
    deliver(m_task, this, [this](const Result<int> &done) {
        if (done && *done > 0) // what went wrong stands with what waits
            Q_EMIT sent(*done);
    });
}

} // namespace pilothouse::fleet
