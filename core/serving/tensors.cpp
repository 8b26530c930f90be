// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/tensors.h"

#include "core/serving/json_text.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <iterator>
#include <optional>

namespace pilothouse::serving {

namespace {

using Q = QLatin1String;

constexpr qsizetype mostValues = 100000000; ///< more than any answer in JSON holds: a shape beyond it is a mistake

struct Tensor {
    QString name;
    QJsonArray values;   ///< flat, row-major
    qsizetype width = 1; ///< values a row
};

bool isNamedLikeProbabilities(const QString &name) {
    static const QStringList known{QStringLiteral("predict_proba"), QStringLiteral("probability"), QStringLiteral("probabilities"), QStringLiteral("output_probability"), QStringLiteral("proba")};
    return known.contains(name.toLower());
}

/// The leaves of nested lists, in order; truth values as 0 and 1.
void flatten(const QJsonArray &data, QJsonArray &into) {
    for (const QJsonValue &value : data) {
        if (value.isArray())
            flatten(value.toArray(), into);
        else
            into.append(value.isBool() ? QJsonValue(value.toBool() ? 1 : 0) : value);
    }
}

/// The sizes, each a whole number of 0 or more; nothing if they are not that.
std::optional<std::vector<qsizetype>> sizesOf(const QJsonValue &shape) {
    if (!shape.isArray())
        return std::nullopt;
    std::vector<qsizetype> sizes;
    for (const QJsonValue &size : shape.toArray()) {
        const qint64 whole = size.toInteger(-1);
        if (whole < 0 || whole > mostValues)
            return std::nullopt;
        sizes.push_back(whole);
    }
    return sizes;
}

QString shapeText(const std::vector<qsizetype> &sizes) {
    QStringList texts;
    for (const qsizetype size : sizes)
        texts << QString::number(size);
    return QLatin1Char('[') + texts.join(QStringLiteral(", ")) + QLatin1Char(']');
}

Result<Tensor> readTensor(const QJsonObject &object, std::size_t rows, const QString &where) {
    Tensor tensor;
    tensor.name = object.value(Q("name")).toString();
    const QString called = QStringLiteral("The output tensor “%1”").arg(tensor.name);
    const auto sizes = sizesOf(object.value(Q("shape")));
    if (tensor.name.isEmpty() || !sizes)
        return invalid(QStringLiteral("An output tensor of the answer has no name, or no shape of whole numbers."), where, QStringLiteral("Is this an answer of the Open Inference Protocol (KServe V2)?"));
    const QString datatype = object.value(Q("datatype")).toString();
    if (!isTensorDatatype(utf8(datatype)))
        return invalid(QStringLiteral("%1 has the datatype “%2”, which the protocol does not have.").arg(called, datatype), where);
    if (object.value(Q("parameters")).toObject().contains(Q("binary_data_size")))
        return invalid(QStringLiteral("%1 comes in binary, and JSON was asked for.").arg(called), where, QStringLiteral("Switch the server's binary outputs off."));
    if (!object.value(Q("data")).isArray())
        return invalid(QStringLiteral("%1 has no list of data.").arg(called), where);
    flatten(object.value(Q("data")).toArray(), tensor.values);
    qsizetype count = 1;
    for (const qsizetype size : *sizes)
        count = std::min(count * size, mostValues + 1); // both are below 1e8 + 2: no overflow
    if (count != tensor.values.size())
        return invalid(QStringLiteral("%1 has the shape %2, which is %3 values, and holds %4.").arg(called, shapeText(*sizes), QString::number(count), QString::number(tensor.values.size())), where);
    const bool byRow = !sizes->empty() && sizes->front() == qsizetype(rows);
    if (count == 0 || !(byRow || (rows == 1 && sizes->size() < 2)))
        return invalid(QStringLiteral("%1 has the shape %2, and %3 rows were sent.").arg(called, shapeText(*sizes), QString::number(rows)), where);
    tensor.width = count / qsizetype(rows);
    return tensor;
}

QJsonValue rowOf(const Tensor &tensor, std::size_t row, bool asList = false) {
    const qsizetype from = qsizetype(row) * tensor.width;
    if (tensor.width == 1 && !asList)
        return tensor.values[from];
    QJsonArray list;
    for (qsizetype i = from; i < from + tensor.width; ++i)
        list.append(tensor.values[i]);
    return list;
}

} // namespace

bool isTensorDatatype(std::string_view name) {
    static constexpr std::string_view known[] = {"BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "BF16", "FP32", "FP64", "BYTES"};
    return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

bool areWholeNumbers(const std::vector<std::string> &classes) {
    return std::all_of(classes.begin(), classes.end(), [](const std::string &text) {
        const std::size_t digits = text.size() - (text.starts_with('-') ? 1 : 0);
        if (digits == 0 || digits > 15 || (digits > 1 && text[text.size() - digits] == '0'))
            return false;
        return std::all_of(text.end() - std::ptrdiff_t(digits), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    });
}

std::vector<OutputTensor> outputTensors(const artifact::Signature &signature) {
    const QStringList targets = signature.targets();
    const bool classes = !signature.classes.empty();
    const std::size_t steps = signature.outputs.size() / std::size_t(targets.size());
    std::vector<OutputTensor> all;
    for (const QString &target : targets)
        all.push_back({targets.size() > 1 ? target : QStringLiteral("predict"), !classes ? QStringLiteral("FP64") : areWholeNumbers(signature.classes) ? QStringLiteral("INT64") : QStringLiteral("BYTES"),
                       signature.outputs.size() > 1 ? std::vector<int>{int(steps)} : std::vector<int>()});
    if (classes)
        all.push_back({QStringLiteral("predict_proba"), QStringLiteral("FP64"), {int(signature.classes.size())}});
    return all;
}

Result<TensorRows> rowsOfTensors(const QJsonValue &outputs, std::size_t rows, const QString &where) {
    if (outputs.toArray().isEmpty())
        return invalid(QStringLiteral("The endpoint's answer lists no output tensors."), where, QStringLiteral("Is this an answer of the Open Inference Protocol (KServe V2)?"));
    std::vector<Tensor> all;
    for (const QJsonValue &output : outputs.toArray()) {
        PH_ASSIGN(Tensor tensor, readTensor(output.toObject(), rows, where));
        if (std::any_of(all.begin(), all.end(), [&](const Tensor &other) { return other.name == tensor.name; }))
            return invalid(QStringLiteral("The answer has two output tensors called “%1”.").arg(tensor.name), where);
        all.push_back(std::move(tensor));
    }
    TensorRows out;
    const auto shares = std::find_if(all.begin(), all.end(), [](const Tensor &tensor) { return isNamedLikeProbabilities(tensor.name); });
    if (shares != all.end() && all.size() > 1) {
        for (std::size_t row = 0; row < rows; ++row)
            out.probabilities.push_back(rowOf(*shares, row, true));
        all.erase(shares);
    }
    for (std::size_t row = 0; row < rows; ++row) {
        if (all.size() == 1) {
            out.predictions.push_back(rowOf(all.front(), row));
            continue;
        }
        QJsonObject byName;
        for (const Tensor &tensor : all)
            byName.insert(tensor.name, rowOf(tensor, row));
        out.predictions.push_back(byName);
    }
    return out;
}

} // namespace pilothouse::serving
