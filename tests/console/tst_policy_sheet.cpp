// SPDX-License-Identifier: GPL-3.0-or-later
// The retraining policy of a model is edited in the window: what a draft would have done is drawn over the decisions of the past, a wrong rule says so before it
// is saved, and what is saved stands in the workspace file. Real window, real workspace. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept.
#include "app/console/main_window.h"
#include "core/base/file.h"
#include "core/retrain/decision_store.h"
#include "tests/support/own_home.h"
#include "widgets/base/button.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"

#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::console;

namespace {

constexpr int slow = 60000; // a loaded CI machine; conditions end the wait, never time

const char *const yaml = "workspace: night\nrole: approver\nconnections: {local: {kind: local, root: state}}\nmodels:\n  wind: # the one that matters\n    registry: {connection: local, name: wind}\n"
                         "    retrain:\n      when: [mae > 1.5]   # as agreed\n      at_most_every: 1d\n";

} // namespace

class tst_PolicySheet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        m_workspace = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(m_workspace, yaml));
        // Twenty days of hourly looks; the error is over its limit for twelve hours on three of them.
        const auto store = retrain::DecisionStore::open(m_folder.filePath(QStringLiteral("state"))).value();
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (int hour = 20 * 24; hour > 0; --hour) {
            const int day = hour / 24;
            const double mae = (day == 15 || day == 9 || day == 4) && hour % 24 < 12 ? 1.8 : 1.2 + 0.2 * std::sin(hour / 5.0);
            retrain::Decision d;
            d.model = QStringLiteral("wind");
            d.time = now.addSecs(-3600 * hour);
            d.rules = {{QStringLiteral("mae > 1.5"), QStringLiteral("mae %1 on 400 labelled rows").arg(mae), mae > 1.5, true, mae}};
            d.reason = QStringLiteral("a look");
            QVERIFY(store->appendSkipped(d));
        }
        WindowOptions options;
        options.preferencesFile = m_folder.filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder.filePath(QStringLiteral("session.json"));
        options.desktop = false;
        options.workspace = m_workspace;
        m_pools = std::make_unique<Pools>(1);
        m_theme = std::make_unique<ui::Theme>();
        m_window = std::make_unique<MainWindow>(*m_pools, *m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_window->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->fleet() && !m_window->snapshot().models.empty(), slow);
        m_window->open(QStringLiteral("alerts"));
    }
    void cleanupTestCase() { m_window.reset(); }

    void aDraftIsReplayedAsItIsWritten() {
        open();
        if (QTest::currentTestFailed())
            return;
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 3, slow);
        QVERIFY(!save()->isEnabled()); // the file says this already
        QTRY_VERIFY2_WITH_TIMEOUT(save()->toolTip().contains(QStringLiteral("already")), qPrintable(save()->toolTip()), slow); // the file says this
        QCOMPARE(plot()->data().limits.size(), std::size_t(1));
        QVERIFY(m_sheet->findChild<ui::Table *>(QStringLiteral("policyTurns"))->model()->rowCount() >= 6); // over and under, three times
        keep("policy");
        rules(QStringLiteral("mae > 1.5 for 20 checks"));
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 0, slow);
        QTRY_VERIFY_WITH_TIMEOUT(save()->isEnabled(), slow);
        rules(QStringLiteral("mae > 1.5 for 3 checks\ndrift > 0.25"));
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 3, slow);
        field("policyRuns")->setText(QStringLiteral("1"));
        field("policyPer")->setText(QStringLiteral("8d"));
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 2, slow);
        QVERIFY(!plot()->data().spans.empty()); // beyond the budget, for hours
        keep("policy-held");
    }

    void aWrongRuleIsSaidAndNotSaved() {
        rules(QStringLiteral("mae < 1"));
        QTRY_VERIFY_WITH_TIMEOUT(told().contains(QStringLiteral("good news")), slow);
        QVERIFY(!save()->isEnabled());
        rules(QStringLiteral("mae > 1.5 for 3 checks"));
        field("policyMinimumRows")->setText(QStringLiteral("many"));
        QTRY_VERIFY_WITH_TIMEOUT(told().contains(QStringLiteral("no number")), slow);
        QVERIFY(!save()->isEnabled());
        field("policyMinimumRows")->setText(QStringLiteral("3"));
        QTRY_VERIFY_WITH_TIMEOUT(told().contains(QStringLiteral("from 10 to 500")), slow);
        field("policyMinimumRows")->clear();
        QTRY_VERIFY_WITH_TIMEOUT(save()->isEnabled(), slow);
    }

    void savedItStandsInTheFileAsAPersonWouldWriteIt() {
        QTest::keyClick(m_sheet.data(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
        const QByteArray text = readFile(m_workspace).value();
        QVERIFY2(text.contains("when: [mae > 1.5 for 3 checks]   # as agreed"), text.constData());
        QVERIFY2(text.contains("wind: # the one that matters"), text.constData());
        const auto policy = workspace::readWorkspace(m_workspace).value().model(QStringLiteral("wind"))->retrain;
        QCOMPARE(policy.budget.runs, 1);
        QCOMPARE(policy.budget.per, QStringLiteral("8d"));
        // The window reads the file again, and the sheet shows what it says.
        QTRY_COMPARE_WITH_TIMEOUT(m_window->fleet() ? m_window->fleet()->services()->workspace.model(QStringLiteral("wind"))->retrain.budget.runs : 0, 1, slow);
        open();
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(m_sheet->findChild<QPlainTextEdit *>(QStringLiteral("policyRules"))->toPlainText(), QStringLiteral("mae > 1.5 for 3 checks"));
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 2, slow);
        QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
    }

    void itFitsTheSmallestWindow_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void itFitsTheSmallestWindow() {
        QFETCH(bool, dark);
        m_theme->apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        m_window->resize(1024, 640);
        open();
        if (QTest::currentTestFailed())
            return;
        QTRY_COMPARE_WITH_TIMEOUT(retrainings(), 2, slow);
        QVERIFY2(m_sheet->width() <= 1024 && m_sheet->height() <= 640, qPrintable(QStringLiteral("%1 × %2").arg(m_sheet->width()).arg(m_sheet->height())));
        for (const char *name : {"policySave", "policyPlot", "policyTurns", "policyDays"}) {
            const auto *widget = m_sheet->findChild<QWidget *>(QLatin1String(name));
            QVERIFY2(m_sheet->rect().contains(QRect(widget->mapTo(m_sheet.data(), QPoint()), widget->size())), name);
            QVERIFY2(widget->height() >= 20, name);
        }
        keep(dark ? "policy-small-dark" : "policy-small-light");
        QTest::keyClick(m_sheet.data(), Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(!m_sheet, slow);
    }

private:
    void open() {
        const QString edit = QStringLiteral("policy.edit"), model = QStringLiteral("wind");
        m_window->open(QStringLiteral("alerts")); // which brings the command, also anew when the workspace was read again
        QTRY_VERIFY2_WITH_TIMEOUT(m_window->actions().blocked(edit, model).isEmpty(), qPrintable(m_window->actions().blocked(edit, model)), slow);
        m_window->actions().trigger(edit, model);
        QTRY_VERIFY_WITH_TIMEOUT((m_sheet = m_window->findChild<QDialog *>(QStringLiteral("policySheet"))) && m_sheet->isVisible(), slow);
    }
    ui::PlotWidget *plot() { return m_sheet->findChild<ui::PlotWidget *>(QStringLiteral("policyPlot")); }
    ui::Button *save() { return m_sheet->findChild<ui::Button *>(QStringLiteral("policySave")); }
    QString told() { return m_sheet->findChild<QLabel *>(QStringLiteral("policyTold"))->text(); }
    QLineEdit *field(const char *name) { return m_sheet->findChild<QLineEdit *>(QLatin1String(name)); }
    void rules(const QString &text) { m_sheet->findChild<QPlainTextEdit *>(QStringLiteral("policyRules"))->setPlainText(text); }
    int retrainings() { return plot()->data().series.empty() ? -1 : int(plot()->data().markers.size()); }
    void keep(const char *name) {
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty()) {
            QDir().mkpath(folder);
            QVERIFY(m_sheet->grab().save(folder + QStringLiteral("/%1.png").arg(QLatin1String(name))));
        }
    }

    QTemporaryDir m_folder;
    QString m_workspace;
    std::unique_ptr<Pools> m_pools;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
    QPointer<QDialog> m_sheet;
};

int main(int argc, char **argv) { return runInOwnHome<tst_PolicySheet>(argc, argv); }
#include "tst_policy_sheet.moc"
