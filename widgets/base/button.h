// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/action_catalogue.h"
#include "widgets/base/state.h"

#include <QAbstractButton>
#include <QPointer>

namespace pilothouse::ui {

/// Primary: filled, at most one a panel. Plain: edge. Danger: edge and text in bad. Ghost: text only. Link: run ink, no box.
enum class ButtonKind { Primary, Plain, Danger, Ghost, Link };

/// A button with icon, text and its key shown inside. Disabled: dashed edge, the reason is its tooltip.
class Button : public QAbstractButton {
    Q_OBJECT
public:
    explicit Button(const QString &text = {}, ButtonKind kind = ButtonKind::Plain, QWidget *parent = nullptr);
    /// Reads text, icon, key and state from the catalogue and triggers it; call refresh() when the argument or state changed.
    Button(ActionCatalogue &actions, const QString &actionId, ButtonKind kind = ButtonKind::Plain, QWidget *parent = nullptr);

    void setKind(ButtonKind kind);
    void setGlyph(const QString &iconName);
    void setWords(const QString &text); ///< instead of the command's own, where there is little room
    void setHint(const QString &key); ///< "↵", "Ctrl K": words separated by spaces become boxes
    void setKeysShown(bool shown); ///< false: its key is in the palette only, and takes no room from what stands beside it
    void setPixelHeight(int height);  ///< 24 in rows, 28, 32 in decisions
    bool decides() const; ///< one that a person looks for: filled, dangerous, or in a row of decisions
    void setBlocked(const QString &reason); ///< empty enables
    void setArgument(const QString &argument);
    void refresh();
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override; ///< without the key: where there is no room it is in the palette

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    QStringList hintKeys() const;
    int keysWidth() const; ///< 0 without a key
    ButtonKind m_kind;
    QString m_glyph, m_hint, m_action, m_argument, m_words;
    QPointer<ActionCatalogue> m_actions;
    int m_height = 28;
    bool m_keysShown = true;
};

/// Draws keys as boxes, right-aligned to `right`; gives the width. With a null painter it only measures.
double paintKeys(QPainter *painter, const QStringList &keys, double right, double middle, const QColor &ink, const QWidget *widget);

/// A small text in a box: alias, label, version.
class Chip : public QWidget {
    Q_OBJECT
public:
    explicit Chip(const QString &text = {}, QWidget *parent = nullptr);
    void setText(const QString &text);
    void setInk(QColor Tokens::*ink);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    QColor Tokens::*m_ink = &Tokens::t2;
};

/// A few exclusive choices side by side; each with an optional state glyph and count. Arrow keys move.
class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    struct Segment {
        QString id, text;
        State state = State::None;
    };
    explicit SegmentedControl(QWidget *parent = nullptr);
    void setSegments(std::vector<Segment> segments); ///< keeps the choice if its id is still there
    QString current() const;
    void setCurrent(const QString &id);
    void setShort(bool glyphsOnly); ///< with a glyph, only the last word (the count) is shown
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void currentChanged(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QString shownText(const Segment &segment) const;
    std::vector<QRect> places() const;
    void choose(int index);
    std::vector<Segment> m_segments;
    int m_current = 0;
    bool m_short = false;
};

} // namespace pilothouse::ui
