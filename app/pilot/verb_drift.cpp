// SPDX-License-Identifier: GPL-3.0-or-later
// pilot drift --reference FILE|PROFILE.json|MODEL --current FILE|PROFILE.json [--recipe FILE] [--model MODEL] [--target COLUMN] [--multivariate] [--report FILE.html] [--max-memory 4GiB] [--fail-on-drift] [--json]
//   --json: the object of drift::DriftReport::toJson(). Exit 1 with --fail-on-drift if a column drifted.
//   --model: what this model says of the rows of both sides is compared as well ("role":"prediction"; of a profile: of the package's sample rows), and its target is "role":"target".
//   --on CONNECTION --image IMAGE [--shards N] [--keep FOLDER]: the current rows (several files then) are profiled in the pods of a cluster, an indexed Job of shards, and added up here.
//     --json has "shards":{"job","of","again"} too.
// pilot drift MODEL --from log [--since TIME] [--until TIME] [--reference …|--reference-since TIME] …: the current rows are those of the model's prediction log on this machine, what it
//   predicted is "role":"prediction", the labels that came are "role":"target"; against the training rows of the version that answered, --reference, or an earlier stretch of the log.
// pilot drift MODEL --from endpoint …: the same of the newest answers that the model's endpoint tells (GET /logs/N, at most 10,000); without labels.
//   --multivariate: all columns together as well, from rows on both sides (of a model: the test rows that its package keeps); "multivariate" is drift::MultivariateDrift::toJson(), and --fail-on-drift counts it too.
#include "app/pilot/data_source.h"
#include "app/pilot/drift_from_log.h"
#include "app/pilot/drift_on_cluster.h"
#include "app/pilot/model_ref.h"
#include "app/pilot/profile_sketch.h"
#include "app/pilot/report_page.h"
#include "app/pilot/verb.h"

#include "core/artifact/labelled_rows.h"
#include "core/artifact/package.h"
#include "core/artifact/scorer.h"
#include "core/data/csv.h"
#include "core/data/prepare_table.h"
#include "core/drift/answer.h"
#include "core/learn/load_scorer.h"
#include "core/learn/multivariate_drift.h"
#include "core/learn/predicted_columns.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <optional>
#include <thread>

