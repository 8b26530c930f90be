// SPDX-License-Identifier: GPL-3.0-or-later
// Lives through the whole loop in the real window, against the real `pilot`, registry, journal and endpoint: first start, a data
// file, a recipe, two trainings, evidence, approval, rollout, what-if, drift, policy, retrain, undo.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/fleet/endpoint.h"
#include "core/net/http.h"
#include "tests/support/own_home.h"
#include "widgets/base/confirm.h"
#include "widgets/base/panel.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <random>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

constexpr int slow = 30000; // a loaded CI machine; conditions end the wait, never time

struct Row {
    double x[5];
    double y;
};
Row friedman(std::mt19937_64 &random, double shift = 0) {
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> noise(0, 0.3);
    Row row{};
    for (double &x : row.x)
        x = uniform(random);
    row.x[0] += shift;
    row.y = 10 * std::sin(M_PI * row.x[0] * row.x[1]) + 20 * std::pow(row.x[2] - 0.5, 2) + 10 * row.x[3] + 5 * row.x[4] + noise(random);
    return row;
}

/// Somebody who uses the endpoint: asks, and says later what was true. Counts what failed.
class Traffic {
public:
    Traffic(std::shared_ptr<fleet::Services> services, QString model) : m_services(std::move(services)), m_model(std::move(model)), m_thread([this] { run(); }) {}
    ~Traffic() {
        m_stop = true;
        m_thread.join();
    }
    std::atomic<double> shift{0};
    std::atomic<int> sent{0}, failed{0};

private:
    Result<QJsonObject> post(net::HttpClient &http, const fleet::ServedAt &at, const char *path, const QJsonObject &body) {
        net::Request request;
        request.method = "POST";
        request.url = at.url + QLatin1String(path);
        request.headers = {net::Header{"Content-Type", "application/json"}, net::Header{"X-API-Key", at.apiKey.toUtf8()}};
        request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
        const auto response = http.send(request);
        if (!response)
            return response.error();
        if (response->status >= 400)
            return net::statusError(request, *response);
        return QJsonDocument::fromJson(response->body).object();
    }
    void run() {
        net::HttpClient http;
        std::mt19937_64 random(5);
        const auto at = fleet::servedAt(*m_services, m_model);
        QJsonArray labels;
        while (!m_stop && at) {
            const Row row = friedman(random, shift);
            QJsonArray features;
            for (const double x : row.x)
                features.append(x);
            const auto answer = post(http, *at, "/predict", {{QStringLiteral("features"), features}});
            ++sent;
            if (!answer) {
                ++failed;
                continue;
            }
            labels.append(QJsonObject{{QStringLiteral("prediction_id"), answer->value(QLatin1String("prediction_id"))}, {QStringLiteral("value"), row.y}});
            if (labels.size() >= 20) {
                if (!post(http, *at, "/labels", {{QStringLiteral("labels"), labels}}))
                    ++failed;
                labels = {};
            }
        }
    }
    std::shared_ptr<fleet::Services> m_services;
    QString m_model;
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

} // namespace

