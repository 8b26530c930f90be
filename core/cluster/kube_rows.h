// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/kube_object.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace pilothouse::cluster {

/// Names and values; the sets of objects that share one share its memory.
using Labels = QMap<QString, QString>;

/// What an object belongs to: its controller, else its first owner.
struct OwnerRef {
    QString kind, name, uid;
    bool operator==(const OwnerRef &) const = default;
};

/// What the resources of a container or pod come to; −1: not set.
struct ResourceFigures {
    qint64 cpuRequest = -1, cpuLimit = -1;       ///< thousandths of a core
    qint64 memoryRequest = -1, memoryLimit = -1; ///< bytes
    bool operator==(const ResourceFigures &) const = default;
};

struct ContainerRow {
    enum class State { None, Waiting, Running, Terminated };
    QString name, image, imageId;   ///< image as the spec has it; imageId as the node pulled it ("…@sha256:…")
    bool init = false, sidecar = false; ///< sidecar: an init container that goes on (restartPolicy Always)
    bool ready = false, started = false;
    bool readinessProbe = false, livenessProbe = false, startupProbe = false;
    State state = State::None;
    QString reason, message;        ///< of the present state: "CrashLoopBackOff"
    int exitCode = 0, signal = 0;   ///< of the present state if Terminated
    int restarts = 0;
    bool hasLast = false;           ///< how it ended the last time
    QString lastReason, lastMessage;
    int lastExitCode = 0, lastSignal = 0;
    qint64 lastFinished = 0;        ///< seconds since 1970
    ResourceFigures resources;
    bool operator==(const ContainerRow &) const = default;
};

struct PodRow {
    QString phase;          ///< Pending, Running, Succeeded, Failed, Unknown
    QString status;         ///< the column STATUS of kubectl: "Init:0/1", "CrashLoopBackOff", "Terminating"
    QString statusReason, statusMessage; ///< status.reason: "Evicted"
    QString node, ip, qosClass;
    int ready = 0, total = 0, restarts = 0; ///< as kubectl counts them
    qint64 lastRestart = 0, started = 0;    ///< seconds since 1970; 0: never
    bool isReady = false;                   ///< condition Ready
    QString scheduledReason, scheduledMessage; ///< of PodScheduled, while it is not True
    QString readyMessage;                   ///< of Ready or ContainersReady, while it is not True
    QStringList claims;                     ///< names of its PersistentVolumeClaims
    std::vector<ContainerRow> containers;   ///< init containers first
    ResourceFigures resources;              ///< as the scheduler sums them
};

/// Deployment, ReplicaSet, StatefulSet, DaemonSet and Argo's Rollout.
struct WorkloadRow {
    int desired = 0, current = 0, updated = 0, ready = 0, available = 0, unavailable = 0;
    qint64 generation = 0, observed = 0;
    bool paused = false;
    int revision = 0;            ///< annotation of Deployments, ReplicaSets and Rollouts
    QStringList images;          ///< of the template, in its order
    QString strategy;            ///< RollingUpdate, Recreate, OnDelete, Canary, BlueGreen
    QString maxSurge, maxUnavailable; ///< as written: "25%", "1"; empty: the server's default is not filled in
    Labels selector;             ///< matchLabels only
    QString reason, message;     ///< of the condition that says why it does not go on; else empty
    QString phase;               ///< Rollout: Healthy, Progressing, Paused, Degraded
    int step = -1, steps = 0;    ///< Rollout: the current of its steps
    QString stableHash, currentHash, changeCause;
};

struct HpaRow {
    QString targetKind, targetName;
    int minimum = 1, maximum = 0, current = 0, desired = 0;
    QString metrics;             ///< current/target of each, as kubectl writes them
    QString reason, message;     ///< of a condition that says that it cannot scale
    bool limited = false;        ///< ScalingLimited: it would go beyond minimum or maximum
    QString limitedMessage;
};

struct ClaimRow {
    QString phase, volume, requested, capacity, storageClass;
    QStringList accessModes;
};

struct JobRow {
    int completions = -1, parallelism = 1, active = 0, succeeded = 0, failed = 0; ///< completions −1: any one
    bool suspended = false;
    qint64 started = 0, finished = 0;
    QString state;               ///< Running, Complete, Failed, Suspended, Terminating
    QString reason, message;     ///< of Failed
    QStringList images;
};

struct CronJobRow {
    QString schedule, timeZone;
    bool suspended = false;
    int active = 0;
    qint64 lastSchedule = 0, lastSuccess = 0;
};

struct EventRow {
    QString type, reason, message; ///< type: Normal or Warning
    QString involvedKind, involvedSpace, involvedName, involvedUid;
    int count = 1;
    qint64 first = 0, last = 0;  ///< seconds since 1970
    QString source;              ///< kubelet, default-scheduler …
};

struct ServiceRow {
    QString type, clusterIp;
    QStringList external;        ///< addresses of load balancers, externalIPs, externalName
    QStringList ports;           ///< "80:30080/TCP"
    Labels selector;
};

struct IngressRow {
    QString className;
    QStringList hosts, addresses, backends; ///< backends: "host/path → service:port"
    bool tls = false;
};

struct NodeRow {
    bool ready = false, unschedulable = false;
    QString reason, message;     ///< of a Ready that is not True
    QStringList pressures, roles, taints; ///< pressures: MemoryPressure … that are True
    QString version, address;
    qint64 cpuAllocatable = 0, memoryAllocatable = 0, podsAllocatable = 0; ///< thousandths of a core, bytes, pods
};

struct InferenceRow {
    bool ready = false;
    QString reason, message, url;
    QString readyRevision, previousRevision;
    int latestPercent = -1, previousPercent = -1; ///< −1: not said
    QString modelState, failure; ///< modelStatus: transition and last failure
};

struct AnalysisRow {
    struct Metric {
        QString name, phase, value; ///< value: of the last measurement
        int successful = 0, failed = 0, inconclusive = 0, errors = 0;
    };
    QString phase, message;
    qint64 started = 0;
    std::vector<Metric> metrics;
};

/// An object, reduced to what tables show. The whole of a selected one is read on demand (KubeApi::read).
struct KubeRow {
    QString id;              ///< "namespace/name", or "name"
    QString space, name, uid;
    QByteArray version;      ///< resourceVersion: opaque
    qint64 created = 0, deleted = 0; ///< seconds since 1970; deleted: asked to go, else 0
    OwnerRef owner;
    Labels labels;
    std::variant<std::monostate, PodRow, WorkloadRow, HpaRow, ClaimRow, JobRow, CronJobRow, EventRow, ServiceRow, IngressRow, NodeRow, InferenceRow, AnalysisRow> detail;

    template<class T>
    const T *as() const { return std::get_if<T>(&detail); }
};
using KubeRowPtr = std::shared_ptr<const KubeRow>;

/// One object as a row: for what was read by itself, and for tests. Invalid if it has no name.
Result<KubeRowPtr> kubeRow(const KubeKind &kind, const QJsonObject &object);
/// All that a row knows, for --json: {"id","namespace","name","uid","created",…}; what is not set is left out.
QJsonObject toJson(const KubeRow &row);

} // namespace pilothouse::cluster
