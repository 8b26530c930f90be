// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_model.h"

#include "core/artifact/package_writer.h"
#include "core/artifact/pickle_facts.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/drift/drift.h"
#include "core/learn/import_check.h"
#include "core/learn/import_forecast.h"
#include "core/learn/import_torch.h"
#include "core/learn/load_scorer.h"
#include "core/learn/naive_figures.h"
#include "core/learn/predicted_columns.h"
#include "core/learn/torch_loader.h"
#include "core/learn/train_report.h"
#include "core/learn/tree_model.h"
#include "core/metrics/targets.h"
#include "core/workspace/recipe.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;
using workspace::TaskKind;

class Import {
public:
    explicit Import(const ImportOptions &options) : m_options(options) {}
    Result<ImportResult> run();

private:
    Result<void> loadTable();
    Result<void> readModel();
    Result<void> readTrees();
    Result<void> readTorch();
    Result<void> readRowScript(const QJsonObject &card);
    Result<void> readForecast(const QJsonObject &card);
    Result<void> needNoForecast() const;
    Result<void> setTask(std::size_t classes);
    Result<void> setInputs(const std::vector<QString> &names, std::size_t width, bool mayBeMissing);
    Result<void> takeRows();
    Result<void> score();
    Result<void> compare();
    Result<artifact::LabelledRows> labelled() const;
    Result<void> judge();
    Result<void> write();
    data::Table profiled(const workspace::Recipe &recipe) const;
    workspace::Recipe recipe() const;
    QJsonObject dataFacts(const workspace::Recipe &recipe) const;
    artifact::PackageContents contents() const;

    ImportOptions m_options;
    QByteArray m_bytes;
    QString m_sha256;
    data::LoadedTable m_loaded;
    artifact::Signature m_signature;
    std::shared_ptr<FittedModel> m_model;
    QJsonObject m_facts; ///< what the file says of itself
    data::FittedTransforms m_transforms;
    artifact::ScorerPtr m_scorer;
    data::Rows m_inputs;                  ///< the rows that can be scored
    std::vector<std::size_t> m_tableRows; ///< where they stand in the file
    artifact::Predictions m_predictions;
    std::optional<ImportedForecast> m_forecast; ///< without its windows' values, which are m_inputs
    std::optional<artifact::LabelledRows> m_sample;
    TrainResult m_figures; ///< of a training there is none: only what the given rows say
    ImportResult m_result;
};

Result<void> Import::loadTable() {
    QMap<QString, data::ColumnType> types;
    if (!m_options.target.isEmpty() && !m_signature.classes.empty())
        types.insert(m_options.target, data::ColumnType::Category);
    PH_ASSIGN(m_loaded, data::loadData(dataOf(m_options), types, m_options.stop));
    m_result.rows = qint64(m_loaded.table.rows());
    if (m_result.rows == 0)
        return invalid(QStringLiteral("The file holds no row."), m_options.rows, QStringLiteral("Give rows that the model was made for; its profile and its check come from them."));
    if (!m_options.target.isEmpty() && !m_loaded.table.find(m_options.target))
        return invalid(QStringLiteral("The rows have no column “%1”.").arg(m_options.target), m_options.rows, QStringLiteral("Columns there: %1.").arg(m_loaded.table.names().join(QLatin1String(", "))));
    return {};
}

/// @param classes  that the model has; 0: it predicts a number
Result<void> Import::setTask(std::size_t classes) {
    const QString said = m_options.task, found = classes ? QStringLiteral("classification") : QStringLiteral("regression");
    if (!said.isEmpty() && said != found)
        return invalid(QStringLiteral("The model is a %1, not a %2.").arg(found, said), m_options.file, QStringLiteral("Leave --task away, or import the right file."));
    if (!m_options.classes.isEmpty() && std::size_t(m_options.classes.size()) != classes)
        return invalid(QStringLiteral("%1 classes were named; the model has %2.").arg(m_options.classes.size()).arg(classes), m_options.file, QStringLiteral("Name them in the order of its outputs: --classes A,B,…."));
    QStringList names = m_options.classes;
    for (std::size_t c = 0; names.isEmpty() && c < classes; ++c)
        m_signature.classes.push_back(std::to_string(c));
    for (const QString &name : std::as_const(names))
        m_signature.classes.push_back(name.toStdString());
    if (names.removeDuplicates())
        return invalid(QStringLiteral("Two of the classes have one name."), {}, QStringLiteral("Name each class once: --classes A,B,…."));
    m_signature.task = classes ? TaskKind::Classification : TaskKind::Regression;
    m_signature.target = m_options.target.isEmpty() ? QStringLiteral("prediction") : m_options.target;
    m_signature.outputs = {m_signature.target};
    return {};
}

