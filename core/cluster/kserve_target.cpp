// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kserve_target.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::cluster {

using Q = QLatin1String;

namespace {

const KubeKind knativeRevision{QStringLiteral("serving.knative.dev"), QStringLiteral("v1"), QStringLiteral("revisions"), QStringLiteral("Revision"), true};

class KserveTarget final : public RolloutTarget {
public:
    explicit KserveTarget(KserveTargetOptions options) : m_o(std::move(options)) {}
    QString name() const override { return QStringLiteral("inferenceservice/") + m_o.ref.name; }
    Result<RolloutStatus> status() const override;
    Result<std::vector<Revision>> history() const override;
    Result<void> start(const Revision &revision, const QString &packageFolder, const std::vector<int> &steps, const QString &operation) override;
    Result<void> pause() override { return annotate(true); }
    Result<void> resume() override { return annotate(false); }
    Result<void> promote(bool full) override;
    Result<void> abort(const QString &) override;
    Result<void> undo(int toRevision) override;
    Result<void> withdraw(const QString &) override {
        return refused(QStringLiteral("An InferenceService is not taken out of service from here."), m_o.ref.text(), QStringLiteral("Set its annotation serving.kserve.io/stop to true, or delete it where its manifest is kept."));
    }

private:
    struct Kept {
        Revision revision;
        QString storageUri, name;
    };
    Result<std::vector<Kept>> revisions(const QJsonObject &service) const;
    Revision revisionOf(int number, const QString &uri, const QString &what) const;
    Result<void> send(const QJsonObject &service, const KserveChange &change);
    Result<void> annotate(bool paused);
    KserveTargetOptions m_o;
};

Revision KserveTarget::revisionOf(int number, const QString &uri, const QString &what) const {
    Revision out;
    out.revision = number;
    out.model = m_o.model;
    out.version = m_o.versionOf && !uri.isEmpty() ? m_o.versionOf(uri) : 0;
    out.reason = uri;
    out.outcome = what;
    return out;
}

/// Newest first. Knative keeps revisions; in Standard mode there is what the service says now.
Result<std::vector<KserveTarget::Kept>> KserveTarget::revisions(const QJsonObject &service) const {
    const KserveStatus s = kserveStatus(service);
    std::vector<Kept> out;
    if (s.knative()) {
        auto listed = m_o.api->list(knativeRevision, m_o.ref.space, QStringLiteral("serving.kserve.io/inferenceservice=%1").arg(m_o.ref.name));
        // Where Knative is not installed a user with few rights is not told so, but refused.
        if (!listed && listed.error().kind != ErrorKind::NotFound && listed.error().kind != ErrorKind::Denied)
            return listed.error();
        const QString stable = s.hasCanary() ? s.latestRolledout == s.latestReady ? s.previousRolledout : s.latestRolledout : s.latestReady;
        for (const QJsonObject &object : listed ? *listed : std::vector<QJsonObject>()) {
            Kept kept;
            kept.name = metadataText(object, "name");
            kept.storageUri = kserveStableUri({}, object);
            const QString what = kept.name == stable ? QStringLiteral("stable") : s.hasCanary() && kept.name == s.latestReady ? QStringLiteral("canary") : QStringLiteral("superseded");
            kept.revision = revisionOf(label(object, QStringLiteral("serving.knative.dev/configurationGeneration")).toInt(), kept.storageUri, what);
            kept.revision.when = QDateTime::fromString(object.value(Q("metadata")).toObject().value(Q("creationTimestamp")).toString(), Qt::ISODate).toUTC();
            out.push_back(std::move(kept));
        }
        std::sort(out.begin(), out.end(), [](const Kept &a, const Kept &b) { return a.revision.revision > b.revision.revision; });
        if (!out.empty())
            return out;
    }
    const bool beside = s.knative() && s.hasCanary();
    int number = int(s.canaries.size()) + (beside ? 2 : 1);
    if (beside)
        out.push_back({revisionOf(number--, s.storageUri, QStringLiteral("canary")), s.storageUri, s.latestReady});
    for (auto canary = s.canaries.rbegin(); canary != s.canaries.rend(); ++canary)
        out.push_back({revisionOf(number--, canary->storageUri, QStringLiteral("canary")), canary->storageUri, canary->name});
    const QString stable = beside ? kserveStableUri(service, {}) : s.storageUri;
    out.push_back({revisionOf(number, stable, QStringLiteral("stable")), stable, s.stableName});
    return out;
}

Result<RolloutStatus> KserveTarget::status() const {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    PH_ASSIGN(const auto kept, revisions(service));
    const KserveStatus s = kserveStatus(service);
    RolloutStatus out;
    out.target = name();
    out.url = s.url;
    out.observed = QDateTime::currentDateTimeUtc();
    out.verdict = s.sentence;
    if (s.hasCanary())
        out.operation = annotation(service, startedByAnnotation);
    for (const Kept &one : kept) {
        if (one.revision.outcome == Q("stable") && !out.stable)
            out.stable = one.revision;
        if (one.revision.outcome == Q("canary") && !out.canary)
            out.canary = one.revision;
    }
    out.wantedCanaryShare = s.hasCanary() ? s.wantedCanary() / 100.0 : 0;
    out.seenCanaryShare = s.hasCanary() ? s.seenCanary() / 100.0 : 0;
    const bool aborted = s.knative() && s.canaryPercent && *s.canaryPercent == 0;
    if (aborted)
        out.phase = RolloutPhase::Aborted;
    else if (s.hasCanary())
        out.phase = annotation(service, kservePausedAnnotation) == Q("true") ? RolloutPhase::Paused : RolloutPhase::Progressing;
    else
        out.phase = s.ready ? RolloutPhase::Stable : s.latestReady.isEmpty() && s.conditions.empty() ? RolloutPhase::None : RolloutPhase::Progressing;
    if (s.hasCanary())
        for (std::size_t i = 0; i < m_o.steps.size(); ++i) {
            const int percent = m_o.steps[i], below = i == 0 ? -1 : m_o.steps[i - 1];
            const bool here = s.wantedCanary() <= percent && s.wantedCanary() > below && !aborted;
            out.steps.push_back({percent, aborted ? QStringLiteral("aborted") : here ? QStringLiteral("current") : percent < s.wantedCanary() ? QStringLiteral("done") : QStringLiteral("waiting"), {}, {}});
            if (here)
                out.currentStep = int(i);
        }
    if (out.canary && aborted)
        out.canary->outcome = QStringLiteral("aborted");
    return out;
}

Result<std::vector<Revision>> KserveTarget::history() const {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    PH_ASSIGN(const auto kept, revisions(service));
    std::vector<Revision> out;
    for (const Kept &one : kept)
        out.push_back(one.revision);
    return out;
}

Result<void> KserveTarget::send(const QJsonObject &service, const KserveChange &change) {
    QJsonArray patch = change.patch;
    patch.prepend(QJsonObject{{Q("op"), Q("test")}, {Q("path"), Q("/metadata/resourceVersion")}, {Q("value"), metadataText(service, "resourceVersion")}});
    PH_TRY(m_o.api->patch(objectPath(m_o.ref), PatchKind::Json, patch));
    return {};
}

Result<void> KserveTarget::annotate(bool paused) {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    if (paused && !kserveStatus(service).hasCanary())
        return refused(QStringLiteral("The service has no canary to hold."), m_o.ref.text());
    const QJsonObject body{{Q("metadata"), QJsonObject{{Q("resourceVersion"), metadataText(service, "resourceVersion")},
                                                        {Q("annotations"), QJsonObject{{kservePausedAnnotation, paused ? QJsonValue(Q("true")) : QJsonValue(QJsonValue::Null)}}}}}};
    PH_TRY(m_o.api->patch(objectPath(m_o.ref), PatchKind::Merge, body));
    return {};
}

Result<void> KserveTarget::start(const Revision &revision, const QString &packageFolder, const std::vector<int> &steps, const QString &operation) {
    if (!packageFolder.contains(Q("://")))
        return refused(QStringLiteral("Version %1 of %2 is a folder of this machine: the cluster cannot load it.").arg(revision.version).arg(revision.model), packageFolder,
                       QStringLiteral("Register it where its files are in a bucket or on a server that the cluster reaches."));
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    const KserveStatus s = kserveStatus(service);
    if (s.storageUri == packageFolder)
        return {}; // started before, by the same operation
    const int first = steps.empty() ? 100 : steps.front();
    auto made = first >= 100 ? kserveReplace(service, packageFolder) : kserveStart(service, packageFolder, first, QStringLiteral("v%1").arg(revision.version));
    if (!made)
        return made.error();
    KserveChange change = *std::move(made);
    if (service.value(Q("metadata")).toObject().value(Q("annotations")).toObject().isEmpty())
        change.patch.append(QJsonObject{{Q("op"), Q("add")}, {Q("path"), Q("/metadata/annotations")}, {Q("value"), QJsonObject()}});
    for (const auto &[key, value] : {std::pair(kserveStableUriAnnotation, s.storageUri), std::pair(startedByAnnotation, operation)})
        if (!value.isEmpty())
            change.patch.append(QJsonObject{{Q("op"), Q("add")}, {Q("path"), QStringLiteral("/metadata/annotations/%1").arg(QString(key).replace(QLatin1Char('/'), Q("~1")))}, {Q("value"), value}});
    return send(service, change);
}

Result<void> KserveTarget::promote(bool full) {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    const KserveStatus s = kserveStatus(service);
    const auto next = std::find_if(m_o.steps.begin(), m_o.steps.end(), [&](int percent) { return percent > s.wantedCanary(); });
    const QString canary = s.canaries.empty() ? QString() : s.canaries.back().name;
    if (full || next == m_o.steps.end() || *next >= 100) {
        PH_ASSIGN(const KserveChange change, kservePromote(service, canary, kserveStableUri(service, {})));
        return send(service, change);
    }
    PH_ASSIGN(const KserveChange change, kserveShare(service, canary, *next));
    return send(service, change);
}

Result<void> KserveTarget::abort(const QString &) {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    const KserveStatus s = kserveStatus(service);
    if (!s.hasCanary() || (s.knative() && s.canaryPercent == 0))
        return {}; // nothing to turn back any more
    PH_ASSIGN(const KserveChange change, kserveRollBack(service, s.canaries.empty() ? QString() : s.canaries.back().name));
    return send(service, change);
}

Result<void> KserveTarget::undo(int toRevision) {
    PH_ASSIGN(const QJsonObject service, m_o.api->read(m_o.ref));
    PH_ASSIGN(const auto kept, revisions(service));
    const Kept *target = nullptr;
    for (const Kept &one : kept)
        if (toRevision > 0 ? one.revision.revision == toRevision : !target && one.revision.outcome == Q("superseded"))
            target = &one;
    if (!target)
        return notFound(toRevision > 0 ? QStringLiteral("The service has no revision %1 any more.").arg(toRevision) : QStringLiteral("The service has no earlier revision."), m_o.ref.text());
    if (target->storageUri.isEmpty())
        return refused(QStringLiteral("Revision %1 does not say which model it served.").arg(target->revision.revision), m_o.ref.text());
    PH_ASSIGN(const KserveChange change, kserveReplace(service, target->storageUri));
    return send(service, change);
}

} // namespace

