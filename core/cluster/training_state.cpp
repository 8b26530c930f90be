// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/training_job.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
using Phase = TrainingState::Phase;

QJsonObject condition(const QJsonObject &object, const char *type) {
    for (const QJsonValue &value : object.value(Q("status")).toObject().value(Q("conditions")).toArray())
        if (value.toObject().value(Q("type")).toString() == Q(type) && value.toObject().value(Q("status")).toString() == Q("True"))
            return value.toObject();
    return {};
}

QString podPhase(const QJsonObject &pod) { return pod.value(Q("status")).toObject().value(Q("phase")).toString(); }

/// Rank 0's pod: Kubeflow's Master, index 0 of an indexed Job, else the newest of the Job.
bool leads(const QJsonObject &pod) {
    const QString replica = label(pod, QStringLiteral("training.kubeflow.org/replica-type")), index = label(pod, QStringLiteral("batch.kubernetes.io/job-completion-index"));
    return replica.isEmpty() ? index.isEmpty() || index == Q("0") : replica.compare(Q("master"), Qt::CaseInsensitive) == 0;
}

/// What ended a container, in words: its reason, exit code and the last lines that it said.
QString endOf(const QJsonObject &pod) {
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("containerStatuses")).toArray()) {
        const QJsonObject ended = value.toObject().value(Q("state")).toObject().value(Q("terminated")).toObject();
        if (ended.isEmpty() || ended.value(Q("exitCode")).toInt() == 0)
            continue;
        const QString reason = ended.value(Q("reason")).toString(), last = ended.value(Q("message")).toString().trimmed().section(QLatin1Char('\n'), -1);
        if (reason == Q("OOMKilled"))
            return QStringLiteral("%1 was killed for memory (OOMKilled): give the job more, or train on fewer rows").arg(metadataText(pod, "name"));
        return QStringLiteral("%1 ended with exit code %2%3").arg(metadataText(pod, "name")).arg(ended.value(Q("exitCode")).toInt()).arg(last.isEmpty() ? QString() : QStringLiteral(": ") + last.left(300));
    }
    const QJsonObject status = pod.value(Q("status")).toObject();
    const QString reason = status.value(Q("reason")).toString();
    return reason.isEmpty() ? QString() : QStringLiteral("%1: %2 %3").arg(metadataText(pod, "name"), reason, status.value(Q("message")).toString()).trimmed();
}

/// The last word of a container that ended well.
QString messageOf(const QJsonObject &pod) {
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("containerStatuses")).toArray()) {
        const QJsonObject ended = value.toObject().value(Q("state")).toObject().value(Q("terminated")).toObject();
        if (!ended.isEmpty() && ended.value(Q("exitCode")).toInt() == 0)
            return ended.value(Q("message")).toString();
    }
    return {};
}

QString lastEvent(const std::vector<QJsonObject> &events, const QString &uid) {
    QString text;
    QString newest;
    for (const QJsonObject &event : events) {
        if (event.value(Q("type")).toString() != Q("Warning") || event.value(Q("involvedObject")).toObject().value(Q("uid")).toString() != uid)
            continue;
        const QString when = event.value(Q("lastTimestamp")).toString() + event.value(Q("eventTime")).toString();
        if (text.isEmpty() || when >= newest) {
            newest = when;
            text = QStringLiteral("%1: %2").arg(event.value(Q("reason")).toString(), event.value(Q("message")).toString());
        }
    }
    return text;
}

