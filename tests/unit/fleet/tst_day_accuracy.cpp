// SPDX-License-Identifier: GPL-3.0-or-later
// Yesterday's figure with its row count: a calendar day of the workspace's zone, from a prediction log, against sums written out here.
#include "core/fleet/day_accuracy.h"

#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(Q(text), Qt::ISODate); }

/// A model's log below a folder, and what reads it.
struct Logged {
    QTemporaryDir root;
    Services services;
    workspace::Model model;
    std::shared_ptr<serving::ServingStore> store;
    int sequence = 0;

    explicit Logged(const char *zone, const char *target = "serving/t2m", const char *now = "2026-11-23T09:00:00Z") {
        services.root = root.path();
        services.clock = std::make_shared<FixedClock>(at(now));
        services.workspace.zone = Q(zone);
        model.name = QStringLiteral("t2m");
        model.deployment.target = Q(target);
        const QString folder = root.filePath(QStringLiteral("serving/t2m"));
        QDir().mkpath(folder);
        store = serving::ServingStore::open(folder + QStringLiteral("/serving.db")).value();
        artifact::Signature signature;
        signature.task = workspace::TaskKind::Regression;
        signature.target = QStringLiteral("t2m");
        signature.inputs = {{QStringLiteral("x"), data::ColumnType::Number, {}, false}};
        signature.outputs = {QStringLiteral("t2m")};
        serving::Revision revision;
        revision.model = model.name;
        revision.version = 1;
        revision.when = at("2026-11-01T00:00:00Z");
        if (!store->addRevision(revision, signature.toJson(), QStringLiteral("rollout"), [](const serving::Revision &) { return QJsonObject(); }))
            qFatal("no revision");
    }
    /// A row that was predicted at a time, `error` off; without a label if `error` is NaN.
    void row(const char *time, double error) {
        const qint64 ms = at(time).toMSecsSinceEpoch();
        const int seq = ++sequence;
        const auto done = store->database()->execute(
            QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,1,0,0,1,0,'{}','10',250,200,'')"),
            [&](Statement &s) { s.bind(1, seq).bind(2, ms); });
        if (!done)
            qFatal("%s", qPrintable(done.error().text()));
        if (std::isnan(error))
            return;
        const auto labelled = store->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?1,0,?2,?3,1,?4,10,?5)"), [&](Statement &s) {
            s.bind(1, seq).bind(2, ms + 3600'000 * 30).bind(3, ms).bind(4, 10 + error).bind(5, std::abs(error));
        });
        if (!labelled)
            qFatal("%s", qPrintable(labelled.error().text()));
    }
    Result<DayAccuracy> of(const QDate &day, const char *metric = "") const { return accuracyOfDay(services, model, day, Q(metric)); }
};

} // namespace

