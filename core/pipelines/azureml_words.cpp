// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_words.h"

#include "core/base/redact.h"
#include "core/net/directory_token.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

namespace pilothouse::pipelines {

State azureState(const QString &word) {
    static const QHash<QString, State> states{
        {QStringLiteral("NotStarted"), State::Waiting},   {QStringLiteral("Scheduled"), State::Waiting},   {QStringLiteral("Starting"), State::Running},  {QStringLiteral("Provisioning"), State::Running},
        {QStringLiteral("Preparing"), State::Running},    {QStringLiteral("Queued"), State::Waiting},      {QStringLiteral("Running"), State::Running},   {QStringLiteral("Finalizing"), State::Running},
        {QStringLiteral("CancelRequested"), State::Running}, {QStringLiteral("Completed"), State::Passed}, {QStringLiteral("Failed"), State::Failed},     {QStringLiteral("Canceled"), State::Cancelled},
        {QStringLiteral("NotResponding"), State::Running}, {QStringLiteral("Paused"), State::Paused},
    };
    return states.value(word, State::Unknown);
}

Error azureError(const net::Request &request, const net::Response &response) {
    Error error = net::statusError(request, response);
    const QJsonObject said = QJsonDocument::fromJson(response.body).object().value(QLatin1String("error")).toObject();
    const QString code = said.value(QLatin1String("code")).toString(), message = said.value(QLatin1String("message")).toString();
    if (!message.isEmpty())
        error.what = QStringLiteral("Azure ML: %1").arg(redact(message.left(500)));
    if (response.status == 401)
        error.hint = QStringLiteral("Sign in anew: its token is refused. “pilot connect test NAME” says more.");
    else if (response.status == 403)
        error.hint = QStringLiteral("The application needs the role AzureML Data Scientist on the workspace.");
    else if (code == QLatin1String("ResourceNotFound") || code == QLatin1String("ResourceGroupNotFound"))
        error.hint = QStringLiteral("Check subscription, resource_group and workspace of the connection; what one may not see is not found either.");
    else if (code == QLatin1String("InvalidApiVersionParameter") || code == QLatin1String("NoRegisteredProviderFound"))
        error.hint = QStringLiteral("This cloud does not have the version of the API yet.");
    else if (response.status == 429)
        error.hint = QStringLiteral("Azure wants fewer calls%1.").arg(response.header("Retry-After").isEmpty() ? QString() : QStringLiteral(": wait %1 s").arg(QString::fromLatin1(response.header("Retry-After"))));
    return error;
}

bool isSamePlace(const QString &next, const QString &asked) {
    const QUrl a(next), b(asked);
    return a.isValid() && a.scheme() == b.scheme() && a.host() == b.host() && a.port(-1) == b.port(-1);
}

Result<AzurePlace> azurePlace(const workspace::Connection &connection) {
    const auto key = [&](const char *name) { return connection.other.value(QLatin1String(name)); };
    PH_ASSIGN(const net::DirectoryCloud cloud, net::directoryCloud(key("cloud")));
    AzurePlace place;
    place.arm = cloud.scope.section(QStringLiteral("/.default"), 0, 0);
    QString url = connection.url.section(QLatin1Char('?'), 0, 0);
    if (url.startsWith(QLatin1String("azureml://")))
        url.replace(0, 7, QStringLiteral("https"));
    const qsizetype at = url.indexOf(QLatin1String("/subscriptions/"));
    const auto part = [&](const char *name) { return QString::fromLatin1(QUrl::toPercentEncoding(key(name))); };
    if (at > 0) {
        place.scope = url.mid(at);
    } else {
        for (const char *name : {"subscription", "resource_group", "workspace"})
            if (key(name).isEmpty())
                return invalid(QStringLiteral("The connection %1 does not say which workspace.").arg(connection.name), {}, QStringLiteral("Add url with the MLflow tracking address of the workspace, or region, subscription, resource_group and workspace."));
        place.scope = QStringLiteral("/subscriptions/%1/resourceGroups/%2/providers/Microsoft.MachineLearningServices/workspaces/%3").arg(part("subscription"), part("resource_group"), part("workspace"));
    }
    while (place.scope.endsWith(QLatin1Char('/')))
        place.scope.chop(1);
    static const QHash<QString, QString> domains{{QStringLiteral("china"), QStringLiteral("api.ml.azure.cn")}, {QStringLiteral("usgovernment"), QStringLiteral("api.ml.azure.us")}};
    if (url.isEmpty()) {
        if (key("region").isEmpty())
            return invalid(QStringLiteral("The connection %1 does not say its region.").arg(connection.name), {}, QStringLiteral("Add region, as westeurope."));
        place.data = QStringLiteral("https://%1.%2").arg(part("region"), domains.value(key("cloud"), QStringLiteral("api.azureml.ms")));
        return place;
    }
    const QUrl parsed(url);
    place.data = parsed.toString(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo);
    const QString host = parsed.host();
    if (!host.endsWith(QLatin1String(".azureml.ms")) && !host.endsWith(QLatin1String(".ml.azure.cn")) && !host.endsWith(QLatin1String(".ml.azure.us")))
        place.arm = place.data;
    if (!net::isSafeForSecrets(place.data))
        return invalid(QStringLiteral("The address of %1 is not safe: its token would travel in the open.").arg(connection.name), url, QStringLiteral("Write it with https:// or azureml://."));
    return place;
}

} // namespace pilothouse::pipelines
