// SPDX-License-Identifier: GPL-3.0-or-later
// Fields: kserve/kserve pkg/apis/serving/v1beta1/inference_service_status.go; spec.canary: kserve pull request 5672 (0.20).
#include "core/cluster/kserve.h"

#include "core/base/clock.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::cluster {

using Q = QLatin1String;

const QStringList &kserveServers() {
    static const QStringList keys{QStringLiteral("model"), QStringLiteral("sklearn"), QStringLiteral("xgboost"), QStringLiteral("tensorflow"), QStringLiteral("pytorch"), QStringLiteral("triton"),
                                  QStringLiteral("onnx"), QStringLiteral("huggingface"), QStringLiteral("pmml"), QStringLiteral("lightgbm"), QStringLiteral("paddle"), QStringLiteral("containers")};
    return keys;
}

namespace {

QString implementationOf(const QJsonObject &predictor) {
    for (const QString &key : kserveServers())
        if (predictor.contains(key))
            return key;
    return {};
}

QString storageUriOf(const QJsonObject &predictor) {
    const QJsonObject model = predictor.value(implementationOf(predictor)).toObject();
    if (const QString uri = model.value(Q("storageUri")).toString(); !uri.isEmpty())
        return uri;
    const QJsonObject storage = model.value(Q("storage")).toObject();
    if (const QString path = storage.value(Q("path")).toString(); !path.isEmpty())
        return QStringLiteral("storage:%1/%2").arg(storage.value(Q("key")).toString(), path);
    return {};
}

QString modeOf(const QJsonObject &service) {
    QString mode = service.value(Q("status")).toObject().value(Q("deploymentMode")).toString();
    if (mode.isEmpty())
        mode = annotation(service, QStringLiteral("serving.kserve.io/deploymentMode"));
    if (mode == Q("Serverless"))
        return QStringLiteral("Knative");
    return mode == Q("RawDeployment") ? QStringLiteral("Standard") : mode;
}

QDateTime timeOf(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODate).toUTC(); }

void addModelStatus(KserveStatus &s, const QJsonObject &status) {
    const QJsonObject model = status.value(Q("modelStatus")).toObject(), states = model.value(Q("states")).toObject(), failure = model.value(Q("lastFailureInfo")).toObject();
    s.transition = model.value(Q("transitionStatus")).toString();
    s.activeState = states.value(Q("activeModelState")).toString();
    s.targetState = states.value(Q("targetModelState")).toString();
    s.failureReason = failure.value(Q("reason")).toString();
    s.failureMessage = failure.value(Q("message")).toString();
    s.failurePlace = failure.value(Q("location")).toString();
}

void addTraffic(KserveStatus &s, const QJsonObject &service) {
    const QJsonObject status = service.value(Q("status")).toObject();
    const QJsonObject predictor = status.value(Q("components")).toObject().value(Q("predictor")).toObject();
    s.latestReady = predictor.value(Q("latestReadyRevision")).toString();
    s.latestCreated = predictor.value(Q("latestCreatedRevision")).toString();
    s.latestRolledout = predictor.value(Q("latestRolledoutRevision")).toString();
    s.previousRolledout = predictor.value(Q("previousRolledoutRevision")).toString();
    for (const QJsonValue &value : predictor.value(Q("traffic")).toArray()) {
        const QJsonObject t = value.toObject();
        s.traffic.push_back({t.value(Q("revisionName")).toString(), t.value(Q("tag")).toString(), t.value(Q("url")).toString(), t.value(Q("percent")).toInt(), t.value(Q("latestRevision")).toBool()});
    }
    const QJsonArray reported = status.value(Q("canaryStatuses")).toArray();
    for (const QJsonValue &value : service.value(Q("spec")).toObject().value(Q("canary")).toArray()) {
        const QJsonObject entry = value.toObject(), own = entry.value(Q("predictor")).toObject();
        KserveCanary canary{own.value(Q("name")).toString(), storageUriOf(own), entry.value(Q("trafficPercent")).toInt(), {}};
        for (const QJsonValue &r : reported)
            if (r.toObject().value(Q("name")).toString() == canary.name)
                canary.ready = r.toObject().value(Q("ready")).toBool();
        s.canaries.push_back(canary);
    }
}

