// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/scorer.h"

#include "core/base/json.h"

#include <algorithm>

namespace pilothouse::artifact {

using Q = QLatin1String;

namespace {

QJsonArray textArray(const std::vector<std::string> &texts) {
    QJsonArray out;
    for (const std::string &text : texts)
        out.append(QString::fromStdString(text));
    return out;
}

std::vector<std::string> textVector(const QStringList &texts) {
    std::vector<std::string> out;
    for (const QString &text : texts)
        out.push_back(text.toStdString());
    return out;
}

/// "t2m" of a forecast's input "t2m@-3".
QStringView seriesOf(const Input &input) { return QStringView(input.name).left(std::max<qsizetype>(0, input.name.lastIndexOf(QLatin1Char('@')))); }

Result<Input> inputFromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    Input input;
    input.name = reader.text("name");
    const QString type = reader.text("type");
    input.optional = reader.boolean("optional", false);
    input.type = type == Q("category") ? data::ColumnType::Category : data::ColumnType::Number;
    if (input.type == data::ColumnType::Category)
        input.categories = textVector(reader.texts("categories"));
    PH_TRY(reader.check());
    if (type != Q("category") && type != Q("number"))
        return invalid(QStringLiteral("Input “%1” has the type “%2”; number or category was expected.").arg(input.name, type), where);
    return input;
}

/// A forecast's outputs must be as many steps of each target, one target after the other: their places say which is which.
Result<void> checkOutputs(const Signature &signature, const QString &where) {
    const QStringList targets = signature.targets();
    const std::size_t horizon = signature.horizon();
    bool fits = signature.task != workspace::TaskKind::Forecast || horizon * std::size_t(targets.size()) == signature.outputs.size();
    for (std::size_t o = 0; fits && targets.size() > 1 && o < signature.outputs.size(); ++o)
        fits = signature.outputs[o] == QStringLiteral("%1@+%2").arg(targets[qsizetype(o / horizon)]).arg(o % horizon + 1);
    if (!fits)
        return invalid(QStringLiteral("The outputs are not the same steps of %1, one target after the other.").arg(targets.join(QStringLiteral(", "))), where);
    return {};
}

} // namespace

QStringList Signature::targets() const {
    if (task != workspace::TaskKind::Forecast)
        return {target};
    QStringList names;
    for (const QString &output : outputs) {
        const qsizetype at = output.lastIndexOf(Q("@+"));
        const QString name = at < 0 ? target : output.left(at);
        if (!names.contains(name))
            names << name;
    }
    return names.isEmpty() ? QStringList{target} : names;
}

std::size_t Signature::horizon() const { return task == workspace::TaskKind::Forecast ? outputs.size() / std::size_t(targets().size()) : 0; }

std::size_t Signature::window() const {
    std::size_t steps = 0;
    while (task == workspace::TaskKind::Forecast && steps < inputs.size() && seriesOf(inputs[steps]) == seriesOf(inputs[0]))
        ++steps;
    return steps;
}

QStringList Signature::series() const {
    QStringList names;
    const std::size_t steps = window();
    for (std::size_t i = 0; steps > 0 && i < inputs.size(); i += steps)
        names << seriesOf(inputs[i]).toString();
    return names;
}

QJsonObject Signature::toJson() const {
    QJsonArray in, out;
    for (const Input &input : inputs) {
        QJsonObject object{{Q("name"), input.name}, {Q("type"), data::columnTypeName(input.type)}, {Q("optional"), input.optional}};
        if (input.type == data::ColumnType::Category)
            object.insert(Q("categories"), textArray(input.categories));
        in.append(object);
    }
    for (const QString &output : outputs)
        out.append(output);
    QJsonObject object{{Q("task"), workspace::taskName(task)}, {Q("target"), target}, {Q("unit"), unit}, {Q("inputs"), in}, {Q("outputs"), out}};
    if (!classes.empty())
        object.insert(Q("classes"), textArray(classes));
    if (const QStringList all = targets(); all.size() > 1)
        object.insert(Q("targets"), QJsonArray::fromStringList(all));
    return object;
}

Result<Signature> Signature::fromJson(const QJsonObject &object, const QString &where) {
    JsonReader reader(object, where);
    Signature signature;
    const QString task = reader.text("task");
    signature.target = reader.text("target");
    signature.unit = reader.text("unit", QString());
    const QJsonArray inputs = reader.array("inputs");
    for (const QString &name : reader.texts("outputs"))
        signature.outputs.push_back(name);
    if (reader.has("classes"))
        signature.classes = textVector(reader.texts("classes"));
    PH_TRY(reader.check());
    bool known = false;
    for (const auto kind : {workspace::TaskKind::Regression, workspace::TaskKind::Classification, workspace::TaskKind::Forecast}) {
        if (task == workspace::taskName(kind)) {
            signature.task = kind;
            known = true;
        }
    }
    if (!known)
        return invalid(QStringLiteral("The task “%1” is not known.").arg(task), where);
    if (signature.outputs.empty() || (signature.task == workspace::TaskKind::Classification && signature.classes.size() < 2))
        return invalid(QStringLiteral("The signature names no outputs, or a classification fewer than two classes."), where);
    for (const QJsonValue &value : inputs) {
        PH_ASSIGN(Input input, inputFromJson(value.toObject(), where));
        signature.inputs.push_back(std::move(input));
    }
    PH_TRY(checkOutputs(signature, where));
    return signature;
}

} // namespace pilothouse::artifact
