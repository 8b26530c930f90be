// SPDX-License-Identifier: GPL-3.0-or-later
// S3's error codes as an operator reads them.
#include "core/sources/s3.h"
#include "core/sources/s3_xml.h"

#include "core/base/redact.h"

#include <array>

namespace pilothouse::sources {

namespace {

struct Meaning {
    const char *code;
    ErrorKind kind;
    const char *what, *hint; ///< %1 bucket, %2 key
};

constexpr std::array meanings{
    Meaning{"NoSuchKey", ErrorKind::NotFound, "There is no object “%2” in the bucket “%1”.", "List what is there with `pilot data list s3://%1/`."},
    Meaning{"NoSuchBucket", ErrorKind::NotFound, "There is no bucket “%1”.", "Check the bucket's name and the connection's address."},
    Meaning{"NoSuchVersion", ErrorKind::NotFound, "The object “%2” has no such version.", "List its versions with `pilot data versions s3://%1/%2`."},
    Meaning{"NoSuchUpload", ErrorKind::NotFound, "The upload of “%2” was ended on the server.", "Start the upload again."},
    Meaning{"MethodNotAllowed", ErrorKind::NotFound, "This version of “%2” is a delete marker: it holds no bytes.", "Choose an earlier one of `pilot data versions s3://%1/%2`."},
    Meaning{"AccessDenied", ErrorKind::Denied, "The access key may not do this with “%2” in the bucket “%1”.", "Ask for the right, or name another connection."},
    Meaning{"AllAccessDisabled", ErrorKind::Denied, "All access to the bucket “%1” is switched off.", "Ask the owner of the bucket."},
    Meaning{"InvalidAccessKeyId", ErrorKind::Denied, "The server does not know this access key.", "Check access_key of the connection."},
    Meaning{"SignatureDoesNotMatch", ErrorKind::Denied, "The server computed another signature: the secret does not belong to the access key.", "Check the secret and the region of the connection."},
    Meaning{"RequestTimeTooSkewed", ErrorKind::Denied, "The clock of this machine and the server's are too far apart for a signed request.", "Set the clock (time synchronisation)."},
    Meaning{"ExpiredToken", ErrorKind::Denied, "The temporary credentials have expired.", "Get new ones."},
    Meaning{"InvalidToken", ErrorKind::Denied, "The session token is not accepted.", "Get new credentials."},
    Meaning{"PreconditionFailed", ErrorKind::Conflict, "The object “%2” changed while it was read.", "Let the other program finish, then try again."},
    Meaning{"BucketAlreadyExists", ErrorKind::Conflict, "The bucket name “%1” belongs to somebody else.", "Choose another name."},
    Meaning{"BucketAlreadyOwnedByYou", ErrorKind::Conflict, "The bucket “%1” is there already.", ""},
    Meaning{"InvalidRange", ErrorKind::Invalid, "The object “%2” is shorter than what was asked for.", ""},
    Meaning{"InvalidBucketName", ErrorKind::Invalid, "“%1” is not a name that a bucket can have.", "Use 3 to 63 of a–z, 0–9, - and the dot."},
    Meaning{"EntityTooLarge", ErrorKind::Invalid, "The object is longer than the server takes.", ""},
    Meaning{"SlowDown", ErrorKind::Unreachable, "The server asks to slow down.", "Try again later."},
    Meaning{"ServiceUnavailable", ErrorKind::Unreachable, "The service is not ready.", "Try again later."},
    Meaning{"InternalError", ErrorKind::Unreachable, "The server failed.", "Try again later."},
};

/// HEAD has no body: its status stands for the code.
QString codeOfStatus(const net::Response &response, const S3Location &object) {
    switch (response.status) {
    case 403: return QStringLiteral("AccessDenied");
    case 404: return object.key.isEmpty() ? QStringLiteral("NoSuchBucket") : QStringLiteral("NoSuchKey");
    case 405: return QStringLiteral("MethodNotAllowed");
    case 412: return QStringLiteral("PreconditionFailed");
    case 416: return QStringLiteral("InvalidRange");
    case 503: return QStringLiteral("ServiceUnavailable");
    default: return {};
    }
}

} // namespace

Error s3Error(const S3Location &object, const S3Endpoint &endpoint, const net::Request &request, const net::Response &response) {
    XmlElement xml;
    if (const auto parsed = parseXml(response.body, {}); parsed && parsed->name == QLatin1String("Error"))
        xml = *parsed;
    QString code = xml.value("Code"), region = xml.value("Region");
    if (code.isEmpty())
        code = codeOfStatus(response, object);
    if (region.isEmpty())
        region = QString::fromLatin1(response.header("x-amz-bucket-region"));
    const bool elsewhere = response.status / 100 == 3 || code == QLatin1String("AuthorizationHeaderMalformed") || code == QLatin1String("IllegalLocationConstraintException") ||
                           (response.status == 400 && xml.name.isEmpty() && !region.isEmpty());
    Error error = net::statusError(request, response);
    error.where = object.key.isEmpty() ? QStringLiteral("s3://") + object.bucket : object.text();
    if (elsewhere && (region.isEmpty() || region != endpoint.region)) {
        error.kind = ErrorKind::Invalid;
        error.what = region.isEmpty() ? QStringLiteral("The bucket “%1” is served from another address.").arg(object.bucket)
                                      : QStringLiteral("The bucket “%1” lies in the region %2, not in %3.").arg(object.bucket, region, endpoint.region);
        error.hint = region.isEmpty() ? QStringLiteral("Check url and region of the connection.") : QStringLiteral("Write `region: %1` into the connection.").arg(region);
        return error;
    }
    for (const Meaning &meaning : meanings) {
        if (code != QLatin1String(meaning.code))
            continue;
        error.kind = meaning.kind;
        if (code == QLatin1String("AccessDenied") && object.key.isEmpty()) {
            error.what = QStringLiteral("The access key may not do this with the bucket “%1”.").arg(object.bucket);
            error.hint = QString::fromUtf8(meaning.hint);
            return error;
        }
        error.what = QString::fromUtf8(meaning.what).replace(QLatin1String("%1"), object.bucket).replace(QLatin1String("%2"), object.key);
        error.hint = QString::fromUtf8(meaning.hint).replace(QLatin1String("%1"), object.bucket).replace(QLatin1String("%2"), object.key);
        if (code == QLatin1String("RequestTimeTooSkewed") && !xml.value("ServerTime").isEmpty())
            error.what += QStringLiteral(" The server has %1.").arg(xml.value("ServerTime"));
        return error;
    }
    if (!code.isEmpty())
        error.what = QStringLiteral("The S3 server answered %1 (HTTP %2): %3").arg(code).arg(response.status).arg(redact(xml.value("Message")));
    return error;
}

} // namespace pilothouse::sources
