// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_why.h"
#include "widgets/base/card.h"

namespace pilothouse::ui {

class CauseModel;
class LookModel;
class Table;

/// "Why did accuracy drop?" (board 03): before and after, the inputs by drift × importance, and the rows to look at. Esc closes it.
class AccuracyWhyCard : public Card {
    Q_OBJECT
public:
    explicit AccuracyWhyCard(QWidget *parent = nullptr);
    void showLoading(const QString &model);
    void showWhy(const Result<fleet::AccuracyWhy> &why, const QDateTime &now);
    QWidget *firstFocus() const;

Q_SIGNALS:
    void closed();
    void causeChosen(const QString &feature);

private:
    QString summary(const fleet::AccuracyWhy &why) const;
    Label *m_summary, *m_rowsTitle;
    CauseModel *m_causes;
    LookModel *m_looks;
    Table *m_causeTable, *m_lookTable;
};

} // namespace pilothouse::ui
