// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/search.h"

#include "core/base/child_process.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/memory.h"
#include "core/learn/cross_validation.h"
#include "core/learn/search_plan.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <numeric>
#include <thread>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using SteadyClock = std::chrono::steady_clock;

class Search {
public:
    Search(const workspace::Recipe &recipe, const QString &metric, const SearchContext &context)
        : m_recipe(recipe), m_spec(*recipe.search), m_context(context), m_metric(metric), m_larger(workspace::largerIsBetter(metric)) {
        m_parallel = m_spec.parallel > 0 ? m_spec.parallel : std::max(1, context.threads);
        m_threads = std::max(1, context.threads / m_parallel);
    }
    Result<SearchResult> run();

private:
    struct Ended {
        std::size_t trial;
        Result<QJsonObject> answer;
        double seconds;
        bool killed; ///< its process, by whoever: the system where memory ran out, a person
    };
    /// The trials of one round, `parallel` at once; what the checkpoint knows is not tried again.
    Result<void> round(int number, const SearchRound &asked, const std::vector<std::size_t> &entrants);
    Result<QString> recipeFile(const SearchTrial &trial) const;
    Ended tryOut(std::size_t trial, const QString &file, double share, qint64 memory);
    std::optional<Error> endOfSearch(const Error &error) const;
    bool triedAgain(Ended &ended);
    Result<void> take(const Ended &ended, int round, double share);
    void recall(const QJsonObject &record);
    std::vector<std::size_t> ranked(int round) const;
    bool over() const { return m_spec.minutes > 0 && spent() >= m_spec.minutes * 60; }
    double spent() const { return m_before + std::chrono::duration<double>(SteadyClock::now() - m_begun).count(); }
    void report(std::size_t done, std::size_t of, std::size_t tried) const;

    const workspace::Recipe &m_recipe;
    const workspace::SearchSpec &m_spec;
    const SearchContext &m_context;
    QString m_metric;
    bool m_larger;
    int m_parallel = 1, m_threads = 1;
    std::vector<SearchTrial> m_trials; ///< all that were drawn
    std::vector<std::vector<bool>> m_tried;     ///< [round][trial]
    std::vector<std::vector<double>> m_figures; ///< [round][trial]: mean of the metric; NaN: not tried, or failed
    std::vector<bool> m_killed; ///< [trial]: its process was, in this round
    SteadyClock::time_point m_begun = SteadyClock::now();
    double m_before = 0; ///< seconds that an interrupted run spent
    bool m_outOfTime = false;
};

/// Trials that took part in the round, best first; equal ones in the order of the draw. Failed ones are left out.
std::vector<std::size_t> Search::ranked(int round) const {
    const std::vector<double> &figures = m_figures[std::size_t(round)];
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < figures.size(); ++i)
        if (!std::isnan(figures[i]))
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return m_larger ? figures[a] > figures[b] : figures[a] < figures[b]; });
    return order;
}

/// The recipe of a trial alone: it can be run again by hand.
Result<QString> Search::recipeFile(const SearchTrial &trial) const {
    workspace::Recipe alone = m_recipe;
    alone.file.clear(); // paths stay absolute
    alone.data.source = m_recipe.data.path();
    alone.data.connection.clear();
    alone.data.version.clear();
    alone.search.reset();
    alone.quality.reset(); // looked at once, before the search
    alone.gates.clear();
    alone.estimators = {trial.spec};
    const QString file = QStringLiteral("%1/trial-%2.yaml").arg(m_context.folder).arg(trial.number);
    PH_TRY(writeFileAtomically(file, workspace::writeRecipe(alone)));
    return file;
}

/// @param memory  that the trial may take; 0: no limit
Search::Ended Search::tryOut(std::size_t trial, const QString &file, double share, qint64 memory) {
    ChildJob job;
    job.program = pilotProgram();
    job.arguments = {QStringLiteral("trial"), file, QStringLiteral("--share"), QString::number(share, 'g', 17), QStringLiteral("--threads"), QString::number(m_threads)};
    job.arguments << QStringLiteral("--data-sha256") << m_context.dataSha256;
    if (memory > 0)
        job.arguments << QStringLiteral("--max-memory") << QString::number(memory);
    job.nice = 0; // as the training itself
    int signal = 0;
    job.endedBy = &signal;
    const auto begun = SteadyClock::now();
    auto answer = runJob(job, [](const Event &) {}, m_context.stop);
    QFile::remove(file);
    return {trial, std::move(answer), std::chrono::duration<double>(SteadyClock::now() - begun).count(), signal == SIGKILL};
}

