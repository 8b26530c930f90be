// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace pilothouse::sources {

/// Who signs. Nothing in it: requests go unsigned (public buckets).
struct AwsCredentials {
    QString accessKey, secretKey, sessionToken;
    bool isAnonymous() const { return accessKey.isEmpty(); }
};

/// As the AWS tools find them: a named profile of the credentials file, else AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN, else the profile AWS_PROFILE or "default". Files: AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials.
/// Anonymous if there are none; NotFound if `profile` was asked for by name and is not there.
Result<AwsCredentials> environmentCredentials(const QString &profile = {}, const QString &file = {});

/// AWS_REGION, AWS_DEFAULT_REGION, the profile's region in AWS_CONFIG_FILE or ~/.aws/config; else us-east-1.
QString environmentRegion(const QString &profile = {});

} // namespace pilothouse::sources
