// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/managed_by.h"
#include "core/fleet/workload_follow.h"
#include "widgets/base/panel.h"
#include "widgets/cluster/workload_sheet.h"

#include <QPointer>
#include <QTimer>

class QStackedWidget;
class QVBoxLayout;
class QHBoxLayout;

namespace pilothouse::ui {

class Button;
class Card;
class KubeEventModel;
class Label;
class PodGrid;
class PodModel;
class SegmentedControl;
class StateBadge;
class Table;
class TemplateDiffView;
class WorkloadRevisionModel;

/// One workload of a cluster (board 06): kubectl's verdict, load, pods by revision, revisions with what changed, events; beside them what other files add: logs, charts, the ladder of an
/// Argo Rollout. Follows the cluster while it is shown. Its commands are those of the catalogue, "workload.*": see addActions().
class WorkloadPage : public QWidget {
    Q_OBJECT
public:
    explicit WorkloadPage(const PanelContext &context, QWidget *parent = nullptr);
    /// The commands of the page, for keys on `panel`: their argument is a WorkloadId's text, of workload.undo with "|REVISION" behind it.
    void addActions(const QString &panel);
    void show(const fleet::WorkloadId &id, const fleet::WorkloadFeed &feed);
    void clear();
    void setActive(bool active) { m_follow ? m_follow->setActive(active) : void(); }
    void rowChanged() { m_follow ? m_follow->touched() : void(); }
    void tick(const fleet::Snapshot &snapshot); ///< ages, and what the added parts need
    const fleet::WorkloadId &id() const { return m_id; }
    HeaderBadge badge() const { return m_shownBadge; }
    QString argumentOf(const QString &actionId) const; ///< what a key acts on
    QString refusal(const QString &subresource) const { return m_follow ? m_follow->refusal(QStringLiteral("create"), subresource) : QString(); } ///< of its pods: "exec", "portforward"

    void addHead(QWidget *part);   ///< under the head card
    void addCharts(QWidget *part); ///< leaves first where there is little height
    void addLogs(QWidget *part);   ///< beside the events; in the narrow window in their place, on demand

Q_SIGNALS:
    void shown(std::shared_ptr<pilothouse::cluster::KubeApi> api, const pilothouse::fleet::WorkloadId &id); ///< another one is followed; api null: none
    void podOpened(std::shared_ptr<pilothouse::cluster::KubeApi> api, const pilothouse::cluster::KubeRef &pod); ///< its logs are wanted
    void badgeChanged();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    QWidget *buildHead();
    QWidget *buildMiddle();
    void showReading();
    void showPods();
    void showEvents();
    void showDiff();
    void showManager(const std::optional<cluster::Manager> &manager);
    void showButtons();
    QStringList loadLines() const;
    QString blocked(WorkloadAsk::Kind kind, const QString &argument) const;
    void openSheet(WorkloadAsk::Kind kind, const QString &argument);
    void done(const WorkloadAsk &ask, const QString &operation, const QString &summary);
    void openPod(const QString &name);
    void arrange();
    std::optional<std::pair<fleet::WorkloadId, qint64>> parse(const QString &argument) const;

    PanelContext m_context;
    std::unique_ptr<fleet::WorkloadFollow> m_follow;
    fleet::WorkloadId m_id;
    fleet::Snapshot m_snapshot;
    HeaderBadge m_shownBadge;
    QPointer<WorkloadSheet> m_sheet;
    QHash<QString, std::pair<QString, QString>> m_undoable; ///< operation → connection, object
    QString m_pod; ///< chosen
    QTimer m_podsSoon;
    Card *m_head, *m_podsCard, *m_revisionsCard, *m_eventsCard;
    StateBadge *m_badge;
    Label *m_verdict, *m_load, *m_managed, *m_diffTitle; ///< m_managed: who puts a change back
    Button *m_commit; ///< the way of a change that lasts there
    SegmentedControl *m_podsAs;
    QStackedWidget *m_podsStack;
    PodGrid *m_grid;
    PodModel *m_pods;
    Table *m_podTable, *m_revisionTable, *m_eventTable;
    WorkloadRevisionModel *m_revisions;
    TemplateDiffView *m_diff;
    KubeEventModel *m_events;
    std::vector<Button *> m_buttons;
    QVBoxLayout *m_headPlace, *m_chartsPlace;
    QHBoxLayout *m_bottom;
    QWidget *m_chartsArea, *m_bottomArea, *m_logs = nullptr;
    Button *m_toLogs, *m_toEvents;
    bool m_logsChosen = false; ///< in the narrow window: logs, not events
};

} // namespace pilothouse::ui
