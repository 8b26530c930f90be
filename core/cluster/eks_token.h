// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/exec_plugin.h"
#include "core/sources/aws_credentials.h"

#include <QDateTime>

#include <optional>

namespace pilothouse::cluster {

/// What `aws eks get-token` or `aws-iam-authenticator token` of a kubeconfig asks for.
struct EksRequest {
    QString cluster, region; ///< region: of the arguments, the environment entries, or the server's name; may be empty
    QString profile, role;   ///< role: an ARN to be assumed
};
/// None if the program is another one.
std::optional<EksRequest> eksRequest(const KubeAccess &access);

/// The token of an EKS cluster, computed here: a call of STS GetCallerIdentity, signed by its query with the header x-k8s-aws-id, as Base64 behind
/// "k8s-aws-v1." (github.com/kubernetes-sigs/aws-iam-authenticator, "How does it work"). Counts 14 minutes, as the AWS CLI says.
ExecAnswer eksToken(const QString &cluster, const QString &region, const sources::AwsCredentials &credentials, const QDateTime &now);

/// The address of STS in a region.
QByteArray stsUrl(const QString &region);

} // namespace pilothouse::cluster
