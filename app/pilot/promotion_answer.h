// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/promotion/promotion.h"

namespace pilothouse {

/// promotion::Request::toJson() without the evidence.
QJsonObject requestJson(const promotion::Request &request);
/// Who said what, and whether it counts, a line.
QString approvalText(const promotion::Approval &approval);
/// Where a request stands and what comes next, a few lines.
QString requestText(const promotion::Request &request);

} // namespace pilothouse
