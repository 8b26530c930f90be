// SPDX-License-Identifier: GPL-3.0-or-later
// Writing what real DVC writes. The expected bytes are DVC's own: the trees dvc2/ and dvc3/ (see tst_dvc.cpp), and the rows below, which
// `dvc add` of DVC 3.67.1 wrote of the same files.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_lock.h"

#include <QDir>
#include <QDirIterator>
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
const QString trees = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/");

} // namespace

class tst_DvcAdd : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;

    QString repo(const QString &path = {}) const { return m_folder->filePath(QStringLiteral("repo")) + (path.isEmpty() ? path : QLatin1Char('/') + path); }
    QString repo(const char *path) const { return repo(QString::fromUtf8(path)); }
    void begin(bool git = false) {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(repo(".dvc")));
        if (git)
            run({QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
    }
    void run(const QStringList &arguments) const {
        QProcess process;
        process.setWorkingDirectory(repo());
        process.start(QStringLiteral("git"), arguments);
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError());
    }
    static bool hasGit() { return !QStandardPaths::findExecutable(QStringLiteral("git")).isEmpty(); }
    /// Plans and executes.
    Result<DvcAddition> add(const QString &path) const {
        PH_ASSIGN(const DvcAddition plan, planDvcAdd(path));
        PH_TRY(guardDvcAdd(plan));
        PH_TRY(executeDvcAdd(plan));
        PH_ASSIGN(const QJsonObject seen, readBackDvcAdd(plan));
        return plan;
    }
    QStringList filesBelow(const QString &folder) const {
        QStringList names;
        for (QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();)
            names << it.next().mid(folder.size() + 1);
        names.sort();
        return names;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", "/nonexistent");
        qputenv("GIT_CONFIG_GLOBAL", "/dev/null");
        qputenv("GIT_CEILING_DIRECTORIES", QDir::tempPath().toUtf8());
    }

    void filesAreThoseOfDvc_data() {
        QTest::addColumn<QString>("tree");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("content"); // name, MD5 of the fixture's object
        for (const char *tree : {"dvc2", "dvc3"}) {
            const bool old = qstrcmp(tree, "dvc2") == 0;
            const auto row = [&](const char *what, const char *name, const QStringList &content) { QTest::addRow("%s of %s", what, tree) << QString::fromLatin1(tree) << QString::fromLatin1(name) << content; };
            row("a file", "train.csv", {QString(), QStringLiteral("6a7c83758196c7cdf75b99b1e10bb89f")});
            row("a file with \\r\\n", "crlf.csv", {QString(), old ? QStringLiteral("178ba85707470c41cf680fb37ff99f7f") : QString()});
            row("a folder", "images", {QStringLiteral("one.csv"), QString(), QString::fromUtf8("zwei ä.csv"), QStringLiteral("9db571f6c32ee7c9202f664c1b79e73d")});
        }
    }
    void filesAreThoseOfDvc() {
        QFETCH(QString, tree);
        QFETCH(QString, name);
        QFETCH(QStringList, content);
        begin();
        for (const char *other : {"train.csv", "crlf.csv", "images"}) // from these it sees which DVC works here
            if (name != QLatin1String(other))
                write(repo(QStringLiteral("data/%1.dvc").arg(QLatin1String(other))), bytesOf(trees + tree + QStringLiteral("/repo/data/%1.dvc").arg(QLatin1String(other))));
        const QString remote = trees + tree + QStringLiteral("/remote/");
        const auto known = [&](const QByteArray &bytes) { // the object that holds these bytes
            for (const QString &file : filesBelow(remote.chopped(1)))
                if (bytesOf(remote + file) == bytes)
                    return file;
            return QString();
        };
        for (qsizetype i = 0; i < content.size(); i += 2) {
            QByteArray bytes = content[i].isEmpty() ? QByteArray("x,y\r\n1,2\r\n3,4\r\n") : QByteArray("k,v\r\n5,6\r\n");
            if (!content[i + 1].isEmpty())
                bytes = bytesOf(remote + (tree == QLatin1String("dvc3") ? QStringLiteral("files/md5/") : QString()) + content[i + 1].left(2) + QLatin1Char('/') + content[i + 1].mid(2));
            QVERIFY2(!known(bytes).isEmpty(), bytes);
            write(repo(QStringLiteral("data/") + name + (content[i].isEmpty() ? QString() : QLatin1Char('/') + content[i])), bytes);
        }
        const auto added = add(repo(QStringLiteral("data/") + name));
        QVERIFY2(added, added ? "" : qPrintable(added.error().text()));
        QCOMPARE(bytesOf(repo(QStringLiteral("data/%1.dvc").arg(name))), bytesOf(trees + tree + QStringLiteral("/repo/data/%1.dvc").arg(name)));
        const QStringList objects = filesBelow(repo(".dvc/cache"));
        QCOMPARE(objects.size(), content.size() / 2 + (name == QLatin1String("images") ? 1 : 0));
        for (const QString &object : objects) {
            QCOMPARE(bytesOf(repo(QStringLiteral(".dvc/cache/") + object)), bytesOf(remote + object));
            QCOMPARE(int(QFile::permissions(repo(QStringLiteral(".dvc/cache/") + object)) & (QFile::WriteOwner | QFile::WriteGroup | QFile::WriteOther)), 0);
        }
        const auto again = planDvcAdd(repo(QStringLiteral("data/") + name));
        QVERIFY(again && again->isThere());
    }

    void aFolderIsListedAsPythonDoes() {
        begin();
        for (const auto &[name, bytes] : std::vector<std::pair<QByteArray, QByteArray>>{{"b.txt", "1\n"}, {"B.txt", "5\n"}, {"sub/a.txt", "2\n"}, {"é.txt", "\xc3\xa9"}, {"q\"u\\o.txt", "q"}, {"😀.txt", "z"},
                                                                                      {"ａ.txt", "fw"}, {"t\tn\nx.txt", "t"}, {"del\x7f", "x"}, {"empty", ""}, {".hidden", ""}})
            write(repo(QString::fromUtf8("d/" + name)), bytes);
        QVERIFY(QDir().mkpath(repo("d/nothing")));
        const auto added = add(repo("d"));
        QVERIFY2(added, added ? "" : qPrintable(added.error().text()));
        QCOMPARE(bytesOf(repo("d.dvc")), QByteArray("outs:\n- md5: 8ad977aaae010621e2cadcc7b001b030.dir\n  size: 14\n  nfiles: 11\n  hash: md5\n  path: d\n"));
        const QByteArray list =
            "[{\"md5\": \"d41d8cd98f00b204e9800998ecf8427e\", \"relpath\": \".hidden\"}, {\"md5\": \"1dcca23355272056f04fe8bf20edfce0\", \"relpath\": \"B.txt\"}, "
            "{\"md5\": \"b026324c6904b2a9cb4b88d6d61c81d1\", \"relpath\": \"b.txt\"}, {\"md5\": \"9dd4e461268c8034f5c8564e155c67a6\", \"relpath\": \"del\\u007f\"}, "
            "{\"md5\": \"d41d8cd98f00b204e9800998ecf8427e\", \"relpath\": \"empty\"}, {\"md5\": \"7694f4a66316e53c8cdd9d9954bd611d\", \"relpath\": \"q\\\"u\\\\o.txt\"}, "
            "{\"md5\": \"26ab0db90d72e28ad0ba1e22ee510510\", \"relpath\": \"sub/a.txt\"}, {\"md5\": \"e358efa489f58062f10dd7316b65649e\", \"relpath\": \"t\\tn\\nx.txt\"}, "
            "{\"md5\": \"66ddcd97cfdeabb2f6fb8a999b4bc76f\", \"relpath\": \"\\u00e9.txt\"}, {\"md5\": \"8f51ef3b9040a527832bebba66e286ac\", \"relpath\": \"\\uff41.txt\"}, "
            "{\"md5\": \"fbade9e36a3f36d3d676c1b808451dd7\", \"relpath\": \"\\ud83d\\ude00.txt\"}]";
        QCOMPARE(bytesOf(repo(".dvc/cache/files/md5/8a/d977aaae010621e2cadcc7b001b030.dir")), list);
    }

    void namesAreWrittenAsDvcDoes_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("scalar");
        QTest::addColumn<QByteArray>("ignored");
        for (const auto &[name, scalar, ignored] : std::vector<std::tuple<QByteArray, QByteArray, QByteArray>>{
                 {"train.csv", "train.csv", "/train.csv"}, {"größe x.csv", "größe x.csv", "/größe x.csv"}, {"#x", "'#x'", "/\\#x"}, {"%p", "'%p'", "/%p"}, {",c", "',c'", "/,c"}, {"0x1f", "'0x1f'", "/0x1f"},
                 {"123", "'123'", "/123"}, {"1_000", "'1_000'", "/1_000"}, {"1e3", "'1e3'", "/1e3"}, {"2020-01-01", "'2020-01-01'", "/2020-01-01"}, {"<<", "'<<'", "/<<"}, {"=", "'='", "/="}, {"@at", "'@at'", "/@at"},
                 {"a #b", "'a #b'", "/a \\#b"}, {"a: b", "'a: b'", "/a: b"}, {"a\\b", "a\\b", "/a\\\\b"}, {"colon:", "'colon:'", "/colon:"}, {"it's", "it's", "/it's"}, {"null", "'null'", "/null"},
                 {"q\"uote", "q\"uote", "/q\"uote"}, {"true", "'true'", "/true"}, {"we[i]rd #1!*?.txt", "'we[i]rd #1!*?.txt'", "/we\\[i\\]rd \\#1\\!\\*\\?.txt"}, {"yes", "yes", "/yes"}, {"{b}", "'{b}'", "/{b}"},
                 {"~", "'~'", "/~"}, {"😀.txt", "😀.txt", "/😀.txt"}, {"tab\tx", "\"tab\\tx\"", "/tab\tx"}, {"x ", "'x '", "/x\\ "}}) // git would drop the last space, which DVC leaves open
            QTest::newRow(name.constData()) << name << scalar << ignored;
    }
    void namesAreWrittenAsDvcDoes() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, scalar);
        DvcRecord record{{QStringLiteral("80c4c3977098540fe6f2733897384aa9"), false, false}, 9, -1, false, QString::fromUtf8(name)};
        const QByteArray text = dvcFileText(record);
        QCOMPARE(text, "outs:\n- md5: 80c4c3977098540fe6f2733897384aa9\n  size: 9\n  hash: md5\n  path: " + scalar + '\n');
        QTEST(gitIgnoreLine(record.name), "ignored");
        const auto read = parseDvcFile(text, QStringLiteral("x.dvc"), {});
        QVERIFY(read && read->size() == 1);
        QCOMPARE(read->front().path, record.name);
    }

    void anExistingFileKeepsWhatPeopleWrote() { // before and after as real `dvc add` of changed data left them
        begin();
        write(repo("data/train.csv.dvc"), "# top comment\nouts:\n# about\n- md5: 80c4c3977098540fe6f2733897384aa9 # c\n  size: 9\n  hash: md5\n  desc: training set   # keep\n  remote: s\n  path: train.csv\nmeta:\n  owner: me # own\n");
        write(repo("data/train.csv"), "a,b\n1,2\n");
        const auto added = add(repo("data/train.csv"));
        QVERIFY2(added, added ? "" : qPrintable(added.error().text()));
        QCOMPARE(bytesOf(repo("data/train.csv.dvc")),
                 QByteArray("# top comment\nouts:\n# about\n- md5: e5ebd4c02cefbe7955977c67ada242b7 # c\n  size: 8\n  hash: md5\n  desc: training set   # keep\n  remote: s\n  path: train.csv\nmeta:\n  owner: me # own\n"));
        QVERIFY2(added->effect().startsWith(QStringLiteral("MD5 80c4c3977098540fe6f2733897384aa9 → e5ebd4c02cefbe7955977c67ada242b7")), qPrintable(added->effect()));
        QVERIFY(undoDvcAdd(added->undoRecord()));
        QVERIFY(bytesOf(repo("data/train.csv.dvc")).contains("md5: 80c4c3977098540fe6f2733897384aa9 # c\n  size: 9\n"));
    }
    void anExecutableIsMarkedAndUnmarked() {
        begin();
        write(repo("run.sh"), "#!/bin/sh\n");
        QFile::setPermissions(repo("run.sh"), QFile::permissions(repo("run.sh")) | QFile::ExeOwner);
        QVERIFY(add(repo("run.sh")));
        QCOMPARE(bytesOf(repo("run.sh.dvc")), QByteArray("outs:\n- md5: 3e2b31c72181b87149ff995e7202c0e3\n  size: 10\n  isexec: true\n  hash: md5\n  path: run.sh\n"));
        QFile::setPermissions(repo("run.sh"), QFile::ReadOwner | QFile::WriteOwner);
        QVERIFY(add(repo("run.sh")));
        QCOMPARE(bytesOf(repo("run.sh.dvc")), QByteArray("outs:\n- md5: 3e2b31c72181b87149ff995e7202c0e3\n  size: 10\n  hash: md5\n  path: run.sh\n"));
    }
    void aNewFolderInPlaceOfAFileIsTold() {
        begin();
        write(repo("x"), "1");
        QVERIFY(add(repo("x")));
        QVERIFY(QFile::remove(repo("x")));
        write(repo("x/a"), "1");
        const auto folder = add(repo("x"));
        QVERIFY2(folder, folder ? "" : qPrintable(folder.error().text()));
        const auto repository = DvcRepository::open(repo());
        QVERIFY(repository->output(repo("x"))->hash.directory);
        QVERIFY(bytesOf(repo("x.dvc")).contains("nfiles: 1\n"));
    }

    void gitIsToldToLookAway() {
        if (!hasGit())
            QSKIP("no git here");
        begin(true);
        write(repo("data/.gitignore"), "/old.csv");
        write(repo("data/train.csv"), "1");
        const auto first = add(repo("data/train.csv"));
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QCOMPARE(bytesOf(repo("data/.gitignore")), QByteArray("/old.csv\n/train.csv\n"));
        write(repo("data/train.csv"), "2");
        const auto second = add(repo("data/train.csv"));
        QVERIFY(second && second->ignoreFile.isEmpty()); // ignored already
        QVERIFY(guardUndoDvcAdd(second->undoRecord()));
        QCOMPARE(guardUndoDvcAdd(first->undoRecord()).error().kind, ErrorKind::Conflict); // the later one is in the way
        QVERIFY(undoDvcAdd(second->undoRecord()));
        QVERIFY(undoDvcAdd(first->undoRecord()));
        QVERIFY(!QFileInfo::exists(repo("data/train.csv.dvc")));
        QCOMPARE(bytesOf(repo("data/.gitignore")), QByteArray("/old.csv\n"));
        QCOMPARE(undoDvcAdd(first->undoRecord()).error().kind, ErrorKind::Conflict); // only once
        write(repo("lone"), "3");
        const auto lone = add(repo("lone"));
        QCOMPARE(bytesOf(repo(".gitignore")), QByteArray("/lone\n"));
        QVERIFY(undoDvcAdd(lone->undoRecord()));
        QVERIFY(!QFileInfo::exists(repo(".gitignore")));
        write(repo("odd[1] #x"), "3");
        QVERIFY(add(repo("odd[1] #x")));
        QVERIFY(planDvcAdd(repo("odd[1] #x"))->isThere());
        run({QStringLiteral("check-ignore"), QStringLiteral("-q"), QStringLiteral("odd[1] #x")});
    }
    void noScmMeansNoGitignore() {
        if (!hasGit())
            QSKIP("no git here");
        begin(true);
        write(repo(".dvc/config"), "[core]\n    no_scm = True\n");
        write(repo("a"), "1");
        QVERIFY(add(repo("a")));
        QVERIFY(!QFileInfo::exists(repo(".gitignore")));
    }
    void dvcignoreIsHeeded() {
        if (!hasGit())
            QSKIP("no git here");
        begin(true);
        write(repo(".dvcignore"), "# comment\n*.tmp\n/d/skip/\n");
        write(repo("d/a.csv"), "1");
        write(repo("d/b.tmp"), "2");
        write(repo("d/skip/c.csv"), "3");
        const auto added = add(repo("d"));
        QVERIFY2(added, added ? "" : qPrintable(added.error().text()));
        QCOMPARE(added->record.files, 1);
        QCOMPARE(added->files.front().path, QStringLiteral("a.csv"));
        write(repo("x.tmp"), "2");
        QCOMPARE(add(repo("x.tmp")).error().kind, ErrorKind::Refused);
    }

    void whatDvcWouldRefuseIsRefused_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("word");
        QTest::newRow("nothing there") << "none.csv" << int(ErrorKind::NotFound) << "no such file";
        QTest::newRow("outside") << "../outside.csv" << int(ErrorKind::NotFound) << "no DVC repository";
        QTest::newRow("the repository") << "." << int(ErrorKind::NotFound) << "no DVC repository"; // looked for above it
        QTest::newRow("DVC's own folder") << ".dvc" << int(ErrorKind::Invalid) << "the repository itself";
        QTest::newRow("a .dvc file") << "there.csv.dvc" << int(ErrorKind::Invalid) << "a file of DVC itself";
        QTest::newRow("a link") << "link" << int(ErrorKind::Invalid) << "a link";
        QTest::newRow("a folder with a link") << "linked" << int(ErrorKind::Invalid) << "a link";
        QTest::newRow("a file behind a linked folder") << "linkeddir/f" << int(ErrorKind::Invalid) << "a link";
        QTest::newRow("a file inside a tracked folder") << "folder/f" << int(ErrorKind::Refused) << "overlaps";
        QTest::newRow("a folder around a tracked file") << "around" << int(ErrorKind::Refused) << "overlaps";
        QTest::newRow("a file inside a stage's output") << "made/f" << int(ErrorKind::Refused) << "overlaps";
        QTest::newRow("a .dvcignore inside") << "ignoring" << int(ErrorKind::Invalid) << ".dvcignore";
        QTest::newRow("what dvc import made") << "imported.csv" << int(ErrorKind::Invalid) << "not made by `dvc add`";
        QTest::newRow("two outputs") << "two.csv" << int(ErrorKind::Invalid) << "exactly";
    }
    void whatDvcWouldRefuseIsRefused() {
        QFETCH(QString, path);
        QFETCH(int, kind);
        QFETCH(QString, word);
        begin();
        const QByteArray out = "- md5: 6a7c83758196c7cdf75b99b1e10bb89f\n  size: 19\n  hash: md5\n  path: ";
        write(m_folder->filePath(QStringLiteral("outside.csv")), "1");
        for (const char *file : {"there.csv", "real/f", "folder/f", "around/inner.csv", "made/f", "ignoring/.dvcignore", "imported.csv", "two.csv", "linked/f"})
            write(repo(file), "1");
        QVERIFY(QFile::link(repo("there.csv"), repo("link")) && QFile::link(repo("there.csv"), repo("linked/l")) && QFile::link(repo("real"), repo("linkeddir")));
        write(repo("there.csv.dvc"), "outs:\n" + out + "there.csv\n");
        write(repo("folder.dvc"), "outs:\n- md5: 0bb72ec92f273cbd6e530f637895d520.dir\n  hash: md5\n  path: folder\n");
        write(repo("around/inner.csv.dvc"), "outs:\n" + out + "inner.csv\n");
        write(repo("imported.csv.dvc"), "frozen: true\ndeps:\n- path: x\nouts:\n" + out + "imported.csv\n");
        write(repo("two.csv.dvc"), "outs:\n" + out + "two.csv\n" + out + "three.csv\n");
        write(repo("dvc.lock"), "schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - path: made\n      hash: md5\n      md5: 6a7c83758196c7cdf75b99b1e10bb89f.dir\n");
        const QStringList before = filesBelow(repo());
        const auto added = add(repo(path));
        QVERIFY(!added);
        QVERIFY2(int(added.error().kind) == kind && added.error().text().contains(word), qPrintable(added.error().text()));
        QCOMPARE(filesBelow(repo()), before);
    }
    void whatGitTracksIsRefused() {
        if (!hasGit())
            QSKIP("no git here");
        begin(true);
        write(repo("a.csv"), "1");
        run({QStringLiteral("add"), QStringLiteral("a.csv")});
        const auto added = add(repo("a.csv"));
        QCOMPARE(added.error().kind, ErrorKind::Refused);
        QVERIFY(added.error().hint.contains(QStringLiteral("git rm -r --cached 'a.csv'")));
        write(repo(".gitignore"), "*.dvc\n");
        write(repo("b.csv"), "1");
        QCOMPARE(add(repo("b.csv")).error().kind, ErrorKind::Refused);
    }

    void aFileThatChangesWhileItIsReadIsAConflict() {
        begin();
        write(repo("big"), QByteArray(3 << 20, 'x'));
        bool grown = false;
        const auto planned = planDvcAdd(repo("big"), {}, [&](qint64, qint64) {
            QFile file(repo("big"));
            grown = grown || (file.open(QIODevice::Append) && file.write("y") == 1);
        });
        QVERIFY(grown && !planned);
        QCOMPARE(planned.error().kind, ErrorKind::Conflict);

        const auto plan = planDvcAdd(repo("big"));
        QVERIFY(plan);
        write(repo("big"), QByteArray(3 << 20, 'z')); // between the plan and the writing
        const auto done = executeDvcAdd(*plan);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Conflict);
        QVERIFY(!QFileInfo::exists(repo("big.dvc")));
        QVERIFY(filesBelow(repo(".dvc/cache")).isEmpty()); // no half of an object either
    }
    void aStopLeavesNothing() {
        begin();
        write(repo("a"), "1");
        const auto plan = planDvcAdd(repo("a"));
        QVERIFY(plan);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(executeDvcAdd(*plan, stop.get_token()).error().kind, ErrorKind::Cancelled);
        QVERIFY(!QFileInfo::exists(repo("a.dvc")) && filesBelow(repo(".dvc/cache")).isEmpty());
        QCOMPARE(planDvcAdd(repo("a"), stop.get_token()).error().kind, ErrorKind::Cancelled);
    }
    void dvcsLockIsHeeded() {
        begin();
        write(repo("a"), "1");
        const auto plan = planDvcAdd(repo("a"));
        const auto held = FileLock::tryAcquire(repo(".dvc/tmp/lock")); // as a running `dvc` holds it
        QVERIFY(plan && held);
        const auto busy = lockDvcRepository(repo(), {}, 0);
        QVERIFY(!busy);
        QCOMPARE(busy.error().kind, ErrorKind::Conflict);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(executeDvcAdd(*plan, stop.get_token()).error().kind, ErrorKind::Cancelled);
        QVERIFY(!QFileInfo::exists(repo("a.dvc")));
    }
    void theFileOfSomebodyElseIsNotOverwritten() {
        begin();
        write(repo("a"), "1");
        const auto first = planDvcAdd(repo("a")), second = planDvcAdd(repo("a"));
        QVERIFY(first && second && executeDvcAdd(*first));
        QCOMPARE(guardDvcAdd(*second).error().kind, ErrorKind::Conflict);
        QCOMPARE(executeDvcAdd(*second).error().kind, ErrorKind::Conflict);
    }
    void aDamagedObjectIsMadeAnew() {
        begin();
        write(repo("a"), "1");
        QVERIFY(add(repo("a")));
        const QString object = repo(".dvc/cache/files/md5/c4/ca4238a0b923820dcc509a6f75849b");
        write(object, "broken");
        const auto plan = planDvcAdd(repo("a"));
        QVERIFY(plan && !plan->isThere());
        QVERIFY(executeDvcAdd(*plan));
        QCOMPARE(bytesOf(object), QByteArray("1"));
    }
    void aSecretInTheFileStaysOutOfTheJournal() {
        begin();
        write(repo("a"), "1");
        write(repo("a.dvc"), "# password: hunter2hunter2\nouts:\n- md5: 6a7c83758196c7cdf75b99b1e10bb89f\n  size: 19\n  hash: md5\n  path: a\n");
        const auto plan = planDvcAdd(repo("a"));
        QVERIFY(plan && plan->undoRecord().isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_DvcAdd)
#include "tst_dvc_add.moc"
