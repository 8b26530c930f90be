// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/base/result.h"

#include <QJsonValue>
#include <QString>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::serving {

/// The tensor types of the Open Inference Protocol (KServe V2): "FP64", "INT64", "BYTES", …
bool isTensorDatatype(std::string_view name);

/// One output of a model as that protocol describes it.
struct OutputTensor {
    QString name, datatype;
    std::vector<int> sizes; ///< of one row; empty: one value
};
/// What our server answers for a model: a tensor for each of several targets, else "predict"; of a classification also "predict_proba".
std::vector<OutputTensor> outputTensors(const artifact::Signature &signature);
/// true: all are written as whole numbers, so that an answer gives them as numbers.
bool areWholeNumbers(const std::vector<std::string> &classes);

/// What the output tensors of an answer of that protocol say of each row.
struct TensorRows {
    std::vector<QJsonValue> predictions;   ///< [rows]: a number or text; a list where the tensor is wider; {"t2m":…,"rh2m":…} of several tensors
    std::vector<QJsonValue> probabilities; ///< [rows] lists; none where no tensor is one of probabilities
};

/// Reads [{"name","shape","datatype","data"}], each tensor [rows, …], its data flat in row-major order or nested. Beside another tensor one
/// that is named as scikit-learn, MLServer or an ONNX converter name it (predict_proba, probabilities, …) holds the probabilities. Of one row a
/// tensor of one dimension needs none for the rows.
/// @param where  the address, for errors
/// Invalid, naming the tensor: no list of tensors, an unknown datatype, data in binary, a shape that does not fit its data or the rows.
Result<TensorRows> rowsOfTensors(const QJsonValue &outputs, std::size_t rows, const QString &where);

} // namespace pilothouse::serving
