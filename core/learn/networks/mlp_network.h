// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/networks/network.h"

namespace pilothouse::learn {

/// Linear layers with ReLU between them; the last is linear.
class MlpNetwork final : public Network {
public:
    explicit MlpNetwork(NetworkSpec spec);
    void initialise(std::span<float> parameters, Random random) const override;
    std::size_t chunk() const override { return m_largestWeight > 16384 ? 64 : 256; } // wide layers: enough chunks to share out
    std::size_t scratchSize(std::size_t rows, bool training) const override;
    void forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool training) const override;
    void backward(const float *parameters, const float *x, std::size_t rows, const float *dOut, float *gradient, float *scratch) const override;

private:
    struct Layer {
        std::size_t in, out, weight, bias; ///< the latter two: offsets
    };
    std::vector<Layer> m_layers;
    std::size_t m_widest = 0, m_hiddenSum = 0, m_largestWeight = 0;
};

} // namespace pilothouse::learn
