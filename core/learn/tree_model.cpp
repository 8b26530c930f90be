// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_model.h"

#include "core/base/file.h"
#include "core/base/task.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

/// Sums of leaves → class probabilities and the most probable class.
void classify(TreeObjective objective, const float *sums, std::size_t classes, double *probabilities, double *value) {
    if (classes == 2) {
        const double p = objective == TreeObjective::Logistic ? 1 / (1 + std::exp(-double(sums[0]))) : std::clamp(double(sums[0]), 0.0, 1.0);
        probabilities[0] = 1 - p;
        probabilities[1] = p;
        *value = p > 0.5 ? 1 : 0; // at a tie the first class, as scikit-learn, XGBoost and the package in Python say
        return;
    }
    const double top = *std::max_element(sums, sums + classes);
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c)
        sum += probabilities[c] = objective == TreeObjective::Softmax ? std::exp(double(sums[c]) - top) : std::clamp(double(sums[c]), 0.0, 1.0);
    for (std::size_t c = 0; c < classes; ++c)
        probabilities[c] = sum > 0 ? probabilities[c] / sum : 1.0 / double(classes);
    *value = double(std::max_element(probabilities, probabilities + classes) - probabilities);
}

} // namespace

Result<artifact::Predictions> TreeModel::predict(const data::Rows &x) const {
    if (x.width != m_ensemble.width())
        return invalid(QStringLiteral("The model takes %1 values a row, %2 were given.").arg(m_ensemble.width()).arg(x.width));
    artifact::Predictions out;
    const auto groups = std::size_t(m_ensemble.groups());
    out.count = x.count;
    out.classes = m_classes;
    out.outputs = m_classes ? 1 : groups;
    out.values.resize(x.count * out.outputs);
    out.probabilities.resize(x.count * m_classes);
    const auto rows = [&](std::size_t first, std::size_t last) {
        std::vector<float> in(x.values.begin() + std::ptrdiff_t(first * x.width), x.values.begin() + std::ptrdiff_t(last * x.width));
        std::vector<float> sums((last - first) * groups);
        m_ensemble.predict(in.data(), last - first, sums.data());
        if (m_classes == 0) {
            std::copy(sums.begin(), sums.end(), out.values.begin() + std::ptrdiff_t(first * groups));
            return;
        }
        for (std::size_t i = first; i < last; ++i)
            classify(m_ensemble.objective(), sums.data() + (i - first) * groups, m_classes, out.probabilities.data() + i * m_classes, out.values.data() + i);
    };
    if (x.count <= 512)
        rows(0, x.count);
    else
        parallelFor(x.count, 512, rows);
    return out;
}

Result<QStringList> TreeModel::save(const QString &folder) const {
    PH_TRY(writeFileAtomically(folder + QStringLiteral("/model.json"), writeXgboostJson(m_ensemble)));
    return QStringList{QStringLiteral("model.json")};
}

Result<std::unique_ptr<FittedModel>> TreeModel::load(const QString &folder, const artifact::Signature &signature) {
    const QString path = folder + QStringLiteral("/model.json");
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(TreeEnsemble ensemble, readXgboostJson(bytes, path));
    const std::size_t classes = signature.classes.size();
    const std::size_t expected = classes == 0 ? signature.outputs.size() : classes == 2 ? 1 : classes;
    const TreeObjective link = classes == 2 ? TreeObjective::Logistic : TreeObjective::Softmax;
    if (ensemble.objective() != TreeObjective::Numbers && (classes == 0 || ensemble.objective() != link))
        return invalid(QStringLiteral("The trees' objective does not fit a signature with %1 classes.").arg(classes), path);
    if (std::size_t(ensemble.groups()) != expected)
        return invalid(QStringLiteral("The trees have %1 outputs, the signature asks for %2.").arg(ensemble.groups()).arg(expected), path);
    return std::unique_ptr<FittedModel>(std::make_unique<TreeModel>(std::move(ensemble), classes, QJsonObject()));
}

} // namespace pilothouse::learn
