// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/overview_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/base/text.h"
#include "widgets/fleet/fleet_model.h"
#include "widgets/fleet/inbox_list.h"
#include "widgets/fleet/timeline_view.h"

#include <QBoxLayout>
#include <QPainter>
#include <QSplitter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {
namespace {

/// The inbox folded to a tab: its name upright, with the count.
class SideTab : public Button {
public:
    using Button::Button;
    void setCount(int count) {
        m_count = count;
        update();
    }
    QSize sizeHint() const override { return {Theme::of(this).px(44), 200}; }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        painter.setPen(QPen(hasFocus() ? t.acc : t.line, hasFocus() ? 2 : 1));
        painter.setBrush(underMouse() ? t.bg2 : t.bg1);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
        painter.save();
        painter.translate(width() / 2.0, theme.px(20));
        painter.rotate(90);
        painter.setFont(theme.font(TextRole::Title));
        painter.setPen(t.t1);
        const double wide = widthOf(painter, text());
        drawLine(painter, QRectF(0, -10, wide + 4, 20), Qt::AlignVCenter | Qt::AlignLeft, text());
        painter.restore();
        const QRectF badge(width() / 2.0 - theme.px(9), theme.px(20) + wide + theme.px(10), theme.px(18), theme.px(18));
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.t1);
        painter.drawEllipse(badge);
        painter.setFont(theme.font(TextRole::Column));
        painter.setPen(t.bg0);
        drawLine(painter, badge, Qt::AlignCenter, QString::number(m_count));
    }

private:
    int m_count = 0;
};

FleetFilter filterOf(const QString &id) {
    static const QStringList ids{QStringLiteral("all"), QStringLiteral("needs"), QStringLiteral("over"), QStringLiteral("late"), QStringLiteral("unknown")};
    return FleetFilter(std::max<qsizetype>(0, ids.indexOf(id)));
}

QSplitter *splitter(Qt::Orientation orientation, const char *name) {
    auto *made = new QSplitter(orientation);
    made->setObjectName(QLatin1String(name));
    made->setHandleWidth(12);
    made->setChildrenCollapsible(false);
    return made;
}

} // namespace

OverviewPanel::OverviewPanel(const PanelContext &context)
    : Panel(QStringLiteral("overview"), tr("Overview"), context), m_model(new FleetModel(this)), m_filter(new FilterProxy(this)), m_across(splitter(Qt::Horizontal, "across")),
      m_down(splitter(Qt::Vertical, "down")) {
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 12, 12, 12);
    row->setSpacing(12);
    m_down->addWidget(buildFleet());
    m_down->addWidget(buildTimeline());
    m_down->setStretchFactor(0, 1);
    m_down->setStretchFactor(1, 1);
    m_down->setSizes({450, 336}); // nine models without a scroll bar
    connect(m_down, &QSplitter::splitterMoved, this, [this] {
        m_share = Share::Users;
        m_down->setObjectName(QStringLiteral("down")); // the session keeps it from now on
    });
    m_across->addWidget(m_down);
    m_across->addWidget(buildInbox());
    m_across->setStretchFactor(0, 1);
    m_across->setStretchFactor(1, 0);
    m_across->setSizes({1016, 316});
    row->addWidget(m_across, 1);
    m_tab = new SideTab(tr("Needs me now"));
    m_tab->setObjectName(QStringLiteral("inboxTab"));
    m_tab->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    m_tab->hide();
    row->addWidget(m_tab);
    connect(m_tab, &QAbstractButton::clicked, this, [this] {
        m_inboxWanted = !m_inboxWanted;
        layoutForSize();
        if (m_inboxWanted)
            m_inbox->setFocus();
    });
    addActions();
}

QWidget *OverviewPanel::buildFleet() {
    m_fleetCard = new Card(tr("Fleet"));
    m_segments = new SegmentedControl;
    m_segments->setObjectName(QStringLiteral("fleetFilter"));
    m_segments->setAccessibleName(tr("Which models"));
    m_hidden = new Label({}, TextRole::Second, &Tokens::t2);
    m_hidden->hide();
    m_fleetCard->addLeftTool(m_segments);
    m_fleetCard->addTool(m_hidden);
    m_table = new Table;
    m_table->setObjectName(QStringLiteral("fleet"));
    m_table->setAccessibleName(tr("Fleet"));
    m_table->setRowHeight(Table::TwoLine);
    m_filter->setSourceModel(m_model);
    m_table->setModel(m_filter);
    m_metric = new MetricDelegate(this);
    m_table->setItemDelegateForColumn(FleetModel::Quality, m_metric);
    m_table->setItemDelegateForColumn(FleetModel::Drift, new EffectDelegate(this));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(FleetModel::Health, Qt::AscendingOrder);
    m_fleetCard->setBody(m_table);
    connect(m_segments, &SegmentedControl::currentChanged, this, [this](const QString &id) {
        m_filter->setRule([this, filter = filterOf(id)](const QModelIndex &index) { return passes(m_model->row(index.row()), filter); });
    });
    connect(m_table, &Table::chosen, this, &OverviewPanel::showTimeline);
    connect(m_table, &Table::opened, this, [this](const QString &model) { this->context().open(QStringLiteral("models"), model); });
    connect(m_table, &Table::droppedChanged, this, [this](int columns) {
        m_hidden->setText(tr("%n columns hidden", nullptr, columns));
        m_hidden->setVisible(columns > 0);
    });
    return m_fleetCard;
}

