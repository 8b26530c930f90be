// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/ansible_fold.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::ui {

using pipelines::AnsibleLog;
using pipelines::AnsibleOutcome;
using pipelines::AnsiblePlay;
using pipelines::AnsibleTask;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AnsibleFold)
};

State stateOf(AnsibleOutcome outcome) {
    switch (outcome) {
    case AnsibleOutcome::Ok:
    case AnsibleOutcome::Changed: return State::Ok;
    case AnsibleOutcome::Failed:
    case AnsibleOutcome::Unreachable: return State::Bad;
    case AnsibleOutcome::Skipped: return State::Skipped;
    case AnsibleOutcome::Rescued:
    case AnsibleOutcome::Ignored: return State::Warn;
    }
    return State::Unknown;
}

QString word(AnsibleOutcome outcome) {
    switch (outcome) {
    case AnsibleOutcome::Ok: return Text::tr("ok");
    case AnsibleOutcome::Changed: return Text::tr("changed");
    case AnsibleOutcome::Failed: return Text::tr("failed");
    case AnsibleOutcome::Skipped: return Text::tr("skipped");
    case AnsibleOutcome::Unreachable: return Text::tr("not reached");
    case AnsibleOutcome::Rescued: return Text::tr("rescued");
    case AnsibleOutcome::Ignored: return Text::tr("failed, ignored");
    }
    return {};
}

/// "ok 12, changed 3": what there is any of.
QString counts(const std::vector<std::pair<AnsibleOutcome, int>> &numbers) {
    QStringList words;
    for (const auto &[outcome, number] : numbers)
        if (number > 0 || outcome == AnsibleOutcome::Ok)
            words << QStringLiteral("%1 %2").arg(word(outcome)).arg(number);
    return words.join(QStringLiteral(", "));
}

bool isQuiet(const AnsibleTask &task) {
    const auto outcome = task.outcome();
    return task.retries == 0 && (!outcome || *outcome == AnsibleOutcome::Ok || *outcome == AnsibleOutcome::Skipped);
}

AnsibleRow rowOf(const AnsibleTask &task, const QString &id) {
    AnsibleRow row{AnsibleRow::Task, id, task.handler ? Text::tr("%1 (handler)").arg(task.name) : task.name, {}, {}, State::Waiting, task.line};
    const auto outcome = task.outcome();
    if (!outcome)
        return row;
    row.state = stateOf(*outcome);
    row.right = word(*outcome);
    const auto worst = std::find_if(task.results.begin(), task.results.end(), [&](const auto &result) { return result.outcome == *outcome; });
    if (row.state != State::Ok && row.state != State::Skipped && worst != task.results.end()) {
        row.second = worst->host + (worst->item.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(worst->item)) + (worst->message.isEmpty() ? QString() : QStringLiteral(": ") + worst->message.simplified());
        row.line = worst->line;
    }
    if (task.retries > 0)
        row.right += QStringLiteral(", ") + Text::tr("%n retries", nullptr, task.retries);
    return row;
}

} // namespace

std::vector<AnsibleRow> ansibleRows(const AnsibleLog &log, const QSet<QString> &opened) {
    std::vector<AnsibleRow> rows;
    int number = 0;
    for (const auto &host : log.recap)
        rows.push_back({AnsibleRow::Recap, QStringLiteral("recap/%1").arg(number++), host.host, {},
                        counts({{AnsibleOutcome::Ok, host.ok}, {AnsibleOutcome::Changed, host.changed}, {AnsibleOutcome::Unreachable, host.unreachable}, {AnsibleOutcome::Failed, host.failed},
                                {AnsibleOutcome::Skipped, host.skipped}, {AnsibleOutcome::Rescued, host.rescued}, {AnsibleOutcome::Ignored, host.ignored}}),
                        host.good() ? State::Ok : State::Bad, -1});
    for (std::size_t p = 0; p < log.plays.size(); ++p) {
        const AnsiblePlay &play = log.plays[p];
        rows.push_back({AnsibleRow::Play, QStringLiteral("play/%1").arg(p), play.name, {},
                        counts({{AnsibleOutcome::Ok, play.count(AnsibleOutcome::Ok)}, {AnsibleOutcome::Changed, play.count(AnsibleOutcome::Changed)}, {AnsibleOutcome::Failed, play.count(AnsibleOutcome::Failed)}}), State::None, play.line});
        for (std::size_t t = 0; t < play.tasks.size();) {
            std::size_t end = t;
            while (end < play.tasks.size() && isQuiet(play.tasks[end]))
                ++end;
            const QString id = QStringLiteral("task/%1/%2").arg(p).arg(t);
            const bool folds = end - t > 1;
            const bool open = opened.contains(id + QStringLiteral("/folded"));
            if (folds) {
                QStringList names;
                for (std::size_t i = t; i < end; ++i)
                    names << play.tasks[i].name;
                rows.push_back({AnsibleRow::Folded, id + QStringLiteral("/folded"), Text::tr("%n tasks ok or skipped", nullptr, int(end - t)), open ? QString() : names.join(QStringLiteral(", ")), open ? QStringLiteral("▾") : QStringLiteral("▸"), State::Ok, play.tasks[t].line});
            }
            if (!folds)
                end = t + 1;
            for (std::size_t i = t; i < end && (!folds || open); ++i)
                rows.push_back(rowOf(play.tasks[i], QStringLiteral("task/%1/%2").arg(p).arg(i)));
            t = end;
        }
    }
    return rows;
}

AnsibleModel::AnsibleModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Task"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}}; }

void AnsibleModel::setLog(const AnsibleLog &log) {
    m_log = log;
    setRows(ansibleRows(m_log, m_opened));
}

void AnsibleModel::toggle(const QString &id) {
    if (!m_opened.remove(id))
        m_opened.insert(id);
    setRows(ansibleRows(m_log, m_opened));
}

void AnsibleModel::forget() {
    m_opened.clear();
    setLog({});
}

QVariant AnsibleModel::cell(const AnsibleRow &row, int, int role) const {
    switch (role) {
    case Qt::DisplayRole: return row.text;
    case GroupRole: return row.kind == AnsibleRow::Play;
    case StateRole: return int(row.state);
    case SecondRole: return row.second;
    case SecondStateRole: return row.state == State::Bad ? QVariant(int(State::Bad)) : QVariant();
    case RightRole: return row.right;
    case RightStateRole: return row.state == State::Bad || row.state == State::Warn ? QVariant(int(row.state)) : QVariant();
    case MutedRole: return row.kind == AnsibleRow::Folded;
    case Qt::ToolTipRole: return row.second;
    case Qt::AccessibleTextRole: return QStringLiteral("%1, %2 %3").arg(row.text, row.right, row.second);
    default: return {};
    }
}

} // namespace pilothouse::ui
