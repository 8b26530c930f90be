// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/explanation.h"

#include "core/base/json.h"

#include <QJsonArray>

#include <array>
#include <cmath>

namespace pilothouse::explain {

namespace {

using Q = QLatin1String;

const std::array<const char *, 3> viewNames{"row", "data_set", "dependence"};

QJsonValue textOrNull(const QString &text) { return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text); }

QJsonObject lineJson(const Explanation &e, const FeatureLine &f) {
    if (e.view == View::DataSet)
        return {{Q("feature"), f.feature}, {Q("mean"), jsonNumber(f.weight)}, {Q("std"), jsonNumber(f.std)}, {Q("low"), jsonNumber(f.low)}, {Q("high"), jsonNumber(f.high)}};
    return {{Q("feature"), f.feature}, {Q("value"), textOrNull(f.value)}, {Q("condition"), textOrNull(f.condition)}, {Q("contribution"), jsonNumber(f.weight)}};
}

FeatureLine lineOf(JsonReader &r, View view) {
    FeatureLine f;
    f.feature = r.text("feature");
    if (view == View::DataSet) {
        f.weight = r.number("mean");
        f.std = r.number("std", 0);
        f.low = r.number("low", f.weight);
        f.high = r.number("high", f.weight);
    } else {
        f.value = r.raw().value(Q("value")).toString();
        f.condition = r.raw().value(Q("condition")).toString();
        f.weight = r.number("contribution");
    }
    return f;
}

} // namespace

QJsonObject Explanation::toJson() const {
    QJsonObject object{{Q("view"), Q(viewNames[std::size_t(view)])}, {Q("method"), method}, {Q("model"), model}, {Q("output"), output}, {Q("scale"), scale}, {Q("unit"), unit},
                       {Q("rows"), qint64(rows)}, {Q("background"), qint64(background)}, {Q("seed"), qint64(seed)}, {Q("notes"), QJsonArray::fromStringList(notes)}};
    if (view == View::Dependence) {
        QJsonArray individual;
        for (const std::vector<double> &line : dependence.individual)
            individual.append(jsonNumbers(line));
        object.insert(Q("column"), column);
        object.insert(Q("grid"), jsonNumbers(dependence.grid));
        object.insert(Q("categories"), dependence.names.empty() ? QJsonValue(QJsonValue::Null) : QJsonValue(QJsonArray::fromStringList(QStringList(dependence.names.begin(), dependence.names.end()))));
        object.insert(Q("average"), jsonNumbers(dependence.average));
        object.insert(Q("individual"), individual);
        object.insert(Q("values"), jsonNumbers(dependence.values));
        return object;
    }
    QJsonArray lines;
    for (const FeatureLine &f : features)
        lines.append(lineJson(*this, f));
    object.insert(Q("features"), lines);
    if (view == View::DataSet) {
        const bool permuted = !metric.isEmpty();
        object.insert(Q("metric"), textOrNull(metric));
        object.insert(Q("baseline"), permuted ? jsonNumber(baseline) : QJsonValue());
        object.insert(Q("repeats"), permuted ? QJsonValue(repeats) : QJsonValue());
        return object;
    }
    object.insert(Q("row"), row < 0 ? QJsonValue() : QJsonValue(row));
    object.insert(Q("prediction"), prediction);
    object.insert(Q("base"), jsonNumber(base));
    object.insert(Q("explained"), jsonNumber(explained));
    object.insert(Q("sum"), jsonNumber(sum));
    object.insert(Q("r2"), method == Q("lime") ? jsonNumber(r2) : QJsonValue());
    return object;
}

Result<Explanation> Explanation::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader r(object, where);
    Explanation e;
    const QString view = r.text("view");
    e.method = r.text("method");
    e.model = r.text("model", QString());
    e.output = r.text("output", QString());
    e.scale = r.text("scale");
    e.unit = r.text("unit", QString());
    e.rows = std::size_t(r.integer("rows", 0));
    e.background = std::size_t(r.integer("background", 0));
    e.seed = quint64(r.integer("seed", 7));
    for (const QJsonValue &note : r.raw().value(Q("notes")).toArray())
        e.notes << note.toString();
    PH_TRY(r.check());
    std::size_t number = 0;
    while (number < viewNames.size() && view != Q(viewNames[number]))
        ++number;
    if (number == viewNames.size())
        return invalid(QStringLiteral("“%1” is no view of an explanation.").arg(view), where);
    e.view = View(number);
    if (e.view == View::Dependence) {
        e.column = r.text("column");
        e.dependence.grid = r.numbers("grid");
        e.dependence.average = r.numbers("average");
        for (const QJsonValue &name : r.raw().value(Q("categories")).toArray())
            e.dependence.names.push_back(name.toString());
        for (const QJsonValue &line : r.raw().value(Q("individual")).toArray()) {
            std::vector<double> values;
            for (const QJsonValue &value : line.toArray())
                values.push_back(value.toDouble(std::nan("")));
            if (values.size() != e.dependence.grid.size())
                return invalid(QStringLiteral("A curve has other points than the grid."), where);
            e.dependence.individual.push_back(std::move(values));
        }
        e.dependence.values = r.numbers("values");
        PH_TRY(r.check());
        if (e.dependence.values.size() != e.dependence.individual.size())
            return invalid(QStringLiteral("There are %1 curves and the values of %2 rows.").arg(e.dependence.individual.size()).arg(e.dependence.values.size()), where);
        if (e.dependence.average.size() != e.dependence.grid.size() || (!e.dependence.names.empty() && e.dependence.names.size() != e.dependence.grid.size()))
            return invalid(QStringLiteral("The average has other points than the grid."), where);
        return e;
    }
    for (const QJsonValue &line : r.array("features")) {
        JsonReader one(line.toObject(), where);
        e.features.push_back(lineOf(one, e.view));
        PH_TRY(one.check());
    }
    if (e.view == View::DataSet) {
        e.metric = r.raw().value(Q("metric")).toString();
        e.baseline = r.raw().value(Q("baseline")).toDouble();
        e.repeats = r.raw().value(Q("repeats")).toInt();
    } else {
        e.row = r.raw().value(Q("row")).toInteger(-1);
        e.prediction = r.text("prediction", QString());
        e.base = r.number("base");
        e.explained = r.number("explained");
        e.sum = r.number("sum");
        e.r2 = r.raw().value(Q("r2")).toDouble(std::nan(""));
    }
    PH_TRY(r.check());
    return e;
}

} // namespace pilothouse::explain
