// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/recipe.h"

#include "core/base/file.h"
#include "core/workspace/section.h"
#include "core/workspace/workspace.h"

#include <QFileInfo>
#include <QDateTime>
#include <QRegularExpression>
#include <QTimeZone>

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
    const bool every = section.has(u("every")), random = section.has(u("random")), stratified = section.has(u("stratified")), after = section.has(u("after"));
    if (written && every + random + stratified + after != 1)
        section.problems().add(section.position(), u("“split” needs exactly one of every, random, stratified, after."), u("For example {every: 5}."));
    split.every = int(section.integer(u("every"), split.every, 2, 1'000'000));
    constexpr double least = 1e-9;
    if (random || stratified) {
        split.kind = random ? SplitSpec::Kind::Random : SplitSpec::Kind::Stratified;
        split.fraction = section.number(random ? u("random") : u("stratified"), split.fraction, least, 1 - least);
    }
    split.seed = section.seed(u("seed"), split.seed);
    if ((every || after) && section.has(u("seed")))
        section.problems().add(section.positionOf(u("seed")), u("“seed” has no meaning in this split."), u("Only random and stratified draw lots."));
    if (after) {
        split.kind = SplitSpec::Kind::After;
        split.after = section.text(u("after"));
        if (!isUtcTime(split.after))
            section.problems().add(section.positionOf(u("after")), u("“after” must be a date or time in UTC, not “%1”.").arg(split.after), u("Write 2013-10-01 or 2013-10-01T06:00:00."));
    }
    section.finish();
    return split;
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

std::vector<YamlPointer> listItems(Section &section, const QString &key) {
    const YamlNode *node = section.node(key);
    if (!node || node->kind == YamlNode::Kind::Null)
        return {};
    if (node->kind == YamlNode::Kind::List)
        return node->items;
    if (node->kind == YamlNode::Kind::Scalar)
        return {std::make_shared<YamlNode>(*node)};
    section.problems().add(section.positionOf(key), u("“%1” must be a list.").arg(key), u("Write it as [a, b] or one entry a line with “- ”."));
    return {};
}

std::vector<TransformSpec> readTransforms(Section &recipe) {
    std::vector<TransformSpec> all;
    for (const YamlPointer &item : listItems(recipe, u("transforms"))) {
        const auto [name, value] = nameAndValue(item, u("transforms"), recipe.problems());
        if (!name)
            continue;
        TransformSpec step{name->text, {}};
        if (!knownTransforms().contains(step.name))
            addUnknown(recipe.problems(), name->position, u("transform"), step.name, knownTransforms());
        if (value && value->kind == YamlNode::Kind::Scalar)
            step.argument = value->text;
        else if (value)
            recipe.problems().add(name->position, u("“%1” takes one word.").arg(step.name));
        const QStringList imputes{u("mean"), u("median"), u("most_frequent")};
        if (step.name == QLatin1String("impute")) {
            if (step.argument.isEmpty())
                step.argument = u("median");
            else if (!imputes.contains(step.argument))
                addUnknown(recipe.problems(), value->position, u("way to impute"), step.argument, imputes);
        } else if (!step.argument.isEmpty() && knownTransforms().contains(step.name)) {
            recipe.problems().add(value->position, u("“%1” takes no argument.").arg(step.name));
        }
        all.push_back(step);
    }
    return all;
}

/// A parameter's value: a quoted text stays text; an unquoted one is a number or bool if it reads as one.
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

