// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_view.h"
#include "core/fleet/snapshot.h"
#include "widgets/base/plot.h"

namespace pilothouse::ui {

/// Accuracy over time as a chart: each stretch at its middle with its 95 % interval, what is estimated dashed, stretches with too few labels as hatched gaps, the
/// limits of the watch, the versions as they began to serve. With slices a line each, those with the most labels in colour. Pure.
/// @param watch  the metric's limits and unit
PlotData accuracyPlot(const fleet::AccuracyView &view, const fleet::Quality &watch, const QString &model);
/// What its lines are.
std::vector<Legend::Entry> accuracyLegend(const PlotData &data);

} // namespace pilothouse::ui
