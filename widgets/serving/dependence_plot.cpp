// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/dependence_plot.h"

#include "widgets/serving/explanation_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr std::size_t drawnRows = 100; // more lie on each other and take long to paint; the CSV file has all

struct Text {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::DependencePlot)
};

} // namespace

PlotData dependencePlot(const explain::Explanation &e, const QString &unit) {
    const explain::PartialDependence &d = e.dependence;
    const bool category = !d.names.empty(), dots = category || d.grid.size() == 1;
    PlotData data;
    data.unit = scaleName(e, unit);
    data.xName = e.column;
    data.sentence = explanationSentence(e, unit);
    data.categories = d.names;
    const auto add = [&](const std::vector<double> &values, PlotSeries series) {
        for (std::size_t g = 0; g < d.grid.size() && g < values.size(); ++g)
            series.points.emplace_back(category ? double(g) : d.grid[g], values[g]);
        series.dots = dots;
        data.series.push_back(std::move(series));
    };
    PlotSeries one, average;
    one.ink = &Tokens::t3;
    one.quiet = true;
    one.width = 1;
    average.name = Text::tr("average");
    average.width = 2.5;
    for (std::size_t row = 0; row < std::min(drawnRows, d.individual.size()); ++row)
        add(d.individual[row], one);
    add(d.average, average);
    if (category)
        return data;
    data.rugs.push_back({{d.values.begin(), d.values.begin() + std::ptrdiff_t(std::min(drawnRows, d.values.size()))}, 4, &Tokens::t3});
    data.rugs.push_back({explain::deciles(d.values), 9, &Tokens::s3});
    return data;
}

std::vector<Legend::Entry> dependenceLegend(const explain::Explanation &e) {
    const std::size_t rows = e.dependence.individual.size();
    const QString one = rows > drawnRows ? Text::tr("one row (ICE), %1 of %2 drawn").arg(drawnRows).arg(rows) : Text::tr("one row (ICE)");
    std::vector<Legend::Entry> entries{{Text::tr("average"), &Tokens::s1, false}, {one, &Tokens::t3, false}};
    if (e.dependence.names.empty())
        entries.push_back({Text::tr("deciles of the rows"), &Tokens::s3, false});
    return entries;
}

} // namespace pilothouse::ui
