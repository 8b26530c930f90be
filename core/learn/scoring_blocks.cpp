// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/scoring_blocks.h"

#include "core/data/csv_beginning.h"
#include "core/data/csv_blocks.h"
#include "core/data/split.h"
#include "core/learn/scoring_stream.h"

#include <algorithm>
#include <optional>

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
        const ScoringRows cut{{count, rows.inputs.width, part(rows.inputs.values, rows.inputs.width), m_scored}, part(rows.origins, 1), part(rows.series, 1), part(rows.tableRows, 1), {}};
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
    const auto cut = [](auto &values, std::size_t first) { values.erase(values.begin(), values.begin() + std::ptrdiff_t(std::min(first, values.size()))); };
    cut(rows.inputs.values, count * rows.inputs.width);
    cut(rows.origins, count);
    cut(rows.series, count);
    cut(rows.tableRows, count);
    rows.inputs.count -= count;
}

/// A file that is read block by block.
struct Source {
    const workspace::Recipe &recipe; ///< with the file as its source
    QMap<QString, data::ColumnType> types;
    QStringList columns; ///< that are read
    std::stop_token stop;
    ScoringProgress progress;
    qint64 done = 0;     ///< bytes of earlier readings
};

/// One look at all times of a file.
struct Order {
    data::TimeOrder times;
    bool alike = true; ///< in each block the times have a zone, or in none
    QMap<QString, data::ColumnType> types; ///< of the columns read, as the whole file shows them
};

Result<Order> readOrder(Source &source, const ScoringNeeds &needs, qint64 fileSize) {
    const workspace::TimeSpec &time = *source.recipe.time;
    const bool forecast = source.recipe.task == TaskKind::Forecast;
    Order order{data::TimeOrder(needs.rising, time.stepSeconds() * 1000, forecast && !needs.steps), true, source.types};
    std::optional<bool> zoned;
    const auto take = [&](const data::Table &rows) -> Result<void> {
        if (rows.rows() == 0)
            return {};
        PH_ASSIGN(const std::vector<std::int64_t> times, data::rowTimes(rows, time));
        if (const data::Column *column = rows.find(time.column); column && std::any_of(times.begin(), times.end(), [](std::int64_t t) { return t != data::Column::missingTime; })) {
            order.alike = order.alike && zoned.value_or(column->zoned) == column->zoned;
            zoned = column->zoned;
        }
        return order.times.add(rows, times);
    };
    const auto told = [&](qint64 done, qint64 total) {
        source.done = total;
        if (source.progress)
            source.progress(0, done, total + fileSize); // and once more with the types known
    };
    PH_ASSIGN(const data::ReadRows read, data::loadDataBlocks(source.recipe.data, source.types, source.columns, take, source.stop, told));
    for (const data::SchemaColumn &column : read.fingerprint.schema)
        order.types.insert(column.name, column.type);
    return order;
}

/// What would let a file with these times be scored block by block, for an error; empty: nothing is in the way.
QString wayOut(const Order &order, const workspace::Recipe &recipe, const ScoringNeeds &needs) {
    const QString columns = recipe.time->column.isEmpty() ? recipe.time->parts.join(QStringLiteral(", ")) : recipe.time->column, then = QStringLiteral("then it is scored block by block, in memory that does not grow with it.");
    if (!order.alike)
        return QStringLiteral("Or write all times (%1) with an offset, or none of them: %2").arg(columns, then);
    if (!order.times.rises())
        return QStringLiteral("Or sort the file by time (%1): %2").arg(columns, then);
    if (recipe.task == TaskKind::Forecast && !needs.steps && !order.times.grid())
        return QStringLiteral("Or bring the times (%1) to the steps of %2: %3").arg(columns, recipe.time->step, then);
    return {};
}

