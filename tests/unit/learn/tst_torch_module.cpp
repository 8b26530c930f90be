// SPDX-License-Identifier: GPL-3.0-or-later
// The LibTorch module through its door: what is fitted, saved as TorchScript, read back, resumed.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/learn/gradient_model.h"
#include "core/learn/integrated_gradients.h"
#include "core/learn/torch_loader.h"
#include "core/learn/trainer.h"

#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <numbers>
#include <random>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::learn;
using workspace::TaskKind;

namespace {

struct Problem {
    TrainData train, validation;
};

std::mt19937_64 engine(quint64 seed) { return std::mt19937_64(seed); }
double uniform(std::mt19937_64 &random) { return double(random() >> 11) * 0x1p-53; }

/// y = 2·10⁵ + 4·10⁴·(sin(πab) + c²): far from zero and curved, so an unscaled or linear learner fails on it.
TrainData regression(std::size_t rows, quint64 seed) {
    auto random = engine(seed);
    TrainData d;
    d.rows = rows;
    d.width = 4;
    d.names = {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("unit of thousands")};
    for (std::size_t i = 0; i < rows; ++i) {
        const double a = uniform(random) * 2 - 1, b = uniform(random) * 2 - 1, c = uniform(random) * 2 - 1, e = uniform(random) * 1000;
        d.x.insert(d.x.end(), {a, b, c, e});
        d.y.push_back(2e5 + 4e4 * (std::sin(std::numbers::pi * a * b) + c * c));
    }
    return d;
}

/// Three classes in rings about the origin: no plane parts them.
TrainData rings(std::size_t rows, quint64 seed) {
    auto random = engine(seed);
    TrainData d;
    d.task = TaskKind::Classification;
    d.rows = rows;
    d.width = 2;
    d.classes = {"inner", "middle", "outer"};
    for (std::size_t i = 0; i < rows; ++i) {
        const double radius = uniform(random) * 3, angle = uniform(random) * 2 * std::numbers::pi;
        d.x.insert(d.x.end(), {radius * std::cos(angle), radius * std::sin(angle)});
        d.y.push_back(std::floor(radius));
    }
    return d;
}

/// A daily wave about 20 with a second series that says nothing; window 24, horizon 6.
TrainData waves(std::size_t rows, quint64 seed) {
    auto random = engine(seed);
    TrainData d;
    d.task = TaskKind::Forecast;
    d.rows = rows;
    d.window = 24;
    d.series = 2;
    d.width = 48;
    d.outputs = 6;
    const auto wave = [](double t) { return 20 + 5 * std::sin(2 * std::numbers::pi * t / 24); };
    for (std::size_t i = 0; i < rows; ++i) {
        const double start = uniform(random) * 1000;
        for (int t = 0; t < 24; ++t)
            d.x.push_back(wave(start + t));
        for (int t = 0; t < 24; ++t)
            d.x.push_back(uniform(random));
        for (int h = 1; h <= 6; ++h)
            d.y.push_back(wave(start + 23 + h));
    }
    return d;
}

/// Two targets in different units: the daily wave about 20, and one about 300 that is −8 times what the wave was six hours ago; a third
/// series says nothing. Window 24, horizon 6.
TrainData twins(std::size_t rows, quint64 seed) {
    auto random = engine(seed);
    TrainData d;
    d.task = TaskKind::Forecast;
    d.rows = rows;
    d.window = 24;
    d.series = 3;
    d.targets = 2;
    d.width = 72;
    d.outputs = 12;
    const auto wave = [](double t) { return 20 + 5 * std::sin(2 * std::numbers::pi * t / 24); };
    const auto twin = [&](double t) { return 460 - 8 * wave(t - 6); };
    for (std::size_t i = 0; i < rows; ++i) {
        const double start = uniform(random) * 1000;
        for (int t = 0; t < 24; ++t)
            d.x.push_back(wave(start + t));
        for (int t = 0; t < 24; ++t)
            d.x.push_back(twin(start + t));
        for (int t = 0; t < 24; ++t)
            d.x.push_back(uniform(random));
        for (int h = 1; h <= 6; ++h)
            d.y.push_back(wave(start + 23 + h));
        for (int h = 1; h <= 6; ++h)
            d.y.push_back(twin(start + 23 + h));
    }
    return d;
}

struct Kind {
    const char *name;
    TaskKind task;
    QVariantMap parameters;
    TrainData (*make)(std::size_t, quint64);
    std::size_t rows;
};

const std::vector<Kind> &kinds() {
    static const std::vector<Kind> list{{"mlp", TaskKind::Regression, {{QStringLiteral("epochs"), 30}, {QStringLiteral("batch_size"), 64}}, regression, 3000},
            {"mlp", TaskKind::Classification, {{QStringLiteral("epochs"), 30}, {QStringLiteral("batch_size"), 64}}, rings, 3000},
            {"lstm", TaskKind::Forecast, {{QStringLiteral("epochs"), 8}, {QStringLiteral("units"), 16}, {QStringLiteral("batch_size"), 32}}, waves, 1200},
            {"lstm", TaskKind::Forecast, {{QStringLiteral("epochs"), 15}, {QStringLiteral("units"), 8}, {QStringLiteral("layers"), 2}, {QStringLiteral("batch_size"), 16}}, waves, 400},
            {"gru", TaskKind::Forecast, {{QStringLiteral("epochs"), 8}, {QStringLiteral("units"), 16}, {QStringLiteral("batch_size"), 32}}, waves, 1200},
            {"gru", TaskKind::Forecast, {{QStringLiteral("epochs"), 15}, {QStringLiteral("units"), 8}, {QStringLiteral("layers"), 2}, {QStringLiteral("batch_size"), 16}}, waves, 400},
            {"mlp", TaskKind::Forecast, {{QStringLiteral("epochs"), 40}, {QStringLiteral("hidden"), QVariantList{32}}, {QStringLiteral("batch_size"), 32}}, twins, 1200},
            {"lstm", TaskKind::Forecast, {{QStringLiteral("epochs"), 15}, {QStringLiteral("units"), 16}, {QStringLiteral("batch_size"), 32}}, twins, 1200},
            {"gru", TaskKind::Forecast, {{QStringLiteral("epochs"), 15}, {QStringLiteral("units"), 16}, {QStringLiteral("batch_size"), 32}}, twins, 1200},
            {"mlp", TaskKind::Classification, {{QStringLiteral("epochs"), 30}, {QStringLiteral("batch_size"), 64}, {QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("outer"), 1.5}}}}, rings, 3000}};
    return list;
}

