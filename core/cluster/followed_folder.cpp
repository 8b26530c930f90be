// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/followed_folder.h"

#include <QDir>
#include <QJsonArray>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

/// "./k8s/" as "k8s".
QString plainFolder(const QString &path) {
    QString folder = QDir::cleanPath(path);
    while (folder.startsWith(QLatin1Char('/')))
        folder.remove(0, 1);
    return folder == Q(".") ? QString() : folder;
}

std::optional<FollowedFolder> ofSource(const QJsonObject &source) {
    const QString url = source[Q("repoURL")].toString();
    if (url.isEmpty() || source.contains(Q("chart")) || url.startsWith(Q("oci://"))) // of a chart's registry
        return std::nullopt;
    return FollowedFolder{url, source[Q("targetRevision")].toString(), plainFolder(source[Q("path")].toString()), source.contains(Q("helm"))};
}

/// An object of a kind that has been served in several versions; empty: there is none.
Result<QJsonObject> readAny(const KubeApi &api, const QString &group, const QStringList &versions, const QString &plural, const QString &kind, const QString &space, const QString &name, std::stop_token token) {
    for (const QString &version : versions) {
        auto found = api.read({{group, version, plural, kind, true}, space, name}, token);
        if (found || found.error().kind != ErrorKind::NotFound)
            return found;
    }
    return QJsonObject();
}

Result<std::optional<FollowedFolder>> ofArgo(const KubeApi &api, const Manager &manager, std::stop_token token) {
    const qsizetype gap = manager.name.indexOf(QLatin1Char('_')); // NAMESPACE_NAME of applications in any namespace
    const QString space = manager.name.left(std::max<qsizetype>(0, gap)), name = manager.name.mid(gap + 1);
    const auto all = api.list({QStringLiteral("argoproj.io"), QStringLiteral("v1alpha1"), QStringLiteral("applications"), QStringLiteral("Application"), true}, space, {}, token);
    if (!all)
        return all.error().kind == ErrorKind::NotFound ? Result<std::optional<FollowedFolder>>(std::optional<FollowedFolder>()) : all.error();
    for (const QJsonObject &application : *all)
        if (metadataText(application, "name") == name)
            return followedByArgo(application);
    return std::optional<FollowedFolder>();
}

Result<std::optional<FollowedFolder>> ofFlux(const KubeApi &api, const Manager &manager, std::stop_token token) {
    PH_ASSIGN(const QJsonObject made, readAny(api, QStringLiteral("kustomize.toolkit.fluxcd.io"), {QStringLiteral("v1"), QStringLiteral("v1beta2")}, QStringLiteral("kustomizations"), QStringLiteral("Kustomization"), manager.space, manager.name, token));
    const QJsonObject source = made[Q("spec")][Q("sourceRef")].toObject();
    if (source[Q("kind")].toString() != Q("GitRepository"))
        return std::optional<FollowedFolder>();
    PH_ASSIGN(const QJsonObject repository, readAny(api, QStringLiteral("source.toolkit.fluxcd.io"), {QStringLiteral("v1"), QStringLiteral("v1beta2")}, QStringLiteral("gitrepositories"), QStringLiteral("GitRepository"),
                                                    source[Q("namespace")].toString(manager.space), source[Q("name")].toString(), token));
    return followedByFlux(made, repository);
}

} // namespace

QString FollowedFolder::text() const {
    QString text = repository;
    if (!revision.isEmpty())
        text += QStringLiteral(" at ") + revision;
    if (!folder.isEmpty())
        text += QStringLiteral(", folder ") + folder;
    return text;
}

std::optional<FollowedFolder> followedByArgo(const QJsonObject &application) {
    const QJsonObject spec = application[Q("spec")].toObject();
    if (auto only = ofSource(spec[Q("source")].toObject()))
        return only;
    for (const QJsonValue &source : spec[Q("sources")].toArray())
        if (auto found = ofSource(source.toObject()); found && !source[Q("path")].toString().isEmpty())
            return found;
    return std::nullopt;
}

std::optional<FollowedFolder> followedByFlux(const QJsonObject &kustomization, const QJsonObject &repository) {
    const QJsonObject spec = repository[Q("spec")].toObject(), ref = spec[Q("ref")].toObject();
    if (spec[Q("url")].toString().isEmpty())
        return std::nullopt;
    FollowedFolder out{spec[Q("url")].toString(), {}, plainFolder(kustomization[Q("spec")][Q("path")].toString()), false};
    for (const char *key : {"commit", "name", "semver", "tag", "branch"}) // the most exact one counts
        if (out.revision.isEmpty())
            out.revision = ref[Q(key)].toString();
    if (out.revision.isEmpty())
        out.revision = QStringLiteral("master"); // Flux's default
    return out;
}

Result<std::optional<FollowedFolder>> followedFolder(const KubeApi &api, const Manager &manager, std::stop_token token) {
    if (manager.tool == Manager::Tool::ArgoCd && !manager.name.isEmpty())
        return ofArgo(api, manager, token);
    if (manager.tool == Manager::Tool::Flux && !manager.name.isEmpty())
        return ofFlux(api, manager, token);
    return std::optional<FollowedFolder>();
}

} // namespace pilothouse::cluster