void Search::recall(const QJsonObject &record) {
    const auto number = std::size_t(record.value(Q("trial")).toInt(-1)), round = std::size_t(record.value(Q("round")).toInt(-1));
    if (number >= m_trials.size() || round >= m_tried.size())
        return;
    SearchTrial &trial = m_trials[number];
    trial.round = int(round);
    trial.share = record.value(Q("share")).toDouble();
    trial.folds = foldsFromJson(record);
    trial.seconds += record.value(Q("seconds")).toDouble();
    trial.error = record.value(Q("error")).toString();
    m_tried[round][number] = true;
    m_figures[round][number] = trial.folds.empty() ? std::nan("") : figuresOf(trial.folds).mean.value(m_metric, std::nan(""));
    if (!trial.folds.empty() && std::isnan(m_figures[round][number])) // undefined on a fold: no figure to win by
        trial.error = QStringLiteral("%1 has no value on every fold.").arg(m_metric);
    m_before = std::max(m_before, record.value(Q("spent")).toDouble());
}

/// An error that is not the trial's own: a stop, no memory for it (it would lose by that, and win elsewhere), or data that is no longer
/// what the search began with. Nullopt: the trial lost.
std::optional<Error> Search::endOfSearch(const Error &error) const {
    if (error.kind == ErrorKind::Cancelled)
        return error;
    if (error.kind == ErrorKind::Refused) {
        Error refusal = error;
        if (m_parallel > 1)
            refusal.hint = QStringLiteral("Up to %1 trials run at once and share the memory; search: {parallel: 1} leaves it to one. ").arg(m_parallel) + error.hint;
        return refusal;
    }
    if (const QString now = sha256OfFile(m_recipe.data.path()).value_or(QString()); now != m_context.dataSha256)
        return changedData(m_context.dataSha256, now, m_recipe.data.source);
    return error.kind == ErrorKind::Conflict ? std::optional(error) : std::nullopt; // it changed and is as it was again
}

/// A killed process says nothing of its trial: true where it is to be tried once more, behind those that wait; they may leave it the memory.
bool Search::triedAgain(Ended &ended) {
    if (ended.answer || !ended.killed)
        return false;
    const QString why = QStringLiteral("killed by signal %1 (out of memory?)").arg(SIGKILL);
    if (!m_killed[ended.trial]) {
        m_killed[ended.trial] = true;
        m_context.events->log(QStringLiteral("warning"), QStringLiteral("Trial %1 was %2; it is tried once more.").arg(m_trials[ended.trial].number).arg(why));
        return true;
    }
    Error error = std::move(ended.answer).error();
    error.what = QStringLiteral("Its process was twice %1.").arg(why);
    error.where.clear(); // which program it was helps nobody
    error.hint = m_parallel > 1 ? QStringLiteral("search: {parallel: 1} leaves the memory to one trial; or search smaller models, or train on fewer rows.") : QStringLiteral("Search smaller models, or train on fewer rows.");
    ended.answer = std::move(error);
    return false;
}

Result<void> Search::take(const Ended &ended, int round, double share) {
    const SearchTrial &trial = m_trials[ended.trial];
    QJsonObject record{{Q("trial"), trial.number}, {Q("round"), round}, {Q("share"), share}, {Q("seconds"), ended.seconds}, {Q("spent"), spent()}};
    if (!ended.answer)
        if (const std::optional<Error> end = endOfSearch(ended.answer.error()))
            return *end;
    if (ended.answer)
        record.insert(Q("folds"), ended.answer->value(Q("folds")));
    else
        record.insert(Q("error"), ended.answer.error().text());
    recall(record);
    PH_TRY(m_context.checkpoint->addTrial(record));
    const double value = m_figures[std::size_t(round)][ended.trial];
    const QString name = QStringLiteral("Trial %1, %2 %3").arg(trial.number).arg(trial.spec.name, QString::fromUtf8(compactJson(QJsonObject::fromVariantMap(trial.spec.parameters))));
    if (trial.error.isEmpty())
        m_context.events->log(QStringLiteral("info"), QStringLiteral("%1: %2 %3%4.").arg(name, m_metric).arg(value).arg(share < 1 ? QStringLiteral(" on %1 % of the rows").arg(share * 100, 0, 'g', 3) : QString()));
    else
        m_context.events->log(QStringLiteral("warning"), QStringLiteral("%1 failed: %2").arg(name, trial.error));
    m_context.events->emitEvent(QStringLiteral("trial"), {{Q("trial"), trial.number}, {Q("round"), round}, {Q("estimator"), trial.spec.name}, {Q("parameters"), QJsonObject::fromVariantMap(trial.spec.parameters)},
                                                           {Q("metric"), m_metric}, {Q("value"), jsonNumber(value)}, {Q("error"), trial.error}});
    return {};
}

