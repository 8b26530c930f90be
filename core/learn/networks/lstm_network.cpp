// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/lstm_network.h"

#include "core/learn/networks/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace pilothouse::learn {

/// All arrays are time-major, so that one step's rows lie together. A step's input and the state before it share a row,
/// [x_t | h_{t−1}], so that one product does both; c begins with the zero state before step 0.
struct LstmNetwork::Places {
    std::vector<std::size_t> joined, gates, c, tanh; ///< per layer: [T+1][rows][depth], [T][rows][4U], [T+1][rows][U], [T][rows][U]
    std::size_t dh, dc, above, turned; ///< [rows][depth], [rows][U], [T][rows][U], a weight transposed
    std::size_t size;
};

LstmNetwork::LstmNetwork(NetworkSpec given) : Network(std::move(given)) {
    const std::size_t units = m_spec.units;
    for (std::size_t i = 0; i < m_spec.layers; ++i) {
        const std::size_t in = i == 0 ? m_spec.series : units;
        const std::string number = std::to_string(i);
        const std::size_t weight = addTensor("w_ih_" + number, in, 4 * units);
        addTensor("w_hh_" + number, units, 4 * units);
        m_layers.push_back({in, in + units, weight, addTensor("b_" + number, 1, 4 * units)});
    }
    m_headWeight = addTensor("weight", units, m_spec.outputs);
    m_headBias = addTensor("bias", 1, m_spec.outputs);
}

void LstmNetwork::initialise(std::span<float> parameters, Random random) const {
    // PyTorch draws all of LSTM and the head in ±1/√units; its two biases of a gate add up, so ours is the sum of two draws.
    const float limit = 1 / std::sqrt(float(m_spec.units));
    for (const TensorPlace &t : m_tensors)
        for (std::size_t i = 0; i < t.rows * t.columns; ++i)
            parameters[t.offset + i] = random.symmetric(limit) + (t.name.starts_with("b_") ? random.symmetric(limit) : 0);
}

LstmNetwork::Places LstmNetwork::placesFor(std::size_t rows) const {
    Places at{};
    std::size_t next = 0, deepest = 0;
    const auto take = [&next](std::size_t floats) { return std::exchange(next, next + floats); };
    const std::size_t block = rows * m_spec.units;
    for (const Layer &layer : m_layers) {
        at.joined.push_back(take((m_spec.window + 1) * rows * layer.depth));
        at.gates.push_back(take(m_spec.window * 4 * block));
        at.c.push_back(take((m_spec.window + 1) * block));
        at.tanh.push_back(take(m_spec.window * block));
        deepest = std::max(deepest, layer.depth);
    }
    at.dh = take(rows * deepest);
    at.dc = take(block);
    at.above = take(m_layers.size() > 1 ? m_spec.window * block : 0);
    at.turned = take(std::max(deepest * 4 * m_spec.units, m_spec.units * m_spec.outputs));
    at.size = next;
    return at;
}

std::size_t LstmNetwork::scratchSize(std::size_t rows, bool) const { return placesFor(rows).size; }

void LstmNetwork::forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool) const {
    const Kernels &k = kernels();
    const Places at = placesFor(rows);
    const std::size_t units = m_spec.units, series = m_spec.series, window = m_spec.window, block = rows * units;
    float *joined = scratch + at.joined[0];
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t s = 0; s < series; ++s)
            for (std::size_t t = 0; t < window; ++t)
                joined[(t * rows + r) * m_layers[0].depth + s] = x[(r * series + s) * window + t];
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer &layer = m_layers[i];
        const std::size_t stride = layer.depth;
        float *gates = scratch + at.gates[i], *c = scratch + at.c[i], *tanh = scratch + at.tanh[i];
        joined = scratch + at.joined[i];
        std::memset(c, 0, block * sizeof(float));
        for (std::size_t r = 0; r < rows; ++r)
            std::memset(joined + r * stride + layer.in, 0, units * sizeof(float));
        for (std::size_t t = 0; t < window; ++t, gates += 4 * block, c += block, tanh += block, joined += rows * stride) {
            float *h = joined + rows * stride + layer.in;
            k.multiply({joined, stride, 1}, parameters + layer.weight, gates, rows, 4 * units, t == 0 ? layer.in : stride, false);
            k.lstmForward(gates, parameters + layer.bias, c, c + block, tanh, h, stride, rows, units);
            if (i + 1 < m_layers.size()) {
                const std::size_t upper = m_layers[i + 1].depth;
                float *up = scratch + at.joined[i + 1] + t * rows * upper;
                for (std::size_t r = 0; r < rows; ++r)
                    std::memcpy(up + r * upper, h + r * stride, units * sizeof(float));
            }
        }
    }
    const Layer &top = m_layers.back();
    k.multiply({joined + top.in, top.depth, 1}, parameters + m_headWeight, out, rows, m_spec.outputs, units, false);
    k.addBias(out, parameters + m_headBias, rows, m_spec.outputs);
}

