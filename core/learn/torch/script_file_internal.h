// SPDX-License-Identifier: GPL-3.0-or-later
// Of script_file.cpp, for the others that see LibTorch.
#pragma once

#include <torch/script.h>

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>

namespace pilothouse::learn {

/// Reads a TorchScript that was made elsewhere, ready to be asked; none of its parameters wants a gradient. Its code is looked through first,
/// as text, because a __setstate__ runs while it is loaded. Invalid with the file's name if it cannot be read, forward() takes something else
/// than one tensor, or it holds a call that reaches outside the model (files, Python, other machines).
Result<torch::jit::Module> readScript(const QByteArray &bytes, const QString &file);

/// What forward() takes: float64 for our own exports; else what the first parameter is made of, float32 without one.
at::ScalarType scriptType(const torch::jit::Module &module);
QString scriptTypeName(at::ScalarType type); ///< "float32", "float64"

/// The card that our own exports carry (export_script.h); empty for all others.
QJsonObject scriptCard(const torch::jit::Module &module);

qint64 scriptParameters(const torch::jit::Module &module); ///< numbers in all parameters

} // namespace pilothouse::learn
