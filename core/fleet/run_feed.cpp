// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/run_feed.h"

#include "core/fleet/interrupted.h"

#include <algorithm>
#include <limits>

namespace pilothouse::fleet {

using registry::Run;
using registry::RunColumn;
using registry::RunReading;

namespace {

constexpr qint64 wholeEverySeconds = 600; ///< so often the whole list of a server is read: what was deleted goes, late tags come
constexpr int firstOfCache = 300;         ///< more than a screen: it is there at once, the others a moment later
constexpr qsizetype figuresAtOnce = 25;   ///< histories of one task: what is on the screen comes first

/// What a person sees is the workspace's registries; a program without a cache works, too.
std::shared_ptr<registry::RunCache> cacheOf(const Services &services) { return openRunCache(services).value_or(nullptr); }

} // namespace

struct RunFeed::Figures {
    RunColumn column;
    QHash<QString, double> values; ///< NaN: there is none
    QSet<QString> old;             ///< known, of a run that went on since
    QStringList wanted;
    bool read = false;             ///< those of the cache are here
};

Result<std::shared_ptr<registry::RunCache>> openRunCache(const Services &services) { return registry::RunCache::open(services.root + QStringLiteral("/known.db")); }

QStringList registryConnections(const workspace::Workspace &workspace) {
    QStringList names;
    for (const char *kind : {"local", "mlflow", "azureml", "git"})
        for (const workspace::Connection &connection : workspace.connections)
            if (connection.kind == QLatin1String(kind))
                names += connection.name;
    return names;
}

QString registryAddress(const workspace::Workspace &workspace, const QString &connection) {
    const auto found = workspace.connections.constFind(connection);
    return found == workspace.connections.constEnd() || found->kind == QLatin1String("local") ? QString() : found->url + QLatin1Char(' ') + found->user;
}

RunFeed::RunFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    m_state.runs = std::make_shared<const std::vector<Run>>();
    m_state.vocabulary = std::make_shared<const registry::RunVocabulary>();
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunFeed::look);
}

RunFeed::~RunFeed() {
    m_task.stop.request_stop();
    m_figureTask.stop.request_stop();
}

void RunFeed::setConnection(const QString &name) {
    if (m_number > 0 && name == m_state.connection)
        return;
    ++m_number;
    m_task.stop.request_stop();
    m_figureTask.stop.request_stop();
    m_task = {};
    m_figureTask = {};
    m_reading.reset();
    m_figures.clear();
    m_complete = {};
    m_address = registryAddress(m_services->workspace, name);
    m_state = {};
    m_state.connection = name;
    m_state.local = m_address.isEmpty();
    m_state.source = m_state.local ? QStringLiteral("local") : name;
    m_state.runs = std::make_shared<const std::vector<Run>>();
    m_state.vocabulary = std::make_shared<const registry::RunVocabulary>();
    Q_EMIT changed();
    if (m_active)
        readCache(firstOfCache);
}

void RunFeed::setIntervals(int local, int remote) {
    m_localInterval = local;
    m_remoteInterval = remote;
}

void RunFeed::setActive(bool active) {
    if (m_active == active)
        return;
    m_active = active;
    m_timer.stop();
    if (active && m_number > 0 && !m_task.isRunning())
        m_state.known ? look() : readCache(firstOfCache);
}

void RunFeed::refresh() {
    if (m_task.isRunning())
        m_again = true;
    else
        begin(RunReading::Everything);
}

void RunFeed::look() {
    if (!m_active || m_task.isRunning())
        return;
    const bool whole = !m_complete.isValid() || (!m_state.local && m_complete.secsTo(m_services->clock->nowUtc()) > wholeEverySeconds);
    begin(whole ? RunReading::Everything : RunReading::Changes);
}