/// The inputs by the model's own names; without any, the columns in their order.
Result<void> Import::setInputs(const std::vector<QString> &names, std::size_t width, bool mayBeMissing) {
    std::vector<QString> inputs = names;
    if (names.empty())
        for (const data::Column &column : m_loaded.table.columns)
            if (column.name != m_options.target && !m_options.expected.contains(column.name))
                inputs.push_back(column.name);
    if (width && inputs.size() != width)
        return invalid(QStringLiteral("The model takes %1 inputs and names none; the rows have %2 columns beside target and expected predictions.").arg(width).arg(inputs.size()), m_options.rows,
                       QStringLiteral("Give exactly the inputs, in the order of training."));
    if (names.empty())
        m_result.notes << QStringLiteral("The file does not name its inputs: the columns of the rows were taken in their order.");
    for (const QString &name : inputs) {
        if (!m_loaded.table.find(name))
            return invalid(QStringLiteral("The rows have no column “%1”, which the model takes.").arg(name), m_options.rows, QStringLiteral("Columns there: %1.").arg(m_loaded.table.names().join(QLatin1String(", "))));
        if (name == m_options.target || m_options.expected.contains(name))
            return invalid(QStringLiteral("“%1” is an input of the model, so it cannot be the target or an expected prediction.").arg(name), m_options.rows);
        if (name == m_signature.target)
            return invalid(QStringLiteral("An input of the model is called “%1” like its output.").arg(name), m_options.rows, QStringLiteral("Name the target: --target COLUMN."));
        m_signature.inputs.push_back({name, data::ColumnType::Number, {}, mayBeMissing});
    }
    return {};
}

Result<void> Import::readTrees() {
    PH_ASSIGN(ImportedTrees trees, importXgboost(m_bytes, m_options.file, m_options.rounds));
    PH_TRY(setTask(trees.classes));
    PH_TRY(loadTable());
    PH_TRY(setInputs(trees.names, trees.ensemble.width(), true));
    m_result.kind = QStringLiteral("xgboost");
    m_result.madeBy = QStringLiteral("xgboost ") + trees.version;
    m_result.notes += trees.notes;
    m_facts = {{Q("objective"), trees.objective}, {Q("base_score"), trees.baseScore}, {Q("rounds"), qint64(trees.ensemble.rounds())}, {Q("trees"), qint64(trees.ensemble.trees().size())}};
    m_model = std::make_shared<TreeModel>(std::move(trees.ensemble), trees.classes, m_facts);
    return {};
}

Result<void> Import::readTorch() {
    PH_ASSIGN(TorchModule *const module, torchModule());
    PH_ASSIGN(const QJsonObject facts, module->scriptFacts(m_bytes, m_options.file));
    const QJsonObject card = facts.value(Q("card")).toObject(); // of our own exports
    m_result.kind = QStringLiteral("torchscript");
    m_result.madeBy = QStringLiteral("PyTorch (TorchScript), run by libtorch ") + module->version();
    const QString forecast = workspace::taskName(TaskKind::Forecast), task = m_options.task.isEmpty() ? card.value(Q("task")).toString() : m_options.task;
    return task == forecast ? readForecast(card) : readRowScript(card);
}

