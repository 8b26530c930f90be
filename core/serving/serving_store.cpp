// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/serving_store.h"

#include "core/base/clock.h"
#include "core/base/json.h"

namespace pilothouse::serving {

std::vector<QString> servingMigrations() {
    return {QStringLiteral(R"(
CREATE TABLE revisions(number INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, version INTEGER NOT NULL, digest TEXT NOT NULL,
  folder TEXT NOT NULL, author TEXT NOT NULL, operation TEXT NOT NULL, time INTEGER NOT NULL, outcome TEXT NOT NULL,
  reason TEXT NOT NULL, signature TEXT NOT NULL);
CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE predictions(seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, time INTEGER NOT NULL, revision INTEGER NOT NULL,
  side INTEGER NOT NULL, protocol INTEGER NOT NULL, rows INTEGER NOT NULL, many INTEGER NOT NULL, input TEXT NOT NULL, output TEXT NOT NULL,
  latency_us INTEGER NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL);
CREATE TABLE labels(seq INTEGER NOT NULL, row INTEGER NOT NULL, prediction_id TEXT NOT NULL DEFAULT '', time INTEGER NOT NULL, predicted_time INTEGER NOT NULL,
  revision INTEGER NOT NULL, value REAL, class TEXT, predicted REAL, predicted_class TEXT, loss REAL,
  PRIMARY KEY(seq, row)) WITHOUT ROWID;
CREATE INDEX labels_by_time ON labels(predicted_time);
CREATE TABLE paired(canary INTEGER NOT NULL, step INTEGER NOT NULL, seq INTEGER NOT NULL, row INTEGER NOT NULL,
  stable_loss REAL NOT NULL, canary_loss REAL NOT NULL, PRIMARY KEY(canary, step, seq, row)) WITHOUT ROWID;
CREATE TABLE agreement(champion INTEGER NOT NULL, shadow INTEGER NOT NULL, rows INTEGER NOT NULL, agreed INTEGER NOT NULL,
  failed INTEGER NOT NULL, dropped INTEGER NOT NULL, sum_difference REAL NOT NULL, max_difference REAL NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(champion, shadow)) WITHOUT ROWID;
)"),
            QStringLiteral(R"(
CREATE TABLE target_labels(seq INTEGER NOT NULL, row INTEGER NOT NULL, target TEXT NOT NULL, prediction_id TEXT NOT NULL, time INTEGER NOT NULL,
  predicted_time INTEGER NOT NULL, revision INTEGER NOT NULL, value REAL NOT NULL, predicted REAL, loss REAL, PRIMARY KEY(seq, row, target)) WITHOUT ROWID;
CREATE INDEX target_labels_by_time ON target_labels(target, predicted_time);
)")};
}

Result<std::shared_ptr<ServingStore>> ServingStore::open(const QString &file) {
    PH_ASSIGN(auto database, Database::open(file, servingMigrations()));
    return std::shared_ptr<ServingStore>(new ServingStore(std::move(database)));
}

namespace {

const QString revisionColumns = QStringLiteral("SELECT number,model,version,digest,folder,author,operation,time,outcome,reason FROM revisions");

Revision readRevision(const Statement &s) {
    Revision r;
    r.number = int(s.integer(0));
    r.model = s.text(1);
    r.version = int(s.integer(2));
    r.digest = s.text(3);
    r.folder = s.text(4);
    r.by = s.text(5);
    r.operation = s.text(6);
    r.when = QDateTime::fromMSecsSinceEpoch(s.integer(7), Qt::UTC);
    r.outcome = s.text(8);
    r.reason = s.text(9);
    return r;
}

} // namespace

Result<std::vector<Revision>> ServingStore::revisions() const {
    std::vector<Revision> list;
    PH_TRY(m_database->query(revisionColumns + QStringLiteral(" ORDER BY number DESC"), {}, [&](const Statement &s) { list.push_back(readRevision(s)); }));
    return list;
}

Result<Revision> ServingStore::revision(int number) const {
    std::optional<Revision> found;
    PH_TRY(m_database->query(revisionColumns + QStringLiteral(" WHERE number=?1"), [&](Statement &s) { s.bind(1, number); }, [&](const Statement &s) { found = readRevision(s); }));
    if (!found)
        return notFound(QStringLiteral("Revision %1 was never served here.").arg(number), m_database->path(), QStringLiteral("`pilot rollouts history` lists the revisions."));
    return *found;
}

Result<QJsonObject> ServingStore::signature(int number) const {
    QByteArray text;
    PH_TRY(m_database->query(QStringLiteral("SELECT signature FROM revisions WHERE number=?1"), [&](Statement &s) { s.bind(1, number); }, [&](const Statement &s) { text = s.blob(0); }));
    if (text.isEmpty())
        return notFound(QStringLiteral("Revision %1 was never served here.").arg(number), m_database->path());
    return parseJsonObject(text, m_database->path());
}

Result<void> ServingStore::put(const QString &key, const QJsonObject &state) {
    PH_TRY(m_database->execute(QStringLiteral("INSERT INTO state(key,value) VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value"),
                               [&](Statement &s) { s.bind(1, key).bind(2, QString::fromUtf8(canonicalJson(state))); }));
    return {};
}

Result<Revision> ServingStore::addRevision(Revision r, const QJsonObject &signature, const QString &key, const std::function<QJsonObject(const Revision &)> &state) {
    PH_TRY(m_database->transaction([&]() -> Result<void> {
        PH_TRY(m_database->execute(QStringLiteral("INSERT INTO revisions(model,version,digest,folder,author,operation,time,outcome,reason,signature) "
                                                  "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"),
                                   [&](Statement &s) {
                                       s.bind(1, r.model).bind(2, r.version).bind(3, r.digest).bind(4, r.folder).bind(5, r.by).bind(6, r.operation);
                                       s.bind(7, r.when.toMSecsSinceEpoch()).bind(8, r.outcome).bind(9, r.reason);
                                       s.bind(10, QString::fromUtf8(canonicalJson(signature)));
                                   }));
        r.number = int(m_database->lastInsertId());
        return put(key, state(r));
    }));
    return r;
}

Result<void> ServingStore::save(const QString &key, const QJsonObject &state, const std::vector<Outcome> &outcomes) {
    return m_database->transaction([&]() -> Result<void> {
        for (const Outcome &o : outcomes)
            PH_TRY(m_database->execute(QStringLiteral("UPDATE revisions SET outcome=?2, reason=?3 WHERE number=?1"),
                                       [&](Statement &s) { s.bind(1, o.number).bind(2, o.outcome).bind(3, o.reason); }));
        return put(key, state);
    });
}

Result<std::optional<QJsonObject>> ServingStore::load(const QString &key) const {
    std::optional<QByteArray> text;
    PH_TRY(m_database->query(QStringLiteral("SELECT value FROM state WHERE key=?1"), [&](Statement &s) { s.bind(1, key); }, [&](const Statement &s) { text = s.blob(0); }));
    if (!text)
        return std::optional<QJsonObject>();
    PH_ASSIGN(QJsonObject object, parseJsonObject(*text, m_database->path()));
    return std::optional<QJsonObject>(std::move(object));
}

Result<std::vector<LossPair>> ServingStore::pairs(int canary, int step) const {
    std::vector<LossPair> list;
    PH_TRY(m_database->query(QStringLiteral("SELECT seq,row,stable_loss,canary_loss FROM paired WHERE canary=?1 AND step=?2"),
                             [&](Statement &s) { s.bind(1, canary).bind(2, step); },
                             [&](const Statement &s) { list.push_back({s.integer(0), int(s.integer(1)), s.real(2), s.real(3)}); }));
    return list;
}

} // namespace pilothouse::serving
