// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv_dialect.h"

#include <vector>

namespace pilothouse::data {

/// Parts a text that begins at a record into blocks of whole records (each ends with a line end), so that blocks can be
/// read apart. A quote opens only at the beginning of a field; a line end between quotes ends no record.
struct RecordCuts {
    std::vector<std::string_view> blocks; ///< about blockBytes each
    std::size_t consumed = 0;             ///< bytes in blocks; the rest is the beginning of a record
};
RecordCuts cutRecords(std::string_view text, const CsvDialect &dialect, std::size_t blockBytes);

} // namespace pilothouse::data
