// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/report_parts.h"

#include "core/base/harmless_text.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet::report {

namespace {

constexpr const char *ink = "#17212b", *quiet = "#566270", *line = "#d5dce2", *firstInk = "#7b8794", *secondInk = "#0a6aa8";
constexpr const char *inks[] = {"#cfe3f1", "#e4e8eb", "#d9ead9", "#f4e3c6", "#e6dcef", "#f2d6d0"};

const char *const style = R"(
@page{size:A4;margin:16mm}
body{font-family:Inter,"Noto Sans","DejaVu Sans",sans-serif;font-size:9pt;color:#17212b;background-color:#ffffff;max-width:178mm;margin:12pt auto}
h1{font-size:16pt;margin-top:20px;margin-bottom:6px}h2{font-size:12pt;margin-top:18px;margin-bottom:5px;page-break-after:avoid}
h3{font-size:10pt;margin-top:12px;margin-bottom:4px;page-break-after:avoid}p{margin-top:0px;margin-bottom:6px}ul{margin-top:0px;margin-bottom:6px}
.quiet{color:#566270}.mono{font-family:"JetBrains Mono","DejaVu Sans Mono",monospace;font-size:7.5pt}
.ok{color:#00573e}.warn{color:#955b00}.bad{color:#841e0e}.off{color:#566270}
table{border-collapse:collapse;width:100%;margin-left:0px;margin-right:0px;margin-top:0px;margin-bottom:8px}tr{page-break-inside:avoid}
th{font-size:8pt;font-weight:600;color:#566270;text-align:left;padding:4px 6px;border-bottom:1px solid #8d9aa6}
td{font-size:8.5pt;text-align:left;vertical-align:top;padding:4px 6px;border-bottom:1px solid #d5dce2}
.n{text-align:right}td.n,td.k{white-space:nowrap}svg{display:block;width:100%;height:auto;margin-top:6px;margin-bottom:6px}
)";

QString fixed(double value) { return QString::number(value, 'f', 1); }

QString textAt(double x, double y, const char *anchor, const QString &text, const char *colour = ink) {
    return QStringLiteral("<text x=\"%1\" y=\"%2\" font-family=\"Inter, Noto Sans, DejaVu Sans, sans-serif\" font-size=\"12\" fill=\"%3\" text-anchor=\"%4\">%5</text>")
        .arg(fixed(x), fixed(y), QLatin1String(colour), QLatin1String(anchor), escaped(text));
}
QString stroke(double x1, double y1, double x2, double y2, const char *colour, double width = 1, const char *more = "") {
    return QStringLiteral("<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" stroke=\"%5\" stroke-width=\"%6\"%7/>").arg(fixed(x1), fixed(y1), fixed(x2), fixed(y2), QLatin1String(colour), fixed(width), QLatin1String(more));
}
QString opened(const QString &name, double width, double height) {
    return QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">").arg(fixed(width), fixed(height), escaped(name));
}
const char *colourOf(const char *kind) {
    const QLatin1String k(kind);
    return k == QLatin1String("ok") ? "#00573e" : k == QLatin1String("warn") ? "#955b00" : k == QLatin1String("bad") ? "#841e0e" : quiet;
}
QString legend(double x, double y, const QString &first, const QString &second) {
    const double next = x + 28 + 7.0 * double(first.size());
    return stroke(x, y - 4, x + 16, y - 4, firstInk, 3) + textAt(x + 20, y, "start", first, quiet) + stroke(next, y - 4, next + 16, y - 4, secondInk, 3) + textAt(next + 20, y, "start", second, quiet);
}

/// **bold**, `code`; of an escaped text.
QString inlineMarks(QString text) {
    static const QRegularExpression bold(QStringLiteral("\\*\\*([^*]+)\\*\\*")), code(QStringLiteral("`([^`]+)`"));
    text.replace(bold, QStringLiteral("<b>\\1</b>"));
    return text.replace(code, QStringLiteral("<span class=\"mono\">\\1</span>"));
}

QStringList cellsOf(QString row) {
    static const QRegularExpression bar(QStringLiteral("(?<!\\\\)\\|"));
    row = row.trimmed();
    if (row.startsWith(QLatin1Char('|')))
        row.remove(0, 1);
    if (row.endsWith(QLatin1Char('|')) && !row.endsWith(QStringLiteral("\\|")))
        row.chop(1);
    QStringList cells = row.split(bar);
    for (QString &cell : cells)
        cell = cell.trimmed().replace(QStringLiteral("\\|"), QStringLiteral("|"));
    return cells;
}

} // namespace

QString escaped(const QString &text) {
    QString out = harmlessLines(text);
    for (QChar &c : out) // what XML 1.0 does not take
        if (c.unicode() >= 0xFFFE)
            c = QChar::ReplacementCharacter;
    for (qsizetype i = 0; i < out.size(); ++i) { // half of a surrogate pair is no character
        const bool high = out[i].isHighSurrogate() && i + 1 < out.size() && out[i + 1].isLowSurrogate();
        if (high)
            ++i;
        else if (out[i].isSurrogate())
            out[i] = QChar::ReplacementCharacter;
    }
    return out.toHtmlEscaped();
}

QString hashText(const QString &hash) {
    if (hash.isEmpty())
        return {};
    QStringList lines;
    for (qsizetype i = 0; i < hash.size(); i += 32)
        lines << escaped(hash.mid(i, 32));
    return QStringLiteral("<span class=\"mono\">%1</span>").arg(lines.join(QStringLiteral("<br/>")));
}

QString badge(const char *kind, const QString &word) {
    const QLatin1String k(kind);
    const QChar glyph(k == QLatin1String("ok") ? 0x2713 : k == QLatin1String("warn") ? 0x25B2 : k == QLatin1String("bad") ? 0x2715 : 0x25CB);
    return QStringLiteral("<b class=\"%1\">%2 %3</b>").arg(k, QString(glyph), escaped(word));
}

Rows::Rows(const QStringList &heads) : m_heads(heads) {}

void Rows::add(const QStringList &cells) {
    m_rows += QStringLiteral("<tr>");
    for (qsizetype i = 0; i < cells.size(); ++i)
        m_rows += QStringLiteral("<td%1>%2</td>").arg(i >= m_heads.size() ? QString() : m_heads[i].startsWith(QLatin1Char('>')) ? QStringLiteral(" class=\"n\" align=\"right\"") : m_heads[i].startsWith(QLatin1Char('=')) ? QStringLiteral(" class=\"k\"") : QString(), cells[i]);
    m_rows += QStringLiteral("</tr>\n");
}

QString Rows::html() const {
    QString head;
    for (const QString &h : m_heads)
        head += h.startsWith(QLatin1Char('>')) ? QStringLiteral("<th class=\"n\" align=\"right\">%1</th>").arg(escaped(h.mid(1))) : QStringLiteral("<th align=\"left\">%1</th>").arg(escaped(h.startsWith(QLatin1Char('=')) ? h.mid(1) : h));
    return QStringLiteral("<table width=\"100%\" cellspacing=\"0\" cellpadding=\"4\"><thead><tr>%1</tr></thead>\n<tbody>%2</tbody></table>\n").arg(head, m_rows);
}

QString facts(const std::vector<std::pair<QString, QString>> &rows) {
    QString out;
    for (const auto &[name, value] : rows)
        if (!value.isEmpty())
            out += QStringLiteral("<tr><td width=\"26%\" class=\"quiet\">%1</td><td>%2</td></tr>\n").arg(escaped(name), value);
    return out.isEmpty() ? out : QStringLiteral("<table width=\"100%\" cellspacing=\"0\" cellpadding=\"4\"><tbody>%1</tbody></table>\n").arg(out);
}

QString stretchesSvg(const QString &name, const std::vector<Stretch> &stretches, const QString &first, const QString &last) {
    constexpr double width = 700, tall = 30;
    QString svg = opened(name, width, tall + 24);
    for (const Stretch &s : stretches) {
        const double x = std::clamp(s.from, 0.0, 1.0) * width, right = std::clamp(s.to, 0.0, 1.0) * width;
        svg += QStringLiteral("<g><title>%1</title><rect x=\"%2\" y=\"0.5\" width=\"%3\" height=\"%4\" fill=\"%5\" stroke=\"%6\"%7/>")
                   .arg(escaped(s.label), fixed(x), fixed(std::max(1.5, right - x - 1)), fixed(tall), QLatin1String(inks[std::size_t(s.ink) % std::size(inks)]),
                        QLatin1String(s.marked ? "#841e0e" : "#8d9aa6"), s.marked ? QStringLiteral(" stroke-dasharray=\"4 3\"") : QString());
        if (right - x > 8.0 * double(s.label.size()) + 6)
            svg += textAt(x + 5, tall / 2 + 5, "start", s.label);
        svg += QStringLiteral("</g>");
    }
    return svg + textAt(0, tall + 17, "start", first, quiet) + textAt(width, tall + 17, "end", last, quiet) + QStringLiteral("</svg>\n");
}

QString timelineSvg(const QString &name, const std::vector<TimePoint> &points, const std::vector<TimePoint> &smooth, const std::vector<TimePoint> &estimated, const std::vector<TimeMark> &marks, const QString &first, const QString &last) {
    double least = INFINITY, most = -INFINITY;
    for (const auto *some : {&points, &smooth, &estimated})
        for (const TimePoint &p : *some)
            for (const double v : {p.value, p.low, p.high})
                if (std::isfinite(v) && std::isfinite(p.value)) {
                    least = std::min(least, v);
                    most = std::max(most, v);
                }
    if (!(least <= most))
        return {};
    const double spread = most > least ? most - least : std::max(1e-9, std::abs(most));
    const double power = std::pow(10, std::floor(std::log10(spread / 4))), parts = spread / 4 / power;
    const double step = power * (parts < 1.5 ? 1 : parts < 3.5 ? 2 : parts < 7.5 ? 5 : 10);
    const double bottom = std::floor(least / step) * step, top = std::max(bottom + step, std::ceil(most / step) * step);
    constexpr double left = 52, width = 700, above = 34, height = 170, below = 20;
    const auto x = [&](double at) { return left + std::clamp(at, 0.0, 1.0) * (width - left - 8); };
    const auto y = [&](double v) { return above + height * (1 - (v - bottom) / (top - bottom)); };
    QString svg = opened(name, width, above + height + below);
    double key = left;
    const auto keyed = [&](const QString &text, const char *colour, const char *more) {
        svg += stroke(key, 8, key + 18, 8, colour, 2, more) + textAt(key + 23, 12, "start", text, quiet);
        key += 40 + 7.0 * double(text.size());
    };
    keyed(QStringLiteral("measured, with 95 %"), secondInk, "");
    if (!smooth.empty())
        keyed(QStringLiteral("rolling"), firstInk, "");
    if (!estimated.empty())
        keyed(QStringLiteral("estimated without labels"), secondInk, " stroke-dasharray=\"5 4\"");
    for (int i = 0; bottom + step * i <= top + step / 2; ++i)
        svg += stroke(left, y(bottom + step * i), width, y(bottom + step * i), line) + textAt(left - 6, y(bottom + step * i) + 4, "end", QString::number(std::abs(bottom + step * i) < step / 1000 ? 0 : bottom + step * i, 'g', 5), quiet);
    for (const TimeMark &m : marks)
        svg += stroke(x(m.at), above - 8, x(m.at), above + height, "#8d9aa6", 1, " stroke-dasharray=\"2 3\"") + textAt(x(m.at) + 3, above - 4, "start", m.label, quiet);
    const auto path = [&](const std::vector<TimePoint> &some, const char *colour, const char *more) {
        QString piece;
        const auto end = [&] {
            if (piece.contains(QLatin1Char(' ')))
                svg += QStringLiteral("<polyline points=\"%1\" fill=\"none\" stroke=\"%2\" stroke-width=\"1.5\"%3/>").arg(piece, QLatin1String(colour), QLatin1String(more));
            piece.clear();
        };
        for (const TimePoint &p : some) {
            if (!std::isfinite(p.value)) {
                end();
                continue;
            }
            piece += QStringLiteral("%1%2,%3").arg(piece.isEmpty() ? QString() : QStringLiteral(" "), fixed(x(p.at)), fixed(y(p.value)));
        }
        end();
    };
    path(smooth, firstInk, "");
    path(estimated, secondInk, " stroke-dasharray=\"5 4\"");
    path(points, secondInk, "");
    for (const auto *some : {&estimated, &points})
        for (const TimePoint &p : *some) {
            if (!std::isfinite(p.value))
                continue;
            svg += QStringLiteral("<g><title>%1</title>").arg(escaped(p.label));
            if (std::isfinite(p.low) && std::isfinite(p.high))
                svg += stroke(x(p.at), y(p.low), x(p.at), y(p.high), secondInk, 1);
            svg += QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"2.5\" fill=\"%3\" stroke=\"%4\"/></g>").arg(fixed(x(p.at)), fixed(y(p.value)), QLatin1String(some == &points ? secondInk : "#ffffff"), QLatin1String(secondInk));
        }
    return svg + textAt(left, above + height + 15, "start", first, quiet) + textAt(width - 8, above + height + 15, "end", last, quiet) + QStringLiteral("</svg>\n");
}

QString forestSvg(const QString &name, const std::vector<ForestLine> &lines, const QString &left, const QString &right) {
    constexpr double names = 110, values = 250, width = 700, row = 24, top = 20;
    const double from = names, to = width - values, middle = (from + to) / 2, half = (to - from) / 2 - 8;
    QString svg = opened(name, width, top + row * double(lines.size()) + 6);
    svg += textAt(middle - 8, 12, "end", left, quiet) + textAt(middle + 8, 12, "start", right, quiet);
    svg += stroke(middle, top, middle, top + row * double(lines.size()), "#8d9aa6");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const ForestLine &l = lines[i];
        const double y = top + row * (double(i) + 0.5);
        svg += textAt(names - 8, y + 4, "end", l.label) + textAt(to + 8, y + 4, "start", l.value);
        const bool interval = std::isfinite(l.low) && std::isfinite(l.high);
        double most = std::isfinite(l.change) ? std::abs(l.change) : 0;
        if (interval)
            most = std::max({most, std::abs(l.low), std::abs(l.high)});
        if (most <= 0 || !std::isfinite(l.change))
            continue;
        const char *colour = colourOf(l.kind);
        const auto x = [&](double v) { return middle + v / most * half; };
        if (interval)
            svg += stroke(x(l.low), y, x(l.high), y, colour, 2);
        svg += QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"4\" fill=\"%3\"/>").arg(fixed(x(l.change)), fixed(y), QLatin1String(colour));
    }
    return svg + QStringLiteral("</svg>\n");
}

