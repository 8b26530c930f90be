// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/class_weights.h"
#include "core/learn/estimator_entry.h"
#include "core/learn/linear_algebra.h"
#include "core/learn/linear_model.h"
#include "core/learn/parameters.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// C·Σ weight · log loss + ½·‖w‖² over standardised columns: parameter vector v [k × (p + 1)], line c = slopes in standardised units and the
/// intercept; k = 1 for two classes. ‖w‖² is measured in the units of the data, as it is defined.
class LogisticLoss {
public:
    LogisticLoss(const Standardised &s, const std::vector<double> &y, const std::vector<double> &classWeights, std::size_t lines, double c, int threads)
        : m_s(s), m_y(y), m_weights(classWeights), m_k(lines), m_c(c), m_threads(threads), m_p(s.rows * lines) {
        for (std::size_t j = 0; j < s.width; ++j)
            m_penalty.push_back(1 / (s.scale[j] * s.scale[j]));
        m_penalty.push_back(0);
    }
    std::size_t size() const { return m_k * (m_s.width + 1); }

    /// Loss at v; remembers the probabilities for gradient() and times().
    double value(const std::vector<double> &v) {
        const std::vector<double> sum = chunkedSum(m_s.rows, 1, m_threads, [&](std::size_t first, std::size_t last, double *out) {
            for (std::size_t i = first; i < last; ++i) {
                double *p = m_p.data() + i * m_k;
                for (std::size_t c = 0; c < m_k; ++c)
                    p[c] = line(i, v.data() + c * (m_s.width + 1));
                *out += weight(i) * (m_k == 1 ? logisticRow(p, m_y[i]) : softmaxRow(p, std::size_t(m_y[i])));
            }
        });
        double loss = m_c * sum[0];
        for (std::size_t a = 0; a < v.size(); ++a)
            loss += 0.5 * m_penalty[a % (m_s.width + 1)] * v[a] * v[a];
        return loss;
    }
    /// Gradient, and the diagonal of the Hessian behind it: [2 × size].
    std::vector<double> gradient(const std::vector<double> &v) const {
        const std::size_t w = m_s.width + 1;
        std::vector<double> sums = chunkedSum(m_s.rows, 2 * size(), m_threads, [&](std::size_t first, std::size_t last, double *out) {
            for (std::size_t i = first; i < last; ++i) {
                for (std::size_t c = 0; c < m_k; ++c) {
                    const double p = m_p[i * m_k + c];
                    const double truth = m_k == 1 ? m_y[i] : m_y[i] == double(c) ? 1 : 0;
                    add(i, weight(i) * (p - truth), out + c * w);
                    double *diagonal = out + size() + c * w;
                    for (std::size_t j = 0; j < m_s.width; ++j)
                        diagonal[j] += weight(i) * p * (1 - p) * m_s.z[i * m_s.width + j] * m_s.z[i * m_s.width + j];
                    diagonal[m_s.width] += weight(i) * p * (1 - p);
                }
            }
        });
        for (std::size_t a = 0; a < size(); ++a) {
            sums[a] = m_c * sums[a] + m_penalty[a % w] * v[a];
            sums[size() + a] = m_c * sums[size() + a] + m_penalty[a % w];
        }
        return sums;
    }
    /// Hessian · d.
    std::vector<double> times(const std::vector<double> &d) const {
        const std::size_t w = m_s.width + 1;
        std::vector<double> sums = chunkedSum(m_s.rows, size(), m_threads, [&](std::size_t first, std::size_t last, double *out) {
            std::vector<double> u(m_k);
            for (std::size_t i = first; i < last; ++i) {
                const double *p = m_p.data() + i * m_k;
                double mean = 0;
                for (std::size_t c = 0; c < m_k; ++c) {
                    u[c] = line(i, d.data() + c * w);
                    mean += p[c] * u[c];
                }
                for (std::size_t c = 0; c < m_k; ++c)
                    add(i, weight(i) * (m_k == 1 ? p[0] * (1 - p[0]) * u[0] : p[c] * (u[c] - mean)), out + c * w);
            }
        });
        for (std::size_t a = 0; a < size(); ++a)
            sums[a] = m_c * sums[a] + m_penalty[a % w] * d[a];
        return sums;
    }

private:
    double weight(std::size_t row) const { return m_weights[std::size_t(m_y[row])]; }
    double line(std::size_t row, const double *v) const {
        double sum = v[m_s.width];
        for (std::size_t j = 0; j < m_s.width; ++j)
            sum += v[j] * m_s.z[row * m_s.width + j];
        return sum;
    }
    void add(std::size_t row, double factor, double *out) const {
        for (std::size_t j = 0; j < m_s.width; ++j)
            out[j] += factor * m_s.z[row * m_s.width + j];
        out[m_s.width] += factor;
    }
    static double logisticRow(double *p, double truth) {
        const double z = *p, e = std::exp(-std::abs(z));
        *p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
        return std::log1p(e) + (z >= 0 ? (1 - truth) * z : -truth * z);
    }
    double softmaxRow(double *p, std::size_t truth) const {
        const double top = *std::max_element(p, p + m_k), ofTruth = p[truth];
        double sum = 0;
        for (std::size_t c = 0; c < m_k; ++c)
            sum += p[c] = std::exp(p[c] - top);
        for (std::size_t c = 0; c < m_k; ++c)
            p[c] /= sum;
        return std::log(sum) + top - ofTruth;
    }
    const Standardised &m_s;
    const std::vector<double> &m_y, &m_weights;
    std::size_t m_k;
    double m_c;
    int m_threads;
    std::vector<double> m_p, m_penalty;
};

