// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_json.h"

#include "core/base/clock.h"
#include "core/base/events.h"

#include <QJsonArray>

namespace pilothouse::pipelines {

namespace {
using Q = QLatin1String;
QJsonValue timeValue(const QDateTime &time) { return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue(); }
QJsonValue secondsValue(const QDateTime &from, const QDateTime &to) {
    return from.isValid() && to.isValid() ? QJsonValue(double(from.msecsTo(to)) / 1000) : QJsonValue();
}
} // namespace

QJsonObject toJson(const Pipeline &pipeline) {
    QJsonArray stages;
    for (const QString &stage : pipeline.stages)
        stages << stage;
    return {{Q("id"), pipeline.id}, {Q("name"), pipeline.name}, {Q("system"), pipeline.system}, {Q("model"), pipeline.model}, {Q("stages"), stages}};
}

QJsonObject toJson(const PipelineRun &run) {
    QJsonArray stages;
    for (const Stage &s : run.stages)
        stages << QJsonObject{{Q("name"), s.name}, {Q("state"), stateName(s.state)}, {Q("started"), timeValue(s.started)}, {Q("ended"), timeValue(s.ended)},
                              {Q("seconds"), secondsValue(s.started, s.ended)}, {Q("median_seconds"), s.medianSeconds > 0 ? QJsonValue(s.medianSeconds) : QJsonValue()}, {Q("note"), s.note}};
    return {{Q("id"), run.id}, {Q("pipeline"), run.pipeline}, {Q("model"), run.model}, {Q("state"), stateName(run.state)}, {Q("system_state"), run.systemState},
            {Q("started"), timeValue(run.started)}, {Q("ended"), timeValue(run.ended)}, {Q("seconds"), secondsValue(run.started, run.ended)},
            {Q("started_by"), run.startedBy}, {Q("reason"), run.reason}, {Q("parameters"), run.parameters},
            {Q("version"), run.version > 0 ? QJsonValue(run.version) : QJsonValue()}, {Q("stages"), stages},
            {Q("error"), run.error ? QJsonValue(errorToJson(*run.error)) : QJsonValue()}};
}

} // namespace pilothouse::pipelines
