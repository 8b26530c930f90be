// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/http.h"

#include <QDateTime>
#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::secrets {

/// One HashiCorp Vault or OpenBao, and how to log in (HTTP API v1).
struct VaultServer {
    QString name;                             ///< of the connection, for errors
    QString url;                              ///< "https://vault.example:8200", without /v1
    QString mount = QStringLiteral("secret"); ///< where the key/value engine is mounted; may hold slashes
    QString login = QStringLiteral("token");  ///< token | userpass | approle | kubernetes | jwt
    QString loginMount;                       ///< where the login is mounted; empty: as `login` is called
    QString user;                             ///< userpass: the user; approle: the role id
    QString role;                             ///< kubernetes, jwt: the role
    QString space;                            ///< X-Vault-Namespace; empty: none
    QString caFile;
    QString jwtFile; ///< kubernetes, jwt: file of the token, read at each login; empty: `secret`, of kubernetes else the pod's own
    std::function<Result<QString>()> secret;  ///< token, password, secret id or JWT: read for each login, kept nowhere
};

/// What a health check says (GET /v1/sys/health answers with a status of its own for each).
enum class VaultState { Active, Standby, PerformanceStandby, DisasterRecovery, Sealed, NotInitialised };
struct VaultHealth {
    VaultState state = VaultState::Active;
    QString version, cluster;
    QString sentence() const; ///< "active, version 1.14.8"
};

/// Who the token is (GET /v1/auth/token/lookup-self). Without the token.
struct VaultToken {
    QString displayName;
    QStringList policies;
    QDateTime until; ///< invalid: it does not expire
    bool renewable = false;
};

/// One version of a secret, without its values.
struct VaultVersion {
    int version = 0;
    QDateTime created, deleted; ///< deleted: soft; can be undone
    bool destroyed = false;     ///< for good
};

/// What is known of a secret beside its values.
struct VaultMetadata {
    int engine = 2;       ///< version of the key/value engine; 1 knows no versions
    int current = 0;      ///< version; 0 with engine 1
    QDateTime created, updated;
    bool casRequired = false;
    int maxVersions = 0;  ///< 0: the mount's
    std::vector<VaultVersion> versions; ///< newest first
    QMap<QString, QString> custom;
};

/// A secret as it was read. Whoever shows it does so on demand only; the values are hidden in all texts from now on (redact.h).
struct VaultSecret {
    int version = 0; ///< 0 with engine 1
    QDateTime created;
    QMap<QString, QString> values; ///< key → value; what is no text stands as JSON
    QJsonObject raw; ///< the values as they are, types kept: for a write that changes one of them
    int leaseSeconds = 0; ///< engine 1: how long it should be believed
};

/// Blocking; any thread; one login for all. The token is renewed (renew-self) when a third of its time is left, and made anew where that fails or the
/// server has forgotten it.
/// Errors: Denied, with the path and the token's policies; NotFound (with the time of a soft deletion and its remedy); Conflict (check-and-set);
/// Unreachable for a sealed, standby or uninitialised Vault, in words; Invalid.
class VaultClient {
public:
    VaultClient(VaultServer server, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    const VaultServer &server() const { return m_server; }

    Result<VaultHealth> health(std::stop_token token = {});
    Result<VaultToken> whoAmI(std::stop_token token = {});
    /// 1 or 2: asked once (sys/internal/ui/mounts), remembered.
    Result<int> engine(std::stop_token token = {});
    /// Names below a path, folders with a slash at their end; empty where nothing is.
    Result<QStringList> list(const QString &path, std::stop_token token = {});
    Result<VaultSecret> read(const QString &path, std::optional<int> version = {}, std::stop_token token = {});
    Result<VaultMetadata> metadata(const QString &path, std::stop_token token = {});
    /// All values of the secret as a new version, if `cas` is the current one (0: it must not exist). Engine 1 knows no such guard. Gives the new version.
    /// A raw write: only a step of an Operation calls it.
    Result<int> write(const QString &path, const QJsonObject &values, std::optional<int> cas, std::stop_token token = {});
    /// Soft-deletes one version (engine 2), or the secret (engine 1). A raw write.
    Result<void> remove(const QString &path, int version, std::stop_token token = {});
    /// Renews the token if its time is running out. For a timer: what nobody uses for a while does not expire.
    Result<void> renewDue(std::stop_token token = {});
    /// Gives back a token that was made here by a login. Errors are none: it expires.
    void signOut();

private:
    struct Session {
        QByteArray token;
        QDateTime renewAt, until; ///< invalid: never
        bool renewable = false, own = false; ///< own: by a login of ours
        int period = 0;
    };
    struct Answer {
        int status = 0;
        QJsonObject body;
    };
    Result<Answer> call(const QByteArray &method, const QString &path, const QJsonObject &body, const QByteArray &token, std::stop_token stop) const;
    Result<Answer> authorised(const QByteArray &method, const QString &path, const QJsonObject &body, std::stop_token stop);
    Result<QByteArray> session(std::stop_token stop);
    Result<void> logIn(std::stop_token stop);
    Result<QString> jwt() const;
    Result<void> adopt(const QJsonObject &auth);
    Result<void> lookUp(std::stop_token stop);
    bool renew(std::stop_token stop);
    Error failure(const QByteArray &method, const QString &path, const Answer &answer) const;
    Error denied(const QString &path, std::stop_token stop);
    QString dataPath(const char *part, const QString &path, int engine) const;

    VaultServer m_server;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<const Clock> m_clock;
    std::mutex m_mutex;
    Session m_session;
    int m_engine = 0;
};

} // namespace pilothouse::secrets
