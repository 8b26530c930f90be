// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/events.h"
#include "core/pipelines/pipeline_json.h"

#include <QJsonArray>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

/// Short words for reading fields of one object.
struct Reading {
    const QJsonObject &o;
    QString text(const char *key) const { return o.value(Q(key)).toString(); }
    int number(const char *key, int otherwise = 0) const { return o.value(Q(key)).toInt(otherwise); }
    bool truth(const char *key) const { return o.value(Q(key)).toBool(); }
    QDateTime time(const char *key) const { return o.value(Q(key)).isString() ? fromIsoUtc(text(key)) : QDateTime(); }
    QStringList texts(const char *key) const {
        QStringList out;
        for (const QJsonValue &value : o.value(Q(key)).toArray())
            out << value.toString();
        return out;
    }
    QJsonObject object(const char *key) const { return o.value(Q(key)).toObject(); }
    QJsonArray array(const char *key) const { return o.value(Q(key)).toArray(); }
    std::optional<double> maybe(const char *key) const { return o.value(Q(key)).isDouble() ? std::optional(o.value(Q(key)).toDouble()) : std::nullopt; }
    std::optional<bool> maybeTruth(const char *key) const { return o.value(Q(key)).isBool() ? std::optional(o.value(Q(key)).toBool()) : std::nullopt; }
};

Attempt attemptFrom(const QJsonObject &object) {
    const Reading r{object};
    Attempt a;
    a.number = r.number("number", 1);
    a.state = stateFromName(r.text("state"));
    a.systemState = r.text("system_state");
    a.note = r.text("note");
    a.started = r.time("started");
    a.ended = r.time("ended");
    a.log = r.text("log");
    return a;
}

Stage stageFrom(const QJsonObject &object) {
    const Reading r{object};
    Stage s(r.text("name"), stateFromName(r.text("state")), r.time("started"), r.time("ended"), r.maybe("median_seconds").value_or(0), r.text("note"));
    s.id = r.text("id");
    s.systemState = r.text("system_state");
    s.after = r.texts("after");
    s.link = r.text("link");
    for (const QJsonValue &a : r.array("attempts"))
        s.attempts.push_back(attemptFrom(a.toObject()));
    return s;
}

Parameter parameterFrom(const QJsonObject &object) {
    const Reading r{object};
    Parameter p;
    p.name = r.text("name");
    p.description = r.text("description");
    for (const auto kind : {Parameter::Kind::Text, Parameter::Kind::Lines, Parameter::Kind::Choice, Parameter::Kind::Boolean, Parameter::Kind::Number, Parameter::Kind::Secret, Parameter::Kind::File})
        if (parameterKindName(kind) == r.text("kind"))
            p.kind = kind;
    p.choices = r.texts("choices");
    const QJsonValue value = object.value(Q("default"));
    p.value = value.isNull() ? QJsonValue(QJsonValue::Undefined) : value;
    p.required = r.truth("required");
    p.least = r.maybe("least");
    p.most = r.maybe("most");
    return p;
}

} // namespace

Pipeline pipelineFromJson(const QJsonObject &object) {
    const Reading r{object};
    Pipeline p;
    p.id = r.text("id");
    p.name = r.text("name");
    p.system = r.text("system");
    p.model = r.text("model");
    for (const QString &stage : r.texts("stages"))
        p.stages.push_back(stage);
    p.connection = r.text("connection");
    p.link = r.text("link");
    p.folder = r.text("folder");
    p.problem = r.text("problem");
    return p;
}

