// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/deployment_target.h"

#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"
#include "core/cluster/rollout_status.h"
#include "core/cluster/workload_change.h"

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

QJsonObject specOf(const QJsonObject &object) { return object.value(Q("spec")).toObject(); }
bool isPaused(const QJsonObject &object) { return specOf(object).value(Q("paused")).toBool(); }

QString progressing(const QJsonObject &object) {
    for (const QJsonValue &value : object.value(Q("status")).toObject().value(Q("conditions")).toArray())
        if (value.toObject().value(Q("type")).toString() == Q("Progressing"))
            return value.toObject().value(Q("reason")).toString();
    return {};
}

DeploymentPayload::Annotations templateAnnotations(const QJsonObject &podTemplate) {
    const QJsonObject all = podTemplate.value(Q("metadata")).toObject().value(Q("annotations")).toObject();
    DeploymentPayload::Annotations out;
    for (auto it = all.begin(); it != all.end(); ++it)
        out.insert(it.key(), it.value().toString());
    return out;
}

/// What a Deployment does now, in the words of all rollouts.
struct Look {
    RolloutVerdict verdict;
    WorkloadRevision now;                 ///< of its template, also before a ReplicaSet has it
    std::optional<WorkloadRevision> old;  ///< what serves beside it
    RolloutPhase phase = RolloutPhase::None;
};

Look lookAt(const Workload &w) {
    Look out;
    out.verdict = rolloutVerdict(w.object);
    if (const auto *current = w.current()) {
        out.now = *current;
    } else { // its controller has not seen the template yet
        out.now.revision = w.history.empty() ? 1 : w.history.front().revision + 1;
        out.now.podTemplate = w.podTemplate();
        out.now.annotations = w.object.value(Q("metadata")).toObject().value(Q("annotations")).toObject();
        for (const QJsonValue &container : specOf(out.now.podTemplate).value(Q("containers")).toArray())
            out.now.images << container.toObject().value(Q("image")).toString();
        if (const auto said = changeNote(out.now.annotations, out.now.podTemplate)) {
            out.now.by = said->by;
            out.now.cause = said->what;
            out.now.operation = said->operation;
            out.now.model = said->model;
            out.now.version = said->version;
            out.now.when = said->at;
        }
    }
    const bool observed = w.object.value(Q("metadata")).toObject().value(Q("generation")).toInteger() <= w.object.value(Q("status")).toObject().value(Q("observedGeneration")).toInteger();
    // Pods that fail after the rollout was complete make no rollout of it.
    const bool complete = out.verdict.done || (observed && !out.verdict.failed && w.current() && progressing(w.object) == Q("NewReplicaSetAvailable"));
    const bool begins = !w.current() || w.current()->replicas == 0;
    for (const WorkloadRevision &r : w.history) // newest first: of several that still have pods the one that came last; before it has pods itself, the one before
        if (!r.current && (r.replicas > 0 ? !out.old || out.old->replicas == 0 : !out.old && begins))
            out.old = r;
    const auto note = changeNote(out.now.annotations, out.now.podTemplate);
    const bool back = !complete && note && note->back;
    if (complete || back) // what is taken back is no canary beside it: the last of its pods are on their way out
        out.old.reset();
    out.phase = back ? RolloutPhase::Aborted : complete ? RolloutPhase::Stable : isPaused(w.object) || out.verdict.failed ? RolloutPhase::Paused : RolloutPhase::Progressing;
    return out;
}

class DeploymentTarget final : public RolloutTarget {
public:
    explicit DeploymentTarget(DeploymentTargetOptions options) : m(std::move(options)) {}

    QString name() const override { return m.name; }

