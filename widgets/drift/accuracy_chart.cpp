// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/accuracy_chart.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/drift/accuracy_plot.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

AccuracyChart::AccuracyChart(ActionCatalogue &actions, QWidget *parent) : QWidget(parent) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    m_tools = new QWidget;
    auto *row = new QHBoxLayout(m_tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_step = new SegmentedControl;
    m_step->setObjectName(QStringLiteral("accuracyStep"));
    m_step->setAccessibleName(tr("Stretches of time"));
    m_step->setSegments({{QStringLiteral("hour"), tr("Hour"), State::None}, {QStringLiteral("day"), tr("Day"), State::None}, {QStringLiteral("week"), tr("Week"), State::None}});
    m_step->setCurrent(QStringLiteral("day"));
    row->addWidget(m_step);
    m_slice = new Choice;
    m_slice->setObjectName(QStringLiteral("accuracySlice"));
    m_slice->setAccessibleName(tr("Slices by an input"));
    m_slice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_slice->setMinimumContentsLength(10);
    row->addWidget(m_slice);
    m_legend = new Legend;
    row->addStretch(1);
    row->addWidget(m_legend);
    m_why = new Button(actions, QStringLiteral("accuracy.why"), ButtonKind::Plain);
    m_why->setObjectName(QStringLiteral("accuracy.why"));
    m_why->setWords(tr("Why did it drop?"));
    m_why->setPixelHeight(24);
    row->addWidget(m_why);
    m_report = new Button(actions, QStringLiteral("accuracy.report"), ButtonKind::Ghost);
    m_report->setObjectName(QStringLiteral("accuracy.report"));
    m_report->setWords(tr("Report…"));
    m_report->setPixelHeight(24);
    row->addWidget(m_report);
    column->addWidget(m_tools);
    m_plot = new PlotWidget;
    m_plot->setObjectName(QStringLiteral("qualityPlot"));
    column->addWidget(m_plot, 1);
    setFocusProxy(m_plot);
    offerInputs({});
    connect(m_step, &SegmentedControl::currentChanged, this, &AccuracyChart::chosen);
    connect(m_slice, &QComboBox::currentIndexChanged, this, &AccuracyChart::chosen);
}

CalendarStep AccuracyChart::step() const {
    return calendarStepOf(m_step->current()).value_or(CalendarStep::Day);
}

QString AccuracyChart::slice() const {
    return m_slice->currentData().toString();
}

void AccuracyChart::setModel(const QString &model) {
    if (m_model == model)
        return;
    m_model = model;
    offerInputs({});
    for (Button *button : {m_why, m_report}) {
        button->setArgument(model);
        button->refresh();
    }
}

void AccuracyChart::offerInputs(const QStringList &inputs) {
    QStringList texts{tr("All rows")};
    QVariantList data{QString()};
    for (const QString &input : inputs) {
        texts << tr("By %1").arg(input);
        data << input;
    }
    m_slice->setItems(texts, data);
    m_slice->setVisible(!inputs.isEmpty());
}

void AccuracyChart::showView(const fleet::AccuracyView &view, const fleet::Quality &watch) {
    m_tools->show();
    offerInputs(view.inputs);
    PlotData data = accuracyPlot(view, watch, m_model);
    m_legend->setEntries(accuracyLegend(data));
    m_plot->setData(std::move(data));
    m_why->refresh();
    m_report->refresh();
    fitLegend();
}

void AccuracyChart::showPlot(PlotData data, bool log) {
    m_tools->setVisible(log);
    m_legend->setEntries({});
    m_plot->setData(std::move(data));
}

void AccuracyChart::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    fitLegend();
}

/// The callout names the lines, too.
void AccuracyChart::fitLegend() {
    const int others = m_step->sizeHint().width() + (m_slice->isVisibleTo(this) ? m_slice->sizeHint().width() : 0) + m_why->sizeHint().width() + m_report->sizeHint().width() + 5 * 8;
    m_legend->setVisible(width() >= others + m_legend->sizeHint().width());
}

} // namespace pilothouse::ui