namespace pilothouse {

namespace {

struct Options {
    std::string reference, recipe, report, model, target;
    std::vector<std::string> current;
    ClusterShards cluster;
    LogDrift log;
    bool failOnDrift = false, multivariate = false;
    quint64 seed = 7;
};

/// One side of the comparison: rows, or what a model kept of its training rows.
struct Side {
    QString name;
    std::optional<data::Table> table;
    std::optional<drift::Profile> profile;
    QString package = {}; ///< folder of the model whose training rows these are
    QMap<QString, data::ColumnType> types() const {
        QMap<QString, data::ColumnType> types;
        if (profile)
            for (const auto &column : profile->columns)
                types.insert(column.name, column.kind);
        if (table)
            for (const auto &column : table->columns)
                types.insert(column.name, column.type);
        return types;
    }
};

/// A file read by the recipe's rules if there is one. `types` are those of the reference: a column must not change its
/// kind because one file happens to hold digits only.
Result<Side> readRows(Context &context, const QString &path, const std::optional<workspace::Recipe> &recipe, const QMap<QString, data::ColumnType> &types) {
    workspace::DataSpec spec;
    QMap<QString, data::ColumnType> known = types;
    if (recipe) {
        spec = recipe->data;
        for (const QString &column : recipe->categorical)
            known.insert(column, data::ColumnType::Category);
    }
    spec.source = sources::sourceKind(path) == sources::SourceKind::File ? path : dataArgument(path.toStdString());
    spec.version.clear(); // these belong to the recipe's own source
    if (sources::sourceKind(path) == sources::SourceKind::File)
        spec.connection.clear();
    PH_TRY(fetchData(context, spec));
    PH_ASSIGN(data::LoadedTable loaded, data::loadData(spec, known, context.stop()));
    if (recipe && recipe->task != workspace::TaskKind::Forecast) {
        if (const auto prepared = data::prepareTable(loaded.table, *recipe); !prepared) // the columns as they are can be compared all the same
            context.note(QStringLiteral("%1: what the recipe makes of the rows (steps, columns of the past) is not compared. %2").arg(path, prepared.error().text()));
        else if (*prepared)
            context.note(QStringLiteral("%1: %2").arg(path, (*prepared)->note()));
    }
    if (loaded.report.problemCount > 0)
        context.note(QStringLiteral("%1: %2 problems while reading; `pilot profile` lists them.").arg(path).arg(loaded.report.problemCount));
    return Side{QFileInfo(path).fileName(), std::move(loaded.table), std::nullopt};
}

Result<Side> readProfile(const QString &path, const QString &name) {
    PH_ASSIGN(drift::Profile profile, readProfileFile(path));
    return Side{name, std::nullopt, std::move(profile)};
}

Result<Side> readReference(Context &context, const QString &text, const std::optional<workspace::Recipe> &recipe) {
    const QFileInfo info(text);
    if (info.isFile() && info.suffix() == QStringLiteral("json"))
        return readProfile(text, info.fileName());
    if (info.isFile() || sources::sourceKind(text) != sources::SourceKind::File)
        return readRows(context, text, recipe, {});
    PH_ASSIGN(const ModelRef model, resolveModel(context, text));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(model.folder));
    if (!package.files.contains(QStringLiteral("profile.json")))
        return invalid(QStringLiteral("The package has no training profile."), model.folder, QStringLiteral("Give the file it was trained on as --reference."));
    PH_ASSIGN(Side side, readProfile(model.folder + QStringLiteral("/profile.json"), QStringLiteral("training data of ") + model.label()));
    side.package = model.folder;
    return side;
}

/// Rows, or a profile that was made of them elsewhere (pilot profile --out).
Result<Side> readCurrent(Context &context, const QString &text, const std::optional<workspace::Recipe> &recipe, const Side &reference) {
    const QFileInfo info(text);
    if (info.isFile() && info.suffix() == QStringLiteral("json"))
        return readProfile(text, info.fileName());
    return readRows(context, text, recipe, reference.types());
}

/// What a model says of one side's rows, behind its columns. Of a profile, which has no rows: of those that the package keeps as a sample.
Result<void> addPredictions(Context &context, const artifact::Package &package, const artifact::Scorer &scorer, Side &side) {
    if (side.table) {
        PH_ASSIGN(const std::size_t left, learn::addPredictedColumns(scorer, *side.table));
        if (left > 0)
            context.note(QStringLiteral("%1: %2 rows have no prediction, an input of theirs is missing.").arg(side.name).arg(left));
        return {};
    }
    PH_ASSIGN(const artifact::LabelledRows sample, artifact::sampleRows(package.folder, package.signature));
    if (sample.inputs.count == 0)
        return invalid(QStringLiteral("A profile has no rows to predict, and the model's package keeps no sample of any."), package.folder, QStringLiteral("Give a data file as --reference and --current."));
    PH_ASSIGN(const artifact::Predictions predictions, scorer.score(sample.inputs));
    const drift::Profile predicted = drift::profileOf(learn::predictedColumns(scorer.signature(), predictions), side.name);
    side.profile->columns.insert(side.profile->columns.end(), predicted.columns.begin(), predicted.columns.end());
    context.note(QStringLiteral("%1: predictions are those of the %2 sample rows of the package.").arg(side.name).arg(sample.inputs.count));
    return {};
}

/// What the package tells that its model says of the rows it was tested on; an older one is asked for its sample rows.
Result<void> addTestPredictions(Context &context, const artifact::Package &package, Side &side) {
    if (package.files.contains(QStringLiteral("predictions.json"))) {
        PH_ASSIGN(const drift::Profile predicted, readProfileFile(package.folder + QStringLiteral("/predictions.json")));
        side.profile->columns.insert(side.profile->columns.end(), predicted.columns.begin(), predicted.columns.end());
        return {};
    }
    if (package.signature.task == workspace::TaskKind::Forecast)
        return {};
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    return addPredictions(context, package, *scorer, side);
}

/// Of a profile, which has no rows, those that the model's package keeps as a sample.
Result<void> addSampleRows(Context &context, Side &side) {
    if (side.table || side.package.isEmpty())
        return {};
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(side.package));
    if (!package.files.contains(QStringLiteral("sample.csv")))
        return {};
    workspace::DataSpec spec;
    spec.source = side.package + QStringLiteral("/sample.csv");
    PH_ASSIGN(data::LoadedTable sample, data::loadData(spec, artifact::columnTypes(package.signature), context.stop()));
    side.table = std::move(sample.table);
    context.note(QStringLiteral("%1: all columns together are compared with the %2 test rows that the package keeps.").arg(side.name).arg(side.table->rows()));
    return {};
}

QString figure(double value) { return std::isfinite(value) ? QString::number(value, 'f', 4) : QStringLiteral("–"); }

