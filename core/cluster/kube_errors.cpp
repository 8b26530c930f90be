// SPDX-License-Identifier: GPL-3.0-or-later
// What the API server says is wrong, as an operator reads it.
#include "core/cluster/kube_api.h"

#include "core/base/json.h"
#include "core/base/redact.h"

#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

const QString expiredHint = QStringLiteral("The version is expired: read the list again.");

/// RBAC's and webhook authorizers' sentence (k8s.io/apiserver .../responsewriters/errors.go): User "u" cannot VERB resource "R[/sub]" in API group "G"
/// in the namespace "N" | at the cluster scope. Empty if it is another one.
QString missingRight(const QString &message) {
    static const QRegularExpression sentence(QStringLiteral("User \"([^\"]*)\" cannot (\\S+) (?:resource \"([^\"]*)\" in API group \"([^\"]*)\"(?: in the namespace \"([^\"]*)\")?|path \"([^\"]*)\")"));
    const auto m = sentence.match(message);
    if (!m.hasMatch())
        return {};
    if (!m.captured(6).isEmpty())
        return QStringLiteral("%1 needs the verb “%2” on the path %3.").arg(m.captured(1), m.captured(2), m.captured(6));
    const QString resource = m.captured(4).isEmpty() ? m.captured(3) : m.captured(3).section(QLatin1Char('/'), 0, 0) + QLatin1Char('.') + m.captured(4) + (m.captured(3).contains(QLatin1Char('/')) ? QLatin1Char('/') + m.captured(3).section(QLatin1Char('/'), 1) : QString());
    return QStringLiteral("%1 needs the verb “%2” on %3 %4.").arg(m.captured(1), m.captured(2), resource, m.captured(5).isEmpty() ? QStringLiteral("in the whole cluster") : QStringLiteral("in the namespace ") + m.captured(5));
}

} // namespace

bool isExpired(const Error &error) { return error.kind == ErrorKind::Conflict && error.hint == expiredHint; }

Error statusObjectError(const QJsonObject &status, const QString &where) {
    const int code = status.value(QLatin1String("code")).toInt();
    const QString reason = status.value(QLatin1String("reason")).toString(), message = status.value(QLatin1String("message")).toString();
    Error error{ErrorKind::Unreachable, redact(message), where, {}, redact(QString::fromUtf8(compactJson(status).left(8192)))};
    if (error.what.isEmpty())
        error.what = QStringLiteral("The API server refused%1 (HTTP %2).").arg(reason.isEmpty() ? QString() : QStringLiteral(": ") + reason).arg(code);
    if (code == 401) {
        error.kind = ErrorKind::Denied;
        error.what = QStringLiteral("The API server does not accept the credential%1.").arg(message.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(redact(message)));
        error.hint = QStringLiteral("Is the token or certificate expired? Log in again, or look at the user of this context.");
    } else if (code == 403) {
        error.kind = ErrorKind::Denied;
        error.hint = missingRight(message);
        if (error.hint.isEmpty() && message.contains(QLatin1String("exceeded quota")))
            error.hint = QStringLiteral("The namespace's quota is used up.");
    } else if (code == 404) {
        error.kind = ErrorKind::NotFound;
    } else if (code == 410) {
        error.kind = ErrorKind::Conflict;
        error.hint = expiredHint;
    } else if (code == 409) {
        error.kind = ErrorKind::Conflict;
        error.hint = reason == QLatin1String("AlreadyExists") ? QStringLiteral("Choose another name, or look at the one that is there.") : QStringLiteral("Somebody else changed it: look at it and try again.");
    } else if (code == 429) {
        error.hint = QStringLiteral("The server asks to slow down; try again later.");
    } else if (code >= 400 && code < 500) {
        error.kind = ErrorKind::Invalid;
    }
    return error;
}

} // namespace pilothouse::cluster
