// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/vaults.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Vaults)
};

/// What was there before, and what the write made.
struct Written {
    std::optional<secrets::VaultSecret> before;
    int cas = 0, version = 0, engine = 2;
};

Result<void> stillAsSeen(secrets::VaultClient &client, const QString &path, int current) {
    const auto now = client.metadata(path);
    const int found = now ? now->current : 0;
    if (!now && now.error().kind != ErrorKind::NotFound)
        return now.error();
    if (found != current)
        return Error{ErrorKind::Conflict, Text::tr("The secret was changed meanwhile: it is at version %1, not %2.").arg(found).arg(current), path, Text::tr("Look at it and try again."), {}};
    return {};
}

/// Puts back what a write replaced: the older values as a version more, or the new version gone where nothing was.
Result<void> putBack(secrets::VaultClient &client, const QString &path, const Written &done) {
    if (!done.before)
        return client.remove(path, done.version);
    const auto back = client.write(path, done.before->raw, done.engine == 2 ? std::optional(done.version) : std::nullopt);
    return back ? Result<void>() : back.error();
}

} // namespace

Result<secrets::VaultServer> vaultServerOf(const workspace::Connection &c, std::shared_ptr<secrets::SecretStore> base) {
    const auto key = [&](const char *name) { return c.other.value(Q(name)); };
    if (c.url.isEmpty())
        return invalid(Text::tr("The connection “%1” has no address.").arg(c.name), {}, Text::tr("Add url: https://host:port to it."));
    secrets::VaultServer server;
    server.name = c.name;
    server.url = c.url;
    if (!key("mount").isEmpty())
        server.mount = key("mount");
    server.login = key("login").isEmpty() ? QStringLiteral("token") : key("login");
    server.loginMount = key("login_mount");
    server.user = c.user;
    server.role = key("role");
    server.space = key("namespace");
    server.caFile = key("ca_file");
    server.jwtFile = key("jwt_file");
    const bool byRole = server.login == Q("kubernetes") || server.login == Q("jwt");
    if (!byRole && c.secret.isEmpty())
        return invalid(Text::tr("The connection “%1” names no secret for its login by %2.").arg(c.name, server.login), {}, Text::tr("Add secret: NAME; its value belongs in the keychain."));
    if ((server.login == Q("userpass") || server.login == Q("ldap") || server.login == Q("approle")) && c.user.isEmpty())
        return invalid(Text::tr("The connection “%1” does not say who logs in.").arg(c.name), {}, Text::tr("Add user: NAME (with approle: the role id)."));
    if (byRole && server.role.isEmpty())
        return invalid(Text::tr("The connection “%1” names no role for its login by %2.").arg(c.name, server.login), {}, Text::tr("Add role: NAME."));
    if (!c.secret.isEmpty())
        server.secret = [name = c.secret, base = std::move(base)] { return base->read(name); };
    return server;
}

std::shared_ptr<secrets::Vaults> vaultsOf(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> base) {
    std::map<QString, std::shared_ptr<secrets::VaultClient>> clients;
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == Q("vault"))
            if (const auto server = vaultServerOf(connection, base))
                clients.emplace(connection.name, std::make_shared<secrets::VaultClient>(*server, http));
    return std::make_shared<secrets::Vaults>(std::move(clients));
}

std::shared_ptr<secrets::SecretStore> workspaceSecrets(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> base) {
    return secrets::withVaults(base, vaultsOf(workspace, std::move(http), base));
}

Result<operations::Operation> writeVaultSecret(std::shared_ptr<secrets::VaultClient> client, const secrets::VaultName &name, const QString &value) {
    if (name.version || name.key.isEmpty() || name.path.isEmpty() || name.path.endsWith(QLatin1Char('/')))
        return invalid(Text::tr("“%1” does not name one key of a secret.").arg(name.text()), {}, Text::tr("Write vault:CONNECTION/path#key, without a version."));
    const auto done = std::make_shared<Written>();
    PH_ASSIGN(done->engine, client->engine());
    if (const auto known = client->metadata(name.path)) {
        done->cas = known->current;
        if (auto read = client->read(name.path)) // a version that was deleted is no value to keep
            done->before = *read;
        else if (read.error().kind != ErrorKind::NotFound)
            return read.error();
    } else if (known.error().kind != ErrorKind::NotFound) {
        return known.error();
    }
    const bool there = done->before && done->before->values.contains(name.key);
    operations::Operation operation;
    operation.kind = QStringLiteral("secret-write");
    operation.object = QStringLiteral("secret ") + name.text();
    operation.summary = there ? Text::tr("Replace the key %1 of the secret %2 in Vault %3").arg(name.key, name.path, name.connection) : Text::tr("Write the key %1 of the secret %2 in Vault %3").arg(name.key, name.path, name.connection);
    operation.needs = workspace::Role::Operator;
    operation.connection = name.connection;
    operation.before = {{Q("version"), done->cas}};
    operations::Step step;
    step.call.verb = QStringLiteral("POST");
    step.call.object = client->server().url + QStringLiteral("/v1/") + client->server().mount + (done->engine == 2 ? QStringLiteral("/data/") : QStringLiteral("/")) + name.path;
    step.call.effect = done->engine == 2 ? Text::tr("version %1 → %2, key %3, the other keys stay").arg(done->cas).arg(done->cas + 1).arg(name.key) : Text::tr("key %1, the other keys stay").arg(name.key);
    step.call.undo = done->before ? Text::tr("write back what was there") : Text::tr("delete it");
    step.call.command = QStringLiteral("pilot secrets set '%1' --from-stdin").arg(name.text());
    const QString path = name.path, key = name.key;
    step.guard = [client, path, done]() -> Result<void> { return done->engine == 2 ? stillAsSeen(*client, path, done->cas) : Result<void>(); };
    step.execute = [client, path, key, value, done]() -> Result<void> {
        QJsonObject values = done->before ? done->before->raw : QJsonObject();
        values.insert(key, value);
        PH_ASSIGN(done->version, client->write(path, values, done->engine == 2 ? std::optional(done->cas) : std::nullopt));
        return {};
    };
    step.readBack = [client, path, key, value, done]() -> Result<QJsonObject> {
        PH_ASSIGN(const secrets::VaultSecret now, client->read(path));
        if (now.values.value(key) != value)
            return Error{ErrorKind::Conflict, Text::tr("The Vault does not hold what was written."), path, {}, {}};
        return QJsonObject{{Q("version"), now.version}};
    };
    step.undo = [client, path, done] { return putBack(*client, path, *done); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::fleet
