// SPDX-License-Identifier: GPL-3.0-or-later
// A model's file as a commit: made, pushed, read back, taken back by the journal; what stands in its way is said.
#include "core/base/hash.h"
#include "core/fleet/commit_artifact.h"
#include "core/fleet/pull_requests.h"
#include "tests/support/fake_pipelines.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

class TestCommitArtifact : public QObject {
    Q_OBJECT
    QTemporaryDir dir;
    QString origin, clone;
    Services services;
    QByteArray git(const QString &folder, const QStringList &words) {
        QProcess p;
        p.setWorkingDirectory(folder);
        p.start(QStringLiteral("git"), QStringList{QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"), QStringLiteral("user.email=t@t"), QStringLiteral("-c"), QStringLiteral("init.defaultBranch=main")} + words);
        p.waitForFinished();
        return p.readAllStandardOutput().trimmed();
    }
    QString write(const QString &path, const QByteArray &bytes) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }
    ArtifactWish wish(const QByteArray &bytes) {
        ArtifactWish wish;
        wish.model = QStringLiteral("t2m");
        wish.files = {write(dir.filePath(QStringLiteral("model.bin")), bytes)};
        wish.repository = clone;
        wish.job = QStringLiteral("plucky_pear_a1b2c3d4");
        wish.branch = QStringLiteral("models");
        return wish;
    }

private Q_SLOTS:
    void initTestCase() {
        origin = dir.filePath(QStringLiteral("origin"));
        clone = dir.filePath(QStringLiteral("clone"));
        QDir().mkpath(origin);
        git(origin, {QStringLiteral("init"), QStringLiteral("--bare")});
        git(dir.path(), {QStringLiteral("clone"), origin, clone});
        write(clone + QStringLiteral("/README"), "one\n");
        git(clone, {QStringLiteral("checkout"), QStringLiteral("-b"), QStringLiteral("main")});
        git(clone, {QStringLiteral("add"), QStringLiteral(".")});
        git(clone, {QStringLiteral("commit"), QStringLiteral("-m"), QStringLiteral("first")});
        git(clone, {QStringLiteral("push"), QStringLiteral("-u"), QStringLiteral("origin"), QStringLiteral("main")});
        QVERIFY2(git(clone, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")}).size() == 40, "git is needed");
        services.journal = *operations::Journal::open(dir.filePath(QStringLiteral("journal.jsonl")), *Database::open(dir.filePath(QStringLiteral("registry.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
        services.operations = std::make_shared<operations::Operations>(services.journal, operations::Actor{QStringLiteral("ann"), QStringLiteral("pilot"), workspace::Role::Operator});
    }

    void isCommittedAndTakenBack() {
        const auto change = planArtifactCommit(services, wish("weights"));
        QVERIFY2(change.has_value(), qPrintable(change ? QString() : change.error().text()));
        QCOMPARE(change->files.size(), std::size_t(1));
        QVERIFY(change->files.front().made);
        QCOMPARE(change->files.front().path, QStringLiteral("models/t2m/model.bin"));
        QCOMPARE(change->into, QStringLiteral("main"));
        QVERIFY2(change->message.contains(QStringLiteral("sha256 %1 models/t2m/model.bin").arg(sha256Hex("weights"))), qPrintable(change->message));
        QCOMPARE(registry::gitRunOf(change->message), QStringLiteral("plucky_pear_a1b2c3d4"));
        const auto commit = std::make_shared<QString>();
        const auto outcome = services.operations->run(artifactOperation(*change, QStringLiteral("ann"), commit));
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        QCOMPARE(git(origin, {QStringLiteral("show"), QStringLiteral("models:models/t2m/model.bin")}), QByteArray("weights"));
        QCOMPARE(git(origin, {QStringLiteral("rev-parse"), QStringLiteral("models")}), commit->toLatin1());
        QCOMPARE(planArtifactCommit(services, wish("weights")).error().kind, ErrorKind::Refused); // it is there
        // The plan was made on something else.
        const auto stale = services.operations->run(artifactOperation(*change, QStringLiteral("ann"), nullptr));
        QVERIFY(stale.error);
        QCOMPARE(stale.error->kind, ErrorKind::Conflict);
        const auto back = undoArtifactCommit(services, *operations::recordedOperation(*services.journal, outcome.id));
        QVERIFY2(back.has_value(), qPrintable(back ? QString() : back.error().text()));
        const auto undone = services.operations->run(*back);
        QVERIFY2(!undone.error, qPrintable(undone.error ? undone.error->text() : QString()));
        QCOMPARE(git(origin, {QStringLiteral("ls-tree"), QStringLiteral("-r"), QStringLiteral("--name-only"), QStringLiteral("models")}), QByteArray("README"));
        QVERIFY(git(origin, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s"), QStringLiteral("models")}).startsWith("Revert"));
    }

    /// No version stands behind such files: what was measured is the job's.
    void theJobsMetricsAreInTheMessage() {
        const auto azure = std::make_shared<tests::FakePipelines>(QStringLiteral("azureml"), QStringLiteral("azureml"));
        pipelines::PipelineRun run;
        run.id = QStringLiteral("dynamic_brush_7kq2x1w0vz");
        run.system = QStringLiteral("azureml");
        run.metrics = {{QStringLiteral("f1"), 0.7143}, {QStringLiteral("recall"), 1}};
        azure->all = {run};
        Services with = services;
        workspace::Connection connection;
        connection.name = connection.kind = QStringLiteral("azureml");
        with.workspace.connections.insert(connection.name, connection);
        with.pipelines = std::make_shared<pipelines::AllPipelines>(nullptr, std::vector<std::shared_ptr<pipelines::PipelineService>>{azure});
        ArtifactWish trained = wish("trained there");
        trained.job = QStringLiteral("azureml:dynamic_brush_7kq2x1w0vz");
        const auto change = planArtifactCommit(with, trained);
        QVERIFY2(change.has_value(), qPrintable(change ? QString() : change.error().text()));
        QVERIFY2(change->title.contains(QStringLiteral("f1 0.7143")), qPrintable(change->title));
        QVERIFY2(change->message.contains(QStringLiteral("\nAzure-Job: dynamic_brush_7kq2x1w0vz\n")), qPrintable(change->message));
        QCOMPARE(registry::gitRunOf(change->message), run.id);
        const auto said = registry::gitMetricsOf(change->message);
        QCOMPARE(said.value(QStringLiteral("f1")), 0.7143);
        QCOMPARE(said.value(QStringLiteral("recall")), 1.0);
        trained.job = QStringLiteral("azureml:no_such_job");
        QCOMPARE(planArtifactCommit(with, trained).error().kind, ErrorKind::NotFound);
    }

    void aLargeFileIsForDvc() {
        ArtifactWish large = wish(QByteArray(11 << 20, 'x'));
        const auto refused = planArtifactCommit(services, large);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        QVERIFY(refused.error().hint.contains(QStringLiteral("pilot data add")));
        large.files = {dir.filePath(QStringLiteral("nothing"))};
        QCOMPARE(planArtifactCommit(services, large).error().kind, ErrorKind::NotFound);
    }

    /// The connection whose repository an address is, of whatever form.
    void pullRequestsFindTheirConnection() {
        workspace::Connection c;
        c.name = QStringLiteral("gh");
        c.kind = QStringLiteral("github");
        c.other = {{QStringLiteral("owner"), QStringLiteral("team")}, {QStringLiteral("repo"), QStringLiteral("api, web")}};
        Services s;
        s.workspace.connections.insert(c.name, c);
        c.name = QStringLiteral("ghe");
        c.url = QStringLiteral("https://ghe.example/api/v3");
        s.workspace.connections.insert(c.name, c);
        for (const char *address : {"https://github.com/team/web.git", "git@github.com:team/web", "ssh://git@github.com/team/web.git"}) {
            const auto place = pullPlaceOf(s, QLatin1String(address));
            QVERIFY2(place, address);
            QCOMPARE(place->repository.full(), QStringLiteral("team/web"));
            QCOMPARE(place->api->base(), QStringLiteral("https://api.github.com"));
        }
        QCOMPARE(pullPlaceOf(s, QStringLiteral("git@ghe.example:team/api.git"))->api->base(), QStringLiteral("https://ghe.example/api/v3"));
        QVERIFY(!pullPlaceOf(s, QStringLiteral("https://github.com/team/other.git")));
    }
};

QTEST_GUILESS_MAIN(TestCommitArtifact)
#include "tst_commit_artifact.moc"
