// SPDX-License-Identifier: GPL-3.0-or-later
// What a comparison shows of its state; compare_view_pages.cpp builds its pages.
#include "widgets/registry/compare_view.h"

#include "widgets/base/button.h"
#include "widgets/base/export.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/registry/curves_plot.h"
#include "widgets/registry/run_axes_plot.h"
#include "widgets/registry/run_diff_model.h"
#include "widgets/registry/run_legend.h"
#include "widgets/registry/run_scatter.h"

#include <QMenu>
#include <QResizeEvent>
#include <QSlider>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int mostAxes = 8; // that are chosen at first
constexpr int narrow = 640; // px: without the legend below it
constexpr int roomy = 1100, legendWide = 230, legendSlim = 190; // px: the legend is slim below that width

QString keyOf(const registry::ComparedRow &row) { return QStringLiteral("%1/%2").arg(int(row.kind)).arg(row.name); }

/// Which metric is looked at first: one that most runs have, a loss of rows that were not learnt from before another.
QString firstMetric(const registry::RunComparison &runs) {
    const registry::ComparedRow *best = nullptr;
    double most = -1;
    for (const registry::ComparedRow &row : runs.rows) {
        if (row.kind != registry::ComparedRow::Metric)
            continue;
        double rank = 10.0 * double(std::count_if(row.texts.begin(), row.texts.end(), [](const auto &text) { return text.has_value(); }));
        rank += row.name.contains(QLatin1String("val"), Qt::CaseInsensitive) ? 2 : 0;
        rank += row.name.contains(QLatin1String("loss"), Qt::CaseInsensitive) ? 4 : 0;
        if (rank > most) {
            most = rank;
            best = &row;
        }
    }
    return best ? best->name : QString();
}

} // namespace

void CompareView::compare(const QString &connection, const QStringList &runIds) {
    m_ids = runIds;
    if (!m_context.fleet)
        return;
    if (!m_loader) {
        m_loader = new CompareLoader(m_context.fleet->pools().waiting, this);
        m_loader->now = m_context.now;
        connect(m_loader, &CompareLoader::changed, this, [this] { setState(m_loader->state()); });
        connect(this, &CompareView::metricWanted, m_loader, &CompareLoader::loadCurves);
        connect(this, &CompareView::againWanted, m_loader, &CompareLoader::reload);
        connect(this, &CompareView::stopWanted, m_loader, &CompareLoader::stop);
    }
    m_hidden.clear();
    m_axes.clear();
    m_loader->load([services = m_context.fleet->services(), connection] { return services->registries->of(connection); }, runIds);
}

void CompareView::setState(const CompareState &state) {
    m_state = state;
    const bool other = m_state.runs.get() != m_taken;
    if (other)
        takeRuns();
    showPhase();
    if (tab() == QLatin1String("curves") || m_state.curves.get() != m_drawn)
        showCurves();
    if (other)
        showTab();
}

/// The card's state, its title, and what is being read.
void CompareView::showPhase() {
    const auto again = [this] { Q_EMIT againWanted(); };
    const bool reading = m_state.phase == CompareState::Loading || m_state.curvesPhase == CompareState::Loading;
    const int runs = m_state.runs ? int(m_state.runs->runs.size()) : 0;
    m_card->setTitle(runs > 0 ? tr("Compare %n runs", nullptr, runs) : tr("Compare runs"));
    m_card->setSubtitle(m_state.runs && !m_state.runs->missing.isEmpty() ? tr("%n are not in the registry any more", nullptr, int(m_state.runs->missing.size())) : QString());
    m_card->setToolTip(m_state.runs ? m_state.runs->missing.join(QLatin1Char('\n')) : QString());
    if (m_state.phase == CompareState::Ready)
        m_card->source()->setSource(m_state.source, m_state.read, m_state.error ? Freshness::Stale : Freshness::Polled, 2);
    else
        m_card->source()->clear();
    switch (m_state.phase) {
    case CompareState::Nothing: m_card->showState(ScreenState::empty(tr("No runs are chosen"), tr("Choose two to fifty runs; what differs between them, and their curves, stand here."))); break;
    case CompareState::Loading: m_card->showState(ScreenState::loading()); break;
    case CompareState::Failed:
        m_card->showState(m_state.error->kind == ErrorKind::Cancelled ? ScreenState::empty(tr("The runs were not read"), tr("The reading was stopped."), tr("Read them"), again)
                                                                     : ScreenState::failed(*m_state.error, tr("Try again"), again));
        break;
    case CompareState::Ready:
        m_card->showState(m_state.error && m_state.error->kind != ErrorKind::Cancelled ? ScreenState::stale(m_state.read, m_state.error->text(), tr("Try again"), again) : ScreenState::full());
        break;
    }
    m_progress->setVisible(reading);
    m_stop->setVisible(reading);
    m_again->setVisible(!reading && m_state.phase == CompareState::Ready);
    m_progress->setText(m_state.total <= 0 ? tr("reading…") : m_state.phase == CompareState::Loading ? tr("%1 of %2 runs").arg(m_state.done).arg(m_state.total) : tr("%1 of %2 histories").arg(m_state.done).arg(m_state.total));
    if (m_save)
        m_save->refreshMenu();
}

