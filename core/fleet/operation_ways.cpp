// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/operation_ways.h"

#include "core/fleet/approvers.h"
#include "core/fleet/clusters.h"
#include "core/fleet/commit_artifact.h"
#include "core/fleet/data_operations.h"
#include "core/fleet/environments.h"
#include "core/fleet/gitops_source.h"
#include "core/fleet/policy_edit.h"
#include "core/fleet/pull_requests.h"
#include "core/fleet/workflow_deployer.h"
#include "core/fleet/workload_desk.h"
#include "core/promotion/registry_operations.h"
#include "core/rollouts/apply_folder.h"
#include "core/rollouts/argo_operations.h"
#include "core/rollouts/object_change.h"
#include "core/rollouts/training_operations.h"
#include "core/rollouts/volume_update.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(OperationWays)
};

using Q = QLatin1String;

bool goesOn(const QString &recordKind) {
    static const QStringList kinds{QStringLiteral("copy-version"), QStringLiteral("set-alias"), QStringLiteral("set-description"), QStringLiteral("set-stage"), QStringLiteral("set-tag")};
    return kinds.contains(recordKind);
}

bool goesBack(const QString &recordKind, bool failed) {
    static const QStringList kinds{QStringLiteral("register"), QStringLiteral("workload"), QStringLiteral("rollout-apply"), QStringLiteral("argo-action"), QStringLiteral("argo-undo"), QStringLiteral("object-change"),
                                   QStringLiteral("volume-update"), QStringLiteral("train-job"), QStringLiteral("deploy-tag")};
    if (recordKind == Q("approver") || recordKind == Q("retrain-policy") || recordKind == Q("gitops-commit") || recordKind == Q("commit-artifact") || recordKind == Q("pull-request"))
        return !failed; // half of it is nothing: the commit is on its branch, or not
    if (goesOn(recordKind) || kinds.contains(recordKind))
        return true;
    return !failed && recordKind.startsWith(Q("data."));
}

/// A version that somebody waits for must not vanish under the request.
Result<void> notAskedFor(const Services &services, const operations::Operation &reverse) {
    if (reverse.kind != Q("delete-version"))
        return {};
    PH_ASSIGN(const auto requests, services.promotions->requests());
    for (const promotion::Request &r : requests)
        if (r.connection == reverse.connection && QStringLiteral("model ") + r.model == reverse.object && r.version == reverse.before.value(Q("version")).toInt() &&
            (r.state == promotion::RequestState::Pending || r.state == promotion::RequestState::Executing))
            return refused(Text::tr("Promotion %1 of %2 v%3 waits for a decision.").arg(r.id, r.model).arg(r.version), {}, Text::tr("Reject it first: pilot reject %1 --comment “…”.").arg(r.id));
    return {};
}

} // namespace

OperationWays waysOn(const std::vector<operations::JournalEntry> &entries, const QString &operation) {
    OperationWays out;
    QString last, kind, settled;
    QStringList done; // operations that came to an end, newest first
    for (const operations::JournalEntry &e : entries) {
        if (e.operation.isEmpty() || e.phase == Q("note"))
            continue;
        if (e.phase == Q("done"))
            done << e.operation;
        const bool about = e.details.value(Q("undoes")).toString() == operation || e.details.value(Q("continues")).toString() == operation;
        if (about && e.phase == Q("executing") && done.contains(e.operation) && settled.isEmpty())
            settled = e.operation;
        if (e.operation != operation)
            continue;
        if (last.isEmpty())
            last = e.phase;
        if (e.phase == Q("executing") && last == Q("executing") && operations::processGone(e))
            last = QStringLiteral("failed"); // killed in the midst: what it did is found
        if (e.phase == Q("executing"))
            kind = e.details.value(Q("undo")).toObject().value(Q("kind")).toString();
    }
    const bool failed = last == Q("failed");
    if (last.isEmpty() || last == Q("refused") || last == Q("planned")) {
        out.why = Text::tr("Nothing was sent.");
    } else if (last != Q("done") && !failed) {
        out.why = last == Q("undone") ? Text::tr("It was undone.") : Text::tr("It has not ended.");
    } else if (!settled.isEmpty()) {
        out.why = Text::tr("It was settled by %1.").arg(settled);
    } else {
        out.undo = goesBack(kind, failed);
        out.goOn = failed && goesOn(kind);
        if (!out.undo && !out.goOn)
            out.why = kind == Q("promotion") ? Text::tr("A promotion is undone from its model.") : Text::tr("This kind of operation keeps nothing by which it could be undone.");
    }
    return out;
}

