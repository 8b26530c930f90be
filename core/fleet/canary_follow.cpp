// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/canary_follow.h"

#include "core/fleet/canary_tick.h"

#include <QJsonArray>

namespace pilothouse::fleet {

using Q = QLatin1String;
using namespace cluster;

namespace {

/// The workspace's model that this object serves.
QString modelOf(const Services &services, const QString &connection, const KubeRef &ref, const QString &defaultSpace) {
    for (const workspace::Model &model : services.workspace.models) {
        if (model.deployment.connection != connection || model.deployment.target.isEmpty())
            continue;
        const auto target = parseKubeRef(model.deployment.target, model.deployment.space.isEmpty() ? defaultSpace : model.deployment.space);
        if (target && *target == ref)
            return model.name;
    }
    return {};
}

/// As the operation that promotes finds it: our annotation, else Knative's own revision.
QString stableUriOf(const KubeApi &api, const QJsonObject &service, const KserveStatus &s, std::stop_token token) {
    if (const QString ours = kserveStableUri(service, {}); !ours.isEmpty() || !s.knative() || !s.hasCanary())
        return ours;
    const QString stable = s.latestRolledout.isEmpty() || s.latestRolledout == s.latestReady ? s.previousRolledout : s.latestRolledout;
    if (stable.isEmpty())
        return {};
    const auto revision = api.get(knativeRevisionPath(s.space, stable), {}, token);
    return revision ? kserveStableUri(service, *revision) : QString();
}

Result<CanaryReading> readCanary(const Services &services, const QString &connection, const KubeApi &api, const KubeRef &ref, std::stop_token token) {
    CanaryReading out;
    PH_ASSIGN(out.object, api.read(ref, token));
    if (ref.kind.group == kinds::Rollout.group) {
        PH_ASSIGN(const auto sets, api.list(kinds::ReplicaSet, ref.space, {}, token));
        out.argo = argoStatus(out.object, sets);
        if (const auto runs = api.list(kinds::AnalysisRun, ref.space, {}, token))
            out.analyses = argoAnalyses(out.object, *runs);
        else
            out.analysesMissing = runs.error().text(); // the rollout is shown all the same
    } else {
        out.kserve = kserveStatus(out.object);
        out.stableUri = stableUriOf(api, out.object, *out.kserve, token);
    }
    out.model = modelOf(services, connection, ref, api.space());
    if (!out.model.isEmpty())
        if (auto look = lastLook(services.root, out.model))
            out.look = *std::move(look);
    out.read = services.clock->nowUtc();
    return out;
}

QString rightKey(const KubeKind &kind, const QString &subresource) { return kind.plural + QLatin1Char('/') + subresource; }

} // namespace

CanaryFollow::CanaryFollow(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(300);
    connect(&m_soon, &QTimer::timeout, this, &CanaryFollow::readNow);
}

CanaryFollow::~CanaryFollow() { clear(); }

void CanaryFollow::follow(const QString &connection, std::shared_ptr<KubeApi> api, const KubeRef &ref, std::shared_ptr<KubeWatches> watches) {
    if (connection == m_connection && ref == m_ref && api == m_api)
        return;
    clear();
    m_connection = connection;
    m_ref = ref;
    m_api = std::move(api);
    m_watches = watches ? std::move(watches) : std::make_shared<KubeWatches>(kubeSource(m_api, m_services->http, m_pools.waiting));
    askRights();
    begin();
}

void CanaryFollow::begin() {
    if (!m_active || !m_api)
        return;
    watch(m_ref.kind, QStringLiteral("metadata.name=") + m_ref.name);
    if (m_ref.kind.group == kinds::Rollout.group) {
        watch(kinds::ReplicaSet, {});
        watch(kinds::AnalysisRun, {});
    }
    readNow();
}

void CanaryFollow::clear() {
    ++m_number;
    m_soon.stop();
    m_task.stop.request_stop();
    m_rightsTask.stop.request_stop();
    m_task = {}; // the next one does not wait for it
    m_feeds.clear();
    m_watches.reset();
    m_api.reset();
    m_ref = {};
    m_connection.clear();
    m_reading.reset();
    m_problem.reset();
    m_refusals.clear();
    m_again = false;
}

void CanaryFollow::setActive(bool active) {
    if (active == m_active)
        return;
    m_active = active;
    m_soon.stop();
    m_feeds.clear(); // not paused: others may look at the same watch
    begin();
}

void CanaryFollow::watch(const KubeKind &kind, const QString &field) {
    auto feed = std::make_unique<KubeFeed>(m_watches->watch(kind, m_ref.space, {}, field));
    const bool itself = kind == m_ref.kind;
    connect(feed.get(), &KubeFeed::changed, this, [this, itself](const KubeChanges &changes) {
        const auto ours = [this](const KubeRowPtr &row) { return row->owner.name == m_ref.name; };
        if (itself || !changes.removed.isEmpty() || std::any_of(changes.inserted.begin(), changes.inserted.end(), ours) || std::any_of(changes.changed.begin(), changes.changed.end(), ours))
            soon();
    });
    connect(feed.get(), &KubeFeed::statusChanged, this, [this, told = std::optional<WatchPhase>()](const KubeWatchStatus &status) mutable {
        if (status.phase == WatchPhase::Live && m_problem)
            soon(); // the cluster answers again
        if (std::exchange(told, std::optional(status.phase)) != status.phase) // a feed tells its status at each read
            Q_EMIT changed();
    });
    m_feeds.push_back(std::move(feed));
}

bool CanaryFollow::live() const {
    return !m_feeds.empty() && std::all_of(m_feeds.begin(), m_feeds.end(), [](const auto &feed) {
        const WatchPhase phase = feed->status().phase;
        return phase == WatchPhase::Live || phase == WatchPhase::Absent;
    });
}

void CanaryFollow::soon() {
    if (m_active && !m_soon.isActive())
        m_soon.start();
}

void CanaryFollow::readNow() {
    m_soon.stop();
    if (!m_api)
        return;
    if (m_task.isRunning()) {
        m_again = true;
        return;
    }
    m_task = startTask<CanaryReading>(m_pools.waiting, [services = m_services, connection = m_connection, api = m_api, ref = m_ref](std::stop_token token) {
        return readCanary(*services, connection, *api, ref, token);
    });
    deliver(m_task, this, [this, number = m_number](const Result<CanaryReading> &read) {
        if (number != m_number)
            return;
        if (read) {
            m_reading = *read;
            m_problem.reset();
        } else {
            m_problem = read.error(); // what was known stays, with its age
        }
        if (m_again) {
            m_again = false;
            soon();
        }
        Q_EMIT changed();
    });
}

void CanaryFollow::askRights() {
    const std::vector<KubeRight> wanted{{QStringLiteral("patch"), m_ref.kind, {}, m_ref.space, {}}, {QStringLiteral("patch"), m_ref.kind, QStringLiteral("status"), m_ref.space, {}},
                                        {QStringLiteral("patch"), kinds::Deployment, {}, m_ref.space, {}}};
    m_rightsTask = startTask<QHash<QString, QString>>(m_pools.waiting, [services = m_services, connection = m_connection, wanted](std::stop_token token) -> Result<QHash<QString, QString>> {
        PH_ASSIGN(const auto rights, services->clusters->rights(connection));
        PH_ASSIGN(const auto verdicts, rights->ask(wanted, token));
        const auto who = rights->whoAmI(token);
        QHash<QString, QString> out;
        for (const KubeVerdict &verdict : verdicts)
            out.insert(rightKey(verdict.right.kind, verdict.right.subresource), verdict.refusal(who ? who->text() : QString()));
        return out;
    });
    deliver(m_rightsTask, this, [this, number = m_number](const Result<QHash<QString, QString>> &refusals) {
        if (number != m_number || !refusals)
            return; // not known: the server refuses by itself
        m_refusals = *refusals;
        Q_EMIT changed();
    });
}

QString CanaryFollow::refusal(const QString &subresource, const KubeKind &kind) const { return m_refusals.value(rightKey(kind.plural.isEmpty() ? m_ref.kind : kind, subresource)); }

} // namespace pilothouse::fleet
