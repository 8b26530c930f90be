// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// A TorchScript that was made elsewhere: forward(x: Tensor[n, inputs]) -> Tensor[n, outputs], run by LibTorch as it is. Beside model.pt lies
/// torchscript.json (import_torch.h).
/// Invalid with the file if it cannot be read, its forward takes something else than one tensor, or it holds a call that reaches
/// outside the model (files, Python, other machines).
Result<std::unique_ptr<FittedModel>> loadScriptModel(const QString &folder, const artifact::Signature &signature);

} // namespace pilothouse::learn
