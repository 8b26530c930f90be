// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/svm_solver.h"

#include "core/base/vector_state.h"
#include "core/learn/kernel_rows.h"
#include "core/learn/parameters.h"
#include "core/learn/smo.h"

#include <QDataStream>
#include <QIODevice>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

namespace pilothouse::learn {

namespace {

constexpr quint32 stateMark = 0x50485632; // "PHV2"

/// One problem on its way.
struct Fit {
    std::optional<SvmSolution> solution;
    QByteArray state; ///< of the solver; empty: it has not begun
};

/// Everything that the threads share; `lock` guards what can change.
struct Work {
    Work(std::span<const double> matrix, std::size_t columns, const std::vector<SvmProblem> &asked, const SvmOptions &how) : x(matrix), width(columns), problems(asked), options(how), fits(asked.size()) {}
    bool allTold() const {
        return std::all_of(told.begin(), told.end(), [this](int times) { return times >= wanted; });
    }
    std::span<const double> x;
    std::size_t width;
    const std::vector<SvmProblem> &problems;
    SvmOptions options;
    std::vector<Fit> fits;
    std::mutex lock;
    std::condition_variable changed;
    std::size_t next = 0, solved = 0;
    int running = 0;
    int wanted = 0;        ///< how often the states were asked for …
    std::vector<int> told; ///< … and up to which time each thread has stored its own
    bool stop = false;
    qint64 iterations = 0;
    std::exception_ptr failure;
};

DualProblem dual(const SvmProblem &problem, const SvmOptions &options) {
    DualProblem d;
    const std::vector<std::uint32_t> rows(problem.rows.begin(), problem.rows.end());
    d.points = rows;
    d.positiveBound = d.negativeBound = options.c;
    if (options.regression) {
        d.points.insert(d.points.end(), rows.begin(), rows.end());
        d.sign.assign(rows.size(), 1);
        d.sign.resize(2 * rows.size(), -1);
        for (const double sign : {-1.0, 1.0})
            for (const double z : problem.y)
                d.linear.push_back(options.epsilon + sign * z);
    } else {
        d.sign = problem.y;
        d.linear.assign(rows.size(), -1);
        d.positiveBound *= problem.positiveWeight;
        d.negativeBound *= problem.negativeWeight;
    }
    return d;
}

/// Of two variables a row, where there are two, the sum counts.
SvmSolution solutionOf(const SvmProblem &problem, const Smo &solver) {
    SvmSolution solution;
    const std::vector<double> coefficients = solver.coefficients();
    std::vector<std::size_t> order(problem.rows.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return problem.rows[a] < problem.rows[b]; });
    for (const std::size_t i : order) {
        double sum = coefficients[i];
        if (coefficients.size() == 2 * order.size())
            sum += coefficients[i + order.size()];
        if (sum == 0)
            continue;
        solution.rows.push_back(problem.rows[i]);
        solution.coefficients.push_back(sum);
    }
    solution.rho = solver.rho();
    solution.iterations = solver.iterations();
    solution.converged = solver.converged();
    return solution;
}

/// One class only: nothing is to be solved.
bool isSettled(const SvmProblem &problem, const SvmOptions &options) {
    return !options.regression && std::adjacent_find(problem.y.begin(), problem.y.end(), std::not_equal_to<>()) == problem.y.end();
}

/// Solves one; nothing where it was stopped, and then the state is left. The lock is held on entry and on return.
std::optional<SvmSolution> solve(Work &work, std::size_t index, int thread, std::unique_lock<std::mutex> &lock) {
    const SvmProblem &problem = work.problems[index];
    if (isSettled(problem, work.options)) {
        SvmSolution solution;
        solution.rho = problem.y.empty() ? 0 : -problem.y.front();
        return solution;
    }
    const QByteArray state = work.fits[index].state;
    lock.unlock();
    Smo solver(work.x, work.width, dual(problem, work.options), work.options.kernel, work.options.tolerance, work.options.cacheMb, state);
    const std::size_t variables = problem.rows.size() * (work.options.regression ? 2 : 1);
    const qint64 step = std::clamp<qint64>(qint64(2e7 / (double(variables) * double(work.width + 20))), 1, 1000); // some hundredths of a second
    for (qint64 counted = 0;;) { // those of an earlier run count, too
        const bool done = solver.run(step);
        lock.lock();
        work.iterations += solver.iterations() - counted;
        counted = solver.iterations();
        if (done)
            return solutionOf(problem, solver);
        const bool stop = work.stop;
        if (stop || work.told[std::size_t(thread)] != work.wanted) {
            work.fits[index].state = solver.state();
            work.told[std::size_t(thread)] = work.wanted;
            work.changed.notify_all();
        }
        if (stop)
            return std::nullopt;
        lock.unlock();
    }
}

void workOn(Work &work, int thread) {
    clearVectorState();
    std::unique_lock lock(work.lock);
    try {
        while (work.next < work.problems.size() && !work.stop) {
            const std::size_t index = work.next++;
            if (work.fits[index].solution)
                continue;
            std::optional<SvmSolution> solution = solve(work, index, thread, lock);
            if (!solution)
                break;
            work.fits[index] = {std::move(solution), {}};
            ++work.solved;
            work.told[std::size_t(thread)] = work.wanted; // between two fits there is nothing to store
            work.changed.notify_all();
        }
    } catch (...) { // no memory
        if (!lock.owns_lock())
            lock.lock();
        work.failure = std::current_exception();
        work.stop = true;
    }
    --work.running;
    work.told[std::size_t(thread)] = std::numeric_limits<int>::max();
    work.changed.notify_all();
}

QByteArray stateOf(const Work &work) {
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << stateMark << quint64(work.fits.size());
    for (const Fit &fit : work.fits) {
        out << bool(fit.solution) << fit.state;
        if (!fit.solution)
            continue;
        out << quint64(fit.solution->rows.size());
        for (std::size_t i = 0; i < fit.solution->rows.size(); ++i)
            out << quint64(fit.solution->rows[i]) << fit.solution->coefficients[i];
        out << fit.solution->rho << fit.solution->iterations << fit.solution->converged;
    }
    return bytes;
}

bool readState(const QByteArray &bytes, Work &work) {
    QDataStream in(bytes);
    quint32 mark = 0;
    quint64 count = 0;
    in >> mark >> count;
    if (mark != stateMark || count != work.problems.size())
        return false;
    for (std::size_t k = 0; k < count; ++k) {
        const SvmProblem &problem = work.problems[k];
        Fit &fit = work.fits[k];
        bool solved = false;
        in >> solved >> fit.state;
        if (!fit.state.isEmpty() && !Smo::fits(fit.state, problem.rows.size() * (work.options.regression ? 2 : 1)))
            return false;
        if (!solved)
            continue;
        quint64 vectors = 0;
        in >> vectors;
        if (in.status() != QDataStream::Ok || vectors > problem.rows.size())
            return false;
        SvmSolution solution;
        for (quint64 i = 0; i < vectors; ++i) {
            quint64 row = 0;
            double coefficient = 0;
            in >> row >> coefficient;
            if (work.width == 0 || row >= work.x.size() / work.width)
                return false;
            solution.rows.push_back(std::size_t(row));
            solution.coefficients.push_back(coefficient);
        }
        in >> solution.rho >> solution.iterations >> solution.converged;
        work.iterations += solution.iterations;
        fit.solution = std::move(solution);
        ++work.solved;
    }
    return in.status() == QDataStream::Ok && in.atEnd();
}

} // namespace

