// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/pickle_blocks.h"

#include "core/base/count_text.h"
#include "core/data/csv_beginning.h"
#include "core/data/csv_blocks.h"
#include "core/learn/row_cutter.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

using data::Column;
using data::ColumnType;

constexpr qsizetype mostNotes = 100; ///< a warning may be another with each block

/// What the texts of a file's columns are, seen block by block.
class Survey {
public:
    explicit Survey(const QStringList &columns) : m_names(columns), m_columns(std::size_t(columns.size())) {}
    static bool numbersAlone(const data::Table &rows, const QStringList &columns) {
        return std::all_of(columns.begin(), columns.end(), [&](const QString &name) { return rows.find(name)->type == ColumnType::Number; });
    }
    void add(const data::Table &rows) {
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const Column &column = *rows.find(m_names[qsizetype(i)]);
            Seen &seen = m_columns[i];
            seen.type = column.type;
            if (column.type == ColumnType::Category)
                for (const std::string &text : column.dictionary)
                    seen.add(QString::fromStdString(text));
            for (std::size_t row = 0; column.type == ColumnType::Time && seen.texts.isEmpty() && row < column.size(); ++row)
                if (!column.isMissing(row))
                    seen.add(column.text(row));
        }
    }
    /// Times are read as the texts that they are.
    QMap<QString, ColumnType> types() const {
        QMap<QString, ColumnType> out;
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            out.insert(m_names[qsizetype(i)], m_columns[i].type == ColumnType::Number ? ColumnType::Number : ColumnType::Category);
        return out;
    }
    std::vector<PickleColumn> columns() const {
        std::vector<PickleColumn> out;
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            out.push_back({m_names[qsizetype(i)], m_columns[i].texts});
        return out;
    }

private:
    struct Seen {
        ColumnType type = ColumnType::Number;
        QStringList texts; ///< PickleColumn::texts
        void add(const QString &text) {
            if (texts.size() < PickleColumn::tellingTexts && !texts.contains(text))
                texts << text;
        }
    };
    QStringList m_names;
    std::vector<Seen> m_columns;
};

/// Rows on their way to Python, in blocks of its size.
class Blocks {
public:
    Blocks(PythonScorer &scorer, const QStringList &columns, const TakeAnswers &take, QStringList &notes) : m_scorer(scorer), m_take(take), m_rows(columns), m_notes(notes) {}
    Result<void> add(const data::Table &rows) {
        if (rows.rows() == 0) // what stands before the rows
            return {};
        m_rows.add(rows);
        while (m_rows.waiting() >= m_scorer.blockRows())
            PH_TRY(score(m_scorer.blockRows()));
        return {};
    }
    Result<void> rest() { return m_rows.waiting() > 0 ? score(m_rows.waiting()) : Result<void>(); }
    std::size_t scored() const { return m_scored; }

private:
    Result<void> score(std::size_t count) {
        PH_ASSIGN(const PickleAnswers answers, m_scorer.score(m_rows.cut(count), m_scored));
        PH_TRY(m_take(answers, m_scored));
        for (const QString &warning : answers.warnings)
            if (m_notes.size() < mostNotes && !m_notes.contains(warning))
                m_notes << warning;
        m_scored += count;
        return {};
    }

    PythonScorer &m_scorer;
    const TakeAnswers &m_take;
    RowCutter m_rows;
    QStringList &m_notes;
    std::size_t m_scored = 0;
};

} // namespace

Result<ScoredPickles> scoreByPickles(PythonScorer &scorer, const DataFile &dataFile, const QStringList &asked, const TakeAnswers &take, std::stop_token stop, const ScoringProgress &progress) {
    workspace::DataSpec spec;
    dataFile.readBy(spec);
    PH_ASSIGN(const data::CsvBeginning beginning, data::readBeginning(dataFile.path, data::CsvOptions(spec)));
    ScoredPickles out;
    PH_ASSIGN(out.columns, pickleColumns(scorer.model(), beginning.names(), asked));
    Blocks blocks(scorer, out.columns, take, out.notes);
    const auto told = [&](qint64 done, qint64 total) {
        if (progress)
            progress(qint64(blocks.scored()), done, total);
    };
    Survey survey(out.columns);
    enum class Reading { Begins, Scores, Surveys } reading = Reading::Begins;
    PH_ASSIGN(data::ReadRows read, data::loadDataBlocks(spec, {}, out.columns, [&](const data::Table &rows) -> Result<void> {
        if (rows.rows() == 0)
            return {};
        if (reading == Reading::Begins) {
            reading = Survey::numbersAlone(rows, out.columns) ? Reading::Scores : Reading::Surveys;
            if (reading == Reading::Scores)
                scorer.setColumns(survey.columns());
        }
        if (reading == Reading::Scores)
            return blocks.add(rows);
        survey.add(rows);
        return {};
    }, stop, told));
    if (reading == Reading::Begins)
        return invalid(QStringLiteral("The file holds no row."), dataFile.source);
    if (reading == Reading::Surveys) {
        scorer.setColumns(survey.columns());
        const qint64 before = read.report.rows;
        PH_ASSIGN(read, data::loadDataBlocks(spec, survey.types(), out.columns, [&](const data::Table &rows) { return blocks.add(rows); }, stop, told));
        if (read.report.rows != before)
            return invalid(QStringLiteral("The file was changed while it was read."), dataFile.source, QStringLiteral("Wait until the program that writes it is done, then score again."));
    }
    PH_TRY(blocks.rest());
    out.rows = blocks.scored();
    if (read.report.rowsDropped > 0)
        out.notes.prepend(QStringLiteral("%1 left out: another number of fields than in the header.").arg(rowsText(std::size_t(read.report.rowsDropped))));
    return out;
}

} // namespace pilothouse::learn
