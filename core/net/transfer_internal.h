// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <curl/curl.h>

#include <QFile>
#include <QUrl>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace pilothouse::net {

/// One attempt: a curl handle with its options and what comes back. Made and read by the calling thread, driven by the
/// I/O thread in between; `request` outlives it because the caller waits.
class Transfer {
public:
    /// @param timeoutMs what is left of the request's time; 0 = none.
    Transfer(const Request &request, int timeoutMs);
    ~Transfer();
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;

    CURL *handle() const { return m_handle; }
    /// I/O thread: the end. Wakes the caller.
    void finish(CURLcode code, bool wasCancelled);
    void wait();

    CURLcode code = CURLE_OK; ///< valid after wait()
    bool wasCancelled = false, tooLong = false, stoppedByReader = false, delivered = false, headersSeen = false;
    Response response;
    const char *errorText() const { return m_errorText; }
    long systemError = 0, connectStatus = 0; ///< connectStatus: the proxy's answer to CONNECT
    qint64 retryAfterSeconds = -1; ///< −1: the reply has no Retry-After

    /// Of a transfer that nobody waits for (HttpClient::start): called on the I/O thread after finish(); keeps the request.
    std::function<void(Transfer &)> onEnded;
    std::vector<std::stop_token> tokens;
    std::vector<std::unique_ptr<std::stop_callback<std::function<void()>>>> stops;
    bool stopsBeforeAdded() const {
        return std::any_of(tokens.begin(), tokens.end(), [](const std::stop_token &token) { return token.stop_requested(); });
    }

private:
    void setMethod();
    void setBodyFile();
    void setConnection(int timeoutMs);
    void setProxy();
    void setTls();
    void setHeaders();
    void setSignature();
    static std::size_t onRead(char *bytes, std::size_t size, std::size_t count, void *file);
    static int onSeek(void *file, curl_off_t offset, int origin);
    static std::size_t onBody(char *bytes, std::size_t size, std::size_t count, void *self);
    static std::size_t onHeader(char *bytes, std::size_t size, std::size_t count, void *self);

    const Request &m_request;
    std::unique_ptr<QFile> m_bodyFile;
    CURL *m_handle = nullptr;
    curl_slist *m_headers = nullptr, *m_connectTo = nullptr;
    QByteArray m_hostHeader; ///< of the real host, where the address has the certificate's name
    char m_errorText[CURL_ERROR_SIZE] = {};
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_done = false, m_headComplete = false; ///< m_headComplete: the empty line after the headers came
};

bool mayRepeat(const Request &request);
/// An attempt that failed, as an operator reads it.
Error transferError(const Request &request, const Transfer &transfer);
/// Invalid: not http(s), no host, a line feed in a header or method, a CA file that is not there.
Result<void> checkRequest(const Request &request);

} // namespace pilothouse::net
