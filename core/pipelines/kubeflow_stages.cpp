// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_stages.h"

#include "core/pipelines/kubeflow_runs.h"
#include "core/pipelines/kubeflow_tasks.h"
#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
using Task = KubeflowTasks::Task;
using Place = KubeflowTasks::Place;
constexpr int mostIterations = 10000; ///< of a list of items that says more, those that have begun

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

/// The names of a DAG's tasks: a map has no order, so what follows nothing first, then by what they follow.
QStringList ordered(const QJsonObject &tasks) {
    QStringList left = tasks.keys(), placed;
    while (!left.isEmpty()) {
        const auto next = std::find_if(left.begin(), left.end(), [&](const QString &name) {
            const QStringList after = follows(tasks.value(name).toObject());
            return std::all_of(after.begin(), after.end(), [&](const QString &one) { return placed.contains(one) || !tasks.contains(one); });
        });
        placed << left.takeAt(next == left.end() ? 0 : next - left.begin());
    }
    return placed;
}

bool isCached(const QJsonObject &task) {
    if (kubeflowText(task, "state").compare(Q("CACHED"), Qt::CaseInsensitive) == 0)
        return true;
    for (const QJsonValue &step : kubeflowList(task, "state_history"))
        if (kubeflowText(step.toObject(), "state").compare(Q("CACHED"), Qt::CaseInsensitive) == 0)
            return true;
    return false;
}

Attempt attemptFrom(const QJsonObject &task, int number) {
    Attempt attempt;
    attempt.number = number;
    attempt.systemState = kubeflowText(task, "state");
    attempt.state = kubeflowState(attempt.systemState);
    attempt.started = kubeflowTime(task, "start_time");
    attempt.ended = kubeflowTime(task, "end_time");
    attempt.note = kubeflowTaskError(task);
    const QString pod = kubeflowText(task, "pod_name");
    attempt.log = pod.isEmpty() ? QString() : QStringLiteral("pod:") + pod;
    return attempt;
}

void setState(Stage &stage, const QJsonObject &task) {
    stage.systemState = kubeflowText(task, "state");
    stage.state = kubeflowState(stage.systemState);
    stage.started = kubeflowTime(task, "start_time");
    stage.ended = kubeflowTime(task, "end_time");
    stage.note = kubeflowTaskError(task);
    if (isCached(task)) {
        stage.systemState = QStringLiteral("CACHED");
        stage.note = QStringLiteral("From the cache: nothing ran.");
    }
}

/// One task's stage, as it stands in its place.
Stage stageOf(const QString &name, const KubeflowTasks &tasks, const Place &place, const QJsonObject &spec) {
    Stage stage(kubeflowText(kubeflowObject(spec, "task_info"), "name"));
    if (stage.name.isEmpty())
        stage.name = name;
    const Task *driver = tasks.named(name + QStringLiteral("-driver"), place);
    const Task *task = tasks.named(name, place);
    if (!task)
        task = driver;
    const auto *round = tasks.iteration(place.iteration);
    const State around = round && round->task ? kubeflowState(kubeflowText(*round->task, "state")) : State::Waiting;
    if (!task && round && around != State::Waiting) { // its node is not told from those of the other iterations, or there is none
        if (const Task *any = tasks.unplaced(name))
            setState(stage, any->json);
        else if (hasEnded(around))
            stage.state = State::Skipped;
        return stage;
    }
    if (!task)
        return stage;
    setState(stage, task->json);
    // A driver that has ended says nothing about the task itself.
    if (task == driver && stage.state == State::Passed) {
        stage.state = State::Waiting;
        stage.ended = {};
    }
    for (const Task *child : tasks.below(*task)) {
        if (const auto number = kubeflowAttempt(child->name, name))
            stage.attempts.push_back(attemptFrom(child->json, *number));
        if (stage.note.isEmpty() && kubeflowState(kubeflowText(child->json, "state")) == State::Failed)
            stage.note = kubeflowTaskError(child->json);
    }
    std::sort(stage.attempts.begin(), stage.attempts.end(), [](const Attempt &a, const Attempt &b) { return a.number < b.number; });
    return stage;
}

QString itemText(const QJsonValue &item) {
    const QString text = item.isObject() ? QString::fromUtf8(QJsonDocument(item.toObject()).toJson(QJsonDocument::Compact)) : item.isArray() ? QString::fromUtf8(QJsonDocument(item.toArray()).toJson(QJsonDocument::Compact)) : item.toVariant().toString();
    return text.size() > 200 ? text.left(199) + QStringLiteral("…") : text;
}

class Walk {
public:
    Walk(const KubeflowTasks &tasks, const QJsonObject &spec) : m_tasks(tasks), m_components(spec.value(Q("components")).toObject()) {}
    std::vector<Stage> stages;

