// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/image_server.h"

#include <QDateTime>
#include <QSet>

namespace pilothouse::support {

/// What a real Vault cannot be made to do on a test's clock: tokens that run out, standby nodes, seals. Written from the API documents and what Vault 1.14
/// answers; tests/contract/secrets/tst_vault_server.cpp runs the same client against a real one.
class VaultServer {
public:
    struct Token {
        qint64 until = 0; ///< seconds of `now`; 0: never
        int ttl = 0;
        bool renewable = true;
        bool mayLookUp = true;
    };
    int engine = 2;
    bool sealed = false, initialised = true;
    int healthStatus = 0;       ///< 0: by sealed and initialised
    qint64 now = 1'000'000;     ///< moved by the test
    int loginTtl = 60;
    bool mfa = false;
    QByteArray redirect;        ///< a standby: all but health is sent there
    QSet<QByteArray> deniedPaths;
    QMap<QByteArray, Token> tokens;
    QMap<QByteArray, QList<QJsonObject>> data; ///< path → versions, oldest first
    QMap<QByteArray, QSet<int>> deleted, destroyed;
    QList<AskedRequest> seen;
    int logins = 0, renewals = 0, revoked = 0;
    std::mutex mutex;
    std::unique_ptr<LoopbackServer> server = std::make_unique<LoopbackServer>([this](auto &c, int) { serve(c); });
    ~VaultServer() { server.reset(); }
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(server->port()); }
    int count(const QByteArray &part) {
        const std::lock_guard lock(mutex);
        int n = 0;
        for (const AskedRequest &a : seen)
            n += a.path.contains(part);
        return n;
    }

private:
    using Q = QLatin1String;
    static QByteArray json(const QJsonObject &o) { return QJsonDocument(o).toJson(QJsonDocument::Compact); }
    static QByteArray errors(const char *text) { return json({{Q("errors"), QJsonArray{Q(text)}}}); }
    static QByteArray headerOf(const QByteArray &whole, const QByteArray &name) {
        for (const QByteArray &line : whole.left(whole.indexOf("\r\n\r\n")).split('\n'))
            if (line.left(line.indexOf(':')).toLower() == name)
                return line.mid(line.indexOf(':') + 1).trimmed();
        return {};
    }
    void serve(LoopbackServer::Connection &c) {
        for (;;) {
            const QByteArray whole = c.readRequest();
            if (whole.isEmpty())
                return;
            const AskedRequest a = asked(whole);
            const std::lock_guard lock(mutex);
            seen << a;
            answer(c, a, headerOf(whole, "x-vault-token"));
        }
    }
    QByteArray freshToken(int ttl, bool renewable = true) {
        const QByteArray token = "hvs.made-by-login-" + QByteArray::number(++logins);
        tokens.insert(token, {ttl ? now + ttl : 0, ttl, renewable, true});
        return token;
    }
    QJsonObject auth(const QByteArray &token, int ttl, bool renewable) const {
        return {{Q("auth"), QJsonObject{{Q("client_token"), QString::fromLatin1(token)}, {Q("lease_duration"), ttl}, {Q("renewable"), renewable}, {Q("policies"), QJsonArray{Q("default"), Q("ml")}}}}};
    }
    void answer(LoopbackServer::Connection &c, const AskedRequest &a, const QByteArray &token) {
        const QJsonObject body = QJsonDocument::fromJson(a.body).object();
        if (a.path == "/v1/sys/health") {
            c.reply(healthStatus ? healthStatus : !initialised ? 501 : sealed ? 503 : 200, json({{Q("initialized"), initialised}, {Q("sealed"), sealed}, {Q("standby"), healthStatus == 429}, {Q("version"), Q("1.14.8")}, {Q("cluster_name"), Q("test")}}));
            return;
        }
        if (sealed || !initialised) {
            c.reply(503, errors("Vault is sealed"));
            return;
        }
        if (!redirect.isEmpty()) {
            c.reply(307, {}, "Location: " + redirect + a.path + (a.query.isEmpty() ? QByteArray() : '?' + a.query) + "\r\n");
            return;
        }
        if (a.path.startsWith("/v1/auth/") && a.path.contains("/login")) {
            const bool good = (a.path == "/v1/auth/userpass/login/ops" && body.value(Q("password")).toString() == Q("the-password")) ||
                              (a.path == "/v1/auth/approle/login" && body.value(Q("role_id")).toString() == Q("role-1") && body.value(Q("secret_id")).toString() == Q("secret-id-1")) ||
                              (a.path == "/v1/auth/k8s/login" && body.value(Q("role")).toString() == Q("pilot") && body.value(Q("jwt")).toString() == Q("a.b.c"));
            if (!good)
                c.reply(400, json({{Q("errors"), QJsonArray{QStringLiteral("invalid username or password: %1").arg(body.value(Q("password")).toString())}}})); // worse than a real one
            else if (mfa)
                c.reply(200, json({{Q("auth"), QJsonObject{{Q("client_token"), QString()}, {Q("mfa_requirement"), QJsonObject{{Q("mfa_request_id"), Q("x")}}}}}}));
            else
                c.reply(200, json(auth(freshToken(loginTtl), loginTtl, true)));
            return;
        }
        const auto found = tokens.find(token);
        if (found == tokens.end() || (found->until && now >= found->until)) {
            c.reply(403, errors("permission denied"));
            return;
        }
        if (a.path == "/v1/auth/token/lookup-self") {
            if (!found->mayLookUp)
                c.reply(403, errors("1 error occurred:\n\t* permission denied\n\n"));
            else
                c.reply(200, json({{Q("data"), QJsonObject{{Q("ttl"), found->until ? found->until - now : 0}, {Q("creation_ttl"), found->ttl}, {Q("renewable"), found->renewable}, {Q("display_name"), Q("approle")}, {Q("policies"), QJsonArray{Q("default"), Q("ml")}}}}}));
        } else if (a.path == "/v1/auth/token/renew-self") {
            if (!found->renewable) {
                c.reply(400, errors("lease is not renewable"));
                return;
            }
            ++renewals;
            found->until = now + found->ttl;
            c.reply(200, json(auth(token, found->ttl, true)));
        } else if (a.path == "/v1/auth/token/revoke-self") {
            ++revoked;
            tokens.erase(found);
            c.reply(204, {});
        } else if (a.path == "/v1/sys/internal/ui/mounts/secret" || a.path == "/v1/sys/internal/ui/mounts/team/kv") {
            c.reply(200, json({{Q("data"), QJsonObject{{Q("type"), Q("kv")}, {Q("options"), engine == 2 ? QJsonValue(QJsonObject{{Q("version"), Q("2")}}) : QJsonValue()}}}}));
        } else if (deniedPaths.contains(a.path) || a.path.startsWith("/v1/sys/")) {
            c.reply(403, errors("1 error occurred:\n\t* permission denied\n\n"));
        } else {
            keyValue(c, a, body);
        }
    }
    QJsonObject versionMeta(const QByteArray &path, int v) const {
        return {{Q("version"), v}, {Q("created_time"), Q("2026-03-01T10:00:00.123456789Z")}, {Q("deletion_time"), deleted.value(path).contains(v) ? QStringLiteral("2026-03-02T10:00:00Z") : QString()}, {Q("destroyed"), destroyed.value(path).contains(v)}};
    }
    void keyValue(LoopbackServer::Connection &c, const AskedRequest &a, const QJsonObject &body) {
        QByteArray path = a.path.mid(4); // behind /v1/
        path = path.startsWith("team/kv/") ? path.mid(8) : path.mid(7);
        QByteArray part;
        if (engine == 2) {
            part = path.left(path.indexOf('/') < 0 ? path.size() : path.indexOf('/'));
            path = path.mid(part.size() + 1);
        }
        if (a.query.contains("list=true")) {
            QSet<QString> names;
            for (const QByteArray &known : data.keys())
                if (path.isEmpty() || known.startsWith(path + '/')) {
                    const QByteArray rest = known.mid(path.isEmpty() ? 0 : path.size() + 1);
                    names << QString::fromLatin1(rest.contains('/') ? rest.left(rest.indexOf('/') + 1) : rest);
                }
            QStringList all = names.values();
            all.sort();
            if (all.isEmpty())
                c.reply(404, json({{Q("errors"), QJsonArray()}}));
            else
                c.reply(200, json({{Q("data"), QJsonObject{{Q("keys"), QJsonArray::fromStringList(all)}}}}));
            return;
        }
        auto &versions = data[path];
        if (a.method == "GET" && versions.isEmpty()) {
            data.remove(path);
            c.reply(404, json({{Q("errors"), QJsonArray()}}));
        } else if (engine == 1) {
            if (a.method == "POST") {
                versions = {body};
                c.reply(204, {});
            } else if (a.method == "DELETE") {
                data.remove(path);
                c.reply(204, {});
            } else {
                c.reply(200, json({{Q("lease_duration"), 2764800}, {Q("data"), versions.last()}}));
            }
        } else if (part == "data" && a.method == "POST") {
            const QJsonObject options = body.value(Q("options")).toObject();
            if (options.contains(Q("cas")) && options.value(Q("cas")).toInt() != versions.size()) {
                c.reply(400, errors("check-and-set parameter did not match the current version"));
                return;
            }
            versions << body.value(Q("data")).toObject();
            c.reply(200, json({{Q("data"), versionMeta(path, int(versions.size()))}}));
        } else if (part == "data") {
            const int wanted = a.query.startsWith("version=") ? a.query.mid(8).toInt() : int(versions.size());
            if (wanted > versions.size()) {
                c.reply(404, json({{Q("errors"), QJsonArray()}}));
                return;
            }
            const bool gone = deleted.value(path).contains(wanted) || destroyed.value(path).contains(wanted);
            c.reply(gone ? 404 : 200, json({{Q("data"), QJsonObject{{Q("data"), gone ? QJsonValue() : QJsonValue(versions.at(wanted - 1))}, {Q("metadata"), versionMeta(path, wanted)}}}}));
        } else if (part == "delete") {
            for (const QJsonValue &v : body.value(Q("versions")).toArray())
                deleted[path] << v.toInt();
            c.reply(204, {});
        } else if (part == "metadata") {
            QJsonObject all;
            for (int v = 1; v <= versions.size(); ++v)
                all.insert(QString::number(v), versionMeta(path, v));
            c.reply(200, json({{Q("data"), QJsonObject{{Q("current_version"), int(versions.size())}, {Q("versions"), all}, {Q("cas_required"), false}, {Q("custom_metadata"), QJsonObject{{Q("owner"), Q("ml")}}}}}}));
        } else {
            c.reply(404, errors("no handler for route"));
        }
    }
};

} // namespace pilothouse::support
