// SPDX-License-Identifier: GPL-3.0-or-later
// pilot accuracy, as a person runs it, over a prediction log that is made here: days of Berlin, a late label, a version that is worse, slices, refusals.
#include "core/base/database.h"
#include "core/base/file.h"
#include "core/serving/serving_store.h"
#include "tests/support/run_pilot.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::support;
using Q = QLatin1String;

class tst_AccuracyVerb : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT names no program.");
        QVERIFY(writeFileAtomically(path("pilothouse.yaml"), "workspace: log\nzone: Europe/Berlin\nconnections:\n  local: {kind: local, root: root}\nmodels:\n"
                                                             "  house:\n    registry: {connection: local, name: house, champion: champion}\n    deployment: {connection: local, target: serving/house}\n"
                                                             "  late:\n    registry: {connection: local, name: late, champion: champion}\n    deployment: {connection: local, target: serving/late}\n"));
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("root/serving/house")));
        m_database = *Database::open(path("root/serving/house/serving.db"), serving::servingMigrations());
        revision(1, 4, "2026-03-01T09:00:00Z");
        revision(2, 5, "2026-03-29T10:00:00Z");
        // The 28th of March in Berlin: 60 requests, error 1; the 29th lasts 23 hours: 60 requests, error 1 for a below 30, else 3.
        for (int i = 0; i < 60; ++i)
            request(QStringLiteral("2026-03-28T%1:00:00Z").arg(i % 12 + 8, 2, 10, QLatin1Char('0')), 1, i, 1);
        for (int i = 0; i < 60; ++i)
            request(QStringLiteral("2026-03-29T%1:00:00Z").arg(i % 6 + 12, 2, 10, QLatin1Char('0')), 2, i, i < 30 ? 1 : 3);
        request(QStringLiteral("2026-03-29T21:59:59Z"), 2, 70, -1); // still the 29th there; no label
        request(QStringLiteral("2026-03-29T22:00:00Z"), 2, 70, 1);  // the 30th
    }

    void daysAreThoseOfTheWorkspacesZone() {
        const Answer answer = pilot({});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("metric")).toString(), QStringLiteral("mae"));
        QCOMPARE(answer.object.value(Q("zone")).toString(), QStringLiteral("Europe/Berlin"));
        QCOMPARE(answer.object.value(Q("predictions")).toInt(), 122);
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 121);
        const QJsonArray buckets = answer.object.value(Q("buckets")).toArray();
        QCOMPARE(buckets.size(), 3);
        QCOMPARE(buckets[0][Q("value")].toDouble(), 1.0);
        QCOMPARE(buckets[1][Q("value")].toDouble(), 2.0);
        QCOMPARE(buckets[1][Q("from")].toString(), QStringLiteral("2026-03-28T23:00:00.000Z"));
        QCOMPARE(buckets[1][Q("to")].toString(), QStringLiteral("2026-03-29T22:00:00.000Z"));
        QCOMPARE(buckets[1][Q("predictions")].toInt(), 61);
        QCOMPARE(buckets[1][Q("rolling")][Q("value")].toDouble(), 1.5);
        QVERIFY(buckets[1][Q("low")].toDouble() < 2 && buckets[1][Q("high")].toDouble() > 2);
        QVERIFY(buckets[2][Q("too_few")].toBool() && buckets[2][Q("value")].isNull());
        const QJsonArray deploys = answer.object.value(Q("deploys")).toArray();
        QCOMPARE(deploys.size(), 2);
        QCOMPARE(deploys[1][Q("version")].toInt(), 5);
        QCOMPARE(deploys[1][Q("time")].toString(), QStringLiteral("2026-03-29T10:00:00.000Z"));
    }

    void weeksAndSpansOfTime() {
        const QJsonArray weeks = pilot({"--by", "week"}).object.value(Q("buckets")).toArray();
        QCOMPARE(weeks.size(), 2);
        QCOMPARE(weeks[0][Q("name")].toString(), QStringLiteral("2026-W13"));
        QCOMPARE(weeks[0][Q("value")].toDouble(), 1.5);
        const Answer day = pilot({"--from", "2026-03-29", "--to", "2026-03-30"});
        QCOMPARE(day.object.value(Q("predictions")).toInt(), 61);
        QCOMPARE(day.object.value(Q("deploys")).toArray().size(), 1);
        QCOMPARE(pilot({"--by", "hour", "--from", "2026-03-29", "--to", "2026-03-30"}).object.value(Q("buckets")).toArray().size(), 7);
    }

    void aSliceTellsWhereItIsWorse() {
        const Answer answer = pilot({"--slice", "a", "--from", "2026-03-29", "--to", "2026-03-30", "--minimum-rows", "10"});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QJsonArray slices = answer.object.value(Q("slices")).toArray();
        QCOMPARE(slices.size(), 4); // quarters
        int good = 0, bad = 0;
        for (const QJsonValue &slice : slices) {
            QCOMPARE(slice[Q("by")].toString(), QStringLiteral("a"));
            const double value = slice[Q("buckets")][0][Q("value")].toDouble();
            good += value == 1.0;
            bad += value == 3.0;
        }
        QVERIFY(good >= 1 && bad >= 1);
    }

    void theFileHasALineAStretch() {
        QCOMPARE(pilot({"--csv", "out.csv"}).code, 0);
        const QList<QByteArray> lines = readFile(path("out.csv"))->trimmed().split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY2(lines[2].startsWith(",2026-03-29,2026-03-28T23:00:00.000Z,2026-03-29T22:00:00.000Z,61,60,mae,2,"), lines[2].constData());
    }

    void aPageIsWritten() {
        const Answer answer = pilot({"--slice", "a", "--report", "page.html"});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QString page = QString::fromUtf8(*readFile(path("page.html")));
        for (const char *wanted : {"<h1>Accuracy of house: mae by day</h1>", "2026-03-29", "<h2>Slices</h2>", "<svg"})
            QVERIFY2(page.contains(QString::fromUtf8(wanted)), wanted);
        const Answer pdf = pilot({"--report", "page.pdf"});
        QCOMPARE(pdf.code, 2);
        QVERIFY2(pdf.errors.contains(Q("a PDF is made by the window")), qPrintable(pdf.errors));
        QVERIFY(!QFileInfo::exists(path("page.pdf")));
    }

    /// The error follows an input; when that moves, and no label has come yet, the estimate moves with it and says what it is.
    void whereNoLabelCameItIsEstimated() {
        QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("root/serving/late")));
        const auto kept = m_database;
        m_database = *Database::open(path("root/serving/late/serving.db"), serving::servingMigrations());
        revision(1, 4, "2026-03-01T09:00:00Z");
        const auto day = [](int number) { return QStringLiteral("2026-04-%1T10:00:00Z").arg(number, 2, 10, QLatin1Char('0')); };
        for (int number = 1; number <= 8; ++number)
            for (int i = 0; i < 100; ++i)
                request(day(number), 1, i, i < 50 ? 1 : 3);
        for (int i = 0; i < 100; ++i)
            request(day(9), 1, 50 + i / 2, -1); // all of them hard
        m_database = kept;
        const Answer answer = runPilot(m_folder.path(), {QStringLiteral("accuracy"), QStringLiteral("late"), QStringLiteral("--estimated")}, QStringLiteral("log"));
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QJsonObject estimated = answer.object.value(Q("estimated")).toObject();
        QVERIFY(estimated.value(Q("estimated")).toBool());
        QCOMPARE(estimated.value(Q("method")).toString(), QStringLiteral("direct loss (DLE)"));
        QVERIFY2(estimated.value(Q("learned_from")).toString().startsWith(Q("400 labelled rows until 2026-04-04T22:00")), qPrintable(estimated.value(Q("learned_from")).toString()));
        const QJsonArray stretches = estimated.value(Q("buckets")).toArray();
        QCOMPARE(stretches.size(), 5); // the 5th to the 9th
        QVERIFY(std::abs(stretches[0][Q("value")].toDouble() - 2) < 0.1);
        QVERIFY2(std::abs(stretches[4][Q("value")].toDouble() - 3) < 0.15, qPrintable(QString::number(stretches[4][Q("value")].toDouble())));
        QVERIFY(answer.object.value(Q("buckets")).toArray().last()[Q("value")].isNull()); // and is no measurement
        QVERIFY(pilot({"--estimated"}).code == 2); // too few labels to learn from
    }

    /// A row that had no label has one now, an older one does not count, a newer one does; the log keeps what it had.
    void labelsOfAFileAreJoined() {
        QVERIFY(writeFileAtomically(path("labels.csv"), "prediction_id,value,time\n00000001-79,75,2026-04-05T00:00:00Z\n00000001-1,100,2026-03-02T00:00:00Z\n00000001-2,7,2026-04-05T00:00:00Z\n"
                                                        "00000002-3,9,2026-04-05T00:00:00Z\nnone,1,\n00000001-4,,\n"));
        const Answer answer = pilot({"--labels", "labels.csv", "--minimum-rows", "6"});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("labels")).toString(), QStringLiteral("labels.csv: 3 labels of these predictions, 2 of others, 1 lines without an id or a value."));
        const QJsonArray buckets = answer.object.value(Q("buckets")).toArray();
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 122);
        QCOMPARE(buckets[1][Q("labelled")].toInt(), 61);
        QCOMPARE(buckets[1][Q("value")].toDouble(), (30.0 + 90 + 5) / 61); // 75 for a prediction of 70
        QCOMPARE(buckets[0][Q("value")].toDouble(), (59.0 + 6) / 60);      // 7 for a prediction of 1
        QCOMPARE(pilot({}).object.value(Q("labelled")).toInt(), 121);
        QVERIFY(writeFileAtomically(path("bad.csv"), "id,value\n1,2\n"));
        QCOMPARE(pilot({"--labels", "bad.csv"}).code, 2);
        QCOMPARE(pilot({"--labels", "absent.csv"}).code, 2);
    }

    /// The same from a table of an SQLite file: out of order and twice, a time as seconds; the file is only read.
    void labelsOfAnSqliteFileAreJoined() {
        {
            const auto file = Database::open(path("truth.db"), {QStringLiteral("CREATE TABLE outcomes(pid TEXT, y, at); CREATE TABLE labels(prediction_id TEXT, value REAL);"
                                                                               "INSERT INTO outcomes VALUES('00000001-2',9,1775347200),('00000001-79',75,'2026-04-05T00:00:00Z'),('00000001-2',7,1775347201000),"
                                                                               "('00000001-1',100,'2026-03-02T00:00:00Z'),('00000002-3',9,NULL),(NULL,1,NULL),('00000001-4',NULL,NULL);"
                                                                               "INSERT INTO labels VALUES('00000001-79',75)")});
            QVERIFY(file);
        }
        const char *query = "SELECT pid AS prediction_id, y AS value, at AS time FROM outcomes";
        const Answer answer = pilot({"--labels", "truth.db", "--labels-query", query, "--minimum-rows", "6"});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("labels")).toString(), QStringLiteral("truth.db: 4 labels of these predictions, 1 of others, 2 lines without an id or a value."));
        const QJsonArray buckets = answer.object.value(Q("buckets")).toArray();
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 122);
        QCOMPARE(buckets[1][Q("value")].toDouble(), (30.0 + 90 + 5) / 61);
        QCOMPARE(buckets[0][Q("value")].toDouble(), (59.0 + 6) / 60); // 7 came a second after 9; the old 100 does not count
        QCOMPARE(pilot({"--labels", "truth.db"}).object.value(Q("labelled")).toInt(), 122); // its table `labels`
        for (const char *wrong : {"SELECT 1", "SELECT pid AS prediction_id, 'many' AS value FROM outcomes", "SELECT pid AS prediction_id, y AS value, 'soon' AS time FROM outcomes", "SELECT y FROM nowhere", "DELETE FROM labels",
                                  "ATTACH 'labels.csv' AS other", "SELECT 1; SELECT 2"})
            QVERIFY2(pilot({"--labels", "truth.db", "--labels-query", wrong}).code == 2, wrong);
        QVERIFY(pilot({"--labels", "truth.db", "--labels-query", "SELECT y FROM nowhere"}).object.value(Q("error")).toObject().value(Q("what")).toString().contains(Q("no such table")));
        QCOMPARE(pilot({"--labels", "truth.db"}).object.value(Q("labelled")).toInt(), 122); // nothing was deleted
        QCOMPARE(pilot({"--labels", "out.csv", "--labels-query", "SELECT 1"}).code, 2);
        QVERIFY(writeFileAtomically(path("half.db"), QByteArray("SQLite format 3\0", 16) + QByteArray(40, 'x')));
        QCOMPARE(pilot({"--labels", "half.db"}).code, 2);
    }

    /// The workspace's labels: of a model are read without an option, grow, and are told where they cannot be read; the log's own still count.
    void labelsThatTheWorkspaceNamesAreRead() {
        const QByteArray was = *readFile(path("pilothouse.yaml"));
        const auto naming = [&](const QByteArray &labels) {
            QByteArray yaml = was;
            return writeFileAtomically(path("pilothouse.yaml"), yaml.replace("  late:\n", "    labels: " + labels + "\n  late:\n"));
        };
        QVERIFY(naming("{source: named.csv}"));
        QVERIFY(writeFileAtomically(path("named.csv"), "prediction_id,value,time\n00000001-2,7,2026-04-05T00:00:00Z\n"));
        Answer answer = pilot({});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QVERIFY(answer.object.value(Q("labels")).toString().endsWith(Q("named.csv: 1 labels of these predictions.")));
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 121);
        QVERIFY(writeFileAtomically(path("named.csv"), "prediction_id,value,time\n00000001-79,75,2026-04-05T00:00:00Z\n00000001-2,7,2026-04-05T00:00:00Z\n"));
        QCOMPARE(pilot({}).object.value(Q("labelled")).toInt(), 122);

        QVERIFY(writeFileAtomically(path("named.csv"), "id,val\n1,2\n"));
        answer = pilot({});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QVERIFY(!answer.object.contains(Q("labels")));
        QVERIFY(answer.object.value(Q("labels_problem")).toString().contains(Q("prediction_id")));
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 121);
        QVERIFY(writeFileAtomically(path("other.csv"), "prediction_id,value\n00000001-79,75\n"));
        answer = pilot({"--labels", "other.csv"}); // the option goes before the workspace
        QCOMPARE(answer.object.value(Q("labelled")).toInt(), 122);
        QVERIFY(!answer.object.contains(Q("labels_problem")));

        QVERIFY(naming("{source: named.csv, qery: x}"));
        QCOMPARE(pilot({}).code, 2);
        QVERIFY(writeFileAtomically(path("pilothouse.yaml"), was));
    }

    /// The last hour of an endpoint on this machine, and whether it keeps what is promised.
    void whatIsPromisedIsHeldAgainstTheLog() {
        const auto kept = m_database;
        m_database = *Database::open(path("root/serving/late/serving.db"), serving::servingMigrations());
        const QString now = QDateTime::currentDateTimeUtc().addSecs(-600).toString(Qt::ISODate);
        for (int i = 0; i < 50; ++i)
            request(now, 1, i, -1); // 0.25 ms each
        m_database = kept;
        const auto traffic = [&](const QStringList &more) { return runPilot(m_folder.path(), QStringList{QStringLiteral("rollouts"), QStringLiteral("traffic"), QStringLiteral("late")} + more, QStringLiteral("log")); };
        const Answer answer = traffic({QStringLiteral("--availability"), QStringLiteral("99.9"), QStringLiteral("--latency-p95"), QStringLiteral("100")});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("requests")).toInt(), 50);
        const QJsonObject slo = answer.object.value(Q("slo")).toObject();
        QVERIFY(slo.value(Q("availability"))[Q("kept")].toBool() && slo.value(Q("availability"))[Q("seen")].toDouble() == 100);
        QVERIFY(slo.value(Q("latency_p95"))[Q("kept")].toBool() && slo.value(Q("latency_p95"))[Q("stretches")].toInt() == 1);
        QVERIFY(!traffic({QStringLiteral("--latency-p95"), QStringLiteral("0.1")}).object.value(Q("slo"))[Q("latency_p95")][Q("kept")].toBool(true));
        QVERIFY(traffic({}).object.value(Q("slo")).toObject().isEmpty()); // nothing is promised
    }

    void whatCannotBeToldIsSaid() {
        QCOMPARE(pilot({"--metric", "accuracy"}).code, 2);
        QCOMPARE(pilot({"--metric", "mae@y2"}).code, 2);
        QCOMPARE(pilot({"--slice", "b"}).code, 2);
        QCOMPARE(pilot({"--from", "yesterday"}).code, 2);
        QCOMPARE(pilot({"--from", "2026-03-30", "--to", "2026-03-29"}).code, 2);
        QVERIFY(pilot({"--by", "month"}).code != 0);
    }

