// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/explain.h"

#include "core/explain/lime.h"
#include "core/explain/permutation_importance.h"
#include "explain_models.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::explain;
using namespace pilothouse::test;
using Q = QLatin1String;

namespace {

artifact::LabelledRows labelled(const QJsonObject &c) {
    artifact::LabelledRows rows;
    rows.inputs = rowsOf(c[Q("rows")]);
    rows.targets = numbersOf(c[Q("truth")]);
    for (std::size_t i = 0; i < rows.inputs.count; ++i)
        rows.tableRows.push_back(i);
    return rows;
}

Subject subjectOf(std::shared_ptr<FunctionScorer> scorer) {
    Subject subject;
    subject.background = rowsOf(reference()[Q("kernel")].toObject()[Q("background")]);
    subject.scorer = std::move(scorer);
    subject.model = QStringLiteral("formula version 1");
    return subject;
}

artifact::Rows oneRow() { return takeRows(rowsOf(reference()[Q("kernel")].toObject()[Q("rows")]), {0}); }

} // namespace

class TestExplain : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void permutationImportanceIsScikitLearns_data();
    void permutationImportanceIsScikitLearns();
    void permutationIsTheSameWithAnyThreadsAndCanBeCancelled();
    void permutationSaysWhatItLacks();
    void partialDependenceIsScikitLearns();
    void categoriesAreTheGridOfACategory();
    void decilesAreScipys();
    void methodsAreThoseThatCanAnswer_data();
    void methodsAreThoseThatCanAnswer();
    void limeIsLimes();
    void aRowIsExplainedWhole();
    void theOtherClassIsTheMirrorImage();
    void aDataSetByWhatIsThere();
    void aNetworkWithoutGradientsTakesKernelShapAndSaysSo();
    void wrongAsksAreNamed_data();
    void wrongAsksAreNamed();
    void aMissingValueIsNamed();
    void everyViewGoesThroughJson();
    void csvHasAHeaderAndQuotes();
    void thePageIsWhole();
};

void TestExplain::permutationImportanceIsScikitLearns_data() {
    QTest::addColumn<QString>("metric");
    QTest::newRow("r2, larger is better") << QStringLiteral("r2");
    QTest::newRow("mean absolute error, smaller is better") << QStringLiteral("mae");
}

/// Other permutations, the same distribution: the mean of 400 lies within five standard errors of the difference of two means.
void TestExplain::permutationImportanceIsScikitLearns() {
    QFETCH(QString, metric);
    const QJsonObject c = reference()[Q("permutation")].toObject();
    const auto scorer = formulaScorer();
    const int repeats = c[Q("repeats")].toInt();
    const auto got = permutationImportance(*scorer, labelled(c), *featuresOf(scorer->signature(), Grouping::Inputs), {metric, repeats, 3}, {});
    QVERIFY(got.has_value());
    const std::vector<double> mean = numbersOf(c[metric].toObject()[Q("mean")]), std = numbersOf(c[metric].toObject()[Q("std")]);
    for (std::size_t f = 0; f < 5; ++f) {
        const double error = 5 * std[f] * std::sqrt(2.0 / repeats);
        QVERIFY2(std::abs(got->mean[f] - mean[f]) < error, qPrintable(QStringLiteral("x%1: %2, scikit-learn %3 ± %4").arg(f).arg(got->mean[f]).arg(mean[f]).arg(error)));
        QVERIFY2(std::abs(got->std[f] / std[f] - 1) < 0.2, qPrintable(QStringLiteral("x%1: std %2, scikit-learn %3").arg(f).arg(got->std[f]).arg(std[f])));
    }
}

