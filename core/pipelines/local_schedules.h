// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/pipelines/schedule.h"
#include "core/workspace/workspace.h"

#include <QJsonObject>

#include <memory>
#include <vector>

namespace pilothouse::pipelines {

/// When the pipelines of this machine begin by themselves: a model's `pipeline: {schedule: {cron: "0 2 * * *"}}` in the workspace's time zone, or {every: 1d}, which counts from the time that it was
/// seen first or switched on. Nothing begins of itself here: who looks (`pilot watch`, the console) takes what is due. <pipelines>/schedules.json holds, by model, since when a schedule is as it is,
/// whether it was switched off, and the last fire that was taken. Any thread, several programs.
class LocalSchedules {
public:
    LocalSchedules(QString folder, workspace::Workspace workspace, std::shared_ptr<const Clock> clock) : m_folder(std::move(folder)), m_workspace(std::move(workspace)), m_clock(std::move(clock)) {}

    bool any() const; ///< the workspace has one
    Result<std::vector<Schedule>> all() const; ///< ids are the models' names
    Result<void> switchTo(const QString &id, bool on) const; ///< NotFound

    struct Due {
        QString model, when;
        QDateTime fire;
        bool missed = false; ///< nobody looked when it was due; made up for, where `catch_up: yes` says so
    };
    /// Fires that have come and that nobody took yet, each once: it is written down before it is given. One that nobody looked at for `graceSeconds` is gone, or with `catch_up` given once, however many
    /// there were.
    Result<std::vector<Due>> take() const;

    static constexpr int graceSeconds = 900;

private:
    struct Times;
    struct Kept;
    Result<QJsonObject> read() const;
    Times timesOf(const workspace::Model &model) const;
    QString m_folder;
    workspace::Workspace m_workspace;
    std::shared_ptr<const Clock> m_clock;
};

} // namespace pilothouse::pipelines
