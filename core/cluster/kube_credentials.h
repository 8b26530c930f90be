// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/exec_trust.h"
#include "core/cluster/kube_access.h"
#include "core/sources/aws_credentials.h"

#include <QDateTime>

#include <functional>

namespace pilothouse::cluster {

/// What a credential may need beside the kubeconfig.
struct CredentialOptions {
    QString connection;  ///< in the workspace: named in errors
    ExecTrust trust;     ///< whose programs may be run
    bool terminal = false; ///< a person sits at the terminal of this process
    /// AWS keys of the connection, for EKS tokens; none: as the AWS tools find them. Asked for each token.
    std::function<Result<std::optional<sources::AwsCredentials>>()> aws;
    std::function<QDateTime()> now; ///< for tests; empty: the system's
};

/// The credentials of an access. Order as client-go's: a token file, a token, a program, user and password; a client certificate beside each of them.
/// A program that gives EKS tokens is not run where AWS keys are at hand: the token is computed here.
std::shared_ptr<KubeCredentials> credentialsOf(const KubeAccess &access, CredentialOptions options = {});

} // namespace pilothouse::cluster
