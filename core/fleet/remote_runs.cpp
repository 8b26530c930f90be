// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/remote_runs.h"

#include "core/pipelines/pipeline_json.h"

#include <QFileInfo>
#include <QHash>
#include <QRandomGenerator>
#include <QSet>

#include <algorithm>
#include <chrono>

namespace pilothouse::fleet {

using pipelines::AllPipelines;
using pipelines::PipelineRun;

namespace {

/// The same but for the time at which it was read, which changes with each look.
bool sameRun(const PipelineRun &a, const PipelineRun &b) {
    if (a.state != b.state || a.ended != b.ended || a.started != b.started || a.gates != b.gates || a.note != b.note || a.systemState != b.systemState || a.attempt != b.attempt || a.stages.size() != b.stages.size())
        return false;
    PipelineRun left = a, right = b;
    left.read = right.read = QDateTime();
    return pipelines::toJson(left) == pipelines::toJson(right);
}

/// What is read of a system at one time.
struct Reading {
    KnownSystem now;
    std::vector<PipelineRun> put;
    QStringList gone;
    std::optional<Error> problem; ///< of a part that is not the runs
};

Result<void> readSlow(const pipelines::PipelineService &service, Reading &reading) {
    PH_ASSIGN(reading.now.pipelines, AllPipelines::joinedPipelines(service));
    auto schedules = AllPipelines::joinedSchedules(service);
    if (schedules)
        reading.now.schedules = *std::move(schedules);
    else
        reading.problem = schedules.error();
    return {};
}

/// Of a pipeline that has known runs, or of all, everything on a page is new: between the two there may be more.
bool hasGap(const std::vector<PipelineRun> &known, const std::vector<PipelineRun> &page) {
    QHash<QString, bool> met; // pipeline → one of its runs was known already
    QSet<QString> ids, pipelines;
    for (const PipelineRun &run : known) {
        ids.insert(run.id);
        pipelines.insert(run.pipeline);
    }
    QHash<QString, int> count;
    for (const PipelineRun &run : page) {
        met[run.pipeline] = met.value(run.pipeline) || ids.contains(run.id);
        ++count[run.pipeline];
    }
    if (!known.empty() && !page.empty() && std::none_of(met.begin(), met.end(), [](bool one) { return one; }))
        return true;
    return std::any_of(count.keyBegin(), count.keyEnd(), [&](const QString &pipeline) { return pipelines.contains(pipeline) && !met.value(pipeline) && count.value(pipeline) >= RemoteRuns::runsAgain / 2; });
}

/// Runs that were under way when they were read last, and are too old for the page: each by itself, a few at a time. One that its system no longer has is gone.
Result<void> readLeftOpen(const pipelines::PipelineService &service, Reading &reading, std::vector<PipelineRun> &page, const std::stop_token &stop) {
    constexpr int atOnce = 10;
    QSet<QString> there;
    for (const PipelineRun &run : page)
        there.insert(run.id);
    std::vector<QString> open;
    for (const PipelineRun &run : reading.now.runs)
        if (!pipelines::hasEnded(run.state) && run.started.isValid() && !there.contains(run.id))
            open.push_back(run.id);
    for (std::size_t i = 0; i < std::min<std::size_t>(open.size(), atOnce) && !stop.stop_requested(); ++i) {
        auto run = AllPipelines::joinedRun(service, open[i]);
        if (run) {
            page.push_back(*std::move(run));
        } else if (run.error().kind == ErrorKind::NotFound) {
            reading.gone << open[i];
            std::erase_if(reading.now.runs, [&](const PipelineRun &r) { return r.id == open[i]; });
        } else if (run.error().kind == ErrorKind::Unreachable || run.error().kind == ErrorKind::TimedOut) {
            return run.error();
        }
    }
    return {};
}

Result<void> readSystem(const pipelines::PipelineService &service, bool slow, Reading &reading, const std::stop_token &stop) {
    if (slow)
        PH_TRY(readSlow(service, reading));
    if (stop.stop_requested())
        return cancelled();
    const bool first = !reading.now.read.isValid() || reading.now.runs.empty();
    PH_ASSIGN(auto page, AllPipelines::joinedRuns(service, {}, first ? RemoteRuns::runsOfEach : RemoteRuns::runsAgain));
    if (!first && hasGap(reading.now.runs, page)) {
        PH_ASSIGN(page, AllPipelines::joinedRuns(service, {}, RemoteRuns::runsOfEach));
    }
    PH_TRY(readLeftOpen(service, reading, page, stop));
    reading.now.runs = mergedRuns(reading.now.runs, std::move(page), RemoteRuns::runsOfEach, &reading.put, &reading.gone);
    if (stop.stop_requested())
        return cancelled();
    auto gates = AllPipelines::joinedGates(service);
    if (gates)
        reading.now.gates = *std::move(gates);
    else if (!reading.problem)
        reading.problem = gates.error();
    if (auto notices = AllPipelines::joinedNotices(service))
        reading.now.notices = *std::move(notices);
    return {};
}

} // namespace

std::vector<PipelineRun> mergedRuns(const std::vector<PipelineRun> &known, std::vector<PipelineRun> page, int most, std::vector<PipelineRun> *put, QStringList *gone) {
    QHash<QString, qsizetype> at;
    for (std::size_t i = 0; i < page.size(); ++i)
        at.insert(page[i].id, qsizetype(i));
    std::vector<PipelineRun> all;
    all.reserve(known.size() + page.size());
    for (const PipelineRun &run : known) {
        const auto found = at.constFind(run.id);
        if (found != at.constEnd()) {
            PipelineRun &fresh = page[std::size_t(*found)];
            if (fresh.stages.empty() && fresh.state == run.state) // a list need not have the stages: those that are known stay
                fresh.stages = run.stages;
            if (put && !sameRun(run, fresh))
                put->push_back(fresh);
            at.remove(run.id);
            all.push_back(fresh);
            continue;
        }
        const bool waited = !run.started.isValid() && !pipelines::hasEnded(run.state);
        const bool itsPipelineIsThere = waited && std::any_of(page.begin(), page.end(), [&](const PipelineRun &r) { return r.pipeline == run.pipeline; });
        if (itsPipelineIsThere) { // a place in a queue that is no longer there
            if (gone)
                *gone << run.id;
            continue;
        }
        all.push_back(run);
    }
    for (const qsizetype place : std::as_const(at)) {
        if (put)
            put->push_back(page[std::size_t(place)]);
        all.push_back(std::move(page[std::size_t(place)]));
    }
    std::stable_sort(all.begin(), all.end(), AllPipelines::newerFirst);
    QHash<QString, int> count;
    std::vector<PipelineRun> out;
    out.reserve(all.size());
    for (PipelineRun &run : all) {
        if (++count[run.pipeline] <= most)
            out.push_back(std::move(run));
        else if (gone)
            *gone << run.id;
    }
    return out;
}

RemoteRuns::RemoteRuns(std::shared_ptr<AllPipelines> all, const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock, const QString &cacheFile)
    : m_http(std::move(http)), m_clock(std::move(clock)), m_cacheFile(cacheFile), m_connections(workspace.connections.keys()) {
    for (const auto &service : all->others()) {
        State state;
        state.service = service;
        const workspace::Connection connection = workspace.connections.value(service->source());
        QStringList address{connection.kind, connection.url};
        for (const char *key : {"owner", "repo", "folder", "namespace", "subscription", "resource_group", "workspace"})
            if (const QString value = connection.other.value(QLatin1String(key)); !value.isEmpty())
                address << value;
        state.address = address.join(QLatin1Char(' '));
        Seen seen;
        seen.connection = service->source();
        seen.system = service->system();
        state.seen = std::make_shared<const Seen>(std::move(seen));
        m_states.emplace(service->source(), std::move(state));
    }
    m_pool.setMaxThreadCount(8);
}

RemoteRuns::~RemoteRuns() {
    m_stop.request_stop();
    if (m_pool.activeThreadCount() > 0 && m_http) // the systems' calls take no token
        m_http->close();
    m_pool.waitForDone();
}

std::shared_ptr<KnownPipelines> RemoteRuns::cache() {
    const std::lock_guard lock(m_cacheMutex);
    if (!m_cache && !m_cacheFile.isEmpty())
        m_cache = KnownPipelines::open(m_cacheFile).value_or(nullptr);
    return m_cache;
}

/// Once, and after the first screen has what it needs.
void RemoteRuns::tidy() {
    const auto held = cache();
    if (!held || m_tidied.exchange(true))
        return;
    (void)held->dropGone(m_connections, m_clock->nowUtc().addDays(-goneAfterDays)); // tried again at the next start
    tidySystems(QFileInfo(m_cacheFile).path() + QStringLiteral("/systems"), m_connections, m_clock->nowUtc());
}

void RemoteRuns::put(State &state, Seen seen) {
    seen.revision = state.seen->revision + 1;
    seen.reading = state.reading;
    state.seen = std::make_shared<const Seen>(std::move(seen));
    m_changed.notify_all();
}

QDateTime RemoteRuns::nextOf(const State &state, const QDateTime &now) const {
    const int poll = std::max(1, state.service->pollSeconds());
    if (state.errors == 0)
        return now.addSecs(poll);
    const double wait = std::min(600.0, poll * double(1 << std::min(state.errors, 8)));
    return now.addMSecs(qint64(1000 * std::max(double(poll), wait * (0.75 + QRandomGenerator::global()->generateDouble() / 2)))); // never before what the system itself asks for
}

/// What an earlier start knew: a page at once, then the rest. Without the mutex.
void RemoteRuns::recall(const QString &connection) {
    const auto held = cache();
    if (!held)
        return;
    QString address;
    {
        const std::lock_guard lock(m_mutex);
        address = m_states[connection].address;
    }
    for (const int most : {firstPage, 0}) {
        auto known = held->system(connection, address, most);
        if (!known || !known->read.isValid())
            return;
        const std::lock_guard lock(m_mutex);
        State &state = m_states[connection];
        if (state.seen->known.read.isValid() && !state.seen->remembered)
            return;
        Seen seen = *state.seen;
        seen.whole = most == 0 || known->runs.size() < std::size_t(most);
        seen.known = *std::move(known);
        seen.remembered = true;
        const bool whole = seen.whole;
        put(state, std::move(seen));
        if (whole)
            return;
    }
}

void RemoteRuns::read(const QString &connection) {
    bool toRecall = false;
    {
        const std::lock_guard lock(m_mutex);
        State &state = m_states[connection];
        toRecall = !state.recalled;
        state.recalled = true;
    }
    if (toRecall)
        recall(connection);
    std::shared_ptr<pipelines::PipelineService> service;
    Reading reading;
    bool slow = false;
    QString address;
    const QDateTime now = m_clock->nowUtc();
    {
        const std::lock_guard lock(m_mutex);
        State &state = m_states[connection];
        service = state.service;
        address = state.address;
        reading.now = state.seen->known;
        slow = !state.slowRead.isValid() || state.slowRead.secsTo(now) >= slowSeconds || state.forgotten;
        state.forgotten = false; // what is changed from here on is read once more
    }
    const auto done = readSystem(*service, slow, reading, m_stop.get_token());
    if (done) {
        reading.now.read = m_clock->nowUtc();
        if (const auto held = cache(); held && !m_stop.stop_requested())
            (void)held->change(connection, address, reading.now, reading.put, reading.gone); // a cache that fails costs the next start its first screen
    }
    if (!m_stop.stop_requested())
        tidy();
    const std::lock_guard lock(m_mutex);
    State &state = m_states[connection];
    Seen seen = *state.seen;
    if (done) {
        state.errors = 0;
        if (slow)
            state.slowRead = now;
        seen.known = std::move(reading.now);
        seen.remembered = false;
        seen.whole = true;
        seen.problem = reading.problem;
    } else { // what was known before stays, with its age
        ++state.errors;
        seen.problem = done.error();
    }
    seen.next = nextOf(state, m_clock->nowUtc());
    state.reading = false;
    put(state, std::move(seen));
}

QMap<QString, RemoteRuns::SeenPtr> RemoteRuns::look(int patienceMs, bool rememberedWillDo) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patienceMs);
    std::unique_lock lock(m_mutex);
    const QDateTime now = m_clock->nowUtc();
    for (auto &[name, state] : m_states) {
        if (state.reading || (!state.forgotten && state.seen->next.isValid() && state.seen->next > now))
            continue;
        state.reading = true;
        m_pool.start([this, connection = name] { read(connection); });
    }
    const auto there = [&] {
        return std::all_of(m_states.begin(), m_states.end(), [&](const auto &pair) {
            const State &state = pair.second;
            return !state.reading || state.seen->problem || (state.seen->known.read.isValid() && (rememberedWillDo || !state.seen->remembered));
        });
    };
    m_changed.wait_until(lock, until, there);
    QMap<QString, SeenPtr> out;
    for (const auto &[name, state] : m_states)
        out.insert(name, state.seen);
    return out;
}

QMap<QString, RemoteRuns::SeenPtr> RemoteRuns::seen() const {
    const std::lock_guard lock(m_mutex);
    QMap<QString, SeenPtr> out;
    for (const auto &[name, state] : m_states)
        out.insert(name, state.seen);
    return out;
}

void RemoteRuns::forget(const QString &connection) {
    const std::lock_guard lock(m_mutex);
    for (auto &[name, state] : m_states)
        if (connection.isEmpty() || name == connection)
            state.forgotten = true;
}

void RemoteRuns::waitForReads() { m_pool.waitForDone(); }

} // namespace pilothouse::fleet
