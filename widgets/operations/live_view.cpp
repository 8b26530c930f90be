// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/live_view.h"

#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/plot_scale.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace pilothouse::ui {
namespace {

QString versionText(const promotion::LiveRecord *record) { return record && record->version ? QStringLiteral("v%1").arg(*record->version) : LiveView::tr("nothing"); }

} // namespace

const promotion::LiveRecord *liveAt(const std::vector<promotion::LiveRecord> &history, const QDateTime &time) {
    for (const promotion::LiveRecord &record : history) // newest first
        if (record.since <= time)
            return &record;
    return nullptr;
}

LiveBars::LiveBars(QWidget *parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Live versions over time"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
}

void LiveBars::setHistory(std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>> history, const QDateTime &now) {
    m_history = std::move(history);
    m_now = now;
    QDateTime first;
    for (const auto &[model, records] : m_history)
        if (!records.empty() && (!first.isValid() || records.back().since < first))
            first = records.back().since;
    // The whole history fills the width, with a little of the time before it; a young one would be a hairline on a fixed scale.
    m_from = first.isValid() ? first.addSecs(-std::max<qint64>(10, first.secsTo(now) / 20)) : now.addDays(-1);
    updateGeometry();
    update();
}

void LiveBars::setTime(const QDateTime &time) {
    m_time = time;
    update();
}

QSize LiveBars::sizeHint() const { return {Theme::of(this).px(240), Theme::of(this).px(26) * int(std::max<std::size_t>(1, m_history.size())) + Theme::of(this).px(18)}; }

QRectF LiveBars::area() const {
    double names = 0;
    const QFontMetricsF metrics(Theme::of(this).font(TextRole::Caption));
    for (const auto &entry : m_history)
        names = std::max(names, metrics.horizontalAdvance(entry.first));
    names = std::min(names + 10, width() * 0.35);
    return {names, 0, width() - names - 1, double(height())};
}

