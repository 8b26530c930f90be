// SPDX-License-Identifier: GPL-3.0-or-later
// Training and deploy of a model on Kubeflow, which has no gate between the two: joined by an approval of ours, the failed run tried again; against the estate's Kubeflow, with crashes in the middle.
#include "core/fleet/joined_runs.h"

#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"
#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/joined_gates.h"
#include "core/fleet/pipeline_feed.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/run_chain.h"
#include "core/fleet/run_retries.h"
#include "core/fleet/run_watch.h"
#include "core/pipelines/all_pipelines.h"
#include "core/pipelines/pipeline_operations.h"
#include "core/promotion/promotion.h"
#include "tests/support/tiny_package.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

class EstateTime final : public Clock {
public:
    explicit EstateTime(estate::EstateClock &clock) : m_clock(clock) {}
    QDateTime nowUtc() const override { return m_clock.now().addSecs(ahead); }
    int ahead = 0; ///< seconds that this machine's clock is ahead of the system's

private:
    estate::EstateClock &m_clock;
};

/// A Kubeflow with IrisExp and IrisDeploy, and a workspace that joins them.
struct Bench {
    QTemporaryDir folder;
    std::unique_ptr<estate::Estate> estate;
    std::shared_ptr<EstateTime> clock;
    std::shared_ptr<Services> services;
    int asked = 0;
    promotion::GateState evidenceSays = promotion::GateState::Pass;

