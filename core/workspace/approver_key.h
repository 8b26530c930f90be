// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace pilothouse::workspace {

/// A public key as the workspace's `approvers` writes it: "ed25519:" and the Base64 of its 32 bytes.
QString approverKeyText(const QByteArray &publicKey);
/// The 32 bytes of such a text. Invalid for anything else, with the form in the hint.
Result<QByteArray> approverKeyBytes(const QString &text);

} // namespace pilothouse::workspace
