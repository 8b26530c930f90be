// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

#include <QStringList>

namespace pilothouse::learn {

/// Says of an imported TorchScript what its file does not: {"format","inputs","dtype","answers"}, of a forecast also "forecast":{"window",
/// "horizon","series":[…],"targets":[…]}; beside model.pt in the package.
///   dtype    "float32" or "float64": what forward() takes; of its first parameter
///   answers  numbers | probabilities | logits: what the outputs are (two classes may have one output: of the second)
///   series   those that forward() takes, in its order; the signature has the targets' first
inline constexpr const char *scriptCardFile = "torchscript.json";
inline constexpr const char *scriptFormat = "pilothouse-torchscript/1";
/// "format" in the attribute `card` of our own exports (torch/export_script.h), by which they are known again.
inline constexpr const char *exportFormat = "pilothouse-export/1";

/// Reads a TorchScript file (torch.jit.save) by the LibTorch module. FittedModel::save() writes the file as it is, and the card.
/// @param answers  as above. Invalid if the outputs are not that many, or no probabilities where they should be
/// @param series   of a forecast, as above: some or all of the signature's
Result<std::unique_ptr<FittedModel>> importTorchScript(const QByteArray &bytes, const artifact::Signature &signature, const QString &answers, const QStringList &series = {});

/// true if the bytes are a ZIP archive with a TorchScript's code in it (torch.save alone writes pickles, which are not read).
bool looksLikeTorchScript(const QByteArray &bytes);
Error noTorchScript(const QString &file); ///< of a ZIP archive that is none

} // namespace pilothouse::learn
