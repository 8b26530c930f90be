// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/demo/demo_workspace.h"
#include "core/net/http.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::demo {

/// Where a model's requests go now; asked at the start and again after a broken connection or a refused key, so that
/// an endpoint may come, go and move to another port while the replay runs. An empty url: not there yet.
struct ReplayEndpoint {
    QString url; ///< base, e.g. http://127.0.0.1:41233
    QList<net::Header> headers; ///< e.g. X-API-Key
    QStringList inputs; ///< of the served signature, "t2m@-23" … "t2m@0"; empty: 24 hours of the model's own column
};

struct ReplayTarget {
    QString model;  ///< name for progress and errors
    QString column; ///< t2m, rh2m or ws2m: what the model forecasts, one hour ahead
    std::function<Result<ReplayEndpoint>()> endpoint;
};

struct ReplayOptions {
    QString folder;              ///< of the demo workspace; rows go on where its station stands
    std::vector<ReplayTarget> targets;
    int millisecondsPerHour = 25; ///< speed; 0: as fast as the endpoints answer
    int labelDelayHours = 6;     ///< a measured value comes back that many hours after its hour
    int writeEveryHours = 48;    ///< data/weather.csv grows in such portions; also at the end
    std::size_t hours = 0;       ///< 0: until stopped
    /// The drift begins that many hours after the first replayed one, if it has not begun in an earlier replay.
    std::optional<std::size_t> driftAfter = 600;
};

struct TargetProgress {
    QString model;
    qint64 sent = 0, failed = 0, labelled = 0; ///< predictions asked, not answered; labels accepted
    std::optional<double> meanAbsoluteError;   ///< over the last 200 answered hours, unit of the column
    QString problem;                           ///< the last one; empty when the last request was answered
};
struct ReplayProgress {
    std::size_t row = 0; ///< of the newest hour
    QDateTime hour;
    bool drifting = false;
    std::vector<TargetProgress> targets;
};

/// Plays the station: hour by hour it sends each model's window to POST /predict and, later, what was measured to
/// POST /labels. An endpoint that does not answer is counted and tried again at the next hour; it never stops the
/// replay. Gives the progress at its end: after `hours`, or when stopped (no error). Errors: only what concerns the demo's
/// own files. Blocking: call on the `waiting` pool; onProgress comes from this thread, at most 10 times a second.
Result<ReplayProgress> replay(net::HttpClient &http, const ReplayOptions &options, const std::function<void(const ReplayProgress &)> &onProgress,
                              std::stop_token token = {});

} // namespace pilothouse::demo
