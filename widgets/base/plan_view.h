// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"

#include <QWidget>

#include <vector>

namespace pilothouse::ui {

/// The dry-run plan: numbered calls, verb in accent, effect below, copy per line. The rows are the very PlannedCalls that
/// Operations will run.
class PlanView : public QWidget {
    Q_OBJECT
public:
    explicit PlanView(QWidget *parent = nullptr);
    void setPlan(const std::vector<operations::PlannedCall> &calls);
    /// After a run: done, failed, refused, not sent, undone per step, with the error's words.
    void setOutcome(const operations::OperationOutcome &outcome);
    const std::vector<operations::PlannedCall> &plan() const { return m_calls; }
    QString text() const; ///< numbered lines, for copying

Q_SIGNALS:
    void copied(const QString &command);

private:
    class Row;
    std::vector<operations::PlannedCall> m_calls;
    std::vector<Row *> m_rows;
};

} // namespace pilothouse::ui
