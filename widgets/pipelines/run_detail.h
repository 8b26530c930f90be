// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/pipelines/pipeline_service.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>

namespace pilothouse::ui {

/// One run as its system tells it, with its stages; read again while it goes on and somebody looks. And the stages of the runs before it, for what is usual. GUI thread; reads on a pool.
class RunDetail : public QObject {
    Q_OBJECT
public:
    RunDetail(std::shared_ptr<pipelines::PipelineService> service, QThreadPool &pool, QObject *parent = nullptr);
    ~RunDetail() override;
    /// @param listed   as the list has it: shown until it was read, and read again where the list says something else
    /// @param earlier  runs of the same pipeline, newest first, with or without stages: of those that have ended the newest twelve get theirs
    void choose(const pipelines::PipelineRun &listed, std::vector<pipelines::PipelineRun> earlier);
    void chooseId(const QString &id); ///< not in a list: a run that was begun just now
    void clear();
    void setActive(bool active); ///< somebody looks
    void refresh();
    const QString &id() const { return m_id; }
    const std::optional<pipelines::PipelineRun> &run() const { return m_run; } ///< nothing: it was never read
    const std::optional<Error> &problem() const { return m_problem; }          ///< of the last attempt
    bool isReading() const { return m_task.isRunning(); }
    /// Runs of its pipeline with their stages, newest first, itself among them.
    const std::vector<pipelines::PipelineRun> &history() const { return m_history; }

Q_SIGNALS:
    void changed();
    void becameAnother(const QString &from, const QString &run); ///< an item of a queue: the run that came of it

private:
    void read();
    void readHistory();
    void putHistory();
    std::shared_ptr<pipelines::PipelineService> m_service;
    QThreadPool &m_pool;
    QString m_id;
    std::optional<pipelines::PipelineRun> m_run, m_listed;
    std::optional<Error> m_problem;
    std::vector<pipelines::PipelineRun> m_earlier, m_history;
    QHash<QString, pipelines::PipelineRun> m_known; ///< ended runs with their stages
    Task<pipelines::PipelineRun> m_task;
    Task<std::vector<pipelines::PipelineRun>> m_historyTask;
    QTimer m_timer;
    bool m_active = false, m_again = false;
    int m_failed = 0;
};

} // namespace pilothouse::ui
