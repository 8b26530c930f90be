// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_registry_internal.h"

#include "core/base/hash.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::registry {

namespace {

constexpr int pageSize = 1000;
constexpr int piece = 500, firstPiece = 100; ///< runs of a runPage(): the first is more than a screen, and should be there soon
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
    PH_ASSIGN(const QJsonObject experiment, mlflowPart(reply, "experiment"));
    const QString name = experiment.value(QLatin1String("name")).toString();
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
    PH_ASSIGN(const QJsonObject experiment, mlflowPart(*reply, "experiment"));
    if (experiment.value(QLatin1String("lifecycle_stage")).toString() == QLatin1String("deleted"))
        return Error{ErrorKind::Conflict, QStringLiteral("The experiment “%1” was deleted on %2.").arg(name, source()), {},
                     QStringLiteral("Restore it (mlflow experiments restore), or use another name: MLflow keeps the name of a deleted one."), {}};
    return std::optional<QString>(experiment.value(QLatin1String("experiment_id")).toString());
}

Result<Run> MlflowRegistry::runFrom(const QJsonObject &json) const {
    const QJsonObject info = json.value(QLatin1String("info")).toObject(), data = json.value(QLatin1String("data")).toObject();
    Run run;
    run.id = info.value(QLatin1String("run_id")).toString();
    PH_ASSIGN(run.experiment, experimentName(info.value(QLatin1String("experiment_id")).toString()));
    run.tags = mlflowPairs(data.value(QLatin1String("tags")));
    run.params = mlflowPairs(data.value(QLatin1String("params")));
    for (const QJsonValue &metric : data.value(QLatin1String("metrics")).toArray()) {
        run.metrics.insert(metric[QLatin1String("key")].toString(), mlflowNumber(metric[QLatin1String("value")]));
        if (const QDateTime time = mlflowTime(metric[QLatin1String("timestamp")]); time.isValid() && (!run.lastPoint.isValid() || time > run.lastPoint))
            run.lastPoint = time;
    }
    run.name = info.value(QLatin1String("run_name")).toString();
    if (run.name.isEmpty())
        run.name = run.tags.value(QStringLiteral("mlflow.runName"));
    run.user = run.tags.value(userTag, info.value(QLatin1String("user_id")).toString());
    run.error = run.tags.take(errorTag);
    run.tags.remove(callTag);
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

Result<QStringList> MlflowRegistry::experimentIds(const QString &experiment, std::stop_token stop) const {
    QStringList ids;
    if (!experiment.isEmpty()) {
        PH_ASSIGN(const auto id, experimentId(experiment));
        if (id)
            ids += *id;
        return ids;
    }
    const auto page = [&](const QString &token) { return m_api.search(QStringLiteral("experiments/search"), withToken({{QStringLiteral("max_results"), pageSize}}, token), stop); };
    PH_TRY(MlflowApi::eachItem(page, "experiments", [&](const QJsonObject &json) {
        ids += json.value(QLatin1String("experiment_id")).toString();
        const std::lock_guard lock(m_mutex);
        m_experimentNames.insert(ids.back(), json.value(QLatin1String("name")).toString());
        return true;
    }));
    return ids;
}

Result<std::vector<Run>> MlflowRegistry::runs(const QString &experiment, int limit) const {
    std::vector<Run> out;
    PH_ASSIGN(const QStringList ids, experimentIds(experiment));
    if (ids.isEmpty() || limit < 1)
        return out;
    PH_ASSIGN(const auto found, searchRuns(ids, {}, limit));
    for (const QJsonObject &json : found) {
        PH_ASSIGN(Run run, runFrom(json));
        out.push_back(std::move(run));
    }
    return out;
}

Result<RunPage> MlflowRegistry::runPage(const RunQuery &query, const QString &token, std::stop_token stop) const {
    RunPage page;
    PH_ASSIGN(const QStringList experiments, experimentIds(query.experiment, stop)); // for each piece: an experiment may be made meanwhile, and its name is wanted
    if (experiments.isEmpty())
        return page;
    QStringList conditions;
    if (query.startedSince.isValid())
        conditions += QStringLiteral("attributes.start_time >= %1").arg(query.startedSince.toMSecsSinceEpoch());
    if (query.running)
        conditions += QStringLiteral("attributes.status = 'RUNNING'");
    if (!query.ids.isEmpty()) {
        QStringList quoted;
        for (const QString &id : query.ids) {
            PH_ASSIGN(const QString text, mlflowQuoted(id));
            quoted += text;
        }
        conditions += QStringLiteral("attributes.run_id IN (%1)").arg(quoted.join(QLatin1Char(',')));
    }
    QJsonObject body{{QStringLiteral("experiment_ids"), QJsonArray::fromStringList(experiments)}, {QStringLiteral("max_results"), token.isEmpty() && query.ids.isEmpty() ? firstPiece : piece},
                     {QStringLiteral("order_by"), QJsonArray{QStringLiteral("attributes.start_time DESC")}}};
    if (!conditions.isEmpty())
        body.insert(QStringLiteral("filter"), conditions.join(QStringLiteral(" AND ")));
    PH_ASSIGN(const QJsonObject reply, m_api.search(QStringLiteral("runs/search"), withToken(body, token), stop));
    for (const QJsonValue &json : reply.value(QLatin1String("runs")).toArray()) {
        PH_ASSIGN(Run run, runFrom(json.toObject()));
        page.runs.push_back(std::move(run));
    }
    page.next = reply.value(QLatin1String("next_page_token")).toString();
    if (!page.next.isEmpty() && page.next == token)
        return invalid(QStringLiteral("The server gives the same page again and again."));
    return page;
}

Result<Run> MlflowRegistry::run(const QString &id) const {
    auto reply = m_api.get(QStringLiteral("runs/get"), idQuery(id));
    if (!reply && reply.error().kind == ErrorKind::NotFound)
        return notFound(QStringLiteral("%1 has no run “%2”.").arg(source(), id), {}, QStringLiteral("See “pilot runs list”; a deleted run can be restored on the server."));
    if (!reply)
        return reply.error();
    PH_ASSIGN(const QJsonObject json, mlflowPart(*reply, "run"));
    PH_ASSIGN(Run found, runFrom(json));
    if (found.id != id)
        return invalid(QStringLiteral("%1 was asked for run %2 and gave another.").arg(source(), id), {}, QStringLiteral("Something between here and the server changes its answers."));
    return found;
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

Result<std::optional<QJsonObject>> MlflowRegistry::runTagged(const QString &experimentId, const QString &tag, const QString &value) const {
    PH_ASSIGN(const QString quoted, mlflowQuoted(value));
    PH_ASSIGN(const auto found, searchRuns({experimentId}, QStringLiteral("tags.`%1` = ").arg(tag) + quoted, 1));
    return found.empty() ? std::optional<QJsonObject>() : std::optional(found.front());
}

Result<std::optional<Run>> MlflowRegistry::runUnder(const QString &experiment, const QString &wantedId) const {
    PH_ASSIGN(const auto id, experimentId(experiment));
    if (!id)
        return std::optional<Run>();
    PH_ASSIGN(const auto found, runTagged(*id, runTag, wantedId));
    if (!found)
        return std::optional<Run>();
    PH_ASSIGN(Run run, runFrom(*found));
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
        PH_ASSIGN(id, experimentId(experiment)); // whoever made it, and whatever became of the reply
        if (!id)
            return made ? notFound(QStringLiteral("%1 has no experiment “%2” although it was made.").arg(source(), experiment), {}, QStringLiteral("Look at the server's log.")) : made.error();
    }
    const QString request = randomHex(16);
    QMap<QString, QString> tags{{userTag, user}, {callTag, request}};
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
    PH_ASSIGN(const QJsonObject reply, m_api.write("POST", QStringLiteral("runs/create"), body, [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const auto found, runTagged(*id, callTag, request));
        return found ? std::optional(QJsonObject{{QStringLiteral("run"), *found}}) : std::nullopt;
    }));
    const QString made = reply.value(QLatin1String("run"))[QLatin1String("info")][QLatin1String("run_id")].toString();
    if (made.isEmpty())
        return invalid(QStringLiteral("%1 made a run and did not say its id.").arg(source()), {}, QStringLiteral("Is the address that of an MLflow server? Something in between may have changed its answer."));
    return made;
}

