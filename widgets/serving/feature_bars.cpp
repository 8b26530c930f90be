// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/feature_bars.h"

#include "widgets/base/format.h"
#include "widgets/base/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

QString valueText(const QString &value) {
    bool isNumber = false;
    const double figure = value.toDouble(&isNumber);
    return value.isEmpty() ? FeatureBarModel::tr("missing") : isNumber ? number(figure, 4) : value;
}

} // namespace

std::vector<FeatureBar> featureBars(const explain::Explanation &e) {
    const bool many = e.view == explain::View::DataSet;
    double low = 0, high = 0;
    for (const explain::FeatureLine &f : e.features) {
        low = std::min({low, f.weight, many ? f.low : -std::abs(f.weight)});
        high = std::max({high, f.weight, many ? f.high : std::abs(f.weight)});
    }
    const auto place = [&](double value) { return high > low ? (value - low) / (high - low) : 0.5; };
    std::vector<FeatureBar> bars;
    for (const explain::FeatureLine &f : e.features)
        bars.push_back({f.feature, f.condition.isEmpty() ? f.feature : f.condition, many ? QString() : valueText(f.value), f.weight, f.std, f.low, f.high,
                        {place(0), place(f.weight), place(many ? f.low : f.weight), place(many ? f.high : f.weight), many}});
    return bars;
}

FeatureBarModel::FeatureBarModel(QObject *parent) : RowsModel(parent) { setExplanation({}); }

void FeatureBarModel::setExplanation(const explain::Explanation &e) {
    const bool many = e.view == explain::View::DataSet, lime = e.method == QLatin1String("lime"), permuted = e.method == QLatin1String("permutation");
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    std::vector<Column> columns;
    std::vector<Part> parts;
    const auto add = [&](Part part, Column column) {
        parts.push_back(part);
        columns.push_back(std::move(column));
    };
    add(Feature, {lime ? tr("Where") : tr("Input"), left, lime ? 120 : 72, {}, 0});
    if (!many)
        add(Value, {tr("Value"), right, 88, tr("As the row has it"), 1});
    if (many)
        add(Bar, {tr("Importance"), left, 0, permuted ? tr("How much worse the metric gets when the input is shuffled") : tr("Mean of the absolute contributions"), 0});
    else
        add(Bar, {tr("Effect"), left, 0, tr("To the right what raises the answer, to the left what lowers it"), 0});
    add(Weight, {many ? tr("Mean") : lime ? tr("Weight") : tr("Adds"), right, 88, {}, 0});
    if (many)
        add(Spread, {permuted ? tr("Range") : tr("95 %"), right, 152, permuted ? tr("Smallest and largest of the repeats") : tr("Interval of the mean"), 1});
    const auto titles = [](const std::vector<Column> &of) {
        QStringList all;
        for (const Column &column : of)
            all << column.title << column.toolTip;
        return all;
    };
    if (titles(columns) != titles(m_columns)) {
        beginResetModel();
        m_columns = std::move(columns);
        m_parts = std::move(parts);
        endResetModel();
    }
    setRows(featureBars(e));
    if (rowCount() > 0) // another largest one changes every bar
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {BarRole});
}

int FeatureBarModel::columnOf(Part part) const {
    const auto at = std::find(m_parts.begin(), m_parts.end(), part);
    return at == m_parts.end() ? -1 : int(at - m_parts.begin());
}

QVariant FeatureBarModel::cell(const FeatureBar &row, int column, int role) const {
    const Part part = m_parts[std::size_t(column)];
    if (role == BarRole)
        return part == Bar ? QVariant::fromValue(row.bar) : QVariant();
    const bool signedWeight = !row.bar.interval;
    if (role == Qt::ToolTipRole)
        return signedWeight ? QStringLiteral("%1 = %2: %3").arg(row.feature, row.value, number(row.weight, 4, true))
                            : tr("%1: %2, standard deviation %3").arg(row.feature, number(row.weight, 4), number(row.std, 3));
    if (role == MutedRole)
        return part == Value || part == Spread || row.weight == 0;
    if (role != Qt::DisplayRole)
        return {};
    switch (part) {
    case Feature: return row.label;
    case Value: return row.value;
    case Weight: return number(row.weight, 3, signedWeight);
    case Spread: return QStringLiteral("%1 … %2").arg(number(row.low, 3), number(row.high, 3));
    case Bar: break;
    }
    return {};
}

QRectF barRect(const QRectF &cell, const BarCell &bar) {
    const double from = cell.left() + cell.width() * std::min(bar.zero, bar.end), wide = cell.width() * std::abs(bar.end - bar.zero), tall = std::min(10.0, cell.height() - 4);
    const double seen = bar.end == bar.zero ? 0 : std::max(1.0, wide); // never invisible
    return {bar.end < bar.zero ? from + wide - seen : from, cell.center().y() - tall / 2, seen, tall};
}

void BarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    const QVariant shown = index.data(FeatureBarModel::BarRole);
    if (!shown.isValid())
        return StateDelegate::paint(painter, option, index);
    const auto bar = shown.value<BarCell>();
    const Theme &theme = Theme::of(option.widget);
    const Tokens &t = theme.tokens();
    const QRectF cell = QRectF(option.rect).adjusted(theme.px(6), 0, -theme.px(6), -1);
    const auto x = [&](double place) { return cell.left() + cell.width() * place; };
    painter->save();
    paintCellGround(*painter, option, index);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->fillRect(QRectF(x(bar.zero) - 0.5, cell.top(), 1, cell.height()), t.line2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(bar.end < bar.zero ? t.s2 : t.s1);
    painter->drawRoundedRect(barRect(cell, bar), 2, 2);
    if (bar.interval) {
        painter->setPen(QPen(t.s3, 1.5));
        const double y = cell.center().y();
        painter->drawLine(QPointF(x(bar.low), y), QPointF(x(bar.high), y));
        for (const double end : {bar.low, bar.high})
            painter->drawLine(QPointF(x(end), y - 3), QPointF(x(end), y + 3));
    }
    painter->restore();
}

} // namespace pilothouse::ui
