// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/toast.h"

#include "widgets/base/button.h"
#include "widgets/base/theme.h"
#include "widgets/base/toast_place.h"

#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QEvent>
#include <QPainter>
#include <QPlainTextEdit>

#include <algorithm>

namespace pilothouse::ui {
namespace {

/// Long names (environment variables, paths) may break where a person would.
QString breakable(QString text) {
    for (const char *mark : {"_", "/"})
        text.replace(QLatin1String(mark), QLatin1String(mark) + QChar(0x200b));
    return text;
}

constexpr int shownCharacters = 150; // about three lines of the second text

/// The text up to the last whole sentence or word that fits.
QString startOf(const QString &text) {
    if (text.size() <= shownCharacters)
        return text;
    const qsizetype sentence = text.lastIndexOf(QLatin1String(". "), shownCharacters - 1);
    if (sentence > shownCharacters / 3)
        return text.left(sentence + 1);
    return text.left(std::max<qsizetype>(text.lastIndexOf(QLatin1Char(' '), shownCharacters - 1), shownCharacters / 2)) + QStringLiteral(" …");
}

} // namespace

class ToastArea::Toast : public QWidget {
public:
    Toast(State state, const QString &what, const QString &why, const QString &button, std::function<void()> act, const QString &details, ToastArea *area)
        : QWidget(area), m_act(std::move(act)), m_text(why.isEmpty() ? what : what + QLatin1Char('\n') + why), m_undo(button == ToastArea::tr("Undo")) {
        const QString shown = startOf(why);
        const QString whole = !details.isEmpty() ? details : shown == why ? QString() : m_text;
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(12, 9, 8, 9);
        row->setSpacing(10);
        row->addWidget(new StateGlyph(state, 14, this), 0, Qt::AlignTop);
        auto *words = new QVBoxLayout;
        words->setSpacing(1);
        auto *first = new Label(breakable(what), TextRole::Strong);
        first->setWordWrap(true);
        words->addWidget(first);
        if (!shown.isEmpty()) {
            auto *second = new Label(breakable(shown), TextRole::Second, &Tokens::t2);
            second->setWordWrap(true);
            words->addWidget(second);
        }
        auto *verbs = new QHBoxLayout; // under the words: beside them they would leave the words no width
        verbs->setContentsMargins(0, 5, 0, 2);
        verbs->setSpacing(8);
        if (!button.isEmpty()) {
            auto *verb = new Button(button, ButtonKind::Plain, this);
            verb->setObjectName(QStringLiteral("toastButton"));
            verb->setFocusPolicy(Qt::TabFocus);
            if (m_undo) {
                verb->setGlyph(QStringLiteral("undo"));
                verb->setHint(QStringLiteral("Ctrl Z"));
            }
            connect(verb, &QAbstractButton::clicked, area, [this, area] { area->m_toasts.contains(this) ? run() : void(); });
            verbs->addWidget(verb);
        }
        if (!whole.isEmpty()) {
            auto *more = new Button(ToastArea::tr("Details"), ButtonKind::Link, this);
            more->setObjectName(QStringLiteral("toastDetails"));
            more->setPixelHeight(24);
            more->setFocusPolicy(Qt::TabFocus);
            verbs->addWidget(more);
            connect(more, &QAbstractButton::clicked, area, [area, what, whole] { (new DetailsSheet(what, whole, area->window()))->open(); });
        }
        verbs->addStretch(1);
        if (verbs->count() > 1)
            words->addLayout(verbs);
        else
            delete verbs;
        row->addLayout(words, 1);
        auto *close = new Button({}, ButtonKind::Ghost, this);
        close->setGlyph(QStringLiteral("cross"));
        close->setPixelHeight(24);
        close->setFocusPolicy(Qt::TabFocus);
        close->setAccessibleName(ToastArea::tr("Close"));
        connect(close, &QAbstractButton::clicked, this, [this] { leave(); });
        row->addWidget(close, 0, Qt::AlignTop);
        if (state != State::Bad)
            QTimer::singleShot(ToastArea::keepMilliseconds, this, [this] { leave(); });
        setFixedWidth(Theme::of(this).px(360));
    }
    void run() {
        const auto act = m_act;
        leave();
        if (act)
            act();
    }
    void leave() {
        auto *area = static_cast<ToastArea *>(parentWidget());
        area->m_toasts.removeAll(this);
        hide();
        deleteLater();
        area->place();
    }
    QString text() const { return m_text; }
    bool isUndo() const { return m_undo && m_act; }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens &t = tokens(this);
        painter.setPen(QPen(t.line2, 1));
        painter.setBrush(t.bg2);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    }

private:
    std::function<void()> m_act;
    QString m_text;
    bool m_undo;
};

ToastArea::ToastArea(QWidget *window) : QWidget(window), m_window(window) {
    setObjectName(QStringLiteral("toasts"));
    window->installEventFilter(this);
    m_soon.setSingleShot(true);
    m_soon.setInterval(20);
    connect(&m_soon, &QTimer::timeout, this, &ToastArea::place);
    hide();
}

