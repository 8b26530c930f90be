// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/partial_dependence.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::explain {

namespace {

/// scipy.stats.mstats.mquantiles with its defaults alphap = betap = 0.4.
double mquantile(const std::vector<double> &sorted, double share) {
    const double n = double(sorted.size()), at = n * share + 0.4 + share * 0.2;
    const auto k = std::size_t(std::floor(std::clamp(at, 1.0, std::max(1.0, n - 1))));
    const double part = std::clamp(at - double(k), 0.0, 1.0);
    return (1 - part) * sorted[k - 1] + part * sorted[std::min(k, sorted.size() - 1)];
}

std::vector<double> gridOf(std::vector<double> values, bool category, const PartialDependenceOptions &options) {
    std::sort(values.begin(), values.end());
    std::vector<double> distinct = values;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    if (category || distinct.size() < options.resolution)
        return distinct;
    const double from = mquantile(values, options.low), to = mquantile(values, options.high);
    if (!(to > from))
        return {from};
    std::vector<double> grid;
    for (std::size_t i = 0; i < options.resolution; ++i)
        grid.push_back(from + (to - from) * double(i) / double(options.resolution - 1));
    return grid;
}

} // namespace

std::vector<double> deciles(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    std::sort(values.begin(), values.end());
    std::vector<double> out;
    for (int tenth = 1; tenth < 10 && !values.empty(); ++tenth)
        out.push_back(mquantile(values, tenth / 10.0));
    return out;
}

Result<PartialDependence> partialDependence(const artifact::Scorer &scorer, const Target &target, std::size_t input, const artifact::Rows &rows,
                                            const PartialDependenceOptions &options, const Run &run) {
    if (input >= scorer.signature().inputs.size() || options.resolution < 2 || !(options.low < options.high))
        return invalid(QStringLiteral("Partial dependence needs an input of the model and a grid of at least two points."));
    const data::Input &varied = scorer.signature().inputs[input];
    const bool category = varied.type == data::ColumnType::Category;
    PartialDependence out;
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.count; ++i) {
        const double value = rows.row(i)[input];
        const bool known = std::isfinite(value) && (!category || value >= 0);
        out.values.push_back(known ? value : std::nan(""));
        if (known)
            values.push_back(value);
    }
    if (values.empty())
        return invalid(QStringLiteral("No row has a value of “%1”, so there is nothing to vary it over.").arg(varied.name));
    out.grid = gridOf(std::move(values), category, options);
    for (std::size_t g = 0; category && g < out.grid.size(); ++g)
        out.names.push_back(QString::fromStdString(varied.categories[std::size_t(out.grid[g])]));
    out.individual.assign(rows.count, std::vector<double>(out.grid.size(), 0));
    artifact::Rows asked = rows;
    for (std::size_t g = 0; g < out.grid.size(); ++g) {
        run.report(qint64(g), qint64(out.grid.size()));
        for (std::size_t i = 0; i < rows.count; ++i)
            asked.row(i)[input] = out.grid[g];
        PH_ASSIGN(const std::vector<double> predicted, predict(scorer, asked, target, run));
        double sum = 0;
        for (std::size_t i = 0; i < rows.count; ++i)
            sum += out.individual[i][g] = predicted[i];
        out.average.push_back(sum / double(rows.count));
    }
    run.report(qint64(out.grid.size()), qint64(out.grid.size()));
    return out;
}

} // namespace pilothouse::explain
