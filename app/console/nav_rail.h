// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/panels.h"

#include <QAbstractButton>
#include <QHash>
#include <QWidget>

namespace pilothouse::console {

class RailItem;

/// The rail at the left: 72 px with labels, 48 px without below 1280 px of window. Counts stand in badges, a warning as a
/// triangle.
class NavRail : public QWidget {
    Q_OBJECT
public:
    explicit NavRail(const std::vector<PanelEntry> &entries, QWidget *parent = nullptr);
    void setCurrent(const QString &id);
    void setCount(const QString &id, int count, ui::State state = ui::State::None);
    void setNarrow(bool narrow);

Q_SIGNALS:
    void chosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void relayout();
    std::vector<RailItem *> m_items;
    bool m_narrow = false;
};

} // namespace pilothouse::console
