// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/loopback_server.h"

#include <QStringList>

#include <mutex>

namespace pilothouse::support {

/// Of an address or a form.
inline QString formField(const QByteArray &request, const QByteArray &name) {
    const qsizetype at = request.indexOf(name + '=');
    if (at < 0)
        return {};
    qsizetype end = at;
    while (end < request.size() && request[end] != '&' && request[end] != ' ' && request[end] != '\r')
        ++end;
    return QString::fromUtf8(QByteArray::fromPercentEncoding(request.mid(at + name.size() + 1, end - at - name.size() - 1)));
}

/// Answers a query by the first word of the table that stands in it: the values of a matrix ("[[t,\"v\"],…]"), "!": refused; in the instant form any word of `metrics` is there.
struct FakePrometheus {
    std::vector<std::pair<QString, QByteArray>> values;
    QStringList metrics;
    int status = 200;
    std::mutex mutex;
    QStringList asked; ///< "QUERY start end step"
    support::LoopbackServer server{[this](support::LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            const QString query = formField(request, "query");
            const std::lock_guard lock(mutex);
            if (status != 200) {
                c.reply(status, "no", "Content-Type: text/plain\r\n");
                continue;
            }
            if (!request.left(request.indexOf('\r')).contains("query_range")) {
                QByteArray samples;
                for (const QString &metric : metrics)
                    if (query.contains(metric))
                        samples = "{\"metric\":{\"__name__\":\"" + metric.toUtf8() + "\"},\"value\":[1,\"1\"]}";
                c.reply(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + samples + "]}}", "Content-Type: application/json\r\n");
                continue;
            }
            asked << QStringList{query, formField(request, "start"), formField(request, "end"), formField(request, "step")}.join(QLatin1Char(' '));
            QByteArray found;
            for (const auto &[word, text] : values)
                if (found.isEmpty() && query.contains(word))
                    found = text;
            if (found == "!")
                c.reply(422, R"({"status":"error","errorType":"execution","error":"many-to-many matching not allowed"})", "Content-Type: application/json\r\n");
            else
                c.reply(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[" + (found.isEmpty() ? QByteArray() : "{\"metric\":{},\"values\":" + found + "}") + "]}}", "Content-Type: application/json\r\n");
        }
    }};
    QString askedWith(const QString &word) {
        const std::lock_guard lock(mutex);
        for (const QString &one : asked)
            if (one.contains(word))
                return one;
        return {};
    }
};

} // namespace pilothouse::support
