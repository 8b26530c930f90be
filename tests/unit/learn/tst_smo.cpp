// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/smo.h"
#include "core/metrics/random.h"

#include <QTest>
#include <QtEndian>

#include <svm.h>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

/// Rows drawn by seed: two clouds that overlap, or a curve with noise.
struct Drawn {
    std::size_t rows, width;
    std::vector<double> x, y;
};
Drawn drawn(std::size_t rows, std::size_t width, bool regression) {
    metrics::Random random(3);
    Drawn d{rows, width, {}, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < width; ++j) {
            const double value = i % 11 == j ? 0 : 2 * random.uniform() - 1; // zeros are left out of LIBSVM's rows
            d.x.push_back(value);
            sum += value * (j % 2 == 0 ? 1 : -0.5);
        }
        const double noise = random.uniform() - 0.5;
        d.y.push_back(regression ? std::sin(3 * sum) + 0.3 * noise : sum + 1.5 * noise > 0.1 ? 1 : -1);
    }
    return d;
}

DualProblem dualOf(const Drawn &d, bool regression, double c, double epsilon, double positive = 1) {
    DualProblem problem;
    for (int half = 0; half < (regression ? 2 : 1); ++half)
        for (std::size_t i = 0; i < d.rows; ++i) {
            problem.points.push_back(std::uint32_t(i));
            problem.sign.push_back(regression ? (half == 0 ? 1 : -1) : d.y[i]);
            problem.linear.push_back(regression ? epsilon + (half == 0 ? -d.y[i] : d.y[i]) : -1);
        }
    problem.positiveBound = c * positive;
    problem.negativeBound = c;
    return problem;
}

Kernel kernelOf(int kind) { return {Kernel::Kind(kind), 0.4, 0.5, 3}; }

void silent(const char *) {}

} // namespace