void RunFeed::readCache(int most) {
    if (m_state.local)
        return look();
    m_task = startTask<Piece>(m_pools.waiting, [at = place(), most](std::stop_token) -> Result<Piece> {
        Piece piece;
        PH_ASSIGN(const auto cache, openRunCache(*at.services));
        PH_ASSIGN(registry::KnownRuns known, cache->runs(at.connection, at.address, most));
        piece.more = most > 0 && known.runs.size() == std::size_t(most);
        piece.read = known.read;
        piece.complete = known.complete;
        piece.runs = std::make_shared<const std::vector<Run>>(std::move(known.runs));
        piece.vocabulary = std::make_shared<const registry::RunVocabulary>(registry::vocabularyOf(*piece.runs));
        return piece;
    });
    deliver(m_task, this, [this, number = m_number](const Result<Piece> &piece) {
        if (number != m_number)
            return;
        if (piece && piece->read.isValid()) {
            m_state.runs = piece->runs;
            m_state.vocabulary = piece->vocabulary;
            m_state.read = piece->read;
            m_state.known = true;
            m_complete = piece->complete;
            Q_EMIT changed();
        }
        m_task = {};
        if (piece && piece->more && m_active)
            return readCache(0);
        m_again = false;
        look();
    });
}

void RunFeed::begin(RunReading::Extent extent) {
    m_timer.stop();
    m_reading = std::make_shared<RunReading>(m_state.runs, extent);
    if (m_state.local)
        m_reading->settle = settle;
    const bool was = m_state.loading;
    m_state.loading = m_reading->extent() == RunReading::Everything && !m_complete.isValid();
    if (m_state.loading != was)
        Q_EMIT changed();
    step();
}

void RunFeed::step() {
    m_task = startTask<Piece>(m_pools.waiting, [at = place(), reading = m_reading, words = m_state.vocabulary, before = m_state.runs](std::stop_token stop) -> Result<Piece> {
        PH_ASSIGN(const auto registry, at.services->registries->of(at.connection));
        PH_TRY(reading->step(*registry, stop));
        Piece piece;
        piece.source = registry->source();
        piece.runs = reading->runs();
        piece.changed = reading->put();
        piece.done = reading->isDone();
        piece.read = at.services->clock->nowUtc();
        if (piece.done && reading->extent() == RunReading::Everything)
            piece.complete = piece.read;
        if (piece.runs != before)
            piece.vocabulary = std::make_shared<const registry::RunVocabulary>(registry::vocabularyOf(*piece.runs));
        if (at.address.isEmpty())
            return piece;
        if (const auto cache = cacheOf(*at.services)) { // what cannot be kept is shown all the same
            if (const auto kept = cache->change(at.connection, at.address, reading->put(), reading->gone()); kept && piece.done)
                (void)cache->setRead(at.connection, at.address, piece.read, piece.complete);
        }
        return piece;
    });
    deliver(m_task, this, [this, number = m_number](const Result<Piece> &piece) {
        if (number == m_number)
            stepped(piece);
    });
}

void RunFeed::stepped(const Result<Piece> &piece) {
    m_task = {};
    const RunsState before = m_state;
    if (!piece) {
        m_state.loading = false;
        m_state.problem = piece.error();
    } else {
        dropFigures(piece->changed);
        m_state.runs = piece->runs;
        if (piece->vocabulary)
            m_state.vocabulary = piece->vocabulary;
        m_state.source = piece->source;
        m_state.known = true;
        m_state.problem.reset();
        if (piece->done || m_state.loading) // in the middle of a later pass most is as old as it was
            m_state.read = piece->read;
        if (piece->complete.isValid())
            m_complete = piece->complete;
        if (piece->done)
            m_state.loading = false;
    }
    Q_EMIT changed();
    if (piece && !piece->done && m_active)
        return step();
    m_reading.reset();
    if (std::exchange(m_again, false) && m_active)
        return begin(RunReading::Everything);
    if (m_active)
        m_timer.start(m_state.local ? m_localInterval : m_remoteInterval);
}

