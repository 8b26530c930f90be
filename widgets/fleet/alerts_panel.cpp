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
#include "widgets/fleet/policy_sheet.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QResizeEvent>
#include <QSplitter>

#include <algorithm>

namespace pilothouse::ui {

namespace {
constexpr std::size_t mostWays = 2; ///< buttons beside the first

}

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
    m_which = new SegmentedControl;
    m_which->setObjectName(QStringLiteral("whichAlerts"));
    m_which->setAccessibleName(tr("Which alerts"));
    m_listCard->addTool(m_which);
    m_listCard->setBody(m_list);
    connect(m_which, &SegmentedControl::currentChanged, this, [this] { showAlerts(); });
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
    addPolicyAction(context, this, [this] {
        const Alert *alert = m_model->find(m_list->currentId());
        return alert && !alert->model.isEmpty() ? alert->model : m_snapshot.models.empty() ? QString() : m_snapshot.models.front().name;
    });
    m_policy = new Button(actions(), QStringLiteral("policy.edit"), ButtonKind::Plain);
    m_policy->setObjectName(QStringLiteral("editPolicy"));
    m_policy->setWords(tr("Edit policy…"));
    m_decisionCard->addTool(m_policy);
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
    m_plot->installEventFilter(this);
    m_plot->setObjectName(QStringLiteral("alertChart"));
    m_facts = new KeyValues;
    auto *column = m_detailCard->bodyLayout(12, 12);
    column->addWidget(m_plot, 1);
    column->addWidget(m_facts);
    column->addStretch(0); // where there is no chart
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
    m_copy = new Button(tr("Copy the remedy's command"), ButtonKind::Plain);
    m_copy->setObjectName(QStringLiteral("copyRemedy"));
    m_copy->setGlyph(QStringLiteral("copy"));
    m_copy->setPixelHeight(32);
    m_copy->hide();
    for (std::size_t i = 0; i < mostWays; ++i) {
        auto *way = new Button({}, ButtonKind::Plain);
        way->setObjectName(QStringLiteral("way%1").arg(i));
        way->setPixelHeight(32);
        way->hide();
        connect(way, &QAbstractButton::clicked, this, [this, i] {
            if (const Alert *alert = m_model->find(m_list->currentId()); alert && i < m_shown.size())
                actions().trigger(QString(m_shown[i].action), QString(m_shown[i].argument)); // the handler may bring a new snapshot
        });
        m_ways.push_back(way);
    }
    m_silence = new Button(tr("Silence…"), ButtonKind::Plain);
    m_silence->setObjectName(QStringLiteral("silence"));
    m_silence->setPixelHeight(32);
    m_silence->hide();
    buttons->addWidget(m_handle);
    for (Button *button : m_ways)
        buttons->addWidget(button);
    for (Button *button : {m_silence, m_copy, m_drift, m_open})
        buttons->addWidget(button);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_handle, &QAbstractButton::clicked, this, [this] { actions().trigger(QStringLiteral("alert.handle"), m_list->currentId()); });
    connect(m_silence, &QAbstractButton::clicked, this, [this] { actions().trigger(QStringLiteral("alert.silence"), m_list->currentId()); });
    connect(m_copy, &QAbstractButton::clicked, this, [this] {
        const Alert *alert = m_model->find(m_list->currentId());
        if (const fleet::ModelRow *row = alert ? rowOf(alert->model) : nullptr)
            QGuiApplication::clipboard()->setText(row->served.command);
    });
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
    addSilenceActions();
}

void AlertsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    m_decisionModel->setNow(now());
    m_listCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 10);
    showAlerts();
    Q_EMIT headerChanged();
}

