// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_api.h"
#include "core/cluster/kube_credentials.h"
#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMutex>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::LoopbackServer;

namespace {

/// Answers each request by a function of it and keeps them all.
class Server {
public:
    struct Reply {
        int status = 200;
        QByteArray body, headers;
    };
    explicit Server(std::function<Reply(const QByteArray &request, int number)> answer)
        : m_answer(std::move(answer)), m_server([this](LoopbackServer::Connection &c, int) {
              for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                  int number = 0;
                  {
                      const QMutexLocker lock(&m_mutex);
                      number = int(m_requests.size());
                      m_requests << request;
                  }
                  const Reply reply = m_answer(request, number);
                  c.reply(reply.status, reply.body, reply.headers);
              }
          }) {}
    KubeApi api(KubeAccess access = {}) {
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(m_server.port());
        if (access.space.isEmpty())
            access.space = QStringLiteral("ml");
        return KubeApi(access, http, credentialsOf(access));
    }
    QByteArrayList requests() {
        const QMutexLocker lock(&m_mutex);
        return m_requests;
    }
    /// "GET /path" of each.
    QByteArrayList lines() {
        QByteArrayList all;
        for (const QByteArray &request : requests())
            all << request.left(request.indexOf(" HTTP/"));
        return all;
    }
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

private:
    std::function<Reply(const QByteArray &, int)> m_answer;
    QMutex m_mutex;
    QByteArrayList m_requests;
    LoopbackServer m_server;
};

QByteArray headerOf(const QByteArray &request, const char *name) {
    for (const QByteArray &line : request.left(request.indexOf("\r\n\r\n")).split('\n'))
        if (line.toLower().startsWith(QByteArray(name).toLower() + ':'))
            return line.mid(qsizetype(qstrlen(name)) + 1).trimmed();
    return {};
}
QByteArray bodyOf(const QByteArray &request) { return request.mid(request.indexOf("\r\n\r\n") + 4); }

QByteArray statusBody(int code, const char *reason, const char *message) {
    return QJsonDocument(QJsonObject{{QStringLiteral("kind"), QStringLiteral("Status")}, {QStringLiteral("apiVersion"), QStringLiteral("v1")}, {QStringLiteral("status"), QStringLiteral("Failure")},
                                     {QStringLiteral("code"), code}, {QStringLiteral("reason"), QString::fromLatin1(reason)}, {QStringLiteral("message"), QString::fromUtf8(message)}})
        .toJson(QJsonDocument::Compact);
}

QByteArray page(const QStringList &names, const char *next, const char *version) {
    QJsonArray items;
    for (const QString &name : names)
        items << QJsonObject{{QStringLiteral("metadata"), QJsonObject{{QStringLiteral("name"), name}}}};
    return QJsonDocument(QJsonObject{{QStringLiteral("kind"), QStringLiteral("PodList")},
                                     {QStringLiteral("metadata"), QJsonObject{{QStringLiteral("continue"), QString::fromLatin1(next)}, {QStringLiteral("resourceVersion"), QString::fromLatin1(version)}}},
                                     {QStringLiteral("items"), items}})
        .toJson(QJsonDocument::Compact);
}

QStringList names(const std::vector<QJsonObject> &objects) {
    QStringList all;
    for (const QJsonObject &object : objects)
        all << metadataText(object, "name");
    return all;
}

