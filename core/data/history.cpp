// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/history.h"

#include "core/workspace/yaml_tree.h"

#include <algorithm>
#include <map>
#include <string>

namespace pilothouse::data {

namespace {

Result<const Column *> columnOf(const Table &table, const QString &name) {
    if (const Column *column = table.find(name))
        return column;
    const QString nearest = workspace::nearestName(name, table.names()), all = QStringLiteral("There is: %1.").arg(table.names().mid(0, 30).join(QStringLiteral(", ")));
    return invalid(QStringLiteral("There is no column “%1” to look back on.").arg(name), {}, nearest.isEmpty() ? all : QStringLiteral("Did you mean “%1”? %2").arg(nearest, all));
}

} // namespace

Result<std::vector<std::int32_t>> seriesOf(const Table &table, const QString &by) {
    std::vector<std::int32_t> series(table.rows(), 0);
    if (by.isEmpty())
        return series;
    PH_ASSIGN(const Column *const column, columnOf(table, by));
    if (column->type == ColumnType::Category)
        return column->codes;
    std::map<std::string, std::int32_t> numbers;
    for (std::size_t row = 0; row < series.size(); ++row)
        series[row] = column->isMissing(row) ? -1 : numbers.emplace(column->text(row).toStdString(), std::int32_t(numbers.size())).first->second;
    return series;
}

Error severalSeries(std::size_t repeated, std::size_t rows) {
    return invalid(QStringLiteral("%1 of %2 rows repeat a time: there are several series in these rows.").arg(repeated).arg(rows), {},
                   QStringLiteral("Name the column that tells them apart, for example time: {by: station}, or choose one by data: {where: {station: NAME}}."));
}

Result<History> History::of(const PastRows &past, const QString &own) {
    if (past.stepMs <= 0)
        return invalid(QStringLiteral("How far back a step lies is not said."), {}, QStringLiteral("Add the step to `time:`, for example time: {column: datetime, step: 1h}."));
    const QString by = own.isEmpty() ? past.by : own;
    PH_ASSIGN(const std::vector<std::int32_t> series, seriesOf(past.table, by));
    History history;
    history.m_step = past.stepMs;
    std::vector<Moment> all;
    for (std::size_t row = 0; row < past.times.size(); ++row)
        if (past.times[row] != Column::missingTime)
            all.push_back({series[row], past.times[row], row});
    std::sort(all.begin(), all.end());
    history.m_at.assign(past.times.size(), noRow);
    for (const Moment &moment : all) {
        const bool repeats = !history.m_order.empty() && history.m_order.back().series == moment.series && history.m_order.back().time == moment.time;
        if (!repeats)
            history.m_order.push_back(moment);
        history.m_at[moment.row] = history.m_order.size() - 1;
    }
    const RepeatedTimes repeats = past.ofAll ? past.ofAll->value(by) : RepeatedTimes{all.size(), all.size() - history.m_order.size()};
    if (repeats.repeated * 100 > repeats.rows)
        return severalSeries(repeats.repeated, repeats.rows);
    return history;
}

std::size_t History::back(std::size_t row, std::size_t steps) const {
    if (m_at[row] == noRow)
        return noRow;
    const Moment &now = m_order[m_at[row]];
    const Moment wanted{now.series, now.time - std::int64_t(steps) * m_step, 0};
    const auto found = std::lower_bound(m_order.begin(), m_order.begin() + std::ptrdiff_t(m_at[row]) + 1, wanted);
    return found != m_order.end() && found->series == wanted.series && found->time == wanted.time ? found->row : noRow;
}

Result<std::vector<const Column *>> namedColumns(const PastRows &past, const QStringList &names) {
    std::vector<const Column *> columns;
    for (const QString &name : names.isEmpty() ? past.targets : names) {
        PH_ASSIGN(const Column *const column, columnOf(past.table, name));
        if (column->type == ColumnType::Time)
            return invalid(QStringLiteral("The column “%1” holds times; numbers or categories can be looked back on.").arg(name), {}, QStringLiteral("Take it out of `columns:`."));
        columns.push_back(column);
    }
    return columns;
}

} // namespace pilothouse::data
