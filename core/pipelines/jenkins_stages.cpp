// SPDX-License-Identifier: GPL-3.0-or-later
// Stages, branches and attempts of jenkins_values.h.
#include "core/pipelines/jenkins_values.h"

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

State stateOfStage(const QString &word) {
    static const QMap<QString, State> words{
        {QStringLiteral("SUCCESS"), State::Passed},    {QStringLiteral("FAILED"), State::Failed},   {QStringLiteral("FAILURE"), State::Failed},   {QStringLiteral("ABORTED"), State::Cancelled},
        {QStringLiteral("UNSTABLE"), State::Warned},   {QStringLiteral("IN_PROGRESS"), State::Running}, {QStringLiteral("RUNNING"), State::Running}, {QStringLiteral("PAUSED_PENDING_INPUT"), State::Paused},
        {QStringLiteral("PAUSED"), State::Paused},     {QStringLiteral("NOT_EXECUTED"), State::Skipped}, {QStringLiteral("SKIPPED"), State::Skipped}, {QStringLiteral("NOT_BUILT"), State::Skipped},
        {QStringLiteral("QUEUED"), State::Waiting}};
    return words.value(word.toUpper(), State::Unknown);
}

namespace {

Stage stageOf(const QJsonObject &object, const QString &state, const QJsonValue &duration) {
    Stage stage(object.value(Q("name")).toString(), stateOfStage(state));
    stage.id = object.value(Q("id")).toVariant().toString();
    stage.systemState = state;
    if (stage.state == State::Skipped || stage.state == State::Waiting)
        return stage;
    stage.started = timeOfMillis(object.value(Q("startTimeMillis")));
    if (hasEnded(stage.state) && stage.started.isValid() && !duration.isNull() && !duration.isUndefined())
        stage.ended = stage.started.addMSecs(duration.toVariant().toLongLong());
    if (const qint64 paused = object.value(Q("pauseDurationMillis")).toVariant().toLongLong(); paused >= 1000 && hasEnded(stage.state))
        stage.note = QStringLiteral("waited %1 s for an answer").arg(paused / 1000);
    return stage;
}

bool beside(const Stage &a, const Stage &b) {
    constexpr qint64 blur = 50; // ms: times of neighbours are rounded
    return a.started.isValid() && b.started.isValid() && (!a.ended.isValid() || b.started.msecsTo(a.ended) > blur) && (!b.ended.isValid() || a.started.msecsTo(b.ended) > blur);
}

} // namespace

std::vector<Stage> stagesOfDescription(const QJsonArray &objects) {
    std::vector<Stage> stages;
    for (const QJsonValue &object : objects)
        stages.push_back(stageOf(object.toObject(), object[Q("status")].toString(), object[Q("durationMillis")]));
    bool branches = false;
    for (std::size_t i = 1; i < stages.size(); ++i)
        branches = branches || beside(stages[i - 1], stages[i]);
    if (!branches)
        return stages;
    // The stages come in the order of their begin. Those that were on their way at one time are branches; within a branch one follows the stage of the group that ended last before
    // it. A stage that encloses branches ends here when they begin: the view does not nest.
    std::vector<std::size_t> group;
    QStringList last;
    const auto ends = [&] {
        QStringList open;
        for (const std::size_t k : group)
            if (std::none_of(group.begin(), group.end(), [&](std::size_t other) { return stages[other].after.contains(stages[k].key()); }))
                open += stages[k].key();
        return open;
    };
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (std::none_of(group.begin(), group.end(), [&](std::size_t k) { return beside(stages[k], stages[i]); })) {
            if (!group.empty())
                last = ends();
            group.clear();
        }
        std::optional<std::size_t> before;
        for (const std::size_t k : group)
            if (!beside(stages[k], stages[i]) && stages[k].ended.isValid() && (!before || stages[k].ended > stages[*before].ended))
                before = k;
        stages[i].after = before ? QStringList{stages[*before].key()} : last;
        group.push_back(i);
    }
    return stages;
}

