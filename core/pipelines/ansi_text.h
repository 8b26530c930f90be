// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <vector>

namespace pilothouse::pipelines {

/// A colour as SGR says it.
struct AnsiColor {
    enum class Kind : quint8 { Default, Indexed, Rgb } kind = Kind::Default;
    quint32 value = 0; ///< index 0-255, or 0xRRGGBB
    bool operator==(const AnsiColor &) const = default;
};
/// 0xRRGGBB of an index of the 256 from 16 on: xterm's cube and greys. Those before are the theme's.
quint32 ansiCubeColor(int index);

struct AnsiStyle {
    AnsiColor ink, ground;
    bool bold = false, dim = false, italic = false, underline = false, inverse = false, strike = false, hidden = false;
    bool operator==(const AnsiStyle &) const = default;
};
struct AnsiSpan {
    qsizetype from = 0, size = 0; ///< characters of the text
    AnsiStyle style;
};

/// A line as it is shown.
struct AnsiLine {
    /// What the system says about a line: GitHub's ##[group] and its likes (also ::group:: as actions write it), the end of a group.
    enum class Mark : quint8 { None, Group, EndGroup, Error, Warning, Notice, Debug, Command, Section };
    QString text;                ///< without escapes, marks and the system's time; tabs are blanks, bytes that are no UTF-8 U+FFFD
    QString time;                ///< as the system wrote it before the line: "2026-11-22T19:00:00.1234567Z"
    std::vector<AnsiSpan> spans; ///< only what is not plain, in order, without overlaps
    Mark mark = Mark::None;
};

/// One line of a log (without its line feed; of several states divided by carriage returns the last one stays, trailing ones do not count). SGR becomes spans; other escapes,
/// OSC (a hyperlink's text is kept) and the notes that Jenkins hides in its console (ESC[8mha:…ESC[0m) leave. A backspace takes a character back. Pure.
/// @param style  in: what holds at its begin; out: at its end. Null: each line begins plain.
AnsiLine ansiLine(QByteArrayView line, AnsiStyle *style = nullptr);

/// The bytes that a person reads of a line, for searching: escapes, notes and states that were overwritten are gone, the system's time and marks stay.
/// Nothing is copied if there is nothing to leave out: then the answer views `line`. `room` holds what was made.
QByteArrayView plainLine(QByteArrayView line, QByteArray &room);

} // namespace pilothouse::pipelines