class tst_WholeLoop : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        WindowOptions options;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.desktop = false;
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->actions().setAsk([](const ui::Danger &, const ui::ActionSpec &, std::function<void(const QString &)> go) { go(QStringLiteral("asked once")); });
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        writeData();
    }
    void cleanupTestCase() {
        m_traffic.reset();
        if (m_window && m_window->fleet()) {
            ChildJob stop;
            stop.program = pilotProgram();
            stop.arguments = {QStringLiteral("rollouts"), QStringLiteral("stop"), QStringLiteral("loop"), QStringLiteral("--workspace"), m_window->fleet()->services()->workspace.file};
            (void)runJob(stop, {}, {});
        }
        m_window.reset();
    }

    void theFirstStartOpensTheDemoByItself() {
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 3, slow);
        QCOMPARE(m_window->snapshot().workspace, QStringLiteral("demo"));
    }

    void theDemosTrafficIsStartedAndStoppedInTheWindow() {
        auto *offer = find<QAbstractButton>("demoTraffic");
        QTRY_VERIFY_WITH_TIMEOUT(offer->isVisible(), slow);
        QTest::mouseClick(offer, Qt::LeftButton);
        QCOMPARE(m_window->jobs()->running(), 1);
        QVERIFY(!offer->isVisible()); // the job stands in its place
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->jobs().front().stage, QStringLiteral("waiting"), slow);
        QVERIFY(!m_window->actions().blocked(QStringLiteral("demo.start")).isEmpty());
        m_window->actions().trigger(QStringLiteral("demo.stop"));
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->running(), 0, slow);
        QVERIFY(m_window->jobs()->jobs().isEmpty()); // stopped is its end: nothing to go on with
        QTRY_VERIFY_WITH_TIMEOUT(offer->isVisible(), slow);
    }

    void aDataFileGivesAProposedRecipe() {
        m_window->open(QStringLiteral("train"));
        QTest::mouseClick(find<QAbstractButton>("openDataButton"), Qt::LeftButton);
        QFileDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_window->findChild<QFileDialog *>()) && dialog->isVisible(), slow);
        dialog->selectFile(m_data);
        QVERIFY(QMetaObject::invokeMethod(dialog, "accept"));
        auto *text = find<QPlainTextEdit>("recipeText");
        QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("target:     y")) || text->toPlainText().contains(QStringLiteral("target: y")), slow);
        QVERIFY(text->toPlainText().contains(QStringLiteral("linear_regression")));
        QVERIFY(find<QWidget>("dataCard")->isVisible()); // how good the data is
        const QString page = m_folder.filePath(QStringLiteral("quality.html"));
        QTest::mouseClick(find<QAbstractButton>("train.dataReport"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_window->findChild<QFileDialog *>()) && dialog->isVisible() && dialog->acceptMode() == QFileDialog::AcceptSave, slow);
        dialog->selectFile(page);
        QVERIFY(QMetaObject::invokeMethod(dialog, "accept"));
        QTRY_VERIFY_WITH_TIMEOUT(readFile(page).value_or(QByteArray()).contains("<h1>Data quality of "), slow);
    }

    void aMistakeInTheRecipeIsNamedAndBlocksTraining() {
        auto *text = find<QPlainTextEdit>("recipeText");
        m_proposed = text->toPlainText();
        QString wrong = m_proposed;
        text->setPlainText(wrong.replace(QStringLiteral("target:"), QStringLiteral("targt:")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->actions().blocked(QStringLiteral("train.run")).isEmpty(), slow);
        text->setPlainText(withEstimators(m_proposed, QStringLiteral("  - linear_regression\n")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("train.run")).isEmpty(), slow);
    }

    void trainingMakesACandidate() {
        QTest::mouseClick(find<QAbstractButton>("trainButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(versionCount() == 1, slow);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet()->services()->workspace.model(QStringLiteral("loop")), slow);
        QWidget *card = nullptr; // of the panel of the workspace as it is now: the training stands in the card's place
        QTRY_VERIFY_WITH_TIMEOUT((card = m_window->findChild<QWidget *>(QStringLiteral("dataCard"))) && !card->isVisible(), slow);
    }

    void theFirstVersionIsJudgedAgainstTheBaselineAndApproved() {
        judge(1);
        if (QTest::currentTestFailed())
            return;
        const promotion::Request *request = newest();
        QVERIFY(request && !request->evidence.championVersion);
        QVERIFY2(request->evidence.sentence.contains(QStringLiteral("better")), qPrintable(request->evidence.sentence));
        approve(QStringLiteral("Better than guessing the mean."));
        QTRY_VERIFY_WITH_TIMEOUT(row() && row()->servedVersion == 1, slow);
    }

    void whatIfAnswersFromTheServedVersion() {
        m_window->open(QStringLiteral("what-if"), QStringLiteral("loop"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<QLabel *>(QStringLiteral("whatIfAnswer")) && !find<QLabel>("whatIfAnswer")->text().isEmpty(), slow);
        auto *plot = find<ui::PlotWidget>("responsePlot");
        QTRY_VERIFY_WITH_TIMEOUT(!plot->data().series.empty() && plot->data().series.front().points.size() > 10, slow);
    }

    void aBetterCandidateIsRolledOutStepByStep() {
        m_window->open(QStringLiteral("train"), QStringLiteral("loop"));
        auto *text = find<QPlainTextEdit>("recipeText");
        QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("linear_regression")), slow);
        text->setPlainText(withEstimators(text->toPlainText(), QStringLiteral("  - random_forest: {n_estimators: 40, max_depth: 8}\n")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("train.run")).isEmpty(), slow);
        QTest::mouseClick(find<QAbstractButton>("trainButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(versionCount() == 2, slow);
        judge(2);
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(newest()->evidence.championVersion.value_or(0), 1);
        QVERIFY2(newest()->evidence.sentence.contains(QStringLiteral("better")), qPrintable(newest()->evidence.sentence));
        m_promotion = newest()->id;
        m_traffic = std::make_unique<Traffic>(m_window->fleet()->services(), QStringLiteral("loop"));
        approve(QStringLiteral("Half the error on the same rows."));
        QTRY_VERIFY_WITH_TIMEOUT(row() && row()->rollout && row()->rollout->canary, slow);
        m_window->open(QStringLiteral("rollouts"), QStringLiteral("loop"));
        rollOut(2);
        QTRY_VERIFY_WITH_TIMEOUT(row()->servedVersion == 2 && row()->liveVersion == 2, slow);
        QVERIFY(row()->skew.isEmpty());
        QCOMPARE(m_traffic->failed.load(), 0);
    }

    void whatIfSetsTheVersionBeforeBesideTheServedOne() {
        QVERIFY2(row() && row()->servedVersion == 2, "the step before failed");
        m_window->open(QStringLiteral("what-if"), QStringLiteral("loop"));
        QTRY_COMPARE_WITH_TIMEOUT(find<QComboBox>("whatIfVersion")->currentData().toInt(), 1, slow);
        QTRY_VERIFY_WITH_TIMEOUT(!find<QLabel>("besideAnswer")->text().isEmpty() && !find<QLabel>("besideChange")->text().isEmpty(), slow);
        auto *plot = find<ui::PlotWidget>("responsePlot");
        QTRY_VERIFY_WITH_TIMEOUT(plot->data().series.size() == 2 && plot->data().series.back().name == QLatin1String("v1"), slow);
        QCOMPARE(plot->data().series.back().points.size(), plot->data().series.front().points.size());
        QVERIFY(find<QLabel>("besideAnswer")->text() != find<QLabel>("whatIfAnswer")->text()); // a line and a forest
    }

    void driftAppearsAndThePolicyDecidesWithItsNumbers() {
        QVERIFY2(m_traffic, "the step before failed");
        m_traffic->shift = 0.8;
        m_window->open(QStringLiteral("drift"), QStringLiteral("loop"));
        QTRY_VERIFY_WITH_TIMEOUT(row() && row()->worstPsi && *row()->worstPsi > drift::psiDrifted, slow);
        QCOMPARE(row()->worstColumn, QStringLiteral("x0"));
        QTest::mouseClick(find<QAbstractButton>("retrain.check"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(row()->lastDecision.has_value(), slow);
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("policyReason")->text().contains(QStringLiteral("drift")), slow);
        QVERIFY2(std::any_of(row()->lastDecision->rules.begin(), row()->lastDecision->rules.end(), [](const auto &r) { return r.fired; }), "no rule fired");
    }

    void theRetrainEndsAtAGateThatIsAnsweredInPlace() {
        QVERIFY2(m_traffic, "a step before failed");
        QTest::mouseClick(find<QAbstractButton>("retrain.run"), Qt::LeftButton);
        review();
        if (QTest::currentTestFailed())
            return;
        find<QPlainTextEdit>("promotionComment")->setPlainText(QStringLiteral("The same rows as before."));
        QTest::mouseClick(find<QAbstractButton>("rejectButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(newest() && newest()->state == promotion::RequestState::Rejected, slow);
    }

    /// From the alert of the injected drift to the version that it brings into service, all in the window.
    void theAlertOfTheDriftRetrainsAndTheCandidateIsRolledOut() {
        QVERIFY2(m_traffic, "a step before failed");
        ChildJob often; // the retraining that was rejected is minutes ago
        often.program = pilotProgram();
        often.arguments = {QStringLiteral("retrain"), QStringLiteral("config"), QStringLiteral("loop"), QStringLiteral("--min-hours"), QStringLiteral("0"), QStringLiteral("--workspace"), m_window->fleet()->services()->workspace.file};
        const auto set = runJob(often, {}, {});
        QVERIFY2(set.has_value(), qPrintable(set ? QString() : set.error().text()));
        m_window->open(QStringLiteral("alerts"));
        auto *alerts = find<ui::List>("alerts");
        const QString alert = QStringLiteral("drift/loop");
        const auto listed = [&] { return std::any_of(m_window->snapshot().inbox.begin(), m_window->snapshot().inbox.end(), [&](const auto &item) { return item.id == alert; }); };
        QTRY_VERIFY_WITH_TIMEOUT(listed(), slow);
        QTRY_VERIFY_WITH_TIMEOUT((alerts->choose(alert), alerts->currentId() == alert), slow);
        auto *handle = find<QAbstractButton>("handle");
        QVERIFY2(handle->isVisible() && handle->isEnabled(), qPrintable(handle->text()));
        const QString rejected = newest()->id;
        QTest::mouseClick(handle, Qt::LeftButton); // why did it drift?
        QTRY_COMPARE_WITH_TIMEOUT(m_window->currentPanel(), QStringLiteral("drift"), slow);
        const QString before = row()->lastRun->id;
        QTest::mouseClick(find<QAbstractButton>("retrain.run"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(row()->lastRun && row()->lastRun->id != before, slow);
        review();
        if (QTest::currentTestFailed())
            return;
        QVERIFY(newest()->id != rejected);
        m_promotion = newest()->id;
        const int version = newest()->version;
        approve(QStringLiteral("The drift is real."));
        QTRY_VERIFY_WITH_TIMEOUT(row() && row()->rollout && row()->rollout->canary, slow);
        m_window->open(QStringLiteral("rollouts"), QStringLiteral("loop"));
        rollOut(version);
        QTRY_VERIFY_WITH_TIMEOUT(row()->servedVersion == version && row()->liveVersion == version, slow);
        QCOMPARE(m_traffic->failed.load(), 0);
    }

    void aPromotionIsUndoneInOneStep() {
        QVERIFY2(m_traffic, "a step before failed");
        m_window->open(QStringLiteral("models"), m_promotion);
        QAbstractButton *undo = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((undo = m_window->findChild<QAbstractButton *>(QStringLiteral("undoButton"))) && undo->isVisible(), slow);
        QTest::mouseClick(undo, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(row()->liveVersion == 2 && row()->servedVersion == 2, slow);
        QCOMPARE(m_traffic->failed.load(), 0);
        QVERIFY(m_traffic->sent.load() > 100);
    }

    void everyWriteStandsInAnIntactJournal() {
        const auto check = m_window->fleet()->services()->journal->verify();
        QVERIFY(check.has_value());
        QVERIFY2(check->intact, qPrintable(check->finding));
        QStringList kinds;
        for (const auto &entry : m_window->snapshot().journal)
            kinds << entry.kind + QLatin1Char('/') + entry.phase;
        QVERIFY2(kinds.contains(QStringLiteral("promote/done")) || kinds.join(QLatin1Char(' ')).contains(QStringLiteral("promote")), qPrintable(kinds.join(QLatin1Char(' '))));
        m_window->open(QStringLiteral("journal"));
        QVERIFY(m_window->panel(QStringLiteral("journal")));
    }

private:
    template<class T>
    T *find(const char *name) {
        T *found = m_window->findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("there is no %s in the window", name);
        return found;
    }
    void writeData() {
        m_data = m_folder.filePath(QStringLiteral("loop.csv"));
        QFile file(m_data);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x0,x1,x2,x3,x4,y\n");
        std::mt19937_64 random(1);
        for (int i = 0; i < 2500; ++i) {
            const Row row = friedman(random);
            for (const double x : row.x)
                file.write(QByteArray::number(x, 'g', 8) + ',');
            file.write(QByteArray::number(row.y, 'g', 8) + '\n');
        }
    }
    static QString withEstimators(const QString &recipe, const QString &lines) {
        QString out;
        bool inside = false;
        for (const QString &line : recipe.split(QLatin1Char('\n'))) {
            if (inside && line.startsWith(QLatin1String("  -")))
                continue;
            inside = false;
            out += line + QLatin1Char('\n');
            if (line.startsWith(QLatin1String("estimators:"))) {
                out += lines;
                inside = true;
            }
        }
        return out.trimmed() + QLatin1Char('\n');
    }
    int versionCount() const {
        return int(std::count_if(m_window->snapshot().versions.begin(), m_window->snapshot().versions.end(), [](const auto &v) { return v.model == QLatin1String("loop"); }));
    }
    const fleet::ModelRow *row() const {
        for (const fleet::ModelRow &m : m_window->snapshot().models)
            if (m.name == QLatin1String("loop"))
                return &m;
        return nullptr;
    }
    const promotion::Request *newest() const {
        for (const promotion::Request &r : m_window->snapshot().promotions)
            if (r.model == QLatin1String("loop"))
                return &r;
        return nullptr;
    }
    /// The run of the retraining waits at its gate, and its evidence is opened from there.
    void review() {
        QTRY_VERIFY_WITH_TIMEOUT(row()->lastRun && row()->lastRun->state == pipelines::State::Paused, slow);
        m_window->open(QStringLiteral("pipelines"), QStringLiteral("loop"));
        QAbstractButton *button = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((button = m_window->findChild<QAbstractButton *>(QStringLiteral("gateReview"))) && button->isVisible(), slow);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentPanel() == QStringLiteral("models") && find<QWidget>("promotionSheet")->isVisible(), slow);
    }
    /// Step by step, each when the canary has answered enough.
    void rollOut(int version) {
        for (int step = 0; step < 4 && !(row()->rollout->phase == cluster::RolloutPhase::Stable && row()->servedVersion == version); ++step) {
            const int before = row()->rollout->currentStep;
            QTRY_VERIFY_WITH_TIMEOUT(row()->rollout->canaryStats.requests > 20 || row()->servedVersion == version, slow);
            if (row()->servedVersion != version)
                QTest::mouseClick(find<QAbstractButton>("rollout.promote"), Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(row()->rollout->currentStep != before || row()->servedVersion == version, slow);
        }
    }
    void judge(int version) {
        m_window->open(QStringLiteral("models"), QStringLiteral("loop"));
        ui::Table *table = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((table = m_window->findChild<ui::Table *>(QStringLiteral("versionTable"))) && table->model()->rowCount() == version, slow);
        table->choose(QString::number(version));
        QCOMPARE(table->currentId(), QString::number(version));
        QTest::mouseClick(find<QAbstractButton>("promoteButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(newest() && newest()->version == version && find<QWidget>("promotionSheet")->isVisible(), slow);
        QVERIFY(find<ui::Table>("comparisonTable")->model()->rowCount() > 2);
        QVERIFY(find<ui::Table>("gateTable")->model()->rowCount() > 1);
    }
    void approve(const QString &comment) {
        QVERIFY2(!m_window->actions().blocked(QStringLiteral("promotion.approve"), newest()->id).isEmpty(), "an approval without a comment must be refused");
        find<QPlainTextEdit>("promotionComment")->setPlainText(comment);
        QTest::mouseClick(find<QAbstractButton>("approveButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(newest() && newest()->state == promotion::RequestState::Done, slow);
    }

    QTemporaryDir m_folder;
    QString m_data, m_proposed, m_promotion;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<Traffic> m_traffic;
};

int main(int argc, char **argv) { return runInOwnHome<tst_WholeLoop>(argc, argv); }
#include "tst_whole_loop.moc"
