// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_reason.h"

#include "core/cluster/quantity.h"

#include <algorithm>
#include <array>

namespace pilothouse::cluster {

namespace {

using Weight = KubeReason::Weight;
using Rows = std::vector<KubeRowPtr>;
using State = ContainerRow::State;

bool says(const QString &text, std::initializer_list<const char *> words) {
    return std::any_of(words.begin(), words.end(), [&](const char *word) { return text.contains(QLatin1String(word), Qt::CaseInsensitive); });
}

QString ended(QString sentence) {
    sentence = sentence.trimmed();
    if (!sentence.isEmpty() && !sentence.endsWith(QLatin1Char('.')) && !sentence.endsWith(QLatin1Char('!')) && !sentence.endsWith(QLatin1Char('?')))
        sentence += QLatin1Char('.');
    return sentence;
}

/// The newest event about an object with one of these reasons; its message may have to contain a word.
const EventRow *eventOf(const Rows &events, const KubeRow &about, std::initializer_list<const char *> reasons, const char *word = "") {
    const EventRow *found = nullptr;
    for (const KubeRowPtr &row : events) {
        const auto *event = row ? row->as<EventRow>() : nullptr;
        if (!event || (about.uid.isEmpty() || event->involvedUid.isEmpty() ? event->involvedName != about.name || event->involvedSpace != about.space : event->involvedUid != about.uid))
            continue;
        const bool fits = std::any_of(reasons.begin(), reasons.end(), [&](const char *reason) { return event->reason == QLatin1String(reason); });
        if (fits && event->message.contains(QLatin1String(word)) && (!found || event->last >= found->last))
            found = event;
    }
    return found;
}

QString times(int count) { return count == 1 ? QStringLiteral("once") : QStringLiteral("%1 times").arg(count); }

QString containerName(const ContainerRow &c) { return (c.init && !c.sidecar ? QStringLiteral("The init container %1") : QStringLiteral("The container %1")).arg(c.name); }

KubeReason scheduling(const KubeRow &row, const PodRow &pod, const Rows &events, const Rows &claims) {
    KubeReason reason{Weight::Trouble, QStringLiteral("Unschedulable"), {}, {}};
    for (const QString &name : pod.claims)
        for (const KubeRowPtr &claim : claims)
            if (claim && claim->space == row.space && claim->name == name)
                if (const auto why = claimReason(*claim, events); why && says(pod.scheduledMessage, {"PersistentVolumeClaim", "persistentvolumeclaim", "volume"}))
                    return {Weight::Trouble, why->word, QStringLiteral("No node can take the pod before its volume is there. ") + why->sentence, why->remedy};
    const QString &message = pod.scheduledMessage;
    reason.sentence = QStringLiteral("No node can take the pod: ") + ended(message);
    if (says(message, {"Insufficient"}))
        reason.remedy = QStringLiteral("Ask for less (resources.requests), make room by scaling something down, or add a node.");
    else if (says(message, {"not found"}) && says(message, {"persistentvolumeclaim"}))
        reason.remedy = QStringLiteral("Create the claim, or correct its name in the pod's volumes.");
    else if (says(message, {"unbound immediate PersistentVolumeClaims", "volume node affinity", "available persistent volumes"}))
        reason.remedy = QStringLiteral("Look at the claims of the pod: storage class, size, access mode, zone of the volume.");
    else if (says(message, {"untolerated taint"}))
        reason.remedy = QStringLiteral("Give the pod a toleration, or take the taint off a node.");
    else if (says(message, {"node affinity", "node selector"}))
        reason.remedy = QStringLiteral("Correct nodeSelector and affinity, or label a node so that it fits.");
    else if (says(message, {"free ports"}))
        reason.remedy = QStringLiteral("A hostPort is taken on each node: use a service instead, or another port.");
    else if (says(message, {"unschedulable"}))
        reason.remedy = QStringLiteral("Nodes are cordoned: uncordon one.");
    else
        reason.remedy = QStringLiteral("Compare what the pod asks for with what the nodes have.");
    return reason;
}

KubeReason imageTrouble(const KubeRow &row, const ContainerRow &c, const Rows &events) {
    KubeReason reason{Weight::Trouble, c.reason, {}, {}};
    // While it waits to try again the state only says so; the event has what the registry said.
    QString message = c.message;
    if (!says(message, {"rpc error", "failed to", "ErrImagePull", "not found", "denied", "unauthorized", "invalid"}))
        if (const EventRow *event = eventOf(events, row, {"Failed"}, "ull image"))
            message = event->message;
    reason.sentence = QStringLiteral("The image %1 of the container %2 cannot be pulled%3").arg(c.image, c.name, message.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + ended(message));
    if (c.reason == QLatin1String("InvalidImageName"))
        reason.remedy = QStringLiteral("Correct the name of the image.");
    else if (c.reason == QLatin1String("ErrImageNeverPull"))
        reason.remedy = QStringLiteral("imagePullPolicy is Never and the node does not have the image: load it there, or allow pulling.");
    else if (says(message, {"toomanyrequests", "rate limit"}))
        reason.remedy = QStringLiteral("The registry limits pulls: log in with imagePullSecrets, or mirror the image.");
    else if (says(message, {"no match for platform", "no matching manifest"}))
        reason.remedy = QStringLiteral("The image is not built for this kind of node: build it for its platform.");
    else if (says(message, {"unauthorized", "denied", "authentication", "no basic auth", "forbidden"}))
        reason.remedy = QStringLiteral("Does the repository exist, and may the pod read it? Check imagePullSecrets and the credential in it.");
    else if (says(message, {"not found", "manifest unknown", "does not exist"}))
        reason.remedy = QStringLiteral("This tag is not in the registry: correct it, push it, or undo the rollout.");
    else if (says(message, {"no such host", "timeout", "refused", "x509", "certificate", "unreachable"}))
        reason.remedy = QStringLiteral("The node does not reach the registry: check its name, network and certificate.");
    else
        reason.remedy = QStringLiteral("Check the image's name and tag, and whether the node may pull it.");
    return reason;
}

KubeReason oom(const ContainerRow &c, const QString &word) {
    const QString limit = c.resources.memoryLimit < 0 ? QStringLiteral("the node's memory ran out; it has no limit of its own") : QStringLiteral("it went over its memory limit of %1").arg(bytesText(c.resources.memoryLimit));
    return {Weight::Trouble, word, QStringLiteral("%1 was killed for its memory (OOMKilled): %2%3.").arg(containerName(c), limit, c.restarts > 0 ? QStringLiteral(", restarted %1").arg(times(c.restarts)) : QString()),
            c.resources.memoryLimit < 0 ? QStringLiteral("Give it a memory request and limit, or find what uses so much on the node.") : QStringLiteral("Raise resources.limits.memory, or let it use less: smaller batches, fewer workers, a smaller model.")};
}

QString endSentence(const ContainerRow &c, const QString &reason, int exitCode, int signal, const QString &message) {
    const QString more = reason.isEmpty() || reason == QLatin1String("Error") ? QString() : QStringLiteral(", ") + reason;
    return QStringLiteral("%1 ended with exit code %2%3%4").arg(containerName(c), exitCodeText(exitCode, signal), more, message.trimmed().isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + ended(message));
}

KubeReason crashLoop(const KubeRow &row, const ContainerRow &c, const Rows &events) {
    if (c.lastReason == QLatin1String("OOMKilled"))
        return oom(c, QStringLiteral("OOMKilled"));
    KubeReason reason{Weight::Trouble, c.reason, {}, {}};
    if (!c.hasLast) {
        reason.sentence = QStringLiteral("%1 does not stay up; it is started again after a while, %2 so far.").arg(containerName(c), times(c.restarts));
    } else {
        reason.sentence = endSentence(c, c.lastReason, c.lastExitCode, c.lastSignal, c.lastMessage) + QStringLiteral(" It is started again after a while, %1 so far.").arg(times(c.restarts));
    }
    const EventRow *liveness = eventOf(events, row, {"Unhealthy"}, "iveness probe");
    const EventRow *startup = eventOf(events, row, {"Unhealthy"}, "tartup probe");
    if (const EventRow *probe = startup ? startup : liveness; probe && (c.lastExitCode == 137 || c.lastExitCode == 143)) {
        reason.sentence = QStringLiteral("%1 is restarted because its %2 probe fails: %3").arg(containerName(c), startup ? QStringLiteral("startup") : QStringLiteral("liveness"), ended(probe->message));
        reason.remedy = QStringLiteral("Does it need longer to start (initialDelaySeconds, a startup probe), or does it really hang? Its previous log says more.");
        return reason;
    }
    if (c.hasLast && (c.lastExitCode == 126 || c.lastExitCode == 127 || says(c.lastMessage, {"executable file not found", "no such file"})))
        reason.remedy = QStringLiteral("Correct the container's command and args, or the image.");
    else if (c.hasLast && c.lastExitCode == 0)
        reason.remedy = QStringLiteral("It ends without an error, but a service has to stay: is its command the right one?");
    else
        reason.remedy = QStringLiteral("Look at the log of the previous container; if it began with this revision, undo the rollout.");
    return reason;
}

KubeReason creating(const KubeRow &row, const PodRow &pod, const ContainerRow &c, const Rows &events, const Rows &claims) {
    for (const QString &name : pod.claims)
        for (const KubeRowPtr &claim : claims)
            if (claim && claim->space == row.space && claim->name == name)
                if (const auto why = claimReason(*claim, events))
                    return {Weight::Trouble, why->word, why->sentence, why->remedy};
    if (const EventRow *mount = eventOf(events, row, {"FailedMount", "FailedAttachVolume"}))
        return {Weight::Trouble, mount->reason, QStringLiteral("A volume of the pod cannot be mounted: ") + ended(mount->message),
                says(mount->message, {"not found"}) ? QStringLiteral("Create what is missing, or correct the name in the pod's volumes.")
                : says(mount->message, {"Multi-Attach"})
                    ? QStringLiteral("The volume is still attached to another node: wait until the old pod has gone, or use ReadWriteMany.")
                    : QStringLiteral("Look at the volume and its claim.")};
    if (const EventRow *sandbox = eventOf(events, row, {"FailedCreatePodSandBox"}))
        return {Weight::Trouble, sandbox->reason, QStringLiteral("The node %1 cannot set the pod up: %2").arg(pod.node, ended(sandbox->message)), QStringLiteral("Look at the node's network plugin; another node may do.")};
    return {Weight::Passing, c.reason.isEmpty() ? pod.status : c.reason, QStringLiteral("The node %1 is setting the pod up.").arg(pod.node), {}};
}

KubeReason waiting(const KubeRow &row, const PodRow &pod, const ContainerRow &c, const Rows &events, const Rows &claims) {
    static const std::array<const char *, 7> images{"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed"};
    if (std::any_of(images.begin(), images.end(), [&](const char *word) { return c.reason == QLatin1String(word); }))
        return imageTrouble(row, c, events);
    if (c.reason == QLatin1String("CrashLoopBackOff"))
        return crashLoop(row, c, events);
    if (c.reason == QLatin1String("CreateContainerConfigError"))
        return {Weight::Trouble, c.reason, QStringLiteral("%1 cannot be set up: %2").arg(containerName(c), ended(c.message)), QStringLiteral("Create the ConfigMap, Secret or key that is missing, or correct its name.")};
    if (c.reason == QLatin1String("CreateContainerError") || c.reason == QLatin1String("RunContainerError") || c.reason == QLatin1String("PreStartHookError") || c.reason == QLatin1String("PostStartHookError"))
        return {Weight::Trouble, c.reason, QStringLiteral("%1 cannot be started: %2").arg(containerName(c), ended(c.message)), QStringLiteral("Check its command, its user and what it mounts.")};
    return creating(row, pod, c, events, claims);
}

KubeReason unready(const KubeRow &row, const PodRow &pod, const ContainerRow &c, const Rows &events) {
    const bool starting = c.startupProbe && !c.started;
    const char *kind = starting ? "tartup probe" : "eadiness probe";
    if (const EventRow *probe = eventOf(events, row, {"Unhealthy"}, kind))
        return {Weight::Trouble, QStringLiteral("Unready"), QStringLiteral("%1 runs, but its %2 probe fails: %3").arg(containerName(c), starting ? QStringLiteral("startup") : QStringLiteral("readiness"), ended(probe->message)),
                QStringLiteral("Ask that address yourself (port-forward) and look at its log; check path, port and time limit of the probe.")};
    if (const EventRow *probe = eventOf(events, row, {"Unhealthy"}, "iveness probe"))
        return {Weight::Trouble, QStringLiteral("Unhealthy"), QStringLiteral("%1 runs, but its liveness probe fails: %2").arg(containerName(c), ended(probe->message)), QStringLiteral("It will be restarted; look at its log.")};
    const bool probed = c.readinessProbe || c.startupProbe;
    return {Weight::Passing, QStringLiteral("Unready"), QStringLiteral("%1 runs and is not ready yet%2").arg(containerName(c), pod.readyMessage.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + ended(pod.readyMessage)),
            probed ? QStringLiteral("Its %1 probe has not passed.").arg(starting ? QStringLiteral("startup") : QStringLiteral("readiness")) : QString()};
}

KubeReason failed(const KubeRow &row, const PodRow &pod) {
    if (pod.statusReason == QLatin1String("Evicted"))
        return {Weight::Trouble, pod.statusReason, QStringLiteral("The node %1 put the pod out: %2").arg(pod.node, ended(pod.statusMessage)), QStringLiteral("Give it requests that say what it uses, or free what ran short on the node. Its owner starts another one.")};
    if (pod.statusReason == QLatin1String("DeadlineExceeded"))
        return {Weight::Trouble, pod.statusReason, QStringLiteral("The pod ran longer than activeDeadlineSeconds allows."), QStringLiteral("Raise the limit, or find what takes so long.")};
    for (const ContainerRow &c : pod.containers)
        if (c.state == State::Terminated && c.exitCode != 0) {
            if (c.reason == QLatin1String("OOMKilled"))
                return oom(c, c.reason);
            return {Weight::Trouble, pod.status, endSentence(c, c.reason, c.exitCode, c.signal, c.message), QStringLiteral("Its log says more.")};
        }
    return {Weight::Trouble, pod.status, QStringLiteral("The pod %1 failed%2").arg(row.name, pod.statusMessage.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + ended(pod.statusMessage)), QStringLiteral("Its events and log say more.")};
}

/// Of a pod that is on a node and neither finished nor asked to go.
KubeReason onNode(const KubeRow &row, const PodRow &pod, const Rows &events, const Rows &claims) {
    const ContainerRow *unreadyOne = nullptr, *killed = nullptr, *waitingOne = nullptr;
    for (const ContainerRow &c : pod.containers) {
        const bool over = c.init && !c.sidecar && c.state == State::Terminated && c.exitCode == 0;
        if (over)
            continue;
        if (c.state == State::Terminated && (c.exitCode != 0 || c.signal != 0))
            return c.reason == QLatin1String("OOMKilled") ? oom(c, c.reason) : KubeReason{Weight::Trouble, pod.status, endSentence(c, c.reason, c.exitCode, c.signal, c.message), QStringLiteral("Its log says more.")};
        if (c.state == State::Waiting && c.reason != QLatin1String("PodInitializing")) {
            const KubeReason why = waiting(row, pod, c, events, claims);
            if (why.weight == Weight::Trouble)
                return why;
            waitingOne = waitingOne ? waitingOne : &c;
        }
        if (c.init && !c.sidecar && c.state == State::Running)
            return {Weight::Passing, pod.status, QStringLiteral("The init container %1 is at work; the others start after it.").arg(c.name), {}};
        if (c.state == State::Running && !c.ready && !unreadyOne)
            unreadyOne = &c;
        if (c.lastReason == QLatin1String("OOMKilled") && !killed)
            killed = &c;
    }
    if (waitingOne)
        return creating(row, pod, *waitingOne, events, claims);
    if (unreadyOne) {
        KubeReason why = unready(row, pod, *unreadyOne, events);
        if (unreadyOne->lastReason == QLatin1String("OOMKilled"))
            why.sentence += QLatin1Char(' ') + oom(*unreadyOne, {}).sentence;
        return why;
    }
    if (killed)
        return oom(*killed, QStringLiteral("OOMKilled"));
    if (pod.isReady)
        return {Weight::Fine, pod.status, QStringLiteral("The pod runs and is ready."), {}};
    if (pod.containers.empty() || std::all_of(pod.containers.begin(), pod.containers.end(), [](const ContainerRow &c) { return c.state == State::None || c.state == State::Waiting; }))
        return creating(row, pod, pod.containers.empty() ? ContainerRow() : pod.containers.front(), events, claims);
    return {Weight::Passing, pod.status, QStringLiteral("The pod runs and is not ready yet%1").arg(pod.readyMessage.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + ended(pod.readyMessage)), {}};
}

} // namespace

QString bytesText(qint64 bytes) { return Quantity{__int128(bytes) * 1'000'000'000, QuantityForm::BinarySI}.text(); }

QString exitCodeText(int exitCode, int signal) {
    if (signal != 0)
        return QStringLiteral("%1 (signal %2)").arg(exitCode).arg(signal);
    switch (exitCode) {
    case 126: return QStringLiteral("126 (the command cannot be run)");
    case 127: return QStringLiteral("127 (the command was not found)");
    case 134: return QStringLiteral("134 (SIGABRT)");
    case 137: return QStringLiteral("137 (SIGKILL)");
    case 139: return QStringLiteral("139 (SIGSEGV)");
    case 143: return QStringLiteral("143 (SIGTERM)");
    default: return QString::number(exitCode);
    }
}

KubeReason podReason(const KubeRow &row, const Rows &events, const Rows &claims, qint64 now) {
    const auto *pod = row.as<PodRow>();
    if (!pod)
        return {};
    if (pod->phase == QLatin1String("Succeeded"))
        return {Weight::Fine, pod->status, QStringLiteral("The pod has finished its work."), {}};
    if (row.deleted != 0) {
        const qint64 late = now - row.deleted; // the time stands for the end of its grace period
        if (late <= 60)
            return {Weight::Passing, QStringLiteral("Terminating"), QStringLiteral("The pod is asked to end."), {}};
        return {Weight::Trouble, QStringLiteral("Terminating"), QStringLiteral("The pod should be gone for %1 seconds.").arg(late),
                QStringLiteral("Does its node %1 answer? Does something hold it by a finalizer? Deleting it by force leaves what runs on the node.").arg(pod->node)};
    }
    if (pod->phase == QLatin1String("Failed"))
        return failed(row, *pod);
    if (pod->status == QLatin1String("SchedulingGated"))
        return {Weight::Passing, pod->status, QStringLiteral("The pod waits for its scheduling gates to be lifted (a queue, or an operator)."), QStringLiteral("Look at what set spec.schedulingGates.")};
    if (pod->node.isEmpty()) {
        if (!pod->scheduledMessage.isEmpty())
            return scheduling(row, *pod, events, claims);
        if (const EventRow *event = eventOf(events, row, {"FailedScheduling"})) {
            PodRow told = *pod;
            told.scheduledMessage = event->message;
            return scheduling(row, told, events, claims);
        }
        const bool long_ = row.created && now - row.created > 60;
        return {long_ ? Weight::Trouble : Weight::Passing, QStringLiteral("Pending"), QStringLiteral("No scheduler has looked at the pod yet."), long_ ? QStringLiteral("Does the scheduler run that spec.schedulerName names?") : QString()};
    }
    if (pod->phase == QLatin1String("Unknown"))
        return {Weight::Trouble, QStringLiteral("Unknown"), QStringLiteral("The node %1 no longer says how the pod is.").arg(pod->node), QStringLiteral("Look at the node.")};
    return onNode(row, *pod, events, claims);
}

std::optional<KubeReason> ownerReason(const KubeRow &owner, const Rows &events) {
    QString message;
    if (const auto *workload = owner.as<WorkloadRow>()) {
        if (workload->desired > 0 && workload->current >= workload->desired && workload->message.isEmpty())
            return std::nullopt;
        if (workload->reason == QLatin1String("FailedCreate") || says(workload->message, {"forbidden", "quota"}))
            message = workload->message;
    }
    if (message.isEmpty()) {
        const EventRow *event = eventOf(events, owner, {"FailedCreate"});
        for (const KubeRowPtr &row : events) // a Deployment's replica sets fail in its place
            if (const auto *other = row ? row->as<EventRow>() : nullptr; !event && other && other->reason == QLatin1String("FailedCreate") && other->involvedSpace == owner.space && other->involvedName.startsWith(owner.name + QLatin1Char('-')))
                event = other;
        if (!event)
            return std::nullopt;
        message = event->message;
    }
    KubeReason reason{Weight::Trouble, QStringLiteral("FailedCreate"), QStringLiteral("%1 may not make its pods: %2").arg(owner.name, ended(message)), {}};
    if (says(message, {"exceeded quota", "must specify"})) {
        reason.word = QStringLiteral("QuotaExceeded");
        reason.remedy = says(message, {"must specify"}) ? QStringLiteral("The namespace has a quota for these: set requests and limits in the template.") : QStringLiteral("Ask for less, scale something else down, or have the namespace's quota raised.");
    } else if (says(message, {"serviceaccount"}) && says(message, {"not found"})) {
        reason.remedy = QStringLiteral("Create the service account, or correct serviceAccountName.");
    } else if (says(message, {"PodSecurity"})) {
        reason.remedy = QStringLiteral("The namespace enforces a pod security level: set the securityContext that the message names.");
    } else if (says(message, {"admission webhook"})) {
        reason.remedy = QStringLiteral("A policy of the cluster refuses it: its message says what it wants.");
    } else if (says(message, {"LimitRange", "minimum cpu", "maximum cpu", "minimum memory", "maximum memory"})) {
        reason.remedy = QStringLiteral("The namespace limits what a container may ask for: stay between these limits.");
    } else {
        reason.remedy = QStringLiteral("Correct what the message names; its owner tries again by itself.");
    }
    return reason;
}

std::optional<KubeReason> claimReason(const KubeRow &row, const Rows &events) {
    const auto *claim = row.as<ClaimRow>();
    if (!claim || claim->phase == QLatin1String("Bound"))
        return std::nullopt;
    if (claim->phase == QLatin1String("Lost"))
        return KubeReason{Weight::Trouble, QStringLiteral("ClaimLost"), QStringLiteral("The volume %1 of the claim %2 is gone.").arg(claim->volume, row.name), QStringLiteral("Its data is lost unless the volume comes back: restore it, and make a new claim.")};
    const EventRow *event = eventOf(events, row, {"ProvisioningFailed", "FailedBinding", "WaitForFirstConsumer", "ExternalProvisioning"});
    const QString size = claim->requested.isEmpty() ? QString() : QStringLiteral(" (%1%2)").arg(claim->requested, claim->storageClass.isEmpty() ? QString() : QStringLiteral(", class ") + claim->storageClass);
    KubeReason reason{Weight::Trouble, QStringLiteral("ClaimPending"), QStringLiteral("The claim %1%2 is not bound to a volume%3").arg(row.name, size, event ? QStringLiteral(": ") + ended(event->message) : QStringLiteral(".")), {}};
    if (event && event->reason == QLatin1String("WaitForFirstConsumer")) {
        reason.weight = Weight::Passing;
        reason.remedy = QStringLiteral("It is bound once a pod that uses it has a node.");
    } else if (claim->storageClass.isEmpty() || (event && says(event->message, {"no storage class", "not found"}))) {
        reason.remedy = QStringLiteral("Name a storage class that the cluster has, or create a volume that fits.");
    } else {
        reason.remedy = QStringLiteral("Does the provisioner of its storage class run? Do size and access mode fit a volume?");
    }
    return reason;
}

} // namespace pilothouse::cluster
