// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/argo_analysis.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/cluster/argo_rollout.h"
#include "core/cluster/kube_object.h"
#include "core/telemetry/prometheus.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

QDateTime timeOf(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODate).toUTC(); }

/// A count that is written as a number or as text (intstr).
int countOf(const QJsonValue &value, int otherwise) { return value.isDouble() ? value.toInt() : value.isString() ? value.toString().toInt() : otherwise; }

ArgoMeasurement measurementOf(const QJsonObject &o) {
    ArgoMeasurement m;
    m.phase = o.value(Q("phase")).toString();
    m.text = o.value(Q("value")).toString();
    m.message = o.value(Q("message")).toString();
    m.values = argoNumbers(m.text);
    m.started = timeOf(o.value(Q("startedAt")));
    m.finished = timeOf(o.value(Q("finishedAt")));
    return m;
}

ArgoMetric metricOf(const QJsonObject &spec, const QJsonObject &result) {
    ArgoMetric m;
    m.name = (spec.isEmpty() ? result : spec).value(Q("name")).toString();
    const QJsonObject provider = spec.value(Q("provider")).toObject();
    m.provider = provider.isEmpty() ? QString() : provider.keys().first();
    m.successCondition = spec.value(Q("successCondition")).toString();
    m.failureCondition = spec.value(Q("failureCondition")).toString();
    m.bounds = argoBounds(m.successCondition, true);
    for (const ArgoBound &bound : argoBounds(m.failureCondition, false))
        m.bounds.push_back(bound);
    m.count = countOf(spec.value(Q("count")), 0);
    m.failureLimit = countOf(spec.value(Q("failureLimit")), 0);
    m.inconclusiveLimit = countOf(spec.value(Q("inconclusiveLimit")), 0);
    m.consecutiveErrorLimit = countOf(spec.value(Q("consecutiveErrorLimit")), 4);
    m.interval = spec.value(Q("interval")).toString();
    m.phase = result.value(Q("phase")).toString();
    m.message = result.value(Q("message")).toString();
    m.successful = result.value(Q("successful")).toInt();
    m.failed = result.value(Q("failed")).toInt();
    m.inconclusive = result.value(Q("inconclusive")).toInt();
    m.errors = result.value(Q("error")).toInt();
    m.dryRun = result.value(Q("dryRun")).toBool();
    for (const QJsonValue &one : result.value(Q("measurements")).toArray())
        m.measurements.push_back(measurementOf(one.toObject()));
    return m;
}

} // namespace

std::vector<double> argoNumbers(const QString &text) {
    QString inner = text.trimmed();
    if (inner.startsWith(QLatin1Char('[')) && inner.endsWith(QLatin1Char(']')))
        inner = inner.mid(1, inner.size() - 2);
    std::vector<double> out;
    for (const QString &part : inner.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const auto number = telemetry::prometheusNumber(part.trimmed());
        if (!number)
            return {};
        out.push_back(*number);
    }
    return out;
}

std::vector<ArgoBound> argoBounds(const QString &condition, bool success) {
    static const QString number = QStringLiteral("([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)");
    static const QString result = QStringLiteral("result(?:\\[(\\d+)\\])?(?![\\w.\\[(])");
    static const QRegularExpression left(result + QStringLiteral("\\s*(>=|<=|==|!=|>|<)\\s*") + number);
    static const QRegularExpression right(number + QStringLiteral("\\s*(>=|<=|==|!=|>|<)\\s*") + result);
    std::vector<ArgoBound> out;
    for (auto it = left.globalMatch(condition); it.hasNext();) {
        const auto m = it.next();
        out.push_back({success, m.captured(2), m.captured(3).toDouble(), m.captured(1).toInt()});
    }
    for (auto it = right.globalMatch(condition); it.hasNext();) {
        const auto m = it.next();
        QString comparison = m.captured(2);
        if (comparison.startsWith(QLatin1Char('<')) || comparison.startsWith(QLatin1Char('>')))
            comparison.replace(0, 1, comparison.startsWith(QLatin1Char('<')) ? QLatin1Char('>') : QLatin1Char('<'));
        out.push_back({success, comparison, m.captured(1).toDouble(), m.captured(3).toInt()});
    }
    return out;
}

