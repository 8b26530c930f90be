// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/stage_layout.h"
#include "widgets/base/state.h"

#include <QWidget>

#include <vector>

namespace pilothouse::ui {

struct StageMark {
    QString id, name, note; ///< note below the glyph: "31 s", "3.1× its median 2:00"
    State state = State::Waiting;
    bool slow = false;
    QString toolTip; ///< the system's own word
    struct Attempt {
        QString id; ///< what attemptChosen() tells
        State state = State::Waiting;
        QString toolTip;
    };
    QStringList after = {};             ///< ids of the stages that it follows; empty in all: each follows the one before
    std::vector<Attempt> attempts = {}; ///< oldest first; shown from two on
};

/// The stages of a run, 8 per row; branches one below the other. Done line in ok, rest dashed, paused gate ringed; tries as small marks below. Arrow keys move.
class StageGraph : public QWidget {
    Q_OBJECT
public:
    explicit StageGraph(QWidget *parent = nullptr);
    void setStages(std::vector<StageMark> stages);
    int current() const { return m_current; }
    void setCurrent(int index);
    void showCurrent(const QString &id); ///< without telling; unknown: none
    const StageLayout &stageLayout() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(const QString &id);
    void attemptChosen(const QString &stage, const QString &attempt);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    void paintStage(QPainter &painter, std::size_t index) const;
    QRectF attemptPlace(std::size_t stage, std::size_t attempt) const;
    int at(const QPoint &point) const;
    int attemptAt(int stage, const QPoint &point) const;
    int beside(bool down) const;
    std::vector<StageMark> m_stages;
    std::vector<std::vector<int>> m_after;
    mutable StageLayout m_layout; ///< for m_layoutWidth
    mutable int m_layoutWidth = -1;
    int m_current = -1;
};

/// The steps of a canary with their times; same look in one row.
class CanaryLadder : public QWidget {
    Q_OBJECT
public:
    explicit CanaryLadder(QWidget *parent = nullptr);
    void setSteps(std::vector<StageMark> steps); ///< name "25 %", note "done 14:01"
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<StageMark> m_steps;
};

/// The wanted split as a bar, the seen split as text beside it.
class TrafficBar : public QWidget {
    Q_OBJECT
public:
    explicit TrafficBar(QWidget *parent = nullptr);
    void setShares(const QString &stable, const QString &canary, double canaryShare, const QString &seen);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_stable, m_canary, m_seen;
    double m_share = 0;
};

} // namespace pilothouse::ui
