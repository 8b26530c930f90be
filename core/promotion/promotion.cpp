// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/promotion.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/promotion/approval_desk.h"
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
    ApprovalDesk desk{parts};
    std::mutex hearing = {}; ///< two looks at once would take the same thing in twice

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

    /// What the request's approvals are worth now. `asked`: the registry's answer is needed; else it is left out where there is none.
    Result<Request> judged(const QString &id, bool asked) const {
        PH_ASSIGN(Request r, store.byId(id));
        if (r.state != RequestState::Pending && r.state != RequestState::Executing) {
            PH_TRY(desk.judge(r, std::nullopt));
            return r;
        }
        const auto now = desk.registryNow(r, r.state == RequestState::Executing);
        if (!now && asked)
            return now.error();
        PH_TRY(desk.judge(r, now ? std::optional(*now) : std::nullopt));
        return r;
    }

    /// Refused unless enough approvals count, by what stands in database and registry at this moment.
    Result<void> enough(const QString &id) const {
        PH_ASSIGN(const Request r, judged(id, true));
        return enoughVoices(r);
    }

    /// What others said about one request. What does not hold there is told by gather() and in the verification.
    Result<void> hear(const Request &r) {
        PH_ASSIGN(const auto registry, desk.registryOf(r));
        if (!desk.shared(*registry) || r.state != RequestState::Pending)
            return {};
        PH_ASSIGN(const registry::Version version, registry->version(r.model, r.version));
        const std::lock_guard lock(hearing);
        PH_ASSIGN(const QStringList said, desk.take(version, r.connection));
        return {};
    }

    /// For lists: the local registry is asked, a server is not.
    Result<void> judgeListed(Request &r, const LookUp &lookUp) const {
        std::optional<RegistryNow> now;
        if (r.state == RequestState::Pending && !r.approvals.empty()) {
            if (lookUp && !r.connection.isEmpty())
                now = lookUp(r);
            else if (const auto asked = r.connection.isEmpty() ? desk.registryNow(r) : Result<RegistryNow>(cancelled()))
                now = *asked;
        }
        return desk.judge(r, now);
    }

    Result<std::vector<Request>> listed(const std::optional<registry::ModelKey> &model, const LookUp &lookUp) const {
        PH_ASSIGN(auto all, store.requests(model));
        for (Request &r : all)
            PH_TRY(judgeListed(r, lookUp));
        return all;
    }

    /// Tells the others what became of a request; what is in the way of that is noted with its outcome.
    void tell(const QString &id) {
        const auto r = store.byId(id);
        const auto registry = r ? desk.registryOf(*r) : Result<std::shared_ptr<registry::Registry>>(r.error());
        if (!registry || !desk.shared(**registry) || r->state == RequestState::Pending || r->state == RequestState::Executing)
            return;
        const OperationOutcome out = parts.operations->run(desk.outcomeOperation(*registry, *r));
        if (out.error)
            (void)store.end(id, r->state, r->state, QStringLiteral("%1 The others could not be told: %2").arg(r->outcome, out.error->text()), r->decided);
    }

    /// A change of the request itself as an Operation, so that role, refusal and journal are those of every write. `more`: what it writes elsewhere;
    /// all or nothing is done.
    Result<void> decide(const Request &r, const QString &kind, Role needs, const QString &summary, const QJsonObject &details, std::function<Result<void>()> guard,
                        std::function<Result<void>()> execute, std::function<Result<void>()> undo = {}, std::vector<Step> more = {}) {
        Operation o;
        o.kind = kind;
        o.object = QStringLiteral("model ") + r.model;
        o.summary = summary;
        o.needs = needs;
        o.details = details;
        o.details.insert(Q("promotion"), r.id);
        Step step;
        step.call = {QStringLiteral("WRITE"), QStringLiteral("promotion ") + r.id, kind, {}, {}};
        step.guard = std::move(guard);
        step.execute = std::move(execute);
        step.undo = std::move(undo);
        o.steps.push_back(std::move(step));
        if (!more.empty())
            o.connection = r.connection;
        o.steps.insert(o.steps.end(), more.begin(), more.end());
        PH_ASSIGN(const QString done, parts.operations->runWhole(o));
        return {};
    }

    /// A decision of the actor: kept here, signed where the workspace names approvers, and told to the others where the registry is shared.
    Result<void> voice(const Request &r, Decision decision, const QString &summary, const QString &comment, std::function<Result<void>()> guard, std::function<Result<void>()> then) {
        PH_ASSIGN(const auto registry, desk.registryOf(r));
        const auto said = std::make_shared<std::optional<SignedStatement>>();
        const QDateTime time = now();
        const auto mayAndSigns = [=, this]() -> Result<void> {
            PH_TRY(guard());
            PH_ASSIGN(*said, desk.say(r, decision, comment, time, *registry));
            return *said && decision == Decision::Approve ? desk.wouldCount(r, **said) : Result<void>();
        };
        const auto write = [=, this]() -> Result<void> {
            PH_TRY(store.addApproval(r.id, {actorName(), comment, decision == Decision::Approve, time}));
            if (*said)
                PH_TRY(desk.keep(r.id, **said));
            return then ? then() : Result<void>();
        };
        const auto undo = [=, this]() -> Result<void> {
            PH_TRY(store.removeApproval(r.id, actorName()));
            return desk.forget(r.id, actorName(), false);
        };
        std::vector<Step> more;
        if (desk.shared(*registry))
            more.push_back(desk.tagStep(registry, r, QStringLiteral("the signed decision of %1").arg(actorName()), [said]() -> Result<Tags> { return *said ? voiceTags(**said) : Result<Tags>(Tags()); }));
        return decide(r, decisionName(decision), Role::Approver, summary, {{Q("comment"), comment}}, mayAndSigns, write, undo, std::move(more));
    }

    Result<void> mayApprove(const QString &id) const {
        PH_ASSIGN(const Request r, judged(id, true));
        if (r.state != RequestState::Pending)
            return refused(QStringLiteral("Promotion %1 is %2; only a pending one can be approved.").arg(r.id, requestStateName(r.state)));
        if (!r.doubt.isEmpty())
            return refused(r.doubt, {}, QStringLiteral("Reject this one and ask again."));
        if (r.evidence.blocked()) {
            QStringList why;
            for (const GateResult &g : r.evidence.gates)
                if (g.state == GateState::Block || g.state == GateState::Unknown)
                    why += QStringLiteral("%1 (%2: %3)").arg(g.rule, gateStateName(g.state), g.value);
            return refused(QStringLiteral("A gate blocks: %1.").arg(why.join(QStringLiteral("; "))), {}, QStringLiteral("Train a better candidate, or reject this one."));
        }
        PH_ASSIGN(const auto registry, parts.registryFor(r.connection));
        PH_ASSIGN(const registry::Version v, registry->version(r.model, r.version));
        if (r.preventSelfApproval && (r.requester == actorName() || v.user == actorName()))
            return refused(QStringLiteral("%1 %2 this version and may not approve it (prevent_self_approval).").arg(actorName(), r.requester == actorName() ? QStringLiteral("asked for") : QStringLiteral("made")), {},
                           QStringLiteral("Somebody else has to approve it."));
        for (const Approval &a : r.approvals)
            if (a.actor == actorName() && a.approved && a.standing != Approval::Standing::Void && r.approved() < r.approvalsNeeded)
                return refused(QStringLiteral("You approved it already; %1 of %2 are there.").arg(r.approved()).arg(r.approvalsNeeded), {}, QStringLiteral("Somebody else has to approve it too."));
        PH_ASSIGN(const auto alias, aliasNow(*registry, r.model, r.alias));
        if (alias != r.from)
            return Error{ErrorKind::Conflict,
                         QStringLiteral("The alias %1 of %2 moved since the sheet was made: it was %3, it is %4 now.")
                             .arg(r.alias, r.model, r.from ? QStringLiteral("v%1").arg(*r.from) : QStringLiteral("none"), alias ? QStringLiteral("v%1").arg(*alias) : QStringLiteral("none")),
                         {}, QStringLiteral("Nothing was sent. Reject this one and ask again: the comparison was with another champion."), {}};
        PH_ASSIGN(const QString folder, registry->packageFolder(v, {}, true));
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
        if (package.digest != r.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The package of %1 v%2 changed since the sheet was made.").arg(r.model).arg(r.version), folder,
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
        operation->details.insert(Q("evidence"), r.evidenceDigest);
        operation->details.insert(Q("approved_by"), [&] {
            QStringList names;
            for (const Approval &a : r.approvals)
                if (a.approved)
                    names += a.actor;
            return names.join(QStringLiteral(", "));
        }());
        auto &first = operation->steps.front(); // judged where it is sent: rows, tags and alias may have been changed meanwhile
        first.guard = [this, id = r.id, guard = first.guard]() -> Result<void> {
            PH_TRY(enough(id));
            return guard ? guard() : Result<void>();
        };
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
    Result<void> takeBack(const Request &r, const PromotionFacts &facts, Doing doing, const QString &reason, RequestState before) {
        auto operation = undoOperation(parts, facts, reason, doing == Doing::TurnBack);
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
        PH_TRY(enough(id));
        PH_ASSIGN(Request r, store.byId(id));
        PH_ASSIGN(const PromotionFacts facts, promotionFacts(parts, r.key(), r.version, r.alias, r.id));
        const QString operation = QStringLiteral("op-") + randomHex(6);
        PH_TRY(store.begin(id, RequestState::Pending, Doing::Promote, {}, operation, facts.toJson()));
        PH_ASSIGN(r, store.byId(id));
        return promote(r, facts, false);
    }

    /// Of one registry's versions those that others' requests stand on, and those that one waits for here.
    Result<QStringList> hearAll(const QString &connection, const std::vector<registry::Version> &versions) {
        PH_ASSIGN(const auto known, store.requests(std::nullopt));
        QStringList problems;
        const std::lock_guard lock(hearing);
        for (const registry::Version &v : versions) {
            const bool ours = std::any_of(known.begin(), known.end(), [&](const Request &r) { return r.connection == connection && r.model == v.model && r.version == v.version; });
            if (!ours && v.tags.value(openRequestTag) != openRequestWord)
                continue;
            PH_ASSIGN(const QStringList said, desk.take(v, connection));
            problems += said;
        }
        return problems;
    }

    /// Every shared registry: the versions with open requests, and those that are known here as waiting.
    Result<QStringList> gather() {
        QStringList problems;
        std::optional<Error> failed;
        PH_ASSIGN(const auto known, store.requests(std::nullopt));
        for (const workspace::Model &model : parts.workspace.models) {
            const auto gathered = [&]() -> Result<void> {
                const registry::ModelKey key(parts.workspace.registryConnection(model), model.registry.name);
                PH_ASSIGN(const auto registry, parts.registryFor(key.connection));
                if (!desk.shared(*registry))
                    return {};
                PH_ASSIGN(auto versions, registry->versionsTagged(key.name, openRequestTag, openRequestWord));
                for (const Request &r : known) {
                    const bool listed = std::any_of(versions.begin(), versions.end(), [&](const auto &v) { return v.version == r.version; });
                    const bool open = r.state == RequestState::Pending || (r.state == RequestState::Done && r.undoRecord.isEmpty()); // it may be undone where it was carried out
                    if (r.key() != key || listed || !open)
                        continue;
                    PH_ASSIGN(const registry::Version decided, registry->version(r.model, r.version));
                    versions.push_back(decided);
                }
                PH_ASSIGN(const QStringList said, hearAll(key.connection, versions));
                problems += said;
                return {};
            }();
            if (!gathered)
                failed = gathered.error(); // the other registries are still asked
        }
        if (failed)
            return *failed;
        return problems;
    }

    /// What a killed program left. Gives a sentence, "" if it is left alone.
    Result<QString> recover(const Executing &left) {
        const Request &r = left.request;
        if (int(parts.operations->actor().role) < int(Role::Operator))
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
            const auto done = takeBack(r, facts, left.doing, left.reason, left.before);
            return say(done ? QStringLiteral("it is taken back now.") : done.error().text());
        }
        PH_ASSIGN(const auto registry, parts.registryFor(r.connection));
        PH_ASSIGN(const auto alias, aliasNow(*registry, r.model, r.alias));
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
        if (const auto holds = enough(r.id); !holds && holds.error().kind == ErrorKind::Refused) {
            const auto back = takeBack(r, facts, Doing::Undo, QStringLiteral("Its approvals do not hold: ") + holds.error().what, RequestState::Failed);
            return say(back ? QStringLiteral("it is taken back, because its approvals do not hold.") : back.error().text());
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

Result<EvidenceInput> Promotions::evidenceInput(const registry::ModelKey &model, int version, const QString &alias, std::stop_token stop) const {
    const Parts &parts = m_impl->parts;
    PH_ASSIGN(const auto registry, parts.registryFor(model.connection));
    EvidenceInput in;
    PH_ASSIGN(in.candidate, registry->version(model.name, version));
    PH_ASSIGN(in.candidate.source, registry->packageFolder(in.candidate, stop, true));
    if (!in.candidate.runId.isEmpty())
        if (auto run = registry->run(in.candidate.runId)) // a run that was deleted leaves its version
            in.run = *std::move(run);
    auto champion = registry->versionByAlias(model.name, alias);
    if (champion) {
        in.champion = std::move(*champion);
        auto folder = registry->packageFolder(*in.champion, stop);
        if (!folder && folder.error().kind == ErrorKind::Cancelled)
            return folder.error();
        if (folder) // else the sheet tells that it cannot be compared with
            in.champion->source = *folder;
    } else if (champion.error().kind != ErrorKind::NotFound)
        return champion.error();
    in.alias = alias;
    in.requester = m_impl->actorName();
    if (const workspace::Model *owner = ownerOf(parts.workspace, model)) {
        in.approvalsNeeded = owner->promotion.approvals;
        in.preventSelfApproval = owner->promotion.preventSelfApproval;
    }
    in.codeFolder = QFileInfo(parts.workspace.file).absolutePath();
    return in;
}

Result<Operation> Promotions::plan(const registry::ModelKey &model, int version, const QString &alias) {
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

Result<Request> Promotions::request(const registry::ModelKey &model, int version, const QString &alias, const Evidence &evidence) {
    Impl &d = *m_impl;
    PH_ASSIGN(const auto registry, d.parts.registryFor(model.connection));
    PH_ASSIGN(const PromotionFacts facts, promotionFacts(d.parts, model, version, alias, {}));
    Request r;
    r.id = QStringLiteral("p-") + randomHex(4);
    r.connection = model.connection;
    r.model = model.name;
    r.alias = alias;
    r.requester = d.actorName();
    r.version = version;
    r.from = facts.from;
    r.digest = facts.digest;
    r.evidence = evidence;
    r.evidenceDigest = evidence.digest();
    r.created = d.now();
    if (const workspace::Model *owner = ownerOf(d.parts.workspace, model)) {
        r.approvalsNeeded = owner->promotion.approvals;
        r.preventSelfApproval = owner->promotion.preventSelfApproval;
    }
    std::optional<SignedStatement> asked;
    const auto guard = [&]() -> Result<void> {
        if (evidence.model != model.name || evidence.alias != alias || evidence.candidateVersion != version)
            return invalid(QStringLiteral("The evidence is about %1 v%2 to %3, not about this promotion.").arg(evidence.model).arg(evidence.candidateVersion).arg(evidence.alias));
        PH_ASSIGN(const auto now, aliasNow(*registry, model.name, alias));
        if (evidence.championVersion != now || evidence.candidateDigest != facts.digest)
            return Error{ErrorKind::Conflict, QStringLiteral("The world moved since the evidence was made: alias or package are others now."), {}, QStringLiteral("Make the sheet again."), {}};
        PH_ASSIGN(asked, d.desk.say(r, Decision::Ask, {}, r.created, *registry));
        return {};
    };
    const auto write = [&]() -> Result<void> {
        PH_TRY(d.store.insert(r));
        return asked ? d.desk.keep(r.id, *asked) : Result<void>();
    };
    const auto undo = [&]() -> Result<void> {
        PH_TRY(d.store.remove(r.id));
        return d.desk.forget(r.id, r.requester, true);
    };
    std::vector<Step> more;
    if (d.desk.shared(*registry))
        more.push_back(d.desk.tagStep(registry, r, QStringLiteral("the request and its evidence"), [&]() -> Result<Tags> {
            PH_ASSIGN(Tags tags, requestTags(r, *asked));
            tags.insert(openRequestTag, openRequestWord);
            return tags;
        }));
    PH_TRY(d.decide(r, QStringLiteral("promotion-request"), Role::Operator, QStringLiteral("Ask to promote %1 version %2 to %3").arg(model.name).arg(version).arg(alias),
                    {{Q("evidence"), evidence.digest()}, {Q("sentence"), evidence.sentence}, {Q("blocked"), evidence.blocked()}}, guard, write, undo, std::move(more)));
    return d.judged(r.id, false);
}

Result<Request> Promotions::approve(const QString &id, const QString &comment) {
    Impl &d = *m_impl;
    PH_TRY(needComment(comment, QStringLiteral("approve")));
    PH_ASSIGN(const Request r, d.store.byId(id));
    PH_TRY(d.hear(r));
    PH_TRY(d.voice(r, Decision::Approve, QStringLiteral("Approve %1 version %2 for %3").arg(r.model).arg(r.version).arg(r.alias), comment.trimmed(),
                   [&] { return d.mayApprove(r.id); }, {}));
    PH_TRY(d.hear(r)); // two may approve at the same time
    PH_ASSIGN(const Request voted, d.judged(r.id, true));
    if (voted.state == RequestState::Pending && voted.approved() >= voted.approvalsNeeded) {
        const auto executed = d.execute(r.id);
        d.tell(r.id);
        PH_TRY(executed);
    }
    return d.judged(r.id, false);
}

Result<Request> Promotions::reject(const QString &id, const QString &comment) {
    Impl &d = *m_impl;
    PH_TRY(needComment(comment, QStringLiteral("reject")));
    PH_ASSIGN(const Request r, d.store.byId(id));
    PH_TRY(d.hear(r));
    const auto guard = [&]() -> Result<void> {
        PH_ASSIGN(const Request now, d.store.byId(r.id));
        if (now.state != RequestState::Pending)
            return refused(QStringLiteral("Promotion %1 is %2; only a pending one can be rejected.").arg(r.id, requestStateName(now.state)));
        return {};
    };
    PH_TRY(d.voice(r, Decision::Reject, QStringLiteral("Reject %1 version %2 for %3").arg(r.model).arg(r.version).arg(r.alias), comment.trimmed(), guard, {}));
    PH_TRY(d.store.end(r.id, RequestState::Pending, RequestState::Rejected, QStringLiteral("Rejected by %1: %2").arg(d.actorName(), comment.trimmed()), d.now()));
    d.tell(r.id);
    return d.judged(r.id, false);
}

Result<Request> Promotions::undo(const QString &id, const QString &reason, bool turnBack) {
    Impl &d = *m_impl;
    PH_ASSIGN(const Request found, d.store.byId(id));
    PH_ASSIGN(const auto held, d.lock(found.id, true));
    PH_ASSIGN(const Request r, d.store.byId(found.id));
    const bool possible = r.state == RequestState::Done || (r.state == RequestState::Failed && !r.undoRecord.isEmpty());
    if (!possible)
        return refused(QStringLiteral("Promotion %1 is %2: there is nothing to undo.").arg(r.id, requestStateName(r.state)));
    if (r.undoRecord.isEmpty())
        return refused(QStringLiteral("Promotion %1 was carried out on another machine, which alone knows what it was before.").arg(r.id), {}, r.from ? QStringLiteral("Undo it there, or promote v%1 again.").arg(*r.from) : QStringLiteral("Undo it there."));
    PH_ASSIGN(const PromotionFacts facts, PromotionFacts::fromJson(r.undoRecord));
    // Asked here too, so that a refusal does not pass through "executing"; Operations asks again and would journal it.
    if (!turnBack)
        if (auto may = operations::checkRole(d.parts.operations->actor(), Role::Operator, QStringLiteral("undo a promotion")); !may) {
            PH_ASSIGN(Operation refusedOne, undoOperation(d.parts, facts, reason, false));
            return *d.parts.operations->run(std::move(refusedOne)).error;
        }
    const Doing doing = turnBack ? Doing::TurnBack : Doing::Undo;
    PH_TRY(d.store.begin(r.id, r.state, doing, reason, r.operation, r.undoRecord));
    const auto back = d.takeBack(r, facts, doing, reason, r.state);
    d.tell(r.id);
    PH_TRY(back);
    return d.judged(r.id, false);
}

Result<std::vector<Request>> Promotions::requests(const LookUp &lookUp) const { return m_impl->listed(std::nullopt, lookUp); }
Result<std::vector<Request>> Promotions::requests(const registry::ModelKey &model) const { return m_impl->listed(model, {}); }

Result<Request> Promotions::requestById(const QString &id) const {
    PH_ASSIGN(Request r, m_impl->store.byId(id));
    PH_TRY(m_impl->judgeListed(r, {}));
    return r;
}

Result<Request> Promotions::verified(const QString &id) const { return m_impl->judged(id, false); }

Result<QStringList> Promotions::gather() {
    if (!m_impl->desk.signing())
        return QStringList();
    return m_impl->gather();
}

Result<QStringList> Promotions::hear(const QString &connection, const std::vector<registry::Version> &versions) {
    if (!m_impl->desk.signing())
        return QStringList();
    return m_impl->hearAll(connection, versions);
}

Result<std::vector<LiveRecord>> Promotions::liveHistory(const registry::ModelKey &model, const QString &alias) const {
    PH_ASSIGN(const auto registry, m_impl->parts.registryFor(model.connection));
    PH_ASSIGN(const auto changes, registry->aliasHistory(model.name, alias));
    std::vector<LiveRecord> out;
    for (const auto &c : changes)
        out.push_back({c.model, c.alias, c.version, c.since, c.by, c.operation});
    return out;
}

Result<std::optional<int>> Promotions::liveAt(const registry::ModelKey &model, const QString &alias, const QDateTime &time) const {
    PH_ASSIGN(const auto registry, m_impl->parts.registryFor(model.connection));
    PH_ASSIGN(const auto changes, registry->aliasHistory(model.name, alias));
    return registry::liveAt(changes, time);
}

} // namespace pilothouse::promotion
