// SPDX-License-Identifier: GPL-3.0-or-later
// The contract on real MLflow servers of 3.x and 2.x (tests/support/mlflow_server.h). What is absent is skipped.
#include "core/registry/mlflow_registry.h"
#include "core/registry/mlflow_webhooks.h"
#include "tests/contract/registry/mlflow_contract.h"
#include "core/registry/run_filter.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

#include <cstdio>
#include <limits>

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

    /// What the server's own search lets through is what our filter lets through, for all that both can say.
    void ourFilterJudgesAsTheServerDoes() {
        QStringList ids;
        const double infinity = std::numeric_limits<double>::infinity();
        const double rmse[]{0.5, 1, 1.5, infinity};
        for (int i = 0; i < 5; ++i) {
            ids << *m_registry->createRun(QStringLiteral("e"), QStringLiteral("Run %1").arg(i), i % 2 ? QStringLiteral("ada") : QStringLiteral("grace"));
            if (i < 4)
                VERIFY_OK(m_registry->logMetrics(ids.back(), {{QStringLiteral("rmse"), rmse[i], 0, {}}, {QStringLiteral("test.m-ae"), double(i), 0, {}}}));
            VERIFY_OK(m_registry->logParams(ids.back(), {{QStringLiteral("model"), i % 2 ? QStringLiteral("xgb_1") : QStringLiteral("XGBx1")}, {QStringLiteral("depth"), QString::number(i)}}));
            if (i > 1)
                VERIFY_OK(m_registry->setRunTags(ids.back(), {{QStringLiteral("x y"), QStringLiteral("50% off, ") + QString::number(i)}}));
            if (i != 3)
                VERIFY_OK(m_registry->finishRun(ids.back(), i ? RunStatus::Finished : RunStatus::Failed));
        }
        const auto runs = *m_registry->runs({});
        QCOMPARE(runs.size(), std::size_t(5));
        QJsonArray experiments;
        for (const QJsonValue &e : m_api.search(QStringLiteral("experiments/search"), {{QStringLiteral("max_results"), 10}})->value(QLatin1String("experiments")).toArray())
            experiments.append(e[QLatin1String("experiment_id")]);
        for (const QString &filter : {QStringLiteral("metrics.rmse < 1"), QStringLiteral("metrics.rmse <= 1 and metrics.rmse > 0.5"), QStringLiteral("metric.rmse != 1"), QStringLiteral("metrics.rmse > 1e300"),
                                      QStringLiteral("metrics.`test.m-ae` >= 2"), QStringLiteral("metrics.nothing != 1"), QStringLiteral("params.model = 'xgb_1'"), QStringLiteral("params.model != 'xgb_1'"),
                                      QStringLiteral("params.model LIKE 'xgb%'"), QStringLiteral("params.model ILIKE 'xgb_1'"), QStringLiteral("param.model LIKE '%b_1'"), QStringLiteral("params.depth = \"3\""),
                                      QStringLiteral("tags.\"x y\" LIKE '50%'"), QStringLiteral("tags.`x y` != 'z'"), QStringLiteral("tags.`x y` ILIKE '%OFF, 3'"), QStringLiteral("attributes.status = 'FINISHED'"),
                                      QStringLiteral("status != 'FINISHED'"), QStringLiteral("attributes.run_name LIKE 'Run%'"), QStringLiteral("run_name ILIKE 'run _'"), QStringLiteral("\"run name\" = 'Run 2'"),
                                      QStringLiteral("attributes.run_id IN ('%1', '%2')").arg(ids[1], ids[4]), QStringLiteral("run_id NOT IN ('%1')").arg(ids[1]), QStringLiteral("start_time >= %1").arg(runs[1].started.toMSecsSinceEpoch()),
                                      QStringLiteral("created < %1").arg(runs[1].started.toMSecsSinceEpoch()), QStringLiteral("end_time > 0"), QStringLiteral("tags.mlflow.user = 'ada' AND metrics.rmse > 0")}) {
            const auto reply = m_api.search(QStringLiteral("runs/search"), {{QStringLiteral("experiment_ids"), experiments}, {QStringLiteral("filter"), filter}, {QStringLiteral("max_results"), 100}});
            QVERIFY2(reply, qPrintable(filter + QStringLiteral(": ") + (reply ? QString() : reply.error().text())));
            QStringList theirs, ours;
            for (const QJsonValue &run : reply->value(QLatin1String("runs")).toArray())
                theirs << run[QLatin1String("info")][QLatin1String("run_name")].toString();
            const auto parsed = RunFilter::parse(filter);
            QVERIFY2(parsed, qPrintable(filter));
            for (const Run &run : runs)
                if (parsed->matches(run))
                    ours << run.name;
            theirs.sort();
            ours.sort();
            QVERIFY2(theirs == ours, qPrintable(QStringLiteral("%1: the server %2, we %3").arg(filter, theirs.join(QLatin1Char(' ')), ours.join(QLatin1Char(' ')))));
        }
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
        const QString name = QStringLiteral("greeting-2");
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
        const auto folder = m_registry->packageFolder(made, {}, true); // what is here by its digest is not asked for otherwise
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

    /// A plan's lines are the calls themselves: what curl is told to send is taken and does it.
    void commandsOfAPlanDoWhatTheRegistryDoes() {
        const QString curl = QStandardPaths::findExecutable(QStringLiteral("curl"));
        if (curl.isEmpty())
            QSKIP("there is no curl");
        const Version made = package(3);
        const QString model = made.model;
        const auto runLines = [](const QString &lines) {
            QProcess shell;
            shell.start(QStringLiteral("sh"), {QStringLiteral("-e"), QStringLiteral("-c"), lines});
            return shell.waitForFinished(30000) && shell.exitCode() == 0;
        };
        const Stamp stamp{QStringLiteral("it's ada"), QStringLiteral("op-9")};
        using What = Write::What;
        QVERIFY(runLines(m_registry->commands({What::Alias, model, 0, champion, made.version, {}, false, stamp, {}})));
        QCOMPARE(m_registry->versionByAlias(model, champion)->version, made.version);
        QCOMPARE(m_registry->aliasHistory(model, champion)->front().by, stamp.by);
        QVERIFY(runLines(m_registry->commands({What::VersionTag, model, made.version, QStringLiteral("a b"), {}, QStringLiteral("it's $HOME"), false, {}, {}})));
        QCOMPARE(m_registry->version(model, made.version)->tags.value(QStringLiteral("a b")), QStringLiteral("it's $HOME"));
        QVERIFY(runLines(m_registry->commands({What::Description, model, made.version, {}, {}, QStringLiteral("größer"), false, {}, {}})));
        QCOMPARE(m_registry->version(model, made.version)->description, QStringLiteral("größer"));
        QVERIFY(runLines(m_registry->commands({What::Copy, model, made.version, QStringLiteral("copied"), {}, {}, false, stamp, {{QStringLiteral("why"), QStringLiteral("a test")}}})));
        const Version copy = *m_registry->version(QStringLiteral("copied"), 1);
        QCOMPARE(copy.digest, made.digest);
        QCOMPARE(copy.user, stamp.by);
        const auto left = m_registry->runModels(made.runId);
        VERIFY_OK(left);
        QCOMPARE(left->size(), std::size_t(1));
        QVERIFY(runLines(m_registry->commands({What::Register, QStringLiteral("again"), 0, made.runId, {}, {}, false, stamp, {}, left->front()})));
        QCOMPARE(m_registry->version(QStringLiteral("again"), 1)->digest, made.digest);
        QVERIFY(runLines(m_registry->commands({What::Delete, QStringLiteral("copied"), 1, {}, {}, {}, false, {}, {}})));
        VERIFY_KIND(ErrorKind::NotFound, m_registry->version(QStringLiteral("copied"), 1));
        QVERIFY(!runLines(m_registry->commands({What::Delete, QStringLiteral("copied"), 1, {}, {}, {}, false, {}, {}}))); // and curl says so
    }

    /// What other tools log: a model that is no package of ours, a package that lost a file, and the models that MLflow 3 keeps beside its runs.
    void modelsOfOtherToolsAreFoundAtTheirRun() {
        const QString run = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada")), folder = m_folder.filePath(QStringLiteral("foreign"));
        for (const char *name : {"/MLmodel", "/model.pkl"})
            VERIFY_OK(writeFileAtomically(folder + QLatin1String(name), "flavors: {}\n"));
        const QStringList files{QStringLiteral("MLmodel"), QStringLiteral("model.pkl")};
        VERIFY_OK(m_registry->sendArtifacts(run, folder, files, QStringLiteral("model"), {}));
        VERIFY_OK(m_registry->sendArtifacts(run, folder, {QStringLiteral("model.pkl")}, QStringLiteral("plots"), {}));
        auto left = *m_registry->runModels(run);
        QCOMPARE(left.size(), std::size_t(1));
        QCOMPARE(left[0].path, QStringLiteral("model"));
        QCOMPARE(left[0].digest, QString());
        const auto made = m_registry->registerRunModel(QStringLiteral("foreign"), run, left[0], QStringLiteral("ada"));
        VERIFY_OK(made);
        QCOMPARE(made->source, m_registry->run(run)->artifactFolder + QStringLiteral("/model"));
        if (m_major >= 3) {
            const QString experiment = m_api.get(QStringLiteral("experiments/get-by-name"), QUrlQuery(QStringLiteral("experiment_name=e")))->value(QLatin1String("experiment"))[QLatin1String("experiment_id")].toString();
            const auto logged = m_api.send("POST", QStringLiteral("logged-models"), {{QStringLiteral("experiment_id"), experiment}, {QStringLiteral("name"), QStringLiteral("forest")}, {QStringLiteral("source_run_id"), run}});
            VERIFY_OK(logged);
            const QString id = (*logged)[QLatin1String("model")][QLatin1String("info")][QLatin1String("model_id")].toString();
            VERIFY_OK(m_api.send("POST", QStringLiteral("runs/outputs"), {{QStringLiteral("run_id"), run}, {QStringLiteral("models"), QJsonArray{QJsonObject{{QStringLiteral("model_id"), id}, {QStringLiteral("step"), 0}}}}}));
            left = *m_registry->runModels(run);
            QCOMPARE(left.size(), std::size_t(2));
            QCOMPARE(left[1].id, id);
            QCOMPARE(left[1].path, QStringLiteral("forest"));
            const auto version = m_registry->registerRunModel(QStringLiteral("foreign"), run, left[1], QStringLiteral("ada"));
            VERIFY_OK(version);
            QCOMPARE(version->version, 2);
            QCOMPARE(version->runId, run);
        }
        const QString cut = *m_registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada")), whole = m_folder.filePath(QStringLiteral("whole"));
        VERIFY_OK(test::writeTinyPackage(whole, {}));
        VERIFY_OK(m_registry->sendArtifacts(cut, whole, {QStringLiteral("MLmodel"), QStringLiteral("SHA256SUMS")}, QStringLiteral("model"), {}));
        VERIFY_KIND(ErrorKind::Invalid, m_registry->runModels(cut));
    }

    /// The secret's value is in no plan: the line names the variable from which `pilot` would read it.
    void commandsNameTheSecretOnly() {
        MlflowServer server{QStringLiteral("https://mlflow.example/base/"), QStringLiteral("/etc/ca.pem"), [] { return Result<QByteArray>(QByteArrayLiteral("Basic c2VjcmV0")); }};
        server.curlLogin = QStringLiteral("-u 'ops:'\"$PILOTHOUSE_SECRET_MLFLOW\"");
        const auto registry = mlflowRegistry(MlflowApi(std::make_shared<net::HttpClient>(), server), m_folder.path());
        const QString line = registry->commands({Write::What::VersionTag, t2m, 1, QStringLiteral("k"), {}, QStringLiteral("v"), false, {}, {}});
        QCOMPARE(line, QStringLiteral("curl --fail-with-body -X POST 'https://mlflow.example/base/api/2.0/mlflow/model-versions/set-tag' --cacert '/etc/ca.pem' -u 'ops:'\"$PILOTHOUSE_SECRET_MLFLOW\" "
                                      "-H 'Content-Type: application/json' -d '{\"key\":\"k\",\"name\":\"t2m\",\"value\":\"v\",\"version\":\"1\"}'"));
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
