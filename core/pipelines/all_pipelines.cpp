// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/all_pipelines.h"

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

void join(const PipelineService &service, QString &id) { id = AllPipelines::joinedId(service, id); }

/// What an adapter left to who joins it.
void fillPlace(const PipelineService &service, QString &connection, QString &system) {
    if (system.isEmpty())
        system = service.system();
    if (connection.isEmpty() && service.system() != QLatin1String("local"))
        connection = service.source();
}

PipelineRun joined(const PipelineService &service, PipelineRun run) {
    join(service, run.id);
    if (!run.became.isEmpty())
        join(service, run.became);
    join(service, run.pipeline);
    fillPlace(service, run.connection, run.system);
    return run;
}

Gate joined(const PipelineService &service, Gate gate) {
    join(service, gate.run);
    join(service, gate.pipeline);
    fillPlace(service, gate.connection, gate.system);
    return gate;
}

} // namespace

AllPipelines::AllPipelines(std::shared_ptr<PipelineService> local, std::vector<std::shared_ptr<PipelineService>> others) : m_local(std::move(local)), m_others(std::move(others)) {}

QString AllPipelines::joinedId(const PipelineService &service, const QString &id) {
    return service.system() == QLatin1String("local") || id.isEmpty() ? id : service.source() + QLatin1Char(':') + id;
}

Result<std::pair<std::shared_ptr<PipelineService>, QString>> AllPipelines::whose(const QString &id) const {
    const qsizetype colon = id.indexOf(QLatin1Char(':'));
    if (colon <= 0)
        return std::pair(m_local, id);
    const QString name = id.left(colon);
    for (const auto &service : m_others)
        if (service->source() == name)
            return std::pair(service, id.mid(colon + 1));
    return notFound(QStringLiteral("No connection “%1” runs pipelines.").arg(name), {}, QStringLiteral("pilot connect list shows the connections."));
}

namespace {

/// What all systems have; the first error only if none has anything.
template<typename T, typename Ask> Result<std::vector<T>> gathered(const std::shared_ptr<PipelineService> &local, const std::vector<std::shared_ptr<PipelineService>> &others, Ask ask) {
    std::vector<T> all;
    std::optional<Error> first;
    const auto take = [&](const std::shared_ptr<PipelineService> &service) {
        Result<std::vector<T>> part = ask(*service);
        if (part)
            std::move(part->begin(), part->end(), std::back_inserter(all));
        else if (!first)
            first = part.error();
    };
    take(local);
    for (const auto &service : others)
        take(service);
    if (all.empty() && first)
        return *first;
    return all;
}

} // namespace

Result<std::vector<Pipeline>> AllPipelines::pipelines() const {
    return gathered<Pipeline>(m_local, m_others, joinedPipelines);
}

Result<std::vector<PipelineRun>> AllPipelines::runs(const QString &pipeline, int limit) const {
    if (!pipeline.isEmpty()) {
        PH_ASSIGN(const auto place, whose(pipeline));
        return joinedRuns(*place.first, place.second, limit);
    }
    PH_ASSIGN(auto all, gathered<PipelineRun>(m_local, m_others, [&](const PipelineService &service) { return joinedRuns(service, {}, limit); }));
    std::stable_sort(all.begin(), all.end(), newerFirst);
    return all;
}

Result<PipelineRun> AllPipelines::run(const QString &id) const {
    PH_ASSIGN(const auto place, whose(id));
    PH_ASSIGN(auto run, place.first->run(place.second));
    return joined(*place.first, std::move(run));
}

Result<QString> AllPipelines::log(const QString &run, const QString &stage) const {
    PH_ASSIGN(const auto place, whose(run));
    return place.first->log(place.second, stage);
}

Result<LogPiece> AllPipelines::readLog(const LogFrom &from, std::stop_token token) const {
    PH_ASSIGN(const auto place, whose(from.run));
    LogFrom there = from;
    there.run = place.second;
    return place.first->readLog(there, token);
}

Result<StartForm> AllPipelines::form(const QString &pipeline) const {
    PH_ASSIGN(const auto place, whose(pipeline));
    return place.first->form(place.second);
}

Result<QString> AllPipelines::startRun(const StartRequest &request) {
    PH_ASSIGN(const auto place, whose(request.pipeline));
    StartRequest there = request;
    there.pipeline = place.second;
    PH_ASSIGN(const QString id, place.first->startRun(there));
    return joinedId(*place.first, id);
}

Result<void> AllPipelines::cancel(const QString &run) {
    PH_ASSIGN(const auto place, whose(run));
    return place.first->cancel(place.second);
}

Result<void> AllPipelines::cancelByForce(const QString &run) {
    PH_ASSIGN(const auto place, whose(run));
    return place.first->cancelByForce(place.second);
}

Result<QString> AllPipelines::rerun(const QString &run, bool onlyFailed) {
    PH_ASSIGN(const auto place, whose(run));
    PH_ASSIGN(const QString id, place.first->rerun(place.second, onlyFailed));
    return joinedId(*place.first, id);
}