/// @param word   what is compared: "metric", "check"; @param known its names
std::vector<GateSpec> readGates(Section &section, const QString &word, const QStringList &known, const QString &example) {
    static const QRegularExpression form(u(R"(^\s*([A-Za-z_][\w@.]*)\s*(>=|<=|==|>|<)\s*(\S+)\s*$)"));
    std::vector<GateSpec> all;
    for (const YamlPointer &item : listItems(section, u("gates"))) {
        const auto match = form.match(item->kind == YamlNode::Kind::Scalar ? item->text : QString());
        bool good = false;
        const double limit = match.captured(3).toDouble(&good);
        if (!match.hasMatch() || !good || !std::isfinite(limit)) {
            section.problems().add(item->position, u("A gate must read “%1 >= number”, not “%2”.").arg(word, item->text), u("For example “%1”; operators are >= > <= < ==.").arg(example));
            continue;
        }
        if (!known.contains(match.captured(1)))
            addUnknown(section.problems(), item->position, word, match.captured(1), known);
        all.push_back({match.captured(1), match.captured(2), limit});
    }
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

TimeSpec readTime(Section section) {
    TimeSpec time;
    time.column = section.text(u("column"));
    time.parts = section.texts(u("parts"));
    time.step = section.duration(u("step"));
    time.zone = section.text(u("zone"), time.zone);
    section.finish();
    if (time.column.isEmpty() == time.parts.isEmpty())
        section.problems().add(section.position(), u("“time” needs either column or parts."), u("For example {column: datetime, step: 1h}."));
    if (time.parts.size() > 6 || (!time.parts.isEmpty() && time.parts.size() < 3))
        section.problems().add(section.positionOf(u("parts")), u("“parts” must name the columns of year, month, day and, if there, hour, minute, second."));
    if (!QTimeZone(time.zone.toUtf8()).isValid())
        section.problems().add(section.positionOf(u("zone")), u("Unknown time zone “%1”.").arg(time.zone), u("Write UTC or a name such as Asia/Colombo."));
    return time;
}

void checkWhole(const Recipe &r, Section &top) {
    if (r.task == TaskKind::Forecast && !r.time)
        top.problems().addMissing(top.position(), u("A forecast needs “time”."), u("Add “time: {column: datetime, step: 1h}”."));
    if (r.task == TaskKind::Forecast && r.time && r.time->step.isEmpty())
        top.problems().addMissing(top.positionOf(u("time")), u("A forecast needs the step of its time axis."), u("Add “step: 1h”."));
    if (r.task != TaskKind::Forecast && r.forecast)
        top.problems().add(top.positionOf(u("forecast")), u("“forecast” belongs to task: forecast."));
    if (r.split.kind == SplitSpec::Kind::After && !r.time)
        top.problems().add(top.positionOf(u("split")), u("A split by time needs “time”."), u("Add “time: {column: …}”."));
    if (r.split.kind == SplitSpec::Kind::Stratified && r.task != TaskKind::Classification)
        top.problems().add(top.positionOf(u("split")), u("A stratified split needs classes: the task is %1.").arg(taskName(r.task)), u("Use {random: 0.2, seed: 7}."));
    if (!r.target.isEmpty() && (r.exclude.contains(r.target) || (r.include.contains(r.target) && r.task != TaskKind::Forecast)))
        top.problems().add(top.positionOf(u("features")), u("The target “%1” is among the features to include or exclude.").arg(r.target));
    for (const QString &column : r.include)
        if (r.exclude.contains(column))
            top.problems().add(top.positionOf(u("features")), u("“%1” is both included and excluded.").arg(column));
}

} // namespace

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
    r.target = top.needText(u("target"));
    Section features = top.section(u("features"));
    r.categorical = features.texts(u("categorical"));
    r.include = features.texts(u("include"));
    r.exclude = features.texts(u("exclude"));
    features.finish();
    r.split = readSplit(top.section(u("split")), top.has(u("split")));
    r.transforms = readTransforms(top);
    r.estimators = readEstimators(top);
    Section select = top.section(u("select"));
    r.selectMetric = select.word(u("metric"), knownMetrics());
    select.finish();
    r.gates = readGates(top, u("metric"), knownMetrics(), u("r2 >= 0.5"));
    if (top.has(u("quality")))
        r.quality = readQuality(top.section(u("quality")), file);
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
