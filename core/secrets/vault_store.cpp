// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/vault_store.h"

#include <QRegularExpression>

namespace pilothouse::secrets {

namespace {

const QString prefix = QStringLiteral("vault:");

class Routed final : public SecretStore {
public:
    Routed(std::shared_ptr<SecretStore> base, std::shared_ptr<Vaults> vaults) : m_base(std::move(base)), m_vaults(std::move(vaults)) {}
    QString name() const override { return m_vaults->names().isEmpty() ? m_base->name() : m_base->name() + QStringLiteral(", vault"); }
    Result<QString> read(const QString &secret) override { return isVaultName(secret) ? m_vaults->value(secret) : m_base->read(secret); }
    Result<void> write(const QString &secret, const QString &value) override { return isVaultName(secret) ? Result<void>(byOperation(secret)) : m_base->write(secret, value); }
    Result<void> remove(const QString &secret) override { return isVaultName(secret) ? Result<void>(byOperation(secret)) : m_base->remove(secret); }

private:
    static Error byOperation(const QString &secret) {
        return refused(QStringLiteral("“%1” lies in a Vault: it is not stored from here.").arg(secret), {}, QStringLiteral("Write it there: pilot secrets set %1 --from-stdin").arg(secret));
    }
    std::shared_ptr<SecretStore> m_base;
    std::shared_ptr<Vaults> m_vaults;
};

} // namespace

bool isVaultName(const QString &secret) { return secret.startsWith(prefix); }

QString VaultName::text() const {
    return prefix + connection + QLatin1Char('/') + path + (version ? QStringLiteral("?version=%1").arg(*version) : QString()) + (key.isEmpty() ? QString() : QLatin1Char('#') + key);
}

Result<VaultName> parseVaultName(const QString &secret) {
    static const QRegularExpression form(QStringLiteral("\\Avault:([A-Za-z0-9_-]+)/([^?#]*)(?:\\?version=([1-9][0-9]{0,8}))?(?:#(.+))?\\z"));
    const auto match = form.match(secret);
    QString path = match.captured(2);
    while (path.startsWith(QLatin1Char('/')))
        path.remove(0, 1);
    if (!match.hasMatch() || path.contains(QLatin1String("//")) || path.split(QLatin1Char('/')).contains(QLatin1String("..")))
        return invalid(QStringLiteral("“%1” is no name of a secret in a Vault.").arg(secret), {}, QStringLiteral("Write vault:CONNECTION/path#key, with ?version=N before the # for an older version."));
    VaultName out{match.captured(1), path, match.captured(4), {}};
    if (match.hasCaptured(3))
        out.version = match.captured(3).toInt();
    return out;
}

QStringList Vaults::names() const {
    QStringList out;
    for (const auto &[name, client] : m_clients)
        out << name;
    return out;
}

Result<std::shared_ptr<VaultClient>> Vaults::of(const QString &connection) const {
    const auto found = m_clients.find(connection);
    if (found == m_clients.end())
        return notFound(QStringLiteral("The workspace has no connection “%1” of kind vault.").arg(connection), {},
                        m_clients.empty() ? QStringLiteral("Add one: pilot connect add %1 --kind vault --url https://HOST:8200 …").arg(connection) : QStringLiteral("It has: %1.").arg(names().join(QStringLiteral(", "))));
    return found->second;
}

Result<QString> Vaults::value(const QString &secret, std::stop_token token) const {
    PH_ASSIGN(const VaultName name, parseVaultName(secret));
    PH_ASSIGN(const std::shared_ptr<VaultClient> client, of(name.connection));
    PH_ASSIGN(const VaultSecret read, client->read(name.path, name.version, token));
    QString key = name.key;
    if (key.isEmpty())
        key = read.values.size() == 1 ? read.values.firstKey() : QStringLiteral("value");
    const auto found = read.values.constFind(key);
    if (found == read.values.constEnd())
        return notFound(QStringLiteral("The secret %1 in Vault %2 has no key “%3”.").arg(name.path, name.connection, key), {}, QStringLiteral("It has: %1. Name one behind a #.").arg(QStringList(read.values.keys()).join(QStringLiteral(", "))));
    return *found;
}

void Vaults::renewDue() {
    for (const auto &[name, client] : m_clients)
        (void)client->renewDue(); // who uses it next is told what is wrong
}

void Vaults::signOut() {
    for (const auto &[name, client] : m_clients)
        client->signOut();
}

std::shared_ptr<SecretStore> withVaults(std::shared_ptr<SecretStore> base, std::shared_ptr<Vaults> vaults) { return std::make_shared<Routed>(std::move(base), std::move(vaults)); }

} // namespace pilothouse::secrets