QString densitySvg(const QString &name, const std::vector<double> &edges, const std::vector<double> &first, const std::vector<double> &second, const QString &firstName, const QString &secondName) {
    if (edges.size() < 2 || (first.empty() && second.empty()))
        return {};
    constexpr double width = 700, height = 150, top = 22, bottom = 20;
    double most = 0;
    for (const auto *densities : {&first, &second})
        for (const double d : *densities)
            most = std::isfinite(d) ? std::max(most, d) : most;
    if (most <= 0 || !(edges.back() > edges.front()))
        return {};
    const auto x = [&](double v) { return (v - edges.front()) / (edges.back() - edges.front()) * width; };
    const auto y = [&](double d) { return top + height * (1 - d / most); };
    QString svg = opened(name, width, top + height + bottom) + legend(0, 12, firstName, secondName);
    svg += stroke(0, top + height, width, top + height, "#8d9aa6");
    if (edges.front() < 0 && edges.back() > 0)
        svg += stroke(x(0), top, x(0), top + height, line) + textAt(x(0), top + height + 15, "middle", QStringLiteral("0"), quiet);
    const auto curve = [&](const std::vector<double> &densities, const char *colour) {
        QString points;
        for (std::size_t i = 0; i < densities.size() && i + 1 < edges.size(); ++i)
            if (std::isfinite(densities[i]))
                points += QStringLiteral("%1,%2 ").arg(fixed(x((edges[i] + edges[i + 1]) / 2)), fixed(y(densities[i])));
        return QStringLiteral("<polyline points=\"%1\" fill=\"none\" stroke=\"%2\" stroke-width=\"2\"/>").arg(points.trimmed(), QLatin1String(colour));
    };
    svg += curve(first, firstInk) + curve(second, secondInk);
    return svg + textAt(0, top + height + 15, "start", QString::number(edges.front(), 'g', 3), quiet) + textAt(width, top + height + 15, "end", QString::number(edges.back(), 'g', 3), quiet) + QStringLiteral("</svg>\n");
}

