// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/alerts_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/table.h"
#include "widgets/fleet/alert_model.h"
#include "widgets/fleet/decision_model.h"
#include "widgets/fleet/inbox_list.h"

#include <QBoxLayout>
#include <QSplitter>

#include <algorithm>

namespace pilothouse::ui {

AlertsPanel::AlertsPanel(const PanelContext &context)
    : Panel(QStringLiteral("alerts"), tr("Alerts"), context), m_model(new AlertModel(this)), m_decisionModel(new AlertDecisionModel(this)), m_list(new List),
      m_listCard(new Card(tr("Alerts"))), m_detailCard(new Card(tr("No alert chosen"))), m_decisionCard(new Card(tr("What the policy decided"))) {
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 12, 12, 12);
    auto *across = new QSplitter(Qt::Horizontal);
    across->setObjectName(QStringLiteral("across"));
    across->setHandleWidth(12);
    across->setChildrenCollapsible(false);
    m_list->setObjectName(QStringLiteral("alerts"));
    m_list->setAccessibleName(tr("Alerts"));
    m_list->setModel(m_model);
    m_listCard->setBody(m_list);
    m_listCard->setMinimumWidth(theme().px(280));
    across->addWidget(m_listCard);
    auto *down = new QSplitter(Qt::Vertical);
    down->setObjectName(QStringLiteral("down"));
    down->setHandleWidth(12);
    down->setChildrenCollapsible(false);
    down->addWidget(buildDetail());
    m_decisionTable = new Table;
    m_decisionTable->setObjectName(QStringLiteral("decisions"));
    m_decisionTable->setAccessibleName(tr("What the policy decided"));
    m_decisionTable->setModel(m_decisionModel);
    m_decisionCard->setBody(m_decisionTable);
    down->addWidget(m_decisionCard);
    down->setStretchFactor(0, 3);
    down->setStretchFactor(1, 2);
    across->addWidget(down);
    across->setStretchFactor(1, 1);
    across->setSizes({388, 940});
    row->addWidget(across);
    connect(m_list, &List::chosen, this, &AlertsPanel::showDetail);
    connect(m_list, &List::opened, this, [this](const QString &id) { actions().trigger(QStringLiteral("alert.handle"), id); });
    addActions();
}

QWidget *AlertsPanel::buildDetail() {
    m_badge = new StateBadge(m_detailCard);
    m_badge->hide();
    m_detailCard->addTool(m_badge);
    m_plot = new PlotWidget;
    m_plot->setObjectName(QStringLiteral("alertChart"));
    m_facts = new KeyValues;
    auto *column = m_detailCard->bodyLayout(12, 12);
    column->addWidget(m_plot, 1);
    column->addWidget(m_facts);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_handle = new Button({}, ButtonKind::Primary);
    m_handle->setObjectName(QStringLiteral("handle"));
    m_handle->setHint(QStringLiteral("↵"));
    m_handle->setPixelHeight(32);
    m_drift = new Button(tr("Why did it drift?"));
    m_drift->setGlyph(QStringLiteral("drift"));
    m_drift->setPixelHeight(32);
    m_open = new Button(tr("Open model"), ButtonKind::Ghost);
    m_open->setPixelHeight(32);
    for (Button *button : {m_handle, m_drift, m_open})
        buttons->addWidget(button);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_handle, &QAbstractButton::clicked, this, [this] { actions().trigger(QStringLiteral("alert.handle"), m_list->currentId()); });
    const auto go = [this](const QString &panel) {
        if (const Alert *alert = m_model->find(m_list->currentId()))
            this->context().open(panel, alert->model);
    };
    connect(m_drift, &QAbstractButton::clicked, this, [go] { go(QStringLiteral("drift")); });
    connect(m_open, &QAbstractButton::clicked, this, [go] { go(QStringLiteral("models")); });
    return m_detailCard;
}

void AlertsPanel::addActions() {
    ActionSpec handle;
    handle.id = QStringLiteral("alert.handle");
    handle.text = tr("Handle the chosen alert");
    handle.icon = QStringLiteral("alerts");
    handle.section = tr("Commands");
    handle.panel = id();
    handle.blocked = [this](const QString &alert) { return m_model->find(alert) ? QString() : tr("Choose an alert first."); };
    handle.run = [this](const QString &id, const QString &) {
        const Alert alert = *m_model->find(id); // the handler may bring a new snapshot
        actions().trigger(alert.action, alert.argument);
    };
    actions().add(handle);
}

void AlertsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    const QString kept = m_list->currentId();
    m_rows = snapshot.models;
    m_decisions = snapshot.decisions;
    m_decisionModel->setNow(now());
    m_model->setAlerts(alertsOf(snapshot), now());
    m_list->choose(kept);
    if (m_list->currentId().isEmpty() && m_model->rowCount() > 1)
        m_list->setCurrentIndex(m_model->index(1));
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 10);
    m_listCard->setSubtitle(tr("%n open", nullptr, m_model->count(Alert::Firing) + m_model->count(Alert::Pending) + m_model->count(Alert::NoData)));
    m_listCard->showState(m_model->rowCount() > 0 ? ScreenState::full()
                                                  : ScreenState::empty(tr("Nothing fires"), tr("Limits stand in the workspace file under watch: a metric with max or min, a staleness, drift. What passes them "
                                                                                               "stands here with its numbers.")));
    showDetail();
    Q_EMIT headerChanged();
}

const fleet::ModelRow *AlertsPanel::rowOf(const QString &model) const {
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const fleet::ModelRow &row) { return row.name == model; });
    return at == m_rows.end() ? nullptr : &*at;
}