namespace {

struct Walk {
    std::vector<Stage> stages;
    QStringList prefixes;

    /// Adds one stage with what is in it. @return the ids that the next one follows
    QStringList add(const QJsonObject &object, const QString &prefix, const QStringList &after) {
        Stage stage = stageOf(object, object.value(Q("state")).toString(), object.value(Q("totalDurationMillis")));
        const QString own = stage.name;
        stage.after = after;
        const QString key = stage.key();
        const QJsonArray children = object.value(Q("children")).toArray();
        const bool parallel = std::any_of(children.begin(), children.end(), [](const QJsonValue &child) { return child[Q("type")].toString().contains(Q("PARALLEL"), Qt::CaseInsensitive); });
        if (object.value(Q("synthetic")).toBool() && children.isEmpty() && stage.state == State::Skipped)
            return after; // "Declarative: Post Actions" that had nothing to do
        stages.push_back(std::move(stage));
        prefixes += prefix;
        QStringList ends{key};
        if (children.isEmpty())
            return ends;
        QStringList all;
        for (const QJsonValue &child : children) {
            const QStringList these = add(child.toObject(), prefix + own + QStringLiteral(" ▸ "), parallel ? QStringList{key} : ends);
            if (parallel)
                all += these;
            else
                ends = these;
        }
        return parallel ? all : ends;
    }
};

} // namespace

std::vector<Stage> stagesOfTree(const QJsonArray &objects) {
    Walk walk;
    QStringList after;
    for (const QJsonValue &object : objects)
        after = walk.add(object.toObject(), {}, after);
    QMap<QString, int> names;
    for (const Stage &stage : walk.stages)
        ++names[stage.name];
    bool branches = false;
    for (std::size_t i = 0; i < walk.stages.size(); ++i) {
        Stage &stage = walk.stages[i];
        const QString before = i ? walk.stages[i - 1].key() : QString();
        branches = branches || stage.after != (i ? QStringList{before} : QStringList());
        if (names.value(stage.name) > 1)
            stage.name = walk.prefixes[qsizetype(i)] + stage.name;
    }
    if (!branches)
        for (Stage &stage : walk.stages)
            stage.after.clear();
    return walk.stages;
}

std::vector<Attempt> attemptsOf(const QJsonArray &steps) {
    QMap<QString, std::vector<QJsonObject>> tries;
    for (const QJsonValue &step : steps) {
        const QString what = step[Q("name")].toString() + QLatin1Char('\n') + step[Q("parameterDescription")].toString() + QLatin1Char('\n') + step[Q("title")].toString();
        tries[what].push_back(step.toObject());
    }
    const auto word = [](const QJsonObject &step) { return step.value(Q("status")).toString(step.value(Q("state")).toString()); };
    for (const std::vector<QJsonObject> &same : tries) {
        // Each but the last failed: else it is a step that the stage has several times.
        if (same.size() < 2 || !std::all_of(same.begin(), same.end() - 1, [&](const QJsonObject &step) { const State state = stateOfStage(word(step)); return state == State::Failed || state == State::Cancelled; }))
            continue;
        std::vector<Attempt> attempts;
        for (const QJsonObject &step : same) {
            Attempt attempt;
            attempt.number = int(attempts.size()) + 1;
            attempt.systemState = word(step);
            attempt.state = stateOfStage(attempt.systemState);
            attempt.note = step.value(Q("error"))[Q("message")].toString();
            attempt.started = timeOfMillis(step.value(Q("startTimeMillis")));
            const QJsonValue duration = step.contains(Q("durationMillis")) ? step.value(Q("durationMillis")) : step.value(Q("totalDurationMillis"));
            if (hasEnded(attempt.state) && attempt.started.isValid())
                attempt.ended = attempt.started.addMSecs(duration.toVariant().toLongLong());
            attempt.log = QStringLiteral("step:") + step.value(Q("id")).toVariant().toString();
            attempts.push_back(std::move(attempt));
        }
        return attempts;
    }
    return {};
}

} // namespace pilothouse::pipelines
