// SPDX-License-Identifier: GPL-3.0-or-later
// http_cpphttplib PORT: the least server with cpp-httplib and a fixed reply, as httpfloor.c. Its pool gives every kept connection a thread,
// so it needs as many as connections. Debian: libcpp-httplib-dev.
// g++ -std=c++17 -O2 http_cpphttplib.cpp -lcpp-httplib -pthread
#include <httplib.h>

int main(int, char **arguments) {
    httplib::Server server;
    server.new_task_queue = [] { return new httplib::ThreadPool(64); };
    server.set_keep_alive_max_count(1u << 30);
    server.set_tcp_nodelay(true);
    server.Post("/predict", [](const httplib::Request &request, httplib::Response &reply) { reply.set_content(request.body.empty() ? "{}" : "{\"prediction\":0.12}", "application/json"); });
    return server.listen("127.0.0.1", std::atoi(arguments[1])) ? 0 : 1;
}
