// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/promotion/comparison_model.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

State stateOfVerdict(const QString &verdict) {
    return verdict == QLatin1String("better") ? State::Ok : verdict == QLatin1String("worse") ? State::Bad : State::Unknown;
}
} // namespace

ComparisonModel::ComparisonModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Metric"), left, 0, {}, 0},         {tr("Champion"), right, 94, {}, 0}, {tr("Candidate"), right, 98, {}, 0},
                 {tr("Change"), right, 72, {}, 0},       {tr("−50 %, 0, +50 %"), left, 96, tr("The change against the champion's value, with its 95 % interval"), 1},
                 {tr("95 % interval"), right, 120, tr("Paired bootstrap over the same rows"), 2}};
}

void ComparisonModel::setEvidence(const promotion::Evidence &evidence) {
    m_columns[Champion].title = evidence.championVersion ? tr("Champion v%1").arg(*evidence.championVersion) : tr("Naive baseline");
    m_columns[Candidate].title = tr("Candidate v%1").arg(evidence.candidateVersion);
    Q_EMIT headerDataChanged(Qt::Horizontal, Champion, Candidate);
    setRows(evidence.metrics);
}

QVariant ComparisonModel::cell(const promotion::MetricComparison &m, int column, int role) const {
    switch (role) {
    case SortRole: return column == Champion ? m.champion : column == Candidate ? m.candidate : m.change;
    case StrongRole: return column == Candidate;
    case MutedRole: return column == Champion || column == Interval;
    case TextStateRole:
        return column == Change && m.verdict != QLatin1String("not distinguishable") ? QVariant(int(stateOfVerdict(m.verdict))) : QVariant();
    case Qt::AccessibleTextRole: return tr("%1: %2 against %3, %4").arg(metricName(m.metric), number(m.candidate), number(m.champion), m.verdict);
    case Qt::ToolTipRole:
        if (const metrics::Interval own = column == Champion ? m.ofChampion : m.ofCandidate; (column == Champion || column == Candidate) && !std::isnan(own.low))
            return tr("95 % interval %1 … %2").arg(number(own.low), number(own.high));
        return tr("The candidate is %1. Change %2, 95 % interval %3 … %4.").arg(m.verdict, number(m.change, 4, true), number(m.low, 4, true), number(m.high, 4, true));
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (column) {
    case Metric: return metricName(m.metric) + (m.unit.isEmpty() ? QString() : QLatin1Char(' ') + m.unit);
    case Champion: return number(m.champion);
    case Candidate: return number(m.candidate);
    case Change: return number(m.change, 2, true);
    case Interval: return tr("%1 … %2").arg(number(m.low, 2, true), number(m.high, 2, true));
    default: return {};
    }
}

GateModel::GateModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Gate"), left, 0, {}, 0}}; }

QVariant GateModel::cell(const promotion::GateResult &gate, int, int role) const {
    const State state = stateOf(gate.state);
    switch (role) {
    case Qt::DisplayRole: return QStringLiteral("%1\t%2").arg(gate.rule, gate.value);
    case GateRole: return QVariant::fromValue(GateCell{gate.rule, gate.source, gate.value, state});
    case Qt::ToolTipRole: return gate.source.isEmpty() ? gate.rule : gate.rule + QLatin1Char('\n') + gate.source;
    case Qt::AccessibleTextRole: return QStringLiteral("%1: %2, %3").arg(stateWord(state), gate.rule, gate.value);
    case StateRole: return int(state);
    default: return {};
    }
}

QString GateModel::summary() const {
    const auto having = [&](promotion::GateState state) { return int(std::count_if(rows().begin(), rows().end(), [&](const auto &g) { return g.state == state; })); };
    QStringList parts;
    if (const int n = having(promotion::GateState::Pass))
        parts << tr("%n pass", nullptr, n);
    if (const int n = having(promotion::GateState::Warn))
        parts << tr("%n warn", nullptr, n);
    if (const int n = having(promotion::GateState::Block) + having(promotion::GateState::Unknown))
        parts << tr("%n block", nullptr, n);
    if (const int n = having(promotion::GateState::NotRun))
        parts << tr("%n later", nullptr, n);
    if (const int n = having(promotion::GateState::Waits))
        parts << tr("%n wait", nullptr, n);
    return parts.join(QStringLiteral(", "));
}

ForestMark forestMark(const promotion::MetricComparison &metric) {
    ForestMark mark;
    const double scale = std::abs(metric.champion);
    if (!(scale > 0) || !std::isfinite(metric.change) || !std::isfinite(metric.low) || !std::isfinite(metric.high))
        return mark;
    const auto place = [&](double value) { return std::clamp(0.5 + value / scale, 0.0, 1.0); };
    mark.valid = true;
    mark.low = place(metric.low);
    mark.middle = place(metric.change);
    mark.high = place(metric.high);
    const double share = metric.change / scale;
    mark.beyondLow = share < -0.5;
    mark.beyondHigh = share > 0.5;
    mark.percent = int(std::lround(share * 100));
    mark.state = stateOfVerdict(metric.verdict);
    return mark;
}

ForestDelegate::ForestDelegate(const ComparisonModel &model, QObject *parent) : QStyledItemDelegate(parent), m_model(model) {}

void ForestDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const {
    paintCellGround(*painter, option, index);
    const Tokens &t = tokens(option.widget);
    const ForestMark mark = forestMark(m_model.row(index.row()));
    const QRectF box = QRectF(option.rect).adjusted(12, 8, -12, -8);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(t.line2, 1));
    painter->drawLine(QPointF(box.center().x(), box.top() - 4), QPointF(box.center().x(), box.bottom() + 4));
    const QColor ink = t.*(mark.state == State::Unknown ? &Tokens::t2 : stateInk(mark.state));
    const double y = box.center().y();
    const auto x = [&](double share) { return box.left() + share * box.width(); };
    if (mark.valid && (mark.beyondLow || mark.beyondHigh)) {
        // Off the scale: an arrow at the edge and the number beside it.
        const double tip = mark.beyondLow ? box.left() : box.right(), back = mark.beyondLow ? tip + 7 : tip - 7;
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawPolygon(QPolygonF({{tip, y}, {back, y - 5}, {back, y + 5}}));
        painter->setPen(t.t2);
        painter->setFont(Theme::of(option.widget).font(TextRole::Caption));
        const QRectF text = mark.beyondLow ? QRectF(back + 4, box.top() - 4, 44, box.height() + 8) : QRectF(back - 48, box.top() - 4, 44, box.height() + 8);
        drawTabular(*painter, text, (mark.beyondLow ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, fixed(mark.percent, 0, true));
    } else if (mark.valid) {
        painter->setPen(QPen(ink, 1.4));
        painter->drawLine(QPointF(x(mark.low), y), QPointF(x(mark.high), y));
        for (const double end : {mark.low, mark.high})
            painter->drawLine(QPointF(x(end), y - 4), QPointF(x(end), y + 4));
        painter->setBrush(ink);
        painter->drawEllipse(QPointF(x(mark.middle), y), 2.6, 2.6);
    }
    painter->restore();
}

} // namespace pilothouse::ui
