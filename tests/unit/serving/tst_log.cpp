// SPDX-License-Identifier: GPL-3.0-or-later
// The prediction log: bounded, counted, found again, read as columns and as live metrics.
#include "tests/unit/serving/serving_fixture.h"

#include "core/serving/log_reader.h"
#include "core/serving/serving_store.h"

#include <QtTest>

#include <sqlite3.h>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

namespace {

LogRecord record(PredictionLog &log, const char *input = R"({"a":1})", const char *output = "1") {
    LogRecord r;
    r.sequence = log.nextSequence();
    r.timeMs = 1000 * r.sequence;
    r.revision = 1;
    r.rows = 1;
    r.input = std::string(input); // made, then moved: g++ 12 warns of an assigned literal (GCC bug 105651)
    r.output = std::string(output);
    return r;
}

qint64 countOf(const QString &file, const QString &sql) {
    qint64 count = -1;
    const auto database = Database::open(file, servingMigrations());
    if (!database || !(*database)->query(sql, {}, [&](const Statement &s) { count = s.integer(0); }))
        return -1;
    return count;
}

} // namespace

class TestLog : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    QString file() const { return m_folder->filePath(QStringLiteral("serving.db")); }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aFullQueueDropsAndCounts() {
        LogOptions options;
        options.queueRecords = 10;
        auto log = PredictionLog::open(file(), options);
        QVERIFY(log);
        sqlite3 *other = nullptr; // somebody else holds the database, so nothing can be written
        QCOMPARE(sqlite3_open(file().toLocal8Bit().constData(), &other), SQLITE_OK);
        QCOMPARE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
        (*log)->add(record(**log));
        QTRY_COMPARE((*log)->waiting(), std::size_t(0)); // the writer took it and is stuck with it
        for (int i = 0; i < 100; ++i)
            (*log)->add(record(**log)); // never waits
        QCOMPARE((*log)->waiting(), std::size_t(10));
        QCOMPARE((*log)->dropped(), std::uint64_t(90));
        QCOMPARE(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(other);
        QVERIFY((*log)->flush());
        QCOMPARE((*log)->written(), std::uint64_t(11));
        QCOMPARE(countOf(file(), QStringLiteral("SELECT count(*) FROM predictions")), qint64(11));
    }

    void aQueueIsBoundedInBytesToo() {
        LogOptions options;
        options.queueBytes = 100000;
        auto log = PredictionLog::open(file(), options);
        QVERIFY(log);
        const std::string large(200000, ' ');
        LogRecord r = record(**log);
        r.input = large;
        (*log)->add(std::move(r));
        QCOMPARE((*log)->dropped(), std::uint64_t(1));
    }

    void dropsAreShown() {
        Served served;
        served.options.log.queueBytes = 100; // smaller than any record
        QVERIFY(served.start());
        Wire wire(served.port());
        for (int i = 0; i < 5; ++i)
            QCOMPARE(wire.ask("POST", "/predict", R"({"a":1})").status, 200);
        QCOMPARE(wire.ask("GET", "/metrics").json().value(Q("log")).toObject().value(Q("dropped")).toInt(), 5);
        QVERIFY(wire.ask("GET", "/metrics/prometheus").body.find("pilothouse_log_dropped_total{model=\"t2m\"} 5\n") != std::string::npos);
    }

    void whatIsQueuedIsWrittenAtTheEnd() {
        {
            auto log = PredictionLog::open(file(), {});
            QVERIFY(log);
            for (int i = 0; i < 5000; ++i)
                (*log)->add(record(**log));
        }
        QCOMPARE(countOf(file(), QStringLiteral("SELECT count(*) FROM predictions")), qint64(5000));
    }

    void aSecondStartGoesOnCountingAndItsIdsAreOthers() {
        std::string first, second;
        {
            auto log = PredictionLog::open(file(), {});
            QVERIFY(log);
            for (int i = 0; i < 3; ++i)
                (*log)->add(record(**log));
            (*log)->appendId(first, 1);
        }
        auto log = PredictionLog::open(file(), {});
        QVERIFY(log);
        QCOMPARE((*log)->sequence(), std::int64_t(4));
        (*log)->appendId(second, 1);
        QVERIFY(first != second);
    }