    explicit Bench(const QByteArray &more = {}) {
        estate::EstateOptions options;
        options.speed = 0;
        options.ticks = false;
        auto started = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("kubeflow")}));
        if (!started)
            qFatal("%s", qPrintable(started.error().text()));
        estate = *std::move(started);
        clock = std::make_shared<EstateTime>(estate->clock());
        const QByteArray text = "workspace: joined\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  kubeflow: {kind: kubeflow, url: \"" + estate->url(QStringLiteral("kubeflow")).toUtf8() +
                                "\", namespace: kubeflow, experiment: iris-mlflow-kserve, jobs: [IrisExp, IrisDeploy]}\nmodels:\n  iris:\n    registry: {connection: local, name: iris}\n"
                                "    pipeline: {connection: kubeflow, job: IrisExp, parameters: {data_path: /data}, deploy: IrisDeploy, deploy_connection: kubeflow, approval: yes, sla: 24h, retries: 2, retry_after: 10min" + more + "}\n";
        if (!writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), text))
            qFatal("no workspace");
        services = open();
        const QByteArray definition = "pipelineInfo:\n  name: irisdeploy\nroot:\n  dag: {tasks: {}}\nschemaVersion: 2.1.0\nsdkVersion: kfp-2.3.0\n";
        const auto uploaded = kubeflow().uploadPipeline(QStringLiteral("IrisDeploy"), {}, QStringLiteral("deploy.yaml"), definition);
        if (!uploaded)
            qFatal("%s", qPrintable(uploaded.error().text()));
    }
    ~Bench() {
        services->runs->waitForReads();
        services->http->close();
    }
    /// Another program on the same folder.
    std::shared_ptr<Services> open() const {
        ServiceOptions options;
        options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets::environmentStore();
        options.clock = clock;
        auto opened = openServices(options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        return *opened;
    }
    pipelines::PipelineService &kubeflow() const { return *dynamic_cast<pipelines::AllPipelines &>(*services->pipelines).others().front(); }
    PromotionAsker asker() {
        return [this](const Services &of, const workspace::Model &model, int version, std::stop_token) -> Result<AskedPromotion> {
            ++asked;
            promotion::Evidence evidence;
            evidence.model = model.registry.name;
            evidence.alias = model.registry.champion;
            evidence.candidateVersion = version;
            PH_ASSIGN(const registry::Version candidate, of.registry->version(model.registry.name, version));
            evidence.candidateDigest = candidate.digest;
            evidence.sentence = QStringLiteral("as good as the one before");
            evidence.gates = {{QStringLiteral("Better"), {}, {}, evidenceSays}};
            evidence.computed = of.clock->nowUtc();
            if (evidence.blocked())
                return AskedPromotion{{}, evidence.sentence};
            PH_ASSIGN(const promotion::Request request, of.promotions->request({{}, model.registry.name}, version, model.registry.champion, evidence));
            return AskedPromotion{request.id, evidence.sentence};
        };
    }
    std::vector<RunNews> look(const std::shared_ptr<Services> &by = {}) {
        const auto &one = by ? by : services;
        one->runs->forget();
        one->runs->look(0);
        one->runs->waitForReads();
        return RunWatch(one, asker()).look();
    }
    QString start(const char *pipeline, const QJsonObject &parameters) {
        const auto run = services->pipelines->startRun({Q(pipeline), parameters, {}, QStringLiteral("ada"), QStringLiteral("by hand")});
        if (!run)
            qFatal("%s", qPrintable(run.error().text()));
        return *run;
    }
    QString train() { return start("kubeflow:IrisExp", {{Q("data_path"), Q("/data")}}); }
    void pass(int seconds = 120) { estate->clock().advance(seconds); }
    int runsOf(const char *pipeline) const {
        const auto runs = services->pipelines->runs(QStringLiteral("kubeflow:") + Q(pipeline), 100);
        return runs ? int(runs->size()) : -1;
    }
    JoinedRun joinedOf(const QString &train) const {
        for (const JoinedRun &one : joinedRuns(*services))
            if (one.train == train)
                return one;
        return {};
    }
    /// What the training registered.
    void registerFor(const QString &run) {
        const QString out = folder.filePath(QStringLiteral("out-") + run.section(QLatin1Char(':'), 1));
        const auto written = test::writeTinyPackage(out, {});
        const auto version = written ? services->registry->registerVersion(QStringLiteral("iris"), out, QString(), QStringLiteral("ada")) : Result<registry::Version>(written.error());
        const auto tagged = version ? services->registry->setVersionTag(QStringLiteral("iris"), version->version, QStringLiteral("kfp.run_id"), run.section(QLatin1Char(':'), 1)) : Result<void>(version.error());
        if (!tagged)
            qFatal("%s", qPrintable(tagged.error().text()));
    }
    std::optional<pipelines::Gate> gateOf(const QString &run) const {
        const auto gates = services->pipelines->gates(run);
        return gates && gates->size() == 1 ? std::optional(gates->front()) : std::nullopt;
    }
    bool answer(const pipelines::Gate &gate, bool yes) const {
        pipelines::GateAnswer answer;
        answer.proceed = yes;
        answer.by = QStringLiteral("grace");
        answer.comment = QStringLiteral("looked at it");
        return services->operations->run(pipelines::answerGateOperation(services->pipelines, gate, answer)).done;
    }
    int journalled(const char *kind, const char *phase) const {
        int count = 0;
        const auto entries = services->journal->entries();
        for (const auto &entry : entries ? *entries : std::vector<operations::JournalEntry>())
            count += entry.kind == Q(kind) && entry.phase == Q(phase);
        return count;
    }
};

} // namespace

class TestJoinedEstate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTrainingThatPassedIsApprovedAndDeployed() {
        Bench bench;
        const QString run = bench.train();
        bench.look();
        QVERIFY(!bench.gateOf(run)); // it runs
        bench.pass();
        bench.registerFor(run);
        bench.look();
        JoinedRun joined = bench.joinedOf(run);
        QCOMPARE(joined.state, JoinedRun::State::Waiting);
        QCOMPARE(joined.version, 1);
        QVERIFY(!joined.promotion.isEmpty());
        const auto gate = bench.gateOf(run);
        QVERIFY(gate);
        QCOMPARE(gate->promotion, joined.promotion);
        QCOMPARE(gate->candidate, QStringLiteral("1"));
        QCOMPARE(gate->model, QStringLiteral("iris"));
        QCOMPARE(bench.runsOf("IrisDeploy"), 0);
        const auto state = joinedState(*bench.services, bench.services->runs->seen());
        const auto shown = std::find_if(state.runs.begin(), state.runs.end(), [&](const auto &one) { return one.id == run; });
        QVERIFY(shown != state.runs.end());
        QCOMPARE(shown->gates, 1);
        QVERIFY2(shown->note.contains(Q("Waits for an approval before kubeflow:IrisDeploy")), qPrintable(shown->note));

