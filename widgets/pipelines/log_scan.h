// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/pipelines/log_search.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <mutex>

namespace pilothouse::ui {

/// One search in a log that may grow: on a pool, results as they come. GUI thread.
class LogScan : public QObject {
    Q_OBJECT
public:
    explicit LogScan(QThreadPool &pool, QObject *parent = nullptr);
    ~LogScan() override;
    /// Forgets what it has and looks for this. Without a query it has nothing.
    void start(const std::optional<pipelines::LogQuery> &query);
    /// The log as it is now: goes on behind what was looked at, from the last line's begin if that had no end yet. `anew`: from its begin.
    void look(const pipelines::LogLines &lines, bool anew);
    const std::optional<pipelines::LogQuery> &query() const { return m_query; }
    const pipelines::LogHits &hits() const { return m_hits; } ///< bytes where lines with a match begin, rising
    bool isRunning() const { return m_task.isRunning(); }
    const std::optional<Error> &error() const { return m_error; }
    /// The hit behind (before) a byte, round; −1: there is none.
    qint64 next(qint64 byte, bool backwards) const;
    bool has(qint64 byte) const;

Q_SIGNALS:
    void found(); ///< more hits, or its end

private:
    struct Box { ///< what a task has found and nobody took yet
        std::mutex mutex;
        pipelines::LogHits hits;
        qint64 until = 0;
    };
    void stop();
    void take();
    void go();
    QThreadPool &m_pool;
    std::optional<pipelines::LogQuery> m_query;
    std::optional<Error> m_error;
    pipelines::LogLines m_lines;
    pipelines::LogHits m_hits;
    qint64 m_until = 0; ///< looked at so far
    std::shared_ptr<Box> m_box;
    Task<bool> m_task;
    QTimer m_tick;
};

} // namespace pilothouse::ui
