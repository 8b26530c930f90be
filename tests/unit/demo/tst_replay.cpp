// SPDX-License-Identifier: GPL-3.0-or-later
// The replay against endpoints on loopback that write down what they are asked.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/demo/replay.h"
#include "tests/support/loopback_server.h"

#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace pilothouse;
using namespace pilothouse::demo;

namespace {

/// Persistence: answers with the newest value it is given, and keeps every body.
class Endpoint {
public:
    explicit Endpoint(QByteArray key = {}) : m_key(std::move(key)), m_server([this](support::LoopbackServer::Connection &c, int) { serve(c); }) {}
    QString url() const { return m_server.url(""); }
    std::vector<QJsonObject> predictions() const {
        const std::lock_guard lock(m_lock);
        return m_predictions;
    }
    std::map<int, double> labels() const {
        const std::lock_guard lock(m_lock);
        return m_labels;
    }
    std::atomic<int> status = 200;
    std::atomic<bool> silent = false; ///< takes requests and says nothing
    std::atomic<int> taken = 0;
    std::atomic<bool> list = false; ///< answers with a list, as a longer horizon does

private:
    void serve(support::LoopbackServer::Connection &connection) {
        for (QByteArray request = connection.readRequest(); !request.isEmpty(); request = connection.readRequest())
            answer(connection, request);
    }
    void answer(support::LoopbackServer::Connection &connection, const QByteArray &request) {
        ++taken;
        if (silent)
            return connection.waitForClose();
        if (!m_key.isEmpty() && !request.contains("X-API-Key: " + m_key)) {
            connection.reply(401, R"({"error":{"kind":"denied","what":"Wrong key.","hint":""}})");
            return;
        }
        if (status != 200) {
            connection.reply(status, R"({"error":{"kind":"unreachable","what":"No model here.","hint":""}})");
            return;
        }
        const QJsonObject body = QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n") + 4)).object();
        QJsonObject reply;
        const std::lock_guard lock(m_lock);
        if (request.startsWith("POST /predict ")) {
            const double newest = body.value(QStringLiteral("features")).toArray().last().toDouble();
            reply = {{QStringLiteral("prediction_id"), QStringLiteral("id-%1").arg(m_predictions.size())},
                     {QStringLiteral("prediction"), list ? QJsonValue(QJsonArray{newest, 0}) : QJsonValue(newest)}};
            m_predictions.push_back(body);
        } else if (request.startsWith("POST /labels ")) {
            for (const QJsonValue &label : body.value(QStringLiteral("labels")).toArray())
                m_labels[label.toObject().value(QStringLiteral("prediction_id")).toString().mid(3).toInt()] = label.toObject().value(QStringLiteral("value")).toDouble();
        }
        connection.reply(200, QJsonDocument(reply).toJson());
    }
    QByteArray m_key;
    mutable std::mutex m_lock;
    std::vector<QJsonObject> m_predictions;
    std::map<int, double> m_labels;
    support::LoopbackServer m_server; // last: its threads use what stands above
};

ReplayTarget targetAt(const QString &column, const QString &url, QStringList inputs = {}, QList<net::Header> headers = {}) {
    return {column, column, [=]() -> Result<ReplayEndpoint> { return ReplayEndpoint{url, headers, inputs}; }};
}

ReplayOptions optionsFor(const QTemporaryDir &dir, std::vector<ReplayTarget> targets, std::size_t hours) {
    ReplayOptions options;
    options.folder = dir.path();
    options.targets = std::move(targets);
    options.millisecondsPerHour = 0;
    options.hours = hours;
    return options;
}

} // namespace

