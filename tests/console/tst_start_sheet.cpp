// SPDX-License-Identifier: GPL-3.0-or-later
// Starting pipelines from the real window on the estate: the form with its kinds, defaults and choices, what is refused and why, a credential that goes by its name only, by mouse and keyboard;
// the started run appears and is followed from the queue to its build, a merged one says so; run again, run again what failed. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "core/base/child_process.h"
#include "tests/support/estate_window.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/cells.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/plan_view.h"
#include "widgets/base/table.h"
#include "widgets/pipelines/run_facts.h"
#include "widgets/pipelines/run_list.h"
#include "widgets/pipelines/start_sheet.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded machine; conditions end the wait, never time
const QString iris = QStringLiteral("jenkins:iris-pipeline"), train = QStringLiteral("github:train_model.yml"), experiment = QStringLiteral("kubeflow:IrisExp");
const char workflow[] = "name: Train Model in Azure ML\non:\n  workflow_dispatch:\n    inputs:\n      trees:\n        description: Of the forest\n        default: 100\n        type: number\n      size:\n        type: choice\n"
                        "        options: [small, large]\n        default: large\n      dry_run:\n        type: boolean\n        default: true\n      owner:\n        description: Who answers for it\n        required: true\njobs:\n  train:\n"
                        "    runs-on: ubuntu-latest\n";

} // namespace