void ToastArea::show(State state, const QString &what, const QString &why, const QString &button, std::function<void()> act, const QString &details) {
    while (m_toasts.size() >= 3)
        m_toasts.first()->leave();
    auto *toast = new Toast(state, what, why, button, std::move(act), details, this);
    m_toasts.append(toast);
    toast->show();
    place();
}

void ToastArea::showError(const Error &error) {
    if (error.kind == ErrorKind::Cancelled)
        return; // asked for, so no failure
    QStringList why;
    for (const QString &part : {error.where, error.hint})
        if (!part.isEmpty())
            why << part;
    const QString shown = why.join(QLatin1Char('\n'));
    show(State::Bad, error.what, shown, {}, {}, error.raw.isEmpty() ? QString() : shown + QStringLiteral("\n\n") + error.raw);
}

void ToastArea::showNote(State state, const QString &note) {
    const qsizetype sentence = note.indexOf(QLatin1String(". ")), colon = note.indexOf(QLatin1String(": "));
    QString first = sentence < 0 ? note : note.left(sentence + 1), why;
    if (colon > 0 && colon < first.size()) {
        why = first.at(colon + 2).toUpper() + first.mid(colon + 3);
        first.truncate(colon);
    }
    show(state, first, why, {}, {}, sentence < 0 ? QString() : note);
}

void ToastArea::dismissAll() {
    while (!m_toasts.isEmpty())
        m_toasts.first()->leave();
}

bool ToastArea::undoLast() {
    for (auto toast = m_toasts.crbegin(); toast != m_toasts.crend(); ++toast)
        if ((*toast)->isUndo()) {
            (*toast)->run();
            return true;
        }
    return false;
}

int ToastArea::count() const { return int(m_toasts.size()); }

QStringList ToastArea::texts() const {
    QStringList all;
    for (const Toast *toast : m_toasts)
        all << toast->text();
    return all;
}

void ToastArea::place() {
    if (m_toasts.isEmpty()) {
        qApp->removeEventFilter(this);
        return hide();
    }
    qApp->installEventFilter(this); // once, however often
    const Theme &theme = Theme::of(this);
    const int width = theme.px(360), gap = theme.px(8);
    int height = -gap;
    for (Toast *toast : m_toasts) {
        toast->resize(width, toast->layout()->totalHeightForWidth(width));
        height += toast->height() + gap;
    }
    const QRect room = m_window->rect().adjusted(theme.px(12), theme.px(48), -theme.px(12), -theme.px(28 + 12)); // below the header, above the task bar
    const QList<QRect> clear = decisionPlaces(m_window);
    std::optional<QPoint> at = toastPlace(room, {width, height}, clear, gap);
    qsizetype first = 0;
    for (; !at && first + 1 < m_toasts.size(); ++first) { // the older ones wait until there is room
        height -= m_toasts[first]->height() + gap;
        at = toastPlace(room, {width, height}, clear, gap);
    }
    setGeometry(QRect(at.value_or(room.bottomRight() + QPoint(1 - width, 1 - height)), QSize(width, height)));
    int y = 0;
    for (qsizetype i = 0; i < m_toasts.size(); ++i) {
        m_toasts[i]->setVisible(i >= first);
        if (i < first)
            continue;
        m_toasts[i]->move(0, y);
        y += m_toasts[i]->height() + gap;
    }
    show();
    raise();
}

bool ToastArea::eventFilter(QObject *watched, QEvent *event) {
    if (watched == m_window && event->type() == QEvent::Resize) {
        place();
    } else if (watched->isWidgetType() && !m_toasts.isEmpty() && !m_soon.isActive() &&
               (event->type() == QEvent::Show || event->type() == QEvent::Hide || event->type() == QEvent::Move || event->type() == QEvent::Resize)) {
        const auto *widget = static_cast<const QWidget *>(watched);
        if (widget->window() == m_window && widget != m_window && widget != this && !isAncestorOf(widget))
            m_soon.start();
    }
    return QWidget::eventFilter(watched, event);
}

DetailsSheet::DetailsSheet(const QString &title, const QString &text, QWidget *window) : QDialog(window) {
    setObjectName(QStringLiteral("details"));
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    auto *head = new Label(title, TextRole::Screen);
    head->setWordWrap(true);
    column->addWidget(head);
    auto *body = new QPlainTextEdit(text);
    body->setObjectName(QStringLiteral("detailsText"));
    body->setAccessibleName(title);
    body->setReadOnly(true);
    body->setTabChangesFocus(true);
    column->addWidget(body, 1);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    auto *copy = new Button(tr("Copy"));
    copy->setGlyph(QStringLiteral("copy"));
    auto *close = new Button(tr("Close"), ButtonKind::Ghost);
    close->setHint(QStringLiteral("Esc"));
    row->addWidget(copy);
    row->addWidget(close);
    row->addStretch(1);
    column->addLayout(row);
    connect(copy, &QAbstractButton::clicked, this, [text] { QApplication::clipboard()->setText(text); });
    connect(close, &QAbstractButton::clicked, this, &QDialog::reject);
    resize(Theme::of(this).px(520), Theme::of(this).px(text.size() > 400 ? 360 : 220));
    copy->setFocus();
}

} // namespace pilothouse::ui
