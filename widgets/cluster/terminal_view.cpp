// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/terminal_view.h"

#include "widgets/base/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int padding = 8;

/// Indices 16 … 255 as xterm has them: a cube of 6×6×6, then 24 greys.
QColor cubeColor(quint32 index) {
    if (index >= 232) {
        const int grey = 8 + 10 * int(index - 232);
        return {grey, grey, grey};
    }
    const auto part = [](quint32 level) { return level == 0 ? 0 : int(55 + 40 * level); };
    const quint32 i = index - 16;
    return {part(i / 36), part(i / 6 % 6), part(i % 6)};
}

} // namespace

TerminalView::TerminalView(QWidget *parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_InputMethodEnabled);
    setAccessibleName(tr("Terminal"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // its coming and going would change the number of columns
    viewport()->setCursor(Qt::IBeamCursor);
    m_screen.setOutput([this](const QByteArray &bytes) {
        if (!m_over)
            Q_EMIT typed(bytes);
    });
    connect(&Theme::of(this), &Theme::changed, this, &TerminalView::fit);
    refresh(true);
}

TerminalView::Measure TerminalView::measure() const {
    const QFontMetricsF metrics(Theme::of(this).font(TextRole::Mono));
    return {metrics.horizontalAdvance(QLatin1Char('M')), std::ceil(metrics.lineSpacing())};
}

void TerminalView::write(const QByteArray &bytes) {
    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    const qint64 gone = m_screen.gone();
    m_screen.write(bytes);
    if (const int left = int(m_screen.gone() - gone); left > 0) { // marks stay at their text
        for (auto *mark : {&m_from, &m_to})
            if (*mark)
                (*mark)->line -= left;
        if (!atEnd)
            verticalScrollBar()->setValue(std::max(0, verticalScrollBar()->value() - left));
    }
    refresh(atEnd);
}

void TerminalView::setOver(bool over) {
    m_over = over;
    viewport()->update();
}

void TerminalView::refresh(bool toEnd) {
    verticalScrollBar()->setRange(0, m_screen.away());
    verticalScrollBar()->setPageStep(m_screen.rows());
    if (toEnd)
        verticalScrollBar()->setValue(m_screen.away());
    viewport()->update();
}

void TerminalView::fit() {
    const Measure m = measure();
    const int columns = std::clamp(int((viewport()->width() - 2 * padding) / m.letter), 20, 500), rows = std::clamp(int((viewport()->height() - 2 * padding) / m.tall), 4, 200);
    if (columns != m_screen.columns() || rows != m_screen.rows()) {
        m_screen.resize(columns, rows);
        m_from.reset();
        m_to.reset();
        Q_EMIT resized(columns, rows);
    }
    refresh(true);
}

void TerminalView::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    fit();
}

void TerminalView::scrollContentsBy(int, int) { viewport()->update(); }

QColor TerminalView::color(const TerminalColor &color, bool ink) const {
    const Tokens &t = tokens(this);
    switch (color.kind) {
    case TerminalColor::Default: return ink ? t.t1 : t.bg0;
    case TerminalColor::Rgb: return QColor::fromRgb(color.value);
    case TerminalColor::Indexed: break;
    }
    // The first sixteen are of the theme, so that they are legible on both grounds.
    const QColor first[16] = {t.bg2, t.bad, t.ok, t.warn, t.s1, t.s4, t.run, t.t2, t.t3, t.bad, t.ok, t.warn, t.s1, t.s4, t.run, t.t1};
    return color.value < 16 ? first[color.value] : cubeColor(color.value);
}

