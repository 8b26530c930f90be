// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/unknown_categories.h"

#include "core/base/count_text.h"
#include "core/base/harmless_text.h"

#include <QJsonObject>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

constexpr qsizetype longestText = 60;

} // namespace

UnknownCounter::UnknownCounter(const data::Table &table, const std::vector<data::Input> &inputs, std::vector<UnknownCategories> &counts) {
    const bool fresh = counts.empty();
    for (const data::Input &input : inputs)
        if (fresh && input.type == data::ColumnType::Category)
            counts.push_back({input.name, 0, {}, false});
    std::size_t next = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].type != data::ColumnType::Category)
            continue;
        if (const data::Column *column = table.find(inputs[i].name))
            m_watched.push_back({i, column, &counts[next]});
        ++next;
    }
}

void UnknownCounter::add(std::size_t tableRow, std::span<const double> coded) {
    for (const Watched &one : m_watched) {
        if (coded[one.input] != -1)
            continue;
        UnknownCategories &counts = *one.counts;
        ++counts.rows;
        if (counts.more)
            continue;
        const QString category = harmlessText(one.column->text(tableRow).left(longestText));
        if (counts.categories.contains(category))
            continue;
        if (counts.categories.size() < shown)
            counts.categories << category;
        else
            counts.more = true;
    }
}

QStringList unknownNotes(const std::vector<UnknownCategories> &counts, const QString &model) {
    QStringList notes;
    for (const UnknownCategories &one : counts)
        if (one.rows > 0)
            notes << QStringLiteral("%1 %2 a category of “%3” that %4 never saw: %5%6.").arg(rowsText(one.rows), one.rows == 1 ? QStringLiteral("has") : QStringLiteral("have"), one.column, model,
                                                                                                 one.categories.join(Q(", ")), one.more ? QStringLiteral(" and others") : QString());
    return notes;
}

QJsonArray unknownJson(const std::vector<UnknownCategories> &counts) {
    QJsonArray out;
    for (const UnknownCategories &one : counts)
        if (one.rows > 0)
            out.append(QJsonObject{{Q("column"), one.column}, {Q("rows"), qint64(one.rows)}, {Q("categories"), QJsonArray::fromStringList(one.categories)}, {Q("more"), one.more}});
    return out;
}

} // namespace pilothouse::learn