Result<std::vector<Gate>> AllPipelines::gates(const QString &run) const {
    if (run.isEmpty())
        return gathered<Gate>(m_local, m_others, [](const PipelineService &service) { return joinedGates(service); });
    PH_ASSIGN(const auto place, whose(run));
    PH_ASSIGN(auto all, joinedGates(*place.first, place.second));
    if (place.first != m_local && m_local) // a gate of ours at the end of another system's run
        if (auto ours = joinedGates(*m_local, run))
            std::move(ours->begin(), ours->end(), std::back_inserter(all));
    return all;
}

namespace {

/// One of ours, wherever its run is.
bool isOurs(const Gate &gate) { return gate.system == QLatin1String("local"); }


Gate gateThere(Gate gate, const QString &run) {
    gate.run = run;
    gate.pipeline = gate.pipeline.contains(QLatin1Char(':')) ? gate.pipeline.section(QLatin1Char(':'), 1) : gate.pipeline;
    return gate;
}

} // namespace

Result<void> AllPipelines::answer(const Gate &gate, const GateAnswer &answer) {
    if (isOurs(gate))
        return m_local->answer(gate, answer);
    PH_ASSIGN(const auto place, whose(gate.run));
    return place.first->answer(place.first == m_local ? gate : gateThere(gate, place.second), answer);
}

Result<GateState> AllPipelines::gateState(const Gate &gate) const {
    if (isOurs(gate))
        return m_local->gateState(gate);
    PH_ASSIGN(const auto place, whose(gate.run));
    return place.first->gateState(place.first == m_local ? gate : gateThere(gate, place.second));
}

Result<std::vector<Schedule>> AllPipelines::schedules() const {
    return gathered<Schedule>(m_local, m_others, joinedSchedules);
}

Result<void> AllPipelines::switchSchedule(const QString &id, bool on) {
    PH_ASSIGN(const auto place, whose(id));
    return place.first->switchSchedule(place.second, on);
}

Result<QString> AllPipelines::createSchedule(const ScheduleRequest &request) {
    PH_ASSIGN(const auto place, whose(request.pipeline));
    ScheduleRequest there = request;
    there.pipeline = place.second;
    PH_ASSIGN(const QString id, place.first->createSchedule(there));
    return joinedId(*place.first, id);
}

Result<void> AllPipelines::removeSchedule(const QString &id) {
    PH_ASSIGN(const auto place, whose(id));
    return place.first->removeSchedule(place.second);
}

Result<std::vector<Output>> AllPipelines::outputs(const QString &run) const {
    PH_ASSIGN(const auto place, whose(run));
    return place.first->outputs(place.second);
}

Result<void> AllPipelines::download(const QString &run, const Output &output, const QString &file, std::stop_token token) const {
    PH_ASSIGN(const auto place, whose(run));
    return place.first->download(place.second, output, file, token);
}

Result<std::vector<Notice>> AllPipelines::notices() const {
    return gathered<Notice>(m_local, m_others, joinedNotices);
}

Result<std::vector<Pipeline>> AllPipelines::joinedPipelines(const PipelineService &service) {
    PH_ASSIGN(auto all, service.pipelines());
    for (Pipeline &pipeline : all) {
        join(service, pipeline.id);
        fillPlace(service, pipeline.connection, pipeline.system);
    }
    return all;
}

Result<std::vector<PipelineRun>> AllPipelines::joinedRuns(const PipelineService &service, const QString &pipeline, int limit) {
    PH_ASSIGN(auto all, service.runs(pipeline, limit));
    for (PipelineRun &run : all)
        run = joined(service, std::move(run));
    return all;
}

Result<PipelineRun> AllPipelines::joinedRun(const PipelineService &service, const QString &id) {
    const QString prefix = joinedId(service, {});
    PH_ASSIGN(auto run, service.run(id.startsWith(prefix) ? id.mid(prefix.size()) : id));
    return joined(service, std::move(run));
}

Result<std::vector<Gate>> AllPipelines::joinedGates(const PipelineService &service, const QString &run) {
    PH_ASSIGN(auto all, service.gates(run));
    for (Gate &gate : all)
        gate = joined(service, std::move(gate));
    return all;
}

Result<std::vector<Schedule>> AllPipelines::joinedSchedules(const PipelineService &service) {
    PH_ASSIGN(auto all, service.schedules());
    for (Schedule &schedule : all) {
        join(service, schedule.id);
        join(service, schedule.pipeline);
        fillPlace(service, schedule.connection, schedule.system);
    }
    return all;
}

Result<std::vector<Notice>> AllPipelines::joinedNotices(const PipelineService &service) {
    PH_ASSIGN(auto all, service.notices());
    for (Notice &notice : all) {
        join(service, notice.pipeline);
        join(service, notice.run);
        notice.id = service.source() + QLatin1Char(':') + notice.id;
        if (notice.start)
            join(service, notice.start->pipeline);
    }
    return all;
}

bool AllPipelines::newerFirst(const PipelineRun &a, const PipelineRun &b) {
    const bool aWaits = !a.started.isValid(), bWaits = !b.started.isValid();
    return aWaits != bWaits ? aWaits : a.started > b.started;
}

} // namespace pilothouse::pipelines
