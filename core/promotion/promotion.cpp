// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/promotion.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/promotion/environment_rules.h"
#include "core/promotion/promotion_plan.h"
#include "core/promotion/promotion_store.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using operations::Operation;
using operations::OperationOutcome;
using operations::Step;
using workspace::Role;

/// Outcomes of an operation in a sentence for the request.
QString sentenceOf(const OperationOutcome &outcome) {
    QStringList done;
    for (const auto &step : outcome.steps)
        done += QStringLiteral("%1 %2: %3").arg(step.call.verb, step.call.object, step.state);
    return done.join(QStringLiteral("; "));
}

Result<void> needComment(const QString &comment, const QString &verb) {
    if (comment.trimmed().isEmpty())
        return invalid(QStringLiteral("Say why: a decision to %1 needs a comment.").arg(verb), {}, QStringLiteral("Add --comment “…”."));
    return {};
}

} // namespace

struct Promotions::Impl {
    Parts parts;
    PromotionStore store;

    QString actorName() const { return parts.operations->actor().name; }
    QDateTime now() const { return parts.clock->nowUtc(); }

    /// Held while a request executes, so that another program's open() does not take it for a killed one.
    Result<std::optional<FileLock>> lock(const QString &id, bool wait) const {
        const QString database = parts.database->path();
        if (database == Q(":memory:"))
            return std::optional<FileLock>();
        const QString path = QFileInfo(database).absolutePath() + QStringLiteral("/locks/promotion-%1.lock").arg(id);
        auto held = wait ? FileLock::acquire(path) : FileLock::tryAcquire(path);
        if (!held)
            return held.error();
        return std::optional<FileLock>(std::move(*held));
    }

    /// A change of the request itself as an Operation, so that role, refusal and journal are those of every write.
    Result<void> decide(const Request &r, const QString &kind, Role needs, const QString &summary, const QJsonObject &details, std::function<Result<void>()> guard,
                        std::function<Result<void>()> execute) {
        Operation o;
        o.kind = kind;
        o.object = QStringLiteral("model ") + r.model;
        o.summary = summary;
        o.needs = needs;
        o.details = details;
        o.details.insert(Q("promotion"), r.id);
        o.connection = connectionOf(parts.workspace, r.model);
        Step step;
        step.call = {QStringLiteral("WRITE"), QStringLiteral("promotion ") + r.id, kind, {}, {}};
        step.guard = std::move(guard);
        step.execute = std::move(execute);
        o.steps.push_back(std::move(step));
        const OperationOutcome out = parts.operations->run(std::move(o));
        if (!out.done)
            return *out.error;
        return {};
    }

