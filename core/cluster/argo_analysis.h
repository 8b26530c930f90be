// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// One measurement of a metric: a point of its curve.
struct ArgoMeasurement {
    QString phase;      ///< Pending, Running, Successful, Failed, Error, Inconclusive
    QString text;       ///< the value as it was stored: "0.97", "[0.97]", "NaN", JSON of a job or web metric
    QString message;
    std::vector<double> values; ///< numbers of the value; empty where it is none (jobs, JSON)
    QDateTime started, finished;
};

/// A line to draw beside the curve: "result[0] >= 0.95" of a success or failure condition.
struct ArgoBound {
    bool success = true;  ///< of successCondition, else of failureCondition
    QString comparison;   ///< ">=", ">", "<=", "<", "==", "!=", read with the result on the left
    double value = 0;
    int index = 0;        ///< of the result it is about
};

struct ArgoMetric {
    QString name, provider, phase, message;
    QString successCondition, failureCondition;
    std::vector<ArgoBound> bounds;
    std::vector<ArgoMeasurement> measurements; ///< oldest first; the controller keeps the newest ten by default
    int count = 0;        ///< measurements wanted; 0: until stopped
    int failureLimit = 0, inconclusiveLimit = 0, consecutiveErrorLimit = 4;
    int successful = 0, failed = 0, inconclusive = 0, errors = 0;
    QString interval;
    bool dryRun = false;  ///< measured and not counted
};

/// An AnalysisRun with its curves.
struct ArgoAnalysis {
    QString name, uid, phase, message; ///< phase empty: not begun
    int revision = 0;
    QString owner;        ///< name of the Rollout or Experiment that runs it
    QDateTime created, started;
    std::vector<ArgoMetric> metrics;
    bool running() const { return phase.isEmpty() || phase == QLatin1String("Pending") || phase == QLatin1String("Running"); }
};
ArgoAnalysis argoAnalysis(const QJsonObject &run);
/// Those that a rollout (or an experiment) owns, newest revision first.
std::vector<ArgoAnalysis> argoAnalyses(const QJsonObject &owner, const std::vector<QJsonObject> &runs);

/// Comparisons of the result with a number in a condition of Argo ("result[0] >= 0.95 && result[0] < 2"); what else a condition holds is left out.
std::vector<ArgoBound> argoBounds(const QString &condition, bool success);
/// Numbers of a stored value: "0.97", "[0.97]", "[0.1,0.2]", "NaN". Empty where it is something else.
std::vector<double> argoNumbers(const QString &text);
/// "error-rate: 0.021 Failed (result[0] <= 0.02), 2 of 1 failures allowed": why a run that did not succeed did not. Empty for others.
QString argoAnalysisSentence(const ArgoAnalysis &run);

/// {"name","phase","message","revision","metrics":[{"name","provider","phase","success_condition","failure_condition","measurements":[{"phase","value","values","started","finished","message"}],…}]}
QJsonObject toJson(const ArgoAnalysis &run);

} // namespace pilothouse::cluster
