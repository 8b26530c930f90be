// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kubeconfig.h"

#include <QDir>
#include <QFile>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

const char *const whole = "apiVersion: v1\n"
    "kind: Config\n"
    "current-context: ops@prod\n"
    "preferences: {}\n"
    "clusters:\n"
    "- name: prod\n"
    "  cluster:\n"
    "    server: https://10.0.0.1:6443/k8s/\n"
    "    certificate-authority: pki/ca.crt\n"
    "    tls-server-name: api.prod\n"
    "    proxy-url: socks5://proxy:1080\n"
    "    extensions:\n"
    "    - name: client.authentication.k8s.io/exec\n"
    "      extension: {audience: \"06e3\", port: 8080, on: true}\n"
    "- name: lab\n"
    "  cluster: {server: \"https://lab:6443\", insecure-skip-tls-verify: true}\n"
    "users:\n"
    "- name: ops\n"
    "  user:\n"
    "    client-certificate-data: LS0tLS1CRUdJTg==\n"
    "    client-key: ../keys/ops.key\n"
    "    as: root\n"
    "    as-groups: [admins, ops]\n"
    "- name: cloud\n"
    "  user:\n"
    "    exec:\n"
    "      apiVersion: client.authentication.k8s.io/v1\n"
    "      command: ./bin/login\n"
    "      args: [--cluster, prod]\n"
    "      env:\n"
    "      - {name: REGION, value: eu}\n"
    "      interactiveMode: IfAvailable\n"
    "      provideClusterInfo: true\n"
    "      installHint: \"Get it from the intranet.\"\n"
    "- name: empty\n"
    "  user: {}\n"
    "contexts:\n"
    "- name: ops@prod\n"
    "  context: {cluster: prod, user: ops, namespace: ml}\n"
    "- name: cloud@prod\n"
    "  context: {cluster: prod, user: cloud}\n"
    "- name: lab\n"
    "  context: {cluster: lab, user: \"\"}\n"
    "";

QString write(const QTemporaryDir &folder, const QString &name, const QByteArray &text) {
    const QString path = folder.filePath(name);
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("the temporary folder cannot be written");
    return path;
}

} // namespace

