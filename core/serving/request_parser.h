// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility> // Beast 1.74 with g++ 12 in C++20 needs std::exchange before it is included

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "core/serving/http_server.h"

namespace pilothouse::serving {

/// Beast's incremental parser, filling the connection's one HttpRequest. Fields that no route looks at are dropped where
/// Beast's own request type would allocate a node for each.
class RequestParser final : public boost::beast::http::basic_parser<true> {
    using string_view = boost::beast::string_view;
    using error_code = boost::beast::error_code;

public:
    RequestParser(HttpRequest &request, const HttpLimits &limits) : m_request(request), m_keepHeaders(limits.keepHeaders) {
        m_request.clear();
        header_limit(std::uint32_t(limits.headerBytes));
        body_limit(limits.bodyBytes);
        eager(true);
    }
    bool wantsContinue() const { return m_wantsContinue; }
    void continued() { m_wantsContinue = false; }

protected:
    void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int, error_code &) override {
        m_request.method.assign(method.data(), method.size());
        const auto mark = target.find('?');
        const string_view path = target.substr(0, mark == string_view::npos ? target.size() : mark);
        m_request.path.assign(path.data(), path.size());
        if (mark != string_view::npos) {
            const string_view query = target.substr(mark + 1);
            m_request.query.assign(query.data(), query.size());
        }
    }
    void on_field_impl(boost::beast::http::field field, string_view name, string_view value, error_code &) override {
        using boost::beast::iequals;
        namespace http = boost::beast::http;
        if (m_keepHeaders)
            m_request.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
        if (field == http::field::authorization) {
            if (m_request.key.empty() && value.size() > 7 && iequals(value.substr(0, 7), "Bearer "))
                m_request.key.assign(value.data() + 7, value.size() - 7);
        } else if (field == http::field::expect) {
            m_wantsContinue = iequals(value, "100-continue");
        } else if (field == http::field::unknown && iequals(name, "X-API-Key")) {
            m_request.key.assign(value.data(), value.size());
        }
    }
    void on_header_impl(error_code &) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t> &length, error_code &) override {
        if (length)
            m_request.body.reserve(std::size_t(*length) + 64); // room for simdjson to read past the end
    }
    std::size_t on_body_impl(string_view body, error_code &) override {
        m_request.body.append(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code &) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code &) override {
        m_request.body.append(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(error_code &) override {}
    void on_response_impl(int, string_view, int, error_code &) override {}

private:
    HttpRequest &m_request;
    bool m_wantsContinue = false;
    const bool m_keepHeaders;
};

} // namespace pilothouse::serving
