// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include <optional>

namespace pilothouse {

/// MODEL of the command line, found: a package folder, NAME@ALIAS or NAME/VERSION of its registry, with the workspace's name for the model or the
/// registered one.
struct ModelRef {
    QString folder; ///< package
    QString name;   ///< registered model; of a folder: the folder's name
    std::optional<int> version;
    QString alias;
    QString label() const; ///< "t2m version 4 (@champion)", "folder california-1"
};

/// An existing folder wins over a registry name. NotFound or Invalid says what was looked for and where; Refused: it is a pickle, with the
/// ways to use one.
Result<ModelRef> resolveModel(Context &context, const QString &text);

} // namespace pilothouse
