// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/workload_change.h"

#include <string>
#include <vector>

namespace pilothouse {

/// "NAME=VALUE" sets, "NAME-" takes away. Invalid for other words.
Result<cluster::Settings> variableSettings(const std::vector<std::string> &words);
/// "cpu=500m,memory=1Gi" sets, "cpu=" takes away. Invalid at `option` for other words.
Result<cluster::Settings> resourceSettings(const std::string &written, const char *option);

} // namespace pilothouse
