// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/card.h"
#include "widgets/base/panel.h"
#include "widgets/registry/compare_loader.h"
#include "widgets/registry/run_looks.h"

#include <QSet>

class QMenu;
class QSlider;
class QStackedWidget;

namespace pilothouse::ui {

class Button;
class CheckBox;
class Choice;
class CurvesPlot;
class ExportButton;
class FilterProxy;
class RunAxesPlot;
class RunDiffModel;
class RunLegend;
class RunScatter;
class SegmentedControl;
class Table;

/// Up to 50 runs beside each other: what differs, parallel coordinates, a scatter plot, and the curves of a metric. A function of one CompareState;
/// compare() has it read by a loader of its own. A run looks alike on all pages, and the one under the mouse or the keys is marked on all of them.
class CompareView : public QWidget {
    Q_OBJECT
public:
    /// @param panel   whose commands the saving belongs to
    /// @param prefix  of those commands: PREFIXCsv, PREFIXPng, PREFIXSvg
    CompareView(const PanelContext &context, const QString &panel, const QString &prefix, QWidget *parent = nullptr);
    /// Reads the runs in the background and shows them. @param connection  of the workspace; empty: the local registry
    void compare(const QString &connection, const QStringList &runIds);
    void setState(const CompareState &state);
    const CompareState &state() const { return m_state; }
    QStringList runIds() const { return m_ids; }
    void setTab(const QString &tab); ///< "params", "parallel", "scatter", "curves"
    QString tab() const;
    QWidget *firstFocus();
    QString exportBlocked() const;
    CompareLoader *loader() const { return m_loader; }

Q_SIGNALS:
    void metricWanted(const QString &metric); ///< its curves are to be shown
    void againWanted();
    void stopWanted();
    void closeWanted();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildHeader(const QString &panel, const QString &prefix);
    QWidget *buildParams();
    QWidget *buildParallel();
    QWidget *buildScatter();
    QWidget *buildCurves();
    void addSaving(const QString &panel, const QString &prefix);
    void link();
    void showPhase();
    void takeRuns(); ///< other runs, or newer figures of them
    void showTab();
    void fitSide();
    void showLooks();
    void showParallel();
    void showScatter();
    void showCurves();
    void showCurvesPhase();
    void showLegend();
    void hover(const QString &runId);
    void toggle(const QString &runId);
    void openAxes();
    std::vector<ShownRun> shown() const;
    std::vector<const registry::ComparedRow *> axisRows() const; ///< what can be an axis
    const registry::ComparedRow *rowByKey(const QString &key) const;
    QWidget *currentPage() const;

    PanelContext m_context;
    CompareState m_state;
    QStringList m_ids;
    CompareLoader *m_loader = nullptr;
    const registry::RunComparison *m_taken = nullptr; ///< that the pages show
    const registry::RunCurves *m_drawn = nullptr;
    QSet<QString> m_hidden;
    QStringList m_axes; ///< keys of the axes of the parallel coordinates
    bool m_filling = false;

    Card *m_card;
    SegmentedControl *m_tabs;
    QStackedWidget *m_pages;
    RunLegend *m_legend;
    QWidget *m_side;
    Label *m_progress, *m_count, *m_passing, *m_curveNote, *m_weightText;
    Button *m_stop, *m_again, *m_back, *m_axesButton, *m_clear, *m_reset;
    ExportButton *m_save = nullptr;
    CheckBox *m_onlyDifferences, *m_logY;
    RunDiffModel *m_diff;
    FilterProxy *m_diffShown;
    Table *m_table;
    RunAxesPlot *m_parallel;
    RunScatter *m_scatter;
    Choice *m_x, *m_y, *m_colour, *m_metric;
    SegmentedControl *m_curveX;
    QSlider *m_weight;
    CurvesPlot *m_curves;
    PanelState *m_curvesState;
};

} // namespace pilothouse::ui
