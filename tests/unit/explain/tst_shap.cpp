// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/kernel_shap.h"

#include "core/explain/weighted_ridge.h"
#include "core/metrics/random.h"
#include "explain_models.h"

#include <QTest>

#include <numeric>

using namespace pilothouse;
using namespace pilothouse::explain;
using namespace pilothouse::test;

namespace {

std::vector<Feature> featuresFor(const artifact::Scorer &scorer) { return *featuresOf(scorer.signature(), Grouping::Inputs); }

double sumOf(const Attribution &a) { return std::accumulate(a.values.begin(), a.values.end(), a.base); }

artifact::Rows randomRows(std::size_t count, std::size_t width, quint64 seed) {
    metrics::Random random(seed);
    artifact::Rows rows{count, width, {}};
    for (std::size_t i = 0; i < count * width; ++i)
        rows.values.push_back(random.uniform() * 4 - 2);
    return rows;
}

} // namespace

class TestShap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ridgeIsScikitLearns();
    void columnsThatDependOnEachOtherHaveNoAnswer();
    void exactValuesAreShaps();
    void sampledValuesAddUpAndComeNearTheExactOnes();
    void groupsAreOnePlayerEach();
    void anyNumberOfThreadsGivesTheSameBytes();
    void cancelStopsInTheMiddle();
    void withoutBackgroundItSaysSo();
    void oneBackgroundRowEqualToTheRowGivesZeros();
};

void TestShap::ridgeIsScikitLearns() {
    const QJsonArray cases = reference().value(QLatin1String("ridge")).toArray();
    QCOMPARE(cases.size(), 3);
    for (const QJsonValue &value : cases) {
        const QJsonObject c = value.toObject();
        const auto fit = weightedRidge(numbersOf(c[QLatin1String("x")]), 3, numbersOf(c[QLatin1String("y")]), numbersOf(c[QLatin1String("w")]), c[QLatin1String("alpha")].toDouble(), c[QLatin1String("fit_intercept")].toBool());
        QVERIFY(fit.has_value());
        const std::vector<double> expected = numbersOf(c[QLatin1String("coefficients")]);
        for (std::size_t j = 0; j < 3; ++j)
            QVERIFY2(std::abs(fit->coefficients[j] - expected[j]) < 1e-10, qPrintable(QString::number(fit->coefficients[j] - expected[j])));
        QVERIFY(std::abs(fit->intercept - c[QLatin1String("intercept")].toDouble()) < 1e-10);
        QVERIFY(std::abs(fit->r2 - c[QLatin1String("r2")].toDouble()) < 1e-10);
    }
}

void TestShap::columnsThatDependOnEachOtherHaveNoAnswer() {
    const auto fit = weightedRidge({1, 2, 2, 4, 3, 6}, 2, {1, 2, 3}, {1, 1, 1}, 0, false);
    QVERIFY(!fit);
    QCOMPARE(fit.error().kind, ErrorKind::Invalid);
    QVERIFY(weightedRidge({1, 2, 2, 4, 3, 6}, 2, {1, 2, 3}, {1, 1, 1}, 1, false).has_value());
}

void TestShap::exactValuesAreShaps() {
    const QJsonObject c = reference().value(QLatin1String("kernel")).toObject();
    const auto scorer = formulaScorer();
    const auto got = kernelShap(*scorer, {}, featuresFor(*scorer), rowsOf(c[QLatin1String("background")]), rowsOf(c[QLatin1String("rows")]), {}, {});
    QVERIFY(got.has_value());
    const QJsonArray expected = c[QLatin1String("values")].toArray();
    QCOMPARE(got->size(), std::size_t(expected.size()));
    for (std::size_t i = 0; i < got->size(); ++i) {
        const std::vector<double> values = numbersOf(expected[qsizetype(i)]);
        QVERIFY(std::abs((*got)[i].base - c[QLatin1String("base")].toDouble()) < 1e-12);
        for (std::size_t f = 0; f < values.size(); ++f)
            QVERIFY2(std::abs((*got)[i].values[f] - values[f]) < 1e-9, qPrintable(QStringLiteral("row %1 x%2: %3, shap says %4").arg(i).arg(f).arg((*got)[i].values[f]).arg(values[f])));
        QVERIFY(std::abs(sumOf((*got)[i]) - (*got)[i].explained) < 1e-9);
    }
    QCOMPARE((*got)[3].values[1], 0.0); // no background row differs in it
}

