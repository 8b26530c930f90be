// SPDX-License-Identifier: GPL-3.0-or-later
// Rules and words: argoproj/argo-rollouts utils/rollout/rolloututil.go, utils/replicaset/canary.go, pkg/kubectl-argo-rollouts/info.
#include "core/cluster/argo_rollout.h"

#include "core/cluster/kube_object.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

/// The object at "status/canary/weights"; empty where a part is missing.
QJsonObject within(const QJsonObject &object, const char *path) {
    QJsonObject here = object;
    for (const QString &part : QString::fromLatin1(path).split(QLatin1Char('/')))
        here = here.value(part).toObject();
    return here;
}

QDateTime timeOf(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODate).toUTC(); }

bool hasCanary(const QJsonObject &rollout) { return within(rollout, "spec/strategy").value(Q("canary")).isObject(); }
bool hasBlueGreen(const QJsonObject &rollout) { return within(rollout, "spec/strategy").value(Q("blueGreen")).isObject(); }
QJsonArray stepsOf(const QJsonObject &rollout) { return within(rollout, "spec/strategy/canary").value(Q("steps")).toArray(); }
int replicasOf(const QJsonObject &rollout) { return within(rollout, "spec").value(Q("replicas")).toInt(1); }

bool generationObserved(const QJsonObject &rollout) {
    bool number = false;
    const qint64 seen = within(rollout, "status").value(Q("observedGeneration")).toString().toLongLong(&number);
    const auto wanted = qint64(within(rollout, "metadata").value(Q("generation")).toDouble());
    return !number || seen >= wanted; // a hash of 0.9, also one that reads as a number, is always seen
}

bool workloadObserved(const QJsonObject &rollout) {
    bool wantedIs = false, seenIs = false;
    const int wanted = annotation(rollout, QStringLiteral("rollout.argoproj.io/workload-generation")).toInt(&wantedIs);
    const int seen = within(rollout, "status").value(Q("workloadObservedGeneration")).toString().toInt(&seenIs);
    return !wantedIs || !seenIs || wanted == seen;
}

bool completed(const QString &analysisPhase) {
    return analysisPhase == Q("Successful") || analysisPhase == Q("Failed") || analysisPhase == Q("Error") || analysisPhase == Q("Inconclusive");
}

ArgoPhase progressing(const char *message) { return {QStringLiteral("Progressing"), Q(message)}; }

/// What blue-green still waits for; nullopt: nothing.
std::optional<ArgoPhase> blueGreenWaits(const QJsonObject &rollout, bool promoted) {
    const QJsonObject status = within(rollout, "status"), blueGreen = within(rollout, "status/blueGreen");
    const QString active = blueGreen.value(Q("activeSelector")).toString();
    if (active.isEmpty() || active != status.value(Q("currentPodHash")).toString())
        return progressing("active service cutover pending");
    if (promoted)
        return std::nullopt;
    const bool analysed = within(rollout, "spec/strategy/blueGreen").value(Q("postPromotionAnalysis")).isObject();
    if (analysed && !completed(within(blueGreen, "postPromotionAnalysisRunStatus").value(Q("status")).toString()))
        return progressing("waiting for analysis to complete");
    return progressing("waiting for post-promotion verification to complete");
}

bool restarting(const QJsonObject &spec, const QJsonObject &status) {
    const QDateTime wanted = timeOf(spec.value(Q("restartAt"))), done = timeOf(status.value(Q("restartedAt")));
    return wanted.isValid() && (!done.isValid() || wanted != done);
}

} // namespace

ArgoPhase argoPhase(const QJsonObject &rollout) {
    const QJsonObject status = within(rollout, "status");
    if (!generationObserved(rollout))
        return progressing("waiting for rollout spec update to be observed");
    if (status.value(Q("controllerPause")).toBool() && status.value(Q("pauseConditions")).toArray().isEmpty())
        return progressing("waiting for rollout to unpause");
    if (within(rollout, "spec").value(Q("templateResolvedFromRef")).toBool() && !workloadObserved(rollout))
        return progressing("waiting for rollout spec update to be observed for the reference workload");
    if (const QString phase = status.value(Q("phase")).toString(); !phase.isEmpty())
        return {phase, status.value(Q("message")).toString()};
    return argoComputedPhase(rollout);
}

