// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"
#include "widgets/cluster/argo_card_internal.h"
#include "widgets/cluster/argo_models.h"
#include "widgets/cluster/metric_tile.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace pilothouse::ui {

using Q = QLatin1String;

namespace {
constexpr int tilesInARow = 3;
constexpr std::size_t mostTiles = 12;
} // namespace

bool ArgoCard::shows(const cluster::KubeRef &ref) { return ref.kind == cluster::kinds::Rollout || ref.kind == cluster::kinds::InferenceService; }

ArgoCard::ArgoCard(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context), m_card(new Card(QStringLiteral(" "))) {
    if (m_context.fleet) {
        m_follow = new fleet::CanaryFollow(m_context.fleet->services(), m_context.fleet->pools(), this);
        m_follow->setActive(false); // until it is to be seen
        connect(m_follow, &fleet::CanaryFollow::changed, this, &ArgoCard::render);
    }
    addActions();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_badge = new StateBadge;
    m_card->addTool(m_badge);
    m_card->setBody(buildHead());
    layout->addWidget(m_card);
    render();
}

QWidget *ArgoCard::buildHead() {
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    auto *row = new QHBoxLayout;
    row->setSpacing(16);
    m_ladder = new CanaryLadder;
    m_ladder->setObjectName(QStringLiteral("argoLadder"));
    row->addWidget(m_ladder, 1);
    row->addWidget(buildButtons());
    column->addLayout(row);
    m_traffic = new TrafficBar;
    m_traffic->setObjectName(QStringLiteral("argoTraffic"));
    column->addWidget(m_traffic);
    const auto line = [&](const char *name, Ink ink) {
        auto *label = new Label({}, TextRole::Body, ink);
        label->setObjectName(Q(name));
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
        return label;
    };
    m_message = line("argoMessage", &Tokens::t1);
    m_next = line("argoNext", &Tokens::t3);
    m_verdict = line("argoVerdict", &Tokens::t2);
    m_metrics = new QWidget;
    m_metrics->setObjectName(QStringLiteral("argoMetrics"));
    m_metricColumn = new QVBoxLayout(m_metrics);
    m_metricColumn->setContentsMargins(0, 0, 0, 0);
    m_metricColumn->setSpacing(8);
    column->addWidget(m_metrics);
    column->addStretch(1);
    return body;
}

QWidget *ArgoCard::buildButtons() {
    auto *widget = new QWidget;
    auto *grid = new QGridLayout(widget);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(8);
    m_revision = new Choice;
    m_revision->setObjectName(QStringLiteral("argoRevision"));
    m_revision->setAccessibleName(tr("Revision to go back to"));
    m_percent = new Choice;
    m_percent->setObjectName(QStringLiteral("kservePercent"));
    m_percent->setAccessibleName(tr("Share of the canary"));
    m_canary = new Choice;
    m_canary->setObjectName(QStringLiteral("kserveCanary"));
    m_canary->setAccessibleName(tr("Canary"));
    connect(m_revision, &QComboBox::currentIndexChanged, this, [this] { showButtons(); });
    connect(m_percent, &QComboBox::currentIndexChanged, this, [this] { showButtons(); });
    connect(m_canary, &QComboBox::currentIndexChanged, this, [this] { showButtons(); });
    const struct {
        const char *id;
        ButtonKind kind;
        int line, place;
    } places[] = {{"rollout.argo-promote", ButtonKind::Primary, 0, 0}, {"rollout.argo-skip", ButtonKind::Plain, 0, 1},  {"rollout.argo-abort", ButtonKind::Danger, 0, 2}, {"rollout.argo-full", ButtonKind::Plain, 1, 0},
                  {"rollout.argo-retry", ButtonKind::Plain, 0, 2},     {"rollout.argo-undo", ButtonKind::Plain, 1, 2},  {"rollout.kserve-promote", ButtonKind::Primary, 0, 0},
                  {"rollout.kserve-abort", ButtonKind::Danger, 0, 2},  {"rollout.kserve-share", ButtonKind::Plain, 1, 2}};
    for (const auto &place : places) {
        auto *button = new Button(*m_context.actions, Q(place.id), place.kind);
        button->setObjectName(Q(place.id));
        grid->addWidget(button, place.line, place.place);
        m_buttons.push_back(button);
    }
    grid->addWidget(m_revision, 1, 1);
    grid->addWidget(m_percent, 1, 1);
    grid->addWidget(m_canary, 1, 0);
    return widget;
}

