// SPDX-License-Identifier: GPL-3.0-or-later
// pilot drift MODEL --from log, as a person runs it, over a prediction log that is made here: inputs, predictions and late labels by time; few labels, an empty
// stretch, damaged rows, a version with other inputs in the middle.
#include "core/base/database.h"
#include "core/base/file.h"
#include "core/serving/serving_store.h"
#include "tests/support/run_pilot.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace pilothouse;
using namespace pilothouse::support;
using Q = QLatin1String;

class tst_DriftLogVerb : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<Database> m_database;
    std::mt19937 m_random{3};
    qint64 m_sequence = 0;

    QString path(const char *name) const { return m_folder->filePath(Q(name)); }
    Answer drift(const QStringList &more) const { return runPilot(m_folder->path(), QStringList{QStringLiteral("drift"), QStringLiteral("house"), QStringLiteral("--from"), QStringLiteral("log")} + more, QStringLiteral("log")); }
    static qint64 ms(const QString &iso) { return QDateTime::fromString(iso, Qt::ISODate).toMSecsSinceEpoch(); }
    static QJsonObject column(const Answer &answer, const char *name) {
        for (const QJsonValue &value : answer.object.value(Q("columns")).toArray())
            if (value.toObject().value(Q("name")).toString() == Q(name))
                return value.toObject();
        return {};
    }
    void revision(int number, const char *inputs) const {
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO revisions(number,model,version,digest,folder,author,operation,time,outcome,reason,signature) VALUES(?1,'house',?1,'','','','',?2,'stable','',?3)"),
                                    [&](Statement &s) { s.bind(1, number).bind(2, ms(QStringLiteral("2026-02-01T00:00:00Z"))).bind(3, QStringLiteral("{\"inputs\":[%1],\"outputs\":[\"y\"],\"target\":\"y\",\"task\":\"regression\"}").arg(Q(inputs))); }));
    }
    void row(const char *day, int version, const QString &input, const QString &output) {
        ++m_sequence;
        QVERIFY(m_database->execute(QStringLiteral("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,?3,0,0,1,0,?4,?5,250,200,'')"),
                                    [&](Statement &s) { s.bind(1, m_sequence).bind(2, ms(QStringLiteral("%1T10:00:00Z").arg(Q(day))) + m_sequence).bind(3, version).bind(4, input).bind(5, output); }));
    }
    /// Rows of one day; a label to every `everyLabel`-th.
    void ask(const char *day, int count, double inputShift, double answerShift, int everyLabel, double labelShift) {
        std::normal_distribution<double> draw(0, 1);
        QVERIFY(m_database->transaction([&]() -> Result<void> {
            askRows(day, count, inputShift, answerShift, everyLabel, labelShift, draw);
            return {};
        }));
    }
    void askRows(const char *day, int count, double inputShift, double answerShift, int everyLabel, double labelShift, std::normal_distribution<double> &draw) {
        for (int i = 0; i < count; ++i) {
            const double a = draw(m_random) + inputShift, y = draw(m_random);
            row(day, 1, QStringLiteral("{\"a\":%1}").arg(a), QString::number(y + answerShift));
            if (everyLabel > 0 && i % everyLabel == 0)
                QVERIFY(m_database->execute(QStringLiteral("INSERT INTO labels(seq,row,prediction_id,time,predicted_time,revision,value,class,predicted,predicted_class,loss) VALUES(?1,0,'',?2,?2,1,?3,NULL,?4,NULL,0)"),
                                            [&](Statement &s) { s.bind(1, m_sequence).bind(2, ms(QStringLiteral("2026-03-20T00:00:00Z"))).bind(3, draw(m_random) + labelShift).bind(4, y); }));
        }
    }
    QStringList against(const char *day, const char *next) const {
        return {QStringLiteral("--since"), Q(day), QStringLiteral("--until"), Q(next), QStringLiteral("--reference-since"), QStringLiteral("2026-03-01"), QStringLiteral("--reference-until"), QStringLiteral("2026-03-02")};
    }

