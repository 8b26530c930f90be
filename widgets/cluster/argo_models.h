// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/argo_analysis.h"
#include "core/cluster/argo_rollout.h"
#include "core/cluster/kserve.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"

#include <QDateTime>

namespace pilothouse::ui {

/// Healthy, Progressing, Paused, Degraded; also the phases of analyses and measurements: Successful, Running, Pending, Failed, Error, Inconclusive.
State stateOfArgo(const QString &phase);

/// The steps of an Argo Rollout as its dashboard has them: what is done, what it is on, what comes. Pure.
std::vector<StageMark> argoLadder(const cluster::ArgoStatus &status, const QDateTime &now);
/// The percents that an InferenceService's canary goes by; a share that is none of them gets a mark of its own. Empty without a canary. Pure.
std::vector<StageMark> kserveLadder(const cluster::KserveStatus &status, const std::vector<int> &planned);

/// The measurements of one metric as a curve with its limits: a line for each number of the result, what did not pass as dots. Without a series where nothing
/// measured was a number (jobs, web answers). Pure.
PlotData measurementPlot(const cluster::ArgoMetric &metric);
/// "8 passed, 1 failed of 2 allowed, every 60s": how far a metric is.
QString measurementText(const cluster::ArgoMetric &metric);
/// "result[0] >= 0.95", or "fails at …"; empty where it has no condition.
QString conditionText(const cluster::ArgoMetric &metric);
/// What a metric says for itself: its message, else that of its last measurement, else the value of one that is no number.
QString metricMessage(const cluster::ArgoMetric &metric);

/// The two sides of the traffic bar.
struct TrafficSides {
    QString stable, canary; ///< "revision 3, 80 %"
    double share = 0;       ///< of the canary that is wanted, 0 … 1
    QString seen;           ///< what the router, or the ratio of pods, gives it
};
TrafficSides argoTraffic(const cluster::ArgoStatus &status);
TrafficSides kserveTraffic(const cluster::KserveStatus &status);

/// What the judge of a canary said last, with the sample it needs: one paragraph, empty without a look. `look`: fleet::lastLook(). Pure.
QString verdictText(const QJsonObject &look, const QDateTime &now);

} // namespace pilothouse::ui
