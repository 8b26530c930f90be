// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/contribution_model.h"

#include "widgets/base/format.h"
#include "widgets/base/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

std::vector<Contribution> contributionsOf(const explain::Explanation &explanation) {
    double largest = 0;
    for (const explain::FeatureLine &f : explanation.features)
        largest = std::max(largest, std::abs(f.weight));
    std::vector<Contribution> rows;
    for (const explain::FeatureLine &f : explanation.features) {
        bool isNumber = false;
        const double value = f.value.toDouble(&isNumber);
        rows.push_back({f.feature, f.value.isEmpty() ? ContributionModel::tr("missing") : isNumber ? number(value, 4) : f.value, f.weight, largest > 0 ? f.weight / largest : 0});
    }
    return rows;
}

QString contributionSentence(const explain::Explanation &e, const QString &unit) {
    QStringList up, down;
    for (const explain::FeatureLine &f : e.features)
        if (f.weight != 0 && (f.weight > 0 ? up : down).size() < 2)
            (f.weight > 0 ? up : down) << ContributionModel::tr("%1 by %2").arg(f.feature, number(std::abs(f.weight), 3));
    const QString tail = unit.isEmpty() ? QString() : QLatin1Char(' ') + unit;
    QStringList parts{ContributionModel::tr("From %1%3 on average to %2%3.").arg(number(e.base, 4), number(e.sum, 4), tail)};
    if (!up.isEmpty())
        parts << ContributionModel::tr("Raised: %1.").arg(up.join(QStringLiteral(", ")));
    if (!down.isEmpty())
        parts << ContributionModel::tr("Lowered: %1.").arg(down.join(QStringLiteral(", ")));
    if (up.isEmpty() && down.isEmpty())
        parts << ContributionModel::tr("No input moves it.");
    return parts.join(QLatin1Char(' '));
}

ContributionModel::ContributionModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Input"), left, 80, {}, 0}, {tr("Value"), right, 76, tr("As set in the form"), 1}, {tr("Effect"), left, 0, tr("To the right what raises the answer, to the left what lowers it"), 0}, {tr("Adds"), right, 84, {}, 0}};
}

QVariant ContributionModel::cell(const Contribution &row, int column, int role) const {
    if (role == ShareRole)
        return row.share;
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1 = %2: %3").arg(row.feature, row.value, number(row.weight, 4, true));
    if (role == MutedRole)
        return column == Value || row.weight == 0;
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Feature: return row.feature;
    case Value: return row.value;
    case Weight: return number(row.weight, 3, true);
    default: return {};
    }
}

QRectF contributionBar(const QRectF &cell, double share) {
    const double half = cell.width() / 2, wide = share == 0 ? 0 : std::max(1.0, half * std::min(1.0, std::abs(share))), tall = std::min(10.0, cell.height() - 4);
    return {share < 0 ? cell.center().x() - wide : cell.center().x(), cell.center().y() - tall / 2, wide, tall};
}

void ContributionDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    QStyledItemDelegate::paint(painter, option, index); // the ground of a chosen row
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const QRectF cell = QRectF(option.rect).adjusted(theme.px(6), 0, -theme.px(6), -1);
    const double share = index.data(ContributionModel::ShareRole).toDouble();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->fillRect(QRectF(cell.center().x() - 0.5, cell.top(), 1, cell.height()), t.line2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(share < 0 ? t.s2 : t.s1);
    painter->drawRoundedRect(contributionBar(cell, share), 2, 2);
    painter->restore();
}

} // namespace pilothouse::ui
