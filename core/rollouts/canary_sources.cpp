// SPDX-License-Identifier: GPL-3.0-or-later
// Where a canary's figures come from: our own prediction log, a service with the reference routes, Prometheus.
#include "core/rollouts/canary_judge.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/serving/log_reader.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::RolloutStatus;

namespace {

/// One answer of the service, as a log tells it.
struct Answer {
    int status = 200;
    double milliseconds = 0;
    QJsonValue prediction;
};

/// Collects answers of one side; the quantile is exact, there are few thousand at most.
class SideCollector {
public:
    void add(const Answer &answer) {
        if (answer.status >= 400 && answer.status < 500)
            return; // what clients send wrong counts for nobody
        ++m_requests;
        m_failed += answer.status >= 500 ? 1 : 0;
        if (answer.milliseconds > 0)
            m_times.push_back(answer.milliseconds);
        if (answer.status < 400)
            take(answer.prediction, true);
    }
    void finish(SideSight &side) {
        side.requests = side.requests.value_or(0) + m_requests;
        side.failed = side.failed.value_or(0) + m_failed;
        if (!m_times.empty()) {
            std::sort(m_times.begin(), m_times.end());
            side.p95Ms = m_times[std::size_t(std::ceil(0.95 * double(m_times.size()))) - 1];
        }
        side.numbers.insert(side.numbers.end(), m_numbers.begin(), m_numbers.end());
        for (const auto &[name, count] : m_classes)
            side.classes[name] += count;
    }

private:
    /// A list is many rows, or one forecast: of a forecast the first step counts. Several targets are not compared as one.
    void take(const QJsonValue &value, bool top) {
        if (value.isArray()) {
            const QJsonArray list = value.toArray();
            if (!top && !list.isEmpty())
                take(list.first(), false);
            else
                for (const QJsonValue &one : list)
                    take(one, false);
        } else if (value.isDouble()) {
            m_numbers.push_back(value.toDouble());
        } else if (value.isString()) {
            ++m_classes[value.toString()];
        } else if (value.isBool()) {
            ++m_classes[value.toBool() ? QStringLiteral("true") : QStringLiteral("false")];
        }
    }
    qint64 m_requests = 0, m_failed = 0;
    std::vector<double> m_times, m_numbers;
    std::map<QString, qint64> m_classes;
};

QJsonValue jsonOf(const QByteArray &text) {
    const QJsonDocument document = QJsonDocument::fromJson("[" + text + "]");
    return document.array().first();
}

class LogSource final : public CanarySource {
public:
    explicit LogSource(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    QString name() const override { return QStringLiteral("prediction log"); }
    Result<void> look(const RolloutStatus &status, const QDateTime &since, CanarySight &sight, std::stop_token) override {
        if (!status.stable || !status.canary)
            return notFound(QStringLiteral("The rollout has no two revisions."), status.target);
        const int stable = status.stable->revision, canary = status.canary->revision;
        SideCollector sides[2];
        PH_TRY(m_database->query(QStringLiteral("SELECT revision,side,status,latency_us,output FROM predictions WHERE time>=?1 AND revision IN (?2,?3) ORDER BY seq DESC LIMIT 20000"),
                                 [&](Statement &s) { s.bind(1, since.isValid() ? since.toMSecsSinceEpoch() : qint64(0)).bind(2, stable).bind(3, canary); },
                                 [&](const Statement &s) {
                                     const bool rescued = s.integer(1) == 2; // the canary's turn, but it could not
                                     sides[rescued || s.integer(0) == canary ? 1 : 0].add({rescued ? 500 : int(s.integer(2)), double(s.integer(3)) / 1000, jsonOf(s.blob(4))});
                                 }));
        sides[0].finish(sight.stable);
        sides[1].finish(sight.canary);
        PH_TRY(m_database->query(QStringLiteral("SELECT seq,row,stable_loss,canary_loss FROM paired WHERE canary=?1 AND step=(SELECT max(step) FROM paired WHERE canary=?1) ORDER BY seq,row"), [&](Statement &s) { s.bind(1, canary); },
                                 [&](const Statement &s) { sight.pairs.push_back({s.integer(0), int(s.integer(1)), s.real(2), s.real(3)}); }));
        PH_TRY(m_database->query(QStringLiteral("SELECT rows,agreed FROM agreement WHERE champion=?1 AND shadow=?2"), [&](Statement &s) { s.bind(1, stable).bind(2, canary); },
                                 [&](const Statement &s) { sight.agreement = serving::OutputAgreement{s.integer(0), s.integer(0) - s.integer(1)}; }));
        return {};
    }

private:
    std::shared_ptr<Database> m_database;
};

class EndpointSource final : public CanarySource {
public:
    EndpointSource(std::shared_ptr<serving::Endpoint> endpoint, QString url, int newest) : m_endpoint(std::move(endpoint)), m_url(std::move(url)), m_newest(newest) {}
    QString name() const override { return m_url + QStringLiteral("/logs"); }
    Result<void> look(const RolloutStatus &status, const QDateTime &since, CanarySight &sight, std::stop_token token) override {
        if (!status.stable || !status.canary || status.stable->version == status.canary->version)
            return notFound(QStringLiteral("The rollout does not say which two versions it is between."), status.target);
        PH_ASSIGN(const QJsonArray log, m_endpoint->getList(QStringLiteral("/logs/%1").arg(m_newest), 15000, token));
        SideCollector sides[2];
        const QString versions[2] = {QString::number(status.stable->version), QString::number(status.canary->version)};
        for (const QJsonValue &value : log) {
            const QJsonObject o = value.toObject();
            const QDateTime when = QDateTime::fromString(o.value(Q("timestamp")).toString(), Qt::ISODateWithMs);
            if (since.isValid() && when.isValid() && when < since)
                continue;
            const QJsonValue version = o.value(Q("model_version"));
            const QString text = version.isDouble() ? QString::number(version.toInt()) : version.toString();
            const QJsonValue state = o.value(Q("status")); // a number, or the reference services' "success"
            const int code = state.isDouble() ? state.toInt() : state.toString() == Q("success") || state.toString() == Q("ok") || state.isUndefined() ? 200 : 500;
            for (int side = 0; side < 2; ++side)
                if (text == versions[side] || text == QLatin1Char('v') + versions[side])
                    sides[side].add({code, o.value(Q("response_time_ms")).toDouble(), o.value(Q("prediction"))});
        }
        sides[0].finish(sight.stable);
        sides[1].finish(sight.canary);
        return {};
    }

private:
    std::shared_ptr<serving::Endpoint> m_endpoint;
    QString m_url;
    int m_newest;
};

class PrometheusSource final : public CanarySource {
public:
    PrometheusSource(std::shared_ptr<telemetry::Prometheus> prometheus, QMap<QString, QString> stable, QMap<QString, QString> canary)
        : m_prometheus(std::move(prometheus)), m_stable(std::move(stable)), m_canary(std::move(canary)) {}
    QString name() const override { return QStringLiteral("Prometheus ") + m_prometheus->url(); }
    Result<void> look(const RolloutStatus &, const QDateTime &since, CanarySight &sight, std::stop_token token) override {
        PH_TRY(side(m_stable, since, sight.stable, sight.gaps, token));
        return side(m_canary, since, sight.canary, sight.gaps, token);
    }

private:
    /// "$range" in a query is the time since the step began, so that rates do not look back into the step before.
    Result<void> side(const QMap<QString, QString> &queries, const QDateTime &since, SideSight &side, QStringList &gaps, std::stop_token token) {
        const qint64 seconds = since.isValid() ? std::clamp<qint64>(since.secsTo(QDateTime::currentDateTimeUtc()), 15, 7 * 86400) : 300;
        for (auto it = queries.begin(); it != queries.end(); ++it) {
            QString query = it.value();
            query.replace(Q("$range"), QStringLiteral("%1s").arg(seconds));
            const auto value = m_prometheus->number(query, {}, token);
            if (!value && value.error().kind == ErrorKind::NotFound) {
                gaps << QStringLiteral("%1: %2").arg(it.key(), value.error().what);
                continue;
            }
            if (!value)
                return value.error();
            if (!std::isfinite(*value)) // 0/0 of a rate without requests
                continue;
            if (it.key() == Q("requests"))
                side.requests = std::llround(*value);
            else if (it.key() == Q("failed"))
                side.failed = std::llround(*value);
            else if (it.key() == Q("p95_ms"))
                side.p95Ms = *value;
            else if (it.key() == Q("labelled"))
                side.labelled = std::llround(*value);
            else if (it.key() == Q("mean_loss"))
                side.meanLoss = *value;
            else if (it.key() == Q("loss_deviation"))
                side.lossDeviation = *value;
        }
        return {};
    }
    std::shared_ptr<telemetry::Prometheus> m_prometheus;
    QMap<QString, QString> m_stable, m_canary;
};

} // namespace

std::unique_ptr<CanarySource> logSource(std::shared_ptr<Database> servingDatabase) { return std::make_unique<LogSource>(std::move(servingDatabase)); }
std::unique_ptr<CanarySource> endpointSource(std::shared_ptr<serving::Endpoint> endpoint, QString url, int newest) { return std::make_unique<EndpointSource>(std::move(endpoint), std::move(url), newest); }
std::unique_ptr<CanarySource> prometheusSource(std::shared_ptr<telemetry::Prometheus> prometheus, QMap<QString, QString> stable, QMap<QString, QString> canary) {
    return std::make_unique<PrometheusSource>(std::move(prometheus), std::move(stable), std::move(canary));
}

} // namespace pilothouse::rollouts
