// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/state.h"
#include "widgets/base/theme.h"
#include "widgets/pipelines/ansi_colors.h"
#include "widgets/pipelines/run_log_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int padding = 12, top = 4, mostCopied = 100'000, mostMarks = 200;

State stateOf(LineLevel level) { return level == LineLevel::Bad ? State::Bad : level == LineLevel::Warn ? State::Warn : State::None; }

} // namespace

RunLogCanvas::RunLogCanvas(RunLogModel &model, QWidget *parent) : QAbstractScrollArea(parent), m_model(model) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log of the run"));
    QPalette p = palette();
    p.setColor(QPalette::Base, Qt::transparent);
    viewport()->setPalette(p);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::of(this), &Theme::changed, this, [this] { refresh(false); });
    connect(&model, &RunLogModel::changed, this, &RunLogCanvas::refresh);
    connect(&model.search(), &LogScan::found, viewport(), qOverload<>(&QWidget::update));
    connect(verticalScrollBar(), &QAbstractSlider::valueChanged, this, [this](int value) {
        if (m_moving)
            return;
        m_top = m_model.byteOf(value);
        setFollow(value >= verticalScrollBar()->maximum()); // the user's hand decides whether it follows
    });
}

RunLogCanvas::Measure RunLogCanvas::measure() const {
    const QFontMetricsF metrics(Theme::of(this).font(TextRole::Mono));
    Measure m{metrics.horizontalAdvance(QLatin1Char('M')), double(Theme::of(this).px(19)), padding};
    if (m_numbers)
        m.left += m.letter * double(QString::number(std::max<qint64>(1000, m_model.lines().count())).size() + 2);
    return m;
}

qint64 RunLogCanvas::topByte() const { return m_model.byteOf(verticalScrollBar()->value()); }

void RunLogCanvas::refresh(bool anew) {
    const QScopedValueRollback moving(m_moving, true);
    if (anew) {
        m_anchor = m_current = m_top = -1;
        m_widest = 0;
    }
    const Measure m = measure();
    const int shown = std::max(1, int((viewport()->height() - top) / m.tall));
    verticalScrollBar()->setPageStep(shown);
    verticalScrollBar()->setRange(0, std::max(0, m_model.rowCount() - shown));
    if (m_follow)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    else if (m_top >= 0)
        verticalScrollBar()->setValue(std::max(0, m_model.rowOf(m_top)));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(int(m.letter * 4));
    horizontalScrollBar()->setRange(0, std::max(0, int(m.left + m.letter * (m_widest + 2)) - viewport()->width()));
    viewport()->update();
}

void RunLogCanvas::setFollow(bool follow) {
    if (follow == m_follow)
        return;
    m_follow = follow;
    if (follow)
        refresh(false);
    else
        m_top = topByte();
    Q_EMIT followChanged(follow);
}

void RunLogCanvas::setNumbers(bool shown) {
    m_numbers = shown;
    refresh(false);
}

void RunLogCanvas::setEmptyText(const QString &text) {
    if (text == m_emptyText)
        return;
    m_emptyText = text;
    setAccessibleDescription(text);
    viewport()->update();
}

void RunLogCanvas::setMarked(const std::optional<pipelines::LogQuery> &query) {
    m_marked = {};
    if (query && !query->text.isEmpty()) {
        const QString pattern = query->kind == pipelines::LogQuery::Kind::Pattern ? query->text : QRegularExpression::escape(query->text);
        m_marked = QRegularExpression(QStringLiteral("(*LIMIT_MATCH=1000000)") + pattern, query->anyCase ? QRegularExpression::CaseInsensitiveOption : QRegularExpression::NoPatternOption);
    }
    viewport()->update();
}

