// SPDX-License-Identifier: GPL-3.0-or-later
// A canary of a cluster is judged and turned back without a person: the loop of the console and of `pilot`, against a server that answers as the API server and one that
// answers as Prometheus.
#include "core/fleet/canary_watch.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/fleet/services.h"
#include "core/operations/journal.h"
#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <atomic>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;
using support::LoopbackServer;

namespace {

/// JSON written with single quotes: moc of Qt 6.4 loses the class behind a raw string with quotation marks.
QJsonObject object(const char *text) { return QJsonDocument::fromJson(QByteArray(text).replace('\'', '"')).object(); }

QJsonValue changed(const QJsonValue &in, QStringList path, const QJsonObject &op) {
    QJsonObject o = in.toObject();
    const QString key = path.takeFirst().replace(Q("~1"), Q("/")).replace(Q("~0"), Q("~"));
    if (!path.isEmpty())
        o.insert(key, changed(o.value(key), path, op));
    else if (op.value(Q("op")) == Q("remove"))
        o.remove(key);
    else if (op.value(Q("op")) != Q("test"))
        o.insert(key, op.value(Q("value")));
    return o;
}

/// The API server with one InferenceService.
class Kube {
public:
    QJsonObject service() const {
        const std::lock_guard lock(m_mutex);
        return m_service;
    }
    int share() const { return service().value(Q("spec")).toObject().value(Q("predictor")).toObject().value(Q("canaryTrafficPercent")).toInt(-1); }
    std::atomic<int> patches = 0;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            answer(c, request);
    }};

private:
    void answer(LoopbackServer::Connection &c, const QByteArray &request) {
        const QByteArray json = "Content-Type: application/json\r\n", path = request.mid(request.indexOf(' ') + 1).left(request.indexOf(' ', request.indexOf(' ') + 1) - request.indexOf(' ') - 1);
        const std::lock_guard lock(m_mutex);
        if (!path.startsWith("/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices/iris"))
            return void(c.reply(404, QJsonDocument(object("{'kind':'Status','apiVersion':'v1','status':'Failure','reason':'NotFound','code':404,'message':'not found'}")).toJson(), json));
        if (request.startsWith("PATCH ")) {
            QJsonObject after = m_service;
            for (const QJsonValue &op : QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n") + 4)).array())
                after = changed(after, op.toObject().value(Q("path")).toString().mid(1).split(QLatin1Char('/')), op.toObject()).toObject();
            if (!path.contains("dryRun")) {
                m_service = after;
                ++patches;
            }
            return void(c.reply(200, QJsonDocument(after).toJson(), json));
        }
        c.reply(200, QJsonDocument(m_service).toJson(), json);
    }
    mutable std::mutex m_mutex;
    QJsonObject m_service = object("{'apiVersion':'serving.kserve.io/v1beta1','kind':'InferenceService','metadata':{'name':'iris','namespace':'ml','uid':'u1','resourceVersion':'7','generation':2},"
                                   "'spec':{'predictor':{'canaryTrafficPercent':10,'model':{'modelFormat':{'name':'sklearn'},'storageUri':'s3://m/2'}}},"
                                   "'status':{'url':'http://iris.ml.example.com','observedGeneration':2,'deploymentMode':'Serverless','conditions':[{'type':'Ready','status':'True'}],"
                                   "'components':{'predictor':{'latestReadyRevision':'iris-predictor-00002','latestCreatedRevision':'iris-predictor-00002','latestRolledoutRevision':'iris-predictor-00001',"
                                   "'traffic':[{'revisionName':'iris-predictor-00002','percent':10,'latestRevision':true},{'revisionName':'iris-predictor-00001','percent':90,'tag':'prev'}]}}}}");
};

/// Prometheus: the canary's failures are what the test says.
struct Figures {
    std::atomic<int> failed = 200;
    std::atomic<int> asked = 0;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            ++asked;
            const QString path = QUrl::fromPercentEncoding(request.left(request.indexOf("\r\n")));
            const int value = path.contains(Q("failed_canary")) ? failed.load() : path.contains(Q("failed_stable")) ? 1 : 1000;
            c.reply(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1763800000,\"" + QByteArray::number(value) + "\"]}]}}", "Content-Type: application/json\r\n");
        }
    }};
};