void AlertsPanel::showAlerts() {
    const QString kept = m_list->currentId();
    std::vector<Alert> alerts = alertsOf(m_snapshot), silenced = silencedOf(m_snapshot), quiet = quietRulesOf(m_snapshot);
    const auto open = alerts.size();
    m_which->setSegments({{QStringLiteral("all"), tr("All %1").arg(alerts.size() + silenced.size() + quiet.size()), State::None}, {QStringLiteral("open"), tr("Open %1").arg(open), State::None}});
    if (m_which->current() != QLatin1String("open"))
        for (const auto *more : {&silenced, &quiet})
            alerts.insert(alerts.end(), more->begin(), more->end());
    m_model->setAlerts(std::move(alerts), now());
    m_list->choose(kept);
    if (m_list->currentId().isEmpty() && m_model->rowCount() > 1)
        m_list->setCurrentIndex(m_model->index(1));
    m_listCard->showState(m_model->rowCount() > 0   ? ScreenState::full()
                          : m_snapshot.models.empty() ? ScreenState::empty(tr("Nothing is watched yet"), tr("A model in the workspace brings its limits: quality, drift, age. Connect a registry and train one."), tr("Connections"),
                                                                           [this] { context().open(QStringLiteral("connections"), {}); })
                          : quiet.empty()             ? ScreenState::empty(tr("Nothing is watched yet"), tr("Limits count from the first live version on. They stand in the workspace file under watch."), tr("Train"),
                                                                           [this] { context().open(QStringLiteral("train"), m_snapshot.models.front().name); })
                                                      : ScreenState::empty(tr("Nothing fires"), tr("What passes a limit stands here with its numbers.")));
    showDetail();
}

const fleet::ModelRow *AlertsPanel::rowOf(const QString &model) const {
    const auto at = std::find_if(m_snapshot.models.begin(), m_snapshot.models.end(), [&](const fleet::ModelRow &row) { return row.name == model; });
    return at == m_snapshot.models.end() ? nullptr : &*at;
}

/// The state, its cause, its remedy and its age.
void AlertsPanel::addSkew(const fleet::Skew &skew, std::vector<KeyValues::Row> &facts) const {
    facts.push_back({tr("Rule"), tr("what is served is what the alias says")});
    if (skew.skewed())
        facts.push_back({tr("Since"), skew.since.isValid() ? tr("%1 ago, first seen %2").arg(age(skew.since, now()), moment(skew.since, now())) : QString()});
    facts.push_back({skew.skewed() ? tr("Cause") : tr("Why"), skew.why});
    facts.push_back({tr("Remedy"), skew.remedy});
    facts.push_back({tr("Command"), skew.command, true});
    facts.push_back({tr("Serves"), skew.served});
    facts.push_back({tr("Asked"), skew.observed.isValid() ? tr("%1 ago").arg(age(skew.observed, now())) : QString()});
}