std::optional<double> RunFeed::figure(const QString &runId, const RunColumn &column) const {
    const auto figures = m_figures.constFind(column.name());
    if (figures == m_figures.constEnd())
        return std::nullopt;
    const auto found = (*figures)->values.constFind(runId);
    return found == (*figures)->values.constEnd() ? std::nullopt : std::optional(*found);
}

void RunFeed::want(const RunColumn &column, const QStringList &runIds) {
    std::shared_ptr<Figures> &figures = m_figures[column.name()];
    if (!figures)
        figures = std::make_shared<Figures>();
    figures->column = column;
    figures->wanted.clear();
    for (const QString &id : runIds)
        if (!figures->values.contains(id) || figures->old.contains(id))
            figures->wanted += id;
    readFigures();
}

void RunFeed::wantNothingElse(const std::vector<RunColumn> &columns) {
    for (const auto &figures : std::as_const(m_figures))
        if (std::find(columns.begin(), columns.end(), figures->column) == columns.end())
            figures->wanted.clear();
}

qsizetype RunFeed::figuresMissing(const RunColumn &column) const {
    const auto figures = m_figures.constFind(column.name());
    return figures == m_figures.constEnd() ? 0 : (*figures)->wanted.size();
}

void RunFeed::dropFigures(const std::vector<Run> &changed) {
    for (const Run &run : changed)
        for (const auto &figures : std::as_const(m_figures))
            if (figures->values.contains(run.id))
                figures->old.insert(run.id);
}

void RunFeed::readFigures() {
    if (m_figureTask.isRunning() || !m_active)
        return;
    std::shared_ptr<Figures> figures;
    for (const auto &each : std::as_const(m_figures))
        if (!each->wanted.isEmpty())
            figures = each;
    if (!figures)
        return;
    const QStringList ids = figures->wanted.mid(0, figuresAtOnce);
    QSet<QString> ended; // what goes on is not kept
    for (const Run &run : *m_state.runs)
        if (run.status != registry::RunStatus::Running && ids.contains(run.id))
            ended.insert(run.id);
    m_figureTask = startTask<FigureBatch>(m_pools.waiting, [at = place(), column = figures->column, ids, ended, first = !figures->read](std::stop_token stop) -> Result<FigureBatch> {
        FigureBatch batch;
        const auto cache = at.address.isEmpty() ? nullptr : cacheOf(*at.services);
        if (first && cache) {
            PH_ASSIGN(batch, cache->figures(at.connection, at.address, column));
            if (!batch.isEmpty())
                return batch;
        }
        PH_ASSIGN(const auto registry, at.services->registries->of(at.connection));
        QHash<QString, double> kept;
        for (const QString &id : ids) {
            if (stop.stop_requested())
                return cancelled();
            const auto points = registry->metricHistory(id, column.key);
            if (!points && points.error().kind != ErrorKind::NotFound)
                return points.error();
            const auto value = points ? figureOf(*points, column) : std::nullopt;
            batch.insert(id, value.value_or(std::numeric_limits<double>::quiet_NaN()));
            if (ended.contains(id))
                kept.insert(id, batch.value(id));
        }
        if (cache)
            (void)cache->addFigures(at.connection, at.address, column, kept);
        return batch;
    });
    deliver(m_figureTask, this, [this, number = m_number, figures](const Result<FigureBatch> &batch) {
        if (number != m_number)
            return;
        m_figureTask = {};
        if (!batch) { // the list says why; the next look at it asks again
            figures->wanted.clear();
            return;
        }
        figures->read = true;
        for (auto it = batch->begin(); it != batch->end(); ++it) {
            figures->values.insert(it.key(), *it);
            figures->old.remove(it.key());
        }
        const auto isKnown = [&](const QString &id) { return figures->values.contains(id) && !figures->old.contains(id); };
        figures->wanted.erase(std::remove_if(figures->wanted.begin(), figures->wanted.end(), isKnown), figures->wanted.end());
        Q_EMIT figuresChanged();
        readFigures();
    });
}

} // namespace pilothouse::fleet
