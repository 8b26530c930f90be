// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/learn/search_model.h"

#include <QWidget>

namespace pilothouse::ui {

/// One upright axis: numbers (by their logarithm where they span more than a factor of thirty) or choices. Pure; tested.
struct ParallelAxis {
    QString name;
    QStringList choices; ///< not empty: each at its own height, from below
    double from = 0, to = 1;
    bool log = false;
    /// 0 (below) … 1 (above); NaN where the value is none of this axis.
    double place(const QVariant &value) const;
    QStringList endTexts() const; ///< below, above
};
/// The axes of an estimator's trials: its drawn parameters by name.
std::vector<ParallelAxis> parallelAxes(const std::vector<TrialLine> &lines, const QString &estimator);

/// Parallel coordinates: one line a trial over the parameters that were drawn, to its figure at the right. The best is drawn in the candidate's
/// colour, the rest the fainter the worse. The mouse or the arrow keys choose a line; Ctrl C copies the table.
class ParallelPlot : public QWidget {
    Q_OBJECT
public:
    explicit ParallelPlot(QWidget *parent = nullptr);
    /// @param unit  of the figure; may be empty
    void setTrials(std::vector<TrialLine> lines, const QString &estimator, const QString &figureName, const QString &unit);
    void choose(int trial); ///< by its number; −1: none
    int current() const;    ///< number of the chosen trial; −1
    QString asText() const; ///< tab-separated
    QSize sizeHint() const override { return {420, 200}; }
    QSize minimumSizeHint() const override { return {160, 90}; }

Q_SIGNALS:
    void chosen(int trial);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QRectF area() const;
    double axisX(std::size_t axis) const;
    QPolygonF lineOf(const TrialLine &line) const;
    QString describe(const TrialLine &line) const;
    std::vector<TrialLine> m_lines; ///< of the estimator, best first, failed ones left out
    std::vector<ParallelAxis> m_axes; ///< the last is the figure
    QString m_metric, m_unit;
    int m_current = -1; ///< index in m_lines
};

/// Bars of what each parameter explains, largest first.
class ImportanceBars : public QWidget {
    Q_OBJECT
public:
    explicit ImportanceBars(QWidget *parent = nullptr);
    void setShares(std::vector<fleet::SearchTable::Importance> shares, const QString &figureName);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, 60}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<fleet::SearchTable::Importance> m_shares;
    QString m_caption;
};

} // namespace pilothouse::ui
