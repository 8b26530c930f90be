// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/confusion_view.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::ui {
namespace {

double widestOf(const std::vector<QString> &names, const QFont &font, double most) {
    double widest = 0;
    for (const QString &name : names)
        widest = std::max(widest, widthOf(font, name));
    return std::min(widest, most);
}

} // namespace

std::vector<std::vector<double>> rowShares(const std::vector<std::vector<double>> &counts) {
    std::vector<std::vector<double>> shares = counts;
    for (auto &row : shares) {
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        for (double &value : row)
            value = sum > 0 ? 100 * value / sum : 0;
    }
    return shares;
}

ConfusionView::ConfusionView(QWidget *parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding); }

void ConfusionView::setMatrix(const QString &title, const std::vector<QString> &classes, const std::vector<std::vector<double>> &counts, Ink ink) {
    m_title = title;
    m_classes = classes;
    m_shares = rowShares(counts);
    m_ink = ink;
    double right = 0, all = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        all += std::accumulate(counts[i].begin(), counts[i].end(), 0.0);
        right += i < counts[i].size() ? counts[i][i] : 0;
    }
    m_right = all > 0 ? tr("%1 right").arg(percent(right / all)) : tr("no rows");
    setAccessibleName(title);
    QStringList words{m_right};
    for (std::size_t i = 0; i < m_classes.size() && i < m_shares.size(); ++i)
        for (std::size_t j = 0; j < m_shares[i].size() && j < m_classes.size(); ++j)
            words << tr("%1 taken for %2: %3 %").arg(m_classes[i], m_classes[j], fixed(m_shares[i][j], 0));
    setAccessibleDescription(words.join(QLatin1String("; ")));
    update();
}

QSize ConfusionView::sizeHint() const { return {Theme::of(this).px(300), Theme::of(this).px(160)}; }

void ConfusionView::paintEvent(QPaintEvent *) {
    if (m_classes.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const QFont small = theme.font(TextRole::Caption);
    const double names = widestOf(m_classes, small, width() * 0.3) + theme.px(8), head = theme.px(20), foot = theme.px(16);
    const double n = double(m_classes.size());
    const QRectF area(names, head, width() - names - 1, height() - head - foot);
    painter.setFont(theme.font(TextRole::Label));
    painter.setPen(t.t1);
    drawLine(painter, QRectF(names, 0, area.width(), head), Qt::AlignLeft | Qt::AlignVCenter, m_title);
    drawLine(painter, QRectF(names, 0, area.width(), head), Qt::AlignRight | Qt::AlignVCenter, m_right);
    const double wide = area.width() / n, tall = area.height() / n;
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        painter.setFont(small);
        painter.setPen(t.t3);
        drawLine(painter, QRectF(0, area.top() + tall * double(i), names - theme.px(8), tall), Qt::AlignRight | Qt::AlignVCenter, m_classes[i]);
        drawLine(painter, QRectF(area.left() + wide * double(i) + 1, area.bottom(), wide - 2, foot), Qt::AlignCenter, m_classes[i]);
        for (std::size_t j = 0; i < m_shares.size() && j < m_shares[i].size(); ++j) {
            const QRectF cell(area.left() + wide * double(j) + 1, area.top() + tall * double(i) + 1, wide - 2, tall - 2);
            QColor shade = t.*m_ink;
            shade.setAlphaF(float(0.04 + 0.5 * m_shares[i][j] / 100));
            painter.setPen(Qt::NoPen);
            painter.setBrush(shade);
            painter.drawRoundedRect(cell, 3, 3);
            painter.setFont(theme.font(i == j ? TextRole::Label : TextRole::Second));
            painter.setPen(i == j ? t.t1 : t.t2);
            drawLine(painter, cell, Qt::AlignCenter, fixed(m_shares[i][j], 0));
        }
    }
}

HeatMap::HeatMap(QWidget *parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Heat map"));
}

void HeatMap::setValues(std::vector<QString> rows, std::vector<QString> columns, std::vector<std::vector<double>> values, double bad, double full) {
    m_rows = std::move(rows);
    m_columns = std::move(columns);
    m_values = std::move(values);
    m_bad = bad;
    m_full = full > 0 ? full : 1;
    m_row = std::clamp(m_row, 0, std::max(0, int(m_rows.size()) - 1));
    m_column = std::min(m_column, int(m_columns.size()) - 1);
    describe();
    update();
}

/// The cell where the keys are, else each row's newest value.
void HeatMap::describe() {
    QStringList words;
    if (hasFocus() && m_column >= 0)
        words << cellText(m_row, m_column);
    else
        for (std::size_t i = 0; i < m_rows.size() && i < m_values.size(); ++i)
            if (!m_values[i].empty())
                words << QStringLiteral("%1: %2").arg(m_rows[i], number(m_values[i].back()));
    setAccessibleDescription(words.join(QLatin1String("; ")));
}

QString HeatMap::cellText(int row, int column) const {
    if (row < 0 || row >= int(m_values.size()) || column < 0 || column >= int(m_values[std::size_t(row)].size()))
        return {};
    const double value = m_values[std::size_t(row)][std::size_t(column)];
    return QStringLiteral("%1 · %2 · %3").arg(m_rows[std::size_t(row)], m_columns[std::size_t(column)], std::isnan(value) ? tr("not known") : number(value));
}

QSize HeatMap::sizeHint() const { return {Theme::of(this).px(320), Theme::of(this).px(17 * int(m_rows.size()) + 24)}; }

