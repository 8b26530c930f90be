// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/demo_traffic.h"

namespace pilothouse::console {

using namespace ui;

DemoTraffic::DemoTraffic(ActionCatalogue &actions, QObject *parent) : QObject(parent), m_actions(actions) {}

void DemoTraffic::setJobs(fleet::Jobs *jobs, const QString &workspaceFile) {
    if (m_jobs && m_jobs != jobs) {
        m_jobs->disconnect(this);
        m_job.clear();
    }
    const bool same = m_jobs == jobs;
    m_jobs = jobs;
    m_file = workspaceFile;
    if (jobs && !same)
        connect(jobs, &fleet::Jobs::finished, this, [this](const QString &job) {
            if (isIt(job))
                look();
        });
    m_actions.remove(QStringLiteral("demo.start"));
    m_actions.remove(QStringLiteral("demo.stop"));
    if (offered()) {
        ActionSpec begin;
        begin.id = QStringLiteral("demo.start");
        begin.text = tr("Start the demo's traffic");
        begin.icon = QStringLiteral("play");
        begin.section = tr("Commands");
        begin.blocked = [this](const QString &) { return running() ? tr("It runs; the task bar shows it.") : QString(); };
        begin.run = [this](const QString &, const QString &) { start(); };
        m_actions.add(begin);
        ActionSpec end;
        end.id = QStringLiteral("demo.stop");
        end.text = tr("Stop the demo's traffic");
        end.icon = QStringLiteral("stop");
        end.section = tr("Commands");
        end.blocked = [this](const QString &) { return running() ? QString() : tr("It does not run."); };
        end.run = [this](const QString &, const QString &) { stop(); };
        m_actions.add(end);
    }
    Q_EMIT changed();
}

bool DemoTraffic::running() const {
    const fleet::Job *job = m_jobs && !m_job.isEmpty() ? m_jobs->job(m_job) : nullptr;
    return job && (job->state == QLatin1String("running") || job->state == QLatin1String("cancelling"));
}

void DemoTraffic::start() {
    if (!offered() || running())
        return;
    m_job = m_jobs->start(tr("Demo traffic"), {}, {QStringLiteral("demo"), QStringLiteral("--traffic")});
    Q_EMIT changed();
}

void DemoTraffic::stop() {
    if (running())
        m_jobs->cancel(m_job);
    Q_EMIT changed();
}

/// Stopped is how it ends; only a failure leaves its line in the task bar.
void DemoTraffic::look() {
    const fleet::Job *job = m_jobs->job(m_job);
    if (job && job->state != QLatin1String("failed"))
        m_jobs->dismiss(m_job);
    m_job.clear();
    Q_EMIT changed();
}

} // namespace pilothouse::console
