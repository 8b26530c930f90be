// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/operations/journal_model.h"

#include "widgets/base/format.h"

#include <QJsonArray>
#include <QJsonObject>

namespace pilothouse::ui {
namespace {

using Q = QLatin1String;

void addBlock(QStringList &lines, const QString &name, const QJsonObject &object) {
    bool first = true;
    for (auto field = object.begin(); field != object.end(); ++field) {
        lines << QStringLiteral("%1 %2 %3").arg(first ? name : QString(), -10).arg(field.key(), shortValue(field.value()));
        first = false;
    }
}

} // namespace

QString entryText(const operations::JournalEntry &entry, const QDateTime &now) {
    QStringList lines;
    lines << QStringLiteral("%1  %2  %3 (%4)").arg(entry.sequence).arg(moment(entry.time, now), entry.actor, entry.program);
    lines << QStringLiteral("%1 %2").arg(JournalModel::tr("did"), -10).arg(kindWord(entry.kind) + QStringLiteral(", ") + phaseWord(entry.phase));
    lines << QStringLiteral("%1 %2").arg(JournalModel::tr("on"), -10).arg(entry.object);
    if (!entry.operation.isEmpty())
        lines << QStringLiteral("%1 %2").arg(JournalModel::tr("operation"), -10).arg(entry.operation);
    addBlock(lines, JournalModel::tr("before"), entry.before);
    addBlock(lines, JournalModel::tr("after"), entry.after);
    addBlock(lines, JournalModel::tr("details"), entry.details);
    lines << QStringLiteral("%1 %2").arg(JournalModel::tr("time"), -10).arg(isoUtc(entry.time));
    lines << QStringLiteral("%1 %2, sha-256").arg(JournalModel::tr("seal"), -10).arg(entry.hash);
    lines << QStringLiteral("%1 %2").arg(JournalModel::tr("follows"), -10).arg(entry.previousHash.isEmpty() ? JournalModel::tr("nothing, it is the first") : entry.previousHash);
    return lines.join(QLatin1Char('\n'));
}

JournalModel::JournalModel(QObject *parent) : RowsModel(parent) {
    const auto left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("No."), right, 60, {}, 0},
                 {tr("When"), left, 96, {}, 0},
                 {tr("Who"), left, 104, {}, 0},
                 {tr("Did"), left, 180, {}, 0},
                 {tr("On"), left, 170, {}, 0},
                 {tr("What it changed"), left, 0, {}, 2},
                 {tr("Seal"), left, 90, tr("Start and end of the line's SHA-256; each line names the one before"), 1}};
}

void JournalModel::setEntries(const std::vector<operations::JournalEntry> &entries, const QDateTime &now) {
    m_now = now;
    setRows(entries); // times that only aged are repainted by the view
}

QVariant JournalModel::cell(const operations::JournalEntry &row, int column, int role) const {
    if (role == FilterRole && column == 0)
        return QStringList{row.actor, row.kind, kindWord(row.kind), row.phase, phaseWord(row.phase), row.object, row.operation, effectText(row), row.hash}.join(QLatin1Char(' '));
    switch (column) {
    case Number:
        if (role == SortRole)
            return row.sequence;
        if (role == MutedRole)
            return true;
        return role == Qt::DisplayRole ? QVariant(count(row.sequence)) : QVariant();
    case When:
        if (role == SortRole)
            return row.time;
        if (role == Qt::ToolTipRole)
            return isoUtc(row.time);
        return role == Qt::DisplayRole ? QVariant(moment(row.time, m_now)) : QVariant();
    case Who:
        if (role == Qt::ToolTipRole)
            return tr("%1 by %2").arg(row.actor, row.program);
        return role == Qt::DisplayRole || role == SortRole ? QVariant(row.actor) : QVariant();
    case Did:
        if (role == StateRole)
            return int(stateOfPhase(row.phase));
        if (role == Qt::ToolTipRole)
            return phaseWord(row.phase);
        return role == Qt::DisplayRole || role == SortRole ? QVariant(row.phase == Q("done") || row.phase == Q("note") ? kindWord(row.kind) : kindWord(row.kind) + QStringLiteral(", ") + phaseWord(row.phase)) : QVariant();
    case On: return role == Qt::DisplayRole || role == SortRole || role == Qt::ToolTipRole ? QVariant(row.object) : QVariant();
    case Change: return role == Qt::DisplayRole || role == SortRole || role == Qt::ToolTipRole ? QVariant(effectText(row)) : QVariant();
    case Seal:
        if (role == MonoRole || role == MutedRole)
            return true;
        if (role == Qt::ToolTipRole)
            return row.hash;
        return role == Qt::DisplayRole || role == SortRole ? QVariant(row.hash.isEmpty() ? QString() : row.hash.left(4) + QStringLiteral("…") + row.hash.right(2)) : QVariant();
    default: return {};
    }
}

} // namespace pilothouse::ui
