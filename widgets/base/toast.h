// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/base/state.h"

#include <QDialog>
#include <QTimer>
#include <QWidget>

#include <functional>

namespace pilothouse::ui {

/// Bottom right of a window, at most three notices, no focus theft, never over a button that decides. Success leaves after 8 s, errors stay until closed. A notice
/// is short: what does not fit into about four lines stands behind "Details".
class ToastArea : public QWidget {
    Q_OBJECT
public:
    explicit ToastArea(QWidget *window);
    /// @param button e.g. "Undo" or "Open run"; empty: none. The newest Undo also answers Ctrl Z (undoLast).
    /// @param details the whole text, where `why` is only its start
    void show(State state, const QString &what, const QString &why, const QString &button = {}, std::function<void()> act = {}, const QString &details = {});
    void showError(const Error &error);
    /// A sentence or two from the core: what it says first, the rest behind "Details".
    void showNote(State state, const QString &note);
    void dismissAll();
    using QWidget::show;
    bool undoLast(); ///< runs the newest toast's button if it is an undo; false if none
    int count() const;
    QStringList texts() const; ///< newest last, for tests and screen readers
    static constexpr int keepMilliseconds = 8000;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Toast;
    void place();
    QWidget *m_window;
    QTimer m_soon; ///< until the notices are placed anew, since something in the window moved
    QList<Toast *> m_toasts;
};

/// A text too long for a notice, to read and to copy. Opened, never exec'ed.
class DetailsSheet : public QDialog {
    Q_OBJECT
public:
    DetailsSheet(const QString &title, const QString &text, QWidget *window);
};

} // namespace pilothouse::ui
