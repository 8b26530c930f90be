// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/card.h"
#include "widgets/base/panel.h"

namespace pilothouse::ui {

class AlertModel;
struct Alert;
struct PlotData;
class Button;
class AlertDecisionModel;
class List;
class PlotWidget;
class SegmentedControl;
class StateBadge;
class Table;

/// Of our own rules, or one that an Alertmanager has; not the word that a manager does not answer.
bool canBeSilenced(const QString &alert);

/// Board 08, left: what fires, the numbers behind it against their limit, what is likely, and the command that handles it.
class AlertsPanel : public Panel {
    Q_OBJECT
public:
    explicit AlertsPanel(const PanelContext &context);
    void showSnapshot(const fleet::Snapshot &snapshot) override;
    void openAt(const QString &argument) override;
    std::vector<HeaderBadge> badges() const override;
    QString currentArgument(const QString &actionId) const override;
    QWidget *firstFocus() override;
    bool eventFilter(QObject *watched, QEvent *event) override; ///< as many bars as have room

private:
    QWidget *buildDetail();
    void addActions();
    void addSilenceActions();
    void showDetail();
    void showButtons(const Alert &alert, const fleet::ModelRow *row);
    void addSilence(const fleet::SilencedAlert &silence, std::vector<KeyValues::Row> &facts) const;
    void showAlerts();
    void addSkew(const fleet::Skew &skew, std::vector<KeyValues::Row> &facts) const;
    void showChart(const Alert &alert, const fleet::ModelRow *row);
    PlotData qualityChart(const fleet::ModelRow &row) const;
    PlotData driftChart(const fleet::ModelRow &row) const;
    const fleet::ModelRow *rowOf(const QString &model) const;
    fleet::Snapshot m_snapshot;
    SegmentedControl *m_which;
    AlertModel *m_model;
    AlertDecisionModel *m_decisionModel;
    List *m_list;
    Card *m_listCard, *m_detailCard, *m_decisionCard;
    StateBadge *m_badge;
    PlotWidget *m_plot;
    KeyValues *m_facts;
    std::vector<Button *> m_ways; ///< beside m_handle
    std::vector<fleet::InboxWay> m_shown; ///< what they do
    Button *m_policy, *m_handle, *m_silence, *m_copy, *m_drift, *m_open;
    Table *m_decisionTable;
};

} // namespace pilothouse::ui