struct Estate {
    QTemporaryDir folder;
    Kube kube;
    Figures figures;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime::currentDateTimeUtc());
    std::shared_ptr<Services> services;

    explicit Estate(const QByteArray &guard = {}) {
        const auto write = [&](const char *name, const QByteArray &text) { return bool(writeFileAtomically(folder.filePath(Q(name)), text)); };
        bool ok = write("config", "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: ml}}]\nclusters: [{name: c, cluster: {server: \"" + kube.server.url("").toUtf8() +
                                      "\"}}]\nusers: [{name: u, user: {token: t}}]\n");
        ok = ok && write("pilothouse.yaml", "workspace: w\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: config" + guard +
                                                "}\n  prom: {kind: prometheus, url: \"" + figures.server.url("").toUtf8() +
                                                "\"}\nmodels:\n  iris:\n    registry: {connection: local, name: iris}\n    deployment:\n      connection: lab\n      target: inferenceservice/iris\n      steps: [10, 50, 100]\n"
                                                "      max_error_rate: 0.02\n      judge:\n        prometheus: prom\n        stable: {requests: requests_stable, failed: failed_stable}\n        canary: {requests: requests_canary, failed: failed_canary}\n");
        ServiceOptions options;
        options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
        options.secrets = secrets::environmentStore();
        options.clock = clock;
        auto opened = openServices(options);
        if (!ok || !opened)
            qFatal("%s", opened ? "files" : qPrintable(opened.error().text()));
        services = *opened;
    }
    int lines(const QString &kind, const QString &phase) const {
        int count = 0;
        const auto entries = services->journal->entries();
        for (const operations::JournalEntry &entry : entries ? *entries : std::vector<operations::JournalEntry>())
            count += entry.kind == kind && entry.phase == phase;
        return count;
    }
};

} // namespace

class TestCanaryWatch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBadCanaryIsTurnedBack() {
        Estate estate;
        CanaryWatch watch(estate.services);
        QVERIFY(watch.needed());
        const auto news = watch.look();
        QCOMPARE(news.size(), std::size_t(1));
        QVERIFY2(!news.front().problem, news.front().problem ? qPrintable(news.front().problem->text()) : "");
        QVERIFY2(news.front().tick.turnedBack, qPrintable(news.front().tick.look.judgement.sentence));
        QCOMPARE(estate.kube.share(), 0);
        QCOMPARE(estate.lines(QStringLiteral("turn-back"), QStringLiteral("done")), 1);
        const auto look = lastLook(estate.services->root, QStringLiteral("iris"));
        QVERIFY2(look, look ? "" : qPrintable(look.error().text()));
        QCOMPARE(look->value(Q("sentence")).toString(), news.front().tick.look.judgement.sentence);
        QCOMPARE(look->value(Q("turned_back")).toBool(), true);
        QCOMPARE(look->value(Q("minimum_requests")).toInt(), 50);
        // Nothing is left to do.
        estate.clock->advance(60);
        QVERIFY(watch.look().empty());
        QCOMPARE(estate.kube.patches.load(), 1);
    }

    void programsTakeTurns() {
        Estate estate;
        estate.figures.failed = 0; // good: it waits for its labels
        CanaryWatch mine(estate.services), another(estate.services);
        const auto first = mine.look();
        QCOMPARE(first.size(), std::size_t(1));
        QVERIFY2(!first.front().problem && !first.front().tick.turnedBack && !first.front().tick.wentOn, qPrintable(first.front().sentence()));
        QVERIFY(first.front().tick.look.judgement.verdict == serving::Verdict::Wait);
        const int asked = estate.figures.asked;
        QVERIFY(asked > 0);
        QVERIFY(another.look().empty()); // it was judged a moment ago
        QCOMPARE(estate.figures.asked.load(), asked);
        estate.clock->advance(CanaryWatch::everySeconds);
        {
            const auto held = FileLock::tryAcquire(estate.services->root + QStringLiteral("/canaries/iris.judge.lock"));
            QVERIFY2(held, held ? "" : qPrintable(held.error().text()));
            estate.figures.failed = 500;
            QVERIFY(another.look().empty()); // a third one is at it
            QCOMPARE(estate.kube.share(), 10);
        }
        const auto last = another.look();
        QCOMPARE(last.size(), std::size_t(1));
        QVERIFY2(last.front().tick.turnedBack, qPrintable(last.front().sentence()));
        QCOMPARE(estate.kube.share(), 0);
    }

    void whatIsRefusedIsNotTriedAgainAndAgain() {
        Estate estate(", guard: read-only");
        CanaryWatch watch(estate.services);
        const auto news = watch.look();
        QCOMPARE(news.size(), std::size_t(1));
        QVERIFY(news.front().problem);
        QCOMPARE(estate.kube.patches.load(), 0);
        QVERIFY(lastLook(estate.services->root, QStringLiteral("iris"))->value(Q("problem")).toString().size() > 0); // the card says so
        for (int i = 0; i < 5; ++i) {
            estate.clock->advance(60);
            QVERIFY(watch.look().empty());
        }
        QCOMPARE(estate.lines(QStringLiteral("turn-back"), QStringLiteral("refused")), 1);
        estate.clock->advance(CanaryWatch::againSeconds);
        QCOMPARE(watch.look().size(), std::size_t(1));
    }

    void theConsolesLoopActs() {
        Estate estate;
        Pools pools(1);
        CanaryLoop loop(estate.services, pools);
        loop.setInterval(50);
        QSignalSpy acted(&loop, &CanaryLoop::acted);
        QTRY_COMPARE_WITH_TIMEOUT(acted.size(), 1, 20000);
        QCOMPARE(acted.front().front().toString(), QStringLiteral("iris"));
        QCOMPARE(estate.kube.share(), 0);
    }
};

QTEST_GUILESS_MAIN(TestCanaryWatch)
#include "tst_canary_watch.moc"
