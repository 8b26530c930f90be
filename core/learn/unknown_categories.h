// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/input.h"

#include <QJsonArray>
#include <QStringList>

#include <span>
#include <vector>

namespace pilothouse::learn {

/// Categories of one input that training never saw, in rows that a model is asked.
struct UnknownCategories {
    QString column;
    std::size_t rows = 0;   ///< that have one
    QStringList categories; ///< the first five that came, each cut to 60 characters
    bool more = false;      ///< there were others
};

/// Counts them, table by table, into a list with an entry for each input that has categories.
class UnknownCounter {
public:
    static constexpr qsizetype shown = 5;

    /// @param counts  empty, or what a counter of the same inputs left there; both live as long as this
    /// @param table   with the inputs as columns; an input that it does not have is not counted
    UnknownCounter(const data::Table &table, const std::vector<data::Input> &inputs, std::vector<UnknownCategories> &counts);
    /// @param coded  the row as rowsFromTable() codes it [inputs]
    void add(std::size_t tableRow, std::span<const double> coded);

private:
    struct Watched {
        std::size_t input;
        const data::Column *column;
        UnknownCategories *counts;
    };
    std::vector<Watched> m_watched;
};

/// A sentence for each input with such categories.
/// @param model  whose training it was, for the sentence: "training", "the other model's training"
QStringList unknownNotes(const std::vector<UnknownCategories> &counts, const QString &model = QStringLiteral("training"));

/// [{"column","rows","categories":[at most five],"more":true if there were others}] of the inputs with such categories.
QJsonArray unknownJson(const std::vector<UnknownCategories> &counts);

} // namespace pilothouse::learn
