// SPDX-License-Identifier: GPL-3.0-or-later
// Alert rules over the traffic of a model in a cluster.
#include "core/fleet/cluster_reading.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Kind = workspace::AlertRule::Kind;
using Curve = WorkloadMetrics::Curve;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

/// One value a minute of the last hour: `late` in the last 15, `early` before.
Curve curve(const char *name, double early, double late) {
    Curve c;
    c.name = QLatin1String(name);
    for (int minute = 60; minute >= 0; --minute)
        c.points.emplace_back(now.addSecs(-60 * minute), minute <= 15 ? late : early);
    return c;
}
WorkloadMetrics seen() {
    WorkloadMetrics m;
    m.from = now.addSecs(-3600);
    m.to = now;
    m.source = QStringLiteral("Prometheus http://prom:9090");
    return m;
}
telemetry::AlertReading read(Kind kind, const WorkloadMetrics &m, std::optional<double> above = {}) {
    workspace::AlertRule rule;
    rule.kind = kind;
    rule.above = above;
    return clusterReading(rule, m, now);
}

} // namespace

class tst_ClusterReading : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void errorsAreOfAllRevisionsAndOfNow() {
        WorkloadMetrics m = seen();
        m.requests = {curve("v3", 9, 9), curve("v4", 1, 1)}; // 1/s
        m.errors = {curve("v3", 100, 0), curve("v4", 100, 50)}; // percent; what was an hour ago does not count
        const auto reading = read(Kind::ErrorRate, m);
        QVERIFY(reading.value);
        QVERIFY2(std::abs(*reading.value - 0.05) < 1e-12, qPrintable(QString::number(*reading.value)));
        QCOMPARE(reading.observed, now);
        QCOMPARE(reading.source, m.source);
        QCOMPARE(reading.detail, QStringLiteral("480 of 9600 requests in 15 minutes")); // sixteen points of a minute
        m.errors = {curve("5xx", 100, 2)}; // of all together, as Elasticsearch tells it; its 401 are none
        m.errors.push_back(curve("401", 90, 90));
        QVERIFY(std::abs(*read(Kind::ErrorRate, m).value - 0.02) < 1e-12);
    }

    void latencyIsThatOfTheMiddleMinute() {
        WorkloadMetrics m = seen();
        m.requests = {curve("v3", 9, 9), curve("v4", 1, 1)};
        m.latency = {curve("v3", 900, 40), curve("v4", 900, 70)};
        QCOMPARE(*read(Kind::Latency, m).value, 70.0); // the slower revision
        m.latency[0].points.back().second = 5000; // one minute
        m.latency[1].points.back().second = std::nan("");
        QCOMPARE(*read(Kind::Latency, m).value, 70.0);
        m.latency = {curve("p50", 1, 1), curve("p95", 900, 30), curve("p99", 99, 99)};
        QCOMPARE(*read(Kind::Latency, m).value, 30.0);
    }

    void fewRequestsAreNoData() {
        WorkloadMetrics m = seen();
        m.requests = {curve("v3", 9, 0.01)};
        m.errors = {curve("v3", 0, 100)};
        const auto reading = read(Kind::ErrorRate, m);
        QVERIFY(!reading.value && !reading.problem);
        QVERIFY2(reading.detail.contains(QStringLiteral("too few requests in 15 minutes: 10")), qPrintable(reading.detail));
        m.requests = {curve("v3", 9, 9)};
        m.errors.clear();
        QVERIFY2(!read(Kind::ErrorRate, m).value && read(Kind::ErrorRate, m).detail.contains(QStringLiteral("does not tell which requests failed")), qPrintable(read(Kind::ErrorRate, m).detail));
        QVERIFY(!read(Kind::Latency, m).value);
    }

    void nobodyAskedForHowLong() {
        WorkloadMetrics m = seen();
        m.requests = {curve("v3", 9, 0)};
        QCOMPARE(*read(Kind::NoData, m, 3600).value, 960.0); // asked 16 minutes ago for the last time
        m.requests = {curve("v3", 0, std::nan(""))};
        const auto reading = read(Kind::NoData, m, 3600);
        QVERIFY(!reading.value && !reading.problem); // which fires
        QVERIFY(read(Kind::NoData, m, 7200).problem); // only an hour is known
    }

    void whatCannotBeAskedCannotBeTold() {
        WorkloadMetrics m = seen();
        m.source.clear();
        m.missing = QStringLiteral("There is no Prometheus.");
        for (const Kind kind : {Kind::ErrorRate, Kind::Latency, Kind::NoData}) {
            QVERIFY(read(kind, m, 60).problem);
            QCOMPARE(read(kind, m, 60).problem->what, m.missing);
        }
        m.problem = Error{ErrorKind::Unreachable, QStringLiteral("It does not answer."), {}, {}, {}};
        QCOMPARE(read(Kind::ErrorRate, m).problem->what, QStringLiteral("It does not answer."));
    }
};

QTEST_GUILESS_MAIN(tst_ClusterReading)
#include "tst_cluster_reading.moc"
