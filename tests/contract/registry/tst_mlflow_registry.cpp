// SPDX-License-Identifier: GPL-3.0-or-later
// The contract on real MLflow servers of 3.x and 2.x (tests/support/mlflow_server.h). What is absent is skipped.
#include "core/registry/mlflow_registry.h"
#include "core/registry/mlflow_webhooks.h"
#include "tests/contract/registry/mlflow_contract.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

#include <cstdio>

using support::freePort;

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

    /// Prompts' versions are no models' versions either.
    void aPromptHasNoVersionsHere() {
        const QJsonArray tags = mlflowPairs(QMap<QString, QString>{{QStringLiteral("mlflow.prompt.is_prompt"), QStringLiteral("true")}});
        const QString name = QStringLiteral("greeting");
        QVERIFY(m_api.send("POST", QStringLiteral("registered-models/create"), {{QStringLiteral("name"), name}, {QStringLiteral("tags"), tags}}));
        const auto made = m_api.send("POST", QStringLiteral("model-versions/create"), {{QStringLiteral("name"), name}, {QStringLiteral("source"), QStringLiteral("prompt-template")}, {QStringLiteral("tags"), tags}});
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QVERIFY(m_registry->versions(name)->empty());
        VERIFY_KIND(ErrorKind::NotFound, m_registry->version(name, 1));
        QVERIFY(m_api.send("POST", QStringLiteral("registered-models/alias"), {{QStringLiteral("name"), name}, {QStringLiteral("alias"), champion}, {QStringLiteral("version"), QStringLiteral("1")}}));
        VERIFY_KIND(ErrorKind::NotFound, m_registry->versionByAlias(name, champion));
    }

    void experimentsAreListed() {
        QVERIFY(m_registry->createRun(QStringLiteral("nightly"), {}, QStringLiteral("ada")));
        const auto all = *m_registry->experiments();
        const auto found = std::find_if(all.begin(), all.end(), [](const Experiment &e) { return e.name == QLatin1String("nightly"); });
        QVERIFY(found != all.end());
        QVERIFY(!found->id.isEmpty() && !found->artifactFolder.isEmpty() && found->created.isValid());
    }

    /// A run that nobody ended, long ago; one that still writes is none.
    void aRunThatWasLeftBehindIsKnown() {
        const QString id = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada"));
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QVERIFY(!looksDangling(*m_registry->run(id), now));
        QVERIFY(looksDangling(*m_registry->run(id), now.addDays(2)));
        VERIFY_OK(m_registry->logMetrics(id, {{QStringLiteral("loss"), 1, 0, now.addDays(2)}}));
        QVERIFY(!looksDangling(*m_registry->run(id), now.addDays(2).addSecs(60)));
        VERIFY_OK(m_registry->finishRun(id, RunStatus::Finished));
        QVERIFY(!looksDangling(*m_registry->run(id), now.addDays(20)));
    }

    void webhooksAreListedOrTheirLackIsSaid() {
        const auto all = mlflowWebhooks(m_api);
        if (m_major >= 3) {
            QVERIFY2(all, all ? "" : qPrintable(all.error().text()));
            QVERIFY(all->empty());
            return;
        }
        QVERIFY(!all);
        QCOMPARE(all.error().kind, ErrorKind::Refused);
        QVERIFY2(all.error().what.contains(QStringLiteral("MLflow 2.")), qPrintable(all.error().text()));
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
    int m_major = 3;

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
    for (const auto &[program, name] : {std::pair{support::mlflow3Program(), "mlflow3"}, {support::mlflow2Program(), "mlflow2"}}) {
        if (program.isEmpty()) {
            std::printf("SKIP   : %s is not here (see tests/support/mlflow_server.h)\n", name);
            continue;
        }
        support::ServerProcess server;
        if (!support::startMlflow(server, program, folder.filePath(QString::fromLatin1(name))))
            return 1;
        const MlflowApi api(std::make_shared<net::HttpClient>(), {server.url(), {}, {}});
        const RegistryContract::Factory factory = [&]() -> std::shared_ptr<Registry> {
            return test::emptied(api) ? mlflowRegistry(api, folder.filePath(QStringLiteral("packages"))) : nullptr;
        };
        std::printf("%s\n", name);
        RegistryContract contract(factory);
        failed += QTest::qExec(&contract, argc, argv);
        MlflowOnly only(api, factory);
        only.m_url = server.url();
        only.m_major = name[6] - '0';
        failed += QTest::qExec(&only, argc, argv);
        ++ran;
    }
    if (ran == 0)
        std::printf("SKIP   : TestMlflowRegistry::initTestCase() no MLflow is here\n");
    return failed;
}

#include "tst_mlflow_registry.moc"