ArgoPhase argoComputedPhase(const QJsonObject &rollout) {
    const QJsonObject spec = within(rollout, "spec"), status = within(rollout, "status");
    for (const QJsonValue &value : status.value(Q("conditions")).toArray()) {
        const QJsonObject c = value.toObject();
        const QString type = c.value(Q("type")).toString(), reason = c.value(Q("reason")).toString(), message = c.value(Q("message")).toString();
        if (type == Q("InvalidSpec"))
            return {QStringLiteral("Degraded"), QStringLiteral("InvalidSpec: ") + message};
        if (reason == Q("RolloutAborted") || reason == Q("ProgressDeadlineExceeded"))
            return {QStringLiteral("Degraded"), reason + QStringLiteral(": ") + message};
    }
    if (spec.value(Q("paused")).toBool())
        return {QStringLiteral("Paused"), QStringLiteral("manually paused")};
    if (const QJsonArray pauses = status.value(Q("pauseConditions")).toArray(); !pauses.isEmpty())
        return {QStringLiteral("Paused"), pauses.first().toObject().value(Q("reason")).toString()};
    if (restarting(spec, status))
        return progressing("rollout is restarting");
    const int updated = status.value(Q("updatedReplicas")).toInt();
    if (updated < replicasOf(rollout))
        return progressing("more replicas need to be updated");
    if (status.value(Q("availableReplicas")).toInt() < updated)
        return progressing("updated replicas are still becoming available");
    const QString stable = status.value(Q("stableRS")).toString();
    const bool promoted = !stable.isEmpty() && stable == status.value(Q("currentPodHash")).toString();
    if (hasBlueGreen(rollout)) {
        if (const auto waits = blueGreenWaits(rollout, promoted))
            return *waits;
    } else if (hasCanary(rollout)) {
        // With a traffic router the old pods stay for a while after the switch: that is no progress to wait for.
        const bool routed = within(rollout, "spec/strategy/canary").value(Q("trafficRouting")).isObject();
        if (!routed && status.value(Q("replicas")).toInt() > updated)
            return progressing("old replicas are pending termination");
        if (!promoted)
            return progressing("waiting for all steps to complete");
    }
    return {QStringLiteral("Healthy"), {}};
}

std::optional<qint64> argoSeconds(const QJsonValue &duration) {
    if (duration.isDouble())
        return qint64(duration.toDouble());
    const QString text = duration.toString().trimmed();
    bool number = false;
    if (const qint64 seconds = text.toLongLong(&number); number)
        return seconds;
    static const QRegularExpression part(QStringLiteral("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|µs|ns)")), whole(QStringLiteral("^(?:\\d+(?:\\.\\d+)?(?:h|ms|m|s|us|µs|ns))+$"));
    if (!whole.match(text).hasMatch())
        return std::nullopt;
    double seconds = 0;
    for (auto it = part.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        const QString unit = match.captured(2);
        seconds += match.captured(1).toDouble() * (unit == Q("h") ? 3600 : unit == Q("m") ? 60 : unit == Q("s") ? 1 : unit == Q("ms") ? 1e-3 : unit == Q("ns") ? 1e-9 : 1e-6);
    }
    return qint64(seconds);
}

