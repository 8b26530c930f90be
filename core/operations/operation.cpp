// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/operations/operation.h"

#include "core/base/hash.h"
#include "core/base/process_mark.h"

#include <QJsonArray>

#include <algorithm>

#include <unistd.h>

namespace pilothouse::operations {

namespace {

using Q = QLatin1String;

/// A step's function with the exceptions of whatever library it ends in turned into an Error.
template<class F>
auto guarded(const F &call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception &e) {
        return internalError(e);
    }
}

QJsonArray callsJson(const std::vector<PlannedCall> &calls) {
    QJsonArray out;
    for (const PlannedCall &c : calls)
        out.append(QJsonObject{{Q("verb"), c.verb}, {Q("object"), c.object}, {Q("effect"), c.effect}, {Q("undo"), c.undo}});
    return out;
}

QJsonArray stepsJson(const std::vector<StepOutcome> &steps) {
    QJsonArray out;
    for (const StepOutcome &s : steps) {
        QJsonObject o{{Q("call"), QStringLiteral("%1 %2").arg(s.call.verb, s.call.object)}, {Q("state"), s.state}};
        if (s.error)
            o.insert(Q("error"), s.error->text());
        out.append(o);
    }
    return out;
}

/// Everything the read-backs saw, by object.
QJsonObject afterOf(const std::vector<StepOutcome> &steps) {
    QJsonObject out;
    for (const StepOutcome &s : steps)
        if (!s.after.isEmpty())
            out.insert(s.call.object, s.after);
    return out;
}

JournalEntry entryFor(const Operation &operation, const Actor &actor, const char *phase) {
    JournalEntry e;
    e.actor = actor.name;
    e.program = actor.program;
    e.operation = operation.id;
    e.kind = operation.kind;
    e.object = operation.object;
    e.phase = QLatin1String(phase);
    return e;
}

} // namespace

std::vector<PlannedCall> Operation::plan() const {
    std::vector<PlannedCall> out;
    for (const Step &step : steps)
        out.push_back(step.call);
    return out;
}

Result<void> checkRole(const Actor &actor, workspace::Role needed, const QString &toDo) {
    if (int(actor.role) >= int(needed))
        return {};
    return refused(QStringLiteral("Role %1 may not %2; it needs %3.").arg(workspace::roleName(actor.role), toDo, workspace::roleName(needed)), {},
                   QStringLiteral("The role is set in the workspace file (role:)."));
}

Operations::Operations(std::shared_ptr<Journal> journal, Actor actor, WriteRules rules) : m_journal(std::move(journal)), m_actor(std::move(actor)), m_rules(std::move(rules)) {}

namespace {

/// Rules and guards: what is wrong before anything is sent, and the step it belongs to (-1: role or guard mode).
std::optional<std::pair<int, Error>> firstRefusal(const Operation &operation, const Actor &actor, const WriteRules &rules) {
    if (auto may = rules.check(operation, actor); !may)
        return std::pair(-1, may.error());
    for (std::size_t i = 0; i < operation.steps.size(); ++i)
        if (operation.steps[i].guard)
            if (auto ok = guarded(operation.steps[i].guard); !ok)
                return std::pair(int(i), ok.error());
    return {};
}

/// Execute and read back one step.
void runStep(const Step &step, StepOutcome &outcome) {
    if (auto sent = guarded(step.execute); !sent) {
        outcome.state = QStringLiteral("failed");
        outcome.error = sent.error();
        return;
    }
    outcome.sent = true;
    outcome.state = QStringLiteral("done");
    if (!step.readBack)
        return;
    auto seen = guarded(step.readBack);
    if (seen) {
        outcome.after = *seen;
        return;
    }
    outcome.state = QStringLiteral("failed");
    outcome.error = seen.error();
    outcome.error->what = QStringLiteral("It was sent, but not seen afterwards: ") + outcome.error->what;
}

} // namespace

