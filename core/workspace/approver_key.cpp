// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/approver_key.h"

namespace pilothouse::workspace {

namespace {
const QString form = QStringLiteral("ed25519:");
constexpr int keyBytes = 32;
} // namespace

QString approverKeyText(const QByteArray &publicKey) { return form + QString::fromLatin1(publicKey.toBase64()); }

Result<QByteArray> approverKeyBytes(const QString &text) {
    const QString hint = QStringLiteral("Write ed25519: and the Base64 of 32 bytes, as “pilot approvals key” shows it.");
    if (!text.startsWith(form))
        return invalid(QStringLiteral("“%1” is no public key.").arg(text.left(60)), {}, hint);
    const auto bytes = QByteArray::fromBase64Encoding(text.mid(form.size()).toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes || bytes.decoded.size() != keyBytes)
        return invalid(QStringLiteral("“%1” is no whole public key of Ed25519.").arg(text.left(60)), {}, hint);
    return bytes.decoded;
}

} // namespace pilothouse::workspace
