// SPDX-License-Identifier: GPL-3.0-or-later
// The verdict is that of the effect: it stays the same from the stated rows to ten million, for 99 of 100 seeds, wherever the true effect is 25 % away from a limit.
#include "core/drift/drift.h"
#include "core/drift/statistics.h"
#include "core/drift/verdict.h"

#include <boost/math/distributions/normal.hpp>

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::drift;

namespace {

enum Band { Low, Moderate, High };
const char *const words[] = {"low", "moderate", "high"};
Band bandOf(double effect) { return effect >= psiDrifted ? High : effect >= psiWarning ? Moderate : Low; }

/// Shares q of k bins whose PSI against p is the wanted one: every other bin gains what its neighbour loses.
std::vector<double> moved(const std::vector<double> &p, double psi) {
    const auto at = [&](double tilt) {
        std::vector<double> q;
        double sum = 0;
        for (std::size_t i = 0; i < p.size(); ++i)
            sum += q.emplace_back(p[i] * std::exp(i % 2 ? tilt : -tilt));
        for (double &share : q)
            share /= sum;
        return q;
    };
    double low = 0, high = 5;
    for (int i = 0; i < 100; ++i)
        (populationStability(p, at((low + high) / 2)) < psi ? low : high) = (low + high) / 2;
    return at(low);
}

/// Shares of n rows drawn from these: a chain of binomial draws, so that ten million rows cost as much as ten.
std::vector<double> drawn(const std::vector<double> &shares, std::size_t n, std::mt19937_64 &random) {
    std::vector<double> out;
    double left = 1;
    std::int64_t rows = std::int64_t(n);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double share = i + 1 == shares.size() ? 1 : std::clamp(shares[i] / left, 0.0, 1.0);
        const std::int64_t count = rows == 0 ? 0 : std::binomial_distribution<std::int64_t>(rows, share)(random);
        out.push_back(double(count) / double(n));
        rows -= count;
        left -= shares[i];
    }
    return out;
}

std::vector<double> zipf(std::size_t k) {
    std::vector<double> p;
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i)
        sum += p.emplace_back(1 / double(i + 1));
    for (double &share : p)
        share /= sum;
    return p;
}

} // namespace

