// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_events_internal.h"
#include "core/cluster/kube_watch.h"

#include <random>

namespace pilothouse::cluster {

/// The state of a watch. Each connection has a number, its turn; what comes of an earlier turn is left alone.
/// Two locks: m_mutex guards the state and is held for moments; m_reading keeps bytes in their order while they become rows, and is taken first.
class KubeWatch::Core : public std::enable_shared_from_this<Core> {
public:
    Core(KubeSource source, KubeWatchOptions options);
    void begin() { again(std::chrono::milliseconds(0)); }
    void stop(); ///< afterwards no client and no caller's function is held any more
    void pause(bool paused);
    void retryNow();
    void relist();
    KubeWatchStatus status() const;

    const std::shared_ptr<KubeTable> table;
    KubeListeners listeners;

private:
    enum class Ask { Page, StreamedList, Watch };
    struct Turn {
        quint64 number = 0;
        Ask ask = Ask::Page;
        bool first = true; ///< of the pages of a list
        std::stop_token token;
    };
    void again(std::chrono::milliseconds delay);   ///< a new turn
    void againLocked(std::chrono::milliseconds delay);
    void connect(quint64 number);                  ///< on the pool
    Turn planned(quint64 number, QUrlQuery &query);
    bool prepared(const Turn &turn);
    void addStreamHandlers(net::Request &request, const Turn &turn);
    void watchInitial(const Turn &turn);
    bool initialStalled(const Turn &turn, bool &goOn);
    void opened(quint64 number, Ask ask);
    bool take(quint64 number, const char *bytes, std::size_t count);
    void ended(const Turn &turn, Result<net::Response> result); ///< on the I/O thread
    void readPage(const Turn &turn, const QByteArray &body);    ///< on the pool
    void pageDone(const Turn &turn, const WatchReader::Page &page);
    void refused(const Turn &turn, const net::Response &response);
    void streamEnded(quint64 number);
    void judge(quint64 number, const WatchOutcome &outcome);
    void failLocked(Error error, std::chrono::milliseconds atLeast = {});
    void needListLocked();
    void setPhaseLocked(WatchPhase phase);
    std::chrono::milliseconds pauseLocked();
    double drawLocked() { return std::uniform_real_distribution<double>(0, 1)(m_random); }
    bool current(quint64 number) const { return number == m_turn && !m_stopped && !m_paused; }
    void onPool(std::function<void()> work);

    mutable std::mutex m_mutex;
    KubeSource m_source;
    const KubeWatchOptions m_options;
    const QString m_path;
    KubeWatchStatus m_status;
    std::stop_source m_stop;
    quint64 m_turn = 0;
    bool m_stopped = false, m_paused = false;
    bool m_listNeeded = true, m_streaming, m_whole = false; ///< m_whole: without pages, after continue tokens expired twice
    bool m_renew = false;
    int m_expiredPages = 0, m_failures = 0, m_uselessResumes = 0, m_disorders = 0, m_expiries = 0;
    QByteArray m_version, m_continue;
    std::chrono::steady_clock::time_point m_opened, m_orderList;
    bool m_orderListed = false;
    std::mt19937_64 m_random;

    std::mutex m_reading;
    WatchReader m_reader; ///< under m_reading
};

} // namespace pilothouse::cluster
