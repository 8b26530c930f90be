// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/save_export.h"

#include "core/base/file.h"

namespace pilothouse::fleet {

Result<void> saveExport(const QString &file, const QByteArray &bytes) { return writeFileAtomically(file, bytes); }

} // namespace pilothouse::fleet
