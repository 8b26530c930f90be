// SPDX-License-Identifier: GPL-3.0-or-later
// What the labels say of the predictions: metrics over the newest ones, and over stretches of time.
#include "core/serving/log_reader.h"
#include "core/serving/outcome_reader.h"

#include "core/artifact/scorer.h"
#include "core/base/json.h"

#include <QHash>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace pilothouse::serving {

namespace {

QDateTime fromMs(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC); }

/// Sums from which every live metric follows.
struct Sums {
    qint64 rows = 0, numbers = 0;
    double loss = 0, squares = 0, values = 0, valueSquares = 0;
};

const QString sumColumns = QStringLiteral("count(loss),count(value),total(loss),total((predicted-value)*(predicted-value)),total(value),total(value*value)");

Sums readSums(const Statement &s, int from) {
    return {s.integer(from), s.integer(from + 1), s.real(from + 2), s.real(from + 3), s.real(from + 4), s.real(from + 5)};
}

/// What each revision forecasts: first the stable one, which is not the newest after a canary was aborted or a rollout undone; then newest first.
Result<std::vector<std::pair<qint64, QStringList>>> targetsOfRevisions(Database &database) {
    std::vector<std::pair<qint64, QByteArray>> stored;
    PH_TRY(database.query(QStringLiteral("SELECT number,signature FROM revisions ORDER BY outcome='stable' DESC,number DESC"), {}, [&](const Statement &s) { stored.emplace_back(s.integer(0), s.blob(1)); }));
    std::vector<std::pair<qint64, QStringList>> out;
    for (const auto &[number, json] : stored) {
        PH_ASSIGN(const QJsonObject object, parseJsonObject(json, database.path()));
        PH_ASSIGN(const artifact::Signature signature, artifact::Signature::fromJson(object, database.path()));
        out.emplace_back(number, signature.targets());
    }
    return out;
}

/// The labels that a metric is of, as SQL; one of several targets is bound as ?3. Labels of a single target stand without its name, so
/// those that came to an earlier revision of another target are left out.
Result<QString> labelsOf(Database &database, const QString &target) {
    if (!target.isEmpty())
        return QStringLiteral("target_labels WHERE target=?3");
    PH_ASSIGN(const auto revisions, targetsOfRevisions(database));
    QStringList others;
    for (const auto &[number, targets] : revisions)
        if (targets != revisions.front().second)
            others << QString::number(number);
    return others.isEmpty() ? QStringLiteral("labels WHERE true") : QStringLiteral("labels WHERE revision NOT IN (%1)").arg(others.join(QLatin1Char(',')));
}

/// Of the stable revision, without one the newest; empty: numbers.
Result<QStringList> servedClasses(Database &database) {
    QByteArray json;
    PH_TRY(database.query(QStringLiteral("SELECT signature FROM revisions ORDER BY outcome='stable' DESC,number DESC LIMIT 1"), {}, [&](const Statement &s) { json = s.blob(0); }));
    QStringList classes;
    if (json.isEmpty())
        return classes;
    PH_ASSIGN(const QJsonObject object, parseJsonObject(json, database.path()));
    PH_ASSIGN(const artifact::Signature signature, artifact::Signature::fromJson(object, database.path()));
    for (const std::string &name : signature.classes)
        classes << QString::fromStdString(name);
    return classes;
}

double metricOf(const QString &metric, const Sums &sums) {
    const double n = double(sums.rows);
    if (sums.rows == 0)
        return std::nan("");
    if (metric == QLatin1String("accuracy"))
        return sums.numbers == 0 ? 1.0 - sums.loss / n : std::nan("");
    if (sums.numbers == 0)
        return std::nan("");
    if (metric == QLatin1String("mae"))
        return sums.loss / n;
    if (metric == QLatin1String("rmse"))
        return std::sqrt(sums.squares / double(sums.numbers));
    const double spread = sums.valueSquares - sums.values * sums.values / double(sums.numbers);
    return spread > 1e-12 * std::max(1.0, sums.valueSquares) ? 1.0 - sums.squares / spread : std::nan("");
}

} // namespace

Result<std::vector<MetricBucket>> rollingMetric(Database &database, const QString &metric, qint64 bucketSeconds, const QDateTime &since) {
    static const QStringList known{QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("r2"), QStringLiteral("accuracy")};
    const auto [name, target] = workspace::metricAndTarget(metric);
    if (!known.contains(name))
        return invalid(QStringLiteral("The live metric “%1” is not known.").arg(metric), {}, QStringLiteral("Known: %1.").arg(known.join(QStringLiteral(", "))));
    if (bucketSeconds < 1)
        return invalid(QStringLiteral("A stretch of time must be at least a second."));
    std::vector<MetricBucket> out;
    PH_ASSIGN(const QString labels, labelsOf(database, target));
    PH_TRY(database.query(QStringLiteral("SELECT predicted_time/?1 AS bucket,%1 FROM %2 AND predicted_time>=?2 GROUP BY bucket ORDER BY bucket").arg(sumColumns, labels),
                          [&, &target = target](Statement &s) {
                              s.bind(1, bucketSeconds * 1000).bind(2, since.toMSecsSinceEpoch());
                              if (!target.isEmpty())
                                  s.bind(3, target);
                          },
                          [&, &name = name](const Statement &s) {
                              const Sums sums = readSums(s, 1);
                              out.push_back({fromMs(s.integer(0) * bucketSeconds * 1000), metricOf(name, sums), sums.rows});
                          }));
    return out;
}

