// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/connection_model.h"

#include "widgets/base/format.h"

namespace pilothouse::ui {

State stateOfConnection(const ConnectionLine &line) {
    if (line.looking)
        return State::Running;
    if (line.error)
        return State::Bad;
    if (!line.check)
        return State::Unknown;
    return line.check->usedHere ? State::Ok : State::Skipped;
}

ConnectionModel::ConnectionModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Name"), left, 150, {}, 0},      {tr("System"), left, 110, {}, 0}, {tr("Where"), left, 220, {}, 3},     {tr("Signs in with"), left, 130, {}, 2},
                 {tr("Used by"), left, 130, {}, 1}, {tr("Last answer"), left, 0, {}, 0}, {tr("Answered"), right, 90, {}, 4}};
}

QVariant ConnectionModel::cell(const ConnectionLine &l, int column, int role) const {
    if (role == StateRole)
        return column == Name ? QVariant(int(stateOfConnection(l))) : QVariant();
    if (role == TextStateRole)
        return column == Finding && l.error ? QVariant(int(State::Bad)) : QVariant();
    if (role == StrongRole)
        return column == Name;
    if (role == Qt::ToolTipRole)
        return column == Finding && l.error ? l.error->text() : column == Where ? (l.connection.root.isEmpty() ? l.connection.url : l.connection.root) : QString();
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    switch (column) {
    case Name: return l.connection.name;
    case System: return l.connection.kind;
    case Where: return l.connection.root.isEmpty() ? l.connection.url : l.connection.root;
    case Credential: return l.connection.secret.isEmpty() ? tr("none") : tr("secret %1").arg(l.connection.secret);
    case UsedBy: return l.usedBy.join(QStringLiteral(", "));
    case Finding: return l.looking ? tr("looking…") : l.error ? l.error->what : l.check ? l.check->finding : tr("not looked at yet");
    case Answered: return l.looked.isValid() ? age(l.looked, m_now) : tr("never");
    default: return {};
    }
}

} // namespace pilothouse::ui
