// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/answer.h"
#include "core/drift/multivariate.h"

#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::drift {

namespace {

constexpr std::size_t drawnCategories = 24; // more bars than that are narrower than their labels

const char *const style = R"(
:root{color-scheme:light dark;--bg:#eceff2;--panel:#fff;--line:#dae1e6;--t1:#0f181f;--t2:#3d4b57;--t3:#586673;--acc:#0a6aa8;--grid:#e8edf0;
--ok:#00573e;--warn:#955b00;--bad:#841e0e;--unk:#5e6975}
@media(prefers-color-scheme:dark){:root{--bg:#0c1115;--panel:#12191f;--line:#25313a;--t1:#e8eef2;--t2:#abb8c2;--t3:#8d9aa6;--acc:#56b4e9;
--grid:#202b33;--ok:#4edaa5;--warn:#dda22d;--bad:#fe6864;--unk:#8998a1}}
*{box-sizing:border-box}body{margin:0;padding:24px;background:var(--bg);color:var(--t1);font:13px/18px Inter,"Noto Sans",sans-serif;
font-variant-numeric:tabular-nums}main{max-width:1080px;margin:0 auto}h1{font-size:20px;line-height:24px;margin:0 0 4px}h2{font-size:13px;margin:0}
p{margin:0 0 12px;color:var(--t2)}section{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px;margin:0 0 12px;overflow-x:auto}
table{border-collapse:collapse;width:100%}th{font-size:11px;font-weight:500;color:var(--t3);text-align:right;padding:4px 8px;white-space:nowrap}
td{text-align:right;padding:6px 8px;border-top:1px solid var(--line);white-space:nowrap}th:first-child,td:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
.bad{color:var(--bad)}.warn{color:var(--warn)}.ok{color:var(--ok)}.unk{color:var(--unk)}b.answer{font-weight:600}
.head{display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}.head span{color:var(--t2)}svg{display:block;width:100%;height:auto;max-width:1040px}
.r{fill:var(--t1);fill-opacity:.55}.c{fill:var(--acc)}.g{stroke:var(--grid)}.a{stroke:var(--t3)}.l{fill:var(--t3);font-size:11px}
summary{color:var(--t3);cursor:pointer}details table{width:auto}ul{margin:8px 0 0;padding-left:18px;color:var(--t2)}.key i{display:inline-block;width:10px;
height:10px;border-radius:2px;margin-right:4px}.key .kr{background:var(--t1);opacity:.55}.key .kc{background:var(--acc)}
)";

QString number(double value, int digits = 3) {
    if (!std::isfinite(value))
        return QStringLiteral("–");
    QString text = QString::number(value, 'g', digits);
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}
QString number(const std::optional<double> &value) { return value ? number(*value) : QStringLiteral("–"); }
QString percent(double share) { return std::isfinite(share) ? QString::number(share * 100, 'f', 1) + QStringLiteral(" %") : QStringLiteral("–"); }
QString count(std::size_t rows) {
    QString text = QLocale::c().toString(qulonglong(rows));
    return text.replace(QLatin1Char(','), QChar(0x202F));
}

struct Verdict {
    const char *style;
    QString glyph;
};
Verdict verdictOf(const ColumnDrift &c) {
    if (c.tooFewRows)
        return {"unk", QStringLiteral("?")};
    if (c.drifted)
        return {"bad", QStringLiteral("✕")};
    return c.warning ? Verdict{"warn", QStringLiteral("▲")} : Verdict{"ok", QStringLiteral("✓")};
}
QString badge(const ColumnDrift &c) {
    const Verdict v = verdictOf(c);
    return QStringLiteral("<b class=\"%1\">%2 %3</b>").arg(QLatin1String(v.style), v.glyph, verdictWord(c));
}

struct Bar {
    QString label;
    double reference, current;
};

QString binName(const ColumnDrift &c, std::size_t i) {
    if (c.edges.empty())
        return QStringLiteral("all");
    if (i == 0)
        return QStringLiteral("≤ %1").arg(number(c.edges.front(), 5));
    if (i == c.edges.size())
        return QStringLiteral("> %1").arg(number(c.edges.back(), 5));
    return QStringLiteral("%1 … %2").arg(number(c.edges[i - 1], 5), number(c.edges[i], 5));
}

std::vector<Bar> barsOf(const ColumnDrift &c) {
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < c.referenceShares.size(); ++i)
        bars.push_back({c.kind == data::ColumnType::Number ? binName(c, i) : c.categories[i], c.referenceShares[i], c.currentShares[i]});
    if (c.kind == data::ColumnType::Number || bars.size() <= drawnCategories)
        return bars;
    std::stable_sort(bars.begin(), bars.end(), [](const Bar &a, const Bar &b) { return a.reference + a.current > b.reference + b.current; });
    Bar rest{QStringLiteral("%1 more").arg(bars.size() - drawnCategories), 0, 0};
    for (auto bar = bars.begin() + drawnCategories; bar != bars.end(); ++bar) {
        rest.reference += bar->reference;
        rest.current += bar->current;
    }
    bars.resize(drawnCategories);
    bars.push_back(rest);
    return bars;
}

QString rect(const char *klass, double x, double y, double width, double height) {
    return QStringLiteral("<rect class=\"%1\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\"/>")
        .arg(QLatin1String(klass))
        .arg(x, 0, 'f', 1).arg(y, 0, 'f', 1).arg(width, 0, 'f', 1).arg(std::max(height, 0.0), 0, 'f', 1);
}

/// Reference and current side by side in each bin; a bar's title gives the exact shares.
QString barsSvg(const ColumnDrift &c) {
    const std::vector<Bar> bars = barsOf(c);
    constexpr double left = 44, top = 8, width = 980, height = 150, labels = 22;
    double most = 0;
    for (const Bar &b : bars)
        for (const double share : {b.reference, b.current})
            most = std::isfinite(share) ? std::max(most, share) : most;
    if (bars.empty() || most <= 0)
        return {};
    const double step = std::pow(10, std::floor(std::log10(most))) * (most / std::pow(10, std::floor(std::log10(most))) < 3 ? 0.5 : 1);
    const double ceiling = std::ceil(most / step - 1e-9) * step, slot = width / double(bars.size()), bar = std::min(slot * 0.36, 60.0);
    QString svg = QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"Shares of %3 in each bin, reference and current\">")
                      .arg(left + width).arg(top + height + labels).arg(c.name.toHtmlEscaped());
    for (double share = 0; share <= ceiling + step / 2; share += step) {
        const double y = top + height * (1 - share / ceiling);
        svg += QStringLiteral("<line class=\"g\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/><text class=\"l\" x=\"%4\" y=\"%5\" text-anchor=\"end\">%6 %</text>")
                   .arg(left).arg(left + width).arg(y, 0, 'f', 1).arg(left - 6).arg(y + 4, 0, 'f', 1).arg(number(share * 100, 3));
    }
    const bool numbers = c.kind == data::ColumnType::Number && !c.edges.empty(); // labelled at the edges between bins, else below them
    const int room = std::max(3, int(slot / 6.5));
    const auto label = [&](double x, const QString &text) {
        const QString fitting = text.size() <= room ? text : text.left(room - 1) + QChar(0x2026);
        return QStringLiteral("<text class=\"l\" x=\"%1\" y=\"%2\" text-anchor=\"middle\">%3</text>")
            .arg(x, 0, 'f', 1).arg(top + height + 15).arg(fitting.toHtmlEscaped());
    };
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar &b = bars[i];
        const double middle = left + slot * (double(i) + 0.5);
        const auto tall = [&](double share) { return std::isfinite(share) ? height * share / ceiling : 0; };
        svg += QStringLiteral("<g><title>%1: reference %2, current %3</title>").arg(b.label.toHtmlEscaped(), percent(b.reference), percent(b.current));
        svg += rect("r", middle - bar, top + height - tall(b.reference), bar - 1, tall(b.reference));
        svg += rect("c", middle + 1, top + height - tall(b.current), bar - 1, tall(b.current));
        svg += (numbers ? QString() : label(middle, b.label)) + QStringLiteral("</g>");
        if (numbers && i < c.edges.size())
            svg += label(left + slot * double(i + 1), number(c.edges[i], 5));
    }
    return svg + QStringLiteral("<line class=\"a\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/></svg>").arg(left).arg(left + width).arg(top + height);
}