void TestExplain::permutationIsTheSameWithAnyThreadsAndCanBeCancelled() {
    const artifact::LabelledRows rows = labelled(reference()[Q("permutation")].toObject());
    const auto scorer = formulaScorer();
    const std::vector<Feature> features = *featuresOf(scorer->signature(), Grouping::Inputs);
    std::vector<std::vector<std::vector<double>>> all;
    for (const int threads : {1, 5}) {
        Run run;
        run.threads = threads;
        all.push_back(permutationImportance(*scorer, rows, features, {}, run)->differences);
    }
    QVERIFY(all[0] == all[1]);
    std::stop_source stop;
    stop.request_stop();
    Run run;
    run.stop = stop.get_token();
    const auto cancelledOne = permutationImportance(*scorer, rows, features, {}, run);
    QVERIFY(!cancelledOne);
    QCOMPARE(cancelledOne.error().kind, ErrorKind::Cancelled);
}

void TestExplain::permutationSaysWhatItLacks() {
    artifact::LabelledRows rows = labelled(reference()[Q("permutation")].toObject());
    const auto scorer = formulaScorer();
    const std::vector<Feature> features = *featuresOf(scorer->signature(), Grouping::Inputs);
    const auto unknown = permutationImportance(*scorer, rows, features, {QStringLiteral("rr2"), 2, 7}, {});
    QVERIFY(!unknown && unknown.error().hint.contains(QStringLiteral("“r2”")));
    const auto one = permutationImportance(*scorer, rows.take({0}), features, {}, {});
    QVERIFY(!one && one.error().what.contains(QStringLiteral("at least two rows")));
    QVERIFY(!permutationImportance(*scorer, rows, features, {QString(), 0, 7}, {}));
    rows.targets[3] = 0;
    const auto undefined = permutationImportance(*scorer, rows, features, {QStringLiteral("mape"), 2, 7}, {});
    QVERIFY(!undefined && undefined.error().what.contains(QStringLiteral("not defined")));
}

void TestExplain::partialDependenceIsScikitLearns() {
    const QJsonArray cases = reference()[Q("dependence")].toArray();
    QCOMPARE(cases.size(), 3);
    const auto scorer = formulaScorer();
    for (const QJsonValue &value : cases) {
        const QJsonObject c = value.toObject();
        PartialDependenceOptions options;
        options.resolution = std::size_t(c[Q("resolution")].toInt());
        const auto got = partialDependence(*scorer, {}, std::size_t(c[Q("feature")].toInt()), rowsOf(c[Q("rows")]), options, {});
        QVERIFY(got.has_value());
        const std::vector<double> grid = numbersOf(c[Q("grid")]), average = numbersOf(c[Q("average")]);
        QCOMPARE(got->grid.size(), grid.size());
        const artifact::Rows rows = rowsOf(c[Q("rows")]);
        QCOMPARE(got->values.size(), rows.count);
        for (std::size_t i = 0; i < rows.count; ++i)
            QCOMPARE(got->values[i], rows.row(i)[std::size_t(c[Q("feature")].toInt())]);
        for (std::size_t g = 0; g < grid.size(); ++g) {
            QVERIFY2(std::abs(got->grid[g] - grid[g]) < 1e-12, qPrintable(QStringLiteral("point %1: %2, scikit-learn %3").arg(g).arg(got->grid[g]).arg(grid[g])));
            QVERIFY(std::abs(got->average[g] - average[g]) < 1e-12);
            for (std::size_t i = 0; i < 10; ++i)
                QVERIFY(std::abs(got->individual[i][g] - c[Q("individual")].toArray()[qsizetype(i)].toArray()[qsizetype(g)].toDouble()) < 1e-12);
        }
    }
}