private Q_SLOTS:
    void initTestCase() {
        if (pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT names no program.");
    }
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_sequence = 0;
        QVERIFY(writeFileAtomically(path("pilothouse.yaml"), "workspace: log\nconnections:\n  local: {kind: local, root: root}\nmodels:\n  house:\n    registry: {connection: local, name: house, champion: champion}\n"
                                                             "    deployment: {connection: local, target: serving/house}\n"));
        QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("root/serving/house")));
        m_database = *Database::open(path("root/serving/house/serving.db"), serving::servingMigrations());
        revision(1, "{\"name\":\"a\",\"type\":\"number\"}");
        ask("2026-03-01", 1500, 0, 0, 1, 0);
    }

    /// Each of the three drifts by itself.
    void inputsPredictionsAndLabelsAreCompared() {
        ask("2026-03-02", 1500, 2, 0, 1, 0);
        ask("2026-03-03", 1500, 0, 2, 1, 0);
        ask("2026-03-04", 1500, 0, 0, 1, 2);
        const std::vector<std::pair<const char *, const char *>> days{{"2026-03-02", "2026-03-03"}, {"2026-03-03", "2026-03-04"}, {"2026-03-04", "2026-03-05"}};
        const char *const columns[] = {"a", "predicted y", "y"};
        const char *const roles[] = {"", "prediction", "target"};
        for (std::size_t day = 0; day < 3; ++day) {
            const Answer answer = drift(against(days[day].first, days[day].second));
            QVERIFY2(answer.code == 0, qPrintable(answer.errors));
            QCOMPARE(answer.object.value(Q("current")).toObject().value(Q("rows")).toInt(), 1500);
            for (std::size_t c = 0; c < 3; ++c) {
                QCOMPARE(column(answer, columns[c]).value(Q("drifted")).toBool(), c == day);
                QCOMPARE(column(answer, columns[c]).value(Q("role")).toString(), Q(roles[c]));
            }
        }
        QCOMPARE(drift(against("2026-03-02", "2026-03-03") << QStringLiteral("--fail-on-drift")).code, 1);
    }

    void fewLabelsAreTooFewToSay() {
        ask("2026-03-02", 1500, 0, 0, 30, 5); // 50 of them, far away
        const Answer answer = drift(against("2026-03-02", "2026-03-03"));
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QVERIFY(column(answer, "y").value(Q("too_few_rows")).toBool());
        QVERIFY(!column(answer, "y").value(Q("drifted")).toBool());
        QVERIFY(!column(answer, "a").value(Q("too_few_rows")).toBool());
    }

    void aFileIsAReferenceToo() {
        QByteArray rows = "a\n";
        for (int i = 0; i < 1500; ++i)
            rows += QByteArray::number(std::normal_distribution<double>(9, 1)(m_random)) + '\n';
        QVERIFY(writeFileAtomically(path("reference.csv"), rows));
        const Answer answer = drift({QStringLiteral("--reference"), path("reference.csv")});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QVERIFY(column(answer, "a").value(Q("drifted")).toBool());
    }

    void anEmptyStretchSaysSo() {
        const Answer answer = drift(against("2026-03-07", "2026-03-08"));
        QCOMPARE(answer.error().value(Q("kind")).toString(), QStringLiteral("not_found"));
        QVERIFY2(answer.error().value(Q("what")).toString().contains(Q("Nothing was answered in this time: 2026-03-07")), qPrintable(answer.errors));
    }

    /// Half-written: cut inputs, cut answers, no text at all. They are counted, and the others compared.
    void damagedRowsAreToldAndTheOthersCompared() {
        ask("2026-03-02", 1500, 2, 0, 0, 0);
        row("2026-03-02", 1, QStringLiteral("{\"a\":1."), QStringLiteral("1"));
        row("2026-03-02", 1, QStringLiteral("{\"a\":1}"), QStringLiteral("[1."));
        row("2026-03-02", 1, QString(), QString());
        const Answer answer = drift(against("2026-03-02", "2026-03-03"));
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("current")).toObject().value(Q("rows")).toInt(), 1500);
        QVERIFY(column(answer, "a").value(Q("drifted")).toBool());
        QVERIFY2(answer.errors.contains(Q("3 of 1503 rows are not compared")), qPrintable(answer.errors));
    }

    /// NaN and infinity are no JSON: such a body was refused with 422 and is no answered row; an answer that overflows is damaged.
    void notFiniteValuesAreNoRows() {
        ask("2026-03-02", 1500, 0, 0, 0, 0);
        for (int i = 0; i < 500; ++i) {
            row("2026-03-02", 1, QStringLiteral("{\"a\":NaN}"), QStringLiteral("1"));
            row("2026-03-02", 1, QStringLiteral("{\"a\":1e999}"), QStringLiteral("1"));
            row("2026-03-02", 1, QStringLiteral("{\"a\":1}"), QStringLiteral("Infinity"));
        }
        const Answer answer = drift(against("2026-03-02", "2026-03-03"));
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("current")).toObject().value(Q("rows")).toInt(), 1500);
        QVERIFY(!answer.object.value(Q("drifted")).toBool());
        QVERIFY2(answer.errors.contains(Q("1500 of 3000 rows are not compared")), qPrintable(answer.errors));
    }

    void aVersionWithOtherInputsInTheMiddleIsTold() {
        ask("2026-03-02", 400, 0, 0, 0, 0);
        revision(2, "{\"name\":\"a\",\"type\":\"number\"},{\"name\":\"b\",\"type\":\"number\"}");
        std::normal_distribution<double> draw(0, 1);
        for (int i = 0; i < 1000; ++i)
            row("2026-03-02", 2, QStringLiteral("{\"a\":%1,\"b\":%2}").arg(draw(m_random)).arg(draw(m_random)), QStringLiteral("1"));
        const Answer own = drift({QStringLiteral("--since"), QStringLiteral("2026-03-02"), QStringLiteral("--reference"), path("reference.csv")});
        QVERIFY(own.code != 0); // no such file: nothing is guessed
        QVERIFY(writeFileAtomically(path("reference.csv"), "a,b\n1,2\n3,4\n"));
        const Answer answer = drift({QStringLiteral("--since"), QStringLiteral("2026-03-02"), QStringLiteral("--reference"), path("reference.csv")});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        QCOMPARE(answer.object.value(Q("current")).toObject().value(Q("rows")).toInt(), 1000);
        QVERIFY2(answer.errors.contains(Q("400 of 1400 rows are not compared")), qPrintable(answer.errors));
        const Answer before = drift(against("2026-03-02", "2026-03-03")); // the reference has the old inputs only
        QVERIFY2(before.error().value(Q("what")).toString().contains(Q("None of the 1500 rows")), qPrintable(before.errors));
    }

    void whatDoesNotFitIsRefused() {
        QCOMPARE(drift({QStringLiteral("--current"), QStringLiteral("x.csv")}).error().value(Q("kind")).toString(), QStringLiteral("invalid"));
        QCOMPARE(drift({QStringLiteral("--since"), QStringLiteral("2026-03-02"), QStringLiteral("--until"), QStringLiteral("2026-03-01")}).error().value(Q("kind")).toString(), QStringLiteral("invalid"));
        QCOMPARE(runPilot(m_folder->path(), {QStringLiteral("drift"), QStringLiteral("--reference"), QStringLiteral("x.csv")}, QStringLiteral("log")).error().value(Q("kind")).toString(), QStringLiteral("invalid"));
    }
};

QTEST_GUILESS_MAIN(tst_DriftLogVerb)
#include "tst_drift_log_verb.moc"
