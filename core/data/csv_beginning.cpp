// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_beginning.h"

#include "core/data/column_builder.h"
#include "core/data/record_cutter.h"

#include <algorithm>

namespace pilothouse::data {

namespace {

constexpr std::size_t prefixBytes = 256 * 1024;
constexpr std::size_t guessBytes = 32 * 1024;

/// The types that the first rows show.
void guessTypes(CsvBeginning &beginning) {
    const BeginningBlock first(beginning, std::vector<ReadColumn>(beginning.columns.size()), guessBytes); // categories: they keep the texts
    for (std::size_t i = 0; first.block().rows > 0 && i < beginning.columns.size(); ++i) {
        ColumnBuilder column(beginning.dialect.names[i], ColumnType::Category);
        column.add(first.block(), i);
        beginning.columns[i].type = column.shownType(beginning.dialect.decimal).type;
    }
}

} // namespace

BeginningBlock::BeginningBlock(const CsvBeginning &beginning, const std::vector<ReadColumn> &columns, std::size_t bytes) : m_text(blockPadding, '\0') {
    m_text += std::string_view(beginning.prefix).substr(std::min(beginning.dialect.bodyOffset, beginning.prefix.size()));
    if (beginning.whole && m_text.size() > blockPadding && m_text.back() != '\n')
        m_text += '\n';
    const RecordCuts cuts = cutRecords(std::string_view(m_text).substr(blockPadding), beginning.dialect, bytes);
    if (cuts.blocks.empty())
        return;
    const std::size_t length = cuts.blocks.front().size();
    m_text.resize(blockPadding + length);
    m_text.append(blockPadding, '\0');
    m_block.text = std::string_view(m_text).substr(blockPadding, length);
    parseBlock(m_block, beginning.dialect, columns);
}

Result<CsvBeginning> readBeginning(const QString &path, const CsvOptions &options) {
    CsvBeginning beginning;
    PH_ASSIGN(std::unique_ptr<FileStream> file, FileStream::open(path));
    beginning.prefix.resize(prefixBytes);
    PH_ASSIGN(const std::size_t length, file->read(beginning.prefix.data(), prefixBytes));
    beginning.file = std::move(file);
    beginning.prefix.resize(length);
    beginning.whole = length < prefixBytes;
    PH_ASSIGN(beginning.dialect, findDialect(beginning.prefix, beginning.whole, options, path, beginning.report));
    beginning.columns.resize(beginning.dialect.names.size());
    guessTypes(beginning);
    for (std::size_t i = 0; i < beginning.columns.size(); ++i) {
        const QString &name = beginning.dialect.names[i];
        beginning.columns[i].type = options.types.value(name, beginning.columns[i].type);
        beginning.columns[i].wanted = options.only.isEmpty() || options.only.contains(name);
    }
    return beginning;
}

Result<void> sameFile(const CsvBeginning &beginning, const FileStream &stream, const QString &path) {
    if (!stream.sameFileAs(*beginning.file))
        return invalid(QStringLiteral("The file was changed while it was read."), path, QStringLiteral("Wait until the program that writes it is done, then read it again."));
    return {};
}

} // namespace pilothouse::data
