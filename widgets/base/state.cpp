// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/state.h"

#include "widgets/base/icons.h"
#include "widgets/base/rounded.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace pilothouse::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::State)
};

} // namespace

Ink stateInk(State state) {
    switch (state) {
    case State::Ok: return &Tokens::ok;
    case State::Warn:
    case State::Stale:
    case State::Skew: return &Tokens::warn;
    case State::Bad: return &Tokens::bad;
    case State::Paused: return &Tokens::pau;
    case State::Running: return &Tokens::run;
    case State::None:
    case State::Unknown:
    case State::Skipped:
    case State::Waiting: return &Tokens::unk;
    }
    return &Tokens::unk;
}

Ink stateTint(State state) {
    switch (state) {
    case State::Ok: return &Tokens::okT;
    case State::Warn:
    case State::Stale:
    case State::Skew: return &Tokens::warnT;
    case State::Bad: return &Tokens::badT;
    case State::Paused: return &Tokens::pauT;
    case State::Running: return &Tokens::runT;
    default: return &Tokens::unkT;
    }
}

QString stateIcon(State state) {
    switch (state) {
    case State::None: return {};
    case State::Ok: return QStringLiteral("state-ok");
    case State::Warn: return QStringLiteral("state-warn");
    case State::Bad: return QStringLiteral("state-bad");
    case State::Paused: return QStringLiteral("state-paused");
    case State::Running: return QStringLiteral("state-running");
    case State::Unknown: return QStringLiteral("state-unknown");
    case State::Stale: return QStringLiteral("state-stale");
    case State::Skew: return QStringLiteral("state-skew");
    case State::Skipped: return QStringLiteral("state-skipped");
    case State::Waiting: return QStringLiteral("state-waiting");
    }
    return {};
}

QString stateWord(State state) {
    switch (state) {
    case State::None: return {};
    case State::Ok: return Words::tr("Passed");
    case State::Warn: return Words::tr("Near limit");
    case State::Bad: return Words::tr("Failed");
    case State::Paused: return Words::tr("Paused");
    case State::Running: return Words::tr("Running");
    case State::Unknown: return Words::tr("Unknown");
    case State::Stale: return Words::tr("Stale");
    case State::Skew: return Words::tr("Skew");
    case State::Skipped: return Words::tr("Skipped");
    case State::Waiting: return Words::tr("Waiting");
    }
    return {};
}

State stateOf(fleet::Health health) {
    switch (health) {
    case fleet::Health::Ok: return State::Ok;
    case fleet::Health::Warn: return State::Warn;
    case fleet::Health::Bad: return State::Bad;
    case fleet::Health::Paused: return State::Paused;
    case fleet::Health::Running: return State::Running;
    case fleet::Health::Unknown: return State::Unknown;
    }
    return State::Unknown;
}

State stateOf(pipelines::State state) {
    switch (state) {
    case pipelines::State::Waiting: return State::Waiting;
    case pipelines::State::Running: return State::Running;
    case pipelines::State::Passed: return State::Ok;
    case pipelines::State::Warned: return State::Warn;
    case pipelines::State::Failed: return State::Bad;
    case pipelines::State::Paused: return State::Paused;
    case pipelines::State::Skipped:
    case pipelines::State::Cancelled: return State::Skipped;
    case pipelines::State::Unknown: return State::Unknown;
    }
    return State::Unknown;
}

State stateOf(promotion::GateState state) {
    switch (state) {
    case promotion::GateState::Pass: return State::Ok;
    case promotion::GateState::Warn: return State::Warn;
    case promotion::GateState::Block: return State::Bad;
    case promotion::GateState::Waits: return State::Paused;
    case promotion::GateState::NotRun: return State::Skipped;
    case promotion::GateState::Unknown: return State::Unknown;
    }
    return State::Unknown;
}

