// SPDX-License-Identifier: GPL-3.0-or-later
// Runs, logs, dispatches and gates of GitHub Actions over exact wire replies.
#include "core/base/hash.h"
#include "core/base/cron.h"
#include "tests/unit/pipelines/github_wire.h"

#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

const QByteArray deployYaml("name: Deploy\n"
                            "on:\n"
                            "  workflow_dispatch:\n"
                            "    inputs:\n"
                            "      tag: {description: What is deployed, required: true, type: string}\n"
                            "      level: {type: choice, options: [info, debug], default: debug}\n"
                            "      dry: {type: boolean, default: false}\n"
                            "      replicas: {type: number, default: 2}\n"
                            "      where: {type: environment}\n"
                            "  push:\n"
                            "    branches: [main, 'release/**']\n"
                            "    paths: ['models/**', '!models/*.md']\n"
                            "  schedule:\n"
                            "    - cron: '30 5 * * MON-FRI'\n"
                            "env:\n"
                            "  REGISTRY: ghcr.io\n"
                            "jobs:\n"
                            "  lint: {runs-on: x, steps: [{run: a}]}\n"
                            "  test:\n"
                            "    strategy: {matrix: {python: ['3.11', '3.12']}}\n"
                            "    steps: [{run: pytest}]\n"
                            "  build:\n"
                            "    needs: [lint, test]\n"
                            "    steps:\n"
                            "      - run: docker push ${{ env.REGISTRY }}/${{ github.repository }}:sha-${{ github.sha }}\n"
                            "      - run: docker push ${{ secrets.DOCKERHUB_USER }}/housing:${{ github.ref_name }}\n"
                            "  deploy:\n"
                            "    name: Deploy to production\n"
                            "    needs: build\n"
                            "    environment: {name: production}\n"
                            "    steps: [{run: x}]\n");
const char *const file = "GET /repos/team/api/contents/.github/workflows/deploy.yml";

