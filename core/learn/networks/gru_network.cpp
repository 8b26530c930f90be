// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/gru_network.h"

#include "core/learn/networks/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace pilothouse::learn {

/// All arrays are time-major, so that the products with the inputs and all products for the weights' gradients are one each for the
/// whole window. The states begin with the zero state before step 0; without it they are the next layer's input.
struct GruNetwork::Places {
    std::size_t input;                           ///< [T][rows][series]
    std::vector<std::size_t> gates, state, side; ///< per layer: [T][rows][3U], [T+1][rows][U], products with the state [T][rows][3U]
    std::size_t dh, above, turned, sums;         ///< [rows][U], [T][rows][U], a weight transposed, [3U]
    std::size_t size;
};

GruNetwork::GruNetwork(NetworkSpec given) : Network(std::move(given)) {
    const std::size_t units = m_spec.units;
    for (std::size_t i = 0; i < m_spec.layers; ++i) {
        const std::size_t in = i == 0 ? m_spec.series : units;
        const std::string number = std::to_string(i);
        Layer layer{in, 0, 0, 0, 0};
        layer.inputWeight = addTensor("w_ih_" + number, in, 3 * units);
        layer.stateWeight = addTensor("w_hh_" + number, units, 3 * units);
        layer.bias = addTensor("b_" + number, 1, 3 * units);
        layer.stateBias = addTensor("bn_" + number, 1, units);
        m_layers.push_back(layer);
    }
    m_headWeight = addTensor("weight", units, m_spec.outputs);
    m_headBias = addTensor("bias", 1, m_spec.outputs);
}

void GruNetwork::initialise(std::span<float> parameters, Random random) const {
    // PyTorch draws all of GRU and the head in ±1/√units; its two biases of r and of z add up, so ours is the sum of two draws.
    const float limit = 1 / std::sqrt(float(m_spec.units));
    for (const TensorPlace &t : m_tensors)
        for (std::size_t i = 0; i < t.rows * t.columns; ++i)
            parameters[t.offset + i] = random.symmetric(limit) + (t.name.starts_with("b_") && i < 2 * m_spec.units ? random.symmetric(limit) : 0);
}

GruNetwork::Places GruNetwork::placesFor(std::size_t rows) const {
    Places at{};
    std::size_t next = 0, deepest = 0;
    const auto take = [&next](std::size_t floats) { return std::exchange(next, next + floats); };
    const std::size_t block = rows * m_spec.units, window = m_spec.window;
    at.input = take(window * rows * m_spec.series);
    for (const Layer &layer : m_layers) {
        at.gates.push_back(take(window * 3 * block));
        at.state.push_back(take((window + 1) * block));
        at.side.push_back(take(window * 3 * block));
        deepest = std::max({deepest, layer.in, m_spec.units});
    }
    at.dh = take(block);
    at.above = take(m_layers.size() > 1 ? window * block : 0);
    at.turned = take(std::max(deepest * 3 * m_spec.units, m_spec.units * m_spec.outputs));
    at.sums = take(3 * m_spec.units);
    at.size = next;
    return at;
}

std::size_t GruNetwork::scratchSize(std::size_t rows, bool) const { return placesFor(rows).size; }

const float *GruNetwork::inputOf(std::size_t layer, std::size_t rows, const float *scratch, const Places &at) const {
    return scratch + (layer == 0 ? at.input : at.state[layer - 1] + rows * m_spec.units);
}

