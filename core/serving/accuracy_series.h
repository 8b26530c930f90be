// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/calendar_span.h"
#include "core/base/result.h"

#include <QJsonObject>
#include <QStringList>

#include <cstdint>
#include <map>
#include <vector>

namespace pilothouse::serving {

/// A row that was answered, and the label that came for it if one did. Classes are indices into Outcomes::classes.
struct Outcome {
    qint64 request = 0; ///< sequence in the log
    int row = 0;
    qint64 predictedMs = 0;
    int version = 0;
    double predicted = 0;
    bool labelled = false;
    qint64 labelledMs = 0; ///< when the label came
    double truth = 0;
};
struct Outcomes {
    QStringList classes; ///< empty: numbers
    std::vector<Outcome> rows;
};
/// Each row once, by time of the prediction: of several labels that came for it the newest counts (of two that came in the same millisecond the
/// larger one, so that the order in which they are read decides nothing).
std::vector<Outcome> newestLabels(std::vector<Outcome> rows);

struct AccuracyOptions {
    QString metric; ///< one of metrics::metricNames(); empty: accuracy, mae
    CalendarStep step = CalendarStep::Day;
    QTimeZone zone = QTimeZone::utc();
    qint64 nowMs = 0;             ///< a stretch that lasts beyond is marked as incomplete
    std::size_t minimumRows = 30; ///< labelled rows below which there is no value, only "too few rows"
    int rolling = 7;              ///< stretches that a rolling value looks back over, its own included; 1: none
    int rounds = 400;             ///< of the bootstrap
    quint64 seed = 7;
};

/// A metric with its 95 % interval; NaN: too few rows, or not defined for them.
struct MetricReading {
    double value = 0, low = 0, high = 0;
};
struct AccuracyBucket {
    CalendarSpan span;
    qint64 predictions = 0, labelled = 0;
    MetricReading own, rolling; ///< rolling: over the labelled rows of the last stretches together, of those without a row too
    bool tooFew = false;     ///< labelled rows below the minimum
    bool incomplete = false; ///< the stretch is not over
    std::vector<int> versions; ///< that answered in it, ascending
    double labelledShare() const { return predictions > 0 ? double(labelled) / double(predictions) : 0; }
};
struct AccuracySeries {
    QString metric, interval; ///< interval: how it is made, in words
    bool largerIsBetter = false;
    std::vector<AccuracyBucket> buckets; ///< oldest first; a stretch in which nothing was asked is absent
    /// {"metric","interval","buckets":[{"name","from","to","predictions","labelled","labelled_share","value"|null,"low","high","rolling":{"value","low","high"},
    /// "too_few","incomplete","versions"}]}
    QJsonObject toJson(const AccuracyOptions &options) const;
};

/// Predictions by the time that they were made, so that a label that comes late counts where its prediction stands. The interval of accuracy is
/// Wilson's (1927), those of mae and rmse come from the standard error of the mean loss, those of the others from a percentile bootstrap of the rows. Deterministic: neither the order of rows nor that of labels matters.
/// Invalid: a metric that these outcomes do not have, or that needs probabilities (the log keeps none).
Result<AccuracySeries> accuracySeries(const Outcomes &outcomes, const AccuracyOptions &options);

/// The same of each group of rows. @param groups  (request, row) → group's name
Result<std::map<QString, AccuracySeries>> accuracySlices(const Outcomes &outcomes, const std::map<std::pair<qint64, int>, QString> &groups, const AccuracyOptions &options);

/// Wilson's 95 % interval of a share.
MetricReading wilsonShare(double hits, double rows);

} // namespace pilothouse::serving
