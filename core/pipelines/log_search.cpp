// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/log_search.h"

#include "core/base/line_level.h"
#include "core/pipelines/ansi_text.h"

#include <QRegularExpression>

#include <algorithm>
#include <cstring>

namespace pilothouse::pipelines {

namespace {

constexpr qsizetype pieceBytes = 4 << 20, longestLine = 64 << 20;

bool isAscii(const QByteArray &text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// ASCII in lower case; a loop that the compiler makes wide.
void lowered(const char *from, char *to, qsizetype count) {
    for (qsizetype i = 0; i < count; ++i) {
        const auto c = static_cast<unsigned char>(from[i]);
        to[i] = char(c | (static_cast<unsigned char>(c - 'A') < 26 ? 0x20 : 0));
    }
}

/// PCRE gives up on a line after so many steps: one that runs away would hold the search for minutes.
QRegularExpression compiled(const LogQuery &query) {
    const QString pattern = query.kind == LogQuery::Kind::Pattern ? query.text : QRegularExpression::escape(query.text);
    return QRegularExpression(QStringLiteral("(*LIMIT_MATCH=1000000)") + pattern, query.anyCase ? QRegularExpression::CaseInsensitiveOption : QRegularExpression::NoPatternOption);
}

/// Finds in bytes without escapes, from `at` on; −1: nothing more. Made once for a search.
class Finder {
public:
    explicit Finder(const LogQuery &query) : m_kind(query.kind), m_needle(query.text.toUtf8()), m_anyCase(query.anyCase) {
        const bool letters = std::any_of(m_needle.begin(), m_needle.end(), [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
        if (m_kind == LogQuery::Kind::Words && m_anyCase && isAscii(m_needle) && !letters)
            m_anyCase = false;
        m_slow = m_kind == LogQuery::Kind::Pattern || (m_kind == LogQuery::Kind::Words && m_anyCase && !isAscii(m_needle));
        if (m_slow)
            m_pattern = compiled(query);
        else if (m_anyCase)
            lowered(m_needle.constData(), m_needle.data(), m_needle.size());
    }
    bool byLine() const { return m_slow; }
    /// A text of many lines that is searched next (not by line).
    void prepare(QByteArrayView text) {
        m_text = text;
        if (m_kind == LogQuery::Kind::Words && m_anyCase) {
            m_lower.resize(text.size());
            lowered(text.data(), m_lower.data(), text.size());
            m_text = m_lower;
        }
    }
    qsizetype next(qsizetype at) const {
        if (m_kind != LogQuery::Kind::Words)
            return nextLevelWord(m_text, at, m_kind == LogQuery::Kind::Warnings);
        if (at >= m_text.size())
            return -1;
        const void *found = ::memmem(m_text.data() + at, std::size_t(m_text.size() - at), m_needle.constData(), std::size_t(m_needle.size()));
        return found ? static_cast<const char *>(found) - m_text.data() : -1;
    }
    bool inLine(QByteArrayView line) {
        if (m_slow)
            return m_pattern.match(QString::fromUtf8(line)).hasMatch();
        prepare(line);
        return next(0) >= 0;
    }

private:
    LogQuery::Kind m_kind;
    QByteArray m_needle, m_lower;
    QByteArrayView m_text;
    bool m_anyCase, m_slow = false;
    QRegularExpression m_pattern;
};

/// Whether lines of it read otherwise than their bytes: escapes, or states that carriage returns divide.
bool needsPlain(QByteArrayView text) {
    if (std::memchr(text.data(), '\x1b', std::size_t(text.size())))
        return true;
    for (const char *at = text.data(), *const end = at + text.size(); at < end;) {
        const void *found = std::memchr(at, '\r', std::size_t(end - at));
        if (!found)
            return false;
        at = static_cast<const char *>(found) + 1;
        if (at < end && *at != '\n')
            return true;
    }
    return false;
}

/// Whole lines at once: from a match to its line, and on behind that.
void searchWhole(Finder &finder, QByteArrayView text, qint64 base, LogHits &hits) {
    finder.prepare(text);
    for (qsizetype at = 0; (at = finder.next(at)) >= 0;) {
        const void *before = at > 0 ? ::memrchr(text.data(), '\n', std::size_t(at)) : nullptr;
        hits.push_back(base + (before ? static_cast<const char *>(before) - text.data() + 1 : 0));
        const void *feed = std::memchr(text.data() + at, '\n', std::size_t(text.size() - at));
        if (!feed)
            break;
        at = static_cast<const char *>(feed) - text.data() + 1;
    }
}

Result<void> searchLines(Finder &finder, QByteArrayView text, qint64 base, const std::stop_token &token, LogHits &hits) {
    QByteArray room;
    int count = 0;
    for (qsizetype at = 0; at < text.size();) {
        if ((++count & 0x3ff) == 0 && token.stop_requested())
            return cancelled();
        const void *feed = std::memchr(text.data() + at, '\n', std::size_t(text.size() - at));
        const qsizetype end = feed ? static_cast<const char *>(feed) - text.data() : text.size();
        if (finder.inLine(plainLine(text.sliced(at, end - at), room)))
            hits.push_back(base + at);
        at = end + 1;
    }
    return {};
}

} // namespace

Result<void> checkQuery(const LogQuery &query) {
    const bool words = query.kind == LogQuery::Kind::Words || query.kind == LogQuery::Kind::Pattern;
    if (words && query.text.isEmpty())
        return invalid(QStringLiteral("Nothing is looked for."));
    if (query.kind != LogQuery::Kind::Pattern)
        return {};
    const QRegularExpression pattern(query.text);
    return pattern.isValid() ? Result<void>() : invalid(QStringLiteral("This is no regular expression: %1 at character %2.").arg(pattern.errorString()).arg(pattern.patternErrorOffset() + 1));
}

Result<void> searchLog(const LogBytes &file, qint64 from, qint64 to, const LogQuery &query, std::stop_token token, const std::function<void(const LogHits &, qint64)> &found) {
    PH_TRY(checkQuery(query));
    Finder finder(query);
    QByteArray room(pieceBytes, Qt::Uninitialized);
    while (from < to) {
        if (token.stop_requested())
            return cancelled();
        const qint64 want = std::min<qint64>(room.size(), to - from);
        const qint64 got = file.read(from, room.data(), want);
        if (got <= 0)
            break; // cut: what is left of it was searched
        QByteArrayView text(room.constData(), qsizetype(got));
        if (got == want && from + got < to) { // up to its last whole line
            const void *feed = ::memrchr(text.data(), '\n', std::size_t(text.size()));
            if (!feed && room.size() < longestLine) {
                room.resize(room.size() * 2);
                continue;
            }
            if (feed)
                text = text.first(static_cast<const char *>(feed) - text.data() + 1);
        }
        LogHits hits;
        if (finder.byLine() || needsPlain(text))
            PH_TRY(searchLines(finder, text, from, token, hits));
        else
            searchWhole(finder, text, from, hits);
        from += text.size();
        found(hits, from);
    }
    return {};
}

} // namespace pilothouse::pipelines
