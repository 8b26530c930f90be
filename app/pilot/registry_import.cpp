// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry import FILE --model NAME --rows ROWS.csv [--expected COLUMN…] [--target COLUMN] [--task …] [--classes A,B] [--rounds all|best]
//   [--answers probabilities|logits] [--missing TEXT,…] [--out DIR]
// pilot registry import FILE.pt --task forecast --window N --horizon N --step 1h --target A[,B] [--series A,B,C] [--time COLUMN|Y,M,D,H] [--zone UTC] …
//     windows [n × window × series] → [n × horizon] or [n × horizon × targets]; of our own exports the file says all of it.
//     an XGBoost .json or .ubj, or a TorchScript .pt, becomes a package and the next version of NAME, tagged import = verified|unverified.
//     {…learn::ImportResult::toJson(), "registered":{"model","version"}}; "package" is the registered one. Exit 1: the predictions are not the
//     expected ones.
// pilot registry inspect FILE          what a pickle (.pkl, .joblib), XGBoost's .json or .ubj, or a TorchScript .pt says of itself:
//     learn::ModelFacts. Nothing is unpickled.
#include "app/pilot/registry_import.h"

#include "app/pilot/register_version.h"

#include "core/base/hash.h"
#include "core/fleet/model_place.h"
#include "core/learn/import_model.h"
#include "core/learn/inspect_model.h"
#include "core/promotion/registry_operations.h"

#include <QDir>
#include <QFileInfo>
#include <QScopeGuard>

#include <memory>
#include <vector>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string file, model, rows, target, task, rounds, answers, step, zone = "UTC", out;
    std::vector<std::string> expected, classes, missing, series, time;
    int window = 0, horizon = 0;
};

QString text(const std::string &s) { return QString::fromStdString(s); }
QString absolute(const std::string &path) { return QDir::cleanPath(QFileInfo(text(path)).absoluteFilePath()); }

QStringList texts(const std::vector<std::string> &list) {
    QStringList out;
    for (const std::string &item : list)
        out << text(item);
    return out;
}

/// The tag by which every list of versions shows whether its predictions were compared.
Result<void> tagVersion(const fleet::Services &services, const fleet::ModelPlace &place, const registry::Version &version, bool verified) {
    auto tagging = promotion::tagOperation(place.registry, version.model, version.version, QStringLiteral("import"), verified ? QStringLiteral("verified") : QStringLiteral("unverified"));
    if (!tagging)
        return tagging.error();
    tagging->connection = place.key.connection;
    if (!place.key.connection.isEmpty())
        tagging->undoRecord.insert(Q("connection"), place.key.connection);
    const operations::OperationOutcome outcome = services.operations->run(*std::move(tagging));
    if (outcome.done)
        return {};
    return outcome.error.value_or(refused(QStringLiteral("%1 version %2 is registered, but its tag “import” was not set.").arg(version.model).arg(version.version)));
}

QString summary(const learn::ImportResult &result, const registry::Version &version) {
    QString out = QStringLiteral("Imported %1 (%2), %3 rows.\n").arg(result.kind, result.madeBy).arg(result.rows);
    for (auto it = result.test.begin(); it != result.test.end(); ++it) {
        out += QStringLiteral("  %1 %2").arg(it.key(), -20).arg(it.value(), 12, 'g', 6);
        for (auto naive = result.baselines.begin(); naive != result.baselines.end(); ++naive)
            out += QStringLiteral("   %1 %2").arg(naive.key()).arg(naive->value(it.key()), 0, 'g', 6);
        out += QLatin1Char('\n');
    }
    for (const QString &note : result.notes)
        out += QStringLiteral("  %1\n").arg(note);
    return out + QStringLiteral("Registered as %1 version %2, %3.").arg(version.model).arg(version.version).arg(result.verified ? QStringLiteral("verified") : QStringLiteral("UNVERIFIED"));
}