FitContext contextWith(quint64 seed) {
    FitContext c;
    c.seed = seed;
    return c;
}

data::Rows rowsOf(const TrainData &d) { return {d.rows, d.width, d.x}; }

/// Of all steps of a target; of several targets the worst.
double r2(const TrainData &truth, const std::vector<double> &predicted) {
    double worst = 1;
    for (std::size_t target = 0; target < truth.targets; ++target) {
        const auto belongs = [&](std::size_t i) { return i % truth.outputs * truth.targets / truth.outputs == target; };
        double count = 0, mean = 0, residual = 0, total = 0;
        for (std::size_t i = 0; i < truth.y.size(); ++i) {
            mean += belongs(i) ? truth.y[i] : 0;
            count += belongs(i);
        }
        mean /= count;
        for (std::size_t i = 0; i < truth.y.size(); ++i) {
            residual += belongs(i) ? (truth.y[i] - predicted[i]) * (truth.y[i] - predicted[i]) : 0;
            total += belongs(i) ? (truth.y[i] - mean) * (truth.y[i] - mean) : 0;
        }
        worst = std::min(worst, 1 - residual / total);
    }
    return worst;
}

artifact::Signature signatureOf(const TrainData &d) {
    artifact::Signature s;
    s.task = d.task;
    s.classes = d.classes;
    for (std::size_t i = 0; i < (d.isClassification() ? 1 : d.outputs); ++i)
        s.outputs.push_back(QStringLiteral("y%1").arg(i));
    return s;
}

QString saved(const FittedModel &model, const QTemporaryDir &dir, const QString &name) {
    const QString folder = dir.filePath(name);
    if (!makeFolder(folder))
        return {};
    const auto files = model.save(folder);
    return files && *files == QStringList{QStringLiteral("model.pt")} ? folder : QString();
}

} // namespace

