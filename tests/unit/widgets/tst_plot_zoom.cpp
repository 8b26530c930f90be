// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/format.h"
#include "widgets/base/plot.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <ctime>

using namespace pilothouse::ui;

class TestPlotZoom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ChartDesk::of(nullptr).setRange(std::nullopt);
        ChartDesk::of(nullptr).setSaveAs({});
        setTimesInUtc(false);
    }

    /// A drag over one chart of times is the stretch of all of them, and no business of a chart of epochs.
    void aBrushedTimeIsThatOfAllCharts() {
        PlotWidget one, two, epochs;
        for (PlotWidget *plot : {&one, &two, &epochs})
            plot->resize(400, 200);
        one.setData(line(true, 1000));
        two.setData(line(true, 500));
        epochs.setData(line(false, 300));
        const PlotScale before = one.scale();
        drag(one, before.area.left() + before.area.width() * 0.25, before.area.left() + before.area.width() * 0.75);
        const auto range = ChartDesk::of(nullptr).range();
        QVERIFY(range);
        QVERIFY(std::abs(range->from - before.fromX(before.area.left() + before.area.width() * 0.25)) < 5);
        QCOMPARE(two.scale().x0, range->from);
        QCOMPARE(two.scale().x1, range->to);
        QVERIFY(!epochs.zoomed());
        QTest::keyClick(&two, Qt::Key_0);
        QVERIFY(!ChartDesk::of(nullptr).range());
        QCOMPARE(one.scale().x0, before.x0);
    }

    void aChartOfNumbersIsZoomedByItself() {
        PlotWidget plot, other;
        plot.resize(400, 200);
        other.resize(400, 200);
        plot.setData(line(false, 1000));
        other.setData(line(false, 1000));
        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.zoomed() && !other.zoomed() && !ChartDesk::of(nullptr).range());
        const PlotScale near = plot.scale();
        QVERIFY(near.x1 - near.x0 < 999 * 0.85);
        QTest::keyClick(&plot, Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(plot.scale().x0 > near.x0);
        QCOMPARE(plot.scale().x1 - plot.scale().x0, near.x1 - near.x0);
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(&plot, Qt::Key_Minus);
        QVERIFY(!plot.zoomed()); // no further out than everything
        for (int i = 0; i < 200; ++i)
            QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.scale().x1 - plot.scale().x0 > 1e-4); // nor nearer than a sense
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(!plot.zoomed());
    }

    /// The y axis is of what is seen, so that a dip that is looked at fills the chart.
    void theScaleFollowsWhatIsSeen() {
        for (const int points : {1000, 100000}) { // looked through, and by the index
            PlotWidget plot;
            plot.resize(400, 200);
            PlotData data = line(false, points);
            for (QPointF &p : data.series[0].points)
                p.setY(p.x() < points / 2 ? 1 + p.x() / points : 500);
            plot.setData(data);
            QVERIFY(plot.scale().y1 > 500);
            const PlotScale all = plot.scale();
            drag(plot, all.area.left() + 5, all.area.left() + all.area.width() * 0.3);
            QVERIFY2(plot.scale().y1 < 2, qPrintable(QString::number(plot.scale().y1)));
        }
    }

    void theWheelZoomsAboutThePointer() {
        PlotWidget plot;
        plot.resize(400, 200);
        plot.setData(line(false, 1000));
        const PlotScale before = plot.scale();
        const QPointF at(before.area.left() + before.area.width() * 0.8, 100);
        const double under = before.fromX(at.x());
        QWheelEvent wheel(at, plot.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&plot, &wheel);
        QVERIFY(plot.zoomed());
        QVERIFY(std::abs(plot.scale().fromX(at.x()) - under) < 2);
    }

    void aPressedEscapeGivesTheBrushUp() {
        PlotWidget plot;
        plot.resize(400, 200);
        plot.setData(line(false, 1000));
        QTest::mousePress(&plot, Qt::LeftButton, {}, {150, 100});
        QTest::mouseMove(&plot, {250, 100});
        QTest::keyClick(&plot, Qt::Key_Escape);
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, {250, 100});
        QVERIFY(!plot.zoomed());
        QTest::mouseClick(&plot, Qt::LeftButton, {}, {150, 100});
        QVERIFY(!plot.zoomed()); // a click is no stretch
    }

    void namesOnTheAxisAreNotZoomed() {
        PlotWidget plot;
        plot.resize(400, 200);
        PlotData data = line(false, 3);
        data.categories = {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
        plot.setData(data);
        QTest::keyClick(&plot, Qt::Key_Plus);
        drag(plot, 100, 300);
        QVERIFY(!plot.zoomed());
    }

    /// Shown where the chart has nothing in the stretch that another one chose.
    void nothingInTheShownTimeIsSaid() {
        PlotWidget plot;
        plot.resize(400, 200);
        plot.setData(line(true, 100));
        const QImage full = plot.grab().toImage();
        ChartDesk::of(nullptr).setRange(ChartDesk::Range{start + 1e6, start + 2e6});
        const QImage empty = plot.grab().toImage();
        QVERIFY(full != empty);
        const QRect middle(150, 80, 140, 40);
        QImage words = empty.copy(middle);
        QColor ground = words.pixelColor(0, 0);
        int inked = 0;
        for (int y = 0; y < words.height(); ++y)
            for (int x = 0; x < words.width(); ++x)
                inked += words.pixelColor(x, y) != ground;
        QVERIFY(inked > 50);
    }

    void aLongLineIsToldByItsFacts() {
        PlotWidget plot;
        PlotData data = line(false, 5000);
        data.series[0].points[10].setY(std::nan(""));
        data.series[0].points[20].setY(-77);
        plot.setData(data);
        QVERIFY(plot.accessibleDescription().contains(QStringLiteral("−77")));
        QVERIFY(plot.asText().count(QLatin1Char('\n')) == 1);
    }

    void theFileHasEveryPoint() {
        PlotData data;
        data.time = true;
        data.series.resize(2);
        data.series[0].name = QStringLiteral("MAE, \"live\"");
        data.series[0].points = {{start, 1.5}, {start + 0.25, std::nan("")}, {start + 2, 0.1}};
        data.series[1].name = QStringLiteral("limit");
        data.series[1].points = {{start + 1, 2}, {start + 2, 3}};
        QCOMPARE(plotCsv(data), QByteArray("time,\"MAE, \"\"live\"\"\",limit\n2025-11-21T10:00:00.000Z,1.5,\n2025-11-21T10:00:00.250Z,,\n2025-11-21T10:00:01.000Z,,2\n2025-11-21T10:00:02.000Z,0.1,3\n"));
    }

    void itsMenuSavesWhereThereIsAPlace() {
        PlotWidget plot;
        plot.resize(400, 200);
        plot.setObjectName(QStringLiteral("quality"));
        plot.setData(line(true, 100));
        QStringList saved;
        QByteArray png, csv;
        ChartDesk::of(nullptr).setSaveAs([&](QWidget *, const QString &name, const QString &, const ChartDesk::Bytes &bytes) {
            saved << name;
            (name.endsWith(QLatin1String(".png")) ? png : csv) = bytes();
        });
        QContextMenuEvent wanted(QContextMenuEvent::Keyboard, {200, 100}, plot.mapToGlobal(QPoint(200, 100)));
        QCoreApplication::sendEvent(&plot, &wanted);
        auto *menu = plot.findChild<QMenu *>();
        QVERIFY(menu);
        for (QAction *action : menu->actions())
            if (action->text().contains(QStringLiteral("Save as")))
                action->trigger();
        menu->close();
        QCOMPARE(saved, (QStringList{QStringLiteral("quality.png"), QStringLiteral("quality.svg"), QStringLiteral("quality.csv")}));
        QVERIFY(png.startsWith("\x89PNG"));
        QCOMPARE(csv.count('\n'), 101);
    }

    void timesAreOfTheChosenZone() {
        const QDateTime noon(QDate(2025, 11, 21), QTime(12, 0), Qt::UTC);
        qputenv("TZ", "Asia/Colombo");
        ::tzset();
        const QString local = moment(noon, noon), ticks = timeTicks(start, start + 86400, 6).front().text, range = ChartDesk::Range{start, start + 3600}.text();
        setTimesInUtc(true);
        const QString utc = moment(noon, noon), ticksUtc = timeTicks(start, start + 86400, 6, true).front().text, rangeUtc = ChartDesk::Range{start, start + 3600}.text();
        qputenv("TZ", "UTC");
        ::tzset();
        QCOMPARE(local, QStringLiteral("17:30:00"));
        QCOMPARE(utc, QStringLiteral("12:00:00"));
        QCOMPARE(ticks, QStringLiteral("18:00"));
        QCOMPARE(ticksUtc, QStringLiteral("12:00"));
        QVERIFY2(range.endsWith(QStringLiteral("15:30 – 16:30")), qPrintable(range));
        QVERIFY2(rangeUtc.endsWith(QStringLiteral("10:00 – 11:00")), qPrintable(rangeUtc));
    }

private:
    static constexpr double start = 1763719200; // 2025-11-21T10:00Z
    static PlotData line(bool time, int points) {
        PlotData data;
        data.time = time;
        data.series.resize(1);
        data.series[0].name = QStringLiteral("line");
        for (int i = 0; i < points; ++i)
            data.series[0].points.emplace_back((time ? start : 0) + i, std::sin(i * 0.01));
        return data;
    }
    static void drag(PlotWidget &plot, double from, double to) {
        QTest::mousePress(&plot, Qt::LeftButton, {}, QPoint(qRound(from), 100));
        for (const double at : {(from + to) / 2, to}) {
            QMouseEvent move(QEvent::MouseMove, QPointF(qRound(at), 100), plot.mapToGlobal(QPointF(qRound(at), 100)), Qt::NoButton, Qt::LeftButton, {});
            QCoreApplication::sendEvent(&plot, &move);
        }
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, QPoint(qRound(to), 100));
    }
};

QTEST_MAIN(TestPlotZoom)
#include "tst_plot_zoom.moc"