    Result<void> mayApprove(const QString &id) const {
        PH_ASSIGN(const Request r, store.byId(id));
        if (r.state != RequestState::Pending)
            return refused(QStringLiteral("Promotion %1 is %2; only a pending one can be approved.").arg(r.id, requestStateName(r.state)));
        if (r.evidence.blocked()) {
            QStringList why;
            for (const GateResult &g : r.evidence.gates)
                if (g.state == GateState::Block || g.state == GateState::Unknown)
                    why += QStringLiteral("%1 (%2: %3)").arg(g.rule, gateStateName(g.state), g.value);
            return refused(QStringLiteral("A gate blocks: %1.").arg(why.join(QStringLiteral("; "))), {}, QStringLiteral("Train a better candidate, or reject this one."));
        }
        PH_ASSIGN(const registry::Version v, parts.registry->version(r.model, r.version));
        if (r.preventSelfApproval && (r.requester == actorName() || v.user == actorName()))
            return refused(QStringLiteral("%1 %2 this version and may not approve it (prevent_self_approval).").arg(actorName(), r.requester == actorName() ? QStringLiteral("asked for") : QStringLiteral("made")), {},
                           QStringLiteral("Somebody else has to approve it."));
        for (const Approval &a : r.approvals)
            if (a.actor == actorName() && a.approved && r.approved() < r.approvalsNeeded)
                return refused(QStringLiteral("You approved it already; %1 of %2 are there.").arg(r.approved()).arg(r.approvalsNeeded), {}, QStringLiteral("Somebody else has to approve it too."));
        PH_ASSIGN(const auto alias, aliasNow(*parts.registry, r.model, r.alias));
        if (alias != r.from)
            return Error{ErrorKind::Conflict,
                         QStringLiteral("The alias %1 of %2 moved since the sheet was made: it was %3, it is %4 now.")
                             .arg(r.alias, r.model, r.from ? QStringLiteral("v%1").arg(*r.from) : QStringLiteral("none"), alias ? QStringLiteral("v%1").arg(*alias) : QStringLiteral("none")),
                         {}, QStringLiteral("Nothing was sent. Reject this one and ask again: the comparison was with another champion."), {}};
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(v.source));
        if (package.digest != r.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The package of %1 v%2 changed since the sheet was made.").arg(r.model).arg(r.version), v.source,
                         QStringLiteral("Nothing was sent. Register the package anew."), {}};
        return {};
    }

    /// Carries the plan out, for a request that is executing already; the caller holds its lock.
    Result<void> promote(const Request &r, const PromotionFacts &facts, bool again) {
        auto operation = promoteOperation(parts, facts, r.operation, again);
        if (!operation) {
            PH_TRY(store.end(r.id, RequestState::Executing, again ? RequestState::Failed : RequestState::Pending, operation.error().text(), now()));
            return operation.error();
        }
        operation->details.insert(Q("evidence"), r.evidence.digest());
        operation->details.insert(Q("approved_by"), [&] {
            QStringList names;
            for (const Approval &a : r.approvals)
                names += a.actor;
            return names.join(QStringLiteral(", "));
        }());
        const OperationOutcome out = parts.operations->run(*operation);
        if (out.done)
            return store.end(r.id, RequestState::Executing, RequestState::Done, sentenceOf(out), now());
        bool sent = again;
        for (const auto &step : out.steps)
            sent = sent || step.sent || step.state == Q("failed");
        if (!sent) { // a guard or the journal refused: as before
            PH_TRY(store.end(r.id, RequestState::Executing, RequestState::Pending, out.error->text(), now()));
            return *out.error;
        }
        // Alias and traffic must agree: put back what was done, also by the program that was killed.
        const OperationOutcome undone = parts.operations->undoDone(*operation, out);
        const auto traffic = trafficTakenBack(parts, facts, QStringLiteral("the promotion could not be completed"));
        const bool clean = undone.done && traffic;
        const QString what = undone.error ? undone.error->text() : traffic ? QString() : traffic.error().text();
        const QString outcome = clean ? QStringLiteral("Failed and put back: %1").arg(out.error->text())
                                      : QStringLiteral("Failed, and not all could be put back (%1): %2").arg(what, out.error->text());
        PH_TRY(store.end(r.id, RequestState::Executing, RequestState::Failed, outcome, now()));
        Error error = *out.error;
        error.what += clean ? QStringLiteral(" What was done before was put back.") : QStringLiteral(" Not all could be put back (%1); “pilot undo %2” tries again.").arg(what, r.id);
        return error;
    }

    /// Carries the undo out, for a request that is executing already; the caller holds its lock.
    /// @param again  goes on with one that was begun, and agreed to, in a program that was killed
    Result<void> takeBack(const Request &r, const PromotionFacts &facts, Doing doing, const QString &reason, RequestState before, bool again = false) {
        auto operation = undoOperation(parts, facts, reason, doing == Doing::TurnBack);
        if (operation && again)
            operation->automatic = true;
        const OperationOutcome out = operation ? parts.operations->run(*operation) : OperationOutcome{};
        if (operation && out.done)
            return store.end(r.id, RequestState::Executing, doing == Doing::TurnBack ? RequestState::TurnedBack : RequestState::Undone,
                             reason.isEmpty() ? sentenceOf(out) : QStringLiteral("%1 (%2)").arg(reason, sentenceOf(out)), now());
        const Error error = operation ? *out.error : operation.error();
        PH_TRY(store.end(r.id, RequestState::Executing, before, QStringLiteral("It could not be taken back: %1").arg(error.text()), now()));
        return error;
    }

    Result<void> execute(const QString &id) {
        PH_ASSIGN(const auto held, lock(id, true));
        PH_ASSIGN(Request r, store.byId(id));
        PH_ASSIGN(const PromotionFacts facts, promotionFacts(parts, r.model, r.version, r.alias, r.id));
        const QString operation = QStringLiteral("op-") + randomHex(6);
        PH_TRY(store.begin(id, RequestState::Pending, Doing::Promote, {}, operation, facts.toJson()));
        PH_ASSIGN(r, store.byId(id));
        return promote(r, facts, false);
    }

    /// What a killed program left. Gives a sentence, "" if it is left alone.
    Result<QString> recover(const Executing &left) {
        const Request &r = left.request;
        Operation writes; // as what it would go on with: who may not, or may not here, leaves it to others
        writes.kind = QStringLiteral("promote");
        writes.object = QStringLiteral("model ") + r.model;
        writes.connection = connectionOf(parts.workspace, r.model);
        writes.automatic = true;
        if (!parts.operations->check(writes))
            return QString();
        const auto held = lock(r.id, false);
        if (!held)
            return held.error().kind == ErrorKind::Conflict ? Result<QString>(QString()) : Result<QString>(held.error());
        PH_ASSIGN(const Request again, store.byId(r.id));
        if (again.state != RequestState::Executing) // it ended between our look and the lock
            return QString();
        PH_ASSIGN(const PromotionFacts facts, PromotionFacts::fromJson(r.undoRecord));
        const auto say = [&](const QString &what) { return QStringLiteral("Promotion %1 of %2 v%3 was interrupted: %4").arg(r.id, r.model).arg(r.version).arg(what); };
        if (left.doing != Doing::Promote) {
            const auto done = takeBack(r, facts, left.doing, left.reason, left.before, true);
            return say(done ? QStringLiteral("it is taken back now.") : done.error().text());
        }
        PH_ASSIGN(const auto alias, aliasNow(*parts.registry, r.model, r.alias));
        if (alias == facts.from) { // the alias comes first, so nothing was changed
            const QString outcome = QStringLiteral("Interrupted before anything was changed; approve once more to go on.");
            PH_TRY(store.end(r.id, RequestState::Executing, RequestState::Pending, outcome, now()));
            PH_TRY(operations::journalNote(*parts.operations->journal(), parts.operations->actor(), QStringLiteral("promote"), QStringLiteral("model ") + r.model,
                                           {{Q("promotion"), r.id}, {Q("finding"), outcome}}, r.operation));
            return say(QStringLiteral("nothing was changed; it waits again."));
        }
        if (alias != facts.to) {
            const QString outcome = QStringLiteral("Interrupted, and the alias %1 was moved to %2 since; nothing more was done.").arg(r.alias, alias ? QStringLiteral("v%1").arg(*alias) : QStringLiteral("none"));
            PH_TRY(store.end(r.id, RequestState::Executing, RequestState::Failed, outcome, now()));
            PH_TRY(operations::journalNote(*parts.operations->journal(), parts.operations->actor(), QStringLiteral("promote"), QStringLiteral("model ") + r.model,
                                           {{Q("promotion"), r.id}, {Q("finding"), outcome}}, r.operation));
            return say(outcome);
        }
        const auto done = promote(r, facts, true);
        return say(done ? QStringLiteral("it is finished now.") : done.error().text());
    }
};

