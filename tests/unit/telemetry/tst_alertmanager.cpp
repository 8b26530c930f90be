// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/alertmanager.h"

#include "tests/support/loopback_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using support::LoopbackServer;

namespace {
QByteArray quoted(const char *text) { return QByteArray(text).replace('\'', '"'); }
} // namespace

class tst_Alertmanager : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itListsSilencesAndExpires() {
        QByteArrayList asked;
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                asked << request;
                const QByteArray json = "Content-Type: application/json\r\n";
                if (request.startsWith("GET /am/api/v2/alerts"))
                    c.reply(200, quoted("[{'fingerprint':'f1','labels':{'alertname':'Stale','model':'iris'},'annotations':{},'startsAt':'2026-11-23T08:00:00.000Z','status':{'state':'suppressed','silencedBy':['s1'],'inhibitedBy':[]}},"
                                        "{'fingerprint':'f2','labels':{'alertname':'Slow'},'annotations':{'summary':'p95'},'startsAt':'2026-11-23T09:00:00.123+01:00','generatorURL':'http://prom','status':{'state':'active','silencedBy':[],'inhibitedBy':[]}}]"), json);
                else if (request.startsWith("GET /am/api/v2/silences"))
                    c.reply(200, quoted("[{'id':'s1','status':{'state':'active'},'matchers':[{'name':'model','value':'ir.*','isRegex':true}],'startsAt':'2026-11-23T08:00:00Z','endsAt':'2026-11-23T12:00:00Z','createdBy':'ben','comment':'known'}]"), json);
                else if (request.startsWith("POST "))
                    c.reply(200, quoted("{'silenceID':'s2'}"), json);
                else
                    c.reply(request.startsWith("DELETE /am/api/v2/silence/s2 ") ? 200 : 404, "", json);
            }
        });
        const Alertmanager manager(std::make_shared<net::HttpClient>(), {server.url("/am/"), {}, [] { return Result<QString>(QStringLiteral("token")); }, {}});
        const auto alerts = manager.alerts();
        QVERIFY2(alerts, alerts ? "" : qPrintable(alerts.error().text()));
        QCOMPARE(alerts->size(), std::size_t(2));
        QCOMPARE(alerts->at(0).fingerprint, QStringLiteral("f2")); // active first
        QCOMPARE(alerts->at(0).since, QDateTime(QDate(2026, 11, 23), QTime(8, 0, 0, 123), Qt::UTC));
        QCOMPARE(alerts->at(1).silencedBy, QStringList{QStringLiteral("s1")});
        const auto silences = manager.silences();
        QVERIFY(silences && silences->size() == 1);
        QVERIFY(silences->at(0).matchers.at(0).regex && silences->at(0).matchers.at(0).equal);
        QCOMPARE(hiddenBy(silences->at(0).matchers, *alerts).size(), std::size_t(1)); // what it hides, before it is made
        QVERIFY(hiddenBy({}, *alerts).empty());
        QCOMPARE(hiddenBy({{QStringLiteral("model"), QStringLiteral("iris"), false, false}}, *alerts).at(0).fingerprint, QStringLiteral("f2"));
        ManagedSilence wanted = silences->at(0);
        wanted.id.clear();
        QCOMPARE(*manager.silence(wanted), QStringLiteral("s2"));
        QVERIFY(asked.last().contains(quoted("'isRegex':true")) && asked.last().contains("Authorization: Bearer token"));
        QVERIFY(manager.expire(QStringLiteral("s2")));
        QCOMPARE(int(manager.expire(QStringLiteral("other")).error().kind), int(ErrorKind::NotFound));
        const auto count = asked.size();
        wanted.matchers.clear();
        QCOMPARE(int(manager.silence(wanted).error().kind), int(ErrorKind::Invalid));
        QCOMPARE(asked.size(), count); // not sent
    }

    void anotherServerIsSaid() {
        LoopbackServer server([](LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, "<html></html>");
        });
        const Alertmanager manager(std::make_shared<net::HttpClient>(), {server.url(""), {}, {}, {}});
        QVERIFY(manager.alerts().error().what.contains(QStringLiteral("does not answer like an Alertmanager")));
    }
};

QTEST_GUILESS_MAIN(tst_Alertmanager)
#include "tst_alertmanager.moc"