Result<void> MlflowRegistry::logBatches(const QString &runId, const char *kind, const QJsonArray &all, qsizetype atOnce, const Missing &missing) const {
    qsizetype sent = 0;
    do { // of nothing, too: that the run is there is asked in any case
        QJsonArray some;
        for (; some.size() < atOnce && sent < all.size(); ++sent)
            some.append(all.at(sent));
        QJsonObject body{{QStringLiteral("run_id"), runId}, {QLatin1String(kind), some}};
        PH_TRY(m_api.write("POST", QStringLiteral("runs/log-batch"), body, [&]() -> Result<std::optional<QJsonObject>> {
            PH_ASSIGN(const QJsonArray left, missing(some));
            body.insert(QLatin1String(kind), left);
            return left.isEmpty() ? std::optional(QJsonObject()) : std::nullopt;
        }));
    } while (sent < all.size());
    return {};
}

Result<void> MlflowRegistry::logParams(const QString &runId, const QMap<QString, QString> &params) {
    return logBatches(runId, "params", mlflowPairs(params), batchPairs, [&](const QJsonArray &batch) { return missingPairs(runId, "params", batch); });
}

Result<void> MlflowRegistry::setRunTags(const QString &runId, const QMap<QString, QString> &tags) {
    return logBatches(runId, "tags", mlflowPairs(tags), batchPairs, [&](const QJsonArray &batch) { return missingPairs(runId, "tags", batch); });
}

