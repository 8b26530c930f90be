// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QStringList>

#include <memory>
#include <vector>

namespace pilothouse::estate {

QStringList standInNames();
/// Those named; all for an empty list. Unknown names are left out: ask standInNames() first.
std::vector<std::unique_ptr<StandIn>> makeStandIns(const QStringList &only = {});

} // namespace pilothouse::estate
