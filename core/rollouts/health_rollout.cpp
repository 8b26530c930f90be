// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/health_rollout.h"

#include "core/base/hash.h"

#include <QRegularExpression>
#include <QThread>

#include <algorithm>
#include <cmath>

namespace pilothouse::rollouts {

using Q = QLatin1String;

namespace {

constexpr int lookMs = 5000;

QString versionText(const QJsonObject &answer) {
    for (const char *key : {"model_version", "version", "tag"}) {
        const QJsonValue value = answer.value(Q(key));
        if (value.isDouble())
            return QString::number(value.toInt());
        if (!value.toString().isEmpty())
            return value.toString();
    }
    return {};
}

std::optional<qint64> countOf(const QJsonObject &metrics, const char *key) {
    return metrics.value(Q(key)).isDouble() ? std::optional(qint64(metrics.value(Q(key)).toDouble())) : std::nullopt;
}

QString percent(double share) { return QString::number(share * 100, 'g', 3) + QStringLiteral(" %"); }

} // namespace

QString healthPhaseName(HealthPhase phase) {
    switch (phase) {
    case HealthPhase::Deploying: return QStringLiteral("deploying");
    case HealthPhase::Unhealthy: return QStringLiteral("unhealthy");
    case HealthPhase::OldVersion: return QStringLiteral("old-version");
    case HealthPhase::Watching: return QStringLiteral("watching");
    case HealthPhase::Done: return QStringLiteral("done");
    case HealthPhase::Failed: break;
    }
    return QStringLiteral("failed");
}

bool sameVersion(const QString &a, const QString &b) {
    static const QRegularExpression commit(QStringLiteral("^[0-9a-f]{7,40}$")), decorated(QStringLiteral("^v(?=\\d)"));
    const auto plain = [](QString text) { return text.section(QLatin1Char('/'), -1).toLower().remove(decorated); };
    const QString x = plain(a), y = plain(b);
    if (x.isEmpty() || y.isEmpty())
        return false;
    const bool digits = QRegularExpression(QStringLiteral("^\\d+$")).match(x).hasMatch() && QRegularExpression(QStringLiteral("^\\d+$")).match(y).hasMatch();
    if (!digits && commit.match(x).hasMatch() && commit.match(y).hasMatch())
        return x.startsWith(y) || y.startsWith(x);
    return x == y;
}

Result<HealthSample> lookAtHealth(serving::Endpoint &endpoint, const QDateTime &now, std::stop_token token) {
    HealthSample out;
    out.at = now;
    const auto health = endpoint.get(QStringLiteral("/health"), lookMs, token);
    if (!health) {
        if (health.error().kind == ErrorKind::Cancelled)
            return health.error();
        out.reachable = !net::neverSent(health.error()) && health.error().kind != ErrorKind::TimedOut; // a 503 is an answer
        out.problem = health.error().what;
        return out;
    }
    out.reachable = true;
    const QString word = health->value(Q("status")).toString().toLower();
    const bool loaded = health->value(Q("model_loaded")).toBool(true);
    out.healthy = loaded && (word.isEmpty() || word == Q("healthy") || word == Q("ok") || word == Q("up") || word == Q("alive") || word == Q("ready"));
    if (!out.healthy)
        out.problem = loaded ? QStringLiteral("it says “%1” of itself").arg(word) : QStringLiteral("no model is loaded");
    out.version = versionText(*health);
    if (const auto info = endpoint.get(QStringLiteral("/model-info"), lookMs, token); info && !versionText(*info).isEmpty())
        out.version = versionText(*info);
    if (const auto metrics = endpoint.get(QStringLiteral("/metrics"), lookMs, token)) {
        out.requests = countOf(*metrics, "total_requests");
        out.failed = countOf(*metrics, "failed_requests");
        for (const char *key : {"p95_response_time_ms", "p95_ms"})
            if (metrics->value(Q(key)).isDouble())
                out.p95Ms = metrics->value(Q(key)).toDouble();
    }
    return out;
}

HealthWatch::HealthWatch(HealthRules rules, QString wanted, HealthSample before, QDateTime deployed)
    : m_rules(rules), m_wanted(std::move(wanted)), m_before(std::move(before)), m_deployed(std::move(deployed)) {
    m_state.sentence = QStringLiteral("Waits for the deploy");
}

bool HealthWatch::isWanted(const QString &version) const {
    if (!m_wanted.isEmpty())
        return sameVersion(version, m_wanted);
    return !version.isEmpty() && !sameVersion(version, m_before.version);
}

HealthState HealthWatch::fail(const QString &sentence) { return m_state = {HealthPhase::Failed, sentence}; }

/// Errors and latency of the new version alone; counters begin anew where the service was started.
QString HealthWatch::figuresProblem(const HealthSample &s) const {
    if (!s.requests || !m_first || !m_first->requests)
        return {};
    const bool anew = *s.requests < *m_first->requests;
    const qint64 requests = anew ? *s.requests : *s.requests - *m_first->requests, failed = s.failed.value_or(0) - (anew ? 0 : m_first->failed.value_or(0));
    if (requests < m_rules.minimumRequests)
        return {};
    if (const double rate = double(failed) / double(requests); rate > m_rules.maxErrorRate)
        return QStringLiteral("%1 failed %2 of %3 requests (%4, limit %5)").arg(s.version.isEmpty() ? QStringLiteral("The new version") : QStringLiteral("Version ") + s.version).arg(failed).arg(requests)
            .arg(percent(rate), percent(m_rules.maxErrorRate));
    if (m_rules.maxLatencyRatio > 0 && s.p95Ms && m_before.p95Ms && *m_before.p95Ms > 0 && *s.p95Ms > *m_before.p95Ms * m_rules.maxLatencyRatio && *s.p95Ms - *m_before.p95Ms >= m_rules.latencyFloorMs)
        return QStringLiteral("It answers in %1 ms, before in %2 ms (p95, limit %3 times)").arg(*s.p95Ms, 0, 'g', 3).arg(*m_before.p95Ms, 0, 'g', 3).arg(m_rules.maxLatencyRatio);
    return {};
}

HealthState HealthWatch::take(const HealthSample &s) {
    if (m_state.over())
        return m_state;
    const qint64 waited = m_deployed.secsTo(s.at);
    const bool good = s.reachable && s.healthy, wanted = isWanted(s.version);
    if (!m_since.isValid()) { // the new version has not answered yet
        if (good && wanted) {
            m_since = s.at;
            m_first = s;
            m_bad = 0;
            return m_state = {HealthPhase::Watching, QStringLiteral("Version %1 answers after %2 s; watched for %3 s").arg(s.version).arg(waited).arg(m_rules.settleSeconds)};
        }
        if (good)
            m_state = {HealthPhase::OldVersion, s.version.isEmpty() ? QStringLiteral("The service is healthy and does not say which version it is") : QStringLiteral("The service still answers with version %1").arg(s.version)};
        else
            m_state = {HealthPhase::Unhealthy, QStringLiteral("The service is not healthy: %1").arg(s.problem)};
        if (waited >= m_rules.limitSeconds)
            return fail(QStringLiteral("%1, %2 s after the deploy%3").arg(m_state.sentence).arg(waited).arg(m_wanted.isEmpty() ? QString() : QStringLiteral("; wanted is %1").arg(m_wanted)));
        return m_state;
    }
    if (!good || !wanted) {
        ++m_bad;
        const QString what = !good ? QStringLiteral("The new version is not healthy: %1").arg(s.problem) : QStringLiteral("The service answers with version %1 again").arg(s.version);
        if (m_bad >= m_rules.failuresInRow)
            return fail(QStringLiteral("%1 (%2 looks in a row)").arg(what).arg(m_bad));
        return m_state = {HealthPhase::Watching, what};
    }
    m_bad = 0;
    if (const QString problem = figuresProblem(s); !problem.isEmpty())
        return fail(problem);
    const qint64 stood = m_since.secsTo(s.at);
    if (stood < m_rules.settleSeconds)
        return m_state = {HealthPhase::Watching, QStringLiteral("Version %1 answers; watched for %2 s more").arg(s.version).arg(m_rules.settleSeconds - stood)};
    QString sentence = QStringLiteral("Version %1 stands").arg(s.version);
    if (s.requests && m_first->requests) {
        const qint64 requests = *s.requests >= *m_first->requests ? *s.requests - *m_first->requests : *s.requests;
        sentence += QStringLiteral(": %1 requests").arg(requests);
        if (requests < m_rules.minimumRequests)
            sentence += QStringLiteral(", too few to judge its errors (%1 wanted)").arg(m_rules.minimumRequests);
    }
    return m_state = {HealthPhase::Done, sentence};
}

Result<HealthState> watchHealth(const HealthRolloutOptions &o, const HealthSample &before) {
    const auto sleep = o.sleep ? o.sleep : [](int ms) { QThread::msleep(static_cast<unsigned long>(ms)); };
    HealthWatch watch(o.rules, o.version.isEmpty() ? o.tag : o.version, before, o.clock->nowUtc());
    bool handedOver = !o.deployer || !o.deployer->finished;
    for (;;) {
        if (o.stop.stop_requested())
            return cancelled();
        if (!handedOver) {
            PH_ASSIGN(handedOver, o.deployer->finished());
        }
        PH_ASSIGN(const HealthSample sample, lookAtHealth(*o.endpoint, o.clock->nowUtc(), o.stop));
        const HealthState state = watch.take(sample);
        if (o.onLook)
            o.onLook(state, sample);
        if (state.over())
            return state;
        sleep(o.pollMs);
    }
}

Result<operations::Operation> deployOperation(HealthRolloutOptions options) {
    if (options.tag.isEmpty())
        return invalid(QStringLiteral("Nothing says which tag is deployed."), QStringLiteral("--tag"));
    const auto o = std::make_shared<const HealthRolloutOptions>(std::move(options));
    const auto before = std::make_shared<HealthSample>();
    const auto seen = std::make_shared<HealthState>();
    PH_ASSIGN(*before, lookAtHealth(*o->endpoint, o->clock->nowUtc(), o->stop));
    const auto follow = [o](const QString &tag, const QString &version, const HealthSample &earlier) -> Result<HealthState> {
        HealthRolloutOptions now = *o;
        now.tag = tag;
        now.version = version;
        if (now.deployer)
            PH_TRY(now.deployer->deploy(tag));
        PH_ASSIGN(HealthState state, watchHealth(now, earlier));
        if (state.phase == HealthPhase::Failed)
            return refused(state.sentence, QStringLiteral("deploy of %1").arg(tag), QStringLiteral("Deploy the earlier tag."));
        return state;
    };
    operations::Operation out;
    out.id = QStringLiteral("op-") + randomHex(6);
    out.kind = QStringLiteral("deploy-tag");
    out.object = QStringLiteral("rollout ") + o->model;
    out.connection = o->connection;
    out.summary = QStringLiteral("Deploy %1 of %2 and watch its health").arg(o->tag, o->model);
    out.before = {{Q("version"), before->version}, {Q("tag"), o->earlierTag}};
    out.undoRecord = {{Q("kind"), Q("deploy-tag")}, {Q("model"), o->model}, {Q("tag"), o->earlierTag}};
    operations::Step step;
    step.connection = o->connection;
    const QString how = o->deployer ? o->deployer->name : QStringLiteral("deployed elsewhere");
    step.call = {o->deployer ? QStringLiteral("DEPLOY") : QStringLiteral("WATCH"), out.object,
                 QStringLiteral("%1 → %2 (%3); then /health, the reported version, errors and latency").arg(before->version.isEmpty() ? QStringLiteral("what runs now") : before->version, o->tag, how),
                 o->deployer && !o->earlierTag.isEmpty() ? QStringLiteral("%1 is deployed again").arg(o->earlierTag) : QString(), {}};
    step.execute = [o, before, seen, follow]() -> Result<void> {
        PH_ASSIGN(*seen, follow(o->tag, o->version, *before));
        return {};
    };
    step.readBack = [o, seen]() -> Result<QJsonObject> {
        PH_ASSIGN(const HealthSample now, lookAtHealth(*o->endpoint, o->clock->nowUtc(), o->stop));
        return QJsonObject{{Q("version"), now.version}, {Q("healthy"), now.healthy}, {Q("verdict"), seen->sentence}};
    };
    if (o->deployer && !o->earlierTag.isEmpty())
        step.undo = [o, before, follow]() -> Result<void> {
            PH_TRY(follow(o->earlierTag, before->version, {}));
            return {};
        };
    out.steps.push_back(std::move(step));
    return out;
}

} // namespace pilothouse::rollouts
