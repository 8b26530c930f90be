// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QHash>

#include <map>

namespace pilothouse::estate {

/// A Vault with a KV version 2 engine at "secret" (BACKEND_APIS.md 3.9): docker-hub {username, password} and weather/database {user, password}, as SYSTEMS.md §1 has them.
/// Logins: token "hvs.estate-root"; userpass "ada" / "PASSWORD-of-ada"; approle "estate-role" / "estate-secret". Tokens of a login live an hour.
/// Control: seal · unseal · expire (every token of a login) · state. Its secrets are invented.
class Vault final : public StandIn {
public:
    Vault();
    QString name() const override { return QStringLiteral("vault"); }
    Answer answer(const Call &call) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;

private:
    struct Version {
        QJsonObject data;
        QDateTime created, deleted;
        bool destroyed = false;
    };
    struct Token {
        QString user;
        QDateTime until;
    };
    Answer login(const Call &call, const QString &path);
    Answer data(const Call &call, const QString &path);
    Answer metadata(const Call &call, const QString &path);
    Answer change(const Call &call, const QString &verb, const QString &path);
    QJsonObject versionObject(const QString &path, int number) const;

    std::map<QString, std::map<int, Version>> m_secrets;
    QHash<QString, Token> m_tokens;
    int m_nextToken = 1;
    bool m_sealed = false;
};

} // namespace pilothouse::estate
