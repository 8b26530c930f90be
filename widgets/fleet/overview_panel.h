// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

class QSplitter;

namespace pilothouse::ui {

class Button;
class Card;
class Chip;
class FilterProxy;
class FleetModel;
class InboxList;
class Label;
class MetricDelegate;
class SegmentedControl;
class Table;
class TimelineView;

/// Board 01: the fleet, what needs a person now, and one time axis for all of it. Below 1280 px the inbox becomes a side
/// tab, below 720 px of height the time axis folds into its header.
class OverviewPanel : public Panel {
    Q_OBJECT
public:
    explicit OverviewPanel(const PanelContext &context);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    QStringList path() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildFleet();
    QWidget *buildTimeline();
    QWidget *buildInbox();
    void addActions();
    void showSegments(const fleet::Snapshot &snapshot);
    void showTimeline();
    void layoutForSize();
    int fleetHeight() const; ///< that shows every model without a scroll bar
    void chooseRange();
    void shareHeight();

    std::vector<fleet::ModelRow> m_rows;
    std::vector<fleet::TimelineEvent> m_events;
    QString m_workspace;
    QDateTime m_read;
    FleetModel *m_model;
    FilterProxy *m_filter;
    Table *m_table;
    MetricDelegate *m_metric;
    SegmentedControl *m_segments, *m_range;
    Label *m_hidden, *m_linked;
    Chip *m_linkedModel;
    InboxList *m_inbox;
    TimelineView *m_timeline;
    Card *m_fleetCard, *m_timelineCard, *m_inboxCard;
    QSplitter *m_across, *m_down;
    Button *m_tab;
    bool m_rangeChosen = false, m_choosingRange = false; ///< by the user; until then the range follows the events
    enum class Share { Unknown, Ours, Users } m_share = Share::Unknown; ///< whose choice the height of the table is
    bool m_inboxWanted = false; ///< opened from its tab in a narrow window
};

} // namespace pilothouse::ui
