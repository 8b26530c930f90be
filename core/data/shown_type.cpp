// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/shown_type.h"

#include "core/data/csv.h"
#include "core/data/number_text.h"

namespace pilothouse::data {

namespace {

/// nine in ten, without fractions
bool most(qint64 good, qint64 all) { return 10 * good >= 9 * all; }

} // namespace

void TypeCounts::addText(std::string_view text, qint64 count, char decimal) {
    present += count;
    if (parseNumber(text, decimal))
        numbers += count;
    else if (parseIsoTime(text) != Column::missingTime)
        times += count;
    else if (text.find_first_not_of(" \t") == text.npos)
        blank += count;
}

TypeCounts &TypeCounts::operator+=(const TypeCounts &other) {
    present += other.present;
    bad += other.bad;
    numbers += other.numbers;
    times += other.times;
    blank += other.blank;
    return *this;
}

ShownType shownType(ColumnType readAs, const TypeCounts &counts) {
    if (readAs != ColumnType::Category)
        return {most(counts.present, counts.present + counts.bad) ? readAs : ColumnType::Category, true};
    if (counts.present == 0)
        return {ColumnType::Number, true};
    const qint64 values = counts.present - counts.blank;
    if (values > 0 && most(counts.numbers, values))
        return {ColumnType::Number, counts.numbers == values};
    if (values > 0 && most(counts.times, values))
        return {ColumnType::Time, counts.times == values};
    return {ColumnType::Category, true};
}

} // namespace pilothouse::data
