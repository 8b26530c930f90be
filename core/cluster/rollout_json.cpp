// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/local_target.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QJsonArray>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

QDateTime timeOf(const QJsonObject &object, const char *key) {
    const QString text = object.value(Q(key)).toString();
    return text.isEmpty() ? QDateTime() : fromIsoUtc(text);
}

QJsonValue timeOrNull(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }

Revision revisionFrom(const QJsonObject &o) {
    Revision r;
    r.revision = o.value(Q("revision")).toInt();
    r.model = o.value(Q("model")).toString();
    r.version = o.value(Q("version")).toInt();
    r.digest = o.value(Q("digest")).toString();
    r.by = o.value(Q("by")).toString();
    r.when = timeOf(o, "when");
    r.outcome = o.value(Q("outcome")).toString();
    r.reason = o.value(Q("reason")).toString();
    return r;
}

SideStats statsFrom(const QJsonObject &o) {
    SideStats s;
    s.requests = qint64(o.value(Q("requests")).toDouble());
    s.failed = qint64(o.value(Q("failed")).toDouble());
    s.labelled = qint64(o.value(Q("labelled")).toDouble());
    s.errorRate = o.value(Q("error_rate")).toDouble();
    s.p95Ms = o.value(Q("p95_ms")).toDouble();
    if (o.value(Q("mean_error")).isDouble())
        s.meanError = o.value(Q("mean_error")).toDouble();
    return s;
}

QJsonObject toJson(const SideStats &s) {
    return {{Q("requests"), s.requests}, {Q("failed"), s.failed}, {Q("labelled"), s.labelled}, {Q("error_rate"), jsonNumber(s.errorRate)}, {Q("p95_ms"), jsonNumber(s.p95Ms)},
            {Q("mean_error"), s.meanError ? jsonNumber(*s.meanError) : QJsonValue()}};
}

} // namespace

Result<RolloutStatus> rolloutStatusFromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    RolloutStatus s;
    const QString phase = reader.text("phase");
    s.target = reader.text("target");
    s.verdict = reader.text("verdict");
    s.operation = reader.text("operation");
    s.currentStep = int(reader.integer("step"));
    s.wantedCanaryShare = reader.number("wanted_share");
    s.seenCanaryShare = reader.number("seen_share");
    s.url = reader.text("url", QString());
    const QJsonArray steps = reader.array("steps");
    const QJsonObject stable = reader.object("stable_stats"), canary = reader.object("canary_stats");
    PH_TRY(reader.check());
    bool known = false;
    for (const RolloutPhase p : {RolloutPhase::None, RolloutPhase::Stable, RolloutPhase::Progressing, RolloutPhase::Paused, RolloutPhase::Aborted})
        if (rolloutPhaseName(p) == phase) {
            s.phase = p;
            known = true;
        }
    if (!known)
        return invalid(QStringLiteral("The endpoint is in a phase that this program does not know: “%1”.").arg(phase), where, QStringLiteral("Use the same version of Pilothouse on both sides."));
    if (object.contains(Q("stable")))
        s.stable = revisionFrom(object.value(Q("stable")).toObject());
    if (object.contains(Q("canary")))
        s.canary = revisionFrom(object.value(Q("canary")).toObject());
    for (const QJsonValue &v : steps) {
        const QJsonObject o = v.toObject();
        s.steps.push_back({o.value(Q("percent")).toInt(), o.value(Q("state")).toString(), timeOf(o, "started"), timeOf(o, "ended")});
    }
    s.stableStats = statsFrom(stable);
    s.canaryStats = statsFrom(canary);
    s.observed = timeOf(object, "observed");
    return s;
}

QJsonObject toJson(const Revision &r) {
    return {{Q("revision"), r.revision}, {Q("model"), r.model}, {Q("version"), r.version}, {Q("digest"), r.digest}, {Q("by"), r.by}, {Q("when"), timeOrNull(r.when)},
            {Q("outcome"), r.outcome}, {Q("reason"), r.reason}};
}

QJsonObject toJson(const RolloutStatus &s) {
    QJsonArray steps;
    for (const RolloutStep &step : s.steps)
        steps.append(QJsonObject{{Q("percent"), step.percent}, {Q("state"), step.state}, {Q("started"), timeOrNull(step.started)}, {Q("ended"), timeOrNull(step.ended)}});
    return {{Q("target"), s.target}, {Q("phase"), rolloutPhaseName(s.phase)}, {Q("stable"), s.stable ? QJsonValue(toJson(*s.stable)) : QJsonValue()},
            {Q("canary"), s.canary ? QJsonValue(toJson(*s.canary)) : QJsonValue()}, {Q("steps"), steps}, {Q("step"), s.currentStep},
            {Q("wanted_share"), s.wantedCanaryShare}, {Q("seen_share"), s.seenCanaryShare}, {Q("stable_stats"), toJson(s.stableStats)},
            {Q("canary_stats"), toJson(s.canaryStats)}, {Q("verdict"), s.verdict}, {Q("url"), s.url}, {Q("operation"), s.operation}, {Q("observed"), timeOrNull(s.observed)}};
}

} // namespace pilothouse::cluster