private:
    QString path(const char *name) const { return m_folder.filePath(Q(name)); }
    Answer pilot(const std::vector<const char *> &arguments) const {
        QStringList list{QStringLiteral("accuracy"), QStringLiteral("house")};
        for (const char *argument : arguments)
            list << QString::fromLatin1(argument);
        return runPilot(m_folder.path(), list, QStringLiteral("log"));
    }
    static qint64 ms(const QString &iso) { return QDateTime::fromString(iso, Qt::ISODate).toMSecsSinceEpoch(); }
    void revision(int number, int version, const char *time) {
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) VALUES(?1,'house',?2,'','','','',?3,?4,'',"
                                                   "'{\"inputs\":[{\"name\":\"a\",\"type\":\"number\"}],\"outputs\":[\"y\"],\"target\":\"y\",\"task\":\"regression\"}')"),
                                    [&](Statement &s) { s.bind(1, number).bind(2, version).bind(3, ms(QLatin1String(time))).bind(4, number == 2 ? QStringLiteral("stable") : QStringLiteral("superseded")); }));
    }
    /// One row, predicted as `a`; its label, three days later, is off by `error`. @param error  below 0: none came
    void request(const QString &time, int revision, int a, int error) {
        ++m_sequence;
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,?3,0,0,1,0,?4,?5,250,200,'')"),
                                    [&](Statement &s) { s.bind(1, m_sequence).bind(2, ms(time)).bind(3, revision).bind(4, QStringLiteral("{\"a\":%1}").arg(a)).bind(5, QString::number(a)); }));
        if (error < 0)
            return;
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO labels(seq,row,prediction_id,time,predicted_time,revision,value,class,predicted,predicted_class,loss) VALUES(?1,0,'',?2,?3,?4,?5,NULL,?6,NULL,?7)"),
                                    [&](Statement &s) { s.bind(1, m_sequence).bind(2, ms(time) + 3 * 86400000LL).bind(3, ms(time)).bind(4, revision).bind(5, double(a + error)).bind(6, double(a)).bind(7, double(error)); }));
    }
    QTemporaryDir m_folder;
    std::shared_ptr<Database> m_database;
    qint64 m_sequence = 0;
};

QTEST_GUILESS_MAIN(tst_AccuracyVerb)
#include "tst_accuracy_verb.moc"
