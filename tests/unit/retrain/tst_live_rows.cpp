// SPDX-License-Identifier: GPL-3.0-or-later
// The newest rows of one version, read from a prediction log as the server writes it.
#include "core/retrain/live_rows.h"
#include "core/serving/prediction_log.h"
#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

/// A served model with its log, without the server.
struct Served {
    QTemporaryDir root;
    workspace::Model model;
    std::shared_ptr<serving::ServingStore> store;
    std::unique_ptr<serving::PredictionLog> log;

    explicit Served(std::vector<std::string> classes = {}) {
        model.name = QStringLiteral("ws2m");
        model.registry.name = QStringLiteral("wind");
        model.deployment.target = QStringLiteral("serving/ws2m");
        const QString folder = root.filePath(model.deployment.target);
        QDir().mkpath(folder);
        store = serving::ServingStore::open(folder + QStringLiteral("/serving.db")).value();
        log = serving::PredictionLog::open(folder + QStringLiteral("/serving.db"), {}).value();
        m_signature.task = classes.empty() ? workspace::TaskKind::Regression : workspace::TaskKind::Classification;
        m_signature.classes = std::move(classes);
        m_signature.inputs = {{QStringLiteral("speed"), data::ColumnType::Number, {}, true}, {QStringLiteral("side"), data::ColumnType::Category, {"N", "S"}, true}};
        m_signature.outputs = {QStringLiteral("y")};
    }
    /// A forecast of two targets over two steps instead.
    void forecastsTwo() {
        m_signature.task = workspace::TaskKind::Forecast;
        m_signature.target = QStringLiteral("t2m");
        m_signature.outputs = {QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("rh2m@+1"), QStringLiteral("rh2m@+2")};
    }
    int serve(int version) {
        serving::Revision revision;
        revision.model = model.registry.name;
        revision.version = version;
        revision.when = QDateTime::currentDateTimeUtc();
        revision.outcome = QStringLiteral("stable");
        return store->addRevision(revision, m_signature.toJson(), QStringLiteral("rollout"), [](const serving::Revision &) { return QJsonObject(); })->number;
    }
    qint64 ask(int revision, const std::string &body, int status = 200) {
        serving::LogRecord record;
        record.sequence = log->nextSequence();
        record.timeMs = QDateTime::currentMSecsSinceEpoch();
        record.revision = revision;
        record.rows = 1;
        record.input = body;
        record.output = std::string("1"); // g++ 12 warns of an assigned literal (GCC bug 105651)
        record.status = status;
        const qint64 sequence = record.sequence;
        log->add(std::move(record));
        return sequence;
    }
    void label(qint64 sequence, int revision, double value, double predicted) {
        QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?,0,0,0,?,?,?,?)"),
                                           [&](Statement &s) { s.bind(1, sequence).bind(2, revision).bind(3, value).bind(4, predicted).bind(5, std::abs(value - predicted)); }));
    }
    void labelTarget(qint64 sequence, int revision, const char *target, double value, double predicted) {
        QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO target_labels(seq,row,target,prediction_id,time,predicted_time,revision,value,predicted,loss) VALUES(?,0,?,'',0,0,?,?,?,?)"),
                                           [&](Statement &s) { s.bind(1, sequence).bind(2, QLatin1String(target)).bind(3, revision).bind(4, value).bind(5, predicted).bind(6, std::abs(value - predicted)); }));
    }
    void labelClass(qint64 sequence, int revision, const char *value, const char *predicted) {
        QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,class,predicted_class,loss) VALUES(?,0,0,0,?,?,?,0)"),
                                           [&](Statement &s) { s.bind(1, sequence).bind(2, revision).bind(3, QLatin1String(value)).bind(4, QLatin1String(predicted)); }));
    }
    Result<std::optional<LiveRows>> read(int version) {
        if (auto flushed = log->flush(); !flushed)
            return flushed.error();
        return localLiveReader(root.path())(model, version);
    }

private:
    artifact::Signature m_signature;
};

} // namespace

