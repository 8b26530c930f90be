// SPDX-License-Identifier: GPL-3.0-or-later
// The contract on real MLflow servers. PILOTHOUSE_MLFLOW and PILOTHOUSE_MLFLOW2 name the program `mlflow` of a 3.x and of a 2.x; else they are
// looked for where tests/run installs them (build/mlflow3-venv, build/mlflow2-venv). What is absent is skipped.
#include "core/registry/mlflow_registry.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "tests/support/free_port.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

#include <QProcess>
#include <QStandardPaths>

#include <csignal>
#include <cstdio>

#include <unistd.h>

using support::freePort;

namespace {

QString programOf(const char *variable, const QString &venv) {
    if (const QString named = qEnvironmentVariable(variable); !named.isEmpty())
        return named;
    return QStandardPaths::findExecutable(QStringLiteral("mlflow"), {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/") + venv + QStringLiteral("/bin")});
}

/// One server on loopback, with its database and artifacts in a folder.
class Server {
public:
    Server(const QString &program, const QString &folder, const QByteArray &version) : m_url(QStringLiteral("http://127.0.0.1:%1").arg(freePort())) {
        QDir().mkpath(folder);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false", "DO_NOT_TRACK=true", "MLFLOW_DISABLE_TELEMETRY=true"})
            environment.insert(QString::fromLatin1(name).section(QLatin1Char('='), 0, 0), QString::fromLatin1(name).section(QLatin1Char('='), 1));
        m_process.setProcessEnvironment(environment);
        m_process.setChildProcessModifier([] { ::setsid(); }); // a group of its own: the server of 2.x has workers that outlive it
        m_process.setWorkingDirectory(folder);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setStandardOutputFile(folder + QStringLiteral("/log"));
        m_process.start(program, {QStringLiteral("server"), QStringLiteral("--host"), QStringLiteral("127.0.0.1"), QStringLiteral("--port"), m_url.section(QLatin1Char(':'), 2), QStringLiteral("--workers"),
                                  QStringLiteral("1"), QStringLiteral("--backend-store-uri"), QStringLiteral("sqlite:///") + folder + QStringLiteral("/mlflow.db"), QStringLiteral("--serve-artifacts"),
                                  QStringLiteral("--artifacts-destination"), folder + QStringLiteral("/artifacts")});
        m_api = std::make_unique<MlflowApi>(std::make_shared<net::HttpClient>(), MlflowServer{m_url, {}, {}});
        m_ready = QTest::qWaitFor(
                      [this] {
                          return m_process.state() == QProcess::NotRunning || m_api->get(QStringLiteral("experiments/search"), QUrlQuery(QStringLiteral("max_results=1"))).has_value();
                      },
                      180000) &&
                  m_process.state() != QProcess::NotRunning;
        if (!m_ready)
            std::fprintf(stderr, "MLflow %s did not start; its log is %s/log\n", version.constData(), qPrintable(folder));
    }
    ~Server() {
        const auto group = pid_t(-m_process.processId());
        if (group < -1) // 0 and −1 are everybody
            ::kill(group, SIGTERM);
        m_process.waitForFinished(10000);
        if (group < -1)
            ::kill(group, SIGKILL);
        m_process.waitForFinished(5000);
    }
    bool ready() const { return m_ready; }
    const QString &url() const { return m_url; }
    /// Nothing in it but the experiment that MLflow makes itself. Names of deleted experiments stay taken there: they are renamed first.
    bool empty() {
        bool good = true;
        const auto all = [&](const char *call, const char *list, const char *key) {
            QStringList out;
            good = good && MlflowApi::eachItem([&](const QString &token) { return m_api->get(QLatin1String(call), QUrlQuery(QStringLiteral("max_results=100&page_token=") + token)); }, list,
                                               [&](const QJsonObject &item) {
                                                   out += item.value(QLatin1String(key)).toString();
                                                   return true;
                                               })
                               .has_value();
            return out;
        };
        for (const QString &name : all("registered-models/search", "registered_models", "name"))
            good = good && m_api->send("DELETE", QStringLiteral("registered-models/delete"), {{QStringLiteral("name"), name}});
        for (const QString &id : all("experiments/search", "experiments", "experiment_id")) {
            if (id == QLatin1String("0"))
                continue;
            const QJsonObject named{{QStringLiteral("experiment_id"), id}, {QStringLiteral("new_name"), QStringLiteral("gone-") + id}};
            good = good && m_api->send("POST", QStringLiteral("experiments/update"), named) && m_api->send("POST", QStringLiteral("experiments/delete"), {{QStringLiteral("experiment_id"), id}});
        }
        return good;
    }

private:
    QString m_url;
    QProcess m_process;
    std::unique_ptr<MlflowApi> m_api;
    bool m_ready = false;
};

} // namespace

/// What only MLflow has: other tools write to it, too.
class MlflowOnly : public QObject {
    Q_OBJECT
public:
    MlflowOnly(MlflowApi api, RegistryContract::Factory factory) : m_api(std::move(api)), m_factory(std::move(factory)) {}

private Q_SLOTS:
    void init() {
        m_registry = m_factory();
        QVERIFY(m_registry);
    }

    void promptsAreNoModels() {
        const QJsonArray tags = mlflowPairs(QMap<QString, QString>{{QStringLiteral("mlflow.prompt.is_prompt"), QStringLiteral("true")}});
        QVERIFY(m_api.send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), QStringLiteral("greeting")}, {QStringLiteral("tags"), tags}}));
        QVERIFY(m_api.send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), QStringLiteral("wind")}}));
        const auto models = *m_registry->models();
        QCOMPARE(models.size(), std::size_t(1));
        QCOMPARE(models.front().name, QStringLiteral("wind"));
        QVERIFY(!m_registry->model(QStringLiteral("greeting"))->has_value());
    }

    /// Somebody moves the alias by another tool: the history says so, and a move that does not expect it is a Conflict.
    void anAliasThatOthersMoveIsSeen() {
        const QString run = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada"));
        for (int i = 0; i < 2; ++i)
            QVERIFY(version("t2m", run));
        VERIFY_OK(m_registry->moveAlias(t2m, champion, std::nullopt, 1, ada));
        QVERIFY(m_api.send("POST", QStringLiteral("registered-models/alias"), {{QStringLiteral("name"), t2m}, {QStringLiteral("alias"), champion}, {QStringLiteral("version"), QStringLiteral("2")}}));
        VERIFY_KIND(ErrorKind::Conflict, m_registry->moveAlias(t2m, champion, 1, std::nullopt, ada));
        const auto history = *m_registry->aliasHistory(t2m, champion);
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history[0].version.value_or(0), 2);
        QCOMPARE(history[0].by, QString());
        QCOMPARE(history[1].by, QStringLiteral("ada"));
    }

    /// More than a page of versions and of points comes whole.
    void listsComeWhole() {
        const QString run = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada"));
        std::vector<MetricPoint> points;
        for (int i = 0; i < 26000; ++i) // a page has 25,000
            points.push_back({QStringLiteral("loss"), 1.0 / (i + 1), i, QDateTime::fromMSecsSinceEpoch(1700000000000 + i, Qt::UTC)});
        points.back().value = std::numeric_limits<double>::infinity();
        VERIFY_OK(m_registry->logMetrics(run, points));
        const auto history = *m_registry->metricHistory(run, QStringLiteral("loss"));
        QCOMPARE(history.size(), points.size());
        QCOMPARE(history[25000].value, points[25000].value);
        QCOMPARE(history[25000].time, points[25000].time);
        QVERIFY(std::isinf(history.back().value));
    }

    void aRunThatWasDeletedLeavesItsVersion() {
        const QString run = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada"));
        QVERIFY(version("t2m", run));
        QVERIFY(m_api.send("POST", QStringLiteral("runs/delete"), {{QStringLiteral("run_id"), run}}));
        QCOMPARE(m_registry->versions(t2m)->front().runId, run);
    }

    /// A package that was trained elsewhere brings its run along, once.
    void aRunOfAnotherIdIsMadeOnce() {
        const Version first = package(1, QStringLiteral("local-7")), second = package(2, QStringLiteral("local-7"));
        QCOMPARE(second.runId, first.runId);
        QVERIFY(second.source != first.source);
        QCOMPARE(m_registry->run(first.runId)->tags.value(QStringLiteral("pilothouse.run")), QStringLiteral("local-7"));
        QCOMPARE(m_registry->runs(t2m, 10)->size(), std::size_t(1));
        for (const Version &version : {first, second})
            QCOMPARE(artifact::openPackage(*m_registry->packageFolder(version))->digest, version.digest);
    }

    /// What stands on the server is not what was registered: it is refused and said.
    void artifactsThatWereWrittenOverAreRefused() {
        const Version made = package(1);
        const QString file = QUrl(made.source).path() + QStringLiteral("/MODEL_CARD.md");
        auto request = *m_api.request("PUT", QStringLiteral("/api/2.0/mlflow-artifacts/artifacts") + file);
        request.body = "another card";
        VERIFY_OK(m_api.raw(request));
        const auto folder = m_registry->packageFolder(made);
        QVERIFY(!folder);
        QCOMPARE(folder.error().kind, ErrorKind::Invalid);
    }

    /// A copy here that was damaged is fetched anew.
    void aDamagedCopyIsFetchedAgain() {
        const Version made = package(2);
        const QString folder = *m_registry->packageFolder(made);
        QFile weights(folder + QStringLiteral("/model.json"));
        QVERIFY(weights.open(QIODevice::WriteOnly | QIODevice::Append) && weights.write(" ") == 1);
        weights.close();
        VERIFY_OK(artifact::openPackage(*m_registry->packageFolder(made)));
    }

    /// A run of elsewhere stands there once, with its own times, and its files are among its artifacts.
    void aCopyKeepsItsTimesAndFiles() {
        Run of;
        of.id = QStringLiteral("local-9");
        of.experiment = t2m;
        of.name = QStringLiteral("tiny");
        of.user = QStringLiteral("ada");
        of.started = QDateTime::fromMSecsSinceEpoch(1700000000123, Qt::UTC);
        const QDateTime end = of.started.addSecs(100);
        QVERIFY(!m_registry->copyOf(t2m, of.id)->has_value()); // nor is its experiment there
        const auto id = m_registry->copyRun(of);
        VERIFY_OK(id);
        VERIFY_KIND(ErrorKind::Conflict, m_registry->copyRun(of));
        QCOMPARE((*m_registry->copyOf(t2m, of.id))->id, *id);
        QVERIFY(!m_registry->copyOf(t2m, QStringLiteral("local-8"))->has_value());
        VERIFY_OK(m_registry->finishCopy(*id, RunStatus::Failed, QStringLiteral("No rows."), end));
        const Run there = *m_registry->run(*id);
        QCOMPARE(there.started, of.started);
        QCOMPARE(there.ended, end);
        QCOMPARE(there.status, RunStatus::Failed);
        QCOMPARE(there.error, QStringLiteral("No rows."));
        QDir().mkpath(m_folder.filePath(QStringLiteral("files/below")));
        VERIFY_OK(writeFileAtomically(m_folder.filePath(QStringLiteral("files/below/a b.txt")), "text"));
        for (int twice = 0; twice < 2; ++twice) // a file that is there is written over
            VERIFY_OK(m_registry->sendArtifacts(*id, m_folder.filePath(QStringLiteral("files")), {QStringLiteral("below/a b.txt")}, QStringLiteral("report")));
        const auto request = *m_api.request("GET", QStringLiteral("/api/2.0/mlflow-artifacts/artifacts") + QUrl(there.artifactFolder).path() + QStringLiteral("/report/below/a%20b.txt"));
        const auto read = m_api.raw(request);
        VERIFY_OK(read);
        QCOMPARE(read->body, QByteArray("text"));
    }

    void wrongServersAreToldApart() {
        const auto http = std::make_shared<net::HttpClient>();
        const auto asked = [&](const QString &url) { return mlflowRegistry(MlflowApi(http, {url, {}, {}}), m_folder.path())->models(); };
        VERIFY_KIND(ErrorKind::Unreachable, asked(QStringLiteral("http://127.0.0.1:%1").arg(freePort())));
        const auto page = asked(m_url + QStringLiteral("/no/such/path"));
        QVERIFY(!page);
        QVERIFY2(page.error().kind == ErrorKind::Invalid || page.error().kind == ErrorKind::NotFound, qPrintable(page.error().text()));
    }

