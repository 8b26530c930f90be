// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/pod_logs.h"

#include <deque>
#include <memory>
#include <vector>

namespace pilothouse::cluster {

/// The last lines of a log in bounded memory: a ring of blocks. Lines are numbered from 0 for ever; the oldest leave when the limit is reached. A copy is a
/// snapshot (blocks are shared), which another thread may read while this one grows. Not for two threads at once otherwise.
class LogStore {
public:
    explicit LogStore(qint64 limitBytes = 64 << 20) : m_limit(limitBytes) {}
    void append(const std::vector<LogLine> &lines);
    void clear();

    struct View {
        qint64 nanos = 0;
        int source = 0;
        LogLevel level = LogLevel::None;
        QByteArrayView text; ///< as long as the store is not changed
    };
    qint64 first() const { return m_blocks.empty() ? m_end : m_blocks.front()->first; } ///< the oldest that is kept; so many left
    qint64 end() const { return m_end; }                                                 ///< the number that the next one gets
    View at(qint64 number) const; ///< an empty one of a line that is not kept
    qint64 bytes() const { return m_bytes; }

private:
    struct Line {
        qint64 nanos;
        quint32 begin, size;
        quint16 source;
        LogLevel level;
    };
    struct Block {
        qint64 first = 0;
        QByteArray text;
        std::vector<Line> lines;
        qint64 bytes() const { return text.capacity() + qint64(lines.capacity() * sizeof(Line)); }
    };
    std::deque<std::shared_ptr<Block>> m_blocks; ///< all but the last are never changed
    qint64 m_limit, m_bytes = 0, m_end = 0;
};

/// "TIME POD/CONTAINER text" a line; whole or not at all (writeFileAtomically).
Result<void> saveLog(const LogStore &store, const std::vector<LogSource> &sources, const QString &file);

} // namespace pilothouse::cluster
