// SPDX-License-Identifier: GPL-3.0-or-later
// A Git registry at an address, by the two ways that know who is at the other end: ssh (asyncssh of the Python named by PILOTHOUSE_ASYNCSSH, else of
// the one that tests/run installs it for, else python3), whose host key must stand in known_hosts, and https with the certificate of a private CA
// (openssl makes it; git http-backend answers). What is absent is skipped.
#include "core/registry/git_registry.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const QString damage = QStringLiteral("damage"), champion = QStringLiteral("champion");
const Stamp ada{QStringLiteral("ada"), QStringLiteral("op-1")};

/// Runs a program in a folder; its output. Fails the program where the test itself is wrong.
QString run(const QString &folder, const QString &program, const QStringList &arguments) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(program, arguments);
    if (!process.waitForFinished(120000) || process.exitCode() != 0)
        qFatal("%s %s: %s", qPrintable(program), qPrintable(arguments.join(QLatin1Char(' '))), process.readAllStandardError().constData());
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}
QString git(const QString &folder, const QStringList &arguments) { return run(folder, QStringLiteral("git"), arguments); }

void write(const QString &file, const QByteArray &text) {
    QDir().mkpath(QFileInfo(file).absolutePath());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(file));
}

/// A bare repository with two versions.
QString servedRepository(const QString &folder) {
    const QString work = folder + QStringLiteral("/work"), bare = folder + QStringLiteral("/served/damage.git");
    QDir().mkpath(work);
    git(work, {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")});
    for (const char *weights : {"one", "two"}) {
        write(work + QStringLiteral("/ml/artifacts/svc_model.joblib"), weights);
        git(work, {QStringLiteral("add"), QStringLiteral("-A")});
        git(work, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"), QString::fromLatin1(weights)});
    }
    git(folder, {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), work, bare});
    git(bare, {QStringLiteral("config"), QStringLiteral("http.receivepack"), QStringLiteral("true")});
    return bare;
}

#define VERIFY_DENIED(words, ...)                                                                                                        \
    do {                                                                                                                                 \
        const auto phOutcome = (__VA_ARGS__);                                                                                            \
        QVERIFY2(!phOutcome.has_value(), "an error was expected");                                                                       \
        QVERIFY2(phOutcome.error().kind == ErrorKind::Denied && phOutcome.error().text().contains(QLatin1String(words)), qPrintable(phOutcome.error().kindName() + QLatin1Char(' ') + phOutcome.error().text())); \
    } while (false)
#define VERIFY_OK(...)                                                                       \
    do {                                                                                     \
        const auto phOutcome = (__VA_ARGS__);                                                \
        QVERIFY2(phOutcome.has_value(), phOutcome ? "" : qPrintable(phOutcome.error().text())); \
    } while (false)

} // namespace

class TestGitRemotes : public QObject {
    Q_OBJECT
public:
    explicit TestGitRemotes(QString home) : m_home(std::move(home)) {}

private Q_SLOTS:
    void aHostWhoseKeyIsKnownIsTalkedTo() {
        const QString installed = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/python-venv/bin/python");
        const QString python = qEnvironmentVariable("PILOTHOUSE_ASYNCSSH", QFileInfo::exists(installed) ? installed : QStringLiteral("python3"));
        QTemporaryDir folder, keys;
        const QString bare = servedRepository(folder.path());
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(python, {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/contract/registry/git_ssh_server.py"), folder.filePath(QStringLiteral("served")), keys.path()});
        while (!process.canReadLine() && process.waitForReadyRead(60000)) {
        }
        if (!process.canReadLine()) {
            QVERIFY(process.state() == QProcess::NotRunning);
            QVERIFY2(process.exitCode() == 77 || process.error() == QProcess::FailedToStart, "the server did not start");
            QSKIP("asyncssh is not here (see the top of this file)");
        }
        const QByteArray said = process.readLine().trimmed();
        const QByteArray hostKey = said.mid(said.indexOf(' ') + 1);
        GitServer server;
        server.url = QStringLiteral("ssh://git@127.0.0.1:%1/damage.git").arg(QString::fromLatin1(said.left(said.indexOf(' '))));
        server.model = damage;
        server.keyFile = keys.filePath(QStringLiteral("client"));
        server.refreshSeconds = 0;
        const auto registry = [&](const char *copy) { return gitRegistry(server, folder.filePath(QLatin1String(copy))); };
        const QString known = m_home + QStringLiteral("/.ssh/known_hosts");
        VERIFY_DENIED("known_hosts", registry("unknown")->models()); // nobody has seen this host
        QVERIFY(!QFileInfo::exists(known)); // and nothing trusts it by itself
        write(known, hostKey + '\n');
        const auto good = registry("known");
        const auto versions = good->versions(damage);
        VERIFY_OK(versions);
        QCOMPARE(versions->size(), std::size_t(2));
        VERIFY_OK(good->moveAlias(damage, champion, std::nullopt, 1, ada)); // pushed
        QCOMPARE(git(bare, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1"));
        VERIFY_OK(good->moveAlias(damage, champion, 1, 2, ada));
        VERIFY_OK(good->moveAlias(damage, champion, 2, 1, ada)); // the undo
        QCOMPARE(registry("another copy")->versionByAlias(damage, champion)->version, 1);
        // Another host answers at that address: its key is not the one that is known.
        QByteArray other = hostKey;
        const qsizetype at = other.size() - 8;
        other[at] = other.at(at) == 'A' ? 'B' : 'A';
        write(known, other + '\n');
        VERIFY_DENIED("known_hosts", registry("other host")->models());
        VERIFY_DENIED("known_hosts", good->moveAlias(damage, champion, 1, 2, ada));
        QCOMPARE(git(bare, {QStringLiteral("tag"), QStringLiteral("-l"), QStringLiteral("damage/champion/4")}), QString());
        write(known, hostKey + '\n');
        server.keyFile = keys.filePath(QStringLiteral("stranger"));
        VERIFY_DENIED("", registry("stranger")->models());
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20000));
    }

    void aCertificateOfAPrivateAuthorityIsTrustedWhereItIsNamed() {
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3")), openssl = QStandardPaths::findExecutable(QStringLiteral("openssl"));
        if (python.isEmpty() || openssl.isEmpty())
            QSKIP("python3 or openssl is not here");
        QTemporaryDir folder;
        const QString bare = servedRepository(folder.path()), ca = folder.filePath(QStringLiteral("ca.pem"));
        const auto make = [&](const QString &line) { run(folder.path(), openssl, line.split(QLatin1Char(' '))); };
        make(QStringLiteral("req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=team-ca"));
        make(QStringLiteral("req -newkey rsa:2048 -nodes -keyout host.key -out host.csr -subj /CN=localhost"));
        write(folder.filePath(QStringLiteral("host.ext")), "subjectAltName=DNS:localhost\n");
        make(QStringLiteral("x509 -req -in host.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile host.ext -out host.pem"));
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(python, {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/contract/registry/git_server.py"), folder.filePath(QStringLiteral("served")), QStringLiteral("ada"), QStringLiteral("pass"), folder.filePath(QStringLiteral("host.pem")), folder.filePath(QStringLiteral("host.key"))});
        while (!process.canReadLine() && process.waitForReadyRead(30000)) {
        }
        QVERIFY(process.canReadLine());
        GitServer server;
        const QString port = QString::fromLatin1(process.readLine()).trimmed();
        server.url = QStringLiteral("https://localhost:%1/damage.git").arg(port); // libgit2's mbedTLS matches no addresses
        server.user = QStringLiteral("ada");
        server.model = damage;
        server.refreshSeconds = 0;
        bool asked = false;
        server.secret = [&]() -> Result<QString> {
            asked = true;
            return QStringLiteral("pass");
        };
        VERIFY_DENIED("ca_file", gitRegistry(server, folder.filePath(QStringLiteral("without")))->models());
        QVERIFY(!asked); // a host that is not trusted gets no password
        server.caFile = ca;
        const auto registry = gitRegistry(server, folder.filePath(QStringLiteral("with")));
        const auto versions = registry->versions(damage);
        VERIFY_OK(versions);
        QCOMPARE(versions->size(), std::size_t(2));
        VERIFY_OK(registry->moveAlias(damage, champion, std::nullopt, 2, ada));
        QCOMPARE(git(bare, {QStringLiteral("tag"), QStringLiteral("-l")}), QStringLiteral("damage/champion/1"));
        QVERIFY(asked);
        server.url = QStringLiteral("https://127.0.0.1:%1/damage.git").arg(port); // trusted, but of another name
        VERIFY_DENIED("name the host as url does", gitRegistry(server, folder.filePath(QStringLiteral("another name")))->models());
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20000));
    }

private:
    QString m_home;
};

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (QStandardPaths::findExecutable(QStringLiteral("git")).isEmpty()) {
        std::printf("SKIP   : TestGitRemotes::initTestCase() the program git is not here\n");
        return 0;
    }
    QTemporaryDir home; // nobody's own configuration, keys and known hosts; before libgit2 looks
    qputenv("HOME", home.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", home.path().toUtf8());
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    qunsetenv("SSH_AUTH_SOCK");
    for (const char *variable : {"GIT_AUTHOR_NAME=CI", "GIT_AUTHOR_EMAIL=ci@localhost", "GIT_COMMITTER_NAME=CI", "GIT_COMMITTER_EMAIL=ci@localhost"})
        qputenv(QByteArray(variable).split('=')[0].constData(), QByteArray(variable).split('=')[1]);
    TestGitRemotes test(home.path());
    return QTest::qExec(&test, argc, argv);
}

#include "tst_git_remotes.moc"
