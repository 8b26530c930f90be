// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_runs.h"

#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr qint64 stuckSeconds = 300;

QString errorText(const QJsonObject &object) {
    const QJsonValue error = object.value(Q("error"));
    return error.isObject() ? kubeflowText(error.toObject(), "message") : error.toString();
}

/// What a stage follows: dependentTasks, and tasks whose outputs it takes.
QStringList follows(const QJsonObject &task) {
    QStringList after;
    for (const QJsonValue &name : kubeflowList(task, "dependent_tasks"))
        after << name.toString();
    const QJsonObject inputs = task.value(Q("inputs")).toObject();
    for (const QJsonValue &input : inputs.value(Q("parameters")).toObject())
        if (const QString from = kubeflowText(kubeflowObject(input.toObject(), "task_output_parameter"), "producer_task"); !from.isEmpty())
            after << from;
    for (const QJsonValue &input : inputs.value(Q("artifacts")).toObject())
        if (const QString from = kubeflowText(kubeflowObject(input.toObject(), "task_output_artifact"), "producer_task"); !from.isEmpty())
            after << from;
    after.removeDuplicates();
    return after;
}

bool isCached(const QJsonObject &task) {
    if (kubeflowText(task, "state").compare(Q("CACHED"), Qt::CaseInsensitive) == 0)
        return true;
    for (const QJsonValue &step : kubeflowList(task, "state_history"))
        if (kubeflowText(step.toObject(), "state").compare(Q("CACHED"), Qt::CaseInsensitive) == 0)
            return true;
    return false;
}

/// "train(1)", "executor(0)": the tries of what Argo retries.
std::optional<int> attemptOf(const QString &name, const QString &task) {
    static const QRegularExpression form(QStringLiteral("\\A(.*)\\((\\d+)\\)\\z"));
    const auto match = form.match(name);
    if (!match.hasMatch() || (match.captured(1) != task && match.captured(1) != Q("executor")))
        return {};
    return match.captured(2).toInt() + 1;
}

struct Tasks {
    std::vector<QJsonObject> all;
    const QJsonObject *named(const QString &name) const {
        const auto found = std::find_if(all.begin(), all.end(), [&](const QJsonObject &task) { return kubeflowText(task, "display_name") == name; });
        return found == all.end() ? nullptr : &*found;
    }
    /// Below it, by child_tasks (ids of tasks or of their pods) and parent_task_id.
    std::vector<QJsonObject> below(const QJsonObject &parent) const {
        std::vector<QJsonObject> found;
        QSet<QString> seen;
        std::vector<QJsonObject> open{parent};
        while (!open.empty()) {
            const QJsonObject at = open.back();
            open.pop_back();
            QSet<QString> children;
            for (const QJsonValue &child : kubeflowList(at, "child_tasks"))
                children << kubeflowText(child.toObject(), "task_id") << kubeflowText(child.toObject(), "pod_name");
            children.remove(QString());
            const QString id = kubeflowText(at, "task_id");
            for (const QJsonObject &task : all) {
                const QString own = kubeflowText(task, "task_id");
                if (own == id || seen.contains(own))
                    continue;
                if (children.contains(own) || children.contains(kubeflowText(task, "pod_name")) || (!id.isEmpty() && kubeflowText(task, "parent_task_id") == id)) {
                    seen << own;
                    found.push_back(task);
                    open.push_back(task);
                }
            }
        }
        return found;
    }
};

Tasks tasksOf(const QJsonObject &run) {
    Tasks tasks;
    for (const QJsonValue &task : kubeflowList(kubeflowObject(run, "run_details"), "task_details"))
        tasks.all.push_back(task.toObject());
    return tasks;
}

Attempt attemptFrom(const QJsonObject &task, int number) {
    Attempt attempt;
    attempt.number = number;
    attempt.systemState = kubeflowText(task, "state");
    attempt.state = kubeflowState(attempt.systemState);
    attempt.started = kubeflowTime(task, "start_time");
    attempt.ended = kubeflowTime(task, "end_time");
    attempt.note = errorText(task);
    const QString pod = kubeflowText(task, "pod_name");
    attempt.log = pod.isEmpty() ? QString() : QStringLiteral("pod:") + pod;
    return attempt;
}

