// SPDX-License-Identifier: GPL-3.0-or-later
// Names of metrics: README.md (pilothouse_*), prometheus-fastapi-instrumentator (http_*), starlette_exporter, istio.io "Istio Standard Metrics", knative.dev "Service metrics",
// KServe's Python server (request_predict_seconds).
#include "core/fleet/workload_metrics.h"

#include "core/cluster/argo_rollout.h"
#include "core/fleet/clusters.h"
#include "core/fleet/workload_metrics_internal.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WorkloadMetrics)
};

constexpr int windowSeconds = 3600, stepSeconds = 30;

/// Names of revisions by what stands in the pods' names, and when they began.
struct Revisions {
    QMap<QString, QString> names; ///< by hash
    std::vector<std::pair<QDateTime, QString>> began; ///< by hash, oldest first
    QString newest;               ///< hash
};
Revisions revisionsOf(const Services &services, const QString &connection, const cluster::KubeRef &ref, std::stop_token token) {
    Revisions out;
    const auto api = services.clusters->of(connection);
    if (!api || (ref.kind != cluster::kinds::Deployment && ref.kind != cluster::kinds::Rollout))
        return out;
    const auto sets = (*api)->list(cluster::kinds::ReplicaSet, ref.space, {}, token);
    if (!sets)
        return out; // the hash is a name, too
    int newest = -1;
    for (const QJsonObject &set : *sets) {
        const QJsonArray owners = set.value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray();
        if (!std::any_of(owners.begin(), owners.end(), [&](const QJsonValue &o) { return o.toObject().value(Q("name")).toString() == ref.name && o.toObject().value(Q("kind")).toString() == ref.kind.kind; }))
            continue;
        const bool argo = ref.kind == cluster::kinds::Rollout;
        const QString hash = cluster::label(set, argo ? cluster::argoHashLabel : QStringLiteral("pod-template-hash"));
        const int number = cluster::annotation(set, argo ? cluster::argoRevisionAnnotation : QStringLiteral("deployment.kubernetes.io/revision")).toInt();
        if (hash.isEmpty())
            continue;
        out.names.insert(hash, number > 0 ? Text::tr("revision %1").arg(number) : hash);
        out.began.emplace_back(QDateTime::fromString(set.value(Q("metadata")).toObject().value(Q("creationTimestamp")).toString(), Qt::ISODate).toUTC(), hash);
        if (number > newest) {
            newest = number;
            out.newest = hash;
        }
    }
    std::sort(out.began.begin(), out.began.end());
    return out;
}

