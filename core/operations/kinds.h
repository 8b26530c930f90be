// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

#include <vector>

namespace pilothouse::operations {

/// A kind of operation (Operation::kind) and the role that it takes at least. Operations::run() asks for no less, whatever a builder wrote; a
/// builder may ask for more. Every kind that is built anywhere stands here: tests/unit/operations/tst_guard.cpp compares the list with the sources.
struct OperationKind {
    const char *name;
    workspace::Role needs;
    const char *what; ///< what it changes, in a few words
    bool onlyAsks = false; ///< it writes down a wish: whoever grants it types the name of a guarded connection; a run at night may ask
};

const std::vector<OperationKind> &operationKinds(); ///< by name
/// Null for one that is not listed.
const OperationKind *operationKind(const QString &name);

} // namespace pilothouse::operations
