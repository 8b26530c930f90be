// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/eks_token.h"
#include "core/cluster/exec_plugin.h"
#include "core/cluster/kube_credentials.h"
#include "core/base/json.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

/// A folder with a program for credentials: a script that counts its runs in a file.
class Plugin {
public:
    explicit Plugin(const QByteArray &script) {
        QFile file(m_folder.filePath(QStringLiteral("login")));
        if (!file.open(QIODevice::WriteOnly) || file.write("#!/bin/sh\necho run >> \"$(dirname \"$0\")/runs\"\n" + script) < 0)
            qFatal("no script");
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QFile config(m_folder.filePath(QStringLiteral("kubeconfig")));
        if (!config.open(QIODevice::WriteOnly))
            qFatal("no kubeconfig");
        access.server = QStringLiteral("https://127.0.0.1:1");
        access.exec = KubeExec{QStringLiteral("./login"), {QStringLiteral("a b"), QStringLiteral("$HOME")}, {{QStringLiteral("REGION"), QStringLiteral("eu")}}, QStringLiteral("client.authentication.k8s.io/v1"),
                               {}, QStringLiteral("IfAvailable"), false, QJsonValue(QJsonValue::Undefined), config.fileName()};
        options.trust = ExecTrust(m_folder.filePath(QStringLiteral("data")));
        options.connection = QStringLiteral("prod");
    }
    int runs() const {
        QFile file(m_folder.filePath(QStringLiteral("runs")));
        return file.open(QIODevice::ReadOnly) ? int(file.readAll().count('\n')) : 0;
    }
    QString path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    KubeAccess access;
    CredentialOptions options;

private:
    QTemporaryDir m_folder;
};

QByteArray prints(const QByteArray &status) { return "cat <<'END'\n{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":" + status + "}\nEND\n"; }
/// A token that is another one at each run.
const QByteArray counted = "n=$(wc -l < \"$(dirname \"$0\")/runs\")\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t%s\"}}' $n\n";

} // namespace

