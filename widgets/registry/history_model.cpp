// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/history_model.h"

#include "widgets/base/format.h"

#include <QHash>

namespace pilothouse::ui {

using fleet::Change;
using fleet::ChangeKind;

std::vector<HistoryLine> historyLines(const fleet::History &history) {
    std::vector<HistoryLine> out;
    QHash<QString, int> seen;
    for (auto c = history.changes.rbegin(); c != history.changes.rend(); ++c) { // the oldest is counted first: its key does not change when more come
        QString id = QStringLiteral("%1|%2|%3|%4|%5").arg(c->time.toMSecsSinceEpoch()).arg(fleet::changeKindName(c->kind), c->operation, c->alias).arg(c->version.value_or(0));
        if (const int times = seen[id]++; times > 0)
            id += QStringLiteral("|%1").arg(times);
        out.push_back({id, *c});
    }
    std::reverse(out.begin(), out.end());
    return out;
}

bool passes(ChangeKind kind, HistoryFilter filter) {
    switch (filter) {
    case HistoryFilter::All: return true;
    case HistoryFilter::Versions: return kind == ChangeKind::Registered || kind == ChangeKind::Stage || kind == ChangeKind::Tag || kind == ChangeKind::Description;
    case HistoryFilter::Decisions: return kind == ChangeKind::Asked || kind == ChangeKind::Approved || kind == ChangeKind::Rejected || kind == ChangeKind::Refused;
    case HistoryFilter::Promotions: return kind == ChangeKind::Promoted || kind == ChangeKind::Undone || kind == ChangeKind::TurnedBack || kind == ChangeKind::Failed;
    case HistoryFilter::Aliases: return kind == ChangeKind::Alias || kind == ChangeKind::Outside || kind == ChangeKind::Promoted || kind == ChangeKind::Undone || kind == ChangeKind::TurnedBack;
    case HistoryFilter::Service: break;
    }
    return kind == ChangeKind::Rollout || kind == ChangeKind::Skew;
}

State stateOfChange(ChangeKind kind) {
    switch (kind) {
    case ChangeKind::Promoted:
    case ChangeKind::Approved: return State::Ok;
    case ChangeKind::Asked: return State::Paused;
    case ChangeKind::Failed:
    case ChangeKind::TurnedBack: return State::Bad;
    case ChangeKind::Refused:
    case ChangeKind::Outside: return State::Warn;
    case ChangeKind::Skew: return State::Skew;
    case ChangeKind::Rejected:
    case ChangeKind::Undone: return State::Skipped;
    default: break;
    }
    return State::None;
}

HistoryModel::HistoryModel(QObject *parent) : RowsModel(parent) {
    const auto left = Qt::AlignLeft | Qt::AlignVCenter;
    m_columns = {{tr("When"), left, 110, {}, 0}, {tr("Kind"), left, 124, {}, 0}, {tr("What"), left, 0, {}, 0}, {tr("Who"), left, 96, {}, 2}, {tr("Known from"), left, 130, {}, 1}};
}

void HistoryModel::setHistory(const fleet::History &history, const QDateTime &now) {
    m_now = now;
    setRows(historyLines(history));
}

bool HistoryModel::same(const HistoryLine &before, const HistoryLine &after) const {
    const Change &a = before.change, &b = after.change;
    return a.what == b.what && a.why == b.why && a.by == b.by && a.source == b.source && a.facts == b.facts && a.journalLine == b.journalLine;
}

QVariant HistoryModel::cell(const HistoryLine &row, int column, int role) const {
    const Change &c = row.change;
    if (role == FilterRole && column == 0) {
        QStringList words{c.what, c.why, c.by, c.source, c.operation, c.promotion, fleet::changeKindWord(c.kind), c.version ? QStringLiteral("v%1").arg(*c.version) : QString()};
        for (const auto &[name, value] : c.facts)
            words << name << value;
        return words.join(QLatin1Char(' '));
    }
    switch (column) {
    case When:
        if (role == SortRole)
            return c.time;
        if (role == Qt::ToolTipRole)
            return isoUtc(c.time);
        return role == Qt::DisplayRole ? QVariant(moment(c.time, m_now)) : QVariant();
    case Kind:
        if (role == StateRole)
            return int(stateOfChange(c.kind));
        return role == Qt::DisplayRole || role == SortRole ? QVariant(fleet::changeKindWord(c.kind)) : QVariant();
    case What:
        if (role == SecondRole)
            return c.why.simplified();
        return role == Qt::DisplayRole || role == SortRole || role == Qt::ToolTipRole ? QVariant(c.what) : QVariant();
    case Who:
        if (role == MutedRole)
            return c.by.isEmpty();
        return role == Qt::DisplayRole || role == SortRole ? QVariant(c.by.isEmpty() ? tr("not known") : c.by) : QVariant();
    case Source:
        if (role == MutedRole)
            return true;
        return role == Qt::DisplayRole || role == SortRole || role == Qt::ToolTipRole ? QVariant(c.source) : QVariant();
    default: return {};
    }
}

std::vector<KeyValues::Row> changeFacts(const Change &c) {
    std::vector<KeyValues::Row> rows;
    rows.push_back({HistoryModel::tr("What"), c.what});
    rows.push_back({HistoryModel::tr("When"), fleet::utcText(c.time)});
    rows.push_back({HistoryModel::tr("Who"), c.by});
    rows.push_back({HistoryModel::tr("Why"), c.why});
    rows.push_back({HistoryModel::tr("Known from"), c.source});
    rows.push_back({HistoryModel::tr("Promotion"), c.promotion, true});
    rows.push_back({HistoryModel::tr("Operation"), c.operation, true});
    if (c.journalLine)
        rows.push_back({HistoryModel::tr("Journal"), HistoryModel::tr("line %1, %2").arg(c.journalLine).arg(middleElided(c.journalHash, 20))});
    for (const auto &[name, value] : c.facts)
        rows.push_back({name, value.size() >= 40 && !value.contains(QLatin1Char(' ')) ? middleElided(value, 20) : value});
    return rows;
}

} // namespace pilothouse::ui
