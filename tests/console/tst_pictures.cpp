// SPDX-License-Identifier: GPL-3.0-or-later
// Every panel in every theme and size on the invented estate. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept, to be looked
// at beside the boards.
#include "app/console/main_window.h"
#include "app/console/task_bar.h"
#include "tests/support/layout_flaws.h"
#include "tests/support/sample_window.h"
#include "widgets/base/confirm.h"
#include "widgets/base/icons.h"
#include "widgets/base/panel.h"
#include "widgets/base/source_label.h"
#include "widgets/base/toast.h"

#include <QDir>
#include <QLabel>
#include <QPointer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <set>

using namespace pilothouse;
using namespace pilothouse::console;

class TestPictures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPanelPaints_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("fresh");
        QTest::newRow("dark, at the design's size") << true << QSize(1440, 900) << false;
        QTest::newRow("light, at the design's size") << false << QSize(1440, 900) << false;
        QTest::newRow("dark, at the smallest size") << true << QSize(1024, 640) << false;
        QTest::newRow("light, at the smallest size") << false << QSize(1024, 640) << false;
        QTest::newRow("dark, nothing trained yet") << true << QSize(1440, 900) << true;
    }
    void everyPanelPaints() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        QFETCH(bool, fresh);
        testing::SampleWindow sample(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light, size, fresh ? testing::freshSnapshot() : testing::sampleSnapshot());
        MainWindow &window = sample.window;
        for (const PanelEntry &entry : window.panels()) {
            if (!entry.make)
                continue;
            window.open(entry.id);
            QCOMPARE(window.size(), size); // no panel asks for more than the window has
            QCoreApplication::processEvents();
            QStringList flaws;
            (void)QTest::qWaitFor([&] { return (flaws = testing::layoutFlaws(window.panel(entry.id))).isEmpty(); }); // buttons wait for commands of panels not yet built; the picture is kept in any case
            const QImage image = window.grab().toImage();
            keep(image, entry.id, dark, size, fresh);
            QVERIFY2(flaws.isEmpty(), qPrintable(entry.id + QLatin1Char('\n') + flaws.join(QLatin1Char('\n'))));
            const QColor ground = image.pixelColor(size.width() / 2, 2);
            QVERIFY2(dark == (ground.lightness() < 128), qPrintable(entry.id));
            std::set<QRgb> colours;
            for (int y = 60; y < size.height() - 40; y += 3)
                for (int x = 80; x < size.width(); x += 3)
                    colours.insert(image.pixel(x, y));
            QVERIFY2(colours.size() > 12, qPrintable(entry.id)); // an empty or one-colour screen has fewer
        }
    }

    /// Panels are built while the window is idle and put into it later: those, too, are in the theme of the day.
    void aPanelThatWasBuiltAheadFollowsTheTheme() {
        testing::SampleWindow sample(ui::SchemeChoice::Dark);
        MainWindow &window = sample.window;
        const auto all = std::count_if(window.panels().begin(), window.panels().end(), [](const PanelEntry &entry) { return bool(entry.make); });
        QTRY_COMPARE_WITH_TIMEOUT(window.findChildren<ui::Panel *>().size(), qsizetype(all), 20000);
        sample.theme.apply(ui::SchemeChoice::Light);
        const QRgb darkField = ui::tokensOf(true).inp.rgb();
        for (const PanelEntry &entry : window.panels()) {
            if (!entry.make)
                continue;
            window.open(entry.id);
            QCoreApplication::processEvents();
            const QImage image = window.grab().toImage().convertToFormat(QImage::Format_RGB32);
            keep(image, QStringLiteral("ahead-") + entry.id, false, window.size(), false);
            int dark = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    dark += image.pixel(x, y) == darkField;
            QVERIFY2(dark < 500, qPrintable(QStringLiteral("%1: %2 pixels are in the dark theme").arg(entry.id).arg(dark)));
        }
    }

    void overlaysAndTheFirstStart_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void overlaysAndTheFirstStart() {
        QFETCH(bool, dark);
        const QSize size(1440, 900);
        testing::SampleWindow sample(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light, size);
        MainWindow &window = sample.window;
        const QImage plain = window.grab().toImage();
        const auto differs = [&](const QString &name) {
            QCoreApplication::processEvents();
            const QImage image = window.grab().toImage();
            keep(image, name, dark, size, false);
            return image != plain;
        };
        window.toasts().show(ui::State::Ok, QStringLiteral("weather-ws2m v30 is champion"), QStringLiteral("4 of 4 calls done. Rollout starts."), ui::ToastArea::tr("Undo"), [] {});
        window.toasts().showError({ErrorKind::Conflict, QStringLiteral("The alias moved."), QStringLiteral("champion on t2m"), QStringLiteral("Nothing was sent. Open the sheet again."), {}});
        QVERIFY(differs(QStringLiteral("toasts")));
        window.openPalette(QStringLiteral("ws2m"));
        QVERIFY(differs(QStringLiteral("palette")));
        QTest::keyClick(window.focusWidget(), Qt::Key_Escape);
        window.actions().trigger(QStringLiteral("window.welcome"));
        QVERIFY(differs(QStringLiteral("first-start")));
        auto *demo = window.findChild<QWidget *>(QStringLiteral("openDemo"));
        QVERIFY(demo && demo->isVisible());
    }

    void dialogsFitTheSmallestWindowAndEscapeClosesThem_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void dialogsFitTheSmallestWindowAndEscapeClosesThem() {
        QFETCH(bool, dark);
        const QSize size(1024, 640);
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.remember = options.desktop = false;
        MainWindow window(pools, theme, options);
        theme.apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        window.resize(size);
        window.show();
        window.showSnapshot(testing::sampleSnapshot());
        ui::Danger danger;
        danger.verb = QStringLiteral("Abort canary");
        danger.effect = QStringLiteral("All traffic of weather-t2m returns to version 34, and the alias with it.");
        danger.undo = QStringLiteral("Promote the version again to come back.");
        danger.typedName = QStringLiteral("weather-t2m");
        danger.wantsComment = true;
        const std::pair<QString, std::function<void()>> dialogs[] = {
            {QStringLiteral("confirm"), [&] { (new ui::ConfirmSheet(QStringLiteral("Abort canary?"), danger, [](const QString &) {}, &window))->open(); }},
            {QStringLiteral("keySheet"), [&] { window.actions().trigger(QStringLiteral("window.keys")); }},
            {QStringLiteral("details"), [&] { (new ui::DetailsSheet(QStringLiteral("The server refused the host name"), QString(900, QLatin1Char('x')), &window))->open(); }},
        };
        for (const auto &[name, open] : dialogs) {
            open();
            QPointer<QDialog> dialog = window.findChild<QDialog *>(name);
            QVERIFY2(dialog && dialog->isVisible(), qPrintable(name));
            QVERIFY2(dialog->width() <= size.width() && dialog->height() <= size.height(), qPrintable(name));
            keep(dialog->grab().toImage(), name, dark, dialog->size(), false);
            QVERIFY2(dialog->focusWidget(), qPrintable(name)); // the keyboard is in it
            QTest::keyClick(dialog->focusWidget(), Qt::Key_Escape);
            QTRY_VERIFY2(!dialog || !dialog->isVisible(), qPrintable(name));
        }
    }

    void theTaskBarFitsTheSmallestWindow_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void theTaskBarFitsTheSmallestWindow() {
        QFETCH(bool, dark);
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.remember = options.desktop = false;
        MainWindow window(pools, theme, options);
        theme.apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        window.show();
        window.showSnapshot(testing::sampleSnapshot());
        fleet::Job training, traffic, failed;
        training.id = QStringLiteral("job-1");
        training.title = QStringLiteral("Train weather-ws2m on this machine");
        training.state = traffic.state = QStringLiteral("running");
        training.done = 62;
        training.total = 100;
        training.etaSeconds = 108;
        traffic.id = QStringLiteral("job-2");
        traffic.title = QStringLiteral("Demo traffic");
        traffic.arguments = QStringList{QStringLiteral("demo"), QStringLiteral("--traffic")};
        traffic.done = 12345;
        traffic.stage = QStringLiteral("drifting");
        failed.id = QStringLiteral("job-3");
        failed.title = QStringLiteral("Start pipeline iris-kserve");
        failed.state = QStringLiteral("failed");
        failed.error = Error{ErrorKind::Internal, QStringLiteral("The process ended before it said how it went, signal 9."), {}, {}, {}};
        auto *bar = window.findChild<TaskBar *>();
        QVERIFY(bar);
        bar->setJobs({training, traffic, failed});
        for (const QSize size : {QSize(1440, 900), QSize(1024, 640)}) {
            window.resize(size);
            QCoreApplication::processEvents();
            QCOMPARE(window.size(), size);
            keep(bar->grab().toImage(), QStringLiteral("tasks"), dark, size, false);
            for (const QWidget *child : bar->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly))
                QVERIFY2(!child->isVisible() || bar->rect().contains(child->geometry()), qPrintable(child->objectName()));
        }
    }

    void everyIconThatIsNamedExists() {
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.remember = options.desktop = false;
        MainWindow window(pools, theme, options);
        window.showSnapshot(testing::sampleSnapshot());
        for (const PanelEntry &entry : window.panels()) {
            QVERIFY2(ui::hasIcon(entry.icon), qPrintable(entry.icon));
            window.panel(entry.id);
        }
        for (const ui::ActionSpec &spec : window.actions().all()) {
            QVERIFY2(spec.icon.isEmpty() || ui::hasIcon(spec.icon), qPrintable(spec.id + QLatin1Char(' ') + spec.icon));
            QVERIFY2(!spec.text.isEmpty(), qPrintable(spec.id));
        }
    }

private:
    static void keep(const QImage &image, const QString &panel, bool dark, const QSize &size, bool fresh) {
        const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO");
        if (folder.isEmpty())
            return;
        QDir().mkpath(folder);
        QVERIFY(image.save(QStringLiteral("%1/%2-%3-%4%5.png").arg(folder, panel, dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width()).arg(fresh ? QStringLiteral("-fresh") : QString())));
    }
};

QTEST_MAIN(TestPictures)
#include "tst_pictures.moc"
