// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QPainter>

namespace pilothouse::ui {

Legend::Legend(std::vector<Entry> entries, QWidget *parent) : QWidget(parent), m_entries(std::move(entries)) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Legend::setEntries(std::vector<Entry> entries) {
    m_entries = std::move(entries);
    updateGeometry();
    update();
}

QSize Legend::sizeHint() const {
    const Theme &theme = Theme::of(this);
    const QFont &font = theme.font(TextRole::Second);
    int width = 0;
    for (const Entry &entry : m_entries)
        width += qRound(widthOf(font, entry.text)) + theme.px(16 + 6 + 14);
    return {width, theme.px(20)};
}

void Legend::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Second));
    double x = theme.px(6);
    for (const Entry &entry : m_entries) {
        QPen pen(t.*entry.ink, 2);
        if (entry.dashed)
            pen.setDashPattern({1.6, 1.6});
        painter.setPen(pen);
        painter.drawLine(QPointF(x, height() / 2.0), QPointF(x + theme.px(16), height() / 2.0));
        x += theme.px(22);
        painter.setPen(t.t2);
        const double wide = widthOf(painter, entry.text);
        drawLine(painter, QRectF(x, 0, wide + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, entry.text);
        x += wide + theme.px(14);
    }
}

} // namespace pilothouse::ui
