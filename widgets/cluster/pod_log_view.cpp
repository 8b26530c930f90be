// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/pod_log_view.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QShortcut>
#include <QVBoxLayout>

namespace pilothouse::ui {

PodLogView::PodLogView(QWidget *parent)
    : QWidget(parent), m_model(new PodLogModel(64 << 20, this)), m_canvas(new PodLogCanvas(*m_model, this)), m_find(new QLineEdit(this)), m_filter(new FilterEdit(tr("Filter by a regular expression"), this)),
      m_follow(new CheckBox(tr("Follow"), this)), m_wrap(new CheckBox(tr("Wrap"), this)), m_previous(new CheckBox(tr("Previous"), this)), m_pause(new Button(tr("Pause"), ButtonKind::Plain, this)),
      m_save(new Button(tr("Save…"), ButtonKind::Plain, this)), m_counts(new QLabel(this)) {
    m_canvas->setObjectName(QStringLiteral("podLog"));
    m_find->setObjectName(QStringLiteral("podLogFind"));
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find in the log"));
    m_find->setMaximumWidth(120);
    m_filter->setObjectName(QStringLiteral("podLogFilter"));
    m_filter->setAccessibleName(tr("Filter by a regular expression"));
    m_pause->setObjectName(QStringLiteral("podLogPause"));
    m_save->setObjectName(QStringLiteral("podLogSave"));
    for (CheckBox *box : {m_follow, m_wrap, m_previous})
        box->setCheckable(true);
    m_follow->setObjectName(QStringLiteral("podLogFollow"));
    m_follow->setChecked(true);
    m_previous->setToolTip(tr("The log of the container before its last restart"));
    m_counts->setObjectName(QStringLiteral("podLogCounts"));
    m_counts->setTextFormat(Qt::PlainText);

    auto *bar = new QHBoxLayout;
    bar->addWidget(m_filter, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_find, m_follow, m_wrap, m_previous, m_pause, m_save})
        bar->addWidget(widget);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addLayout(bar);
    all->addWidget(m_canvas, 1);
    all->addWidget(m_counts);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &pattern) {
        const bool good = m_model->setFilter(pattern);
        m_filter->setToolTip(good ? QString() : tr("This is no regular expression."));
        m_filter->setProperty("wrong", !good);
        refresh();
    });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { findNext(false); });
    auto *back = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_find, nullptr, nullptr, Qt::WidgetShortcut);
    connect(back, &QShortcut::activated, this, [this] { findNext(true); });
    auto *find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, m_find, [this] {
        m_find->setFocus();
        m_find->selectAll();
    });
    connect(m_follow, &QAbstractButton::toggled, m_canvas, &PodLogCanvas::setFollow);
    connect(m_canvas, &PodLogCanvas::followChanged, m_follow, &QAbstractButton::setChecked);
    connect(m_wrap, &QAbstractButton::toggled, m_canvas, &PodLogCanvas::setWrap);
    connect(m_previous, &QAbstractButton::toggled, this, &PodLogView::previousWanted);
    connect(m_pause, &QAbstractButton::clicked, this, [this] { m_model->setHeld(!m_model->isHeld()); });
    connect(m_save, &QAbstractButton::clicked, this, &PodLogView::saveWanted);
    connect(m_model, &PodLogModel::changed, this, &PodLogView::refresh);
    refresh();
}

void PodLogView::setNote(const QString &note, const QStringList &all) {
    m_note = note;
    m_counts->setToolTip(all.size() > 1 ? all.join(QLatin1Char('\n')) : QString());
    refresh();
}

void PodLogView::findNext(bool backwards) {
    const int at = m_canvas->currentRow();
    const int row = m_model->find(m_find->text(), at < 0 ? 0 : backwards ? std::max(0, at - 1) : at + 1, backwards);
    if (row >= 0)
        m_canvas->showRow(row);
    else if (!m_find->text().isEmpty())
        m_counts->setText(tr("“%1” is not in these lines.").arg(m_find->text()));
}

void PodLogView::refresh() {
    const QLocale locale;
    QStringList parts{tr("%n lines", nullptr, m_model->rowCount())};
    if (m_filter->property("wrong").toBool())
        parts << tr("This is no regular expression.");
    if (m_model->isFiltering())
        parts << tr("filtering…");
    if (m_model->isHeld())
        parts << tr("paused, %1 more").arg(locale.toString(m_model->waiting()));
    if (m_model->left() > 0)
        parts << tr("%1 older ones left, as 64 MiB are kept").arg(locale.toString(m_model->left()));
    if (m_model->dropped() > 0)
        parts << tr("%1 came too quickly to be read").arg(locale.toString(m_model->dropped()));
    if (!m_note.isEmpty())
        parts << m_note;
    m_counts->setText(parts.join(QStringLiteral(" · ")));
    m_pause->setWords(m_model->isHeld() ? tr("Go on") : tr("Pause"));
    m_save->setBlocked(m_model->store().end() == m_model->store().first() ? tr("There is nothing to save yet.") : QString());
}

} // namespace pilothouse::ui
