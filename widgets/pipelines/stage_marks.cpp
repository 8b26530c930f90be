// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/stage_marks.h"

#include "core/pipelines/stage_medians.h"
#include "widgets/base/format.h"
#include "widgets/pipelines/pipeline_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::ui {

using pipelines::PipelineRun;
using pipelines::Stage;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(StageMarks)
};

constexpr double slowTimes = 3, slowSeconds = 5;
constexpr std::size_t shownRuns = 12;

/// "SUCCESS · 3 of 12 steps": the system's own word first.
QString ownWords(pipelines::State state, const QString &systemState, const QString &note) {
    QStringList words{systemState.isEmpty() ? pipelineWord(state) : systemState};
    if (!note.isEmpty())
        words << note;
    return words.join(QStringLiteral(" · "));
}

QString shortNumber(const PipelineRun &run) {
    if (!run.number.isEmpty())
        return QLatin1Char('#') + run.number;
    const QString prefix = run.pipeline + QLatin1Char('-');
    if (run.connection.isEmpty() && run.id.startsWith(prefix))
        return QLatin1Char('#') + run.id.mid(prefix.size());
    return run.system == QLatin1String("azureml") ? run.id.right(4) : idThere(run).left(4); // names there begin alike
}

} // namespace

std::vector<StageMark> stageMarks(const PipelineRun &run, const QDateTime &now) {
    std::vector<StageMark> marks;
    for (const Stage &stage : run.stages) {
        StageMark mark;
        mark.id = stage.key();
        mark.name = stage.name;
        mark.state = stateOf(stage.state);
        mark.after = stage.after;
        const double seconds = stageSeconds(stage, now);
        if (std::isfinite(seconds)) {
            mark.slow = stage.state != pipelines::State::Paused && stage.medianSeconds > 0 && seconds > slowTimes * stage.medianSeconds && seconds > slowSeconds;
            mark.note = mark.slow ? Text::tr("%1× its median %2").arg(number(seconds / stage.medianSeconds, 2), runTime(stage.medianSeconds)) : runTime(seconds);
        } else if (stage.medianSeconds > 0 && stage.state == pipelines::State::Waiting) {
            mark.note = QStringLiteral("≈ ") + runTime(stage.medianSeconds);
        } else if (stage.state == pipelines::State::Skipped || stage.state == pipelines::State::Cancelled) {
            mark.note = pipelineWord(stage.state).toLower();
        }
        mark.toolTip = ownWords(stage.state, stage.systemState, stage.note);
        for (const pipelines::Attempt &attempt : stage.attempts)
            mark.attempts.push_back({attempt.log, stateOf(attempt.state), Text::tr("attempt %1: %2").arg(attempt.number).arg(ownWords(attempt.state, attempt.systemState, attempt.note))});
        marks.push_back(std::move(mark));
    }
    return marks;
}

QString tellingStage(const PipelineRun &run, const QDateTime &now) {
    for (const pipelines::State state : {pipelines::State::Paused, pipelines::State::Failed, pipelines::State::Running})
        for (const Stage &stage : run.stages)
            if (stage.state == state)
                return stage.key();
    QString longest;
    double most = -1;
    for (const Stage &stage : run.stages)
        if (const double seconds = stageSeconds(stage, now); seconds > most) {
            most = seconds;
            longest = stage.key();
        }
    return longest;
}

