// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/fleet/registries.h"
#include "core/registry/run_cache.h"

#include <QThreadPool>

#include <condition_variable>
#include <map>

namespace pilothouse::fleet {

/// What is known of the models that the workspace registers on servers. A look at the fleet takes what was read last, with its age, and does not
/// wait for a server; a thread reads anew what is older than `refreshSeconds`. Any thread.
class RemoteModels {
public:
    struct Known { ///< of one connection
        QString server;                               ///< host and port
        std::vector<registry::RegisteredModel> models; ///< those that the workspace names
        std::vector<registry::Version> versions;       ///< of them, newest first
        std::vector<registry::Run> runs;               ///< of the newest versions and of those that have an alias
        QDateTime read;                                ///< when all that was read; invalid: never yet
        std::optional<Error> problem;                  ///< of the last attempt
        bool remembered = false;                       ///< of an earlier start, from the cache: shown with its age, and nothing is judged by it
    };

    /// @param http  the client through which the registries are read   @param cacheFile  known.db, by which the first look of a start has what the last one
    /// knew; empty, or one that cannot be used: it has nothing
    RemoteModels(const workspace::Workspace &workspace, std::shared_ptr<Registries> registries, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock, const QString &cacheFile = {});
    ~RemoteModels(); ///< closes the client where something is being read

    /// By connection. Begins to read what is missing or old; waits up to `patienceMs` for what was not read since the start, if not what is remembered will do.
    QMap<QString, Known> look(int patienceMs, bool rememberedWillDo = false);
    /// The next look reads anew.
    void forget();
    /// The package of a version, if it was fetched already; else empty.
    QString keptPackage(const QString &connection, const QString &model, int version) const;

    static constexpr int refreshSeconds = 15, runsAtMost = 50;

private:
    void read(const QString &connection);
    void remember(const QString &connection, const Known &known, const Known &before);
    Known recalled(const QString &connection);
    std::shared_ptr<registry::RunCache> cache(); ///< null: there is none

    QMap<QString, QStringList> m_names; ///< connection → registered models
    QMap<QString, QString> m_addresses; ///< as the cache tells connections apart
    QString m_cacheFile;
    std::mutex m_cacheMutex;
    std::shared_ptr<registry::RunCache> m_cache; ///< under m_cacheMutex
    std::shared_ptr<Registries> m_registries;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<const Clock> m_clock;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    struct State {
        Known known;
        QDateTime tried;
        bool reading = false, asked = false; ///< asked: the cache was
        QMap<QString, QString> packages; ///< "model/version" → folder
    };
    std::map<QString, State> m_states;
    std::stop_source m_stop;
    QThreadPool m_pool;
};

} // namespace pilothouse::fleet
