// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/panels.h"

#include <QDialog>

namespace pilothouse::console {

/// "?": every key of the catalogue, by screen, and the keys of tables and charts.
class KeySheet : public QDialog {
    Q_OBJECT
public:
    KeySheet(const ui::ActionCatalogue &actions, const std::vector<PanelEntry> &panels, QWidget *window);
};

} // namespace pilothouse::console