Result<operations::Operation> reverseOperation(const Services &services, const QString &id, std::stop_token stop) {
    PH_ASSIGN(const operations::RecordedOperation recorded, operations::recordedOperation(*services.journal, id));
    if (isApproverOperation(recorded))
        return undoApproverOperation(services.workspace.file, recorded);
    if (isPolicyOperation(recorded))
        return undoPolicyOperation(services.workspace.file, recorded);
    if (isDataOperation(recorded)) {
        PH_ASSIGN(const DataWork work, dataWork(services, std::move(stop)));
        return undoDataOperation(work, *services.journal, recorded);
    }
    if (recorded.undoRecord.value(Q("kind")) == Q("rollout-apply")) {
        PH_ASSIGN(const auto api, services.clusters->of(recorded.connection));
        return rollouts::undoApplyOperation(api, recorded);
    }
    if (rollouts::isGitOpsOperation(recorded)) {
        PH_ASSIGN(const rollouts::GitOpsSource source, gitOpsSource(services, recorded));
        return rollouts::undoGitOpsOperation(source, recorded, services.operations->actor().name);
    }
    if (recorded.undoRecord.value(Q("kind")) == Q("commit-artifact"))
        return undoArtifactCommit(services, recorded);
    if (recorded.undoRecord.value(Q("kind")) == Q("pull-request"))
        return closePullOf(services, recorded);
    if (recorded.undoRecord.value(Q("kind")) == Q("deploy-tag"))
        return undoDeployTag(services, recorded);
    if (rollouts::isWorkloadOperation(recorded)) {
        PH_ASSIGN(const rollouts::WorkloadDesk desk, workloadDesk(services, recorded));
        return rollouts::reverseWorkloadOperation(desk, recorded);
    }
    if (recorded.undoRecord.value(Q("kind")).toString() == Q("train-job")) {
        PH_ASSIGN(const std::shared_ptr<const cluster::KubeApi> api, services.clusters->of(recorded.connection));
        PH_ASSIGN(const cluster::KubeRef ref, cluster::parseKubeRef(recorded.undoRecord.value(Q("object")).toString(), recorded.undoRecord.value(Q("namespace")).toString()));
        return rollouts::cancelTraining(api, ref);
    }
    if (const QString way = recorded.undoRecord.value(Q("kind")).toString(); way == Q("argo-action") || way == Q("argo-undo") || way == Q("object-change") || way == Q("volume-update")) {
        PH_ASSIGN(const std::shared_ptr<const cluster::KubeApi> api, services.clusters->of(recorded.connection));
        if (way == Q("volume-update"))
            return rollouts::undoVolumeUpdate(api, recorded);
        return way == Q("object-change") ? rollouts::reverseObjectChange(api, recorded) : rollouts::reverseArgoOperation(api, recorded, services.clock->nowUtc());
    }
    const QString connection = recorded.undoRecord.value(Q("connection")).toString();
    if (promotion::makesVersion(recorded)) {
        if (recorded.phase != Q("done") && recorded.phase != Q("failed"))
            return refused(Text::tr("Operation %1 is %2: there is nothing to undo.").arg(id, recorded.phase));
        PH_ASSIGN(operations::Operation reverse, promotion::undoMadeVersionOperation(registryOf(services), recorded, services.operations->actor()));
        PH_TRY(notAskedFor(services, reverse));
        return reverse;
    }
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    PH_ASSIGN(operations::Operation reverse, promotion::undoRegistryOperation(registry, *services.journal, id, services.operations->actor()));
    if (!connection.isEmpty())
        reverse.undoRecord.insert(Q("connection"), connection);
    return reverse;
}

Result<operations::Operation> continueOperation(const Services &services, const QString &id) {
    PH_ASSIGN(const operations::RecordedOperation recorded, operations::recordedOperation(*services.journal, id));
    if (recorded.phase == Q("executing"))
        return refused(Text::tr("Operation %1 is under way in another program.").arg(id), {}, Text::tr("Wait until it ends, or end that program; then what it did is found."));
    if (recorded.phase != Q("failed"))
        return refused(Text::tr("Operation %1 is %2: there is nothing to go on with.").arg(id, recorded.phase));
    const QString kind = recorded.undoRecord.value(Q("kind")).toString(), connection = recorded.undoRecord.value(Q("connection")).toString();
    if (kind == Q("promotion"))
        return refused(recorded.interrupted ? Text::tr("A promotion that was interrupted is finished or put back by the next program that opens the workspace as operator.") : Text::tr("A promotion that failed was put back."), {}, Text::tr("Ask for it again: pilot promote %1 VERSION.").arg(recorded.undoRecord.value(Q("model")).toString()));
    PH_ASSIGN(const auto entries, services.journal->entries());
    for (const operations::JournalEntry &e : entries) // newest first
        if (e.phase == Q("executing") && (e.details.value(Q("continues")).toString() == id || e.details.value(Q("undoes")).toString() == id)) {
            PH_ASSIGN(const operations::RecordedOperation later, operations::recordedOperation(*services.journal, e.operation));
            if (later.phase == Q("done"))
                return refused(Text::tr("Operation %1 was settled by %2 already.").arg(id, later.id));
        }
    if (kind == Q("rollout-apply"))
        return refused(Text::tr("An apply goes on by another one: what is there already is left alone."), {}, Text::tr("Apply the folder again: pilot rollouts apply DIR."));
    if (kind == Q("workload"))
        return refused(Text::tr("A change of a workload is made whole or not at all."), {}, Text::tr("Look at its history, then make it anew: pilot rollouts history."));
    if (kind == Q("copy-version"))
        return promotion::continueCopyOperation(registryOf(services), recorded, services.operations->actor());
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    PH_ASSIGN(operations::Operation again, promotion::continueRegistryOperation(registry, recorded, services.operations->actor()));
    if (!connection.isEmpty())
        again.undoRecord.insert(Q("connection"), connection);
    return again;
}

QString halfwayText(const operations::Operation &operation, const operations::OperationOutcome &outcome) {
    QStringList parts;
    bool sent = false;
    for (const operations::StepOutcome &step : outcome.steps) {
        parts << QStringLiteral("%1 %2: %3").arg(step.call.verb, step.call.object, step.sent && step.state == Q("failed") ? Text::tr("sent, but not seen") : step.state);
        sent = sent || step.sent || step.state == Q("failed");
    }
    if (!sent)
        return {};
    QStringList ways;
    const QString kind = operation.undoRecord.value(Q("kind")).toString();
    if (goesOn(kind))
        ways << Text::tr("Go on: pilot continue %1").arg(outcome.id);
    if (goesBack(kind, true))
        ways << Text::tr("Take back: pilot undo %1").arg(outcome.id);
    return Text::tr("What was done: %1.").arg(parts.join(QStringLiteral("; "))) + (ways.isEmpty() ? QString() : QLatin1Char('\n') + ways.join(QLatin1Char('\n')));
}

} // namespace pilothouse::fleet
