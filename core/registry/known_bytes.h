// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <QByteArray>
#include <QHash>

namespace pilothouse::registry {

/// Runs, versions and models as bytes for the cache; read by the same version of the program only (`knownBytesVersion`).
inline constexpr int knownBytesVersion = 1;
QByteArray toBytes(const Run &run);
QByteArray toBytes(const Version &version);
QByteArray toBytes(const RegisteredModel &model);

/// Reads them back. Keys of maps that come again and again share one string. One thread each.
class KnownReader {
public:
    bool read(const QByteArray &bytes, Run &into); ///< false: cut short
    bool read(const QByteArray &bytes, Version &into);
    bool read(const QByteArray &bytes, RegisteredModel &into);

private:
    QHash<QByteArray, QString> m_shared;
};

} // namespace pilothouse::registry
