// SPDX-License-Identifier: GPL-3.0-or-later
// The calls of the key/value engines; logging in and staying so: vault_login.cpp. Texts: developer.hashicorp.com/vault/api-docs, "KV secrets engine",
// "/sys/health", "/sys/internal/ui/mounts".
#include "core/secrets/vault_client.h"

#include "core/base/json.h"
#include "core/base/redact.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::secrets {

namespace {

using Q = QLatin1String;

QString encoded(const QString &path) { return QString::fromLatin1(QUrl::toPercentEncoding(path, "/")); }

QDateTime timeOf(const QJsonValue &value) { return value.toString().isEmpty() ? QDateTime() : QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC(); }

QString timeText(const QDateTime &time) { return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")) + QStringLiteral(" UTC"); }

QString trimmedPath(QString path) {
    while (path.startsWith(QLatin1Char('/')))
        path.remove(0, 1);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    return path;
}

VaultSecret secretOf(const QJsonObject &values) {
    VaultSecret out;
    out.raw = values;
    for (auto it = values.begin(); it != values.end(); ++it) {
        const QString text = it.value().isString() ? it.value().toString() : QString::fromUtf8(compactJson(it.value()));
        hideInTexts(text);
        out.values.insert(it.key(), text);
    }
    return out;
}

} // namespace

QString VaultHealth::sentence() const {
    QString word;
    switch (state) {
    case VaultState::Active: word = QStringLiteral("active"); break;
    case VaultState::Standby: word = QStringLiteral("standby"); break;
    case VaultState::PerformanceStandby: word = QStringLiteral("a performance standby"); break;
    case VaultState::DisasterRecovery: word = QStringLiteral("a disaster recovery secondary"); break;
    case VaultState::Sealed: word = QStringLiteral("sealed"); break;
    case VaultState::NotInitialised: word = QStringLiteral("not initialised"); break;
    }
    return word + (version.isEmpty() ? QString() : QStringLiteral(", version %1").arg(version));
}

VaultClient::VaultClient(VaultServer server, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock)
    : m_server(std::move(server)), m_http(std::move(http)), m_clock(std::move(clock)) {
    while (m_server.url.endsWith(QLatin1Char('/')))
        m_server.url.chop(1);
    if (m_server.url.endsWith(Q("/v1")))
        m_server.url.chop(3);
    m_server.mount = trimmedPath(m_server.mount);
}

Result<VaultHealth> VaultClient::health(std::stop_token stop) {
    PH_ASSIGN(const Answer answer, call("GET", QStringLiteral("/v1/sys/health"), {}, {}, stop));
    VaultHealth out;
    switch (answer.status) {
    case 200: out.state = VaultState::Active; break;
    case 429: out.state = VaultState::Standby; break;
    case 472: out.state = VaultState::DisasterRecovery; break;
    case 473: out.state = VaultState::PerformanceStandby; break;
    case 501: out.state = VaultState::NotInitialised; break;
    case 503: out.state = VaultState::Sealed; break;
    default: return failure("GET", QStringLiteral("/v1/sys/health"), answer);
    }
    if (!answer.body.contains(Q("sealed")))
        return invalid(QStringLiteral("What answers at %1 is no Vault.").arg(m_server.url), {}, QStringLiteral("Check url of the connection “%1”.").arg(m_server.name));
    out.version = answer.body.value(Q("version")).toString();
    out.cluster = answer.body.value(Q("cluster_name")).toString();
    return out;
}

Result<int> VaultClient::engine(std::stop_token stop) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_engine)
            return m_engine;
    }
    const QString path = QStringLiteral("/v1/sys/internal/ui/mounts/") + encoded(m_server.mount);
    PH_ASSIGN(const Answer answer, authorised("GET", path, {}, stop));
    const QJsonObject data = answer.body.value(Q("data")).toObject();
    const QString type = data.value(Q("type")).toString();
    if (type != Q("kv") && type != Q("generic"))
        return Error{ErrorKind::Invalid, QStringLiteral("At %1 of Vault %2 is no key/value engine but “%3”.").arg(m_server.mount, m_server.name, type), {}, QStringLiteral("Correct mount of the connection."), {}};
    const int found = data.value(Q("options")).toObject().value(Q("version")).toString() == Q("2") ? 2 : 1;
    const std::lock_guard lock(m_mutex);
    m_engine = found;
    return found;
}

QString VaultClient::dataPath(const char *part, const QString &path, int engine) const {
    return QStringLiteral("/v1/") + encoded(m_server.mount) + (engine == 2 ? QLatin1Char('/') + QString::fromLatin1(part) : QString()) + (path.isEmpty() ? QString() : QLatin1Char('/') + encoded(path));
}

Result<QStringList> VaultClient::list(const QString &folder, std::stop_token stop) {
    PH_ASSIGN(const int version, engine(stop));
    const auto answer = authorised("GET", dataPath("metadata", trimmedPath(folder), version) + QStringLiteral("?list=true"), {}, stop);
    if (!answer && answer.error().kind == ErrorKind::NotFound)
        return QStringList();
    if (!answer)
        return answer.error();
    QStringList out;
    for (const QJsonValue &key : answer->body.value(Q("data")).toObject().value(Q("keys")).toArray())
        out << key.toString();
    return out;
}

