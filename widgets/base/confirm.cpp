// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/confirm.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"

#include <QBoxLayout>
#include <QPlainTextEdit>
#include <QShortcut>

namespace pilothouse::ui {

ConfirmSheet::ConfirmSheet(const QString &title, const Danger &danger, std::function<void(const QString &)> go, QWidget *window)
    : QDialog(window), m_danger(danger), m_verb(new Button(danger.verb, ButtonKind::Primary)) {
    setObjectName(QStringLiteral("confirm"));
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new Label(title, TextRole::Screen);
    head->setWordWrap(true);
    column->addWidget(head);
    auto *effect = new Label(danger.effect, TextRole::Body);
    effect->setObjectName(QStringLiteral("confirmEffect"));
    effect->setWordWrap(true);
    column->addWidget(effect);
    if (!danger.undo.isEmpty()) {
        auto *undo = new Label(tr("Undo: %1").arg(danger.undo), TextRole::Second, &Tokens::t2);
        undo->setWordWrap(true);
        column->addWidget(undo);
    }
    if (danger.wantsComment) {
        m_comment = new QPlainTextEdit;
        m_comment->setObjectName(QStringLiteral("confirmComment"));
        m_comment->setFixedHeight(Theme::of(this).px(64));
        m_comment->setTabChangesFocus(true);
        column->addWidget(new Field(tr("Comment, kept with the decision"), m_comment));
        connect(m_comment, &QPlainTextEdit::textChanged, this, &ConfirmSheet::refresh);
    }
    if (!danger.typedName.isEmpty()) {
        m_name = new QLineEdit;
        m_name->setObjectName(QStringLiteral("confirmName"));
        column->addWidget(new Field(tr("Type %1 to go on").arg(danger.typedName), m_name));
        connect(m_name, &QLineEdit::textChanged, this, &ConfirmSheet::refresh);
    }
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_verb->setObjectName(QStringLiteral("confirmVerb"));
    m_verb->setPixelHeight(32);
    m_verb->setHint(QStringLiteral("Ctrl ↵"));
    auto *leave = new Button(tr("Cancel"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("confirmCancel"));
    leave->setPixelHeight(32);
    row->addWidget(m_verb);
    row->addWidget(leave);
    row->addStretch(1);
    column->addLayout(row);
    setMinimumWidth(Theme::of(this).px(420));
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_verb, &QAbstractButton::clicked, this, [this, go = std::move(go)] {
        const QString comment = m_comment ? m_comment->toPlainText().trimmed() : QString();
        accept();
        go(comment);
    });
    auto *key = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(key, &QShortcut::activated, m_verb, &QAbstractButton::click);
    refresh();
    if (m_comment)
        m_comment->setFocus();
    else if (m_name)
        m_name->setFocus();
    else
        m_verb->setFocus();
}

void ConfirmSheet::refresh() {
    if (m_name && m_name->text() != m_danger.typedName)
        return m_verb->setBlocked(tr("Type the name first."));
    if (m_comment && m_comment->toPlainText().trimmed().isEmpty())
        return m_verb->setBlocked(tr("Write a comment first."));
    m_verb->setBlocked({});
}

ActionCatalogue::Ask ConfirmSheet::asker(QWidget *window) {
    return [window](const Danger &danger, const ActionSpec &spec, std::function<void(const QString &)> go) {
        (new ConfirmSheet(spec.text, danger, std::move(go), window))->open();
    };
}

} // namespace pilothouse::ui
