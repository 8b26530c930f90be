// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/lost_reply.h"
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_operations.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr int seenTries = 8; // a system shows an answer a moment after it took it: 0.1 s, then twice as long each time, together some 13 s
constexpr int lostTries = 4; // where the reply was lost and the gate still stands open: it will hardly have arrived

QString howAnswered(const GateState &state) {
    const QString who = state.by.isEmpty() ? QStringLiteral("somebody") : state.by;
    switch (state.is) {
    case GateState::Is::Proceeded: return QStringLiteral("%1 has let the run go on.").arg(who);
    case GateState::Is::Aborted: return QStringLiteral("%1 has answered no.").arg(who);
    case GateState::Is::Gone: return QStringLiteral("It is gone, and the system does not say how it was answered.");
    case GateState::Is::Open: break;
    }
    return QStringLiteral("It still waits.");
}

Error conflict(const QString &what, const QString &where, const QString &hint = {}) { return {ErrorKind::Conflict, what, where, hint, {}}; }

std::optional<Gate> gateNow(const PipelineService &service, const Gate &gate) {
    const auto all = service.gates(gate.run);
    if (!all)
        return std::nullopt;
    const auto found = std::find_if(all->begin(), all->end(), [&](const Gate &g) { return g.id == gate.id; });
    return found == all->end() ? std::nullopt : std::optional(*found);
}

bool asksTheSame(const Gate &a, const Gate &b) {
    const auto same = [](const Parameter &x, const Parameter &y) { return x.name == y.name && x.kind == y.kind && x.choices == y.choices; };
    return a.message == b.message && a.environments == b.environments && std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(), same);
}

QString nameOf(const Gate &gate) { return gate.stage.isEmpty() ? gate.id : gate.stage; }

/// What was wanted, as the system shows it.
bool isAnswered(const GateState &state, bool proceed) { return state.is == (proceed ? GateState::Is::Proceeded : GateState::Is::Aborted); }

/// Of several approvals one more was given: the gate stays open for the others.
bool isCounted(const PipelineService &service, const Gate &gate, const GateAnswer &answer) {
    if (!answer.proceed || gate.needed <= 1)
        return false;
    const auto now = gateNow(service, gate);
    return now && now->given > gate.given;
}

QJsonObject stateJson(const GateState &state) {
    static const QMap<GateState::Is, QString> words{
        {GateState::Is::Open, QStringLiteral("open")}, {GateState::Is::Proceeded, QStringLiteral("proceeded")}, {GateState::Is::Aborted, QStringLiteral("aborted")}, {GateState::Is::Gone, QStringLiteral("gone")}};
    QJsonObject object{{Q("gate"), words.value(state.is)}};
    if (!state.by.isEmpty())
        object.insert(Q("by"), state.by);
    return object;
}

/// Reads until the system shows the answer. An answer that it took itself (`taken`) may be followed by a gate that is gone.
Result<QJsonObject> answerSeen(const PipelineService &service, const Gate &gate, const GateAnswer &answer, bool taken) {
    auto wait = std::chrono::milliseconds(100);
    for (int i = 0;; ++i) {
        const auto state = service.gateState(gate);
        if (!state && (i + 1 >= seenTries || !replyLost(state.error())))
            return state.error();
        if (state) {
            if (isAnswered(*state, answer.proceed) || (taken && state->is == GateState::Is::Gone))
                return stateJson(*state);
            if (state->is != GateState::Is::Open)
                return conflict(QStringLiteral("The gate %1 was answered otherwise.").arg(nameOf(gate)), gate.run, howAnswered(*state));
            if (isCounted(service, gate, answer))
                return QJsonObject{{Q("gate"), QStringLiteral("open")}, {Q("given"), gate.given + 1}, {Q("needed"), gate.needed}};
            if (i + 1 >= (taken ? seenTries : lostTries))
                return conflict(QStringLiteral("The gate %1 still waits: the answer did not arrive.").arg(nameOf(gate)), gate.run, QStringLiteral("Nothing went on. Answer it again."));
        }
        std::this_thread::sleep_for(wait);
        wait = std::min(wait * 2, std::chrono::milliseconds(8000));
    }
}

