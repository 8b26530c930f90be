// SPDX-License-Identifier: GPL-3.0-or-later
// The contract on MLflow 3 as others run it: with a login, on MariaDB, with artifacts in S3 (handed through by the server, or fetched from the
// store itself) and on a disk that server and client share. PILOTHOUSE_MARIADB names `mariadbd` (else PATH); S3 is MinIO where PILOTHOUSE_MINIO names
// it, else moto. What is absent is skipped and said.
#include "core/fleet/webhooks.h"
#include "core/registry/mlflow_registry.h"
#include "core/registry/mlflow_webhooks.h"
#include "tests/contract/registry/mlflow_contract.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "tests/support/loopback_server.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

#include <cstdio>

namespace {

const QString bucket = QStringLiteral("artifacts");

sources::S3Client s3At(const QString &url, const char *key = "pilothouse-secret") {
    sources::S3Endpoint endpoint;
    endpoint.url = url;
    endpoint.credentials = {QStringLiteral("pilothouse"), QString::fromLatin1(key), {}};
    return sources::S3Client(std::make_shared<net::HttpClient>(), endpoint);
}

QByteArray basic(const char *password) { return "Basic " + (QByteArray("admin:") + password).toBase64(); }

MlflowApi apiOf(const QString &url, const QByteArray &authorization = {}) {
    return MlflowApi(std::make_shared<net::HttpClient>(), {url, {}, [authorization]() -> Result<QByteArray> { return authorization; }});
}

int run(const char *what, RegistryContract::Factory factory, const QStringList &arguments) {
    std::printf("%s\n", what);
    std::fflush(stdout);
    RegistryContract contract(std::move(factory));
    return QTest::qExec(&contract, arguments);
}

int absent(const char *what, const char *needs) {
    std::printf("SKIP   : %s: %s\n", what, needs);
    return 0;
}

/// boto3 for the server, from where moto has it: a folder for PYTHONPATH; empty if it is not here.
QString boto3(const QString &folder) {
    const QDir lib(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/python-venv/lib"));
    const QString named = qEnvironmentVariable("PILOTHOUSE_BOTO3"); // a site-packages folder
    const QStringList pythons = lib.entryList({QStringLiteral("python3*")}, QDir::Dirs);
    const QString from = !named.isEmpty() ? named : pythons.isEmpty() ? QString() : lib.filePath(pythons.front() + QStringLiteral("/site-packages"));
    QDir().mkpath(folder);
    for (const QString &name : {QStringLiteral("boto3"), QStringLiteral("botocore"), QStringLiteral("s3transfer"), QStringLiteral("jmespath")}) {
        if (from.isEmpty() || !QFileInfo(from + QLatin1Char('/') + name).isDir())
            return {};
        QFile::link(from + QLatin1Char('/') + name, folder + QLatin1Char('/') + name);
    }
    return folder;
}

} // namespace

/// Webhooks and a login, on one server.
class LoginAndWebhooks : public QObject {
    Q_OBJECT
public:
    explicit LoginAndWebhooks(QString url) : m_url(std::move(url)) {}

private Q_SLOTS:
    void wrongLoginsAreDenied_data() {
        QTest::addColumn<QByteArray>("authorization");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("another password") << basic("guess");
        QTest::newRow("a token where a password is wanted") << QByteArray("Bearer abcdef");
    }
    void wrongLoginsAreDenied() {
        QFETCH(QByteArray, authorization);
        const auto models = mlflowRegistry(apiOf(m_url, authorization), m_folder.path())->models();
        QVERIFY(!models);
        QCOMPARE(models.error().kind, ErrorKind::Denied);
        QVERIFY(!models.error().hint.isEmpty());
    }
    void aWebhookIsListedAndTested() {
        const MlflowApi api = apiOf(m_url, basic("Adm1n-loopback"));
        int status = 200;
        QList<QByteArray> got;
        support::LoopbackServer receiver([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                got << request;
                c.reply(status, "thanks");
            }
        });
        const QJsonObject event{{QStringLiteral("entity"), QStringLiteral("MODEL_VERSION_ALIAS")}, {QStringLiteral("action"), QStringLiteral("CREATED")}};
        const auto made = api.send("POST", QStringLiteral("webhooks"), {{QStringLiteral("name"), QStringLiteral("team")}, {QStringLiteral("url"), receiver.url("/services/T000/key-in-the-path")}, {QStringLiteral("events"), QJsonArray{event}}});
        VERIFY_OK(made);
        const auto all = mlflowWebhooks(api);
        VERIFY_OK(all);
        QCOMPARE(all->size(), std::size_t(1));
        const Webhook &hook = all->front();
        QCOMPARE(hook.name, QStringLiteral("team"));
        QCOMPARE(hook.status, QStringLiteral("ACTIVE"));
        QCOMPARE(hook.events, QStringList{QStringLiteral("model_version_alias.created")});
        QVERIFY2(!hook.address.contains(QStringLiteral("key-in-the-path")) && hook.address.contains(QStringLiteral("/services/")), qPrintable(hook.address));
        const auto operation = fleet::testWebhookOperation(api, hook, QStringLiteral("team-mlflow"));
        QCOMPARE(operation.connection, QStringLiteral("team-mlflow"));
        VERIFY_OK(operation.steps.front().guard());
        QVERIFY(got.isEmpty()); // looking sends nothing
        VERIFY_OK(operation.steps.front().execute());
        QCOMPARE(got.size(), 1);
        QCOMPARE(operation.steps.front().readBack()->value(QStringLiteral("status")).toInt(), 200);
        status = 410;
        const auto refused = operation.steps.front().execute();
        VERIFY_KIND(ErrorKind::Refused, refused);
        QVERIFY2(refused.error().what.contains(QStringLiteral("410")), qPrintable(refused.error().text()));
        VERIFY_KIND(ErrorKind::NotFound, testMlflowWebhook(api, QStringLiteral("00000000-0000-0000-0000-000000000000")));
        VERIFY_OK(api.send("DELETE", QStringLiteral("webhooks/") + hook.id, {}));
        VERIFY_KIND(ErrorKind::NotFound, operation.steps.front().guard());
    }

private:
    QString m_url;
    QTemporaryDir m_folder;
};

