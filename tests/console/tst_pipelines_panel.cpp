// SPDX-License-Identifier: GPL-3.0-or-later
// The Pipelines panel in the real window, on Jenkins, GitHub Actions, Kubeflow and Azure ML as the estate plays them: one list, stages with branches, logs, what one system's trouble costs,
// and what can be done. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "tests/support/estate_window.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/cells.h"
#include "widgets/base/panel.h"
#include "widgets/base/plot.h"
#include "widgets/base/source_label.h"
#include "widgets/base/stage_graph.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/pipeline_strips.h"
#include "widgets/pipelines/run_facts.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/run_log_card.h"
#include "widgets/pipelines/run_log_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 30000; // a loaded machine; conditions end the wait, never time
const QString weather = QStringLiteral("jenkins:weather/weather-software/main"), iris = QStringLiteral("jenkins:iris-pipeline"), train = QStringLiteral("github:train_model.yml"), deploy = QStringLiteral("github:deploy_app.yml"),
              experiment = QStringLiteral("kubeflow:IrisExp"), damage = QStringLiteral("azureml:damage-incidence-prediction");

} // namespace

class TestPipelinesPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        m_estate = std::make_unique<testing::EstateWindow>();
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        m_estate->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet(), slow);
        m_weather = m_estate->begun(weather, {{Q("BUILD_ALL"), true}}, pipelines::State::Passed);
        m_train = m_estate->begun(train, {}, pipelines::State::Passed);
        m_kubeflow = m_estate->begun(experiment, {}, pipelines::State::Passed);
        m_azure = m_estate->begun(damage, {}, pipelines::State::Passed);
        m_deploy = m_estate->begun(deploy, {}, pipelines::State::Paused);
        m_iris = m_estate->begun(iris, {{Q("N_ESTIMATORS"), QStringLiteral("120")}}, pipelines::State::Paused);
        m_running = m_estate->begun(experiment, {}, pipelines::State::Running);
        for (const QString &id : {m_weather, m_train, m_kubeflow, m_azure, m_deploy, m_running, m_iris})
            QVERIFY(!id.isEmpty());
        m_estate->window->open(QStringLiteral("pipelines"));
    }
    void cleanupTestCase() { m_estate.reset(); }

    void theRunsOfAllSystemsStandInOneList() {
        for (const QString &id : {m_weather, m_train, m_kubeflow, m_azure, m_deploy, m_running, m_iris})
            QTRY_VERIFY2_WITH_TIMEOUT(model().rowOf(id) >= 0, qPrintable(id), slow);
        const auto chip = [this](const QString &id) { return at(id, ui::ChipRole).toStringList().value(0); };
        QCOMPARE(chip(m_weather), QStringLiteral("Jenkins"));
        QCOMPARE(chip(m_train), QStringLiteral("Actions"));
        QCOMPARE(chip(m_kubeflow), QStringLiteral("Kubeflow"));
        QCOMPARE(chip(m_azure), QStringLiteral("Azure ML"));
        QCOMPARE(at(m_iris, ui::StateRole).toInt(), int(ui::State::Paused));
        QVERIFY2(at(m_iris, ui::SecondRole).toString().startsWith(Q("Paused: ")), qPrintable(at(m_iris, ui::SecondRole).toString()));
        QVERIFY(at(m_weather, ui::ChipRole).toStringList().size() == 2); // its commit
        const auto *source = find<ui::SourceLabel>([](const auto *label) { return label->text().contains(Q("sources")); });
        QVERIFY(source && source->text().startsWith(Q("5 sources")));
        QVERIFY(find<ui::SystemsStrip>("systemsStrip")->isHidden());
        choose(m_iris);
        keep("paused");
    }

    void theListIsFilteredByStateAndWords() {
        auto *states = find<ui::SegmentedControl>("pipelineStates");
        const int all = model().rowCount();
        states->setCurrent(QStringLiteral("paused"));
        QVERIFY(model().rowCount() < all && model().rowOf(m_iris) >= 0 && model().rowOf(m_weather) < 0);
        states->setCurrent(QStringLiteral("all"));
        choose(m_iris);
        QTest::keyClick(m_estate->window.get(), Qt::Key_Slash);
        auto *filter = find<QLineEdit>("pipelineFilter");
        QTRY_VERIFY(filter->hasFocus());
        filter->setText(QStringLiteral("azure damage"));
        QTRY_VERIFY(model().rowOf(m_azure) >= 0 && model().rowOf(m_iris) < 0);
        filter->setText(QStringLiteral("nothing has this"));
        QTRY_COMPARE(model().rowCount(), 0);
        QVERIFY(panel()->subject().contains(Q("iris"))); // what is chosen stays
        filter->clear();
        QTRY_COMPARE(model().rowCount(), all);
        QTRY_COMPARE(find<ui::List>("pipelineRuns")->currentId(), m_iris);
    }

    void aRunThatWaitsShowsItsGate() {
        choose(m_iris);
        QTRY_VERIFY_WITH_TIMEOUT(graphHas("Approve Promotion") || graph().accessibleDescription().contains(Q("Paused")), slow);
        auto *page = find<ui::SegmentedControl>("runPage");
        QTRY_VERIFY_WITH_TIMEOUT(page->isVisible() && page->current() == Q("gate"), slow);
        page->setCurrent(QStringLiteral("facts"));
        auto *facts = find<ui::RunFacts>("runFacts");
        QVERIFY(facts->isVisible());
        QVERIFY2(facts->text().contains(Q("N_ESTIMATORS=120")), qPrintable(facts->text()));
        keep("facts");
        page->setCurrent(QStringLiteral("gate"));
        QVERIFY(!facts->isVisible());
    }

    void branchesStandBesideOneAnotherInTheGraph() {
        choose(m_weather);
        QTRY_VERIFY_WITH_TIMEOUT(graphHas("Test Auth"), slow);
        QVERIFY(graph().stageLayout().branched);
        QTRY_VERIFY_WITH_TIMEOUT(find<ui::RunFacts>("runFacts")->text().contains(Q("Built for")), slow);
        keep("branches");
        auto *times = find<ui::PlotWidget>("stageTimes");
        QTRY_VERIFY_WITH_TIMEOUT(times->isVisible(), slow);
        auto *of = find<ui::SegmentedControl>("timesOf");
        QCOMPARE(of->current(), QStringLiteral("stage"));
        const QString stage = times->data().sentence;
        of->setCurrent(QStringLiteral("run"));
        QTRY_VERIFY_WITH_TIMEOUT(times->data().sentence.contains(Q("whole run")), slow);
        QVERIFY(!times->data().series.empty());
        keep("run-times");
        of->setCurrent(QStringLiteral("stage"));
        QCOMPARE(times->data().sentence, stage);
    }

    void theLogIsReadWholeAndByStage() {
        choose(m_weather);
        QTRY_VERIFY_WITH_TIMEOUT(graphHas("Test Auth"), slow);
        auto &log = find<ui::RunLogView>("pipelineLog")->model();
        QTRY_VERIFY_WITH_TIMEOUT(hasLine(log, "docker push"), slow);
        QTest::keyClick(&graph(), Qt::Key_Home);
        QTest::keyClick(&graph(), Qt::Key_Right);
        auto *card = find<ui::RunLogCard>([](const auto *) { return true; });
        QVERIFY(!card->stage().isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(log.rowCount() > 0 && !hasLine(log, "docker push"), slow);
        find<ui::SegmentedControl>("logStage")->setCurrent(QStringLiteral("*"));
        QTRY_VERIFY_WITH_TIMEOUT(hasLine(log, "docker push"), slow);
        auto *form = find<ui::SegmentedControl>("logForm");
        QTRY_VERIFY_WITH_TIMEOUT(form->isVisible(), slow); // its last stage is a playbook
        form->setCurrent(QStringLiteral("ansible"));
        auto *tasks = find<ui::List>("ansibleTasks");
        QVERIFY(tasks->isVisible() && tasks->model()->rowCount() > 1);
        keep("ansible");
        form->setCurrent(QStringLiteral("text"));
    }

    void otherSystemsTellTheirStagesToo_data() {
        QTest::addColumn<int>("which");
        QTest::newRow("Actions") << 0;
        QTest::newRow("Kubeflow") << 1;
        QTest::newRow("Azure ML") << 2;
    }
    void otherSystemsTellTheirStagesToo() {
        QFETCH(int, which);
        const QString id = QStringList{m_train, m_kubeflow, m_azure}.at(which);
        choose(id);
        QTRY_VERIFY_WITH_TIMEOUT(graph().stageLayout().places.size() > 0, slow);
        QTRY_VERIFY_WITH_TIMEOUT(find<ui::RunFacts>("runFacts")->text().contains(id.left(12)), slow);
        QTRY_VERIFY_WITH_TIMEOUT(find<ui::RunLogView>("pipelineLog")->model().rowCount() > 0 || !find<QLabel>("runLogCounts")->text().isEmpty(), slow);
        keep(qPrintable(QString::fromLatin1(QTest::currentDataTag()).remove(QLatin1Char(' ')).toLower()));
    }

    void aSystemThatFailsCostsItsOwnPartOnly() {
        choose(m_train);
        m_estate->estate().control(QStringLiteral("github"), QStringLiteral("answer"), {{Q("status"), 503}, {Q("body"), QStringLiteral("{}")}, {Q("times"), 100000}});
        refresh();
        auto *strip = find<ui::SystemsStrip>("systemsStrip");
        QTRY_VERIFY_WITH_TIMEOUT(strip->isVisible(), slow);
        QVERIFY2(strip->text().contains(Q("Actions")) && !strip->text().contains(Q("Jenkins")), qPrintable(strip->text()));
        QVERIFY(strip->text().contains(Q("shown from")));
        QVERIFY(model().rowOf(m_train) >= 0 && at(m_train, ui::MutedRole).toBool()); // the last known stays, with its age
        QVERIFY2(at(m_train, ui::ChipRole).toStringList().value(0).contains(Q("old")), qPrintable(at(m_train, ui::ChipRole).toStringList().join(QLatin1Char(' '))));
        QVERIFY(!at(m_weather, ui::MutedRole).toBool());
        keep("stale");
        m_estate->estate().control(QStringLiteral("github"), QStringLiteral("answer"), {{Q("status"), 200}, {Q("times"), 0}});
        QTest::mouseClick(strip->findChild<ui::Button *>(QStringLiteral("systemAgain")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(strip->isHidden(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(!at(m_train, ui::MutedRole).toBool(), slow);
    }

    void whatCannotBeDoneSaysWhy() {
        auto &actions = m_estate->window->actions();
        choose(m_azure);
        QCOMPARE(actions.blocked(QStringLiteral("pipeline.cancel"), m_azure), QStringLiteral("It has ended."));
        QCOMPARE(actions.blocked(QStringLiteral("pipeline.force"), m_running), QStringLiteral("Kubeflow ends no run by force."));
        QCOMPARE(actions.blocked(QStringLiteral("pipeline.failed"), m_weather), QStringLiteral("Jenkins runs all stages again or none."));
        QCOMPARE(actions.blocked(QStringLiteral("pipeline.again"), m_running), QStringLiteral("It has not ended yet."));
        QVERIFY(actions.blocked(QStringLiteral("pipeline.open"), m_weather).isEmpty());
        QVERIFY(!actions.blocked(QStringLiteral("pipeline.fix"), QStringLiteral("none")).isEmpty());
    }

    void aRunIsCopiedAsACommandWithoutItsCredentials() {
        m_estate->window->actions().trigger(QStringLiteral("pipeline.copy"), m_weather);
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.contains(Q("pilot pipelines show ")) && text.contains(Q("curl -u \"$JENKINS_USER:$JENKINS_TOKEN\" ")), qPrintable(text));
        QVERIFY(!text.contains(Q("token-of-admin")));
    }

    void aRunIsCancelledByTheVerb() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        choose(m_running);
        auto *cancel = find<ui::Button>("pipelineCancel");
        QTRY_VERIFY_WITH_TIMEOUT(cancel->isVisible() && cancel->isEnabled(), slow);
        const QString before = m_estate->pipelines()->run(m_running)->systemState; // its clock stands until it is asked to end
        QTest::mouseClick(cancel, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->pipelines()->run(m_running)->systemState != before, slow);
        QTRY_VERIFY_WITH_TIMEOUT((m_estate->advance(5), pipelines::hasEnded(m_estate->pipelines()->run(m_running)->state)), slow);
        refresh();
        QTRY_COMPARE_WITH_TIMEOUT(at(m_running, ui::StateRole).toInt(), int(ui::State::Skipped), slow);
        QTRY_VERIFY_WITH_TIMEOUT(cancel->isHidden(), slow);
    }

    void aRunIsStartedAgainAndShown() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        choose(m_kubeflow);
        auto *again = find<ui::Button>("pipelineAgain");
        QTRY_VERIFY_WITH_TIMEOUT(again->isVisible() && again->isEnabled(), slow);
        const int before = model().rowCount();
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(model().rowCount() > before, slow);
        QTRY_VERIFY_WITH_TIMEOUT(panel()->currentArgument(QStringLiteral("pipeline.cancel")) != m_kubeflow, slow); // the new one is chosen
    }

    void theSmallestWindowShowsOneThingAtATime() {
        choose(m_iris);
        m_estate->window->resize(1024, 640);
        QTRY_COMPARE(m_estate->window->size(), QSize(1024, 640));
        auto *page = find<ui::SegmentedControl>("runPage");
        QTRY_VERIFY_WITH_TIMEOUT(!find<ui::RunLogView>("pipelineLog")->isVisible(), slow); // the question comes first
        QCOMPARE(page->current(), QStringLiteral("gate"));
        page->setCurrent(QStringLiteral("log"));
        QTRY_VERIFY(find<ui::RunLogView>("pipelineLog")->isVisible());
        QVERIFY(!find<ui::RunFacts>("runFacts")->isVisible());
        keep("small-log");
        page->setCurrent(QStringLiteral("gate"));
        QTRY_VERIFY(!find<ui::RunLogView>("pipelineLog")->isVisible());
        keep("small-gate");
        page->setCurrent(QStringLiteral("log"));
        m_estate->theme->apply(ui::SchemeChoice::Light);
        keep("small-light");
        m_estate->window->resize(1440, 900);
        QTRY_COMPARE(m_estate->window->size(), QSize(1440, 900));
        choose(m_weather);
        QTRY_VERIFY_WITH_TIMEOUT(graphHas("Test Auth"), slow);
        keep("light");
        m_estate->theme->apply(ui::SchemeChoice::Dark);
    }

private:
    ui::Panel *panel() { return m_estate->window->panel(QStringLiteral("pipelines")); }
    ui::RunListModel &model() { return *panel()->findChild<ui::RunListModel *>(); }
    ui::StageGraph &graph() { return *panel()->findChild<ui::StageGraph *>(QStringLiteral("stageGraph")); }
    bool graphHas(const char *stage) { return graph().accessibleDescription().contains(Q(stage)); }
    QVariant at(const QString &id, int role) {
        const int row = model().rowOf(id);
        return row < 0 ? QVariant() : model().index(row).data(role);
    }
    template<typename T> T *find(const char *name) { return panel()->findChild<T *>(Q(name)); }
    template<typename T, typename Fits> T *find(Fits fits)
        requires std::is_invocable_r_v<bool, Fits, const T *>
    {
        for (T *one : panel()->findChildren<T *>())
            if (fits(one))
                return one;
        return nullptr;
    }
    void choose(const QString &id) { m_estate->window->open(QStringLiteral("pipelines"), id); }
    void refresh() { m_estate->window->actions().trigger(QStringLiteral("window.refresh")); }
    static bool hasLine(const ui::RunLogModel &log, const char *part) {
        for (int row = 0; row < log.rowCount(); ++row)
            if (log.line(row).text.text.contains(Q(part)))
                return true;
        return false;
    }
    void keep(const char *name) {
        const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (to.isEmpty())
            return;
        for (int i = 0; i < 20; ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
        QVERIFY(m_estate->window->grab().save(QStringLiteral("%1/pipelines-%2.png").arg(to, Q(name))));
    }

    std::unique_ptr<testing::EstateWindow> m_estate;
    QString m_weather, m_train, m_kubeflow, m_azure, m_deploy, m_running, m_iris;
};

int main(int argc, char **argv) { return runInOwnHome<TestPipelinesPanel>(argc, argv); }
#include "tst_pipelines_panel.moc"
