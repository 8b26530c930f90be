// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/drift/accuracy_why_card.h"

#include "widgets/base/button.h"
#include "widgets/base/format.h"
#include "widgets/base/table.h"
#include "widgets/drift/accuracy_models.h"

#include <QLocale>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

AccuracyWhyCard::AccuracyWhyCard(QWidget *parent) : Card(tr("Why did accuracy drop?"), parent) {
    auto *close = new Button(tr("Close"), ButtonKind::Ghost);
    close->setObjectName(QStringLiteral("accuracyWhyClose"));
    close->setPixelHeight(24);
    connect(close, &Button::clicked, this, &AccuracyWhyCard::closed);
    addTool(close);
    auto *escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &AccuracyWhyCard::closed);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(8);
    m_summary = new Label({}, TextRole::Body, &Tokens::t2);
    m_summary->setObjectName(QStringLiteral("accuracyWhySummary"));
    m_summary->setWordWrap(true);
    m_summary->setContentsMargins(12, 0, 12, 0);
    column->addWidget(m_summary);
    const auto table = [&](const char *name, const QString &spoken, QAbstractItemModel *model) {
        auto *made = new Table;
        made->setObjectName(QLatin1String(name));
        made->setAccessibleName(spoken);
        made->setModel(model);
        made->setItemDelegate(new StateDelegate(made));
        return made;
    };
    m_causes = new CauseModel(this);
    m_causeTable = table("accuracyCauses", tr("Features by drift and importance"), m_causes);
    m_causeTable->setItemDelegateForColumn(1, new EffectDelegate(m_causeTable));
    connect(m_causeTable, &Table::chosen, this, &AccuracyWhyCard::causeChosen);
    column->addWidget(m_causeTable, 1);
    m_rowsTitle = new Label({}, TextRole::Strong);
    m_rowsTitle->setContentsMargins(12, 0, 12, 0);
    column->addWidget(m_rowsTitle);
    m_looks = new LookModel(this);
    m_lookTable = table("accuracyRows", tr("Rows with the largest error"), m_looks);
    column->addWidget(m_lookTable, 2);
    setBody(body);
}

QWidget *AccuracyWhyCard::firstFocus() const {
    return m_causeTable;
}

void AccuracyWhyCard::showLoading(const QString &model) {
    setSubtitle(model);
    showState(ScreenState::loading());
}

void AccuracyWhyCard::showWhy(const Result<fleet::AccuracyWhy> &why, const QDateTime &now) {
    if (!why) {
        if (why.error().kind == ErrorKind::Invalid || why.error().kind == ErrorKind::NotFound)
            showState(ScreenState::empty(tr("It cannot be told yet"), why.error().text()));
        else
            showState(ScreenState::failed(why.error()));
        return;
    }
    showState(ScreenState::full());
    source()->setSource(tr("local"), now, Freshness::Local);
    m_summary->setText(summary(*why));
    m_causes->setRows(why->causes);
    m_looks->setRows(why->rows);
    m_rowsTitle->setText(why->rows.empty() ? tr("No row with an error") : tr("Rows to look at, worst %1").arg(why->rows.size()));
    if (!why->causes.empty())
        m_causeTable->choose(why->causes.front().feature);
}

QString AccuracyWhyCard::summary(const fleet::AccuracyWhy &why) const {
    const QString since = QLocale().toString(shownTime(QDateTime::fromMSecsSinceEpoch(why.sinceMs, Qt::UTC)), QStringLiteral("d MMM HH:mm"));
    QString text = tr("%1 %2 on %3 labelled rows before %4, %5 on %6 from then on (v%7).")
                       .arg(metricName(why.metric), number(why.before.value), count(why.labelledBefore), since, number(why.after.value), count(why.labelledAfter))
                       .arg(why.version);
    const bool any = std::any_of(why.causes.begin(), why.causes.end(), [](const auto &c) { return c.share > 0; });
    text += QLatin1Char(' ') + (any ? tr("Ranked by drift × importance.") : tr("No feature that the model looks at moved: what they mean may have changed, or the labels."));
    return text;
}

} // namespace pilothouse::ui
