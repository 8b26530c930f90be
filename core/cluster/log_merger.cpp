// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/log_merger.h"

#include <algorithm>

namespace pilothouse::cluster {

namespace {

constexpr qsizetype longestLine = 1 << 20; ///< a longer one is cut into several

qint64 weight(const LogLine &line) { return line.text.size() + qint64(sizeof(LogLine)) + 32; }

} // namespace

int LogMerger::addSource() {
    const std::lock_guard lock(m_mutex);
    m_sources.emplace_back();
    return int(m_sources.size()) - 1;
}

void LogMerger::resumed(int number) {
    const std::lock_guard lock(m_mutex);
    Source &source = m_sources[std::size_t(number)];
    source.open = true;
    source.skipTo = source.last;
    source.skip = source.atLast;
    source.partial.clear();
}

void LogMerger::knownUpTo(int number, qint64 nanos, int lines) {
    const std::lock_guard lock(m_mutex);
    Source &source = m_sources[std::size_t(number)];
    source.last = source.skipTo = nanos;
    source.atLast = source.skip = lines;
}

void LogMerger::line(Source &source, int number, QByteArrayView text, Clock::time_point now) {
    if (text.endsWith('\r'))
        text.chop(1);
    qsizetype rest = 0;
    const auto time = takeTimestamp(text, rest);
    const qint64 nanos = time ? *time : source.last; // a sentence of the kubelet, which has none
    if (time && source.skipTo) {
        if (nanos < source.skipTo)
            return;
        if (nanos == source.skipTo && source.skip > 0) {
            --source.skip;
            return;
        }
        if (nanos > source.skipTo)
            source.skipTo = 0;
    }
    source.atLast = nanos == source.last ? source.atLast + 1 : 1;
    source.last = std::max(source.last, nanos);
    const QByteArrayView body = text.sliced(rest);
    Waiting waiting{{nanos, number, logLevelOf(body), body.toByteArray()}, now};
    m_bytes += weight(waiting.line);
    source.lines.push_back(std::move(waiting));
}

void LogMerger::append(int number, QByteArrayView piece, Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    Source &source = m_sources[std::size_t(number)];
    qsizetype at = 0;
    while (at < piece.size()) {
        const qsizetype end = piece.indexOf('\n', at);
        if (end < 0) {
            source.partial.append(piece.sliced(at));
            if (source.partial.size() > longestLine) {
                line(source, number, source.partial, now);
                source.partial.clear();
            }
            break;
        }
        if (source.partial.isEmpty()) {
            line(source, number, piece.sliced(at, end - at), now);
        } else {
            source.partial.append(piece.sliced(at, end - at));
            line(source, number, source.partial, now);
            source.partial.clear();
        }
        at = end + 1;
    }
    while (m_bytes > m_limit) {
        Source *longest = &source;
        for (Source &other : m_sources)
            if (other.lines.size() > longest->lines.size())
                longest = &other;
        if (longest->lines.empty())
            break;
        m_bytes -= weight(longest->lines.front().line);
        longest->lines.pop_front();
        ++m_dropped;
    }
}

void LogMerger::ended(int number, bool whole, Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    Source &source = m_sources[std::size_t(number)];
    if (whole && !source.partial.isEmpty())
        line(source, number, source.partial, now);
    source.partial.clear();
    source.open = false;
}

qint64 LogMerger::lastTime(int number) const {
    const std::lock_guard lock(m_mutex);
    return m_sources[std::size_t(number)].last;
}

std::vector<LogLine> LogMerger::take(Clock::time_point now, std::size_t most, bool all) {
    std::vector<LogLine> out;
    const std::lock_guard lock(m_mutex);
    std::vector<Source *> filled;
    bool complete = true;
    for (Source &source : m_sources) {
        if (!source.lines.empty())
            filled.push_back(&source);
        else if (source.open)
            complete = false; // it may still bring an earlier one
    }
    while (!filled.empty() && out.size() < most) {
        const auto first = std::min_element(filled.begin(), filled.end(), [](const Source *a, const Source *b) { return a->lines.front().line.nanos < b->lines.front().line.nanos; });
        Source &source = **first;
        if (!all && !complete && now - source.lines.front().came < m_window)
            break;
        m_bytes -= weight(source.lines.front().line);
        out.push_back(std::move(source.lines.front().line));
        source.lines.pop_front();
        if (source.lines.empty()) {
            complete = complete && !source.open;
            filled.erase(first);
        }
    }
    return out;
}

qint64 LogMerger::dropped() const {
    const std::lock_guard lock(m_mutex);
    return m_dropped;
}

bool LogMerger::empty() const {
    const std::lock_guard lock(m_mutex);
    return std::all_of(m_sources.begin(), m_sources.end(), [](const Source &source) { return source.lines.empty(); });
}

} // namespace pilothouse::cluster
