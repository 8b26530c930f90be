// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/network.h"

#include "core/learn/networks/gru_network.h"
#include "core/learn/networks/lstm_network.h"
#include "core/learn/networks/mlp_network.h"

#include <algorithm>

namespace pilothouse::learn {

std::size_t Network::parameterCount() const {
    const TensorPlace &last = m_tensors.back();
    return last.offset + last.rows * last.columns;
}

double Network::workPerRow() const { // two operations a weight, in three products: forward, and both factors backward
    return 6.0 * double(parameterCount()) * double(std::max<std::size_t>(1, m_spec.window));
}

std::size_t Network::addTensor(std::string name, std::size_t rows, std::size_t columns) {
    const std::size_t offset = m_tensors.empty() ? 0 : parameterCount();
    m_tensors.push_back({std::move(name), offset, rows, columns});
    return offset;
}

std::unique_ptr<Network> makeNetwork(const NetworkSpec &spec) {
    if (spec.kind == NetworkSpec::Kind::Mlp)
        return std::make_unique<MlpNetwork>(spec);
    if (spec.kind == NetworkSpec::Kind::Gru)
        return std::make_unique<GruNetwork>(spec);
    return std::make_unique<LstmNetwork>(spec);
}

void transpose(const float *from, float *to, std::size_t rows, std::size_t columns) {
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j)
            to[j * rows + i] = from[i * columns + j];
}

} // namespace pilothouse::learn
