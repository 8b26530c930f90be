// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/explain/explanation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::explain {

namespace {

constexpr std::size_t drawnCurves = 200; // more lie on each other; the table and the CSV file have all

const char *const style = R"(
:root{color-scheme:light dark;--bg:#eceff2;--panel:#fff;--line:#dae1e6;--t1:#0f181f;--t2:#3d4b57;--t3:#586673;--acc:#0a6aa8;--neg:#955b00;--grid:#e8edf0}
@media(prefers-color-scheme:dark){:root{--bg:#0c1115;--panel:#12191f;--line:#25313a;--t1:#e8eef2;--t2:#abb8c2;--t3:#8d9aa6;--acc:#56b4e9;--neg:#dda22d;
--grid:#202b33}}
*{box-sizing:border-box}body{margin:0;padding:24px;background:var(--bg);color:var(--t1);font:13px/18px Inter,"Noto Sans",sans-serif;
font-variant-numeric:tabular-nums}main{max-width:1080px;margin:0 auto}h1{font-size:20px;line-height:24px;margin:0 0 4px}h2{font-size:13px;margin:0 0 8px}
p{margin:0 0 12px;color:var(--t2)}section{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px;margin:0 0 12px;overflow-x:auto}
table{border-collapse:collapse}th{font-size:11px;font-weight:500;color:var(--t3);text-align:right;padding:4px 8px;white-space:nowrap}
td{text-align:right;padding:6px 8px;border-top:1px solid var(--line);white-space:nowrap}th:first-child,td:first-child{text-align:left}
svg{display:block;width:100%;height:auto;max-width:1040px}.p{fill:var(--acc)}.n{fill:var(--neg)}.g{stroke:var(--grid)}.a{stroke:var(--t3)}
.l{fill:var(--t2);font-size:12px}.i{fill:none;stroke:var(--t3);stroke-opacity:.35}.m{fill:none;stroke:var(--acc);stroke-width:3}.w{stroke:var(--t1);stroke-width:1.5}
.r{stroke:var(--t3);stroke-opacity:.6}.d{stroke:var(--neg);stroke-width:2}
ul{margin:8px 0 0;padding-left:18px;color:var(--t2)}
)";

QString number(double value, int digits = 4) {
    if (!std::isfinite(value))
        return QStringLiteral("–");
    QString text = QString::number(value, 'g', digits);
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

QString fixed(double value) { return QString::number(value, 'f', 1); }

QString shortened(const QString &text, qsizetype most) { return text.size() <= most ? text : text.left(most - 1) + QChar(0x2026); }

QString labelOf(const FeatureLine &f) {
    if (!f.condition.isEmpty())
        return f.condition;
    return f.value.isEmpty() ? f.feature : f.feature + QStringLiteral(" = ") + f.value;
}

/// Bars to the right of the zero line for what raises, to the left for what lowers; of many rows with the interval as a line.
QString barsSvg(const Explanation &e) {
    constexpr double left = 300, width = 620, line = 24, right = 120;
    double low = 0, high = 0;
    for (const FeatureLine &f : e.features) {
        low = std::min({low, f.weight, e.view == View::DataSet ? f.low : 0.0});
        high = std::max({high, f.weight, e.view == View::DataSet ? f.high : 0.0});
    }
    if (!(high > low))
        return QStringLiteral("<p>No feature moves it.</p>");
    const auto x = [&](double value) { return left + width * (value - low) / (high - low); };
    const double height = line * double(e.features.size()) + 8;
    QString svg = QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">").arg(left + width + right).arg(height).arg(e.sentence().toHtmlEscaped());
    for (std::size_t i = 0; i < e.features.size(); ++i) {
        const FeatureLine &f = e.features[i];
        const double top = 4 + line * double(i), from = std::min(x(0), x(f.weight));
        svg += QStringLiteral("<g><title>%1: %2</title><text class=\"l\" x=\"%3\" y=\"%4\" text-anchor=\"end\">%5</text>")
                   .arg(labelOf(f).toHtmlEscaped(), number(f.weight), fixed(left - 8), fixed(top + 16), shortened(labelOf(f), 44).toHtmlEscaped());
        svg += QStringLiteral("<rect class=\"%1\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\" rx=\"2\"/>")
                   .arg(QLatin1String(f.weight < 0 ? "n" : "p"), fixed(from), fixed(top + 4), fixed(std::max(1.0, std::abs(x(f.weight) - x(0))))).arg(line - 8);
        if (e.view == View::DataSet)
            svg += QStringLiteral("<line class=\"w\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/>").arg(fixed(x(f.low)), fixed(x(f.high)), fixed(top + line / 2));
        svg += QStringLiteral("<text class=\"l\" x=\"%1\" y=\"%2\">%3</text></g>").arg(left + width + 8).arg(fixed(top + 16), number(f.weight));
    }
    return svg + QStringLiteral("<line class=\"a\" x1=\"%1\" x2=\"%1\" y1=\"0\" y2=\"%2\"/></svg>").arg(fixed(x(0))).arg(height);
}

QString curvesSvg(const Explanation &e) {
    const PartialDependence &d = e.dependence;
    constexpr double left = 64, top = 8, width = 960, height = 300;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    const std::size_t drawn = std::min(drawnCurves, d.individual.size());
    for (std::size_t i = 0; i < drawn; ++i)
        for (const double value : d.individual[i]) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    if (d.grid.empty() || drawn == 0)
        return {};
    if (!(high > low))
        high = low + 1;
    const bool category = !d.names.empty();
    const double from = category ? 0 : d.grid.front(), to = category ? double(d.grid.size() - 1) : d.grid.back();
    const auto x = [&](std::size_t g) { return left + (to > from ? width * ((category ? double(g) : d.grid[g]) - from) / (to - from) : width / 2); };
    const auto y = [&](double value) { return top + height * (high - value) / (high - low); };
    QString svg = QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">").arg(left + width + 16).arg(top + height + 28).arg(e.sentence().toHtmlEscaped());
    for (int i = 0; i <= 4; ++i) {
        const double value = low + (high - low) * i / 4;
        svg += QStringLiteral("<line class=\"g\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/><text class=\"l\" x=\"%4\" y=\"%5\" text-anchor=\"end\">%6</text>")
                   .arg(left).arg(left + width).arg(fixed(y(value))).arg(left - 6).arg(fixed(y(value) + 4), number(value, 3));
    }
    const auto curve = [&](const std::vector<double> &values, const char *klass) {
        QString points;
        for (std::size_t g = 0; g < values.size(); ++g)
            points += fixed(x(g)) + QLatin1Char(',') + fixed(y(values[g])) + QLatin1Char(' ');
        svg += QStringLiteral("<polyline class=\"%1\" points=\"%2\"/>").arg(QLatin1String(klass), points.trimmed());
    };
    for (std::size_t i = 0; i < drawn; ++i)
        curve(d.individual[i], "i");
    curve(d.average, "m");
    const auto rug = [&](const std::vector<double> &values, double tall, const char *klass) {
        for (const double value : values)
            if (value >= from && value <= to && to > from)
                svg += QStringLiteral("<line class=\"%1\" x1=\"%2\" x2=\"%2\" y1=\"%3\" y2=\"%4\"/>")
                           .arg(QLatin1String(klass), fixed(left + width * (value - from) / (to - from)), fixed(top + height), fixed(top + height - tall));
    };
    if (!category) {
        rug({d.values.begin(), d.values.begin() + std::ptrdiff_t(std::min(drawn, d.values.size()))}, 5, "r");
        rug(deciles(d.values), 9, "d");
    }
    const std::size_t labels = std::min<std::size_t>(d.grid.size(), category ? 12 : 5);
    for (std::size_t i = 0; i < labels; ++i) {
        const std::size_t g = labels == 1 ? 0 : i * (d.grid.size() - 1) / (labels - 1);
        svg += QStringLiteral("<text class=\"l\" x=\"%1\" y=\"%2\" text-anchor=\"middle\">%3</text>")
                   .arg(fixed(x(g))).arg(top + height + 20).arg((category ? shortened(d.names[g], 12) : number(d.grid[g], 4)).toHtmlEscaped());
    }
    return svg + QStringLiteral("</svg>");
}

QString tableOf(const Explanation &e) {
    QString table = QStringLiteral("<table>");
    const auto line = [&](const QStringList &cells, const char *tag) {
        table += QStringLiteral("<tr>");
        for (const QString &cell : cells)
            table += QStringLiteral("<%1>%2</%1>").arg(QLatin1String(tag), cell.toHtmlEscaped());
        table += QStringLiteral("</tr>\n");
    };
    if (e.view == View::Dependence) {
        line({e.column, QStringLiteral("Average")}, "th");
        for (std::size_t g = 0; g < e.dependence.grid.size(); ++g)
            line({e.dependence.names.empty() ? number(e.dependence.grid[g], 6) : e.dependence.names[g], number(e.dependence.average[g], 6)}, "td");
    } else if (e.view == View::DataSet) {
        line({QStringLiteral("Feature"), QStringLiteral("Mean"), QStringLiteral("Std"), QStringLiteral("Low"), QStringLiteral("High")}, "th");
        for (const FeatureLine &f : e.features)
            line({f.feature, number(f.weight), number(f.std), number(f.low), number(f.high)}, "td");
    } else {
        line({QStringLiteral("Feature"), QStringLiteral("Value"), QStringLiteral("Contribution")}, "th");
        for (const FeatureLine &f : e.features)
            line({f.condition.isEmpty() ? f.feature : f.condition, f.value.isEmpty() ? QStringLiteral("missing") : f.value, number(f.weight)}, "td");
    }
    return table + QStringLiteral("</table>");
}

QString headline(const Explanation &e) {
    if (e.view == View::Row) {
        QString text = e.row < 0 ? QStringLiteral("Why the prediction is %1").arg(e.prediction) : QStringLiteral("Why row %1 is predicted as %2").arg(e.row).arg(e.prediction);
        return e.unit.isEmpty() ? text : text + QLatin1Char(' ') + e.unit;
    }
    return e.view == View::DataSet ? QStringLiteral("What matters to the model") : QStringLiteral("How the model responds to %1").arg(e.column);
}

} // namespace

QByteArray htmlReport(const Explanation &e) {
    QString html = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                                  "<title>Explanation</title><style>%1</style></head><body><main>\n")
                       .arg(QLatin1String(style));
    html += QStringLiteral("<h1>%1</h1><p>%2</p><p>%3. Model: %4. Scale: %5%6.").arg(headline(e).toHtmlEscaped(), e.sentence().toHtmlEscaped(), e.methodTitle(), e.model.toHtmlEscaped(), e.scale.toHtmlEscaped(),
                                                                                  e.unit.isEmpty() ? QString() : QStringLiteral(", ") + e.unit.toHtmlEscaped());
    if (e.view == View::Row)
        html += QStringLiteral(" Base %1, sum %2, explained %3.").arg(number(e.base, 6), number(e.sum, 6), number(e.explained, 6));
    if (!e.metric.isEmpty())
        html += QStringLiteral(" %1 of the rows as they are: %2.").arg(e.metric.toHtmlEscaped(), number(e.baseline, 6));
    html += QStringLiteral("</p>\n<section>%1</section>\n<section><h2>As a table</h2>%2</section>\n").arg(e.view == View::Dependence ? curvesSvg(e) : barsSvg(e), tableOf(e));
    html += QStringLiteral("<section><h2>Definitions and limits</h2><ul>");
    for (const QString &line : definitions(e) + e.notes)
        html += QStringLiteral("<li>%1</li>").arg(line.toHtmlEscaped());
    return (html + QStringLiteral("</ul></section>\n</main></body></html>\n")).toUtf8();
}

} // namespace pilothouse::explain
