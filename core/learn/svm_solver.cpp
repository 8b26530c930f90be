// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/svm_solver.h"

#include "core/base/vector_state.h"
#include "core/learn/parameters.h"

#include <svm.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>

namespace pilothouse::learn {

namespace {

constexpr auto patience = std::chrono::seconds(1);

/// Thrown through svm_train by its own print function: LIBSVM has no other way to stop. It is C++ with unwind tables in Debian; its
/// working arrays (some numbers a row) are lost, its kernel cache is not.
struct Stopped {};

/// Everything that the fits use and make, owned by each thread that works on it: a thread that is left behind reads no memory of others.
struct Work {
    std::vector<SvmProblem> problems;
    SvmOptions options;
    std::vector<svm_node> nodes;      ///< of all rows, zeros left out, each row with an end mark
    std::vector<std::size_t> begin;   ///< of each row in nodes
    std::vector<SvmSolution> solutions;
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> stop = false;
    std::atomic<qint64> iterations = 0;
    std::mutex lock;
    std::condition_variable changed;
    std::size_t done = 0;
    int running = 0;
    QString failure;
};

thread_local Work *current = nullptr;
thread_local qint64 iterationsOfFit = 0, iterationsBetween = 1000;

/// LIBSVM's print function, which it calls at least every 1000 iterations.
void listen(const char *text) {
    if (!current)
        return;
    if (std::strcmp(text, ".") == 0)
        current->iterations += iterationsBetween;
    if (const char *found = std::strstr(text, "#iter = "))
        iterationsOfFit = std::strtoll(found + 8, nullptr, 10);
    if (current->stop)
        throw Stopped{};
}

svm_parameter libsvmParameters(const SvmOptions &options, const SvmProblem &problem, int *labels, double *weights) {
    svm_parameter p{};
    p.svm_type = options.regression ? EPSILON_SVR : C_SVC;
    p.kernel_type = options.kernel.kind == Kernel::Kind::Rbf ? RBF : options.kernel.kind == Kernel::Kind::Polynomial ? POLY : LINEAR;
    p.degree = options.kernel.degree;
    p.gamma = options.kernel.gamma;
    p.coef0 = options.kernel.coef0;
    p.cache_size = options.cacheMb;
    p.eps = options.tolerance;
    p.C = options.c;
    p.p = options.epsilon;
    p.shrinking = 1;
    if (!options.regression) {
        labels[0] = 1;
        labels[1] = -1;
        weights[0] = problem.positiveWeight;
        weights[1] = problem.negativeWeight;
        p.nr_weight = 2;
        p.weight_label = labels;
        p.weight = weights;
    }
    return p;
}

struct ModelOwner {
    svm_model *model;
    ~ModelOwner() { svm_free_and_destroy_model(&model); }
};

SvmSolution solve(Work &work, SvmProblem &problem) {
    SvmSolution solution;
    if (!work.options.regression && std::adjacent_find(problem.y.begin(), problem.y.end(), std::not_equal_to<>()) == problem.y.end()) {
        solution.rho = problem.y.empty() ? 0 : -problem.y.front();
        return solution;
    }
    std::vector<svm_node *> rows;
    for (const std::size_t row : problem.rows)
        rows.push_back(work.nodes.data() + work.begin[row]);
    const svm_problem libsvmProblem{int(rows.size()), problem.y.data(), rows.data()};
    int labels[2];
    double weights[2];
    const svm_parameter parameters = libsvmParameters(work.options, problem, labels, weights);
    if (const char *wrong = svm_check_parameter(&libsvmProblem, &parameters))
        throw std::runtime_error(wrong);
    iterationsOfFit = 0;
    iterationsBetween = std::min<qint64>(qint64(rows.size()), 1000);
    const ModelOwner owner{svm_train(&libsvmProblem, &parameters)};
    const svm_model &model = *owner.model;
    const double sign = work.options.regression || model.label[0] == 1 ? 1 : -1;
    std::vector<int> order(std::size_t(model.l));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&model](int a, int b) { return model.sv_indices[a] < model.sv_indices[b]; });
    for (const int i : order) {
        solution.rows.push_back(problem.rows[std::size_t(model.sv_indices[i]) - 1]);
        solution.coefficients.push_back(sign * model.sv_coef[0][i]);
    }
    solution.rho = sign * model.rho[0];
    solution.iterations = iterationsOfFit;
    solution.converged = iterationsOfFit < std::max<qint64>(10000000, 100 * qint64(rows.size())); // where LIBSVM gives up
    return solution;
}