QString argoStepText(const QJsonObject &step) {
    if (step.contains(Q("setWeight")))
        return QStringLiteral("setWeight: %1").arg(step.value(Q("setWeight")).toInt());
    if (step.contains(Q("pause"))) {
        const QJsonValue duration = step.value(Q("pause")).toObject().value(Q("duration"));
        if (duration.isUndefined() || duration.isNull())
            return QStringLiteral("pause");
        return QStringLiteral("pause: ") + (duration.isDouble() ? QString::number(qint64(duration.toDouble())) : duration.toString());
    }
    for (const char *plain : {"experiment", "analysis"})
        if (step.contains(Q(plain)))
            return Q(plain);
    if (const QJsonObject scale = step.value(Q("setCanaryScale")).toObject(); !scale.isEmpty()) {
        if (scale.contains(Q("weight")))
            return QStringLiteral("setCanaryScale{weight: %1}").arg(scale.value(Q("weight")).toInt());
        if (scale.value(Q("matchTrafficWeight")).toBool())
            return QStringLiteral("setCanaryScale{matchTrafficWeight: true}");
        if (scale.contains(Q("replicas")))
            return QStringLiteral("setCanaryScale{replicas: %1}").arg(scale.value(Q("replicas")).toInt());
    }
    if (const QJsonObject route = step.value(Q("setHeaderRoute")).toObject(); !route.isEmpty())
        return QStringLiteral("setHeaderRoute: %1%2").arg(route.value(Q("name")).toString(), route.value(Q("match")).toArray().isEmpty() ? QStringLiteral(" (removed)") : QString());
    if (const QJsonObject route = step.value(Q("setMirrorRoute")).toObject(); !route.isEmpty()) {
        const QJsonValue percent = route.value(Q("percentage"));
        return QStringLiteral("setMirrorRoute: %1%2").arg(route.value(Q("name")).toString(), percent.isDouble() ? QStringLiteral(" (%1 %)").arg(percent.toInt()) : QString());
    }
    if (const QJsonObject plugin = step.value(Q("plugin")).toObject(); !plugin.isEmpty())
        return QStringLiteral("plugin: ") + plugin.value(Q("name")).toString();
    return QStringLiteral("invalid");
}

std::optional<int> argoStepIndex(const QJsonObject &rollout) {
    if (stepsOf(rollout).isEmpty())
        return std::nullopt;
    return within(rollout, "status").value(Q("currentStepIndex")).toInt(0);
}

int argoMaxWeight(const QJsonObject &rollout) { return within(rollout, "spec/strategy/canary/trafficRouting").value(Q("maxTrafficWeight")).toInt(100); }

int argoSetWeight(const QJsonObject &rollout) {
    if (within(rollout, "status").value(Q("abort")).toBool())
        return 0;
    const QJsonArray steps = stepsOf(rollout);
    const auto index = argoStepIndex(rollout);
    if (!index || *index >= steps.size())
        return argoMaxWeight(rollout);
    for (int i = *index; i >= 0; --i)
        if (const QJsonValue weight = steps.at(i).toObject().value(Q("setWeight")); weight.isDouble())
            return weight.toInt();
    return 0;
}

std::vector<QJsonObject> argoOwned(const QJsonObject &rollout, const std::vector<QJsonObject> &replicaSets) {
    const QString uid = metadataText(rollout, "uid");
    std::vector<QJsonObject> out;
    for (const QJsonObject &set : replicaSets)
        for (const QJsonValue &owner : within(set, "metadata").value(Q("ownerReferences")).toArray())
            if (!uid.isEmpty() && owner.toObject().value(Q("uid")).toString() == uid && owner.toObject().value(Q("controller")).toBool()) {
                out.push_back(set);
                break;
            }
    std::stable_sort(out.begin(), out.end(), [](const QJsonObject &a, const QJsonObject &b) {
        const int ra = annotation(a, argoRevisionAnnotation).toInt(), rb = annotation(b, argoRevisionAnnotation).toInt();
        return ra != rb ? ra > rb : metadataText(a, "name") < metadataText(b, "name");
    });
    return out;
}