void Search::report(std::size_t done, std::size_t of, std::size_t tried) const {
    const double took = std::chrono::duration<double>(SteadyClock::now() - m_begun).count();
    double eta = tried > 0 ? took / double(tried) * double(of - done) : -1;
    if (m_spec.minutes > 0 && eta >= 0)
        eta = std::min(eta, std::max(0.0, m_spec.minutes * 60 - spent()));
    m_context.events->progress(qint64(done), qint64(of), QStringLiteral("trial"), eta, QStringLiteral("search"));
}

Result<void> Search::round(int number, const SearchRound &asked, const std::vector<std::size_t> &entrants) {
    std::deque<std::size_t> open;
    for (const std::size_t trial : entrants)
        if (!m_tried[std::size_t(number)][trial])
            open.push_back(trial);
    std::mutex lock;
    std::condition_variable wake;
    std::deque<Ended> ended;
    std::vector<std::jthread> children;
    m_killed.assign(m_trials.size(), false);
    std::size_t running = 0, done = entrants.size() - open.size(), tried = 0;
    std::optional<Error> failed;
    const auto atOnce = qint64(std::clamp<std::size_t>(open.size(), 1, std::size_t(m_parallel)));
    report(done, entrants.size(), tried);
    while (running > 0 || (!open.empty() && !failed)) {
        m_outOfTime = m_outOfTime || (over() && !open.empty());
        while (!open.empty() && running < std::size_t(m_parallel) && !failed && !m_outOfTime && !m_context.stop.stop_requested()) {
            const std::size_t trial = open.front();
            open.pop_front();
            const Result<QString> file = recipeFile(m_trials[trial]);
            if (!file) {
                failed = file.error();
                break;
            }
            ++running;
            // What this process holds is no trial's.
            const qint64 memory = m_context.memoryBytes > 0 ? std::max<qint64>(1, (m_context.memoryBytes - residentMemory()) / atOnce) : 0;
            children.emplace_back([this, trial, file = *file, share = asked.share, memory, &lock, &wake, &ended] {
                Ended outcome = tryOut(trial, file, share, memory);
                const std::lock_guard guard(lock);
                ended.push_back(std::move(outcome));
                wake.notify_one();
            });
        }
        if (running == 0)
            break;
        std::unique_lock guard(lock);
        wake.wait(guard, [&] { return !ended.empty(); });
        Ended outcome = std::move(ended.front());
        ended.pop_front();
        guard.unlock();
        --running;
        if (triedAgain(outcome)) {
            open.push_back(outcome.trial);
            continue;
        }
        ++tried;
        if (const Result<void> taken = take(outcome, number, asked.share); !taken && !failed)
            failed = taken.error();
        report(++done, entrants.size(), tried);
    }
    if (failed)
        return *failed;
    return m_context.stop.stop_requested() ? Result<void>(cancelled()) : Result<void>();
}

