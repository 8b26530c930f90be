// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/button.h"

class QHBoxLayout;

namespace pilothouse::console {

/// 28 px at the foot: jobs with progress, time left and cancel; journal, connections, keychain and clock.
class TaskBar : public QWidget {
    Q_OBJECT
public:
    explicit TaskBar(QWidget *parent = nullptr);
    void setJobs(const QList<fleet::Job> &jobs);
    void setJournal(const operations::JournalCheck &check);
    void setConnections(int reachable, int all, const QString &problem);
    void setKeychain(const QString &words, bool ok, const QString &why);
    void setNarrow(bool narrow);
    void setDemoOffered(bool offered); ///< a button that starts the demo's traffic, where the demo is open and it does not run
    static constexpr int shownJobs = 2; ///< in the narrow window one; the others fold into a list

Q_SIGNALS:
    void cancelWanted(const QString &job);
    void resumeWanted(const QString &job);
    void dismissWanted(const QString &job);
    void jobOpened(const QString &job);
    void journalOpened();
    void connectionsOpened();
    void demoWanted();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class JobView;
    class Status;
    void showClock();
    void foldJobs(const QList<fleet::Job> &rest);
    QHBoxLayout *m_jobs;
    QHash<QString, JobView *> m_views;
    QList<fleet::Job> m_all;
    ui::Button *m_more, *m_demo;
    Status *m_journal, *m_connections, *m_keychain, *m_clock;
    bool m_narrow = false;
};

} // namespace pilothouse::console
