// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/voices.h"

#include "core/promotion/evidence_gates.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::promotion {

namespace {

QString versionText(std::optional<int> version) { return version ? QStringLiteral("v%1").arg(*version) : QStringLiteral("none"); }
QString shortDigest(const QString &digest) { return digest.isEmpty() ? QStringLiteral("none") : digest.left(12) + QStringLiteral("…"); }

const SignedStatement *statementOf(const std::vector<SignedStatement> &all, const QString &actor, bool ask) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const SignedStatement &s) { return s.actor == actor && (s.decision == Decision::Ask) == ask; });
    return found == all.end() ? nullptr : &*found;
}

/// Is what is stored of the approval what was signed?
QString rowDoubt(const Approval &row, const SignedStatement &s) {
    if (row.approved != (s.decision == Decision::Approve))
        return QStringLiteral("the stored decision is not the one that was signed");
    if (row.comment != s.comment)
        return QStringLiteral("the stored comment is not the one that was signed");
    if (isoUtc(row.time) != isoUtc(s.time))
        return QStringLiteral("the stored time is not the one that was signed");
    return {};
}

qint64 lifeSeconds(const workspace::Model *owner) {
    const auto seconds = workspace::parseDuration(owner ? owner->promotion.approvalExpires : workspace::Model().promotion.approvalExpires);
    return seconds ? *seconds : 0;
}

QString timeDoubt(const Approval &a, const QDateTime &now) {
    if (!a.time.isValid())
        return QStringLiteral("it has no time");
    if (const qint64 ahead = now.secsTo(a.time); ahead > clockSkewSeconds)
        return QStringLiteral("it is dated %1 min in the future: the clock of the machine where it was given, or of this one, is wrong").arg((ahead + 59) / 60);
    if (a.approved && a.expires <= now)
        return QStringLiteral("it expired at %1").arg(isoUtc(a.expires));
    return {};
}

/// What became of the world since the approval was given.
QString worldDoubt(const Request &r, const RegistryNow &now) {
    if (now.alias != r.from && !(now.promoting && now.alias == r.version))
        return QStringLiteral("the alias %1 moved since: it was %2, it is %3 now").arg(r.alias, versionText(r.from), versionText(now.alias));
    if (!now.digest.isEmpty() && now.digest != r.digest)
        return QStringLiteral("the package changed since: it was %1, it is %2 now").arg(shortDigest(r.digest), shortDigest(now.digest));
    return {};
}

QString selfDoubt(const Request &r, const Approval &a, const VoiceRules &rules) {
    if (!r.preventSelfApproval)
        return {};
    const auto same = [&](const QString &other) { // one person by name, or by key under two names
        return other == a.actor || (!a.key.isEmpty() && rules.workspace.approvers.value(other) == a.key);
    };
    if (same(r.requester))
        return QStringLiteral("%1 asked for this promotion and may not approve it (prevent_self_approval)").arg(a.actor);
    if (rules.registry && !rules.registry->madeBy.isEmpty() && same(rules.registry->madeBy))
        return QStringLiteral("%1 made this version and may not approve it (prevent_self_approval)").arg(a.actor);
    return {};
}

QString voiceDoubt(const Request &r, const Approval &a, const SignedStatement *s, const VoiceRules &rules) {
    if (!rules.workspace.approvers.isEmpty()) {
        if (!s)
            return QStringLiteral("it is not signed, and the workspace names approvers");
        for (const QString &doubt : {doubtOf(*s, r, rules.workspace), rowDoubt(a, *s)})
            if (!doubt.isEmpty())
                return doubt;
    }
    const QString inTime = timeDoubt(a, r.decided.isValid() ? r.decided : rules.now);
    if (!inTime.isEmpty() || !a.approved)
        return inTime;
    if (rules.registry)
        if (const QString moved = worldDoubt(r, *rules.registry); !moved.isEmpty())
            return moved;
    return selfDoubt(r, a, rules);
}

/// Who asked: signed where the workspace names a key for the name.
QString requestDoubt(const Request &r, const std::vector<SignedStatement> &statements, const workspace::Workspace &workspace) {
    if (!workspace.approvers.contains(r.requester))
        return {};
    const SignedStatement *s = statementOf(statements, r.requester, true);
    if (!s)
        return QStringLiteral("The request says that %1 asked, and is not signed with the key that the workspace names for %1.").arg(r.requester);
    if (const QString doubt = doubtOf(*s, r, workspace); !doubt.isEmpty())
        return QStringLiteral("What %1 asked for does not hold: %2.").arg(r.requester, doubt);
    if (isoUtc(s->time) != isoUtc(r.created))
        return QStringLiteral("What %1 asked for does not hold: the stored time is not the one that was signed.").arg(r.requester);
    return {};
}

} // namespace

