// SPDX-License-Identifier: GPL-3.0-or-later
// The hand-written networks: products and gradients against plain definitions, the loop against interruption.
#include "core/learn/networks/kernels.h"
#include "core/learn/networks/training_loop.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

std::vector<float> randomFloats(std::size_t count, std::uint64_t seed) {
    Random random(seed, 99);
    std::vector<float> values(count);
    for (float &v : values)
        v = random.symmetric(1);
    return values;
}

NetworkSpec mlp(std::vector<std::size_t> hidden, std::size_t inputs, std::size_t outputs) {
    NetworkSpec spec;
    spec.inputs = inputs;
    spec.outputs = outputs;
    spec.hidden = std::move(hidden);
    return spec;
}
NetworkSpec lstm(std::size_t units, std::size_t layers, std::size_t window, std::size_t series, std::size_t outputs) {
    NetworkSpec spec;
    spec.kind = NetworkSpec::Kind::Lstm;
    spec.inputs = window * series;
    spec.outputs = outputs;
    spec.units = units;
    spec.layers = layers;
    spec.window = window;
    spec.series = series;
    return spec;
}

NetworkSpec gru(NetworkSpec spec) {
    spec.kind = NetworkSpec::Kind::Gru;
    return spec;
}

double loss(const Network &network, const std::vector<float> &parameters, const Samples &data, bool classification, std::vector<float> *gradient) {
    const std::size_t outputs = network.spec().outputs;
    std::vector<float> out(data.rows * outputs), dOut(out.size()), scratch(network.scratchSize(data.rows, true));
    network.forward(parameters.data(), data.x.data(), data.rows, out.data(), scratch.data(), true);
    const double sum = lossOf(out.data(), data.y.data(), data.rows, outputs, classification, 1, dOut.data());
    if (gradient)
        network.backward(parameters.data(), data.x.data(), data.rows, dOut.data(), gradient->data(), scratch.data());
    return sum;
}

/// y is a smooth function of x that an MLP can learn; LSTM: the mean of each series' last quarter.
Samples problem(const NetworkSpec &spec, std::size_t rows, std::uint64_t seed) {
    Samples s;
    s.rows = rows;
    s.x = randomFloats(rows * spec.inputs, seed);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < spec.outputs; ++j) {
            const float *x = s.x.data() + i * spec.inputs;
            s.y.push_back(std::sin(2 * x[j % spec.inputs]) + 0.5f * x[(j + 1) % spec.inputs] * x[spec.inputs - 1]);
        }
    return s;
}

/// A context that keeps checkpoints and stops after some batches.
struct Recorder {
    FitContext context;
    std::stop_source source;
    QByteArray last;
    int batches = 0, stopAfter = -1;
    std::vector<double> validationLosses;
    qint64 lastDone = 0;

    explicit Recorder(int stopAfterBatches = -1, QByteArray previous = {}) : stopAfter(stopAfterBatches) {
        context.seed = 5;
        context.stop = source.get_token();
        context.previousState = std::move(previous);
        context.progress = [this](qint64 done, qint64, const QString &) { lastDone = done; };
        context.metric = [this](const QString &, qint64, double value, const QString &series) {
            if (series == QStringLiteral("validation"))
                validationLosses.push_back(value);
        };
        context.log = [](const QString &, const QString &) {};
        context.checkpointDue = [this] {
            if (++batches == stopAfter)
                source.request_stop();
            return false;
        };
        context.checkpoint = [this](const QByteArray &state, qint64) -> Result<void> {
            last = state;
            return {};
        };
    }
};

LoopOptions loopOptions(qint64 epochs, qint64 patience) {
    LoopOptions o;
    o.epochs = epochs;
    o.batch = 32;
    o.patience = patience;
    o.rate = 5e-3;
    o.fingerprint = "f";
    return o;
}

std::vector<const Kernels *> supported() {
    std::vector<const Kernels *> list{&base::table};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        list.push_back(&avx2::table);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        list.push_back(&avx512::table);
#endif
    return list;
}

} // namespace

