// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/pod_logs.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class Choice;
class Label;
class LogMailbox;
class PodLogView;

/// The live log of a workload, service, job or pod: reads it on a pool, gives PodLogView its lines about ten times a second, and goes on by itself after a cut.
/// Which container, how far back, which fields of JSON lines, the container before its restart, saving. A line that is JSON is taken apart below when it is chosen.
/// Hidden for two seconds, it reads nothing; shown again it goes on from the last line of each container, without a gap and without a line twice.
class WorkloadLogs : public QWidget {
    Q_OBJECT
public:
    explicit WorkloadLogs(Pools &pools, QWidget *parent = nullptr);
    ~WorkloadLogs() override;
    /// Follows all pods of something as they come and go. The same again changes nothing.
    void follow(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &workload);
    /// @param container empty: the pod's default one
    void followPod(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &pod, const QString &container = {});
    void clear(); ///< stops and forgets; nothing is read until the next follow
    PodLogView &view() { return *m_view; }
    bool isReading() const { return m_task.isRunning() && !m_stopped; }
    const QString &note() const { return m_note; } ///< newest of the stream: a cut, a missing right, what was saved

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildBar();
    void begin(std::shared_ptr<cluster::KubeApi> api, const cluster::KubeRef &what, const QString &container);
    void restart();        ///< from the start: another container, another range
    void read();           ///< begins, or goes on from the marks
    void stopReading();
    void take();           ///< what came since the last time
    void ended(const Result<void> &result);
    void addBatch(cluster::LogBatch &&batch);
    void showContainers();
    void showLine(int row);
    void tell(const QString &note);
    void save();
    cluster::LogQuery query() const;

    Pools &m_pools;
    PodLogView *m_view;
    Label *m_title;
    Choice *m_container, *m_range;
    QLineEdit *m_fields;
    QPlainTextEdit *m_detail;
    std::shared_ptr<cluster::KubeApi> m_api;
    cluster::KubeRef m_what;
    QString m_wantedContainer, m_note;
    QStringList m_notes, m_containers;
    bool m_previous = false, m_stopped = true, m_whole = false; ///< whole: everything was read that there is
    Task<void> m_task;
    int m_turn = 0;                           ///< which reading is the present one
    std::shared_ptr<LogMailbox> m_box;
    std::vector<cluster::LogSource> m_sources; ///< of all readings since the last restart(); the model's lines point at them
    QHash<QString, int> m_sourceAt;
    QHash<QString, cluster::LogMark> m_marks;
    qint64 m_droppedBefore = 0, m_dropped = 0;
    QTimer m_take, m_rest, m_again;
    int m_pauseMs;
};

} // namespace pilothouse::ui
