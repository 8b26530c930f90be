// SPDX-License-Identifier: GPL-3.0-or-later
// Names of metrics: cAdvisor "Prometheus container metrics" (container_*), Kubernetes "Node metrics data" (kubelet_volume_stats_*), kube-state-metrics "Pod metrics" (kube_pod_spec_volumes_*).
#include "core/fleet/capacity.h"

#include "core/base/calendar_span.h"
#include "core/fleet/clusters.h"
#include "core/fleet/workload_metrics_internal.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

using Q = QLatin1String;
using Points = std::vector<std::pair<QDateTime, double>>;
using Series = Capacity::Series;
using State = Capacity::State;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Capacity)
};

constexpr int mostPoints = 11000, usualPoints = 300, shortestRate = 300;
constexpr qint64 mostSeconds = 366LL * 86400;
const QString claims = QStringLiteral("kube_pod_spec_volumes_persistentvolumeclaims_info");

Result<bool> hasMetric(const Asked &asked, const QString &metric, std::stop_token token) {
    PH_ASSIGN(const auto found, asked.prometheus->query(QStringLiteral("count(%1)").arg(metric), asked.to, token));
    return !found.samples.empty();
}

/// One series of a query of one curve. A query that is refused is the series' own trouble, no answer at all is the caller's.
Result<Series> readSeries(const Asked &asked, const QStringList &metrics, const QString &query, std::stop_token token) {
    Series out;
    out.metric = metrics.front();
    out.stepSeconds = asked.step;
    const auto seen = asked.range(query, token);
    if (!seen && seen.error().kind != ErrorKind::Invalid)
        return seen.error();
    if (!seen) {
        out.state = State::Failed;
        out.why = seen.error().text();
        return out;
    }
    if (!seen->empty())
        out.points = withGaps(seen->front().points, asked.step);
    if (!out.points.empty()) {
        out.state = State::Known;
        return out;
    }
    for (const QString &metric : metrics) {
        PH_ASSIGN(const bool has, hasMetric(asked, metric, token));
        if (has)
            continue;
        out.state = State::NoMetric;
        out.why = metric == claims ? Text::tr("%1 has no %2: have it scrape kube-state-metrics.").arg(asked.prometheus->url(), metric)
                                   : Text::tr("%1 has no %2: have it scrape the kubelets (job kubelet, with /metrics/cadvisor).").arg(asked.prometheus->url(), metric);
        return out;
    }
    out.why = Text::tr("%1 has %2, but not of pods %3 in %4 in this time.").arg(asked.prometheus->url(), out.metric, asked.pattern, asked.inSpace);
    return out;
}

Result<Series> readPredictions(const Asked &asked, const std::vector<MetricFamily> &families, const QTimeZone &zone, std::stop_token token) {
    Series out;
    out.stepSeconds = 86400;
    const auto family = familyOf(asked, families, token);
    if (!family && family.error().kind != ErrorKind::Invalid)
        return family.error();
    if (!family) {
        out.state = State::Failed;
        out.why = family.error().text();
        return out;
    }
    if (!*family) {
        QStringList names;
        for (const MetricFamily &one : families)
            names << one.requests;
        out.metric = names.join(QStringLiteral(", "));
        PH_ASSIGN(const bool has, hasMetric(asked, QStringLiteral("{__name__=~\"%1\"}").arg(names.join(QLatin1Char('|'))), token));
        out.state = has ? State::NoData : State::NoMetric;
        out.why = has ? Text::tr("%1 counts requests, but none of pods %2 in %3.").arg(asked.prometheus->url(), asked.pattern, asked.inSpace)
                      : Text::tr("%1 has no counter of requests (looked for %2): have the pods scraped, or name it at the connection, `requests_metric: …`.").arg(asked.prometheus->url(), out.metric);
        return out;
    }
    out.metric = (*family)->requests;
    Points points;
    for (const DayBlock &block : dayBlocks(asked.from, asked.to, zone)) {
        const QString query = QStringLiteral("sum(increase(%1%2[%3s]))").arg(out.metric, asked.selector((*family)->more)).arg(block.daySeconds);
        const auto seen = asked.prometheus->range(query, block.firstEnd, block.lastEnd, 86400, token);
        if (!seen && seen.error().kind != ErrorKind::Invalid)
            return seen.error();
        if (!seen) {
            out.state = State::Failed;
            out.why = seen.error().text();
            return out;
        }
        if (!seen->empty())
            for (const auto &[end, value] : seen->front().points)
                points.emplace_back(end.addSecs(-block.daySeconds), value);
    }
    out.points = withGaps(points, 86400 + 3600); // a day of 25 hours is no gap
    out.state = out.points.empty() ? State::NoData : State::Known;
    if (out.points.empty())
        out.why = Text::tr("%1 has %2, but not of pods %3 in %4 in this time.").arg(asked.prometheus->url(), out.metric, asked.pattern, asked.inSpace);
    return out;
}

QString stateName(State state) {
    switch (state) {
    case State::Known: return QStringLiteral("known");
    case State::NoData: return QStringLiteral("no_data");
    case State::NoMetric: return QStringLiteral("no_metric");
    case State::Failed: break;
    }
    return QStringLiteral("failed");
}

QJsonObject jsonOf(const Series &series, const char *name, const char *unit) {
    QJsonArray points;
    for (const auto &[when, value] : series.points)
        points.append(QJsonArray{isoUtc(when), std::isfinite(value) ? QJsonValue(value) : QJsonValue()});
    return {{Q("name"), Q(name)}, {Q("unit"), Q(unit)}, {Q("metric"), series.metric}, {Q("state"), stateName(series.state)}, {Q("why"), series.why}, {Q("step_seconds"), series.stepSeconds}, {Q("points"), points}};
}

} // namespace