/// Why the service is not ready: what failed to load, else the condition that says no and has words.
QString whyNot(const KserveStatus &s) {
    if (s.stopped)
        return QStringLiteral("Stopped: its pods are taken away until the annotation serving.kserve.io/stop goes.");
    if (!s.observed)
        return QStringLiteral("The controller has not seen the last change yet.");
    if (s.transition == Q("BlockedByFailedLoad") || s.transition == Q("InvalidSpec"))
        return QStringLiteral("The model is not loaded (%1)%2").arg(s.failureReason.isEmpty() ? s.transition : s.failureReason, s.failureMessage.isEmpty() ? QStringLiteral(".") : QStringLiteral(": ") + s.failureMessage);
    if (s.ready)
        return {};
    const KserveCondition *shown = nullptr;
    for (const KserveCondition &c : s.conditions)
        if (c.status != Q("True") && c.type != Q("Stopped") && (!shown || (shown->type == Q("Ready") && !c.message.isEmpty()) || (shown->message.isEmpty() && !c.message.isEmpty())))
            shown = &c;
    if (!shown)
        return QStringLiteral("The controller has not reported yet.");
    QString text = QStringLiteral("%1 is %2").arg(shown->type, shown->status == Q("False") ? QStringLiteral("false") : QStringLiteral("not known yet"));
    if (!shown->reason.isEmpty())
        text += QStringLiteral(" (%1)").arg(shown->reason);
    return shown->message.isEmpty() ? text + QLatin1Char('.') : text + QStringLiteral(": ") + shown->message;
}

} // namespace

int KserveStatus::wantedCanary() const {
    if (knative())
        return canaryPercent ? *canaryPercent : 0;
    int sum = 0;
    for (const KserveCanary &c : canaries)
        sum += c.percent;
    return sum;
}

int KserveStatus::seenCanary() const {
    int sum = 0;
    if (!knative()) {
        for (const KserveCanary &c : canaries)
            sum += c.ready.value_or(false) ? c.percent : 0; // traffic only goes to canaries that are ready (kserve 5984)
        return sum;
    }
    if (traffic.size() < 2)
        return 0;
    for (const KserveTraffic &t : traffic)
        sum += t.latest ? t.percent : 0;
    return sum;
}

KserveStatus kserveStatus(const QJsonObject &service) {
    const QJsonObject status = service.value(Q("status")).toObject(), predictor = service.value(Q("spec")).toObject().value(Q("predictor")).toObject();
    KserveStatus s;
    s.name = metadataText(service, "name");
    s.space = metadataText(service, "namespace");
    s.uid = metadataText(service, "uid");
    s.url = status.value(Q("url")).toString();
    s.mode = modeOf(service);
    const QJsonValue seen = status.value(Q("observedGeneration"));
    s.observed = !seen.isDouble() || seen.toDouble() >= service.value(Q("metadata")).toObject().value(Q("generation")).toDouble();
    for (const QJsonValue &value : status.value(Q("conditions")).toArray()) {
        const QJsonObject c = value.toObject();
        s.conditions.push_back({c.value(Q("type")).toString(), c.value(Q("status")).toString(), c.value(Q("reason")).toString(), c.value(Q("message")).toString(), timeOf(c.value(Q("lastTransitionTime")))});
        if (s.conditions.back().type == Q("Ready"))
            s.ready = s.conditions.back().status == Q("True");
        if (s.conditions.back().type == Q("Stopped"))
            s.stopped = s.conditions.back().status == Q("True");
    }
    addModelStatus(s, status);
    const QString implementation = implementationOf(predictor);
    const QJsonObject model = predictor.value(implementation).toObject();
    s.format = implementation == Q("model") ? model.value(Q("modelFormat")).toObject().value(Q("name")).toString() : implementation;
    s.runtime = model.value(Q("runtime")).toString();
    if (s.runtime.isEmpty())
        s.runtime = status.value(Q("servingRuntimeName")).toString(status.value(Q("clusterServingRuntimeName")).toString());
    s.storageUri = storageUriOf(predictor);
    s.stableName = predictor.value(Q("name")).toString();
    if (predictor.value(Q("canaryTrafficPercent")).isDouble())
        s.canaryPercent = predictor.value(Q("canaryTrafficPercent")).toInt();
    addTraffic(s, service);
    s.percentIgnored = s.canaryPercent && !s.knative();
    s.sentence = whyNot(s);
    return s;
}

