// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/rollout_state.h"

#include "core/base/clock.h"
#include "core/base/json.h"

namespace pilothouse::serving {

using Q = QLatin1String;

namespace {
constexpr Phase phases[] = {Phase::None, Phase::Stable, Phase::Progressing, Phase::Paused, Phase::Aborted};

QJsonValue timeOrNull(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(QJsonValue::Null); }
QDateTime timeAt(const QJsonObject &object, const char *key) {
    const QString text = object.value(Q(key)).toString();
    return text.isEmpty() ? QDateTime() : fromIsoUtc(text);
}
} // namespace

QString phaseName(Phase phase) {
    switch (phase) {
    case Phase::None: return QStringLiteral("none");
    case Phase::Stable: return QStringLiteral("stable");
    case Phase::Progressing: return QStringLiteral("progressing");
    case Phase::Paused: return QStringLiteral("paused");
    case Phase::Aborted: break;
    }
    return QStringLiteral("aborted");
}

std::optional<Phase> phaseOf(const QString &name) {
    for (const Phase phase : phases)
        if (phaseName(phase) == name)
            return phase;
    return std::nullopt;
}

QJsonObject Notice::toJson() const {
    return {{Q("kind"), kind == Kind::TurnBack ? Q("turn-back") : Q("finished")}, {Q("operation"), operation}, {Q("reason"), reason},
            {Q("stable"), stable}, {Q("canary"), canary}};
}

QJsonObject RolloutState::toJson() const {
    QJsonArray stepList, noticeList;
    for (const StepState &s : steps)
        stepList.append(QJsonObject{{Q("percent"), s.percent}, {Q("state"), s.state}, {Q("started"), timeOrNull(s.started)}, {Q("ended"), timeOrNull(s.ended)}});
    for (const Notice &n : notices)
        noticeList.append(n.toJson());
    return {{Q("phase"), phaseName(phase)}, {Q("stable"), stable}, {Q("canary"), canary}, {Q("steps"), stepList}, {Q("step"), step},
            {Q("operation"), operation}, {Q("verdict"), verdict}, {Q("first_sequence"), firstSequence}, {Q("step_first_sequence"), stepFirstSequence},
            {Q("notices"), noticeList}};
}

Result<RolloutState> RolloutState::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    RolloutState state;
    const auto phase = phaseOf(r.text("phase"));
    state.stable = int(r.integer("stable"));
    state.canary = int(r.integer("canary"));
    state.step = int(r.integer("step"));
    state.operation = r.text("operation");
    state.verdict = r.text("verdict");
    state.firstSequence = r.integer("first_sequence");
    state.stepFirstSequence = r.integer("step_first_sequence");
    const QJsonArray steps = r.array("steps"), notices = r.array("notices");
    PH_TRY(r.check());
    if (!phase)
        return invalid(QStringLiteral("The stored rollout has an unknown phase."), where, QStringLiteral("The file is from a newer Pilothouse, or damaged."));
    state.phase = *phase;
    for (const QJsonValue &v : steps) {
        const QJsonObject s = v.toObject();
        state.steps.push_back({s.value(Q("percent")).toInt(), s.value(Q("state")).toString(), timeAt(s, "started"), timeAt(s, "ended")});
    }
    for (const QJsonValue &v : notices) {
        const QJsonObject n = v.toObject();
        state.notices.push_back({n.value(Q("kind")).toString() == Q("finished") ? Notice::Kind::Finished : Notice::Kind::TurnBack, n.value(Q("operation")).toString(),
                                 n.value(Q("reason")).toString(), n.value(Q("stable")).toInt(), n.value(Q("canary")).toInt()});
    }
    if (state.step >= int(state.steps.size()) || (state.inProgress() && state.step < 0))
        return invalid(QStringLiteral("The stored rollout names step %1 of %2.").arg(state.step).arg(state.steps.size()), where, QStringLiteral("The file is damaged."));
    return state;
}

QJsonObject AbState::toJson() const {
    return {{Q("variant"), variant}, {Q("share"), share}, {Q("running"), running}, {Q("started"), timeOrNull(started)}, {Q("until"), timeOrNull(until)},
            {Q("ended"), timeOrNull(ended)}, {Q("first_sequence"), firstSequence}, {Q("comparison"), comparison}, {Q("result"), result}};
}

Result<AbState> AbState::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    AbState state;
    state.variant = int(r.integer("variant"));
    state.share = r.number("share");
    state.running = r.boolean("running");
    state.firstSequence = r.integer("first_sequence");
    state.comparison = r.text("comparison");
    state.result = r.object("result");
    PH_TRY(r.check());
    state.started = timeAt(object, "started");
    state.until = timeAt(object, "until");
    state.ended = timeAt(object, "ended");
    return state;
}

} // namespace pilothouse::serving