/// What answers each row by itself.
Result<void> Import::readRowScript(const QJsonObject &card) {
    PH_TRY(needNoForecast());
    if (const QString forecast = workspace::taskName(TaskKind::Forecast); card.value(Q("task")).toString() == forecast)
        return invalid(QStringLiteral("The file says of itself that it is a %1, not a %2.").arg(forecast, m_options.task), m_options.file, QStringLiteral("Leave --task away."));
    std::vector<QString> names;
    for (const QJsonValue &name : card.value(Q("inputs")).toArray())
        names.push_back(name.toString());
    if (m_options.classes.isEmpty())
        for (const QJsonValue &name : card.value(Q("classes")).toArray())
            m_options.classes << name.toString();
    if (m_options.task == Q("classification") && m_options.classes.isEmpty())
        return invalid(QStringLiteral("A TorchScript does not name its classes."), m_options.file, QStringLiteral("Name them in the order of its outputs: --classes A,B,…."));
    PH_TRY(setTask(std::size_t(m_options.classes.size())));
    PH_TRY(loadTable());
    PH_TRY(setInputs(names, names.size(), false));
    QStringList tries{QStringLiteral("numbers")};
    if (!m_signature.classes.empty())
        tries = !m_options.answers.isEmpty() ? QStringList{m_options.answers} : card.isEmpty() ? QStringList{QStringLiteral("probabilities"), QStringLiteral("logits")} : QStringList{QStringLiteral("probabilities")};
    for (const QString &answers : std::as_const(tries)) {
        PH_ASSIGN(std::unique_ptr<FittedModel> model, importTorchScript(m_bytes, m_signature, answers));
        m_model = std::move(model);
        m_facts = m_model->describe();
        const Result<void> scored = score();
        if (!scored && answers == tries.back())
            return scored.error();
        if (scored)
            break;
    }
    if (tries.size() > 1)
        m_result.notes << QStringLiteral("Its outputs were taken for %1, as they look on these rows; --answers says it for certain.").arg(m_facts.value(Q("answers")).toString());
    return {};
}

Result<void> Import::readForecast(const QJsonObject &card) {
    if (!m_options.classes.isEmpty() || !m_options.answers.isEmpty())
        return invalid(QStringLiteral("A forecast predicts numbers; classes were named."), m_options.file, QStringLiteral("Leave --classes and --answers away."));
    PH_ASSIGN(m_options.forecast, completeForecast(m_options, card));
    m_options.target.clear();
    PH_TRY(loadTable());
    PH_ASSIGN(m_forecast, forecastOf(m_options, m_loaded.table));
    m_signature = m_forecast->signature;
    m_inputs = std::move(m_forecast->windows.x);
    m_tableRows = m_forecast->tableRows;
    m_result.notes += m_forecast->windows.notes();
    PH_ASSIGN(std::unique_ptr<FittedModel> model, importTorchScript(m_bytes, m_signature, QStringLiteral("numbers"), m_forecast->series));
    m_model = std::move(model);
    m_facts = m_model->describe();
    for (const QString &target : m_signature.targets())
        if (!m_forecast->series.contains(target))
            m_result.notes << QStringLiteral("The TorchScript does not take “%1”, which it predicts; its past is asked for all the same, for the naive forecasts beside it.").arg(target);
    return score();
}

/// Options of a forecast that stand beside a model of another task mean that something was mistaken.
Result<void> Import::needNoForecast() const {
    ForecastImport plain;
    plain.targets = m_options.forecast.targets; // every task has those
    if (m_options.forecast == plain)
        return {};
    return invalid(QStringLiteral("--window, --horizon, --step, --series, --time and --zone belong to a forecast."), m_options.file, QStringLiteral("Add --task forecast (of a TorchScript), or leave them away."));
}

Result<void> Import::readModel() {
    if (!QFileInfo(m_options.file).isFile())
        return notFound(QStringLiteral("There is no model file here."), m_options.file);
    PH_ASSIGN(const bool pickled, artifact::looksLikePickle(m_options.file));
    if (pickled)
        return artifact::pickleRefusal(m_options.file);
    PH_ASSIGN(m_bytes, readFile(m_options.file));
    m_sha256 = sha256Hex(m_bytes);
    if (looksLikeTorchScript(m_bytes))
        return readTorch();
    if (m_bytes.startsWith("PK\x03\x04"))
        return noTorchScript(m_options.file);
    PH_TRY(needNoForecast());
    return readTrees();
}

