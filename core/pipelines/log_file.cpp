// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/log_file.h"

#include "core/base/file.h"
#include "core/pipelines/ansi_text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::pipelines {

namespace {

constexpr qint64 blockBytes = 256 << 10, toldBytes = 8 << 20, probeBytes = 64;

} // namespace

LogBytes::~LogBytes() { ::close(m_fd); }

qint64 LogBytes::read(qint64 from, char *to, qint64 count) const {
    qint64 got = 0;
    while (got < count) {
        const ssize_t n = ::pread(m_fd, to + got, std::size_t(count - got), from + got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += n;
    }
    return got;
}

QByteArray LogBytes::read(qint64 from, qint64 count) const {
    QByteArray bytes(qsizetype(std::max<qint64>(0, count)), Qt::Uninitialized);
    bytes.truncate(qsizetype(read(from, bytes.data(), bytes.size())));
    return bytes;
}

void LogLines::count(std::size_t from) {
    m_rows.resize(m_blocks.size());
    for (std::size_t i = from; i < m_blocks.size(); ++i)
        m_rows[i] = (i ? m_rows[i - 1] : 0) + qint64(m_blocks[i]->starts.size());
}

qint64 LogLines::begin(qint64 row) const {
    if (row >= count())
        return m_end;
    const auto block = std::size_t(std::upper_bound(m_rows.begin(), m_rows.end(), std::max<qint64>(0, row)) - m_rows.begin());
    const Block &b = *m_blocks[block];
    return b.begin + b.starts[std::size_t(std::max<qint64>(0, row) - (block ? m_rows[block - 1] : 0))];
}

qint64 LogLines::rowAt(qint64 byte) const {
    if (byte >= m_end || count() == 0 || byte < begin(0))
        return -1;
    // The last line that begins at or before it.
    const auto block = std::upper_bound(m_blocks.begin(), m_blocks.end(), byte, [](qint64 at, const auto &b) { return at < b->begin; }) - m_blocks.begin() - 1;
    const Block &b = *m_blocks[std::size_t(block)];
    const auto in = std::upper_bound(b.starts.begin(), b.starts.end(), quint32(byte - b.begin)) - b.starts.begin();
    return (block ? m_rows[std::size_t(block) - 1] : 0) + qint64(in) - 1;
}

QByteArray LogLines::text(qint64 row, qint64 most, bool *cut) const {
    if (cut)
        *cut = false;
    if (row < 0 || row >= count())
        return {};
    const qint64 from = begin(row), size = end(row) - from;
    const auto plain = [](QByteArray bytes) {
        if (bytes.endsWith('\n'))
            bytes.chop(1);
        return bytes;
    };
    if (size <= most)
        return plain(m_file->read(from, size));
    if (cut)
        *cut = true;
    QByteArray tail = plain(m_file->read(from + size - most, most));
    while (tail.endsWith('\r'))
        tail.chop(1);
    const qsizetype last = tail.lastIndexOf('\r');
    return last >= 0 ? tail.mid(last + 1) : m_file->read(from, most);
}

Result<std::shared_ptr<LogFile>> LogFile::open(const QString &path) {
    std::shared_ptr<LogFile> file(new LogFile(path));
    PH_TRY(file->openAnew());
    return file;
}

Result<void> LogFile::openAnew() {
    const int fd = ::open(m_path.toLocal8Bit().constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fileError(QStringLiteral("open"), m_path);
    auto bytes = std::make_shared<const LogBytes>(fd);
    struct stat is {};
    if (::fstat(fd, &is) != 0)
        return fileError(QStringLiteral("read"), m_path);
    if (!S_ISREG(is.st_mode))
        return invalid(QStringLiteral("This is no file."), m_path);
    const std::lock_guard lock(m_mutex);
    m_lines = {};
    m_lines.m_file = std::move(bytes);
    m_size = is.st_size;
    m_lines.m_from = m_lines.m_end = m_size;
    m_probe = probe();
    return {};
}

QByteArray LogFile::probe() const {
    return m_lines.m_file->read(0, std::min(m_size, probeBytes)) + m_lines.m_file->read(std::max<qint64>(0, m_size - probeBytes), std::min(m_size, probeBytes));
}

LogLines LogFile::lines() const {
    const std::lock_guard lock(m_mutex);
    return m_lines;
}

bool LogFile::isIndexed() const {
    const std::lock_guard lock(m_mutex);
    return m_lines.m_end == m_size && m_lines.m_from == 0;
}

Result<LogFile::Change> LogFile::look() {
    struct stat named {}, opened {};
    const bool there = ::stat(m_path.toLocal8Bit().constData(), &named) == 0;
    {
        const std::lock_guard lock(m_mutex);
        if (::fstat(m_lines.m_file->fd(), &opened) != 0)
            return fileError(QStringLiteral("read"), m_path);
        const bool same = !there || (named.st_ino == opened.st_ino && named.st_dev == opened.st_dev); // one that is being replaced is still read
        if (same && opened.st_size >= m_size && probe() == m_probe) {
            if (opened.st_size == m_size)
                return Change::None;
            m_size = opened.st_size;
            m_probe = probe();
            return Change::Grown;
        }
    }
    PH_TRY(openAnew());
    return Change::Anew;
}

Result<void> LogFile::index(std::stop_token token, const std::function<void()> &told) {
    LogLines lines;
    qint64 size = 0;
    {
        const std::lock_guard lock(m_mutex);
        lines = m_lines;
        size = m_size;
    }
    QByteArray room(qsizetype(blockBytes + 1), Qt::Uninitialized);
    // Lines that begin in [from, to): the byte before tells whether one begins at `from`.
    const auto find = [&](qint64 from, qint64 to) -> std::shared_ptr<LogLines::Block> {
        auto block = std::make_shared<LogLines::Block>();
        block->begin = from;
        block->end = to;
        const qint64 before = from > 0 ? 1 : 0, want = to - from + before;
        if (lines.m_file->read(from - before, room.data(), want) < want)
            return nullptr;
        const char *const s = room.constData() + before;
        if (before == 0 || s[-1] == '\n')
            block->starts.push_back(0);
        const qint64 last = to - from - 1; // what begins behind the last byte belongs to the next block
        for (const char *at = s; at < s + last;) {
            const void *feed = std::memchr(at, '\n', std::size_t(s + last - at));
            if (!feed)
                break;
            at = static_cast<const char *>(feed) + 1;
            block->starts.push_back(quint32(at - s));
        }
        return block;
    };
    const auto publish = [&] {
        {
            const std::lock_guard lock(m_mutex);
            if (m_lines.m_file != lines.m_file) // opened anew meanwhile
                return false;
            m_lines = lines;
        }
        if (told)
            told();
        return true;
    };
    const auto cut = [&] { return Error{ErrorKind::Conflict, QStringLiteral("The log was cut while it was read."), m_path, {}, {}}; };
    // First what came at the end since: the last block grows until it is full.
    const bool first = lines.m_blocks.empty();
    if (lines.m_end < size) {
        qint64 from = lines.m_end;
        if (!first && lines.m_blocks.back()->end - lines.m_blocks.back()->begin < blockBytes) {
            from = lines.m_blocks.back()->begin;
            lines.m_blocks.pop_back();
        }
        const std::size_t kept = lines.m_blocks.size();
        for (qint64 at = from, unsaid = 0; at < size;) {
            if (token.stop_requested())
                return cancelled();
            const qint64 to = std::min(size, at + blockBytes);
            auto block = find(at, to);
            if (!block)
                return cut();
            lines.m_blocks.push_back(std::move(block));
            unsaid += to - at;
            at = lines.m_end = to;
            if (unsaid >= toldBytes || at == size) {
                lines.count(kept);
                unsaid = 0;
                if (!publish())
                    return cut();
            }
        }
    }
    // Then towards its begin. Collected backwards and put before in one go.
    std::vector<std::shared_ptr<const LogLines::Block>> before;
    bool silent = first;
    for (qint64 at = lines.m_from, unsaid = 0; at > 0;) {
        if (token.stop_requested())
            return cancelled();
        const qint64 from = std::max<qint64>(0, (at - 1) / blockBytes * blockBytes);
        auto block = find(from, at);
        if (!block)
            return cut();
        before.push_back(std::move(block));
        unsaid += at - from;
        at = from;
        if (unsaid < toldBytes && at > 0 && !(silent && unsaid >= blockBytes))
            continue;
        lines.m_blocks.insert(lines.m_blocks.begin(), before.rbegin(), before.rend());
        before.clear();
        lines.m_from = at;
        lines.count(0);
        silent = false;
        unsaid = 0;
        if (!publish())
            return cut();
    }
    return {};
}

Result<void> saveLogText(const LogLines &lines, const QString &path, std::stop_token token) {
    return writeFileAtomically(path, [&](int fd) -> Result<void> {
        QByteArray out, room;
        for (qint64 row = 0; row < lines.count(); ++row) {
            out += plainLine(lines.text(row, 64 << 20), room);
            out += '\n';
            if (out.size() < (4 << 20) && row + 1 < lines.count())
                continue;
            if (token.stop_requested())
                return cancelled();
            PH_TRY(writeAll(fd, out.constData(), std::size_t(out.size()), path));
            out.clear();
        }
        return {};
    });
}

} // namespace pilothouse::pipelines
