// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/pipeline_feed.h"

#include "core/base/json.h"
#include "core/fleet/joined_gates.h"
#include "core/fleet/run_watch.h"
#include "core/pipelines/pipeline_json.h"

#include <QCryptographicHash>

#include <algorithm>

namespace pilothouse::fleet {

using pipelines::AllPipelines;

namespace {

const std::shared_ptr<pipelines::PipelineService> &localOf(const Services &services) {
    const auto *all = dynamic_cast<const AllPipelines *>(services.pipelines.get());
    return all ? all->local() : services.pipelines;
}

template<typename T> void append(std::vector<T> &to, const std::vector<T> &from) { to.insert(to.end(), from.begin(), from.end()); }

SystemSight sightOf(const pipelines::PipelineService &service) {
    SystemSight sight;
    sight.system = service.system();
    sight.connection = sight.system == QLatin1String("local") ? QString() : service.source();
    sight.can = service.can();
    return sight;
}

template<typename T> void takeLocal(Result<std::vector<T>> part, std::vector<T> &into, SystemSight &sight) {
    if (part)
        append(into, *part);
    else
        sight.problem = part.error();
}

void addLocal(const Services &services, PipelinesState &out) {
    const auto &local = *localOf(services);
    SystemSight sight = sightOf(local);
    takeLocal(local.pipelines(), out.pipelines, sight);
    takeLocal(local.runs({}, 200), out.runs, sight);
    takeLocal(local.gates(), out.gates, sight);
    takeLocal(local.schedules(), out.schedules, sight);
    append(out.notices, runNotices(services));
    sight.read = services.clock->nowUtc();
    out.systems.push_back(std::move(sight));
}

QByteArray digestOf(const PipelinesState &state, const QMap<QString, RunNote> &notes) {
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (const auto &p : state.pipelines)
        hash.addData(compactJson(pipelines::toJson(p)));
    for (const auto &run : state.runs)
        hash.addData(compactJson(pipelines::toJson(run)));
    for (const auto &gate : state.gates)
        hash.addData(compactJson(pipelines::toJson(gate)));
    for (const auto &schedule : state.schedules)
        hash.addData(compactJson(pipelines::toJson(schedule)));
    for (const auto &notice : state.notices)
        hash.addData(compactJson(pipelines::toJson(notice)));
    for (auto note = notes.begin(); note != notes.end(); ++note)
        hash.addData((note.key() + QLatin1Char('\n') + note->text).toUtf8());
    return hash.result();
}

void addRemote(const Services &services, const QMap<QString, RemoteRuns::SeenPtr> &seen, PipelinesState &out) {
    const auto *all = dynamic_cast<const AllPipelines *>(services.pipelines.get());
    if (!all)
        return;
    for (const auto &service : all->others()) {
        const RemoteRuns::SeenPtr one = seen.value(service->source());
        if (!one)
            continue;
        SystemSight sight = sightOf(*service);
        sight.read = one->known.read;
        sight.remembered = one->remembered;
        sight.reading = one->reading;
        sight.problem = one->problem;
        sight.next = one->next;
        out.systems.push_back(std::move(sight));
        out.whole = out.whole && one->whole;
        append(out.pipelines, one->known.pipelines);
        append(out.runs, one->known.runs);
        append(out.gates, one->known.gates);
        append(out.schedules, one->known.schedules);
        append(out.notices, one->known.notices);
    }
    std::stable_sort(out.runs.begin(), out.runs.end(), AllPipelines::newerFirst);
}

} // namespace

void fillGates(const Services &services, std::vector<pipelines::Gate> &gates, int patienceMs) {
    for (pipelines::Gate &gate : gates) {
        const workspace::Model *const model = gate.model.isEmpty() ? modelOfPipeline(services.workspace, gate.pipeline) : services.workspace.model(gate.model);
        if (!model)
            continue;
        gate.model = model->name;
        if (!gate.candidate.isEmpty() || gate.system == QLatin1String("local")) // one of ours knows what it is about, or that nothing is known
            continue;
        const QString connection = services.workspace.registryConnection(*model);
        std::vector<registry::Version> versions;
        if (connection.isEmpty()) {
            if (auto all = services.registry->versions(model->registry.name))
                versions = *std::move(all);
        } else {
            const auto known = services.remote->look(patienceMs, patienceMs == 0).value(connection);
            for (const registry::Version &version : known.versions)
                if (version.model == model->registry.name)
                    versions.push_back(version);
        }
        const auto newest = std::max_element(versions.begin(), versions.end(), [](const auto &a, const auto &b) { return a.version < b.version; });
        if (newest != versions.end() && !newest->aliases.contains(model->registry.champion) && newest->stage != model->registry.champion)
            gate.candidate = QString::number(newest->version);
    }
}

const workspace::Model *modelOfPipeline(const workspace::Workspace &workspace, const QString &pipeline) {
    const QString connection = pipeline.contains(QLatin1Char(':')) ? pipeline.section(QLatin1Char(':'), 0, 0) : QString();
    const QString job = connection.isEmpty() ? pipeline : pipeline.mid(connection.size() + 1);
    const auto is = [&](const QString &named) { return !named.isEmpty() && (named == job || job.endsWith(QLatin1Char('/') + named)); }; // "owner/name/train.yml", "folder/retrain"
    for (const workspace::Model &model : workspace.models) {
        const auto &other = model.pipeline.other;
        if (connection.isEmpty() && model.name == job)
            return &model;
        if (!connection.isEmpty() && model.pipeline.connection == connection && (is(model.pipeline.job) || is(other.value(QStringLiteral("workflow")))))
            return &model;
        if (!connection.isEmpty() && other.value(QStringLiteral("deploy_connection"), model.pipeline.connection) == connection && is(other.value(QStringLiteral("deploy"))))
            return &model;
    }
    return nullptr;
}

PipelinesState joinedState(const Services &services, const QMap<QString, RemoteRuns::SeenPtr> &seen) {
    PipelinesState out;
    addLocal(services, out);
    addRemote(services, seen, out);
    addRunNotes(runNotes(services), out.runs);
    fillGates(services, out.gates);
    return out;
}

PipelineFeed::PipelineFeed(std::shared_ptr<Services> services, Pools &pools, QObject *parent) : QObject(parent), m_services(std::move(services)), m_pools(pools) {
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &PipelineFeed::look);
}

