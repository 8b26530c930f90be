// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/workload_change.h"

#include <QStringList>

namespace pilothouse::cluster {

/// Of words as kubectl takes them: "NAME=VALUE" sets, "NAME-" takes away. Invalid for other words.
Result<Settings> variableSettings(const QStringList &words);
/// "cpu=500m,memory=1Gi" sets, "cpu=" takes away. Invalid at `where` for other words.
Result<Settings> resourceSettings(const QString &written, const QString &where);

} // namespace pilothouse::cluster
