// SPDX-License-Identifier: GPL-3.0-or-later
// Every panel in every theme and size on the invented estate. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept, to be looked
// at beside the boards.
#include "app/console/main_window.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/icons.h"
#include "widgets/base/source_label.h"
#include "widgets/base/toast.h"

#include <QDir>
#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

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
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.sessionFile = folder.filePath(QStringLiteral("s.json"));
        options.remember = options.desktop = false;
        MainWindow window(pools, theme, options);
        ui::Ticker::of(&window).setNow([] { return testing::sampleNow(); });
        theme.apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        window.resize(size);
        window.show();
        window.showSnapshot(fresh ? testing::freshSnapshot() : testing::sampleSnapshot());
        for (const PanelEntry &entry : window.panels()) {
            if (!entry.make)
                continue;
            window.open(entry.id);
            QCOMPARE(window.size(), size); // no panel asks for more than the window has
            QCoreApplication::processEvents();
            const QImage image = window.grab().toImage();
            keep(image, entry.id, dark, size, fresh);
            const QColor ground = image.pixelColor(size.width() / 2, 2);
            QVERIFY2(dark == (ground.lightness() < 128), qPrintable(entry.id));
            std::set<QRgb> colours;
            for (int y = 60; y < size.height() - 40; y += 3)
                for (int x = 80; x < size.width(); x += 3)
                    colours.insert(image.pixel(x, y));
            QVERIFY2(colours.size() > 12, qPrintable(entry.id)); // an empty or one-colour screen has fewer
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
        QTemporaryDir folder;
        ui::Theme theme;
        Pools pools{1};
        WindowOptions options;
        options.preferencesFile = folder.filePath(QStringLiteral("p.json"));
        options.sessionFile = folder.filePath(QStringLiteral("s.json"));
        options.remember = options.desktop = false;
        MainWindow window(pools, theme, options);
        ui::Ticker::of(&window).setNow([] { return testing::sampleNow(); });
        theme.apply(dark ? ui::SchemeChoice::Dark : ui::SchemeChoice::Light);
        window.resize(size);
        window.show();
        window.showSnapshot(testing::sampleSnapshot());
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
