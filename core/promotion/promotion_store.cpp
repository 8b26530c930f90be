// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/promotion_store.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/promotion/evidence_gates.h"
#include "core/promotion/statement_store.h"
#include "core/registry/local_registry.h"
#include "core/registry/mirror_store.h"

#include <algorithm>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;

RequestState stateFrom(const QString &name) {
    for (const RequestState s : {RequestState::Pending, RequestState::Rejected, RequestState::Executing, RequestState::Done, RequestState::Undone, RequestState::TurnedBack})
        if (requestStateName(s) == name)
            return s;
    return RequestState::Failed;
}

Doing doingFrom(const QString &name) {
    for (const Doing d : {Doing::Undo, Doing::TurnBack})
        if (doingName(d) == name)
            return d;
    return Doing::Promote;
}

QJsonObject objectFrom(const QString &text) { return QJsonDocument::fromJson(text.toUtf8()).object(); }

} // namespace

QString promotionTables1() {
    return QStringLiteral(R"sql(
CREATE TABLE promotions(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL, alias TEXT NOT NULL, version INTEGER NOT NULL,
    from_version INTEGER, digest TEXT NOT NULL, requester TEXT NOT NULL, state TEXT NOT NULL, evidence TEXT NOT NULL,
    approvals_needed INTEGER NOT NULL, prevent_self_approval INTEGER NOT NULL, created TEXT NOT NULL, decided TEXT,
    operation TEXT NOT NULL DEFAULT '', undo_record TEXT NOT NULL DEFAULT '{}', outcome TEXT NOT NULL DEFAULT '',
    doing TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', state_before TEXT NOT NULL DEFAULT '');
CREATE INDEX promotions_of_model ON promotions(model, sequence);
CREATE INDEX promotions_of_operation ON promotions(operation) WHERE operation <> '';
CREATE UNIQUE INDEX one_wish_at_a_time ON promotions(model, alias, version) WHERE state IN ('pending', 'executing');
CREATE TABLE approvals(
    promotion TEXT NOT NULL REFERENCES promotions(id), actor TEXT NOT NULL, approved INTEGER NOT NULL, comment TEXT NOT NULL, time TEXT NOT NULL,
    PRIMARY KEY(promotion, actor)); -- one voice each
)sql");
}

QString promotionTables2() {
    return QStringLiteral(R"sql(
ALTER TABLE promotions ADD COLUMN connection TEXT NOT NULL DEFAULT '';
DROP INDEX one_wish_at_a_time;
CREATE UNIQUE INDEX one_wish_at_a_time ON promotions(connection, model, alias, version) WHERE state IN ('pending', 'executing');
)sql");
}

std::vector<QString> registryDatabaseMigrations() {
    return {registry::registryTables1(), operations::journalTables1(), promotionTables1(), promotionTables2(), registry::mirrorTables1(), statementTables1()};
}

QString requestStateName(RequestState state) {
    switch (state) {
    case RequestState::Pending: return QStringLiteral("pending");
    case RequestState::Rejected: return QStringLiteral("rejected");
    case RequestState::Executing: return QStringLiteral("executing");
    case RequestState::Done: return QStringLiteral("done");
    case RequestState::Undone: return QStringLiteral("undone");
    case RequestState::TurnedBack: return QStringLiteral("turned-back");
    case RequestState::Failed: break;
    }
    return QStringLiteral("failed");
}

QString doingName(Doing doing) {
    switch (doing) {
    case Doing::Undo: return QStringLiteral("undo");
    case Doing::TurnBack: return QStringLiteral("turn-back");
    case Doing::Promote: break;
    }
    return QStringLiteral("promote");
}

QString standingName(Approval::Standing standing) {
    switch (standing) {
    case Approval::Standing::Signed: return QStringLiteral("signed");
    case Approval::Standing::Void: return QStringLiteral("void");
    case Approval::Standing::Unsigned: break;
    }
    return QStringLiteral("unsigned");
}

int Request::approved() const {
    int count = 0;
    for (const Approval &a : approvals)
        count += a.approved && a.standing != Approval::Standing::Void;
    return count;
}

QString Request::notSigned() const { return signing ? QString() : QStringLiteral("not signed: the workspace names no approvers"); }

QJsonObject Request::toJson() const {
    QJsonArray voices;
    for (const Approval &a : approvals) {
        QJsonObject voice{{Q("actor"), a.actor}, {Q("approved"), a.approved}, {Q("comment"), a.comment}, {Q("time"), isoUtc(a.time)}, {Q("standing"), standingName(a.standing)}};
        if (!a.reason.isEmpty())
            voice.insert(Q("reason"), a.reason);
        if (a.expires.isValid())
            voice.insert(Q("expires"), isoUtc(a.expires));
        if (!a.key.isEmpty())
            voice.insert(Q("key"), a.key);
        voices.append(voice);
    }
    QJsonObject out{{Q("id"), id}, {Q("connection"), connection}, {Q("model"), model}, {Q("alias"), alias}, {Q("version"), version}, {Q("from"), from ? QJsonValue(*from) : QJsonValue()},
            {Q("digest"), digest}, {Q("state"), requestStateName(state)}, {Q("requester"), requester}, {Q("approvals"), voices}, {Q("approvals_needed"), approvalsNeeded},
            {Q("prevent_self_approval"), preventSelfApproval}, {Q("created"), isoUtc(created)}, {Q("decided"), decided.isValid() ? QJsonValue(isoUtc(decided)) : QJsonValue()},
            {Q("operation"), operation}, {Q("outcome"), outcome}, {Q("evidence"), evidence.toJson()}, {Q("evidence_digest"), evidenceDigest}};
    if (!signing)
        out.insert(Q("not_signed"), notSigned());
    if (!doubt.isEmpty())
        out.insert(Q("doubt"), doubt);
    return out;
}

Result<void> PromotionStore::insert(const Request &r) {
    return m_database->transaction([&]() -> Result<void> {
        QString other;
        PH_TRY(m_database->query(QStringLiteral("SELECT id FROM promotions WHERE model = ?1 AND alias = ?2 AND version = ?3 AND connection = ?4 AND state IN ('pending', 'executing')"),
                                 [&](Statement &s) { s.bind(1, r.model).bind(2, r.alias).bind(3, r.version).bind(4, r.connection); }, [&](const Statement &row) { other = row.text(0); }));
        if (!other.isEmpty())
            return Error{ErrorKind::Conflict, QStringLiteral("%1 version %2 is asked for already: %3.").arg(r.model).arg(r.version).arg(other), {},
                         QStringLiteral("Decide that one: pilot approve %1 or pilot reject %1.").arg(other), {}};
        PH_TRY(m_database->execute(
            QStringLiteral("INSERT INTO promotions(id, model, alias, version, from_version, digest, requester, state, evidence, approvals_needed,"
                           " prevent_self_approval, created, connection) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
            [&](Statement &s) {
                s.bind(1, r.id).bind(2, r.model).bind(3, r.alias).bind(4, r.version).bind(6, r.digest).bind(7, r.requester).bind(8, requestStateName(r.state));
                s.bind(9, QString::fromUtf8(canonicalJson(r.evidence.toJson()))).bind(10, r.approvalsNeeded).bind(11, int(r.preventSelfApproval)).bind(12, isoUtc(r.created)).bind(13, r.connection);
                r.from ? s.bind(5, *r.from) : s.bindNull(5);
            }));
        return {};
    });
}

Result<void> PromotionStore::addApproval(const QString &id, const Approval &a) {
    return m_database->transaction([&]() -> Result<void> {
        bool pending = false;
        PH_TRY(m_database->query(QStringLiteral("SELECT 1 FROM promotions WHERE id = ?1 AND state = 'pending'"), [&](Statement &s) { s.bind(1, id); },
                                 [&](const Statement &) { pending = true; }));
        if (!pending)
            return Error{ErrorKind::Conflict, QStringLiteral("Promotion %1 does not wait any more.").arg(id), {}, QStringLiteral("Look at it again."), {}};
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO approvals(promotion, actor, approved, comment, time) VALUES(?1, ?2, ?3, ?4, ?5)"
                                                  " ON CONFLICT(promotion, actor) DO UPDATE SET approved = ?3, comment = ?4, time = ?5"),
                                   [&](Statement &s) { s.bind(1, id).bind(2, a.actor).bind(3, int(a.approved)).bind(4, a.comment).bind(5, isoUtc(a.time)); }));
        return {};
    });
}

