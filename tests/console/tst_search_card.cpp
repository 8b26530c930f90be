// SPDX-License-Identifier: GPL-3.0-or-later
// The Train panel's view of a search: what a package keeps of it, the order of trials, the axes, and the card by mouse and keyboard.
#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/learn/parallel_plot.h"
#include "widgets/learn/run_model.h"
#include "widgets/learn/search_card.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {

const char *const packageMetrics = R"({"search":{"method":"halving","metric":"mae","larger_is_better":false,"how":"3 folds","drawn":6,"best":3,
 "trials":[{"trial":0,"estimator":"ridge","parameters":{"alpha":1},"searched":[],"round":0,"share":0.25,"mean":3.5,"std":0.1,"first":3.5,"seconds":0.2,"error":""},
  {"trial":1,"estimator":"forest","parameters":{"depth":3,"rate":0.001,"n":50,"way":"exact"},"searched":["depth","rate","way"],"round":0,"share":0.25,"mean":2.5,"std":0.1,"first":2.5,"seconds":1,"error":""},
  {"trial":2,"estimator":"forest","parameters":{"depth":9,"rate":0.5,"n":50,"way":"hist"},"searched":["depth","rate","way"],"round":0,"share":0.25,"mean":null,"std":null,"first":null,"seconds":1,"error":"no luck"},
  {"trial":3,"estimator":"forest","parameters":{"depth":5,"rate":0.1,"n":50,"way":"hist"},"searched":["depth","rate","way"],"round":1,"share":1,"mean":2.75,"std":0.2,"first":2.2,"seconds":4,"error":""}],
 "importance":[{"estimator":"forest","parameter":"rate","share":0.7},{"estimator":"forest","parameter":"depth","share":0.3}]}})";

fleet::SearchTable sample() { return *fleet::searchTable(QJsonDocument::fromJson(packageMetrics).object()); }

} // namespace

