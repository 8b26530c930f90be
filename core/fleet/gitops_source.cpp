// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/gitops_source.h"

#include "core/fleet/registry_kinds.h"
#include "core/registry/git_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(GitOpsSource)
};

} // namespace

Result<rollouts::GitOpsSource> gitOpsSource(const Services &services, const QString &repository, const QString &folder) {
    rollouts::GitOpsSource source;
    source.folder = folder;
    if (const auto found = services.workspace.connections.constFind(repository); found != services.workspace.connections.constEnd()) {
        if (found->kind != QLatin1String("git"))
            return refused(Text::tr("The connection “%1” is of kind %2: it is no Git repository.").arg(repository, found->kind), {}, Text::tr("Name one of kind git, or a folder of a Git work tree."));
        source.server = gitServerOf(*found, services.secrets);
        source.connection = repository;
        source.copies = services.root + QStringLiteral("/fetched/") + repository + QStringLiteral("/manifests.git");
        return source;
    }
    if (!QFileInfo(repository).isDir())
        return notFound(Text::tr("“%1” is neither a connection of the workspace nor a folder.").arg(repository), services.workspace.file, Text::tr("Name a connection of kind git, or a folder of a Git work tree."));
    PH_ASSIGN(const auto place, registry::gitPlaceOf(repository));
    if (!place)
        return invalid(Text::tr("“%1” is in no work tree of Git.").arg(repository), {}, Text::tr("Name a folder of a clone of the repository that the controller follows."));
    source.server.url = place->top;
    source.folder = QDir::cleanPath(place->path + QLatin1Char('/') + folder);
    while (source.folder.startsWith(QLatin1Char('/')))
        source.folder.remove(0, 1);
    if (source.folder == QLatin1String("."))
        source.folder.clear();
    PH_ASSIGN(const bool hasOrigin, registry::gitHasRemote(place->top, QStringLiteral("origin")));
    if (hasOrigin)
        source.server.remote = QStringLiteral("origin");
    return source;
}

QString gitConnectionOf(const workspace::Workspace &workspace, const QString &address) {
    for (auto it = workspace.connections.begin(); it != workspace.connections.end(); ++it)
        if (it->kind == QLatin1String("git") && registry::sameRepository(it->url, address))
            return it.key();
    return {};
}

Result<rollouts::GitOpsSource> gitOpsSource(const Services &services, const operations::RecordedOperation &recorded) {
    const QString connection = recorded.undoRecord.value(QLatin1String("connection")).toString();
    return gitOpsSource(services, connection.isEmpty() ? recorded.undoRecord.value(QLatin1String("repository")).toString() : connection);
}

} // namespace pilothouse::fleet
