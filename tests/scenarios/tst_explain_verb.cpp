// SPDX-License-Identifier: GPL-3.0-or-later
// `pilot explain` of the real program on small models: documented keys, sums, files, exit codes, an endpoint, cancel. Needs no ../shared.
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/explain/explanation.h"
#include "core/metrics/random.h"
#include "tests/support/run_pilot.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>

using namespace pilothouse;
using support::Answer;
using Q = QLatin1String;

namespace {

double sumOf(const QJsonObject &e) {
    double sum = e.value(Q("base")).toDouble();
    for (const QJsonValue &f : e.value(Q("features")).toArray())
        sum += f[Q("contribution")].toDouble();
    return sum;
}

} // namespace

class TestExplainVerb : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aRowAddsUp_data();
    void aRowAddsUp();
    void kernelShapOfTheLinearModelIsTheLinearOne();
    void aDataSetHasAllThree();
    void dependenceHasEveryCurve();
    void theSampleOfThePackageIsEnough();
    void filesAreWritten();
    void anEndpointIsExplainedLikeItsModel();
    void aForecastIsGroupedBySeries();
    void wrongInputIsTwo_data();
    void wrongInputIsTwo();
    void cancelIsOneHundredAndThirty();

private:
    Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments); }
    QString in(const QString &name) const { return m_folder.filePath(name); }
    void train(const QString &name, const QByteArray &rest);
    QTemporaryDir m_folder;
    QString m_program = support::pilotUnderTest();
};

void TestExplainVerb::train(const QString &name, const QByteArray &rest) {
    QVERIFY(writeFileAtomically(in(name + QStringLiteral(".yaml")), "recipe: " + name.toUtf8() + "\n" + rest).has_value());
    const Answer trained = pilot({QStringLiteral("train"), name + QStringLiteral(".yaml"), QStringLiteral("--out"), name});
    QVERIFY2(trained.code == 0, qPrintable(trained.errors + QString::fromUtf8(trained.out)));
}

void TestExplainVerb::initTestCase() {
    if (m_program.isEmpty())
        QSKIP("PILOTHOUSE_PILOT does not name the program");
    metrics::Random random(11);
    QByteArray csv = "rooms,age,side,price,dear\n", hours = "time,load,wind\n";
    const QByteArrayList sides{"east", "north", "west"};
    for (int i = 0; i < 240; ++i) {
        const double rooms = std::round(random.uniform() * 80) / 10, age = std::round(random.uniform() * 50);
        const auto side = qsizetype(random.below(3));
        const double price = 3 * rooms - 0.2 * age + (side == 0 ? 5 : 0) + random.uniform();
        csv += QByteArray::number(rooms) + ',' + (i == 17 ? QByteArray() : QByteArray::number(age)) + ',' + sides[side] + ',' + QByteArray::number(price) + ',' + (price > 10 ? "yes" : "no") + '\n';
        hours += QStringLiteral("2024-01-%1T%2:00:00Z").arg(i / 24 + 1, 2, 10, QLatin1Char('0')).arg(i % 24, 2, 10, QLatin1Char('0')).toLatin1() + ',' +
                 QByteArray::number(10 + 5 * std::sin(i * 0.26) + random.uniform()) + ',' + QByteArray::number(random.uniform() * 9) + '\n';
    }
    QVERIFY(writeFileAtomically(in(QStringLiteral("houses.csv")), csv).has_value());
    QVERIFY(writeFileAtomically(in(QStringLiteral("hours.csv")), hours).has_value());
    QVERIFY(writeFileAtomically(in(QStringLiteral("pilothouse.yaml")), "workspace: explain\nconnections: {local: {kind: local, root: data}}\nmodels: {}\n").has_value());
    const QByteArray houses = "data: {source: houses.csv}\nsplit: {every: 4}\n", numbers = houses + "task: regression\ntarget: price\nfeatures: {exclude: [dear]}\n",
                     classes = houses + "task: classification\ntarget: dear\nfeatures: {exclude: [price]}\n";
    train(QStringLiteral("linear"), numbers + "transforms: [impute: median, one_hot, standard_scale]\nestimators: [linear_regression]\n");
    train(QStringLiteral("forest"), numbers + "transforms: [impute: median, one_hot]\nestimators: [random_forest: {n_estimators: 20}]\n");
    train(QStringLiteral("boosted"), classes + "transforms: [impute: median, one_hot]\nestimators: [gradient_boosting: {n_estimators: 20}]\n");
    train(QStringLiteral("strict"), houses + "task: classification\ntarget: dear\nfeatures: {exclude: [price, age]}\ntransforms: [one_hot]\nestimators: [logistic_regression]\n");
    train(QStringLiteral("hourly"), "data: {source: hours.csv}\ntask: forecast\ntarget: load\ntime: {column: time, step: 1h}\nfeatures: {include: [load, wind]}\nforecast: {window: 6, horizon: 2}\nsplit: {after: 2024-01-08}\nestimators: [ridge]\n");
}

