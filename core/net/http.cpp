// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/transfer_internal.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace pilothouse::net {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int mostAttempts = 4;
constexpr qint64 longestRetryAfter = 30; ///< seconds that a server may make us wait before a repeat

/// Once a program; the magic static makes it safe from any thread.
void initialiseCurl() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)done;
}

bool connectionBroke(CURLcode code) {
    return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 ||
           code == CURLE_HTTP2_STREAM;
}

/// Sleeps, or less if asked to stop.
void pause(std::chrono::milliseconds time, const std::stop_token &token) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, token, time, [] { return false; });
}

} // namespace

QByteArray Response::header(const QByteArray &name) const {
    for (const Header &h : headers)
        if (h.name.compare(name, Qt::CaseInsensitive) == 0)
            return h.value;
    return {};
}

struct HttpClient::Impl {
    CURLM *multi = nullptr;
    std::mutex mutex; ///< of the three queues
    std::vector<std::shared_ptr<Transfer>> toAdd, toCancel;
    struct Timer {
        std::stop_token token;
        std::function<void()> fn;
    };
    std::vector<std::pair<Clock::time_point, Timer>> toTime;
    std::atomic<bool> ending = false;
    std::stop_source closed;
    std::thread thread;

    Impl() {
        initialiseCurl();
        multi = curl_multi_init();
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 64L);
        curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, 50L); // a cut takes fewer down, and servers allow 100 only
        thread = std::thread([this] { drive(); });
    }
    ~Impl() {
        ending = true;
        curl_multi_wakeup(multi);
        thread.join();
        curl_multi_cleanup(multi);
    }

    void add(std::shared_ptr<Transfer> transfer) { push(toAdd, std::move(transfer)); }
    void cancel(std::shared_ptr<Transfer> transfer) { push(toCancel, std::move(transfer)); }
    void after(Clock::time_point when, Timer timer) {
        {
            const std::lock_guard lock(mutex);
            toTime.emplace_back(when, std::move(timer));
        }
        curl_multi_wakeup(multi);
    }

private:
    std::set<std::shared_ptr<Transfer>> m_running; ///< I/O thread only
    std::multimap<Clock::time_point, Timer> m_timers; ///< I/O thread only

    void push(std::vector<std::shared_ptr<Transfer>> &queue, std::shared_ptr<Transfer> transfer) {
        {
            const std::lock_guard lock(mutex);
            queue.push_back(std::move(transfer));
        }
        curl_multi_wakeup(multi);
    }

    void drive() {
        while (!ending) {
            takeQueues();
            int running = 0;
            curl_multi_perform(multi, &running);
            collectFinished();
            // Wakes for sockets, for curl's own timers and for push().
            curl_multi_poll(multi, nullptr, 0, runTimers(), nullptr);
        }
        takeQueues();
        while (!m_running.empty())
            drop(*m_running.begin(), CURLE_ABORTED_BY_CALLBACK, true);
    }

    /// Calls what is due; milliseconds until the next, at most a minute.
    int runTimers() {
        while (!m_timers.empty() && m_timers.begin()->first <= Clock::now()) {
            const Timer timer = std::move(m_timers.extract(m_timers.begin()).mapped());
            if (!timer.token.stop_requested() && !closed.stop_requested())
                timer.fn();
        }
        if (m_timers.empty())
            return 60000;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_timers.begin()->first - Clock::now()).count() + 1;
        return int(std::clamp<qint64>(left, 0, 60000));
    }

    void takeQueues() {
        std::vector<std::shared_ptr<Transfer>> added, cancelled;
        std::vector<std::pair<Clock::time_point, Timer>> timed;
        {
            const std::lock_guard lock(mutex);
            added.swap(toAdd);
            cancelled.swap(toCancel);
            timed.swap(toTime);
        }
        for (auto &timer : timed)
            m_timers.insert(std::move(timer));
        for (const auto &transfer : added) {
            m_running.insert(transfer);
            if (transfer->stopsBeforeAdded())
                drop(transfer, CURLE_ABORTED_BY_CALLBACK, true);
            else if (curl_multi_add_handle(multi, transfer->handle()) != CURLM_OK)
                drop(transfer, CURLE_FAILED_INIT, false);
        }
        for (const auto &transfer : cancelled) // one that has ended meanwhile is not in the set
            if (m_running.contains(transfer))
                drop(transfer, CURLE_ABORTED_BY_CALLBACK, true);
    }

    void collectFinished() {
        int left = 0;
        while (CURLMsg *message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            const CURLcode code = message->data.result;
            char *owner = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
            const auto found = std::find_if(m_running.begin(), m_running.end(), [&](const auto &t) { return static_cast<void *>(t.get()) == owner; });
            if (found != m_running.end())
                drop(*found, code, false);
        }
    }

    void drop(std::shared_ptr<Transfer> transfer, CURLcode code, bool cancelledByUser) {
        curl_multi_remove_handle(multi, transfer->handle());
        m_running.erase(transfer);
        transfer->finish(code, cancelledByUser);
        if (const auto ended = std::exchange(transfer->onEnded, {}))
            ended(*transfer);
    }
};

