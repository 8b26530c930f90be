// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/pull_requests.h"

#include "core/fleet/connections.h"
#include "core/pipelines/github_pipelines.h"

#include <QCoreApplication>
#include <QUrl>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PullRequests)
};

/// The host of Git addresses: "github.com" of api.github.com, "team.ghe.com" of api.team.ghe.com, else the server's own.
QString gitHostOf(const QString &base) {
    const QString host = QUrl(base).host();
    return host.startsWith(QLatin1String("api.")) ? host.mid(4) : host;
}

Result<std::shared_ptr<pipelines::GitHubApi>> apiOf(const Services &services, const workspace::Connection &connection) {
    pipelines::PipelineConnection parts;
    parts.connection = connection;
    parts.http = services.http;
    parts.authorization = [connection, secrets = services.secrets] { return authorizationValue(connection, *secrets); };
    parts.clock = services.clock;
    parts.folder = services.root + QStringLiteral("/fetched/") + connection.name + QStringLiteral("/pulls");
    PH_TRY(pipelines::GitHubApi::check(parts));
    return std::make_shared<pipelines::GitHubApi>(std::move(parts));
}

/// Connections of the workspace that have the repository.
std::optional<std::pair<workspace::Connection, pipelines::GitHubRepository>> connectionOf(const Services &services, const QString &address) {
    for (const workspace::Connection &connection : services.workspace.connections)
        if (connection.kind == QLatin1String("github"))
            for (const pipelines::GitHubRepository &repository : pipelines::githubRepositories(connection))
                if (registry::sameRepository(QStringLiteral("https://%1/%2").arg(gitHostOf(pipelines::GitHubApi::baseOf(connection.url)), repository.full()), address))
                    return std::pair(connection, repository);
    return {};
}

Result<registry::GitOrigin> originOf(const rollouts::GitOpsSource &source) { return registry::gitOrigin(source.server, source.copies); }

} // namespace

std::optional<PullPlace> pullPlaceOf(const Services &services, const QString &address) {
    const auto found = connectionOf(services, address);
    if (!found)
        return {};
    const auto api = apiOf(services, found->first);
    return api ? std::optional(PullPlace{*api, found->second}) : std::nullopt;
}

QString pullConnectionOf(const Services &services, const rollouts::GitOpsSource &source, const rollouts::GitOpsChange &change) {
    if (change.branch == change.into)
        return {};
    const auto origin = originOf(source);
    const auto found = origin ? connectionOf(services, origin->address) : std::nullopt;
    return found ? found->first.name : QString();
}

Result<operations::Operation> pullRequestOf(const Services &services, const rollouts::GitOpsSource &source, const rollouts::GitOpsChange &change, const QString &title, const QString &body, std::shared_ptr<pipelines::PullRequest> made) {
    PH_ASSIGN(const registry::GitOrigin origin, originOf(source));
    const auto place = pullPlaceOf(services, origin.address);
    if (!place)
        return notFound(Text::tr("No connection of kind github has the repository %1.").arg(origin.address), services.workspace.file, Text::tr("Add one with its owner and name, or open the pull request on its page."));
    return pipelines::pullRequestOperation(place->api, {place->repository, change.branch, change.into, title, body}, std::move(made));
}

Result<operations::Operation> closePullOf(const Services &services, const operations::RecordedOperation &recorded) {
    const QString name = recorded.undoRecord.value(QLatin1String("connection")).toString();
    const auto found = services.workspace.connections.constFind(name);
    if (found == services.workspace.connections.constEnd())
        return notFound(Text::tr("The workspace has no connection “%1”.").arg(name), services.workspace.file, Text::tr("Close the pull request on its page."));
    PH_ASSIGN(const auto api, apiOf(services, *found));
    return pipelines::closePullOperation(api, recorded);
}

} // namespace pilothouse::fleet
