// SPDX-License-Identifier: GPL-3.0-or-later
// Models that XGBoost 3.2 made in Python (imported/make.py), read by our own check.
#include "core/base/file.h"
#include "core/data/csv.h"
#include "core/learn/import_xgboost.h"
#include "core/learn/tree_json.h"
#include "core/learn/tree_model.h"

#include <QTemporaryDir>
#include <QTest>

#include <xgboost/c_api.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

QString fileOf(const QString &name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/imported/") + name; }

/// Inputs a, b, c as float32 and the columns that begin with `prefix`, row by row.
struct Known {
    std::vector<float> x;
    std::vector<double> expected;
    std::size_t rows = 0, outputs = 0;
};

Known known(const QString &name, const QStringList &columns) {
    const auto loaded = data::readCsv(fileOf(name + QStringLiteral(".csv")));
    if (!loaded)
        qFatal("%s", qPrintable(loaded.error().text()));
    Known out;
    out.rows = loaded->table.rows();
    out.outputs = std::size_t(columns.size());
    for (std::size_t i = 0; i < out.rows; ++i) {
        for (const char *input : {"a", "b", "c"})
            out.x.push_back(float(loaded->table.find(QLatin1String(input))->numbers[i]));
        for (const QString &column : columns)
            out.expected.push_back(loaded->table.find(column)->numbers[i]);
    }
    return out;
}

/// The largest difference between the import's predictions and Python's.
double far(const ImportedTrees &trees, const Known &known) {
    const TreeModel model(trees.ensemble, trees.classes, {});
    data::Rows rows{known.rows, 3, std::vector<double>(known.x.begin(), known.x.end())};
    const auto ours = model.predict(rows);
    if (!ours)
        qFatal("%s", qPrintable(ours.error().text()));
    double worst = 0;
    for (std::size_t i = 0; i < known.rows; ++i)
        for (std::size_t o = 0; o < known.outputs; ++o) {
            const double mine = trees.classes == 0 ? ours->values[i] : ours->probabilities[i * trees.classes + (known.outputs == 1 ? 1 : o)];
            const double other = known.expected[i * known.outputs + o];
            worst = std::max(worst, std::abs(mine - other) / std::max(1.0, std::abs(other)));
        }
    return worst;
}

/// What the XGBoost of this system predicts from a file, by its own reader; empty: it refuses the file.
std::vector<float> bySystem(const QByteArray &json, const Known &known) {
    BoosterHandle booster = nullptr;
    DMatrixHandle matrix = nullptr;
    XGBoosterCreate(nullptr, 0, &booster);
    std::vector<float> out;
    if (XGBoosterLoadModelFromBuffer(booster, json.constData(), bst_ulong(json.size())) == 0 && XGDMatrixCreateFromMat(known.x.data(), known.rows, 3, std::numeric_limits<float>::quiet_NaN(), &matrix) == 0) {
        const char *names[] = {"a", "b", "c"};
        if (json.contains("\"feature_names\":[\"a\""))
            XGDMatrixSetStrFeatureInfo(matrix, "feature_name", names, 3);
        bst_ulong size = 0;
        const float *values = nullptr;
        if (XGBoosterPredict(booster, matrix, 0, 0, 0, &size, &values) == 0)
            out.assign(values, values + size);
    }
    if (matrix)
        XGDMatrixFree(matrix);
    XGBoosterFree(booster);
    return out;
}

double far(const std::vector<float> &theirs, const Known &known) {
    double worst = theirs.size() == known.expected.size() ? 0 : HUGE_VAL;
    for (std::size_t i = 0; i < theirs.size() && i < known.expected.size(); ++i)
        worst = std::max(worst, std::abs(double(theirs[i]) - known.expected[i]) / std::max(1.0, std::abs(known.expected[i])));
    return worst;
}

} // namespace

