// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of services, the way that is chosen, and how a command's end is read; against a server that answers as the API server does.
#include "core/cluster/pod_exec.h"
#include "core/cluster/reach.h"
#include "tests/support/loopback_server.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::LoopbackServer;
using Connection = LoopbackServer::Connection;

namespace {

QByteArray upgradeReply(const QByteArray &request, const QByteArray &protocol) {
    const qsizetype at = request.toLower().indexOf("sec-websocket-key:") + 18;
    const QByteArray key = request.mid(at, request.indexOf('\r', at) - at).trimmed();
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: " + protocol + "\r\nSec-WebSocket-Accept: " +
           QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64() + "\r\n\r\n";
}
QByteArray frame(char channel, const QByteArray &bytes) {
    const qsizetype size = bytes.size() + 1;
    return QByteArray("\x82") + (size < 126 ? QByteArray(1, char(size)) : QByteArray("\x7e") + char(size >> 8) + char(size & 255)) + channel + bytes;
}

} // namespace

class TestReach : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> apiOf(const LoopbackServer &server) {
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(server.port());
        access.space = QStringLiteral("ml");
        return std::make_shared<KubeApi>(access, http, nullptr);
    }

private Q_SLOTS:
    void addresses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("placeholder"); // empty: no address of a service; "!": refused
        QTest::newRow("name and port") << QStringLiteral("service/api:8000") << QStringLiteral("http://api.svc:8000");
        QTest::newRow("with a namespace and a path") << QStringLiteral("service/api.mlops-ns:80/v1/predict/") << QStringLiteral("http://api.mlops-ns.svc:80/v1/predict");
        QTest::newRow("as a URL") << QStringLiteral("service://api:http/predict") << QStringLiteral("http://api.svc/predict");
        QTest::newRow("with TLS") << QStringLiteral("services://api:443") << QStringLiteral("https://api.svc:443");
        QTest::newRow("without a port") << QStringLiteral("service/api") << QStringLiteral("http://api.svc");
        QTest::newRow("a URL is none") << QStringLiteral("http://api:8000") << QString();
        QTest::newRow("a capital is refused") << QStringLiteral("service/Api:8000") << QStringLiteral("!");
        QTest::newRow("a query is refused") << QStringLiteral("service/api:80/x?y") << QStringLiteral("!");
    }
    void addresses() {
        QFETCH(QString, text);
        QFETCH(QString, placeholder);
        const auto address = parseServiceAddress(text);
        QCOMPARE(bool(address), placeholder != QLatin1String("!"));
        if (address)
            QCOMPARE(*address ? (*address)->placeholder() : QString(), placeholder);
    }

    void podPorts() {
        const auto object = [](const char *json) { return QJsonDocument::fromJson(json).object(); };
        const QJsonObject service = object(R"({"kind":"Service","spec":{"ports":[{"port":80,"name":"main","targetPort":"http"},{"port":90,"targetPort":9000},{"port":70}]}})");
        const QJsonObject pod = object(R"({"spec":{"containers":[{"ports":[{"containerPort":8000,"name":"http"}]}]}})");
        QCOMPARE(*podPortOf(service, pod, QStringLiteral("80")), 8000);
        QCOMPARE(*podPortOf(service, pod, QStringLiteral("main")), 8000);
        QCOMPARE(*podPortOf(service, pod, QStringLiteral("90")), 9000);
        QCOMPARE(*podPortOf(service, pod, QStringLiteral("70")), 70);
        QVERIFY(podPortOf(service, pod, QStringLiteral("81")).error().hint.contains(QStringLiteral("80 (main)")));
        QVERIFY(!podPortOf(service, pod, {}));
        QCOMPARE(*podPortOf(pod, pod, QStringLiteral("http")), 8000);
        QCOMPARE(*podPortOf(pod, pod, QStringLiteral("1234")), 1234);
    }

    void selectors() {
        QCOMPARE(selectorText(QJsonDocument::fromJson(R"({"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]},{"key":"x","operator":"DoesNotExist"}]})").object()), QStringLiteral("app=web,tier in (a,b),!x"));
        QCOMPARE(selectorText(QJsonDocument::fromJson(R"({"app":"web","v":"1"})").object()), QStringLiteral("app=web,v=1"));
    }

    void anIngressGivesItsHost() {
        LoopbackServer web([](Connection &c, int) { // the ingress' address
            c.readRequest();
            c.reply(200, "{}");
        });
        LoopbackServer kube([&](Connection &c, int) {
            for (QByteArray r = c.readRequest(); !r.isEmpty(); r = c.readRequest()) {
                if (r.startsWith("GET /api/v1/namespaces/ml/services/api "))
                    c.reply(200, R"({"kind":"Service","metadata":{"name":"api"},"spec":{"ports":[{"port":80,"name":"main"}]}})");
                else if (r.startsWith("GET /apis/networking.k8s.io/v1/namespaces/ml/ingresses"))
                    c.reply(200, R"({"items":[{"metadata":{"name":"other"},"spec":{"rules":[{"http":{"paths":[{"path":"/","backend":{"service":{"name":"else","port":{"number":80}}}}]}}]}},
                        {"metadata":{"name":"front"},"spec":{"rules":[{"host":"iris.example","http":{"paths":[{"path":"/api/*","backend":{"service":{"name":"api","port":{"name":"main"}}}}]}}]},"status":{"loadBalancer":{"ingress":[{"ip":"127.0.0.1"}]}}}]})");
                else
                    c.reply(404, R"({"kind":"Status","code":404,"message":"not found"})");
            }
        });
        // Port 80 of this machine is not ours: nothing answers there, and the way is refused with what was found.
        const auto none = reachService(apiOf(kube), ServiceAddress{QStringLiteral("api"), {}, QStringLiteral("main"), {}, false}, ReachWay::Ingress);
        if (none) { // a machine with a web server
            QCOMPARE(none->host, QStringLiteral("iris.example"));
            QCOMPARE(none->url, QStringLiteral("http://127.0.0.1/api"));
        } else {
            QVERIFY2(none.error().what.contains(QStringLiteral("has no address that answers")), qPrintable(none.error().text()));
        }
        QCOMPARE(reachService(apiOf(kube), ServiceAddress{QStringLiteral("api"), {}, QStringLiteral("81"), {}, false}).error().kind, ErrorKind::NotFound);
    }

    void theProxyGetsTheCredential() {
        LoopbackServer kube([&](Connection &c, int) {
            for (QByteArray r = c.readRequest(); !r.isEmpty(); r = c.readRequest())
                c.reply(200, R"({"kind":"Service","metadata":{"name":"api"},"spec":{"ports":[{"port":80,"name":"main"}]}})");
        });
        auto api = apiOf(kube);
        const ServiceAddress address{QStringLiteral("api"), QStringLiteral("ml"), QStringLiteral("80"), QStringLiteral("/base"), false};
        ServiceReach reach([&]() -> Result<std::shared_ptr<const KubeApi>> { return std::shared_ptr<const KubeApi>(api); }, address, ReachWay::Proxy);
        net::Request request;
        request.url = address.placeholder() + QStringLiteral("/predict");
        request.headers << net::Header{"Authorization", "Bearer of-the-service"};
        QVERIFY(reach.prepare(request));
        QCOMPARE(request.url, api->access().server + QStringLiteral("/api/v1/namespaces/ml/services/api:main/proxy/base/predict"));
        for (const net::Header &h : request.headers)
            QVERIFY(h.value != "Bearer of-the-service"); // the API server would take it for its own
        QVERIFY(reach.said().contains(QStringLiteral("proxy")));
        net::Request elsewhere;
        elsewhere.url = QStringLiteral("http://example.org/login");
        QVERIFY(reach.prepare(elsewhere));
        QCOMPARE(elsewhere.url, QStringLiteral("http://example.org/login"));
    }

    void endsOfCommands_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<int>("code"); // −1: an error
        QTest::newRow("success") << QByteArray(R"({"status":"Success"})") << 0;
        QTest::newRow("an exit code") << QByteArray(R"({"status":"Failure","reason":"NonZeroExitCode","message":"command terminated with non-zero exit code","details":{"causes":[{"reason":"ExitCode","message":"3"}]}})") << 3;
        QTest::newRow("no such program") << QByteArray(R"({"status":"Failure","reason":"InternalError","message":"exec: \"x\": executable file not found in $PATH"})") << -1;
    }
    void endsOfCommands() {
        QFETCH(QByteArray, status);
        QFETCH(int, code);
        QByteArray asked;
        LoopbackServer kube([&](Connection &c, int) {
            asked = c.readRequest();
            c.write(upgradeReply(asked, "v5.channel.k8s.io") + frame(1, "") + frame(1, "out") + frame(2, "err") + frame(1, "put") + frame(3, status));
            c.waitForClose();
        });
        const auto done = runInPod(*apiOf(kube), {QStringLiteral("ml"), QStringLiteral("web-1"), QStringLiteral("app"), {QStringLiteral("sh"), QStringLiteral("a b&c")}, {}, 1024});
        QVERIFY2(asked.startsWith("GET /api/v1/namespaces/ml/pods/web-1/exec?command=sh&command=a%20b%26c&container=app&stdout=true&stderr=true HTTP/1.1"), asked.constData());
        QCOMPARE(bool(done), code >= 0);
        if (done) {
            QCOMPARE(done->exitCode, code);
            QCOMPARE(done->output, QByteArray("output"));
            QCOMPARE(done->errors, QByteArray("err"));
        } else {
            QCOMPARE(done.error().kind, ErrorKind::NotFound);
        }
    }

    void anOldServerCannotEndAnInput() {
        LoopbackServer kube([&](Connection &c, int) {
            c.write(upgradeReply(c.readRequest(), "v4.channel.k8s.io"));
            c.waitForClose();
        });
        const auto done = runInPod(*apiOf(kube), {QStringLiteral("ml"), QStringLiteral("web-1"), {}, {QStringLiteral("cat")}, QByteArray("x"), 1024});
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Refused);
    }

    void whereOnlySpdyIsSpokenItIsSaid() {
        LoopbackServer kube([&](Connection &c, int) {
            c.readRequest();
            c.reply(400, R"({"kind":"Status","code":400,"message":"Upgrade request required"})");
        });
        const auto done = runInPod(*apiOf(kube), {QStringLiteral("ml"), QStringLiteral("web-1"), {}, {QStringLiteral("true")}, {}, 1024});
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Refused);
        QVERIFY2(done.error().text().contains(QStringLiteral("kubectl exec")), qPrintable(done.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestReach)
#include "tst_reach.moc"
