// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme.h"

#include <QWidget>

namespace pilothouse::ui {

/// The size a sheet opens with: as asked, at the person's scale, and never more than the window below it has, of which a rim stays in sight.
/// @param over  a widget of that window; null: there is none
inline QSize sheetSize(const QWidget *over, int width, int height) {
    const Theme &theme = Theme::of(over);
    const QSize wanted(theme.px(width), theme.px(height));
    return over ? wanted.boundedTo(over->window()->size() - QSize(theme.px(24), theme.px(24))) : wanted;
}

} // namespace pilothouse::ui
