// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/image_registry.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

#include <QMap>

#include <memory>
#include <mutex>

namespace pilothouse::fleet {

/// The image registries that a workspace's connections of kind images name, and any other that needs no login. Any thread.
class ImageRegistries {
public:
    ImageRegistries(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets);
    /// The registry of a host as images are written ("docker.io", "ghcr.io", "127.0.0.1:5000"): by the first connection that is for it, else anonymous. No call
    /// is made yet. Invalid for a connection that does not say enough.
    Result<std::shared_ptr<cluster::ImageRegistry>> of(const QString &host);
    /// By a connection's name. NotFound; Refused for one of another kind.
    Result<std::shared_ptr<cluster::ImageRegistry>> named(const QString &connection);
    /// Host of each connection of kind images, by its name.
    QMap<QString, QString> hosts() const;

    /// The digest that an image has now; cheap. Errors of the registry; NotFound: it is not there.
    Result<QString> digest(const QString &image, std::stop_token token = {});
    Result<cluster::ImageInfo> image(const QString &image, std::stop_token token = {});

private:
    Result<std::shared_ptr<cluster::ImageRegistry>> open(const workspace::Connection &connection);
    QMap<QString, workspace::Connection> m_connections; ///< of kind images
    QMap<QString, QString> m_others;                    ///< name → kind, of all others
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<secrets::SecretStore> m_secrets;
    mutable std::mutex m_mutex;
    QMap<QString, std::shared_ptr<cluster::ImageRegistry>> m_open; ///< by connection, or by host where none is for it
};

/// The host whose images a connection is for: host, else of ECR ACCOUNT.dkr.ecr.REGION.amazonaws.com, else that of url.
QString imageHostOf(const workspace::Connection &connection);
/// How it is asked, and who tells push times. Invalid without an address, or for keys of AWS that are none.
struct RegistryParts {
    cluster::RegistryAccess access;
    std::shared_ptr<cluster::ImageFactsSource> facts;
};
Result<RegistryParts> registryPartsOf(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets);

} // namespace pilothouse::fleet
