// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/key_boxes.h"

#include "widgets/base/button.h"
#include "widgets/base/theme.h"

#include <QPainter>

namespace pilothouse::ui {

QStringList keyWords(const QKeySequence &keys) {
    QStringList words;
    for (QString part : keys.toString(QKeySequence::PortableText).split(QStringLiteral(", "), Qt::SkipEmptyParts)) {
        const bool plus = part.endsWith(QLatin1Char('+')); // the key itself, not the sign between two
        if (plus)
            part.chop(1);
        for (const QString &word : part.split(QLatin1Char('+'), Qt::SkipEmptyParts))
            words << (word == QLatin1String("Return") || word == QLatin1String("Enter") ? QStringLiteral("↵") : word == QLatin1String("-") ? QStringLiteral("−") : word);
        if (plus)
            words << QStringLiteral("+");
    }
    return words;
}

KeyBoxes::KeyBoxes(QStringList keys, QWidget *parent) : QWidget(parent), m_keys(std::move(keys)) {
    setFixedSize(qMax(1, int(paintKeys(nullptr, m_keys, 0, 0, {}, this)) + 2), Theme::of(this).px(20));
    setAccessibleName(m_keys.join(QLatin1Char(' ')));
}

void KeyBoxes::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintKeys(&painter, m_keys, width() - 1, height() / 2.0, tokens(this).t2, this);
}

} // namespace pilothouse::ui