void AlertsPanel::showDetail() {
    const Alert *alert = m_model->find(m_list->currentId());
    m_policy->setArgument(alert ? alert->model : QString());
    m_policy->refresh();
    if (!alert) {
        m_detailCard->setTitle(tr("No alert chosen"));
        m_badge->hide();
        m_detailCard->showState(ScreenState::empty(tr("No alert chosen"), tr("The numbers behind an alert, what is likely and what can be done stand here.")));
        m_decisionModel->setRows(m_snapshot.decisions);
        m_decisionCard->showState(m_snapshot.decisions.empty() ? ScreenState::empty(tr("No decision yet"), tr("Each look of a retrain policy is kept here with its numbers, also when it is “skip”.")) : ScreenState::full());
        return;
    }
    m_detailCard->showState(ScreenState::full());
    m_detailCard->setTitle(alert->title);
    const QString since = alert->since.isValid() ? QLatin1Char(' ') + age(alert->since, now()) : QString();
    m_badge->setState(alert->silence ? State::Unknown : alert->state, (alert->group == Alert::Firing    ? tr("Firing")
                                     : alert->group == Alert::Pending ? tr("Pending")
                                     : alert->group == Alert::NoData  ? tr("No data")
                                     : alert->silence                 ? tr("Silenced")
                                                                      : tr("Kept")) + (alert->silence ? QString() : since));
    const fleet::ModelRow *row = rowOf(alert->model);
    showChart(*alert, row);
    std::vector<KeyValues::Row> facts{{tr("What"), alert->sentence}};
    if (alert->silence)
        addSilence(*alert->silence, facts);
    if (row) {
        m_detailCard->source()->setSource(row->seen.source, row->seen.time, row->seen.reachable ? Freshness::Polled : Freshness::Down, 10);
        const bool own = canBeSilenced(alert->id); // a rule has its limit in its sentence
        if (alert->about == Alert::Drift && !own)
            facts.push_back({tr("Rule"), QStringLiteral("PSI ≤ %1").arg(fixed(drift::psiDrifted, 2)), true});
        else if (alert->about == Alert::Skew)
            addSkew(row->served, facts);
        else if (alert->about == Alert::Staleness && !own)
            facts.push_back({tr("Rule"), QStringLiteral("age ≤ %1").arg(row->stalenessLimit), true});
        else if (!row->quality.metric.isEmpty() && !own)
            facts.push_back({tr("Rule"), QStringLiteral("%1 %2").arg(row->quality.metric, limitText(row->quality.min, row->quality.max)), true});
        if (alert->about == Alert::Drift && row->drift)
            facts.push_back({tr("Measured on"), tr("%1 rows that %2 was asked last, against the training").arg(ui::count(qint64(row->drift->currentRows)), row->name)});
        else if (row->quality.labelledRows > 0 && alert->about == Alert::Quality)
            facts.push_back({tr("Measured on"), tr("%1 labelled rows").arg(ui::count(row->quality.labelledRows))});
        if (row->worstPsi && *row->worstPsi >= drift::psiWarning && alert->about != Alert::Drift && alert->about != Alert::Skew)
            facts.push_back({tr("Likely"), tr("%1 drifted most, PSI %2").arg(row->worstColumn, fixed(*row->worstPsi, 2)), false, *row->worstPsi >= drift::psiDrifted ? &Tokens::bad : &Tokens::t1});
        if (alert->about == Alert::Drift && row->quality.value)
            facts.push_back({tr("Quality"), metricName(row->quality.metric) + QLatin1Char(' ') + number(*row->quality.value) + (row->quality.max || row->quality.min ? QStringLiteral(", ") + limitText(row->quality.min, row->quality.max) : QString()), false,
                             row->quality.over() ? &Tokens::bad : &Tokens::t1});
    }
    m_facts->setRows(facts);
    showButtons(*alert, row);
    std::vector<retrain::Decision> mine;
    std::copy_if(m_snapshot.decisions.begin(), m_snapshot.decisions.end(), std::back_inserter(mine), [&](const retrain::Decision &decision) { return decision.model == alert->model; });
    m_decisionCard->setSubtitle(alert->model);
    m_decisionCard->showState(mine.empty() ? ScreenState::empty(tr("No decision about %1 yet").arg(alert->model), tr("The policy looks when new labels or data come, and by hand with “pilot retrain check”.")) : ScreenState::full());
    m_decisionModel->setRows(std::move(mine));
}

void AlertsPanel::addSilence(const fleet::SilencedAlert &silence, std::vector<KeyValues::Row> &facts) const {
    facts.push_back({tr("Silenced until"), tr("%1, %2 left").arg(moment(silence.until, now()), age(now(), silence.until))});
    facts.push_back({tr("By"), silence.by});
    facts.push_back({tr("Why silenced"), silence.comment});
}

/// The first way, others beside it, and silence.
void AlertsPanel::showButtons(const Alert &alert, const fleet::ModelRow *row) {
    const QString verb = inboxVerb(alert.action);
    m_handle->setText(verb);
    m_handle->setBlocked(actions().blocked(alert.action, alert.argument));
    m_handle->setVisible(!verb.isEmpty());
    m_shown.clear();
    for (const fleet::InboxWay &way : alert.more)
        if (way.action != QLatin1String("alert.silence") && m_shown.size() < m_ways.size())
            m_shown.push_back(way);
    for (std::size_t i = 0; i < m_ways.size(); ++i) {
        m_ways[i]->setVisible(i < m_shown.size());
        if (i >= m_shown.size())
            continue;
        m_ways[i]->setText(m_shown[i].word);
        m_ways[i]->setBlocked(actions().blocked(m_shown[i].action, m_shown[i].argument));
    }
    const QString command = row && alert.about == Alert::Skew ? row->served.command : QString();
    m_silence->setVisible(canBeSilenced(alert.id) && !alert.silence && alert.action != QLatin1String("alert.silence"));
    m_silence->setBlocked(actions().blocked(QStringLiteral("alert.silence"), alert.id));
    m_copy->setVisible(!command.isEmpty());
    m_copy->setToolTip(command);
    m_drift->setVisible(row && alert.group != Alert::Quiet && !alert.silence && alert.about != Alert::Skew && !alert.action.startsWith(QLatin1String("drift.")));
    m_open->setVisible(row != nullptr);
}

