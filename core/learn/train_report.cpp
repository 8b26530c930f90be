// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/train_report.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/learn/seasonal_naive.h"
#include "core/learn/cross_validation.h"
#include "core/metrics/targets.h"

#include <QDir>
#include <QFileInfo>

#include <cmath>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

QJsonArray textArray(const QStringList &texts) { return QJsonArray::fromStringList(texts); }

QJsonArray gateArray(const std::vector<GateOutcome> &gates) {
    QJsonArray out;
    for (const GateOutcome &gate : gates)
        out.append(QJsonObject{{Q("rule"), gate.rule}, {Q("value"), jsonNumber(gate.value)}, {Q("passed"), gate.passed}});
    return out;
}

QJsonArray candidateArray(const std::vector<CandidateResult> &candidates) {
    QJsonArray out;
    for (const CandidateResult &c : candidates) {
        QJsonObject entry{{Q("estimator"), c.estimator}, {Q("parameters"), c.parameters}, {Q("seconds"), c.seconds},
                          {Q("metrics"), QJsonObject{{Q("train"), metrics::toJson(c.train)}, {Q("test"), metrics::toJson(c.test)}}}};
        if (!c.folds.empty())
            entry.insert(Q("validation"), foldsJson(c.folds));
        out.append(entry);
    }
    return out;
}

/// As in the recipe: the name alone, with its one word, or with a map.
QJsonValue transformJson(const workspace::TransformSpec &step) {
    if (step.settings.isEmpty() && step.columns.isEmpty())
        return step.argument.isEmpty() ? QJsonValue(step.name) : QJsonValue(QJsonObject{{step.name, step.argument}});
    QJsonObject settings = QJsonObject::fromVariantMap(step.settings);
    if (!step.argument.isEmpty())
        settings.insert(workspace::transformWords(step.name).value(0), step.argument);
    if (!step.columns.isEmpty())
        settings.insert(Q("columns"), textArray(step.columns));
    return QJsonObject{{step.name, settings}};
}

QJsonObject naiveJson(const QMap<QString, MetricValues> &baselines) {
    QJsonObject naive;
    for (auto it = baselines.begin(); it != baselines.end(); ++it)
        naive.insert(it.key(), metrics::toJson(*it));
    return naive;
}

QMap<QString, MetricValues> naiveFrom(const QJsonObject &object) {
    QMap<QString, MetricValues> naive;
    for (auto it = object.begin(); it != object.end(); ++it)
        naive.insert(it.key(), metrics::valuesFromJson(it->toObject()));
    return naive;
}

QJsonArray targetArray(const TrainResult &result) {
    QJsonArray out;
    for (const TargetFigures &t : result.targets)
        out.append(QJsonObject{{Q("target"), t.target}, {Q("train"), metrics::toJson(t.train)}, {Q("test"), metrics::toJson(t.test)}, {Q("baseline"), metrics::toJson(t.baseline)},
                               {Q("baseline_name"), result.baselineName}, {Q("baselines"), naiveJson(t.baselines)}});
    return out;
}

QJsonObject dataFigures(const TrainResult &result) {
    QJsonObject data{{Q("rows"), result.rows}, {Q("train_rows"), result.trainRows}, {Q("test_rows"), result.testRows}, {Q("md5"), result.md5}, {Q("sha256"), result.sha256}};
    if (!result.resampled.isEmpty())
        data.insert(Q("resampled"), result.resampled);
    return data;
}

/// The object with all naive models, each of several targets, the winner's folds and the search, if there are any.
QJsonObject withSelection(QJsonObject object, const TrainResult &result) {
    if (!result.baselines.isEmpty())
        object.insert(Q("baselines"), naiveJson(result.baselines));
    if (!result.targets.empty())
        object.insert(Q("targets"), targetArray(result));
    if (!result.search.isEmpty())
        object.insert(Q("search"), result.search);
    if (!result.folds.empty()) {
        QJsonObject validation = foldsJson(result.folds);
        validation.insert(Q("how"), result.validation);
        object.insert(Q("validation"), validation);
    }
    return object;
}

QJsonObject splitJson(const workspace::SplitSpec &split) {
    using Kind = workspace::SplitSpec::Kind;
    switch (split.kind) {
    case Kind::Every: return {{Q("every"), split.every}};
    case Kind::Random: return {{Q("random"), split.fraction}, {Q("seed"), qint64(split.seed)}};
    case Kind::Stratified: return {{Q("stratified"), split.fraction}, {Q("seed"), qint64(split.seed)}};
    case Kind::Grouped: return {{Q("grouped"), split.fraction}, {Q("by"), split.by}, {Q("seed"), qint64(split.seed)}};
    case Kind::After: break;
    }
    return {{Q("after"), split.after}};
}

} // namespace

