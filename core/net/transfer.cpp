// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/transfer_internal.h"

#include "core/base/hash.h"
#include "core/net/aws_signature.h"

#include <QFile>

#include <algorithm>
#include <new>

namespace pilothouse::net {

namespace {

bool isLoopback(const QString &url) {
    const QString host = QUrl(url).host();
    return host == QLatin1String("localhost") || host.startsWith(QLatin1String("127.")) || host == QLatin1String("::1");
}

bool has(const QList<Header> &headers, const char *name) {
    return std::any_of(headers.begin(), headers.end(), [&](const Header &h) { return h.name.compare(name, Qt::CaseInsensitive) == 0; });
}

} // namespace

bool mayRepeat(const Request &request) { return request.idempotent.value_or(request.method != "POST" && request.method != "PATCH"); }

Transfer::Transfer(const Request &request, int timeoutMs) : m_request(request), m_handle(curl_easy_init()) {
    if (!m_handle)
        throw std::bad_alloc();
    setMethod();
    setConnection(timeoutMs);
    setProxy();
    setTls();
    setSignature();
    setHeaders();
    curl_easy_setopt(m_handle, CURLOPT_PRIVATE, this);
    curl_easy_setopt(m_handle, CURLOPT_ERRORBUFFER, m_errorText);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, this);
}

Transfer::~Transfer() {
    curl_easy_cleanup(m_handle);
    curl_slist_free_all(m_headers);
    curl_slist_free_all(m_connectTo);
}

void Transfer::setMethod() {
    const QByteArray &method = m_request.method;
    curl_easy_setopt(m_handle, CURLOPT_URL, m_request.url.toUtf8().constData());
    if (method == "HEAD") {
        curl_easy_setopt(m_handle, CURLOPT_NOBODY, 1L);
    } else if (!m_request.bodyFile.isEmpty()) {
        setBodyFile();
    } else if (!m_request.body.isEmpty() || method == "POST" || method == "PUT" || method == "PATCH") {
        curl_easy_setopt(m_handle, CURLOPT_POST, 1L);
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(m_request.body.size()));
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, m_request.body.constData());
        if (method != "POST")
            curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, method.constData());
    } else if (method != "GET") {
        curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, method.constData());
    }
}

/// Opened anew for each attempt. That it can be read was checked (checkRequest); one that got lost since is sent as an empty body of its
/// old length, which fails.
void Transfer::setBodyFile() {
    m_bodyFile = std::make_unique<QFile>(m_request.bodyFile);
    (void)m_bodyFile->open(QIODevice::ReadOnly);
    curl_easy_setopt(m_handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, m_request.method.constData());
    curl_easy_setopt(m_handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(m_bodyFile->size()));
    curl_easy_setopt(m_handle, CURLOPT_READFUNCTION, &Transfer::onRead);
    curl_easy_setopt(m_handle, CURLOPT_READDATA, m_bodyFile.get());
    curl_easy_setopt(m_handle, CURLOPT_SEEKFUNCTION, &Transfer::onSeek);
    curl_easy_setopt(m_handle, CURLOPT_SEEKDATA, m_bodyFile.get());
}

std::size_t Transfer::onRead(char *bytes, std::size_t size, std::size_t count, void *file) {
    const qint64 read = static_cast<QFile *>(file)->read(bytes, qint64(size * count));
    return read < 0 ? CURL_READFUNC_ABORT : std::size_t(read);
}

