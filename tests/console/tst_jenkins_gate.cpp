// SPDX-License-Identifier: GPL-3.0-or-later
// The Approve Promotion gate of a Jenkins pipeline, answered in the real window: the candidate's evidence stands beside the question before the click, the values that were written reach the
// build, the run goes on, and the journal says who let it. A gate that somebody else answered meanwhile is not answered again. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "core/base/child_process.h"
#include "core/base/json.h"
#include "tests/support/estate_window.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/toast.h"
#include "widgets/pipelines/gate_card.h"
#include "widgets/pipelines/parameter_form.h"
#include "widgets/promotion/promotion_sheet.h"

#include <QDialog>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <random>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded machine; conditions end the wait, never time
const QString job = QStringLiteral("jenkins:iris-pipeline");

const char models[] = "\n  iris:\n    registry: {connection: local, name: iris, champion: champion}\n    recipe: iris.yaml\n    pipeline: {connection: jenkins, job: iris-pipeline, gates: [coverage >= 99.9]}\n"
                      "    deployment: {connection: local, target: serving/iris, steps: [100], step_seconds: 1}\n    endpoint: {connection: local}\n    promotion: {approvals: 1, prevent_self_approval: false}\n";

} // namespace

class TestJenkinsGate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        m_estate = std::make_unique<testing::EstateWindow>("approver", models);
        QVERIFY2(m_estate->problem().isEmpty(), qPrintable(m_estate->problem()));
        trainTwice();
        if (QTest::currentTestFailed())
            return;
        m_estate->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_estate->window->fleet() && m_estate->window->snapshot().versions.size() == 2, slow);
    }
    void cleanupTestCase() {
        if (m_estate && !m_estate->file().isEmpty())
            (void)pilot({QStringLiteral("rollouts"), QStringLiteral("stop"), QStringLiteral("iris")});
        m_estate.reset();
    }

    void theQuestionStandsBesideTheEvidence() {
        m_run = waiting();
        m_estate->window->open(QStringLiteral("pipelines"), m_run);
        QTRY_VERIFY_WITH_TIMEOUT(card().isVisible() && card().gate(), slow);
        QCOMPARE(card().gate()->run, m_run);
        QCOMPARE(text("gateQuestion"), QStringLiteral("Promote the model to Production?"));
        QVERIFY2(text("gateAsked").contains(Q("Asked by stage Approve Promotion.")), qPrintable(text("gateAsked"))); // who may answer, Jenkins says in no call
        QCOMPARE(card().gate()->candidate, QStringLiteral("2")); // what no alias makes live
        QTRY_VERIFY_WITH_TIMEOUT(card().evidence(), slow);
        QCOMPARE(card().evidence()->candidateVersion, 2);
        QCOMPARE(card().evidence()->championVersion.value_or(0), 1);
        QVERIFY2(text("gateJudged").contains(Q("pass")) && text("gateJudged").contains(QStringLiteral("→")), qPrintable(text("gateJudged")));
        QVERIFY2(text("gateRule").contains(Q("coverage >= 99.9")), qPrintable(text("gateRule"))); // of ours; Jenkins asks nobody for it
        keep("gate");
    }

    void theEvidenceOpensAsOneSheet() {
        QTest::mouseClick(find<ui::Button>("gateSheet"), Qt::LeftButton);
        QPointer<QDialog> sheet;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_estate->window->findChild<QDialog *>(QStringLiteral("evidenceSheet"))) && sheet->isVisible(), slow);
        QVERIFY(sheet->findChild<ui::PromotionSheet *>());
        QVERIFY(sheet->findChild<QWidget *>(QStringLiteral("comparisonTable"))->isVisible());
        QVERIFY(!sheet->findChild<QWidget *>(QStringLiteral("approveButton"))->isVisible()); // it is decided at the gate
        if (const QString to = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !to.isEmpty())
            QVERIFY(sheet->grab().save(to + QStringLiteral("/evidence-sheet.png")));
        sheet->reject();
        QTRY_VERIFY(!sheet);
    }

    void whatIsWrittenReachesTheBuild() {
        auto *version = find<QLineEdit>("parameter MODEL_VERSION");
        QCOMPARE(version->text(), QStringLiteral("3")); // Jenkins' own default
        version->setText(QStringLiteral("2"));
        auto *stage = find<ui::Choice>("parameter STAGE");
        stage->setCurrentIndex(stage->findText(QStringLiteral("Staging")));
        find<QPlainTextEdit>("gateNote")->setPlainText(QStringLiteral("half the error on the same rows"));
        keep("gate-filled");
        m_estate->window->activateWindow();
        auto *proceed = find<ui::Button>("gateProceed");
        QVERIFY2(proceed->isEnabled(), qPrintable(proceed->toolTip()));
        QVERIFY(QTest::qWaitForWindowActive(m_estate->window.get()));
        version->setFocus();
        QTest::keyClick(version, Qt::Key_Return, Qt::ControlModifier); // as the button says
        QTRY_VERIFY_WITH_TIMEOUT((m_estate->advance(10), state() == pipelines::State::Passed), slow);
        const auto run = m_estate->pipelines()->run(m_run);
        QVERIFY(run.has_value());
        const auto log = m_estate->pipelines()->log(m_run);
        QVERIFY2(log && log->contains(Q("Approved by")), log ? qPrintable(log->right(1500)) : "");
        QVERIFY(log->contains(Q("Staging")));
        QTRY_VERIFY_WITH_TIMEOUT(!card().isVisible(), slow); // nothing waits there any more
    }

    void theJournalSaysWhoLetItGoOn() {
        const auto done = [this]() -> const operations::JournalEntry * {
            for (const auto &entry : m_estate->window->snapshot().journal)
                if (entry.kind == Q("gate-answer") && entry.phase == Q("done"))
                    return &entry;
            return nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(done(), slow);
        QVERIFY2(done()->object.contains(m_run), qPrintable(done()->object));
        const auto planned = std::find_if(m_estate->window->snapshot().journal.begin(), m_estate->window->snapshot().journal.end(),
                                          [](const auto &e) { return e.kind == Q("gate-answer") && !e.details.value(Q("evidence_digest")).toString().isEmpty(); });
        QVERIFY(planned != m_estate->window->snapshot().journal.end());
        QCOMPARE(planned->details.value(Q("comment")).toString(), QStringLiteral("half the error on the same rows"));
        QCOMPARE(planned->details.value(Q("parameters")).toObject().value(Q("STAGE")).toString(), QStringLiteral("Staging"));
        const QByteArray warned = canonicalJson(QJsonObject{{Q("warnings"), planned->details.value(Q("warnings"))}});
        QVERIFY2(warned.contains("coverage >= 99.9"), warned.constData());
    }

    void whatSomebodyElseAnsweredIsNotAnsweredAgain() {
        m_run = waiting();
        m_estate->window->open(QStringLiteral("pipelines"), m_run);
        QTRY_VERIFY_WITH_TIMEOUT(card().isVisible() && card().gate() && card().gate()->run == m_run, slow);
        const auto gates = m_estate->pipelines()->gates(m_run);
        QVERIFY(gates && gates->size() == 1);
        pipelines::GateAnswer no; // a colleague, on his own machine
        QVERIFY(m_estate->pipelines()->answer(gates->front(), no));
        QTRY_COMPARE_WITH_TIMEOUT((m_estate->advance(5), state()), pipelines::State::Cancelled, slow);
        if (card().isVisible()) { // the window has not looked since
            m_estate->window->actions().trigger(QStringLiteral("gate.proceed"), {});
            QTRY_VERIFY_WITH_TIMEOUT(!card().isVisible() || text("gateTold").contains(Q("no longer waits")) || text("gateTold").contains(Q("otherwise")), slow);
        }
        QCOMPARE(state(), pipelines::State::Cancelled);
    }

    void abortAsksOnceAndEndsTheRun() {
        m_run = waiting();
        m_estate->window->open(QStringLiteral("pipelines"), m_run);
        QTRY_VERIFY_WITH_TIMEOUT(card().isVisible() && card().gate() && card().gate()->run == m_run, slow);
        QTest::mouseClick(find<ui::Button>("gateAbort"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT((m_estate->advance(5), state()), pipelines::State::Cancelled, slow);
        QTRY_VERIFY_WITH_TIMEOUT(!card().isVisible(), slow);
    }

private:
    ui::GateCard &card() { return *m_estate->window->findChild<ui::GateCard *>(); }
    template<class T> T *find(const char *name) {
        T *found = m_estate->window->findChild<T *>(Q(name));
        if (!found)
            qFatal("there is no %s in the window", name);
        return found;
    }
    QString text(const char *name) { return find<ui::Label>(name)->text(); }
    pipelines::State state() { return m_estate->pipelines()->run(m_run).value_or(pipelines::PipelineRun()).state; }
    QString waiting() { return m_estate->begun(job, {{Q("N_ESTIMATORS"), QStringLiteral("120")}}, pipelines::State::Paused); }
    Result<QJsonObject> pilot(const QStringList &arguments) {
        ChildJob child;
        child.program = pilotProgram();
        child.arguments = arguments + QStringList{QStringLiteral("--workspace"), m_estate->file()};
        return runJob(child, [](const Event &) {}, {});
    }

    /// Two versions: the first is live, the second better.
    void trainTwice() {
        std::mt19937_64 random(1);
        std::uniform_real_distribution<double> uniform(0, 1);
        QByteArray rows = "x0,x1,x2,y\n";
        for (int i = 0; i < 2000; ++i) {
            const double x[] = {uniform(random), uniform(random), uniform(random)};
            rows += QByteArray::number(x[0], 'g', 8) + ',' + QByteArray::number(x[1], 'g', 8) + ',' + QByteArray::number(x[2], 'g', 8) + ',' + QByteArray::number(3 * x[0] - 2 * x[1] + x[2] * x[0] + 0.05 * uniform(random), 'g', 8) + '\n';
        }
        QVERIFY(writeFileAtomically(m_estate->inFolder(QStringLiteral("data.csv")), rows));
        for (const auto &[name, depth] : {std::pair("first", "1"), std::pair("iris", "8")}) {
            const QString file = m_estate->inFolder(Q(name) + Q(".yaml"));
            QVERIFY(writeFileAtomically(file, QByteArray("recipe: iris\ndata: {source: data.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\ntransforms: [standard_scale]\nestimators:\n  - decision_tree: {max_depth: ") + depth +
                                                  "}\nselect: {metric: mae}\nseed: 7\n"));
            const auto trained = pilot({QStringLiteral("train"), file, QStringLiteral("--register"), QStringLiteral("iris")});
            QVERIFY2(trained.has_value(), qPrintable(trained ? QString() : trained.error().text()));
            if (Q(name) == Q("first")) {
                const auto live = pilot({QStringLiteral("promote"), QStringLiteral("iris"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("the first")});
                QVERIFY2(live.has_value(), qPrintable(live ? QString() : live.error().text()));
            }
        }
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
    QString m_run;
};

int main(int argc, char **argv) { return runInOwnHome<TestJenkinsGate>(argc, argv); }
#include "tst_jenkins_gate.moc"
