// SPDX-License-Identifier: GPL-3.0-or-later
// pilot pipelines gates [RUN]                                              {"gates":[…],"problems":[…]}
// pilot pipelines answer RUN [--gate ID] [--abort] [--param k=v]… [--comment C] [--dry-run]   {"operation","summary","done","steps"}; a yes needs the role approver
// pilot pipelines evidence RUN [--gate ID]    the evidence for the candidate that the gate is about (promotion::Evidence::toJson)
#include "app/pilot/operation_answer.h"
#include "app/pilot/pipelines_sub.h"

#include "core/fleet/joined_runs.h"
#include "core/fleet/pipeline_evidence.h"
#include "core/fleet/run_gates.h"
#include "core/fleet/pipeline_feed.h"
#include "core/learn/load_scorer.h"
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_json.h"
#include "core/pipelines/pipeline_operations.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;

constexpr int registryPatienceMs = 15000; ///< which version a gate is about stands in the model's registry

struct Options {
    std::string run, gate, comment;
    std::vector<std::string> parameters;
    bool abort = false, plan = false;
};

QString gateText(const pipelines::Gate &gate) {
    QString text = QStringLiteral("%1  %2  %3\n").arg(gate.run, gate.id, gate.message);
    const auto line = [&](const QString &what) { text += QStringLiteral("    ") + what + QLatin1Char('\n'); };
    if (gate.since.isValid())
        line(QStringLiteral("waits since %1 UTC%2").arg(shortUtc(gate.since), gate.until.isValid() ? QStringLiteral(", until %1").arg(shortUtc(gate.until)) : QString()));
    if (!gate.environments.isEmpty())
        line(QStringLiteral("environments: %1").arg(gate.environments.join(QStringLiteral(", "))));
    if (!gate.allowed.isEmpty())
        line(QStringLiteral("may answer: %1").arg(gate.allowed.join(QStringLiteral(", "))));
    if (gate.mayAnswer && !*gate.mayAnswer)
        line(QStringLiteral("not you: %1").arg(gate.mayNot));
    if (gate.needed > 1)
        line(QStringLiteral("%1 of %2 approvals").arg(gate.given).arg(gate.needed));
    if (!gate.model.isEmpty())
        line(QStringLiteral("model %1%2").arg(gate.model, gate.candidate.isEmpty() ? QString() : QStringLiteral(", candidate version %1: pilot promote %2 %1 --plan").arg(gate.candidate, gate.model)));
    if (!gate.promotion.isEmpty())
        line(QStringLiteral("promotion %1: pilot approve %1 --comment “…”").arg(gate.promotion));
    for (const pipelines::Parameter &p : gate.parameters)
        line(QStringLiteral("--param %1=…  %2%3%4").arg(p.name, pipelines::parameterKindName(p.kind), p.choices.isEmpty() ? QString() : QStringLiteral(": ") + p.choices.join(QStringLiteral(", ")),
                                                        p.value.isUndefined() || p.kind == pipelines::Parameter::Kind::Secret ? QString() : QStringLiteral(" (default %1)").arg(p.value.toVariant().toString())));
    return text;
}

Result<void> gates(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(auto found, systemParts<pipelines::Gate>(context, pipes, QString::fromStdString(options.run), [](const auto &system, const QString &run) { return pipelines::AllPipelines::joinedGates(system, run); }));
    if (const auto *all = dynamic_cast<const pipelines::AllPipelines *>(pipes.get()); all && options.run.find(':') != std::string::npos) // one of ours at the end of another system's run
        if (const auto ours = pipelines::AllPipelines::joinedGates(*all->local(), QString::fromStdString(options.run)))
            found.all.insert(found.all.end(), ours->begin(), ours->end());
    fleet::fillGates(*services, found.all, registryPatienceMs);
    QJsonArray array;
    QString text;
    for (const auto &gate : found.all) {
        array << pipelines::toJson(gate);
        text += gateText(gate);
    }
    context.answer({{Q("gates"), array}, {Q("problems"), found.problems}}, text.isEmpty() ? QStringLiteral("No run waits for an answer.") : text.trimmed());
    return {};
}