QString table(const drift::DriftReport &report) {
    std::vector<const drift::ColumnDrift *> order;
    qsizetype width = 6;
    for (const auto &column : report.columns) {
        order.push_back(&column);
        width = std::max(width, column.name.size());
    }
    std::stable_sort(order.begin(), order.end(), [](auto a, auto b) { return (std::isnan(a->effect) ? -1 : a->effect) > (std::isnan(b->effect) ? -1 : b->effect); });
    QString text = QStringLiteral("%1  %2  %3  %4  %5  %6\n")
                       .arg(QStringLiteral("column").leftJustified(width), QStringLiteral("drift").leftJustified(12), QStringLiteral("PSI").rightJustified(8),
                            QStringLiteral("shift σ").rightJustified(8), QStringLiteral("JS").rightJustified(8), QStringLiteral("rows"));
    for (const auto *c : order)
        text += QStringLiteral("%1  %2  %3  %4  %5  %6 → %7\n")
                    .arg(c->name.leftJustified(width), drift::verdictWord(*c).leftJustified(12), figure(c->psi).rightJustified(8),
                         figure(c->wassersteinNorm.value_or(NAN)).rightJustified(8), figure(c->js).rightJustified(8))
                    .arg(c->referenceRows)
                    .arg(c->role.isEmpty() ? QString::number(c->currentRows) : QStringLiteral("%1  (%2)").arg(c->currentRows).arg(c->role));
    for (const auto &left : report.notCompared)
        text += QStringLiteral("not compared: %1, %2\n").arg(left.name, left.reason);
    text += QStringLiteral("PSI from %1 Moderate, from %2 High; less what chance adds; where its error reaches over a limit, and below %3 rows on a side, there are too few rows to say.\n")
                .arg(drift::psiWarning, 0, 'f', 2).arg(drift::psiDrifted, 0, 'f', 2).arg(drift::minimumRows);
    return text + drift::answerText(report);
}

