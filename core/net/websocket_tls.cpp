// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/websocket_internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace pilothouse::net {

namespace {

QString sslReason() {
    char text[256] = {};
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    return QString::fromLatin1(text);
}

template<class T, void (*Free)(T *)>
struct Freed {
    void operator()(T *object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;

Bio bioOf(const QByteArray &pem) { return Bio(BIO_new_mem_buf(pem.constData(), int(pem.size()))); }

Result<void> trust(ssl::context &context, const QByteArray &pem, const QString &where) {
    const Bio bio = bioOf(pem);
    X509_STORE *const store = SSL_CTX_get_cert_store(context.native_handle());
    int count = 0;
    for (;; ++count) {
        const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (!certificate)
            break;
        X509_STORE_add_cert(store, certificate.get());
    }
    ERR_clear_error();
    return count ? Result<void>() : invalid(QStringLiteral("The certificate of the authority cannot be read."), where);
}

Result<void> identify(ssl::context &context, const Tls &tls, const QString &where) {
    const Bio bio = bioOf(tls.certPem), keyBio = bioOf(tls.keyPem);
    const Certificate first(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!first || SSL_CTX_use_certificate(context.native_handle(), first.get()) != 1)
        return invalid(QStringLiteral("The client certificate cannot be read: %1.").arg(sslReason()), where);
    for (;;) {
        X509 *const more = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
        if (!more)
            break;
        SSL_CTX_add0_chain_cert(context.native_handle(), more); // takes it
    }
    ERR_clear_error();
    const Key key(PEM_read_bio_PrivateKey(keyBio.get(), nullptr, nullptr, nullptr));
    if (!key || SSL_CTX_use_PrivateKey(context.native_handle(), key.get()) != 1 || SSL_CTX_check_private_key(context.native_handle()) != 1)
        return invalid(QStringLiteral("The client key cannot be read, or is not that of the certificate: %1.").arg(sslReason()), where);
    return {};
}

} // namespace

Result<std::shared_ptr<ssl::context>> tlsContext(const Request &request) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    const QString where = requestPlace(request);
    const Tls *const tls = request.tls.get();
    error_code ignored;
    if (tls && !tls->caPem.isEmpty()) {
        PH_TRY(trust(*context, tls->caPem, where));
    } else if (!request.caFile.isEmpty()) {
        if (SSL_CTX_load_verify_locations(context->native_handle(), request.caFile.toUtf8().constData(), nullptr) != 1)
            return invalid(QStringLiteral("The file of the authority's certificate cannot be read."), request.caFile);
    } else {
        context->set_default_verify_paths(ignored);
    }
    if (tls && !tls->certPem.isEmpty())
        PH_TRY(identify(*context, *tls, where));
    context->set_verify_mode(tls && tls->insecure ? ssl::verify_none : ssl::verify_peer, ignored);
    return context;
}

Result<void> expectServer(SSL *ssl, const Request &request, const QString &host) {
    const QByteArray name = (request.tls && !request.tls->serverName.isEmpty() ? request.tls->serverName : host).toUtf8();
    error_code notAddress;
    asio::ip::make_address(name.toStdString(), notAddress);
    const bool address = !notAddress;
    if (!address)
        SSL_set_tlsext_host_name(ssl, name.constData());
    if (request.tls && request.tls->insecure)
        return {};
    X509_VERIFY_PARAM *const rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int ok = address ? X509_VERIFY_PARAM_set1_ip_asc(rules, name.constData()) : X509_VERIFY_PARAM_set1_host(rules, name.constData(), std::size_t(name.size()));
    return ok == 1 ? Result<void>() : invalid(QStringLiteral("“%1” is not a name that a server's certificate can have.").arg(QString::fromUtf8(name)), requestPlace(request));
}

} // namespace pilothouse::net
