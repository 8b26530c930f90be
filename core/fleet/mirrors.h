// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"
#include "core/fleet/services.h"
#include "core/registry/run_mirror.h"

namespace pilothouse::fleet {

/// What of a training's run a team's server is told: parameters, tags with MLflow's own words where it has some, and of the version its lineage.
/// Paths and process marks of this machine stay here. Texts are cut where MLflow would refuse them.
registry::MirroredTexts mirroredTexts(const registry::Run &run);

/// Trainings on their way to the registries of other connections. A training is always written to the local registry and never waits for a server;
/// what goes elsewhere is ordered here, kept in registry.db, and sent by whoever runs next: the training itself (LiveMirror), `pilot registry sync`,
/// a later `pilot`, the window. Each run has one sender at a time (locks/) and one operation in the journal, whatever number of attempts it takes.
/// Any thread; sync() blocks.
class Mirrors {
public:
    explicit Mirrors(std::shared_ptr<Services> services);

    /// Keeps the order, with a copy of the package under spool/ that outlives the folder it is made from. May be called again with more.
    /// @param model    to register as; empty: only the run and its package go there
    /// @param package  folder; empty: the run alone, or what was given before
    Result<registry::Mirror> order(const QString &run, const QString &connection, const QString &model = {}, const QString &package = {});
    /// One attempt to bring a run that has ended where it goes. Gives the row as it is then: done, or waiting with its error. An Error only if it could
    /// not be tried: Conflict while its training, or another program, is sending it.
    Result<registry::Mirror> sync(const registry::Mirror &mirror, std::stop_token stop = {});
    Result<std::vector<registry::Mirror>> waiting(const QString &connection = {}) const; ///< oldest first; "": of all
    /// Those whose next attempt is due and whose training has ended.
    Result<std::vector<registry::Mirror>> due() const;
    /// Nothing more is sent; what is there stays. By an operation.
    Result<void> abandon(const registry::Mirror &mirror);
    /// Everything is looked up there again, and sent where it is missing: also one that was given up, or deleted there.
    Result<void> restart(const registry::Mirror &mirror);

    /// The run as it is to be told elsewhere: one whose process is gone is Killed, ended with its last sign.
    Result<registry::Run> settled(const QString &run) const;
    Result<FileLock> lock(const registry::Mirror &mirror) const; ///< Conflict: somebody sends it
    /// One operation that sends by `body` and reads back. Caller holds the lock; everything is written into the row, which is given back.
    registry::Mirror attempt(registry::Mirror mirror, const std::function<Result<void>(registry::RunMirror &)> &body);
    const std::shared_ptr<registry::MirrorStore> &store() const { return m_store; }

private:
    registry::Mirror failed(registry::Mirror mirror, const Error &error);
    QString spoolFolder(const QString &run, const QString &connection) const;
    std::shared_ptr<Services> m_services;
    std::shared_ptr<registry::MirrorStore> m_store;
};

/// "mlflow is not reached: 3 trainings wait; they go there when it answers." One sentence a connection; empty: nothing waits.
QStringList waitingTexts(const std::vector<registry::Mirror> &waiting);
/// The registry that a training's run goes to beside this machine's, by the workspace's model that it is registered as, or whose recipe it is;
/// empty: none.
QString mirrorConnection(const Services &services, const QString &registeredAs, const QString &recipe);

} // namespace pilothouse::fleet