int capacityStep(const QDateTime &from, const QDateTime &to, int wanted) {
    const qint64 seconds = std::max<qint64>(1, from.secsTo(to));
    const qint64 least = (seconds + mostPoints - 2) / (mostPoints - 1); // both ends are points
    const qint64 usual = (seconds / usualPoints + 59) / 60 * 60;
    return int(std::max({least, wanted > 0 ? qint64(wanted) : usual, qint64(1)}));
}

Points withGaps(const Points &points, int stepSeconds) {
    Points out;
    for (const auto &[when, value] : points) {
        if (!std::isfinite(value))
            continue;
        if (!out.empty() && out.back().first.msecsTo(when) > stepSeconds * 1500LL)
            out.emplace_back(out.back().first.addSecs(stepSeconds), std::numeric_limits<double>::quiet_NaN());
        out.emplace_back(when, value);
    }
    return out;
}

std::vector<DayBlock> dayBlocks(const QDateTime &from, const QDateTime &to, const QTimeZone &zone) {
    std::vector<DayBlock> out;
    const qint64 last = to.toMSecsSinceEpoch();
    for (CalendarSpan day = calendarSpan(from.toMSecsSinceEpoch(), CalendarStep::Day, zone); day.from < last; day = calendarSpan(day.to, CalendarStep::Day, zone)) {
        const qint64 endMs = std::min(day.to, last);
        const int seconds = int((endMs - day.from) / 1000);
        if (seconds <= 0)
            break;
        const QDateTime end = QDateTime::fromMSecsSinceEpoch(day.from + seconds * 1000LL, Qt::UTC);
        if (!out.empty() && out.back().daySeconds == seconds && out.back().lastEnd.secsTo(end) == 86400)
            out.back().lastEnd = end;
        else
            out.push_back({end, end, seconds});
    }
    return out;
}

QJsonObject Capacity::toJson() const {
    return {{Q("source"), source}, {Q("zone"), zone}, {Q("from"), isoUtc(from)}, {Q("to"), isoUtc(to)},
            {Q("series"), QJsonArray{jsonOf(cpu, "cpu", "cores"), jsonOf(memory, "memory", "bytes"), jsonOf(diskUsed, "disk_used", "bytes"), jsonOf(diskSize, "disk_size", "bytes"), jsonOf(predictions, "predictions", "1/day")}}};
}

Result<Capacity> readCapacity(const Services &services, const CapacityQuestion &question, std::stop_token token) {
    if (const qint64 seconds = question.from.secsTo(question.to); seconds <= 0 || seconds > mostSeconds)
        return invalid(Text::tr("That is no stretch of time of at most 366 days."), {}, Text::tr("Ask for less, as in --since 30d."));
    const workspace::Model *model = question.model;
    if (!model) {
        const auto api = services.clusters->of(question.connection);
        model = modelOfWorkload(services, question.connection, question.ref, api ? (*api)->space() : QString());
    }
    QString missing;
    const QString name = prometheusFor(services, model, missing);
    if (name.isEmpty())
        return notFound(missing, services.workspace.file);
    Asked asked;
    asked.prometheus = prometheusOf(services, name);
    asked.pattern = podPattern(question.ref);
    asked.inSpace = question.ref.space;
    asked.from = question.from;
    asked.to = question.to;
    asked.step = capacityStep(question.from, question.to, question.stepSeconds);
    Capacity out;
    out.source = QStringLiteral("Prometheus ") + asked.prometheus->url();
    out.zone = services.workspace.zone;
    out.from = question.from;
    out.to = question.to;
    const QString containers = asked.selector(QStringLiteral("container!=\"\",container!=\"POD\"")); // without the sums of cgroups above them
    const QString cpu = QStringLiteral("container_cpu_usage_seconds_total"), memory = QStringLiteral("container_memory_working_set_bytes");
    PH_ASSIGN(out.cpu, readSeries(asked, {cpu}, QStringLiteral("sum(rate(%1%2[%3s]))").arg(cpu, containers).arg(std::max(shortestRate, asked.step)), token));
    PH_ASSIGN(out.memory, readSeries(asked, {memory}, QStringLiteral("sum(%1%2)").arg(memory, containers), token));
    const auto volumes = [&](const QString &metric) { // a volume that several nodes have mounted is told by each of them
        const QString by = QStringLiteral("namespace,persistentvolumeclaim");
        return readSeries(asked, {metric, claims}, QStringLiteral("sum(max by (%1) (%2{namespace=\"%3\"}) * on (%1) max by (%1) (%4%5))").arg(by, metric, asked.inSpace, claims, asked.selector({})), token);
    };
    PH_ASSIGN(out.diskUsed, volumes(QStringLiteral("kubelet_volume_stats_used_bytes")));
    PH_ASSIGN(out.diskSize, volumes(QStringLiteral("kubelet_volume_stats_capacity_bytes")));
    const QMap<QString, QString> settings = services.workspace.connections.value(name).other;
    asked.pod = settings.value(QStringLiteral("pod_label"), asked.pod);
    asked.space = settings.value(QStringLiteral("namespace_label"), asked.space);
    PH_ASSIGN(out.predictions, readPredictions(asked, metricFamilies(settings), QTimeZone(services.workspace.zone.toUtf8()), token));
    if (token.stop_requested())
        return cancelled();
    return out;
}

} // namespace pilothouse::fleet
