// SPDX-License-Identifier: GPL-3.0-or-later
// The table of runs: what its model tells while runs come and go, the filter with its offers, marks, columns, views, the states of the page, and
// the way to it in the window. PILOTHOUSE_PICTURES_TO=DIR keeps pictures of the page there.
#include "app/console/stored_state.h"
#include "tests/support/sample_window.h"
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"
#include "widgets/base/field.h"
#include "widgets/registry/models_panel.h"
#include "widgets/registry/register_sheet.h"
#include "widgets/registry/run_column_chooser.h"
#include "widgets/registry/run_filter_edit.h"
#include "widgets/registry/run_table.h"
#include "widgets/registry/runs_page.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QCompleter>
#include <QHeaderView>
#include <QListView>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>
#include <tuple>

using namespace pilothouse;
using namespace pilothouse::ui;
using registry::Run;
using registry::RunStatus;
using testing::sampleNow;

namespace {

std::vector<Run> runsOf(int n) {
    std::vector<Run> runs;
    for (int i = 0; i < n; ++i) {
        Run run;
        run.id = QStringLiteral("%1").arg(i, 32, 16, QLatin1Char('0'));
        run.name = QStringLiteral("sweep-%1").arg(n - i);
        run.experiment = i % 3 ? QStringLiteral("wind") : QStringLiteral("t2m");
        run.user = i % 2 ? QStringLiteral("ada") : QStringLiteral("grace");
        run.started = sampleNow().addSecs(-1800 - 3600 * qint64(i));
        run.status = i == 0 ? RunStatus::Running : i == 7 ? RunStatus::Failed : i == 9 ? RunStatus::Killed : RunStatus::Finished;
        if (i == 95 || (n < 90 && i == n - 1)) {
            run.status = RunStatus::Running; // nobody has heard of it since
            run.started = sampleNow().addDays(-4);
        }
        if (run.status != RunStatus::Running)
            run.ended = run.started.addSecs(100 + i);
        run.params = {{QStringLiteral("model"), i % 4 ? QStringLiteral("xgb") : QStringLiteral("mlp")}, {QStringLiteral("depth"), QString::number(i % 11)}, {QStringLiteral("lr"), QString::number(std::pow(10, -1 - i % 5))}};
        run.metrics = {{QStringLiteral("rmse"), 1 + std::sin(i)}, {QStringLiteral("test.mae"), 0.1 * i}};
        if (i == 5)
            run.metrics[QStringLiteral("rmse")] = std::numeric_limits<double>::quiet_NaN();
        run.tags = {{QStringLiteral("mlflow.source.name"), QStringLiteral("train.py")}};
        if (run.status == RunStatus::Failed)
            run.error = QStringLiteral("CUDA out of memory");
        runs.push_back(run);
    }
    return runs;
}

RunTableModel::Runs shared(std::vector<Run> runs) { return std::make_shared<const std::vector<Run>>(std::move(runs)); }

fleet::RunsState stateOf(RunTableModel::Runs runs) {
    fleet::RunsState state;
    state.connection = state.source = QStringLiteral("lab");
    state.local = false;
    state.vocabulary = std::make_shared<const registry::RunVocabulary>(registry::vocabularyOf(*runs));
    state.runs = std::move(runs);
    state.read = sampleNow().addSecs(-4);
    state.loading = false;
    state.known = true;
    return state;
}

/// The signals of a model as words: "-3..4", "+0..1", "order", "reset", "~2".
struct Told {
    QStringList words;
    explicit Told(RunTableModel &m) {
        QObject::connect(&m, &QAbstractItemModel::rowsRemoved, &m, [this](const QModelIndex &, int a, int b) { words << QStringLiteral("-%1..%2").arg(a).arg(b); });
        QObject::connect(&m, &QAbstractItemModel::rowsInserted, &m, [this](const QModelIndex &, int a, int b) { words << QStringLiteral("+%1..%2").arg(a).arg(b); });
        QObject::connect(&m, &QAbstractItemModel::layoutChanged, &m, [this] { words << QStringLiteral("order"); });
        QObject::connect(&m, &QAbstractItemModel::modelReset, &m, [this] { words << QStringLiteral("reset"); });
        QObject::connect(&m, &QAbstractItemModel::dataChanged, &m, [this](const QModelIndex &a) { words << QStringLiteral("~%1").arg(a.row()); });
    }
    QString take() { return std::exchange(words, {}).join(QLatin1Char(' ')); }
};

QString cellOf(const RunTableModel &model, int row, const char *column) {
    for (std::size_t c = 0; c < model.runColumns().size(); ++c)
        if (model.runColumns()[c].name() == QLatin1String(column))
            return model.index(row, int(c) + 1).data().toString();
    return QStringLiteral("no such column");
}

registry::RunColumn column(const char *name) { return registry::runColumn(QLatin1String(name)).value(); }

} // namespace