std::shared_ptr<RolloutTarget> kserveTarget(KserveTargetOptions options) { return std::make_shared<KserveTarget>(std::move(options)); }

Result<serving::RequestProfile> kserveProfile(const KserveStatus &status, const QString &protocol, const QString &model) {
    const QString host = QUrl(status.url).host();
    if (host.isEmpty())
        return invalid(QStringLiteral("The service has no address yet."), QStringLiteral("inferenceservice/%1 in %2").arg(status.name, status.space), status.sentence);
    PH_ASSIGN(serving::RequestProfile profile, serving::profileOf(protocol, model.isEmpty() ? status.name : model));
    profile.headers.insert(QStringLiteral("Host"), host);
    return profile;
}

serving::RequestProfile kserveProfileFor(serving::RequestProfile profile, const QJsonObject &metadata, int columns) {
    const QJsonArray inputs = metadata.value(Q("inputs")).toArray();
    if (profile.tensors.isEmpty() || inputs.size() != 1 || columns < 2)
        return profile;
    const QJsonObject input = inputs.first().toObject();
    profile.input = QJsonObject{{Q("id"), Q("{{id}}")},
                                {Q("inputs"), QJsonArray{QJsonObject{{Q("name"), input.value(Q("name"))}, {Q("shape"), Q("{{shape}}")},
                                                                      {Q("datatype"), input.value(Q("datatype")).toString(QStringLiteral("FP64"))}, {Q("data"), Q("{{rows}}")}}}}};
    return profile;
}

} // namespace pilothouse::cluster