class TestSmo : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// LIBSVM itself on the same rows: as many support vectors, the same rho and the same decisions.
    void solvesAsLibsvm_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("regression");
        QTest::addColumn<double>("c");
        QTest::addColumn<double>("positive");
        QTest::newRow("rbf") << 2 << false << 1.0 << 1.0;
        QTest::newRow("rbf, C 100: many free ones") << 2 << false << 100.0 << 1.0;
        QTest::newRow("rbf, C 0.01: most at the bound") << 2 << false << 0.01 << 1.0;
        QTest::newRow("rbf, one class five times as dear") << 2 << false << 1.0 << 5.0;
        QTest::newRow("linear") << 0 << false << 1.0 << 1.0;
        QTest::newRow("poly") << 1 << false << 1.0 << 1.0;
        QTest::newRow("rbf, regression") << 2 << true << 1.0 << 1.0;
        QTest::newRow("linear, regression") << 0 << true << 10.0 << 1.0;
        QTest::newRow("poly, regression") << 1 << true << 1.0 << 1.0;
    }
    void solvesAsLibsvm() {
        QFETCH(int, kind);
        QFETCH(bool, regression);
        QFETCH(double, c);
        QFETCH(double, positive);
        const Kernel kernel = kernelOf(kind);
        const Drawn d = drawn(1500, 6, regression);
        constexpr double tolerance = 1e-5, epsilon = 0.1;

        std::vector<svm_node> nodes;
        std::vector<std::size_t> begins;
        for (std::size_t i = 0; i < d.rows; ++i) {
            begins.push_back(nodes.size());
            for (std::size_t j = 0; j < d.width; ++j)
                if (d.x[i * d.width + j] != 0)
                    nodes.push_back({int(j) + 1, d.x[i * d.width + j]});
            nodes.push_back({-1, 0});
        }
        std::vector<svm_node *> rows;
        for (const std::size_t begin : begins)
            rows.push_back(nodes.data() + begin);
        std::vector<double> y = d.y;
        const svm_problem theirs{int(d.rows), y.data(), rows.data()};
        int label[] = {1};
        double weight[] = {positive};
        svm_parameter p{};
        p.svm_type = regression ? EPSILON_SVR : C_SVC;
        p.kernel_type = kind == 0 ? LINEAR : kind == 1 ? POLY : RBF;
        p.degree = kernel.degree;
        p.gamma = kernel.gamma;
        p.coef0 = kernel.coef0;
        p.cache_size = 100;
        p.eps = tolerance;
        p.C = c;
        p.p = epsilon;
        p.shrinking = 1;
        p.nr_weight = 1;
        p.weight_label = label;
        p.weight = weight;
        svm_set_print_string_function(silent);
        svm_model *model = svm_train(&theirs, &p);
        std::vector<double> expected(d.rows);
        const double sign = regression || model->label[0] == 1 ? 1 : -1;
        for (int k = 0; k < model->l; ++k)
            expected[std::size_t(model->sv_indices[k] - 1)] = sign * model->sv_coef[0][k];
        const double rho = sign * model->rho[0];
        svm_free_and_destroy_model(&model);

        Smo solver(d.x, d.width, dualOf(d, regression, c, epsilon, positive), kernel, tolerance, 100);
        QVERIFY(solver.run(10000000));
        QVERIFY(solver.converged());
        std::vector<double> found = solver.coefficients();
        if (regression) {
            for (std::size_t i = 0; i < d.rows; ++i)
                found[i] += found[i + d.rows];
            found.resize(d.rows);
        }
        double worst = 0, sum = 0;
        int vectors = 0, theirVectors = 0;
        for (std::size_t i = 0; i < d.rows; ++i) {
            worst = std::max(worst, std::abs(found[i] - expected[i]));
            sum += found[i];
            vectors += found[i] != 0;
            theirVectors += expected[i] != 0;
        }
        QVERIFY(theirVectors > 20);
        QVERIFY2(std::abs(vectors - theirVectors) * 100 <= theirVectors, qPrintable(QStringLiteral("%1 support vectors, LIBSVM has %2").arg(vectors).arg(theirVectors)));
        QVERIFY2(std::abs(sum) < 1e-9 * double(d.rows) * c, qPrintable(QString::number(sum)));
        QVERIFY2(std::abs(solver.rho() - rho) < 20 * tolerance, qPrintable(QStringLiteral("rho %1, LIBSVM %2").arg(solver.rho(), 0, 'g', 12).arg(rho, 0, 'g', 12)));
        // What both leave open is their tolerance: decisions agree to it, coefficients as far as the kernel fixes them.
        std::vector<std::uint32_t> all;
        for (std::uint32_t i = 0; i < d.rows; ++i)
            all.push_back(i);
        KernelRows matrix(d.x, d.width, all, kernel, 100);
        double apart = 0;
        for (std::size_t i = 0; i < d.rows; i += 7) {
            const float *const row = matrix.row(i, d.rows);
            double ours = -solver.rho(), other = -rho;
            for (std::size_t k = 0; k < d.rows; ++k) {
                ours += found[k] * double(row[k]);
                other += expected[k] * double(row[k]);
            }
            apart = std::max(apart, std::abs(ours - other));
        }
        QVERIFY2(apart < 20 * tolerance, qPrintable(QStringLiteral("decisions differ by %1, coefficients by %2").arg(apart).arg(worst)));
    }

    /// Rows that cannot be told apart: no curvature along any pair, so each step goes to the bound; and the larger class wins everywhere.
    void rowsThatAreAllTheSame_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("x");
        for (const double x : {0.3, 0.0})
            for (const int kind : {0, 1, 2})
                QTest::addRow("%s, rows of %g", kernelNames[kind], x) << kind << x;
    }
    void rowsThatAreAllTheSame() {
        QFETCH(int, kind);
        QFETCH(double, x);
        const Drawn d{5, 2, std::vector<double>(10, x), {1, 1, 1, -1, -1}};
        Smo solver(d.x, d.width, dualOf(d, false, 2, 0), kernelOf(kind), 1e-3, 10);
        QVERIFY(solver.run(1000));
        QVERIFY(solver.converged());
        QCOMPARE(solver.iterations(), qint64(2));
        QVERIFY(solver.coefficients() == std::vector<double>({0, 2, 2, -2, -2}));
        QCOMPARE(solver.rho(), -1.0);
    }

    void theLimitOfIterationsEndsIt() {
        const Drawn d = drawn(60, 3, false);
        const DualProblem problem = dualOf(d, false, 1, 0);
        Smo begun(d.x, d.width, problem, {}, 1e-3, 10);
        QVERIFY(!begun.run(5));
        QByteArray state = begun.state();
        char before[8];
        qToBigEndian(qint64(5), before);
        const qsizetype at = state.size() - 18; // … iterations, counter, two flags
        QCOMPARE(state.mid(at, 8), QByteArray(before, 8));
        qToBigEndian(qint64(9999998), state.data() + at);
        Smo solver(d.x, d.width, problem, {}, 1e-3, 10, state);
        QVERIFY(!solver.run(1));
        QVERIFY(solver.run(1000));
        QVERIFY(!solver.converged());
        QCOMPARE(solver.iterations(), qint64(10000000));
        double sum = 0;
        for (const double c : solver.coefficients()) {
            QVERIFY(std::abs(c) <= 1);
            sum += c;
        }
        QVERIFY2(std::abs(sum) < 1e-12, qPrintable(QString::number(sum)));
    }

    /// Cut anywhere, stored, taken up by another one: the same bits as in one go; and with room for two rows only.
    void aStoredStateGoesOnToTheSameBits_data() {
        QTest::addColumn<bool>("regression");
        QTest::addColumn<int>("every");
        QTest::addColumn<double>("megabytes");
        for (const bool regression : {false, true})
            for (const int every : {1, 97, 1001})
                for (const double megabytes : {100.0, 0.0})
                    QTest::addRow("%s, every %d, %g MB", regression ? "regression" : "classes", every, megabytes) << regression << every << megabytes;
    }
    void aStoredStateGoesOnToTheSameBits() {
        QFETCH(bool, regression);
        QFETCH(int, every);
        QFETCH(double, megabytes);
        const Drawn d = drawn(regression ? 200 : 400, 4, regression);
        const DualProblem problem = dualOf(d, regression, 50, 0.05);
        const Kernel kernel = kernelOf(2);
        Smo whole(d.x, d.width, problem, kernel, 1e-4, 100);
        QVERIFY(whole.run(10000000));
        QVERIFY2(whole.iterations() > 1500, qPrintable(QString::number(whole.iterations()))); // several times shrunk
        QByteArray state;
        for (int turns = 0;; ++turns) {
            Smo part(d.x, d.width, problem, kernel, 1e-4, megabytes, state);
            const bool done = part.run(turns < 300 ? every : 10000000);
            state = part.state();
            QVERIFY(Smo::fits(state, problem.points.size()));
            if (!done)
                continue;
            QVERIFY(turns > 0);
            QCOMPARE(part.iterations(), whole.iterations());
            const double ours = part.rho(), theirs = whole.rho();
            QCOMPARE(std::memcmp(&ours, &theirs, sizeof ours), 0);
            QVERIFY(part.coefficients() == whole.coefficients());
            break;
        }
    }

    void aDamagedStateIsRefused() {
        const Drawn d = drawn(60, 3, false);
        const DualProblem problem = dualOf(d, false, 1, 0);
        Smo solver(d.x, d.width, problem, {}, 1e-3, 10);
        solver.run(5);
        const QByteArray state = solver.state();
        QVERIFY(Smo::fits(state, 60));
        QVERIFY(!Smo::fits(state, 61));
        QVERIFY(!Smo::fits({}, 60));
        for (qsizetype cut = 0; cut < state.size(); cut += 13)
            QVERIFY(!Smo::fits(state.left(cut), 60));
        QByteArray twice = state; // a variable that is there twice
        twice.replace(12, 4, state.mid(16, 4));
        QVERIFY(!Smo::fits(twice, 60));
    }
};

QTEST_GUILESS_MAIN(TestSmo)
#include "tst_smo.moc"