class TestRuns : public QObject {
    Q_OBJECT

    /// A page by itself, in a window of its own, with preferences that a test can look at.
    struct Page {
        Theme theme;
        ActionCatalogue actions;
        Preferences preferences;
        QWidget window;
        ToastArea toasts{&window};
        RunsPage page;
        static PanelContext contextOf(Page &p) {
            PanelContext context;
            context.actions = &p.actions;
            context.theme = &p.theme;
            context.toasts = &p.toasts;
            context.now = [] { return sampleNow(); };
            context.preferences = [&p] { return p.preferences; };
            context.setPreferences = [&p](const Preferences &changed) { p.preferences = changed; };
            return context;
        }
        explicit Page(const QSize &size = {1000, 600}, SchemeChoice scheme = SchemeChoice::Dark) : page(contextOf(*this), &window) {
            theme.apply(scheme);
            Ticker::of(&window).setNow([] { return sampleNow(); });
            window.resize(size);
            page.setGeometry(window.rect());
            window.show();
        }
        RunTable &table() { return *page.findChild<RunTable *>(); }
        RunFilterEdit &filter() { return *page.findChild<RunFilterEdit *>(); }
        RunTableModel &model() { return *page.findChild<RunTableModel *>(); }
        void write(const QString &text) {
            filter().setText(text);
            filter().judge();
        }
        QString words() const {
            QStringList words;
            for (const auto *state : page.findChildren<PanelState *>())
                if (state->isVisible())
                    words << state->text();
            return words.join(QLatin1Char(' '));
        }
    };

    static void keepPicture(QWidget &widget, const QString &name) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        QApplication::processEvents(); // laid out
        if (!folder.isEmpty())
            QVERIFY(widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png")));
    }

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void rowsChangeInTheSmallestSteps() {
        RunTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setColumns({column("run_name"), column("status"), column("metrics.rmse")});
        auto runs = runsOf(20);
        model.setRuns(shared(runs), sampleNow());
        QCOMPARE(model.rowCount(), 20);
        Told told(model);
        model.setRuns(shared(runs), sampleNow()); // the same values in another list
        QCOMPARE(told.take(), QString());
        runs[3].status = RunStatus::Failed;
        model.setRuns(shared(runs), sampleNow());
        QCOMPARE(told.take(), QStringLiteral("~3"));
        runs[4].metrics[QStringLiteral("rmse")] = std::numeric_limits<double>::quiet_NaN();
        model.setRuns(shared(runs), sampleNow());
        QCOMPARE(told.take(), QStringLiteral("~4"));
        model.setRuns(shared(runs), sampleNow()); // NaN is NaN
        runs.erase(runs.begin() + 10, runs.begin() + 12);
        runs.insert(runs.begin(), runsOf(21)[20]);
        runs.front().id = QStringLiteral("new");
        model.setRuns(shared(runs), sampleNow());
        QCOMPARE(told.take(), QStringLiteral("-10..11 +0..0"));
        model.setOrder({column("run_name"), false});
        QCOMPARE(told.take(), QStringLiteral("order"));
        model.setOrder({});
        QCOMPARE(told.take(), QStringLiteral("order"));
    }

