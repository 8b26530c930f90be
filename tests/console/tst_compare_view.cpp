// SPDX-License-Identifier: GPL-3.0-or-later
// The comparison of runs: its states, what differs, limits on axes, points, curves with exact pictures, values under the mouse and by keys, what is saved,
// and the loader against a local registry. With PILOTHOUSE_PICTURES_TO=DIR the pages are kept as pictures in both themes and sizes.
#include "core/registry/local_registry.h"
#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/registry/compare_view.h"
#include "widgets/registry/curves_plot.h"
#include "widgets/registry/models_panel.h"
#include "widgets/registry/run_axes_plot.h"
#include "widgets/registry/run_diff_model.h"
#include "widgets/registry/run_legend.h"
#include "widgets/registry/run_scatter.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QSlider>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::ui;
using registry::CurveX;

namespace {

constexpr int slow = 60000; // conditions end the wait, never time
const QDateTime start = QDateTime::fromString(QStringLiteral("2026-11-18T08:00:00Z"), Qt::ISODate);

registry::Run sampleRun(int i) {
    registry::Run run;
    run.id = QStringLiteral("%1c0ffee").arg(i, 2, 16, QLatin1Char('0'));
    run.name = QStringLiteral("lstm-%1").arg(i);
    run.experiment = QStringLiteral("weather-ws2m");
    run.status = registry::RunStatus::Finished;
    run.params = {{QStringLiteral("learning_rate"), QString::number(1e-4 * std::pow(10, (i % 7) / 2.0))}, {QStringLiteral("layers"), QString::number(1 + i % 3)}, {QStringLiteral("hidden"), QString::number(32 << (i % 4))},
                  {QStringLiteral("optimizer"), i % 3 == 0 ? QStringLiteral("adam") : i % 3 == 1 ? QStringLiteral("sgd") : QStringLiteral("rmsprop")}, {QStringLiteral("window"), QStringLiteral("24")}, {QStringLiteral("seed"), QStringLiteral("7")}};
    if (i % 5 != 4)
        run.params.insert(QStringLiteral("dropout"), QString::number(0.1 * (i % 5)));
    run.metrics = {{QStringLiteral("val_loss"), 0.2 + 0.02 * i}, {QStringLiteral("test_mae"), 1.4 - 0.03 * i + 0.1 * (i % 3)}, {QStringLiteral("test_r2"), 0.7 + 0.01 * i}};
    run.tags = {{QStringLiteral("retrain_decision"), i % 2 ? QStringLiteral("drift") : QStringLiteral("schedule")}};
    return run;
}

std::shared_ptr<const registry::RunComparison> sampleRuns(int count) {
    std::vector<registry::Run> runs;
    for (int i = 0; i < count; ++i)
        runs.push_back(sampleRun(i));
    return std::make_shared<const registry::RunComparison>(registry::compareRuns(std::move(runs)));
}

std::shared_ptr<const registry::RunCurves> sampleCurves(const registry::RunComparison &runs, int points) {
    auto out = std::make_shared<registry::RunCurves>();
    out->metric = QStringLiteral("val_loss");
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    for (std::size_t r = 0; r < runs.runs.size(); ++r) {
        registry::RunCurve curve;
        curve.runId = runs.runs[r].id;
        for (int i = 0; i < points; ++i) {
            curve.steps.push_back(i);
            curve.times.push_back(double(start.toSecsSinceEpoch()) + double(r) * 600 + i * 2);
            curve.values.push_back(r == 1 && i > points / 3 && i < points / 2 ? std::nan("") : 0.2 + 0.02 * double(r) + std::exp(-4.0 * i / points) * (1 + 0.03 * double(r)) + 0.02 * normal(random));
        }
        out->curves.push_back(std::move(curve));
    }
    return out;
}

CompareState ready(int runs, int points = 400) {
    CompareState state;
    state.phase = CompareState::Ready;
    state.runs = sampleRuns(runs);
    state.source = QStringLiteral("mlflow.example");
    state.read = start;
    state.metric = QStringLiteral("val_loss");
    state.curves = sampleCurves(*state.runs, points);
    state.curvesPhase = CompareState::Ready;
    return state;
}

std::vector<ShownRun> shownOf(const registry::RunCurves &curves) {
    std::vector<ShownRun> out;
    for (std::size_t i = 0; i < curves.curves.size(); ++i)
        out.push_back({curves.curves[i].runId, curves.curves[i].runId, runLook(i)});
    return out;
}

struct Bench {
    Theme theme;
    ActionCatalogue actions;
    std::unique_ptr<CompareView> view;
    explicit Bench(const QSize &size = {1180, 760}, SchemeChoice scheme = SchemeChoice::Dark) {
        theme.apply(scheme, 100);
        PanelContext context;
        context.actions = &actions;
        context.theme = &theme;
        context.now = [] { return start.addSecs(40); };
        view = std::make_unique<CompareView>(context, QStringLiteral("models"), QStringLiteral("models.compare"));
        view->resize(size);
        view->show();
    }
    template<class T>
    T *find(const char *name) const { return view->findChild<T *>(QLatin1String(name)); }
};

void wheel(QWidget &widget, const QPointF &at, int delta, Qt::KeyboardModifiers modifiers = {}) {
    QWheelEvent event(at, widget.mapToGlobal(at), {}, QPoint(0, delta), Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
}

/// The mouse over a place, without a window system that has a cursor.
void hover(QWidget &widget, const QPoint &at) {
    QMouseEvent event(QEvent::MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

} // namespace

class TestCompareView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void eachStateSaysWhatItIs() {
        Bench b;
        auto *state = b.find<PanelState>("compareState");
        QCOMPARE(QApplication::topLevelWidgets().count(b.view.get()), 1);
        for (const QWidget *widget : QApplication::topLevelWidgets())
            QVERIFY2(widget == b.view.get() || widget->isHidden(), widget->metaObject()->className()); // no part of it flashes up as a window
        QCOMPARE(state->kind(), ScreenState::Empty);
        QVERIFY(state->text().contains(QStringLiteral("No runs are chosen")));
        QVERIFY(!b.actions.blocked(QStringLiteral("models.compareCsv")).isEmpty());
        CompareState now;
        now.phase = CompareState::Loading;
        now.done = 12;
        now.total = 50;
        b.view->setState(now);
        QCOMPARE(state->kind(), ScreenState::Loading);
        QSignalSpy stopped(b.view.get(), &CompareView::stopWanted), again(b.view.get(), &CompareView::againWanted);
        QVERIFY(b.find<Button>("compareStop")->isVisible());
        QTest::mouseClick(b.find<Button>("compareStop"), Qt::LeftButton);
        QCOMPARE(stopped.size(), 1);
        now.phase = CompareState::Failed;
        now.error = Error{ErrorKind::Unreachable, QStringLiteral("Could not reach the registry."), QStringLiteral("mlflow.example"), QStringLiteral("Start it."), {}};
        b.view->setState(now);
        QCOMPARE(state->kind(), ScreenState::Failed);
        QVERIFY(state->text().contains(QStringLiteral("Could not reach the registry")));
        QVERIFY(!b.find<Button>("compareStop")->isVisible());
        now.error->kind = ErrorKind::Cancelled; // what was stopped is no failure
        b.view->setState(now);
        QCOMPARE(state->kind(), ScreenState::Empty);
        b.view->setState(ready(3));
        QCOMPARE(state->kind(), ScreenState::Full);
        CompareState old = ready(3);
        old.error = Error{ErrorKind::Unreachable, QStringLiteral("Could not reach the registry."), {}, {}, {}};
        b.view->setState(old);
        QCOMPARE(state->kind(), ScreenState::Stale);
        QTest::mouseClick(b.find<Button>("compareAgain"), Qt::LeftButton);
        QCOMPARE(again.size(), 1);
    }

    void onlyWhatDiffersIsListedAtFirst() {
        Bench b;
        b.view->setState(ready(3));
        auto *table = b.find<Table>("compareTable");
        const auto names = [&] {
            QStringList out;
            for (int row = 0; row < table->model()->rowCount(); ++row)
                out << table->model()->index(row, RunDiffModel::Name).data().toString();
            return out.join(QLatin1Char(' '));
        };
        QCOMPARE(names(), QStringLiteral("dropout hidden layers learning_rate optimizer test_mae test_r2 val_loss retrain_decision"));
        QCOMPARE(table->model()->headerData(RunDiffModel::FirstRun, Qt::Horizontal).toString(), QStringLiteral("lstm-0"));
        QCOMPARE(table->model()->index(1, RunDiffModel::FirstRun + 2).data().toString(), QStringLiteral("128"));
        QTest::mouseClick(b.find<CheckBox>("compareOnlyDifferences"), Qt::LeftButton, {}, QPoint(8, 8));
        QCOMPARE(table->model()->rowCount(), 11); // seed and window, too
        b.find<FilterEdit>("compareFilter")->setText(QStringLiteral("test_"));
        QCOMPARE(names(), QStringLiteral("test_mae test_r2"));
    }
    void newFiguresKeepTheColumns() {
        RunDiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setComparison(*sampleRuns(3));
        QSignalSpy reset(&model, &RunDiffModel::modelReset), changed(&model, &RunDiffModel::dataChanged);
        std::vector<registry::Run> runs{sampleRun(0), sampleRun(1), sampleRun(2)};
        runs[2].metrics[QStringLiteral("val_loss")] = 0.125;
        model.setComparison(registry::compareRuns(runs));
        QCOMPARE(reset.size(), 0);
        QVERIFY(changed.size() >= 1);
        model.setComparison(*sampleRuns(4));
        QCOMPARE(reset.size(), 1);
        QCOMPARE(model.columnCount(), int(RunDiffModel::FirstRun) + 4);
    }
    void theTableGoesOutAsItIs() {
        const QByteArray all = comparisonCsv(*sampleRuns(2), false), few = comparisonCsv(*sampleRuns(2), true);
        QCOMPARE(all.left(all.indexOf('\n')), QByteArray("kind,name,differs,00c0ffee,01c0ffee"));
        QVERIFY(all.contains("\nparam,seed,no,7,7\n") && !few.contains("seed"));
        QVERIFY(few.contains("\nmetric,val_loss,yes,0.2,0.22\n"));
    }

    void aDragOnAnAxisKeepsTheRunsThatPass() {
        RunAxesPlot plot;
        plot.resize(700, 300);
        plot.show();
        const auto runs = sampleRuns(9);
        std::vector<ShownRun> shown;
        for (std::size_t i = 0; i < 9; ++i)
            shown.push_back({runs->runs[i].id, runs->runName(i), runLook(i)});
        const auto axis = [&](const char *name) { return registry::axisOf(*runs->row(registry::ComparedRow::Param, QLatin1String(name))); };
        plot.setRuns(shown, {axis("layers"), axis("optimizer"), axis("dropout")});
        QSignalSpy brushed(&plot, &RunAxesPlot::brushed);
        const Theme &theme = Theme::of(&plot);
        const QPoint top(theme.px(30), theme.px(38)), bottom(theme.px(30), plot.height() - theme.px(44));
        QTest::mousePress(&plot, Qt::LeftButton, {}, bottom);
        QTest::mouseMove(&plot, QPoint(bottom.x(), (top.y() + bottom.y()) / 2 + 20));
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, QPoint(bottom.x(), (top.y() + bottom.y()) / 2 + 20));
        QVERIFY(plot.brush(QStringLiteral("layers")));
        QCOMPARE(plot.passing().size(), 3); // layers = 1
        QVERIFY(brushed.size() >= 1);
        plot.setBrush(QStringLiteral("dropout"), RunAxesPlot::Brush{0, 0.1});
        QCOMPARE(plot.passing(), QSet<QString>{sampleRun(0).id}); // both: 0, 3, 6 have one layer; of these only 0 has no dropout
        QTest::mouseClick(&plot, Qt::LeftButton, {}, QPoint(bottom.x(), (top.y() + bottom.y()) / 2)); // a click lets all pass again
        QVERIFY(!plot.brush(QStringLiteral("layers")));
        plot.clearBrushes();
        QCOMPARE(plot.passing().size(), 9);
        // The same by keys: the axis, the run, its value as both limits.
        QTest::keyClick(&plot, Qt::Key_Right); // from the axis that was clicked to the next: optimizer
        QTest::keyClick(&plot, Qt::Key_Down);
        QTest::keyClick(&plot, Qt::Key_Down);
        QCOMPARE(plot.hovered(), sampleRun(1).id);
        QTest::keyClick(&plot, Qt::Key_BracketLeft);
        QTest::keyClick(&plot, Qt::Key_BracketRight);
        QCOMPARE(plot.passing(), (QSet<QString>{sampleRun(1).id, sampleRun(4).id, sampleRun(7).id})); // sgd
        QTest::keyClick(&plot, Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(QApplication::clipboard()->text().contains(QStringLiteral("optimizer sgd")), qPrintable(QApplication::clipboard()->text()));
        QTest::keyClick(&plot, Qt::Key_Delete);
        QVERIFY(!plot.isBrushed());
        plot.setBrush(QStringLiteral("layers"), RunAxesPlot::Brush{0, 0.1});
        plot.setRuns(shown, {axis("optimizer")}); // the axis is gone, and its limit with it
        QVERIFY(!plot.isBrushed());
    }
    void whatDoesNotPassIsFaintEverywhere() {
        Bench b;
        b.view->setState(ready(6));
        b.view->setTab(QStringLiteral("parallel"));
        auto *parallel = b.find<RunAxesPlot>("compareParallel");
        QTRY_VERIFY(parallel->isVisible());
        parallel->setBrush(QStringLiteral("optimizer"), RunAxesPlot::Brush{0, 0.1}); // adam: runs 0 and 3
        const auto *legend = b.find<RunLegend>("compareLegend");
        QStringList faint;
        for (const LegendLine &line : legend->lines()->rows())
            faint << (line.run.faint ? QStringLiteral("faint") : QStringLiteral("full"));
        QCOMPARE(faint.join(QLatin1Char(' ')), QStringLiteral("full faint faint full faint faint"));
        QTest::mouseClick(b.find<Button>("compareClear"), Qt::LeftButton);
        QVERIFY(!legend->lines()->row(1).run.faint);
    }

    void pointsAreChosenByKeys() {
        Bench b;
        b.view->setState(ready(5));
        b.view->setTab(QStringLiteral("scatter"));
        auto *scatter = b.find<RunScatter>("compareScatter");
        QTRY_VERIFY(scatter->isVisible());
        auto *x = b.find<Choice>("compareX"), *y = b.find<Choice>("compareY");
        x->setCurrentIndex(x->findText(QStringLiteral("learning_rate")));
        y->setCurrentIndex(y->findText(QStringLiteral("test_mae")));
        QCOMPARE(scatter->asText().section(QLatin1Char('\n'), 0, 0), QStringLiteral("run\tlearning_rate\ttest_mae"));
        QTest::keyClick(scatter, Qt::Key_Right); // the leftmost
        QCOMPARE(scatter->hovered(), sampleRun(0).id);
        QTest::keyClick(scatter, Qt::Key_Right);
        QCOMPARE(scatter->hovered(), sampleRun(1).id);
        QCOMPARE(b.find<RunAxesPlot>("compareParallel")->hovered(), sampleRun(1).id); // the same run on all pages
        QVERIFY(scatter->pointOf(0)->x() < scatter->pointOf(1)->x());
        auto *colour = b.find<Choice>("compareColour");
        colour->setCurrentIndex(colour->findText(QStringLiteral("test_r2")));
        QVERIFY(scatter->inkOf(0) != scatter->inkOf(4)); // from pale to strong
        QCOMPARE(scatter->inkOf(4), b.theme.tokens().acc);
        x->setCurrentIndex(x->findText(QStringLiteral("dropout")));
        QVERIFY(!scatter->pointOf(4)); // run 4 has none
    }

    /// One value of a hundred thousand stands out; at 300 columns it is still seen, at its height.
    void noExtremeIsLostInThePicture() {
        auto lines = std::make_shared<std::vector<registry::CurveLine>>(1);
        for (int i = 0; i < 100000; ++i) {
            lines->front().x.push_back(i);
            lines->front().y.push_back(i == 50150 ? 10 : 0);
        }
        CurveJob job;
        job.lines = lines;
        job.styles = {{QColor(Qt::red).rgb(), 0, 1, false}};
        job.x0 = 0, job.x1 = 99999, job.y0 = -1, job.y1 = 11;
        job.size = {300, 120};
        const QImage image = paintCurves(job);
        QCOMPARE(image.size(), QSize(300, 120));
        QCOMPARE(image.pixelColor(150, 12), QColor(Qt::red)); // y = 10 of −1 … 11 over 120 px: 10 px from above
        QCOMPARE(image.pixelColor(149, 60).alpha(), 0);
        QCOMPARE(image.pixelColor(150, 60), QColor(Qt::red));
        QVERIFY(image.pixelColor(10, 110).alpha() > 180); // half a pixel of the line is in the one above
        // A broken line is faint in its gaps, and loses nothing either.
        job.styles.front().dash = 2;
        const QImage broken = paintCurves(job);
        for (int x = 0; x < 300; ++x)
            QVERIFY2(broken.pixelColor(x, 110).alpha() > 30, qPrintable(QString::number(x)));
        // Stopped in the middle there is no picture.
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(paintCurves(job, stop.get_token()).isNull());
    }
    void fiftySixRunsLookDifferent() {
        for (std::size_t a = 0; a < 56; ++a)
            for (std::size_t b = a + 1; b < 56; ++b)
                QVERIFY(!(runLook(a) == runLook(b)));
    }

    void aGestureMovesThePictureAndTheExactOneFollows() {
        QThreadPool pool;
        CurvesPlot plot(pool);
        plot.resize(800, 400);
        plot.show();
        const auto runs = sampleRuns(4);
        const auto curves = sampleCurves(*runs, 5000);
        QSignalSpy drawn(&plot, &CurvesPlot::drawn);
        plot.setCurves(curves, shownOf(*curves), QStringLiteral("val_loss"));
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QVERIFY(!plot.view());
        const QImage all = plot.grab().toImage();
        wheel(plot, plot.area().center(), 120);
        wheel(plot, plot.area().center(), 120);
        QVERIFY(plot.view());
        QVERIFY(!plot.isExact());
        const QImage scaled = plot.grab().toImage(); // at once, from what there is
        QVERIFY(scaled != all);
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        const auto near = *plot.view();
        QVERIFY(std::abs((near.x1 - near.x0) - 4999 * 0.64) < 1);
        // The exact picture is what is drawn from nothing for this view.
        CurvesPlot other(pool);
        other.resize(plot.size());
        other.show();
        other.setCurves(curves, shownOf(*curves), QStringLiteral("val_loss"));
        QTRY_VERIFY_WITH_TIMEOUT(other.isExact(), slow);
        wheel(other, other.area().center(), 120);
        wheel(other, other.area().center(), 120);
        QTRY_VERIFY_WITH_TIMEOUT(other.isExact(), slow);
        plot.clearFocus();
        QCOMPARE(plot.grab().toImage(), other.grab().toImage());
        // A drag moves, Ctrl and an arrow too; out of everything it does not go.
        const QPoint middle = plot.area().center().toPoint();
        QTest::mousePress(&plot, Qt::LeftButton, {}, middle);
        QTest::mouseMove(&plot, middle + QPoint(-60, 0));
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, middle + QPoint(-60, 0));
        QVERIFY(plot.view()->x0 > near.x0);
        for (int i = 0; i < 200; ++i)
            QTest::keyClick(&plot, Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(plot.view()->x0 <= 4999);
        wheel(plot, plot.area().center(), 120, Qt::ShiftModifier);
        QVERIFY(plot.view()->y1 - plot.view()->y0 < near.y1 - near.y0);
        QTest::keyClick(&plot, Qt::Key_0);
        QVERIFY(!plot.view());
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        for (int i = 0; i < 300; ++i)
            QTest::keyClick(&plot, Qt::Key_Plus); // nearer than numbers can tell apart: it stops there
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QTest::mouseDClick(&plot, Qt::LeftButton, {}, middle);
        QVERIFY(!plot.view());
        QVERIFY(drawn.size() >= 3);
    }
    void valuesStandUnderTheMouseAndByKeys() {
        QThreadPool pool;
        CurvesPlot plot(pool);
        plot.resize(800, 400);
        plot.show();
        auto curves = std::make_shared<registry::RunCurves>();
        curves->metric = QStringLiteral("m");
        curves->curves = {{QStringLiteral("low"), {0, 10, 20}, {100, 110, 120}, {1, 2, 3}}, {QStringLiteral("high"), {0, 10, 20}, {100, 111, 122}, {100, 200, std::nan("")}}};
        plot.setCurves(curves, shownOf(*curves), QStringLiteral("m"));
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QSignalSpy hovered(&plot, &CurvesPlot::hoveredChanged);
        const QPoint low(int(plot.area().center().x()), int(plot.area().bottom()) - 12);
        hover(plot, low);
        QCOMPARE(plot.hovered(), QStringLiteral("low"));
        QCOMPARE(plot.crosshair(), 10.0); // on the point itself
        QCOMPARE(plot.valueAt(QStringLiteral("high"), 10), 200.0);
        QVERIFY(std::isnan(plot.valueAt(QStringLiteral("high"), 20))); // a gap has no value
        QVERIFY(std::isnan(plot.valueAt(QStringLiteral("low"), 21)));  // and there is none beyond the end
        QCOMPARE(plot.textAt(10), QStringLiteral("step 10\nlow\t2\nhigh\t200"));
        QTest::keyClick(&plot, Qt::Key_Space); // pinned: the mouse leaves and it stays
        hover(plot, QPoint(2, 2));
        QCOMPARE(plot.crosshair(), 10.0);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(plot.crosshair(), 20.0);
        QTest::keyClick(&plot, Qt::Key_Down);
        QCOMPARE(plot.hovered(), QStringLiteral("high"));
        QTest::keyClick(&plot, Qt::Key_Left);
        QCOMPARE(plot.crosshair(), 10.0);
        QTest::keyClick(&plot, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("step 10\nlow\t2\nhigh\t200"));
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(std::isnan(plot.crosshair()) && plot.hovered().isEmpty());
        QVERIFY2(plot.accessibleDescription().contains(QStringLiteral("low\t3\t1\t3\t1\t3")), qPrintable(plot.accessibleDescription()));
        QVERIFY(hovered.size() >= 3);
        // Another axis, a logarithm, and smoothing change what is there.
        plot.setOptions({CurveX::Relative, 0, false});
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QCOMPARE(plot.valueAt(QStringLiteral("high"), 11), 200.0);
        plot.setOptions({CurveX::Relative, 0.5, true});
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QVERIFY(std::abs(plot.valueAt(QStringLiteral("low"), 10) - 5.0 / 3) < 1e-12); // (0.5·1 + 0.5·2·2)/… as in tst_run_curves
    }
    void nothingToShowIsSaid() {
        QThreadPool pool;
        CurvesPlot plot(pool);
        plot.resize(400, 200);
        plot.show();
        auto curves = std::make_shared<registry::RunCurves>();
        curves->curves = {{QStringLiteral("a"), {0, 1}, {0, 1}, {std::nan(""), -1}}};
        plot.setCurves(curves, shownOf(*curves), QStringLiteral("m"));
        plot.setOptions({CurveX::Step, 0, true});
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QVERIFY(!plot.hasPoints()); // −1 is not on a logarithmic axis
        plot.setOptions({CurveX::Step, 0, false});
        QTRY_VERIFY_WITH_TIMEOUT(plot.isExact(), slow);
        QVERIFY(plot.hasPoints());
        plot.setCurves(nullptr, {}, {});
        plot.grab();
        QVERIFY(!plot.hasPoints());
    }
    void aCurveIsHiddenByTheLegend() {
        Bench b;
        b.view->setState(ready(3));
        b.view->setTab(QStringLiteral("curves"));
        auto *curves = b.find<CurvesPlot>("compareCurves");
        QTRY_VERIFY_WITH_TIMEOUT(curves->isVisible() && curves->isExact(), slow);
        QCOMPARE(b.find<Choice>("compareMetric")->currentText(), QStringLiteral("val_loss"));
        auto *legend = b.find<RunLegend>("compareLegend");
        QCOMPARE(legend->model()->index(1, 1).data().toString(), QStringLiteral("0.2200")); // the last, as there is no crosshair
        legend->choose(sampleRun(1).id);
        QCOMPARE(curves->hovered(), sampleRun(1).id);
        QTest::keyClick(legend, Qt::Key_Space);
        QVERIFY(legend->lines()->row(1).run.hidden);
        QTRY_VERIFY_WITH_TIMEOUT(curves->isExact(), slow);
        QVERIFY(!curves->asText().contains(QStringLiteral("lstm-1")));
        QTest::keyClick(legend, Qt::Key_Space);
        QVERIFY(curves->asText().contains(QStringLiteral("lstm-1")));
        // Smoothing and the logarithm by their own controls.
        b.find<QSlider>("compareSmoothing")->setValue(90);
        QCOMPARE(curves->options().smoothing, 0.9);
        QTest::mouseClick(b.find<CheckBox>("compareLogY"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(curves->options().logY);
        b.find<SegmentedControl>("compareCurveX")->setCurrent(QStringLiteral("relative"));
        QCOMPARE(curves->options().x, CurveX::Relative);
        QTRY_VERIFY_WITH_TIMEOUT(curves->isExact(), slow);
    }
    void theMetricIsAskedForWhenItIsWanted() {
        Bench b;
        CompareState state = ready(3);
        state.metric.clear();
        state.curves.reset();
        state.curvesPhase = CompareState::Nothing;
        QSignalSpy wanted(b.view.get(), &CompareView::metricWanted);
        b.view->setState(state);
        QCOMPARE(wanted.size(), 0); // nothing is read before its page is in front
        b.view->setTab(QStringLiteral("curves"));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), QStringLiteral("val_loss")); // a loss that was not learnt from
        state.metric = QStringLiteral("val_loss");
        state.curvesPhase = CompareState::Failed;
        state.curvesError = Error{ErrorKind::TimedOut, QStringLiteral("No answer."), {}, {}, {}};
        b.view->setState(state);
        QCOMPARE(b.find<PanelState>("compareCurvesState")->kind(), ScreenState::Failed);
        b.find<Choice>("compareMetric")->setCurrentIndex(b.find<Choice>("compareMetric")->findText(QStringLiteral("test_r2")));
        QCOMPARE(wanted.last().first().toString(), QStringLiteral("test_r2"));
    }

    void itIsSavedAsCsvPngAndSvg() {
        Bench b;
        b.view->setState(ready(3, 50));
        QVERIFY(b.actions.blocked(QStringLiteral("models.compareCsv")).isEmpty());
        QVERIFY(!b.actions.blocked(QStringLiteral("models.compareSvg")).isEmpty()); // a table
        b.view->setTab(QStringLiteral("curves"));
        auto *curves = b.find<CurvesPlot>("compareCurves");
        QTRY_VERIFY_WITH_TIMEOUT(curves->isVisible() && curves->isExact(), slow);
        QVERIFY(b.actions.blocked(QStringLiteral("models.compareSvg")).isEmpty());
        const QByteArray csv = curves->csv()();
        QCOMPARE(csv.count('\n'), 1 + 3 * 50);
        QVERIFY2(csv.startsWith("run,name,metric,step,time,value\n00c0ffee,lstm-0,val_loss,0,2026-11-18T08:00:00.000Z,"), csv.left(120).constData());
        const QImage png = QImage::fromData(curves->png()());
        QCOMPARE(png.size(), curves->size() * 2);
        const QByteArray bytes = curves->svg()();
        QSvgRenderer svg(bytes);
        QVERIFY(svg.isValid());
        QCOMPARE(svg.viewBox().size(), curves->size());
        QVERIFY(bytes.count("<polyline") >= 4); // three runs, one of them broken by a gap
        QVERIFY(bytes.contains("step"));
        auto *scatter = b.find<RunScatter>("compareScatter");
        b.view->setTab(QStringLiteral("scatter"));
        QTRY_VERIFY(scatter->isVisible());
        QSvgRenderer points(svgOf(*scatter)());
        QVERIFY(points.isValid());
    }

    void theLoaderReadsARegistryInTheBackground() {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(QStringLiteral("registry.db")), {registry::registryTables1()});
        QVERIFY(database);
        const std::shared_ptr<registry::Registry> local = *registry::openLocalRegistry(*database, folder.filePath(QStringLiteral("artifacts")));
        QStringList ids;
        for (int i = 0; i < 4; ++i) {
            ids << *local->createRun(QStringLiteral("e"), QStringLiteral("r%1").arg(i), QStringLiteral("u"));
            std::vector<registry::MetricPoint> points;
            for (int step = 0; step < 20; ++step)
                points.push_back({QStringLiteral("loss"), 1.0 / (1 + step + i), step, start.addSecs(step)});
            QVERIFY(local->logMetrics(ids.last(), points));
            QVERIFY(local->logParams(ids.last(), {{QStringLiteral("i"), QString::number(i)}}));
        }
        QThreadPool pool;
        CompareLoader loader(pool);
        loader.now = [] { return start; };
        QSignalSpy changed(&loader, &CompareLoader::changed);
        loader.load([local]() -> Result<std::shared_ptr<registry::Registry>> { return local; }, ids + QStringList{QStringLiteral("gone")});
        QCOMPARE(loader.state().phase, CompareState::Loading);
        QTRY_COMPARE_WITH_TIMEOUT(loader.state().phase, CompareState::Ready, slow);
        QCOMPARE(loader.state().runs->runs.size(), std::size_t(4));
        QCOMPARE(loader.state().runs->missing, QStringList{QStringLiteral("gone")});
        QCOMPARE(loader.state().read, start);
        loader.loadCurves(QStringLiteral("loss"));
        QCOMPARE(loader.state().curvesPhase, CompareState::Loading);
        QTRY_COMPARE_WITH_TIMEOUT(loader.state().curvesPhase, CompareState::Ready, slow);
        QCOMPARE(loader.state().curves->curves.size(), std::size_t(4));
        const auto kept = loader.state().curves;
        loader.loadCurves(QStringLiteral("unknown"));
        QTRY_COMPARE_WITH_TIMEOUT(loader.state().curvesPhase, CompareState::Ready, slow);
        QVERIFY(loader.state().curves->curves.empty());
        loader.loadCurves(QStringLiteral("loss")); // known: at once
        QCOMPARE(loader.state().curves, kept);
        // A newer request makes the older one old.
        loader.loadCurves(QStringLiteral("unknown2"));
        loader.loadCurves(QStringLiteral("loss"));
        QCOMPARE(loader.state().metric, QStringLiteral("loss"));
        QVERIFY(pool.waitForDone(slow));
        QCoreApplication::processEvents();
        QCOMPARE(loader.state().curves, kept);
        // Newer figures: the runs are read again, and the curves with them.
        QVERIFY(local->logMetrics(ids[0], {{QStringLiteral("loss"), 0.01, 99, start}}));
        loader.reload();
        QTRY_VERIFY_WITH_TIMEOUT(loader.state().curves && loader.state().curves != kept && loader.state().curvesPhase == CompareState::Ready, slow);
        QVERIFY2(loader.state().curves->failed.empty(), qPrintable(loader.state().curves->failed.empty() ? QString() : loader.state().curves->failed.front().second.text()));
        QCOMPARE(loader.state().curves->curves[0].values.back(), 0.01);
        // What cannot be opened is said, and what was there stays.
        loader.load([]() -> Result<std::shared_ptr<registry::Registry>> { return Error{ErrorKind::Unreachable, QStringLiteral("no server"), {}, {}, {}}; }, ids);
        QTRY_COMPARE_WITH_TIMEOUT(loader.state().phase, CompareState::Failed, slow);
        QCOMPARE(loader.state().error->kind, ErrorKind::Unreachable);
        loader.load([local]() -> Result<std::shared_ptr<registry::Registry>> { return local; }, ids);
        loader.stop();
        QTRY_VERIFY_WITH_TIMEOUT(loader.state().phase != CompareState::Loading, slow);
        QVERIFY(loader.state().phase == CompareState::Ready || loader.state().error->kind == ErrorKind::Cancelled);
        QVERIFY(changed.size() > 6);
    }

    void theModelsPanelOpensItAndEscapeGoesBack() {
        Theme theme;
        theme.apply(SchemeChoice::Dark, 100);
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        context.theme = &theme;
        context.now = [] { return start; };
        ModelsPanel panel(context);
        panel.resize(1200, 760);
        panel.show();
        fleet::Snapshot snapshot;
        fleet::ModelRow row;
        row.name = QStringLiteral("ws2m");
        snapshot.models.push_back(row);
        registry::Version version;
        version.model = row.name;
        for (const auto &[number, run] : {std::pair(3, "c"), std::pair(2, "b"), std::pair(1, "")}) {
            version.version = number;
            version.runId = QLatin1String(run);
            snapshot.versions.push_back(version);
        }
        const QString compare = QStringLiteral("models.compare");
        QVERIFY(!actions.blocked(compare, row.name).isEmpty()); // nothing is known yet
        panel.showSnapshot(snapshot);
        QCOMPARE(panel.currentArgument(compare), row.name);
        QCOMPARE(actions.blocked(compare, row.name), QString());
        QVERIFY(!actions.blocked(compare, QStringLiteral("other")).isEmpty());
        QTest::mouseClick(panel.findChild<Button *>(QStringLiteral("compareRunsButton")), Qt::LeftButton);
        auto *view = panel.findChild<CompareView *>();
        QVERIFY(view && view->isVisible());
        QCOMPARE(view->runIds(), (QStringList{QStringLiteral("c"), QStringLiteral("b")})); // newest first; the third names none
        QCOMPARE(panel.path(), (QStringList{panel.title(), row.name}));
        panel.showSnapshot(snapshot); // a newer one leaves the page where it is
        QVERIFY(view->isVisible());
        // Esc clears what is marked in a plot, and only then goes back.
        view->setState(ready(3));
        view->setTab(QStringLiteral("scatter"));
        auto *scatter = view->findChild<RunScatter *>(QStringLiteral("compareScatter"));
        scatter->setFocus();
        QTest::keyClick(scatter, Qt::Key_Right);
        QVERIFY(!scatter->hovered().isEmpty());
        QTest::keyClick(scatter, Qt::Key_Escape);
        QVERIFY(view->isVisible() && scatter->hovered().isEmpty());
        QVERIFY(QTest::qWaitForWindowActive(&panel));
        QTest::keyClick(scatter, Qt::Key_Escape);
        QVERIFY(!view->isVisible());
        panel.openAt(QStringLiteral("compare/ws2m"));
        QVERIFY(view->isVisible());
        QTest::mouseClick(view->findChild<Button *>(QStringLiteral("compareBack")), Qt::LeftButton);
        QVERIFY(!view->isVisible());
        panel.openAt(QStringLiteral("compare/ws2m")); // from a link or the palette
        QVERIFY(view->isVisible());
        panel.openAt(row.name);
        QVERIFY(!view->isVisible());
    }

    void pages_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("dark") << true << QSize(1356, 800);
        QTest::newRow("light") << false << QSize(1356, 800);
        QTest::newRow("dark, small") << true << QSize(940, 540); // the panel in a window of 1024 × 640
        QTest::newRow("light, small") << false << QSize(940, 540);
    }
    void pages() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        Bench b(size, dark ? SchemeChoice::Dark : SchemeChoice::Light);
        b.view->setState(ready(14, 1500));
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        for (const char *tab : {"params", "parallel", "scatter", "curves"}) {
            b.view->setTab(QLatin1String(tab));
            if (QLatin1String(tab) == QLatin1String("parallel"))
                b.find<RunAxesPlot>("compareParallel")->setBrush(QStringLiteral("optimizer"), RunAxesPlot::Brush{0, 0.6});
            if (QLatin1String(tab) == QLatin1String("scatter"))
                b.find<Choice>("compareColour")->setCurrentIndex(b.find<Choice>("compareColour")->findText(QStringLiteral("test_r2")));
            if (QLatin1String(tab) == QLatin1String("curves")) {
                b.find<RunAxesPlot>("compareParallel")->clearBrushes();
                b.find<QSlider>("compareSmoothing")->setValue(60);
                auto *curves = b.find<CurvesPlot>("compareCurves");
                QTRY_VERIFY_WITH_TIMEOUT(curves->isVisible() && curves->isExact(), slow);
                hover(*curves, curves->area().center().toPoint());
                QVERIFY(!std::isnan(curves->crosshair()));
            }
            QCoreApplication::processEvents();
            QCOMPARE(b.view->size(), size); // no page asks for more than there is
            const QImage image = b.view->grab().toImage();
            if (!folder.isEmpty())
                QVERIFY(QDir().mkpath(folder) && image.save(QStringLiteral("%1/compare-%2-%3-%4.png").arg(folder, QLatin1String(tab), dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width())));
            QSet<QRgb> colours;
            for (int y = 40; y < image.height(); y += 2)
                for (int x = 0; x < image.width(); x += 2)
                    colours.insert(image.pixel(x, y));
            QVERIFY2(colours.size() > 12, tab);
        }
    }
};

QTEST_MAIN(TestCompareView)
#include "tst_compare_view.moc"
