// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time_zone.h"

#include <QTest>

using namespace pilothouse;

class TestTimeZone : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNameIsAZoneOrIsNot_data() {
        QTest::addColumn<bool>("zone");
        for (const char *name : {"UTC", "Europe/Berlin", "Asia/Colombo", "GMT", "Africa/Cairo", "UTC+05:30", "CET-1CEST,M3.5.0,M10.5.0/3"})
            QTest::newRow(name) << true;
        for (const char *name : {"", "Berlin", "Mars", "Mars/North", "Europe", "../UTC", "soon"})
            QTest::newRow(name) << false;
    }
    void aNameIsAZoneOrIsNot() {
        QFETCH(bool, zone);
        QCOMPARE(isTimeZone(QString::fromLatin1(QTest::currentDataTag())), zone);
    }

    void aPlaceIsGivenItsZone() {
        QCOMPARE(timeZoneHint(QStringLiteral("Berlin")), QStringLiteral("Did you mean Europe/Berlin?"));
        QCOMPARE(timeZoneHint(QStringLiteral("new york")), QStringLiteral("Did you mean America/New_York?"));
        QCOMPARE(timeZoneHint(QStringLiteral("europe/berlin")), QStringLiteral("Did you mean Europe/Berlin?"));
        QVERIFY(timeZoneHint(QStringLiteral("Mars")).startsWith(QStringLiteral("Write UTC")));
        QVERIFY(timeZoneHint(QString()).startsWith(QStringLiteral("Write UTC")));
    }
};

QTEST_GUILESS_MAIN(TestTimeZone)
#include "tst_time_zone.moc"
