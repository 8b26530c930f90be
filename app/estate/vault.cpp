// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/vault.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }
constexpr int lease = 3600;
QString text(const QDateTime &time) { return time.isValid() ? time.toString(Qt::ISODateWithMs) : QString(); }
Answer errors(int status, const QStringList &what = {}) { return Answer::json(QJsonObject{{Q("errors"), QJsonArray::fromStringList(what)}}, status); }
Answer whole(const QJsonObject &data, int status = 200) { return Answer::json(QJsonObject{{Q("request_id"), s("estate")}, {Q("lease_id"), QString()}, {Q("renewable"), false}, {Q("lease_duration"), 0}, {Q("data"), data}}, status); }

} // namespace

Vault::Vault() {
    const auto seed = [this](const char *path, const QJsonObject &data) { m_secrets[s(path)][1] = Version{data, QDateTime::fromString(s("2026-01-01T00:00:00.000Z"), Qt::ISODateWithMs), {}, false}; };
    seed("docker-hub", {{Q("username"), s("example")}, {Q("password"), s("estate-docker-password")}});
    seed("weather/database", {{Q("user"), s("mlflow")}, {Q("password"), s("estate-database-password")}});
}

QJsonObject Vault::versionObject(const QString &path, int number) const {
    const Version &v = m_secrets.at(path).at(number);
    return {{Q("created_time"), text(v.created)}, {Q("deletion_time"), text(v.deleted)}, {Q("destroyed"), v.destroyed}};
}

Answer Vault::login(const Call &call, const QString &path) {
    const QJsonObject body = call.json();
    QString user;
    if (path == Q("userpass/login/ada") && body.value(Q("password")).toString() == Q("PASSWORD-of-ada"))
        user = s("userpass-ada");
    else if (path == Q("approle/login") && body.value(Q("role_id")).toString() == Q("estate-role") && body.value(Q("secret_id")).toString() == Q("estate-secret"))
        user = s("approle");
    else
        return errors(400, {path.startsWith(Q("approle")) ? s("invalid role or secret ID") : s("invalid username or password")});
    const QString token = s("hvs.estate-%1").arg(m_nextToken++);
    m_tokens.insert(token, {user, m_now.addSecs(lease)});
    return Answer::json(QJsonObject{{Q("auth"), QJsonObject{{Q("client_token"), token}, {Q("accessor"), s("accessor")}, {Q("policies"), QJsonArray{s("default"), s("estate")}}, {Q("token_policies"), QJsonArray{s("default"), s("estate")}}, {Q("lease_duration"), lease}, {Q("renewable"), true}, {Q("token_type"), s("service")}}}});
}

Answer Vault::data(const Call &call, const QString &path) {
    const auto found = m_secrets.find(path);
    const QString wanted = call.query.queryItemValue(s("version"));
    if (call.method == "GET") {
        if (found == m_secrets.end())
            return errors(404);
        const int number = wanted.toInt() > 0 ? wanted.toInt() : found->second.rbegin()->first;
        const auto version = found->second.find(number);
        if (version == found->second.end())
            return errors(404);
        QJsonObject metadata = versionObject(path, number);
        metadata.insert(Q("version"), number);
        metadata.insert(Q("custom_metadata"), QJsonValue());
        const bool gone = version->second.deleted.isValid() || version->second.destroyed;
        return whole({{Q("data"), gone ? QJsonValue() : QJsonValue(version->second.data)}, {Q("metadata"), metadata}}, gone ? 404 : 200); // gone: 404 with its metadata (3.9)
    }
    if (call.method == "DELETE") {
        if (found != m_secrets.end())
            found->second.rbegin()->second.deleted = m_now;
        return Answer::text({}, 204);
    }
    const QJsonObject body = call.json();
    if (!body.value(Q("data")).isObject())
        return errors(400, {s("no data provided")});
    const int current = found == m_secrets.end() ? 0 : found->second.rbegin()->first;
    const QJsonValue cas = body.value(Q("options")).toObject().value(Q("cas"));
    if (cas.isDouble() && cas.toInt() != current)
        return errors(400, {s("check-and-set parameter did not match the current version")});
    m_secrets[path][current + 1] = Version{body.value(Q("data")).toObject(), m_now, {}, false};
    QJsonObject out = versionObject(path, current + 1);
    out.insert(Q("version"), current + 1);
    return whole(out);
}

Answer Vault::metadata(const Call &call, const QString &path) {
    if (call.method == "LIST" || call.query.queryItemValue(s("list")) == Q("true")) {
        const QString folder = path.isEmpty() || path.endsWith(QLatin1Char('/')) ? path : path + QLatin1Char('/');
        QStringList keys;
        for (const auto &[name, versions] : m_secrets)
            if (name.startsWith(folder)) {
                const QString rest = name.mid(folder.size());
                const qsizetype slash = rest.indexOf(QLatin1Char('/'));
                const QString key = slash < 0 ? rest : rest.left(slash + 1);
                if (!keys.contains(key))
                    keys << key;
            }
        return keys.isEmpty() ? errors(404) : whole({{Q("keys"), QJsonArray::fromStringList(keys)}});
    }
    const auto found = m_secrets.find(path);
    if (call.method == "DELETE") {
        m_secrets.erase(path);
        return Answer::text({}, 204);
    }
    if (found == m_secrets.end())
        return errors(404);
    QJsonObject versions;
    for (const auto &[number, version] : found->second)
        versions.insert(QString::number(number), versionObject(path, number));
    return whole({{Q("current_version"), found->second.rbegin()->first}, {Q("oldest_version"), 1}, {Q("max_versions"), 0}, {Q("cas_required"), false}, {Q("created_time"), text(found->second.begin()->second.created)}, {Q("updated_time"), text(found->second.rbegin()->second.created)}, {Q("custom_metadata"), QJsonValue()}, {Q("versions"), versions}});
}

