// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/stand_in.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace pilothouse::estate {

QByteArray Call::header(const QByteArray &name) const {
    for (const auto &[key, value] : headers)
        if (key == name)
            return value;
    return {};
}

QJsonObject Call::json() const { return QJsonDocument::fromJson(body).object(); }

QUrlQuery Call::form() const {
    QByteArray text = body;
    text.replace('+', "%20"); // QUrlQuery keeps a plus; in a form it is a blank
    QUrlQuery out;
    for (const QByteArray &part : text.split('&')) {
        if (part.isEmpty())
            continue;
        const qsizetype at = part.indexOf('=');
        const auto plain = [](const QByteArray &written) { return QString::fromUtf8(QByteArray::fromPercentEncoding(written)); };
        // QUrlQuery wants its own encoding: a percent sign in a value must survive it.
        const auto kept = [&](const QByteArray &written) { return QString::fromLatin1(plain(written).toUtf8().toPercentEncoding()); };
        out.addQueryItem(kept(at < 0 ? part : part.left(at)), at < 0 ? QString() : kept(part.mid(at + 1)));
    }
    return out;
}

std::pair<QString, QString> Call::login() const {
    const QByteArray line = header("authorization");
    const qsizetype blank = line.indexOf(' ');
    if (blank < 0)
        return {};
    const QByteArray scheme = line.left(blank).toLower(), rest = line.mid(blank + 1).trimmed();
    if (scheme == "bearer" || scheme == "token")
        return {QString(), QString::fromUtf8(rest)};
    if (scheme != "basic")
        return {};
    const QString pair = QString::fromUtf8(QByteArray::fromBase64(rest));
    const qsizetype colon = pair.indexOf(QLatin1Char(':'));
    return colon < 0 ? std::pair(pair, QString()) : std::pair(pair.left(colon), pair.mid(colon + 1));
}

QString Call::host() const { return QString::fromLatin1(header("host")); }

Answer Answer::json(const QJsonValue &value, int status) {
    Answer out;
    out.status = status;
    if (value.isArray())
        out.body = QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact);
    else if (value.isObject())
        out.body = QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
    else { // a bare value: written as the only element, its brackets taken off
        const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        out.body = wrapped.mid(1, wrapped.size() - 2);
    }
    return out;
}

Answer Answer::text(const QByteArray &text, int status, const QByteArray &type) {
    Answer out;
    out.status = status;
    out.type = type;
    out.body = text;
    return out;
}

QJsonObject StandIn::control(const QString &verb, const QJsonObject &) { return {{QStringLiteral("error"), QStringLiteral("%1 does not know “%2”.").arg(name(), verb)}}; }

} // namespace pilothouse::estate
