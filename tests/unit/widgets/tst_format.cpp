// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/format.h"
#include "widgets/base/fuzzy.h"
#include "widgets/base/log_view.h"
#include "widgets/base/text.h"

#include <QTest>

#include <cmath>

using namespace pilothouse::ui;

class TestFormat : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void numbers_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("three significant digits") << 1.424 << QStringLiteral("1.42");
        QTest::newRow("below one keeps three after the point") << 0.95312 << QStringLiteral("0.953");
        QTest::newRow("large numbers lose their fraction") << 17520.4 << QStringLiteral("17\u2009520");
        QTest::newRow("four digits are grouped") << 1284.0 << QStringLiteral("1\u2009284");
        QTest::newRow("minus is a true minus") << -0.37 << QStringLiteral("\u22120.370");
        QTest::newRow("whole numbers stay whole") << 42.0 << QStringLiteral("42");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0");
        QTest::newRow("not a number is none") << std::nan("") << QStringLiteral("none");
        QTest::newRow("infinity") << -double(INFINITY) << QStringLiteral("\u2212∞");
    }
    void numbers() {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(number(value), text);
    }

    void aValueThatRoundsToZeroHasNoSign() {
        QCOMPARE(fixed(-0.004, 2), QStringLiteral("0.00"));
        QCOMPARE(fixed(0.37, 2, true), QStringLiteral("+0.37"));
        QCOMPARE(fixed(-0.37, 2, true), QStringLiteral("\u22120.37"));
    }
    void unitsStandBehindASpace() {
        QCOMPARE(percent(0.25), QStringLiteral("25 %"));
        QCOMPARE(percent(0.0123, 1), QStringLiteral("1.2 %"));
        QCOMPARE(bytes(38'000'000), QStringLiteral("38 MB"));
        QCOMPARE(bytes(999), QStringLiteral("999 B"));
    }
    void decimalsFollowTheLocale() {
        QLocale::setDefault(QLocale(QLocale::German));
        QCOMPARE(number(1.42), QStringLiteral("1,42"));
        QLocale::setDefault(QLocale::c());
    }

    void durations_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("seconds") << 40.9 << QStringLiteral("40 s");
        QTest::newRow("a minute exactly") << 60.0 << QStringLiteral("1 min");
        QTest::newRow("minutes without seconds") << 14 * 60 + 59.0 << QStringLiteral("14 min");
        QTest::newRow("hours with minutes of two digits") << 9 * 3600 + 6 * 60.0 << QStringLiteral("9 h 06 m");
        QTest::newRow("whole hours") << 2 * 3600.0 << QStringLiteral("2 h");
        QTest::newRow("hours until two days") << 38 * 3600 + 600.0 << QStringLiteral("38 h 10 m");
        QTest::newRow("days with hours") << 9 * 86400 + 4 * 3600.0 << QStringLiteral("9 d 4 h");
        QTest::newRow("long times are days") << 21 * 86400 + 5 * 3600.0 << QStringLiteral("21 d");
        QTest::newRow("a clock that jumped back is no age") << -5.0 << QStringLiteral("0 s");
    }
    void durations() {
        QFETCH(double, seconds);
        QFETCH(QString, text);
        QCOMPARE(duration(seconds), text);
    }
    void runTimesKeepTheirSeconds() {
        QCOMPARE(runTime(2.44), QStringLiteral("2.4 s"));
        QCOMPARE(runTime(108), QStringLiteral("1 min 48 s"));
        QCOMPARE(runTime(120), QStringLiteral("2 min"));
    }
    void momentsSayAsMuchAsIsNeeded() {
        const QDateTime now(QDate(2026, 11, 21), QTime(14, 32), Qt::LocalTime);
        QCOMPARE(moment(now.addSecs(-400), now), QStringLiteral("14:25:20"));
        QCOMPARE(moment(now.addDays(-1), now), QStringLiteral("Fri 14:32"));
        QCOMPARE(moment(now.addDays(-20), now), QStringLiteral("1 Nov 14:32"));
        QCOMPARE(moment(now.addDays(-400), now), QStringLiteral("17 Oct 2025"));
        QCOMPARE(moment(QDateTime(), now), QStringLiteral("none"));
    }
    void metricsAreWrittenAsPeopleWriteThem() {
        QCOMPARE(metricName(QStringLiteral("r2")), QStringLiteral("R²"));
        QCOMPARE(metricName(QStringLiteral("mae")), QStringLiteral("MAE"));
        QCOMPARE(metricName(QStringLiteral("f1_macro")), QStringLiteral("F1 macro"));
        QCOMPARE(metricName(QStringLiteral("accuracy")), QStringLiteral("accuracy"));
        QCOMPARE(metricName(QStringLiteral("median_ae")), QStringLiteral("median AE"));
        QCOMPARE(metricName(QStringLiteral("roc_auc_ovr_macro")), QStringLiteral("ROC AUC ovr macro"));
        QCOMPARE(metricName(QStringLiteral("smape")), QStringLiteral("sMAPE"));
        QCOMPARE(metricName(QStringLiteral("pinball_10")), QStringLiteral("pinball 0.1"));
        QCOMPARE(metricName(QStringLiteral("mae@rh2m_raw")), QStringLiteral("MAE rh2m_raw")); // of one of several targets
    }
    void idsAreCutInTheMiddle() {
        QCOMPARE(middleElided(QStringLiteral("0123456789abcdef"), 8), QStringLiteral("01234…ef"));
        QCOMPARE(middleElided(QStringLiteral("short"), 8), QStringLiteral("short"));
    }
    void limits() {
        QCOMPARE(limitText({}, 1.1), QStringLiteral("≤ 1.10"));
        QCOMPARE(limitText(0.95, {}), QStringLiteral("≥ 0.950"));
        QVERIFY(limitText({}, {}).isEmpty());
    }

    void tabularDigitsShareOneWidth() {
        const QFont font;
        QCOMPARE(tabularWidth(font, QStringLiteral("111.1")), tabularWidth(font, QStringLiteral("888.8")));
    }

    void fuzzy_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        QTest::newRow("a piece beats scattered letters") << "ws2m" << "Approve weather-ws2m v30" << "Show works summary 2 more";
        QTest::newRow("a word start beats the middle") << "pro" << "Promote t2m" << "Improve t2m";
        QTest::newRow("initials find words") << "pt" << "Promote t2m" << "Adapt";
        QTest::newRow("short beats long") << "train" << "Train" << "Train the wind model on this machine with everything";
    }
    void fuzzy() {
        QFETCH(QString, pattern);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        const auto a = fuzzyMatch(pattern, better);
        const auto b = fuzzyMatch(pattern, worse);
        QVERIFY(a);
        QVERIFY(!b || a->score > b->score);
        for (std::size_t i = 1; i < a->positions.size(); ++i)
            QVERIFY(a->positions[i] > a->positions[i - 1]);
    }
    void fuzzyNeedsAllLettersInOrder() {
        QVERIFY(!fuzzyMatch(QStringLiteral("zx"), QStringLiteral("promote")));
        QVERIFY(!fuzzyMatch(QStringLiteral("mp"), QStringLiteral("pm")));
        QVERIFY(fuzzyMatch(QString(), QStringLiteral("anything")));
    }

    void logLinesLoseEscapesAndKeepTheLastState() {
        QCOMPARE(plainLogText(QStringLiteral("\x1b[31mred\x1b[0m end\r\n")), QStringLiteral("red end"));
        QCOMPARE(plainLogText(QStringLiteral("10 %\r50 %\r100 %")), QStringLiteral("100 %"));
        QCOMPARE(plainLogText(QStringLiteral("\x1b]8;;http://x\x07link\x1b]8;;\x07")), QStringLiteral("link"));
    }
    void logLevelsAreWordsNotPieces() {
        QCOMPARE(logLevel(QStringLiteral("WARNING: gpu not visible")), State::Warn);
        QCOMPARE(logLevel(QStringLiteral("Traceback (most recent call last)")), State::Bad);
        QCOMPARE(logLevel(QStringLiteral("terrors of the deep")), State::None);
    }
};

QTEST_MAIN(TestFormat)
#include "tst_format.moc"
