// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/metric_tile.h"

#include "widgets/base/plot.h"
#include "widgets/base/state.h"
#include "widgets/base/theme.h"
#include "widgets/cluster/argo_models.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

MetricTile::MetricTile(QWidget *parent)
    : QWidget(parent), m_glyph(new StateGlyph), m_name(new Label({}, TextRole::Label)), m_condition(new Label({}, TextRole::Caption, &Tokens::t3)), m_count(new Label({}, TextRole::Caption, &Tokens::t2)),
      m_message(new Label({}, TextRole::Caption, &Tokens::t2)), m_plot(new PlotWidget) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_glyph);
    row->addWidget(m_name);
    m_condition->setElide(Qt::ElideRight);
    row->addWidget(m_condition, 1);
    column->addLayout(row);
    m_plot->setFixedHeight(Theme::of(this).px(110));
    column->addWidget(m_plot);
    column->addWidget(m_count);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_message);
    column->addStretch(1);
}

void MetricTile::setMetric(const cluster::ArgoMetric &metric) {
    setObjectName(QStringLiteral("metric-") + metric.name);
    m_glyph->setState(stateOfArgo(metric.phase));
    m_name->setText(metric.name);
    m_condition->setText(conditionText(metric));
    m_condition->setToolTip(metric.provider.isEmpty() ? m_condition->text() : QStringLiteral("%1: %2").arg(metric.provider, m_condition->text()));
    m_count->setText(metric.phase.isEmpty() ? measurementText(metric) : QStringLiteral("%1 · %2").arg(metric.phase, measurementText(metric)));
    m_message->setText(metricMessage(metric));
    m_message->setVisible(!m_message->text().isEmpty());
    PlotData data = measurementPlot(metric);
    setAccessibleName(data.sentence);
    m_plot->setVisible(!data.series.empty());
    m_plot->setData(std::move(data));
}

} // namespace pilothouse::ui