QString doubtOf(const SignedStatement &s, const Request &r, const workspace::Workspace &workspace) {
    const QString key = workspace.approvers.value(s.actor);
    if (key.isEmpty())
        return QStringLiteral("the workspace names no key of %1").arg(s.actor);
    if (s.key != key)
        return QStringLiteral("it is signed with another key than the workspace names for %1").arg(s.actor);
    if (!s.holds())
        return QStringLiteral("the signature does not fit: what was signed, or the signature itself, was edited");
    if (s.workspace != workspace.name)
        return QStringLiteral("it was given in the workspace “%1”").arg(s.workspace);
    if (s.request != r.id)
        return QStringLiteral("it was given for the promotion %1").arg(s.request);
    if (s.registry != r.connection)
        return QStringLiteral("it was given for the registry “%1”").arg(s.registry);
    if (s.model != r.model || s.version != r.version || s.alias != r.alias)
        return QStringLiteral("it was given for %1 v%2 to %3, the request is about %4 v%5 to %6").arg(s.model).arg(s.version).arg(s.alias, r.model).arg(r.version).arg(r.alias);
    if (s.from != r.from)
        return QStringLiteral("it was given while the alias was %1, the request says %2").arg(versionText(s.from), versionText(r.from));
    if (s.digest != r.digest)
        return QStringLiteral("it was given for the package %1, the request names %2").arg(shortDigest(s.digest), shortDigest(r.digest));
    if (s.evidence != r.evidenceDigest)
        return QStringLiteral("it was given on other evidence than the request holds");
    if (s.requester != r.requester)
        return QStringLiteral("it was given when %1 had asked, the request says %2").arg(s.requester, r.requester);
    return {};
}

void judgeVoices(Request &r, const std::vector<SignedStatement> &statements, const VoiceRules &rules) {
    const bool signing = !rules.workspace.approvers.isEmpty();
    const bool open = r.state == RequestState::Pending || r.state == RequestState::Executing;
    r.signing = signing;
    r.doubt = signing ? requestDoubt(r, statements, rules.workspace) : QString();
    if (open && rules.owner) { // what was written in the request cannot ask for less than the workspace
        r.approvalsNeeded = std::max(r.approvalsNeeded, rules.owner->promotion.approvals);
        r.preventSelfApproval = r.preventSelfApproval || rules.owner->promotion.preventSelfApproval;
    }
    const qint64 life = lifeSeconds(rules.owner);
    QMap<QString, QString> spoken; // key or actor → who spoke
    for (Approval &a : r.approvals) {
        const SignedStatement *s = signing ? statementOf(statements, a.actor, false) : nullptr;
        a.key = s ? s->key : QString();
        if (a.approved)
            a.expires = s && s->expires.isValid() ? std::min(s->expires, a.time.addSecs(life)) : a.time.addSecs(life);
        a.reason = voiceDoubt(r, a, s, rules);
        const QString voice = signing ? a.key : a.actor;
        if (a.reason.isEmpty() && a.approved && spoken.contains(voice))
            a.reason = QStringLiteral("it is signed with the same key as that of %1: one voice").arg(spoken.value(voice));
        if (a.reason.isEmpty() && a.approved)
            spoken.insert(voice, a.actor);
        a.standing = !a.reason.isEmpty() ? Approval::Standing::Void : signing ? Approval::Standing::Signed : Approval::Standing::Unsigned;
    }
    for (GateResult &gate : r.evidence.gates) // the sheet shows how many count by now
        if (isApprovalsGate(gate)) {
            gate = approvalsGate(r.approved(), r.approvalsNeeded, r.preventSelfApproval);
            if (signing)
                gate.source = r.preventSelfApproval ? QStringLiteral("workspace: signed, not by who asked or made it") : QStringLiteral("workspace: signed; one's own counts");
        }
}

Result<void> enoughVoices(const Request &r) {
    if (!r.doubt.isEmpty())
        return refused(r.doubt, {}, QStringLiteral("Nothing was sent. Reject this one and ask again."));
    if (r.approved() >= r.approvalsNeeded)
        return {};
    QStringList voids;
    for (const Approval &a : r.approvals)
        if (a.approved && a.standing == Approval::Standing::Void)
            voids += QStringLiteral("that of %1 does not count: %2").arg(a.actor, a.reason);
    return refused(QStringLiteral("Promotion %1 has %2 of %3 approvals that count%4.").arg(r.id).arg(r.approved()).arg(r.approvalsNeeded).arg(voids.isEmpty() ? QString() : QStringLiteral("; ") + voids.join(QStringLiteral("; "))), {},
                   QStringLiteral("Nothing was sent. Look at them: pilot approvals verify %1").arg(r.id));
}

} // namespace pilothouse::promotion
