// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/replay_objects.h"

namespace pilothouse::support {

namespace {

QByteArray n(qint64 number) { return QByteArray::number(number); }

QByteArray padded(qint64 number, int digits) { return n(number).rightJustified(digits, '0'); }

QByteArray owner(const ReplayObject &o) { return "service-" + padded(o.number % 1000, 4); }
QByteArray hash(const ReplayObject &o) { return padded(qint64(o.number % 1000) * 7919 % 1000000, 6) + "c9"; }

QByteArray managed(const QByteArray &manager, const QByteArray &fields) {
    return R"({"manager":")" + manager + R"(","operation":"Update","apiVersion":"v1","time":"2026-11-20T08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{)" + fields + "}}";
}

QByteArray metadata(const ReplayObject &o) {
    QByteArray json = R"({"name":")" + replayName(o) + R"(","namespace":")" + replaySpace(o) + R"(","uid":"5f0c)" + padded(o.number, 4) + "-" + padded(o.incarnation % 10000, 4) + "-4e1f-9a7b-" + padded(o.number, 12) +
                      R"(","resourceVersion":")" + n(o.version) + R"(","generation":)" + n(1 + o.restarts) + R"(,"creationTimestamp":"2026-11-20T08:00:00Z")";
    if (!o.pod) {
        return json + R"(,"labels":{"app":")" + owner(o) + R"(","app.kubernetes.io/part-of":"estate"},"annotations":{"deployment.kubernetes.io/revision":")" + n(1 + o.restarts) + R"("},"managedFields":[)" +
               managed("kubectl", R"("f:spec":{"f:replicas":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}})") + "]}";
    }
    if (o.state == 5)
        json += R"(,"deletionTimestamp":"2026-11-22T10:00:00Z","deletionGracePeriodSeconds":30)";
    json += R"(,"generateName":")" + owner(o) + "-" + hash(o) + R"(-","labels":{"app":")" + owner(o) + R"(","app.kubernetes.io/part-of":"estate","pod-template-hash":")" + hash(o) +
            R"("},"annotations":{"prometheus.io/scrape":"true","prometheus.io/port":"8080"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":")" + owner(o) + "-" + hash(o) +
            R"(","uid":"77aa0000-0000-4000-8000-)" + padded(o.number % 1000, 12) + R"(","controller":true,"blockOwnerDeletion":true}],"managedFields":[)";
    static const QByteArray byManager = managed("kube-controller-manager", R"("f:metadata":{"f:annotations":{".":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:app.kubernetes.io/part-of":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"server\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"LOG_LEVEL\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{}}},"f:name":{},"f:ports":{".":{}},"f:readinessProbe":{".":{},"f:httpGet":{}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:terminationGracePeriodSeconds":{}})");
    static const QByteArray byKubelet = managed("kubelet", R"("f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastTransitionTime":{},"f:status":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:status":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:status":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{}},"f:startTime":{}})");
    return json + byManager + ',' + byKubelet + "]}";
}

QByteArray condition(const char *type, bool is) {
    return QByteArray(R"({"type":")") + type + R"(","status":")" + (is ? "True" : "False") + R"(","lastProbeTime":null,"lastTransitionTime":"2026-11-20T08:00:05Z"})";
}

QByteArray containerState(const ReplayObject &o) {
    if (o.state == 2)
        return R"("state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s restarting failed container"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"2026-11-22T09:00:00Z","finishedAt":"2026-11-22T09:01:00Z"}})";
    if (o.state == 3)
        return R"("state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}},"lastState":{})";
    if (o.state == 4)
        return R"("state":{"waiting":{"reason":"ContainerCreating"}},"lastState":{})";
    return R"("state":{"running":{"startedAt":"2026-11-20T08:00:05Z"}},"lastState":{})";
}

QByteArray podStatus(const ReplayObject &o) {
    const bool ready = o.state == 0 || o.state == 5;
    return R"("status":{"phase":")" + QByteArray(o.state == 3 || o.state == 4 ? "Pending" : "Running") + R"(","conditions":[)" + condition("Initialized", true) + ',' + condition("Ready", ready) + ',' +
           condition("ContainersReady", ready) + ',' + condition("PodScheduled", true) + R"(],"hostIP":"10.0.0.)" + n(o.number % 200) + R"(","podIP":"10.244.)" + n(o.number / 250 % 250) + "." + n(o.number % 250) +
           R"(","podIPs":[{"ip":"10.244.)" + n(o.number / 250 % 250) + "." + n(o.number % 250) + R"("}],"startTime":"2026-11-20T08:00:01Z","containerStatuses":[{"name":"server","ready":)" + (ready ? "true" : "false") +
           R"(,"started":true,"restartCount":)" + n(o.restarts) + "," + containerState(o) + R"(,"image":"registry.example/)" + owner(o) + R"(:v12","imageID":"registry.example/)" + owner(o) +
           R"(@sha256:)" + QByteArray(64 - 8, 'a') + padded(o.number % 1000, 8) + R"(","containerID":"containerd://)" + padded(o.number, 64) + R"("}],"qosClass":"Burstable"})";
}

} // namespace