State stateOf(cluster::RolloutPhase phase) {
    switch (phase) {
    case cluster::RolloutPhase::None: return State::Waiting;
    case cluster::RolloutPhase::Stable: return State::Ok;
    case cluster::RolloutPhase::Progressing: return State::Running;
    case cluster::RolloutPhase::Paused: return State::Paused;
    case cluster::RolloutPhase::Aborted: return State::Bad;
    case cluster::RolloutPhase::Unreachable: return State::Unknown;
    }
    return State::Unknown;
}

State stateOf(registry::RunStatus status) {
    switch (status) {
    case registry::RunStatus::Running: return State::Running;
    case registry::RunStatus::Finished: return State::Ok;
    case registry::RunStatus::Failed: return State::Bad;
    case registry::RunStatus::Killed: return State::Skipped;
    }
    return State::Unknown;
}

QString pipelineWord(pipelines::State state) {
    switch (state) {
    case pipelines::State::Waiting: return Words::tr("Waiting");
    case pipelines::State::Running: return Words::tr("Running");
    case pipelines::State::Passed: return Words::tr("Passed");
    case pipelines::State::Warned: return Words::tr("Passed with warnings");
    case pipelines::State::Failed: return Words::tr("Failed");
    case pipelines::State::Paused: return Words::tr("Paused");
    case pipelines::State::Skipped: return Words::tr("Skipped");
    case pipelines::State::Cancelled: return Words::tr("Cancelled");
    case pipelines::State::Unknown: return Words::tr("Unknown");
    }
    return {};
}

QString rolloutWord(cluster::RolloutPhase phase) {
    switch (phase) {
    case cluster::RolloutPhase::None: return Words::tr("not served");
    case cluster::RolloutPhase::Stable: return Words::tr("stable");
    case cluster::RolloutPhase::Progressing: return Words::tr("progressing");
    case cluster::RolloutPhase::Paused: return Words::tr("paused");
    case cluster::RolloutPhase::Aborted: return Words::tr("turned back");
    case cluster::RolloutPhase::Unreachable: return Words::tr("no answer");
    }
    return {};
}

void paintState(QPainter &painter, const QRectF &rect, State state, const QWidget *widget) {
    if (state == State::None)
        return;
    const Tokens &t = tokens(widget);
    paintIcon(painter, rect, stateIcon(state), t.*stateInk(state), t.bg1);
}

StateBadge::StateBadge(QWidget *parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::of(this), &Theme::changed, this, [this] { updateGeometry(); });
}

StateBadge::StateBadge(State state, const QString &word, QWidget *parent) : StateBadge(parent) { setState(state, word); }

void StateBadge::setState(State state, const QString &word) {
    m_state = state;
    m_word = word.isEmpty() ? stateWord(state) : word;
    setAccessibleName(m_word);
    setVisible(state != State::None);
    updateGeometry();
    update();
}

QSize StateBadge::sizeHint() const {
    const Theme &theme = Theme::of(this);
    return {qRound(widthOf(theme.font(TextRole::Label), m_word)) + theme.px(12 + 5 + 12), theme.px(20)};
}

void StateBadge::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    paintRounded(painter, rect(), t.*stateTint(m_state), t.*stateTint(m_state), 4);
    const double glyph = theme.px(12);
    paintState(painter, QRectF(theme.px(6), (height() - glyph) / 2, glyph, glyph), m_state, this);
    painter.setFont(theme.font(TextRole::Label));
    painter.setPen(t.*stateInk(m_state));
    drawLine(painter, rect().adjusted(theme.px(6 + 12 + 5), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, m_word);
}

StateGlyph::StateGlyph(State state, int size, QWidget *parent) : QWidget(parent), m_state(state), m_size(size) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(stateWord(state));
}

void StateGlyph::setState(State state) {
    m_state = state;
    setAccessibleName(stateWord(state));
    update();
}

QSize StateGlyph::sizeHint() const {
    const int side = Theme::of(this).px(m_size);
    return {side, side};
}

void StateGlyph::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const double side = qMin(width(), height());
    paintState(painter, QRectF((width() - side) / 2, (height() - side) / 2, side, side), m_state, this);
}

} // namespace pilothouse::ui