Result<SearchResult> Search::run() {
    if (pilotProgram().isEmpty())
        return notFound(QStringLiteral("The trials of a search run in `pilot`, which was not found."), {}, QStringLiteral("Install it beside this program, or name it in PILOTHOUSE_PILOT."));
    PH_ASSIGN(const std::vector<workspace::EstimatorSpec> points, searchPoints(m_recipe));
    for (const workspace::EstimatorSpec &point : points)
        m_trials.push_back({int(m_trials.size()), point, 0, 1, {}, 0, {}});
    const std::vector<SearchRound> rounds = searchRounds(m_spec, points.size(), m_context.trainRows);
    m_figures.assign(rounds.size(), std::vector<double>(points.size(), std::nan("")));
    m_tried.assign(rounds.size(), std::vector<bool>(points.size()));
    for (const QJsonValue &record : std::as_const(m_context.checkpoint->trials))
        recall(record.toObject());
    PH_TRY(makeFolder(m_context.folder));
    PH_TRY(m_context.checkpoint->keep()); // a run that is killed in its first trial can be resumed, too
    std::vector<std::size_t> entrants(points.size());
    std::iota(entrants.begin(), entrants.end(), std::size_t(0));
    int last = 0;
    for (std::size_t i = 0; i < rounds.size() && !entrants.empty(); ++i) {
        PH_TRY(round(int(i), rounds[i], entrants));
        if (const auto order = ranked(int(i)); order.empty())
            break;
        else
            entrants = {order.begin(), order.begin() + std::ptrdiff_t(std::min(order.size(), rounds[i].kept))};
        last = int(i);
        if (m_outOfTime)
            break;
    }
    const std::vector<std::size_t> order = ranked(last);
    if (order.empty()) {
        const auto failed = std::find_if(m_trials.begin(), m_trials.end(), [](const SearchTrial &trial) { return !trial.error.isEmpty(); });
        return failed != m_trials.end() ? invalid(QStringLiteral("Every trial of the search failed. The first: %1").arg(failed->error), m_recipe.file)
                                        : Error{ErrorKind::Refused, QStringLiteral("The search ended before its first trial: its budget is %1 minutes.").arg(m_spec.minutes), m_recipe.file, QStringLiteral("Raise “minutes” in “search”."), {}};
    }
    SearchResult result;
    result.metric = m_metric;
    result.largerIsBetter = m_larger;
    result.how = validationText(*m_recipe.validation);
    result.drawn = int(points.size());
    for (std::size_t i = 0; i < m_trials.size(); ++i) {
        if (!m_tried[0][i])
            continue;
        if (i == order.front())
            result.best = int(result.trials.size());
        result.trials.push_back(m_trials[i]);
        result.first.push_back(m_figures[0][i]);
    }
    const auto failed = std::count_if(result.trials.begin(), result.trials.end(), [](const SearchTrial &trial) { return !trial.error.isEmpty(); });
    if (failed > 0) {
        const auto one = std::find_if(result.trials.begin(), result.trials.end(), [](const SearchTrial &trial) { return !trial.error.isEmpty(); });
        result.notes << QStringLiteral("%1 of %2 trials failed and lost. Trial %3: %4").arg(failed).arg(result.trials.size()).arg(one->number).arg(one->error);
    }
    result.importance = searchImportance(m_spec, result.trials, result.first);
    if (m_outOfTime)
        result.notes << QStringLiteral("The search stopped after its %1 minutes with %2 of %3 trials%4: with more time it may find another model.").arg(m_spec.minutes).arg(result.trials.size()).arg(result.drawn).arg(rounds.size() > 1 ? QStringLiteral(", in round %1 of %2").arg(last + 1).arg(rounds.size()) : QString());
    else if (result.drawn < m_spec.trials)
        result.notes << QStringLiteral("The space of the search has %1 points: all were tried.").arg(result.drawn);
    return result;
}

} // namespace

QJsonObject SearchResult::toJson(const workspace::SearchSpec &search) const {
    QJsonArray all, shares;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        const SearchTrial &trial = trials[i];
        const FoldFigures figures = figuresOf(trial.folds);
        QStringList searched;
        for (const workspace::SearchRange &range : search.space)
            if (range.estimator == trial.spec.name)
                searched << range.parameter;
        all.append(QJsonObject{{Q("trial"), trial.number}, {Q("estimator"), trial.spec.name}, {Q("parameters"), QJsonObject::fromVariantMap(trial.spec.parameters)}, {Q("searched"), QJsonArray::fromStringList(searched)},
                               {Q("round"), trial.round}, {Q("share"), trial.share}, {Q("mean"), jsonNumber(figures.mean.value(metric, std::nan("")))}, {Q("std"), jsonNumber(figures.deviation.value(metric, std::nan("")))},
                               {Q("first"), jsonNumber(first[i])}, {Q("seconds"), trial.seconds}, {Q("error"), trial.error}});
    }
    for (const SearchImportance &one : importance)
        shares.append(QJsonObject{{Q("estimator"), one.estimator}, {Q("parameter"), one.parameter}, {Q("share"), one.share}});
    return {{Q("method"), search.method == workspace::SearchSpec::Method::Halving ? Q("halving") : Q("random")}, {Q("metric"), metric}, {Q("larger_is_better"), largerIsBetter}, {Q("how"), how},
            {Q("drawn"), drawn}, {Q("best"), best}, {Q("trials"), all}, {Q("importance"), shares}};
}

Result<SearchResult> search(const workspace::Recipe &recipe, const QString &metric, const SearchContext &context) { return Search(recipe, metric, context).run(); }

} // namespace pilothouse::learn