PlotData durationPlot(const std::vector<PipelineRun> &runs, const QString &stage, const QString &chosen) {
    struct Bar {
        const PipelineRun *run;
        double seconds;
    };
    std::vector<Bar> found; // newest first
    for (const PipelineRun &run : runs)
        for (const Stage &s : run.stages)
            if (s.name == stage && s.started.isValid() && s.ended.isValid() && found.size() < shownRuns && (found.empty() || found.back().run != &run))
                found.push_back({&run, stageSeconds(s, {})});
    std::reverse(found.begin(), found.end());
    PlotData data;
    data.unit = Text::tr("s");
    data.yMin = 0;
    std::vector<double> seconds;
    for (const Bar &bar : found)
        seconds.push_back(bar.seconds);
    const auto median = pipelines::median(seconds);
    if (!median)
        return data;
    PlotSeries others, own;
    others.name = own.name = stage;
    others.bars = own.bars = true;
    others.ink = &Tokens::line3;
    own.ink = &Tokens::acc;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool mine = found[i].run->id == chosen;
        (mine ? own : others).points.emplace_back(double(i), found[i].seconds);
        if (mine && found[i].seconds > slowTimes * *median && found[i].seconds > slowSeconds)
            own.ink = &Tokens::warn;
        data.categories.push_back(shortNumber(*found[i].run));
    }
    if (found.size() > 1)
        data.limits.push_back({*median, Text::tr("median %1").arg(runTime(*median)), &Tokens::t3});
    data.sentence = Text::tr("Time of stage %1 over the last %2 runs, median %3").arg(stage).arg(found.size()).arg(runTime(*median));
    for (PlotSeries &series : std::vector<PlotSeries>{others, own})
        if (!series.points.empty())
            data.series.push_back(series);
    data.xMin = -0.5;
    data.xMax = double(std::max<std::size_t>(found.size(), 4)) - 0.5; // the first bars stand left, where time begins
    return data;
}

int attemptsOf(const PipelineRun &run) {
    int most = std::max(1, run.attempt);
    for (const Stage &stage : run.stages)
        most = std::max(most, int(stage.attempts.size()));
    return most;
}

PlotData runPlot(const std::vector<PipelineRun> &runs, const QString &chosen) {
    std::vector<const PipelineRun *> found; // newest first
    for (const PipelineRun &run : runs)
        if (pipelines::hasEnded(run.state) && pipelines::secondsOf(run.started, run.ended) && found.size() < shownRuns)
            found.push_back(&run);
    std::reverse(found.begin(), found.end());
    PlotData data;
    data.unit = Text::tr("s");
    data.yMin = 0;
    enum { Others, Own, Stopped, Failed };
    std::array<PlotSeries, 4> series;
    const std::pair<QString, Ink> looks[] = {{Text::tr("passed"), &Tokens::line3}, {Text::tr("this run"), &Tokens::acc}, {Text::tr("cancelled or skipped"), &Tokens::warn}, {Text::tr("failed"), &Tokens::bad}};
    for (std::size_t i = 0; i < series.size(); ++i) {
        series[i].name = looks[i].first;
        series[i].ink = looks[i].second;
        series[i].bars = true;
    }
    std::vector<double> passed;
    int failed = 0, again = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const PipelineRun &run = *found[i];
        const double seconds = *pipelines::secondsOf(run.started, run.ended);
        const bool isPassed = pipelines::hasPassed(run.state), isFailed = run.state == pipelines::State::Failed;
        series[isFailed ? Failed : !isPassed ? Stopped : run.id == chosen ? Own : Others].points.emplace_back(double(i), seconds);
        if (isPassed)
            passed.push_back(seconds);
        const int tries = attemptsOf(run);
        failed += isFailed ? 1 : 0;
        again += tries > 1 ? 1 : 0;
        data.categories.push_back(tries > 1 ? QStringLiteral("%1 ×%2").arg(shortNumber(run)).arg(tries) : shortNumber(run));
    }
    const auto median = pipelines::median(passed);
    if (median && passed.size() > 1)
        data.limits.push_back({*median, Text::tr("median %1").arg(runTime(*median)), &Tokens::t3});
    data.sentence = Text::tr("Time of the whole run over the last %1 runs: %2 failed, %3 tried more than once").arg(found.size()).arg(failed).arg(again);
    if (median)
        data.sentence += Text::tr(", median of those that passed %1").arg(runTime(*median));
    for (PlotSeries &one : series)
        if (!one.points.empty())
            data.series.push_back(std::move(one));
    data.xMin = -0.5;
    data.xMax = double(std::max<std::size_t>(found.size(), 4)) - 0.5;
    return data;
}

} // namespace pilothouse::ui
