// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/recipe.h"

#include "core/base/file.h"
#include "core/base/time_zone.h"
#include "core/workspace/gate_read.h"
#include "core/workspace/search_spec_read.h"
#include "core/workspace/workspace.h"

#include <QFileInfo>
#include <QDateTime>

#include <cmath>
#include <limits>

namespace pilothouse::workspace {

namespace {

QString u(const char *text) { return QString::fromUtf8(text); }

DataSpec readData(Section section, const QString &file) {
    DataSpec data;
    data.source = section.needText(u("source"));
    data.source = data.source.startsWith(u("dvc:")) ? u("dvc:") + resolvedPath(data.source.mid(4), file) : resolvedPath(data.source, file);
    data.connection = section.text(u("connection"));
    data.version = section.text(u("version"));
    data.missing = section.texts(u("missing"));
    data.where = section.textMap(u("where"));
    data.delimiter = section.text(u("delimiter"));
    data.decimal = section.text(u("decimal"));
    data.skipUntil = section.text(u("skip_until"));
    data.comment = section.text(u("comment"));
    data.sample = section.boolean(u("sample"), true);
    section.finish();
    if (data.delimiter == QLatin1String("tab") || data.delimiter == QLatin1String("\\t"))
        data.delimiter = u("\t");
    if (data.delimiter.size() > 1)
        section.problems().add(section.positionOf(u("delimiter")), u("“delimiter” must be one character."), u("For a tabulator write tab."));
    if (!data.decimal.isEmpty() && data.decimal != QLatin1String(".") && data.decimal != QLatin1String(","))
        section.problems().add(section.positionOf(u("decimal")), u("“decimal” must be “.” or “,”."));
    if (!data.decimal.isEmpty() && data.decimal == data.delimiter)
        section.problems().add(section.positionOf(u("decimal")), u("“decimal” and “delimiter” are the same character."));
    return data;
}

bool isUtcTime(const QString &text) {
    return QDate::fromString(text, Qt::ISODate).isValid() ||
           QDateTime::fromString(QString(text).replace(QLatin1Char(' '), QLatin1Char('T')), Qt::ISODate).isValid();
}

SplitSpec readSplit(Section section, bool written) {
    SplitSpec split;
    const bool every = section.has(u("every")), random = section.has(u("random")), stratified = section.has(u("stratified")), after = section.has(u("after")), grouped = section.has(u("grouped"));
    if (written && every + random + stratified + after + grouped != 1)
        section.problems().add(section.position(), u("“split” needs exactly one of every, random, stratified, grouped, after."), u("For example {every: 5}."));
    split.every = int(section.integer(u("every"), split.every, 2, 1'000'000));
    constexpr double least = 1e-9;
    if (random || stratified || grouped) {
        split.kind = random ? SplitSpec::Kind::Random : stratified ? SplitSpec::Kind::Stratified : SplitSpec::Kind::Grouped;
        split.fraction = section.number(random ? u("random") : stratified ? u("stratified") : u("grouped"), split.fraction, least, 1 - least);
    }
    if (grouped)
        split.by = section.needText(u("by"));
    split.seed = section.seed(u("seed"), split.seed);
    if ((every || after) && section.has(u("seed")))
        section.problems().add(section.positionOf(u("seed")), u("“seed” has no meaning in this split."), u("Only random, stratified and grouped draw lots."));
    if (after) {
        split.kind = SplitSpec::Kind::After;
        split.after = section.text(u("after"));
        if (!isUtcTime(split.after))
            section.problems().add(section.positionOf(u("after")), u("“after” must be a date or time in UTC, not “%1”.").arg(split.after), u("Write 2013-10-01 or 2013-10-01T06:00:00."));
    }
    section.finish();
    return split;
}

ValidationSpec readValidation(Section section) {
    using Kind = ValidationSpec::Kind;
    const std::pair<QString, Kind> ways[] = {{u("k_fold"), Kind::KFold}, {u("stratified_k_fold"), Kind::StratifiedKFold}, {u("grouped_k_fold"), Kind::GroupedKFold}, {u("expanding"), Kind::Expanding}};
    ValidationSpec validation;
    int named = 0;
    for (const auto &[key, kind] : ways) {
        if (!section.has(key))
            continue;
        ++named;
        validation.kind = kind;
        validation.folds = int(section.integer(key, validation.folds, 2, 100));
    }
    if (named != 1)
        section.problems().add(section.position(), u("“validation” needs exactly one of k_fold, stratified_k_fold, grouped_k_fold, expanding."), u("For example {k_fold: 5}."));
    if (validation.kind == Kind::GroupedKFold)
        validation.by = section.needText(u("by"));
    if (validation.kind == Kind::Expanding)
        validation.horizon = int(section.integer(u("horizon"), 0, 1, 1'000'000'000));
    if ((validation.kind == Kind::KFold || validation.kind == Kind::StratifiedKFold) && section.has(u("seed")))
        validation.seed = section.seed(u("seed"), 0);
    section.finish();
    return validation;
}

/// target: a column, or of a forecast a list of them.
void readTargets(Recipe &r, Section &top) {
    const YamlNode *node = top.node(u("target"));
    if (!node || node->kind != YamlNode::Kind::List) {
        r.target = top.needText(u("target"));
        return;
    }
    QStringList names;
    for (const YamlPointer &item : node->items) {
        if (item->kind != YamlNode::Kind::Scalar || item->text.trimmed().isEmpty())
            top.problems().add(item->position, u("The entries of “target” must be names of columns."), u("Write it as [a, b]."));
        else if (names.contains(item->text))
            top.problems().add(item->position, u("The target “%1” is named twice.").arg(item->text));
        else
            names << item->text;
        if (names.size() == 2 && names.back() == item->text && r.task != TaskKind::Forecast)
            top.problems().add(item->position, u("Several targets belong to task: forecast; a %1 has one.").arg(taskName(r.task)), u("Name one column, and train a model for each."));
    }
    if (node->items.empty())
        top.problems().add(node->position, u("“target” names no column."), u("Write “target: NAME”, or of a forecast [a, b]."));
    r.target = names.value(0);
    r.moreTargets = names.mid(1);
}

/// A list entry that is a name ("one_hot") or a name with something ("impute: median"): the name and the something.
std::pair<YamlPointer, YamlPointer> nameAndValue(const YamlPointer &item, const QString &list, Problems &problems) {
    if (item->kind == YamlNode::Kind::Scalar)
        return {item, nullptr};
    if (item->kind == YamlNode::Kind::Map && item->entries.size() == 1)
        return item->entries.front();
    problems.add(item->position, u("An entry of “%1” must be a name or “name: value”.").arg(list));
    return {nullptr, nullptr};
}

/// A transform's setting: as a parameter, but a list may hold texts.
std::optional<QVariant> settingValue(const YamlNode &node) {
    if (node.kind != YamlNode::Kind::List)
        return parameterValue(node);
    QVariantList all;
    for (const YamlPointer &item : node.items) {
        const auto value = item->kind == YamlNode::Kind::Scalar ? parameterValue(*item) : std::nullopt;
        if (!value)
            return {};
        all << *value;
    }
    return QVariant(all);
}

/// The map of a transform; gives the node of its one word, if that is there.
const YamlNode *readSettings(TransformSpec &step, const YamlNode &map, const QString &wordKey, Problems &problems) {
    const YamlNode *word = nullptr;
    for (const auto &[key, node] : map.entries) {
        if (key->text == QLatin1String("columns"))
            step.columns = Section(&map, problems, step.name).texts(u("columns"));
        else if (key->text == wordKey)
            word = node.get();
        else if (const auto value = settingValue(*node))
            step.settings.insert(key->text, *value);
        else
            problems.add(key->position, u("“%1” of %2 must be a number, a text or a list of them.").arg(key->text, step.name));
    }
    return word;
}

TransformSpec readTransform(const YamlNode &name, const YamlNode *value, Problems &problems) {
    TransformSpec step{name.text, {}};
    if (!knownTransforms().contains(step.name)) {
        addUnknown(problems, name.position, u("transform"), step.name, knownTransforms());
        return step;
    }
    const QStringList words = transformWords(step.name);
    const YamlNode *word = nullptr;
    if (value && value->kind == YamlNode::Kind::Map)
        word = readSettings(step, *value, words.value(0), problems);
    else if (value && value->kind == YamlNode::Kind::Scalar)
        word = value;
    else if (value && value->kind != YamlNode::Kind::Null)
        problems.add(value->position, u("“%1” takes one word or a map.").arg(step.name));
    step.argument = word && word->kind == YamlNode::Kind::Scalar ? word->text : QString();
    if (words.isEmpty() && !step.argument.isEmpty())
        problems.add(word->position, u("“%1” takes no single word.").arg(step.name), u("Write its settings as a map, for example {columns: [a, b]}."));
    else if (!words.isEmpty() && step.argument.isEmpty())
        step.argument = words[1];
    else if (!words.isEmpty() && !words.mid(1).contains(step.argument))
        addUnknown(problems, word->position, u("way to %1").arg(step.name), step.argument, words.mid(1));
    return step;
}

std::vector<TransformSpec> readTransforms(Section &recipe) {
    std::vector<TransformSpec> all;
    for (const YamlPointer &item : listItems(recipe, u("transforms")))
        if (const auto [name, value] = nameAndValue(item, u("transforms"), recipe.problems()); name)
            all.push_back(readTransform(*name, value.get(), recipe.problems()));
    return all;
}

std::vector<EstimatorSpec> readEstimators(Section &recipe) {
    std::vector<EstimatorSpec> all;
    for (const YamlPointer &item : listItems(recipe, u("estimators"))) {
        const auto [name, value] = nameAndValue(item, u("estimators"), recipe.problems());
        if (!name)
            continue;
        EstimatorSpec spec{name->text, {}};
        if (!knownEstimators().contains(spec.name))
            addUnknown(recipe.problems(), name->position, u("estimator"), spec.name, knownEstimators());
        if (value && value->kind == YamlNode::Kind::Map) {
            for (const auto &[key, node] : value->entries) {
                if (const auto parameter = parameterValue(*node))
                    spec.parameters.insert(key->text, *parameter);
                else
                    recipe.problems().add(key->position, u("The parameter “%1” must be a number, a text, or a list or map of numbers.").arg(key->text),
                                          u("Leave it out for the default."));
            }
        } else if (value && value->kind != YamlNode::Kind::Null) {
            recipe.problems().add(value->position, u("The parameters of “%1” must be a map.").arg(spec.name), u("For example {max_depth: 10}."));
        }
        all.push_back(spec);
    }
    if (all.empty())
        recipe.problems().addMissing(recipe.positionOf(u("estimators")), u("“estimators” is missing: a recipe names at least one."),
                              u("For example “estimators: [linear_regression]”."));
    return all;
}

QualitySpec readQuality(Section section, const QString &file) {
    QualitySpec quality;
    if (const QString reference = section.text(u("reference")); !reference.isEmpty())
        quality.reference = resolvedPath(reference, file);
    quality.gates = readGates(section, u("check"), knownQualityChecks(), u("missing <= 0.2"));
    if (quality.gates.empty())
        section.problems().addMissing(section.position(), u("“quality” needs gates: what the data must hold."), u("For example “quality: {gates: [missing <= 0.2, duplicates == 0]}”."));
    for (const GateSpec &gate : quality.gates)
        if (quality.reference.isEmpty() && qualityCheckNeedsReference(gate.metric))
            section.problems().add(section.positionOf(u("gates")), u("“%1” compares with a reference, and none is named.").arg(gate.metric), u("Add “reference: FILE” (a data file or a model package that was right)."));
    section.finish();
    return quality;
}

ExportSpec readExport(const YamlNode &item, Problems &problems) {
    ExportSpec spec;
    bool said = false; // which format it is, rightly or wrongly
    if (item.kind == YamlNode::Kind::Map) {
        Section section(&item, problems, u("export"));
        spec.file = section.needText(u("file"));
        said = section.has(u("format"));
        spec.format = section.word(u("format"), knownExportFormats());
        section.finish();
        if (spec.file.isEmpty())
            return spec;
    } else if (item.kind == YamlNode::Kind::Scalar) {
        spec.file = item.text;
    } else {
        problems.add(item.position, u("An entry of “export” must be the name of a file, or a map of file and format."), u("For example [model.pt]."));
        return spec;
    }
    if (!said)
        spec.format = exportFormatOf(spec.file);
    if (!isPlainName(spec.file))
        problems.add(item.position, u("“%1” is no plain name of a file.").arg(spec.file), u("Name the file alone; `pilot registry export` is told the folder."));
    else if (!said && spec.format.isEmpty())
        problems.add(item.position, u("Which format “%1” has cannot be told by its ending.").arg(spec.file),
                     u("Endings are .pt (TorchScript), .json and .ubj (XGBoost); or write {file: %1, format: FORMAT} with one of %2.").arg(spec.file, knownExportFormats().join(u(", "))));
    return spec;
}

std::vector<ExportSpec> readExports(Section &recipe) {
    std::vector<ExportSpec> all;
    for (const YamlPointer &item : listItems(recipe, u("export"))) {
        const ExportSpec spec = readExport(*item, recipe.problems());
        if (!spec.file.isEmpty() && std::any_of(all.begin(), all.end(), [&](const ExportSpec &other) { return other.file == spec.file; }))
            recipe.problems().add(item->position, u("The file “%1” is named twice.").arg(spec.file));
        all.push_back(spec);
    }
    return all;
}

constexpr qint64 longestStep = 36'500LL * 86'400; ///< seconds: no number of steps that a recipe may name leads beyond what a time can hold

TimeSpec readTime(Section section) {
    TimeSpec time;
    time.column = section.text(u("column"));
    time.parts = section.texts(u("parts"));
    time.step = section.duration(u("step"));
    time.zone = section.text(u("zone"), time.zone);
    time.resample = section.word(u("resample"), {u("mean"), u("sum"), u("last")});
    time.interpolate = int(section.integer(u("interpolate"), 0, 1, 1000));
    time.by = section.text(u("by"));
    section.finish();
    if (time.stepSeconds() > longestStep)
        section.problems().add(section.positionOf(u("step")), u("A step of %1 is longer than a century.").arg(time.step), u("For example 15min, 1h or 1d."));
    if (time.column.isEmpty() == time.parts.isEmpty())
        section.problems().add(section.position(), u("“time” needs either column or parts."), u("For example {column: datetime, step: 1h}."));
    if (time.parts.size() > 6 || (!time.parts.isEmpty() && time.parts.size() < 3))
        section.problems().add(section.positionOf(u("parts")), u("“parts” must name the columns of year, month, day and, if there, hour, minute, second."));
    if (!isTimeZone(time.zone))
        section.problems().add(section.positionOf(u("zone")), u("Unknown time zone “%1”.").arg(time.zone), timeZoneHint(time.zone));
    return time;
}

void checkValidation(const Recipe &r, Section &top) {
    using Kind = ValidationSpec::Kind;
    const Kind kind = r.validation->kind;
    const qsizetype at = top.positionOf(u("validation"));
    if (kind == Kind::StratifiedKFold && r.task != TaskKind::Classification)
        top.problems().add(at, u("Stratified folds need classes: the task is %1.").arg(taskName(r.task)), u("Use {k_fold: 5}."));
    if (kind == Kind::GroupedKFold && r.task == TaskKind::Forecast)
        top.problems().add(at, u("The windows of a forecast have no groups."), u("Use {expanding: 5}."));
    if (kind == Kind::Expanding && !r.time)
        top.problems().add(at, u("An expanding window needs “time”."), u("Add “time: {column: …}”."));
}

/// What `time` asks of a table of rows.
void checkRowTimes(const Recipe &r, Section &top) {
    const TimeSpec &time = *r.time;
    const qsizetype at = top.positionOf(u("time"));
    if (time.interpolate)
        top.problems().add(at, u("“interpolate” fills the windows of a forecast; the task is %1.").arg(taskName(r.task)), u("Write transforms: [impute: {strategy: time, limit: %1}].").arg(time.interpolate));
    if (time.resample.isEmpty())
        return;
    if (time.step.isEmpty())
        top.problems().addMissing(at, u("“resample: %1” needs the step.").arg(time.resample), u("Add “step: 1h”."));
    if (r.task == TaskKind::Classification && time.resample != QLatin1String("last"))
        top.problems().add(at, u("“resample: %1” has no class for a step whose rows differ: labels have no %1.").arg(time.resample),
                           u("Write “resample: last” (the newest label of each step), or make a number of the label and train a regression."));
    for (const QString &group : {r.split.by, r.validation ? r.validation->by : QString()})
        if (!group.isEmpty() && group != time.by)
            top.problems().add(at, u("Rows of one step may lie in several groups by “%1”, which must not meet.").arg(group), u("Add “by: %1”: each is then resampled by itself.").arg(group));
}

/// impute: time reads a value off the rows before and after.
void checkImputedTimes(const Recipe &r, Section &top) {
    const qsizetype at = top.positionOf(u("transforms"));
    for (const TransformSpec &step : r.transforms) {
        if (step.name != QLatin1String("impute") || step.argument != QLatin1String("time"))
            continue;
        if (r.task == TaskKind::Forecast)
            top.problems().add(at, u("“impute: time” works on rows; a forecast takes windows of them."), u("Write time: {interpolate: 3}."));
        else if (!r.time)
            top.problems().add(at, u("“impute: time” needs “time”."), u("Add “time: {column: …}”."));
        else if (step.settings.contains(u("limit")) && r.time->step.isEmpty())
            top.problems().add(at, u("The “limit” of “impute: time” counts steps, and “time” names none."), u("Add “step: 1h” to “time”."));
    }
}

void checkWhole(const Recipe &r, Section &top) {
    if (r.task == TaskKind::Forecast && !r.time)
        top.problems().addMissing(top.position(), u("A forecast needs “time”."), u("Add “time: {column: datetime, step: 1h}”."));
    if (r.task == TaskKind::Forecast && r.time && r.time->step.isEmpty())
        top.problems().addMissing(top.positionOf(u("time")), u("A forecast needs the step of its time axis."), u("Add “step: 1h”."));
    if (r.task != TaskKind::Forecast && r.forecast)
        top.problems().add(top.positionOf(u("forecast")), u("“forecast” belongs to task: forecast."));
    if (r.task == TaskKind::Forecast && r.time && !r.time->by.isEmpty())
        top.problems().add(top.positionOf(u("time")), u("A forecast has one series; “by” tells several apart."), u("Choose one by data: {where: {%1: NAME}}.").arg(r.time->by));
    if (r.task != TaskKind::Forecast && r.time)
        checkRowTimes(r, top);
    checkImputedTimes(r, top);
    if (r.split.kind == SplitSpec::Kind::After && !r.time)
        top.problems().add(top.positionOf(u("split")), u("A split by time needs “time”."), u("Add “time: {column: …}”."));
    if (r.split.kind == SplitSpec::Kind::Stratified && r.task != TaskKind::Classification)
        top.problems().add(top.positionOf(u("split")), u("A stratified split needs classes: the task is %1.").arg(taskName(r.task)), u("Use {random: 0.2, seed: 7}."));
    if (r.split.kind == SplitSpec::Kind::Grouped && r.task == TaskKind::Forecast)
        top.problems().add(top.positionOf(u("split")), u("A forecast is split by time."), u("Write split: {after: 2013-10-01}."));
    if (r.validation)
        checkValidation(r, top);
    for (const QString &target : r.targets())
        if (!target.isEmpty() && (r.exclude.contains(target) || (r.include.contains(target) && r.task != TaskKind::Forecast)))
            top.problems().add(top.positionOf(u("features")), u("The target “%1” is among the features to include or exclude.").arg(target));
    for (const QString &column : r.include)
        if (r.exclude.contains(column))
            top.problems().add(top.positionOf(u("features")), u("“%1” is both included and excluded.").arg(column));
}

} // namespace

std::optional<QVariant> parameterValue(const YamlNode &node) {
    if (node.kind == YamlNode::Kind::List) {
        QVariantList numbers;
        for (const auto &item : node.items) {
            const auto value = item->kind == YamlNode::Kind::Scalar ? parameterValue(*item) : std::nullopt;
            if (!value || value->typeId() == QMetaType::QString || value->typeId() == QMetaType::Bool)
                return {};
            numbers << *value;
        }
        return QVariant(numbers);
    }
    if (node.kind == YamlNode::Kind::Map) {
        QVariantMap numbers;
        for (const auto &[key, item] : node.entries) {
            const auto value = item->kind == YamlNode::Kind::Scalar ? parameterValue(*item) : std::nullopt;
            if (!value || value->typeId() == QMetaType::QString || value->typeId() == QMetaType::Bool)
                return {};
            numbers.insert(key->text, *value);
        }
        return QVariant(numbers);
    }
    if (node.kind != YamlNode::Kind::Scalar)
        return {};
    if (!node.plain)
        return QVariant(node.text);
    bool good = false;
    if (const qlonglong whole = node.text.toLongLong(&good); good)
        return QVariant(whole);
    if (const double number = node.text.toDouble(&good); good && std::isfinite(number))
        return QVariant(number);
    if (node.text == QLatin1String("true") || node.text == QLatin1String("false"))
        return QVariant(node.text == QLatin1String("true"));
    return QVariant(node.text);
}

QString taskName(TaskKind task) {
    switch (task) {
    case TaskKind::Regression: return u("regression");
    case TaskKind::Classification: return u("classification");
    case TaskKind::Forecast: return u("forecast");
    }
    return {};
}

qint64 TimeSpec::stepSeconds() const { return parseDuration(step).value_or(0); }

Result<Recipe> parseRecipe(const QByteArray &yaml, const QString &file) {
    const YamlPlaces places(yaml, file);
    PH_ASSIGN(const YamlPointer root, parseYaml(places));
    Problems problems(places);
    Section top(root.get(), problems, u("the recipe"));
    Recipe r;
    r.file = file.isEmpty() ? QString() : resolvedPath(file, QString());
    r.name = top.needText(u("recipe"));
    if (!r.name.isEmpty() && !isPlainName(r.name))
        problems.add(top.positionOf(u("recipe")), u("“%1” cannot be a recipe's name: it also becomes a folder.").arg(r.name), u("Use letters, digits, - and _."));
    if (!top.has(u("data")))
        problems.addMissing(top.position(), u("“data” is missing in the recipe."), u("Add “data: {source: FILE}”."));
    else
        r.data = readData(top.section(u("data")), file);
    const QStringList tasks{u("regression"), u("classification"), u("forecast")};
    (void)top.needText(u("task"));
    r.task = TaskKind(std::max<qsizetype>(0, tasks.indexOf(top.word(u("task"), tasks, tasks[0]))));
    readTargets(r, top);
    Section features = top.section(u("features"));
    r.categorical = features.texts(u("categorical"));
    r.include = features.texts(u("include"));
    r.exclude = features.texts(u("exclude"));
    features.finish();
    r.split = readSplit(top.section(u("split")), top.has(u("split")));
    if (top.has(u("validation")))
        r.validation = readValidation(top.section(u("validation")));
    r.transforms = readTransforms(top);
    r.estimators = readEstimators(top);
    if (top.has(u("search")))
        r.search = readSearch(top.section(u("search")), r.estimators);
    Section select = top.section(u("select"));
    r.selectMetric = select.word(u("metric"), knownMetrics());
    select.finish();
    r.gates = readGates(top, u("metric"), knownMetrics(), u("r2 >= 0.5"), r.moreTargets.isEmpty() ? QStringList() : r.targets());
    if (top.has(u("quality")))
        r.quality = readQuality(top.section(u("quality")), file);
    r.exports = readExports(top);
    r.seed = top.seed(u("seed"), r.seed);
    if (top.has(u("time")))
        r.time = readTime(top.section(u("time")));
    if (top.has(u("forecast")) || r.task == TaskKind::Forecast) {
        Section forecast = top.section(u("forecast"));
        r.forecast = ForecastSpec{int(forecast.integer(u("window"), 24, 1, 100'000)), int(forecast.integer(u("horizon"), 24, 1, 100'000))};
        forecast.finish();
    }
    top.finish();
    checkWhole(r, top);
    if (problems.any())
        return problems.error();
    return r;
}

Result<Recipe> readRecipe(const QString &file) {
    const QString path = QFileInfo(file).absoluteFilePath();
    PH_ASSIGN(const QByteArray bytes, readFile(path));
    return parseRecipe(bytes, path);
}

} // namespace pilothouse::workspace
