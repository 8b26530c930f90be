// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/secret_sources.h"

#include "core/base/redact.h"
#include "core/cluster/kube_secrets.h"
#include "core/fleet/services.h"
#include "core/secrets/vault_store.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QStringDecoder>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(SecretSources)
};

/// Denied by the cluster: the verb that is missing, which the server says only in its own words.
Error explained(Error error, const Services &services, const QString &connection, const char *verb, const QString &space, std::stop_token token) {
    if (error.kind != ErrorKind::Denied)
        return error;
    if (const auto rights = services.clusters->rights(connection))
        if (const auto may = (*rights)->need({{Q(verb), cluster::kinds::Secret, {}, space, {}}}, token); !may && may.error().kind == ErrorKind::Denied)
            return may.error();
    return error;
}

QStringList usersBelow(const QMap<QString, QStringList> &users, const QString &name) {
    QStringList out;
    for (auto it = users.begin(); it != users.end(); ++it) {
        const QString secret = it.key().section(QLatin1Char('#'), 0, 0).section(QLatin1Char('?'), 0, 0);
        if (secret == name)
            out += it.value();
    }
    return out;
}

Result<std::vector<SecretLine>> keychainLines(const Services &services, std::stop_token token) {
    std::vector<SecretLine> out;
    bool asked = false;
    std::optional<Error> closed;
    const auto users = secretUsers(services.workspace);
    for (auto it = users.begin(); it != users.end(); ++it) {
        if (secrets::isVaultName(it.key()))
            continue;
        if (token.stop_requested())
            return cancelled();
        SecretLine line;
        line.name = line.title = it.key();
        line.usedBy = it.value();
        line.keys = {QStringLiteral("value")};
        // A keychain that is locked asks its person, or waits: once is enough.
        if (closed && !asked)
            line.problem = closed;
        else if (const auto value = services.secrets->read(it.key()); !value) // the value itself is dropped at once
            line.problem = value.error();
        if (!line.problem || line.problem->kind == ErrorKind::NotFound)
            asked = true;
        else
            closed = line.problem;
        out.push_back(std::move(line));
    }
    if (closed && !asked)
        return *closed;
    return out;
}

Result<std::vector<SecretLine>> vaultLines(const Services &services, const QString &connection, QString path, std::stop_token token) {
    PH_ASSIGN(const auto client, services.vaults->of(connection));
    while (path.startsWith(QLatin1Char('/')))
        path.remove(0, 1);
    if (!path.isEmpty() && !path.endsWith(QLatin1Char('/')))
        path += QLatin1Char('/');
    PH_ASSIGN(const QStringList names, client->list(path, token));
    const auto users = secretUsers(services.workspace);
    std::vector<SecretLine> out;
    for (const QString &name : names) {
        SecretLine line;
        line.name = QStringLiteral("vault:%1/%2%3").arg(connection, path, name);
        line.title = name;
        line.folder = name.endsWith(QLatin1Char('/'));
        line.usedBy = usersBelow(users, line.name);
        out.push_back(std::move(line));
    }
    return out;
}

Result<std::vector<SecretLine>> clusterLines(const Services &services, const QString &connection, const QString &wanted, std::stop_token token) {
    PH_ASSIGN(const auto api, services.clusters->of(connection));
    const QString space = wanted.isEmpty() ? api->space() : wanted;
    const auto all = cluster::kubeSecrets(*api, space, token);
    if (!all)
        return explained(all.error(), services, connection, "list", space, token);
    std::vector<SecretLine> out;
    for (const cluster::KubeSecretInfo &secret : *all) {
        SecretLine line;
        line.name = KubeSecretName{connection, secret.space, secret.name, {}}.text();
        line.title = secret.name;
        line.type = secret.type;
        line.keys = secret.keys.keys();
        line.created = secret.created;
        out.push_back(std::move(line));
    }
    return out;
}

Error noSuchKey(const QString &name, const QString &key, const QStringList &keys) {
    return notFound(Text::tr("The secret %1 has no key “%2”.").arg(name, key), {}, Text::tr("It has: %1.").arg(keys.join(QStringLiteral(", "))));
}

Result<QMap<QString, QString>> valuesOf(const Services &services, const QString &name, std::stop_token token) {
    if (secrets::isVaultName(name)) {
        PH_ASSIGN(const secrets::VaultName parts, secrets::parseVaultName(name));
        PH_ASSIGN(const auto client, services.vaults->of(parts.connection));
        PH_ASSIGN(const secrets::VaultSecret read, client->read(parts.path, parts.version, token));
        if (parts.key.isEmpty())
            return read.values;
        if (!read.values.contains(parts.key))
            return noSuchKey(parts.path, parts.key, read.values.keys());
        return QMap<QString, QString>{{parts.key, read.values.value(parts.key)}};
    }
    if (const auto parts = parseKubeSecretName(name)) {
        PH_ASSIGN(const auto api, services.clusters->of(parts->connection));
        const QString space = parts->space.isEmpty() ? api->space() : parts->space;
        const auto bytes = cluster::kubeSecretValues(*api, space, parts->name, parts->key, token);
        if (!bytes)
            return explained(bytes.error(), services, parts->connection, "get", space, token);
        QMap<QString, QString> out;
        for (auto it = bytes->begin(); it != bytes->end(); ++it) {
            QStringDecoder utf8(QStringDecoder::Utf8);
            const QString text = utf8(it.value());
            if (!utf8.hasError())
                out.insert(it.key(), text);
            else if (!parts->key.isEmpty()) // of a whole secret the others are shown
                return invalid(Text::tr("The value of %1 is no text (%2 bytes).").arg(it.key()).arg(it.value().size()), {}, Text::tr("kubectl get secret %1 -o jsonpath='{.data}' gives it in base64.").arg(parts->name));
        }
        return out;
    }
    PH_ASSIGN(const QString value, services.secrets->read(name));
    hideInTexts(value);
    return QMap<QString, QString>{{QStringLiteral("value"), value}};
}

} // namespace

