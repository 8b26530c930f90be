// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/section.h"
#include "core/workspace/workspace.h"

#include <optional>
#include <vector>

namespace pilothouse::workspace {

/// alerts: NAME: {kind, …} — what must hold of a model, an experiment or a Prometheus query; core/telemetry/README.md has an example of each kind.
struct AlertRule {
    enum class Kind { Staleness, Metric, Drift, Skew, RunTime, ErrorRate, Latency, NoData, Query };
    QString name;
    Kind kind = Kind::Staleness;
    QString model;                  ///< of the workspace; empty: of an experiment or a query
    QString experiment, connection; ///< of kind mlflow; of a query one of kind prometheus
    QString metric, source;         ///< metric: "mae", "mae@t2m"; source: endpoint (labels that came) | registry (the champion's run)
    QString query;
    QString of;                     ///< drift: inputs | predictions (what the model answers) | labels (the true values that came); else empty
    std::optional<double> above, below; ///< fires beyond; of ages and run times `above` is in seconds, of latency in milliseconds, of an error rate a share
    qint64 forSeconds = 0;  ///< how long it must hold; always 0 of staleness
    bool warning = false;   ///< severity: warning; else critical
    QStringList to;         ///< notifications; empty: all that take its event
    qint64 withinSeconds = 7 * 86400; ///< of a metric of the endpoint: labels of predictions since then; older ones tell nothing of now
    int rows = 500, minimumRows = 100; ///< of those the newest; below the minimum there is no value
    int everySeconds() const { return kind == Kind::Staleness ? 300 : 60; }
    QString event() const;    ///< of a notification's `on`: staleness, accuracy, drift, rollout, pipeline, alert
    QString kindName() const; ///< as in the file
};

/// Reads `alerts:` of a workspace whose connections, models and notifications are read already; what is wrong is reported at its place.
std::vector<AlertRule> readAlerts(Section &top, const Workspace &workspace);
/// The rules that the workspace's file has now, in file order. Errors as readWorkspace().
Result<std::vector<AlertRule>> readAlertRules(const QString &file);

} // namespace pilothouse::workspace
