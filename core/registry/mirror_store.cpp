// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mirror_store.h"

#include "core/base/hash.h"

#include <cmath>
#include <limits>

namespace pilothouse::registry {

namespace {

MirrorState stateFrom(const QString &text) {
    for (const MirrorState s : {MirrorState::Done, MirrorState::Abandoned})
        if (mirrorStateName(s) == text)
            return s;
    return MirrorState::Waiting;
}

QString timeText(const QDateTime &time) { return time.isValid() ? isoUtc(time) : QString(); }

} // namespace

QString mirrorTables1() {
    return QStringLiteral(R"sql(
CREATE TABLE mirrors( -- runs on their way to another registry; see Mirror
    run TEXT NOT NULL REFERENCES runs(id), connection TEXT NOT NULL, model TEXT NOT NULL, package TEXT NOT NULL, digest TEXT NOT NULL,
    state TEXT NOT NULL, run_there TEXT NOT NULL DEFAULT '', sent INTEGER NOT NULL DEFAULT 0, asked INTEGER NOT NULL DEFAULT 0,
    attributes TEXT NOT NULL DEFAULT '', finished TEXT NOT NULL DEFAULT '', package_sent TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '', error_kind INTEGER NOT NULL DEFAULT 0, hint TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
    since TEXT NOT NULL, next_try TEXT NOT NULL DEFAULT '', operation TEXT NOT NULL, orders INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY(run, connection)) WITHOUT ROWID;
CREATE INDEX mirrors_waiting ON mirrors(since) WHERE state = 'waiting';
)sql");
}

QString mirrorStateName(MirrorState state) {
    switch (state) {
    case MirrorState::Done: return QStringLiteral("done");
    case MirrorState::Abandoned: return QStringLiteral("abandoned");
    case MirrorState::Waiting: break;
    }
    return QStringLiteral("waiting");
}

Result<std::vector<Mirror>> MirrorStore::read(const QString &condition, const Database::Bind &bind) const {
    std::vector<Mirror> out;
    PH_TRY(m_database->query(QStringLiteral("SELECT run, connection, model, package, digest, state, run_there, sent, asked, attributes, finished, package_sent, version,"
                                            " error, error_kind, hint, attempts, since, next_try, operation, orders FROM mirrors ") + condition,
                             bind, [&](const Statement &row) {
                                 Mirror m;
                                 m.run = row.text(0);
                                 m.connection = row.text(1);
                                 m.model = row.text(2);
                                 m.package = row.text(3);
                                 m.digest = row.text(4);
                                 m.state = stateFrom(row.text(5));
                                 m.runThere = row.text(6);
                                 m.sent = row.integer(7);
                                 m.asked = row.integer(8);
                                 m.attributes = row.text(9);
                                 m.finished = row.text(10);
                                 m.packageSent = row.text(11);
                                 m.version = int(row.integer(12));
                                 m.error.what = row.text(13);
                                 m.error.kind = ErrorKind(row.integer(14));
                                 m.error.hint = row.text(15);
                                 m.attempts = int(row.integer(16));
                                 m.since = fromIsoUtc(row.text(17));
                                 m.nextTry = fromIsoUtc(row.text(18));
                                 m.operation = row.text(19);
                                 m.orders = int(row.integer(20));
                                 out.push_back(std::move(m));
                             }));
    return out;
}

Result<Mirror> MirrorStore::order(const QString &run, const QString &connection, const QString &model, const QString &package, const QString &digest) {
    PH_TRY(m_database->execute(
        QStringLiteral("INSERT INTO mirrors(run, connection, model, package, digest, state, since, operation) VALUES(?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?7)"
                       " ON CONFLICT(run, connection) DO UPDATE SET state = 'waiting', attempts = 0, next_try = '', orders = orders + 1,"
                       " model = CASE WHEN ?3 = '' THEN model ELSE ?3 END,"
                       " package = CASE WHEN ?4 = '' THEN package ELSE ?4 END, digest = CASE WHEN ?4 = '' THEN digest ELSE ?5 END"),
        [&](Statement &s) {
            s.bind(1, run).bind(2, connection).bind(3, model).bind(4, package).bind(5, digest).bind(6, isoUtc(now())).bind(7, QStringLiteral("op-") + randomHex(6));
        }));
    PH_ASSIGN(auto made, find(run, connection));
    if (!made)
        return notFound(QStringLiteral("The order to send run %1 to %2 was not kept.").arg(run, connection));
    return *std::move(made);
}

Result<std::optional<Mirror>> MirrorStore::find(const QString &run, const QString &connection) const {
    PH_ASSIGN(auto found, read(QStringLiteral("WHERE run = ?1 AND connection = ?2"), [&](Statement &s) { s.bind(1, run).bind(2, connection); }));
    return found.empty() ? std::optional<Mirror>() : std::optional<Mirror>(std::move(found.front()));
}

Result<std::vector<Mirror>> MirrorStore::all() const { return read(QStringLiteral("ORDER BY since DESC, run"), {}); }

Result<std::vector<Mirror>> MirrorStore::waiting() const { return read(QStringLiteral("WHERE state = 'waiting' ORDER BY since, run"), {}); }

Result<void> MirrorStore::save(const Mirror &m) {
    PH_ASSIGN(const qint64 changed,
              m_database->execute(QStringLiteral("UPDATE mirrors SET state = ?3, run_there = ?4, sent = ?5, asked = ?6, attributes = ?7, finished = ?8, package_sent = ?9,"
                                                 " version = ?10, error = ?11, error_kind = ?12, hint = ?13, attempts = ?14, next_try = ?15 WHERE run = ?1 AND connection = ?2"),
                                  [&](Statement &s) {
                                      s.bind(1, m.run).bind(2, m.connection).bind(3, mirrorStateName(m.state)).bind(4, m.runThere).bind(5, m.sent).bind(6, m.asked).bind(7, m.attributes);
                                      s.bind(8, m.finished).bind(9, m.packageSent).bind(10, m.version).bind(11, m.error.what).bind(12, int(m.error.kind)).bind(13, m.error.hint);
                                      s.bind(14, m.attempts).bind(15, timeText(m.nextTry));
                                  }));
    if (changed == 0)
        return notFound(QStringLiteral("Run %1 was not ordered to go to %2.").arg(m.run, m.connection));
    return {};
}

Result<MirrorState> MirrorStore::finish(const Mirror &m) {
    Mirror whole = m;
    whole.state = MirrorState::Waiting;
    whole.error = {};
    whole.attempts = 0;
    whole.nextTry = {};
    PH_TRY(save(whole));
    PH_ASSIGN(const qint64 changed, m_database->execute(QStringLiteral("UPDATE mirrors SET state = 'done' WHERE run = ?1 AND connection = ?2 AND orders = ?3"),
                                                        [&](Statement &s) { s.bind(1, m.run).bind(2, m.connection).bind(3, m.orders); }));
    return changed > 0 ? MirrorState::Done : MirrorState::Waiting;
}

Result<void> MirrorStore::restart(const QString &run, const QString &connection) {
    PH_ASSIGN(const auto found, find(run, connection));
    if (!found)
        return notFound(QStringLiteral("Run %1 was not ordered to go to %2.").arg(run, connection));
    Mirror fresh;
    fresh.run = run;
    fresh.connection = connection;
    PH_TRY(m_database->query(QStringLiteral("SELECT coalesce(max(sequence), 0) FROM metrics WHERE run = ?1"), [&](Statement &s) { s.bind(1, run); },
                             [&](const Statement &row) { fresh.asked = row.integer(0); }));
    return save(fresh);
}

Result<std::vector<MirrorStore::Point>> MirrorStore::points(const QString &run, qint64 after, qint64 until, int limit) const {
    std::vector<Point> out;
    PH_TRY(m_database->query(QStringLiteral("SELECT sequence, name, step, value, time FROM metrics WHERE run = ?1 AND sequence > ?2 AND sequence <= ?3 ORDER BY sequence LIMIT ?4"),
                             [&](Statement &s) { s.bind(1, run).bind(2, after).bind(3, until > 0 ? until : std::numeric_limits<qint64>::max()).bind(4, limit); },
                             [&](const Statement &row) {
                                 const double value = row.isNull(3) ? std::numeric_limits<double>::quiet_NaN() : row.real(3);
                                 out.push_back({row.integer(0), {row.text(1), value, row.integer(2), fromIsoUtc(row.text(4))}});
                             }));
    return out;
}

Result<qint64> MirrorStore::pointsBehind(const QString &run, qint64 after) const {
    qint64 count = 0;
    PH_TRY(m_database->query(QStringLiteral("SELECT count(*) FROM metrics WHERE run = ?1 AND sequence > ?2"), [&](Statement &s) { s.bind(1, run).bind(2, after); },
                             [&](const Statement &row) { count = row.integer(0); }));
    return count;
}

Result<QStringList> MirrorStore::metricNames(const QString &run) const {
    QStringList out;
    PH_TRY(m_database->query(QStringLiteral("SELECT name FROM latest_metrics WHERE run = ?1 ORDER BY name"), [&](Statement &s) { s.bind(1, run); },
                             [&](const Statement &row) { out << row.text(0); }));
    return out;
}

Result<QDateTime> MirrorStore::lastSign(const QString &run) const {
    QDateTime last;
    PH_TRY(m_database->query(QStringLiteral("SELECT max(time) FROM metrics WHERE run = ?1"), [&](Statement &s) { s.bind(1, run); },
                             [&](const Statement &row) {
                                 if (!row.isNull(0))
                                     last = fromIsoUtc(row.text(0));
                             }));
    return last;
}

} // namespace pilothouse::registry
