// SPDX-License-Identifier: GPL-3.0-or-later
// bench_train_mlp mlp|lstm DATA EPOCHS [RUNS]: fits our network on the rows that bench/peers/train_torch.py makes, and prints one JSON
// line of the same form. DATA is little endian: uint64 rows, test rows, window (0: none), series or width, outputs; then
// float32 x [all rows × width] as the peer holds it (LSTM: step by step) and y [all rows × outputs]; the last test rows judge.
#include "core/base/file.h"
#include "core/learn/torch_loader.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <thread>
#include <sys/resource.h>

using namespace pilothouse;
using namespace pilothouse::learn;
using Q = QLatin1String;

namespace {

struct Data {
    TrainData train;
    data::Rows test;
    std::vector<double> truth;
};

Result<Data> readData(const QString &path) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    std::uint64_t head[5];
    if (bytes.size() < qsizetype(sizeof head))
        return invalid(QStringLiteral("The data file is too short."), path);
    std::memcpy(head, bytes.constData(), sizeof head);
    const std::size_t rows = head[0], tests = head[1], window = head[2], series = head[3], outputs = head[4], width = std::max<std::size_t>(1, window) * series;
    if (std::size_t(bytes.size()) != sizeof head + (rows + tests) * (width + outputs) * sizeof(float))
        return invalid(QStringLiteral("The data file has another size than its head says."), path);
    std::vector<float> values((rows + tests) * (width + outputs));
    std::memcpy(values.data(), bytes.constData() + sizeof head, values.size() * sizeof(float));
    Data d;
    d.train.task = window ? workspace::TaskKind::Forecast : workspace::TaskKind::Regression;
    d.train.rows = rows;
    d.train.width = d.test.width = width;
    d.train.outputs = outputs;
    d.train.window = window;
    d.train.series = window ? series : 0;
    d.test.count = tests;
    for (std::size_t i = 0; i < rows + tests; ++i)
        for (std::size_t j = 0; j < width; ++j) { // ours is series by series, the peer's step by step
            const std::size_t from = window ? (j % window) * series + j / window : j;
            (i < rows ? d.train.x : d.test.values).push_back(double(values[i * width + from]));
        }
    const float *y = values.data() + (rows + tests) * width;
    d.train.y.assign(y, y + rows * outputs);
    d.truth.assign(y + rows * outputs, y + (rows + tests) * outputs);
    return d;
}

/// As the peer: one figure over all outputs, each about its own mean.
double r2(const Data &d, const std::vector<double> &predicted) {
    const std::size_t outputs = d.train.outputs, rows = d.test.count;
    std::vector<double> mean(outputs, 0);
    for (std::size_t i = 0; i < d.truth.size(); ++i)
        mean[i % outputs] += d.truth[i] / double(rows);
    double residual = 0, total = 0;
    for (std::size_t i = 0; i < d.truth.size(); ++i) {
        residual += (predicted[i] - d.truth[i]) * (predicted[i] - d.truth[i]);
        total += (d.truth[i] - mean[i % outputs]) * (d.truth[i] - mean[i % outputs]);
    }
    return 1 - residual / total;
}

FitContext context() {
    FitContext c;
    c.seed = 0;
    c.threads = int(std::max(1u, std::thread::hardware_concurrency()));
    return c;
}

Result<QJsonObject> measure(const QString &kind, const QString &file, int epochs, int runs) {
    PH_ASSIGN(const Data d, readData(file));
    PH_ASSIGN(const TorchModule *module, torchModule());
    QVariantMap parameters{{QStringLiteral("epochs"), epochs}, {QStringLiteral("patience"), 0}};
    if (d.train.window > 0)
        parameters.insert(QStringLiteral("residual"), false); // the peer learns the values themselves
    std::vector<double> walls, cpus, single;
    double quality = 0;
    for (int run = 0; run < runs; ++run) {
        PH_ASSIGN(auto estimator, module->makeEstimator({kind, parameters}, d.train.task));
        FitContext c = context();
        const double w = wall(), p = cpu();
        PH_ASSIGN(const auto model, estimator->fit(d.train, {}, c));
        walls.push_back(wall() - w);
        cpus.push_back(cpu() - p);
        PH_ASSIGN(const artifact::Predictions predicted, model->predict(d.test));
        quality = r2(d, predicted.values);
        const std::size_t asked = std::min<std::size_t>(d.test.count, 2000);
        const double before = wall();
        for (std::size_t i = 0; i < asked; ++i) {
            const auto row = d.test.row(i);
            PH_TRY([&]() -> Result<void> {
                PH_ASSIGN(const auto one, model->predict({1, d.test.width, {row.begin(), row.end()}}));
                return {};
            }());
        }
        single.push_back((wall() - before) / double(asked) * 1e6);
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    double load = 0;
    ::getloadavg(&load, 1);
    return QJsonObject{{Q("bench"), QStringLiteral("train/pilothouse_") + kind}, {Q("median_s"), median(walls)},
                       {Q("min_s"), *std::min_element(walls.begin(), walls.end())}, {Q("max_s"), *std::max_element(walls.begin(), walls.end())},
                       {Q("runs"), runs}, {Q("cpu_median_s"), median(cpus)}, {Q("peak_rss_mb"), double(usage.ru_maxrss) / 1024}, {Q("load1"), load},
                       {Q("threads"), context().threads}, {Q("rows"), qint64(d.train.rows)}, {Q("epochs"), epochs}, {Q("quality"), quality},
                       {Q("quality_kind"), QStringLiteral("r2")}, {Q("predict_one_us"), median(single)}, {Q("torch"), module->version()}};
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() < 4) {
        std::fprintf(stderr, "bench_train_mlp mlp|lstm DATA EPOCHS [RUNS]\n");
        return 2;
    }
    const auto result = measure(arguments[1], arguments[2], arguments[3].toInt(), arguments.size() > 4 ? arguments[4].toInt() : 1);
    if (!result) {
        std::fprintf(stderr, "%s\n", qUtf8Printable(result.error().text()));
        return exitCode(result.error().kind);
    }
    std::printf("%s\n", QJsonDocument(*result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