Result<void> guardOf(const PipelineService &service, const Gate &gate, bool proceed) {
    PH_ASSIGN(const GateState state, service.gateState(gate));
    if (state.is != GateState::Is::Open)
        return conflict(QStringLiteral("The gate %1 no longer waits.").arg(nameOf(gate)), gate.run, howAnswered(state));
    const auto now = gateNow(service, gate);
    if (now && !asksTheSame(gate, *now))
        return conflict(QStringLiteral("The gate %1 asks for something else by now: “%2”.").arg(nameOf(gate), now->message), gate.run, QStringLiteral("Read it again before you answer."));
    if (const Gate &seen = now ? *now : gate; seen.mayAnswer && !*seen.mayAnswer && (proceed || seen.system != Q("jenkins"))) // to abort takes less there: the right Job/Cancel, which Jenkins checks
        return refused(seen.mayNot.isEmpty() ? QStringLiteral("You may not answer the gate %1.").arg(nameOf(gate)) : seen.mayNot, gate.run,
                       seen.allowed.isEmpty() ? QString() : QStringLiteral("These may: %1.").arg(seen.allowed.join(QStringLiteral(", "))));
    return {};
}

} // namespace

operations::Operation answerGateOperation(std::shared_ptr<PipelineService> service, const Gate &gate, const GateAnswer &answer) {
    operations::Operation operation;
    operation.kind = QStringLiteral("gate-answer");
    operation.object = QStringLiteral("gate %1 of run %2").arg(nameOf(gate), gate.run);
    operation.connection = connectionOf(service, gate.run);
    operation.needs = workspace::Role::Approver;
    operation.summary = answer.proceed ? QStringLiteral("Let the run %1 go on at %2").arg(gate.run, nameOf(gate)) : QStringLiteral("Answer no at %2 of the run %1").arg(gate.run, nameOf(gate));
    operation.details = {{Q("proceed"), answer.proceed}, {Q("asked"), gate.message}, {Q("comment"), answer.comment}};
    if (const QJsonObject shown = shownValues(gate.parameters, answer.values); !shown.isEmpty())
        operation.details.insert(Q("parameters"), shown);
    if (!gate.environments.isEmpty())
        operation.details.insert(Q("environments"), gate.environments.join(QStringLiteral(", ")));
    if (!gate.model.isEmpty())
        operation.details.insert(Q("model"), gate.model);
    if (!gate.candidate.isEmpty())
        operation.details.insert(Q("candidate"), gate.candidate);
    operations::Step step;
    const QString yes = gate.proceed.isEmpty() ? QStringLiteral("the run goes on") : gate.proceed, no = gate.abort.isEmpty() ? QStringLiteral("the run ends here") : gate.abort;
    step.call = {QStringLiteral("ANSWER"), operation.object, answer.proceed ? yes : no, QString(),
                 QStringLiteral("pilot pipelines answer %1 --gate %2%3").arg(gate.run, gate.id, answer.proceed ? QString() : QStringLiteral(" --abort"))};
    const auto checked = std::make_shared<GateAnswer>(answer);
    const auto taken = std::make_shared<bool>(true);
    step.guard = [=]() -> Result<void> {
        if (answer.proceed) {
            PH_ASSIGN(checked->values, checkedValues(gate.parameters, answer.values));
        } else {
            checked->values = {}; // a no carries none
        }
        return guardOf(*service, gate, answer.proceed);
    };
    step.execute = [=]() -> Result<void> {
        const auto sent = service->answer(gate, *checked);
        if (sent || !replyLost(sent.error()))
            return sent;
        *taken = false;
        const auto seen = answerSeen(*service, gate, *checked, false);
        if (seen)
            return {};
        if (sent.error().kind == ErrorKind::Invalid)
            return sent; // not lost: the system, or the adapter, did not understand it, and the gate waits
        Error lost = seen.error().kind == ErrorKind::Conflict ? seen.error() : sent.error();
        if (seen.error().kind != ErrorKind::Conflict)
            lost.hint = QStringLiteral("Whether the answer arrived is not known: read the gate again before you answer.");
        lost.raw = sent.error().text();
        return lost;
    };
    step.readBack = [=] { return answerSeen(*service, gate, *checked, *taken); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines
