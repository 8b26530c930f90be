// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_detail.h"

#include "core/pipelines/stage_medians.h"

#include <algorithm>

namespace pilothouse::ui {

using pipelines::PipelineRun;

namespace {

constexpr int againMs = 3000, longestMs = 60000;
constexpr std::size_t usualRuns = 12;

} // namespace

RunDetail::RunDetail(std::shared_ptr<pipelines::PipelineService> service, QThreadPool &pool, QObject *parent) : QObject(parent), m_service(std::move(service)), m_pool(pool) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunDetail::read);
}

RunDetail::~RunDetail() {
    m_task.stop.request_stop();
    m_historyTask.stop.request_stop();
}

void RunDetail::choose(const PipelineRun &listed, std::vector<PipelineRun> earlier) {
    const bool other = listed.id != m_id;
    const bool news = !other && m_listed && (m_listed->state != listed.state || m_listed->ended != listed.ended || m_listed->gates != listed.gates);
    if (other)
        clear();
    m_id = listed.id;
    m_listed = listed;
    m_earlier = std::move(earlier);
    putHistory();
    if (other || news)
        refresh();
}

void RunDetail::chooseId(const QString &id) {
    if (id == m_id)
        return;
    clear();
    m_id = id;
    refresh();
}

void RunDetail::clear() {
    m_id.clear();
    m_run.reset();
    m_listed.reset();
    m_problem.reset();
    m_earlier.clear();
    m_history.clear();
    m_timer.stop();
    m_failed = 0;
}

void RunDetail::setActive(bool active) {
    if (active == m_active)
        return;
    m_active = active;
    if (active)
        refresh();
    else
        m_timer.stop();
}

void RunDetail::refresh() {
    if (!m_active)
        return;
    if (m_task.isRunning())
        m_again = true;
    else
        read();
}

void RunDetail::read() {
    if (m_id.isEmpty() || m_task.isRunning())
        return;
    m_timer.stop();
    m_again = false;
    m_task = startTask<PipelineRun>(m_pool, [service = m_service, id = m_id](std::stop_token) { return service->run(id); });
    deliver(m_task, this, [this, id = m_id](const Result<PipelineRun> &run) {
        if (id != m_id || m_again) {
            m_again = false;
            if (m_active)
                read(); // another one was chosen meanwhile, or something was changed
            if (id != m_id)
                return;
        }
        if (run) {
            m_problem.reset();
            m_failed = 0;
            m_run = *run;
            pipelines::setStageMedians(*m_run, m_history);
            putHistory();
            readHistory();
        } else {
            m_problem = run.error();
            ++m_failed;
        }
        const bool goesOn = m_run ? !pipelines::hasEnded(m_run->state) : !m_listed || !pipelines::hasEnded(m_listed->state);
        if (m_active && (m_problem || goesOn) && !m_task.isRunning())
            m_timer.start(std::min(longestMs, againMs << std::min(m_failed, 5)));
        Q_EMIT changed();
        if (m_run && !m_run->became.isEmpty() && m_run->became != m_id)
            Q_EMIT becameAnother(m_id, m_run->became);
    });
}

/// What the list has with its stages, what was read, and the run itself.
void RunDetail::putHistory() {
    m_history.clear();
    bool own = false;
    for (const PipelineRun &run : m_earlier) {
        const bool mine = run.id == m_id;
        own = own || mine;
        const auto known = m_known.constFind(run.id);
        const PipelineRun &best = mine && m_run ? *m_run : run.stages.empty() && known != m_known.constEnd() ? *known : run;
        if (!best.stages.empty())
            m_history.push_back(best);
    }
    if (!own && m_run && !m_run->stages.empty())
        m_history.insert(m_history.begin(), *m_run);
}

/// A list of some systems has no stages: the newest runs that have ended are read once each.
void RunDetail::readHistory() {
    if (m_historyTask.isRunning() || !m_active)
        return;
    QStringList missing;
    std::size_t looked = 0;
    for (const PipelineRun &run : m_earlier) {
        if (!pipelines::hasEnded(run.state) || run.id == m_id)
            continue;
        if (++looked > usualRuns)
            break;
        if (run.stages.empty() && !m_known.contains(run.id))
            missing << run.id;
    }
    if (missing.isEmpty())
        return;
    m_historyTask = startTask<std::vector<PipelineRun>>(m_pool, [service = m_service, missing](std::stop_token stop) -> Result<std::vector<PipelineRun>> {
        std::vector<PipelineRun> found;
        for (const QString &id : missing) {
            if (stop.stop_requested())
                return cancelled();
            auto run = service->run(id);
            if (!run && (run.error().kind == ErrorKind::Unreachable || run.error().kind == ErrorKind::TimedOut || run.error().kind == ErrorKind::Denied))
                break;
            PipelineRun seen;
            seen.id = id; // one that is gone is not asked for again
            found.push_back(run ? *std::move(run) : seen);
        }
        return found;
    });
    deliver(m_historyTask, this, [this](const Result<std::vector<PipelineRun>> &found) {
        if (!found)
            return;
        for (const PipelineRun &run : *found)
            m_known.insert(run.id, run);
        putHistory();
        if (m_run)
            pipelines::setStageMedians(*m_run, m_history);
        putHistory();
        Q_EMIT changed();
        if (!found->empty())
            readHistory(); // of another pipeline that was chosen meanwhile
    });
}

} // namespace pilothouse::ui
