// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

#include <cerrno>
#include <cstring>

namespace pilothouse {

QString Error::text() const {
    QString out;
    if (!where.isEmpty())
        out += where + QStringLiteral(": ");
    out += what;
    if (!hint.isEmpty())
        out += QLatin1Char(' ') + hint;
    return out;
}

QString Error::kindName() const {
    switch (kind) {
    case ErrorKind::Cancelled: return QStringLiteral("cancelled");
    case ErrorKind::Unreachable: return QStringLiteral("unreachable");
    case ErrorKind::TimedOut: return QStringLiteral("timed_out");
    case ErrorKind::Denied: return QStringLiteral("denied");
    case ErrorKind::NotFound: return QStringLiteral("not_found");
    case ErrorKind::Conflict: return QStringLiteral("conflict");
    case ErrorKind::Invalid: return QStringLiteral("invalid");
    case ErrorKind::Refused: return QStringLiteral("refused");
    case ErrorKind::Internal: break;
    }
    return QStringLiteral("internal");
}

int exitCode(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::Refused:
    case ErrorKind::Conflict:
    case ErrorKind::Denied: return 1;
    case ErrorKind::Invalid:
    case ErrorKind::NotFound: return 2;
    case ErrorKind::Unreachable:
    case ErrorKind::TimedOut: return 3;
    case ErrorKind::Cancelled: return 130;
    case ErrorKind::Internal: break;
    }
    return 70;
}

Error cancelled() { return {ErrorKind::Cancelled, QStringLiteral("Cancelled."), {}, {}, {}}; }

Error internalError(const std::exception &e) {
    return {ErrorKind::Internal, QStringLiteral("An unexpected error stopped this step."), {},
            QStringLiteral("This is a mistake of Pilothouse; the details help to report it."), QString::fromUtf8(e.what())};
}

Error fileError(const QString &verb, const QString &path) {
    const int code = errno;
    Error e;
    e.kind = code == ENOENT                    ? ErrorKind::NotFound
             : code == EACCES || code == EPERM || code == EROFS ? ErrorKind::Denied
             : code == ENOSPC                  ? ErrorKind::Unreachable
                                               : ErrorKind::Invalid;
    // "open" needs its object, "make the folder" has one.
    e.what = QStringLiteral("Could not %1%2: %3.").arg(verb, verb.contains(QLatin1String(" the ")) && !verb.endsWith(QLatin1String(" of")) ? QString() : QStringLiteral(" this file"),
                                                       QString::fromLocal8Bit(std::strerror(code)));
    e.where = path;
    if (code == EROFS)
        e.hint = QStringLiteral("The disk is mounted read-only. Choose another folder, or mount it for writing.");
    else if (e.kind == ErrorKind::Denied)
        e.hint = QStringLiteral("Look at the rights of the file and of its folder.");
    else if (code == ENOSPC)
        e.hint = QStringLiteral("The disk is full. Free some space and run it again; nothing half-written was left.");
    return e;
}

} // namespace pilothouse