class tst_TorchModule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const auto module = torchModule();
        QVERIFY2(module, module ? "" : qPrintable(module.error().text()));
        m_module = *module;
        QVERIFY(!m_module->version().isEmpty());
    }

    void aKnownFunctionIsLearnt_data() { rows(); }
    void aKnownFunctionIsLearnt() {
        QFETCH(int, kind);
        const TrainData test = kinds()[std::size_t(kind)].make(500, 77);
        const auto model = fit(kind, 7);
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const auto p = (*model)->predict(rowsOf(test));
        QVERIFY(p);
        if (test.isClassification()) {
            double right = 0;
            for (std::size_t i = 0; i < test.rows; ++i) {
                right += p->values[i] == test.y[i];
                const auto row = p->probabilities.begin() + std::ptrdiff_t(i * 3);
                QVERIFY(std::abs(row[0] + row[1] + row[2] - 1) < 1e-12);
            }
            QVERIFY2(right / double(test.rows) > 0.93, qPrintable(QString::number(right / double(test.rows))));
        } else {
            QCOMPARE(p->outputs, test.outputs);
            const double quality = r2(test, p->values), least = kind == 3 || kind == 5 ? 0.5 : 0.95; // few rows for two layers
            QVERIFY2(quality > least, qPrintable(QString::number(quality)));
        }
    }

    void anUntrainedForecastIsThePersistenceBaseline_data() {
        QTest::addColumn<bool>("two");
        QTest::newRow("of one target") << false;
        QTest::newRow("of two targets, each its own") << true;
    }
    void anUntrainedForecastIsThePersistenceBaseline() {
        QFETCH(bool, two);
        TrainData train = two ? twins(300, 1) : waves(300, 1);
        for (std::size_t i = 0; i < train.y.size(); ++i) // nothing to learn: the future is the last known value
            train.y[i] = train.x[i / train.outputs * train.width + (i % train.outputs * train.targets / train.outputs + 1) * train.window - 1];
        for (const char *name : {"mlp", "lstm", "gru"}) {
            auto estimator = m_module->makeEstimator({QString::fromLatin1(name), {{QStringLiteral("epochs"), 1}}}, TaskKind::Forecast);
            QVERIFY(estimator);
            QCOMPARE((*estimator)->parameters().value(QStringLiteral("residual")).toBool(), true);
            FitContext context = contextWith(7);
            const auto model = (*estimator)->fit(train, {}, context);
            QVERIFY(model);
            const auto p = (*model)->predict(rowsOf(train));
            // a change that is always 0 has no spread, so its scale is 1 and the first weights' noise stays within it
            QVERIFY2(r2(train, p->values) > 0.98, qPrintable(QString::number(r2(train, p->values))));
        }
    }

    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers_data() { rows(); }
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() {
        QFETCH(int, kind);
        QTemporaryDir dir;
        QStringList hashes;
        for (const quint64 seed : {7, 7, 8}) {
            const auto model = fit(kind, seed);
            QVERIFY(model);
            const QString folder = saved(**model, dir, QString::number(hashes.size()));
            QVERIFY(!folder.isEmpty());
            hashes << sha256OfFile(folder + QStringLiteral("/model.pt")).value();
        }
        QCOMPARE(hashes[1], hashes[0]);
        QVERIFY(hashes[2] != hashes[0]);
    }

    void aStoppedRunResumesToTheSameBytes_data() { rows(); }
    void aStoppedRunResumesToTheSameBytes() {
        QFETCH(int, kind);
        QTemporaryDir dir;
        const auto whole = fit(kind, 7);
        QVERIFY(whole);
        const QString expected = sha256OfFile(saved(**whole, dir, QStringLiteral("whole")) + QStringLiteral("/model.pt")).value();
        auto random = engine(99);
        QByteArray state;
        for (int round = 0; round < 4; ++round) {
            FitContext context = contextWith(7);
            std::stop_source source;
            context.stop = source.get_token();
            context.previousState = state;
            int left = 1 + int(random() % 40);
            context.checkpointDue = [&] {
                if (--left == 0)
                    source.request_stop();
                return false;
            };
            context.checkpoint = [&](const QByteArray &bytes, qint64) -> Result<void> {
                state = bytes;
                return {};
            };
            const auto result = fit(kind, context);
            if (result)
                break; // the run was shorter than the stops
            QCOMPARE(result.error().kind, ErrorKind::Cancelled);
            QVERIFY(!state.isEmpty());
        }
        FitContext context = contextWith(7);
        context.previousState = state;
        const auto resumed = fit(kind, context);
        QVERIFY2(resumed, resumed ? "" : qPrintable(resumed.error().text()));
        QCOMPARE(sha256OfFile(saved(**resumed, dir, QStringLiteral("resumed")) + QStringLiteral("/model.pt")).value(), expected);
    }

    void aSavedModelReadsBackToTheSameAnswers_data() { rows(); }
    void aSavedModelReadsBackToTheSameAnswers() {
        QFETCH(int, kind);
        QTemporaryDir dir;
        const TrainData test = kinds()[std::size_t(kind)].make(300, 5);
        const auto model = fit(kind, 7);
        QVERIFY(model);
        const QString folder = saved(**model, dir, QStringLiteral("m"));
        const auto again = m_module->loadModel(folder, signatureOf(test));
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        const auto a = (*model)->predict(rowsOf(test)), b = (*again)->predict(rowsOf(test));
        QVERIFY(a && b);
        QVERIFY(a->values == b->values && a->probabilities == b->probabilities);
        QCOMPARE((*again)->describe(), (*model)->describe());
        QCOMPARE((*again)->flavour(), QStringLiteral("torch"));
        QVERIFY(saved(**again, dir, QStringLiteral("n")).size() > 0);
        QCOMPARE(sha256OfFile(dir.filePath(QStringLiteral("n/model.pt"))).value(), sha256OfFile(folder + QStringLiteral("/model.pt")).value());
    }

    void pythonReadsTheTorchScriptToTheSameAnswers_data() { rows(); }
    void pythonReadsTheTorchScriptToTheSameAnswers() {
        QFETCH(int, kind);
        const QString interpreter = pythonWithTorch();
        if (interpreter.isEmpty())
            QSKIP("python3-torch is not installed");
        QProcess python;
        QTemporaryDir dir;
        const TrainData test = kinds()[std::size_t(kind)].make(20, 5);
        const auto model = fit(kind, 7);
        QVERIFY(model);
        const QString folder = saved(**model, dir, QStringLiteral("m"));
        QByteArray rows;
        for (std::size_t i = 0; i < test.x.size(); ++i)
            rows += QByteArray::number(test.x[i], 'g', 17) + ((i + 1) % test.width ? "," : "\n");
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("x.csv")), rows));
        const QString script = QStringLiteral("import sys, torch\n"
                                              "m = torch.jit.load(sys.argv[1])\n"
                                              "x = torch.tensor([[float(v) for v in l.split(',')] for l in open(sys.argv[2])], dtype=torch.float64)\n"
                                              "for row in m(x).tolist(): print(' '.join(repr(v) for v in row))\n");
        python.start(interpreter, {QStringLiteral("-c"), script, folder + QStringLiteral("/model.pt"), dir.filePath(QStringLiteral("x.csv"))});
        QVERIFY(python.waitForFinished(60'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        std::vector<double> theirs;
        for (const QByteArray &word : python.readAllStandardOutput().simplified().split(' '))
            theirs.push_back(word.toDouble());
        const auto ours = (*model)->predict(rowsOf(test));
        const std::vector<double> &expected = test.isClassification() ? ours->probabilities : ours->values;
        QCOMPARE(theirs.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(theirs[i] - expected[i]) <= 2e-5 * std::max(1.0, std::abs(expected[i])),
                     qPrintable(QStringLiteral("%1 and %2").arg(theirs[i]).arg(expected[i])));
    }

    void manyThreadsPredictAtOnce() {
        const TrainData test = regression(400, 6);
        const auto model = fit(0, 7);
        QVERIFY(model);
        const auto one = [&](std::size_t i) -> double { // one row at a time, as served
            const data::Rows row{1, test.width, {test.x.begin() + std::ptrdiff_t(i * test.width), test.x.begin() + std::ptrdiff_t((i + 1) * test.width)}};
            const auto p = (*model)->predict(row);
            return p ? p->values[0] : std::nan("");
        };
        // A whole block may go through another BLAS kernel than a single row (OpenBLAS of Debian 13), so it agrees to rounding only.
        const auto block = (*model)->predict(rowsOf(test));
        std::vector<double> expected;
        for (std::size_t i = 0; i < test.rows; ++i) {
            expected.push_back(one(i));
            QVERIFY2(std::abs(expected[i] - block->values[i]) <= 1e-5 * std::max(1.0, std::abs(block->values[i])), qPrintable(QString::number(i)));
        }
        std::vector<int> wrong(4, 0);
        {
            std::vector<std::jthread> threads;
            for (std::size_t t = 0; t < wrong.size(); ++t)
                threads.emplace_back([&, t] {
                    for (std::size_t i = 0; i < test.rows; ++i)
                        wrong[t] += !(one(i) == expected[i]);
                });
        }
        QCOMPARE(wrong, std::vector<int>(4, 0));
    }

    void gradientsAreThoseOfThePrediction_data() { rows(); }
    void gradientsAreThoseOfThePrediction() {
        QFETCH(int, kind);
        const auto model = fit(kind, 7);
        QVERIFY(model);
        const auto *gradients = dynamic_cast<const GradientModel *>(model->get());
        QVERIFY(gradients);
        const TrainData d = kinds()[std::size_t(kind)].make(3, 5);
        const auto p = (*model)->predict(rowsOf(d));
        const std::size_t outputs = p->classes ? p->classes : p->outputs, output = outputs - 1;
        const auto exact = gradients->inputGradients(rowsOf(d), output);
        QVERIFY2(exact, qPrintable(exact ? QString() : exact.error().text()));
        // A rectifier may bend within a step: then the slope is that of one side.
        const std::vector<double> below = byDifferences(**model, rowsOf(d), output, -1, 0), above = byDifferences(**model, rowsOf(d), output, 0, 1);
        double size = 0, worst = 0;
        for (std::size_t i = 0; i < below.size(); ++i) {
            const auto [low, high] = std::minmax(below[i], above[i]);
            size = std::max({size, std::abs(low), std::abs(high)});
            worst = std::max({worst, low - (*exact)[i], (*exact)[i] - high});
        }
        QVERIFY2(worst < 0.03 * size, qPrintable(QStringLiteral("%1 of %2").arg(worst).arg(size)));
    }

    /// Against a sum over the same line with differences for gradients.
    void integratedGradientsFollowTheLine() {
        auto model = fit(0, 7);
        QVERIFY(model);
        const TrainData d = regression(60, 5);
        artifact::Signature signature = signatureOf(d);
        for (const QString &name : d.names)
            signature.inputs.push_back({name, data::ColumnType::Number, {}, true});
        const auto plain = data::FittedTransforms::fit(rowsOf(d), signature.inputs, {});
        QVERIFY(plain);
        const LoadedModel loaded{*plain, std::shared_ptr<const FittedModel>(std::move(*model))};
        const auto own = integratedGradients(loaded, signature, rowsOf(d));
        QVERIFY(own && *own);
        const artifact::Rows row{1, d.width, {d.x.begin(), d.x.begin() + std::ptrdiff_t(d.width)}};
        const auto features = explain::featuresOf(signature, explain::Grouping::Inputs);
        const auto a = (*own)->attribute(row, {0, false, signature.outputs[0]}, *features, {});
        QVERIFY2(a, qPrintable(a ? QString() : a.error().text()));
        std::vector<double> means(d.width, 0), shares(d.width, 0);
        for (std::size_t i = 0; i < d.x.size(); ++i)
            means[i % d.width] += d.x[i] / double(d.rows);
        for (int k = 0; k < 400; ++k) {
            artifact::Rows at{1, d.width, {}};
            for (std::size_t c = 0; c < d.width; ++c)
                at.values.push_back(means[c] + (k + 0.5) / 400 * (row.values[c] - means[c]));
            const std::vector<double> slope = byDifferences(*loaded.model, at, 0);
            for (std::size_t c = 0; c < d.width; ++c)
                shares[c] += slope[c] * (row.values[c] - means[c]) / 400;
        }
        const explain::Attribution &got = a->front();
        double sum = got.base, size = 0;
        for (const double share : shares)
            size = std::max(size, std::abs(share));
        for (std::size_t c = 0; c < d.width; ++c) {
            QVERIFY2(std::abs(got.values[c] - shares[c]) < 0.03 * size, qPrintable(QStringLiteral("%1: %2, %3").arg(c).arg(got.values[c]).arg(shares[c])));
            sum += got.values[c];
        }
        QVERIFY(std::abs(sum - got.explained) < 1e-9 * std::max(1.0, std::abs(got.explained)));
        QVERIFY(!*integratedGradients(loaded, signature, {}));
    }

    void wrongInputIsAReadableError_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<int>("task");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<QString>("word");
        const QString mlp = QStringLiteral("mlp"), lstm = QStringLiteral("lstm");
        QTest::newRow("an LSTM outside a forecast") << lstm << int(TaskKind::Regression) << QVariantMap() << QStringLiteral("forecast");
        QTest::newRow("an unknown parameter") << mlp << int(TaskKind::Regression) << QVariantMap{{QStringLiteral("hiden"), 3}} << QStringLiteral("hidden");
        QTest::newRow("no units") << mlp << int(TaskKind::Regression) << QVariantMap{{QStringLiteral("hidden"), QVariantList{0}}} << QStringLiteral("hidden");
        QTest::newRow("a rate below zero") << lstm << int(TaskKind::Forecast) << QVariantMap{{QStringLiteral("learning_rate"), -1}} << QStringLiteral("learning_rate");
        QTest::newRow("class weights of numbers") << mlp << int(TaskKind::Regression) << QVariantMap{{QStringLiteral("class_weight"), QStringLiteral("balanced")}} << QStringLiteral("class_weight");
        QTest::newRow("class weights in an unknown word") << mlp << int(TaskKind::Classification) << QVariantMap{{QStringLiteral("class_weight"), QStringLiteral("fair")}} << QStringLiteral("balanced");
        QTest::newRow("another estimator") << QStringLiteral("rnn") << int(TaskKind::Forecast) << QVariantMap() << QStringLiteral("lstm");
    }
    void wrongInputIsAReadableError() {
        QFETCH(QString, estimator);
        QFETCH(int, task);
        QFETCH(QVariantMap, parameters);
        QFETCH(QString, word);
        const auto made = m_module->makeEstimator({estimator, parameters}, TaskKind(task));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QVERIFY2(made.error().text().contains(word), qPrintable(made.error().text()));
    }

    void aWeightForNoClassIsNamed() {
        auto estimator = m_module->makeEstimator({QStringLiteral("mlp"), {{QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("inmost"), 2}}}}}, TaskKind::Classification);
        QVERIFY(estimator);
        FitContext context = contextWith(7);
        const auto model = (*estimator)->fit(rings(60, 1), {}, context);
        QVERIFY(!model);
        QVERIFY2(model.error().text().contains(QStringLiteral("Classes of the training rows: inner, middle, outer.")), qPrintable(model.error().text()));
    }

    /// Weighing a class more has more rows taken for it.
    void aClassWeightRaisesItsClass() {
        const TrainData data = rings(600, 3);
        const auto taken = [&](QVariantMap parameters) {
            parameters.insert({{QStringLiteral("epochs"), 15}, {QStringLiteral("batch_size"), 64}});
            auto estimator = m_module->makeEstimator({QStringLiteral("mlp"), parameters}, TaskKind::Classification);
            FitContext context = contextWith(7);
            const auto model = (*estimator)->fit(data, {}, context);
            const auto p = (*model)->predict(rowsOf(data));
            return std::count(p->values.begin(), p->values.end(), 1.0);
        };
        const auto plain = taken({}), balanced = taken({{QStringLiteral("class_weight"), QStringLiteral("balanced")}}), weighted = taken({{QStringLiteral("class_weight"), QVariantMap{{QStringLiteral("middle"), 10}}}});
        QVERIFY2(weighted > plain + 60, qPrintable(QStringLiteral("%1, %2").arg(weighted).arg(plain)));
        QVERIFY2(std::abs(balanced - plain) < 60, qPrintable(QStringLiteral("%1, %2").arg(balanced).arg(plain))); // the classes are about as large
    }

    /// The whole way: what was wrong, at which batch, where the last good state lies, what to do; and the state can be gone on from.
    void aTrainingThatDivergesNamesWhatItKept() {
        QTemporaryDir dir;
        const TrainData rows = regression(200, 1);
        QByteArray csv = "a,b,c,d,y\n", layers = "64";
        for (std::size_t i = 0; i < rows.rows; ++i) {
            for (std::size_t j = 0; j < 4; ++j)
                csv += QByteArray::number(rows.x[i * 4 + j]) + ',';
            csv += QByteArray::number(rows.y[i]) + '\n';
        }
        for (int layer = 1; layer < 8; ++layer) // each multiplies what the far too large steps made of the weights
            layers += ", 64";
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("d.csv")), csv));
        const QString file = dir.filePath(QStringLiteral("r.yaml"));
        QVERIFY(writeFileAtomically(file, "recipe: r\ndata: {source: d.csv}\ntask: regression\ntarget: y\nestimators: [mlp: {hidden: [" + layers + "], learning_rate: 10, batch_size: 32}]\n"));
        const auto recipe = workspace::readRecipe(file);
        QVERIFY2(recipe, recipe ? "" : qPrintable(recipe.error().text()));
        TrainOptions options;
        options.recipe = *recipe;
        options.out = dir.filePath(QStringLiteral("package"));
        const auto result = train(options);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Invalid);
        static const QRegularExpression said(QStringLiteral("^The (loss|gradient) became .* in epoch \\d+, batch \\d+ of 5\\. The last good state is kept in (.*\\.bin)\\.$"));
        const QRegularExpressionMatch match = said.match(result.error().what);
        QVERIFY2(match.hasMatch(), qPrintable(result.error().text()));
        QVERIFY2(match.captured(2).startsWith(options.out + QStringLiteral(".checkpoint/")) && QFileInfo::exists(match.captured(2)), qPrintable(match.captured(2)));
        QVERIFY2(result.error().hint.startsWith(QStringLiteral("Lower learning_rate (it is 10)")), qPrintable(result.error().hint));
        QVERIFY(hasCheckpoint(options.out) && !QFileInfo::exists(options.out));
        options.resume = true;
        const auto again = train(options);
        QVERIFY(!again);
        QCOMPARE(again.error().what.section(QLatin1Char('.'), 0, 0), result.error().what.section(QLatin1Char('.'), 0, 0)); // the same place
        QVERIFY(hasCheckpoint(options.out));
    }

    void targetsThatAreNoSeriesAreAnInternalError() {
        TrainData train = twins(50, 1);
        train.targets = 5; // of three series; 12 outputs
        auto estimator = m_module->makeEstimator({QStringLiteral("lstm"), {}}, TaskKind::Forecast);
        FitContext context = contextWith(7);
        const auto model = (*estimator)->fit(train, {}, context);
        QVERIFY(!model);
        QCOMPARE(model.error().kind, ErrorKind::Internal);
    }

    void aMissingValueIsNamedWithItsColumn() {
        TrainData train = regression(50, 1);
        train.x[9] = NAN;
        auto estimator = m_module->makeEstimator({QStringLiteral("mlp"), {}}, TaskKind::Regression);
        FitContext context = contextWith(7);
        const auto model = (*estimator)->fit(train, {}, context);
        QVERIFY(!model);
        QVERIFY2(model.error().what.contains(QStringLiteral("\"b\"")), qPrintable(model.error().text()));
        train.x[9] = -1e200;
        const auto tooLarge = (*m_module->makeEstimator({QStringLiteral("mlp"), {}}, TaskKind::Regression))->fit(train, {}, context);
        QVERIFY(!tooLarge);
        QCOMPARE(tooLarge.error().kind, ErrorKind::Invalid);
        QVERIFY2(tooLarge.error().what.contains(QStringLiteral("the column “b” reaches -1e+200")), qPrintable(tooLarge.error().text()));
        const auto good = fit(0, 7);
        QVERIFY(!(*good)->predict({1, 4, {1, 2, NAN, 4}}));
        QVERIFY(!(*good)->predict({1, 3, {1, 2, 4}}));
        QVERIFY((*good)->predict({0, 4, {}})->values.empty());
    }

    void aBrokenOrForeignFileIsRefusedWithItsName() {
        QTemporaryDir dir;
        const auto model = fit(0, 7);
        const QString folder = saved(**model, dir, QStringLiteral("m")), file = folder + QStringLiteral("/model.pt");
        const QByteArray bytes = readFile(file).value();
        const artifact::Signature signature = signatureOf(regression(1, 1));
        artifact::Signature two = signature;
        two.outputs.push_back(QStringLiteral("more"));
        QVERIFY(!m_module->loadModel(folder, two));
        for (const QByteArray &broken : {QByteArray(), QByteArray("no zip"), bytes.left(bytes.size() / 2), bytes.left(bytes.size() - 10)}) {
            QVERIFY(writeFileAtomically(file, broken));
            const auto again = m_module->loadModel(folder, signature);
            QVERIFY(!again);
            QCOMPARE(again.error().kind, ErrorKind::Invalid);
            QVERIFY2(again.error().where.contains(QStringLiteral("model.pt")), qPrintable(again.error().text()));
        }
        QVERIFY(!m_module->loadModel(dir.filePath(QStringLiteral("nothing")), signature));
    }

