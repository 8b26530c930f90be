// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_registry_internal.h"

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr int pageSize = 1000;
constexpr int historyPage = 25000;                          ///< the most that metrics/get-history gives
constexpr qsizetype batchMetrics = 1000, batchPairs = 100; ///< the most that runs/log-batch takes
const QString errorTag = QStringLiteral("pilothouse.error"), runTag = QStringLiteral("pilothouse.run");

qint64 milliseconds(const QDateTime &time) { return (time.isValid() ? time : QDateTime::currentDateTimeUtc()).toMSecsSinceEpoch(); }

QUrlQuery idQuery(const QString &runId) {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("run_id"), runId);
    return query;
}

QJsonObject withToken(QJsonObject body, const QString &token) {
    if (!token.isEmpty())
        body.insert(QStringLiteral("page_token"), token);
    return body;
}

} // namespace

Result<QString> MlflowRegistry::experimentName(const QString &id) const {
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_experimentNames.constFind(id); known != m_experimentNames.constEnd())
            return *known;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("experiment_id"), id);
    PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("experiments/get"), query));
    const QString name = reply.value(QLatin1String("experiment"))[QLatin1String("name")].toString();
    const std::lock_guard lock(m_mutex);
    m_experimentNames.insert(id, name);
    return name;
}

Result<std::optional<QString>> MlflowRegistry::experimentId(const QString &name) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("experiment_name"), name);
    const auto reply = m_api.get(QStringLiteral("experiments/get-by-name"), query);
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return std::optional<QString>();
    if (!reply)
        return reply.error();
    const QJsonValue experiment = reply->value(QLatin1String("experiment"));
    if (experiment[QLatin1String("lifecycle_stage")].toString() == QLatin1String("deleted"))
        return Error{ErrorKind::Conflict, QStringLiteral("The experiment “%1” was deleted on %2.").arg(name, source()), {},
                     QStringLiteral("Restore it (mlflow experiments restore), or use another name: MLflow keeps the name of a deleted one."), {}};
    return std::optional<QString>(experiment[QLatin1String("experiment_id")].toString());
}

Result<Run> MlflowRegistry::runFrom(const QJsonObject &json) const {
    const QJsonObject info = json.value(QLatin1String("info")).toObject(), data = json.value(QLatin1String("data")).toObject();
    Run run;
    run.id = info.value(QLatin1String("run_id")).toString();
    PH_ASSIGN(run.experiment, experimentName(info.value(QLatin1String("experiment_id")).toString()));
    run.tags = mlflowPairs(data.value(QLatin1String("tags")));
    run.params = mlflowPairs(data.value(QLatin1String("params")));
    for (const QJsonValue &metric : data.value(QLatin1String("metrics")).toArray())
        run.metrics.insert(metric[QLatin1String("key")].toString(), mlflowNumber(metric[QLatin1String("value")]));
    run.name = info.value(QLatin1String("run_name")).toString();
    if (run.name.isEmpty())
        run.name = run.tags.value(QStringLiteral("mlflow.runName"));
    run.user = run.tags.value(userTag, info.value(QLatin1String("user_id")).toString());
    run.error = run.tags.take(errorTag);
    run.status = runStatusFrom(info.value(QLatin1String("status")).toString());
    if (info.value(QLatin1String("status")).toString() == QLatin1String("SCHEDULED"))
        run.status = RunStatus::Running;
    run.started = mlflowTime(info.value(QLatin1String("start_time")));
    run.ended = mlflowTime(info.value(QLatin1String("end_time")));
    run.artifactFolder = info.value(QLatin1String("artifact_uri")).toString();
    return run;
}

