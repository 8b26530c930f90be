// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/skew_watch.h"

#include "core/artifact/package.h"
#include "core/fleet/endpoint.h"
#include "core/fleet/history.h"
#include "core/fleet/snapshot.h"
#include "core/promotion/sightings.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

constexpr int askMs = 2500, answeredSeconds = 20, failedSeconds = 60;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Skew)
};

bool sameWords(const std::vector<ServedReport> &a, const std::vector<ServedReport> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ServedReport &x, const ServedReport &y) {
        return x.version == y.version && x.run == y.run && x.digest == y.digest && x.source == y.source && x.weightsSha256 == y.weightsSha256 && x.storageUri == y.storageUri && x.imageDigest == y.imageDigest && x.problem == y.problem;
    });
}

} // namespace

ServedReport askEndpoint(const Services &services, const workspace::Model &model, std::stop_token stop) {
    ServedReport report;
    report.from = model.endpoint.url;
    report.observed = services.clock->nowUtc();
    const auto endpoint = endpointOf(services, model.name);
    if (!endpoint) {
        report.problem = endpoint.error().text();
        return report;
    }
    report.from = endpoint->url;
    const QString &path = endpoint->profile.path;
    for (const auto &[begins, end] : {std::pair("/v2/models/", "/infer"), std::pair("/v1/models/", ":predict")})
        if (path.startsWith(Q(begins)) && path.endsWith(Q(end))) {
            const auto reply = endpoint->client->get(path.chopped(qsizetype(qstrlen(end))), askMs, stop);
            report.observed = services.clock->nowUtc();
            if (reply)
                return reportOfKserve(*reply, report.from, report.observed);
            report.problem = reply.error().text();
            return report;
        }
    auto reply = endpoint->client->get(QStringLiteral("/model-info"), askMs, stop);
    if (!reply && reply.error().kind == ErrorKind::NotFound) // a service without that route may say it beside its health
        reply = endpoint->client->get(QStringLiteral("/health"), askMs, stop);
    report.observed = services.clock->nowUtc();
    if (reply)
        return reportOfModelInfo(*reply, report.from, report.observed);
    report.problem = reply.error().text();
    return report;
}

bool SkewWatch::refresh(const Services &services, std::stop_token stop) {
    const std::unique_lock asking(m_asking, std::try_to_lock);
    if (!asking)
        return false;
    bool changed = false;
    const QDateTime started = services.clock->nowUtc();
    if (!m_aliasesSeen.isValid() || m_aliasesSeen.secsTo(started) >= failedSeconds || m_aliasesSeen > started) {
        m_aliasesSeen = started;
        for (const workspace::Model &model : services.workspace.models)
            if (!model.registry.name.isEmpty() && !stop.stop_requested())
                if (const auto changes = noteAlias(services, model.registry.connection, model.registry.name, model.registry.champion); changes && !changes->empty() && changes->front().version) { // a server that is down is told elsewhere
                    const std::lock_guard lock(m_mutex);
                    m_changed[model.name] = {*changes->front().version, changes->front().since};
                }
    }
    for (const workspace::Model &model : services.workspace.models) {
        if (stop.stop_requested())
            break;
        if (!model.endpoint.url.isEmpty())
            changed = refreshEndpoint(services, model, stop) || changed;
        if (services.workspace.connections.value(model.deployment.connection).kind == Q("kubernetes") && !model.deployment.target.isEmpty())
            changed = refreshPods(services, model, stop) || changed;
    }
    return changed;
}

bool SkewWatch::dueAt(const QString &model, bool pods, const QDateTime &now) const {
    const std::lock_guard lock(m_mutex);
    const auto entry = m_known.constFind(model);
    if (entry == m_known.constEnd())
        return true;
    const QDateTime asked = pods ? entry->podsAsked : entry->asked;
    const bool failed = pods ? entry->pods.problem.has_value() : entry->reports.empty() || !entry->reports.front().problem.isEmpty();
    return !asked.isValid() || asked > now || asked.secsTo(now) >= (failed ? failedSeconds : answeredSeconds);
}

bool SkewWatch::refreshEndpoint(const Services &services, const workspace::Model &model, std::stop_token stop) {
    if (!dueAt(model.name, false, services.clock->nowUtc()))
        return false;
    std::vector<ServedReport> reports{askEndpoint(services, model, stop)};
    if (stop.stop_requested())
        return false;
    const std::lock_guard lock(m_mutex);
    Entry &entry = m_known[model.name];
    const bool changed = !sameWords(entry.reports, reports);
    entry.reports = std::move(reports);
    entry.asked = services.clock->nowUtc();
    return changed;
}