QDateTime ArgoCard::now() const { return m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc(); }

QString ArgoCard::argument() const {
    if (!m_follow || m_follow->ref().name.isEmpty())
        return {};
    const cluster::KubeRef &ref = m_follow->ref();
    return QStringList{m_follow->connection(), ref.kind.kind.toLower(), ref.space, ref.name}.join(QLatin1Char('|'));
}

void ArgoCard::showWorkload(std::shared_ptr<cluster::KubeApi> api, const QString &connection, const cluster::KubeRef &ref, std::shared_ptr<cluster::KubeWatches> watches) {
    if (!m_follow || !api || !shows(ref))
        return clear();
    if (connection != m_follow->connection() || !(ref == m_follow->ref()))
        m_seen.clear();
    m_follow->follow(connection, std::move(api), ref, std::move(watches));
    render();
}

void ArgoCard::clear() {
    m_seen.clear();
    if (m_follow)
        m_follow->clear();
    render();
}

void ArgoCard::setSeenShares(const QMap<QString, double> &shares) {
    if (shares == m_seen)
        return;
    m_seen = shares;
    render();
}

void ArgoCard::showEvent(QShowEvent *event) {
    QWidget::showEvent(event);
    if (m_follow)
        m_follow->setActive(true);
}

void ArgoCard::hideEvent(QHideEvent *event) {
    QWidget::hideEvent(event);
    if (m_follow)
        m_follow->setActive(false);
}

void ArgoCard::render() {
    const QString shown = argument();
    if (shown.isEmpty()) {
        m_card->setTitle(tr("Canary"));
        m_card->setSubtitle({});
        m_badge->setState(State::None, {});
        m_badge->setVisible(false);
        m_card->source()->clear();
        m_card->showState(ScreenState::empty(tr("Nothing is chosen"), tr("The steps, traffic and analyses of an Argo Rollout or an InferenceService stand here.")));
        return;
    }
    m_card->setTitle(m_follow->ref().name);
    const auto &reading = m_follow->reading();
    const auto &problem = m_follow->problem();
    if (!reading) {
        m_badge->setVisible(false);
        m_card->setSubtitle(m_follow->ref().text());
        m_card->showState(problem ? ScreenState::failed(*problem, tr("Try again"), [this] { m_follow->readNow(); }) : ScreenState::loading());
        return;
    }
    if (problem)
        m_card->source()->setDown(m_follow->connection(), reading->read, problem->text());
    else
        m_card->source()->setSource(m_follow->connection(), reading->read, m_follow->live() ? Freshness::Live : Freshness::Polled);
    m_badge->setVisible(true);
    if (reading->argo)
        showArgo(*reading);
    else
        showKserve(*reading);
    m_verdict->setText(verdictText(reading->look, now()));
    m_verdict->setVisible(!m_verdict->text().isEmpty());
    m_card->showState(problem ? ScreenState::stale(reading->read, problem->text(), tr("Try again"), [this] { m_follow->readNow(); }) : ScreenState::full());
    showButtons();
}

/// "seen: stable 91 %, canary 9 %", of the requests that metrics counted.
static QString seenText(const QMap<QString, double> &shares) {
    QStringList parts;
    for (auto it = shares.begin(); it != shares.end(); ++it)
        parts << QStringLiteral("%1 %2").arg(it.key(), percent(it.value(), 1));
    return parts.join(QStringLiteral(", "));
}