bool TrainResult::gatesPassed() const {
    return std::all_of(gates.begin(), gates.end(), [](const GateOutcome &gate) { return gate.passed; });
}

MetricValues TrainResult::everyTest() const {
    std::vector<metrics::TargetValues> each;
    for (const TargetFigures &t : targets)
        each.push_back({t.target, t.test});
    return metrics::withTargets(test, each);
}

QJsonObject TrainResult::toJson() const {
    return withSelection({{Q("run"), runId}, {Q("package"), package}, {Q("digest"), digest}, {Q("estimator"), estimator}, {Q("parameters"), parameters}, {Q("select"), selectMetric},
            {Q("metrics"), QJsonObject{{Q("train"), metrics::toJson(train)}, {Q("test"), metrics::toJson(test)}, {Q("baseline"), metrics::toJson(baseline)}}},
            {Q("baseline"), baselineName}, {Q("candidates"), candidateArray(candidates)}, {Q("gates"), gateArray(gates)},
            {Q("data"), dataFigures(*this)},
            {Q("weights_sha256"), weightsSha256}, {Q("notes"), textArray(notes)}, {Q("seconds"), seconds}}, *this);
}

QJsonObject metricsJson(const TrainResult &result) {
    return withSelection({{Q("train"), metrics::toJson(result.train)}, {Q("test"), metrics::toJson(result.test)}, {Q("baseline"), metrics::toJson(result.baseline)},
            {Q("baseline_name"), result.baselineName}, {Q("candidates"), candidateArray(result.candidates)}, {Q("select"), result.selectMetric}, {Q("gates"), gateArray(result.gates)},
            {Q("notes"), textArray(result.notes)}}, result);
}

Result<TrainResult> resultOf(const artifact::Package &package) {
    const QString where = package.folder + QStringLiteral("/metrics.json");
    JsonReader reader(package.metrics, where), data(package.data, package.folder + QStringLiteral("/data.json"));
    TrainResult result;
    result.runId = package.runId;
    result.package = package.folder;
    result.digest = package.digest;
    result.estimator = package.estimator;
    result.selectMetric = reader.text("select");
    result.baselineName = reader.text("baseline_name");
    result.baselines = naiveFrom(package.metrics.value(Q("baselines")).toObject());
    for (const QJsonValue &value : package.metrics.value(Q("targets")).toArray()) {
        const QJsonObject t = value.toObject();
        result.targets.push_back({t.value(Q("target")).toString(), metrics::valuesFromJson(t.value(Q("train")).toObject()), metrics::valuesFromJson(t.value(Q("test")).toObject()),
                                  metrics::valuesFromJson(t.value(Q("baseline")).toObject()), naiveFrom(t.value(Q("baselines")).toObject())});
    }
    result.train = metrics::valuesFromJson(reader.object("train"));
    result.test = metrics::valuesFromJson(reader.object("test"));
    result.baseline = metrics::valuesFromJson(reader.object("baseline"));
    result.notes = reader.texts("notes");
    const QJsonObject validation = package.metrics.value(Q("validation")).toObject();
    result.validation = validation.value(Q("how")).toString();
    result.folds = foldsFromJson(validation);
    result.search = package.metrics.value(Q("search")).toObject();
    result.weightsSha256 = package.weightsSha256();
    for (const QJsonValue &value : reader.array("candidates")) {
        JsonReader entry(value.toObject(), where);
        CandidateResult candidate{entry.text("estimator"), entry.object("parameters"), {}, {}, entry.number("seconds")};
        const QJsonObject both = entry.object("metrics");
        PH_TRY(entry.check());
        candidate.train = metrics::valuesFromJson(both.value(Q("train")).toObject());
        candidate.test = metrics::valuesFromJson(both.value(Q("test")).toObject());
        candidate.folds = foldsFromJson(value.toObject().value(Q("validation")).toObject());
        if (candidate.estimator == result.estimator && candidate.test.value(result.selectMetric) == result.test.value(result.selectMetric))
            result.parameters = candidate.parameters;
        result.candidates.push_back(std::move(candidate));
    }
    for (const QJsonValue &value : reader.array("gates")) {
        JsonReader entry(value.toObject(), where);
        result.gates.push_back({entry.text("rule"), entry.number("value", std::nan("")), entry.boolean("passed")});
        PH_TRY(entry.check());
    }
    result.rows = data.integer("rows");
    result.trainRows = data.integer("train_rows");
    result.testRows = data.integer("test_rows");
    result.resampled = package.data.value(Q("resampled")).toObject();
    result.md5 = data.text("md5");
    result.sha256 = data.text("sha256");
    PH_TRY(reader.check());
    PH_TRY(data.check());
    return result;
}

