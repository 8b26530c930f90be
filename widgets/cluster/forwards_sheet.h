// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/cluster/forward_list.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;
class Label;
class PanelState;
class Table;

/// The port-forwards in a window of its own: start one, and those that are open, with their bytes; stop, copy the address, open it in a browser. Closing it stops none.
class ForwardsSheet : public QWidget {
    Q_OBJECT
public:
    ForwardsSheet(ForwardList &list, Pools &pools, std::shared_ptr<fleet::Services> services, QWidget *window);
    ~ForwardsSheet() override;
    /// Fills the form, and reads which ports there are.
    void offer(const ForwardWish &wish);
    bool isOf(const std::shared_ptr<fleet::Services> &services) const { return m_services == services; } ///< else the workspace was read again since

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildForm();
    QWidget *buildFoot();
    void start();
    void refresh();
    void showButtons();
    QString address() const; ///< of the chosen one; empty: none is chosen
    ForwardList &m_list;
    Pools &m_pools;
    std::shared_ptr<fleet::Services> m_services;
    ForwardModel *m_model;
    Choice *m_connection;
    QLineEdit *m_space, *m_target, *m_port, *m_local;
    Field *m_portField;
    Button *m_start, *m_stop, *m_copy, *m_browse;
    Table *m_table;
    PanelState *m_state;
    Label *m_said;
    Task<std::vector<cluster::NamedPort>> m_ports;
    int m_asked = 0;
    QTimer m_tick;
};

} // namespace pilothouse::ui
