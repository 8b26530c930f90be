// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/search_card.h"

#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/panel_state.h"
#include "widgets/base/table.h"
#include "widgets/learn/parallel_plot.h"
#include "widgets/learn/run_model.h"

#include <QSignalBlocker>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace pilothouse::ui {

SearchCard::SearchCard(const PanelContext &context, QWidget *parent)
    : Card(SearchCard::tr("Search"), parent), m_context(context), m_views(new SegmentedControl), m_estimator(new Choice), m_stack(new QStackedWidget), m_plot(new ParallelPlot), m_bars(new ImportanceBars),
      m_barsState(new PanelState), m_model(new TrialModel(this)), m_table(new Table) {
    m_views->setObjectName(QStringLiteral("searchViews"));
    m_views->setAccessibleName(tr("View of the search"));
    m_views->setSegments({{QStringLiteral("parallel"), tr("Parallel")}, {QStringLiteral("importance"), tr("Importance")}, {QStringLiteral("trials"), tr("Trials")}});
    m_estimator->setObjectName(QStringLiteral("searchEstimator"));
    m_estimator->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_estimator->setAccessibleName(tr("Estimator of the shown trials"));
    m_plot->setObjectName(QStringLiteral("parallelPlot"));
    m_bars->setObjectName(QStringLiteral("importanceBars"));
    m_table->setObjectName(QStringLiteral("trialTable"));
    m_table->setAccessibleName(tr("Trials of the search"));
    m_table->setRowHeight(Table::Compact);
    auto *sorted = new FilterProxy(this);
    sorted->setSourceModel(m_model);
    m_table->setSortingEnabled(true);
    m_table->setModel(sorted);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // best first, as they come
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_barsState->setContent(m_bars);
    const auto padded = [](QWidget *widget) {
        auto *frame = new QWidget;
        auto *layout = new QVBoxLayout(frame);
        layout->setContentsMargins(10, 8, 10, 6);
        layout->addWidget(widget);
        return frame;
    };
    m_stack->addWidget(padded(m_plot));
    m_stack->addWidget(padded(m_barsState));
    m_stack->addWidget(m_table);
    setBody(m_stack);
    addTool(m_estimator);
    addTool(m_views);
    addSaving();
    setMinimumHeight(150);
    connect(m_views, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        m_stack->setCurrentIndex(id == QLatin1String("parallel") ? 0 : id == QLatin1String("importance") ? 1 : 2);
        showEstimator();
        m_save->refreshMenu();
    });
    connect(m_estimator, &QComboBox::currentTextChanged, this, &SearchCard::showEstimator);
    connect(m_table, &Table::chosen, this, [this](const QString &id) { m_plot->choose(id.toInt()); });
    hide();
}

void SearchCard::addSaving() {
    const auto bars = [this] { return m_views->current() == QLatin1String("importance"); };
    Export give;
    give.what = tr("the search");
    give.name = [this] { return QStringLiteral("search-%1").arg(m_run); };
    give.csv = [this, bars]() -> ExportBytes {
        if (bars())
            return [shares = m_search.importance] { return importanceCsv(shares); };
        return [lines = m_lines] { return trialsCsv(lines); };
    };
    give.png = [this] { return pngOf(*m_stack->currentWidget()); };
    give.blocked = [this, bars] {
        if (m_lines.empty())
            return tr("There is no search to save.");
        return bars() && m_search.importance.empty() ? tr("Too few trials to tell") : QString();
    };
    addExport(m_context, this, QStringLiteral("train"), QStringLiteral("train.search"), give);
    m_save = new ExportButton(*m_context.actions, exportActions(QStringLiteral("train.search")));
    m_save->setObjectName(QStringLiteral("saveSearch"));
    m_save->setText(QString()); // there is little room
    addTool(m_save);
}

void SearchCard::showRun(const registry::Run *run) {
    const QString id = run ? run->id : QString(), state = run ? QString::number(int(run->status)) : QString();
    if (id == m_run && state == m_state)
        return;
    m_run = id;
    m_state = state;
    m_reading.stop.request_stop();
    if (!run || run->status != registry::RunStatus::Finished || !m_context.fleet)
        return showTable(id, std::nullopt);
    using Table = std::optional<fleet::SearchTable>;
    m_reading = startTask<Table>(m_context.fleet->pools().waiting, [services = m_context.fleet->services(), wanted = *run](std::stop_token) -> Result<Table> { return fleet::searchTableOf(*services, wanted); });
    const workspace::Model *declared = m_context.fleet->services()->workspace.model(run->experiment);
    deliver(m_reading, this, [this, id, watches = declared ? declared->watch : std::vector<workspace::Model::Watch>()](const Result<Table> &table) { showTable(id, table ? *table : std::nullopt, watches); });
}

void SearchCard::showTable(const QString &run, const std::optional<fleet::SearchTable> &table, const std::vector<workspace::Model::Watch> &watches) {
    if (run != m_run && m_context.fleet)
        return; // another one was chosen meanwhile
    const bool any = table && !table->estimators().isEmpty();
    setVisible(any);
    Q_EMIT shown(any);
    if (!any) {
        m_search = {};
        m_lines.clear();
        m_save->refreshMenu();
        return;
    }
    m_search = *table;
    m_unit = metricUnit(watches, m_search.metric);
    m_lines = trialLines(m_search);
    const QString method = m_search.method == QLatin1String("halving") ? tr("successive halving") : tr("random");
    setSubtitle(m_search.drawn > int(m_search.trials.size()) ? tr("%1 of %2 trials, %3").arg(m_search.trials.size()).arg(m_search.drawn).arg(method) : tr("%n trials, %1", nullptr, int(m_search.trials.size())).arg(method));
    setToolTip(tr("Judged by %1: %2").arg(metricName(m_search.metric), m_search.how));
    {
        const QSignalBlocker quiet(m_estimator);
        m_estimator->clear();
        m_estimator->addItems(m_search.estimators());
    }
    m_model->setFigure(withUnit(metricName(m_search.metric), m_unit));
    m_model->setRows(m_lines);
    m_bars->setShares(m_search.importance, metricName(m_search.metric));
    m_barsState->show(m_search.importance.empty() ? ScreenState::empty(tr("Too few trials to tell"), tr("From eight trials of an estimator on, what each of its parameters explains stands here.")) : ScreenState::full());
    showEstimator();
    m_save->refreshMenu();
}

void SearchCard::showEstimator() {
    const QString figure = metricName(m_search.metric);
    m_estimator->setVisible(m_estimator->count() > 1 && m_views->current() == QLatin1String("parallel"));
    m_plot->setTrials(m_lines, m_estimator->currentText(), m_search.method == QLatin1String("halving") ? tr("%1 in its last round").arg(figure) : figure, m_unit);
}

} // namespace pilothouse::ui
