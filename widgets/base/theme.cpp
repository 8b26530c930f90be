// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme.h"

#include "widgets/base/part.h"
#include "widgets/base/style.h"
#include "widgets/base/text.h"

#include <QApplication>
#include <QPainter>
#include <QPointer>
#include <QResource>
#include <QStyleFactory>

namespace pilothouse::ui {
namespace {

Theme *installed = nullptr; ///< GUI thread

struct RoleFont {
    double size;
    QFont::Weight weight;
    bool mono;
};

RoleFont roleFont(TextRole role) {
    switch (role) {
    case TextRole::Answer: return {28, QFont::DemiBold, false};
    case TextRole::Key: return {20, QFont::DemiBold, false};
    case TextRole::Screen: return {15, QFont::DemiBold, false};
    case TextRole::Title: return {13, QFont::DemiBold, false};
    case TextRole::Body: return {13, QFont::Normal, false};
    case TextRole::Strong: return {13, QFont::Medium, false};
    case TextRole::Second: return {12, QFont::Normal, false};
    case TextRole::Label: return {12, QFont::Medium, false};
    case TextRole::Caption: return {11, QFont::Normal, false};
    case TextRole::Column: return {11, QFont::Medium, false};
    case TextRole::Mono: return {12, QFont::Normal, true};
    case TextRole::MonoSmall: return {11, QFont::Normal, true};
    }
    return {13, QFont::Normal, false};
}

QString filledStyleSheet(const Theme &theme) {
    const QResource file(QStringLiteral(":/theme/pilothouse.qss"));
    QString text = QString::fromUtf8(file.uncompressedData());
    for (const TokenName &token : tokenNames())
        text.replace(QStringLiteral("@%1;").arg(QLatin1String(token.name)), (theme.tokens().*token.ink).name() + QLatin1Char(';'));
    // Lengths are written as px(8) and follow the user's scale.
    for (qsizetype open = text.indexOf(QLatin1String("px(")); open >= 0; open = text.indexOf(QLatin1String("px("), open)) {
        const qsizetype close = text.indexOf(QLatin1Char(')'), open);
        const int pixels = theme.px(text.mid(open + 3, close - open - 3).toInt());
        text.replace(open, close - open + 1, QStringLiteral("%1px").arg(pixels));
    }
    return text;
}

} // namespace

Theme::Theme(QObject *parent) : QObject(parent) {
    installed = this;
    makeFonts();
}

Theme::~Theme() {
    if (installed == this)
        installed = nullptr;
}

Theme &Theme::of(const QWidget *) {
    return installed ? *installed : *new Theme(qApp);
}

void Theme::apply(SchemeChoice choice, int scalePercent) {
    const int scale = qBound(90, scalePercent, 150);
    const bool dark = choice == SchemeChoice::System ? m_systemDark : choice == SchemeChoice::Dark;
    m_choice = choice;
    if (m_installed && dark == m_dark && scale == m_scale)
        return;
    m_dark = dark;
    m_scale = scale;
    install();
}

void Theme::setSystemDark(bool dark) {
    m_systemDark = dark;
    if (m_installed && m_choice == SchemeChoice::System)
        apply(m_choice, m_scale);
}

void Theme::install() {
    if (!m_installed) {
        qApp->setStyle(new Style);
        qApp->installEventFilter(this);
    }
    m_installed = true;
    makeFonts();
    qApp->setFont(font(TextRole::Body));
    qApp->setPalette(palette(tokens()));
    m_sheet = filledStyleSheet(*this);
    for (QWidget *window : QApplication::topLevelWidgets())
        if (!window->parentWidget() && window->testAttribute(Qt::WA_StyleSheet)) // others get it when they are polished
            window->setStyleSheet(m_sheet);
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject *receiver, QEvent *event) {
    if (event->type() == QEvent::Polish && receiver->isWidgetType()) {
        auto *widget = static_cast<QWidget *>(receiver);
        if (widget->isWindow() && !widget->parentWidget() && widget->styleSheet().isEmpty() && !widget->property(partProperty).toBool())
            widget->setStyleSheet(m_sheet);
    }
    return false;
}

QPalette Theme::palette(const Tokens &t) {
    QPalette p;
    p.setColor(QPalette::Window, t.bg0);
    p.setColor(QPalette::Base, t.bg1);
    p.setColor(QPalette::AlternateBase, t.bg2);
    p.setColor(QPalette::Midlight, t.bg3);
    p.setColor(QPalette::Light, t.bg3);
    p.setColor(QPalette::ToolTipBase, t.bg3);
    p.setColor(QPalette::Button, t.btn);
    p.setColor(QPalette::Mid, t.line);
    p.setColor(QPalette::Dark, t.line2);
    p.setColor(QPalette::Shadow, t.line2);
    for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText, QPalette::ToolTipText}) {
        p.setColor(role, t.t1);
        p.setColor(QPalette::Disabled, role, t.t3);
    }
    p.setColor(QPalette::PlaceholderText, t.t3);
    p.setColor(QPalette::Link, t.acc);
    p.setColor(QPalette::LinkVisited, t.acc);
    p.setColor(QPalette::BrightText, t.accOn);
    p.setColor(QPalette::Highlight, t.sel);
    return p;
}