/// Rows that lack an input which the model cannot do without are left out and counted.
Result<void> Import::takeRows() {
    PH_ASSIGN(const data::Rows all, data::rowsFromTable(m_loaded.table, m_signature.inputs));
    m_inputs = {0, all.width, {}};
    m_tableRows.clear();
    for (std::size_t i = 0; i < all.count; ++i) {
        const auto row = all.row(i);
        bool whole = true;
        for (std::size_t k = 0; k < row.size(); ++k)
            whole &= !std::isnan(row[k]) || m_signature.inputs[k].optional;
        if (!whole)
            continue;
        m_inputs.values.insert(m_inputs.values.end(), row.begin(), row.end());
        m_tableRows.push_back(i);
    }
    m_inputs.count = m_tableRows.size();
    if (m_inputs.count == 0)
        return invalid(QStringLiteral("Every row lacks an input, and this model cannot do without."), m_options.rows);
    return {};
}

Result<void> Import::score() {
    if (m_inputs.count == 0)
        PH_TRY(takeRows());
    PH_ASSIGN(m_transforms, data::FittedTransforms::fit(m_inputs, m_signature.inputs, {}));
    m_scorer = makeScorer(m_signature, m_transforms, m_model);
    PH_ASSIGN(m_predictions, m_scorer->score(m_inputs));
    return {};
}

Result<void> Import::compare() {
    if (const qint64 left = m_result.rows - qint64(m_inputs.count); left > 0 && !m_forecast)
        m_result.notes << QStringLiteral("%1 of %2 rows lack an input and were not scored.").arg(left).arg(m_result.rows);
    if (m_options.expected.isEmpty()) {
        m_result.notes << QStringLiteral("UNVERIFIED: no predictions made by the original program were given, so that they are the same here was not checked.");
        return {};
    }
    PH_ASSIGN(const ImportCheck check, checkImport(m_predictions, m_signature, m_loaded.table, m_tableRows, m_options.expected));
    m_result.verified = true;
    m_result.compared = check.compared;
    m_result.worst = check.worst;
    m_result.notes << QStringLiteral("Verified: %1 rows give the predictions of the original program, the largest difference is %2 (allowed %3).").arg(check.compared).arg(check.worst, 0, 'g', 2).arg(importTolerance);
    return {};
}

/// Rows whose true values are known; of a forecast the windows with a whole horizon behind them.
Result<artifact::LabelledRows> Import::labelled() const {
    if (!m_forecast)
        return artifact::labelledRows(m_loaded.table, m_signature);
    PH_ASSIGN(data::Windows windows, data::buildWindows(m_loaded.table, m_forecast->recipe));
    return windowRows(std::move(windows));
}

/// Where the true values are known: the sample rows and the metrics on them.
Result<void> Import::judge() {
    if (m_options.target.isEmpty() && !m_forecast) {
        m_result.notes << QStringLiteral("The true values of the rows are not known (--target): there are no metrics, and no sample rows are kept.");
        return {};
    }
    Result<artifact::LabelledRows> rows = labelled();
    if (!rows && m_forecast && rows.error().kind == ErrorKind::Invalid) {
        m_result.notes << QStringLiteral("There are no metrics, and no sample rows are kept: %1").arg(rows.error().what);
        return {};
    }
    if (!rows)
        return rows.error();
    m_result.notes += rows->notes();
    if (rows->inputs.count == 0)
        return invalid(QStringLiteral("No row has a true value in “%1” that the model knows.").arg(m_options.target), m_options.rows, m_signature.classes.empty() ? QString() : QStringLiteral("Name the classes as that column does: --classes A,B,…."));
    PH_ASSIGN(const metrics::Scored scored, artifact::scoreRows(*m_scorer, *rows));
    PH_ASSIGN(m_figures.test, metrics::allMetrics(scored));
    if (m_forecast) {
        PH_TRY(judgeNaive(naiveModels(m_signature, m_forecast->windows.window, m_forecast->windows.stepMs, {}), *rows, {}, m_figures));
        PH_ASSIGN(const std::vector<metrics::TargetValues> targets, metrics::allMetricsByTarget(scored, m_signature.targets()));
        for (std::size_t t = 0; t < targets.size(); ++t)
            m_figures.targets[t].test = targets[t].values;
    }
    m_result.test = m_figures.test;
    m_result.baselines = m_figures.baselines;
    m_sample = *std::move(rows);
    return {};
}

