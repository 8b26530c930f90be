// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/block_parser.h"
#include "core/data/file_stream.h"

#include <memory>
#include <string>

namespace pilothouse::data {

/// What the beginning of a file tells: how its rows are written, and what its columns seem to hold. Every reading starts here.
struct CsvBeginning {
    std::shared_ptr<const FileStream> file; ///< kept open, to see whether a later reading finds the same file
    CsvDialect dialect;
    std::vector<ReadColumn> columns; ///< as CsvOptions says, else as the first rows show; the whole file decides in the end
    ReadReport report;               ///< of what stands before the rows
    std::string prefix;              ///< the first bytes of the text
    bool whole = false;              ///< they are all of it
    bool isKnown(const CsvOptions &options, std::size_t column) const { return options.types.contains(dialect.names[column]); }
    QStringList names() const { return QStringList(dialect.names.begin(), dialect.names.end()); }
};

/// Errors as readCsv() says.
Result<CsvBeginning> readBeginning(const QString &path, const CsvOptions &options);

/// Rows of the beginning as one block, about so many bytes of them, read as `columns` says; no row where they do not end in it.
class BeginningBlock {
public:
    BeginningBlock(const CsvBeginning &beginning, const std::vector<ReadColumn> &columns, std::size_t bytes);
    BeginningBlock(const BeginningBlock &) = delete;
    const Block &block() const { return m_block; }

private:
    std::string m_text; ///< padded; the block points into it
    Block m_block;
};

/// Error if another file, or a changed one, lies there now.
Result<void> sameFile(const CsvBeginning &beginning, const FileStream &stream, const QString &path);

} // namespace pilothouse::data