/// An additive model with one product: every value is known by hand. 14 features: 16,382 coalitions, of which 2,076 are asked.
void TestShap::sampledValuesAddUpAndComeNearTheExactOnes() {
    const auto f = [](std::span<const double> x) {
        double sum = 3 * x[0] * x[1];
        for (std::size_t k = 2; k < x.size(); ++k)
            sum += double(k) * x[k];
        return sum;
    };
    FunctionScorer scorer(14, f);
    artifact::Rows background{1, 14, std::vector<double>(14, 0)}, row{1, 14, std::vector<double>(14, 1)};
    const auto got = kernelShap(scorer, {}, featuresFor(scorer), background, row, {}, {});
    QVERIFY(got.has_value());
    QVERIFY(std::abs(sumOf(got->front()) - got->front().explained) < 1e-9);
    for (std::size_t k = 0; k < 14; ++k)
        QVERIFY2(std::abs(got->front().values[k] - (k < 2 ? 1.5 : double(k))) < 0.1, qPrintable(QStringLiteral("x%1: %2").arg(k).arg(got->front().values[k])));
    const auto other = kernelShap(scorer, {}, featuresFor(scorer), background, row, {0, 8}, {});
    QVERIFY(other->front().values != got->front().values);
    QVERIFY(std::abs(sumOf(other->front()) - got->front().explained) < 1e-9);
}

void TestShap::groupsAreOnePlayerEach() {
    FunctionScorer scorer(4, [](std::span<const double> x) { return x[0] * x[1] + 2 * x[2] - x[3]; });
    scorer.m_signature.task = workspace::TaskKind::Forecast;
    const QStringList names{QStringLiteral("a@-1"), QStringLiteral("a@0"), QStringLiteral("b@-1"), QStringLiteral("b@0")};
    for (std::size_t k = 0; k < 4; ++k)
        scorer.m_signature.inputs[k].name = names[qsizetype(k)];
    const artifact::Rows background{1, 4, {0, 0, 0, 0}}, row{1, 4, {2, 3, 5, 7}};
    const auto series = featuresOf(scorer.signature(), Grouping::Series);
    QCOMPARE(series->size(), std::size_t(2));
    const auto bySeries = kernelShap(scorer, {}, *series, background, row, {}, {});
    QVERIFY(std::abs(bySeries->front().values[0] - 6) < 1e-12);
    QVERIFY(std::abs(bySeries->front().values[1] - 3) < 1e-12);
    const auto byLag = kernelShap(scorer, {}, *featuresOf(scorer.signature(), Grouping::Lags), background, row, {}, {});
    QVERIFY(std::abs(byLag->front().values[0] - 13) < 1e-12); // half of 2·3, and 2·5
    QVERIFY(std::abs(byLag->front().values[1] + 4) < 1e-12);
    QVERIFY(!featuresOf(formulaScorer()->signature(), Grouping::Series));
}

void TestShap::anyNumberOfThreadsGivesTheSameBytes() {
    const auto scorer = formulaScorer();
    const artifact::Rows background = randomRows(100, 5, 1), rows = randomRows(3, 5, 2);
    std::vector<std::vector<double>> all;
    for (const int threads : {1, 2, 7}) {
        Run run;
        run.threads = threads;
        const auto got = kernelShap(*scorer, {}, featuresFor(*scorer), background, rows, {12, 7}, run);
        QVERIFY(got.has_value());
        std::vector<double> values;
        for (const Attribution &a : *got)
            values.insert(values.end(), a.values.begin(), a.values.end());
        all.push_back(values);
    }
    QVERIFY(all[0] == all[1]);
    QVERIFY(all[0] == all[2]);
}

void TestShap::cancelStopsInTheMiddle() {
    std::stop_source stop;
    FunctionScorer scorer(5, formula);
    Run run;
    run.stop = stop.get_token();
    run.progress = [&](qint64 done, qint64) {
        if (done >= 2 * 32) // two rows of 2⁵ coalitions
            stop.request_stop();
    };
    const auto got = kernelShap(scorer, {}, featuresFor(scorer), randomRows(20, 5, 1), randomRows(500, 5, 2), {}, run);
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Cancelled);
    QVERIFY2(scorer.calls < 50, qPrintable(QString::number(scorer.calls)));
}

void TestShap::withoutBackgroundItSaysSo() {
    const auto scorer = formulaScorer();
    const auto got = kernelShap(*scorer, {}, featuresFor(*scorer), artifact::Rows{0, 5, {}}, randomRows(1, 5, 2), {}, {});
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::Invalid);
}

void TestShap::oneBackgroundRowEqualToTheRowGivesZeros() {
    const auto scorer = formulaScorer();
    const artifact::Rows row = randomRows(1, 5, 3);
    const auto got = kernelShap(*scorer, {}, featuresFor(*scorer), row, row, {}, {});
    QVERIFY(got.has_value());
    QCOMPARE(got->front().base, got->front().explained);
    QVERIFY(got->front().values == std::vector<double>(5, 0.0));
}

QTEST_GUILESS_MAIN(TestShap)
#include "tst_shap.moc"
