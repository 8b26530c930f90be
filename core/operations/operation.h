// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/operations/guard.h"
#include "core/operations/journal.h"
#include "core/workspace/workspace.h"

#include <QJsonObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::operations {

/// Who acts. `program` is pilot, pilothouse or pilot serve.
struct Actor {
    QString name, program;
    workspace::Role role = workspace::Role::Viewer;
};

/// One call of a plan, exactly as it will be made.
struct PlannedCall {
    QString verb;   ///< "SET", "POST", "START", …
    QString object; ///< "alias champion on t2m"
    QString effect; ///< "3 → 4"
    QString undo;   ///< "back to 3"; empty: cannot be undone
    QString command; ///< the same as a `pilot` command line or curl, to copy
};

/// One step of an operation. Steps run in order; a failed one stops the rest.
struct Step {
    PlannedCall call;
    QString connection; ///< of the workspace, that this step writes to, where it is another than the operation's
    /// Re-reads what the step relies on; Conflict shows the difference and nothing is sent.
    std::function<Result<void>()> guard;
    std::function<Result<void>()> execute;
    /// Reads back and gives the new state (journalled as "after"); an error means "sent, but not seen".
    std::function<Result<QJsonObject>()> readBack;
    /// Puts back what was; recorded data must be enough to build it again later (see Operation::undoRecord).
    std::function<Result<void>()> undo;
};

/// Every change to the world. Built by the area that knows (promotion, rollouts, registry verbs), run by Operations.
struct Operation {
    QString id;      ///< "op-" + 12 hex, made by Operations if empty
    QString kind;    ///< as JournalEntry::kind
    QString object;  ///< as JournalEntry::object
    QString summary; ///< a sentence: "Promote t2m version 4 to champion, then roll out 10, 50, 100 %"
    workspace::Role needs = workspace::Role::Operator;
    QString connection; ///< the workspace's connection that it writes to; empty: the local one, on this machine
    bool automatic = false; ///< runs by itself, as it was approved with a plan: no name is asked for; a read-only connection refuses it all the same
    QStringList confirmed;  ///< names of guarded connections that were typed for it, beside those of Confirmed
    QJsonObject before;
    QJsonObject undoRecord; ///< what a later undo needs: {"kind":…, …}; stored with the operation
    QJsonObject details;    ///< e.g. approvals, comment, evidence digest
    std::vector<Step> steps;
    std::vector<PlannedCall> plan() const;
};

struct StepOutcome {
    PlannedCall call;
    QString state; ///< done | failed | refused | not sent | undone
    std::optional<Error> error;
    QJsonObject after;
    bool sent = false; ///< execute() was called and did not fail: the world may have changed, also when the read-back failed
};

struct OperationOutcome {
    QString id;
    bool done = false;
    std::vector<StepOutcome> steps;
    std::optional<Error> error; ///< of the step that stopped it
};

/// Runs operations: role check and guard modes (WriteRules) → guard of all steps → journal "executing" → each step execute + read back → journal
/// "done" or "failed". A refused write (role, guard) is journalled too, as "refused".
/// A failure halfway leaves what was done, says so, and offers undoDone(). Without a journal nothing is sent.
class Operations {
public:
    Operations(std::shared_ptr<Journal> journal, Actor actor, WriteRules rules = {});
    /// What run() asks first: role and guard modes. Refused, and nothing is journalled: for buttons, and to refuse before a long preparation.
    Result<void> check(const Operation &operation) const { return m_rules.check(operation, m_actor); }
    OperationOutcome run(Operation operation);
    /// Runs the undo of the steps that were sent, in reverse, journalled as "undone" ("failed" if one does not go back).
    OperationOutcome undoDone(const Operation &operation, const OperationOutcome &outcome);
    /// run(), where half of it would be worse than nothing: if a step fails, those before it are put back. Gives the operation's id.
    Result<QString> runWhole(const Operation &operation);
    const Actor &actor() const { return m_actor; }
    const WriteRules &rules() const { return m_rules; }
    const std::shared_ptr<Journal> &journal() const { return m_journal; }

private:
    std::shared_ptr<Journal> m_journal;
    Actor m_actor;
    WriteRules m_rules;
};

/// What the journal holds of an operation, for an undo later: its last phase, and the record it was begun with.
struct RecordedOperation {
    QString id, kind, object, summary, phase, actor; ///< phase: "failed" also if it was under way and its process is gone
    bool interrupted = false; ///< its process is gone: killed, or the machine went down; nobody wrote what was done
    QString connection; ///< empty: the local one
    QDateTime time;
    QJsonObject before, undoRecord;
    QJsonObject after; ///< what was seen of it at its end, by object; also of one that failed halfway
};
/// Whether the process that wrote an "executing" line is gone; false if the line does not say which it was.
bool processGone(const JournalEntry &executing);
/// NotFound if no line of the journal has this id.
Result<RecordedOperation> recordedOperation(const Journal &journal, const QString &id);

/// Writes a "note" that changes nothing: something a person should find in the journal.
Result<void> journalNote(Journal &journal, const Actor &actor, const QString &kind, const QString &object, const QJsonObject &details, const QString &operation = {});

/// Refused if the role is too low: "Role viewer may not …; it needs operator."
Result<void> checkRole(const Actor &actor, workspace::Role needed, const QString &toDo);

} // namespace pilothouse::operations