void ArgoCard::showArgo(const fleet::CanaryReading &reading) {
    const cluster::ArgoStatus &s = *reading.argo;
    m_card->setSubtitle(QStringLiteral("%1 · %2").arg(m_follow->ref().text(), s.image));
    m_badge->setState(stateOfArgo(s.phase), s.phase);
    auto steps = argoLadder(s, now());
    m_ladder->setVisible(!steps.empty());
    m_ladder->setSteps(std::move(steps));
    TrafficSides sides = argoTraffic(s);
    if (!m_seen.isEmpty())
        sides.seen = sides.seen.isEmpty() ? tr("seen: %1").arg(seenText(m_seen)) : tr("%1; seen: %2").arg(sides.seen, seenText(m_seen));
    m_traffic->setVisible(!s.strategy.isEmpty());
    m_traffic->setShares(sides.stable, sides.canary, sides.share, sides.seen);
    QStringList said;
    if (!s.message.isEmpty())
        said << s.message;
    said << s.problems;
    m_message->setText(said.join(QLatin1Char('\n')));
    m_message->setInk(s.phase == Q("Degraded") ? &Tokens::bad : &Tokens::t1);
    m_message->setVisible(!said.isEmpty());
    const auto promote = cluster::argoPatches(reading.object, cluster::ArgoAction::Promote, now());
    m_next->setText(promote ? tr("Promote: %1").arg(promote->effect) : QString());
    m_next->setVisible(!m_next->text().isEmpty());
    QStringList revisions;
    QVariantList numbers;
    for (const cluster::ArgoReplicaSet &set : s.replicaSets)
        if (set.hash != s.currentHash) {
            revisions << tr("revision %1: %2").arg(set.revision).arg(set.images.join(QStringLiteral(", ")));
            numbers << set.revision;
        }
    m_revision->setItems(revisions, numbers);
    showMetrics(reading.analyses);
    if (!reading.analysesMissing.isEmpty()) {
        m_message->setText((said << tr("Its analyses cannot be read: %1").arg(reading.analysesMissing)).join(QLatin1Char('\n')));
        m_message->setVisible(true);
    }
}

void ArgoCard::showKserve(const fleet::CanaryReading &reading) {
    const cluster::KserveStatus &s = *reading.kserve;
    m_card->setSubtitle(QStringLiteral("%1 · %2").arg(m_follow->ref().text(), s.url.isEmpty() ? s.storageUri : s.url));
    m_badge->setState(!s.ready ? State::Bad : s.hasCanary() ? State::Running : State::Ok, !s.ready ? tr("Not ready") : s.hasCanary() ? tr("Canary") : tr("Ready"));
    const workspace::Model *model = m_context.fleet->services()->workspace.model(reading.model);
    const std::vector<int> planned = model ? model->deployment.steps : std::vector<int>{10, 50, 100};
    auto steps = kserveLadder(s, planned);
    m_ladder->setVisible(!steps.empty());
    m_ladder->setSteps(std::move(steps));
    TrafficSides sides = kserveTraffic(s);
    if (!m_seen.isEmpty())
        sides.seen = sides.seen.isEmpty() ? tr("seen: %1").arg(seenText(m_seen)) : tr("%1; seen: %2").arg(sides.seen, seenText(m_seen));
    m_traffic->setShares(sides.stable, sides.canary, sides.share, sides.seen);
    m_traffic->setVisible(true);
    QStringList said{s.storageUri};
    if (!s.ready)
        said << s.sentence << s.failureMessage;
    if (s.percentIgnored)
        said << tr("canaryTrafficPercent is set, and Standard mode does not look at it.");
    said.removeAll(QString());
    m_message->setText(said.join(QLatin1Char('\n')));
    m_message->setInk(s.ready ? &Tokens::t1 : &Tokens::bad);
    m_message->setVisible(!said.isEmpty());
    m_next->setVisible(false);
    std::vector<int> percents = planned;
    for (const int usual : {0, 5, 10, 25, 50, 75, 90, 100})
        percents.push_back(usual);
    std::sort(percents.begin(), percents.end());
    percents.erase(std::unique(percents.begin(), percents.end()), percents.end());
    QStringList texts;
    QVariantList numbers;
    for (const int one : percents) {
        texts << tr("%1 %").arg(one);
        numbers << one;
    }
    m_percent->setItems(texts, numbers);
    QStringList canaries;
    QVariantList names;
    for (const cluster::KserveCanary &canary : s.canaries) {
        canaries << tr("%1, %2 %").arg(canary.name).arg(canary.percent);
        names << canary.name;
    }
    m_canary->setItems(canaries, names);
    showMetrics({});
}

