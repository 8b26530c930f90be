// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explanation.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// A bar with its interval as places across a cell, 0 … 1.
struct BarCell {
    double zero = 0.5, end = 0.5, low = 0.5, high = 0.5;
    bool interval = false;
    bool operator==(const BarCell &) const = default;
};

/// One bar of an explanation: what an input adds to an answer, or how much the model needs it.
struct FeatureBar {
    QString feature; ///< as the model names it
    QString label;   ///< LIME: the condition, "2.1 < rooms ≤ 3.4"; else the feature
    QString value;   ///< of one row
    double weight = 0, std = 0, low = 0, high = 0;
    BarCell bar;
    bool operator==(const FeatureBar &) const = default;
};
/// Of one row zero stands in the middle; of a data set at the left, unless something is below it.
std::vector<FeatureBar> featureBars(const explain::Explanation &explanation);

/// The bars as a table: input, its value, the bar, the number, and of a data set the interval.
class FeatureBarModel : public RowsModel<FeatureBar> {
    Q_OBJECT
public:
    enum Part { Feature, Value, Bar, Weight, Spread };
    static constexpr int BarRole = IdRole + 1; ///< BarCell
    explicit FeatureBarModel(QObject *parent = nullptr);
    void setExplanation(const explain::Explanation &explanation);
    int columnOf(Part part) const; ///< −1: this kind of explanation has none

protected:
    QString key(const FeatureBar &row) const override { return row.feature; }
    QVariant cell(const FeatureBar &row, int column, int role) const override;
    bool same(const FeatureBar &before, const FeatureBar &after) const override { return before == after; }

private:
    std::vector<Part> m_parts; ///< by column
};

/// Paints BarRole as a bar, to the right of its zero in s1, to the left in s2, with the interval as whiskers; other cells as StateDelegate.
class BarDelegate : public StateDelegate {
    Q_OBJECT
public:
    using StateDelegate::StateDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// The bar in its cell: pure, for the painter and its test.
QRectF barRect(const QRectF &cell, const BarCell &bar);

} // namespace pilothouse::ui

Q_DECLARE_METATYPE(pilothouse::ui::BarCell)
