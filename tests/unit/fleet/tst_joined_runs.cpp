// SPDX-License-Identifier: GPL-3.0-or-later
// Joined runs, retries and schedules without another system: their records, their rules, and what they do to runs of this machine. Against a system: contract/fleet/tst_joined_estate.
#include "core/fleet/joined_runs.h"

#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/joined_gates.h"
#include "core/fleet/run_chain.h"
#include "core/fleet/run_gates.h"
#include "core/fleet/run_retries.h"
#include "core/fleet/run_watch.h"
#include "core/fleet/timeline.h"
#include "core/pipelines/local_pipelines.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(Q(text), Qt::ISODate); }

/// A workspace whose pipeline of this machine has a schedule and retries; its process ends at once and leaves the run without an end: it failed.
struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(at("2026-11-23T12:00:00Z"));
    std::shared_ptr<Services> services;
    explicit Bench(const QByteArray &pipeline, const QByteArray &role = "operator") {
        const QString program = folder.filePath(Q("pilot.sh"));
        bool ok = bool(writeFileAtomically(program, "#!/bin/sh\nexit 1\n")) && QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("PILOTHOUSE_PILOT", program.toUtf8());
        ok = ok && bool(writeFileAtomically(folder.filePath(Q("t2m.yaml")), "recipe: t2m\ndata: {source: t2m.csv}\ntask: regression\ntarget: y\nestimators: [linear_regression]\n"));
        ok = ok && bool(writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), "workspace: w\nrole: " + role + "\nconnections: {local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() +
                                                                                      "}}\nmodels:\n  t2m: {recipe: t2m.yaml, pipeline: {" + pipeline + "}}\n"));
        ServiceOptions options;
        options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets::environmentStore();
        options.clock = clock;
        auto opened = openServices(options);
        if (!ok || !opened)
            qFatal("%s", ok ? qPrintable(opened.error().text()) : "files");
        services = *opened;
    }
    std::vector<RunNews> look() const { return RunWatch(services).look(); }
    std::vector<pipelines::PipelineRun> runs() const { return *services->pipelines->runs(QStringLiteral("t2m"), 50); }
};

workspace::Model kubeflowModel() {
    workspace::Model model;
    model.name = QStringLiteral("iris");
    model.pipeline.connection = QStringLiteral("kubeflow");
    model.pipeline.job = QStringLiteral("IrisExp");
    model.pipeline.other = {{QStringLiteral("deploy"), QStringLiteral("IrisDeploy")}, {QStringLiteral("approval"), QStringLiteral("yes")}, {QStringLiteral("parameters"), QStringLiteral("data_path=/data\nrows=150")}};
    return model;
}

} // namespace

class TestJoinedRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whichModelsAreJoined() {
        workspace::Workspace workspace;
        workspace.connections.insert(QStringLiteral("kubeflow"), {QStringLiteral("kubeflow"), QStringLiteral("kubeflow"), {}, {}, {}, {}, {}, {}});
        workspace::Model model = kubeflowModel();
        QVERIFY(isJoined(workspace, model));
        QCOMPARE(trainPipelineOf(workspace, model), QStringLiteral("kubeflow:IrisExp"));
        model.pipeline.other[QStringLiteral("approval")] = QStringLiteral("no");
        QVERIFY(!isJoined(workspace, model));
        model = kubeflowModel();
        model.pipeline.other.remove(QStringLiteral("deploy"));
        QVERIFY(!isJoined(workspace, model));
        model = kubeflowModel();
        model.pipeline.connection = QStringLiteral("local"); // whose own pipeline has its gate
        model.recipe = QStringLiteral("/x.yaml");
        QVERIFY(!isJoined(workspace, model));
        QCOMPARE(trainPipelineOf(workspace, model), QStringLiteral("iris"));
    }
    void startedOtherwise_data() {
        QTest::addColumn<QJsonObject>("parameters");
        QTest::addColumn<QString>("why");
        QTest::newRow("as the workspace says") << QJsonObject{{Q("data_path"), Q("/data")}, {Q("rows"), 150}} << QString();
        QTest::newRow("a system that tells no parameters") << QJsonObject() << QString();
        QTest::newRow("beside them what the form says itself") << QJsonObject{{Q("data_path"), Q("/data")}, {Q("epochs"), 10}} << QString();
        QTest::newRow("another value") << QJsonObject{{Q("data_path"), Q("/mine")}} << QStringLiteral("started with data_path=/mine");
        QTest::newRow("not what the form says itself") << QJsonObject{{Q("epochs"), 2}} << QStringLiteral("started with epochs=2");
        QTest::newRow("one that nobody knows") << QJsonObject{{Q("debug"), true}} << QStringLiteral("started with debug=true");
    }
    void startedOtherwise() {
        QFETCH(QJsonObject, parameters);
        pipelines::Parameter epochs;
        epochs.name = QStringLiteral("epochs");
        epochs.value = 10;
        pipelines::PipelineRun run;
        run.connection = QStringLiteral("kubeflow");
        run.parameters = parameters;
        QTEST(fleet::startedOtherwise(kubeflowModel(), {epochs}, run), "why");
    }
    void gatesOfARunAreWhatItTellsOfItself() {
        workspace::Model model = kubeflowModel();
        pipelines::PipelineRun run;
        QVERIFY(runGatesOf(model, run).empty());
        model.pipeline.other[QStringLiteral("gates")] = QStringLiteral("coverage >= 95\ntests_failed == 0\ntests >= 10\nseconds < 600");
        QCOMPARE(failedRunGates(runGatesOf(model, run)), QStringLiteral("coverage is not told by the run, gate coverage >= 95; tests_failed is not told by the run, gate tests_failed == 0; tests is not told by the run, gate tests >= 10; "
                                                                        "seconds is not told by the run, gate seconds < 600"));
        run.coverage = 91.5;
        run.tests = pipelines::TestCounts{8, 1, 2};
        run.started = at("2026-11-23T12:00:00Z");
        run.ended = run.started.addSecs(60);
        QCOMPARE(failedRunGates(runGatesOf(model, run)), QStringLiteral("coverage is 91.5, gate coverage >= 95; tests_failed is 1, gate tests_failed == 0"));
        run.coverage = 95;
        run.tests->failed = 0;
        QVERIFY(failedRunGates(runGatesOf(model, run)).isEmpty()); // 10 tests
        model.pipeline.other[QStringLiteral("gates")] = QStringLiteral("accuracy >= 0.9\nf1_weighted >= 0.8"); // what the system keeps of the run
        run.metrics.insert(QStringLiteral("accuracy"), 0.93);
        QCOMPARE(failedRunGates(runGatesOf(model, run)), QStringLiteral("f1_weighted is not told by the run, gate f1_weighted >= 0.8"));
    }
    void aGateThatNoRunTellsIsRefused() {
        const auto read = [](const QByteArray &gate) {
            return workspace::parseWorkspace("workspace: w\nconnections: {local: {kind: local, root: /tmp/r}}\nmodels: {t2m: {recipe: t2m.yaml, pipeline: {gates: [\"" + gate + "\"]}}}\n", QStringLiteral("/tmp/w.yaml"));
        };
        const auto good = read("coverage>=95");
        QVERIFY2(good, good ? "" : qPrintable(good.error().text()));
        QCOMPARE(good->models.front().pipeline.other.value(QStringLiteral("gates")), QStringLiteral("coverage >= 95"));
        const auto unknown = read("covrage >= 95");
        QVERIFY(!unknown && unknown.error().text().contains(QStringLiteral("coverage"))); // what was meant
        QVERIFY(read("accuracy >= 0.9") && read("our_own_score >= 3"));
        const auto form = read("coverage 95");
        QVERIFY(!form && form.error().text().contains(QStringLiteral("coverage >= 95")));
    }
    void aRecordIsReadAsItWasWritten() {
        QTemporaryDir folder;
        const JoinedStore store(folder.path());
        JoinedRun joined;
        joined.id = joinedId(QStringLiteral("kubeflow:1"));
        joined.model = QStringLiteral("iris");
        joined.train = QStringLiteral("kubeflow:1");
        joined.pipeline = QStringLiteral("kubeflow:IrisExp");
        joined.deploy = {QStringLiteral("kubeflow:IrisDeploy"), {{Q("version"), Q("3")}}, QStringLiteral("main"), {}, QStringLiteral("why")};
        joined.since = joined.passed = at("2026-11-23T12:00:00Z");
        joined.version = 3;
        joined.state = JoinedRun::State::Waiting;
        joined.needed = 2;
        joined.voices.push_back({QStringLiteral("ada"), QStringLiteral("good"), true, at("2026-11-23T13:00:00Z")});
        joined.start.state = OnceStart::State::Sending;
        joined.start.before = QStringList{QStringLiteral("kubeflow:0")};
        QVERIFY(*store.add(joined));
        QVERIFY(!*store.add(joined)); // two programs saw it
        const auto all = store.of(QStringLiteral("iris"));
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(1));
        QCOMPARE(all->front().toJson(), joined.toJson());
        QCOMPARE(all->front().approved(), 1);
        const auto refusedEdit = store.update(QStringLiteral("iris"), joined.id, [](JoinedRun &j) -> Result<void> {
            j.version = 9;
            return refused(QStringLiteral("no"));
        });
        QVERIFY(!refusedEdit);
        QCOMPARE(store.of(QStringLiteral("iris"))->front().version, 3);
        QCOMPARE(store.update(QStringLiteral("iris"), QStringLiteral("join-none"), [](JoinedRun &) { return Result<void>(); }).error().kind, ErrorKind::NotFound);
        const auto turn = store.turn(QStringLiteral("iris"));
        QVERIFY(turn);
        QCOMPARE(store.turn(QStringLiteral("iris")).error().kind, ErrorKind::Conflict);
    }
    void oldOnesGoAndWhatWaitsStays() {
        QTemporaryDir folder;
        const JoinedStore store(folder.path());
        for (int i = 0; i < int(JoinedStore::kept) + 5; ++i) {
            JoinedRun joined;
            joined.train = QStringLiteral("kubeflow:%1").arg(i);
            joined.id = joinedId(joined.train);
            joined.model = QStringLiteral("iris");
            joined.state = i == 0 ? JoinedRun::State::Waiting : JoinedRun::State::Rejected;
            QVERIFY(*store.add(joined));
        }
        const auto all = store.of(QStringLiteral("iris"));
        QCOMPARE(all->size(), JoinedStore::kept);
        QCOMPARE(all->back().train, QStringLiteral("kubeflow:0"));
    }
    void anAttemptSaysWhichItIs() {
        RetryState state;
        state.chain = {QStringLiteral("k:1"), QStringLiteral("k:2")};
        state.most = 2;
        state.due = at("2026-11-23T12:07:30Z");
        auto notes = state.notes(at("2026-11-23T12:00:00Z"));
        QCOMPARE(notes.front().second, QStringLiteral("Attempt 1 of 3."));
        QCOMPARE(notes.back().second, QStringLiteral("Attempt 2 of 3; the next in 8 min."));
        QCOMPARE(state.notes(at("2026-11-23T12:08:00Z")).back().second, QStringLiteral("Attempt 2 of 3; the next now."));
        QCOMPARE(RetryState::fromJson(state.toJson()).toJson(), state.toJson());
    }
    void trainDeployVersionPromotionAndRolloutAreOneChain() {
        Snapshot s;
        s.read = at("2026-11-23T12:00:00Z");
        for (const char *id : {"k:train", "k:deploy", "k:other"}) {
            pipelines::PipelineRun run;
            run.id = Q(id);
            run.connection = QStringLiteral("k");
            run.pipeline = QStringLiteral("k:IrisExp");
            run.model = QStringLiteral("iris");
            run.started = at("2026-11-23T10:00:00Z");
            run.state = pipelines::State::Passed;
            s.pipelineRuns.push_back(run);
        }
        s.pipelineRuns[1].images.insert(QStringLiteral("ghcr.io/team/iris"), QStringLiteral("v34"));
        s.pipelineRuns[1].commit = QStringLiteral("c63b323186ea1320a31290de6dcc094c06385e75");
        registry::Version version;
        version.model = QStringLiteral("iris");
        version.version = 3;
        version.created = at("2026-11-23T10:05:00Z");
        version.tags.insert(QStringLiteral("kfp.run_id"), QStringLiteral("train"));
        s.versions = {version};
        promotion::Request request;
        request.id = QStringLiteral("p-1");
        request.model = QStringLiteral("iris");
        request.version = 3;
        request.created = at("2026-11-23T11:00:00Z");
        s.promotions.push_back(request);
        ModelRow row;
        row.name = QStringLiteral("iris");
        row.rollout.emplace();
        row.rollout->stable.emplace();
        row.rollout->stable->version = 3;
        row.rollout->stable->revision = 7;
        s.models.push_back(row);
        s.joined.insert(QStringLiteral("k:train"), QStringLiteral("k:deploy"));
        const auto ids = chainIds(s);
        const QString chain = ids.value(QStringLiteral("k:train"));
        QVERIFY(!chain.isEmpty());
        for (const QString &id : {QStringLiteral("k:deploy"), QStringLiteral("p-1"), versionLink(QStringLiteral("iris"), 3), rolloutLink(row)})
            QCOMPARE(ids.value(id), chain);
        QVERIFY(!ids.contains(QStringLiteral("k:other")));
        QStringList labels;
        for (const TimelineEvent &event : timelineOf(s))
            if (event.link == chain)
                labels << event.label;
        QCOMPARE(labels, (QStringList{QStringLiteral("k:IrisExp"), QStringLiteral("k:IrisExp · c63b323 · iris:v34"), QStringLiteral("iris v3"), QStringLiteral("iris v3")}));
        const RunChain deployed = chainOf(s.pipelineRuns[1], s);
        QCOMPARE(deployed.before, QStringLiteral("k:train"));
        QCOMPARE(deployed.versions.size(), std::size_t(1));
        QCOMPARE(deployed.rollouts.size(), std::size_t(1));
        QCOMPARE(chainOf(s.pipelineRuns[0], s).then, QStringLiteral("k:deploy"));
    }
    void aFireThatWasMissedIsToldWhereTheNextIsComputedAnew() {
        Snapshot s;
        s.read = at("2026-11-23T12:00:00Z");
        pipelines::Schedule schedule;
        schedule.id = QStringLiteral("k:daily");
        schedule.pipeline = QStringLiteral("k:IrisExp");
        schedule.when = QStringLiteral("every 1 d");
        schedule.next = at("2026-11-24T11:00:00Z");
        schedule.due = at("2026-11-23T11:00:00Z");
        s.schedules = {schedule};
        const auto missed = [&](const QDateTime &now) {
            std::vector<InboxItem> items;
            addPipelineItems(s, {}, now, items);
            return std::count_if(items.begin(), items.end(), [](const InboxItem &item) { return item.id == Q("missed/k:daily"); });
        };
        QCOMPARE(missed(at("2026-11-23T11:10:00Z")), 0); // it may still begin
        QCOMPARE(missed(at("2026-11-23T11:16:00Z")), 1);
        pipelines::PipelineRun run;
        run.pipeline = schedule.pipeline;
        run.started = at("2026-11-23T11:00:02Z");
        s.pipelineRuns = {run};
        QCOMPARE(missed(at("2026-11-23T11:16:00Z")), 0);
        s.pipelineRuns.front().started = at("2026-11-22T11:00:02Z"); // of the fire before
        QCOMPARE(missed(at("2026-11-23T11:16:00Z")), 1);
        s.schedules.front().on = false;
        QCOMPARE(missed(at("2026-11-23T11:16:00Z")), 0);
    }
    void aRunOfNoModelMayTakeAsLongAsItsScheduleSays() {
        Snapshot s;
        s.read = at("2026-11-23T12:00:00Z");
        pipelines::Schedule schedule;
        schedule.id = QStringLiteral("k:daily");
        schedule.pipeline = QStringLiteral("k:Report");
        schedule.maxSeconds = 3600;
        s.schedules = {schedule};
        pipelines::PipelineRun run;
        run.id = QStringLiteral("k:7");
        run.pipeline = schedule.pipeline;
        run.state = pipelines::State::Running;
        run.started = at("2026-11-23T10:30:00Z");
        s.pipelineRuns = {run};
        std::vector<InboxItem> items;
        addPipelineItems(s, {}, at("2026-11-23T11:29:00Z"), items);
        QVERIFY(items.empty());
        addPipelineItems(s, {}, at("2026-11-23T11:31:00Z"), items);
        QCOMPARE(items.size(), std::size_t(1));
        QCOMPARE(items.front().id, QStringLiteral("sla/k:7"));
    }
    void aScheduleBeginsARun() {
        Bench bench("schedule: {cron: \"0 2 * * *\"}");
        QVERIFY(bench.look().empty());
        QVERIFY(bench.runs().empty());
        bench.clock->set(at("2026-11-24T02:00:03Z"));
        const auto news = bench.look();
        QCOMPARE(news.size(), std::size_t(1));
        QVERIFY2(news.front().acted, qPrintable(news.front().sentence));
        QCOMPARE(bench.runs().size(), std::size_t(1));
        QCOMPARE(bench.runs().front().reason, QStringLiteral("schedule 0 2 * * *"));
        QVERIFY(bench.look().empty());
        QCOMPARE(bench.runs().size(), std::size_t(1));
    }
    void oneAtATime() {
        Bench bench("schedule: {every: 1h}");
        (void)bench.look();
        // a run that somebody started and that is under way
        auto *const local = pipelines::localPart(*bench.services->pipelines);
        QVERIFY(bench.services->pipelines->start(QStringLiteral("t2m"), {}, QStringLiteral("ada"), {}));
        QVERIFY(local->folderOf(QStringLiteral("t2m-1"))->update([](pipelines::RunRecord &record) -> Result<void> {
            record.run.state = pipelines::State::Running;
            record.process = markOf(QCoreApplication::applicationPid());
            return {};
        }));
        bench.clock->advance(3600);
        const auto news = bench.look();
        QCOMPARE(news.size(), std::size_t(1));
        QVERIFY(!news.front().acted);
        QVERIFY2(news.front().sentence.contains(Q("still running")), qPrintable(news.front().sentence));
        QCOMPARE(bench.runs().size(), std::size_t(1));
        QVERIFY(bench.look().empty()); // told once; it is not made up for
    }
    void aFailedRunOfThisMachineGoesOn() {
        Bench bench("retries: 1, retry_after: 5min");
        QVERIFY(bench.services->pipelines->start(QStringLiteral("t2m"), {}, QStringLiteral("ada"), {}));
        QTRY_COMPARE(bench.runs().front().state, pipelines::State::Failed);
        // its end is the last sign of life of its files, by the system's clock
        bench.clock->set(bench.runs().front().ended);
        (void)bench.look();
        QCOMPARE(bench.runs().size(), std::size_t(1));
        QVERIFY(runNotes(*bench.services).value(QStringLiteral("t2m-1")).text.startsWith(Q("Attempt 1 of 2; the next in")));
        bench.clock->advance(300);
        const auto news = bench.look();
        QCOMPARE(news.size(), std::size_t(1));
        QVERIFY2(news.front().acted, qPrintable(news.front().sentence));
        QCOMPARE(bench.runs().size(), std::size_t(2));
        const auto again = bench.services->pipelines->run(QStringLiteral("t2m-2"));
        QCOMPARE(again->parameters.value(Q("resume")).toString(), QStringLiteral("t2m-1"));
        QTRY_COMPARE(bench.services->pipelines->run(QStringLiteral("t2m-2"))->state, pipelines::State::Failed);
        bench.clock->advance(3600);
        (void)bench.look();
        QCOMPARE(bench.runs().size(), std::size_t(2)); // two of two
    }
    void aViewerStartsNothing() {
        Bench bench("schedule: {every: 1h}, retries: 1", "viewer");
        QVERIFY(!RunWatch(bench.services).needed());
        (void)bench.look();
        bench.clock->advance(3600);
        QVERIFY(bench.look().empty());
        QVERIFY(bench.runs().empty());
    }
    void aScheduleElsewhereIsRefusedByTheWorkspace() {
        const QByteArray text = "workspace: w\nconnections:\n  local: {kind: local, root: /tmp/w}\n  kubeflow: {kind: kubeflow, url: \"http://127.0.0.1:1\"}\nmodels:\n  iris:\n    registry: {connection: local}\n"
                                "    pipeline: {connection: kubeflow, job: IrisExp, schedule: {every: 1d}}\n";
        const auto elsewhere = workspace::parseWorkspace(text, QStringLiteral("/tmp/w/pilothouse.yaml"));
        QVERIFY(!elsewhere);
        QVERIFY2(elsewhere.error().text().contains(Q("begins pipelines of this machine")), qPrintable(elsewhere.error().text()));
        const auto both = workspace::parseWorkspace("workspace: w\nconnections: {local: {kind: local, root: /tmp/w}}\nmodels:\n  t2m: {pipeline: {schedule: {every: 1d, cron: \"0 2 * * *\"}}}\n", QStringLiteral("/tmp/w/pilothouse.yaml"));
        QVERIFY(!both);
        QVERIFY2(both.error().text().contains(Q("either cron or every")), qPrintable(both.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestJoinedRuns)
#include "tst_joined_runs.moc"
