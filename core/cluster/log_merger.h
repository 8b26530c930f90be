// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/log_line.h"

#include <chrono>
#include <deque>
#include <mutex>
#include <vector>

namespace pilothouse::cluster {

/// Puts the logs of several containers into one order by time. Pieces come in from the I/O thread, lines are taken out by another; bounded: what is
/// not taken in time is dropped from its oldest end and counted.
///
/// A line is given out when no other open source can have an earlier one still (each has a line waiting), or when it waited for `window`: so histories
/// merge exactly and a silent container holds up nobody. Lines that come later than that are given out of order.
class LogMerger {
public:
    using Clock = std::chrono::steady_clock;
    explicit LogMerger(std::chrono::milliseconds window = std::chrono::milliseconds(300), qint64 limitBytes = 16 << 20) : m_window(window), m_limit(limitBytes) {}

    /// A source that begins; sources are numbered from 0.
    int addSource();
    /// It is read again after a cut, from the second of its last line on: lines that were seen are left out.
    void resumed(int source);
    /// It was read before, by another reader, up to this time, of which `lines` lines were seen: they are left out.
    void knownUpTo(int source, qint64 nanos, int lines);
    /// A piece of its log with timestamps, cut anywhere.
    void append(int source, QByteArrayView piece, Clock::time_point now = Clock::now());
    /// Its stream ended, and nobody waits for it. What stands without a line feed is a line if it is `whole`; of a stream that was cut it is left out: it comes
    /// again.
    void ended(int source, bool whole, Clock::time_point now = Clock::now());
    /// Time of its last line in nanoseconds, 0 if it had none: where to go on.
    qint64 lastTime(int source) const;

    /// The next lines in order, at most `most`. `all`: whatever waits.
    std::vector<LogLine> take(Clock::time_point now, std::size_t most = 20000, bool all = false);
    qint64 dropped() const;
    bool empty() const;

private:
    struct Waiting {
        LogLine line;
        Clock::time_point came;
    };
    struct Source {
        QByteArray partial;
        std::deque<Waiting> lines;
        bool open = true;
        qint64 last = 0, skipTo = 0;
        int atLast = 0, skip = 0; ///< lines with the time `last`; of those at skipTo, how many were seen
    };
    void line(Source &source, int number, QByteArrayView text, Clock::time_point now);
    mutable std::mutex m_mutex;
    std::vector<Source> m_sources;
    std::chrono::milliseconds m_window;
    qint64 m_limit, m_bytes = 0, m_dropped = 0;
};

} // namespace pilothouse::cluster