Result<pipelines::Gate> gateOf(const pipelines::PipelineService &pipes, const Options &options) {
    const QString run = QString::fromStdString(options.run), id = QString::fromStdString(options.gate);
    PH_ASSIGN(const auto all, pipes.gates(run));
    QStringList ids;
    for (const pipelines::Gate &gate : all) {
        if (gate.id == id || (id.isEmpty() && all.size() == 1))
            return gate;
        ids << gate.id;
    }
    if (all.empty())
        return notFound(QStringLiteral("The run %1 waits at no gate.").arg(run), {}, QStringLiteral("pilot pipelines show %1").arg(run));
    if (id.isEmpty())
        return invalid(QStringLiteral("The run %1 waits at several gates.").arg(run), {}, QStringLiteral("Name one with --gate: %1.").arg(ids.join(QStringLiteral(", "))));
    return notFound(QStringLiteral("The run %1 waits at no gate “%2”.").arg(run, id), {}, QStringLiteral("It waits at: %1.").arg(ids.join(QStringLiteral(", "))));
}

/// With the model and the candidate that the workspace knows it to be about.
Result<pipelines::Gate> filledGate(const fleet::Services &services, const pipelines::PipelineService &pipes, const Options &options) {
    PH_ASSIGN(const pipelines::Gate gate, gateOf(pipes, options));
    std::vector<pipelines::Gate> one{gate};
    fleet::fillGates(services, one, registryPatienceMs);
    return one.front();
}

Result<promotion::Evidence> evidenceOf(Context &context, const fleet::Services &services, const pipelines::Gate &gate) {
    return fleet::gateEvidence(services, gate, [](const QString &folder) { return learn::loadScorer(folder); }, context.stop());
}

Result<void> evidence(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const pipelines::Gate gate, filledGate(*services, *pipes, options));
    PH_ASSIGN(const promotion::Evidence found, evidenceOf(context, *services, gate));
    context.answer(found.toJson(), found.text());
    return {};
}

Result<void> answer(Context &context, const Options &options) {
    PH_ASSIGN(const auto pipes, pipelinesOf(context));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const pipelines::Gate gate, filledGate(*services, *pipes, options));
    pipelines::GateAnswer answer;
    answer.proceed = !options.abort;
    answer.comment = QString::fromStdString(options.comment);
    answer.by = services->operations->actor().name;
    PH_ASSIGN(const QJsonObject given, parametersFrom(options.parameters));
    PH_ASSIGN(answer.values, pipelines::typedValues(gate.parameters, given));
    // a no needs no evidence
    const auto evidence = options.abort ? Result<promotion::Evidence>(notFound({})) : evidenceOf(context, *services, gate);
    if (evidence)
        context.note(evidence->text());
    QString failed;
    if (answer.proceed) {
        const auto run = pipes->run(gate.run);
        failed = fleet::failedRunGates(services->workspace, gate, run ? &*run : nullptr);
        if (!failed.isEmpty())
            context.note(QStringLiteral("A gate of the pipeline of %1 is not passed: %2").arg(gate.model, failed));
    }
    auto operation = fleet::answerGate(*services, gate, answer, evidence, failed);
    const auto answered = runAndAnswer(context, *services->operations, std::move(operation), options.plan);
    if (answered && !options.plan && gate.system == Q("local"))
        for (const fleet::RunNews &news : fleet::JoinedRuns(services).goOn())
            context.note(news.sentence);
    return answered;
}

const PipelinesSub gatesSub("gates", "What waits for an answer, and who may give it", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "Only of this run");
    app.callback([&body, options] { body = [options](Context &context) { return gates(context, *options); }; });
});

const PipelinesSub evidenceSub("evidence", "What speaks for and against the candidate that a gate is about", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "The run that waits")->required();
    app.add_option("--gate", options->gate, "Which gate, where it waits at several");
    app.callback([&body, options] { body = [options](Context &context) { return evidence(context, *options); }; });
});

const PipelinesSub answerSub("answer", "Let a run go on at its gate, or end it there", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_option("RUN", options->run, "The run that waits")->required();
    app.add_option("--gate", options->gate, "Which gate, where it waits at several");
    app.add_flag("--abort,--no", options->abort, "Answer no");
    app.add_option("--param", options->parameters, "NAME=VALUE of what the gate asks; of a credential NAME=secret:KEPT-NAME");
    app.add_option("--comment", options->comment, "Why; the journal and, where it can, the system keep it");
    app.add_flag("--dry-run", options->plan, "Show what would be sent");
    app.callback([&body, options] { body = [options](Context &context) { return answer(context, *options); }; });
});

} // namespace
} // namespace pilothouse