void TestExplain::categoriesAreTheGridOfACategory() {
    FunctionScorer scorer(2, [](std::span<const double> x) { return x[0] * 10 + x[1]; });
    scorer.m_signature.inputs[0] = {QStringLiteral("side"), data::ColumnType::Category, {"east", "north", "west"}, true};
    const artifact::Rows rows{4, 2, {0, 1, 2, 3, -1, 5, std::nan(""), 7}};
    const auto got = partialDependence(scorer, {}, 0, rows, {}, {});
    QVERIFY(got.has_value());
    QCOMPARE(QStringList(got->names.begin(), got->names.end()).join(QLatin1Char(' ')), QStringLiteral("east west"));
    QVERIFY(got->average == (std::vector<double>{4, 24}));
    QVERIFY(got->values.size() == 4 && got->values[0] == 0 && got->values[1] == 2 && std::isnan(got->values[2]) && std::isnan(got->values[3])); // unknown, missing
    QVERIFY(!partialDependence(scorer, {}, 0, artifact::Rows{1, 2, {std::nan(""), 1}}, {}, {}));
    const auto constant = partialDependence(scorer, {}, 1, artifact::Rows{2, 2, {0, 4, 1, 4}}, {}, {});
    QVERIFY(constant->grid == std::vector<double>{4});
}