Result<void> PromotionStore::removeApproval(const QString &id, const QString &actor) {
    PH_TRY(m_database->execute(QStringLiteral("DELETE FROM approvals WHERE promotion = ?1 AND actor = ?2"), [&](Statement &s) { s.bind(1, id).bind(2, actor); }));
    return {};
}

Result<void> PromotionStore::remove(const QString &id) {
    return m_database->transaction([&]() -> Result<void> {
        PH_TRY(m_database->execute(QStringLiteral("DELETE FROM approvals WHERE promotion = ?1"), [&](Statement &s) { s.bind(1, id); }));
        PH_TRY(m_database->execute(QStringLiteral("DELETE FROM promotions WHERE id = ?1 AND state = 'pending'"), [&](Statement &s) { s.bind(1, id); }));
        return {};
    });
}

Result<std::vector<Executing>> PromotionStore::read(const QString &condition, const Database::Bind &bind) const {
    std::vector<Executing> out;
    std::vector<QJsonObject> sheets;
    PH_TRY(m_database->query(
        QStringLiteral("SELECT p.id, p.model, p.alias, p.version, p.from_version, p.digest, p.requester, p.state, p.evidence, p.approvals_needed,"
                       " p.prevent_self_approval, p.created, p.decided, p.operation, p.undo_record, p.outcome, p.doing, p.reason, p.state_before, p.connection,"
                       " (SELECT json_group_array(json_array(actor, approved, comment, time)) FROM approvals a WHERE a.promotion = p.id)"
                       " FROM promotions p ") + condition + QStringLiteral(" ORDER BY p.sequence DESC"),
        bind, [&](const Statement &row) {
            Executing e;
            Request &r = e.request;
            r.id = row.text(0);
            r.model = row.text(1);
            r.alias = row.text(2);
            r.version = int(row.integer(3));
            if (!row.isNull(4))
                r.from = int(row.integer(4));
            r.digest = row.text(5);
            r.requester = row.text(6);
            r.state = stateFrom(row.text(7));
            sheets.push_back(objectFrom(row.text(8)));
            r.evidenceDigest = sha256Hex(row.text(8).toUtf8()); // what is stored, not what it is read as
            r.approvalsNeeded = int(row.integer(9));
            r.preventSelfApproval = row.integer(10) != 0;
            r.created = fromIsoUtc(row.text(11));
            if (!row.isNull(12))
                r.decided = fromIsoUtc(row.text(12));
            r.operation = row.text(13);
            r.undoRecord = objectFrom(row.text(14));
            r.outcome = row.text(15);
            e.doing = doingFrom(row.text(16));
            e.reason = row.text(17);
            e.before = stateFrom(row.text(18));
            r.connection = row.text(19);
            for (const QJsonValue &v : QJsonDocument::fromJson(row.text(20).toUtf8()).array()) {
                const QJsonArray a = v.toArray();
                r.approvals.push_back({a.at(0).toString(), a.at(2).toString(), a.at(1).toInt() != 0, fromIsoUtc(a.at(3).toString())});
            }
            std::sort(r.approvals.begin(), r.approvals.end(), [](const Approval &a, const Approval &b) { return a.time < b.time; });
            out.push_back(std::move(e));
        }));
    for (std::size_t i = 0; i < out.size(); ++i) {
        Request &r = out[i].request;
        PH_ASSIGN(r.evidence, Evidence::fromJson(sheets[i]));
        for (GateResult &gate : r.evidence.gates) // the sheet shows how many said yes by now
            if (isApprovalsGate(gate))
                gate = approvalsGate(r.approved(), r.approvalsNeeded, r.preventSelfApproval);
    }
    return out;
}

