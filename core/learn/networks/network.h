// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/networks/random.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::learn {

/// The shape of a network; all that is needed beside the parameters to run it.
struct NetworkSpec {
    enum class Kind { Mlp, Lstm, Gru } kind = Kind::Mlp;
    std::size_t inputs = 0, outputs = 0;
    std::vector<std::size_t> hidden;    ///< Mlp: units of each hidden layer
    std::size_t window = 0, series = 0; ///< Lstm, Gru: inputs = series · window, series by series, oldest step first
    std::size_t units = 0, layers = 0;  ///< Lstm, Gru
    bool recurrent() const { return kind != Kind::Mlp; }
    bool operator==(const NetworkSpec &) const = default;
};

/// One tensor of the flat parameter list. A matrix is stored [rows × columns] row-major, input side first (PyTorch stores it
/// the other way round).
struct TensorPlace {
    std::string name; ///< "weight_0", "bias_0", "w_ih_0", "w_hh_0", "b_0", "bn_0", "weight", "bias"
    std::size_t offset, rows, columns; ///< a bias has one row
};

/// Forward and backward passes written out by hand, without allocation and without autograd: at the sizes of tabular models
/// the book-keeping of tensors costs more than the arithmetic. Stateless: parameters and scratch come from the caller, so one
/// object serves any number of threads.
class Network {
public:
    virtual ~Network() = default;
    const NetworkSpec &spec() const { return m_spec; }
    const std::vector<TensorPlace> &tensors() const { return m_tensors; }
    std::size_t parameterCount() const;
    /// Uniform in ±1/√fan-in, as PyTorch initialises Linear, LSTM and GRU.
    virtual void initialise(std::span<float> parameters, Random random) const = 0;
    /// Rows per pass that keep the scratch in the cache.
    virtual std::size_t chunk() const = 0;
    /// Floating-point operations of one row, forward and backward.
    double workPerRow() const;
    /// Floats of scratch for `rows` rows, of a pass forward only or forward and backward.
    virtual std::size_t scratchSize(std::size_t rows, bool training) const = 0;
    /// x [rows × inputs] → out [rows × outputs] (regression value or logits). A row's result does not depend on the others.
    virtual void forward(const float *parameters, const float *x, std::size_t rows, float *out, float *scratch, bool training) const = 0;
    /// After forward(training) with the same x and scratch: gradient += dLoss/dParameters, given dOut = dLoss/dOut.
    virtual void backward(const float *parameters, const float *x, std::size_t rows, const float *dOut, float *gradient, float *scratch) const = 0;

protected:
    explicit Network(NetworkSpec spec) : m_spec(std::move(spec)) {}
    std::size_t addTensor(std::string name, std::size_t rows, std::size_t columns);
    NetworkSpec m_spec;
    std::vector<TensorPlace> m_tensors;
};

std::unique_ptr<Network> makeNetwork(const NetworkSpec &spec);
/// to[columns × rows] = transposed from[rows × columns].
void transpose(const float *from, float *to, std::size_t rows, std::size_t columns);

} // namespace pilothouse::learn
