// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/base/state.h"

#include <QWidget>

#include <functional>

namespace pilothouse::ui {

/// Bottom right of a window, at most three notices, no focus theft. Success leaves after 8 s, errors stay until closed.
class ToastArea : public QWidget {
    Q_OBJECT
public:
    explicit ToastArea(QWidget *window);
    /// @param button e.g. "Undo" or "Open run"; empty: none. The newest Undo also answers Ctrl Z (undoLast).
    void show(State state, const QString &what, const QString &why, const QString &button = {}, std::function<void()> act = {});
    void showError(const Error &error);
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
    QList<Toast *> m_toasts;
};

} // namespace pilothouse::ui
