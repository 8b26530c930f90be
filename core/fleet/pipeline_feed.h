// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/services.h"

#include <QObject>
#include <QTimer>

namespace pilothouse::fleet {

/// How a system is seen now.
struct SystemSight {
    QString connection, system; ///< connection empty: this machine
    QDateTime read;             ///< invalid: never
    bool remembered = false, reading = false;
    std::optional<Error> problem;
    QDateTime next;             ///< when it is asked again at the earliest
    pipelines::Capabilities can;
};

/// Pipelines of all systems as a screen shows them; a plain value that threads share.
struct PipelinesState {
    std::vector<pipelines::Pipeline> pipelines;
    std::vector<pipelines::PipelineRun> runs; ///< newest first, those that have not begun before
    std::vector<pipelines::Gate> gates;       ///< that wait; model and candidate filled in where the workspace says them
    std::vector<pipelines::Schedule> schedules;
    std::vector<pipelines::Notice> notices;
    std::vector<SystemSight> systems;         ///< this machine first
    bool whole = true;                        ///< false: more runs are being fetched from the cache
};

/// The pipelines of this machine and of all connections, kept fresh while somebody looks. Changes come at most once in `interval`, however many there were.
/// GUI thread; reads on the waiting pool, never waits. What was changed from here: refresh().
class PipelineFeed : public QObject {
    Q_OBJECT
public:
    PipelineFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~PipelineFeed() override;
    void setActive(bool active);                    ///< somebody looks
    void refresh(const QString &connection = {});   ///< reads it anew now; empty: all
    const std::shared_ptr<const PipelinesState> &state() const { return m_state; } ///< never null
    bool isLoaded() const { return m_loaded; }      ///< something was read or remembered, or there is nothing
    void setInterval(int ms) { m_timer.setInterval(ms); }
    static constexpr int firstPatienceMs = 80; ///< what an earlier start knew is waited for, on the pool: else the first screen were empty until the next look

Q_SIGNALS:
    void changed(); ///< state() is another one

private:
    struct Look {
        std::shared_ptr<const PipelinesState> state; ///< null: nothing differs
        QMap<QString, quint64> revisions;
        QByteArray local; ///< digest of this machine's part
    };
    void look();
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    std::shared_ptr<const PipelinesState> m_state = std::make_shared<const PipelinesState>();
    QMap<QString, quint64> m_revisions;
    QByteArray m_local;
    Task<Look> m_task;
    QTimer m_timer;
    bool m_active = false, m_loaded = false, m_again = false;
};

/// What a look puts together, in order; also for `pilot` and the snapshot.
PipelinesState joinedState(const Services &services, const QMap<QString, RemoteRuns::SeenPtr> &seen);
/// The model whose pipeline (or whose `deploy`) this is, by its id of AllPipelines. Null: none.
const workspace::Model *modelOfPipeline(const workspace::Workspace &workspace, const QString &pipeline);
/// A gate's model by its pipeline, and the candidate that it is about: the newest version of the model that no alias makes live, where the gate does not say it.
/// @param patienceMs  for a registry of which nothing is known yet; 0: what is known will do
void fillGates(const Services &services, std::vector<pipelines::Gate> &gates, int patienceMs = 0);

} // namespace pilothouse::fleet
