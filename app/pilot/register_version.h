// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"

namespace pilothouse {

/// A package becomes the next version of a model, by an operation: role checked, journalled, read back by its digest.
/// Refused, Conflict and adapter errors as they come.
/// @param connection whose registry; empty: the local one
Result<registry::Version> registerPackage(const fleet::Services &services, const QString &model, const QString &package, const QString &digest,
                                          const QString &runId, const QString &connection = {});

} // namespace pilothouse
