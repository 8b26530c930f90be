// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_list.h"

#include "widgets/base/format.h"

#include <QRegularExpression>

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

PlotData durationPlot(const std::vector<PipelineRun> &runs, const QString &pipeline, const QString &stage, const QString &chosen) {
    constexpr std::size_t shown = 12;
    struct Bar {
        const PipelineRun *run;
        double seconds;
    };
    std::vector<Bar> found; // newest first
    for (const PipelineRun &run : runs)
        for (const pipelines::Stage &s : run.stages)
            if (run.pipeline == pipeline && s.name == stage && s.started.isValid() && s.ended.isValid() && found.size() < shown)
                found.push_back({&run, stageSeconds(s, {})});
    std::reverse(found.begin(), found.end());
    PlotData data;
    data.unit = QObject::tr("s");
    data.yMin = 0;
    if (found.empty())
        return data;
    std::vector<double> sorted;
    for (const Bar &bar : found)
        sorted.push_back(bar.seconds);
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[sorted.size() / 2];
    PlotSeries others, own;
    others.name = own.name = stage;
    others.bars = own.bars = true;
    others.ink = &Tokens::line3;
    own.ink = &Tokens::acc;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool mine = found[i].run->id == chosen;
        (mine ? own : others).points.emplace_back(double(i), found[i].seconds);
        if (mine && found[i].seconds > 3 * median)
            own.ink = &Tokens::warn;
        data.categories.push_back(runTitle(*found[i].run).section(QLatin1Char(' '), -1));
    }
    if (found.size() > 1)
        data.limits.push_back({median, QObject::tr("median %1").arg(runTime(median)), &Tokens::t3});
    data.sentence = QObject::tr("Time of stage %1 over the last %2 runs, median %3").arg(stage).arg(found.size()).arg(runTime(median));
    for (PlotSeries &series : std::vector<PlotSeries>{others, own})
        if (!series.points.empty())
            data.series.push_back(series);
    data.xMin = -0.5;
    data.xMax = double(std::max<std::size_t>(found.size(), 4)) - 0.5; // the first bars stand left, where time begins
    return data;
}

QString runTitle(const PipelineRun &run) {
    if (!run.connection.isEmpty()) // "jenkins:weather/retrain"
        return run.pipeline.section(QLatin1Char(':'), 1) + (run.number.isEmpty() ? QLatin1Char(' ') + run.id.right(6) : QStringLiteral(" #") + run.number);
    const QString prefix = run.pipeline + QLatin1Char('-');
    return run.id.startsWith(prefix) ? QStringLiteral("%1 #%2").arg(run.pipeline, run.id.mid(prefix.size())) : run.pipeline + QLatin1Char(' ') + run.id.right(6);
}

QString logLine(const QString &line) {
    static const QRegularExpression form(QStringLiteral("^(\\[[^\\]]*\\] )?(\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z) "));
    const auto match = form.match(line);
    if (!match.hasMatch())
        return line.startsWith(QLatin1Char('[')) ? QStringLiteral("          ") + line : line; // under the others' text
    const QDateTime time = QDateTime::fromString(match.captured(2), Qt::ISODateWithMs);
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("HH:mm:ss  ")) + match.captured(1) + line.mid(match.capturedEnd()) : line;
}

RunListModel::RunListModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Run"), Qt::AlignLeft | Qt::AlignVCenter, 0, {}, 0}}; }

QVariant RunListModel::cell(const PipelineRun &r, int, int role) const {
    switch (role) {
    case Qt::DisplayRole: return runTitle(r);
    case StateRole: return int(stateOf(r.state));
    case SecondRole: return runSentence(r);
    case SecondStateRole: return r.state == pipelines::State::Failed ? QVariant(int(State::Bad)) : QVariant();
    case RightRole: return moment(r.started, m_now);
    case RightSecondRole: return r.started.isValid() && (r.ended.isValid() || !pipelines::hasEnded(r.state)) ? runTime(double(r.started.msecsTo(r.ended.isValid() ? r.ended : m_now)) / 1000) : QString();
    case ChipRole: return QStringList{r.connection.isEmpty() ? QObject::tr("local") : r.connection};
    case FilterRole: return r.pipeline + QLatin1Char(' ') + r.id + QLatin1Char(' ') + pipelines::stateName(r.state) + QLatin1Char(' ') + r.startedBy;
    case Qt::ToolTipRole: return r.systemState.isEmpty() ? r.id : r.id + QLatin1Char('\n') + r.systemState;
    case Qt::AccessibleTextRole: return QObject::tr("%1, %2").arg(r.id, runSentence(r));
    default: return {};
    }
}

} // namespace pilothouse::ui
