// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/action_catalogue.h"

#include <QDialog>

class QLineEdit;
class QPlainTextEdit;

namespace pilothouse::ui {

class Button;

/// Asks once before a command that changes the world: what it will do, how it is undone, a verb on the button (never
/// "OK"), the typed name where the connection is guarded, a comment where one is kept. Opened, never exec'ed: no nested loop.
class ConfirmSheet : public QDialog {
    Q_OBJECT
public:
    ConfirmSheet(const QString &title, const Danger &danger, std::function<void(const QString &comment)> go, QWidget *window);
    /// The ActionCatalogue::Ask of a window.
    static ActionCatalogue::Ask asker(QWidget *window);

private:
    void refresh();
    Danger m_danger;
    QLineEdit *m_name = nullptr;
    QPlainTextEdit *m_comment = nullptr;
    Button *m_verb;
};

} // namespace pilothouse::ui
