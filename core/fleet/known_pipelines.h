// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/pipelines/pipeline_service.h"

#include <memory>

namespace pilothouse::fleet {

/// What was last seen of a system that runs pipelines.
struct KnownSystem {
    std::vector<pipelines::Pipeline> pipelines;
    std::vector<pipelines::PipelineRun> runs; ///< newest first, those that have not begun before; without their stages' attempts of old runs nothing is lost: a run is read anew when it is opened
    std::vector<pipelines::Gate> gates;
    std::vector<pipelines::Schedule> schedules;
    std::vector<pipelines::Notice> notices;
    QDateTime read; ///< invalid: never
};

/// The last known runs of systems, in known.db: a screen is filled from it while they are asked, and when they are gone. Any thread; several programs at once.
/// A connection that leads to another address has nothing known.
class KnownPipelines {
public:
    /// Errors: the file cannot be written.
    static Result<std::shared_ptr<KnownPipelines>> open(const QString &file);
    /// @param most  the newest so many runs; 0: all
    Result<KnownSystem> system(const QString &connection, const QString &address, int most = 0) const;
    /// Runs `put` are added or replaced, `gone` taken out; the short lists are replaced. One step.
    Result<void> change(const QString &connection, const QString &address, const KnownSystem &now, const std::vector<pipelines::PipelineRun> &put, const QStringList &gone);

    /// Takes out connections that are none of `connections` and were read last before `before`: another workspace may keep its own here. Gives their names.
    Result<QStringList> dropGone(const QStringList &connections, const QDateTime &before);

private:
    explicit KnownPipelines(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    std::shared_ptr<Database> m_database;
};

constexpr int goneAfterDays = 14, unusedAfterDays = 90;
/// Files that adapters keep under SYSTEMS/CONNECTION/ (replies with their ETags, figures of logs): the folder of a connection that is none of `connections` goes when nothing in it was
/// used for goneAfterDays, a file of another one when it was not for unusedAfterDays. What cannot be removed stays.
void tidySystems(const QString &systems, const QStringList &connections, const QDateTime &now);

} // namespace pilothouse::fleet
