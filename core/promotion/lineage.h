// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/registry/registry.h"

namespace pilothouse::promotion {

/// The commit that HEAD of the git repository around `folder` points to; empty if there is none. Reads .git/HEAD, loose and packed
/// refs and the link file of a work tree; runs no program.
QString gitCommit(const QString &folder);

/// Where a version comes from: {"data":{"source","rows","sha256"},"run","code","user","requester","created"}.
QJsonObject lineageOf(const artifact::Package &package, const registry::Version &version, const QString &codeFolder, const QString &requester);

} // namespace pilothouse::promotion
