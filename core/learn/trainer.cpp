// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/trainer.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/pace.h"
#include "core/data/naive_forecast.h"
#include "core/learn/export_model.h"
#include "core/learn/load_scorer.h"
#include "core/learn/naive_figures.h"
#include "core/learn/search.h"
#include "core/learn/search_plan.h"
#include "core/learn/training.h"
#include "core/learn/training_need.h"
#include "core/learn/xgboost_grower.h"
#include "core/metrics/targets.h"
#include "core/workspace/recipe_place.h"

#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace pilothouse::learn {

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr int meetWithinSeconds = 15 * 60; // images are pulled meanwhile
double secondsSince(SteadyClock::time_point from) { return std::chrono::duration<double>(SteadyClock::now() - from).count(); }

} // namespace

Result<void> Training::load() {
    m_events.stage(QStringLiteral("data"), QStringLiteral("running"), 0, stages());
    PH_TRY(requireTraining(m_recipe, m_estimators, m_threads));
    Pace pace;
    PH_ASSIGN(m_samples, trainingSamples(m_recipe, m_options.stop, [&](qint64 done, qint64 total) {
        if (pace.due(done, total))
            m_events.progress(done, total, QStringLiteral("byte"), -1, QStringLiteral("data"));
    }));
    PH_TRY(checkMetrics());
    PH_ASSIGN(m_part, TrainingPart::fit(m_samples, m_recipe, m_samples.train, m_threads));
    PH_ASSIGN(m_folds, validationFolds(m_samples, m_recipe));
    m_samples.notes += m_part->notes();
    for (const QString &note : std::as_const(m_samples.notes))
        m_events.log(QStringLiteral("info"), note);
    m_result.notes = m_samples.notes;
    m_result.rows = qint64(m_samples.loaded.table.rows());
    m_result.trainRows = qint64(m_samples.train.size());
    m_result.testRows = qint64(m_samples.test.size());
    if (m_samples.steps)
        m_result.resampled = m_samples.steps->toJson();
    m_result.md5 = m_samples.loaded.fingerprint.md5;
    m_result.sha256 = m_samples.loaded.fingerprint.sha256;
    m_events.stage(QStringLiteral("data"), QStringLiteral("passed"), 0, stages());
    return {};
}

Result<void> Training::checkMetrics() const {
    const bool several = !m_recipe.moreTargets.isEmpty();
    const QStringList known = metrics::metricNames(m_samples.signature.classes.size(), m_samples.signature.horizon() > 0, several), ofOne = metrics::metricNames(0, true);
    std::vector<std::pair<QString, QString>> asked{{QStringLiteral("select"), m_result.selectMetric}};
    for (const workspace::GateSpec &gate : m_recipe.gates)
        asked.emplace_back(QStringLiteral("gates"), gate.metric);
    for (const auto &[key, metric] : asked) {
        const auto [name, target] = workspace::metricAndTarget(metric);
        if ((target.isEmpty() ? known : ofOne).contains(name))
            continue;
        const QString why = several && ofOne.contains(name) ? QStringLiteral(" of several targets: their errors have different units and do not add") : QString();
        const QString single = several ? QStringLiteral(" A gate may ask for one target: %1.").arg(workspace::metricOfTarget(QStringLiteral("mae"), m_recipe.target)) : QString();
        return invalid(QStringLiteral("“%1” (in %2) has no value for this %3%4.").arg(metric, key, workspace::taskName(m_recipe.task), why), workspace::placeInFile(m_recipe.file, {key}, metric),
                       QStringLiteral("Known here: %1.").arg(known.join(QLatin1String(", "))) + single);
    }
    return {};
}