    void oldRecordsAreForgotten() {
        LogOptions options;
        options.keepRecords = 1000;
        auto log = PredictionLog::open(file(), options);
        QVERIFY(log);
        for (int i = 0; i < 30000; ++i) {
            (*log)->add(record(**log));
            if (i % 1000 == 0)
                QVERIFY((*log)->flush());
        }
        QVERIFY((*log)->flush());
        const qint64 kept = countOf(file(), QStringLiteral("SELECT count(*) FROM predictions"));
        QVERIFY2(kept >= 1000 && kept <= 13000, qPrintable(QString::number(kept)));
        QCOMPARE(countOf(file(), QStringLiteral("SELECT max(seq) FROM predictions")), qint64(30000));
    }

    void predictionIds_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::addColumn<int>("row");
        QTest::newRow("one row") << "0000ffff-1a" << true << -1;
        QTest::newRow("a row of a list") << "0000ffff-1a.12" << true << 12;
        QTest::newRow("too short") << "ffff-1a" << false << 0;
        QTest::newRow("no number behind the dash") << "0000ffff-" << false << 0;
        QTest::newRow("words") << "not an id at all" << false << 0;
        QTest::newRow("something behind it") << "0000ffff-1a.1x" << false << 0;
        QTest::newRow("a negative row") << "0000ffff-1a.-1" << false << 0;
        QTest::newRow("sequence zero") << "0000ffff-0" << false << 0;
    }
    void predictionIds() {
        QFETCH(QString, text);
        QFETCH(bool, good);
        QFETCH(int, row);
        const auto id = parsePredictionId(text.toStdString());
        QCOMPARE(id.has_value(), good);
        if (good) {
            QCOMPARE(id->instance, 0xffffu);
            QCOMPARE(id->sequence, std::int64_t(0x1a));
            QCOMPARE(id->row, row);
        }
    }

    void theLogReadsBackAsColumnsWithLabels() {
        Served served;
        QVERIFY(served.start());
        Wire wire(served.port());
        const QString one = wire.ask("POST", "/predict", R"({"a":1,"b":2,"side":"west"})").json().value(Q("prediction_id")).toString();
        const QString many = wire.ask("POST", "/predict", R"({"rows":[[3,null,"north"],[4,0,null]]})").json().value(Q("prediction_id")).toString();
        wire.ask("POST", "/predict", R"({"a":"wrong"})");
        wire.ask("POST", "/v1/models/t2m:predict", R"({"instances":[[5,0,"east"]]})");
        const QJsonObject labels{{Q("labels"), QJsonArray{QJsonObject{{Q("prediction_id"), one}, {Q("value"), 1020}},
                                                          QJsonObject{{Q("prediction_id"), many + Q(".1")}, {Q("value"), 1000}},
                                                          QJsonObject{{Q("prediction_id"), many + Q(".2")}, {Q("value"), 1}},
                                                          QJsonObject{{Q("prediction_id"), many}, {Q("value"), 1}},
                                                          QJsonObject{{Q("prediction_id"), one + Q(".0")}, {Q("value"), 1}},
                                                          QJsonObject{{Q("prediction_id"), one}, {Q("value"), Q("warm")}}}}};
        const QJsonObject taken = wire.ask("POST", "/labels", QJsonDocument(labels).toJson().toStdString()).json();
        QCOMPARE(taken.value(Q("accepted")).toInt(), 2);
        QCOMPARE(taken.value(Q("unknown")).toArray().size(), 3); // no third row; a list needs a row; one row has none
        QCOMPARE(taken.value(Q("rejected")).toArray().size(), 1);

        const auto database = openServingDatabase(served.folder.path());
        QVERIFY(database);
        const auto rows = newestRows(**database, 100);
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->table.names(), QStringList({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("side"), QStringLiteral("prediction"), QStringLiteral("label")}));
        QCOMPARE(rows->table.rows(), std::size_t(4));
        QCOMPARE(rows->labelled, std::size_t(2));
        QCOMPARE(rows->table.columns[0].numbers, (std::vector<double>{1, 3, 4, 5}));
        QVERIFY(std::isnan(rows->table.columns[1].numbers[1]));
        QStringList sides;
        for (std::size_t i = 0; i < 4; ++i)
            sides << rows->table.columns[2].text(i);
        QCOMPARE(sides, QStringList({QStringLiteral("west"), QStringLiteral("(unknown)"), QString(), QStringLiteral("east")}));
        QCOMPARE(rows->table.columns[3].numbers, (std::vector<double>{1021, 1053, 1004, 1105}));
        QCOMPARE(rows->table.columns[4].numbers[0], 1020.0);
        QVERIFY(std::isnan(rows->table.columns[4].numbers[1]));
        QCOMPARE(rows->table.columns[4].numbers[2], 1000.0);
        QCOMPARE(newestRows(**database, 2)->table.columns[0].numbers, (std::vector<double>{4, 5}));

        const auto live = liveMetrics(**database, 100);
        QVERIFY(live);
        QCOMPARE(live->labelled, qint64(2));
        QCOMPARE(live->values.at(QStringLiteral("mae")), 2.5); // |1021 − 1020|, |1004 − 1000|
        QCOMPARE(live->values.at(QStringLiteral("rmse")), std::sqrt((1.0 + 16.0) / 2));
        QCOMPARE(live->values.at(QStringLiteral("r2")), 1.0 - 17.0 / 200.0);
        QVERIFY(!live->values.count(QStringLiteral("accuracy")));
    }

    void classLabelsGiveAnAccuracy() {
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<ClassScorer>());
        QVERIFY(served.start());
        Wire wire(served.port());
        QJsonArray labels;
        for (const auto &[x, truth] : {std::pair(0.5, "small"), std::pair(1.5, "middle"), std::pair(2.5, "small"), std::pair(1.2, "huge")}) {
            const QString id = wire.ask("POST", "/predict", "{\"x\":" + std::to_string(x) + "}").json().value(Q("prediction_id")).toString();
            labels.append(QJsonObject{{Q("prediction_id"), id}, {Q("value"), Q(truth)}});
        }
        const QJsonObject taken = wire.ask("POST", "/labels", QJsonDocument(QJsonObject{{Q("labels"), labels}}).toJson().toStdString()).json();
        QCOMPARE(taken.value(Q("accepted")).toInt(), 3);
        QVERIFY(taken.value(Q("rejected")).toArray().at(0).toObject().value(Q("what")).toString().contains(Q("huge")));
        const auto database = openServingDatabase(served.folder.path());
        QVERIFY(database);
        QCOMPARE(liveMetrics(**database, 100)->values.at(QStringLiteral("accuracy")), 2.0 / 3);
        const auto rows = newestRows(**database, 10);
        QVERIFY(rows);
        QCOMPARE(rows->table.find(QStringLiteral("prediction"))->text(2), QStringLiteral("large"));
        QCOMPARE(rows->table.find(QStringLiteral("label"))->text(2), QStringLiteral("small"));
    }

    void theFirstStepOfEachTargetIsAColumn() {
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<PairScorer>());
        QVERIFY(served.start());
        Wire wire(served.port());
        QCOMPARE(wire.ask("POST", "/predict", R"({"features":[20,60]})").status, 200);
        QCOMPARE(wire.ask("POST", "/predict", R"({"rows":[[1,2],[3,4]]})").status, 200);
        QVERIFY(served.server->log().flush());
        const auto database = openServingDatabase(served.folder.path());
        QVERIFY(database);
        const auto rows = newestRows(**database, 10);
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->table.names(), QStringList({QStringLiteral("t2m@0"), QStringLiteral("rh2m@0"), QStringLiteral("prediction t2m"), QStringLiteral("prediction rh2m"), QStringLiteral("label t2m"), QStringLiteral("label rh2m")}));
        QCOMPARE(rows->targets, (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m")}));
        QCOMPARE(rows->predictionColumn, QStringLiteral("prediction t2m"));
        QCOMPARE(rows->table.columns[2].numbers, (std::vector<double>{20, 1, 3}));
        QCOMPARE(rows->table.columns[3].numbers, (std::vector<double>{60, 2, 4}));
    }

    void labelsOfATargetGiveItsMetrics() {
        Served served;
        served.shelf.put(QStringLiteral("v1"), std::make_shared<PairScorer>());
        QVERIFY(served.start());
        Wire wire(served.port());
        const QString one = wire.ask("POST", "/predict", R"({"features":[20,60]})").json().value(Q("prediction_id")).toString(); // 20, 21 and 60, 70
        const QString many = wire.ask("POST", "/predict", R"({"rows":[[1,2],[3,4]]})").json().value(Q("prediction_id")).toString(); // … 3, 4 and 4, 14
        const auto label = [&](const QString &id, const char *value) {
            return wire.ask("POST", "/labels", QStringLiteral(R"({"labels":[{"prediction_id":"%1","value":%2}]})").arg(id, Q(value)).toStdString()).json().value(Q("accepted")).toInt();
        };
        QCOMPARE(label(one, R"({"t2m":[22,21],"rh2m":60})"), 1);
        QCOMPARE(label(many + QStringLiteral(".1"), R"({"t2m":0})"), 1);
        const auto database = openServingDatabase(served.folder.path());
        QVERIFY(database);
        QCOMPARE(servedTargets(**database).value_or(QStringList()), (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m")}));
        const auto t2m = liveMetrics(**database, 100, {}, QStringLiteral("t2m")), rh2m = liveMetrics(**database, 100, {}, QStringLiteral("rh2m")), none = liveMetrics(**database, 100);
        QVERIFY(t2m && rh2m && none);
        QCOMPARE(t2m->labelled, qint64(2));
        QCOMPARE(t2m->values.at(QStringLiteral("mae")), 2.0); // (|22 − 20| + |21 − 21|) / 2 and |0 − 3|: 1 and 3
        QCOMPARE(t2m->values.at(QStringLiteral("rmse")), std::sqrt((4.0 + 9.0) / 2)); // first steps
        QCOMPARE(rh2m->labelled, qint64(1));
        QCOMPARE(rh2m->values.at(QStringLiteral("mae")), 0.0);
        QCOMPARE(none->labelled, qint64(0));
        const auto rolling = rollingMetric(**database, QStringLiteral("mae@t2m"), 86400 * 365, QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
        QVERIFY(rolling && !rolling->empty());
        QCOMPARE(rolling->back().labelled, qint64(2));
        QVERIFY(!rollingMetric(**database, QStringLiteral("f9@t2m"), 86400, QDateTime()));
        QCOMPARE(label(one, R"({"t2m":20})"), 1); // sent again: replaced, and the other target's stays
        QCOMPARE(liveMetrics(**database, 100, {}, QStringLiteral("t2m"))->values.at(QStringLiteral("mae")), 1.5);
        QCOMPARE(liveMetrics(**database, 100, {}, QStringLiteral("rh2m"))->labelled, qint64(1));
        const auto rows = newestRows(**database, 10);
        QVERIFY(rows);
        QCOMPARE(rows->labelled, std::size_t(2));
        QCOMPARE(rows->labelColumn, QStringLiteral("label t2m"));
        const auto &shown = rows->table.find(QStringLiteral("label t2m"))->numbers, &other = rows->table.find(QStringLiteral("label rh2m"))->numbers;
        QVERIFY(shown[0] == 20 && std::isnan(shown[1]) && shown[2] == 0);
        QVERIFY(other[0] == 60 && std::isnan(other[1]) && std::isnan(other[2]));
    }

    void anEarlierVersionsOtherTargetIsNotTheNewestOnes() {
        const auto older = std::make_shared<PlainScorer>(1000);
        older->m_signature.target = QStringLiteral("x");
        older->m_signature.outputs = {QStringLiteral("x")};
        Served served;
        served.shelf.put(QStringLiteral("v1"), older);
        QVERIFY(served.start());
        Wire wire(served.port());
        const auto ask = [&] { return wire.ask("POST", "/predict", R"({"a":1,"b":2})").json().value(Q("prediction_id")).toString(); };
        const QString before = ask();
        QVERIFY(served.server->control().start(revisionOf(2, QStringLiteral("v2")), {50, 100}));
        QVERIFY(served.server->control().promote(true));
        const QString after = ask();
        const QJsonObject labels{{Q("labels"), QJsonArray{QJsonObject{{Q("prediction_id"), before}, {Q("value"), 5}}, QJsonObject{{Q("prediction_id"), after}, {Q("value"), 7}}}}};
        QCOMPARE(wire.ask("POST", "/labels", QJsonDocument(labels).toJson().toStdString()).json().value(Q("accepted")).toInt(), 2);
        const auto database = openServingDatabase(served.folder.path());
        QVERIFY(database);
        const auto rows = newestRows(**database, 10);
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->targets, QStringList{QStringLiteral("y")});
        QCOMPARE(rows->labelled, std::size_t(1));
        QCOMPARE(rows->table.rows(), std::size_t(2)); // what was asked counts for both
        const auto &predicted = rows->table.find(QStringLiteral("prediction"))->numbers, &known = rows->table.find(QStringLiteral("label"))->numbers;
        QVERIFY(std::isnan(predicted[0]) && predicted[1] == 2021);
        QVERIFY(std::isnan(known[0]) && known[1] == 7);
        const auto live = liveMetrics(**database, 100);
        QVERIFY(live);
        QCOMPARE(live->labelled, qint64(1)); // the label of x says nothing of y
        QCOMPARE(live->values.at(QStringLiteral("mae")), 2014.0);
        const auto rolling = rollingMetric(**database, QStringLiteral("mae"), 86400 * 365, QDateTime::fromMSecsSinceEpoch(0, Qt::UTC));
        QVERIFY(rolling && !rolling->empty());
        QCOMPARE(rolling->back().labelled, qint64(1));
        QCOMPARE(rolling->back().value, 2014.0);
    }

    void metricsRollByStretchesOfTime() {
        const auto store = ServingStore::open(file());
        QVERIFY(store);
        const qint64 day = 86400000, start = QDateTime(QDate(2026, 3, 1), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch();
        int sequence = 0;
        const auto label = [&](qint64 time, double value, double predicted) {
            return bool((*store)->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?1,0,?2,?2,1,?3,?4,?5)"), [&](Statement &s) {
                s.bind(1, ++sequence).bind(2, time).bind(3, value).bind(4, predicted).bind(5, std::abs(value - predicted));
            }));
        };
        QVERIFY(label(start, 10, 11) && label(start + day - 1, 20, 17) && label(start + day, 5, 5) && label(start + 3 * day, 5, 7));
        const auto buckets = rollingMetric(*(*store)->database(), QStringLiteral("mae"), 86400, QDateTime::fromMSecsSinceEpoch(start, Qt::UTC));
        QVERIFY(buckets);
        QCOMPARE(buckets->size(), std::size_t(3)); // a day without labels has no value
        QCOMPARE(buckets->at(0).value, 2.0);
        QCOMPARE(buckets->at(0).labelled, qint64(2));
        QCOMPARE(buckets->at(1).value, 0.0);
        QCOMPARE(buckets->at(2).start, QDateTime(QDate(2026, 3, 4), QTime(0, 0), Qt::UTC));
        QVERIFY(std::isnan(rollingMetric(*(*store)->database(), QStringLiteral("r2"), 86400, QDateTime::fromMSecsSinceEpoch(start + day, Qt::UTC))->at(0).value)); // one row has no spread
        const auto unknown = rollingMetric(*(*store)->database(), QStringLiteral("f9"), 86400, QDateTime());
        QVERIFY(!unknown);
        QVERIFY(unknown.error().hint.contains(QStringLiteral("mae")));
    }
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
