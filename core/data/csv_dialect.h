// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::data {

/// Which texts mean a missing value; numbers among them compare as numbers.
struct MissingValues {
    std::vector<std::string> texts;
    std::vector<double> numbers;
    bool isText(std::string_view text) const;
    bool isNumber(double value) const;
};

/// How the rows of one file are written, and where they begin.
struct CsvDialect {
    char delimiter = ',';
    char decimal = '.';
    std::string comment;
    MissingValues missing;
    std::vector<QString> names; ///< unique, not empty
    std::size_t bodyOffset = 0; ///< bytes before the first row
    qint64 bodyLine = 1;        ///< line of the first row
};

/// Finds the column names, the delimiter and the decimal mark. `prefix` is the beginning of the text (unpacked), `whole`
/// whether it is all of it. Fills the report's notes, headerLines, delimiter, decimal, missing and column-name problems.
Result<CsvDialect> findDialect(std::string_view prefix, bool whole, const CsvOptions &options, const QString &path, ReadReport &report);

/// One field that starts at `at`: its text (quotes resolved) and the position of the delimiter or line end behind it.
struct Field {
    std::string text;
    std::size_t end = 0;
    bool closed = true;   ///< false: a quote never closes in this text
};
Field fieldAt(std::string_view text, std::size_t at, char delimiter);

/// UTF-8 with every wrong byte and NUL as U+FFFD; nullopt if the text is fine as it is.
std::optional<std::string> repairedUtf8(std::string_view text);

} // namespace pilothouse::data
