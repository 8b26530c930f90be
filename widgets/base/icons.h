// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

class QPainter;

namespace pilothouse::ui {

/// Our one icon set (resources/icons, 16 px grid, 1.4 stroke), tinted when drawn and cached per colour, size and pixel
/// ratio. An unknown name draws nothing.
QPixmap iconPixmap(const QString &name, const QSizeF &size, const QColor &ink, const QColor &knockout, double ratio);
void paintIcon(QPainter &painter, const QRectF &rect, const QString &name, const QColor &ink, const QColor &knockout = {});
/// For buttons, menus and actions: second ink, first ink under the mouse, third when disabled; follows the theme.
QIcon icon(const QString &name);
bool hasIcon(const QString &name);

} // namespace pilothouse::ui
