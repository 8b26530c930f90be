// SPDX-License-Identifier: GPL-3.0-or-later
// Each transform against scikit-learn 1.9.1 (numpy 2.4): the numbers are those of fit_transform() on the training rows and of
// transform() on new ones.
#include "core/data/transforms.h"
#include "core/base/json.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;
using workspace::TransformSpec;

namespace {

std::vector<double> numbersOf(const QString &text) {
    std::vector<double> all;
    for (const QString &part : text.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        all.push_back(part == QLatin1String("nan") ? std::nan("") : part.toDouble());
    return all;
}

bool near(const std::vector<double> &found, const std::vector<double> &expected) {
    return std::equal(found.begin(), found.end(), expected.begin(), expected.end(),
                      [](double a, double b) { return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); });
}

QString shown(const std::vector<double> &values) {
    QStringList all;
    for (const double v : values)
        all << QString::number(v, 'g', 17);
    return all.join(QLatin1Char(' '));
}

TransformSpec spec(const char *name, QVariantMap settings = {}, QStringList columns = {}) {
    TransformSpec made{QLatin1String(name), {}};
    made.settings = std::move(settings);
    made.columns = std::move(columns);
    return made;
}

QVariantMap setting(const char *name, const QVariant &value) { return {{QLatin1String(name), value}}; }

const std::vector<Input> oneNumber{{QStringLiteral("n"), ColumnType::Number, {}, true}};
const std::vector<Input> oneCategory{{QStringLiteral("k"), ColumnType::Category, {"a", "b", "c", "d"}, true}};
const Rows letters{12, 1, {0, 0, 1, 1, 2, 0, 1, 2, 3, 0, 1, 2}}; // a a b b c a b c d a b c

} // namespace