int Transfer::onSeek(void *file, curl_off_t offset, int origin) {
    return origin == SEEK_SET && static_cast<QFile *>(file)->seek(offset) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

void Transfer::setConnection(int timeoutMs) {
    curl_easy_setopt(m_handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(m_handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(m_handle, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT_MS, long(timeoutMs));
    curl_easy_setopt(m_handle, CURLOPT_CONNECTTIMEOUT_MS, long(m_request.connectTimeoutMs));
    if (m_request.rawBytes)
        curl_easy_setopt(m_handle, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    else
        curl_easy_setopt(m_handle, CURLOPT_ACCEPT_ENCODING, "");
    if (m_request.stallSeconds > 0) {
        curl_easy_setopt(m_handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(m_handle, CURLOPT_LOW_SPEED_TIME, long(m_request.stallSeconds));
    }
    curl_easy_setopt(m_handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(m_handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(m_handle, CURLOPT_QUICK_EXIT, 1L); // dropping a transfer must not wait for its name look-up
#endif
    if (!m_request.caFile.isEmpty())
        curl_easy_setopt(m_handle, CURLOPT_CAINFO, QFile::encodeName(m_request.caFile).constData());
    // On a kept connection that broke curl repeats the request by itself, also a POST.
    if (!mayRepeat(m_request))
        curl_easy_setopt(m_handle, CURLOPT_FRESH_CONNECT, 1L);
}

/// One that the request names is meant, also for this machine and whatever NO_PROXY says.
void Transfer::setProxy() {
    if (m_request.proxy.isEmpty()) {
        if (isLoopback(m_request.url))
            curl_easy_setopt(m_handle, CURLOPT_PROXY, "");
        return;
    }
    QByteArray proxy = m_request.proxy.toUtf8();
    if (proxy.startsWith("socks5:")) // names are looked up behind it, as Go's proxies (kubectl) do
        proxy.insert(6, 'h');
    curl_easy_setopt(m_handle, CURLOPT_PROXY, proxy.constData());
    curl_easy_setopt(m_handle, CURLOPT_NOPROXY, "");
}

/// libcurl shares a connection, and resumes a session, between transfers of the same authorities, certificate and name only. Sessions of a client
/// certificate are not resumed all the same: they would carry its identity.
void Transfer::setTls() {
    if (!m_request.tls)
        return;
    const Tls &tls = *m_request.tls;
    const auto blob = [this](CURLoption option, const QByteArray &pem) {
        curl_blob bytes{const_cast<char *>(pem.constData()), std::size_t(pem.size()), CURL_BLOB_COPY};
        curl_easy_setopt(m_handle, option, &bytes);
    };
    if (!tls.caPem.isEmpty()) {
        blob(CURLOPT_CAINFO_BLOB, tls.caPem);
        curl_easy_setopt(m_handle, CURLOPT_CAPATH, nullptr); // else the system's folder is believed beside them
    }
    if (!tls.certPem.isEmpty()) {
        blob(CURLOPT_SSLCERT_BLOB, tls.certPem);
        blob(CURLOPT_SSLKEY_BLOB, tls.keyPem);
        curl_easy_setopt(m_handle, CURLOPT_SSLCERTTYPE, "PEM");
        curl_easy_setopt(m_handle, CURLOPT_SSLKEYTYPE, "PEM");
        curl_easy_setopt(m_handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    }
    if (tls.insecure) {
        curl_easy_setopt(m_handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(m_handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    const QUrl url(m_request.url);
    if (!tls.serverName.isEmpty() && tls.serverName.compare(url.host(), Qt::CaseInsensitive) != 0 && url.scheme() == QLatin1String("https")) {
        const auto written = [](const QString &host) { return host.contains(QLatin1Char(':')) ? QByteArray('[' + host.toLatin1() + ']') : host.toLatin1(); };
        const QByteArray port = QByteArray::number(url.port(443)), host = written(url.host(QUrl::FullyEncoded)), name = written(tls.serverName);
        m_connectTo = curl_slist_append(nullptr, (name + ':' + port + ':' + host + ':' + port).constData());
        curl_easy_setopt(m_handle, CURLOPT_CONNECT_TO, m_connectTo);
        // The name of the certificate stands in the address, the real host in the header. Everything behind the host stays byte for byte.
        const QByteArray all = m_request.url.toUtf8();
        const qsizetype begin = all.indexOf("://") + 3;
        qsizetype end = begin;
        while (end < all.size() && !QByteArrayView("/?#").contains(all[end]))
            ++end;
        curl_easy_setopt(m_handle, CURLOPT_URL, ("https://" + name + ':' + port + all.mid(end)).constData());
        m_hostHeader = url.port(443) == 443 ? host : host + ':' + port;
    }
    // Many calls at once wait for the one connection instead of opening one each. Without TLS they would wait for its first reply.
    if (mayRepeat(m_request) && url.scheme() == QLatin1String("https"))
        curl_easy_setopt(m_handle, CURLOPT_PIPEWAIT, 1L);
}

/// User and key go by their own options: the secret never stands in a text that could be logged.
void Transfer::setSignature() {
    if (!m_request.aws || needsOwnSignature(m_request))
        return;
    const AwsSigning &aws = *m_request.aws;
    const QString provider = QStringLiteral("aws:amz:%1:%2").arg(aws.region, aws.service);
    curl_easy_setopt(m_handle, CURLOPT_AWS_SIGV4, provider.toUtf8().constData());
    curl_easy_setopt(m_handle, CURLOPT_USERNAME, aws.accessKey.toUtf8().constData());
    curl_easy_setopt(m_handle, CURLOPT_PASSWORD, aws.secretKey.toUtf8().constData());
}

void Transfer::setHeaders() {
    const auto add = [this](const QByteArray &line) { m_headers = curl_slist_append(m_headers, line.constData()); };
    if (m_request.aws) // libcurl 7.88 signs a header that is only named to be left out, and then does not send it
        curl_easy_setopt(m_handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 250L);
    else
        add("Expect:");
    if (!has(m_request.headers, "User-Agent"))
        add("User-Agent: pilothouse");
    if (!has(m_request.headers, "Content-Type") && !(m_request.aws && m_request.body.isEmpty()))
        add(m_request.body.isEmpty() && m_request.bodyFile.isEmpty() ? "Content-Type:" : "Content-Type: application/json");
    if (!m_hostHeader.isEmpty() && !has(m_request.headers, "Host"))
        add("Host: " + m_hostHeader);
    for (const Header &header : m_request.headers) {
        if (header.name.compare("Origin", Qt::CaseInsensitive) == 0)
            continue;
        add(header.value.isEmpty() ? header.name + ';' : header.name + ": " + header.value); // "name;" is curl's way to send an empty one
    }
    if (m_request.aws) {
        add("x-amz-content-sha256: " + sha256Hex(m_request.body).toLatin1());
        if (!m_request.aws->sessionToken.isEmpty())
            add("X-Amz-Security-Token: " + m_request.aws->sessionToken.toUtf8());
        if (needsOwnSignature(m_request))
            for (const Header &header : awsSignature(m_request, QDateTime::currentDateTimeUtc()))
                add(header.name + ": " + header.value);
    }
    curl_easy_setopt(m_handle, CURLOPT_HTTPHEADER, m_headers);
}

std::size_t Transfer::onBody(char *bytes, std::size_t size, std::size_t count, void *self) {
    auto &t = *static_cast<Transfer *>(self);
    const std::size_t n = size * count;
    if (t.m_request.onData && t.response.status / 100 == 2) {
        t.delivered = true;
        if (!t.headersSeen && t.m_request.onHeaders) {
            t.headersSeen = true;
            t.stoppedByReader = !t.m_request.onHeaders(t.response);
            if (t.stoppedByReader)
                return 0;
        }
        t.stoppedByReader = !t.m_request.onData(bytes, n);
        return t.stoppedByReader ? 0 : n;
    }
    if (t.response.body.size() + qint64(n) > t.m_request.maxBytes) {
        t.tooLong = true;
        return 0;
    }
    t.response.body.append(bytes, qsizetype(n));
    return n;
}

std::size_t Transfer::onHeader(char *bytes, std::size_t size, std::size_t count, void *self) {
    auto &t = *static_cast<Transfer *>(self);
    const QByteArray line = QByteArray(bytes, qsizetype(size * count)).trimmed();
    if (line.isEmpty()) { // trailers of chunks come after it
        if (!t.m_headComplete && t.m_request.onOpen && t.response.status / 100 == 2)
            t.m_request.onOpen();
        t.m_headComplete = true;
    }
    if (line.startsWith("HTTP/")) { // also after an interim 1xx
        t.m_headComplete = false;
        t.response.headers.clear();
        t.response.status = line.mid(line.indexOf(' ') + 1, 3).toInt();
    } else if (const qsizetype colon = line.indexOf(':'); colon > 0) {
        t.response.headers.append({line.left(colon), line.mid(colon + 1).trimmed()});
    }
    return size * count;
}

void Transfer::finish(CURLcode result, bool cancelledByUser) {
    const std::lock_guard lock(m_mutex);
    // A connection that closes in the middle of the headers is a success to libcurl: a reply with some headers and no body.
    code = result == CURLE_OK && !m_headComplete ? CURLE_PARTIAL_FILE : result;
    wasCancelled = cancelledByUser;
    long status = 0;
    curl_off_t microseconds = 0, retryAfter = 0;
    curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(m_handle, CURLINFO_TOTAL_TIME_T, &microseconds);
    curl_easy_getinfo(m_handle, CURLINFO_OS_ERRNO, &systemError);
    curl_easy_getinfo(m_handle, CURLINFO_HTTP_CONNECTCODE, &connectStatus);
    curl_easy_getinfo(m_handle, CURLINFO_RETRY_AFTER, &retryAfter); // both forms: seconds and date
    response.status = int(status);
    response.seconds = double(microseconds) / 1e6;
    if (!response.header("Retry-After").isEmpty())
        retryAfterSeconds = retryAfter;
    m_done = true;
    m_changed.notify_all();
}

void Transfer::wait() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_done; });
}

} // namespace pilothouse::net
