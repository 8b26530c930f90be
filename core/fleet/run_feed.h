// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/services.h"
#include "core/registry/run_cache.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace pilothouse::fleet {

/// The cache of remote registries' lists: `known.db` under the local connection's root.
Result<std::shared_ptr<registry::RunCache>> openRunCache(const Services &services);
/// The names of the connections that are registries, the local one first.
QStringList registryConnections(const workspace::Workspace &workspace);
/// What a connection leads to, as the cache tells connections apart; empty for the local one, which is not kept there.
QString registryAddress(const workspace::Workspace &workspace, const QString &connection);

/// Runs as a screen shows them; a plain value.
struct RunsState {
    QString connection, source; ///< source: "local" or the server's host
    bool local = true;
    std::shared_ptr<const std::vector<registry::Run>> runs; ///< newest first; never null
    std::shared_ptr<const registry::RunVocabulary> vocabulary;
    QDateTime read;      ///< when they were read; invalid: nothing was ever read
    bool loading = true; ///< a list is on its way, and what is there is not all
    bool known = false;  ///< something was read, here or in the cache: an empty list means that there are none
    std::optional<Error> problem; ///< why `runs` could not be read anew
};

/// The runs of one registry, kept fresh while somebody looks: first those of the cache, then those of the server, piece by piece; later only
/// what changed. GUI thread; reads on the waiting pool.
class RunFeed : public QObject {
    Q_OBJECT
public:
    RunFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~RunFeed() override;
    void setConnection(const QString &name); ///< one of registryConnections()
    void setActive(bool active);             ///< somebody looks
    void refresh(); ///< the whole list, now
    const RunsState &state() const { return m_state; }
    void setIntervals(int local, int remote); ///< ms between two looks

    /// A figure over a run's history; nullopt: not read yet, see want().
    std::optional<double> figure(const QString &runId, const registry::RunColumn &column) const;
    /// Reads the missing figures of these runs in the background, in this order; a newer call replaces the older one's runs.
    void want(const registry::RunColumn &column, const QStringList &runIds);
    void wantNothingElse(const std::vector<registry::RunColumn> &columns); ///< drops the wishes for others
    qsizetype figuresMissing(const registry::RunColumn &column) const; ///< of those wanted

Q_SIGNALS:
    void changed();        ///< state() differs
    void figuresChanged();

private:
    struct Place { ///< what a task needs; a plain value
        std::shared_ptr<Services> services;
        QString connection, address;
    };
    struct Piece { ///< what one step on the pool brings
        std::shared_ptr<const std::vector<registry::Run>> runs;
        std::shared_ptr<const registry::RunVocabulary> vocabulary; ///< null: as it was
        std::vector<registry::Run> changed;
        QString source;
        QDateTime read, complete;
        bool done = false, more = false; ///< more: the cache holds older ones, too
    };
    struct Figures;
    using FigureBatch = QHash<QString, double>; ///< run id → value; NaN: there is none
    Place place() const { return {m_services, m_state.connection, m_address}; }
    void readCache(int most);
    void begin(registry::RunReading::Extent extent);
    void step();
    void stepped(const Result<Piece> &piece);
    void look();
    void readFigures();
    void dropFigures(const std::vector<registry::Run> &changed);
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    RunsState m_state;
    QString m_address;
    std::shared_ptr<registry::RunReading> m_reading; ///< used by one task at a time
    Task<Piece> m_task;
    Task<FigureBatch> m_figureTask;
    QHash<QString, std::shared_ptr<Figures>> m_figures; ///< by the column's name
    QTimer m_timer;
    QDateTime m_complete;
    int m_number = 0; ///< of the connection chosen: answers for another are old
    int m_localInterval = 2000, m_remoteInterval = 10000;
    bool m_active = false, m_again = false;
};

} // namespace pilothouse::fleet
