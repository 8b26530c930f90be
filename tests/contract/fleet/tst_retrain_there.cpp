// SPDX-License-Identifier: GPL-3.0-or-later
// pilot retrain … --there: the policy of a service that the workspace names as a model's endpoint, by the reference routes; against one that answers as the reference system does, in other shapes, and not at all.
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run_pilot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>

using namespace pilothouse;
using support::Answer;
using support::LoopbackServer;
using Q = QLatin1String;

namespace {

/// The service of SYSTEMS.md 5, as far as its policy goes.
struct Service {
    std::mutex mutex;
    QJsonObject config{{Q("enabled"), true}, {Q("min_performance_threshold"), 0.5}, {Q("degradation_threshold"), 0.1}, {Q("min_hours_between"), 6.0}};
    QByteArrayList posted;
    bool running = false, metrics = true, policy = true;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            answer(c, request);
    }};
    void answer(LoopbackServer::Connection &c, const QByteArray &request) {
        const std::lock_guard lock(mutex);
        const QByteArray line = request.left(request.indexOf("\r\n")), json = "Content-Type: application/json\r\n";
        const QByteArray body = request.mid(request.indexOf("\r\n\r\n") + 4);
        if (!policy && line.contains("/retrain/"))
            return (void)c.reply(404, "{\"detail\":\"Not Found\"}", json);
        if (line.startsWith("GET /retrain/status"))
            return (void)c.reply(200, QJsonDocument(QJsonObject{{Q("enabled"), config.value(Q("enabled"))}, {Q("last_retrain"), Q("2026-11-20T10:00:00Z")}, {Q("last_data_hash"), Q("d41d8cd9")}, {Q("current_r2"), 0.58}, {Q("best_r2"), 0.6}, {Q("next_allowed"), QJsonValue()}, {Q("config"), config}}).toJson(), json);
        if (line.startsWith("GET /retrain/logs/"))
            return (void)c.reply(200, "[{\"timestamp\":\"2026-11-20T10:00:00Z\",\"trigger\":\"data\",\"reason\":\"the data changed\",\"old_r2\":0.58,\"new_r2\":0.6,\"decision\":\"retrain\",\"run_id\":\"r7\"}]", json);
        if (line.startsWith("GET /metrics"))
            return (void)c.reply(metrics ? 200 : 404, metrics ? "{\"total_requests\":1200,\"successful_requests\":1188,\"failed_requests\":12,\"success_rate\":0.99,\"avg_response_time_ms\":41.5,\"p95_response_time_ms\":97,\"uptime_seconds\":3600}" : "{}", json);
        posted << line.split(' ').value(1) + ' ' + body;
        if (line.startsWith("POST /retrain/trigger")) {
            if (running && !body.contains("\"force\":true"))
                return (void)c.reply(429, "{\"accepted\":false,\"rule\":\"at_most_every 6h\"}", json);
            running = true;
            return (void)c.reply(202, "{\"accepted\":true,\"run_id\":\"r8\"}", json);
        }
        const QJsonObject wanted = QJsonDocument::fromJson(body).object();
        for (auto it = wanted.begin(); it != wanted.end(); ++it)
            config.insert(it.key(), it.value());
        c.reply(200, QJsonDocument(config).toJson(), json);
    }
};

} // namespace

class TestRetrainThere : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<Service> m_service;
    Answer retrain(const char *verb, const QStringList &more = {}) { return support::runPilot(m_folder.path(), QStringList{QStringLiteral("retrain"), QString::fromLatin1(verb), QStringLiteral("housing"), QStringLiteral("--there")} + more); }

