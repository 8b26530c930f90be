// SPDX-License-Identifier: GPL-3.0-or-later
// How CompareView is built; compare_view.cpp fills it.
#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/registry/compare_view.h"
#include "widgets/registry/curves_plot.h"
#include "widgets/registry/run_axes_plot.h"
#include "widgets/registry/run_diff_model.h"
#include "widgets/registry/run_legend.h"
#include "widgets/registry/run_scatter.h"

#include <QHBoxLayout>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int fewestLetters = 9; // of a choice, where there is little room
constexpr int weightSteps = 100; // of the smoothing slider; its last but one is 0.99

/// A row of tools above what they act on.
QWidget *page(const std::vector<QWidget *> &tools, QWidget *shown) {
    auto *out = new QWidget;
    auto *column = new QVBoxLayout(out);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 8, 12, 6);
    row->setSpacing(8);
    for (QWidget *tool : tools)
        tool ? row->addWidget(tool) : row->addStretch(1);
    column->addLayout(row);
    column->addWidget(shown, 1);
    return out;
}

QWidget *padded(QWidget *inner) {
    auto *out = new QWidget;
    auto *layout = new QVBoxLayout(out);
    layout->setContentsMargins(12, 2, 8, 8);
    layout->addWidget(inner);
    return out;
}

/// As wide as its longest item, but not wider than that, and less where there is little room.
void fit(Choice *choice, int widest) {
    choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    choice->setMinimumContentsLength(fewestLetters);
    choice->setMaximumWidth(widest);
    choice->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    choice->setMinimumWidth(Theme::of(choice).px(84));
}

Label *caption(const QString &text, QWidget *buddy) {
    auto *label = new Label(text, TextRole::Label, &Tokens::t2);
    label->setBuddy(buddy);
    buddy->setAccessibleName(text);
    return label;
}

} // namespace

CompareView::CompareView(const PanelContext &context, const QString &panel, const QString &prefix, QWidget *parent)
    : QWidget(parent), m_context(context), m_card(new Card(tr("Compare runs"))), m_tabs(new SegmentedControl), m_pages(new QStackedWidget), m_legend(new RunLegend), m_side(new QWidget),
      m_progress(new Label({}, TextRole::Caption, &Tokens::t3)), m_count(new Label({}, TextRole::Caption, &Tokens::t3)), m_passing(new Label({}, TextRole::Caption, &Tokens::t2)),
      m_curveNote(new Label({}, TextRole::Caption, &Tokens::t3)), m_weightText(new Label({}, TextRole::Second, &Tokens::t1)), m_stop(new Button(tr("Stop"))), m_again(new Button(tr("Read again"), ButtonKind::Ghost)),
      m_back(new Button(tr("Back"))), m_axesButton(new Button(tr("Axes…"))), m_clear(new Button(tr("Clear limits"))), m_reset(new Button(tr("Show all"))),
      m_onlyDifferences(new CheckBox(tr("Only differences"))), m_logY(new CheckBox(tr("Logarithmic"))), m_diff(new RunDiffModel(this)), m_diffShown(new FilterProxy(this)), m_table(new Table),
      m_parallel(new RunAxesPlot), m_scatter(new RunScatter), m_x(new Choice), m_y(new Choice), m_colour(new Choice), m_metric(new Choice), m_curveX(new SegmentedControl), m_weight(new QSlider(Qt::Horizontal)),
      m_curves(new CurvesPlot(context.fleet ? context.fleet->pools().compute : *QThreadPool::globalInstance())), m_curvesState(new PanelState) {
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_card);
    m_pages->addWidget(buildParams());
    m_pages->addWidget(buildParallel());
    m_pages->addWidget(buildScatter());
    m_pages->addWidget(buildCurves());
    m_legend->setObjectName(QStringLiteral("compareLegend"));
    auto *side = new QHBoxLayout(m_side);
    side->setContentsMargins(0, 0, 0, 0);
    side->addWidget(m_legend);
    auto *body = new QWidget;
    auto *row = new QHBoxLayout(body);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_pages, 1);
    row->addWidget(m_side);
    m_card->setBody(body);
    m_card->state()->setObjectName(QStringLiteral("compareState"));
    buildHeader(panel, prefix);
    link();
    setState({});
    showTab();
}