class tst_LiveRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingServedIsNothing() {
        QTemporaryDir root;
        workspace::Model model;
        model.deployment.target = QStringLiteral("serving/ws2m");
        const auto rows = localLiveReader(root.path())(model, 1);
        QVERIFY(rows && !*rows);
        QVERIFY(!QDir(root.filePath(QStringLiteral("serving"))).exists()); // a look makes no file
        Served served;
        served.serve(1);
        QVERIFY(!*served.read(1)); // taken into service, nothing asked
        QVERIFY(!*served.read(2)); // never served
    }

    void onlyTheRowsOfTheVersionAreRead() {
        Served served;
        const int old = served.serve(1), now = served.serve(2), again = served.serve(2); // the same version taken up again
        served.label(served.ask(old, R"({"features":[1,"N"]})"), old, 5, 1);
        served.label(served.ask(now, R"({"features":[2.5,"S"]})"), now, 3, 4);
        served.ask(again, R"({"speed":3.5,"side":"W"})");
        served.ask(again, R"({"features":["no"]})", 422); // not answered
        served.ask(again, R"({"rows":[[4.5,"N"],[null,null]]})");
        const auto read = served.read(2);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        const LiveRows &rows = **read;
        QCOMPARE(rows.source, QStringLiteral("serving/ws2m"));
        QCOMPARE(rows.inputs.names(), (QStringList{QStringLiteral("speed"), QStringLiteral("side")}));
        QCOMPARE(rows.inputs.rows(), std::size_t(4));
        QStringList cells;
        for (std::size_t i = 0; i < 4; ++i)
            cells << rows.inputs.columns[0].text(i) + QLatin1Char(' ') + rows.inputs.columns[1].text(i);
        QCOMPARE(cells, (QStringList{QStringLiteral("2.5 S"), QStringLiteral("3.5 (unknown)"), QStringLiteral("4.5 N"), QStringLiteral(" ")}));
        QCOMPARE(rows.scored.count, std::size_t(1));
        QCOMPARE(rows.scored.truth, std::vector<double>{3});
        QCOMPARE(rows.scored.predicted, std::vector<double>{4});
    }

    void theNewestRowsAreRead() {
        Served served;
        const int revision = served.serve(1);
        for (int i = 0; i < liveWindow + 20; ++i)
            served.label(served.ask(revision, "{\"features\":[" + std::to_string(i) + ",\"N\"]}"), revision, i, i);
        const auto rows = served.read(1);
        QVERIFY(rows && *rows);
        QCOMPARE((*rows)->inputs.rows(), std::size_t(liveWindow));
        QCOMPARE((*rows)->inputs.columns[0].numbers.front(), 20.0); // oldest first
        QCOMPARE((*rows)->scored.count, std::size_t(liveWindow));
        QCOMPARE(*std::min_element((*rows)->scored.truth.begin(), (*rows)->scored.truth.end()), 20.0);
    }

    void targetsAreReadEachAndTogether() {
        Served served;
        served.forecastsTwo();
        const int old = served.serve(1), revision = served.serve(2);
        served.labelTarget(served.ask(old, R"({"features":[1,"N"]})"), old, "t2m", 9, 9);
        const qint64 both = served.ask(revision, R"({"features":[1,"N"]})"), one = served.ask(revision, R"({"features":[2,"N"]})"), other = served.ask(revision, R"({"features":[3,"N"]})");
        served.labelTarget(both, revision, "t2m", 20, 21);
        served.labelTarget(both, revision, "rh2m", 60, 65);
        served.labelTarget(one, revision, "t2m", 18, 16);
        served.labelTarget(other, revision, "rh2m", 70, 40);
        const auto read = served.read(2);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        const LiveRows &rows = **read;
        QCOMPARE(rows.targets.size(), std::size_t(2));
        QCOMPARE(rows.targets[0].name, QStringLiteral("t2m"));
        QCOMPARE(rows.targets[0].scored.truth, (std::vector<double>{18, 20})); // newest first
        QCOMPARE(rows.targets[0].scored.predicted, (std::vector<double>{16, 21}));
        QCOMPARE(rows.targets[1].scored.truth, (std::vector<double>{70, 60}));
        QCOMPARE(rows.targets[1].scored.count, std::size_t(2));
        QCOMPARE(rows.scored.count, std::size_t(1)); // one row names both
        QCOMPARE(rows.scored.targets(), std::size_t(2));
        QCOMPARE(rows.scored.truth, (std::vector<double>{20, 60}));
        QCOMPARE(rows.scored.predicted, (std::vector<double>{21, 65}));
    }
    void theNewestRowsOfEachTargetAreRead() {
        Served served;
        served.forecastsTwo();
        const int revision = served.serve(1);
        const qint64 rare = served.ask(revision, R"({"features":[0,"N"]})");
        served.labelTarget(rare, revision, "rh2m", 50, 51);
        for (int i = 0; i < liveWindow + 20; ++i)
            served.labelTarget(served.ask(revision, R"({"features":[1,"N"]})"), revision, "t2m", i, i);
        const auto rows = served.read(1);
        QVERIFY(rows && *rows);
        QCOMPARE((*rows)->targets[0].scored.count, std::size_t(liveWindow));
        QCOMPARE((*rows)->targets[1].scored.count, std::size_t(1)); // however long ago
        QCOMPARE((*rows)->scored.count, std::size_t(0));
    }

    void classesAreIndices() {
        Served served({"calm", "storm"});
        const int revision = served.serve(1);
        served.labelClass(served.ask(revision, R"({"features":[1,"N"]})"), revision, "storm", "calm");
        served.labelClass(served.ask(revision, R"({"features":[1,"N"]})"), revision, "fog", "calm"); // not of this model
        const auto rows = served.read(1);
        QVERIFY(rows && *rows);
        QCOMPARE((*rows)->scored.classes, std::size_t(2));
        QCOMPARE((*rows)->scored.truth, std::vector<double>{1});
        QCOMPARE((*rows)->scored.predicted, std::vector<double>{0});
    }
};

QTEST_GUILESS_MAIN(tst_LiveRows)
#include "tst_live_rows.moc"