/// How files are read for this model; its estimator is what one would begin with to train it anew.
workspace::Recipe Import::recipe() const {
    if (m_forecast)
        return m_forecast->recipe;
    workspace::Recipe recipe;
    recipe.name = m_options.name;
    recipe.data = dataOf(m_options);
    recipe.task = m_signature.task;
    recipe.target = m_signature.target;
    for (const artifact::Input &input : m_signature.inputs)
        recipe.include << input.name;
    recipe.estimators.push_back({m_result.kind == Q("xgboost") ? QStringLiteral("gradient_boosting") : QStringLiteral("mlp"), {}});
    return recipe;
}

QJsonObject Import::dataFacts(const workspace::Recipe &recipe) const {
    QJsonObject object = m_loaded.fingerprint.toJson();
    object.insert(Q("source"), recipe.data.source);
    object.insert(Q("rows"), m_result.rows);
    object.insert(Q("samples"), qint64(m_inputs.count));
    object.insert(Q("split"), QStringLiteral("none: imported, not trained here"));
    object.insert(Q("train_rows"), 0);
    object.insert(Q("test_rows"), m_sample ? qint64(m_sample->inputs.count) : 0);
    object.insert(Q("user"), m_options.user);
    object.insert(Q("code"), QString());
    QJsonObject imported = m_facts;
    for (const auto &[key, value] : std::initializer_list<std::pair<const char *, QJsonValue>>{
             {"file", m_options.file}, {"sha256", m_sha256}, {"bytes", qint64(m_bytes.size())}, {"kind", m_result.kind}, {"made_by", m_result.madeBy}, {"verified", m_result.verified}, {"compared", m_result.compared}, {"worst", m_result.verified ? QJsonValue(m_result.worst) : QJsonValue()}})
        imported.insert(Q(key), value);
    object.insert(Q("imported"), imported);
    return object;
}

/// What the given rows say of the columns that the model knows; of a forecast its inputs, and each series by its name.
data::Table Import::profiled(const workspace::Recipe &recipe) const {
    if (m_forecast) {
        Samples samples;
        samples.signature = m_signature;
        samples.rows.inputs = m_inputs;
        samples.window = m_forecast->windows.window;
        samples.series = m_forecast->windows.series.size();
        samples.train.resize(m_inputs.count);
        std::iota(samples.train.begin(), samples.train.end(), std::size_t(0));
        return trainingTable(samples);
    }
    data::Table known;
    for (const data::Column &column : m_loaded.table.columns)
        if (recipe.include.contains(column.name) || column.name == m_options.target)
            known.columns.push_back(column);
    return known;
}

