// SPDX-License-Identifier: GPL-3.0-or-later
// JSON with single quotes, which reads well inside C++ and does not trip moc.
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtGlobal>

namespace pilothouse::support {

inline QJsonDocument quoted(const char *text) {
    QJsonParseError wrong;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray(text).replace('\'', '"'), &wrong);
    if (wrong.error != QJsonParseError::NoError)
        qFatal("not JSON: %s (%s)", text, qPrintable(wrong.errorString()));
    return document;
}
inline QJsonObject object(const char *text) { return quoted(text).object(); }
inline QJsonArray array(const char *text) { return quoted(text).array(); }

/// `patch` laid over `base`, object by object; null takes away.
inline QJsonObject overlaid(QJsonObject base, const QJsonObject &patch) {
    for (auto it = patch.begin(); it != patch.end(); ++it) {
        if (it->isNull())
            base.remove(it.key());
        else
            base.insert(it.key(), it->isObject() && base.value(it.key()).isObject() ? QJsonValue(overlaid(base.value(it.key()).toObject(), it->toObject())) : it.value());
    }
    return base;
}

} // namespace pilothouse::support
