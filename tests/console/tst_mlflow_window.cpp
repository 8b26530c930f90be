// SPDX-License-Identifier: GPL-3.0-or-later
// From run to alias to undo in the real window, on a real MLflow 3 server, the real `pilot` behind it: runs that somebody logged, a version made of one, evidence
// on packages that come from the server, approval, alias, undo. What became of it is asked of the server itself, by HTTP. Skipped where no MLflow 3 is.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/mlflow_server.h"
#include "tests/support/own_home.h"
#include "widgets/base/field.h"
#include "widgets/base/panel.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"

#include <QAbstractButton>
#include <QDirIterator>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QTest>
#include <QUrlQuery>

#include <random>

using namespace pilothouse;
using namespace pilothouse::console;
using Q = QLatin1String;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

const QString housing = QStringLiteral("housing"), model = QStringLiteral("m"); ///< registered name, the workspace's name

} // namespace

class tst_MlflowWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        if (support::mlflow3Program().isEmpty())
            QSKIP("no MLflow 3.x (tests/run installs it in build/mlflow3-venv)");
        QVERIFY(support::startMlflow(m_server, support::mlflow3Program(), m_folder.filePath(QStringLiteral("mlflow"))));
        writeWorkspace();
        for (const int trees : {2, 40})
            m_runs << loggedRun(trees);
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        WindowOptions options;
        options.workspace = m_workspace;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.remember = options.desktop = false;
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->actions().setAsk([](const ui::Danger &, const ui::ActionSpec &, std::function<void(const QString &)> go) { go(QStringLiteral("asked once")); });
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().models.size() == 1, slow);
    }
    void cleanupTestCase() {
        if (!m_workspace.isEmpty())
            (void)pilot({QStringLiteral("rollouts"), QStringLiteral("stop"), model});
        m_window.reset();
    }

    void theRunsOfTheServerStandInTheTable() {
        m_window->open(QStringLiteral("models"), QStringLiteral("run/"));
        auto *connection = find<ui::Choice>("runsConnection");
        QCOMPARE(connection->itemText(1), QStringLiteral("team"));
        QTest::keyClick(connection, Qt::Key_Down);
        QTRY_COMPARE_WITH_TIMEOUT(runsTable()->model()->rowCount(), 2, slow);
        for (const QString &run : m_runs) {
            runsTable()->choose(run);
            QCOMPARE(runsTable()->currentId(), run);
        }
        QVERIFY(m_window->snapshot().versions.empty());
    }

    void aVersionIsMadeOfARun() {
        registerRun(m_runs[0], [this] { QTest::mouseClick(find<QAbstractButton>("runsRegister"), Qt::LeftButton); });
        QCOMPARE(versionsThere(), QStringList{m_runs[0]});
        QTRY_COMPARE_WITH_TIMEOUT(find<ui::Table>("versionTable")->currentId(), QStringLiteral("1"), slow); // the window goes where it goes on
        QCOMPARE(m_window->currentPanel(), QStringLiteral("models"));
    }

    void theFirstVersionIsJudgedApprovedAndLive() {
        QVERIFY(aliasesThere().isEmpty());
        judge(1);
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(newest()->connection, QStringLiteral("team"));
        QVERIFY(!newest()->evidence.championVersion);
        approve(QStringLiteral("Better than guessing the mean."));
        QCOMPARE(aliasesThere(), (QMap<QString, int>{{QStringLiteral("champion"), 1}}));
    }

    void theBetterRunIsRegisteredByKeyAndPromoted() {
        QVERIFY2(newest() && newest()->state == promotion::RequestState::Done, "a step before failed");
        m_window->activateWindow();
        registerRun(m_runs[1], [this] {
            QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
            runsTable()->setFocus();
            QTest::keyClick(runsTable(), Qt::Key_V);
        });
        QCOMPARE(versionsThere(), (QStringList{m_runs[1], m_runs[0]}));
        judge(2);
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(newest()->evidence.championVersion.value_or(0), 1);
        QVERIFY2(newest()->evidence.sentence.contains(QStringLiteral("better")), qPrintable(newest()->evidence.sentence));
        m_promotion = newest()->id;
        QCOMPARE(aliasesThere(), (QMap<QString, int>{{QStringLiteral("champion"), 1}})); // asking moves nothing
        approve(QStringLiteral("Half the error on the same rows."));
        QCOMPARE(aliasesThere(), (QMap<QString, int>{{QStringLiteral("champion"), 2}, {QStringLiteral("previous"), 1}}));
        QTRY_VERIFY_WITH_TIMEOUT(row() && row()->liveVersion == 2, slow);
    }

    void thePromotionIsUndoneInOneStep() {
        QVERIFY2(!m_promotion.isEmpty(), "a step before failed");
        m_window->open(QStringLiteral("models"), m_promotion);
        QAbstractButton *undo = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((undo = m_window->findChild<QAbstractButton *>(QStringLiteral("undoButton"))) && undo->isVisible() && undo->isEnabled(), slow);
        QTest::mouseClick(undo, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(aliasesThere(), (QMap<QString, int>{{QStringLiteral("champion"), 1}}), slow);
        QTRY_VERIFY_WITH_TIMEOUT(newest() && newest()->state == promotion::RequestState::Undone && row()->liveVersion == 1, slow);
    }

    /// Slips: the same run once more, and the registration is taken back; from its notice, then from the journal.
    void aRegistrationIsUndone() {
        QVERIFY2(newest() && newest()->state == promotion::RequestState::Undone, "a step before failed");
        const auto again = [this] {
            registerRun(m_runs[0], [this] { QTest::mouseClick(find<QAbstractButton>("runsRegister"), Qt::LeftButton); });
            QCOMPARE(versionsThere().size(), 3);
        };
        again();
        QVERIFY(m_window->toasts().undoLast());
        QTRY_COMPARE_WITH_TIMEOUT(versionsThere(), (QStringList{m_runs[1], m_runs[0]}), slow);
        again();
        m_window->open(QStringLiteral("journal"));
        QTRY_COMPARE_WITH_TIMEOUT(linesOf("register/done"), 4, slow);
        const QString operation = lastOperation("register", "done");
        QTRY_VERIFY_WITH_TIMEOUT(m_window->actions().blocked(QStringLiteral("journal.undo"), operation).isEmpty(), slow);
        m_window->actions().trigger(QStringLiteral("journal.undo"), operation);
        QTRY_COMPARE_WITH_TIMEOUT(versionsThere(), (QStringList{m_runs[1], m_runs[0]}), slow);
    }

    void theJournalHasEachStep() {
        QTRY_COMPARE_WITH_TIMEOUT(linesOf("delete-version/done"), 2, slow);
        for (const auto &[line, times] : {std::pair("register/done", 4), std::pair("approve/done", 2), std::pair("promote/done", 2), std::pair("undo/done", 1)})
            QVERIFY2(linesOf(line) == times, qPrintable(QStringLiteral("%1 stands there %2 times: %3").arg(Q(line)).arg(linesOf(line)).arg(lines().join(Q(" ")))));
        QVERIFY(linesOf("promotion-request/done") >= 2);
        for (const auto &entry : m_window->snapshot().journal)
            if (entry.kind == Q("register") && entry.phase == Q("executing"))
                QCOMPARE(entry.details.value(Q("connection")).toString(), QStringLiteral("team"));
        const auto check = m_window->fleet()->services()->journal->verify();
        QVERIFY(check.has_value());
        QVERIFY2(check->intact, qPrintable(check->finding));
        m_window->open(QStringLiteral("journal"));
        QTRY_VERIFY_WITH_TIMEOUT(find<ui::Table>("journalTable")->model()->rowCount() >= 6, slow);
    }

private:
    template<class T>
    T *find(const char *name) {
        T *found = m_window->findChild<T *>(Q(name));
        if (!found)
            qFatal("there is no %s in the window", name);
        return found;
    }
    ui::Table *runsTable() { return find<ui::Table>("runsTable"); }

    // ---- what is there before the window

    void writeWorkspace() {
        std::mt19937_64 random(1);
        std::uniform_real_distribution<double> uniform(0, 1);
        std::normal_distribution<double> noise(0, 0.05);
        QByteArray rows = "x0,x1,x2,x3,y\n";
        for (int i = 0; i < 2000; ++i) {
            double x[4];
            for (double &value : x) {
                value = uniform(random);
                rows += QByteArray::number(value, 'g', 8) + ',';
            }
            rows += QByteArray::number(3 * x[0] - 2 * x[1] + x[2] * x[3] + noise(random), 'g', 8) + '\n';
        }
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("data.csv")), rows));
        const QString file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: window\nrole: approver\nconnections:\n  local: {kind: local, root: state}\n  team: {kind: mlflow, url: " + m_server.url().toUtf8() +
                                              "}\nmodels:\n  m:\n    registry: {connection: team, name: housing, champion: champion}\n    recipe: own.yaml\n"
                                              "    deployment: {connection: local, target: serving/m, steps: [10, 50, 100], step_seconds: 1}\n    endpoint: {connection: local}\n"
                                              "    promotion: {approvals: 1, prevent_self_approval: false}\n"));
        // What is trained by the model's own recipe goes to its registry by itself: the packages of the runs are made by others.
        for (const auto &[name, trees] : {std::pair("own", 40), std::pair("r2", 2), std::pair("r40", 40)})
            QVERIFY(writeFileAtomically(m_folder.filePath(Q(name) + Q(".yaml")), "recipe: m\ndata: {source: data.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\ntransforms: [standard_scale]\n"
                                                                                                  "estimators:\n  - random_forest: {n_estimators: " + QByteArray::number(trees) + ", max_depth: 6}\nselect: {metric: mae}\nseed: 7\n"));
        m_workspace = file;
    }
    Result<QJsonObject> pilot(const QStringList &arguments) const {
        ChildJob job;
        job.program = pilotProgram();
        job.arguments = arguments + QStringList{QStringLiteral("--workspace"), m_workspace};
        return runJob(job, {}, {});
    }
    /// A run as a colleague's program logs it: made, given its parameter, metric and artifacts over HTTP, and finished. Gives its id.
    QString loggedRun(int trees) {
        const QString package = m_folder.filePath(QStringLiteral("package%1").arg(trees));
        if (const auto trained = pilot({QStringLiteral("train"), m_folder.filePath(QStringLiteral("r%1.yaml").arg(trees)), QStringLiteral("--out"), package}); !trained)
            qFatal("%s", qPrintable(trained.error().text()));
        const QJsonObject info = post("runs/create", {{Q("experiment_id"), Q("0")}, {Q("run_name"), QStringLiteral("forest of %1").arg(trees)}, {Q("start_time"), QDateTime::currentMSecsSinceEpoch()}}).value(Q("run"))[Q("info")].toObject();
        const QString id = info.value(Q("run_id")).toString(), root = QUrl(info.value(Q("artifact_uri")).toString()).path();
        post("runs/log-parameter", {{Q("run_id"), id}, {Q("key"), Q("trees")}, {Q("value"), QString::number(trees)}});
        post("runs/log-metric", {{Q("run_id"), id}, {Q("key"), Q("mae")}, {Q("value"), 1.0 / trees}, {Q("timestamp"), QDateTime::currentMSecsSinceEpoch()}, {Q("step"), 1}});
        for (QDirIterator it(package, QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
            const QString file = it.next();
            net::Request put;
            put.method = "PUT";
            put.url = m_server.url() + QStringLiteral("/api/2.0/mlflow-artifacts/artifacts") + root + QStringLiteral("/model/") + file.mid(package.size() + 1);
            put.bodyFile = file;
            put.headers = {net::Header{"Content-Type", "application/octet-stream"}};
            if (const auto sent = m_http.send(put); !sent || sent->status >= 300)
                qFatal("%s was not taken", qPrintable(put.url));
        }
        post("runs/update", {{Q("run_id"), id}, {Q("status"), Q("FINISHED")}, {Q("end_time"), QDateTime::currentMSecsSinceEpoch()}});
        return id;
    }

    // ---- the server, asked by HTTP and not by core/registry

    QJsonObject answer(const net::Request &request) {
        const auto reply = m_http.send(request);
        if (!reply || reply->status >= 500)
            qFatal("%s: %s", qPrintable(request.url), reply ? reply->body.constData() : qPrintable(reply.error().text()));
        return QJsonDocument::fromJson(reply->body).object();
    }
    QJsonObject post(const char *call, const QJsonObject &body) {
        net::Request request;
        request.method = "POST";
        request.url = m_server.url() + QStringLiteral("/api/2.0/mlflow/") + Q(call);
        request.headers = {net::Header{"Content-Type", "application/json"}};
        request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
        return answer(request);
    }
    QJsonObject get(const QString &call) {
        net::Request request;
        request.url = m_server.url() + QStringLiteral("/api/2.0/mlflow/") + call;
        return answer(request);
    }
    QMap<QString, int> aliasesThere() {
        QMap<QString, int> out;
        for (const QJsonValue &alias : get(QStringLiteral("registered-models/get?name=") + housing).value(Q("registered_model"))[Q("aliases")].toArray())
            out.insert(alias[Q("alias")].toString(), alias[Q("version")].toString().toInt());
        return out;
    }
    /// The run of each version, newest first.
    QStringList versionsThere() {
        QMap<int, QString> runs;
        for (const QJsonValue &version : get(QStringLiteral("model-versions/search?filter=name%3D%27housing%27")).value(Q("model_versions")).toArray())
            runs.insert(-version[Q("version")].toString().toInt(), version[Q("run_id")].toString());
        return runs.values();
    }

    // ---- the window

    const fleet::ModelRow *row() const { return m_window->snapshot().models.empty() ? nullptr : &m_window->snapshot().models.front(); }
    const promotion::Request *newest() const { return m_window->snapshot().promotions.empty() ? nullptr : &m_window->snapshot().promotions.front(); }
    QStringList lines() const {
        QStringList out;
        for (const auto &entry : m_window->snapshot().journal)
            out << entry.kind + QLatin1Char('/') + entry.phase;
        return out;
    }
    int linesOf(const char *line) const { return int(lines().count(Q(line))); }
    QString lastOperation(const char *kind, const char *phase) const {
        for (const auto &entry : m_window->snapshot().journal)
            if (entry.kind == Q(kind) && entry.phase == Q(phase))
                return entry.operation;
        return {};
    }
    /// Chooses a run, opens the sheet, registers. Ends when the server has the version.
    void registerRun(const QString &run, const std::function<void()> &openSheet) {
        const auto before = versionsThere().size();
        m_window->open(QStringLiteral("models"), QStringLiteral("run/"));
        QTRY_VERIFY_WITH_TIMEOUT(runsTable()->isVisible() && runsTable()->model()->rowCount() == 2, slow);
        runsTable()->choose(run);
        QCOMPARE(runsTable()->currentId(), run);
        openSheet();
        QDialog *sheet = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((sheet = m_window->findChild<QDialog *>(QStringLiteral("registerSheet"))) && sheet->isVisible(), slow);
        auto *name = sheet->findChild<QLineEdit *>(QStringLiteral("registerModel"));
        auto *button = sheet->findChild<QAbstractButton *>(QStringLiteral("registerButton"));
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), slow);
        QCOMPARE(name->text(), housing); // the workspace has one model there
        QCOMPARE(sheet->findChild<ui::Choice *>(QStringLiteral("registerPath"))->currentText(), QStringLiteral("model"));
        name->clear();
        QVERIFY(!button->isEnabled());
        QTest::keyClicks(name, housing);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(versionsThere().size() == before + 1, slow);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<QDialog *>(QStringLiteral("registerSheet")), slow);
    }
    void judge(int version) {
        m_window->open(QStringLiteral("models"), model);
        QTRY_VERIFY_WITH_TIMEOUT(find<ui::Table>("versionTable")->model()->rowCount() == version, slow);
        find<ui::Table>("versionTable")->choose(QString::number(version));
        QTest::mouseClick(find<QAbstractButton>("promoteButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(newest() && newest()->version == version && m_window->findChild<QWidget *>(QStringLiteral("promotionSheet")) && find<QWidget>("promotionSheet")->isVisible(), slow);
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
    support::ServerProcess m_server;
    net::HttpClient m_http;
    QString m_workspace, m_promotion;
    QStringList m_runs; ///< the weak one, the better one
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) { return runInOwnHome<tst_MlflowWindow>(argc, argv); }
#include "tst_mlflow_window.moc"
