// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/approval_desk.h"

#include "core/promotion/promotion_plan.h"

#include <algorithm>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;
using operations::Operation;
using operations::Step;
using RegistryPtr = std::shared_ptr<registry::Registry>;

QDateTime expiryOf(const workspace::Model *owner, const QDateTime &time) {
    const auto seconds = workspace::parseDuration(owner ? owner->promotion.approvalExpires : workspace::Model().promotion.approvalExpires);
    return seconds ? time.addSecs(*seconds) : time;
}

} // namespace

Result<RegistryPtr> ApprovalDesk::registryOf(const Request &r) const { return m_parts.registryFor(r.connection); }

Result<std::optional<SignedStatement>> ApprovalDesk::say(const Request &r, Decision decision, const QString &comment, const QDateTime &time, const registry::Registry &registry) const {
    if (!signing())
        return std::optional<SignedStatement>();
    const workspace::Workspace &workspace = m_parts.workspace;
    const QString actor = m_parts.operations->actor().name, named = workspace.approvers.value(actor);
    if (named.isEmpty() && decision == Decision::Ask && !shared(registry))
        return std::optional<SignedStatement>();
    if (named.isEmpty())
        return refused(QStringLiteral("The workspace names no public key of %1, so nobody could verify what %1 says.").arg(actor), workspace.file,
                       QStringLiteral("Show yours with pilot approvals key; an approver adds it: pilot approvals add %1 KEY").arg(actor));
    if (!m_parts.secrets)
        return refused(QStringLiteral("There is no keychain here to sign with."));
    SignedStatement s;
    s.workspace = workspace.name;
    s.request = r.id;
    s.registry = r.connection;
    s.model = r.model;
    s.alias = r.alias;
    s.version = r.version;
    s.from = r.from;
    s.digest = r.digest;
    s.evidence = r.evidenceDigest;
    s.decision = decision;
    s.requester = r.requester;
    s.actor = actor;
    s.comment = comment;
    s.time = time;
    if (decision == Decision::Approve)
        s.expires = expiryOf(ownerOf(workspace, r.key()), time);
    PH_TRY(sign(s, *m_parts.secrets));
    if (s.key != named)
        return refused(QStringLiteral("Your key in the keychain is another than the workspace names for %1.").arg(actor), workspace.file,
                       QStringLiteral("Have the new one named: pilot approvals add %1 %2").arg(actor, s.key));
    return std::optional(s);
}

Result<RegistryNow> ApprovalDesk::registryNow(const Request &r, bool promoting) const {
    RegistryNow out;
    PH_ASSIGN(const RegistryPtr registry, registryOf(r));
    PH_ASSIGN(const registry::Version version, registry->version(r.model, r.version));
    PH_ASSIGN(out.alias, aliasNow(*registry, r.model, r.alias));
    out.digest = version.digest;
    out.madeBy = version.user;
    out.promoting = promoting;
    return out;
}

Result<void> ApprovalDesk::judge(Request &r, const std::optional<RegistryNow> &now) const {
    PH_ASSIGN(const auto statements, m_statements.of(r.id));
    judgeVoices(r, statements, {m_parts.workspace, ownerOf(m_parts.workspace, r.key()), m_parts.clock->nowUtc(), now});
    return {};
}

Result<void> ApprovalDesk::wouldCount(Request r, const SignedStatement &voice) const {
    PH_ASSIGN(const RegistryNow now, registryNow(r));
    PH_ASSIGN(auto statements, m_statements.of(r.id));
    std::erase_if(statements, [&](const SignedStatement &s) { return s.actor == voice.actor && s.decision != Decision::Ask; });
    std::erase_if(r.approvals, [&](const Approval &a) { return a.actor == voice.actor; });
    statements.push_back(voice);
    r.approvals.push_back({voice.actor, voice.comment, true, voice.time});
    judgeVoices(r, statements, {m_parts.workspace, ownerOf(m_parts.workspace, r.key()), m_parts.clock->nowUtc(), now});
    if (const Approval &own = r.approvals.back(); own.standing == Approval::Standing::Void)
        return refused(QStringLiteral("This approval would not count: %1.").arg(own.reason));
    return {};
}

