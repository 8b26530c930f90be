// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/registries.h"

#include "core/fleet/connections.h"
#include "core/registry/mlflow_registry.h"
#include "core/sources/fetch.h"

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

Result<registry::MlflowApi> Registries::mlflow(const QString &name) const {
    const auto found = m_connections.constFind(name);
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    if (found->kind != QLatin1String("mlflow"))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no MLflow server.").arg(name, found->kind), {}, Text::tr("Name one of kind mlflow."));
    if (found->url.isEmpty())
        return invalid(Text::tr("The connection “%1” has no address.").arg(name), {}, Text::tr("Add url: https://host:port to it."));
    return registry::MlflowApi(m_http, {found->url, found->other.value(QStringLiteral("ca_file")), [connection = *found, secrets = m_secrets] { return authorizationValue(connection, *secrets); }, // read for each call, kept nowhere
                                  curlLogin(*found)});
}

Result<std::shared_ptr<registry::Registry>> Registries::of(const QString &name) {
    const auto found = m_connections.constFind(name);
    if (name.isEmpty() || (found != m_connections.constEnd() && found->kind == QLatin1String("local")))
        return m_local;
    if (found != m_connections.constEnd() && found->kind != QLatin1String("mlflow"))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no model registry.").arg(name, found->kind), {}, Text::tr("Name one of kind local or mlflow."));
    PH_ASSIGN(registry::MlflowApi api, mlflow(name));
    registry::S3Maker s3;
    if (const QString store = found->other.value(QStringLiteral("artifacts")); !store.isEmpty()) {
        const auto named = m_connections.constFind(store);
        if (named == m_connections.constEnd() || named->kind != QLatin1String("s3"))
            return invalid(Text::tr("The connection “%1” names “%2” for its artifacts, and that is no connection of kind s3.").arg(name, store), {}, Text::tr("Correct artifacts:, or add that connection."));
        s3 = [store, connections = m_connections, secrets = m_secrets, http = m_http]() -> Result<sources::S3Client> {
            workspace::Workspace only;
            only.connections = connections;
            return sources::s3For({{}, store, {}}, {only, secrets, http});
        };
    }
    const std::lock_guard lock(m_mutex);
    std::shared_ptr<registry::Registry> &open = m_open[name];
    if (!open)
        open = registry::mlflowRegistry(std::move(api), m_packages + QLatin1Char('/') + name, std::move(s3));
    return open;
}

} // namespace pilothouse::fleet
