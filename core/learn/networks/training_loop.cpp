// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/networks/training_loop.h"

#include "core/base/task.h"
#include "core/learn/networks/kernels.h"
#include "core/learn/workers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>

namespace pilothouse::learn {

namespace {

constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
constexpr std::uint64_t weightStream = 0; // epoch e (0-based) shuffles with stream 1 + e
constexpr std::size_t mostSlots = 16;     // chunks in flight
constexpr double workPerThread = 5e7;     // floating-point operations that pay for waking a thread (about 0.5 ms)

class Loop {
public:
    Loop(const Network &network, const Samples &train, const Samples &validation, const LoopOptions &options, FitContext &context)
        : m_network(network), m_train(train), m_validation(validation), m_options(options), m_context(context),
          m_yWidth(options.classification ? 1 : network.spec().outputs), m_gradient(network.parameterCount()) {
        const std::size_t chunk = network.chunk(), batch = std::min(std::size_t(options.batch), train.rows);
        m_slots.resize(std::clamp<std::size_t>((batch + chunk - 1) / chunk, 1, mostSlots));
        for (Slot &slot : m_slots) {
            slot.x.resize(chunk * network.spec().inputs);
            slot.y.resize(chunk * m_yWidth);
            slot.out.resize(chunk * network.spec().outputs);
            slot.dOut.resize(slot.out.size());
            slot.gradient.resize(m_gradient.size());
            slot.scratch.resize(network.scratchSize(chunk, true));
        }
        m_order.resize(train.rows);
        std::iota(m_order.begin(), m_order.end(), 0u);
        m_trainWeight = std::max(weightOf(m_order), std::numeric_limits<double>::min());
        const double work = network.workPerRow() * double(std::min(batch, m_slots.size() * chunk));
        m_threads = int(std::clamp(work / workPerThread, 1.0, double(std::max(1, context.threads))));
    }

    Result<TrainingState> run() {
        PH_TRY(start());
        while (m_state.epoch < m_options.epochs && !exhausted()) {
            PH_TRY(epoch());
            m_context.progress(m_state.epoch, m_options.epochs, QStringLiteral("epoch"));
        }
        if (!m_state.best.empty())
            m_state.parameters = m_state.best;
        return std::move(m_state);
    }

private:
    Result<void> start() {
        const std::size_t count = m_network.parameterCount();
        for (std::vector<float> *list : {&m_before.parameters, &m_before.mean, &m_before.variance})
            list->resize(count);
        if (!m_context.previousState.isEmpty()) {
            PH_ASSIGN(m_state, TrainingState::fromBytes(m_context.previousState, m_options.fingerprint, count));
            return {};
        }
        m_state.parameters.resize(count);
        m_state.mean.resize(count);
        m_state.variance.resize(count);
        m_network.initialise(m_state.parameters, Random(m_context.seed, weightStream));
        return {};
    }
    bool stopsEarly() const { return m_options.patience > 0 && m_validation.rows > 0; }
    bool exhausted() const {
        return stopsEarly() && m_state.bestEpoch > 0 && m_state.batch == 0 && m_state.epoch - m_state.bestEpoch >= m_options.patience;
    }

    Result<void> epoch() {
        std::iota(m_order.begin(), m_order.end(), 0u);
        Random(m_context.seed, 1 + std::uint64_t(m_state.epoch)).shuffle(m_order);
        const auto size = std::size_t(m_options.batch);
        const std::size_t batches = (m_train.rows + size - 1) / size;
        for (auto first = std::size_t(m_state.batch) * size; first < m_train.rows; first = std::size_t(m_state.batch) * size) {
            const auto diverges = [&](const QString &what) {
                return diverged(QStringLiteral("%1 in epoch %2, batch %3 of %4.").arg(what).arg(m_state.epoch + 1).arg(first / size + 1).arg(batches));
            };
            PH_ASSIGN(const double loss, batch(first, std::min(size, m_train.rows - first)));
            if (!std::isfinite(loss))
                return diverges(QStringLiteral("The loss became infinite or NaN"));
            // Only here, where the loss has shown that these weights still answer: a checkpoint is never worse than the one before it.
            const bool stop = m_stop;
            if (stop || m_context.checkpointDue())
                PH_TRY(m_context.checkpoint(m_state.toBytes(m_options.fingerprint), m_state.epoch));
            if (stop)
                return cancelled();
            if (!step(loss))
                return diverges(QStringLiteral("The gradient became too large or NaN"));
        }
        return endEpoch();
    }

