// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/telemetry/alert_state.h"

#include <QJsonObject>

namespace pilothouse::telemetry {

/// What is told of an alert, whatever the channel: {"version":1,"workspace","rule","model","state","severity","sentence","value","limit","source","observed","since","key",
/// "fixes":[{"word","command"}]}. `key` is the same each time the same thing is told.
QJsonObject alertMessage(const QString &workspace, const workspace::AlertRule &rule, const AlertStatus &status, const QString &episode);
/// The same as Slack takes it: {"text", "blocks"}; the age is that of `now`.
QJsonObject slackMessage(const QJsonObject &message, const QDateTime &now);
/// The same as a generic webhook gets it: the message with "age_seconds".
QJsonObject webhookMessage(const QJsonObject &message, const QDateTime &now);

struct SendOutcome {
    enum What {
        Sent,
        Again, ///< after `wait` seconds
        Off,   ///< the address is revoked or gone for good
        Failed ///< the receiver does not take this message, and will not
    } what = Sent;
    qint64 wait = -1; ///< of a 429 or 503 with Retry-After, which holds the whole channel; −1: it named none
    QString problem;  ///< without the address, which is a secret
};
/// Sends one message; blocking. @param kind slack | webhook   @param address a URL
SendOutcome sendMessage(net::HttpClient &http, const QString &kind, const QString &address, const QJsonObject &message, const QDateTime &now, std::stop_token stop = {});

/// Seconds until the next try: 30 s, 1, 2, 4, 8, then 15 min; −1 after the 12th try (more than an hour and a half).
qint64 retryDelay(int tries);
/// Retry-After in seconds, from a number or an HTTP date; −1: none. At most a day.
qint64 retryAfterSeconds(const QByteArray &header, const QDateTime &now);

} // namespace pilothouse::telemetry