std::vector<const registry::ComparedRow *> CompareView::axisRows() const {
    std::vector<const registry::ComparedRow *> out;
    if (m_state.runs)
        for (const registry::ComparedRow &row : m_state.runs->rows)
            if (row.differs || m_state.runs->runs.size() < 2)
                out.push_back(&row);
    return out;
}

const registry::ComparedRow *CompareView::rowByKey(const QString &key) const {
    if (m_state.runs)
        for (const registry::ComparedRow &row : m_state.runs->rows)
            if (keyOf(row) == key)
                return &row;
    return nullptr;
}

void CompareView::takeRuns() {
    m_taken = m_state.runs.get();
    m_diff->setComparison(m_taken ? *m_taken : registry::RunComparison());
    const auto rows = axisRows();
    // Axes: what was drawn differently, then the figures that came out. Those that were chosen stay, if they are still there.
    m_axes.removeIf([this](const QString &key) { return !rowByKey(key); });
    if (m_axes.isEmpty()) {
        QStringList params, metrics;
        for (const bool numeric : {true, false})
            for (const auto *row : rows)
                if (row->numeric == numeric && row->kind == registry::ComparedRow::Param)
                    params << keyOf(*row);
        for (const auto *row : rows)
            if (row->kind == registry::ComparedRow::Metric)
                metrics << keyOf(*row);
        if (const auto *first = m_taken ? m_taken->row(registry::ComparedRow::Metric, firstMetric(*m_taken)) : nullptr; first && metrics.removeOne(keyOf(*first)))
            metrics.prepend(keyOf(*first));
        m_axes = params.mid(0, std::max<qsizetype>(mostAxes - 2, mostAxes - metrics.size())) + metrics.mid(0, 2);
        while (m_axes.size() < std::min<qsizetype>(mostAxes, params.size() + metrics.size())) // few of one kind: more of the other
            for (const QString &key : params + metrics)
                if (!m_axes.contains(key)) {
                    m_axes << key;
                    break;
                }
    }
    QStringList names, numberNames, metricNames;
    QVariantList keys, numberKeys, metricKeys;
    for (const auto *row : rows) {
        names << row->name;
        keys << keyOf(*row);
    }
    if (m_taken)
        for (const registry::ComparedRow &row : m_taken->rows)
            if (row.kind == registry::ComparedRow::Metric) {
                metricNames << row.name;
                metricKeys << row.name;
            }
    m_filling = true;
    const bool fresh = m_x->count() == 0;
    m_x->setItems(names, keys);
    m_y->setItems(names, keys);
    m_colour->setItems(QStringList{tr("by run")} + names, QVariantList{QString()} + keys);
    m_metric->setItems(metricNames, metricKeys);
    if (m_taken && fresh) {
        const auto first = [&](registry::ComparedRow::Kind kind) {
            for (const auto *row : rows)
                if (row->kind == kind && row->numeric)
                    return keyOf(*row);
            return QString();
        };
        if (const int at = m_x->findData(first(registry::ComparedRow::Param)); at >= 0)
            m_x->setCurrentIndex(at);
        const QString y = QStringLiteral("%1/%2").arg(int(registry::ComparedRow::Metric)).arg(firstMetric(*m_taken));
        if (const int at = m_y->findData(m_y->findData(y) >= 0 ? y : first(registry::ComparedRow::Metric)); at >= 0)
            m_y->setCurrentIndex(at);
    }
    if (m_taken)
        if (const int at = m_metric->findData(m_state.metric.isEmpty() ? firstMetric(*m_taken) : m_state.metric); at >= 0 && (fresh || !m_state.metric.isEmpty()))
            m_metric->setCurrentIndex(at);
    m_filling = false;
    const auto differing = m_taken ? std::count_if(m_taken->rows.begin(), m_taken->rows.end(), [](const auto &row) { return row.differs; }) : 0;
    m_count->setText(m_taken ? tr("%1 of %n rows differ", nullptr, int(m_taken->rows.size())).arg(differing) : QString());
    if (m_diffShown)
        m_diffShown->invalidate();
}

