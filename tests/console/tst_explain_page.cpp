// SPDX-License-Identifier: GPL-3.0-or-later
// Explanations in the real window by the real `pilot`: a data set, one input, one row, a forecast's output, saved as CSV and PNG, a mistake
// that is said, and a stop.
#include "app/console/main_window.h"
#include "core/base/child_process.h"
#include "core/base/file.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/serving/explain_form.h"
#include "widgets/serving/explain_page.h"

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::console;
using explain::View;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

Result<QJsonObject> pilot(QStringList arguments) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = std::move(arguments);
    return runJob(job, {}, {});
}

} // namespace

class tst_ExplainPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotProgram().isEmpty())
            QSKIP("pilot was not built");
        std::mt19937_64 random(11);
        std::uniform_real_distribution<double> uniform(0, 1);
        QByteArray houses = "rooms,age,side,price\n", hours = "time,load,wind\n";
        const QByteArrayList sides{"east", "north", "west"};
        for (int i = 0; i < 400; ++i) {
            const double rooms = std::round(uniform(random) * 80) / 10, age = std::round(uniform(random) * 50);
            const int side = int(random() % 3);
            houses += QByteArray::number(rooms) + ',' + QByteArray::number(age) + ',' + sides[side] + ',' + QByteArray::number(3 * rooms - 0.2 * age + (side == 0 ? 5 : 0) + uniform(random)) + '\n';
            hours += QStringLiteral("2024-01-%1T%2:00:00Z").arg(i / 24 + 1, 2, 10, QLatin1Char('0')).arg(i % 24, 2, 10, QLatin1Char('0')).toLatin1() + ',' +
                     QByteArray::number(10 + 5 * std::sin(i * 0.26) + uniform(random)) + ',' + QByteArray::number(4 + 3 * std::cos(i * 0.26) + uniform(random)) + '\n';
        }
        QVERIFY(writeFileAtomically(in("houses.csv"), houses) && writeFileAtomically(in("hours.csv"), hours));
        QVERIFY(writeFileAtomically(in("m.yaml"), "recipe: m\ndata: {source: houses.csv}\ntask: regression\ntarget: price\nsplit: {every: 4}\ntransforms: [one_hot]\nestimators: [random_forest: {n_estimators: 20}]\n"));
        QVERIFY(writeFileAtomically(in("w.yaml"), "recipe: w\ndata: {source: hours.csv}\ntask: forecast\ntarget: [load, wind]\ntime: {column: time, step: 1h}\nforecast: {window: 6, horizon: 2}\nsplit: {after: 2024-01-13}\nestimators: [ridge]\n"));
        QVERIFY(writeFileAtomically(in("pilothouse.yaml"), "workspace: explained\nrole: approver\nconnections: {local: {kind: local, root: state}}\nmodels:\n"
                                                           "  m: {registry: {connection: local, name: m}, recipe: m.yaml}\n  w: {registry: {connection: local, name: w}, recipe: w.yaml, deployment: {connection: local, target: serving/w, steps: [100]}}\n"));
        for (const char *name : {"m", "w"}) {
            const auto trained = pilot({QStringLiteral("train"), in(QByteArray(name) + ".yaml"), QStringLiteral("--register"), QLatin1String(name), QStringLiteral("--workspace"), in("pilothouse.yaml")});
            QVERIFY2(trained.has_value(), qPrintable(trained ? QString() : trained.error().text()));
        }
        WindowOptions options;
        options.preferencesFile = in("preferences.json");
        options.sessionFile = in("session.json");
        options.desktop = false;
        options.workspace = in("pilothouse.yaml");
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1280, 800);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && m_window->snapshot().versions.size() == 2, slow);
    }
    void cleanupTestCase() {
        if (m_window)
            (void)pilot({QStringLiteral("rollouts"), QStringLiteral("stop"), QStringLiteral("w"), QStringLiteral("--workspace"), in("pilothouse.yaml")});
        m_window.reset();
    }

    void aDataSetIsExplainedFromTheVersionInModels() {
        m_window->open(QStringLiteral("models"), QStringLiteral("m"));
        auto *button = m_window->findChild<ui::Button *>(QStringLiteral("explainButton"));
        QTRY_VERIFY_WITH_TIMEOUT(button && button->isEnabled(), slow);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<ui::ExplainPage *>() && page()->isVisible(), slow);
        QCOMPARE(page()->model(), QStringLiteral("m"));
        QCOMPARE(state(), ui::ScreenState::Empty);
        QTRY_VERIFY2_WITH_TIMEOUT(blocked("explain.run").isEmpty(), qPrintable(blocked("explain.run")), slow); // the version is read
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(page(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(!blocked("explain.run").isEmpty() && blocked("explain.stop").isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Full, slow);
        QCOMPARE(table()->model()->rowCount(), 3);
        QCOMPARE(table()->model()->index(0, 0).data().toString(), QStringLiteral("rooms"));
        QVERIFY2(facts().startsWith(QStringLiteral("m v1 · TreeSHAP")) && facts().contains(QStringLiteral("100 row")), qPrintable(facts())); // every fourth of 400 is its sample
        QVERIFY(page()->findChild<QLabel *>(QStringLiteral("whySentence"))->text().contains(QStringLiteral("rooms by")));
    }

    void enterOnABarAsksHowItResponds() {
        table()->choose(QStringLiteral("rooms"));
        QTest::keyClick(table(), Qt::Key_Return);
        auto *plot = page()->findChild<ui::PlotWidget *>(QStringLiteral("whyPlot"));
        QTRY_VERIFY_WITH_TIMEOUT(plot->isVisible(), slow);
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Full, slow);
        const ui::PlotData &data = plot->data();
        QCOMPARE(data.series.size(), std::size_t(101)); // a curve for each row, and their average
        QCOMPARE(data.rugs.size(), std::size_t(2));
        const auto &average = data.series.back().points;
        QVERIFY(average.back().y() - average.front().y() > 10); // 3 for each of nearly 8 rooms
    }

    void itIsSavedAsCsvAndPng() {
        const QString csv = in("response.csv"), png = in("response.png");
        save("explain.saveCsv", csv);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(csv), slow);
        const auto bytes = readFile(csv);
        QVERIFY(bytes && bytes->startsWith("rooms,average,row_0,"));
        save("explain.savePng", png);
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(png), slow);
        const QImage picture(png);
        QVERIFY(picture.width() >= 1200 && picture.height() > 600);
    }

    void limeSaysHowWellItFits() {
        view(View::Row);
        choose("explainMethod", 3);
        choose("explainRows", 1); // a file
        QTest::keyClicks(edit("explainFile"), in("houses.csv"));
        QTest::keyClicks(edit("explainNumber"), QStringLiteral("3"));
        QCOMPARE(state(), ui::ScreenState::Stale); // what is shown is of another question
        run();
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Full, slow);
        QVERIFY2(facts().startsWith(QStringLiteral("m v1 · LIME")) && facts().contains(QStringLiteral("R²")) && facts().contains(QStringLiteral("row 3")), qPrintable(facts()));
        QStringList where;
        for (int row = 0; row < table()->model()->rowCount(); ++row)
            where << table()->model()->index(row, 0).data().toString();
        QVERIFY2(where.filter(QStringLiteral("rooms ")).size() == 1 && where.filter(QStringLiteral("side = ")).size() == 1, qPrintable(where.join(QStringLiteral(" | ")))); // conditions, not names
    }

    void aFileThatIsNotThereIsSaid() {
        edit("explainFile")->setText(in("nowhere.csv"));
        run();
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Failed, slow);
        const QString text = page()->findChild<ui::PanelState *>(QStringLiteral("explainState"))->text();
        QVERIFY2(text.contains(QStringLiteral("nowhere.csv")), qPrintable(text));
        QVERIFY(!blocked("explain.saveCsv").isEmpty());
    }

    void itIsStopped() {
        view(View::DataSet);
        QVERIFY(edit("explainNumber")->text().isEmpty()); // row 3 is no bound of three rows
        choose("explainRows", 0);
        choose("explainMethod", 2); // Kernel SHAP of a hundred rows
        run();
        QVERIFY(blocked("explain.stop").isEmpty());
        QCOMPARE(state(), ui::ScreenState::Loading);
        m_window->actions().trigger(QStringLiteral("explain.stop"));
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Empty, slow);
        QVERIFY(!blocked("explain.stop").isEmpty() && blocked("explain.run").isEmpty());
    }

    void importanceHasItsIntervals() {
        choose("explainMethod", 3); // permutation: the sample has its true values
        run();
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Full, slow);
        QVERIFY2(facts().startsWith(QStringLiteral("m v1 · Permutation importance")) && facts().contains(QStringLiteral("before shuffling")), qPrintable(facts()));
        QCOMPARE(table()->model()->columnCount(), 4);
        QVERIFY(table()->model()->index(0, 3).data().toString().contains(QStringLiteral("…")));
    }

    void aForecastIsExplainedByTargetAndStep() {
        m_window->actions().trigger(QStringLiteral("explain.open"), QStringLiteral("w/1"));
        QCOMPARE(page()->model(), QStringLiteral("w"));
        QTRY_VERIFY2_WITH_TIMEOUT(blocked("explain.run").isEmpty(), qPrintable(blocked("explain.run")), slow);
        choose("explainMethod", 1);
        choose("outputTarget", 1);
        choose("outputStep", 1);
        run();
        QTRY_COMPARE_WITH_TIMEOUT(state(), ui::ScreenState::Full, slow);
        QVERIFY2(facts().startsWith(QStringLiteral("w v1 · Linear SHAP")) && facts().contains(QStringLiteral("wind@+2")), qPrintable(facts()));
        QCOMPARE(table()->model()->rowCount(), 2); // series by series
        const QStringList series{table()->model()->index(0, 0).data().toString(), table()->model()->index(1, 0).data().toString()};
        QVERIFY2(series.contains(QStringLiteral("load")) && series.contains(QStringLiteral("wind")), qPrintable(series.join(QLatin1Char(' '))));
    }

    /// The row is asked once; its answer has every target and step.
    void whatIfShowsAnyTargetAndStep() {
        const auto promoted = pilot({QStringLiteral("promote"), QStringLiteral("w"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("the first"), QStringLiteral("--workspace"), in("pilothouse.yaml")});
        QVERIFY2(promoted.has_value() && !promoted->value(QLatin1String("blocked")).toBool(), qPrintable(promoted ? QStringLiteral("a gate blocks") : promoted.error().text()));
        const auto served = [&] {
            for (const fleet::ModelRow &row : m_window->snapshot().models)
                if (row.name == QLatin1String("w"))
                    return row.servedVersion.value_or(0);
            return 0;
        };
        QTRY_COMPARE_WITH_TIMEOUT(served(), 1, slow);
        m_window->open(QStringLiteral("what-if"), QStringLiteral("w"));
        auto *answer = m_window->findChild<QLabel *>(QStringLiteral("whatIfAnswer"));
        auto *plot = m_window->findChild<ui::PlotWidget *>(QStringLiteral("responsePlot"));
        QTRY_VERIFY_WITH_TIMEOUT(answer->isVisible() && !answer->text().isEmpty() && !plot->data().series.empty(), slow);
        const auto choice = [&](const char *name) {
            for (auto *one : m_window->findChildren<ui::Choice *>(QLatin1String(name)))
                if (!page()->isAncestorOf(one))
                    return one;
            return static_cast<ui::Choice *>(nullptr);
        };
        QVERIFY(choice("outputTarget") && choice("outputTarget")->isVisible() && choice("outputStep")->isVisible());
        const QString load = answer->text();
        const double loadCurve = plot->data().series.front().points.front().y();
        QTest::keyClick(choice("outputTarget"), Qt::Key_Down);
        const QString wind = answer->text();
        QVERIFY2(wind != load && !wind.isEmpty(), qPrintable(load + QStringLiteral(" | ") + wind));
        QVERIFY(plot->data().series.front().points.front().y() != loadCurve);
        QTest::keyClick(choice("outputStep"), Qt::Key_Down);
        QVERIFY2(answer->text() != wind && answer->text() != load, qPrintable(answer->text()));
    }

private:
    QString in(const QByteArray &name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    ui::ExplainPage *page() const { return m_window->findChild<ui::ExplainPage *>(); }
    ui::ScreenState::Kind state() const { return page()->findChild<ui::PanelState *>(QStringLiteral("explainState"))->kind(); }
    ui::Table *table() const { return page()->findChild<ui::Table *>(QStringLiteral("whyTable")); }
    QString facts() const { return page()->findChild<QLabel *>(QStringLiteral("whyFacts"))->text(); }
    QString blocked(const char *action) const { return m_window->actions().blocked(QLatin1String(action)); }
    QLineEdit *edit(const char *name) const { return page()->findChild<QLineEdit *>(QLatin1String(name)); }
    void run() {
        QVERIFY2(blocked("explain.run").isEmpty(), qPrintable(blocked("explain.run")));
        m_window->actions().trigger(QStringLiteral("explain.run"));
    }
    void view(View wanted) {
        auto *views = page()->findChild<ui::SegmentedControl *>(QStringLiteral("explainView"));
        views->setCurrent(wanted == View::Row ? QStringLiteral("row") : QStringLiteral("data"));
    }
    void choose(const char *name, int index) {
        auto *choice = page()->findChild<ui::Choice *>(QLatin1String(name));
        QTest::keyClick(choice, Qt::Key_Home);
        for (int i = 0; i < index; ++i)
            QTest::keyClick(choice, Qt::Key_Down);
        QCOMPARE(choice->currentIndex(), index);
    }
    void save(const char *action, const QString &file) {
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->findChild<QFileDialog *>(), slow); // the one before is gone
        m_window->actions().trigger(QLatin1String(action));
        QFileDialog *dialog = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((dialog = m_window->findChild<QFileDialog *>()) && dialog->isVisible(), slow);
        QVERIFY(!dialog->selectedFiles().isEmpty() && dialog->selectedFiles().first().contains(QStringLiteral("partial-dependence-m-v1"))); // a name is proposed
        dialog->selectFile(file);
        QVERIFY(QMetaObject::invokeMethod(dialog, "accept"));
    }
    QTemporaryDir m_folder;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char **argv) { return runInOwnHome<tst_ExplainPage>(argc, argv); }
#include "tst_explain_page.moc"
