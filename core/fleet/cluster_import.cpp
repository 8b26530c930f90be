// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/cluster_import.h"

#include "core/base/file.h"
#include "core/cluster/connection_access.h"
#include "core/cluster/kubeconfig.h"

#include <QCoreApplication>
#include <QUrl>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterImport)
};

Result<QByteArray> dataOrFile(const QByteArray &data, const QString &file) {
    if (!data.isEmpty() || file.isEmpty())
        return data;
    return readFile(file);
}

} // namespace

Result<ClusterImport> importContext(const QStringList &files, const QString &context, const QString &name, const QString &secretName) {
    PH_ASSIGN(const auto config, cluster::Kubeconfig::read(files));
    PH_ASSIGN(const cluster::KubeAccess a, config.access(context));
    const QString where = a.files.join(QStringLiteral(", "));
    if (a.exec && a.token.isEmpty() && a.tokenFile.isEmpty())
        return invalid(Text::tr("The context “%1” gets its credential from a program: there is no secret to import.").arg(a.context), where, Text::tr("Leave --import out; the file is referred to then."));
    if (!a.asUser.isEmpty())
        return invalid(Text::tr("The context “%1” acts for another user, which a connection without a kubeconfig cannot.").arg(a.context), where, Text::tr("Leave --import out; the file is referred to then."));
    cluster::KubeSecret secret;
    PH_ASSIGN(secret.caPem, dataOrFile(a.caPem, a.caFile));
    PH_ASSIGN(secret.certPem, dataOrFile(a.certPem, a.certFile));
    if (!secret.certPem.isEmpty()) {
        PH_ASSIGN(secret.keyPem, dataOrFile(a.keyPem, a.keyFile));
    }
    secret.token = a.token;
    if (!a.tokenFile.isEmpty()) {
        PH_ASSIGN(const QByteArray token, readFile(a.tokenFile));
        secret.token = QString::fromUtf8(token.trimmed());
    }
    secret.user = a.userName;
    secret.password = a.password;
    ClusterImport result;
    const auto keep = [&](bool has, const QString &what) {
        if (has)
            result.kept << what;
    };
    keep(!secret.token.isEmpty(), Text::tr("token"));
    keep(!secret.keyPem.isEmpty(), Text::tr("client certificate and key"));
    keep(!secret.password.isEmpty(), Text::tr("user and password"));
    keep(!secret.caPem.isEmpty(), Text::tr("certificate of the authority"));
    QVariantMap &entry = result.entry;
    entry = {{QStringLiteral("kind"), QStringLiteral("kubernetes")}, {QStringLiteral("server"), a.server}, {QStringLiteral("namespace"), a.space}};
    const auto put = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            entry.insert(QLatin1String(key), value);
    };
    put("tls_server_name", a.tlsServerName);
    if (a.insecure)
        entry.insert(QStringLiteral("insecure"), true);
    if (!QUrl(a.proxyUrl).userInfo().isEmpty()) {
        secret.proxy = a.proxyUrl;
        result.kept << Text::tr("address of the proxy");
    } else {
        put("proxy", a.proxyUrl);
    }
    if (!result.kept.isEmpty()) {
        result.secret = secret.toText();
        put("secret", secretName.isEmpty() ? name : secretName);
    }
    return result;
}

} // namespace pilothouse::fleet
