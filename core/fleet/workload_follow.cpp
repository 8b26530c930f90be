// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workload_follow.h"

#include "core/cluster/autoscaler.h"
#include "core/cluster/pod_selector.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;
using cluster::EventRow;
using cluster::KubeRowPtr;
using cluster::PodRow;

constexpr int readEvery = 1000, usageEvery = 20000; ///< milliseconds
constexpr int secondTry = 5000;
constexpr int slowLook = 60000; ///< what no row shows (an annotation: a new GitOps owner) is seen by then

QString hashOf(const cluster::KubeRow &pod) {
    for (const char *label : {"pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash"})
        if (const QString hash = pod.labels.value(Q(label)); !hash.isEmpty())
            return hash;
    return {};
}

Result<WorkloadReading> readWhole(const cluster::KubeApi &api, const cluster::KubeRef &ref, const Clock &clock, std::stop_token stop) {
    WorkloadReading out;
    if (cluster::revisionKind(ref.kind)) {
        PH_ASSIGN(out.workload, cluster::readWorkload(api, ref, stop));
        out.object = out.workload->object;
        out.verdict = cluster::rolloutVerdict(out.object);
        out.labels = cluster::selectorText(out.object.value(Q("spec")).toObject().value(Q("selector")).toObject());
    } else {
        const auto selector = cluster::PodSelector::of(api, ref, stop);
        if (selector) {
            out.object = selector->object();
            out.labels = selector->labels();
        } else {
            PH_ASSIGN(out.object, api.read(ref, stop));
        }
        out.object.insert(Q("kind"), ref.kind.kind);
    }
    // Who may not list autoscalers sees the rest.
    if (const auto all = api.list(cluster::kinds::HorizontalPodAutoscaler, ref.space, {}, stop))
        for (const QJsonObject &object : *all)
            if (const auto load = cluster::hpaLoad(object); load && load->targetKind == ref.kind.kind && load->targetName == ref.name)
                out.autoscaler = *load;
    out.read = clock.nowUtc();
    return out;
}

} // namespace

WorkloadFollow::WorkloadFollow(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    for (QTimer *timer : {&m_soon, &m_usageTimer, &m_eventsSoon})
        timer->setSingleShot(true);
    m_slow.setSingleShot(true);
    connect(&m_slow, &QTimer::timeout, this, &WorkloadFollow::touched);
    connect(&m_soon, &QTimer::timeout, this, &WorkloadFollow::read);
    connect(&m_usageTimer, &QTimer::timeout, this, &WorkloadFollow::readUsage);
    connect(&m_eventsSoon, &QTimer::timeout, this, [this] {
        Q_EMIT eventsChanged();
        Q_EMIT podsChanged(); // events tell why a pod waits
    });
}

WorkloadFollow::~WorkloadFollow() { clear(); }

void WorkloadFollow::clear() {
    ++m_number;
    m_task.stop.request_stop();
    m_usageTask.stop.request_stop();
    m_rightsTask.stop.request_stop();
    for (QTimer *timer : {&m_soon, &m_slow, &m_usageTimer, &m_eventsSoon})
        timer->stop();
    m_pods.reset();
    m_events.reset();
    m_autoscalers.reset();
    m_id = {};
    m_api.reset();
    m_watches.reset();
    m_labels.clear();
    m_reading.reset();
    m_problem.reset();
    m_usage.clear();
    m_usageMissing.clear();
    m_refusals.clear();
    m_again = false;
    m_readAt.invalidate();
}

void WorkloadFollow::follow(const WorkloadId &id, std::shared_ptr<cluster::KubeApi> api, std::shared_ptr<cluster::KubeWatches> watches) {
    if (id == m_id && api == m_api)
        return;
    clear();
    m_id = id;
    m_api = std::move(api);
    m_watches = std::move(watches);
    if (!m_api || !m_watches)
        return;
    m_events = std::make_unique<cluster::KubeFeed>(m_watches->watch(cluster::kinds::Event, id.ref.space));
    connect(m_events.get(), &cluster::KubeFeed::changed, this, [this] { tellEvents(); });
    m_autoscalers = std::make_unique<cluster::KubeFeed>(m_watches->watch(cluster::kinds::HorizontalPodAutoscaler, id.ref.space));
    connect(m_autoscalers.get(), &cluster::KubeFeed::changed, this, [this](const cluster::KubeChanges &changes) {
        for (const auto *rows : {&changes.inserted, &changes.changed})
            for (const KubeRowPtr &row : *rows)
                if (const auto *hpa = row->as<cluster::HpaRow>(); hpa && hpa->targetKind == m_id.ref.kind.kind && hpa->targetName == m_id.ref.name)
                    return touched();
        if (!changes.removed.isEmpty() && m_reading && m_reading->autoscaler)
            touched();
    });
    read();
    askRights();
}

