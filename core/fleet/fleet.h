// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/child_process.h"
#include "core/base/task.h"
#include "core/fleet/snapshot.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>

namespace pilothouse::fleet {

/// The console's live view: reads a Snapshot every `interval` on the waiting pool and hands it to the panels. GUI thread.
class Fleet : public QObject {
    Q_OBJECT
public:
    Fleet(std::shared_ptr<Services> services, Pools &pools, QObject *parent = nullptr);
    ~Fleet() override;
    const Snapshot &snapshot() const { return m_snapshot; }
    const std::shared_ptr<Services> &services() const { return m_services; }
    Pools &pools() { return m_pools; }
    void setInterval(int milliseconds);
    void start();
    void refresh(); ///< now; a running read is awaited, then one more follows

Q_SIGNALS:
    void changed(); ///< a new snapshot is there

private:
    void read();
    void askEndpoints();
    std::shared_ptr<Services> m_services;
    Pools &m_pools;
    Snapshot m_snapshot;
    Task<Snapshot> m_task;
    Task<bool> m_asking; ///< endpoints elsewhere: their own task, so that a dead one holds up no snapshot
    QTimer m_timer;
    bool m_again = false;
};

/// One job of this window: a `pilot` child.
struct Job {
    QString id, title, model;
    QString state; ///< running | cancelling | done | failed | cancelled
    qint64 done = 0, total = 0;
    QString unit, stage;
    double etaSeconds = -1;
    QDateTime started, ended;
    QString run; ///< named by its `started` event
    QStringList log; ///< last 2000 lines
    struct Curve {
        QString name, series;
        std::vector<std::pair<double, double>> points; ///< step, value; steps grow
        QString estimator;
    };
    std::vector<Curve> curves; ///< as they began: those of the estimator that trains are the last
    /// Adds a point to the curve of the estimator that trains now (`stage`). A step that does not grow begins its curve anew: a recipe may name an estimator twice.
    void addPoint(const QString &name, const QString &series, double step, double value);
    std::optional<Error> error;
    QJsonObject result;
    QStringList arguments; ///< to go on: same arguments and --resume RUN
};

/// The jobs of this window, for the task bar and the Train panel. GUI thread.
class Jobs : public QObject {
    Q_OBJECT
public:
    Jobs(Pools &pools, QString workspaceFile, QObject *parent = nullptr);
    ~Jobs() override; ///< asks all to stop (they checkpoint) and waits with a limit
    /// Starts `pilot ARGUMENTS --workspace FILE --events`; gives the job id.
    QString start(const QString &title, const QString &model, const QStringList &arguments);
    void cancel(const QString &id);
    QString resume(const QString &id); ///< a cancelled or failed training, from its checkpoint
    void dismiss(const QString &id);
    const QList<Job> &jobs() const { return m_jobs; }
    const Job *job(const QString &id) const;
    int running() const;

Q_SIGNALS:
    void changed(const QString &id); ///< coalesced to 10 a second
    void finished(const QString &id);

private:
    struct Private;
    std::shared_ptr<Private> d;
    QList<Job> m_jobs;
};

} // namespace pilothouse::fleet
