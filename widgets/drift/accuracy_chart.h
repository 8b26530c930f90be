// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_view.h"
#include "core/fleet/snapshot.h"
#include "widgets/base/plot.h"

namespace pilothouse::ui {

class ActionCatalogue;
class Button;
class Choice;
class SegmentedControl;

/// Accuracy over time with what one chooses about it: by hour, day or week, of all rows or by an input, and why it dropped.
class AccuracyChart : public QWidget {
    Q_OBJECT
public:
    explicit AccuracyChart(ActionCatalogue &actions, QWidget *parent = nullptr);
    /// What is chosen.
    CalendarStep step() const;
    QString slice() const; ///< empty: all rows
    /// Another model: its rows are asked about as a whole, and its inputs come with its view.
    void setModel(const QString &model);
    void showView(const fleet::AccuracyView &view, const fleet::Quality &watch);
    /// What the last look at the fleet knows, until the log is read (or where it is not on this machine: `log` false, nothing can be chosen).
    void showPlot(PlotData data, bool log);

Q_SIGNALS:
    void chosen(); ///< step or slice

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitLegend();
    void offerInputs(const QStringList &inputs);
    QString m_model;
    QWidget *m_tools;
    SegmentedControl *m_step;
    Choice *m_slice;
    Legend *m_legend;
    Button *m_why, *m_report;
    PlotWidget *m_plot;
};

} // namespace pilothouse::ui
