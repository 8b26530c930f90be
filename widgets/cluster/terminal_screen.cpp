// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/terminal_screen.h"

#include <QStringList>

#include <vterm.h>

#include <algorithm>

namespace pilothouse::ui {

namespace {

TerminalColor colorOf(const VTermColor &color) {
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return {};
    if (VTERM_COLOR_IS_INDEXED(&color))
        return {TerminalColor::Indexed, color.indexed.idx};
    return {TerminalColor::Rgb, quint32(color.rgb.red) << 16 | quint32(color.rgb.green) << 8 | color.rgb.blue};
}

VTermColor colorOf(const TerminalColor &color, bool ink) {
    VTermColor out;
    if (color.kind == TerminalColor::Indexed) {
        vterm_color_indexed(&out, quint8(color.value));
    } else {
        vterm_color_rgb(&out, quint8(color.value >> 16), quint8(color.value >> 8), quint8(color.value));
        if (color.kind == TerminalColor::Default)
            out.type |= ink ? VTERM_COLOR_DEFAULT_FG : VTERM_COLOR_DEFAULT_BG;
    }
    return out;
}

TerminalCell cellOf(const VTermScreenCell &cell) {
    TerminalCell out;
    const bool second = cell.chars[0] == quint32(-1); // the right half of a wide one
    for (std::size_t i = 0; i < out.letters.size() && !second && cell.chars[i]; ++i)
        out.letters[i] = cell.chars[i];
    out.width = second ? 0 : quint8(std::max<int>(1, cell.width));
    out.bold = cell.attrs.bold;
    out.italic = cell.attrs.italic;
    out.underline = cell.attrs.underline != VTERM_UNDERLINE_OFF;
    out.reverse = cell.attrs.reverse;
    out.strike = cell.attrs.strike;
    out.ink = colorOf(cell.fg);
    out.ground = colorOf(cell.bg);
    return out;
}

VTermScreenCell cellOf(const TerminalCell &cell) {
    VTermScreenCell out{};
    for (std::size_t i = 0; i < cell.letters.size(); ++i)
        out.chars[i] = cell.letters[i];
    out.width = char(std::max<int>(1, cell.width));
    out.attrs.bold = cell.bold;
    out.attrs.italic = cell.italic;
    out.attrs.underline = cell.underline ? VTERM_UNDERLINE_SINGLE : VTERM_UNDERLINE_OFF;
    out.attrs.reverse = cell.reverse;
    out.attrs.strike = cell.strike;
    out.fg = colorOf(cell.ink, true);
    out.bg = colorOf(cell.ground, false);
    return out;
}

bool isBlank(const TerminalCell &cell) { return (cell.letters[0] == 0 || cell.letters[0] == U' ') && cell.width == 1 && cell.sameLook(TerminalCell()); }

VTermModifier modifierOf(Qt::KeyboardModifiers modifiers) {
    int out = VTERM_MOD_NONE;
    if (modifiers & Qt::ShiftModifier)
        out |= VTERM_MOD_SHIFT;
    if (modifiers & Qt::AltModifier)
        out |= VTERM_MOD_ALT;
    if (modifiers & Qt::ControlModifier)
        out |= VTERM_MOD_CTRL;
    return VTermModifier(out);
}

VTermKey keyOf(int key) {
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter: return VTERM_KEY_ENTER;
    case Qt::Key_Tab:
    case Qt::Key_Backtab: return VTERM_KEY_TAB;
    case Qt::Key_Backspace: return VTERM_KEY_BACKSPACE;
    case Qt::Key_Escape: return VTERM_KEY_ESCAPE;
    case Qt::Key_Up: return VTERM_KEY_UP;
    case Qt::Key_Down: return VTERM_KEY_DOWN;
    case Qt::Key_Left: return VTERM_KEY_LEFT;
    case Qt::Key_Right: return VTERM_KEY_RIGHT;
    case Qt::Key_Insert: return VTERM_KEY_INS;
    case Qt::Key_Delete: return VTERM_KEY_DEL;
    case Qt::Key_Home: return VTERM_KEY_HOME;
    case Qt::Key_End: return VTERM_KEY_END;
    case Qt::Key_PageUp: return VTERM_KEY_PAGEUP;
    case Qt::Key_PageDown: return VTERM_KEY_PAGEDOWN;
    default: return key >= Qt::Key_F1 && key <= Qt::Key_F12 ? VTermKey(VTERM_KEY_FUNCTION(key - Qt::Key_F1 + 1)) : VTERM_KEY_NONE;
    }
}

} // namespace

