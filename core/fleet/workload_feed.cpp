// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workload_feed.h"

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using cluster::KubeKind;
using cluster::WatchPhase;

constexpr int firstPause = 2000, longestPause = 60000; ///< milliseconds between two tries to open a connection

} // namespace

QString WorkloadId::text() const { return QStringList{connection, ref.kind.kind.toLower(), ref.space, ref.name}.join(QLatin1Char('|')); }

std::optional<WorkloadId> parseWorkloadId(const QString &text) {
    const QStringList parts = text.split(QLatin1Char('|'));
    if (parts.size() != 4)
        return std::nullopt;
    const auto ref = cluster::parseKubeRef(parts[1] + QLatin1Char('/') + parts[3], parts[2]);
    return ref ? std::optional(WorkloadId{parts[0], *ref}) : std::nullopt;
}

bool ClusterSight::operator==(const ClusterSight &o) const {
    const auto text = [](const std::optional<Error> &error) { return error ? error->text() : QString(); };
    // `heard` moves with each bookmark: it is read when it is shown.
    return connection == o.connection && opened == o.opened && complete == o.complete && staleSince == o.staleSince && text(problem) == text(o.problem);
}

/// One connection: not opened yet (`problem` says why), or with its watches.
struct WorkloadFeed::Place {
    QString connection;
    std::shared_ptr<cluster::KubeApi> api;
    std::shared_ptr<cluster::KubeWatches> watches;
    std::vector<std::unique_ptr<cluster::KubeFeed>> feeds; ///< as kinds()
    Task<Opened> task;
    QTimer again;
    int pause = firstPause;
    std::optional<Error> problem;
    QDateTime triedSince; ///< since when it cannot be opened
    ClusterSight told;
};

std::vector<KubeKind> WorkloadFeed::kinds() {
    using namespace cluster::kinds;
    return {Deployment, StatefulSet, DaemonSet, Rollout, InferenceService};
}

WorkloadFeed::WorkloadFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    if (!m_services->clusters)
        return;
    for (const QString &name : m_services->clusters->names()) {
        auto place = std::make_unique<Place>();
        place->connection = place->told.connection = name;
        place->again.setSingleShot(true);
        connect(&place->again, &QTimer::timeout, this, [this, at = place.get()] { open(*at); });
        m_places.push_back(std::move(place));
    }
}

WorkloadFeed::~WorkloadFeed() {
    for (const auto &place : m_places)
        place->task.stop.request_stop();
}

QStringList WorkloadFeed::connections() const {
    QStringList names;
    for (const auto &place : m_places)
        names << place->connection;
    return names;
}

WorkloadFeed::Place *WorkloadFeed::place(const QString &connection) const {
    const auto it = std::find_if(m_places.begin(), m_places.end(), [&](const auto &p) { return p->connection == connection; });
    return it == m_places.end() ? nullptr : it->get();
}

void WorkloadFeed::setActive(bool active) {
    if (m_active == active)
        return;
    m_active = active;
    for (const auto &place : m_places) {
        if (place->watches)
            place->watches->setPaused(!active);
        else if (active)
            open(*place);
        else
            place->again.stop();
    }
}

void WorkloadFeed::retryNow(const QString &connection) {
    Place *at = place(connection);
    if (!at)
        return;
    if (!at->watches)
        return open(*at);
    for (const auto &feed : at->feeds)
        feed->watch()->retryNow();
}

