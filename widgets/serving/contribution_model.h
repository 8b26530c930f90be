// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/explanation.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// One bar: what an input adds to the answer.
struct Contribution {
    QString feature, value;
    double weight = 0, share = 0; ///< share: of the largest, −1 … 1
    bool operator==(const Contribution &) const = default;
};
std::vector<Contribution> contributionsOf(const explain::Explanation &explanation);
/// "Base 18.2, sum 21.4: temperature raises it most (+2.1) …" The chart in words.
QString contributionSentence(const explain::Explanation &explanation, const QString &unit);

/// The contributions as a table that is a bar chart: input, its value, a bar from the middle, and the number.
class ContributionModel : public RowsModel<Contribution> {
    Q_OBJECT
public:
    enum Columns { Feature, Value, Bar, Weight };
    static constexpr int ShareRole = IdRole + 1; ///< double, −1 … 1
    explicit ContributionModel(QObject *parent = nullptr);

protected:
    QString key(const Contribution &row) const override { return row.feature; }
    QVariant cell(const Contribution &row, int column, int role) const override;
};

/// Paints ShareRole as a bar: to the right in s1 what raises, to the left in s2 what lowers.
class ContributionDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

/// The bar of a share in a cell: pure, for the painter and its test.
QRectF contributionBar(const QRectF &cell, double share);

} // namespace pilothouse::ui
