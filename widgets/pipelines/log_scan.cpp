// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/log_scan.h"

#include <algorithm>

namespace pilothouse::ui {

LogScan::LogScan(QThreadPool &pool, QObject *parent) : QObject(parent), m_pool(pool) {
    m_tick.setInterval(50);
    connect(&m_tick, &QTimer::timeout, this, &LogScan::take);
}

LogScan::~LogScan() { m_task.stop.request_stop(); }

void LogScan::stop() {
    m_task.stop.request_stop();
    m_task = {};
    m_box.reset();
    m_tick.stop();
}

void LogScan::start(const std::optional<pipelines::LogQuery> &query) {
    stop();
    m_query = query;
    m_error.reset();
    m_hits.clear();
    m_until = 0;
    if (query)
        if (const auto good = pipelines::checkQuery(*query); !good)
            m_error = good.error();
    go();
    Q_EMIT found();
}

void LogScan::look(const pipelines::LogLines &lines, bool anew) {
    m_lines = lines;
    if (anew) {
        stop();
        m_hits.clear();
        m_until = 0;
    }
    go();
}

void LogScan::go() {
    if (!m_query || m_error || m_task.isRunning() || !m_lines.file() || m_until >= m_lines.bytes() || !m_lines.complete())
        return;
    m_hits.erase(std::lower_bound(m_hits.begin(), m_hits.end(), m_until), m_hits.end()); // of a last line that has grown
    m_box = std::make_shared<Box>();
    m_task = startTask<bool>(m_pool, [box = m_box, lines = m_lines, from = m_until, query = *m_query](std::stop_token token) -> Result<bool> {
        PH_TRY(pipelines::searchLog(*lines.file(), from, lines.bytes(), query, token, [&](const pipelines::LogHits &hits, qint64 until) {
            const std::lock_guard lock(box->mutex);
            box->hits.insert(box->hits.end(), hits.begin(), hits.end());
            box->until = until;
        }));
        return true;
    });
    m_tick.start();
    deliver(m_task, this, [this, box = m_box, end = m_lines](const Result<bool> &done) {
        if (box != m_box) // another search began meanwhile
            return;
        take();
        m_tick.stop();
        m_task = {};
        m_box.reset();
        if (!done) {
            m_error = done.error();
        } else {
            // A last line without its end may become another: it is looked at again when the log has grown.
            const bool open = end.count() > 0 && end.file()->read(end.bytes() - 1, 1) != "\n";
            m_until = open ? end.begin(end.count() - 1) : end.bytes();
            if (open && m_lines.bytes() == end.bytes()) {
                Q_EMIT found();
                return;
            }
            go();
        }
        Q_EMIT found();
    });
}

void LogScan::take() {
    if (!m_box)
        return;
    pipelines::LogHits came;
    {
        const std::lock_guard lock(m_box->mutex);
        came.swap(m_box->hits);
    }
    if (came.empty())
        return;
    m_hits.insert(m_hits.end(), came.begin(), came.end());
    Q_EMIT found();
}

qint64 LogScan::next(qint64 byte, bool backwards) const {
    if (m_hits.empty())
        return -1;
    if (backwards) {
        const auto at = std::lower_bound(m_hits.begin(), m_hits.end(), byte);
        return at == m_hits.begin() ? m_hits.back() : *(at - 1);
    }
    const auto at = std::upper_bound(m_hits.begin(), m_hits.end(), byte);
    return at == m_hits.end() ? m_hits.front() : *at;
}

bool LogScan::has(qint64 byte) const { return std::binary_search(m_hits.begin(), m_hits.end(), byte); }

} // namespace pilothouse::ui
