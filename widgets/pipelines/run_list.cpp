// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_list.h"

#include "widgets/base/format.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

using pipelines::PipelineRun;

double stageSeconds(const pipelines::Stage &stage, const QDateTime &now) {
    if (!stage.started.isValid())
        return std::nan("");
    return double(stage.started.msecsTo(stage.ended.isValid() ? stage.ended : now)) / 1000;
}

QString runSentence(const PipelineRun &run) {
    const auto find = [&](pipelines::State state) { return std::find_if(run.stages.begin(), run.stages.end(), [&](const auto &s) { return s.state == state; }); };
    if (run.state == pipelines::State::Paused)
        if (const auto stage = find(pipelines::State::Paused); stage != run.stages.end())
            return stage->note.isEmpty() ? QObject::tr("Paused: %1").arg(stage->name) : QObject::tr("Paused: %1").arg(stage->note);
    if (run.state == pipelines::State::Failed) {
        if (const auto stage = find(pipelines::State::Failed); stage != run.stages.end())
            return QObject::tr("Failed: %1").arg(stage->name);
        return run.error ? run.error->what : pipelineWord(run.state);
    }
    if (run.state == pipelines::State::Running)
        if (const auto stage = find(pipelines::State::Running); stage != run.stages.end())
            return QObject::tr("%1, %2 of %3").arg(stage->name).arg(stage - run.stages.begin() + 1).arg(run.stages.size());
    return pipelineWord(run.state);
}

std::vector<StageMark> stageMarks(const PipelineRun &run, const QDateTime &now) {
    std::vector<StageMark> marks;
    for (const pipelines::Stage &stage : run.stages) {
        StageMark mark;
        mark.id = mark.name = stage.name;
        mark.state = stateOf(stage.state);
        const double seconds = stageSeconds(stage, now);
        if (std::isfinite(seconds)) {
            mark.slow = stage.medianSeconds > 0 && seconds > 3 * stage.medianSeconds && seconds > 5;
            mark.note = mark.slow ? QObject::tr("%1× its median %2").arg(number(seconds / stage.medianSeconds, 2), runTime(stage.medianSeconds)) : runTime(seconds);
        } else if (stage.medianSeconds > 0 && stage.state == pipelines::State::Waiting) {
            mark.note = QStringLiteral("≈ ") + runTime(stage.medianSeconds);
        }
        mark.toolTip = stage.note.isEmpty() ? pipelines::stateName(stage.state) : stage.note;
        marks.push_back(mark);
    }
    return marks;
}

PlotData durationPlot(const std::vector<PipelineRun> &runs, const QString &pipeline, const QString &stage) {
    PlotData data;
    data.unit = QObject::tr("s");
    data.yMin = 0;
    PlotSeries bars;
    bars.name = stage;
    bars.bars = true;
    std::vector<double> values;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) { // oldest first
        if (run->pipeline != pipeline)
            continue;
        for (const pipelines::Stage &s : run->stages)
            if (s.name == stage && s.started.isValid() && s.ended.isValid()) {
                bars.points.emplace_back(double(values.size()), stageSeconds(s, {}));
                values.push_back(stageSeconds(s, {}));
                data.categories.push_back(run->id.right(4));
            }
    }
    if (values.size() > 12) {
        const std::size_t drop = values.size() - 12;
        values.erase(values.begin(), values.begin() + std::ptrdiff_t(drop));
        data.categories.erase(data.categories.begin(), data.categories.begin() + std::ptrdiff_t(drop));
        bars.points.clear();
        for (std::size_t i = 0; i < values.size(); ++i)
            bars.points.emplace_back(double(i), values[i]);
    }
    if (!values.empty()) {
        std::vector<double> sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const double median = sorted[sorted.size() / 2];
        data.limits.push_back({median, QObject::tr("median %1").arg(runTime(median)), &Tokens::t3});
        data.sentence = QObject::tr("Time of stage %1 over the last %2 runs, median %3").arg(stage).arg(values.size()).arg(runTime(median));
    }
    data.series = {bars};
    return data;
}

RunListModel::RunListModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Run"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}}; }

QVariant RunListModel::cell(const PipelineRun &r, int, int role) const {
    switch (role) {
    case Qt::DisplayRole: return r.pipeline + QLatin1Char(' ') + r.id.right(6);
    case StateRole: return int(stateOf(r.state));
    case SecondRole: return runSentence(r);
    case SecondStateRole: return r.state == pipelines::State::Failed ? QVariant(int(State::Bad)) : QVariant();
    case RightRole: return moment(r.started, m_now);
    case RightSecondRole: return r.started.isValid() ? runTime(double(r.started.msecsTo(r.ended.isValid() ? r.ended : m_now)) / 1000) : QString();
    case ChipRole: return QStringList{QObject::tr("local")};
    case FilterRole: return r.pipeline + QLatin1Char(' ') + r.id + QLatin1Char(' ') + pipelines::stateName(r.state) + QLatin1Char(' ') + r.startedBy;
    case Qt::ToolTipRole: return r.systemState.isEmpty() ? r.id : r.id + QLatin1Char('\n') + r.systemState;
    case Qt::AccessibleTextRole: return QObject::tr("%1, %2").arg(r.id, runSentence(r));
    default: return {};
    }
}

} // namespace pilothouse::ui
