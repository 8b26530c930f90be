// SPDX-License-Identifier: GPL-3.0-or-later
// KubeApi, kubeconfigs, credentials and rights against a real API server.
#include "core/cluster/kube_rights.h"
#include "core/cluster/managed_by.h"
#include "core/base/task.h"
#include "tests/support/kube_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <atomic>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::KubeServer;

#define VERIFY_GOOD(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text() + QLatin1Char('\n') + (result).error().raw))

namespace {

QJsonObject configMap(const QString &name, const QString &value = QStringLiteral("1")) {
    return {{QStringLiteral("apiVersion"), QStringLiteral("v1")}, {QStringLiteral("kind"), QStringLiteral("ConfigMap")}, {QStringLiteral("metadata"), QJsonObject{{QStringLiteral("name"), name}}},
            {QStringLiteral("data"), QJsonObject{{QStringLiteral("k"), value}}}};
}
KubeRef mapRef(const QString &name) { return {kinds::ConfigMap, QStringLiteral("ml"), name}; }

} // namespace

class tst_KubeApiServer : public QObject {
    Q_OBJECT
    KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_admin;

    Result<KubeAccess> accessOf(const QString &file) const {
        PH_ASSIGN(const Kubeconfig config, Kubeconfig::read({file}));
        return config.access();
    }
    std::shared_ptr<KubeApi> api(const KubeAccess &access, CredentialOptions options = {}) const { return std::make_shared<KubeApi>(access, m_http, credentialsOf(access, std::move(options))); }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (const QString missing = KubeServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(QStringLiteral("skipped: ") + missing));
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto admin = m_server.api(m_http);
        VERIFY_GOOD(admin);
        m_admin = *admin;
    }

    /// One client for three identities: each is known by its own, also after another had a connection.
    void eachIdentityIsItsOwn() {
        for (int round = 0; round < 2; ++round) {
            const std::pair<QString, QString> all[] = {{m_server.adminConfig(), QStringLiteral("admin")},
                                                       {m_server.viewerConfig(), QStringLiteral("system:serviceaccount:ml:viewer")},
                                                       {m_server.operatorConfig(), QStringLiteral("operator")}};
            for (const auto &[file, user] : all) {
                const auto made = m_server.api(m_http, file);
                VERIFY_GOOD(made);
                const auto who = KubeRights(*made).whoAmI();
                VERIFY_GOOD(who);
                QCOMPARE(who->user, user);
            }
        }
        QCOMPARE((*m_server.api(m_http, m_server.viewerConfig()))->space(), QStringLiteral("ml"));
        QVERIFY(m_admin->serverVersion()->startsWith(QLatin1String("v1.")));
    }
    void whoActsForAnotherIsTakenForHim() {
        auto access = accessOf(m_server.adminConfig());
        VERIFY_GOOD(access);
        access->asUser = QStringLiteral("jane");
        access->asGroups = QStringList{QStringLiteral("ops"), QStringLiteral("dev")};
        const auto who = KubeRights(api(*access)).whoAmI();
        VERIFY_GOOD(who);
        QCOMPARE(who->user, QStringLiteral("jane"));
        QVERIFY(who->groups.contains(QStringLiteral("ops")) && who->groups.contains(QStringLiteral("dev")));
    }
    void aWrongAuthorityIsNotBelieved() {
        auto access = accessOf(m_server.adminConfig());
        VERIFY_GOOD(access);
        access->caPem = access->certPem; // a certificate, but no authority of this server
        const auto refused = api(*access)->serverVersion();
        QVERIFY(!refused);
        QVERIFY2(refused.error().what.contains(QLatin1String("not trusted")), qPrintable(refused.error().text()));
        access->caPem.clear();
        access->caFile = m_server.caFile();
        VERIFY_GOOD(api(*access)->serverVersion());
        access->caFile.clear();
        access->insecure = true;
        VERIFY_GOOD(api(*access)->serverVersion());
    }
    /// The server's certificate stands for localhost and kubernetes.default.svc.
    void aServerIsKnownByAnotherName() {
        auto access = accessOf(m_server.adminConfig());
        VERIFY_GOOD(access);
        access->tlsServerName = QStringLiteral("kubernetes.default.svc");
        VERIFY_GOOD(api(*access)->read({kinds::Namespace, {}, QStringLiteral("ml")}));
        access->tlsServerName = QStringLiteral("kubernetes.example");
        QVERIFY(!api(*access)->serverVersion());
    }
    void aProgramGivesTheToken() {
        const auto viewer = accessOf(m_server.viewerConfig());
        VERIFY_GOOD(viewer);
        QTemporaryDir folder;
        QFile script(folder.filePath(QStringLiteral("login")));
        QVERIFY(script.open(QIODevice::WriteOnly));
        // The first answer is worth nothing: the server's 401 makes it be asked once more.
        script.write("#!/bin/sh\nd=$(dirname \"$0\")\nif [ -e \"$d/asked\" ]; then t=" + viewer->token.toUtf8() + "; else t=stale; fi\n: > \"$d/asked\"\n"
                     "printf '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\"}}' \"$t\"\n");
        script.close();
        script.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        KubeAccess access = *viewer;
        access.token.clear();
        access.exec = KubeExec{script.fileName(), {}, {}, QStringLiteral("client.authentication.k8s.io/v1"), {}, QStringLiteral("Never"), false, QJsonValue(QJsonValue::Undefined), folder.filePath(QStringLiteral("kubeconfig"))};
        CredentialOptions options;
        options.trust = ExecTrust(folder.path());
        const auto refused = api(access, options)->list(kinds::Pod, QStringLiteral("ml"));
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
        QVERIFY(options.trust.trust(*access.exec, {}));
        VERIFY_GOOD(api(access, options)->list(kinds::Pod, QStringLiteral("ml")));
    }
    void aWrongTokenIsDenied() {
        auto access = accessOf(m_server.viewerConfig());
        VERIFY_GOOD(access);
        access->token = QStringLiteral("nonsense");
        const auto refused = api(*access)->list(kinds::Pod, QStringLiteral("ml"));
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
        QVERIFY2(refused.error().what.contains(QLatin1String("does not accept the credential")), qPrintable(refused.error().text()));
    }

    void whatIsMissingIsNamed() {
        const auto made = m_server.api(m_http, m_server.viewerConfig());
        VERIFY_GOOD(made);
        const auto refused = (*made)->patch(objectPath(mapRef(QStringLiteral("x"))), PatchKind::Merge, QJsonObject{});
        QCOMPARE(refused.error().kind, ErrorKind::Denied);
        QVERIFY2(refused.error().hint.contains(QStringLiteral("system:serviceaccount:ml:viewer needs the verb “patch” on configmaps in the namespace ml")), qPrintable(refused.error().text()));
        KubeRights rights(*made);
        const KubeRight scale{QStringLiteral("patch"), kinds::Deployment, QStringLiteral("scale"), QStringLiteral("ml"), {}}, look{QStringLiteral("list"), kinds::Deployment, {}, QStringLiteral("ml"), {}};
        const auto verdicts = rights.ask({look, scale});
        VERIFY_GOOD(verdicts);
        QVERIFY(verdicts->at(0).allowed);
        QVERIFY(!verdicts->at(1).allowed);
        const auto needed = rights.need({look, scale});
        QCOMPARE(needed.error().what, QStringLiteral("system:serviceaccount:ml:viewer may not patch deployments/scale in ml: needs the verb patch on deployments/scale (apps)."));
        const auto operatorApi = m_server.api(m_http, m_server.operatorConfig());
        VERIFY_GOOD(operatorApi);
        VERIFY_GOOD(KubeRights(*operatorApi).need({look, scale}));
        QVERIFY(!KubeRights(*operatorApi).need({KubeRight{QStringLiteral("list"), kinds::Node, {}, {}, {}}}));
        const auto many = KubeRights(m_admin).ask(rolloutRights(QStringLiteral("ml")));
        VERIFY_GOOD(many);
        for (const KubeVerdict &verdict : *many)
            QVERIFY2(verdict.allowed, qPrintable(verdict.right.text()));
    }
    void anObjectLivesThroughItsCalls() {
        const auto made = m_admin->create(kinds::ConfigMap, QStringLiteral("ml"), configMap(QStringLiteral("life")));
        VERIFY_GOOD(made);
        const auto again = m_admin->create(kinds::ConfigMap, QStringLiteral("ml"), configMap(QStringLiteral("life")));
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
        const KubeRef ref = mapRef(QStringLiteral("life"));
        // A dry run changes nothing.
        const auto tried = m_admin->patch(objectPath(ref), PatchKind::Merge, QJsonObject{{QStringLiteral("data"), QJsonObject{{QStringLiteral("k"), QStringLiteral("2")}}}}, true);
        VERIFY_GOOD(tried);
        QCOMPARE(tried->value(QLatin1String("data")).toObject().value(QLatin1String("k")).toString(), QStringLiteral("2"));
        QCOMPARE(m_admin->read(ref)->value(QLatin1String("data")).toObject().value(QLatin1String("k")).toString(), QStringLiteral("1"));
        // Two who read the same: the second finds it changed.
        QJsonObject mine = *made, theirs = *made;
        theirs.insert(QStringLiteral("data"), QJsonObject{{QStringLiteral("k"), QStringLiteral("theirs")}});
        VERIFY_GOOD(m_admin->replace(ref, theirs));
        const auto late = m_admin->replace(ref, mine);
        QCOMPARE(late.error().kind, ErrorKind::Conflict);
        QVERIFY(!isExpired(late.error()));
        // Its manager is named.
        QStringList managers;
        const auto now = m_admin->read(ref);
        VERIFY_GOOD(now);
        for (const QJsonValue &field : now->value(QLatin1String("metadata")).toObject().value(QLatin1String("managedFields")).toArray())
            managers << field.toObject().value(QLatin1String("manager")).toString();
        QVERIFY(managers.contains(QStringLiteral("pilothouse")));
        QVERIFY(!managedBy(*now));
        // A guarded JSON patch.
        const auto guard = [&](const QString &version) {
            return m_admin->patch(objectPath(ref), PatchKind::Json, QJsonArray{QJsonObject{{QStringLiteral("op"), QStringLiteral("test")}, {QStringLiteral("path"), QStringLiteral("/metadata/resourceVersion")}, {QStringLiteral("value"), version}},
                                                                               QJsonObject{{QStringLiteral("op"), QStringLiteral("replace")}, {QStringLiteral("path"), QStringLiteral("/data/k")}, {QStringLiteral("value"), QStringLiteral("3")}}});
        };
        QCOMPARE(guard(metadataText(*made, "resourceVersion")).error().kind, ErrorKind::Invalid);
        VERIFY_GOOD(guard(metadataText(*now, "resourceVersion")));
        // Not another object of the same name.
        QCOMPARE(m_admin->remove(ref, QStringLiteral("Background"), QStringLiteral("00000000-0000-0000-0000-000000000000")).error().kind, ErrorKind::Conflict);
        VERIFY_GOOD(m_admin->remove(ref, QStringLiteral("Background"), metadataText(*now, "uid")));
        QCOMPARE(m_admin->read(ref).error().kind, ErrorKind::NotFound);
        const auto applied = m_admin->patch(objectPath(ref), PatchKind::Apply, configMap(QStringLiteral("life"), QStringLiteral("4")));
        VERIFY_GOOD(applied);
        VERIFY_GOOD(m_admin->remove(ref));
        QJsonObject wrong = configMap(QStringLiteral("Not_A_Name"));
        QCOMPARE(m_admin->create(kinds::ConfigMap, QStringLiteral("ml"), wrong).error().kind, ErrorKind::Invalid);
    }
    void allPagesOfAListCome() {
        std::atomic<int> failed = 0;
        parallelFor(1100, 50, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i)
                failed += !m_admin->create(kinds::ConfigMap, QStringLiteral("default"), configMap(QStringLiteral("page-%1").arg(i)));
        }, 8);
        QCOMPARE(failed.load(), 0);
        QString version;
        const auto all = m_admin->list(kinds::ConfigMap, QStringLiteral("default"), {}, {}, &version);
        VERIFY_GOOD(all);
        QSet<QString> names;
        for (const QJsonObject &object : *all)
            names.insert(metadataText(object, "name"));
        QCOMPARE(qsizetype(all->size()), names.size());
        QVERIFY(names.size() >= 1100);
        QVERIFY(!version.isEmpty());
    }
    /// etcd forgets what was before a revision, as it does every five minutes of a real server's life.
    void whatEtcdForgotIsExpired() {
        QString version;
        VERIFY_GOOD(m_admin->list(kinds::ConfigMap, QStringLiteral("default"), {}, {}, &version));
        net::Request compact;
        compact.method = "POST";
        compact.url = QStringLiteral("http://127.0.0.1:%1/v3/kv/compaction").arg(m_server.port() + 1);
        compact.body = QJsonDocument(QJsonObject{{QStringLiteral("revision"), version}, {QStringLiteral("physical"), true}}).toJson(QJsonDocument::Compact);
        const auto done = m_http->send(compact);
        VERIFY_GOOD(done);
        QCOMPARE(done->status, 200);
        // The form of k8s.io/apiserver/pkg/storage/continue.go: a page of a list at the first revision, of a kind that the server's own cache has only later.
        const QByteArray next = QByteArray(R"({"v":"meta.k8s.io/v1","rv":1,"start":"/a\u0000"})").toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        const auto old = m_admin->get(listPath(kinds::InferenceService, QStringLiteral("ml")), QUrlQuery(QStringLiteral("limit=1&continue=") + QString::fromLatin1(next)));
        QVERIFY(!old);
        QVERIFY2(isExpired(old.error()), qPrintable(old.error().text()));
    }
    void aWatchOfAVersionThatIsGoneIsExpired() {
        QByteArray said;
        const auto ended = m_admin->stream(listPath(kinds::InferenceService, QStringLiteral("ml")), QUrlQuery(QStringLiteral("watch=1&resourceVersion=1&timeoutSeconds=10")), [&](const char *bytes, std::size_t n) {
            said.append(bytes, qsizetype(n));
            return !said.contains('\n');
        }, {});
        if (!ended) {
            QVERIFY2(isExpired(ended.error()), qPrintable(ended.error().text()));
            return;
        }
        const QJsonObject event = QJsonDocument::fromJson(said.left(said.indexOf('\n'))).object();
        QCOMPARE(event.value(QLatin1String("type")).toString(), QStringLiteral("ERROR"));
        QVERIFY(isExpired(statusObjectError(event.value(QLatin1String("object")).toObject(), {})));
    }
    void aWatchSeesWhatHappens() {
        QString version;
        VERIFY_GOOD(m_admin->list(kinds::ConfigMap, QStringLiteral("ml"), {}, {}, &version));
        std::stop_source stop;
        std::atomic<bool> seen = false;
        std::thread watcher([&] {
            QByteArray said;
            (void)m_admin->stream(listPath(kinds::ConfigMap, QStringLiteral("ml")), QUrlQuery(QStringLiteral("watch=1&resourceVersion=") + version), [&](const char *bytes, std::size_t n) {
                said.append(bytes, qsizetype(n));
                seen = said.contains("\"watched\"");
                return !seen;
            }, stop.get_token());
        });
        const auto made = m_admin->create(kinds::ConfigMap, QStringLiteral("ml"), configMap(QStringLiteral("watched")));
        (void)QTest::qWaitFor([&] { return seen.load(); }, 20000);
        stop.request_stop();
        watcher.join();
        VERIFY_GOOD(made);
        QVERIFY(seen.load());
    }
    void whatIsNotInstalledIsSaid() {
        VERIFY_GOOD(m_admin->served(kinds::Deployment));
        VERIFY_GOOD(m_admin->served(kinds::InferenceService));
        const auto metrics = m_admin->served(kinds::PodMetrics);
        QCOMPARE(metrics.error().kind, ErrorKind::NotFound);
        QCOMPARE(metrics.error().what, QStringLiteral("This cluster has no metrics server (metrics.k8s.io)."));
    }
};

QTEST_GUILESS_MAIN(tst_KubeApiServer)
#include "tst_kube_api_server.moc"
