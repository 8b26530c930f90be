// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/shard_follow.h"

#include "core/base/events.h"
#include "core/cluster/training_job.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::KubeApi;
using cluster::KubeRef;
using SteadyClock = std::chrono::steady_clock;
using Phase = ShardState::Phase;

constexpr auto betweenLooks = std::chrono::seconds(2);
constexpr auto awayAtMost = std::chrono::minutes(5);

/// "0-2,5" as a Job's status writes indexes.
std::vector<bool> indexes(const QString &text, int shards) {
    std::vector<bool> in(std::size_t(shards), false);
    for (const QString &part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const int from = part.section(QLatin1Char('-'), 0, 0).toInt(), to = part.section(QLatin1Char('-'), -1).toInt();
        for (int i = std::max(0, from); i <= to && i < shards; ++i)
            in[std::size_t(i)] = true;
    }
    return in;
}

bool hasCondition(const QJsonObject &job, const char *type) {
    for (const QJsonValue &value : job.value(Q("status")).toObject().value(Q("conditions")).toArray())
        if (value.toObject().value(Q("type")).toString() == Q(type) && value.toObject().value(Q("status")).toString() == Q("True"))
            return true;
    return false;
}

int indexOf(const QJsonObject &pod) {
    bool good = false;
    const int index = cluster::annotation(pod, QStringLiteral("batch.kubernetes.io/job-completion-index")).toInt(&good);
    return good ? index : -1;
}

/// Why a pod failed: what pilot told last, else how its container ended.
QString whyFailed(const QJsonObject &pod) {
    const QJsonObject status = pod.value(Q("status")).toObject();
    for (const QJsonValue &value : status.value(Q("containerStatuses")).toArray()) {
        const QJsonObject ended = value.toObject().value(Q("state")).toObject().value(Q("terminated")).toObject();
        if (ended.isEmpty())
            continue;
        for (const QByteArray &line : ended.value(Q("message")).toString().toUtf8().split('\n'))
            if (const Result<Event> event = parseEvent(line); event && event->name == Q("error"))
                return errorFromJson(event->fields).text();
        if (ended.value(Q("reason")).toString() == Q("OOMKilled"))
            return QStringLiteral("it was killed for memory (OOMKilled)");
        return QStringLiteral("it ended with exit code %1").arg(ended.value(Q("exitCode")).toInt());
    }
    const QString message = status.value(Q("message")).toString();
    return message.isEmpty() ? status.value(Q("reason")).toString() : message; // evicted
}

/// The answer of one shard out of its pod's log. Nullopt: there is none in it.
Result<std::optional<QJsonObject>> answerOf(const KubeApi &api, const QString &space, const QString &pod, int index, std::stop_token stop) {
    PH_ASSIGN(const QByteArray log, api.text(cluster::objectPath({cluster::kinds::Pod, space, pod}, QStringLiteral("log")), {}, stop));
    for (const QByteArray &line : log.split('\n'))
        if (const Result<Event> event = parseEvent(line); event && event->name == Q("result"))
            if (const QJsonObject result = event->fields.value(Q("result")).toObject(); result.value(Q("index")).toInt(-1) == index)
                return std::optional(result);
    return std::optional<QJsonObject>();
}

} // namespace