double dot(const std::vector<double> &a, const std::vector<double> &b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Newton direction by preconditioned conjugate gradients: Hessian · d = −g to a share of |g|.
std::vector<double> newtonDirection(const LogisticLoss &loss, const std::vector<double> &g, const std::vector<double> &diagonal, double share) {
    const std::size_t n = g.size();
    std::vector<double> d(n, 0), r(n), q(n), direction(n);
    for (std::size_t i = 0; i < n; ++i)
        r[i] = -g[i];
    const auto precondition = [&] {
        for (std::size_t i = 0; i < n; ++i)
            q[i] = diagonal[i] > 0 ? r[i] / diagonal[i] : r[i];
    };
    precondition();
    direction = q;
    double rq = dot(r, q);
    const double limit = share * std::sqrt(std::max(rq, 0.0));
    for (std::size_t step = 0; step < 4 * n + 20 && rq > 0 && std::sqrt(rq) > limit; ++step) {
        const std::vector<double> h = loss.times(direction);
        const double curvature = dot(direction, h);
        if (!(curvature > 0))
            break;
        const double length = rq / curvature;
        for (std::size_t i = 0; i < n; ++i) {
            d[i] += length * direction[i];
            r[i] -= length * h[i];
        }
        precondition();
        const double next = dot(r, q);
        for (std::size_t i = 0; i < n; ++i)
            direction[i] = q[i] + next / rq * direction[i];
        rq = next;
    }
    return d;
}

class LogisticRegression final : public Estimator {
public:
    LogisticRegression(double c, int iterations, ClassWeights weights, QJsonObject parameters)
        : m_c(c), m_iterations(iterations), m_weights(std::move(weights)), m_parameters(std::move(parameters)) {}
    QString name() const override { return QStringLiteral("logistic_regression"); }
    QJsonObject parameters() const override { return m_parameters; }

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        PH_ASSIGN(const std::vector<double> classWeights, m_weights.ofClasses(train));
        const Standardised s = standardise(train.x, train.rows, train.width, context.threads);
        const std::size_t lines = train.classes.size() == 2 ? 1 : train.classes.size();
        LogisticLoss loss(s, train.y, classWeights, lines, m_c, context.threads);
        std::vector<double> v(loss.size(), 0);
        double value = loss.value(v);
        bool converged = false;
        int iteration = 0;
        for (; iteration < m_iterations && !converged; ++iteration) {
            if (context.stop.stop_requested())
                return cancelled(); // seconds of work at most: no checkpoint
            std::vector<double> diagonal = loss.gradient(v);
            const std::vector<double> g(diagonal.begin(), diagonal.begin() + std::ptrdiff_t(v.size()));
            diagonal.erase(diagonal.begin(), diagonal.begin() + std::ptrdiff_t(v.size()));
            const std::vector<double> d = newtonDirection(loss, g, diagonal, iteration < 3 ? 1e-2 : 1e-6);
            const double slope = dot(g, d);
            double length = 1, next = value;
            std::vector<double> tried(v.size());
            for (int halving = 0; halving < 40; ++halving, length /= 2) {
                for (std::size_t i = 0; i < v.size(); ++i)
                    tried[i] = v[i] + length * d[i];
                next = loss.value(tried);
                if (next <= value + 1e-4 * length * slope || -slope < 1e-13 * (1 + std::abs(value)))
                    break;
            }
            v = tried;
            value = next;
            converged = -slope <= 1e-14 * (1 + std::abs(value)); // twice the loss that is left to win
            context.metric(QStringLiteral("log_loss"), iteration + 1, value / double(train.rows) / m_c, QStringLiteral("train"));
            context.progress(iteration + 1, m_iterations, QStringLiteral("iteration"));
        }
        if (!converged)
            context.log(QStringLiteral("warning"), QStringLiteral("logistic_regression stopped after %1 iterations before it had converged; raise max_iter.").arg(iteration));
        return model(train, s, v, lines, iteration, converged);
    }

private:
    std::unique_ptr<FittedModel> model(const TrainData &train, const Standardised &s, const std::vector<double> &v, std::size_t lines, int iterations, bool converged) const {
        auto model = std::make_unique<LinearModel>();
        model->estimator = name();
        model->link = lines == 1 ? LinearModel::Link::Logistic : LinearModel::Link::Softmax;
        model->names = train.names;
        model->facts = {{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("iterations"), iterations}, {QStringLiteral("converged"), converged}};
        for (std::size_t c = 0; c < lines; ++c) {
            double intercept = v[c * (s.width + 1) + s.width];
            for (std::size_t j = 0; j < s.width; ++j) {
                const double w = s.constant[j] ? 0 : v[c * (s.width + 1) + j] / s.scale[j];
                model->coefficients.push_back(w);
                intercept -= w * s.mean[j];
            }
            model->intercept.push_back(intercept);
        }
        return model;
    }
    double m_c;
    int m_iterations;
    ClassWeights m_weights;
    QJsonObject m_parameters;
};

Result<std::unique_ptr<Estimator>> makeLogisticRegression(const workspace::EstimatorSpec &spec, workspace::TaskKind task) {
    Parameters parameters(spec);
    const double c = parameters.number("C", 1, 1e-12, 1e12);
    const auto iterations = parameters.integer("max_iter", 100, 1, 100000);
    ClassWeights weights = ClassWeights::read(parameters, task);
    PH_TRY(parameters.check());
    return std::unique_ptr<Estimator>(std::make_unique<LogisticRegression>(c, int(iterations), std::move(weights), parameters.resolved()));
}

} // namespace

/// logistic_regression {C: 1, max_iter: 100, class_weight: none}: min C·Σ weight · log loss + ½·‖w‖², intercept free; softmax for more than two classes.
PILOTHOUSE_ESTIMATOR(logistic_regression, classes, linear, makeLogisticRegression)

} // namespace pilothouse::learn
