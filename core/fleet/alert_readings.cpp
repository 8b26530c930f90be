// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/alert_readings.h"

#include "core/fleet/cluster_reading.h"
#include "core/fleet/named_workload.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/snapshot.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"
#include "core/telemetry/alert_state.h"
#include "core/telemetry/prometheus.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

using telemetry::AlertReading;
using workspace::AlertRule;
using Kind = AlertRule::Kind;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AlertReadings)
};

constexpr qint64 trafficSeconds = 900, minimumRequests = 20;

AlertReading nothing(const QString &source, const QString &detail) { return {{}, {}, source, detail, {}}; }
AlertReading failed(const QString &source, const Error &error) { return {{}, {}, source, {}, error}; }
/// What is not there has no rows; anything else could not be asked.
AlertReading missing(const QString &source, const Error &error) { return error.kind == ErrorKind::NotFound ? nothing(source, error.what) : failed(source, error); }
AlertReading aged(const QDateTime &newest, const QString &source, const QString &detail, const QDateTime &now) { return {double(newest.msecsTo(now)) / 1000, newest, source, detail, {}}; }

AlertReading modelAge(const Services &services, const workspace::Model &model, const QDateTime &now) {
    const QString connection = services.workspace.registryConnection(model);
    const auto registry = services.registries->of(connection);
    if (!registry)
        return failed(connection, registry.error());
    const QString source = (*registry)->source();
    const auto versions = (*registry)->versions(model.registry.name);
    if (!versions)
        return missing(source, versions.error());
    const auto newest = std::max_element(versions->begin(), versions->end(), [](const auto &a, const auto &b) { return a.created < b.created; });
    if (newest == versions->end())
        return nothing(source, Text::tr("%1 has no version yet.").arg(model.registry.name));
    return aged(newest->created, source, Text::tr("newest is version %1").arg(newest->version), now);
}

AlertReading experimentAge(const Services &services, const AlertRule &rule, const QDateTime &now) {
    const auto registry = services.registries->of(rule.connection);
    if (!registry)
        return failed(rule.connection, registry.error());
    const QString source = (*registry)->source();
    const auto runs = (*registry)->runs(rule.experiment, 50);
    if (!runs)
        return missing(source, runs.error());
    QDateTime newest;
    QString id;
    for (const registry::Run &run : *runs)
        if (const QDateTime time = run.lastPoint.isValid() ? run.lastPoint : run.metrics.isEmpty() ? QDateTime() : qMax(run.started, run.ended); time.isValid() && (!newest.isValid() || time > newest)) {
            newest = time;
            id = run.id;
        }
    if (!newest.isValid())
        return nothing(source, Text::tr("The experiment %1 has no metric.").arg(rule.experiment));
    return aged(newest, source, Text::tr("newest metric of run %1").arg(id.left(12)), now);
}

AlertReading registryMetric(const Services &services, const AlertRule &rule, const workspace::Model &model) {
    const QString connection = services.workspace.registryConnection(model);
    const auto registry = services.registries->of(connection);
    if (!registry)
        return failed(connection, registry.error());
    const QString source = (*registry)->source();
    const auto champion = (*registry)->versionByAlias(model.registry.name, model.registry.champion);
    if (!champion)
        return missing(source, champion.error());
    const auto run = (*registry)->run(champion->runId);
    if (!run)
        return missing(source, run.error());
    for (const QString &name : {QStringLiteral("test_") + rule.metric, rule.metric})
        if (const auto value = run->metrics.constFind(name); value != run->metrics.constEnd())
            return {*value, run->lastPoint.isValid() ? run->lastPoint : run->ended, source, Text::tr("version %1").arg(champion->version), {}};
    return nothing(source, Text::tr("The run of version %1 has no metric %2.").arg(champion->version).arg(rule.metric));
}

Result<std::shared_ptr<Database>> logOf(const Services &services, const workspace::Model &model) {
    if (model.deployment.target.isEmpty() || !model.deployment.target.startsWith(QLatin1String("serving/")))
        return refused(Text::tr("%1 has no prediction log on this machine.").arg(model.name), services.workspace.file, Text::tr("Of a model in a cluster use kind: query with a Prometheus connection, or source: registry."));
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model.deployment.target));
    return serving::openServingDatabase(folder);
}