void WorkloadFollow::setActive(bool active) {
    m_active = active;
    if (!active) {
        m_soon.stop();
        m_slow.stop();
        m_usageTimer.stop();
    } else if (m_api) {
        touched();
        readUsage();
    }
}

void WorkloadFollow::tellEvents() {
    if (!m_eventsSoon.isActive())
        m_eventsSoon.start(200);
}

void WorkloadFollow::touched() {
    if (!m_api || !m_active)
        return;
    if (m_task.isRunning()) {
        m_again = true;
        return;
    }
    const qint64 since = m_readAt.isValid() ? m_readAt.elapsed() : readEvery;
    if (!m_soon.isActive())
        m_soon.start(int(std::clamp<qint64>(readEvery - since, 0, readEvery)));
}

void WorkloadFollow::read() {
    m_soon.stop();
    if (m_task.isRunning() || !m_api)
        return;
    m_readAt.start();
    m_again = false;
    m_task = startTask<WorkloadReading>(m_pools.waiting, [api = m_api, ref = m_id.ref, clock = m_services->clock](std::stop_token stop) { return readWhole(*api, ref, *clock, stop); });
    deliver(m_task, this, [this, number = m_number](const Result<WorkloadReading> &reading) {
        if (number != m_number) { // another one is followed by now; its own read may have had to wait for this one
            if (m_api && !m_reading)
                read();
            return;
        }
        if (reading) {
            m_reading = *reading;
            m_problem.reset();
            if (!m_pods || m_labels != reading->labels)
                watchPods(reading->labels);
            if (m_active)
                m_slow.start(slowLook);
        } else {
            m_problem = reading.error();
            if (m_active && reading.error().kind != ErrorKind::NotFound)
                m_soon.start(secondTry);
        }
        Q_EMIT readingChanged();
        Q_EMIT podsChanged(); // their revisions
        if (m_again)
            touched();
    });
}

void WorkloadFollow::watchPods(const QString &labels) {
    m_labels = labels;
    m_pods.reset();
    if (labels.isEmpty()) // no selector: nothing, and not all
        return;
    m_pods = std::make_unique<cluster::KubeFeed>(m_watches->watch(cluster::kinds::Pod, m_id.ref.space, labels));
    connect(m_pods.get(), &cluster::KubeFeed::changed, this, [this] {
        Q_EMIT podsChanged();
        tellEvents(); // those of a new pod
        touched();
    });
    connect(m_pods.get(), &cluster::KubeFeed::statusChanged, this, [this] { Q_EMIT podsChanged(); });
    readUsage();
}

void WorkloadFollow::readUsage() {
    if (m_usageTask.isRunning() || !m_api || !m_active || m_labels.isEmpty())
        return;
    m_usageTask = startTask<std::vector<cluster::UsageFigures>>(m_pools.waiting, [api = m_api, space = m_id.ref.space, labels = m_labels](std::stop_token stop) -> Result<std::vector<cluster::UsageFigures>> {
        PH_TRY(api->served(cluster::kinds::PodMetrics, stop)); // not installed: in words for a person
        PH_ASSIGN(const auto objects, api->list(cluster::kinds::PodMetrics, space, labels, stop));
        std::vector<cluster::UsageFigures> out;
        for (const QJsonObject &object : objects)
            if (const auto usage = cluster::usageOf(object))
                out.push_back(*usage);
        return out;
    });
    deliver(m_usageTask, this, [this, number = m_number](const Result<std::vector<cluster::UsageFigures>> &usage) {
        if (number != m_number) // another one's had to wait for this
            return readUsage();
        m_usage.clear();
        m_usageMissing = usage ? QString() : usage.error().what;
        if (usage)
            for (const cluster::UsageFigures &one : *usage)
                m_usage.insert(one.name, one);
        m_usageTimer.start(usage ? usageEvery : usageEvery * 6);
        Q_EMIT podsChanged();
    });
}

void WorkloadFollow::askRights() {
    const cluster::KubeKind kind = m_id.ref.kind;
    const QString space = m_id.ref.space;
    const std::vector<cluster::KubeRight> rights{{QStringLiteral("patch"), kind, {}, space, {}}, {QStringLiteral("patch"), kind, QStringLiteral("scale"), space, {}},
                                                     {QStringLiteral("create"), cluster::kinds::Pod, QStringLiteral("exec"), space, {}}, {QStringLiteral("create"), cluster::kinds::Pod, QStringLiteral("portforward"), space, {}}};
    m_rightsTask = startTask<QHash<QString, QString>>(m_pools.waiting, [clusters = m_services->clusters, name = m_id.connection, rights](std::stop_token stop) -> Result<QHash<QString, QString>> {
        PH_ASSIGN(const auto asked, clusters->rights(name));
        PH_ASSIGN(const auto verdicts, asked->ask(rights, stop));
        QHash<QString, QString> out;
        for (const cluster::KubeVerdict &verdict : verdicts)
            if (!verdict.allowed) {
                const auto who = asked->whoAmI(stop);
                out.insert(verdict.right.verb + QLatin1Char(' ') + verdict.right.subresource, verdict.refusal(who ? who->user : name));
            }
        return out;
    });
    deliver(m_rightsTask, this, [this, number = m_number](const Result<QHash<QString, QString>> &refusals) {
        if (number != m_number || !refusals) // not known: the plan asks the server
            return;
        m_refusals = *refusals;
        Q_EMIT rightsChanged();
    });
}

