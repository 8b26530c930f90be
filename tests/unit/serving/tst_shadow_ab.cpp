// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

class TestShadowAb : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;
    std::unique_ptr<Wire> m_wire;

    QJsonObject variant(int version, const char *folder, double share, int seconds) {
        QJsonObject body = revisionOf(version, Q(folder)).toJson();
        body.insert(Q("share"), share);
        body.insert(Q("seconds"), seconds);
        return body;
    }
    void labelled(int count, double truth) {
        QJsonArray labels;
        for (int i = 0; i < count; ++i)
            labels.append(QJsonObject{{Q("prediction_id"), m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("prediction_id"))}, {Q("value"), truth}});
        QCOMPARE(m_wire->ask("POST", "/labels", QJsonDocument(QJsonObject{{Q("labels"), labels}}).toJson().toStdString()).json().value(Q("accepted")).toInt(), count);
    }

private Q_SLOTS:
    void init() {
        m_served = std::make_unique<Served>();
        m_served->shelf.put(QStringLiteral("near"), std::make_shared<PlainScorer>(1001)); // within 1 % of v1
        m_served->shelf.put(QStringLiteral("broken"), std::make_shared<PlainScorer>(0, true));
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
    }
    void cleanup() {
        m_wire.reset();
        m_served.reset();
    }

    void aShadowNeverAnswersAndItsAgreementIsCounted_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("agreed");
        QTest::addColumn<int>("failed");
        QTest::addColumn<double>("mean");
        QTest::newRow("one that is near agrees") << "near" << 30 << 0 << 1.0;
        QTest::newRow("one that is far does not") << "v2" << 0 << 0 << 1000.0;
        QTest::newRow("one that fails costs nothing") << "broken" << 0 << 30 << -1.0;
    }
    void aShadowNeverAnswersAndItsAgreementIsCounted() {
        QFETCH(QString, folder);
        QFETCH(int, agreed);
        QFETCH(int, failed);
        QFETCH(double, mean);
        QCOMPARE(m_wire->admin("POST", "/admin/shadow", revisionOf(2, folder).toJson()).status, 200);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("model_version")).toString(), QStringLiteral("1"));
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"rows":[[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"],[1,0,"west"]]})").status, 200);
        const QJsonArray table = m_wire->admin("GET", "/admin/shadow").json().value(Q("agreement")).toArray();
        QCOMPARE(table.size(), 1);
        const QJsonObject row = table.at(0).toObject();
        QCOMPARE(row.value(Q("rows")).toInt(), 30);
        QCOMPARE(row.value(Q("agreed")).toInt(), agreed);
        QCOMPARE(row.value(Q("failed")).toInt(), failed);
        QCOMPARE(row.value(Q("champion_version")).toString(), QStringLiteral("1"));
        QCOMPARE(row.value(Q("shadow_version")).toString(), QStringLiteral("2"));
        if (mean >= 0)
            QCOMPARE(row.value(Q("mean_difference")).toDouble(), mean);
        else
            QVERIFY(row.value(Q("mean_difference")).isNull());
        const QJsonArray log = m_wire->ask("GET", "/logs/100").list();
        QCOMPARE(log.size(), 21); // the shadow leaves no trace in the log
    }

    void aShadowSurvivesARestartAndCanBeTakenAway() {
        QCOMPARE(m_wire->admin("POST", "/admin/shadow", revisionOf(2, QStringLiteral("near")).toJson()).status, 200);
        m_wire->ask("POST", "/predict", R"({"a":1,"b":0})");
        m_wire.reset();
        m_served->server.reset();
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
        m_wire->ask("POST", "/predict", R"({"a":1,"b":0})");
        QCOMPARE(m_wire->admin("GET", "/admin/shadow").json().value(Q("agreement")).toArray().at(0).toObject().value(Q("rows")).toInt(), 2);
        QCOMPARE(m_wire->admin("POST", "/admin/shadow", {{Q("off"), true}}).status, 200);
        m_wire->ask("POST", "/predict", R"({"a":1,"b":0})");
        QCOMPARE(m_wire->admin("GET", "/admin/shadow").json().value(Q("agreement")).toArray().at(0).toObject().value(Q("rows")).toInt(), 2);
    }

    void anAbTestSplitsForItsTimeAndEndsWithASentence() {
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "v2", 0.3, 600)).status, 200);
        labelled(400, 1000);
        m_served->server->tick();
        QJsonObject test = m_wire->admin("GET", "/admin/ab").json();
        QCOMPARE(test.value(Q("running")).toBool(), true);
        const QJsonObject a = test.value(Q("a")).toObject(), b = test.value(Q("b")).toObject();
        QCOMPARE(a.value(Q("requests")).toInt() + b.value(Q("requests")).toInt(), 400);
        QVERIFY(std::abs(b.value(Q("requests")).toInt() - 120) <= 2);
        QCOMPARE(a.value(Q("labelled")).toInt(), 400);
        QCOMPARE(a.value(Q("mean_error")).toDouble(), 1.0);
        QCOMPARE(b.value(Q("mean_error")).toDouble(), 1001.0);
        m_served->clock->advance(599);
        m_served->server->tick();
        QCOMPARE(m_wire->admin("GET", "/admin/ab").json().value(Q("running")).toBool(), true); // worse or not: no judge acts in a test
        m_served->clock->advance(1);
        m_served->server->tick();
        test = m_wire->admin("GET", "/admin/ab").json();
        QCOMPARE(test.value(Q("running")).toBool(), false);
        QVERIFY2(test.value(Q("comparison")).toString().startsWith(QString::fromUtf8("Version 2 1000 °C worse on 400 labelled rows, interval 1000…1000")), qPrintable(test.value(Q("comparison")).toString()));
        QCOMPARE(test.value(Q("b")).toObject().value(Q("requests")), b.value(Q("requests")));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("model_version")).toString(), QStringLiteral("1"));
    }

    void anAbTestGoesOnAfterARestartAndExcludesARollout() {
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "v2", 0.5, 600)).status, 200);
        labelled(40, 1000);
        m_wire.reset();
        m_served->server.reset();
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
        const QJsonObject test = m_wire->admin("GET", "/admin/ab").json();
        QCOMPARE(test.value(Q("running")).toBool(), true);
        QCOMPARE(test.value(Q("a")).toObject().value(Q("labelled")).toInt(), 40);
        QJsonObject rollout = revisionOf(3, QStringLiteral("v3")).toJson();
        rollout.insert(Q("steps"), QJsonArray{100});
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/start", rollout).status, 409);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(3, "v3", 0.5, 600)).status, 409);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", {{Q("stop"), true}}).status, 200);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", {{Q("stop"), true}}).status, 409);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/start", rollout).status, 200);
    }

    void nonsenseIsRefused() {
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "v2", 0, 600)).status, 422);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "v2", 1, 600)).status, 422);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "v2", 0.5, 0)).status, 422);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(2, "nowhere", 0.5, 60)).status, 404);
        QCOMPARE(m_wire->admin("POST", "/admin/ab", variant(1, "v1", 0.5, 60)).status, 409);
    }
};

QTEST_GUILESS_MAIN(TestShadowAb)
#include "tst_shadow_ab.moc"
