// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/fleet.h"

#include <limits>

namespace pilothouse::fleet {

Fleet::Fleet(std::shared_ptr<Services> services, Pools &pools, QObject *parent)
    : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    m_snapshot.workspace = m_services->workspace.name;
    m_snapshot.workspaceFile = m_services->workspace.file;
    m_snapshot.role = m_services->workspace.role;
    m_timer.setSingleShot(true);
    m_timer.setInterval(2000);
    connect(&m_timer, &QTimer::timeout, this, &Fleet::read);
}

Fleet::~Fleet() { m_task.stop.request_stop(); }

void Fleet::setInterval(int milliseconds) { m_timer.setInterval(milliseconds); }

void Fleet::start() { read(); }

void Fleet::refresh() {
    if (m_task.isRunning())
        m_again = true;
    else
        read();
}

void Fleet::read() {
    m_timer.stop();
    if (m_task.isRunning())
        return;
    m_task = startTask<Snapshot>(m_pools.waiting, [services = m_services](std::stop_token) -> Result<Snapshot> { return readSnapshot(*services); });
    deliver(m_task, this, [this](const Result<Snapshot> &read) {
        if (read) {
            m_snapshot = *read;
            keepTrace();
        } else {
            m_snapshot.problems = {read.error()};
            m_snapshot.read = m_services->clock->nowUtc();
        }
        Q_EMIT changed();
        if (m_again) {
            m_again = false;
            this->read();
        } else {
            m_timer.start();
        }
    });
}

const std::vector<TracePoint> &Fleet::trace(const QString &model) const {
    static const std::vector<TracePoint> none;
    const auto it = m_traces.constFind(model);
    return it == m_traces.constEnd() ? none : it->points;
}

/// Counters restart with each step, so a rate is the growth since the last snapshot, or unknown when they shrank.
void Fleet::keepTrace() {
    constexpr std::size_t kept = 3600;
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    for (const ModelRow &row : m_snapshot.models) {
        if (!row.rollout || !row.seen.reachable)
            continue;
        const cluster::RolloutStatus &r = *row.rollout;
        Trace &trace = m_traces[row.name];
        const double seconds = trace.points.empty() ? 0 : double(trace.points.back().time.msecsTo(m_snapshot.read)) / 1000;
        const auto rate = [&](qint64 now, qint64 &before) {
            const double value = before >= 0 && now >= before && seconds > 0 ? double(now - before) / seconds : unknown;
            before = now;
            return value;
        };
        TracePoint point;
        point.time = m_snapshot.read;
        point.stableRequests = rate(r.stableStats.requests, trace.stableSeen);
        point.canaryRequests = r.canary ? rate(r.canaryStats.requests, trace.canarySeen) : unknown;
        point.stableErrors = r.stableStats.requests > 0 ? r.stableStats.errorRate : unknown;
        point.canaryErrors = r.canary && r.canaryStats.requests > 0 ? r.canaryStats.errorRate : unknown;
        point.stableLoss = r.stableStats.meanError.value_or(unknown);
        point.canaryLoss = r.canary ? r.canaryStats.meanError.value_or(unknown) : unknown;
        point.version = r.canary ? r.canary->version : 0;
        trace.points.push_back(point);
        if (trace.points.size() > kept)
            trace.points.erase(trace.points.begin());
    }
}

} // namespace pilothouse::fleet
