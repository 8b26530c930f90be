// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ed25519.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace pilothouse {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char *bytesOf(const QByteArray &bytes) { return reinterpret_cast<const unsigned char *>(bytes.constData()); }

Result<Key> privateFrom(const QByteArray &bytes) {
    if (bytes.size() == ed25519KeyBytes)
        if (Key key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytesOf(bytes), std::size_t(bytes.size())), EVP_PKEY_free})
            return key;
    return invalid(QStringLiteral("This is no private key of Ed25519: it needs %1 bytes.").arg(ed25519KeyBytes));
}

} // namespace

QByteArray newEd25519Key() {
    QByteArray out(ed25519KeyBytes, Qt::Uninitialized);
    if (RAND_priv_bytes(reinterpret_cast<unsigned char *>(out.data()), int(out.size())) != 1)
        qFatal("The system's random source failed.");
    return out;
}

Result<QByteArray> ed25519PublicKey(const QByteArray &privateKey) {
    PH_ASSIGN(const Key key, privateFrom(privateKey));
    QByteArray out(ed25519KeyBytes, Qt::Uninitialized);
    std::size_t size = std::size_t(out.size());
    if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char *>(out.data()), &size) != 1)
        return invalid(QStringLiteral("The public key could not be computed."));
    return out;
}

Result<QByteArray> ed25519Sign(const QByteArray &privateKey, const QByteArray &message) {
    PH_ASSIGN(const Key key, privateFrom(privateKey));
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    QByteArray out(ed25519SignatureBytes, Qt::Uninitialized);
    std::size_t size = std::size_t(out.size());
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(out.data()), &size, bytesOf(message), std::size_t(message.size())) != 1)
        return invalid(QStringLiteral("The text could not be signed."));
    return out;
}

bool ed25519Holds(const QByteArray &publicKey, const QByteArray &message, const QByteArray &signature) {
    if (publicKey.size() != ed25519KeyBytes || signature.size() != ed25519SignatureBytes)
        return false;
    const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(publicKey), std::size_t(publicKey.size())), EVP_PKEY_free);
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytesOf(signature), std::size_t(signature.size()), bytesOf(message), std::size_t(message.size())) == 1;
}

} // namespace pilothouse