    /// Keeps what stood before the last step, whose loss is known to be finite; nothing if this run has taken none.
    Error diverged(const QString &what) {
        if (m_stepped) {
            m_before.best = m_state.best; // where it is of the end of m_before's own epoch, a resumed run finds the same there again
            if (const Result<void> kept = m_context.checkpoint(m_before.toBytes(m_options.fingerprint), m_before.epoch); !kept)
                m_context.log(QStringLiteral("warning"), kept.error().text()); // the user must read what happened to the training
        }
        QString hint = QStringLiteral("Lower learning_rate (it is %1), or look for extreme values in the inputs.").arg(m_options.rate);
        if (m_before.epoch > 0)
            hint += QStringLiteral(" epochs: %1 ends before it.").arg(m_before.epoch);
        return invalid(what, {}, hint + QStringLiteral(" Unchanged, the training comes to the same place again."));
    }

    /// Sums of what one chunk of rows gives. Chunks are summed in their order whoever computed them, so the weights do not
    /// depend on the number of threads.
    struct Slot {
        std::vector<float> x, y, out, dOut, gradient, scratch;
        double loss = 0;
    };

    const float *classWeights() const { return m_options.classWeights.empty() ? nullptr : m_options.classWeights.data(); }
    /// How much these rows of the training rows count together.
    double weightOf(std::span<const std::uint32_t> rows) const {
        if (!classWeights())
            return double(rows.size());
        double sum = 0;
        for (const std::uint32_t row : rows)
            sum += double(m_options.classWeights[std::size_t(m_train.y[row])]);
        return sum;
    }

    /// Sum of the weighted loss over a batch; m_gradient gets the gradient of its mean. Of several processes each takes every count-th chunk, and they sum:
    /// with what one alone would come to but for the order in which floats are added. m_stop: one of them was asked to stop.
    Result<double> batch(std::size_t first, std::size_t rows) {
        std::fill(m_gradient.begin(), m_gradient.end(), 0.0f);
        double loss = 0;
        const float share = 1 / float(weightOf(std::span(m_order).subspan(first, rows)));
        const auto rank = std::size_t(m_context.workers ? m_context.workers->rank() : 0), workers = std::size_t(m_context.workers ? m_context.workers->count() : 1);
        const std::size_t chunk = std::min(m_network.chunk(), (rows + workers - 1) / workers), chunks = (rows + chunk - 1) / chunk; // small batches are divided, too
        const std::size_t mine = (chunks + workers - 1 - rank) / workers;
        for (std::size_t done = 0; done < mine; done += m_slots.size()) {
            const std::size_t slots = std::min(m_slots.size(), mine - done);
            const auto compute = [&](std::size_t low, std::size_t high) {
                for (std::size_t i = low; i < high; ++i) {
                    const std::size_t from = (rank + (done + i) * workers) * chunk;
                    oneChunk(m_slots[i], first + from, std::min(chunk, rows - from), share);
                }
            };
            if (m_threads > 1)
                parallelFor(slots, 1, compute, m_threads);
            else
                compute(0, slots);
            for (std::size_t i = 0; i < slots; ++i) {
                loss += m_slots[i].loss;
                for (std::size_t j = 0; j < m_gradient.size(); ++j)
                    m_gradient[j] += m_slots[i].gradient[j];
            }
        }
        m_stop = m_context.stop.stop_requested();
        if (m_context.workers) {
            double sums[] = {loss, m_stop ? 1.0 : 0.0};
            PH_TRY(m_context.workers->sum(std::span<double>(sums)));
            PH_TRY(m_context.workers->sum(std::span<float>(m_gradient)));
            loss = sums[0];
            m_stop = sums[1] > 0;
        }
        return loss;
    }

    void oneChunk(Slot &slot, std::size_t first, std::size_t count, float weight) const {
        const std::size_t width = m_network.spec().inputs;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t row = m_order[first + i];
            std::memcpy(slot.x.data() + i * width, m_train.x.data() + row * width, width * sizeof(float));
            std::memcpy(slot.y.data() + i * m_yWidth, m_train.y.data() + row * m_yWidth, m_yWidth * sizeof(float));
        }
        std::fill(slot.gradient.begin(), slot.gradient.end(), 0.0f);
        const float *parameters = m_state.parameters.data();
        m_network.forward(parameters, slot.x.data(), count, slot.out.data(), slot.scratch.data(), true);
        slot.loss = lossOf(slot.out.data(), slot.y.data(), count, m_network.spec().outputs, m_options.classification, classWeights(), weight, slot.dOut.data());
        m_network.backward(parameters, slot.x.data(), count, slot.dOut.data(), slot.gradient.data(), slot.scratch.data());
    }

