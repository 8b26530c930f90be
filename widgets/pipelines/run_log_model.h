// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/line_level.h"
#include "core/base/task.h"
#include "core/pipelines/ansi_text.h"
#include "core/pipelines/log_file.h"
#include "widgets/pipelines/log_scan.h"

#include <QCache>
#include <QObject>
#include <QTimer>

namespace pilothouse::ui {

/// The lines of a run's log for a view: indexed and searched on a pool, read when they are seen. Places are bytes of the file, which stay when lines are found before them. GUI thread.
class RunLogModel : public QObject {
    Q_OBJECT
public:
    explicit RunLogModel(QThreadPool &pool, QObject *parent = nullptr);
    ~RunLogModel() override;
    /// A file that followLog() writes, or any other; empty: none. Opened on the pool.
    void setFile(const QString &path);
    const QString &file() const { return m_path; }
    void setLive(bool live); ///< it is looked at whether it grew, four times a second
    bool isLive() const { return m_poll.isActive(); }
    void look();             ///< now

    int rowCount() const;
    qint64 byteOf(int row) const;   ///< −1: no such row
    int rowOf(qint64 byte) const;   ///< of a line that the filter lets through, else the next one; −1: none
    qint64 numberOf(int row) const; ///< line number from 1; 0: not known yet
    struct Line {
        pipelines::AnsiLine text;
        LineLevel level = LineLevel::None;
        bool cut = false; ///< longer than is shown
    };
    const Line &line(int row) const; ///< valid until the next call

    const pipelines::LogLines &lines() const { return m_lines; }
    bool isReading() const { return m_task.isRunning(); }
    const std::optional<Error> &error() const { return m_error; }

    void setWarningsOnly(bool on);
    bool warningsOnly() const { return m_warningsOnly; }
    LogScan &search() { return *m_search; }
    const LogScan &errors() const { return *m_errors; }

Q_SIGNALS:
    void changed(bool anew); ///< rows; anew: another log

private:
    void show(bool anew);
    QThreadPool &m_pool;
    QString m_path;
    std::shared_ptr<pipelines::LogFile> m_file;
    pipelines::LogLines m_lines;
    std::optional<Error> m_error;
    struct Looked {
        std::shared_ptr<pipelines::LogFile> file;
        bool anew = false, changed = false;
    };
    Task<Looked> m_task;
    QTimer m_poll, m_tick;
    LogScan *m_search, *m_errors, *m_warnings;
    bool m_warningsOnly = false, m_again = false;
    mutable QCache<qint64, Line> m_cache;
    mutable qint64 m_cachedLast = -1; ///< begin of a last line, which may grow
};

} // namespace pilothouse::ui