void TestExplainVerb::aRowAddsUp_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("became");
    QTest::addColumn<QString>("scale");
    QTest::newRow("linear, what it knows") << "linear" << "auto" << "linear-shap" << "prediction";
    QTest::newRow("linear, asked") << "linear" << "kernel-shap" << "kernel-shap" << "prediction";
    QTest::newRow("forest, what it knows") << "forest" << "shap" << "tree-shap" << "prediction";
    QTest::newRow("forest, asked") << "forest" << "kernel-shap" << "kernel-shap" << "prediction";
    QTest::newRow("boosted classes, what they know") << "boosted" << "tree-shap" << "tree-shap" << "log-odds of ";
    QTest::newRow("boosted classes, asked") << "boosted" << "kernel-shap" << "kernel-shap" << "probability of ";
    QTest::newRow("logistic regression") << "strict" << "auto" << "linear-shap" << "log-odds of ";
}

void TestExplainVerb::aRowAddsUp() {
    QFETCH(QString, model);
    QFETCH(QString, method);
    QFETCH(QString, became);
    QFETCH(QString, scale);
    const Answer a = pilot({QStringLiteral("explain"), model, QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--row"), QStringLiteral("17"), QStringLiteral("--method"), method});
    QVERIFY2(a.code == 0, qPrintable(a.errors + QString::fromUtf8(a.out)));
    for (const char *key : {"view", "method", "model", "output", "scale", "unit", "rows", "background", "seed", "notes", "row", "prediction", "base", "explained", "sum", "r2", "features", "package", "digest", "endpoint", "data", "seconds"})
        QVERIFY2(a.object.contains(Q(key)), key);
    QCOMPARE(a.object[Q("method")].toString(), became);
    QVERIFY2(a.object[Q("scale")].toString().startsWith(scale), qPrintable(a.object[Q("scale")].toString()));
    QCOMPARE(a.object[Q("row")].toInt(), 17);
    QVERIFY(std::abs(sumOf(a.object) - a.object[Q("explained")].toDouble()) < 1e-9);
    QVERIFY(std::abs(a.object[Q("sum")].toDouble() - a.object[Q("explained")].toDouble()) < 1e-9);
    QSet<QString> names;
    for (const QJsonValue &f : a.object[Q("features")].toArray())
        names << f[Q("feature")].toString();
    QCOMPARE(names, model == Q("strict") ? (QSet<QString>{QStringLiteral("rooms"), QStringLiteral("side")}) : (QSet<QString>{QStringLiteral("rooms"), QStringLiteral("age"), QStringLiteral("side")}));
}

/// With as many background rows as the sample holds both are the same values.
void TestExplainVerb::kernelShapOfTheLinearModelIsTheLinearOne() {
    const QStringList row{QStringLiteral("explain"), QStringLiteral("linear"), QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--row"), QStringLiteral("3"), QStringLiteral("--background"), QStringLiteral("10000")};
    const Answer own = pilot(row), asked = pilot(row + QStringList{QStringLiteral("--method"), QStringLiteral("kernel-shap")});
    QCOMPARE(own.object[Q("background")], asked.object[Q("background")]);
    const QJsonArray a = own.object[Q("features")].toArray(), b = asked.object[Q("features")].toArray();
    QCOMPARE(a.size(), 3);
    for (qsizetype i = 0; i < 3; ++i) {
        QCOMPARE(a[i][Q("feature")], b[i][Q("feature")]);
        QVERIFY(std::abs(a[i][Q("contribution")].toDouble() - b[i][Q("contribution")].toDouble()) < 1e-9);
    }
}

void TestExplainVerb::aDataSetHasAllThree() {
    const QStringList verb{QStringLiteral("explain"), QStringLiteral("boosted"), QStringLiteral("--data"), QStringLiteral("houses.csv")};
    const Answer shap = pilot(verb), permuted = pilot(verb + QStringList{QStringLiteral("--method"), QStringLiteral("permutation"), QStringLiteral("--metric"), QStringLiteral("log_loss"), QStringLiteral("--repeats"), QStringLiteral("4")});
    QVERIFY2(shap.code == 0 && permuted.code == 0, qPrintable(shap.errors + permuted.errors + QString::fromUtf8(permuted.out)));
    QCOMPARE(shap.object[Q("view")].toString(), QStringLiteral("data_set"));
    QCOMPARE(shap.object[Q("method")].toString(), QStringLiteral("tree-shap"));
    QCOMPARE(shap.object[Q("output")].toString(), QStringLiteral("yes"));
    QCOMPARE(shap.object[Q("rows")].toInt(), 240);
    QVERIFY(shap.object[Q("metric")].isNull());
    QCOMPARE(permuted.object[Q("metric")].toString(), QStringLiteral("log_loss"));
    QCOMPARE(permuted.object[Q("repeats")].toInt(), 4);
    for (const Answer &answer : {shap, permuted}) {
        const QJsonValue first = answer.object[Q("features")][0];
        QCOMPARE(first[Q("feature")].toString(), QStringLiteral("rooms"));
        for (const char *key : {"mean", "std", "low", "high"})
            QVERIFY2(first[Q(key)].isDouble(), key);
        QVERIFY(first[Q("low")].toDouble() <= first[Q("mean")].toDouble() && first[Q("mean")].toDouble() <= first[Q("high")].toDouble());
    }
    const Answer again = pilot(verb);
    QCOMPARE(again.object[Q("features")], shap.object[Q("features")]);
}

void TestExplainVerb::dependenceHasEveryCurve() {
    const QStringList verb{QStringLiteral("explain"), QStringLiteral("linear"), QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--sample"), QStringLiteral("9"), QStringLiteral("--column")};
    const Answer rooms = pilot(verb + QStringList{QStringLiteral("rooms"), QStringLiteral("--grid"), QStringLiteral("5")}), side = pilot(verb + QStringList{QStringLiteral("side")});
    QVERIFY2(rooms.code == 0 && side.code == 0, qPrintable(rooms.errors + side.errors));
    QCOMPARE(rooms.object[Q("grid")].toArray().size(), 5);
    QCOMPARE(rooms.object[Q("individual")].toArray().size(), 9);
    QVERIFY(rooms.object[Q("categories")].isNull());
    const QJsonArray average = rooms.object[Q("average")].toArray(), grid = rooms.object[Q("grid")].toArray();
    const double slope = (average[4].toDouble() - average[0].toDouble()) / (grid[4].toDouble() - grid[0].toDouble());
    QVERIFY2(std::abs(slope - 3) < 0.1, qPrintable(QString::number(slope))); // as the file was made
    QCOMPARE(side.object[Q("categories")].toArray(), (QJsonArray{QStringLiteral("east"), QStringLiteral("north"), QStringLiteral("west")}));
    QVERIFY(std::abs(side.object[Q("average")][0].toDouble() - side.object[Q("average")][1].toDouble() - 5) < 0.5);
}

void TestExplainVerb::theSampleOfThePackageIsEnough() {
    const Answer row = pilot({QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--row"), QStringLiteral("0")}), all = pilot({QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--method"), QStringLiteral("permutation")});
    QVERIFY2(row.code == 0 && all.code == 0, qPrintable(row.errors + all.errors + QString::fromUtf8(all.out)));
    QCOMPARE(all.object[Q("rows")].toInt(), 60);
    QVERIFY(row.object[Q("data")].toString().endsWith(QStringLiteral("sample.csv")));
    QVERIFY(writeFileAtomically(in(QStringLiteral("row.json")), "{\"rows\":[{\"rooms\":4,\"age\":null,\"side\":\"west\"}]}").has_value());
    const Answer json = pilot({QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--rows"), QStringLiteral("row.json")});
    QVERIFY2(json.code == 0, qPrintable(json.errors));
    QCOMPARE(json.object[Q("view")].toString(), QStringLiteral("row"));
    QVERIFY(json.object[Q("row")].isNull());
}

void TestExplainVerb::filesAreWritten() {
    const Answer a = pilot({QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--row"), QStringLiteral("5"), QStringLiteral("--method"), QStringLiteral("lime"),
                            QStringLiteral("--top"), QStringLiteral("1"), QStringLiteral("--out"), QStringLiteral("why.csv"), QStringLiteral("--report"), QStringLiteral("why.html")});
    QVERIFY2(a.code == 0, qPrintable(a.errors));
    QCOMPARE(a.object[Q("features")].toArray().size(), 3);
    const QByteArray csv = *readFile(in(QStringLiteral("why.csv"))), page = *readFile(in(QStringLiteral("why.html")));
    QCOMPARE(csv.count('\n'), 4);
    QVERIFY(csv.startsWith("feature,value,condition,contribution\n"));
    QVERIFY(page.contains("<svg") && page.endsWith("</html>\n"));
    QCOMPARE(page.count("<g><title>"), 1);
    const Answer nowhere = pilot({QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--row"), QStringLiteral("0"), QStringLiteral("--out"), QStringLiteral("houses.csv/why.csv")});
    QVERIFY(nowhere.code != 0 && !nowhere.error().isEmpty());
}

void TestExplainVerb::anEndpointIsExplainedLikeItsModel() {
    QByteArray plain;
    for (const QByteArray &line : readFile(in(QStringLiteral("houses.csv")))->split('\n').mid(0, 40))
        plain += line.left(line.lastIndexOf(',')) + '\n'; // without "dear"
    QVERIFY(writeFileAtomically(in(QStringLiteral("plain.csv")), plain).has_value());
    QProcess server;
    server.setWorkingDirectory(m_folder.path());
    server.start(m_program, {QStringLiteral("--events"), QStringLiteral("--workspace"), in(QStringLiteral("pilothouse.yaml")), QStringLiteral("serve"), QStringLiteral("boosted"), QStringLiteral("--port"), QStringLiteral("0"), QStringLiteral("--no-api-key")});
    QString url;
    QByteArray said;
    while (url.isEmpty() && server.waitForReadyRead(30000))
        for (said += server.readAllStandardOutput(); const QByteArray &line : said.split('\n'))
            if (const QJsonObject event = QJsonDocument::fromJson(line).object(); event[Q("event")] == Q("ready"))
                url = event[Q("url")].toString();
    QVERIFY2(!url.isEmpty(), qPrintable(QString::fromUtf8(server.readAllStandardError())));
    const QStringList ask{QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--row"), QStringLiteral("17"), QStringLiteral("--method"), QStringLiteral("kernel-shap"), QStringLiteral("--background"), QStringLiteral("20")};
    const Answer here = pilot(QStringList{QStringLiteral("explain"), QStringLiteral("boosted")} + ask), there = pilot(QStringList{QStringLiteral("explain"), QStringLiteral("boosted"), QStringLiteral("--endpoint"), url} + ask);
    const Answer undescribed = pilot({QStringLiteral("explain"), QStringLiteral("--endpoint"), url, QStringLiteral("--data"), QStringLiteral("plain.csv"), QStringLiteral("--target"), QStringLiteral("price"), QStringLiteral("--row"), QStringLiteral("0"), QStringLiteral("--output"), QStringLiteral("1")});
    const Answer untold = pilot({QStringLiteral("explain"), QStringLiteral("--endpoint"), url, QStringLiteral("--data"), QStringLiteral("plain.csv"), QStringLiteral("--row"), QStringLiteral("0"), QStringLiteral("--output"), QStringLiteral("1")});
    QTemporaryDir elsewhere; // no workspace there, nor above
    QProcess alone;
    alone.setWorkingDirectory(elsewhere.path());
    alone.start(m_program, QStringList{QStringLiteral("--json"), QStringLiteral("explain"), in(QStringLiteral("boosted")), QStringLiteral("--endpoint"), url, QStringLiteral("--data"), in(QStringLiteral("houses.csv"))} + ask.mid(2));
    QVERIFY(alone.waitForFinished(120000));
    const QStringList tensors{QStringLiteral("--protocol"), QStringLiteral("kserve-v2"), QStringLiteral("--endpoint")};
    const Answer byTensors = pilot(QStringList{QStringLiteral("explain"), QStringLiteral("boosted")} + tensors + QStringList{url + QStringLiteral("/v2/models/boosted/infer")} + ask);
    const Answer nameless = pilot(QStringList{QStringLiteral("explain"), QStringLiteral("boosted")} + tensors + QStringList{url} + ask);
    server.terminate();
    QVERIFY(server.waitForFinished(30000));
    QVERIFY2(byTensors.code == 0, qPrintable(byTensors.errors + QString::fromUtf8(byTensors.out)));
    for (qsizetype i = 0; i < 3; ++i)
        QVERIFY(std::abs(here.object[Q("features")][i][Q("contribution")].toDouble() - byTensors.object[Q("features")][i][Q("contribution")].toDouble()) < 1e-9);
    QCOMPARE(nameless.code, 2);
    QVERIFY2(nameless.error()[Q("hint")].toString().contains(QStringLiteral("/v2/models/MODEL/infer")), qPrintable(nameless.errors + QString::fromUtf8(nameless.out)));
    QVERIFY2(there.code == 0, qPrintable(there.errors + QString::fromUtf8(there.out)));
    QCOMPARE(there.object[Q("features")].toArray().size(), 3);
    for (qsizetype i = 0; i < 3; ++i)
        QVERIFY(std::abs(here.object[Q("features")][i][Q("contribution")].toDouble() - there.object[Q("features")][i][Q("contribution")].toDouble()) < 1e-9);
    QVERIFY(there.object[Q("endpoint")].toString().startsWith(url));
    QVERIFY2(alone.exitCode() == 0, alone.readAllStandardError().constData());
    QCOMPARE(QJsonDocument::fromJson(alone.readAllStandardOutput()).object()[Q("features")], there.object[Q("features")]);
    // Nobody said what it takes: the file's columns but the target are the inputs, the answer says how many classes there are.
    QVERIFY2(undescribed.code == 0, qPrintable(undescribed.errors + QString::fromUtf8(undescribed.out)));
    QCOMPARE(undescribed.object[Q("scale")].toString(), QStringLiteral("probability of 1"));
    QCOMPARE(untold.code, 2); // "price" is no input
    QVERIFY2(untold.error()[Q("hint")].toString().contains(QStringLiteral("name the column that is predicted by --target")), qPrintable(untold.errors + QString::fromUtf8(untold.out)));
    QVERIFY(undescribed.object[Q("package")].isNull());
    QCOMPARE(undescribed.object[Q("features")].toArray().size(), 3);
    QVERIFY(std::abs(sumOf(undescribed.object) - undescribed.object[Q("explained")].toDouble()) < 1e-9);
    const Answer dead = pilot(QStringList{QStringLiteral("explain"), QStringLiteral("boosted"), QStringLiteral("--endpoint"), url} + ask);
    QCOMPARE(dead.code, 3);
}

void TestExplainVerb::aForecastIsGroupedBySeries() {
    const QStringList verb{QStringLiteral("explain"), QStringLiteral("hourly"), QStringLiteral("--data"), QStringLiteral("hours.csv"), QStringLiteral("--row"), QStringLiteral("2"), QStringLiteral("--output"), QStringLiteral("load@+2"), QStringLiteral("--group")};
    const Answer series = pilot(verb + QStringList{QStringLiteral("series")}), lags = pilot(verb + QStringList{QStringLiteral("lags")}), inputs = pilot(verb + QStringList{QStringLiteral("inputs")});
    QVERIFY2(series.code == 0 && lags.code == 0 && inputs.code == 0, qPrintable(series.errors + QString::fromUtf8(series.out)));
    QCOMPARE(series.object[Q("features")].toArray().size(), 2);
    QCOMPARE(lags.object[Q("features")].toArray().size(), 6);
    QCOMPARE(inputs.object[Q("features")].toArray().size(), 12);
    QCOMPARE(series.object[Q("output")].toString(), QStringLiteral("load@+2"));
    for (const Answer &answer : {series, lags, inputs})
        QVERIFY(std::abs(sumOf(answer.object) - answer.object[Q("explained")].toDouble()) < 1e-9);
}

void TestExplainVerb::wrongInputIsTwo_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const char *arguments, const char *says) { QTest::newRow(name) << QString::fromLatin1(arguments).split(QLatin1Char(' ')) << QString::fromUtf8(says); };
    row("a row behind the end", "forest --data houses.csv --row 240", "There is no row 240; the last");
    row("a row that lacks an input", "age_strict --data houses.csv --row 17", "Row 17 cannot be explained");
    row("a column that is close to one", "forest --data houses.csv --method partial-dependence --column room", "Did you mean “rooms”?");
    row("a method that is close to one", "forest --method shapp", "Did you mean “shap”?");
    row("a class that is not there", "boosted --row 0 --output yess", "Did you mean “yes”?");
    row("series of a model that is no forecast", "forest --row 0 --group series", "Only the inputs of a forecast");
    row("a grouping that is not there", "forest --row 0 --group colour", "There are: inputs, series, lags.");
    row("a metric of another task", "forest --method permutation --metric accuracy", "no metric “accuracy”");
    row("tree values of a linear model", "linear --row 0 --method tree-shap", "no tree-shap values");
    row("permutation of one row of a file", "forest --data houses.csv --row 3 --method permutation", "Leave out --row");
    row("a sample of nothing", "forest --sample 0", "Value 0 not in range 1 to 1000000000.");
    row("no such model", "nobody --row 0", "is no folder here");
    row("no such file", "forest --data nothing.csv --row 0", "nothing.csv");
    row("a file without the inputs", "forest --data hours.csv --row 0", "The data lacks 3 of the model's 3 inputs");
}

void TestExplainVerb::wrongInputIsTwo() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, says);
    if (arguments.front() == Q("age_strict") && !QFileInfo::exists(in(QStringLiteral("age_strict")))) {
        QByteArray whole = *readFile(in(QStringLiteral("houses.csv")));
        QByteArrayList lines = whole.split('\n');
        lines.removeAt(18);
        QVERIFY(writeFileAtomically(in(QStringLiteral("whole.csv")), lines.join('\n')).has_value());
        train(QStringLiteral("age_strict"), "data: {source: whole.csv}\nsplit: {every: 4}\ntask: regression\ntarget: price\nfeatures: {exclude: [dear]}\ntransforms: [one_hot]\nestimators: [linear_regression]\n");
    }
    const Answer a = pilot(QStringList{QStringLiteral("explain")} + arguments);
    QCOMPARE(a.code, 2);
    const QJsonObject error = a.error();
    const QString text = error[Q("what")].toString() + QLatin1Char(' ') + error[Q("where")].toString() + QLatin1Char(' ') + error[Q("hint")].toString() + a.errors;
    QVERIFY2(text.contains(says), qPrintable(text));
}

void TestExplainVerb::cancelIsOneHundredAndThirty() {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(m_program, {QStringLiteral("--events"), QStringLiteral("explain"), QStringLiteral("forest"), QStringLiteral("--data"), QStringLiteral("houses.csv"), QStringLiteral("--method"), QStringLiteral("permutation"),
                              QStringLiteral("--repeats"), QStringLiteral("1000"), QStringLiteral("--out"), QStringLiteral("never.csv")});
    QByteArray said;
    while (!said.contains("\"progress\"") && process.waitForReadyRead(30000))
        said += process.readAllStandardOutput();
    QVERIFY2(said.contains("\"progress\""), said.constData());
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(!QFileInfo::exists(in(QStringLiteral("never.csv"))));
}

QTEST_GUILESS_MAIN(TestExplainVerb)
#include "tst_explain_verb.moc"