artifact::PackageContents Import::contents() const {
    const workspace::Recipe recipe = this->recipe();
    artifact::PackageContents contents;
    contents.ml.runId = m_options.runId;
    contents.ml.uuid = randomHex(16);
    contents.ml.created = isoUtc(QDateTime::currentDateTimeUtc());
    contents.ml.estimator = QStringLiteral("imported %1").arg(m_result.kind);
    contents.ml.modelType = m_model->flavour();
    contents.ml.versions = {{QStringLiteral("pilothouse"), QLatin1String(PILOTHOUSE_VERSION)}, {QStringLiteral("qt"), QLatin1String(qVersion())}, {QStringLiteral("made by"), m_result.madeBy}};
    contents.signature = m_signature;
    contents.preprocessing = m_transforms.toJson();
    TrainResult report = m_figures;
    report.selectMetric = workspace::defaultMetric(m_signature.task, std::size_t(m_signature.targets().size()));
    if (report.baselineName.isEmpty())
        report.baselineName = QStringLiteral("none");
    report.notes = m_result.notes;
    contents.metrics = metricsJson(report);
    contents.metrics.insert(Q("model"), m_facts);
    contents.data = dataFacts(recipe);
    contents.recipe = recipeJson(recipe, {QJsonObject{{Q("name"), contents.ml.estimator}, {Q("parameters"), m_facts}}});
    contents.recipeYaml = "# Imported from " + QFileInfo(m_options.file).fileName().toUtf8().replace('\n', ' ') + ": nothing was trained by this recipe. It says how files are read for the model;\n# split and estimator are what one would begin with to train it anew.\n" + workspace::writeRecipe(recipe);
    contents.profile = drift::profileOf(profiled(recipe), m_options.name).toJson();
    if (m_predictions.count > 0)
        contents.predictions = drift::profileOf(answeredColumns(m_signature, m_predictions), m_options.name).toJson();
    contents.sample = m_sample;
    contents.example = m_inputs;
    contents.notes = m_result.notes;
    contents.model = m_facts;
    return contents;
}

Result<void> Import::write() {
    PH_ASSIGN(m_result.digest, artifact::writePackage(m_options.out, contents(), [&](const QString &folder) { return m_model->save(folder); }));
    const auto readBack = [&]() -> Result<void> {
        PH_ASSIGN(const artifact::ScorerPtr scorer, loadScorer(m_options.out));
        PH_ASSIGN(const artifact::Predictions again, scorer->score(m_inputs));
        for (std::size_t i = 0; i < again.values.size(); ++i)
            if (!(std::abs(again.values[i] - m_predictions.values[i]) <= importTolerance * std::max(1.0, std::abs(m_predictions.values[i]))))
                return Error{ErrorKind::Internal, QStringLiteral("The written package answers otherwise than the file did, at row %1.").arg(m_tableRows[i / again.outputs] + 1), m_options.out, {}, {}};
        return {};
    };
    const Result<void> same = readBack();
    if (!same)
        QDir(m_options.out).removeRecursively();
    return same;
}

Result<ImportResult> Import::run() {
    if (QFileInfo::exists(m_options.out))
        return Error{ErrorKind::Conflict, QStringLiteral("The folder for the package is there already."), m_options.out, QStringLiteral("Choose another --out."), {}};
    m_result.package = m_options.out;
    m_result.runId = m_options.runId;
    PH_TRY(readModel());
    if (m_predictions.count == 0) // a TorchScript was scored to see what its outputs are
        PH_TRY(score());
    PH_TRY(compare());
    PH_TRY(judge());
    PH_TRY(write());
    return m_result;
}

} // namespace

QJsonObject ImportResult::toJson() const {
    QJsonObject out{{Q("package"), package}, {Q("digest"), digest}, {Q("run"), runId}, {Q("kind"), kind}, {Q("made_by"), madeBy}, {Q("verified"), verified}, {Q("rows"), rows}, {Q("compared"), compared},
            {Q("worst"), verified ? QJsonValue(worst) : QJsonValue()}, {Q("tolerance"), importTolerance}, {Q("metrics"), test.isEmpty() ? QJsonValue() : QJsonValue(metrics::toJson(test))},
            {Q("notes"), QJsonArray::fromStringList(notes)}};
    if (!baselines.isEmpty()) {
        QJsonObject naive;
        for (auto it = baselines.begin(); it != baselines.end(); ++it)
            naive.insert(it.key(), metrics::toJson(*it));
        out.insert(Q("baselines"), naive);
    }
    return out;
}

Result<ImportResult> importModel(const ImportOptions &options) {
    try {
        return Import(options).run();
    } catch (const std::exception &e) {
        return internalError(e);
    }
}

} // namespace pilothouse::learn