QString WorkloadFollow::refusal(const QString &verb, const QString &subresource) const { return m_refusals.value(verb + QLatin1Char(' ') + subresource); }

std::vector<PodSight> WorkloadFollow::pods() const {
    std::vector<PodSight> out;
    if (!m_pods)
        return out;
    QHash<QString, qint64> revisions; // by the hash at the end of the ReplicaSet's or ControllerRevision's name
    QSet<QString> owners;
    if (m_reading && m_reading->workload) {
        owners.insert(cluster::metadataText(m_reading->object, "uid"));
        for (const cluster::WorkloadRevision &r : m_reading->workload->history) {
            revisions.insert(r.object.section(QLatin1Char('-'), -1), r.revision);
            revisions.insert(r.object, r.revision);
            owners.insert(r.uid);
        }
    }
    QHash<QString, std::vector<KubeRowPtr>> about; // by pod: those of one, not of a thousand
    for (const KubeRowPtr &event : events())
        about[event->as<EventRow>()->involvedName].push_back(event);
    const qint64 now = m_services->clock->nowUtc().toSecsSinceEpoch();
    for (const KubeRowPtr &row : m_pods->rows()) {
        if (!row->as<PodRow>() || (m_id.ref.kind != cluster::kinds::Deployment && owners.size() > 0 && !owners.contains(row->owner.uid)))
            continue; // another workload's with the same labels
        PodSight pod;
        pod.row = row;
        pod.reason = cluster::podReason(*row, about.value(row->name), {}, now);
        pod.hash = hashOf(*row);
        pod.revision = revisions.value(pod.hash);
        if (const auto used = m_usage.constFind(row->name); used != m_usage.constEnd()) {
            pod.cpu = used->cpu;
            pod.memory = used->memory;
        }
        out.push_back(std::move(pod));
    }
    std::sort(out.begin(), out.end(), [](const PodSight &a, const PodSight &b) {
        if (a.revision != b.revision)
            return a.revision > b.revision;
        return a.hash != b.hash ? a.hash < b.hash : a.row->name < b.row->name;
    });
    return out;
}

std::vector<KubeRowPtr> WorkloadFollow::events() const {
    std::vector<KubeRowPtr> out;
    if (!m_events)
        return out;
    QSet<QString> names{m_id.ref.kind.kind + QLatin1Char('/') + m_id.ref.name};
    if (m_reading && m_reading->workload)
        for (const cluster::WorkloadRevision &r : m_reading->workload->history)
            names.insert(QStringLiteral("ReplicaSet/") + r.object);
    const QString prefix = m_id.ref.name + QLatin1Char('-');
    QSet<QString> pods;
    if (m_pods)
        for (const KubeRowPtr &row : m_pods->rows())
            pods.insert(row->name);
    for (const KubeRowPtr &row : m_events->rows()) {
        const auto *event = row->as<EventRow>();
        if (!event)
            continue;
        const bool gone = event->involvedKind == Q("Pod") && event->involvedName.startsWith(prefix) && !pods.contains(event->involvedName)
                          && names.contains(QStringLiteral("ReplicaSet/") + event->involvedName.section(QLatin1Char('-'), 0, -2)); // a pod of it that is no more
        if (names.contains(event->involvedKind + QLatin1Char('/') + event->involvedName) || gone || (event->involvedKind == Q("Pod") && pods.contains(event->involvedName))
            || (event->involvedKind == Q("HorizontalPodAutoscaler") && m_reading && m_reading->autoscaler && event->involvedName == m_id.ref.name))
            out.push_back(row);
    }
    std::sort(out.begin(), out.end(), [](const KubeRowPtr &a, const KubeRowPtr &b) {
        const qint64 left = a->as<EventRow>()->last, right = b->as<EventRow>()->last;
        return left != right ? left > right : a->id > b->id;
    });
    return out;
}

QStringList WorkloadFollow::oomKilled() const {
    QStringList out;
    if (m_pods)
        for (const KubeRowPtr &row : m_pods->rows())
            if (const auto *pod = row->as<PodRow>())
                for (const cluster::ContainerRow &c : pod->containers)
                    if (c.reason == Q("OOMKilled") || (c.hasLast && c.lastReason == Q("OOMKilled")))
                        out << QStringLiteral("%1/%2").arg(row->name, c.name);
    out.sort();
    return out;
}

} // namespace pilothouse::fleet
