// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/alert_store.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QJsonDocument>

#include <map>

namespace pilothouse::telemetry {

namespace {

QString q(const char *sql) { return QString::fromLatin1(sql); }
QString compact(const QJsonObject &object) { return QString::fromUtf8(canonicalJson(object)); }
QJsonObject objectOf(const QString &text) { return QJsonDocument::fromJson(text.toUtf8()).object(); }
QString stored(const QDateTime &time) { return time.isValid() ? isoUtc(time) : QString(); }
QDateTime timeOf(const QString &text) { return text.isEmpty() ? QDateTime() : fromIsoUtc(text); }
Result<void> done(Result<qint64> changed) { return changed ? Result<void>() : Result<void>(changed.error()); }

const std::vector<QString> &migrations() {
    static const std::vector<QString> list{
        q("CREATE TABLE alerts(rule TEXT PRIMARY KEY, episode TEXT NOT NULL, body TEXT NOT NULL);"
          "CREATE TABLE history(sequence INTEGER PRIMARY KEY, rule TEXT NOT NULL, body TEXT NOT NULL);"
          "CREATE INDEX history_by_rule ON history(rule, sequence);"
          "CREATE TABLE silences(id TEXT PRIMARY KEY, rule TEXT NOT NULL, model TEXT NOT NULL, begins TEXT NOT NULL, ends TEXT NOT NULL, who TEXT NOT NULL, comment TEXT NOT NULL);"
          // waiting, sending, sent, failed, dropped
          "CREATE TABLE messages(id INTEGER PRIMARY KEY, rule TEXT NOT NULL, episode TEXT NOT NULL, told TEXT NOT NULL, channel TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',"
          " tries INTEGER NOT NULL DEFAULT 0, next TEXT NOT NULL, created TEXT NOT NULL, problem TEXT NOT NULL DEFAULT '', UNIQUE(rule, episode, told, channel));"
          "CREATE INDEX messages_due ON messages(channel, state, next);"
          "CREATE TABLE channels(name TEXT PRIMARY KEY, address TEXT NOT NULL, off TEXT NOT NULL, since TEXT NOT NULL, hold TEXT NOT NULL, problem TEXT NOT NULL);")};
    return list;
}

} // namespace

Result<std::shared_ptr<AlertStore>> AlertStore::open(const QString &root) {
    PH_TRY(makeFolder(root, true));
    PH_ASSIGN(auto database, Database::open(root + q("/alerts.db"), migrations()));
    return std::shared_ptr<AlertStore>(new AlertStore(std::move(database)));
}

Result<std::vector<AlertStatus>> AlertStore::statuses() const {
    std::vector<AlertStatus> all;
    PH_TRY(m_database->query(q("SELECT body FROM alerts ORDER BY rule"), {}, [&](const Statement &s) { all.push_back(AlertStatus::fromJson(objectOf(s.text(0)))); }));
    return all;
}

Result<void> AlertStore::write(const AlertStatus &status, const std::vector<AlertMessage> &messages, const QDateTime &now) {
    return m_database->transaction([&]() -> Result<void> {
        QString before;
        PH_TRY(m_database->query(q("SELECT body FROM alerts WHERE rule=?"), [&](Statement &s) { s.bind(1, status.rule); }, [&](const Statement &s) { before = s.text(0); }));
        const QString body = compact(status.toJson()), episode = stored(status.episode);
        PH_TRY(done(m_database->execute(q("INSERT INTO alerts(rule,episode,body) VALUES(?,?,?) ON CONFLICT(rule) DO UPDATE SET episode=excluded.episode, body=excluded.body"),
                                        [&](Statement &s) { s.bind(1, status.rule).bind(2, episode).bind(3, body); })));
        if (before.isEmpty() || AlertStatus::fromJson(objectOf(before)).state != status.state)
            PH_TRY(done(m_database->execute(q("INSERT INTO history(rule,body) VALUES(?,?)"), [&](Statement &s) { s.bind(1, status.rule).bind(2, body); })));
        PH_TRY(done(m_database->execute(q("UPDATE messages SET state='dropped' WHERE rule=? AND state='waiting' AND episode<>? AND told<>'ok'"), [&](Statement &s) { s.bind(1, status.rule).bind(2, episode); })));
        for (const AlertMessage &message : messages)
            PH_TRY(done(m_database->execute(q("INSERT OR IGNORE INTO messages(rule,episode,told,channel,body,next,created) VALUES(?,?,?,?,?,?,?)"), [&](Statement &s) {
                s.bind(1, message.rule).bind(2, message.episode).bind(3, message.state).bind(4, message.channel).bind(5, compact(message.body)).bind(6, isoUtc(now)).bind(7, isoUtc(now));
            })));
        return {};
    });
}

Result<void> AlertStore::keepOnly(const QStringList &rules, const QDateTime &now) {
    return m_database->transaction([&]() -> Result<void> {
        QStringList gone;
        PH_TRY(m_database->query(q("SELECT rule FROM alerts"), {}, [&](const Statement &s) {
            if (!rules.contains(s.text(0)))
                gone << s.text(0);
        }));
        for (const QString &rule : std::as_const(gone))
            for (const char *sql : {"DELETE FROM alerts WHERE rule=?", "UPDATE messages SET state='dropped' WHERE rule=? AND state='waiting'"})
                PH_TRY(done(m_database->execute(q(sql), [&](Statement &s) { s.bind(1, rule); })));
        return done(m_database->execute(q("DELETE FROM messages WHERE created<? AND state<>'waiting' AND episode NOT IN (SELECT episode FROM alerts)"), [&](Statement &s) { s.bind(1, isoUtc(now.addDays(-30))); }));
    });
}

Result<std::vector<AlertStatus>> AlertStore::history(const QString &rule, int limit) const {
    std::vector<AlertStatus> all;
    PH_TRY(m_database->query(q("SELECT body FROM history WHERE ?1='' OR rule=?1 ORDER BY sequence DESC LIMIT ?2"), [&](Statement &s) { s.bind(1, rule).bind(2, limit); },
                             [&](const Statement &s) { all.push_back(AlertStatus::fromJson(objectOf(s.text(0)))); }));
    return all;
}

Result<QStringList> AlertStore::told(const QString &rule, const QString &episode) const {
    QStringList channels;
    PH_TRY(m_database->query(q("SELECT DISTINCT channel FROM messages WHERE rule=? AND episode=? AND state IN ('sent','sending') ORDER BY channel"), [&](Statement &s) { s.bind(1, rule).bind(2, episode); },
                             [&](const Statement &s) { channels << s.text(0); }));
    return channels;
}

Result<AlertSilence> AlertStore::addSilence(AlertSilence silence) {
    if (silence.rule.isEmpty() == silence.model.isEmpty())
        return invalid(QStringLiteral("A silence is about one rule or one model."), m_database->path());
    if (silence.until <= silence.from)
        return invalid(QStringLiteral("The silence would end before it begins."), m_database->path());
    silence.id = QStringLiteral("s-") + randomHex(4);
    PH_TRY(done(m_database->execute(q("INSERT INTO silences(id,rule,model,begins,ends,who,comment) VALUES(?,?,?,?,?,?,?)"), [&](Statement &s) {
        s.bind(1, silence.id).bind(2, silence.rule).bind(3, silence.model).bind(4, isoUtc(silence.from)).bind(5, isoUtc(silence.until)).bind(6, silence.by).bind(7, silence.comment);
    })));
    return silence;
}

Result<void> AlertStore::endSilence(const QString &id, const QDateTime &now) {
    QString ends;
    PH_TRY(m_database->query(q("SELECT ends FROM silences WHERE id=?"), [&](Statement &s) { s.bind(1, id); }, [&](const Statement &s) { ends = s.text(0); }));
    if (ends.isEmpty())
        return notFound(QStringLiteral("There is no silence %1.").arg(id), m_database->path(), QStringLiteral("See them with: pilot alerts list"));
    if (timeOf(ends) <= now)
        return Error{ErrorKind::Conflict, QStringLiteral("The silence %1 is over since %2.").arg(id, ends), m_database->path(), {}, {}};
    return done(m_database->execute(q("UPDATE silences SET ends=? WHERE id=?"), [&](Statement &s) { s.bind(1, isoUtc(now)).bind(2, id); }));
}

Result<std::vector<AlertSilence>> AlertStore::silences(const QDateTime &now) const {
    std::vector<AlertSilence> all;
    PH_TRY(m_database->query(q("SELECT id,rule,model,begins,ends,who,comment FROM silences WHERE ends>? ORDER BY ends"), [&](Statement &s) { s.bind(1, isoUtc(now)); },
                             [&](const Statement &s) { all.push_back({s.text(0), s.text(1), s.text(2), timeOf(s.text(3)), timeOf(s.text(4)), s.text(5), s.text(6)}); }));
    return all;
}

Result<std::vector<AlertMessage>> AlertStore::due(const QString &channel, const QDateTime &now, int limit) const {
    std::vector<AlertMessage> all;
    PH_TRY(m_database->query(q("SELECT id,rule,episode,told,body,tries FROM messages WHERE channel=? AND state='waiting' AND next<=? ORDER BY id LIMIT ?"),
                             [&](Statement &s) { s.bind(1, channel).bind(2, isoUtc(now)).bind(3, limit); },
                             [&](const Statement &s) { all.push_back({s.integer(0), s.text(1), s.text(2), s.text(3), channel, objectOf(s.text(4)), int(s.integer(5))}); }));
    return all;
}

Result<bool> AlertStore::claim(qint64 id) {
    PH_ASSIGN(const qint64 changed, m_database->execute(q("UPDATE messages SET state='sending', tries=tries+1 WHERE id=? AND state='waiting'"), [&](Statement &s) { s.bind(1, id); }));
    return changed == 1;
}

Result<void> AlertStore::settle(qint64 id, const QString &state, const QString &next, const QString &why) {
    return done(m_database->execute(q("UPDATE messages SET state=?, next=?, problem=? WHERE id=? AND state='sending'"), [&](Statement &s) { s.bind(1, state).bind(2, next).bind(3, why).bind(4, id); }));
}
Result<void> AlertStore::settleSent(qint64 id, const QDateTime &now) { return settle(id, q("sent"), isoUtc(now), {}); }
Result<void> AlertStore::settleAgain(qint64 id, const QDateTime &next, const QString &why) { return settle(id, q("waiting"), isoUtc(next), why); }
Result<void> AlertStore::settleFailed(qint64 id, const QString &why) { return settle(id, q("failed"), {}, why); }

Result<std::vector<ChannelState>> AlertStore::channels() const {
    std::map<QString, ChannelState> all;
    PH_TRY(m_database->query(q("SELECT name,address,off,since,hold,problem FROM channels"), {}, [&](const Statement &s) {
        all[s.text(0)] = {s.text(0), s.text(1), s.text(2), timeOf(s.text(3)), timeOf(s.text(4)), s.text(5)};
    }));
    PH_TRY(m_database->query(q("SELECT channel, sum(state='waiting'), sum(state IN ('sent','sending')), sum(state='failed') FROM messages GROUP BY channel"), {}, [&](const Statement &s) {
        ChannelState &channel = all[s.text(0)];
        channel.name = s.text(0);
        channel.waiting = s.integer(1);
        channel.sent = s.integer(2);
        channel.failed = s.integer(3);
    }));
    std::vector<ChannelState> out;
    for (auto &[name, channel] : all)
        out.push_back(std::move(channel));
    return out;
}

Result<void> AlertStore::writeChannel(const ChannelState &channel) {
    return done(m_database->execute(q("INSERT INTO channels(name,address,off,since,hold,problem) VALUES(?,?,?,?,?,?) ON CONFLICT(name) DO UPDATE SET address=excluded.address, off=excluded.off, since=excluded.since,"
                                      " hold=excluded.hold, problem=excluded.problem"),
                                    [&](Statement &s) { s.bind(1, channel.name).bind(2, channel.address).bind(3, channel.off).bind(4, stored(channel.since)).bind(5, stored(channel.hold)).bind(6, channel.problem); }));
}

} // namespace pilothouse::telemetry
