// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/serving/input_slider.h"

#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

InputSlider::InputSlider(const fleet::WhatIfInput &input, QWidget *parent) : QWidget(parent), m_input(input), m_value(input.typical) {
    setObjectName(QStringLiteral("input/") + input.input.name);
    setAccessibleName(input.input.name);
    setFocusPolicy(Qt::StrongFocus);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setAlignment(Qt::AlignTop | Qt::AlignRight);
    if (!isNumber()) {
        m_choice = new Choice;
        for (const std::string &category : input.input.categories)
            m_choice->addItem(QString::fromStdString(category));
        m_choice->setAccessibleName(input.input.name);
        row->addWidget(m_choice);
        connect(m_choice, &QComboBox::currentTextChanged, this, &InputSlider::changed);
    } else {
        m_field = new QLineEdit;
        m_field->setFixedWidth(78);
        m_field->setAlignment(Qt::AlignRight);
        m_field->setAccessibleName(tr("%1, value").arg(input.input.name));
        row->addWidget(m_field);
        connect(m_field, &QLineEdit::textEdited, this, [this](const QString &text) {
            bool fine = false;
            QString plain = text;
            const double value = plain.replace(QChar(0x2212), QLatin1Char('-')).remove(QChar(0x2009)).toDouble(&fine);
            if (fine)
                setNumber(value, true);
        });
    }
    reset();
}

void InputSlider::reset() {
    if (m_choice)
        m_choice->setCurrentText(m_input.typicalCategory);
    else
        setNumber(m_input.typical, false);
}

fleet::WhatIfValue InputSlider::value() const {
    if (m_choice)
        return {std::nullopt, m_choice->currentText()};
    return {m_value, {}};
}

void InputSlider::setNumber(double value, bool fromField) {
    m_value = value;
    if (!fromField)
        m_field->setText(number(value, 4));
    setAccessibleDescription(number(value, 4));
    update();
    Q_EMIT changed();
}

QSize InputSlider::sizeHint() const { return {240, Theme::of(this).px(isNumber() ? 58 : 32)}; }
QRectF InputSlider::track() const { return QRectF(8, height() - 14, width() - 16, 4); }

/// What a step of a forecast's window means: "t2m@-3" is three steps before the newest.
QString InputSlider::stepWords(const QString &name) {
    const qsizetype at = name.lastIndexOf(QLatin1Char('@'));
    bool fine = false;
    const int step = at < 0 ? 0 : name.mid(at + 1).toInt(&fine);
    if (!fine || step > 0)
        return {};
    return step == 0 ? tr("newest") : tr("%n steps before", nullptr, -step);
}

void InputSlider::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Strong));
    painter.setPen(t.t1);
    const QRectF title(0, 4, width() - 90, 20);
    drawLine(painter, title, Qt::AlignLeft | Qt::AlignVCenter, m_input.input.name, Qt::ElideMiddle);
    const double after = widthOf(painter, m_input.input.name) + 8;
    if (const QString step = stepWords(m_input.input.name); !step.isEmpty() && after < title.width() - 40) {
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(t.t3);
        drawLine(painter, title.adjusted(after, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, step);
    }
    if (!isNumber())
        return;
    const QRectF bar = track();
    const double most = m_input.shares.empty() ? 0 : *std::max_element(m_input.shares.begin(), m_input.shares.end());
    if (most > 0) {
        const double step = bar.width() / double(m_input.shares.size());
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.line2);
        for (std::size_t i = 0; i < m_input.shares.size(); ++i) {
            const double h = std::round(m_input.shares[i] / most * 16);
            painter.drawRect(QRectF(bar.left() + double(i) * step, bar.top() - 2 - h, step - 1, h));
        }
    }
    const double share = std::clamp((m_value - m_input.low) / (m_input.high - m_input.low), 0.0, 1.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(bar, 2, 2);
    painter.setBrush(t.acc);
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 2, 2);
    const double typical = bar.left() + bar.width() * std::clamp((m_input.typical - m_input.low) / (m_input.high - m_input.low), 0.0, 1.0);
    painter.setPen(QPen(t.t2, 1));
    painter.drawLine(QPointF(typical, bar.top() - 4), QPointF(typical, bar.bottom() + 4));
    painter.setPen(QPen(t.acc, 2));
    painter.setBrush(t.bg1);
    painter.drawEllipse(QPointF(bar.left() + bar.width() * share, bar.center().y()), 6, 6);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void InputSlider::mousePressEvent(QMouseEvent *event) {
    setFocus();
    mouseMoveEvent(event);
}

void InputSlider::mouseMoveEvent(QMouseEvent *event) {
    if (!isNumber() || !(event->buttons() & Qt::LeftButton))
        return;
    const QRectF bar = track();
    setNumber(m_input.low + std::clamp((event->position().x() - bar.left()) / bar.width(), 0.0, 1.0) * (m_input.high - m_input.low), false);
}

void InputSlider::keyPressEvent(QKeyEvent *event) {
    const double step = (m_input.high - m_input.low) / 100;
    if (isNumber() && event->key() == Qt::Key_Right)
        setNumber(m_value + step, false);
    else if (isNumber() && event->key() == Qt::Key_Left)
        setNumber(m_value - step, false);
    else if (event->key() == Qt::Key_Home)
        reset();
    else
        QWidget::keyPressEvent(event);
}

void InputSlider::focusInEvent(QFocusEvent *event) {
    QWidget::focusInEvent(event);
    if (isNumber())
        Q_EMIT focused(name());
}

} // namespace pilothouse::ui
