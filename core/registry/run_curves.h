// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/run_comparison.h"

#include <span>

namespace pilothouse::registry {

/// The history of one metric in one run. The three vectors are of one length, in the order of the step (of one step: as they were logged).
struct RunCurve {
    QString runId;
    std::vector<double> steps, times, values; ///< times: seconds since 1970; values: NaN and infinities as logged
};
RunCurve curveOf(const QString &runId, const std::vector<MetricPoint> &points);

/// One metric of several runs.
struct RunCurves {
    QString metric;
    std::vector<RunCurve> curves; ///< of the runs that have it, in the order they were asked for
    std::vector<std::pair<QString, Error>> failed; ///< run id and why its history could not be read
};
/// Reads the history of a metric of those runs that logged it (by their last values); blocks. Errors: what the registry says, if no history
/// could be read at all; Cancelled.
Result<RunCurves> loadCurves(const Registry &registry, const std::vector<Run> &runs, const QString &metric, std::stop_token stop = {}, LoadProgress *progress = nullptr);

/// Exponential moving average, without its bias to zero: m ← w·m + (1 − w)·v over the finite values, divided by 1 − wⁿ after n of them. A value that is
/// not finite stays as it is and is not counted; a series of one value throughout stays as it is. It is what TensorBoard shows
/// (tensorboard/components/vz_line_chart2/line-chart.ts, resmoothDataset) and, by the same rule, MLflow's web page.
/// @param weight  0 (as it is) … below 1
std::vector<double> smoothed(std::span<const double> values, double weight);

enum class CurveX {
    Step,
    Time,    ///< seconds since 1970
    Relative ///< seconds since the curve's first point
};
/// A curve as it is drawn: x ascending, one y an x; NaN (and what a logarithmic axis cannot show) breaks the line.
struct CurveLine {
    std::vector<double> x = {}, y = {};
    double every = 0;     ///< each x is x[0] + i·every, to the bit; 0: they are not, or nobody has looked
    bool gapless = false; ///< every y is finite
    std::vector<double> logs = {}; ///< log10 of y, where the axis is logarithmic and every y is above zero; else empty
};
/// Smoothed in the order of x.
CurveLine lineOf(const RunCurve &curve, CurveX x, double weight = 0);

struct CurveExtent {
    double x0 = 0, x1 = 0, y0 = 0, y1 = 0;
    bool empty = true;
};
/// Of the points that can be shown: finite, and above zero if `positive`.
CurveExtent extentOf(const CurveLine &line, bool positive);
CurveExtent united(const CurveExtent &a, const CurveExtent &b);

/// What a line covers of each pixel column, exactly: the least and the greatest y that the joined points take between the column's left and right
/// edge. No extreme is lost, however many points a column has; that is what a min-max decimation must keep.
struct ColumnSpans {
    std::vector<double> low, high; ///< one a column; low > high: nothing there
    std::vector<std::size_t> alone; ///< columns of points that no line reaches: gaps on both sides; they need a dot
};
/// @param columns  over [x0, x1], x1 > x0
/// @param logY     values ≤ 0 are gaps, and lines are straight in log y
ColumnSpans columnSpans(const CurveLine &line, double x0, double x1, int columns, bool logY);

} // namespace pilothouse::registry
