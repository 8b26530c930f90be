// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/pipeline_evidence.h"

#include "core/base/child_process.h"
#include "core/fleet/evidence_input.h"
#include "core/pipelines/pipeline_operations.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace pilothouse::fleet {

using operations::Operation;
using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PipelineEvidence)
};

} // namespace

Result<promotion::Evidence> gateEvidence(const Services &services, const pipelines::Gate &gate, const artifact::ScorerLoader &loadScorer, std::stop_token stop) {
    const int version = gate.candidate.toInt();
    if (gate.model.isEmpty() || version < 1)
        return notFound(Text::tr("The gate is about no version of a registry that is known here."));
    PH_ASSIGN(const ModelPlace place, placeOf(services, gate.model));
    if (const auto requests = services.promotions->requests())
        for (const promotion::Request &request : *requests)
            if (request.state == promotion::RequestState::Pending && request.version == version && request.model == place.key.name && request.connection == place.key.connection && request.doubt.isEmpty())
                return request.evidence;
    PH_ASSIGN(promotion::EvidenceInput input, evidenceInput(services, place, version, place.champion, stop));
    input.loadScorer = loadScorer;
    return promotion::computeEvidence(input);
}

Result<promotion::Evidence> gateEvidenceByChild(const Services &services, const pipelines::Gate &gate, std::stop_token stop) {
    ChildJob job;
    job.program = pilotProgram();
    if (job.program.isEmpty())
        return notFound(Text::tr("The program `pilot` was not found, which makes the evidence."), {}, Text::tr("Install it beside `pilothouse`, or set PILOTHOUSE_PILOT."));
    job.arguments = {QStringLiteral("pipelines"), QStringLiteral("evidence"), gate.run, QStringLiteral("--gate"), gate.id, QStringLiteral("--workspace"), services.workspace.file};
    PH_ASSIGN(const QJsonObject made, runJob(job, [](const Event &) {}, stop));
    return promotion::Evidence::fromJson(made);
}

Operation answerGate(const Services &services, const pipelines::Gate &gate, const pipelines::GateAnswer &answer, const Result<promotion::Evidence> &evidence, const QString &failedGates) {
    operations::Operation operation = pipelines::answerGateOperation(services.pipelines, gate, answer);
    QJsonArray warnings = operation.details.value(Q("warnings")).toArray();
    if (evidence) {
        operation.details.insert(Q("evidence"), evidence->sentence);
        operation.details.insert(Q("evidence_digest"), evidence->digest());
        if (answer.proceed && evidence->blocked())
            warnings << Text::tr("A rule of the workspace speaks against version %1 of %2: %3").arg(gate.candidate, gate.model, evidence->sentence);
    } else if (answer.proceed && evidence.error().kind != ErrorKind::NotFound) {
        warnings << Text::tr("There is no evidence for version %1 of %2: %3").arg(gate.candidate, gate.model, evidence.error().text());
    }
    if (answer.proceed && !failedGates.isEmpty())
        warnings << Text::tr("A gate of the pipeline of %1 is not passed: %2").arg(gate.model, failedGates);
    if (!warnings.isEmpty())
        operation.details.insert(Q("warnings"), warnings);
    return operation;
}

} // namespace pilothouse::fleet
