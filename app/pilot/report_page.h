// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace pilothouse {

/// Writes a report's page, whole or not at all, and tells the absolute path. Invalid: a PDF is wanted, which the window makes. IO errors of writeFileAtomically().
Result<QString> writeReportPage(const std::string &file, const QByteArray &page);

} // namespace pilothouse
