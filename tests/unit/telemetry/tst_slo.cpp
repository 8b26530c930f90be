// SPDX-License-Identifier: GPL-3.0-or-later
// What a service promises against what it did: a budget just kept, one failure too many, nothing asked, slow minutes; and what a watch may say.
#include "core/telemetry/slo_reading.h"
#include "core/workspace/slo.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::telemetry;

class TestSlo : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void availabilityIsKeptUpToTheBudget_data() {
        QTest::addColumn<double>("requests");
        QTest::addColumn<double>("failed");
        QTest::addColumn<double>("used");
        QTest::addColumn<bool>("kept");
        QTest::newRow("no failure") << 10000.0 << 0.0 << 0.0 << true;
        QTest::newRow("exactly the budget is kept") << 1000.0 << 1.0 << 1.0 << true;
        QTest::newRow("half of it") << 20000.0 << 10.0 << 0.5 << true;
        QTest::newRow("one too many") << 10000.0 << 11.0 << 1.1 << false;
    }
    void availabilityIsKeptUpToTheBudget() {
        QFETCH(double, requests);
        QFETCH(double, failed);
        QFETCH(double, used);
        QFETCH(bool, kept);
        const SloReading read = readSlo({99.9, {}}, {{requests / 2, failed, {}}, {requests / 2, 0.0, {}}, {50, {}, {}}}); // of the last it is not known
        QCOMPARE(read.requests, requests);
        QVERIFY(std::abs(*read.budgetUsed - used) < 1e-9);
        QCOMPARE(*read.available, kept);
        QCOMPARE(read.kept(), kept);
        QVERIFY(!read.quick);
        QCOMPARE(read.toJson()[QLatin1String("availability")][QLatin1String("kept")].toBool(), kept);
        QVERIFY(!read.toJson().contains(QLatin1String("latency_p95")));
    }

    void oneStretchOfTwentyMayBeSlow() {
        std::vector<SloPoint> points(20, SloPoint{100, 0.0, 80.0});
        points[3].p95 = 250;
        QVERIFY(*readSlo({{}, 100}, points).quick);
        points[4].p95 = 100.5;
        const SloReading read = readSlo({{}, 100}, points);
        QVERIFY(!*read.quick && !read.kept());
        QCOMPARE(read.slow, 2);
        points[4].p95 = 100; // at the promise
        QVERIFY(*readSlo({{}, 100}, points).quick);
    }

    void whatIsNotKnownIsNeitherKeptNorBroken() {
        const SloReading read = readSlo({99.9, 100}, std::vector<SloPoint>{{0, 0.0, {}}, {10, {}, {}}});
        QVERIFY(!read.available && !read.quick && !read.availability);
        QVERIFY(read.toJson()[QLatin1String("availability")][QLatin1String("kept")].isNull());
        ServiceTraffic traffic;
        traffic.buckets.push_back({QDateTime(), 1000, 5, 2, 10.0, 120.0, 130.0});
        const SloReading of = readSlo({99.9, 100}, traffic);
        QVERIFY(!*of.available && !*of.quick); // 401 is the caller's
        QCOMPARE(*of.availability, 99.8);
    }

    void aWatchStatesIt_data() {
        QTest::addColumn<QString>("watch");
        QTest::addColumn<QString>("problem");
        QTest::newRow("both") << QStringLiteral("[{metric: availability, min: 99.9}, {metric: latency_p95, max: 100}, {metric: mae, max: 2}]") << QString();
        QTest::newRow("all of them") << QStringLiteral("[{metric: availability, min: 100}]") << QStringLiteral("availability needs min");
        QTest::newRow("a most") << QStringLiteral("[{metric: availability, max: 99}]") << QStringLiteral("availability needs min");
        QTest::newRow("a least latency") << QStringLiteral("[{metric: latency_p95, min: 5}]") << QStringLiteral("latency_p95 needs max");
        QTest::newRow("another word") << QStringLiteral("[{metric: latency, max: 5}]") << QStringLiteral("latency");
    }
    void aWatchStatesIt() {
        QFETCH(QString, watch);
        QFETCH(QString, problem);
        const auto read = workspace::parseWorkspace(QStringLiteral("workspace: w\nconnections: {local: {kind: local, root: state}}\nmodels:\n  m:\n    registry: {connection: local, name: m}\n    watch: %1\n").arg(watch).toUtf8(), QStringLiteral("/w/pilothouse.yaml"));
        if (!problem.isEmpty()) {
            QVERIFY(!read);
            QVERIFY2(read.error().text().contains(problem), qPrintable(read.error().text()));
            return;
        }
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(workspace::sloOf(read->models.front()), (workspace::Slo{99.9, 100}));
    }
};

QTEST_GUILESS_MAIN(TestSlo)
#include "tst_slo.moc"
