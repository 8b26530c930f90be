// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/ansi_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pilothouse::pipelines {

namespace {

constexpr char esc = '\x1b';

bool digit(char c) { return c >= '0' && c <= '9'; }

/// What stands at an ESC: where it ends, and the parameters if it is SGR.
struct Escape {
    qsizetype end = 0;
    QByteArrayView sgr;
    bool isSgr = false;
};

/// ECMA-48: CSI parameters 0x30-0x3F, intermediates 0x20-0x2F, final 0x40-0x7E. A sequence that does not end in this line is only its ESC, so that the rest stays readable.
Escape escapeAt(QByteArrayView s, qsizetype at) {
    Escape out;
    out.end = at + 1;
    if (at + 1 >= s.size())
        return out;
    const char kind = s[at + 1];
    if (kind == '[') {
        qsizetype i = at + 2;
        while (i < s.size() && s[i] >= 0x20 && s[i] <= 0x3f)
            ++i;
        if (i >= s.size() || s[i] < 0x40 || s[i] > 0x7e) {
            out.end = i;
            return out;
        }
        out.end = i + 1;
        const QByteArrayView parameters = s.sliced(at + 2, i - at - 2);
        if (s[i] == 'm' && (parameters.isEmpty() || digit(parameters[0]) || parameters[0] == ';' || parameters[0] == ':')) {
            out.isSgr = true;
            out.sgr = parameters;
            if (parameters == "8" && s.sliced(out.end).startsWith("ha:")) { // a console note of Jenkins
                const qsizetype over = s.indexOf("\x1b[0m", out.end);
                out.end = over < 0 ? s.size() : over + 4;
                out.isSgr = false;
            }
        }
        return out;
    }
    if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') { // OSC, DCS, APC, PM, SOS: until BEL or ST
        for (qsizetype i = at + 2; i < s.size(); ++i) {
            if (s[i] == '\a') {
                out.end = i + 1;
                return out;
            }
            if (s[i] == esc && i + 1 < s.size() && s[i + 1] == '\\') {
                out.end = i + 2;
                return out;
            }
        }
        out.end = at + 2;
        return out;
    }
    qsizetype i = at + 1; // ESC, intermediates, a final: character sets and such
    while (i < s.size() && s[i] >= 0x20 && s[i] <= 0x2f)
        ++i;
    out.end = i < s.size() && s[i] >= 0x30 && s[i] <= 0x7e ? i + 1 : i;
    return out;
}

/// 38;5;N, 38;2;R;G;B and the forms with colons (38:2::R:G:B). @return how many values were taken after the 38
std::size_t extended(const std::vector<int> &v, std::size_t at, bool colons, AnsiColor &color) {
    const auto byte = [&](std::size_t i) { return quint32(std::clamp(v[i], 0, 255)); };
    if (at >= v.size())
        return 0;
    if (v[at] == 5 && at + 1 < v.size()) {
        color = {AnsiColor::Kind::Indexed, byte(at + 1)};
        return 2;
    }
    if (v[at] != 2)
        return 1;
    const std::size_t first = colons && v.size() - at >= 5 ? at + 2 : at + 1; // with a colour space between
    if (first + 2 >= v.size())
        return v.size() - at;
    color = {AnsiColor::Kind::Rgb, byte(first) << 16 | byte(first + 1) << 8 | byte(first + 2)};
    return first + 3 - at;
}

void plainly(AnsiStyle &style, int code) {
    switch (code) {
    case 0: style = {}; break;
    case 1: style.bold = true; break;
    case 2: style.dim = true; break;
    case 3: style.italic = true; break;
    case 4:
    case 21: style.underline = true; break;
    case 7: style.inverse = true; break;
    case 8: style.hidden = true; break;
    case 9: style.strike = true; break;
    case 22: style.bold = style.dim = false; break;
    case 23: style.italic = false; break;
    case 24: style.underline = false; break;
    case 27: style.inverse = false; break;
    case 28: style.hidden = false; break;
    case 29: style.strike = false; break;
    case 39: style.ink = {}; break;
    case 49: style.ground = {}; break;
    default:
        if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97))
            style.ink = {AnsiColor::Kind::Indexed, quint32(code >= 90 ? code - 82 : code - 30)};
        else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107))
            style.ground = {AnsiColor::Kind::Indexed, quint32(code >= 100 ? code - 92 : code - 40)};
    }
}

