// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_blocks.h"

#include "core/data/column_builder.h"
#include "core/data/csv_pass.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

namespace {

/// Counts what tells the types of the columns that nobody named; keeps no value.
class TypeTaker final : public BlockTaker {
public:
    TypeTaker(const CsvBeginning &beginning, const CsvOptions &options) : m_beginning(beginning) {
        for (std::size_t i = 0; i < beginning.columns.size(); ++i)
            if (beginning.columns[i].wanted && !beginning.isKnown(options, i))
                m_places.push_back(i);
        m_counts.resize(m_places.size());
    }
    /// The columns in question, and no other.
    std::vector<ReadColumn> columns() const {
        std::vector<ReadColumn> columns(m_beginning.columns.size(), {ColumnType::Category, false});
        for (const std::size_t place : m_places)
            columns[place] = m_beginning.columns[place];
        return columns;
    }
    std::size_t parts() const override { return m_places.size(); }
    void take(std::span<const Block> blocks, std::size_t part) override {
        const std::size_t place = m_places[part];
        for (const Block &block : blocks)
            m_counts[part] += countsOf(block, place, m_beginning.columns[place].type);
    }
    /// Sets the types that the file shows. true: a column was read in the wrong way, count again.
    bool resolve(CsvBeginning &beginning) const {
        bool again = false;
        for (std::size_t i = 0; i < m_places.size(); ++i) {
            ColumnType &type = beginning.columns[m_places[i]].type;
            const ShownType shown = shownType(type, m_counts[i]);
            again |= shown.type != type && !(type == ColumnType::Category && shown.exact);
            type = shown.type;
        }
        return again;
    }

private:
    TypeCounts countsOf(const Block &block, std::size_t place, ColumnType type) const {
        const BlockColumn &column = block.columns[place];
        TypeCounts counts;
        counts.bad = column.bad;
        if (type == ColumnType::Number) {
            counts.present = std::count_if(column.numbers.data(), column.numbers.data() + block.rows, [](double v) { return !std::isnan(v); });
        } else if (type == ColumnType::Time) {
            counts.present = qint64(block.rows) - std::count(column.times.data(), column.times.data() + block.rows, Column::missingTime);
        } else {
            std::vector<qint64> rows(column.dictionary.texts.size());
            for (std::size_t row = 0; row < block.rows; ++row)
                if (const std::int32_t code = column.codes.data()[row]; code >= 0)
                    ++rows[std::size_t(code)];
            for (std::size_t i = 0; i < rows.size(); ++i)
                if (rows[i] > 0)
                    counts.addText(column.dictionary.texts[i], rows[i], m_beginning.dialect.decimal);
        }
        return counts;
    }

    const CsvBeginning &m_beginning;
    std::vector<std::size_t> m_places;
    std::vector<TypeCounts> m_counts;
};

/// Makes a table of each batch and hands it on.
class TablesTaker final : public BlockTaker {
public:
    TablesTaker(const CsvBeginning &beginning, const TakeRows &take) : m_beginning(beginning), m_take(take) {
        for (std::size_t i = 0; i < beginning.columns.size(); ++i)
            if (beginning.columns[i].wanted)
                m_places.push_back(i);
        m_rows.columns.resize(m_places.size());
    }
    std::size_t parts() const override { return m_places.size(); }
    void take(std::span<const Block> blocks, std::size_t part) override {
        const std::size_t place = m_places[part];
        ColumnBuilder column(m_beginning.dialect.names[place], m_beginning.columns[place].type);
        for (const Block &block : blocks)
            column.add(block, place);
        m_rows.columns[part] = column.take();
    }
    Result<void> taken() override { return m_rows.rows() > 0 ? m_take(m_rows) : Result<void>(); }

private:
    const CsvBeginning &m_beginning;
    const TakeRows &m_take;
    std::vector<std::size_t> m_places;
    Table m_rows;
};

Table withoutRows(const CsvBeginning &beginning) {
    Table table;
    for (std::size_t i = 0; i < beginning.columns.size(); ++i) {
        table.columns.emplace_back().name = beginning.dialect.names[i];
        table.columns.back().type = beginning.columns[i].type;
    }
    return table;
}

} // namespace

Result<ReadRows> readCsvBlocks(const QString &path, const CsvOptions &options, const TakeRows &take, std::stop_token stop, const ReadProgress &progress) {
    PH_ASSIGN(CsvBeginning beginning, readBeginning(path, options));
    PH_TRY(take(withoutRows(beginning)));
    const qint64 size = beginning.file->fileSize();
    qint64 passes = 1; // that there will be
    qint64 done = 0;
    const ReadProgress all = [&](qint64 read, qint64) {
        if (progress)
            progress(done * size + read, std::max(passes, done + 1) * size);
    };
    ReadRows out;
    const auto run = [&](BlockTaker &taker, std::vector<ReadColumn> columns) -> Result<void> {
        CsvPass pass(beginning, std::move(columns), options, path);
        PH_TRY(pass.run(options.fingerprint && done == 0, taker, stop, all));
        if (done == 0)
            out.fingerprint = {pass.md5(), pass.sha256(), size, pass.rows(), qint64(beginning.columns.size()), {}};
        out.report = pass.report();
        ++done;
        return {};
    };
    // As readCsv() settles the types, with counts in place of values.
    for (int reading = 0; reading < 4; ++reading) {
        TypeTaker types(beginning, options);
        if (types.parts() == 0)
            break;
        passes = done + 2;
        PH_TRY(run(types, types.columns()));
        if (!types.resolve(beginning))
            break;
    }
    TablesTaker tables(beginning, take);
    PH_TRY(run(tables, beginning.columns));
    for (std::size_t i = 0; i < beginning.columns.size(); ++i)
        if (beginning.columns[i].wanted)
            out.fingerprint.schema.push_back({beginning.dialect.names[i], beginning.columns[i].type});
    return out;
}

} // namespace pilothouse::data
