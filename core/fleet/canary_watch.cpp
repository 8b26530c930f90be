// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/canary_watch.h"

#include "core/base/clock.h"

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

bool inCluster(const Services &services, const workspace::Model &model) {
    return services.workspace.connections.value(model.deployment.connection).kind == Q("kubernetes") && (!model.deployment.judge.prometheus.isEmpty() || !model.endpoint.url.isEmpty());
}

} // namespace

QString CanaryNews::sentence() const {
    if (problem)
        return QStringLiteral("%1: its canary could not be judged or acted on: %2").arg(model, problem->text());
    const QString &verdict = tick.look.judgement.sentence;
    return tick.turnedBack ? QStringLiteral("%1: turned back (%2): %3").arg(model, tick.operation, verdict)
           : tick.wentOn   ? QStringLiteral("%1: went on (%2): %3").arg(model, tick.operation, verdict)
                           : QStringLiteral("%1: %2").arg(model, verdict);
}

bool CanaryWatch::needed() const {
    return std::any_of(m_services->workspace.models.begin(), m_services->workspace.models.end(), [this](const workspace::Model &model) { return inCluster(*m_services, model); });
}

bool CanaryWatch::due(const workspace::Model &model, const QDateTime &now) const {
    if (const auto wait = m_notBefore.find(model.name); wait != m_notBefore.end() && now < wait->second)
        return false;
    const auto last = lastLook(m_services->root, model.name);
    const QDateTime at = last ? fromIsoUtc(last->value(Q("at")).toString()) : QDateTime();
    return !at.isValid() || at > now || at.secsTo(now) >= everySeconds; // a clock that was set back: now
}

std::vector<CanaryNews> CanaryWatch::look(std::stop_token token) {
    std::vector<CanaryNews> out;
    if (!needed())
        return out;
    const auto known = m_services->rollouts->look(1000);
    for (const workspace::Model &model : m_services->workspace.models) {
        const QDateTime now = m_services->clock->nowUtc();
        const auto rollout = known.constFind(model.name);
        if (token.stop_requested() || !inCluster(*m_services, model) || rollout == known.constEnd() || !rollout->status || !cluster::inProgress(*rollout->status) || !due(model, now))
            continue;
        // What was known may be seconds old: a canary that has ended meanwhile is no news.
        const auto target = m_services->rolloutTarget(model);
        const auto status = target ? (*target)->status() : Result<cluster::RolloutStatus>(target.error());
        if (status && !cluster::inProgress(*status))
            continue;
        CanaryNews news{model.name, {}, {}};
        const auto tick = canaryTick(*m_services, model, true, token);
        if (tick) {
            news.tick = *tick;
        } else if (tick.error().kind == ErrorKind::Cancelled || (tick.error().kind == ErrorKind::Conflict && isTaken(tick.error()))) {
            continue; // another program is at it
        } else {
            news.problem = tick.error();
            const bool refused = tick.error().kind == ErrorKind::Refused || tick.error().kind == ErrorKind::Denied;
            m_notBefore[model.name] = now.addSecs(refused ? againSeconds : everySeconds);
        }
        if (news.tick.turnedBack || news.tick.wentOn)
            m_services->rollouts->forget();
        out.push_back(std::move(news));
    }
    return out;
}

CanaryLoop::CanaryLoop(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_watch(std::make_shared<CanaryWatch>(std::move(services))), m_pools(pools) {
    m_timer.setInterval(5000);
    connect(&m_timer, &QTimer::timeout, this, &CanaryLoop::look);
    if (m_watch->needed())
        m_timer.start();
}

CanaryLoop::~CanaryLoop() { m_task.stop.request_stop(); }

void CanaryLoop::look() {
    if (m_task.isRunning())
        return;
    m_task = startTask<std::vector<CanaryNews>>(m_pools.waiting, [watch = m_watch](std::stop_token token) -> Result<std::vector<CanaryNews>> { return watch->look(token); });
    deliver(m_task, this, [this](const Result<std::vector<CanaryNews>> &news) {
        for (const CanaryNews &one : news ? *news : std::vector<CanaryNews>())
            if (one.tick.turnedBack || one.tick.wentOn)
                Q_EMIT acted(one.model);
    });
}

} // namespace pilothouse::fleet
