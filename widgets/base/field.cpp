// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/field.h"

#include "widgets/base/format.h"
#include "widgets/base/icons.h"
#include "widgets/base/text.h"

#include <QAction>
#include <QBoxLayout>
#include <QDateTimeEdit>
#include <QDialog>
#include <QKeyEvent>
#include <QPainter>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStyle>

namespace pilothouse::ui {

Field::Field(const QString &label, QWidget *editor, const QString &help, QWidget *parent)
    : QWidget(parent), m_editor(editor), m_above(new Label(label, TextRole::Label, &Tokens::t2)), m_below(new Label({}, TextRole::Caption, &Tokens::t3)), m_help(help) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    m_above->setBuddy(editor);
    column->addWidget(m_above);
    column->addWidget(editor);
    column->addWidget(m_below);
    m_below->setWordWrap(true);
    if (editor->accessibleName().isEmpty())
        editor->setAccessibleName(label);
    refresh();
}

void Field::setLabel(const QString &label) {
    m_above->setText(label);
    m_editor->setAccessibleName(label);
}

void Field::setHelp(const QString &help) {
    m_help = help;
    refresh();
}

void Field::setError(const QString &error) {
    m_error = error;
    refresh();
}

void Field::setBlocked(const QString &reason) {
    m_blocked = reason;
    m_editor->setEnabled(reason.isEmpty());
    refresh();
}

void Field::refresh() {
    const QString text = !m_blocked.isEmpty() ? m_blocked : !m_error.isEmpty() ? m_error : m_help;
    const bool wrong = m_blocked.isEmpty() && !m_error.isEmpty();
    m_below->setText(text);
    m_below->setInk(wrong ? &Tokens::bad : &Tokens::t3);
    m_below->setVisible(!text.isEmpty());
    if (text != m_told) // some editors describe what is chosen in them
        m_editor->setAccessibleDescription(text);
    m_told = text;
    if (m_editor->property("wrong").toBool() != wrong) {
        m_editor->setProperty("wrong", wrong);
        m_editor->style()->unpolish(m_editor);
        m_editor->style()->polish(m_editor);
    }
}

Choice::Choice(QWidget *parent) : QComboBox(parent) { setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon); }

void Choice::setItems(const QStringList &texts, const QVariantList &data) {
    bool same = count() == int(texts.size());
    for (int i = 0; same && i < count(); ++i)
        same = itemText(i) == texts[i] && itemData(i) == data.value(i);
    if (same)
        return;
    const QSignalBlocker quiet(this);
    const QString text = currentText();
    const QVariant known = currentData();
    clear();
    for (int i = 0; i < int(texts.size()); ++i)
        addItem(texts[i], data.value(i));
    const int kept = known.isValid() ? findData(known) : findText(text);
    setCurrentIndex(texts.isEmpty() ? -1 : kept < 0 ? 0 : kept);
}

void Choice::paintEvent(QPaintEvent *event) {
    QComboBox::paintEvent(event);
    QPainter painter(this);
    const Theme &theme = Theme::of(this);
    const double side = theme.px(12);
    paintIcon(painter, QRectF(width() - side - theme.px(8), (height() - side) / 2, side, side), QStringLiteral("chevron-down"),
              isEnabled() ? theme.tokens().t2 : theme.tokens().t3);
}

FilterEdit::FilterEdit(const QString &placeholder, QWidget *parent) : QLineEdit(parent) {
    setPlaceholderText(placeholder.isEmpty() ? tr("Filter, / to focus") : placeholder);
    setAccessibleName(tr("Filter"));
    addAction(icon(QStringLiteral("filter")), LeadingPosition);
    setClearButtonEnabled(false);
}

bool FilterEdit::event(QEvent *event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<const QKeyEvent *>(event)->key() == Qt::Key_Escape && !text().isEmpty()) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void FilterEdit::keyPressEvent(QKeyEvent *event) {
    if (event->key() != Qt::Key_Escape)
        return QLineEdit::keyPressEvent(event);
    if (!text().isEmpty())
        return clear();
    clearFocus();
    if (qobject_cast<const QDialog *>(window()))
        event->ignore(); // nothing is left to clear: it closes the sheet
}

CheckBox::CheckBox(const QString &text, QWidget *parent) : QAbstractButton(parent) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
}

QSize CheckBox::sizeHint() const {
    const Theme &theme = Theme::of(this);
    return {qRound(widthOf(theme.font(TextRole::Body), text())) + theme.px(26), theme.px(24)};
}

void CheckBox::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &theme = Theme::of(this);
    const Tokens &t = theme.tokens();
    const double side = theme.px(16);
    const QRectF box(1, (height() - side) / 2, side, side);
    painter.setPen(QPen(hasFocus() ? t.acc : isChecked() ? t.acc : t.line3, hasFocus() ? 2 : 1));
    painter.setBrush(isChecked() ? (isEnabled() ? t.acc : t.line3) : t.inp);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    if (isChecked())
        paintIcon(painter, box.adjusted(2, 2, -2, -2), QStringLiteral("check"), t.accOn);
    painter.setFont(theme.font(TextRole::Body));
    painter.setPen(isEnabled() ? t.t1 : t.t3);
    drawLine(painter, QRectF(rect()).adjusted(side + theme.px(8), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

ProgressBar::ProgressBar(QWidget *parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void ProgressBar::setValue(double share) {
    m_share = qMin(1.0, share);
    setAccessibleDescription(share < 0 ? tr("length not known") : QStringLiteral("%1 %").arg(qRound(share * 100)));
    update();
}

void ProgressBar::setMark(double share) {
    m_mark = share;
    update();
}

QSize ProgressBar::sizeHint() const { return {Theme::of(this).px(120), Theme::of(this).px(8)}; }

void ProgressBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = tokens(this);
    const double tall = qMin<double>(height(), Theme::of(this).px(6));
    const QRectF track(0, (height() - tall) / 2, width(), tall);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.bg3);
    painter.drawRoundedRect(track, tall / 2, tall / 2);
    painter.setBrush(t.run);
    const double share = m_share < 0 ? 0.2 : m_share; // not known: a still piece, no movement
    if (share > 0)
        painter.drawRoundedRect(QRectF(track.left(), track.top(), qMax(tall, track.width() * share), tall), tall / 2, tall / 2);
    if (m_mark >= 0)
        painter.fillRect(QRectF(track.left() + track.width() * m_mark - 1, 0, 2, height()), t.t1);
}

void showTime(QDateTimeEdit *edit, const QDateTime &time) {
    edit->setTimeSpec(timesInUtc() ? Qt::UTC : Qt::LocalTime);
    edit->setDateTime(shownTime(time));
}

} // namespace pilothouse::ui
