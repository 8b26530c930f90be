// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/template_diff_view.h"

#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

namespace pilothouse::ui {

TemplateDiffView::TemplateDiffView(QWidget *parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, [this] { place(); });
}

void TemplateDiffView::setDiff(cluster::TemplateDiff diff) {
    m_diff = std::move(diff);
    setAccessibleDescription(m_diff.text());
    place();
}

void TemplateDiffView::setDiff(const QJsonObject &diff) {
    cluster::TemplateDiff out;
    out.changes = diff.value(QLatin1String("changes")).toInt();
    for (const QJsonValue &value : diff.value(QLatin1String("lines")).toArray()) {
        const QString sign = value[QLatin1String("sign")].toString();
        out.lines.push_back({sign.isEmpty() ? QLatin1Char(' ') : sign.at(0), value[QLatin1String("indent")].toInt(), value[QLatin1String("text")].toString()});
    }
    setDiff(std::move(out));
}

int TemplateDiffView::lineHeight() const { return int(Theme::of(this).px(16)); }

int TemplateDiffView::neededHeight() const { return int(m_diff.lines.size()) * lineHeight() + int(Theme::of(this).px(8)); }

void TemplateDiffView::place() {
    verticalScrollBar()->setSingleStep(lineHeight());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, neededHeight() - viewport()->height()));
    viewport()->update();
}

void TemplateDiffView::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    place();
}

void TemplateDiffView::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Mono));
    const int height = lineHeight(), top = theme.px(4) - verticalScrollBar()->value(), width = viewport()->width();
    for (std::size_t i = 0; i < m_diff.lines.size(); ++i) {
        const cluster::TemplateDiff::Line &line = m_diff.lines[i];
        const QRect rect(0, top + int(i) * height, width, height);
        if (rect.bottom() < 0 || rect.top() > viewport()->height())
            continue;
        const bool went = line.sign == QLatin1Char('-'), came = line.sign == QLatin1Char('+');
        if (went || came)
            painter.fillRect(rect, went ? t.badT : t.okT);
        painter.setPen(went ? t.bad : came ? t.ok : t.t2);
        if (went || came)
            painter.drawText(QRect(theme.px(12), rect.top(), theme.px(14), height), Qt::AlignVCenter, line.sign);
        drawLine(painter, QRectF(theme.px(26) + line.indent * theme.px(13), rect.top(), width - theme.px(34) - line.indent * theme.px(13), height), Qt::AlignLeft | Qt::AlignVCenter, line.text);
    }
}

void TemplateDiffView::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy))
        return QGuiApplication::clipboard()->setText(m_diff.text());
    QAbstractScrollArea::keyPressEvent(event);
}

} // namespace pilothouse::ui