int value(QByteArrayView text) {
    int out = 0;
    for (const char c : text)
        out = digit(c) && out < 100'000 ? out * 10 + (c - '0') : out;
    return out;
}

void applySgr(AnsiStyle &style, QByteArrayView parameters) {
    std::vector<std::pair<int, std::vector<int>>> fields; // with what stands behind colons
    qsizetype from = 0;
    for (qsizetype i = 0; i <= parameters.size(); ++i) {
        if (i < parameters.size() && parameters[i] != ';')
            continue;
        const QByteArrayView field = parameters.sliced(from, i - from);
        std::vector<int> parts;
        qsizetype begin = 0;
        for (qsizetype j = 0; j <= field.size(); ++j)
            if (j == field.size() || field[j] == ':') {
                parts.push_back(value(field.sliced(begin, j - begin)));
                begin = j + 1;
            }
        fields.push_back({parts.front(), {parts.begin() + 1, parts.end()}});
        from = i + 1;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const int code = fields[i].first;
        if (code != 38 && code != 48) {
            if (code == 4 && !fields[i].second.empty())
                style.underline = fields[i].second.front() != 0;
            else
                plainly(style, code);
            continue;
        }
        AnsiColor &color = code == 38 ? style.ink : style.ground;
        if (!fields[i].second.empty()) {
            extended(fields[i].second, 0, true, color);
            continue;
        }
        std::vector<int> rest;
        for (std::size_t j = i + 1; j < fields.size() && rest.size() < 4; ++j)
            rest.push_back(fields[j].first);
        i += extended(rest, 0, false, color);
    }
}

/// Of states divided by carriage returns the last: where it begins, and the end without those that trail.
QByteArrayView lastState(QByteArrayView line) {
    while (!line.isEmpty() && (line.back() == '\r' || line.back() == '\n'))
        line.chop(1);
    if (line.isEmpty())
        return line;
    const void *last = ::memrchr(line.data(), '\r', std::size_t(line.size()));
    return last ? line.sliced(static_cast<const char *>(last) - line.data() + 1) : line;
}

/// "2026-11-22T19:00:00.1234567Z " of GitHub and Kubernetes, "[2026-11-22T19:00:00.123Z] " of Jenkins. @return how long it is, with its blank
qsizetype timeBefore(QByteArrayView s) {
    const qsizetype open = s.startsWith('[') ? 1 : 0;
    static constexpr char form[] = "dddd-dd-ddTdd:dd:dd";
    if (s.size() < open + 20)
        return 0;
    for (qsizetype i = 0; i < 19; ++i)
        if (form[i] == 'd' ? !digit(s[open + i]) : s[open + i] != form[i])
            return 0;
    qsizetype at = open + 19;
    if (s[at] != '.')
        return 0; // a program's own time has no fraction, or no Z: it belongs to the line
    const qsizetype fraction = ++at;
    while (at < s.size() && digit(s[at]))
        ++at;
    if (at - fraction < 3 || at >= s.size() || s[at] != 'Z')
        return 0;
    ++at;
    if (open && (at >= s.size() || s[at++] != ']'))
        return 0;
    if (at < s.size() && s[at] != ' ')
        return 0;
    return std::min(at + 1, s.size());
}

struct MarkWord {
    QByteArrayView word;
    AnsiLine::Mark mark;
};
constexpr std::array marks{MarkWord{"group", AnsiLine::Mark::Group},   MarkWord{"endgroup", AnsiLine::Mark::EndGroup}, MarkWord{"error", AnsiLine::Mark::Error}, MarkWord{"warning", AnsiLine::Mark::Warning},
                           MarkWord{"notice", AnsiLine::Mark::Notice}, MarkWord{"debug", AnsiLine::Mark::Debug},       MarkWord{"command", AnsiLine::Mark::Command}, MarkWord{"section", AnsiLine::Mark::Section}};

/// ##[word] and ::word …:: at the begin. @return how long it is
qsizetype markBefore(QByteArrayView s, AnsiLine::Mark &mark) {
    const bool bracket = s.startsWith("##[");
    if (!bracket && !s.startsWith("::"))
        return 0;
    const qsizetype from = bracket ? 3 : 2;
    const qsizetype end = bracket ? s.indexOf(']', from) : s.indexOf("::", from);
    if (end < 0)
        return 0;
    QByteArrayView word = s.sliced(from, end - from);
    if (const qsizetype blank = word.indexOf(' '); !bracket && blank >= 0) // ::error file=app.js,line=1::text
        word = word.first(blank);
    for (const MarkWord &known : marks)
        if (word == known.word) {
            mark = known.mark;
            return end + (bracket ? 1 : 2);
        }
    return 0;
}