struct TerminalScreen::State {
    TerminalScreen *screen;
    VTerm *vt;
    VTermScreen *cells;
    VTermScreenCallbacks callbacks{};

    State(TerminalScreen *owner, int columns, int rows) : screen(owner), vt(vterm_new(rows, columns)), cells(vterm_obtain_screen(vt)) {
        vterm_set_utf8(vt, 1);
        vterm_output_set_callback(vt, [](const char *bytes, std::size_t size, void *user) {
            if (const auto &output = static_cast<State *>(user)->screen->m_output)
                output(QByteArray(bytes, qsizetype(size)));
        }, this);
        callbacks.settermprop = [](VTermProp prop, VTermValue *value, void *user) {
            TerminalScreen &s = *static_cast<State *>(user)->screen;
            if (prop == VTERM_PROP_CURSORVISIBLE)
                s.m_cursorShown = value->boolean;
            else if (prop == VTERM_PROP_ALTSCREEN)
                s.m_alternate = value->boolean;
            return 1;
        };
        callbacks.sb_pushline = [](int count, const VTermScreenCell *line, void *user) {
            static_cast<State *>(user)->push(count, line);
            return 1;
        };
        callbacks.sb_popline = [](int count, VTermScreenCell *line, void *user) { return static_cast<State *>(user)->pop(count, line); };
        vterm_screen_set_callbacks(cells, &callbacks, this);
        vterm_screen_enable_altscreen(cells, 1);
        vterm_screen_set_damage_merge(cells, VTERM_DAMAGE_SCROLL);
        vterm_screen_reset(cells, 1);
    }
    ~State() { vterm_free(vt); }
    State(const State &) = delete;

    void push(int count, const VTermScreenCell *line) {
        std::vector<TerminalCell> kept;
        kept.reserve(std::size_t(count));
        for (int i = 0; i < count; ++i)
            kept.push_back(cellOf(line[i]));
        while (!kept.empty() && isBlank(kept.back()))
            kept.pop_back();
        kept.shrink_to_fit();
        auto &away = screen->m_away;
        away.push_back(std::move(kept));
        if (away.size() > std::size_t(mostAway) + 1000) { // a thousand at once: each costs a move then
            away.erase(away.begin(), away.begin() + 1000);
            screen->m_gone += 1000;
        }
    }
    int pop(int count, VTermScreenCell *line) {
        auto &away = screen->m_away;
        if (away.empty())
            return 0;
        for (int i = 0; i < count; ++i)
            line[i] = cellOf(std::size_t(i) < away.back().size() ? away.back()[std::size_t(i)] : TerminalCell());
        away.pop_back();
        return 1;
    }
};

QString TerminalCell::text() const {
    if (width == 0)
        return {};
    if (letters[0] == 0)
        return QStringLiteral(" ");
    qsizetype count = 0;
    while (count < qsizetype(letters.size()) && letters[std::size_t(count)])
        ++count;
    return QString::fromUcs4(letters.data(), count);
}

bool TerminalCell::sameLook(const TerminalCell &other) const {
    return bold == other.bold && italic == other.italic && underline == other.underline && reverse == other.reverse && strike == other.strike && ink == other.ink && ground == other.ground;
}

TerminalScreen::TerminalScreen(int columns, int rows) : m_columns(columns), m_rows(rows) { m_state = std::make_unique<State>(this, columns, rows); }
TerminalScreen::~TerminalScreen() = default;

void TerminalScreen::write(const QByteArray &bytes) {
    vterm_input_write(m_state->vt, bytes.constData(), std::size_t(bytes.size()));
    vterm_screen_flush_damage(m_state->cells);
}

