// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explanation.h"
#include "widgets/base/plot.h"

namespace pilothouse::ui {

/// Partial dependence as a chart: a faint curve for each row (ICE), the average over them, and on the axis where the rows lie with their
/// deciles. Of categories dots. Pure.
PlotData dependencePlot(const explain::Explanation &explanation, const QString &unit);
std::vector<Legend::Entry> dependenceLegend(const explain::Explanation &explanation);

} // namespace pilothouse::ui
