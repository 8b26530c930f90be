// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs of stages: the entry of dvc.lock as `dvc commit` leaves it, and nothing else of the file.
#include "core/base/file.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_push.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::sources;

namespace {

QByteArray bytesOf(const QString &path) { return readFile(path).value_or(QByteArray("not readable")); }
void write(const QString &path, const QByteArray &bytes) { QVERIFY(writeFileAtomically(path, bytes)); }

const char *const stages = "stages:\n"
                           "  prepare:\n    cmd: python prepare.py\n    outs:\n    - prepared.csv\n    - kept.json:\n        cache: false\n"
                           "  cut:\n    cmd: python cut.py\n    deps:\n    - prepared.csv\n    outs:\n    - parts\n";
// As DVC 3 writes it, and as people must not leave it: a comment, an odd indentation, keys in another order.
const char *const lock = "schema: '2.0'\n"
                         "stages:\n"
                         "  prepare:   # the first\n"
                         "    cmd: python prepare.py\n"
                         "    params:\n"
                         "      params.yaml:\n"
                         "        seed:   7\n"
                         "    outs:\n"
                         "    - path: kept.json\n"
                         "      hash: md5\n"
                         "      md5: 99914b932bd37a50b983c5e7c90ae93b\n"
                         "      size: 2\n"
                         "    - path: prepared.csv\n"
                         "      hash: md5\n"
                         "      md5: 7b3bcfa710edef4d98eb27d99efad2b1\n"
                         "      size: 8\n"
                         "  cut:\n"
                         "    cmd: python cut.py\n"
                         "    deps:\n"
                         "    - path: prepared.csv\n"
                         "      hash: md5\n"
                         "      md5: 7b3bcfa710edef4d98eb27d99efad2b1\n"
                         "      size: 8\n"
                         "    outs:\n"
                         "    - size: 2 # of all\n"
                         "      path: parts\n"
                         "      hash: md5\n"
                         "      nfiles: 1\n"
                         "      md5: 465a62c55506cd2fa10372c1f9ba4b5e.dir\n";

} // namespace

