// SPDX-License-Identifier: GPL-3.0-or-later
// What an endpoint on this machine answered, minute by minute from its prediction log, and whether that keeps what its model's watch promises.
#include "core/fleet/service_traffic.h"
#include "core/serving/serving_store.h"
#include "core/telemetry/slo_reading.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;

class TestLoggedTraffic : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(QDir(m_root.path()).mkpath(QStringLiteral("serving/house")));
        m_database = *Database::open(m_root.filePath(QStringLiteral("serving/house/serving.db")), serving::servingMigrations());
        m_services.root = m_root.path();
        m_services.clock = std::make_shared<FixedClock>(now);
        workspace::Model model;
        model.name = QStringLiteral("house");
        model.deployment.target = QStringLiteral("serving/house");
        model.watch.push_back({QStringLiteral("availability"), {}, {}, {}, 99.9, {}, {}});
        model.watch.push_back({QStringLiteral("latency_p95"), {}, {}, 100, {}, {}, {}});
        m_services.workspace.models.push_back(model);
        for (int i = 0; i < 1000; ++i)
            request(now.addSecs(-1800 + i), i == 7 ? 503 : i == 9 ? 401 : i == 11 ? 422 : 200, 20 + i % 10);
        request(now.addSecs(-7200), 500, 5); // before the hour
    }

    void minutesAreCounted() {
        const auto seen = ask();
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QCOMPARE(seen->requests(), qint64(1000));
        QCOMPARE(seen->failed(), qint64(1));
        QCOMPARE(seen->unauthorized(), qint64(1));
        QCOMPARE(seen->buckets.size(), std::size_t(60));
        QVERIFY(seen->partial.isEmpty());
        QVERIFY2(seen->source.contains(QStringLiteral("prediction log")), qPrintable(seen->source));
        QCOMPARE(seen->buckets[30].requests, qint64(60));
        QVERIFY(*seen->buckets[30].p95 > 27 && *seen->buckets[30].p95 <= 29);
    }

    void thePromiseIsKeptUntilOneMoreFails() {
        const workspace::Slo slo = workspace::sloOf(m_services.workspace.models.front());
        auto read = telemetry::readSlo(slo, *ask());
        QVERIFY(*read.available && *read.quick); // 1 of 1000
        QVERIFY(std::abs(*read.budgetUsed - 1) < 1e-9);
        QCOMPARE(read.stretches, 17);
        request(now.addSecs(-60), 500, 900);
        read = telemetry::readSlo(slo, *ask());
        QVERIFY(!*read.available);
        QVERIFY(!*read.quick); // one of 18 minutes is slow
        QCOMPARE(read.slow, 1);
    }

    void aModelWithoutALogIsAskedOfACluster() {
        workspace::Model other;
        other.name = QStringLiteral("other");
        other.deployment.target = QStringLiteral("serving/other");
        m_services.workspace.models.push_back(other);
        TrafficQuestion question;
        question.target = QStringLiteral("other");
        const auto seen = serviceTraffic(m_services, question);
        QVERIFY(!seen && seen.error().kind == ErrorKind::Refused);
        QVERIFY(!loggedTraffic(m_services, other, now.addSecs(-60), now, 60));
    }

private:
    const QDateTime now{QDate(2026, 3, 10), QTime(12, 0), Qt::UTC};
    Result<telemetry::ServiceTraffic> ask() {
        TrafficQuestion question;
        question.target = QStringLiteral("house");
        question.from = now.addSecs(-3600);
        question.to = now;
        return serviceTraffic(m_services, question);
    }
    void request(const QDateTime &when, int status, double milliseconds) {
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,1,0,0,1,0,'{}','1',?3,?4,'')"),
                                    [&](Statement &s) { s.bind(1, ++m_sequence).bind(2, when.toMSecsSinceEpoch()).bind(3, qint64(milliseconds * 1000)).bind(4, status); }));
    }
    QTemporaryDir m_root;
    Services m_services;
    std::shared_ptr<Database> m_database;
    qint64 m_sequence = 0;
};

QTEST_GUILESS_MAIN(TestLoggedTraffic)
#include "tst_logged_traffic.moc"