/// scipy.stats.mstats.mquantiles(range(1, 11), numpy.arange(0.1, 1, 0.1)).
void TestExplain::decilesAreScipys() {
    const std::vector<double> got = deciles({10, std::nan(""), 2, 3, 1, 5, 4, 6, 7, 9, 8}), expected{1.42, 2.44, 3.46, 4.48, 5.5, 6.52, 7.54, 8.56, 9.58};
    QCOMPARE(got.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY2(std::abs(got[i] - expected[i]) < 1e-12, qPrintable(QStringLiteral("decile %1: %2").arg(i + 1).arg(got[i])));
    QVERIFY(deciles({std::nan("")}).empty());
    QVERIFY(deciles({4}) == std::vector<double>(9, 4));
}

void TestExplain::methodsAreThoseThatCanAnswer_data() {
    QTest::addColumn<int>("view");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("endpoint");
    QTest::addColumn<QString>("methods");
    const int row = int(View::Row), many = int(View::DataSet), one = int(View::Dependence);
    QTest::newRow("a row of a forest") << row << "trees" << false << "auto tree-shap kernel-shap lime";
    QTest::newRow("a data set of a forest") << many << "trees" << false << "auto tree-shap kernel-shap permutation";
    QTest::newRow("a linear model") << row << "linear" << false << "auto linear-shap kernel-shap lime";
    QTest::newRow("a network, ours or imported") << many << "torch" << false << "auto integrated-gradients kernel-shap permutation";
    QTest::newRow("a row of a network") << row << "torch" << false << "auto integrated-gradients kernel-shap lime";
    QTest::newRow("a support vector machine") << row << "svm" << false << "auto kernel-shap lime";
    QTest::newRow("an endpoint is asked from outside") << row << "trees" << true << "auto kernel-shap lime";
    QTest::newRow("one input") << one << "trees" << false << "partial-dependence";
}

void TestExplain::methodsAreThoseThatCanAnswer() {
    QFETCH(int, view);
    QFETCH(QString, type);
    QFETCH(bool, endpoint);
    QFETCH(QString, methods);
    QStringList got;
    for (const Method method : methodsFor(View(view), type, endpoint)) {
        got << methodName(method);
        QCOMPARE(int(*methodOf(got.last())), int(method));
    }
    QCOMPARE(got.join(QLatin1Char(' ')), methods);
}

/// The model looks at quartiles only, so that how values are drawn within one does not matter; both drew for themselves.
void TestExplain::limeIsLimes() {
    const QJsonObject c = reference()[Q("lime")].toObject();
    const std::vector<double> edges = numbersOf(c[Q("edges")]), row = numbersOf(c[Q("row")]), weights = numbersOf(c[Q("weights")]);
    FunctionScorer scorer(3, [&edges](std::span<const double> x) { return 3.0 * (x[0] > edges[0]) + 1.0 * (x[1] <= edges[1]) - 2.0 * ((x[2] == 1) && x[0] > edges[0]); });
    scorer.m_signature.inputs[2] = {QStringLiteral("kind"), data::ColumnType::Category, {"a", "b", "c"}, false};
    const artifact::Rows train = rowsOf(c[Q("train")]);
    LimeOptions options;
    options.samples = 100000;
    const std::vector<Feature> features = *featuresOf(scorer.signature(), Grouping::Inputs);
    const auto got = lime(scorer, {}, features, train, row, options, {});
    QVERIFY(got.has_value());
    for (std::size_t f = 0; f < 3; ++f)
        QVERIFY2(std::abs(got->weights[f] - weights[f]) < 0.05, qPrintable(QStringLiteral("%1: %2, lime %3").arg(f).arg(got->weights[f]).arg(weights[f])));
    QVERIFY(std::abs(got->intercept - c[Q("intercept")].toDouble()) < 0.05);
    QVERIFY(std::abs(got->local - c[Q("local")].toDouble()) < 0.05);
    QVERIFY(std::abs(got->r2 - c[Q("r2")].toDouble()) < 0.02);
    QCOMPARE(got->conditions[2], QStringLiteral("kind = b"));
    QVERIFY(got->conditions[0].startsWith(QStringLiteral("x0 > ")));
    options.samples = 500;
    QVERIFY(lime(scorer, {}, features, train, row, options, {})->weights == lime(scorer, {}, features, train, row, options, {})->weights);
}

void TestExplain::aRowIsExplainedWhole() {
    const Subject subject = subjectOf(formulaScorer());
    const artifact::Rows row = oneRow();
    const auto e = explainRow(subject, row, {}, {});
    QVERIFY(e.has_value());
    QCOMPARE(e->method, QStringLiteral("kernel-shap"));
    QVERIFY(std::abs(e->sum - e->explained) < 1e-9);
    QVERIFY(std::abs(e->explained - formula(row.row(0))) < 1e-12);
    QCOMPARE(e->features.size(), std::size_t(5));
    for (std::size_t f = 1; f < 5; ++f)
        QVERIFY(std::abs(e->features[f - 1].weight) >= std::abs(e->features[f].weight));
    QVERIFY(e->sentence().contains(e->features.front().feature));
    QVERIFY2(e->sentence().contains(QStringLiteral(" is raised by ")) || e->sentence().contains(QStringLiteral(" is lowered by ")), qPrintable(e->sentence()));
    Options lime;
    lime.method = Method::Lime;
    lime.samples = 300;
    const auto local = explainRow(subject, row, lime, {});
    QCOMPARE(local->method, QStringLiteral("lime"));
    QVERIFY(std::abs(local->explained - e->explained) < 1e-12);
    QVERIFY(!local->features.front().condition.isEmpty());
}

void TestExplain::theOtherClassIsTheMirrorImage() {
    const auto scorer = std::make_shared<FunctionScorer>(5, [](std::span<const double> x) { return 1 / (1 + std::exp(-formula(x))); }, std::vector<std::string>{"no", "yes"});
    const Subject subject = subjectOf(scorer);
    Options yes, no;
    yes.output = QStringLiteral("yes");
    no.output = QStringLiteral("no");
    const auto a = explainRow(subject, oneRow(), yes, {}), b = explainRow(subject, oneRow(), no, {});
    QCOMPARE(a->scale, QStringLiteral("probability of yes"));
    for (std::size_t f = 0; f < 5; ++f)
        QVERIFY(std::abs(a->features[f].weight + b->features[f].weight) < 1e-9);
    const auto predicted = explainRow(subject, oneRow(), {}, {});
    QCOMPARE(predicted->output, predicted->prediction);
    QCOMPARE(explainDataSet(subject, subject.background, {}, {}, {})->output, QStringLiteral("yes"));
}

void TestExplain::aDataSetByWhatIsThere() {
    const Subject subject = subjectOf(formulaScorer());
    const artifact::LabelledRows rows = labelled(reference()[Q("permutation")].toObject());
    Options options;
    options.sample = 8;
    const auto permuted = explainDataSet(subject, rows.inputs, rows, options, {});
    QCOMPARE(permuted->method, QStringLiteral("permutation"));
    QCOMPARE(permuted->rows, std::size_t(8));
    QVERIFY(!permuted->notes.isEmpty());
    const auto shap = explainDataSet(subject, rows.inputs, {}, options, {});
    QCOMPARE(shap->method, QStringLiteral("kernel-shap"));
    QVERIFY(shap->features.front().low <= shap->features.front().weight && shap->features.front().weight <= shap->features.front().high);
    options.sample = 1;
    const auto one = explainDataSet(subject, rows.inputs, {}, options, {});
    QCOMPARE(one->features.front().std, 0.0);
    options.column = QStringLiteral("x3");
    QCOMPARE(explainDataSet(subject, rows.inputs, rows, options, {})->column, QStringLiteral("x3"));
}

void TestExplain::aNetworkWithoutGradientsTakesKernelShapAndSaysSo() {
    Subject subject = subjectOf(formulaScorer());
    Options options;
    options.method = Method::KernelShap;
    const auto asked = explainRow(subject, oneRow(), options, {});
    QVERIFY(asked.has_value());
    options.method = Method::IntegratedGradients;
    QVERIFY(!explainRow(subject, oneRow(), options, {})); // no network at all
    subject.withoutGradients = QStringLiteral("It takes the argmax.");
    const auto row = explainRow(subject, oneRow(), options, {});
    QVERIFY2(row, qPrintable(row ? QString() : row.error().text()));
    QCOMPARE(row->method, QStringLiteral("kernel-shap"));
    QVERIFY2(row->notes.value(0).startsWith(subject.withoutGradients) && row->notes.value(0).contains(QStringLiteral("Kernel SHAP was used")), qPrintable(row->notes.join(QLatin1Char('\n'))));
    QCOMPARE(row->features.front().weight, asked->features.front().weight);
    const auto all = explainDataSet(subject, subject.background, {}, options, {});
    QVERIFY2(all, qPrintable(all ? QString() : all.error().text()));
    QCOMPARE(all->method, QStringLiteral("kernel-shap"));
    QVERIFY(all->notes.join(QLatin1Char(' ')).contains(subject.withoutGradients));
}

void TestExplain::wrongAsksAreNamed_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("row");
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("says");
    QTest::newRow("an unknown column, with the nearest") << "partial-dependence" << false << "x33" << "" << "x3";
    QTest::newRow("no column") << "partial-dependence" << false << "" << "" << "--column";
    QTest::newRow("a column for another method") << "permutation" << false << "x1" << "" << "--column is for partial dependence";
    QTest::newRow("permutation of one row") << "permutation" << true << "" << "" << "Leave out --row";
    QTest::newRow("lime of a data set") << "lime" << false << "" << "" << "--row N";
    QTest::newRow("values that the model does not have") << "tree-shap" << true << "" << "" << "no tree-shap values";
    QTest::newRow("an unknown output") << "shap" << true << "" << "z" << "no output “z”";
}

