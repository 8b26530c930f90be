// SPDX-License-Identifier: GPL-3.0-or-later
// The runs of a registry as a screen gets them: from the cache, from the server piece by piece, later only what changed; and the figures over
// their histories.
#include "core/fleet/run_feed.h"

#include "core/base/file.h"
#include "tests/support/loopback_server.h"

#include <QJsonDocument>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

namespace {

/// As much of an MLflow server as a list of runs needs: two pieces, a history, and what was asked.
class FakeServer {
public:
    std::atomic<bool> refuses{false}, secondEnds{false};
    FakeServer() : m_server([this](auto &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            refuses ? c.reply(401, "You are not authenticated") : c.reply(200, answer(request));
    }) {}
    QString url() const { return m_server.url(""); }
    QStringList takeAsked() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_asked, {});
    }
    bool wasAsked(const QString &what) {
        const std::lock_guard lock(m_mutex);
        return !m_asked.filter(what).isEmpty();
    }

private:
    QByteArray answer(const QByteArray &request) {
        const QByteArray call = request.mid(request.indexOf("/mlflow/") + 8).split(' ').first().split('?').first();
        const QJsonObject body = QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n") + 4)).object();
        const QString filter = body.value(QLatin1String("filter")).toString(), token = body.value(QLatin1String("page_token")).toString();
        {
            const std::lock_guard lock(m_mutex);
            m_asked << QStringLiteral("%1 %2%3").arg(QString::fromUtf8(call), filter, token).trimmed();
        }
        if (call == "experiments/search")
            return R"({"experiments":[{"experiment_id":"1","name":"wind"}]})";
        if (call == "metrics/get-history")
            return R"({"metrics":[{"key":"loss","value":3,"timestamp":1,"step":0},{"key":"loss","value":0.5,"timestamp":2,"step":1},{"key":"loss","value":1,"timestamp":3,"step":2}]})";
        const QByteArray second = run("two", "2000000000000", secondEnds ? "FINISHED" : "RUNNING", secondEnds ? "0.25" : "1");
        if (filter.contains(QLatin1String("start_time")))
            return "{\"runs\":[" + run("three", "3000000000000", "FAILED", "7") + "]}";
        if (filter.contains(QLatin1String("RUNNING")))
            return secondEnds ? QByteArray("{}") : "{\"runs\":[" + second + "]}";
        if (filter.contains(QLatin1String("run_id IN")))
            return "{\"runs\":[" + second + "]}";
        return token.isEmpty() ? "{\"runs\":[" + run("three", "3000000000000", "FAILED", "7") + "],\"next_page_token\":\"more\"}" : "{\"runs\":[" + second + "]}";
    }
    static QByteArray run(const QByteArray &id, const QByteArray &started, const QByteArray &status, const QByteArray &loss) {
        return "{\"info\":{\"run_id\":\"" + id + "\",\"experiment_id\":\"1\",\"run_name\":\"" + id + "\",\"status\":\"" + status + "\",\"start_time\":" + started +
               "},\"data\":{\"metrics\":[{\"key\":\"loss\",\"value\":" + loss + ",\"timestamp\":" + started + ",\"step\":1}],\"params\":[{\"key\":\"model\",\"value\":\"xgb\"}]}}";
    }
    std::mutex m_mutex;
    QStringList m_asked;
    LoopbackServer m_server; // last: its threads use the rest
};

QString idsOf(const RunsState &state) {
    QStringList ids;
    for (const registry::Run &run : *state.runs)
        ids << run.id + QLatin1Char(' ') + runStatusName(run.status);
    return ids.join(QStringLiteral(", "));
}

/// A workspace with a local registry and the server "lab".
struct Place {
    QTemporaryDir folder;
    Pools pools{1};
    std::shared_ptr<Services> services;
    explicit Place(const QString &url) {
        const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
        if (writeFileAtomically(file, QStringLiteral("workspace: w\nconnections:\n  here: {kind: local, root: state}\n  lab: {kind: mlflow, url: '%1'}\n").arg(url).toUtf8()))
            if (const auto opened = openServices({file, secrets::memoryStore(), {}, QStringLiteral("test")}))
                services = *opened;
    }
};

} // namespace