Result<std::vector<QJsonObject>> MlflowRegistry::searchRuns(const QStringList &experiments, const QString &filter, int limit) const {
    std::vector<QJsonObject> found;
    QJsonObject body{{QStringLiteral("experiment_ids"), QJsonArray::fromStringList(experiments)}, {QStringLiteral("max_results"), std::min(limit, pageSize)},
                     {QStringLiteral("order_by"), QJsonArray{QStringLiteral("attributes.start_time DESC")}}};
    if (!filter.isEmpty())
        body.insert(QStringLiteral("filter"), filter);
    const auto page = [&](const QString &token) { return m_api.search(QStringLiteral("runs/search"), withToken(body, token)); };
    PH_TRY(MlflowApi::eachItem(page, "runs", [&](const QJsonObject &run) {
        found.push_back(run);
        return found.size() < std::size_t(limit);
    }));
    return found;
}

Result<std::vector<Run>> MlflowRegistry::runs(const QString &experiment, int limit) const {
    std::vector<Run> out;
    QStringList ids;
    if (experiment.isEmpty()) {
        const auto page = [&](const QString &token) { return m_api.search(QStringLiteral("experiments/search"), withToken({{QStringLiteral("max_results"), pageSize}}, token)); };
        PH_TRY(MlflowApi::eachItem(page, "experiments", [&](const QJsonObject &json) {
            ids += json.value(QLatin1String("experiment_id")).toString();
            const std::lock_guard lock(m_mutex);
            m_experimentNames.insert(ids.back(), json.value(QLatin1String("name")).toString());
            return true;
        }));
    } else {
        PH_ASSIGN(const auto id, experimentId(experiment));
        if (id)
            ids += *id;
    }
    if (ids.isEmpty() || limit < 1)
        return out;
    PH_ASSIGN(const auto found, searchRuns(ids, {}, limit));
    for (const QJsonObject &json : found) {
        PH_ASSIGN(Run run, runFrom(json));
        out.push_back(std::move(run));
    }
    return out;
}

Result<Run> MlflowRegistry::run(const QString &id) const {
    auto reply = m_api.get(QStringLiteral("runs/get"), idQuery(id));
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return notFound(QStringLiteral("%1 has no run “%2”.").arg(source(), id));
    if (!reply)
        return reply.error();
    return runFrom(reply->value(QLatin1String("run")).toObject());
}

Result<std::vector<MetricPoint>> MlflowRegistry::metricHistory(const QString &runId, const QString &metric) const {
    std::vector<MetricPoint> out;
    const auto page = [&](const QString &token) {
        QUrlQuery query = idQuery(runId);
        query.addQueryItem(QStringLiteral("metric_key"), metric);
        query.addQueryItem(QStringLiteral("max_results"), QString::number(historyPage));
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        return m_api.get(QStringLiteral("metrics/get-history"), query);
    };
    PH_TRY(MlflowApi::eachItem(page, "metrics", [&](const QJsonObject &json) {
        out.push_back({metric, mlflowNumber(json.value(QLatin1String("value"))), mlflowInteger(json.value(QLatin1String("step"))), mlflowTime(json.value(QLatin1String("timestamp")))});
        return true;
    }));
    if (out.empty())
        PH_TRY(run(runId)); // of a run that is not there the server says "no points", too
    std::stable_sort(out.begin(), out.end(), [](const MetricPoint &a, const MetricPoint &b) { return a.step != b.step ? a.step < b.step : a.time < b.time; });
    return out;
}

Result<std::optional<Run>> MlflowRegistry::runUnder(const QString &experiment, const QString &wantedId) const {
    PH_ASSIGN(const auto id, experimentId(experiment));
    if (!id)
        return std::optional<Run>();
    PH_ASSIGN(const QString quoted, mlflowQuoted(wantedId));
    PH_ASSIGN(const auto found, searchRuns({*id}, QStringLiteral("tags.`%1` = ").arg(runTag) + quoted, 1));
    if (found.empty())
        return std::optional<Run>();
    PH_ASSIGN(Run run, runFrom(found.front()));
    return std::optional<Run>(std::move(run));
}

Result<std::optional<Run>> MlflowRegistry::copyOf(const QString &experiment, const QString &id) const { return runUnder(experiment, id); }

Result<QString> MlflowRegistry::createRun(const QString &experiment, const QString &name, const QString &user, const QString &wantedId) {
    Run wanted;
    wanted.id = wantedId;
    wanted.experiment = experiment;
    wanted.name = name;
    wanted.user = user;
    return copyRun(wanted);
}

