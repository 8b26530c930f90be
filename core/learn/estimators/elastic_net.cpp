// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"
#include "core/learn/linear_algebra.h"
#include "core/learn/linear_model.h"
#include "core/learn/parameters.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// One output by coordinate descent on the Gram matrix (Friedman, Hastie, Tibshirani 2010, "covariance updates"), in standardised
/// units: ½·wᵀGw − cᵀw + Σ l1ⱼ·|wⱼ| + ½·Σ l2ⱼ·wⱼ².
class Descent {
public:
    Descent(const std::vector<double> &gram, std::vector<double> c, const std::vector<double> &l1, const std::vector<double> &l2)
        : m_gram(gram), m_l1(l1), m_l2(l2), m_c(std::move(c)), m_left(m_c), w(m_c.size(), 0) {}

    /// Descends until no coefficient moves, then solves for those in use at once; if that changes which ones they are, it goes on with
    /// smaller steps. false: maxSweeps were not enough.
    bool run(qint64 maxSweeps, double tolerance, std::stop_token stop) {
        for (; tolerance >= smallestTolerance; tolerance /= 100) {
            if (!descend(maxSweeps, tolerance, stop))
                return false;
            if (solveUsed())
                break;
        }
        return true;
    }

private:
    static constexpr double smallestTolerance = 1e-15;
    const std::vector<double> &m_gram, &m_l1, &m_l2;
    std::vector<double> m_c, m_left; ///< left: c − G·w

    /// Sweeps over all columns, between them over those in use.
    bool descend(qint64 maxSweeps, double tolerance, std::stop_token stop) {
        while (++sweeps <= maxSweeps && !stop.stop_requested()) {
            if (settled(sweep(false), tolerance))
                return true;
            while (++sweeps <= maxSweeps && !stop.stop_requested() && !settled(sweep(true), tolerance)) { }
        }
        return false;
    }
    /// The optimum for the columns in use and their signs, if it is the optimum at all.
    bool solveUsed() {
        std::vector<std::size_t> used;
        for (std::size_t j = 0; j < w.size(); ++j)
            if (w[j] != 0)
                used.push_back(j);
        const std::size_t p = w.size(), n = used.size();
        if (n == 0)
            return true;
        std::vector<double> matrix(n * n), b(n), left(m_c);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t k = 0; k < n; ++k)
                matrix[i * n + k] = m_gram[used[i] * p + used[k]] + (i == k ? m_l2[used[i]] : 0);
            b[i] = m_c[used[i]] - std::copysign(m_l1[used[i]], w[used[i]]);
        }
        const SymmetricSolver solver(std::move(matrix), n);
        if (solver.isSingular())
            return false; // many optima: the one that the descent came to stays
        solver.solve(b);
        for (std::size_t i = 0; i < n; ++i) {
            if (b[i] * w[used[i]] <= 0)
                return false;
            for (std::size_t j = 0; j < p; ++j)
                left[j] -= m_gram[used[i] * p + j] * b[i];
        }
        for (std::size_t j = 0; j < p; ++j)
            if (w[j] == 0 && std::abs(left[j]) > m_l1[j] * (1 + 1e-9))
                return false;
        for (std::size_t i = 0; i < n; ++i)
            w[used[i]] = b[i];
        m_left = std::move(left);
        return true;
    }
    bool settled(double largestStep, double tolerance) const {
        double largest = 0;
        for (const double v : w)
            largest = std::max(largest, std::abs(v));
        return largestStep <= tolerance * largest;
    }
    double sweep(bool usedOnly) {
        const std::size_t p = w.size();
        double largestStep = 0;
        for (std::size_t j = 0; j < p; ++j) {
            const double own = m_gram[j * p + j];
            if (own == 0 || (usedOnly && w[j] == 0))
                continue;
            const double pull = m_left[j] + own * w[j];
            const double to = std::copysign(std::max(0.0, std::abs(pull) - m_l1[j]), pull) / (own + m_l2[j]);
            const double step = to - w[j];
            if (step == 0)
                continue;
            w[j] = to;
            largestStep = std::max(largestStep, std::abs(step));
            const double *column = m_gram.data() + j * p;
            for (std::size_t k = 0; k < p; ++k)
                m_left[k] -= column[k] * step;
        }
        return largestStep;
    }

public:
    std::vector<double> w;
    qint64 sweeps = 0;
};

class ElasticNet final : public Estimator {
public:
    QString m_name;
    double m_alpha = 1, m_l1Ratio = 1, m_tolerance = 1e-6;
    qint64 m_maxSweeps = 10000;
    QJsonObject m_parameters;