class tst_Verdict : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itDoesNotChangeWithTheNumberOfRows_data() {
        QTest::addColumn<int>("bins");
        QTest::addColumn<bool>("even");
        QTest::addColumn<double>("psi");
        for (const double psi : {0.0, 0.05, 0.075, 0.125, 0.1875, 0.3125, 0.6, 2.0})
            for (const int bins : {2, 10, 40}) {
                QTest::addRow("%d even bins, PSI %g", bins, psi) << bins << true << psi;
                QTest::addRow("%d categories of Zipf's frequencies, PSI %g", bins, psi) << bins << false << psi;
            }
    }
    void itDoesNotChangeWithTheNumberOfRows() {
        QFETCH(int, bins);
        QFETCH(bool, even);
        QFETCH(double, psi);
        const std::vector<double> p = even ? std::vector<double>(std::size_t(bins), 1.0 / bins) : zipf(std::size_t(bins)), q = moved(p, psi);
        QVERIFY(std::abs(populationStability(p, q) - psi) < 1e-6);
        const Band truth = bandOf(psi);
        std::mt19937_64 random(17);
        constexpr int seeds = 400;
        constexpr std::size_t stated = 12'500; // of at most 92 bins
        for (const std::size_t n : {std::size_t(100), std::size_t(300), std::size_t(1'000), std::size_t(3'000), stated, std::size_t(100'000), std::size_t(10'000'000)})
            for (const std::size_t m : {n, std::size_t(10'000'000)}) {
                int answers = 0, wrong = 0;
                for (int seed = 0; seed < seeds; ++seed) {
                    const Verdict v = verdictOf(drawn(p, n, random), drawn(q, m, random), n, m);
                    QVERIFY(!(v.tooFewRows && (v.drifted || v.warning)));
                    answers += !v.tooFewRows;
                    wrong += !v.tooFewRows && (v.drifted ? High : v.warning ? Moderate : Low) != truth;
                }
                QVERIFY2(wrong <= seeds / 100, qPrintable(QStringLiteral("%1 of %2 samples of %3 and %4 rows are not %5").arg(wrong).arg(answers).arg(n).arg(m).arg(QLatin1String(words[truth]))));
                if (std::min(n, m) >= stated)
                    QCOMPARE(answers, seeds); // from the stated rows on there is one
            }
    }

    void numbersInTheirReferencesDecilesToo_data() {
        QTest::addColumn<double>("shift");
        for (const double shift : {0.0, 0.24, 0.4, 0.75})
            QTest::addRow("%g deviations", shift) << shift;
    }
    void numbersInTheirReferencesDecilesToo() {
        QFETCH(double, shift);
        const boost::math::normal normal;
        std::vector<double> p(10, 0.1), q;
        double below = 0;
        for (int i = 1; i <= 10; ++i) {
            const double at = i == 10 ? 1 : cdf(normal, quantile(normal, i / 10.0) - shift);
            q.push_back(at - below);
            below = at;
        }
        const double psi = populationStability(p, q);
        const double nearest = std::min(std::abs(psi - psiWarning) / psiWarning, std::abs(psi - psiDrifted) / psiDrifted);
        QVERIFY2(nearest >= 0.25, qPrintable(QString::number(psi)));
        std::mt19937_64 random(5);
        std::normal_distribution<double> draw;
        for (const std::size_t n : {std::size_t(500), std::size_t(12'500), std::size_t(60'000)}) {
            const int seeds = n > 10'000 ? 20 : 100;
            int wrong = 0;
            for (int seed = 0; seed < seeds; ++seed) {
                data::Column a, b;
                a.name = b.name = QStringLiteral("x");
                for (std::size_t i = 0; i < n; ++i) {
                    a.numbers.push_back(draw(random));
                    b.numbers.push_back(draw(random) + shift);
                }
                const ColumnDrift c = compare(data::Table{{a}}, data::Table{{b}}).columns.at(0);
                wrong += !c.tooFewRows && (c.drifted ? High : c.warning ? Moderate : Low) != bandOf(psi);
                if (n >= 12'500)
                    QVERIFY(!c.tooFewRows);
            }
            QVERIFY2(wrong <= seeds / 100, qPrintable(QStringLiteral("%1 of %2 at %3 rows").arg(wrong).arg(seeds).arg(n)));
        }
    }

    void tenMillionRowsAgainstAThousandSayWhatTheThousandCanSay() {
        const std::vector<double> p(10, 0.1);
        std::mt19937_64 random(3);
        const Verdict near = verdictOf(drawn(p, 1'000, random), moved(p, 0.09), 1'000, 10'000'000);
        QVERIFY(near.tooFewRows);
        QVERIFY2(near.rowsNeeded > 1'000 && near.rowsNeeded <= 12'500, qPrintable(QString::number(near.rowsNeeded)));
        const Verdict far = verdictOf(drawn(p, 1'000, random), moved(p, 1.0), 1'000, 10'000'000);
        QVERIFY(!far.tooFewRows && far.drifted);
    }

    void anEmptySideHasNoAnswer() {
        const std::vector<double> p(10, 0.1), none(10, std::nan(""));
        for (const Verdict &v : {verdictOf(p, none, 1'000, 0), verdictOf(none, p, 0, 1'000), verdictOf({}, {}, 0, 0)}) {
            QVERIFY(v.tooFewRows && !v.drifted && !v.warning);
            QVERIFY(std::isnan(v.effect));
        }
    }
};

QTEST_GUILESS_MAIN(tst_Verdict)
#include "tst_verdict.moc"
