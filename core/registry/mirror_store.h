// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/registry/registry.h"

#include <memory>

namespace pilothouse::registry {

/// The mirrors' part of registry.db (see promotion::registryDatabaseMigrations()).
QString mirrorTables1();

enum class MirrorState { Waiting, Done, Abandoned };
QString mirrorStateName(MirrorState state); ///< waiting, done, abandoned

/// One run of the local registry on its way to another registry, and how far it came. A row of the spool: what it says was acknowledged there, or,
/// where it is not known whether it arrived, that it was asked for.
struct Mirror {
    QString run, connection;            ///< the run here; the workspace's connection it goes to
    QString model, package, digest;     ///< model: to register as, empty: not; package: folder, empty: none
    MirrorState state = MirrorState::Waiting;
    QString runThere;                   ///< empty: not made yet
    qint64 sent = 0;                    ///< up to this metrics.sequence every point is there
    qint64 asked = 0;                   ///< up to this one they were sent, but there was no answer; 0: nothing is unclear
    QString attributes;                 ///< digest of the parameters and tags that are there
    QString finished;                   ///< the status that was told, MLflow's word; empty: it runs there
    QString packageSent;                ///< digest of the package among its artifacts
    int version = 0;                    ///< there; 0: not registered yet
    Error error;                        ///< why it waits; empty `what`: no attempt failed since the last that did not
    int attempts = 0;                   ///< that failed in a row
    QDateTime since, nextTry;           ///< UTC; nextTry invalid: at once
    int orders = 0;                     ///< how often it was ordered: what is ordered while it is sent is not taken for done
    QString operation;                  ///< the one operation that all attempts are journalled under
    bool waits() const { return state == MirrorState::Waiting; }
};

/// The rows of the spool, and the points of the runs that they are about. Any thread; each call is one statement, durable when it returns.
class MirrorStore {
public:
    explicit MirrorStore(std::shared_ptr<Database> database, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>())
        : m_database(std::move(database)), m_clock(std::move(clock)) {}

    /// Asks that a run goes to a connection; what stands there of an earlier order goes on from where it is. A package or model given later is added.
    Result<Mirror> order(const QString &run, const QString &connection, const QString &model = {}, const QString &package = {}, const QString &digest = {});
    Result<std::optional<Mirror>> find(const QString &run, const QString &connection) const;
    Result<std::vector<Mirror>> all() const;     ///< newest first
    Result<std::vector<Mirror>> waiting() const; ///< oldest first
    /// Writes everything but run, connection, model, package, digest, orders, operation and since.
    Result<void> save(const Mirror &mirror);
    /// It is done, unless it was ordered once more (`orders`), because the run goes on or has a package now: then it waits on. Gives which.
    Result<MirrorState> finish(const Mirror &mirror);
    /// Forgets how far it came: everything is looked up there again, and what is missing is sent.
    Result<void> restart(const QString &run, const QString &connection);

    struct Point {
        qint64 sequence = 0;
        MetricPoint point;
    };
    /// The points of a run behind `after`, in the order in which they were written; `until` 0: to the end.
    Result<std::vector<Point>> points(const QString &run, qint64 after, qint64 until = 0, int limit = 1000) const;
    Result<qint64> pointsBehind(const QString &run, qint64 after) const; ///< how many
    Result<QStringList> metricNames(const QString &run) const;
    Result<QDateTime> lastSign(const QString &run) const; ///< time of its newest point; invalid: it has none
    QDateTime now() const { return m_clock->nowUtc(); }

private:
    Result<std::vector<Mirror>> read(const QString &condition, const Database::Bind &bind) const;
    std::shared_ptr<Database> m_database;
    std::shared_ptr<const Clock> m_clock;
};

} // namespace pilothouse::registry
