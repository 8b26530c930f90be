// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/scoring_blocks.h"

#include "core/data/csv_beginning.h"
#include "core/data/csv_blocks.h"
#include "core/data/made_columns.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

using workspace::TaskKind;

constexpr std::size_t cellsAtOnce = std::size_t(1) << 22; ///< numbers of the widest matrix that scoring makes, 32 MiB
constexpr std::size_t leastRows = 1024, mostRows = 8192;  ///< few enough that a stop is heard soon

/// Rows scored in one call: a multiple of 1024, the block of an imported TorchScript (script_model.cpp), whose rows may be rounded by
/// those beside them; every other model rounds each row alone.
std::size_t rowsAtOnce(const artifact::Signature &signature) {
    std::size_t width = std::max(signature.outputs.size(), signature.classes.size()), coded = 0;
    for (const artifact::Input &input : signature.inputs)
        coded += std::max<std::size_t>(1, input.categories.size());
    width = std::max<std::size_t>({width, coded, 1});
    return std::clamp(cellsAtOnce / width / leastRows * leastRows, leastRows, mostRows);
}

/// Scores rows slice by slice and hands them on.
class Slices {
public:
    Slices(const artifact::Scorer &scorer, const TakeScored &take, std::stop_token stop) : m_scorer(scorer), m_take(take), m_stop(std::move(stop)), m_most(rowsAtOnce(scorer.signature())) {}

    /// As many of them as fill slices, `last` the rest too; gives how many were scored.
    Result<std::size_t> score(const ScoringRows &rows, bool last) {
        std::size_t first = 0;
        for (; rows.inputs.count - first >= m_most; first += m_most)
            PH_TRY(slice(rows, first, m_most));
        if (last && first < rows.inputs.count) {
            PH_TRY(slice(rows, first, rows.inputs.count - first));
            first = rows.inputs.count;
        }
        return first;
    }
    std::size_t scored() const { return m_scored; }

private:
    Result<void> slice(const ScoringRows &rows, std::size_t first, std::size_t count) {
        if (m_stop.stop_requested())
            return cancelled();
        const auto part = [&](const auto &values, std::size_t width) {
            const auto begin = values.begin() + std::ptrdiff_t(std::min(first * width, values.size()));
            return std::decay_t<decltype(values)>(begin, begin + std::ptrdiff_t(values.empty() ? 0 : count * width));
        };
        const ScoringRows cut{{count, rows.inputs.width, part(rows.inputs.values, rows.inputs.width), m_scored}, part(rows.origins, 1), part(rows.tableRows, 1), {}};
        PH_ASSIGN(const artifact::Predictions predictions, m_scorer.score(cut.inputs));
        PH_TRY(m_take(cut, predictions));
        m_scored += count;
        return {};
    }

    const artifact::Scorer &m_scorer;
    const TakeScored &m_take;
    std::stop_token m_stop;
    const std::size_t m_most;
    std::size_t m_scored = 0;
};

void removeFirst(ScoringRows &rows, std::size_t count) {
    rows.inputs.values.erase(rows.inputs.values.begin(), rows.inputs.values.begin() + std::ptrdiff_t(count * rows.inputs.width));
    rows.tableRows.erase(rows.tableRows.begin(), rows.tableRows.begin() + std::ptrdiff_t(count));
    rows.inputs.count -= count;
}

Result<ScoredFile> scoreBlocks(const artifact::Package &package, const workspace::DataSpec &source, Slices &slices, std::stop_token stop, const ScoringProgress &progress) {
    const std::vector<data::Input> &inputs = package.signature.inputs;
    QStringList names;
    for (const data::Input &input : inputs)
        names << input.name;
    ScoringRows waiting; // too few for a slice
    std::size_t seen = 0, left = 0;
    const auto take = [&](const data::Table &rows) -> Result<void> {
        PH_ASSIGN(const std::size_t unusable, addScoringRows(rows, inputs, seen, waiting));
        seen += rows.rows();
        left += unusable;
        PH_ASSIGN(const std::size_t scored, slices.score(waiting, false));
        removeFirst(waiting, scored);
        return {};
    };
    const auto told = [&](qint64 done, qint64 total) {
        if (progress)
            progress(qint64(slices.scored()), done, total);
    };
    PH_ASSIGN(const data::ReadRows read, data::loadDataBlocks(source, artifact::columnTypes(package.signature), names, take, stop, told));
    PH_ASSIGN([[maybe_unused]] const std::size_t rest, slices.score(waiting, true));
    ScoredFile file{slices.scored(), true, {}};
    if (const QString note = read.report.note(); !note.isEmpty())
        file.notes << note;
    if (left > 0)
        file.notes << notScoredNote(left);
    return file;
}

} // namespace

Result<bool> streams(const workspace::Recipe &recipe, const QStringList &columns) {
    if (recipe.task == TaskKind::Forecast)
        return false;
    PH_ASSIGN(const std::vector<data::TransformStep> steps, data::makeTransforms(recipe));
    const QStringList made = data::madeColumns(steps, recipe.targets());
    return std::all_of(made.begin(), made.end(), [&](const QString &name) { return columns.contains(name); });
}

Result<ScoredFile> scoreFile(const artifact::Package &package, const artifact::Scorer &scorer, const QString &dataFile, const TakeScored &take, std::stop_token stop,
                             const ScoringProgress &progress) {
    PH_ASSIGN(workspace::Recipe recipe, recipeOf(package));
    recipe.data.source = dataFile;
    PH_ASSIGN(const data::CsvBeginning beginning, data::readBeginning(dataFile, data::CsvOptions(recipe.data)));
    PH_ASSIGN(const bool byRow, streams(recipe, beginning.names()));
    Slices slices(scorer, take, stop);
    if (byRow)
        return scoreBlocks(package, recipe.data, slices, stop, progress);
    PH_ASSIGN(const ScoringRows rows, scoringRows(package, dataFile, stop));
    PH_ASSIGN([[maybe_unused]] const std::size_t all, slices.score(rows, true));
    return ScoredFile{slices.scored(), false, rows.notes};
}

} // namespace pilothouse::learn
