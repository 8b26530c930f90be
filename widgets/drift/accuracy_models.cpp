// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/accuracy_models.h"

#include "widgets/base/format.h"

#include <QLocale>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

/// A number as the console writes it, a class as it is called.
QString shown(const QString &value) {
    bool isNumber = false;
    const double read = value.toDouble(&isNumber);
    return isNumber ? number(read, 4) : value;
}
} // namespace

CauseModel::CauseModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Feature"), left, 0, {}, 0},
                 {tr("Part, %"), left, 110, tr("Share of drift × importance over all features"), 0},
                 {tr("Drift × weight"), right, 110, tr("How far it moved (PSI less chance) times what the metric loses without it"), 1}};
}

QVariant CauseModel::cell(const learn::AccuracyCause &c, int column, int role) const {
    if (role == EffectRole && column == 1 && !c.tooFew)
        return QVariant::fromValue(EffectCell{c.share, 2, 2, 1, fixed(100 * c.share, 0), {}, c.share >= 0.25 ? State::Warn : State::Ok}); // no limit lies on the track
    if (role == SortRole)
        return column == 0 ? QVariant(c.feature) : QVariant(c.share);
    if (role == Qt::AccessibleTextRole && column == 0)
        return c.tooFew ? tr("%1: too few rows to tell its drift").arg(c.feature) : tr("%1: %2 of drift × importance").arg(c.feature, percent(c.share));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case 0: return c.feature;
    case 1: return c.tooFew ? tr("too few rows") : fixed(100 * c.share, 0);
    default: return c.tooFew ? QString() : QStringLiteral("%1 × %2").arg(number(c.drift, 2), number(c.importance, 2));
    }
}

LookModel::LookModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Asked"), left, 0, {}, 0}, {tr("Predicted"), right, 84, {}, 0}, {tr("Was"), right, 76, {}, 0}, {tr("Error"), right, 66, {}, 1}};
}

QString LookModel::key(const fleet::AccuracyWhy::Look &row) const {
    return row.predictionId.isEmpty() ? QString::number(row.timeMs) : row.predictionId;
}

QVariant LookModel::cell(const fleet::AccuracyWhy::Look &row, int column, int role) const {
    if (role == SortRole && column == 3)
        return row.loss;
    if (role == Qt::ToolTipRole || (role == Qt::AccessibleTextRole && column == 0)) {
        QStringList lines{tr("Prediction %1").arg(key(row))};
        for (const auto &[name, value] : row.inputs)
            lines << QStringLiteral("%1 = %2").arg(name, value);
        return lines.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(", "));
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case 0: return QLocale().toString(shownTime(QDateTime::fromMSecsSinceEpoch(row.timeMs, Qt::UTC)), QStringLiteral("d MMM HH:mm"));
    case 1: return shown(row.predicted);
    case 2: return shown(row.truth);
    default: return number(row.loss);
    }
}

} // namespace pilothouse::ui
