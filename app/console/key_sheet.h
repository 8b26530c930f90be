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

/// A shortcut as the words in its boxes: "Ctrl K" → {Ctrl, K}; "G, O" → {G, O}.
QStringList keyWords(const QKeySequence &keys);

} // namespace pilothouse::console
