// SPDX-License-Identifier: GPL-3.0-or-later
// bench_mlflow URL models | versions MODEL | runs EXPERIMENT: one list of an MLflow server through our adapter, as the console asks for it, and prints
// {"first_s","complete_s","items","cpu_s"}: seconds to the first 100 (runs only; else 0) and to the whole list, parsed.
#include "core/registry/mlflow_registry.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>

#include <cstdio>
#include <limits>

using namespace pilothouse;

namespace {

struct Took {
    double first = 0, complete = 0, cpuSeconds = 0;
    std::size_t items = 0;
};

Result<Took> measured(registry::Registry &registry, const QString &list, const QString &name) {
    Took took;
    const auto timed = [](double &seconds, const auto &call) {
        const double begun = wall();
        auto result = call();
        seconds = wall() - begun;
        return result;
    };
    const double before = cpu();
    if (list == QLatin1String("runs")) {
        PH_TRY(timed(took.first, [&] { return registry.runs(name, 100); }));
        PH_ASSIGN(const auto all, timed(took.complete, [&] { return registry.runs(name, std::numeric_limits<int>::max()); }));
        took.items = all.size();
    } else if (list == QLatin1String("versions")) {
        PH_ASSIGN(const auto all, timed(took.complete, [&] { return registry.versions(name); }));
        took.items = all.size();
    } else {
        PH_ASSIGN(const auto all, timed(took.complete, [&] { return registry.models(); }));
        took.items = all.size();
    }
    took.cpuSeconds = cpu() - before;
    return took;
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (argc < 3) {
        std::fprintf(stderr, "bench_mlflow URL models | versions MODEL | runs EXPERIMENT\n");
        return 2;
    }
    const auto registry = registry::mlflowRegistry(registry::MlflowApi(std::make_shared<net::HttpClient>(), {QString::fromLocal8Bit(argv[1]), {}, {}}), {});
    const auto took = measured(*registry, QString::fromLocal8Bit(argv[2]), argc > 3 ? QString::fromLocal8Bit(argv[3]) : QString());
    if (!took) {
        std::fprintf(stderr, "%s\n", qUtf8Printable(took.error().text()));
        return exitCode(took.error().kind);
    }
    std::printf("{\"first_s\": %.4f, \"complete_s\": %.4f, \"items\": %zu, \"cpu_s\": %.3f}\n", took->first, took->complete, took->items, took->cpuSeconds);
    return 0;
}
