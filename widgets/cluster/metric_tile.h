// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/argo_analysis.h"

#include <QWidget>

namespace pilothouse::ui {

class Label;
class PlotWidget;
class StateGlyph;

/// One metric of an AnalysisRun: its phase, what it must reach, its measurements as a small curve, what it says.
class MetricTile : public QWidget {
    Q_OBJECT
public:
    explicit MetricTile(QWidget *parent = nullptr);
    void setMetric(const cluster::ArgoMetric &metric);
    PlotWidget *plot() const { return m_plot; }

private:
    StateGlyph *m_glyph;
    Label *m_name, *m_condition, *m_count, *m_message;
    PlotWidget *m_plot;
};

} // namespace pilothouse::ui
