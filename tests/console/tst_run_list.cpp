// SPDX-License-Identifier: GPL-3.0-or-later
// The list of runs as a model: rows keep who they are while runs come and go, also of 100,000; what runs and stages are called; a folded playbook.
#include "widgets/base/cells.h"
#include "widgets/pipelines/ansible_fold.h"
#include "widgets/pipelines/run_facts.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/stage_marks.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using pipelines::PipelineRun;
using pipelines::Stage;
using Q = QLatin1String;

namespace {

const QDateTime noon = QDateTime::fromString(QStringLiteral("2026-11-23T12:00:00Z"), Qt::ISODate);

PipelineRun runOf(int number, const QString &pipeline = QStringLiteral("jenkins:retrain"), pipelines::State state = pipelines::State::Passed) {
    PipelineRun run;
    run.id = QStringLiteral("%1#%2").arg(pipeline).arg(number);
    run.pipeline = pipeline;
    run.number = QString::number(number);
    run.state = state;
    run.connection = pipeline.section(QLatin1Char(':'), 0, 0);
    run.system = run.connection;
    run.started = noon.addSecs(-3600 + number % 1000);
    run.ended = run.started.addSecs(60);
    run.commit = QStringLiteral("a91e07c0ffee");
    return run;
}

std::shared_ptr<const fleet::PipelinesState> stateWith(std::vector<PipelineRun> runs, std::optional<Error> problem = {}) {
    auto state = std::make_shared<fleet::PipelinesState>();
    for (const char *system : {"jenkins", "github"}) {
        fleet::SystemSight sight;
        sight.connection = sight.system = Q(system);
        sight.read = noon.addSecs(-240);
        if (Q(system) == Q("jenkins"))
            sight.problem = problem;
        state->systems.push_back(sight);
    }
    pipelines::Pipeline named;
    named.id = QStringLiteral("github:4711");
    named.name = QStringLiteral("housing ci");
    state->pipelines.push_back(named);
    state->runs = std::move(runs);
    return state;
}

QStringList ids(const RunListModel &model) {
    QStringList out;
    for (int row = 0; row < model.rowCount(); ++row)
        out << model.index(row).data(IdRole).toString().section(QLatin1Char('#'), 1);
    return out;
}

Stage stage(const char *name, pipelines::State state, int seconds = 10, double median = 0) {
    return Stage(Q(name), state, noon.addSecs(-seconds), pipelines::hasEnded(state) ? noon : QDateTime(), median);
}

} // namespace

