// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_runs.h"

#include "core/pipelines/kubeflow_stages.h"
#include "core/pipelines/kubeflow_tasks.h"
#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr qint64 stuckSeconds = 300;

/// Retried, and pending since: KFP's retry can stick there (kubeflow/pipelines #11329).
QString stuckNote(const QJsonObject &run, const QDateTime &now) {
    if (kubeflowState(kubeflowText(run, "state")) != State::Waiting)
        return {};
    bool failedBefore = false;
    QDateTime last;
    for (const QJsonValue &step : kubeflowList(run, "state_history")) {
        failedBefore = failedBefore || kubeflowState(kubeflowText(step.toObject(), "state")) == State::Failed;
        const QDateTime time = kubeflowTime(step.toObject(), "update_time");
        last = !last.isValid() || time > last ? time : last;
    }
    if (!failedBefore || !last.isValid() || last.secsTo(now) < stuckSeconds)
        return {};
    return QStringLiteral("Retried %1 min ago and pending since: a retry of Kubeflow can stick there. Cancel it and run it again.").arg(last.secsTo(now) / 60);
}

QDateTime endOf(const QJsonObject &run, State state) { return hasEnded(state) ? kubeflowTime(run, "finished_at") : QDateTime(); }

} // namespace

QString kubeflowTaskError(const QJsonObject &object) {
    const QJsonValue error = object.value(Q("error"));
    return error.isObject() ? kubeflowText(error.toObject(), "message") : error.toString();
}

QJsonObject kubeflowSpec(const QJsonObject &object) {
    QJsonObject spec = kubeflowObject(object, "pipeline_spec");
    if (const QJsonObject inner = kubeflowObject(spec, "pipeline_spec"); !inner.isEmpty())
        spec = inner;
    return spec;
}

PipelineRun kubeflowRun(const QJsonObject &json, const QDateTime &now) {
    PipelineRun run;
    run.id = kubeflowText(json, "run_id");
    run.title = kubeflowText(json, "display_name");
    run.systemState = kubeflowText(json, "state");
    run.state = kubeflowState(run.systemState);
    run.pipeline = kubeflowText(kubeflowObject(json, "pipeline_version_reference"), "pipeline_id");
    run.started = kubeflowTime(json, "scheduled_at");
    if (!run.started.isValid())
        run.started = kubeflowTime(json, "created_at");
    run.ended = endOf(json, run.state);
    run.parameters = kubeflowObject(kubeflowObject(json, "runtime_config"), "parameters");
    run.reason = kubeflowText(json, "description");
    if (!kubeflowText(json, "recurring_run_id").isEmpty())
        run.startedBy = QStringLiteral("its schedule");
    run.stages = kubeflowStages(json);
    run.note = stuckNote(json, now);
    if (run.state == State::Running && run.systemState.startsWith(Q("CANCEL"), Qt::CaseInsensitive))
        run.note = QStringLiteral("It is being ended.");
    if (run.state == State::Failed) {
        QString why = kubeflowTaskError(json);
        const auto within = [&](const Stage &whole) { return std::any_of(run.stages.begin(), run.stages.end(), [&](const Stage &one) { return one.state == State::Failed && one.key().startsWith(whole.key() + QLatin1Char('/')); }); };
        for (const Stage &stage : run.stages)
            if (stage.state == State::Failed && why.isEmpty() && !within(stage)) // of a loop the iteration
                why = stage.note.isEmpty() ? QStringLiteral("The task %1 failed.").arg(stage.name) : QStringLiteral("%1: %2").arg(stage.name, stage.note);
        run.error = Error{ErrorKind::Refused, why.isEmpty() ? QStringLiteral("It failed; Kubeflow does not say why.") : why, run.title, QStringLiteral("Read the log of the stage that failed."), {}};
    }
    return run;
}

PipelineRun kubeflowOldRun(const QJsonObject &json, const QJsonObject &workflow) {
    PipelineRun run;
    run.id = kubeflowText(json, "id");
    run.title = kubeflowText(json, "name");
    run.systemState = kubeflowText(json, "status");
    run.state = run.systemState.isEmpty() ? State::Waiting : kubeflowState(run.systemState);
    const QJsonObject spec = kubeflowObject(json, "pipeline_spec");
    run.pipeline = kubeflowText(spec, "pipeline_id");
    run.started = kubeflowTime(json, "created_at");
    run.ended = endOf(json, run.state);
    run.reason = kubeflowText(json, "description");
    for (const QJsonValue &parameter : kubeflowList(spec, "parameters"))
        run.parameters.insert(parameter.toObject().value(Q("name")).toString(), parameter.toObject().value(Q("value")));
    for (const QJsonValue &reference : kubeflowList(json, "resource_references"))
        if (const QString type = kubeflowText(kubeflowObject(reference.toObject(), "key"), "type"); type == Q("JOB"))
            run.startedBy = QStringLiteral("its schedule");
    for (const QJsonValue &value : kubeflowList(json, "metrics")) {
        const QJsonObject metric = value.toObject();
        run.metrics.insert(kubeflowText(metric, "name"), kubeflowField(metric, "number_value").toVariant().toDouble());
    }
    const QJsonObject nodes = workflow.value(Q("status")).toObject().value(Q("nodes")).toObject();
    for (const QJsonValue &value : nodes) {
        const QJsonObject node = value.toObject();
        const QString type = node.value(Q("type")).toString();
        if (type != Q("Pod") && type != Q("Skipped"))
            continue;
        Stage stage(node.value(Q("displayName")).toString());
        stage.id = node.value(Q("id")).toString();
        stage.systemState = node.value(Q("phase")).toString();
        stage.state = kubeflowState(stage.systemState);
        stage.started = kubeflowTime(node, "started_at");
        stage.ended = kubeflowTime(node, "finished_at");
        stage.note = node.value(Q("message")).toString();
        for (const QJsonValue &other : nodes) // by Argo's children, through groups that are no pods
            for (const QJsonValue &child : other.toObject().value(Q("children")).toArray())
                if (child.toString() == stage.id && other.toObject().value(Q("type")).toString() == Q("Pod"))
                    stage.after << other.toObject().value(Q("id")).toString();
        run.stages.push_back(std::move(stage));
    }
    std::stable_sort(run.stages.begin(), run.stages.end(), [](const Stage &a, const Stage &b) { return a.started.isValid() && (!b.started.isValid() || a.started < b.started); });
    if (run.state == State::Failed) {
        const QString why = json.value(Q("error")).toString();
        run.error = Error{ErrorKind::Refused, why.isEmpty() ? QStringLiteral("It failed; Kubeflow does not say why.") : why, run.title, QStringLiteral("Read the log of the stage that failed."), {}};
    }
    return run;
}

