// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/style.h"

#include "widgets/base/theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace pilothouse::ui {
namespace {

constexpr int scrollBarWidth = 10;

QRect sliderRect(const QStyleOptionSlider &bar) {
    const bool flat = bar.orientation == Qt::Horizontal;
    const int length = flat ? bar.rect.width() : bar.rect.height();
    const int range = bar.maximum - bar.minimum;
    const int handle = range > 0 ? qBound(24, int(qint64(length) * bar.pageStep / (qint64(range) + bar.pageStep)), length) : length;
    const int at = QStyle::sliderPositionFromValue(bar.minimum, bar.maximum, bar.sliderPosition, length - handle, bar.upsideDown);
    return flat ? QRect(at, 0, handle, bar.rect.height()) : QRect(0, at, bar.rect.width(), handle);
}

} // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const {
    if (element == PE_FrameFocusRect) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(tokens(widget).acc, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), 4, 4);
        painter->restore();
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const {
    const auto *bar = control == CC_ScrollBar ? qstyleoption_cast<const QStyleOptionSlider *>(option) : nullptr;
    if (!bar)
        return QProxyStyle::drawComplexControl(control, option, painter, widget);
    const Tokens &t = tokens(widget);
    if (bar->maximum <= bar->minimum)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool active = bar->state & (State_MouseOver | State_Sunken);
    const QRectF handle = QRectF(sliderRect(*bar)).adjusted(2, 2, -2, -2);
    const double radius = qMin(handle.width(), handle.height()) / 2;
    painter->setPen(Qt::NoPen);
    painter->setBrush(active ? t.line3 : t.line2);
    painter->drawRoundedRect(handle, radius, radius);
    painter->restore();
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part, const QWidget *widget) const {
    const auto *bar = control == CC_ScrollBar ? qstyleoption_cast<const QStyleOptionSlider *>(option) : nullptr;
    if (!bar)
        return QProxyStyle::subControlRect(control, option, part, widget);
    const QRect handle = sliderRect(*bar);
    const bool flat = bar->orientation == Qt::Horizontal;
    switch (part) {
    case SC_ScrollBarSlider: return handle;
    case SC_ScrollBarGroove: return QRect(QPoint(0, 0), bar->rect.size());
    case SC_ScrollBarSubPage: return flat ? QRect(0, 0, handle.left(), bar->rect.height()) : QRect(0, 0, bar->rect.width(), handle.top());
    case SC_ScrollBarAddPage:
        return flat ? QRect(handle.right() + 1, 0, bar->rect.width() - handle.right() - 1, bar->rect.height())
                    : QRect(0, handle.bottom() + 1, bar->rect.width(), bar->rect.height() - handle.bottom() - 1);
    default: return {};
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const {
    switch (metric) {
    case PM_ScrollBarExtent: return scrollBarWidth;
    case PM_ScrollView_ScrollBarSpacing: return 0;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin: return 2;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_ScrollBar_Transient: return 0;
    case SH_Widget_Animation_Duration: return 0; // motion only for progress
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_ToolTip_WakeUpDelay: return 400;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace pilothouse::ui