    struct Part {
        Place place;
        QString key, suffix; ///< "for-loop-1/2/", " · 3 of 8"
        QJsonObject values;  ///< inputs that are known
        QStringList first;   ///< what those follow that follow nothing in it
        QString note;
    };
    /// Adds the stages of a DAG. @return what comes after it follows these
    QStringList add(const QJsonObject &tasks, const Part &part) {
        QMap<QString, QStringList> ends;
        QSet<QString> followed;
        for (const QString &name : ordered(tasks)) {
            const QJsonObject task = tasks.value(name).toObject(), component = m_components.value(kubeflowText(kubeflowObject(task, "component_ref"), "name")).toObject();
            Stage stage = stageOf(name, m_tasks, part.place, task);
            stage.id = part.key + name;
            const QStringList after = follows(task);
            for (const QString &one : after) {
                followed << one;
                stage.after += ends.value(one, {part.key + one});
            }
            if (after.isEmpty())
                stage.after = part.first;
            const QString called = stage.name, id = stage.id;
            stage.name += part.suffix;
            if (stage.note.isEmpty())
                stage.note = part.note;
            const std::size_t own = stages.size();
            stages.push_back(std::move(stage));
            ends.insert(name, {id});
            const QJsonObject inner = component.value(Q("dag")).toObject().value(Q("tasks")).toObject();
            if (isLoop(task))
                ends[name] = loop(name, called, task, inner, part, own);
            else if (hasLoop(inner, 0))
                ends[name] = add(inner, {m_tasks.within(part.place, name), id + QLatin1Char('/'), part.suffix, inputs(task, part.values), {id}, part.note});
        }
        QStringList last;
        for (auto it = ends.cbegin(); it != ends.cend(); ++it)
            if (!followed.contains(it.key()))
                last += it.value();
        return last;
    }

private:
    static bool isLoop(const QJsonObject &task) { return !kubeflowObject(task, "parameter_iterator").isEmpty() || !kubeflowObject(task, "artifact_iterator").isEmpty(); }
    bool hasLoop(const QJsonObject &tasks, int depth) const {
        return depth < 20 && std::any_of(tasks.begin(), tasks.end(), [&](const QJsonValue &value) {
            const QJsonObject component = m_components.value(kubeflowText(kubeflowObject(value.toObject(), "component_ref"), "name")).toObject();
            return isLoop(value.toObject()) || hasLoop(component.value(Q("dag")).toObject().value(Q("tasks")).toObject(), depth + 1);
        });
    }
    static QJsonObject inputs(const QJsonObject &task, const QJsonObject &values) {
        QJsonObject known;
        const QJsonObject all = task.value(Q("inputs")).toObject().value(Q("parameters")).toObject();
        for (auto it = all.begin(); it != all.end(); ++it) {
            const QJsonValue value = kubeflowObject(it->toObject(), "runtime_value").contains(Q("constant")) ? kubeflowObject(it->toObject(), "runtime_value").value(Q("constant"))
                                                                                                              : values.value(kubeflowText(it->toObject(), "component_input_parameter"));
            if (!value.isUndefined())
                known.insert(it.key(), value);
        }
        return known;
    }
    /// What a loop goes over, where the parameters say it.
    static std::optional<QJsonArray> items(const QJsonObject &iterator, const QJsonObject &known) {
        const QJsonObject from = iterator.value(Q("items")).toObject();
        const QJsonValue value = from.contains(Q("raw")) ? from.value(Q("raw")) : known.value(kubeflowText(from, "input_parameter"));
        if (value.isArray())
            return value.toArray();
        const QJsonDocument text = QJsonDocument::fromJson(value.toString().toUtf8());
        return text.isArray() ? std::optional(text.array()) : std::nullopt;
    }
    QStringList loop(const QString &name, const QString &called, const QJsonObject &task, const QJsonObject &inner, const Part &part, std::size_t own) {
        const QString id = stages[own].id;
        const QJsonObject iterator = kubeflowObject(task, "parameter_iterator");
        QJsonObject values = inputs(task, part.values);
        const auto known = items(iterator, values);
        const QString outer = part.place.iteration;
        const int begun = m_tasks.iterationCount(name, outer), count = std::max(begun, known ? int(std::min<qsizetype>(known->size(), mostIterations)) : 0);
        QStringList ends;
        QMap<State, int> states;
        for (int i = 0; i < count; ++i) {
            const QJsonValue item = known ? known->at(i) : QJsonValue(QJsonValue::Undefined);
            if (!item.isUndefined())
                values.insert(kubeflowText(iterator, "item_input"), item);
            const Part round{m_tasks.within(part.place, name, i), QStringLiteral("%1/%2/").arg(id).arg(i), part.suffix + QStringLiteral(" · %1 of %2").arg(i + 1).arg(count), values, {id},
                             item.isUndefined() ? part.note : itemText(item)};
            const std::size_t begin = stages.size();
            ends += inner.isEmpty() ? single(called, round) : add(inner, round);
            ++states[stateOfRound(round.place, begin)];
        }
        Stage &whole = stages[own];
        if (whole.note == part.note && begun > 0)
            whole.note = QStringLiteral("%1 of %2 done%3").arg(states.value(State::Passed)).arg(count).arg(states.value(State::Failed) ? QStringLiteral(", %1 failed").arg(states.value(State::Failed)) : QString());
        if (!m_tasks.named(name, part.place) && begun > 0) // servers of before 2.2 tell its iterations alone
            whole.state = states.contains(State::Failed) ? State::Failed : states.value(State::Passed) == count ? State::Passed : State::Running;
        return ends.isEmpty() ? QStringList{id} : ends;
    }
    /// A component that is no DAG: the item itself.
    QStringList single(const QString &called, const Part &round) {
        Place place = round.place;
        if (place.path.endsWith(Q(".iteration-item")))
            place.path.chop(15);
        Stage stage = stageOf(QStringLiteral("iteration-item"), m_tasks, place, {});
        stage.name = called + round.suffix;
        stage.id = round.key + QStringLiteral("iteration-item");
        stage.after = round.first;
        if (stage.note.isEmpty())
            stage.note = round.note;
        stages.push_back(std::move(stage));
        return {stages.back().id};
    }
    /// As the server says it, else by its stages: those from `begin` on.
    State stateOfRound(const Place &place, std::size_t begin) const {
        const auto *round = m_tasks.iteration(place.iteration);
        if (round && round->task)
            return kubeflowState(kubeflowText(*round->task, "state"));
        const auto first = stages.begin() + std::ptrdiff_t(begin);
        if (std::any_of(first, stages.end(), [](const Stage &one) { return one.state == State::Failed; }))
            return State::Failed;
        return first != stages.end() && std::all_of(first, stages.end(), [](const Stage &one) { return hasPassed(one.state) || one.state == State::Skipped; }) ? State::Passed : State::Running;
    }

