// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/environments_view.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/icons.h"
#include "widgets/base/table.h"
#include "widgets/registry/environment_model.h"

#include <QBoxLayout>
#include <QScrollArea>

#include <algorithm>

namespace pilothouse::ui {

namespace {
constexpr int oldAfter = 15; // s, as the fleet reads its servers
}

EnvironmentsView::EnvironmentsView(const PanelContext &context, QWidget *parent) : QWidget(parent), m_context(context), m_state(new PanelState) {
    setObjectName(QStringLiteral("environmentsView"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("Environments"));
    m_inner = new QWidget;
    m_rows = new QVBoxLayout(m_inner);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(12);
    scroll->setWidget(m_inner);
    m_inner->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    m_state->setContent(scroll);
    column->addWidget(m_state);
    m_state->show(ScreenState::loading());
}

EnvironmentsView::~EnvironmentsView() { m_task.stop.request_stop(); }

void EnvironmentsView::refresh(qint64 newest) {
    if (!m_context.fleet || m_task.isRunning())
        return;
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    if (newest == m_newest && m_read.isValid() && m_read.secsTo(now) < oldAfter)
        return;
    m_newest = newest;
    m_task = startTask<EnvironmentChains>(m_context.fleet->pools().waiting, [services = m_context.fleet->services()](std::stop_token) { return fleet::environmentStates(*services); });
    deliver(m_task, this, [this](const Result<EnvironmentChains> &chains) {
        const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
        if (chains)
            setChains(*chains, now);
        else if (chains.error().kind != ErrorKind::Cancelled)
            m_state->show(ScreenState::failed(chains.error(), tr("Try again"), [this] {
                m_read = {};
                refresh(m_newest);
            }));
    });
}

void EnvironmentsView::setChains(const EnvironmentChains &chains, const QDateTime &read) {
    m_chains = chains;
    m_read = read;
    if (chains.empty()) {
        m_state->show(ScreenState::empty(tr("No environments"), tr("Name them in the workspace file under environments: dev, staging and prod, each with its registry, gates and approvals. A version then goes from one into the next.")));
        return;
    }
    QStringList wanted;
    for (const auto &chain : chains) {
        for (const fleet::EnvironmentState &state : chain)
            wanted << state.environment.name;
        wanted << QString();
    }
    if (wanted != m_built) {
        m_built = wanted;
        build();
    }
    for (Place &place : m_places)
        if (const fleet::EnvironmentState *state = stateOf(place.environment))
            showPlace(place, *state);
    m_state->show(ScreenState::full());
}

void EnvironmentsView::build() {
    m_places.clear();
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto &chain : m_chains) {
        auto *row = new QWidget;
        auto *across = new QHBoxLayout(row);
        across->setContentsMargins(0, 0, 0, 0);
        across->setSpacing(12);
        for (const fleet::EnvironmentState &state : chain) {
            m_places.push_back(makePlace(state));
            across->addWidget(m_places.back().card, 1);
        }
        m_rows->addWidget(row, 1);
    }
}

EnvironmentsView::Place EnvironmentsView::makePlace(const fleet::EnvironmentState &state) {
    Place place;
    place.environment = state.environment.name;
    place.card = new Card(state.environment.name);
    place.card->setObjectName(QStringLiteral("environment-") + place.environment);
    place.card->setMinimumWidth(Theme::of(this).px(270));
    place.card->setMinimumHeight(Theme::of(this).px(260));
    if (!state.environment.next.isEmpty())
        place.card->setSubtitle(tr("then %1").arg(state.environment.next));
    place.rules = new KeyValues;
    place.rules->setKeyWidth(80);
    place.models = new EnvironmentModels(this);
    place.table = new Table;
    place.table->setObjectName(QStringLiteral("environmentTable-") + place.environment);
    place.table->setAccessibleName(tr("Models in %1").arg(place.environment));
    place.table->setRowHeight(Table::TwoLine);
    place.table->setModel(place.models);
    place.table->setItemDelegate(new StateDelegate(place.table));
    place.next = new Button(*m_context.actions, QStringLiteral("promotion.next"));
    place.next->setObjectName(QStringLiteral("environmentNext-") + place.environment);
    place.next->setVisible(!state.environment.next.isEmpty());
    place.review = new Button(*m_context.actions, QStringLiteral("promotion.review"));
    place.review->setObjectName(QStringLiteral("environmentReview-") + place.environment);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(8);
    const auto padded = [&](QWidget *widget) {
        auto *row = new QHBoxLayout;
        row->setContentsMargins(12, 0, 12, 0);
        row->addWidget(widget);
        column->addLayout(row);
    };
    padded(place.rules);
    column->addWidget(place.table, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(12, 4, 12, 12);
    foot->setSpacing(8);
    foot->addWidget(place.next);
    foot->addWidget(place.review);
    foot->addStretch(1);
    column->addLayout(foot);
    place.card->setBody(body);
    connect(place.table, &Table::chosen, this, [this, name = place.environment] {
        for (const Place &other : m_places)
            if (other.environment == name)
                showButtons(other);
    });
    connect(place.table, &Table::opened, this, [this] {
        if (const QString id = waiting(); !id.isEmpty())
            Q_EMIT openPromotion(id);
    });
    return place;
}

void EnvironmentsView::showPlace(Place &place, const fleet::EnvironmentState &state) {
    const QString chosen = place.table->currentId();
    place.rules->setRows(environmentRules(state));
    place.models->setState(state);
    QStringList sources;
    for (const fleet::EnvironmentModel &model : state.models)
        if (!sources.contains(model.place.connection))
            sources << model.place.connection;
    const bool down = std::any_of(state.models.begin(), state.models.end(), [](const auto &m) { return m.problem.has_value(); });
    place.card->source()->setSource(sources.join(QStringLiteral(", ")), m_read, down ? Freshness::Stale : Freshness::Polled, oldAfter);
    if (!chosen.isEmpty() && place.models->find(chosen))
        place.table->choose(chosen);
    else if (place.models->rowCount() > 0)
        place.table->setCurrentIndex(place.models->index(0, 0));
    showButtons(place);
}

void EnvironmentsView::showButtons(const Place &place) {
    const fleet::EnvironmentState *state = stateOf(place.environment);
    if (!state)
        return;
    const QString waits = waitingAt(place);
    const NextStep step = nextStep(*state, place.table->currentId());
    place.next->setWords(state->environment.next.isEmpty() ? QString() : tr("Promote to %1").arg(state->environment.next));
    place.next->setArgument(step.argument);
    if (step.argument.isEmpty())
        place.next->setBlocked(step.reason);
    place.review->setArgument(waits);
    place.review->setVisible(!waits.isEmpty());
}

const fleet::EnvironmentState *EnvironmentsView::stateOf(const QString &environment) const {
    for (const auto &chain : m_chains)
        for (const fleet::EnvironmentState &state : chain)
            if (state.environment.name == environment)
                return &state;
    return nullptr;
}

/// The card with the keyboard; else the first whose chosen model goes on.
const EnvironmentsView::Place *EnvironmentsView::current() const {
    for (const Place &place : m_places)
        if (place.card->isAncestorOf(place.card->window()->focusWidget()))
            return &place;
    for (const Place &place : m_places)
        if (const fleet::EnvironmentState *state = stateOf(place.environment); state && !nextStep(*state, place.table->currentId()).argument.isEmpty())
            return &place;
    return nullptr;
}

QString EnvironmentsView::nextArgument() const {
    const Place *place = current();
    const fleet::EnvironmentState *state = place ? stateOf(place->environment) : nullptr;
    return state ? nextStep(*state, place->table->currentId()).argument : QString();
}

QString EnvironmentsView::waitingAt(const Place &place) const {
    const EnvironmentLine *line = place.models->find(place.table->currentId());
    return line && !line->model.waiting.isEmpty() ? line->model.waiting.front() : QString();
}

QString EnvironmentsView::waiting() const {
    const Place *place = current();
    return place ? waitingAt(*place) : QString();
}

QWidget *EnvironmentsView::firstFocus() { return m_places.empty() ? static_cast<QWidget *>(this) : m_places.front().table; }

} // namespace pilothouse::ui
