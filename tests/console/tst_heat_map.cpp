// SPDX-License-Identifier: GPL-3.0-or-later
// The heat map of inputs by day: gone through by key, told to a reader of the screen, and what is saved of it.
#include "widgets/base/confusion_view.h"
#include "widgets/base/theme.h"
#include "widgets/drift/drift_days_export.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::ui;

namespace {
const double nan = std::nan("");
const std::vector<QString> inputs{QStringLiteral("income"), QStringLiteral("age, years")}, days{QStringLiteral("20 Nov"), QStringLiteral("21 Nov"), QStringLiteral("22 Nov")};
const std::vector<std::vector<double>> values{{0.02, 0.31, 0.44}, {0.01, nan, 0.03}};
}

class tst_HeatMap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysGoFromCellToCell() {
        Theme theme;
        HeatMap map;
        map.resize(420, 120);
        map.setValues(inputs, days, values, 0.25, 0.5);
        QVERIFY2(map.accessibleDescription().contains(QStringLiteral("income: 0.44")), qPrintable(map.accessibleDescription())); // without the keys: the newest of each
        map.show();
        map.activateWindow();
        map.setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(map.hasFocus());
        QCOMPARE(map.accessibleDescription(), QStringLiteral("income · 22 Nov · 0.440")); // the newest
        QTest::keyClick(&map, Qt::Key_Right); // there is none
        QCOMPARE(map.accessibleDescription(), QStringLiteral("income · 22 Nov · 0.440"));
        QTest::keyClick(&map, Qt::Key_Left);
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(map.accessibleDescription(), QStringLiteral("age, years · 21 Nov · not known"));
        QSignalSpy chosen(&map, &HeatMap::chosen);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toInt(), 1);
        QCOMPARE(chosen[0][1].toInt(), 1);
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(map.accessibleDescription(), QStringLiteral("age, years · 20 Nov · 0.0100"));
        const QImage image = map.grab().toImage();
        if (const QString folder = qEnvironmentVariable("PILOTHOUSE_PICTURES_TO"); !folder.isEmpty())
            QVERIFY(image.save(folder + QStringLiteral("/heat-map.png")));
        map.setValues({inputs[0]}, {days[0]}, {{0.5}}, 0.25, 0.5); // fewer: the keys stay inside
        QCOMPARE(map.accessibleDescription(), QStringLiteral("income · 20 Nov · 0.500"));
        map.setValues({}, {}, {}, 0.25, 0.5);
        QTest::keyClick(&map, Qt::Key_Down); // nothing to go to
        QVERIFY(!map.grab().isNull());
    }

    void theFileHasEachInputAndDay() {
        fleet::DriftDays drift;
        drift.columns = inputs;
        drift.days = {QDate(2026, 11, 20), QDate(2026, 11, 21), QDate(2026, 11, 22)};
        drift.effect = values;
        drift.rows = {500, 12, 480};
        QCOMPARE(daysCsv(drift), QByteArray("input,day,rows,psi\nincome,2026-11-20,500,0.02\nincome,2026-11-21,12,0.31\nincome,2026-11-22,480,0.44\n"
                                            "\"age, years\",2026-11-20,500,0.01\n\"age, years\",2026-11-21,12,\n\"age, years\",2026-11-22,480,0.03\n"));
    }
};

QTEST_MAIN(tst_HeatMap)
#include "tst_heat_map.moc"
