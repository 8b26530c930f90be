// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

namespace pilothouse::promotion {

/// What a promotion of a registered model takes: as its environment says, else its model.
struct PromotionRules {
    QString environment; ///< empty: none
    int approvals = 1;
    bool preventSelfApproval = false;
    std::vector<workspace::GateSpec> gates; ///< of the environment, beside those of the recipe
};
/// @param connection empty: the local registry
PromotionRules rulesOf(const workspace::Workspace &workspace, const QString &connection, const QString &registeredName);

} // namespace pilothouse::promotion