class TestImportXgboost : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictsAsPythonDoes_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("rows");
        QTest::addColumn<QStringList>("columns");
        QTest::addColumn<int>("classes");
        const QStringList one{QStringLiteral("p0")}, three{QStringLiteral("p0"), QStringLiteral("p1"), QStringLiteral("p2")};
        QTest::newRow("a number") << "number.json" << "number" << one << 0;
        QTest::newRow("a number, from UBJSON") << "number.ubj" << "number" << one << 0;
        QTest::newRow("a number by absolute error") << "absolute.json" << "absolute" << one << 0;
        QTest::newRow("two classes: base_score is a probability") << "two.json" << "two" << one << 2;
        QTest::newRow("three classes: one base_score each") << "three.json" << "three" << three << 3;
        QTest::newRow("three classes, from UBJSON") << "three.ubj" << "three" << three << 3;
    }
    void predictsAsPythonDoes() {
        QFETCH(QString, file);
        QFETCH(QString, rows);
        QFETCH(QStringList, columns);
        QFETCH(int, classes);
        const auto imported = importXgboost(*readFile(fileOf(file)), file);
        QVERIFY2(imported, qPrintable(imported ? QString() : imported.error().text()));
        QCOMPARE(imported->version, QStringLiteral("3.2.0"));
        QCOMPARE(int(imported->classes), classes);
        QVERIFY(imported->baseScore.startsWith(QLatin1Char('[')));
        QCOMPARE(imported->names, (std::vector<QString>{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
        const double worst = far(*imported, known(rows, columns));
        QVERIFY2(worst < 1e-6, qPrintable(QStringLiteral("differs by %1").arg(worst)));
    }

    /// What the rewriting is for: XGBoost 1.7.4 to 3.0 read "[2.1E0]" without an error and predict wrongly.
    void withoutTheRewriteTheNumbersAreWrong_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("a number") << "number";
        QTest::newRow("two classes") << "two";
    }
    void withoutTheRewriteTheNumbersAreWrong() {
        QFETCH(QString, name);
        const Known rows = known(name, {QStringLiteral("p0")});
        const QByteArray raw = *readFile(fileOf(name + QStringLiteral(".json")));
        const auto imported = importXgboost(raw, name);
        QVERIFY(imported);
        const double written = far(bySystem(writeXgboostJson(imported->ensemble), rows), rows);
        QVERIFY2(written < 1e-6, qPrintable(QStringLiteral("the file that we write differs by %1 in the system's XGBoost").arg(written)));
        QByteArray without = raw; // the same trees, their sums begun as 1.7 begins them
        const qsizetype at = without.indexOf("\"base_score\":\"") + 14;
        without.replace(at, without.indexOf('"', at) - at, "5E-1");
        const auto other = importXgboost(without, name);
        QVERIFY(other);
        QVERIFY2(far(*other, rows) > 1e-2, "without its base_score the model would predict the same: this row tests nothing");
        int major = 0, minor = 0, patch = 0;
        XGBoostVersion(&major, &minor, &patch);
        if (major > 3 || (major == 3 && minor > 0))
            QSKIP("this system's XGBoost reads a list");
        const double unwritten = far(bySystem(raw, rows), rows);
        QVERIFY2(unwritten > 1e-2, qPrintable(QStringLiteral("XGBoost %1.%2 reads the file as it is right (%3): the rewrite is not needed").arg(major).arg(minor).arg(unwritten)));
    }

    void countsTheRoundsThatAreAskedFor_data() {
        QTest::addColumn<bool>("best");
        QTest::newRow("best: as XGBRegressor predicts") << true;
        QTest::newRow("all: as Booster.predict does") << false;
    }
    void countsTheRoundsThatAreAskedFor() {
        QFETCH(bool, best);
        const QByteArray bytes = *readFile(fileOf(QStringLiteral("early.json")));
        const auto unsaid = importXgboost(bytes, QStringLiteral("early.json"));
        QVERIFY(!unsaid);
        QVERIFY2(unsaid.error().what.contains(QStringLiteral("stopped early")) && unsaid.error().hint.contains(QStringLiteral("--rounds best")), qPrintable(unsaid.error().text()));
        const auto imported = importXgboost(bytes, {}, best ? ImportRounds::Best : ImportRounds::All);
        QVERIFY(imported);
        QCOMPARE(imported->notes.size(), 1);
        QVERIFY(far(*imported, known(QStringLiteral("early"), {best ? QStringLiteral("best") : QStringLiteral("all")})) < 1e-6);
        QVERIFY(far(*imported, known(QStringLiteral("early"), {best ? QStringLiteral("all") : QStringLiteral("best")})) > 1e-3);
    }

    void refusesByName_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("was");
        QTest::addColumn<QByteArray>("is");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *file, const char *was, const char *is, const char *says) { QTest::newRow(name) << file << QByteArray(was) << QByteArray(is) << QString::fromUtf8(says); };
        row("a newer major", "number.json", "\"version\":[3,2,0]", "\"version\":[4,0,0]", "written by XGBoost 4.0.0; versions 1 to 3");
        row("an older major", "number.json", "\"version\":[3,2,0]", "\"version\":[0,90,0]", "written by XGBoost 0.90.0");
        row("no version", "number.json", ",\"version\":[3,2,0]", "", "no XGBoost model");
        row("an unknown field of the learner", "number.json", "\"learner\":{", "\"learner\":{\"calibration\":{},", "“learner.calibration”");
        row("an unknown field of the parameters", "number.json", "\"boost_from_average\"", "\"base_scale\":\"2\",\"boost_from_average\"", "base_scale");
        row("an unknown field of the booster", "number.json", "\"tree_info\"", "\"tree_weights\":[1],\"tree_info\"", "tree_weights");
        row("an unknown field of a tree", "number.json", "\"base_weights\"", "\"leaf_weights\":[],\"base_weights\"", "leaf_weights");
        row("an unknown field of the objective", "number.json", "\"reg_loss_param\"", "\"link\":\"log\",\"reg_loss_param\"", "“learner.objective.link”");
        row("more targets", "targets.json", "", "", "2 targets and base_score [");
        row("another booster", "dart.json", "", "", "“dart”");
        row("another link", "poisson.json", "", "", "“count:poisson”");
        row("base_score of two for one output", "number.json", "\"base_score\":\"[", "\"base_score\":\"[1E0,", "base_score holds 2 numbers");
        row("base_score that is no number", "number.json", "\"base_score\":\"[", "\"base_score\":\"[x", "base_score is no finite number");
        row("a probability of two as base_score", "two.json", "\"base_score\":\"[", "\"base_score\":\"[3", "no probability");
        row("a split by category", "number.json", "\"split_type\":[0", "\"split_type\":[1", "splits by category");
        row("a split by category of 1.7, whose threshold is NaN", "number.json", "\"split_conditions\":[", "\"split_conditions\":[NaN,", "splits by category");
        row("a feature that is a category", "number.json", "\"feature_types\":[]", "\"feature_types\":[\"c\",\"float\",\"float\"]", "is a category");
        row("categories of the booster", "number.json", "\"enc\":[]", "\"enc\":[1]", "“cats.enc”");
        row("more names than features", "number.json", "\"feature_names\":[", "\"feature_names\":[\"z\",", "names 4 features and has 3");
        row("a name twice", "number.json", "\"feature_names\":[\"a\"", "\"feature_names\":[\"b\"", "two features have one name");
        row("a child outside the tree", "number.json", "\"left_children\":[1", "\"left_children\":[999", "points outside");
        row("a circle", "number.json", "\"left_children\":[1", "\"left_children\":[0", "round in circles");
        row("billions of classes", "three.json", "\"num_class\":\"3\",\"num_feature\"", "\"num_class\":\"2000000000\",\"num_feature\"", "2000000000 classes");
        row("no features at all", "number.json", "\"num_feature\":\"3\",\"num_target\"", "\"num_feature\":\"0\",\"num_target\"", "number of features");
    }
    void refusesByName() {
        QFETCH(QString, file);
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, is);
        QFETCH(QString, says);
        QByteArray bytes = *readFile(fileOf(file));
        if (!was.isEmpty()) {
            QVERIFY2(bytes.contains(was), "the file does not hold what is to be replaced");
            bytes.replace(bytes.indexOf(was), was.size(), is);
        }
        const auto imported = importXgboost(bytes, file);
        QVERIFY2(!imported, "the file was taken");
        QCOMPARE(imported.error().kind, ErrorKind::Invalid);
        QCOMPARE(imported.error().where, file);
        QVERIFY2(imported.error().what.contains(says), qPrintable(imported.error().text()));
        QVERIFY(!imported.error().hint.isEmpty());
    }

    /// Cut anywhere, a file is an error and never a model.
    void cutFilesAreErrors_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("json") << "number.json";
        QTest::newRow("ubj") << "number.ubj";
    }
    void cutFilesAreErrors() {
        QFETCH(QString, file);
        const QByteArray whole = *readFile(fileOf(file));
        for (qsizetype size = 0; size < whole.size(); size += 7)
            QVERIFY2(!importXgboost(whole.left(size), file), qPrintable(QStringLiteral("the first %1 bytes were taken").arg(size)));
        QVERIFY(!importXgboost(whole + "x", file));
    }

    /// A list that says a length without bytes to prove it would fill the memory.
    void lengthsAreNotBelieved_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nulls") << QByteArray("{L\0\0\0\0\0\0\0\1a[$Z#L\0\0\0\0\0\0\0\1}", 25);
        QTest::newRow("numbers") << QByteArray("{L\0\0\0\0\0\0\0\1a[$d#L\x7f\0\0\0\0\0\0\1}", 25);
        QTest::newRow("a text") << QByteArray("{L\0\0\0\0\0\0\0\1aSL\x7f\0\0\0\0\0\0\1}", 22);
        QTest::newRow("a negative length") << QByteArray("{L\xff\xff\xff\xff\xff\xff\xff\xff" "a}", 12);
        QTest::newRow("lists in lists without end") << QByteArray("{U\1a") + QByteArray(100000, '[');
    }
    void lengthsAreNotBelieved() {
        QFETCH(QByteArray, bytes);
        QVERIFY(looksLikeUbjson(bytes));
        const auto json = ubjsonToJson(bytes, QStringLiteral("m.ubj"));
        QVERIFY(!json);
        QCOMPARE(json.error().kind, ErrorKind::Invalid);
    }

    /// The short way of our own boosters gives the trees that the way through JSON gives.
    void treesOfUbjsonAreThoseOfJson_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("a number") << "number.ubj";
        QTest::newRow("three classes") << "three.ubj";
    }
    void treesOfUbjsonAreThoseOfJson() {
        QFETCH(QString, file);
        const QByteArray bytes = *readFile(fileOf(file)), json = *ubjsonToJson(bytes, file);
        simdjson::dom::parser parser;
        const TreeParts viaJson = treePartsOf(parser.parse(json.constData(), std::size_t(json.size()))["learner"]);
        const std::vector<Tree> trees = treesOfUbjson(bytes, viaJson.width);
        QCOMPARE(trees.size(), viaJson.trees.size());
        for (std::size_t t = 0; t < trees.size(); ++t) {
            const Tree &a = trees[t], &b = viaJson.trees[t];
            QCOMPARE(a.nodes.size(), b.nodes.size());
            QCOMPARE(std::memcmp(a.nodes.data(), b.nodes.data(), a.nodes.size() * sizeof(TreeNode)), 0);
            QCOMPARE(a.gain, b.gain);
            QCOMPARE(a.cover, b.cover);
            QCOMPARE(a.depth, b.depth);
            QCOMPARE(a.group, b.group);
        }
        QVERIFY_EXCEPTION_THROWN(treesOfUbjson(bytes, 1), std::exception); // its splits ask for more columns
        for (qsizetype size = 0; size + 30 < bytes.size(); size += 7)
            QVERIFY_EXCEPTION_THROWN(treesOfUbjson(bytes.left(size), viaJson.width), std::exception);
        for (qsizetype at = 0; at < bytes.size(); at += 3) { // an exception or trees, but no read outside
            QByteArray changed = bytes;
            changed[at] = char(changed[at] ^ 0x55);
            try {
                treesOfUbjson(changed, viaJson.width);
            } catch (const std::exception &) {
            }
        }
    }

    /// Any one byte of the binary form changed: a model or an error, but never a crash or a read outside.
    void changedBytesAreHarmless() {
        const QByteArray whole = *readFile(fileOf(QStringLiteral("number.ubj")));
        int refusals = 0;
        for (qsizetype at = 0; at < whole.size(); at += 3) {
            QByteArray bytes = whole;
            bytes[at] = char(bytes[at] ^ 0x55);
            refusals += importXgboost(bytes, {}) ? 0 : 1;
        }
        QVERIFY(refusals > 500);
    }
};

QTEST_GUILESS_MAIN(TestImportXgboost)
#include "tst_import_xgboost.moc"
