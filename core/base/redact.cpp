// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/redact.h"

#include "core/base/redact_bytes.h"

#include <QMutex>
#include <QRegularExpression>
#include <QStringList>
#include <QUrl>

#include <algorithm>

namespace pilothouse {

namespace {

constexpr qsizetype shortestHidden = 6, mostHidden = 1000;

struct Hidden {
    QMutex mutex;
    QStringList values; ///< longest first, so that one that holds another goes as a whole
    QStringList order;  ///< oldest first
};
Hidden &hidden() {
    static Hidden all;
    return all;
}

void hide(Hidden &all, const QString &value) {
    if (value.size() < shortestHidden || all.values.contains(value))
        return;
    if (all.order.size() >= mostHidden)
        all.values.removeOne(all.order.takeFirst());
    all.order << value;
    all.values.insert(std::find_if(all.values.begin(), all.values.end(), [&](const QString &other) { return other.size() < value.size(); }), value);
}

} // namespace

void hideInTexts(const QString &value) {
    Hidden &all = hidden();
    const QMutexLocker lock(&all.mutex);
    hide(all, value);
    hide(all, value.trimmed());
    hide(all, QString::fromLatin1(QUrl::toPercentEncoding(value)));
}

QByteArray hideKnown(QByteArray bytes, qsizetype *open) {
    QList<QByteArray> values;
    {
        Hidden &all = hidden();
        const QMutexLocker lock(&all.mutex);
        for (const QString &value : std::as_const(all.values))
            values << value.toUtf8();
    }
    for (const QByteArray &value : std::as_const(values))
        if (bytes.contains(value))
            bytes.replace(value, "•••");
    if (open) {
        *open = 0;
        for (const QByteArray &value : std::as_const(values))
            for (qsizetype n = std::min(value.size() - 1, bytes.size()); n > *open; --n)
                if (bytes.endsWith(QByteArrayView(value).first(n)))
                    *open = n;
    }
    return bytes;
}

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
    {
        Hidden &all = hidden();
        const QMutexLocker lock(&all.mutex);
        for (const QString &value : std::as_const(all.values))
            out.replace(value, mask);
    }
    out.replace(header, QStringLiteral("\\1\\2") + mask);
    out.replace(userinfo, QStringLiteral("\\1") + mask + QLatin1Char('@'));
    out.replace(assignment, QStringLiteral("\\1") + mask);
    out.replace(aws, mask);
    out.replace(jwt, mask);
    return out;
}

} // namespace pilothouse