QString SecretSource::id() const { return kind == Keychain ? QStringLiteral("keychain") : (kind == Vault ? QStringLiteral("vault:") : QStringLiteral("kube:")) + connection; }

std::vector<SecretSource> secretSources(const workspace::Workspace &workspace) {
    std::vector<SecretSource> out{{SecretSource::Keychain, {}}};
    for (const auto &[kind, name] : {std::pair(SecretSource::Vault, "vault"), std::pair(SecretSource::Cluster, "kubernetes")})
        for (const workspace::Connection &c : workspace.connections)
            if (c.kind == Q(name))
                out.push_back({kind, c.name});
    return out;
}

QMap<QString, QStringList> secretUsers(const workspace::Workspace &w) {
    QMap<QString, QStringList> out;
    const auto add = [&](const QString &secret, const QString &user) {
        if (!secret.isEmpty())
            out[secret] << user;
    };
    for (const workspace::Connection &c : w.connections)
        add(c.secret, QStringLiteral("connection ") + c.name);
    for (const workspace::Model &m : w.models)
        add(m.endpoint.secret, QStringLiteral("endpoint of ") + m.name);
    for (const workspace::Notification &n : w.notifications)
        add(n.secret, QStringLiteral("notification ") + n.name);
    return out;
}

QString KubeSecretName::text() const {
    return QStringLiteral("kube:") + connection + (space.isEmpty() && name.isEmpty() ? QString() : QLatin1Char('/') + space) + (name.isEmpty() ? QString() : QLatin1Char('/') + name) + (key.isEmpty() ? QString() : QLatin1Char('#') + key);
}

std::optional<KubeSecretName> parseKubeSecretName(const QString &text) {
    static const QRegularExpression form(QStringLiteral("\\Akube:([A-Za-z0-9_-]*)(?:/([a-z0-9-]*))?(?:/([a-z0-9.-]+))?(?:#(.+))?\\z"));
    const auto match = form.match(text);
    return match.hasMatch() ? std::optional(KubeSecretName{match.captured(1), match.captured(2), match.captured(3), match.captured(4)}) : std::nullopt;
}

Result<std::vector<SecretLine>> secretsIn(const Services &services, const SecretSource &source, const QString &path, std::stop_token token) {
    switch (source.kind) {
    case SecretSource::Vault: return vaultLines(services, source.connection, path, token);
    case SecretSource::Cluster: return clusterLines(services, source.connection, path, token);
    case SecretSource::Keychain: break;
    }
    return keychainLines(services, token);
}

Result<SecretFacts> secretFacts(const Services &services, const QString &name, std::stop_token token) {
    SecretFacts out;
    out.name = name;
    if (secrets::isVaultName(name)) {
        PH_ASSIGN(const secrets::VaultName parts, secrets::parseVaultName(name));
        PH_ASSIGN(const auto client, services.vaults->of(parts.connection));
        const auto known = client->metadata(parts.path, token);
        if (known)
            out.metadata = *known;
        else if (known.error().kind != ErrorKind::Denied) // a policy may give the data and not the metadata
            return known.error();
        if (const auto read = client->read(parts.path, parts.version, token)) {
            out.keys = read->values.keys(); // the values are dropped here
            out.created = read->created;
        } else if (out.metadata && read.error().kind == ErrorKind::NotFound) {
            out.problem = read.error();
        } else {
            return read.error();
        }
        return out;
    }
    if (const auto parts = parseKubeSecretName(name); parts && !parts->name.isEmpty()) {
        PH_ASSIGN(const auto api, services.clusters->of(parts->connection));
        const QString space = parts->space.isEmpty() ? api->space() : parts->space;
        const auto info = cluster::kubeSecret(*api, space, parts->name, token);
        if (!info)
            return explained(info.error(), services, parts->connection, "get", space, token);
        out.type = info->type;
        out.keys = info->keys.keys();
        out.created = info->created;
        return out;
    }
    PH_TRY(services.secrets->read(name));
    out.keys = {QStringLiteral("value")};
    return out;
}

Result<QMap<QString, QString>> revealSecret(const Services &services, const QString &name, std::stop_token token) {
    PH_ASSIGN(const auto values, valuesOf(services, name, token));
    PH_TRY(operations::journalNote(*services.journal, services.operations->actor(), QStringLiteral("secret-show"), QStringLiteral("secret ") + name,
                                   {{Q("keys"), QJsonArray::fromStringList(values.keys())}}));
    return values;
}

} // namespace pilothouse::fleet
