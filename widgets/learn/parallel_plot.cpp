// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/learn/parallel_plot.h"

#include "widgets/base/format.h"
#include "widgets/base/text.h"
#include "widgets/base/theme.h"
#include "widgets/learn/run_model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int captionTall = 18; // px: above the bars

bool isNumber(const QVariant &value) { return value.canConvert<double>() && value.typeId() != QMetaType::QString && value.typeId() != QMetaType::Bool; }

double distanceTo(const QPolygonF &line, const QPointF &at) {
    double best = 1e9;
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QPointF along = line[i] - line[i - 1];
        const double length = QPointF::dotProduct(along, along);
        const double share = length > 0 ? std::clamp(QPointF::dotProduct(at - line[i - 1], along) / length, 0.0, 1.0) : 0;
        const QPointF off = at - (line[i - 1] + along * share);
        best = std::min(best, std::hypot(off.x(), off.y()));
    }
    return best;
}

} // namespace

double ParallelAxis::place(const QVariant &value) const {
    if (!choices.isEmpty()) {
        const qsizetype at = choices.indexOf(parameterText(value));
        return at < 0 ? std::nan("") : choices.size() == 1 ? 0.5 : double(at) / double(choices.size() - 1);
    }
    const double v = value.toDouble();
    if (!value.isValid() || std::isnan(v))
        return std::nan("");
    if (from == to)
        return 0.5;
    return log ? (std::log(v) - std::log(from)) / (std::log(to) - std::log(from)) : (v - from) / (to - from);
}

QStringList ParallelAxis::endTexts() const {
    return choices.isEmpty() ? QStringList{parameterText(from), parameterText(to)} : QStringList{choices.front(), choices.back()};
}

std::vector<ParallelAxis> parallelAxes(const std::vector<TrialLine> &lines, const QString &estimator) {
    QMap<QString, QVariantList> values;
    for (const TrialLine &line : lines)
        if (line.trial.estimator == estimator)
            for (auto it = line.trial.searched.begin(); it != line.trial.searched.end(); ++it)
                values[it.key()] << it.value();
    std::vector<ParallelAxis> axes;
    for (auto it = values.begin(); it != values.end(); ++it) {
        ParallelAxis axis{it.key(), {}, 0, 1, false};
        if (std::all_of(it->begin(), it->end(), isNumber)) {
            const auto [low, high] = std::minmax_element(it->begin(), it->end(), [](const QVariant &a, const QVariant &b) { return a.toDouble() < b.toDouble(); });
            axis.from = low->toDouble();
            axis.to = high->toDouble();
            axis.log = axis.from > 0 && axis.to / axis.from > 30;
        } else {
            for (const QVariant &value : std::as_const(*it))
                if (const QString text = parameterText(value); !axis.choices.contains(text))
                    axis.choices << text;
            axis.choices.sort();
        }
        axes.push_back(std::move(axis));
    }
    return axes;
}

