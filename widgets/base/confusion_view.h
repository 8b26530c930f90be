// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/tokens.h"

#include <QWidget>

#include <vector>

namespace pilothouse::ui {

/// Row shares of a confusion matrix in %, 0 for an empty row. Pure.
std::vector<std::vector<double>> rowShares(const std::vector<std::vector<double>> &counts);

/// A confusion matrix, rows measured, columns predicted, the row share printed in each cell; one hue by strength.
class ConfusionView : public QWidget {
    Q_OBJECT
public:
    explicit ConfusionView(QWidget *parent = nullptr);
    void setMatrix(const QString &title, const std::vector<QString> &classes, const std::vector<std::vector<double>> &counts, Ink ink);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, 120}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_title, m_right;
    std::vector<QString> m_classes;
    std::vector<std::vector<double>> m_shares;
    Ink m_ink = &Tokens::s1;
};

/// A grid of values by strength (PSI by day): one hue, a dot from `bad` on, hatch for NaN.
class HeatMap : public QWidget {
    Q_OBJECT
public:
    explicit HeatMap(QWidget *parent = nullptr);
    void setValues(std::vector<QString> rows, std::vector<QString> columns, std::vector<std::vector<double>> values, double bad, double full);
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(int row, int column);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override; ///< arrows, Home and End go from cell to cell, Enter chooses its row
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    int shownRows() const; ///< the first ones that have room with their names
    QString cellText(int row, int column) const; ///< "income · 21 Nov · 0.31"
    void describe();
    QRectF cellRect(int row, int column) const;
    std::pair<int, int> at(const QPointF &point) const;
    std::vector<QString> m_rows, m_columns;
    std::vector<std::vector<double>> m_values;
    double m_bad = 0, m_full = 1;
    int m_row = 0, m_column = -1; ///< where the keys are; −1: nowhere yet
};

} // namespace pilothouse::ui
