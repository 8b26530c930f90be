// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/pod_log_view.h"

#include "widgets/base/format.h"
#include "widgets/base/log_view.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int padding = 12, timeLetters = 13, podLetters = 24, longestShown = 4000, mostCopied = 100000;

State stateOf(cluster::LogLevel level) {
    switch (level) {
    case cluster::LogLevel::Warning: return State::Warn;
    case cluster::LogLevel::Error:
    case cluster::LogLevel::Fatal: return State::Bad;
    default: return State::None;
    }
}

/// The end of a pod's name tells pods of one workload apart.
QString podText(const QString &name) { return name.size() > podLetters - 2 ? QStringLiteral("…") + name.right(podLetters - 3) : name; }

} // namespace

PodLogCanvas::PodLogCanvas(PodLogModel &model, QWidget *parent) : QAbstractScrollArea(parent), m_model(model) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log of the pods"));
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent);
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, &PodLogCanvas::refresh);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &PodLogCanvas::refresh);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
        const int gone = last - first + 1;
        m_anchor = m_anchor < gone ? -1 : m_anchor - gone;
        m_current = m_current < gone ? -1 : m_current - gone;
        if (!m_follow) { // what is looked at stays where it is
            const QScopedValueRollback moving(m_moving, true);
            verticalScrollBar()->setValue(verticalScrollBar()->value() - gone);
        }
        refresh();
    });
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        m_anchor = -1;
        setCurrent(-1);
        refresh();
    });
    connect(&model, &PodLogModel::changed, viewport(), qOverload<>(&QWidget::update));
    connect(verticalScrollBar(), &QAbstractSlider::valueChanged, this, [this](int value) {
        if (!m_moving) // the user's hand decides whether it follows
            setFollow(value >= verticalScrollBar()->maximum());
    });
}

PodLogCanvas::Measure PodLogCanvas::measure() const {
    const QFontMetricsF metrics(Theme::of(this).font(TextRole::Mono));
    Measure m{metrics.horizontalAdvance(QLatin1Char('M')), double(Theme::of(this).px(19)), 0, 0};
    m.left = padding + m.letter * (timeLetters + (m_model.sources().size() > 1 ? podLetters : 0));
    m.columns = std::max(20, int((viewport()->width() - m.left - padding) / m.letter));
    return m;
}

int PodLogCanvas::linesOf(int row, const Measure &m) const {
    if (!m_wrap)
        return 1;
    const int letters = int(m_model.shown(row, longestShown).size());
    return std::max(1, (letters + m.columns - 1) / m.columns);
}

int PodLogCanvas::firstOfLastPage(const Measure &m) const {
    int room = std::max(1, int(viewport()->height() / m.tall)), row = m_model.rowCount();
    while (row > 0) {
        room -= linesOf(row - 1, m);
        if (room < 0)
            break;
        --row;
    }
    return std::min(row, std::max(0, m_model.rowCount() - 1));
}

void PodLogCanvas::refresh() {
    const QScopedValueRollback moving(m_moving, true);
    const Measure m = measure();
    verticalScrollBar()->setPageStep(std::max(1, int(viewport()->height() / m.tall)));
    verticalScrollBar()->setRange(0, firstOfLastPage(m));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(int(m.letter * 4));
    horizontalScrollBar()->setRange(0, m_wrap ? 0 : int(m.letter * 400)); // lines beyond that are for wrapping
    if (m_follow)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    viewport()->update();
}

void PodLogCanvas::setFollow(bool follow) {
    if (follow == m_follow)
        return;
    m_follow = follow;
    if (follow)
        refresh();
    Q_EMIT followChanged(follow);
}

void PodLogCanvas::setWrap(bool wrap) {
    m_wrap = wrap;
    refresh();
}

void PodLogCanvas::setCurrent(int row) {
    m_current = row;
    Q_EMIT currentChanged(row);
}

void PodLogCanvas::setEmptyText(const QString &text) {
    m_emptyText = text;
    viewport()->update();
}

void PodLogCanvas::showRow(int row) {
    m_anchor = row;
    setCurrent(row);
    const int first = verticalScrollBar()->value(), shown = verticalScrollBar()->pageStep();
    if (row < first || row >= first + shown) {
        setFollow(false);
        const QScopedValueRollback moving(m_moving, true);
        verticalScrollBar()->setValue(std::max(0, row - shown / 3));
    }
    viewport()->update();
}

void PodLogCanvas::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    refresh();
}

void PodLogCanvas::scrollContentsBy(int, int) { viewport()->update(); }

