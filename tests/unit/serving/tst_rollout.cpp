// SPDX-License-Identifier: GPL-3.0-or-later
// A rollout from its start to its end, driven by requests, labels and a clock that stands where the test puts it.
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

class TestRollout : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;
    std::unique_ptr<Wire> m_wire;
    int m_sent = 0;

    QJsonObject status() { return m_wire->admin("GET", "/admin/rollout").json(); }
    QString phase() { return status().value(Q("phase")).toString(); }
    int percent() {
        const QJsonObject s = status();
        return s.value(Q("steps")).toArray().at(s.value(Q("step")).toInt()).toObject().value(Q("percent")).toInt();
    }
    void startRollout(int version, const char *folder, const QJsonArray &steps = {10, 50, 100}) {
        QJsonObject body = revisionOf(version, Q(folder), QStringLiteral("op-%1").arg(version)).toJson();
        body.insert(Q("steps"), steps);
        const Answer answer = m_wire->admin("POST", "/admin/rollout/start", body);
        QVERIFY2(answer.status == 200, answer.body.c_str());
    }
    /// Sends `count` requests with a = 1, b = 0 and labels each with `truth`.
    void traffic(int count, std::optional<double> truth) {
        QJsonArray labels;
        for (int i = 0; i < count; ++i) {
            const Answer answer = m_wire->ask("POST", "/predict", R"({"a":1,"b":0})");
            QCOMPARE(answer.status, 200);
            ++m_sent;
            if (truth)
                labels.append(QJsonObject{{Q("prediction_id"), answer.json().value(Q("prediction_id"))}, {Q("value"), *truth + (m_sent % 7) * 0.1}});
        }
        if (!truth)
            return;
        const Answer taken = m_wire->ask("POST", "/labels", QJsonDocument(QJsonObject{{Q("labels"), labels}}).toJson().toStdString());
        QCOMPARE(taken.json().value(Q("accepted")).toInt(), count);
    }
    void passTime(int seconds) {
        m_served->clock->advance(seconds);
        m_served->server->tick();
    }
    void restart() {
        m_wire.reset();
        m_served->server.reset();
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
    }