QWidget *OverviewPanel::buildTimeline() {
    m_timelineCard = new Card(tr("One time axis"));
    m_timeline = new TimelineView;
    m_linked = new Label(tr("All models, linked events for"), TextRole::Second, &Tokens::t2);
    m_linkedModel = new Chip;
    m_linkedModel->setInk(&Tokens::acc);
    m_range = new SegmentedControl;
    m_range->setAccessibleName(tr("Time shown"));
    m_range->setSegments({{QStringLiteral("1"), tr("1 h")}, {QStringLiteral("24"), tr("24 h")}, {QStringLiteral("168"), tr("7 d")}, {QStringLiteral("720"), tr("30 d")}});
    m_range->setCurrent(QStringLiteral("168"));
    m_timelineCard->addTool(m_linked);
    m_timelineCard->addTool(m_linkedModel);
    m_timelineCard->addTool(m_range);
    m_timelineCard->setBody(m_timeline);
    connect(m_range, &SegmentedControl::currentChanged, this, [this](const QString &hours) {
        m_rangeChosen = m_rangeChosen || !m_choosingRange;
        m_timeline->setHours(hours.toInt());
    });
    connect(m_timeline, &TimelineView::opened, this, [this](const QString &model, const QString &lane) {
        static const QHash<QString, QString> panels{{QStringLiteral("train"), QStringLiteral("train")}, {QStringLiteral("build"), QStringLiteral("pipelines")},
                                                    {QStringLiteral("promotion"), QStringLiteral("models")}, {QStringLiteral("rollout"), QStringLiteral("rollouts")},
                                                    {QStringLiteral("drift"), QStringLiteral("drift")}, {QStringLiteral("alert"), QStringLiteral("alerts")}};
        this->context().open(panels.value(lane, QStringLiteral("models")), model);
    });
    return m_timelineCard;
}

QWidget *OverviewPanel::buildInbox() {
    m_inboxCard = new Card(tr("Needs me now"));
    m_inbox = new InboxList;
    m_inboxCard->setBody(m_inbox);
    m_inboxCard->setMinimumWidth(Theme::of(this).px(260));
    connect(m_inbox, &InboxList::acted, this, [this](const QString &action, const QString &argument) { actions().trigger(action, argument); });
    return m_inboxCard;
}

void OverviewPanel::addActions() {
    ActionSpec open;
    open.id = QStringLiteral("fleet.open");
    open.text = tr("Open the chosen model");
    open.icon = QStringLiteral("models");
    open.section = tr("Commands");
    open.panel = id();
    open.blocked = [](const QString &model) { return model.isEmpty() ? tr("Choose a model first.") : QString(); };
    open.run = [this](const QString &model, const QString &) { this->context().open(QStringLiteral("models"), model); };
    actions().add(open);
    ActionSpec inbox;
    inbox.id = QStringLiteral("inbox.focus");
    inbox.text = tr("Go to what needs me");
    inbox.icon = QStringLiteral("bell");
    inbox.section = tr("Commands");
    inbox.panel = id();
    inbox.shortcut = QKeySequence(Qt::Key_I);
    inbox.run = [this](const QString &, const QString &) {
        m_inboxWanted = true;
        layoutForSize();
        m_inbox->setFocus();
    };
    actions().add(inbox);
}

void OverviewPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_rows = snapshot.models;
    m_events = snapshot.timeline;
    m_workspace = snapshot.workspace;
    m_read = snapshot.read;
    m_model->setSnapshot(snapshot, now());
    showSegments(snapshot);
    if (m_rows.empty())
        m_fleetCard->showState(ScreenState::empty(tr("No models yet"), tr("Each model of the workspace file stands here with what is live, its quality against its limit, its drift and its rollout. "
                                                                       "Choose a data file and train the first one."),
                                                  tr("Train"), [this] { this->context().open(QStringLiteral("train"), QString()); }));
    else if (!snapshot.problems.empty() && snapshot.registered.empty() && snapshot.runs.empty())
        m_fleetCard->showState(ScreenState::failed(snapshot.problems.front(), tr("Try again"), [this] {
            if (this->context().fleet)
                this->context().fleet->refresh();
        }));
    else
        m_fleetCard->showState(ScreenState::full());
    if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
        m_table->setCurrentIndex(m_filter->index(0, 0));
    m_fleetCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 10);
    m_timelineCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 10);
    m_inboxCard->source()->setSource(tr("local"), snapshot.read, Freshness::Polled, 10);
    layoutForSize(); // the number of models decides on the height
    m_inbox->setItems(snapshot.inbox, now());
    const int open = m_inbox->items().open();
    m_inboxCard->setSubtitle(tr("%n items", nullptr, open));
    static_cast<SideTab *>(m_tab)->setCount(open);
    m_inboxCard->showState(m_inbox->items().rowCount() > 0 ? ScreenState::full()
                                                           : ScreenState::empty(tr("Nothing waits"), tr("Promotions to decide, models over their limit and failed runs stand here.")));
    showTimeline();
}

