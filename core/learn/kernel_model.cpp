// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/kernel_model.h"

#include "core/base/task.h"
#include "core/base/vector_state.h"
#include "core/learn/pairwise_probability.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

constexpr std::size_t block = 256; // support vectors whose columns stay in the processor's first cache

} // namespace

double power(double base, int times) {
    double result = 1;
    for (int t = times; t > 0; t /= 2) {
        if (t % 2 == 1)
            result *= base;
        base *= base;
    }
    return result;
}

KernelModel::KernelModel(QString estimator, Kernel kernel, std::vector<QString> names, std::size_t classes, std::vector<double> vectors, std::vector<Machine> machines, QJsonObject facts)
    : m_estimator(std::move(estimator)), m_kernel(kernel), m_names(std::move(names)), m_classes(classes), m_vectors(std::move(vectors)), m_columns(m_vectors.size()),
      m_machines(std::move(machines)), m_facts(std::move(facts)) {
    const std::size_t p = m_names.size(), s = vectorCount();
    for (std::size_t first = 0; first < s; first += block) {
        const std::size_t count = std::min(block, s - first);
        for (std::size_t j = 0; j < p; ++j)
            for (std::size_t i = 0; i < count; ++i)
                m_columns[first * p + j * count + i] = m_vectors[(first + i) * p + j];
    }
}

/// f of every machine for one row; scratch holds the kernel's values [s].
void KernelModel::decide(const double *row, double *out, std::vector<double> &scratch) const {
    const std::size_t p = m_names.size(), s = vectorCount();
    scratch.assign(s, 0);
    for (std::size_t first = 0; first < s; first += block) {
        const std::size_t count = std::min(block, s - first);
        double *sums = scratch.data() + first;
        for (std::size_t j = 0; j < p; ++j) {
            const double value = row[j], *column = m_columns.data() + first * p + j * count;
            if (m_kernel.kind == Kernel::Kind::Rbf) {
                for (std::size_t i = 0; i < count; ++i)
                    sums[i] += (value - column[i]) * (value - column[i]);
            } else {
                for (std::size_t i = 0; i < count; ++i)
                    sums[i] += value * column[i];
            }
        }
        if (m_kernel.kind == Kernel::Kind::Rbf)
            for (std::size_t i = 0; i < count; ++i)
                sums[i] = std::exp(-m_kernel.gamma * sums[i]);
        else if (m_kernel.kind == Kernel::Kind::Polynomial)
            for (std::size_t i = 0; i < count; ++i)
                sums[i] = power(m_kernel.gamma * sums[i] + m_kernel.coef0, m_kernel.degree);
    }
    for (std::size_t m = 0; m < m_machines.size(); ++m) {
        double sum = 0;
        for (std::size_t i = 0; i < m_machines[m].vectors.size(); ++i)
            sum += m_machines[m].coefficients[i] * scratch[m_machines[m].vectors[i]];
        out[m] = sum - m_machines[m].rho;
    }
}

std::vector<double> KernelModel::decisionValues(const data::Rows &x, int threads) const {
    clearVectorState();
    std::vector<double> out(x.count * m_machines.size());
    const auto rows = [&](std::size_t first, std::size_t last) {
        std::vector<double> scratch;
        for (std::size_t i = first; i < last; ++i)
            decide(x.row(i).data(), out.data() + i * m_machines.size(), scratch);
    };
    if (x.count <= 64)
        rows(0, x.count);
    else
        parallelFor(x.count, 64, rows, threads);
    return out;
}

Result<artifact::Predictions> KernelModel::predict(const data::Rows &x) const {
    if (x.width != m_names.size())
        return invalid(QStringLiteral("The model takes %1 values a row, %2 were given.").arg(m_names.size()).arg(x.width));
    std::vector<double> decisions = decisionValues(x);
    artifact::Predictions out;
    out.count = x.count;
    out.classes = m_classes;
    if (m_classes == 0) {
        out.outputs = m_machines.size();
        out.values = std::move(decisions);
        return out;
    }
    out.values.resize(x.count);
    out.probabilities.resize(x.count * m_classes);
    std::vector<double> pairs(m_machines.size());
    for (std::size_t i = 0; i < x.count; ++i) {
        for (std::size_t m = 0; m < pairs.size(); ++m)
            pairs[m] = m_machines[m].slope * decisions[i * pairs.size() + m];
        double *probability = out.probabilities.data() + i * m_classes;
        coupleProbabilities(pairs, m_classes, probability);
        out.values[i] = double(std::max_element(probability, probability + m_classes) - probability);
    }
    return out;
}

} // namespace pilothouse::learn
