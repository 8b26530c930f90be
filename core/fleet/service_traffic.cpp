// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/service_traffic.h"

#include "core/cluster/pod_logs.h"
#include "core/fleet/clusters.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/named_workload.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

using Q = QLatin1String;
using telemetry::ServiceTraffic;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ServiceTraffic)
};

constexpr qint64 mostLogged = 200000;

Result<ServiceTraffic> fromPods(const Services &services, const NamedWorkload &place, const TrafficQuestion &question, std::stop_token stop) {
    PH_ASSIGN(const auto api, services.clusters->of(place.connection));
    ServiceTraffic out;
    out.bucketSeconds = question.bucketSeconds;
    out.source = Text::tr("the logs of the pods of %1").arg(place.ref.text());
    out.statusFrom = QStringLiteral("the access log's lines");
    telemetry::TrafficCounter counter(question.from, question.to, question.bucketSeconds);
    cluster::LogQuery query;
    query.what = place.ref;
    query.sinceSeconds = question.from.secsTo(services.clock->nowUtc()) + 1;
    QStringList notes;
    qint64 dropped = 0;
    PH_TRY(cluster::readPodLogs(*api, query, [&](cluster::LogBatch &&batch) {
        for (const cluster::LogLine &line : batch.lines)
            if (const auto answer = telemetry::accessLine(line.text))
                counter.add(QDateTime::fromMSecsSinceEpoch(line.nanos / 1'000'000, Qt::UTC), *answer);
        notes += batch.notes;
        dropped = batch.dropped;
        return true;
    }, stop));
    if (dropped > 0)
        notes << Text::tr("%1 lines came quicker than they could be read").arg(dropped);
    out.partial = notes.join(QStringLiteral("; "));
    out.buckets = counter.take();
    return out;
}

} // namespace

Result<std::shared_ptr<telemetry::Elasticsearch>> elasticsearchOf(const Services &services, const QString &name) {
    QStringList all;
    for (const workspace::Connection &connection : services.workspace.connections)
        if (connection.kind == Q("elasticsearch") && (name.isEmpty() || connection.name == name))
            all << connection.name;
    if (all.isEmpty())
        return notFound(Text::tr("The workspace has no connection of kind elasticsearch."), services.workspace.file);
    if (all.size() > 1)
        return Error{ErrorKind::Conflict, Text::tr("There are several connections of kind elasticsearch: %1.").arg(all.join(QStringLiteral(", "))), services.workspace.file, {}, {}};
    const workspace::Connection connection = services.workspace.connections.value(all.front());
    telemetry::ElasticOptions options;
    options.url = connection.url;
    options.user = connection.user;
    options.caFile = connection.other.value(QStringLiteral("ca_file"));
    if (const QString index = connection.other.value(QStringLiteral("index")); !index.isEmpty())
        options.index = index;
    options.fields = telemetry::LogFields::of(connection.other);
    if (!connection.secret.isEmpty())
        options.secret = [secrets = services.secrets, secret = connection.secret] { return secrets->read(secret); };
    return std::make_shared<telemetry::Elasticsearch>(services.http, options);
}

Result<ServiceTraffic> loggedTraffic(const Services &services, const workspace::Model &model, const QDateTime &from, const QDateTime &to, int bucketSeconds) {
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model.deployment.target));
    PH_ASSIGN(const auto database, serving::openServingDatabase(folder));
    ServiceTraffic out;
    out.bucketSeconds = bucketSeconds;
    out.source = Text::tr("the prediction log of %1").arg(model.name);
    out.statusFrom = QStringLiteral("status");
    telemetry::TrafficCounter counter(from, to, bucketSeconds);
    qint64 oldest = 0, read = 0;
    PH_TRY(database->query(QStringLiteral("SELECT time,status,latency_us FROM predictions ORDER BY seq DESC LIMIT ?1"), [](Statement &s) { s.bind(1, mostLogged); }, [&](const Statement &s) {
        telemetry::AccessLine line;
        line.status = int(s.integer(1));
        line.milliseconds = double(s.integer(2)) / 1000;
        oldest = s.integer(0);
        ++read;
        if (oldest >= from.toMSecsSinceEpoch() && oldest < to.toMSecsSinceEpoch())
            counter.add(QDateTime::fromMSecsSinceEpoch(oldest, Qt::UTC), line);
    }));
    if (read == mostLogged && oldest > from.toMSecsSinceEpoch())
        out.partial = Text::tr("the newest %1 requests").arg(read);
    out.buckets = counter.take();
    return out;
}

Result<ServiceTraffic> serviceTraffic(const Services &services, const TrafficQuestion &question, std::stop_token stop) {
    using Source = TrafficQuestion::Source;
    if (const workspace::Model *model = services.workspace.model(question.target); model && question.source == Source::Any && hasLog(services, *model))
        return loggedTraffic(services, *model, question.from, question.to, question.bucketSeconds);
    PH_ASSIGN(const NamedWorkload place, namedWorkload(services, question.target, question.connection, question.space, Text::tr("The Rollouts panel tells of a local endpoint.")));
    QString why;
    if (question.source != Source::Pods) {
        const auto elastic = elasticsearchOf(services);
        if (!elastic && question.source == Source::Elasticsearch)
            return elastic.error();
        if (elastic) {
            auto seen = (*elastic)->traffic(place.ref.name + QLatin1Char('-'), place.ref.space, question.from, question.to, question.bucketSeconds, stop);
            if (question.source == Source::Elasticsearch || (seen && seen->requests() > 0) || (!seen && seen.error().kind == ErrorKind::Cancelled))
                return seen;
            why = seen ? Text::tr("Elasticsearch knows no request of it") : seen.error().text();
        } else if (elastic.error().kind == ErrorKind::Conflict) {
            why = elastic.error().text();
        }
    }
    PH_ASSIGN(ServiceTraffic seen, fromPods(services, place, question, stop));
    if (!why.isEmpty())
        seen.partial = why + (seen.partial.isEmpty() ? QString() : QStringLiteral("; ") + seen.partial);
    return seen;
}

} // namespace pilothouse::fleet
