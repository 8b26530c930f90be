// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/networks/network.h"

namespace pilothouse::learn {

/// Stacked LSTM layers over the window (gates in PyTorch's order i, f, g, o; start state zero), then one linear layer from the
/// last step's output to all outputs, that is to all steps of the horizon at once.
class LstmNetwork final : public Network {
public:
    explicit LstmNetwork(NetworkSpec spec);
    void initialise(std::span<float> parameters, Random random) const override;
    std::size_t chunk() const override { return 32; }
    std::size_t scratchSize(std::size_t rows, bool training) const override;
    void forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool training) const override;
    void backward(const float *parameters, const float *x, std::size_t rows, const float *dOut, float *gradient, float *scratch) const override;

private:
    struct Layer {
        std::size_t in, depth; ///< depth: in + units
        std::size_t weight, bias; ///< w_ih and w_hh lie behind each other: one matrix [depth × 4·units]
    };
    struct Places; ///< where each array lies in the scratch
    Places placesFor(std::size_t rows) const;
    void layerBackward(const float *parameters, std::size_t layer, std::size_t rows, float *gradient, float *scratch, const Places &at) const;
    std::vector<Layer> m_layers;
    std::size_t m_headWeight = 0, m_headBias = 0;
};

} // namespace pilothouse::learn
