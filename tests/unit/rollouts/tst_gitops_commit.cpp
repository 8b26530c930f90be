// SPDX-License-Identifier: GPL-3.0-or-later
// A change of a cluster as a commit: manifests edited in place, committed to a branch of a repository, taken back. And the revision of a folder as what is applied.
#include "core/rollouts/apply_folder.h"
#include "core/registry/git_files.h"
#include "core/rollouts/gitops_commit.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using cluster::ManifestEdit;

namespace {

const QByteArray deployment = R"(# What the API is made of.
apiVersion: v1
kind: Service
metadata: {name: api}
---
apiVersion: apps/v1
kind: Deployment   # two of them
metadata:
  name: api
  namespace: mlops-ns
spec:
  replicas: 2 # enough for now
  template:
    spec:
      containers:
      # the model's service
      - name: app
        image: "ghcr.io/o/api:v1"   # by the build
        args: [--port, "8000"]
      - {name: side, image: ghcr.io/o/side:v1}
)";

} // namespace

class TestGitOpsCommit : public QObject {
    Q_OBJECT
    QTemporaryDir dir;
    QString origin, clone;
    QByteArray git(const QString &folder, const QStringList &words) {
        QProcess p;
        p.setWorkingDirectory(folder);
        p.start(QStringLiteral("git"), QStringList{QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"), QStringLiteral("user.email=t@t"), QStringLiteral("-c"), QStringLiteral("init.defaultBranch=main")} + words);
        p.waitForFinished();
        return p.readAllStandardOutput().trimmed();
    }

private Q_SLOTS:
    void editsInPlace_data() {
        QTest::addColumn<QString>("container");
        QTest::addColumn<QString>("image");
        QTest::addColumn<int>("replicas");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("an image in quotes") << QStringLiteral("app") << QStringLiteral("ghcr.io/o/api:v2") << -1 << QByteArray("\"ghcr.io/o/api:v1\"") << QByteArray("\"ghcr.io/o/api:v2\"");
        QTest::newRow("an image in braces") << QStringLiteral("side") << QStringLiteral("ghcr.io/o/side@sha256:00") << -1 << QByteArray("ghcr.io/o/side:v1}") << QByteArray("ghcr.io/o/side@sha256:00}");
        QTest::newRow("replicas") << QString() << QString() << 5 << QByteArray("replicas: 2 #") << QByteArray("replicas: 5 #");
    }
    void editsInPlace() {
        QFETCH(QString, container);
        QFETCH(QString, image);
        QFETCH(int, replicas);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        ManifestEdit edit{QStringLiteral("Deployment"), QStringLiteral("api"), QStringLiteral("mlops-ns"), container, image, {}};
        if (replicas >= 0)
            edit.replicas = replicas;
        const auto edited = cluster::editedManifest(deployment, QStringLiteral("k.yml"), edit);
        QVERIFY2(edited, qPrintable(edited ? QString() : edited.error().text()));
        QVERIFY(edited->has_value());
        QByteArray wanted = deployment;
        QCOMPARE(wanted.count(from), 1);
        QCOMPARE(**edited, wanted.replace(from, to)); // every other byte stays
    }

    void whatIsNotThere() {
        ManifestEdit edit{QStringLiteral("Deployment"), QStringLiteral("other"), {}, {}, QStringLiteral("x:1"), {}};
        QVERIFY(!cluster::editedManifest(deployment, QStringLiteral("k.yml"), edit)->has_value());
        edit.name = QStringLiteral("api");
        const auto unclear = cluster::editedManifest(deployment, QStringLiteral("k.yml"), edit);
        QVERIFY(!unclear && unclear.error().hint.contains(QStringLiteral("app, side")));
        edit.space = QStringLiteral("another");
        QVERIFY(!cluster::editedManifest(deployment, QStringLiteral("k.yml"), edit)->has_value());
    }

    void replicasThatWereNotWritten() {
        const auto edited = cluster::editedManifest("kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec:\n    # first\n    selector: {}\n", QStringLiteral("k.yml"), {QStringLiteral("Deployment"), QStringLiteral("a"), {}, {}, {}, 3});
        QVERIFY2(edited && *edited, qPrintable(edited ? QString() : edited.error().text()));
        QCOMPARE(**edited, QByteArray("kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec:\n    # first\n    replicas: 3\n    selector: {}\n"));
    }

    void initTestCase() {
        origin = dir.filePath(QStringLiteral("origin"));
        clone = dir.filePath(QStringLiteral("clone"));
        QDir().mkpath(origin);
        git(origin, {QStringLiteral("init"), QStringLiteral("--bare")});
        git(dir.path(), {QStringLiteral("clone"), origin, clone});
        QDir().mkpath(clone + QStringLiteral("/k8s"));
        QFile file(clone + QStringLiteral("/k8s/api.yml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(deployment);
        file.close();
        git(clone, {QStringLiteral("checkout"), QStringLiteral("-b"), QStringLiteral("main")});
        git(clone, {QStringLiteral("add"), QStringLiteral(".")});
        git(clone, {QStringLiteral("commit"), QStringLiteral("-m"), QStringLiteral("first")});
        git(clone, {QStringLiteral("push"), QStringLiteral("-u"), QStringLiteral("origin"), QStringLiteral("main")});
        QVERIFY2(git(clone, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")}).size() == 40, "git is needed");
    }

    void commitsAndTakesBack() {
        GitOpsSource source;
        source.server.url = clone;
        source.server.branch = QStringLiteral("main");
        source.server.remote = QStringLiteral("origin");
        source.folder = QStringLiteral("k8s");
        const ManifestEdit edit{QStringLiteral("Deployment"), QStringLiteral("api"), QStringLiteral("mlops-ns"), QStringLiteral("app"), QStringLiteral("ghcr.io/o/api:v2"), {}};
        const auto change = planGitOps(source, edit);
        QVERIFY2(change, qPrintable(change ? QString() : change.error().text()));
        QCOMPARE(change->file, QStringLiteral("k8s/api.yml"));
        QCOMPARE(change->branch, QStringLiteral("pilothouse/api-api-v2"));
        QVERIFY(change->diff.join(QLatin1Char('\n')).contains(QStringLiteral("+        image: \"ghcr.io/o/api:v2\"   # by the build")));

        const auto journal = *operations::Journal::open(dir.filePath(QStringLiteral("journal.jsonl")), *Database::open(dir.filePath(QStringLiteral("registry.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
        operations::Operations operations(journal, {QStringLiteral("ann"), QStringLiteral("pilot"), workspace::Role::Operator});
        auto operation = gitOpsOperation(source, *change, edit, QStringLiteral("ann"));
        const auto outcome = operations.run(operation);
        QVERIFY2(!outcome.error, qPrintable(outcome.error ? outcome.error->text() : QString()));
        // Pushed, on its branch only, by ann.
        QVERIFY(git(origin, {QStringLiteral("show"), QStringLiteral("pilothouse/api-api-v2:k8s/api.yml")}).contains("\"ghcr.io/o/api:v2\"   # by the build"));
        QVERIFY(git(origin, {QStringLiteral("show"), QStringLiteral("main:k8s/api.yml")}).contains("ghcr.io/o/api:v1"));
        QCOMPARE(git(origin, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%an %s"), QStringLiteral("pilothouse/api-api-v2")}), QByteArray("ann Deployment api: image ghcr.io/o/api:v2"));
        QVERIFY(operations.undoDone(operation, outcome).done);
        QVERIFY(git(origin, {QStringLiteral("show"), QStringLiteral("pilothouse/api-api-v2:k8s/api.yml")}).contains("ghcr.io/o/api:v1"));
        QVERIFY(git(origin, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s"), QStringLiteral("pilothouse/api-api-v2")}).startsWith("Revert"));
        // Again, and back by the journal alone.
        const auto again = planGitOps(source, edit);
        QVERIFY(again);
        QVERIFY(again->branch != change->branch); // a name of its own: that one has gone another way
        const auto second = operations.run(gitOpsOperation(source, *again, edit, QStringLiteral("ann")));
        QVERIFY2(!second.error, qPrintable(second.error ? second.error->text() : QString()));
        const auto recorded = operations::recordedOperation(*journal, second.id);
        QVERIFY(recorded && isGitOpsOperation(*recorded));
        auto reverse = undoGitOpsOperation(source, *recorded, QStringLiteral("ann"));
        QVERIFY2(reverse, reverse ? "" : qPrintable(reverse.error().text()));
        QCOMPARE(reverse->details.value(QStringLiteral("undoes")).toString(), second.id);
        const auto back = operations.run(*reverse);
        QVERIFY2(!back.error, qPrintable(back.error ? back.error->text() : QString()));
        QVERIFY(git(origin, {QStringLiteral("show"), again->branch + QStringLiteral(":k8s/api.yml")}).contains("ghcr.io/o/api:v1"));
        QVERIFY(git(origin, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s"), again->branch}).startsWith("Revert \"Deployment api: image"));
        // A second time it is another file than the record knows.
        reverse = undoGitOpsOperation(source, *recorded, QStringLiteral("ann"));
        QVERIFY(reverse);
        const auto twice = operations.run(*reverse);
        QVERIFY(twice.error);
        QCOMPARE(twice.error->kind, ErrorKind::Conflict);
        // The branch that is checked out here is not moved under its work tree.
        source.branch = QStringLiteral("main");
        const auto direct = planGitOps(source, edit);
        QVERIFY(direct);
        const auto refused = operations.run(gitOpsOperation(source, *direct, edit, QStringLiteral("ann")));
        QVERIFY(refused.error);
        QCOMPARE(refused.error->kind, ErrorKind::Refused);
        ManifestEdit other = edit;
        other.name = QStringLiteral("nobody");
        QCOMPARE(planGitOps(source, other).error().kind, ErrorKind::NotFound);
        other = edit;
        other.image = QStringLiteral("ghcr.io/o/api:v1");
        QCOMPARE(planGitOps(source, other).error().kind, ErrorKind::Refused);
        // A third wish of the same kind has a branch of its own, too; one that is named is changed as it is there, once more and again.
        source.branch.clear();
        const auto third = planGitOps(source, edit);
        QVERIFY(third && third->branch != again->branch && third->branch != change->branch);
        source.branch = again->branch;
        for (const char *image : {"ghcr.io/o/api:v3", "ghcr.io/o/api:v4"}) {
            other.image = QLatin1String(image);
            const auto on = planGitOps(source, other);
            QVERIFY2(on, on ? "" : qPrintable(on.error().text()));
            const auto made = operations.run(gitOpsOperation(source, *on, other, QStringLiteral("ann")));
            QVERIFY2(!made.error, qPrintable(made.error ? made.error->text() : QString()));
            QVERIFY(git(origin, {QStringLiteral("show"), again->branch + QStringLiteral(":k8s/api.yml")}).contains(image));
        }
        other.image.clear();
        other.environment.insert(QStringLiteral("DB_PASSWORD"), QStringLiteral("a-long-password-77"));
        const auto credential = planGitOps(source, other);
        QVERIFY(!credential);
        QCOMPARE(credential.error().kind, ErrorKind::Refused);
        QVERIFY2(credential.error().text().contains(QStringLiteral("Secret")) && !credential.error().text().contains(QStringLiteral("a-long")), qPrintable(credential.error().text()));
    }

    void pullRequestPages_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("page");
        const QString hub = QStringLiteral("https://github.com/o/r/compare/main...pilothouse/api-v2?expand=1");
        QTest::newRow("https") << QStringLiteral("https://github.com/o/r.git") << hub;
        QTest::newRow("with a user") << QStringLiteral("https://ann@github.com/o/r") << hub;
        QTest::newRow("as scp writes it") << QStringLiteral("git@github.com:o/r.git") << hub;
        QTest::newRow("ssh") << QStringLiteral("ssh://git@github.com/o/r.git") << hub;
        QTest::newRow("GitLab, in a group of a group") << QStringLiteral("git@gitlab.example.org:g/s/r.git")
                                                       << QStringLiteral("https://gitlab.example.org/g/s/r/-/merge_requests/new?merge_request%5Bsource_branch%5D=pilothouse%2Fapi-v2&merge_request%5Btarget_branch%5D=main");
        QTest::newRow("Bitbucket") << QStringLiteral("https://bitbucket.org/o/r.git") << QStringLiteral("https://bitbucket.org/o/r/pull-requests/new?source=pilothouse%2Fapi-v2&dest=main");
        QTest::newRow("a server that we do not know") << QStringLiteral("https://git.example.org/o/r.git") << QString();
        QTest::newRow("a folder") << QStringLiteral("/srv/git/r") << QString();
    }
    void pullRequestPages() {
        QFETCH(QString, address);
        QFETCH(QString, page);
        QCOMPARE(registry::pullRequestPage(address, QStringLiteral("main"), QStringLiteral("pilothouse/api-v2")), page);
    }

    void oneRepositoryByManyNames() {
        QVERIFY(registry::sameRepository(QStringLiteral("git@github.com:o/r.git"), QStringLiteral("https://ann@GitHub.com/o/r")));
        QVERIFY(registry::sameRepository(QStringLiteral("ssh://git@host/o/r/"), QStringLiteral("https://host/o/r.git")));
        QVERIFY(registry::sameRepository(QStringLiteral("file:///srv/r.git"), QStringLiteral("/srv/r")));
        QVERIFY(!registry::sameRepository(QStringLiteral("https://github.com/o/r"), QStringLiteral("https://github.com/o/r2")));
        QVERIFY(!registry::sameRepository(QStringLiteral("https://a.example/o/r"), QStringLiteral("https://b.example/o/r")));
        QVERIFY(!registry::sameRepository({}, {}));
    }

    void theRemoteOfAClone() {
        registry::GitServer server;
        server.url = clone;
        server.remote = QStringLiteral("origin");
        const auto found = registry::gitOrigin(server, {});
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->address, origin);
        QCOMPARE(found->branch, QStringLiteral("main"));
        QVERIFY(registry::gitHasRemote(clone, QStringLiteral("origin")).value_or(false));
        QVERIFY(!registry::gitHasRemote(clone, QStringLiteral("upstream")).value_or(true));
    }

    void aRevisionOfAFolder() {
        const QByteArray head = git(clone, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
        auto source = readApplySource(clone + QStringLiteral("/k8s"), {}, {QStringLiteral("o/api={commit}")});
        QVERIFY2(source, qPrintable(source ? QString() : source.error().text()));
        QCOMPARE(source->commit.toLatin1(), head);
        QVERIFY(source->notes.isEmpty());
        QCOMPARE(source->images.front().after, QStringLiteral("ghcr.io/o/api:") + QString::fromLatin1(head.left(7)));
        QFile file(clone + QStringLiteral("/k8s/api.yml"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: changed}\n");
        file.close();
        source = readApplySource(clone + QStringLiteral("/k8s"), {}, {});
        QVERIFY(source);
        QCOMPARE(source->manifests.size(), 1u);
        QVERIFY(source->notes.first().contains(QStringLiteral("not committed")));
        source = readApplySource(clone + QStringLiteral("/k8s"), QStringLiteral("main"), {});
        QVERIFY2(source, source ? "" : qPrintable(source.error().text()));
        QCOMPARE(source->manifests.size(), 2u); // as the revision has it
        QCOMPARE(source->manifests.at(1).place, QStringLiteral("api.yml:6"));
        QCOMPARE(readApplySource(clone + QStringLiteral("/k8s"), QStringLiteral("no-such"), {}).error().kind, ErrorKind::NotFound);
        // Which of two commits is the older, for tags that are commits.
        git(clone, {QStringLiteral("commit"), QStringLiteral("-am"), QStringLiteral("second")});
        const QString first = QString::fromLatin1(head.left(7)), second = QString::fromLatin1(git(clone, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")}).left(7));
        QCOMPARE(registry::gitOrder(clone, first, second).value_or(9), -1);
        QCOMPARE(registry::gitOrder(clone, second, first).value_or(9), 1);
        QCOMPARE(registry::gitOrder(clone, first, QStringLiteral("0000000")).value_or(9), 9);
    }
};

QTEST_GUILESS_MAIN(TestGitOpsCommit)
#include "tst_gitops_commit.moc"
