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
template<typename T> QJsonValue maybe(const std::optional<T> &value) { return value ? QJsonValue(*value) : QJsonValue(); }

QJsonObject attemptJson(const Attempt &a) {
    return {{Q("number"), a.number}, {Q("state"), stateName(a.state)}, {Q("system_state"), a.systemState}, {Q("note"), a.note}, {Q("started"), timeValue(a.started)}, {Q("ended"), timeValue(a.ended)}, {Q("log"), a.log}};
}

QJsonObject stageJson(const Stage &s) {
    QJsonArray attempts;
    for (const Attempt &a : s.attempts)
        attempts << attemptJson(a);
    return {{Q("name"), s.name}, {Q("state"), stateName(s.state)}, {Q("started"), timeValue(s.started)}, {Q("ended"), timeValue(s.ended)},
            {Q("seconds"), secondsValue(s.started, s.ended)}, {Q("median_seconds"), s.medianSeconds > 0 ? QJsonValue(s.medianSeconds) : QJsonValue()}, {Q("note"), s.note},
            {Q("id"), s.id}, {Q("system_state"), s.systemState}, {Q("after"), QJsonArray::fromStringList(s.after)}, {Q("link"), s.link}, {Q("attempts"), attempts}};
}

} // namespace

QJsonObject toJson(const Pipeline &pipeline) {
    QJsonArray stages;
    for (const QString &stage : pipeline.stages)
        stages << stage;
    return {{Q("id"), pipeline.id}, {Q("name"), pipeline.name}, {Q("system"), pipeline.system}, {Q("model"), pipeline.model}, {Q("stages"), stages},
            {Q("connection"), pipeline.connection}, {Q("link"), pipeline.link}, {Q("folder"), pipeline.folder}, {Q("problem"), pipeline.problem}};
}

QJsonObject toJson(const PipelineRun &run) {
    QJsonArray stages;
    for (const Stage &s : run.stages)
        stages << stageJson(s);
    QJsonObject images;
    for (auto it = run.images.begin(); it != run.images.end(); ++it)
        images.insert(it.key(), it.value());
    QJsonObject metrics;
    for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
        metrics.insert(it.key(), it.value());
    return {{Q("id"), run.id}, {Q("pipeline"), run.pipeline}, {Q("model"), run.model}, {Q("state"), stateName(run.state)}, {Q("system_state"), run.systemState},
            {Q("started"), timeValue(run.started)}, {Q("ended"), timeValue(run.ended)}, {Q("seconds"), secondsValue(run.started, run.ended)},
            {Q("started_by"), run.startedBy}, {Q("reason"), run.reason}, {Q("parameters"), run.parameters},
            {Q("version"), run.version > 0 ? QJsonValue(run.version) : QJsonValue()}, {Q("stages"), stages},
            {Q("error"), run.error ? QJsonValue(errorToJson(*run.error)) : QJsonValue()},
            {Q("connection"), run.connection}, {Q("system"), run.system}, {Q("number"), run.number}, {Q("title"), run.title}, {Q("commit"), run.commit}, {Q("branch"), run.branch},
            {Q("repository"), run.repository}, {Q("link"), run.link}, {Q("note"), run.note}, {Q("attempt"), run.attempt}, {Q("became"), run.became}, {Q("merged"), run.merged},
            {Q("gates"), run.gates}, {Q("changed"), QJsonArray::fromStringList(run.changed)}, {Q("images"), images}, {Q("metrics"), metrics},
            {Q("tests"), run.tests ? QJsonValue(QJsonObject{{Q("passed"), run.tests->passed}, {Q("failed"), run.tests->failed}, {Q("skipped"), run.tests->skipped}}) : QJsonValue()},
            {Q("coverage"), maybe(run.coverage)}, {Q("read"), timeValue(run.read)}};
}

QJsonObject toJson(const Parameter &p) {
    return {{Q("name"), p.name}, {Q("description"), p.description}, {Q("kind"), parameterKindName(p.kind)}, {Q("choices"), QJsonArray::fromStringList(p.choices)},
            {Q("default"), p.kind == Parameter::Kind::Secret || p.value.isUndefined() ? QJsonValue() : p.value}, {Q("required"), p.required}, {Q("least"), maybe(p.least)}, {Q("most"), maybe(p.most)}};
}

QJsonObject toJson(const StartForm &form) {
    QJsonArray parameters;
    for (const Parameter &p : form.parameters)
        parameters << toJson(p);
    return {{Q("parameters"), parameters}, {Q("refs"), QJsonArray::fromStringList(form.refs)}, {Q("note"), form.note}};
}

QJsonObject toJson(const Gate &g) {
    QJsonArray parameters;
    for (const Parameter &p : g.parameters)
        parameters << toJson(p);
    return {{Q("id"), g.id}, {Q("run"), g.run}, {Q("pipeline"), g.pipeline}, {Q("stage"), g.stage}, {Q("connection"), g.connection}, {Q("system"), g.system}, {Q("message"), g.message},
            {Q("proceed"), g.proceed}, {Q("abort"), g.abort}, {Q("parameters"), parameters}, {Q("allowed"), QJsonArray::fromStringList(g.allowed)}, {Q("may_answer"), maybe(g.mayAnswer)},
            {Q("may_not"), g.mayNot}, {Q("environments"), QJsonArray::fromStringList(g.environments)}, {Q("needed"), g.needed}, {Q("given"), g.given}, {Q("since"), timeValue(g.since)},
            {Q("until"), timeValue(g.until)}, {Q("link"), g.link}, {Q("model"), g.model}, {Q("candidate"), g.candidate}, {Q("promotion"), g.promotion}};
}

QJsonObject toJson(const Schedule &s) {
    return {{Q("id"), s.id}, {Q("name"), s.name}, {Q("pipeline"), s.pipeline}, {Q("connection"), s.connection}, {Q("system"), s.system}, {Q("when"), s.when}, {Q("zone"), s.zone},
            {Q("on"), s.on}, {Q("can_switch"), s.canSwitch}, {Q("catch_up"), maybe(s.catchUp)}, {Q("most"), maybe(s.most)}, {Q("next"), timeValue(s.next)}, {Q("last"), timeValue(s.last)},
            {Q("from"), timeValue(s.from)}, {Q("until"), timeValue(s.until)}, {Q("parameters"), s.parameters}, {Q("max_seconds"), s.maxSeconds}, {Q("note"), s.note}, {Q("link"), s.link},
            {Q("due"), timeValue(s.due)}};
}

QJsonObject toJson(const Notice &n) {
    return {{Q("id"), n.id}, {Q("kind"), n.kind}, {Q("pipeline"), n.pipeline}, {Q("run"), n.run}, {Q("sentence"), n.sentence}, {Q("since"), timeValue(n.since)}, {Q("fix"), n.fix},
            {Q("start"), n.start ? QJsonValue(QJsonObject{{Q("pipeline"), n.start->pipeline}, {Q("parameters"), n.start->parameters}, {Q("ref"), n.start->ref}}) : QJsonValue()}};
}

QJsonObject toJson(const Output &o) {
    return {{Q("name"), o.name}, {Q("address"), o.address}, {Q("bytes"), o.bytes >= 0 ? QJsonValue(o.bytes) : QJsonValue()}, {Q("checksum"), o.checksum}, {Q("stage"), o.stage}};
}

} // namespace pilothouse::pipelines
