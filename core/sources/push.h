// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/cache.h"
#include "core/sources/s3.h"

#include <QJsonObject>

#include <optional>

namespace pilothouse::sources {

/// Sending a file to S3 as an operation does it: what was there when it was planned, what is sent, what came of it.
struct PushPlan {
    S3Location object;
    QString file, sha256;
    qint64 bytes = 0;
    bool createsBucket = false;
    std::optional<S3Object> there; ///< the object as it was
    QJsonObject before;            ///< the same for the journal: {"etag","version","bytes"}, empty if there was none
    S3Object written;              ///< after executePush()
    QString effect() const;
    /// How it is undone, in words; empty: it is not (an object without versions is replaced).
    QString undo() const;
};

/// Reads what is there. NotFound: no such file, no such bucket (unless it is to be made).
Result<PushPlan> planPush(const S3Client &client, const S3Location &object, const QString &file, bool createBucket, std::stop_token stop = {});
/// Conflict if object or file are no longer as planned.
Result<void> guardPush(const S3Client &client, const PushPlan &plan);
/// Sends; parts of a broken upload are gone on with at the next try (their state lies in the cache folder).
Result<void> executePush(const S3Client &client, PushPlan &plan, const Cache &cache, std::stop_token stop, const Progress &progress);
/// {"etag","version","bytes"} of what lies there now; Conflict if it is not what was sent.
Result<QJsonObject> readBackPush(const S3Client &client, const PushPlan &plan);
/// Conflict if what lies there is not what was sent (PushPlan::written). For an undo later.
Result<void> guardUndoPush(const S3Client &client, const PushPlan &plan);
/// What lies there, as readBackPush() says it; empty if nothing does.
Result<QJsonObject> stateOfPushed(const S3Client &client, const PushPlan &plan);
/// Takes away what was sent: the version, or the object where there was none before.
Result<void> undoPush(const S3Client &client, const PushPlan &plan);

} // namespace pilothouse::sources