public:
    QString m_url;

private:
    bool version(const char *model, const QString &run) {
        (void)m_api.send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), QLatin1String(model)}});
        return m_api.send("POST", QStringLiteral("model-versions/create"),
                          {{QStringLiteral("name"), QLatin1String(model)}, {QStringLiteral("source"), m_registry->run(run)->artifactFolder + QStringLiteral("/model")}, {QStringLiteral("run_id"), run}})
            .has_value();
    }
    Version package(double weight, const QString &run = {}) {
        const QString folder = m_folder.filePath(QStringLiteral("package%1").arg(++m_packages));
        test::TinyModel tiny;
        tiny.a = weight;
        if (auto written = test::writeTinyPackage(folder, tiny); !written)
            qFatal("%s", qPrintable(written.error().text()));
        const auto made = m_registry->registerVersion(t2m, folder, run, QStringLiteral("ada"));
        if (!made)
            qFatal("%s", qPrintable(made.error().text()));
        return *made;
    }
    MlflowApi m_api;
    RegistryContract::Factory m_factory;
    std::shared_ptr<Registry> m_registry;
    QTemporaryDir m_folder;
    int m_packages = 0;
};

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    QTemporaryDir folder;
    qputenv("PILOTHOUSE_CACHE", folder.filePath(QStringLiteral("cache")).toUtf8());
    int failed = 0, ran = 0;
    for (const auto &[variable, venv] : {std::pair{"PILOTHOUSE_MLFLOW", "mlflow3-venv"}, {"PILOTHOUSE_MLFLOW2", "mlflow2-venv"}}) {
        const QString program = programOf(variable, QString::fromLatin1(venv));
        if (program.isEmpty()) {
            std::printf("SKIP   : %s is not here (see the top of this file)\n", venv);
            continue;
        }
        Server server(program, folder.filePath(QString::fromLatin1(venv)), venv);
        if (!server.ready())
            return 1;
        const RegistryContract::Factory factory = [&]() -> std::shared_ptr<Registry> {
            if (!server.empty())
                return nullptr;
            return mlflowRegistry(MlflowApi(std::make_shared<net::HttpClient>(), {server.url(), {}, {}}), folder.filePath(QStringLiteral("packages")));
        };
        std::printf("%s\n", venv);
        RegistryContract contract(factory);
        failed += QTest::qExec(&contract, argc, argv);
        MlflowOnly only(MlflowApi(std::make_shared<net::HttpClient>(), {server.url(), {}, {}}), factory);
        only.m_url = server.url();
        failed += QTest::qExec(&only, argc, argv);
        ++ran;
    }
    if (ran == 0)
        std::printf("SKIP   : TestMlflowRegistry::initTestCase() no MLflow is here\n");
    return failed;
}

#include "tst_mlflow_registry.moc"