std::vector<WorkloadMetrics::Curve> curvesOf(const std::vector<telemetry::PrometheusSeries> &series, const Revisions &revisions, const QString &besides = {}) {
    std::vector<WorkloadMetrics::Curve> out;
    for (const telemetry::PrometheusSeries &one : series) {
        const QString hash = one.labels.value(QStringLiteral("pilothouse_revision"));
        WorkloadMetrics::Curve curve;
        curve.name = hash.isEmpty() ? Text::tr("all pods") : revisions.names.value(hash, hash);
        if (!besides.isEmpty())
            curve.name += QStringLiteral(": ") + one.labels.value(besides);
        curve.newest = !hash.isEmpty() && hash == revisions.newest;
        curve.points = one.points;
        out.push_back(std::move(curve));
    }
    std::sort(out.begin(), out.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return out;
}

Result<void> readFamily(const Asked &asked, const MetricFamily &family, const Revisions &revisions, WorkloadMetrics &out, std::stop_token token) {
    const QString requests = QStringLiteral("sum by (pilothouse_revision) (%1)").arg(asked.rate(family.requests, family.more));
    PH_ASSIGN(const auto seen, asked.range(requests, token));
    out.requests = curvesOf(seen, revisions);
    if (!family.statusLabel.isEmpty()) {
        const QString matchers = (family.more.isEmpty() ? QString() : family.more + QLatin1Char(',')) + family.statusLabel + QStringLiteral("=~\"5.*\"");
        const QString failed = QStringLiteral("sum by (pilothouse_revision) (%1)").arg(asked.rate(family.requests, matchers));
        PH_ASSIGN(const auto errors, asked.range(QStringLiteral("100 * (%1 or 0 * %2) / %2").arg(failed, requests), token));
        out.errors = curvesOf(errors, revisions);
    }
    if (!family.latency.isEmpty()) {
        PH_ASSIGN(const auto times, asked.range(QStringLiteral("%1 * histogram_quantile(0.95, sum by (pilothouse_revision, le) (%2))").arg(family.toMs).arg(asked.rate(family.latency + QStringLiteral("_bucket"), family.more)), token));
        out.latency = curvesOf(times, revisions);
    }
    double all = 0;
    QMap<QString, double> newest;
    for (const WorkloadMetrics::Curve &curve : out.requests)
        if (!curve.points.empty() && std::isfinite(curve.points.back().second) && curve.points.back().first.secsTo(asked.to) <= 2 * stepSeconds) {
            newest[curve.name] += curve.points.back().second;
            all += curve.points.back().second;
        }
    if (all > 0)
        for (auto it = newest.begin(); it != newest.end(); ++it)
            out.shares.insert(it.key(), it.value() / all);
    return {};
}

/// Classes that were predicted, where the connection names the counter of them.
Result<void> readMix(const Asked &asked, const QMap<QString, QString> &settings, const Revisions &revisions, WorkloadMetrics &out, std::stop_token token) {
    const QString metric = settings.value(QStringLiteral("predictions_metric")), by = settings.value(QStringLiteral("prediction_label"), QStringLiteral("prediction"));
    if (metric.isEmpty())
        return {};
    const QString counted = asked.rate(metric, {});
    PH_ASSIGN(const auto mix, asked.range(QStringLiteral("100 * sum by (pilothouse_revision, %1) (%2) / on (pilothouse_revision) group_left () sum by (pilothouse_revision) (%2)").arg(by, counted), token));
    out.mix = curvesOf(mix, revisions, by);
    if (!out.mix.empty()) {
        out.mixIs = WorkloadMetrics::Mix::Share;
        out.mixSource = QStringLiteral("Prometheus ") + asked.prometheus->url();
    }
    return {};
}

Result<void> readPrometheus(const Services &services, const QString &name, const QString &connection, const cluster::KubeRef &ref, WorkloadMetrics &out, std::stop_token token) {
    const QMap<QString, QString> settings = services.workspace.connections.value(name).other;
    Asked asked{prometheusOf(services, name), settings.value(QStringLiteral("pod_label"), QStringLiteral("pod")), settings.value(QStringLiteral("namespace_label"), QStringLiteral("namespace")), podPattern(ref), ref.space, out.from, out.to, stepSeconds};
    const auto families = metricFamilies(settings);
    PH_ASSIGN(const auto family, familyOf(asked, families, token));
    const Revisions revisions = revisionsOf(services, connection, ref, token);
    if (family) {
        PH_TRY(readFamily(asked, *family, revisions, out, token));
        out.source = QStringLiteral("Prometheus ") + asked.prometheus->url();
        for (const auto &[when, hash] : revisions.began)
            if (when > out.from && when <= out.to)
                out.marks.push_back({when, revisions.names.value(hash, hash)});
    } else {
        QStringList names;
        for (const MetricFamily &one : families)
            names << one.requests;
        out.missing = Text::tr("%1 has no requests of pods %2 in %3 (looked for %4): have them scraped with the labels %5 and %6, or name the counter at the connection, `requests_metric: …`.")
                          .arg(asked.prometheus->url(), asked.pattern, ref.space, names.join(QStringLiteral(", ")), asked.pod, asked.space);
    }
    return readMix(asked, settings, revisions, out, token);
}

} // namespace

const workspace::Model *modelOfWorkload(const Services &services, const QString &connection, const cluster::KubeRef &ref, const QString &defaultSpace) {
    for (const workspace::Model &model : services.workspace.models) {
        if (model.deployment.connection != connection || model.deployment.target.isEmpty())
            continue;
        const auto target = cluster::parseKubeRef(model.deployment.target, model.deployment.space.isEmpty() ? defaultSpace : model.deployment.space);
        if (target && *target == ref)
            return &model;
    }
    return nullptr;
}

QString prometheusFor(const Services &services, const workspace::Model *model, QString &missing) {
    if (model && !model->deployment.judge.prometheus.isEmpty())
        return model->deployment.judge.prometheus;
    QStringList names;
    for (const workspace::Connection &connection : services.workspace.connections)
        if (connection.kind == Q("prometheus"))
            names << connection.name;
    if (names.isEmpty())
        missing = Text::tr("no Prometheus connection: add `prom: {kind: prometheus, url: http://…:9090}` to the workspace's connections.");
    else if (names.size() > 1)
        missing = Text::tr("%1 Prometheus connections (%2): name one under the model's deployment, `judge: {prometheus: %3}`.").arg(names.size()).arg(names.join(QStringLiteral(", ")), names.first());
    return names.size() == 1 ? names.first() : QString();
}

Result<std::optional<MetricFamily>> familyOf(const Asked &asked, const std::vector<MetricFamily> &families, std::stop_token token) {
    QStringList names;
    for (const MetricFamily &family : families)
        names << family.requests;
    PH_ASSIGN(const auto found, asked.prometheus->query(QStringLiteral("count by (__name__) (%1)").arg(asked.selector(QStringLiteral("__name__=~\"%1\"").arg(names.join(QLatin1Char('|'))))), {}, token));
    for (const MetricFamily &family : families)
        for (const telemetry::PrometheusSample &sample : found.samples)
            if (sample.labels.value(QStringLiteral("__name__")) == family.requests)
                return std::optional(family);
    return std::optional<MetricFamily>();
}

