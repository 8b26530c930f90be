// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transforms.h"

#include "core/base/json.h"

#include <cmath>

namespace pilothouse::data {

using Q = QLatin1String;

namespace {

const QString altered = QStringLiteral("The package was altered: train or fetch it again.");

QJsonArray numbers(const std::vector<double> &values) {
    QJsonArray out;
    for (const double v : values)
        out.append(jsonNumber(v));
    return out;
}

QJsonObject tableJson(const CategoryTable &table) {
    QJsonArray lines, names;
    for (const std::vector<double> &line : table.lines)
        lines.append(numbers(line));
    for (const QString &name : table.names)
        names.append(name);
    return {{Q("names"), names}, {Q("lines"), lines}, {Q("unknown"), numbers(table.unknown)}, {Q("missing"), numbers(table.missing)}};
}

/// Numbers and nulls (missing), as many as `columns`; nullopt if there is anything else.
std::optional<std::vector<double>> lineOf(const QJsonValue &value, std::size_t columns) {
    std::vector<double> line;
    for (const QJsonValue &number : value.toArray()) {
        if (!number.isDouble() && !number.isNull())
            return {};
        line.push_back(number.isNull() ? std::nan("") : number.toDouble());
    }
    return line.size() == columns ? std::optional(line) : std::nullopt;
}

Result<CategoryTable> tableOf(const QJsonObject &object, const ColumnMap &map, const QString &where) {
    JsonReader reader(object, where);
    CategoryTable table;
    for (const QString &name : reader.texts("names"))
        table.names.push_back(name);
    const std::size_t columns = table.names.size();
    const QJsonArray lines = reader.array("lines");
    const auto unknown = lineOf(object.value(Q("unknown")), columns), missing = lineOf(object.value(Q("missing")), columns);
    PH_TRY(reader.check());
    for (const QJsonValue &value : lines)
        if (const auto line = lineOf(value, columns))
            table.lines.push_back(*line);
    if (columns == 0 || !unknown || !missing || table.lines.size() != map.categories.size() || std::size_t(lines.size()) != table.lines.size())
        return invalid(QStringLiteral("The table of “%1” does not fit its %2 categories.").arg(map.name).arg(map.categories.size()), where, altered);
    table.unknown = *unknown;
    table.missing = *missing;
    return table;
}

Result<ColumnMap> inputOf(const QJsonObject &object, const QString &where) {
    JsonReader input(object, where);
    ColumnMap map;
    map.name = input.text("name");
    if (!object.value(Q("fill")).isNull())
        map.fill = input.number("fill");
    if (input.has("over_time"))
        map.overTime = input.integer("over_time");
    if (input.has("categories")) {
        for (const QString &text : input.texts("categories"))
            map.categories.push_back(text.toStdString());
        map.category = true;
        map.hot = !input.has("table");
        map.refusesUnknown = input.text("unknown", QString()) == Q("error");
    }
    PH_TRY(input.check());
    if (map.category && !map.hot) {
        PH_ASSIGN(map.table, tableOf(object.value(Q("table")).toObject(), map, where));
    }
    if (map.category && !std::isnan(map.fill) && !(map.fill >= 0 && map.fill < double(map.categories.size()) && map.fill == std::floor(map.fill)))
        return invalid(QStringLiteral("The category that fills “%1” is none of its %2.").arg(map.name).arg(map.categories.size()), where, altered);
    return map;
}

QJsonArray rulesOf(const std::vector<ColumnMap> &inputs) {
    QJsonArray rules{Q("out = ((missing ? fill : in) - mean) / scale"), Q("a category of k values becomes k columns of 0 and 1, in the order listed, before mean and scale"),
                     Q("an unknown category gives all zeros; a missing one too where fill is null"),
                     Q("fill of a category is its index in the list; std has ddof 0; a constant column has scale 1")};
    QStringList tables, refused, overTime;
    for (const ColumnMap &map : inputs) {
        if (map.overTime)
            overTime << (*map.overTime > 0 ? QStringLiteral("%1 (at most %2 steps in a row)").arg(map.name).arg(*map.overTime) : map.name);
        if (map.table)
            tables << map.name;
        if (map.refusesUnknown)
            refused << map.name;
    }
    if (!tables.isEmpty())
        rules.append(QStringLiteral("by its table, before mean and scale, each category becomes the numbers of its line, an unknown or missing one those of a line of its own: %1").arg(tables.join(Q(", "))));
    if (!overTime.isEmpty())
        rules.append(QStringLiteral("in a file with times, a missing value is first read off the straight line between the rows before and behind it in time; fill, the training rows' median, is for what is left "
                                    "and for a row that comes alone, as a service gets it: %1").arg(overTime.join(Q(", "))));
    if (!refused.isEmpty())
        rules.append(QStringLiteral("an unknown category is refused: %1").arg(refused.join(Q(", "))));
    return rules;
}

} // namespace

QJsonObject FittedTransforms::toJson() const {
    QJsonArray inputs, outputs;
    for (const ColumnMap &map : m_inputs) {
        QJsonObject object{{Q("name"), map.name}, {Q("fill"), jsonNumber(map.fill)}};
        if (map.category) {
            QJsonArray categories;
            for (const std::string &text : map.categories)
                categories.append(QString::fromStdString(text));
            object.insert(Q("categories"), categories);
        }
        if (map.table)
            object.insert(Q("table"), tableJson(*map.table));
        if (map.refusesUnknown)
            object.insert(Q("unknown"), Q("error"));
        if (map.overTime)
            object.insert(Q("over_time"), qint64(*map.overTime));
        for (std::size_t c = 0; c < map.width(); ++c)
            outputs.append(QJsonObject{{Q("name"), map.outputName(c)}, {Q("mean"), map.offset[c]}, {Q("scale"), map.scale[c]}});
        inputs.append(object);
    }
    return {{Q("steps"), QJsonArray::fromStringList(m_steps)}, {Q("inputs"), inputs}, {Q("outputs"), outputs}, {Q("rules"), rulesOf(m_inputs)}};
}

Result<FittedTransforms> FittedTransforms::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    FittedTransforms fitted;
    fitted.m_steps = reader.texts("steps");
    const QJsonArray inputs = reader.array("inputs"), outputs = reader.array("outputs");
    PH_TRY(reader.check());
    qsizetype at = 0;
    for (const QJsonValue &value : inputs) {
        PH_ASSIGN(ColumnMap map, inputOf(value.toObject(), where));
        for (std::size_t c = 0; c < map.width() && at < outputs.size(); ++c, ++at) {
            JsonReader output(outputs[at].toObject(), where);
            const QString name = output.text("name");
            map.offset.push_back(output.number("mean"));
            map.scale.push_back(output.number("scale"));
            PH_TRY(output.check());
            if (!(map.scale.back() > 0) || !std::isfinite(map.scale.back()) || !std::isfinite(map.offset.back()))
                return invalid(QStringLiteral("The scale of “%1” must be a number above 0.").arg(name), where, altered);
        }
        if (map.offset.size() == map.width())
            fitted.add(std::move(map));
    }
    if (fitted.m_inputs.size() != std::size_t(inputs.size()) || at != outputs.size())
        return invalid(QStringLiteral("The inputs make %1 columns, but %2 outputs are listed.").arg(fitted.m_names.size()).arg(outputs.size()), where, altered);
    return fitted;
}

} // namespace pilothouse::data
