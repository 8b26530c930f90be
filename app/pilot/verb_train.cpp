// SPDX-License-Identifier: GPL-3.0-or-later
// pilot train RECIPE [--data SOURCE] [--data-version VERSION] [--connection NAME] [--out DIR] [--register NAME] [--resume RUN] [--checkpoint-seconds N] [--threads N]
//             [--max-time 30m] [--max-cpu-time 2h] [--max-memory 4GiB]   over one of them: a checkpoint, exit 1, and its name. The trials of a
//             search count with it.
//             A training that is sure to need more memory than there is (or --max-memory) is refused before it begins, exit 1.
//             [--metrics-out FILE]   the test metrics as a flat JSON file for `dvc metrics` and CI: {"r2":0.64,…}, with several targets also
//                                    {"mae@t2m":…}; also when a gate failed
//             [--registry CONNECTION] [--tag KEY=VALUE]...
//   --json and the result event: the object of learn::TrainResult::toJson(), with "registered":{"model","version"[,"connection"]}|null.
//   With --register or --workspace the run, its parameters and metric history go into the workspace's registry. Where that is a server (--registry, or the
//   registry.connection of the workspace's model) they go there too while it trains, and the version is made there; a server that is away is not waited
//   for: "mirror":{"connection","run","state":"done"|"waiting","version"|null,"error"|null} says how far it came, pilot registry sync sends the rest.
//   Exit 1 if a gate failed (the package is written all the same, but not registered); 143 after SIGTERM's checkpoint.
#include "app/pilot/data_source.h"
#include "app/pilot/limit_option.h"
#include "app/pilot/metrics_file.h"
#include "app/pilot/register_version.h"
#include "app/pilot/train_mirror.h"
#include "app/pilot/train_on_cluster.h"
#include "app/pilot/verb.h"

#include "core/base/actor.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/memory.h"
#include "core/base/process_mark.h"
#include "core/fleet/headline.h"
#include "core/fleet/interrupted.h"
#include "core/learn/cross_validation.h"
#include "core/learn/search_text.h"
#include "core/learn/trainer.h"
#include "core/workspace/workspace.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QFileInfo>

#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace pilothouse {

namespace {

using Q = QLatin1String;
const QString checkpointSuffix = QStringLiteral(".checkpoint");

struct Options {
    std::string recipe, data, out, registerAs, registry, resume, metricsOut;
    std::vector<std::string> tags;
    bool packageLater = false;
    double checkpointSeconds = 60;
    int threads = 0;
    DataVersion version;
    std::string maxTime, maxCpuTime;
    std::uint64_t maxMemory = 0;
    ClusterTraining cluster;
};

/// The run in the registry: opened at the start, fed with points in batches, closed with its end.
class RunRecord {
public:
    RunRecord(std::shared_ptr<fleet::Services> services, QString run) : m_services(std::move(services)), m_run(std::move(run)) {}

