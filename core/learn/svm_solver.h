// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/kernel_model.h"

#include <memory>
#include <variant>

namespace pilothouse::learn {

/// What a support vector machine is fitted with, beside the rows; LIBSVM's parameters.
struct SvmOptions {
    bool regression = false; ///< epsilon-SVR, else C-SVC
    Kernel kernel;
    double c = 1, tolerance = 1e-3, epsilon = 0.1, cacheMb = 200;
};

/// One machine to fit: rows of the matrix with their numbers, or +1 and −1 for the two classes.
struct SvmProblem {
    std::vector<std::size_t> rows;
    std::vector<double> y;
    double positiveWeight = 1, negativeWeight = 1; ///< C of a class is C · weight
};

/// f(x) = Σ coefficients · K(row, x) − rho.
struct SvmSolution {
    std::vector<std::size_t> rows; ///< of the support vectors, rising
    std::vector<double> coefficients;
    double rho = 0;
    qint64 iterations = 0;
    bool converged = true;
};

/// Solves independent problems over one matrix x [rows × width] (smo.h), as many at once as the context has threads; the solutions stand
/// in the order of the problems and do not depend on the threads. Progress counts fits. Where one class has no row the
/// solution always answers for the other one, as LIBSVM's does. Invalid if the kernel's values are too large for floats.
/// Checkpoints hold the solved ones and the state of those at work, so that context.previousState goes on to the same bits; Invalid if
/// it is not one of these problems.
Result<std::vector<SvmSolution>> solveSvm(std::span<const double> x, std::size_t width, const std::vector<SvmProblem> &problems, const SvmOptions &options, FitContext &context);

/// Machines over rows of x [rows × width] as a model with the support vectors of all.
std::unique_ptr<KernelModel> kernelModel(const QString &estimator, const TrainData &train, const SvmOptions &options, const std::vector<SvmSolution> &solutions, const std::vector<double> &slopes,
                                         QJsonObject facts);

class Parameters;
/// The parameters that svc and svr share, with scikit-learn's names and defaults: C: 1, kernel: rbf | linear | poly, gamma: scale | auto | number,
/// degree: 3, coef0: 0, tol: 0.001; cache_mb: 200 (scikit-learn's cache_size) is the memory for kernel rows of one fit.
struct SvmParameters {
    SvmOptions options;
    std::variant<QString, double> gamma;
    static SvmParameters read(Parameters &parameters);
    /// With gamma for these rows: scale is 1 / (columns · variance of all values), auto is 1 / columns. Says aloud when the rows are many:
    /// time grows with their square and faster.
    SvmOptions forData(const TrainData &train, const QString &estimator, FitContext &context) const;
};
constexpr std::size_t manySvmRows = 20000;

} // namespace pilothouse::learn
