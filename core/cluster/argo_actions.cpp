// SPDX-License-Identifier: GPL-3.0-or-later
// Patches: argoproj/argo-rollouts pkg/kubectl-argo-rollouts/cmd/{promote,abort,retry,pause,restart,undo}.
#include "core/cluster/argo_actions.h"

#include "core/cluster/argo_rollout.h"

namespace pilothouse::cluster {

using Q = QLatin1String;

QString argoActionName(ArgoAction action) {
    switch (action) {
    case ArgoAction::Promote: return QStringLiteral("promote");
    case ArgoAction::Full: return QStringLiteral("full");
    case ArgoAction::Skip: return QStringLiteral("skip");
    case ArgoAction::SkipAll: return QStringLiteral("skip-all");
    case ArgoAction::Abort: return QStringLiteral("abort");
    case ArgoAction::Retry: return QStringLiteral("retry");
    case ArgoAction::Pause: return QStringLiteral("pause");
    case ArgoAction::Resume: return QStringLiteral("resume");
    case ArgoAction::Restart: break;
    }
    return QStringLiteral("restart");
}

namespace {

QJsonObject statusPatch(const QJsonObject &fields) { return {{Q("status"), fields}}; }
QJsonObject specPatch(const QJsonObject &fields) { return {{Q("spec"), fields}}; }

QString stepName(const ArgoStatus &s, int index) {
    if (index >= int(s.steps.size()))
        return QStringLiteral("the end: all traffic");
    return QStringLiteral("step %1 of %2 (%3)").arg(index + 1).arg(s.steps.size()).arg(s.steps[std::size_t(index)].text);
}

QString onward(const ArgoStatus &s) { return QStringLiteral("%1 → %2").arg(stepName(s, s.step), stepName(s, std::min(s.step + 1, int(s.steps.size())))); }

/// What is cut short by leaving the present step.
QString skipped(const ArgoStatus &s) {
    if (s.step < 0 || s.step >= int(s.steps.size()))
        return {};
    const ArgoStep &step = s.steps[std::size_t(s.step)];
    if (step.kind == Q("analysis"))
        return QStringLiteral("The analysis that runs is skipped: its verdict is not waited for.");
    if (step.kind == Q("experiment"))
        return QStringLiteral("The experiment that runs is skipped: its verdict is not waited for.");
    if (step.kind == Q("setWeight"))
        return QStringLiteral("It is not waited until the pods for %1 % are ready.").arg(step.weight.value_or(0));
    return {};
}

Error nothingToDo(const ArgoStatus &s, const QString &why, const QString &hint = {}) { return refused(why, QStringLiteral("rollout/%1 in %2").arg(s.name, s.space), hint); }

/// getPatches() of the plugin, the plain case.
Result<ArgoPatches> promote(const ArgoStatus &s) {
    ArgoPatches out;
    out.unified = QJsonObject{{Q("spec"), QJsonObject{{Q("paused"), false}}}, {Q("status"), QJsonObject{{Q("pauseConditions"), QJsonValue::Null}}}};
    if (s.pausedBySpec)
        out.spec = specPatch({{Q("paused"), false}});
    const bool stepped = s.step >= 0;
    const int next = std::min(s.step + 1, int(s.steps.size()));
    bool inconclusive = false;
    for (const ArgoAnalysisRef &run : s.analyses)
        inconclusive = inconclusive || (run.role == Q("step") && run.phase == Q("Inconclusive"));
    if (s.strategy == Q("Canary") && inconclusive && !s.pauseReasons.isEmpty() && s.controllerPause) {
        if (stepped) {
            out.status = statusPatch({{Q("pauseConditions"), QJsonValue::Null}, {Q("controllerPause"), false}, {Q("currentStepIndex"), next}});
            out.effect = onward(s);
            out.note = QStringLiteral("The analysis was inconclusive and is passed over.");
        }
    } else if (!s.pauseReasons.isEmpty()) {
        out.status = statusPatch({{Q("pauseConditions"), QJsonValue::Null}});
        out.effect = stepped ? QStringLiteral("out of the pause: ") + onward(s) : QStringLiteral("out of the pause: the new version takes over");
    } else if (s.strategy == Q("Canary") && stepped) {
        out.status = statusPatch({{Q("pauseConditions"), QJsonValue::Null}, {Q("currentStepIndex"), next}});
        out.unified = QJsonObject{{Q("spec"), QJsonObject{{Q("paused"), false}}}, {Q("status"), QJsonObject{{Q("pauseConditions"), QJsonValue::Null}, {Q("currentStepIndex"), next}}}};
        out.effect = onward(s);
        out.note = skipped(s);
    }
    if (!out.status && !out.spec)
        return nothingToDo(s, QStringLiteral("The rollout is not paused: there is nothing to promote."));
    if (out.effect.isEmpty())
        out.effect = QStringLiteral("goes on (spec.paused is taken away)");
    return out;
}

} // namespace

Result<ArgoPatches> argoPatches(const QJsonObject &rollout, ArgoAction action, const QDateTime &now) {
    const ArgoStatus s = argoStatus(rollout, {});
    const bool promotes = action == ArgoAction::Promote || action == ArgoAction::Full || action == ArgoAction::Skip || action == ArgoAction::SkipAll;
    if (promotes && s.aborted)
        return nothingToDo(s, QStringLiteral("The rollout was aborted: a promote has no effect on it."), QStringLiteral("`pilot rollouts retry rollout/%1` first, or undo to a good revision.").arg(s.name));
    const bool skips = action == ArgoAction::Skip || action == ArgoAction::SkipAll;
    if (skips && s.strategy == Q("BlueGreen"))
        return nothingToDo(s, QStringLiteral("A blue-green rollout has no steps to skip."), QStringLiteral("Promote it."));
    if (skips && s.step < 0)
        return nothingToDo(s, QStringLiteral("The rollout has no steps to skip."));
    if (promotes && s.fullyPromoted && s.pauseReasons.isEmpty() && !s.pausedBySpec)
        return nothingToDo(s, QStringLiteral("The rollout is fully promoted: there is nothing to promote."));
    ArgoPatches out;
    const auto status = [&](const QJsonObject &fields, const QString &effect, const QString &note = {}) {
        out.status = out.unified = statusPatch(fields);
        out.effect = effect;
        out.note = note;
    };
    switch (action) {
    case ArgoAction::Promote: return promote(s);
    case ArgoAction::Full:
        if (s.fullyPromoted)
            return nothingToDo(s, QStringLiteral("The rollout is fully promoted: there is nothing to promote."));
        status({{Q("promoteFull"), true}}, QStringLiteral("%1 → all traffic").arg(s.step >= 0 ? stepName(s, s.step) : QStringLiteral("the stable version")),
               QStringLiteral("Steps, pauses and analyses that are left are skipped."));
        break;
    case ArgoAction::Skip:
        if (s.step >= int(s.steps.size()))
            return nothingToDo(s, QStringLiteral("All steps are done: there is nothing to skip."));
        status({{Q("currentStepIndex"), s.step + 1}}, onward(s), skipped(s));
        break;
    case ArgoAction::SkipAll:
        status({{Q("currentStepIndex"), int(s.steps.size())}}, QStringLiteral("%1 → the end").arg(stepName(s, s.step)), QStringLiteral("Analyses of the steps that are left do not run."));
        break;
    case ArgoAction::Abort:
        if (s.aborted)
            return nothingToDo(s, QStringLiteral("The rollout is aborted already."));
        if (s.fullyPromoted)
            return nothingToDo(s, QStringLiteral("The rollout is fully promoted: there is nothing to abort."), QStringLiteral("To go back to an earlier revision: `pilot rollouts undo rollout/%1`.").arg(s.name));
        status({{Q("abort"), true}}, QStringLiteral("all traffic back to the stable version"),
               QStringLiteral("The template still is the new version: undo it to end the rollout for good, or retry."));
        break;
    case ArgoAction::Retry:
        if (!s.aborted)
            return nothingToDo(s, QStringLiteral("The rollout was not aborted: there is nothing to retry."));
        status({{Q("abort"), false}}, QStringLiteral("begins again with its first step"));
        break;
    case ArgoAction::Pause:
    case ArgoAction::Resume: {
        const bool pause = action == ArgoAction::Pause;
        if (s.pausedBySpec == pause)
            return nothingToDo(s, pause ? QStringLiteral("The rollout is paused already.") : QStringLiteral("The rollout was not paused by hand."),
                               pause || s.pauseReasons.isEmpty() ? QString() : QStringLiteral("It waits on a step: promote it."));
        out.spec = specPatch({{Q("paused"), pause}});
        out.effect = pause ? QStringLiteral("holds where it is") : QStringLiteral("goes on");
        break;
    }
    case ArgoAction::Restart:
        out.spec = specPatch({{Q("restartAt"), now.toUTC().toString(Qt::ISODate)}});
        out.effect = QStringLiteral("its pods are made anew, few at a time");
        break;
    }
    return out;
}

Result<QJsonObject> sendArgoPatches(const KubeApi &api, const KubeRef &ref, const ArgoPatches &patches, const QString &resourceVersion, bool dryRun) {
    QString version = resourceVersion;
    const auto guarded = [&](QJsonObject body) {
        if (!version.isEmpty())
            body.insert(Q("metadata"), QJsonObject{{Q("resourceVersion"), version}});
        return body;
    };
    std::optional<QJsonObject> now, spec = patches.spec;
    if (patches.status) {
        auto sent = api.patch(objectPath(ref, QStringLiteral("status")), PatchKind::Merge, guarded(*patches.status), dryRun);
        if (!sent && (sent.error().kind != ErrorKind::NotFound || !patches.unified))
            return sent.error();
        if (sent) {
            now = *std::move(sent);
            if (!version.isEmpty() && !dryRun)
                version = metadataText(*now, "resourceVersion");
        } else {
            spec = patches.unified; // no status subresource: 0.x
        }
    }
    if (spec) {
        PH_ASSIGN(now, api.patch(objectPath(ref), PatchKind::Merge, guarded(*spec), dryRun));
    }
    if (!now)
        return invalid(QStringLiteral("There is nothing to send."), ref.text());
    return *now;
}

namespace {

bool isEmptyValue(const QJsonValue &v) {
    return v.isNull() || v.isUndefined() || (v.isString() && v.toString().isEmpty()) || (v.isArray() && v.toArray().isEmpty()) || (v.isObject() && v.toObject().isEmpty()) ||
           (v.isDouble() && v.toDouble() == 0) || (v.isBool() && !v.toBool());
}

QJsonObject withoutHash(QJsonObject pod) {
    QJsonObject metadata = pod.value(Q("metadata")).toObject(), labels = metadata.value(Q("labels")).toObject();
    labels.remove(argoHashLabel);
    labels.remove(QStringLiteral("pod-template-hash"));
    metadata.insert(Q("labels"), labels);
    metadata.remove(Q("creationTimestamp"));
    pod.insert(Q("metadata"), metadata);
    return pod;
}

} // namespace

bool derives(const QJsonValue &wanted, const QJsonValue &has) {
    if (isEmptyValue(wanted))
        return true;
    if (wanted.type() != has.type())
        return false;
    if (wanted.isObject()) {
        const QJsonObject w = wanted.toObject(), h = has.toObject();
        for (auto it = w.begin(); it != w.end(); ++it)
            if (!derives(it.value(), h.value(it.key())))
                return false;
        return true;
    }
    if (wanted.isArray()) {
        const QJsonArray w = wanted.toArray(), h = has.toArray();
        if (w.size() != h.size())
            return false;
        for (qsizetype i = 0; i < w.size(); ++i)
            if (!derives(w.at(i), h.at(i)))
                return false;
        return true;
    }
    return wanted == has;
}

Result<ArgoUndo> argoUndo(const KubeRef &ref, const QJsonObject &rollout, const QJsonObject &workload, const std::vector<QJsonObject> &replicaSets, int revision) {
    const std::vector<QJsonObject> owned = argoOwned(rollout, replicaSets);
    const QJsonObject *target = nullptr;
    if (revision > 0) {
        for (const QJsonObject &set : owned)
            if (annotation(set, argoRevisionAnnotation).toInt() == revision)
                target = &set;
        if (!target) {
            QStringList known;
            for (const QJsonObject &set : owned)
                known << annotation(set, argoRevisionAnnotation);
            return notFound(QStringLiteral("The rollout has no revision %1 any more.").arg(revision), ref.text(), known.isEmpty() ? QString() : QStringLiteral("It has: %1.").arg(known.join(QStringLiteral(", "))));
        }
    } else if (owned.size() > 1) {
        target = &owned[1];
    } else {
        return notFound(QStringLiteral("The rollout has no earlier revision."), ref.text());
    }
    ArgoUndo out;
    out.object = ref;
    out.revision = annotation(*target, argoRevisionAnnotation).toInt();
    const QJsonObject reference = rollout.value(Q("spec")).toObject().value(Q("workloadRef")).toObject();
    if (!reference.isEmpty()) {
        const QString kind = reference.value(Q("kind")).toString();
        if (kind != Q("Deployment"))
            return refused(QStringLiteral("The rollout takes its template from %1/%2, which has no revisions to go back to.").arg(kind, reference.value(Q("name")).toString()), ref.text(),
                           QStringLiteral("Change the template there."));
        out.object = {kinds::Deployment, ref.space, reference.value(Q("name")).toString()};
    }
    const QJsonObject holder = reference.isEmpty() ? rollout : workload;
    out.before = holder.value(Q("spec")).toObject().value(Q("template")).toObject();
    out.after = withoutHash(target->value(Q("spec")).toObject().value(Q("template")).toObject());
    if (derives(withoutHash(out.before), out.after))
        return refused(QStringLiteral("The template is that of revision %1 already.").arg(out.revision), ref.text(), QStringLiteral("Nothing was changed."));
    out.patch = {QJsonObject{{Q("op"), Q("replace")}, {Q("path"), Q("/spec/template")}, {Q("value"), out.after}}};
    return out;
}

} // namespace pilothouse::cluster