Result<std::vector<Request>> PromotionStore::requests(const std::optional<registry::ModelKey> &model) const {
    PH_ASSIGN(auto found, !model ? read({}, {}) : read(QStringLiteral("WHERE p.model = ?1 AND p.connection = ?2"), [&](Statement &s) { s.bind(1, model->name).bind(2, model->connection); }));
    std::vector<Request> out;
    for (Executing &e : found)
        out.push_back(std::move(e.request));
    return out;
}

Result<Request> PromotionStore::byId(const QString &id) const {
    PH_ASSIGN(auto found, read(QStringLiteral("WHERE p.id = ?1 OR (p.operation = ?1 AND ?1 <> '')"), [&](Statement &s) { s.bind(1, id); }));
    if (found.empty())
        return notFound(QStringLiteral("There is no promotion “%1”.").arg(id), {}, QStringLiteral("See “pilot inbox” for those that wait."));
    return std::move(found.front().request);
}

Result<std::vector<Executing>> PromotionStore::executing() const { return read(QStringLiteral("WHERE p.state = 'executing'"), {}); }

Result<void> PromotionStore::begin(const QString &id, RequestState from, Doing doing, const QString &reason, const QString &operation, const QJsonObject &undoRecord) {
    PH_ASSIGN(const qint64 changed, m_database->execute(
        QStringLiteral("UPDATE promotions SET state = 'executing', state_before = ?2, doing = ?3, reason = ?4, operation = ?5, undo_record = ?6 WHERE id = ?1 AND state = ?2"),
        [&](Statement &s) {
            s.bind(1, id).bind(2, requestStateName(from)).bind(3, doingName(doing)).bind(4, reason).bind(5, operation).bind(6, QString::fromUtf8(canonicalJson(undoRecord)));
        }));
    if (changed == 0)
        return Error{ErrorKind::Conflict, QStringLiteral("Promotion %1 is not %2 any more: somebody else is at it.").arg(id, requestStateName(from)), {},
                     QStringLiteral("Look at it again."), {}};
    return {};
}

Result<void> PromotionStore::end(const QString &id, RequestState from, RequestState to, const QString &outcome, const QDateTime &decided) {
    PH_ASSIGN(const qint64 changed, m_database->execute(QStringLiteral("UPDATE promotions SET state = ?3, outcome = ?4, decided = ?5, doing = '' WHERE id = ?1 AND state = ?2"),
                                                        [&](Statement &s) {
                                                            s.bind(1, id).bind(2, requestStateName(from)).bind(3, requestStateName(to)).bind(4, outcome);
                                                            to == RequestState::Pending ? s.bindNull(5) : s.bind(5, isoUtc(decided));
                                                        }));
    if (changed == 0)
        return Error{ErrorKind::Conflict, QStringLiteral("Promotion %1 is not %2 any more.").arg(id, requestStateName(from)), {}, QStringLiteral("Look at it again."), {}};
    return {};
}

} // namespace pilothouse::promotion
