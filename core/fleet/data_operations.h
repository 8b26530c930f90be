// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/sources/fetch.h"

namespace pilothouse::fleet {

/// What the operations on data work with; all of it is copied into their steps.
struct DataWork {
    sources::Access access;
    sources::Cache cache;
    std::stop_token stop;
    sources::Progress progress;
};
/// The workspace's connections and secrets, and the user's cache.
Result<DataWork> dataWork(const Services &services, std::stop_token stop = {}, sources::Progress progress = {});

/// A file to s3://BUCKET/KEY ("data.push").
/// @param createBucket make the bucket if it is not there
Result<operations::Operation> pushFileOperation(const DataWork &work, const sources::SourceSpec &target, const QString &file, bool createBucket);
/// A file or folder into its DVC repository, as `dvc add` does it, or an output of a stage into its dvc.lock, as `dvc commit` does it
/// ("data.add"). No steps: it is tracked as it is.
Result<operations::Operation> addDvcOperation(const DataWork &work, const QString &path);
/// What a DVC repository tracks to its remote, as `dvc push` does it ("data.push-dvc"). No steps: the remote has all of it.
/// @param remote     empty: the output's own, else the repository's default
/// @param connection workspace connection of kind s3; empty: the one with the remote's address, else the environment
Result<operations::Operation> pushDvcOperation(const DataWork &work, const QString &path, const QString &remote, const QString &connection);

/// Whether the recorded operation is one of these.
bool isDataOperation(const operations::RecordedOperation &recorded);
/// The reverse of a done operation of this file, by what the journal recorded of it. Refused if it was not done, or cannot be undone; its
/// guard is Conflict if what it made is not there any more, or was changed.
Result<operations::Operation> undoDataOperation(const DataWork &work, const operations::Journal &journal, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet
