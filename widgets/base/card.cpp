// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/card.h"

#include "widgets/base/rounded.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QPainter>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// A title gives way last: a short one stays whole, of a long one its beginning is left, whatever tools stand beside it.
class TitleLabel : public Label {
public:
    explicit TitleLabel(const QString &title) : Label(title, TextRole::Title) { setElide(Qt::ElideRight); }
    QSize minimumSizeHint() const override { return {std::min(sizeHint().width(), Theme::of(this).px(88)), Label::minimumSizeHint().height()}; }
};

} // namespace

Card::Card(const QString &title, QWidget *parent)
    : QWidget(parent), m_title(new TitleLabel(title)), m_subtitle(new Label({}, TextRole::Second, &Tokens::t3)),
      m_source(new SourceLabel), m_header(new QWidget(this)), m_headerRow(new QHBoxLayout(m_header)), m_state(new PanelState(this)) {
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    m_headerRow->setContentsMargins(12, 0, 12, 1);
    m_headerRow->setSpacing(8);
    m_subtitle->setElide(Qt::ElideRight);
    m_subtitle->hide();
    m_title->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    m_subtitle->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    m_headerRow->addWidget(m_title);
    m_headerRow->addWidget(m_subtitle);
    m_headerRow->addStretch(1);
    m_headerRow->addWidget(m_source);
    const auto sized = [this] { m_header->setFixedHeight(Theme::of(this).px(36)); };
    connect(&Theme::of(this), &Theme::changed, this, sized);
    sized();
    column->addWidget(m_header);
    column->addWidget(m_state, 1);
    m_header->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Card::setTitle(const QString &title) {
    m_title->setText(title);
    m_header->setVisible(!title.isEmpty());
    setAccessibleName(title);
    update();
}

void Card::setSubtitle(const QString &subtitle) {
    m_subtitle->setText(subtitle);
    m_subtitle->setVisible(!subtitle.isEmpty());
}

void Card::setTitleMono(bool mono) { m_title->setRole(mono ? TextRole::Mono : TextRole::Title); }

void Card::addTool(QWidget *tool) { m_headerRow->insertWidget(m_headerRow->count() - 1, tool); }

void Card::addLeftTool(QWidget *tool) { m_headerRow->insertWidget(m_leftTools++, tool); }

void Card::setBody(QWidget *body, int margin) {
    if (margin > 0) {
        auto *frame = new QWidget;
        auto *layout = new QVBoxLayout(frame);
        layout->setContentsMargins(margin, margin, margin, margin);
        layout->addWidget(body);
        body = frame;
    }
    m_state->setContent(body);
}

QWidget *Card::body() const { return m_state->content(); }

QVBoxLayout *Card::bodyLayout(int margin, int spacing) {
    if (!m_state->content()) {
        auto *frame = new QWidget;
        auto *layout = new QVBoxLayout(frame);
        layout->setContentsMargins(margin, margin, margin, margin);
        layout->setSpacing(spacing);
        m_state->setContent(frame);
    }
    return qobject_cast<QVBoxLayout *>(m_state->content()->layout());
}

void Card::setFolded(bool folded) {
    m_state->setVisible(!folded);
    setMaximumHeight(folded ? Theme::of(this).px(36) + 2 : QWIDGETSIZE_MAX);
}

void Card::setEdge(Ink ink) {
    m_edge = ink;
    update();
}

void Card::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    const Tokens &t = tokens(this);
    paintRounded(painter, rect(), t.bg1, t.*m_edge, 8);
    if (m_header->isVisibleTo(this))
        painter.fillRect(QRect(1, m_header->geometry().bottom(), width() - 2, 1), t.line);
}

HairLine::HairLine(QWidget *parent) : QWidget(parent) {
    setFixedHeight(1);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HairLine::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens(this).line);
}

KeyValues::KeyValues(QWidget *parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
}

void KeyValues::setKeyWidth(int pixels) {
    m_keyWidth = pixels;
    m_grid->setColumnMinimumWidth(0, Theme::of(this).px(pixels));
}

void KeyValues::setRows(const std::vector<Row> &rows) {
    if (rows == m_rows)
        return;
    m_rows = rows;
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    setKeyWidth(m_keyWidth);
    int line = 0;
    for (const Row &row : rows) {
        if (row.value.isEmpty())
            continue;
        auto *key = new Label(row.key, TextRole::Second, &Tokens::t3);
        auto *value = new Label(row.value, row.mono ? TextRole::Mono : TextRole::Second, row.ink);
        static const QRegularExpression unbroken(QStringLiteral("^\\w{33,}$"));
        if (row.value.contains(unbroken)) // a digest has no place to wrap at
            value->setElide(Qt::ElideMiddle);
        else
            value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(key, line, 0, Qt::AlignTop);
        m_grid->addWidget(value, line++, 1, Qt::AlignTop);
    }
}

QString KeyValues::text() const {
    QStringList lines;
    for (const Row &row : m_rows)
        lines << QStringLiteral("%1: %2").arg(row.key, row.value);
    return lines.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
