// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/accuracy_series.h"

#include "core/metrics/compare.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

namespace pilothouse::serving {

namespace {

using Q = QLatin1String;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

QJsonValue jsonNumber(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); }
QString utcText(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs); }

metrics::Scored scoredOf(const std::vector<const Outcome *> &rows, std::size_t classes) {
    metrics::Scored scored;
    scored.count = rows.size();
    scored.classes = classes;
    for (const Outcome *row : rows) {
        scored.truth.push_back(row->truth);
        scored.predicted.push_back(row->predicted);
    }
    return scored;
}

/// Mean ± 1.96 standard errors of |error|; rmse: the root of those of error².
MetricReading meanReading(const std::vector<const Outcome *> &rows, bool squares) {
    const double n = double(rows.size());
    const auto loss = [&](const Outcome *r) { return squares ? (r->predicted - r->truth) * (r->predicted - r->truth) : std::abs(r->predicted - r->truth); };
    double mean = 0, spread = 0;
    for (const Outcome *row : rows)
        mean += loss(row) / n;
    for (const Outcome *row : rows)
        spread += (loss(row) - mean) * (loss(row) - mean) / (n - 1);
    const double half = 1.959963984540054 * std::sqrt(spread / n), low = std::max(0.0, mean - half);
    return squares ? MetricReading{std::sqrt(mean), std::sqrt(low), std::sqrt(mean + half)} : MetricReading{mean, low, mean + half};
}

QString intervalText(const AccuracyOptions &options) {
    if (options.metric == Q("accuracy"))
        return QStringLiteral("95 %, Wilson");
    if (options.metric == Q("mae") || options.metric == Q("rmse"))
        return QStringLiteral("95 %, normal, of the mean loss");
    return QStringLiteral("95 %, percentile bootstrap, %1 rounds, seed %2").arg(options.rounds).arg(options.seed);
}

Result<MetricReading> reading(const std::vector<const Outcome *> &rows, const Outcomes &outcomes, const AccuracyOptions &options) {
    if (rows.size() < std::max(options.minimumRows, metrics::leastRows))
        return MetricReading{nan, nan, nan};
    if (options.metric == Q("accuracy"))
        return wilsonShare(double(std::count_if(rows.begin(), rows.end(), [](const Outcome *r) { return r->truth == r->predicted; })), double(rows.size()));
    if (options.metric == Q("mae") || options.metric == Q("rmse"))
        return meanReading(rows, options.metric == Q("rmse"));
    const metrics::Scored scored = scoredOf(rows, std::size_t(std::max(outcomes.classes.size(), outcomes.classes.isEmpty() ? qsizetype(0) : qsizetype(2))));
    PH_ASSIGN(const auto intervals, metrics::bootstrapIntervals({options.metric}, scored, metrics::resamplingFor(rows.size(), 0, options.rounds, options.seed)));
    return MetricReading{intervals.front().value, intervals.front().low, intervals.front().high};
}

Result<AccuracyOptions> checked(const Outcomes &outcomes, AccuracyOptions options) {
    const bool classes = !outcomes.classes.isEmpty();
    if (options.metric.isEmpty())
        options.metric = classes ? QStringLiteral("accuracy") : QStringLiteral("mae");
    QStringList known = metrics::metricNames(classes ? std::size_t(std::max(qsizetype(2), outcomes.classes.size())) : 0);
    for (const char *scores : {"log_loss", "roc_auc", "average_precision", "brier", "ece"})
        known.removeAll(QLatin1String(scores));
    if (!known.contains(options.metric))
        return invalid(QStringLiteral("The prediction log does not tell “%1”.").arg(options.metric), {}, QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
    return options;
}

} // namespace

