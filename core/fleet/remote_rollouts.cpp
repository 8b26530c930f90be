// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/remote_rollouts.h"

#include <algorithm>
#include <chrono>

namespace pilothouse::fleet {

RemoteRollouts::RemoteRollouts(const workspace::Workspace &workspace, TargetOf targetOf, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock)
    : m_targetOf(std::move(targetOf)), m_http(std::move(http)), m_clock(std::move(clock)) {
    for (const workspace::Model &model : workspace.models)
        if (workspace.connections.value(model.deployment.connection).kind == QLatin1String("kubernetes"))
            m_models.push_back(model);
    m_pool.setMaxThreadCount(8);
}

RemoteRollouts::~RemoteRollouts() {
    if (m_pool.activeThreadCount() > 0) // a target's calls take no token
        m_http->close();
    m_pool.waitForDone();
}

void RemoteRollouts::read(const workspace::Model &model) {
    Known now;
    const auto target = m_targetOf(model);
    if (target) {
        now.source = (*target)->name();
        if (auto status = (*target)->status())
            now.status = *std::move(status);
        else
            now.problem = status.error();
        if (auto history = now.problem ? Result<std::vector<cluster::Revision>>(*now.problem) : (*target)->history())
            now.history = *std::move(history);
    } else {
        now.problem = target.error();
    }
    const std::lock_guard lock(m_mutex);
    State &state = m_states[model.name];
    if (now.problem) { // what was known stays, with its age
        state.known.problem = now.problem;
        if (!now.source.isEmpty())
            state.known.source = now.source;
    } else {
        now.read = m_clock->nowUtc();
        state.known = std::move(now);
    }
    state.reading = false;
    m_changed.notify_all();
}

QMap<QString, RemoteRollouts::Known> RemoteRollouts::look(int patienceMs) {
    std::unique_lock lock(m_mutex);
    const QDateTime now = m_clock->nowUtc();
    for (const workspace::Model &model : m_models) {
        State &state = m_states[model.name];
        if (state.reading || (state.tried.isValid() && state.tried.secsTo(now) < refreshSeconds))
            continue;
        state.reading = true;
        state.tried = now;
        m_pool.start([this, &model] { read(model); });
    }
    m_changed.wait_for(lock, std::chrono::milliseconds(patienceMs), [this] {
        return std::none_of(m_states.begin(), m_states.end(), [](const auto &s) { return s.second.reading && !s.second.known.read.isValid() && !s.second.known.problem; });
    });
    QMap<QString, Known> out;
    for (const auto &[model, state] : m_states)
        out.insert(model, state.known);
    return out;
}

void RemoteRollouts::forget() {
    const std::lock_guard lock(m_mutex);
    for (auto &[model, state] : m_states)
        state.tried = {};
}

} // namespace pilothouse::fleet
