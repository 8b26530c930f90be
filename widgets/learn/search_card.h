// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"
#include "widgets/base/card.h"
#include "widgets/base/panel.h"
#include "widgets/learn/search_model.h"

class QStackedWidget;

namespace pilothouse::ui {

class Choice;
class ExportButton;
class ImportanceBars;
class ParallelPlot;
class SegmentedControl;
class Table;

/// What the search of a run tried: parallel coordinates, what each parameter explains, and the table of trials. Hidden where the run
/// had no search. What is shown can be saved (train.searchCsv, train.searchPng).
class SearchCard : public Card {
    Q_OBJECT
public:
    explicit SearchCard(const PanelContext &context, QWidget *parent = nullptr);
    /// Reads the search of a run on a pool thread; null: nothing to show.
    void showRun(const registry::Run *run);
    /// @param watches  of the run's model: they know the unit of the search's metric
    void showTable(const QString &run, const std::optional<fleet::SearchTable> &table, const std::vector<workspace::Model::Watch> &watches = {});

Q_SIGNALS:
    void shown(bool hasSearch);

private:
    void showEstimator();
    void addSaving();
    PanelContext m_context;
    QString m_run, m_state; ///< the run that is shown, or read
    fleet::SearchTable m_search;
    QString m_unit; ///< of its metric
    std::vector<TrialLine> m_lines;
    SegmentedControl *m_views;
    Choice *m_estimator;
    QStackedWidget *m_stack;
    ParallelPlot *m_plot;
    ImportanceBars *m_bars;
    PanelState *m_barsState;
    TrialModel *m_model;
    Table *m_table;
    ExportButton *m_save;
    Task<std::optional<fleet::SearchTable>> m_reading;
};

} // namespace pilothouse::ui
