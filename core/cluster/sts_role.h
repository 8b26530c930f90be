// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/sources/aws_credentials.h"

#include <QDateTime>

#include <stop_token>

namespace pilothouse::cluster {

/// Keys of a role, for a while.
struct RoleKeys {
    sources::AwsCredentials credentials;
    QDateTime expires;
};

/// STS AssumeRole (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html), signed with the caller's keys; for an hour. The address is that of the
/// region, or AWS_ENDPOINT_URL_STS. Errors: Denied with the words of AWS, those of the client. Blocking.
Result<RoleKeys> assumeRole(net::HttpClient &http, const QString &roleArn, const QString &region, const sources::AwsCredentials &credentials, std::stop_token token);

} // namespace pilothouse::cluster
