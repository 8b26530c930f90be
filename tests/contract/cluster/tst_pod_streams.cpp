// SPDX-License-Identifier: GPL-3.0-or-later
// Streams into a real cluster: logs of a workload, commands in a pod, port-forwards and the ways to a service.
#include "core/cluster/log_merger.h"
#include "core/cluster/pod_exec.h"
#include "core/cluster/pod_logs.h"
#include "core/cluster/reach.h"
#include "tests/support/kube_server.h"
#include "tests/support/loopback_server.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

/// JSON written with single quotes: moc of Qt 6.4 loses the class behind a raw string with quotation marks.
QByteArray quoted(const char *text) { return QByteArray(text).replace('\'', '"'); }

const char *const web = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ml}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: 'example.org/web:v1', ports: [{containerPort: 8000, name: http}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: ml}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http, name: main}]}
)";

} // namespace

class TestPodStreams : public QObject {
    Q_OBJECT
    support::KubeServer server;
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> api;
    const KubeRef deployment{kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};
    std::unique_ptr<support::LoopbackServer> behind; ///< what answers behind the pods' ports

    QStringList podNames() {
        QStringList names;
        const auto selector = PodSelector::of(*api, deployment);
        if (!selector)
            return names;
        const auto pods = selector->pods(*api);
        if (pods)
            for (const QJsonObject &pod : *pods)
                if (podIsReady(pod))
                    names << metadataText(pod, "name");
        return names;
    }
    void appendLog(const QByteArray &lines) {
        QFile file(server.containerLog());
        QVERIFY(file.open(QIODevice::Append));
        file.write(lines);
    }
    Result<net::Response> getThrough(const QString &url, const QByteArray &path = "/hello") {
        net::Request request;
        request.url = url + QString::fromLatin1(path);
        request.timeoutMs = 15000;
        return http->send(request);
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (!server.start(&why))
            QSKIP(qPrintable(why));
        auto made = server.api(http);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
        api = *made;
        const auto applied = server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, web);
        QVERIFY2(applied.code == 0, applied.error.constData());
        QTRY_COMPARE_WITH_TIMEOUT(podNames().size(), 2, 60000);
        behind = std::make_unique<support::LoopbackServer>([](support::LoopbackServer::Connection &c, int) {
            for (;;) {
                const QByteArray request = c.readRequest();
                if (request.isEmpty())
                    return;
                const qsizetype body = request.indexOf("\r\n\r\n") + 4;
                c.reply(200, "you asked " + request.left(request.indexOf("\r\n")) + " with " + QByteArray::number(request.size() - body));
            }
        });
        QFile port(server.folder() + QStringLiteral("/forward/port"));
        QVERIFY(port.open(QIODevice::WriteOnly));
        port.write(QByteArray::number(behind->port()));
    }

    void logsOfAllPodsAreRead() {
        LogQuery query;
        query.what = deployment;
        std::vector<LogLine> lines;
        std::vector<LogSource> sources;
        const auto done = readPodLogs(*api, query, [&](LogBatch &&batch) {
            sources = batch.sources;
            lines.insert(lines.end(), batch.lines.begin(), batch.lines.end());
            return true;
        });
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
        QCOMPARE(sources.size(), 2u);
        QCOMPARE(lines.size(), 4u); // two lines of each: every pod shows the same file
        QVERIFY(std::is_sorted(lines.begin(), lines.end(), [](const LogLine &a, const LogLine &b) { return a.nanos < b.nanos; }));
        QCOMPARE(lines.back().text, QByteArray("model loaded"));
    }

    void filtersAndTails() {
        LogQuery query;
        query.what = deployment;
        query.pattern = QStringLiteral("model l.aded");
        QByteArray got;
        const auto sink = [&](LogBatch &&batch) {
            for (const LogLine &line : batch.lines)
                got += line.text + '|';
            return true;
        };
        QVERIFY(readPodLogs(*api, query, sink));
        QCOMPARE(got, QByteArray("model loaded|model loaded|"));
        got.clear();
        query.without = true;
        QVERIFY(readPodLogs(*api, query, sink));
        QCOMPARE(got, QByteArray("service started|service started|"));
        got.clear();
        query.pattern.clear();
        query.tail = 1;
        QVERIFY(readPodLogs(*api, query, sink));
        QCOMPARE(got, QByteArray("model loaded|model loaded|"));
        got.clear();
        query.previous = true;
        query.tail = -1;
        QVERIFY(readPodLogs(*api, query, sink));
        QCOMPARE(got, QByteArray("the end of the one before|the end of the one before|"));
        query.pattern = QStringLiteral("[");
        QCOMPARE(readPodLogs(*api, query, sink).error().kind, ErrorKind::Invalid);
    }

    void followingTakesNewLinesAndNewPods() {
        LogQuery query;
        query.what = deployment;
        query.follow = true;
        std::mutex mutex;
        QByteArrayList texts;
        std::size_t sources = 0;
        std::stop_source stop;
        Result<void> ended;
        std::thread follower([&] {
            ended = readPodLogs(*api, query, [&](LogBatch &&batch) {
                const std::lock_guard lock(mutex);
                sources = batch.sources.size();
                for (const LogLine &line : batch.lines)
                    texts << line.text;
                return true;
            }, stop.get_token());
        });
        const auto count = [&](const char *text) {
            const std::lock_guard lock(mutex);
            return texts.count(QByteArray(text));
        };
        QTRY_COMPARE_WITH_TIMEOUT(count("model loaded"), 2, 20000);
        appendLog("2026-01-01T00:00:05.000000000Z stdout F fresh\n");
        QTRY_COMPARE_WITH_TIMEOUT(count("fresh"), 2, 20000);
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("scale"), QStringLiteral("deployment/web"), QStringLiteral("--replicas=3")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(count("fresh"), 3, 30000); // the new one is read from its begin
        stop.request_stop();
        follower.join();
        QVERIFY2(ended, qPrintable(ended ? QString() : ended.error().text()));
        QCOMPARE(sources, 3u);
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("scale"), QStringLiteral("deployment/web"), QStringLiteral("--replicas=2")}).code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(podNames().size(), 2, 60000);
    }

    void noRightIsSaid() {
        auto viewer = server.api(http, server.viewerConfig());
        QVERIFY(viewer);
        PodCommand command{QStringLiteral("ml"), podNames().first(), {}, {QStringLiteral("true")}, {}, 1 << 20};
        const auto denied = runInPod(**viewer, command);
        QVERIFY(!denied);
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
        QVERIFY2(denied.error().text().contains(QStringLiteral("pods/exec")) || denied.error().text().contains(QStringLiteral("exec")), qPrintable(denied.error().text()));
    }

    void commandsRunInAPod() {
        const auto run = [&](const QStringList &words, std::optional<QByteArray> input = {}) { return runInPod(*api, {QStringLiteral("ml"), podNames().first(), {}, words, std::move(input), 64 << 20}); };
        auto done = run({QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("echo out; echo err >&2; pwd")});
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
        QCOMPARE(done->exitCode, 0);
        QCOMPARE(done->output, "out\n" + server.folder().toUtf8() + "/exec\n");
        QCOMPARE(done->errors, QByteArray("err\n"));
        // kwok has no exit codes: a kubelet's are in tests/unit/cluster/tst_reach.cpp.
        done = run({QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("exit 3")});
        QVERIFY2(done ? done->exitCode == 3 : (done.error().what + done.error().raw).contains(QStringLiteral("exit status 3")), qPrintable(done ? QString::number(done->exitCode) : done.error().text()));
        // Bytes and arguments arrive as they are.
        done = run({QStringLiteral("printf"), QStringLiteral("%s|"), QStringLiteral("a b"), QStringLiteral("c&d=e+f"), QStringLiteral("ü%")});
        QVERIFY(done);
        QCOMPARE(done->output, QByteArray("a b|c&d=e+f|\xc3\xbc%|"));
        QByteArray large(3 << 20, '\0');
        for (qsizetype i = 0; i < large.size(); ++i)
            large[i] = char(i * 31 + i / 251);
        // head, as it ends by itself: kwok hands on no end of an input (kubectl exec -i … cat waits there for ever, too).
        done = run({QStringLiteral("head"), QStringLiteral("-c"), QString::number(large.size())}, large);
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
        QCOMPARE(done->output.size(), large.size());
        QVERIFY(done->output == large);
        const auto missing = run({QStringLiteral("no-such-program-here")});
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        const auto gone = runInPod(*api, {QStringLiteral("ml"), QStringLiteral("no-such-pod"), {}, {QStringLiteral("true")}, {}, 1024});
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
    }

    void aCommandCanBeStopped() {
        const QString began = server.folder() + QStringLiteral("/exec/began");
        QFile::remove(began);
        std::stop_source stop;
        std::atomic<bool> seen = false, over = false;
        std::thread later([&] { // once it runs
            while (!over && !(seen = QFile::exists(began)))
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            stop.request_stop();
        });
        const auto ended = runInPod(*api, {QStringLiteral("ml"), podNames().first(), {}, {QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("touch began; exec sleep 30")}, {}, 1024}, stop.get_token());
        over = true;
        later.join();
        QVERIFY2(seen, qPrintable(ended ? QString() : ended.error().text()));
        QVERIFY(!ended);
        QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
    }

    void aServiceIsReachedByPortForward() {
        auto forward = PortForward::start(api, {kinds::Service, QStringLiteral("ml"), QStringLiteral("web")}, QStringLiteral("80"));
        QVERIFY2(forward, qPrintable(forward ? QString() : forward.error().text()));
        QCOMPARE((*forward)->state().podPort, 8000); // by the name of the target port
        auto reply = getThrough((*forward)->url());
        QVERIFY2(reply, qPrintable(reply ? QString() : reply.error().text() + ((*forward)->state().lastError ? (*forward)->state().lastError->text() : QString())));
        QCOMPARE(reply->body, QByteArray("you asked GET /hello HTTP/1.1 with 0"));
        // Several at once, with something to carry.
        std::vector<std::thread> threads;
        std::atomic<int> good = 0;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&, i] {
                net::HttpClient own;
                net::Request request;
                request.method = "POST";
                request.url = (*forward)->url() + QStringLiteral("/p%1").arg(i);
                request.body = QByteArray(700'000 + i, 'x');
                const auto answer = own.send(request);
                good += answer && answer->body == "you asked POST /p" + QByteArray::number(i) + " HTTP/1.1 with " + QByteArray::number(700'000 + i);
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(good.load(), 6);
        QVERIFY((*forward)->state().sent > 4'000'000);
        // A program that opens one connection after the other (as the client does for what it may not repeat) is never turned away for those that it has closed.
        net::HttpClient once;
        for (int i = 0; i < 150; ++i) {
            net::Request request;
            request.method = "POST";
            request.url = (*forward)->url() + QStringLiteral("/once");
            request.body = "x";
            const auto answer = once.send(request);
            QVERIFY2(answer, qPrintable(QStringLiteral("%1: %2").arg(i).arg(answer ? QString() : answer.error().text())));
        }
        // The pod is replaced: the next connection goes to another.
        const QString pod = (*forward)->state().pod;
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("delete"), QStringLiteral("pod"), pod, QStringLiteral("--wait=true")}).code, 0);
        http = std::make_shared<net::HttpClient>(); // no connection of before
        QTRY_VERIFY_WITH_TIMEOUT((reply = getThrough((*forward)->url())) && reply->status == 200, 30000);
        QVERIFY((*forward)->state().pod != pod);
        QCOMPARE(PortForward::start(api, {kinds::Service, QStringLiteral("ml"), QStringLiteral("web")}, QStringLiteral("81")).error().kind, ErrorKind::NotFound);
    }

    void theWayIsChosenAndSaid() {
        QTRY_COMPARE_WITH_TIMEOUT(podNames().size(), 2, 60000);
        auto address = parseServiceAddress(QStringLiteral("service/web.ml:main/api"));
        QVERIFY(address && *address);
        ServiceReach reach([this]() -> Result<std::shared_ptr<const KubeApi>> { return std::shared_ptr<const KubeApi>(api); }, **address);
        net::Request request;
        request.url = (*address)->placeholder() + QStringLiteral("/v1");
        const auto prepared = reach.prepare(request);
        QVERIFY2(prepared, qPrintable(prepared ? QString() : prepared.error().text()));
        QVERIFY2(reach.said().contains(QStringLiteral("port-forward")), qPrintable(reach.said()));
        const auto reply = http->send(request);
        QVERIFY2(reply, qPrintable(reply ? QString() : reply.error().text()));
        QCOMPARE(reply->body, QByteArray("you asked GET /api/v1 HTTP/1.1 with 0"));
        // Who may not forward ports goes by the proxy.
        auto viewer = server.api(http, server.viewerConfig());
        QVERIFY(viewer);
        const auto proxied = reachService(*viewer, **address);
        QVERIFY2(proxied, qPrintable(proxied ? QString() : proxied.error().text()));
        QCOMPARE(proxied->way, ReachWay::Proxy);
        QVERIFY2(proxied->said.contains(QStringLiteral("proxy")), qPrintable(proxied->said));
        // An address that the status names and that answers comes first.
        const QString port = QString::number(behind->port());
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("create"), QStringLiteral("service"), QStringLiteral("loadbalancer"), QStringLiteral("outside"), QStringLiteral("--tcp=%1:8000").arg(port)}).code, 0);
        QCOMPARE(server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("patch"), QStringLiteral("service"), QStringLiteral("outside"), QStringLiteral("--subresource=status"), QStringLiteral("-p"),
                                 QString::fromUtf8(quoted("{'status':{'loadBalancer':{'ingress':[{'ip':'127.0.0.1'}]}}}"))}).code, 0);
        const auto outside = reachService(api, ServiceAddress{QStringLiteral("outside"), QStringLiteral("ml"), {}, {}, false});
        QVERIFY2(outside, qPrintable(outside ? QString() : outside.error().text()));
        QCOMPARE(outside->way, ReachWay::LoadBalancer);
        QCOMPARE(outside->url, QStringLiteral("http://127.0.0.1:") + port);
    }

    void cleanupTestCase() {
        behind.reset();
        server.stop();
    }
};

QTEST_GUILESS_MAIN(TestPodStreams)
#include "tst_pod_streams.moc"