class TestTransformSteps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void scalersAreThoseOfScikitLearn_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("training");
        QTest::addColumn<double>("hundred");
        const auto row = [](const char *name, const char *training, double hundred) { QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(training) << hundred; };
        row("standard_scale", "-0.31957967027358686 -0.5780123278233467 -0.41187704796992963 0.16036669374739557 -0.20882281703797553 -0.20882281703797553 -0.956431576378352 2.5231795627737705", 6.953453692198224);
        row("min_max_scale", "0.18302387267904507 0.10875331564986737 0.15649867374005305 0.3209549071618037 0.21485411140583555 0.21485411140583555 0 1", 2.273209549071618);
        row("robust_scale", "-0.1643835616438356 -0.9315068493150684 -0.4383561643835616 1.2602739726027397 0.1643835616438356 0.1643835616438356 -2.0547945205479454 8.273972602739725", 21.424657534246574);
    }
    void scalersAreThoseOfScikitLearn() {
        QFETCH(QString, name);
        QFETCH(QString, training);
        QFETCH(double, hundred);
        const Rows rows{8, 1, {1.5, -2, 0.25, 8, 3, 3, -7.125, 40}};
        const auto fitted = FittedTransforms::fitAndApply(rows, oneNumber, {spec(name.toLatin1().constData())}, {});
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QVERIFY2(near(fitted->matrix.values, numbersOf(training)), qPrintable(shown(fitted->matrix.values)));
        QVERIFY(near(fitted->transforms.apply(Rows{1, 1, {100}})->values, {hundred}));
        // A column without spread is left in its scale, and what is missing does not count.
        const auto constant = FittedTransforms::fit(Rows{4, 1, {3, NAN, 3, 3}}, oneNumber, {spec(name.toLatin1().constData())});
        QVERIFY(constant && constant->scale(0) == 1);
        QVERIFY(near(constant->apply(Rows{2, 1, {5, NAN}})->values, {2, std::nan("")}));
    }

    void scalersFollowEachOther() {
        const Rows rows{4, 1, {1, 2, 3, 10}};
        const auto fitted = FittedTransforms::fitAndApply(rows, oneNumber, {spec("standard_scale"), spec("min_max_scale")}, {});
        QVERIFY(fitted);
        QVERIFY2(near(fitted->matrix.values, {0, 1.0 / 9, 2.0 / 9, 1}), qPrintable(shown(fitted->matrix.values)));
    }

    void targetEncodingIsThatOfScikitLearn_data() {
        QTest::addColumn<QString>("y");
        QTest::addColumn<int>("classes");
        QTest::addColumn<QString>("codes");
        QTest::addColumn<double>("smooth"); // −1: auto
        QTest::addColumn<QString>("training");
        QTest::addColumn<QString>("lines"); // of a, b, c, d, an unknown and a missing one
        const char *const y = "1 2 4 4.5 7 1.25 3 9 2.5 6 8 0.5", *const known = "0 0 1 1 2 0 1 2 3 0 1 2";
        // TargetEncoder(cv=3, shuffle=False[, smooth=2.0])
        QTest::newRow("numbers") << y << 0 << known << -1.0
            << "3.8669177970920314 3.8669177970920314 5.286104729462092 5.286104729462092 0.5 3.1193252441550756 5.200692371212602 0.5 3.96875 1.4384976224135717 3.83580391458169 7.73037230568256"
            << "2.741388592445783 4.789321384329514 4.970320300258718 2.5 4.0625 4.0625";
        QTest::newRow("numbers, drawn to the mean by two rows") << y << 0 << known << 2.0
            << "4.140625 4.140625 5.078125 5.078125 2.5416666666666665 3.225 4.725 2.5416666666666665 3.96875 2.4375 3.8875 5.984375"
            << "3.0625 4.604166666666667 4.925 3.5416666666666665 4.0625 4.0625";
        QTest::newRow("two classes") << "0 1 1 0 1 0 0 1 1 0 1 0" << 2 << known << -1.0
            << "0.0 0.0 0.5 0.5 0.0 0.3714285714285714 0.6285714285714286 0.0 0.5 0.3714285714285714 0.3714285714285714 1.0"
            << "0.2894736842105263 0.5 0.6285714285714286 1.0 0.5 0.5";
        QTest::newRow("three classes, a column each") << "0 1 2 0 1 2 0 1 2 0 1 2" << 3 << known << -1.0
            << "0.4 0.0 0.4565217391304348 0.4 0.0 0.4565217391304348 0.4 0.4565217391304348 0.0 0.4 0.4565217391304348 0.0 0.0 0.0 1.0 0.5966228893058161 0.30973451327433627 0.0 "
               "0.34333958724202623 0.30973451327433627 0.34333958724202623 0.0 0.0 1.0 0.375 0.375 0.25 0.34333958724202623 0.34333958724202623 0.30973451327433627 "
               "0.5966228893058161 0.0 0.30973451327433627 0.0 1.0 0.0"
            << "0.4634146341463415 0.2645161290322581 0.2645161290322581 0.4634146341463415 0.2645161290322581 0.2645161290322581 0.0 0.5833333333333334 0.3333333333333333 0.0 0.0 1.0 "
               "0.3333333333333333 0.3333333333333333 0.3333333333333333 0.3333333333333333 0.3333333333333333 0.3333333333333333";
        QTest::newRow("a missing value is a category of its own") << y << 0 << "0 0 nan 1 2 0 1 nan 3 0 1 2" << -1.0
            << "3.8669177970920314 3.8669177970920314 9.0 5.286104729462092 0.5 3.1193252441550756 5.686932121859968 4.0 3.96875 1.4384976224135717 3.758477997577715 7.0"
            << "2.741388592445783 4.986885113919975 3.878902674666938 2.5 4.0625 5.784578696343402";
    }
    void targetEncodingIsThatOfScikitLearn() {
        QFETCH(QString, y);
        QFETCH(int, classes);
        QFETCH(QString, codes);
        QFETCH(double, smooth);
        QFETCH(QString, training);
        QFETCH(QString, lines);
        TrainingTarget target{numbersOf(y), 1, {}};
        for (int c = 0; c < classes; ++c)
            target.classes.push_back(std::to_string(c));
        QVariantMap settings{{QStringLiteral("folds"), 3LL}, {QStringLiteral("shuffle"), false}};
        settings.insert(QStringLiteral("smooth"), smooth < 0 ? QVariant(QStringLiteral("auto")) : QVariant(smooth));
        const auto fitted = FittedTransforms::fitAndApply(Rows{12, 1, numbersOf(codes)}, oneCategory, {spec("target_encode", settings)}, target);
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QVERIFY(fitted->crossFitted);
        QVERIFY2(near(fitted->matrix.values, numbersOf(training)), qPrintable(shown(fitted->matrix.values)));
        const Rows fresh{6, 1, {0, 1, 2, 3, -1, NAN}};
        QVERIFY2(near(fitted->transforms.apply(fresh)->values, numbersOf(lines)), qPrintable(shown(fitted->transforms.apply(fresh)->values)));
        const auto again = FittedTransforms::fromJson(parseJsonObject(canonicalJson(fitted->transforms.toJson()), QStringLiteral("x")).value(), QStringLiteral("x"));
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QVERIFY(near(again->apply(fresh)->values, numbersOf(lines)));
        QCOMPARE(canonicalJson(again->toJson()), canonicalJson(fitted->transforms.toJson()));
        QCOMPARE(again->outputNames().front(), classes > 2 ? QStringLiteral("k_0") : QStringLiteral("k"));
    }

    /// The encoding of a row does not know the row's own truth: that of a category of one row never shows.
    void targetEncodingDoesNotLeak() {
        TrainingTarget target{std::vector<double>(40, 0.0), 1, {}};
        Input each{QStringLiteral("k"), ColumnType::Category, {}, true};
        Rows rows{40, 1, {}};
        for (int i = 0; i < 40; ++i) {
            each.categories.push_back(QStringLiteral("%1").arg(i, 2, 10, QLatin1Char('0')).toStdString());
            rows.values.push_back(i);
            target.values[std::size_t(i)] = i % 2 ? 1000 + i : -i;
        }
        const auto fitted = FittedTransforms::fitAndApply(rows, {each}, {spec("target_encode")}, target);
        QVERIFY(fitted);
        for (std::size_t i = 0; i < 40; ++i)
            for (std::size_t k = 0; k < 40; ++k)
                QVERIFY(fitted->matrix.values[i] != target.values[k]);
        TrainingTarget other = target;
        other.values[7] = -1e9;
        const auto altered = FittedTransforms::fitAndApply(rows, {each}, {spec("target_encode")}, other);
        QVERIFY(altered);
        QCOMPARE(altered->matrix.values[7], fitted->matrix.values[7]);
    }

    void categoriesBecomePlacesInTheirOrder() {
        // OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        const Rows fresh{4, 1, {0, 3, -1, NAN}};
        const std::vector<Input> never{{QStringLiteral("k"), ColumnType::Category, {"a", "b", "c", "d"}, false}};
        const auto sorted = FittedTransforms::fit(letters, never, {spec("ordinal")});
        QVERIFY2(sorted, sorted ? "" : qPrintable(sorted.error().text()));
        QVERIFY(near(sorted->apply(fresh)->values, {0, 3, -1, std::nan("")}));
        QVERIFY(FittedTransforms::fit(letters, oneCategory, {spec("ordinal"), spec("impute")}).error().text().contains(QStringLiteral("Write impute before")));
        const QVariantList order{QStringLiteral("d"), QStringLiteral("a"), QStringLiteral("c"), QStringLiteral("b")};
        const auto given = FittedTransforms::fit(letters, never, {spec("ordinal", setting("order", order))});
        QVERIFY2(given, given ? "" : qPrintable(given.error().text()));
        QVERIFY(near(given->apply(fresh)->values, {1, 0, -1, std::nan("")}));
        const auto part = FittedTransforms::fit(letters, oneCategory, {spec("ordinal", setting("order", QVariantList{QStringLiteral("d")}))});
        QVERIFY(!part && part.error().text().contains(QStringLiteral("“a”")));
    }

    void anUnknownCategoryIsRefusedWhereTheRecipeSaysSo_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("one_hot") << QStringLiteral("one_hot");
        QTest::newRow("ordinal") << QStringLiteral("ordinal");
    }
    void anUnknownCategoryIsRefusedWhereTheRecipeSaysSo() {
        QFETCH(QString, name);
        const std::vector<Input> never{{QStringLiteral("k"), ColumnType::Category, {"a", "b", "c", "d"}, false}};
        const auto fitted = FittedTransforms::fit(letters, never, {spec(name.toLatin1().constData(), setting("unknown", QStringLiteral("error")))});
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        const auto again = FittedTransforms::fromJson(fitted->toJson(), QStringLiteral("x"));
        QVERIFY(again && again->apply(letters));
        const auto refused = again->apply(Rows{2, 1, {0, -1}});
        QVERIFY(!refused && refused.error().kind == ErrorKind::Invalid);
        QVERIFY2(refused.error().text().contains(QStringLiteral("“k” of row 2")), qPrintable(refused.error().text()));
        QVERIFY(compactJson(fitted->toJson().value(QStringLiteral("rules"))).contains("refused: k"));
    }

    void aConstantFillsNumbersAndCategories() {
        TransformSpec constant = spec("impute", setting("value", 0LL), {QStringLiteral("n")});
        constant.argument = QStringLiteral("constant");
        const auto fitted = FittedTransforms::fit(Rows{3, 1, {1, NAN, 5}}, oneNumber, {constant});
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QVERIFY(near(fitted->apply(Rows{2, 1, {NAN, 4}})->values, {0, 4}));
        constant.columns = {QStringLiteral("k")};
        constant.settings = setting("value", QStringLiteral("none"));
        Input category{QStringLiteral("k"), ColumnType::Category, {"a", "z"}, false};
        const auto step = makeTransform(constant);
        QVERIFY(step);
        (*step)->prepare(category);
        QVERIFY(category.optional);
        QCOMPARE(category.categories, (std::vector<std::string>{"a", "none", "z"}));
        const auto hot = FittedTransforms::fit(Rows{3, 1, {0, NAN, 2}}, {category}, {constant, spec("one_hot")});
        QVERIFY2(hot, hot ? "" : qPrintable(hot.error().text()));
        QVERIFY(near(hot->apply(Rows{1, 1, {NAN}})->values, {0, 1, 0}));
    }

    void aStepCanNameItsColumns() {
        const std::vector<Input> inputs{{QStringLiteral("a"), ColumnType::Number, {}, false}, {QStringLiteral("b@-1"), ColumnType::Number, {}, false}, {QStringLiteral("b@0"), ColumnType::Number, {}, false}};
        const Rows rows{2, 3, {0, 10, 20, 4, 30, 60}};
        const auto fitted = FittedTransforms::fitAndApply(rows, inputs, {spec("min_max_scale", {}, {QStringLiteral("b")})}, {});
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QVERIFY(near(fitted->matrix.values, {0, 0, 0, 4, 1, 1}));
    }

    void wrongSettingsAreNamed_data() {
        QTest::addColumn<TransformSpec>("step");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const TransformSpec &step, const char *message) { QTest::newRow(name) << step << QString::fromUtf8(message); };
        row("an unknown transform", spec("min_max_scal"), "Did you mean “min_max_scale”?");
        row("an unknown setting", spec("target_encode", setting("smoth", 1.0)), "Did you mean “smooth”?");
        row("a setting of one that has none", spec("robust_scale", setting("column", QStringLiteral("n"))), "Did you mean “columns”?");
        row("a number out of range", spec("smote", setting("k", 0LL)), "a number from 1 to 1000 was expected");
        row("a part where a whole number belongs", spec("smote", setting("k", 2.5)), "a whole number from 1 to 1000");
        row("a word that is none", spec("one_hot", setting("unknown", QStringLiteral("drop"))), "one of ignore, error");
        row("a category named twice", spec("ordinal", setting("order", QVariantList{QStringLiteral("a"), QStringLiteral("a")})), "twice");
        row("a column that is no input", spec("min_max_scale", {}, {QStringLiteral("kk")}), "Did you mean “k”?");
        row("a column that it does not fit", spec("min_max_scale", {}, {QStringLiteral("k")}), "min_max_scale works on numbers; “k” holds categories");
        row("rows made of columns", spec("smote", {}, {QStringLiteral("k")}), "it has no columns");
        TransformSpec constant = spec("impute");
        constant.argument = QStringLiteral("constant");
        row("a constant that is missing", constant, "the constant is missing");
        constant.argument = QStringLiteral("median");
        constant.settings = setting("value", 1.0);
        row("a constant that nobody wants", constant, "belongs to strategy: constant");
    }
    void wrongSettingsAreNamed() {
        QFETCH(TransformSpec, step);
        QFETCH(QString, message);
        const auto fitted = FittedTransforms::fit(letters, oneCategory, {step, spec("one_hot")});
        QVERIFY(!fitted);
        QVERIFY2(fitted.error().text().contains(message), qPrintable(fitted.error().text()));
    }

    void anAlteredTableIsRefused() {
        const QJsonObject whole = FittedTransforms::fit(letters, {{QStringLiteral("k"), ColumnType::Category, {"a", "b", "c", "d"}, false}}, {spec("ordinal")})->toJson();
        QJsonObject input = whole.value(QStringLiteral("inputs")).toArray().at(0).toObject(), table = input.value(QStringLiteral("table")).toObject();
        const auto accepts = [&](const QJsonObject &changedTable, const QJsonValue &fill) {
            QJsonObject json = whole, changed = input;
            changed.insert(QStringLiteral("table"), changedTable);
            changed.insert(QStringLiteral("fill"), fill);
            json.insert(QStringLiteral("inputs"), QJsonArray{changed});
            return bool(FittedTransforms::fromJson(json, QStringLiteral("x")));
        };
        QVERIFY(accepts(table, QJsonValue()));
        QVERIFY(accepts(table, 3));
        QVERIFY(!accepts(table, 4));
        QVERIFY(!accepts(table, 0.5));
        for (const char *part : {"names", "lines", "unknown", "missing"}) {
            QJsonObject cut = table;
            cut.insert(QLatin1String(part), QJsonArray{});
            QVERIFY2(!accepts(cut, QJsonValue()), part);
        }
        table.insert(QStringLiteral("unknown"), QJsonArray{QStringLiteral("x")});
        QVERIFY(!accepts(table, QJsonValue()));
    }
};

QTEST_GUILESS_MAIN(TestTransformSteps)
#include "tst_transform_steps.moc"
