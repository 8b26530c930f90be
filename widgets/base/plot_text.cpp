// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart says in words and gives away: the callout's values, the table behind it, its files and its menu.
#include "widgets/base/card.h"
#include "widgets/base/export.h"
#include "widgets/base/format.h"
#include "widgets/base/plot.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QLocale>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace pilothouse::ui {
namespace {

constexpr std::size_t tableMost = 2000; ///< points from which the text tells facts, not values

} // namespace

std::vector<std::pair<QString, QString>> PlotWidget::valuesAt(double x) const {
    std::vector<std::pair<QString, QString>> values;
    for (const PlotSeries &series : m_data.series) {
        int i = series.quiet ? -1 : nearestPoint(series.points, x);
        if (i < 0)
            continue;
        if (series.steps && i > 0 && series.points[i].x() > x)
            --i; // a bin's value holds from its left edge
        const double y = series.points[i].y();
        values.emplace_back(series.name, std::isnan(y) ? tr("no data") : m_data.decimals >= 0 ? fixed(y, m_data.decimals) : number(y));
    }
    return values;
}

QString PlotWidget::xText(double x) const {
    if (!m_data.categories.empty()) {
        const auto i = std::size_t(std::max(0.0, std::round(x)));
        return i < m_data.categories.size() ? m_data.categories[i] : QString();
    }
    if (m_data.time)
        return QLocale().toString(shownTime(QDateTime::fromSecsSinceEpoch(qint64(x))), view() && view()->to - view()->from < 3600 ? QStringLiteral("ddd d MMM HH:mm:ss") : QStringLiteral("ddd d MMM HH:mm"));
    return m_data.xName.isEmpty() ? number(x) : QStringLiteral("%1 %2").arg(m_data.xName, number(x));
}

QString PlotWidget::textAt(double x) const {
    QStringList lines{xText(x)};
    for (const auto &[name, value] : valuesAt(x))
        lines << QStringLiteral("%1\t%2").arg(name, value);
    return lines.join(QLatin1Char('\n'));
}

QString PlotWidget::asText() const {
    std::vector<const PlotSeries *> told;
    QStringList head{m_data.time ? tr("time") : m_data.xName};
    std::size_t points = 0;
    for (const PlotSeries &series : m_data.series)
        if (!series.quiet) {
            told.push_back(&series);
            head << series.name;
            points += series.points.size();
        }
    if (points > tableMost) { // nobody reads a million lines: the CSV file has them
        QStringList lines{QStringList{QString(), tr("points"), tr("first"), tr("last"), tr("least"), tr("greatest")}.join(QLatin1Char('\t'))};
        for (std::size_t i = 0; i < m_data.series.size(); ++i) {
            const std::vector<QPointF> &line = m_data.series[i].points;
            const auto isTold = [](const QPointF &p) { return std::isfinite(p.y()); };
            const auto first = std::find_if(line.begin(), line.end(), isTold);
            const auto last = std::find_if(line.rbegin(), line.rend(), isTold);
            if (m_data.series[i].quiet || first == line.end())
                continue;
            double least = first->y(), greatest = first->y();
            if (!m_index[i].empty())
                m_index[i].reach(line, 0, line.size(), least, greatest);
            else
                for (const QPointF &p : line)
                    if (isTold(p))
                        least = std::min(least, p.y()), greatest = std::max(greatest, p.y());
            lines << QStringList{m_data.series[i].name, count(qint64(line.size())), number(first->y(), 6), number(last->y(), 6), number(least, 6), number(greatest, 6)}.join(QLatin1Char('\t'));
        }
        return lines.join(QLatin1Char('\n'));
    }
    std::map<double, QStringList> rows;
    for (std::size_t s = 0; s < told.size(); ++s)
        for (const QPointF &p : told[s]->points) {
            QStringList &row = rows[p.x()];
            row.resize(qsizetype(told.size()));
            row[qsizetype(s)] = std::isnan(p.y()) ? tr("no data") : number(p.y(), 6);
        }
    QStringList lines{head.join(QLatin1Char('\t'))};
    for (const auto &[x, row] : rows)
        lines << xText(x) + QLatin1Char('\t') + row.join(QLatin1Char('\t'));
    return lines.join(QLatin1Char('\n'));
}

