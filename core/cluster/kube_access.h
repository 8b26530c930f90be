// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"

#include <QByteArray>
#include <QJsonValue>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::cluster {

/// users[].user.exec of a kubeconfig: a program that gives the credential (client.authentication.k8s.io v1 and v1beta1).
struct KubeExec {
    QString command;   ///< as written; with a "/" it is relative to the folder of its file, as kubectl takes it
    QStringList args;
    std::vector<std::pair<QString, QString>> environment; ///< set for the program beside what it inherits
    QString apiVersion, installHint;
    QString interactiveMode; ///< Never, IfAvailable (also empty in v1beta1), Always: cannot run without a terminal
    bool provideClusterInfo = false;
    QJsonValue clusterConfig{QJsonValue::Undefined}; ///< what the cluster's extension client.authentication.k8s.io/exec holds, for provideClusterInfo
    QString file;      ///< the kubeconfig it stands in
};

/// What one context of a kubeconfig gives: where the server is and who asks. Files are named, not read; values of *-data keys are decoded (PEM).
struct KubeAccess {
    QString context, cluster, user;
    QString space;          ///< the context's namespace; "default" where it names none
    QString server;         ///< "https://10.0.0.1:6443", without a slash at the end; may have a path
    QString caFile;
    QByteArray caPem;
    QString tlsServerName, proxyUrl;
    bool insecure = false;  ///< insecure-skip-tls-verify
    QString certFile, keyFile;
    QByteArray certPem, keyPem;
    QString token, tokenFile;
    QString userName, password;
    std::optional<KubeExec> exec;
    QString asUser, asUid;  ///< impersonation: as, as-uid, as-groups, as-user-extra
    QStringList asGroups;
    QMap<QString, QStringList> asExtra;
    QStringList files;      ///< the kubeconfig files it was put together from
};

/// The credential of the next request.
struct KubeCredential {
    QByteArray authorization;      ///< "Bearer …", "Basic …" or empty
    QByteArray certPem, keyPem;    ///< of a client certificate, else empty
    bool operator==(const KubeCredential &) const = default;
};

/// Gives credentials for an access: static ones, token files that are read again when they change, exec plugins (cached to their expiry, run once more
/// after a 401, stderr in the error), EKS tokens. Any thread; at most one program at a time.
/// Errors: Denied (the program said no; interactiveMode Always; a foreign file's program that nobody confirmed), NotFound (program or file), Invalid.
class KubeCredentials {
public:
    virtual ~KubeCredentials() = default;
    virtual Result<KubeCredential> credential(std::stop_token token) = 0;
    /// The server answered 401 to this credential: if it is still the cached one, it is worth nothing. True if another one may come.
    virtual bool rejected(const KubeCredential &shown) = 0;
};

} // namespace pilothouse::cluster