Result<void> runDrift(Context &context, const Options &options) {
    std::optional<workspace::Recipe> recipe;
    if (!options.recipe.empty()) {
        PH_ASSIGN(recipe, workspace::readRecipe(QString::fromStdString(options.recipe)));
    }
    std::optional<LoggedDrift> logged;
    if (options.log.wanted()) {
        if (!options.current.empty() || recipe || !options.model.empty() || !options.cluster.connection.empty() || (options.log.ownReference() && !options.reference.empty()))
            return invalid(QStringLiteral("The prediction log has the rows and the predictions."), QStringLiteral("--from"), QStringLiteral("Leave out --current, --recipe, --model and --on; the reference is --reference or an earlier stretch of the log."));
        PH_ASSIGN(logged, options.log.from == "endpoint" ? readEndpointDrift(context, options.log) : readLoggedDrift(context, options.log));
    } else if (options.reference.empty() || options.current.empty()) {
        return invalid(QStringLiteral("A reference is compared with current rows, and one of them is not named."), {}, QStringLiteral("Give --reference and --current, or MODEL --from log, or endpoint."));
    }
    const QString against = logged && options.reference.empty() ? QStringLiteral("%1/%2").arg(logged->model).arg(logged->version) : QString::fromStdString(options.reference);
    Side reference;
    if (logged && logged->reference) {
        reference = Side{logged->reference->name, std::move(logged->reference->table), std::nullopt};
    } else {
        PH_ASSIGN(reference, readReference(context, against, recipe));
    }
    QJsonObject shards;
    Side current;
    if (logged) {
        current = Side{logged->current.name, std::move(logged->current.table), std::nullopt};
        if (options.reference.empty() && !logged->reference) {
            PH_ASSIGN(const ModelRef model, resolveModel(context, against));
            PH_ASSIGN(const artifact::Package package, artifact::openPackage(model.folder));
            PH_TRY(addTestPredictions(context, package, reference));
        }
    } else if (!options.cluster.connection.empty()) {
        if (recipe || !options.model.empty() || options.multivariate)
            return invalid(QStringLiteral("Shards hand back profiles, which have no rows."), QStringLiteral("--on"), QStringLiteral("Leave out --recipe, --model and --multivariate."));
        PH_ASSIGN(ShardedProfile sharded, profileOnCluster(context, options.cluster, options.current, reference.profile ? *reference.profile : drift::profileOf(*reference.table, reference.name)));
        if (sharded.planned)
            return {};
        shards = sharded.answer;
        current = Side{sharded.profile.name, std::nullopt, std::move(sharded.profile)};
    } else {
        if (options.current.size() > 1)
            return invalid(QStringLiteral("Several files are compared as a profile of them all."), QStringLiteral("--current"), QStringLiteral("Make it here, pilot profile FILE… --out, or in a cluster, --on CONNECTION."));
        PH_ASSIGN(current, readCurrent(context, QString::fromStdString(options.current.front()), recipe, reference));
    }
    QString target = options.target.empty() && recipe ? recipe->target : QString::fromStdString(options.target);
    QStringList predicted;
    if (logged) {
        predicted = logged->current.predicted;
        if (target.isEmpty() && !logged->current.targets.isEmpty())
            target = logged->current.targets.front();
    }
    if (!options.model.empty()) {
        PH_ASSIGN(const ModelRef model, resolveModel(context, QString::fromStdString(options.model)));
        PH_ASSIGN(const artifact::Package package, artifact::openPackage(model.folder));
        PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
        if (current.profile)
            return invalid(QStringLiteral("A profile has no rows to predict."), current.name, QStringLiteral("Give a data file as --current, or leave out --model."));
        for (Side *side : {&reference, &current})
            PH_TRY(addPredictions(context, package, *scorer, *side));
        for (const data::Column &column : learn::predictedColumns(package.signature, {}).columns)
            predicted << column.name;
        if (package.signature.classes.size() == 2)
            predicted << QStringLiteral("probability of %1").arg(QString::fromStdString(package.signature.classes[1]));
        if (target.isEmpty())
            target = package.signature.target;
    }
    drift::DriftReport report = current.profile     ? drift::compare(reference.profile ? *reference.profile : drift::profileOf(*reference.table, reference.name), *current.profile)
                                : reference.profile ? drift::compare(*reference.profile, *current.table)
                                                    : drift::compare(*reference.table, *current.table);
    report.referenceName = reference.name;
    report.currentName = current.name;
    report.markRoles(target, predicted);
    if (report.columns.empty())
        return invalid(QStringLiteral("The two have no column in common that could be compared."), current.name,
                       QStringLiteral("Compare files with the same column names."));
    std::optional<drift::MultivariateDrift> together;
    if (options.multivariate) {
        PH_TRY(addSampleRows(context, reference));
        if (!reference.table || !current.table)
            return invalid(QStringLiteral("All columns together are compared row by row, and a profile has no rows."), (reference.table ? current : reference).name,
                           QStringLiteral("Give data files on both sides, or leave out --multivariate."));
        learn::MultivariateOptions how;
        how.seed = options.seed;
        how.leaveOut = QStringList(predicted) << target; // the rows as a model is given them
        how.threads = std::max(1, int(std::thread::hardware_concurrency()));
        PH_ASSIGN(together, learn::multivariateDrift(*reference.table, *current.table, how, context.stop()));
    }
    if (!options.report.empty())
        PH_TRY(writeReportPage(options.report, drift::htmlReport(report, together ? &*together : nullptr)));
    QJsonObject object = report.toJson();
    QString text = table(report);
    if (!shards.isEmpty())
        object.insert(QStringLiteral("shards"), shards);
    if (together) {
        object.insert(QStringLiteral("multivariate"), together->toJson());
        text += QLatin1Char('\n') + together->lines().join(QLatin1Char('\n'));
    }
    context.answer(object, text);
    context.exitCodeWanted = options.failOnDrift && (report.drifted || (together && together->drifted())) ? 1 : 0;
    return {};
}

const Verb verb("drift", "Compare current data with a reference, column by column", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("--reference", options->reference, "Data file, http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH, profile.json, or MODEL (package folder, NAME@ALIAS, NAME/VERSION)");
    app.add_option("--current", options->current, "Data file, http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH, or a profile of pilot profile --out; with --on one or more");
    app.add_option("--recipe", options->recipe, "Read both files by this recipe's data rules (missing, where, delimiter …)");
    addMaxMemory(app);
    app.add_option("--report", options->report, "Write a self-contained HTML page");
    app.add_option("--model", options->model, "Compare what this model predicts of both sides as well (package folder, NAME@ALIAS, NAME/VERSION)");
    app.add_option("--target", options->target, "The column with the true values (else that of --model or --recipe)");
    auto *together = app.add_flag("--multivariate", options->multivariate, "Compare all columns together as well: a classifier that tells the rows apart, PCA reconstruction, energy distance");
    app.add_option("--seed", options->seed, "Of what --multivariate draws")->needs(together);
    app.add_flag("--fail-on-drift", options->failOnDrift, "Exit 1 if a column drifted, or all of them together");
    options->cluster.addTo(app);
    options->log.addTo(app);
    app.callback([options, &body] { body = [options](Context &context) { return runDrift(context, *options); }; });
});

} // namespace

} // namespace pilothouse