namespace {

QString replicaSetHealth(const QJsonObject &set) {
    const QJsonObject status = within(set, "status"), spec = within(set, "spec");
    const QJsonValue wanted = spec.value(Q("replicas"));
    if (within(set, "metadata").value(Q("generation")).toDouble() > status.value(Q("observedGeneration")).toDouble())
        return QStringLiteral("Progressing");
    for (const QJsonValue &c : status.value(Q("conditions")).toArray())
        if (c.toObject().value(Q("type")).toString() == Q("ReplicaFailure") && c.toObject().value(Q("status")).toString() == Q("True"))
            return QStringLiteral("ReplicaFailure");
    if (wanted.isDouble() && status.value(Q("availableReplicas")).toInt() < wanted.toInt())
        return QStringLiteral("Progressing");
    return wanted.isDouble() && wanted.toInt() == 0 ? QStringLiteral("ScaledDown") : QStringLiteral("Healthy");
}

QStringList imagesOf(const QJsonObject &podSpec) {
    QStringList out;
    for (const QJsonValue &container : podSpec.value(Q("containers")).toArray())
        out << container.toObject().value(Q("image")).toString();
    return out;
}

ArgoReplicaSet replicaSetOf(const QJsonObject &set, const ArgoStatus &s) {
    ArgoReplicaSet out;
    out.name = metadataText(set, "name");
    out.hash = label(set, argoHashLabel);
    out.description = annotation(set, QStringLiteral("rollouts.argoproj.io/revision-description"));
    out.status = replicaSetHealth(set);
    out.revision = annotation(set, argoRevisionAnnotation).toInt();
    out.replicas = within(set, "status").value(Q("replicas")).toInt();
    out.available = within(set, "status").value(Q("availableReplicas")).toInt();
    out.images = imagesOf(within(set, "spec/template/spec"));
    out.created = timeOf(within(set, "metadata").value(Q("creationTimestamp")));
    out.scaleDownDeadline = timeOf(QJsonValue(annotation(set, QStringLiteral("scale-down-deadline"))));
    const bool hashed = !out.hash.isEmpty();
    out.stable = hashed && out.hash == s.stableHash;
    if (s.strategy == Q("Canary")) {
        out.canary = hashed && !out.stable && out.hash == s.currentHash;
    } else {
        out.active = hashed && out.hash == s.activeHash;
        out.preview = hashed && !out.active && out.hash == s.previewHash;
    }
    return out;
}

void addSteps(ArgoStatus &s, const QJsonObject &rollout) {
    const QJsonArray steps = stepsOf(rollout);
    s.step = argoStepIndex(rollout).value_or(-1);
    static const char *const kinds[] = {"setWeight", "pause", "experiment", "analysis", "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin"};
    for (int i = 0; i < int(steps.size()); ++i) {
        const QJsonObject object = steps.at(i).toObject();
        ArgoStep step;
        step.kind = QStringLiteral("invalid");
        for (const char *kind : kinds)
            if (object.contains(Q(kind))) {
                step.kind = Q(kind);
                break;
            }
        step.text = argoStepText(object);
        step.state = s.fullyPromoted ? QStringLiteral("done") : s.aborted ? QStringLiteral("aborted") : i < s.step ? QStringLiteral("done") : i == s.step ? QStringLiteral("current") : QStringLiteral("waiting");
        if (step.kind == Q("setWeight"))
            step.weight = object.value(Q("setWeight")).toInt();
        if (step.kind == Q("pause"))
            step.pauseSeconds = argoSeconds(within(object, "pause").value(Q("duration")));
        s.steps.push_back(std::move(step));
    }
}

/// ActualWeight of the plugin's `get rollout`.
void addWeights(ArgoStatus &s, const QJsonObject &rollout) {
    s.maxWeight = argoMaxWeight(rollout);
    s.setWeight = argoSetWeight(rollout);
    const QJsonObject weights = within(rollout, "status/canary/weights");
    if (weights.contains(Q("verified")))
        s.weightsVerified = weights.value(Q("verified")).toBool();
    s.actualWeight = 0;
    if (s.step < 0 || s.step >= int(s.steps.size())) {
        s.actualWeight = s.maxWeight;
    } else if (s.available > 0) {
        if (!within(rollout, "spec/strategy/canary").value(Q("trafficRouting")).isObject()) {
            for (const ArgoReplicaSet &set : s.replicaSets)
                if (set.canary)
                    s.actualWeight = set.available * 100 / s.available;
        } else if (weights.isEmpty()) {
            s.actualWeight = s.setWeight;
        } else {
            s.actualWeight = within(weights, "canary").value(Q("weight")).toInt();
            s.weightsReported = true;
        }
    }
}

void addAnalyses(ArgoStatus &s, const QJsonObject &rollout) {
    static const struct {
        const char *role, *side, *key;
    } places[] = {{"step", "status/canary", "currentStepAnalysisRunStatus"}, {"background", "status/canary", "currentBackgroundAnalysisRunStatus"},
                  {"pre-promotion", "status/blueGreen", "prePromotionAnalysisRunStatus"}, {"post-promotion", "status/blueGreen", "postPromotionAnalysisRunStatus"}};
    for (const auto &place : places) {
        const QJsonObject o = within(rollout, place.side).value(Q(place.key)).toObject();
        if (o.isEmpty())
            continue;
        const ArgoAnalysisRef ref{Q(place.role), o.value(Q("name")).toString(), o.value(Q("status")).toString(), o.value(Q("message")).toString()};
        if (s.aborted && completed(ref.phase) && ref.phase != Q("Successful") && !ref.message.isEmpty())
            s.problems << ref.message;
        s.analyses.push_back(ref);
    }
}

void addPauses(ArgoStatus &s, const QJsonObject &rollout) {
    for (const QJsonValue &value : within(rollout, "status").value(Q("pauseConditions")).toArray()) {
        s.pauseReasons << value.toObject().value(Q("reason")).toString();
        if (const QDateTime since = timeOf(value.toObject().value(Q("startTime"))); since.isValid() && (!s.pausedSince.isValid() || since < s.pausedSince))
            s.pausedSince = since;
    }
    if (s.pausedSince.isValid() && s.step >= 0 && s.step < int(s.steps.size()) && s.steps[std::size_t(s.step)].pauseSeconds)
        s.pauseEnds = s.pausedSince.addSecs(*s.steps[std::size_t(s.step)].pauseSeconds);
}

} // namespace