    void whatIsChosenFollowsItsRun() {
        RunTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setColumns({column("run_name"), column("metrics.rmse")});
        auto runs = runsOf(300);
        model.setRuns(shared(runs), sampleNow());
        const QPersistentModelIndex chosen = model.index(7, 1);
        const QString id = chosen.data(IdRole).toString();
        model.setOrder({column("metrics.rmse"), true});
        QCOMPARE(chosen.data(IdRole).toString(), id);
        runs.erase(runs.begin(), runs.begin() + 3);
        for (Run &run : runs)
            run.metrics[QStringLiteral("rmse")] *= -1;
        model.setRuns(shared(runs), sampleNow());
        QVERIFY(chosen.isValid());
        QCOMPARE(chosen.data(IdRole).toString(), id);
        model.setFilter(registry::RunFilter::parse(QStringLiteral("metrics.rmse > -1 OR run_id = '%1'").arg(id)).value());
        QVERIFY(model.rowCount() > 50 && model.rowCount() < 297);
    }

    void cellsSayWhatIsKnown() {
        RunTableModel model;
        model.setColumns({column("run_name"), column("status"), column("start_time"), column("duration"), column("params.lr"), column("metrics.rmse"), column("metrics.rmse:min")});
        model.setFigures([](const QString &id, const registry::RunColumn &) { return id.endsWith(QLatin1Char('1')) ? std::optional(0.125) : std::nullopt; });
        model.setRuns(shared(runsOf(20)), sampleNow());
        QCOMPARE(cellOf(model, 0, "status"), QStringLiteral("Running"));
        QCOMPARE(cellOf(model, 0, "duration"), QStringLiteral("30 min"));
        QCOMPARE(cellOf(model, 1, "status"), QStringLiteral("Finished"));
        QCOMPARE(cellOf(model, 1, "metrics.rmse"), QStringLiteral("1.8415"));
        QCOMPARE(cellOf(model, 1, "metrics.rmse:min"), QStringLiteral("0.125"));
        QCOMPARE(cellOf(model, 2, "metrics.rmse:min"), QStringLiteral("…"));
        QCOMPARE(model.index(2, 7).data(Qt::ToolTipRole).toString(), QStringLiteral("Its history has not been read yet."));
        QCOMPARE(cellOf(model, 5, "metrics.rmse"), QStringLiteral("NaN"));
        QCOMPARE(cellOf(model, 19, "status"), QStringLiteral("Running? no sign for 4 d"));
        QCOMPARE(State(model.index(19, 2).data(StateRole).toInt()), State::Unknown);
        const QString how = model.index(19, 2).data(Qt::ToolTipRole).toString();
        QVERIFY2(how.contains(QStringLiteral("RUNNING in the registry")) && how.contains(QStringLiteral("more than a day old")), qPrintable(how));
        QVERIFY(model.index(7, 2).data(Qt::ToolTipRole).toString().contains(QStringLiteral("CUDA out of memory")));
        QCOMPARE(model.counts().silent, 1);
        QCOMPARE(model.counts().running, 1);
        model.setPart(RunTableModel::Silent);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.headerData(6, Qt::Horizontal, Qt::TextAlignmentRole).toInt(), int(Qt::AlignRight | Qt::AlignVCenter));
        QCOMPARE(model.headerData(5, Qt::Horizontal, Qt::TextAlignmentRole).toInt(), int(Qt::AlignRight | Qt::AlignVCenter)); // a parameter of numbers
        QCOMPARE(model.headerData(7, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("rmse, least"));
    }