std::vector<ShownRun> CompareView::shown() const {
    std::vector<ShownRun> out;
    if (!m_state.runs)
        return out;
    const bool brushed = m_parallel->isBrushed();
    const QSet<QString> passing = brushed ? m_parallel->passing() : QSet<QString>();
    for (std::size_t i = 0; i < m_state.runs->runs.size(); ++i) {
        const QString &id = m_state.runs->runs[i].id;
        out.push_back({id, m_state.runs->runName(i), runLook(i), brushed && !passing.contains(id), m_hidden.contains(id)});
    }
    return out;
}

/// The page in front, made of what is there now.
void CompareView::showTab() {
    const QString now = tab();
    const int index = now == QLatin1String("params") ? 0 : now == QLatin1String("parallel") ? 1 : now == QLatin1String("scatter") ? 2 : 3;
    m_pages->setCurrentIndex(index);
    fitSide();
    showParallel();
    if (index == 2)
        showScatter();
    if (index == 3) {
        if (m_state.runs && m_metric->currentIndex() >= 0 && m_state.metric != m_metric->currentData().toString())
            Q_EMIT metricWanted(m_metric->currentData().toString());
        showCurves();
    }
    showLegend();
    if (m_save)
        m_save->refreshMenu();
}

/// Another run is hidden, or others pass the limits.
void CompareView::showLooks() {
    showParallel();
    showScatter();
    showCurves();
}

void CompareView::showParallel() {
    std::vector<registry::ComparedAxis> axes;
    for (const QString &key : std::as_const(m_axes))
        if (const auto *row = rowByKey(key))
            axes.push_back(registry::axisOf(*row));
    if (!m_state.runs)
        axes.clear();
    m_parallel->setRuns(shown(), std::move(axes));
    const auto passing = m_parallel->passing().size();
    m_passing->setText(m_parallel->isBrushed() && m_state.runs ? tr("%1 of %n runs pass", nullptr, int(m_state.runs->runs.size())).arg(passing) : QString());
    m_clear->setVisible(m_parallel->isBrushed());
}

void CompareView::showScatter() {
    const auto *x = rowByKey(m_x->currentData().toString()), *y = rowByKey(m_y->currentData().toString()), *colour = rowByKey(m_colour->currentData().toString());
    if (!x || !y)
        return m_scatter->setRuns({}, {}, {}, std::nullopt);
    m_scatter->setRuns(shown(), registry::axisOf(*x), registry::axisOf(*y), colour ? std::optional(registry::axisOf(*colour)) : std::nullopt);
}

void CompareView::showCurves() {
    showCurvesPhase();
    std::vector<ShownRun> curves;
    if (m_state.curves) {
        const auto all = shown();
        for (const registry::RunCurve &curve : m_state.curves->curves)
            if (const auto at = std::find_if(all.begin(), all.end(), [&](const ShownRun &run) { return run.runId == curve.runId; }); at != all.end())
                curves.push_back(*at);
            else
                curves.push_back({curve.runId, curve.runId.left(8), {}, false, true});
    }
    if (m_state.curves && m_curves->drawnCurves() == m_state.curves)
        m_curves->setShown(std::move(curves));
    else
        m_curves->setCurves(m_state.curves, std::move(curves), m_state.metric);
    m_drawn = m_state.curves.get();
    m_reset->setBlocked(m_curves->view() ? QString() : tr("All of it is shown."));
    showLegend();
}