ArgoStatus argoStatus(const QJsonObject &rollout, const std::vector<QJsonObject> &replicaSets) {
    const QJsonObject spec = within(rollout, "spec"), status = within(rollout, "status"), blueGreen = within(rollout, "status/blueGreen");
    ArgoStatus s;
    s.name = metadataText(rollout, "name");
    s.space = metadataText(rollout, "namespace");
    s.uid = metadataText(rollout, "uid");
    const ArgoPhase phase = argoPhase(rollout);
    s.phase = phase.phase;
    s.message = phase.message;
    s.strategy = hasCanary(rollout) ? QStringLiteral("Canary") : hasBlueGreen(rollout) ? QStringLiteral("BlueGreen") : QString();
    s.desired = replicasOf(rollout);
    s.current = status.value(Q("replicas")).toInt();
    s.updated = status.value(Q("updatedReplicas")).toInt();
    s.ready = status.value(Q("readyReplicas")).toInt();
    s.available = status.value(Q("availableReplicas")).toInt();
    s.stableHash = status.value(Q("stableRS")).toString();
    s.currentHash = status.value(Q("currentPodHash")).toString();
    s.activeHash = blueGreen.value(Q("activeSelector")).toString();
    s.previewHash = blueGreen.value(Q("previewSelector")).toString();
    s.fullyPromoted = s.stableHash == s.currentHash && !s.stableHash.isEmpty();
    s.aborted = status.value(Q("abort")).toBool();
    s.promoteFull = status.value(Q("promoteFull")).toBool();
    s.pausedBySpec = spec.value(Q("paused")).toBool();
    s.controllerPause = status.value(Q("controllerPause")).toBool();
    s.workloadKind = within(spec, "workloadRef").value(Q("kind")).toString();
    s.workloadName = within(spec, "workloadRef").value(Q("name")).toString();
    for (const QJsonObject &set : argoOwned(rollout, replicaSets))
        s.replicaSets.push_back(replicaSetOf(set, s));
    if (const QStringList images = imagesOf(within(spec, "template/spec")); !images.isEmpty())
        s.image = images.first();
    else
        for (const ArgoReplicaSet &set : s.replicaSets)
            if (set.hash == s.currentHash && !set.images.isEmpty() && s.image.isEmpty())
                s.image = set.images.first();
    for (const QJsonValue &c : status.value(Q("conditions")).toArray())
        if (c.toObject().value(Q("type")).toString() == Q("InvalidSpec"))
            s.problems << c.toObject().value(Q("message")).toString();
    addSteps(s, rollout);
    if (s.strategy == Q("Canary"))
        addWeights(s, rollout);
    addAnalyses(s, rollout);
    addPauses(s, rollout);
    return s;
}

} // namespace pilothouse::cluster