std::shared_ptr<telemetry::Prometheus> prometheusOf(const Services &services, const QString &name) {
    const workspace::Connection connection = services.workspace.connections.value(name);
    telemetry::PrometheusOptions options;
    options.url = connection.url;
    options.user = connection.user;
    options.caFile = connection.other.value(QStringLiteral("ca_file"));
    if (!connection.secret.isEmpty())
        options.secret = [secrets = services.secrets, secret = connection.secret] { return secrets->read(secret); };
    return std::make_shared<telemetry::Prometheus>(services.http, options);
}

std::vector<MetricFamily> metricFamilies(const QMap<QString, QString> &settings) {
    std::vector<MetricFamily> out;
    if (const QString own = settings.value(QStringLiteral("requests_metric")); !own.isEmpty()) {
        const QString latency = settings.value(QStringLiteral("latency_metric"));
        const bool inMs = latency.endsWith(Q("_ms")) || latency.endsWith(Q("_milliseconds"));
        out.push_back({own, settings.value(QStringLiteral("status_label"), QStringLiteral("status")), latency, inMs ? 1.0 : 1000.0, {}});
    }
    const MetricFamily known[] = {
        {QStringLiteral("pilothouse_requests_total"), QStringLiteral("status"), QStringLiteral("pilothouse_request_seconds"), 1000, {}},
        {QStringLiteral("http_requests_total"), QStringLiteral("status"), QStringLiteral("http_request_duration_seconds"), 1000, {}},
        {QStringLiteral("starlette_requests_total"), QStringLiteral("status_code"), QStringLiteral("starlette_request_duration_seconds"), 1000, {}},
        {QStringLiteral("istio_requests_total"), QStringLiteral("response_code"), QStringLiteral("istio_request_duration_milliseconds"), 1, QStringLiteral("reporter=\"destination\"")},
        {QStringLiteral("revision_app_request_count"), QStringLiteral("response_code"), QStringLiteral("revision_app_request_latencies"), 1, {}},
        {QStringLiteral("request_predict_seconds_count"), {}, QStringLiteral("request_predict_seconds"), 1000, {}},
    };
    out.insert(out.end(), std::begin(known), std::end(known));
    return out;
}

QString podPattern(const cluster::KubeRef &ref) {
    const QString name = QRegularExpression::escape(ref.name).replace(QStringLiteral("\\-"), QStringLiteral("-"));
    if (ref.kind == cluster::kinds::StatefulSet)
        return name + QStringLiteral("()-[0-9]+");
    if (ref.kind == cluster::kinds::DaemonSet)
        return name + QStringLiteral("()-[a-z0-9]{5}");
    if (ref.kind == cluster::kinds::InferenceService) // Knative: iris-predictor-00002-deployment-HASH-…, Standard: iris-predictor-HASH-…; not iris-v2-predictor-…
        return name + QStringLiteral("-(predictor[a-z0-9-]*?)(?:-deployment-[a-z0-9]+)?-[a-z0-9]{5}");
    return name + QStringLiteral("-([a-z0-9]+)-[a-z0-9]{5}");
}

Result<WorkloadMetrics> readWorkloadMetrics(const Services &services, const QString &connection, const cluster::KubeRef &ref, std::stop_token token, bool logs) {
    WorkloadMetrics out;
    out.to = services.clock->nowUtc();
    out.from = out.to.addSecs(-windowSeconds);
    const auto api = services.clusters->of(connection);
    const workspace::Model *model = modelOfWorkload(services, connection, ref, api ? (*api)->space() : QString());
    const QString prometheus = prometheusFor(services, model, out.missing);
    if (!prometheus.isEmpty())
        if (const auto read = readPrometheus(services, prometheus, connection, ref, out, token); !read) {
            if (read.error().kind == ErrorKind::Cancelled)
                return read.error();
            out.missing = Text::tr("%1: %2").arg(prometheus, read.error().text());
            out.problem = read.error();
        }
    addServiceTraffic(services, connection, ref, TrafficQuestion::Source::Elasticsearch, out, token);
    if (out.source.isEmpty() || out.mixIs == WorkloadMetrics::Mix::None)
        addLogMetrics(services, model, out, token);
    if (logs)
        addServiceTraffic(services, connection, ref, TrafficQuestion::Source::Pods, out, token);
    if (!out.source.isEmpty())
        out.problem.reset();
    if (token.stop_requested())
        return cancelled();
    if (model)
        out.slo = sloOfCurves(workspace::sloOf(*model), out);
    return out;
}

} // namespace pilothouse::fleet
