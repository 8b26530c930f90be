// SPDX-License-Identifier: GPL-3.0-or-later
// A prediction log that cannot be written, or not as fast as requests come, is said when it begins and when it is over.
#include "core/serving/server_impl.h"

namespace pilothouse::serving {

namespace {
constexpr auto calm = std::chrono::seconds(5); ///< without a failure, before it is over
} // namespace

void InferenceServer::Impl::watchLog() {
    const auto now = SteadyClock::now();
    const std::uint64_t lost = log->dropped();
    const std::string error = log->lastError();
    const bool more = lost != std::exchange(m_logLost, lost);
    const bool fails = more || !error.empty();
    if (fails)
        m_logFailedAt = now;
    if (fails && !m_logFails) {
        m_logFails = true;
        if (o.report)
            o.report((error.empty() ? QStringLiteral("The prediction log is slower than the requests.") : QStringLiteral("The prediction log cannot be written: %1").arg(fromUtf8(error)))
                     + QStringLiteral(" Predictions are answered without it; what it misses has no part in accuracy, drift and evidence."));
    } else if (m_logFails && now - m_logFailedAt >= calm) {
        m_logFails = false;
        if (o.report)
            o.report(QStringLiteral("The prediction log is written again; predictions that are not in it: %1.").arg(lost - std::exchange(m_logLostTold, lost)));
    }
}

void InferenceServer::Impl::endLog() {
    log->end();
    const std::uint64_t lost = log->dropped() - m_logLostTold;
    if (lost > 0 && o.report)
        o.report(QStringLiteral("%1 predictions are not in the log. %2").arg(lost).arg(fromUtf8(log->lastError())).trimmed());
}

} // namespace pilothouse::serving