int HeatMap::shownRows() const {
    const Theme &theme = Theme::of(this);
    return std::min(int(m_rows.size()), std::max(1, (height() - theme.px(18)) / theme.px(13)));
}

QRectF HeatMap::cellRect(int row, int column) const {
    const Theme &theme = Theme::of(this);
    const double names = widestOf(m_rows, theme.font(TextRole::Caption), width() * 0.35) + theme.px(8), foot = theme.px(18);
    const double wide = (width() - names) / std::max<double>(1, double(m_columns.size()));
    const double tall = std::min<double>(theme.px(22), (height() - foot) / std::max<double>(1, double(shownRows())));
    return {names + wide * column + 0.5, tall * row + 0.5, wide - 1, tall - 1};
}

std::pair<int, int> HeatMap::at(const QPointF &point) const {
    for (int row = 0; row < shownRows(); ++row)
        for (int column = 0; column < int(m_columns.size()); ++column)
            if (cellRect(row, column).contains(point))
                return {row, column};
    return {-1, -1};
}

void HeatMap::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Caption));
    for (int row = 0; row < shownRows(); ++row) {
        const QRectF first = cellRect(row, 0);
        painter.setPen(t.t3);
        drawLine(painter, QRectF(0, first.top(), first.left() - theme.px(8), first.height()), Qt::AlignRight | Qt::AlignVCenter, m_rows[std::size_t(row)], Qt::ElideMiddle);
        for (int column = 0; column < int(m_columns.size()); ++column) {
            const QRectF cell = cellRect(row, column);
            const double value = row < int(m_values.size()) && column < int(m_values[std::size_t(row)].size()) ? m_values[std::size_t(row)][std::size_t(column)] : std::nan("");
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.bg2);
            painter.drawRoundedRect(cell, 2, 2);
            if (std::isnan(value)) {
                painter.save();
                painter.setClipRect(cell);
                painter.setPen(QPen(t.line2, 1));
                for (double x = cell.left() - cell.height(); x < cell.right(); x += 5)
                    painter.drawLine(QPointF(x, cell.bottom()), QPointF(x + cell.height(), cell.top()));
                painter.restore();
                continue;
            }
            QColor shade = t.s3;
            shade.setAlphaF(float(qBound(0.0, value / m_full, 1.0)));
            painter.setBrush(shade);
            painter.drawRoundedRect(cell, 2, 2);
            if (value >= m_bad && m_bad > 0) {
                painter.setBrush(t.bg0);
                painter.drawEllipse(cell.center(), 2, 2);
            }
        }
    }
    if (hasFocus() && m_column >= 0 && m_row < shownRows()) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(cellRect(m_row, m_column), 2, 2);
    }
    const int every = std::max(1, int(std::ceil(theme.px(70) / std::max(1.0, cellRect(0, 0).width() + 1))));
    painter.setPen(t.t3);
    for (int column = 0; column < int(m_columns.size()); column += every) {
        const QRectF cell = cellRect(shownRows() - 1, column);
        drawLine(painter, QRectF(cell.left(), cell.bottom() + 2, theme.px(70), theme.px(16)), Qt::AlignLeft | Qt::AlignVCenter, m_columns[std::size_t(column)]);
    }
    if (const int more = int(m_rows.size()) - shownRows(); more > 0) {
        const QRectF cell = cellRect(shownRows() - 1, 0);
        drawLine(painter, QRectF(0, cell.bottom() + 2, cell.left() - theme.px(8), theme.px(16)), Qt::AlignRight | Qt::AlignVCenter, tr("%n more", nullptr, more));
    }
}

void HeatMap::mousePressEvent(QMouseEvent *event) {
    if (const auto [row, column] = at(event->position()); row >= 0)
        Q_EMIT chosen(row, column);
}

void HeatMap::keyPressEvent(QKeyEvent *event) {
    const int rows = shownRows(), columns = int(m_columns.size());
    if (rows == 0 || columns == 0)
        return QWidget::keyPressEvent(event);
    const int column = m_column < 0 ? columns - 1 : m_column;
    switch (event->key()) {
    case Qt::Key_Left: m_column = std::max(0, column - 1); break;
    case Qt::Key_Right: m_column = std::min(columns - 1, column + 1); break;
    case Qt::Key_Up: m_row = std::max(0, m_row - 1); break;
    case Qt::Key_Down: m_row = std::min(rows - 1, m_row + 1); break;
    case Qt::Key_Home: m_column = 0; break;
    case Qt::Key_End: m_column = columns - 1; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT chosen(m_row, column);
        return;
    default: return QWidget::keyPressEvent(event);
    }
    m_column = m_column < 0 ? column : m_column;
    describe();
    QToolTip::showText(mapToGlobal(cellRect(m_row, m_column).bottomRight().toPoint()), cellText(m_row, m_column), this);
    update();
}

void HeatMap::focusInEvent(QFocusEvent *event) {
    if (m_column < 0)
        m_column = int(m_columns.size()) - 1; // the newest
    describe();
    update();
    QWidget::focusInEvent(event);
}

void HeatMap::focusOutEvent(QFocusEvent *event) {
    QToolTip::hideText();
    describe();
    update();
    QWidget::focusOutEvent(event);
}

bool HeatMap::event(QEvent *event) {
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        if (const auto [row, column] = at(help->pos()); row >= 0)
            QToolTip::showText(help->globalPos(), cellText(row, column), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace pilothouse::ui
