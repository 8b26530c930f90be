// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kubeconfig.h"

#include "core/base/file.h"

#include <QDir>
#include <QFileInfo>
#include <QUrl>

namespace pilothouse::cluster {

namespace {

/// What took the place of the providers that client-go 1.26 dropped.
QString insteadOf(const QString &provider) {
    static const QMap<QString, QString> instead{
        {QStringLiteral("gcp"), QStringLiteral("Install gke-gcloud-auth-plugin and run: gcloud container clusters get-credentials CLUSTER. It writes an exec entry.")},
        {QStringLiteral("azure"), QStringLiteral("Install kubelogin and run: kubelogin convert-kubeconfig. It writes an exec entry.")},
        {QStringLiteral("oidc"), QStringLiteral("Use an exec entry instead, for example kubectl oidc-login (kubelogin), or a token.")}};
    return instead.value(provider, QStringLiteral("Use an exec entry, a token or a client certificate."));
}

Result<void> check(const KubeAccess &a, const QString &clusterPlace, const QString &userPlace) {
    const QUrl server(a.server, QUrl::StrictMode);
    if (a.server.isEmpty())
        return invalid(QStringLiteral("The cluster “%1” has no server.").arg(a.cluster), clusterPlace);
    if (!server.isValid() || server.host().isEmpty() || (server.scheme() != QLatin1String("https") && server.scheme() != QLatin1String("http")))
        return invalid(QStringLiteral("The server of the cluster “%1” is not an http or https address.").arg(a.cluster), clusterPlace);
    if (a.insecure && (!a.caFile.isEmpty() || !a.caPem.isEmpty()))
        return invalid(QStringLiteral("The cluster “%1” has a certificate-authority and insecure-skip-tls-verify.").arg(a.cluster), clusterPlace, QStringLiteral("Take one of the two out; best the latter."));
    if (!a.token.isEmpty() && (!a.userName.isEmpty() || !a.password.isEmpty()))
        return invalid(QStringLiteral("The user “%1” has a token and a password.").arg(a.user), userPlace, QStringLiteral("Keep one of the two."));
    const bool certificate = !a.certFile.isEmpty() || !a.certPem.isEmpty(), key = !a.keyFile.isEmpty() || !a.keyPem.isEmpty();
    if (certificate && !key)
        return invalid(QStringLiteral("The user “%1” has a client certificate without its key.").arg(a.user), userPlace, QStringLiteral("Add client-key or client-key-data."));
    if (a.asUser.isEmpty() && (!a.asGroups.isEmpty() || !a.asUid.isEmpty() || !a.asExtra.isEmpty()))
        return invalid(QStringLiteral("The user “%1” acts for groups, but for nobody.").arg(a.user), userPlace, QStringLiteral("Add “as: NAME”."));
    return {};
}

} // namespace

Result<KubeAccess> Kubeconfig::access(const QString &context) const {
    const QString name = context.isEmpty() ? m_current : context, where = m_files.join(QStringLiteral(", "));
    const QString known = m_contexts.isEmpty() ? QStringLiteral("It has no context at all.") : QStringLiteral("Known: %1.").arg(QStringList(m_contexts.keys()).join(QStringLiteral(", ")));
    if (name.isEmpty())
        return notFound(QStringLiteral("The kubeconfig has no current context, and none was named."), where, known);
    const auto found = m_contexts.constFind(name);
    if (found == m_contexts.constEnd())
        return notFound(QStringLiteral("The kubeconfig has no context “%1”.").arg(name), where, known);
    const auto cluster = m_clusters.constFind(found->cluster);
    if (cluster == m_clusters.constEnd())
        return invalid(QStringLiteral("The context “%1” names the cluster “%2”, which is not there.").arg(name, found->cluster), found->file);
    User user;
    if (!found->user.isEmpty()) {
        const auto known = m_users.constFind(found->user);
        if (known == m_users.constEnd())
            return invalid(QStringLiteral("The context “%1” names the user “%2”, who is not there.").arg(name, found->user), found->file);
        user = *known;
    }
    KubeAccess a = user.part;
    const KubeAccess &c = cluster->part;
    a.server = c.server;
    a.caFile = c.caFile;
    a.caPem = c.caPem;
    a.tlsServerName = c.tlsServerName;
    a.proxyUrl = c.proxyUrl;
    a.insecure = c.insecure;
    if (a.exec)
        a.exec->clusterConfig = cluster->execConfig;
    a.context = name;
    a.cluster = found->cluster;
    a.user = found->user;
    a.space = found->space.isEmpty() ? QStringLiteral("default") : found->space;
    a.files = m_files;
    if (!user.authProvider.isEmpty() && !a.exec && a.token.isEmpty() && a.tokenFile.isEmpty() && a.certFile.isEmpty() && a.certPem.isEmpty())
        return invalid(QStringLiteral("The user “%1” logs in by the auth-provider “%2”, which Kubernetes removed.").arg(a.user, user.authProvider), user.place, insteadOf(user.authProvider));
    PH_TRY(check(a, cluster->place, user.place));
    return a;
}

QStringList kubeconfigFiles(const QString &written) {
    const QString list = written.isEmpty() ? qEnvironmentVariable("KUBECONFIG") : written;
    QStringList files;
    for (QString file : list.split(QLatin1Char(':'), Qt::SkipEmptyParts)) {
        if (file == QLatin1String("~") || file.startsWith(QLatin1String("~/")))
            file.replace(0, 1, QDir::homePath());
        file = QDir::cleanPath(QDir().absoluteFilePath(file));
        if (!files.contains(file))
            files << file;
    }
    return files.isEmpty() ? QStringList{QDir::homePath() + QStringLiteral("/.kube/config")} : files;
}

Result<KubeAccess> inClusterAccess(const QString &folder) {
    const QString host = qEnvironmentVariable("KUBERNETES_SERVICE_HOST"), port = qEnvironmentVariable("KUBERNETES_SERVICE_PORT");
    if (host.isEmpty() || port.isEmpty() || !QFileInfo::exists(folder + QStringLiteral("/token")))
        return notFound(QStringLiteral("This program does not run in a cluster: there is no service account."), folder, QStringLiteral("Name a kubeconfig, or a server with its ca and a secret."));
    KubeAccess a;
    a.context = a.cluster = QStringLiteral("in-cluster");
    a.user = QStringLiteral("service account");
    a.server = QStringLiteral("https://%1:%2").arg(host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host, port);
    a.caFile = folder + QStringLiteral("/ca.crt");
    a.tokenFile = folder + QStringLiteral("/token");
    const auto space = readFile(folder + QStringLiteral("/namespace"));
    a.space = space && !space->trimmed().isEmpty() ? QString::fromUtf8(space->trimmed()) : QStringLiteral("default");
    return a;
}

} // namespace pilothouse::cluster
