// SPDX-License-Identifier: GPL-3.0-or-later
// Transfers that hold no thread, and timers of the I/O thread.
#include "core/net/http.h"
#include "tests/support/loopback_server.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;

class TestHttpStream : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void many_streams_run_without_a_thread_each_and_end_when_they_are_stopped() {
        LoopbackServer server([](LoopbackServer::Connection &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            c.waitForClose();
        });
        HttpClient client;
        std::atomic<int> opened = 0, heard = 0, ended = 0, cancelledOnes = 0;
        std::stop_source stop;
        for (int i = 0; i < 40; ++i) {
            Request request;
            request.url = server.url();
            request.timeoutMs = 0;
            request.onOpen = [&] { ++opened; };
            request.onData = [&](const char *, std::size_t n) { return heard += int(n), true; };
            client.start(request, stop.get_token(), [&](Result<Response> result) {
                cancelledOnes += !result && result.error().kind == ErrorKind::Cancelled ? 1 : 0;
                ++ended;
            });
        }
        QTRY_COMPARE(heard.load(), 40 * 5);
        QCOMPARE(opened.load(), 40);
        QCOMPARE(ended.load(), 0);
        stop.request_stop();
        QTRY_COMPARE(ended.load(), 40);
        QCOMPARE(cancelledOnes.load(), 40);
    }
    void a_stream_is_open_before_its_first_byte() {
        LoopbackServer server([](LoopbackServer::Connection &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
            c.waitForClose();
        });
        HttpClient client;
        std::atomic<bool> opened = false;
        Request request;
        request.url = server.url();
        request.onOpen = [&] { opened = true; };
        request.onData = [](const char *, std::size_t) { return true; };
        std::stop_source stop;
        client.start(request, stop.get_token(), [](Result<Response>) {});
        QTRY_VERIFY(opened);
        stop.request_stop();
    }
    void what_comes_of_a_transfer_is_told_once() {
        LoopbackServer server([](LoopbackServer::Connection &c, int number) {
            c.readRequest();
            if (number == 1)
                return; // closed without an answer
            c.reply(number == 0 ? 200 : 410, "body");
        });
        HttpClient client;
        std::mutex mutex;
        QStringList told;
        const auto ask = [&](const QString &url) {
            Request request;
            request.url = url;
            const int before = int(told.size());
            client.start(request, {}, [&](Result<Response> result) {
                const std::lock_guard lock(mutex);
                told.append(result ? QStringLiteral("%1 %2").arg(result->status).arg(QString::fromLatin1(result->body)) : result.error().kindName());
            });
            QTRY_VERIFY([&] { const std::lock_guard lock(mutex); return told.size() > before; }());
        };
        ask(server.url("/one"));
        ask(server.url("/two"));
        ask(server.url("/three"));
        ask(QStringLiteral("ftp://x"));
        const std::lock_guard lock(mutex);
        QCOMPARE(told, (QStringList{QStringLiteral("200 body"), QStringLiteral("unreachable"), QStringLiteral("410 body"), QStringLiteral("invalid")}));
    }
    void a_token_that_stopped_before_ends_it_at_once() {
        HttpClient client;
        std::stop_source stop;
        stop.request_stop();
        std::atomic<bool> ended = false;
        Request request;
        request.url = QStringLiteral("http://127.0.0.1:9/");
        client.start(request, stop.get_token(), [&](Result<Response> result) { ended = !result && result.error().kind == ErrorKind::Cancelled; });
        QTRY_VERIFY(ended);
    }
    void a_client_that_ends_ends_its_streams() {
        LoopbackServer server([](LoopbackServer::Connection &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            c.waitForClose();
        });
        std::atomic<int> ended = 0;
        {
            HttpClient client;
            std::atomic<bool> opened = false;
            Request request;
            request.url = server.url();
            request.timeoutMs = 0;
            request.onOpen = [&] { opened = true; };
            request.onData = [](const char *, std::size_t) { return true; };
            client.start(request, {}, [&](Result<Response>) { ++ended; });
            QTRY_VERIFY(opened);
        }
        QCOMPARE(ended.load(), 1);
    }
    void timers_come_in_their_order_and_not_after_a_stop() {
        HttpClient client;
        std::mutex mutex;
        QStringList order;
        std::stop_source stop;
        const auto say = [&](const char *word) {
            return [&, word] {
                const std::lock_guard lock(mutex);
                order.append(QLatin1String(word));
            };
        };
        client.after(std::chrono::milliseconds(60), {}, say("late"));
        client.after(std::chrono::milliseconds(20), {}, say("early"));
        client.after(std::chrono::milliseconds(30), stop.get_token(), say("stopped"));
        client.after(std::chrono::milliseconds(0), {}, say("now"));
        stop.request_stop();
        QTRY_VERIFY([&] { const std::lock_guard lock(mutex); return order.size() >= 3; }());
        const std::lock_guard lock(mutex);
        QCOMPARE(order, (QStringList{QStringLiteral("now"), QStringLiteral("early"), QStringLiteral("late")}));
    }
};

QTEST_GUILESS_MAIN(TestHttpStream)
#include "tst_http_stream.moc"
