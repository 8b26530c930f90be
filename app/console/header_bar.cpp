// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/header_bar.h"

#include "widgets/base/chart_desk.h"
#include "widgets/base/icons.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QMouseEvent>
#include <QPainter>

namespace pilothouse::console {

using namespace ui;

namespace {

void clearLayout(QLayout *layout) {
    while (QLayoutItem *item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

/// One part of the path that leads back.
class PathStep : public QAbstractButton {
public:
    PathStep(const QString &text, QWidget *parent) : QAbstractButton(parent) {
        setText(text);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override {
        const Theme &theme = Theme::of(this);
        return {qRound(widthOf(theme.font(TextRole::Body), text())) + theme.px(22), theme.px(28)};
    }
    QSize minimumSizeHint() const override { return {30, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        painter.setFont(theme.font(TextRole::Body));
        painter.setPen(hasFocus() || underMouse() ? t.t1 : t.t2);
        drawLine(painter, QRectF(0, 0, width() - theme.px(20), height()), Qt::AlignLeft | Qt::AlignVCenter, text());
        const double side = theme.px(12);
        paintIcon(painter, QRectF(width() - theme.px(18), (height() - side) / 2, side, side), QStringLiteral("chevron-right"), t.t3);
    }
};

} // namespace

class HeaderBar::PaletteField : public QAbstractButton {
public:
    explicit PaletteField(QWidget *parent) : QAbstractButton(parent) {
        setObjectName(QStringLiteral("paletteField"));
        setText(HeaderBar::tr("Search or run a command"));
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::IBeamCursor);
        setNarrow(false);
    }
    void setNarrow(bool narrow) {
        m_narrow = narrow;
        setFixedSize(Theme::of(this).px(narrow ? 200 : 272), Theme::of(this).px(28));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        painter.setPen(QPen(hasFocus() ? t.acc : t.line2, hasFocus() ? 2 : 1));
        painter.setBrush(t.bg1);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        const double side = theme.px(14);
        paintIcon(painter, QRectF(theme.px(10), (height() - side) / 2, side, side), QStringLiteral("search"), t.t2);
        const double keys = paintKeys(&painter, {QStringLiteral("Ctrl"), QStringLiteral("K")}, width() - theme.px(7), height() / 2.0, t.t3, this);
        painter.setFont(theme.font(TextRole::Body));
        painter.setPen(t.t3);
        drawLine(painter, QRectF(theme.px(32), 0, width() - theme.px(44) - keys, height()), Qt::AlignVCenter | Qt::AlignLeft,
                 m_narrow ? HeaderBar::tr("Search, run") : text());
    }

private:
    bool m_narrow = false;
};

class HeaderBar::Environment : public QWidget {
public:
    using QWidget::QWidget;
    void set(const QString &name, const QString &guard, bool readOnly) {
        m_name = name;
        m_guard = guard;
        m_readOnly = readOnly;
        setToolTip(guard);
        setAccessibleName(name + QLatin1String(", ") + guard);
        setFixedSize(sizeHint());
        update();
    }
    void setNarrow(bool narrow) {
        m_narrow = narrow;
        setFixedSize(sizeHint());
        update();
    }
    QSize sizeHint() const override {
        const Theme &theme = Theme::of(this);
        int width = theme.px(40) + qRound(widthOf(theme.font(TextRole::Title), m_name));
        if (!m_narrow && !m_guard.isEmpty())
            width += theme.px(7) + qRound(widthOf(theme.font(TextRole::Second), m_guard));
        return {width, theme.px(28)};
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        painter.setPen(QPen(t.line2, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        const double side = theme.px(14);
        paintIcon(painter, QRectF(theme.px(10), (height() - side) / 2, side, side), m_readOnly ? QStringLiteral("eye") : QStringLiteral("lock"), t.warn);
        painter.setFont(theme.font(TextRole::Title));
        painter.setPen(t.t1);
        const double wide = widthOf(painter, m_name), x = theme.px(30);
        drawLine(painter, QRectF(x, 0, wide + 2, height()), Qt::AlignVCenter, m_name);
        if (m_narrow)
            return;
        painter.setFont(theme.font(TextRole::Second));
        painter.setPen(t.t2);
        drawLine(painter, QRectF(x + wide + theme.px(7), 0, width(), height()), Qt::AlignVCenter, m_guard);
    }

private:
    QString m_name, m_guard;
    bool m_readOnly = false, m_narrow = false;
};

class HeaderBar::Avatar : public QWidget {
public:
    explicit Avatar(QWidget *parent) : QWidget(parent) { setFixedSize(Theme::of(this).px(28), Theme::of(this).px(28)); }
    void set(const QString &name, const QString &role) {
        const QStringList parts = name.split(QLatin1Char('.'), Qt::SkipEmptyParts);
        m_initials = (parts.size() > 1 ? parts[0].left(1) + parts[1].left(1) : name.left(2)).toUpper();
        setToolTip(HeaderBar::tr("%1, %2").arg(name, role));
        setAccessibleName(toolTip());
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens &t = tokens(this);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.bg3);
        painter.drawEllipse(rect());
        painter.setFont(Theme::of(this).font(TextRole::Column));
        painter.setPen(t.t1);
        drawLine(painter, rect(), Qt::AlignCenter, m_initials);
    }

private:
    QString m_initials;
};

HeaderBar::HeaderBar(QWidget *parent)
    : QWidget(parent), m_path(new QHBoxLayout), m_badges(new QHBoxLayout), m_range(new Button({}, ButtonKind::Ghost, this)), m_palette(new PaletteField(this)), m_environment(new Environment(this)),
      m_avatar(new Avatar(this)) {
    setObjectName(QStringLiteral("header"));
    setFixedHeight(Theme::of(this).px(48));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 12, 1);
    row->setSpacing(8);
    m_path->setSpacing(6);
    m_badges->setSpacing(8);
    row->addLayout(m_path);
    row->addLayout(m_badges);
    m_range->setObjectName(QStringLiteral("timeRange"));
    m_range->setGlyph(QStringLiteral("cross"));
    m_range->setPixelHeight(24);
    row->addWidget(m_range);
    connect(m_range, &QAbstractButton::clicked, this, [this] { ChartDesk::of(this).setRange(std::nullopt); });
    connect(&ChartDesk::of(this), &ChartDesk::rangeChanged, this, &HeaderBar::showRange);
    showRange();
    row->addStretch(1);
    row->addWidget(m_palette);
    row->addWidget(m_environment);
    row->addWidget(m_avatar);
    connect(m_palette, &QAbstractButton::clicked, this, &HeaderBar::paletteWanted);
    connect(&Theme::of(this), &Theme::changed, this, [this] {
        setFixedHeight(Theme::of(this).px(48));
        showRange();
    });
}

void HeaderBar::showRange() {
    const auto range = ChartDesk::of(this).range();
    m_range->setVisible(range.has_value());
    if (!range)
        return;
    const QString text = range->text();
    m_range->setText(m_narrow ? text.section(QLatin1Char(' '), -3) : text); // "10:00 – 12:30"
    m_range->setToolTip(tr("All charts show %1. Click: all of the time, as 0 in a chart").arg(text));
    m_range->setAccessibleName(tr("Charts show %1; show all of the time").arg(range->text()));
}

void HeaderBar::setPath(const QStringList &path, const QString &subject) {
    clearLayout(m_path);
    for (int i = 0; i < path.size(); ++i) {
        auto *step = new PathStep(path[i], this);
        m_path->addWidget(step);
        connect(step, &QAbstractButton::clicked, this, [this, i] { Q_EMIT pathClicked(i); });
    }
    auto *last = new Label(subject, TextRole::Screen);
    last->setObjectName(QStringLiteral("subject"));
    last->setElide(Qt::ElideRight);
    m_path->addWidget(last);
}

void HeaderBar::setBadges(const std::vector<HeaderBadge> &badges) {
    clearLayout(m_badges);
    for (const HeaderBadge &badge : badges)
        m_badges->addWidget(new StateBadge(badge.state, badge.word, this));
}

void HeaderBar::setEnvironment(const QString &name, const QString &guard, bool readOnly) { m_environment->set(name, guard, readOnly); }

void HeaderBar::setUser(const QString &name, const QString &role) { m_avatar->set(name, role); }

void HeaderBar::setNarrow(bool narrow) {
    m_narrow = narrow;
    showRange();
    m_palette->setNarrow(narrow);
    m_environment->setNarrow(narrow);
}

void HeaderBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.fillRect(QRect(0, height() - 1, width(), 1), tokens(this).line);
}

} // namespace pilothouse::console
