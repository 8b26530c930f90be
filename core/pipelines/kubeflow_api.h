// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/asked_rest.h"
#include "core/pipelines/pipeline_connection.h"

#include <QUrlQuery>

#include <mutex>

namespace pilothouse::pipelines {

/// Calls of the API of Kubeflow Pipelines, v2beta1, else v1beta1: which the server has is asked once. Any thread. Errors as PipelineService; a refused token is renewed once,
/// a write is otherwise sent once.
class KubeflowApi {
public:
    explicit KubeflowApi(PipelineConnection connection);
    Result<bool> old() const; ///< v1beta1
    Result<QJsonObject> get(const QString &path, const QUrlQuery &query = {}, std::stop_token token = {}) const; ///< path behind /apis/VERSION: "runs/ID"
    Result<QJsonObject> post(const QString &path, const QJsonObject &body = {}, const QUrlQuery &query = {}) const;
    Result<QJsonObject> remove(const QString &path) const;
    /// A file as multipart/form-data, field uploadfile (the upload endpoints read no other).
    Result<QJsonObject> upload(const QString &path, const QUrlQuery &query, const QString &name, const QByteArray &bytes) const;
    /// All objects of `key` over the pages, until `limit` or until keep() has said false.
    Result<std::vector<QJsonObject>> list(const QString &path, const char *key, QUrlQuery query, int limit, const std::function<bool(const QJsonObject &)> &keep = {}) const;

    const PipelineConnection &at() const { return m_at; }
    QString space() const { return m_at.connection.other.value(QStringLiteral("namespace")); }
    QString page(const QString &fragment) const; ///< of its user interface: "/runs/details/ID"
    /// Query of a list of things of the namespace: v2 `namespace`, v1 a resource reference.
    Result<QUrlQuery> ofSpace() const;
    /// URL-encoded predicate of a filter: one key equal to a text.
    static QString equals(bool old, const QString &key, const QString &value);
    int restSeconds() const { return m_rest.seconds(m_at.clock->nowUtc()); } ///< how long the server still wants to be left alone

private:
    Result<QJsonObject> send(net::Request request, std::stop_token token = {}) const;
    Result<net::Response> answered(net::Request &request, std::stop_token token) const;
    Result<QString> address(const QString &path, const QUrlQuery &query) const;
    QString base() const;
    PipelineConnection m_at;
    mutable std::mutex m_mutex;
    mutable std::optional<bool> m_old;
    mutable AskedRest m_rest;
};

} // namespace pilothouse::pipelines