    Result<RolloutStatus> status() const override {
        PH_ASSIGN(const Workload w, readWorkload(*m.api, m.ref));
        const Look look = lookAt(w);
        RolloutStatus out;
        out.target = m.name;
        out.phase = look.phase;
        out.verdict = look.verdict.text + (isPaused(w.object) ? QStringLiteral(" (paused)") : QString());
        out.operation = look.now.operation;
        out.observed = QDateTime::currentDateTimeUtc();
        if (!look.old) {
            out.stable = revision(look.now, QStringLiteral("stable"));
            return out;
        }
        out.stable = revision(*look.old, QStringLiteral("stable"));
        out.canary = revision(look.now, QStringLiteral("canary"));
        out.wantedCanaryShare = 1;
        qint64 all = 0;
        for (const WorkloadRevision &r : w.history)
            all += r.available;
        out.seenCanaryShare = all > 0 ? double(look.now.available) / double(all) : 0;
        return out;
    }

    Result<std::vector<Revision>> history() const override {
        PH_ASSIGN(const Workload w, readWorkload(*m.api, m.ref));
        const Look look = lookAt(w);
        std::vector<Revision> out;
        for (const WorkloadRevision &r : w.history)
            out.push_back(revision(r, r.current && !look.old ? QStringLiteral("stable") : r.current ? QStringLiteral("canary") : look.old && r.uid == look.old->uid ? QStringLiteral("stable") : QStringLiteral("superseded")));
        return out;
    }

    Result<void> start(const Revision &wanted, const QString &packageFolder, const std::vector<int> &, const QString &operation) override {
        PH_ASSIGN(const Workload w, readWorkload(*m.api, m.ref));
        if (isPaused(w.object))
            return refused(QStringLiteral("%1 is paused: a new image would not roll.").arg(m.ref.text()), {}, QStringLiteral("Resume it first: pilot rollouts resume %1.").arg(m.name));
        const ChangeNote note{operation, wanted.by.isEmpty() ? m.by : wanted.by, m.program, {}, m.model, wanted.version, QDateTime::currentDateTimeUtc(), false, {}};
        if (m.payload)
            return startPayload(w, wanted, packageFolder, note);
        PH_ASSIGN(const QString image, m.imageOf(wanted));
        PH_ASSIGN(const QString container, containerFor(w.object, m.container, image));
        QJsonArray ops;
        if (containerNamed(w.podTemplate(), container).value(Q("image")).toString() != image) { // else that version runs already, by another hand: it is noted
            PH_ASSIGN(ops, imagePatch(w.object, container, image));
        }
        ChangeNote said = note;
        said.what = QStringLiteral("%1 version %2, image of %3: %4").arg(m.model).arg(wanted.version).arg(container, image.section(QLatin1Char('/'), -1));
        return sent(w, ops, said);
    }

    Result<void> pause() override { return setPaused(true); }
    Result<void> resume() override { return setPaused(false); }

    Result<void> promote(bool) override {
        PH_ASSIGN(const QJsonObject now, m.api->read(m.ref));
        if (isPaused(now))
            return setPaused(false);
        return refused(QStringLiteral("%1 is a Deployment: it has no steps, its pods are replaced by its own strategy.").arg(m.ref.text()), {}, QStringLiteral("Pause it to hold it, or take the change back: pilot rollouts abort."));
    }

    Result<void> abort(const QString &reason) override {
        PH_ASSIGN(const Workload w, readWorkload(*m.api, m.ref));
        const Look look = lookAt(w);
        if (!look.old)
            return refused(QStringLiteral("%1 is not rolling out anything: %2").arg(m.ref.text(), look.verdict.text), {}, QStringLiteral("To an earlier revision: pilot rollouts undo %1.").arg(m.name));
        return backTo(w, *look.old, reason);
    }

    Result<void> undo(int toRevision) override {
        PH_ASSIGN(const Workload w, readWorkload(*m.api, m.ref));
        PH_ASSIGN(const UndoTarget target, undoTarget(w.object, w.history, toRevision, true));
        return backTo(w, target.revision, {});
    }

