// SPDX-License-Identifier: GPL-3.0-or-later
// bench_estimator linreg|dtree|forest|xgb|svc DATA [RUNS]: fits our learner on the rows that bench/peers/train_sk.py makes, and prints one
// JSON line of the same form (svc: two classes, above and not above the median, as there). DATA is little endian: uint64 rows, test rows, width; then float32 x [all rows × width] and y [all rows]; the
// last test rows judge.
#include "core/base/file.h"
#include "core/learn/estimator.h"
#include "core/metrics/metrics.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
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
    /// As numpy's: y > median(y), over training and test rows together.
    void makeClasses() {
        std::vector<double> all = train.y;
        all.insert(all.end(), truth.begin(), truth.end());
        std::sort(all.begin(), all.end());
        const double middle = all.size() % 2 ? all[all.size() / 2] : (all[all.size() / 2 - 1] + all[all.size() / 2]) / 2;
        for (std::vector<double> *y : {&train.y, &truth})
            for (double &v : *y)
                v = v > middle ? 1 : 0;
        train.task = workspace::TaskKind::Classification;
        train.classes = {"0", "1"};
    }
};

Result<Data> readData(const QString &path) {
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    std::uint64_t head[3];
    if (bytes.size() < qsizetype(sizeof head))
        return invalid(QStringLiteral("The data file is too short."), path);
    std::memcpy(head, bytes.constData(), sizeof head);
    const std::size_t rows = head[0], tests = head[1], width = head[2];
    if (std::size_t(bytes.size()) != sizeof head + (rows + tests) * (width + 1) * sizeof(float))
        return invalid(QStringLiteral("The data file has another size than its head says."), path);
    std::vector<float> values((rows + tests) * (width + 1));
    std::memcpy(values.data(), bytes.constData() + sizeof head, values.size() * sizeof(float));
    const auto at = [&](std::size_t i) { return values.begin() + std::ptrdiff_t(i); };
    Data d;
    d.train.rows = rows;
    d.train.width = d.test.width = width;
    d.test.count = tests;
    d.train.x.assign(at(0), at(rows * width));
    d.test.values.assign(at(rows * width), at((rows + tests) * width));
    d.train.y.assign(at((rows + tests) * width), at((rows + tests) * width + rows));
    d.truth.assign(at((rows + tests) * width + rows), values.end());
    for (std::size_t j = 0; j < width; ++j)
        d.train.names.push_back(QStringLiteral("x%1").arg(j));
    return d;
}

Result<QJsonObject> measure(const QString &kind, const QString &file, int runs) {
    PH_ASSIGN(Data d, readData(file));
    const QMap<QString, workspace::EstimatorSpec> specs{{QStringLiteral("linreg"), {QStringLiteral("linear_regression"), {}}},
                                                        {QStringLiteral("dtree"), {QStringLiteral("decision_tree"), {{QStringLiteral("max_depth"), 10}}}},
                                                        {QStringLiteral("forest"), {QStringLiteral("random_forest"), {{QStringLiteral("n_estimators"), 100}, {QStringLiteral("max_depth"), 10}}}},
                                                        {QStringLiteral("xgb"), {QStringLiteral("gradient_boosting"), {{QStringLiteral("n_estimators"), 100}, {QStringLiteral("max_depth"), 6}, {QStringLiteral("learning_rate"), 0.1}, {QStringLiteral("tree_method"), QStringLiteral("hist")}}}},
                                                        {QStringLiteral("svc"), {QStringLiteral("svc"), {{QStringLiteral("C"), 1}, {QStringLiteral("gamma"), QStringLiteral("scale")}, {QStringLiteral("probability"), false}}}}};
    if (!specs.contains(kind))
        return invalid(QStringLiteral("linreg, dtree, forest, xgb or svc was expected, not %1.").arg(kind));
    if (kind == QLatin1String("svc"))
        d.makeClasses();
    const std::size_t classes = d.train.classes.size();
    const QString judge = classes ? QStringLiteral("accuracy") : QStringLiteral("r2");
    FitContext c;
    c.threads = int(std::max(1u, std::thread::hardware_concurrency()));
    std::vector<double> walls, cpus, batch, single;
    double quality = 0;
    QJsonObject facts;
    for (int run = 0; run < runs; ++run) {
        PH_ASSIGN(const auto estimator, makeEstimator(specs[kind], d.train.task));
        const double w = wall(), p = cpu();
        PH_ASSIGN(const auto model, estimator->fit(d.train, {}, c));
        walls.push_back(wall() - w);
        cpus.push_back(cpu() - p);
        facts = model->describe();
        metrics::Scored scored{d.test.count, 1, classes, d.truth, {}, {}};
        for (int again = 0; again < 3; ++again) {
            const double before = wall();
            PH_ASSIGN(artifact::Predictions predicted, model->predict(d.test));
            batch.push_back(double(d.test.count) / (wall() - before));
            scored.predicted = std::move(predicted.values);
            scored.probabilities = std::move(predicted.probabilities);
        }
        PH_ASSIGN(quality, metrics::metricOf(judge, scored));
        const std::size_t asked = std::min<std::size_t>(d.test.count, 2000);
        const double before = wall();
        for (std::size_t i = 0; i < asked; ++i) {
            const auto row = d.test.row(i);
            const auto one = model->predict({1, d.test.width, {row.begin(), row.end()}});
            if (!one)
                return one.error();
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
                       {Q("threads"), c.threads}, {Q("rows"), qint64(d.train.rows)}, {Q("cols"), qint64(d.train.width)}, {Q("quality"), quality},
                       {Q("quality_kind"), judge}, {Q("facts"), facts}, {Q("predict_rows_per_s"), median(batch)}, {Q("predict_one_us"), median(single)}};
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (argc < 3) {
        std::fprintf(stderr, "bench_estimator linreg|dtree|forest|xgb|svc DATA [RUNS]\n");
        return 2;
    }
    const auto measured = measure(QString::fromLocal8Bit(argv[1]), QString::fromLocal8Bit(argv[2]), argc > 3 ? std::atoi(argv[3]) : 1);
    if (!measured) {
        std::fprintf(stderr, "%s\n", qUtf8Printable(measured.error().text()));
        return exitCode(measured.error().kind);
    }
    std::printf("%s\n", QJsonDocument(*measured).toJson(QJsonDocument::Compact).constData());
    return 0;
}
