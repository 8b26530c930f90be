// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/windows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/memory.h"
#include "core/data/csv.h"
#include "core/data/made_columns.h"
#include "core/data/unknown_column.h"

namespace pilothouse::data {

namespace {

/// The columns that the recipe's transforms make of the series: more series.
Result<std::vector<Column>> madeOf(const std::vector<const Column *> &series, const std::vector<std::int64_t> &times, const workspace::Recipe &recipe) {
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    if (madeColumns(steps, recipe.targets()).isEmpty())
        return std::vector<Column>();
    Table table;
    for (const Column *column : series)
        table.columns.push_back(*column);
    PH_TRY(makeColumns(table, times, recipe));
    return std::vector<Column>(table.columns.begin() + std::ptrdiff_t(series.size()), table.columns.end());
}

/// Fills the samples cell by cell; what is missing decides how an origin is counted.
class Builder {
public:
    Builder(const Grid &grid, const std::vector<const Column *> &columns, Targets targets, std::size_t interpolated, Windows &windows)
        : m_grid(grid), m_columns(columns), m_targets(targets), m_most(interpolated), m_w(windows), m_x(windows.inputs.size()), m_y(windows.outputs()) {}

    Result<void> run() {
        const std::size_t behind = m_targets == Targets::None ? 0 : m_targets == Targets::Whole ? m_w.horizon : 1;
        if (m_grid.rows.size() < m_w.window + behind)
            return {};
        for (std::size_t origin = m_w.window - 1; origin + behind < m_grid.rows.size(); ++origin) {
            m_gap = m_missing = m_filled = false;
            inputs(origin);
            if (m_targets != Targets::None)
                outputs(origin);
            if (m_gap)
                ++m_w.leftOutGap;
            else if (m_missing)
                ++m_w.leftOutMissing;
            else {
                PH_TRY(makeRoom(origin));
                keep(origin);
            }
        }
        return {};
    }

private:
    double value(std::size_t series, std::size_t cell) const {
        return cell < m_grid.rows.size() && m_grid.rows[cell] != Grid::noRow ? m_columns[series]->numbers[m_grid.rows[cell]] : std::numeric_limits<double>::quiet_NaN();
    }
    void note(std::size_t cell) { (cell >= m_grid.rows.size() || m_grid.rows[cell] == Grid::noRow ? m_gap : m_missing) = true; }

    void inputs(std::size_t origin) {
        for (std::size_t s = 0; s < m_columns.size(); ++s) {
            for (std::size_t t = 0; t < m_w.window; ++t) {
                const std::size_t cell = origin + 1 - m_w.window + t;
                m_x[s * m_w.window + t] = value(s, cell);
            }
            m_filled |= m_most > 0 && interpolate(m_x.data() + s * m_w.window, m_w.window, m_most) > 0;
            for (std::size_t t = 0; t < m_w.window; ++t)
                if (std::isnan(m_x[s * m_w.window + t]))
                    note(origin + 1 - m_w.window + t);
        }
    }
    void outputs(std::size_t origin) {
        std::size_t present = 0;
        for (std::size_t o = 0; o < m_y.size(); ++o) { // the targets are the first series
            m_y[o] = value(o / m_w.horizon, origin + 1 + o % m_w.horizon);
            present += !std::isnan(m_y[o]);
        }
        if (present == m_y.size() || (m_targets == Targets::AnyPresent && present > 0))
            return;
        for (std::size_t o = 0; o < m_y.size(); ++o)
            if (std::isnan(m_y[o]))
                note(origin + 1 + o % m_w.horizon);
    }
    /// For as many windows as those so far promise. A window repeats its rows, so that windows are what does not fit.
    Result<void> makeRoom(std::size_t origin) {
        const std::size_t inputs = m_w.x.values.size() + m_x.size();
        if (inputs <= m_w.x.values.capacity())
            return {};
        const double share = std::max(1.1, 1.02 * double(m_grid.rows.size()) / double(origin + 1));
        const double windows = share * double(inputs) / double(m_x.size()), width = double(m_x.size() + (m_targets == Targets::None ? 0 : m_y.size()));
        PH_TRY(requireMemory(qint64(8 * windows * width), QStringLiteral("The forecast's about %1 windows of %2 numbers").arg(qint64(windows)).arg(qint64(width)), {},
                             QStringLiteral("Use a shorter window or fewer series (features: {include: […]}), or a part of the rows.")));
        m_w.x.values.reserve(std::size_t(windows * double(m_x.size())));
        if (m_targets != Targets::None)
            m_w.y.reserve(std::size_t(windows * double(m_y.size())));
        return {};
    }
    void keep(std::size_t origin) {
        m_w.x.values.insert(m_w.x.values.end(), m_x.begin(), m_x.end());
        if (m_targets != Targets::None)
            m_w.y.insert(m_w.y.end(), m_y.begin(), m_y.end());
        m_w.origins.push_back(m_grid.time(origin));
        m_w.interpolated += m_filled ? 1 : 0;
    }

