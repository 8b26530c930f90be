// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/calibration.h"

#include <QString>
#include <QStringList>

#include <utility>
#include <vector>

/// Pieces of a report in HTML that a browser, an XML parser and Qt's rich text (for PDF) all read: tables, headings and paragraphs laid out without
/// scripts, floats or flex, light for paper, and charts as inline SVG whose colours are attributes.
namespace pilothouse::fleet::report {

/// Any text as content or attribute value; control characters are U+FFFD.
QString escaped(const QString &text);
/// A long hash in a fixed pitch, cut into lines of 32.
QString hashText(const QString &hash);
/// @param kind  ok | warn | bad | off: colour and glyph beside the word
QString badge(const char *kind, const QString &word);

/// A table row by row. Cells are HTML: what comes from outside goes through escaped() first.
class Rows {
public:
    /// @param heads  plain texts; a head that begins with '>' is of a column of numbers, one that begins with '=' of texts that are not broken into lines
    explicit Rows(const QStringList &heads);
    void add(const QStringList &cells);
    bool empty() const { return m_rows.isEmpty(); }
    QString html() const;

private:
    QStringList m_heads;
    QString m_rows;
};
/// Names and values, a row each; values are HTML. Empty values are left out.
QString facts(const std::vector<std::pair<QString, QString>> &rows);

/// One bar a stretch on a time axis: label, from and to as shares of the width 0 … 1, and whether it is marked.
struct Stretch {
    QString label;
    double from = 0, to = 1;
    int ink = 0; ///< which of the inks, by turns
    bool marked = false;
};
QString stretchesSvg(const QString &name, const std::vector<Stretch> &stretches, const QString &first, const QString &last);

/// A value at a moment, which is a share of the width 0 … 1; NaN: a gap. low and high: its interval, NaN: none.
struct TimePoint {
    double at = 0, value = 0, low = 0, high = 0;
    QString label;
};
struct TimeMark {
    double at = 0;
    QString label;
};
/// Values over time, each with its interval; a line without points, such as a rolling mean; estimates, dashed; and marks.
QString timelineSvg(const QString &name, const std::vector<TimePoint> &points, const std::vector<TimePoint> &smooth, const std::vector<TimePoint> &estimated, const std::vector<TimeMark> &marks, const QString &first, const QString &last);

/// Change with its interval for each metric, on a scale of its own with 0 in the middle.
struct ForestLine {
    QString label, value;
    double change = 0, low = 0, high = 0;
    const char *kind = "off"; ///< as badge()
};
QString forestSvg(const QString &name, const std::vector<ForestLine> &lines, const QString &left, const QString &right);

/// Two densities on shared bins.
QString densitySvg(const QString &name, const std::vector<double> &edges, const std::vector<double> &first, const std::vector<double> &second, const QString &firstName, const QString &secondName);
/// Two calibration curves over the diagonal.
QString calibrationSvg(const QString &name, const std::vector<metrics::CalibrationBin> &first, const std::vector<metrics::CalibrationBin> &second, const QString &firstName, const QString &secondName);

/// Headings, tables, lists and paragraphs of a Markdown text (a model card) as HTML; anything else stays text. Never a link, picture or raw HTML.
QString markdownHtml(const QString &markdown);

/// The whole page around a body.
QByteArray page(const QString &language, const QString &title, const QString &body);

} // namespace pilothouse::fleet::report