class tst_KubeCredentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aForeignProgramIsRunOnlyWhenItWasConfirmed() {
        Plugin plugin(prints(R"({"token":"t"})"));
        const auto first = credentialsOf(plugin.access, plugin.options)->credential({});
        QVERIFY(!first);
        QCOMPARE(first.error().kind, ErrorKind::Denied);
        QVERIFY2(first.error().hint.contains(QLatin1String("pilot connect trust prod")), qPrintable(first.error().hint));
        QVERIFY2(first.error().what.contains(QLatin1String("REGION=eu ./login a b $HOME")), qPrintable(first.error().what));
        QCOMPARE(plugin.runs(), 0);
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, QStringLiteral("jane")));
        QCOMPARE(credentialsOf(plugin.access, plugin.options)->credential({})->authorization, QByteArray("Bearer t"));
        QCOMPARE(plugin.runs(), 1);
        // Another argument is another command.
        plugin.access.exec->args << QStringLiteral("--more");
        QVERIFY(!credentialsOf(plugin.access, plugin.options)->credential({}));
        QCOMPARE(plugin.runs(), 1);
        plugin.access.exec->args.removeLast();
        QVERIFY(plugin.options.trust.forget(*plugin.access.exec));
        QVERIFY(!credentialsOf(plugin.access, plugin.options)->credential({}));
    }
    void theFilesOfKubectlItselfNeedNoWord() {
        Plugin plugin(prints(R"({"token":"t"})"));
        qputenv("KUBECONFIG", QByteArray("/no/such:") + plugin.path("kubeconfig").toUtf8());
        const auto own = credentialsOf(plugin.access, plugin.options)->credential({});
        // A file that everybody can write is nobody's own.
        QFile::setPermissions(plugin.path("kubeconfig"), QFile::ReadOwner | QFile::WriteOwner | QFile::WriteOther);
        const auto open = credentialsOf(plugin.access, plugin.options)->credential({});
        qunsetenv("KUBECONFIG");
        QVERIFY2(own, own ? "" : qPrintable(own.error().text()));
        QVERIFY(!open);
    }
    void theProgramGetsWhatItIsPromisedAndNoSecretOfOurs() {
        Plugin plugin("printf '%s|' \"$@\" > \"$(dirname \"$0\")/args\"\nenv > \"$(dirname \"$0\")/env\"\n" + prints(R"({"token":"t"})"));
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        plugin.access.exec->provideClusterInfo = true;
        plugin.access.exec->clusterConfig = QJsonObject{{QStringLiteral("audience"), QStringLiteral("x")}};
        plugin.access.caPem = "PEM";
        plugin.access.tlsServerName = QStringLiteral("api");
        qputenv("PILOTHOUSE_SECRET_MLFLOW", "very-secret");
        const auto got = credentialsOf(plugin.access, plugin.options)->credential({});
        qunsetenv("PILOTHOUSE_SECRET_MLFLOW");
        QVERIFY2(got, got ? "" : qPrintable(got.error().text()));
        QFile args(plugin.path("args")), env(plugin.path("env"));
        QVERIFY(args.open(QIODevice::ReadOnly) && env.open(QIODevice::ReadOnly));
        QCOMPARE(args.readAll(), QByteArray("a b|$HOME|"));
        const QByteArray all = env.readAll();
        QVERIFY(all.contains("REGION=eu\n"));
        QVERIFY(!all.contains("very-secret"));
        const qsizetype at = all.indexOf("KUBERNETES_EXEC_INFO=") + 21;
        const auto info = parseJsonObject(all.mid(at, all.indexOf('\n', at) - at), {});
        QVERIFY(info);
        QCOMPARE(canonicalJson(*info), QByteArray(R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"cluster":{"certificate-authority-data":"UEVN","config":{"audience":"x"},"server":"https://127.0.0.1:1","tls-server-name":"api"},"interactive":false}})"));
    }
    void aCredentialIsKeptUntilShortlyBeforeItsEnd() {
        Plugin plugin(prints(R"({"token":"t","expirationTimestamp":"2030-01-01T01:00:00Z"})"));
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        QDateTime now(QDate(2030, 1, 1), QTime(0, 0), Qt::UTC);
        plugin.options.now = [&] { return now; };
        const auto credentials = credentialsOf(plugin.access, plugin.options);
        QVERIFY(credentials->credential({}));
        now = now.addSecs(58 * 60);
        QVERIFY(credentials->credential({}));
        QCOMPARE(plugin.runs(), 1);
        now = now.addSecs(61); // 59:01
        QVERIFY(credentials->credential({}));
        QCOMPARE(plugin.runs(), 2);
    }
    void aRefusedCredentialIsAskedForAnew() {
        Plugin plugin(counted);
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        const auto credentials = credentialsOf(plugin.access, plugin.options);
        const auto first = credentials->credential({});
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QVERIFY(credentials->rejected(*first));
        const auto second = credentials->credential({});
        QCOMPARE(second->authorization, QByteArray("Bearer t2"));
        QVERIFY(credentials->rejected(*first)); // a late 401 of the old one
        QCOMPARE(credentials->credential({})->authorization, QByteArray("Bearer t2"));
        QCOMPARE(plugin.runs(), 2);
    }
    void manyCallersRunItOnce() {
        Plugin plugin("sleep 0.2\n" + counted);
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        const auto credentials = credentialsOf(plugin.access, plugin.options);
        std::atomic<int> good = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                const auto got = credentials->credential({});
                good += got && got->authorization == "Bearer t1";
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(good.load(), 8);
        QCOMPARE(plugin.runs(), 1);
    }

    void whatGoesWrongIsSaid_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const QByteArray &script, const char *mode, ErrorKind kind, const char *text) { QTest::newRow(name) << script << QString::fromLatin1(mode) << int(kind) << QString::fromUtf8(text); };
        row("its own words are shown", "echo 'Session expired, run: sso login' >&2\nexit 3\n", "Never", ErrorKind::Denied, "ended with code 3. It says: Session expired, run: sso login");
        row("a secret in them is not", "echo 'password=hunter22 refused' >&2\nexit 1\n", "Never", ErrorKind::Denied, "•••");
        row("it wants a terminal", "exit 0\n", "Always", ErrorKind::Denied, "in a terminal only");
        row("it prints something else", "echo hello\n", "Never", ErrorKind::Invalid, "printed something else");
        row("it speaks another version", "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"t\"}}'\n", "Never", ErrorKind::Invalid, "speaks client.authentication.k8s.io/v1beta1");
        row("half a certificate", prints(R"({"clientCertificateData":"c"})"), "Never", ErrorKind::Invalid, "without the other");
        row("nothing at all", prints("{}"), "Never", ErrorKind::Invalid, "neither a token nor a client certificate");
        row("a time that is none", prints(R"({"token":"t","expirationTimestamp":"soon"})"), "Never", ErrorKind::Invalid, "is not a time");
    }
    void whatGoesWrongIsSaid() {
        QFETCH(QByteArray, script);
        QFETCH(QString, mode);
        QFETCH(QString, text);
        Plugin plugin(script);
        plugin.access.exec->interactiveMode = mode;
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        const auto got = credentialsOf(plugin.access, plugin.options)->credential({});
        QVERIFY(!got);
        QTEST(int(got.error().kind), "kind");
        QVERIFY2(got.error().text().contains(text), qPrintable(got.error().text()));
        QVERIFY(!got.error().text().contains(QLatin1String("hunter22")));
    }
    void aProgramThatIsNotThereIsToldWithItsHint() {
        Plugin plugin("exit 0\n");
        plugin.access.exec->command = QStringLiteral("no-such-program-here");
        plugin.access.exec->installHint = QStringLiteral("Get it from the intranet.");
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        const auto got = credentialsOf(plugin.access, plugin.options)->credential({});
        QCOMPARE(got.error().kind, ErrorKind::NotFound);
        QCOMPARE(got.error().hint, QStringLiteral("Get it from the intranet."));
    }
    void aProgramThatHangsIsEndedWithItsChildren() {
        Plugin plugin("echo $$ > \"$(dirname \"$0\")/pid\"\nsleep 300 &\nwait\n");
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        std::stop_source stop;
        Result<KubeCredential> got = cancelled();
        std::thread caller([&] { got = credentialsOf(plugin.access, plugin.options)->credential(stop.get_token()); });
        QTRY_VERIFY(QFile::exists(plugin.path("pid")) && plugin.runs() == 1);
        stop.request_stop();
        caller.join();
        QCOMPARE(got.error().kind, ErrorKind::Cancelled);
        QFile pid(plugin.path("pid"));
        QVERIFY(pid.open(QIODevice::ReadOnly));
        const int number = pid.readAll().trimmed().toInt();
        QVERIFY(number > 1);
        QTRY_VERIFY(::kill(number, 0) != 0);
    }
    void aClientCertificateOfAProgramIsTaken() {
        Plugin plugin(prints(R"({"clientCertificateData":"C","clientKeyData":"K"})"));
        QVERIFY(plugin.options.trust.trust(*plugin.access.exec, {}));
        const auto got = credentialsOf(plugin.access, plugin.options)->credential({});
        QVERIFY(got);
        QCOMPARE(got->certPem, QByteArray("C"));
        QCOMPARE(got->keyPem, QByteArray("K"));
        QVERIFY(got->authorization.isEmpty());
    }

    void anEksTokenNeedsNoProgram() {
        KubeAccess access;
        access.server = QStringLiteral("https://ABC.gr7.eu-west-1.eks.amazonaws.com");
        access.exec = KubeExec{QStringLiteral("aws"), {QStringLiteral("eks"), QStringLiteral("get-token"), QStringLiteral("--cluster-name"), QStringLiteral("shop")}, {}, QStringLiteral("client.authentication.k8s.io/v1beta1"), {}, {}, false, QJsonValue(QJsonValue::Undefined), QStringLiteral("/x")};
        const auto request = eksRequest(access);
        QVERIFY(request);
        QCOMPARE(request->cluster, QStringLiteral("shop"));
        QCOMPARE(request->region, QStringLiteral("eu-west-1"));
        CredentialOptions options;
        options.aws = []() -> Result<std::optional<sources::AwsCredentials>> { return std::optional(sources::AwsCredentials{QStringLiteral("AKIDEXAMPLE"), QStringLiteral("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), QStringLiteral("se/ss=+")}); };
        options.now = [] { return QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC); };
        const auto got = credentialsOf(access, options)->credential({});
        QVERIFY2(got, got ? "" : qPrintable(got.error().text()));
        QVERIFY(got->authorization.startsWith("Bearer k8s-aws-v1."));
        QVERIFY(!got->authorization.endsWith('='));
        const QByteArray url = QByteArray::fromBase64(got->authorization.mid(18), QByteArray::Base64UrlEncoding);
        // The signature was computed by botocore 1.43 (SigV4QueryAuth) for the same keys, time and header.
        QVERIFY2(url.startsWith("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                                "&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60"
                                "&X-Amz-Security-Token=se%2Fss%3D%2B&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature="),
                 url.constData());
        QCOMPARE(url.right(64), QByteArray(""));
    }
    void otherProgramsAreNotTakenForEks() {
        KubeAccess access;
        QVERIFY(!eksRequest(access));
        access.exec = KubeExec{};
        access.exec->command = QStringLiteral("/usr/bin/aws");
        access.exec->args = QStringList{QStringLiteral("ecr"), QStringLiteral("get-token")};
        QVERIFY(!eksRequest(access));
        access.exec->command = QStringLiteral("aws-iam-authenticator");
        access.exec->args = QStringList{QStringLiteral("token"), QStringLiteral("-i"), QStringLiteral("shop"), QStringLiteral("-r"), QStringLiteral("arn:aws:iam::1:role/x")};
        QCOMPARE(eksRequest(access)->role, QStringLiteral("arn:aws:iam::1:role/x"));
    }
};

QTEST_GUILESS_MAIN(tst_KubeCredentials)
#include "tst_kube_credentials.moc"
