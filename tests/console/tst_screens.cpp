// SPDX-License-Identifier: GPL-3.0-or-later
// What the screens promise beyond painting: an empty workspace says what to do next, a young one shows its events, charts show shapes.
#include "app/console/main_window.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/cells.h"
#include "widgets/base/compare_model.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/drift/drift_models.h"
#include "widgets/fleet/timeline_view.h"
#include "widgets/serving/input_slider.h"

#include <QComboBox>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::console;

class TestScreens : public QObject {
    Q_OBJECT
    /// A window on a snapshot.
    struct Screen {
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        std::unique_ptr<MainWindow> window;
        explicit Screen(const fleet::Snapshot &snapshot, const QSize &size = {1440, 900}) {
            WindowOptions options;
            options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
            options.remember = options.desktop = false;
            window = std::make_unique<MainWindow>(pools, theme, options);
            ui::Ticker::of(window.get()).setNow([] { return testing::sampleNow(); });
            window->resize(size);
            window->show();
            window->showSnapshot(snapshot);
        }
        /// The words of every notice that is shown on the open screen.
        QString notices() const {
            QStringList words;
            for (const auto *state : window->findChildren<ui::PanelState *>())
                if (state->isVisible() && state->kind() == ui::ScreenState::Empty)
                    words << state->text();
            return words.join(QLatin1Char('\n'));
        }
        template<class Type> Type *find(const char *name) const { return window->findChild<Type *>(QLatin1String(name)); }
    };

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void anEmptyWorkspaceSaysWhatToDoNext_data() {
        QTest::addColumn<QString>("panel");
        QTest::addColumn<bool>("noModel");
        QTest::addColumn<QString>("says");
        QTest::newRow("overview without a model") << QStringLiteral("overview") << true << QStringLiteral("No models yet");
        QTest::newRow("models without a model") << QStringLiteral("models") << true << QStringLiteral("No models yet");
        QTest::newRow("drift without a model") << QStringLiteral("drift") << true << QStringLiteral("No models yet");
        QTest::newRow("train without a model") << QStringLiteral("train") << true << QStringLiteral("Nothing trained yet");
        QTest::newRow("what-if without a model") << QStringLiteral("what-if") << true << QStringLiteral("Nothing is served yet");
        QTest::newRow("models, nothing trained") << QStringLiteral("models") << false << QStringLiteral("No version yet");
        QTest::newRow("drift, nothing asked") << QStringLiteral("drift") << false << QStringLiteral("No decision yet");
        QTest::newRow("train, nothing trained") << QStringLiteral("train") << false << QStringLiteral("Nothing trained yet");
    }
    void anEmptyWorkspaceSaysWhatToDoNext() {
        QFETCH(QString, panel);
        QFETCH(bool, noModel);
        QFETCH(QString, says);
        fleet::Snapshot snapshot = testing::freshSnapshot();
        if (noModel)
            snapshot.models.clear();
        const Screen screen(snapshot);
        screen.window->open(panel);
        QCoreApplication::processEvents();
        QVERIFY2(screen.notices().contains(says), qPrintable(screen.notices()));
    }

    void theTimeAxisShowsAYoungWorkspaceWhole_data() {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<double>("first");
        QTest::newRow("all within the last minutes") << 20 << 0.5;
        QTest::newRow("since this morning") << 600 << 0.3;
        QTest::newRow("since last week") << 4 * 1440 << 0.2;
    }
    /// The first event stands left of the middle and not on the "now" line, whichever time passed since.
    void theTimeAxisShowsAYoungWorkspaceWhole() {
        QFETCH(int, minutes);
        QFETCH(double, first);
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        snapshot.timeline = {{QStringLiteral("train"), QStringLiteral("first"), snapshot.models.front().name, {}, snapshot.read.addSecs(-60 * minutes), snapshot.read.addSecs(-60 * minutes), fleet::Health::Ok, 0}};
        const Screen screen(snapshot);
        auto *range = screen.window->panel(QStringLiteral("overview"))->findChild<ui::TimelineView *>();
        QVERIFY(range);
        const int hours = minutes < 54 ? 1 : minutes < 22 * 60 ? 24 : 168;
        QCOMPARE(range->hours(), hours);
        QVERIFY(1 - double(minutes) / 60 / hours < 1 - first / 2);
    }