class tst_Replay : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itSendsTheWindowAndLaterWhatWasMeasured() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        const auto options = optionsFor(dir, {targetAt(QStringLiteral("ws2m"), endpoint.url())}, 100);
        const auto end = replay(http, options, {});
        QVERIFY2(end, end ? "" : qPrintable(end.error().text()));
        const auto hours = weatherSeries(historyHours + 100, {demoSeed, historyHours + 600});
        const auto asked = endpoint.predictions();
        QCOMPARE(asked.size(), std::size_t(100));
        double sum = 0;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            const QJsonArray window = asked[i].value(QStringLiteral("features")).toArray();
            QCOMPARE(window.size(), 24);
            for (int k = 0; k < 24; ++k) // oldest first, the newest is the hour that just passed
                QCOMPARE(window.at(k).toDouble(), hours[historyHours + i - 23 + std::size_t(k)].ws2m);
            if (i + 1 < asked.size())
                sum += std::abs(hours[historyHours + i].ws2m - hours[historyHours + i + 1].ws2m);
        }
        const auto labels = endpoint.labels();
        QCOMPARE(labels.size(), std::size_t(99)); // nobody knows yet what follows the last hour
        for (const auto &[id, value] : labels)
            QCOMPARE(value, hours[historyHours + std::size_t(id) + 1].ws2m);
        const TargetProgress &progress = end->targets.at(0);
        QCOMPARE(progress.sent, 100);
        QCOMPARE(progress.failed, 0);
        QCOMPARE(progress.labelled, 99);
        QVERIFY(std::abs(*progress.meanAbsoluteError - sum / 99) < 1e-9);
        QVERIFY(!end->drifting);
        QCOMPARE(end->row, historyHours + 99);
    }

    void theMeasuredHoursGrowTheFileAndTheNextReplayGoesOn() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        auto options = optionsFor(dir, {targetAt(QStringLiteral("t2m"), endpoint.url())}, 30);
        options.driftAfter = 50;
        QVERIFY(replay(http, options, {}));
        QCOMPARE(readStation(dir.path())->rows, historyHours + 30);
        QVERIFY(!readStation(dir.path())->driftFrom); // it has not begun
        const auto second = replay(http, options, {});
        QVERIFY(second && !second->drifting);
        const auto third = replay(http, options, {});
        QVERIFY(third && !third->drifting);
        options.driftAfter = 10;
        const auto fourth = replay(http, options, {});
        QVERIFY(fourth && fourth->drifting);
        QCOMPARE(readStation(dir.path())->driftFrom, std::optional<std::size_t>(historyHours + 100));
        options.driftAfter = 1000; // it goes on from where it began
        QVERIFY(replay(http, options, {})->drifting);
        QCOMPARE(readFile(dir.filePath(QStringLiteral("data/weather.csv"))).value(), weatherCsv(weatherSeries(historyHours + 150, {demoSeed, historyHours + 100})));
    }

    void inputsAreThoseOfTheServedSignature() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        const QStringList inputs{QStringLiteral("ws2m@-1"), QStringLiteral("ws2m@0"), QStringLiteral("t2m@-2")};
        QVERIFY(replay(http, optionsFor(dir, {targetAt(QStringLiteral("ws2m"), endpoint.url(), inputs)}, 1), {}));
        const auto hours = weatherSeries(historyHours + 1);
        QCOMPARE(endpoint.predictions().at(0).value(QStringLiteral("features")).toArray(),
                 (QJsonArray{hours[historyHours - 1].ws2m, hours[historyHours].ws2m, hours[historyHours - 2].t2m}));
    }

    void aListOfStepsIsReadByItsFirst() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        endpoint.list = true;
        net::HttpClient http;
        const auto end = replay(http, optionsFor(dir, {targetAt(QStringLiteral("rh2m"), endpoint.url())}, 30), {});
        QVERIFY(end);
        QCOMPARE(end->targets[0].failed, 0);
        QVERIFY(*end->targets[0].meanAbsoluteError < 10);
    }

    void anEndpointThatFailsIsCountedAndStopsNobody() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint good, bad;
        bad.status = 503;
        net::HttpClient http;
        const auto end = replay(http, optionsFor(dir, {targetAt(QStringLiteral("t2m"), good.url()), targetAt(QStringLiteral("ws2m"), bad.url())}, 40), {});
        QVERIFY(end);
        QCOMPARE(end->targets[0].failed, 0);
        QVERIFY(end->targets[0].problem.isEmpty());
        QCOMPARE(end->targets[1].sent, 40);
        QCOMPARE(end->targets[1].failed, 40);
        QVERIFY(end->targets[1].problem.contains(QStringLiteral("No model here")));
    }

    void stoppingInTheMidstOfARequestIsNoFailureOfTheEndpoint() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        endpoint.silent = true;
        net::HttpClient http;
        std::stop_source stop;
        std::thread stopper([&] {
            while (endpoint.taken == 0)
                std::this_thread::yield();
            stop.request_stop();
        });
        const auto end = replay(http, optionsFor(dir, {targetAt(QStringLiteral("ws2m"), endpoint.url())}, 0), {}, stop.get_token());
        stopper.join();
        QVERIFY(end);
        QCOMPARE(end->targets[0].sent, 0);
        QCOMPARE(end->targets[0].failed, 0);
        QCOMPARE(readStation(dir.path())->rows, historyHours + 1); // the hour did pass
    }

    void anEndpointThatMovesIsFoundAgain() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        auto first = std::make_unique<Endpoint>("one");
        Endpoint second("two");
        std::atomic<int> asked = 0;
        const QString firstUrl = first->url();
        net::HttpClient http;
        auto options = optionsFor(dir, {}, 0);
        options.labelDelayHours = 1000; // only predictions are sent, so that it is one of them that meets the closed door
        options.millisecondsPerHour = 1;
        options.targets = {{QStringLiteral("ws2m"), QStringLiteral("ws2m"), [&]() -> Result<ReplayEndpoint> {
            return asked++ == 0 ? ReplayEndpoint{firstUrl, {{"X-API-Key", "one"}}, {}} : ReplayEndpoint{second.url(), {{"X-API-Key", "two"}}, {}};
        }}};
        std::stop_source stop;
        const auto end = replay(http, options, [&](const ReplayProgress &) {
            if (first && first->predictions().size() >= 5)
                first.reset(); // the server ends
            if (second.predictions().size() >= 5)
                stop.request_stop();
        }, stop.get_token());
        QVERIFY2(end, end ? "" : qPrintable(end.error().text()));
        QVERIFY(asked >= 2);
        QVERIFY(end->targets[0].failed >= 1);
    }

    void timeStandsStillWhileNobodyIsThere() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        auto options = optionsFor(dir, {}, 5);
        std::atomic<int> asked = 0;
        options.targets = {{QStringLiteral("ws2m"), QStringLiteral("ws2m"), [&]() -> Result<ReplayEndpoint> {
            if (asked++ < 2)
                return ReplayEndpoint{};
            return ReplayEndpoint{endpoint.url(), {}, {}};
        }}};
        const auto end = replay(http, options, {});
        QVERIFY(end);
        QCOMPARE(end->row, historyHours + 4); // five hours passed, all of them heard
        QCOMPARE(endpoint.predictions().size(), std::size_t(5));
    }

    void anUnknownInputOrColumnIsNamed() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        const auto wrong = replay(http, optionsFor(dir, {targetAt(QStringLiteral("pressure"), endpoint.url())}, 1), {});
        QCOMPARE(wrong.error().kind, ErrorKind::Invalid);
        QString problem;
        std::stop_source stop;
        QVERIFY(replay(http, optionsFor(dir, {targetAt(QStringLiteral("ws2m"), endpoint.url(), {QStringLiteral("pressure@0")})}, 1), [&](const ReplayProgress &p) {
            problem = p.targets.at(0).problem;
            if (!problem.isEmpty())
                stop.request_stop();
        }, stop.get_token()));
        QVERIFY(problem.contains(QStringLiteral("pressure@0")));
        QVERIFY(endpoint.predictions().empty());
    }

    void oneStationHasOneClock() {
        QTemporaryDir dir;
        QVERIFY(writeDemoWorkspace(dir.path()));
        Endpoint endpoint;
        net::HttpClient http;
        const auto options = optionsFor(dir, {targetAt(QStringLiteral("ws2m"), endpoint.url())}, 1);
        const auto held = FileLock::tryAcquire(dir.filePath(QStringLiteral("data/replay.lock")));
        QVERIFY(held);
        QCOMPARE(replay(http, options, {}).error().kind, ErrorKind::Conflict);
    }
};

QTEST_GUILESS_MAIN(tst_Replay)
#include "tst_replay.moc"
