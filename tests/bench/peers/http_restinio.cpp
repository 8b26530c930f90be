// SPDX-License-Identifier: GPL-3.0-or-later
// http_restinio PORT: the least server with restinio, one thread and a fixed reply, as httpfloor.c. Debian: librestinio-dev libasio-dev.
// g++ -std=c++17 -O2 http_restinio.cpp -lhttp_parser -lfmt -pthread
#include <restinio/all.hpp>

struct Traits : restinio::default_single_thread_traits_t {
    using logger_t = restinio::null_logger_t;
};

int main(int, char **arguments) {
    restinio::run(restinio::on_this_thread<Traits>().port(std::uint16_t(std::atoi(arguments[1]))).address("127.0.0.1").socket_options_setter([](auto &options) { options.set_option(restinio::asio_ns::ip::tcp::no_delay(true)); }).handle_request_timeout(std::chrono::seconds(60)).read_next_http_message_timelimit(std::chrono::seconds(60)).request_handler([](auto request) {
        const std::string body = request->body();
        return request->create_response().append_header(restinio::http_field::content_type, "application/json").set_body(body.empty() ? "{}" : "{\"prediction\":0.12}").done();
    }));
}
