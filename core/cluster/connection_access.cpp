// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/connection_access.h"

#include "core/base/json.h"
#include "core/cluster/eks_token.h"
#include "core/cluster/kubeconfig.h"

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

bool hasCredential(const KubeAccess &a) {
    return !a.token.isEmpty() || !a.tokenFile.isEmpty() || a.exec || !a.userName.isEmpty() || !a.certFile.isEmpty() || !a.certPem.isEmpty();
}

Result<KubeAccess> byKubeconfig(const workspace::Connection &c) {
    const QString written = c.other.value(QStringLiteral("kubeconfig")), context = c.other.value(QStringLiteral("context"));
    auto config = Kubeconfig::read(kubeconfigFiles(written));
    if (!config && config.error().kind == ErrorKind::NotFound && written.isEmpty() && context.isEmpty())
        if (auto pod = inClusterAccess())
            return pod;
    if (!config)
        return config.error();
    return config->access(context);
}

KubeAccess byServer(const workspace::Connection &c) {
    KubeAccess a;
    a.context = a.cluster = c.name;
    a.server = c.url;
    while (a.server.endsWith(QLatin1Char('/')))
        a.server.chop(1);
    a.caFile = c.other.value(QStringLiteral("ca"), c.other.value(QStringLiteral("ca_file")));
    a.insecure = c.other.value(QStringLiteral("insecure")) == Q("true");
    a.space = QStringLiteral("default");
    return a;
}

} // namespace

QString KubeSecret::toText() const {
    QJsonObject object;
    const auto put = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            object.insert(Q(key), value);
    };
    put("ca", QString::fromLatin1(caPem));
    put("client_certificate", QString::fromLatin1(certPem));
    put("client_key", QString::fromLatin1(keyPem));
    put("token", token);
    put("user", user);
    put("password", password);
    put("proxy", proxy);
    return QString::fromUtf8(compactJson(object));
}

Result<KubeSecret> KubeSecret::parse(const QString &value, const QString &user, const QString &where) {
    KubeSecret s;
    if (!value.trimmed().startsWith(QLatin1Char('{'))) {
        s.user = user;
        (user.isEmpty() ? s.token : s.password) = value.trimmed();
        return s;
    }
    const auto object = parseJsonObject(value.toUtf8(), where);
    if (!object) // the text is a secret: the parser's words would show a part of it
        return invalid(QStringLiteral("The secret begins as JSON and is none."), where, QStringLiteral("Import the kubeconfig again, or store a token alone."));
    JsonReader r(*object, where);
    s.caPem = r.text("ca", {}).toLatin1();
    s.certPem = r.text("client_certificate", {}).toLatin1();
    s.keyPem = r.text("client_key", {}).toLatin1();
    s.token = r.text("token", {});
    s.user = r.text("user", user);
    s.password = r.text("password", {});
    s.proxy = r.text("proxy", {});
    PH_TRY(r.check());
    return s;
}

Result<ConnectionAccess> accessOf(const workspace::Connection &c, secrets::SecretStore &secrets) {
    if (c.kind != Q("kubernetes"))
        return invalid(QStringLiteral("The connection “%1” is of kind %2, not kubernetes.").arg(c.name, c.kind));
    ConnectionAccess result;
    KubeAccess &a = result.access;
    if (c.url.isEmpty()) {
        PH_ASSIGN(a, byKubeconfig(c));
    } else {
        a = byServer(c);
    }
    if (const QString space = c.other.value(QStringLiteral("namespace")); !space.isEmpty())
        a.space = space;
    if (const QString name = c.other.value(QStringLiteral("tls_server_name")); !name.isEmpty())
        a.tlsServerName = name;
    if (const QString proxy = c.other.value(QStringLiteral("proxy")); !proxy.isEmpty())
        a.proxyUrl = proxy;
    if (c.secret.isEmpty())
        return result;
    PH_ASSIGN(const QString value, secrets.read(c.secret));
    if (eksRequest(a)) {
        if (c.user.isEmpty())
            return invalid(QStringLiteral("The connection “%1” has a secret for AWS, but no access key.").arg(c.name), {}, QStringLiteral("Write the access key as “user”, or take “secret” out: then keys are found as the AWS tools find them."));
        result.aws = sources::AwsCredentials{c.user, value.trimmed(), {}};
        return result;
    }
    PH_ASSIGN(const KubeSecret secret, KubeSecret::parse(value, c.user, QStringLiteral("secret ") + c.secret));
    if (!secret.caPem.isEmpty() && a.caFile.isEmpty() && a.caPem.isEmpty())
        a.caPem = secret.caPem;
    if (!secret.proxy.isEmpty() && a.proxyUrl.isEmpty())
        a.proxyUrl = secret.proxy;
    if (hasCredential(a))
        return invalid(QStringLiteral("The connection “%1” has a secret, and its context has a credential already.").arg(c.name), a.files.join(QStringLiteral(", ")), QStringLiteral("Take one of the two out."));
    a.certPem = secret.certPem;
    a.keyPem = secret.keyPem;
    a.token = secret.token;
    if (!secret.password.isEmpty()) {
        a.userName = secret.user;
        a.password = secret.password;
    }
    if (a.user.isEmpty())
        a.user = secret.user.isEmpty() ? c.name : secret.user;
    return result;
}

} // namespace pilothouse::cluster
