// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/sources/fetch.h"
#include "core/workspace/recipe.h"

namespace pilothouse {

/// The options by which a verb's data may be elsewhere: which version of it, and who may read it.
struct DataVersion {
    std::string version, connection;
    void addTo(CLI::App &app); ///< --data-version, --connection
};

/// --max-memory of a verb that reads data files; sets limitMemory().
CLI::Option *addMaxMemory(CLI::App &app);

/// Data as a command line names it: a URL, s3://…, dvc:PATH as they are; a path absolute.
QString dataArgument(const std::string &text);

/// What fetching needs: the workspace where there is one (--workspace, or found from here), environment and keychain.
Result<sources::Access> dataAccess(const Context &context);

/// Brings a source here; progress goes out as events ("bytes", stage "fetch"). A plain file is given back as it is.
Result<sources::LocalFile> fetchData(Context &context, const sources::SourceSpec &spec);

/// The same for a recipe's data: sets `fetched`, its digest and its origin. `given` overrides what the recipe says.
Result<void> fetchData(Context &context, workspace::DataSpec &data, const DataVersion &given = {});

/// An error that names our copy of a source, naming the source instead.
template<class T>
Result<T> namingSource(Result<T> result, const sources::LocalFile &file, const QString &source) {
    if (result || file.path == source)
        return result;
    Error error = std::move(result).error();
    error.where.replace(file.path, source);
    error.what.replace(file.path, source);
    return error;
}

} // namespace pilothouse
