// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <array>
#include <functional>
#include <memory>
#include <vector>

namespace pilothouse::ui {

struct TerminalColor {
    enum Kind : quint8 { Default, Indexed, Rgb } kind = Default;
    quint32 value = 0; ///< 0 … 255, or 0xRRGGBB
    bool operator==(const TerminalColor &) const = default;
};
/// One place of the screen. A wide character has two: the second has width 0 and no text.
struct TerminalCell {
    std::array<char32_t, 3> letters{}; ///< a character and what combines with it; 0: none
    quint8 width = 1;
    bool bold = false, italic = false, underline = false, reverse = false, strike = false;
    TerminalColor ink, ground;
    QString text() const; ///< a blank for an empty one
    bool sameLook(const TerminalCell &other) const;
};
/// A place by line and column; lines are counted from the oldest that is kept.
struct TerminalPlace {
    int line = 0, column = 0;
    auto operator<=>(const TerminalPlace &) const = default;
};

/// The state of a terminal (xterm's sequences, by libvterm): what a shell writes goes in, lines with their looks come out, with those that scrolled away. Keys become
/// the bytes that programs expect. No widget; one thread.
class TerminalScreen {
public:
    explicit TerminalScreen(int columns = 80, int rows = 24);
    ~TerminalScreen();
    /// Takes what the keyboard, and the answers to a program's questions, send to the shell.
    void setOutput(std::function<void(const QByteArray &)> output) { m_output = std::move(output); }
    void write(const QByteArray &bytes);
    void resize(int columns, int rows);
    int columns() const { return m_columns; }
    int rows() const { return m_rows; }

    int lines() const { return int(m_away.size()) + m_rows; } ///< kept ones and the screen
    int away() const { return int(m_away.size()); }           ///< those above the screen
    qint64 gone() const { return m_gone; }                    ///< so many left above, as only mostAway are kept
    std::vector<TerminalCell> line(int number) const;         ///< columns() or fewer cells
    QString text(int number) const;                           ///< without blanks at its end
    /// From a place to another, both included; lines with a line feed between.
    QString text(TerminalPlace from, TerminalPlace to) const;

    TerminalPlace cursor() const; ///< as lines() counts
    bool cursorShown() const { return m_cursorShown; }
    bool alternate() const { return m_alternate; } ///< a program has the whole screen (vi, less)

    /// Qt::Key and modifiers; `text` is what the key writes. False: it is no key for a terminal.
    bool key(int key, Qt::KeyboardModifiers modifiers, const QString &text);
    void paste(const QString &text); ///< bracketed where the program asked for it; line feeds as the enter key, other control characters left out
    static constexpr int mostAway = 10'000;

private:
    struct State;
    friend struct State;
    std::unique_ptr<State> m_state;
    std::function<void(const QByteArray &)> m_output;
    std::vector<std::vector<TerminalCell>> m_away; ///< a ring would save a move of pointers a thousand lines
    int m_columns, m_rows;
    qint64 m_gone = 0;
    bool m_cursorShown = true, m_alternate = false;
};

} // namespace pilothouse::ui
