// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/cluster/connection_access.h"
#include "core/fleet/cluster_import.h"
#include "core/fleet/clusters.h"
#include "tests/support/loopback_server.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

namespace {

/// Says a version, who asks (by the token), and what is installed.
void answer(LoopbackServer::Connection &c, int) {
    for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
        if (request.startsWith("GET /version "))
            c.reply(200, R"({"gitVersion":"v1.36.3"})");
        else if (request.startsWith("GET /apis "))
            c.reply(200, R"({"kind":"APIGroupList","groups":[{"name":"apps"},{"name":"argoproj.io"}]})");
        else if (request.startsWith("POST /apis/authentication.k8s.io/v1/selfsubjectreviews") && request.contains("Bearer t0ken\r\n"))
            c.reply(201, R"({"status":{"userInfo":{"username":"jane","groups":["ops","system:authenticated"]}}})");
        else
            c.reply(401, R"({"kind":"Status","code":401,"reason":"Unauthorized","message":"Unauthorized"})");
    }
}

const char *const pem = "-----BEGIN CERTIFICATE-----\nQ0E=\n-----END CERTIFICATE-----\n", *const keyPem = "-----BEGIN PRIVATE KEY-----\nS0VZ\n-----END PRIVATE KEY-----\n";

class Place {
public:
    explicit Place(const QString &connections) {
        file = path("pilothouse.yaml");
        write("pilothouse.yaml", QStringLiteral("workspace: w\nconnections:\n  here: {kind: local, root: state}\n%1").arg(connections).toUtf8());
    }
    QString path(const char *name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void write(const char *name, const QByteArray &text) const {
        if (!writeFileAtomically(path(name), text))
            qFatal("the temporary folder cannot be written");
    }
    void kubeconfig(const QString &server, const QString &user) const {
        write("kubeconfig", QStringLiteral("current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: u, namespace: ml}}\nclusters:\n- {name: k, cluster: {server: '%1'}}\nusers:\n- name: u\n  user: %2\n").arg(server, user).toUtf8());
    }
    Result<workspace::Workspace> workspace() const { return workspace::readWorkspace(file); }
    QString file;

private:
    QTemporaryDir m_folder;
};

Result<void> run(const operations::Operation &operation) {
    for (const auto &step : operation.steps) {
        if (step.guard)
            PH_TRY(step.guard());
        PH_TRY(step.execute());
        PH_TRY(step.readBack());
    }
    return {};
}

} // namespace

class tst_Clusters : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    Result<ConnectionCheck> look(const Place &place, QHash<QString, QString> secrets = {}) {
        PH_ASSIGN(const auto workspace, place.workspace());
        return testConnection(workspace, QStringLiteral("prod"), *http, *secrets::memoryStore(secrets));
    }

