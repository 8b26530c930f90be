// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/command_palette.h"
#include "app/console/main_window.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/chart_desk.h"
#include "widgets/base/format.h"
#include "widgets/base/source_label.h"
#include "widgets/base/table.h"
#include "widgets/base/toast.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::console;

class TestMainWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_theme = std::make_unique<ui::Theme>();
        m_window = make();
    }
    void cleanup() {
        m_window.reset();
        m_theme.reset();
    }

    void everyScreenOfTheRailOpensByItsKey() {
        m_window->showSnapshot(testing::sampleSnapshot());
        for (const PanelEntry &entry : m_window->panels()) {
            QTest::keySequence(m_window.get(), QKeySequence(QStringLiteral("G, ") + entry.key));
            QCOMPARE(m_window->currentPanel(), entry.id);
            if (entry.make)
                QVERIFY2(m_window->panel(entry.id)->isVisible(), qPrintable(entry.id));
        }
    }

    void noKeyMeansTwoThings() {
        m_window->showSnapshot(testing::sampleSnapshot());
        for (const PanelEntry &entry : m_window->panels())
            m_window->open(entry.id); // a panel adds its own
        const std::vector<ui::ActionSpec> &all = m_window->actions().all();
        for (std::size_t a = 0; a < all.size(); ++a)
            for (std::size_t b = a + 1; b < all.size(); ++b) {
                const bool together = all[a].panel.isEmpty() || all[b].panel.isEmpty() || all[a].panel == all[b].panel;
                QVERIFY2(!together || all[a].shortcut.isEmpty() || all[a].shortcut != all[b].shortcut, // Qt runs neither
                         qPrintable(QStringLiteral("%1: %2 and %3").arg(all[a].shortcut.toString(), all[a].id, all[b].id)));
            }
    }

    void panelsAreBuiltOnTheirFirstVisit() {
        m_window->showSnapshot(testing::sampleSnapshot());
        QCOMPARE(m_window->findChildren<ui::Panel *>().size(), 1);
        m_window->open(QStringLiteral("alerts"));
        QCOMPARE(m_window->findChildren<ui::Panel *>().size(), 2);
    }

    void thePaletteFindsAScreenAndGoesThere() {
        m_window->showSnapshot(testing::sampleSnapshot());
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto *edit = m_window->findChild<QLineEdit *>(QStringLiteral("paletteEdit"));
        QVERIFY(edit->isVisible());
        QTest::keyClicks(edit, QStringLiteral("journal"));
        const auto *list = m_window->findChild<ui::List *>(QStringLiteral("paletteList"));
        for (int step = 0; step < 20 && list->currentIndex().data().toString() != QStringLiteral("Journal"); ++step)
            QTest::keyClick(edit, Qt::Key_Down);
        QCOMPARE(list->currentIndex().data().toString(), QStringLiteral("Journal"));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!edit->isVisible());
        QCOMPARE(m_window->currentPanel(), QStringLiteral("journal"));
    }

    void whatIsBlockedComesAfterWhatCanRun_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("order");
        QTest::newRow("nothing typed") << QString() << "Save the whole picture,Show all events,Save,Export the list";
        QTest::newRow("the word") << QStringLiteral("save") << "Save the whole picture,Save,Show all events"; // not under one that only has its letters
        QTest::newRow("only the blocked one has the word") << QStringLiteral("list") << "Export the list";
    }
    void whatIsBlockedComesAfterWhatCanRun() {
        QFETCH(QString, text);
        QFETCH(QString, order);
        const auto item = [](const char *name, const QString &blocked) { return PaletteItem{QStringLiteral("Commands"), QLatin1String(name), {}, {}, ui::State::None, {}, blocked, QLatin1Char('>'), [] {}}; };
        const QString why = QStringLiteral("There is nothing yet.");
        PaletteModel model;
        model.setItems({item("Save", why), item("Export the list", why), item("Save the whole picture", {}), item("Show all events", {})});
        model.setText(text);
        QStringList found;
        for (int row = 1; row < model.rowCount(); ++row) // below the heading
            found << model.index(row, 0).data().toString();
        QCOMPARE(found.join(QLatin1Char(',')), order);
    }

    void escapeLeavesThePaletteAndTheFocusReturns() {
        m_window->showSnapshot(testing::sampleSnapshot());
        QWidget *before = m_window->focusWidget();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QTest::keyClick(m_window->findChild<QLineEdit *>(QStringLiteral("paletteEdit")), Qt::Key_Escape);
        QVERIFY(!m_window->findChild<CommandPalette *>()->isVisible());
        QCOMPARE(m_window->focusWidget(), before);
    }

    void palettePrefixesNarrow_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("runs");
        QTest::newRow("# shows runs only") << QStringLiteral("#") << true;
        QTest::newRow("> shows commands only") << QStringLiteral(">") << false;
    }
    void palettePrefixesNarrow() {
        QFETCH(QString, text);
        QFETCH(bool, runs);
        m_window->showSnapshot(testing::sampleSnapshot());
        m_window->openPalette(text);
        const auto *list = m_window->findChild<ui::List *>(QStringLiteral("paletteList"));
        QVERIFY(list->model()->rowCount() > 1);
        bool sawRun = false;
        for (int row = 0; row < list->model()->rowCount(); ++row)
            sawRun |= list->model()->index(row, 0).data().toString().contains(QStringLiteral("#421"));
        QCOMPARE(sawRun, runs);
    }

    void aSingleLetterInAFieldIsALetter() {
        m_window->showSnapshot(testing::sampleSnapshot());
        m_window->openPalette();
        auto *edit = m_window->findChild<QLineEdit *>(QStringLiteral("paletteEdit"));
        QTest::keyClicks(edit, QStringLiteral("go"));
        QCOMPARE(edit->text(), QStringLiteral("go"));
        QCOMPARE(m_window->currentPanel(), QStringLiteral("overview"));
    }

    void sizesAndScreenComeBackAtTheNextStart() {
        m_window->showSnapshot(testing::sampleSnapshot());
        m_window->open(QStringLiteral("journal"));
        m_window->close();
        QCOMPARE(Session::load(m_folder->filePath(QStringLiteral("session.json"))).panel, QStringLiteral("journal"));
        m_window = make();
        m_window->showSnapshot(testing::sampleSnapshot());
        QCOMPARE(m_window->currentPanel(), QStringLiteral("journal"));
    }

    void preferencesAreAnotherFileAndKeepUnknownKeys() {
        const QString file = m_folder->filePath(QStringLiteral("preferences.json"));
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("{\"scheme\":\"light\",\"newer\":[1,2]}");
        out.close();
        ui::Preferences preferences = *PreferencesFile::load(file);
        QCOMPARE(preferences.scheme, ui::SchemeChoice::Light);
        preferences.scalePercent = 120;
        QVERIFY(PreferencesFile::save(file, preferences));
        QVERIFY(out.open(QIODevice::ReadOnly));
        QVERIFY(out.readAll().contains("newer"));
        QCOMPARE(PreferencesFile::load(file)->scalePercent, 120);
    }

    void brokenPreferencesNameTheLineAndTheWindowStillOpens() {
        QFile out(m_folder->filePath(QStringLiteral("preferences.json")));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("{\n  \"scale\": oops\n}");
        out.close();
        const auto loaded = PreferencesFile::load(out.fileName());
        QVERIFY(!loaded);
        QVERIFY2(loaded.error().where.contains(QStringLiteral("preferences.json:2")), qPrintable(loaded.error().where));
        m_window.reset();
        m_window = make();
        QCOMPARE(m_window->toasts().count(), 1);
    }

    void theThemeSwitchesWhileTheWindowIsOpen() {
        m_window->showSnapshot(testing::sampleSnapshot());
        const bool dark = m_theme->dark();
        m_window->actions().trigger(QStringLiteral("window.theme"));
        QCOMPARE(m_theme->dark(), !dark);
    }

    /// A stretch that was brushed in any chart is said once, and given up there.
    void theTimeThatChartsShowStandsInTheHeader() {
        m_window->showSnapshot(testing::sampleSnapshot());
        auto *chip = m_window->findChild<QAbstractButton *>(QStringLiteral("timeRange"));
        QVERIFY(chip && !chip->isVisible());
        ui::ChartDesk &desk = ui::ChartDesk::of(m_window.get());
        desk.setRange(ui::ChartDesk::Range{1763719200, 1763726400});
        QVERIFY(chip->isVisible());
        QCOMPARE(chip->text(), QStringLiteral("Fri 21 Nov 10:00 – 12:00"));
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty()) {
            m_window->open(QStringLiteral("drift"));
            m_window->resize(1024, 640);
            QCoreApplication::processEvents(); // the narrow layout
            QVERIFY(m_window->grab().save(folder + QStringLiteral("/time-range.png")));
        }
        chip->click();
        QVERIFY(!desk.range() && !chip->isVisible());
        QVERIFY(desk.saveAs()); // charts can be saved while there is a window
        m_window.reset();
        QVERIFY(!ui::ChartDesk::of(nullptr).saveAs());
    }

    void timesInUtcAreAPreferenceThatCountsAtOnce() {
        m_window->showSnapshot(testing::sampleSnapshot());
        m_window->open(QStringLiteral("settings"));
        auto *box = m_window->findChild<QAbstractButton *>(QStringLiteral("utcBox"));
        QVERIFY(box && !box->isChecked() && !ui::timesInUtc());
        m_window->actions().trigger(QStringLiteral("window.utc"));
        QVERIFY(ui::timesInUtc() && box->isChecked());
        m_window = make();
        QVERIFY(ui::timesInUtc()); // and at the next start
        m_window->actions().trigger(QStringLiteral("window.utc"));
        QVERIFY(!ui::timesInUtc());
    }

    void countsOnTheRailAreWhatWaits() {
        m_window->showSnapshot(testing::sampleSnapshot());
        const auto *overview = m_window->findChild<QAbstractButton *>(QStringLiteral("rail:overview"));
        QCOMPARE(overview->accessibleDescription(), QStringLiteral("6"));
        m_window->showSnapshot(testing::freshSnapshot());
        QCOMPARE(overview->accessibleDescription(), QString());
    }

    void belowTwelveHundredEightyTheLabelsLeave() {
        m_window->showSnapshot(testing::sampleSnapshot());
        m_window->resize(1440, 900);
        QTRY_COMPARE(m_window->findChild<QWidget *>(QStringLiteral("rail"))->width(), 72);
        m_window->resize(1024, 640);
        QTRY_COMPARE(m_window->findChild<QWidget *>(QStringLiteral("rail"))->width(), 48);
        QVERIFY(m_window->findChild<QWidget *>(QStringLiteral("inboxTab"))->isVisible());
        const auto *table = m_window->findChild<ui::Table *>(QStringLiteral("fleet"));
        QTRY_VERIFY(table->droppedColumns() > 0);
    }

    void aWorkspaceThatCannotBeReadSaysWhereAndOffersToTryAgain() {
        QFile file(m_folder->filePath(QStringLiteral("pilothouse.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("workspace: x\nmodel: {}\n");
        file.close();
        m_window.reset();
        WindowOptions options = this->options();
        options.workspace = file.fileName();
        m_window = std::make_unique<MainWindow>(m_pools, *m_theme, options);
        m_window->show();
        m_window->start();
        const auto shown = [this] { return m_window->findChild<QWidget *>(QStringLiteral("notice")); }; // made when there is something to say
        QTRY_VERIFY(shown() && shown()->isVisible());
        const QWidget *notice = shown();
        QString words;
        for (const QLabel *label : notice->findChildren<QLabel *>())
            words += label->text() + QLatin1Char('\n');
        QVERIFY2(words.contains(QStringLiteral("pilothouse.yaml:2")), qPrintable(words));
    }

    void everyVisibleControlHasANameForAScreenReader() {
        m_window->showSnapshot(testing::sampleSnapshot());
        for (const PanelEntry &entry : m_window->panels()) {
            if (!entry.make)
                continue;
            m_window->open(entry.id);
            QTRY_VERIFY2(nameless().isEmpty(), qPrintable(entry.id + QStringLiteral(": ") + nameless())); // buttons wait for commands of panels not yet built
        }
    }

private:
    /// A visible control that the Tab key reaches and nobody could say the name of; empty: there is none.
    QString nameless() const {
        for (const QWidget *widget : m_window->findChildren<QWidget *>()) {
            if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus))
                continue;
            const auto *button = qobject_cast<const QAbstractButton *>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()) || widget->inherits("QSplitterHandle");
            if (!named)
                return QStringLiteral("%1 '%2' tip '%3' in %4 '%5'").arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), widget->toolTip(),
                                                                         QLatin1String(widget->parentWidget()->metaObject()->className()), widget->parentWidget()->accessibleName());
        }
        return {};
    }
    WindowOptions options() const {
        WindowOptions options;
        options.preferencesFile = m_folder->filePath(QStringLiteral("preferences.json"));
        options.sessionFile = m_folder->filePath(QStringLiteral("session.json"));
        options.desktop = false;
        return options;
    }
    std::unique_ptr<MainWindow> make() {
        auto window = std::make_unique<MainWindow>(m_pools, *m_theme, options());
        ui::Ticker::of(window.get()).setNow([] { return testing::sampleNow(); });
        window->show();
        window->activateWindow(); // keys go to the active window only
        if (!QTest::qWaitForWindowActive(window.get()))
            qWarning("the window did not become active");
        return window;
    }
    Pools m_pools{1};
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
