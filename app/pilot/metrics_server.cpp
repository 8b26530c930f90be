// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/metrics_server.h"

namespace pilothouse {

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const std::string &address, unsigned short port, std::function<Result<QByteArray>()> text) {
    std::unique_ptr<MetricsServer> made(new MetricsServer(std::move(text)));
    serving::HttpLimits limits;
    limits.bodyBytes = 4096;
    limits.connections = 32;
    limits.ioThreads = limits.slowThreads = 1;
    PH_ASSIGN(made->m_server, serving::HttpServer::listen(address, port, limits, *made));
    made->m_server->begin();
    return made;
}

MetricsServer::~MetricsServer() {
    if (m_server)
        m_server->stop(1);
}

bool MetricsServer::handle(const serving::HttpRequest &request, serving::HttpReply &reply) {
    if (request.method != "GET" && request.method != "HEAD")
        fail(405, "Only GET.", reply);
    else if (request.path == "/metrics")
        return false;
    else if (request.path == "/health")
        reply.body = "{\"status\":\"ok\"}\n";
    else
        fail(404, "There is /metrics and /health.", reply);
    return true;
}

void MetricsServer::handleSlow(const serving::HttpRequest &, serving::HttpReply &reply) {
    const auto text = m_text();
    if (!text)
        return fail(503, text.error().what.toStdString(), reply);
    reply.contentType = "text/plain; version=0.0.4; charset=utf-8";
    reply.body = text->toStdString();
}

void MetricsServer::fail(int status, std::string_view what, serving::HttpReply &reply) {
    reply.status = status;
    reply.contentType = "text/plain; charset=utf-8";
    reply.body = std::string(what) + '\n';
}

} // namespace pilothouse
