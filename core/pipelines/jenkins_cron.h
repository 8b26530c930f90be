// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QString>
#include <QTimeZone>

#include <array>
#include <cstdint>
#include <vector>

namespace pilothouse::pipelines {

/// When Jenkins begins a job by itself: the lines of "Build periodically", with "H", "@daily" and "TZ=…" (core's hudson.scheduler). Where a line has H the seed is the job's
/// full name, as there, so that the minute is the one that Jenkins takes.
class JenkinsCron {
public:
    /// @param seed full name of the job   @return Invalid with the line that is wrong
    static Result<JenkinsCron> parse(const QString &spec, const QString &seed);
    /// First minute at or after (next) and at or before (previous) a time; invalid: none within five years.
    QDateTime next(const QDateTime &from, const QTimeZone &server = QTimeZone::utc()) const;
    QDateTime previous(const QDateTime &from, const QTimeZone &server = QTimeZone::utc()) const;
    const QString &zone() const { return m_zone; } ///< of TZ=; empty: the server's

private:
    struct Line {
        std::array<std::uint64_t, 5> bits{}; ///< minute, hour, day, month, day of week (0 = Sunday)
        bool matchesDay(const QDate &date) const;
    };
    QDateTime nearest(const QDateTime &from, const QTimeZone &server, int step) const;
    static Result<Line> parseLine(const QString &text, const QString &seed);
    std::vector<Line> m_lines;
    QString m_zone;
};

/// java.util.Random, as far as Jenkins' hash uses it: nextInt(n) of a seed.
class JavaRandom {
public:
    explicit JavaRandom(std::int64_t seed) : m_state((std::uint64_t(seed) ^ 0x5DEECE66DULL) & mask) {}
    int next(int n);

private:
    static constexpr std::uint64_t mask = (1ULL << 48) - 1;
    std::uint32_t bits(int count);
    std::uint64_t m_state;
};

} // namespace pilothouse::pipelines