void Theme::makeFonts() {
    for (std::size_t role = 0; role < textRoleCount; ++role) {
        const RoleFont wanted = roleFont(TextRole(role));
        QFont font;
        font.setFamilies(wanted.mono
                             ? QStringList{QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono"), QStringLiteral("monospace")}
                             : QStringList{QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("sans-serif")});
        font.setStyleHint(wanted.mono ? QFont::Monospace : QFont::SansSerif);
        font.setPixelSize(qMax(11, px(wanted.size)));
        // Qt blends glyphs with a gamma that makes light text on a dark ground a step heavier than the same text on white.
        font.setWeight(m_dark && !wanted.mono && wanted.weight == QFont::Normal ? QFont::Light : m_dark && !wanted.mono && wanted.weight == QFont::Medium ? QFont::Normal : wanted.weight);
        font.setHintingPreference(QFont::PreferNoHinting); // hinted stems come out a weight too heavy on a dark ground
        m_fonts[role] = font;
    }
}

int Theme::px(double pixels) const { return qRound(pixels * m_scale / 100.0); }

Label::Label(const QString &text, TextRole role, Ink ink, QWidget *parent) : QLabel(text, parent), m_role(role), m_ink(ink) {
    setTextInteractionFlags(Qt::NoTextInteraction);
    connect(&Theme::of(this), &Theme::changed, this, &Label::refresh);
    refresh();
}

void Label::refresh() {
    const Theme &theme = Theme::of(this);
    setFont(theme.font(m_role));
    QPalette p = palette();
    p.setColor(QPalette::WindowText, theme.tokens().*m_ink);
    setPalette(p);
}

void Label::setInk(Ink ink) {
    if (m_ink == ink)
        return;
    m_ink = ink;
    refresh();
}

void Label::setRole(TextRole role) {
    m_role = role;
    refresh();
}

void Label::setElide(Qt::TextElideMode mode) {
    m_elide = mode;
    updateGeometry();
    update();
}

QSize Label::minimumSizeHint() const {
    QSize size = QLabel::minimumSizeHint();
    if (m_elide != Qt::ElideNone)
        size.setWidth(fontMetrics().averageCharWidth() * 4);
    return size;
}

int Label::heightForWidth(int width) const {
    if (m_heights.wraps != wordWrap() || m_heights.text != text() || m_heights.font != font() || m_heights.margins != contentsMargins() || m_heights.at.size() > 32)
        m_heights = {text(), font(), contentsMargins(), wordWrap(), {}};
    auto found = m_heights.at.constFind(width);
    if (found == m_heights.at.constEnd())
        found = m_heights.at.insert(width, QLabel::heightForWidth(width));
    return *found;
}

void Label::paintEvent(QPaintEvent *event) {
    const bool elided = m_elide != Qt::ElideNone;
    const bool line = !wordWrap() && (elided || (!text().contains(QLatin1Char('\n')) && textFormat() != Qt::RichText && !Qt::mightBeRichText(text())));
    if (!line || buddy() || indent() > 0 || margin() > 0 || !pixmap(Qt::ReturnByValue).isNull())
        return QLabel::paintEvent(event);
    QPainter painter(this);
    if (elided && toolTip() != text() && widthOf(painter, text()) > contentsRect().width())
        setToolTip(text());
    painter.setPen(palette().color(QPalette::WindowText));
    if (elided)
        painter.setClipRect(contentsRect());
    drawLine(painter, contentsRect(), alignment(), text(), m_elide); // laid out once, where QLabel does it at each repaint
}

} // namespace pilothouse::ui