Result<QJsonArray> MlflowRegistry::missingPairs(const QString &runId, const char *kind, const QJsonArray &batch) const {
    PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("runs/get"), idQuery(runId)));
    const auto there = mlflowPairs(reply.value(QLatin1String("run"))[QLatin1String("data")][QLatin1String(kind)]);
    QJsonArray left;
    for (const QJsonValue &pair : batch)
        if (const QString key = pair[QLatin1String("key")].toString(); !there.contains(key) || there.value(key) != pair[QLatin1String("value")].toString())
            left.append(pair);
    return left;
}

/// Points are compared by step, time and value: the server keeps each as often as it was sent, unless its database forbids it.
Result<QJsonArray> MlflowRegistry::missingPoints(const QString &runId, const QJsonArray &batch) const {
    const auto named = [](const QJsonValue &step, const QJsonValue &time, const QJsonValue &value) {
        return QStringLiteral("%1 %2 %3").arg(mlflowInteger(step)).arg(mlflowInteger(time)).arg(mlflowNumber(value), 0, 'g', 17);
    };
    QHash<QString, QSet<QString>> there; // metric → its points
    QJsonArray left;
    for (const QJsonValue &point : batch) {
        const QString key = point[QLatin1String("key")].toString();
        if (!there.contains(key)) {
            PH_ASSIGN(const auto history, metricHistory(runId, key));
            auto &points = there[key];
            for (const MetricPoint &p : history)
                points.insert(named(p.step, p.time.isValid() ? p.time.toMSecsSinceEpoch() : 0, mlflowNumber(p.value)));
        }
        if (!there[key].contains(named(point[QLatin1String("step")], point[QLatin1String("timestamp")], point[QLatin1String("value")])))
            left.append(point);
    }
    return left;
}

Result<void> MlflowRegistry::logMetrics(const QString &runId, const std::vector<MetricPoint> &points) {
    QJsonArray all;
    for (const MetricPoint &p : points)
        all.append(QJsonObject{{QStringLiteral("key"), p.name}, {QStringLiteral("value"), mlflowNumber(p.value)}, {QStringLiteral("timestamp"), milliseconds(p.time)}, {QStringLiteral("step"), p.step}});
    return logBatches(runId, "metrics", all, batchMetrics, [&](const QJsonArray &batch) { return missingPoints(runId, batch); });
}

Result<void> MlflowRegistry::finishCopy(const QString &runId, RunStatus status, const QString &error, const QDateTime &ended) {
    QJsonObject body{{QStringLiteral("run_id"), runId}, {QStringLiteral("status"), runStatusName(status)}};
    if (status != RunStatus::Running)
        body.insert(QStringLiteral("end_time"), milliseconds(ended));
    PH_TRY(m_api.write("POST", QStringLiteral("runs/update"), body, [&]() -> Result<std::optional<QJsonObject>> {
        PH_ASSIGN(const Run now, run(runId));
        return now.status == status ? std::optional(QJsonObject()) : std::nullopt;
    }));
    return error.isEmpty() ? Result<void>() : setRunTags(runId, {{errorTag, error}});
}

Result<std::vector<Experiment>> MlflowRegistry::experiments() const {
    std::vector<Experiment> out;
    const auto page = [&](const QString &token) { return m_api.search(QStringLiteral("experiments/search"), withToken({{QStringLiteral("max_results"), pageSize}}, token)); };
    PH_TRY(MlflowApi::eachItem(page, "experiments", [&](const QJsonObject &json) {
        Experiment found;
        found.id = json.value(QLatin1String("experiment_id")).toString();
        found.name = json.value(QLatin1String("name")).toString();
        found.artifactFolder = json.value(QLatin1String("artifact_location")).toString();
        found.created = mlflowTime(json.value(QLatin1String("creation_time")));
        found.updated = mlflowTime(json.value(QLatin1String("last_update_time")));
        found.tags = mlflowPairs(json.value(QLatin1String("tags")));
        const std::lock_guard lock(m_mutex);
        m_experimentNames.insert(found.id, found.name);
        out.push_back(std::move(found));
        return true;
    }));
    return out;
}

} // namespace pilothouse::registry