QString calibrationSvg(const QString &name, const std::vector<metrics::CalibrationBin> &first, const std::vector<metrics::CalibrationBin> &second, const QString &firstName, const QString &secondName) {
    if (first.empty() && second.empty())
        return {};
    constexpr double size = 200, left = 40, top = 22;
    QString svg = opened(name, 700, top + size + 20) + legend(left, 12, firstName, secondName);
    const auto x = [&](double v) { return left + v * size; };
    const auto y = [&](double v) { return top + size * (1 - v); };
    svg += QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%3\" fill=\"none\" stroke=\"%4\"/>").arg(fixed(left), fixed(top), fixed(size), QLatin1String(line));
    svg += stroke(x(0), y(0), x(1), y(1), "#8d9aa6", 1, " stroke-dasharray=\"4 3\"");
    for (const auto &[bins, colour] : {std::pair(&first, firstInk), std::pair(&second, secondInk)}) {
        QString points;
        for (const metrics::CalibrationBin &b : *bins)
            if (std::isfinite(b.predicted) && std::isfinite(b.observed))
                points += QStringLiteral("%1,%2 ").arg(fixed(x(b.predicted)), fixed(y(b.observed)));
        svg += QStringLiteral("<polyline points=\"%1\" fill=\"none\" stroke=\"%2\" stroke-width=\"2\"/>").arg(points.trimmed(), QLatin1String(colour));
    }
    for (const double v : {0.0, 0.5, 1.0})
        svg += textAt(x(v), top + size + 15, "middle", QString::number(v), quiet) + textAt(left - 6, y(v) + 4, "end", QString::number(v), quiet);
    return svg + QStringLiteral("</svg>\n");
}

