// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/compare_model.h"

#include "widgets/base/format.h"

#include <algorithm>
#include <set>

namespace pilothouse::ui {

namespace {
/// "test_mae" is "MAE, test": the figure first, then the rows it was measured on.
QString figureName(const QString &key) {
    for (const char *rows : {"test", "train", "validation"})
        if (const QLatin1String prefix(rows); key.startsWith(prefix + QLatin1Char('_')))
            return QStringLiteral("%1, %2").arg(metricName(key.mid(prefix.size() + 1)), prefix);
    return metricName(key);
}
} // namespace

std::vector<CompareRow> compareRuns(const std::vector<const registry::Run *> &runs) {
    std::set<QString> params, metrics;
    for (const registry::Run *run : runs) {
        for (auto it = run->params.begin(); it != run->params.end(); ++it)
            params.insert(it.key());
        for (auto it = run->metrics.begin(); it != run->metrics.end(); ++it)
            metrics.insert(it.key());
    }
    std::vector<CompareRow> rows;
    const auto add = [&](const QString &name, auto value) {
        CompareRow row{name, {}, false};
        for (const registry::Run *run : runs)
            row.values << value(*run);
        row.differs = std::any_of(row.values.begin(), row.values.end(), [&](const QString &v) { return v != row.values.front(); });
        rows.push_back(std::move(row));
    };
    for (const QString &name : metrics)
        add(figureName(name), [&](const registry::Run &run) { return run.metrics.contains(name) ? number(run.metrics.value(name)) : QString(); });
    for (const QString &name : params)
        add(name, [&](const registry::Run &run) { return run.params.value(name); });
    // What differs comes first: that is why one compares.
    std::stable_partition(rows.begin(), rows.end(), [](const CompareRow &row) { return row.differs; });
    return rows;
}

} // namespace pilothouse::ui