bool AlertsPanel::eventFilter(QObject *watched, QEvent *event) {
    if (watched == m_plot && event->type() == QEvent::Resize) {
        const auto *resize = static_cast<QResizeEvent *>(event);
        const Alert *alert = resize->size().width() == resize->oldSize().width() ? nullptr : m_model->find(m_list->currentId());
        const fleet::ModelRow *row = alert && alert->about == Alert::Drift ? rowOf(alert->model) : nullptr;
        if (row && row->drift)
            m_plot->setData(driftChart(*row));
    }
    return Panel::eventFilter(watched, event);
}

void AlertsPanel::showChart(const Alert &alert, const fleet::ModelRow *row) {
    const bool drifted = alert.about == Alert::Drift && row && row->drift, measured = alert.about != Alert::Drift && alert.about != Alert::Staleness && alert.about != Alert::Skew && row && !row->quality.series.empty();
    m_plot->setVisible(drifted || measured);
    if (drifted)
        m_plot->setData(driftChart(*row));
    else if (measured)
        m_plot->setData(qualityChart(*row));
}

/// What drifted most, with both limits.
PlotData AlertsPanel::driftChart(const fleet::ModelRow &row) const {
    const auto shown = std::size_t(std::clamp(m_plot->width() / theme().px(110) - 2, 3, 8)); // as many as have room for their names
    std::vector<const drift::ColumnDrift *> columns;
    for (const drift::ColumnDrift &column : row.drift->columns)
        if (!column.tooFewRows)
            columns.push_back(&column);
    std::sort(columns.begin(), columns.end(), [](const auto *a, const auto *b) { return a->psi > b->psi; });
    columns.resize(std::min(columns.size(), shown));
    PlotData data;
    data.unit = QStringLiteral("PSI");
    data.yMin = 0;
    PlotSeries bars;
    bars.name = QStringLiteral("PSI");
    bars.ink = &Tokens::s3;
    bars.bars = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        data.categories.push_back(columns[i]->name);
        bars.points.emplace_back(double(i), columns[i]->psi);
    }
    data.series.push_back(std::move(bars));
    data.limits = {{drift::psiWarning, tr("moderate from %1").arg(fixed(drift::psiWarning, 2)), &Tokens::warn}, {drift::psiDrifted, tr("drifted from %1").arg(fixed(drift::psiDrifted, 2)), &Tokens::bad}};
    const double words = theme().px(110), room = double(columns.size()) * words / std::max(words, m_plot->width() - 3 * words); // for the words on both limits, beside the bars
    data.xMin = -0.5 - room;
    data.xMax = double(columns.size()) - 0.5 + room;
    data.sentence = columns.empty() ? tr("Too few rows to tell what drifted of %1").arg(row.name) : tr("PSI of what drifted most of %1; %2 leads with %3").arg(row.name, columns.front()->name, fixed(columns.front()->psi, 2));
    return data;
}

PlotData AlertsPanel::qualityChart(const fleet::ModelRow &row) const {
    const fleet::Quality &quality = row.quality;
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
    data.sentence = tr("%1 of %2 is %3, %4").arg(metricName(quality.metric), row.name, quality.value ? number(*quality.value) : tr("none"), limitText(quality.min, quality.max));
    data.series.push_back(std::move(series));
    return data;
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

QString AlertsPanel::currentArgument(const QString &action) const {
    const Alert *alert = action == QLatin1String("policy.edit") ? m_model->find(m_list->currentId()) : nullptr;
    return alert ? alert->model : action == QLatin1String("policy.edit") ? QString() : m_list->currentId();
}

QWidget *AlertsPanel::firstFocus() { return m_list; }

} // namespace pilothouse::ui