std::optional<StorageSource> storageSource(const QString &uri) {
    static const QRegularExpression logged(QStringLiteral("/(\\w+)/models/(m-[0-9a-f]{32})/artifacts(?:/|$)")), run(QStringLiteral("/(\\w+)/([0-9a-f]{32})/artifacts(?:/|$)"));
    if (const auto m = logged.match(uri); m.hasMatch())
        return StorageSource{m.captured(1), {}, m.captured(2)};
    if (const auto m = run.match(uri); m.hasMatch())
        return StorageSource{m.captured(1), m.captured(2), {}};
    return std::nullopt;
}

QString kserveStableUri(const QJsonObject &service, const QJsonObject &revision) {
    if (const QString ours = annotation(service, kserveStableUriAnnotation); !ours.isEmpty())
        return ours;
    return annotation(revision, QStringLiteral("internal.serving.kserve.io/storage-initializer-sourceuri"));
}

QString knativeRevisionPath(const QString &space, const QString &name) {
    return objectPath({{QStringLiteral("serving.knative.dev"), QStringLiteral("v1"), QStringLiteral("revisions"), QStringLiteral("Revision"), true}, space, name});
}

QJsonObject toJson(const KserveStatus &s) {
    QJsonArray conditions, traffic, canaries;
    for (const KserveCondition &c : s.conditions)
        conditions.append(QJsonObject{{Q("type"), c.type}, {Q("status"), c.status}, {Q("reason"), c.reason}, {Q("message"), c.message}, {Q("changed"), c.changed.isValid() ? QJsonValue(isoUtc(c.changed)) : QJsonValue()}});
    for (const KserveTraffic &t : s.traffic)
        traffic.append(QJsonObject{{Q("revision"), t.revision}, {Q("percent"), t.percent}, {Q("latest"), t.latest}, {Q("tag"), t.tag}});
    for (const KserveCanary &c : s.canaries)
        canaries.append(QJsonObject{{Q("name"), c.name}, {Q("percent"), c.percent}, {Q("storage_uri"), c.storageUri}, {Q("ready"), c.ready ? QJsonValue(*c.ready) : QJsonValue()}});
    return {{Q("name"), s.name}, {Q("namespace"), s.space}, {Q("url"), s.url}, {Q("mode"), s.mode}, {Q("ready"), s.ready}, {Q("sentence"), s.sentence}, {Q("conditions"), conditions},
            {Q("model_status"), QJsonObject{{Q("transition"), s.transition}, {Q("active"), s.activeState}, {Q("target"), s.targetState}, {Q("failure"), s.failureMessage}}},
            {Q("format"), s.format}, {Q("runtime"), s.runtime}, {Q("storage_uri"), s.storageUri}, {Q("canary_percent"), s.canaryPercent ? QJsonValue(*s.canaryPercent) : QJsonValue()},
            {Q("canary_percent_ignored"), s.percentIgnored}, {Q("latest_ready"), s.latestReady}, {Q("latest_rolledout"), s.latestRolledout}, {Q("previous_rolledout"), s.previousRolledout},
            {Q("traffic"), traffic}, {Q("canaries"), canaries}, {Q("wanted_canary"), s.wantedCanary()}, {Q("seen_canary"), s.seenCanary()}};
}

} // namespace pilothouse::cluster
