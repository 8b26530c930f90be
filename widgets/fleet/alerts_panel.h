// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

namespace pilothouse::ui {

class AlertModel;
class Button;
class Card;
class AlertDecisionModel;
class KeyValues;
class List;
class PlotWidget;
class SegmentedControl;
class StateBadge;
class Table;

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

private:
    QWidget *buildDetail();
    void addActions();
    void showDetail();
    void showChart(const fleet::ModelRow *row);
    const fleet::ModelRow *rowOf(const QString &model) const;
    std::vector<fleet::ModelRow> m_rows;
    std::vector<retrain::Decision> m_decisions;
    AlertModel *m_model;
    AlertDecisionModel *m_decisionModel;
    List *m_list;
    Card *m_listCard, *m_detailCard, *m_decisionCard;
    StateBadge *m_badge;
    PlotWidget *m_plot;
    KeyValues *m_facts;
    Button *m_handle, *m_drift, *m_open;
    Table *m_decisionTable;
};

} // namespace pilothouse::ui