void RunLogCanvas::setCurrent(qint64 byte, bool keepAnchor) {
    m_current = byte;
    if (!keepAnchor || m_anchor < 0)
        m_anchor = byte;
    viewport()->update();
    const int row = m_model.rowOf(byte);
    if (row < 0)
        return;
    // The line in words, for who does not see it.
    const RunLogModel::Line &line = m_model.line(row);
    const QString level = line.level == LineLevel::Bad ? tr("Error") + QStringLiteral(". ") : line.level == LineLevel::Warn ? tr("Warning") + QStringLiteral(". ") : QString();
    const qint64 number = m_model.numberOf(row);
    setAccessibleDescription(number > 0 ? tr("Line %1 of %2: %3%4").arg(number).arg(m_model.lines().count()).arg(level, line.text.text) : level + line.text.text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void RunLogCanvas::showByte(qint64 byte) {
    const int row = m_model.rowOf(byte);
    if (row < 0)
        return;
    setCurrent(m_model.byteOf(row), false);
    const int first = verticalScrollBar()->value(), shown = verticalScrollBar()->pageStep();
    if (row >= first && row < first + shown) {
        if (m_follow && row + 1 < m_model.rowCount())
            setFollow(false); // it must not run away from who looks at it
        return;
    }
    setFollow(false);
    {
        const QScopedValueRollback moving(m_moving, true);
        verticalScrollBar()->setValue(std::max(0, row - shown / 3));
    }
    m_top = topByte();
}

void RunLogCanvas::resizeEvent(QResizeEvent *event) {
    QAbstractScrollArea::resizeEvent(event);
    refresh(false);
}

void RunLogCanvas::scrollContentsBy(int, int) { viewport()->update(); }

void RunLogCanvas::focusInEvent(QFocusEvent *event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

int RunLogCanvas::rowAt(double y) const {
    const int row = verticalScrollBar()->value() + int(std::floor((y - top) / measure().tall));
    return row >= 0 && row < m_model.rowCount() ? row : -1;
}

void RunLogCanvas::paintEvent(QPaintEvent *) {
    QPainter painter(viewport());
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    painter.setFont(theme.font(TextRole::Mono));
    const Measure m = measure();
    const int before = m_widest;
    double y = top;
    for (int row = verticalScrollBar()->value(); row < m_model.rowCount() && y < viewport()->height(); ++row, y += m.tall)
        paintRow(painter, row, y, m);
    if (m_widest > before) { // a longer line was seen
        const QScopedValueRollback moving(m_moving, true);
        horizontalScrollBar()->setRange(0, std::max(0, int(m.left + m.letter * (m_widest + 2)) - viewport()->width()));
    }
    if (m_model.rowCount() == 0 && !m_emptyText.isEmpty()) {
        painter.setFont(theme.font(TextRole::Body));
        painter.setPen(t.t2);
        painter.drawText(viewport()->rect().adjusted(padding, padding, -padding, -padding), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
    if (hasFocus() && m_current < 0) {
        painter.setPen(QPen(t.acc, 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
    }
}

void RunLogCanvas::paintRow(QPainter &painter, int row, double y, const Measure &m) {
    const Tokens &t = tokens(this);
    const RunLogModel::Line &line = m_model.line(row);
    const qint64 byte = m_model.byteOf(row);
    const State state = stateOf(line.level);
    const QRectF whole(0, y, viewport()->width(), m.tall);
    if (m_anchor >= 0 && byte >= std::min(m_anchor, m_current) && byte <= std::max(m_anchor, m_current))
        painter.fillRect(whole, t.sel);
    else if (state != State::None)
        painter.fillRect(whole, t.*stateTint(state));
    m_widest = std::max(m_widest, int(line.text.text.size()));
    painter.save();
    painter.setClipRect(QRectF(m.left - m.letter / 2, y, viewport()->width() - m.left + m.letter / 2, m.tall));
    paintText(painter, line, y, m, state == State::None ? t.t2 : t.*stateInk(state));
    painter.restore();
    if (!m_numbers)
        return;
    const qint64 number = m_model.numberOf(row);
    painter.setPen(t.t3);
    painter.drawText(QRectF(padding, y, m.left - padding - m.letter * 2, m.tall), Qt::AlignVCenter | Qt::AlignRight, number > 0 ? QString::number(number) : QStringLiteral("·"));
}

void RunLogCanvas::paintText(QPainter &painter, const RunLogModel::Line &line, double y, const Measure &m, const QColor &ink) {
    const Tokens &t = tokens(this);
    const QString &text = line.text.text;
    const double shift = horizontalScrollBar()->value();
    // Of a long line only what is seen: laying out the rest would cost as much as a whole screen.
    const qsizetype from = std::clamp<qsizetype>(qsizetype(shift / m.letter) - 1, 0, text.size()), to = std::min(text.size(), from + qsizetype(viewport()->width() / m.letter) + 3);
    const auto x = [&](qsizetype letter) { return m.left - shift + double(letter) * m.letter; };
    if (!m_marked.pattern().isEmpty() && m_marked.isValid()) {
        auto each = m_marked.globalMatch(text);
        for (int count = 0; each.hasNext() && count < mostMarks; ++count) {
            const auto match = each.next();
            if (match.capturedEnd() <= from || match.capturedStart() >= to || match.capturedLength() == 0)
                continue;
            const QRectF box(x(match.capturedStart()), y + 1, m.letter * double(match.capturedLength()), m.tall - 2);
            painter.fillRect(box, t.accT);
            painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 2), t.acc); // the tint alone is faint on light ground
        }
    }
    const auto piece = [&](qsizetype begin, qsizetype end, const pipelines::AnsiStyle &style) {
        begin = std::max(begin, from);
        end = std::min(end, to);
        if (begin >= end)
            return;
        const bool plain = style == pipelines::AnsiStyle{};
        const AnsiPaint paint = plain ? AnsiPaint{ink, {}} : ansiPaint(style, t);
        const QRectF rect(x(begin), y, m.letter * double(end - begin), m.tall);
        if (paint.ground.isValid())
            painter.fillRect(rect, paint.ground);
        if (!plain) {
            QFont font = Theme::of(this).font(TextRole::Mono);
            font.setBold(style.bold);
            font.setItalic(style.italic);
            font.setUnderline(style.underline);
            font.setStrikeOut(style.strike);
            painter.setFont(font);
        }
        painter.setPen(paint.ink);
        painter.drawText(rect.adjusted(0, 0, m.letter * 2, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text.mid(begin, end - begin));
        if (!plain)
            painter.setFont(Theme::of(this).font(TextRole::Mono));
    };
    qsizetype at = 0;
    for (const auto &span : line.text.spans) {
        piece(at, span.from, {});
        piece(span.from, span.from + span.size, span.style);
        at = span.from + span.size;
    }
    piece(at, text.size(), line.text.mark == pipelines::AnsiLine::Mark::Group ? pipelines::AnsiStyle{{}, {}, true} : pipelines::AnsiStyle{});
    if (line.cut && to == text.size()) {
        painter.setPen(t.t3);
        painter.drawText(QRectF(x(text.size()), y, m.letter * 3, m.tall), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral(" …"));
    }
}

void RunLogCanvas::mousePressEvent(QMouseEvent *event) {
    setCurrent(m_model.byteOf(rowAt(event->position().y())), event->modifiers() & Qt::ShiftModifier);
}

void RunLogCanvas::mouseMoveEvent(QMouseEvent *event) {
    if (const int row = rowAt(event->position().y()); (event->buttons() & Qt::LeftButton) && row >= 0)
        setCurrent(m_model.byteOf(row), true);
}

void RunLogCanvas::keyPressEvent(QKeyEvent *event) {
    const bool letters = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(selectedText());
    } else if (event->matches(QKeySequence::SelectAll) && m_model.rowCount() > 0) {
        m_anchor = m_model.byteOf(0);
        setCurrent(m_model.byteOf(m_model.rowCount() - 1), true);
    } else if (event->key() == Qt::Key_End) {
        setFollow(true);
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    } else if (event->key() == Qt::Key_Home) {
        verticalScrollBar()->setValue(0);
    } else if (letters && (event->key() == Qt::Key_Slash || event->key() == Qt::Key_N || event->key() == Qt::Key_G || event->key() == Qt::Key_E || event->key() == Qt::Key_W)) {
        Q_EMIT keyed(event->key(), event->modifiers());
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

QString RunLogCanvas::selectedText() const {
    if (m_anchor < 0 || m_current < 0)
        return {};
    const int first = m_model.rowOf(std::min(m_anchor, m_current)), last = std::min(m_model.rowOf(std::max(m_anchor, m_current)), first + mostCopied - 1);
    QStringList out;
    for (int row = std::max(0, first); row <= last; ++row)
        out << m_model.line(row).text.text;
    return out.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
