// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/torch/torch_script.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::learn {

namespace {

void softmax(const float *logits, std::size_t classes, double *out) {
    const double most = *std::max_element(logits, logits + classes);
    double sum = 0;
    for (std::size_t j = 0; j < classes; ++j)
        sum += out[j] = std::exp(double(logits[j]) - most);
    for (std::size_t j = 0; j < classes; ++j)
        out[j] /= sum;
}

} // namespace

void runNetwork(const Network &network, const TrainedNetwork &trained, const double *x, std::size_t rows, double *out) {
    const std::size_t width = trained.spec.inputs, outputs = trained.spec.outputs, block = std::min(network.chunk(), rows);
    thread_local std::vector<float> buffer; // single rows are served thousands of times a second from the same few threads
    buffer.resize(block * (width + outputs) + network.scratchSize(block, false));
    float *const in = buffer.data(), *const result = in + block * width, *const scratch = result + block * outputs;
    for (std::size_t first = 0; first < rows; first += block, x += block * width, out += block * outputs) {
        const std::size_t count = std::min(block, rows - first);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < width; ++j)
                in[i * width + j] = float((x[i * width + j] - trained.scaling.xMean[j]) * trained.scaling.xScale[j]);
        network.forward(trained.parameters.data(), in, count, result, scratch, false);
        for (std::size_t i = 0; i < count; ++i) {
            if (trained.classes) {
                softmax(result + i * outputs, outputs, out + i * outputs);
                continue;
            }
            for (std::size_t j = 0; j < outputs; ++j)
                out[i * outputs + j] = double(result[i * outputs + j]) * trained.scaling.yScale[j] + trained.scaling.yMean[j] +
                                       (trained.anchors.empty() ? 0 : x[i * width + trained.anchorOf(j)]);
        }
    }
}

} // namespace pilothouse::learn
