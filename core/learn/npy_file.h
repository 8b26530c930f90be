// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <vector>

namespace pilothouse::learn {

/// A matrix of doubles [rows × width], row-major, as numpy's .npy file (format 1.0, little-endian): numpy.load() reads it.
Result<void> writeNpy(const QString &path, const std::vector<double> &values, std::size_t width);
/// Reads back what writeNpy() wrote for this shape; Invalid, with the file's name, for another one, a file that is cut or a number
/// that is not finite.
Result<std::vector<double>> readNpy(const QString &path, std::size_t rows, std::size_t width);

} // namespace pilothouse::learn