class TestDayAccuracy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void yesterdayIsThatOfTheZone_data() {
        QTest::addColumn<QString>("zone");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QDate>("day");
        QTest::newRow("UTC") << "UTC" << "2026-11-23T00:30:00Z" << QDate(2026, 11, 22);
        QTest::newRow("already the 24th there") << "Asia/Colombo" << "2026-11-23T20:00:00Z" << QDate(2026, 11, 23);
        QTest::newRow("still the 22nd there") << "America/New_York" << "2026-11-23T03:00:00Z" << QDate(2026, 11, 21);
    }
    void yesterdayIsThatOfTheZone() {
        QFETCH(QString, zone);
        QFETCH(QString, now);
        workspace::Workspace workspace;
        workspace.zone = zone;
        QTEST(yesterdayIn(workspace, QDateTime::fromString(now, Qt::ISODate)), "day");
    }
    void theRowsOfTheDayCountAndNoOthers() {
        Logged logged("Asia/Colombo"); // UTC+05:30: its 22nd is 21st 18:30Z … 22nd 18:30Z
        logged.row("2026-11-21T18:29:59Z", 9); // the last second of the day before
        double sum = 0;
        for (int i = 0; i < 24; ++i) { // each hour of it, the first at its first moment
            const double error = 0.1 * i - 1;
            logged.row(qPrintable(at("2026-11-21T18:30:00Z").addSecs(3600 * i).toString(Qt::ISODate)), i < 20 ? error : std::nan(""));
            sum += i < 20 ? std::abs(error) : 0;
        }
        logged.row("2026-11-22T18:30:00Z", 9); // the next day's first
        const auto day = logged.of({2026, 11, 22});
        QVERIFY2(day, qPrintable(day ? QString() : day.error().text()));
        QCOMPARE(day->metric, QStringLiteral("mae"));
        QCOMPARE(day->predictions, qint64(24));
        QCOMPARE(day->labelled, qint64(20));
        QVERIFY2(std::abs(day->reading.value - sum / 20) < 1e-12 && day->reading.low < day->reading.value && day->reading.high > day->reading.value, qPrintable(day->sentence()));
        QVERIFY(!day->incomplete);
        QCOMPARE(day->source, QStringLiteral("serving/t2m"));
        const QJsonObject json = day->toJson();
        QCOMPARE(json.value(Q("from")).toString(), QStringLiteral("2026-11-21T18:30:00.000Z"));
        QCOMPARE(json.value(Q("to")).toString(), QStringLiteral("2026-11-22T18:30:00.000Z"));
        QCOMPARE(json.value(Q("labelled")).toInt(), 20);
        QVERIFY2(day->sentence().contains(Q("20 labelled of 24 predictions")), qPrintable(day->sentence()));
    }
    void fewLabelsAndNoneAreSaidAndTellNoValue() {
        Logged logged("UTC");
        for (int i = 0; i < 5; ++i)
            logged.row("2026-11-22T10:00:00Z", 1);
        QVERIFY(!logged.of({2026, 11, 22})->known());
        QVERIFY(logged.of({2026, 11, 22})->toJson().value(Q("value")).isNull());
        QVERIFY(logged.of({2026, 11, 22})->sentence().contains(Q("5 labelled of 5")));
        logged.row("2026-11-22T23:59:59Z", 7);
        QCOMPARE(logged.of({2026, 11, 22})->reading.value, 2.0);
        QVERIFY(logged.of({2026, 11, 21})->sentence().contains(Q("nothing was asked")));
        QVERIFY(logged.of({2026, 11, 23})->incomplete); // today
    }
    void theWatchedMetricIsToldWhereLabelsTellIt() {
        Logged logged("UTC");
        for (int i = 0; i < 10; ++i)
            logged.row("2026-11-22T10:00:00Z", i % 2 ? 3 : 1);
        workspace::Model::Watch watch;
        watch.metric = QStringLiteral("rmse");
        logged.model.watch = {watch};
        QCOMPARE(logged.of({2026, 11, 22})->metric, QStringLiteral("rmse"));
        QVERIFY(std::abs(logged.of({2026, 11, 22})->reading.value - std::sqrt(5)) < 1e-12);
        logged.model.watch.front().metric = QStringLiteral("roc_auc"); // of a run: no label tells it
        QCOMPARE(logged.of({2026, 11, 22})->metric, QStringLiteral("mae"));
        QCOMPARE(logged.of({2026, 11, 22})->reading.value, 2.0);
        QVERIFY(!logged.of({2026, 11, 22}, "roc_auc")); // asked for by name it is refused
    }
    void aServerBesideADeploymentElsewhereTells() {
        Logged logged("UTC", "deployment/inference-t2m");
        for (int i = 0; i < 8; ++i)
            logged.row("2026-11-22T10:00:00Z", 0.5);
        QCOMPARE(logged.of({2026, 11, 22})->reading.value, 0.5);
        logged.model.name = QStringLiteral("rh2m"); // of which nothing was ever served here
        const auto none = logged.of({2026, 11, 22});
        QVERIFY(!none && none.error().kind == ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestDayAccuracy)
#include "tst_day_accuracy.moc"
