// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/column_owners.h"

#include <algorithm>

namespace pilothouse::learn {

std::vector<std::size_t> columnOwners(const data::FittedTransforms &transforms, const artifact::Signature &signature) {
    std::vector<std::size_t> owners;
    for (const QString &column : transforms.outputNames()) {
        const auto owns = [&](const data::Input &input) {
            return input.type == data::ColumnType::Category ? column.startsWith(input.name + QLatin1Char('=')) : column == input.name;
        };
        const auto found = std::find_if(signature.inputs.begin(), signature.inputs.end(), owns);
        if (found == signature.inputs.end() || std::find_if(found + 1, signature.inputs.end(), owns) != signature.inputs.end())
            return {};
        owners.push_back(std::size_t(found - signature.inputs.begin()));
    }
    return owners;
}

std::vector<std::size_t> featureOfColumn(const std::vector<std::size_t> &owners, const std::vector<explain::Feature> &features) {
    std::vector<std::size_t> out;
    for (const std::size_t owner : owners) {
        const auto found = std::find_if(features.begin(), features.end(), [&](const explain::Feature &f) { return std::find(f.inputs.begin(), f.inputs.end(), owner) != f.inputs.end(); });
        out.push_back(std::size_t(found - features.begin()));
    }
    return out;
}

std::vector<double> columnMeans(const data::Rows &matrix) {
    std::vector<double> means(matrix.width, 0);
    for (std::size_t i = 0; i < matrix.count; ++i)
        for (std::size_t j = 0; j < matrix.width; ++j)
            means[j] += matrix.row(i)[j] / double(matrix.count);
    return means;
}

} // namespace pilothouse::learn