QString summaryRow(const ColumnDrift &c) {
    const QString chi2 = c.chi2 ? QStringLiteral("%1 (%2)").arg(number(*c.chi2)).arg(*c.chi2Dof) : QStringLiteral("–");
    const QStringList cells{c.name.toHtmlEscaped() + (c.role.isEmpty() ? QString() : QStringLiteral(" <span class=\"unk\">(%1)</span>").arg(c.role)), badge(c), number(c.psi), number(c.psiByChance), number(c.wasserstein),
                            number(c.wassersteinNorm), number(c.js), number(c.ksD), chi2, number(c.ksP ? c.ksP : c.chi2P),
                            count(c.referenceRows), count(c.currentRows), percent(c.referenceMissing), percent(c.currentMissing)};
    return QStringLiteral("<tr><td>") + cells.join(QStringLiteral("</td><td>")) + QStringLiteral("</td></tr>\n");
}

QString columnSection(const ColumnDrift &c) {
    QString table = QStringLiteral("<details><summary>Shares as a table</summary><table><tr><th>Bin</th><th></th><th>Reference</th><th>Current</th></tr>");
    for (const Bar &b : barsOf(c))
        table += QStringLiteral("<tr><td>%1</td><td></td><td>%2</td><td>%3</td></tr>").arg(b.label.toHtmlEscaped(), percent(b.reference), percent(b.current));
    return QStringLiteral("<section><div class=\"head\"><h2>%1</h2>%2<span>PSI %3</span><span>JS %4</span><span class=\"key\"><i class=\"kr\"></i>reference "
                          "<i class=\"kc\"></i>current</span></div>%5%6</table></details></section>\n")
        .arg(c.name.toHtmlEscaped(), badge(c), number(c.psi), number(c.js), barsSvg(c), table);
}

