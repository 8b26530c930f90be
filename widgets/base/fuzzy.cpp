// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/fuzzy.h"

namespace pilothouse::ui {
namespace {

bool wordStart(const QString &text, qsizetype at) {
    return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text) {
    const QString wanted = pattern.toCaseFolded(), in = text.toCaseFolded();
    FuzzyMatch match;
    // The whole pattern in one piece beats any scattered match, and most people type a piece of the name; one or two
    // letters inside a word are chance.
    const QString piece = wanted.trimmed();
    if (const qsizetype at = piece.isEmpty() ? -1 : in.indexOf(piece); at >= 0 && (piece.size() > 2 || wordStart(text, at))) {
        for (qsizetype i = 0; i < piece.size(); ++i)
            match.positions.push_back(int(at + i));
        match.score = 100 + int(piece.size()) * 8 + (wordStart(text, at) ? 40 : 0) - int(at) - int(text.size()) / 8;
        return match;
    }
    qsizetype from = 0;
    int previous = -2;
    for (const QChar letter : wanted) {
        if (letter.isSpace())
            continue;
        qsizetype at = in.indexOf(letter, from);
        if (at < 0)
            return {};
        // A word start further on is usually what initials mean: "pw" for "Promote weather".
        for (qsizetype other = at; other >= 0 && other < at + 24; other = in.indexOf(letter, other + 1)) {
            if (other == previous + 1 || wordStart(text, other)) {
                at = other;
                break;
            }
        }
        match.score += at == previous + 1 ? 8 : wordStart(text, at) ? 6 : 1;
        match.positions.push_back(int(at));
        previous = int(at);
        from = at + 1;
    }
    if (!match.positions.empty())
        match.score -= match.positions.front() / 4 + int(text.size()) / 16;
    return match;
}

} // namespace pilothouse::ui
