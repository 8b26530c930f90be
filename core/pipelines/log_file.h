// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace pilothouse::pipelines {

/// A log's bytes as one opened file: what was opened stays readable when another file takes its name. Read by pread and never mapped: a map of a file that somebody cuts
/// ends the program. Any thread.
class LogBytes {
public:
    explicit LogBytes(int fd) : m_fd(fd) {}
    ~LogBytes();
    LogBytes(const LogBytes &) = delete;
    LogBytes &operator=(const LogBytes &) = delete;
    int fd() const { return m_fd; }
    /// Fewer if the file was cut meanwhile.
    QByteArray read(qint64 from, qint64 count) const;
    qint64 read(qint64 from, char *to, qint64 count) const;

private:
    int m_fd;
};

/// What is known of a log's lines: those from one on to its end. A value: a copy is a snapshot (blocks are shared), for any thread.
class LogLines {
public:
    qint64 count() const { return m_rows.empty() ? 0 : m_rows.back(); } ///< lines known
    qint64 bytes() const { return m_end; }       ///< of the file as it was seen
    qint64 from() const { return m_from; }       ///< byte from which on lines are known
    bool complete() const { return m_from == 0; } ///< row 0 is the log's first line
    qint64 begin(qint64 row) const;              ///< byte where a line begins; of count(): bytes()
    qint64 end(qint64 row) const { return begin(row + 1); } ///< behind its line feed
    /// The row that holds a byte; −1: it is before what is known, or there is none.
    qint64 rowAt(qint64 byte) const;
    /// A line's bytes without its line feed. Of a line that is longer than `most`: its head, or what its last carriage return left; `cut` says so.
    QByteArray text(qint64 row, qint64 most = 64 << 10, bool *cut = nullptr) const;
    const std::shared_ptr<const LogBytes> &file() const { return m_file; }

private:
    friend class LogFile;
    struct Block {
        qint64 begin = 0, end = 0;
        std::vector<quint32> starts; ///< of lines that begin in it, from `begin`
    };
    void count(std::size_t from);
    std::shared_ptr<const LogBytes> m_file;
    std::vector<std::shared_ptr<const Block>> m_blocks;
    std::vector<qint64> m_rows; ///< lines up to the end of each block
    qint64 m_from = 0, m_end = 0;
};

/// A log on disk that grows while it is read. Its lines are found from the end, so that the end of a long one stands at once. Any thread; look() and index() by one at a time.
class LogFile {
public:
    static Result<std::shared_ptr<LogFile>> open(const QString &path);

    enum class Change { None, Grown, Anew }; ///< anew: cut, replaced or written over; nothing that was known counts
    Result<Change> look();
    /// Finds lines until all are known. `told` after the first piece of the end, then now and then, and at the end: lines() has more; in the caller's thread.
    Result<void> index(std::stop_token token = {}, const std::function<void()> &told = {});
    LogLines lines() const;
    const QString &path() const { return m_path; }
    bool isIndexed() const; ///< index() has nothing left to do

private:
    explicit LogFile(QString path) : m_path(std::move(path)) {}
    Result<void> openAnew();
    qint64 sizeNow() const;
    QByteArray probe() const;
    const QString m_path;
    mutable std::mutex m_mutex;
    LogLines m_lines;   ///< under m_mutex
    qint64 m_size = 0;  ///< of the file, under m_mutex; m_lines.m_end of it are indexed
    QByteArray m_probe; ///< its first and last known bytes: written over in place is seen by them
};

/// Writes the lines as a person reads them (plainLine()) to a file, atomically. Cancelled leaves nothing.
Result<void> saveLogText(const LogLines &lines, const QString &path, std::stop_token token = {});

} // namespace pilothouse::pipelines