/// Why a pod does not run yet: its containers' own words, else what the scheduler says, else the last warning about it.
QString waitingOf(const QJsonObject &pod, const std::vector<QJsonObject> &events) {
    const QString name = metadataText(pod, "name");
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("containerStatuses")).toArray()) {
        const QJsonObject waiting = value.toObject().value(Q("state")).toObject().value(Q("waiting")).toObject();
        const QString reason = waiting.value(Q("reason")).toString();
        if (reason.contains(Q("Image")) || reason.contains(Q("ErrPull")))
            return QStringLiteral("%1 cannot pull %2 (%3): is the image pushed, and may the namespace pull it?").arg(name, value.toObject().value(Q("image")).toString(), reason);
        if (!reason.isEmpty() && reason != Q("ContainerCreating") && reason != Q("PodInitializing"))
            return QStringLiteral("%1: %2 %3").arg(name, reason, waiting.value(Q("message")).toString()).trimmed();
    }
    for (const QJsonValue &value : pod.value(Q("status")).toObject().value(Q("conditions")).toArray())
        if (value.toObject().value(Q("reason")).toString() == Q("Unschedulable"))
            return QStringLiteral("no node takes %1: %2").arg(name, value.toObject().value(Q("message")).toString());
    const QString event = lastEvent(events, metadataText(pod, "uid"));
    return event.isEmpty() ? QString() : QStringLiteral("%1: %2").arg(name, event);
}

int wantedPods(const QJsonObject &object) {
    const QJsonObject spec = object.value(Q("spec")).toObject();
    if (const QJsonObject replicas = spec.value(Q("pytorchReplicaSpecs")).toObject(); !replicas.isEmpty())
        return replicas.value(Q("Master")).toObject().value(Q("replicas")).toInt() + replicas.value(Q("Worker")).toObject().value(Q("replicas")).toInt();
    if (const QJsonObject trainer = spec.value(Q("trainer")).toObject(); !trainer.isEmpty())
        return trainer.value(Q("numNodes")).toInt(1);
    return std::max(1, spec.value(Q("parallelism")).toInt(1));
}

} // namespace

TrainingState trainingState(const QJsonObject &object, const std::vector<QJsonObject> &pods, const std::vector<QJsonObject> &events) {
    TrainingState state;
    state.wanted = wantedPods(object);
    QStringList why, ends;
    QString newest;
    for (const QJsonObject &pod : pods) {
        const QString made = metadataText(pod, "creationTimestamp");
        if (leads(pod) && made >= newest) {
            newest = made;
            state.leader = metadataText(pod, "name");
            state.message = messageOf(pod);
        }
        state.ready += podPhase(pod) == Q("Running") ? 1 : 0;
        if (const QString text = podPhase(pod) == Q("Pending") ? waitingOf(pod, events) : QString(); !text.isEmpty())
            why << text;
        if (const QString text = endOf(pod); !text.isEmpty())
            ends << text;
    }
    // Job: Complete, Failed (since 1.31 SuccessCriteriaMet, FailureTarget before them); Kubeflow: Succeeded, Failed; TrainJob: Complete, Failed.
    const bool succeeded = !condition(object, "Complete").isEmpty() || !condition(object, "Succeeded").isEmpty();
    const QJsonObject failed = condition(object, "Failed");
    if (succeeded) {
        state.phase = Phase::Succeeded;
        state.sentence = QStringLiteral("The training is done.");
    } else if (!failed.isEmpty()) {
        state.phase = Phase::Failed;
        const QString reason = failed.value(Q("reason")).toString(), message = failed.value(Q("message")).toString();
        state.sentence = !ends.isEmpty() && reason != Q("DeadlineExceeded") ? ends.join(QStringLiteral("; ")) + QLatin1Char('.') : QStringLiteral("%1: %2").arg(reason, message);
    } else if (object.value(Q("spec")).toObject().value(Q("suspend")).toBool()) {
        state.phase = Phase::Suspended;
        state.sentence = QStringLiteral("It is suspended: a queue of the cluster has not let it in yet.");
    } else if (state.ready > 0 && why.isEmpty()) {
        state.phase = Phase::Running;
        state.sentence = QStringLiteral("%1 of %2 pods run.").arg(state.ready).arg(state.wanted);
    } else if (const QString event = lastEvent(events, metadataText(object, "uid")); pods.empty() && !event.isEmpty()) {
        state.sentence = QStringLiteral("No pod yet: %1").arg(event); // a quota, a missing service account, an admission webhook
    } else {
        state.sentence = why.isEmpty() ? QStringLiteral("%1 of %2 pods run.").arg(state.ready).arg(state.wanted) : why.join(QStringLiteral("; ")) + QLatin1Char('.');
    }
    return state;
}

} // namespace pilothouse::cluster
