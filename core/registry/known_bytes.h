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

/// Strings that come again and again are one. Rows of a list have the same keys in the same places: a guess by place saves most look-ups.
class SharedStrings {
public:
    void beginRow() { m_place = 0; }
    QString operator()(const char *utf8, qsizetype size);

private:
    QHash<QByteArray, QString> m_all;
    std::vector<std::pair<QByteArray, QString>> m_guesses;
    std::size_t m_place = 0;
};

/// Reads them back. One thread each.
class KnownReader {
public:
    bool read(const QByteArray &bytes, Run &into); ///< false: cut short
    bool read(const QByteArray &bytes, Version &into);
    bool read(const QByteArray &bytes, RegisteredModel &into);

private:
    SharedStrings m_shared;
};

} // namespace pilothouse::registry
