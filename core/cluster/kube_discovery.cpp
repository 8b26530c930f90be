// SPDX-License-Identifier: GPL-3.0-or-later
// What the API server has, and calls written for people.
#include "core/cluster/kube_api_internal.h"

#include "core/base/json.h"
#include "core/base/redact.h"

namespace pilothouse::cluster {

namespace {

constexpr auto keptFor = std::chrono::minutes(10), absentKeptFor = std::chrono::minutes(1); ///< an operator installs what was missing and looks again

/// What people call a group of custom resources.
QString groupTitle(const QString &group) {
    static const QHash<QString, QString> titles{{QStringLiteral("argoproj.io"), QStringLiteral("Argo Rollouts")},
                                                {QStringLiteral("serving.kserve.io"), QStringLiteral("KServe")},
                                                {QStringLiteral("kubeflow.org"), QStringLiteral("Kubeflow training operator")},
                                                {QStringLiteral("trainer.kubeflow.org"), QStringLiteral("Kubeflow Trainer")},
                                                {QStringLiteral("metrics.k8s.io"), QStringLiteral("metrics server (metrics.k8s.io)")}};
    return titles.value(group, QStringLiteral("API group ") + group);
}

/// Quoted for a shell.
QString quoted(const QString &text) { return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\''); }

} // namespace

/// Empty where the server answers 404.
Result<QJsonObject> KubeApi::discovered(const QString &path, std::stop_token token) const {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(m_cache->mutex);
        if (const auto found = m_cache->documents.constFind(path); found != m_cache->documents.constEnd() && now - m_cache->read.value(path) < (found->isEmpty() ? absentKeptFor : keptFor))
            return *found;
    }
    auto document = get(path, {}, token);
    if (!document && document.error().kind != ErrorKind::NotFound)
        return document.error();
    const QJsonObject got = document ? *document : QJsonObject();
    const std::lock_guard lock(m_cache->mutex);
    m_cache->documents.insert(path, got);
    m_cache->read.insert(path, now);
    return got;
}

Result<KubeKind> KubeApi::served(const KubeKind &wanted, std::stop_token token) const {
    const auto in = [&](const QString &version) -> Result<bool> {
        PH_ASSIGN(const QJsonObject list, discovered(wanted.group.isEmpty() ? QStringLiteral("/api/") + version : QStringLiteral("/apis/%1/%2").arg(wanted.group, version), token));
        for (const QJsonValue &resource : list.value(QLatin1String("resources")).toArray())
            if (resource.toObject().value(QLatin1String("name")).toString() == wanted.plural)
                return true;
        return false;
    };
    PH_ASSIGN(const bool asWanted, in(wanted.version));
    if (asWanted)
        return wanted;
    const QString missing = QStringLiteral("This cluster has no %1").arg(groupTitle(wanted.group));
    if (wanted.group.isEmpty())
        return notFound(QStringLiteral("This cluster has no %1.").arg(wanted.plural), m_access.server);
    PH_ASSIGN(const QJsonObject group, discovered(QStringLiteral("/apis/") + wanted.group, token));
    if (group.isEmpty())
        return notFound(missing + QLatin1Char('.'), m_access.server, QStringLiteral("Install it, or choose another cluster."));
    for (const QJsonValue &entry : group.value(QLatin1String("versions")).toArray()) { // the preferred one comes first
        KubeKind other = wanted;
        other.version = entry.toObject().value(QLatin1String("version")).toString();
        PH_ASSIGN(const bool here, in(other.version));
        if (here)
            return other;
    }
    return notFound(missing + QStringLiteral(" %1.").arg(wanted.plural), m_access.server, QStringLiteral("Its definition (CRD) “%1.%2” is missing.").arg(wanted.plural, wanted.group));
}

Result<QString> KubeApi::serverVersion(std::stop_token token) const {
    PH_ASSIGN(const QJsonObject version, discovered(QStringLiteral("/version"), token));
    const QString text = version.value(QLatin1String("gitVersion")).toString();
    if (text.isEmpty())
        return invalid(QStringLiteral("This server does not answer as a Kubernetes API server."), m_access.server, QStringLiteral("Is this the right address?"));
    return text;
}

QString KubeApi::curlLine(const QByteArray &method, const QString &path, const QUrlQuery &query, const QByteArray &contentType, const QByteArray &body) const {
    QString line = QStringLiteral("curl");
    if (method != "GET")
        line += QStringLiteral(" -X ") + QString::fromLatin1(method);
    if (m_access.insecure)
        line += QStringLiteral(" --insecure");
    else if (!m_access.caFile.isEmpty() || !m_access.caPem.isEmpty())
        line += QStringLiteral(" --cacert ") + (m_access.caFile.isEmpty() ? QStringLiteral("ca.crt") : quoted(m_access.caFile));
    if (!m_access.certFile.isEmpty() || !m_access.certPem.isEmpty())
        line += QStringLiteral(" --cert %1 --key %2").arg(m_access.certFile.isEmpty() ? QStringLiteral("client.crt") : quoted(m_access.certFile), m_access.keyFile.isEmpty() ? QStringLiteral("client.key") : quoted(m_access.keyFile));
    else
        line += QStringLiteral(" -H \"Authorization: Bearer $TOKEN\"");
    if (!m_access.proxyUrl.isEmpty())
        line += QStringLiteral(" --proxy ") + quoted(redact(m_access.proxyUrl));
    if (!m_access.asUser.isEmpty())
        line += QStringLiteral(" -H ") + quoted(QStringLiteral("Impersonate-User: ") + m_access.asUser);
    if (!body.isEmpty())
        line += QStringLiteral(" -H ") + quoted(QStringLiteral("Content-Type: ") + QString::fromLatin1(contentType.isEmpty() ? QByteArray("application/json") : contentType)) + QStringLiteral(" --data-binary ") + quoted(redact(QString::fromUtf8(body)));
    QString url = m_access.server + path;
    if (!query.isEmpty())
        url += QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
    return line + QLatin1Char(' ') + quoted(url);
}

} // namespace pilothouse::cluster