    void fiftyAreMarkedAtMost() {
        RunTableModel model;
        auto runs = runsOf(60);
        model.setRuns(shared(runs), sampleNow());
        for (int i = 0; i < 50; ++i)
            QVERIFY(model.setMarked(runs[std::size_t(i)].id, true));
        QVERIFY(!model.setMarked(runs[50].id, true));
        QVERIFY(model.setMarked(runs[3].id, false));
        QVERIFY(model.setMarked(runs[50].id, true));
        QCOMPARE(model.marked().last(), runs[50].id);
        const QString first = runs.front().id;
        runs.erase(runs.begin());
        model.setRuns(shared(runs), sampleNow());
        QVERIFY(!model.marked().contains(first));
        QCOMPARE(model.marked().size(), 49);
    }

    void thePageIsAFunctionOfItsState() {
        Page p;
        fleet::RunsState state;
        state.connection = QStringLiteral("lab");
        state.local = false;
        state.runs = shared({});
        state.vocabulary = std::make_shared<const registry::RunVocabulary>();
        const auto *card = p.page.findChild<Card *>(QStringLiteral("runsCard"));
        p.page.showState(state);
        QCOMPARE(card->state()->kind(), ScreenState::Loading);
        state.loading = false;
        state.known = true;
        p.page.showState(state);
        QCOMPARE(card->state()->kind(), ScreenState::Empty);
        QVERIFY2(p.words().contains(QStringLiteral("No runs yet")), qPrintable(p.words()));
        state.problem = Error{ErrorKind::Unreachable, QStringLiteral("The lab does not answer."), QStringLiteral("lab:5000"), QStringLiteral("Start it."), {}};
        p.page.showState(state);
        QCOMPARE(card->state()->kind(), ScreenState::Failed);
        QVERIFY2(p.words().contains(QStringLiteral("Start it.")), qPrintable(p.words()));
        fleet::RunsState full = stateOf(shared(runsOf(30)));
        full.problem = state.problem;
        p.page.showState(full);
        QCOMPARE(card->state()->kind(), ScreenState::Stale);
        QVERIFY2(p.words().contains(QStringLiteral("The lab does not answer.")), qPrintable(p.words()));
        keepPicture(p.window, QStringLiteral("runs-stale"));
        full.problem.reset();
        p.page.showState(full);
        QCOMPARE(card->state()->kind(), ScreenState::Full);
        p.write(QStringLiteral("metrics.rmse > 100"));
        QCOMPARE(card->state()->kind(), ScreenState::Empty);
        QVERIFY2(p.words().contains(QStringLiteral("No run passes")), qPrintable(p.words()));
        const auto buttons = card->state()->findChildren<Button *>();
        const auto clear = std::find_if(buttons.begin(), buttons.end(), [](const Button *button) { return button->isVisible(); });
        QVERIFY(clear != buttons.end());
        QTest::mouseClick(*clear, Qt::LeftButton);
        QCOMPARE(card->state()->kind(), ScreenState::Full);
        QCOMPARE(p.table().model()->rowCount(), 30);
    }

    void theFilterSaysWhatIsWrong() {
        Page p;
        p.page.showState(stateOf(shared(runsOf(100))));
        p.write(QStringLiteral("params.model = 'mlp' AND metrics.rmse < 1"));
        const int passing = p.model().rowCount();
        QVERIFY(passing > 5 && passing < 25);
        QSignalSpy problem(&p.filter(), &RunFilterEdit::problemChanged);
        p.write(QStringLiteral("params.model = 'mlp' AND metrics.rmse <"));
        QCOMPARE(problem.size(), 1);
        auto *note = p.page.findChild<Label *>(QStringLiteral("runsNote"));
        QVERIFY(note->isVisible());
        QVERIFY2(note->text().startsWith(QStringLiteral("column 39: After “<” a value is missing.")), qPrintable(note->text()));
        QCOMPARE(p.model().rowCount(), passing); // what was asked for last stays
        QVERIFY(p.filter().property("wrong").toBool());
        keepPicture(p.window, QStringLiteral("runs-wrong"));
        p.write(QString());
        QVERIFY(!note->isVisible() && !p.filter().property("wrong").toBool());
        QCOMPARE(p.model().rowCount(), 100);
    }