class TestStartSheet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        qputenv("PILOTHOUSE_SECRET_TRACKING", "the-very-secret");
        m_estate = std::make_unique<testing::EstateWindow>("operator");
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        const QJsonObject pushed = m_estate->estate().control(QStringLiteral("github"), QStringLiteral("push"), {{Q("repository"), QStringLiteral("acme/damage-incidence")}, {Q("files"), QJsonObject{{Q(".github/workflows/train_model.yml"), QString::fromLatin1(workflow)}}}});
        QVERIFY(pushed.contains(Q("sha")));
        m_estate->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet(), slow);
        m_estate->window->open(QStringLiteral("pipelines"));
        QTRY_VERIFY_WITH_TIMEOUT(panel() && panel()->findChild<ui::RunListModel *>() && known(iris) && known(train) && known(experiment), slow);
    }
    void cleanupTestCase() { m_estate.reset(); }
    void cleanup() {
        if (m_sheet)
            m_sheet->reject();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
    }

    void eachParameterHasItsFieldAndDefault() {
        openSheet(iris);
        QVERIFY2(m_sheet->lacking().isEmpty(), qPrintable(m_sheet->lacking()));
        QCOMPARE(field<QLineEdit>("N_ESTIMATORS")->text(), QStringLiteral("100"));
        QCOMPARE(field<ui::Choice>("DATA_VERSION")->currentText(), QStringLiteral("v1"));
        QCOMPARE(field<ui::Choice>("DATA_VERSION")->count(), 2);
        QCOMPARE(field<ui::SegmentedControl>("FORCE_TRAIN")->current(), QStringLiteral("false"));
        QVERIFY(field<QPlainTextEdit>("NOTES"));
        QVERIFY(field<QLineEdit>("MLFLOW_PASSWORD")->text().isEmpty()); // a name is asked for
        QVERIFY(!told().contains(QStringLiteral("…")));
        QTRY_COMPARE(m_sheet->focusWidget(), field<QLineEdit>("N_ESTIMATORS")); // what is next by keyboard
        keep("form");
        m_estate->theme->apply(ui::SchemeChoice::Light);
        keep("form-light");
        m_estate->theme->apply(ui::SchemeChoice::Dark);
    }

    void wrongValuesAreRefusedWithTheReason() {
        openSheet(train);
        auto *go = m_sheet->findChild<ui::Button *>(QStringLiteral("startGo"));
        QCOMPARE(field<QLineEdit>("trees")->text(), QStringLiteral("100"));
        QCOMPARE(field<ui::Choice>("size")->currentText(), QStringLiteral("large"));
        QCOMPARE(field<ui::SegmentedControl>("dry_run")->current(), QStringLiteral("true"));
        QVERIFY2(m_sheet->lacking().contains(Q("owner needs a value")), qPrintable(m_sheet->lacking()));
        QVERIFY(!go->isEnabled());
        field<QLineEdit>("owner")->setText(QStringLiteral("olga"));
        QTRY_VERIFY(go->isEnabled());
        field<QLineEdit>("trees")->setText(QStringLiteral("many"));
        QTRY_VERIFY(!go->isEnabled());
        QVERIFY2(errorOf("trees").contains(QStringLiteral("takes a number, not “many”")), qPrintable(errorOf("trees")));
        QVERIFY(errorOf("owner").isEmpty());
        keep("refused");
        field<QLineEdit>("trees")->setText(QStringLiteral("250"));
        QTRY_VERIFY(go->isEnabled());
        QVERIFY(errorOf("trees").isEmpty());
        auto *plan = m_sheet->findChild<ui::PlanView *>(QStringLiteral("startPlan"));
        QTRY_VERIFY2_WITH_TIMEOUT(plan->text().contains(Q("250")) && plan->text().contains(Q("olga")) && !plan->text().contains(Q("dry_run")), qPrintable(plan->text()), slow);
    }

    void anotherPipelineIsAnotherForm() {
        openSheet(train);
        m_sheet->findChild<QLineEdit *>(QStringLiteral("startFilter"))->setText(QStringLiteral("IrisExp"));
        auto *list = m_sheet->findChild<ui::List *>(QStringLiteral("startPipelines"));
        QTRY_COMPARE(list->model()->rowCount(), 1);
        list->choose(experiment);
        QTRY_VERIFY_WITH_TIMEOUT(m_sheet->pipeline() && m_sheet->pipeline()->id == experiment && m_sheet->findChild<QWidget *>(QStringLiteral("parameter data_path")), slow);
        QVERIFY(!m_sheet->findChild<QWidget *>(QStringLiteral("parameter trees")));
        QCOMPARE(field<QLineEdit>("data_path")->text(), QStringLiteral("/data"));
    }

    void aFormThatCannotBeReadSaysWhy() {
        m_estate->estate().control(QStringLiteral("kubeflow"), QStringLiteral("answer"), {{Q("status"), 503}, {Q("body"), QStringLiteral("{}")}, {Q("times"), 100000}});
        trigger(experiment);
        QTRY_VERIFY2_WITH_TIMEOUT(!m_sheet->lacking().isEmpty() && !m_sheet->lacking().contains(Q("being read")), qPrintable(m_sheet->lacking()), slow);
        QVERIFY2(!told().isEmpty() && !m_sheet->findChild<ui::Button *>(QStringLiteral("startGo"))->isEnabled(), qPrintable(told()));
        keep("unreadable");
        m_estate->estate().control(QStringLiteral("kubeflow"), QStringLiteral("answer"), {{Q("status"), 200}, {Q("times"), 0}});
        auto *again = m_sheet->findChild<ui::Button *>(QStringLiteral("startAgain"));
        QVERIFY(again && again->isVisible());
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(m_sheet->lacking().isEmpty(), qPrintable(m_sheet->lacking()), slow);
        QVERIFY(!again->isVisible());
    }

    void aSecretThatIsNotKeptStartsNothing() {
        openSheet(iris);
        const int before = int(m_estate->pipelines()->runs(iris, 50)->size());
        field<QLineEdit>("MLFLOW_PASSWORD")->setText(QStringLiteral("nobody-has-this"));
        press();
        QTRY_VERIFY2_WITH_TIMEOUT(told().contains(Q("nobody-has-this")), qPrintable(told()), slow);
        QVERIFY(m_sheet && m_sheet->isVisible());
        QVERIFY(m_sheet->lacking().isEmpty()); // it can be mended and tried again
        QCOMPARE(int(m_estate->pipelines()->runs(iris, 50)->size()), before);
        keep("no-secret");
    }

    void aStartIsFollowedFromTheQueueToItsBuild() {
        openSheet(iris);
        field<QLineEdit>("N_ESTIMATORS")->setText(QStringLiteral("321"));
        field<ui::SegmentedControl>("FORCE_TRAIN")->setCurrent(QStringLiteral("true"));
        field<QLineEdit>("MLFLOW_PASSWORD")->setText(QStringLiteral("tracking"));
        m_sheet->findChild<QLineEdit *>(QStringLiteral("startReason"))->setText(QStringLiteral("more trees"));
        auto *plan = m_sheet->findChild<ui::PlanView *>(QStringLiteral("startPlan"));
        QTRY_VERIFY2_WITH_TIMEOUT(plan->text().contains(Q("321")), qPrintable(plan->text()), slow);
        QVERIFY(!plan->text().contains(Q("the-very-secret")));
        keep("filled");
        press(); // Ctrl Return, as the button says
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
        QTRY_VERIFY2_WITH_TIMEOUT(chosen().startsWith(Q("jenkins:iris-pipeline?queue=")), qPrintable(chosen()), slow);
        const QString item = chosen();
        QTRY_VERIFY_WITH_TIMEOUT(model().rowOf(item) >= 0, slow);
        QVERIFY2(at(item, Qt::DisplayRole).toString().contains(Q("queue item")), qPrintable(at(item, Qt::DisplayRole).toString()));
        keep("queued");
        QTRY_VERIFY2_WITH_TIMEOUT((m_estate->advance(10), chosen().contains(QLatin1Char('#'))), qPrintable(chosen()), slow); // the item became a build, and that is what is looked at
        m_build = chosen();
        const auto run = m_estate->pipelines()->run(m_build);
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->parameters.value(Q("N_ESTIMATORS")).toVariant().toString(), QStringLiteral("321"));
        QCOMPARE(run->parameters.value(Q("FORCE_TRAIN")).toVariant().toString(), QStringLiteral("true"));
        QTRY_VERIFY_WITH_TIMEOUT(model().rowOf(m_build) >= 0, slow);
        QTRY_VERIFY_WITH_TIMEOUT(panel()->findChild<ui::RunFacts *>(QStringLiteral("runFacts"))->text().contains(Q("N_ESTIMATORS=321")), slow);
        nothingSecretIsShown();
    }

    void theJournalHasTheReasonAndNoCredential() {
        const auto started = [this]() -> const operations::JournalEntry * {
            for (const auto &entry : m_estate->window->snapshot().journal)
                if (entry.kind == Q("pipeline-start") && QJsonDocument(entry.details).toJson().contains("more trees"))
                    return &entry;
            return nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(started(), slow);
        const QByteArray text = QJsonDocument(started()->details).toJson();
        QVERIFY2(text.contains("321") && !text.contains("the-very-secret"), text.constData());
    }

    void anEqualStartThatWaitsIsOne() {
        QVERIFY(!m_build.isEmpty()); // it runs: what is started now waits
        const auto first = m_estate->pipelines()->startRun({iris, {{Q("N_ESTIMATORS"), QStringLiteral("777")}}, {}, QStringLiteral("bob"), QStringLiteral("a colleague's")});
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        openSheet(iris);
        field<QLineEdit>("N_ESTIMATORS")->setText(QStringLiteral("777"));
        press();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
        QTRY_COMPARE_WITH_TIMEOUT(chosen(), *first, slow); // the same place in the queue
        QTRY_VERIFY2_WITH_TIMEOUT(at(*first, ui::SecondRole).toString().contains(Q("joined with a start that waited")), qPrintable(at(*first, ui::SecondRole).toString()), slow);
        keep("merged");
        QVERIFY(m_estate->pipelines()->cancel(*first));
    }

    void theKeyOpensItForTheChosenPipeline() {
        m_estate->window->open(QStringLiteral("pipelines"), m_build);
        QTRY_COMPARE(chosen(), m_build);
        m_estate->window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_estate->window.get()));
        panel()->findChild<ui::List *>(QStringLiteral("pipelineRuns"))->setFocus();
        QTest::keyClick(panel()->findChild<ui::List *>(QStringLiteral("pipelineRuns")), Qt::Key_S);
        QTRY_VERIFY((m_sheet = m_estate->window->findChild<ui::StartSheet *>(QStringLiteral("startSheet"))));
        QTRY_VERIFY_WITH_TIMEOUT(m_sheet->findChild<QWidget *>(QStringLiteral("parameter N_ESTIMATORS")), slow);
        QCOMPARE(m_sheet->pipeline()->id, iris);
        QTest::keyClick(m_sheet, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
    }

    void whatFailedRunsAgainAlone() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        m_estate->estate().control(QStringLiteral("github"), QStringLiteral("fail"), {{Q("repository"), QStringLiteral("acme/damage-incidence")}, {Q("workflow"), QStringLiteral("train_model.yml")}, {Q("job"), QStringLiteral("download")}});
        const QString failed = m_estate->begun(train, {{Q("owner"), QStringLiteral("olga")}}, pipelines::State::Failed);
        QCOMPARE(m_estate->pipelines()->run(failed)->state, pipelines::State::Failed);
        m_estate->window->open(QStringLiteral("pipelines"), failed);
        m_estate->window->actions().trigger(QStringLiteral("window.refresh"));
        auto &actions = m_estate->window->actions();
        QTRY_VERIFY2_WITH_TIMEOUT(actions.blocked(QStringLiteral("pipeline.failed"), failed).isEmpty(), qPrintable(actions.blocked(QStringLiteral("pipeline.failed"), failed)), slow);
        keep("failed-run");
        actions.trigger(QStringLiteral("pipeline.failed"), failed);
        QTRY_COMPARE_WITH_TIMEOUT(m_estate->pipelines()->run(failed)->attempt, 2, slow);
        QTRY_COMPARE_WITH_TIMEOUT((m_estate->advance(10), m_estate->pipelines()->run(failed)->state), pipelines::State::Passed, slow);
        m_estate->window->actions().trigger(QStringLiteral("window.refresh"));
        QTRY_COMPARE_WITH_TIMEOUT(at(failed, ui::StateRole).toInt(), int(ui::State::Ok), slow);
    }