void TerminalView::paintLine(QPainter &painter, const Measure &m, int line, double top) const {
    const Theme &theme = Theme::of(this);
    const auto cells = m_screen.line(line);
    for (std::size_t at = 0; at < cells.size();) {
        std::size_t end = at + 1; // a run of one look; a wide letter stands for itself, so that what follows stays in its column
        QString text = cells[at].text();
        const bool wide = cells[at].width != 1;
        while (end < cells.size() && !wide && cells[end].width == 1 && cells[end].sameLook(cells[at]) && cells[end].letters[0] < 0x2000)
            text += cells[end++].text();
        if (wide && end < cells.size() && cells[end].width == 0)
            ++end;
        const TerminalCell &look = cells[at];
        QColor ink = color(look.ink, true), ground = color(look.ground, false);
        if (look.reverse)
            std::swap(ink, ground);
        const QRectF box(padding + double(at) * m.letter, top, double(end - at) * m.letter, m.tall);
        if (look.reverse || look.ground.kind != TerminalColor::Default)
            painter.fillRect(box, ground);
        if (!text.trimmed().isEmpty()) {
            QFont font = theme.font(TextRole::Mono);
            font.setBold(look.bold);
            font.setItalic(look.italic);
            font.setUnderline(look.underline);
            font.setStrikeOut(look.strike);
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(box.adjusted(0, 0, m.letter, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine | Qt::TextIncludeTrailingSpaces, text);
        }
        at = end;
    }
}

void TerminalView::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    const Tokens &t = tokens(this);
    painter.fillRect(viewport()->rect(), t.bg0);
    const Measure m = measure();
    const int first = verticalScrollBar()->value();
    const bool marked = m_from && m_to && *m_from != *m_to;
    const TerminalPlace from = marked ? std::min(*m_from, *m_to) : TerminalPlace(), to = marked ? std::max(*m_from, *m_to) : TerminalPlace();
    for (int row = 0; row < m_screen.rows(); ++row) {
        const int line = first + row;
        const double top = padding + row * m.tall;
        paintLine(painter, m, line, top);
        if (marked && line >= from.line && line <= to.line) {
            const double left = line == from.line ? from.column * m.letter : 0, right = line == to.line ? (to.column + 1) * m.letter : m_screen.columns() * m.letter;
            QColor mark = t.acc;
            mark.setAlpha(90);
            painter.fillRect(QRectF(padding + left, top, right - left, m.tall), mark);
        }
    }
    const TerminalPlace cursor = m_screen.cursor();
    if (!m_screen.cursorShown() || m_over || cursor.line < first || cursor.line >= first + m_screen.rows())
        return;
    const QRectF box(padding + cursor.column * m.letter, padding + (cursor.line - first) * m.tall, m.letter, m.tall);
    if (!hasFocus()) {
        painter.setPen(t.t2);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        return;
    }
    painter.fillRect(box, t.acc);
    const auto cells = m_screen.line(cursor.line);
    if (std::size_t(cursor.column) < cells.size()) {
        painter.setPen(t.accOn);
        painter.setFont(Theme::of(this).font(TextRole::Mono));
        painter.drawText(box.adjusted(0, 0, m.letter, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, cells[std::size_t(cursor.column)].text());
    }
}

bool TerminalView::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride) { // the shell's keys are no shortcuts of the window
        auto *key = static_cast<QKeyEvent *>(event);
        if (!((key->modifiers() & Qt::ControlModifier) && (key->modifiers() & Qt::ShiftModifier)))
            event->accept();
        return true;
    }
    if (event->type() == QEvent::KeyPress && !m_over) { // before Qt takes Tab to go on
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Tab || (key->key() == Qt::Key_Backtab && !(key->modifiers() & Qt::ControlModifier))) {
            keyPressEvent(key);
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent *event) {
    const bool both = (event->modifiers() & Qt::ControlModifier) && (event->modifiers() & Qt::ShiftModifier);
    QScrollBar *bar = verticalScrollBar();
    if (both && event->key() == Qt::Key_C)
        return copy();
    if (both && event->key() == Qt::Key_V)
        return paste();
    if (both && event->key() == Qt::Key_A)
        return selectAll();
    if ((event->modifiers() & Qt::ShiftModifier) && (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown) && !m_screen.alternate()) {
        bar->setValue(bar->value() + (event->key() == Qt::Key_PageUp ? -1 : 1) * std::max(1, m_screen.rows() - 1));
        return;
    }
    if (both || m_over || !m_screen.key(event->key(), event->modifiers(), event->text())) {
        event->ignore();
        return;
    }
    m_from.reset();
    m_to.reset();
    bar->setValue(bar->maximum());
}

void TerminalView::inputMethodEvent(QInputMethodEvent *event) {
    if (!m_over && !event->commitString().isEmpty())
        m_screen.key(0, Qt::NoModifier, event->commitString());
    event->accept();
}

QVariant TerminalView::inputMethodQuery(Qt::InputMethodQuery query) const {
    if (query != Qt::ImCursorRectangle)
        return QAbstractScrollArea::inputMethodQuery(query);
    const Measure m = measure();
    const TerminalPlace cursor = m_screen.cursor();
    return QRectF(padding + cursor.column * m.letter, padding + (cursor.line - verticalScrollBar()->value()) * m.tall, m.letter, m.tall).toRect();
}

TerminalPlace TerminalView::placeAt(const QPointF &point) const {
    const Measure m = measure();
    return {std::clamp(verticalScrollBar()->value() + int((point.y() - padding) / m.tall), 0, m_screen.lines() - 1), std::clamp(int((point.x() - padding) / m.letter), 0, m_screen.columns() - 1)};
}

void TerminalView::mousePressEvent(QMouseEvent *event) {
    if (event->button() == Qt::MiddleButton)
        return paste();
    m_from = m_to = placeAt(event->position());
    viewport()->update();
}

void TerminalView::mouseMoveEvent(QMouseEvent *event) {
    if (!(event->buttons() & Qt::LeftButton) || !m_from)
        return;
    m_to = placeAt(event->position());
    viewport()->update();
}

/// A word.
void TerminalView::mouseDoubleClickEvent(QMouseEvent *event) {
    const TerminalPlace at = placeAt(event->position());
    const auto cells = m_screen.line(at.line);
    const auto letter = [&](int column) { return column >= 0 && column < int(cells.size()) && cells[std::size_t(column)].letters[0] > U' '; };
    int first = at.column, last = at.column;
    while (letter(first - 1))
        --first;
    while (letter(last + 1))
        ++last;
    m_from = TerminalPlace{at.line, first};
    m_to = TerminalPlace{at.line, last};
    viewport()->update();
}

void TerminalView::wheelEvent(QWheelEvent *event) {
    if (!m_screen.alternate())
        return QAbstractScrollArea::wheelEvent(event);
    const int steps = event->angleDelta().y() / 40; // of a program that has the whole screen the wheel moves its lines
    for (int i = 0; i < std::abs(steps) && !m_over; ++i)
        m_screen.key(steps > 0 ? Qt::Key_Up : Qt::Key_Down, Qt::NoModifier, {});
    event->accept();
}

void TerminalView::focusInEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

QString TerminalView::selectedText() const { return m_from && m_to && *m_from != *m_to ? m_screen.text(*m_from, *m_to) : QString(); }

void TerminalView::copy() const {
    if (const QString text = selectedText(); !text.isEmpty())
        QApplication::clipboard()->setText(text);
}

void TerminalView::paste() {
    if (m_over)
        return;
    m_screen.paste(QApplication::clipboard()->text());
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void TerminalView::selectAll() {
    m_from = TerminalPlace{0, 0};
    m_to = TerminalPlace{m_screen.lines() - 1, m_screen.columns() - 1};
    viewport()->update();
}

} // namespace pilothouse::ui
