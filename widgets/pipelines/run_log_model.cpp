// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_log_model.h"

#include <algorithm>
#include <limits>

namespace pilothouse::ui {

namespace {

constexpr qint64 longestShown = 16 << 10; ///< bytes of a line

} // namespace

RunLogModel::RunLogModel(QThreadPool &pool, QObject *parent)
    : QObject(parent), m_pool(pool), m_search(new LogScan(pool, this)), m_errors(new LogScan(pool, this)), m_warnings(new LogScan(pool, this)), m_cache(2000) {
    m_poll.setInterval(250);
    connect(&m_poll, &QTimer::timeout, this, &RunLogModel::look);
    m_tick.setInterval(30);
    connect(&m_tick, &QTimer::timeout, this, [this] { show(false); });
    connect(m_warnings, &LogScan::found, this, [this] {
        if (m_warningsOnly)
            Q_EMIT changed(false);
    });
    m_errors->start(pipelines::LogQuery{pipelines::LogQuery::Kind::Errors, {}, true});
}

RunLogModel::~RunLogModel() { m_task.stop.request_stop(); }

void RunLogModel::setFile(const QString &path) {
    m_task.stop.request_stop();
    m_task = {};
    m_path = path;
    m_file.reset();
    m_error.reset();
    m_again = false;
    show(true);
    if (!path.isEmpty())
        look();
}

void RunLogModel::setLive(bool live) {
    if (live == m_poll.isActive())
        return;
    if (live)
        m_poll.start();
    else
        m_poll.stop();
    look();
}

void RunLogModel::look() {
    if (m_path.isEmpty())
        return;
    if (m_task.isRunning()) {
        m_again = true;
        return;
    }
    m_again = false;
    m_task = startTask<Looked>(m_pool, [path = m_path, file = m_file](std::stop_token token) -> Result<Looked> {
        Looked out;
        out.file = file;
        if (!file) {
            PH_ASSIGN(out.file, pipelines::LogFile::open(path));
            out.anew = out.changed = true;
            return out; // its lines are found in the next round, which this model watches
        }
        PH_ASSIGN(const auto change, file->look());
        out.anew = change == pipelines::LogFile::Change::Anew;
        out.changed = change != pipelines::LogFile::Change::None || !file->isIndexed();
        PH_TRY(file->index(token));
        return out;
    });
    m_tick.start();
    deliver(m_task, this, [this, path = m_path](const Result<Looked> &looked) {
        if (path != m_path || m_task.isRunning())
            return;
        m_tick.stop();
        if (!looked) {
            if (looked.error().kind == ErrorKind::Cancelled)
                return;
            m_error = looked.error();
            Q_EMIT changed(false);
            return;
        }
        const bool opened = !m_file;
        m_error.reset();
        m_file = looked->file;
        if (looked->changed)
            show(looked->anew);
        if (opened || m_again)
            look();
    });
}

void RunLogModel::show(bool anew) {
    const pipelines::LogLines before = m_lines;
    m_lines = m_file ? m_file->lines() : pipelines::LogLines();
    if (m_lines.file() != before.file())
        anew = true;
    if (!anew && m_lines.bytes() == before.bytes() && m_lines.from() == before.from())
        return;
    if (anew)
        m_cache.clear();
    else if (m_cachedLast >= 0)
        m_cache.remove(m_cachedLast);
    m_cachedLast = -1;
    for (LogScan *scan : {m_search, m_errors, m_warnings})
        scan->look(m_lines, anew);
    Q_EMIT changed(anew);
}

void RunLogModel::setWarningsOnly(bool on) {
    if (on == m_warningsOnly)
        return;
    m_warningsOnly = on;
    m_warnings->start(on ? std::optional(pipelines::LogQuery{pipelines::LogQuery::Kind::Warnings, {}, true}) : std::nullopt);
    Q_EMIT changed(false);
}

int RunLogModel::rowCount() const {
    const qint64 rows = m_warningsOnly ? qint64(m_warnings->hits().size()) : m_lines.count();
    return int(std::min<qint64>(rows, std::numeric_limits<int>::max() - 1000));
}

qint64 RunLogModel::byteOf(int row) const {
    if (row < 0 || row >= rowCount())
        return -1;
    return m_warningsOnly ? m_warnings->hits()[std::size_t(row)] : m_lines.begin(row);
}

int RunLogModel::rowOf(qint64 byte) const {
    if (byte < 0 || rowCount() == 0)
        return -1;
    if (!m_warningsOnly)
        return int(m_lines.rowAt(byte));
    const auto &hits = m_warnings->hits();
    return int(std::min<std::ptrdiff_t>(std::lower_bound(hits.begin(), hits.end(), byte) - hits.begin(), std::ptrdiff_t(hits.size()) - 1));
}

qint64 RunLogModel::numberOf(int row) const {
    if (!m_lines.complete())
        return 0;
    return m_warningsOnly ? m_lines.rowAt(byteOf(row)) + 1 : qint64(row) + 1;
}

const RunLogModel::Line &RunLogModel::line(int row) const {
    static const Line none;
    const qint64 byte = byteOf(row);
    if (byte < 0)
        return none;
    if (const Line *known = m_cache.object(byte))
        return *known;
    auto made = std::make_unique<Line>();
    const qint64 place = m_lines.rowAt(byte);
    const QByteArray bytes = m_lines.text(place, longestShown, &made->cut);
    QByteArray room;
    made->text = pipelines::ansiLine(bytes);
    made->level = lineLevel(pipelines::plainLine(bytes, room));
    using Mark = pipelines::AnsiLine::Mark;
    if (made->text.mark == Mark::Error)
        made->level = LineLevel::Bad;
    else if (made->text.mark == Mark::Warning)
        made->level = LineLevel::Warn;
    if (place + 1 == m_lines.count())
        m_cachedLast = byte;
    Line *const kept = made.release();
    m_cache.insert(byte, kept);
    return *kept;
}

} // namespace pilothouse::ui
