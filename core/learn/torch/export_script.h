// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/data/transforms.h"

#include <QByteArray>
#include <QJsonObject>

namespace pilothouse::learn {

/// TorchScript bytes of a package's network with its pre-processing inside: torch.jit.load(file)(x) takes and gives plain units (float64).
///   forward(x)  rows [n × inputs] → [n × outputs], both in the order of the signature; of classes the probabilities in their order. A
///               category is its number among the signature's categories, −1 an unknown one; NaN is missing.
///   A forecast also takes windows [n × window × series], oldest step first, the targets first → [n × horizon], of several targets
///               [n × horizon × targets].
///   One row [inputs] or one window [window × series] alone is answered without n.
/// It raises an exception (LibTorch binds no other than AssertionError) where the package's scorer gives an error: another shape, a missing value that is not filled in, a category that is
/// refused. Its attribute `card` is the JSON that is given here, with "format" (import_torch.h), "task", "inputs", "outputs", "classes", "window" and "series" beside it. The same
/// package gives the same bytes.
/// @param folder  of a package that was trained here, with its model.pt
/// Invalid with the file if it cannot be read, Internal if no script can be made.
Result<QByteArray> exportScript(const QString &folder, const artifact::Signature &signature, const data::FittedTransforms &transforms, const QJsonObject &card);

/// What such a file, read again, answers to rows; a forecast's are asked as windows, too, and must give the same. Invalid with the file if
/// it cannot be read or raises an exception, Internal if the two ways differ.
Result<artifact::Predictions> runExport(const QString &file, const artifact::Signature &signature, const data::Rows &rows);

} // namespace pilothouse::learn
