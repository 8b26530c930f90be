// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"

#include <QTest>

using namespace pilothouse;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate); }

} // namespace

class TestCron : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firesAround_data() {
        QTest::addColumn<bool>("six");
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QDateTime>("now");
        QTest::addColumn<QDateTime>("before");
        QTest::addColumn<QDateTime>("after");
        const auto row = [](const char *name, bool six, const char *cron, const char *now, const char *before, const char *after) { QTest::newRow(name) << six << QString::fromLatin1(cron) << at(now) << at(before) << at(after); };
        row("daily", false, "0 2 * * *", "2026-11-23T12:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z");
        row("at the fire itself it is the last one, and the next is another", false, "0 2 * * *", "2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z");
        row("Sunday as 7", false, "30 4 * * 7", "2026-11-23T12:00:00Z", "2026-11-22T04:30:00Z", "2026-11-29T04:30:00Z");
        row("names and lists", false, "15 6,18 * JAN-NOV mon,WED", "2026-11-23T12:00:00Z", "2026-11-23T06:15:00Z", "2026-11-23T18:15:00Z");
        row("one of two days is enough", false, "0 0 13 * FRI", "2026-11-12T12:00:00Z", "2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z");
        row("a step over all leaves the other day restricted", false, "0 0 */2 * MON", "2026-11-20T12:00:00Z", "2026-11-09T00:00:00Z", "2026-11-23T00:00:00Z");
        row("29 February", false, "0 0 29 2 *", "2026-11-23T12:00:00Z", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z");
        row("six fields have the second first", true, "30 0 2 * * 1", "2026-11-23T12:00:00Z", "2026-11-23T02:00:30Z", "2026-11-30T02:00:30Z");
        row("of six the last may be missing", true, "0 0 2 1 *", "2026-11-23T12:00:00Z", "2026-11-01T02:00:00Z", "2026-12-01T02:00:00Z");
        row("a word", true, "@daily", "2026-11-23T12:00:00Z", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");
    }
    void firesAround() {
        QFETCH(bool, six);
        QFETCH(QString, cron);
        QFETCH(QDateTime, now);
        const auto read = Cron::parse(cron, six ? Cron::Form::Six : Cron::Form::Five);
        QVERIFY(read);
        QTEST(read->previous(now), "before");
        QTEST(read->next(now), "after");
    }
    void aZoneCounts() {
        const auto cron = Cron::parse(QStringLiteral("0 2 * * *"));
        QVERIFY(cron);
        const QTimeZone berlin("Europe/Berlin");
        QCOMPARE(cron->next(at("2026-07-01T12:00:00Z"), berlin), at("2026-07-02T00:00:00Z"));
        QCOMPARE(cron->next(at("2026-12-01T12:00:00Z"), berlin), at("2026-12-02T01:00:00Z"));
    }
    void whatIsNone_data() {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "0 2 * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *", "0 2 * 13 *", "0 2 * * 8", "0 2-1 * * *", "0 */0 * * *", "0 2 * * ?", "H 2 * * *", "@daily", "1/2/3 * * * *"})
            QTest::newRow(*text ? text : "nothing") << QString::fromLatin1(text);
    }
    void whatIsNone() {
        QFETCH(QString, text);
        const auto cron = Cron::parse(text);
        QVERIFY(!cron);
        QCOMPARE(cron.error().kind, ErrorKind::Invalid);
        QVERIFY(!cron.error().hint.isEmpty());
        QVERIFY(!nextCron(text, at("2026-11-23T12:00:00Z")).isValid());
    }
    void whatNeverComes() { QVERIFY(!nextCron(QStringLiteral("0 0 30 2 *"), at("2026-11-23T12:00:00Z")).isValid()); }
    void intervals() {
        const QDateTime from = at("2026-11-20T10:00:00Z");
        QCOMPARE(nextPeriodic(from, 86400, at("2026-11-23T12:00:00Z")), at("2026-11-24T10:00:00Z"));
        QCOMPARE(lastPeriodic(from, 86400, at("2026-11-23T12:00:00Z")), at("2026-11-23T10:00:00Z"));
        QCOMPARE(nextPeriodic(from, 86400, at("2026-11-20T09:00:00Z")), at("2026-11-21T10:00:00Z"));
        QVERIFY(!lastPeriodic(from, 86400, at("2026-11-21T09:59:59Z")).isValid()); // the first fire is an interval after the begin
        QVERIFY(!nextPeriodic(from, 0, from).isValid());
        const auto every = Cron::parse(QStringLiteral("@every 1h30m"), Cron::Form::Six);
        QVERIFY(every);
        QCOMPARE(every->next(from), from.addSecs(5400));
    }
};

QTEST_APPLESS_MAIN(TestCron)
#include "tst_cron.moc"