    void theTimeAxisStaysOpenInASmallWindowWithFewModels() {
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        snapshot.models.resize(2);
        const Screen few(snapshot, {1024, 640}), many(testing::sampleSnapshot(), {1024, 640});
        QCoreApplication::processEvents();
        QVERIFY(few.find<ui::TimelineView>("timeline")->isVisible());
        QVERIFY(!many.find<ui::TimelineView>("timeline")->isVisible());
    }

    void trainShowsHowTheRunsCompareBeforeTheFirstJob() {
        const fleet::Snapshot snapshot = testing::sampleSnapshot();
        const Screen screen(snapshot);
        screen.window->open(QStringLiteral("train"));
        auto *compare = screen.find<ui::Table>("compareTable");
        QVERIFY(compare && compare->model()->columnCount() >= 2);
    }

    void modelsSetTheChosenVersionBesideTheChampion() {
        const Screen screen(testing::sampleSnapshot());
        screen.window->open(QStringLiteral("models"), QStringLiteral("weather-ws2m"));
        auto *compare = screen.find<ui::Table>("versionCompare");
        QVERIFY(compare);
        QStringList heads;
        for (int i = 1; i < compare->model()->columnCount(); ++i)
            heads << compare->model()->headerData(i, Qt::Horizontal).toString();
        QCOMPARE(heads, (QStringList{QStringLiteral("v30"), QStringLiteral("v29")}));
    }

