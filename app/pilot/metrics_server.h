// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/serving/http_server.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace pilothouse {

/// GET /metrics of a program that serves nothing else (and GET /health). `text` is called on the slow pool.
class MetricsServer final : public serving::HttpHandler {
public:
    /// @param address an IP address   @param port  0: any free one. Conflict if it is taken.
    static Result<std::unique_ptr<MetricsServer>> listen(const std::string &address, unsigned short port, std::function<Result<QByteArray>()> text);
    ~MetricsServer() override;
    unsigned short port() const { return m_server->port(); }

private:
    explicit MetricsServer(std::function<Result<QByteArray>()> text) : m_text(std::move(text)) {}
    bool handle(const serving::HttpRequest &request, serving::HttpReply &reply) override;
    void handleSlow(const serving::HttpRequest &request, serving::HttpReply &reply) override;
    void fail(int status, std::string_view what, serving::HttpReply &reply) override;
    std::function<Result<QByteArray>()> m_text;
    std::unique_ptr<serving::HttpServer> m_server; ///< last: it calls the others
};

} // namespace pilothouse