Step ApprovalDesk::tagStep(RegistryPtr registry, const Request &r, const QString &effect, std::function<Result<Tags>()> tags) const {
    const auto wanted = std::make_shared<Tags>();
    const auto before = std::make_shared<QMap<QString, std::optional<QString>>>();
    Step step;
    step.call = {QStringLiteral("SET"), QStringLiteral("tags of %1 v%2 on %3").arg(r.model).arg(r.version).arg(registry->source()), effect, QStringLiteral("as they were"), {}};
    step.execute = [=, model = r.model, number = r.version]() -> Result<void> {
        PH_ASSIGN(*wanted, tags());
        PH_ASSIGN(const registry::Version version, registry->version(model, number));
        for (auto it = wanted->constBegin(); it != wanted->constEnd(); ++it) {
            before->insert(it.key(), version.tags.contains(it.key()) ? std::optional(version.tags.value(it.key())) : std::nullopt);
            if (auto set = registry->setVersionTag(model, number, it.key(), it.value()); !set) {
                for (auto old = before->constBegin(); old != before->constEnd(); ++old) // one step: all or none
                    (void)registry->setVersionTag(model, number, old.key(), old.value());
                return set.error();
            }
        }
        return {};
    };
    step.readBack = [=, model = r.model, number = r.version]() -> Result<QJsonObject> {
        PH_ASSIGN(const registry::Version version, registry->version(model, number));
        for (auto it = wanted->constBegin(); it != wanted->constEnd(); ++it)
            if (version.tags.value(it.key()) != it.value())
                return Error{ErrorKind::Conflict, QStringLiteral("The tag %1 of %2 v%3 does not hold what was written.").arg(it.key(), model).arg(number), registry->source(), QStringLiteral("Look at it again."), {}};
        return QJsonObject{{Q("tags"), QJsonArray::fromStringList(wanted->keys())}};
    };
    step.undo = [=, model = r.model, number = r.version]() -> Result<void> {
        for (auto old = before->constBegin(); old != before->constEnd(); ++old)
            PH_TRY(registry->setVersionTag(model, number, old.key(), old.value()));
        return {};
    };
    return step;
}

Operation ApprovalDesk::outcomeOperation(RegistryPtr registry, const Request &r) const {
    Operation o;
    o.kind = QStringLiteral("promotion-outcome");
    o.object = QStringLiteral("model ") + r.model;
    o.summary = QStringLiteral("Tell others that promotion %1 is %2").arg(r.id, requestStateName(r.state));
    o.connection = r.connection;
    o.needs = workspace::Role::Viewer; // it tells what was done, with the role that it needed
    o.details = {{Q("promotion"), r.id}};
    o.steps.push_back(tagStep(registry, r, requestStateName(r.state), [=, by = m_parts.operations->actor().name]() -> Result<Tags> {
        PH_ASSIGN(const registry::Version version, registry->version(r.model, r.version));
        Tags out = outcomeTags(r, by), all = version.tags;
        all.insert(out);
        out.insert(openMark(all));
        return out;
    }));
    return o;
}

