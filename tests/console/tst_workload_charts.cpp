// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of a workload where Elasticsearch tells of all pods together: shares, percentiles, half an answer, and what is promised. Both themes.
#include "tests/support/own_home.h"
#include "widgets/base/card.h"
#include "widgets/base/plot.h"
#include "widgets/cluster/workload_charts.h"

#include <QDir>
#include <QLabel>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

fleet::WorkloadMetrics told() {
    fleet::WorkloadMetrics out;
    out.to = QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC);
    out.from = out.to.addSecs(-3600);
    const auto curve = [&](const QString &name, bool newest, double middle, double swing) {
        fleet::WorkloadMetrics::Curve made;
        made.name = name;
        made.newest = newest;
        for (int i = 0; i < 60; ++i)
            made.points.emplace_back(out.from.addSecs(60 * i), i > 20 && i < 26 ? std::nan("") : middle + swing * std::sin(i / 6.0));
        return made;
    };
    out.requests = {curve(QStringLiteral("all pods"), false, 12, 4)};
    out.errors = {curve(QStringLiteral("5xx"), true, 0.3, 0.2), curve(QStringLiteral("401"), false, 2, 1)};
    out.latency = {curve(QStringLiteral("p50"), false, 40, 5), curve(QStringLiteral("p95"), true, 95, 20), curve(QStringLiteral("p99"), false, 160, 30)};
    out.source = QStringLiteral("Elasticsearch http://es:9200 filebeat-*");
    out.partial = QStringLiteral("1 of 3 shards failed");
    out.slo.slo = {99.9, 100};
    out.slo.availability = 99.7;
    out.slo.budgetUsed = 3;
    out.slo.available = out.slo.quick = false;
    out.slo.stretches = 54;
    out.slo.slow = 20;
    return out;
}

} // namespace

class TestWorkloadCharts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsPromisedAndWhatIsMissingIsSeen_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void whatIsPromisedAndWhatIsMissingIsSeen() {
        QFETCH(bool, dark);
        Theme theme;
        theme.apply(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        PanelContext context;
        context.theme = &theme;
        context.now = [] { return told().to; };
        WorkloadCharts charts(context);
        charts.resize(1300, 220);
        charts.show();
        charts.showMetrics(told());
        const auto plot = [&](const char *name) { return charts.findChild<PlotWidget *>(QLatin1String(name)); };
        const auto card = [&](const char *name) {
            QWidget *at = plot(name);
            while (at && !qobject_cast<Card *>(at))
                at = at->parentWidget();
            return qobject_cast<Card *>(at);
        };
        QCOMPARE(plot("workloadErrors")->data().series.size(), std::size_t(2));
        QCOMPARE(plot("workloadErrors")->data().limits.size(), std::size_t(1));
        QVERIFY(std::abs(plot("workloadErrors")->data().limits[0].value - 0.1) < 1e-9);
        QCOMPARE(plot("workloadLatency")->data().series.size(), std::size_t(3));
        QCOMPARE(plot("workloadLatency")->data().limits[0].value, 100.0);
        QCOMPARE(card("workloadLatency")->title(), QStringLiteral("Latency, ms"));
        auto *note = charts.findChild<QLabel *>(QStringLiteral("workloadNote"));
        QVERIFY(note && note->isVisible());
        QVERIFY2(note->text().contains(QStringLiteral("1 of 3 shards failed")) && note->text().contains(QStringLiteral("Promise broken")) && note->text().contains(QStringLiteral("promised 99.9")), qPrintable(note->text()));
        QVERIFY2(plot("workloadRequests")->data().sentence.contains(QStringLiteral("1 of 3 shards failed")), qPrintable(plot("workloadRequests")->data().sentence));
        const QImage image = charts.grab().toImage();
        QVERIFY(!image.isNull());
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/workload-charts-%2.png").arg(folder, dark ? QStringLiteral("dark") : QStringLiteral("light"))));

        fleet::WorkloadMetrics whole = told(); // all of it, and nothing promised
        whole.partial.clear();
        whole.slo = {};
        charts.showMetrics(whole);
        QVERIFY(plot("workloadErrors")->data().limits.empty() && plot("workloadLatency")->data().limits.empty());
        QVERIFY(!note->isVisible());
    }
};

int main(int argc, char **argv) {
    return pilothouse::runInOwnHome<TestWorkloadCharts>(argc, argv);
}
#include "tst_workload_charts.moc"
