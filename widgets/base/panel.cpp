// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/panel.h"

#include "widgets/base/part.h"

namespace pilothouse::ui {

Panel::Panel(const QString &id, const QString &title, const PanelContext &context, QWidget *parent)
    : QWidget(parent), m_title(title), m_context(context) {
    setProperty(partProperty, true); // the window builds panels ahead
    setObjectName(id);
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus); // keys of the panel need a place to stand when nothing is chosen
    if (!m_context.theme)
        m_context.theme = &Theme::of(this);
}

} // namespace pilothouse::ui