        QVERIFY(bench.services->promotions->approve(joined.promotion, QStringLiteral("good")));
        QCOMPARE(bench.services->registry->versionByAlias(QStringLiteral("iris"), QStringLiteral("champion"))->version, 1);
        bench.look();
        joined = bench.joinedOf(run);
        QCOMPARE(joined.state, JoinedRun::State::Started);
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
        QCOMPARE(bench.journalled("pipeline-start", "done"), 1);
        bench.look();
        bench.look(bench.open());
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
        bench.pass();
        const auto deployed = bench.services->pipelines->run(joined.start.run);
        QVERIFY(deployed);
        QCOMPARE(deployed->state, pipelines::State::Passed);
        QVERIFY(!bench.gateOf(run));
        QCOMPARE(bench.asked, 1);

        bench.look();
        const Snapshot snapshot = readSnapshot(*bench.services, 5000);
        const auto ids = chainIds(snapshot);
        QVERIFY(ids.contains(run));
        QCOMPARE(ids.value(joined.start.run), ids.value(run));
        QCOMPARE(ids.value(joined.promotion), ids.value(run));
        const auto seen = std::find_if(snapshot.pipelineRuns.begin(), snapshot.pipelineRuns.end(), [&](const auto &one) { return one.id == joined.start.run; });
        QVERIFY(seen != snapshot.pipelineRuns.end());
        const RunChain chain = chainOf(*seen, snapshot);
        QCOMPARE(chain.before, run);
        QCOMPARE(chain.versions.size(), std::size_t(1));
    }
    void withoutAVersionTheGateIsAnsweredByItself() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.look();
        const auto gate = bench.gateOf(run);
        QVERIFY(gate);
        QVERIFY(gate->promotion.isEmpty());
        QVERIFY(bench.answer(*gate, true));
        QCOMPARE(bench.services->pipelines->gateState(*gate)->is, pipelines::GateState::Is::Proceeded);
        QVERIFY(!bench.answer(*gate, false)); // it no longer waits
        bench.look();
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Started);
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
    }
    void rejectedNothingIsStarted_data() {
        QTest::addColumn<bool>("versioned");
        QTest::newRow("a promotion") << true;
        QTest::newRow("a gate alone") << false;
    }
    void rejectedNothingIsStarted() {
        QFETCH(bool, versioned);
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        if (versioned)
            bench.registerFor(run);
        bench.look();
        const auto gate = bench.gateOf(run);
        QVERIFY(gate);
        QCOMPARE(!gate->promotion.isEmpty(), versioned);
        QVERIFY(bench.answer(*gate, false));
        bench.look();
        const JoinedRun joined = bench.joinedOf(run);
        QCOMPARE(joined.state, JoinedRun::State::Rejected);
        QVERIFY2(joined.sentence().contains(Q("looked at it")), qPrintable(joined.sentence()));
        bench.pass();
        bench.look();
        QCOMPARE(bench.runsOf("IrisDeploy"), 0);
        QVERIFY(runNotes(*bench.services).value(run).text.contains(Q("Rejected")));
    }
    void aRuleThatSpeaksAgainstItAsksNobody() {
        Bench bench;
        bench.evidenceSays = promotion::GateState::Block;
        const QString run = bench.train();
        bench.pass();
        bench.registerFor(run);
        bench.look();
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Blocked);
        QVERIFY(!bench.gateOf(run));
        QCOMPARE(runNotices(*bench.services).size(), std::size_t(1));
        bench.look();
        QCOMPARE(bench.runsOf("IrisDeploy"), 0);
    }
    void twoProgramsStartOne() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.look();
        QVERIFY(bench.answer(*bench.gateOf(run), true));
        const auto other = bench.open();
        other->runs->look(5000, false);
        std::thread second([&] { RunWatch(other).look(); });
        RunWatch(bench.services).look();
        second.join();
        bench.look();
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Started);
        other->runs->waitForReads();
        other->http->close();
    }
    void aCrashAfterTheStartWasSentFindsItsRun() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.look();
        QVERIFY(bench.answer(*bench.gateOf(run), true));
        sending(bench, run);
        const QString made = bench.start("kubeflow:IrisDeploy", {}); // it arrived, and the program died before it wrote its id down
        bench.look();
        const JoinedRun joined = bench.joinedOf(run);
        QCOMPARE(joined.state, JoinedRun::State::Started);
        QCOMPARE(joined.start.run, made);
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
        QCOMPARE(bench.journalled("pipeline-found", "note"), 1);
    }
    void aCrashBeforeTheStartWasSentAsksAPerson() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.look();
        QVERIFY(bench.answer(*bench.gateOf(run), true));
        sending(bench, run);
        for (int i = 0; i < 3; ++i) {
            bench.pass(700);
            bench.look();
        }
        QCOMPARE(bench.runsOf("IrisDeploy"), 0); // whether it was sent nobody knows
        const auto notices = runNotices(*bench.services);
        QCOMPARE(notices.size(), std::size_t(1));
        QVERIFY(notices.front().start);
        QCOMPARE(notices.front().start->pipeline, QStringLiteral("kubeflow:IrisDeploy"));
        QVERIFY(bench.services->operations->run(pipelines::startPipelineOperation(bench.services->pipelines, *notices.front().start, nullptr)).done);
        bench.look();
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Started);
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
        QVERIFY(runNotices(*bench.services).empty());
    }
    void aSystemThatIsAwayIsAskedLater() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.look();
        QVERIFY(bench.answer(*bench.gateOf(run), true));
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("answer"), {{Q("status"), 503}, {Q("body"), Q("away")}, {Q("times"), 200}});
        RunWatch(bench.services).look();
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Approved);
        QVERIFY(!bench.joinedOf(run).start.problem.isEmpty());
        QCOMPARE(bench.joinedOf(run).start.state, OnceStart::State::Open);
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("answer"), {{Q("status"), 503}, {Q("times"), 0}});
        bench.pass(startRefusedSeconds + 1);
        bench.look();
        QCOMPARE(bench.joinedOf(run).state, JoinedRun::State::Started);
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
    }
    void whatWasDeployedByHandAsksForNothing() {
        Bench bench;
        const QString run = bench.train();
        bench.pass();
        bench.start("kubeflow:IrisDeploy", {});
        bench.pass();
        bench.look();
        QVERIFY(bench.joinedOf(run).id.isEmpty());
        QCOMPARE(bench.runsOf("IrisDeploy"), 1);
    }
    void aNewerTrainingTakesThePlaceOfOneThatNobodyAnswered() {
        Bench bench;
        const QString first = bench.train();
        bench.pass();
        bench.look();
        QVERIFY(bench.gateOf(first));
        const QString second = bench.train();
        bench.pass();
        bench.look();
        QCOMPARE(bench.joinedOf(first).state, JoinedRun::State::Superseded);
        QVERIFY(!bench.gateOf(first));
        QVERIFY(bench.gateOf(second));
    }
    void aFailedRunIsTriedAgain() {
        Bench bench;
        bench.look();
        const int before = bench.runsOf("IrisExp");
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("fail"), {{Q("task"), Q("train")}, {Q("times"), 1}});
        const QString failed = bench.train();
        bench.pass();
        bench.look();
        QCOMPARE(bench.services->pipelines->run(failed)->state, pipelines::State::Failed);
        const QString note = runNotes(*bench.services).value(failed).text;
        QVERIFY2(note.contains(Q("Attempt 1 of 3; the next in ")), qPrintable(note));
        QCOMPARE(bench.runsOf("IrisExp"), before + 1);
        bench.pass(600);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 2);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 2);
        const RetryState state = retryStates(*bench.services).front();
        QCOMPARE(state.chain.size(), 2);
        QCOMPARE(state.chain.first(), failed);
        QVERIFY(runNotes(*bench.services).value(state.chain.last()).text.contains(Q("Attempt 2 of 3")));
        bench.pass();
        bench.look();
        QCOMPARE(bench.services->pipelines->run(state.chain.last())->state, pipelines::State::Passed);
        QCOMPARE(bench.joinedOf(state.chain.last()).state, JoinedRun::State::Waiting); // and its approval comes up
        QCOMPARE(bench.journalled("pipeline-start", "done"), 1);
    }
    /// The system's clock goes two hours ahead: the wait is ten minutes all the same, not two hours and ten.
    void aClockThatGoesWrongDoesNotHoldTheNextAttemptBack() {
        Bench bench;
        bench.clock->ahead = -7200;
        bench.look();
        const int before = bench.runsOf("IrisExp");
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("fail"), {{Q("task"), Q("train")}, {Q("times"), 2}});
        const QString failed = bench.train();
        bench.pass();
        bench.look();
        QCOMPARE(bench.services->pipelines->run(failed)->state, pipelines::State::Failed);
        const QString note = runNotes(*bench.services).value(failed).text;
        QVERIFY2(note.contains(Q("the next in 10 min")), qPrintable(note));
        bench.pass(590);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 1);
        bench.pass(20);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 2);
        // And two hours behind: the second attempt's failure is not taken for one of two hours ago.
        bench.clock->ahead = 7200;
        bench.pass();
        bench.look();
        const RetryState state = retryStates(*bench.services).front();
        QCOMPARE(state.chain.size(), 2);
        bench.pass(300);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 2);
        bench.pass(310);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 3);
    }
    void attemptsAreCounted() {
        Bench bench;
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("fail"), {{Q("task"), Q("train")}, {Q("times"), 9}});
        const int before = bench.runsOf("IrisExp");
        bench.train();
        for (int i = 0; i < 6; ++i) {
            bench.pass();
            bench.look();
            bench.pass(600);
            bench.look();
        }
        QCOMPARE(bench.runsOf("IrisExp"), before + 3);
        const RetryState state = retryStates(*bench.services).front();
        QCOMPARE(state.chain.size(), 3);
        QVERIFY(runNotes(*bench.services).value(state.chain.last()).text.contains(Q("no other follows")));
    }
    void whatAPersonEndedIsNotTriedAgain() {
        Bench bench;
        const int before = bench.runsOf("IrisExp");
        const QString run = bench.train();
        QVERIFY(bench.services->pipelines->cancel(run));
        for (int i = 0; i < 3; ++i) {
            bench.pass(601);
            bench.look();
        }
        QCOMPARE(bench.services->pipelines->run(run)->state, pipelines::State::Cancelled);
        QCOMPARE(bench.runsOf("IrisExp"), before + 1);
    }
    void whatWasStartedOtherwiseIsNotTriedAgain() {
        Bench bench;
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("fail"), {{Q("task"), Q("train")}, {Q("times"), 1}});
        const int before = bench.runsOf("IrisExp");
        const QString run = bench.start("kubeflow:IrisExp", {{Q("data_path"), Q("/elsewhere")}});
        for (int i = 0; i < 3; ++i) {
            bench.pass(601);
            bench.look();
        }
        QCOMPARE(bench.runsOf("IrisExp"), before + 1);
        QVERIFY(runNotes(*bench.services).value(run).text.contains(Q("data_path=/elsewhere")));
    }
    void aCrashWhileItWasTriedAgainFindsItsRun() {
        Bench bench;
        bench.estate->control(QStringLiteral("kubeflow"), QStringLiteral("fail"), {{Q("task"), Q("train")}, {Q("times"), 1}});
        const int before = bench.runsOf("IrisExp");
        const QString failed = bench.train();
        bench.pass();
        bench.look();
        RetryState state = retryStates(*bench.services).front();
        state.start.state = OnceStart::State::Sending;
        state.start.at = bench.clock->nowUtc();
        const auto there = bench.services->pipelines->runs(QStringLiteral("kubeflow:IrisExp"), 20);
        for (const auto &run : *there)
            state.start.before << run.id;
        QVERIFY(writeFileAtomically(bench.services->root + QStringLiteral("/retries/iris.json"), canonicalJson(state.toJson())));
        bench.pass(600);
        bench.look();
        QCOMPARE(bench.runsOf("IrisExp"), before + 1); // it may have been sent
        const QString made = bench.train();
        bench.look();
        QCOMPARE(retryStates(*bench.services).front().chain, (QStringList{failed, made}));
        QCOMPARE(bench.runsOf("IrisExp"), before + 2);
    }
    void twoWorkflowsOfGitHubAreJoinedToo() {
        QTemporaryDir folder;
        estate::EstateOptions options;
        options.speed = 0;
        options.ticks = false;
        const auto played = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("github")}));
        QVERIFY(played);
        qputenv("PILOTHOUSE_SECRET_JOINED_GITHUB", "ghp_reviewer");
        QVERIFY(writeFileAtomically(folder.filePath(Q("pilothouse.yaml")),
                                    "workspace: joined\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  github: {kind: github, url: \"" + (*played)->url(QStringLiteral("github")).toUtf8() +
                                        "/api/v3\", owner: acme, repo: damage-incidence, branch: main, secret: joined-github, jobs: [train_model.yml, deploy_app.yml]}\nmodels:\n  damage:\n    registry: {connection: local, name: damage}\n"
                                        "    pipeline: {connection: github, job: train_model.yml, branch: main, deploy: deploy_app.yml, deploy_connection: github, deploy_branch: main, approval: yes}\n"));
        ServiceOptions opening;
        opening.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        opening.secrets = secrets::environmentStore();
        opening.clock = std::make_shared<EstateTime>((*played)->clock());
        const auto opened = openServices(opening);
        QVERIFY(opened);
        const std::shared_ptr<Services> services = *opened;
        const auto look = [&] {
            services->runs->forget();
            services->runs->look(0);
            services->runs->waitForReads();
            return RunWatch(services).look();
        };
        const auto deploys = [&] {
            const auto runs = services->pipelines->runs(QStringLiteral("github:deploy_app.yml"), 50);
            return runs ? int(runs->size()) : -1;
        };
        const int before = deploys();
        QVERIFY(before > 0);
        const auto run = services->pipelines->startRun({QStringLiteral("github:train_model.yml"), {}, QStringLiteral("main"), {}, {}});
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        (*played)->clock().advance(300);
        (void)look();
        const auto gates = services->pipelines->gates(*run);
        QVERIFY(gates);
        QCOMPARE(gates->size(), std::size_t(1));
        QCOMPARE(gates->front().model, QStringLiteral("damage"));
        QCOMPARE(deploys(), before);
        pipelines::GateAnswer answer;
        answer.proceed = true;
        answer.comment = QStringLiteral("good");
        QVERIFY(services->operations->run(pipelines::answerGateOperation(services->pipelines, gates->front(), answer)).done);
        const auto news = look();
        QVERIFY(!news.empty());
        QVERIFY2(news.back().acted, qPrintable(news.back().sentence));
        QCOMPARE(deploys(), before + 1);
        (*played)->clock().advance(60);
        (void)look();
        QCOMPARE(deploys(), before + 1);
        services->http->close();
    }

private:
    /// As a program leaves it that dies between writing the start down and hearing of its run.
    static void sending(Bench &bench, const QString &train) {
        const JoinedStore store(bench.services->root);
        const auto there = bench.services->pipelines->runs(QStringLiteral("kubeflow:IrisDeploy"), 20);
        QVERIFY(there);
        QVERIFY(store.update(QStringLiteral("iris"), joinedId(train), [&](JoinedRun &joined) -> Result<void> {
            joined.start.state = OnceStart::State::Sending;
            joined.start.at = bench.clock->nowUtc();
            for (const auto &run : *there)
                joined.start.before << run.id;
            return {};
        }));
    }
};

QTEST_GUILESS_MAIN(TestJoinedEstate)
#include "tst_joined_estate.moc"