    /// @param experiment  the registered model it trains for, else the recipe's name
    /// @param tags        how it goes on when it is interrupted
    Result<void> begin(const workspace::Recipe &recipe, const QString &experiment, const QMap<QString, QString> &tags, bool resumed) {
        const QString user = m_services->operations->actor().name;
        operations::Operation training; // without a step: Operations refuses it by the rules and writes the refusal down, before hours of work
        training.kind = QStringLiteral("train");
        training.object = QStringLiteral("model ") + experiment;
        training.summary = QStringLiteral("Train %1 into this workspace's registry").arg(experiment);
        if (!m_services->operations->check(training))
            return *m_services->operations->run(std::move(training)).error;
        m_task = workspace::taskName(recipe.task);
        if (resumed && m_services->registry->run(m_run)) {
            PH_TRY(m_services->registry->finishRun(m_run, registry::RunStatus::Running)); // it goes on
        } else {
            PH_ASSIGN(m_run, m_services->registry->createRun(experiment, recipe.name + QLatin1Char('-') + m_run.left(6), user, m_run));
        }
        return m_services->registry->setRunTags(m_run, tags);
    }
    void point(const QString &name, qint64 step, double value) {
        if (!std::isfinite(value))
            return;
        const std::lock_guard guard(m_lock);
        m_points.push_back({name, value, step, QDateTime::currentDateTimeUtc()});
        if (std::chrono::steady_clock::now() - m_flushed > std::chrono::seconds(1))
            flush();
    }
    Result<void> end(const learn::TrainResult &result) {
        QMap<QString, QString> params{{QStringLiteral("estimator"), result.estimator}, {QStringLiteral("task"), m_task}, {QStringLiteral("select"), result.selectMetric}};
        for (auto it = result.parameters.begin(); it != result.parameters.end(); ++it)
            params.insert(it.key(), it.value().isString() ? it.value().toString() : QString::fromUtf8(compactJson(it.value())));
        PH_TRY(m_services->registry->logParams(m_run, params));
        for (auto it = result.test.begin(); it != result.test.end(); ++it)
            point(QStringLiteral("test_") + it.key(), 0, it.value());
        for (auto it = result.train.begin(); it != result.train.end(); ++it)
            point(QStringLiteral("train_") + it.key(), 0, it.value());
        for (const learn::TargetFigures &target : result.targets) // MLflow's names take a slash, but no @
            for (auto it = target.test.begin(); it != target.test.end(); ++it)
                point(target.target + QStringLiteral("/test_") + it.key(), 0, it.value());
        const learn::FoldFigures figures = learn::figuresOf(result.folds);
        for (auto it = figures.mean.begin(); it != figures.mean.end(); ++it)
            point(QStringLiteral("validation_") + it.key(), 0, it.value());
        {
            const std::lock_guard guard(m_lock);
            flush();
        }
        if (m_failed)
            return *m_failed;
        PH_TRY(m_services->registry->setRunTags(m_run, {{QStringLiteral("data.sha256"), result.sha256}, {fleet::testRowsTag(), QString::number(result.testRows)}, {QStringLiteral("package.digest"), result.digest},
                                                        {QStringLiteral("weights.sha256"), result.weightsSha256}, {QStringLiteral("gates"), result.gatesPassed() ? QStringLiteral("passed") : QStringLiteral("failed")}}));
        return m_services->registry->finishRun(m_run, registry::RunStatus::Finished);
    }
    /// @param resumable  a checkpoint is kept: the run was stopped (by a person, or by a limit), it did not fail
    void fail(const Error &error, bool resumable) {
        const bool stopped = error.kind == ErrorKind::Cancelled || resumable;
        // The training's own error is what the user must read; a second one about its record would hide it.
        (void)m_services->registry->finishRun(m_run, stopped ? registry::RunStatus::Killed : registry::RunStatus::Failed, error.kind == ErrorKind::Cancelled ? QString() : error.text());
    }

private:
    void flush() {
        if (!m_points.empty())
            if (const Result<void> logged = m_services->registry->logMetrics(m_run, m_points); !logged && !m_failed)
                m_failed = logged.error();
        m_points.clear();
        m_flushed = std::chrono::steady_clock::now();
    }
    std::shared_ptr<fleet::Services> m_services;
    QString m_run, m_task;
    std::mutex m_lock;
    std::vector<registry::MetricPoint> m_points;
    std::chrono::steady_clock::time_point m_flushed = std::chrono::steady_clock::now();
    std::optional<Error> m_failed;
};

/// The run that --resume means, and its package folder: RESUME is a package folder, its checkpoint folder, or a run's number.
struct Resumed {
    QString out, runId;
};
Result<Resumed> findResumed(const QString &resume, const QString &out, const QString &runsFolder) {
    QString folder = QDir::cleanPath(QFileInfo(resume).absoluteFilePath());
    if (folder.endsWith(checkpointSuffix))
        folder.chop(checkpointSuffix.size());
    QStringList candidates{folder};
    if (!out.isEmpty())
        candidates.prepend(out);
    for (const QString &name : QDir().entryList({QStringLiteral("*-") + resume, QStringLiteral("*-") + resume + checkpointSuffix}, QDir::Dirs))
        candidates << QFileInfo(name.endsWith(checkpointSuffix) ? name.chopped(checkpointSuffix.size()) : name).absoluteFilePath();
    if (!runsFolder.isEmpty())
        candidates << runsFolder + QLatin1Char('/') + resume + QStringLiteral("/package");
    for (const QString &candidate : std::as_const(candidates)) {
        PH_ASSIGN(const std::optional<QString> run, learn::resumableRun(candidate));
        if (!run)
            continue;
        if (candidate == out && candidate != folder && *run != resume)
            return invalid(QStringLiteral("--resume names “%1”, but in --out there is run %2.").arg(resume, *run), out, QStringLiteral("Give --resume %1, or another --out.").arg(out));
        return Resumed{candidate, *run};
    }
    return notFound(QStringLiteral("No checkpoint of “%1” was found, so nothing can be resumed.").arg(resume), {}, QStringLiteral("Give the run's number or the package folder it was to write; or start without --resume."));
}

/// Registers once: a resumed run may have been killed after its registration.
Result<registry::Version> registerOnce(const fleet::Services &services, const QString &model, const learn::TrainResult &trained, bool resumed) {
    if (resumed) {
        PH_ASSIGN(const std::vector<registry::Version> versions, services.registry->versions(model));
        for (const registry::Version &version : versions)
            if (version.digest == trained.digest)
                return version;
    }
    return registerPackage(services, model, trained.package, trained.digest, trained.runId);
}

QString foldsText(const std::vector<learn::MetricValues> &folds, const QString &metric) {
    if (folds.empty())
        return {};
    const learn::FoldFigures figures = learn::figuresOf(folds);
    QStringList each;
    for (const learn::MetricValues &fold : folds)
        each << QString::number(fold.value(metric), 'g', 4);
    return QStringLiteral("    %1 of the folds: %2 ± %3 (%4)\n").arg(metric).arg(figures.mean.value(metric), 0, 'g', 6).arg(figures.deviation.value(metric), 0, 'g', 2).arg(each.join(Q(", ")));
}

/// "; of the spread: random_forest max_depth 62 %, random_forest subsample 30 %"
QString importanceText(const QJsonObject &search) {
    QStringList shares;
    for (const QJsonValue &value : search.value(Q("importance")).toArray())
        if (shares.size() < 3)
            shares << QStringLiteral("%1 %2 %3 %").arg(value.toObject().value(Q("estimator")).toString(), value.toObject().value(Q("parameter")).toString()).arg(value.toObject().value(Q("share")).toDouble() * 100, 0, 'f', 0);
    return shares.isEmpty() ? QString() : QStringLiteral("; of the spread: ") + shares.join(Q(", "));
}

/// @param title  of the first column
QString metricTable(const QString &title, const learn::MetricValues &test, const learn::MetricValues &train, const learn::MetricValues &baseline, const QString &baselineName) {
    QString text = QStringLiteral("  %1 %2 %3 %4\n").arg(title, -20).arg(QStringLiteral("test"), 12).arg(QStringLiteral("train"), 12).arg(baselineName, 12);
    for (auto it = test.begin(); it != test.end(); ++it)
        text += QStringLiteral("  %1 %2 %3 %4\n").arg(it.key(), -20).arg(it.value(), 12, 'g', 6).arg(train.value(it.key()), 12, 'g', 6).arg(baseline.value(it.key()), 12, 'g', 6);
    return text;
}

QString summary(const learn::TrainResult &r, const std::optional<registry::Version> &registered) {
    QString text = QStringLiteral("%1, %2 training rows, %3 test rows, %4 s\n").arg(r.estimator).arg(r.trainRows).arg(r.testRows).arg(r.seconds, 0, 'f', 2);
    text += metricTable(r.targets.empty() ? QStringLiteral("metric") : QStringLiteral("mean of %1 targets").arg(r.targets.size()), r.test, r.train, r.baseline, r.baselineName);
    for (const learn::TargetFigures &target : r.targets)
        text += metricTable(target.target, target.test, target.train, target.baseline, r.baselineName);
    const QString compared = r.targets.empty() ? QStringLiteral("mae") : QStringLiteral("r2"); // errors of several targets do not add
    for (auto it = r.baselines.begin(); it != r.baselines.end(); ++it)
        if (it.key() != r.baselineName)
            text += QStringLiteral("  naive too, and weaker: %1, %2 %3\n").arg(it.key(), compared).arg(it->value(compared), 0, 'g', 6);
    if (r.candidates.size() > 1)
        for (const learn::CandidateResult &c : r.candidates)
            text += QStringLiteral("  tried %1: %2 %3\n").arg(c.estimator, r.selectMetric).arg(c.test.value(r.selectMetric), 0, 'g', 6) + foldsText(c.folds, r.selectMetric);
    else
        text += foldsText(r.folds, r.selectMetric);
    if (!r.search.isEmpty())
        text += QStringLiteral("  search: %1 of %2 trials, the best is trial %3%4\n").arg(r.search.value(Q("trials")).toArray().size()).arg(r.search.value(Q("drawn")).toInt())
                    .arg(r.search.value(Q("trials")).toArray().at(r.search.value(Q("best")).toInt()).toObject().value(Q("trial")).toInt()).arg(importanceText(r.search)) +
                learn::bestTrialsText(r.search);
    if (!r.validation.isEmpty())
        text += QStringLiteral("  validation: %1\n").arg(r.validation);
    for (const learn::GateOutcome &gate : r.gates)
        text += QStringLiteral("  gate %1: %2 (%3)\n").arg(gate.rule, gate.passed ? QStringLiteral("passed") : QStringLiteral("FAILED")).arg(gate.value, 0, 'g', 6);
    for (const QString &note : r.notes)
        text += QStringLiteral("  %1\n").arg(note);
    if (registered)
        text += QStringLiteral("Registered as %1 version %2\n").arg(registered->model).arg(registered->version);
    return text + QStringLiteral("Package %1").arg(r.package);
}

/// See fleet::resumeArguments().
QMap<QString, QString> resumeTags(const Options &options, const learn::TrainOptions &training) {
    QMap<QString, QString> tags{{fleet::trainingTag::recipe, QFileInfo(QString::fromStdString(options.recipe)).absoluteFilePath()}, {fleet::trainingTag::out, training.out}};
    if (const auto mark = markOf(::getpid()))
        tags.insert(fleet::trainingTag::process, mark->text());
    if (!options.data.empty())
        tags.insert(fleet::trainingTag::data, training.recipe.data.source);
    if (!options.version.version.empty())
        tags.insert(fleet::trainingTag::dataVersion, training.recipe.data.version);
    if (!options.version.connection.empty())
        tags.insert(fleet::trainingTag::connection, training.recipe.data.connection);
    if (!options.registerAs.empty())
        tags.insert(fleet::trainingTag::model, QString::fromStdString(options.registerAs));
    if (!options.registry.empty())
        tags.insert(fleet::trainingTag::registry, QString::fromStdString(options.registry));
    return tags;
}

/// --tag KEY=VALUE
Result<QMap<QString, QString>> givenTags(const std::vector<std::string> &given) {
    QMap<QString, QString> tags;
    for (const std::string &text : given) {
        const QString pair = QString::fromStdString(text), key = pair.section(QLatin1Char('='), 0, 0);
        if (!pair.contains(QLatin1Char('=')) || registry::checkTagKey(key).has_value() == false || key.startsWith(Q("train.")))
            return invalid(QStringLiteral("“%1” is no tag.").arg(pair.left(140)), QStringLiteral("--tag"), QStringLiteral("Write KEY=VALUE; keys that begin with train. are Pilothouse's own."));
        tags.insert(key, pair.section(QLatin1Char('='), 1));
    }
    return tags;
}

Result<void> runTraining(Context &context, Options options) {
    if (!options.cluster.connection.empty()) {
        options.cluster.out = options.out;
        return trainOnCluster(context, options.cluster, {QFileInfo(QString::fromStdString(options.recipe)).absoluteFilePath(), QString::fromStdString(options.data), QString::fromStdString(options.registerAs), QString::fromStdString(options.registry), options.tags});
    }
    PH_TRY(checkMetricsFile(options.metricsOut));
    PH_ASSIGN(auto tags, givenTags(options.tags));
    learn::TrainOptions training;
    PH_ASSIGN(training.recipe, workspace::readRecipe(QString::fromStdString(options.recipe)));
    if (namesRegistry(context, options.version.connection)) // it is the data's, or the registry's: their kinds tell them apart
        options.registry = std::exchange(options.version.connection, {});
    if (!options.data.empty()) {
        training.recipe.data.source = dataArgument(options.data);
        training.recipe.data.version.clear(); // what the recipe says of a version belongs to its own source
        if (sources::sourceKind(training.recipe.data.source) == sources::SourceKind::File)
            training.recipe.data.connection.clear();
    }
    PH_TRY(fetchData(context, training.recipe.data, options.version));
    const QString name = QString::fromStdString(options.registerAs);
    std::shared_ptr<fleet::Services> services;
    if (!name.isEmpty() || !options.registry.empty() || !context.workspaceOption.isEmpty()) {
        PH_ASSIGN(services, context.services());
    }
    QString elsewhere; // the connection whose registry the run goes to
    if (services) {
        PH_ASSIGN(elsewhere, registryElsewhere(*services, QString::fromStdString(options.registry), name, QFileInfo(QString::fromStdString(options.recipe)).absoluteFilePath()));
        tags.insert(lineageTags(training.recipe, QFileInfo(QString::fromStdString(options.recipe)).absoluteFilePath()));
    }
    const QString runsFolder = services ? services->root + QStringLiteral("/runs") : QString();
    if (!options.out.empty())
        training.out = QDir::cleanPath(QFileInfo(QString::fromStdString(options.out)).absoluteFilePath());
    training.runId = randomHex(16);
    training.resume = !options.resume.empty();
    if (training.resume) {
        PH_ASSIGN(const Resumed resumed, findResumed(QString::fromStdString(options.resume), training.out, runsFolder));
        training.out = resumed.out;
        training.runId = resumed.runId;
    } else if (training.out.isEmpty()) {
        training.out = services ? QStringLiteral("%1/%2/package").arg(runsFolder, training.runId)
                                : QFileInfo(QStringLiteral("%1-%2").arg(training.recipe.name, training.runId)).absoluteFilePath();
    }
    training.user = services ? services->operations->actor().name : currentActor();
    training.checkpointSeconds = options.checkpointSeconds;
    training.threads = options.threads;
    training.events = &context.events();
    training.stop = context.stop();
    PH_ASSIGN(training.limits.seconds, limitSeconds(options.maxTime, "--max-time"));
    PH_ASSIGN(training.limits.cpuSeconds, limitSeconds(options.maxCpuTime, "--max-cpu-time"));
    training.limits.memoryBytes = qint64(options.maxMemory);
    PH_ASSIGN(training.worker, learn::workerPlace());
    const bool leads = !training.worker || training.worker->leads();
    limitMemory(training.limits.memoryBytes);
    std::optional<RunRecord> record;
    std::optional<TrainMirror> mirror;
    if (services && leads) {
        record.emplace(services, training.runId);
        tags.insert(resumeTags(options, training));
        PH_TRY(record->begin(training.recipe, name.isEmpty() ? training.recipe.name : name, tags, training.resume));
        if (!elsewhere.isEmpty()) {
            mirror.emplace(context, services, training.runId, elsewhere);
            PH_TRY(mirror->begin());
        }
        training.onMetric = [&record](const QString &metric, qint64 step, double value) { record->point(metric, step, value); };
    }
    Result<learn::TrainResult> trained = learn::train(training);
    if (!trained) {
        const bool limited = trained.error().kind == ErrorKind::Refused && training.limits.any(), kept = learn::hasCheckpoint(training.out);
        const bool stopped = limited || trained.error().kind == ErrorKind::Cancelled;
        if (record)
            record->fail(trained.error(), stopped && kept);
        if (mirror)
            mirror->finish();
        if (kept) {
            const QString how = stopped ? QStringLiteral("Stopped. Go on with") : QStringLiteral("There is a checkpoint. With the recipe and data that it was made of it goes on by");
            context.note(QStringLiteral("%1: pilot train %2 --resume %3").arg(how, QString::fromStdString(options.recipe), training.out));
        }
        return trained.error();
    }
    if (!leads) {
        context.answer({{Q("worker"), training.worker->rank}, {Q("of"), training.worker->count}, {Q("seconds"), trained->seconds}},
                       QStringLiteral("Rank %1 of %2 has done its part; rank 0 writes the package.").arg(training.worker->rank).arg(training.worker->count));
        return {};
    }
    if (record)
        PH_TRY(record->end(*trained));
    PH_TRY(writeMetricsFile(options.metricsOut, trained->everyTest()));
    std::optional<registry::Version> registered;
    QJsonObject registeredJson;
    if (mirror) {
        if (!options.packageLater)
            PH_TRY(mirror->order(trained->gatesPassed() ? name : QString(), trained->package));
        mirror->finish();
        registeredJson = mirror->registered();
        trained->notes << mirror->text();
    } else if (!name.isEmpty() && trained->gatesPassed()) {
        PH_ASSIGN(registered, registerOnce(*services, name, *trained, training.resume));
        registeredJson = {{Q("model"), registered->model}, {Q("version"), registered->version}};
    }
    if (!name.isEmpty() && !trained->gatesPassed())
        trained->notes << QStringLiteral("A gate failed, so the package was not registered as %1.").arg(name);
    QJsonObject object = trained->toJson();
    if (mirror)
        object.insert(Q("mirror"), mirror->toJson());
    object.insert(Q("registered"), registeredJson.isEmpty() ? QJsonValue() : QJsonValue(registeredJson));
    context.answer(object, summary(*trained, registered));
    context.exitCodeWanted = trained->gatesPassed() && (!mirror || mirror->goesOn()) ? 0 : 1;
    return {};
}

const Verb verb("train", "Train by a recipe: file to judged, sealed model package", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("recipe", options->recipe, "Recipe file (YAML)")->required();
    app.add_option("--data", options->data, "Data instead of the recipe's: a file, http(s)://, s3://BUCKET/KEY, FILE.dvc or dvc:PATH");
    options->version.addTo(app);
    app.add_option("--out", options->out, "Package folder to make (default: RECIPE-RUN here, or the workspace's runs folder)");
    app.add_option("--register", options->registerAs, "Register the package as the next version of this model");
    app.add_option("--registry", options->registry, "Connection (kind mlflow) whose registry the run and the version go to (default: that of the workspace's model); --connection with one of that kind means the same");
    app.add_option("--tag", options->tags, "Tag of the run, KEY=VALUE; may be repeated")->expected(1)->allow_extra_args(false)->take_all();
    app.add_flag("--package-later", options->packageLater, "The package goes to the registry with its version, by who started this")->group("");
    app.add_option("--resume", options->resume, "Go on with an interrupted run: its number or its package folder");
    app.add_option("--checkpoint-seconds", options->checkpointSeconds, "Seconds between checkpoints (0: after every unit of work)")->check(CLI::Range(0.0, 86400.0));
    app.add_option("--threads", options->threads, "Threads (default: one per core); the model does not depend on it")->check(CLI::Range(0, 1024));
    app.add_option("--max-time", options->maxTime, "Stop with a checkpoint after this time, such as 30m");
    app.add_option("--max-cpu-time", options->maxCpuTime, "Stop with a checkpoint after this CPU time of all threads and trials, such as 2h");
    app.add_option("--max-memory", options->maxMemory, "Stop with a checkpoint above this resident memory (with the trials of a search), such as 4GiB; refuse before what is sure to need more")->transform(CLI::AsSizeValue(false));
    app.add_option("--metrics-out", options->metricsOut, "Also write the test metrics to this file, as flat JSON for `dvc metrics` and CI");
    options->cluster.addTo(app);
    app.callback([options, &body] { body = [options](Context &context) { return runTraining(context, *options); }; });
});

} // namespace
} // namespace pilothouse