/// All of them must train by the same recipe on the same bytes: a sum over different rows is no gradient of anything.
Result<void> Training::meet() {
    if (!m_options.worker)
        return {};
    const WorkerPlace &place = *m_options.worker;
    if (m_asked.search)
        return refused(QStringLiteral("A search is not divided among processes that train together."), workspace::placeInFile(m_recipe.file, {QStringLiteral("search")}, {}),
                       QStringLiteral("Search on one machine, then train what it found on several."));
    m_events.log(QStringLiteral("info"), QStringLiteral("Rank %1 of %2 waits for the others at %3:%4.").arg(place.rank).arg(place.count).arg(place.address).arg(place.port));
    PH_ASSIGN(m_workers, joinWorkers(place, meetWithinSeconds));
    const QByteArray mine = (recipeDigest(m_asked) + QLatin1Char(' ') + m_result.sha256 + QLatin1String(" " PILOTHOUSE_VERSION)).toLatin1();
    PH_ASSIGN(const QByteArray theirs, m_workers->broadcast(mine));
    double different = mine == theirs ? 0 : 1;
    PH_TRY(m_workers->sum(std::span(&different, 1)));
    if (different > 0)
        return refused(QStringLiteral("%1 of %2 processes have another recipe, other data or another version of pilot than rank 0.").arg(different).arg(place.count), m_recipe.file,
                       mine == theirs ? QStringLiteral("Look at the logs of the others.") : QStringLiteral("Here: recipe and data %1; rank 0: %2.").arg(QString::fromLatin1(mine), QString::fromLatin1(theirs)));
    m_checkpoint.written = leads();
    return {};
}

/// Takes up the checkpoint, or begins a new one in memory.
Result<void> Training::resume() {
    const QString digest = recipeDigest(m_asked), program = QStringLiteral("pilothouse %1, xgboost %2").arg(QLatin1String(PILOTHOUSE_VERSION), XgboostGrower::version());
    if (m_options.resume) {
        PH_ASSIGN(m_checkpoint, Checkpoint::open(m_checkpoint.folder()));
        m_checkpoint.written = leads();
        QString why;
        if (m_checkpoint.recipeDigest != digest)
            why = QStringLiteral("the recipe has changed");
        else if (m_checkpoint.dataSha256 != m_result.sha256)
            why = QStringLiteral("the data has changed (SHA-256 %1 then, %2 now)").arg(m_checkpoint.dataSha256.left(12), m_result.sha256.left(12));
        else if (m_checkpoint.program != program)
            why = QStringLiteral("it was written by %1, this is %2").arg(m_checkpoint.program, program);
        else if (m_checkpoint.finished.size() > m_estimators.size())
            why = QStringLiteral("it has more finished estimators than the recipe");
        if (!why.isEmpty())
            return refused(QStringLiteral("The run cannot be resumed: %1. The weights would not be those of an uninterrupted run.").arg(why), m_checkpoint.folder(),
                           QStringLiteral("Start the training without --resume."));
        m_result.runId = m_checkpoint.runId;
        m_events.log(QStringLiteral("info"), QStringLiteral("Resumed run %1 from %2.").arg(m_result.runId, m_checkpoint.folder()));
        return {};
    }
    if (leads() && Checkpoint::exists(m_checkpoint.folder()))
        m_events.log(QStringLiteral("warning"), QStringLiteral("The checkpoint of an earlier run in %1 is thrown away; --resume would have used it.").arg(m_checkpoint.folder()));
    m_checkpoint.remove();
    m_checkpoint.runId = m_result.runId;
    m_checkpoint.recipeDigest = digest;
    m_checkpoint.dataSha256 = m_result.sha256;
    m_checkpoint.program = program;
    return {};
}

/// Tries the points of `search:` and goes on with the best as the only estimator; its folds are known then.
Result<void> Training::search() {
    m_events.stage(QStringLiteral("search"), QStringLiteral("running"), 1, stages());
    SearchContext around{m_samples.train.size(), m_threads, m_checkpoint.folder(), &m_events, m_options.stop, &m_checkpoint, m_result.sha256, m_options.limits.memoryBytes};
    PH_ASSIGN(const SearchResult found, learn::search(m_recipe, m_result.selectMetric, around));
    const SearchTrial &best = found.trials[std::size_t(found.best)];
    m_result.search = found.toJson(*m_asked.search);
    m_result.notes += found.notes;
    m_result.notes << QStringLiteral("The best of %1 trials was chosen by the mean %2 of %3; the test rows had no part in the choice.").arg(found.trials.size()).arg(m_result.selectMetric, found.how);
    m_events.stage(QStringLiteral("search"), QStringLiteral("passed"), 1, stages());
    m_recipe.estimators = {best.spec};
    PH_TRY(makeEstimators());
    if (best.share == 1 && m_checkpoint.finished.empty() && m_checkpoint.folds.isEmpty())
        for (const metrics::Values &fold : best.folds)
            PH_TRY(m_checkpoint.addFold(metrics::toJson(fold)));
    return {};
}