QJsonObject recipeJson(const workspace::Recipe &recipe, const QJsonArray &estimators) {
    QJsonArray transforms, gates;
    for (const auto &t : recipe.transforms)
        transforms.append(transformJson(t));
    for (const auto &g : recipe.gates)
        gates.append(g.text());
    QJsonObject where;
    for (auto it = recipe.data.where.begin(); it != recipe.data.where.end(); ++it)
        where.insert(it.key(), it.value());
    QJsonObject object{{Q("name"), recipe.name}, {Q("task"), workspace::taskName(recipe.task)}, {Q("target"), recipe.target},
        {Q("data"), QJsonObject{{Q("source"), recipe.data.source}, {Q("missing"), textArray(recipe.data.missing)}, {Q("where"), where}, {Q("delimiter"), recipe.data.delimiter},
                                {Q("decimal"), recipe.data.decimal}, {Q("skip_until"), recipe.data.skipUntil}, {Q("comment"), recipe.data.comment}, {Q("sample"), recipe.data.sample}}},
        {Q("features"), QJsonObject{{Q("categorical"), textArray(recipe.categorical)}, {Q("include"), textArray(recipe.include)}, {Q("exclude"), textArray(recipe.exclude)}}},
        {Q("split"), splitJson(recipe.split)}, {Q("transforms"), transforms}, {Q("estimators"), estimators},
        {Q("select"), recipe.selectMetric.isEmpty() ? workspace::defaultMetric(recipe.task, std::size_t(recipe.targets().size())) : recipe.selectMetric}, {Q("gates"), gates}, {Q("seed"), qint64(recipe.seed)}};
    if (!recipe.data.connection.isEmpty() || !recipe.data.version.isEmpty()) {
        QJsonObject data = object.value(Q("data")).toObject();
        data.insert(Q("connection"), recipe.data.connection);
        data.insert(Q("version"), recipe.data.version);
        object.insert(Q("data"), data);
    }
    if (!recipe.moreTargets.isEmpty())
        object.insert(Q("targets"), textArray(recipe.targets()));
    if (!recipe.exports.empty()) {
        QJsonArray files;
        for (const workspace::ExportSpec &file : recipe.exports)
            files.append(QJsonObject{{Q("file"), file.file}, {Q("format"), file.format}});
        object.insert(Q("export"), files);
    }
    if (recipe.quality) {
        QJsonArray checks;
        for (const auto &g : recipe.quality->gates)
            checks.append(g.text());
        object.insert(Q("quality"), QJsonObject{{Q("reference"), recipe.quality->reference}, {Q("gates"), checks}});
    }
    if (recipe.validation)
        object.insert(Q("validation"), validationText(*recipe.validation));
    if (recipe.time)
        object.insert(Q("time"), QJsonObject{{Q("column"), recipe.time->column}, {Q("parts"), textArray(recipe.time->parts)}, {Q("step"), recipe.time->step}, {Q("zone"), recipe.time->zone},
                                                {Q("resample"), recipe.time->resample}, {Q("interpolate"), recipe.time->interpolate}, {Q("by"), recipe.time->by}});
    if (recipe.forecast)
        object.insert(Q("forecast"), QJsonObject{{Q("window"), recipe.forecast->window}, {Q("horizon"), recipe.forecast->horizon}});
    return object;
}

QString recipeDigest(const workspace::Recipe &recipe) {
    workspace::Recipe plain = recipe;
    plain.file.clear();
    plain.exports.clear();
    plain.data.source = QStringLiteral("data"); // where the data lies; its digest is compared instead
    plain.data.connection.clear();
    plain.data.version.clear();
    if (plain.quality && !plain.quality->reference.isEmpty())
        plain.quality->reference = QStringLiteral("reference");
    return sha256Hex(workspace::writeRecipe(plain));
}

