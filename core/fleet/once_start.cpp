// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/once_start.h"

#include "core/base/json.h"
#include "core/pipelines/lost_reply.h"
#include "core/pipelines/pipeline_operations.h"

#include <QJsonArray>

#include <memory>

namespace pilothouse::fleet {

using Q = QLatin1String;

namespace {

QString stateWord(OnceStart::State state) { return state == OnceStart::State::Started ? QStringLiteral("started") : state == OnceStart::State::Sending ? QStringLiteral("sending") : QStringLiteral("open"); }

Result<void> started(OnceStart &start, const QString &run, const QString &operation, const std::function<Result<void>()> &keep) {
    start.state = OnceStart::State::Started;
    start.run = run;
    start.operation = operation;
    start.problem.clear();
    start.notBefore = {};
    return keep();
}

/// It was being sent when the program died, or its reply was lost.
Result<void> found(const Services &services, const pipelines::StartRequest &request, OnceStart &start, const std::function<Result<void>()> &keep) {
    const Error unknown{ErrorKind::Conflict, QStringLiteral("Whether %1 was started at %2 is not known.").arg(request.pipeline, isoUtc(start.at)), {}, {}, {}};
    pipelines::RunsBefore before;
    before.read = true;
    before.ids = QSet<QString>(start.before.begin(), start.before.end());
    const auto run = pipelines::startedAfterAll(*services.pipelines, request.pipeline, request.parameters, before, unknown);
    if (!run) {
        start.problem = run.error().text();
        PH_TRY(keep());
        return run.error();
    }
    PH_TRY(operations::journalNote(*services.journal, services.operations->actor(), QStringLiteral("pipeline-found"), QStringLiteral("pipeline run %1").arg(*run),
                                   {{Q("pipeline"), request.pipeline}, {Q("sent"), isoUtc(start.at)}, {Q("reason"), request.reason}}));
    return started(start, *run, start.operation, keep);
}

/// Written down right before the call, with what was there.
std::function<Result<void>()> writtenFirst(const Services &services, const pipelines::StartRequest &request, OnceStart &start, const std::function<Result<void>()> &keep, std::function<Result<void>()> send) {
    return [&services, request, &start, keep, send = std::move(send)]() -> Result<void> {
        PH_ASSIGN(const auto runs, services.pipelines->runs(request.pipeline, 20)); // without them a lost run could not be told from another
        start.before.clear();
        for (const pipelines::PipelineRun &run : runs)
            start.before << run.id;
        start.state = OnceStart::State::Sending;
        start.at = services.clock->nowUtc();
        if (const auto kept = keep(); !kept) {
            start.state = OnceStart::State::Open;
            return kept;
        }
        return send();
    };
}

} // namespace

QJsonObject OnceStart::toJson() const {
    return {{Q("state"), stateWord(state)}, {Q("at"), isoUtc(at)}, {Q("before"), QJsonArray::fromStringList(before)}, {Q("run"), run}, {Q("operation"), operation}, {Q("problem"), problem},
            {Q("not_before"), isoUtc(notBefore)}};
}

OnceStart OnceStart::fromJson(const QJsonObject &o) {
    OnceStart start;
    const QString word = o.value(Q("state")).toString();
    start.state = word == Q("started") ? State::Started : word == Q("sending") ? State::Sending : State::Open;
    start.at = fromIsoUtc(o.value(Q("at")).toString());
    for (const QJsonValue &id : o.value(Q("before")).toArray())
        start.before << id.toString();
    start.run = o.value(Q("run")).toString();
    start.operation = o.value(Q("operation")).toString();
    start.problem = o.value(Q("problem")).toString();
    start.notBefore = fromIsoUtc(o.value(Q("not_before")).toString());
    return start;
}

Result<void> startOnce(const Services &services, const pipelines::StartRequest &request, const QJsonObject &details, OnceStart &start, const std::function<Result<void>()> &keep) {
    if (start.state == OnceStart::State::Started)
        return {};
    if (start.state == OnceStart::State::Sending)
        return found(services, request, start, keep);
    const auto run = std::make_shared<QString>();
    operations::Operation operation = pipelines::startPipelineOperation(services.pipelines, request, run);
    operation.automatic = true; // approved with its plan, or the workspace's own rule
    for (auto it = details.begin(); it != details.end(); ++it)
        operation.details.insert(it.key(), it.value());
    operations::Step &step = operation.steps.front();
    step.execute = writtenFirst(services, request, start, keep, std::move(step.execute));
    const auto outcome = services.operations->run(std::move(operation));
    if (!run->isEmpty()) // also where it could not be read back
        return started(start, *run, outcome.id, keep);
    const Error error = outcome.error.value_or(refused(QStringLiteral("The pipeline %1 was not started.").arg(request.pipeline)));
    start.problem = error.text();
    start.operation = outcome.id;
    if (start.state == OnceStart::State::Sending && !pipelines::replyLost(error))
        start.state = OnceStart::State::Open; // the system refused it, so nothing was made
    if (start.state == OnceStart::State::Open) {
        const bool refusal = error.kind == ErrorKind::Refused || error.kind == ErrorKind::Denied || error.kind == ErrorKind::Invalid || error.kind == ErrorKind::NotFound;
        start.notBefore = services.clock->nowUtc().addSecs(refusal ? startRefusedSeconds : startAgainSeconds);
    }
    PH_TRY(keep());
    return error;
}

} // namespace pilothouse::fleet
