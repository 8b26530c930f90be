// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/networks/network.h"

namespace pilothouse::learn {

/// Stacked GRU layers over the window (Cho et al. 2014 in PyTorch's form: gates r, z, n; the reset gate acts after the product with the state;
/// start state zero), then one linear layer from the last step's output to all outputs, that is to all steps of the horizon at once.
class GruNetwork final : public Network {
public:
    explicit GruNetwork(NetworkSpec spec);
    void initialise(std::span<float> parameters, Random random) const override;
    std::size_t chunk() const override { return 32; }
    std::size_t scratchSize(std::size_t rows, bool training) const override;
    void forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool training) const override;
    void backward(const float *parameters, const float *x, std::size_t rows, const float *dOut, float *gradient, float *scratch) const override;

private:
    struct Layer {
        std::size_t in;
        /// w_ih [in × 3·units], w_hh [units × 3·units]; bias: of r and z the sum of PyTorch's two, of n its input's; stateBias: n's other one.
        std::size_t inputWeight, stateWeight, bias, stateBias;
    };
    struct Places; ///< where each array lies in the scratch
    Places placesFor(std::size_t rows) const;
    const float *inputOf(std::size_t layer, std::size_t rows, const float *scratch, const Places &at) const;
    void layerBackward(const float *parameters, std::size_t layer, std::size_t rows, float *gradient, float *scratch, const Places &at) const;
    std::vector<Layer> m_layers;
    std::size_t m_headWeight = 0, m_headBias = 0;
};

} // namespace pilothouse::learn