ParallelPlot::ParallelPlot(QWidget *parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ParallelPlot::setTrials(std::vector<TrialLine> lines, const QString &estimator, const QString &figureName, const QString &unit) {
    const int before = current();
    m_axes = parallelAxes(lines, estimator);
    std::erase_if(lines, [&](const TrialLine &line) { return line.trial.estimator != estimator || std::isnan(line.trial.mean); });
    m_lines = std::move(lines);
    m_metric = figureName;
    m_unit = unit;
    ParallelAxis figure{withUnit(m_metric, m_unit), {}, 0, 1, false};
    if (!m_lines.empty()) {
        const auto [low, high] = std::minmax_element(m_lines.begin(), m_lines.end(), [](const TrialLine &a, const TrialLine &b) { return a.trial.mean < b.trial.mean; });
        figure.from = low->trial.mean;
        figure.to = high->trial.mean;
    }
    m_axes.push_back(figure);
    m_current = -1;
    choose(before);
    setAccessibleName(tr("Trials of the search as parallel coordinates"));
    setAccessibleDescription(m_lines.empty() ? QString() : tr("%1 trials; the best: %2").arg(m_lines.size()).arg(describe(m_lines.front())));
    update();
}

void ParallelPlot::choose(int trial) {
    const auto at = std::find_if(m_lines.begin(), m_lines.end(), [&](const TrialLine &line) { return line.trial.number == trial; });
    m_current = at == m_lines.end() ? -1 : int(at - m_lines.begin());
    update();
}

int ParallelPlot::current() const { return m_current < 0 || m_current >= int(m_lines.size()) ? -1 : m_lines[std::size_t(m_current)].trial.number; }

QString ParallelPlot::asText() const {
    QStringList head{tr("trial")};
    for (const ParallelAxis &axis : m_axes)
        head << axis.name;
    QStringList out{head.join(QLatin1Char('\t'))};
    for (const TrialLine &line : m_lines) {
        QStringList cells{QString::number(line.trial.number)};
        for (std::size_t i = 0; i + 1 < m_axes.size(); ++i)
            cells << line.trial.searched.value(m_axes[i].name).toString();
        cells << QString::number(line.trial.mean, 'g', 10);
        out << cells.join(QLatin1Char('\t'));
    }
    return out.join(QLatin1Char('\n'));
}

QRectF ParallelPlot::area() const {
    const Theme &theme = Theme::of(this);
    const double side = theme.px(30), top = theme.px(36), bottom = theme.px(42);
    return QRectF(rect()).adjusted(side, top, -side, -bottom);
}

double ParallelPlot::axisX(std::size_t axis) const {
    const QRectF whole = area();
    return m_axes.size() < 2 ? whole.right() : whole.left() + whole.width() * double(axis) / double(m_axes.size() - 1);
}

QPolygonF ParallelPlot::lineOf(const TrialLine &line) const {
    const QRectF whole = area();
    QPolygonF points;
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        const double place = m_axes[i].place(i + 1 < m_axes.size() ? line.trial.searched.value(m_axes[i].name) : QVariant(line.trial.mean));
        if (!std::isnan(place))
            points << QPointF(axisX(i), whole.bottom() - whole.height() * place);
    }
    return points;
}

QString ParallelPlot::describe(const TrialLine &line) const {
    QStringList words{tr("trial %1").arg(line.trial.number)};
    for (auto it = line.trial.searched.begin(); it != line.trial.searched.end(); ++it)
        words << QStringLiteral("%1 %2").arg(it.key(), parameterText(it.value()));
    words << QStringLiteral("%1 %2").arg(m_metric, number(line.trial.mean, 4) + (m_unit.isEmpty() ? QString() : QLatin1Char(' ') + m_unit));
    if (line.trial.share < 1)
        words << tr("on %1 of the rows").arg(percent(line.trial.share, line.trial.share < 0.1 ? 1 : 0));
    return words.join(QStringLiteral(" · "));
}

