// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of what a workload takes: a gap, a disk with its size, days of predictions, and a metric that Prometheus does not have. Both themes.
#include "tests/support/own_home.h"
#include "widgets/base/card.h"
#include "widgets/base/plot.h"
#include "widgets/cluster/resource_charts.h"

#include <QDir>
#include <QLabel>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::ui;
using fleet::Capacity;

namespace {

Capacity told() {
    Capacity out;
    out.source = QStringLiteral("Prometheus http://prom:9090");
    out.zone = QStringLiteral("UTC");
    out.to = QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC);
    out.from = out.to.addDays(-7);
    const auto fill = [&](Capacity::Series &series, double middle, double swing) {
        series.state = Capacity::State::Known;
        series.stepSeconds = 2040;
        for (int i = 0; i < 296; ++i)
            if (i < 120 || i > 150)
                series.points.emplace_back(out.from.addSecs(2040 * i), middle + swing * std::sin(i / 7.0));
            else if (i == 120)
                series.points.emplace_back(out.from.addSecs(2040 * i), std::nan(""));
    };
    fill(out.cpu, 0.6, 0.3);
    fill(out.memory, 900.0 * (1 << 20), 90.0 * (1 << 20));
    fill(out.diskUsed, 6.0 * (1LL << 30), 1.0 * (1LL << 30));
    fill(out.diskSize, 10.0 * (1LL << 30), 0);
    out.predictions.state = Capacity::State::Known;
    for (int i = 0; i < 8; ++i)
        out.predictions.points.emplace_back(QDateTime(QDate(2026, 11, 16).addDays(i), QTime(0, 0), Qt::UTC), i == 7 ? 480 : 1000 + 40 * i);
    return out;
}

} // namespace

class TestResourceCharts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsTakenAndWhatIsMissingIsSeen_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void whatIsTakenAndWhatIsMissingIsSeen() {
        QFETCH(bool, dark);
        Theme theme;
        theme.apply(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        PanelContext context;
        context.theme = &theme;
        context.now = [] { return told().to; };
        ResourceCharts charts(context);
        charts.resize(1300, 180);
        charts.show();
        charts.showCapacity(told());
        const auto plot = [&](const char *name) { return charts.findChild<PlotWidget *>(QLatin1String(name)); };
        QCOMPARE(plot("resourceCpu")->data().series.size(), std::size_t(1));
        QVERIFY(std::isnan(plot("resourceCpu")->data().series[0].points[120].y()));
        QCOMPARE(plot("resourceMemory")->data().unit, QStringLiteral("MiB"));
        QVERIFY(std::abs(plot("resourceMemory")->data().series[0].points[0].y() - 900) < 1e-6);
        QCOMPARE(plot("resourceDisk")->data().unit, QStringLiteral("GiB"));
        QCOMPARE(plot("resourceDisk")->data().series.size(), std::size_t(2));
        QCOMPARE(plot("resourceDisk")->data().series[1].points[0].y(), 10.0);
        const PlotData days = plot("resourcePredictions")->data();
        QVERIFY(days.series[0].bars);
        QCOMPARE(days.series[0].points.size(), std::size_t(8));
        QVERIFY(*days.xMin < days.series[0].points[0].x()); // the first bar is drawn whole
        QVERIFY(plotCsv(days).contains("2026-11-16T00:00"));
        plot("resourceMemory")->setCrosshair(days.series[0].points[3].x());
        const QImage image = charts.grab().toImage();
        QVERIFY(!image.isNull());
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/resource-charts-%2.png").arg(folder, dark ? QStringLiteral("dark") : QStringLiteral("light"))));

        Capacity less = told();
        less.memory = {QStringLiteral("container_memory_working_set_bytes"), Capacity::State::NoMetric, QStringLiteral("http://prom:9090 has no container_memory_working_set_bytes."), 2040, {}};
        less.diskSize = {QStringLiteral("kubelet_volume_stats_capacity_bytes"), Capacity::State::NoData, QStringLiteral("not of these pods"), 2040, {}};
        charts.showCapacity(less);
        QVERIFY(plot("resourceMemory")->data().series.empty() && !plot("resourceMemory")->isVisible());
        bool said = false;
        for (const QLabel *label : charts.findChildren<QLabel *>())
            said = said || (label->isVisible() && label->text().contains(QStringLiteral("has no container_memory_working_set_bytes")));
        QVERIFY(said);
        QCOMPARE(plot("resourceDisk")->data().series.size(), std::size_t(1));
        QVERIFY(plot("resourceDisk")->data().sentence.contains(QStringLiteral("not of these pods")));
        charts.clear();
        QVERIFY(plot("resourceCpu")->data().series.empty());
    }
};

int main(int argc, char **argv) {
    return pilothouse::runInOwnHome<TestResourceCharts>(argc, argv);
}
#include "tst_resource_charts.moc"
