// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace pilothouse::learn {

/// A matrix read as a(i, p) = data[i·row + p·column]: a transposed factor costs no copy.
struct Strided {
    const float *data;
    std::size_t row, column;
};

/// Adam's numbers for one step; the bias corrections are folded in.
struct AdamStep {
    float beta1, beta2;
    float rate;      ///< learning rate / (1 − beta1^t)
    float rootScale; ///< 1 / sqrt(1 − beta2^t)
    float epsilon;
};

/// The inner loops of training and prediction, once for each instruction set; all matrices are row-major float. One
/// thread, no allocation, and the result of a row does not depend on how many rows stand beside it.
struct Kernels {
    const char *name;
    /// c[m×n] = a[m×k] · b[k×n], or += with `add`.
    void (*multiply)(Strided a, const float *b, float *c, std::size_t m, std::size_t n, std::size_t k, bool add);
    void (*addBias)(float *y, const float *bias, std::size_t m, std::size_t n);
    void (*addBiasRelu)(float *y, const float *bias, std::size_t m, std::size_t n);
    /// dy = 0 where the unit was silent (y = 0).
    void (*reluBackward)(float *dy, const float *y, std::size_t count);
    /// sums[n] += column sums of dy[m×n].
    void (*addColumnSums)(const float *dy, float *sums, std::size_t m, std::size_t n);
    /// One step of `count` numbers, from what they are to what they become; the lists must not overlap. False: one of the new parameters or
    /// variances is infinite or NaN. The loss alone would not tell: a ReLU makes 0 of NaN, and an infinite variance only ends all steps.
    bool (*adam)(const float *parameter, const float *mean, const float *variance, const float *gradient, float *nextParameter, float *nextMean,
                 float *nextVariance, std::size_t count, AdamStep step);
    /// One step of an LSTM for m rows of H units. gates[m×4H] holds x·Wx + h·Wh on entry, the activations of i, f, g, o on
    /// exit (PyTorch's order); gives c and h, and tanh(c) for the way back. Rows of h lie `stride` apart.
    void (*lstmForward)(float *gates, const float *bias, const float *cBefore, float *c, float *tanhC, float *h, std::size_t stride,
                        std::size_t m, std::size_t units);
    /// The way back through one step: gates (activations) become their pre-activation gradients; dc is carried on.
    void (*lstmBackward)(float *gates, const float *dh, std::size_t stride, float *dc, const float *cBefore, const float *tanhC,
                         std::size_t m, std::size_t units);
    /// One step of a GRU for m rows of H units. gates[m×3H] holds x·Wx on entry, the activations of r, z, n on exit (PyTorch's order);
    /// side[m×3H] holds h·Wh on entry, and in n's third that plus its bias on exit, for the way back.
    void (*gruForward)(float *gates, float *side, const float *bias, const float *stateBias, const float *before, float *h, std::size_t m, std::size_t units);
    /// The way back through one step: gates and side become the gradients of the products with the input and with the state; dh becomes
    /// what goes to the state before without a product.
    void (*gruBackward)(float *gates, float *side, float *dh, const float *before, std::size_t m, std::size_t units);
};

/// The widest set this CPU has. $PILOTHOUSE_KERNELS (base, avx2) asks for a narrower one, for tests.
const Kernels &kernels();

namespace base { extern const Kernels table; }
namespace avx2 { extern const Kernels table; }
namespace avx512 { extern const Kernels table; }

} // namespace pilothouse::learn