Stage stageOf(const QString &name, const Tasks &tasks, const QJsonObject &spec) {
    Stage stage(kubeflowText(kubeflowObject(spec, "task_info"), "name"));
    if (stage.name.isEmpty())
        stage.name = name;
    stage.id = name;
    stage.after = follows(spec);
    const QJsonObject *task = tasks.named(name);
    const QJsonObject *driver = tasks.named(name + QStringLiteral("-driver"));
    if (!task)
        task = driver;
    if (!task)
        return stage;
    stage.systemState = kubeflowText(*task, "state");
    stage.state = kubeflowState(stage.systemState);
    stage.started = kubeflowTime(*task, "start_time");
    stage.ended = kubeflowTime(*task, "end_time");
    stage.note = errorText(*task);
    if (isCached(*task)) {
        stage.systemState = QStringLiteral("CACHED");
        stage.note = QStringLiteral("From the cache: nothing ran.");
    }
    // A driver that has ended says nothing about the task itself.
    if (task == driver && stage.state == State::Passed) {
        stage.state = State::Waiting;
        stage.ended = {};
    }
    for (const QJsonObject &child : tasks.below(*task)) {
        if (const auto number = attemptOf(kubeflowText(child, "display_name"), name))
            stage.attempts.push_back(attemptFrom(child, *number));
        if (stage.note.isEmpty() && kubeflowState(kubeflowText(child, "state")) == State::Failed)
            stage.note = errorText(child);
    }
    std::sort(stage.attempts.begin(), stage.attempts.end(), [](const Attempt &a, const Attempt &b) { return a.number < b.number; });
    return stage;
}

std::vector<Stage> stagesOf(const QJsonObject &run) {
    const Tasks tasks = tasksOf(run);
    const QJsonObject known = kubeflowSpec(run).value(Q("root")).toObject().value(Q("dag")).toObject().value(Q("tasks")).toObject();
    std::vector<Stage> stages;
    for (auto it = known.begin(); it != known.end(); ++it)
        stages.push_back(stageOf(it.key(), tasks, it->toObject()));
    if (known.isEmpty()) {
        static const QRegularExpression inner(QStringLiteral("(\\A|-)driver\\z|\\Aexecutor(\\(\\d+\\))?\\z|\\Aroot\\z|\\(\\d+\\)\\z"));
        for (const QJsonObject &task : tasks.all)
            if (const QString name = kubeflowText(task, "display_name"); !inner.match(name).hasMatch())
                stages.push_back(stageOf(name, tasks, {}));
    }
    // A map has no order: what follows nothing first, then by what they follow.
    std::vector<Stage> ordered;
    QSet<QString> placed;
    while (!stages.empty()) {
        auto next = std::find_if(stages.begin(), stages.end(), [&](const Stage &stage) { return std::all_of(stage.after.begin(), stage.after.end(), [&](const QString &id) {
            return placed.contains(id) || std::none_of(stages.begin(), stages.end(), [&](const Stage &other) { return other.key() == id; }); }); });
        if (next == stages.end())
            next = stages.begin();
        placed << next->key();
        ordered.push_back(std::move(*next));
        stages.erase(next);
    }
    return ordered;
}

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
    const Tasks tasks = tasksOf(json);
    run.stages = stagesOf(json);
    run.note = stuckNote(json, now);
    if (run.state == State::Running && run.systemState.startsWith(Q("CANCEL"), Qt::CaseInsensitive))
        run.note = QStringLiteral("It is being ended.");
    if (run.state == State::Failed) {
        QString why = errorText(json);
        for (const Stage &stage : run.stages)
            if (stage.state == State::Failed && why.isEmpty())
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
        if (parameter.kind == Kind::Lines)
            parameter.choices = {}; // JSON as text
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

QStringList kubeflowPods(const QJsonObject &run, const QString &name) {
    const Tasks tasks = tasksOf(run);
    const QJsonObject *task = tasks.named(name);
    if (!task)
        return {};
    // Servers leave pod_name of a task empty (kubeflow/pipelines #14007) and name its pods in child_tasks.
    QStringList pods;
    const auto add = [&](const QJsonObject &one) {
        if (const QString pod = kubeflowText(one, "pod_name"); !pod.isEmpty())
            pods << pod;
    };
    std::vector<QJsonObject> below = tasks.below(*task);
    std::stable_sort(below.begin(), below.end(), [](const QJsonObject &a, const QJsonObject &b) { return kubeflowTime(a, "start_time") > kubeflowTime(b, "start_time"); });
    for (const QJsonObject &child : below)
        if (kubeflowText(child, "display_name").startsWith(Q("executor")) || attemptOf(kubeflowText(child, "display_name"), name))
            add(child);
    add(*task);
    if (pods.isEmpty())
        for (const QJsonValue &child : kubeflowList(*task, "child_tasks"))
            add(child.toObject());
    pods.removeDuplicates();
    return pods;
}

} // namespace pilothouse::pipelines