void TestExplain::wrongAsksAreNamed() {
    QFETCH(QString, method);
    QFETCH(bool, row);
    QFETCH(QString, column);
    QFETCH(QString, output);
    QFETCH(QString, says);
    const Subject subject = subjectOf(formulaScorer());
    Options options;
    options.method = *methodOf(method);
    options.column = column;
    options.output = output;
    const auto got = row ? explainRow(subject, oneRow(), options, {}) : explainDataSet(subject, subject.background, {}, options, {});
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Invalid);
    QVERIFY2(got.error().text().contains(says), qPrintable(got.error().text()));
    QVERIFY(methodOf(QStringLiteral("tree-shapp")).error().hint.contains(QStringLiteral("tree-shap")));
}

void TestExplain::aMissingValueIsNamed() {
    artifact::Rows row = oneRow();
    row.row(0)[2] = std::nan("");
    const auto got = explainRow(subjectOf(formulaScorer()), row, {}, {});
    QVERIFY(!got && got.error().what.contains(QStringLiteral("“x2”")));
    const auto optional = formulaScorer();
    for (data::Input &input : optional->m_signature.inputs)
        input.optional = true;
    const auto unanswerable = explainRow(subjectOf(optional), row, {}, {}); // this model answers with NaN
    QVERIFY(!unanswerable && unanswerable.error().what.contains(QStringLiteral("not finite")));
}