FitContext Training::context(std::size_t index) {
    const QString estimator = m_estimators[index]->name();
    // Of several estimators each has its own curves: points of two at one step are no line. MLflow's names take a slash.
    const auto before = std::count_if(m_estimators.begin(), m_estimators.begin() + std::ptrdiff_t(index), [&](const auto &earlier) { return earlier->name() == estimator; });
    const QString curve = m_estimators.size() == 1 ? QString() : before == 0 ? estimator + QLatin1Char('/') : QStringLiteral("%1-%2/").arg(estimator).arg(before + 1);
    FitContext context;
    context.seed = m_recipe.seed;
    context.threads = m_threads;
    context.stop = m_options.stop;
    context.workers = m_workers.get();
    const auto pace = std::make_shared<Pace>(); // units of an earlier, interrupted run took no time of this one
    context.progress = [this, estimator, pace](qint64 done, qint64 total, const QString &unit) {
        if (pace->due(done, total))
            m_events.progress(done, total, unit, pace->secondsLeft(done, total), estimator);
    };
    context.metric = [this, curve](const QString &name, qint64 step, double value, const QString &series) {
        m_events.metric(name, step, value, series);
        if (m_options.onMetric)
            m_options.onMetric(curve + (series.isEmpty() ? name : series + QLatin1Char('_') + name), step, value);
    };
    context.log = [this](const QString &level, const QString &text) { m_events.log(level, text); };
    if (!leads()) { // it has nobody to tell
        context.progress = [](qint64, qint64, const QString &) {};
        context.metric = [](const QString &, qint64, double, const QString &) {};
        context.log = [](const QString &, const QString &) {};
        context.previousState = m_checkpoint.state();
        return context;
    }
    context.checkpointDue = [this] { return secondsSince(m_lastCheckpoint) >= m_options.checkpointSeconds; };
    context.checkpoint = [this](const QByteArray &state, qint64 step) -> Result<void> {
        PH_TRY(m_checkpoint.writeState(state, step));
        m_lastCheckpoint = SteadyClock::now();
        m_events.emitEvent(QStringLiteral("checkpoint"), {{QStringLiteral("path"), m_checkpoint.folder()}, {QStringLiteral("step"), step}});
        return {};
    };
    context.previousState = m_checkpoint.state();
    return context;
}

/// Judges an estimator by the folds. A run that was interrupted goes on in the fold where it was.
Result<void> Training::validate(std::size_t index, Candidate &made) {
    const QString name = m_estimators[index]->name();
    for (const QJsonValue &value : std::as_const(m_checkpoint.folds))
        made.result.folds.push_back(metrics::valuesFromJson(value.toObject()));
    for (std::size_t fold = made.result.folds.size(); fold < m_folds.size(); ++fold) {
        if (m_options.stop.stop_requested())
            return cancelled();
        FitContext quiet = context(index);
        quiet.metric = [](const QString &, qint64, double, const QString &) {}; // the run's curves are those of the model that is kept
        PH_ASSIGN(const MetricValues values, scoreFold(m_samples, m_recipe, m_recipe.estimators[index], m_folds[fold], m_threads, quiet));
        made.result.folds.push_back(values);
        PH_TRY(m_checkpoint.addFold(metrics::toJson(values)));
        m_events.log(QStringLiteral("info"), QStringLiteral("%1, fold %2 of %3: %4 %5.").arg(name).arg(fold + 1).arg(m_folds.size()).arg(m_result.selectMetric).arg(values.value(m_result.selectMetric)));
    }
    return {};
}

