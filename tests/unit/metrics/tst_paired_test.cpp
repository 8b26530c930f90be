// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/paired_test.h"

#include "core/metrics/random.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using metrics::PairedTest;
using metrics::Random;
using metrics::Scored;

// The expected values were computed by other programs on the same numbers (metrics::Random is SplitMix64, drawn alike there):
// McNemar by statsmodels 0.15; DeLong by counting every pair of rows (Hanley, Hajian-Tilaki 1997: no ranks) with numpy 2;
// Diebold-Mariano by its formula with numpy 2 and scipy 1.17's Student t.

namespace {

bool isClose(double a, double b) { return std::abs(a - b) <= 1e-12 + 1e-9 * std::abs(b); }

/// Rows of two classes; onlyA are right in a only, onlyB in b only, 10 in both, 10 in none.
std::pair<Scored, Scored> answers(int onlyA, int onlyB) {
    Scored a{0, 1, 2, {}, {}, {}}, b = a;
    const auto add = [&](int rows, bool rightA, bool rightB) {
        for (int i = 0; i < rows; ++i) {
            const double truth = i % 2;
            for (auto [side, right] : {std::pair(&a, rightA), std::pair(&b, rightB)}) {
                side->truth.push_back(truth);
                side->predicted.push_back(right ? truth : 1 - truth);
                ++side->count;
            }
        }
    };
    add(10, true, true);
    add(onlyA, true, false);
    add(onlyB, false, true);
    add(10, false, false);
    return {a, b};
}

std::pair<Scored, Scored> scores(quint64 seed, int rows, int grid, double noiseA, double noiseB) {
    Random random(seed);
    Scored a{std::size_t(rows), 1, 2, {}, {}, {}}, b = a;
    const auto onGrid = [grid](double v) { return grid ? std::clamp(std::floor(v * grid) / grid, 0.0, 1.0) : v; };
    for (int i = 0; i < rows; ++i) {
        const double truth = random.uniform() < 0.4 ? 1 : 0;
        for (auto [side, noise] : {std::pair(&a, noiseA), std::pair(&b, noiseB)}) {
            const double p = onGrid(0.3 * truth + noise * random.uniform());
            side->truth.push_back(truth);
            side->predicted.push_back(p >= 0.5 ? 1 : 0);
            side->probabilities.insert(side->probabilities.end(), {1 - p, p});
        }
    }
    return {a, b};
}

/// Two series of losses whose difference is an autoregression around `shift`, with `swing` of alternating sign upon it.
std::pair<std::vector<double>, std::vector<double>> series(quint64 seed, int rows, double rho, double shift, double swing) {
    Random random(seed);
    std::vector<double> a, b;
    double e = 0;
    for (int t = 0; t < rows; ++t) {
        e = rho * e + (random.uniform() - 0.5);
        a.push_back(1 + random.uniform());
        b.push_back(a.back() + shift + e + (t % 2 ? swing : -swing));
    }
    return {a, b};
}

} // namespace

class TestPairedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mcNemarAsStatsmodels_data() {
        QTest::addColumn<int>("onlyA");
        QTest::addColumn<int>("onlyB");
        QTest::addColumn<double>("p");
        QTest::addColumn<double>("statistic");
        QTest::newRow("none discordant") << 0 << 0 << 1.0 << 0.0;
        QTest::newRow("one") << 1 << 0 << 1.0 << 0.0;
        QTest::newRow("7, exact") << 5 << 2 << 0.453125 << 0.0;
        QTest::newRow("24, even, exact") << 12 << 12 << 1.0 << 0.0;
        QTest::newRow("24, exact") << 20 << 4 << 0.001543879508972168 << 0.0;
        QTest::newRow("25, χ²") << 24 << 1 << 1.0825087815407719e-05 << 19.36;
        QTest::newRow("25, near") << 17 << 8 << 0.10959858339911568 << 2.56;
        QTest::newRow("62") << 40 << 22 << 0.030849999436874987 << 4.661290322580645;
        QTest::newRow("550") << 300 << 250 << 0.03667469760670498 << 4.365454545454545;
    }
    void mcNemarAsStatsmodels() {
        QFETCH(int, onlyA);
        QFETCH(int, onlyB);
        QFETCH(double, p);
        QFETCH(double, statistic);
        const auto [a, b] = answers(onlyA, onlyB);
        const auto test = metrics::mcNemarTest(a, b);
        QVERIFY(test);
        QVERIFY2(isClose(test->p, p), qPrintable(QString::number(test->p, 'g', 17)));
        QVERIFY(isClose(test->statistic, statistic));
        QVERIFY(isClose(test->meanDifference, double(onlyA - onlyB) / double(a.count)));
        QCOMPARE(test->name.contains(QStringLiteral("exact")), onlyA + onlyB < 25);
        const auto turned = metrics::mcNemarTest(b, a);
        QCOMPARE(turned->p, test->p);
        QCOMPARE(turned->meanDifference, -test->meanDifference);
    }

    void deLongAsByCountingPairs_data() {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("grid");
        QTest::addColumn<double>("noiseA");
        QTest::addColumn<double>("noiseB");
        QTest::addColumn<double>("difference");
        QTest::addColumn<double>("z");
        QTest::addColumn<double>("p");
        QTest::newRow("no ties") << quint64(1) << 40 << 0 << 0.7 << 0.6 << 0.7170329670329672 - 0.9752747252747253 << -2.6553313734290294 << 0.007923053490773851;
        QTest::newRow("ties") << quint64(2) << 60 << 10 << 0.7 << 0.5 << 0.7577142857142857 - 0.9154285714285715 << -2.3406308506071354 << 0.019251191118259306;
        QTest::newRow("four scores only") << quint64(3) << 200 << 4 << 0.7 << 0.7 << 0.8057889822595705 - 0.8695404087560951 << -1.720330672320538 << 0.08537235105729211;
        QTest::newRow("far apart") << quint64(4) << 300 << 0 << 0.7 << 0.4 << 0.8492558372399981 - 0.9756042055436713 << -5.583574772468182 << 2.3562440495806865e-08;
    }
    void deLongAsByCountingPairs() {
        QFETCH(quint64, seed);
        QFETCH(int, rows);
        QFETCH(int, grid);
        QFETCH(double, noiseA);
        QFETCH(double, noiseB);
        QFETCH(double, difference);
        QFETCH(double, z);
        QFETCH(double, p);
        const auto [a, b] = scores(seed, rows, grid, noiseA, noiseB);
        const auto test = metrics::deLongTest(a, b);
        QVERIFY2(test, test ? "" : qPrintable(test.error().text()));
        QVERIFY2(isClose(test->meanDifference, difference), qPrintable(QString::number(test->meanDifference, 'g', 17)));
        QVERIFY2(isClose(test->statistic, z), qPrintable(QString::number(test->statistic, 'g', 17)));
        QVERIFY2(isClose(test->p, p), qPrintable(QString::number(test->p, 'g', 17)));
        const auto auc = *metrics::metricOf(QStringLiteral("roc_auc"), a) - *metrics::metricOf(QStringLiteral("roc_auc"), b);
        QVERIFY(isClose(test->meanDifference, auc));
    }

    void deLongWithoutAnAnswerSaysSo() {
        auto [a, b] = scores(1, 40, 0, 0.7, 0.6);
        QCOMPARE(metrics::deLongTest(a, a)->p, 1.0);
        Scored right = a, wrong = a;
        for (std::size_t i = 0; i < a.count; ++i) {
            right.probabilities[2 * i + 1] = a.truth[i] == 1 ? 0.9 : 0.1;
            wrong.probabilities[2 * i + 1] = a.truth[i] == 1 ? 0.1 : 0.9;
        }
        QVERIFY(!metrics::deLongTest(right, wrong)); // 1 against 0, and not a bit of variance
        const auto instead = metrics::pairedTestFor(QStringLiteral("roc_auc"), wrong, right, 0);
        QVERIFY(instead);
        QVERIFY2(instead->name.contains(QStringLiteral("sign-flip")) && instead->name.contains(QStringLiteral("do not vary")), qPrintable(instead->name));
        QVERIFY(instead->p < 0.001);
        a.probabilities.clear();
        QVERIFY(!metrics::deLongTest(a, b));
    }

    void dieboldMarianoAsItsFormula_data() {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("rho");
        QTest::addColumn<double>("shift");
        QTest::addColumn<double>("swing");
        QTest::addColumn<int>("horizon");
        QTest::addColumn<double>("statistic");
        QTest::addColumn<double>("p");
        QTest::newRow("one step") << quint64(1) << 50 << 0.0 << 0.05 << 0.0 << 1 << 2.0018778800326165 << 0.050849916229068114;
        QTest::newRow("four steps") << quint64(2) << 120 << 0.8 << -0.3 << 0.0 << 4 << -4.461701626869851 << 1.856915702061278e-05;
        QTest::newRow("a day of hours") << quint64(3) << 400 << 0.9 << 0.2 << 0.0 << 24 << 0.3430262836921408 << 0.7317593403588478;
        QTest::newRow("negative variance") << quint64(4) << 60 << 0.0 << 0.02 << 1.0 << 2 << 0.3220318753577162 << 0.7485668128206553;
    }
    void dieboldMarianoAsItsFormula() {
        QFETCH(quint64, seed);
        QFETCH(int, rows);
        QFETCH(double, rho);
        QFETCH(double, shift);
        QFETCH(double, swing);
        QFETCH(int, horizon);
        QFETCH(double, statistic);
        QFETCH(double, p);
        const auto [a, b] = series(seed, rows, rho, shift, swing);
        const auto test = metrics::dieboldMarianoTest(a, b, std::size_t(horizon));
        QVERIFY2(test, test ? "" : qPrintable(test.error().text()));
        QVERIFY2(isClose(test->statistic, statistic), qPrintable(QString::number(test->statistic, 'g', 17)));
        QVERIFY2(isClose(test->p, p), qPrintable(QString::number(test->p, 'g', 17)));
        QCOMPARE(test->name.contains(QStringLiteral("not positive")), swing > 0);
    }

    void dieboldMarianoWithoutAnAnswerSaysSo() {
        const std::vector<double> few{1, 2, 3}, more{1.5, 2, 3};
        QVERIFY(metrics::dieboldMarianoTest(few, more, 4).error().what.contains(QStringLiteral("too few")));
        QCOMPARE(metrics::dieboldMarianoTest(few, few, 1)->p, 1.0);
        QVERIFY(!metrics::dieboldMarianoTest(std::vector<double>{1, 1, 1, 1}, std::vector<double>{2, 2, 2, 2}, 1));
        QVERIFY(!metrics::dieboldMarianoTest(few, std::vector<double>{1}, 1));
    }

    void dependentLossesDoNotMakeEveryDifferenceSignificant() {
        // Losses of forecasts over 12 steps hang together; two equally good ones must not be told apart much more often than 1 in 20.
        int found = 0, foundAsIfIndependent = 0;
        for (quint64 seed = 0; seed < 200; ++seed) {
            Random random(5000 + seed);
            std::vector<double> noise(411), a(400, 1), b(400);
            for (double &v : noise)
                v = random.uniform() - 0.5;
            for (std::size_t t = 0; t < b.size(); ++t) {
                b[t] = 1;
                for (std::size_t k = 0; k < 12; ++k)
                    b[t] += noise[t + k] / 12;
            }
            found += metrics::dieboldMarianoTest(a, b, 12)->p < 0.05 ? 1 : 0;
            foundAsIfIndependent += metrics::signFlipTest(a, b, 499, seed)->p < 0.05 ? 1 : 0;
        }
        QVERIFY2(found <= 30, qPrintable(QString::number(found)));
        QVERIFY2(foundAsIfIndependent > 60, qPrintable(QString::number(foundAsIfIndependent)));
    }

    void theTestFollowsTheMetric_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<int>("classes");
        QTest::addColumn<int>("horizon");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("loss");
        QTest::newRow("accuracy") << "accuracy" << 2 << 0 << "McNemar" << "0/1 loss";
        QTest::newRow("f1_macro") << "f1_macro" << 2 << 0 << "McNemar" << "0/1 loss";
        QTest::newRow("roc_auc") << "roc_auc" << 2 << 0 << "DeLong" << "1 − AUC";
        QTest::newRow("log_loss") << "log_loss" << 2 << 0 << "sign-flip" << "log loss";
        QTest::newRow("brier") << "brier" << 2 << 0 << "sign-flip" << "squared distance";
        QTest::newRow("mae") << "mae" << 0 << 0 << "sign-flip" << "absolute error";
        QTest::newRow("r2") << "r2" << 0 << 0 << "sign-flip" << "squared error";
        QTest::newRow("a forecast's mae") << "mae" << 0 << 3 << "Diebold-Mariano" << "absolute error";
        QTest::newRow("a forecast's rmse") << "rmse" << 0 << 3 << "Diebold-Mariano" << "squared error";
        QTest::newRow("a forecast's smape") << "smape" << 0 << 3 << "Diebold-Mariano" << "symmetric relative error";
        QTest::newRow("a forecast's pinball_10") << "pinball_10" << 0 << 3 << "Diebold-Mariano" << "pinball loss at 0.1";
        QTest::newRow("a forecast's pinball_90") << "pinball_90" << 0 << 3 << "Diebold-Mariano" << "pinball loss at 0.9";
        QTest::newRow("a forecast over more steps than rows") << "mae" << 0 << 500 << "sign-flip" << "absolute error";
    }
    void theTestFollowsTheMetric() {
        QFETCH(QString, metric);
        QFETCH(int, classes);
        QFETCH(int, horizon);
        QFETCH(QString, name);
        QFETCH(QString, loss);
        auto [a, b] = scores(3, 200, 0, 0.7, 0.6);
        if (classes == 0) {
            for (Scored *s : {&a, &b}) {
                s->classes = 0;
                for (std::size_t i = 0; i < s->count; ++i)
                    s->predicted[i] = s->probabilities[2 * i + 1];
                s->probabilities.clear();
            }
        }
        const auto test = metrics::pairedTestFor(metric, a, b, std::size_t(horizon));
        QVERIFY2(test, test ? "" : qPrintable(test.error().text()));
        QVERIFY2(test->name.contains(name), qPrintable(test->name));
        QCOMPARE(test->loss, loss);
        QCOMPARE(test->rows, std::size_t(200));
        QVERIFY(test->p >= 0 && test->p <= 1);
        b.truth.front() = 1 - b.truth.front();
        QVERIFY(!metrics::pairedTestFor(metric, a, b, std::size_t(horizon)));
    }
};

QTEST_GUILESS_MAIN(TestPairedTest)
#include "tst_paired_test.moc"