    void offersAreTakenByKey() {
        Page p;
        p.page.showState(stateOf(shared(runsOf(30))));
        p.filter().setFocus();
        QTest::keyClicks(&p.filter(), QStringLiteral("met"));
        QAbstractItemView *offers = p.filter().findChild<QCompleter *>()->popup();
        QTRY_VERIFY(offers->isVisible());
        QCOMPARE(offers->model()->index(0, 0).data().toString(), QStringLiteral("metrics.rmse"));
        keepPicture(*offers, QStringLiteral("runs-offers"));
        QTest::keyClick(offers, Qt::Key_Down);
        QTest::keyClick(offers, Qt::Key_Down);
        QTest::keyClick(offers, Qt::Key_Return);
        QTRY_COMPARE(p.filter().text(), QStringLiteral("metrics.test.mae "));
        QTRY_VERIFY(offers->isVisible()); // the operators now
        QCOMPARE(offers->model()->index(0, 0).data().toString(), QStringLiteral("<"));
        QTest::keyClick(offers, Qt::Key_Tab);
        QTRY_COMPARE(p.filter().text(), QStringLiteral("metrics.test.mae < "));
        QTest::keyClicks(&p.filter(), QStringLiteral("1"));
        QTRY_COMPARE(p.model().rowCount(), 10); // by itself, a moment after the last key
    }

