// SPDX-License-Identifier: GPL-3.0-or-later
// A command line that cannot be understood, as an error like every other.
#pragma once

#include "core/base/result.h"

#include <CLI/CLI.hpp>

namespace pilothouse {

/// Invalid: which verb or option is not known, with the nearest one that is; else what the parser says. For any exception
/// of app.parse() that is not --help or --version.
Error usageError(const CLI::App &app, const CLI::ParseError &thrown);

} // namespace pilothouse