    Result<void> withdraw(const QString &) override {
        PH_ASSIGN(const QJsonObject now, m.api->read(m.ref));
        const QJsonObject body{{Q("metadata"), QJsonObject{{Q("resourceVersion"), metadataText(now, "resourceVersion")}}}, {Q("spec"), QJsonObject{{Q("replicas"), 0}}}};
        PH_TRY(m.api->patch(objectPath(m.ref, QStringLiteral("scale")), PatchKind::Merge, body));
        return {};
    }

private:
    Revision revision(const WorkloadRevision &r, const QString &outcome) const {
        Revision out;
        out.revision = int(r.revision);
        out.model = m.model;
        out.version = r.model.isEmpty() || r.model == m.model ? r.version : 0;
        for (const QString &image : r.images)
            if (out.version == 0 && m.versionOf)
                out.version = m.versionOf(image);
        out.by = r.by;
        out.when = r.when;
        out.outcome = outcome;
        out.reason = r.cause;
        return out;
    }

    /// The file (or what else it is) first, then the pods that read it. Of a version that is there already the pods are made anew all the same: they are to have read it.
    Result<void> startPayload(const Workload &w, const Revision &wanted, const QString &folder, ChangeNote note) const {
        PH_ASSIGN(const DeploymentPayload::Annotations put, m.payload->put(folder, templateAnnotations(w.podTemplate())));
        PH_ASSIGN(QJsonArray ops, restartPatch(w.object, note.at));
        for (auto it = put.begin(); it != put.end(); ++it)
            ops.append(templateAnnotation(it.key(), it.value()));
        note.what = QStringLiteral("%1 version %2: its file on the volume, and new pods").arg(m.model).arg(wanted.version);
        return sent(w, ops, note);
    }

    /// Asks the server what the template would be, so that the note is about that, and sends both.
    Result<void> sent(const Workload &w, QJsonArray ops, ChangeNote note) const {
        QJsonObject would = w.object;
        if (!ops.isEmpty()) {
            PH_ASSIGN(would, patchAsPlanned(*m.api, m.ref, w.object, ops, Relies::Template, true));
        }
        note.digest = templateDigest(specOf(would).value(Q("template")).toObject());
        addAnnotation(ops, w.object, ChangeNote::key(), note.text());
        PH_TRY(patchAsPlanned(*m.api, m.ref, w.object, ops, Relies::Template, false));
        return {};
    }

    /// Whatever holds it: a turn-back at night must not wait for somebody who resumes.
    Result<void> backTo(const Workload &w, const WorkloadRevision &to, const QString &reason) const {
        if (m.payload)
            PH_TRY(m.payload->putBack(templateAnnotations(to.podTemplate), templateAnnotations(w.podTemplate())));
        const bool same = sameTemplate(to.podTemplate, w.podTemplate());
        QJsonArray ops = same ? QJsonArray() : undoPatch(w.object, to);
        if (isPaused(w.object))
            ops.append(QJsonObject{{Q("op"), Q("remove")}, {Q("path"), Q("/spec/paused")}});
        const QString what = QStringLiteral("back to revision %1").arg(to.revision) + (reason.isEmpty() ? QString() : QStringLiteral(": ") + reason);
        // Where only the note would change, the version that it told is not the one that was there before: nobody knows which that was.
        return sent(w, ops, {{}, m.by, m.program, what, same ? QString() : to.model, same ? 0 : to.version, QDateTime::currentDateTimeUtc(), true, {}});
    }

    Result<void> setPaused(bool paused) const {
        PH_ASSIGN(const QJsonObject now, m.api->read(m.ref));
        PH_ASSIGN(const QJsonArray ops, pausePatch(now, paused));
        PH_TRY(patchAsPlanned(*m.api, m.ref, now, ops, Relies::Template, false));
        return {};
    }

    DeploymentTargetOptions m;
};

} // namespace

std::shared_ptr<RolloutTarget> deploymentTarget(DeploymentTargetOptions options) { return std::make_shared<DeploymentTarget>(std::move(options)); }

} // namespace pilothouse::cluster
