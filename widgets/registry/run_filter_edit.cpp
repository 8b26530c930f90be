// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/run_filter_edit.h"

#include "widgets/base/cells.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QCoreApplication>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QStyle>
#include <QTextCharFormat>

namespace pilothouse::ui {

namespace {

constexpr int settleMs = 60;
constexpr int shownOffers = 10;

/// A line of the offers: the text, and what it is behind it.
class OfferDelegate : public StateDelegate {
public:
    using StateDelegate::StateDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const override { return {80, Theme::of(option.widget).px(26)}; }
};

} // namespace

void FilterCompletionModel::setItems(std::vector<registry::FilterCompletions::Item> items) {
    beginResetModel();
    m_items = std::move(items);
    endResetModel();
}

QVariant FilterCompletionModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &item = m_items[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole: return item.text;
    case SecondRole:
        if (item.detail == QLatin1String("metric"))
            return tr("metric");
        if (item.detail == QLatin1String("param"))
            return tr("parameter");
        if (item.detail == QLatin1String("tag"))
            return tr("tag");
        return item.detail == QLatin1String("attribute") ? tr("of each run") : QString();
    case Qt::TextAlignmentRole: return int(Qt::AlignLeft | Qt::AlignVCenter);
    default: return {};
    }
}

RunFilterEdit::RunFilterEdit(QWidget *parent)
    : FilterEdit(tr("metrics.rmse < 1 AND params.model = 'xgb', or words"), parent), m_known(std::make_shared<const registry::RunVocabulary>()), m_offers(new FilterCompletionModel(this)), m_completer(new QCompleter(m_offers, this)) {
    setAccessibleName(tr("Filter of runs"));
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(shownOffers);
    m_completer->setWidget(this); // not setCompleter(): only a part of the text is replaced
    m_completer->popup()->setObjectName(QStringLiteral("filterOffers"));
    m_completer->popup()->setItemDelegate(new OfferDelegate(m_completer->popup()));
    m_completer->popup()->setMouseTracking(true);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, &RunFilterEdit::take);
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleMs);
    connect(&m_settle, &QTimer::timeout, this, &RunFilterEdit::judge);
    connect(this, &QLineEdit::textEdited, this, [this] { offer(false); });
    connect(this, &QLineEdit::textChanged, this, [this] { m_settle.start(); });
}

void RunFilterEdit::setVocabulary(std::shared_ptr<const registry::RunVocabulary> known) { m_known = std::move(known); }

void RunFilterEdit::judge() {
    m_settle.stop();
    registry::TextSpan wrong;
    const auto filter = registry::RunFilter::parse(text(), &wrong);
    if (property("wrong").toBool() == filter.has_value()) {
        setProperty("wrong", !filter);
        style()->unpolish(this);
        style()->polish(this);
    }
    const QString problem = filter ? QString() : QStringLiteral("%1: %2 %3").arg(filter.error().where, filter.error().what, filter.error().hint).trimmed();
    underline(filter ? std::nullopt : std::optional(wrong));
    if (problem != m_problem) {
        m_problem = problem;
        setAccessibleDescription(problem);
        Q_EMIT problemChanged(problem);
    }
    if (!filter)
        return; // what was asked for last stays
    m_filter = *filter;
    Q_EMIT filterChanged();
}

/// QLineEdit has no formats of its own; those of an input method it paints
void RunFilterEdit::underline(std::optional<registry::TextSpan> wrong) {
    QList<QInputMethodEvent::Attribute> attributes;
    if (wrong && wrong->length == 0) // at the end: what stands before it
        wrong = registry::TextSpan{qMax<qsizetype>(0, wrong->at - 1), 1};
    if (wrong) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(tokens(this).bad);
        attributes << QInputMethodEvent::Attribute(QInputMethodEvent::TextFormat, int(wrong->at) - cursorPosition(), int(wrong->length), format);
    }
    QInputMethodEvent event(QString(), attributes);
    QCoreApplication::sendEvent(this, &event);
}

void RunFilterEdit::offer(bool asked) {
    registry::FilterCompletions found = registry::completions(text(), cursorPosition(), *m_known);
    m_replaces = found.replaces;
    const QString begun = text().mid(found.replaces.at, found.replaces.length);
    const bool finished = found.items.size() == 1 && found.items.front().text == begun;
    if (found.items.empty() || finished || (!asked && text().trimmed().isEmpty())) {
        m_completer->popup()->hide();
        return;
    }
    m_offers->setItems(std::move(found.items));
    const int from = cursorRect().left();
    m_completer->complete(QRect(qMin(from, qMax(0, width() - Theme::of(this).px(340))), 0, Theme::of(this).px(340), height()));
}

void RunFilterEdit::take(const QString &taken) {
    const QString before = text();
    const qsizetype end = m_replaces.at + m_replaces.length;
    const bool list = taken == QLatin1String("('");
    const QString after = list ? QString() : end < before.size() && before[end].isSpace() ? QString() : QStringLiteral(" ");
    setText(before.left(m_replaces.at) + taken + after + before.mid(end));
    setCursorPosition(int(m_replaces.at + taken.size() + (list ? 0 : 1)));
    QMetaObject::invokeMethod(this, [this] { offer(false); }, Qt::QueuedConnection); // what goes on, when the popup has closed
}

void RunFilterEdit::keyPressEvent(QKeyEvent *event) {
    const bool open = m_completer->popup()->isVisible();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (open && (event->key() == Qt::Key_Escape || (enter && m_completer->popup()->currentIndex().isValid())))
        return event->ignore(); // the completer's: closed, or taken
    if (open && enter)
        m_completer->popup()->hide();
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier)
        return offer(true);
    if (event->key() == Qt::Key_Down && !event->modifiers())
        return offer(true);
    if (enter)
        judge();
    FilterEdit::keyPressEvent(event);
}

bool RunFilterEdit::event(QEvent *event) {
    if (event->type() == QEvent::KeyPress && m_completer->popup()->isVisible()) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Tab && !key->modifiers()) {
            const QModelIndex chosen = m_completer->popup()->currentIndex();
            const QString text = chosen.isValid() ? chosen.data().toString() : m_offers->items().front().text;
            m_completer->popup()->hide();
            take(text);
            return true;
        }
    }
    return FilterEdit::event(event);
}

} // namespace pilothouse::ui
