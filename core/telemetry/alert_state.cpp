// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/alert_state.h"

#include "core/base/clock.h"

#include <QCoreApplication>

#include <cmath>

namespace pilothouse::telemetry {

using Q = QLatin1String;
using workspace::AlertRule;
using Kind = AlertRule::Kind;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Alerts)
};

constexpr qint64 clockSlackSeconds = 300;
const char *const stateNames[] = {"ok", "pending", "firing", "cannot tell", "no data"};

bool isAge(const AlertRule &rule) { return rule.kind == Kind::Staleness || rule.kind == Kind::NoData || rule.kind == Kind::RunTime; }

QString valueText(const AlertRule &rule, double value) {
    if (isAge(rule))
        return durationText(value);
    if (rule.kind == Kind::ErrorRate)
        return QStringLiteral("%1 %").arg(value * 100, 0, 'g', 4);
    const QString number = QString::number(value, 'g', rule.kind == Kind::Drift ? 3 : 6);
    return rule.kind == Kind::Latency ? number + QStringLiteral(" ms") : number;
}

QString subject(const AlertRule &rule) {
    switch (rule.kind) {
    case Kind::Staleness: return Text::tr("age");
    case Kind::Metric: return rule.metric;
    case Kind::Drift: return QStringLiteral("PSI");
    case Kind::Skew: return Text::tr("what is served");
    case Kind::RunTime: return Text::tr("run time");
    case Kind::ErrorRate: return Text::tr("error rate");
    case Kind::Latency: return QStringLiteral("p95");
    case Kind::NoData: return Text::tr("last request");
    case Kind::Query: break;
    }
    return rule.query;
}

bool beyondLimit(const AlertRule &rule, double value) {
    if (rule.kind == Kind::Skew)
        return value != 0;
    return (rule.above && value > *rule.above) || (rule.below && value < *rule.below);
}

QString sentenceOf(const AlertRule &rule, const AlertReading &reading) {
    const QString more = reading.detail.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(reading.detail);
    if (rule.kind == Kind::Skew)
        return reading.detail;
    return Text::tr("%1 %2, limit %3%4").arg(subject(rule), valueText(rule, *reading.value), alertLimitText(rule), more);
}

/// The state that the reading alone asks for, without `for:`.
AlertState judge(const AlertRule &rule, const AlertReading &reading, AlertStatus &out) {
    const bool rowsAreTheValue = rule.kind == Kind::Staleness || rule.kind == Kind::NoData;
    if (reading.problem) {
        out.sentence = Text::tr("It cannot be told: %1").arg(reading.problem->text());
        return AlertState::CannotTell;
    }
    if (!reading.value || std::isnan(*reading.value)) {
        out.sentence = reading.detail.isEmpty() ? Text::tr("There is nothing to measure (%1).").arg(subject(rule)) : reading.detail;
        return rowsAreTheValue ? AlertState::Firing : AlertState::NoData;
    }
    out.value = reading.value;
    out.sentence = sentenceOf(rule, reading);
    if (isAge(rule) && *reading.value < -double(clockSlackSeconds)) {
        out.sentence = Text::tr("It cannot be told: the newest is %1 ahead of this machine's clock. Check the clocks of both.").arg(durationText(-*reading.value));
        return AlertState::CannotTell;
    }
    return beyondLimit(rule, *reading.value) ? AlertState::Firing : AlertState::Ok;
}

QJsonValue timeJson(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }

} // namespace

QString alertStateName(AlertState state) { return Q(stateNames[int(state)]); }

QString durationText(double seconds) {
    const qint64 s = qint64(std::llround(std::fabs(seconds)));
    const QString text = s < 120 ? QStringLiteral("%1 s").arg(s) : s < 2 * 3600 ? QStringLiteral("%1 min").arg(s / 60) : s < 72 * 3600 ? QStringLiteral("%1 h").arg(s / 3600) : s % 86400 < 3600 ? QStringLiteral("%1 d").arg(s / 86400) : QStringLiteral("%1 d %2 h").arg(s / 86400).arg(s % 86400 / 3600);
    return seconds < 0 ? QStringLiteral("−") + text : text;
}

QString alertLimitText(const AlertRule &rule) {
    if (rule.kind == Kind::Skew)
        return Text::tr("what the alias says");
    if (isAge(rule))
        return rule.kind == Kind::RunTime ? Text::tr("longer than %1").arg(durationText(*rule.above)) : Text::tr("older than %1").arg(durationText(*rule.above));
    QStringList limits;
    if (rule.above)
        limits << Text::tr("above %1").arg(valueText(rule, *rule.above));
    if (rule.below)
        limits << Text::tr("below %1").arg(valueText(rule, *rule.below));
    return limits.join(Text::tr(" or "));
}