QString textOf(const PipelineRun &run) {
    QStringList lines;
    for (const Stage &s : run.stages) {
        QStringList after;
        for (const QString &id : s.after)
            for (const Stage &other : run.stages)
                if (other.key() == id)
                    after << other.name;
        lines << QStringLiteral("%1 %2 after[%3] x%4 %5").arg(s.name, stateName(s.state), after.join(QLatin1Char(','))).arg(s.attempts.size()).arg(s.note).trimmed();
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

class TestGitHubRuns : public QObject {
    Q_OBJECT

    static QJsonObject pendingOf(int id, const char *name, bool may) {
        return {{QStringLiteral("environment"), QJsonObject{{QStringLiteral("id"), id}, {QStringLiteral("name"), QLatin1String(name)}}}, {QStringLiteral("wait_timer"), 0}, {QStringLiteral("wait_timer_started_at"), QJsonValue()},
                {QStringLiteral("current_user_can_approve"), may}, {QStringLiteral("reviewers"), QJsonArray{QJsonObject{{QStringLiteral("type"), QStringLiteral("User")}, {QStringLiteral("reviewer"), QJsonObject{{QStringLiteral("login"), QStringLiteral("grace")}}}},
                                                                                                        QJsonObject{{QStringLiteral("type"), QStringLiteral("Team")}, {QStringLiteral("reviewer"), QJsonObject{{QStringLiteral("slug"), QStringLiteral("ops")}}}}}}};
    }

private Q_SLOTS:
    void aWordOfGitHubIsAState_data() {
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("conclusion");
        QTest::addColumn<QString>("state");
        const auto row = [](const char *status, const char *conclusion, const char *state) { QTest::addRow("%s %s is %s", status, conclusion, state) << QString::fromUtf8(status) << QString::fromUtf8(conclusion) << QString::fromUtf8(state); };
        for (const char *status : {"queued", "requested", "pending"})
            row(status, "", "waiting");
        row("waiting", "", "paused");
        row("in_progress", "", "running");
        row("completed", "success", "passed");
        row("completed", "neutral", "warned");
        row("completed", "skipped", "skipped");
        row("completed", "stale", "cancelled");
        row("completed", "cancelled", "cancelled");
        row("completed", "action_required", "paused");
        for (const char *conclusion : {"failure", "timed_out", "startup_failure"})
            row("completed", conclusion, "failed");
        row("completed", "exploded", "unknown");
        row("dreaming", "", "unknown");
    }
    void aWordOfGitHubIsAState() {
        QFETCH(QString, status);
        QFETCH(QString, conclusion);
        QTEST(stateName(githubState(status, conclusion)), "state");
    }

    /// Jobs stand in the order of `needs`; those that are not made yet are there, too; the current step is the note.
    void jobsAreStages() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs/5", wireRun(5, "in_progress"));
        wire.set("GET /repos/team/api/actions/runs/5/jobs", wireJobs({wireJob(51, "test (3.11)", "in_progress", "", 1, {wireStep("Set up job", "completed", "success"), wireStep("pytest", "in_progress"), wireStep("Post", "queued")}),
                                                                      wireJob(52, "test (3.12)", "completed", "success"), wireJob(53, "lint", "completed", "skipped")}));
        wire.raw(file, {200, deployYaml, {}, false});
        const auto run = wire.open()->run(QStringLiteral("5"));
        QVERIFY2(run.has_value(), qPrintable(run ? QString() : run.error().text()));
        QCOMPARE(textOf(*run), QStringLiteral("lint skipped after[] x0\n"
                                              "test (3.11) running after[] x0 step 2 of 3: pytest\n"
                                              "test (3.12) passed after[] x0\n"
                                              "build waiting after[lint,test (3.11),test (3.12)] x0\n"
                                              "Deploy to production waiting after[build] x0"));
        QCOMPARE(run->startedBy, QStringLiteral("ada"));
        QCOMPARE(run->reason, QStringLiteral("workflow_dispatch"));
        QCOMPARE(run->number, QStringLiteral("7"));
        QCOMPARE(run->systemState, QStringLiteral("in_progress"));
        QVERIFY(wire.last(file).contains("?ref=3f1c2ab9"));
    }

    /// Without any `needs` jobs run side by side, and not one after the other.
    void jobsWithoutNeedsStandSideBySide() {
        const auto workflow = readWorkflow("on: push\njobs:\n  a: {steps: []}\n  b: {steps: []}\n", QStringLiteral("x.yml"));
        const auto stages = githubStages({wireJob(1, "a", "completed", "success"), wireJob(2, "b", "completed", "success")}, &*workflow, true);
        QCOMPARE(stages.size(), std::size_t(2));
        for (const Stage &stage : stages)
            QCOMPARE(stage.after, QStringList({QStringLiteral("begin")}));
        QVERIFY(githubStages({wireJob(1, "a", "completed", "success")}, nullptr, true).front().after.isEmpty());
    }

    /// What was run again keeps its earlier attempts; what only was carried over has one.
    void attemptsAreShownOneByOne() {
        GitHubWire wire;
        QJsonObject carried = wireJob(61, "lint", "completed", "success", 1);
        carried.insert(QStringLiteral("run_attempt"), 2);
        wire.set("GET /repos/team/api/actions/runs/5", wireRun(5, "completed", "failure", 2));
        wire.set("GET /repos/team/api/actions/runs/5/jobs", wireJobs({wireJob(51, "lint", "completed", "success", 1), wireJob(52, "build", "completed", "failure", 1), carried,
                                                                      wireJob(62, "build", "completed", "failure", 2, {wireStep("Set up", "completed", "success"), wireStep("compile", "completed", "failure")})}));
        const auto run = wire.open()->run(QStringLiteral("5")); // contents may not be read
        QVERIFY(run.has_value());
        QCOMPARE(textOf(*run), QStringLiteral("lint passed after[] x0\nbuild failed after[] x2 failed at step 2 of 2: compile"));
        QCOMPARE(run->stages[0].attempts.size(), std::size_t(0));
        QCOMPARE(run->stages[1].attempts[0].log, QStringLiteral("52"));
        QCOMPARE(run->stages[1].attempts[1].number, 2);
        QCOMPARE(run->attempt, 2);
        QVERIFY(run->error && run->error->what.contains(QStringLiteral("step 2 of 2: compile")));
        QVERIFY(wire.last("GET /repos/team/api/actions/runs/5/jobs").contains("filter=all"));
    }

    /// The log comes by a redirect, without the token; whole, and byte by byte; tests, coverage and images are read from it.
    void aLogIsFetchedWithoutTheToken() {
        GitHubWire wire, blobs;
        QByteArray log("2026-11-23T12:00:01.1234567Z TOTAL      120      4    97%\n2026-11-23T12:00:02.1234567Z \x1b[31m==== 1 failed, 12 passed, 2 skipped in 3.21s ====\x1b[0m\n"
                       "2026-11-23T12:00:03.1234567Z #12 pushing manifest for ghcr.io/team/api:sha-3f1c2ab@sha256:00 0.1s done\n");
        const qsizetype figures = log.size();
        while (log.size() < (9 << 20))
            log += "half a sequence \xe2\x82 and the rest of a line\n";
        blobs.raw("GET /blob", {200, log, "Content-Type: text/plain\r\n", false});
        wire.raw("GET /repos/team/api/actions/jobs/51/logs", {302, {}, "Location: " + blobs.server.url("/blob?sig=abc").toUtf8() + "\r\n", false});
        wire.set("GET /repos/team/api/actions/jobs/51", wireJob(51, "pytest", "completed", "failure"));
        wire.set("GET /repos/team/api/actions/runs/5", wireRun(5, "completed", "failure"));
        wire.set("GET /repos/team/api/actions/runs/5/jobs", wireJobs({wireJob(51, "pytest", "completed", "failure")}));
        const auto service = wire.open();
        QByteArray all;
        LogFrom from{QStringLiteral("5"), QStringLiteral("51"), {}, 0};
        for (bool end = false; !end;) {
            const auto piece = service->readLog(from);
            QVERIFY2(piece.has_value(), qPrintable(piece ? QString() : piece.error().text()));
            all += piece->bytes;
            from.next = piece->next;
            end = piece->end;
        }
        QVERIFY(all == log);
        QCOMPARE(blobs.all(), 1); // kept: an ended job's log does not change
        const QByteArray asked = blobs.last("GET /blob").toLower();
        QVERIFY(!asked.contains("authorization") && !asked.contains("sesame") && !asked.contains("x-github"));
        const auto tail = service->readLog({QStringLiteral("5"), QStringLiteral("51"), {}, 1000});
        QCOMPARE(tail->bytes, log.right(1000));
        QCOMPARE(tail->skipped, log.size() - 1000);
        QVERIFY(figures > 0);
        const auto run = service->run(QStringLiteral("5"));
        QVERIFY(run->tests && run->coverage);
        QCOMPARE(run->tests->passed, 12);
        QCOMPARE(run->tests->failed, 1);
        QCOMPARE(run->tests->skipped, 2);
        QCOMPARE(*run->coverage, 97.0);
        QCOMPARE(run->images.value(QStringLiteral("ghcr.io/team/api")), QStringLiteral("sha-3f1c2ab"));
        const auto whole = service->log(QStringLiteral("5"));
        QVERIFY(whole && whole->startsWith(QStringLiteral("==== pytest ====\n2026")));
    }

    void aLogBehindAnUnsafeAddressIsNotFetched() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/jobs/51", wireJob(51, "test", "completed", "success"));
        wire.raw("GET /repos/team/api/actions/jobs/51/logs", {302, {}, "Location: http://logs.example/x?sig=abc\r\n", false});
        const auto piece = wire.open()->readLog({QStringLiteral("5"), QStringLiteral("51"), {}, 0});
        QCOMPARE(piece.error().kind, ErrorKind::Refused);
        QVERIFY(!piece.error().text().contains(QStringLiteral("abc")));
        wire.raw("GET /repos/team/api/actions/jobs/51/logs", {410, "{\"message\":\"Gone\"}", {}, false});
        QCOMPARE(wire.open()->readLog({QStringLiteral("5"), QStringLiteral("51"), {}, 0}).error().kind, ErrorKind::NotFound);
    }

    void whileAJobRunsItsStepsAreItsLog() {
        GitHubWire wire, blobs;
        wire.set("GET /repos/team/api/actions/jobs/51", wireJob(51, "test", "in_progress", "", 1, {wireStep("Set up job", "completed", "success"), wireStep("pytest", "in_progress")}));
        const auto service = wire.open();
        QVERIFY(!service->can().liveLogs);
        LogFrom from{QStringLiteral("5"), QStringLiteral("51"), {}, 0};
        const auto first = service->readLog(from);
        QCOMPARE(first->bytes, QByteArray("1 of 2  Set up job: success, 9 s\n2 of 2  pytest: in_progress, since 12:01:00 UTC\n"));
        QCOMPARE(first->note, QStringLiteral("GitHub gives a job's log when the job has ended."));
        QVERIFY(!first->end);
        from.next = first->next;
        QVERIFY(service->readLog(from)->bytes.isEmpty());
        blobs.raw("GET /b", {200, "the log\n", {}, false});
        wire.set("GET /repos/team/api/actions/jobs/51", wireJob(51, "test", "completed", "success"));
        wire.raw("GET /repos/team/api/actions/jobs/51/logs", {302, {}, "Location: " + blobs.server.url("/b").toUtf8() + "\r\n", false});
        const auto last = service->readLog(from);
        QVERIFY(last->anew && last->end);
        QCOMPARE(last->bytes, QByteArray("the log\n"));
    }

    void theFormHasTypedInputsAndRefs() {
        GitHubWire wire;
        wire.set("GET /repos/team/api", {{QStringLiteral("default_branch"), QStringLiteral("main")}});
        wire.raw(file, {200, deployYaml, {}, false});
        wire.set("GET /repos/team/api/environments", {{QStringLiteral("environments"), QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("production")}}, QJsonObject{{QStringLiteral("name"), QStringLiteral("staging")}}}}});
        wire.setList("GET /repos/team/api/branches", QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("dev")}}, QJsonObject{{QStringLiteral("name"), QStringLiteral("main")}}});
        wire.setList("GET /repos/team/api/tags", QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("v34")}}});
        const auto form = wire.open()->form(QStringLiteral("deploy.yml"));
        QVERIFY2(form.has_value(), qPrintable(form ? QString() : form.error().text()));
        QStringList lines;
        for (const Parameter &p : form->parameters)
            lines << QStringLiteral("%1 %2 [%3] %4%5").arg(p.name, parameterKindName(p.kind), p.choices.join(QLatin1Char(',')), p.value.toVariant().toString(), p.required ? QStringLiteral(" required") : QString());
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("tag text []  required\nlevel choice [info,debug] debug\ndry boolean [] false\nreplicas number [] 2\nwhere choice [production,staging] "));
        QCOMPARE(form->refs, QStringList({QStringLiteral("main"), QStringLiteral("dev"), QStringLiteral("v34")}));
    }

    /// With an id in the reply, without one (matched), and with a reply that is lost: one POST each.
    void aDispatchIsFollowedToItsRun_data() {
        QTest::addColumn<int>("status");
        QTest::newRow("200 with the run's id") << 200;
        QTest::newRow("204 without") << 204;
        QTest::newRow("the reply is lost") << 0;
    }
    void aDispatchIsFollowedToItsRun() {
        QFETCH(int, status);
        GitHubWire wire;
        const char *const post = "POST /repos/team/api/actions/workflows/deploy.yml/dispatches", *const list = "GET /repos/team/api/actions/workflows/deploy.yml/runs";
        wire.set("GET /repos/team/api", {{QStringLiteral("default_branch"), QStringLiteral("main")}});
        wire.set("GET /user", {{QStringLiteral("login"), QStringLiteral("ada")}});
        wire.set("GET /repos/team/api/commits/main", {{QStringLiteral("sha"), QStringLiteral("3f1c2ab900000000000000000000000000000000")}});
        wire.raw(file, {200, deployYaml, {}, false});
        QJsonObject others = wireRun(8, "queued");
        others.insert(QStringLiteral("actor"), QJsonObject{{QStringLiteral("login"), QStringLiteral("bob")}});
        wire.set(list, wireRuns({wireRun(6, "completed", "success")}));
        wire.raw(post, {status, "{\"workflow_run_id\":9,\"run_url\":\"x\",\"html_url\":\"y\"}", {}, false});
        const auto service = wire.open();
        QCOMPARE(service->startRun({QStringLiteral("deploy.yml"), {{QStringLiteral("level"), QStringLiteral("loud")}}, {}, {}, {}}).error().kind, ErrorKind::Invalid); // tag is missing
        QCOMPARE(service->startRun({QStringLiteral("deploy.yml"), {{QStringLiteral("tag"), QStringLiteral("v34")}, {QStringLiteral("colour"), 1}}, {}, {}, {}}).error().kind, ErrorKind::Invalid);
        QCOMPARE(wire.count(post), 0);
        std::thread later;
        if (status == 0)
            later = std::thread([&] {
                while (wire.count(post) == 0)
                    std::this_thread::yield();
                wire.set(list, wireRuns({wireRun(9, "queued"), others, wireRun(6, "completed", "success")}));
            });
        const auto id = service->startRun({QStringLiteral("deploy.yml"), {{QStringLiteral("tag"), QStringLiteral("v34")}, {QStringLiteral("dry"), true}}, {}, QStringLiteral("ada"), {}});
        if (later.joinable())
            later.join();
        QVERIFY2(id.has_value(), qPrintable(id ? QString() : id.error().text()));
        QCOMPARE(wire.count(post), 1);
        const QJsonObject sent = QJsonDocument::fromJson(wire.last(post).mid(wire.last(post).indexOf("\r\n\r\n") + 4)).object();
        QCOMPARE(sent, (QJsonObject{{QStringLiteral("ref"), QStringLiteral("main")}, {QStringLiteral("return_run_details"), true}, {QStringLiteral("inputs"), QJsonObject{{QStringLiteral("tag"), QStringLiteral("v34")}, {QStringLiteral("dry"), QStringLiteral("true")}}}}));
        if (status != 204) {
            QCOMPARE(*id, QStringLiteral("9"));
            return;
        }
        QVERIFY(id->startsWith(QStringLiteral("dispatch:")));
        QCOMPARE(service->run(*id)->state, State::Waiting);
        QVERIFY(service->run(*id)->became.isEmpty());
        wire.set(list, wireRuns({wireRun(10, "queued"), wireRun(9, "in_progress"), others, wireRun(6, "completed", "success")}));
        wire.set("GET /repos/team/api/actions/runs/9", wireRun(9, "in_progress"));
        wire.set("GET /repos/team/api/actions/runs/9/jobs", wireJobs({}));
        const auto run = wire.open()->run(*id); // another program
        QVERIFY2(run.has_value(), qPrintable(run ? QString() : run.error().text()));
        QCOMPARE(run->became, QStringLiteral("9"));
        QCOMPARE(run->id, *id);
        QCOMPARE(run->state, State::Running);
    }

    /// All environments of a run that the user may answer are one gate; answered by their numbers; read back from the approvals.
    void pendingDeploymentsAreGates() {
        GitHubWire wire;
        const char *const pending = "GET /repos/team/api/actions/runs/5/pending_deployments", *const post = "POST /repos/team/api/actions/runs/5/pending_deployments";
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(5, "waiting"), wireRun(4, "completed", "success")}));
        wire.setList(pending, QJsonArray{pendingOf(161, "staging", true), pendingOf(162, "production", true), pendingOf(163, "europe", false)});
        wire.set("GET /user", {{QStringLiteral("login"), QStringLiteral("ada")}});
        wire.set("GET /repos/team/api/environments", {{QStringLiteral("environments"), QJsonArray{QJsonObject{{QStringLiteral("name"), QStringLiteral("europe")}, {QStringLiteral("protection_rules"), QJsonArray{QJsonObject{{QStringLiteral("prevent_self_review"), true}}}}}}}});
        wire.setList(post, QJsonArray());
        const auto service = wire.open();
        const auto gates = service->gates();
        QVERIFY2(gates.has_value(), qPrintable(gates ? QString() : gates.error().text()));
        QCOMPARE(gates->size(), std::size_t(2));
        const Gate gate = gates->front();
        QCOMPARE(gate.environments, QStringList({QStringLiteral("staging"), QStringLiteral("production")}));
        QCOMPARE(gate.allowed, QStringList({QStringLiteral("grace"), QStringLiteral("team ops")}));
        QCOMPARE(gate.mayAnswer, std::optional(true));
        QCOMPARE(gate.model, QStringLiteral("housing"));
        QVERIFY(gates->back().mayNot.contains(QStringLiteral("somebody else")));
        QCOMPARE(service->gateState(gate)->is, GateState::Is::Open);
        QVERIFY(service->answer(gate, {true, {}, QStringLiteral("good"), {}}).has_value());
        const QByteArray sent = wire.last(post);
        QCOMPARE(QJsonDocument::fromJson(sent.mid(sent.indexOf("\r\n\r\n") + 4)).object(), (QJsonObject{{QStringLiteral("environment_ids"), QJsonArray{161, 162}}, {QStringLiteral("state"), QStringLiteral("approved")}, {QStringLiteral("comment"), QStringLiteral("good")}}));
        wire.setList(pending, QJsonArray{pendingOf(163, "europe", false)});
        wire.setList("GET /repos/team/api/actions/runs/5/approvals", QJsonArray{QJsonObject{{QStringLiteral("state"), QStringLiteral("approved")}, {QStringLiteral("comment"), QStringLiteral("good")}, {QStringLiteral("user"), QJsonObject{{QStringLiteral("login"), QStringLiteral("ada")}}},
                                                                                        {QStringLiteral("environments"), QJsonArray{QJsonObject{{QStringLiteral("id"), 162}}}}}});
        QCOMPARE(service->gateState(gate)->is, GateState::Is::Proceeded);
        QCOMPARE(service->gateState(gate)->by, QStringLiteral("ada"));
        wire.setList("GET /repos/team/api/actions/runs/5/approvals", QJsonArray());
        QCOMPARE(service->gateState(gate)->is, GateState::Is::Gone);
        QCOMPARE(wire.count("POST /repos/team/api/actions/runs/5/approve"), 0);
    }

    void aRunThatWaitsIsFoundHoweverOldItIs() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(900, "completed", "success")}));
        wire.set("GET /repos/team/api/actions/runs?status=waiting&per_page=100", wireRuns({wireRun(5, "waiting")}));
        wire.setList("GET /repos/team/api/actions/runs/5/pending_deployments", QJsonArray{pendingOf(161, "staging", true)});
        const auto gates = wire.open()->gates();
        QVERIFY2(gates.has_value(), qPrintable(gates ? QString() : gates.error().text()));
        QCOMPARE(gates->size(), std::size_t(1));
        QCOMPARE(gates->front().run, QStringLiteral("5"));
    }

    void oneRunThatMayNotBeReadCostsItsOwnGates() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(6, "waiting"), wireRun(5, "waiting")}));
        wire.setList("GET /repos/team/api/actions/runs/5/pending_deployments", QJsonArray{pendingOf(161, "staging", true)});
        wire.set("GET /repos/team/api/actions/runs/6/pending_deployments", {{QStringLiteral("message"), QStringLiteral("Resource not accessible by personal access token")}}, {}, 403);
        const auto service = wire.open();
        const auto gates = service->gates();
        QVERIFY2(gates && gates->size() == 1, gates ? "" : qPrintable(gates.error().text()));
        const auto told = service->notices();
        QVERIFY(told && told->size() == 1);
        QCOMPARE(told->front().run, QStringLiteral("6"));
        QVERIFY2(told->front().sentence.contains(QStringLiteral("cannot be read")), qPrintable(told->front().sentence));
        wire.setList("GET /repos/team/api/actions/runs/6/pending_deployments", QJsonArray());
        QVERIFY(service->gates().has_value());
        QVERIFY(service->notices()->empty());
    }

    void aReviewOfAnEarlierAttemptSaysNothingOfThisOne() {
        GitHubWire wire;
        const char *const pending = "GET /repos/team/api/actions/runs/5/pending_deployments", *const approvals = "GET /repos/team/api/actions/runs/5/approvals";
        const auto review = [](const char *state, const char *who) {
            return QJsonObject{{QStringLiteral("state"), QLatin1String(state)}, {QStringLiteral("user"), QJsonObject{{QStringLiteral("login"), QLatin1String(who)}}}, {QStringLiteral("environments"), QJsonArray{QJsonObject{{QStringLiteral("id"), 161}}}}};
        };
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(5, "waiting", "", 2)}));
        wire.setList(pending, QJsonArray{pendingOf(161, "staging", true)});
        wire.setList(approvals, QJsonArray{review("approved", "grace")});
        const auto service = wire.open();
        const auto gates = service->gates();
        QVERIFY2(gates && gates->size() == 1, gates ? "" : qPrintable(gates.error().text()));
        const Gate gate = gates->front();
        wire.setList(pending, QJsonArray()); // gone, and nobody has said by whom
        QCOMPARE(service->gateState(gate)->is, GateState::Is::Gone);
        wire.setList(approvals, QJsonArray{review("approved", "grace"), review("rejected", "linus")});
        QCOMPARE(service->gateState(gate)->is, GateState::Is::Aborted);
        QCOMPARE(service->gateState(gate)->by, QStringLiteral("linus"));
        wire.setList(pending, QJsonArray{pendingOf(161, "staging", true)}); // it is answered by the environment's own number
        wire.setList("POST /repos/team/api/actions/runs/5/pending_deployments", QJsonArray());
        QVERIFY(service->answer(gate, {true, {}, QStringLiteral("good"), {}}).has_value());
        QVERIFY(wire.last("POST /repos/team/api/actions/runs/5/pending_deployments").contains("161"));
    }

    void aBranchIsLookedAtWhenSomethingRanOrAfterAMinute() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(5, "completed", "success")}), "ETag: \"runs\"\r\n");
        wire.set("GET /repos/team/api", {{QStringLiteral("default_branch"), QStringLiteral("main")}}, "ETag: \"repo\"\r\n");
        wire.set("GET /repos/team/api/commits/main", {{QStringLiteral("sha"), QStringLiteral("3f1c2ab900000000000000000000000000000000")}}, "ETag: \"tip\"\r\n");
        const auto service = wire.open();
        for (int i = 0; i < 5; ++i)
            QVERIFY(service->runs({}, 20).has_value());
        QCOMPARE(wire.count("GET /repos/team/api/commits/main"), 1);
        wire.clock->advance(61);
        QVERIFY(service->runs({}, 20).has_value());
        QCOMPARE(wire.count("GET /repos/team/api/commits/main"), 2);
        QVERIFY(wire.free >= 5); // the others were answered "not modified", which GitHub does not count
    }

    void whatIsReadFromAWorkflow() {
        const auto read = readWorkflow(deployYaml, QStringLiteral("deploy.yml"));
        QVERIFY2(read.has_value(), qPrintable(read ? QString() : read.error().text()));
        QVERIFY(read->startsFor(QStringLiteral("main"), {QStringLiteral("models/a/b.bin")}));
        QVERIFY(read->startsFor(QStringLiteral("release/1/2"), {QStringLiteral("models/x"), QStringLiteral("y")}));
        QVERIFY(!read->startsFor(QStringLiteral("main"), {QStringLiteral("models/README.md"), QStringLiteral("src/x")}));
        QVERIFY(!read->startsFor(QStringLiteral("dev"), {QStringLiteral("models/x")}));
        const auto images = read->imagesOf(QStringLiteral("Team/API"), QStringLiteral("3f1c2ab"), QStringLiteral("v34"));
        QCOMPARE(images, (QMap<QString, QString>{{QStringLiteral("ghcr.io/team/api"), QStringLiteral("sha-3f1c2ab")}, {QStringLiteral("housing"), QStringLiteral("v34")}}));
        QCOMPARE(readWorkflow("jobs: [", QStringLiteral("x.yml")).error().kind, ErrorKind::Invalid);
    }

    void aWorkflowThatLeavesItsOwnCommitOutIsNotMissed_data() {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<bool>("leaves");
        QTest::newRow("it begins so") << QStringLiteral("\"!startsWith(github.event.head_commit.message, 'Model of')\"") << true;
        QTest::newRow("as an expression") << QStringLiteral("${{ !contains(github.event.head_commit.message, 'dynamic_brush') }}") << true;
        QTest::newRow("one of two") << QStringLiteral("github.ref == 'refs/heads/main' && !startsWith(github.event.head_commit.message, 'model OF')") << true;
        QTest::newRow("by who pushed") << QStringLiteral("github.actor != 'github-actions[bot]'") << true;
        QTest::newRow("for others") << QStringLiteral("\"!startsWith(github.event.head_commit.message, 'Docs')\"") << false;
        QTest::newRow("for these alone") << QStringLiteral("startsWith(github.event.head_commit.message, 'Model of')") << false;
        QTest::newRow("or something else") << QStringLiteral("github.actor != 'github-actions[bot]' || always()") << false;
        QTest::newRow("what is not known") << QStringLiteral("github.repository == 'a/b'") << false;
        QTest::newRow("no condition") << QString() << false;
    }
    void aWorkflowThatLeavesItsOwnCommitOutIsNotMissed() {
        QFETCH(QString, condition);
        const QByteArray text = "on:\n  push:\njobs:\n  train:\n" + (condition.isEmpty() ? QByteArray() : "    if: " + condition.toUtf8() + '\n') + "    runs-on: ubuntu-latest\n  commit:\n    needs: train\n    runs-on: ubuntu-latest\n";
        const auto read = readWorkflow(text, QStringLiteral("train_model.yml"));
        QVERIFY2(read.has_value(), qPrintable(read ? QString() : read.error().text()));
        QTEST(read->leavesOut(QStringLiteral("Model of dynamic_brush_7kq2x1w0vz"), QStringLiteral("github-actions[bot]")), "leaves");
    }

    void aScheduleFiresNext_data() {
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QString>("next"); // after Monday 2026-11-23 12:00
        QTest::newRow("every quarter of an hour") << QStringLiteral("*/15 * * * *") << QStringLiteral("2026-11-23 12:15");
        QTest::newRow("on weekdays") << QStringLiteral("30 5 * * MON-FRI") << QStringLiteral("2026-11-24 05:30");
        QTest::newRow("either day is enough") << QStringLiteral("0 0 1 * 5") << QStringLiteral("2026-11-27 00:00");
        QTest::newRow("Sunday is 0 and 7") << QStringLiteral("0 3 * * 7") << QStringLiteral("2026-11-29 03:00");
        QTest::newRow("29 February") << QStringLiteral("0 0 29 2 *") << QStringLiteral("2028-02-29 00:00");
        QTest::newRow("30 February never") << QStringLiteral("0 0 30 2 *") << QString();
        QTest::newRow("no schedule") << QStringLiteral("every day") << QString();
        QTest::newRow("a minute too many") << QStringLiteral("60 * * * *") << QString();
    }
    void aScheduleFiresNext() {
        QFETCH(QString, cron);
        QTEST(nextCron(cron, QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC)).toString(QStringLiteral("yyyy-MM-dd hh:mm")), "next");
    }

    void schedulesComeFromTheFiles() {
        GitHubWire wire;
        wire.set("GET /repos/team/api", {{QStringLiteral("default_branch"), QStringLiteral("main")}});
        wire.set("GET /repos/team/api/actions/workflows", {{QStringLiteral("workflows"), QJsonArray{QJsonObject{{QStringLiteral("id"), 3}, {QStringLiteral("name"), QStringLiteral("Deploy")}, {QStringLiteral("path"), QStringLiteral(".github/workflows/deploy.yml")}, {QStringLiteral("state"), QStringLiteral("active")}}}}});
        wire.raw(file, {200, deployYaml, {}, false});
        wire.raw("PUT /repos/team/api/actions/workflows/deploy.yml/disable", {204, {}, {}, false});
        const auto service = wire.open();
        const auto schedules = service->schedules();
        QVERIFY2(schedules.has_value(), qPrintable(schedules ? QString() : schedules.error().text()));
        QCOMPARE(schedules->size(), std::size_t(1));
        QCOMPARE(schedules->front().next, QDateTime(QDate(2026, 11, 24), QTime(5, 30), Qt::UTC));
        QVERIFY(service->switchSchedule(schedules->front().id, false).has_value());
        QCOMPARE(wire.count("PUT /repos/team/api/actions/workflows/deploy.yml/disable"), 1);
    }

    void aCommitThatNoWorkflowFollowedIsNoticed() {
        GitHubWire wire;
        QJsonObject tip{{QStringLiteral("sha"), QStringLiteral("c0ffee1230000000000000000000000000000000")}, {QStringLiteral("committer"), QJsonObject{{QStringLiteral("login"), QStringLiteral("github-actions[bot]")}}}, {QStringLiteral("files"), QJsonArray{QJsonObject{{QStringLiteral("filename"), QStringLiteral("models/t2m.bin")}}}},
                        {QStringLiteral("commit"), QJsonObject{{QStringLiteral("message"), QStringLiteral("New model")}, {QStringLiteral("committer"), QJsonObject{{QStringLiteral("date"), QStringLiteral("2026-11-23T11:59:00Z")}}}}}};
        wire.set("GET /repos/team/api", {{QStringLiteral("default_branch"), QStringLiteral("main")}});
        wire.set("GET /repos/team/api/actions/runs", wireRuns({}));
        wire.set("GET /repos/team/api/commits/main", tip);
        wire.set("GET /repos/team/api/actions/workflows", {{QStringLiteral("workflows"), QJsonArray{QJsonObject{{QStringLiteral("id"), 3}, {QStringLiteral("path"), QStringLiteral(".github/workflows/deploy.yml")}, {QStringLiteral("state"), QStringLiteral("active")}}}}});
        wire.raw(file, {200, deployYaml, {}, false});
        const auto service = wire.open();
        QVERIFY(service->runs({}).has_value());
        QVERIFY(service->notices()->empty()); // GitHub has some minutes
        wire.clock->advance(200);
        QVERIFY(service->runs({}).has_value());
        const auto notices = service->notices();
        QCOMPARE(notices->size(), std::size_t(1));
        QCOMPARE(notices->front().kind, QStringLiteral("no-workflow"));
        QVERIFY2(notices->front().sentence.contains(QStringLiteral("c0ffee1")) && notices->front().sentence.contains(QStringLiteral("built-in token")), qPrintable(notices->front().sentence));
        QCOMPARE(notices->front().start->ref, QStringLiteral("main"));
        QJsonObject run = wireRun(9, "queued");
        run.insert(QStringLiteral("head_sha"), tip.value(QStringLiteral("sha")));
        wire.set("GET /repos/team/api/actions/runs", wireRuns({run}));
        QVERIFY(service->runs({}).has_value());
        QVERIFY(service->notices()->empty());
    }

    void aWorkflowThatStartsItselfIsNoticed() {
        GitHubWire wire;
        QJsonArray runs;
        for (int n = 4; n >= 1; --n) { // each commit is made while the run before it is under way
            QJsonObject run = wireRun(n, "completed", "success");
            const QString hour = QStringLiteral("2026-11-23T0%1:").arg(n);
            run.insert(QStringLiteral("event"), QStringLiteral("push"));
            run.insert(QStringLiteral("run_started_at"), hour + QStringLiteral("01:00Z"));
            run.insert(QStringLiteral("updated_at"), QStringLiteral("2026-11-23T0%1:00:30Z").arg(n + 1));
            run.insert(QStringLiteral("head_commit"), QJsonObject{{QStringLiteral("timestamp"), hour + QStringLiteral("00:00Z")}, {QStringLiteral("author"), QJsonObject{{QStringLiteral("name"), QStringLiteral("trainer")}}}});
            runs.append(run);
        }
        wire.set("GET /repos/team/api/actions/runs", wireRuns(runs));
        const auto service = wire.open();
        QVERIFY(service->runs({}).has_value());
        QCOMPARE(service->notices()->size(), std::size_t(1));
        QCOMPARE(service->notices()->front().kind, QStringLiteral("self-trigger"));
    }

    void artifactsAreCheckedByTheirDigest() {
        GitHubWire wire, blobs;
        const QByteArray zip("PK\x03\x04 something");
        wire.set("GET /repos/team/api/actions/runs/5/artifacts", {{QStringLiteral("artifacts"), QJsonArray{QJsonObject{{QStringLiteral("id"), 70}, {QStringLiteral("name"), QStringLiteral("model")}, {QStringLiteral("size_in_bytes"), zip.size()}, {QStringLiteral("digest"), QStringLiteral("sha256:") + sha256Hex(zip)}}}}});
        wire.raw("GET /repos/team/api/actions/artifacts/70/zip", {302, {}, "Location: " + blobs.server.url("/z").toUtf8() + "\r\n", false});
        blobs.raw("GET /z", {200, zip, {}, false});
        const auto service = wire.open();
        const auto outputs = service->outputs(QStringLiteral("5"));
        QCOMPARE(outputs->front().name, QStringLiteral("model.zip"));
        const QString to = wire.folder.filePath(QStringLiteral("model.zip"));
        QVERIFY(service->download(QStringLiteral("5"), outputs->front(), to).has_value());
        QVERIFY(QFile::exists(to));
        blobs.raw("GET /z", {200, "PK something else", {}, false});
        const QString other = wire.folder.filePath(QStringLiteral("other.zip"));
        QCOMPARE(service->download(QStringLiteral("5"), outputs->front(), other).error().kind, ErrorKind::Invalid);
        QVERIFY(!QFile::exists(other) && !QFile::exists(other + QStringLiteral(".part")));
    }

    /// One of several repositories that may not be seen costs its own part; names are whole.
    void severalRepositoriesShareAConnection() {
        GitHubWire wire;
        wire.set("GET /repos/team/api/actions/runs", wireRuns({wireRun(5, "completed", "success")}));
        wire.set("GET /repos/other/web/actions/runs", wireRuns({wireRun(6, "completed", "failure")}));
        const auto service = wire.open(QStringLiteral("api, other/web, hidden"));
        const auto runs = service->runs({});
        QVERIFY2(runs.has_value(), qPrintable(runs ? QString() : runs.error().text()));
        QStringList ids;
        for (const PipelineRun &run : *runs)
            ids << run.id + QLatin1Char(' ') + run.pipeline;
        ids.sort();
        QCOMPARE(ids, QStringList({QStringLiteral("other/web/6 other/web/deploy.yml"), QStringLiteral("team/api/5 team/api/deploy.yml")}));
        QCOMPARE(service->notices()->size(), std::size_t(1));
        QVERIFY(service->notices()->front().sentence.contains(QStringLiteral("team/hidden")));
        wire.set("GET /repos/other/web/actions/runs/6", wireRun(6, "completed", "failure"));
        wire.set("GET /repos/other/web/actions/runs/6/jobs", wireJobs({}));
        QCOMPARE(service->run(QStringLiteral("other/web/6"))->state, State::Failed);
        QCOMPARE(service->run(QStringLiteral("6")).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestGitHubRuns)
#include "tst_github_runs.moc"
