// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/recipe.h"

namespace pilothouse::learn {

/// A data file to read with a package, in place of its recipe's own: a plain file, or the verified local copy of a source that is elsewhere.
struct DataFile {
    QString source;        ///< as a person names it; errors do, too
    QString path;          ///< the file to read
    QString fetchedSha256; ///< digest that a copy had when it was verified: other bytes are a Conflict. Empty: a plain file

    DataFile(const QString &file) : source(file), path(file) {}
    explicit DataFile(const workspace::DataSpec &data) : source(data.source), path(data.path()), fetchedSha256(data.fetchedSha256) {}

    /// Makes a recipe read this file, by its rules and with its `where`.
    void readBy(workspace::DataSpec &data) const {
        data.source = source;
        data.fetched = path == source ? QString() : path;
        data.fetchedSha256 = fetchedSha256;
    }
};

} // namespace pilothouse::learn