void ArgoCard::showMetrics(const std::vector<cluster::ArgoAnalysis> &analyses) {
    std::vector<const cluster::ArgoAnalysis *> runs; // of the newest revision that has some
    QString shape;
    std::size_t metrics = 0;
    for (const cluster::ArgoAnalysis &run : analyses)
        if (run.revision == analyses.front().revision && metrics < mostTiles) {
            runs.push_back(&run);
            metrics += run.metrics.size();
            shape += run.name + QLatin1Char(':') + QString::number(run.metrics.size()) + QLatin1Char(' ');
        }
    m_metrics->setVisible(!runs.empty());
    if (shape != m_metricShape) { // else the tiles stay: a crosshair, a selected text
        m_metricShape = shape;
        qDeleteAll(m_metrics->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly));
        while (QLayoutItem *item = m_metricColumn->takeAt(0))
            delete item; // a grid of tiles is one, too
        m_runLabels.clear();
        m_tiles.clear();
        for (const cluster::ArgoAnalysis *run : runs) {
            m_runLabels.push_back(new Label({}, TextRole::Label));
            m_metricColumn->addWidget(m_runLabels.back());
            auto *grid = new QGridLayout;
            grid->setSpacing(12);
            for (int i = 0; i < tilesInARow; ++i)
                grid->setColumnStretch(i, 1);
            for (std::size_t i = 0; i < run->metrics.size(); ++i) {
                m_tiles.push_back(new MetricTile);
                grid->addWidget(m_tiles.back(), int(i) / tilesInARow, int(i) % tilesInARow);
            }
            m_metricColumn->addLayout(grid);
        }
    }
    std::size_t tile = 0, label = 0;
    for (const cluster::ArgoAnalysis *run : runs) {
        const QString why = cluster::argoAnalysisSentence(*run);
        m_runLabels[label++]->setText(tr("Analysis %1, revision %2: %3").arg(run->name).arg(run->revision).arg(why.isEmpty() ? (run->phase.isEmpty() ? tr("not begun") : run->phase) : why));
        for (const cluster::ArgoMetric &metric : run->metrics)
            m_tiles[tile++]->setMetric(metric);
    }
}

void ArgoCard::showButtons() {
    if (argument().isEmpty() || !m_follow->reading())
        return;
    const fleet::CanaryReading &reading = *m_follow->reading();
    const bool aborted = reading.argo && reading.argo->aborted, steps = reading.argo && !reading.argo->steps.empty();
    const bool several = reading.kserve && reading.kserve->canaries.size() > 1; // one needs no name
    m_canary->setVisible(several);
    for (Button *button : m_buttons) {
        const QString id = button->objectName();
        QString text = argument();
        if (id == Q("rollout.argo-undo"))
            text += QLatin1Char('|') + m_revision->currentData().toString();
        if (id == Q("rollout.kserve-share"))
            text += QLatin1Char('|') + m_percent->currentData().toString();
        if (several && id.startsWith(Q("rollout.kserve-")))
            text += (id == Q("rollout.kserve-share") ? QStringLiteral("|") : QStringLiteral("||")) + m_canary->currentData().toString();
        button->setArgument(text);
        button->refresh();
        const bool ours = id.startsWith(Q("rollout.argo-")) == reading.argo.has_value();
        button->setVisible(ours && (id == Q("rollout.argo-retry") ? aborted : id == Q("rollout.argo-abort") ? !aborted : id == Q("rollout.argo-skip") ? steps : id == Q("rollout.argo-undo") ? m_revision->count() > 0 : true));
    }
    m_revision->setVisible(reading.argo && m_revision->count() > 0);
    m_percent->setVisible(reading.kserve && reading.kserve->hasCanary());
    for (Button *button : m_buttons)
        if (button->objectName() == Q("rollout.kserve-share"))
            button->setVisible(reading.kserve && reading.kserve->hasCanary());
}

} // namespace pilothouse::ui
