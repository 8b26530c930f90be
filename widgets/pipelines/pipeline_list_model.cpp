// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/pipeline_list_model.h"

#include "widgets/pipelines/pipeline_words.h"

namespace pilothouse::ui {

PipelineListModel::PipelineListModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Pipeline"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}}; }

QVariant PipelineListModel::cell(const pipelines::Pipeline &p, int, int role) const {
    const QString system = p.connection.isEmpty() ? tr("this machine") : systemWord(p.system), where = p.folder.isEmpty() ? p.connection : p.folder;
    const QString place = where.isEmpty() || where.compare(system, Qt::CaseInsensitive) == 0 ? system : QStringLiteral("%1, %2").arg(system, where);
    switch (role) {
    case Qt::DisplayRole: return p.name.isEmpty() ? p.id : p.name;
    case SecondRole: return p.problem.isEmpty() ? place : p.problem;
    case SecondStateRole: return p.problem.isEmpty() ? QVariant() : QVariant(int(State::Warn));
    case StateRole: return int(p.problem.isEmpty() ? State::None : State::Skipped);
    case FilterRole: return QStringList{p.id, p.name, p.connection, p.system, p.folder, p.model}.join(QLatin1Char(' '));
    case Qt::ToolTipRole: return p.id;
    case Qt::AccessibleTextRole: return QStringLiteral("%1, %2").arg(p.name, place);
    default: return {};
    }
}

} // namespace pilothouse::ui
