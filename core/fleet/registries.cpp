// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/registries.h"

#include "core/fleet/registry_kinds.h"
#include "core/sources/fetch.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Registries)
};

} // namespace

Registries::Registries(const workspace::Workspace &workspace, std::shared_ptr<registry::Registry> local, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets,
                       const QString &packages)
    : m_connections(workspace.connections), m_local(std::move(local)), m_http(std::move(http)), m_secrets(std::move(secrets)), m_packages(packages) {}

Result<registry::MlflowApi> Registries::mlflow(const QString &name) const {
    const auto found = m_connections.constFind(name);
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    if (found->kind != QLatin1String("mlflow") && found->kind != QLatin1String("azureml"))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no MLflow server.").arg(name, found->kind), {}, Text::tr("Name one of kind mlflow or azureml."));
    PH_ASSIGN(registry::MlflowServer server, mlflowServerOf(*found, m_http, m_secrets));
    return registry::MlflowApi(m_http, std::move(server));
}

Result<std::shared_ptr<registry::Registry>> Registries::of(const QString &name) {
    const auto found = m_connections.constFind(name);
    if (name.isEmpty() || (found != m_connections.constEnd() && found->kind == QLatin1String("local")))
        return m_local;
    if (found == m_connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), {}, Text::tr("See “pilot connect list”."));
    registry::S3Maker s3;
    if (const QString store = found->other.value(QStringLiteral("artifacts")); found->kind == QLatin1String("mlflow") && !store.isEmpty()) {
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
    if (!open) {
        PH_ASSIGN(open, openRegistry(*found, m_http, m_secrets, m_packages + QLatin1Char('/') + name, std::move(s3)));
    }
    return open;
}

} // namespace pilothouse::fleet
