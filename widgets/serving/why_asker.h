// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/why.h"
#include "widgets/base/panel.h"

#include <QTimer>

#include <atomic>
#include <memory>

namespace pilothouse::ui {

/// An explanation that is asked for, one at a time: what it is of, how far it is, and how it ended. GUI thread; the work is a `pilot` child.
class WhyAsker : public QObject {
    Q_OBJECT
public:
    explicit WhyAsker(const PanelContext &context, QObject *parent = nullptr);
    ~WhyAsker() override; ///< stops it
    void ask(const fleet::WhyQuestion &question); ///< nothing happens while one is asked for
    void stop();   ///< it ends as Cancelled
    void forget(); ///< stops it, and whatever comes is not told
    bool isRunning() const { return m_task.isRunning(); }
    bool isStopping() const { return isRunning() && m_task.stop.stop_requested(); }
    double share() const; ///< 0 … 1 of the steps; −1: not known
    const fleet::WhyQuestion &question() const { return m_question; } ///< the last one asked

Q_SIGNALS:
    void changed(); ///< begun, on its way (five times a second) or ended
    void explained(const explain::Explanation &explanation);
    void failed(const Error &error); ///< also Cancelled

private:
    PanelContext m_context;
    fleet::WhyQuestion m_question;
    Task<explain::Explanation> m_task;
    quint64 m_asked = 0; ///< the answer of an older one is not told
    std::shared_ptr<std::atomic<int>> m_permille; ///< written by the waiting thread; −1: nothing yet
    QTimer m_tick;
};

} // namespace pilothouse::ui
