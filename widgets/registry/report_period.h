// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QDialog>

#include <functional>

class QDateEdit;

namespace pilothouse::ui {

class Button;
class Choice;
class Field;

/// From when to when a report is about: everything, a usual stretch, or days of one's own. Days are those of this machine's zone, both included. Opened, never
/// exec'ed; deletes itself when closed.
class ReportPeriodSheet : public QDialog {
    Q_OBJECT
public:
    /// An invalid bound is none; `until` is the first moment that is out.
    using Go = std::function<void(const QDateTime &since, const QDateTime &until)>;
    ReportPeriodSheet(const QString &title, const QDateTime &now, Go go, QWidget *window);
    QDateTime since() const, until() const;

private:
    void choosePeriod();
    void refresh();
    QDate m_today;
    Choice *m_period;
    QDateEdit *m_from, *m_to;
    Field *m_fromField, *m_toField;
    Button *m_export;
};

} // namespace pilothouse::ui
