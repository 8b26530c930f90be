// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"

namespace pilothouse {

/// A model's name in the registry: the workspace's own name for it is taken too.
QString registryName(const workspace::Workspace &workspace, const QString &name);
/// The alias that is a registered model's champion.
QString championAlias(const workspace::Workspace &workspace, const QString &registryName);

/// promotion::Request::toJson() without the evidence.
QJsonObject requestJson(const promotion::Request &request);
/// Who said what, and whether it counts, a line.
QString approvalText(const promotion::Approval &approval);
/// Where a request stands and what comes next, a few lines.
QString requestText(const promotion::Request &request);

} // namespace pilothouse