Result<LiveMetrics> liveMetrics(Database &database, qint64 newestLabelled, std::optional<QDateTime> since, const QString &target) {
    LiveMetrics out;
    Sums sums;
    PH_ASSIGN(const QString labels, labelsOf(database, target));
    PH_TRY(database.query(QStringLiteral("SELECT %1,min(predicted_time),max(predicted_time) FROM (SELECT * FROM %2 AND predicted_time>=?2 "
                                         "ORDER BY predicted_time DESC LIMIT ?1)")
                              .arg(sumColumns, labels),
                          [&](Statement &s) {
                              s.bind(1, newestLabelled).bind(2, since ? since->toMSecsSinceEpoch() : qint64(0));
                              if (!target.isEmpty())
                                  s.bind(3, target);
                          },
                          [&](const Statement &s) {
                              sums = readSums(s, 0);
                              if (sums.rows > 0) {
                                  out.from = fromMs(s.integer(6));
                                  out.to = fromMs(s.integer(7));
                              }
                          }));
    out.labelled = sums.rows;
    for (const QString &metric : {QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("r2"), QStringLiteral("accuracy")})
        if (const double value = metricOf(metric, sums); std::isfinite(value))
            out.values.emplace(metric, value);
    return out;
}

Result<QStringList> servedTargets(Database &database) {
    PH_ASSIGN(auto revisions, targetsOfRevisions(database));
    if (revisions.empty())
        return notFound(QStringLiteral("Nothing was served here yet."), database.path());
    return std::move(revisions.front().second);
}

Result<Outcomes> readOutcomes(Database &database, const QString &target, qint64 fromMs, qint64 toMs) {
    Outcomes out;
    std::unordered_map<qint64, std::size_t> firstRow; // of each request, in out.rows
    const auto range = [&](Statement &s) { s.bind(1, fromMs).bind(2, toMs); };
    PH_TRY(database.query(QStringLiteral("SELECT p.seq,p.time,p.rows,coalesce(r.version,0) FROM predictions p LEFT JOIN revisions r ON r.number=p.revision "
                                         "WHERE p.status<400 AND p.time>=?1 AND p.time<?2 ORDER BY p.seq"),
                          range,
                          [&](const Statement &s) {
                              firstRow.emplace(s.integer(0), out.rows.size());
                              for (int row = 0; row < s.integer(2); ++row) {
                                  Outcome one;
                                  one.request = s.integer(0);
                                  one.row = row;
                                  one.predictedMs = s.integer(1);
                                  one.version = int(s.integer(3));
                                  one.predicted = std::nan("");
                                  out.rows.push_back(one);
                              }
                          }));
    QHash<QString, int> codes; // those of the served version first, in its order
    PH_ASSIGN(out.classes, servedClasses(database));
    for (const QString &name : std::as_const(out.classes))
        codes.insert(name, int(codes.size()));
    const auto code = [&](const QString &name) {
        const auto known = codes.constFind(name);
        if (known != codes.constEnd())
            return double(*known);
        codes.insert(name, int(out.classes.size()));
        out.classes << name;
        return double(out.classes.size() - 1);
    };
    PH_ASSIGN(const QString labels, labelsOf(database, target));
    const QString classColumns = target.isEmpty() ? QStringLiteral("class,predicted_class") : QStringLiteral("NULL,NULL");
    PH_TRY(database.query(QStringLiteral("SELECT seq,row,time,value,predicted,%1 FROM %2 AND predicted_time>=?1 AND predicted_time<?2").arg(classColumns, labels),
                          [&](Statement &s) {
                              range(s);
                              if (!target.isEmpty())
                                  s.bind(3, target);
                          },
                          [&](const Statement &s) {
                              const auto first = firstRow.find(s.integer(0));
                              if (first == firstRow.end() || first->second + std::size_t(s.integer(1)) >= out.rows.size())
                                  return;
                              Outcome &row = out.rows[first->second + std::size_t(s.integer(1))];
                              const bool classes = !s.isNull(5);
                              if (row.request != s.integer(0) || (classes ? s.isNull(6) : s.isNull(3) || s.isNull(4)))
                                  return;
                              row.truth = classes ? code(s.text(5)) : s.real(3);
                              row.predicted = classes ? code(s.text(6)) : s.real(4);
                              row.labelled = true;
                              row.labelledMs = s.integer(2);
                          }));
    return out;
}

Result<std::vector<DeployMarker>> deployMarkers(Database &database) {
    std::vector<DeployMarker> out;
    PH_TRY(database.query(QStringLiteral("SELECT time,number,version,outcome FROM revisions ORDER BY time,number"), {},
                          [&](const Statement &s) { out.push_back({s.integer(0), int(s.integer(1)), int(s.integer(2)), s.text(3)}); }));
    return out;
}

} // namespace pilothouse::serving
