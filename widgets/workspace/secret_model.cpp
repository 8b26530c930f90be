// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/secret_model.h"

#include "widgets/base/format.h"

namespace pilothouse::ui {

SecretModel::SecretModel(QObject *parent) : RowsModel(parent) {
    constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter, right = Qt::AlignRight | Qt::AlignVCenter;
    m_columns = {{tr("Name"), left, 0, {}, 0}, {tr("Keys"), left, 150, {}, 2}, {tr("Age"), right, 70, {}, 3}, {tr("Used by"), left, 150, {}, 1}};
}

QVariant SecretModel::cell(const fleet::SecretLine &l, int column, int role) const {
    if (role == StateRole)
        return column != Name || l.folder ? QVariant() : QVariant(int(!l.problem ? State::Ok : l.problem->kind == ErrorKind::NotFound ? State::Warn : State::Bad));
    if (role == TextStateRole)
        return column == Keys && l.problem ? QVariant(int(l.problem->kind == ErrorKind::NotFound ? State::Warn : State::Bad)) : QVariant();
    if (role == StrongRole)
        return column == Name;
    if (role == Qt::ToolTipRole)
        return column == Name ? l.name : column == Keys ? (l.problem ? l.problem->text() : l.keys.join(QStringLiteral(", "))) : column == UsedBy ? l.usedBy.join(QStringLiteral(", ")) : QString();
    if (role == SortRole && column == Age)
        return l.created;
    if (role != Qt::DisplayRole && role != SortRole)
        return {};
    switch (column) {
    case Name: return l.title;
    case Keys: return l.folder ? tr("folder") : l.problem ? (l.problem->kind == ErrorKind::NotFound ? tr("not stored") : l.problem->what) : l.keys.join(QStringLiteral(", "));
    case Age: return l.created.isValid() ? age(l.created, m_now) : QString();
    case UsedBy: return l.usedBy.join(QStringLiteral(", "));
    default: return {};
    }
}

} // namespace pilothouse::ui
