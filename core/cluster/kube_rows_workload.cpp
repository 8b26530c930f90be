// SPDX-License-Identifier: GPL-3.0-or-later
// Deployments, ReplicaSets, StatefulSets, DaemonSets, Argo's Rollouts and AnalysisRuns, jobs and cron jobs.
#include "core/cluster/kube_reader_internal.h"

namespace pilothouse::cluster {

namespace {

void readTemplate(WorkloadRow &row, const Fields &object, TextPool &pool) {
    const Fields metadata = object.object("metadata"), spec = object.object("spec");
    row.generation = metadata.integer("generation");
    row.images = imagesOf(spec.object("template").object("spec"), pool);
    row.selector = pool.labels(spec.object("selector").object("matchLabels"));
    row.changeCause = plain(metadata.object("annotations").text("kubernetes.io/change-cause"));
    row.paused = spec.boolean("paused");
}

/// The first condition that is in the way.
void readTrouble(WorkloadRow &row, const Fields &status, TextPool &pool) {
    const Condition failure = conditionOf(status, "ReplicaFailure"), progress = conditionOf(status, "Progressing"), valid = conditionOf(status, "InvalidSpec");
    const Condition *found = failure.status == "True" ? &failure : progress.status == "False" ? &progress : valid.status == "True" ? &valid : nullptr;
    if (found) {
        row.reason = pool.text(found->reason);
        row.message = pool.text(found->message);
    }
}

void readStrategy(WorkloadRow &row, const Fields &strategy, TextPool &pool) {
    row.strategy = pool.text(strategy.text("type"));
    const Fields rolling = strategy.object("rollingUpdate");
    row.maxSurge = pool.text(rolling.anyText("maxSurge"));
    row.maxUnavailable = pool.text(rolling.anyText("maxUnavailable"));
}

void readReplicas(WorkloadRow &row, const Fields &spec, const Fields &status) {
    row.desired = int(spec.integer("replicas", 1)); // the server fills in 1; a custom resource's may be missing
    row.current = int(status.integer("replicas"));
    row.updated = int(status.integer("updatedReplicas"));
    row.ready = int(status.integer("readyReplicas"));
    row.available = int(status.integer("availableReplicas"));
    row.unavailable = int(status.integer("unavailableReplicas"));
}

} // namespace

WorkloadRow readWorkload(const Fields &object, TextPool &pool, const QString &kind) {
    WorkloadRow row;
    const Fields spec = object.object("spec"), status = object.object("status");
    readTemplate(row, object, pool);
    row.observed = status.integer("observedGeneration");
    row.revision = plain(object.object("metadata").object("annotations").text("deployment.kubernetes.io/revision")).toInt();
    readTrouble(row, status, pool);
    if (kind == QLatin1String("DaemonSet")) {
        readStrategy(row, spec.object("updateStrategy"), pool);
        row.desired = int(status.integer("desiredNumberScheduled"));
        row.current = int(status.integer("currentNumberScheduled"));
        row.updated = int(status.integer("updatedNumberScheduled"));
        row.ready = int(status.integer("numberReady"));
        row.available = int(status.integer("numberAvailable"));
        row.unavailable = int(status.integer("numberUnavailable"));
        return row;
    }
    readStrategy(row, spec.object(kind == QLatin1String("StatefulSet") ? "updateStrategy" : "strategy"), pool);
    readReplicas(row, spec, status);
    if (kind == QLatin1String("ReplicaSet"))
        row.updated = row.current;
    row.stableHash = pool.text(status.text("currentRevision")); // of a StatefulSet
    row.currentHash = pool.text(status.text("updateRevision"));
    return row;
}

WorkloadRow readRollout(const Fields &object, TextPool &pool) {
    WorkloadRow row;
    const Fields spec = object.object("spec"), status = object.object("status"), strategy = spec.object("strategy");
    readTemplate(row, object, pool);
    readReplicas(row, spec, status);
    row.observed = plain(status.text("observedGeneration")).toLongLong(); // a text there
    row.revision = plain(object.object("metadata").object("annotations").text("rollout.argoproj.io/revision")).toInt();
    const Fields canary = strategy.object("canary");
    row.strategy = canary || strategy.has("canary") ? QStringLiteral("Canary") : strategy.has("blueGreen") ? QStringLiteral("BlueGreen") : QString();
    row.maxSurge = pool.text(canary.anyText("maxSurge"));
    row.maxUnavailable = pool.text(canary.anyText("maxUnavailable"));
    canary.each("steps", [&](const Fields &) { ++row.steps; });
    row.step = int(status.integer("currentStepIndex", -1));
    row.phase = pool.text(status.text("phase"));
    row.stableHash = pool.text(status.text("stableRS"));
    row.currentHash = pool.text(status.text("currentPodHash"));
    row.message = pool.text(status.text("message"));
    if (row.message.isEmpty())
        readTrouble(row, status, pool);
    row.paused = row.paused || status.has("pauseConditions");
    return row;
}

JobRow readJob(const Fields &object, TextPool &pool) {
    JobRow row;
    const Fields spec = object.object("spec"), status = object.object("status");
    row.completions = int(spec.integer("completions", -1));
    row.parallelism = int(spec.integer("parallelism", 1));
    row.active = int(status.integer("active"));
    row.succeeded = int(status.integer("succeeded"));
    row.failed = int(status.integer("failed"));
    row.suspended = spec.boolean("suspend");
    row.started = secondsOf(status.text("startTime"));
    row.finished = secondsOf(status.text("completionTime"));
    row.images = imagesOf(spec.object("template").object("spec"), pool);
    const Condition failed = conditionOf(status, "Failed"), failing = conditionOf(status, "FailureTarget");
    const bool complete = conditionOf(status, "Complete").status == "True";
    row.state = complete                    ? QStringLiteral("Complete")
                : failed.status == "True"   ? QStringLiteral("Failed")
                : failing.status == "True"  ? QStringLiteral("FailureTarget")
                : row.suspended             ? QStringLiteral("Suspended")
                : !object.object("metadata").text("deletionTimestamp").empty() ? QStringLiteral("Terminating")
                                            : QStringLiteral("Running");
    if (!complete) {
        const Condition &why = failed.status == "True" ? failed : failing;
        row.reason = pool.text(why.reason);
        row.message = pool.text(why.message);
    }
    return row;
}

CronJobRow readCronJob(const Fields &object, TextPool &pool) {
    CronJobRow row;
    const Fields spec = object.object("spec"), status = object.object("status");
    row.schedule = pool.text(spec.text("schedule"));
    row.timeZone = pool.text(spec.text("timeZone"));
    row.suspended = spec.boolean("suspend");
    status.each("active", [&](const Fields &) { ++row.active; });
    row.lastSchedule = secondsOf(status.text("lastScheduleTime"));
    row.lastSuccess = secondsOf(status.text("lastSuccessfulTime"));
    return row;
}

AnalysisRow readAnalysis(const Fields &object, TextPool &pool) {
    AnalysisRow row;
    const Fields status = object.object("status");
    row.phase = pool.text(status.text("phase"));
    row.message = pool.text(status.text("message"));
    row.started = secondsOf(status.text("startedAt"));
    status.each("metricResults", [&](const Fields &result) {
        AnalysisRow::Metric metric;
        metric.name = pool.text(result.text("name"));
        metric.phase = pool.text(result.text("phase"));
        metric.successful = int(result.integer("successful"));
        metric.failed = int(result.integer("failed"));
        metric.inconclusive = int(result.integer("inconclusive"));
        metric.errors = int(result.integer("error"));
        result.each("measurements", [&](const Fields &measurement) { metric.value = plain(measurement.text("value")); });
        row.metrics.push_back(std::move(metric));
    });
    return row;
}

} // namespace pilothouse::cluster
