// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/source_label.h"

#include "widgets/base/format.h"
#include "widgets/base/state.h"
#include "widgets/base/text.h"

#include <QApplication>
#include <QMetaMethod>
#include <QMouseEvent>
#include <QPainter>

namespace pilothouse::ui {

Ticker::Ticker(QObject *parent) : QObject(parent) {
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (receivers(SIGNAL(tick())) > 0)
            Q_EMIT tick();
        else
            m_timer.stop();
    });
}

Ticker &Ticker::of(const QWidget *) {
    constexpr char property[] = "pilothouseTicker";
    if (auto *ticker = qobject_cast<Ticker *>(qApp->property(property).value<QObject *>()))
        return *ticker;
    auto *ticker = new Ticker(qApp);
    qApp->setProperty(property, QVariant::fromValue<QObject *>(ticker));
    return *ticker;
}

QDateTime Ticker::now() const { return m_now ? m_now() : QDateTime::currentDateTimeUtc(); }

void Ticker::setNow(std::function<QDateTime()> now) {
    m_now = std::move(now);
    Q_EMIT tick();
}

void Ticker::connectNotify(const QMetaMethod &signal) {
    if (signal == QMetaMethod::fromSignal(&Ticker::tick))
        QMetaObject::invokeMethod(&m_timer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
}

SourceLabel::SourceLabel(QWidget *parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
    hide();
    connect(&Ticker::of(this), &Ticker::tick, this, &SourceLabel::tick);
    connect(&Theme::of(this), &Theme::changed, this, [this] { updateGeometry(); });
}

void SourceLabel::setSource(const QString &name, const QDateTime &time, Freshness freshness, int pollSeconds) {
    m_name = name;
    m_time = time;
    m_freshness = freshness;
    m_poll = pollSeconds;
    setToolTip(time.isValid() ? tr("%1, read %2").arg(name, moment(time, Ticker::of(this).now())) : name);
    setVisible(true);
    tick();
    updateGeometry();
}

void SourceLabel::setDown(const QString &name, const QDateTime &lastSuccess, const QString &why) {
    setSource(name, lastSuccess, Freshness::Down);
    setToolTip(why);
}

void SourceLabel::clear() { hide(); }

Freshness SourceLabel::shown() const {
    const bool old = m_poll > 0 && m_time.isValid() && m_time.secsTo(Ticker::of(this).now()) > 3 * m_poll;
    return old && m_freshness != Freshness::Down ? Freshness::Stale : m_freshness;
}

QString SourceLabel::ageText() const {
    const QDateTime now = Ticker::of(this).now();
    switch (shown()) {
    case Freshness::Live: return tr("live");
    case Freshness::Down: return m_time.isValid() ? tr("no answer, %1").arg(age(m_time, now)) : tr("no answer");
    default: return m_time.isValid() ? age(m_time, now) : QString();
    }
}

QString SourceLabel::text() const { return m_name + QLatin1Char(' ') + ageText(); }

void SourceLabel::tick() {
    const QString now = ageText();
    if (now == m_lastAge || isHidden())
        return;
    if (now.size() != m_lastAge.size())
        updateGeometry();
    m_lastAge = now;
    setAccessibleName(text());
    update();
}

QSize SourceLabel::sizeHint() const {
    const Theme &theme = Theme::of(this);
    return {theme.px(10 + 5 + 5) + qRound(widthOf(theme.font(TextRole::Caption), m_name)) + qRound(widthOf(theme.font(TextRole::Column), ageText())) + 6, theme.px(20)};
}

QSize SourceLabel::minimumSizeHint() const {
    const Theme &theme = Theme::of(this);
    return {theme.px(15) + qRound(widthOf(theme.font(TextRole::Column), ageText())), theme.px(20)};
}

void SourceLabel::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const Freshness freshness = shown();
    const double mark = theme.px(10);
    paintFreshness(painter, QRectF(0, (height() - mark) / 2, mark, mark), freshness, this);
    const QColor ink = freshness == Freshness::Stale ? t.warn : freshness == Freshness::Down ? t.bad : t.t3;
    const QFont &plain = theme.font(TextRole::Caption), &strong = theme.font(TextRole::Column);
    const double ageWidth = widthOf(strong, ageText()) + 2;
    const double nameWidth = qMax(0.0, qMin<double>(widthOf(plain, m_name) + 1, width() - mark - theme.px(10) - ageWidth));
    double x = mark + theme.px(5);
    painter.setFont(plain);
    painter.setPen(ink);
    drawLine(painter, QRectF(x, 0, nameWidth, height()), Qt::AlignVCenter, m_name);
    x += nameWidth + (nameWidth > 0 ? theme.px(5) : 0);
    painter.setFont(strong);
    painter.setPen(freshness == Freshness::Stale || freshness == Freshness::Down ? ink : t.t2);
    drawLine(painter, QRectF(x, 0, ageWidth, height()), Qt::AlignVCenter, ageText());
}

void SourceLabel::mouseReleaseEvent(QMouseEvent *event) {
    if (rect().contains(event->pos()))
        Q_EMIT clicked(m_name);
}

void paintFreshness(QPainter &painter, const QRectF &rect, Freshness freshness, const QWidget *widget) {
    const Tokens &t = tokens(widget);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF middle = rect.center();
    const double size = rect.width();
    switch (freshness) {
    case Freshness::Live:
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.ok);
        painter.drawEllipse(middle, size * 0.35, size * 0.35);
        break;
    case Freshness::Polled:
        painter.setPen(QPen(t.t3, 1.2));
        painter.drawEllipse(middle, size * 0.3, size * 0.3);
        break;
    case Freshness::Local:
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.t3);
        painter.drawRect(QRectF(middle.x() - size * 0.32, middle.y() - size * 0.32, size * 0.64, size * 0.64));
        break;
    case Freshness::Stale: paintState(painter, rect, State::Stale, widget); break;
    case Freshness::Down: paintState(painter, rect, State::Bad, widget); break;
    }
    painter.restore();
}

} // namespace pilothouse::ui