Result<Training::Candidate> Training::candidate(std::size_t index) {
    Estimator &estimator = *m_estimators[index];
    const int place = int(index) + (m_asked.search ? 2 : 1), places = stages();
    const auto begun = SteadyClock::now();
    Candidate made;
    m_events.stage(estimator.name(), QStringLiteral("running"), place, places);
    if (index < m_checkpoint.finished.size()) {
        const Checkpoint::Finished &finished = m_checkpoint.finished[index];
        PH_ASSIGN(made.model, loadFitted(finished.modelType, finished.folder, m_samples.signature));
        made.facts = finished.facts.value(QStringLiteral("describe")).toObject();
        made.result.seconds = finished.facts.value(QStringLiteral("seconds")).toDouble();
        made.result.folds = foldsFromJson(finished.facts.value(QStringLiteral("validation")).toObject());
    } else {
        PH_TRY(validate(index, made));
        FitContext fitContext = context(index);
        PH_ASSIGN(made.model, m_part->fitModel(estimator, fitContext));
        made.facts = made.model->describe();
        made.result.seconds = secondsSince(begun);
        if (index + 1 < m_estimators.size() && leads()) {
            PH_ASSIGN(const QString folder, m_checkpoint.nextFolder());
            PH_ASSIGN([[maybe_unused]] const QStringList files, made.model->save(folder));
            PH_TRY(m_checkpoint.addFinished({made.model->flavour(), folder, {{QStringLiteral("describe"), made.facts}, {QStringLiteral("seconds"), made.result.seconds}, {QStringLiteral("validation"), foldsJson(made.result.folds)}}}));
        }
    }
    made.result.estimator = estimator.name();
    made.result.parameters = estimator.parameters();
    PH_ASSIGN(const metrics::Scored train, m_part->scoreTraining(*made.model));
    PH_ASSIGN(const metrics::Scored test, m_part->score(*made.model, m_samples.test));
    PH_ASSIGN(made.result.train, metrics::allMetrics(train));
    PH_ASSIGN(made.result.test, metrics::allMetrics(test));
    m_events.log(QStringLiteral("info"), QStringLiteral("%1: %2 %3 on the test rows.").arg(made.result.estimator, m_result.selectMetric).arg(made.result.test.value(m_result.selectMetric)));
    m_events.stage(estimator.name(), QStringLiteral("passed"), place, places);
    return made;
}

std::size_t Training::best(const std::vector<Candidate> &candidates) const {
    const bool larger = workspace::largerIsBetter(m_result.selectMetric);
    const auto figure = [&](const Candidate &c) { return (m_folds.empty() ? c.result.test : figuresOf(c.result.folds).mean).value(m_result.selectMetric); };
    std::size_t best = 0;
    for (std::size_t i = 1; i < candidates.size(); ++i) {
        const double now = figure(candidates[best]), other = figure(candidates[i]);
        if (std::isnan(now) || (larger ? other > now : other < now))
            best = std::isnan(other) ? best : i;
    }
    return best;
}

Result<void> Training::makeEstimators() {
    m_estimators.clear();
    for (std::size_t i = 0; i < m_recipe.estimators.size(); ++i) {
        const workspace::EstimatorSpec &spec = m_recipe.estimators[i];
        Result<std::unique_ptr<Estimator>> made = makeEstimator(spec, m_recipe.task);
        if (!made) {
            Error error = made.error();
            if (error.kind == ErrorKind::Invalid) // its place is the parameter's name, or nothing
                error.where = workspace::placeInFile(m_recipe.file, {QStringLiteral("estimators"), QString::number(i)}, error.where.isEmpty() ? spec.name : error.where);
            return error;
        }
        m_estimators.push_back(*std::move(made));
    }
    return {};
}

/// Of a forecast of several targets: what the chosen model comes to for each.
Result<void> Training::judgeTargets(const FittedModel &model) {
    if (m_result.targets.empty())
        return {};
    const QStringList names = m_samples.signature.targets();
    PH_ASSIGN(const metrics::Scored train, m_part->scoreTraining(model));
    PH_ASSIGN(const metrics::Scored test, m_part->score(model, m_samples.test));
    PH_ASSIGN(const std::vector<metrics::TargetValues> ofTrain, metrics::allMetricsByTarget(train, names));
    PH_ASSIGN(const std::vector<metrics::TargetValues> ofTest, metrics::allMetricsByTarget(test, names));
    for (std::size_t t = 0; t < m_result.targets.size(); ++t) {
        m_result.targets[t].train = ofTrain[t].values;
        m_result.targets[t].test = ofTest[t].values;
    }
    return {};
}

