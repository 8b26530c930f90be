// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/argo_target.h"

#include "core/cluster/argo_actions.h"
#include "core/cluster/argo_analysis.h"
#include "core/cluster/argo_rollout.h"
#include "core/cluster/kserve_target.h"

#include <QJsonArray>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

class ArgoTarget final : public RolloutTarget {
public:
    explicit ArgoTarget(ArgoTargetOptions options) : m_o(std::move(options)) {}
    QString name() const override { return QStringLiteral("rollout/") + m_o.ref.name; }
    Result<RolloutStatus> status() const override;
    Result<std::vector<Revision>> history() const override;
    Result<void> start(const Revision &revision, const QString &, const std::vector<int> &, const QString &operation) override;
    Result<void> pause() override { return act(ArgoAction::Pause); }
    Result<void> resume() override { return act(ArgoAction::Resume); }
    Result<void> promote(bool full) override { return act(full ? ArgoAction::Full : ArgoAction::Promote); }
    Result<void> abort(const QString &) override;
    Result<void> undo(int toRevision) override;
    Result<void> withdraw(const QString &) override {
        return refused(QStringLiteral("A Rollout in a cluster is not taken out of service from here."), m_o.ref.text(), QStringLiteral("Scale it to 0, or delete it where its manifest is kept."));
    }

private:
    struct Seen {
        QJsonObject rollout;
        ArgoStatus status;
        std::vector<QJsonObject> sets;
    };
    Result<Seen> look() const;
    Result<void> act(ArgoAction action);
    Revision revisionOf(const ArgoReplicaSet &set, const ArgoStatus &s) const;
    Result<std::pair<KubeRef, QJsonObject>> templateHolder(const QJsonObject &rollout) const;
    ArgoTargetOptions m_o;
};

Result<ArgoTarget::Seen> ArgoTarget::look() const {
    Seen out;
    PH_ASSIGN(out.rollout, m_o.api->read(m_o.ref));
    PH_ASSIGN(const auto all, m_o.api->list(kinds::ReplicaSet, m_o.ref.space));
    out.sets = argoOwned(out.rollout, all);
    out.status = argoStatus(out.rollout, out.sets);
    return out;
}

Revision ArgoTarget::revisionOf(const ArgoReplicaSet &set, const ArgoStatus &s) const {
    Revision out;
    out.revision = set.revision;
    out.model = m_o.model;
    const QString image = set.images.isEmpty() ? QString() : set.images.first();
    out.version = m_o.versionOf && !image.isEmpty() ? m_o.versionOf(image) : 0;
    out.when = set.created;
    out.reason = set.description.isEmpty() ? image : QStringLiteral("%1 (%2)").arg(image, set.description);
    const bool newest = set.hash == s.currentHash;
    out.outcome = set.stable ? QStringLiteral("stable") : newest && s.aborted ? QStringLiteral("aborted") : newest ? QStringLiteral("canary") : QStringLiteral("superseded");
    return out;
}

Result<RolloutStatus> ArgoTarget::status() const {
    PH_ASSIGN(const Seen seen, look());
    const ArgoStatus &s = seen.status;
    RolloutStatus out;
    out.target = name();
    out.observed = QDateTime::currentDateTimeUtc();
    if (s.phase == Q("Healthy"))
        out.phase = RolloutPhase::Stable;
    else if (s.phase == Q("Paused"))
        out.phase = RolloutPhase::Paused;
    else
        out.phase = s.aborted ? RolloutPhase::Aborted : RolloutPhase::Progressing; // Degraded without an abort: the canary still stands there
    for (const ArgoReplicaSet &set : s.replicaSets) {
        if (set.stable)
            out.stable = revisionOf(set, s);
        else if (set.hash == s.currentHash && !set.hash.isEmpty())
            out.canary = revisionOf(set, s);
    }
    const int whole = std::max(1, s.maxWeight);
    for (int i = 0; i < int(s.steps.size()); ++i)
        if (const ArgoStep &step = s.steps[std::size_t(i)]; step.weight) {
            // The pauses and analyses behind a weight are part of its step.
            int end = i + 1;
            while (end < int(s.steps.size()) && !s.steps[std::size_t(end)].weight)
                ++end;
            const bool here = s.step >= i && s.step < end && step.state != Q("aborted") && !s.fullyPromoted;
            out.steps.push_back({*step.weight * 100 / whole, here ? QStringLiteral("current") : step.state, {}, {}});
            if (here)
                out.currentStep = int(out.steps.size()) - 1;
        }
    if (!s.fullyPromoted && s.strategy == Q("Canary")) {
        out.wantedCanaryShare = double(s.setWeight) / whole;
        out.seenCanaryShare = double(s.actualWeight) / whole;
    } else if (s.strategy == Q("BlueGreen") && !s.fullyPromoted && !s.activeHash.isEmpty() && s.activeHash == s.currentHash) {
        out.wantedCanaryShare = out.seenCanaryShare = 1;
    }
    out.verdict = s.message;
    if (!s.fullyPromoted)
        out.operation = annotation(seen.rollout, startedByAnnotation);
    for (const QString &problem : s.problems)
        if (!out.verdict.contains(problem))
            out.verdict += (out.verdict.isEmpty() ? QString() : QStringLiteral(" · ")) + problem;
    for (const ArgoAnalysisRef &run : s.analyses) {
        const auto read = m_o.api->read({kinds::AnalysisRun, m_o.ref.space, run.name});
        if (const QString why = read ? argoAnalysisSentence(argoAnalysis(*read)) : QString(); !why.isEmpty())
            out.verdict += (out.verdict.isEmpty() ? QString() : QStringLiteral(" · ")) + why;
    }
    return out;
}

