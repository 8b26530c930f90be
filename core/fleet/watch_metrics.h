// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"

#include <map>
#include <mutex>

namespace pilothouse::fleet {

/// What a `pilot watch` did and when, for its figures. Any thread.
class WatchBeats {
public:
    explicit WatchBeats(QDateTime started) : m_started(std::move(started)) {}
    /// A look of a part (alerts, runs, canaries, policies) has ended.
    void looked(const QString &part, const QDateTime &now, qint64 acted, qint64 problems);

private:
    friend Result<QByteArray> watchExposition(const Services &services, const WatchBeats &beats);
    struct Part {
        QDateTime last;
        qint64 looks = 0, acted = 0, problems = 0;
    };
    mutable std::mutex m_mutex;
    QDateTime m_started;
    std::map<QString, Part> m_parts;
};

/// The figures of `pilot watch` in Prometheus' text format: alerts by rule with state, value and limits, what was told to channels, when each part looked last. Reads alerts.db only.
Result<QByteArray> watchExposition(const Services &services, const WatchBeats &beats);

} // namespace pilothouse::fleet
