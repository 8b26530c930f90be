// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/learn/evaluation.h"

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

QJsonObject rangeJson(double low, double high) { return {{Q("low"), jsonNumber(low)}, {Q("high"), jsonNumber(high)}}; }

QJsonObject valueJson(double value, const metrics::Interval &range) {
    return {{Q("value"), jsonNumber(value)}, {Q("low"), jsonNumber(range.low)}, {Q("high"), jsonNumber(range.high)}};
}

QJsonArray classesJson(const Evaluation &e) {
    QJsonArray out;
    for (std::size_t c = 0; c < e.classFigures.size(); ++c) {
        const metrics::ClassFigures &f = e.classFigures[c];
        out.append(QJsonObject{{Q("class"), e.classes[qsizetype(c)]}, {Q("support"), qint64(f.support)}, {Q("predicted"), qint64(f.predicted)},
                               {Q("precision"), valueJson(f.precision, f.ofPrecision)}, {Q("recall"), valueJson(f.recall, f.ofRecall)}, {Q("f1"), valueJson(f.f1, f.ofF1)}});
    }
    return out;
}

QJsonValue slicesJson(const std::optional<SliceReport> &report) {
    if (!report)
        return {};
    QJsonArray slices, changes;
    for (const metrics::Slice &s : report->slices)
        slices.append(metrics::toJson(s));
    for (const metrics::PairedSlice &s : report->changes)
        changes.append(metrics::toJson(s));
    return QJsonObject{{Q("by"), report->by}, {Q("metric"), report->metric}, {Q("minimum_rows"), qint64(metrics::sliceRows)}, {Q("without_value"), qint64(report->withoutValue)},
                       {Q("correction"), QStringLiteral("Benjamini-Hochberg")}, {Q("bootstrap"), report->bootstrap.toJson()}, {Q("slices"), slices}, {Q("changes"), changes}};
}

QJsonObject changeJson(const metrics::PairedInterval &c) {
    return {{Q("metric"), c.metric}, {Q("against"), jsonNumber(c.a)}, {Q("model"), jsonNumber(c.b)}, {Q("change"), jsonNumber(c.change)}, {Q("low"), jsonNumber(c.low)}, {Q("high"), jsonNumber(c.high)}};
}

QJsonArray targetsJson(const Evaluation &e) {
    QJsonArray out;
    for (const TargetEvaluation &target : e.targets) {
        QJsonObject values, ranges;
        QJsonArray changes;
        for (const metrics::MetricInterval &i : target.intervals) {
            values.insert(i.metric, jsonNumber(i.value));
            ranges.insert(i.metric, rangeJson(i.low, i.high));
        }
        for (const metrics::PairedInterval &c : target.changes)
            changes.append(changeJson(c));
        out.append(QJsonObject{{Q("target"), target.target}, {Q("metrics"), values}, {Q("intervals"), ranges}, {Q("changes"), changes}});
    }
    return out;
}

QJsonValue againstJson(const Evaluation &e) {
    if (!e.against)
        return {};
    QJsonArray list;
    QJsonObject ranges;
    QString disagreement;
    for (const metrics::PairedInterval &c : e.changes) {
        ranges.insert(c.metric, rangeJson(c.ofA.low, c.ofA.high));
        list.append(changeJson(c));
        if (c.metric == e.metric)
            disagreement = metrics::disagreement(c, workspace::largerIsBetter(c.metric), *e.test);
    }
    return QJsonObject{{Q("metrics"), metrics::toJson(*e.against)}, {Q("intervals"), ranges}, {Q("changes"), list}, {Q("disagreement"), disagreement}, {Q("sentence"), e.sentence},
                       {Q("unknown_categories"), unknownJson(e.unknownToOther)},
                       {Q("test"), QJsonObject{{Q("name"), e.test->name}, {Q("loss"), e.test->loss}, {Q("p"), e.test->p}, {Q("mean_difference"), e.test->meanDifference}}}};
}

} // namespace

QJsonObject Evaluation::toJson() const {
    QJsonObject ranges;
    for (const metrics::MetricInterval &i : intervals)
        ranges.insert(i.metric, rangeJson(i.low, i.high));
    QJsonArray counts, curves;
    for (const std::vector<double> &row : confusion)
        counts.append(jsonNumbers(row));
    for (const ClassCalibration &c : calibration)
        curves.append(QJsonObject{{Q("class"), c.name}, {Q("equal_width"), metrics::toJson(c.equalWidth)}, {Q("quantile"), metrics::toJson(c.quantile)}});
    QJsonObject object{{Q("rows"), qint64(rows)}, {Q("excluded"), qint64(excluded)}, {Q("metrics"), metrics::toJson(values)}, {Q("intervals"), ranges}, {Q("metric"), metric},
            {Q("classes"), classesJson(*this)}, {Q("confusion"), QJsonObject{{Q("classes"), QJsonArray::fromStringList(classes)}, {Q("counts"), counts}}},
            {Q("calibration"), curves}, {Q("slices"), slicesJson(slices)}, {Q("against"), againstJson(*this)}, {Q("bootstrap"), bootstrap.toJson()},
            {Q("notes"), QJsonArray::fromStringList(notes)}, {Q("unknown_categories"), unknownJson(unknown)}};
    if (!targets.empty())
        object.insert(Q("targets"), targetsJson(*this));
    return object;
}

} // namespace pilothouse::learn
