// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/panel_state.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/base/source_label.h"
#include "widgets/base/state.h"
#include "widgets/base/toast.h"

#include <QBoxLayout>
#include <QPainter>
#include <QTimer>

namespace pilothouse::ui {

ScreenState ScreenState::empty(QString what, QString why, QString button, std::function<void()> act) {
    return {Empty, std::move(what), std::move(why), std::move(button), std::move(act), {}, {}};
}

ScreenState ScreenState::loading() { return {Loading, {}, {}, {}, {}, {}, {}}; }

ScreenState ScreenState::stale(QDateTime since, QString why, QString button, std::function<void()> act) {
    return {Stale, {}, std::move(why), std::move(button), std::move(act), std::move(since), {}};
}

ScreenState ScreenState::failed(const Error &error, QString button, std::function<void()> act) {
    QStringList why;
    for (const QString &part : {error.where, error.hint})
        if (!part.isEmpty())
            why << part;
    return {Failed, error.what, why.join(QLatin1Char('\n')), std::move(button), std::move(act), {}, error.raw};
}

/// Glyph, what, why and one button: the middle of an empty or failed screen.
class PanelState::Notice : public QWidget {
public:
    explicit Notice(QWidget *parent) : QWidget(parent) {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(24, 24, 24, 24);
        row->setSpacing(14);
        auto *words = new QVBoxLayout;
        words->setSpacing(2);
        words->addWidget(m_what);
        words->addWidget(m_why);
        words->addWidget(m_raw, 0, Qt::AlignLeft);
        m_raw->setPixelHeight(24);
        connect(m_raw, &QAbstractButton::clicked, this, [this] { (new DetailsSheet(m_what->text(), m_rawText, window()))->open(); });
        m_what->setWordWrap(true);
        m_why->setWordWrap(true);
        m_why->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(m_glyph, 0, Qt::AlignTop);
        row->addLayout(words, 1);
        row->addWidget(m_button, 0, Qt::AlignTop);
        setMaximumWidth(460);
        setObjectName(QStringLiteral("notice"));
        m_button->setObjectName(QStringLiteral("noticeButton"));
        connect(m_button, &QAbstractButton::clicked, this, [this] {
            if (m_act)
                m_act();
        });
    }
    void set(const ScreenState &state) {
        m_glyph->setState(state.kind == ScreenState::Failed ? State::Bad : State::Waiting);
        m_what->setText(state.what);
        m_why->setText(state.why);
        m_rawText = state.raw;
        m_raw->setVisible(!state.raw.isEmpty());
        m_why->setVisible(!state.why.isEmpty());
        m_button->setText(state.button);
        m_button->setKind(state.kind == ScreenState::Empty ? ButtonKind::Primary : ButtonKind::Plain);
        m_button->setVisible(!state.button.isEmpty());
        m_act = state.act;
    }

private:
    StateGlyph *m_glyph = new StateGlyph(State::Waiting, 22, this);
    Label *m_what = new Label({}, TextRole::Strong);
    Label *m_why = new Label({}, TextRole::Second, &Tokens::t2);
    Button *m_button = new Button;
    Button *m_raw = new Button(PanelState::tr("Show the answer"), ButtonKind::Link);
    QString m_rawText;
    std::function<void()> m_act;
};

/// The hatched strip over data that is old.
class PanelState::Strip : public QWidget {
public:
    explicit Strip(QWidget *parent) : QWidget(parent) {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(12, 6, 12, 6);
        row->setSpacing(10);
        row->addWidget(new StateGlyph(State::Stale, 18, this));
        row->addWidget(m_text, 1);
        row->addWidget(m_button);
        m_text->setWordWrap(true);
        m_button->setGlyph(QStringLiteral("refresh"));
        setObjectName(QStringLiteral("staleStrip"));
        connect(m_button, &QAbstractButton::clicked, this, [this] {
            if (m_act)
                m_act();
        });
    }
    void set(const ScreenState &state) {
        const QDateTime now = Ticker::of(this).now();
        m_text->setText(PanelState::tr("Shown from %1, %2 old. %3").arg(moment(state.since, now), age(state.since, now), state.why));
        m_button->setText(state.button);
        m_button->setVisible(!state.button.isEmpty());
        m_act = state.act;
    }
    QString words() const { return m_text->text(); }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        const Tokens &t = tokens(this);
        painter.fillRect(rect(), t.bg2);
        painter.setClipRect(rect());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(t.line, 5));
        for (int x = -height(); x < width(); x += 18)
            painter.drawLine(x, height(), x + height(), 0);
    }

private:
    Label *m_text = new Label({}, TextRole::Second, &Tokens::t1);
    Button *m_button = new Button;
    std::function<void()> m_act;
};

/// Notice and strip are made when they are first shown: every card has this, most never show either, and together they are ten widgets.
PanelState::PanelState(QWidget *parent) : QWidget(parent), m_layout(new QVBoxLayout(this)), m_notice(nullptr), m_strip(nullptr) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
}

PanelState::Notice &PanelState::notice() {
    if (!m_notice) {
        m_notice = new Notice(this);
        auto *middle = new QHBoxLayout; // centred, and as wide as the narrowest card allows
        middle->addStretch(1);
        middle->addWidget(m_notice, 1000, Qt::AlignVCenter);
        middle->addStretch(1);
        m_layout->insertLayout(m_strip ? 1 : 0, middle);
    }
    return *m_notice;
}

PanelState::Strip &PanelState::strip() {
    if (!m_strip) {
        m_strip = new Strip(this);
        m_layout->insertWidget(0, m_strip);
    }
    return *m_strip;
}

void PanelState::setContent(QWidget *content) {
    delete m_content;
    m_content = content;
    m_layout->addWidget(content, 1);
    show(m_state);
}

void PanelState::show(const ScreenState &state) {
    m_state = state;
    const bool noticed = state.kind == ScreenState::Empty || state.kind == ScreenState::Failed;
    const bool content = state.kind == ScreenState::Full || state.kind == ScreenState::Stale;
    m_bars = false;
    const bool stale = state.kind == ScreenState::Stale;
    if (noticed)
        notice().set(state);
    if (stale)
        strip().set(state);
    if (m_strip)
        m_strip->setVisible(stale);
    if (m_notice)
        m_notice->setVisible(noticed);
    if (m_content)
        m_content->setVisible(content);
    if (state.kind == ScreenState::Loading) // most answers come sooner than 200 ms: no flicker
        QTimer::singleShot(200, this, [this] {
            m_bars = m_state.kind == ScreenState::Loading;
            update();
        });
    setAccessibleDescription(text());
    update();
}

QString PanelState::text() const {
    switch (m_state.kind) {
    case ScreenState::Full: return {};
    case ScreenState::Loading: return tr("Loading");
    case ScreenState::Stale: return m_strip->words();
    default: return m_state.why.isEmpty() ? m_state.what : m_state.what + QLatin1Char('\n') + m_state.why;
    }
}

void PanelState::paintEvent(QPaintEvent *) {
    if (!m_bars)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens(this).bg3);
    const int left = 16;
    for (int i = 0; i < 3; ++i)
        painter.drawRoundedRect(QRectF(left, 20 + i * 26, qMin(width() - 2 * left, 320 - i * 70), 10), 4, 4);
}

} // namespace pilothouse::ui