void LstmNetwork::backward(const float *parameters, const float *, std::size_t rows, const float *dOut, float *gradient, float *scratch) const {
    const Kernels &k = kernels();
    const Places at = placesFor(rows);
    const std::size_t units = m_spec.units;
    const Layer &top = m_layers.back();
    const float *last = scratch + at.joined.back() + m_spec.window * rows * top.depth + top.in;
    k.multiply({last, 1, top.depth}, dOut, gradient + m_headWeight, units, m_spec.outputs, rows, true);
    k.addColumnSums(dOut, gradient + m_headBias, rows, m_spec.outputs);
    transpose(parameters + m_headWeight, scratch + at.turned, units, m_spec.outputs);
    k.multiply({dOut, m_spec.outputs, 1}, scratch + at.turned, scratch + at.dh, rows, units, m_spec.outputs, false);
    for (std::size_t i = m_layers.size(); i-- > 0;)
        layerBackward(parameters, i, rows, gradient, scratch, at);
}

/// On entry `dh` [rows × units] is the gradient of the last step's output (top layer), or `above` that of every step's
/// (layers below). On exit `above` holds the gradient of every step's input, unless this is the lowest layer.
void LstmNetwork::layerBackward(const float *parameters, std::size_t index, std::size_t rows, float *gradient, float *scratch,
                                const Places &at) const {
    const Kernels &k = kernels();
    const Layer &layer = m_layers[index];
    const std::size_t units = m_spec.units, window = m_spec.window, block = rows * units;
    const bool isTop = index + 1 == m_layers.size(), isLowest = index == 0;
    // The gradient of [x | h]; nobody asks for that of the network's own inputs.
    const std::size_t skipped = isLowest ? layer.in : 0, wide = layer.depth - skipped, state = layer.in - skipped;
    float *const joint = scratch + at.dh, *dc = scratch + at.dc, *turned = scratch + at.turned, *above = scratch + at.above;
    std::memset(dc, 0, block * sizeof(float));
    transpose(parameters + layer.weight + skipped * 4 * units, turned, wide, 4 * units);
    for (std::size_t t = window; t-- > 0;) {
        float *gates = scratch + at.gates[index] + t * 4 * block;
        const bool first = t + 1 == window; // nothing has come back through time yet
        float *dh = first ? joint : joint + state;
        const std::size_t stride = first ? units : wide;
        if (!isTop)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t j = 0; j < units; ++j)
                    dh[r * stride + j] = (first ? 0 : dh[r * stride + j]) + above[t * block + r * units + j];
        k.lstmBackward(gates, dh, stride, dc, scratch + at.c[index] + t * block, scratch + at.tanh[index] + t * block, rows, units);
        if (t == 0 && isLowest)
            break;
        k.multiply({gates, 4 * units, 1}, turned, joint, rows, wide, 4 * units, false);
        if (!isLowest)
            for (std::size_t r = 0; r < rows; ++r)
                std::memcpy(above + t * block + r * units, joint + r * wide, units * sizeof(float));
    }
    const float *joined = scratch + at.joined[index], *gates = scratch + at.gates[index];
    k.multiply({joined, 1, layer.depth}, gates, gradient + layer.weight, layer.depth, 4 * units, window * rows, true);
    k.addColumnSums(gates, gradient + layer.bias, window * rows, 4 * units);
}

} // namespace pilothouse::learn
