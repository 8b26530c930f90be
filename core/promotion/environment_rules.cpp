// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/environment_rules.h"

#include "core/workspace/environment.h"

namespace pilothouse::promotion {

PromotionRules rulesOf(const workspace::Workspace &workspace, const QString &connection, const QString &registeredName) {
    PromotionRules out;
    if (const workspace::Model *model = workspace::modelRegisteredAs(workspace, connection, registeredName)) {
        out.approvals = model->promotion.approvals;
        out.preventSelfApproval = model->promotion.preventSelfApproval;
    }
    if (const workspace::Environment *e = workspace::environmentOf(workspace, connection, registeredName)) {
        out.environment = e->name;
        out.approvals = e->approvals.value_or(out.approvals);
        out.preventSelfApproval = e->preventSelfApproval.value_or(out.preventSelfApproval);
        out.gates = e->gates;
    }
    return out;
}

} // namespace pilothouse::promotion