    void keysMarkAndCompare() {
        Page p;
        const auto runs = runsOf(30);
        p.page.showState(stateOf(shared(runs)));
        QSignalSpy compare(&p.page, &RunsPage::compareRequested);
        p.table().setFocus();
        QVERIFY(!p.actions.blocked(QStringLiteral("registry.runsCompare")).isEmpty());
        QTest::keyClick(&p.table(), Qt::Key_Space);
        QTest::keyClick(&p.table(), Qt::Key_Down);
        QTest::keyClick(&p.table(), Qt::Key_J);
        QTest::keyClick(&p.table(), Qt::Key_X);
        QTest::mouseClick(p.table().viewport(), Qt::LeftButton, {}, p.table().visualRect(p.model().index(4, RunTableModel::MarkColumn)).center());
        QCOMPARE(p.model().marked(), (QStringList{runs[0].id, runs[2].id, runs[4].id}));
        p.actions.trigger(QStringLiteral("registry.runsCompare"));
        QCOMPARE(compare.size(), 1);
        QCOMPARE(compare.front().front().toStringList(), p.model().marked());
        QTest::keyClick(&p.table(), Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 3);
        QVERIFY2(lines[1].startsWith(QStringLiteral("sweep-28\tFinished\t")), qPrintable(lines[1]));
        p.actions.trigger(QStringLiteral("registry.runsUnmark"));
        QTest::keyClick(&p.table(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(QApplication::clipboard()->text().startsWith(QStringLiteral("sweep-26\t")), qPrintable(QApplication::clipboard()->text()));
    }

    void enterShowsTheRunAtTheSide() {
        Page p;
        p.page.showState(stateOf(shared(runsOf(30))));
        QVERIFY(!p.page.closeSide());
        p.table().choose(runsOf(30)[7].id);
        QTest::keyClick(&p.table(), Qt::Key_Return);
        auto *side = p.page.findChild<Card *>(QStringLiteral("runSide"));
        QVERIFY(side->isVisible());
        QCOMPARE(side->title(), QStringLiteral("sweep-23"));
        QVERIFY(side->findChild<KeyValues *>()->text().contains(QStringLiteral("CUDA out of memory")));
        QTest::keyClick(&p.table(), Qt::Key_Down);
        QCOMPARE(side->title(), QStringLiteral("sweep-22"));
        QVERIFY(p.page.closeSide());
        QVERIFY(!side->isVisible());
    }

    void aReadersPlaceStays() {
        Page p;
        auto runs = runsOf(500);
        p.page.showState(stateOf(shared(runs)));
        QApplication::processEvents();
        p.table().choose(runs[200].id);
        p.table().verticalScrollBar()->setValue(p.table().verticalHeader()->sectionPosition(195) + 5);
        const auto place = [&] { return p.table().visualRect(p.model().index(p.model().rowOf(runs[200].id), 1)).top(); };
        const int before = place();
        std::vector<Run> more = runs;
        for (int i = 0; i < 7; ++i) {
            Run run = runs[0];
            run.id = QStringLiteral("new%1").arg(i);
            run.started = sampleNow().addSecs(i);
            more.insert(more.begin(), run);
        }
        more[300].status = RunStatus::Failed;
        p.page.showState(stateOf(shared(more)));
        QCOMPARE(p.model().rowCount(), 507);
        QCOMPARE(p.table().currentId(), runs[200].id);
        QCOMPARE(place(), before);
        p.model().setOrder({column("metrics.rmse"), true});
        QCOMPARE(p.table().currentId(), runs[200].id);
        p.write(QStringLiteral("params.model = 'mlp'")); // very many places: a reset
        QCOMPARE(p.table().currentId(), runs[200].id);
        p.write(QString());
        QCOMPARE(p.table().currentId(), runs[200].id);
        p.model().setOrder({});
        p.table().verticalScrollBar()->setValue(0); // at the beginning the newest are seen
        more.insert(more.begin(), more.front());
        more.front().id = QStringLiteral("newest");
        p.page.showState(stateOf(shared(more)));
        QCOMPARE(p.table().verticalScrollBar()->value(), 0);
        QCOMPARE(p.table().rowAt(0), 0);
    }

    void aClickOnTheHeaderSortsAndTheThirdStops() {
        Page p;
        const auto runs = runsOf(30);
        p.page.showState(stateOf(shared(runs)));
        QHeaderView *header = p.table().horizontalHeader();
        const int c = int(p.model().runColumns().size()); // the last one
        p.page.setView({QString(), QString(), {QStringLiteral("run_name"), QStringLiteral("metrics.rmse")}, QString(), false});
        const auto click = [&] { QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(header->sectionViewportPosition(2) + 40, header->height() / 2)); };
        QVERIFY(c > 2);
        click();
        QCOMPARE(p.model().order().by, std::optional(column("metrics.rmse")));
        QVERIFY(!p.model().order().descending);
        click();
        QVERIFY(p.model().order().descending);
        QCOMPARE(header->sortIndicatorSection(), 2);
        click();
        QVERIFY(!p.model().order().by);
        QCOMPARE(p.model().run(0).id, runs[0].id);
    }

    void columnsAreChosenAndTyped() {
        Page p;
        p.page.showState(stateOf(shared(runsOf(30))));
        p.actions.trigger(QStringLiteral("registry.runsColumns"));
        auto *chooser = p.page.findChild<RunColumnChooser *>();
        QTRY_VERIFY(chooser->isVisible());
        keepPicture(*chooser, QStringLiteral("runs-columns"));
        auto *words = chooser->findChild<QLineEdit *>();
        QTest::keyClicks(words, QStringLiteral("rmse least"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(p.model().runColumns().back(), column("metrics.rmse:min"));
        words->clear();
        QTest::keyClicks(words, QStringLiteral("metrics.rmse@100"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(p.model().runColumns().back(), column("metrics.rmse@100"));
        words->setText(QStringLiteral("Experiment"));
        QTest::keyClick(words, Qt::Key_Return);
        QVERIFY(std::none_of(p.model().runColumns().begin(), p.model().runColumns().end(), [](const auto &c) { return c == column("experiment"); }));
        p.page.showState(stateOf(shared(runsOf(31)))); // more runs do not choose for a person
        QCOMPARE(p.model().runColumns().back(), column("metrics.rmse@100"));
        chooser->close();
    }

    void viewsAreKeptWithThePreferences() {
        Page p;
        p.page.showState(stateOf(shared(runsOf(30))));
        p.page.setView({QString(), QStringLiteral("params.model = 'mlp'"), {QStringLiteral("run_name"), QStringLiteral("metrics.rmse"), QStringLiteral("from.the.future")}, QStringLiteral("metrics.rmse"), true});
        QCOMPARE(p.model().runColumns().size(), std::size_t(2)); // what this version does not know is left out
        p.actions.trigger(QStringLiteral("registry.runsViews"));
        auto *menu = p.page.findChild<QMenu *>(QStringLiteral("runViewsMenu"));
        QVERIFY(menu);
        auto *name = menu->findChild<QLineEdit *>(QStringLiteral("runViewName"));
        name->setText(QStringLiteral(" Nets "));
        QTest::keyClick(name, Qt::Key_Return);
        const SavedView nets{QStringLiteral("Nets"), QStringLiteral("params.model = 'mlp'"), {QStringLiteral("run_name"), QStringLiteral("metrics.rmse")}, QStringLiteral("metrics.rmse"), true};
        QCOMPARE(p.preferences.runViews, QList<SavedView>{nets});
        p.page.setView({});
        QCOMPARE(p.model().rowCount(), 30);
        QVERIFY(p.model().runColumns().size() > 2);
        p.page.setView(nets);
        QCOMPARE(p.page.view(QStringLiteral("Nets")), nets);
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("preferences.json"));
        QVERIFY(console::PreferencesFile::save(file, p.preferences));
        const auto read = console::PreferencesFile::load(file);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(read->runViews, p.preferences.runViews);
    }

    void aSheetAsksWhichModelOfTheRun() {
        Page p;
        Run run = runsOf(3).front();
        run.experiment = QStringLiteral("t2m");
        p.page.showState(stateOf(shared(runsOf(3)))); // the page gives the catalogue the sheet's command
        PanelContext context = Page::contextOf(p);
        auto *sheet = new RegisterSheet(context, QStringLiteral("lab"), run, &p.window);
        sheet->open();
        QCOMPARE(sheet->shown(), ScreenState::Loading);
        sheet->showModels({});
        QCOMPARE(sheet->shown(), ScreenState::Empty);
        sheet->showFailure(Error{ErrorKind::Unreachable, QStringLiteral("lab does not answer."), {}, {}, {}});
        QCOMPARE(sheet->shown(), ScreenState::Failed);
        sheet->showModels({{QStringLiteral("model"), QStringLiteral("mlflow-artifacts:/1/aa/artifacts/model"), QString(64, QLatin1Char('d')), {}}, {QStringLiteral("forest"), QStringLiteral("mlflow-artifacts:/1/models/m-1/artifacts"), {}, QStringLiteral("m-1")}});
        QCOMPARE(sheet->shown(), ScreenState::Full);
        auto *path = sheet->findChild<Choice *>(QStringLiteral("registerPath"));
        QCOMPARE(path->count(), 2);
        QCOMPARE(path->currentText(), QStringLiteral("model"));
        QVERIFY(!sheet->findChild<QAbstractButton *>(QStringLiteral("registerButton"))->isEnabled()); // no workspace is open here
        keepPicture(*sheet, QStringLiteral("register-sheet"));
        workspace::Workspace w;
        for (const auto &[name, connection, registered] : {std::tuple("wind", "lab", "wind-model"), std::tuple("t2m", "lab", "temperature"), std::tuple("far", "other", "far")}) {
            workspace::Model model;
            model.name = QLatin1String(name);
            model.registry.connection = QLatin1String(connection);
            model.registry.name = QLatin1String(registered);
            w.models.push_back(model);
        }
        QCOMPARE(registeredNames(w, QStringLiteral("lab"), run), (QStringList{QStringLiteral("temperature"), QStringLiteral("wind-model")})); // that of its experiment first
        QCOMPARE(ownModelName(w, QStringLiteral("lab"), QStringLiteral("temperature")), QStringLiteral("t2m"));
        QCOMPARE(ownModelName(w, QStringLiteral("lab"), QStringLiteral("far")), QStringLiteral("far")); // another one of that name
    }

    void theWindowLeadsThereAndBack() {
        testing::SampleWindow sample(SchemeChoice::Dark);
        sample.window.activateWindow(); // keys go to the active window only
        QVERIFY(QTest::qWaitForWindowActive(&sample.window));
        sample.window.open(QStringLiteral("models"));
        auto *panel = qobject_cast<ModelsPanel *>(sample.window.panel(QStringLiteral("models")));
        QVERIFY(panel);
        QTest::mouseClick(panel->findChild<Button *>(QStringLiteral("runsButton")), Qt::LeftButton);
        RunsPage *page = panel->runsPage();
        QVERIFY(page->isVisible());
        page->showState(stateOf(shared(runsOf(100))));
        QCOMPARE(panel->subject(), QStringLiteral("Runs of lab"));
        sample.window.actions().trigger(QStringLiteral("window.filter")); // "/" finds the field that is seen
        QVERIFY(page->findChild<RunFilterEdit *>()->hasFocus());
        panel->openAt(QStringLiteral("run/") + runsOf(100)[7].id);
        QCOMPARE(page->currentRun(), runsOf(100)[7].id);
        page->findChild<RunTable *>()->setFocus();
        QTest::keyClick(page->findChild<RunTable *>(), Qt::Key_Escape); // the side
        QVERIFY(page->isVisible());
        QTest::keyClick(page->findChild<RunTable *>(), Qt::Key_Escape); // the page
        QVERIFY(!page->isVisible());
        QVERIFY(panel->subject() != QStringLiteral("Runs of lab"));
        panel->openAt(QStringLiteral("run/"));
        QVERIFY(page->isVisible());
        fleet::Snapshot empty = testing::freshSnapshot();
        empty.models.clear();
        sample.window.showSnapshot(empty); // runs may be there before any model
        QVERIFY(page->isVisible());
    }

    void picturesOfThePage_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << QSize(1440, 900) << true;
        QTest::newRow("light") << QSize(1440, 900) << false;
        QTest::newRow("small") << QSize(1024, 640) << true;
    }
    void picturesOfThePage() {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        testing::SampleWindow sample(dark ? SchemeChoice::Dark : SchemeChoice::Light, size);
        sample.window.open(QStringLiteral("models"), QStringLiteral("run/"));
        auto *panel = qobject_cast<ModelsPanel *>(sample.window.panel(QStringLiteral("models")));
        RunsPage *page = panel->runsPage();
        page->setConnections({QStringLiteral("local"), QStringLiteral("lab")});
        page->showState(stateOf(shared(runsOf(400))));
        page->findChild<RunTableModel *>()->setMarked(runsOf(400)[1].id, true);
        page->findChild<RunTableModel *>()->setMarked(runsOf(400)[3].id, true);
        if (dark && size.width() > 1100)
            page->choose(runsOf(400)[7].id);
        QApplication::processEvents();
        // Nothing of the tools is cut, and no two of them overlap.
        QRect before;
        for (const char *name : {"runsBack", "runsConnection", "runsFilter", "runsViews", "runsColumns"}) {
            auto *tool = page->findChild<QWidget *>(QLatin1String(name));
            const QRect place(tool->mapTo(page, QPoint()), tool->size());
            QVERIFY2(place.left() > before.right() && page->rect().contains(place) && tool->width() >= tool->minimumSizeHint().width(), name);
            before = place;
        }
        QVERIFY(page->findChild<RunFilterEdit *>()->width() >= 280);
        keepPicture(sample.window, QStringLiteral("runs-") + QLatin1String(QTest::currentDataTag()));
    }
};

QTEST_MAIN(TestRuns)
#include "tst_runs.moc"
