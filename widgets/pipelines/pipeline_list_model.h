// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// Pipelines to choose from: name, below it where it lives; one that cannot be started says why.
class PipelineListModel : public RowsModel<pipelines::Pipeline> {
    Q_OBJECT
public:
    explicit PipelineListModel(QObject *parent = nullptr);

protected:
    QString key(const pipelines::Pipeline &row) const override { return row.id; }
    QVariant cell(const pipelines::Pipeline &row, int column, int role) const override;
};

} // namespace pilothouse::ui