bool SkewWatch::refreshPods(const Services &services, const workspace::Model &model, std::stop_token stop) {
    if (!dueAt(model.name, true, services.clock->nowUtc()))
        return false;
    ServedByPods pods = askPods(services, model, stop);
    if (stop.stop_requested())
        return false;
    const std::lock_guard lock(m_mutex);
    Entry &entry = m_known[model.name];
    const bool changed = !sameWords(entry.pods.reports, pods.reports) || entry.pods.digests != pods.digests;
    entry.pods = std::move(pods);
    entry.podsAsked = services.clock->nowUtc();
    return changed;
}

ServedByPods SkewWatch::knownPods(const QString &model) const {
    const std::lock_guard lock(m_mutex);
    return m_known.value(model).pods;
}

QDateTime SkewWatch::aliasChanged(const QString &model, int version) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_changed.constFind(model);
    return found != m_changed.constEnd() && found->first == version ? found->second : QDateTime();
}

std::vector<ServedReport> SkewWatch::known(const QString &model) const {
    const std::lock_guard lock(m_mutex);
    return m_known.value(model).reports;
}

QString SkewWatch::weightsOf(const registry::Version &version) {
    if (version.digest.isEmpty() || !QFileInfo(version.source).isDir())
        return {};
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_weights.constFind(version.digest); found != m_weights.constEnd())
            return *found;
    }
    const auto package = artifact::openPackage(version.source);
    const QString weights = package && package->digest == version.digest ? package->weightsSha256() : QString();
    const std::lock_guard lock(m_mutex);
    return m_weights[version.digest] = weights;
}

namespace {

void addPods(ServedByPods pods, SkewInput &in) {
    if (pods.version && pods.version == in.wanted.version) { // else the alias moved since they were looked at
        in.wanted.image = pods.image;
        in.wanted.imageDigests = pods.digests;
        in.wanted.imageShared = pods.shared;
    }
    in.reports.insert(in.reports.end(), std::make_move_iterator(pods.reports.begin()), std::make_move_iterator(pods.reports.end()));
}

} // namespace

Skew skewOf(const Services &services, const workspace::Model &model, const ModelRow &row, const std::vector<registry::Version> &versions) {
    SkewInput in;
    in.model = model.name;
    in.wanted.model = model.registry.name;
    in.wanted.alias = model.registry.champion;
    in.wanted.version = row.liveVersion;
    in.rollout = row.rollout;
    if (services.skew && !model.endpoint.url.isEmpty())
        in.reports = services.skew->known(model.name);
    if (services.skew)
        addPods(services.skew->knownPods(model.name), in);
    for (const registry::Version &v : versions) {
        if (v.model != model.name) // as a snapshot calls it
            continue;
        in.versions.push_back(v);
        in.versions.back().model = model.registry.name;
        if (v.version != row.liveVersion)
            continue;
        in.wanted.run = v.runId;
        in.wanted.digest = v.digest;
        in.wanted.stage = v.stage;
        in.wanted.source = v.source;
        for (const ServedReport &r : in.reports)
            if (!r.weightsSha256.isEmpty() && services.skew)
                in.wanted.weightsSha256 = services.skew->weightsOf(v);
    }
    Skew skew = judgeSkew(in);
    // When the alias moved is asked only where it matters, and of no server: a look at the fleet waits for none.
    const bool matters = in.wanted.version && skew.state != SkewState::Agrees && std::any_of(in.reports.begin(), in.reports.end(), [](const ServedReport &r) { return r.started.isValid(); });
    if (matters && services.workspace.registryConnection(model).isEmpty())
        if (const auto changes = services.registry->aliasHistory(model.registry.name, model.registry.champion); changes && !changes->empty() && changes->front().version == row.liveVersion) {
            in.wanted.changed = changes->front().since;
            skew = judgeSkew(in);
        }
    if (matters && !in.wanted.changed.isValid() && services.skew && services.skew->aliasChanged(model.name, *in.wanted.version).isValid()) {
        in.wanted.changed = services.skew->aliasChanged(model.name, *in.wanted.version);
        skew = judgeSkew(in);
    }
    if (row.endpointUrl.isEmpty() && in.reports.empty() && !in.rollout)
        return skew; // nothing here is served: nothing to keep either
    promotion::Sightings sightings(services.database);
    const QDateTime now = services.clock->nowUtc();
    const QString kind = QStringLiteral("skew");
    if (skew.skewed()) {
        const auto since = sightings.seen(kind, model.name, QStringLiteral("skewed"), {{Q("what"), skew.what}, {Q("why"), skew.why}, {Q("cause"), skewCauseName(skew.cause)}}, now);
        skew.since = since ? *since : now;
    } else if (skew.state != SkewState::Unknown) {
        (void)sightings.over(kind, model.name, now); // a database that fails says so where it matters: in the next write
    }
    return skew;
}

} // namespace pilothouse::fleet
