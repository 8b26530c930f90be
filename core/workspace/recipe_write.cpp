// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/recipe.h"

#include "core/workspace/yaml_text.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse::workspace {

namespace {

QByteArray textList(const QStringList &texts) {
    QByteArrayList parts;
    for (const QString &text : texts)
        parts << yamlScalar(text);
    return '[' + parts.join(", ") + ']';
}

/// Collects "key: value" pairs of one flow map; empty values are left out.
class FlowMap {
public:
    void text(const char *key, const QString &value) {
        if (!value.isEmpty())
            raw(key, yamlScalar(value));
    }
    void list(const char *key, const QStringList &values) {
        if (!values.isEmpty())
            raw(key, textList(values));
    }
    void raw(const char *key, const QByteArray &value) { m_parts << QByteArray(key) + ": " + value; }
    bool isEmpty() const { return m_parts.isEmpty(); }
    QByteArray bytes() const { return '{' + m_parts.join(", ") + '}'; }

private:
    QByteArrayList m_parts;
};

/// Relative to the recipe's folder where the file lies below it, so that the two can be moved together.
QString writtenPath(const Recipe &recipe, const QString &path) {
    const QString folder = recipe.file.isEmpty() ? QString() : QFileInfo(recipe.file).absolutePath() + QLatin1Char('/');
    return !folder.isEmpty() && path.startsWith(folder) ? path.mid(folder.size()) : path;
}

QByteArray dataMap(const Recipe &recipe) {
    const DataSpec &data = recipe.data;
    FlowMap map;
    map.raw("source", yamlScalar(writtenPath(recipe, data.source)));
    map.text("connection", data.connection);
    if (!data.version.isEmpty())
        map.raw("version", yamlScalar(data.version, true));
    map.list("missing", data.missing);
    if (!data.where.isEmpty()) {
        QByteArrayList rules;
        for (auto it = data.where.begin(); it != data.where.end(); ++it)
            rules << yamlScalar(it.key()) + ": " + yamlScalar(it.value());
        map.raw("where", '{' + rules.join(", ") + '}');
    }
    map.text("delimiter", data.delimiter == QLatin1String("\t") ? QStringLiteral("tab") : data.delimiter);
    map.text("decimal", data.decimal);
    map.text("skip_until", data.skipUntil);
    map.text("comment", data.comment);
    if (!data.sample)
        map.raw("sample", "false");
    return map.bytes();
}

QByteArray splitMap(const SplitSpec &split) {
    FlowMap map;
    switch (split.kind) {
    case SplitSpec::Kind::Every:
        map.raw("every", QByteArray::number(split.every));
        break;
    case SplitSpec::Kind::Random:
    case SplitSpec::Kind::Stratified:
        map.raw(split.kind == SplitSpec::Kind::Random ? "random" : "stratified", yamlNumber(split.fraction));
        map.raw("seed", QByteArray::number(split.seed));
        break;
    case SplitSpec::Kind::After:
        map.text("after", split.after);
        break;
    case SplitSpec::Kind::Grouped:
        map.raw("grouped", yamlNumber(split.fraction));
        map.text("by", split.by);
        map.raw("seed", QByteArray::number(split.seed));
        break;
    }
    return map.bytes();
}

QByteArray validationMap(const ValidationSpec &validation) {
    static const char *const keys[] = {"k_fold", "stratified_k_fold", "grouped_k_fold", "expanding"};
    FlowMap map;
    map.raw(keys[std::size_t(validation.kind)], QByteArray::number(validation.folds));
    map.text("by", validation.by);
    if (validation.seed)
        map.raw("seed", QByteArray::number(*validation.seed));
    if (validation.horizon)
        map.raw("horizon", QByteArray::number(validation.horizon));
    return map.bytes();
}

QByteArray rangeText(const SearchRange &range) {
    if (!range.choices.isEmpty())
        return yamlFlow(range.choices);
    const auto end = [&](double value) { return range.whole ? QByteArray::number(qint64(value)) : yamlFlow(value); };
    return "{from: " + end(range.from) + ", to: " + end(range.to) + (range.log ? ", scale: log}" : "}");
}

QByteArray searchMap(const SearchSpec &search) {
    FlowMap map;
    map.raw("method", search.method == SearchSpec::Method::Halving ? "halving" : "random");
    map.raw("trials", QByteArray::number(search.trials));
    if (search.minutes > 0)
        map.raw("minutes", yamlFlow(search.minutes));
    if (search.parallel)
        map.raw("parallel", QByteArray::number(search.parallel));
    map.raw("seed", QByteArray::number(search.seed));
    if (search.method == SearchSpec::Method::Halving)
        map.raw("factor", QByteArray::number(search.factor));
    FlowMap space;
    QStringList done;
    for (const SearchRange &first : search.space) {
        if (done.contains(first.estimator))
            continue;
        done << first.estimator;
        FlowMap ranges;
        for (const SearchRange &range : search.space)
            if (range.estimator == first.estimator)
                ranges.raw(yamlScalar(range.parameter).constData(), rangeText(range));
        space.raw(yamlScalar(first.estimator).constData(), ranges.bytes());
    }
    map.raw("space", space.bytes());
    return map.bytes();
}

QByteArray exportList(const std::vector<ExportSpec> &exports) {
    QByteArrayList parts;
    for (const ExportSpec &one : exports)
        parts << (one.format == exportFormatOf(one.file) ? yamlScalar(one.file) : "{file: " + yamlScalar(one.file) + ", format: " + yamlScalar(one.format) + '}');
    return '[' + parts.join(", ") + ']';
}

void line(QByteArray &out, const char *key, const QByteArray &value) {
    out += QByteArray(key) + ":" + QByteArray(std::max(1, 11 - int(qstrlen(key))), ' ') + value + '\n';
}

} // namespace