class tst_Networks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void productsAgreeWithTheDefinitionAtEverySize() {
        for (const Kernels *k : supported())
            for (const std::size_t m : {1, 2, 7, 8, 19})
                for (const std::size_t n : {1, 3, 4, 17, 40, 67})
                    for (const std::size_t depth : {1, 5, 64}) {
                        const auto a = randomFloats(m * depth, m), b = randomFloats(depth * n, n);
                        auto c = randomFloats(m * n, 3), turned = a;
                        const auto before = c;
                        transpose(a.data(), turned.data(), m, depth);
                        k->multiply({turned.data(), 1, m}, b.data(), c.data(), m, n, depth, true);
                        for (std::size_t i = 0; i < m; ++i)
                            for (std::size_t j = 0; j < n; ++j) {
                                double sum = before[i * n + j];
                                for (std::size_t p = 0; p < depth; ++p)
                                    sum += double(a[i * depth + p]) * double(b[p * n + j]);
                                QVERIFY2(std::abs(sum - double(c[i * n + j])) < 1e-5, k->name);
                            }
                    }
    }

    void aRowsResultDoesNotDependOnItsNeighbours_data() { shapes(); }
    void aRowsResultDoesNotDependOnItsNeighbours() {
        QFETCH(int, shape);
        const auto network = makeNetwork(shapeOf(shape));
        const std::size_t rows = 37, width = network->spec().inputs, outputs = network->spec().outputs;
        std::vector<float> parameters(network->parameterCount()), scratch(network->scratchSize(rows, false));
        network->initialise(parameters, Random(3, 0));
        const auto x = randomFloats(rows * width, 8);
        std::vector<float> together(rows * outputs), alone(outputs);
        network->forward(parameters.data(), x.data(), rows, together.data(), scratch.data(), false);
        for (std::size_t i = 0; i < rows; ++i) {
            network->forward(parameters.data(), x.data() + i * width, 1, alone.data(), scratch.data(), false);
            for (std::size_t j = 0; j < outputs; ++j)
                QVERIFY(alone[j] == together[i * outputs + j]); // to the last bit
        }
    }

    void gradientsAgreeWithDifferencesOfTheLoss_data() { shapes(); }
    void gradientsAgreeWithDifferencesOfTheLoss() {
        QFETCH(int, shape);
        QFETCH(bool, classification);
        const auto network = makeNetwork(shapeOf(shape));
        Samples data = problem(network->spec(), 11, 4);
        if (classification) {
            data.y.clear();
            for (std::size_t i = 0; i < data.rows; ++i)
                data.y.push_back(float(i % network->spec().outputs));
        }
        std::vector<float> parameters(network->parameterCount()), gradient(parameters.size());
        network->initialise(parameters, Random(17, 0));
        loss(*network, parameters, data, classification, &gradient);
        // float32: a difference carries noise, so directions over one tensor are compared, not single numbers; the step is
        // short because ReLU has a kink wherever a unit wakes up
        for (const TensorPlace &place : network->tensors()) {
            const auto direction = randomFloats(place.rows * place.columns, place.offset);
            double slope = 0;
            for (std::size_t i = 0; i < direction.size(); ++i)
                slope += double(direction[i]) * double(gradient[place.offset + i]);
            const float step = network->spec().kind == NetworkSpec::Kind::Mlp ? 2e-4f : 2e-3f;
            std::vector<float> up = parameters, down = parameters;
            for (std::size_t i = 0; i < direction.size(); ++i) {
                up[place.offset + i] += step * direction[i];
                down[place.offset + i] -= step * direction[i];
            }
            const double measured = (loss(*network, up, data, classification, nullptr) - loss(*network, down, data, classification, nullptr)) / (2 * double(step));
            QVERIFY2(std::abs(measured - slope) < 0.03 * std::max(0.2, std::abs(slope)),
                     qPrintable(QStringLiteral("%1: %2 measured, %3 computed").arg(QString::fromStdString(place.name)).arg(measured).arg(slope)));
        }
    }

    void adamTakesTheStepsOfItsDefinition() {
        for (const Kernels *k : supported()) {
            std::vector<float> p = randomFloats(37, 1), m(37), v(37);
            std::vector<double> pd(p.begin(), p.end()), md(37), vd(37);
            for (int t = 1; t <= 20; ++t) {
                const auto g = randomFloats(37, std::uint64_t(100 + t));
                k->adam(p.data(), m.data(), v.data(), g.data(), 37,
                        {0.9f, 0.999f, float(0.01 / (1 - std::pow(0.9, t))), float(1 / std::sqrt(1 - std::pow(0.999, t))), 1e-8f});
                for (std::size_t i = 0; i < 37; ++i) {
                    md[i] = 0.9 * md[i] + 0.1 * double(g[i]);
                    vd[i] = 0.999 * vd[i] + 0.001 * double(g[i]) * double(g[i]);
                    pd[i] -= 0.01 * (md[i] / (1 - std::pow(0.9, t))) / (std::sqrt(vd[i] / (1 - std::pow(0.999, t))) + 1e-8);
                }
            }
            for (std::size_t i = 0; i < 37; ++i)
                QVERIFY2(std::abs(double(p[i]) - pd[i]) < 1e-5, k->name);
        }
    }

    void aRunStoppedBetweenAnyTwoBatchesEndsWithTheSameWeights_data() { shapes(); }
    void aRunStoppedBetweenAnyTwoBatchesEndsWithTheSameWeights() {
        QFETCH(int, shape);
        const auto network = makeNetwork(shapeOf(shape));
        const Samples train = problem(network->spec(), 200, 4), validation = problem(network->spec(), 40, 5);
        const LoopOptions options = loopOptions(4, 20);
        Recorder whole;
        const auto expected = runTraining(*network, train, validation, options, whole.context);
        QVERIFY(expected);
        QCOMPARE(whole.batches, 4 * 7);
        for (const int stopAfter : {1, 5, 7, 13, 27}) {
            Recorder first(stopAfter);
            const auto stopped = runTraining(*network, train, validation, options, first.context);
            QVERIFY(!stopped);
            QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
            Recorder second(3, first.last); // and once more, a little later
            const auto again = runTraining(*network, train, validation, options, second.context);
            Recorder third(-1, again ? QByteArray() : second.last);
            const auto resumed = again ? again : runTraining(*network, train, validation, options, third.context);
            QVERIFY(resumed);
            QCOMPARE(resumed->parameters, expected->parameters);
            QCOMPARE(resumed->bestLoss, expected->bestLoss);
            QCOMPARE(resumed->trainLoss, expected->trainLoss);
        }
    }

    void theNumberOfThreadsDoesNotChangeTheWeights_data() {
        QTest::addColumn<bool>("recurrent");
        QTest::newRow("a wide MLP") << false;
        QTest::newRow("an LSTM") << true;
    }
    void theNumberOfThreadsDoesNotChangeTheWeights() {
        QFETCH(bool, recurrent);
        const auto network = makeNetwork(recurrent ? lstm(64, 1, 24, 3, 2) : mlp({256, 256}, 8, 1));
        const Samples train = problem(network->spec(), 700, 4);
        LoopOptions options = loopOptions(2, 0);
        options.batch = 512; // more than the chunks in flight of the LSTM, and large enough to be shared out
        QVERIFY(network->workPerRow() * 512 > 1.5e8);
        std::vector<std::vector<float>> weights;
        for (const int threads : {1, 2, 3}) {
            Recorder r;
            r.context.threads = threads;
            const auto state = runTraining(*network, train, {}, options, r.context);
            QVERIFY(state);
            weights.push_back(state->parameters);
        }
        QCOMPARE(weights[1], weights[0]);
        QCOMPARE(weights[2], weights[0]);
    }

    void earlyStoppingKeepsTheBestWeights() {
        const auto network = makeNetwork(mlp({16}, 4, 1));
        const Samples train = problem(network->spec(), 64, 4);
        Samples validation = problem(network->spec(), 64, 5);
        for (float &y : validation.y) // nothing to learn there: the loss rises sooner or later
            y = y > 0 ? -1.0f : 1.0f;
        Recorder r;
        const auto state = runTraining(*network, train, validation, loopOptions(500, 5), r.context);
        QVERIFY(state);
        QVERIFY(state->epoch < 500);
        QCOMPARE(state->epoch, state->bestEpoch + 5);
        QCOMPARE(*std::min_element(r.validationLosses.begin(), r.validationLosses.end()), state->bestLoss);
        std::vector<float> parameters = state->parameters;
        QVERIFY(std::abs(loss(*network, parameters, validation, false, nullptr) / double(validation.rows) - state->bestLoss) < 1e-6);
        QCOMPARE(r.lastDone, state->epoch);
    }

    void aCheckpointOfAnotherRunOrADamagedOneIsRefused() {
        const auto network = makeNetwork(mlp({8}, 4, 1));
        const Samples train = problem(network->spec(), 64, 4);
        Recorder first(2);
        QVERIFY(!runTraining(*network, train, {}, loopOptions(3, 0), first.context));
        LoopOptions other = loopOptions(3, 0);
        other.fingerprint = "g";
        QByteArray damaged = first.last, cut = first.last.chopped(1);
        damaged[200] = char(damaged[200] ^ 1);
        const std::vector<std::pair<QByteArray, LoopOptions>> attempts{
            {first.last, other}, {damaged, loopOptions(3, 0)}, {cut, loopOptions(3, 0)}, {QByteArray("x"), loopOptions(3, 0)}};
        for (const auto &[bytes, options] : attempts) {
            Recorder r(-1, bytes);
            const auto result = runTraining(*network, train, {}, options, r.context);
            QVERIFY(!result);
            QCOMPARE(result.error().kind, ErrorKind::Invalid);
            QVERIFY(!result.error().hint.isEmpty());
        }
    }

    void aLossThatExplodesIsAReadableError() {
        const auto network = makeNetwork(mlp({8}, 4, 1));
        const Samples train = problem(network->spec(), 64, 4);
        LoopOptions options = loopOptions(50, 0);
        options.rate = 1e20;
        Recorder r;
        const auto result = runTraining(*network, train, {}, options, r.context);
        QVERIFY(!result);
        QVERIFY(result.error().hint.contains(QStringLiteral("learning_rate")));
    }

    void scalesUndoTheUnitsAndSurviveConstantColumns() {
        TrainData data;
        data.rows = 4;
        data.width = 2;
        data.x = {1e6, 5, 3e6, 5, 1e6, 5, 3e6, 5};
        data.y = {-100, 100, -100, 100};
        const Scaling s = fitScaling(data);
        QCOMPARE(s.xMean, (std::vector<double>{2e6, 5}));
        QCOMPARE(s.xScale, (std::vector<double>{1e-6, 1}));
        const Samples samples = scaled(data, s);
        QCOMPARE(samples.x, (std::vector<float>{-1, 0, 1, 0, -1, 0, 1, 0}));
        QCOMPARE(samples.y, (std::vector<float>{-1, 1, -1, 1}));
        data.window = 2;
        data.series = 1;
        data.x = {0, 2, 2, 4, 4, 6, 6, 8}; // one series: both steps share one scale
        const Scaling w = fitScaling(data);
        QCOMPARE(w.xMean, (std::vector<double>{4, 4}));
        QCOMPARE(w.xScale[0], w.xScale[1]);
        QVERIFY(std::abs(1 / w.xScale[0] - std::sqrt(6.0)) < 1e-12);
    }

private:
    static void shapes() {
        QTest::addColumn<int>("shape");
        QTest::addColumn<bool>("classification");
        QTest::newRow("an MLP without a hidden layer") << 0 << false;
        QTest::newRow("an MLP of two hidden layers") << 1 << false;
        QTest::newRow("an MLP of three uneven layers for three classes") << 2 << true;
        QTest::newRow("an LSTM of one layer") << 3 << false;
        QTest::newRow("an LSTM of three layers") << 4 << false;
        QTest::newRow("a GRU of one layer") << 5 << false;
        QTest::newRow("a GRU of three layers") << 6 << false;
    }
    static NetworkSpec shapeOf(int shape) {
        switch (shape) {
        case 0: return mlp({}, 5, 1);
        case 1: return mlp({32, 20}, 7, 2);
        case 2: return mlp({9, 33, 4}, 6, 3);
        case 3: return lstm(12, 1, 6, 3, 2);
        case 4: return lstm(10, 3, 5, 2, 4);
        case 5: return gru(lstm(12, 1, 6, 3, 2));
        default: return gru(lstm(10, 3, 5, 2, 4));
        }
    }
};

QTEST_GUILESS_MAIN(tst_Networks)
#include "tst_networks.moc"
