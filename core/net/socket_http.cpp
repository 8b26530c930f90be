// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/socket_http.h"

#include <QFile>
#include <QFileInfo>

#include <curl/curl.h>

#include <memory>
#include <unistd.h>

namespace pilothouse::net {

namespace {

struct Reply {
    Response response;
    qint64 maxBytes = 0;
    bool tooLong = false;
    std::stop_token token;
};

std::size_t onBody(char *data, std::size_t size, std::size_t count, void *user) {
    auto &reply = *static_cast<Reply *>(user);
    if (reply.response.body.size() + qint64(size * count) > reply.maxBytes) {
        reply.tooLong = true;
        return 0;
    }
    reply.response.body.append(data, qsizetype(size * count));
    return size * count;
}

std::size_t onHeader(char *data, std::size_t size, std::size_t count, void *user) {
    auto &reply = *static_cast<Reply *>(user);
    const QByteArray line(data, qsizetype(size * count));
    if (line.startsWith("HTTP/"))
        reply.response.headers.clear();
    if (const qsizetype colon = line.indexOf(':'); colon > 0)
        reply.response.headers.append({line.left(colon).trimmed(), line.mid(colon + 1).trimmed()});
    return size * count;
}

int onProgress(void *user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return static_cast<Reply *>(user)->token.stop_requested() ? 1 : 0; }

Error errorOf(CURLcode code, const QString &socket, const Reply &reply) {
    if (reply.tooLong)
        return invalid(QStringLiteral("The reply is longer than %1 bytes.").arg(reply.maxBytes), socket);
    if (reply.token.stop_requested())
        return cancelled();
    if (code == CURLE_OPERATION_TIMEDOUT)
        return {ErrorKind::TimedOut, QStringLiteral("No answer in time."), socket, {}, {}};
    if (code == CURLE_COULDNT_CONNECT && QFileInfo::exists(socket) && ::access(QFile::encodeName(socket).constData(), R_OK | W_OK) != 0)
        return {ErrorKind::Denied, QStringLiteral("This user may not speak to the socket."), socket, QStringLiteral("Join the engine's group, or use an engine of your own (podman without root)."), {}};
    return {ErrorKind::Unreachable, QStringLiteral("Could not reach the socket: %1.").arg(QString::fromUtf8(curl_easy_strerror(code))), socket, {}, {}};
}

} // namespace

Result<Response> sendOverSocket(const QString &socket, const Request &request, std::stop_token token) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    if (!handle)
        return Error{ErrorKind::Internal, QStringLiteral("No transfer could be made."), socket, {}, {}};
    Reply reply;
    reply.maxBytes = request.maxBytes;
    reply.token = token;
    curl_slist *list = nullptr;
    bool typed = false;
    for (const Header &header : request.headers) {
        list = curl_slist_append(list, (header.name + ": " + header.value).constData());
        typed = typed || header.name.compare("content-type", Qt::CaseInsensitive) == 0;
    }
    if (!typed)
        list = curl_slist_append(list, "Content-Type: application/json");
    list = curl_slist_append(list, "Expect:");
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, &curl_slist_free_all);
    CURL *h = handle.get();
    curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, QFile::encodeName(socket).constData());
    curl_easy_setopt(h, CURLOPT_URL, request.url.toUtf8().constData());
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, long(request.timeoutMs));
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, long(request.connectTimeoutMs));
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, &onBody);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &reply);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, &onHeader);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, &onProgress);
    curl_easy_setopt(h, CURLOPT_XFERINFODATA, &reply);
    if (request.method == "POST") {
        curl_easy_setopt(h, CURLOPT_POST, 1L);
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, request.body.constData());
    } else if (request.method != "GET") {
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, request.method.constData());
    }
    if (const CURLcode code = curl_easy_perform(h); code != CURLE_OK)
        return errorOf(code, socket, reply);
    long status = 0;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    reply.response.status = int(status);
    return std::move(reply.response);
}

} // namespace pilothouse::net