QByteArray replayName(const ReplayObject &o) { return o.pod ? owner(o) + "-" + hash(o) + "-" + padded(o.number, 5) : "service-" + padded(o.number, 4); }
QByteArray replayOwner(const ReplayObject &o) { return owner(o); }
QByteArray replaySpace(const ReplayObject &o) { return "team-" + padded(o.number % 1000 % 20, 2); }

QByteArray replayJson(const ReplayObject &o) {
    if (!o.pod)
        return R"({"kind":"Deployment","apiVersion":"apps/v1","metadata":)" + metadata(o) + R"(,"spec":{"replicas":)" + n(o.desired) + R"(,"selector":{"matchLabels":{"app":")" + replayName(o) +
               R"("}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},"template":{"metadata":{"labels":{"app":")" + replayName(o) +
               R"("}},"spec":{"containers":[{"name":"server","image":"registry.example/)" + replayName(o) + R"(:v12"}]}}},"status":{"observedGeneration":)" + n(1 + o.restarts) + R"(,"replicas":)" + n(o.desired) +
               R"(,"updatedReplicas":)" + n(o.desired) + R"(,"readyReplicas":)" + n(o.ready) + R"(,"availableReplicas":)" + n(o.ready) + R"(,"unavailableReplicas":)" + n(o.desired - o.ready) +
               R"(,"conditions":[{"type":"Available","status":"True","reason":"MinimumReplicasAvailable"},{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]}})";
    return R"({"kind":"Pod","apiVersion":"v1","metadata":)" + metadata(o) +
           R"(,"spec":{"volumes":[{"name":"kube-api-access-x2x4d","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}},{"name":"models","persistentVolumeClaim":{"claimName":"models"}}],"containers":[{"name":"server","image":"registry.example/)" +
           owner(o) +
           R"(:v12","ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[{"name":"LOG_LEVEL","value":"info"},{"name":"MODEL_PATH","value":"/models/current"}],"resources":{"limits":{"memory":"512Mi"},"requests":{"cpu":"250m","memory":"256Mi"}},"volumeMounts":[{"name":"models","mountPath":"/models"},{"name":"kube-api-access-x2x4d","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/health","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"readinessProbe":{"httpGet":{"path":"/ready","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default","nodeName":"node-)" +
           padded(o.number % 200, 3) +
           R"(","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},)" +
           podStatus(o) + '}';
}

QByteArray replayTableRow(const ReplayObject &o) {
    static const char *const words[] = {"Running", "Running", "CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating", "Terminating"};
    const QByteArray cells = o.pod ? '"' + replayName(o) + R"(",")" + (o.state == 0 || o.state == 5 ? "1/1" : "0/1") + R"(",")" + words[o.state] + R"(",")" + n(o.restarts) + R"(","2d","10.244.0.1","node-)" + padded(o.number % 200, 3) + R"(","<none>","<none>")"
                                   : '"' + replayName(o) + R"(",")" + n(o.ready) + "/" + n(o.desired) + R"(",)" + n(o.desired) + "," + n(o.ready) + R"(,"2d","server","registry.example/)" + replayName(o) + R"(:v12","app=)" + replayName(o) + '"';
    return R"({"cells":[)" + cells + R"(],"object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":)" + metadata(o) + "}}";
}

QByteArray replayColumns(bool pods) {
    QByteArray columns;
    const auto add = [&](const char *name, const char *type, int priority) {
        columns += QByteArray(columns.isEmpty() ? "" : ",") + R"({"name":")" + name + R"(","type":")" + type + R"(","format":")" + (columns.isEmpty() ? "name" : "") + R"(","description":"","priority":)" + n(priority) + "}";
    };
    if (pods) {
        for (const char *name : {"Name", "Ready", "Status", "Restarts", "Age"})
            add(name, "string", 0);
        for (const char *name : {"IP", "Node", "Nominated Node", "Readiness Gates"})
            add(name, "string", 1);
    } else {
        add("Name", "string", 0);
        add("Ready", "string", 0);
        add("Up-to-date", "integer", 0);
        add("Available", "integer", 0);
        add("Age", "string", 0);
        for (const char *name : {"Containers", "Images", "Selector"})
            add(name, "string", 1);
    }
    return '[' + columns + ']';
}

} // namespace pilothouse::support