MetricReading wilsonShare(double hits, double rows) {
    if (rows <= 0)
        return {nan, nan, nan};
    constexpr double z = 1.959963984540054;
    const double p = hits / rows, scale = 1 + z * z / rows, centre = (p + z * z / (2 * rows)) / scale;
    const double half = z / scale * std::sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows));
    return {p, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

std::vector<Outcome> newestLabels(std::vector<Outcome> rows) {
    const auto order = [](const Outcome &o) { return std::tuple(o.predictedMs, o.request, o.row, !o.labelled, -o.labelledMs, -o.truth, o.version, o.predicted); };
    std::sort(rows.begin(), rows.end(), [&](const Outcome &a, const Outcome &b) { return order(a) < order(b); });
    const auto same = [](const Outcome &a, const Outcome &b) { return a.request == b.request && a.row == b.row; };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
    return rows;
}

Result<AccuracySeries> accuracySeries(const Outcomes &outcomes, const AccuracyOptions &wanted) {
    PH_ASSIGN(const AccuracyOptions options, checked(outcomes, wanted));
    const std::vector<Outcome> rows = newestLabels(outcomes.rows);
    AccuracySeries series;
    series.metric = options.metric;
    series.largerIsBetter = !outcomes.classes.isEmpty() || options.metric == Q("r2") || options.metric == Q("explained_variance"); // every metric of classes that needs no probabilities is
    series.interval = intervalText(options);
    std::vector<std::vector<const Outcome *>> labelled; // of each bucket
    std::set<int> versions;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Outcome &row = rows[i];
        if (series.buckets.empty() || !series.buckets.back().span.has(row.predictedMs)) {
            AccuracyBucket bucket;
            bucket.span = calendarSpan(row.predictedMs, options.step, options.zone);
            bucket.incomplete = options.nowMs < bucket.span.to;
            series.buckets.push_back(bucket);
            labelled.emplace_back();
            versions.clear();
        }
        AccuracyBucket &bucket = series.buckets.back();
        ++bucket.predictions;
        if (versions.insert(row.version).second)
            bucket.versions.assign(versions.begin(), versions.end());
        if (row.labelled && std::isfinite(row.truth) && std::isfinite(row.predicted)) {
            ++bucket.labelled;
            labelled.back().push_back(&row);
        }
    }
    for (std::size_t i = 0; i < series.buckets.size(); ++i) {
        AccuracyBucket &bucket = series.buckets[i];
        bucket.tooFew = std::size_t(bucket.labelled) < std::max(options.minimumRows, metrics::leastRows);
        PH_ASSIGN(bucket.own, reading(labelled[i], outcomes, options));
        // The beginning of the oldest stretch that counts: steps of the calendar, not stretches that have rows.
        qint64 since = bucket.span.from;
        for (int back = 1; back < options.rolling; ++back)
            since = calendarSpan(since - 1, options.step, options.zone).from;
        std::vector<const Outcome *> window;
        std::size_t first = i + 1;
        while (first > 0 && series.buckets[first - 1].span.from >= since)
            --first;
        for (std::size_t k = first; k <= i; ++k)
            window.insert(window.end(), labelled[k].begin(), labelled[k].end());
        PH_ASSIGN(bucket.rolling, reading(window, outcomes, options));
    }
    return series;
}

Result<std::map<QString, AccuracySeries>> accuracySlices(const Outcomes &outcomes, const std::map<std::pair<qint64, int>, QString> &groups, const AccuracyOptions &options) {
    std::map<QString, Outcomes> parts;
    for (const Outcome &row : outcomes.rows)
        if (const auto group = groups.find({row.request, row.row}); group != groups.end()) {
            Outcomes &part = parts[group->second];
            part.classes = outcomes.classes;
            part.rows.push_back(row);
        }
    std::map<QString, AccuracySeries> out;
    for (const auto &[name, part] : parts) {
        PH_ASSIGN(AccuracySeries series, accuracySeries(part, options));
        out.emplace(name, std::move(series));
    }
    return out;
}

QJsonObject AccuracySeries::toJson(const AccuracyOptions &options) const {
    const auto three = [](const MetricReading &r) { return QJsonObject{{Q("value"), jsonNumber(r.value)}, {Q("low"), jsonNumber(r.low)}, {Q("high"), jsonNumber(r.high)}}; };
    QJsonArray list;
    for (const AccuracyBucket &b : buckets) {
        QJsonObject one = three(b.own);
        QJsonArray answered;
        for (const int version : b.versions)
            answered.append(version);
        one.insert(Q("name"), calendarSpanName(b.span, options.step, options.zone));
        one.insert(Q("from"), utcText(b.span.from));
        one.insert(Q("to"), utcText(b.span.to));
        one.insert(Q("predictions"), b.predictions);
        one.insert(Q("labelled"), b.labelled);
        one.insert(Q("labelled_share"), b.labelledShare());
        one.insert(Q("rolling"), three(b.rolling));
        one.insert(Q("too_few"), b.tooFew);
        one.insert(Q("incomplete"), b.incomplete);
        one.insert(Q("versions"), answered);
        list.append(one);
    }
    return {{Q("metric"), metric}, {Q("interval"), interval}, {Q("larger_is_better"), largerIsBetter}, {Q("buckets"), list}};
}

} // namespace pilothouse::serving
