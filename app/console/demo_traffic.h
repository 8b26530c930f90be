// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/action_catalogue.h"

#include <QObject>
#include <QPointer>

namespace pilothouse::console {

/// The demo's traffic as a job of the window: `pilot demo --traffic`, started and stopped by a person, ended with the window.
/// Its two commands exist while the demo workspace is open.
class DemoTraffic : public QObject {
    Q_OBJECT
public:
    explicit DemoTraffic(ui::ActionCatalogue &actions, QObject *parent = nullptr);
    /// @param workspaceFile of the demo; empty: another workspace is open, so there is nothing to start
    void setJobs(fleet::Jobs *jobs, const QString &workspaceFile);
    bool offered() const { return m_jobs && !m_file.isEmpty(); }
    bool running() const; ///< also while it stops
    bool isIt(const QString &job) const { return !job.isEmpty() && job == m_job; }

Q_SIGNALS:
    void changed();

private:
    void start();
    void stop();
    void look();
    ui::ActionCatalogue &m_actions;
    QPointer<fleet::Jobs> m_jobs;
    QString m_file, m_job;
};

} // namespace pilothouse::console
