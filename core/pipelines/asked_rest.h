// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <atomic>

namespace pilothouse::pipelines {

/// How long a server wants to be left alone: Retry-After of a 429 or 503, in seconds or as a date (RFC 9110 §10.2.3). Any thread.
class AskedRest {
public:
    void learn(const net::Response &response, const QDateTime &now) {
        if (response.status != 429 && response.status != 503)
            return;
        const QByteArray said = response.header("Retry-After").trimmed();
        bool number = false;
        const qint64 seconds = said.toLongLong(&number);
        QDateTime until = number ? now.addSecs(seconds) : QLocale::c().toDateTime(QString::fromLatin1(said), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"));
        if (!number)
            until.setTimeSpec(Qt::UTC);
        if (until.isValid() && until > now)
            m_until = std::max(m_until.load(), until.toSecsSinceEpoch());
    }
    int seconds(const QDateTime &now) const { return int(std::clamp<qint64>(m_until.load() - now.toSecsSinceEpoch(), 0, 3600)); }

private:
    std::atomic<qint64> m_until = 0; ///< seconds since the epoch
};

} // namespace pilothouse::pipelines
