// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QJsonArray>

namespace pilothouse::estate {

/// {"error", "code", "message", "details"} of the gRPC gateway; `code` is gRPC's.
Answer kubeflowError(int status, int code, const char *message);
/// One page of `all` under `key`: its filter (predicates of v2beta1, `op` of v1beta1), page_size, page_token, sort_by; total_size and next_page_token beside it.
Answer kubeflowList(const Call &call, const char *key, const QJsonArray &all);

} // namespace pilothouse::estate