PipelineRun runFromJson(const QJsonObject &object) {
    const Reading r{object};
    PipelineRun run;
    run.id = r.text("id");
    run.pipeline = r.text("pipeline");
    run.model = r.text("model");
    run.state = stateFromName(r.text("state"));
    run.systemState = r.text("system_state");
    run.started = r.time("started");
    run.ended = r.time("ended");
    run.startedBy = r.text("started_by");
    run.reason = r.text("reason");
    run.parameters = r.object("parameters");
    run.version = r.number("version");
    for (const QJsonValue &s : r.array("stages"))
        run.stages.push_back(stageFrom(s.toObject()));
    if (object.value(Q("error")).isObject())
        run.error = errorFromJson(r.object("error"));
    run.connection = r.text("connection");
    run.system = r.text("system");
    run.number = r.text("number");
    run.title = r.text("title");
    run.commit = r.text("commit");
    run.branch = r.text("branch");
    run.repository = r.text("repository");
    run.link = r.text("link");
    run.note = r.text("note");
    run.attempt = r.number("attempt", 1);
    run.became = r.text("became");
    run.merged = r.truth("merged");
    run.gates = r.number("gates");
    run.changed = r.texts("changed");
    const QJsonObject images = r.object("images");
    for (auto it = images.begin(); it != images.end(); ++it)
        run.images.insert(it.key(), it.value().toString());
    const QJsonObject metrics = r.object("metrics");
    for (auto it = metrics.begin(); it != metrics.end(); ++it)
        run.metrics.insert(it.key(), it.value().toDouble());
    if (object.value(Q("tests")).isObject()) {
        const QJsonObject tests = r.object("tests");
        run.tests = TestCounts{tests.value(Q("passed")).toInt(), tests.value(Q("failed")).toInt(), tests.value(Q("skipped")).toInt()};
    }
    run.coverage = r.maybe("coverage");
    run.read = r.time("read");
    return run;
}

Gate gateFromJson(const QJsonObject &object) {
    const Reading r{object};
    Gate g;
    g.id = r.text("id");
    g.run = r.text("run");
    g.pipeline = r.text("pipeline");
    g.stage = r.text("stage");
    g.connection = r.text("connection");
    g.system = r.text("system");
    g.message = r.text("message");
    g.proceed = r.text("proceed");
    g.abort = r.text("abort");
    for (const QJsonValue &p : r.array("parameters"))
        g.parameters.push_back(parameterFrom(p.toObject()));
    g.allowed = r.texts("allowed");
    g.mayAnswer = r.maybeTruth("may_answer");
    g.mayNot = r.text("may_not");
    g.environments = r.texts("environments");
    g.needed = r.number("needed", 1);
    g.given = r.number("given");
    g.since = r.time("since");
    g.until = r.time("until");
    g.link = r.text("link");
    g.model = r.text("model");
    g.candidate = r.text("candidate");
    g.promotion = r.text("promotion");
    return g;
}

Schedule scheduleFromJson(const QJsonObject &object) {
    const Reading r{object};
    Schedule s;
    s.id = r.text("id");
    s.name = r.text("name");
    s.pipeline = r.text("pipeline");
    s.connection = r.text("connection");
    s.system = r.text("system");
    s.when = r.text("when");
    s.zone = r.text("zone");
    s.on = r.truth("on");
    s.canSwitch = r.truth("can_switch");
    s.catchUp = r.maybeTruth("catch_up");
    if (const auto most = r.maybe("most"))
        s.most = int(*most);
    s.next = r.time("next");
    s.last = r.time("last");
    s.from = r.time("from");
    s.until = r.time("until");
    s.parameters = r.object("parameters");
    s.maxSeconds = qint64(r.maybe("max_seconds").value_or(0));
    s.note = r.text("note");
    s.link = r.text("link");
    s.due = r.time("due");
    return s;
}

Notice noticeFromJson(const QJsonObject &object) {
    const Reading r{object};
    Notice n;
    n.id = r.text("id");
    n.kind = r.text("kind");
    n.pipeline = r.text("pipeline");
    n.run = r.text("run");
    n.sentence = r.text("sentence");
    n.since = r.time("since");
    n.fix = r.text("fix");
    if (object.value(Q("start")).isObject()) {
        const QJsonObject start = r.object("start");
        n.start = StartRequest{start.value(Q("pipeline")).toString(), start.value(Q("parameters")).toObject(), start.value(Q("ref")).toString(), {}, {}};
    }
    return n;
}

} // namespace pilothouse::pipelines
