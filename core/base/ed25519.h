// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace pilothouse {

/// Ed25519 (RFC 8032) by OpenSSL: signatures that others can check with the public key alone. Any thread.
inline constexpr int ed25519KeyBytes = 32, ed25519SignatureBytes = 64;

/// A new private key: 32 bytes of the system's random source. It is a secret; keep it in the keychain only.
QByteArray newEd25519Key();
/// The 32 bytes that others check with. Invalid unless `privateKey` has 32 bytes; its bytes are in no error.
Result<QByteArray> ed25519PublicKey(const QByteArray &privateKey);
/// 64 bytes. Invalid unless `privateKey` has 32 bytes.
Result<QByteArray> ed25519Sign(const QByteArray &privateKey, const QByteArray &message);
/// False also for a key or a signature of another length.
bool ed25519Holds(const QByteArray &publicKey, const QByteArray &message, const QByteArray &signature);

} // namespace pilothouse