AlertStatus evaluateAlert(const AlertRule &rule, const AlertReading &reading, const std::optional<AlertStatus> &before, const QDateTime &now) {
    AlertStatus out;
    out.rule = rule.name;
    out.model = rule.model;
    out.looked = now;
    out.observed = reading.observed;
    out.source = reading.source;
    out.limit = alertLimitText(rule);
    out.warning = rule.warning;
    out.state = judge(rule, reading, out);
    if (out.state == AlertState::Firing) {
        out.beyond = before && before->beyond.isValid() ? before->beyond : now;
        if (out.beyond.secsTo(now) < rule.forSeconds)
            out.state = AlertState::Pending;
    } else if (out.state == AlertState::CannotTell && before) {
        out.beyond = before->beyond; // its time runs on
    }
    const bool quiet = out.state == AlertState::Ok || out.state == AlertState::Pending;
    const bool wasOut = before && before->episode.isValid();
    if (out.state != AlertState::Ok && (wasOut || !quiet))
        out.episode = wasOut ? before->episode : now;
    out.since = before && before->state == out.state && before->since.isValid() ? before->since : now;
    return out;
}

QJsonObject AlertStatus::toJson() const {
    return {{Q("rule"), rule}, {Q("model"), model}, {Q("state"), alertStateName(state)}, {Q("since"), timeJson(since)}, {Q("beyond"), timeJson(beyond)}, {Q("episode"), timeJson(episode)},
            {Q("looked"), timeJson(looked)}, {Q("value"), value && std::isfinite(*value) ? QJsonValue(*value) : QJsonValue()}, {Q("observed"), timeJson(observed)}, {Q("source"), source},
            {Q("limit"), limit}, {Q("sentence"), sentence}, {Q("severity"), warning ? QStringLiteral("warning") : QStringLiteral("critical")}};
}

AlertStatus AlertStatus::fromJson(const QJsonObject &o) {
    AlertStatus out;
    const auto time = [&](const char *key) { return o.value(Q(key)).isString() ? fromIsoUtc(o.value(Q(key)).toString()) : QDateTime(); };
    out.rule = o.value(Q("rule")).toString();
    out.model = o.value(Q("model")).toString();
    for (int i = 0; i < 5; ++i)
        if (o.value(Q("state")).toString() == Q(stateNames[i]))
            out.state = AlertState(i);
    out.since = time("since");
    out.beyond = time("beyond");
    out.episode = time("episode");
    out.looked = time("looked");
    if (o.value(Q("value")).isDouble())
        out.value = o.value(Q("value")).toDouble();
    out.observed = time("observed");
    out.source = o.value(Q("source")).toString();
    out.limit = o.value(Q("limit")).toString();
    out.sentence = o.value(Q("sentence")).toString();
    out.warning = o.value(Q("severity")).toString() == Q("warning");
    return out;
}

std::vector<AlertFix> fixesOf(const AlertRule &rule) {
    std::vector<AlertFix> out;
    const AlertFix retrain{Text::tr("Retrain"), QStringLiteral("pilot retrain run %1").arg(rule.model), QStringLiteral("retrain.run")};
    const AlertFix back{Text::tr("Roll back"), QStringLiteral("pilot rollouts undo %1").arg(rule.model), QStringLiteral("rollout.undo")};
    if (!rule.model.isEmpty())
        switch (rule.kind) {
        case Kind::Staleness: out = {retrain}; break;
        case Kind::Metric:
        case Kind::Drift: out = {retrain, back}; break;
        case Kind::ErrorRate:
        case Kind::Latency: out = {back}; break;
        case Kind::Skew: out = {{Text::tr("Look at the rollout"), QStringLiteral("pilot rollouts status %1").arg(rule.model), QStringLiteral("rollout.show")}}; break;
        case Kind::RunTime: out = {{Text::tr("Look at the run"), QStringLiteral("pilot pipelines runs"), QStringLiteral("pipeline.show")}}; break;
        case Kind::NoData: out = {{Text::tr("Look at the endpoint"), QStringLiteral("pilot rollouts status %1").arg(rule.model), QStringLiteral("rollout.show")}}; break;
        case Kind::Query: break;
        }
    out.push_back({Text::tr("Silence"), QStringLiteral("pilot alerts silence %1 --for 4h").arg(rule.name), QStringLiteral("alert.silence")});
    return out;
}

} // namespace pilothouse::telemetry
