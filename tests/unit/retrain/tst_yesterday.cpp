// SPDX-License-Identifier: GPL-3.0-or-later
// What was answered on the last whole day, read from a prediction log: by the time of the prediction and the clocks of the zone.
#include "core/artifact/scorer.h"
#include "core/retrain/yesterday.h"
#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

QDateTime at(const char *text) { return QDateTime::fromString(QLatin1String(text), Qt::ISODate).toUTC(); }

struct Log {
    QTemporaryDir root;
    workspace::Model model;
    std::shared_ptr<serving::ServingStore> store;
    qint64 sequence = 0;

    Log() {
        model.name = QStringLiteral("ws2m");
        model.registry.name = QStringLiteral("wind");
        model.deployment.target = QStringLiteral("serving/ws2m");
        QDir().mkpath(root.filePath(model.deployment.target));
        store = serving::ServingStore::open(root.filePath(model.deployment.target) + QStringLiteral("/serving.db")).value();
    }
    int serve(int version) {
        artifact::Signature signature;
        signature.task = workspace::TaskKind::Regression;
        signature.inputs = {{QStringLiteral("speed"), data::ColumnType::Number, {}, true}};
        signature.outputs = {QStringLiteral("y")};
        serving::Revision revision;
        revision.model = model.registry.name;
        revision.version = version;
        revision.when = QDateTime::currentDateTimeUtc();
        revision.outcome = QStringLiteral("stable");
        return store->addRevision(revision, signature.toJson(), QStringLiteral("rollout"), [](const serving::Revision &) { return QJsonObject(); })->number;
    }
    /// One request with one row; `truth` NaN: no label came.
    void ask(int revision, const char *time, double predicted, double truth, int status = 200) {
        const qint64 ms = at(time).toMSecsSinceEpoch();
        ++sequence;
        QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?,1,?,?,0,0,1,0,'{}',?,10,?,'')"),
                                           [&](Statement &s) { s.bind(1, sequence).bind(2, ms).bind(3, revision).bind(4, QString::number(predicted)).bind(5, status); }));
        if (std::isfinite(truth))
            QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?,0,?,?,?,?,?,?)"),
                                               [&](Statement &s) { s.bind(1, sequence).bind(2, ms + 86'400'000).bind(3, ms).bind(4, revision).bind(5, truth).bind(6, predicted).bind(7, std::abs(truth - predicted)); }));
    }
    std::optional<Yesterday> read(const char *now, const QTimeZone &zone = QTimeZone::utc()) {
        const auto day = localYesterdayReader(root.path())(model, at(now), zone);
        if (!day)
            qFatal("%s", qPrintable(day.error().text()));
        return *day;
    }
};

} // namespace

class tst_Yesterday : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEndpointThatIsNotHereHasNone() {
        QTemporaryDir root;
        workspace::Model model;
        QVERIFY(!*localYesterdayReader(root.path())(model, at("2026-03-03T00:15:00Z"), QTimeZone::utc()));
        model.deployment.target = QStringLiteral("serving/ws2m");
        QVERIFY(!*localYesterdayReader(root.path())(model, at("2026-03-03T00:15:00Z"), QTimeZone::utc()));
        QVERIFY(!QDir(root.filePath(QStringLiteral("serving"))).exists()); // a look makes no file
    }

    void theDayIsThatOfTheZoneAndAllVersionsCount() {
        Log log;
        const int first = log.serve(1), second = log.serve(2);
        const double none = std::nan("");
        log.ask(first, "2026-03-01T22:59:59Z", 1, 9);
        log.ask(first, "2026-03-01T23:00:00Z", 1, 2); // midnight in Berlin
        log.ask(second, "2026-03-02T12:00:00Z", 5, 2);
        log.ask(second, "2026-03-02T13:00:00Z", 5, none);
        log.ask(second, "2026-03-02T23:00:00Z", 5, 50);
        const auto berlin = log.read("2026-03-03T05:00:00Z", QTimeZone("Europe/Berlin"));
        QVERIFY(berlin);
        QCOMPARE(berlin->day, QStringLiteral("2026-03-02"));
        QCOMPARE(*berlin->rows, 3);
        QCOMPARE(berlin->labelled.at(QString()), 2);
        QCOMPARE(berlin->metrics.at(QStringLiteral("mae")), 2.0); // (1 + 3) / 2
        const auto utc = log.read("2026-03-03T05:00:00Z");
        QCOMPARE(*utc->rows, 3);
        QCOMPARE(utc->metrics.at(QStringLiteral("mae")), 24.0); // (3 + 45) / 2
    }

    void aDayOnWhichNothingWasAskedHasNoRows() {
        Log log;
        log.ask(log.serve(1), "2026-03-01T12:00:00Z", 1, 2);
        const auto day = log.read("2026-03-04T12:00:00Z");
        QCOMPARE(*day->rows, 0);
        QVERIFY(day->metrics.empty());
        QVERIFY(!log.read("2026-03-01T13:00:00Z")->rows); // the log began today
    }
};

QTEST_GUILESS_MAIN(tst_Yesterday)
#include "tst_yesterday.moc"
