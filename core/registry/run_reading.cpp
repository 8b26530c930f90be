// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_cache.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::registry {

namespace {

constexpr qsizetype idsAtOnce = 100;
constexpr qint64 overlapSeconds = 600; ///< starts are written by the clocks of those who train

bool newer(const Run &a, const Run &b) { return a.started > b.started; }

} // namespace

bool sameRun(const Run &a, const Run &b) {
    const auto sameMetrics = std::equal(a.metrics.keyValueBegin(), a.metrics.keyValueEnd(), b.metrics.keyValueBegin(), b.metrics.keyValueEnd(),
                                        [](const auto &x, const auto &y) { return x.first == y.first && (x.second == y.second || (std::isnan(x.second) && std::isnan(y.second))); });
    return sameMetrics && a.id == b.id && a.experiment == b.experiment && a.name == b.name && a.user == b.user && a.status == b.status && a.started == b.started && a.ended == b.ended &&
           a.params == b.params && a.tags == b.tags && a.artifactFolder == b.artifactFolder && a.error == b.error && a.lastPoint == b.lastPoint;
}

RunReading::RunReading(std::shared_ptr<const std::vector<Run>> known, Extent extent)
    : m_runs(known ? std::move(known) : std::make_shared<const std::vector<Run>>()), m_extent(m_runs->empty() ? Everything : extent), m_phase(m_extent == Everything ? All : New) {
    const auto newest = std::max_element(m_runs->begin(), m_runs->end(), [](const Run &a, const Run &b) { return a.started < b.started; });
    if (newest != m_runs->end() && newest->started.isValid())
        m_since = newest->started.addSecs(-overlapSeconds);
}

Result<void> RunReading::step(const Registry &registry, std::stop_token stop) {
    m_put.clear();
    m_gone.clear();
    RunQuery query;
    QStringList asked;
    switch (m_phase) {
    case All: break;
    case New: query.startedSince = m_since; break;
    case Running: query.running = true; break;
    case Named:
        asked = m_asked.mid(0, idsAtOnce);
        query.ids = asked;
        break;
    case Done: return {};
    }
    PH_ASSIGN(RunPage page, registry.runPage(query, m_token, stop));
    if (settle)
        for (Run &run : page.runs)
            settle(run);
    for (const Run &run : page.runs)
        m_seen.insert(run.id);
    if (m_phase == Named)
        for (const QString &id : asked)
            if (!m_seen.contains(id))
                m_gone += id;
    merge(std::move(page.runs));
    m_token = page.next;
    if (m_phase == Named) {
        m_asked = m_asked.mid(asked.size());
        m_token.clear(); // an answer to a few ids is one piece
    }
    if (m_token.isEmpty())
        next();
    return {};
}

void RunReading::next() {
    if (m_phase == New) {
        m_phase = Running;
        return;
    }
    if (m_phase == All || m_phase == Running) { // who was not met may be gone, or have ended, or have slipped between two pieces
        for (const Run &run : *m_runs)
            if (!m_seen.contains(run.id) && (m_phase == All || run.status == RunStatus::Running))
                m_asked += run.id;
        m_phase = Named;
    }
    if (m_asked.isEmpty())
        m_phase = Done;
}

void RunReading::merge(std::vector<Run> page) {
    QHash<QString, std::size_t> byId;
    for (std::size_t i = 0; i < page.size(); ++i)
        byId.insert(page[i].id, i);
    const QSet<QString> gone(m_gone.begin(), m_gone.end());
    std::vector<Run> merged;
    merged.reserve(m_runs->size() + page.size());
    bool differs = !gone.isEmpty();
    for (const Run &run : *m_runs) {
        if (gone.contains(run.id))
            continue;
        const auto found = byId.constFind(run.id);
        if (found == byId.constEnd()) {
            merged.push_back(run);
            continue;
        }
        Run &fresh = page[*found];
        byId.erase(found);
        if (!sameRun(run, fresh)) {
            differs = true;
            m_put.push_back(fresh);
        }
        merged.push_back(std::move(fresh));
    }
    for (std::size_t i = 0; i < page.size(); ++i)
        if (const auto left = byId.constFind(page[i].id); left != byId.constEnd() && *left == i) {
            differs = true;
            m_put.push_back(page[i]);
            merged.push_back(std::move(page[i]));
        }
    if (!differs)
        return;
    std::stable_sort(merged.begin(), merged.end(), newer);
    m_runs = std::make_shared<const std::vector<Run>>(std::move(merged));
}

Result<KnownModels> readModels(const Registry &registry, const QDateTime &now, std::stop_token stop) {
    KnownModels known;
    PH_ASSIGN(known.models, registry.models());
    for (const RegisteredModel &model : known.models) {
        if (stop.stop_requested())
            return cancelled();
        PH_ASSIGN(auto versions, registry.versions(model.name));
        known.versions.insert(known.versions.end(), std::make_move_iterator(versions.begin()), std::make_move_iterator(versions.end()));
    }
    known.read = now;
    return known;
}

} // namespace pilothouse::registry
