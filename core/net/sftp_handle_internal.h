// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SFTP that reading and writing share.
#pragma once

#include "core/net/sftp.h"

#include <curl/curl.h>

#include <memory>

namespace pilothouse::net {

/// libcurl set up for one SSH server. The connection is kept between transfers of one handle.
class SftpHandle {
public:
    SftpHandle() : m_curl(nullptr, &curl_easy_cleanup) {}
    SftpHandle(const SftpHandle &) = delete;
    SftpHandle &operator=(const SftpHandle &) = delete;
    /// Sets address, login and limits, as if new; what an earlier transfer set is gone.
    Result<void> open(const SftpFile &file);
    CURL *curl() const { return m_curl.get(); }
    /// curl_easy_perform(). libcurl 8.14 takes an empty file on a kept connection for a connection that broke, and gives up after some
    /// tries: asked again on a fresh one.
    CURLcode perform();
    Error error(CURLcode code, const SftpFile &file, bool sending) const;

private:
    std::unique_ptr<CURL, void (*)(CURL *)> m_curl;
    char m_text[CURL_ERROR_SIZE] = {};
    QString m_known;
};

} // namespace pilothouse::net
