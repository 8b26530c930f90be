// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

namespace pilothouse::cluster {

/// What `kubectl rollout status` says about an object, word by word (kubectl v1.36, pkg/polymorphichelpers/rollout_status.go).
struct RolloutVerdict {
    QString text;        ///< without the newline; of a failure what kubectl prints after "error: "
    bool done = false;   ///< kubectl stops watching: it is rolled out
    bool failed = false; ///< kubectl stops watching with an error: it will not go on by itself, or it has no status (OnDelete)
};

/// The verdict about a Deployment, StatefulSet or DaemonSet as the API server gives it; any other kind fails. A pure function; any thread.
/// @param revision of a Deployment: fails where another one runs, as `--revision` does; 0: whichever
RolloutVerdict rolloutVerdict(const QJsonObject &object, qint64 revision = 0);

} // namespace pilothouse::cluster