QByteArray plotCsv(const PlotData &data) {
    QByteArray out = csvField(data.time ? QStringLiteral("time") : data.categories.empty() && !data.xName.isEmpty() ? data.xName : QStringLiteral("x"));
    for (const PlotSeries &series : data.series)
        out += ',' + csvField(series.name);
    out += '\n';
    std::vector<std::size_t> at(data.series.size(), 0);
    const auto left = [&](std::size_t s) { return at[s] < data.series[s].points.size(); };
    for (;;) { // an x a line, those of all series merged
        double x = std::numeric_limits<double>::infinity();
        for (std::size_t s = 0; s < at.size(); ++s)
            if (left(s))
                x = std::min(x, data.series[s].points[at[s]].x());
        if (std::isinf(x))
            return out;
        if (!data.categories.empty() && x >= 0 && x < double(data.categories.size()))
            out += csvField(data.categories[std::size_t(x)]);
        else
            out += data.time ? QDateTime::fromMSecsSinceEpoch(qint64(std::llround(x * 1000)), Qt::UTC).toString(Qt::ISODateWithMs).toLatin1() : csvNumber(x);
        for (std::size_t s = 0; s < at.size(); ++s) {
            out += ',';
            if (left(s) && data.series[s].points[at[s]].x() <= x)
                out += csvNumber(data.series[s].points[at[s]++].y());
        }
        out += '\n';
    }
}

void PlotWidget::copy() const { QGuiApplication::clipboard()->setText(std::isnan(m_crosshair) ? asText() : textAt(m_crosshair)); }

void PlotWidget::save(const QString &end, const QString &filter, const ChartDesk::Bytes &bytes) {
    QString name = objectName();
    for (const QWidget *up = parentWidget(); up; up = up->parentWidget())
        if (const auto *card = qobject_cast<const Card *>(up); card && !card->title().isEmpty()) {
            name = card->title();
            break;
        }
    ChartDesk::of(this).saveAs()(this, (name.isEmpty() ? tr("chart") : name) + end, filter, bytes);
}

void PlotWidget::contextMenuEvent(QContextMenuEvent *event) {
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy values"), QKeySequence::Copy, this, [this] { copy(); });
    if (ChartDesk::of(this).saveAs()) {
        menu->addSeparator();
        menu->addAction(tr("Save as PNG…"), this, [this] { save(QStringLiteral(".png"), tr("Pictures (*.png)"), pngOf(*this)); });
        menu->addAction(tr("Save as SVG…"), this, [this] { save(QStringLiteral(".svg"), tr("Drawings (*.svg)"), svgOf(*this)); });
        menu->addAction(tr("Save as CSV…"), this, [this] { save(QStringLiteral(".csv"), tr("Tables (*.csv)"), [data = m_data] { return plotCsv(data); }); });
    }
    if (zoomable()) {
        menu->addSeparator();
        menu->addAction(tr("Zoom in"), QKeySequence(Qt::Key_Plus), this, [this] { zoom(0.5, 0.5); });
        QAction *out = menu->addAction(tr("Zoom out"), QKeySequence(Qt::Key_Minus), this, [this] { zoom(2, 0.5); });
        QAction *all = menu->addAction(m_data.time ? tr("Show all of the time") : tr("Show all"), QKeySequence(Qt::Key_0), this, [this] { showAll(); });
        out->setEnabled(zoomed());
        all->setEnabled(zoomed());
    }
    menu->popup(event->globalPos());
    event->accept();
}

} // namespace pilothouse::ui