void TestExplain::everyViewGoesThroughJson() {
    const Subject subject = subjectOf(formulaScorer());
    const artifact::LabelledRows rows = labelled(reference()[Q("permutation")].toObject());
    Options lime, dependence;
    lime.method = Method::Lime;
    lime.samples = 50;
    dependence.column = QStringLiteral("x0");
    dependence.grid = 5;
    for (const auto &e : {explainRow(subject, oneRow(), {}, {}), explainRow(subject, oneRow(), lime, {}), explainDataSet(subject, rows.inputs, rows, {}, {}), explainDataSet(subject, rows.inputs, rows, dependence, {})}) {
        QVERIFY(e.has_value());
        const QJsonObject object = e->toJson();
        const auto back = Explanation::fromJson(object, QStringLiteral("here"));
        QVERIFY2(back.has_value(), back ? "" : qPrintable(back.error().text()));
        QCOMPARE(QJsonDocument(back->toJson()).toJson(), QJsonDocument(object).toJson());
        QVERIFY(!back->sentence().isEmpty());
    }
    QJsonObject fewer = explainDataSet(subject, rows.inputs, rows, dependence, {})->toJson();
    QCOMPARE(fewer[Q("values")].toArray().size(), fewer[Q("individual")].toArray().size());
    fewer.insert(Q("values"), QJsonArray{1});
    QVERIFY(!Explanation::fromJson(fewer, QStringLiteral("here")));
    QJsonObject wrong = explainRow(subject, oneRow(), {}, {})->toJson();
    wrong.insert(Q("view"), QStringLiteral("sideways"));
    QVERIFY(!Explanation::fromJson(wrong, QStringLiteral("here")));
    wrong.remove(Q("view"));
    QVERIFY(!Explanation::fromJson(wrong, QStringLiteral("here")));
}

void TestExplain::csvHasAHeaderAndQuotes() {
    Explanation e;
    e.method = QStringLiteral("kernel-shap");
    e.features = {{QStringLiteral("a,b"), QStringLiteral("x \"y\""), {}, -0.125, 0, 0, 0}};
    QCOMPARE(e.toCsv(), QByteArray("feature,value,contribution\n\"a,b\",\"x \"\"y\"\"\",-0.125\n"));
    e.view = View::DataSet;
    e.features[0].low = -1;
    QCOMPARE(e.toCsv(), QByteArray("feature,mean,std,low,high\n\"a,b\",-0.125,0,-1,0\n"));
}

void TestExplain::thePageIsWhole() {
    const artifact::LabelledRows rows = labelled(reference()[Q("permutation")].toObject());
    Subject subject = subjectOf(formulaScorer());
    subject.model = QStringLiteral("<b>&");
    Options dependence;
    dependence.column = QStringLiteral("x1");
    for (const auto &e : {explainRow(subject, oneRow(), {}, {}), explainDataSet(subject, rows.inputs, rows, {}, {}), explainDataSet(subject, rows.inputs, rows, dependence, {})}) {
        const QString page = QString::fromUtf8(htmlReport(*e));
        QVERIFY(page.contains(QStringLiteral("&lt;b&gt;&amp;")) && !page.contains(QStringLiteral("<b>&.")));
        QVERIFY(page.contains(QStringLiteral("<svg")) && page.contains(QStringLiteral("role=\"img\"")) && page.contains(e->sentence().toHtmlEscaped()));
        QVERIFY(!page.contains(QStringLiteral("http")) && !page.contains(QStringLiteral("nan")));
        for (const FeatureLine &f : e->features)
            QVERIFY(page.contains(f.feature));
        QCOMPARE(page.count(QStringLiteral("<line class=\"d\"")), e->view == View::Dependence ? qsizetype(9) : qsizetype(0)); // the deciles on the axis
    }
}

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