Promotions::Promotions(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Promotions::~Promotions() = default;

Result<std::shared_ptr<Promotions>> Promotions::open(Parts parts, QStringList *found) {
    if (!parts.clock)
        parts.clock = std::make_shared<SystemClock>();
    const auto database = parts.database;
    std::shared_ptr<Promotions> out(new Promotions(std::unique_ptr<Impl>(new Impl{std::move(parts), PromotionStore(database)})));
    PH_ASSIGN(const auto left, out->m_impl->store.executing());
    for (const Executing &e : left) {
        const auto said = out->m_impl->recover(e);
        const QString sentence = said ? *said : QStringLiteral("Promotion %1 was interrupted and could not be looked into: %2").arg(e.request.id, said.error().text());
        if (found && !sentence.isEmpty())
            *found += sentence;
    }
    return out;
}

Result<EvidenceInput> Promotions::evidenceInput(const QString &model, int version, const QString &alias) const {
    const Parts &parts = m_impl->parts;
    EvidenceInput in;
    PH_ASSIGN(in.candidate, parts.registry->version(model, version));
    auto champion = parts.registry->versionByAlias(model, alias);
    if (champion)
        in.champion = std::move(*champion);
    else if (champion.error().kind != ErrorKind::NotFound)
        return champion.error();
    in.alias = alias;
    in.requester = m_impl->actorName();
    const PromotionRules rules = rulesOf(parts.workspace, connectionOf(parts.workspace, model), model);
    in.approvalsNeeded = rules.approvals;
    in.preventSelfApproval = rules.preventSelfApproval;
    in.environment = rules.environment;
    in.gates = rules.gates;
    in.codeFolder = QFileInfo(parts.workspace.file).absolutePath();
    return in;
}

Result<Operation> Promotions::plan(const QString &model, int version, const QString &alias) {
    PH_ASSIGN(const PromotionFacts facts, promotionFacts(m_impl->parts, model, version, alias, {}));
    return promoteOperation(m_impl->parts, facts, {}, false);
}

Result<Operation> Promotions::planUndo(const QString &id, const QString &reason) {
    PH_ASSIGN(const Request r, m_impl->store.byId(id));
    if (r.undoRecord.isEmpty())
        return refused(QStringLiteral("Promotion %1 was never executed: there is nothing to undo.").arg(r.id));
    PH_ASSIGN(const PromotionFacts facts, PromotionFacts::fromJson(r.undoRecord));
    return undoOperation(m_impl->parts, facts, reason, false);
}

Result<Request> Promotions::request(const QString &model, int version, const QString &alias, const Evidence &evidence) {
    Impl &d = *m_impl;
    PH_ASSIGN(const PromotionFacts facts, promotionFacts(d.parts, model, version, alias, {}));
    Request r;
    r.id = QStringLiteral("p-") + randomHex(4);
    r.model = model;
    r.alias = alias;
    r.requester = d.actorName();
    r.version = version;
    r.from = facts.from;
    r.digest = facts.digest;
    r.evidence = evidence;
    r.created = d.now();
    const PromotionRules rules = rulesOf(d.parts.workspace, connectionOf(d.parts.workspace, model), model);
    r.approvalsNeeded = rules.approvals;
    r.preventSelfApproval = rules.preventSelfApproval;
    const auto guard = [&]() -> Result<void> {
        if (evidence.model != model || evidence.alias != alias || evidence.candidateVersion != version)
            return invalid(QStringLiteral("The evidence is about %1 v%2 to %3, not about this promotion.").arg(evidence.model).arg(evidence.candidateVersion).arg(evidence.alias));
        PH_ASSIGN(const auto now, aliasNow(*d.parts.registry, model, alias));
        if (evidence.championVersion != now || evidence.candidateDigest != facts.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The world moved since the evidence was made: alias or package are others now."), {}, QStringLiteral("Make the sheet again."), {}};
        return {};
    };
    PH_TRY(d.decide(r, QStringLiteral("promotion-request"), Role::Operator, QStringLiteral("Ask to promote %1 version %2 to %3").arg(model).arg(version).arg(alias),
                    {{Q("evidence"), evidence.digest()}, {Q("sentence"), evidence.sentence}, {Q("blocked"), evidence.blocked()}}, guard, [&] { return d.store.insert(r); }));
    return d.store.byId(r.id);
}

Result<Request> Promotions::approve(const QString &id, const QString &comment) {
    Impl &d = *m_impl;
    PH_TRY(needComment(comment, QStringLiteral("approve")));
    PH_ASSIGN(const Request r, d.store.byId(id));
    PH_TRY(d.decide(r, QStringLiteral("approve"), Role::Approver, QStringLiteral("Approve %1 version %2 for %3").arg(r.model).arg(r.version).arg(r.alias), {{Q("comment"), comment}},
                    [&] { return d.mayApprove(r.id); }, [&] { return d.store.addApproval(r.id, {d.actorName(), comment.trimmed(), true, d.now()}); }));
    PH_ASSIGN(const Request voted, d.store.byId(r.id));
    if (voted.approved() >= voted.approvalsNeeded)
        PH_TRY(d.execute(r.id));
    return d.store.byId(r.id);
}

Result<Request> Promotions::reject(const QString &id, const QString &comment) {
    Impl &d = *m_impl;
    PH_TRY(needComment(comment, QStringLiteral("reject")));
    PH_ASSIGN(const Request r, d.store.byId(id));
    const auto guard = [&]() -> Result<void> {
        PH_ASSIGN(const Request now, d.store.byId(r.id));
        if (now.state != RequestState::Pending)
            return refused(QStringLiteral("Promotion %1 is %2; only a pending one can be rejected.").arg(r.id, requestStateName(now.state)));
        return {};
    };
    PH_TRY(d.decide(r, QStringLiteral("reject"), Role::Approver, QStringLiteral("Reject %1 version %2 for %3").arg(r.model).arg(r.version).arg(r.alias), {{Q("comment"), comment}}, guard,
                    [&]() -> Result<void> {
                        PH_TRY(d.store.addApproval(r.id, {d.actorName(), comment.trimmed(), false, d.now()}));
                        return d.store.end(r.id, RequestState::Pending, RequestState::Rejected, QStringLiteral("Rejected by %1: %2").arg(d.actorName(), comment.trimmed()), d.now());
                    }));
    return d.store.byId(r.id);
}

Result<Request> Promotions::undo(const QString &id, const QString &reason, bool turnBack) {
    Impl &d = *m_impl;
    PH_ASSIGN(const Request found, d.store.byId(id));
    PH_ASSIGN(const auto held, d.lock(found.id, true));
    PH_ASSIGN(const Request r, d.store.byId(found.id));
    const bool possible = r.state == RequestState::Done || (r.state == RequestState::Failed && !r.undoRecord.isEmpty());
    if (!possible)
        return refused(QStringLiteral("Promotion %1 is %2: there is nothing to undo.").arg(r.id, requestStateName(r.state)));
    PH_ASSIGN(const PromotionFacts facts, PromotionFacts::fromJson(r.undoRecord));
    // Asked here too, so that a refusal does not pass through "executing"; Operations asks again and would journal it.
    PH_ASSIGN(Operation wanted, undoOperation(d.parts, facts, reason, turnBack));
    if (!d.parts.operations->check(wanted))
        return *d.parts.operations->run(std::move(wanted)).error;
    const Doing doing = turnBack ? Doing::TurnBack : Doing::Undo;
    PH_TRY(d.store.begin(r.id, r.state, doing, reason, r.operation, r.undoRecord));
    PH_TRY(d.takeBack(r, facts, doing, reason, r.state));
    return d.store.byId(r.id);
}

Result<std::vector<Request>> Promotions::requests(const QString &model) const { return m_impl->store.requests(model); }
Result<Request> Promotions::requestById(const QString &id) const { return m_impl->store.byId(id); }

Result<std::vector<LiveRecord>> Promotions::liveHistory(const QString &model, const QString &alias) const {
    PH_ASSIGN(const auto changes, m_impl->parts.registry->aliasHistory(model, alias));
    std::vector<LiveRecord> out;
    for (const auto &c : changes)
        out.push_back({c.model, c.alias, c.version, c.since, c.by, c.operation});
    return out;
}

Result<std::optional<int>> Promotions::liveAt(const QString &model, const QString &alias, const QDateTime &time) const {
    PH_ASSIGN(const auto changes, m_impl->parts.registry->aliasHistory(model, alias));
    return registry::liveAt(changes, time);
}

} // namespace pilothouse::promotion
