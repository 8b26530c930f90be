// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/tree_ensemble.h"

#include <QDataStream>

namespace pilothouse::learn {

/// A tree in a checkpoint: every bit of it. The stream's version and precision (single) are the caller's.
void writeTree(QDataStream &out, const Tree &tree);
/// Check the stream's status afterwards.
Tree readTree(QDataStream &in);

} // namespace pilothouse::learn
