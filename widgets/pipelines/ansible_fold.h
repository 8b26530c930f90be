// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/ansible_log.h"
#include "widgets/base/cells.h"

#include <QSet>

namespace pilothouse::ui {

/// One line of a folded playbook's output.
struct AnsibleRow {
    enum Kind { Recap, Play, Task, Folded } kind = Task;
    QString id, text, second, right;
    State state = State::Ok;
    int line = 0; ///< of the log, from 0; −1: none
};

/// Recap, plays and tasks; tasks in a row that did nothing worth a look (ok, skipped) are one line until they are opened. Pure.
std::vector<AnsibleRow> ansibleRows(const pipelines::AnsibleLog &log, const QSet<QString> &opened);

/// The rows of ansible-playbook's output for a List.
class AnsibleModel : public RowsModel<AnsibleRow> {
    Q_OBJECT
public:
    explicit AnsibleModel(QObject *parent = nullptr);
    void setLog(const pipelines::AnsibleLog &log);
    void toggle(const QString &id); ///< of a Folded row, opened or not
    void forget();                  ///< another log

protected:
    QString key(const AnsibleRow &row) const override { return row.id; }
    QVariant cell(const AnsibleRow &row, int column, int role) const override;

private:
    pipelines::AnsibleLog m_log;
    QSet<QString> m_opened;
};

} // namespace pilothouse::ui
