// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet of forecasts of several targets: all of them together, and each by itself in its own unit.
#include "evidence_bench.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::promotion;
using namespace pilothouse::test;

namespace {

double t(int i) { return 10 * std::sin(i / 4.0); }
double u(int i) { return 50 + t(i) + (i % 2 ? 1 : -1); }

/// 400 hours of t and u, of which the last 112 are test rows.
struct Hours : EvidenceBench {
    Hours() {
        QByteArray text = "time,t,u\n";
        const QDateTime start(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC);
        for (int i = 0; i < 400; ++i)
            text += start.addSecs(3600 * i).toString(Qt::ISODate).toUtf8() + ',' + QByteArray::number(t(i), 'g', 17) + ',' + QByteArray::number(u(i), 'g', 17) + '\n';
        if (!writeFileAtomically(csv, text))
            qFatal("could not write the data");
    }
    QByteArray forecast(const QByteArray &target, const QByteArray &more) const {
        return "recipe: tiny\ndata: {source: " + csv.toUtf8() + "}\ntask: forecast\ntarget: " + target + "\nsplit: {after: 2024-01-13}\nestimators: [linear_regression]\n"
               "time: {column: time, step: 1h, zone: UTC}\nforecast: {window: 1, horizon: 1}\n" + more;
    }
    /// Answers intercept + a·t + b·u of the hour before, for t and for u.
    TinyModel both(double intercept, double a, double b, const QByteArray &more = {}) const {
        TinyModel m = model(a, b);
        m.intercept = intercept;
        m.target = QStringLiteral("t");
        m.inputs = {QStringLiteral("t@0"), QStringLiteral("u@0")};
        m.outputs = {QStringLiteral("t@+1"), QStringLiteral("u@+1")};
        m.sample.reset();
        m.trainRows.clear();
        m.recipe = forecast("[t, u]", more);
        return m;
    }
    /// t alone, as it was an hour before.
    TinyModel one() const {
        TinyModel m = both(0, 1, 0);
        m.inputs = {QStringLiteral("t@0")};
        m.outputs = {QStringLiteral("t@+1")};
        m.recipe = forecast("t", "");
        return m;
    }
};

/// Mean absolute errors on the test rows, by hand: of the value an hour before, and of the mean of both an hour before; of t and u.
struct ByHand {
    double naive[2] = {0, 0}, mean[2] = {0, 0};
    int rows = 0;
    ByHand() {
        for (int i = 12 * 24; i < 400; ++i, ++rows) {
            naive[0] += std::abs(t(i) - t(i - 1));
            naive[1] += std::abs(u(i) - u(i - 1));
            mean[0] += std::abs(t(i) - (t(i - 1) + u(i - 1)) / 2);
            mean[1] += std::abs(u(i) - (t(i - 1) + u(i - 1)) / 2);
        }
        for (double *sums : {naive, mean})
            for (int k : {0, 1})
                sums[k] /= rows;
    }
};

const GateResult *gateOf(const Evidence &e, const char *begins) {
    const auto found = std::find_if(e.gates.begin(), e.gates.end(), [&](const GateResult &g) { return g.rule.startsWith(QLatin1String(begins)); });
    return found == e.gates.end() ? nullptr : &*found;
}

} // namespace

