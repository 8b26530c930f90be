// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/cluster/pod_shell.h"
#include "core/fleet/services.h"

#include <QWidget>

#include <memory>

namespace pilothouse::ui {

class Button;
class Choice;
class Label;
class TerminalView;

/// Tells the window that a shell wrote something; emitted in the thread that reads it.
class ShellBell : public QObject {
    Q_OBJECT
Q_SIGNALS:
    void rang();
};

/// Which pod a shell is opened in.
struct ShellWish {
    QString connection, space, pod, container; ///< container: empty: the pod's default one
    QStringList typed;                         ///< names of guarded connections that were typed for it
};

/// A shell in a pod, in a window of its own: an operation from its opening to its end. Closing the window hangs it up.
class TerminalSheet : public QWidget {
    Q_OBJECT
public:
    TerminalSheet(Pools &pools, std::shared_ptr<fleet::Services> services, const ShellWish &wish, QWidget *window);
    ~TerminalSheet() override;
    TerminalView &view() { return *m_view; }
    bool isOpen() const { return m_task.isRunning(); }
    QString state() const; ///< "connected", or how it ended

protected:
    void showEvent(QShowEvent *event) override;

private:
    void open();
    void lookForContainers();
    void take();
    void ended(const Result<cluster::PodShell::End> &result);
    Pools &m_pools;
    std::shared_ptr<fleet::Services> m_services;
    ShellWish m_wish;
    TerminalView *m_view;
    Label *m_state;
    Choice *m_container;
    Button *m_again;
    Task<QStringList> m_look;
    Task<cluster::PodShell::End> m_task;
    std::shared_ptr<cluster::PodShell> m_shell; ///< the present one
    std::shared_ptr<ShellBell> m_bell;
};

} // namespace pilothouse::ui
