// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/rollout_watch.h"

#include "core/base/clock.h"
#include "core/cluster/pod_template.h"

#include <QJsonArray>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using cluster::PodState;
using Kind = RolloutNews::Kind;

QString wordOf(Kind kind) {
    switch (kind) {
    case Kind::Progress: return QStringLiteral("progress");
    case Kind::Pod: return QStringLiteral("pod");
    case Kind::Trouble: return QStringLiteral("trouble");
    case Kind::Event: return QStringLiteral("event");
    }
    return {};
}

QString nameOf(const cluster::KubeRef &ref) { return QStringLiteral("%1/%2").arg(ref.kind.kind.toLower(), ref.name); }

/// lastTimestamp of older writers, series or eventTime of newer ones.
QDateTime timeOf(const QJsonObject &event) {
    for (const QString &text : {event.value(Q("series")).toObject().value(Q("lastObservedTime")).toString(), event.value(Q("lastTimestamp")).toString(), event.value(Q("eventTime")).toString(),
                                cluster::metadataText(event, "creationTimestamp")})
        if (!text.isEmpty())
            return QDateTime::fromString(text, Qt::ISODateWithMs).toUTC();
    return {};
}

/// No pod can be made at all: quota, admission, missing service account.
QString replicaFailure(const QJsonObject &workload) {
    for (const QJsonValue &value : workload.value(Q("status")).toObject().value(Q("conditions")).toArray()) {
        const QJsonObject condition = value.toObject();
        if (condition.value(Q("type")).toString() == Q("ReplicaFailure") && condition.value(Q("status")).toString() == Q("True"))
            return QStringLiteral("%1: %2").arg(condition.value(Q("reason")).toString(), condition.value(Q("message")).toString());
    }
    return {};
}

void sleepFor(int ms, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
}

/// Returns when the object changed, at the latest after two seconds: pods and events are read then.
void waitForChange(const cluster::KubeApi &api, const cluster::KubeRef &ref, const QString &version, std::stop_token stop) {
    const QUrlQuery query{{QStringLiteral("watch"), QStringLiteral("1")}, {QStringLiteral("fieldSelector"), QStringLiteral("metadata.name=") + ref.name},
                          {QStringLiteral("resourceVersion"), version}, {QStringLiteral("timeoutSeconds"), QStringLiteral("2")}};
    const auto ended = api.stream(cluster::listPath(ref.kind, ref.space), query, [](const char *, std::size_t) { return false; }, stop);
    sleepFor(ended ? 100 : 1000, stop); // what changes now changes again at once; who may not watch asks once a second
}

/// Events of the workload, of the revision that is made, and of pods that have trouble.
std::vector<QJsonObject> eventsOf(const cluster::KubeApi &api, const cluster::Workload &workload, const std::vector<QJsonObject> &pods, std::stop_token stop) {
    QStringList uids{cluster::metadataText(workload.object, "uid")};
    if (const auto *current = workload.current())
        uids << current->uid;
    for (const QJsonObject &pod : pods)
        if (uids.size() < 8 && !cluster::podState(pod).serves)
            uids << cluster::metadataText(pod, "uid");
    std::vector<QJsonObject> out;
    for (const QString &uid : std::as_const(uids)) {
        const auto list = api.get(cluster::listPath(cluster::kinds::Event, workload.ref.space), {{QStringLiteral("fieldSelector"), QStringLiteral("involvedObject.uid=") + uid}, {QStringLiteral("limit"), QStringLiteral("100")}}, stop);
        if (!list)
            return out; // who may not read events sees the rest
        for (const QJsonValue &item : list->value(Q("items")).toArray())
            out.push_back(item.toObject());
    }
    return out;
}

Error endedWith(ErrorKind kind, const cluster::KubeRef &ref, const QString &what, const RolloutSight &sight, const QString &hint) {
    return {kind, QStringLiteral("%1: %2").arg(ref.text(), what), {}, hint, sight.troubles.join(QLatin1Char('\n'))};
}

bool mayPass(const Error &error) { return error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut; }

} // namespace

QJsonObject RolloutNews::toJson() const { return {{Q("kind"), wordOf(kind)}, {Q("time"), isoUtc(time)}, {Q("object"), object}, {Q("text"), text}}; }