void workOn(const std::shared_ptr<Work> &work) {
    clearVectorState();
    current = work.get();
    QString failure;
    for (std::size_t i = work->next++; i < work->problems.size() && !work->stop; i = work->next++) {
        try {
            SvmSolution solution = solve(*work, work->problems[i]);
            const std::lock_guard guard(work->lock);
            work->solutions[i] = std::move(solution);
            ++work->done;
            work->changed.notify_all();
        } catch (const Stopped &) {
            break;
        } catch (const std::exception &e) {
            failure = QString::fromUtf8(e.what());
            work->stop = true;
        }
    }
    current = nullptr;
    const std::lock_guard guard(work->lock);
    if (work->failure.isEmpty())
        work->failure = failure;
    --work->running;
    work->changed.notify_all();
}

std::shared_ptr<Work> prepare(std::span<const double> x, std::size_t width, std::vector<SvmProblem> problems, const SvmOptions &options) {
    static std::once_flag once;
    std::call_once(once, [] { svm_set_print_string_function(listen); });
    auto work = std::make_shared<Work>();
    work->options = options;
    work->solutions.resize(problems.size());
    work->problems = std::move(problems);
    const std::size_t rows = x.size() / width;
    for (std::size_t i = 0; i < rows; ++i) {
        work->begin.push_back(work->nodes.size());
        for (std::size_t j = 0; j < width; ++j)
            if (x[i * width + j] != 0)
                work->nodes.push_back({int(j) + 1, x[i * width + j]});
        work->nodes.push_back({-1, 0});
    }
    return work;
}

} // namespace

QString libsvmVersion() { return QStringLiteral("%1.%2").arg(libsvm_version / 100).arg(libsvm_version % 100, 2, 10, QLatin1Char('0')); }

Result<std::vector<SvmSolution>> solveSvm(std::span<const double> x, std::size_t width, std::vector<SvmProblem> problems, const SvmOptions &options, FitContext &context) {
    using Clock = std::chrono::steady_clock;
    if (context.stop.stop_requested())
        return cancelled();
    const auto total = qint64(problems.size());
    const std::shared_ptr<Work> work = prepare(x, width, std::move(problems), options);
    work->running = std::max(1, std::min(context.threads, int(total)));
    std::vector<std::thread> threads;
    for (int i = work->running; i > 0; --i)
        threads.emplace_back(workOn, work);
    Clock::time_point stopped{}, told = Clock::now();
    std::unique_lock lock(work->lock);
    while (work->running > 0 && !(work->stop && stopped != Clock::time_point() && Clock::now() - stopped > patience)) {
        work->changed.wait_for(lock, std::chrono::milliseconds(50));
        const auto done = qint64(work->done);
        lock.unlock();
        context.progress(done, total, QStringLiteral("fit"));
        if (done < total && Clock::now() - told > std::chrono::seconds(10)) {
            told = Clock::now();
            context.log(QStringLiteral("info"), QStringLiteral("%1 of %2 fits are done, after %3 iterations.").arg(done).arg(total).arg(work->iterations.load()));
        }
        if (context.stop.stop_requested() && stopped == Clock::time_point()) {
            work->stop = true;
            stopped = Clock::now();
        }
        lock.lock();
    }
    const bool left = work->running > 0;
    const QString failure = work->failure;
    lock.unlock();
    for (std::thread &thread : threads)
        left ? thread.detach() : thread.join();
    if (!failure.isEmpty())
        return Error{ErrorKind::Internal, QStringLiteral("LIBSVM could not fit."), {}, {}, failure};
    if (left || stopped != Clock::time_point())
        return cancelled();
    return std::move(work->solutions);
}

