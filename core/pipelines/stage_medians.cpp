// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/stage_medians.h"

#include <QHash>

#include <algorithm>
#include <cmath>

namespace pilothouse::pipelines {

namespace {

/// Runs of a pipeline, newest first, without one of them and what began after it.
std::vector<const PipelineRun *> before(const QString &pipeline, const PipelineRun *run, const std::vector<PipelineRun> &all, int most) {
    std::vector<const PipelineRun *> some;
    for (const PipelineRun &other : all)
        if (other.pipeline == pipeline && other.started.isValid() && (!run || (other.id != run->id && (!run->started.isValid() || other.started < run->started))))
            some.push_back(&other);
    std::stable_sort(some.begin(), some.end(), [](const PipelineRun *a, const PipelineRun *b) { return a->started > b->started; });
    if (most >= 0 && some.size() > std::size_t(most))
        some.resize(std::size_t(most));
    return some;
}

} // namespace

std::optional<double> median(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty())
        return std::nullopt;
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2)
        return *middle;
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

std::optional<double> secondsOf(const QDateTime &started, const QDateTime &ended) {
    if (!started.isValid() || !ended.isValid() || ended < started)
        return std::nullopt;
    return double(started.msecsTo(ended)) / 1000;
}

void setStageMedians(PipelineRun &run, const std::vector<PipelineRun> &earlier, int most) {
    QHash<QString, std::vector<double>> seconds;
    for (const PipelineRun *other : before(run.pipeline, &run, earlier, most))
        for (const Stage &stage : other->stages)
            if (const auto took = secondsOf(stage.started, stage.ended); took && hasPassed(stage.state))
                seconds[stage.name].push_back(*took);
    for (Stage &stage : run.stages)
        if (stage.medianSeconds <= 0)
            stage.medianSeconds = median(seconds.value(stage.name)).value_or(0);
}

std::optional<double> medianOfRuns(const QString &pipeline, const std::vector<PipelineRun> &runs, int most) {
    std::vector<PipelineRun> passed;
    for (const PipelineRun &run : runs)
        if (run.pipeline == pipeline && hasPassed(run.state))
            passed.push_back(run);
    std::vector<double> seconds;
    for (const PipelineRun *run : before(pipeline, nullptr, passed, most))
        if (const auto took = secondsOf(run->started, run->ended))
            seconds.push_back(*took);
    return median(std::move(seconds));
}

} // namespace pilothouse::pipelines
