// SPDX-License-Identifier: GPL-3.0-or-later
// Reading what real DVC wrote: dvc2/ was made by DVC 2.58.2, dvc3/ by DVC 3.67.1, both by `dvc add` and `dvc repro` of the same files and
// `dvc push` to a folder. train.csv was added twice; train-v1.dvc is its .dvc file of the first commit.
#include "core/sources/fetch.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/loopback_server.h"

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
using support::LoopbackServer;

namespace {

void copyTree(const QString &from, const QString &to) {
    QDirIterator it(from, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString file = it.next(), target = to + file.mid(from.size());
        QDir().mkpath(QFileInfo(target).absolutePath());
        QVERIFY2(QFile::copy(file, target), qPrintable(file));
        QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner);
    }
}

QByteArray bytesOf(const QString &path) { return readFile(path).value_or(QByteArray("not readable")); }

void write(const QString &path, const QByteArray &bytes) { QVERIFY(writeFileAtomically(path, bytes)); }

} // namespace

class tst_Dvc : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    Access m_access;

    QString repo(const char *path = "") const { return m_folder->filePath(QStringLiteral("repo")) + QLatin1String(path); }
    Cache cache() const { return *Cache::open(m_folder->filePath(QStringLiteral("cache"))); }
    Result<LocalFile> fetch(const QString &source, const QString &version = {}) const { return fetchSource({source, {}, version}, m_access, cache()); }
    void use(const char *tree) {
        m_folder = std::make_unique<QTemporaryDir>();
        copyTree(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/") + QLatin1String(tree), m_folder->path());
    }
    void git(const QStringList &arguments) const {
        QProcess process;
        process.setWorkingDirectory(repo());
        process.start(QStringLiteral("git"), QStringList{QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"), QStringLiteral("user.email=t@t"), QStringLiteral("-c"), QStringLiteral("commit.gpgsign=false")} + arguments);
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError());
    }
    static void trees() {
        QTest::addColumn<QByteArray>("tree");
        QTest::newRow("DVC 2") << QByteArray("dvc2");
        QTest::newRow("DVC 3") << QByteArray("dvc3");
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", "/nonexistent"); // no remote of whoever runs the tests
        for (const char *variable : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"})
            qunsetenv(variable);
        qputenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
        qputenv("AWS_CONFIG_FILE", "/nonexistent");
        m_access.http = std::make_shared<net::HttpClient>();
    }

    void aTrackedFileComesFromTheRemote_data() { trees(); }
    void aTrackedFileComesFromTheRemote() {
        QFETCH(QByteArray, tree);
        use(tree);
        for (const QString &source : {repo("/data/train.csv.dvc"), QStringLiteral("dvc:") + repo("/data/train.csv")}) {
            const auto file = fetch(source);
            QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
            QCOMPARE(bytesOf(file->path), QByteArray("a,b\n1,10\n2,20\n3,30\n"));
            QCOMPARE(file->origin.value(QLatin1String("md5")).toString(), QStringLiteral("6a7c83758196c7cdf75b99b1e10bb89f"));
            QCOMPARE(file->origin.value(QLatin1String("path")).toString(), QStringLiteral("data/train.csv"));
        }
    }
    void lineEndsStayAsTheyWere_data() { trees(); }
    void lineEndsStayAsTheyWere() { // DVC 2 hashed them converted, and stored them as they were
        QFETCH(QByteArray, tree);
        use(tree);
        const auto file = fetch(repo("/data/crlf.csv.dvc"));
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QCOMPARE(bytesOf(file->path), QByteArray("x,y\r\n1,2\r\n3,4\r\n"));
    }
    void anOutputOfAStageComesFromTheLock_data() { trees(); }
    void anOutputOfAStageComesFromTheLock() { // its stage has a wdir, which only dvc.yaml knows
        QFETCH(QByteArray, tree);
        use(tree);
        const auto file = fetch(QStringLiteral("dvc:") + repo("/stages/in/prepared.csv"));
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QCOMPARE(bytesOf(file->path), QByteArray("p,q\n1,2\n"));
        QCOMPARE(file->origin.value(QLatin1String("file")).toString(), QStringLiteral("stages/dvc.lock"));
    }
    void aFileOfATrackedDirectoryIsFound_data() { trees(); }
    void aFileOfATrackedDirectoryIsFound() {
        QFETCH(QByteArray, tree);
        use(tree);
        const auto one = fetch(QStringLiteral("dvc:") + repo("/data/images/one.csv"));
        QVERIFY2(one, one ? "" : qPrintable(one.error().text()));
        QCOMPARE(bytesOf(one->path), QByteArray("k,v\r\n5,6\r\n"));
        const auto two = fetch(QStringLiteral("dvc:") + repo("/data/images/") + QString::fromUtf8("zwei ä.csv"));
        QVERIFY2(two, two ? "" : qPrintable(two.error().text()));
        QCOMPARE(bytesOf(two->path), QByteArray("k,v\n7,8\n"));
        const auto whole = fetch(repo("/data/images.dvc"));
        QVERIFY(!whole);
        QCOMPARE(whole.error().kind, ErrorKind::Invalid);
        QVERIFY(whole.error().hint.contains(QStringLiteral("one.csv")));
        const auto absent = fetch(QStringLiteral("dvc:") + repo("/data/images/three.csv"));
        QVERIFY(!absent);
        QCOMPARE(absent.error().kind, ErrorKind::NotFound);
    }
    void allOutputsAreListed_data() { trees(); }
    void allOutputsAreListed() {
        QFETCH(QByteArray, tree);
        use(tree);
        const auto repository = DvcRepository::open(repo("/data"));
        QVERIFY(repository);
        const auto outputs = repository->outputs();
        QVERIFY2(outputs, outputs ? "" : qPrintable(outputs.error().text()));
        QStringList names;
        for (const DvcOutput &out : *outputs)
            names << out.path;
        QCOMPARE(names, (QStringList{QStringLiteral("data/crlf.csv"), QStringLiteral("data/images"), QStringLiteral("data/train.csv"), QStringLiteral("stages/in/kept.json"), QStringLiteral("stages/in/prepared.csv")}));
        QCOMPARE(outputs->front().hash.legacy, tree == "dvc2");
    }
    void theDigestIsDvcs_data() {
        // dvc_data.hashfile.hash.file_md5(path, fs): of dvc-data 3.18.3 with name="md5-dos2unix", of 0.51.0 (DVC 2.58) as it is; hashlib.md5 for the bytes.
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("converted");
        QTest::addColumn<QString>("raw");
        QTest::newRow("text with \\r\\n") << QByteArray("x,y\r\n1,2\r\n3,4\r\n") << "178ba85707470c41cf680fb37ff99f7f" << "c90135599344113561a910f6c638137f";
        QTest::newRow("text with \\n") << QByteArray("a,b\n1,10\n2,20\n3,30\n") << "6a7c83758196c7cdf75b99b1e10bb89f" << "6a7c83758196c7cdf75b99b1e10bb89f";
        QByteArray all;
        for (int i = 0; i < 256 * 3; ++i)
            all += char(i);
        QTest::newRow("bytes that are no text") << all + "\r\n" << "8b50894f8deaff3dc159f7b980063b4a" << "8b50894f8deaff3dc159f7b980063b4a";
        QTest::newRow("two letters in five beyond ASCII") << QByteArray(40, '\xe4') + QByteArray(60, 'a') + "\r\n" << "c1bae1d7bb9349518e8e525932b02ef8" << "c1bae1d7bb9349518e8e525932b02ef8";
        QTest::newRow("an empty file") << QByteArray() << "d41d8cd98f00b204e9800998ecf8427e" << "d41d8cd98f00b204e9800998ecf8427e";
        QTest::newRow("a \\r\\n across two blocks of 1 MiB") << QByteArray((1 << 20) - 1, 'a') + "\r\nb\r\n" << "deb8178cc400550795d42d701b97846d" << "e0bc301cdd0940f2de68d786f8e52418";
    }
    void theDigestIsDvcs() {
        QFETCH(QByteArray, bytes);
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("f"));
        write(path, bytes);
        QTEST(dvcDigestOfFile(path, true).value_or(QString()), "converted");
        QTEST(dvcDigestOfFile(path, false).value_or(QString()), "raw");
    }

    void anEarlierRevisionIsReadFromGit_data() { trees(); }
    void anEarlierRevisionIsReadFromGit() {
        if (QStandardPaths::findExecutable(QStringLiteral("git")).isEmpty())
            QSKIP("no git here");
        QFETCH(QByteArray, tree);
        use(tree);
        const QByteArray now = bytesOf(repo("/data/train.csv.dvc"));
        write(repo("/data/train.csv.dvc"), bytesOf(m_folder->filePath(QStringLiteral("train-v1.dvc"))));
        git({QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
        git({QStringLiteral("add"), QStringLiteral("-A")});
        git({QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("one")});
        git({QStringLiteral("tag"), QStringLiteral("v1")});
        write(repo("/data/train.csv.dvc"), now);
        git({QStringLiteral("commit"), QStringLiteral("-qam"), QStringLiteral("two")});
        const auto first = fetch(QStringLiteral("dvc:") + repo("/data/train.csv"), QStringLiteral("v1"));
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QCOMPARE(bytesOf(first->path), QByteArray("a,b\n1,10\n2,20\n"));
        QCOMPARE(first->origin.value(QLatin1String("revision")).toString(), QStringLiteral("v1"));
        QCOMPARE(first->origin.value(QLatin1String("commit")).toString().size(), 40);
        QCOMPARE(bytesOf(fetch(repo("/data/train.csv.dvc"))->path).size(), 19);
        QVERIFY(fetch(QStringLiteral("dvc:") + repo("/stages/in/prepared.csv"), QStringLiteral("HEAD~1")));
        QCOMPARE(bytesOf(repo("/data/train.csv.dvc")), now); // nothing was checked out
        for (const char *wrong : {"v9", "--all", "-v1", "main:data", "v1..main"}) {
            const auto file = fetch(repo("/data/train.csv.dvc"), QString::fromLatin1(wrong));
            QVERIFY2(!file, wrong);
            QCOMPARE(file.error().kind, ErrorKind::NotFound);
        }
    }
    void aRevisionNeedsAGitRepository() {
        use("dvc3");
        const auto file = fetch(repo("/data/train.csv.dvc"), QStringLiteral("v1"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Invalid);
    }

    void aDamagedObjectIsRefused_data() { trees(); }
    void aDamagedObjectIsRefused() {
        QFETCH(QByteArray, tree);
        use(tree);
        QDirIterator it(m_folder->filePath(QStringLiteral("remote")), QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext())
            write(it.next(), "x");
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Invalid);
        QVERIFY(file.error().what.contains(QStringLiteral("damaged")));
        QCOMPARE(cache().bytes(), 0);
    }
    void anObjectThatWasNotPushedIsSaid() {
        use("dvc3");
        QVERIFY(QFile::remove(m_folder->filePath(QStringLiteral("remote/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f"))));
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::NotFound);
        QVERIFY(file.error().hint.contains(QStringLiteral("dvc push")));
    }
    void whatWasImportedIsSaidToLieElsewhere() { // as `dvc import` of DVC 3.67 writes it; such objects are never pushed
        use("dvc3");
        write(repo("/house.csv.dvc"), "md5: e67d5345637aa967e71fa3de3a0d47af\nfrozen: true\ndeps:\n- path: data/house.csv\n  repo:\n    url: https://git.example/houses\n    rev: v2\n"
                                      "    rev_lock: 5259e4dfe8c7ca5a17c5a81f67cbecba3d12b1fd\nouts:\n- md5: 6854ec987ed16c1c04955bd51596b0c0\n  size: 68915\n  hash: md5\n  path: house.csv\n");
        const auto file = fetch(repo("/house.csv.dvc"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::NotFound);
        QVERIFY2(file.error().hint.contains(QStringLiteral("imported from https://git.example/houses: `dvc pull house.csv.dvc`")), qPrintable(file.error().hint));
    }
    void anObjectThatAWebRemoteLacksIsSaidAlike() {
        use("dvc3");
        LoopbackServer server([&](auto &c, int) {
            (void)c.readRequest();
            c.reply(404, "<html>Not found</html>");
        });
        write(repo("/.dvc/config"), "[core]\n    remote = web\n['remote \"web\"']\n    url = " + server.url("/store").toLatin1() + "\n");
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::NotFound);
        QVERIFY2(file.error().what.contains(QStringLiteral("The DVC remote “web” does not have the object 6a7c83758196c7cdf75b99b1e10bb89f")), qPrintable(file.error().text()));
        QVERIFY(file.error().hint.contains(QStringLiteral("dvc push")));
        QVERIFY(file.error().where.endsWith(QStringLiteral("/store/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f")));
    }
    void dvcsOwnCacheIsLookedIntoFirst() {
        use("dvc3");
        QVERIFY(QDir().rename(m_folder->filePath(QStringLiteral("remote")), repo("/.dvc/cache")));
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QVERIFY(QDir(repo("/.dvc/cache")).removeRecursively());
        const auto again = fetch(repo("/data/train.csv.dvc")); // now from ours
        QVERIFY(again);
        QVERIFY(again->origin.value(QLatin1String("from_cache")).toBool());
    }
    void anHttpRemoteIsRead() {
        use("dvc3");
        QByteArray asked, authorization;
        LoopbackServer server([&](auto &c, int) {
            const QByteArray request = c.readRequest();
            asked = request.split(' ').value(1);
            authorization = request.mid(request.indexOf("Authorization"));
            c.reply(200, "a,b\n1,10\n2,20\n3,30\n");
        });
        write(repo("/.dvc/config"), "[core]\n    remote = web\n['remote \"web\"']\n    url = " + server.url("/store").toLatin1() + "\n    auth = basic\n    user = u\n");
        write(repo("/.dvc/config.local"), "['remote \"web\"']\n    password = p\n");
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QCOMPARE(asked, QByteArray("/store/files/md5/6a/7c83758196c7cdf75b99b1e10bb89f"));
        QVERIFY(authorization.startsWith("Authorization: Basic dTpw\r\n"));
        QVERIFY(!QString::fromUtf8(prettyJson(file->origin)).contains(QStringLiteral("dTpw")));
    }
    void anS3RemoteIsRead() {
        use("dvc2");
        QByteArray asked;
        LoopbackServer server([&](auto &c, int) {
            asked = c.readRequest();
            c.reply(200, "x,y\r\n1,2\r\n3,4\r\n", "ETag: \"1\"\r\n");
        });
        write(repo("/.dvc/config"), "['remote \"s\"']\n    url = s3://dvc/some place\n    endpointurl = " + server.url("").toLatin1() + "\n");
        write(repo("/.dvc/config.local"), "['remote \"s\"']\n    access_key_id = AKID\n    secret_access_key = hidden\n");
        const auto file = fetch(repo("/data/crlf.csv.dvc"));
        QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
        QVERIFY(asked.startsWith("GET /dvc/some%20place/17/8ba85707470c41cf680fb37ff99f7f HTTP"));
        QVERIFY(asked.contains("Credential=AKID/"));
        QCOMPARE(file->origin.value(QLatin1String("url")).toString(), QStringLiteral("s3://dvc/some place/17/8ba85707470c41cf680fb37ff99f7f"));
    }
    void remotesAreChosenAsDvcDoes() {
        use("dvc3");
        write(repo("/.dvc/config"), "['remote \"a\"']\n    url = /x\n['remote \"b\"']\n    url = remote://a/deeper\n['remote \"g\"']\n    url = gs://bucket\n");
        const auto repository = DvcRepository::open(repo());
        QVERIFY(!repository->remote()); // several, and no default
        QCOMPARE(repository->remote(QStringLiteral("b"))->url, QStringLiteral("/x/deeper"));
        QCOMPARE(repository->remote(QStringLiteral("g")).error().kind, ErrorKind::Invalid);
        QCOMPARE(repository->remote(QStringLiteral("z")).error().kind, ErrorKind::NotFound);
        write(repo("/.dvc/config.local"), "[core]\n    remote = a\n");
        QCOMPARE(repository->remote()->name, QStringLiteral("a"));
        const QByteArray home = qgetenv("HOME"), settings = qgetenv("XDG_CONFIG_HOME");
        write(m_folder->filePath(QStringLiteral(".config/dvc/config")), "['remote \"mine\"']\n    url = /mine\n");
        qputenv("HOME", QFile::encodeName(m_folder->path()));
        qputenv("XDG_CONFIG_HOME", ""); // set to nothing is not set
        const auto mine = repository->remote(QStringLiteral("mine"));
        qputenv("HOME", home);
        settings.isNull() ? qunsetenv("XDG_CONFIG_HOME") : qputenv("XDG_CONFIG_HOME", settings);
        QVERIFY2(mine, mine ? "" : qPrintable(mine.error().text()));
        QCOMPARE(mine->url, QStringLiteral("/mine"));
    }
    void brokenFilesAreErrorsWithTheirPlace_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("no YAML") << QByteArray("outs: [");
        QTest::newRow("no outs") << QByteArray("a: b\n");
        QTest::newRow("a merge conflict") << QByteArray("outs:\n<<<<<<< HEAD\n- md5: 6a7c83758196c7cdf75b99b1e10bb89f\n=======\n- md5: 7a7c83758196c7cdf75b99b1e10bb89f\n>>>>>>> x\n  path: train.csv\n");
        QTest::newRow("no MD5") << QByteArray("outs:\n- md5: abc\n  path: train.csv\n");
        QTest::newRow("a digest that leads elsewhere") << QByteArray("outs:\n- md5: ../../../../../../etc/passwd00000\n  path: train.csv\n");
        QTest::newRow("an unknown hash") << QByteArray("outs:\n- md5: 6a7c83758196c7cdf75b99b1e10bb89f\n  hash: blake3\n  path: train.csv\n");
        QTest::newRow("a path that leads out") << QByteArray("outs:\n- md5: 6a7c83758196c7cdf75b99b1e10bb89f\n  hash: md5\n  path: ../../x\n");
    }
    void brokenFilesAreErrorsWithTheirPlace() {
        use("dvc3");
        QFETCH(QByteArray, yaml);
        write(repo("/data/train.csv.dvc"), yaml);
        const auto file = fetch(repo("/data/train.csv.dvc"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Invalid);
        QVERIFY2(file.error().where.contains(QStringLiteral("train.csv.dvc")), qPrintable(file.error().text()));
    }
    void aDirectoryObjectCannotLeadOut() {
        for (const char *path : {"../x", "/etc/passwd", "a/../../x", "", "."})
            QVERIFY2(!parseDvcDirectory("[{\"md5\":\"6a7c83758196c7cdf75b99b1e10bb89f\",\"relpath\":\"" + QByteArray(path) + "\"}]", {}, false), path);
        QVERIFY(!parseDvcDirectory("{}", {}, false));
    }
    void anUntrackedPathNamesItsNeighbour() {
        use("dvc3");
        const auto file = fetch(QStringLiteral("dvc:") + repo("/data/trian.csv"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::NotFound);
        QVERIFY2(file.error().hint.contains(QStringLiteral("data/train.csv")), qPrintable(file.error().hint));
        QTemporaryDir empty;
        QVERIFY(QDir(empty.path()).mkpath(QStringLiteral(".dvc")));
        const auto first = fetch(QStringLiteral("dvc:") + empty.filePath(QStringLiteral("x.csv")));
        QVERIFY(!first);
        QVERIFY2(first.error().hint.contains(QStringLiteral("tracks nothing yet")), qPrintable(first.error().hint));
        QTemporaryDir outside;
        QCOMPARE(fetch(QStringLiteral("dvc:") + outside.filePath(QStringLiteral("x"))).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(tst_Dvc)
#include "tst_dvc.moc"