Result<std::vector<SvmSolution>> solveSvm(std::span<const double> x, std::size_t width, const std::vector<SvmProblem> &problems, const SvmOptions &options, FitContext &context) {
    using Clock = std::chrono::steady_clock;
    if (context.stop.stop_requested())
        return cancelled();
    if (const double largest = largestKernelValue(x, width, options.kernel); !(largest <= std::numeric_limits<float>::max()))
        return invalid(QStringLiteral("%1: the columns are too large for the %2 kernel: its values reach %3, where %4 is the most that is calculated with.")
                           .arg(QLatin1String(options.regression ? "svr" : "svc"), QLatin1String(kernelNames[int(options.kernel.kind)]))
                           .arg(largest, 0, 'g', 2).arg(double(std::numeric_limits<float>::max()), 0, 'g', 2), {},
                       QStringLiteral("Scale the columns (transforms: [standard_scale]).%1").arg(options.kernel.kind == Kernel::Kind::Polynomial ? QStringLiteral(" A lower degree, gamma or coef0 helps as well.") : QString()));
    const auto total = qint64(problems.size());
    Work work(x, width, problems, options);
    if (!context.previousState.isEmpty() && !readState(context.previousState, work))
        return invalid(QStringLiteral("The checkpoint holds no support vector machines of these rows."), {}, QStringLiteral("Train anew, without --resume."));
    work.running = std::max(1, std::min(context.threads, int(total)));
    work.told.resize(std::size_t(work.running));
    std::vector<std::jthread> threads;
    struct Ending { // before the threads are waited for, however this function ends
        Work &work;
        ~Ending() {
            const std::lock_guard lock(work.lock);
            work.stop = true;
        }
    } const ending{work};
    const std::size_t solvedBefore = work.solved;
    Result<void> kept;
    {
        std::unique_lock lock(work.lock);
        for (int i = 0; i < int(work.told.size()); ++i)
            threads.emplace_back(workOn, std::ref(work), i);
        const auto keep = [&] {
            const QByteArray state = stateOf(work);
            const qint64 step = work.iterations;
            lock.unlock();
            kept = context.checkpoint(state, step);
            lock.lock();
            work.stop = work.stop || !kept;
        };
        for (Clock::time_point told = Clock::now(); work.running > 0;) {
            work.changed.wait_for(lock, std::chrono::milliseconds(50));
            const auto done = qint64(work.solved);
            const qint64 iterations = work.iterations;
            lock.unlock();
            context.progress(done, total, QStringLiteral("fit"));
            if (done < total && Clock::now() - told > std::chrono::seconds(10)) {
                told = Clock::now();
                context.log(QStringLiteral("info"), QStringLiteral("%1 of %2 fits are done, after %3 iterations.").arg(done).arg(total).arg(iterations));
            }
            const bool stop = context.stop.stop_requested(), due = !stop && context.checkpointDue();
            lock.lock();
            work.stop = work.stop || stop;
            if (due && work.running > 0) {
                ++work.wanted;
                work.changed.wait(lock, [&] { return work.allTold(); });
                keep();
            }
        }
        if (context.stop.stop_requested() && work.solved < work.fits.size() && !work.failure && kept && (work.iterations > 0 || work.solved > solvedBefore))
            keep();
    }
    threads.clear();
    if (work.failure)
        std::rethrow_exception(work.failure);
    if (!kept)
        return kept.error();
    if (work.solved < work.fits.size())
        return cancelled();
    std::vector<SvmSolution> solutions;
    for (Fit &fit : work.fits)
        solutions.push_back(std::move(*fit.solution));
    return solutions;
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
