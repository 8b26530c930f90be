// SPDX-License-Identifier: GPL-3.0-or-later
// Every panel in every theme and size on the invented estate. With PILOTHOUSE_PICTURES_TO=DIR the grabs are kept, to be looked
// at beside the boards.
#include "app/console/main_window.h"
#include "tests/support/sample_snapshot.h"
#include "widgets/base/source_label.h"

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