class TestRunFeed : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theConnectionsAreRegistries() {
        const Place place(QStringLiteral("http://127.0.0.1:1"));
        QVERIFY(place.services);
        QCOMPARE(registryConnections(place.services->workspace), (QStringList{QStringLiteral("here"), QStringLiteral("lab")}));
        QVERIFY(registryAddress(place.services->workspace, QStringLiteral("here")).isEmpty());
        QVERIFY(registryAddress(place.services->workspace, QStringLiteral("lab")).contains(QLatin1String("127.0.0.1")));
    }

    void aServersListComesInPiecesAndIsKept() {
        FakeServer server;
        Place place(server.url());
        QVERIFY(place.services);
        {
            RunFeed feed(place.services, place.pools);
            feed.setIntervals(20, 20);
            QStringList seen;
            connect(&feed, &RunFeed::changed, this, [&] { seen << idsOf(feed.state()) + (feed.state().loading ? QStringLiteral(" …") : QString()); });
            feed.setConnection(QStringLiteral("lab"));
            feed.setActive(true);
            QTRY_COMPARE(idsOf(feed.state()), QStringLiteral("three FAILED, two RUNNING"));
            QTRY_VERIFY(!feed.state().loading);
            QVERIFY2(seen.contains(QStringLiteral("three FAILED …")), qPrintable(seen.join(QLatin1Char('\n')))); // the first piece, before the second
            QVERIFY(feed.state().read.isValid() && !feed.state().problem);
            QCOMPARE(feed.state().vocabulary->params, QStringList(QStringLiteral("model")));
            // From now on only what is new or runs is asked for.
            server.takeAsked();
            const auto list = feed.state().runs;
            QTRY_VERIFY(server.wasAsked(QStringLiteral("RUNNING")));
            QCOMPARE(feed.state().runs, list);
            server.secondEnds = true;
            QTRY_COMPARE(idsOf(feed.state()), QStringLiteral("three FAILED, two FINISHED"));
            const QStringList asked = server.takeAsked();
            QVERIFY2(asked.filter(QStringLiteral("run_id IN ('two')")).size() == 1, qPrintable(asked.join(QLatin1Char('\n'))));
            QVERIFY2(!asked.contains(QStringLiteral("runs/search")), qPrintable(asked.join(QLatin1Char('\n'))));
        }
        server.refuses = true;
        RunFeed feed(place.services, place.pools);
        feed.setIntervals(20, 20);
        QStringList seen;
        connect(&feed, &RunFeed::changed, this, [&] { seen << idsOf(feed.state()) + (feed.state().problem ? QStringLiteral(" !") : QString()); });
        feed.setConnection(QStringLiteral("lab"));
        feed.setActive(true);
        QTRY_VERIFY(feed.state().problem);
        QCOMPARE(idsOf(feed.state()), QStringLiteral("three FAILED, two FINISHED"));
        QVERIFY2(seen.contains(QStringLiteral("three FAILED, two FINISHED")), qPrintable(seen.join(QLatin1Char('\n')))); // shown before the server was heard
        QCOMPARE(feed.state().problem->kind, ErrorKind::Denied);
        QVERIFY(feed.state().read.isValid());
        server.refuses = false;
        QTRY_VERIFY(!feed.state().problem);
    }

    void nobodyLooksNobodyAsks() {
        FakeServer server;
        Place place(server.url());
        RunFeed feed(place.services, place.pools);
        feed.setIntervals(1, 1);
        feed.setConnection(QStringLiteral("lab"));
        feed.setActive(true);
        QTRY_VERIFY(feed.state().known && !feed.state().loading);
        feed.setActive(false);
        QTRY_COMPARE(place.pools.waiting.activeThreadCount(), 0);
        QCoreApplication::processEvents();
        place.pools.waiting.waitForDone();
        QSignalSpy changed(&feed, &RunFeed::changed);
        RunFeed other(place.services, place.pools); // somebody looks at another one meanwhile
        other.setIntervals(1, 1);
        other.setConnection(QStringLiteral("lab"));
        other.setActive(true);
        QSignalSpy looked(&other, &RunFeed::changed);
        QTRY_VERIFY(looked.size() > 10);
        QCOMPARE(changed.size(), 0);
        feed.setActive(true);
        QTRY_VERIFY(changed.size() > 0);
    }

    void anotherConnectionForgetsTheOldAnswer() {
        FakeServer server;
        Place place(server.url());
        QVERIFY(place.services->registry->createRun(QStringLiteral("wind"), QStringLiteral("mine"), QStringLiteral("ada"), QStringLiteral("mine")));
        RunFeed feed(place.services, place.pools);
        feed.setConnection(QStringLiteral("lab"));
        feed.setActive(true);
        feed.setConnection(QStringLiteral("here")); // while the first answer is on its way
        QTRY_COMPARE(idsOf(feed.state()), QStringLiteral("mine RUNNING"));
        QVERIFY(feed.state().local);
        place.pools.waiting.waitForDone();
        QCoreApplication::processEvents();
        QCOMPARE(idsOf(feed.state()), QStringLiteral("mine RUNNING"));
    }

    void figuresAreReadOnceAndKept() {
        FakeServer server;
        server.secondEnds = true;
        Place place(server.url());
        const registry::RunColumn least = registry::runColumn(QStringLiteral("metrics.loss:min")).value();
        for (const bool first : {true, false}) {
            RunFeed feed(place.services, place.pools);
            feed.setIntervals(20, 100000);
            feed.setConnection(QStringLiteral("lab"));
            feed.setActive(true);
            QTRY_VERIFY(feed.state().known && !feed.state().loading);
            server.takeAsked();
            QVERIFY(!feed.figure(QStringLiteral("two"), least));
            feed.want(least, {QStringLiteral("two"), QStringLiteral("three")});
            QCOMPARE(feed.figuresMissing(least), 2);
            QTRY_COMPARE(feed.figure(QStringLiteral("three"), least), std::optional(0.5));
            QCOMPARE(feed.figuresMissing(least), 0);
            QCOMPARE(server.takeAsked().filter(QStringLiteral("get-history")).size(), first ? 2 : 0); // the second time they are in the cache
        }
    }

    void aLocalRunWhoseProcessIsGoneIsNotShownAsRunning() {
        Place place(QStringLiteral("http://127.0.0.1:1"));
        QVERIFY(place.services->registry->createRun(QStringLiteral("wind"), QStringLiteral("a"), QStringLiteral("ada"), QStringLiteral("a")));
        QVERIFY(place.services->registry->setRunTags(QStringLiteral("a"), {{QStringLiteral("train.process"), QStringLiteral("1@another-boot/1")}}));
        RunFeed feed(place.services, place.pools);
        feed.setIntervals(10, 10);
        feed.setConnection(QStringLiteral("here"));
        feed.setActive(true);
        QTRY_COMPARE(idsOf(feed.state()), QStringLiteral("a KILLED"));
        QVERIFY(place.services->registry->createRun(QStringLiteral("wind"), QStringLiteral("b"), QStringLiteral("ada"), QStringLiteral("b")));
        QTRY_COMPARE(feed.state().runs->size(), std::size_t(2)); // seen while it runs
    }
};

QTEST_GUILESS_MAIN(TestRunFeed)
#include "tst_run_feed.moc"
