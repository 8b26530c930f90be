// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/button.h"

#include "widgets/base/icons.h"
#include "widgets/base/rounded.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"

#include <QKeySequence>
#include <QPainter>

namespace pilothouse::ui {

double paintKeys(QPainter *painter, const QStringList &keys, double right, double middle, const QColor &ink, const QWidget *widget) {
    const Theme &theme = Theme::of(widget);
    const QFont &font = theme.font(TextRole::Column);
    const double height = theme.px(17), gap = theme.px(3);
    double x = right;
    for (auto key = keys.crbegin(); key != keys.crend(); ++key) {
        const bool enter = *key == QLatin1String("↵");
        const double width = qMax<double>(theme.px(18), (enter ? theme.px(12) : widthOf(font, *key)) + theme.px(9));
        x -= width;
        if (painter) {
            const QRectF box(x + 0.5, middle - height / 2 + 0.5, width - 1, height - 1);
            painter->setPen(QPen(ink, 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(box, 4, 4);
            painter->setFont(font);
            if (enter) {
                const double side = theme.px(11);
                paintIcon(*painter, QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side), QStringLiteral("enter"), ink);
            } else {
                drawLine(*painter, box, Qt::AlignCenter, *key);
            }
        }
        x -= gap;
    }
    return keys.isEmpty() ? 0 : right - x - gap;
}

Button::Button(const QString &text, ButtonKind kind, QWidget *parent) : QAbstractButton(parent), m_kind(kind) {
    setText(text);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setCursor(kind == ButtonKind::Link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    connect(&Theme::of(this), &Theme::changed, this, [this] { updateGeometry(); });
}

Button::Button(ActionCatalogue &actions, const QString &actionId, ButtonKind kind, QWidget *parent) : Button(QString(), kind, parent) {
    m_actions = &actions;
    m_action = actionId;
    connect(this, &QAbstractButton::clicked, this, [this] {
        if (m_actions)
            m_actions->trigger(m_action, m_argument);
    });
    connect(&actions, &ActionCatalogue::added, this, [this](const QString &id) {
        if (id == m_action)
            refresh();
    });
    refresh();
}

void Button::refresh() {
    const ActionSpec *spec = m_actions ? m_actions->find(m_action) : nullptr;
    if (!spec)
        return;
    setText(m_words.isEmpty() ? m_actions->label(m_action) : m_words);
    m_glyph = spec->icon;
    if (!spec->shortcut.isEmpty()) // else what setHint() said stays
        m_hint = spec->shortcut.toString(QKeySequence::NativeText);
    m_hint.replace(QLatin1String("Return"), QStringLiteral("↵")).replace(QLatin1Char('+'), QLatin1Char(' ')).remove(QLatin1Char(','));
    setBlocked(m_actions->blocked(m_action, m_argument));
    updateGeometry();
}

void Button::setArgument(const QString &argument) {
    m_argument = argument;
    refresh();
}

void Button::setKind(ButtonKind kind) {
    m_kind = kind;
    update();
}

void Button::setGlyph(const QString &iconName) {
    m_glyph = iconName;
    updateGeometry();
    update();
}

void Button::setWords(const QString &text) {
    m_words = text;
    setText(text);
    updateGeometry();
}

void Button::setHint(const QString &key) {
    m_hint = key;
    updateGeometry();
    update();
}

void Button::setKeysShown(bool shown) {
    if (shown == m_keysShown)
        return;
    m_keysShown = shown;
    updateGeometry();
    update();
}

void Button::setPixelHeight(int height) {
    m_height = height;
    updateGeometry();
}

bool Button::decides() const { return m_kind == ButtonKind::Primary || m_kind == ButtonKind::Danger || m_height >= 32; }

void Button::setBlocked(const QString &reason) {
    setEnabled(reason.isEmpty());
    setToolTip(reason);
    setAccessibleDescription(reason);
    update();
}

QStringList Button::hintKeys() const { return m_hint.split(QLatin1Char(' '), Qt::SkipEmptyParts); }

int Button::keysWidth() const { return m_hint.isEmpty() || !m_keysShown ? 0 : Theme::of(this).px(8) + int(paintKeys(nullptr, hintKeys(), 0, 0, {}, this)); }

QSize Button::sizeHint() const { return minimumSizeHint() + QSize(keysWidth(), 0); }

QSize Button::minimumSizeHint() const {
    const Theme &theme = Theme::of(this);
    const bool bare = m_kind == ButtonKind::Link;
    int width = qRound(widthOf(theme.font(TextRole::Strong), text())) + theme.px(bare ? 4 : 20);
    if (!m_glyph.isEmpty())
        width += theme.px(14) + (text().isEmpty() ? 0 : theme.px(7));
    return {qMax(width, theme.px(m_height)), theme.px(m_height)};
}

void Button::showEvent(QShowEvent *event) {
    QAbstractButton::showEvent(event);
    // Its command may belong to a panel that nobody has visited yet: without it the button has no words.
    if (m_actions)
        m_actions->want(m_action);
}

void Button::enterEvent(QEnterEvent *event) {
    update();
    QAbstractButton::enterEvent(event);
}

void Button::leaveEvent(QEvent *event) {
    update();
    QAbstractButton::leaveEvent(event);
}

void Button::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const bool over = underMouse() && isEnabled(), filled = m_kind == ButtonKind::Primary && isEnabled();
    const bool boxed = m_kind != ButtonKind::Ghost && m_kind != ButtonKind::Link;
    QColor ink = filled ? t.accOn : m_kind == ButtonKind::Danger ? t.bad : m_kind == ButtonKind::Link ? t.run : m_kind == ButtonKind::Ghost ? t.t2 : t.t1;
    QColor fill = filled ? t.acc : m_kind == ButtonKind::Danger ? t.badT : t.btn, edge = filled ? t.acc : m_kind == ButtonKind::Danger ? t.bad : t.line2;
    if (!isEnabled())
        ink = t.t3;
    else if (over)
        ink = m_kind == ButtonKind::Ghost ? t.t1 : ink, fill = filled ? (theme.dark() ? t.acc.lighter(110) : t.acc.darker(110)) : t.btnH;
    if (isDown())
        fill = fill.darker(theme.dark() ? 115 : 106);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    if (!isEnabled() && boxed) {
        painter.setPen(QPen(t.line2, 1, Qt::DashLine));
        painter.drawRoundedRect(box, 6, 6);
    } else if (boxed) {
        paintRounded(painter, rect(), isChecked() ? t.bg3 : fill, edge, 6);
    } else if ((over && m_kind == ButtonKind::Ghost) || (isChecked() && m_kind == ButtonKind::Ghost)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? t.bg3 : fill);
        painter.drawRoundedRect(box, 6, 6);
    }
    if (hasFocus()) {
        painter.setPen(QPen(filled ? t.t1 : t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
    }
    const double glyph = theme.px(14), keys = width() < sizeHint().width() ? 0 : keysWidth();
    const QFont &font = theme.font(TextRole::Strong);
    const double textWidth = widthOf(font, text());
    const double whole = textWidth + (m_glyph.isEmpty() ? 0 : glyph + (text().isEmpty() ? 0 : theme.px(7))) + keys;
    double x = m_kind == ButtonKind::Link ? 2 : (width() - whole) / 2;
    if (!m_glyph.isEmpty()) {
        paintIcon(painter, QRectF(x, (height() - glyph) / 2, glyph, glyph), m_glyph, ink);
        x += glyph + theme.px(7);
    }
    painter.setFont(font);
    painter.setPen(ink);
    drawLine(painter, QRectF(x, 0, textWidth + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (keys > 0) {
        QColor faint = ink;
        faint.setAlphaF(0.7f);
        paintKeys(&painter, hintKeys(), x + textWidth + keys, height() / 2.0, faint, this);
    }
}

Chip::Chip(const QString &text, QWidget *parent) : QWidget(parent), m_text(text) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void Chip::setText(const QString &text) {
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void Chip::setInk(QColor Tokens::*ink) {
    m_ink = ink;
    update();
}

QSize Chip::sizeHint() const {
    const Theme &theme = Theme::of(this);
    return {qRound(widthOf(theme.font(TextRole::Caption), m_text)) + theme.px(12), theme.px(18)};
}

void Chip::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    paintRounded(painter, rect(), Qt::transparent, m_ink == &Tokens::t2 ? t.line2 : t.*m_ink, 4);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(t.*m_ink);
    drawLine(painter, rect(), Qt::AlignCenter, m_text);
}

} // namespace pilothouse::ui
