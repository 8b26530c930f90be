// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs, runs, logs and schedules over the wire, and each fault of it.
#include "tests/unit/pipelines/jenkins_wire.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using pilothouse::support::JenkinsWire;
using pilothouse::support::playRetrain;

class TestJenkinsRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void allJobsByOneCall() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto ci = wire.open();
        const auto all = ci->pipelines();
        QVERIFY2(all, all ? "" : qPrintable(all.error().text()));
        QCOMPARE(all->size(), std::size_t(3));
        QCOMPARE(all->at(0).id, QStringLiteral("weather/retrain"));
        QCOMPARE(all->at(0).model, QStringLiteral("t2m"));
        QCOMPARE(all->at(1).id, QStringLiteral("weather/app/feature%2Fx"));
        QCOMPARE(all->at(1).name, QStringLiteral("feature/x"));
        QCOMPARE(all->at(1).folder, QStringLiteral("weather/app"));
        QCOMPARE(all->at(1).problem, QStringLiteral("switched off in Jenkins"));
        QCOMPARE(all->at(1).link, wire.url() + QStringLiteral("/job/weather/job/app/job/feature%252Fx/"));
        QCOMPARE(wire.calls(), QStringList{QStringLiteral("GET /api/json")});
        QVERIFY(wire.last("GET /api/json").contains("Authorization: Basic YWRhOnRva2Vu"));
    }
    void jobsAndFolderLimitIt() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto some = wire.open({{QStringLiteral("jobs"), QStringLiteral("weather/retrain")}})->pipelines();
        QCOMPARE(some->size(), std::size_t(1));
        QCOMPARE(wire.calls(), QStringList{QStringLiteral("GET /job/weather/job/retrain/api/json")});
        wire.set("GET /job/weather/api/json", "{\"jobs\":[{\"name\":\"x\",\"color\":\"blue\"}]}");
        const auto folder = wire.open({{QStringLiteral("folder"), QStringLiteral("weather")}})->pipelines();
        QCOMPARE(folder->at(0).id, QStringLiteral("weather/x"));
        QCOMPARE(int(wire.open({{QStringLiteral("folder"), QStringLiteral("weather")}})->runs(QStringLiteral("other")).error().kind), int(ErrorKind::NotFound));
    }
    void runsOfAllJobs() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("GET /queue/api/json", "{\"items\":[{\"id\":18,\"why\":\"Waiting for next available executor\",\"task\":{\"url\":\"http://jenkins.internal:9999/jenkins/job/weather/job/retrain/\"},\"actions\":[]}]}");
        const auto runs = wire.open()->runs({}, 20);
        QVERIFY2(runs, runs ? "" : qPrintable(runs.error().text()));
        QCOMPARE(runs->size(), std::size_t(4));
        QCOMPARE(runs->at(0).id, QStringLiteral("weather/retrain?queue=18"));
        QCOMPARE(runs->at(0).note, QStringLiteral("In the queue: Waiting for next available executor"));
        QCOMPARE(runs->at(1).id, QStringLiteral("weather/retrain#42"));
        QCOMPARE(int(runs->at(1).state), int(State::Paused));
        QCOMPARE(runs->at(1).gates, 1);
        QCOMPARE(runs->at(1).note, QStringLiteral("Promote t2m v30?"));
        QCOMPARE(runs->at(1).link, wire.url() + QStringLiteral("/job/weather/job/retrain/42/"));
        QCOMPARE(int(runs->at(2).state), int(State::Failed));
        QCOMPARE(wire.count("GET /api/json"), 1);
        // One call for the list, one for the queue; the others are about the one run that is on its way.
        QCOMPARE(wire.calls().filter(QStringLiteral("/41/")).size(), 0);
    }
    void oneRunWithItsStages() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto ci = wire.open();
        const auto failed = ci->run(QStringLiteral("weather/retrain#41"));
        QVERIFY2(failed, failed ? "" : qPrintable(failed.error().text()));
        QCOMPARE(failed->stages.size(), std::size_t(1));
        QCOMPARE(failed->stages[0].note, QStringLiteral("script returned exit code 1"));
        QCOMPARE(failed->stages[0].medianSeconds, 50.0);
        QCOMPARE(failed->error->what, QStringLiteral("The stage “Train” failed: script returned exit code 1."));
        QCOMPARE(int(ci->run(QStringLiteral("weather/retrain#43")).error().kind), int(ErrorKind::NotFound));
        QVERIFY(ci->run(QStringLiteral("weather/retrain#43")).error().hint.contains(QStringLiteral("Job/Read")));
        QCOMPARE(int(ci->run(QStringLiteral("nonsense")).error().kind), int(ErrorKind::NotFound));
    }
    void withoutAnyStageViewThereIsStillARun() {
        JenkinsWire wire;
        wire.set("GET /job/a/api/json", "{\"name\":\"a\",\"color\":\"red\"}");
        wire.set("GET /job/a/7/api/json", "{\"number\":7,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763700000000,\"duration\":90000,\"actions\":[]}");
        const auto ci = wire.open();
        const auto run = ci->run(QStringLiteral("a#7"));
        QVERIFY(run && run->stages.empty());
        QCOMPARE(int(run->state), int(State::Passed));
        QVERIFY(run->note.contains(QStringLiteral("no stages")));
        const qsizetype asked = wire.calls().size();
        QVERIFY(ci->run(QStringLiteral("a#7")));
        QCOMPARE(wire.calls().size(), asked + 1); // the plugins that are not there are not asked for each time
    }
    void theGraphViewTellsBranches() {
        JenkinsWire wire;
        wire.set("GET /job/a/7/api/json", "{\"number\":7,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763700000000,\"duration\":90000,\"actions\":[]}");
        wire.set("GET /job/a/7/stages/tree", "{\"status\":\"ok\",\"data\":{\"complete\":true,\"stages\":[{\"id\":\"6\",\"name\":\"Test\",\"state\":\"success\",\"children\":[{\"id\":\"8\",\"name\":\"auth\",\"state\":\"success\",\"type\":\"PARALLEL\",\"children\":[]},"
                                             "{\"id\":\"9\",\"name\":\"web\",\"state\":\"unstable\",\"type\":\"PARALLEL\",\"children\":[]}]}]}}");
        wire.set("GET /job/a/7/coverage/api/json", "{\"projectStatistics\":{\"line\":\"96.20%\"}}");
        const auto run = wire.open()->run(QStringLiteral("a#7"));
        QCOMPARE(run->stages.size(), std::size_t(3));
        QCOMPARE(run->stages[2].after, QStringList{QStringLiteral("6")});
        QCOMPARE(int(run->stages[2].state), int(State::Warned));
        QCOMPARE(run->coverage.value(), 96.2);
    }
    void aServiceThatFailedAndIsSkippedSinceIsToldWithItsFix() {
        JenkinsWire wire;
        wire.set("GET /api/json", "{\"jobs\":[{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\",\"name\":\"app\",\"fullName\":\"app\",\"color\":\"blue\",\"property\":[{\"parameterDefinitions\":[{\"name\":\"AUTH_CHANGED\",\"type\":\"BooleanParameterDefinition\"}]}],"
                                  "\"builds\":[{\"number\":2,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763800000000,\"duration\":1,\"actions\":[]},{\"number\":1,\"result\":\"FAILURE\",\"building\":false,\"timestamp\":1763700000000,\"duration\":1,\"actions\":[]}]}]}");
        wire.set("GET /queue/api/json", "{\"items\":[]}");
        wire.set("GET /job/app/wfapi/runs", "[{\"name\":\"#2\",\"status\":\"SUCCESS\",\"stages\":[{\"id\":\"1\",\"name\":\"Build auth\",\"status\":\"NOT_EXECUTED\"},{\"id\":\"2\",\"name\":\"Build frontend\",\"status\":\"SUCCESS\",\"startTimeMillis\":1763800000000,\"durationMillis\":9}]},"
                                            "{\"name\":\"#1\",\"status\":\"FAILED\",\"stages\":[{\"id\":\"1\",\"name\":\"Build auth\",\"status\":\"FAILED\",\"startTimeMillis\":1763700000000,\"durationMillis\":9}]}]");
        const auto ci = wire.open({}, {QStringLiteral("app")});
        const auto runs = ci->runs({}, 10);
        QVERIFY2(runs, runs ? "" : qPrintable(runs.error().text()));
        QCOMPARE(runs->at(0).changed, QStringList{QStringLiteral("frontend")});
        QCOMPARE(int(runs->at(0).stages[0].state), int(State::Skipped));
        const auto notices = ci->notices();
        QCOMPARE(notices->size(), std::size_t(1));
        QCOMPARE(notices->at(0).kind, QStringLiteral("skipped-broken"));
        QCOMPARE(notices->at(0).start->pipeline, QStringLiteral("app"));
        QCOMPARE(notices->at(0).start->parameters.value(QStringLiteral("AUTH_CHANGED")).toBool(), true);
        const int read = wire.count("GET /job/app/wfapi/runs");
        QVERIFY(ci->runs({}, 10));
        QCOMPARE(wire.count("GET /job/app/wfapi/runs"), read); // nothing new: not asked again
    }
    void whatAnsibleDeployedIsKnownFromItsLog() {
        JenkinsWire wire;
        wire.set("GET /job/app/34/api/json", "{\"number\":34,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763800000000,\"duration\":1,\"actions\":[]}");
        wire.set("GET /job/app/34/wfapi/describe", "{\"stages\":[{\"id\":\"20\",\"name\":\"Deploy (Ansible)\",\"status\":\"SUCCESS\",\"startTimeMillis\":1,\"durationMillis\":9}]}");
        wire.set("GET /job/app/34/execution/node/20/wfapi/describe", "{\"status\":\"SUCCESS\",\"stageFlowNodes\":[{\"id\":\"21\",\"name\":\"Shell Script\",\"_links\":{\"log\":{\"href\":\"x\"}}}]}");
        wire.set("GET /job/app/34/execution/node/21/log/logText/progressiveText", "+ ansible-playbook deploy.yml -e frontend_tag=v34\n", 200, "X-Text-Size: 50\r\n");
        const auto ci = wire.open();
        QCOMPARE(ci->run(QStringLiteral("app#34"))->images, (QMap<QString, QString>{{QStringLiteral("frontend"), QStringLiteral("v34")}}));
        QVERIFY(ci->run(QStringLiteral("app#34")));
        QCOMPARE(wire.count("GET /job/app/34/execution/node/21/log/logText/progressiveText"), 1); // what has ended does not change
    }
    void oneJobThatIsGoneDoesNotHideTheOthers() {
        JenkinsWire wire;
        wire.set("GET /job/a/api/json", "{\"name\":\"a\",\"fullName\":\"a\",\"color\":\"blue\"}");
        QCOMPARE(wire.open({{QStringLiteral("jobs"), QStringLiteral("a, gone")}})->pipelines()->size(), std::size_t(1));
        QCOMPARE(int(wire.open({{QStringLiteral("jobs"), QStringLiteral("gone")}})->pipelines().error().kind), int(ErrorKind::NotFound));
    }
    void fiveHundredJobsAreOneCall() {
        JenkinsWire wire;
        QByteArray jobs;
        for (int i = 0; i < 500; ++i)
            jobs += (i ? "," : "") + QByteArray("{\"name\":\"j") + QByteArray::number(i) + "\",\"color\":\"blue\",\"builds\":[{\"number\":1,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1763800000000,\"duration\":1,\"actions\":[]}]}";
        wire.set("GET /api/json", "{\"jobs\":[" + jobs + "]}");
        wire.set("GET /queue/api/json", "{\"items\":[]}");
        const auto runs = wire.open()->runs({}, 50);
        QCOMPARE(runs->size(), std::size_t(500));
        QCOMPARE(wire.calls().size(), 2);
    }
    void theLogGoesOnByBytes() {
        JenkinsWire wire;
        wire.set("GET /job/a/7/logText/progressiveText?start=0", "Gr\xc3", 200, "X-Text-Size: 3\r\nX-More-Data: true\r\n");
        wire.set("GET /job/a/7/logText/progressiveText?start=3", "\xbc\xc3\x9f"
                                                                  "e\n\xff\xfe bad\n",
                 200, "X-Text-Size: 14\r\n");
        const auto ci = wire.open();
        LogFrom from;
        from.run = QStringLiteral("a#7");
        auto piece = ci->readLog(from);
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QVERIFY(!piece->end);
        QCOMPARE(piece->bytes, QByteArray("Gr\xc3"));
        from.next = piece->next;
        piece = ci->readLog(from);
        QVERIFY(piece->end);
        QCOMPARE(ci->log(QStringLiteral("a#7"))->left(5), QStringLiteral("Grüße"));
    }
    void onlyTheEndOfAGiantLog() {
        JenkinsWire wire;
        const QByteArray giant = QByteArray(32 << 20, 'x') + "\nlast line\n";
        const QByteArray size = "X-Text-Size: " + QByteArray::number(giant.size()) + "\r\n";
        wire.set("GET /job/a/7/logText/progressiveText?start=0", giant, 200, size);
        wire.set(("GET /job/a/7/logText/progressiveText?start=" + QByteArray::number(giant.size() - 100)).constData(), giant.right(100), 200, size);
        LogFrom from;
        from.run = QStringLiteral("a#7");
        from.lastBytes = 100;
        const auto piece = wire.open()->readLog(from);
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(piece->bytes, QByteArray("last line\n"));
        QCOMPARE(piece->skipped, giant.size() - 10);
        QVERIFY(piece->end);
    }
    void oneStagesLog() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("GET /job/weather/job/retrain/41/execution/node/7/log/logText/progressiveText", "+ make train\n", 200, "X-Text-Size: 13\r\n");
        wire.set("GET /job/weather/job/retrain/41/execution/node/9/wfapi/log", "{\"text\":\"<b>a &amp; b</b>\\n\",\"hasMore\":true}");
        LogFrom from;
        from.run = QStringLiteral("weather/retrain#41");
        from.stage = QStringLiteral("6");
        const auto piece = wire.open()->readLog(from);
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(piece->bytes, QByteArray("+ make train\na & b\n"));
        QVERIFY(piece->note.contains(QStringLiteral("only the end")));
        QVERIFY(piece->end);
    }
    /// The log of a stage with branches has those of all of them, each below its name; the text also grows in its midst, and that is said.
    void theLogOfAStageHoldsItsBranches() {
        JenkinsWire wire;
        const auto node = [&](int id, const QByteArray &text) { wire.set("GET /job/a/7/execution/node/" + QByteArray::number(id) + "/log/logText/progressiveText", text, 200, "X-Text-Size: " + QByteArray::number(text.size()) + "\r\n"); };
        const auto play = [&](const char *state, const char *building) {
            wire.set("GET /job/a/7/stages/tree", QByteArray("{\"status\":\"ok\",\"data\":{\"stages\":[{\"id\":\"4\",\"name\":\"Test\",\"state\":\"") + state + "\",\"type\":\"STAGE\",\"children\":["
                     "{\"id\":\"8\",\"name\":\"unit\",\"state\":\"success\",\"type\":\"PARALLEL\",\"children\":[]},{\"id\":\"9\",\"name\":\"e2e\",\"state\":\"running\",\"type\":\"PARALLEL\",\"children\":[{\"id\":\"20\",\"name\":\"browser\",\"state\":\"running\",\"type\":\"STAGE\",\"children\":[]}]}]},"
                     "{\"id\":\"30\",\"name\":\"Deploy\",\"state\":\"skipped\",\"type\":\"STAGE\",\"children\":[]}]}}");
            wire.set("GET /job/a/7/api/json", QByteArray("{\"number\":7,\"building\":") + building + "}");
        };
        play("running", "true");
        wire.set("GET /job/a/7/stages/allSteps", "{\"status\":\"ok\",\"data\":{\"steps\":[{\"id\":\"5\",\"stageId\":\"4\"},{\"id\":\"10\",\"stageId\":\"8\"},{\"id\":\"11\",\"stageId\":\"8\"},{\"id\":\"21\",\"stageId\":\"20\"},{\"id\":\"31\",\"stageId\":\"30\"}]}}");
        node(5, "checkout\n");
        node(10, "unit 1\n");
        node(11, "unit 2");
        node(21, "page 1\n");
        node(31, "never asked for\n");
        const auto ci = wire.open();
        LogFrom from;
        from.run = QStringLiteral("a#7");
        from.stage = QStringLiteral("4");
        auto piece = ci->readLog(from);
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(QString::fromUtf8(piece->bytes), QStringLiteral("checkout\n── unit ──\nunit 1\nunit 2\n── e2e ▸ browser ──\npage 1\n"));
        QVERIFY(!piece->end && !piece->anew);
        node(21, "page 1\npage 2\n");
        from.next = piece->next;
        piece = ci->readLog(from);
        QCOMPARE(piece->bytes, QByteArray("page 2\n")); // its end grew
        QVERIFY(!piece->anew);
        node(10, "unit 1\nunit 1b\n");
        play("success", "true"); // this stage has ended, the run goes on
        from.next = piece->next;
        piece = ci->readLog(from);
        QVERIFY(piece->anew && piece->end); // its midst did
        QCOMPARE(QString::fromUtf8(piece->bytes), QStringLiteral("checkout\n── unit ──\nunit 1\nunit 1b\nunit 2\n── e2e ▸ browser ──\npage 1\npage 2\n"));
        from = {QStringLiteral("a#7"), QStringLiteral("20"), {}, 0};
        QCOMPARE(ci->readLog(from)->bytes, QByteArray("page 1\npage 2\n")); // one branch alone
    }
    /// The stage view puts the steps of all branches into one list; they are told apart by which follows which.
    void branchesOfTheStageViewAreToldApart() {
        JenkinsWire wire;
        const auto step = [](int id, int parent, const char *what, int from, int ms) {
            return QByteArray("{\"id\":\"") + QByteArray::number(id) + "\",\"name\":\"Shell Script\",\"parameterDescription\":\"" + what + "\",\"parentNodes\":[\"" + QByteArray::number(parent) + "\"],\"startTimeMillis\":" + QByteArray::number(from) +
                   ",\"durationMillis\":" + QByteArray::number(ms) + ",\"_links\":{\"log\":{\"href\":\"x\"}}}";
        };
        wire.set("GET /job/a/7/execution/node/6/wfapi/describe", "{\"status\":\"SUCCESS\",\"stageFlowNodes\":[" + step(7, 6, "make", 0, 100) + ',' + step(12, 10, "pytest", 110, 500) + ',' + step(13, 11, "npm test", 111, 300) + ',' +
                                                                      step(14, 12, "coverage", 610, 50) + ',' + step(15, 13, "npm audit", 411, 50) + ',' + step(20, 19, "tidy", 700, 10) + "]}");
        for (const auto &[id, text] : {std::pair{7, "made\n"}, {12, "12 passed\n"}, {13, "3 passed\n"}, {14, "96 %\n"}, {15, "0 found\n"}, {20, "done\n"}})
            wire.set("GET /job/a/7/execution/node/" + QByteArray::number(id) + "/log/logText/progressiveText", text, 200, "X-Text-Size: " + QByteArray::number(qstrlen(text)) + "\r\n");
        LogFrom from;
        from.run = QStringLiteral("a#7");
        from.stage = QStringLiteral("6");
        const auto piece = wire.open()->readLog(from);
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(QString::fromUtf8(piece->bytes), QStringLiteral("made\n── branch that began with “pytest” ──\n12 passed\n96 %\n── branch that began with “npm test” ──\n3 passed\n0 found\ndone\n"));
        QVERIFY(piece->end);
    }
    void filesWithTheirChecksum() {
        JenkinsWire wire;
        wire.set("GET /job/a/7/api/json", "{\"artifacts\":[{\"fileName\":\"m.json\",\"relativePath\":\"out/m.json\"}],\"fingerprint\":[{\"fileName\":\"m.json\",\"hash\":\"5d41402abc4b2a76b9719d911017c592\"}]}");
        wire.set("GET /job/a/7/artifact/out/m.json", "hello");
        const auto ci = wire.open();
        const auto outputs = ci->outputs(QStringLiteral("a#7"));
        QCOMPARE(outputs->at(0).checksum, QStringLiteral("md5:5d41402abc4b2a76b9719d911017c592"));
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("m.json"));
        QVERIFY(ci->download(QStringLiteral("a#7"), outputs->at(0), file));
        wire.set("GET /job/a/7/artifact/out/m.json", "hullo");
        QCOMPARE(int(ci->download(QStringLiteral("a#7"), outputs->at(0), file).error().kind), int(ErrorKind::Invalid));
        QFile left(file);
        QVERIFY(left.open(QIODevice::ReadOnly));
        QCOMPARE(left.readAll(), QByteArray("hello"));
    }
    void schedulesAreReadAndMissedOnesTold() {
        JenkinsWire wire;
        playRetrain(wire);
        // 2026-11-21 and -20 at 02:00 UTC its timer began it; the 22nd and 23rd are missing.
        wire.set("GET /api/json", "{\"jobs\":[{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\",\"name\":\"retrain\",\"fullName\":\"weather/retrain\",\"color\":\"blue\",\"builds\":["
                                  "{\"number\":2,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1795226405000,\"duration\":1000,\"actions\":[{\"causes\":[{\"_class\":\"hudson.triggers.TimerTrigger$TimerTriggerCause\",\"shortDescription\":\"Started by timer\"}]}]},"
                                  "{\"number\":1,\"result\":\"SUCCESS\",\"building\":false,\"timestamp\":1795140003000,\"duration\":1000,\"actions\":[{\"causes\":[{\"_class\":\"hudson.triggers.TimerTrigger$TimerTriggerCause\",\"shortDescription\":\"Started by timer\"}]}]}]}]}");
        QCOMPARE(QDateTime::fromMSecsSinceEpoch(1795226405000, Qt::UTC).toString(Qt::ISODate), QStringLiteral("2026-11-21T02:00:05Z"));
        const auto ci = wire.open();
        QVERIFY(ci->runs({}, 10));
        const auto schedules = ci->schedules();
        QVERIFY2(schedules, schedules ? "" : qPrintable(schedules.error().text()));
        QCOMPARE(schedules->size(), std::size_t(1));
        QCOMPARE(schedules->at(0).when, QStringLiteral("0 2 * * *"));
        QCOMPARE(schedules->at(0).next.toString(Qt::ISODate), QStringLiteral("2026-11-24T02:00:00Z"));
        QCOMPARE(schedules->at(0).last.toString(Qt::ISODate), QStringLiteral("2026-11-21T02:00:05Z"));
        QVERIFY(schedules->at(0).on);
        const qsizetype asked = wire.calls().size();
        const auto notices = ci->notices();
        QCOMPARE(wire.calls().size(), asked);
        QCOMPARE(notices->size(), std::size_t(1));
        QCOMPARE(notices->at(0).kind, QStringLiteral("missed"));
        QCOMPARE(notices->at(0).since.toString(Qt::ISODate), QStringLiteral("2026-11-23T02:00:00Z"));
    }
    void faults_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("401") << 401 << QByteArray("<html>Invalid password/token</html>") << QByteArray() << int(ErrorKind::Denied) << QStringLiteral("API token");
        QTest::newRow("403 with the right that is missing") << 403 << QByteArray("<html><body>ada is missing the Overall/Read permission</body></html>") << QByteArray() << int(ErrorKind::Denied) << QStringLiteral("Overall/Read");
        QTest::newRow("404 that hides") << 404 << QByteArray("<html>Not Found</html>") << QByteArray() << int(ErrorKind::NotFound) << QStringLiteral("hides");
        QTest::newRow("409") << 409 << QByteArray("x is not buildable") << QByteArray() << int(ErrorKind::Conflict) << QString();
        QTest::newRow("500") << 500 << QByteArray("<html>Oops</html>") << QByteArray() << int(ErrorKind::Unreachable) << QString();
        QTest::newRow("starting") << 503 << QByteArray("<html>Please wait while Jenkins is getting ready to work</html>") << QByteArray() << int(ErrorKind::Unreachable) << QStringLiteral("starting");
        QTest::newRow("a login page with 200") << 200 << QByteArray("<!DOCTYPE html><html><form action=\"j_spring_security_check\"><input type=\"password\"></form></html>") << QByteArray() << int(ErrorKind::Denied) << QStringLiteral("login page");
        QTest::newRow("sent to a login") << 302 << QByteArray() << QByteArray("Location: https://sso.example/login?x=1\r\n") << int(ErrorKind::Denied) << QStringLiteral("login page");
        QTest::newRow("another web page") << 200 << QByteArray("<html><body>It works!</body></html>") << QByteArray() << int(ErrorKind::Invalid) << QStringLiteral("web page");
        QTest::newRow("no JSON") << 200 << QByteArray("{\"jobs\":") << QByteArray() << int(ErrorKind::Invalid) << QStringLiteral("not JSON");
    }
    void faults() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, headers);
        QFETCH(QString, says);
        JenkinsWire wire;
        wire.set("GET /api/json", body, status, headers);
        const auto reply = wire.open()->pipelines();
        QVERIFY(!reply);
        QTEST(int(reply.error().kind), "kind");
        QVERIFY2(says.isEmpty() || reply.error().text().contains(says), qPrintable(reply.error().text()));
    }
    void aServerThatAsksForAPauseIsAskedLater() {
        JenkinsWire wire;
        wire.set("GET /api/json", "slow down", 429, "Retry-After: 120\r\n");
        const auto ci = wire.open();
        QCOMPARE(ci->pollSeconds(), 10);
        QVERIFY(!ci->pipelines());
        QCOMPARE(ci->pollSeconds(), 120);
    }
    void aBrokenReplyIsAnError() {
        JenkinsWire wire;
        JenkinsWire::Reply reply;
        reply.cut = true;
        reply.body = "{\"jobs\":[";
        wire.put("GET /api/json", reply);
        QCOMPARE(int(wire.open()->pipelines().error().kind), int(ErrorKind::Unreachable));
    }
    void badUtf8InANameIsReadAllTheSame() {
        JenkinsWire wire;
        wire.set("GET /api/json", "{\"jobs\":[{\"name\":\"a\",\"fullName\":\"a\",\"color\":\"blue\",\"displayName\":\"\xff\xfe\"}]}");
        const auto jobs = wire.open()->pipelines();
        QVERIFY2(jobs, jobs ? "" : qPrintable(jobs.error().text()));
        QCOMPARE(jobs->size(), std::size_t(1));
    }
    void aSecretDoesNotTravelInTheOpen() {
        PipelineConnection c;
        c.connection.url = QStringLiteral("http://jenkins.example:8080");
        c.connection.secret = QStringLiteral("token");
        QCOMPARE(int(openJenkins(c).error().kind), int(ErrorKind::Invalid));
        c.connection.url = QStringLiteral("jenkins.example");
        QCOMPARE(int(openJenkins(c).error().kind), int(ErrorKind::Invalid));
    }
};

QTEST_GUILESS_MAIN(TestJenkinsRuns)
#include "tst_jenkins_runs.moc"