private Q_SLOTS:
    void init() {
        m_sent = 0;
        m_served = std::make_unique<Served>();
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
    }
    void cleanup() {
        m_wire.reset();
        m_served.reset();
    }

    void theFirstVersionGetsAllTraffic() {
        QCOMPARE(phase(), QStringLiteral("stable"));
        QCOMPARE(status().value(Q("stable")).toObject().value(Q("version")).toInt(), 1);
        QVERIFY(!status().contains(Q("canary")));
    }

    void aBetterVersionGoesThroughAllStepsToItsEnd() {
        QStringList finished;
        m_wire.reset();
        m_served->server.reset();
        m_served->options.onFinished = [&](const Notice &n) -> Result<void> {
            finished << n.operation;
            return {};
        };
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
        startRollout(2, "v2"); // v2 answers 2001, v1 1001; the truth is 2000
        QCOMPARE(percent(), 10);
        for (const int expected : {50, 100, 100}) {
            traffic(600, 2000.0);
            m_served->server->tick();
            QVERIFY(status().value(Q("verdict")).toString().contains(Q("better on")));
            passTime(31);
            QCOMPARE(percent(), expected);
        }
        QCOMPARE(phase(), QStringLiteral("stable"));
        const QJsonObject end = status();
        QCOMPARE(end.value(Q("stable")).toObject().value(Q("version")).toInt(), 2);
        for (const QJsonValue &step : end.value(Q("steps")).toArray())
            QCOMPARE(step.toObject().value(Q("state")).toString(), QStringLiteral("done"));
        QCOMPARE(finished, QStringList{QStringLiteral("op-2")});
        const QJsonArray history = m_wire->admin("GET", "/admin/history").json().value(Q("revisions")).toArray();
        QCOMPARE(history.at(0).toObject().value(Q("outcome")).toString(), QStringLiteral("stable"));
        QCOMPARE(history.at(1).toObject().value(Q("outcome")).toString(), QStringLiteral("superseded"));
    }

    void theSeenShareIsCloseToTheWantedOne_data() {
        QTest::addColumn<int>("percent");
        QTest::newRow("1 %") << 1;
        QTest::newRow("10 %") << 10;
        QTest::newRow("50 %") << 50;
        QTest::newRow("100 %") << 100;
    }
    void theSeenShareIsCloseToTheWantedOne() {
        QFETCH(int, percent);
        QJsonArray steps{percent};
        if (percent < 100)
            steps.append(100);
        startRollout(2, "v2", steps);
        traffic(1000, {});
        const double seen = status().value(Q("seen_share")).toDouble();
        QVERIFY2(std::abs(seen - percent / 100.0) <= 0.005, qPrintable(QString::number(seen)));
    }

    void aWorseVersionIsTurnedBackAndNobodyNotices() {
        QStringList turnedBack;
        m_wire.reset();
        m_served->server.reset();
        m_served->options.onTurnBack = [&](const Notice &n) -> Result<void> {
            // Traffic has been moved before anybody is told, and the undo that follows may call this very server.
            if (m_served->server->control().split()->canary)
                return invalid(QStringLiteral("still live"));
            if (auto done = m_served->server->control().abort(QStringLiteral("undo")); !done)
                return done;
            turnedBack << n.operation << n.reason;
            return {};
        };
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
        startRollout(2, "v2");
        traffic(199, 1000.0);
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("progressing"));
        QVERIFY(status().value(Q("verdict")).toString().contains(Q("199 of 200")));
        traffic(1, 1000.0);
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        QCOMPARE(turnedBack.size(), 2);
        QCOMPARE(turnedBack.first(), QStringLiteral("op-2"));
        QVERIFY2(turnedBack.last().contains(Q("worse on 200 labelled rows")), qPrintable(turnedBack.last()));
        QCOMPARE(status().value(Q("canary")).toObject().value(Q("outcome")).toString(), QStringLiteral("aborted"));
        QCOMPARE(m_wire->admin("GET", "/admin/history").json().value(Q("revisions")).toArray().at(0).toObject().value(Q("outcome")).toString(), QStringLiteral("aborted"));
        traffic(20, {});
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("model_version")).toString(), QStringLiteral("1"));
        m_served->server->tick();
        QCOMPARE(turnedBack.size(), 2); // told once
        startRollout(3, "v3");          // and the next candidate may come
        QCOMPARE(phase(), QStringLiteral("progressing"));
    }

    void aTurnBackThatCouldNotBeWrittenDownIsToldAgainAfterARestart() {
        bool reachable = false;
        int told = 0;
        m_wire.reset();
        m_served->server.reset();
        m_served->options.onTurnBack = [&](const Notice &) -> Result<void> {
            if (!reachable)
                return Error{ErrorKind::Unreachable, QStringLiteral("the registry is locked"), {}, {}, {}};
            ++told;
            return {};
        };
        QVERIFY(m_served->start());
        m_wire = std::make_unique<Wire>(m_served->port());
        startRollout(2, "v2");
        traffic(200, 1000.0);
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        restart();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        reachable = true;
        m_served->server->tick();
        m_served->server->tick();
        QCOMPARE(told, 1);
    }

    void aVersionThatFailsIsTurnedBackWithoutAFailedRequest() {
        m_served->shelf.put(QStringLiteral("broken"), std::make_shared<PlainScorer>(0, true));
        startRollout(2, "broken", {50, 100});
        traffic(200, {}); // every answer is checked to be 200
        const QJsonObject stats = status().value(Q("canary_stats")).toObject();
        const int failed = stats.value(Q("failed")).toInt();
        QVERIFY(std::abs(failed - 100) <= 1);
        QCOMPARE(failed, stats.value(Q("requests")).toInt());
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        QVERIFY(status().value(Q("verdict")).toString().contains(Q("Canary failed")));
        const std::string prometheus = m_wire->ask("GET", "/metrics/prometheus").body;
        const std::string line = "pilothouse_rescued_total{model=\"t2m\",version=\"2\"} " + std::to_string(failed) + '\n';
        QVERIFY2(prometheus.find(line) != std::string::npos, prometheus.c_str());
        const QJsonArray log = m_wire->ask("GET", "/logs/200").list();
        int named = 0;
        for (const QJsonValue &entry : log)
            named += entry.toObject().value(Q("error")).toString().startsWith(Q("2: This model cannot answer")) ? 1 : 0;
        QCOMPARE(named, failed);
    }

    void aVersionThatNeedsAnotherInputIsTurnedBackToo() {
        auto other = std::make_shared<PlainScorer>(0);
        other->m_signature.inputs[1].name = QStringLiteral("renamed");
        m_served->shelf.put(QStringLiteral("other"), other);
        startRollout(2, "other", {50, 100});
        traffic(120, {});
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
    }

    void whatClientsSendWrongIsNotHeldAgainstAVersion() {
        startRollout(2, "v2", {50, 100});
        for (int i = 0; i < 200; ++i)
            QCOMPARE(m_wire->ask("POST", "/predict", R"({"b":1})").status, 422);
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("progressing"));
        QCOMPARE(status().value(Q("canary_stats")).toObject().value(Q("requests")).toInt(), 0);
    }

    void aPersonMayPauseAndPromote() {
        startRollout(2, "v2");
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/pause").status, 200);
        QCOMPARE(phase(), QStringLiteral("paused"));
        traffic(600, 2000.0);
        passTime(300);
        QCOMPARE(percent(), 10); // a pause holds, however good it is
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/resume").status, 200);
        m_served->server->tick();
        QCOMPARE(percent(), 50);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/promote", {{Q("full"), false}}).status, 200);
        QCOMPARE(percent(), 100);
        QCOMPARE(phase(), QStringLiteral("progressing"));
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/promote", {{Q("full"), true}}).status, 200);
        QCOMPARE(phase(), QStringLiteral("stable"));
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/promote").status, 409);
    }

    void aPauseDoesNotSwitchTheGuardOff() {
        startRollout(2, "v2");
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/pause").status, 200);
        traffic(200, 1000.0);
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
    }

    void abortAndUndoGoBackAtOnce() {
        startRollout(2, "v2");
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/abort", {{Q("reason"), Q("changed my mind")}}).status, 200);
        QCOMPARE(status().value(Q("verdict")).toString(), QStringLiteral("changed my mind"));
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/abort").status, 200); // again: nothing to do
        startRollout(3, "v3");
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/promote", {{Q("full"), true}}).status, 200);
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("prediction")).toDouble(), 3001.0);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/undo", {{Q("revision"), 1}}).status, 200);
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("prediction")).toDouble(), 1001.0);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/undo", {{Q("revision"), 1}}).status, 200); // again: nothing to do
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/undo", {{Q("revision"), 77}}).status, 404);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/abort").status, 409);
    }

    void whatCannotBeStartedSaysWhy_data() {
        QTest::addColumn<int>("version");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QJsonArray>("steps");
        QTest::addColumn<int>("status");
        QTest::newRow("the version that is served") << 1 << "v1" << QJsonArray{10, 100} << 409;
        QTest::newRow("a package that is not there") << 2 << "nowhere" << QJsonArray{10, 100} << 404;
        QTest::newRow("steps that fall") << 2 << "v2" << QJsonArray{50, 10, 100} << 422;
        QTest::newRow("steps without an end") << 2 << "v2" << QJsonArray{10, 50} << 422;
    }
    void whatCannotBeStartedSaysWhy() {
        QFETCH(int, version);
        QFETCH(QString, folder);
        QFETCH(QJsonArray, steps);
        QFETCH(int, status);
        QJsonObject body = revisionOf(version, folder).toJson();
        body.insert(Q("steps"), steps);
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/start", body).status, status);
        QCOMPARE(phase(), QStringLiteral("stable"));
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1})").status, 200);
    }

    void twoRolloutsAtOnceAreAConflictButTheSameOneIsNot() {
        startRollout(2, "v2");
        startRollout(2, "v2"); // the same operation again, as after a lost answer
        QJsonObject body = revisionOf(3, QStringLiteral("v3")).toJson();
        body.insert(Q("steps"), QJsonArray{100});
        QCOMPARE(m_wire->admin("POST", "/admin/rollout/start", body).status, 409);
        QCOMPARE(m_wire->admin("GET", "/admin/history").json().value(Q("revisions")).toArray().size(), 2);
    }

    void aRestartGoesOnWithTheSameStepAndItsCounts() {
        startRollout(2, "v2");
        traffic(150, 1000.0);
        const QJsonObject before = status();
        restart();
        const QJsonObject after = status();
        for (const char *key : {"phase", "step", "operation", "stable", "canary", "wanted_share"})
            QCOMPARE(after.value(Q(key)), before.value(Q(key)));
        for (const char *side : {"stable_stats", "canary_stats"})
            for (const char *key : {"requests", "labelled", "mean_error"})
                QCOMPARE(after.value(Q(side)).toObject().value(Q(key)), before.value(Q(side)).toObject().value(Q(key)));
        traffic(50, 1000.0); // 150 labels from before the restart and 50 after it make 200
        m_served->server->tick();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        restart();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        QCOMPARE(m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("model_version")).toString(), QStringLiteral("1"));
    }

    void aCandidateWhosePackageIsGoneAfterARestartIsTurnedBack() {
        startRollout(2, "v2");
        m_served->shelf.remove(QStringLiteral("v2"));
        restart();
        QCOMPARE(phase(), QStringLiteral("aborted"));
        QVERIFY(status().value(Q("verdict")).toString().contains(Q("no longer be loaded")));
    }

    void aClockThatIsSetBackDoesNotHurryAStep() {
        startRollout(2, "v2");
        traffic(600, 2000.0);
        m_served->clock->advance(-3600);
        m_served->server->tick();
        QCOMPARE(percent(), 10);
        QCOMPARE(phase(), QStringLiteral("progressing"));
    }

    void labelsOfBeforeTheRolloutAreNotCompared() {
        const QString id = m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("prediction_id")).toString();
        startRollout(2, "v2");
        const QJsonObject body{{Q("labels"), QJsonArray{QJsonObject{{Q("prediction_id"), id}, {Q("value"), 5}}}}};
        QCOMPARE(m_wire->ask("POST", "/labels", QJsonDocument(body).toJson().toStdString()).json().value(Q("accepted")).toInt(), 1);
        QCOMPARE(status().value(Q("stable_stats")).toObject().value(Q("labelled")).toInt(), 0);
    }

    void aLabelSentAgainReplacesTheFirst() {
        startRollout(2, "v2");
        const QString id = m_wire->ask("POST", "/predict", R"({"a":1,"b":0})").json().value(Q("prediction_id")).toString();
        for (const double value : {5.0, 1001.0}) {
            const QJsonObject body{{Q("labels"), QJsonArray{QJsonObject{{Q("prediction_id"), id}, {Q("value"), value}}}}};
            QCOMPARE(m_wire->ask("POST", "/labels", QJsonDocument(body).toJson().toStdString()).json().value(Q("accepted")).toInt(), 1);
        }
        QCOMPARE(status().value(Q("stable_stats")).toObject().value(Q("labelled")).toInt(), 1);
        QCOMPARE(status().value(Q("stable_stats")).toObject().value(Q("mean_error")).toDouble(), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestRollout)
#include "tst_rollout.moc"
