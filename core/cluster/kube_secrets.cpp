// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_secrets.h"

#include "core/base/redact.h"

#include <algorithm>
#include <tuple>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

KubeSecretInfo infoOf(const QJsonObject &object) {
    KubeSecretInfo out;
    out.space = metadataText(object, "namespace");
    out.name = metadataText(object, "name");
    out.type = object.value(Q("type")).toString();
    out.immutable = object.value(Q("immutable")).toBool();
    out.created = QDateTime::fromString(metadataText(object, "creationTimestamp"), Qt::ISODate).toUTC();
    const QJsonObject data = object.value(Q("data")).toObject();
    for (auto it = data.begin(); it != data.end(); ++it)
        out.keys.insert(it.key(), int(QByteArray::fromBase64(it.value().toString().toLatin1()).size()));
    return out;
}

} // namespace

Result<std::vector<KubeSecretInfo>> kubeSecrets(const KubeApi &api, const QString &space, std::stop_token token) {
    PH_ASSIGN(const auto objects, api.list(kinds::Secret, space, {}, token));
    std::vector<KubeSecretInfo> out;
    for (const QJsonObject &object : objects)
        out.push_back(infoOf(object));
    std::sort(out.begin(), out.end(), [](const auto &a, const auto &b) { return std::tie(a.space, a.name) < std::tie(b.space, b.name); });
    return out;
}

Result<KubeSecretInfo> kubeSecret(const KubeApi &api, const QString &space, const QString &name, std::stop_token token) {
    PH_ASSIGN(const QJsonObject object, api.read({kinds::Secret, space, name}, token));
    return infoOf(object);
}

Result<QMap<QString, QByteArray>> kubeSecretValues(const KubeApi &api, const QString &space, const QString &name, const QString &key, std::stop_token token) {
    PH_ASSIGN(const QJsonObject object, api.read({kinds::Secret, space, name}, token));
    const QJsonObject data = object.value(Q("data")).toObject();
    if (!key.isEmpty() && !data.contains(key))
        return notFound(QStringLiteral("The Secret %1 in %2 has no key “%3”.").arg(name, space, key), {}, QStringLiteral("It has: %1.").arg(data.keys().join(QStringLiteral(", "))));
    QMap<QString, QByteArray> out;
    for (auto it = data.begin(); it != data.end(); ++it) {
        if (!key.isEmpty() && it.key() != key)
            continue;
        const QByteArray value = QByteArray::fromBase64(it.value().toString().toLatin1());
        hideInTexts(QString::fromUtf8(value));
        hideInTexts(it.value().toString());
        out.insert(it.key(), value);
    }
    return out;
}

} // namespace pilothouse::cluster