Result<ScoredFile> scoreBlocks(const Source &source, const std::vector<artifact::Input> &inputs, const ScoringNeeds &needs, const data::TimeOrder *order, Slices &slices) {
    const auto offer = [&](ScoringRows &waiting) -> Result<void> {
        PH_ASSIGN(const std::size_t scored, slices.score(waiting, false));
        if (scored > 0)
            removeFirst(waiting, scored);
        return {};
    };
    PH_ASSIGN(const std::unique_ptr<ScoringStream> stream, scoringStream(source.recipe, inputs, needs, order, offer));
    const auto told = [&](qint64 done, qint64 total) {
        if (source.progress)
            source.progress(qint64(slices.scored()), source.done + done, source.done + total);
    };
    PH_ASSIGN(const data::ReadRows read, data::loadDataBlocks(source.recipe.data, source.types, source.columns, [&](const data::Table &rows) { return stream->add(rows); }, source.stop, told));
    PH_TRY(stream->finish());
    PH_ASSIGN([[maybe_unused]] const std::size_t rest, slices.score(stream->waiting(), true));
    ScoredFile file{slices.scored(), true, {}};
    if (const QString note = read.report.note(); !note.isEmpty())
        file.notes << note;
    file.notes += stream->notes();
    file.unknown = stream->waiting().unknown;
    return file;
}

/// With all rows in memory.
/// @param help  what to do so that they need not be, for an error
Result<ScoredFile> scoreWhole(const artifact::Package &package, const DataFile &dataFile, const QString &help, Slices &slices, std::stop_token stop) {
    Result<ScoringRows> rows = scoringRows(package, dataFile, stop);
    if (!rows) {
        Error error = std::move(rows).error();
        if (error.kind == ErrorKind::Refused && !help.isEmpty())
            error.hint += (error.hint.isEmpty() ? QString() : QStringLiteral(" ")) + help;
        return error;
    }
    PH_ASSIGN([[maybe_unused]] const std::size_t all, slices.score(*rows, true));
    return ScoredFile{slices.scored(), false, rows->notes, rows->unknown};
}

} // namespace

Result<ScoredFile> scoreFile(const artifact::Package &package, const artifact::Scorer &scorer, const DataFile &dataFile, const TakeScored &take, std::stop_token stop,
                             const ScoringProgress &progress) {
    PH_ASSIGN(workspace::Recipe recipe, recipeOf(package));
    dataFile.readBy(recipe.data);
    PH_ASSIGN(const data::CsvBeginning beginning, data::readBeginning(dataFile.path, data::CsvOptions(recipe.data)));
    const std::vector<artifact::Input> &inputs = package.signature.inputs;
    PH_ASSIGN(const ScoringNeeds needs, scoringNeeds(recipe, inputs, beginning.names()));
    Slices slices(scorer, take, stop);
    if (needs.whole)
        return scoreWhole(package, dataFile, needs.help, slices, stop);
    Source source{recipe, recipe.task == TaskKind::Forecast ? QMap<QString, data::ColumnType>() : artifact::columnTypes(package.signature), needs.columns, stop, progress};
    const bool zoned = needs.times && !recipe.time->column.isEmpty() && recipe.time->zone != QLatin1String("UTC"); // whether a text without an offset is of the zone all texts decide
    if (needs.rising.isEmpty() && !zoned)
        return scoreBlocks(source, inputs, needs, nullptr, slices);
    PH_ASSIGN(const Order order, readOrder(source, needs, beginning.file->fileSize()));
    if (const QString help = wayOut(order, recipe, needs); !help.isEmpty())
        return scoreWhole(package, dataFile, help, slices, stop);
    source.types = order.types;
    PH_ASSIGN(ScoredFile scored, scoreBlocks(source, inputs, needs, &order.times, slices));
    PH_ASSIGN(const std::unique_ptr<data::FileStream> now, data::FileStream::open(dataFile.path));
    PH_TRY(data::sameFile(beginning, *now, dataFile.path)); // the order that was found holds
    return scored;
}

} // namespace pilothouse::learn
