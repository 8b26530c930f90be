// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/promotion/slice_model.h"

#include "widgets/base/format.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;
} // namespace

SliceModel::SliceModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Slice"), left, 0, {}, 0},         {tr("Rows"), right, 64, {}, 1},    {tr("Champion"), right, 86, {}, 0},
                 {tr("Candidate"), right, 88, {}, 0},   {tr("Change"), right, 72, tr("Coloured where it is told apart at 5 %, corrected for the number of slices (Benjamini-Hochberg)"), 0},
                 {tr("95 % interval"), right, 136, tr("Paired bootstrap over the same rows"), 2}};
}

QString SliceModel::summary() const {
    const auto having = [&](QLatin1String verdict) { return int(std::count_if(rows().begin(), rows().end(), [&](const auto &s) { return s.verdict == verdict; })); };
    return tr("%1 worse, %2 better of %3").arg(having(QLatin1String("worse"))).arg(having(QLatin1String("better"))).arg(rows().size());
}

QVariant SliceModel::cell(const metrics::PairedSlice &s, int column, int role) const {
    const bool judged = !std::isnan(s.low) && !std::isnan(s.high);
    switch (role) {
    case SortRole:
        switch (column) {
        case Group: return key(s);
        case Rows: return qulonglong(s.rows);
        case Champion: return s.a;
        case Candidate: return s.b;
        default: return s.change;
        }
    case StrongRole: return column == Candidate;
    case MutedRole: return column == Rows || column == Champion || column == Interval;
    case TextStateRole:
        if (column != Change || s.verdict == QLatin1String("not distinguishable"))
            return {};
        return int(s.verdict == QLatin1String("better") ? State::Ok : State::Bad);
    case Qt::AccessibleTextRole: return tr("%1 %2: %3 against %4, %5").arg(s.by, s.name, number(s.b), number(s.a), s.verdict);
    case Qt::ToolTipRole:
        return judged ? tr("The candidate is %1 on these rows; adjusted p = %2.").arg(s.verdict, number(s.adjusted)) : tr("Too few rows: under %1 a slice is not judged.").arg(metrics::sliceRows);
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (column) {
    case Group: return QStringLiteral("%1 = %2").arg(s.by, s.name);
    case Rows: return count(qint64(s.rows));
    case Champion: return number(s.a);
    case Candidate: return number(s.b);
    case Change: return number(s.change, 2, true);
    default: return judged ? tr("%1 … %2").arg(number(s.low, 2, true), number(s.high, 2, true)) : QString();
    }
}

} // namespace pilothouse::ui
