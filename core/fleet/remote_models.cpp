// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/remote_models.h"

#include "core/fleet/run_feed.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pilothouse::fleet {

namespace {

struct Reading {
    RemoteModels::Known known;
    QMap<QString, QString> packages;
};

/// One model: itself, its versions, the runs that they come from, and the package of each aliased version.
Result<void> readModel(registry::Registry &registry, const QString &name, const RemoteModels::Known &before, const QMap<QString, QString> &packages, Reading &into, const std::stop_token &stop) {
    PH_ASSIGN(const auto model, registry.model(name));
    if (!model)
        return {}; // none is registered yet
    into.known.models.push_back(*model);
    PH_ASSIGN(const auto versions, registry.versions(name));
    int runs = 0;
    for (const registry::Version &version : versions) {
        if (stop.stop_requested())
            return cancelled();
        into.known.versions.push_back(version);
        const bool wanted = !version.runId.isEmpty() && (++runs <= RemoteModels::runsAtMost || !version.aliases.isEmpty());
        const auto known = std::find_if(before.runs.begin(), before.runs.end(), [&](const registry::Run &r) { return r.id == version.runId && r.status != registry::RunStatus::Running; });
        if (wanted && known != before.runs.end()) {
            into.known.runs.push_back(*known);
        } else if (wanted) {
            auto run = registry.run(version.runId);
            if (run)
                into.known.runs.push_back(*std::move(run));
            else if (run.error().kind != ErrorKind::NotFound) // deleted there
                return run.error();
        }
        if (version.aliases.isEmpty() || version.digest.isEmpty())
            continue;
        const QString place = QStringLiteral("%1/%2").arg(name).arg(version.version);
        if (packages.contains(place))
            into.packages.insert(place, packages.value(place));
        else if (auto folder = registry.packageFolder(version, stop))
            into.packages.insert(place, *folder); // one that cannot be had is told where it is needed
    }
    return {};
}

} // namespace

RemoteModels::RemoteModels(const workspace::Workspace &workspace, std::shared_ptr<Registries> registries, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock, const QString &cacheFile)
    : m_cacheFile(cacheFile), m_registries(std::move(registries)), m_http(std::move(http)), m_clock(std::move(clock)) {
    for (const workspace::Model &model : workspace.models)
        if (const QString connection = workspace.registryConnection(model); !connection.isEmpty() && !m_names[connection].contains(model.registry.name)) {
            m_names[connection] << model.registry.name;
            m_addresses.insert(connection, registryAddress(workspace, connection));
        }
    m_pool.setMaxThreadCount(8);
}

RemoteModels::~RemoteModels() {
    m_stop.request_stop();
    if (m_pool.activeThreadCount() > 0) // the registries' calls take no token
        m_http->close();
    m_pool.waitForDone();
}

std::shared_ptr<registry::RunCache> RemoteModels::cache() {
    const std::lock_guard lock(m_cacheMutex);
    if (!m_cache && !m_cacheFile.isEmpty())
        m_cache = registry::RunCache::open(m_cacheFile).value_or(nullptr);
    return m_cache;
}

/// What an earlier start knew of the models that the workspace names now.
RemoteModels::Known RemoteModels::recalled(const QString &connection) {
    Known known;
    const auto held = cache();
    const auto all = held ? held->models(connection, m_addresses.value(connection)) : Result<registry::KnownModels>(registry::KnownModels());
    if (!all || !all->read.isValid())
        return known;
    const QStringList names = m_names.value(connection);
    for (const registry::RegisteredModel &model : all->models)
        if (names.contains(model.name))
            known.models.push_back(model);
    for (const registry::Version &version : all->versions)
        if (names.contains(version.model))
            known.versions.push_back(version);
    known.read = all->read;
    known.remembered = true;
    if (const auto registry = m_registries->of(connection))
        known.server = (*registry)->source();
    return known;
}

/// For the next start; a cache that fails costs that only.
void RemoteModels::remember(const QString &connection, const Known &known, const Known &before) {
    const auto held = cache();
    if (!held)
        return;
    const QString address = m_addresses.value(connection);
    if (before.read.isValid() && known.models == before.models && known.versions == before.versions)
        (void)held->setModelsRead(connection, address, known.read);
    else
        (void)held->setModels(connection, address, {known.models, known.versions, known.read});
}

void RemoteModels::read(const QString &connection) {
    Known before;
    QMap<QString, QString> packages;
    {
        const std::lock_guard lock(m_mutex);
        before = m_states[connection].known;
        packages = m_states[connection].packages;
    }
    Reading reading;
    const auto done = [&]() -> Result<void> {
        PH_ASSIGN(const auto registry, m_registries->of(connection));
        reading.known.server = registry->source();
        for (const QString &name : m_names.value(connection))
            PH_TRY(readModel(*registry, name, before, packages, reading, m_stop.get_token()));
        return {};
    }();
    if (done) {
        reading.known.read = m_clock->nowUtc();
        remember(connection, reading.known, before);
    }
    const std::lock_guard lock(m_mutex);
    State &state = m_states[connection];
    if (done) {
        state.known = std::move(reading.known);
        state.packages = std::move(reading.packages);
    } else { // what was known before stays, with its age
        state.known.problem = done.error();
        if (state.known.server.isEmpty())
            state.known.server = reading.known.server;
    }
    state.reading = false;
    m_changed.notify_all();
}

QMap<QString, RemoteModels::Known> RemoteModels::look(int patienceMs, bool rememberedWillDo) {
    std::unique_lock lock(m_mutex);
    const QDateTime now = m_clock->nowUtc();
    for (auto it = m_names.constBegin(); it != m_names.constEnd(); ++it) {
        State &state = m_states[it.key()];
        if (!std::exchange(state.asked, true))
            state.known = recalled(it.key());
        if (state.reading || (state.tried.isValid() && state.tried.secsTo(now) < refreshSeconds))
            continue;
        state.reading = true;
        state.tried = now;
        m_pool.start([this, connection = it.key()] { read(connection); });
    }
    m_changed.wait_for(lock, std::chrono::milliseconds(patienceMs), [this, rememberedWillDo] {
        return std::none_of(m_states.begin(), m_states.end(), [&](const auto &s) {
            const Known &known = s.second.known;
            return s.second.reading && !known.problem && (!known.read.isValid() || (known.remembered && !rememberedWillDo));
        });
    });
    QMap<QString, Known> out;
    for (const auto &[connection, state] : m_states)
        out.insert(connection, state.known);
    return out;
}

void RemoteModels::forget() {
    const std::lock_guard lock(m_mutex);
    for (auto &[connection, state] : m_states)
        state.tried = {};
}

QString RemoteModels::keptPackage(const QString &connection, const QString &model, int version) const {
    const std::lock_guard lock(m_mutex);
    const auto state = m_states.find(connection);
    return state == m_states.end() ? QString() : state->second.packages.value(QStringLiteral("%1/%2").arg(model).arg(version));
}

} // namespace pilothouse::fleet
