// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// A TorchScript that was made elsewhere, run by LibTorch as it is. Beside model.pt lies torchscript.json (import_torch.h).
///   forward(x)  rows [n × inputs] → [n × outputs]
///               of a forecast windows [n × window × series], oldest step first → [n × horizon], or of several targets [n × horizon × targets]
/// It is a GradientModel: by autograd, as far as the script can be differentiated.
/// Invalid with the file if it cannot be read, its forward takes something else than one tensor, or it holds a call that reaches
/// outside the model (files, Python, other machines); if the card does not fit the signature.
Result<std::unique_ptr<FittedModel>> loadScriptModel(const QString &folder, const artifact::Signature &signature);

} // namespace pilothouse::learn