/// Of the newest labelled rows that are not too old: labels that stopped coming tell nothing of now.
AlertReading endpointMetric(Database &log, const AlertRule &rule, const QString &source, const QDateTime &now) {
    const auto [metric, target] = workspace::metricAndTarget(rule.metric);
    const auto live = serving::liveMetrics(log, rule.rows, now.addSecs(-rule.withinSeconds), target);
    if (!live)
        return missing(source, live.error());
    if (live->labelled < rule.minimumRows) {
        const auto ever = serving::liveMetrics(log, 1, {}, target);
        if (!ever)
            return missing(source, ever.error());
        const QString within = telemetry::durationText(double(rule.withinSeconds));
        return nothing(source, ever->labelled == 0    ? Text::tr("no label has come yet")
                               : live->labelled == 0 ? Text::tr("no label of the last %1; the newest is of a prediction %2 ago").arg(within, telemetry::durationText(double(ever->to.secsTo(now))))
                                                     : Text::tr("too few labels of the last %1: %2 of %3").arg(within).arg(live->labelled).arg(rule.minimumRows));
    }
    const auto value = live->values.find(metric);
    if (value == live->values.end())
        return nothing(source, Text::tr("The labels that came give no %1.").arg(rule.metric));
    return {value->second, live->to, source, Text::tr("%1 labelled rows").arg(live->labelled), {}};
}

AlertReading traffic(Database &log, const AlertRule &rule, const QString &source, const QDateTime &now) {
    const auto seen = serving::readTraffic(log, 200000, 1);
    if (!seen)
        return missing(source, seen.error());
    if (rule.kind == Kind::NoData)
        return seen->newest.empty() ? nothing(source, Text::tr("Nobody has asked it yet.")) : aged(seen->newest.back().time, source, {}, now);
    const QDateTime since = now.addSecs(-trafficSeconds);
    if (rule.kind == Kind::ErrorRate) {
        qint64 requests = 0, bad = 0;
        for (const serving::TrafficBucket &bucket : seen->buckets)
            if (bucket.start >= since) {
                requests += bucket.requests;
                bad += bucket.failed;
            }
        if (requests < minimumRequests)
            return nothing(source, Text::tr("too few requests in 15 minutes: %1").arg(requests));
        return {double(bad) / double(requests), now, source, Text::tr("%1 of %2 requests in 15 minutes").arg(bad).arg(requests), {}};
    }
    std::vector<double> times;
    for (const serving::LoggedRequest &request : seen->newest)
        if (request.time >= since)
            times.push_back(request.milliseconds);
    if (qint64(times.size()) < minimumRequests)
        return nothing(source, Text::tr("too few requests in 15 minutes: %1").arg(times.size()));
    const auto at = times.begin() + std::ptrdiff_t(std::ceil(0.95 * double(times.size()))) - 1;
    std::nth_element(times.begin(), at, times.end());
    return {*at, seen->newest.back().time, source, Text::tr("newest %1 requests").arg(times.size()), {}};
}

AlertReading queried(const Services &services, const AlertRule &rule, std::stop_token stop) {
    const auto number = prometheusOf(services, rule.connection)->number(rule.query, {}, stop);
    if (!number)
        return missing(rule.connection, number.error());
    return {*number, services.clock->nowUtc(), rule.connection, {}, {}};
}

AlertReading skewed(const ModelRow &row) {
    const QString source = row.endpointUrl.isEmpty() ? row.seen.source : row.endpointUrl;
    if (row.served.state == SkewState::Unknown)
        return nothing(source, row.served.why.isEmpty() ? Text::tr("What is served is not known yet.") : row.served.why);
    const bool differs = row.served.skewed();
    return {differs ? 1.0 : 0.0, row.served.observed, source, differs ? row.served.what : Text::tr("serves what the alias says"), {}};
}

AlertReading runTime(const Snapshot &fleet, const AlertRule &rule, const QDateTime &now) {
    const auto run = std::find_if(fleet.pipelineRuns.begin(), fleet.pipelineRuns.end(), [&](const pipelines::PipelineRun &r) { return r.model == rule.model && r.started.isValid(); });
    if (run == fleet.pipelineRuns.end())
        return nothing(QStringLiteral("pipelines"), Text::tr("%1 has no run yet.").arg(rule.model));
    const QDateTime end = run->ended.isValid() ? run->ended : now;
    return {double(run->started.secsTo(end)), run->read.isValid() ? run->read : now, run->connection.isEmpty() ? QStringLiteral("local") : run->connection, Text::tr("run %1").arg(run->id), {}};
}

