// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/local_registry_internal.h"

#include "core/base/hash.h"
#include "core/base/json.h"

#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace pilothouse::registry {

namespace {

/// SQLite keeps NaN as NULL.
void bindNumber(Statement &s, int index, double value) { std::isnan(value) ? s.bindNull(index) : s.bind(index, value); }
double number(const Statement &row, int column) { return row.isNull(column) ? std::numeric_limits<double>::quiet_NaN() : row.real(column); }

} // namespace

Result<std::vector<Run>> LocalRegistry::readRuns(const QString &condition, const Database::Bind &bind, std::vector<qint64> *sequences) const {
    std::vector<Run> out;
    PH_TRY(m_database->query(
        QStringLiteral("SELECT r.id, r.experiment, r.name, r.user, r.status, r.started, r.ended, r.error,"
                       " (SELECT json_group_object(key, value) FROM params p WHERE p.run = r.id),"
                       " (SELECT json_group_object(key, value) FROM run_tags t WHERE t.run = r.id),"
                       " CASE WHEN r.status = 'RUNNING' THEN (SELECT max(time) FROM metrics m WHERE m.run = r.id) END, r.sequence" // of the others nobody asks whether they live
                       " FROM runs r ") + condition,
        bind, [&](const Statement &row) {
            Run r;
            r.id = row.text(0);
            r.experiment = row.text(1);
            r.name = row.text(2);
            r.user = row.text(3);
            r.status = runStatusFrom(row.text(4));
            r.started = fromIsoUtc(row.text(5));
            if (!row.isNull(6))
                r.ended = fromIsoUtc(row.text(6));
            r.error = row.text(7);
            const auto each = [&](int column, auto put) {
                const QJsonObject object = QJsonDocument::fromJson(row.text(column).toUtf8()).object();
                for (auto it = object.begin(); it != object.end(); ++it)
                    put(it.key(), it.value().toString());
            };
            each(8, [&](const QString &key, const QString &value) { r.params.insert(key, value); });
            each(9, [&](const QString &key, const QString &value) { r.tags.insert(key, value); });
            r.artifactFolder = r.tags.value(QStringLiteral("artifact_folder"));
            if (!row.isNull(10))
                r.lastPoint = fromIsoUtc(row.text(10));
            if (sequences)
                sequences->push_back(row.integer(11));
            out.push_back(std::move(r));
        }));
    for (Run &r : out) // apart from the texts: JSON would round the numbers, and has no word for NaN
        PH_TRY(m_database->query(QStringLiteral("SELECT name, value FROM latest_metrics WHERE run = ?1"), [&](Statement &s) { s.bind(1, r.id); },
                                 [&](const Statement &row) { r.metrics.insert(row.text(0), number(row, 1)); }));
    return out;
}

Result<std::vector<Run>> LocalRegistry::runs(const QString &experiment, int limit) const {
    if (experiment.isEmpty())
        return readRuns(QStringLiteral("ORDER BY r.sequence DESC LIMIT ?1"), [&](Statement &s) { s.bind(1, limit); });
    return readRuns(QStringLiteral("WHERE r.experiment = ?1 ORDER BY r.sequence DESC LIMIT ?2"),
                    [&](Statement &s) { s.bind(1, experiment).bind(2, limit); });
}

Result<RunPage> LocalRegistry::runPage(const RunQuery &query, const QString &token, std::stop_token) const {
    constexpr int piece = 500;
    const QJsonArray ids = QJsonArray::fromStringList(query.ids);
    std::vector<qint64> sequences;
    RunPage page;
    PH_ASSIGN(page.runs, readRuns(QStringLiteral("WHERE (?1 = '' OR r.experiment = ?1) AND (?2 = '' OR r.started >= ?2) AND (NOT ?3 OR r.status = 'RUNNING')"
                                                 " AND (NOT ?4 OR r.id IN (SELECT value FROM json_each(?5))) AND (?6 = 0 OR r.sequence < ?6) ORDER BY r.sequence DESC LIMIT ?7"),
                                  [&](Statement &s) {
                                      s.bind(1, query.experiment).bind(2, query.startedSince.isValid() ? isoUtc(query.startedSince) : QString()).bind(3, int(query.running));
                                      s.bind(4, int(!ids.isEmpty())).bind(5, QString::fromUtf8(QJsonDocument(ids).toJson(QJsonDocument::Compact))).bind(6, token.toLongLong()).bind(7, piece);
                                  },
                                  &sequences));
    if (page.runs.size() == std::size_t(piece))
        page.next = QString::number(sequences.back());
    return page;
}

Result<Run> LocalRegistry::run(const QString &id) const {
    PH_ASSIGN(auto found, readRuns(QStringLiteral("WHERE r.id = ?1"), [&](Statement &s) { s.bind(1, id); }));
    if (found.empty())
        return notFound(QStringLiteral("The registry has no run “%1”.").arg(id));
    return std::move(found.front());
}

Result<std::vector<MetricPoint>> LocalRegistry::metricHistory(const QString &runId, const QString &metric) const {
    PH_TRY(needRun(runId));
    std::vector<MetricPoint> out;
    PH_TRY(m_database->query(QStringLiteral("SELECT step, value, time FROM metrics WHERE run = ?1 AND name = ?2 ORDER BY step, sequence"),
                             [&](Statement &s) { s.bind(1, runId).bind(2, metric); },
                             [&](const Statement &row) { out.push_back({metric, number(row, 1), row.integer(0), fromIsoUtc(row.text(2))}); }));
    return out;
}

