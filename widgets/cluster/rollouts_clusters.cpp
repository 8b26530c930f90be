// SPDX-License-Identifier: GPL-3.0-or-later
// The panel's side of clusters: the feed behind the list, and which page stands at the right.
#include "widgets/cluster/rollouts_panel.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/table.h"
#include "widgets/cluster/argo_card.h"
#include "widgets/cluster/pod_actions.h"
#include "widgets/cluster/resource_charts.h"
#include "widgets/cluster/workload_charts.h"
#include "widgets/cluster/workload_list_model.h"
#include "widgets/cluster/workload_logs.h"
#include "widgets/cluster/workload_page.h"

#include <QHBoxLayout>
#include <QStackedWidget>

namespace pilothouse::ui {

using Q = QLatin1String;

void RolloutsPanel::buildFeed() {
    if (!context().fleet || !context().fleet->services()->clusters || context().fleet->services()->clusters->names().isEmpty())
        return;
    m_feed = std::make_unique<fleet::WorkloadFeed>(context().fleet->services(), context().fleet->pools());
    connect(m_feed.get(), &fleet::WorkloadFeed::changed, this, [this](const QString &connection, const cluster::KubeKind &kind, const cluster::KubeChanges &changes) {
        m_workloads->apply(connection, kind, changes);
        chooseFirst();
        const fleet::WorkloadId &id = m_workloadPage->id();
        if (id.connection != connection || id.ref.kind != kind)
            return;
        const QString row = id.ref.space + QLatin1Char('/') + id.ref.name;
        const auto about = [&](const std::vector<cluster::KubeRowPtr> &rows) { return std::any_of(rows.begin(), rows.end(), [&](const cluster::KubeRowPtr &r) { return r->id == row; }); };
        if (about(changes.inserted) || about(changes.changed) || changes.removed.contains(row))
            m_workloadPage->rowChanged();
    });
    connect(m_feed.get(), &fleet::WorkloadFeed::sightChanged, this, &RolloutsPanel::showSight);
    connect(m_feed.get(), &fleet::WorkloadFeed::opened, this, [this](const QString &connection) {
        const auto id = fleet::parseWorkloadId(m_chosen);
        if (id && id->connection == connection)
            showChosen(); // it was waited for
    });
}

QWidget *RolloutsPanel::buildPages(QWidget *endpoint) {
    m_pages = new QStackedWidget;
    m_pages->addWidget(endpoint);
    m_clusterPage = new PanelState;
    m_clusterPage->setContent(new QWidget);
    m_clusterPage->setObjectName(QStringLiteral("clusterPage"));
    m_pages->addWidget(m_clusterPage);
    if (m_feed) {
        m_workloadPage = new WorkloadPage(context());
        m_pages->addWidget(m_workloadPage);
        m_workloadPage->addActions(id());
        addPodActions(context(), this, id(), [page = m_workloadPage](const QString &subresource) { return page->refusal(subresource); });
        connect(m_workloadPage, &WorkloadPage::badgeChanged, this, &Panel::headerChanged);
        addParts();
        for (const QString &connection : m_feed->connections())
            showSight(connection);
    }
    return m_pages;
}

/// What other files show of a workload: the canary's card, charts, logs.
void RolloutsPanel::addParts() {
    auto *canary = new ArgoCard(context());
    canary->hide();
    m_workloadPage->addHead(canary);
    auto *charts = new WorkloadCharts(context());
    charts->setObjectName(QStringLiteral("workloadCharts"));
    auto *resources = new ResourceCharts(context());
    resources->setObjectName(QStringLiteral("resourceCharts"));
    auto *kind = new SegmentedControl;
    kind->setObjectName(QStringLiteral("workloadChartKind"));
    kind->setAccessibleName(tr("What the charts show"));
    kind->setSegments({{QStringLiteral("answers"), tr("Answers, last hour")}, {QStringLiteral("resources"), tr("Resources, 7 days")}});
    resources->hide();
    connect(kind, &SegmentedControl::currentChanged, this, [charts, resources](const QString &chosen) {
        charts->setVisible(chosen != Q("resources"));
        resources->setVisible(chosen == Q("resources"));
    });
    auto *kindRow = new QWidget;
    auto *kindLine = new QHBoxLayout(kindRow);
    kindLine->setContentsMargins(0, 0, 0, 6);
    kindLine->addWidget(kind);
    kindLine->addStretch();
    m_workloadPage->addCharts(kindRow);
    m_workloadPage->addCharts(charts);
    m_workloadPage->addCharts(resources);
    auto *logs = new WorkloadLogs(context().fleet->pools());
    logs->setObjectName(QStringLiteral("workloadLogs"));
    auto *card = new Card(tr("Logs"));
    card->setBody(logs);
    m_workloadPage->addLogs(card);
    connect(charts, &WorkloadCharts::sharesSeen, canary, &ArgoCard::setSeenShares);
    connect(m_workloadPage, &WorkloadPage::shown, this, [this, canary, charts, resources, logs, card](const std::shared_ptr<cluster::KubeApi> &api, const fleet::WorkloadId &id) {
        const bool stepwise = api && ArgoCard::shows(id.ref);
        canary->setVisible(stepwise);
        stepwise ? canary->showWorkload(api, id.connection, id.ref, m_feed->watches(id.connection)) : canary->clear();
        card->setSubtitle({});
        if (!api) {
            charts->clear();
            resources->clear();
            return logs->clear();
        }
        charts->showWorkload(m_snapshot, id.connection, id.ref);
        resources->showWorkload(id.connection, id.ref);
        logs->follow(api, id.ref);
    });
    connect(m_workloadPage, &WorkloadPage::podOpened, this, [logs, card](const std::shared_ptr<cluster::KubeApi> &api, const cluster::KubeRef &pod) {
        card->setSubtitle(pod.name);
        logs->followPod(api, pod, {});
    });
    auto *all = new Button(tr("All pods"), ButtonKind::Ghost);
    card->addTool(all);
    connect(all, &QAbstractButton::clicked, this, [this, logs, card] {
        const fleet::WorkloadId &id = m_workloadPage->id();
        card->setSubtitle({});
        if (const auto api = m_feed->api(id.connection))
            logs->follow(api, id.ref);
    });
}

void RolloutsPanel::showEvent(QShowEvent *event) {
    Panel::showEvent(event);
    if (m_feed) {
        m_feed->setActive(true);
        m_workloadPage->setActive(true);
    }
}

void RolloutsPanel::hideEvent(QHideEvent *event) {
    Panel::hideEvent(event);
    if (m_feed) {
        m_workloadPage->setActive(false);
        m_feed->setActive(false);
    }
}

void RolloutsPanel::chooseLine(const QString &id) {
    m_chosen = id;
    if (!id.contains(QLatin1Char('|')) && id != m_model) {
        m_model = id;
        showRollout();
    }
    showChosen();
    Q_EMIT headerChanged();
}

void RolloutsPanel::showChosen() {
    if (m_workloadPage && m_workloadPage->id().isValid() && !fleet::parseWorkloadId(m_chosen))
        m_workloadPage->clear(); // its watches end, and no key acts on what is not shown
    if (m_feed && m_chosen.startsWith(Q("cluster|"))) {
        const fleet::ClusterSight sight = m_feed->sight(m_chosen.section(QLatin1Char('|'), 1));
        m_clusterPage->show(sight.problem ? ScreenState::failed(*sight.problem, tr("Try again"), [this, name = sight.connection] { m_feed->retryNow(name); })
                            : sight.complete ? ScreenState::empty(tr("%1 answers").arg(sight.connection), tr("Its workloads stand in the list.")) : ScreenState::loading());
        m_pages->setCurrentWidget(m_clusterPage);
    } else if (const auto workload = fleet::parseWorkloadId(m_chosen); workload && m_feed) {
        m_workloadPage->show(*workload, *m_feed);
        m_pages->setCurrentWidget(m_workloadPage);
    } else if (m_chosen.isEmpty()) {
        m_clusterPage->show(ScreenState::empty(tr("Choose a workload"), tr("What it runs, its pods, revisions and events are shown here.")));
        m_pages->setCurrentWidget(m_clusterPage);
    } else {
        m_pages->setCurrentIndex(0);
    }
}

void RolloutsPanel::showSight(const QString &connection) {
    m_workloads->setSight(m_feed->sight(connection), now());
    showListSource();
    if (m_workloadPage && m_workloadPage->id().connection == connection)
        m_workloadPage->rowChanged(); // nothing changes in a cluster that is away: its page must say so all the same
    if (m_chosen == WorkloadListModel::clusterId(connection))
        showChosen();
    chooseFirst();
}

/// Nobody has chosen yet: what is worst, else the first.
void RolloutsPanel::chooseFirst() {
    if (!m_chosen.isEmpty() || !m_feed)
        return;
    for (const QString &connection : m_feed->connections())
        if (const fleet::ClusterSight sight = m_feed->sight(connection); !sight.complete && !sight.problem)
            return; // it may come yet
    QString best;
    int rank = -1;
    for (int row = 0; row < m_workloads->rowCount(); ++row) {
        const QModelIndex index = m_workloads->index(row, 0);
        const QString id = index.data(IdRole).toString();
        if (!fleet::parseWorkloadId(id))
            continue;
        const State state = State(index.data(StateRole).toInt());
        const int now = state == State::Bad ? 3 : state == State::Warn ? 2 : state == State::Running ? 1 : 0;
        if (now > rank) {
            rank = now;
            best = id;
        }
    }
    if (!best.isEmpty())
        m_list->choose(best);
}

void RolloutsPanel::showListSource() {
    if (!m_feed) {
        m_listCard->source()->setSource(tr("local"), m_snapshot.read, Freshness::Polled, 2);
        return;
    }
    int live = 0;
    QDateTime heard;
    QString down;
    QStringList names = m_feed->connections();
    for (const QString &name : names) {
        const fleet::ClusterSight sight = m_feed->sight(name);
        m_workloads->setSight(sight, now()); // ages
        live += sight.complete && !sight.problem;
        heard = std::max(heard, sight.heard);
        if (sight.problem)
            down = name + QStringLiteral(": ") + sight.problem->text();
    }
    const QString words = names.size() == 1 ? names.first() : tr("%1 of %2 clusters").arg(live).arg(names.size());
    if (live == 0 && !down.isEmpty())
        m_listCard->source()->setDown(words, heard, down);
    else
        m_listCard->source()->setSource(words, heard.isValid() ? heard : m_snapshot.read, Freshness::Live);
}

QStringList RolloutsPanel::path() const {
    const auto workload = fleet::parseWorkloadId(m_chosen);
    return workload ? QStringList{title(), workload->ref.space} : QStringList{title()};
}

QString RolloutsPanel::subject() const {
    if (const auto workload = fleet::parseWorkloadId(m_chosen))
        return workload->ref.name;
    return m_chosen.startsWith(Q("cluster|")) ? m_chosen.section(QLatin1Char('|'), 1) : m_model.isEmpty() ? title() : m_model;
}

void RolloutsPanel::openAt(const QString &argument) {
    if (argument.isEmpty())
        return;
    chooseLine(argument);
    m_list->choose(argument);
}

std::vector<HeaderBadge> RolloutsPanel::badges() const {
    if (m_workloadPage && m_chosen.contains(QLatin1Char('|'))) {
        const HeaderBadge badge = m_workloadPage->badge();
        return badge.state == State::None || m_chosen.startsWith(Q("cluster|")) ? std::vector<HeaderBadge>() : std::vector<HeaderBadge>{badge};
    }
    const fleet::ModelRow *m = row(m_model);
    if (!m || !m->rollout)
        return {};
    const QString word = rolloutWord(m->rollout->phase);
    return {{stateOf(m->rollout->phase), word.left(1).toUpper() + word.mid(1)}};
}

} // namespace pilothouse::ui
