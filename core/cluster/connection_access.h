// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"
#include "core/secrets/secret_store.h"
#include "core/sources/aws_credentials.h"
#include "core/workspace/workspace.h"

#include <optional>

namespace pilothouse::cluster {

/// What a secret of a kubernetes connection holds: a JSON object of PEM texts and words, as an import writes it; another text is the token, or with a
/// `user` the password.
struct KubeSecret {
    QByteArray caPem, certPem, keyPem;
    QString token, user, password;
    QString proxy; ///< where its address carries a password
    QString toText() const; ///< the JSON; what is empty is left out
    static Result<KubeSecret> parse(const QString &value, const QString &user, const QString &where);
};

/// How a connection of the workspace reaches its cluster.
struct ConnectionAccess {
    KubeAccess access;
    std::optional<sources::AwsCredentials> aws; ///< keys of the connection, for EKS tokens
};

/// The access of a connection of kind kubernetes: by its kubeconfig (or KUBECONFIG, or ~/.kube/config) and context; by its server, ca and secret; or, where
/// nothing of these is there, by the service account of the pod that we run in. `namespace` of the connection comes before the context's.
/// The secret completes a context that has no credential; of an EKS context it is the secret key of the AWS access key `user`.
/// Errors: as Kubeconfig's and the store's; Invalid for another kind of connection.
Result<ConnectionAccess> accessOf(const workspace::Connection &connection, secrets::SecretStore &secrets);

} // namespace pilothouse::cluster