Result<std::vector<Revision>> ArgoTarget::history() const {
    PH_ASSIGN(const Seen seen, look());
    std::vector<Revision> out;
    for (const ArgoReplicaSet &set : seen.status.replicaSets)
        out.push_back(revisionOf(set, seen.status));
    return out;
}

Result<void> ArgoTarget::act(ArgoAction action) {
    PH_ASSIGN(const QJsonObject rollout, m_o.api->read(m_o.ref));
    PH_ASSIGN(const ArgoPatches patches, argoPatches(rollout, action, QDateTime::currentDateTimeUtc()));
    PH_TRY(sendArgoPatches(*m_o.api, m_o.ref, patches, metadataText(rollout, "resourceVersion")));
    return {};
}

Result<void> ArgoTarget::abort(const QString &) {
    PH_ASSIGN(const QJsonObject rollout, m_o.api->read(m_o.ref));
    if (argoStatus(rollout, {}).aborted)
        return {}; // it was turned back already, by its own analysis perhaps
    return act(ArgoAction::Abort);
}

Result<std::pair<KubeRef, QJsonObject>> ArgoTarget::templateHolder(const QJsonObject &rollout) const {
    const QJsonObject reference = rollout.value(Q("spec")).toObject().value(Q("workloadRef")).toObject();
    if (reference.isEmpty())
        return std::pair(m_o.ref, rollout);
    if (reference.value(Q("kind")).toString() != Q("Deployment"))
        return refused(QStringLiteral("The rollout takes its template from a %1.").arg(reference.value(Q("kind")).toString()), m_o.ref.text(), QStringLiteral("Change the template there."));
    const KubeRef ref{kinds::Deployment, m_o.ref.space, reference.value(Q("name")).toString()};
    PH_ASSIGN(const QJsonObject deployment, m_o.api->read(ref));
    return std::pair(ref, deployment);
}

Result<void> ArgoTarget::start(const Revision &revision, const QString &, const std::vector<int> &, const QString &operation) {
    if (!m_o.imageOf)
        return refused(QStringLiteral("Nothing says which image holds version %1 of %2.").arg(revision.version).arg(revision.model), m_o.ref.text(), QStringLiteral("`pilot rollouts set-image rollout/%1 IMAGE`.").arg(m_o.ref.name));
    PH_ASSIGN(const QString image, m_o.imageOf(revision));
    PH_ASSIGN(const QJsonObject rollout, m_o.api->read(m_o.ref));
    PH_ASSIGN(const auto holder, templateHolder(rollout));
    const QJsonArray containers = holder.second.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray();
    int index = m_o.container.isEmpty() && !containers.isEmpty() ? 0 : -1;
    for (int i = 0; i < int(containers.size()); ++i)
        if (containers.at(i).toObject().value(Q("name")).toString() == m_o.container)
            index = i;
    if (index < 0)
        return notFound(QStringLiteral("The template has no container “%1”.").arg(m_o.container), holder.first.text());
    if (containers.at(index).toObject().value(Q("image")).toString() == image)
        return {}; // started before, by the same operation
    const QJsonArray patch{QJsonObject{{Q("op"), Q("test")}, {Q("path"), Q("/metadata/resourceVersion")}, {Q("value"), metadataText(holder.second, "resourceVersion")}},
                           QJsonObject{{Q("op"), Q("replace")}, {Q("path"), QStringLiteral("/spec/template/spec/containers/%1/image").arg(index)}, {Q("value"), image}}};
    PH_TRY(m_o.api->patch(objectPath(holder.first), PatchKind::Json, patch));
    if (!operation.isEmpty())
        PH_TRY(m_o.api->patch(objectPath(m_o.ref), PatchKind::Merge, QJsonObject{{Q("metadata"), QJsonObject{{Q("annotations"), QJsonObject{{startedByAnnotation, operation}}}}}}));
    return {};
}

Result<void> ArgoTarget::undo(int toRevision) {
    PH_ASSIGN(const Seen seen, look());
    PH_ASSIGN(const auto holder, templateHolder(seen.rollout));
    PH_ASSIGN(const ArgoUndo undo, argoUndo(m_o.ref, seen.rollout, holder.first == m_o.ref ? QJsonObject() : holder.second, seen.sets, toRevision));
    QJsonArray patch = undo.patch;
    patch.prepend(QJsonObject{{Q("op"), Q("test")}, {Q("path"), Q("/metadata/resourceVersion")}, {Q("value"), metadataText(holder.second, "resourceVersion")}});
    PH_TRY(m_o.api->patch(objectPath(undo.object), PatchKind::Json, patch));
    return {};
}

} // namespace

std::shared_ptr<RolloutTarget> argoTarget(ArgoTargetOptions options) { return std::make_shared<ArgoTarget>(std::move(options)); }

} // namespace pilothouse::cluster
