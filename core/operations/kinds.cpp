// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/operations/kinds.h"

#include <algorithm>

namespace pilothouse::operations {

const std::vector<OperationKind> &operationKinds() {
    using workspace::Role;
    // A turn-back carries out an undo that was approved with its plan, and must not fail for want of a role at night.
    static const std::vector<OperationKind> kinds{
        {"abandon-mirror", Role::Operator, "a training that waits to be sent to a registry: it is not"},
        {"ab-test", Role::Approver, "a fixed split of the traffic of an endpoint: real requests to a version that no promotion approved"},
        {"alert-silence", Role::Operator, "a silence: what an alert rule finds is not told until it ends"},
        {"alert-silence-end", Role::Operator, "a silence: it ends now"},
        {"approval-key", Role::Viewer, "one's own key in the keychain; worth nothing until the workspace names it"},
        {"approve", Role::Approver, "a decision about a promotion"},
        {"approver", Role::Approver, "the workspace file: whose approvals count"},
        {"commit-artifact", Role::Operator, "a branch of a Git repository: a trained model's files, or DVC's pointer to them"},
        {"connect", Role::Operator, "the workspace file: a connection more"},
        {"connection-sign-in", Role::Viewer, "one's own sign-in in the keychain; what it may do, the directory says"},
        {"copy-version", Role::Operator, "a registry: a version of another model, and its alias"},
        {"data.add", Role::Operator, "files that DVC tracks"},
        {"data.push", Role::Operator, "an object of a bucket"},
        {"data.push-dvc", Role::Operator, "the objects of a DVC remote"},
        {"data.undo-add", Role::Operator, "files that DVC tracked"},
        {"data.undo-push", Role::Operator, "an object of a bucket"},
        {"data.undo-push-dvc", Role::Operator, "the objects of a DVC remote"},
        {"delete-version", Role::Operator, "a registry: a version less, and its alias back"},
        {"deploy-tag", Role::Operator, "what a service outside a cluster runs"},
        {"disconnect", Role::Operator, "the workspace file: a connection less"},
        {"endpoint", Role::Operator, "the workspace file: where a model is asked"},
        {"endpoint-retrain", Role::Operator, "a service: it retrains by itself"},
        {"endpoint-retrain-config", Role::Operator, "a service: the policy by which it retrains"},
        {"gate-answer", Role::Approver, "a run that waits at a gate: it goes on, or ends there"},
        {"gitops-commit", Role::Operator, "a branch of a Git repository: the manifests that a GitOps controller follows"},
        {"mirror-run", Role::Operator, "a registry: a run, and a version more"},
        {"notify", Role::Operator, "a message that goes to a channel of the workspace's notifications"},
        {"pipeline-cancel", Role::Operator, "a run"},
        {"pipeline-force", Role::Operator, "a run: it ends at once"},
        {"pipeline-rerun", Role::Operator, "a run: all of it again, or what failed"},
        {"pipeline-start", Role::Operator, "a run"},
        {"pipeline-submit", Role::Operator, "a run, and the code that it runs"},
        {"pipeline-upload", Role::Operator, "the definition that the next runs of a pipeline take"},
        {"pod-exec", Role::Operator, "whatever a command in a pod of a cluster changes"},
        {"promote", Role::Operator, "an alias, and the traffic with it; approved before"},
        {"promotion-outcome", Role::Viewer, "tags of a version: what became of its promotion, told with the role that it took", true},
        {"promotion-request", Role::Operator, "a wish to promote", true},
        {"pull-request", Role::Operator, "a pull request: it is opened, or closed"},
        {"recipe", Role::Operator, "a recipe and the workspace file"},
        {"register", Role::Operator, "a registry: a version more"},
        {"reject", Role::Approver, "a decision about a promotion"},
        {"restart-mirror", Role::Operator, "a training that was sent to a registry: it is sent anew"},
        {"retrain", Role::Operator, "a run, by the policy or by hand"},
        {"retrain-config", Role::Operator, "the retraining policy of a model"},
        {"retrain-policy", Role::Operator, "a model's retraining policy in the workspace file"},
        {"rollout-abort", Role::Operator, "the traffic of an endpoint"},
        {"rollout-apply", Role::Operator, "objects of a cluster: those of a folder of manifests"},
        {"rollout-apply-undo", Role::Operator, "objects of a cluster, back to what they were before an apply"},
        {"rollout-pause", Role::Operator, "a rollout"},
        {"rollout-promote", Role::Operator, "the traffic of an endpoint"},
        {"rollout-restart", Role::Operator, "the pods of a rollout: they are made anew"},
        {"rollout-resume", Role::Operator, "a rollout"},
        {"rollout-retry", Role::Operator, "an aborted rollout: it begins again"},
        {"rollout-share", Role::Operator, "the traffic of an endpoint"},
        {"rollout-skip", Role::Operator, "the steps of a rollout, with their analyses"},
        {"rollout-start", Role::Operator, "the traffic of an endpoint"},
        {"rollout-undo", Role::Operator, "the traffic of an endpoint"},
        {"schedule-create", Role::Operator, "a schedule: a pipeline starts by itself"},
        {"schedule-remove", Role::Operator, "a schedule: a pipeline no longer starts by itself"},
        {"schedule-switch", Role::Operator, "a schedule: on or off"},
        {"secret-write", Role::Operator, "a value in a Vault"},
        {"serve-start", Role::Operator, "an endpoint"},
        {"serve-stop", Role::Operator, "an endpoint"},
        {"set-alias", Role::Operator, "an alias that is no champion"},
        {"set-description", Role::Operator, "the description of a version"},
        {"set-stage", Role::Operator, "the stage of a version"},
        {"set-tag", Role::Operator, "a tag of a version"},
        {"shadow", Role::Operator, "a second model beside an endpoint"},
        {"test-webhook", Role::Operator, "a request that a server sends"},
        {"train", Role::Operator, "a run and its record in the registry"},
        {"trust-program", Role::Operator, "which program a kubeconfig may run on this machine"},
        {"train-job", Role::Operator, "a training in a cluster: a job and its pods"},
        {"train-job-cancel", Role::Operator, "a training in a cluster: its pods stop"},
        {"turn-back", Role::Viewer, "the traffic of an endpoint, and the alias with it"},
        {"undo", Role::Operator, "an alias, and the traffic with it"},
        {"volume-update", Role::Operator, "a file on a volume that pods share, and the pods that read it"},
        {"watch-unit", Role::Operator, "systemd units of this person, by which pilot watch runs by itself"},
        {"workload-env", Role::Operator, "a workload of a cluster: the variables of a container"},
        {"workload-image", Role::Operator, "a workload of a cluster: the image of a container"},
        {"workload-pause", Role::Operator, "a workload of a cluster: its changes wait"},
        {"workload-resources", Role::Operator, "a workload of a cluster: requests and limits of a container"},
        {"workload-restart", Role::Operator, "a workload of a cluster: its pods are made anew"},
        {"workload-resume", Role::Operator, "a workload of a cluster: its changes go on"},
        {"workload-scale", Role::Operator, "a workload of a cluster: how many pods it has"},
        {"workload-undo", Role::Operator, "a workload of a cluster: the template of an earlier revision"},
    };
    return kinds;
}

const OperationKind *operationKind(const QString &name) {
    const auto &kinds = operationKinds();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const OperationKind &kind) { return name == QLatin1String(kind.name); });
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace pilothouse::operations