class TestEvidenceTargets : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachTargetIsComparedByItself() {
        Hours b;
        const ByHand hand;
        const Evidence e = b.evidence(b.version(1, b.both(0, 0.5, 0.5, "gates: [mae@u <= 100, max_error@t <= 1]\n")), std::nullopt);
        QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
        QCOMPARE(e.selectMetric, QStringLiteral("r2"));
        QCOMPARE(e.baseline, QStringLiteral("persistence"));
        QCOMPARE(e.rows, std::size_t(hand.rows));
        QVERIFY(std::abs(metric(e, "mae@t").champion - hand.naive[0]) < 1e-9);
        QVERIFY(std::abs(metric(e, "mae@u").champion - hand.naive[1]) < 1e-9);
        QVERIFY(std::abs(metric(e, "mae@t").candidate - hand.mean[0]) < 1e-9);
        QVERIFY(std::abs(metric(e, "mae@u").candidate - hand.mean[1]) < 1e-9);
        QVERIFY(std::abs(metric(e, "r2").candidate - (metric(e, "r2@t").candidate + metric(e, "r2@u").candidate) / 2) < 1e-12);
        QVERIFY(!metric(e, "mae@t").largerIsBetter && metric(e, "r2@u").largerIsBetter);
        QVERIFY(std::none_of(e.metrics.begin(), e.metrics.end(), [](const auto &m) { return m.metric == QLatin1String("mae"); })); // °C and % do not add
        QVERIFY(e.residualEdges.empty());
        QCOMPARE(gate(e, "mae@u <= 100"), GateState::Pass);
        QCOMPARE(gate(e, "max_error@t <= 1"), GateState::Block);
        QCOMPARE(metric(e, "max_error@t").verdict, QStringLiteral("worse")); // what a gate asks is compared, too
        QVERIFY2(e.text().contains(QStringLiteral("squared error in units of each target's spread")), qPrintable(e.text()));
        const auto again = Evidence::fromJson(e.toJson());
        QVERIFY(again);
        QCOMPARE(again->digest(), e.digest());
    }

    /// Of two constant offsets 10 and 40 the mean of the squares is larger than of 25 and 25: the candidate is better, but not for t.
    void aTargetThatLosesWhereTheMeanGainsIsAWarning() {
        Hours b;
        const registry::Version champion = b.version(1, b.both(10, 1, 0)), candidate = b.version(2, b.both(0, 0.5, 0.5));
        const Evidence e = b.evidence(candidate, champion);
        QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
        QCOMPARE(metric(e, "r2").verdict, QStringLiteral("better"));
        QCOMPARE(metric(e, "r2@t").verdict, QStringLiteral("worse"));
        QCOMPARE(metric(e, "r2@u").verdict, QStringLiteral("better"));
        const GateResult *warned = gateOf(e, "No target worse than v1");
        QVERIFY(warned);
        QCOMPARE(warned->state, GateState::Warn);
        QCOMPARE(warned->value, QStringLiteral("t"));
        QVERIFY2(e.sentence.startsWith(QStringLiteral("v2 is better than v1: r2 ")) && e.sentence.contains(QStringLiteral("By target: t worse, u better.")), qPrintable(e.sentence));
        const Evidence back = b.evidence(b.version(3, b.both(10, 1, 0)), b.version(2, b.both(0, 0.5, 0.5)));
        QCOMPARE(gateOf(back, "No target worse than v2")->value, QStringLiteral("u"));
        const Evidence same = b.evidence(b.version(4, b.both(0, 0.5, 0.5)), candidate);
        QCOMPARE(gateOf(same, "No target worse than v2")->state, GateState::Pass);
    }

    /// The metric that selects is looked at for each target, whichever it is.
    void theMetricThatSelectsIsThatOfEachTarget() {
        Hours b;
        const Evidence e = b.evidence(b.version(2, b.both(0, 0.5, 0.5, "select: {metric: smape}\n")), b.version(1, b.both(10, 1, 0)));
        QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
        QCOMPARE(e.selectMetric, QStringLiteral("smape"));
        QVERIFY(std::abs(metric(e, "smape").candidate - (metric(e, "smape@t").candidate + metric(e, "smape@u").candidate) / 2) < 1e-12);
        QVERIFY(gateOf(e, "No target worse than v1")->source.contains(QStringLiteral("smape")));
    }

    void aGateThatNoTargetHasBlocksAndSaysSo() {
        Hours b;
        const Evidence e = b.evidence(b.version(1, b.both(0, 0.5, 0.5, "gates: [accuracy@t >= 0.5]\n")), std::nullopt);
        QVERIFY2(e.problem.isEmpty(), qPrintable(e.problem));
        QCOMPARE(gateOf(e, "accuracy@t")->state, GateState::Unknown);
        QVERIFY(e.blocked());
    }

    void whereOneOfThemForecastsLessItIsComparedOnWhatBothDo() {
        Hours b;
        const ByHand hand;
        const TinyModel both = b.both(0, 0.5, 0.5, "gates: [mae@u <= 100]\n");
        const Evidence half = b.evidence(b.version(2, both), b.version(1, b.one()));
        QVERIFY2(half.problem.isEmpty(), qPrintable(half.problem));
        QVERIFY(std::abs(metric(half, "mae").champion - hand.naive[0]) < 1e-9);
        QVERIFY(std::abs(metric(half, "mae").candidate - hand.mean[0]) < 1e-9);
        QCOMPARE(gate(half, "Both models forecast the same"), GateState::Warn);
        QVERIFY2(half.text().contains(QStringLiteral("compared on t alone: the champion does not forecast u")), qPrintable(half.text()));
        QCOMPARE(gate(half, "mae@u <= 100"), GateState::Pass); // the gates still judge both
        QVERIFY(!gateOf(half, "No target worse") && !half.sentence.contains(QStringLiteral("By target")));
        // And the other way round: whoever asked for u would be left without an answer.
        const Evidence back = b.evidence(b.version(3, b.one()), b.version(2, both));
        QVERIFY2(back.text().contains(QStringLiteral("the candidate does not forecast u")), qPrintable(back.text()));
    }
};

QTEST_GUILESS_MAIN(TestEvidenceTargets)
#include "tst_evidence_targets.moc"
