// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/base/theme.h"

#include <QWidget>

namespace pilothouse::ui {
class ActionCatalogue;
class Button;
} // namespace pilothouse::ui

namespace pilothouse::console {

/// What a person sees before anything is connected (board 10b): the loop, the demo, and the ways to one's own.
class FirstStart : public QWidget {
    Q_OBJECT
public:
    explicit FirstStart(QWidget *parent = nullptr);
    void setDemo(const QString &folder, bool ready); ///< "Ready" beside the button, and where its files are
    void setProblem(const Error &error);             ///< the demo could not be made

Q_SIGNALS:
    void demoWanted();
    void connectWanted(const QString &what); ///< registry, ci, cluster, metrics
    void workspaceWanted();                  ///< choose a file
    void templateWanted();                   ///< a new workspace from a template

private:
    QWidget *loop();
    QWidget *demoCard();
    QWidget *ownCard();
    ui::Button *m_demo = nullptr;
    ui::Label *m_ready = nullptr;
};

} // namespace pilothouse::console