Result<void> LocalRegistry::needRun(const QString &id) const {
    bool there = false;
    PH_TRY(m_database->query(QStringLiteral("SELECT 1 FROM runs WHERE id = ?1"), [&](Statement &s) { s.bind(1, id); },
                             [&](const Statement &) { there = true; }));
    if (!there)
        return notFound(QStringLiteral("The registry has no run “%1”.").arg(id));
    return {};
}

Result<QString> LocalRegistry::createRun(const QString &experiment, const QString &name, const QString &user, const QString &wantedId) {
    static const QRegularExpression allowed(QStringLiteral("\\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\z"));
    const QString id = wantedId.isEmpty() ? randomHex(16) : wantedId;
    if (!allowed.match(id).hasMatch()) // it becomes the name of a folder
        return invalid(QStringLiteral("“%1” cannot be the id of a run.").arg(id.left(140)), {}, QStringLiteral("Use letters, digits, dots, dashes and underscores."));
    if (experiment.isEmpty())
        return invalid(QStringLiteral("A run needs the name of an experiment."));
    PH_TRY(m_database->transaction([&]() -> Result<void> {
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO experiments(name, created) VALUES(?1, ?2) ON CONFLICT(name) DO NOTHING"),
                                   [&](Statement &s) { s.bind(1, experiment).bind(2, now()); }));
        PH_ASSIGN(const qint64 made, m_database->execute(
            QStringLiteral("INSERT INTO runs(id, experiment, name, user, status, started) VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(id) DO NOTHING"),
            [&](Statement &s) { s.bind(1, id).bind(2, experiment).bind(3, name).bind(4, user).bind(5, runStatusName(RunStatus::Running)).bind(6, now()); }));
        if (made == 0)
            return Error{ErrorKind::Conflict, QStringLiteral("A run “%1” is there already.").arg(id), {}, QStringLiteral("Choose another id or resume that run."), {}};
        return {};
    }));
    return id;
}

Result<void> LocalRegistry::logParams(const QString &runId, const QMap<QString, QString> &params) {
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needRun(runId));
        for (auto it = params.begin(); it != params.end(); ++it) {
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO params(run, key, value) VALUES(?1, ?2, ?3) ON CONFLICT(run, key) DO NOTHING"),
                                       [&](Statement &s) { s.bind(1, runId).bind(2, it.key()).bind(3, it.value()); }));
            QString kept;
            PH_TRY(m_database->query(QStringLiteral("SELECT value FROM params WHERE run = ?1 AND key = ?2"),
                                     [&](Statement &s) { s.bind(1, runId).bind(2, it.key()); }, [&](const Statement &row) { kept = row.text(0); }));
            if (kept != it.value())
                return Error{ErrorKind::Conflict,
                             QStringLiteral("Parameter “%1” of run %2 is “%3” already and cannot become “%4”.").arg(it.key(), runId, kept, it.value()),
                             {}, QStringLiteral("Parameters are written once; start a new run."), {}};
        }
        return {};
    });
}

Result<void> LocalRegistry::logMetrics(const QString &runId, const std::vector<MetricPoint> &points) {
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needRun(runId));
        for (const MetricPoint &p : points) {
            const QString time = p.time.isValid() ? isoUtc(p.time) : now();
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO metrics(run, name, step, value, time) VALUES(?1, ?2, ?3, ?4, ?5)"), [&](Statement &s) {
                s.bind(1, runId).bind(2, p.name).bind(3, p.step).bind(5, time);
                bindNumber(s, 4, p.value);
            }));
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO latest_metrics(run, name, step, value) VALUES(?1, ?2, ?3, ?4)"
                                                      " ON CONFLICT(run, name) DO UPDATE SET step = ?3, value = ?4 WHERE ?3 >= step"),
                                       [&](Statement &s) {
                                           s.bind(1, runId).bind(2, p.name).bind(3, p.step);
                                           bindNumber(s, 4, p.value);
                                       }));
        }
        return {};
    });
}

Result<void> LocalRegistry::setRunTags(const QString &runId, const QMap<QString, QString> &tags) {
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(needRun(runId));
        for (auto it = tags.begin(); it != tags.end(); ++it)
            PH_TRY(m_database->execute(QStringLiteral("INSERT INTO run_tags(run, key, value) VALUES(?1, ?2, ?3) ON CONFLICT(run, key) DO UPDATE SET value = ?3"),
                                       [&](Statement &s) { s.bind(1, runId).bind(2, it.key()).bind(3, it.value()); }));
        return {};
    });
}

Result<void> LocalRegistry::finishRun(const QString &runId, RunStatus status, const QString &error) {
    PH_ASSIGN(const qint64 changed, m_database->execute(
        QStringLiteral("UPDATE runs SET status = ?2, error = ?3, ended = CASE WHEN ?2 = 'RUNNING' THEN NULL ELSE ?4 END WHERE id = ?1"),
        [&](Statement &s) { s.bind(1, runId).bind(2, runStatusName(status)).bind(3, error).bind(4, now()); }));
    if (changed == 0)
        return notFound(QStringLiteral("The registry has no run “%1”.").arg(runId));
    return {};
}

} // namespace pilothouse::registry