Answer Vault::change(const Call &call, const QString &verb, const QString &path) {
    const auto found = m_secrets.find(path);
    if (found == m_secrets.end())
        return errors(404);
    for (const QJsonValue &number : call.json().value(Q("versions")).toArray()) {
        const auto version = found->second.find(number.toVariant().toInt());
        if (version == found->second.end())
            continue;
        if (verb == Q("destroy")) {
            version->second.destroyed = true;
            version->second.data = {};
        } else {
            version->second.deleted = verb == Q("delete") ? m_now : QDateTime();
        }
    }
    return Answer::text({}, 204);
}

Answer Vault::answer(const Call &call) {
    if (call.path == Q("/v1/sys/health"))
        return Answer::json(QJsonObject{{Q("initialized"), true}, {Q("sealed"), m_sealed}, {Q("standby"), false}, {Q("version"), s("1.18.3")}, {Q("cluster_name"), s("estate")}}, m_sealed ? 503 : 200);
    if (m_sealed)
        return errors(503, {s("Vault is sealed")});
    if (!call.path.startsWith(Q("/v1/")))
        return errors(404);
    const QString path = QUrl::fromPercentEncoding(call.path.mid(4).toLatin1());
    if (path.startsWith(Q("auth/")) && path.contains(Q("/login")))
        return login(call, path.mid(5));
    const QString token = QString::fromUtf8(call.header("x-vault-token"));
    const bool root = token == Q("hvs.estate-root");
    if (!root && (!m_tokens.contains(token) || m_tokens[token].until <= m_now)) // unknown, expired, missing: all the same 403
        return errors(403, {s("permission denied")});
    if (path == Q("auth/token/lookup-self")) {
        const int left = root ? 0 : int(m_now.secsTo(m_tokens[token].until));
        return whole({{Q("display_name"), root ? s("root") : m_tokens[token].user}, {Q("policies"), root ? QJsonArray{s("root")} : QJsonArray{s("default"), s("estate")}}, {Q("expire_time"), root ? QJsonValue() : QJsonValue(text(m_tokens[token].until))}, {Q("ttl"), left}, {Q("creation_ttl"), root ? 0 : lease}, {Q("renewable"), !root}});
    }
    if (path == Q("auth/token/renew-self")) {
        if (root)
            return errors(400, {s("lease is not renewable")});
        m_tokens[token].until = m_now.addSecs(lease);
        return Answer::json(QJsonObject{{Q("auth"), QJsonObject{{Q("client_token"), token}, {Q("policies"), QJsonArray{s("default"), s("estate")}}, {Q("lease_duration"), lease}, {Q("renewable"), true}}}});
    }
    if (path == Q("auth/token/revoke-self")) {
        m_tokens.remove(token);
        return Answer::text({}, 204);
    }
    if (path.startsWith(Q("sys/internal/ui/mounts/")))
        return path.mid(23).startsWith(Q("secret")) ? whole({{Q("path"), s("secret/")}, {Q("type"), s("kv")}, {Q("options"), QJsonObject{{Q("version"), s("2")}}}}) : errors(403, {s("preflight capability check returned 403, please ensure client's policies grant access to path \"%1/\"").arg(path.mid(23))});
    const QString part = path.section(QLatin1Char('/'), 1, 1), rest = path.section(QLatin1Char('/'), 2);
    if (!path.startsWith(Q("secret/")))
        return errors(403, {s("permission denied")});
    if (part == Q("data"))
        return data(call, rest);
    if (part == Q("metadata"))
        return metadata(call, rest);
    if (part == Q("delete") || part == Q("undelete") || part == Q("destroy"))
        return change(call, part, rest);
    return Answer::json(QJsonObject{{Q("errors"), QJsonArray()}, {Q("warnings"), QJsonArray{s("Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.")}}}, 404); // `data/` must be in the path (3.9)
}

QJsonObject Vault::control(const QString &verb, const QJsonObject &details) {
    if (verb == Q("seal") || verb == Q("unseal"))
        m_sealed = verb == Q("seal");
    else if (verb == Q("expire"))
        m_tokens.clear();
    else if (verb != Q("state"))
        return StandIn::control(verb, details);
    return {{Q("sealed"), m_sealed}, {Q("tokens"), m_tokens.size()}};
}

/// Values of this play are kept, in a folder of the owner's alone; tokens are not.
QJsonObject Vault::state() const {
    QJsonObject secrets;
    for (const auto &[path, versions] : m_secrets) {
        QJsonObject all;
        for (const auto &[number, version] : versions) {
            QJsonObject one = versionObject(path, number);
            one.insert(Q("data"), version.data);
            all.insert(QString::number(number), one);
        }
        secrets.insert(path, all);
    }
    return {{Q("secrets"), secrets}, {Q("sealed"), m_sealed}};
}

void Vault::restore(const QJsonObject &state) {
    m_sealed = state.value(Q("sealed")).toBool();
    m_secrets.clear();
    const QJsonObject secrets = state.value(Q("secrets")).toObject();
    for (auto it = secrets.begin(); it != secrets.end(); ++it) {
        const QJsonObject versions = it.value().toObject();
        for (auto v = versions.begin(); v != versions.end(); ++v)
            m_secrets[it.key()][v.key().toInt()] = Version{v.value()[Q("data")].toObject(), QDateTime::fromString(v.value()[Q("created_time")].toString(), Qt::ISODateWithMs), QDateTime::fromString(v.value()[Q("deletion_time")].toString(), Qt::ISODateWithMs), v.value()[Q("destroyed")].toBool()};
    }
}

} // namespace pilothouse::estate
