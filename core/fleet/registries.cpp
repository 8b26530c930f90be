// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/registries.h"

#include "core/fleet/connections.h"
#include "core/registry/mlflow_registry.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Registries)
};

/// How a copied line logs in: by the variable from which `pilot` itself would read the secret.
QString curlLogin(const workspace::Connection &connection) {
    if (connection.secret.isEmpty())
        return {};
    const QString variable = secrets::environmentVariable(connection.secret);
    return connection.user.isEmpty() ? QStringLiteral("-H \"Authorization: Bearer $%1\"").arg(variable) : QStringLiteral("-u '%1:'\"$%2\"").arg(QString(connection.user).replace(QLatin1Char('\''), QStringLiteral("'\\''")), variable);
}

} // namespace

Registries::Registries(const workspace::Workspace &workspace, std::shared_ptr<registry::Registry> local, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets,
                       const QString &packages)
    : m_connections(workspace.connections), m_local(std::move(local)), m_http(std::move(http)), m_secrets(std::move(secrets)), m_packages(packages) {}

Result<std::shared_ptr<registry::Registry>> Registries::of(const QString &name) {
    const auto found = m_connections.constFind(name);
    if (name.isEmpty() || (found != m_connections.constEnd() && found->kind == QLatin1String("local")))
        return m_local;
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    if (found->kind != QLatin1String("mlflow"))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no model registry.").arg(name, found->kind), {}, Text::tr("Name one of kind local or mlflow."));
    if (found->url.isEmpty())
        return invalid(Text::tr("The connection “%1” has no address.").arg(name), {}, Text::tr("Add url: https://host:port to it."));
    const std::lock_guard lock(m_mutex);
    std::shared_ptr<registry::Registry> &open = m_open[name];
    if (!open)
        open = registry::mlflowRegistry(registry::MlflowApi(m_http, {found->url, found->other.value(QStringLiteral("ca_file")),
                                                                     [connection = *found, secrets = m_secrets] { return authorizationValue(connection, *secrets); }, // read for each call, kept nowhere
                                                                     curlLogin(*found)}),
                                        m_packages + QLatin1Char('/') + name);
    return open;
}

} // namespace pilothouse::fleet
