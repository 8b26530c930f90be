// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"

namespace pilothouse::cluster {

/// What a credential may need beside the kubeconfig.
struct CredentialOptions {
    QString connection;  ///< in the workspace: named in errors
};

/// The credentials of an access. Order as client-go's: a token file, a token, a program, user and password; a client certificate beside each of them.
/// Errors: Invalid (a context that contradicts itself was refused before).
std::shared_ptr<KubeCredentials> credentialsOf(const KubeAccess &access, const CredentialOptions &options = {});

} // namespace pilothouse::cluster
