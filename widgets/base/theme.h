// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/tokens.h"

#include <QFont>
#include <QHash>
#include <QLabel>
#include <QObject>
#include <QPalette>

#include <array>

class QWidget;

namespace pilothouse::ui {

enum class SchemeChoice { System, Dark, Light };

/// The type scale of DESIGN_SYSTEM §3: size in px and weight.
enum class TextRole {
    Answer,  ///< 28 semibold
    Key,     ///< 20 semibold
    Screen,  ///< 15 semibold
    Title,   ///< 13 semibold
    Body,    ///< 13
    Strong,  ///< 13 medium
    Second,  ///< 12
    Label,   ///< 12 medium
    Caption, ///< 11
    Column,  ///< 11 medium
    Mono,    ///< 12 monospaced
    MonoSmall,
};
inline constexpr std::size_t textRoleCount = std::size_t(TextRole::MonoSmall) + 1;

/// Colours, fonts and scale of one program, installed on the QApplication. Made once by main() or by a test and found by
/// `Theme::of(widget)`. GUI thread.
/// The style sheet is set on windows, when they are polished, not on the application: under an application's sheet every widget is
/// styled again each time that a part it stands in gets a parent, which made building a panel three times as slow.
class Theme : public QObject {
    Q_OBJECT
public:
    explicit Theme(QObject *parent = nullptr); ///< installs itself; the newest one counts
    ~Theme() override;

    /// Style, palette, fonts and style sheet of the whole program; repaints what is open. Cheap if nothing differs.
    void apply(SchemeChoice choice, int scalePercent = 100);
    /// What the desktop wants, told by the program (Qt 6.4 cannot say); counts while the choice is System.
    void setSystemDark(bool dark);

    const Tokens &tokens() const { return tokensOf(m_dark); }
    bool dark() const { return m_dark; }
    SchemeChoice choice() const { return m_choice; }
    int scalePercent() const { return m_scale; }
    const QFont &font(TextRole role) const { return m_fonts[std::size_t(role)]; }
    int px(double pixels) const; ///< logical pixels of the design at the user's scale

    /// The installed theme; a dark one is made if a program has none (a bare component in a test).
    static Theme &of(const QWidget *widget);
    static QPalette palette(const Tokens &tokens);
    const QString &styleSheet() const { return m_sheet; } ///< of every window

    bool eventFilter(QObject *receiver, QEvent *event) override;

Q_SIGNALS:
    void changed(); ///< colours or scale

private:
    void install();
    void makeFonts();
    std::array<QFont, textRoleCount> m_fonts; ///< by role: all texts of a role share one, so that what Qt resolved for it is found again
    bool m_systemDark = true, m_dark = true, m_installed = false;
    SchemeChoice m_choice = SchemeChoice::Dark;
    int m_scale = 100;
    QString m_sheet;
};

/// Tokens of the theme in force.
inline const Tokens &tokens(const QWidget *widget) { return Theme::of(widget).tokens(); }

/// A line of text in one role and ink of the theme; follows its changes. `setElide` cuts it to the width and puts the full
/// text into the tooltip.
class Label : public QLabel {
    Q_OBJECT
public:
    explicit Label(const QString &text = {}, TextRole role = TextRole::Body, Ink ink = &Tokens::t1, QWidget *parent = nullptr);
    void setInk(Ink ink);
    void setRole(TextRole role);
    void setElide(Qt::TextElideMode mode);
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override; ///< remembered: a layout asks often, and each answer lays the text out

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    struct Heights { ///< of this text in this font, by width
        QString text;
        QFont font;
        QMargins margins;
        bool wraps = false;
        QHash<int, int> at;
    };
    mutable Heights m_heights;
    TextRole m_role;
    Ink m_ink;
    Qt::TextElideMode m_elide = Qt::ElideNone;
};

} // namespace pilothouse::ui