    QString name() const override { return m_name; }
    QJsonObject parameters() const override { return m_parameters; }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        const std::size_t n = train.rows, p = train.width, m = train.outputs;
        const Standardised s = standardise(train.x, n, p, context.threads);
        std::vector<double> meanY(m, 0), centred(train.y);
        for (std::size_t i = 0; i < n * m; ++i)
            meanY[i % m] += train.y[i] / double(n);
        for (std::size_t i = 0; i < n * m; ++i)
            centred[i] -= meanY[i % m];
        if (context.stop.stop_requested())
            return cancelled();
        const std::vector<double> cross = crossProducts(s, centred, m, context.threads, true);
        std::vector<double> gram(p * p), l1(p), l2(p);
        for (std::size_t j = 0; j < p; ++j) {
            for (std::size_t k = 0; k <= j; ++k)
                gram[j * p + k] = gram[k * p + j] = s.constant[j] || s.constant[k] ? 0 : cross[j * (p + m) + k];
            l1[j] = m_alpha * m_l1Ratio / s.scale[j]; // the penalty is on coefficients in the units of the data
            l2[j] = m_alpha * (1 - m_l1Ratio) / (s.scale[j] * s.scale[j]);
        }
        auto model = std::make_unique<LinearModel>();
        model->estimator = m_name;
        model->names = train.names;
        qint64 sweeps = 0, used = 0;
        for (std::size_t o = 0; o < m; ++o) {
            std::vector<double> c(p);
            for (std::size_t j = 0; j < p; ++j)
                c[j] = s.constant[j] ? 0 : cross[j * (p + m) + p + o];
            Descent descent(gram, std::move(c), l1, l2);
            const bool settled = descent.run(m_maxSweeps, m_tolerance, context.stop);
            if (context.stop.stop_requested())
                return cancelled();
            if (!settled)
                context.log(QStringLiteral("warning"), QStringLiteral("%1: the coefficients still moved after %2 sweeps. A larger alpha, fewer columns or a larger max_iter helps.").arg(m_name).arg(m_maxSweeps));
            sweeps = std::max(sweeps, descent.sweeps);
            double intercept = meanY[o];
            for (std::size_t j = 0; j < p; ++j) {
                const double w = descent.w[j] / s.scale[j];
                used += w != 0 ? 1 : 0;
                intercept -= w * s.mean[j];
                model->coefficients.push_back(w);
            }
            model->intercept.push_back(intercept);
            context.progress(qint64(o) + 1, qint64(m), QStringLiteral("output"));
        }
        model->facts = {{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("sweeps"), sweeps}, {QStringLiteral("coefficients_used"), used},
                        {QStringLiteral("coefficients"), qint64(p * m)}};
        return std::unique_ptr<FittedModel>(std::move(model));
    }
};

Result<std::unique_ptr<Estimator>> makeElasticNet(const workspace::EstimatorSpec &spec, workspace::TaskKind) {
    Parameters parameters(spec);
    auto estimator = std::make_unique<ElasticNet>();
    estimator->m_name = spec.name;
    estimator->m_alpha = parameters.number("alpha", 1, 1e-12, 1e15);
    if (spec.name != QLatin1String("lasso"))
        estimator->m_l1Ratio = parameters.number("l1_ratio", 0.5, 0, 1);
    estimator->m_maxSweeps = parameters.integer("max_iter", 10000, 1, 100000000);
    estimator->m_tolerance = parameters.number("tol", 1e-6, 1e-15, 1);
    PH_TRY(parameters.check());
    estimator->m_parameters = parameters.resolved();
    return std::unique_ptr<Estimator>(std::move(estimator));
}

} // namespace

/// elastic_net {alpha: 1, l1_ratio: 0.5, max_iter: 10000, tol: 1e-6}: min 1/(2n)·‖y − Xw − b‖² + alpha·l1_ratio·‖w‖₁ +
/// ½·alpha·(1 − l1_ratio)·‖w‖², each output by itself, as scikit-learn's ElasticNet. tol: largest step of a sweep against the
/// largest coefficient, both of standardised columns, before the columns in use are solved for exactly.
PILOTHOUSE_ESTIMATOR(elastic_net, numbers | windows, linear, makeElasticNet)
/// lasso {alpha: 1, max_iter: 10000, tol: 1e-6}: elastic_net with l1_ratio 1.
PILOTHOUSE_ESTIMATOR(lasso, numbers | windows, linear, makeElasticNet)

} // namespace pilothouse::learn
