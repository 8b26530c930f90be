// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"
#include "core/cluster/kube_object.h"

#include <QJsonObject>
#include <QUrlQuery>

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace pilothouse::cluster {

/// How a body changes an object (Content-Type of PATCH).
enum class PatchKind {
    Json,           ///< application/json-patch+json: an array of operations
    Merge,          ///< application/merge-patch+json
    Strategic,      ///< application/strategic-merge-patch+json: not for custom resources
    Apply,          ///< application/apply-patch+yaml (JSON is YAML): server-side apply
};

/// One API server, as one user. Blocking calls on pool threads; any thread; HTTP/2, connections shared by the HttpClient.
/// Errors: Status objects become Errors: 401 and 403 Denied (the missing verb and resource are named), 404 NotFound, 409 Conflict, 422 Invalid, 410 Conflict
/// (isExpired()), 429 and 5xx Unreachable, with the server's own message in `what` and the Status as `raw`. A 401 asks the credentials once more.
/// Writes are raw calls: only steps of an Operation may make them.
class KubeApi {
public:
    KubeApi(KubeAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<KubeCredentials> credentials, QString connection = {});
    const KubeAccess &access() const { return m_access; }
    const QString &connection() const { return m_connection; } ///< name in the workspace
    QString space() const { return m_access.space; }           ///< default namespace

    Result<QJsonObject> get(const QString &path, const QUrlQuery &query = {}, std::stop_token token = {}) const;
    Result<QJsonObject> read(const KubeRef &ref, std::stop_token token = {}) const { return get(objectPath(ref), {}, token); }
    /// All objects of a list, page by page (limit 500; after an expired continue token all at once, as client-go's pager). Items of built-in kinds get their kind and apiVersion. A list's own resourceVersion in `resourceVersion` if wanted.
    Result<std::vector<QJsonObject>> list(const KubeKind &kind, const QString &space, const QString &labelSelector = {}, std::stop_token token = {}, QString *resourceVersion = nullptr) const;
    /// The log or another text; as the server sent it.
    Result<QByteArray> text(const QString &path, const QUrlQuery &query = {}, std::stop_token token = {}) const;

    Result<QJsonObject> create(const KubeKind &kind, const QString &space, const QJsonObject &object, bool dryRun = false) const;
    /// `body`: an object, or for PatchKind::Json an array. fieldManager is pilothouse. A dry run is validated and admitted by the server and changes nothing.
    Result<QJsonObject> patch(const QString &path, PatchKind kind, const QJsonValue &body, bool dryRun = false, bool force = false) const;
    Result<QJsonObject> replace(const KubeRef &ref, const QJsonObject &object, bool dryRun = false, const QString &subresource = {}) const;
    /// propagation: Background, Foreground or Orphan. `uid`: only if it is still this object.
    Result<QJsonObject> remove(const KubeRef &ref, const QString &propagation = QStringLiteral("Background"), const QString &uid = {}, bool dryRun = false) const;
    Result<QJsonObject> post(const QString &path, const QJsonObject &body) const; ///< reviews, evictions, token requests

    /// A reply that does not end: each piece as it comes, on the I/O thread (must not block); false ends it. Gives back how it ended; a status of 400 and more is an error.
    Result<void> stream(const QString &path, const QUrlQuery &query, std::function<bool(const char *, std::size_t)> onData, std::stop_token token) const;

    /// The request as it will be sent, credential included: for what speaks to the server by another way (WebSocket: see tls, headers).
    Result<net::Request> request(const QByteArray &method, const QString &path, const QUrlQuery &query = {}, std::stop_token token = {}) const;
    /// The call as a curl line to copy, with $TOKEN for a secret.
    QString curlLine(const QByteArray &method, const QString &path, const QUrlQuery &query, const QByteArray &contentType, const QByteArray &body) const;

    /// Kinds the server has of a group: its discovery, remembered. NotFound if the group is not installed: "this cluster has no Argo Rollouts".
    Result<KubeKind> served(const KubeKind &wanted, std::stop_token token = {}) const;
    Result<QString> serverVersion(std::stop_token token = {}) const; ///< "v1.36.3"

private:
    Result<net::Request> build(const QByteArray &method, const QString &path, const QUrlQuery &query, std::stop_token token, KubeCredential &shown) const;
    Result<QJsonObject> discovered(const QString &path, std::stop_token token) const;
    Result<net::Response> send(const QByteArray &method, const QString &path, const QUrlQuery &query, const QByteArray &body, const QByteArray &contentType, std::stop_token token) const;
    KubeAccess m_access;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<KubeCredentials> m_credentials;
    QString m_connection;
    struct Cache;
    std::shared_ptr<Cache> m_cache;
};

/// True for 410 Gone, as a status or as an ERROR event's object.
bool isExpired(const Error &error);
/// The Error of a Status object ({"kind":"Status","code",…}).
Error statusObjectError(const QJsonObject &status, const QString &where);

} // namespace pilothouse::cluster