/// Collects text and its spans.
struct Writer {
    AnsiLine line;
    AnsiStyle style;
    void put(QByteArrayView bytes) {
        if (bytes.isEmpty())
            return;
        const QString text = QString::fromUtf8(bytes);
        const qsizetype from = line.text.size();
        line.text += text;
        if (style == AnsiStyle{})
            return;
        if (!line.spans.empty() && line.spans.back().style == style && line.spans.back().from + line.spans.back().size == from)
            line.spans.back().size += text.size();
        else
            line.spans.push_back({from, text.size(), style});
    }
    void back() {
        if (line.text.isEmpty())
            return;
        line.text.chop(line.text.size() > 1 && line.text.back().isLowSurrogate() ? 2 : 1);
        while (!line.spans.empty() && line.spans.back().from + line.spans.back().size > line.text.size()) {
            line.spans.back().size = line.text.size() - line.spans.back().from;
            if (line.spans.back().size <= 0)
                line.spans.pop_back();
        }
    }
};

} // namespace

quint32 ansiCubeColor(int index) {
    if (index >= 232) {
        const quint32 grey = quint32(8 + 10 * (std::min(index, 255) - 232));
        return grey << 16 | grey << 8 | grey;
    }
    const int cube = std::max(0, index - 16);
    const auto level = [](int step) { return quint32(step == 0 ? 0 : 55 + 40 * step); };
    return level(cube / 36) << 16 | level(cube / 6 % 6) << 8 | level(cube % 6);
}

AnsiLine ansiLine(QByteArrayView bytes, AnsiStyle *carried) {
    QByteArrayView s = bytes;
    if (s.startsWith("\xef\xbb\xbf")) // GitHub's logs begin with a mark of their encoding
        s = s.sliced(3);
    Writer out;
    if (carried)
        out.style = *carried;
    if (const qsizetype time = timeBefore(s)) { // before the states: each line has it once
        QByteArrayView text = s.first(time).trimmed();
        if (text.startsWith('['))
            text = text.sliced(1, text.size() - 2);
        out.line.time = QString::fromLatin1(text);
        s = s.sliced(time);
    }
    s = lastState(s);
    s = s.sliced(markBefore(s, out.line.mark));
    qsizetype from = 0, i = 0;
    while (i < s.size()) {
        const auto c = static_cast<unsigned char>(s[i]);
        if (c >= 0x20 && c != 0x7f) {
            ++i;
            continue;
        }
        out.put(s.sliced(from, i - from));
        if (c == esc) {
            const Escape e = escapeAt(s, i);
            if (e.isSgr)
                applySgr(out.style, e.sgr);
            from = i = e.end;
            if (out.line.text.isEmpty() && out.line.mark == AnsiLine::Mark::None) // a mark may stand behind a colour
                from = i += markBefore(s.sliced(i), out.line.mark);
            continue;
        }
        if (c == '\t')
            out.put(QByteArrayView("        ").first(8 - out.line.text.size() % 8));
        else if (c == '\b')
            out.back();
        else if (c != '\a' && c != '\r' && c != '\n' && c != 0x0e && c != 0x0f)
            out.put("\xef\xbf\xbd");
        from = ++i;
    }
    out.put(s.sliced(from));
    if (carried)
        *carried = out.style;
    return std::move(out.line);
}

QByteArrayView plainLine(QByteArrayView line, QByteArray &room) {
    QByteArrayView s = lastState(line);
    if (s.isEmpty() || !std::memchr(s.data(), esc, std::size_t(s.size())))
        return s;
    room.resize(0);
    qsizetype from = 0;
    while (from < s.size()) {
        const void *found = std::memchr(s.data() + from, esc, std::size_t(s.size() - from));
        const qsizetype at = found ? static_cast<const char *>(found) - s.data() : s.size();
        room.append(s.data() + from, at - from);
        if (at == s.size())
            break;
        from = escapeAt(s, at).end;
    }
    return room;
}

} // namespace pilothouse::pipelines
