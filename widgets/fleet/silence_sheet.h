// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QDialog>

#include <functional>

class QDateTimeEdit;
class QLineEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;

/// For how long nothing is told of an alert, and why. Opened, never exec'ed; deletes itself when closed.
class SilenceSheet : public QDialog {
    Q_OBJECT
public:
    using Go = std::function<void(const QDateTime &until, const QString &comment)>;
    SilenceSheet(const QString &alert, const QDateTime &now, Go go, QWidget *window);
    QDateTime until() const;

private:
    void refresh();
    QDateTime m_now;
    Choice *m_time;
    QDateTimeEdit *m_until;
    Field *m_untilField;
    QLineEdit *m_comment;
    Button *m_silence;
};

} // namespace pilothouse::ui