/// Of what was answered last, or of the labels that came to it.
AlertReading answersDrifted(const AlertRule &rule, const ModelRow &row) {
    const bool predictions = rule.of == QLatin1String("predictions");
    if (!row.drift)
        return nothing(row.seen.source, Text::tr("Nothing was asked lately that could have drifted, or the champion has no training profile here."));
    const drift::ColumnDrift *most = nullptr;
    std::size_t needed = 0, there = 0;
    for (const drift::ColumnDrift &column : row.drift->columns) {
        if (column.role != (predictions ? QLatin1String("prediction") : QLatin1String("target")))
            continue;
        needed = std::max(needed, column.rowsNeeded);
        there = std::max(there, column.currentRows);
        if (!column.tooFewRows && (!most || column.effect > most->effect))
            most = &column;
    }
    if (most)
        return {most->effect, row.seen.time, row.seen.source, predictions ? most->name : Text::tr("%1, as the labels say").arg(most->name), {}};
    if (needed > 0)
        return nothing(row.seen.source, predictions ? Text::tr("%1 predictions are too few to tell, of %2.").arg(there).arg(needed) : Text::tr("%1 labels are too few to tell, of %2.").arg(there).arg(needed));
    return nothing(row.seen.source, predictions ? Text::tr("The package of the version that answers is of before packages kept what their model predicts of its test rows. A new training keeps it.")
                                                : Text::tr("No label has come that could be compared with the training."));
}

} // namespace

AlertReadings::AlertReadings(const Services &services, std::stop_token stop) : m_services(services), m_stop(std::move(stop)) {}
AlertReadings::~AlertReadings() = default;

const Snapshot &AlertReadings::fleet() {
    if (!m_fleet) {
        m_services.skew->refresh(m_services, m_stop);
        m_fleet = std::make_unique<Snapshot>(readSnapshot(m_services, 5000));
    }
    return *m_fleet;
}

AlertReading AlertReadings::inCluster(const AlertRule &rule, const workspace::Model &model) {
    auto &known = m_traffic[model.name];
    if (!known) {
        const auto place = namedWorkload(m_services, model.name, {}, {}, Text::tr("Name its target: deployment: {connection: …, target: deployment/NAME}."));
        if (!place)
            return failed(model.deployment.connection, place.error());
        auto seen = readWorkloadMetrics(m_services, place->connection, place->ref, m_stop, false);
        if (!seen)
            return failed(place->connection, seen.error());
        known = std::make_shared<const WorkloadMetrics>(std::move(*seen));
    }
    return clusterReading(rule, *known, m_services.clock->nowUtc());
}

AlertReading AlertReadings::read(const AlertRule &rule) {
    const QDateTime now = m_services.clock->nowUtc();
    if (rule.kind == Kind::Query)
        return queried(m_services, rule, m_stop);
    if (!rule.experiment.isEmpty())
        return experimentAge(m_services, rule, now);
    const workspace::Model *model = m_services.workspace.model(rule.model);
    if (!model)
        return failed(rule.model, notFound(Text::tr("The model %1 came into the workspace after this program began.").arg(rule.model), m_services.workspace.file, Text::tr("Start it anew.")));
    switch (rule.kind) {
    case Kind::Staleness: return modelAge(m_services, *model, now);
    case Kind::RunTime: return runTime(fleet(), rule, now);
    case Kind::Drift:
    case Kind::Skew: break;
    default: {
        if (rule.kind != Kind::Metric && !model->deployment.target.isEmpty() && !model->deployment.target.startsWith(QLatin1String("serving/")))
            return inCluster(rule, *model);
        if (rule.kind == Kind::Metric && rule.source == QLatin1String("registry"))
            return registryMetric(m_services, rule, *model);
        const QString source = model->deployment.target;
        const auto log = logOf(m_services, *model);
        if (!log)
            return log.error().kind == ErrorKind::NotFound ? nothing(source, Text::tr("Nothing was ever served there.")) : failed(source, log.error());
        return rule.kind == Kind::Metric ? endpointMetric(**log, rule, source, now) : traffic(**log, rule, source, now);
    }
    }
    const auto &rows = fleet().models;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ModelRow &r) { return r.name == rule.model; });
    if (row == rows.end())
        return nothing({}, {});
    if (rule.kind == Kind::Skew)
        return skewed(*row);
    if (rule.of != QLatin1String("inputs"))
        return answersDrifted(rule, *row);
    if (!row->worstPsi)
        return nothing(row->seen.source, Text::tr("Nothing was asked lately that could have drifted, or the champion has no training profile here."));
    return {*row->worstPsi, row->seen.time, row->seen.source, Text::tr("%1 most").arg(row->worstColumn), {}};
}

} // namespace pilothouse::fleet
