// SPDX-License-Identifier: GPL-3.0-or-later
// http_beast PORT: the least server with Boost.Beast as its examples write it, one thread and a fixed reply, as httpfloor.c.
// g++ -std=c++17 -O2 http_beast.cpp -pthread
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <memory>

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Session : std::enable_shared_from_this<Session> {
    explicit Session(asio::ip::tcp::socket s) : socket(std::move(s)) { socket.set_option(asio::ip::tcp::no_delay(true)); }
    void read() {
        request = {};
        http::async_read(socket, buffer, request, [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
            if (!ec)
                self->write();
        });
    }
    void write() {
        reply = {http::status::ok, request.version()};
        reply.set(http::field::content_type, "application/json");
        reply.body() = request.body().empty() ? "{}" : "{\"prediction\":0.12}";
        reply.prepare_payload();
        http::async_write(socket, reply, [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
            if (!ec)
                self->read();
        });
    }
    asio::ip::tcp::socket socket;
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    http::response<http::string_body> reply;
};

void accept(asio::ip::tcp::acceptor &acceptor) {
    acceptor.async_accept([&](boost::system::error_code ec, asio::ip::tcp::socket socket) {
        if (!ec)
            std::make_shared<Session>(std::move(socket))->read();
        accept(acceptor);
    });
}

int main(int, char **arguments) {
    asio::io_context io{1};
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(std::atoi(arguments[1]))});
    accept(acceptor);
    io.run();
}
