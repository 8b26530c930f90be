// SPDX-License-Identifier: GPL-3.0-or-later
// Stretches of the week: when they hold, and when the next moment outside or inside them is.
#include "core/workspace/weekly_window.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate).toUTC(); }
const QTimeZone berlin("Europe/Berlin");

std::vector<WeeklyWindow> windows(const QStringList &texts) {
    std::vector<WeeklyWindow> list;
    for (const QString &text : texts)
        list.push_back(WeeklyWindow::parse(text).value());
    return list;
}

} // namespace

class tst_WeeklyWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aMomentLiesInAStretch_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QDateTime>("time");
        QTest::addColumn<bool>("in");
        const auto row = [](const char *text, const char *time, bool in) { QTest::newRow(qPrintable(QStringLiteral("%1 at %2").arg(QLatin1String(text), QLatin1String(time)))) << QString::fromLatin1(text) << at(time) << in; };
        // 2026-03-02 is a Monday.
        row("09:00-17:00", "2026-03-02T09:00:00Z", true);
        row("09:00-17:00", "2026-03-02T16:59:59Z", true);
        row("09:00-17:00", "2026-03-02T17:00:00Z", false);
        row("22:00-06:00", "2026-03-02T22:00:00Z", true);
        row("22:00-06:00", "2026-03-03T05:59:00Z", true);
        row("22:00-06:00", "2026-03-03T06:00:00Z", false);
        row("Sat,Sun", "2026-03-07T00:00:00Z", true);
        row("Sat,Sun", "2026-03-08T23:59:59Z", true);
        row("Sat,Sun", "2026-03-09T00:00:00Z", false);
        row("Fri 22:00-06:00", "2026-03-07T05:00:00Z", true); // it began on Friday
        row("Fri 22:00-06:00", "2026-03-06T05:00:00Z", false);
        row("Fri-Mon", "2026-03-02T12:00:00Z", true);
        row("Fri-Mon", "2026-03-03T12:00:00Z", false);
        row("mon-fri 18:00-24:00", "2026-03-02T23:59:00Z", true);
        row("mon-fri 18:00-24:00", "2026-03-03T00:00:00Z", false);
    }
    void aMomentLiesInAStretch() {
        QFETCH(QString, text);
        QFETCH(QDateTime, time);
        const auto window = WeeklyWindow::parse(text);
        QVERIFY2(window, window ? "" : qPrintable(window.error().text()));
        QTEST(window->has(time, QTimeZone::utc()), "in");
    }

    void clocksAreThoseOfTheZone() {
        const auto window = WeeklyWindow::parse(QStringLiteral("Mon 00:00-01:00")).value();
        QVERIFY(window.has(at("2026-03-01T23:30:00Z"), berlin)); // 00:30 on Monday there
        QVERIFY(!window.has(at("2026-03-02T00:30:00Z"), berlin));
        // The night on which clocks go forward has no 02:30: 01:59 is followed by 03:00.
        QCOMPARE(nextWithin(windows({QStringLiteral("Sun 02:30-04:00")}), {}, at("2026-03-29T00:00:00Z"), berlin), at("2026-03-29T01:00:00Z"));
    }

    void otherTextsAreRefused_data() {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "night", "9-17", "25:00-26:00", "09:60-10:00", "24:00-06:00", "08:00-08:00", "Mon-", "Foo", "Mon 09:00", "Mon,Tue-", "09:00-17:00 Mon"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void otherTextsAreRefused() {
        QFETCH(QString, text);
        const auto window = WeeklyWindow::parse(text);
        QVERIFY(!window);
        QCOMPARE(window.error().kind, ErrorKind::Invalid);
    }

    void theNextMoment() {
        const auto night = windows({QStringLiteral("22:00-06:00")}), weekend = windows({QStringLiteral("Sat,Sun")});
        const QTimeZone utc = QTimeZone::utc();
        QCOMPARE(nextWithin({}, {}, at("2026-03-02T12:00:07Z"), utc), at("2026-03-02T12:00:07Z"));
        QCOMPARE(nextWithin(night, {}, at("2026-03-02T12:00:07Z"), utc), at("2026-03-02T22:00:00Z"));
        QCOMPARE(nextWithin(night, {}, at("2026-03-02T23:00:07Z"), utc), at("2026-03-02T23:00:07Z"));
        QCOMPARE(nextWithin(night, weekend, at("2026-03-06T12:00:00Z"), utc), at("2026-03-06T22:00:00Z"));
        QCOMPARE(nextWithin(night, weekend, at("2026-03-07T12:00:00Z"), utc), at("2026-03-09T00:00:00Z")); // Sunday's night goes on into Monday
        QVERIFY(!nextWithin(weekend, weekend, at("2026-03-02T12:00:00Z"), utc).isValid());
    }
};

QTEST_GUILESS_MAIN(tst_WeeklyWindow)
#include "tst_weekly_window.moc"