void AlertsPanel::showDetail() {
    const Alert *alert = m_model->find(m_list->currentId());
    if (!alert) {
        m_detailCard->setTitle(tr("No alert chosen"));
        m_badge->hide();
        m_detailCard->showState(ScreenState::empty(tr("No alert chosen"), tr("The numbers behind an alert, what is likely and what can be done stand here.")));
        m_decisionModel->setRows(m_decisions);
        m_decisionCard->showState(m_decisions.empty() ? ScreenState::empty(tr("No decision yet"), tr("Each look of a retrain policy is kept here with its numbers, also when it is “skip”.")) : ScreenState::full());
        return;
    }
    m_detailCard->showState(ScreenState::full());
    m_detailCard->setTitle(alert->title);
    const QString since = age(alert->since, now());
    m_badge->setState(alert->state, alert->group == Alert::Firing ? tr("Firing %1").arg(since) : alert->group == Alert::Pending ? tr("Pending %1").arg(since) : tr("No data %1").arg(since));
    const fleet::ModelRow *row = rowOf(alert->model);
    showChart(row);
    std::vector<KeyValues::Row> facts{{tr("What"), alert->sentence}};
    if (row) {
        m_detailCard->source()->setSource(row->seen.source, row->seen.time, row->seen.reachable ? Freshness::Polled : Freshness::Down, 10);
        if (!row->quality.metric.isEmpty())
            facts.push_back({tr("Rule"), QStringLiteral("%1 %2").arg(row->quality.metric, limitText(row->quality.min, row->quality.max)), true});
        if (row->quality.labelledRows > 0)
            facts.push_back({tr("Measured on"), tr("%1 labelled rows").arg(ui::count(row->quality.labelledRows))});
        if (row->worstPsi)
            facts.push_back({tr("Likely"), tr("%1 drifted most, PSI %2").arg(row->worstColumn, fixed(*row->worstPsi, 2)), false, *row->worstPsi >= drift::psiDrifted ? &Tokens::bad : &Tokens::t1});
    }
    m_facts->setRows(facts);
    const QString verb = inboxVerb(alert->action);
    m_handle->setText(verb);
    m_handle->setBlocked(actions().blocked(alert->action, alert->argument));
    m_handle->setVisible(!verb.isEmpty());
    m_drift->setVisible(row && !alert->action.startsWith(QLatin1String("drift.")));
    m_open->setVisible(row != nullptr);
    std::vector<retrain::Decision> mine;
    std::copy_if(m_decisions.begin(), m_decisions.end(), std::back_inserter(mine), [&](const retrain::Decision &decision) { return decision.model == alert->model; });
    m_decisionCard->setSubtitle(alert->model);
    m_decisionCard->showState(mine.empty() ? ScreenState::empty(tr("No decision about %1 yet").arg(alert->model), tr("The policy looks when new labels or data come, and by hand with “pilot retrain check”.")) : ScreenState::full());
    m_decisionModel->setRows(std::move(mine));
}

void AlertsPanel::showChart(const fleet::ModelRow *row) {
    m_plot->setVisible(row && !row->quality.series.empty());
    if (!m_plot->isVisibleTo(m_detailCard))
        return;
    const fleet::Quality &quality = row->quality;
    PlotData data;
    data.time = true;
    data.unit = quality.unit.isEmpty() ? metricName(quality.metric) : quality.unit;
    PlotSeries series;
    series.name = metricName(quality.metric);
    for (const auto &[time, value] : quality.series)
        series.points.emplace_back(double(time.toSecsSinceEpoch()), value);
    if (quality.max)
        data.limits.push_back({*quality.max, tr("limit %1").arg(number(*quality.max))});
    if (quality.min)
        data.limits.push_back({*quality.min, tr("limit %1").arg(number(*quality.min))});
    // The stretch since it last went over: shaded, as the design wants past a limit.
    auto over = series.points.rbegin();
    while (over != series.points.rend() && ((quality.max && over->y() > *quality.max) || (quality.min && over->y() < *quality.min)))
        ++over;
    if (over != series.points.rbegin())
        data.spans.push_back({(over - 1)->x(), series.points.back().x(), {}, true});
    data.sentence = tr("%1 of %2 is %3, %4").arg(metricName(quality.metric), row->name, quality.value ? number(*quality.value) : tr("none"), limitText(quality.min, quality.max));
    data.series.push_back(std::move(series));
    m_plot->setData(std::move(data));
}

void AlertsPanel::openAt(const QString &argument) {
    if (m_model->find(argument))
        return m_list->choose(argument);
    for (int row = 0; row < m_model->rowCount(); ++row) // a model name
        if (const Alert *alert = m_model->find(m_model->index(row).data(IdRole).toString()); alert && alert->model == argument)
            return m_list->choose(alert->id);
}

std::vector<HeaderBadge> AlertsPanel::badges() const {
    std::vector<HeaderBadge> badges;
    if (const int firing = m_model->count(Alert::Firing))
        badges.push_back({State::Bad, tr("%n firing", nullptr, firing)});
    if (const int pending = m_model->count(Alert::Pending))
        badges.push_back({State::Warn, tr("%n pending", nullptr, pending)});
    if (const int silent = m_model->count(Alert::NoData))
        badges.push_back({State::Unknown, tr("%n no data", nullptr, silent)});
    return badges;
}

QString AlertsPanel::currentArgument(const QString &) const { return m_list->currentId(); }

QWidget *AlertsPanel::firstFocus() { return m_list; }

} // namespace pilothouse::ui
