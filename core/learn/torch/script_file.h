// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonObject>

namespace pilothouse::learn {

/// What a TorchScript says of itself: {"parameters","dtype","card":{…}}. card: of our own exports alone (export_script.h), else it is absent.
/// Invalid with `where` if it cannot be read, or is one that is not imported (script_model.h).
Result<QJsonObject> scriptFacts(const QByteArray &bytes, const QString &where);

} // namespace pilothouse::learn