std::unique_ptr<KernelModel> kernelModel(const QString &estimator, const TrainData &train, const SvmOptions &options, const std::vector<SvmSolution> &solutions, const std::vector<double> &slopes,
                                         QJsonObject facts) {
    std::vector<std::size_t> rows;
    for (const SvmSolution &solution : solutions)
        rows.insert(rows.end(), solution.rows.begin(), solution.rows.end());
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<double> vectors;
    for (const std::size_t row : rows)
        vectors.insert(vectors.end(), train.x.begin() + std::ptrdiff_t(row * train.width), train.x.begin() + std::ptrdiff_t((row + 1) * train.width));
    std::vector<KernelModel::Machine> machines;
    qint64 iterations = 0;
    for (std::size_t m = 0; m < solutions.size(); ++m) {
        KernelModel::Machine machine{{}, solutions[m].coefficients, solutions[m].rho, slopes.empty() ? 1 : slopes[m]};
        for (const std::size_t row : solutions[m].rows)
            machine.vectors.push_back(std::uint32_t(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin()));
        machines.push_back(std::move(machine));
        iterations += solutions[m].iterations;
    }
    facts.insert(QStringLiteral("support_vectors"), qint64(rows.size()));
    facts.insert(QStringLiteral("iterations"), iterations);
    facts.insert(QStringLiteral("gamma"), options.kernel.gamma);
    return std::make_unique<KernelModel>(estimator, options.kernel, train.names, train.classes.size(), std::move(vectors), std::move(machines), std::move(facts));
}

SvmParameters SvmParameters::read(Parameters &parameters) {
    SvmParameters p;
    p.options.c = parameters.number("C", 1, 1e-12, 1e12);
    const QString kernel = parameters.word("kernel", QStringLiteral("rbf"), {QStringLiteral("linear"), QStringLiteral("poly"), QStringLiteral("rbf")});
    for (int kind = 0; kind < 3; ++kind)
        if (kernel == QLatin1String(kernelNames[kind]))
            p.options.kernel.kind = Kernel::Kind(kind);
    p.gamma = parameters.wordOrNumber("gamma", QStringLiteral("scale"), {QStringLiteral("scale"), QStringLiteral("auto")}, 1e-12, 1e12);
    p.options.kernel.degree = int(parameters.integer("degree", 3, 0, 100));
    p.options.kernel.coef0 = parameters.number("coef0", 0, -1e12, 1e12);
    p.options.tolerance = parameters.number("tol", 1e-3, 1e-12, 1);
    p.options.cacheMb = parameters.number("cache_mb", 200, 1, 1e6);
    return p;
}

SvmOptions SvmParameters::forData(const TrainData &train, const QString &estimator, FitContext &context) const {
    SvmOptions made = options;
    if (const double *given = std::get_if<double>(&gamma)) {
        made.kernel.gamma = *given;
    } else {
        const auto n = double(train.x.size());
        const double mean = std::accumulate(train.x.begin(), train.x.end(), 0.0) / n;
        double variance = 0;
        for (const double value : train.x)
            variance += (value - mean) * (value - mean) / n;
        const bool scale = std::get<QString>(gamma) == QLatin1String("scale");
        made.kernel.gamma = !scale ? 1 / double(train.width) : variance > 0 ? 1 / (double(train.width) * variance) : 1;
    }
    if (train.rows > manySvmRows)
        context.log(QStringLiteral("warning"), QStringLiteral("%1 has %2 rows to learn from: its time grows with their square and faster. Above %3 rows, gradient_boosting or fewer rows are worth trying first.")
                                                   .arg(estimator).arg(train.rows).arg(manySvmRows));
    return made;
}

} // namespace pilothouse::learn
