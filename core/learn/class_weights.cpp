// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/class_weights.h"

#include "core/workspace/yaml_tree.h"

#include <algorithm>

namespace pilothouse::learn {

namespace {

bool isSameClass(const QString &written, const QString &name) {
    if (written == name)
        return true;
    bool first = false, second = false;
    const double a = written.toDouble(&first), b = name.toDouble(&second);
    return first && second && a == b;
}

} // namespace

ClassWeights ClassWeights::read(Parameters &parameters, workspace::TaskKind task) {
    ClassWeights weights;
    if (task != workspace::TaskKind::Classification)
        return weights;
    const auto given = parameters.wordOrNumbers("class_weight", weights.m_word, {QStringLiteral("none"), QStringLiteral("balanced")}, 1e-9, 1e9);
    if (const auto *map = std::get_if<QMap<QString, double>>(&given)) {
        weights.m_word.clear();
        weights.m_given = *map;
    } else {
        weights.m_word = std::get<QString>(given);
    }
    return weights;
}

Result<std::vector<double>> ClassWeights::ofClasses(const TrainData &train) const {
    std::vector<double> weights(train.classes.size(), 1);
    if (m_word == QLatin1String("balanced")) {
        std::vector<double> counts(weights.size(), 0);
        for (const double y : train.y)
            ++counts[std::size_t(y)];
        for (std::size_t c = 0; c < weights.size(); ++c)
            weights[c] = counts[c] > 0 ? double(train.rows) / (double(weights.size()) * counts[c]) : 1;
        return weights;
    }
    QStringList names;
    for (const std::string &name : train.classes)
        names << QString::fromStdString(name);
    for (auto it = m_given.begin(); it != m_given.end(); ++it) {
        const auto found = std::find_if(names.cbegin(), names.cend(), [&it](const QString &name) { return isSameClass(it.key(), name); });
        if (found == names.cend()) {
            const QString near = workspace::nearestName(it.key(), names);
            return invalid(near.isEmpty() ? QStringLiteral("class_weight: there is no class “%1”.").arg(it.key())
                                          : QStringLiteral("class_weight: there is no class “%1” — did you mean “%2”?").arg(it.key(), near),
                           QStringLiteral("class_weight"), QStringLiteral("Classes of the training rows: %1.").arg(names.join(QLatin1String(", "))));
        }
        weights[std::size_t(found - names.cbegin())] = it.value();
    }
    return weights;
}

Result<std::vector<float>> rowWeights(const ClassWeights &weights, const TrainData &train, const TrainData *of) {
    std::vector<float> rows;
    if (weights.isNone())
        return rows;
    PH_ASSIGN(const std::vector<double> ofClass, weights.ofClasses(train));
    for (const double y : (of ? of : &train)->y)
        rows.push_back(float(ofClass[std::size_t(y)]));
    return rows;
}

} // namespace pilothouse::learn
