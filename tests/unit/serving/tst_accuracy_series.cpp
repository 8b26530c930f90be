// SPDX-License-Identifier: GPL-3.0-or-later
// Accuracy over time: stretches of the calendar in a zone, labels that come late, twice and in any order, values and intervals from their definitions.
#include "core/serving/outcome_reader.h"
#include "core/serving/serving_store.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::serving;

class TestAccuracySeries : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void daysLastAsLongAsTheClocksSay() {
        const QTimeZone berlin("Europe/Berlin");
        const auto day = [&](const char *time) { return calendarSpan(ms(time), CalendarStep::Day, berlin); };
        QCOMPARE(hours(day("2026-03-29T12:00:00Z")), 23.0);
        QCOMPARE(hours(day("2026-10-25T12:00:00Z")), 25.0);
        QCOMPARE(day("2026-06-01T22:30:00Z").from, ms("2026-06-01T22:00:00Z")); // the 2nd in Berlin
        QCOMPARE(hours(calendarSpan(ms("2026-10-25T12:00:00Z"), CalendarStep::Week, berlin)), 169.0);
        // The hour from two to three comes twice, each is its own.
        const CalendarSpan first = calendarSpan(ms("2026-10-25T00:30:00Z"), CalendarStep::Hour, berlin), second = calendarSpan(ms("2026-10-25T01:30:00Z"), CalendarStep::Hour, berlin);
        QCOMPARE(first.to, second.from);
        QCOMPARE(calendarSpanName(first, CalendarStep::Hour, berlin), QStringLiteral("2026-10-25 02:00 UTC+02:00"));
        QCOMPARE(calendarSpanName(second, CalendarStep::Hour, berlin), QStringLiteral("2026-10-25 02:00 UTC+01:00"));
        QCOMPARE(calendarSpan(ms("2026-06-01T10:20:00Z"), CalendarStep::Hour, QTimeZone("Asia/Kolkata")).from, ms("2026-06-01T09:30:00Z"));
    }

    void weeksAreIsoWeeks() {
        const QTimeZone utc = QTimeZone::utc();
        for (const auto &[time, name] : {std::pair{"2027-01-03T23:59:59Z", "2026-W53"}, {"2027-01-04T00:00:00Z", "2027-W01"}, {"2024-12-30T00:00:00Z", "2025-W01"}})
            QCOMPARE(calendarSpanName(calendarSpan(ms(time), CalendarStep::Week, utc), CalendarStep::Week, utc), QLatin1String(name));
    }

    /// Each moment lies in its own stretch, and stretches touch: over two years, in zones with changes of an hour and of half an hour.
    void stretchesCoverTimeWithoutGaps() {
        for (const char *name : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"})
            for (const CalendarStep step : {CalendarStep::Hour, CalendarStep::Day, CalendarStep::Week}) {
                const QTimeZone zone(name);
                CalendarSpan span = calendarSpan(ms("2025-12-31T12:00:00Z"), step, zone);
                for (int i = 0; i < (step == CalendarStep::Hour ? 9000 : 100) && span.to > span.from; ++i) {
                    const CalendarSpan next = calendarSpan(span.to, step, zone);
                    QVERIFY2(next.from == span.to && next.to > next.from, name);
                    QVERIFY(calendarSpan(next.to - 1, step, zone) == next);
                    span = next;
                }
            }
    }

    void wilsonsIntervalIsThePublishedOne() { // 81 of 263: 0.2553, 0.3662 (Newcombe 1998, table I)
        const MetricReading share = wilsonShare(81, 263);
        QVERIFY(std::abs(share.low - 0.2553) < 5e-5 && std::abs(share.high - 0.3662) < 5e-5);
        QVERIFY(std::abs(wilsonShare(0, 20).high - 0.1611) < 5e-5 && wilsonShare(0, 20).low == 0);
        QVERIFY(std::isnan(wilsonShare(0, 0).value));
    }

    void accuracyCountsByTheTimeOfThePrediction() {
        Outcomes outcomes{{QStringLiteral("no"), QStringLiteral("yes")}, {}};
        for (int i = 0; i < 40; ++i)
            outcomes.rows.push_back(row(i, "2026-11-02T08:00:00Z", 1, i < 30 ? 1 : 0, "2026-11-09T08:00:00Z")); // labels come a week late
        for (int i = 40; i < 50; ++i)
            outcomes.rows.push_back(row(i, "2026-11-03T08:00:00Z", 1, 1, "2026-11-03T09:00:00Z"));
        Outcome open = row(60, "2026-11-03T08:00:00Z", 1, 0, nullptr);
        outcomes.rows.push_back(open);
        AccuracyOptions options = at("2026-11-03T20:00:00Z");
        const auto series = accuracySeries(outcomes, options);
        QVERIFY(series);
        QCOMPARE(series->metric, QStringLiteral("accuracy"));
        QCOMPARE(series->buckets.size(), std::size_t(2));
        const AccuracyBucket &first = series->buckets[0], &second = series->buckets[1];
        QCOMPARE(first.own.value, 0.75);
        QCOMPARE(first.own.low, wilsonShare(30, 40).low);
        QVERIFY(!first.incomplete && !first.tooFew && second.incomplete && second.tooFew);
        QVERIFY(std::isnan(second.own.value));
        QCOMPARE(second.predictions, 11);
        QCOMPARE(second.labelledShare(), 10.0 / 11);
        QCOMPARE(second.rolling.value, 0.8); // 40 of 50 on the last seven days
        options.rolling = 1;
        QVERIFY(std::isnan(accuracySeries(outcomes, options)->buckets[1].rolling.value));
        const QJsonObject told = series->toJson(options).value(QLatin1String("buckets")).toArray().at(1).toObject();
        QVERIFY(told.value(QLatin1String("value")).isNull() && told.value(QLatin1String("too_few")).toBool());
    }

    void errorsOfNumbersAreThoseOfTheirDefinitions() {
        Outcomes outcomes;
        for (int i = 0; i < 100; ++i)
            outcomes.rows.push_back(row(i, "2026-11-02T08:00:00Z", i + (i % 2 ? 1 : -3), i, "2026-11-02T09:00:00Z"));
        AccuracyOptions options = at("2026-11-09T00:00:00Z");
        const auto mae = accuracySeries(outcomes, options);
        QVERIFY(mae);
        QCOMPARE(mae->metric, QStringLiteral("mae"));
        const MetricReading &m = mae->buckets[0].own;
        QCOMPARE(m.value, 2.0);
        const double half = 1.959963984540054 * std::sqrt(100.0 / 99 / 100); // |error| is 1 or 3: variance 100/99
        QVERIFY(std::abs(m.high - 2 - half) < 1e-12 && std::abs(2 - m.low - half) < 1e-12);
        options.metric = QStringLiteral("rmse");
        QCOMPARE(accuracySeries(outcomes, options)->buckets[0].own.value, std::sqrt(5.0));
        options.metric = QStringLiteral("r2");
        const auto r2 = accuracySeries(outcomes, options)->buckets[0].own;
        QCOMPARE(r2.value, 1 - 500.0 / 83325); // Σ(i − 49.5)²
        QVERIFY(r2.low < r2.value && r2.value < r2.high);
        options.metric = QStringLiteral("accuracy");
        QVERIFY(!accuracySeries(outcomes, options));
    }

    /// Whatever the order of rows and labels, and however often a label came: the newest counts and the answer is the same, to the bit.
    void neitherOrderNorRepetitionOfLabelsMatters() {
        std::mt19937_64 random(5);
        Outcomes outcomes{{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {}};
        for (int i = 0; i < 600; ++i) {
            Outcome one = row(i / 2, "2026-10-20T00:00:00Z", int(random() % 3), int(random() % 3), "2026-11-01T00:00:00Z");
            one.row = i % 2;
            one.predictedMs += qint64(i / 2) * 3600 * 1000;
            outcomes.rows.push_back(one);
        }
        AccuracyOptions options = at("2026-11-03T00:00:00Z");
        options.zone = QTimeZone("Europe/Berlin");
        options.metric = QStringLiteral("f1_macro");
        const QJsonObject expected = accuracySeries(outcomes, options)->toJson(options);
        QVERIFY(expected.value(QLatin1String("buckets")).toArray().size() > 10);
        for (int round = 0; round < 5; ++round) {
            Outcomes mixed = outcomes;
            for (int i = 0; i < 200; ++i) { // an older label of the same row, a row without its label yet, the same label again
                Outcome again = outcomes.rows[random() % outcomes.rows.size()];
                if (i % 3 == 0) {
                    again.labelledMs -= 1 + qint64(random() % 1000);
                    again.truth = double(random() % 3);
                } else if (i % 3 == 1) {
                    again.labelled = false;
                    again.labelledMs = 0;
                    again.truth = 0;
                }
                mixed.rows.push_back(again);
            }
            std::shuffle(mixed.rows.begin(), mixed.rows.end(), random);
            QCOMPARE(accuracySeries(mixed, options)->toJson(options), expected);
        }
    }

    void slicesAddUpToTheWhole() {
        Outcomes outcomes{{QStringLiteral("no"), QStringLiteral("yes")}, {}};
        std::map<std::pair<qint64, int>, QString> groups;
        for (int i = 0; i < 200; ++i) {
            outcomes.rows.push_back(row(i, "2026-11-02T08:00:00Z", 1, i % 2 == 0 || i % 3 == 0, "2026-11-02T09:00:00Z"));
            groups[{i, 0}] = i % 2 ? QStringLiteral("odd") : QStringLiteral("even");
        }
        const AccuracyOptions options = at("2026-11-09T00:00:00Z");
        const auto slices = accuracySlices(outcomes, groups, options);
        QVERIFY(slices);
        QCOMPARE(slices->at(QStringLiteral("even")).buckets[0].own.value, 1.0);
        QCOMPARE(slices->at(QStringLiteral("odd")).buckets[0].own.value, 0.33);
        QCOMPARE(accuracySeries(outcomes, options)->buckets[0].own.value, (1.0 + 0.33) / 2);
    }

    void theLogIsReadWithItsLabelsAndVersions() {
        const auto database = *Database::open(QStringLiteral(":memory:"), servingMigrations());
        const auto run = [&](const char *sql) { return bool(database->execute(QLatin1String(sql))); };
        QVERIFY(run("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) "
                    "VALUES(1,'m',7,'','','','',1000,'stable','','{\"inputs\":[{\"name\":\"x\",\"type\":\"number\"}],\"outputs\":[\"y\"],\"target\":\"y\",\"task\":\"regression\"}')"));
        QVERIFY(run("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) "
                    "VALUES(1,1,5000,1,0,0,2,1,'','[1,2]',1,200,''),(2,1,6000,1,0,0,1,0,'','',1,500,'bad'),(3,1,9000,1,0,0,1,0,'','3',1,200,'')"));
        QVERIFY(run("INSERT INTO labels(seq,row,prediction_id,time,predicted_time,revision,value,class,predicted,predicted_class,loss) VALUES(1,1,'',8000,5000,1,2.5,NULL,2,NULL,0.5)"));
        const auto read = readOutcomes(*database, {}, 0, 8999);
        QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
        QCOMPARE(read->rows.size(), std::size_t(2));
        QVERIFY(!read->rows[0].labelled && read->rows[1].labelled);
        QCOMPARE(read->rows[1].truth, 2.5);
        QCOMPARE(read->rows[1].predicted, 2.0);
        QCOMPARE(read->rows[1].version, 7);
        const auto markers = deployMarkers(*database);
        QVERIFY(markers && markers->size() == 1);
        QCOMPARE(markers->front().version, 7);
        QCOMPARE(markers->front().timeMs, 1000);
    }

private:
    static qint64 ms(const char *iso) { return QDateTime::fromString(QLatin1String(iso), Qt::ISODate).toMSecsSinceEpoch(); }
    static double hours(const CalendarSpan &span) { return double(span.to - span.from) / 3600000; }
    static AccuracyOptions at(const char *now) {
        AccuracyOptions options;
        options.nowMs = ms(now);
        return options;
    }
    static Outcome row(qint64 request, const char *time, double predicted, double truth, const char *labelled) {
        Outcome one;
        one.request = request;
        one.predictedMs = ms(time);
        one.version = 1;
        one.predicted = predicted;
        one.labelled = labelled != nullptr;
        one.labelledMs = labelled ? ms(labelled) : 0;
        one.truth = labelled ? truth : 0;
        return one;
    }
};

QTEST_GUILESS_MAIN(TestAccuracySeries)
#include "tst_accuracy_series.moc"
