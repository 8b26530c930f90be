// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "widgets/base/cells.h"
#include "widgets/base/plot.h"
#include "widgets/base/stage_graph.h"

namespace pilothouse::ui {

/// All runs of all systems, newest first.
class RunListModel : public RowsModel<pipelines::PipelineRun> {
    Q_OBJECT
public:
    explicit RunListModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const pipelines::PipelineRun &row) const override { return row.id; }
    QVariant cell(const pipelines::PipelineRun &row, int column, int role) const override;

private:
    QDateTime m_now;
};

/// What a run says of itself in a line: "Paused: deploy", "Failed: train", "Train, 1 of 4". Pure.
QString runSentence(const pipelines::PipelineRun &run);
/// The marks of its stages; a stage of more than three times its median is marked slow. Pure.
std::vector<StageMark> stageMarks(const pipelines::PipelineRun &run, const QDateTime &now);
/// Durations of one stage over the newest twelve runs of a pipeline, oldest first, with their median; the chosen run in accent,
/// in warn where it took more than three times the median. Pure.
PlotData durationPlot(const std::vector<pipelines::PipelineRun> &runs, const QString &pipeline, const QString &stage, const QString &chosen);
/// "ws2m #1" of the run ws2m-1, "nightly ab12cd" of another system's. Pure.
QString runTitle(const pipelines::PipelineRun &run);
/// "06:10:49  [train] 100 %" of "[train] 2026-11-21T06:10:49.780Z 100 %": the local time first, its zone in the task bar. Pure.
QString logLine(const QString &line);
double stageSeconds(const pipelines::Stage &stage, const QDateTime &now); ///< NaN before it began

} // namespace pilothouse::ui
