// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/card_diff.h"

#include <QStringList>

#include <algorithm>

namespace pilothouse::promotion {

namespace {

constexpr qsizetype mostLines = 2000;

QStringList linesOf(const QString &text) {
    QStringList lines = text.split(QLatin1Char('\n'));
    for (QString &line : lines)
        while (line.endsWith(QLatin1Char('\r')) || line.endsWith(QLatin1Char(' ')))
            line.chop(1);
    while (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines.mid(0, mostLines);
}

QChar signOf(CardLine::Kind kind) { return kind == CardLine::Kind::Removed ? QLatin1Char('-') : kind == CardLine::Kind::Added ? QLatin1Char('+') : QLatin1Char(' '); }

} // namespace

std::vector<CardLine> cardDiff(const QString &before, const QString &after) {
    const QStringList a = linesOf(before), b = linesOf(after);
    const std::size_t n = std::size_t(a.size()), m = std::size_t(b.size());
    // longest[i][j]: of the lines from i of a and from j of b
    std::vector<std::vector<unsigned short>> longest(n + 1, std::vector<unsigned short>(m + 1, 0));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            longest[i][j] = a[qsizetype(i)] == b[qsizetype(j)] ? static_cast<unsigned short>(longest[i + 1][j + 1] + 1) : std::max(longest[i + 1][j], longest[i][j + 1]);
    std::vector<CardLine> all;
    std::size_t i = 0, j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && a[qsizetype(i)] == b[qsizetype(j)]) {
            all.push_back({CardLine::Kind::Same, a[qsizetype(i)]});
            ++i;
            ++j;
        } else if (i < n && (j == m || longest[i + 1][j] >= longest[i][j + 1])) {
            all.push_back({CardLine::Kind::Removed, a[qsizetype(i++)]});
        } else {
            all.push_back({CardLine::Kind::Added, b[qsizetype(j++)]});
        }
    }
    std::vector<CardLine> shown;
    const auto changed = [&](std::size_t at) { return at < all.size() && all[at].kind != CardLine::Kind::Same; };
    for (std::size_t at = 0; at < all.size(); ++at)
        if (changed(at) || changed(at + 1) || (at > 0 && changed(at - 1)))
            shown.push_back(all[at]);
    return shown;
}

QJsonArray toJson(const std::vector<CardLine> &lines) {
    QJsonArray out;
    for (const CardLine &line : lines)
        out.append(signOf(line.kind) + line.text);
    return out;
}

std::vector<CardLine> cardLinesFrom(const QJsonArray &array) {
    std::vector<CardLine> out;
    for (const QJsonValue &value : array) {
        const QString line = value.toString();
        for (const CardLine::Kind kind : {CardLine::Kind::Same, CardLine::Kind::Removed, CardLine::Kind::Added})
            if (line.startsWith(signOf(kind)))
                out.push_back({kind, line.mid(1)});
    }
    return out;
}

} // namespace pilothouse::promotion
