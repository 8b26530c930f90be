// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/compare_loader.h"

namespace pilothouse::ui {

namespace {

constexpr int tickMs = 100;
constexpr int mostKept = 12; // metrics: fifty histories of ten thousand points each are 12 MB

} // namespace

CompareLoader::CompareLoader(QThreadPool &pool, QObject *parent) : QObject(parent), m_pool(pool) {
    m_ticks.setInterval(tickMs);
    connect(&m_ticks, &QTimer::timeout, this, &CompareLoader::follow);
}

CompareLoader::~CompareLoader() {
    m_runsTask.stop.request_stop();
    m_curvesTask.stop.request_stop();
}

void CompareLoader::follow() {
    const int done = m_progress ? m_progress->done.load() : 0, total = m_progress ? m_progress->total.load() : 0;
    if (done == m_state.done && total == m_state.total)
        return;
    m_state.done = done;
    m_state.total = total;
    Q_EMIT changed();
}

Error CompareLoader::stopped() const {
    return Error{ErrorKind::Cancelled, tr("The reading was stopped."), m_state.source, tr("Read it again when it is wanted."), {}};
}

void CompareLoader::load(Open open, const QStringList &runIds) {
    m_open = std::move(open);
    m_ids = runIds;
    m_state = {};
    m_known.clear();
    m_registry.reset();
    reload();
}

void CompareLoader::reload() {
    if (!m_open)
        return;
    m_runsTask.stop.request_stop();
    m_curvesTask.stop.request_stop();
    const int number = ++m_number;
    m_progress = std::make_shared<registry::LoadProgress>();
    if (!m_state.runs)
        m_state.phase = CompareState::Loading; // else what is there stays until the newer ones are
    m_state.done = m_state.total = 0;
    m_runsTask = startTask<Runs>(m_pool, [open = m_open, ids = m_ids, progress = m_progress](std::stop_token stop) -> Result<Runs> {
        PH_ASSIGN(auto registry, open());
        PH_ASSIGN(auto comparison, registry::loadComparison(*registry, ids, stop, progress.get()));
        return Runs{std::move(registry), std::make_shared<const registry::RunComparison>(std::move(comparison))};
    });
    m_ticks.start();
    Q_EMIT changed();
    deliver(m_runsTask, this, [this, number](const Result<Runs> &read) {
        if (number != m_number)
            return; // other runs were asked for meanwhile
        m_ticks.stop();
        if (!read) {
            m_state.phase = m_state.runs ? CompareState::Ready : CompareState::Failed; // what was there stays, with its time
            m_state.error = read.error().kind == ErrorKind::Cancelled ? stopped() : read.error();
            Q_EMIT changed();
            return;
        }
        m_registry = read->registry;
        m_state.phase = CompareState::Ready;
        m_state.error.reset();
        m_state.runs = read->comparison;
        m_state.source = m_registry->source();
        m_state.read = now ? now() : QDateTime::currentDateTimeUtc();
        m_known.clear();
        const QString metric = m_state.metric;
        m_state.metric.clear();
        if (metric.isEmpty())
            Q_EMIT changed();
        else
            loadCurves(metric);
    });
}

void CompareLoader::loadCurves(const QString &metric) {
    if (!m_registry || !m_state.runs || (metric == m_state.metric && (m_state.curvesPhase == CompareState::Loading || m_state.curvesPhase == CompareState::Ready)))
        return;
    m_curvesTask.stop.request_stop();
    const int number = ++m_number;
    m_state.metric = metric;
    m_state.curvesError.reset();
    m_ticks.stop();
    if (const auto known = m_known.find(metric); known != m_known.end()) {
        m_state.curves = *known;
        m_state.curvesPhase = CompareState::Ready;
        Q_EMIT changed();
        return;
    }
    m_state.curves.reset();
    m_state.curvesPhase = CompareState::Loading;
    m_state.done = m_state.total = 0;
    m_progress = std::make_shared<registry::LoadProgress>();
    m_curvesTask = startTask<Curves>(m_pool, [registry = m_registry, runs = m_state.runs, metric, progress = m_progress](std::stop_token stop) -> Result<Curves> {
        PH_ASSIGN(auto curves, registry::loadCurves(*registry, runs->runs, metric, stop, progress.get()));
        return std::make_shared<const registry::RunCurves>(std::move(curves));
    });
    m_ticks.start();
    Q_EMIT changed();
    deliver(m_curvesTask, this, [this, number, metric](const Result<Curves> &read) {
        if (number != m_number)
            return; // another metric was chosen meanwhile
        m_ticks.stop();
        if (read) {
            if (m_known.size() >= mostKept)
                m_known.clear();
            m_known.insert(metric, *read);
            m_state.curves = *read;
            m_state.curvesPhase = CompareState::Ready;
        } else {
            m_state.curvesPhase = CompareState::Failed;
            m_state.curvesError = read.error().kind == ErrorKind::Cancelled ? stopped() : read.error();
        }
        Q_EMIT changed();
    });
}

void CompareLoader::stop() {
    m_runsTask.stop.request_stop();
    m_curvesTask.stop.request_stop();
}

} // namespace pilothouse::ui