class TestSearchCard : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale::c());
        m_theme.apply(SchemeChoice::Dark, 100);
    }
    void aPackageWithoutASearchHasNoTable() { QVERIFY(!fleet::searchTable({{QStringLiteral("test"), QJsonObject()}})); }
    void trialsStandBestFirst() {
        const auto lines = trialLines(sample());
        QStringList order;
        for (const TrialLine &line : lines)
            order << QStringLiteral("%1:%2%3").arg(line.trial.number).arg(line.rank).arg(line.best ? QStringLiteral("*") : QString());
        // All rows before a quarter of them, though its figure is worse; the failed one last.
        QCOMPARE(order.join(QLatin1Char(' ')), QStringLiteral("3:1* 1:2 0:3 2:0"));
        QCOMPARE(sample().estimators(), QStringList{QStringLiteral("forest")});
    }
    void cellsSayTheParameters() {
        TrialModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(trialLines(sample()));
        QCOMPARE(model.index(0, TrialModel::Parameters).data().toString(), QStringLiteral("forest · depth 5 · rate 0.100 · way hist"));
        QCOMPARE(model.index(0, TrialModel::Parameters).data(ChipRole).toStringList(), QStringList{QStringLiteral("best")});
        QCOMPARE(model.index(0, TrialModel::Figure).data().toString(), QStringLiteral("2.750"));
        QCOMPARE(model.index(3, TrialModel::Parameters).data().toString(), QStringLiteral("forest · depth 9 · rate 0.500 · way hist · no luck"));
        QCOMPARE(model.index(3, TrialModel::Figure).data().toString(), QStringLiteral("none"));
        QCOMPARE(State(model.index(3, TrialModel::Parameters).data(StateRole).toInt()), State::Bad);
    }
    void axesFollowTheValues() {
        const auto axes = parallelAxes(trialLines(sample()), QStringLiteral("forest"));
        QCOMPARE(axes.size(), std::size_t(3));
        QCOMPARE(axes[0].name, QStringLiteral("depth"));
        QVERIFY(!axes[0].log && axes[1].log); // 0.001 … 0.5
        QCOMPARE(axes[0].place(6), 0.5);
        QVERIFY(std::abs(axes[1].place(std::sqrt(0.001 * 0.5)) - 0.5) < 1e-12);
        QCOMPARE(axes[2].choices, (QStringList{QStringLiteral("exact"), QStringLiteral("hist")}));
        QCOMPARE(axes[2].place(QStringLiteral("hist")), 1.0);
        QVERIFY(std::isnan(axes[2].place(QStringLiteral("approx"))));
        QVERIFY(std::isnan(axes[0].place({})));
    }
    void theFigureHasTheTargetsUnit_data() {
        QTest::addColumn<QString>("watched");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("unit");
        QTest::newRow("of the metric itself") << "mae" << "mae" << "k$";
        QTest::newRow("of another error in the target") << "rmse" << "mae" << "k$";
        QTest::newRow("a quantile's loss is one") << "mae" << "pinball_0.9" << "k$";
        QTest::newRow("a score has none") << "mae" << "r2" << "";
        QTest::newRow("a score's says nothing of an error") << "r2" << "mae" << "";
        QTest::newRow("of the same target") << "rmse@t2m" << "mae@t2m" << "k$";
        QTest::newRow("another target") << "mae@t2m" << "mae@rh2m" << "";
        QTest::newRow("of several targets together") << "mae@t2m" << "mae" << "";
    }
    void theFigureHasTheTargetsUnit() {
        QFETCH(QString, watched);
        QFETCH(QString, metric);
        QFETCH(QString, unit);
        workspace::Model::Watch watch;
        watch.metric = watched;
        watch.unit = QStringLiteral("k$");
        QCOMPARE(metricUnit({watch}, metric), unit);
        QCOMPARE(metricUnit({}, metric), QString());
    }
    void theCardNamesTheUnit() {
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        SearchCard card(context);
        workspace::Model::Watch watch;
        watch.metric = QStringLiteral("mae");
        watch.unit = QStringLiteral("k$");
        card.showTable({}, sample(), {watch});
        QCOMPARE(card.findChild<Table *>(QStringLiteral("trialTable"))->model()->headerData(TrialModel::Figure, Qt::Horizontal).toString(), QStringLiteral("MAE, k$"));
        const auto *plot = card.findChild<ParallelPlot *>(QStringLiteral("parallelPlot"));
        QVERIFY2(plot->asText().section(QLatin1Char('\n'), 0, 0).contains(QStringLiteral("in its last round, k$")), qPrintable(plot->asText()));
        QVERIFY2(plot->accessibleDescription().contains(QStringLiteral("2.750 k$")), qPrintable(plot->accessibleDescription()));
    }
    void theCardShowsWhatWasTried() {
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        SearchCard card(context);
        QVERIFY(!actions.blocked(QStringLiteral("train.searchCsv")).isEmpty()); // there is no search
        QSignalSpy told(&card, &SearchCard::shown);
        QVERIFY(card.isHidden());
        card.showTable({}, sample());
        QVERIFY(!card.isHidden());
        QCOMPARE(told.last().first().toBool(), true);
        card.resize(640, 260);
        card.show();
        auto *plot = card.findChild<ParallelPlot *>(QStringLiteral("parallelPlot"));
        auto *views = card.findChild<SegmentedControl *>(QStringLiteral("searchViews"));
        QVERIFY(plot->isVisible());
        QVERIFY(!card.findChild<Choice *>(QStringLiteral("searchEstimator"))->isVisible()); // one estimator only
        QCOMPARE(plot->current(), -1);
        QTest::keyClick(plot, Qt::Key_Right);
        QCOMPARE(plot->current(), 3);
        QTest::keyClick(plot, Qt::Key_Right);
        QCOMPARE(plot->current(), 1);
        QTest::keyClick(plot, Qt::Key_Right); // no further: the failed one has no line
        QCOMPARE(plot->current(), 1);
        QTest::keyClick(plot, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text().split(QLatin1Char('\n')).value(1), QStringLiteral("3\t5\t0.1\thist\t2.75"));
        QTest::keyClick(plot, Qt::Key_Escape);
        QCOMPARE(plot->current(), -1);
        views->setCurrent(QStringLiteral("trials"));
        auto *table = card.findChild<Table *>(QStringLiteral("trialTable"));
        QTRY_VERIFY(table->isVisible());
        QCOMPARE(table->model()->headerData(TrialModel::Figure, Qt::Horizontal).toString(), QStringLiteral("MAE"));
        const auto order = [&] {
            QStringList trials;
            for (int row = 0; row < table->model()->rowCount(); ++row)
                trials << table->model()->index(row, TrialModel::Trial).data().toString();
            return trials.join(QLatin1Char(' '));
        };
        QCOMPARE(order(), QStringLiteral("3 1 0 2")); // best first
        table->sortByColumn(TrialModel::Trial, Qt::AscendingOrder);
        QCOMPARE(order(), QStringLiteral("0 1 2 3"));
        table->choose(QStringLiteral("1")); // and it is chosen in the plot
        QCOMPARE(plot->current(), 1);
        auto *save = card.findChild<ExportButton *>(QStringLiteral("saveSearch"));
        QVERIFY(save->isEnabled() && save->isVisible() && !save->accessibleName().isEmpty());
        for (const QString &view : {QStringLiteral("parallel"), QStringLiteral("importance"), QStringLiteral("trials")}) {
            views->setCurrent(view);
            QVERIFY(actions.blocked(QStringLiteral("train.searchCsv")).isEmpty() && actions.blocked(QStringLiteral("train.searchPng")).isEmpty());
        }
        card.showTable({}, std::nullopt);
        QVERIFY(card.isHidden());
        QVERIFY(!actions.blocked(QStringLiteral("train.searchPng")).isEmpty());
    }
    void fewTrialsHaveNoBarsToSave() {
        ActionCatalogue actions;
        PanelContext context;
        context.actions = &actions;
        SearchCard card(context);
        fleet::SearchTable few = sample();
        few.importance.clear();
        card.showTable({}, few);
        card.findChild<SegmentedControl *>(QStringLiteral("searchViews"))->setCurrent(QStringLiteral("importance"));
        QVERIFY(!actions.blocked(QStringLiteral("train.searchPng")).isEmpty());
        card.findChild<SegmentedControl *>(QStringLiteral("searchViews"))->setCurrent(QStringLiteral("parallel"));
        QVERIFY(actions.blocked(QStringLiteral("train.searchPng")).isEmpty());
    }
    void theFiguresGoOutAsTheyAre() {
        QCOMPARE(trialsCsv(trialLines(sample())), QByteArray("trial,round,estimator,depth,rate,way,share,mean,std,first,seconds,error\n"
                                                             "3,1,forest,5,0.1,hist,1,2.75,0.2,2.2,4,\n"
                                                             "1,0,forest,3,0.001,exact,0.25,2.5,0.1,2.5,1,\n"
                                                             "0,0,ridge,,,,0.25,3.5,0.1,3.5,0.2,\n"
                                                             "2,0,forest,9,0.5,hist,0.25,,,,1,no luck\n"));
        QCOMPARE(importanceCsv(sample().importance), QByteArray("estimator,parameter,share\nforest,rate,0.7\nforest,depth,0.3\n"));
    }
    /// As it is laid out, at twice the size, on the ground of a card.
    void thePictureIsThePlot() {
        ParallelPlot plot;
        plot.resize(320, 180);
        plot.setTrials(trialLines(sample()), QStringLiteral("forest"), QStringLiteral("MAE"), {});
        const QImage picture = QImage::fromData(pngOf(plot)());
        QCOMPARE(picture.size(), QSize(640, 360));
        QCOMPARE(picture.pixelColor(1, 180).rgb(), m_theme.tokens().bg1.rgb());
        int drawn = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                drawn += picture.pixelColor(x, y).rgb() == m_theme.tokens().s2.rgb(); // the best trial's line
        QVERIFY2(drawn > 50, qPrintable(QString::number(drawn)));
    }
    void theLineUnderTheMouseIsChosen() {
        ParallelPlot plot;
        plot.resize(600, 240);
        plot.setTrials(trialLines(sample()), QStringLiteral("forest"), QStringLiteral("MAE"), {});
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QSignalSpy chosen(&plot, &ParallelPlot::chosen);
        // The figure's axis: trial 3 has the largest mean (above), trial 1 the smallest (below).
        const auto at = [&](int y) { QTest::mouseMove(&plot, QPoint(plot.width() - m_theme.px(31), y)); };
        at(m_theme.px(37));
        QTRY_COMPARE(plot.current(), 3);
        at(plot.height() - m_theme.px(43));
        QTRY_COMPARE(plot.current(), 1);
        QCOMPARE(chosen.size(), 2);
    }

private:
    Theme m_theme;
};

QTEST_MAIN(TestSearchCard)
#include "tst_search_card.moc"