HttpClient::HttpClient() : m_impl(std::make_unique<Impl>()) {}
HttpClient::~HttpClient() = default;
void HttpClient::close() { m_impl->closed.request_stop(); }

Result<Response> HttpClient::send(const Request &request, std::stop_token token) {
    PH_TRY(checkRequest(request));
    const auto begin = Clock::now();
    const auto leftMs = [&]() -> qint64 {
        return request.timeoutMs - std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    };
    bool repeatedBroken = false;
    for (int attempt = 1;; ++attempt) {
        if (token.stop_requested() || m_impl->closed.stop_requested())
            return cancelled();
        auto transfer = std::make_shared<Transfer>(request, request.timeoutMs ? int(std::max<qint64>(1, leftMs())) : 0);
        m_impl->add(transfer);
        {
            const std::stop_callback onStop(token, [this, transfer] { m_impl->cancel(transfer); });
            const std::stop_callback onClose(m_impl->closed.get_token(), [this, transfer] { m_impl->cancel(transfer); });
            transfer->wait();
        }
        const bool ok = transfer->code == CURLE_OK || transfer->stoppedByReader;
        const bool again = mayRepeat(request) && !transfer->delivered && attempt < mostAttempts && !transfer->wasCancelled;
        if (ok) {
            const int status = transfer->response.status;
            const qint64 wait = transfer->retryAfterSeconds;
            const bool asked = (status == 429 || status == 503) && wait >= 0 && wait <= longestRetryAfter;
            if (!again || !asked || (request.timeoutMs && wait * 1000 >= leftMs()))
                return std::move(transfer->response);
            pause(std::chrono::seconds(wait), token);
            continue;
        }
        if (!again || repeatedBroken || !connectionBroke(transfer->code))
            return transferError(request, *transfer);
        repeatedBroken = true;
    }
}

void HttpClient::start(Request request, std::stop_token token, std::function<void(Result<Response>)> onEnd) {
    if (const auto checked = checkRequest(request); !checked)
        return onEnd(checked.error());
    const auto owned = std::make_shared<const Request>(std::move(request));
    const auto transfer = std::make_shared<Transfer>(*owned, owned->timeoutMs);
    transfer->onEnded = [owned, onEnd = std::move(onEnd)](Transfer &ended) {
        ended.stops.clear();
        if (ended.code == CURLE_OK || ended.stoppedByReader)
            onEnd(std::move(ended.response));
        else
            onEnd(transferError(*owned, ended));
    };
    // The callbacks know it weakly: it owns them. A stop before the I/O thread has taken it is seen when it does.
    transfer->tokens = {token, m_impl->closed.get_token()};
    const auto onStop = [impl = m_impl.get(), weak = std::weak_ptr(transfer)] {
        if (auto running = weak.lock())
            impl->cancel(std::move(running));
    };
    for (const std::stop_token &stop : transfer->tokens)
        transfer->stops.push_back(std::make_unique<std::stop_callback<std::function<void()>>>(stop, onStop));
    m_impl->add(transfer);
}

void HttpClient::after(std::chrono::milliseconds delay, std::stop_token token, std::function<void()> fn) {
    m_impl->after(Clock::now() + delay, {std::move(token), std::move(fn)});
}

} // namespace pilothouse::net
