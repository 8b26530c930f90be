// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

#include <cstdint>
#include <span>

namespace pilothouse::learn {

/// K(a, b) by LIBSVM's formulas: a·b, (gamma a·b + coef0)^degree, exp(−gamma |a − b|²).
struct Kernel {
    enum class Kind { Linear, Polynomial, Rbf } kind = Kind::Rbf;
    double gamma = 1, coef0 = 0;
    int degree = 3;
};
double power(double base, int times); ///< LIBSVM's powi: the same roundings
inline constexpr const char *kernelNames[] = {"linear", "poly", "rbf"}; ///< in recipes and files, by kind; LIBSVM's and scikit-learn's

/// Support vector machines that share their support vectors: f(x) = Σ coefficients · K(vector, x) − rho. Regression and forecast: one
/// machine for each output, in their order. Classification: one for each pair of classes i < j, (0,1), (0,2) … (1,2) …; f > 0 speaks for i
/// and 1 / (1 + exp(−slope f)) is its probability against j. More than two classes couple these (pairwise_probability.h); the class is
/// always the one with the largest probability, so the two never contradict each other.
/// model.json: {"estimator","kernel":{"name","gamma","coef0","degree"},"names":[p],"classes","support_vectors":[[p]×s],
/// "machines":[{"vectors":[…],"coefficients":[…],"rho","slope"}]}; "vectors" are places in support_vectors, rising.
class KernelModel final : public FittedModel {
public:
    struct Machine {
        std::vector<std::uint32_t> vectors;
        std::vector<double> coefficients; ///< of the vectors
        double rho = 0, slope = 1;
    };
    KernelModel(QString estimator, Kernel kernel, std::vector<QString> names, std::size_t classes, std::vector<double> vectors, std::vector<Machine> machines, QJsonObject facts);
    std::size_t vectorCount() const { return m_vectors.size() / m_names.size(); }
    const std::vector<Machine> &machines() const { return m_machines; }
    const std::vector<double> &vectors() const { return m_vectors; } ///< [s × p]
    const Kernel &kernel() const { return m_kernel; }
    /// f of every machine: [x.count × machines], the same bits with any number of threads. x.width is the model's.
    std::vector<double> decisionValues(const data::Rows &x, int threads = 0) const;

    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override;
    QString flavour() const override { return QStringLiteral("svm"); }
    QJsonObject describe() const override { return m_facts; }
    /// Invalid, with the file's name, if it cannot be read, a number is not finite or the parts do not fit together.
    static Result<std::unique_ptr<FittedModel>> load(const QString &folder);

private:
    void decide(const double *row, double *out, std::vector<double> &scratch) const;
    QString m_estimator;
    Kernel m_kernel;
    std::vector<QString> m_names;  ///< p
    std::size_t m_classes;
    std::vector<double> m_vectors; ///< [s × p]
    std::vector<double> m_columns; ///< the same, column by column in blocks of vectors: the loops over vectors are vectorised
    std::vector<Machine> m_machines;
    QJsonObject m_facts;
};

} // namespace pilothouse::learn
