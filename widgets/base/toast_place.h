// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QRect>

#include <optional>

class QWidget;

namespace pilothouse::ui {

/// Where notices of this size stand: as near to the bottom right of the room as can be without covering one of the rectangles. Nothing: there is no such place.
std::optional<QPoint> toastPlace(const QRect &room, const QSize &size, const QList<QRect> &clear, int gap);

/// What notices must not cover in a window: the buttons that decide, as far as they are seen.
QList<QRect> decisionPlaces(const QWidget *window);

} // namespace pilothouse::ui
