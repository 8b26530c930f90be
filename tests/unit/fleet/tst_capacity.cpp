// SPDX-License-Identifier: GPL-3.0-or-later
// What a workload takes by a Prometheus that answers as told: what is asked, gaps, numbers that are none, days of 23 and 25 hours, and no metric told apart from no data.
#include "core/base/file.h"
#include "core/fleet/capacity.h"
#include "core/fleet/services.h"
#include "tests/support/fake_prometheus.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::FakePrometheus;
using Q = QLatin1String;

namespace {

const QDateTime now{QDate(2026, 3, 30), QTime(12, 0), Qt::UTC}; // the clocks of Berlin went forward on the 29th

std::shared_ptr<Services> servicesOf(const QTemporaryDir &folder, const QByteArray &connections, const QByteArray &zone = "Europe/Berlin") {
    const bool written = bool(writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), "workspace: w\nzone: " + zone + "\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n" + connections));
    ServiceOptions options;
    options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
    options.secrets = secrets::environmentStore();
    const auto services = openServices(options);
    if (!written || !services)
        qFatal("%s", services ? "files" : qPrintable(services.error().text()));
    return *services;
}

CapacityQuestion question(qint64 seconds) {
    CapacityQuestion out;
    out.ref = {cluster::kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};
    out.from = now.addSecs(-seconds);
    out.to = now;
    return out;
}

QByteArray at(const QDateTime &when, const QByteArray &value) { return '[' + QByteArray::number(when.toSecsSinceEpoch()) + ",\"" + value + "\"]"; }

} // namespace

