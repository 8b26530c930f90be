// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/registry_kinds.h"

#include "core/fleet/connections.h"
#include "core/fleet/directory_login.h"
#include "core/net/directory_token.h"
#include "core/registry/mlflow_registry.h"

#include <QCoreApplication>
#include <QUrl>

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

QString key(const workspace::Connection &connection, const char *name) { return connection.other.value(QLatin1String(name)); }

/// "https://REGION.api.azureml.ms/mlflow/v1.0/subscriptions/…": what MLflow's REST calls stand under.
Result<QString> azureAddress(const workspace::Connection &connection) {
    QString url = connection.url;
    if (url.startsWith(QLatin1String("azureml://")))
        url.replace(0, 7, QStringLiteral("https"));
    if (!url.isEmpty())
        return url.section(QLatin1Char('?'), 0, 0);
    for (const char *name : {"region", "subscription", "resource_group", "workspace"})
        if (key(connection, name).isEmpty())
            return invalid(Text::tr("The connection “%1” has no address.").arg(connection.name), {},
                           Text::tr("Add url with the MLflow tracking address of the workspace (azureml://…), or region, subscription, resource_group and workspace."));
    static const QMap<QString, QString> domains{{QString(), QStringLiteral("api.azureml.ms")}, {QStringLiteral("public"), QStringLiteral("api.azureml.ms")},
                                                {QStringLiteral("china"), QStringLiteral("api.ml.azure.cn")}, {QStringLiteral("usgovernment"), QStringLiteral("api.ml.azure.us")}};
    const auto part = [&](const char *name) { return QString::fromLatin1(QUrl::toPercentEncoding(key(connection, name))); };
    return QStringLiteral("https://%1.%2/mlflow/v1.0/subscriptions/%3/resourceGroups/%4/providers/Microsoft.MachineLearningServices/workspaces/%5")
        .arg(part("region"), domains.value(key(connection, "cloud")), part("subscription"), part("resource_group"), part("workspace"));
}

} // namespace

bool isRegistryKind(const QString &kind) { return kind == QLatin1String("mlflow") || kind == QLatin1String("azureml") || kind == QLatin1String("git"); }

Result<registry::MlflowServer> mlflowServerOf(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets) {
    registry::MlflowServer server;
    server.caFile = key(connection, "ca_file");
    if (connection.kind == QLatin1String("azureml")) {
        PH_ASSIGN(server.url, azureAddress(connection));
        if (!net::isSafeForSecrets(server.url))
            return invalid(Text::tr("The address of “%1” is not safe: its token would travel in the open.").arg(connection.name), {}, Text::tr("Write it with https:// or azureml://."));
        if (!signsInByDevice(connection) && (key(connection, "tenant").isEmpty() || key(connection, "client").isEmpty() || connection.secret.isEmpty()))
            return invalid(Text::tr("The connection “%1” does not say who signs in.").arg(connection.name), {},
                           Text::tr("Add tenant, client (the application's identifier) and secret (the name of its secret), or login: device for a person who signs in."));
        PH_ASSIGN(const DirectoryLogin login, directoryLogin(connection, std::move(http), std::move(secrets), std::make_shared<SystemClock>()));
        server.authorization = login.authorization;
        server.refused = login.forget;
        return server;
    }
    if (connection.url.isEmpty())
        return invalid(Text::tr("The connection “%1” has no address.").arg(connection.name), {}, Text::tr("Add url: https://host:port to it."));
    server.url = connection.url;
    server.authorization = [connection, secrets] { return authorizationValue(connection, *secrets); }; // read for each call, kept nowhere
    server.curlLogin = curlLogin(connection);
    return server;
}

registry::GitServer gitServerOf(const workspace::Connection &connection, std::shared_ptr<secrets::SecretStore> secrets) {
    registry::GitServer server;
    server.url = connection.url;
    if (connection.other.contains(QStringLiteral("path")))
        server.path = key(connection, "path");
    server.branch = key(connection, "branch");
    server.model = key(connection, "model");
    server.live = key(connection, "live");
    server.image = key(connection, "image");
    server.remote = key(connection, "remote");
    server.job = key(connection, "job");
    server.user = connection.user;
    server.keyFile = key(connection, "key_file");
    server.caFile = key(connection, "ca_file");
    if (!connection.secret.isEmpty())
        server.secret = [name = connection.secret, secrets = std::move(secrets)] { return secrets->read(name); };
    return server;
}

Result<std::shared_ptr<registry::Registry>> openRegistry(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, const QString &packages, registry::S3Maker s3) {
    if (!isRegistryKind(connection.kind))
        return refused(Text::tr("The connection “%1” is of kind %2: it is no model registry.").arg(connection.name, connection.kind), {}, Text::tr("Name one of kind local, mlflow, azureml or git."));
    if (connection.kind == QLatin1String("git"))
        return registry::gitRegistry(gitServerOf(connection, std::move(secrets)), packages);
    PH_ASSIGN(registry::MlflowServer server, mlflowServerOf(connection, http, std::move(secrets)));
    return registry::mlflowRegistry(registry::MlflowApi(std::move(http), std::move(server)), packages, std::move(s3));
}

} // namespace pilothouse::fleet
