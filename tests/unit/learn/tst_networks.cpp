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

/// @param weights  of classes; empty: 1 each
double loss(const Network &network, const std::vector<float> &parameters, const Samples &data, bool classification, const std::vector<float> &weights, std::vector<float> *gradient) {
    const std::size_t outputs = network.spec().outputs;
    std::vector<float> out(data.rows * outputs), dOut(out.size()), scratch(network.scratchSize(data.rows, true));
    network.forward(parameters.data(), data.x.data(), data.rows, out.data(), scratch.data(), true);
    const double sum = lossOf(out.data(), data.y.data(), data.rows, outputs, classification, weights.empty() ? nullptr : weights.data(), 1, dOut.data());
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

/// The same rows with classes 0, 1, … in turn.
Samples classes(const NetworkSpec &spec, std::size_t rows, std::uint64_t seed) {
    Samples s = problem(spec, rows, seed);
    s.y.clear();
    for (std::size_t i = 0; i < rows; ++i)
        s.y.push_back(float(i % spec.outputs));
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
        QFETCH(std::vector<float>, weights);
        const auto network = makeNetwork(shapeOf(shape));
        const Samples data = classification ? classes(network->spec(), 11, 4) : problem(network->spec(), 11, 4);
        std::vector<float> parameters(network->parameterCount()), gradient(parameters.size());
        network->initialise(parameters, Random(17, 0));
        loss(*network, parameters, data, classification, weights, &gradient);
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
            const double measured = (loss(*network, up, data, classification, weights, nullptr) - loss(*network, down, data, classification, weights, nullptr)) / (2 * double(step));
            QVERIFY2(std::abs(measured - slope) < 0.03 * std::max(0.2, std::abs(slope)),
                     qPrintable(QStringLiteral("%1: %2 measured, %3 computed").arg(QString::fromStdString(place.name)).arg(measured).arg(slope)));
        }
    }

    void adamTakesTheStepsOfItsDefinition() {
        for (const Kernels *k : supported()) {
            std::vector<float> p = randomFloats(37, 1), m(37), v(37), pNext(37), mNext(37), vNext(37);
            std::vector<double> pd(p.begin(), p.end()), md(37), vd(37);
            for (int t = 1; t <= 20; ++t) {
                const auto g = randomFloats(37, std::uint64_t(100 + t));
                QVERIFY(k->adam(p.data(), m.data(), v.data(), g.data(), pNext.data(), mNext.data(), vNext.data(), 37,
                                {0.9f, 0.999f, float(0.01 / (1 - std::pow(0.9, t))), float(1 / std::sqrt(1 - std::pow(0.999, t))), 1e-8f}));
                p.swap(pNext);
                m.swap(mNext);
                v.swap(vNext);
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

    void aStepThatLosesANumberIsTold_data() {
        QTest::addColumn<float>("gradient");
        QTest::newRow("an infinite gradient") << INFINITY;
        QTest::newRow("one whose square is infinite") << -1e30f;
        QTest::newRow("NaN") << NAN;
    }
    void aStepThatLosesANumberIsTold() {
        QFETCH(float, gradient);
        for (const Kernels *k : supported())
            for (const std::size_t at : {0, 5, 18, 36}) { // in the vectors and behind them
                std::vector<float> p(37, 1), m(37), v(37), g(37, 0.5f), pNext(37), mNext(37), vNext(37);
                const auto step = [&] { return k->adam(p.data(), m.data(), v.data(), g.data(), pNext.data(), mNext.data(), vNext.data(), 37, {0.9f, 0.999f, 0.1f, 30, 1e-8f}); };
                QVERIFY2(step(), k->name);
                g[at] = gradient;
                QVERIFY2(!step(), k->name);
                g[at] = 0;
                p[at] = INFINITY;
                QVERIFY2(!step(), k->name);
            }
    }

    void aRunStoppedBetweenAnyTwoBatchesEndsWithTheSameWeights_data() { shapes(); }
    void aRunStoppedBetweenAnyTwoBatchesEndsWithTheSameWeights() {
        QFETCH(int, shape);
        QFETCH(bool, classification);
        QFETCH(std::vector<float>, weights);
        const auto network = makeNetwork(shapeOf(shape));
        const auto make = classification ? classes : problem;
        const Samples train = make(network->spec(), 200, 4), validation = make(network->spec(), 40, 5);
        LoopOptions options = loopOptions(4, 20);
        options.classification = classification;
        options.classWeights = weights;
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
        QVERIFY(std::abs(loss(*network, parameters, validation, false, {}, nullptr) / double(validation.rows) - state->bestLoss) < 1e-6);
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

    void aTrainingThatDivergesKeepsTheLastStateWithAFiniteLoss_data() {
        QTest::addColumn<double>("rate");
        QTest::addColumn<int>("place");    // in the first epoch, of the row with the odd input
        QTest::addColumn<float>("input");
        QTest::addColumn<float>("target"); // of a row that validates
        QTest::addColumn<bool>("often");   // a checkpoint for each batch
        QTest::addColumn<QString>("says");
        QTest::addColumn<int>("steps"); // of the state that is kept; −1: none
        const float usual = 0.25f;
        const QString early = QStringLiteral("The loss became infinite or NaN in epoch 1, batch 2 of 7."), late = QStringLiteral("The loss became infinite or NaN in epoch 1, batch 4 of 7.");
        // The first step is finite, and no batch has a finite loss after it.
        QTest::newRow("a rate far too large") << 1e20 << 100 << usual << usual << false << early << 0;
        QTest::newRow("a rate far too large, with checkpoints all the way") << 1e20 << 100 << usual << usual << true << early << 0;
        QTest::newRow("an infinite input") << 5e-3 << 100 << INFINITY << usual << false << late << 2;
        QTest::newRow("an infinite input, with checkpoints all the way") << 5e-3 << 100 << INFINITY << usual << true << late << 2;
        QTest::newRow("in the first batch, when there is nothing to keep") << 5e-3 << 10 << INFINITY << usual << true << QStringLiteral("The loss became infinite or NaN in epoch 1, batch 1 of 7.") << -1;
        // Loss and weights stay finite, but Adam would never move these weights again: its mean of squares is infinite.
        QTest::newRow("a gradient whose square is infinite") << 5e-3 << 100 << 1e15f << usual << true << QStringLiteral("The gradient became too large or NaN in epoch 1, batch 4 of 7.") << 3;
        QTest::newRow("a first validation loss of NaN") << 5e-3 << 100 << usual << NAN << true << QStringLiteral("The validation loss became infinite or NaN after epoch 1.") << 6;
    }
    void aTrainingThatDivergesKeepsTheLastStateWithAFiniteLoss() {
        QFETCH(double, rate);
        QFETCH(int, place);
        QFETCH(float, input);
        QFETCH(float, target);
        QFETCH(bool, often);
        QFETCH(QString, says);
        QFETCH(int, steps);
        const auto network = makeNetwork(mlp({8}, 4, 1));
        Samples train = problem(network->spec(), 200, 4), validation = problem(network->spec(), 40, 5);
        train.x[orderOf(0)[std::size_t(place)] * 4] = input;
        validation.y[7] = target;
        LoopOptions options = loopOptions(50, 20);
        options.rate = rate;
        Recorder r;
        if (often)
            r.context.checkpointDue = [] { return true; };
        const auto result = runTraining(*network, train, validation, options, r.context);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Invalid);
        QCOMPARE(result.error().what, says);
        QVERIFY2(result.error().hint.contains(QStringLiteral("Lower learning_rate (it is %1)").arg(rate)), qPrintable(result.error().hint));
        if (steps < 0) {
            QVERIFY(r.last.isEmpty());
            return;
        }
        // To the byte what a run has become that was stopped there, and so it goes on: to the same end.
        Recorder stopped(steps);
        if (steps == 0)
            stopped.source.request_stop();
        QCOMPARE(runTraining(*network, train, validation, options, stopped.context).error().kind, ErrorKind::Cancelled);
        QVERIFY(r.last == stopped.last);
        Recorder resumed(-1, r.last);
        const auto again = runTraining(*network, train, validation, options, resumed.context);
        QVERIFY(!again);
        QCOMPARE(again.error().what, says);
    }
    void whatEndsBeforeATrainingDivergesIsSaid() {
        const auto network = makeNetwork(mlp({8}, 4, 1));
        Samples train = problem(network->spec(), 200, 4);
        const LoopOptions options = loopOptions(4, 0);
        Recorder first(8);
        QVERIFY(!runTraining(*network, train, {}, options, first.context));
        train.x[orderOf(1)[100] * 4] = INFINITY;
        Recorder second(-1, first.last);
        const auto result = runTraining(*network, train, {}, options, second.context);
        QVERIFY(!result);
        QCOMPARE(result.error().what, QStringLiteral("The loss became infinite or NaN in epoch 2, batch 4 of 7."));
        QVERIFY2(result.error().hint.contains(QStringLiteral("epochs: 1 ends before it.")), qPrintable(result.error().hint));
    }

    /// torch 1.13.1: CrossEntropyLoss(weight=[0.5, 3, 1.25]) of these logits and classes, and its gradient by the logits.
    void theWeightedCrossEntropyIsTorchs() {
        const std::vector<float> logits{1.5f, -0.25f, 0.75f, -2, 0.5f, 1, 0.125f, 0.25f, -1.5f, 3, 2, -1}, right{0, 1, 2, 1}, weights{0.5f, 3, 1.25f};
        const std::vector<double> gradient{-0.02532377, 0.006810611, 0.018513159, 0.011635698, -0.245344949, 0.23370925, 0.069221528, 0.078438267, -0.147659796, 0.279251297, -0.284365963, 0.005114666};
        std::vector<float> found(12);
        const double sum = 0.5 + 3 + 1.25 + 3, total = lossOf(logits.data(), right.data(), 4, 3, true, weights.data(), float(1 / sum), found.data());
        QVERIFY2(std::abs(total / sum - 1.3330726386984206) < 1e-7, qPrintable(QString::number(total / sum, 'g', 17)));
        for (std::size_t i = 0; i < found.size(); ++i)
            QVERIFY2(std::abs(double(found[i]) - gradient[i]) < 1e-7, qPrintable(QString::number(i)));
    }
    /// The mean over a batch is by the sum of its weights.
    void aClassWeightIsAsManyCopiesOfTheRows() {
        const auto network = makeNetwork(mlp({16}, 4, 3));
        const Samples train = classes(network->spec(), 60, 4);
        Samples copies = train;
        for (std::size_t i = 0; i < train.rows; ++i)
            for (int times = 1; times < 4 && train.y[i] == 1; ++times) {
                copies.x.insert(copies.x.end(), train.x.begin() + std::ptrdiff_t(i * 4), train.x.begin() + std::ptrdiff_t(i * 4 + 4));
                copies.y.push_back(1);
                ++copies.rows;
            }
        const auto trained = [&](const Samples &rows, std::vector<float> weights) {
            LoopOptions options = loopOptions(30, 0);
            options.batch = 1000; // all at once: shuffled otherwise, batches of others are not the same
            options.classification = true;
            options.classWeights = std::move(weights);
            Recorder r;
            return runTraining(*network, rows, train, options, r.context);
        };
        const auto weighted = trained(train, {1, 4, 1}), copied = trained(copies, {}), plain = trained(train, {});
        QVERIFY(weighted && copied && plain);
        double near = 0, far = 0;
        for (std::size_t i = 0; i < network->parameterCount(); ++i) {
            near = std::max(near, std::abs(double(weighted->parameters[i] - copied->parameters[i])));
            far = std::max(far, std::abs(double(weighted->parameters[i] - plain->parameters[i])));
        }
        QVERIFY2(near < 1e-3 && far > 0.02, qPrintable(QStringLiteral("%1, %2").arg(near).arg(far)));
        QVERIFY(std::abs(weighted->trainLoss - copied->trainLoss) < 1e-5);
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
        QTest::addColumn<std::vector<float>>("weights"); // of the classes
        const std::vector<float> none;
        QTest::newRow("an MLP without a hidden layer") << 0 << false << none;
        QTest::newRow("an MLP of two hidden layers") << 1 << false << none;
        QTest::newRow("an MLP of three uneven layers for three classes") << 2 << true << none;
        QTest::newRow("the same with weights of the classes") << 2 << true << std::vector<float>{0.5f, 3, 1.25f};
        QTest::newRow("an LSTM of one layer") << 3 << false << none;
        QTest::newRow("an LSTM of three layers") << 4 << false << none;
        QTest::newRow("a GRU of one layer") << 5 << false << none;
        QTest::newRow("a GRU of three layers") << 6 << false << none;
    }
    /// The rows as an epoch (from 0) of a Recorder's run takes 200 of them.
    static std::vector<std::uint32_t> orderOf(int epoch) {
        std::vector<std::uint32_t> order(200);
        std::iota(order.begin(), order.end(), 0u);
        Random(5, 1 + std::uint64_t(epoch)).shuffle(order);
        return order;
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
