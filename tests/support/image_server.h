// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/loopback_server.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QUrl>
#include <QUrlQuery>

#include <memory>
#include <mutex>

namespace pilothouse::support {

/// A request as a handler wants it.
struct AskedRequest {
    QByteArray method, path, query, authorization, accept, body, whole;
};
inline AskedRequest asked(const QByteArray &whole) {
    AskedRequest out;
    out.whole = whole;
    const QList<QByteArray> first = whole.left(whole.indexOf("\r\n")).split(' ');
    out.method = first.value(0);
    const QByteArray target = first.value(1);
    const qsizetype mark = target.indexOf('?');
    out.path = mark < 0 ? target : target.left(mark);
    out.query = mark < 0 ? QByteArray() : target.mid(mark + 1);
    const qsizetype end = whole.indexOf("\r\n\r\n");
    out.body = whole.mid(end + 4);
    for (const QByteArray &line : whole.left(end).split('\n')) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(colon).toLower(), value = line.mid(colon + 1).trimmed();
        if (name == "authorization")
            out.authorization = value;
        else if (name == "accept")
            out.accept = value;
    }
    return out;
}

/// The content of an image registry: manifests and blobs by digest, tags.
struct ImageContent {
    QMap<QByteArray, QByteArray> types, bytes; ///< by digest
    QMap<QByteArray, QByteArray> tags;         ///< tag → digest

    static QByteArray digestOf(const QByteArray &bytes) { return "sha256:" + QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex(); }
    QByteArray add(const QByteArray &type, const QByteArray &content) {
        const QByteArray digest = digestOf(content);
        types.insert(digest, type);
        bytes.insert(digest, content);
        return digest;
    }
    /// One platform's manifest with its configuration and a layer.
    QByteArray addImage(const char *architecture, const QJsonObject &labels, const QByteArray &layer = "layer") {
        const QByteArray config = QJsonDocument(QJsonObject{{QStringLiteral("architecture"), QLatin1String(architecture)}, {QStringLiteral("os"), QStringLiteral("linux")}, {QStringLiteral("created"), QStringLiteral("2026-03-01T10:00:00Z")},
                                                            {QStringLiteral("config"), QJsonObject{{QStringLiteral("Labels"), labels}}}, {QStringLiteral("rootfs"), QJsonObject{{QStringLiteral("type"), QStringLiteral("layers")}, {QStringLiteral("diff_ids"), QJsonArray{QString::fromLatin1(digestOf(layer))}}}}})
                                      .toJson(QJsonDocument::Compact);
        const QByteArray configDigest = add("application/vnd.oci.image.config.v1+json", config), layerDigest = add("application/vnd.oci.image.layer.v1.tar", layer);
        const QJsonObject manifest{{QStringLiteral("schemaVersion"), 2}, {QStringLiteral("mediaType"), QStringLiteral("application/vnd.oci.image.manifest.v1+json")},
                                   {QStringLiteral("config"), descriptor("application/vnd.oci.image.config.v1+json", configDigest, config.size())},
                                   {QStringLiteral("layers"), QJsonArray{descriptor("application/vnd.oci.image.layer.v1.tar", layerDigest, layer.size())}}};
        return add("application/vnd.oci.image.manifest.v1+json", QJsonDocument(manifest).toJson(QJsonDocument::Compact));
    }
    QByteArray addIndex(const QMap<QByteArray, QByteArray> &byArchitecture, bool withAttestation = true) {
        QJsonArray manifests;
        for (auto it = byArchitecture.begin(); it != byArchitecture.end(); ++it) {
            QJsonObject one = descriptor("application/vnd.oci.image.manifest.v1+json", it.value(), bytes.value(it.value()).size());
            one.insert(QStringLiteral("platform"), QJsonObject{{QStringLiteral("os"), QStringLiteral("linux")}, {QStringLiteral("architecture"), QString::fromLatin1(it.key())}});
            manifests.append(one);
        }
        if (withAttestation) { // as BuildKit adds one for each platform; a registry wants it to be there
            QJsonObject one = descriptor("application/vnd.oci.image.manifest.v1+json", addImage("unknown", {}, "attestation"), 0);
            one.insert(QStringLiteral("size"), bytes.value(one.value(QStringLiteral("digest")).toString().toLatin1()).size());
            one.insert(QStringLiteral("platform"), QJsonObject{{QStringLiteral("os"), QStringLiteral("unknown")}, {QStringLiteral("architecture"), QStringLiteral("unknown")}});
            one.insert(QStringLiteral("annotations"), QJsonObject{{QStringLiteral("vnd.docker.reference.type"), QStringLiteral("attestation-manifest")}});
            manifests.append(one);
        }
        const QJsonObject index{{QStringLiteral("schemaVersion"), 2}, {QStringLiteral("mediaType"), QStringLiteral("application/vnd.oci.image.index.v1+json")}, {QStringLiteral("manifests"), manifests}};
        return add("application/vnd.oci.image.index.v1+json", QJsonDocument(index).toJson(QJsonDocument::Compact));
    }

    static QJsonObject descriptor(const char *type, const QByteArray &digest, qsizetype size) {
        return {{QStringLiteral("mediaType"), QLatin1String(type)}, {QStringLiteral("digest"), QString::fromLatin1(digest)}, {QStringLiteral("size"), qint64(size)}};
    }
};

} // namespace pilothouse::support