KubeRef web() { return {kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")}; }

} // namespace

class tst_KubeApi : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kindsAreKnownByTheirWords_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("path");
        QTest::newRow("singular") << QStringLiteral("deployment") << QStringLiteral("/apis/apps/v1/namespaces/ml/deployments");
        QTest::newRow("short") << QStringLiteral("deploy") << QStringLiteral("/apis/apps/v1/namespaces/ml/deployments");
        QTest::newRow("plural with its group") << QStringLiteral("Deployments.apps") << QStringLiteral("/apis/apps/v1/namespaces/ml/deployments");
        QTest::newRow("custom resource") << QStringLiteral("isvc") << QStringLiteral("/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices");
        QTest::newRow("of the core") << QStringLiteral("po") << QStringLiteral("/api/v1/namespaces/ml/pods");
        QTest::newRow("without a namespace") << QStringLiteral("node") << QStringLiteral("/api/v1/nodes");
    }
    void kindsAreKnownByTheirWords() {
        QFETCH(QString, word);
        const auto kind = kindNamed(word);
        QVERIFY2(kind, kind ? "" : qPrintable(kind.error().text()));
        QTEST(listPath(*kind, QStringLiteral("ml")), "path");
    }
    void anObjectIsWrittenAsKindAndName() {
        const auto ref = parseKubeRef(QStringLiteral("deploy/web"), QStringLiteral("ml"));
        QVERIFY(ref);
        QCOMPARE(ref->text(), QStringLiteral("deployment/web in ml"));
        QCOMPARE(objectPath(*ref, QStringLiteral("scale")), QStringLiteral("/apis/apps/v1/namespaces/ml/deployments/web/scale"));
        for (const char *bad : {"web", "deploy/", "/web", "deploy/../x", "deploy/.."})
            QCOMPARE(parseKubeRef(QString::fromLatin1(bad), QStringLiteral("ml")).error().kind, ErrorKind::Invalid);
        const auto unknown = parseKubeRef(QStringLiteral("gadget/x"), QStringLiteral("ml"));
        QCOMPARE(unknown.error().kind, ErrorKind::NotFound);
        QVERIFY(unknown.error().hint.contains(QLatin1String("deployment")));
    }

    void aListComesPageByPage() {
        Server server([](const QByteArray &, int n) { return n == 0 ? Server::Reply{200, page({QStringLiteral("a"), QStringLiteral("b")}, "t+/=", "7"), {}} : Server::Reply{200, page({QStringLiteral("c")}, "", "7"), {}}; });
        QString version;
        const auto pods = server.api().list(kinds::Pod, {}, QStringLiteral("app in (a, b)"), {}, &version);
        QVERIFY2(pods, pods ? "" : qPrintable(pods.error().text()));
        QCOMPARE(names(*pods), (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
        QCOMPARE(version, QStringLiteral("7"));
        QCOMPARE(pods->front().value(QLatin1String("kind")).toString(), QStringLiteral("Pod"));
        const QByteArrayList lines = server.lines();
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0], QByteArray("GET /api/v1/pods?limit=500&labelSelector=app%20in%20%28a%2C%20b%29"));
        QVERIFY2(lines[1].endsWith("&continue=t%2B%2F%3D"), lines[1].constData());
    }
    void anExpiredPageGivesTheWholeListOnce() {
        Server server([](const QByteArray &request, int n) {
            if (request.contains("continue="))
                return Server::Reply{410, statusBody(410, "Expired", "The provided continue parameter is too old"), {}};
            return n == 0 ? Server::Reply{200, page({QStringLiteral("a")}, "next", "7"), {}} : Server::Reply{200, page({QStringLiteral("a"), QStringLiteral("b")}, "", "9"), {}};
        });
        QString version;
        const auto pods = server.api().list(kinds::Pod, QStringLiteral("ml"), {}, {}, &version);
        QVERIFY(pods);
        QCOMPARE(names(*pods), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(version, QStringLiteral("9"));
        QVERIFY(!server.lines().last().contains("limit"));
    }

    void aStatusBecomesAnError_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, int code, const QByteArray &body, ErrorKind kind, const char *text) { QTest::newRow(name) << code << body << int(kind) << QString::fromUtf8(text); };
        row("no right names the verb", 403,
            statusBody(403, "Forbidden", "deployments.apps \"web\" is forbidden: User \"viewer\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"ml\""), ErrorKind::Denied,
            "viewer needs the verb “patch” on deployments.apps/scale in the namespace ml.");
        row("no right in the whole cluster", 403, statusBody(403, "Forbidden", "nodes is forbidden: User \"bob\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"), ErrorKind::Denied,
            "bob needs the verb “list” on nodes in the whole cluster.");
        row("a quota is said", 403, statusBody(403, "Forbidden", "pods \"a\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"), ErrorKind::Denied, "quota is used up");
        row("no credential", 401, statusBody(401, "Unauthorized", "Unauthorized"), ErrorKind::Denied, "does not accept the credential");
        row("not there", 404, statusBody(404, "NotFound", "deployments.apps \"web\" not found"), ErrorKind::NotFound, "deployments.apps \"web\" not found");
        row("changed meanwhile", 409, statusBody(409, "Conflict", "the object has been modified"), ErrorKind::Conflict, "look at it and try again");
        row("not valid", 422, statusBody(422, "Invalid", "spec.replicas: Invalid value: -1"), ErrorKind::Invalid, "spec.replicas");
        row("too old", 410, statusBody(410, "Expired", "too old resource version: 1 (5)"), ErrorKind::Conflict, "too old resource version");
        row("the server failed", 500, statusBody(500, "InternalError", "etcdserver: request timed out"), ErrorKind::Unreachable, "etcdserver");
        row("somebody in between answers", 502, "<html>Bad gateway</html>", ErrorKind::Unreachable, "502");
    }
    void aStatusBecomesAnError() {
        QFETCH(int, code);
        QFETCH(QByteArray, body);
        QFETCH(QString, text);
        Server server([&](const QByteArray &, int) { return Server::Reply{code, body, {}}; });
        const auto got = server.api().read(web());
        QVERIFY(!got);
        QTEST(int(got.error().kind), "kind");
        QVERIFY2(got.error().text().contains(text), qPrintable(got.error().text()));
        QCOMPARE(isExpired(got.error()), code == 410);
    }

    void aPatchSaysItsTypeAndItsManager() {
        Server server([](const QByteArray &, int) { return Server::Reply{200, "{}", {}}; });
        const KubeApi api = server.api();
        QVERIFY(api.patch(objectPath(web()), PatchKind::Json, QJsonArray{QJsonObject{{QStringLiteral("op"), QStringLiteral("remove")}, {QStringLiteral("path"), QStringLiteral("/spec/paused")}}}));
        QVERIFY(api.patch(objectPath(web()), PatchKind::Apply, QJsonObject{{QStringLiteral("a"), 1}}, true, true));
        QVERIFY(api.remove(web(), QStringLiteral("Foreground"), QStringLiteral("u-1")));
        QVERIFY(api.create(kinds::Deployment, QStringLiteral("ml"), QJsonObject{{QStringLiteral("a"), 1}}));
        const auto all = server.requests();
        QCOMPARE(headerOf(all[0], "Content-Type"), QByteArray("application/json-patch+json"));
        QCOMPARE(bodyOf(all[0]), QByteArray("[{\"op\":\"remove\",\"path\":\"/spec/paused\"}]"));
        QCOMPARE(server.lines()[1], QByteArray("PATCH /apis/apps/v1/namespaces/ml/deployments/web?fieldManager=pilothouse&dryRun=All&force=true"));
        QCOMPARE(headerOf(all[1], "Content-Type"), QByteArray("application/apply-patch+yaml"));
        QCOMPARE(server.lines()[2], QByteArray("DELETE /apis/apps/v1/namespaces/ml/deployments/web"));
        QCOMPARE(bodyOf(all[2]), QByteArray("{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"preconditions\":{\"uid\":\"u-1\"},\"propagationPolicy\":\"Foreground\"}"));
        QCOMPARE(server.lines()[3], QByteArray("POST /apis/apps/v1/namespaces/ml/deployments?fieldManager=pilothouse"));
    }
    void aWriteIsMadeOnceWhenTheConnectionBreaks() {
        std::atomic<int> seen = 0;
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            c.readRequest();
            ++seen;
            c.breakOff();
        });
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
        const KubeApi api(access, std::make_shared<net::HttpClient>(), credentialsOf(access));
        QCOMPARE(api.replace(web(), {}).error().kind, ErrorKind::Unreachable);
        QCOMPARE(seen.load(), 1);
        QCOMPARE(api.remove(web()).error().kind, ErrorKind::Unreachable);
        QCOMPARE(seen.load(), 2);
    }
    void aServerThatAsksToSlowDownIsAskedAgain() {
        Server server([](const QByteArray &, int n) { return n == 0 ? Server::Reply{429, statusBody(429, "TooManyRequests", "slow down"), "Retry-After: 1\r\n"} : Server::Reply{200, "{}", {}}; });
        QVERIFY(server.api().patch(objectPath(web()), PatchKind::Merge, QJsonObject{}));
        QCOMPARE(server.lines().size(), 2);
    }

    void theTokenFileIsReadAgainWhenItChanges() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("token"));
        const auto write = [&](const QByteArray &text) {
            QFile f(file);
            QVERIFY(f.open(QIODevice::WriteOnly) && f.write(text) == text.size());
        };
        write("one\n");
        Server server([&](const QByteArray &request, int) {
            const QByteArray token = headerOf(request, "Authorization");
            if (token == "Bearer old") { // renewed while the request was under way
                write("fresh-one\n");
                return Server::Reply{401, statusBody(401, "Unauthorized", "Unauthorized"), {}};
            }
            return Server::Reply{200, "{}", {}};
        });
        KubeAccess access;
        access.tokenFile = file;
        access.token = QStringLiteral("static"); // the file comes first
        const KubeApi api = server.api(access);
        QVERIFY(api.read(web()));
        write("second\n");
        QVERIFY(api.read(web()));
        write("old\n");
        QVERIFY(api.read(web()));
        QByteArrayList shown;
        for (const QByteArray &request : server.requests())
            shown << headerOf(request, "Authorization");
        QCOMPARE(shown, (QByteArrayList{"Bearer one", "Bearer second", "Bearer old", "Bearer fresh-one"}));
    }
    void whoActsForAnotherSaysSo() {
        Server server([](const QByteArray &, int) { return Server::Reply{200, "{}", {}}; });
        KubeAccess access;
        access.userName = QStringLiteral("a");
        access.password = QStringLiteral("b");
        access.asUser = QStringLiteral("jane");
        access.asGroups = QStringList{QStringLiteral("ops"), QStringLiteral("dev")};
        access.asExtra = {{QStringLiteral("acme.com/project"), {QStringLiteral("x")}}};
        QVERIFY(server.api(access).read(web()));
        const QByteArray request = server.requests().first();
        QCOMPARE(headerOf(request, "Authorization"), QByteArray("Basic YTpi"));
        QCOMPARE(headerOf(request, "Impersonate-User"), QByteArray("jane"));
        QCOMPARE(request.count("Impersonate-Group: "), 2);
        QCOMPARE(headerOf(request, "Impersonate-Extra-acme.com%2Fproject"), QByteArray("x"));
    }

    void aStreamComesInPiecesAndEndsWhenToldTo() {
        LoopbackServer server([](LoopbackServer::Connection &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\none\n \r\n");
            c.write("4\r\ntwo\n\r\n");
            c.waitForClose();
        });
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
        const KubeApi api(access, std::make_shared<net::HttpClient>(), credentialsOf(access));
        QByteArray got;
        const auto ended = api.stream(QStringLiteral("/x"), {}, [&](const char *bytes, std::size_t n) {
            got.append(bytes, qsizetype(n));
            return !got.contains("two");
        }, {});
        QVERIFY2(ended, ended ? "" : qPrintable(ended.error().text()));
        QCOMPARE(got, QByteArray("one\n two\n"));
    }
    void aStreamThatIsRefusedIsAnError() {
        Server server([](const QByteArray &, int) { return Server::Reply{410, statusBody(410, "Expired", "too old"), {}}; });
        const auto ended = server.api().stream(QStringLiteral("/x"), {}, [](const char *, std::size_t) { return true; }, {});
        QVERIFY(!ended && isExpired(ended.error()));
    }

    void whatTheClusterHasIsAskedOnce() {
        Server server([](const QByteArray &request, int) {
            if (request.startsWith("GET /apis/apps/v1 "))
                return Server::Reply{200, "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"deployments\"},{\"name\":\"deployments/scale\"}]}", {}};
            if (request.startsWith("GET /apis/trainer.kubeflow.org "))
                return Server::Reply{200, "{\"kind\":\"APIGroup\",\"versions\":[{\"version\":\"v1beta1\"}]}", {}};
            if (request.startsWith("GET /apis/trainer.kubeflow.org/v1beta1 "))
                return Server::Reply{200, "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"trainjobs\"}]}", {}};
            if (request.startsWith("GET /version "))
                return Server::Reply{200, "{\"gitVersion\":\"v1.36.3\"}", {}};
            return Server::Reply{404, "404 page not found\n", {}};
        });
        const KubeApi api = server.api();
        QCOMPARE(*api.served(kinds::Deployment), kinds::Deployment);
        QCOMPARE(*api.served(kinds::Deployment), kinds::Deployment);
        QCOMPARE(server.lines().size(), 1);
        QCOMPARE(api.served(kinds::TrainJob)->version, QStringLiteral("v1beta1"));
        const auto rollout = api.served(kinds::Rollout);
        QCOMPARE(rollout.error().kind, ErrorKind::NotFound);
        QCOMPARE(rollout.error().what, QStringLiteral("This cluster has no Argo Rollouts."));
        QCOMPARE(*api.serverVersion(), QStringLiteral("v1.36.3"));
    }
    void aCallCanBeCopiedWithoutItsSecret() {
        KubeAccess access;
        access.server = QStringLiteral("https://c.example:6443");
        access.token = QStringLiteral("very-secret");
        const KubeApi api(access, std::make_shared<net::HttpClient>(), credentialsOf(access));
        const QString line = api.curlLine("PATCH", objectPath(web()), QUrlQuery(QStringLiteral("dryRun=All")), "application/merge-patch+json", "{\"a\":\"it's\"}");
        QCOMPARE(line, QStringLiteral("curl -X PATCH -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/merge-patch+json' --data-binary '{\"a\":\"it'\\''s\"}' "
                                      "'https://c.example:6443/apis/apps/v1/namespaces/ml/deployments/web?dryRun=All'"));
    }
};

QTEST_GUILESS_MAIN(tst_KubeApi)
#include "tst_kube_api.moc"