Result<void> ApprovalDesk::takeRequest(const Tags &tags, const QString &id, const registry::Version &version, const QString &connection, QStringList &problems) {
    auto read = sharedRequest(tags, id, QStringLiteral("%1 v%2").arg(version.model).arg(version.version));
    if (!read) {
        problems += QStringLiteral("A request in the registry's tags was not taken in: %1").arg(read.error().text());
        return {};
    }
    Request &r = read->request;
    r.connection = connection;
    QString doubt = doubtOf(read->ask, r, m_parts.workspace);
    if (doubt.isEmpty() && (r.model != version.model || r.version != version.version))
        doubt = QStringLiteral("it stands at another version than it is about");
    if (doubt.isEmpty() && m_parts.clock->nowUtc().secsTo(r.created) > clockSkewSeconds)
        doubt = QStringLiteral("it is dated in the future: a clock is wrong");
    if (!doubt.isEmpty()) {
        problems += QStringLiteral("The request %1 of %2 v%3 in the registry's tags was not taken in: %4.").arg(id, version.model).arg(version.version).arg(doubt);
        return {};
    }
    if (auto inserted = m_store.insert(r); !inserted) {
        if (inserted.error().kind != ErrorKind::Conflict)
            return inserted.error();
        problems += QStringLiteral("%1 asked for the same in the registry: %2").arg(r.requester, inserted.error().text());
        return {};
    }
    PH_TRY(m_statements.keep(id, read->ask));
    return operations::journalNote(*m_parts.operations->journal(), m_parts.operations->actor(), QStringLiteral("promotion-request"), QStringLiteral("model ") + r.model,
                                   {{Q("promotion"), id}, {Q("finding"), QStringLiteral("%1 asked for it on another machine").arg(r.requester)}, {Q("evidence"), r.evidenceDigest}});
}

Result<void> ApprovalDesk::takeVoices(const Tags &tags, const Request &known, QStringList &problems) {
    PH_ASSIGN(const auto kept, m_statements.of(known.id));
    for (const SignedStatement &voice : sharedVoices(tags, known.id, problems)) {
        const bool same = std::any_of(kept.begin(), kept.end(), [&](const SignedStatement &k) { return k.actor == voice.actor && k.decision != Decision::Ask && k.toJson() == voice.toJson(); });
        const auto row = std::find_if(known.approvals.begin(), known.approvals.end(), [&](const Approval &a) { return a.actor == voice.actor; });
        if (same && row != known.approvals.end()) // a row that was edited here shall be found, not mended
            continue;
        PH_TRY(m_store.addApproval(known.id, {voice.actor, voice.comment, voice.decision == Decision::Approve, voice.time}));
        PH_TRY(m_statements.keep(known.id, voice));
        PH_TRY(operations::journalNote(*m_parts.operations->journal(), m_parts.operations->actor(), decisionName(voice.decision), QStringLiteral("model ") + known.model,
                                       {{Q("promotion"), known.id}, {Q("finding"), QStringLiteral("%1 said so on another machine").arg(voice.actor)}, {Q("comment"), voice.comment}}));
    }
    return {};
}

Result<void> ApprovalDesk::takeOutcome(const Tags &tags, const Request &known) {
    const auto outcome = sharedOutcome(tags, known.id);
    const bool ours = !known.undoRecord.isEmpty(); // carried out here: nobody else knows better
    if (!outcome || ours || known.state == outcome->state || known.state == RequestState::Executing)
        return {};
    if (known.state != RequestState::Pending && known.state != RequestState::Done)
        return {};
    const QString text = outcome->outcome.isEmpty() ? QStringLiteral("By %1, on another machine.").arg(outcome->by) : QStringLiteral("By %1, on another machine: %2").arg(outcome->by, outcome->outcome);
    return m_store.end(known.id, known.state, outcome->state, text, outcome->time.isValid() ? outcome->time : m_parts.clock->nowUtc());
}

Result<QStringList> ApprovalDesk::take(const registry::Version &version, const QString &connection) {
    QStringList problems;
    for (const QString &id : sharedRequests(version.tags)) {
        auto known = m_store.byId(id);
        if (!known && known.error().kind != ErrorKind::NotFound)
            return known.error();
        if (!known) {
            if (sharedOutcome(version.tags, id))
                continue; // decided before this machine heard of it
            PH_TRY(takeRequest(version.tags, id, version, connection, problems));
            known = m_store.byId(id);
            if (!known)
                continue;
        }
        if (known->key() != registry::ModelKey(connection, version.model) || known->version != version.version) {
            problems += QStringLiteral("The request %1 stands at %2 v%3, too, where it does not belong.").arg(id, version.model).arg(version.version);
            continue;
        }
        if (known->state == RequestState::Pending)
            PH_TRY(takeVoices(version.tags, *known, problems));
        PH_TRY(takeOutcome(version.tags, *known));
    }
    return problems;
}

} // namespace pilothouse::promotion
