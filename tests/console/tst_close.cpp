// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a window and the start of the next, with the real `pilot`: a training is asked about once, writes its checkpoint and
// goes on later to the same weights; one that was killed is found; an endpoint that was served goes on and is found again.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/process_mark.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/interrupted.h"
#include "core/net/http.h"
#include "tests/support/own_home.h"
#include "widgets/base/confirm.h"
#include "widgets/base/table.h"

#include <QAbstractButton>
#include <QApplication>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>
#include <random>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

Result<QJsonObject> pilot(QStringList arguments) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = std::move(arguments);
    return runJob(job, {}, {});
}

} // namespace

class tst_Close : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        m_workspace = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        const QByteArray yaml = "workspace: closing\n"
                                "role: approver\n"
                                "connections: {local: {kind: local, root: state}}\n"
                                "models:\n"
                                "  long:\n"
                                "    registry: {connection: local, name: long}\n"
                                "    recipe: long.yaml\n"
                                "  served:\n"
                                "    registry: {connection: local, name: served}\n"
                                "    recipe: served.yaml\n"
                                "    deployment: {connection: local, target: serving/served}\n"
                                "    endpoint: {connection: local}\n"
                                "    promotion: {approvals: 1}\n";
        const QByteArray recipe = "data: {source: rows.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators:\n";
        QByteArray rows = "a,b,c,y\n";
        std::mt19937_64 random(3);
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int i = 0; i < 20000; ++i) {
            const double a = uniform(random), b = uniform(random), c = uniform(random);
            rows += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + QByteArray::number(c) + ',' + QByteArray::number(std::sin(9 * a) * b + c * c) + '\n';
        }
        QVERIFY(writeFileAtomically(m_workspace, yaml));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("rows.csv")), rows));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("served.yaml")), "recipe: served\n" + recipe + "  - linear_regression\n"));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("long.yaml")), "recipe: long\n" + recipe + "  - random_forest: {n_estimators: 800, max_depth: 9}\n"));
    }
    void cleanupTestCase() {
        m_window.reset();
        (void)pilot({QStringLiteral("rollouts"), QStringLiteral("stop"), QStringLiteral("served"), QStringLiteral("--workspace"), m_workspace});
    }

    void somethingIsServed() {
        const auto trained = pilot({QStringLiteral("train"), m_folder.filePath(QStringLiteral("served.yaml")), QStringLiteral("--register"), QStringLiteral("served"), QStringLiteral("--workspace"), m_workspace});
        QVERIFY2(trained.has_value(), qPrintable(trained ? QString() : trained.error().text()));
        const auto promoted = pilot({QStringLiteral("promote"), QStringLiteral("served"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("Better than the mean."), QStringLiteral("--workspace"), m_workspace});
        QVERIFY2(promoted.has_value(), qPrintable(promoted ? QString() : promoted.error().text()));
        open();
        QTRY_VERIFY_WITH_TIMEOUT(row(QStringLiteral("served")) && row(QStringLiteral("served"))->servedVersion == 1, slow);
    }

    void closingAsksOnceAndTheTrainingKeepsACheckpoint() {
        startLongTraining();
        m_window->close();
        QVERIFY2(m_window->isVisible(), "a running training must be asked about");
        ui::ConfirmSheet *sheet = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<ui::ConfirmSheet *>()) && sheet->isVisible(), slow);
        QTest::mouseClick(sheet->findChild<QAbstractButton *>(QStringLiteral("confirmVerb")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), slow);
        m_window.reset();
        QVERIFY(QFile::exists(checkpoint()));
    }

    void theEndpointWentOnAndIsFoundAgain() {
        open();
        QTRY_VERIFY_WITH_TIMEOUT(row(QStringLiteral("served")) && row(QStringLiteral("served"))->servedVersion == 1, slow);
        const auto at = fleet::servedAt(*m_window->fleet()->services(), QStringLiteral("served"));
        QVERIFY2(at.has_value(), qPrintable(at ? QString() : at.error().text()));
        net::HttpClient http;
        net::Request request;
        request.method = "POST";
        request.url = at->url + QStringLiteral("/predict");
        request.headers = {net::Header{"Content-Type", "application/json"}, net::Header{"X-API-Key", at->apiKey.toUtf8()}};
        request.body = R"({"features":[0.5,0.5,0.5]})";
        const auto answer = http.send(request);
        QVERIFY2(answer.has_value(), qPrintable(answer ? QString() : answer.error().text()));
        QCOMPARE(answer->status, 200);
    }

    void theStoppedTrainingGoesOnInTheNextWindow() {
        m_window->open(QStringLiteral("train"), QStringLiteral("long"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->snapshot().resumable.isEmpty(), slow);
        QVERIFY2(m_window->snapshot().inbox.empty() || std::none_of(m_window->snapshot().inbox.begin(), m_window->snapshot().inbox.end(), [](const auto &i) { return i.action == QLatin1String("train.resumeRun"); }),
                 "what a person stopped is no news");
        auto *table = m_window->findChild<ui::Table *>(QStringLiteral("runTable"));
        QVERIFY(table);
        table->choose(m_run);
        auto *goOn = m_window->findChild<QAbstractButton *>(QStringLiteral("resumeRun"));
        QVERIFY(goOn);
        QTRY_VERIFY_WITH_TIMEOUT(goOn->isVisible(), slow);
        QTest::mouseClick(goOn, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->running(), 1, slow);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->jobs()->jobs().isEmpty() && m_window->jobs()->jobs().first().run == m_run, slow);
    }

    void aKilledTrainingIsFoundAndToldOf() {
        const fleet::Job job = m_window->jobs()->jobs().first();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->jobs()->job(job.id) && m_window->jobs()->job(job.id)->done > 0, slow);
        const qint64 pid = trainingProcess();
        QVERIFY(pid > 0);
        QCOMPARE(::kill(pid_t(pid), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->running(), 0, slow);
        m_window->fleet()->refresh();
        const auto waits = [this] {
            const auto &inbox = m_window->snapshot().inbox;
            return std::find_if(inbox.begin(), inbox.end(), [this](const auto &i) { return i.action == QLatin1String("train.resumeRun") && i.argument == m_run; }) != inbox.end();
        };
        QTRY_VERIFY_WITH_TIMEOUT(waits(), slow);
        const auto said = pilot({QStringLiteral("doctor"), QStringLiteral("--workspace"), m_workspace});
        QVERIFY(said.has_value());
        bool told = false;
        for (const QJsonValue &check : said->value(QLatin1String("checks")).toArray())
            told |= check[QLatin1String("hint")].toString().contains(QStringLiteral("--resume"));
        QVERIFY2(told, "the doctor must say how it goes on");
    }

    void andItEndsLikeOneThatWasNeverStopped() {
        m_window->actions().trigger(QStringLiteral("train.resumeRun"), m_run);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->running(), 1, slow);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->jobs()->running(), 0, 2 * slow);
        const fleet::Job &job = m_window->jobs()->jobs().first();
        QVERIFY2(job.state == QLatin1String("done"), qPrintable(job.error ? job.error->text() : job.state));
        const auto whole = pilot({QStringLiteral("train"), m_folder.filePath(QStringLiteral("long.yaml")), QStringLiteral("--out"), m_folder.filePath(QStringLiteral("whole"))});
        QVERIFY2(whole.has_value(), qPrintable(whole ? QString() : whole.error().text()));
        QVERIFY(!whole->value(QLatin1String("weights_sha256")).toString().isEmpty());
        QCOMPARE(job.result.value(QLatin1String("weights_sha256")), whole->value(QLatin1String("weights_sha256")));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->snapshot().resumable.isEmpty(), slow);
    }

