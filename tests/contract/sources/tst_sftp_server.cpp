// SPDX-License-Identifier: GPL-3.0-or-later
// SFTP, and a DVC remote by it, against a real SSH server: asyncssh of the Python named by PILOTHOUSE_ASYNCSSH,
// else of the one that tests/run installs it for, else python3.
#include "core/base/file.h"
#include "core/net/sftp.h"
#include "core/net/sftp_write.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_push.h"
#include "core/sources/fetch.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::sources;

class tst_SftpServer : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QProcess m_server;
    int m_port = 0;

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    net::SftpFile file(const char *name) const {
        net::SftpFile f;
        f.host = QStringLiteral("127.0.0.1");
        f.port = m_port;
        f.user = QStringLiteral("pilot");
        f.password = QStringLiteral("fly");
        f.path = QLatin1String(name);
        f.knownHosts = path("known_hosts");
        return f;
    }

private Q_SLOTS:
    void initTestCase() {
        qunsetenv("SSH_AUTH_SOCK"); // no key of whoever runs the tests
        qputenv("HOME", QFile::encodeName(m_folder.path()));
        QVERIFY(QDir().mkpath(path("root")));
        const QString installed = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/python-venv/bin/python");
        const QString python = qEnvironmentVariable("PILOTHOUSE_ASYNCSSH", QFileInfo::exists(installed) ? installed : QStringLiteral("python3"));
        m_server.start(python, {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/contract/sources/sftp_server.py"), path("root")});
        if (!m_server.waitForStarted())
            QSKIP("no Python here");
        while (!m_server.canReadLine() && m_server.waitForReadyRead(30000)) {
        }
        const QByteArray line = m_server.readLine().trimmed();
        if (line.isEmpty())
            QSKIP("asyncssh is not here (see the top of this file)");
        m_port = line.left(line.indexOf(' ')).toInt();
        QVERIFY(writeFileAtomically(path("known_hosts"), line.mid(line.indexOf(' ') + 1) + '\n'));
        QVERIFY(writeFileAtomically(path(".ssh/known_hosts"), line.mid(line.indexOf(' ') + 1) + '\n'));
    }
    void cleanupTestCase() {
        m_server.closeWriteChannel();
        if (m_server.state() != QProcess::NotRunning && !m_server.waitForFinished(10000))
            m_server.kill();
        m_server.waitForFinished();
    }

    void aFileArrivesAndIsGoneOnWith() {
        const QByteArray bytes = QByteArray("0123456789").repeated(50'000);
        QVERIFY(writeFileAtomically(path("root/a b.bin"), bytes));
        qint64 last = 0;
        const auto done = net::sftpDownload(file("/a b.bin"), path("got"), {}, [&](qint64 n, qint64) { last = n; });
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + done.error().raw));
        QVERIFY(*readFile(path("got")) == bytes);
        QCOMPARE(last, bytes.size());
        QVERIFY(writeFileAtomically(path("half"), bytes.left(123'456)));
        QVERIFY(net::sftpDownload(file("/a b.bin"), path("half")));
        QVERIFY(*readFile(path("half")) == bytes);
    }
    void errorsAreTold() {
        QVERIFY(writeFileAtomically(path("root/x"), QByteArray("x")));
        const auto absent = net::sftpDownload(file("/none"), path("n1"));
        QVERIFY(!absent);
        QCOMPARE(absent.error().kind, ErrorKind::NotFound);
        net::SftpFile wrong = file("/x");
        wrong.password = QStringLiteral("swim");
        const auto denied = net::sftpDownload(wrong, path("n2"));
        QVERIFY(!denied);
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
        QVERIFY(!(denied.error().text() + denied.error().raw).contains(QStringLiteral("swim")));
        net::SftpFile stranger = file("/x");
        stranger.knownHosts = path("empty_known_hosts");
        QVERIFY(writeFileAtomically(stranger.knownHosts, QByteArray()));
        const auto unknown = net::sftpDownload(stranger, path("n3"));
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().kind, ErrorKind::Denied);
        QVERIFY2(unknown.error().what.contains(QStringLiteral("host key")), qPrintable(unknown.error().text()));
        QVERIFY2(unknown.error().hint.contains(QStringLiteral("ssh -p %1 127.0.0.1").arg(m_port)), qPrintable(unknown.error().hint));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = net::sftpDownload(file("/x"), path("n4"), stop.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    }
    void aDvcRemoteByItIsRead() {
        const QString tree = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/dvc2");
        QDirIterator it(tree + QStringLiteral("/remote"), QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString from = it.next();
            QVERIFY(writeFileAtomically(path("root/store") + from.mid(tree.size() + 7), *readFile(from)));
        }
        QVERIFY(writeFileAtomically(path("repo/data/crlf.csv.dvc"), *readFile(tree + QStringLiteral("/repo/data/crlf.csv.dvc"))));
        QVERIFY(writeFileAtomically(path("repo/.dvc/config"), "['remote \"s\"']\n    url = ssh://pilot@127.0.0.1:" + QByteArray::number(m_port) + "/store\n"));
        QVERIFY(writeFileAtomically(path("repo/.dvc/config.local"), "['remote \"s\"']\n    password = fly\n"));
        Access access;
        access.http = std::make_shared<net::HttpClient>();
        const auto cache = Cache::open(path("cache"));
        QVERIFY(cache);
        const auto got = fetchSource({path("repo/data/crlf.csv.dvc"), {}, {}}, access, *cache);
        QVERIFY2(got, got ? "" : qPrintable(got.error().text() + got.error().raw));
        QCOMPARE(*readFile(got->path), QByteArray("x,y\r\n1,2\r\n3,4\r\n"));
        QVERIFY(!QString::fromUtf8(QJsonDocument(got->origin).toJson()).contains(QStringLiteral("fly")));
        QVERIFY(writeFileAtomically(path("repo/none.csv.dvc"), "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: none.csv\n"));
        const auto none = fetchSource({path("repo/none.csv.dvc"), {}, {}}, access, *cache);
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY2(none.error().what.contains(QStringLiteral("The DVC remote “s” does not have the object 0123456789abcdef0123456789abcdef")), qPrintable(none.error().text()));
        QVERIFY(none.error().hint.contains(QStringLiteral("dvc push")));
    }
    void aFileIsSentWholeOrNotAtAll() {
        const QByteArray bytes = QByteArray("0123456789").repeated(300'000);
        QVERIFY(writeFileAtomically(path("send.bin"), bytes));
        net::SftpWriter writer(file("/"));
        QVERIFY(!writer.size(QStringLiteral("/new/a \"b\"/c.bin"))->has_value());
        qint64 last = 0;
        const auto sent = writer.put(path("send.bin"), QStringLiteral("/new/a \"b\"/c.bin"), {}, [&](qint64 n, qint64) { last = n; });
        QVERIFY2(sent, sent ? "" : qPrintable(sent.error().text() + sent.error().raw));
        QCOMPARE(last, bytes.size());
        QVERIFY(*readFile(path("root/new/a \"b\"/c.bin")) == bytes);
        QCOMPARE(writer.size(QStringLiteral("/new/a \"b\"/c.bin"))->value_or(-1), bytes.size());
        QVERIFY(writeFileAtomically(path("empty"), QByteArray()));
        QVERIFY(writer.put(path("empty"), QStringLiteral("/new/empty")));
        QCOMPARE(writer.size(QStringLiteral("/new/empty"))->value_or(-1), 0);
        std::stop_source stop;
        const auto stopped = writer.put(path("send.bin"), QStringLiteral("/new/stopped"), stop.get_token(), [&](qint64, qint64) { stop.request_stop(); });
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QCOMPARE(QDir(path("root/new")).entryList(QDir::Files), QStringList{QStringLiteral("empty")}); // nor a part of it
        QVERIFY(writer.remove(QStringLiteral("/new/a \"b\"/c.bin")));
        QVERIFY(!QFileInfo::exists(path("root/new/a \"b\"/c.bin")));
        QVERIFY(writer.remove(QStringLiteral("/new/none")));
        net::SftpFile wrong = file("/");
        wrong.password = QStringLiteral("swim");
        const auto denied = net::SftpWriter(wrong).put(path("empty"), QStringLiteral("/new/x"));
        QVERIFY(!denied);
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
    }
    void whatIsAddedIsPushedAndReadElsewhere() {
        const QByteArray config = "['remote \"s\"']\n    url = ssh://pilot@127.0.0.1:" + QByteArray::number(m_port) + "/pushed\n", secret = "['remote \"s\"']\n    password = fly\n";
        for (const char *name : {"writer/.dvc/config", "clone/.dvc/config"}) {
            QVERIFY(writeFileAtomically(path(name), config));
            QVERIFY(writeFileAtomically(path(name) + QStringLiteral(".local"), secret));
        }
        for (const char *name : {"writer/d/a.csv", "writer/d/sub/b.csv", "writer/d/empty"})
            QVERIFY(writeFileAtomically(path(name), QByteArray(QByteArray(name).endsWith("empty") ? "" : name)));
        const auto added = planDvcAdd(path("writer/d"));
        QVERIFY(added && executeDvcAdd(*added));
        Access access;
        access.http = std::make_shared<net::HttpClient>();
        const auto cache = Cache::open(path("push-cache")), other = Cache::open(path("clone-cache"));
        QVERIFY(cache && other);
        auto push = planDvcPush(path("writer/d.dvc"), {}, {{}, {}, {}}, access, *cache);
        QVERIFY2(push, push ? "" : qPrintable(push.error().text() + push.error().raw));
        const auto done = executeDvcPush(*push);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + done.error().raw));
        QCOMPARE(push->made.size(), 4u);
        QVERIFY(readBackDvcPush(*push));
        QVERIFY(writeFileAtomically(path("clone/d.dvc"), *readFile(path("writer/d.dvc"))));
        const auto got = fetchSource({QStringLiteral("dvc:") + path("clone/d/sub/b.csv"), {}, {}}, access, *other);
        QVERIFY2(got, got ? "" : qPrintable(got.error().text() + got.error().raw));
        QCOMPARE(*readFile(got->path), QByteArray("writer/d/sub/b.csv"));
        QVERIFY(planDvcPush(path("writer/d.dvc"), {}, {{}, {}, {}}, access, *cache)->missing.empty());
        QVERIFY(undoDvcPush(*push->store, push->madeJson()));
        QVERIFY(!QDirIterator(path("root/pushed"), QDir::Files, QDirIterator::Subdirectories).hasNext());
    }
};

QTEST_GUILESS_MAIN(tst_SftpServer)
#include "tst_sftp_server.moc"
