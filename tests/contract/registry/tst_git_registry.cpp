// SPDX-License-Identifier: GPL-3.0-or-later
// The contract on Git repositories that the program git made: a bare one, a work tree, and a work tree that pushes. What only Git has follows:
// how others write to it, what is deployed, remotes, damaged and rewritten repositories.
#include "core/base/hash.h"
#include "core/registry/git_registry.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>

#include <cstdio>
#include <thread>

namespace {

const QString live = QStringLiteral("live");

/// Runs git in a folder; its output. Fails the program where the test itself is wrong.
QString git(const QString &folder, const QStringList &arguments, const QByteArray &input = {}, bool mayFail = false) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("git"), arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(120000);
    if (!mayFail && process.exitCode() != 0)
        qFatal("git %s: %s", qPrintable(arguments.join(QLatin1Char(' '))), process.readAllStandardError().constData());
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

void write(const QString &file, const QByteArray &text) {
    QDir().mkpath(QFileInfo(file).absolutePath());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qFatal("cannot write");
}

/// A repository as the damage system has it: two files that belong together, committed by a workflow.
class Damage {
public:
    explicit Damage(const QString &folder) : folder(folder) {
        QDir().mkpath(folder);
        git(folder, {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
        commit(QStringLiteral("README"), "damage", QStringLiteral("Begin"));
    }
    QString commit(const QString &file, const QByteArray &text, const QString &message) const {
        write(folder + QLatin1Char('/') + file, text);
        return commitAll(message);
    }
    QString commitAll(const QString &message) const {
        git(folder, {QStringLiteral("add"), QStringLiteral("-A")});
        git(folder, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-F"), QStringLiteral("-")}, message.toUtf8());
        return head();
    }
    QString artifacts(const QByteArray &weights, const QString &message) const {
        write(folder + QStringLiteral("/ml/artifacts/svc_model.joblib"), weights);
        write(folder + QStringLiteral("/ml/artifacts/scaler.joblib"), "scaler of " + weights);
        return commitAll(message);
    }
    QString head(const QString &of = QStringLiteral("HEAD")) const { return git(folder, {QStringLiteral("rev-parse"), of}); }
    std::shared_ptr<Registry> registry(GitServer server = {}) const {
        server.url = folder;
        if (server.model.isEmpty())
            server.model = QStringLiteral("damage");
        return gitRegistry(server, folder + QStringLiteral(".fetched"));
    }
    QString folder;
};

const QString damage = QStringLiteral("damage");

} // namespace

class GitOnly : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_damage = std::make_unique<Damage>(m_folder.filePath(QStringLiteral("damage%1").arg(++m_made))); }

    void versionsAreCommitsThatChangedTheFolder() {
        const QString one = m_damage->artifacts("one", QStringLiteral("Commit artifacts of Azure ML job dynamic_brush_1a2b3c4d\n\nf1: 0.61, recall = 66.4 %\nseconds: 12"));
        m_damage->commit(QStringLiteral("api/main.py"), "x", QStringLiteral("The API"));
        const QString two = m_damage->artifacts("two", QStringLiteral("Retrained [skip ci]\n\nJob: plum_kite_0f9e8d7c6b"));
        git(m_damage->folder, {QStringLiteral("revert"), QStringLiteral("--no-edit"), two});
        const auto registry = m_damage->registry();
        const auto versions = *registry->versions(damage);
        QCOMPARE(versions.size(), std::size_t(2)); // the revert brings version 1 back and makes no third
        QCOMPARE(versions[0].version, 2);
        QCOMPARE(versions[0].runId, QStringLiteral("plum_kite_0f9e8d7c6b"));
        QCOMPARE(versions[0].source, two + QStringLiteral(":ml/artifacts"));
        QCOMPARE(versions[1].source, one + QStringLiteral(":ml/artifacts"));
        QCOMPARE(versions[1].digest, QString());
        const Run run = *registry->run(QStringLiteral("dynamic_brush_1a2b3c4d"));
        QCOMPARE(run.metrics, (QMap<QString, double>{{QStringLiteral("f1"), 0.61}, {QStringLiteral("recall"), 0.664}}));
        QCOMPARE(run.tags.value(QStringLiteral("git.commit")), one);
        QCOMPARE(registry->runs(damage)->front().id, QStringLiteral("plum_kite_0f9e8d7c6b"));
        QCOMPARE(registry->metricHistory(run.id, QStringLiteral("f1"))->size(), std::size_t(1));
        const QString folder = *registry->packageFolder(versions[1]);
        QCOMPARE(*readFile(folder + QStringLiteral("/svc_model.joblib")), QByteArray("one"));
        QCOMPARE(*readFile(folder + QStringLiteral("/scaler.joblib")), QByteArray("scaler of one"));
    }

