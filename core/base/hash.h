// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace pilothouse {

/// Streaming digest by OpenSSL (SHA-NI where the CPU has it).
class Hasher {
public:
    enum class Kind { Sha256, Md5 };
    explicit Hasher(Kind kind);
    ~Hasher();
    Hasher(Hasher &&) noexcept;
    void add(const void *bytes, std::size_t count);
    void add(const QByteArray &bytes) { add(bytes.constData(), std::size_t(bytes.size())); }
    /// Lower-case hex; the hasher is used up.
    QString hex();
    QByteArray raw();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

QString sha256Hex(const QByteArray &bytes);
QByteArray hmacSha256(const QByteArray &key, const QByteArray &message);
/// Digest of a file's bytes, read in blocks of 1 MiB.
Result<QString> sha256OfFile(const QString &path);
/// `count` bytes of the system's random source, as lower-case hex (2·count characters).
QString randomHex(int count);

} // namespace pilothouse
