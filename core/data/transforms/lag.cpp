// SPDX-License-Identifier: GPL-3.0-or-later
// lag: what a column was so many steps earlier, "t2m@lag24", matched by time as the windows of forecasts are; without `columns:` every target.
// Missing where there is no row at that time. `by:` (else that of `time:`) names the column that tells several series apart. As pandas' shift(freq=step).
#include "core/data/history.h"
#include "core/data/transform_settings.h"

#include <algorithm>
#include <limits>

namespace pilothouse::data {

namespace {

Column emptyLike(const Column &column, const QString &name, std::size_t rows) {
    Column made;
    made.name = name;
    made.type = column.type;
    made.dictionary = column.dictionary;
    if (column.type == ColumnType::Category)
        made.codes.assign(rows, -1);
    else
        made.numbers.assign(rows, std::numeric_limits<double>::quiet_NaN());
    return made;
}

class Lag final : public ColumnMaker {
public:
    Lag(QStringList columns, std::vector<qint64> steps, QString by) : m_columns(std::move(columns)), m_steps(std::move(steps)), m_by(std::move(by)) {}
    QStringList columnNames(const QStringList &targets) const override {
        QStringList names;
        for (const QString &column : m_columns.isEmpty() ? targets : m_columns)
            for (const qint64 steps : m_steps)
                names << QStringLiteral("%1@lag%2").arg(column).arg(steps);
        return names;
    }
    Result<std::vector<Column>> columns(const PastRows &past) const override {
        PH_ASSIGN(const std::vector<const Column *> sources, namedColumns(past, m_columns));
        PH_ASSIGN(const History history, History::of(past, m_by));
        std::vector<Column> all;
        for (const Column *source : sources)
            for (const qint64 steps : m_steps) {
                Column made = emptyLike(*source, QStringLiteral("%1@lag%2").arg(source->name).arg(steps), past.times.size());
                for (std::size_t row = 0; row < past.times.size(); ++row) {
                    const std::size_t earlier = history.back(row, std::size_t(steps));
                    if (earlier == History::noRow)
                        continue;
                    if (source->type == ColumnType::Category)
                        made.codes[row] = source->codes[earlier];
                    else
                        made.numbers[row] = source->numbers[earlier];
                }
                all.push_back(std::move(made));
            }
        return all;
    }
    std::optional<LookBack> lookBack() const override { return LookBack{m_columns, m_by, m_steps.back()}; } // they rise

private:
    QStringList m_columns;
    std::vector<qint64> m_steps;
    QString m_by;
};

Result<TransformPtr> makeLag(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const std::vector<qint64> steps = settings.integers("steps", 1, 1'000'000);
    const QString by = settings.value("by").value_or(QVariant()).toString();
    PH_TRY(settings.check());
    if (steps.empty())
        return invalid(QStringLiteral("lag: it is not said how many steps to look back."), {}, QStringLiteral("Write lag: {steps: [1, 24]}."));
    return TransformPtr(std::make_shared<const Lag>(spec.columns, steps, by));
}

} // namespace

PILOTHOUSE_TRANSFORM(lag, "", makeLag)

} // namespace pilothouse::data
