// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/torch/torch_model.h"

#include "core/base/file.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

Result<artifact::Predictions> TorchModel::predict(const data::Rows &x) const {
    const NetworkSpec &spec = m_trained.spec;
    if (x.width != spec.inputs || x.values.size() != x.count * x.width)
        return invalid(QStringLiteral("The network takes %1 values a row, not %2.").arg(spec.inputs).arg(x.width));
    for (std::size_t i = 0; i < x.values.size(); ++i)
        if (!std::isfinite(x.values[i]))
            return invalid(QStringLiteral("Row %1 has no usable value at input %2; a network cannot do without.").arg(i / x.width).arg(i % x.width), {},
                           QStringLiteral("Give the value, or train with \"impute\" among the transforms."));
    artifact::Predictions p;
    p.count = x.count;
    std::vector<double> out(x.count * spec.outputs);
    if (x.count > 0)
        runNetwork(*m_network, m_trained, x.values.data(), x.count, out.data());
    if (m_trained.classes == 0) {
        p.outputs = spec.outputs;
        p.values = std::move(out);
        return p;
    }
    p.classes = m_trained.classes;
    for (std::size_t i = 0; i < x.count; ++i) {
        const auto row = out.begin() + std::ptrdiff_t(i * p.classes);
        p.values.push_back(double(std::max_element(row, row + std::ptrdiff_t(p.classes)) - row));
    }
    p.probabilities = std::move(out);
    return p;
}

Result<std::vector<double>> TorchModel::inputGradients(const data::Rows &x, std::size_t output) const {
    if (x.width != m_trained.spec.inputs || output >= m_trained.spec.outputs)
        return invalid(QStringLiteral("The network takes %1 values a row and gives %2.").arg(m_trained.spec.inputs).arg(m_trained.spec.outputs));
    return learn::inputGradients(m_trained, x.values.data(), x.count, output);
}

Result<QStringList> TorchModel::save(const QString &folder) const {
    const QString name = QLatin1String(torchModelFile);
    PH_ASSIGN(const QByteArray bytes, toTorchScript(m_trained));
    PH_TRY(writeFileAtomically(folder + QLatin1Char('/') + name, bytes));
    return QStringList{name};
}

QJsonObject TorchModel::describe() const {
    QJsonObject facts = m_trained.facts;
    facts.insert(QLatin1String("parameters"), qint64(m_network->parameterCount()));
    return facts;
}

} // namespace pilothouse::learn