class tst_DvcCommit : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    QString repo(const char *path) const { return m_folder->filePath(QStringLiteral("repo/")) + QString::fromUtf8(path); }
    /// A repository with the two stages, and their outputs as the lock says.
    void begin(const QByteArray &locked = lock) {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(repo(".dvc")));
        write(repo(".dvc/config"), "[core]\n    remote = r\n['remote \"r\"']\n    url = ../../remote\n");
        write(repo("pipe/dvc.yaml"), stages);
        write(repo("pipe/dvc.lock"), locked);
        write(repo("pipe/prepared.csv"), "p,q\n1,2\n");
        write(repo("pipe/kept.json"), "{}");
        write(repo("pipe/parts/a.txt"), "a\n");
    }
    static Result<DvcAddition> commit(const QString &path) {
        PH_ASSIGN(const DvcAddition plan, planDvcAdd(path));
        PH_TRY(guardDvcAdd(plan));
        PH_TRY(executeDvcAdd(plan));
        PH_ASSIGN(const QJsonObject seen, readBackDvcAdd(plan));
        return seen == plan.state() ? Result<DvcAddition>(plan) : Result<DvcAddition>(invalid(QStringLiteral("read back as something else")));
    }
    /// The lock with some of its text replaced, which must be in it.
    static QByteArray with(const std::vector<std::pair<QByteArray, QByteArray>> &changes, QByteArray text = lock) {
        for (const auto &[from, to] : changes) {
            const qsizetype at = text.indexOf(from);
            if (at < 0)
                qFatal("not in the lock: %s", from.constData());
            text.replace(at, from.size(), to);
        }
        return text;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", "/nonexistent");
        qputenv("GIT_CONFIG_GLOBAL", "/dev/null");
        qputenv("GIT_CEILING_DIRECTORIES", QDir::tempPath().toUtf8());
    }

    void anUnchangedOutputIsTrackedAsItIs() {
        begin();
        const auto first = commit(repo("pipe/prepared.csv"));
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QCOMPARE(first->stage(), QStringLiteral("prepare"));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
        QCOMPARE(bytesOf(repo(".dvc/cache/files/md5/7b/3bcfa710edef4d98eb27d99efad2b1")), QByteArray("p,q\n1,2\n")); // the object was missing
        const auto again = planDvcAdd(repo("pipe/prepared.csv"));
        QVERIFY(again && again->isThere());
    }

    void aFilesEntryAloneIsChanged() {
        begin();
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n5,6\n");
        const auto plan = planDvcAdd(repo("pipe/prepared.csv"));
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock)); // a plan writes nothing
        QVERIFY(!QFileInfo::exists(repo(".dvc/cache")));
        QCOMPARE(plan->dvcFile, QStringLiteral("pipe/dvc.lock"));
        QVERIFY2(plan->effect().startsWith(QStringLiteral("MD5 7b3bcfa710edef4d98eb27d99efad2b1 → ")), qPrintable(plan->effect()));
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        // What the second stage says of the file that it read stays: it is to be run again.
        const QByteArray md5 = done->record.hash.text().toUtf8();
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8", md5 + "\n      size: 12"}}));
        QVERIFY(!QFileInfo::exists(repo("pipe/prepared.csv.dvc")));
        QCOMPARE(bytesOf(repo(".dvc/cache/files/md5/") + QString::fromLatin1(md5.left(2) + '/' + md5.mid(2))), QByteArray("p,q\n3,4\n5,6\n"));
        QCOMPARE(done->state().value(QStringLiteral("stage")).toString(), QStringLiteral("prepare"));
    }

    void aFoldersEntryCountsItsFiles() {
        begin();
        write(repo("pipe/parts/sub/b.txt"), "b\n");
        const auto done = commit(repo("pipe/parts"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"size: 2 # of all", "size: 4 # of all"}, {"nfiles: 1", "nfiles: 2"}, {"465a62c55506cd2fa10372c1f9ba4b5e.dir", "849835d274483dc683eb416d6e4f887d.dir"}}));
        QVERIFY(bytesOf(repo(".dvc/cache/files/md5/84/9835d274483dc683eb416d6e4f887d.dir")).contains("sub/b.txt"));
        QCOMPARE(bytesOf(repo(".dvc/cache/files/md5/3b/5d5c3712955042212316173ccf37be")), QByteArray("b\n"));
        QVERIFY(undoDvcAdd(done->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
    }

    void aFolderInPlaceOfAFileIsToldAndTakenBack() {
        begin();
        QVERIFY(QFile::remove(repo("pipe/prepared.csv")));
        write(repo("pipe/prepared.csv/a.txt"), "a\n");
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8\n", "465a62c55506cd2fa10372c1f9ba4b5e.dir\n      size: 2\n      nfiles: 1\n"}}));
        QVERIFY(undoDvcAdd(done->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
    }

    void eachOutputIsTakenBackByItself() {
        begin();
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n");
        write(repo("pipe/parts/sub/b.txt"), "b\n");
        const auto file = commit(repo("pipe/prepared.csv")), folder = commit(repo("pipe/parts"));
        QVERIFY(file && folder);
        const QByteArray both = bytesOf(repo("pipe/dvc.lock"));
        QVERIFY(guardUndoDvcAdd(file->undoRecord())); // although the lock was written again since
        QVERIFY(undoDvcAdd(file->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"8e16ecb2d215172595c20b000408c4a4", "7b3bcfa710edef4d98eb27d99efad2b1"}}, both));
        QCOMPARE(undoDvcAdd(file->undoRecord()).error().kind, ErrorKind::Conflict); // only once
        QVERIFY(undoDvcAdd(folder->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
    }

    void anEntryOfSomebodyElseIsNotOverwritten() {
        begin();
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n");
        const auto plan = planDvcAdd(repo("pipe/prepared.csv"));
        QVERIFY(plan);
        const QByteArray theirs = with({{"seed:   7", "seed: 8"}});
        write(repo("pipe/dvc.lock"), theirs); // `dvc repro` of another stage
        QCOMPARE(guardDvcAdd(*plan).error().kind, ErrorKind::Conflict);
        const auto refused = executeDvcAdd(*plan);
        QVERIFY(!refused);
        QVERIFY2(refused.error().kind == ErrorKind::Conflict && refused.error().what.contains(QStringLiteral("dvc.lock")), qPrintable(refused.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), theirs);
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY(done);
        write(repo("pipe/dvc.lock"), with({{"8e16ecb2d215172595c20b000408c4a4", "d41d8cd98f00b204e9800998ecf8427e"}}, bytesOf(repo("pipe/dvc.lock"))));
        QCOMPARE(guardUndoDvcAdd(done->undoRecord()).error().kind, ErrorKind::Conflict);
        QCOMPARE(undoDvcAdd(done->undoRecord()).error().kind, ErrorKind::Conflict);
        write(repo("pipe/dvc.lock"), "schema: '2.0'\nstages: {}\n");
        const auto gone = guardUndoDvcAdd(done->undoRecord());
        QVERIFY(!gone);
        QVERIFY2(gone.error().what.contains(QStringLiteral("does not list pipe/prepared.csv")), qPrintable(gone.error().text()));
    }

    void whatDvcDoesNotCacheIsRecordedOnly() {
        begin();
        write(repo("pipe/kept.json"), "{\"r2\": 0.5}");
        const auto plan = planDvcAdd(repo("pipe/kept.json"));
        QVERIFY(plan && !plan->cached && !plan->isThere());
        write(repo("pipe/kept.json"), "{}");
        QCOMPARE(executeDvcAdd(*plan).error().kind, ErrorKind::Conflict); // its bytes are not those of the plan
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
        write(repo("pipe/kept.json"), "{\"r2\": 0.5}");
        const auto done = commit(repo("pipe/kept.json"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"99914b932bd37a50b983c5e7c90ae93b\n      size: 2", "5d587809d6aca621795bd67b39fa2d98\n      size: 11"}}));
        QVERIFY(!QFileInfo::exists(repo(".dvc/cache")) && !QFileInfo::exists(repo("pipe/.gitignore")));
        const auto again = planDvcAdd(repo("pipe/kept.json"));
        QVERIFY(again && again->isThere());
    }

    void anExecutableIsMarkedAndUnmarked() {
        begin();
        QFile::setPermissions(repo("pipe/prepared.csv"), QFile::permissions(repo("pipe/prepared.csv")) | QFile::ExeOwner);
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), with({{"7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8\n", "7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8\n      isexec: true\n"}}));
        QVERIFY(undoDvcAdd(done->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), QByteArray(lock));
    }

    void olderFormsStayOlder_data() {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("DVC 2, text with \\r\\n counts as \\n") // no hash: the digest after conversion, objects not below files/md5
            << QByteArray("schema: '2.0'\nstages:\n  prepare:\n    cmd: x\n    outs:\n    - path: prepared.csv\n      md5: b026324c6904b2a9cb4b88d6d61c81d1\n      size: 2\n")
            << QByteArray("schema: '2.0'\nstages:\n  prepare:\n    cmd: x\n    outs:\n    - path: prepared.csv\n      md5: 8e16ecb2d215172595c20b000408c4a4\n      size: 10\n");
        QTest::newRow("schema 1 has the stages at the top, and no size")
            << QByteArray("prepare:\n  cmd: x\n  outs:\n  - path: prepared.csv\n    md5: b026324c6904b2a9cb4b88d6d61c81d1\n")
            << QByteArray("prepare:\n  cmd: x\n  outs:\n  - path: prepared.csv\n    md5: 8e16ecb2d215172595c20b000408c4a4\n    size: 10\n");
    }
    void olderFormsStayOlder() {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        begin(before);
        write(repo("pipe/prepared.csv"), "p,q\r\n3,4\r\n");
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), after);
        QVERIFY(QFileInfo::exists(repo(".dvc/cache/8e/16ecb2d215172595c20b000408c4a4")));
        QCOMPARE(done->stage(), QStringLiteral("prepare"));
        QVERIFY(undoDvcAdd(done->undoRecord()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), before);
    }

    void aStageMayWorkElsewhere() { // its wdir says where the path of the entry begins
        begin(with({{"path: parts", "path: ../parts"}}));
        write(repo("pipe/dvc.yaml"), QByteArray(stages).replace("    cmd: python cut.py\n", "    wdir: in\n    cmd: python cut.py\n").replace("- parts", "- ../parts"));
        write(repo("pipe/parts/sub/b.txt"), "b\n");
        const auto done = commit(repo("pipe/parts"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(bytesOf(repo("pipe/dvc.lock")).contains("path: ../parts\n      hash: md5\n      nfiles: 2\n"));
    }

    void gitIsToldToLookAway() {
        if (QStandardPaths::findExecutable(QStringLiteral("git")).isEmpty())
            QSKIP("no git here");
        begin();
        const auto git = [&](const QStringList &arguments) {
            QProcess process;
            process.setWorkingDirectory(repo(""));
            process.start(QStringLiteral("git"), arguments);
            return process.waitForFinished() && process.exitCode() == 0;
        };
        QVERIFY(git({QStringLiteral("init"), QStringLiteral("-q")}) && git({QStringLiteral("add"), QStringLiteral("pipe/kept.json"), QStringLiteral("pipe/dvc.lock")}));
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n");
        write(repo("pipe/kept.json"), "{\"r2\": 0.5}");
        const auto done = commit(repo("pipe/prepared.csv"));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(bytesOf(repo("pipe/.gitignore")), QByteArray("/prepared.csv\n"));
        QVERIFY(commit(repo("pipe/kept.json"))); // Git may have what DVC does not cache
        QCOMPARE(bytesOf(repo("pipe/.gitignore")), QByteArray("/prepared.csv\n"));
        QVERIFY(undoDvcAdd(done->undoRecord()));
        QVERIFY(!QFileInfo::exists(repo("pipe/.gitignore")));
        write(repo(".gitignore"), "*.lock\n");
        const auto lost = planDvcAdd(repo("pipe/parts"));
        QVERIFY(!lost);
        QVERIFY2(lost.error().kind == ErrorKind::Refused && lost.error().what.contains(QStringLiteral("Git ignores pipe/dvc.lock")), qPrintable(lost.error().text()));
    }

    void whatCannotBeUpdatedIsRefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("word");
        const auto row = [](const char *name, const QByteArray &text, ErrorKind kind, const char *word) { QTest::newRow(name) << text << int(kind) << QString::fromUtf8(word); };
        row("two stages write it", with({{"path: parts", "path: prepared.csv"}}), ErrorKind::Refused, "overlaps");
        row("a folder of another stage holds it", with({{"path: parts", "path: ."}}), ErrorKind::Refused, "overlaps");
        row("a remote keeps its versions", with({{"size: 8\n  cut", "size: 8\n      version_id: abc\n  cut"}}), ErrorKind::Invalid, "version_id");
        row("an anchor", with({{"    outs:\n    - path: kept.json\n      hash: md5\n      md5: 99914b932bd37a50b983c5e7c90ae93b\n      size: 2\n    - path: prepared.csv\n      hash: md5\n      md5: 7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8\n",
                                "    outs: &a\n    - path: prepared.csv\n      hash: md5\n      md5: 7b3bcfa710edef4d98eb27d99efad2b1\n      size: 8\n    again: *a\n"}}), ErrorKind::Invalid, "by hand");
    }
    void whatCannotBeUpdatedIsRefused() {
        QFETCH(QByteArray, text);
        QFETCH(int, kind);
        QFETCH(QString, word);
        begin(text);
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n");
        const auto refused = commit(repo("pipe/prepared.csv"));
        QVERIFY(!refused);
        QVERIFY2(int(refused.error().kind) == kind && refused.error().text().contains(word), qPrintable(refused.error().text()));
        QCOMPARE(bytesOf(repo("pipe/dvc.lock")), text);
        QVERIFY(!QFileInfo::exists(repo(".dvc/cache")));
    }
    void aLockWithoutItsPipelineIsRefused() {
        begin();
        QVERIFY(QFile::remove(repo("pipe/dvc.yaml")));
        const auto refused = planDvcAdd(repo("pipe/prepared.csv"));
        QVERIFY(!refused);
        QVERIFY2(refused.error().kind == ErrorKind::Invalid && refused.error().what.contains(QStringLiteral("no dvc.yaml beside it")), qPrintable(refused.error().text()));
    }
    void aDvcFileBesideTheEntryIsRefused() {
        begin();
        write(repo("pipe/prepared.csv.dvc"), "outs:\n- md5: 7b3bcfa710edef4d98eb27d99efad2b1\n  size: 8\n  hash: md5\n  path: prepared.csv\n");
        const auto refused = planDvcAdd(repo("pipe/prepared.csv"));
        QVERIFY(!refused);
        QVERIFY2(refused.error().kind == ErrorKind::Refused && refused.error().what.contains(QStringLiteral("which pipe/dvc.lock tracks")), qPrintable(refused.error().text()));
    }

    void whatWasRecordedIsPushed() {
        begin();
        write(repo("pipe/parts/sub/b.txt"), "b\n");
        write(repo("pipe/prepared.csv"), "p,q\n3,4\n");
        QVERIFY(commit(repo("pipe/parts")) && commit(repo("pipe/prepared.csv")));
        Access access;
        const auto cache = Cache::open(m_folder->filePath(QStringLiteral("cache")));
        QVERIFY(cache);
        auto push = planDvcPush(repo("pipe/dvc.lock"), {}, {repo("pipe/dvc.lock"), {}, {}}, access, *cache);
        QVERIFY2(push, push ? "" : qPrintable(push.error().text()));
        QVERIFY(guardDvcPush(*push) && executeDvcPush(*push) && readBackDvcPush(*push));
        const QString remote = m_folder->filePath(QStringLiteral("remote/files/md5/"));
        QVERIFY(QFileInfo::exists(remote + QStringLiteral("84/9835d274483dc683eb416d6e4f887d.dir")));
        QCOMPARE(bytesOf(remote + QStringLiteral("8e/16ecb2d215172595c20b000408c4a4")), QByteArray("p,q\n3,4\n"));
        write(repo(".dvc/config"), "['remote \"web\"']\n    url = https://example.invalid/dvc\n");
        const auto web = planDvcPush(repo("pipe/dvc.lock"), {}, {repo("pipe/dvc.lock"), {}, {}}, access, *cache);
        QVERIFY(!web);
        QVERIFY2(web.error().kind == ErrorKind::Refused && web.error().what.contains(QStringLiteral("“web”")), qPrintable(web.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_DvcCommit)
#include "tst_dvc_commit.moc"