private Q_SLOTS:
    void aLookSaysVersionUserAndWhatIsInstalled() {
        LoopbackServer server(answer);
        Place place(QStringLiteral("  prod: {kind: kubernetes, kubeconfig: kubeconfig, namespace: team}\n"));
        place.kubeconfig(server.url(""), QStringLiteral("{token: t0ken}"));
        const auto found = look(place);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->finding, QStringLiteral("Kubernetes v1.36.3 answers; we are jane (ops) there. Installed: Argo Rollouts. Not installed: KServe, metrics.k8s.io."));
        QVERIFY(found->usedHere);
        QCOMPARE(found->address, server.url(""));
        place.kubeconfig(server.url(""), QStringLiteral("{token: wrong}"));
        const auto refused = look(place);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
    }
    void aServerNeedsNoKubeconfig() {
        LoopbackServer server(answer);
        const Place place(QStringLiteral("  prod: {kind: kubernetes, server: '%1', namespace: team, secret: prod}\n").arg(server.url()));
        const auto found = look(place, {{QStringLiteral("prod"), QStringLiteral("t0ken")}});
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        const auto asJson = look(place, {{QStringLiteral("prod"), QStringLiteral("{\"token\":\"t0ken\"}")}});
        QVERIFY2(asJson, asJson ? "" : qPrintable(asJson.error().text()));
        QCOMPARE(look(place).error().kind, ErrorKind::NotFound);
        const auto broken = look(place, {{QStringLiteral("prod"), QStringLiteral("{\"token\": hunter22")}});
        QCOMPARE(broken.error().kind, ErrorKind::Invalid);
        QVERIFY(!broken.error().text().contains(QLatin1String("hunter22")));
    }
    void keysThatDoNotFitAreToldAtTheirPlace_data() {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("what");
        QTest::newRow("server and kubeconfig") << QStringLiteral("server: 'https://a', kubeconfig: b") << QStringLiteral("a kubeconfig or a server, not both");
        QTest::newRow("server and url") << QStringLiteral("server: 'https://a', url: 'https://b'") << QStringLiteral("the same thing");
        QTest::newRow("no address") << QStringLiteral("server: a:6443") << QStringLiteral("must be a URL");
        QTest::newRow("a proxy with its password") << QStringLiteral("proxy: 'http://u:p@proxy:1'") << QStringLiteral("carries a user name or password");
        QTest::newRow("not a switch") << QStringLiteral("insecure: perhaps") << QStringLiteral("insecure");
        QTest::newRow("a slip of the finger") << QStringLiteral("contxt: a") << QStringLiteral("did you mean “context”");
    }
    void keysThatDoNotFitAreToldAtTheirPlace() {
        QFETCH(QString, keys);
        QFETCH(QString, what);
        const Place place(QStringLiteral("  prod: {kind: kubernetes, %1}\n").arg(keys));
        const auto read = place.workspace();
        QVERIFY(!read);
        QVERIFY2(read.error().text().contains(what), qPrintable(read.error().text()));
        QVERIFY2(read.error().where.contains(QLatin1String(":4:")), qPrintable(read.error().where));
    }
    void aListOfKubeconfigsIsFoundBesideTheWorkspace() {
        const Place place(QStringLiteral("  prod: {kind: kubernetes, kubeconfig: 'a/one:/abs/two', context: c}\n"));
        const auto workspace = place.workspace();
        QVERIFY2(workspace, workspace ? "" : qPrintable(workspace.error().text()));
        const auto connection = workspace->connections.value(QStringLiteral("prod"));
        QCOMPARE(connection.other.value(QStringLiteral("kubeconfig")), place.path("a/one") + QStringLiteral(":/abs/two"));
        QVERIFY(connectionAddress(connection).endsWith(QLatin1String("/abs/two, context c")));
    }

    /// Everything of the context is there afterwards, and nothing of it in our files.
    void anImportKeepsSecretsInTheKeychainOnly() {
        Place place({});
        place.write("client.key", keyPem);
        place.write("kubeconfig", QByteArray("current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: u, namespace: ml}}\nclusters:\n- name: k\n  cluster: {server: 'https://k:6443', certificate-authority-data: ") +
                                      QByteArray(pem).toBase64() + ", tls-server-name: api.k, proxy-url: 'http://u:hunter22@proxy:1'}\nusers:\n- name: u\n  user: {client-certificate-data: " + QByteArray(pem).toBase64() +
                                      ", client-key: client.key, token: t0ken}\n");
        const auto taken = importContext({place.path("kubeconfig")}, {}, QStringLiteral("prod"));
        QVERIFY2(taken, taken ? "" : qPrintable(taken.error().text()));
        auto operation = addConnection(place.file, QStringLiteral("prod"), taken->entry);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        const auto store = secrets::memoryStore();
        storeSecretFirst(*operation, store, taken->entry.value(QStringLiteral("secret")).toString(), taken->secret);
        for (const auto &call : operation->plan())
            QVERIFY(!(call.object + call.effect + call.undo + call.command).contains(QLatin1String("t0ken")));
        const auto done = run(*operation);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        const QByteArray text = *readFile(place.file);
        for (const char *secret : {"t0ken", "S0VZ", "hunter22", "PRIVATE"})
            QVERIFY2(!text.contains(secret), text.constData());
        QFile::remove(place.path("kubeconfig"));
        const auto workspace = place.workspace();
        QVERIFY2(workspace, workspace ? "" : qPrintable(workspace.error().text()));
        const auto found = cluster::accessOf(workspace->connections.value(QStringLiteral("prod")), *store);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->access.server, QStringLiteral("https://k:6443"));
        QCOMPARE(found->access.caPem, QByteArray(pem));
        QCOMPARE(found->access.certPem, QByteArray(pem));
        QCOMPARE(found->access.keyPem, QByteArray(keyPem));
        QCOMPARE(found->access.token, QStringLiteral("t0ken"));
        QCOMPARE(found->access.space, QStringLiteral("ml"));
        QCOMPARE(found->access.tlsServerName, QStringLiteral("api.k"));
        QCOMPARE(found->access.proxyUrl, QStringLiteral("http://u:hunter22@proxy:1"));
    }
    void aProgramIsNothingToImport() {
        Place place({});
        place.kubeconfig(QStringLiteral("https://k"), QStringLiteral("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never}}"));
        const auto taken = importContext({place.path("kubeconfig")}, {}, QStringLiteral("prod"));
        QVERIFY(!taken);
        QVERIFY(taken.error().hint.contains(QLatin1String("--import")));
    }
    void aForeignProgramRunsAfterAPersonSaidSo() {
        LoopbackServer server(answer);
        Place place(QStringLiteral("  prod: {kind: kubernetes, kubeconfig: kubeconfig}\n"));
        place.write("login", "#!/bin/sh\nprintf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t0ken\"}}'\n");
        QFile::setPermissions(place.path("login"), QFile::ReadOwner | QFile::ExeOwner);
        place.kubeconfig(server.url(""), QStringLiteral("{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}}"));
        const auto refused = look(place);
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
        QCOMPARE(refused.error().hint, QStringLiteral("If you know where the file comes from: pilot connect trust prod"));
        const auto workspace = place.workspace();
        QVERIFY(workspace);
        const auto operation = trustProgram(*workspace, QStringLiteral("prod"), place.path("state"), QStringLiteral("jane"));
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QVERIFY(run(*operation));
        const auto found = look(place);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QVERIFY(operation->steps.front().undo());
        QVERIFY(!look(place));
        place.kubeconfig(server.url(""), QStringLiteral("{token: t0ken}"));
        QCOMPARE(trustProgram(*workspace, QStringLiteral("prod"), place.path("state"), {}).error().kind, ErrorKind::Invalid);
    }

    void aConnectionIsOpenedOnceUntilItsFileChanges() {
        Place place(QStringLiteral("  prod: {kind: kubernetes, kubeconfig: kubeconfig}\n"));
        place.kubeconfig(QStringLiteral("https://one"), QStringLiteral("{token: a}"));
        const auto workspace = place.workspace();
        QVERIFY(workspace);
        const Clusters clusters(*workspace, http, secrets::memoryStore(), place.path("state"));
        QCOMPARE(clusters.names(), QStringList{QStringLiteral("prod")});
        const auto first = clusters.of({});
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QCOMPARE((*first)->connection(), QStringLiteral("prod"));
        QCOMPARE((*first)->space(), QStringLiteral("ml"));
        QCOMPARE(clusters.of(QStringLiteral("prod"))->get(), first->get());
        place.kubeconfig(QStringLiteral("https://another"), QStringLiteral("{token: a}"));
        QCOMPARE((*clusters.of({}))->access().server, QStringLiteral("https://another"));
        QCOMPARE(clusters.of(QStringLiteral("lab")).error().kind, ErrorKind::NotFound);
    }
    void severalClustersWantAName() {
        const Place place(QStringLiteral("  a: {kind: kubernetes}\n  b: {kind: kubernetes}\n"));
        const auto workspace = place.workspace();
        QVERIFY(workspace);
        const Clusters clusters(*workspace, http, secrets::memoryStore(), {});
        const auto none = clusters.of({});
        QCOMPARE(none.error().kind, ErrorKind::Invalid);
        QVERIFY(none.error().what.contains(QLatin1String("a, b")));
    }
};

QTEST_GUILESS_MAIN(tst_Clusters)
#include "tst_clusters.moc"
