// SPDX-License-Identifier: GPL-3.0-or-later
// What the Rollouts panel draws: the prediction log's newest traffic by revision and stretch of time.
#include "core/serving/log_reader.h"
#include "core/serving/serving_store.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::serving;

class TestTraffic : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        auto opened = Database::open(QStringLiteral(":memory:"), servingMigrations());
        QVERIFY(opened);
        m_database = *opened;
        m_sequence = 0;
    }

    void nothingAskedGivesNothing() {
        const auto traffic = readTraffic(*m_database);
        QVERIFY(traffic);
        QVERIFY(traffic->buckets.empty() && traffic->newest.empty() && !traffic->to.isValid());
    }

    void requestsFailuresAndLabelsAreCountedByRevision() {
        revision(1, 7);
        revision(2, 8);
        for (int i = 0; i < 10; ++i)
            request(start + i * 100, 1, i < 2 ? 500 : 200);
        for (int i = 0; i < 4; ++i)
            label(request(start + 1500, 2, 200), start + 1500, 2, 0.5 * i);
        const auto traffic = readTraffic(*m_database);
        QVERIFY(traffic);
        QCOMPARE(traffic->bucketSeconds, 1);
        QCOMPARE(traffic->versions.at(2), 8);
        QCOMPARE(traffic->buckets.size(), std::size_t(2));
        const TrafficBucket &first = traffic->buckets[0], &second = traffic->buckets[1];
        QCOMPARE(first.revision, 1);
        QCOMPARE(first.requests, 10);
        QCOMPARE(first.failed, 2);
        QVERIFY(std::isnan(first.meanLoss)); // no label came: not an error of nought
        QCOMPARE(second.revision, 2);
        QCOMPARE(second.labelled, 4);
        QCOMPARE(second.meanLoss, 0.75);
        QCOMPARE(second.start, QDateTime::fromMSecsSinceEpoch(start + 1000, Qt::UTC));
        QCOMPARE(traffic->newest.back().version, 8);
    }

    void onlyTheNewestHoursAndRequestsAreRead() {
        revision(1, 1);
        request(start - 4 * 3600 * 1000, 1, 200); // before the stretch
        for (int i = 0; i < 30; ++i)
            request(start + i * 1000, 1, 200);
        const auto hours = readTraffic(*m_database);
        QVERIFY(hours);
        QCOMPARE(hours->from, QDateTime::fromMSecsSinceEpoch(start, Qt::UTC));
        const auto few = readTraffic(*m_database, 5);
        QVERIFY(few);
        qint64 sum = 0;
        for (const TrafficBucket &bucket : few->buckets)
            sum += bucket.requests;
        QCOMPARE(sum, 5);
    }

    void longStretchesGetWiderBuckets() {
        revision(1, 1);
        for (int i = 0; i < 120; ++i)
            request(start + i * 60 * 1000, 1, 200);
        const auto traffic = readTraffic(*m_database);
        QVERIFY(traffic);
        QVERIFY2(traffic->buckets.size() <= 150 && traffic->buckets.size() >= 60, qPrintable(QString::number(traffic->buckets.size())));
        QCOMPARE(traffic->newest.size(), std::size_t(100));
        QVERIFY(traffic->newest.front().time < traffic->newest.back().time);
    }

private:
    static constexpr qint64 start = 1'790'000'000'000;
    void revision(int number, int version) {
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) VALUES(?1,'m',?2,'','','','',0,'stable','','{}')"),
                                    [&](Statement &s) { s.bind(1, number).bind(2, version); }));
    }
    qint64 request(qint64 time, int revision, int status) {
        ++m_sequence;
        const auto done = m_database->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,?3,0,0,1,0,'{}','1',250,?4,'')"),
                                              [&](Statement &s) { s.bind(1, m_sequence).bind(2, time).bind(3, revision).bind(4, status); });
        return done ? m_sequence : -1;
    }
    void label(qint64 sequence, qint64 time, int revision, double loss) {
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?1,0,?2,?2,?3,1,1,?4)"),
                                    [&](Statement &s) { s.bind(1, sequence).bind(2, time).bind(3, revision).bind(4, loss); }));
    }
    std::shared_ptr<Database> m_database;
    qint64 m_sequence = 0;
};

QTEST_GUILESS_MAIN(TestTraffic)
#include "tst_traffic.moc"
