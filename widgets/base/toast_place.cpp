// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/toast_place.h"

#include "widgets/base/button.h"

#include <algorithm>

namespace pilothouse::ui {

std::optional<QPoint> toastPlace(const QRect &room, const QSize &size, const QList<QRect> &clear, int gap) {
    QList<int> rights{room.x() + room.width()}, bottoms{room.y() + room.height()}; // the best place touches one of these: else it could be nearer
    for (const QRect &rect : clear) {
        rights << rect.x() - gap;
        bottoms << rect.y() - gap;
    }
    std::optional<QPoint> best;
    int cost = 0;
    for (const int bottom : bottoms)
        for (const int right : rights) {
            const QRect here(QPoint(right - size.width(), bottom - size.height()), size);
            const int away = rights.front() - right + bottoms.front() - bottom;
            if (!room.contains(here) || (best && away >= cost) || std::any_of(clear.begin(), clear.end(), [&](const QRect &rect) { return rect.intersects(here); }))
                continue;
            best = here.topLeft();
            cost = away;
        }
    return best;
}

QList<QRect> decisionPlaces(const QWidget *window) {
    QList<QRect> places;
    for (const Button *button : window->findChildren<Button *>()) {
        if (!button->isVisible() || !button->decides() || button->window() != window)
            continue;
        QRect seen(button->mapTo(window, QPoint()), button->size());
        for (const QWidget *above = button->parentWidget(); above && above != window; above = above->parentWidget())
            seen &= QRect(above->mapTo(window, QPoint()), above->size());
        if (!seen.isEmpty())
            places << seen;
    }
    return places;
}

} // namespace pilothouse::ui