    const KubeflowTasks &m_tasks;
    QJsonObject m_components;
};

/// Without a spec: what the server named, each iteration's tasks by themselves.
std::vector<Stage> asTheyCame(const KubeflowTasks &tasks) {
    std::vector<Stage> stages;
    for (const Task &task : tasks.all()) {
        if (task.plumbing || !task.placed)
            continue;
        Place place{task.iteration, task.path.left(std::max<qsizetype>(0, task.path.lastIndexOf(QLatin1Char('.'))))};
        if (tasks.named(task.name, place) != &task)
            continue;
        Stage stage = stageOf(task.name, tasks, place, {});
        stage.id = task.name;
        QString key = task.iteration;
        for (int depth = 0; depth < 20 && !key.isEmpty(); ++depth) {
            const auto *round = tasks.iteration(key);
            if (!round)
                break;
            stage.id = QStringLiteral("%1/%2/%3").arg(round->loop).arg(round->index).arg(stage.id);
            key = round->outer;
        }
        stage.name += tasks.rounds(task);
        stages.push_back(std::move(stage));
    }
    return stages;
}

} // namespace

std::optional<int> kubeflowAttempt(const QString &name, const QString &task) {
    static const QRegularExpression form(QStringLiteral("\\A(.*)\\((\\d+)\\)\\z"));
    const auto match = form.match(name);
    if (!match.hasMatch() || (match.captured(1) != task && match.captured(1) != Q("executor")))
        return {};
    return match.captured(2).toInt() + 1;
}

std::vector<Stage> kubeflowStages(const QJsonObject &run) {
    const KubeflowTasks tasks(run);
    const QJsonObject spec = kubeflowSpec(run), root = spec.value(Q("root")).toObject(), known = root.value(Q("dag")).toObject().value(Q("tasks")).toObject();
    if (known.isEmpty())
        return asTheyCame(tasks);
    QJsonObject values = kubeflowObject(kubeflowObject(run, "runtime_config"), "parameters");
    for (const Parameter &parameter : kubeflowParameters(spec))
        if (!values.contains(parameter.name) && !parameter.value.isUndefined())
            values.insert(parameter.name, parameter.value);
    Walk walk(tasks, spec);
    walk.add(known, {tasks.root(), {}, {}, values, {}, {}});
    return std::move(walk.stages);
}

} // namespace pilothouse::pipelines