private:
    /// The distribution's python3-torch belongs to /usr/bin/python3, which need not be the first on PATH.
    static QString pythonWithTorch() {
        for (const QString &interpreter : {QStringLiteral("python3"), QStringLiteral("/usr/bin/python3")}) {
            QProcess python;
            python.start(interpreter, {QStringLiteral("-c"), QStringLiteral("import torch")});
            if (python.waitForFinished(60'000) && python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0)
                return interpreter;
        }
        return {};
    }
    static void rows() {
        QTest::addColumn<int>("kind");
        QTest::newRow("mlp for regression") << 0;
        QTest::newRow("mlp for classification") << 1;
        QTest::newRow("lstm for a forecast") << 2;
        QTest::newRow("lstm of two layers") << 3;
        QTest::newRow("gru for a forecast") << 4;
        QTest::newRow("gru of two layers") << 5;
        QTest::newRow("mlp for two targets") << 6;
        QTest::newRow("lstm for two targets") << 7;
        QTest::newRow("gru for two targets") << 8;
        QTest::newRow("mlp for weighted classes") << 9;
    }
    /// Differences of the prediction (or a class's probability) by each input, `from` and `to` so many steps; central ones if nothing is said.
    static std::vector<double> byDifferences(const FittedModel &model, const data::Rows &at, std::size_t output, int from = -1, int to = 1) {
        std::vector<double> slopes;
        for (std::size_t i = 0; i < at.values.size(); ++i) {
            const double step = 2e-3 * std::max(1.0, std::abs(at.values[i])); // float inside: smaller ones drown
            double ends[2];
            for (const int side : {0, 1}) {
                data::Rows moved = at;
                moved.values[i] += step * (side ? to : from);
                const auto p = model.predict(moved);
                const std::size_t row = i / at.width;
                ends[side] = p->classes ? p->probabilities[row * p->classes + output] : p->values[row * p->outputs + output];
            }
            slopes.push_back((ends[1] - ends[0]) / (step * (to - from)));
        }
        return slopes;
    }
    Result<std::unique_ptr<FittedModel>> fit(int kind, FitContext context) {
        const Kind &k = kinds()[std::size_t(kind)];
        PH_ASSIGN(auto estimator, m_module->makeEstimator({QString::fromLatin1(k.name), k.parameters}, k.task));
        return estimator->fit(k.make(k.rows, 1), k.make(k.rows / 5, 2), context);
    }
    Result<std::unique_ptr<FittedModel>> fit(int kind, quint64 seed) { return fit(kind, contextWith(seed)); }
    TorchModule *m_module = nullptr;
};

QTEST_GUILESS_MAIN(tst_TorchModule)
#include "tst_torch_module.moc"
