// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"

#include <vector>

namespace pilothouse::console {

/// One line of the rail: a panel is one entry here and nothing else in the program names it.
struct PanelEntry {
    QString id, title, icon;
    QString key;         ///< second letter of "G …"
    QStringList actions; ///< prefixes of the commands it brings ("promotion."): a command of a panel not yet built builds it
    bool atFoot = false; ///< lower end of the rail
    std::function<ui::Panel *(const ui::PanelContext &)> make; ///< absent: this build has no such panel
};

/// In the order of the rail. Titles are translated, so call after the translator was installed.
std::vector<PanelEntry> panelEntries();

} // namespace pilothouse::console
