// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_connection.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::pipelines {

/// What a form field is called and holds; sent percent-encoded in the body, never in the address.
using JenkinsForm = std::vector<std::pair<QString, QString>>;

/// The calls of a Jenkins under any context path (jenkins.io "Remote Access API"). Paths begin with "/" and are percent-encoded already; they go to the connection's
/// own address and to no other, whatever name the server calls itself by. Any thread.
/// Errors, beside those of a connection: Denied for a login page (also one that answers 200) and with the remedy for 401 and 403, NotFound with the hint that Jenkins also hides
/// by it, Conflict for 409 and "already given", Invalid for what is no JSON.
class JenkinsApi {
public:
    explicit JenkinsApi(const PipelineConnection &connection);

    const QString &base() const { return m_base; }
    QString page(const QString &path) const { return m_base + path; }
    Result<QJsonObject> object(const QString &path, std::stop_token token = {}) const;
    /// Nothing where the server has no such page: a plugin that is not installed.
    Result<std::optional<QJsonValue>> maybe(const QString &path, std::stop_token token = {}) const;
    Result<net::Response> fetch(const QString &path, std::stop_token token = {}) const;
    /// A GET of our own making (streams); the login is put in.
    Result<net::Response> send(net::Request request, std::stop_token token = {}) const;
    net::Request request(const QString &path) const;
    /// Sent once, with a crumb of the same session: a broken connection is an error and says nothing about what Jenkins did.
    Result<net::Response> post(const QString &path, const JenkinsForm &form = {}) const;
    /// Seconds until which the server asked to be left alone (429, 503 with Retry-After); 0: it did not.
    int restSeconds() const;

    /// "/job/weather/job/retrain" of "weather/retrain". A branch "feature/x" is called "feature%2Fx" in Jenkins: its % is encoded once more.
    static QString jobPath(const QString &fullName);
    /// The full name in the address of a job, whatever host and context path it names; empty: none.
    static QString jobName(const QString &address);
    static bool isLoginPage(const QByteArray &body);
    /// A link of the server below this address. Refused: another origin.
    Result<QString> rebased(const QString &link) const;

private:
    Error failure(const net::Request &request, const net::Response &response) const;
    Result<void> addCrumb(net::Request &request) const;
    std::shared_ptr<net::HttpClient> m_http;
    std::function<Result<QByteArray>()> m_authorization;
    std::function<void()> m_forget;
    std::shared_ptr<const Clock> m_clock;
    QString m_base, m_name, m_user;
    QString m_caFile; ///< of a private authority; empty: the system's
    mutable std::atomic<qint64> m_restUntil = 0; ///< seconds since the epoch
};

} // namespace pilothouse::pipelines