void GruNetwork::forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool) const {
    const Kernels &k = kernels();
    const Places at = placesFor(rows);
    const std::size_t units = m_spec.units, series = m_spec.series, window = m_spec.window, block = rows * units;
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t s = 0; s < series; ++s)
            for (std::size_t t = 0; t < window; ++t)
                scratch[at.input + (t * rows + r) * series + s] = x[(r * series + s) * window + t];
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer &layer = m_layers[i];
        float *gates = scratch + at.gates[i], *state = scratch + at.state[i], *side = scratch + at.side[i];
        k.multiply({inputOf(i, rows, scratch, at), layer.in, 1}, parameters + layer.inputWeight, gates, window * rows, 3 * units, layer.in, false);
        std::memset(state, 0, block * sizeof(float));
        std::memset(side, 0, 3 * block * sizeof(float));
        for (std::size_t t = 0; t < window; ++t, gates += 3 * block, state += block, side += 3 * block) {
            if (t > 0)
                k.multiply({state, units, 1}, parameters + layer.stateWeight, side, rows, 3 * units, units, false);
            k.gruForward(gates, side, parameters + layer.bias, parameters + layer.stateBias, state, state + block, rows, units);
        }
    }
    k.multiply({scratch + at.state.back() + window * block, units, 1}, parameters + m_headWeight, out, rows, m_spec.outputs, units, false);
    k.addBias(out, parameters + m_headBias, rows, m_spec.outputs);
}

void GruNetwork::backward(const float *parameters, const float *, std::size_t rows, const float *dOut, float *gradient, float *scratch) const {
    const Kernels &k = kernels();
    const Places at = placesFor(rows);
    const std::size_t units = m_spec.units;
    const float *last = scratch + at.state.back() + m_spec.window * rows * units;
    k.multiply({last, 1, units}, dOut, gradient + m_headWeight, units, m_spec.outputs, rows, true);
    k.addColumnSums(dOut, gradient + m_headBias, rows, m_spec.outputs);
    transpose(parameters + m_headWeight, scratch + at.turned, units, m_spec.outputs);
    k.multiply({dOut, m_spec.outputs, 1}, scratch + at.turned, scratch + at.dh, rows, units, m_spec.outputs, false);
    for (std::size_t i = m_layers.size(); i-- > 0;)
        layerBackward(parameters, i, rows, gradient, scratch, at);
}

/// On entry `dh` [rows × units] is the gradient of the last step's output (top layer), or `above` that of every step's
/// (layers below). On exit `above` holds the gradient of every step's input, unless this is the lowest layer.
void GruNetwork::layerBackward(const float *parameters, std::size_t index, std::size_t rows, float *gradient, float *scratch, const Places &at) const {
    const Kernels &k = kernels();
    const Layer &layer = m_layers[index];
    const std::size_t units = m_spec.units, window = m_spec.window, block = rows * units;
    float *const gates = scratch + at.gates[index], *const state = scratch + at.state[index], *const side = scratch + at.side[index];
    float *const dh = scratch + at.dh, *const above = scratch + at.above, *const turned = scratch + at.turned, *const sums = scratch + at.sums;
    if (index + 1 < m_layers.size())
        std::memset(dh, 0, block * sizeof(float));
    transpose(parameters + layer.stateWeight, turned, units, 3 * units);
    for (std::size_t t = window; t-- > 0;) {
        if (index + 1 < m_layers.size())
            for (std::size_t j = 0; j < block; ++j)
                dh[j] += above[t * block + j];
        k.gruBackward(gates + t * 3 * block, side + t * 3 * block, dh, state + t * block, rows, units);
        if (t > 0)
            k.multiply({side + t * 3 * block, 3 * units, 1}, turned, dh, rows, units, 3 * units, true);
    }
    k.multiply({inputOf(index, rows, scratch, at), 1, layer.in}, gates, gradient + layer.inputWeight, layer.in, 3 * units, window * rows, true);
    k.multiply({state, 1, units}, side, gradient + layer.stateWeight, units, 3 * units, window * rows, true);
    k.addColumnSums(gates, gradient + layer.bias, window * rows, 3 * units);
    std::memset(sums, 0, 3 * units * sizeof(float));
    k.addColumnSums(side, sums, window * rows, 3 * units);
    for (std::size_t j = 0; j < units; ++j)
        gradient[layer.stateBias + j] += sums[2 * units + j];
    if (index == 0)
        return;
    transpose(parameters + layer.inputWeight, turned, layer.in, 3 * units);
    k.multiply({gates, 3 * units, 1}, turned, above, window * rows, layer.in, 3 * units, false);
}

} // namespace pilothouse::learn