private:
    ui::Panel *panel() { return m_estate->window->panel(QStringLiteral("pipelines")); }
    ui::RunListModel &model() { return *panel()->findChild<ui::RunListModel *>(); }
    bool known(const QString &pipeline) {
        const auto &all = model().state().pipelines;
        return std::any_of(all.begin(), all.end(), [&](const auto &p) { return p.id == pipeline; });
    }
    QString chosen() { return panel()->currentArgument(QStringLiteral("pipeline.cancel")); }
    QVariant at(const QString &id, int role) {
        const int row = model().rowOf(id);
        return row < 0 ? QVariant() : model().index(row).data(role);
    }
    void trigger(const QString &pipeline) {
        m_estate->window->actions().trigger(QStringLiteral("pipeline.start"), pipeline);
        QTRY_VERIFY((m_sheet = m_estate->window->findChild<ui::StartSheet *>(QStringLiteral("startSheet"))));
    }
    void openSheet(const QString &pipeline) {
        trigger(pipeline);
        QVERIFY(m_sheet && m_sheet->isVisible());
        QTRY_VERIFY2_WITH_TIMEOUT(m_sheet->findChild<QWidget *>(QStringLiteral("startPlan")) && !m_sheet->lacking().contains(Q("being read")), qPrintable(m_sheet->lacking()), slow);
    }
    template<class T> T *field(const char *name) {
        T *found = m_sheet->findChild<T *>(QStringLiteral("parameter ") + Q(name));
        if (!found)
            qFatal("there is no field %s", name);
        return found;
    }
    QString errorOf(const char *name) {
        for (const ui::Field *one : m_sheet->findChildren<ui::Field *>())
            if (one->editor()->objectName() == QStringLiteral("parameter ") + Q(name))
                return one->error();
        return {};
    }
    QString told() { return m_sheet->findChild<ui::Label *>(QStringLiteral("startTold"))->text(); }
    void press() {
        m_sheet->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_sheet));
        QTest::keyClick(m_sheet, Qt::Key_Return, Qt::ControlModifier);
    }
    void nothingSecretIsShown() {
        for (const QLabel *label : m_estate->window->findChildren<QLabel *>())
            QVERIFY2(!label->text().contains(Q("the-very-secret")), qPrintable(label->text()));
        QVERIFY(!panel()->findChild<ui::RunFacts *>(QStringLiteral("runFacts"))->text().contains(Q("the-very-secret")));
    }
    void keep(const char *name) {
        const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (to.isEmpty())
            return;
        for (int i = 0; i < 20; ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
        QWidget *what = m_sheet ? static_cast<QWidget *>(m_sheet.data()) : m_estate->window.get();
        QVERIFY(what->grab().save(QStringLiteral("%1/start-%2.png").arg(to, Q(name))));
    }

    std::unique_ptr<testing::EstateWindow> m_estate;
    QPointer<ui::StartSheet> m_sheet;
    QString m_build;
};

int main(int argc, char **argv) { return runInOwnHome<TestStartSheet>(argc, argv); }
#include "tst_start_sheet.moc"