Result<void> importIt(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, text(o.model)));
    const QString model = place.key.name;
    learn::ImportOptions options;
    options.file = absolute(o.file);
    options.name = model;
    options.rows = absolute(o.rows);
    options.expected = texts(o.expected);
    options.target = text(o.target);
    options.task = text(o.task);
    options.missing = texts(o.missing);
    options.forecast = {o.window, o.horizon, text(o.step), texts(o.series), text(o.target).split(QLatin1Char(','), Qt::SkipEmptyParts), texts(o.time), text(o.zone)};
    options.classes = texts(o.classes);
    options.answers = text(o.answers);
    options.rounds = o.rounds == "all" ? learn::ImportRounds::All : o.rounds == "best" ? learn::ImportRounds::Best : learn::ImportRounds::Unsaid;
    options.runId = randomHex(16);
    options.user = services->operations->actor().name;
    options.stop = context.stop();
    // The registry keeps a copy of its own; without --out this one has done its work then.
    const bool kept = !o.out.empty();
    options.out = kept ? absolute(o.out) : QStringLiteral("%1/imports/%2").arg(services->root, options.runId);
    const auto clear = qScopeGuard([&] {
        if (!kept && QDir(options.out).removeRecursively())
            QDir().rmdir(QFileInfo(options.out).path()); // if nobody else is importing
    });
    Result<learn::ImportResult> imported = learn::importModel(options);
    if (!imported)
        return imported.error();
    PH_ASSIGN(const registry::Version registered, registerPackage(*services, model, options.out, imported->digest, imported->runId, place.key.connection));
    PH_TRY(tagVersion(*services, place, registered, imported->verified));
    if (!kept)
        imported->package = registered.source;
    QJsonObject object = imported->toJson();
    object.insert(Q("registered"), QJsonObject{{Q("model"), registered.model}, {Q("version"), registered.version}});
    context.answer(object, summary(*imported, registered));
    return {};
}

Result<void> inspect(Context &context, const Options &o) {
    PH_ASSIGN(const learn::ModelFacts facts, learn::inspectModelFile(absolute(o.file)));
    context.answer(facts.object, facts.text);
    return {};
}

} // namespace

void addRegistryImport(CLI::App &registry, VerbBody &body) {
    auto options = std::make_shared<Options>();
    auto *add = registry.add_subcommand("import", "Register a model that Python made: XGBoost .json or .ubj, TorchScript .pt");
    add->fallthrough();
    add->add_option("FILE", options->file, "The model file")->required();
    add->add_option("--model", options->model, "Registered model, or the workspace's name for it")->required();
    add->add_option("--rows", options->rows, "CSV file with example rows: inputs by name, and the columns named below")->required();
    add->add_option("--expected", options->expected, "Columns with the predictions made there: the number or class, or one probability a class; they must agree")->delimiter(',')->allow_extra_args(false);
    add->add_option("--target", options->target, "Column with the true value, for metrics and sample rows; of a forecast the series it predicts, A,B,…");
    add->add_option("--task", options->task, "regression, classification or forecast (default: as the model says)")->check(CLI::IsMember({"regression", "classification", "forecast"}));
    add->add_option("--missing", options->missing, "Texts in ROWS.csv that mean missing, such as -999")->delimiter(',')->allow_extra_args(false);
    add->add_option("--window", options->window, "Of a forecast: steps that a window holds")->check(CLI::Range(1, 100'000));
    add->add_option("--horizon", options->horizon, "Of a forecast: steps that it predicts")->check(CLI::Range(1, 100'000));
    add->add_option("--step", options->step, "Of a forecast: time between two steps, such as 1h");
    add->add_option("--series", options->series, "Of a forecast: columns in the order in which the TorchScript takes them (default: those of --target)")->delimiter(',')->allow_extra_args(false);
    add->add_option("--time", options->time, "Of a forecast: the column of times, or its parts YEAR,MO,DY,HR (default: the only one)")->delimiter(',')->allow_extra_args(false);
    add->add_option("--zone", options->zone, "Of a forecast: time zone of --time (UTC)");
    add->add_option("--classes", options->classes, "Names of the classes in the order of the outputs (default 0,1,2…)")->delimiter(',')->allow_extra_args(false);
    add->add_option("--rounds", options->rounds, "Of an early-stopped XGBoost model: all, or best")->check(CLI::IsMember({"all", "best"}));
    add->add_option("--answers", options->answers, "What a TorchScript with classes gives: probabilities or logits")->check(CLI::IsMember({"probabilities", "logits"}));
    add->add_option("--out", options->out, "Keep the package here, too");
    add->callback([options, &body] { body = [options](Context &context) { return importIt(context, *options); }; });
    auto *look = registry.add_subcommand("inspect", "What a model file says of itself; of a pickle (.pkl, .joblib), which is not loaded, what it would import");
    look->fallthrough();
    look->add_option("FILE", options->file, "The pickle, XGBoost's .json or .ubj, or TorchScript")->required();
    look->callback([options, &body] { body = [options](Context &context) { return inspect(context, *options); }; });
}

} // namespace pilothouse
