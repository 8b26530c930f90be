// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/table.h"

#include <QDateTime>
#include <QTimeZone>

#include <charconv>
#include <cmath>
#include <unordered_map>

namespace pilothouse::data {

QString columnTypeName(ColumnType type) {
    switch (type) {
    case ColumnType::Number: return QStringLiteral("number");
    case ColumnType::Category: return QStringLiteral("category");
    case ColumnType::Time: return QStringLiteral("time");
    }
    return {};
}

std::size_t Column::size() const {
    switch (type) {
    case ColumnType::Number: return numbers.size();
    case ColumnType::Category: return codes.size();
    case ColumnType::Time: return times.size();
    }
    return 0;
}

bool Column::isMissing(std::size_t row) const {
    switch (type) {
    case ColumnType::Number: return std::isnan(numbers[row]);
    case ColumnType::Category: return codes[row] < 0;
    case ColumnType::Time: return times[row] == missingTime;
    }
    return true;
}

QString Column::text(std::size_t row) const {
    if (isMissing(row))
        return {};
    if (type == ColumnType::Category)
        return QString::fromStdString(dictionary[std::size_t(codes[row])]);
    if (type == ColumnType::Time) {
        const auto time = QDateTime::fromMSecsSinceEpoch(times[row], Qt::UTC);
        return time.toString(times[row] % 1000 == 0 ? Qt::ISODate : Qt::ISODateWithMs);
    }
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, numbers[row]).ptr;
    return QString::fromLatin1(buffer, end - buffer);
}

const Column *Table::find(const QString &name) const {
    const int i = indexOf(name);
    return i < 0 ? nullptr : &columns[std::size_t(i)];
}

int Table::indexOf(const QString &name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == name)
            return int(i);
    return -1;
}

QStringList Table::names() const {
    QStringList all;
    for (const Column &column : columns)
        all << column.name;
    return all;
}

namespace {

template<class T>
std::vector<T> taken(const std::vector<T> &values, const std::vector<std::size_t> &rows) {
    std::vector<T> out;
    out.reserve(rows.size());
    for (const std::size_t row : rows)
        out.push_back(values[row]);
    return out;
}

void appendCategories(Column &to, const Column &from) {
    std::unordered_map<std::string, std::int32_t> known;
    for (std::size_t i = 0; i < to.dictionary.size(); ++i)
        known.emplace(to.dictionary[i], std::int32_t(i));
    std::vector<std::int32_t> codes(from.dictionary.size(), -1);
    for (const std::int32_t code : from.codes) {
        if (code >= 0 && codes[std::size_t(code)] < 0) {
            const std::string &text = from.dictionary[std::size_t(code)];
            const auto [place, added] = known.emplace(text, std::int32_t(to.dictionary.size()));
            if (added)
                to.dictionary.push_back(text);
            codes[std::size_t(code)] = place->second;
        }
        to.codes.push_back(code < 0 ? -1 : codes[std::size_t(code)]);
    }
}

} // namespace

void Table::append(const Table &more) {
    if (columns.empty())
        for (const Column &column : more.columns) {
            columns.emplace_back().name = column.name;
            columns.back().type = column.type;
        }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Column &from = more.columns[i];
        columns[i].zoned = columns[i].zoned || from.zoned;
        columns[i].numbers.insert(columns[i].numbers.end(), from.numbers.begin(), from.numbers.end());
        columns[i].times.insert(columns[i].times.end(), from.times.begin(), from.times.end());
        if (from.type == ColumnType::Category)
            appendCategories(columns[i], from);
    }
}

Table Table::take(const std::vector<std::size_t> &rows) const {
    Table out;
    out.columns.reserve(columns.size());
    for (const Column &column : columns) {
        Column &copy = out.columns.emplace_back();
        copy.name = column.name;
        copy.type = column.type;
        copy.dictionary = column.dictionary;
        copy.zoned = column.zoned;
        switch (column.type) {
        case ColumnType::Number: copy.numbers = taken(column.numbers, rows); break;
        case ColumnType::Category: copy.codes = taken(column.codes, rows); break;
        case ColumnType::Time: copy.times = taken(column.times, rows); break;
        }
    }
    return out;
}

} // namespace pilothouse::data
