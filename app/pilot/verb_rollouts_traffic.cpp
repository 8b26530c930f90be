// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts traffic TARGET [--connection C] [-n NS] [--since 1h] [--every 1m] [--from elasticsearch|pods] [--availability PERCENT] [--latency-p95 TIME]
//   Requests a minute, the shares of 401 and 5xx and how long answers took, from an Elasticsearch of the workspace, else from the log of the pods.
//   TARGET: deployment/NAME, service/NAME … of a cluster, or a model that one serves.
//   --json: {"source","status_from","partial","bucket_seconds","requests","unauthorized_share","failed_share","buckets":[{"start","requests","unauthorized","failed","p50_ms","p95_ms","p99_ms"}],"slo":{… as SloReading::toJson(), of what is promised}}
//   What is promised stands in the model's watch: {metric: availability, min: 99.9}, {metric: latency_p95, max: 100}; or in the options.
#include "app/pilot/cluster_view.h"
#include "app/pilot/rollouts_sub.h"

#include "core/fleet/service_traffic.h"
#include "core/fleet/services.h"
#include "core/telemetry/slo_reading.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string target, space, connection, since = "1h", every = "1min", source;
    double availability = 0, latencyMs = 0;
};

/// What is promised of it: by the options, else by the watch of the model that it serves.
workspace::Slo promised(const workspace::Workspace &workspace, const Options &o) {
    workspace::Slo slo;
    const QString target = QString::fromStdString(o.target);
    for (const workspace::Model &model : workspace.models)
        if (model.name == target || (!model.deployment.target.isEmpty() && model.deployment.target == target))
            slo = workspace::sloOf(model);
    if (o.availability > 0)
        slo.availability = o.availability;
    if (o.latencyMs > 0)
        slo.latencyP95 = o.latencyMs;
    return slo;
}

QString sloText(const telemetry::SloReading &r) {
    QString text;
    const auto verdict = [](const std::optional<bool> &kept) { return !kept ? QStringLiteral("not known") : *kept ? QStringLiteral("kept") : QStringLiteral("broken"); };
    if (r.slo.availability)
        text += QStringLiteral("\nAvailability %1, promised %2 %: %3").arg(r.availability ? QStringLiteral("%1 %").arg(*r.availability, 0, 'f', 3) : QStringLiteral("not known")).arg(*r.slo.availability).arg(verdict(r.available)) +
                (r.budgetUsed ? QStringLiteral(" (%1 % of the failures that it allows).").arg(100 * *r.budgetUsed, 0, 'f', 0) : QStringLiteral("."));
    if (r.slo.latencyP95)
        text += QStringLiteral("\nLatency p95 within %1 ms promised: %2 (above it in %3 of %4 stretches, one of twenty is allowed).").arg(*r.slo.latencyP95).arg(verdict(r.quick)).arg(r.slow).arg(r.stretches);
    return text;
}

QJsonValue numberOf(const std::optional<double> &value) { return value ? QJsonValue(*value) : QJsonValue(); }
QString timeText(const std::optional<double> &value) { return value ? QStringLiteral("%1 ms").arg(*value, 0, 'f', *value < 10 ? 1 : 0) : QStringLiteral("-"); }
QString shareText(qint64 part, qint64 whole) { return whole == 0 ? QStringLiteral("-") : QStringLiteral("%1 %").arg(100.0 * double(part) / double(whole), 0, 'f', 2); }

