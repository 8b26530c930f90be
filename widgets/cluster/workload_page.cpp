// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/workload_page.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/cluster/pod_grid.h"
#include "widgets/cluster/template_diff_view.h"
#include "widgets/cluster/workload_models.h"

#include <QContextMenuEvent>
#include <QGridLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace pilothouse::ui {

using Q = QLatin1String;

namespace {

Table *tableOf(RowsModelBase *model, const char *name, const QString &title) {
    auto *table = new Table;
    table->setObjectName(Q(name));
    table->setAccessibleName(title);
    table->setRowHeight(Table::Compact);
    table->setModel(model);
    table->setItemDelegate(new StateDelegate(table));
    return table;
}

} // namespace

WorkloadPage::WorkloadPage(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context) {
    setObjectName(QStringLiteral("workloadPage"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(buildHead());
    m_headPlace = new QVBoxLayout;
    m_headPlace->setSpacing(12);
    column->addLayout(m_headPlace);
    m_chartsArea = new QWidget;
    m_chartsPlace = new QVBoxLayout(m_chartsArea);
    m_chartsPlace->setContentsMargins(0, 0, 0, 0);
    m_chartsArea->hide();
    m_chartsArea->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    column->addWidget(m_chartsArea);
    column->addWidget(buildMiddle(), 5);
    m_bottomArea = new QWidget;
    m_bottom = new QHBoxLayout(m_bottomArea);
    m_bottom->setContentsMargins(0, 0, 0, 0);
    m_bottom->setSpacing(12);
    m_events = new KubeEventModel(this);
    m_eventTable = tableOf(m_events, "kubeEvents", tr("Events of the workload, its replica sets and pods"));
    m_eventsCard = new Card(tr("Events"));
    m_eventsCard->setBody(m_eventTable);
    m_toLogs = new Button(tr("Logs"), ButtonKind::Ghost);
    m_toEvents = new Button(tr("Events"), ButtonKind::Ghost, this);
    m_toEvents->hide();
    m_eventsCard->addTool(m_toLogs);
    for (Button *button : {m_toLogs, m_toEvents})
        connect(button, &QAbstractButton::clicked, this, [this, button] {
            m_logsChosen = button == m_toLogs;
            arrange();
        });
    m_bottom->addWidget(m_eventsCard, 1);
    column->addWidget(m_bottomArea, 4);
    m_podsSoon.setSingleShot(true);
    connect(&m_podsSoon, &QTimer::timeout, this, &WorkloadPage::showPods);
    if (!context.fleet)
        return;
    m_follow = std::make_unique<fleet::WorkloadFollow>(context.fleet->services(), context.fleet->pools());
    connect(m_follow.get(), &fleet::WorkloadFollow::readingChanged, this, &WorkloadPage::showReading);
    connect(m_follow.get(), &fleet::WorkloadFollow::podsChanged, this, [this] {
        if (!m_podsSoon.isActive())
            m_podsSoon.start(120);
    });
    connect(m_follow.get(), &fleet::WorkloadFollow::eventsChanged, this, &WorkloadPage::showEvents);
    connect(m_follow.get(), &fleet::WorkloadFollow::rightsChanged, this, &WorkloadPage::showButtons);
}

QWidget *WorkloadPage::buildHead() {
    m_head = new Card(QStringLiteral(" "));
    m_badge = new StateBadge;
    m_head->addTool(m_badge);
    auto *body = new QWidget;
    auto *row = new QHBoxLayout(body);
    row->setContentsMargins(12, 10, 12, 10);
    row->setSpacing(16);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(4);
    m_verdict = new Label({}, TextRole::Strong);
    m_verdict->setObjectName(QStringLiteral("workloadVerdict"));
    m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_load = new Label({}, TextRole::Second, &Tokens::t2);
    m_load->setObjectName(QStringLiteral("workloadLoad"));
    for (Label *label : {m_verdict, m_load}) {
        label->setWordWrap(true);
        texts->addWidget(label);
    }
    m_managed = new Label({}, TextRole::Second, &Tokens::warn);
    m_managed->setObjectName(QStringLiteral("workloadManaged"));
    m_managed->setWordWrap(true);
    m_managed->hide();
    texts->addWidget(m_managed);
    m_commit = new Button(*m_context.actions, QStringLiteral("rollouts.commit"));
    m_commit->setObjectName(QStringLiteral("rollouts.commit"));
    m_commit->hide();
    texts->addWidget(m_commit, 0, Qt::AlignLeft);
    texts->addStretch(1);
    row->addLayout(texts, 1);
    auto *grid = new QGridLayout;
    grid->setSpacing(8);
    const struct {
        const char *id;
        ButtonKind kind;
        int line, place;
    } buttons[] = {{"workload.image", ButtonKind::Primary, 0, 0}, {"workload.restart", ButtonKind::Plain, 0, 1}, {"workload.pause", ButtonKind::Plain, 0, 2}, {"workload.resume", ButtonKind::Plain, 0, 2},
                   {"workload.scale", ButtonKind::Plain, 1, 0},   {"workload.env", ButtonKind::Plain, 1, 1},     {"workload.resources", ButtonKind::Plain, 1, 2}};
    for (const auto &b : buttons) {
        auto *button = new Button(*m_context.actions, Q(b.id), b.kind);
        button->setObjectName(Q(b.id));
        grid->addWidget(button, b.line, b.place);
        m_buttons.push_back(button);
    }
    row->addLayout(grid);
    m_head->setBody(body);
    return m_head;
}

QWidget *WorkloadPage::buildMiddle() {
    auto *widget = new QWidget;
    auto *row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    m_podsCard = new Card(tr("Pods"));
    m_podsAs = new SegmentedControl;
    m_podsAs->setObjectName(QStringLiteral("podsAs"));
    m_podsAs->setSegments({{QStringLiteral("grid"), tr("Grid"), State::None}, {QStringLiteral("table"), tr("Table"), State::None}});
    m_podsCard->addTool(m_podsAs);
    m_podsStack = new QStackedWidget;
    m_grid = new PodGrid;
    m_grid->setObjectName(QStringLiteral("podGrid"));
    m_grid->setAccessibleName(tr("Pods by revision"));
    m_pods = new PodModel(this);
    m_podTable = tableOf(m_pods, "podTable", tr("Pods"));
    m_podsStack->addWidget(m_grid);
    m_podsStack->addWidget(m_podTable);
    m_podsCard->setBody(m_podsStack);
    connect(m_podsAs, &SegmentedControl::currentChanged, this, [this](const QString &as) {
        const QString pod = m_pod;
        m_podsStack->setCurrentIndex(as == Q("table") ? 1 : 0);
        as == Q("table") ? m_podTable->choose(pod) : m_grid->choose(pod);
    });
    connect(m_grid, &PodGrid::chosen, this, [this](const QString &name) { m_pod = name; });
    connect(m_podTable, &Table::chosen, this, [this](const QString &name) {
        if (m_podsStack->currentWidget() == m_podTable) // a hidden table goes to neighbours of what leaves
            m_pod = name;
    });
    connect(m_grid, &PodGrid::opened, this, &WorkloadPage::openPod);
    connect(m_podTable, &Table::opened, this, &WorkloadPage::openPod);
    row->addWidget(m_podsCard, 1);

    m_revisionsCard = new Card(tr("Revisions"));
    auto *undo = new Button(*m_context.actions, QStringLiteral("workload.undo"));
    undo->setObjectName(QStringLiteral("workload.undo"));
    m_revisionsCard->addTool(undo);
    m_buttons.push_back(undo);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_revisions = new WorkloadRevisionModel(this);
    m_revisionTable = tableOf(m_revisions, "workloadRevisions", tr("Revisions of the workload"));
    m_revisionTable->setMinimumHeight(Theme::of(this).px(84)); // two lines, however many changes are below
    column->addWidget(m_revisionTable, 3);
    column->addWidget(new HairLine);
    m_diffTitle = new Label({}, TextRole::Second, &Tokens::t2);
    m_diffTitle->setObjectName(QStringLiteral("revisionDiffTitle"));
    m_diffTitle->setContentsMargins(12, 5, 12, 5);
    m_diffTitle->setElide(Qt::ElideRight);
    column->addWidget(m_diffTitle);
    m_diff = new TemplateDiffView;
    m_diff->setObjectName(QStringLiteral("revisionDiff"));
    m_diff->setAccessibleName(tr("What the revision changed"));
    column->addWidget(m_diff, 2);
    m_revisionsCard->setBody(body);
    connect(m_revisionTable, &Table::chosen, this, [this] {
        showDiff();
        showButtons();
    });
    row->addWidget(m_revisionsCard, 1);
    return widget;
}

void WorkloadPage::addHead(QWidget *part) { m_headPlace->addWidget(part); }

void WorkloadPage::addCharts(QWidget *part) {
    m_chartsPlace->addWidget(part);
    arrange();
}

void WorkloadPage::addLogs(QWidget *part) {
    m_logs = part;
    if (auto *card = qobject_cast<Card *>(part))
        card->addTool(m_toEvents);
    m_bottom->addWidget(part, 1);
    arrange();
}

void WorkloadPage::clear() {
    m_id = {};
    if (m_follow)
        m_follow->clear();
    Q_EMIT shown(nullptr, m_id);
}

void WorkloadPage::show(const fleet::WorkloadId &id, const fleet::WorkloadFeed &feed) {
    if (!m_follow || (m_id == id && m_follow->api() == feed.api(id.connection)))
        return;
    const bool other = m_id != id;
    m_id = id;
    m_follow->follow(id, feed.api(id.connection), feed.watches(id.connection));
    if (other) {
        m_pods->setRows({}); // the table goes to neighbours of what leaves: before the pod is forgotten
        m_grid->choose({});
        m_pod.clear();
        m_revisions->setRows({});
        m_head->setTitle(id.ref.name);
        m_shownBadge = {};
    }
    showReading();
    showPods();
    showEvents();
    Q_EMIT shown(m_follow->api(), m_id);
}

void WorkloadPage::tick(const fleet::Snapshot &snapshot) {
    m_snapshot = snapshot;
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    m_pods->setNow(now);
    m_revisions->setNow(now);
    m_events->setNow(now);
    m_grid->setNow(now);
    showButtons(); // roles may be others
}

void WorkloadPage::openPod(const QString &name) {
    if (!m_follow || !m_follow->api() || name.isEmpty())
        return;
    m_logsChosen = true;
    arrange();
    Q_EMIT podOpened(m_follow->api(), {cluster::kinds::Pod, m_id.ref.space, name});
}

void WorkloadPage::contextMenuEvent(QContextMenuEvent *event) {
    QWidget *over = childAt(event->pos());
    const bool pods = over && (m_grid->isAncestorOf(over) || m_podTable->isAncestorOf(over));
    QStringList ids;
    QString argument = m_id.text();
    if (pods && m_pods->find(m_pod)) {
        argument = QStringList{m_id.connection, m_id.ref.space, m_pod}.join(QLatin1Char('|'));
        for (const char *id : {"pod.logs", "pod.exec", "pod.forward"})
            if (m_context.actions->find(Q(id)))
                ids << Q(id);
    } else if (over && m_revisionTable->isAncestorOf(over)) {
        argument = argumentOf(QStringLiteral("workload.undo"));
        ids << QStringLiteral("workload.undo");
    } else {
        ids << QStringLiteral("workload.image") << QStringLiteral("workload.restart") << QStringLiteral("workload.scale") << QStringLiteral("-") << QStringLiteral("workload.env") << QStringLiteral("workload.resources");
    }
    if (!ids.isEmpty())
        m_context.actions->menu(ids, argument, this)->popup(event->globalPos());
}

void WorkloadPage::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    arrange();
}

/// Where there is little height charts go first, then events and logs: what moves a rollout stays. Where there is little width events and logs share their place.
void WorkloadPage::arrange() {
    const Theme &theme = Theme::of(this);
    const bool narrow = width() < theme.px(860);
    m_chartsArea->setVisible(m_chartsPlace->count() > 0 && height() >= theme.px(700));
    m_bottomArea->setVisible(height() >= theme.px(480));
    m_podsAs->setVisible(width() >= theme.px(560));
    m_eventsCard->setVisible(!narrow || !m_logs || !m_logsChosen);
    m_toLogs->setVisible(narrow && m_logs);
    m_toEvents->setVisible(narrow && m_logs);
    if (m_logs)
        m_logs->setVisible(!narrow || m_logsChosen);
}

QString WorkloadPage::argumentOf(const QString &actionId) const {
    if (!m_id.isValid())
        return {};
    if (actionId == Q("pod.logs") || actionId == Q("pod.exec") || actionId == Q("pod.forward"))
        return m_pods->find(m_pod) ? QStringList{m_id.connection, m_id.ref.space, m_pod}.join(QLatin1Char('|')) : QString();
    if (actionId == Q("workload.undo")) {
        QString revision = m_revisionTable->currentId();
        if (const auto *row = m_revisions->find(revision); row && row->current)
            revision.clear(); // what it is now is chosen: one back
        return revision.isEmpty() ? m_id.text() : m_id.text() + QLatin1Char('|') + revision;
    }
    return m_id.text();
}

} // namespace pilothouse::ui