void CompareView::showCurvesPhase() {
    QStringList note;
    if (m_state.curves && m_state.runs) {
        if (const int without = int(m_state.runs->runs.size()) - int(m_state.curves->curves.size()) - int(m_state.curves->failed.size()); without > 0)
            note << tr("%n runs have not logged it", nullptr, without);
        if (!m_state.curves->failed.empty())
            note << tr("%n could not be read: %1", nullptr, int(m_state.curves->failed.size())).arg(m_state.curves->failed.front().second.text());
        const bool points = std::any_of(m_state.curves->curves.begin(), m_state.curves->curves.end(), [](const auto &curve) { return curve.values.size() > 1; });
        if (!points && !m_state.curves->curves.empty())
            note << tr("logged once a run: points, no curves");
    }
    m_curveNote->setText(note.join(QStringLiteral(" · ")));
    m_curveNote->setVisible(!note.isEmpty());
    const auto again = [this] { Q_EMIT metricWanted(m_metric->currentData().toString()); };
    if (m_state.runs && m_metric->count() == 0)
        return m_curvesState->show(ScreenState::empty(tr("No metric was logged"), tr("None of these runs has a figure whose history could be drawn.")));
    switch (m_state.curvesPhase) {
    case CompareState::Nothing: return m_curvesState->show(ScreenState::empty(tr("No metric is chosen"), tr("Choose a metric above; its history in each run stands here.")));
    case CompareState::Loading: return m_curvesState->show(ScreenState::loading());
    case CompareState::Failed:
        return m_curvesState->show(m_state.curvesError->kind == ErrorKind::Cancelled ? ScreenState::empty(tr("The histories were not read"), tr("The reading was stopped."), tr("Read them"), again)
                                                                                   : ScreenState::failed(*m_state.curvesError, tr("Try again"), again));
    case CompareState::Ready: return m_curvesState->show(ScreenState::full());
    }
}

void CompareView::showLegend() {
    if (!m_state.runs)
        return m_legend->setLines({});
    const bool curves = tab() == QLatin1String("curves");
    const double x = m_curves->crosshair();
    m_legend->setValueTitle(!curves ? QString() : std::isnan(x) ? tr("last") : m_curves->xText(x));
    std::vector<LegendLine> lines;
    const auto runs = shown();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        double value = std::nan("");
        if (curves)
            value = std::isnan(x) ? m_state.runs->runs[i].metrics.value(m_state.metric, std::nan("")) : m_curves->valueAt(runs[i].runId, x);
        lines.push_back({runs[i], std::isnan(value) ? QString() : number(value, 4)});
    }
    m_legend->setLines(std::move(lines));
}

void CompareView::hover(const QString &runId) {
    m_parallel->setHovered(runId);
    m_scatter->setHovered(runId);
    m_curves->setHovered(runId);
    if (!m_legend->underMouse())
        m_legend->setHovered(runId);
}

void CompareView::toggle(const QString &runId) {
    if (!m_hidden.remove(runId))
        m_hidden.insert(runId);
    showLooks();
}

void CompareView::openAxes() {
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto *row : axisRows()) {
        QAction *one = menu->addAction(QStringLiteral("%1 (%2)").arg(row->name, RunDiffModel::kindText(row->kind)));
        one->setCheckable(true);
        one->setChecked(m_axes.contains(keyOf(*row)));
        connect(one, &QAction::toggled, this, [this, key = keyOf(*row)](bool on) {
            if (!on)
                m_axes.removeAll(key);
            else
                m_axes << key;
            showLooks();
        });
    }
    if (menu->isEmpty())
        menu->addAction(tr("Nothing differs between these runs"))->setEnabled(false);
    menu->popup(m_axesButton->mapToGlobal(QPoint(0, m_axesButton->height())));
    if (const auto first = menu->actions(); !first.isEmpty())
        menu->setActiveAction(first.front()); // the keyboard is in it
}

void CompareView::setTab(const QString &tab) { m_tabs->setCurrent(tab); }

QString CompareView::tab() const { return m_tabs->current(); }

QWidget *CompareView::firstFocus() { return m_tabs; }

QWidget *CompareView::currentPage() const {
    return tab() == QLatin1String("params") ? static_cast<QWidget *>(m_table) : tab() == QLatin1String("parallel") ? static_cast<QWidget *>(m_parallel) : tab() == QLatin1String("scatter") ? static_cast<QWidget *>(m_scatter) : m_curves;
}

QString CompareView::exportBlocked() const {
    if (!m_state.runs)
        return tr("No runs are compared.");
    return tab() == QLatin1String("curves") && !m_curves->hasPoints() ? tr("There are no curves to save.") : QString();
}

void CompareView::fitSide() {
    const Theme &theme = Theme::of(this);
    const bool slim = width() < theme.px(roomy);
    m_legend->setNarrowWidth(0, slim ? legendSlim - 72 : 0);
    m_side->setFixedWidth(theme.px(slim ? legendSlim : legendWide));
    m_side->setVisible(m_pages->currentIndex() > 0 && width() >= theme.px(narrow));
}

void CompareView::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    fitSide();
}

} // namespace pilothouse::ui
