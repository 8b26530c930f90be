// SPDX-License-Identifier: GPL-3.0-or-later
// pilot drift --reference FILE|PROFILE.json|MODEL --current FILE|PROFILE.json [--recipe FILE] [--report FILE.html] [--max-memory 4GiB] [--fail-on-drift] [--json]
//   --json: the object of drift::DriftReport::toJson(). Exit 1 with --fail-on-drift if a column drifted.
#include "app/pilot/data_source.h"
#include "app/pilot/model_ref.h"
#include "app/pilot/verb.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/data/prepare_table.h"
#include "core/drift/drift.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pilothouse {

namespace {

struct Options {
    std::string reference, current, recipe, report;
    bool failOnDrift = false;
};

/// One side of the comparison: rows, or what a model kept of its training rows.
struct Side {
    QString name;
    std::optional<data::Table> table;
    std::optional<drift::Profile> profile;
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
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, path));
    PH_ASSIGN(drift::Profile profile, drift::Profile::fromJson(object, path));
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
    return readProfile(model.folder + QStringLiteral("/profile.json"), QStringLiteral("training data of ") + model.label());
}

/// Rows, or a profile that was made of them elsewhere (pilot profile --out).
Result<Side> readCurrent(Context &context, const QString &text, const std::optional<workspace::Recipe> &recipe, const Side &reference) {
    const QFileInfo info(text);
    if (info.isFile() && info.suffix() == QStringLiteral("json"))
        return readProfile(text, info.fileName());
    return readRows(context, text, recipe, reference.types());
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
                    .arg(c->currentRows);
    for (const auto &left : report.notCompared)
        text += QStringLiteral("not compared: %1, %2\n").arg(left.name, left.reason);
    text += QStringLiteral("PSI from %1 Moderate, from %2 High; less what chance adds; where its error reaches over a limit, and below %3 rows on a side, there are too few rows to say.\n")
                .arg(drift::psiWarning, 0, 'f', 2).arg(drift::psiDrifted, 0, 'f', 2).arg(drift::minimumRows);
    return text + (report.drifted ? QStringLiteral("Drift found.") : QStringLiteral("No drift found."));
}

Result<void> runDrift(Context &context, const Options &options) {
    std::optional<workspace::Recipe> recipe;
    if (!options.recipe.empty()) {
        PH_ASSIGN(recipe, workspace::readRecipe(QString::fromStdString(options.recipe)));
    }
    PH_ASSIGN(const Side reference, readReference(context, QString::fromStdString(options.reference), recipe));
    PH_ASSIGN(const Side current, readCurrent(context, QString::fromStdString(options.current), recipe, reference));
    drift::DriftReport report = current.profile     ? drift::compare(reference.profile ? *reference.profile : drift::profileOf(*reference.table, reference.name), *current.profile)
                                : reference.profile ? drift::compare(*reference.profile, *current.table)
                                                    : drift::compare(*reference.table, *current.table);
    report.referenceName = reference.name;
    report.currentName = current.name;
    if (report.columns.empty())
        return invalid(QStringLiteral("The two have no column in common that could be compared."), QString::fromStdString(options.current),
                       QStringLiteral("Compare files with the same column names."));
    if (!options.report.empty())
        PH_TRY(writeFileAtomically(QString::fromStdString(options.report), drift::htmlReport(report)));
    context.answer(report.toJson(), table(report));
    context.exitCodeWanted = options.failOnDrift && report.drifted ? 1 : 0;
    return {};
}

const Verb verb("drift", "Compare current data with a reference, column by column", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("--reference", options->reference, "Data file, http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH, profile.json, or MODEL (package folder, NAME@ALIAS, NAME/VERSION)")->required();
    app.add_option("--current", options->current, "Data file, http(s)://, s3://BUCKET/KEY, FILE.dvc, dvc:PATH, or a profile of pilot profile --out")->required();
    app.add_option("--recipe", options->recipe, "Read both files by this recipe's data rules (missing, where, delimiter …)");
    addMaxMemory(app);
    app.add_option("--report", options->report, "Write a self-contained HTML page");
    app.add_flag("--fail-on-drift", options->failOnDrift, "Exit 1 if a column drifted");
    app.callback([options, &body] { body = [options](Context &context) { return runDrift(context, *options); }; });
});

} // namespace

} // namespace pilothouse
