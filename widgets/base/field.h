// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QLineEdit>
#include <QVariant>
#include <QWidget>

class QBoxLayout;
class QDateTime;
class QDateTimeEdit;

namespace pilothouse::ui {

/// Label above, editor, help or error below. The label is the editor's buddy.
class Field : public QWidget {
    Q_OBJECT
public:
    Field(const QString &label, QWidget *editor, const QString &help = {}, QWidget *parent = nullptr);
    QWidget *editor() const { return m_editor; }
    void setLabel(const QString &label);
    void setHelp(const QString &help);
    void setError(const QString &error); ///< empty: none. "At least 1. Last used: 256."
    void setBlocked(const QString &reason); ///< dashed, reason below; empty enables
    QString error() const { return m_error; }

private:
    void refresh();
    QWidget *m_editor;
    Label *m_above, *m_below;
    QString m_help, m_error, m_blocked, m_told;
};

/// A combo box with our chevron.
class Choice : public QComboBox {
    Q_OBJECT
public:
    explicit Choice(QWidget *parent = nullptr);
    /// Exchanges the items where they differ, without a signal; what was chosen stays if it is still offered, else the first is chosen.
    /// @param data  of each item, by which it is known then; empty: by its text
    void setItems(const QStringList &texts, const QVariantList &data = {});

protected:
    void paintEvent(QPaintEvent *event) override;
};

/// Line edit with an icon and "/" as its key: the filter of a list.
class FilterEdit : public QLineEdit {
    Q_OBJECT
public:
    explicit FilterEdit(const QString &placeholder = {}, QWidget *parent = nullptr);

protected:
    bool event(QEvent *event) override; ///< Esc clears before it is a key of the panel
    void keyPressEvent(QKeyEvent *event) override; ///< Esc clears, then leaves
};

/// Check box with our box.
class CheckBox : public QAbstractButton {
    Q_OBJECT
public:
    explicit CheckBox(const QString &text = {}, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

/// Progress as a 6 px track with fill; `mark` (0 … 1) draws a white tick, e.g. the best epoch.
class ProgressBar : public QWidget {
    Q_OBJECT
public:
    explicit ProgressBar(QWidget *parent = nullptr);
    void setValue(double share); ///< 0 … 1; negative: length not known
    void setMark(double share);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_share = 0, m_mark = -1;
};

/// A time in the zone that times are shown in.
void showTime(QDateTimeEdit *edit, const QDateTime &time);

} // namespace pilothouse::ui