private:
    void open() {
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        WindowOptions options;
        options.workspace = m_workspace;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.desktop = false;
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 2, slow);
    }
    void startLongTraining() {
        m_window->open(QStringLiteral("train"), QStringLiteral("long"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("train.run")).isEmpty(), slow);
        m_window->actions().trigger(QStringLiteral("train.run"), QStringLiteral("long"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->jobs()->jobs().isEmpty() && m_window->jobs()->jobs().first().done > 0, slow);
        m_run = m_window->jobs()->jobs().first().run;
        QVERIFY(!m_run.isEmpty());
    }
    QString checkpoint() const { return m_folder.filePath(QStringLiteral("state/runs/%1/package.checkpoint/checkpoint.json").arg(m_run)); }
    qint64 trainingProcess() const {
        const auto run = m_window->fleet()->services()->registry->run(m_run);
        const auto mark = run ? ProcessMark::fromText(run->tags.value(fleet::trainingTag::process)) : std::nullopt;
        return mark ? mark->pid : -1;
    }
    const fleet::ModelRow *row(const QString &name) const {
        for (const fleet::ModelRow &m : m_window->snapshot().models)
            if (m.name == name)
                return &m;
        return nullptr;
    }

    QTemporaryDir m_folder;
    QString m_workspace, m_run;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) { return runInOwnHome<tst_Close>(argc, argv); }
#include "tst_close.moc"
