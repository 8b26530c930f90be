// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QDateTime>

namespace pilothouse::net {

/// libcurl 8.14 (Debian 13; mended in 2026, curl issue 20543) signs a plus of the query, "%2B", as a space: version ids, and the tokens of long
/// listings and uploads, are full of them. Such a request is signed here.
bool needsOwnSignature(const Request &request);
/// Signature Version 4 (docs.aws.amazon.com, "Create a signed AWS API request"): the headers X-Amz-Date and Authorization of a request with `aws`
/// set. Signed are the host, Content-MD5, and all x-amz- headers of the request, its body's digest and the session token among them.
QList<Header> awsSignature(const Request &request, const QDateTime &now);

/// The same by the query ("Authenticating Requests: Using Query Parameters"): an address that carries its signature, for `seconds`, and needs no header but those in
/// `headers` (signed with it; the host always is). `url`: path percent-encoded. `digest`: of the body, "UNSIGNED-PAYLOAD" for S3.
QByteArray awsPresignedUrl(const QByteArray &method, const QByteArray &url, const QList<Header> &headers, const AwsSigning &aws, const QDateTime &now, int seconds,
                           const QByteArray &digest);

} // namespace pilothouse::net
