// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QFontMetrics>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QStringList>

namespace pilothouse::testing {

/// "gateNote (QPlainTextEdit “…”)", so that whoever reads it finds the widget.
inline QString nameOf(const QWidget *widget) {
    QString words = widget->accessibleName();
    if (const auto *label = qobject_cast<const QLabel *>(widget))
        words = label->text();
    else if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
        words = button->text();
    return QStringLiteral("%1 %2 “%3”").arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), words.left(60));
}

/// The part of a widget that its ancestors up to `root` do not cut off, in `root`'s coordinates. What scrolls is not cut off: it can be reached.
inline QRect shownPart(const QWidget *widget, const QWidget *root) {
    QRect rect(widget->mapTo(root, QPoint()), widget->size());
    for (const QWidget *above = widget->parentWidget(); above && above != root; above = above->parentWidget()) {
        if (above->parentWidget() && qobject_cast<const QAbstractScrollArea *>(above->parentWidget()))
            return rect; // a viewport
        rect &= QRect(above->mapTo(root, QPoint()), above->size());
    }
    return rect & root->rect();
}

/// What nobody should see in a window: text that is cut without "…", buttons of which a part is outside, neighbours over each other. Empty: nothing.
inline QStringList layoutFlaws(const QWidget *root) {
    QStringList flaws;
    QList<const QWidget *> all{root};
    for (const QWidget *widget : root->findChildren<QWidget *>())
        if (widget->isVisible() && !widget->isWindow() && widget->window() == root->window() && !widget->size().isEmpty() && !shownPart(widget, root).isEmpty())
            all << widget;
    for (const QWidget *widget : all) {
        const QWidget *parent = widget->parentWidget();
        const bool own = parent && (qobject_cast<const QLineEdit *>(parent) || qobject_cast<const QComboBox *>(parent) || qobject_cast<const QAbstractSpinBox *>(parent)); // parts that Qt places
        const auto *label = qobject_cast<const QLabel *>(widget);
        const auto *button = qobject_cast<const QAbstractButton *>(widget);
        const bool upright = widget->objectName() == QLatin1String("inboxTab"); // its words are painted from below to above
        if (widget != root && !own && !upright && (label || button || widget->metaObject()->className() == QByteArray("pilothouse::ui::SegmentedControl"))) {
            const QSize least = widget->minimumSizeHint();
            if (widget->width() < least.width() || (widget->height() < least.height() && !(label && label->wordWrap())))
                flaws << QStringLiteral("%1 needs %2×%3 and has %4×%5").arg(nameOf(widget)).arg(least.width()).arg(least.height()).arg(widget->width()).arg(widget->height());
        }
        if (label && label->wordWrap() && !label->text().isEmpty()) {
            const int height = label->heightForWidth(label->width()), width = label->fontMetrics().boundingRect(label->contentsRect(), Qt::TextWordWrap, label->text()).width();
            if (height > label->height() + 1)
                flaws << QStringLiteral("%1 needs %2 px of height and has %3").arg(nameOf(label)).arg(height).arg(label->height());
            if (width > label->contentsRect().width() + 1)
                flaws << QStringLiteral("%1 has a word of %2 px in a width of %3").arg(nameOf(label)).arg(width).arg(label->contentsRect().width());
        }
        if (button && !own && shownPart(button, root).size() != button->size())
            flaws << QStringLiteral("%1 is partly outside").arg(nameOf(button));
        if (own || qobject_cast<const QAbstractScrollArea *>(widget) || qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QComboBox *>(widget) || qobject_cast<const QAbstractSpinBox *>(widget))
            continue;
        QList<const QWidget *> parts;
        for (const QObject *child : widget->children())
            if (const auto *part = qobject_cast<const QWidget *>(child); part && all.contains(part) && !qobject_cast<const QSplitterHandle *>(part) && part->objectName() != QLatin1String("toasts"))
                parts << part;
        for (qsizetype i = 0; i < parts.size(); ++i)
            for (qsizetype j = i + 1; j < parts.size(); ++j)
                if (const QRect both = parts[i]->geometry() & parts[j]->geometry(); !both.isEmpty())
                    flaws << QStringLiteral("%1 and %2 are over each other by %3×%4").arg(nameOf(parts[i]), nameOf(parts[j])).arg(both.width()).arg(both.height());
    }
    return flaws;
}

} // namespace pilothouse::testing