void RolloutFollower::takePods(const std::vector<QJsonObject> &pods, const QDateTime &now, std::vector<RolloutNews> &news) {
    for (const QJsonObject &pod : pods)
        m_sight.pods.push_back(cluster::podState(pod));
    std::sort(m_sight.pods.begin(), m_sight.pods.end(), [](const PodState &a, const PodState &b) { return a.name < b.name; });
    QHash<QString, QString> seen;
    for (const PodState &pod : m_sight.pods) {
        const QString state = QStringLiteral("%1/%2 %3").arg(pod.ready).arg(pod.containers).arg(pod.status);
        seen.insert(pod.name, state);
        if (m_pods.value(pod.name) != state)
            news.push_back({Kind::Pod, now, QStringLiteral("pod/") + pod.name, pod.text()});
        if (pod.trouble.isEmpty())
            continue;
        m_sight.troubles << QStringLiteral("pod %1: %2").arg(pod.name, pod.trouble);
        if (const QString key = pod.name + pod.status; !m_troubles.contains(key)) {
            m_troubles.insert(key);
            news.push_back({Kind::Trouble, now, QStringLiteral("pod/") + pod.name, pod.trouble});
        }
    }
    for (auto it = m_pods.begin(); it != m_pods.end(); ++it)
        if (!seen.contains(it.key()))
            news.push_back({Kind::Pod, now, QStringLiteral("pod/") + it.key(), QStringLiteral("%1  gone").arg(it.key())});
    m_pods = seen;
}

void RolloutFollower::takeEvents(const std::vector<QJsonObject> &events, std::vector<RolloutNews> &news) {
    std::vector<RolloutNews> fresh;
    for (const QJsonObject &event : events) {
        const QString key = cluster::metadataText(event, "uid") + QString::number(event.value(Q("count")).toInteger());
        const QDateTime time = timeOf(event);
        if (m_events.contains(key) || (m_since.isValid() && time < m_since))
            continue;
        m_events.insert(key);
        const QJsonObject about = event.value(Q("involvedObject")).toObject();
        fresh.push_back({Kind::Event, time, QStringLiteral("%1/%2").arg(about.value(Q("kind")).toString().toLower(), about.value(Q("name")).toString()),
                         QStringLiteral("%1: %2").arg(event.value(Q("reason")).toString(), event.value(Q("message")).toString().trimmed())});
    }
    std::stable_sort(fresh.begin(), fresh.end(), [](const RolloutNews &a, const RolloutNews &b) { return a.time < b.time; });
    news.insert(news.end(), fresh.begin(), fresh.end());
}

std::vector<RolloutNews> RolloutFollower::take(const cluster::Workload &workload, const std::vector<QJsonObject> &pods, const std::vector<QJsonObject> &events, const QDateTime &now) {
    std::vector<RolloutNews> news;
    m_sight = {cluster::rolloutVerdict(workload.object), workload, {}, {}};
    if (m_sight.verdict.text != m_told) {
        m_told = m_sight.verdict.text;
        news.push_back({Kind::Progress, now, nameOf(workload.ref), m_told});
    }
    takePods(pods, now, news);
    if (const QString failure = replicaFailure(workload.object); !failure.isEmpty()) {
        m_sight.troubles << failure;
        if (!m_troubles.contains(failure)) {
            m_troubles.insert(failure);
            news.push_back({Kind::Trouble, now, nameOf(workload.ref), failure});
        }
    }
    takeEvents(events, news);
    return news;
}

Result<RolloutSight> watchRollout(const cluster::KubeApi &api, const cluster::KubeRef &ref, const RolloutWatchOptions &options, const RolloutSink &sink, std::stop_token stop) {
    const auto begun = std::chrono::steady_clock::now();
    RolloutFollower follower((options.since.isValid() ? options.since : QDateTime::currentDateTimeUtc()).addSecs(-1)); // events count seconds
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const auto late = options.timeoutSeconds > 0 && std::chrono::steady_clock::now() - begun >= std::chrono::seconds(options.timeoutSeconds);
        const auto workload = cluster::readWorkload(api, ref, stop);
        const auto pods = workload ? cluster::podsOf(api, *workload, stop) : Result<std::vector<QJsonObject>>(workload.error());
        if (!pods) {
            if (!mayPass(pods.error()) || late)
                return pods.error();
            sleepFor(1000, stop);
            continue;
        }
        if (!options.digest.isEmpty() && cluster::templateDigest(workload->podTemplate()) != options.digest)
            return endedWith(ErrorKind::Conflict, ref, QStringLiteral("another change of its pod template came."), follower.sight(), QStringLiteral("Look at its history: pilot rollouts history."));
        const auto news = follower.take(*workload, *pods, eventsOf(api, *workload, *pods, stop), QDateTime::currentDateTimeUtc());
        const RolloutSight &sight = follower.sight();
        if (sink && !news.empty())
            sink(news, sight);
        if (sight.verdict.done || sight.verdict.failed)
            return sight;
        if (late)
            return endedWith(ErrorKind::TimedOut, ref, QStringLiteral("not rolled out after %1 s. %2").arg(options.timeoutSeconds).arg(sight.verdict.text), sight, QStringLiteral("It goes on in the cluster. `pilot rollouts undo` takes it back."));
        waitForChange(api, ref, cluster::metadataText(workload->object, "resourceVersion"), stop);
    }
}

} // namespace pilothouse::rollouts