void WorkloadFeed::open(Place &place) {
    place.again.stop();
    if (place.task.isRunning() || place.watches)
        return;
    // Files, the keychain, perhaps a program: then whether all namespaces may be listed.
    place.task = startTask<Opened>(m_pools.waiting, [clusters = m_services->clusters, name = place.connection](std::stop_token stop) -> Result<Opened> {
        PH_ASSIGN(const auto api, clusters->of(name));
        PH_ASSIGN(const auto rights, clusters->rights(name));
        PH_TRY(api->serverVersion(stop)); // who cannot be reached is said at once, with the reason
        const auto everywhere = rights->ask({{QStringLiteral("list"), cluster::kinds::Deployment, {}, {}, {}}}, stop);
        const bool narrow = everywhere && !everywhere->empty() && !everywhere->front().allowed;
        return Opened{api, narrow ? api->space() : QString()};
    });
    deliver(place.task, this, [this, at = &place](const Result<Opened> &opened) {
        if (opened) {
            at->problem.reset();
            watch(*at, *opened);
        } else if (opened.error().kind != ErrorKind::Cancelled) {
            if (!at->triedSince.isValid())
                at->triedSince = m_services->clock->nowUtc();
            at->problem = opened.error();
            if (m_active)
                at->again.start(at->pause);
            at->pause = std::min(at->pause * 2, longestPause);
        }
        look(*at);
    });
}

void WorkloadFeed::watch(Place &place, const Opened &opened) {
    place.api = opened.api;
    place.watches = std::make_shared<cluster::KubeWatches>(cluster::kubeSource(opened.api, m_services->http, m_pools.waiting));
    place.watches->setPaused(!m_active);
    for (const KubeKind &kind : kinds()) {
        auto feed = std::make_unique<cluster::KubeFeed>(place.watches->watch(kind, opened.space));
        connect(feed.get(), &cluster::KubeFeed::changed, this, [this, kind, name = place.connection](const cluster::KubeChanges &changes) { Q_EMIT changed(name, kind, changes); });
        connect(feed.get(), &cluster::KubeFeed::statusChanged, this, [this, at = &place] { look(*at); });
        place.feeds.push_back(std::move(feed));
    }
    Q_EMIT this->opened(place.connection);
}

void WorkloadFeed::look(Place &place) {
    const ClusterSight now = sight(place.connection);
    if (now == place.told)
        return;
    place.told = now;
    Q_EMIT sightChanged(place.connection);
}

ClusterSight WorkloadFeed::sight(const QString &connection) const {
    ClusterSight out;
    out.connection = connection;
    const Place *at = place(connection);
    if (!at)
        return out;
    out.opened = bool(at->watches);
    out.problem = at->problem;
    out.staleSince = at->problem ? at->triedSince : QDateTime();
    out.complete = out.opened;
    std::optional<Error> denied;
    int seen = 0;
    for (const auto &feed : at->feeds) {
        const cluster::KubeWatchStatus status = feed->status();
        if (status.phase == WatchPhase::Absent)
            continue; // a group that this cluster does not have
        if (!status.complete && status.error && status.error->kind == ErrorKind::Denied) { // this kind only; rights are asked before whether the group is there
            denied = status.error;
            continue;
        }
        ++seen;
        out.complete = out.complete && status.complete;
        if (status.heard.isValid() && (!out.heard.isValid() || status.heard > out.heard))
            out.heard = status.heard;
        if (status.phase == WatchPhase::Waiting && status.error) {
            out.problem = status.error;
            const QDateTime since = status.staleSince.isValid() ? status.staleSince : status.heard;
            if (since.isValid() && (!out.staleSince.isValid() || since < out.staleSince))
                out.staleSince = since;
        }
    }
    if (!at->feeds.empty() && seen == 0 && denied) {
        out.problem = denied;
        out.complete = false;
    }
    return out;
}

cluster::KubeRowPtr WorkloadFeed::row(const WorkloadId &id) const {
    const Place *at = place(id.connection);
    for (std::size_t i = 0; at && i < at->feeds.size(); ++i)
        if (kinds()[i] == id.ref.kind)
            return at->feeds[i]->row(id.ref.space.isEmpty() ? id.ref.name : id.ref.space + QLatin1Char('/') + id.ref.name);
    return {};
}

std::shared_ptr<cluster::KubeApi> WorkloadFeed::api(const QString &connection) const {
    const Place *at = place(connection);
    return at ? at->api : nullptr;
}

std::shared_ptr<cluster::KubeWatches> WorkloadFeed::watches(const QString &connection) const {
    const Place *at = place(connection);
    return at ? at->watches : nullptr;
}

} // namespace pilothouse::fleet
