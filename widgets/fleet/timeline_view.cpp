// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/timeline_view.h"

#include "core/drift/drift.h"
#include "widgets/base/format.h"
#include "widgets/base/text.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <set>
#include <tuple>

namespace pilothouse::ui {
namespace {

constexpr double pointSize = 10;

QString laneTitle(int lane) {
    switch (lane) {
    case 0: return TimelineView::tr("Training");
    case 1: return TimelineView::tr("Pipelines");
    case 2: return TimelineView::tr("Promotions");
    case 3: return TimelineView::tr("Rollouts");
    case 4: return TimelineView::tr("Drift");
    default: return TimelineView::tr("Alerts");
    }
}

double seconds(const QDateTime &time) { return double(time.toMSecsSinceEpoch()) / 1000; }

} // namespace

const QStringList &timelineLanes() {
    static const QStringList lanes{QStringLiteral("train"), QStringLiteral("build"), QStringLiteral("promotion"), QStringLiteral("rollout"), QStringLiteral("drift"), QStringLiteral("alert")};
    return lanes;
}

int TimelineLayout::laneAt(double y) const {
    const int lane = laneHeight > 0 ? int((y - scale.area.top()) / laneHeight) : -1;
    return y >= scale.area.top() && lane < timelineLanes().size() ? lane : -1;
}

TimelineLayout layoutTimeline(const std::vector<fleet::TimelineEvent> &events, const QSizeF &size, const QDateTime &from, const QDateTime &now, double nameWidth, double axisHeight) {
    TimelineLayout layout;
    const double right = std::max(nameWidth + 20, size.width() - nameWidth);
    layout.scale.area = QRectF(nameWidth, 6, right - nameWidth, std::max(6.0, size.height() - axisHeight - 6));
    layout.scale.x0 = seconds(from);
    layout.scale.x1 = seconds(now);
    layout.laneHeight = layout.scale.area.height() / double(timelineLanes().size());
    for (int i = 0; i < int(events.size()); ++i) {
        const fleet::TimelineEvent &event = events[std::size_t(i)];
        const int lane = int(timelineLanes().indexOf(event.lane));
        const double start = seconds(event.from), end = event.to.isValid() ? seconds(event.to) : start;
        if (lane < 0 || end < layout.scale.x0 || start > layout.scale.x1)
            continue;
        const double top = layout.scale.area.top() + layout.laneHeight * lane;
        const double x0 = layout.scale.toX(std::max(start, layout.scale.x0)), x1 = layout.scale.toX(std::min(end, layout.scale.x1));
        TimelineMark mark;
        mark.event = i;
        mark.lane = lane;
        mark.point = lane == 0 || lane == 2;
        if (mark.point) {
            mark.rect = QRectF(x0 - pointSize / 2, top + (layout.laneHeight - pointSize) / 2, pointSize, pointSize);
        } else if (lane == 4) {
            const double tall = (layout.laneHeight - 8) * std::clamp(event.value / 0.4, 0.04, 1.0);
            mark.rect = QRectF(x0, top + layout.laneHeight - 4 - tall, std::max(1.0, x1 - x0 - 1), tall);
        } else {
            const double tall = std::min(20.0, layout.laneHeight - 6);
            mark.rect = QRectF(x0, top + (layout.laneHeight - tall) / 2, std::max(6.0, x1 - x0), tall);
        }
        layout.marks.push_back(mark);
    }
    return layout;
}

TimelineView::TimelineView(QWidget *parent) : QAbstractScrollArea(parent) {
    setObjectName(QStringLiteral("timeline"));
    setAccessibleName(tr("One time axis"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setMinimumHeight(40);
    connect(&Theme::of(this), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TimelineView::setEvents(std::vector<fleet::TimelineEvent> events, const QDateTime &now) {
    m_events = std::move(events);
    m_now = now;
    if (m_current >= int(m_events.size()))
        m_current = -1;
    QStringList words;
    for (int lane = 0; lane < timelineLanes().size(); ++lane) {
        const auto count = std::count_if(m_events.begin(), m_events.end(), [&](const auto &event) { return event.lane == timelineLanes()[lane]; });
        words << QStringLiteral("%1: %2").arg(laneTitle(lane)).arg(count);
    }
    setAccessibleDescription(words.join(QLatin1String("; ")));
    viewport()->update();
}

void TimelineView::setHours(int hours) {
    m_hours = hours;
    viewport()->update();
}

void TimelineView::setModel(const QString &model) {
    m_model = model;
    viewport()->update();
}

TimelineLayout TimelineView::places() const {
    const Theme &theme = Theme::of(this);
    return layoutTimeline(m_events, viewport()->size(), m_now.addSecs(-qint64(m_hours) * 3600), m_now, theme.px(92), theme.px(26));
}

void TimelineView::resizeEvent(QResizeEvent *) { viewport()->update(); }

void TimelineView::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    const TimelineLayout layout = places();
    paintLanes(painter, layout);
    paintLinks(painter, layout);
    // Of points that stand on one pixel and look alike, as hundreds of runs of one hour do, the last is the one that is seen.
    std::set<std::tuple<int, int, fleet::Health, bool>> drawn;
    std::vector<const TimelineMark *> seen;
    for (const TimelineMark &mark : layout.marks | std::views::reverse) {
        const fleet::TimelineEvent &event = m_events[std::size_t(mark.event)];
        if (!mark.point || mark.event == m_current || drawn.emplace(mark.lane, qRound(mark.rect.center().x()), event.state, event.model == m_model).second)
            seen.push_back(&mark);
    }
    for (const TimelineMark *mark : seen | std::views::reverse)
        paintMark(painter, *mark, m_events[std::size_t(mark->event)]);
    paintLabels(painter, layout);
    const Tokens &t = tokens(this);
    const double now = layout.scale.area.right();
    painter.setPen(QPen(t.acc, 1.5));
    painter.drawLine(QPointF(now, layout.scale.area.top()), QPointF(now, layout.scale.area.bottom()));
    painter.setFont(Theme::of(this).font(TextRole::Caption));
    painter.setPen(t.acc);
    painter.drawText(QPointF(now + 6, layout.scale.area.top() + 12), tr("now %1").arg(shownTime(m_now).toString(QStringLiteral("HH:mm"))));
    if (m_hover >= 0 || m_current >= 0)
        paintCallout(painter, layout);
    if (hasFocus() && m_current < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), 6, 6);
    }
}

void TimelineView::paintLanes(QPainter &painter, const TimelineLayout &layout) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const QRectF &area = layout.scale.area;
    painter.setFont(theme.font(TextRole::Caption));
    for (int lane = 0; lane < timelineLanes().size(); ++lane) {
        const QRectF row(0, area.top() + layout.laneHeight * lane, viewport()->width(), layout.laneHeight);
        if (lane % 2 == 0)
            painter.fillRect(row.adjusted(1, 0, -1, 0), t.bg2);
        painter.setPen(t.t2);
        drawLine(painter, row.adjusted(theme.px(12), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, laneTitle(lane));
    }
    const auto ticks = timeTicks(layout.scale.x0, layout.scale.x1, std::max(2, int(area.width() / theme.px(100))), timesInUtc());
    const bool days = ticks.size() > 1 && ticks[1].seconds - ticks[0].seconds >= 86400;
    for (const TimeTick &tick : ticks) {
        const double x = std::round(layout.scale.toX(tick.seconds)) + 0.5;
        painter.setPen(QPen(t.grid, 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(t.t3);
        const QDateTime at = shownTime(QDateTime::fromSecsSinceEpoch(qint64(tick.seconds)));
        const QString text = days ? QLocale().toString(at, QStringLiteral("ddd d")) : tick.text;
        drawLine(painter, QRectF(x + 4, area.bottom() + theme.px(3), theme.px(100), theme.px(18)), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
}

void TimelineView::paintMark(QPainter &painter, const TimelineMark &mark, const fleet::TimelineEvent &event) const {
    const Tokens &t = tokens(this);
    const State state = stateOf(event.state);
    const QColor ink = t.*stateInk(state), tint = t.*stateTint(state);
    const bool mine = !m_model.isEmpty() && event.model == m_model;
    switch (mark.lane) {
    case 0: // trainings: rings, ours filled
        painter.setPen(QPen(mine ? t.acc : state == State::Bad ? t.bad : t.t3, 1.3));
        painter.setBrush(mine ? t.acc : t.bg1);
        painter.drawEllipse(mark.rect.center(), mine ? 4.5 : 3.5, mine ? 4.5 : 3.5);
        if (state == State::Bad) { // silhouette, not colour alone
            painter.drawLine(mark.rect.center() + QPointF(-2.5, -2.5), mark.rect.center() + QPointF(2.5, 2.5));
            painter.drawLine(mark.rect.center() + QPointF(2.5, -2.5), mark.rect.center() + QPointF(-2.5, 2.5));
        }
        break;
    case 2: { // promotions: diamonds, open while they wait
        const QPointF c = mark.rect.center();
        const double r = 6;
        painter.setPen(QPen(ink, 1.4));
        painter.setBrush(state == State::Ok ? ink : t.bg1);
        painter.drawPolygon(QPolygonF({c + QPointF(0, -r), c + QPointF(r, 0), c + QPointF(0, r), c + QPointF(-r, 0)}));
        break;
    }
    case 4: {
        QColor shade = ink;
        shade.setAlphaF(m_model.isEmpty() || mine ? 0.75f : 0.35f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(shade);
        painter.drawRect(mark.rect);
        break;
    }
    default: {
        painter.setPen(QPen(ink, 1.2));
        painter.setBrush(tint);
        painter.drawRoundedRect(mark.rect, 3, 3);
        if (state == State::Bad && mark.rect.width() < 14) {
            const QPointF c = mark.rect.center();
            painter.drawLine(c + QPointF(-3, -4), c + QPointF(3, 4));
            painter.drawLine(c + QPointF(3, -4), c + QPointF(-3, 4));
        }
        const double wide = widthOf(Theme::of(this).font(TextRole::Caption), event.label) + 12;
        if (!event.label.isEmpty() && mark.rect.width() >= wide) {
            painter.setFont(Theme::of(this).font(TextRole::Caption));
            painter.setPen(ink);
            drawLine(painter, mark.rect.adjusted(6, 0, -4, 0), Qt::AlignLeft | Qt::AlignVCenter, event.label);
        }
        break;
    }
    }
    if (mark.event == m_current) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(mark.rect.adjusted(-4, -4, 4, 4), 5, 5);
    }
}

void TimelineView::paintLabels(QPainter &painter, const TimelineLayout &layout) const {
    const Theme &theme = Theme::of(this);
    painter.setFont(theme.font(TextRole::Caption));
    const double narrow = widthOf(painter, QStringLiteral("i"));
    std::vector<std::vector<QRectF>> taken(std::size_t(timelineLanes().size()));
    for (const TimelineMark &mark : layout.marks)
        taken[std::size_t(mark.lane)].push_back(mark.rect);
    for (const TimelineMark &mark : layout.marks) {
        const fleet::TimelineEvent &event = m_events[std::size_t(mark.event)];
        if (event.label.isEmpty() || mark.lane == 4)
            continue;
        auto &others = taken[std::size_t(mark.lane)];
        const auto free = [&](const QRectF &place) { return std::none_of(others.begin(), others.end(), [&](const QRectF &other) { return other.intersects(place); }); };
        // The label stands right of its mark, or left of it. Where neither side has room for as many narrow letters it is not measured: of a
        // thousand marks on a screen few have it.
        QRectF place(mark.rect.right() + 5, mark.rect.center().y() - 8, narrow * double(event.label.size()) + 4, 16);
        if (!free(place) && !free(place.translated(mark.rect.left() - 5 - place.right(), 0)))
            continue;
        place.setWidth(widthOf(painter, event.label) + 4);
        if (!mark.point && mark.rect.width() >= place.width() + 4)
            continue;
        if (place.right() > layout.scale.area.right() - 2) // not over the "now" line
            place.moveRight(mark.rect.left() - 5);
        if (!free(place))
            continue; // the callout has it
        others.push_back(place);
        painter.setPen(theme.tokens().t1);
        drawLine(painter, place, Qt::AlignVCenter | Qt::AlignLeft, event.label);
    }
}

void TimelineView::paintLinks(QPainter &painter, const TimelineLayout &layout) const {
    painter.setPen(QPen(tokens(this).acc, 1.2));
    QHash<QString, QPointF> last;
    std::vector<TimelineMark> marks = layout.marks;
    std::stable_sort(marks.begin(), marks.end(), [](const TimelineMark &a, const TimelineMark &b) { return a.lane < b.lane; });
    for (const TimelineMark &mark : marks) {
        const fleet::TimelineEvent &event = m_events[std::size_t(mark.event)];
        if (event.link.isEmpty() || (!m_model.isEmpty() && event.model != m_model))
            continue;
        const QPointF at = mark.point ? mark.rect.center() : QPointF(mark.rect.left() + std::min(mark.rect.width() / 2, 36.0), mark.rect.center().y());
        if (last.contains(event.link))
            painter.drawLine(last.value(event.link), at);
        last.insert(event.link, at);
    }
}

QString TimelineView::describe(const fleet::TimelineEvent &event) const {
    if (event.lane == QLatin1String("drift"))
        return tr("%1, PSI").arg(event.model);
    return event.label.isEmpty() ? event.model : event.label == event.model ? event.label : QStringLiteral("%1 · %2").arg(event.model, event.label);
}

void TimelineView::paintCallout(QPainter &painter, const TimelineLayout &layout) const {
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    double x = m_hover;
    if (m_current >= 0)
        for (const TimelineMark &mark : layout.marks)
            if (mark.event == m_current)
                x = mark.point ? mark.rect.center().x() : mark.rect.left();
    if (x < layout.scale.area.left() || x > layout.scale.area.right())
        return;
    painter.setPen(QPen(t.t3, 1));
    painter.drawLine(QPointF(x, layout.scale.area.top()), QPointF(x, layout.scale.area.bottom()));
    std::vector<std::pair<QString, QString>> rows; // one a lane at most, nearest to the line
    for (int lane = 0; lane < timelineLanes().size(); ++lane) {
        const TimelineMark *nearest = nullptr;
        double distance = 8;
        for (const TimelineMark &mark : layout.marks) {
            const double away = std::max({0.0, mark.rect.left() - x, x - mark.rect.right()});
            if (mark.lane == lane && away < distance && (m_current < 0 || mark.event == m_current || lane == 4)) {
                nearest = &mark;
                distance = away;
            }
        }
        if (!nearest)
            continue;
        const fleet::TimelineEvent &event = m_events[std::size_t(nearest->event)];
        rows.emplace_back(describe(event), lane == 4 ? fixed(event.value, 2) : stateWord(stateOf(event.state)));
    }
    const QString head = QLocale().toString(shownTime(QDateTime::fromSecsSinceEpoch(qint64(layout.scale.fromX(x)))), QStringLiteral("ddd d MMM HH:mm"));
    const QFont strong = theme.font(TextRole::Label), plain = theme.font(TextRole::Second);
    double wide = widthOf(strong, head);
    for (const auto &[name, value] : rows)
        wide = std::max(wide, widthOf(plain, name) + theme.px(24) + tabularWidth(strong, value));
    const double line = theme.px(17);
    QRectF box(x - wide - theme.px(28), layout.scale.area.bottom() - line * double(rows.size() + 1) - theme.px(18), wide + theme.px(20), line * double(rows.size() + 1) + theme.px(12));
    if (box.left() < 2)
        box.moveLeft(x + theme.px(8));
    painter.setPen(QPen(t.line2, 1));
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    QRectF row(box.left() + theme.px(10), box.top() + theme.px(6), wide, line);
    painter.setFont(strong);
    painter.setPen(t.t1);
    drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, head);
    for (const auto &[name, value] : rows) {
        row.translate(0, line);
        painter.setFont(plain);
        painter.setPen(t.t2);
        drawLine(painter, row, Qt::AlignVCenter | Qt::AlignLeft, name);
        painter.setFont(strong);
        painter.setPen(t.t1);
        drawTabular(painter, row, Qt::AlignRight | Qt::AlignVCenter, value);
    }
}

void TimelineView::mouseMoveEvent(QMouseEvent *event) {
    m_hover = event->position().x();
    m_current = -1;
    viewport()->update();
}

void TimelineView::leaveEvent(QEvent *) {
    m_hover = -1;
    viewport()->update();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent *event) {
    const TimelineLayout layout = places();
    for (const TimelineMark &mark : layout.marks)
        if (mark.rect.adjusted(-3, -3, 3, 3).contains(event->position()))
            return Q_EMIT opened(m_events[std::size_t(mark.event)].model, m_events[std::size_t(mark.event)].lane);
}

void TimelineView::keyPressEvent(QKeyEvent *event) {
    const TimelineLayout layout = places();
    std::vector<TimelineMark> marks;
    std::copy_if(layout.marks.begin(), layout.marks.end(), std::back_inserter(marks), [](const TimelineMark &mark) { return mark.lane != 4; });
    std::stable_sort(marks.begin(), marks.end(), [](const TimelineMark &a, const TimelineMark &b) { return a.rect.left() < b.rect.left(); });
    const auto at = std::find_if(marks.begin(), marks.end(), [this](const TimelineMark &mark) { return mark.event == m_current; });
    const auto moveTo = [&](qsizetype index) {
        if (index < 0 || index >= qsizetype(marks.size()))
            return;
        m_current = marks[std::size_t(index)].event;
        setAccessibleDescription(describe(m_events[std::size_t(m_current)]));
        viewport()->update();
    };
    const bool chosen = at != marks.end();
    switch (event->key()) {
    case Qt::Key_Right: return moveTo(chosen ? at - marks.begin() + 1 : 0);
    case Qt::Key_Left: return moveTo(chosen ? at - marks.begin() - 1 : qsizetype(marks.size()) - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (chosen)
            Q_EMIT opened(m_events[std::size_t(m_current)].model, m_events[std::size_t(m_current)].lane);
        return;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace pilothouse::ui