class TestRunList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsKeepWhoTheyAre() {
        RunListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setNow(noon);
        model.setRuns(stateWith({runOf(5), runOf(4), runOf(3), runOf(2)}));
        const QPersistentModelIndex four(model.index(1)), two(model.index(3));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset), inserted(&model, &QAbstractItemModel::rowsInserted), removed(&model, &QAbstractItemModel::rowsRemoved), changed(&model, &QAbstractItemModel::dataChanged);
        model.setRuns(stateWith({runOf(7), runOf(6), runOf(5), runOf(4), runOf(2), runOf(1)}));
        QCOMPARE(ids(model), (QStringList{QStringLiteral("7"), QStringLiteral("6"), QStringLiteral("5"), QStringLiteral("4"), QStringLiteral("2"), QStringLiteral("1")}));
        QCOMPARE(four.row(), 3);
        QCOMPARE(two.row(), 4);
        QCOMPARE(inserted.count(), 2);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(reset.count() + changed.count(), 0); // nothing that stayed says anything else
        PipelineRun other = runOf(5);
        other.state = pipelines::State::Failed;
        model.setRuns(stateWith({runOf(7), runOf(6), other, runOf(4), runOf(2), runOf(1)}));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 2);
        QCOMPARE(model.index(2).data(StateRole).toInt(), int(State::Bad));
    }

    void anotherOrderIsTold() {
        RunListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns(stateWith({runOf(1), runOf(2), runOf(3)}));
        model.setRuns(stateWith({runOf(3), runOf(1), runOf(2)}));
        QCOMPARE(ids(model), (QStringList{QStringLiteral("3"), QStringLiteral("1"), QStringLiteral("2")}));
    }

    void aHundredThousandRunsMoveByWhatDiffers() {
        std::vector<PipelineRun> runs;
        for (int pipeline = 0; pipeline < 500; ++pipeline)
            for (int number = 200; number > 0; --number)
                runs.push_back(runOf(number, QStringLiteral("jenkins:job%1").arg(pipeline), number % 50 == 0 ? pipelines::State::Failed : pipelines::State::Passed));
        RunListModel model;
        model.setNow(noon);
        model.setRuns(stateWith(runs));
        QCOMPARE(model.rowCount(), 100000);
        QCOMPARE(model.countOf(pipelines::State::Failed), 2000);
        const QPersistentModelIndex last(model.index(99999));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset), inserted(&model, &QAbstractItemModel::rowsInserted), changed(&model, &QAbstractItemModel::dataChanged);
        runs.insert(runs.begin(), runOf(201, QStringLiteral("jenkins:job0"), pipelines::State::Running));
        model.setRuns(stateWith(runs));
        QCOMPARE(reset.count(), 0);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(changed.count(), 0);
        QCOMPARE(last.row(), 100000);
        model.setWords(QStringLiteral("job499 failed"));
        QCOMPARE(model.rowCount(), 4);
        model.setWords({});
        model.setShown(QStringLiteral("failed"));
        QCOMPARE(model.rowCount(), 2000);
        QCOMPARE(model.rowOf(QStringLiteral("jenkins:job0#201")), -1);
        QVERIFY(model.find(QStringLiteral("jenkins:job0#201"))); // known, though hidden
    }

    void theFilterLooksIntoNamesSystemsAndCommits_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("rows");
        QTest::newRow("a system by its name on screen") << QStringLiteral("actions") << 1;
        QTest::newRow("a pipeline by the name its system gives it") << QStringLiteral("HOUSING") << 1;
        QTest::newRow("a commit's begin") << QStringLiteral("a91e07c") << 2;
        QTest::newRow("words of two places") << QStringLiteral("jenkins #3") << 1;
        QTest::newRow("a word that none has") << QStringLiteral("jenkins housing") << 0;
    }
    void theFilterLooksIntoNamesSystemsAndCommits() {
        QFETCH(QString, words);
        QFETCH(int, rows);
        RunListModel model;
        model.setRuns(stateWith({runOf(3), runOf(9, QStringLiteral("github:4711"))}));
        model.setWords(words);
        QCOMPARE(model.rowCount(), rows);
    }

    void whatASystemThatFailsHadIsMarkedWithItsAge() {
        RunListModel model;
        model.setNow(noon);
        model.setRuns(stateWith({runOf(3), runOf(9, QStringLiteral("github:4711"))}));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QVERIFY(!model.index(0).data(MutedRole).toBool());
        model.setRuns(stateWith({runOf(3), runOf(9, QStringLiteral("github:4711"))}, Error{ErrorKind::Unreachable, QStringLiteral("No answer."), {}, {}, {}}));
        QCOMPARE(changed.count(), 1);
        QVERIFY(model.index(0).data(MutedRole).toBool());
        QCOMPARE(model.index(0).data(ChipRole).toStringList().first(), QStringLiteral("Jenkins, 4 min old"));
        QVERIFY(!model.index(1).data(MutedRole).toBool());
    }

    void runsAreCalledAsTheirSystemsCallThem() {
        QCOMPARE(runTitle(runOf(421)), QStringLiteral("retrain #421"));
        QCOMPARE(runTitle(runOf(9, QStringLiteral("github:4711")), QStringLiteral("housing ci")), QStringLiteral("housing ci #9"));
        PipelineRun local;
        local.id = QStringLiteral("t2m-3");
        local.pipeline = QStringLiteral("t2m");
        QCOMPARE(runTitle(local), QStringLiteral("t2m #3"));
        PipelineRun named = runOf(1, QStringLiteral("kubeflow:IrisExp"));
        named.number.clear();
        named.id = QStringLiteral("kubeflow:8f2c1a90-7777");
        QCOMPARE(runTitle(named, QStringLiteral("iris daily")), QStringLiteral("iris daily 8f2c1a90"));
    }

    void aSentenceSaysWhatARunWaitsForOrWhereItFailed() {
        PipelineRun run = runOf(1);
        run.state = pipelines::State::Paused;
        run.stages = {stage("Train", pipelines::State::Passed), stage("Approve", pipelines::State::Paused)};
        run.stages[1].note = QStringLiteral("approve promotion");
        QCOMPARE(runSentence(run), QStringLiteral("Paused: approve promotion"));
        run.state = pipelines::State::Failed;
        run.stages = {stage("train-model", pipelines::State::Failed)};
        for (int i = 1; i <= 3; ++i) {
            pipelines::Attempt attempt;
            attempt.number = i;
            attempt.state = pipelines::State::Failed;
            run.stages[0].attempts.push_back(attempt);
        }
        QCOMPARE(runSentence(run), QStringLiteral("Failed: train-model, attempt 3 of 3"));
        run.state = pipelines::State::Waiting;
        run.note = QStringLiteral("In the queue: no executor is free");
        QCOMPARE(runSentence(run), run.note);
        run.merged = true;
        QCOMPARE(runSentence(run), QStringLiteral("Queued: joined with a start that waited already"));
        run.state = pipelines::State::Running;
        run.stages = {stage("a", pipelines::State::Passed), stage("b", pipelines::State::Running), stage("c", pipelines::State::Running)};
        QCOMPARE(runSentence(run), QStringLiteral("b and 1 more"));
        run.stages.pop_back();
        QCOMPARE(runSentence(run), QStringLiteral("b, 2 of 2"));
        run.state = pipelines::State::Unknown;
        run.systemState = QStringLiteral("SUSPENDED");
        QCOMPARE(runSentence(run), QStringLiteral("Unknown: SUSPENDED"));
    }

    void stagesSayHowLongAgainstTheirMedianAndTheirSystemsWord() {
        PipelineRun run = runOf(1);
        run.stages = {stage("Train", pipelines::State::Passed, 372, 120), stage("Lint", pipelines::State::Skipped), stage("Push", pipelines::State::Waiting, 0, 80)};
        run.stages[0].systemState = QStringLiteral("SUCCESS");
        run.stages[1].started = run.stages[1].ended = run.stages[2].started = {};
        run.stages[2].after = QStringList{QStringLiteral("Train")};
        const auto marks = stageMarks(run, noon);
        QVERIFY(marks[0].slow);
        QCOMPARE(marks[0].note, QStringLiteral("3.1× its median 2 min"));
        QCOMPARE(marks[0].toolTip, QStringLiteral("SUCCESS"));
        QCOMPARE(marks[1].state, State::Skipped);
        QCOMPARE(marks[1].note, QStringLiteral("skipped"));
        QVERIFY(marks[2].note.startsWith(QStringLiteral("≈ ")));
        QCOMPARE(marks[2].after, run.stages[2].after);
        QCOMPARE(tellingStage(run, noon), QStringLiteral("Train"));
        run.stages[2].state = pipelines::State::Failed;
        QCOMPARE(tellingStage(run, noon), QStringLiteral("Push"));
    }

    void durationsStandOldestFirstWithTheirMedian() {
        std::vector<PipelineRun> runs;
        for (int number = 421; number > 400; --number) {
            runs.push_back(runOf(number));
            runs.back().stages = {stage("Train", pipelines::State::Passed, number == 421 ? 372 : 120)};
        }
        const PlotData data = durationPlot(runs, QStringLiteral("Train"), runs.front().id);
        QCOMPARE(data.categories.size(), std::size_t(12));
        QCOMPARE(data.categories.back(), QStringLiteral("#421"));
        QCOMPARE(data.limits.size(), std::size_t(1));
        QCOMPARE(data.limits[0].value, 120.0);
        QCOMPARE(data.series.size(), std::size_t(2));
        QVERIFY(data.series[1].ink == &Tokens::warn); // more than three times the median
        QVERIFY(durationPlot(runs, QStringLiteral("Deploy"), {}).series.empty());
    }

    void wholeRunsStandOldestFirstWithWhatFailedAndWasTriedAgain() {
        std::vector<PipelineRun> runs;
        for (int number = 421; number > 400; --number) {
            runs.push_back(runOf(number));
            PipelineRun &run = runs.back();
            run.state = number == 420 ? pipelines::State::Failed : number == 419 ? pipelines::State::Cancelled : pipelines::State::Passed;
            run.started = noon;
            run.ended = noon.addSecs(number == 420 ? 900 : number == 421 ? 300 : 120);
        }
        runs[1].attempt = 3;
        runs[2].stages = {stage("Train", pipelines::State::Passed, 60)};
        runs[2].stages[0].attempts.resize(2);
        runs.insert(runs.begin(), runOf(422)); // goes on: no time yet
        runs.front().state = pipelines::State::Running;
        runs.front().started = noon;
        runs.front().ended = {};
        const PlotData data = runPlot(runs, runs[1].id);
        QCOMPARE(data.categories.size(), std::size_t(12));
        QCOMPARE(data.categories.back(), QStringLiteral("#421"));
        QCOMPARE(data.categories[10], QStringLiteral("#420 ×3"));
        QCOMPARE(data.categories[9], QStringLiteral("#419 ×2"));
        QCOMPARE(data.series.size(), std::size_t(4));
        QVERIFY(data.series[1].ink == &Tokens::acc && data.series[3].ink == &Tokens::bad);
        QCOMPARE(data.series[1].points[0], QPointF(11, 300));
        QCOMPARE(data.series[3].points[0], QPointF(10, 900));
        QCOMPARE(data.series[2].points[0].x(), 9.0);
        QCOMPARE(data.limits[0].value, 120.0); // what failed is not what is usual
        QVERIFY2(data.sentence.contains(QStringLiteral("1 failed, 2 tried")), qPrintable(data.sentence));
        QVERIFY(plotCsv(data).contains("#420 ×3"));
        QVERIFY(runPlot({runs.front()}, {}).series.empty());
    }

    void factsNameWhatIsKnownOnly() {
        PipelineRun run = runOf(421);
        run.startedBy = QStringLiteral("anna");
        run.parameters = {{QStringLiteral("N_ESTIMATORS"), QStringLiteral("120")}, {QStringLiteral("SERVICES"), QJsonArray{QStringLiteral("auth")}}};
        run.tests = pipelines::TestCounts{41, 2, 0};
        run.coverage = 83.5;
        run.images.insert(QStringLiteral("frontend"), QStringLiteral("v34"));
        run.changed = {QStringLiteral("auth"), QStringLiteral("frontend")};
        QHash<QString, QString> rows;
        for (const auto &row : factRows(run, {}, noon))
            rows.insert(row.key, row.value);
        QCOMPARE(rows.value(QStringLiteral("Tests")), QStringLiteral("41 passed, 2 failed"));
        QCOMPARE(rows.value(QStringLiteral("Coverage")), QStringLiteral("83.5 %"));
        QCOMPARE(rows.value(QStringLiteral("Images")), QStringLiteral("frontend:v34"));
        QCOMPARE(rows.value(QStringLiteral("Parameters")), QStringLiteral("N_ESTIMATORS=120\nSERVICES=[\"auth\"]"));
        QCOMPARE(rows.value(QStringLiteral("Built for")), QStringLiteral("auth, frontend"));
        QVERIFY(rows.value(QStringLiteral("Model")).isEmpty());
    }

    void aPlaybookIsFoldedToWhatIsWorthALook() {
        const QString log = QStringLiteral("+ ansible-playbook deploy.yml\n\nPLAY [web] ****\n\nTASK [Gathering Facts] ****\nok: [web1]\n\nTASK [copy] ****\nok: [web1]\n\nTASK [restart] ****\nfatal: [web1]: FAILED! => {\"msg\": \"no such unit\"}\n\n"
                                           "PLAY RECAP ****\nweb1 : ok=2 changed=0 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0\n");
        const auto parsed = pipelines::parseAnsible(log);
        QVERIFY(parsed.isAnsible());
        auto rows = ansibleRows(parsed, {});
        QCOMPARE(rows.size(), std::size_t(4)); // recap, play, two that are folded, the one that failed
        QCOMPARE(rows[0].kind, AnsibleRow::Recap);
        QCOMPARE(rows[0].state, State::Bad);
        QCOMPARE(rows[1].kind, AnsibleRow::Play);
        QCOMPARE(rows[2].kind, AnsibleRow::Folded);
        QCOMPARE(rows[2].second, QStringLiteral("Gathering Facts, copy"));
        QCOMPARE(rows[3].state, State::Bad);
        QVERIFY2(rows[3].second.contains(Q("no such unit")), qPrintable(rows[3].second));
        QCOMPARE(log.split(QLatin1Char('\n')).at(rows[3].line).left(6), QStringLiteral("fatal:"));
        AnsibleModel model;
        model.setLog(parsed);
        model.toggle(rows[2].id);
        QCOMPARE(model.rowCount(), 6);
        model.toggle(rows[2].id);
        QCOMPARE(model.rowCount(), 4);
    }

    void aCopiedCommandNamesItsCredentialAndQuotesWhatAShellWouldTake() {
        PipelineRun run = runOf(421, QStringLiteral("github:train.yml"));
        run.repository = QStringLiteral("acme/damage");
        const QString text = runCommands(run, QStringLiteral("https://api.example/"));
        QVERIFY2(text.startsWith(Q("pilot pipelines show 'github:train.yml#421'")), qPrintable(text));
        QVERIFY(text.contains(Q("Bearer $GITHUB_TOKEN")) && text.contains(Q("https://api.example/repos/acme/damage/actions/runs/")));
        QCOMPARE(shellWord(QStringLiteral("a'; rm -rf /")), QStringLiteral("'a'\\''; rm -rf /'"));
    }
};

QTEST_MAIN(TestRunList)
#include "tst_run_list.moc"