void OverviewPanel::showSegments(const fleet::Snapshot &snapshot) {
    const auto count = [&](FleetFilter filter) { return std::count_if(snapshot.models.begin(), snapshot.models.end(), [&](const fleet::ModelRow &row) { return passes(row, filter); }); };
    m_segments->setSegments({{QStringLiteral("all"), tr("All %1").arg(snapshot.models.size()), State::None},
                             {QStringLiteral("needs"), tr("Needs me %1").arg(count(FleetFilter::NeedsMe)), State::Paused},
                             {QStringLiteral("over"), tr("Over limit %1").arg(count(FleetFilter::OverLimit)), State::Bad},
                             {QStringLiteral("late"), tr("Late %1").arg(count(FleetFilter::Late)), State::Stale},
                             {QStringLiteral("unknown"), tr("Unknown %1").arg(count(FleetFilter::Unknown)), State::Unknown}});
}

void OverviewPanel::showTimeline() {
    const QString model = m_table->currentId();
    m_linkedModel->setText(model);
    m_linkedModel->setVisible(!model.isEmpty());
    m_linked->setVisible(!model.isEmpty() && width() >= theme().px(1100));
    m_timeline->setModel(model);
    m_timeline->setEvents(m_events, m_read.isValid() ? m_read : now());
    chooseRange();
    m_timelineCard->showState(m_events.empty() ? ScreenState::empty(tr("Nothing happened yet"), tr("Trainings, pipeline runs, promotions, rollouts, drift and alerts share one time axis here."))
                                               : ScreenState::full());
}

/// The shortest range that holds all that happened: a young workspace would else press everything onto the "now" line.
void OverviewPanel::chooseRange() {
    if (m_rangeChosen || m_events.empty() || !m_read.isValid())
        return;
    QDateTime first = m_events.front().from;
    for (const fleet::TimelineEvent &event : m_events)
        first = std::min(first, event.from);
    const double hours = double(first.secsTo(m_read)) / 3600;
    m_choosingRange = true;
    m_range->setCurrent(hours < 0.9 ? QStringLiteral("1") : hours < 22 ? QStringLiteral("24") : QStringLiteral("168"));
    m_choosingRange = false;
}

int OverviewPanel::fleetHeight() const { return theme().px(36 + 28 + 2) + int(std::max<std::size_t>(1, m_rows.size())) * theme().px(Table::TwoLine + 1); }

/// What the models need goes to the table, the rest to the time axis; never when the user moved the handle, now or in a session
/// before, which shows in another share than the one this panel starts with.
void OverviewPanel::shareHeight() {
    const int whole = m_down->height() - m_down->handleWidth();
    if (whole < theme().px(300))
        return;
    if (m_share == Share::Unknown) {
        const double share = double(m_down->sizes().constFirst()) / whole;
        m_share = std::abs(share - 450.0 / 786) < 0.05 ? Share::Ours : Share::Users;
        if (m_share == Share::Ours)
            m_down->setObjectName(QString());
    }
    if (m_share == Share::Users || m_timelineCard->maximumHeight() < theme().px(60))
        return;
    const int least = theme().px(160), fleet = std::clamp(std::max(fleetHeight(), whole - theme().px(440)), least, std::max(least, whole - theme().px(216)));
    m_down->setSizes({fleet, whole - fleet});
}

void OverviewPanel::openAt(const QString &argument) {
    if (!argument.isEmpty())
        m_table->choose(argument);
}

QStringList OverviewPanel::path() const { return m_workspace.isEmpty() ? QStringList() : QStringList{m_workspace}; }

QString OverviewPanel::currentArgument(const QString &) const { return m_table->currentId(); }

QWidget *OverviewPanel::firstFocus() { return m_table; }

void OverviewPanel::resizeEvent(QResizeEvent *event) {
    Panel::resizeEvent(event);
    layoutForSize();
}

void OverviewPanel::layoutForSize() {
    // Boards: below 1280 × 720 of window; rail, header and task bar are taken off here.
    const bool narrow = width() < theme().px(1280 - 72), low = height() < theme().px(720 - 76);
    m_segments->setShort(narrow);
    m_metric->setSparkline(!narrow);
    m_tab->setVisible(narrow);
    m_inboxCard->setVisible(!narrow || m_inboxWanted);
    m_table->setNarrowWidth(FleetModel::Quality, narrow ? 122 : 0);
    m_timelineCard->setFolded(low && fleetHeight() + theme().px(12 + 36 + 200) > height() - 24);
    shareHeight();
    m_linked->setVisible(!narrow && !m_table->currentId().isEmpty());
    m_fleetCard->source()->setVisible(m_read.isValid());
}

} // namespace pilothouse::ui