PipelineFeed::~PipelineFeed() { m_task.stop.request_stop(); }

void PipelineFeed::setActive(bool active) {
    if (active == m_active)
        return;
    m_active = active;
    if (!active) {
        m_timer.stop();
        return;
    }
    m_timer.start();
    look();
}

void PipelineFeed::refresh(const QString &connection) {
    m_services->runs->forget(connection);
    m_again = m_task.isRunning();
    look();
}

void PipelineFeed::look() {
    if (m_task.isRunning())
        return;
    m_task = startTask<Look>(m_pools.waiting, [services = m_services, revisions = m_revisions, before = m_local, patience = m_loaded ? 0 : firstPatienceMs](std::stop_token stop) -> Result<Look> {
        Look look;
        const auto seen = services->runs->look(patience);
        for (auto it = seen.begin(); it != seen.end(); ++it)
            look.revisions.insert(it.key(), (*it)->revision);
        PipelinesState local;
        addLocal(*services, local);
        const QMap<QString, RunNote> notes = runNotes(*services);
        look.local = digestOf(local, notes);
        if (stop.stop_requested())
            return cancelled();
        if (look.revisions == revisions && look.local == before)
            return look;
        addRemote(*services, seen, local);
        addRunNotes(notes, local.runs);
        fillGates(*services, local.gates);
        look.state = std::make_shared<const PipelinesState>(std::move(local));
        return look;
    });
    deliver(m_task, this, [this](const Result<Look> &look) {
        if (look) {
            const bool first = !m_loaded;
            m_loaded = true;
            m_revisions = look->revisions;
            m_local = look->local;
            if (look->state)
                m_state = look->state;
            if (look->state || first)
                Q_EMIT changed();
        }
        if (m_again) {
            m_again = false;
            this->look();
        }
    });
}

} // namespace pilothouse::fleet