void LiveBars::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const QRectF bars = area();
    const double row = theme.px(26), tall = theme.px(19);
    const PlotScale scale{bars, double(m_from.toSecsSinceEpoch()), double(m_now.toSecsSinceEpoch()), 0, 1};
    for (std::size_t i = 0; i < m_history.size(); ++i) {
        const double y = row * double(i) + (row - tall) / 2;
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(t.t3);
        drawLine(painter, QRectF(0, y, bars.left() - 8, tall), Qt::AlignRight | Qt::AlignVCenter, m_history[i].first);
        const auto &records = m_history[i].second;
        double right = bars.right();
        for (std::size_t r = 0; r < records.size(); ++r) { // newest first: from the right
            const double left = std::max(bars.left(), scale.toX(double(records[r].since.toSecsSinceEpoch())));
            const QRectF box(left + 0.5, y + 0.5, std::max(2.0, right - left - 2), tall - 1);
            painter.setPen(QPen(t.line2, 1));
            painter.setBrush(r == 0 ? t.accT : t.bg2);
            painter.drawRoundedRect(box, 3, 3);
            painter.setPen(t.t1);
            if (box.width() > 22)
                drawLine(painter, box.adjusted(6, 0, -2, 0), Qt::AlignLeft | Qt::AlignVCenter, versionText(&records[r]));
            right = left;
        }
    }
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(t.t3);
    const QRectF axis(bars.left(), row * double(m_history.size()), bars.width(), theme.px(18));
    drawTabular(painter, axis, Qt::AlignLeft | Qt::AlignVCenter, moment(m_from, m_now));
    drawLine(painter, axis, Qt::AlignRight | Qt::AlignVCenter, tr("now"));
    if (m_time.isValid() && m_time >= m_from && m_time <= m_now) {
        const double x = scale.toX(double(m_time.toSecsSinceEpoch()));
        painter.setPen(QPen(t.acc, 2));
        painter.drawLine(QPointF(x, 0), QPointF(x, row * double(m_history.size())));
    }
    if (hasFocus()) {
        painter.setPen(QPen(t.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

void LiveBars::mousePressEvent(QMouseEvent *event) {
    const QRectF bars = area();
    if (bars.contains(event->position())) {
        const PlotScale scale{bars, double(m_from.toSecsSinceEpoch()), double(m_now.toSecsSinceEpoch()), 0, 1};
        Q_EMIT timeChosen(QDateTime::fromSecsSinceEpoch(qint64(scale.fromX(event->position().x()))));
    }
}

void LiveBars::keyPressEvent(QKeyEvent *event) {
    const qint64 step = std::max<qint64>(60, m_from.secsTo(m_now) / 50);
    const int by = event->key() == Qt::Key_Left || event->key() == Qt::Key_BracketLeft ? -1 : event->key() == Qt::Key_Right || event->key() == Qt::Key_BracketRight ? 1 : 0;
    if (by == 0 || !m_time.isValid())
        return QWidget::keyPressEvent(event);
    Q_EMIT timeChosen(std::clamp(m_time.addSecs(by * step), m_from, m_now));
}

LiveView::LiveView(const PanelContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_when(new QDateTimeEdit), m_words(new Label({}, TextRole::Second, &Tokens::t2)), m_bars(new LiveBars) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    m_when->setObjectName(QStringLiteral("liveWhen"));
    m_when->setAccessibleName(tr("At this time"));
    m_when->setDisplayFormat(QStringLiteral("ddd d MMM yyyy HH:mm:ss"));
    m_when->setButtonSymbols(QAbstractSpinBox::NoButtons); // the arrow keys step the part under the cursor
    showTime(m_when, (context.now ? context.now() : QDateTime::currentDateTimeUtc()));
    m_words->setWordWrap(true);
    m_words->setObjectName(QStringLiteral("liveWords"));
    row->addWidget(m_when, 0, Qt::AlignTop);
    row->addWidget(m_words, 1);
    column->addLayout(row);
    column->addWidget(m_bars);
    column->addStretch(1);
    connect(m_when, &QDateTimeEdit::dateTimeChanged, this, &LiveView::answer);
    connect(m_bars, &LiveBars::timeChosen, this, [this](const QDateTime &time) { showTime(m_when, time); });
}

void LiveView::refresh() {
    if (!m_context.fleet || m_task.isRunning())
        return;
    m_task = startTask<History>(m_context.fleet->pools().waiting, [services = m_context.fleet->services()](std::stop_token token) -> Result<History> {
        History history;
        for (const workspace::Model &model : services->workspace.models) {
            if (token.stop_requested())
                return cancelled();
            PH_ASSIGN(auto records, services->promotions->liveHistory({services->workspace.registryConnection(model), model.registry.name}, model.registry.champion));
            history.emplace_back(model.name, std::move(records));
        }
        return history;
    });
    deliver(m_task, this, [this](const Result<History> &history) {
        if (history)
            setHistory(*history);
        else if (history.error().kind != ErrorKind::Cancelled)
            Q_EMIT failed(history.error());
    });
}

void LiveView::setHistory(History history) {
    m_history = std::move(history);
    m_bars->setHistory(m_history, m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc());
    answer();
}

void LiveView::resizeEvent(QResizeEvent *event) {
    QWidget::resizeEvent(event);
    answer();
}

void LiveView::answer() {
    const QDateTime time = m_when->dateTime();
    m_bars->setTime(time);
    QStringList words, tips;
    for (const auto &[model, records] : m_history) {
        const promotion::LiveRecord *record = liveAt(records, time);
        const bool wide = width() >= Theme::of(this).px(420); // the narrow one tells who in the tooltip
        words << (!record ? tr("%1: nothing was live").arg(model)
                  : wide  ? tr("%1 %2 since %3, by %4").arg(model, versionText(record), moment(record->since, time), record->by)
                          : tr("%1 %2 since %3").arg(model, versionText(record), moment(record->since, time)));
        tips << (record ? tr("%1 %2 since %3, by %4").arg(model, versionText(record), moment(record->since, time), record->by) : words.last());
    }
    m_words->setText(words.join(QLatin1Char('\n')));
    m_words->setToolTip(tips.join(QLatin1Char('\n')));
}

} // namespace pilothouse::ui