void CompareView::buildHeader(const QString &panel, const QString &prefix) {
    m_tabs->setObjectName(QStringLiteral("compareTabs"));
    m_tabs->setAccessibleName(tr("View of the comparison"));
    m_tabs->setSegments({{QStringLiteral("params"), tr("Parameters"), State::None}, {QStringLiteral("parallel"), tr("Parallel"), State::None}, {QStringLiteral("scatter"), tr("Scatter"), State::None}, {QStringLiteral("curves"), tr("Curves"), State::None}});
    m_stop->setObjectName(QStringLiteral("compareStop"));
    m_again->setObjectName(QStringLiteral("compareAgain"));
    m_back->setObjectName(QStringLiteral("compareBack"));
    for (Button *button : {m_stop, m_again, m_back})
        button->setPixelHeight(24);
    m_back->setHint(tr("Esc"));
    m_card->addTool(m_progress);
    m_card->addTool(m_stop);
    m_card->addTool(m_tabs);
    m_card->addTool(m_again);
    if (m_context.actions)
        addSaving(panel, prefix);
    m_card->addTool(m_back);
}

void CompareView::addSaving(const QString &panel, const QString &prefix) {
    Export give;
    give.what = tr("the comparison");
    give.name = [this] { return QStringLiteral("compare-%1-%2").arg(tab() == QLatin1String("curves") ? m_state.metric : tab()).arg(m_state.runs ? int(m_state.runs->runs.size()) : 0); };
    give.csv = [this]() -> ExportBytes {
        if (tab() == QLatin1String("curves"))
            return m_curves->csv();
        return [runs = m_state.runs, only = tab() == QLatin1String("params") && m_onlyDifferences->isChecked()] { return comparisonCsv(*runs, only); };
    };
    give.png = [this] { return tab() == QLatin1String("curves") ? m_curves->png() : pngOf(*currentPage()); };
    give.svg = [this] { return tab() == QLatin1String("curves") ? m_curves->svg() : svgOf(*currentPage()); };
    give.blocked = [this] { return exportBlocked(); };
    give.svgBlocked = [this] { return tab() == QLatin1String("params") ? tr("A table is saved as CSV or PNG.") : QString(); };
    addExport(m_context, this, panel, prefix, give);
    m_save = new ExportButton(*m_context.actions, exportActions(prefix, true));
    m_save->setObjectName(QStringLiteral("compareSave"));
    m_card->addTool(m_save);
}

QWidget *CompareView::buildParams() {
    m_onlyDifferences->setObjectName(QStringLiteral("compareOnlyDifferences"));
    m_onlyDifferences->setCheckable(true);
    m_onlyDifferences->setChecked(true);
    auto *filter = new FilterEdit(tr("Filter, / to focus"));
    filter->setObjectName(QStringLiteral("compareFilter"));
    filter->setMaximumWidth(Theme::of(this).px(260));
    m_diffShown->setSourceModel(m_diff);
    m_diffShown->setRule([this](const QModelIndex &index) { return !m_onlyDifferences->isChecked() || m_diff->row(index.row()).differs; });
    m_table->setObjectName(QStringLiteral("compareTable"));
    m_table->setAccessibleName(tr("Parameters, metrics and tags of the runs"));
    m_table->setRowHeight(Table::Compact);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_table->setModel(m_diffShown);
    m_table->setItemDelegate(new StateDelegate(m_table));
    connect(filter, &QLineEdit::textChanged, m_diffShown, &FilterProxy::setWords);
    connect(m_onlyDifferences, &CheckBox::toggled, this, [this] {
        m_diffShown->invalidate();
        if (m_save)
            m_save->refreshMenu();
    });
    return page({filter, m_onlyDifferences, nullptr, m_count}, m_table);
}

QWidget *CompareView::buildParallel() {
    m_parallel->setObjectName(QStringLiteral("compareParallel"));
    m_axesButton->setObjectName(QStringLiteral("compareAxes"));
    m_clear->setObjectName(QStringLiteral("compareClear"));
    m_axesButton->setAccessibleName(tr("Choose the axes"));
    for (Button *button : {m_axesButton, m_clear})
        button->setPixelHeight(24);
    connect(m_axesButton, &QAbstractButton::clicked, this, &CompareView::openAxes);
    connect(m_clear, &QAbstractButton::clicked, m_parallel, &RunAxesPlot::clearBrushes);
    return page({m_axesButton, m_clear, m_passing, nullptr}, padded(m_parallel));
}

QWidget *CompareView::buildScatter() {
    m_scatter->setObjectName(QStringLiteral("compareScatter"));
    m_x->setObjectName(QStringLiteral("compareX"));
    m_y->setObjectName(QStringLiteral("compareY"));
    m_colour->setObjectName(QStringLiteral("compareColour"));
    for (Choice *choice : {m_x, m_y, m_colour}) {
        fit(choice, Theme::of(this).px(200));
        connect(choice, &QComboBox::currentIndexChanged, this, [this] {
            if (!m_filling)
                showScatter();
        });
    }
    return page({caption(tr("Across"), m_x), m_x, caption(tr("Up"), m_y), m_y, caption(tr("Colour"), m_colour), m_colour, nullptr}, padded(m_scatter));
}