QString splitText(const workspace::SplitSpec &split) {
    using Kind = workspace::SplitSpec::Kind;
    switch (split.kind) {
    case Kind::Every: return QStringLiteral("one row in %1 tests (row i, from 0, when i mod %1 = %2)").arg(split.every).arg(split.every - 1);
    case Kind::Random: return QStringLiteral("%1 % of the rows test, drawn with seed %2").arg(split.fraction * 100).arg(split.seed);
    case Kind::Stratified: return QStringLiteral("%1 % of the rows of each class test, drawn with seed %2").arg(split.fraction * 100).arg(split.seed);
    case Kind::Grouped: return QStringLiteral("%1 % of the groups by %2 test, drawn with seed %3; no group is on both sides").arg(split.fraction * 100).arg(split.by).arg(split.seed);
    case Kind::After: break;
    }
    return QStringLiteral("rows from %1 on test").arg(split.after);
}

QString gitCommit(const QString &folder) {
    QDir dir(folder);
    while (!QFileInfo::exists(dir.filePath(QStringLiteral(".git/HEAD"))))
        if (!dir.cdUp())
            return {};
    const auto line = [&](const QString &name) {
        const Result<QByteArray> bytes = readFile(dir.filePath(QStringLiteral(".git/") + name));
        return bytes ? QString::fromUtf8(*bytes).trimmed() : QString();
    };
    const QString head = line(QStringLiteral("HEAD"));
    if (!head.startsWith(Q("ref: ")))
        return head;
    const QString reference = head.mid(5);
    if (const QString commit = line(reference); !commit.isEmpty())
        return commit;
    for (const QString &packed : line(QStringLiteral("packed-refs")).split(QLatin1Char('\n')))
        if (packed.endsWith(QLatin1Char(' ') + reference))
            return packed.left(40);
    return {};
}

QJsonObject dataJson(const workspace::Recipe &recipe, const Samples &samples, const QString &user) {
    QJsonObject object = samples.loaded.fingerprint.toJson();
    object.insert(Q("source"), recipe.data.source);
    if (!recipe.data.origin.isEmpty())
        object.insert(Q("origin"), QJsonObject::fromVariantMap(recipe.data.origin));
    object.insert(Q("rows"), qint64(samples.loaded.table.rows()));
    object.insert(Q("samples"), qint64(samples.rows.inputs.count));
    object.insert(Q("split"), splitText(recipe.split));
    object.insert(Q("train_rows"), qint64(samples.train.size()));
    object.insert(Q("test_rows"), qint64(samples.test.size()));
    if (samples.signature.horizon() > 0)
        object.insert(Q("seasonal_naive"), seasonalNaive(samples).toJson());
    if (samples.steps)
        object.insert(Q("resampled"), samples.steps->toJson());
    if (samples.quality)
        object.insert(Q("quality"), samples.quality->toJson());
    object.insert(Q("user"), user);
    object.insert(Q("code"), gitCommit(QFileInfo(recipe.file.isEmpty() ? recipe.data.source : recipe.file).absolutePath()));
    return object;
}

data::Table trainingTable(const Samples &samples) {
    data::Table table;
    const artifact::Signature &signature = samples.signature;
    const std::size_t width = signature.inputs.size(), outputs = samples.rows.width();
    const auto numbers = [&](const QString &name, auto value) {
        data::Column column;
        column.name = name;
        for (const std::size_t i : samples.train)
            column.numbers.push_back(value(i));
        table.columns.push_back(std::move(column));
    };
    const auto categories = [&](const QString &name, const std::vector<std::string> &dictionary, auto code) {
        data::Column column;
        column.name = name;
        column.type = data::ColumnType::Category;
        column.dictionary = dictionary;
        for (const std::size_t i : samples.train)
            column.codes.push_back(std::isnan(code(i)) ? -1 : std::int32_t(code(i)));
        table.columns.push_back(std::move(column));
    };
    for (std::size_t k = 0; k < width; ++k) {
        const auto value = [&, k](std::size_t i) { return samples.rows.inputs.values[i * width + k]; };
        if (signature.inputs[k].type == data::ColumnType::Category)
            categories(signature.inputs[k].name, signature.inputs[k].categories, value);
        else
            numbers(signature.inputs[k].name, value);
    }
    for (std::size_t s = 0; s < samples.series; ++s) {
        const std::size_t newest = (s + 1) * samples.window - 1;
        const QString input = signature.inputs[newest].name;
        numbers(input.left(input.lastIndexOf(QLatin1Char('@'))), [&, newest](std::size_t i) { return samples.rows.inputs.values[i * width + newest]; });
    }
    if (samples.series == 0) {
        const auto value = [&](std::size_t i) { return samples.rows.targets[i * outputs]; };
        if (signature.classes.empty())
            numbers(signature.target, value);
        else
            categories(signature.target, signature.classes, value);
    }
    return table;
}

} // namespace pilothouse::learn