void ParallelPlot::paintEvent(QPaintEvent *) {
    if (m_lines.empty())
        return;
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF whole = area();
    const int shown = m_current >= 0 ? m_current : 0; // the best
    for (int i = int(m_lines.size()) - 1; i >= 0; --i) {
        QColor ink = t.s1;
        ink.setAlphaF(float(0.15 + 0.5 * (1 - double(i) / double(m_lines.size()))));
        if (i != shown && i != 0) {
            painter.setPen(QPen(ink, 1));
            painter.drawPolyline(lineOf(m_lines[std::size_t(i)]));
        }
    }
    painter.setFont(theme.font(TextRole::Caption));
    const double gap = m_axes.size() < 2 ? whole.width() : whole.width() / double(m_axes.size() - 1);
    for (std::size_t i = 0; i < m_axes.size(); ++i) {
        const double x = axisX(i);
        painter.setPen(QPen(t.line3, 1));
        painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()));
        const auto align = i == 0 ? Qt::AlignLeft : i + 1 == m_axes.size() ? Qt::AlignRight : Qt::AlignHCenter;
        const double wide = gap - theme.px(8);
        const auto box = [&](double y, double tall) {
            const double left = align == Qt::AlignLeft ? 0 : align == Qt::AlignRight ? width() - wide : x - wide / 2;
            return QRectF(std::max(0.0, left), y, wide, tall);
        };
        const QStringList ends = m_axes[i].endTexts();
        painter.setPen(i + 1 == m_axes.size() ? t.t1 : t.t2);
        drawLine(painter, box(0, theme.px(18)), align | Qt::AlignVCenter, m_axes[i].name + (m_axes[i].log ? tr(" (log)") : QString()));
        painter.setPen(t.t3);
        drawLine(painter, box(theme.px(17), theme.px(16)), align | Qt::AlignVCenter, ends.value(1));
        drawLine(painter, box(whole.bottom() + theme.px(2), theme.px(16)), align | Qt::AlignVCenter, ends.value(0));
        for (const QString &choice : m_axes[i].choices.mid(1, m_axes[i].choices.size() - 2)) // between the ends, beside the axis
            drawLine(painter, QRectF(x + theme.px(6), whole.bottom() - whole.height() * m_axes[i].place(choice) - theme.px(8), gap - theme.px(12), theme.px(16)), Qt::AlignLeft | Qt::AlignVCenter, choice);
    }
    for (const int i : {0, shown}) {
        painter.setPen(QPen(i == 0 ? t.s2 : t.acc, 2));
        painter.drawPolyline(lineOf(m_lines[std::size_t(i)]));
    }
    const QString text = describe(m_lines[std::size_t(shown)]);
    painter.setPen(shown == 0 ? t.s2 : t.acc);
    drawLine(painter, QRectF(0, height() - theme.px(20), width(), theme.px(18)), Qt::AlignLeft | Qt::AlignVCenter, shown == 0 ? tr("best: %1").arg(text) : text);
    if (hasFocus() && m_current < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void ParallelPlot::mouseMoveEvent(QMouseEvent *event) {
    int nearest = -1;
    double distance = Theme::of(this).px(8);
    for (std::size_t i = 0; i < m_lines.size(); ++i)
        if (const double now = distanceTo(lineOf(m_lines[i]), event->position()); now < distance) {
            distance = now;
            nearest = int(i);
        }
    if (nearest == m_current)
        return;
    m_current = nearest;
    update();
    Q_EMIT chosen(current());
}

void ParallelPlot::leaveEvent(QEvent *) {
    m_current = -1;
    update();
    Q_EMIT chosen(-1);
}

void ParallelPlot::keyPressEvent(QKeyEvent *event) {
    const int last = int(m_lines.size()) - 1;
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(asText());
        return;
    }
    int to = m_current;
    switch (event->key()) {
    case Qt::Key_Down:
    case Qt::Key_Right: to = std::min(last, m_current + 1); break;
    case Qt::Key_Up:
    case Qt::Key_Left: to = std::max(0, m_current - 1); break;
    case Qt::Key_Home: to = std::min(0, last); break;
    case Qt::Key_End: to = last; break;
    case Qt::Key_Escape: to = -1; break;
    default: return QWidget::keyPressEvent(event);
    }
    m_current = to;
    update();
    Q_EMIT chosen(current());
}

ImportanceBars::ImportanceBars(QWidget *parent) : QWidget(parent) {
    setAccessibleName(tr("What each parameter explains"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ImportanceBars::setShares(std::vector<fleet::SearchTable::Importance> shares, const QString &figureName) {
    m_shares = std::move(shares);
    m_caption = tr("Of the spread of %1 among an estimator's trials, the share that each of its parameters explains").arg(figureName);
    QStringList words{m_caption};
    for (const auto &one : m_shares)
        words << QStringLiteral("%1 %2: %3").arg(one.estimator, one.parameter, percent(one.share));
    setAccessibleDescription(words.join(QLatin1String("; ")));
    updateGeometry();
    update();
}

QSize ImportanceBars::sizeHint() const { return {420, Theme::of(this).px(12 + captionTall + 24 * int(std::max<std::size_t>(1, m_shares.size())))}; }

void ImportanceBars::paintEvent(QPaintEvent *) {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    QPainter painter(this);
    const double top = theme.px(captionTall);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(t.t3);
    drawLine(painter, QRectF(0, 0, width(), top - theme.px(2)), Qt::AlignLeft | Qt::AlignVCenter, m_caption);
    painter.setFont(theme.font(TextRole::Second));
    const double row = std::min<double>(theme.px(26), (height() - top) / double(std::max<std::size_t>(1, m_shares.size())));
    const double name = std::min<double>(width() * 0.5, theme.px(240)), figure = theme.px(48), gap = theme.px(8);
    for (std::size_t i = 0; i < m_shares.size(); ++i) {
        const double y = top + row * double(i);
        painter.setPen(t.t1);
        drawLine(painter, QRectF(0, y, name, row), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("%1 · %2").arg(m_shares[i].estimator, m_shares[i].parameter), Qt::ElideMiddle);
        const QRectF track(name + gap, y + row / 2 - 4, width() - name - figure - 2 * gap, 8);
        painter.fillRect(track, t.bg3);
        painter.fillRect(QRectF(track.topLeft(), QSizeF(track.width() * m_shares[i].share, track.height())), t.s3);
        painter.setPen(t.t2);
        drawTabular(painter, QRectF(width() - figure, y, figure, row), Qt::AlignRight | Qt::AlignVCenter, percent(m_shares[i].share));
    }
}

} // namespace pilothouse::ui
