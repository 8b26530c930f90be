// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/pipelines/pipeline_service.h"

#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::pipelines {

/// Which log: of a run, or of one of its stages or attempts.
struct LogKey {
    QString connection; ///< empty: this machine
    QString run, stage; ///< stage empty: the whole run
};

/// How far a kept log is.
struct KeptLog {
    QString next, note;
    qint64 bytes = 0;   ///< of the file that are certain: what a crash left behind them is dropped
    qint64 skipped = 0; ///< bytes of the log before the file's first; LogPiece::someBytes: there are some
    bool end = false;   ///< finished: it is not read again
    bool cut = false;   ///< longer than is kept
};

/// Logs on this disk, one file each and a small JSON beside it, in a folder that only the owner reads. The oldest leave when all together take more than the limit; one
/// that is followed, by any process, stays. Any thread.
class LogCache {
public:
    explicit LogCache(QString folder, qint64 limitBytes = 1LL << 30) : m_folder(std::move(folder)), m_limit(limitBytes) {}
    QString fileOf(const LogKey &key) const; ///< "FOLDER/jenkins/<digest>.log"; need not be there
    std::optional<KeptLog> kept(const LogKey &key) const;
    Result<void> setKept(const LogKey &key, const KeptLog &kept) const;
    Result<void> trim() const;
    qint64 limit() const { return m_limit; }

private:
    QString m_folder;
    qint64 m_limit;
};

/// What is told while a log is followed.
struct LogNews {
    KeptLog kept;
    bool grown = false;         ///< the file has more
    bool anew = false;          ///< another file took its place
    bool elsewhere = false;     ///< another process reads it; the file is only watched
    std::optional<Error> error; ///< it could not be read just now, and is tried again
};

struct FollowOptions {
    qint64 firstBytes = 4 << 20; ///< of a log that is not kept yet, only about so many of its end; 0: all
    qint64 mostBytes = 512 << 20; ///< of one log that are kept; more is told in the note
    bool whole = false;          ///< what was skipped is read too: the log is read from its begin, and takes the file's place when it has caught up
    std::chrono::milliseconds soonest{1000}, latest{15000}; ///< waits while nothing comes; each a fifth more or less, so that many windows do not ask in step
};

/// Follows a log into the cache's file until its end, or until it is stopped (Cancelled). Blocking: on a pool. Values that hideInTexts() knows never reach the file. What breaks off
/// (Unreachable, TimedOut) is told and tried again from where it was; what will not get better (Denied, NotFound, Invalid …) is the answer. A log that is kept to its end is told and nothing asked.
/// @param run  as the service knows it (of AllPipelines with its connection before it)
Result<KeptLog> followLog(const std::shared_ptr<PipelineService> &service, const QString &run, const LogKey &key, const LogCache &cache, const FollowOptions &options, std::stop_token token,
                          const std::function<void(const LogNews &)> &told);

} // namespace pilothouse::pipelines
