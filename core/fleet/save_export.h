// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace pilothouse::fleet {

/// Saves what a person exports ("why.csv", "why.png") where they chose. Blocking.
Result<void> saveExport(const QString &file, const QByteArray &bytes);

} // namespace pilothouse::fleet
