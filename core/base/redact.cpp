// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/redact.h"

#include <QRegularExpression>

namespace pilothouse {

QString redact(const QString &text) {
    static const QRegularExpression header(QStringLiteral(R"(((?:proxy-)?authorization|x-api-key|cookie|set-cookie)(\s*[:=]\s*)(?:(?:basic|bearer|token)\s+)?[^\s,;'"]+)"),
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression userinfo(QStringLiteral(R"((\w+://)[^/\s:@]+:[^/\s@]+@)"));
    static const QRegularExpression assignment(
        QStringLiteral(R"re(((?:api[_-]?key|token|password|passwd|secret|access[_-]?key)["']?\s*[:=]\s*["']?)[^\s&"',;}]+)re"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression aws(QStringLiteral(R"(\bA(?:KIA|SIA)[0-9A-Z]{12,}\b)"));
    static const QRegularExpression jwt(QStringLiteral(R"(\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"));
    const QString mask = QStringLiteral("•••");
    QString out = text;
    out.replace(header, QStringLiteral("\\1\\2") + mask);
    out.replace(userinfo, QStringLiteral("\\1") + mask + QLatin1Char('@'));
    out.replace(assignment, QStringLiteral("\\1") + mask);
    out.replace(aws, mask);
    out.replace(jwt, mask);
    return out;
}

} // namespace pilothouse
