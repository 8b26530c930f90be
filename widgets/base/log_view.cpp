// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/log_view.h"

#include "core/base/line_level.h"
#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <cmath>

namespace pilothouse::ui {
namespace {

constexpr int padding = 12;

} // namespace

QString plainLogText(const QString &line) {
    static const QRegularExpression escapes(QStringLiteral("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-_])"));
    QString text = line;
    text.remove(escapes);
    while (text.endsWith(QLatin1Char('\r')) || text.endsWith(QLatin1Char('\n')))
        text.chop(1);
    if (const qsizetype last = text.lastIndexOf(QLatin1Char('\r')); last >= 0)
        text = text.mid(last + 1);
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    return text;
}

State logLevel(const QString &line) {
    switch (lineLevel(line.toUtf8())) {
    case LineLevel::Bad: return State::Bad;
    case LineLevel::Warn: return State::Warn;
    case LineLevel::None: break;
    }
    return State::None;
}

LogView::LogView(QWidget *parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log"));
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent);
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, [this] { resized(m_follow); });
    connect(verticalScrollBar(), &QAbstractSlider::valueChanged, this, [this](int value) {
        if (!m_moving) // the user's hand decides whether it follows
            setFollow(value >= verticalScrollBar()->maximum());
    });
}

double LogView::lineHeight() const { return Theme::of(this).px(19); }

void LogView::setLines(const QStringList &lines) {
    const qsizetype kept = qsizetype(m_lines.size());
    const bool grown = m_dropped == 0 && kept > 0 && lines.size() >= kept && plainLogText(lines[kept - 1]) == m_lines.back().text &&
                       plainLogText(lines.first()) == m_lines.front().text;
    if (grown)
        return append(lines.mid(kept));
    clear();
    append(lines);
}

void LogView::append(const QStringList &lines) {
    if (lines.isEmpty())
        return;
    const QFontMetricsF metrics(Theme::of(this).font(TextRole::Mono));
    const double letter = metrics.horizontalAdvance(QLatin1Char('M')); // monospaced: counting is exact enough
    for (const QString &line : lines) {
        const QString text = plainLogText(line);
        m_widest = std::max(m_widest, letter * double(text.size()));
        m_lines.push_back({text, logLevel(text)});
    }
    while (m_lines.size() > capacity) {
        m_lines.pop_front();
        ++m_dropped;
        if (m_anchor > 0)
            --m_anchor;
        if (m_cursor > 0)
            --m_cursor;
    }
    resized(m_follow);
}

void LogView::clear() {
    m_lines.clear();
    m_dropped = 0;
    m_anchor = m_cursor = -1;
    m_widest = 0;
    resized(true);
}

void LogView::setFollow(bool follow) {
    if (follow == m_follow)
        return;
    m_follow = follow;
    if (follow)
        resized(true);
    Q_EMIT followChanged(follow);
}

void LogView::resized(bool atEnd) {
    const QScopedValueRollback moving(m_moving, true);
    const int shown = std::max(1, int(viewport()->height() / lineHeight()));
    verticalScrollBar()->setPageStep(shown);
    verticalScrollBar()->setRange(0, std::max(0, int(m_lines.size()) - shown));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(20);
    horizontalScrollBar()->setRange(0, std::max(0, int(m_widest) + 2 * padding - viewport()->width()));
    if (atEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    viewport()->update();
}

void LogView::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    resized(m_follow);
}

void LogView::scrollContentsBy(int, int) { viewport()->update(); }

int LogView::lineAt(double y) const {
    const int line = verticalScrollBar()->value() + int(std::floor((y - 4) / lineHeight()));
    return line >= 0 && line < int(m_lines.size()) ? line : -1;
}

void LogView::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Mono));
    const int first = verticalScrollBar()->value(), from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    const double left = padding - horizontalScrollBar()->value(), tall = lineHeight();
    double y = 4;
    for (int i = first; i < int(m_lines.size()) && y < viewport()->height(); ++i, y += tall) {
        const Line &line = m_lines[std::size_t(i)];
        const QRectF row(0, y, viewport()->width(), tall);
        if (m_anchor >= 0 && i >= from && i <= to)
            painter.fillRect(row, t.sel);
        else if (line.level != State::None)
            painter.fillRect(row, t.*stateTint(line.level));
        painter.setPen(line.level == State::None ? t.t2 : t.*stateInk(line.level));
        painter.drawText(QRectF(left, y, m_widest + 2 * padding, tall), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, line.text);
    }
    if (hasFocus() && m_lines.empty()) {
        painter.setPen(QPen(t.acc, 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void LogView::mousePressEvent(QMouseEvent *event) {
    m_cursor = lineAt(event->position().y());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_anchor < 0)
        m_anchor = m_cursor;
    viewport()->update();
}

void LogView::mouseMoveEvent(QMouseEvent *event) {
    if (!(event->buttons() & Qt::LeftButton) || m_anchor < 0)
        return;
    if (const int line = lineAt(event->position().y()); line >= 0)
        m_cursor = line;
    viewport()->update();
}

void LogView::keyPressEvent(QKeyEvent *event) {
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(selectedText());
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        m_anchor = 0;
        m_cursor = int(m_lines.size()) - 1;
        viewport()->update();
        return;
    }
    if (event->key() == Qt::Key_End)
        return setFollow(true);
    if (event->key() == Qt::Key_Home)
        return verticalScrollBar()->setValue(0);
    QAbstractScrollArea::keyPressEvent(event);
}

bool LogView::find(const QString &words, bool backwards) {
    const int size = int(m_lines.size());
    if (words.isEmpty() || size == 0)
        return false;
    const int start = m_cursor < 0 ? (backwards ? size : -1) : m_cursor;
    for (int step = 1; step <= size; ++step) {
        const int i = (start + (backwards ? -step : step) + 2 * size) % size;
        if (!m_lines[std::size_t(i)].text.contains(words, Qt::CaseInsensitive))
            continue;
        setFollow(false);
        m_anchor = m_cursor = i;
        const QScopedValueRollback moving(m_moving, true);
        verticalScrollBar()->setValue(i - verticalScrollBar()->pageStep() / 2);
        viewport()->update();
        return true;
    }
    return false;
}

QString LogView::selectedText() const {
    int from = std::min(m_anchor, m_cursor), to = std::max(m_anchor, m_cursor);
    if (m_anchor < 0 || m_cursor < 0) {
        from = 0;
        to = int(m_lines.size()) - 1;
    }
    QStringList lines;
    for (int i = from; i <= to; ++i)
        lines << m_lines[std::size_t(i)].text;
    return lines.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
