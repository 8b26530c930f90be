// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/base/json.h"
#include "core/data/split.h"
#include "core/data/transforms.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

std::vector<workspace::TransformSpec> steps(const QString &text) {
    std::vector<workspace::TransformSpec> all;
    for (const QString &step : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const auto at = step.indexOf(QLatin1Char(':'));
        all.push_back({step.left(at).trimmed(), at < 0 ? QString() : step.mid(at + 1).trimmed()});
    }
    return all;
}

/// Four rows of a number and a category with the values b, c; "a" is unknown to the rows.
struct Small {
    std::vector<Input> inputs{{QStringLiteral("n"), ColumnType::Number, {}, true}, {QStringLiteral("c"), ColumnType::Category, {"b", "c"}, true}};
    Rows rows{4, 2, {1, 0, 3, 1, NAN, 1, 8, NAN}};
};

QString shown(const std::vector<double> &values) {
    QStringList all;
    for (const double v : values)
        all << (std::isnan(v) ? QStringLiteral("·") : QString::number(v, 'g', 6));
    return all.join(QLatin1Char(' '));
}

} // namespace

class TestTransforms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void californiaScalesAsTheReference_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<bool>("category");
        QTest::newRow("eight numbers") << QStringLiteral("numeric8") << false;
        QTest::newRow("eight numbers and a category") << QStringLiteral("numeric8_onehot5") << true;
    }
    void californiaScalesAsTheReference() {
        QFETCH(QString, set);
        QFETCH(bool, category);
        QFile file(sharedFile(QStringLiteral("reference/california_housing.json")));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the shared reference files are not here");
        const QJsonObject reference = parseJsonObject(file.readAll(), file.fileName()).value();
        const QJsonObject scaler = reference.value(QStringLiteral("values")).toObject().value(set).toObject().value(QStringLiteral("scaler")).toObject();
        workspace::Recipe recipe;
        recipe.data.source = sharedFile(QStringLiteral("data/california_housing.csv"));
        recipe.target = QStringLiteral("median_house_value");
        if (!category)
            recipe.exclude << QStringLiteral("ocean_proximity");
        recipe.transforms = steps(QStringLiteral("impute: median,one_hot,standard_scale"));
        const auto loaded = loadData(recipe);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        const auto split = splitRows(loaded->table, recipe.split);
        QVERIFY(split);
        QCOMPARE(int(split->train.size()), scaler.value(QStringLiteral("n_train")).toInt());
        const auto inputs = inputsOf(loaded->table, recipe, split->train);
        QVERIFY(inputs);
        const auto rows = rowsFromTable(loaded->table.take(split->train), *inputs);
        QVERIFY(rows);
        const auto fitted = FittedTransforms::fit(*rows, *inputs, recipe.transforms);
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        const QJsonArray names = scaler.value(QStringLiteral("features")).toArray();
        QCOMPARE(qsizetype(fitted->outputWidth()), names.size());
        QVERIFY(names.size() >= 8);
        for (std::size_t i = 0; i < fitted->outputWidth(); ++i) {
            const QString name = names[qsizetype(i)].toString();
            QVERIFY(fitted->outputNames()[i] == name || fitted->outputNames()[i] == QStringLiteral("ocean_proximity=") + name);
            const double mean = scaler.value(QStringLiteral("mean")).toArray()[qsizetype(i)].toDouble(), scale = scaler.value(QStringLiteral("scale_std_ddof0")).toArray()[qsizetype(i)].toDouble();
            QVERIFY2(std::abs(fitted->mean(i) - mean) <= 1e-9 * std::abs(mean), qPrintable(name));
            QVERIFY2(std::abs(fitted->scale(i) - scale) <= 1e-9 * scale, qPrintable(name));
        }
        const auto bedrooms = std::find_if(inputs->begin(), inputs->end(), [](const Input &input) { return input.name == QStringLiteral("total_bedrooms"); });
        QCOMPARE(fitted->fill(std::size_t(bedrooms - inputs->begin())), reference.value(QStringLiteral("median_total_bedrooms_train")).toDouble());
        // What comes out is scaled: mean 0, deviation 1 over the training rows.
        const auto matrix = fitted->apply(*rows);
        QVERIFY(matrix);
        for (std::size_t c = 0; c < matrix->width; ++c) {
            long double sum = 0, squares = 0;
            for (std::size_t r = 0; r < matrix->count; ++r) {
                sum += matrix->row(r)[c];
                squares += matrix->row(r)[c] * matrix->row(r)[c];
            }
            QVERIFY(std::abs(double(sum)) / double(matrix->count) < 1e-9);
            QVERIFY(std::abs(double(squares) / double(matrix->count) - 1) < 1e-9);
        }
    }

    void stepsActInTheirOrder_data() {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("names");
        QTest::addColumn<QString>("matrix");
        const auto row = [](const char *name, const char *how, const char *names, const char *matrix) { QTest::newRow(name) << QString::fromUtf8(how) << QString::fromUtf8(names) << QString::fromUtf8(matrix); };
        row("median", "impute: median,one_hot", "n c=b c=c", "1 1 0 3 0 1 3 0 1 8 0 1");
        row("mean", "impute: mean,one_hot", "n c=b c=c", "1 1 0 3 0 1 4 0 1 8 0 1");
        row("most frequent, the smallest of several", "impute: most_frequent,one_hot", "n c=b c=c", "1 1 0 3 0 1 1 0 1 8 0 1");
        row("without imputation a number stays missing and a category is all zeros", "one_hot", "n c=b c=c", "1 1 0 3 0 1 · 0 1 8 0 0");
        row("a category that is hot before imputation keeps its zeros", "one_hot,impute: median", "n c=b c=c", "1 1 0 3 0 1 3 0 1 8 0 0");
        row("scaling before one_hot leaves the zeros and ones", "impute: mean,standard_scale,one_hot", "n c=b c=c", "-1.1767 1 0 -0.392232 0 1 0 0 1 1.56893 0 1");
        row("scaling after one_hot scales them", "impute: mean,one_hot,standard_scale", "n c=b c=c", "-1.1767 1.73205 -1.73205 -0.392232 -0.57735 0.57735 0 -0.57735 0.57735 1.56893 -0.57735 0.57735");
    }
    void stepsActInTheirOrder() {
        QFETCH(QString, how);
        QFETCH(QString, names);
        QFETCH(QString, matrix);
        const Small small;
        const auto fitted = FittedTransforms::fit(small.rows, small.inputs, steps(how));
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QStringList found;
        for (const QString &name : fitted->outputNames())
            found << name;
        QCOMPARE(found.join(QLatin1Char(' ')), names);
        QCOMPARE(shown(fitted->apply(small.rows)->values), matrix);
        // One row at a time, and after a round through JSON, it is the same.
        const auto again = FittedTransforms::fromJson(parseJsonObject(canonicalJson(fitted->toJson()), QStringLiteral("x")).value(), QStringLiteral("x"));
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        std::vector<double> all, out(again->outputWidth());
        for (std::size_t r = 0; r < small.rows.count; ++r) {
            again->applyRow(small.rows.row(r), out);
            all.insert(all.end(), out.begin(), out.end());
        }
        QCOMPARE(shown(all), matrix);
        QCOMPARE(canonicalJson(again->toJson()), canonicalJson(fitted->toJson()));
    }

    void anUnknownCategoryIsAllZeros() {
        const Small small;
        const auto fitted = FittedTransforms::fit(small.rows, small.inputs, steps(QStringLiteral("impute: median,one_hot")));
        std::vector<double> out(3);
        fitted->applyRow(std::vector<double>{5, -1}, out);
        QCOMPARE(shown(out), QStringLiteral("5 0 0"));
    }

    void aConstantHasScaleOne() {
        const std::vector<Input> inputs{{QStringLiteral("n"), ColumnType::Number, {}, false}};
        const auto fitted = FittedTransforms::fit(Rows{3, 1, {0.1, 0.1, 0.1}}, inputs, steps(QStringLiteral("standard_scale")));
        QVERIFY(fitted);
        QCOMPARE(fitted->scale(0), 1.0);
        QCOMPARE(shown(fitted->apply(Rows{1, 1, {0.1}})->values), QStringLiteral("0"));
    }

    void refuses() {
        const Small small;
        QVERIFY(FittedTransforms::fit(small.rows, small.inputs, steps(QStringLiteral("impute: median"))).error().text().contains(QStringLiteral("one_hot")));
        QVERIFY(FittedTransforms::fit(small.rows, small.inputs, steps(QStringLiteral("smoke"))).error().text().contains(QStringLiteral("Did you mean “smote”?")));
        const std::vector<Input> number{{QStringLiteral("n"), ColumnType::Number, {}, true}};
        QVERIFY(FittedTransforms::fit(Rows{2, 1, {NAN, NAN}}, number, steps(QStringLiteral("impute: mean"))).error().text().contains(QStringLiteral("“n”")));
        QVERIFY(!FittedTransforms::fit(Rows{0, 1, {}}, number, {}));
        const auto fitted = FittedTransforms::fit(Rows{1, 1, {1}}, number, {});
        QVERIFY(fitted && !fitted->apply(small.rows));
        QJsonObject json = fitted->toJson();
        json.insert(QStringLiteral("outputs"), QJsonArray{});
        QVERIFY(!FittedTransforms::fromJson(json, QStringLiteral("preprocessing.json")));
    }

    void inputsFollowTheRecipe_data() {
        QTest::addColumn<QStringList>("include");
        QTest::addColumn<QStringList>("exclude");
        QTest::addColumn<QStringList>("categorical");
        QTest::addColumn<QString>("inputs");
        const auto list = [](const char *text) { return QString::fromUtf8(text).split(QLatin1Char(' '), Qt::SkipEmptyParts); };
        const auto row = [&](const char *name, const char *include, const char *exclude, const char *categorical, const char *inputs) {
            QTest::newRow(name) << list(include) << list(exclude) << list(categorical) << QString::fromUtf8(inputs);
        };
        row("everything but target and times", "", "", "", "a:number b:category[x,z] k:number");
        row("without the excluded", "", "b", "", "a:number k:number");
        row("only the included", "b", "", "", "b:category[x,z]");
        row("a number as a category", "k", "", "k", "k:category[1,2]");
        row("an unknown column", "q", "", "", "error: “q”");
        row("times are no features", "t", "", "", "error: “t” holds times");
        row("nothing left", "", "a b k", "", "error: No column is left");
    }
    void inputsFollowTheRecipe() {
        QFETCH(QStringList, include);
        QFETCH(QStringList, exclude);
        QFETCH(QStringList, categorical);
        QFETCH(QString, inputs);
        const TemporaryFile file("a,b,k,t,y\n1,z,1,2013-01-01,1\n2,x,2,2013-01-02,2\n3,never trained,3,2013-01-03,3\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        workspace::Recipe recipe;
        recipe.target = QStringLiteral("y");
        recipe.include = include;
        recipe.exclude = exclude;
        recipe.categorical = categorical;
        const auto found = inputsOf(loaded->table, recipe, {0, 1});
        if (inputs.startsWith(QStringLiteral("error: "))) {
            QVERIFY(!found);
            QVERIFY2(found.error().text().contains(inputs.mid(7)), qPrintable(found.error().text()));
            return;
        }
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QStringList all;
        for (const Input &input : *found) {
            QStringList categories;
            for (const std::string &text : input.categories)
                categories << QString::fromStdString(text);
            all << input.name + QLatin1Char(':') + columnTypeName(input.type) + (categories.isEmpty() ? QString() : QStringLiteral("[%1]").arg(categories.join(QLatin1Char(','))));
        }
        QCOMPARE(all.join(QLatin1Char(' ')), inputs);
    }

    void rowsAreCodedByTheModelsCategories() {
        const TemporaryFile file("b,k,n\nz,1,5\nq,2,\n,9,6\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto rows = rowsFromTable(loaded->table, {{QStringLiteral("n"), ColumnType::Number, {}, true},
                                                        {QStringLiteral("b"), ColumnType::Category, {"x", "z"}, true},
                                                        {QStringLiteral("k"), ColumnType::Category, {"1", "2"}, false}});
        QVERIFY(rows);
        QCOMPARE(shown(rows->values), QStringLiteral("5 1 0 · -1 1 6 · -1"));
        QVERIFY(rowsFromTable(loaded->table, {{QStringLiteral("q"), ColumnType::Number, {}, false}}).error().text().contains(QStringLiteral("q")));
        QVERIFY(rowsFromTable(loaded->table, {{QStringLiteral("b"), ColumnType::Number, {}, false}}).error().text().contains(QStringLiteral("“b”")));
    }
};

QTEST_GUILESS_MAIN(TestTransforms)
#include "tst_transforms.moc"
