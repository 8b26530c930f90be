// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QDateTime>
#include <QMap>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace pilothouse::telemetry {

/// An alert that an Alertmanager has.
struct ManagedAlert {
    QString fingerprint, state; ///< active, suppressed, unprocessed
    QMap<QString, QString> labels, annotations;
    QDateTime since;
    QStringList silencedBy;
    QString link; ///< the rule that made it
};

struct AlertMatcher {
    QString name, value;
    bool regex = false, equal = true;
    bool fits(const QMap<QString, QString> &labels) const; ///< a label that is not there is empty, as there
};

struct ManagedSilence {
    QString id, state; ///< active, pending, expired
    std::vector<AlertMatcher> matchers;
    QDateTime from, until;
    QString by, comment;
};

struct AlertmanagerOptions {
    QString url; ///< its root: "http://alertmanager:9093"; of a Grafana with "/api/alertmanager/grafana" behind
    QString user;
    std::function<Result<QString>()> secret; ///< as PrometheusOptions::secret
    QString caFile;
};

/// The v2 API of an Alertmanager, Grafana's own included. Blocking; any thread. Its writes are for operations.
class Alertmanager {
public:
    Alertmanager(std::shared_ptr<net::HttpClient> http, AlertmanagerOptions options);
    Result<std::vector<ManagedAlert>> alerts(std::stop_token stop = {}) const; ///< silenced ones included; active first
    Result<std::vector<ManagedSilence>> silences(std::stop_token stop = {}) const;
    /// Gives its id: of a changed silence it may be another. Invalid without a matcher: it would hide everything.
    Result<QString> silence(const ManagedSilence &silence) const;
    Result<void> expire(const QString &id) const;

private:
    Result<net::Response> send(const QByteArray &method, const QString &path, const QByteArray &body, std::stop_token stop) const;
    std::shared_ptr<net::HttpClient> m_http;
    AlertmanagerOptions m_options;
};

/// What a silence would hide of these alerts: shown before it is made.
std::vector<ManagedAlert> hiddenBy(const std::vector<AlertMatcher> &matchers, const std::vector<ManagedAlert> &alerts);

} // namespace pilothouse::telemetry