Result<TrainResult> Training::run() {
    m_result.runId = m_options.runId.isEmpty() ? randomHex(16) : m_options.runId;
    m_result.package = QFileInfo(m_options.out).absoluteFilePath();
    m_result.selectMetric = m_recipe.selectMetric.isEmpty() ? workspace::defaultMetric(m_recipe.task, std::size_t(m_recipe.targets().size())) : m_recipe.selectMetric;
    if (m_options.resume && QFileInfo::exists(m_options.out))
        return finished();
    if (QFileInfo::exists(m_options.out))
        return Error{ErrorKind::Conflict, QStringLiteral("The folder for the package is there already."), m_result.package, QStringLiteral("Choose another --out."), {}};
    if (m_recipe.estimators.empty())
        return invalid(QStringLiteral("The recipe names no estimator."), m_recipe.file);
    PH_TRY(data::makeTransforms(m_recipe)); // a wrong setting is told before the data is read
    PH_TRY(makeEstimators());
    PH_TRY(checkExports(m_recipe));
    if (m_recipe.search) {
        PH_ASSIGN([[maybe_unused]] const auto points, searchPoints(m_recipe)); // a wrong range, too
        if (!m_recipe.validation)
            m_recipe.validation = searchValidation(m_recipe);
    }
    m_events.started(m_result.runId, QStringLiteral("train %1").arg(m_recipe.name));
    if (auto loaded = load(); !loaded) {
        Error error = loaded.error();
        if (error.kind == ErrorKind::Invalid && error.where.isEmpty())
            error.where = m_recipe.file;
        return error;
    }
    PH_TRY(meet());
    PH_TRY(resume());
    if (m_workers) // none writes a checkpoint before all have read it
        PH_TRY(m_workers->broadcast({}));
    if (m_recipe.search) {
        if (const auto searched = search(); !searched) {
            if (searched.error().kind == ErrorKind::Cancelled)
                PH_TRY(m_checkpoint.keep());
            return searched.error();
        }
    }
    PH_TRY(judgeNaive(naiveModels(m_samples.signature, m_samples.window, m_samples.stepMs, m_samples.rows.take(m_samples.train).targets), m_samples.rows.take(m_samples.test), m_part->naiveScales(), m_result));
    if (const std::size_t season = data::seasonOf(m_samples.stepMs); m_samples.window > 0 && season > m_samples.window)
        m_result.notes << QStringLiteral("The window of %1 steps holds no whole season of %2, so no seasonal naive forecast stands beside the model.").arg(m_samples.window).arg(season);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < m_estimators.size(); ++i) {
        Result<Candidate> made = m_options.stop.stop_requested() ? Result<Candidate>(cancelled()) : candidate(i);
        if (!made) {
            if (made.error().kind == ErrorKind::Cancelled)
                PH_TRY(m_checkpoint.keep());
            Error error = made.error();
            if (const QString kept = m_checkpoint.stateFile(); error.kind != ErrorKind::Cancelled && !kept.isEmpty())
                error.what += QStringLiteral(" The last good state is kept in %1.").arg(kept);
            if (m_recipe.estimators[i].parameters.contains(error.where)) // a parameter that does not fit the data
                error.where = workspace::placeInFile(m_recipe.file, {QStringLiteral("estimators"), QString::number(i)}, error.where);
            return error;
        }
        candidates.push_back(*std::move(made));
    }
    const std::size_t chosen = best(candidates);
    PH_TRY(judgeTargets(*candidates[chosen].model));
    finish(candidates, chosen);
    if (!leads()) {
        m_result.package.clear();
        m_result.seconds = secondsSince(m_started);
        return m_result;
    }
    PH_TRY(writePackage(candidates[chosen]));
    m_checkpoint.remove();
    m_result.seconds = secondsSince(m_started);
    return m_result;
}

Result<TrainResult> train(const TrainOptions &options) {
    try {
        LimitWatch watch(options.limits, options.stop);
        TrainOptions watched = options;
        watched.stop = watch.token();
        Result<TrainResult> result = Training(watched).run();
        const QString limit = watch.passed();
        if (result || result.error().kind != ErrorKind::Cancelled || limit.isEmpty() || options.stop.stop_requested())
            return result;
        const bool kept = hasCheckpoint(options.out);
        return refused(QStringLiteral("The training was stopped at %1%2.").arg(limit, kept ? QStringLiteral("; its checkpoint is kept") : QString()), options.recipe.name,
                       kept ? QStringLiteral("Raise the limit and go on with --resume; or train on fewer rows, or a smaller model.") : QStringLiteral("Raise the limit, or train on fewer rows, or a smaller model."));
    } catch (const std::bad_alloc &) {
        return Error{ErrorKind::Refused, QStringLiteral("The training needs more memory than there is."), options.recipe.data.source, QStringLiteral("Train on fewer rows or columns, or a smaller model."), {}};
    }
}

bool hasCheckpoint(const QString &out) { return Checkpoint::exists(out + QStringLiteral(".checkpoint")); }

Result<std::optional<QString>> resumableRun(const QString &out) {
    if (QFileInfo::exists(out)) {
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(out));
        return std::optional<QString>(package.runId);
    }
    if (!hasCheckpoint(out))
        return std::optional<QString>();
    PH_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(out + QStringLiteral(".checkpoint")));
    return std::optional<QString>(checkpoint.runId);
}

} // namespace pilothouse::learn