int PodLogCanvas::rowAt(double y) const {
    const Measure m = measure();
    double top = 4;
    for (int row = verticalScrollBar()->value(); row < m_model.rowCount() && top < viewport()->height(); ++row) {
        top += m.tall * linesOf(row, m);
        if (y < top)
            return row;
    }
    return -1;
}

void PodLogCanvas::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const Ink pods[] = {&Tokens::s1, &Tokens::s2, &Tokens::s3, &Tokens::s4, &Tokens::s5, &Tokens::s6, &Tokens::s7, &Tokens::s8};
    painter.setFont(theme.font(TextRole::Mono));
    const Measure m = measure();
    const bool several = m_model.sources().size() > 1;
    const double shift = horizontalScrollBar()->value();
    const int from = std::min(m_anchor, m_current), to = std::max(m_anchor, m_current);
    const int seen = int(viewport()->width() / m.letter) + 3; // characters
    double y = 4;
    for (int row = verticalScrollBar()->value(); row < m_model.rowCount() && y < viewport()->height(); ++row) {
        const auto line = m_model.line(row);
        const QString text = plainLogText(m_model.shown(row, longestShown));
        const int lines = linesOf(row, m);
        const QRectF whole(0, y, viewport()->width(), m.tall * lines);
        const State state = stateOf(line.level);
        if (m_anchor >= 0 && row >= from && row <= to)
            painter.fillRect(whole, t.sel);
        else if (state != State::None)
            painter.fillRect(whole, t.*stateTint(state));
        painter.setPen(state == State::None ? t.t2 : t.*stateInk(state));
        for (int i = 0; i < lines; ++i) {
            // Of a long line only what is seen: laying out the rest would cost as much as a whole screen.
            const int first = m_wrap ? i * m.columns : text.size() > 4 * seen ? std::max(0, int((shift - m.left) / m.letter) - 1) : 0;
            const QString part = text.mid(first, m_wrap ? m.columns : text.size() > 4 * seen ? seen : -1);
            painter.drawText(QRectF(m.left - shift + (m_wrap ? 0 : first * m.letter), y + i * m.tall, m.letter * double(part.size() + 2), m.tall), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, part);
        }
        painter.setPen(t.t3);
        const QDateTime time = shownTime(QDateTime::fromMSecsSinceEpoch(line.nanos / 1'000'000));
        painter.drawText(QRectF(padding - shift, y, m.letter * timeLetters, m.tall), Qt::AlignVCenter | Qt::AlignLeft, time.toString(QStringLiteral("HH:mm:ss.zzz")));
        if (several && std::size_t(line.source) < m_model.sources().size()) {
            painter.setPen(t.*pods[line.source % 8]);
            painter.drawText(QRectF(padding - shift + m.letter * timeLetters, y, m.letter * podLetters, m.tall), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, podText(m_model.sources()[std::size_t(line.source)].pod));
        }
        y += m.tall * lines;
    }
    if (m_model.rowCount() == 0 && !m_emptyText.isEmpty()) {
        painter.setFont(theme.font(TextRole::Body));
        painter.setPen(t.t2);
        painter.drawText(viewport()->rect().adjusted(padding, padding, -padding, -padding), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
    if (hasFocus() && m_model.rowCount() == 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void PodLogCanvas::mousePressEvent(QMouseEvent *event) {
    setCurrent(rowAt(event->position().y()));
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor < 0)
        m_anchor = m_current;
    viewport()->update();
}

void PodLogCanvas::mouseMoveEvent(QMouseEvent *event) {
    if (const int row = rowAt(event->position().y()); (event->buttons() & Qt::LeftButton) && row >= 0) {
        setCurrent(row);
        viewport()->update();
    }
}

void PodLogCanvas::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(selectedText());
    } else if (event->key() == Qt::Key_End) {
        setFollow(true);
    } else if (event->key() == Qt::Key_Home) {
        verticalScrollBar()->setValue(0);
    } else if (event->matches(QKeySequence::SelectAll)) {
        m_anchor = 0;
        m_current = m_model.rowCount() - 1;
        viewport()->update();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

QString PodLogCanvas::selectedText() const {
    if (m_anchor < 0 || m_current < 0)
        return {};
    const int from = std::min(m_anchor, m_current), to = std::min(std::max(m_anchor, m_current), from + mostCopied - 1);
    QStringList out;
    for (int row = from; row <= to && row < m_model.rowCount(); ++row) {
        const auto line = m_model.line(row);
        out << cluster::timestampText(line.nanos) + QLatin1Char(' ') + m_model.data(m_model.index(row), PodLogModel::SourceRole).toString() + QLatin1Char(' ') + m_model.text(row);
    }
    return out.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