QString answerSentence(const DriftReport &report, const std::vector<const ColumnDrift *> &order) {
    const auto high = std::count_if(order.begin(), order.end(), [](const auto *c) { return c->drifted; });
    const auto moderate = std::count_if(order.begin(), order.end(), [](const auto *c) { return c->warning; });
    const auto few = std::count_if(order.begin(), order.end(), [](const auto *c) { return c->tooFewRows; });
    QString sentence = QStringLiteral("%1 of %2 columns drifted (High), %3 Moderate").arg(high).arg(order.size()).arg(moderate);
    if (few)
        sentence += QStringLiteral(", %1 with too few rows to say").arg(few);
    if (!report.notCompared.empty())
        sentence += QStringLiteral(", %1 not compared").arg(report.notCompared.size());
    return sentence + QLatin1Char('.');
}

QString headingOf(const DriftReport &report, const MultivariateDrift *together) {
    if (report.drifted || (together && together->drifted()))
        return QStringLiteral("Drift found");
    return answerOf(report) == QLatin1String("no drift") ? QStringLiteral("No drift found") : answerText(report);
}

} // namespace

QByteArray htmlReport(const DriftReport &report, const MultivariateDrift *together) {
    std::vector<const ColumnDrift *> order;
    for (const ColumnDrift &c : report.columns)
        order.push_back(&c);
    const auto weight = [](const ColumnDrift *c) { return std::isnan(c->psi) ? -1 : c->psi; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return weight(a) > weight(b); });

    QString html = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                                  "<title>Drift report</title><style>%1</style></head><body><main>\n")
                       .arg(QLatin1String(style));
    html += QStringLiteral("<h1>%1</h1>").arg(headingOf(report, together));
    html += QStringLiteral("<p>%1 Reference: %2, %3 rows. Current: %4, %5 rows.</p>\n")
                .arg(answerSentence(report, order), report.referenceName.toHtmlEscaped(), count(report.referenceRows),
                     report.currentName.toHtmlEscaped(), count(report.currentRows));
    html += QStringLiteral("<section><table><tr><th>Column</th><th>Drift</th><th>PSI</th><th>by chance</th><th>Shift</th><th>Shift, σ</th><th>JS</th>"
                           "<th>KS D</th><th>χ² (dof)</th><th>p</th><th>Rows, ref.</th><th>Rows, cur.</th><th>Missing, ref.</th><th>Missing, cur.</th></tr>\n");
    for (const ColumnDrift *c : order)
        html += summaryRow(*c);
    html += QStringLiteral("</table></section>\n");
    if (together) {
        html += QStringLiteral("<section><h2>All columns together</h2><ul>");
        for (const QString &line : together->lines())
            html += QStringLiteral("<li>%1</li>").arg(line.toHtmlEscaped());
        html += QStringLiteral("</ul><p>From %1 rows of the reference and %2 current ones, drawn with seed %3; columns: %4.</p></section>\n")
                    .arg(count(together->referenceRows), count(together->currentRows)).arg(together->seed).arg(together->columns.join(QStringLiteral(", ")).toHtmlEscaped());
    }
    for (const ColumnDrift *c : order)
        html += columnSection(*c);
    if (!report.notCompared.empty()) {
        html += QStringLiteral("<section><h2>Not compared</h2><ul>");
        for (const NotCompared &c : report.notCompared)
            html += QStringLiteral("<li>%1: %2</li>").arg(c.name.toHtmlEscaped(), c.reason.toHtmlEscaped());
        html += QStringLiteral("</ul></section>\n");
    }
    html += QStringLiteral("<section><h2>Definitions and limits</h2><ul>");
    for (const QString &line : definitions())
        html += QStringLiteral("<li>%1</li>").arg(line.toHtmlEscaped());
    return (html + QStringLiteral("</ul></section>\n</main></body></html>\n")).toUtf8();
}

} // namespace pilothouse::drift
