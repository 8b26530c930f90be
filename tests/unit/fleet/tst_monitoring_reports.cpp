// SPDX-License-Identifier: GPL-3.0-or-later
// Reports of accuracy and of data quality, as pages: they are XML, hold what they must, and what comes from outside stays text.
#include "core/base/file.h"
#include "core/data/file_profile.h"
#include "core/fleet/accuracy_report.h"
#include "core/fleet/quality_report.h"
#include "tests/support/parsed_page.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using pilothouse::testing::parsed;
using pilothouse::testing::Parsed;

namespace {

const QString nasty = QStringLiteral("<script>alert('x')</script> & \"quoted\" %1 %2 ünïcode");
const QDateTime made(QDate(2026, 4, 2), QTime(12, 0), Qt::UTC);

CalendarSpan day(int number) {
    const QDateTime from(QDate(2026, 3, number), QTime(0, 0), Qt::UTC);
    return {from.toMSecsSinceEpoch(), from.addDays(1).toMSecsSinceEpoch()};
}
serving::AccuracyBucket bucket(int number, double value, qint64 labelled) {
    serving::AccuracyBucket b;
    b.span = day(number);
    b.predictions = 100;
    b.labelled = labelled;
    b.tooFew = labelled < 30;
    const double nan = std::nan("");
    b.own = b.tooFew ? serving::MetricReading{nan, nan, nan} : serving::MetricReading{value, value - 0.25, value + 0.25};
    b.rolling = b.own;
    b.versions = {number < 12 ? 4 : 5};
    return b;
}
AccuracyView view() {
    AccuracyView v;
    v.how.metric = v.title = v.series.metric = QStringLiteral("mae");
    v.series.interval = QStringLiteral("bootstrap, 400 rounds");
    v.series.largerIsBetter = false;
    v.series.buckets = {bucket(10, 1, 80), bucket(11, 1.125, 90), bucket(12, 2.5, 60), bucket(13, 0, 10)};
    v.series.buckets.back().incomplete = true;
    v.deploys = {{day(12).from + 3600'000, 2, 5, QStringLiteral("stable")}};
    v.predictions = 400;
    v.labelled = 240;
    return v;
}

} // namespace

class tst_MonitoringReports : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void accuracyIsToldInASentenceAndAllStretches() {
        const QByteArray html = accuracyReport(QStringLiteral("house"), view(), {}, made);
        const Parsed page = parsed(html);
        QVERIFY2(page.whole, qPrintable(page.problem));
        QCOMPARE(page.headings, (QStringList{QStringLiteral("Accuracy of house: mae by day"), QStringLiteral("Each stretch"), QStringLiteral("What began to serve meanwhile"), QStringLiteral("How the figures are made")}));
        QVERIFY2(page.text.contains(QStringLiteral("mae was 2.5 (95 %: 2.25 … 2.75) in the newest stretch that can be told, 2026-03-12; the best was 1, 2026-03-10.")), qPrintable(page.text));
        for (const char *wanted : {"400, of which 240 have a label (60.0 %)", "mae, smaller is better", "too few labels", "not over", "v5", "stable", "bootstrap, 400 rounds", "Below 30 labelled rows"})
            QVERIFY2(page.text.contains(QString::fromUtf8(wanted)), wanted);
        QVERIFY(page.elements.contains(QStringLiteral("svg")));
        QVERIFY(!page.elements.contains(QStringLiteral("script")) && !html.contains("http://www.w3.org/1999/xlink") && !html.contains("src=")); // alone it is whole
    }

    void theCurveHasAGapWhereAStretchHasTooFew() {
        AccuracyView v = view();
        const auto lines = [&] { return accuracyReport(QStringLiteral("m"), v, {}, made).count("<polyline"); };
        const auto whole = lines();
        v.series.buckets = {bucket(10, 1, 80), bucket(11, 1, 80), bucket(12, 0, 5), bucket(13, 1, 80), bucket(14, 1, 80)};
        QVERIFY2(lines() > whole, qPrintable(QStringLiteral("%1 and %2").arg(lines()).arg(whole)));
        v.series.buckets.erase(v.series.buckets.begin() + 2); // nothing was asked on that day
        QVERIFY2(lines() > whole, qPrintable(QStringLiteral("%1 and %2").arg(lines()).arg(whole)));
    }

    void withoutALabelNothingIsClaimed() {
        AccuracyView v = view();
        v.series.buckets = {bucket(10, 0, 0), bucket(11, 0, 0)};
        v.labelled = 0;
        v.notEstimated = QStringLiteral("too few rows");
        const Parsed page = parsed(accuracyReport(QStringLiteral("m"), v, {}, made));
        QVERIFY(page.whole);
        QVERIFY(page.text.contains(QStringLiteral("No label has come yet")));
        QVERIFY(page.text.contains(QStringLiteral("Not estimated: too few rows")));
        v.series.buckets.clear();
        v.predictions = 0;
        QVERIFY(parsed(accuracyReport(QStringLiteral("m"), v, {}, made)).whole);
    }

    void slicesEstimatesAndCausesAreThereWhereAsked() {
        AccuracyView v = view();
        EstimatedSeries e;
        e.method = QStringLiteral("direct loss (DLE)");
        e.learned = QStringLiteral("230 rows");
        e.version = 5;
        e.stretches = {{day(13), {QStringLiteral("mae"), 2.25, 2, 2.5, 100}}};
        v.estimated = e;
        for (int i = 0; i < 8; ++i)
            v.slices[QStringLiteral("slice %1").arg(i)] = v.series;
        AccuracyWhy why;
        why.metric = QStringLiteral("mae");
        why.version = 5;
        why.sinceMs = day(12).from;
        why.before = {1, 0.9, 1.1};
        why.after = {2.5, 2.25, 2.75};
        why.causes = {{QStringLiteral("income"), 0.8, 0.5, 1, false}, {QStringLiteral("age"), 0, 0, 0, true}};
        why.rows = {{QStringLiteral("r-1"), QStringLiteral("3"), QStringLiteral("9"), day(12).from + 5, 6, {{QStringLiteral("income"), QStringLiteral("7")}}}};
        const QByteArray html = accuracyReport(QStringLiteral("m"), v, why, made);
        const Parsed page = parsed(html);
        QVERIFY2(page.whole, qPrintable(page.problem));
        for (const char *heading : {"Estimated without labels", "Slices", "Why did it drop?"})
            QVERIFY2(page.headings.contains(QString::fromUtf8(heading)), heading);
        for (const char *wanted : {"These are estimates for v5, not measurements: direct loss (DLE), learned from 230 rows", "slice 0", "slice 7", "income", "100 %", "too few rows", "r-1", "income = 7"})
            QVERIFY2(page.text.contains(QString::fromUtf8(wanted)), wanted);
        QVERIFY(html.contains("stroke-dasharray")); // an estimate does not look like a measurement
    }

    void whatComesFromOutsideStaysText() {
        AccuracyView v = view();
        v.title = nasty;
        v.notes = QStringList{nasty};
        v.slices[nasty] = v.series;
        v.deploys[0].outcome = nasty;
        const QByteArray html = accuracyReport(nasty, v, {}, made);
        const Parsed page = parsed(html);
        QVERIFY2(page.whole, qPrintable(page.problem));
        QVERIFY(!page.elements.contains(QStringLiteral("script")) && page.text.contains(nasty));
        QCOMPARE(page.headings.front(), QStringLiteral("Accuracy of %1: %2 by day").arg(nasty, nasty));
    }

    void dataQualityTellsEachCheckAndColumn() {
        QByteArray csv = "a,b,c,when\n";
        for (int i = 0; i < 200; ++i)
            csv += QByteArray::number(i == 7 ? 90000 : i % 50) + (i % 10 == 0 ? ",NA," : i % 2 ? ",x," : ",<b>,") + "1,2026-03-01T" + QByteArray::number(i / 60).rightJustified(2, '0') + ':' + QByteArray::number(i % 60).rightJustified(2, '0') + ":00Z\n";
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("rows & more.csv"));
        QVERIFY(writeFileAtomically(file, csv).has_value());
        const auto found = data::profileFile(file, {});
        QVERIFY(found.has_value());
        const QByteArray html = qualityReport({file, found->profile, found->quality}, made);
        const Parsed page = parsed(html);
        QVERIFY2(page.whole, qPrintable(page.problem));
        QCOMPARE(page.headings.front(), QStringLiteral("Data quality of rows & more.csv"));
        for (const char *wanted : {"Found: constant (1), missing (10 %), outliers (0.5 %).", "200, 4 columns", "2026-03-01 00:00:00 … 2026-03-01 03:19:00 UTC, every 60 s, 0 steps missing", "<b> ("})
            QVERIFY2(page.text.contains(QString::fromUtf8(wanted)), (QByteArray(wanted) + '\n' + page.text.toUtf8()).constData());
        QVERIFY(!page.text.contains(QStringLiteral("absent_columns"))); // there is no reference
        for (const QString &check : workspace::knownQualityChecks())
            if (!std::isnan(found->quality.value(check)))
                QVERIFY2(page.text.contains(check + QStringLiteral(" : ")), qPrintable(check)); // and what it means
        QVERIFY(page.text.contains(found->profile.fingerprint.sha256.left(16)));
    }

    void cleanDataIsSaidToBeClean() {
        QByteArray csv = "a,b\n";
        for (int i = 0; i < 100; ++i)
            csv += QByteArray::number(i % 40 * 0.5) + ',' + QByteArray::number(i * 13 % 97 + 0.25) + '\n';
        QTemporaryDir folder;
        QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("c.csv")), csv).has_value());
        const auto found = data::profileFile(folder.filePath(QStringLiteral("c.csv")), {});
        QVERIFY(found.has_value());
        const Parsed page = parsed(qualityReport({QStringLiteral("c.csv"), found->profile, found->quality}, made));
        QVERIFY2(page.text.contains(QStringLiteral("Nothing was found")), qPrintable(page.text));
    }
};

QTEST_GUILESS_MAIN(tst_MonitoringReports)
#include "tst_monitoring_reports.moc"