Result<VaultSecret> VaultClient::read(const QString &written, std::optional<int> wanted, std::stop_token stop) {
    const QString path = trimmedPath(written);
    PH_ASSIGN(const int version, engine(stop));
    if (version == 1 && wanted)
        return invalid(QStringLiteral("The engine at %1 of Vault %2 keeps no versions.").arg(m_server.mount, m_server.name), path, QStringLiteral("Leave out ?version."));
    PH_ASSIGN(const Answer answer, authorised("GET", dataPath("data", path, version) + (wanted ? QStringLiteral("?version=%1").arg(*wanted) : QString()), {}, stop));
    const QJsonObject data = answer.body.value(Q("data")).toObject();
    if (version == 1) {
        VaultSecret out = secretOf(data);
        out.leaseSeconds = answer.body.value(Q("lease_duration")).toInt();
        return out;
    }
    const QJsonObject metadata = data.value(Q("metadata")).toObject();
    if (answer.status == 404) { // known, and its values gone: the metadata says how
        const int number = metadata.value(Q("version")).toInt();
        const QDateTime deleted = timeOf(metadata.value(Q("deletion_time")));
        const bool destroyed = metadata.value(Q("destroyed")).toBool();
        return notFound(destroyed ? QStringLiteral("Version %1 of %2 in Vault %3 was destroyed.").arg(number).arg(path, m_server.name)
                                  : QStringLiteral("Version %1 of %2 in Vault %3 was deleted at %4.").arg(number).arg(path, m_server.name, timeText(deleted)),
                        {},
                        destroyed ? QStringLiteral("It is gone for good. Read another version: pilot secrets versions vault:%1/%2").arg(m_server.name, path)
                                  : QStringLiteral("It can be had back: vault kv undelete -versions=%1 -mount=%2 %3").arg(number).arg(m_server.mount, path));
    }
    VaultSecret out = secretOf(data.value(Q("data")).toObject());
    out.version = metadata.value(Q("version")).toInt();
    out.created = timeOf(metadata.value(Q("created_time")));
    return out;
}

Result<VaultMetadata> VaultClient::metadata(const QString &written, std::stop_token stop) {
    const QString path = trimmedPath(written);
    PH_ASSIGN(const int version, engine(stop));
    VaultMetadata out;
    out.engine = version;
    if (version == 1) {
        PH_ASSIGN(const VaultSecret read, this->read(path, {}, stop)); // that it is there is all it knows
        return out;
    }
    PH_ASSIGN(const Answer answer, authorised("GET", dataPath("metadata", path, version), {}, stop));
    const QJsonObject data = answer.body.value(Q("data")).toObject();
    out.current = data.value(Q("current_version")).toInt();
    out.created = timeOf(data.value(Q("created_time")));
    out.updated = timeOf(data.value(Q("updated_time")));
    out.casRequired = data.value(Q("cas_required")).toBool();
    out.maxVersions = data.value(Q("max_versions")).toInt();
    const QJsonObject custom = data.value(Q("custom_metadata")).toObject();
    for (auto it = custom.begin(); it != custom.end(); ++it)
        out.custom.insert(it.key(), it.value().toString());
    const QJsonObject versions = data.value(Q("versions")).toObject();
    for (auto it = versions.begin(); it != versions.end(); ++it) {
        const QJsonObject one = it.value().toObject();
        out.versions.push_back({it.key().toInt(), timeOf(one.value(Q("created_time"))), timeOf(one.value(Q("deletion_time"))), one.value(Q("destroyed")).toBool()});
    }
    std::sort(out.versions.begin(), out.versions.end(), [](const VaultVersion &a, const VaultVersion &b) { return a.version > b.version; });
    return out;
}

Result<int> VaultClient::write(const QString &written, const QJsonObject &values, std::optional<int> cas, std::stop_token stop) {
    const QString path = trimmedPath(written);
    PH_ASSIGN(const int version, engine(stop));
    for (auto it = values.begin(); it != values.end(); ++it)
        hideInTexts(it.value().toString());
    if (version == 1) {
        PH_ASSIGN(const Answer done, authorised("POST", dataPath("data", path, 1), values, stop));
        return 0;
    }
    QJsonObject body{{Q("data"), values}};
    if (cas)
        body.insert(Q("options"), QJsonObject{{Q("cas"), *cas}});
    PH_ASSIGN(const Answer answer, authorised("POST", dataPath("data", path, 2), body, stop));
    return answer.body.value(Q("data")).toObject().value(Q("version")).toInt();
}

Result<void> VaultClient::remove(const QString &written, int number, std::stop_token stop) {
    const QString path = trimmedPath(written);
    PH_ASSIGN(const int version, engine(stop));
    const auto done = version == 1 ? authorised("DELETE", dataPath("data", path, 1), {}, stop) : authorised("POST", dataPath("delete", path, 2), {{Q("versions"), QJsonArray{number}}}, stop);
    return done ? Result<void>() : done.error();
}

} // namespace pilothouse::secrets
