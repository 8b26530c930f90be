// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/secrets/vault_store.h"
#include "tests/support/backend.h"

#include <QDir>
#include <QDirIterator>
#include <QTest>

namespace pilothouse::support {

/// A real Vault (tests/backends/vault.sh, compiled before; tests do not), initialised and unsealed, with engine 2 at secret, engine 1 at old/kv, the policy ml, the
/// user ops and the AppRole pilot, whose tokens live six seconds.
class RealVault {
public:
    /// False where the program was not built here.
    static bool built() {
        const QString cache = qEnvironmentVariable("PILOTHOUSE_BACKENDS_CACHE", qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + QStringLiteral("/.cache")) + QStringLiteral("/pilothouse-backends"));
        QDirIterator files(cache + QStringLiteral("/vault"), {QStringLiteral("pilothouse-vault")}, QDir::Files, QDirIterator::Subdirectories);
        return files.hasNext();
    }
    RealVault() : server("vault.sh") {}

    Backend server;
    QByteArray root, key;
    QString roleId, secretId;
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    QString url() const { return QStringLiteral("http://") + server.host(); }
    QJsonObject call(const QByteArray &method, const QString &path, const QJsonObject &body = {}) {
        net::Request request;
        request.method = method;
        request.url = url() + QStringLiteral("/v1/") + path;
        request.headers << net::Header{"X-Vault-Token", root};
        if (method != "GET")
            request.body = compactJson(body);
        const auto reply = http->send(request);
        if (!reply || reply->status >= 300)
            qWarning("%s %s: %s", method.constData(), qPrintable(path), reply ? reply->body.constData() : qPrintable(reply.error().text()));
        return reply ? QJsonDocument::fromJson(reply->body).object() : QJsonObject();
    }
    std::shared_ptr<secrets::VaultClient> client(const char *login, const QString &user, const QString &secret, const char *mount = "secret") const {
        secrets::VaultServer how;
        how.name = QStringLiteral("v");
        how.url = url();
        how.login = QLatin1String(login);
        how.user = user;
        how.role = user;
        how.mount = QLatin1String(mount);
        how.secret = [secret]() -> Result<QString> { return secret; };
        return std::make_shared<secrets::VaultClient>(how, http);
    }
    std::shared_ptr<secrets::VaultClient> asRoot(const char *mount = "secret") const { return client("token", {}, QString::fromLatin1(root), mount); }
    void unseal() { call("PUT", QStringLiteral("sys/unseal"), {{QStringLiteral("key"), QString::fromLatin1(key)}}); }
    secrets::VaultState state() const {
        const auto health = client("token", {}, QStringLiteral("none"))->health();
        return health ? health->state : secrets::VaultState::DisasterRecovery;
    }
    void initialise() {
        const QJsonObject made = call("PUT", QStringLiteral("sys/init"), {{QStringLiteral("secret_shares"), 1}, {QStringLiteral("secret_threshold"), 1}});
        root = made.value(QStringLiteral("root_token")).toString().toLatin1();
        key = made.value(QStringLiteral("keys_base64")).toArray().at(0).toString().toLatin1();
    }
    void fill() {
        using Q = QLatin1String;
        call("POST", QStringLiteral("sys/mounts/secret"), {{Q("type"), Q("kv")}, {Q("options"), QJsonObject{{Q("version"), Q("2")}}}});
        call("POST", QStringLiteral("sys/mounts/old/kv"), {{Q("type"), Q("kv")}, {Q("options"), QJsonObject{{Q("version"), Q("1")}}}});
        call("PUT", QStringLiteral("sys/policies/acl/ml"), {{Q("policy"), Q("path \"secret/data/ml/*\" { capabilities = [\"create\",\"update\",\"read\"] } path \"secret/metadata/ml/*\" { capabilities = [\"read\",\"list\"] }"
                                                                           " path \"secret/delete/ml/*\" { capabilities = [\"update\"] }")}});
        for (const char *kind : {"userpass", "approle"})
            call("POST", QStringLiteral("sys/auth/") + Q(kind), {{Q("type"), Q(kind)}});
        call("POST", QStringLiteral("auth/userpass/users/ops"), {{Q("password"), Q("the-pass-word")}, {Q("policies"), Q("ml")}});
        call("POST", QStringLiteral("auth/approle/role/pilot"), {{Q("token_policies"), Q("ml")}, {Q("token_ttl"), Q("6s")}, {Q("token_max_ttl"), Q("1h")}});
        roleId = call("GET", QStringLiteral("auth/approle/role/pilot/role-id")).value(Q("data")).toObject().value(Q("role_id")).toString();
        secretId = call("POST", QStringLiteral("auth/approle/role/pilot/secret-id")).value(Q("data")).toObject().value(Q("secret_id")).toString();
    }
};

} // namespace pilothouse::support