Result<QString> MlflowRegistry::copyRun(const Run &of) {
    const QString &experiment = of.experiment, &name = of.name, &user = of.user, &wantedId = of.id;
    if (experiment.isEmpty())
        return invalid(QStringLiteral("A run needs the name of an experiment."));
    PH_ASSIGN(std::optional<QString> id, experimentId(experiment));
    if (!id) {
        const auto made = m_api.send("POST", QStringLiteral("experiments/create"), {{QStringLiteral("name"), experiment}});
        if (!made && made.error().kind != ErrorKind::Conflict) // somebody made it in this moment
            return made.error();
        PH_ASSIGN(id, experimentId(experiment));
        if (!id)
            return notFound(QStringLiteral("%1 has no experiment “%2” although it was made.").arg(source(), experiment));
    }
    QMap<QString, QString> tags{{userTag, user}};
    if (!wantedId.isEmpty()) {
        PH_ASSIGN(const auto taken, runUnder(experiment, wantedId));
        bool there = taken.has_value();
        if (!there) {
            const auto same = run(wantedId);
            there = same.has_value();
            if (!same && same.error().kind != ErrorKind::NotFound)
                return same.error();
        }
        if (there)
            return Error{ErrorKind::Conflict, QStringLiteral("A run “%1” is there already.").arg(wantedId), {}, QStringLiteral("Choose another id or resume that run."), {}};
        tags.insert(runTag, wantedId);
    }
    QJsonObject body{{QStringLiteral("experiment_id"), *id}, {QStringLiteral("start_time"), milliseconds(of.started)}, {QStringLiteral("tags"), mlflowPairs(tags)}};
    if (!name.isEmpty())
        body.insert(QStringLiteral("run_name"), name);
    PH_ASSIGN(const QJsonObject reply, m_api.send("POST", QStringLiteral("runs/create"), body));
    return reply.value(QLatin1String("run"))[QLatin1String("info")][QLatin1String("run_id")].toString();
}

Result<void> MlflowRegistry::logBatches(const QString &runId, const char *kind, const QJsonArray &all, qsizetype atOnce) const {
    qsizetype sent = 0;
    do { // of nothing, too: that the run is there is asked in any case
        QJsonArray some;
        for (; some.size() < atOnce && sent < all.size(); ++sent)
            some.append(all.at(sent));
        PH_TRY(m_api.send("POST", QStringLiteral("runs/log-batch"), {{QStringLiteral("run_id"), runId}, {QLatin1String(kind), some}}));
    } while (sent < all.size());
    return {};
}

Result<void> MlflowRegistry::logParams(const QString &runId, const QMap<QString, QString> &params) { return logBatches(runId, "params", mlflowPairs(params), batchPairs); }

Result<void> MlflowRegistry::setRunTags(const QString &runId, const QMap<QString, QString> &tags) { return logBatches(runId, "tags", mlflowPairs(tags), batchPairs); }

Result<void> MlflowRegistry::logMetrics(const QString &runId, const std::vector<MetricPoint> &points) {
    QJsonArray all;
    for (const MetricPoint &p : points)
        all.append(QJsonObject{{QStringLiteral("key"), p.name}, {QStringLiteral("value"), mlflowNumber(p.value)}, {QStringLiteral("timestamp"), milliseconds(p.time)}, {QStringLiteral("step"), p.step}});
    return logBatches(runId, "metrics", all, batchMetrics);
}

Result<void> MlflowRegistry::finishCopy(const QString &runId, RunStatus status, const QString &error, const QDateTime &ended) {
    QJsonObject body{{QStringLiteral("run_id"), runId}, {QStringLiteral("status"), runStatusName(status)}};
    if (status != RunStatus::Running)
        body.insert(QStringLiteral("end_time"), milliseconds(ended));
    PH_TRY(m_api.send("POST", QStringLiteral("runs/update"), body));
    return error.isEmpty() ? Result<void>() : setRunTags(runId, {{errorTag, error}});
}

} // namespace pilothouse::registry
