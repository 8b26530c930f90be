// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/log_line.h"
#include "core/cluster/pod_selector.h"

#include <QHash>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::cluster {

struct LogSource {
    QString pod, container;
    bool previous = false;
    QString text() const; ///< "web-7d4-x2k/server"
};

/// How far a log is known: the time of the last line, and how many lines have just this time.
struct LogMark {
    qint64 nanos = 0;
    int lines = 0;
};

struct LogQuery {
    KubeRef what;                        ///< a workload, service, job or pod
    QString container;                   ///< empty: each pod's default one
    bool allContainers = false;
    bool follow = false;                 ///< new pods join, a cut is resumed
    bool previous = false;               ///< of the container before its last restart; does not follow
    int tail = -1;                       ///< last lines of each container; −1: all
    std::optional<qint64> sinceSeconds;
    QString pattern;                     ///< regular expression; only lines that it matches; empty: all
    bool without = false;                ///< only those that it does not
    QHash<QString, LogMark> known;       ///< by LogSource::text(): these go on from there; `tail` and `sinceSeconds` do not count for them
    int mostPods = 50;                   ///< streams at once; what more there is, is told
};

/// What came, in order of time. Sources are all of them, so that LogLine::source is a place in it.
struct LogBatch {
    std::vector<LogLine> lines;
    std::vector<LogSource> sources;
    qint64 dropped = 0;   ///< in all: came quicker than it was taken
    QStringList notes;    ///< new ones: "web-7d4-x2k: the stream was cut; it goes on from its last line."
};

/// Reads the logs of all pods of something, merged by time (LogMerger). Blocks on the calling pool thread until all is read, or, following, until it is
/// asked to stop (which is no error) or what it follows is gone. `sink` is called there, about ten times a second at most while lines come; false ends it.
/// Errors: of the first look (Denied, NotFound, Unreachable), Invalid for a pattern; those of single pods are notes, unless no log could be read at all.
Result<void> readPodLogs(const KubeApi &api, const LogQuery &query, const std::function<bool(LogBatch &&)> &sink, std::stop_token token = {});

} // namespace pilothouse::cluster