    /// Without a name in the connection a folder with files is one model, called as the repository.
    void aFolderWithFilesIsOneModel() {
        m_damage->artifacts("one", QStringLiteral("One"));
        GitServer server;
        server.url = m_damage->folder;
        const auto models = *gitRegistry(server, m_damage->folder + QStringLiteral(".fetched"))->models();
        QCOMPARE(models.size(), std::size_t(1));
        QCOMPARE(models.front().name, QFileInfo(m_damage->folder).fileName());
        server.path = QStringLiteral("ml");
        QCOMPARE(gitRegistry(server, {})->models()->front().name, QStringLiteral("artifacts"));
    }

    void aMergeCountsWhenTheBranchGotIt() {
        m_damage->artifacts("one", QStringLiteral("One"));
        git(m_damage->folder, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("side")});
        const QString side = m_damage->artifacts("two", QStringLiteral("Two"));
        git(m_damage->folder, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("main")});
        QCOMPARE(m_damage->registry()->versions(damage)->size(), std::size_t(1));
        git(m_damage->folder, {QStringLiteral("merge"), QStringLiteral("-q"), QStringLiteral("--no-ff"), QStringLiteral("--no-edit"), QStringLiteral("side")});
        GitServer server;
        server.live = QStringLiteral("branch:side");
        const auto registry = m_damage->registry(server);
        const auto versions = *registry->versions(damage);
        QCOMPARE(versions.size(), std::size_t(2));
        QVERIFY(versions[0].source.startsWith(m_damage->head()));
        QCOMPARE(registry->versionByAlias(damage, live)->version, 2); // the same state, whichever commit has it
    }

    void aDamagedCopyIsWrittenAnew() {
        m_damage->artifacts("one", QStringLiteral("One"));
        const auto registry = m_damage->registry();
        const Version version = *registry->version(damage, 1);
        const QString folder = *registry->packageFolder(version);
        write(folder + QStringLiteral("/svc_model.joblib"), "other");
        QCOMPARE(*readFile(*registry->packageFolder(version) + QStringLiteral("/svc_model.joblib")), QByteArray("one"));
        write(folder + QStringLiteral("/one_more"), "x");
        QVERIFY(!QFileInfo::exists(*registry->packageFolder(version) + QStringLiteral("/one_more")));
    }

    void whatNoPackageMayHoldIsRefused() {
        QDir().mkpath(m_damage->folder + QStringLiteral("/ml/artifacts"));
        QVERIFY(QFile::link(QStringLiteral("/etc/passwd"), m_damage->folder + QStringLiteral("/ml/artifacts/model.pkl")));
        m_damage->commitAll(QStringLiteral("A link"));
        m_damage->commit(QStringLiteral("ml/artifacts/big.pt"), "version https://git-lfs.github.com/spec/v1\noid sha256:" + QByteArray(64, 'a') + "\nsize 5\n", QStringLiteral("LFS"));
        QVERIFY(QFile::remove(m_damage->folder + QStringLiteral("/ml/artifacts/model.pkl")));
        m_damage->commitAll(QStringLiteral("LFS only"));
        const auto registry = m_damage->registry();
        VERIFY_KIND(ErrorKind::Invalid, registry->packageFolder(*registry->version(damage, 1)));
        const auto lfs = registry->packageFolder(*registry->version(damage, 3));
        QVERIFY(!lfs && lfs.error().hint.contains(QStringLiteral("git lfs")));
        Version elsewhere = *registry->version(damage, 3);
        elsewhere.source = QString(40, QLatin1Char('0')) + QStringLiteral(":ml/artifacts");
        VERIFY_KIND(ErrorKind::NotFound, registry->packageFolder(elsewhere));
        elsewhere.source = QStringLiteral("ml/artifacts");
        VERIFY_KIND(ErrorKind::Invalid, registry->packageFolder(elsewhere));
    }

    /// What git lfs keeps in the clone is the file, if it is whole.
    void anLfsFileOfTheCloneIsTheFile() {
        const QByteArray weights = "weights";
        const QString sha = sha256Hex(weights);
        m_damage->commit(QStringLiteral("ml/artifacts/big.pt"), "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha.toLatin1() + "\nsize 7\n", QStringLiteral("LFS"));
        const QString kept = m_damage->folder + QStringLiteral("/.git/lfs/objects/%1/%2/%3").arg(sha.left(2), sha.mid(2, 2), sha);
        write(kept, weights);
        const auto registry = m_damage->registry();
        const Version version = *registry->version(damage, 1);
        for (int again = 0; again < 2; ++again)
            QCOMPARE(*readFile(*registry->packageFolder(version) + QStringLiteral("/big.pt")), weights);
        write(kept, "damaged");
        VERIFY_KIND(ErrorKind::Invalid, registry->packageFolder(version));
    }

    void aliasesAreTagsThatClonesHave() {
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        const auto registry = m_damage->registry();
        VERIFY_OK(registry->moveAlias(damage, champion, std::nullopt, 1, ada));
        VERIFY_OK(registry->moveAlias(damage, champion, 1, 2, ada));
        VERIFY_OK(registry->setVersionTag(damage, 2, QStringLiteral("approved"), QStringLiteral("ben")));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1\ndamage/champion/2"));
        QVERIFY(git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("-l"), QStringLiteral("-n9"), QStringLiteral("damage/champion/2")}).contains(QStringLiteral("By: ada")));
        QVERIFY(git(m_damage->folder, {QStringLiteral("fsck"), QStringLiteral("--strict")}).isEmpty());
        const QString clone = m_damage->folder + QStringLiteral("-clone");
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), m_damage->folder, clone});
        GitServer server;
        server.url = clone;
        server.model = damage;
        const auto history = *gitRegistry(server, clone + QStringLiteral(".fetched"))->aliasHistory(damage, champion);
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history[0].version.value_or(0), 2);
        QCOMPARE(history[0].by, QStringLiteral("ada"));
        // A tag by hand, as git itself makes it, is one more change.
        git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("damage/champion/3"), m_damage->head(QStringLiteral("HEAD~1"))});
        QCOMPARE(registry->versionByAlias(damage, champion)->version, 1);
    }

    void aRewrittenHistoryLeavesVersionZero() {
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        const auto registry = m_damage->registry();
        VERIFY_OK(registry->moveAlias(damage, champion, std::nullopt, 2, ada));
        git(m_damage->folder, {QStringLiteral("reset"), QStringLiteral("-q"), QStringLiteral("--hard"), QStringLiteral("HEAD~1")});
        m_damage->artifacts("three", QStringLiteral("Three"));
        VERIFY_KIND(ErrorKind::Conflict, registry->versionByAlias(damage, champion));
        QCOMPARE((*registry->model(damage))->aliases.front().version, 0);
        VERIFY_KIND(ErrorKind::Conflict, registry->moveAlias(damage, champion, 2, 1, ada));
        VERIFY_OK(registry->moveAlias(damage, champion, 0, 2, ada));
        QCOMPARE(registry->versionByAlias(damage, champion)->version, 2);
        // A rebase keeps the files: the alias still knows its version.
        git(m_damage->folder, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--amend"), QStringLiteral("-m"), QStringLiteral("Three, in other words")});
        QCOMPARE(registry->versionByAlias(damage, champion)->version, 2);
    }

    /// A commit in front of the running image tag; the promotion is a commit on the manifest.
    void aManifestSaysWhatIsLive() {
        const QString one = m_damage->artifacts("one", QStringLiteral("One")), two = m_damage->artifacts("two", QStringLiteral("Two"));
        const auto manifest = [](const QString &api) {
            return QStringLiteral("kind: Deployment\nspec:\n  containers:\n  - name: api\n    image: ghcr.io/team/api:%1 # built\n  - image: ghcr.io/team/frontend:sha-0123abc\n  - image: nginx:1.25\n").arg(api).toUtf8();
        };
        const QString file = QStringLiteral("k8s/api-deployment.yml");
        m_damage->commit(file, manifest(one.left(7)), QStringLiteral("Deploy one"));
        m_damage->commit(file, manifest(two.left(7)), QStringLiteral("Deploy two"));
        GitServer server;
        server.live = QStringLiteral("file:") + file;
        const auto unclear = m_damage->registry(server)->versionByAlias(damage, live);
        QVERIFY(!unclear && unclear.error().kind == ErrorKind::Invalid && unclear.error().hint.contains(QStringLiteral("image")));
        server.image = QStringLiteral("/api");
        const auto registry = m_damage->registry(server);
        QCOMPARE(registry->versionByAlias(damage, live)->version, 2);
        QCOMPARE(registry->aliasHistory(damage, live)->size(), std::size_t(2));
        VERIFY_KIND(ErrorKind::Conflict, registry->moveAlias(damage, live, 1, 2, ada));
        VERIFY_OK(registry->moveAlias(damage, live, 2, 1, ada));
        QCOMPARE(registry->versionByAlias(damage, live)->version, 1);
        QCOMPARE(*readFile(m_damage->folder + QLatin1Char('/') + file), manifest(one.left(7))); // the work tree followed, and nothing else was touched
        QCOMPARE(git(m_damage->folder, {QStringLiteral("status"), QStringLiteral("--porcelain")}), QString());
        const auto history = *registry->aliasHistory(damage, live);
        QCOMPARE(history.size(), std::size_t(3));
        QCOMPARE(history[0].version.value_or(0), 1);
        QCOMPARE(history[0].by, QStringLiteral("ada"));
        QCOMPARE(history[0].operation, QStringLiteral("op-1"));
        QVERIFY(git(m_damage->folder, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%s")}).startsWith(QStringLiteral("Revert damage to version 1")));
        VERIFY_KIND(ErrorKind::Refused, registry->moveAlias(damage, live, 1, std::nullopt, ada));
    }

    /// The branch that is deployed gets the version's folder: the promotion; moving back is the revert, and counts no new version.
    void aBranchSaysWhatIsLive_data() {
        QTest::addColumn<QString>("branch");
        QTest::newRow("a branch of its own") << QStringLiteral("production");
        QTest::newRow("the branch itself") << QStringLiteral("main");
    }
    void aBranchSaysWhatIsLive() {
        QFETCH(const QString, branch);
        m_damage->artifacts("one", QStringLiteral("One"));
        if (branch != QLatin1String("main"))
            git(m_damage->folder, {QStringLiteral("branch"), branch});
        m_damage->artifacts("two", QStringLiteral("Two"));
        GitServer server;
        server.live = QStringLiteral("branch:") + branch;
        const auto registry = m_damage->registry(server);
        const int first = registry->versionByAlias(damage, live)->version, other = 3 - first;
        QCOMPARE(first, branch == QLatin1String("main") ? 2 : 1);
        VERIFY_OK(registry->moveAlias(damage, live, first, other, ada));
        QCOMPARE(registry->versionByAlias(damage, live)->version, other);
        VERIFY_OK(registry->moveAlias(damage, live, other, first, ada));
        QCOMPARE(registry->versionByAlias(damage, live)->version, first);
        QCOMPARE(registry->versions(damage)->size(), std::size_t(2));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("status"), QStringLiteral("--porcelain")}), QString());
        const auto history = *registry->aliasHistory(damage, live);
        QCOMPARE(history.front().version.value_or(0), first);
        QCOMPARE(history[1].version.value_or(0), other);
    }

    /// The deployed branch gets the version's commit and what else came with it; moving back is a commit of the earlier folder, and a later version is merged all the same.
    void aMergeDeploys() {
        m_damage->artifacts("one", QStringLiteral("One"));
        git(m_damage->folder, {QStringLiteral("branch"), QStringLiteral("production")});
        const QString two = m_damage->artifacts("two", QStringLiteral("Two"));
        GitServer server;
        server.live = QStringLiteral("merge:production");
        const auto registry = m_damage->registry(server);
        VERIFY_OK(registry->moveAlias(damage, live, 1, 2, ada));
        const auto production = [&](const QString &what) { return git(m_damage->folder, {QStringLiteral("rev-parse"), QStringLiteral("production") + what}); };
        QCOMPARE(production(QStringLiteral("^2")), two);
        QCOMPARE(production(QStringLiteral("^{tree}")), git(m_damage->folder, {QStringLiteral("rev-parse"), QStringLiteral("main^{tree}")}));
        QCOMPARE(registry->versionByAlias(damage, live)->version, 2);
        VERIFY_OK(registry->moveAlias(damage, live, 2, 1, ada));
        QCOMPARE(registry->versionByAlias(damage, live)->version, 1);
        const QString three = m_damage->artifacts("three", QStringLiteral("Three")); // of files that went back there
        VERIFY_OK(registry->moveAlias(damage, live, 1, 3, ada));
        QCOMPARE(production(QStringLiteral("^2")), three);
        QCOMPARE(registry->versionByAlias(damage, live)->version, 3);
        QCOMPARE(registry->aliasHistory(damage, live)->front().version.value_or(0), 3);
        QCOMPARE(git(m_damage->folder, {QStringLiteral("status"), QStringLiteral("--porcelain")}), QString());
    }
    void aMergeThatConflictsChangesNothing() {
        m_damage->artifacts("one", QStringLiteral("One"));
        const auto commit = [&](const char *text) {
            write(m_damage->folder + QStringLiteral("/deploy.txt"), text);
            git(m_damage->folder, {QStringLiteral("add"), QStringLiteral("deploy.txt")});
            git(m_damage->folder, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"), QStringLiteral("deploy")});
        };
        git(m_damage->folder, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("production")});
        commit("theirs");
        git(m_damage->folder, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("main")});
        commit("ours");
        m_damage->artifacts("two", QStringLiteral("Two"));
        const QString before = git(m_damage->folder, {QStringLiteral("rev-parse"), QStringLiteral("production")});
        GitServer server;
        server.live = QStringLiteral("merge:production");
        const auto moved = m_damage->registry(server)->moveAlias(damage, live, 1, 2, ada);
        QVERIFY(!moved);
        QCOMPARE(moved.error().kind, ErrorKind::Conflict);
        QVERIFY2(moved.error().what.contains(QStringLiteral("deploy.txt")), qPrintable(moved.error().text()));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("rev-parse"), QStringLiteral("production")}), before);
    }

    void aTagSaysWhatIsLive() {
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("deployed"), QStringLiteral("HEAD~1")});
        GitServer server;
        server.live = QStringLiteral("tag:deployed");
        const auto registry = m_damage->registry(server);
        QCOMPARE(registry->versionByAlias(damage, live)->version, 1);
        VERIFY_OK(registry->moveAlias(damage, live, 1, 2, ada));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("rev-parse"), QStringLiteral("deployed")}), m_damage->head());
        git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("-f"), QStringLiteral("deployed"), QStringLiteral("HEAD~1")}); // by another tool
        const auto history = *registry->aliasHistory(damage, live);
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history[0].version.value_or(0), 1);
        QCOMPARE(history[1].by, QStringLiteral("ada"));
    }

    void writesArePushedWithALease_data() {
        QTest::addColumn<QString>("remote");
        QTest::newRow("the name of a remote") << QStringLiteral("origin");
        QTest::newRow("a path") << QStringLiteral("%1");
        QTest::newRow("a file address") << QStringLiteral("file://%1");
    }
    void writesArePushedWithALease() {
        QFETCH(const QString, remote);
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        const QString central = m_damage->folder + QStringLiteral("-central.git"), second = m_damage->folder + QStringLiteral("-second");
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), m_damage->folder, central});
        for (const QString &hook : QDir(central + QStringLiteral("/hooks")).entryList(QDir::Files))
            QVERIFY(hook.endsWith(QStringLiteral(".sample")));
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), central, second});
        git(m_damage->folder, {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("origin"), central});
        GitServer server;
        server.remote = remote.contains(QLatin1Char('%')) ? remote.arg(central) : remote;
        const auto registry = m_damage->registry(server);
        VERIFY_OK(registry->moveAlias(damage, champion, std::nullopt, 1, ada));
        VERIFY_OK(registry->setVersionTag(damage, 1, QStringLiteral("note"), QStringLiteral("x")));
        QCOMPARE(git(central, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1"));
        QVERIFY(git(central, {QStringLiteral("fsck"), QStringLiteral("--strict"), QStringLiteral("--connectivity-only")}).isEmpty());
        const QString folder = m_folder.filePath(QStringLiteral("pushed%1").arg(m_made));
        VERIFY_OK(test::writeTinyPackage(folder, {}));
        VERIFY_OK(registry->registerVersion(damage, folder, QStringLiteral("job-3"), QStringLiteral("ada")));
        QCOMPARE(git(central, {QStringLiteral("rev-parse"), QStringLiteral("main")}), m_damage->head());
        // Somebody else is quicker: the same tag is there already, and the branch has moved.
        git(second, {QStringLiteral("tag"), QStringLiteral("damage/champion/2")});
        git(second, {QStringLiteral("push"), QStringLiteral("-q"), QStringLiteral("origin"), QStringLiteral("damage/champion/2")});
        VERIFY_KIND(ErrorKind::Conflict, registry->moveAlias(damage, champion, 1, 2, ada));
        QCOMPARE(registry->versionByAlias(damage, champion)->version, 1); // nothing was changed here
        QCOMPARE(git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1"));
        git(central, {QStringLiteral("update-ref"), QStringLiteral("refs/heads/main"), QStringLiteral("main~1")});
        const QString before = m_damage->head();
        test::TinyModel other;
        other.a = 7;
        const QString again = m_folder.filePath(QStringLiteral("pushed-again%1").arg(m_made));
        VERIFY_OK(test::writeTinyPackage(again, other));
        VERIFY_KIND(ErrorKind::Conflict, registry->registerVersion(damage, again, {}, QStringLiteral("ada")));
        QCOMPARE(m_damage->head(), before);
        QCOMPARE(git(m_damage->folder, {QStringLiteral("for-each-ref"), QStringLiteral("refs/pilothouse")}), QString());
    }

    void remotesThatCannotBeUsedAreSaid() {
        m_damage->artifacts("one", QStringLiteral("One"));
        const auto move = [&](const QString &remote) {
            GitServer server;
            server.remote = remote;
            return m_damage->registry(server)->moveAlias(damage, champion, std::nullopt, 1, ada);
        };
        VERIFY_KIND(ErrorKind::NotFound, move(QStringLiteral("nobody")));
        VERIFY_KIND(ErrorKind::Unreachable, move(m_damage->folder + QStringLiteral("/gone.git")));
        const QString central = m_damage->folder + QStringLiteral("-hooks.git");
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), m_damage->folder, central});
        write(central + QStringLiteral("/hooks/pre-receive"), "#!/bin/sh\nexit 1\n");
        QVERIFY(QFile::setPermissions(central + QStringLiteral("/hooks/pre-receive"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        VERIFY_KIND(ErrorKind::Refused, move(central)); // nobody would run the rule
        VERIFY_KIND(ErrorKind::NotFound, m_damage->registry()->versionByAlias(damage, champion));
    }

    /// A server behind a login: copied, fetched when it is written to, pushed with the lease; what it refuses is told in its words.
    void anAddressIsReadAndWritten() {
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty())
            QSKIP("python3 is not here");
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        QTemporaryDir served, copies;
        const QString central = served.filePath(QStringLiteral("damage.git"));
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), m_damage->folder, central});
        git(central, {QStringLiteral("config"), QStringLiteral("http.receivepack"), QStringLiteral("true")});
        QProcess process;
        process.start(python, {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/contract/registry/git_server.py"), served.path(), QStringLiteral("ada"), QStringLiteral("pass")});
        QVERIFY(process.waitForReadyRead(30000));
        GitServer server;
        server.url = QStringLiteral("http://127.0.0.1:%1/damage.git").arg(QString::fromLatin1(process.readLine()).trimmed());
        server.user = QStringLiteral("ada");
        server.model = damage;
        server.refreshSeconds = 3600;
        QString secret = QStringLiteral("wrong");
        server.secret = [&]() -> Result<QString> { return secret.isEmpty() ? Result<QString>(notFound(QStringLiteral("no such secret"))) : secret; };
        const auto registry = gitRegistry(server, copies.filePath(QStringLiteral("first")));
        const auto other = gitRegistry(server, copies.filePath(QStringLiteral("other")));
        const auto denied = registry->models();
        QVERIFY(!denied);
        QVERIFY2(denied.error().kind == ErrorKind::Denied && !denied.error().text().contains(QStringLiteral("wrong")), qPrintable(denied.error().text()));
        secret.clear();
        VERIFY_KIND(ErrorKind::NotFound, registry->models()); // what the secret store says
        secret = QStringLiteral("pass");
        QCOMPARE(registry->versions(damage)->size(), std::size_t(2));
        QCOMPARE(other->versions(damage)->size(), std::size_t(2));
        VERIFY_OK(registry->moveAlias(damage, champion, std::nullopt, 1, ada));
        QCOMPARE(git(central, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1"));
        VERIFY_KIND(ErrorKind::NotFound, other->versionByAlias(damage, champion)); // fetched before
        VERIFY_KIND(ErrorKind::Conflict, other->moveAlias(damage, champion, std::nullopt, 2, ada)); // fetched anew before a write
        VERIFY_OK(other->moveAlias(damage, champion, 1, 2, ada));
        VERIFY_OK(other->setVersionTag(damage, 2, QStringLiteral("note"), QStringLiteral("x")));
        const QString folder = m_folder.filePath(QStringLiteral("served%1").arg(m_made));
        VERIFY_OK(test::writeTinyPackage(folder, {}));
        QCOMPARE(registry->registerVersion(damage, folder, QStringLiteral("job-3"), QStringLiteral("ada"))->version, 3);
        QCOMPARE(git(central, {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("main")}), QStringLiteral("4"));
        QCOMPARE(registry->version(damage, 2)->tags.value(QStringLiteral("note")), QStringLiteral("x"));
        VERIFY_OK(artifact::openPackage(*registry->packageFolder(*registry->version(damage, 3), {})));
        QVERIFY(git(central, {QStringLiteral("fsck"), QStringLiteral("--strict")}).isEmpty());
        // A clone used in place pushes to the address. It has not seen the tags there: the lease says so.
        GitServer place;
        place.remote = server.url;
        place.user = server.user;
        place.secret = server.secret;
        VERIFY_KIND(ErrorKind::Conflict, m_damage->registry(place)->moveAlias(damage, champion, std::nullopt, 1, ada));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("tag"), QStringLiteral("-l")}), QString());
        VERIFY_OK(m_damage->registry(place)->moveAlias(damage, QStringLiteral("challenger"), std::nullopt, 1, ada));
        // A rule of the server.
        write(central + QStringLiteral("/hooks/pre-receive"), "#!/bin/sh\necho no >&2\nexit 1\n");
        QVERIFY(QFile::setPermissions(central + QStringLiteral("/hooks/pre-receive"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const auto ruled = registry->moveAlias(damage, champion, 2, 3, ada);
        QVERIFY(!ruled);
        QVERIFY2(ruled.error().kind == ErrorKind::Refused && ruled.error().what.contains(QStringLiteral("hook declined")), qPrintable(ruled.error().text()));
        QCOMPARE(registry->versionByAlias(damage, champion)->version, 2);
        // Gone: what was fetched is not passed off as what is.
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(10000));
        server.refreshSeconds = 0;
        VERIFY_KIND(ErrorKind::Unreachable, gitRegistry(server, copies.filePath(QStringLiteral("first")))->models());
    }

    void twoWhoMoveAtOnceAreTold() {
        m_damage->artifacts("one", QStringLiteral("One"));
        std::atomic<int> good = 0, conflicts = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&, registry = m_damage->registry()] {
                const auto moved = registry->moveAlias(damage, champion, std::nullopt, 1, ada);
                (moved ? good : conflicts) += 1;
                if (!moved && moved.error().kind != ErrorKind::Conflict)
                    std::fprintf(stderr, "%s\n", qPrintable(moved.error().text()));
                if (!moved && moved.error().kind != ErrorKind::Conflict)
                    good += 100;
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(good.load(), 1);
        QCOMPARE(conflicts.load(), 7);
        QCOMPARE(m_damage->registry()->aliasHistory(damage, champion)->size(), std::size_t(1));
    }

    void aWorkTreeIsNotWrittenOver() {
        m_damage->artifacts("one", QStringLiteral("One"));
        const QString folder = m_folder.filePath(QStringLiteral("over%1").arg(m_made));
        VERIFY_OK(test::writeTinyPackage(folder, {}));
        write(m_damage->folder + QStringLiteral("/ml/artifacts/mine"), "not committed");
        VERIFY_KIND(ErrorKind::Refused, m_damage->registry()->registerVersion(damage, folder, {}, QStringLiteral("ada")));
        QCOMPARE(*readFile(m_damage->folder + QStringLiteral("/ml/artifacts/mine")), QByteArray("not committed"));
        QVERIFY(QFile::remove(m_damage->folder + QStringLiteral("/ml/artifacts/mine")));
        write(m_damage->folder + QStringLiteral("/README"), "changed elsewhere");
        VERIFY_OK(m_damage->registry()->registerVersion(damage, folder, {}, QStringLiteral("ada")));
        QCOMPARE(*readFile(m_damage->folder + QStringLiteral("/README")), QByteArray("changed elsewhere"));
        QVERIFY(!QFileInfo::exists(m_damage->folder + QStringLiteral("/ml/artifacts/svc_model.joblib")));
        QCOMPARE(git(m_damage->folder, {QStringLiteral("status"), QStringLiteral("--porcelain")}), QStringLiteral("M README"));
        VERIFY_KIND(ErrorKind::Refused, m_damage->registry()->registerVersion(QStringLiteral("other"), folder, {}, QStringLiteral("ada"))); // it holds one model
    }

    void aDetachedHeadIsReadAndNotWritten() {
        m_damage->artifacts("one", QStringLiteral("One"));
        git(m_damage->folder, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("--detach")});
        QCOMPARE(m_damage->registry()->versions(damage)->size(), std::size_t(1));
        const QString folder = m_folder.filePath(QStringLiteral("detached"));
        VERIFY_OK(test::writeTinyPackage(folder, {}));
        VERIFY_KIND(ErrorKind::Refused, m_damage->registry()->registerVersion(damage, folder, {}, QStringLiteral("ada")));
        GitServer server;
        server.branch = QStringLiteral("main");
        VERIFY_OK(m_damage->registry(server)->registerVersion(damage, folder, {}, QStringLiteral("ada")));
        QCOMPARE(m_damage->registry(server)->versions(damage)->size(), std::size_t(2));
    }

    void whatIsNoRegistryIsSaid() {
        const auto asked = [](GitServer server) { return gitRegistry(std::move(server), {})->models(); };
        GitServer server;
        VERIFY_KIND(ErrorKind::Invalid, asked(server));
        server.url = m_folder.filePath(QStringLiteral("nowhere"));
        VERIFY_KIND(ErrorKind::NotFound, asked(server));
        QDir().mkpath(server.url);
        VERIFY_KIND(ErrorKind::NotFound, asked(server));
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        server.url = m_damage->folder;
        for (const char *path : {"../elsewhere", "a/../../b", ".git"}) {
            server.path = QString::fromLatin1(path);
            VERIFY_KIND(ErrorKind::Invalid, asked(server));
        }
        server.path = QStringLiteral("README");
        VERIFY_KIND(ErrorKind::Invalid, asked(server));
        server.path = QStringLiteral("no/such");
        QVERIFY(asked(server)->empty());
        server = {};
        server.url = m_damage->folder;
        server.branch = QStringLiteral("gone");
        VERIFY_KIND(ErrorKind::NotFound, asked(server));
        server.branch.clear();
        server.job = QStringLiteral("(");
        VERIFY_KIND(ErrorKind::Invalid, asked(server));
        server.job.clear();
        server.live = QStringLiteral("somewhere");
        VERIFY_KIND(ErrorKind::Invalid, asked(server));
        server.live.clear();
        server.url = m_damage->folder + QStringLiteral("-shallow");
        git(m_folder.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--depth"), QStringLiteral("1"), QStringLiteral("file://") + m_damage->folder, server.url});
        const auto shallow = asked(server);
        QVERIFY(!shallow && shallow.error().hint.contains(QStringLiteral("--unshallow")));
        server.url = QStringLiteral("https://127.0.0.1:1/team/damage.git");
        QTemporaryDir copy;
        VERIFY_KIND(ErrorKind::Unreachable, gitRegistry(server, copy.path())->models());
    }

    void aDamagedRepositoryIsSaid() {
        m_damage->artifacts("one", QStringLiteral("One"));
        m_damage->artifacts("two", QStringLiteral("Two"));
        const QString tree = m_damage->head(QStringLiteral("HEAD~1^{tree}")), blob = m_damage->head(QStringLiteral("HEAD:ml/artifacts/svc_model.joblib"));
        const auto object = [&](const QString &oid) { return m_damage->folder + QStringLiteral("/.git/objects/%1/%2").arg(oid.left(2), oid.mid(2)); };
        const auto registry = m_damage->registry();
        const Version two = *registry->version(damage, 2);
        QFile::setPermissions(object(blob), QFile::ReadOwner | QFile::WriteOwner);
        write(object(blob), "no object at all");
        const auto folder = m_damage->registry()->packageFolder(two);
        QVERIFY(!folder && folder.error().hint.contains(QStringLiteral("fsck")));
        QVERIFY(QFile::remove(object(tree)));
        const auto versions = m_damage->registry()->versions(damage);
        QVERIFY(!versions);
        QVERIFY2(!versions.error().raw.isEmpty(), qPrintable(versions.error().text()));
    }

    /// Ten thousand commits that changed the folder, in a repository of hundreds of files: the list comes in less than a second.
    void aLongHistoryIsReadQuickly() {
        QByteArray stream;
        for (int file = 0; file < 300; ++file)
            stream += "blob\nmark :" + QByteArray::number(file + 1) + "\ndata 5\nx" + QByteArray::number(1000 + file) + "\n";
        for (int i = 0; i < 10000; ++i) {
            const QByteArray weights = "weights " + QByteArray::number(i), message = "Artifacts of job: run-" + QByteArray::number(i);
            stream += "commit refs/heads/long\ncommitter CI <ci@localhost> " + QByteArray::number(1700000000 + i) + " +0000\ndata " + QByteArray::number(message.size()) + "\n" + message + "\n";
            if (i == 0)
                for (int file = 0; file < 300; ++file)
                    stream += "M 644 :" + QByteArray::number(file + 1) + " src/file" + QByteArray::number(file % 20) + "/" + QByteArray::number(file) + ".py\n";
            stream += "M 644 inline ml/artifacts/model.joblib\ndata " + QByteArray::number(weights.size()) + "\n" + weights + "\n\n";
        }
        git(m_damage->folder, {QStringLiteral("fast-import"), QStringLiteral("--quiet")}, stream);
        GitServer server;
        server.branch = QStringLiteral("long");
        const auto registry = m_damage->registry(server);
        QElapsedTimer timer;
        timer.start();
        const auto versions = *registry->versions(damage);
        const qint64 first = timer.restart();
        const auto again = *registry->versions(damage);
        std::printf("INFO   : 10,000 commits: versions() %lld ms, again %lld ms\n", first, timer.elapsed());
        QCOMPARE(versions.size(), std::size_t(10000));
        QCOMPARE(versions.front().runId, QStringLiteral("run-9999"));
        QCOMPARE(again.front().source, versions.front().source);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Damage> m_damage;
    int m_made = 0;
};

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (QStandardPaths::findExecutable(QStringLiteral("git")).isEmpty()) {
        std::printf("SKIP   : TestGitRegistry::initTestCase() the program git is not here\n");
        return 0;
    }
    QTemporaryDir folder;
    // Nobody's own configuration: names, templates with hooks, signing.
    qputenv("HOME", folder.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    for (const char *variable : {"GIT_AUTHOR_NAME=CI", "GIT_AUTHOR_EMAIL=ci@localhost", "GIT_COMMITTER_NAME=CI", "GIT_COMMITTER_EMAIL=ci@localhost"})
        qputenv(QByteArray(variable).split('=')[0].constData(), QByteArray(variable).split('=')[1]);
    int failed = 0, made = 0;
    for (const char *kind : {"bare", "work tree", "pushed"}) {
        std::printf("%s\n", kind);
        RegistryContract contract(
            [&]() -> std::shared_ptr<Registry> {
                GitServer server;
                server.url = folder.filePath(QStringLiteral("contract%1").arg(++made));
                QDir().mkpath(server.url);
                git(server.url, QStringList{QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")} + (qstrcmp(kind, "bare") == 0 ? QStringList{QStringLiteral("--bare")} : QStringList{}));
                if (qstrcmp(kind, "pushed") == 0) {
                    server.remote = server.url + QStringLiteral("-central.git");
                    git(folder.path(), {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("--bare"), server.remote});
                }
                return gitRegistry(server, server.url + QStringLiteral("-fetched"));
            },
            {false, false});
        failed += QTest::qExec(&contract, argc, argv);
    }
    GitOnly only;
    return failed + QTest::qExec(&only, argc, argv);
}

#include "tst_git_registry.moc"
