// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"

#include <QFile>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace pilothouse {

struct Hasher::Impl {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ~Impl() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Kind kind) : m_impl(std::make_unique<Impl>()) {
    EVP_DigestInit_ex(m_impl->context, kind == Kind::Sha256 ? EVP_sha256() : EVP_md5(), nullptr);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher &&) noexcept = default;

void Hasher::add(const void *bytes, std::size_t count) { EVP_DigestUpdate(m_impl->context, bytes, count); }

QByteArray Hasher::raw() {
    QByteArray out(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned length = 0;
    EVP_DigestFinal_ex(m_impl->context, reinterpret_cast<unsigned char *>(out.data()), &length);
    out.resize(int(length));
    return out;
}

QString Hasher::hex() { return QString::fromLatin1(raw().toHex()); }

QString sha256Hex(const QByteArray &bytes) {
    Hasher h(Hasher::Kind::Sha256);
    h.add(bytes);
    return h.hex();
}

QByteArray hmacSha256(const QByteArray &key, const QByteArray &message) {
    unsigned length = 0;
    QByteArray out(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    HMAC(EVP_sha256(), key.constData(), int(key.size()), reinterpret_cast<const unsigned char *>(message.constData()),
         std::size_t(message.size()), reinterpret_cast<unsigned char *>(out.data()), &length);
    out.resize(int(length));
    return out;
}

Result<QString> sha256OfFile(const QString &path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), path);
    Hasher h(Hasher::Kind::Sha256);
    QByteArray block(1 << 20, Qt::Uninitialized);
    for (;;) {
        const qint64 n = file.read(block.data(), block.size());
        if (n < 0)
            return fileError(QStringLiteral("read"), path);
        if (n == 0)
            return h.hex();
        h.add(block.constData(), std::size_t(n));
    }
}

QString randomHex(int count) {
    QByteArray bytes(count, Qt::Uninitialized);
    RAND_bytes(reinterpret_cast<unsigned char *>(bytes.data()), count);
    return QString::fromLatin1(bytes.toHex());
}

} // namespace pilothouse