QString TransformSpec::text() const {
    if (settings.isEmpty() && columns.isEmpty())
        return QString::fromUtf8(yamlScalar(name) + (argument.isEmpty() ? QByteArray() : ": " + yamlScalar(argument)));
    FlowMap map;
    const QStringList words = transformWords(name);
    if (!words.isEmpty() && !argument.isEmpty())
        map.raw(words[0].toUtf8().constData(), yamlScalar(argument));
    for (auto it = settings.begin(); it != settings.end(); ++it)
        map.raw(yamlScalar(it.key()).constData(), yamlFlow(it.value()));
    map.list("columns", columns);
    return QString::fromUtf8(yamlScalar(name) + ": " + map.bytes());
}

QByteArray writeRecipe(const Recipe &recipe) {
    QByteArray out;
    line(out, "recipe", yamlScalar(recipe.name));
    line(out, "data", dataMap(recipe));
    line(out, "task", yamlScalar(taskName(recipe.task)));
    line(out, "target", recipe.moreTargets.isEmpty() ? yamlScalar(recipe.target) : textList(recipe.targets()));
    FlowMap features;
    features.list("categorical", recipe.categorical);
    features.list("include", recipe.include);
    features.list("exclude", recipe.exclude);
    if (!features.isEmpty())
        line(out, "features", features.bytes());
    if (recipe.time) {
        FlowMap time;
        time.text("column", recipe.time->column);
        time.list("parts", recipe.time->parts);
        time.text("step", recipe.time->step);
        time.text("zone", recipe.time->zone);
        time.text("resample", recipe.time->resample);
        if (recipe.time->interpolate)
            time.raw("interpolate", QByteArray::number(recipe.time->interpolate));
        time.text("by", recipe.time->by);
        line(out, "time", time.bytes());
    }
    if (recipe.forecast)
        line(out, "forecast", "{window: " + QByteArray::number(recipe.forecast->window) + ", horizon: " + QByteArray::number(recipe.forecast->horizon) + '}');
    line(out, "split", splitMap(recipe.split));
    if (recipe.validation)
        line(out, "validation", validationMap(*recipe.validation));
    QByteArrayList steps;
    for (const TransformSpec &step : recipe.transforms)
        steps << step.text().toUtf8();
    if (!steps.isEmpty())
        line(out, "transforms", '[' + steps.join(", ") + ']');
    out += "estimators:\n";
    for (const EstimatorSpec &estimator : recipe.estimators)
        out += "  - " + yamlScalar(estimator.name) + (estimator.parameters.isEmpty() ? QByteArray() : ": " + yamlFlow(estimator.parameters)) + '\n';
    if (recipe.search)
        line(out, "search", searchMap(*recipe.search));
    if (!recipe.selectMetric.isEmpty())
        line(out, "select", "{metric: " + yamlScalar(recipe.selectMetric) + '}');
    QStringList gates;
    for (const GateSpec &gate : recipe.gates)
        gates << gate.text();
    if (!gates.isEmpty())
        line(out, "gates", textList(gates));
    if (recipe.quality) {
        FlowMap quality;
        quality.text("reference", writtenPath(recipe, recipe.quality->reference));
        QStringList checks;
        for (const GateSpec &gate : recipe.quality->gates)
            checks << gate.text();
        quality.list("gates", checks);
        line(out, "quality", quality.bytes());
    }
    if (!recipe.exports.empty())
        line(out, "export", exportList(recipe.exports));
    line(out, "seed", QByteArray::number(recipe.seed));
    return out;
}

} // namespace pilothouse::workspace
