// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/fleet/known_pipelines.h"
#include "core/net/http.h"
#include "core/pipelines/all_pipelines.h"
#include "core/workspace/workspace.h"

#include <QMap>
#include <QThreadPool>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>

namespace pilothouse::fleet {

/// What is known of the systems that run pipelines, by their connections. A look takes what was read last, with its age, and does not wait for a system; threads read anew what is
/// older than the system wants to be asked (PipelineService::pollSeconds()). One that fails is asked later and later, by chance a little earlier or later, and costs its own part only.
/// Nothing is asked while nobody looks. What an earlier start knew is there at once, marked; first a page of its newest runs, then the rest. Ids are those of AllPipelines. Any thread.
class RemoteRuns {
public:
    struct Seen {
        KnownSystem known;           ///< known.read: when; invalid: never yet
        QString connection, system;
        bool remembered = false;     ///< from an earlier start
        bool whole = true;           ///< false: a page of the newest runs, more is being fetched from the cache
        bool reading = false;
        std::optional<Error> problem; ///< of the last attempt
        QDateTime next;              ///< when it is asked again at the earliest
        quint64 revision = 0;        ///< grows with each change
    };
    using SeenPtr = std::shared_ptr<const Seen>;

    /// @param http       the client through which the systems are read; closed where something is being read at the end
    /// @param cacheFile  known.db; empty: nothing is kept. What is kept there, and beside it in systems/, of connections that are gone is cleared away after the first read
    RemoteRuns(std::shared_ptr<pipelines::AllPipelines> all, const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock, const QString &cacheFile);
    ~RemoteRuns();

    /// By connection. Begins to read what is missing or old; waits up to `patienceMs` for what was never read (or only remembered, unless that will do).
    QMap<QString, SeenPtr> look(int patienceMs, bool rememberedWillDo = true);
    /// As look(0), without asking anything: what is there.
    QMap<QString, SeenPtr> seen() const;
    /// The next look reads anew: something was changed from here. Empty: all of them.
    void forget(const QString &connection = {});
    /// Until everything that a look began has ended (tests, a program that ends).
    void waitForReads();

    static constexpr int firstPage = 200, runsOfEach = 200, runsAgain = 20; ///< kept of each pipeline; asked for at a later look
    static constexpr int slowSeconds = 60; ///< pipelines and schedules are read no oftener

private:
    struct State {
        std::shared_ptr<pipelines::PipelineService> service;
        QString address;
        SeenPtr seen;
        bool recalled = false, reading = false, forgotten = false;
        int errors = 0;
        QDateTime slowRead;
    };
    void recall(const QString &connection);
    void read(const QString &connection);
    void put(State &state, Seen seen);
    std::shared_ptr<KnownPipelines> cache();
    void tidy();
    QDateTime nextOf(const State &state, const QDateTime &now) const;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<const Clock> m_clock;
    QString m_cacheFile;
    QStringList m_connections; ///< all of the workspace
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<QString, State> m_states;
    std::mutex m_cacheMutex;
    std::shared_ptr<KnownPipelines> m_cache;
    std::atomic<bool> m_tidied = false;
    std::stop_source m_stop;
    QThreadPool m_pool;
};

/// Runs merged into what is known: those of `page` replace the known ones of the same id; of each pipeline the newest `most` stay, newest first. What is new or
/// different goes to `put`, what is left out to `gone` (may be null).
std::vector<pipelines::PipelineRun> mergedRuns(const std::vector<pipelines::PipelineRun> &known, std::vector<pipelines::PipelineRun> page, int most, std::vector<pipelines::PipelineRun> *put, QStringList *gone);

} // namespace pilothouse::fleet