/// Stores that the server does not hand through.
class DirectStores : public QObject {
    Q_OBJECT
public:
    DirectStores(MlflowApi api, QString s3) : m_api(std::move(api)), m_s3(std::move(s3)) {}

private Q_SLOTS:
    void withoutAConnectionItIsRefusedAndSaid() {
        const auto registry = mlflowRegistry(m_api, m_folder.path());
        const QString package = m_folder.filePath(QStringLiteral("package"));
        VERIFY_OK(test::writeTinyPackage(package, {}));
        const auto refused = registry->registerVersion(QStringLiteral("t2m"), package, {}, QStringLiteral("ada"));
        VERIFY_KIND(ErrorKind::Refused, refused);
        QVERIFY2(refused.error().hint.contains(QStringLiteral("artifacts:")), qPrintable(refused.error().text()));
    }
    void aWrongKeyIsDenied() {
        if (support::minioProgram().isEmpty())
            QSKIP("moto verifies no signatures, and MinIO is not here");
        const auto registry = mlflowRegistry(m_api, m_folder.path(), [this]() -> Result<sources::S3Client> { return s3At(m_s3, "another"); });
        const auto refused = registry->registerVersion(QStringLiteral("t2m"), m_folder.filePath(QStringLiteral("package")), {}, QStringLiteral("ada"));
        VERIFY_KIND(ErrorKind::Denied, refused);
        QVERIFY(registry->versions(QStringLiteral("t2m"))->empty());
    }
    /// A path of the server's machine that is another one here: asked, the server does not see what was written, and it is taken away.
    void aDiskThatIsNotSharedIsRefused() {
        QTemporaryDir shared, elsewhere;
        const auto id = m_api.send("POST", QStringLiteral("experiments/create"), {{QStringLiteral("name"), QStringLiteral("disk")}, {QStringLiteral("artifact_location"), shared.path()}});
        VERIFY_OK(id);
        const auto registry = mlflowRegistry(m_api, m_folder.path());
        const QString run = *registry->createRun(QStringLiteral("disk"), {}, QStringLiteral("ada")), root = registry->run(run)->artifactFolder;
        const auto good = artifactStore(root + QStringLiteral("/model"), m_api, {}, run);
        VERIFY_OK((*good)->send(m_folder.filePath(QStringLiteral("package")), {QStringLiteral("SHA256SUMS")}));
        QCOMPARE((*good)->list({})->size(), std::size_t(1));
        const auto other = artifactStore(elsewhere.path() + QStringLiteral("/model"), m_api, {}, run);
        VERIFY_KIND(ErrorKind::Refused, (*other)->send(m_folder.filePath(QStringLiteral("package")), {QStringLiteral("SHA256SUMS")}));
        QVERIFY(!QFileInfo::exists(elsewhere.path() + QStringLiteral("/model")));
    }

private:
    MlflowApi m_api;
    QString m_s3;
    QTemporaryDir m_folder;
};

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const QString program = support::mlflow3Program();
    if (program.isEmpty()) {
        std::printf("SKIP   : TestMlflowStores::initTestCase() no MLflow 3 is here (see tests/support/mlflow_server.h)\n");
        return 0;
    }
    QTemporaryDir folder;
    qputenv("PILOTHOUSE_CACHE", folder.filePath(QStringLiteral("cache")).toUtf8());
    const QString packages = folder.filePath(QStringLiteral("packages"));
    const QStringList whole{QString::fromLocal8Bit(argv[0])};
    const QStringList packagesOnly = whole + QStringList{QStringLiteral("versionsCountFromOneAndCopyThePackage"), QStringLiteral("aDamagedPackageIsNotRegistered")};
    int failed = 0;
    {
        support::ServerProcess server;
        const support::MlflowOptions options{{}, {}, {}, true, {{QStringLiteral("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS"), QStringLiteral("true")}, {QStringLiteral("MLFLOW_WEBHOOK_ALLOWED_SCHEMES"), QStringLiteral("http,https")}, {QStringLiteral("MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES"), QStringLiteral("0")}}};
        if (!support::startMlflow(server, program, folder.filePath(QStringLiteral("login")), options))
            return 1;
        const MlflowApi api = apiOf(server.url(), basic("Adm1n-loopback"));
        failed += run("MLflow 3 with a login", [&]() -> std::shared_ptr<Registry> { return test::emptied(api) ? mlflowRegistry(api, packages) : nullptr; }, packagesOnly + QStringList{QStringLiteral("anAliasMovesOnlyFromWhereItWasExpected"), QStringLiteral("metricsKeepTheirHistoryAndTheLastValue")}); // a password is worked on for each call
        LoginAndWebhooks login(server.url());
        failed += QTest::qExec(&login, whole);
    }
    const QString mariadb = qEnvironmentVariable("PILOTHOUSE_MARIADB", QStandardPaths::findExecutable(QStringLiteral("mariadbd"), {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/bin")}));
    const QString installDb = mariadb.isEmpty() ? QString() : QStandardPaths::findExecutable(QStringLiteral("mariadb-install-db"), {QFileInfo(mariadb).absoluteDir().filePath(QStringLiteral("../bin")), QStringLiteral("/usr/bin")});
    if (mariadb.isEmpty() || installDb.isEmpty()) {
        absent("MLflow 3 on MariaDB", "mariadbd or mariadb-install-db is not here (Debian's mariadb-server-core and mariadb-client-core)");
    } else if (QProcess::execute(QFileInfo(program).absoluteDir().filePath(QStringLiteral("python")), {QStringLiteral("-c"), QStringLiteral("import pymysql")}) != 0) {
        absent("MLflow 3 on MariaDB", "pymysql is not beside MLflow (tests/contract/registry/mlflow3.txt, which tests/run installs)");
    } else {
        support::ServerProcess database, server;
        const QString data = folder.filePath(QStringLiteral("mariadb")), user = ::getuid() == 0 ? QStringLiteral("--user=root") : QString();
        QProcess install;
        install.start(installDb, QStringList{QStringLiteral("--no-defaults"), QStringLiteral("--datadir=") + data, QStringLiteral("--auth-root-authentication-method=normal")} + (user.isEmpty() ? QStringList() : QStringList{user}));
        if (!install.waitForFinished(60000) || install.exitCode() != 0)
            return 1;
        QFile sql(folder.filePath(QStringLiteral("init.sql")));
        if (!sql.open(QIODevice::WriteOnly) || sql.write("CREATE DATABASE mlflow;\nCREATE USER mlflow@'127.0.0.1' IDENTIFIED BY 'mlflow';\nCREATE USER mlflow@localhost IDENTIFIED BY 'mlflow';\nGRANT ALL ON mlflow.* TO mlflow@'127.0.0.1';\nGRANT ALL ON mlflow.* TO mlflow@localhost;\n") < 0)
            return 1;
        sql.close();
        const int port = support::freePort();
        QProcess daemon;
        daemon.start(mariadb, QStringList{QStringLiteral("--no-defaults"), QStringLiteral("--datadir=") + data, QStringLiteral("--bind-address=127.0.0.1"), QStringLiteral("--port=%1").arg(port), QStringLiteral("--socket=%1/s").arg(data), QStringLiteral("--innodb-flush-log-at-trx-commit=0"), QStringLiteral("--init-file=") + sql.fileName()} + (user.isEmpty() ? QStringList() : QStringList{user}));
        support::MlflowOptions options;
        options.database = QStringLiteral("mysql+pymysql://mlflow:mlflow@127.0.0.1:%1/mlflow").arg(port);
        const bool up = QTest::qWaitFor([&] { return QFileInfo::exists(data + QStringLiteral("/s")); }, 60000);
        if (!up || !support::startMlflow(server, program, folder.filePath(QStringLiteral("on-mariadb")), options)) {
            ++failed;
        } else {
            const MlflowApi api = apiOf(server.url());
            failed += run("MLflow 3 on MariaDB", [&]() -> std::shared_ptr<Registry> { return test::emptied(api) ? mlflowRegistry(api, packages) : nullptr; }, whole);
        }
        daemon.terminate();
        daemon.waitForFinished(20000);
    }
    support::ServerProcess store;
    QString name;
    if (support::minioProgram().isEmpty())
        absent("MLflow 3 with artifacts in MinIO", "it is not here (PILOTHOUSE_MINIO, or tests/backends/minio.sh build, which wants Go); moto is taken");
    if (!support::startS3(store, folder.filePath(QStringLiteral("s3")), &name)) {
        absent("MLflow 3 with artifacts in S3", "neither MinIO nor moto_server is here");
        return failed;
    }
    Result<void> made;
    QTest::qWaitFor([&] { // MinIO answers that it is ready, and a moment later that it is not initialised yet
        made = s3At(store.url()).createBucket(bucket);
        return made || made.error().kind != ErrorKind::Unreachable;
    }, 60000);
    if (!made) {
        std::printf("FAIL!  : no bucket at %s: %s\n", qPrintable(name), qPrintable(made.error().text()));
        return 1;
    }
    {
        support::ServerProcess server;
        support::MlflowOptions options;
        options.directRoot = QStringLiteral("s3://%1/direct").arg(bucket);
        if (!support::startMlflow(server, program, folder.filePath(QStringLiteral("direct")), options))
            return 1;
        const MlflowApi api = apiOf(server.url());
        const S3Maker maker = [&]() -> Result<sources::S3Client> { return s3At(store.url()); };
        failed += run(qPrintable(QStringLiteral("MLflow 3, artifacts in %1 itself").arg(name)), [&]() -> std::shared_ptr<Registry> { return test::emptied(api) ? mlflowRegistry(api, packages, maker) : nullptr; }, packagesOnly);
        QTemporaryDir disk;
        failed += run("MLflow 3, artifacts on a disk that is shared", [&]() -> std::shared_ptr<Registry> {
            const QJsonObject located{{QStringLiteral("name"), QStringLiteral("trainings")}, {QStringLiteral("artifact_location"), disk.path()}};
            return test::emptied(api) && api.send("POST", QStringLiteral("experiments/create"), located) ? mlflowRegistry(api, packages) : nullptr;
        }, packagesOnly);
        if (!test::emptied(api))
            return 1;
        DirectStores direct(api, store.url());
        failed += QTest::qExec(&direct, whole);
    }
    const QString python = boto3(folder.filePath(QStringLiteral("python")));
    if (python.isEmpty())
        return failed + absent("MLflow 3 that hands S3 through", "boto3 is not here (build/python-venv, which tests/run installs, or PILOTHOUSE_BOTO3)");
    support::ServerProcess server;
    support::MlflowOptions options;
    options.artifacts = QStringLiteral("s3://%1/proxied").arg(bucket);
    options.environment = {{QStringLiteral("PYTHONPATH"), python}, {QStringLiteral("MLFLOW_S3_ENDPOINT_URL"), store.url()}, {QStringLiteral("AWS_ACCESS_KEY_ID"), QStringLiteral("pilothouse")}, {QStringLiteral("AWS_SECRET_ACCESS_KEY"), QStringLiteral("pilothouse-secret")}, {QStringLiteral("AWS_DEFAULT_REGION"), QStringLiteral("us-east-1")}};
    if (!support::startMlflow(server, program, folder.filePath(QStringLiteral("proxied")), options))
        return 1;
    const MlflowApi api = apiOf(server.url());
    failed += run(qPrintable(QStringLiteral("MLflow 3 that hands %1 through").arg(name)), [&]() -> std::shared_ptr<Registry> { return test::emptied(api) ? mlflowRegistry(api, packages) : nullptr; }, packagesOnly);
    return failed;
}

#include "tst_mlflow_stores.moc"