class TestCapacity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allOfItIsRead() {
        FakePrometheus fake;
        const QDateTime from = now.addSecs(-3600);
        fake.values = {{QStringLiteral("container_cpu_usage"), '[' + at(from, "0.5") + ',' + at(from.addSecs(60), "NaN") + ',' + at(from.addSecs(120), "+Inf") + ',' + at(from.addSecs(600), "0.75") + ']'},
                       {QStringLiteral("container_memory"), '[' + at(from, "1e+06") + ',' + at(from.addSecs(60), "2e+06") + ']'},
                       {QStringLiteral("used_bytes"), '[' + at(from, "10") + ']'},
                       {QStringLiteral("capacity_bytes"), '[' + at(from, "40") + ']'},
                       {QStringLiteral("increase(starlette_requests_total"), '[' + at(now, "1234.5") + ']'}};
        fake.metrics = {QStringLiteral("starlette_requests_total")};
        QTemporaryDir folder;
        const auto seen = readCapacity(*servicesOf(folder, "  prom: {kind: prometheus, url: \"" + fake.server.url("").toUtf8() + "\", pod_label: exported_pod}\n"), question(3600));
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QVERIFY(seen->cpu.state == Capacity::State::Known);
        QCOMPARE(seen->cpu.points.size(), std::size_t(3)); // a value, a gap, a value
        QCOMPARE(seen->cpu.points[0].second, 0.5);
        QVERIFY(std::isnan(seen->cpu.points[1].second));
        QCOMPARE(seen->cpu.points[2].second, 0.75);
        QCOMPARE(seen->memory.points.back().second, 2e6);
        QCOMPARE(seen->memory.points.size(), std::size_t(2));
        QCOMPARE(seen->diskUsed.points.front().second, 10.0);
        QCOMPARE(seen->diskSize.points.front().second, 40.0);
        QCOMPARE(seen->predictions.metric, QStringLiteral("starlette_requests_total"));
        QCOMPARE(seen->predictions.points.size(), std::size_t(1));
        QCOMPARE(seen->predictions.points[0].second, 1234.5);
        QCOMPARE(seen->predictions.points[0].first, QDateTime(QDate(2026, 3, 29), QTime(22, 0), Qt::UTC)); // midnight of Berlin in summer
        QVERIFY2(fake.askedWith(QStringLiteral("container_cpu")).startsWith(Q("sum(rate(container_cpu_usage_seconds_total{namespace=\"ml\",pod=~\"web-([a-z0-9]+)-[a-z0-9]{5}\",container!=\"\",container!=\"POD\"}[300s]))")), qPrintable(fake.askedWith(QStringLiteral("container_cpu"))));
        QVERIFY2(fake.askedWith(QStringLiteral("increase(")).contains(Q("exported_pod=~\"web-")), qPrintable(fake.askedWith(QStringLiteral("increase("))));
        QVERIFY(fake.askedWith(QStringLiteral("increase(")).contains(Q("[50400s]"))); // 14 hours of today
        const QJsonObject json = seen->toJson();
        QCOMPARE(json[Q("zone")].toString(), QStringLiteral("Europe/Berlin"));
        QVERIFY(json[Q("series")][0][Q("points")][1][1].isNull());
        QCOMPARE(json[Q("series")][4][Q("state")].toString(), QStringLiteral("known"));
    }

    void noMetricIsNotNoData() {
        FakePrometheus fake;
        fake.metrics = {QStringLiteral("container_memory_working_set_bytes"), QStringLiteral("kubelet_volume_stats_used_bytes")};
        fake.values = {{QStringLiteral("capacity_bytes"), "!"}};
        QTemporaryDir folder;
        const auto seen = readCapacity(*servicesOf(folder, "  prom: {kind: prometheus, url: \"" + fake.server.url("").toUtf8() + "\"}\n"), question(3600));
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QVERIFY(seen->cpu.state == Capacity::State::NoMetric && seen->cpu.why.contains(Q("cadvisor")));
        QVERIFY2(seen->memory.state == Capacity::State::NoData && seen->memory.why.contains(Q("web-")), qPrintable(seen->memory.why));
        QVERIFY2(seen->diskUsed.state == Capacity::State::NoMetric && seen->diskUsed.why.contains(Q("kube-state-metrics")), qPrintable(seen->diskUsed.why));
        QVERIFY2(seen->diskSize.state == Capacity::State::Failed && seen->diskSize.why.contains(Q("many-to-many")), qPrintable(seen->diskSize.why));
        QVERIFY2(seen->predictions.state == Capacity::State::NoMetric && seen->predictions.why.contains(Q("requests_metric")), qPrintable(seen->predictions.why));
        QVERIFY(seen->predictions.points.empty());
    }

    void whoDoesNotAnswerIsAnError() {
        QTemporaryDir none, dead, long_;
        QCOMPARE(readCapacity(*servicesOf(none, {}), question(3600)).error().kind, ErrorKind::NotFound);
        QCOMPARE(readCapacity(*servicesOf(dead, "  prom: {kind: prometheus, url: \"http://127.0.0.1:1\"}\n"), question(3600)).error().kind, ErrorKind::Unreachable);
        FakePrometheus fake;
        fake.status = 401;
        QCOMPARE(readCapacity(*servicesOf(long_, "  prom: {kind: prometheus, url: \"" + fake.server.url("").toUtf8() + "\"}\n"), question(3600)).error().kind, ErrorKind::Denied);
        QCOMPARE(readCapacity(*servicesOf(long_, "  prom: {kind: prometheus, url: \"http://127.0.0.1:1\"}\n"), question(400LL * 86400)).error().kind, ErrorKind::Invalid);
    }

    void daysHaveTheLengthOfTheZone() {
        const auto blocks = dayBlocks(now.addDays(-4), now, QTimeZone("Europe/Berlin")); // 26, 27, 28, 29 (23 h), 30 so far
        QCOMPARE(blocks.size(), std::size_t(3));
        QCOMPARE(blocks[0].daySeconds, 86400);
        QCOMPARE(blocks[0].firstEnd, QDateTime(QDate(2026, 3, 26), QTime(23, 0), Qt::UTC));
        QCOMPARE(blocks[0].lastEnd, QDateTime(QDate(2026, 3, 28), QTime(23, 0), Qt::UTC));
        QCOMPARE(blocks[1].daySeconds, 23 * 3600);
        QCOMPARE(blocks[1].lastEnd, QDateTime(QDate(2026, 3, 29), QTime(22, 0), Qt::UTC));
        QCOMPARE(blocks[2].daySeconds, 14 * 3600);
        QCOMPARE(blocks[2].lastEnd, now);
        const QDateTime midnight(QDate(2026, 3, 30), QTime(0, 0), Qt::UTC);
        const auto whole = dayBlocks(midnight.addDays(-2), midnight, QTimeZone::utc());
        QCOMPARE(whole.size(), std::size_t(1)); // what ends with a day has no day of nothing
        QCOMPARE(whole[0].lastEnd, midnight);
    }

    void pointsAreLimited() {
        QCOMPARE(capacityStep(now.addSecs(-3600), now), 60);
        QCOMPARE(capacityStep(now.addDays(-7), now), 2040);
        QCOMPARE(capacityStep(now.addDays(-7), now, 3600), 3600);
        for (const int wanted : {1, 10, 60}) {
            const int step = capacityStep(now.addDays(-366), now, wanted);
            QVERIFY(now.addDays(-366).secsTo(now) / step + 1 <= 11000);
        }
        QCOMPARE(capacityStep(now.addSecs(-10999), now, 1), 1);
        QCOMPARE(capacityStep(now.addSecs(-11000), now, 1), 2);
    }
};

QTEST_GUILESS_MAIN(TestCapacity)
#include "tst_capacity.moc"