std::vector<Parameter> kubeflowParameters(const QJsonObject &spec) {
    const QJsonObject root = spec.value(Q("root")).toObject();
    const QJsonObject known = kubeflowObject(kubeflowObject(root, "input_definitions"), "parameters");
    std::vector<Parameter> parameters;
    for (auto it = known.begin(); it != known.end(); ++it) {
        const QJsonObject definition = it->toObject();
        Parameter parameter;
        parameter.name = it.key();
        parameter.description = kubeflowText(definition, "description");
        QString type = kubeflowText(definition, "parameter_type");
        if (type.isEmpty())
            type = kubeflowText(definition, "type"); // specs of before 2.0: INT, DOUBLE, STRING
        if (type == Q("TASK_FINAL_STATUS"))
            continue;
        using Kind = Parameter::Kind;
        parameter.kind = type == Q("BOOLEAN") ? Kind::Boolean : type.startsWith(Q("NUMBER")) || type == Q("INT") || type == Q("DOUBLE") ? Kind::Number : type == Q("LIST") || type == Q("STRUCT") ? Kind::Lines : Kind::Text;
        const QJsonValue value = kubeflowField(definition, "default_value");
        parameter.value = value.isNull() ? QJsonValue(QJsonValue::Undefined) : value;
        parameter.required = parameter.value.isUndefined() && !kubeflowField(definition, "is_optional").toBool();
        if (parameter.kind == Kind::Lines && parameter.description.isEmpty())
            parameter.description = type == Q("LIST") ? QStringLiteral("A list, as JSON: [\"a\", \"b\"]") : QStringLiteral("A map, as JSON: {\"a\": 1}");
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

Result<QJsonObject> kubeflowTyped(const std::vector<Parameter> &known, const QJsonObject &given) {
    QJsonObject typed;
    for (auto it = given.begin(); it != given.end(); ++it)
        if (std::none_of(known.begin(), known.end(), [&](const Parameter &parameter) { return parameter.name == it.key(); }))
            return invalid(QStringLiteral("The pipeline has no parameter “%1”.").arg(it.key()));
    for (const Parameter &parameter : known) {
        const QJsonValue value = given.value(parameter.name);
        if (value.isUndefined()) {
            if (parameter.required)
                return invalid(QStringLiteral("The parameter “%1” is missing: it has no default.").arg(parameter.name));
            continue;
        }
        if (!value.isString() || parameter.kind == Parameter::Kind::Text) {
            typed.insert(parameter.name, value);
            continue;
        }
        const QString text = value.toString().trimmed();
        bool good = false;
        if (parameter.kind == Parameter::Kind::Number) {
            const double number = text.toDouble(&good);
            typed.insert(parameter.name, number);
        } else if (parameter.kind == Parameter::Kind::Boolean) {
            const QString word = text.toLower();
            good = word == Q("true") || word == Q("false") || word == Q("yes") || word == Q("no");
            typed.insert(parameter.name, word == Q("true") || word == Q("yes"));
        } else {
            const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
            good = !document.isNull();
            typed.insert(parameter.name, document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object()));
        }
        if (!good)
            return invalid(QStringLiteral("“%1” does not fit the parameter “%2”: it is a %3.").arg(text, parameter.name, parameter.kind == Parameter::Kind::Lines ? QStringLiteral("list or map, written as JSON") : parameterKindName(parameter.kind)));
    }
    return typed;
}

QStringList kubeflowPods(const QJsonObject &run, const QString &key, bool *loop) {
    const KubeflowTasks tasks(run);
    if (loop)
        *loop = tasks.isLoop(key);
    const KubeflowTasks::Task *task = tasks.isLoop(key) ? nullptr : tasks.at(key);
    if (!task)
        return {};
    // Servers leave pod_name of a task empty (kubeflow/pipelines #14007) and name its pods in child_tasks.
    QStringList pods = tasks.pods(*task);
    const auto add = [&](const QJsonObject &one) {
        if (const QString pod = kubeflowText(one, "pod_name"); !pod.isEmpty())
            pods << pod;
    };
    auto below = tasks.below(*task);
    std::stable_sort(below.begin(), below.end(), [](const auto *a, const auto *b) { return kubeflowTime(a->json, "start_time") > kubeflowTime(b->json, "start_time"); });
    for (const auto *child : below)
        if (child->name.startsWith(Q("executor")) || kubeflowAttempt(child->name, task->name))
            add(child->json);
    add(task->json);
    if (pods.isEmpty())
        for (const QJsonValue &child : kubeflowList(task->json, "child_tasks"))
            add(child.toObject());
    pods.removeDuplicates();
    return pods;
}

} // namespace pilothouse::pipelines
