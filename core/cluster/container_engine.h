// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QUrlQuery>

#include <stop_token>

namespace pilothouse::cluster {

/// The container engine of this machine, by the API that Docker and Podman share (v1.40: Docker 19.03, Podman 3), over its Unix socket. Blocking; any thread.
/// Writes are raw calls: only a RolloutTarget makes them, which only steps of an Operation call.
/// Errors: of the socket; NotFound 404, Conflict 409, else as the status says, with the engine's own message.
class ContainerEngine {
public:
    explicit ContainerEngine(QString socket) : m_socket(std::move(socket)) {}
    /// CONTAINER_HOST or DOCKER_HOST (unix:///…), else the first that is there: Podman's of this user, Podman's, Docker's. NotFound: there is none; Invalid: another scheme.
    static Result<ContainerEngine> find();
    const QString &socket() const { return m_socket; }

    Result<QJsonObject> inspect(const QString &container, std::stop_token token = {}) const;
    /// All whose name begins so, also stopped ones: {"Id","Names":["/web"],"State",…}.
    Result<QJsonArray> named(const QString &prefix, std::stop_token token = {}) const;
    Result<QJsonObject> image(const QString &image, std::stop_token token = {}) const; ///< NotFound: it is not on this machine
    Result<void> pull(const QString &image, std::stop_token token = {}) const;
    Result<QString> create(const QString &name, const QJsonObject &body, std::stop_token token = {}) const; ///< its id
    Result<void> start(const QString &container) const;
    Result<void> stop(const QString &container, int seconds = 10) const; ///< also of one that is stopped
    Result<void> rename(const QString &container, const QString &name) const;
    Result<void> remove(const QString &container) const;                 ///< by force, with its own volumes left; NotFound is no error
    Result<QString> lastLines(const QString &container, int lines) const;

private:
    Result<QByteArray> call(const QByteArray &method, const QString &path, const QUrlQuery &query, const QJsonObject &body, int timeoutMs, std::stop_token token) const;
    QString m_socket;
};

} // namespace pilothouse::cluster