std::vector<ShardState> shardStates(const QJsonObject &job, const std::vector<QJsonObject> &pods, int shards) {
    std::vector<ShardState> states(std::size_t(std::max(0, shards)));
    std::vector<QString> newest(states.size());
    for (const QJsonObject &pod : pods) {
        const int index = indexOf(pod);
        if (index < 0 || index >= shards)
            continue;
        ShardState &state = states[std::size_t(index)];
        ++state.attempts;
        const QString phase = pod.value(Q("status")).toObject().value(Q("phase")).toString(), created = cluster::metadataText(pod, "creationTimestamp");
        if (phase == Q("Failed") && state.why.isEmpty())
            state.why = whyFailed(pod);
        if (state.phase == Phase::Succeeded || (created < newest[std::size_t(index)] && phase != Q("Succeeded")))
            continue;
        newest[std::size_t(index)] = created;
        state.pod = cluster::metadataText(pod, "name");
        state.phase = phase == Q("Succeeded") ? Phase::Succeeded : phase == Q("Running") ? Phase::Running : Phase::Waiting;
    }
    const QJsonObject status = job.value(Q("status")).toObject();
    const std::vector<bool> done = indexes(status.value(Q("completedIndexes")).toString(), shards), failed = indexes(status.value(Q("failedIndexes")).toString(), shards);
    const bool over = hasCondition(job, "Failed");
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (done[i])
            states[i].phase = Phase::Succeeded;
        else if (failed[i] || (over && states[i].phase != Phase::Succeeded))
            states[i].phase = Phase::Failed;
    }
    return states;
}

QString shardSentence(const std::vector<ShardState> &states) {
    const auto count = [&](Phase phase) { return std::count_if(states.begin(), states.end(), [&](const ShardState &state) { return state.phase == phase; }); };
    QString text = QStringLiteral("%1 of %2 shards are done, %3 run").arg(count(Phase::Succeeded)).arg(states.size()).arg(count(Phase::Running));
    if (const auto failed = count(Phase::Failed); failed > 0)
        text += QStringLiteral(", %1 failed").arg(failed);
    return text + QLatin1Char('.');
}

Result<std::vector<ShardEnd>> followShards(const KubeApi &api, const KubeRef &ref, const QString &run, int shards, const ShardListener &listener, std::stop_token stop) {
    std::vector<ShardEnd> ends(std::size_t(std::max(0, shards)));
    std::vector<bool> settled(ends.size(), false);
    SteadyClock::time_point answered = SteadyClock::now();
    QString told;
    std::mutex mutex;
    while (!stop.stop_requested()) {
        const auto given = [&](const Error &error) { return (error.kind != ErrorKind::Unreachable && error.kind != ErrorKind::TimedOut) || SteadyClock::now() - answered > awayAtMost; };
        const Result<QJsonObject> job = api.read(ref, stop);
        const auto pods = job ? api.list(cluster::kinds::Pod, ref.space, cluster::trainingSelector(run), stop) : Result<std::vector<QJsonObject>>(job.error());
        if (!pods && given(pods.error()))
            return stop.stop_requested() ? cancelled() : pods.error();
        if (pods) {
            answered = SteadyClock::now();
            const std::vector<ShardState> states = shardStates(*job, *pods, shards);
            if (const QString sentence = shardSentence(states); sentence != told)
                listener.state(told = sentence);
            for (std::size_t i = 0; i < states.size(); ++i) {
                if (settled[i] || (states[i].phase != Phase::Succeeded && states[i].phase != Phase::Failed))
                    continue;
                if (states[i].phase == Phase::Failed) {
                    ends[i].why = states[i].why.isEmpty() ? QStringLiteral("the Job ended before it ran") : states[i].why;
                } else if (states[i].pod.isEmpty()) {
                    ends[i].why = QStringLiteral("its pod was cleared away before its answer was read");
                } else {
                    const auto answer = answerOf(api, ref.space, states[i].pod, int(i), stop);
                    if (!answer && answer.error().kind != ErrorKind::NotFound) {
                        if (given(answer.error()))
                            return stop.stop_requested() ? cancelled() : answer.error();
                        continue; // read at the next look
                    }
                    if (answer && *answer) {
                        ends[i].result = **answer;
                        PH_TRY(listener.result(int(i), **answer));
                    } else {
                        ends[i].why = QStringLiteral("its log has no answer");
                    }
                }
                settled[i] = true;
            }
            if (std::all_of(settled.begin(), settled.end(), [](bool one) { return one; }))
                return ends;
        }
        std::unique_lock guard(mutex);
        std::condition_variable_any().wait_for(guard, stop, betweenLooks, [] { return false; });
    }
    return cancelled();
}

} // namespace pilothouse::rollouts