QWidget *CompareView::buildCurves() {
    m_curves->setObjectName(QStringLiteral("compareCurves"));
    m_metric->setObjectName(QStringLiteral("compareMetric"));
    m_curveX->setObjectName(QStringLiteral("compareCurveX"));
    m_weight->setObjectName(QStringLiteral("compareSmoothing"));
    m_logY->setObjectName(QStringLiteral("compareLogY"));
    m_logY->setCheckable(true);
    m_reset->setObjectName(QStringLiteral("compareReset"));
    m_reset->setPixelHeight(24);
    m_reset->setHint(QStringLiteral("0"));
    fit(m_metric, Theme::of(this).px(240));
    m_curveX->setAccessibleName(tr("What the curves run over"));
    m_curveX->setSegments({{QStringLiteral("step"), tr("Step"), State::None}, {QStringLiteral("time"), tr("Time"), State::None}, {QStringLiteral("relative"), tr("Relative"), State::None}});
    m_weight->setRange(0, weightSteps - 1);
    m_weight->setPageStep(10);
    m_weight->setMinimumWidth(Theme::of(this).px(60));
    m_weight->setMaximumWidth(Theme::of(this).px(110));
    m_weight->setToolTip(tr("Exponential moving average without its bias to zero, as TensorBoard and MLflow show it; 0 is as logged"));
    m_weightText->setText(fixed(0, 2));
    const auto options = [this] {
        CurvesPlot::Options wanted;
        wanted.x = m_curveX->current() == QLatin1String("step") ? registry::CurveX::Step : m_curveX->current() == QLatin1String("time") ? registry::CurveX::Time : registry::CurveX::Relative;
        wanted.smoothing = double(m_weight->value()) / weightSteps;
        wanted.logY = m_logY->isChecked();
        m_weightText->setText(fixed(wanted.smoothing, 2));
        m_curves->setOptions(wanted);
        showLegend();
    };
    connect(m_curveX, &SegmentedControl::currentChanged, this, options);
    connect(m_weight, &QSlider::valueChanged, this, options);
    connect(m_logY, &CheckBox::toggled, this, options);
    connect(m_reset, &QAbstractButton::clicked, m_curves, &CurvesPlot::resetView);
    connect(m_metric, &QComboBox::currentIndexChanged, this, [this] {
        if (!m_filling && m_metric->currentIndex() >= 0 && tab() == QLatin1String("curves"))
            Q_EMIT metricWanted(m_metric->currentData().toString());
    });
    m_curvesState->setObjectName(QStringLiteral("compareCurvesState"));
    m_curvesState->setContent(padded(m_curves));
    auto *column = new QWidget;
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_curvesState, 1);
    m_curveNote->setContentsMargins(12, 0, 12, 6);
    m_curveNote->setElide(Qt::ElideRight);
    layout->addWidget(m_curveNote);
    return page({caption(tr("Metric"), m_metric), m_metric, m_curveX, caption(tr("Smoothing"), m_weight), m_weight, m_weightText, m_logY, nullptr, m_reset}, column);
}

void CompareView::link() {
    connect(m_tabs, &SegmentedControl::currentChanged, this, &CompareView::showTab);
    connect(m_stop, &QAbstractButton::clicked, this, &CompareView::stopWanted);
    connect(m_again, &QAbstractButton::clicked, this, &CompareView::againWanted);
    connect(m_back, &QAbstractButton::clicked, this, &CompareView::closeWanted);
    connect(m_parallel, &RunAxesPlot::hoveredChanged, this, &CompareView::hover);
    connect(m_scatter, &RunScatter::hoveredChanged, this, &CompareView::hover);
    connect(m_curves, &CurvesPlot::hoveredChanged, this, &CompareView::hover);
    connect(m_legend, &RunLegend::hoveredChanged, this, &CompareView::hover);
    connect(m_legend, &RunLegend::toggled, this, &CompareView::toggle);
    connect(m_parallel, &RunAxesPlot::brushed, this, &CompareView::showLooks);
    connect(m_curves, &CurvesPlot::crosshairMoved, this, &CompareView::showLegend);
    connect(m_curves, &CurvesPlot::drawn, this, [this] {
        m_reset->setBlocked(m_curves->view() ? QString() : tr("All of it is shown."));
        if (m_save)
            m_save->refreshMenu();
    });
}

} // namespace pilothouse::ui