private Q_SLOTS:
    void init() {
        if (support::pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT is not set");
        m_service = std::make_unique<Service>();
        QVERIFY(writeFileAtomically(m_folder.filePath(Q("pilothouse.yaml")), "workspace: there\nconnections: {local: {kind: local, root: data}}\nmodels:\n  housing: {registry: {connection: local}, endpoint: {url: \"" + m_service->server.url("").toUtf8() + "\"}}\n"));
    }

    void whatItSaysOfItselfIsTold() {
        const Answer seen = retrain("check");
        QVERIFY2(seen.code == 0, qPrintable(seen.errors));
        QCOMPARE(seen.object.value(Q("enabled")), QJsonValue(true));
        QCOMPARE(seen.object.value(Q("metric")).toString(), QStringLiteral("r2"));
        QCOMPARE(seen.object.value(Q("current")).toDouble(), 0.58);
        QCOMPARE(seen.object.value(Q("best")).toDouble(), 0.6);
        QCOMPARE(seen.object.value(Q("last_retrain")).toString(), QStringLiteral("2026-11-20T10:00:00.000Z"));
        QVERIFY(seen.object.value(Q("next_allowed")).isNull());
        QCOMPARE(seen.object.value(Q("data_hash")).toString(), QStringLiteral("d41d8cd9"));
        QCOMPARE(seen.object.value(Q("config"))[Q("min_hours_between")].toDouble(), 6.0);
        QCOMPARE(seen.object.value(Q("figures"))[Q("requests")].toInt(), 1200);
        QCOMPARE(seen.object.value(Q("figures"))[Q("failed")].toInt(), 12);
        QCOMPARE(seen.object.value(Q("figures"))[Q("p95_ms")].toDouble(), 97.0);
        m_service->metrics = false; // the policy stands without them
        const Answer without = retrain("check");
        QCOMPARE(without.code, 0);
        QVERIFY(without.object.value(Q("figures")).isNull());
        const QJsonArray log = retrain("log").object.value(Q("decisions")).toArray();
        QCOMPARE(log.size(), 1);
        QCOMPARE(log[0][Q("run_id")].toString(), QStringLiteral("r7"));
    }

    void itIsSwitchedAndChangedThere() {
        const Answer plan = retrain("disable", {QStringLiteral("--plan")});
        QVERIFY2(plan.code == 0, qPrintable(plan.errors));
        QVERIFY(m_service->posted.isEmpty()); // shown, not sent
        const Answer off = retrain("disable");
        QVERIFY2(off.code == 0, qPrintable(off.errors));
        QCOMPARE(off.object.value(Q("config"))[Q("enabled")], QJsonValue(false));
        QCOMPARE(m_service->posted.size(), 1);
        QCOMPARE(retrain("disable").code, 0); // it is so already
        QCOMPARE(m_service->posted.size(), 1);
        const Answer changed = retrain("config", {QStringLiteral("--min-performance"), QStringLiteral("0.55"), QStringLiteral("--min-hours"), QStringLiteral("12")});
        QVERIFY2(changed.code == 0, qPrintable(changed.errors));
        QCOMPARE(m_service->posted.last(), QByteArray("/retrain/config {\"min_hours_between\":12,\"min_performance_threshold\":0.55}"));
        QCOMPARE(changed.object.value(Q("config"))[Q("degradation_threshold")].toDouble(), 0.1);
        const QByteArray journal = readFile(m_folder.filePath(Q("data/journal.jsonl"))).value_or(QByteArray());
        QVERIFY2(journal.contains("endpoint-retrain-config"), journal.left(300).constData());
    }

    void itRetrainsThereAndItsRuleIsNamed() {
        const Answer begun = retrain("run");
        QVERIFY2(begun.code == 0, qPrintable(begun.errors));
        QCOMPARE(m_service->posted, QByteArrayList{"/retrain/trigger {\"force\":false}"});
        QVERIFY2(begun.errors.contains(Q("r8")), qPrintable(begun.errors));
        const Answer again = retrain("run");
        QVERIFY(again.code != 0);
        QVERIFY2(again.errors.contains(Q("at_most_every 6h")) && again.errors.contains(Q("--force")), qPrintable(again.errors));
        QCOMPARE(m_service->posted.size(), 2); // refused once, not tried again
        QCOMPARE(retrain("run", {QStringLiteral("--force")}).code, 0);
    }

    void aServiceWithoutAPolicySaysSo() {
        m_service->policy = false;
        const Answer none = retrain("check");
        QVERIFY(none.code != 0);
        QVERIFY2(none.errors.contains(Q("404")), qPrintable(none.errors));
        QVERIFY(retrain("enable").code != 0);
        QVERIFY(m_service->posted.isEmpty());
        QVERIFY(support::runPilot(m_folder.path(), {QStringLiteral("retrain"), QStringLiteral("check"), QStringLiteral("--there")}).code != 0); // whose?
    }
};

QTEST_GUILESS_MAIN(TestRetrainThere)
#include "tst_retrain_there.moc"
