// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/promotion/card_model.h"

#include <algorithm>

namespace pilothouse::ui {

using Kind = promotion::CardLine::Kind;

CardModel::CardModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Line"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}}; }

QString CardModel::summary() const {
    const auto having = [&](Kind kind) { return int(std::count_if(rows().begin(), rows().end(), [&](const auto &line) { return line.kind == kind; })); };
    return tr("%1 lines gone, %2 new").arg(having(Kind::Removed)).arg(having(Kind::Added));
}

QVariant CardModel::cell(const promotion::CardLine &line, int, int role) const {
    const QString sign = line.kind == Kind::Removed ? QStringLiteral("− ") : line.kind == Kind::Added ? QStringLiteral("+ ") : QStringLiteral("  ");
    switch (role) {
    case Qt::DisplayRole:
    case SortRole: return sign + line.text;
    case MonoRole: return true;
    case MutedRole: return line.kind == Kind::Same;
    case TextStateRole: return line.kind == Kind::Same ? QVariant() : QVariant(int(line.kind == Kind::Added ? State::Ok : State::Bad));
    case Qt::ToolTipRole: return line.text;
    case Qt::AccessibleTextRole: return line.kind == Kind::Removed ? tr("gone: %1").arg(line.text) : line.kind == Kind::Added ? tr("new: %1").arg(line.text) : line.text;
    default: return {};
    }
}

} // namespace pilothouse::ui
