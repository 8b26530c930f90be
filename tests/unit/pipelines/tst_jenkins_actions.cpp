// SPDX-License-Identifier: GPL-3.0-or-later
// What is written to a Jenkins: starts, ends, answers. Each is sent once, whatever comes back.
#include "tests/unit/pipelines/jenkins_wire.h"

#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using pilothouse::support::JenkinsWire;
using pilothouse::support::playRetrain;

namespace {

const char *const startCall = "POST /job/weather/job/retrain/buildWithParameters";
const char *const proceedCall = "POST /job/weather/job/retrain/42/input/Promote/proceed";

QByteArray bodyOf(const QByteArray &request) { return request.mid(request.indexOf("\r\n\r\n") + 4); }

StartRequest start(const QJsonObject &parameters) {
    StartRequest request;
    request.pipeline = QStringLiteral("weather/retrain");
    request.parameters = parameters;
    return request;
}

} // namespace

class TestJenkinsActions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theFormHasTypes() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto form = wire.open()->form(QStringLiteral("weather/retrain"));
        QVERIFY2(form, form ? "" : qPrintable(form.error().text()));
        QCOMPARE(form->parameters.size(), std::size_t(2));
        QCOMPARE(int(form->parameters[1].kind), int(Parameter::Kind::Secret));
        QVERIFY(form->refs.isEmpty());
    }
    void aStartIsFollowedFromTheQueueToItsBuild() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set(startCall, {}, 201, "Location: http://jenkins.internal/jenkins/queue/item/17/\r\n");
        const auto ci = wire.open();
        const auto id = ci->startRun(start({{QStringLiteral("SITE"), QStringLiteral("bremen")}, {QStringLiteral("KEY"), QStringLiteral("power-key")}}));
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        QCOMPARE(*id, QStringLiteral("weather/retrain?queue=17"));
        QCOMPARE(bodyOf(wire.last(startCall)), QByteArray("KEY=value-of-power-key&SITE=bremen"));
        wire.set("GET /queue/item/17/api/json", "{\"id\":17,\"why\":\"In the quiet period. Expires in 4.9 sec\",\"task\":{\"url\":\"x\"}}");
        auto run = ci->run(*id);
        QCOMPARE(int(run->state), int(State::Waiting));
        QCOMPARE(run->note, QStringLiteral("In the queue: In the quiet period. Expires in 4.9 sec"));
        QVERIFY(!run->merged && run->became.isEmpty());
        wire.set("GET /queue/item/17/api/json", "{\"id\":17,\"why\":null,\"executable\":{\"number\":42,\"url\":\"x\"}}");
        run = ci->run(*id);
        QCOMPARE(run->became, QStringLiteral("weather/retrain#42"));
        QCOMPARE(run->id, *id);
        QCOMPARE(int(run->state), int(State::Paused));
    }
    void anItemThatIsGoneIsFoundByItsBuild() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto run = wire.open()->run(QStringLiteral("weather/retrain?queue=17")); // build 42 has queueId 17
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->became, QStringLiteral("weather/retrain#42"));
        QCOMPARE(int(wire.open()->run(QStringLiteral("weather/retrain?queue=99")).error().kind), int(ErrorKind::NotFound));
    }
    void aMergedStartIsRecognised_data() {
        QTest::addColumn<int>("status");
        QTest::newRow("older ones redirect") << 303;
        QTest::newRow("newer ones say 200") << 200;
    }
    void aMergedStartIsRecognised() {
        QFETCH(int, status);
        JenkinsWire wire;
        playRetrain(wire);
        wire.set(startCall, {}, status, "Location: /jenkins/queue/item/16/\r\n");
        wire.set("GET /queue/item/16/api/json", "{\"id\":16,\"why\":\"waits\"}");
        const auto ci = wire.open();
        const auto id = ci->startRun(start({}));
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        QVERIFY(ci->run(*id)->merged);
        QCOMPARE(wire.count("GET /queue/item/16/"), 0); // that address alone is a 404
    }
    void whatTheFormDoesNotHaveIsNotSent() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto ci = wire.open();
        QCOMPARE(int(ci->startRun(start({{QStringLiteral("SITTE"), QStringLiteral("x")}})).error().kind), int(ErrorKind::Invalid));
        QVERIFY(ci->startRun(start({{QStringLiteral("SITE"), QStringLiteral("munich")}})).error().hint.contains(QStringLiteral("hamburg, bremen")));
        QCOMPARE(wire.count(startCall), 0);
    }
    void aStartWhoseReplyIsLostIsSentOnce() {
        JenkinsWire wire;
        playRetrain(wire);
        JenkinsWire::Reply silent;
        silent.silent = true;
        wire.put(startCall, silent);
        QCOMPARE(int(wire.open()->startRun(start({})).error().kind), int(ErrorKind::Unreachable));
        QCOMPARE(wire.count(startCall), 1);
        wire.set(startCall, "busy", 503, "Retry-After: 1\r\n");
        QVERIFY(!wire.open()->startRun(start({})));
        QCOMPARE(wire.count(startCall), 2);
    }
    void aCrumbComesWithItsSession() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("GET /crumbIssuer/api/json", "{\"crumb\":\"abc123\",\"crumbRequestField\":\"Jenkins-Crumb\"}", 200, "Set-Cookie: JSESSIONID.1=node0x; Path=/jenkins; HttpOnly\r\nSet-Cookie: lb=7\r\n");
        wire.set(startCall, {}, 201, "Location: /jenkins/queue/item/17/\r\n");
        QVERIFY(wire.open()->startRun(start({})));
        const QByteArray sent = wire.last(startCall);
        QVERIFY2(sent.contains("Jenkins-Crumb: abc123"), sent.constData());
        QVERIFY2(sent.contains("Cookie: JSESSIONID.1=node0x; lb=7"), sent.constData());
        wire.set(startCall, "<html>No valid crumb was included in the request</html>", 403);
        QVERIFY(wire.open()->startRun(start({})).error().what.contains(QStringLiteral("crumb")));
        QCOMPARE(wire.count(startCall), 2);
    }
    void aBranchIsChosen() {
        JenkinsWire wire;
        wire.set("GET /job/app/job/main/api/json", "{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\",\"name\":\"main\",\"color\":\"blue\"}");
        wire.set("GET /job/app/job/feature%252Fx/api/json", "{\"_class\":\"org.jenkinsci.plugins.workflow.job.WorkflowJob\",\"name\":\"feature%2Fx\",\"color\":\"blue\"}");
        wire.set("GET /job/app/api/json", "{\"_class\":\"org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject\",\"jobs\":[{\"name\":\"main\"},{\"name\":\"feature%2Fx\"}]}");
        wire.set("POST /job/app/job/feature%252Fx/build", {}, 201, "Location: /jenkins/queue/item/5/\r\n");
        const auto ci = wire.open();
        QCOMPARE(ci->form(QStringLiteral("app/main"))->refs, (QStringList{QStringLiteral("main"), QStringLiteral("feature/x")}));
        StartRequest request;
        request.pipeline = QStringLiteral("app/main");
        request.ref = QStringLiteral("feature/x");
        const auto id = ci->startRun(request);
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        QCOMPARE(*id, QStringLiteral("app/feature%2Fx?queue=5"));
    }
    void theBranchOfTheWorkspaceIsForJobsThatHaveBranches() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set(startCall, {}, 201, "Location: /jenkins/queue/item/17/\r\n");
        StartRequest request = start({});
        request.ref = QStringLiteral("main");
        QCOMPARE(int(wire.open()->startRun(request).error().kind), int(ErrorKind::Refused)); // a person chose it
        QCOMPARE(wire.count(startCall), 0);
        request.refIfOffered = true;
        wire.set("GET /job/weather/api/json", {}, 500); // whether there are branches is not known
        QVERIFY(!wire.open()->startRun(request));
        QCOMPARE(wire.count(startCall), 0);
        wire.set("GET /job/weather/api/json", "{\"_class\":\"com.cloudbees.hudson.plugins.folder.Folder\"}");
        const auto id = wire.open()->startRun(request);
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        QCOMPARE(*id, QStringLiteral("weather/retrain?queue=17"));
    }
    void stopThenTermThenKill() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("POST /job/weather/job/retrain/42/stop", {}, 302, "Location: http://jenkins.internal/jenkins/job/weather/job/retrain/42/\r\n");
        wire.set("POST /job/weather/job/retrain/42/term", {});
        wire.set("POST /job/weather/job/retrain/42/kill", {});
        const auto ci = wire.open();
        QVERIFY(ci->cancel(QStringLiteral("weather/retrain#42")));
        QCOMPARE(wire.count("POST /job/weather/job/retrain/42/stop"), 1);
        const auto forced = ci->cancelByForce(QStringLiteral("weather/retrain#42")); // it never ends: both were tried, and it is told
        QCOMPARE(int(forced.error().kind), int(ErrorKind::Conflict));
        QCOMPARE(wire.count("POST /job/weather/job/retrain/42/term"), 1);
        QCOMPARE(wire.count("POST /job/weather/job/retrain/42/kill"), 1);
    }
    void aRerunGivesTheSameParameters() {
        JenkinsWire wire;
        wire.set("GET /job/a/api/json", "{\"name\":\"a\",\"color\":\"blue\",\"property\":[{\"parameterDefinitions\":[{\"name\":\"SITE\",\"type\":\"StringParameterDefinition\"}]}]}");
        wire.set("GET /job/a/7/api/json", "{\"number\":7,\"result\":\"FAILURE\",\"building\":false,\"timestamp\":1,\"duration\":1,\"actions\":[{\"parameters\":[{\"name\":\"SITE\",\"value\":\"a b&c\"},{\"name\":\"GONE\",\"value\":\"x\"}]}]}");
        wire.set("POST /job/a/buildWithParameters", {}, 201, "Location: /jenkins/queue/item/8/\r\n");
        const auto ci = wire.open();
        QCOMPARE(ci->rerun(QStringLiteral("a#7"), false).value_or(QString()), QStringLiteral("a?queue=8"));
        QCOMPARE(bodyOf(wire.last("POST /job/a/buildWithParameters")), QByteArray("SITE=a%20b%26c"));
        QCOMPARE(int(ci->rerun(QStringLiteral("a#7"), true).error().kind), int(ErrorKind::Refused));
        JenkinsWire graph;
        graph.set("GET /job/a/7/stages/tree", "{\"status\":\"ok\",\"data\":{\"stages\":[]}}");
        graph.set("POST /job/a/7/stages/doRerun", "{\"status\":\"ok\",\"data\":{\"message\":\"ok\",\"queueId\":9}}");
        QCOMPARE(graph.open()->rerun(QStringLiteral("a#7"), false).value_or(QString()), QStringLiteral("a?queue=9"));
    }
    void aSecretOfARunIsNotMadeUp() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto again = wire.open()->rerun(QStringLiteral("weather/retrain#41"), false);
        QVERIFY(again.error().what.contains(QStringLiteral("KEY")));
        QCOMPARE(wire.count(startCall), 0);
    }
    void aGateSaysWhatItAsks() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto gates = wire.open()->gates();
        QVERIFY2(gates, gates ? "" : qPrintable(gates.error().text()));
        QCOMPARE(gates->size(), std::size_t(1));
        const Gate &gate = gates->front();
        QCOMPARE(gate.id, QStringLiteral("Promote"));
        QCOMPARE(gate.run, QStringLiteral("weather/retrain#42"));
        QCOMPARE(gate.stage, QStringLiteral("Approve Promotion"));
        QCOMPARE(gate.model, QStringLiteral("t2m"));
        QCOMPARE(gate.proceed, QStringLiteral("Promote it"));
        QCOMPARE(gate.parameters.size(), std::size_t(2));
        QCOMPARE(gate.parameters[0].choices.size(), 2);
        QCOMPARE(gate.since.toMSecsSinceEpoch(), 1763891041000);
        QCOMPARE(gate.since.secsTo(gate.until), 7200);
        QCOMPARE(gate.allowed, (QStringList{QStringLiteral("ml-leads"), QStringLiteral("grace")}));
        QVERIFY(gate.mayAnswer == std::optional(true)); // by the group
    }
    void aGateOfTheGraphViewAlone() {
        JenkinsWire wire;
        wire.set("GET /api/json", "{\"jobs\":[{\"name\":\"a\",\"fullName\":\"a\",\"color\":\"blue_anime\",\"builds\":[{\"number\":7,\"building\":true}]}]}");
        wire.set("GET /job/a/7/stages/tree", "{\"status\":\"ok\",\"data\":{\"stages\":[{\"id\":\"5\",\"name\":\"Approve\",\"state\":\"paused\",\"type\":\"STAGE\",\"startTimeMillis\":1763891040000,\"children\":[]}]}}");
        wire.set("GET /job/a/7/stages/allSteps", "{\"status\":\"ok\",\"data\":{\"steps\":[{\"id\":\"6\",\"name\":\"Wait for interactive input\",\"state\":\"paused\",\"stageId\":\"5\",\"startTimeMillis\":1763891041000,"
                                                 "\"inputStep\":{\"id\":\"Go\",\"message\":\"Go on?\",\"ok\":\"Yes\",\"cancel\":\"No\",\"parameters\":false}}]}}");
        wire.set("GET /job/a/7/logText/progressiveText", "Go on?\nYes or Abort\n", 200, "X-Text-Size: 20\r\nX-More-Data: true\r\n");
        const auto gates = wire.open()->gates();
        QVERIFY2(gates, gates ? "" : qPrintable(gates.error().text()));
        QCOMPARE(gates->size(), std::size_t(1));
        QCOMPARE(gates->at(0).id, QStringLiteral("Go"));
        QCOMPARE(gates->at(0).stage, QStringLiteral("Approve"));
        QCOMPARE(gates->at(0).abort, QStringLiteral("No"));
        QCOMPARE(gates->at(0).since.toMSecsSinceEpoch(), 1763891041000);
        QVERIFY(!gates->at(0).mayAnswer);
    }
    void whoIsNoSubmitterMayNot() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("GET /whoAmI/api/json", "{\"name\":\"bob\",\"authorities\":[\"authenticated\"]}");
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        QVERIFY(gate.mayAnswer == std::optional(false));
        QVERIFY(gate.mayNot.contains(QStringLiteral("grace")) && gate.mayNot.contains(QStringLiteral("Job/Cancel")));
        GateAnswer yes;
        yes.proceed = true;
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Denied));
        QVERIFY(wire.calls().filter(QStringLiteral("POST")).isEmpty());
    }
    void aGateWithParametersIsAnsweredAndReadBack() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set(proceedCall, {});
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        QVERIFY(ci->gateState(gate)->is == GateState::Is::Open);
        GateAnswer yes;
        yes.proceed = true;
        yes.values = {{QStringLiteral("TARGET"), QStringLiteral("production")}};
        const auto done = ci->answer(gate, yes);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        const QByteArray body = bodyOf(wire.last(proceedCall));
        QVERIFY(body.startsWith("json="));
        const QJsonObject sent = QJsonDocument::fromJson(QByteArray::fromPercentEncoding(body.mid(5))).object();
        QCOMPARE(sent, QJsonDocument::fromJson("{\"parameter\":[{\"name\":\"TARGET\",\"value\":\"production\"},{\"name\":\"NOTIFY\",\"value\":true}]}").object());
        wire.set("GET /job/weather/job/retrain/42/wfapi/pendingInputActions", "[]");
        wire.set("GET /job/weather/job/retrain/42/logText/progressiveText", "Input requested\nApproved by Ada Lovelace\n[Pipeline] }\n", 200, "X-Text-Size: 60\r\nX-More-Data: true\r\n");
        const auto state = ci->gateState(gate);
        QVERIFY(state->is == GateState::Is::Proceeded);
        QCOMPARE(state->by, QStringLiteral("Ada Lovelace"));
        QVERIFY(wire.calls().filter(QStringLiteral("/submit")).isEmpty());
    }
    /// Two branches that ask the same question at the same time, as a parallel with an input in each does.
    void twoInputsOfOneRunAreAnsweredEachByItself() {
        JenkinsWire wire;
        const QByteArray inputs[] = {"{\"id\":\"Eu\",\"proceedText\":\"Deploy\",\"message\":\"Deploy it?\",\"inputs\":[]}", "{\"id\":\"Us\",\"proceedText\":\"Deploy\",\"message\":\"Deploy it?\",\"inputs\":[]}"};
        const auto stage = [](const char *id, const char *name) {
            return QByteArray("{\"id\":\"") + id + "\",\"name\":\"" + name + "\",\"status\":\"PAUSED_PENDING_INPUT\",\"startTimeMillis\":1763891040000,\"durationMillis\":1000";
        };
        const auto describe = [&](const char *id, const char *name, const char *step, const char *begun) {
            wire.set((QByteArray("GET /job/a/7/execution/node/") + id + "/wfapi/describe").constData(),
                     stage(id, name) + ",\"stageFlowNodes\":[{\"id\":\"" + step + "\",\"name\":\"Wait for interactive input\",\"status\":\"PAUSED_PENDING_INPUT\",\"parameterDescription\":\"Deploy it?\",\"startTimeMillis\":" + begun + "}]}");
        };
        wire.set("GET /api/json", "{\"jobs\":[{\"name\":\"a\",\"fullName\":\"a\",\"color\":\"blue_anime\",\"builds\":[{\"number\":7,\"building\":true}]}]}");
        wire.set("GET /job/a/7/wfapi/describe", "{\"id\":\"7\",\"status\":\"PAUSED_PENDING_INPUT\",\"stages\":[" + stage("11", "eu") + "}," + stage("12", "us") + "}]}");
        describe("11", "eu", "21", "1763891041000");
        describe("12", "us", "22", "1763891042000");
        wire.set("GET /job/a/7/wfapi/pendingInputActions", '[' + inputs[0] + ',' + inputs[1] + ']');
        wire.set("GET /job/a/7/logText/progressiveText", "Deploy it?\nDeploy or Abort\nDeploy it?\nDeploy or Abort\n", 200, "X-Text-Size: 52\r\nX-More-Data: true\r\n");
        wire.set("POST /job/a/7/input/Us/proceedEmpty", {});
        const auto ci = wire.open();
        const auto gates = ci->gates();
        QVERIFY2(gates, gates ? "" : qPrintable(gates.error().text()));
        QCOMPARE(gates->size(), std::size_t(2));
        const Gate eu = gates->at(0), us = gates->at(1);
        QCOMPARE(eu.stage, QStringLiteral("eu"));
        QCOMPARE(us.stage, QStringLiteral("us"));
        QCOMPARE(eu.since.toMSecsSinceEpoch(), 1763891041000);
        QCOMPARE(us.since.toMSecsSinceEpoch(), 1763891042000);
        GateAnswer yes;
        yes.proceed = true;
        QVERIFY(ci->answer(us, yes));
        QCOMPARE(wire.calls().filter(QStringLiteral("POST")), QStringList(QStringLiteral("POST /job/a/7/input/Us/proceedEmpty")));
        wire.set("GET /job/a/7/wfapi/pendingInputActions", '[' + inputs[0] + ']');
        wire.set("GET /job/a/7/execution/node/22/log/logText/progressiveText", "Deploy it?\nDeploy or Abort\nApproved by ada\n", 200, "X-Text-Size: 43\r\n");
        wire.set("GET /job/a/7/api/json", "{\"building\":true}");
        QVERIFY(ci->gateState(eu)->is == GateState::Is::Open);
        QVERIFY(ci->gateState(us)->is == GateState::Is::Proceeded);
        wire.set("GET /job/a/7/wfapi/pendingInputActions", "[]"); // grace has refused the other one
        wire.set("GET /job/a/7/logText/progressiveText", "Deploy it?\nDeploy or Abort\nDeploy it?\nDeploy or Abort\nApproved by ada\nRejected by grace\n", 200, "X-Text-Size: 86\r\nX-More-Data: true\r\n");
        wire.set("GET /job/a/7/execution/node/21/log/logText/progressiveText", "Deploy it?\nDeploy or Abort\nRejected by grace\n", 200, "X-Text-Size: 45\r\n");
        const auto refused = ci->gateState(eu), passed = ci->gateState(us);
        QVERIFY(refused && passed);
        QVERIFY(refused->is == GateState::Is::Aborted);
        QCOMPARE(refused->by, QStringLiteral("grace"));
        QVERIFY(passed->is == GateState::Is::Proceeded);
        QCOMPARE(passed->by, QStringLiteral("ada"));
    }
    void aGateWithoutParametersAndAnAbort() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set("POST /job/weather/job/retrain/42/input/Promote/proceedEmpty", {});
        wire.set("POST /job/weather/job/retrain/42/input/Promote/abort", {});
        const auto ci = wire.open();
        Gate gate = ci->gates()->front();
        gate.parameters.clear();
        GateAnswer answer;
        answer.proceed = true;
        QVERIFY(ci->answer(gate, answer));
        answer.proceed = false;
        QVERIFY(ci->answer(gate, answer));
        QCOMPARE(wire.calls().filter(QStringLiteral("POST")).size(), 2);
        QCOMPARE(wire.count("POST /job/weather/job/retrain/42/input/Promote/proceedEmpty"), 1);
    }
    void anApprovalWhoseReplyIsLostIsReadBack() {
        JenkinsWire wire;
        playRetrain(wire);
        JenkinsWire::Reply silent;
        silent.silent = true;
        wire.put(proceedCall, silent);
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        GateAnswer yes;
        yes.proceed = true;
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Unreachable));
        QCOMPARE(wire.count(proceedCall), 1);
        QVERIFY(ci->gateState(gate)->is == GateState::Is::Open); // it did not arrive
        wire.set("GET /job/weather/job/retrain/42/wfapi/pendingInputActions", "[]");
        wire.set("GET /job/weather/job/retrain/42/logText/progressiveText", "Input requested\nApproved by ada\n", 200, "X-Text-Size: 30\r\nX-More-Data: true\r\n");
        QVERIFY(ci->gateState(gate)->is == GateState::Is::Proceeded); // it did
        QCOMPARE(wire.count(proceedCall), 1);
    }
    void howAGateEnded_data() {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<QByteArray>("build");
        QTest::addColumn<int>("is");
        QTest::addColumn<QString>("by");
        QTest::newRow("rejected") << QByteArray("Input requested\n[Pipeline] }\nRejected by grace\nFinished: ABORTED\n") << QByteArray("{\"building\":false,\"result\":\"ABORTED\"}") << int(GateState::Is::Aborted) << QStringLiteral("grace");
        QTest::newRow("nobody answered in time") << QByteArray("Input requested\nCancelling nested steps due to timeout\n") << QByteArray("{\"building\":false,\"result\":\"ABORTED\"}") << int(GateState::Is::Aborted) << QString();
        QTest::newRow("an approval of another input before it") << QByteArray("Input requested\nApproved by eve\nInput requested\n") << QByteArray("{\"building\":true}") << int(GateState::Is::Gone) << QString();
        QTest::newRow("the run was stopped") << QByteArray("Input requested\n") << QByteArray("{\"building\":false,\"result\":\"ABORTED\"}") << int(GateState::Is::Aborted) << QString();
    }
    void howAGateEnded() {
        QFETCH(QByteArray, log);
        QFETCH(QByteArray, build);
        JenkinsWire wire;
        playRetrain(wire);
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        wire.set("GET /job/weather/job/retrain/42/wfapi/pendingInputActions", "[]");
        wire.set("GET /job/weather/job/retrain/42/api/json", build);
        wire.set("GET /job/weather/job/retrain/42/logText/progressiveText", log, 200, "X-Text-Size: 100\r\n");
        const auto state = ci->gateState(gate);
        QVERIFY2(state, state ? "" : qPrintable(state.error().text()));
        QTEST(int(state->is), "is");
        QTEST(state->by, "by");
    }
    void anInputThatWasGivenAlreadyIsAConflict() {
        JenkinsWire wire;
        playRetrain(wire);
        wire.set(proceedCall, "<html><head><title>Jenkins</title></head><body><h1>Error</h1><p>This input has been already given</p></body></html>", 500);
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        GateAnswer yes;
        yes.proceed = true;
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Conflict));
        wire.set(proceedCall, "<html>Not Found</html>", 404);
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Conflict));
        wire.set(proceedCall, "<html><p>You need to be grace to submit this</p></html>", 500);
        const auto denied = ci->answer(gate, yes);
        QCOMPARE(int(denied.error().kind), int(ErrorKind::Denied));
        QVERIFY(denied.error().what.contains(QStringLiteral("grace")));
    }
    void wrongValuesAreNotSent() {
        JenkinsWire wire;
        playRetrain(wire);
        const auto ci = wire.open();
        const Gate gate = ci->gates()->front();
        GateAnswer yes;
        yes.proceed = true;
        yes.values = {{QStringLiteral("TARGET"), QStringLiteral("moon")}};
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Invalid));
        yes.values = {{QStringLiteral("TARGETS"), QStringLiteral("staging")}};
        QCOMPARE(int(ci->answer(gate, yes).error().kind), int(ErrorKind::Invalid));
        QVERIFY(wire.calls().filter(QStringLiteral("POST")).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestJenkinsActions)
#include "tst_jenkins_actions.moc"