void TerminalScreen::resize(int columns, int rows) {
    if (columns == m_columns && rows == m_rows)
        return;
    vterm_set_size(m_state->vt, rows, columns);
    vterm_screen_flush_damage(m_state->cells);
    m_columns = columns;
    m_rows = rows;
}

std::vector<TerminalCell> TerminalScreen::line(int number) const {
    if (number < 0 || number >= lines())
        return {};
    if (number < away())
        return m_away[std::size_t(number)];
    std::vector<TerminalCell> out;
    out.reserve(std::size_t(m_columns));
    VTermScreenCell cell;
    for (int column = 0; column < m_columns; ++column)
        out.push_back(vterm_screen_get_cell(m_state->cells, {number - away(), column}, &cell) ? cellOf(cell) : TerminalCell());
    return out;
}

QString TerminalScreen::text(int number) const { return text({number, 0}, {number, m_columns}); }

QString TerminalScreen::text(TerminalPlace from, TerminalPlace to) const {
    if (to < from)
        std::swap(from, to);
    QStringList out;
    for (int number = std::max(0, from.line); number <= to.line && number < lines(); ++number) {
        const auto cells = line(number);
        const int first = number == from.line ? from.column : 0, last = number == to.line ? to.column : int(cells.size()) - 1;
        QString text;
        for (int column = std::max(0, first); column <= last && column < int(cells.size()); ++column)
            text += cells[std::size_t(column)].text();
        while (text.endsWith(QLatin1Char(' ')))
            text.chop(1);
        out << text;
    }
    return out.join(QLatin1Char('\n'));
}

TerminalPlace TerminalScreen::cursor() const {
    VTermPos at{};
    vterm_state_get_cursorpos(vterm_obtain_state(m_state->vt), &at);
    return {away() + at.row, at.col};
}

bool TerminalScreen::key(int key, Qt::KeyboardModifiers modifiers, const QString &text) {
    if (key == Qt::Key_Backtab)
        modifiers |= Qt::ShiftModifier;
    const VTermModifier mod = modifierOf(modifiers);
    if (const VTermKey known = keyOf(key); known != VTERM_KEY_NONE) {
        vterm_keyboard_key(m_state->vt, known, known == VTERM_KEY_ENTER || known == VTERM_KEY_BACKSPACE ? VTermModifier(mod & VTERM_MOD_ALT) : mod);
        return true;
    }
    if ((modifiers & Qt::ControlModifier) && key >= Qt::Key_Space && key <= Qt::Key_AsciiTilde) { // ^C, ^D, ^[ …
        const char32_t letter = key >= Qt::Key_A && key <= Qt::Key_Z ? char32_t(key - Qt::Key_A + 'a') : char32_t(key);
        vterm_keyboard_unichar(m_state->vt, letter, VTermModifier(mod & ~VTERM_MOD_SHIFT));
        return true;
    }
    if (text.isEmpty() || !text.front().isPrint())
        return false;
    for (const uint letter : text.toUcs4())
        vterm_keyboard_unichar(m_state->vt, letter, VTermModifier(mod & VTERM_MOD_ALT));
    return true;
}

void TerminalScreen::paste(const QString &text) {
    vterm_keyboard_start_paste(m_state->vt);
    QString lines = text;
    lines.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    for (const uint letter : lines.toUcs4()) {
        if (letter == '\n' || letter == '\r')
            vterm_keyboard_key(m_state->vt, VTERM_KEY_ENTER, VTERM_MOD_NONE);
        else if (letter == '\t')
            vterm_keyboard_unichar(m_state->vt, letter, VTERM_MOD_NONE);
        else if (letter >= 0x20 && letter != 0x7f && !(letter >= 0x80 && letter < 0xa0)) // an escape in a paste could end its brackets
            vterm_keyboard_unichar(m_state->vt, letter, VTERM_MOD_NONE);
    }
    vterm_keyboard_end_paste(m_state->vt);
}

} // namespace pilothouse::ui
