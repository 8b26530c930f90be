// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QString>

#include <vector>

namespace pilothouse::promotion {

/// A line of a model card beside the same card of another version.
struct CardLine {
    enum class Kind { Same, Removed, Added } kind = Kind::Same;
    QString text;
    bool operator==(const CardLine &) const = default;
};

/// What differs between two texts, line by line, by the longest common subsequence (Wagner and Fischer 1974): removed before added, and one line that is
/// the same before and after each place. Empty if nothing differs. Of longer texts the first 2,000 lines.
std::vector<CardLine> cardDiff(const QString &before, const QString &after);

/// ["-…", "+…", " …"] and back; a line of another kind is left out.
QJsonArray toJson(const std::vector<CardLine> &lines);
std::vector<CardLine> cardLinesFrom(const QJsonArray &array);

} // namespace pilothouse::promotion
