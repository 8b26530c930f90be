// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator_entry.h"
#include "core/learn/parameters.h"
#include "core/learn/svm_solver.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::learn {

namespace {

class SupportVectorRegression final : public Estimator {
public:
    SupportVectorRegression(SvmParameters svm, QJsonObject parameters) : m_svm(std::move(svm)), m_parameters(std::move(parameters)) {}
    QString name() const override { return QStringLiteral("svr"); }
    QJsonObject parameters() const override { return m_parameters; }
    double memory(const TrainShape &shape) const override { return 16 * shape.cells() * std::min(shape.outputs, double(shape.threads)); } // smo.h: two variables a row, in each machine at work

    Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &, FitContext &context) override {
        const SvmOptions options = m_svm.forData(train, name(), context);
        std::vector<SvmProblem> problems(train.outputs);
        for (std::size_t o = 0; o < train.outputs; ++o) {
            problems[o].rows.resize(train.rows);
            std::iota(problems[o].rows.begin(), problems[o].rows.end(), std::size_t(0));
            for (std::size_t i = 0; i < train.rows; ++i)
                problems[o].y.push_back(train.y[i * train.outputs + o]);
        }
        PH_ASSIGN(const std::vector<SvmSolution> solutions, solveSvm(train.x, train.width, problems, options, context));
        const bool converged = std::all_of(solutions.begin(), solutions.end(), [](const SvmSolution &s) { return s.converged; });
        if (!converged)
            context.log(QStringLiteral("warning"), QStringLiteral("svr stopped before it had converged; scale the columns (standard_scale), or lower C."));
        return std::unique_ptr<FittedModel>(kernelModel(name(), train, options, solutions, {}, {{QStringLiteral("parameters"), m_parameters}, {QStringLiteral("converged"), converged}}));
    }

private:
    SvmParameters m_svm;
    QJsonObject m_parameters;
};

Result<std::unique_ptr<Estimator>> makeSvr(const workspace::EstimatorSpec &spec, workspace::TaskKind) {
    Parameters parameters(spec);
    SvmParameters svm = SvmParameters::read(parameters);
    svm.options.regression = true;
    svm.options.epsilon = parameters.number("epsilon", 0.1, 0, 1e12);
    PH_TRY(parameters.check());
    return std::unique_ptr<Estimator>(std::make_unique<SupportVectorRegression>(std::move(svm), parameters.resolved()));
}

} // namespace

/// svr {C: 1, epsilon: 0.1, kernel: rbf, gamma: scale, degree: 3, coef0: 0, tol: 0.001, cache_mb: 200}: epsilon-SVR as LIBSVM solves it (smo.h), one machine for each output.
/// Scale the columns; epsilon and C are in the units of the target.
PILOTHOUSE_ESTIMATOR(svr, numbers | windows, svm, makeSvr)

} // namespace pilothouse::learn
