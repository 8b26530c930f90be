// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::cluster {

/// One challenge of a WWW-Authenticate header (RFC 9110 §11.6.1): a scheme and its parameters, names in small letters.
struct AuthChallenge {
    QString scheme; ///< "bearer", "basic"
    QMap<QString, QString> parameters; ///< realm, service, scope, error …
};
/// All challenges of all such headers. Values may be quoted, hold commas and backslashes; several challenges may stand in one header. What is broken is
/// left out: the result may be empty.
std::vector<AuthChallenge> parseChallenges(const QList<QByteArray> &headers);

/// May a registry's credential be sent to the token service that it names? Yes to the same host, a host below it, and one below the same domain
/// (registry.example.com and auth.example.com), and to those that were `confirmed` (hosts); never from https to http.
/// Domains under which strangers live side by side (co.uk, amazonaws.com, github.io …) do not count as the same.
bool isTrustedRealm(const QString &registryUrl, const QString &realm, const QStringList &confirmed);

/// The target of rel="next" in a Link header (RFC 8288), as it stands there; empty: there is no next page.
QString nextPage(const QByteArray &linkHeader);

} // namespace pilothouse::cluster