class tst_Kubeconfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aContextGivesServerAndIdentity() {
        QTemporaryDir folder;
        const QString file = write(folder, QStringLiteral("conf/config"), whole);
        const auto config = Kubeconfig::read({file});
        QVERIFY2(config, config ? "" : qPrintable(config.error().text()));
        QCOMPARE(config->contexts().keys(), (QStringList{QStringLiteral("cloud@prod"), QStringLiteral("lab"), QStringLiteral("ops@prod")}));
        const auto access = config->access();
        QVERIFY2(access, access ? "" : qPrintable(access.error().text()));
        QCOMPARE(access->server, QStringLiteral("https://10.0.0.1:6443/k8s"));
        QCOMPARE(access->caFile, folder.filePath(QStringLiteral("conf/pki/ca.crt")));
        QCOMPARE(access->keyFile, folder.filePath(QStringLiteral("keys/ops.key")));
        QCOMPARE(access->certPem, QByteArray("-----BEGIN"));
        QCOMPARE(access->tlsServerName, QStringLiteral("api.prod"));
        QCOMPARE(access->proxyUrl, QStringLiteral("socks5://proxy:1080"));
        QCOMPARE(access->space, QStringLiteral("ml"));
        QCOMPARE(access->asUser, QStringLiteral("root"));
        QCOMPARE(access->asGroups, (QStringList{QStringLiteral("admins"), QStringLiteral("ops")}));
        QVERIFY(!access->insecure);
    }
    void aProgramIsReadWhole() {
        const auto config = Kubeconfig::parse(whole, QStringLiteral("/home/jane/kubeconfig"));
        QVERIFY(config);
        const auto access = config->access(QStringLiteral("cloud@prod"));
        QVERIFY2(access && access->exec, access ? "no program" : qPrintable(access.error().text()));
        QCOMPARE(access->space, QStringLiteral("default"));
        QCOMPARE(access->exec->command, QStringLiteral("./bin/login"));
        QCOMPARE(access->exec->args, (QStringList{QStringLiteral("--cluster"), QStringLiteral("prod")}));
        QCOMPARE(access->exec->environment.front().second, QStringLiteral("eu"));
        QCOMPARE(access->exec->file, QStringLiteral("/home/jane/kubeconfig"));
        QVERIFY(access->exec->provideClusterInfo);
        QCOMPARE(access->exec->clusterConfig.toObject(), (QJsonObject{{QStringLiteral("audience"), QStringLiteral("06e3")}, {QStringLiteral("port"), 8080}, {QStringLiteral("on"), true}}));
        QVERIFY(config->access(QStringLiteral("lab"))->insecure);
    }
    /// kubernetes.io: "If two files specify a red-user, use only values from the first file's red-user."
    void theFirstFileThatHasAnEntryCounts() {
        QTemporaryDir folder;
        const QString first = write(folder, QStringLiteral("a/config"), "contexts:\n- {name: dev, context: {cluster: c, user: red}}\nusers:\n- {name: red, user: {token: first}}\n");
        const QString second = write(folder, QStringLiteral("b/config"),
                                     "current-context: dev\ncontexts:\n- {name: dev, context: {cluster: other, user: blue}}\n- {name: more, context: {cluster: c, user: red}}\n"
                                     "users:\n- {name: red, user: {token: second, as: root}}\nclusters:\n- {name: c, cluster: {server: 'https://c', certificate-authority: ca.crt}}\n");
        const QString third = write(folder, QStringLiteral("config"), "current-context: more\n");
        const auto config = Kubeconfig::read({folder.filePath(QStringLiteral("none")), first, second, third});
        QVERIFY2(config, config ? "" : qPrintable(config.error().text()));
        QCOMPARE(config->files(), (QStringList{first, second, third}));
        QCOMPARE(config->currentContext(), QStringLiteral("dev"));
        const auto access = config->access();
        QVERIFY2(access, access ? "" : qPrintable(access.error().text()));
        QCOMPARE(access->token, QStringLiteral("first"));
        QCOMPARE(access->asUser, QString());
        QCOMPARE(access->server, QStringLiteral("https://c"));
        QCOMPARE(access->caFile, folder.filePath(QStringLiteral("b/ca.crt")));
    }
    void jsonIsReadAlsoWithTabs() {
        const auto config = Kubeconfig::parse("{\n\t\"kind\": \"Config\",\n\t\"current-context\": \"c\",\n\t\"contexts\": [{\"name\": \"c\", \"context\": {\"cluster\": \"k\", \"user\": \"u\"}}],\n"
                                              "\t\"clusters\": [\t{\"name\": \"k\", \"cluster\": {\"server\": \"https://k:6443\"}}],\n\t\"users\": [{\"name\": \"u\", \"user\": {\"token\": \"a\\tb\"}}]\n}\n",
                                              QStringLiteral("/x/config.json"));
        QVERIFY2(config, config ? "" : qPrintable(config.error().text()));
        QCOMPARE(config->access()->token, QStringLiteral("a\tb"));
    }

    void whatIsWrongIsToldAtItsPlace_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("what");
        const auto row = [](const char *name, const char *text, const char *where, const char *what) { QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(where) << QString::fromUtf8(what); };
        row("no YAML", "clusters: [\n", "/f:", "not valid YAML");
        row("another kind of object", "kind: Pod\n", "/f:1:7", "This is no kubeconfig: its kind is “Pod”.");
        row("data that is not Base64", "users:\n- name: u\n  user:\n    client-key-data: '%%%'\n", "/f:4:22", "“client-key-data” is not Base64.");
        row("a map in place of a list", "users: {u: 1}\n", "/f:1:8", "“users” must be a list.");
        row("two of a name", "users:\n- {name: u, user: {}}\n- {name: u, user: {}}\n", "/f:3:3", "names “u” twice");
        row("an old program interface", "users:\n- name: u\n  user:\n    exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}\n", "/f:4:36", "v1alpha1” is not supported");
        row("a program without its mode", "users:\n- name: u\n  user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}\n", "/f:3:16", "no interactiveMode");
    }
    void whatIsWrongIsToldAtItsPlace() {
        QFETCH(QByteArray, text);
        QFETCH(QString, where);
        QFETCH(QString, what);
        const auto config = Kubeconfig::parse(text, QStringLiteral("/f"));
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Invalid);
        QVERIFY2(config.error().where.startsWith(where), qPrintable(config.error().where));
        QVERIFY2(config.error().what.contains(what), qPrintable(config.error().what));
    }

    void aContextThatCannotWorkIsRefused_data() {
        QTest::addColumn<QString>("cluster");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("what");
        const auto row = [](const char *name, const char *cluster, const char *user, const char *what) { QTest::newRow(name) << QString::fromLatin1(cluster) << QString::fromLatin1(user) << QString::fromUtf8(what); };
        row("no server", "{}", "{}", "has no server");
        row("no address", "{server: 'ftp://x'}", "{}", "not an http or https address");
        row("a CA that is not looked at", "{server: 'https://x', insecure-skip-tls-verify: true, certificate-authority: a}", "{}", "insecure-skip-tls-verify");
        row("token and password", "{server: 'https://x'}", "{token: t, username: u, password: p}", "a token and a password");
        row("a certificate without its key", "{server: 'https://x'}", "{client-certificate: c}", "without its key");
        row("groups without a user", "{server: 'https://x'}", "{as-groups: [a]}", "but for nobody");
        row("a provider that is gone", "{server: 'https://x'}", "{auth-provider: {name: gcp}}", "auth-provider “gcp”");
    }
    void aContextThatCannotWorkIsRefused() {
        QFETCH(QString, cluster);
        QFETCH(QString, user);
        QFETCH(QString, what);
        const QString text = QStringLiteral("current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: u}}\nclusters:\n- name: k\n  cluster: %1\nusers:\n- name: u\n  user: %2\n").arg(cluster, user);
        const auto config = Kubeconfig::parse(text.toUtf8(), QStringLiteral("/f"));
        QVERIFY2(config, config ? "" : qPrintable(config.error().text()));
        const auto access = config->access();
        QVERIFY(!access);
        QVERIFY2(access.error().what.contains(what), qPrintable(access.error().what));
        QVERIFY2(access.error().where.startsWith(QLatin1String("/f:")), qPrintable(access.error().where));
    }
    void whatTookTheProvidersPlaceIsSaid() {
        const auto config = Kubeconfig::parse("current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: u}}\nclusters:\n- {name: k, cluster: {server: 'https://x'}}\nusers:\n"
                                              "- {name: u, user: {auth-provider: {name: gcp, config: {cmd-path: x}}}}\n", QStringLiteral("/f"));
        QVERIFY(config);
        QVERIFY(config->access().error().hint.contains(QLatin1String("gke-gcloud-auth-plugin")));
    }
    void anUnknownContextIsToldWithTheKnownOnes() {
        const auto config = Kubeconfig::parse(whole, QStringLiteral("/f"));
        const auto access = config->access(QStringLiteral("prod"));
        QCOMPARE(access.error().kind, ErrorKind::NotFound);
        QVERIFY(access.error().hint.contains(QLatin1String("cloud@prod, lab, ops@prod")));
        QCOMPARE(Kubeconfig::read({QStringLiteral("/no/such/file")}).error().kind, ErrorKind::NotFound);
    }
    void aPodFindsItsServiceAccount() {
        QTemporaryDir folder;
        write(folder, QStringLiteral("token"), "t\n");
        write(folder, QStringLiteral("namespace"), "team\n");
        qunsetenv("KUBERNETES_SERVICE_HOST");
        QCOMPARE(inClusterAccess(folder.path()).error().kind, ErrorKind::NotFound);
        qputenv("KUBERNETES_SERVICE_HOST", "fd00::1");
        qputenv("KUBERNETES_SERVICE_PORT", "443");
        const auto access = inClusterAccess(folder.path());
        qunsetenv("KUBERNETES_SERVICE_HOST");
        QVERIFY(access);
        QCOMPARE(access->server, QStringLiteral("https://[fd00::1]:443"));
        QCOMPARE(access->space, QStringLiteral("team"));
        QCOMPARE(access->tokenFile, folder.filePath(QStringLiteral("token")));
    }
};

QTEST_GUILESS_MAIN(tst_Kubeconfig)
#include "tst_kubeconfig.moc"