    void whatDiffersComesFirst() {
        registry::Run a, b;
        a.id = QStringLiteral("a");
        b.id = QStringLiteral("b");
        a.params = {{QStringLiteral("alpha"), QStringLiteral("1")}, {QStringLiteral("seed"), QStringLiteral("7")}};
        b.params = {{QStringLiteral("alpha"), QStringLiteral("1")}, {QStringLiteral("seed"), QStringLiteral("8")}};
        const auto rows = ui::compareRuns({&a, &b});
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows.front().name, QStringLiteral("seed"));
        QVERIFY(rows.front().differs && !rows.back().differs);
    }

    /// Bins of equal share and unequal width: heights are densities, so that the area under both outlines is one.
    void aDistributionIsDrawnAsDensity() {
        drift::ColumnDrift column;
        column.name = QStringLiteral("x");
        column.edges = {1, 2, 4, 8};
        column.referenceShares = {0.2, 0.2, 0.2, 0.2, 0.2};
        column.currentShares = {0.6, 0.1, 0.1, 0.1, 0.1};
        column.wassersteinNorm = 0.5;
        const ui::PlotData data = ui::distributionPlot(column);
        QCOMPARE(data.series.size(), std::size_t(2));
        for (const ui::PlotSeries &series : data.series) {
            double area = 0;
            for (std::size_t i = 0; i + 1 < series.points.size(); ++i)
                area += series.points[i].y() * (series.points[i + 1].x() - series.points[i].x());
            QVERIFY(qAbs(area - 1) < 1e-9);
        }
        QCOMPARE(data.series.front().points[1].y(), 2 * data.series.front().points[2].y()); // twice as wide, half as tall
        QCOMPARE(ui::shiftWords(column), QStringLiteral("0.50 σ lower"));
        std::swap(column.currentShares.front(), column.currentShares.back());
        QCOMPARE(ui::shiftWords(column), QStringLiteral("0.50 σ higher"));
        column.wassersteinNorm.reset();
        QVERIFY(ui::shiftWords(column).isEmpty());
    }

    /// Many inputs scroll: squeezed, names and shapes would be painted over each other.
    void anInputKeepsItsHeight() {
        ui::Theme theme;
        fleet::WhatIfInput input;
        input.input.name = QStringLiteral("t2m@0");
        const ui::InputSlider slider(input);
        QVERIFY(static_cast<const QWidget &>(slider).minimumSizeHint().height() >= 56);
        QCOMPARE(ui::InputSlider::stepWords(QStringLiteral("t2m@0")), QStringLiteral("newest"));
        QVERIFY(ui::InputSlider::stepWords(QStringLiteral("t2m@-3")).contains(QLatin1Char('3')));
        QVERIFY(ui::InputSlider::stepWords(QStringLiteral("MedInc")).isEmpty());
        QVERIFY(ui::InputSlider::stepWords(QStringLiteral("a@b")).isEmpty());
    }

    void theSheetShowsTheSlicesAndWhichOfThemGotWorse() {
        const Screen screen(testing::sampleSnapshot());
        screen.window->open(QStringLiteral("models"), QStringLiteral("p-1a2b3c4d"));
        auto *table = screen.find<ui::Table>("sliceTable");
        QVERIFY(table && table->isVisible());
        QCOMPARE(table->model()->rowCount(), 12);
        const auto cell = [&](int row, int column, int role = Qt::DisplayRole) { return table->model()->index(row, column).data(role); };
        int worse = 0, better = 0;
        for (int row = 0; row < 12; ++row) {
            const QVariant ink = cell(row, 4, ui::TextStateRole);
            worse += ink == QVariant(int(ui::State::Bad)) ? 1 : 0;
            better += ink == QVariant(int(ui::State::Ok)) ? 1 : 0;
            if (ink == QVariant(int(ui::State::Bad)))
                QCOMPARE(cell(row, 0).toString(), QStringLiteral("time:month = Oct"));
        }
        QCOMPARE(worse, 1);
        QCOMPARE(better, 11);
    }

    void aDecidedSheetStillSaysHowTheModelsCompare() {
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        const auto request = std::find_if(snapshot.promotions.begin(), snapshot.promotions.end(), [](const auto &one) { return one.id == QStringLiteral("p-1a2b3c4d"); });
        QVERIFY(request != snapshot.promotions.end());
        request->state = promotion::RequestState::Done;
        request->outcome = QStringLiteral("SET alias champion: done");
        const Screen screen(snapshot);
        screen.window->open(QStringLiteral("models"), request->id);
        QCOMPARE(screen.find<ui::Label>("evidenceSentence")->text(), request->evidence.sentence);
        QVERIFY(request->evidence.sentence.contains(QStringLiteral("17 520 rows")));
        QVERIFY(screen.find<ui::Button>("exportEvidence")->isEnabled()); // it is about the request that is shown
    }

    void theSheetSaysWhatEachApprovalIsWorth() {
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        const auto request = std::find_if(snapshot.promotions.begin(), snapshot.promotions.end(), [](const auto &one) { return one.id == QStringLiteral("p-1a2b3c4d"); });
        QVERIFY(request != snapshot.promotions.end());
        using Standing = promotion::Approval::Standing;
        const QDateTime given = testing::sampleNow().addSecs(-3600);
        const QString key = QStringLiteral("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        request->signing = true;
        request->approvals = {{QStringLiteral("ada"), QStringLiteral("good"), true, given, Standing::Signed, {}, testing::sampleNow().addDays(5).addSecs(60), key},
                              {QStringLiteral("ben"), QStringLiteral("fine"), true, given, Standing::Void, QStringLiteral("the alias champion moved since"), testing::sampleNow().addDays(5), key},
                              {QStringLiteral("cleo"), QStringLiteral("yes"), true, given, Standing::Unsigned, {}, testing::sampleNow().addSecs(5 * 3600 + 60), {}}};
        const Screen screen(snapshot);
        screen.window->open(QStringLiteral("models"), request->id);
        const auto line = [&](const char *name) {
            const auto *label = screen.find<ui::Label>(name);
            return label ? label->text() : QString();
        };
        QVERIFY2(line("approval/ada").endsWith(QStringLiteral(" — signed, valid, expires in 5 days")), qPrintable(line("approval/ada")));
        QVERIFY2(line("approval/ben").endsWith(QStringLiteral(" — void: the alias champion moved since")), qPrintable(line("approval/ben")));
        QVERIFY2(line("approval/cleo").endsWith(QStringLiteral(" — not signed, expires in 5 h")), qPrintable(line("approval/cleo")));
        QCOMPARE(screen.find<ui::Label>("approval/ada")->toolTip(), key);
        QVERIFY(line("approvalRule").contains(QStringLiteral("Only those signed")));
        request->signing = false;
        screen.window->showSnapshot(snapshot);
        QTRY_VERIFY(line("approvalRule").contains(QStringLiteral("Not signed: the workspace names no approvers")));
    }

    void theLogGivesItsRoomToTheChartsOfALowWindow_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("folded");
        QTest::newRow("as usual") << QSize(1440, 900) << false;
        QTest::newRow("the smallest") << QSize(1024, 640) << true;
    }
    void theLogGivesItsRoomToTheChartsOfALowWindow() {
        QFETCH(QSize, size);
        QFETCH(bool, folded);
        const Screen screen(testing::sampleSnapshot(), size);
        screen.window->open(QStringLiteral("train"));
        const ui::Card *log = nullptr;
        for (const ui::Card *card : screen.window->findChildren<ui::Card *>())
            if (card->isVisible() && card->title() == QStringLiteral("Log"))
                log = card;
        QVERIFY(log);
        QTRY_COMPARE(log->height() < 40, folded);
    }

    void everyComparedRunCanBeReached() {
        const Screen screen(testing::sampleSnapshot(), {1024, 640});
        screen.window->open(QStringLiteral("train"));
        auto *compare = screen.find<ui::Table>("compareTable");
        QVERIFY(compare);
        std::vector<registry::Run> runs(6);
        std::vector<const registry::Run *> chosen;
        for (registry::Run &run : runs) {
            run.name = QStringLiteral("run-%1").arg(chosen.size());
            chosen.push_back(&run);
        }
        static_cast<ui::CompareModel *>(compare->model())->setRuns(chosen);
        QVERIFY(compare->horizontalHeader()->length() > compare->viewport()->width());
        QTRY_VERIFY(compare->horizontalScrollBar()->isVisible() && compare->horizontalScrollBar()->maximum() > 0);
    }

    void noticesLeaveTheButtonsOfTheSheetFree_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("the smallest") << QSize(1024, 640);
        QTest::newRow("as usual") << QSize(1440, 900);
    }
    void noticesLeaveTheButtonsOfTheSheetFree() {
        QFETCH(QSize, size);
        const Screen screen(testing::sampleSnapshot(), size);
        screen.window->toasts().showError({ErrorKind::Conflict, QStringLiteral("The alias moved."), QStringLiteral("champion on t2m"), QStringLiteral("Nothing was sent. Open the sheet again."), {}});
        screen.window->open(QStringLiteral("models"), QStringLiteral("p-1a2b3c4d")); // after the notice
        for (const char *name : {"approveButton", "rejectButton"}) {
            auto *button = screen.find<ui::Button>(name);
            QVERIFY2(button && button->isVisible(), name);
            QTRY_COMPARE(screen.window->childAt(button->mapTo(screen.window.get(), button->rect().center())), static_cast<QWidget *>(button));
            QTRY_VERIFY(!screen.window->toasts().geometry().intersects(QRect(button->mapTo(screen.window.get(), QPoint()), button->size())));
        }
    }

    void theSheetOpensWithTheKeyboardInItsComment() {
        const Screen screen(testing::sampleSnapshot());
        screen.window->open(QStringLiteral("models"), QStringLiteral("p-1a2b3c4d"));
        auto *comment = screen.find<QPlainTextEdit>("promotionComment");
        QVERIFY(comment && comment->isVisible());
        QCOMPARE(screen.window->focusWidget(), static_cast<QWidget *>(comment));
        screen.window->activateWindow(); // shortcuts belong to the active window
        QVERIFY(QTest::qWaitForWindowActive(screen.window.get()));
        QTest::keyClick(comment, Qt::Key_Escape);
        QVERIFY(!comment->isVisible()); // back to the versions
    }
};

QTEST_MAIN(TestScreens)
#include "tst_screens.moc"
