// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QMap>
#include <QString>

#include <string>

namespace pilothouse {

/// A file of metrics as `dvc metrics show` and CI jobs read it: {"mae": 1.5, "r2": 0.64}, one object, keys sorted, numbers in full. What is
/// undefined is left out: JSON has no word for it, and DVC compares numbers only. Empty names do nothing.
Result<void> writeMetricsFile(const std::string &file, const QMap<QString, double> &metrics);
/// Before an hour of work: Invalid if the name is a folder, or its folder cannot be written.
Result<void> checkMetricsFile(const std::string &file);

} // namespace pilothouse
