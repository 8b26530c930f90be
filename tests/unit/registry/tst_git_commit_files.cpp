// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a commit that were not there, and that go away again.
#include "core/registry/git_commit_files.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::registry;

class TestGitCommitFiles : public QObject {
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
    GitServer server() const {
        GitServer server;
        server.url = clone;
        server.branch = QStringLiteral("main");
        server.remote = QStringLiteral("origin");
        return server;
    }

private Q_SLOTS:
    void initTestCase() {
        origin = dir.filePath(QStringLiteral("origin"));
        clone = dir.filePath(QStringLiteral("clone"));
        QDir().mkpath(origin);
        git(origin, {QStringLiteral("init"), QStringLiteral("--bare")});
        git(dir.path(), {QStringLiteral("clone"), origin, clone});
        QFile file(clone + QStringLiteral("/README"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("one\n");
        file.close();
        git(clone, {QStringLiteral("checkout"), QStringLiteral("-b"), QStringLiteral("main")});
        git(clone, {QStringLiteral("add"), QStringLiteral(".")});
        git(clone, {QStringLiteral("commit"), QStringLiteral("-m"), QStringLiteral("first")});
        git(clone, {QStringLiteral("push"), QStringLiteral("-u"), QStringLiteral("origin"), QStringLiteral("main")});
        QVERIFY2(git(clone, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")}).size() == 40, "git is needed");
    }

    void aNewFileIsMadeAndTakenAway() {
        const QString branch = QStringLiteral("pilothouse/t2m-v3");
        GitFileChange made{QStringLiteral("models/t2m/model.bin"), {}, QByteArray("\x00\x01weights", 9)};
        QCOMPARE(gitCommitFiles(server(), {}, branch, {made}, QStringLiteral("t2m v3\n"), QStringLiteral("ann")).error().kind, ErrorKind::NotFound); // it was to be there
        made.made = true;
        const auto commit = gitCommitFiles(server(), {}, branch, {made, {QStringLiteral("README"), "one\n", "two\n"}}, QStringLiteral("t2m v3\n"), QStringLiteral("ann"));
        QVERIFY2(commit.has_value(), qPrintable(commit ? QString() : commit.error().text()));
        QCOMPARE(*gitFileOfBranch(server(), {}, branch, made.path), made.after);
        QCOMPARE(git(origin, {QStringLiteral("ls-tree"), QStringLiteral("-r"), QStringLiteral("--name-only"), branch}), QByteArray("README\nmodels/t2m/model.bin"));
        QCOMPARE(git(origin, {QStringLiteral("ls-tree"), branch, QStringLiteral("models/t2m/model.bin")}).left(6), QByteArray("100644"));
        const auto twice = gitCommitFiles(server(), {}, branch, {made}, QStringLiteral("t2m v3\n"), QStringLiteral("ann"));
        QCOMPARE(twice.error().kind, ErrorKind::Conflict); // made meanwhile
        GitFileChange gone{made.path, made.after, {}};
        gone.gone = true;
        const auto back = gitCommitFiles(server(), {}, branch, {gone, {QStringLiteral("README"), "two\n", "one\n"}}, QStringLiteral("Revert\n"), QStringLiteral("ann"));
        QVERIFY2(back.has_value(), qPrintable(back ? QString() : back.error().text()));
        QCOMPARE(git(origin, {QStringLiteral("ls-tree"), QStringLiteral("-r"), QStringLiteral("--name-only"), branch}), QByteArray("README"));
        QCOMPARE(git(origin, {QStringLiteral("rev-parse"), branch + QStringLiteral("^{tree}")}), git(origin, {QStringLiteral("rev-parse"), QStringLiteral("main^{tree}")})); // as if nothing had been
    }
};

QTEST_GUILESS_MAIN(TestGitCommitFiles)
#include "tst_git_commit_files.moc"