QString markdownHtml(const QString &markdown) {
    QString out, paragraph;
    bool list = false;
    const auto endAll = [&] {
        if (!paragraph.isEmpty())
            out += QStringLiteral("<p>%1</p>\n").arg(inlineMarks(escaped(paragraph.trimmed())));
        if (list)
            out += QStringLiteral("</ul>\n");
        paragraph.clear();
        list = false;
    };
    const QStringList lines = markdown.split(QLatin1Char('\n'));
    static const QRegularExpression heading(QStringLiteral("\\A(#{1,6})\\s+(.*)\\z")), rule(QStringLiteral("\\A\\s*\\|?[\\s:|-]*-[\\s:|-]*\\z"));
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString &text = lines[i];
        if (const auto match = heading.match(text); match.hasMatch()) {
            endAll();
            out += QStringLiteral("<h3>%1</h3>\n").arg(inlineMarks(escaped(match.captured(2))));
        } else if (text.startsWith(QLatin1Char('|')) && i + 1 < lines.size() && lines[i + 1].contains(QLatin1Char('|')) && rule.match(lines[i + 1]).hasMatch()) {
            endAll();
            Rows rows(cellsOf(text));
            for (i += 2; i < lines.size() && lines[i].startsWith(QLatin1Char('|')); ++i) {
                QStringList cells = cellsOf(lines[i]);
                for (QString &cell : cells)
                    cell = inlineMarks(escaped(cell));
                rows.add(cells);
            }
            --i;
            out += rows.html();
        } else if (text.startsWith(QLatin1String("- ")) || text.startsWith(QLatin1String("* "))) {
            if (!list)
                endAll();
            out += (list ? QString() : QStringLiteral("<ul>\n")) + QStringLiteral("<li>%1</li>\n").arg(inlineMarks(escaped(text.mid(2))));
            list = true;
        } else if (text.trimmed().isEmpty()) {
            endAll();
        } else {
            if (list)
                endAll();
            paragraph += text + QLatin1Char(' ');
        }
    }
    endAll();
    return out;
}

QByteArray page(const QString &language, const QString &title, const QString &body) {
    return QStringLiteral("<!DOCTYPE html>\n<html lang=\"%1\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>"
                          "<title>%2</title><style>%3</style></head>\n<body>\n%4</body></html>\n")
        .arg(escaped(language), escaped(title), QLatin1String(style), body)
        .toUtf8();
}

} // namespace pilothouse::fleet::report