OperationOutcome Operations::run(Operation operation) {
    if (operation.id.isEmpty())
        operation.id = QStringLiteral("op-") + randomHex(6);
    OperationOutcome out;
    out.id = operation.id;
    for (const Step &step : operation.steps)
        out.steps.push_back({step.call, QStringLiteral("not sent"), {}, {}, false});

    JournalEntry begin = entryFor(operation, m_actor, "executing");
    begin.before = operation.before;
    begin.details = operation.details;
    begin.details.insert(Q("summary"), operation.summary);
    begin.details.insert(Q("calls"), callsJson(operation.plan()));
    if (!operation.connection.isEmpty())
        begin.details.insert(Q("connection"), operation.connection);
    if (const QString environment = m_rules.environmentOf(operation); !environment.isEmpty())
        begin.details.insert(Q("environment"), environment);
    if (const QStringList typed = m_rules.toType(operation); !typed.isEmpty())
        begin.details.insert(Q("typed"), QJsonArray::fromStringList(typed));
    if (!operation.undoRecord.isEmpty())
        begin.details.insert(Q("undo"), operation.undoRecord);
    if (const auto process = markOf(::getpid()))
        begin.details.insert(Q("process"), process->text()); // by it a later program sees whether it is still under way

    if (auto refusal = firstRefusal(operation, m_actor, m_rules)) {
        out.error = refusal->second;
        if (refusal->first >= 0) {
            out.steps[std::size_t(refusal->first)].state = QStringLiteral("refused");
            out.steps[std::size_t(refusal->first)].error = refusal->second;
        }
        begin.phase = QStringLiteral("refused");
        begin.details.insert(Q("error"), refusal->second.text());
        if (auto written = m_journal->append(begin); !written)
            out.error->raw += QStringLiteral("The refusal could not be written to the journal: ") + written.error().text();
        return out;
    }
    if (auto written = m_journal->append(begin); !written) { // no write to the world without its line
        out.error = written.error();
        out.error->what = QStringLiteral("Nothing was sent, because the journal could not be written: ") + out.error->what;
        return out;
    }
    for (std::size_t i = 0; i < operation.steps.size(); ++i) {
        runStep(operation.steps[i], out.steps[i]);
        if (out.steps[i].error) {
            out.error = out.steps[i].error;
            break;
        }
    }
    out.done = !out.error;
    JournalEntry end = entryFor(operation, m_actor, out.done ? "done" : "failed");
    end.after = afterOf(out.steps);
    end.details = {{Q("steps"), stepsJson(out.steps)}};
    if (out.error)
        end.details.insert(Q("error"), out.error->text());
    if (auto written = m_journal->append(end); !written && !out.error) {
        out.error = written.error();
        out.error->what = QStringLiteral("It was done, but its last line could not be written to the journal: ") + out.error->what;
    }
    return out;
}

Result<QString> Operations::runWhole(const Operation &operation) {
    const OperationOutcome outcome = run(operation);
    if (!outcome.error)
        return outcome.id;
    if (!outcome.done && std::any_of(outcome.steps.begin(), outcome.steps.end(), [](const StepOutcome &step) { return step.sent; }))
        (void)undoDone(operation, outcome); // the journal has what could not be put back
    return *outcome.error;
}

OperationOutcome Operations::undoDone(const Operation &operation, const OperationOutcome &outcome) {
    OperationOutcome out = outcome;
    out.error.reset();
    out.done = true;
    Operation named = operation;
    named.id = outcome.id;
    for (std::size_t i = std::min(operation.steps.size(), out.steps.size()); i-- > 0;) {
        StepOutcome &step = out.steps[i];
        if (!step.sent)
            continue;
        if (!operation.steps[i].undo)
            step.error = refused(QStringLiteral("This step cannot be undone."), step.call.object);
        else if (auto back = guarded(operation.steps[i].undo); !back)
            step.error = back.error();
        else {
            step.state = QStringLiteral("undone");
            step.error.reset();
            continue;
        }
        out.done = false; // the others are still put back: less is wrong then
        if (!out.error)
            out.error = step.error;
    }
    JournalEntry end = entryFor(named, m_actor, out.done ? "undone" : "failed");
    end.details = {{Q("steps"), stepsJson(out.steps)}};
    if (out.error)
        end.details.insert(Q("error"), out.error->text());
    if (auto written = m_journal->append(end); !written && !out.error)
        out.error = written.error();
    return out;
}

bool processGone(const JournalEntry &executing) {
    const auto mark = ProcessMark::fromText(executing.details.value(Q("process")).toString());
    return mark && !lives(*mark);
}

Result<RecordedOperation> recordedOperation(const Journal &journal, const QString &id) {
    PH_ASSIGN(const auto entries, journal.entries());
    RecordedOperation out;
    for (const JournalEntry &e : entries) { // newest first
        if (e.operation != id)
            continue;
        if (e.phase == QLatin1String("note"))
            continue;
        if (out.id.isEmpty()) {
            out.id = id;
            out.phase = e.phase;
        }
        if (out.after.isEmpty())
            out.after = e.after;
        if (e.phase == QLatin1String("executing")) {
            out.kind = e.kind;
            out.object = e.object;
            out.actor = e.actor;
            out.time = e.time;
            out.before = e.before;
            out.summary = e.details.value(Q("summary")).toString();
            out.undoRecord = e.details.value(Q("undo")).toObject();
            out.connection = e.details.value(Q("connection")).toString(out.undoRecord.value(Q("connection")).toString());
            out.interrupted = out.phase == Q("executing") && processGone(e);
            if (out.interrupted)
                out.phase = QStringLiteral("failed");
            return out;
        }
    }
    if (out.id.isEmpty() || out.kind.isEmpty())
        return notFound(QStringLiteral("The journal has no operation “%1”.").arg(id), {}, QStringLiteral("See “pilot journal list”."));
    return out;
}

Result<void> journalNote(Journal &journal, const Actor &actor, const QString &kind, const QString &object, const QJsonObject &details, const QString &operation) {
    JournalEntry e;
    e.actor = actor.name;
    e.program = actor.program;
    e.kind = kind;
    e.phase = QStringLiteral("note");
    e.object = object;
    e.operation = operation;
    e.details = details;
    PH_ASSIGN(const JournalEntry written, journal.append(std::move(e)));
    return {};
}

} // namespace pilothouse::operations