ArgoAnalysis argoAnalysis(const QJsonObject &run) {
    const QJsonObject spec = run.value(Q("spec")).toObject(), status = run.value(Q("status")).toObject(), metadata = run.value(Q("metadata")).toObject();
    ArgoAnalysis out;
    out.name = metadataText(run, "name");
    out.uid = metadataText(run, "uid");
    out.phase = status.value(Q("phase")).toString();
    out.message = status.value(Q("message")).toString();
    out.revision = annotation(run, argoRevisionAnnotation).toInt();
    out.created = timeOf(metadata.value(Q("creationTimestamp")));
    out.started = timeOf(status.value(Q("startedAt")));
    for (const QJsonValue &owner : metadata.value(Q("ownerReferences")).toArray())
        if (owner.toObject().value(Q("controller")).toBool() || out.owner.isEmpty())
            out.owner = owner.toObject().value(Q("name")).toString();
    QHash<QString, QJsonObject> results;
    for (const QJsonValue &result : status.value(Q("metricResults")).toArray())
        results.insert(result.toObject().value(Q("name")).toString(), result.toObject());
    for (const QJsonValue &metric : spec.value(Q("metrics")).toArray())
        out.metrics.push_back(metricOf(metric.toObject(), results.take(metric.toObject().value(Q("name")).toString())));
    for (const QJsonObject &left : std::as_const(results)) // a metric whose template has gone
        out.metrics.push_back(metricOf({}, left));
    return out;
}

std::vector<ArgoAnalysis> argoAnalyses(const QJsonObject &owner, const std::vector<QJsonObject> &runs) {
    const QString uid = metadataText(owner, "uid");
    std::vector<ArgoAnalysis> out;
    for (const QJsonObject &run : runs)
        for (const QJsonValue &reference : run.value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray())
            if (!uid.isEmpty() && reference.toObject().value(Q("uid")).toString() == uid) {
                out.push_back(argoAnalysis(run));
                break;
            }
    std::stable_sort(out.begin(), out.end(), [](const ArgoAnalysis &a, const ArgoAnalysis &b) {
        if (a.revision != b.revision)
            return a.revision > b.revision;
        return a.created != b.created ? a.created > b.created : a.name > b.name;
    });
    return out;
}

QString argoAnalysisSentence(const ArgoAnalysis &run) {
    if (run.running() || run.phase == Q("Successful"))
        return {};
    for (const ArgoMetric &m : run.metrics) {
        if (m.phase.isEmpty() || m.phase == Q("Successful") || m.phase == Q("Running") || m.dryRun)
            continue;
        const QString last = m.measurements.empty() ? QStringLiteral("no measurement") : m.measurements.back().text.isEmpty() ? m.measurements.back().message : m.measurements.back().text;
        const QString rule = !m.successCondition.isEmpty() ? m.successCondition : m.failureCondition.isEmpty() ? QString() : QStringLiteral("fails at ") + m.failureCondition;
        QString text = QStringLiteral("%1: %2 %3").arg(m.name, last, m.phase);
        if (!rule.isEmpty())
            text += QStringLiteral(" (%1)").arg(rule);
        if (m.phase == Q("Failed"))
            text += QStringLiteral(", failed %1 times, allowed %2").arg(m.failed).arg(m.failureLimit);
        else if (m.phase == Q("Inconclusive"))
            text += QStringLiteral(", inconclusive %1 times, allowed %2").arg(m.inconclusive).arg(m.inconclusiveLimit);
        else if (m.phase == Q("Error"))
            text += QStringLiteral(", errors in a row allowed %1").arg(m.consecutiveErrorLimit);
        return text;
    }
    return run.message.isEmpty() ? run.phase : run.message;
}

QJsonObject toJson(const ArgoAnalysis &run) {
    const auto time = [](const QDateTime &t) { return t.isValid() ? QJsonValue(isoUtc(t)) : QJsonValue(); };
    QJsonArray metrics;
    for (const ArgoMetric &m : run.metrics) {
        QJsonArray measurements, bounds;
        for (const ArgoMeasurement &one : m.measurements)
            measurements.append(QJsonObject{{Q("phase"), one.phase}, {Q("value"), one.text}, {Q("values"), jsonNumbers(one.values)}, {Q("started"), time(one.started)},
                                            {Q("finished"), time(one.finished)}, {Q("message"), one.message}});
        for (const ArgoBound &b : m.bounds)
            bounds.append(QJsonObject{{Q("success"), b.success}, {Q("comparison"), b.comparison}, {Q("value"), b.value}, {Q("index"), b.index}});
        metrics.append(QJsonObject{{Q("name"), m.name}, {Q("provider"), m.provider}, {Q("phase"), m.phase}, {Q("message"), m.message}, {Q("success_condition"), m.successCondition},
                                   {Q("failure_condition"), m.failureCondition}, {Q("bounds"), bounds}, {Q("measurements"), measurements}, {Q("count"), m.count},
                                   {Q("failure_limit"), m.failureLimit}, {Q("successful"), m.successful}, {Q("failed"), m.failed}, {Q("inconclusive"), m.inconclusive},
                                   {Q("error"), m.errors}, {Q("interval"), m.interval}, {Q("dry_run"), m.dryRun}});
    }
    return {{Q("name"), run.name}, {Q("phase"), run.phase}, {Q("message"), run.message}, {Q("revision"), run.revision}, {Q("owner"), run.owner}, {Q("created"), time(run.created)},
            {Q("started"), time(run.started)}, {Q("verdict"), argoAnalysisSentence(run)}, {Q("metrics"), metrics}};
}

} // namespace pilothouse::cluster
