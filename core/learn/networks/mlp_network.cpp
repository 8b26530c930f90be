// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/mlp_network.h"

#include "core/learn/networks/kernels.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

MlpNetwork::MlpNetwork(NetworkSpec given) : Network(std::move(given)) {
    std::size_t in = m_spec.inputs;
    for (std::size_t i = 0; i <= m_spec.hidden.size(); ++i) {
        const bool last = i == m_spec.hidden.size();
        const std::size_t out = last ? m_spec.outputs : m_spec.hidden[i];
        const std::string number = std::to_string(i);
        const std::size_t weight = addTensor("weight_" + number, in, out), bias = addTensor("bias_" + number, 1, out);
        m_layers.push_back({in, out, weight, bias});
        m_largestWeight = std::max(m_largestWeight, in * out);
        if (!last) {
            m_widest = std::max(m_widest, out);
            m_hiddenSum += out;
        }
        in = out;
    }
}

void MlpNetwork::initialise(std::span<float> parameters, Random random) const {
    for (const Layer &layer : m_layers) {
        const float limit = 1 / std::sqrt(float(layer.in));
        for (std::size_t i = 0; i < layer.in * layer.out + layer.out; ++i) // the bias lies right behind its weight
            parameters[layer.weight + i] = random.symmetric(limit);
    }
}

// Scratch: the output of each hidden layer; for training also two deltas of the widest one and a transposed weight.
std::size_t MlpNetwork::scratchSize(std::size_t rows, bool training) const {
    return rows * m_hiddenSum + (training ? 2 * rows * m_widest + m_largestWeight : 0);
}

void MlpNetwork::forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool) const {
    const Kernels &k = kernels();
    const float *in = x;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer &layer = m_layers[i];
        const bool last = i + 1 == m_layers.size();
        float *y = last ? out : scratch;
        k.multiply({in, layer.in, 1}, parameters + layer.weight, y, rows, layer.out, layer.in, false);
        (last ? k.addBias : k.addBiasRelu)(y, parameters + layer.bias, rows, layer.out);
        scratch += last ? 0 : rows * layer.out;
        in = y;
    }
}

void MlpNetwork::backward(const float *parameters, const float *x, std::size_t rows, const float *dOut, float *gradient, float *scratch) const {
    const Kernels &k = kernels();
    float *const deltas[2] = {scratch + rows * m_hiddenSum, scratch + rows * (m_hiddenSum + m_widest)};
    float *const turned = scratch + rows * (m_hiddenSum + 2 * m_widest);
    const float *delta = dOut;
    const float *output = scratch + rows * m_hiddenSum; // end of the last hidden layer's output
    for (std::size_t i = m_layers.size(); i-- > 0;) {
        const Layer &layer = m_layers[i];
        const float *in = i == 0 ? x : output - rows * layer.in;
        k.multiply({in, 1, layer.in}, delta, gradient + layer.weight, layer.in, layer.out, rows, true);
        k.addColumnSums(delta, gradient + layer.bias, rows, layer.out);
        if (i == 0)
            return;
        float *before = deltas[i % 2];
        transpose(parameters + layer.weight, turned, layer.in, layer.out);
        k.multiply({delta, layer.out, 1}, turned, before, rows, layer.in, layer.out, false);
        k.reluBackward(before, in, rows * layer.in);
        delta = before;
        output = in;
    }
}

} // namespace pilothouse::learn
