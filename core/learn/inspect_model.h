// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>

namespace pilothouse::learn {

/// What a model file says of itself, by its first bytes; no prediction is asked for, and nothing is unpickled.
///   pickle       {"kind", …artifact::PickleFacts::toJson()}
///   xgboost      {"kind","file","sha256","bytes","made_by","task","objective","classes":n,"inputs":[…],"width","rounds","trees","notes":[…]}; inputs
///                are empty where the file does not name them
///   torchscript  {"kind","file","sha256","bytes","made_by","parameters","dtype"}; of our own exports also "task","inputs":[…],"classes":[…],
///                "window","horizon","step","series":[…],"targets":[…]
struct ModelFacts {
    QJsonObject object;
    QString text; ///< for people
};

/// NotFound, and Invalid for what is none of them, or what an import would refuse.
Result<ModelFacts> inspectModelFile(const QString &file);

} // namespace pilothouse::learn
