// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/quality.h"

#include <optional>

namespace pilothouse::data {

/// A data file in figures, however large it is.
struct FileProfile {
    Profile profile;
    QualityReport quality;
    Table rows;          ///< all rows, or the first ones of a file that was read in blocks
    bool blocks = false; ///< read in blocks: some figures may be estimates, named in ColumnStatistics::estimated
};

/// profileOf() and qualityOf() of a file. Where its table and what is sorted of it do not fit into the memory that is left
/// (memoryRoom()), the file is read in blocks instead, two or three times, in memory that does not grow with it (about 2 MiB a
/// column); the report's notes say so. Errors as readCsv(), but for a file that is too large.
Result<FileProfile> profileFile(const QString &path, const CsvOptions &options, const std::optional<ExpectedSchema> &expected = {}, std::stop_token stop = {}, const ReadProgress &progress = {});

/// In blocks in any case.
Result<FileProfile> profileBlocks(const QString &path, const CsvOptions &options, const std::optional<ExpectedSchema> &expected = {}, std::stop_token stop = {}, const ReadProgress &progress = {});

} // namespace pilothouse::data
