// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"
#include "core/learn/linear_algebra.h"
#include "core/learn/linear_model.h"
#include "core/learn/parameters.h"

#include <cmath>

namespace pilothouse::learn {

namespace {

/// Takes off what lies along the null vectors, measured in the units of the data: among all coefficients that predict the
/// same, those of least norm, as LAPACK's gelsd and scikit-learn give them.
void leastNorm(std::vector<double> &w, const SymmetricSolver &solver, const Standardised &s) {
    std::vector<std::vector<double>> basis;
    for (std::vector<double> v : solver.nullVectors()) {
        for (std::size_t j = 0; j < v.size(); ++j)
            v[j] = s.constant[j] ? 0 : v[j] / s.scale[j];
        for (const auto &b : basis) {
            double along = 0;
            for (std::size_t j = 0; j < v.size(); ++j)
                along += v[j] * b[j];
            for (std::size_t j = 0; j < v.size(); ++j)
                v[j] -= along * b[j];
        }
        double norm = 0;
        for (const double e : v)
            norm += e * e;
        if (!(norm > 1e-24))
            continue;
        for (double &e : v)
            e /= std::sqrt(norm);
        double along = 0;
        for (std::size_t j = 0; j < v.size(); ++j)
            along += v[j] * w[j];
        for (std::size_t j = 0; j < v.size(); ++j)
            w[j] -= along * v[j];
        basis.push_back(std::move(v));
    }
}

class LinearRegression final : public Estimator {
public:
    LinearRegression(QString name, double alpha, QJsonObject parameters) : m_name(std::move(name)), m_alpha(alpha), m_parameters(std::move(parameters)) {}
    QString name() const override { return m_name; }
    QJsonObject parameters() const override { return m_parameters; }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        const std::size_t n = train.rows, p = train.width, m = train.outputs;
        const Standardised s = standardise(train.x, n, p, context.threads);
        std::vector<double> meanY(m, 0), residual(train.y);
        for (std::size_t i = 0; i < n * m; ++i)
            meanY[i % m] += train.y[i] / double(n);
        for (std::size_t i = 0; i < n * m; ++i)
            residual[i] -= meanY[i % m];
        if (context.stop.stop_requested())
            return cancelled();
        const std::vector<double> cross = crossProducts(s, residual, m, context.threads, true);
        std::vector<double> gram(p * p), penalty(p);
        for (std::size_t j = 0; j < p; ++j) {
            for (std::size_t k = 0; k <= j; ++k)
                gram[j * p + k] = gram[k * p + j] = cross[j * (p + m) + k];
            penalty[j] = s.constant[j] ? 1 : m_alpha / (double(n) * s.scale[j] * s.scale[j]); // a constant column gets the coefficient 0
            gram[j * p + j] += penalty[j];
        }
        const SymmetricSolver solver(std::move(gram), p);
        std::vector<std::vector<double>> w(m, std::vector<double>(p, 0));
        // Refined with residuals taken from the data: the Gram matrix has lost digits that they still hold.
        for (int pass = 0; pass < 3; ++pass) {
            if (context.stop.stop_requested())
                return cancelled();
            const std::vector<double> slope = pass == 0 ? std::vector<double>() : crossProducts(s, residual, m, context.threads, false);
            for (std::size_t o = 0; o < m; ++o) {
                std::vector<double> step(p);
                for (std::size_t j = 0; j < p; ++j)
                    step[j] = (pass == 0 ? cross[j * (p + m) + p + o] : slope[j * m + o]) - penalty[j] * w[o][j];
                solver.solve(step);
                for (std::size_t j = 0; j < p; ++j)
                    w[o][j] += step[j];
                for (std::size_t i = 0; i < n; ++i) {
                    double predicted = 0;
                    for (std::size_t j = 0; j < p; ++j)
                        predicted += s.z[i * p + j] * step[j];
                    residual[i * m + o] -= predicted;
                }
            }
        }
        context.progress(1, 1, QStringLiteral("fit"));
        auto model = std::make_unique<LinearModel>();
        model->estimator = m_name;
        model->names = train.names;
        model->facts = {{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("dependent_columns"), qint64(solver.nullVectors().size())}};
        for (std::size_t o = 0; o < m; ++o) {
            for (std::size_t j = 0; j < p; ++j)
                w[o][j] = s.constant[j] ? 0 : w[o][j] / s.scale[j];
            if (m_alpha == 0 && solver.isSingular())
                leastNorm(w[o], solver, s);
            double intercept = meanY[o];
            for (std::size_t j = 0; j < p; ++j)
                intercept -= w[o][j] * s.mean[j];
            model->intercept.push_back(intercept);
            model->coefficients.insert(model->coefficients.end(), w[o].begin(), w[o].end());
        }
        return std::unique_ptr<FittedModel>(std::move(model));
    }

private:
    QString m_name;
    double m_alpha;
    QJsonObject m_parameters;
};

Result<std::unique_ptr<Estimator>> makeLinearRegression(const workspace::EstimatorSpec &spec, workspace::TaskKind) {
    Parameters parameters(spec);
    const double alpha = spec.name == QLatin1String("ridge") ? parameters.number("alpha", 1, 0, 1e15) : 0;
    PH_TRY(parameters.check());
    return std::unique_ptr<Estimator>(std::make_unique<LinearRegression>(spec.name, alpha, parameters.resolved()));
}

} // namespace

/// Ordinary least squares; where columns depend on each other, the solution of least norm. Several outputs at once.
PILOTHOUSE_ESTIMATOR(linear_regression, numbers | windows, linear, makeLinearRegression)
/// ridge {alpha: 1}: min ‖y − Xw − b‖² + alpha·‖w‖².
PILOTHOUSE_ESTIMATOR(ridge, numbers | windows, linear, makeLinearRegression)

} // namespace pilothouse::learn
