// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/explanation_view.h"

#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/serving/dependence_plot.h"
#include "widgets/serving/explanation_text.h"
#include "widgets/serving/feature_bars.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int gap = 6, side = 12;                             // px
constexpr int wideEnough = 480, nameWidth = 200, valueWidth = 120, plotTall = 360, pictureWide = 640; // px of the design
constexpr qsizetype shownNotes = 2;                           // the rest is in the tooltip
constexpr std::size_t savedBars = 250;                        // a painter ends at 32,767 px; the CSV file has all

} // namespace

ExplanationView::ExplanationView(Detail detail, QWidget *parent)
    : QWidget(parent), m_detail(detail), m_sentence(new Label({}, TextRole::Second, &Tokens::t2)), m_facts(new Label({}, TextRole::Caption, &Tokens::t3)), m_notes(new Label({}, TextRole::Caption, &Tokens::t3)),
      m_legend(new Legend), m_pages(new QStackedWidget), m_table(new Table), m_bars(new FeatureBarModel(this)), m_plot(new PlotWidget), m_plotPage(new QWidget) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(gap);
    m_sentence->setObjectName(QStringLiteral("whySentence"));
    m_facts->setObjectName(QStringLiteral("whyFacts"));
    for (Label *label : {m_sentence, m_facts, m_notes}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText); // names are anybody's
        label->setContentsMargins(side, 0, side, 0);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    auto *legend = new QHBoxLayout;
    legend->setContentsMargins(side / 2, 0, 0, 0); // its first line begins where the words above do
    legend->addWidget(m_legend, 0, Qt::AlignLeft);
    column->addLayout(legend);
    column->addWidget(m_pages, 1);
    m_table->setObjectName(QStringLiteral("whyTable"));
    m_table->setAccessibleName(tr("Bars of the explanation"));
    m_table->setRowHeight(Table::Compact);
    m_table->setModel(m_bars);
    m_table->setItemDelegate(new BarDelegate(m_table));
    m_plot->setObjectName(QStringLiteral("whyPlot"));
    m_plot->setAccessibleName(tr("Partial dependence"));
    m_pages->addWidget(m_table);
    auto *padded = new QVBoxLayout(m_plotPage);
    padded->setContentsMargins(side, 0, side, 4);
    padded->addWidget(m_plot);
    m_pages->addWidget(m_plotPage);
    connect(m_table, &Table::opened, this, &ExplanationView::opened);
    clear();
}

void ExplanationView::clear() {
    m_explanation.reset();
    m_bars->setExplanation({});
    m_plot->setData({});
    for (QWidget *part : {static_cast<QWidget *>(m_facts), static_cast<QWidget *>(m_notes), static_cast<QWidget *>(m_legend)})
        part->hide();
}

void ExplanationView::setExplanation(const explain::Explanation &e, const QString &unit, const QString &subject) {
    m_explanation = e;
    m_unit = unit;
    m_subject = subject;
    const bool curves = e.view == explain::View::Dependence, full = m_detail == Detail::Full;
    m_sentence->setText(explanationSentence(e, unit));
    m_facts->setText(explanationFacts(e, unit, subject));
    m_facts->setVisible(full);
    m_notes->setText(e.notes.mid(0, shownNotes).join(QLatin1Char(' ')));
    m_notes->setToolTip(e.notes.join(QLatin1Char('\n')));
    m_notes->setVisible(full && !e.notes.isEmpty());
    m_legend->setVisible(curves);
    if (curves) {
        m_legend->setEntries(dependenceLegend(e));
        m_plot->setData(dependencePlot(e, unit));
    } else {
        m_bars->setExplanation(e);
        m_table->setAccessibleDescription(m_sentence->text());
        fitColumns();
    }
    m_pages->setCurrentWidget(curves ? m_plotPage : m_table);
}

QWidget *ExplanationView::focusPlace() const { return m_pages->currentWidget() == m_plotPage ? static_cast<QWidget *>(m_plot) : m_table; }

void ExplanationView::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

/// Names have room where there is some.
void ExplanationView::fitColumns() {
    const bool wide = width() >= Theme::of(this).px(wideEnough);
    m_table->setNarrowWidth(m_bars->columnOf(FeatureBarModel::Feature), wide ? nameWidth : 0);
    m_table->setNarrowWidth(1, wide && m_bars->columnOf(FeatureBarModel::Value) == 1 ? valueWidth : 0); // a category's word; of a data set the bars stand there
}

ExportBytes ExplanationView::csv() const {
    return [e = *m_explanation] { return e.toCsv(); };
}

int ExplanationView::wholeHeight(int width) const {
    const Theme &theme = Theme::of(this);
    int tall = 8 + gap;
    for (const Label *label : {m_sentence, m_facts, m_notes})
        if (!label->isHidden())
            tall += label->heightForWidth(width) + gap;
    if (!m_legend->isHidden())
        tall += m_legend->sizeHint().height() + gap;
    const bool curves = m_pages->currentWidget() == m_plotPage;
    return tall + (curves ? theme.px(plotTall) : theme.px(28) + m_bars->rowCount() * theme.px(Table::Compact) + 2);
}

ExportBytes ExplanationView::png() const {
    explain::Explanation shown = *m_explanation;
    if (shown.features.size() > savedBars) { // strongest first
        shown.notes.prepend(tr("The strongest %1 of %2 bars; the CSV file has all.").arg(savedBars).arg(shown.features.size()));
        shown.features.resize(savedBars);
    }
    ExplanationView whole(Detail::Full);
    whole.setExplanation(shown, m_unit, m_subject);
    const int wide = std::max(width(), Theme::of(this).px(pictureWide));
    whole.resize(wide, whole.wholeHeight(wide));
    return pngOf(whole);
}

} // namespace pilothouse::ui
