// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/table.h"

namespace pilothouse::ui {

/// The table of runs: many columns that scroll sideways, Space and X mark, Ctrl C copies what is marked or the chosen run.
class RunTable : public Table {
    Q_OBJECT
public:
    explicit RunTable(QWidget *parent = nullptr);
    void layNow() { updateGeometries(); } ///< the scroll bar knows the rows that are there

Q_SIGNALS:
    void markWanted(const QString &id);
    void copyWanted();
    void scrolled();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void resizeEvent(QResizeEvent *event) override;
};

} // namespace pilothouse::ui