    const Grid &m_grid;
    const std::vector<const Column *> &m_columns;
    const Targets m_targets;
    const std::size_t m_most; ///< missing steps in a row that are filled
    Windows &m_w;
    std::vector<double> m_x, m_y;
    bool m_gap = false, m_missing = false, m_filled = false;
};

} // namespace

QStringList seriesNames(const workspace::Recipe &recipe) {
    QStringList names = recipe.targets();
    for (const QString &name : recipe.include)
        if (!names.contains(name))
            names << name;
    return names;
}

Result<std::vector<const Column *>> seriesColumns(const Table &table, const workspace::Recipe &recipe) {
    std::vector<const Column *> columns;
    for (const QString &name : seriesNames(recipe)) {
        const Column *column = table.find(name);
        if (!column)
            return unknownColumn(recipe, name, table);
        if (column->type != ColumnType::Number)
            return invalid(QStringLiteral("A forecast needs numbers; the column “%1” holds %2 values.").arg(name, columnTypeName(column->type)), recipe.file,
                           QStringLiteral("Take it out of `features: {include: […]}`, or choose another target."));
        columns.push_back(column);
    }
    return columns;
}

void Windows::setLeftOut(const GridFacts &facts) {
    rows = facts.rows - facts.repeated;
    repeatedTimes = facts.repeated;
    offGrid = facts.offGrid;
    withoutTime = facts.withoutTime;
}

Error Windows::noWindow(const workspace::Recipe &recipe) const {
    return invalid(QStringLiteral("No whole window of %1 steps with %2 steps behind it is left: there are %3 rows, each with a time of its own (%4 windows cross a gap, %5 miss a value).")
                       .arg(window).arg(horizon).arg(rows).arg(leftOutGap).arg(leftOutMissing),
                   recipe.file, QStringLiteral("Use a shorter window or horizon, or a `step:` that fits the times."));
}

QStringList Windows::notes() const {
    QStringList all;
    if (steps)
        all << steps->note();
    const auto say = [&](std::size_t n, const QString &text) {
        if (n)
            all << text.arg(n);
    };
    say(leftOutGap, QStringLiteral("%1 windows cross a gap in time; they are left out."));
    say(leftOutMissing, QStringLiteral("%1 windows hold a missing value; they are left out."));
    say(repeatedTimes, QStringLiteral("%1 rows repeat a time; the first row of each time counts."));
    say(offGrid, QStringLiteral("%1 rows do not lie on the time grid; they are left out."));
    say(interpolated, QStringLiteral("%1 windows hold steps that are interpolated from their neighbours in the window."));
    say(withoutTime, QStringLiteral("%1 rows have no time; they are left out."));
    return all;
}

Result<Windows> buildWindows(const Table &table, const workspace::Recipe &recipe, Targets targets) {
    if (!recipe.time || !recipe.forecast || recipe.time->stepSeconds() <= 0)
        return invalid(QStringLiteral("A forecast needs `time:` with a step, and `forecast:`."), recipe.file, QStringLiteral("For example time: {column: datetime, step: 1h} and forecast: {window: 24, horizon: 24}."));
    Windows windows;
    windows.window = std::size_t(std::max(1, recipe.forecast->window));
    windows.horizon = std::size_t(std::max(1, recipe.forecast->horizon));
    windows.targetCount = std::size_t(recipe.targets().size());
    windows.stepMs = recipe.time->stepSeconds() * 1000;
    PH_ASSIGN(std::vector<const Column *> columns, seriesColumns(table, recipe));
    PH_ASSIGN(std::vector<std::int64_t> times, rowTimes(table, *recipe.time));
    Steps steps;
    if (!recipe.time->resample.isEmpty()) {
        StepCounter counter(*recipe.time);
        PH_ASSIGN(steps, resample(columns, times, *recipe.time, nullptr, counter));
        windows.steps = counter.counts();
        times = steps.times;
        for (std::size_t c = 0; c < columns.size(); ++c)
            columns[c] = &steps.columns[c];
    }
    PH_ASSIGN(const std::vector<Column> made, madeOf(columns, times, recipe));
    for (const Column &column : made)
        columns.push_back(&column);
    PH_ASSIGN(const Grid grid, Grid::of(times, windows.stepMs));
    windows.setLeftOut(grid.facts);
    for (const Column *column : columns) {
        windows.series.push_back(column->name);
        for (std::size_t t = 0; t < windows.window; ++t) {
            const std::size_t back = windows.window - 1 - t;
            windows.inputs.push_back({back == 0 ? column->name + QStringLiteral("@0") : QStringLiteral("%1@-%2").arg(column->name).arg(back), ColumnType::Number, {}, false});
        }
    }
    for (const QString &target : recipe.targets())
        for (std::size_t h = 1; h <= windows.horizon; ++h)
            windows.targets.push_back(QStringLiteral("%1@+%2").arg(target).arg(h));
    windows.x.width = windows.inputs.size();
    if (Result<void> built = Builder(grid, columns, targets, std::size_t(recipe.time->interpolate), windows).run(); !built) {
        Error error = built.error();
        error.where = recipe.data.source;
        return error;
    }
    windows.x.count = windows.origins.size();
    if (windows.count() == 0)
        return windows.noWindow(recipe);
    return windows;
}

Result<Split> splitWindows(const Windows &windows, const workspace::SplitSpec &spec) {
    using Kind = workspace::SplitSpec::Kind;
    if (spec.kind == Kind::Every || spec.kind == Kind::Random) {
        PH_ASSIGN(Split split, splitCount(windows.count(), spec));
        split.notes << QStringLiteral("Neighbouring windows overlap, so that test windows are nearly known from training: prefer split: {after: …}.");
        return split;
    }
    const std::int64_t border = parseIsoTime(spec.after.toStdString());
    if (spec.kind != Kind::After || border == Column::missingTime)
        return invalid(QStringLiteral("A forecast is split by time."), {}, QStringLiteral("Write split: {after: 2013-10-01}."));
    const std::int64_t length = windows.steps ? windows.stepMs : 1; // a resampled step holds rows until the next one begins
    Split split;
    for (std::size_t row = 0; row < windows.count(); ++row) {
        if (windows.targetTime(row, 0) >= border)
            split.test.push_back(row);
        else if (windows.targetTime(row, windows.horizon - 1) + length <= border)
            split.train.push_back(row);
        else
            ++split.leftOut;
    }
    if (split.leftOut)
        split.notes << QStringLiteral("%1 windows have targets on both sides of the border; they are in neither part.").arg(split.leftOut);
    if (split.train.empty() || split.test.empty())
        return invalid(QStringLiteral("The split leaves %1 training windows and %2 test windows.").arg(split.train.size()).arg(split.test.size()), {},
                       QStringLiteral("Choose `after:` inside the span of the data."));
    return split;
}

Windows takeWindows(const Windows &windows, const std::vector<std::size_t> &rows) {
    Windows out = windows;
    const std::size_t outputs = windows.outputs();
    out.x.values.clear();
    out.y.clear();
    out.origins.clear();
    for (const std::size_t row : rows) {
        const auto x = windows.x.row(row);
        out.x.values.insert(out.x.values.end(), x.begin(), x.end());
        if (!windows.y.empty())
            out.y.insert(out.y.end(), windows.y.begin() + std::ptrdiff_t(row * outputs), windows.y.begin() + std::ptrdiff_t((row + 1) * outputs));
        out.origins.push_back(windows.origins[row]);
    }
    out.x.count = rows.size();
    return out;
}

} // namespace pilothouse::data
