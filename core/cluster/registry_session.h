// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/cluster/registry_challenge.h"
#include "core/net/http.h"

#include <QDateTime>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace pilothouse::cluster {

/// A user and a password for one registry, and how long it counts (invalid: for ever).
struct RegistryLogin {
    QString user, password;
    QDateTime until;
};

/// Where a registry is and who asks. Values are read when they are needed and kept no longer than the credential counts.
struct RegistryAccess {
    QString host;          ///< as images are written: "docker.io", "ghcr.io", "127.0.0.1:5000"
    QString url;           ///< of its API; empty: https://HOST, of docker.io registry-1.docker.io
    QString caFile;        ///< private authority; empty: the system's
    bool plainHttp = false; ///< http to another machine is wanted: the password travels in the open
    QStringList realms;    ///< hosts of token services that may have the credential though they are of another site
    std::function<Result<RegistryLogin>(std::stop_token)> login; ///< empty: anonymous
    QString apiUrl() const; ///< without a slash at the end
};

/// How often a registry still answers, as Docker Hub tells it (ratelimit-limit, ratelimit-remaining).
struct RateLimit {
    int limit = 0, remaining = 0, seconds = 0; ///< `limit` pulls in `seconds`
};

/// The HTTP of one registry (distribution-spec v1.1): challenge and token (docs.docker.com/registry/spec/auth), Basic, redirects of blobs without the
/// credential, errors in its own words. Blocking; any thread. Reads only.
class RegistrySession {
public:
    RegistrySession(RegistryAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    const RegistryAccess &access() const { return m_access; }

    struct Call {
        QByteArray method = "GET";
        QString path;          ///< "/v2/library/nginx/tags/list?n=100", or an address of the registry
        QString repository;    ///< whose pull right is asked for; empty: none is
        QString scope;         ///< another right instead: "registry:catalog:*"
        QByteArray accept;
        qint64 maxBytes = 8 << 20;
    };
    /// The reply below 400; a 3xx is followed. Errors: Denied (401, 403, no credential, a realm that is not trusted), NotFound (404), Unreachable (429 with
    /// the registry's words, 5xx), Invalid.
    Result<net::Response> send(const Call &call, std::stop_token token = {});
    std::optional<RateLimit> rateLimit() const; ///< as the last reply said
    QString service() const;                    ///< of the last challenge: "harbor-registry", "registry.docker.io"; empty before

private:
    struct Token {
        QByteArray authorization;
        QDateTime until;
    };
    Result<net::Response> once(const Call &call, const QByteArray &authorization, std::stop_token token);
    Result<net::Response> followed(net::Request request, net::Response response, std::stop_token token);
    Result<QByteArray> authorization(const Call &call, const net::Response &refusal, std::stop_token token);
    Result<QByteArray> basic(std::stop_token token);
    Result<QByteArray> exchange(const AuthChallenge &challenge, const QString &scope, std::stop_token token);
    Result<RegistryLogin> login(std::stop_token token);
    Error error(const net::Request &request, const net::Response &response) const;
    void look(const net::Response &response);

    RegistryAccess m_access;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<const Clock> m_clock;
    mutable std::mutex m_mutex;
    QMap<QString, Token> m_tokens; ///< by scope
    std::optional<RegistryLogin> m_login;
    std::optional<RateLimit> m_rate;
    QString m_service;
};

/// Of a reply's headers, if it names one.
std::optional<RateLimit> rateLimitOf(const net::Response &response);

} // namespace pilothouse::cluster
