// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/what_if.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace pilothouse::ui {

/// One input of the what-if form: name, the shape of the training rows over the slider, a field with the value; a choice for a
/// category. Arrow keys move by a hundredth, Home goes back to the typical value.
class InputSlider : public QWidget {
    Q_OBJECT
public:
    explicit InputSlider(const fleet::WhatIfInput &input, QWidget *parent = nullptr);
    fleet::WhatIfValue value() const;
    void reset();
    QString name() const { return m_input.input.name; }
    bool isNumber() const { return m_input.input.type == data::ColumnType::Number; }
    const fleet::WhatIfInput &input() const { return m_input; }
    static QString stepWords(const QString &name);

Q_SIGNALS:
    void changed();
    void focused(const QString &name); ///< the response curve follows

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; } ///< many inputs scroll, they never squeeze

private:
    QRectF track() const;
    void setNumber(double value, bool fromField);
    fleet::WhatIfInput m_input;
    double m_value = 0;
    QLineEdit *m_field = nullptr;
    QComboBox *m_choice = nullptr;
};

} // namespace pilothouse::ui