Result<void> traffic(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    fleet::TrafficQuestion question;
    PH_ASSIGN(const qint64 since, workspace::parseDuration(QString::fromStdString(o.since)));
    PH_ASSIGN(const qint64 every, workspace::parseDuration(QString::fromStdString(o.every)));
    if (since / every > 1440)
        return invalid(QStringLiteral("That would be %1 lines: 1440 at most.").arg(since / every), {}, QStringLiteral("Ask for longer stretches, --every, or less time, --since."));
    question.target = QString::fromStdString(o.target);
    question.connection = QString::fromStdString(o.connection);
    question.space = QString::fromStdString(o.space);
    question.bucketSeconds = int(every);
    question.to = services->clock->nowUtc();
    question.from = question.to.addSecs(-since);
    question.source = o.source.empty() ? fleet::TrafficQuestion::Source::Any : o.source == "pods" ? fleet::TrafficQuestion::Source::Pods : fleet::TrafficQuestion::Source::Elasticsearch;
    PH_ASSIGN(const telemetry::ServiceTraffic seen, fleet::serviceTraffic(*services, question, context.stop()));
    QJsonArray buckets;
    std::vector<QStringList> lines{{QStringLiteral("TIME"), QStringLiteral("REQUESTS"), QStringLiteral("401"), QStringLiteral("5XX"), QStringLiteral("P50"), QStringLiteral("P95"), QStringLiteral("P99")}};
    for (const telemetry::TrafficBucket &b : seen.buckets) {
        buckets.append(QJsonObject{{Q("start"), isoUtc(b.start)}, {Q("requests"), b.requests}, {Q("unauthorized"), b.unauthorized}, {Q("failed"), b.failed}, {Q("p50_ms"), numberOf(b.p50)}, {Q("p95_ms"), numberOf(b.p95)}, {Q("p99_ms"), numberOf(b.p99)}});
        if (b.requests > 0)
            lines.push_back({b.start.toLocalTime().toString(QStringLiteral("ddd HH:mm:ss")), QString::number(b.requests), shareText(b.unauthorized, b.requests), shareText(b.failed, b.requests), timeText(b.p50), timeText(b.p95), timeText(b.p99)});
    }
    const qint64 all = seen.requests();
    const auto share = [&](qint64 part) { return all > 0 ? QJsonValue(double(part) / double(all)) : QJsonValue(); };
    QString text = all == 0 ? QStringLiteral("No request in the last %1 (%2).").arg(QString::fromStdString(o.since), seen.source)
                            : columns(lines) + QStringLiteral("\n%1 requests in %2, %3 a minute; 401: %4, 5xx: %5. From %6 (%7).").arg(all).arg(QString::fromStdString(o.since)).arg(double(all) * 60 / double(since), 0, 'f', 1)
                                                   .arg(shareText(seen.unauthorized(), all), shareText(seen.failed(), all), seen.source, seen.statusFrom);
    if (!seen.partial.isEmpty())
        text += QStringLiteral("\nNot all of it: %1.").arg(seen.partial);
    const telemetry::SloReading slo = telemetry::readSlo(promised(services->workspace, o), seen);
    text += sloText(slo);
    context.answer({{Q("slo"), slo.toJson()}, {Q("source"), seen.source}, {Q("status_from"), seen.statusFrom}, {Q("partial"), seen.partial}, {Q("bucket_seconds"), seen.bucketSeconds}, {Q("requests"), all}, {Q("unauthorized_share"), share(seen.unauthorized())}, {Q("failed_share"), share(seen.failed())}, {Q("buckets"), buckets}},
                   text);
    return {};
}

const RolloutsSub sub("traffic", "Requests a minute, shares of 401 and 5xx, latency: from Elasticsearch, else from the pods' logs", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("target", o->target, "deployment/NAME, service/NAME …, or a model that a cluster serves")->required();
    app.add_option("--connection", o->connection, "Connection of kind kubernetes, if there are several");
    app.add_option("--namespace,-n", o->space, "Namespace (else that of the context)");
    app.add_option("--since", o->since, "How far back: 10min, 1h, 1d (default 1h)");
    app.add_option("--every", o->every, "Length of a line's stretch (default 1min)");
    app.add_option("--from", o->source, "Only this source")->check(CLI::IsMember({"elasticsearch", "pods"}));
    app.add_option("--availability", o->availability, "Promised percentage of requests without a 5xx (else what the model's watch says)")->check(CLI::Range(0.001, 99.9999));
    app.add_option("--latency-p95", o->latencyMs, "Promised p95 in milliseconds (else what the model's watch says)")->check(CLI::PositiveNumber);
    app.callback([&body, o] { body = [o](Context &context) { return traffic(context, *o); }; });
});

} // namespace
} // namespace pilothouse
