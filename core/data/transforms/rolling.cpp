// SPDX-License-Identifier: GPL-3.0-or-later
// rolling: mean, sum, min, max or std (n − 1) of a column's last `window` steps, "t2m@mean24"; without `columns:` of every target. The row's own
// value counts, but not that of a target that is to be predicted: there the window ends one step before. Missing with fewer than `min_periods`
// values (all of them if not said). As pandas' rolling(window, min_periods) on rows brought to the step.
#include "core/data/history.h"
#include "core/data/transform_settings.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

namespace {

double summary(const QString &of, const std::vector<double> &values) {
    if (of == QLatin1String("min"))
        return *std::min_element(values.begin(), values.end());
    if (of == QLatin1String("max"))
        return *std::max_element(values.begin(), values.end());
    long double sum = 0, squares = 0;
    for (const double v : values)
        sum += v;
    if (of == QLatin1String("sum"))
        return double(sum);
    const long double mean = sum / static_cast<long double>(values.size());
    if (of == QLatin1String("mean"))
        return double(mean);
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    return values.size() < 2 ? std::numeric_limits<double>::quiet_NaN() : double(std::sqrt(squares / static_cast<long double>(values.size() - 1)));
}

class Rolling final : public ColumnMaker {
public:
    Rolling(QStringList columns, QString of, qint64 window, qint64 minPeriods, QString by)
        : m_columns(std::move(columns)), m_of(std::move(of)), m_by(std::move(by)), m_window(std::size_t(window)), m_minPeriods(std::size_t(minPeriods)) {}
    QStringList columnNames(const QStringList &targets) const override {
        QStringList names;
        for (const QString &column : m_columns.isEmpty() ? targets : m_columns)
            names << nameOf(column);
        return names;
    }
    Result<std::vector<Column>> columns(const PastRows &past) const override {
        PH_ASSIGN(const std::vector<const Column *> sources, namedColumns(past, m_columns));
        PH_ASSIGN(const History history, History::of(past, m_by));
        std::vector<Column> all;
        for (const Column *source : sources) {
            if (source->type != ColumnType::Number)
                return invalid(QStringLiteral("rolling takes numbers; “%1” holds categories.").arg(source->name), {}, QStringLiteral("Take it out of `columns:`."));
            Column made;
            made.name = nameOf(source->name);
            const std::size_t skip = past.targets.contains(source->name) && !past.targetKnown ? 1 : 0;
            std::vector<double> values;
            for (std::size_t row = 0; row < past.times.size(); ++row) {
                values.clear();
                history.last(row, m_window, skip, [&](std::size_t earlier) {
                    if (!source->isMissing(earlier))
                        values.push_back(source->numbers[earlier]);
                });
                made.numbers.push_back(values.size() < m_minPeriods ? std::numeric_limits<double>::quiet_NaN() : summary(m_of, values));
            }
            all.push_back(std::move(made));
        }
        return all;
    }
    std::optional<LookBack> lookBack() const override { return LookBack{m_columns, m_by, std::int64_t(m_window)}; } // a target's window ends one step earlier

private:
    QString nameOf(const QString &column) const { return QStringLiteral("%1@%2%3").arg(column, m_of).arg(m_window); }
    QStringList m_columns;
    QString m_of, m_by;
    std::size_t m_window, m_minPeriods;
};

Result<TransformPtr> makeRolling(const workspace::TransformSpec &spec) {
    TransformSettings settings(spec);
    const qint64 window = settings.integer("window", 0, 1, 10'000);
    const qint64 minPeriods = settings.integer("min_periods", std::max<qint64>(window, 1), 1, std::max<qint64>(window, 1));
    const QString by = settings.value("by").value_or(QVariant()).toString();
    PH_TRY(settings.check());
    if (window == 0)
        return invalid(QStringLiteral("rolling: the window is missing."), {}, QStringLiteral("Write rolling: {of: mean, window: 24}."));
    return TransformPtr(std::make_shared<const Rolling>(spec.columns, spec.argument, window, minPeriods, by));
}

} // namespace

PILOTHOUSE_TRANSFORM(rolling, "of mean sum min max std", makeRolling)

} // namespace pilothouse::data