    /// Adam's step by m_gradient; m_before gets what stood before it. False: weights or moments are not finite any more.
    bool step(double loss) {
        const std::size_t count = m_gradient.size();
        if (m_options.weightDecay > 0)
            for (std::size_t i = 0; i < count; ++i)
                m_gradient[i] += float(m_options.weightDecay) * m_state.parameters[i];
        static_cast<TrainingCounts &>(m_before) = m_state;
        m_stepped = true;
        m_state.epochLoss += loss;
        ++m_state.batch;
        const double t = double(++m_state.step);
        const bool finite = kernels().adam(m_state.parameters.data(), m_state.mean.data(), m_state.variance.data(), m_gradient.data(),
                                           m_before.parameters.data(), m_before.mean.data(), m_before.variance.data(), count,
                                           {float(beta1), float(beta2), float(m_options.rate / (1 - std::pow(beta1, t))),
                                            float(1 / std::sqrt(1 - std::pow(beta2, t))), float(epsilon)});
        m_state.parameters.swap(m_before.parameters);
        m_state.mean.swap(m_before.mean);
        m_state.variance.swap(m_before.variance);
        return finite;
    }

    Result<void> endEpoch() {
        m_state.trainLoss = m_state.epochLoss / m_trainWeight;
        m_state.epochLoss = 0;
        m_state.batch = 0;
        ++m_state.epoch;
        m_context.metric(QStringLiteral("loss"), m_state.epoch, m_state.trainLoss, QStringLiteral("train"));
        if (m_validation.rows == 0)
            return {};
        m_state.validationLoss = validationLoss();
        if (!std::isfinite(m_state.validationLoss))
            return diverged(QStringLiteral("The validation loss became infinite or NaN after epoch %1.").arg(m_state.epoch));
        m_context.metric(QStringLiteral("loss"), m_state.epoch, m_state.validationLoss, QStringLiteral("validation"));
        if (stopsEarly() && (m_state.bestEpoch == 0 || m_state.validationLoss < m_state.bestLoss)) {
            m_state.bestLoss = m_state.validationLoss;
            m_state.bestEpoch = m_state.epoch;
            m_state.best = m_state.parameters;
        }
        return {};
    }

    double validationLoss() {
        double loss = 0, weight = 0;
        const std::size_t width = m_network.spec().inputs;
        for (std::size_t first = 0; first < m_validation.rows; first += m_network.chunk()) {
            const std::size_t count = std::min(m_network.chunk(), m_validation.rows - first);
            Slot &slot = m_slots.front();
            m_network.forward(m_state.parameters.data(), m_validation.x.data() + first * width, count, slot.out.data(), slot.scratch.data(), false);
            loss += lossOf(slot.out.data(), m_validation.y.data() + first * m_yWidth, count, m_network.spec().outputs, m_options.classification, classWeights(), 0, nullptr);
            for (std::size_t i = first; i < first + count; ++i)
                weight += classWeights() ? double(m_options.classWeights[std::size_t(m_validation.y[i])]) : 1;
        }
        return loss / weight;
    }

    const Network &m_network;
    const Samples &m_train, &m_validation;
    const LoopOptions &m_options;
    FitContext &m_context;
    std::size_t m_yWidth;
    double m_trainWeight = 1; ///< of all training rows
    TrainingState m_state, m_before; ///< m_before: as m_state was before the last step; `best` is not kept there
    bool m_stepped = false, m_stop = false;
    std::vector<float> m_gradient;
    std::vector<Slot> m_slots;
    std::vector<std::uint32_t> m_order;
    int m_threads = 1;
};

double crossEntropy(const float *out, std::size_t right, std::size_t classes, float weight, float *dOut) {
    const float most = *std::max_element(out, out + classes);
    double sum = 0;
    for (std::size_t j = 0; j < classes; ++j)
        sum += std::exp(double(out[j] - most));
    if (dOut)
        for (std::size_t j = 0; j < classes; ++j)
            dOut[j] = weight * float(std::exp(double(out[j] - most)) / sum - (j == right ? 1 : 0));
    return std::log(sum) - double(out[right] - most);
}

} // namespace

double lossOf(const float *out, const float *y, std::size_t rows, std::size_t outputs, bool classification, const float *classWeights, float weight, float *dOut) {
    double loss = 0;
    if (classification) {
        for (std::size_t i = 0; i < rows; ++i) {
            const auto right = std::size_t(y[i]);
            const float counts = classWeights ? classWeights[right] : 1;
            loss += double(counts) * crossEntropy(out + i * outputs, right, outputs, counts * weight, dOut ? dOut + i * outputs : nullptr);
        }
        return loss;
    }
    const float slope = 2 * weight / float(outputs);
    for (std::size_t i = 0; i < rows * outputs; ++i) {
        const float difference = out[i] - y[i];
        loss += double(difference) * double(difference);
        if (dOut)
            dOut[i] = slope * difference;
    }
    return loss / double(outputs);
}

Result<TrainingState> runTraining(const Network &network, const Samples &train, const Samples &validation, const LoopOptions &options,
                                  FitContext &context) {
    return Loop(network, train, validation, options, context).run();
}

} // namespace pilothouse::learn
