// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"
#include "widgets/base/tokens.h"

#include <QString>
#include <QWidget>

class QPainter;

namespace pilothouse::ui {

/// One vocabulary of states for all systems (DESIGN_SYSTEM §4). Each has its own silhouette, a word and then a colour.
enum class State { None, Ok, Warn, Bad, Paused, Running, Unknown, Stale, Skew, Skipped, Waiting };

Ink stateInk(State state);
Ink stateTint(State state);
QString stateIcon(State state); ///< name of the glyph
QString stateWord(State state); ///< "Passed", "Near limit" …

State stateOf(fleet::Health health);
State stateOf(pipelines::State state);
State stateOf(promotion::GateState state);
State stateOf(cluster::RolloutPhase phase);
State stateOf(registry::RunStatus status);
QString pipelineWord(pipelines::State state); ///< "Passed", "Waits for you" …
QString rolloutWord(cluster::RolloutPhase phase);

/// The glyph of a state in the theme's colours.
void paintState(QPainter &painter, const QRectF &rect, State state, const QWidget *widget);

/// Glyph and word on the state's tint; headers only (tables show glyph and word without tint).
class StateBadge : public QWidget {
    Q_OBJECT
public:
    explicit StateBadge(QWidget *parent = nullptr);
    StateBadge(State state, const QString &word, QWidget *parent = nullptr);
    void setState(State state, const QString &word = {}); ///< no word: the state's own
    State state() const { return m_state; }
    QString word() const { return m_word; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    State m_state = State::None;
    QString m_word;
};

/// The glyph alone.
class StateGlyph : public QWidget {
    Q_OBJECT
public:
    explicit StateGlyph(State state = State::None, int size = 14, QWidget *parent = nullptr);
    void setState(State state);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    State m_state;
    int m_size;
};

} // namespace pilothouse::ui
