// SPDX-License-Identifier: GPL-3.0-or-later
// pilot promote NAME VERSION [--to ALIAS | --env ENVIRONMENT] [--plan] [--comment TEXT] [--json]
//   Scores candidate and champion now on the same rows, prints the sheet and the calls that approving will make, and asks for approval. --plan
//   changes nothing. --env copies the version (of the environment before) to the environment's registered model first, and promotes it there. --comment approves at once oneself, where the rules allow it.
//   --json {"request":{…without evidence}|null,"evidence":{… see promotion::Evidence::toJson},"plan":[{"verb","object","effect","undo","command"}],
//           "blocked"}. Exit 1 if a gate blocks: then nothing is asked for.
// pilot promote --list [NAME] [--json]: the promotions that were asked for, newest first. --json {"requests":[… as pilot approve]}
#include "app/pilot/operation_answer.h"
#include "app/pilot/promotion_answer.h"

#include "core/fleet/environments.h"
#include "core/fleet/evidence_input.h"
#include "core/fleet/operation_ways.h"
#include "core/learn/load_scorer.h"
#include "core/promotion/environment_rules.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name, to, environment, comment;
    int version = 0;
    bool plan = false, list = false;
};

Result<void> list(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    if (const auto heard = services->promotions->gather(); !heard)
        context.note(heard.error().text());
    else
        for (const QString &doubt : *heard)
            context.note(doubt);
    std::vector<promotion::Request> requests;
    if (options.name.empty()) {
        PH_ASSIGN(requests, services->promotions->requests());
    } else {
        PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, QString::fromStdString(options.name)));
        PH_ASSIGN(requests, services->promotions->requests(place.key));
    }
    QJsonArray array;
    QStringList lines;
    for (const promotion::Request &r : requests) {
        array.append(requestJson(r));
        lines += requestText(r);
    }
    context.answer({{Q("requests"), array}}, lines.isEmpty() ? QStringLiteral("No promotion was asked for yet: pilot promote NAME VERSION.") : lines.join(QLatin1Char('\n')));
    return {};
}

/// Copies the version into the next environment of its chain, if it is not there yet; what follows is a promotion there. Nothing with --plan, whose
/// answer is given here: the sheet can only be made of a version that is there.
Result<std::optional<fleet::ChainStep>> intoEnvironment(Context &context, fleet::Services &services, const Options &options) {
    PH_ASSIGN(fleet::ChainStep step, fleet::chainStep(services, QString::fromStdString(options.name), options.version, QString::fromStdString(options.environment)));
    if (step.there)
        return std::optional(std::move(step));
    PH_ASSIGN(operations::Operation copy, fleet::chainCopy(services, step));
    if (options.plan) {
        const promotion::PromotionRules rules = promotion::rulesOf(services.workspace, step.to.connection, step.to.name);
        QStringList gates;
        for (const workspace::GateSpec &gate : rules.gates)
            gates << gate.text();
        context.answer({{Q("request"), QJsonValue()}, {Q("plan"), planJson(copy)}, {Q("environment"), step.environment.name}, {Q("approvals"), rules.approvals}, {Q("gates"), QJsonArray::fromStringList(gates)}},
                       QStringLiteral("%1 (dry run, nothing was changed)\n%2\nThen the copy is judged against %3 of %4%5, and takes %6 approvals.")
                           .arg(copy.summary, planText(copy), step.to.alias, step.to.name, gates.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(gates.join(QStringLiteral(", ")))).arg(rules.approvals));
        return std::optional<fleet::ChainStep>();
    }
    const operations::OperationOutcome outcome = services.operations->run(copy);
    if (!outcome.done) {
        Error error = outcome.error.value_or(refused(QStringLiteral("The version was not copied.")));
        error.raw = fleet::halfwayText(copy, outcome);
        return error;
    }
    step.there = outcome.steps.front().after.value(Q("version")).toInt();
    context.note(QStringLiteral("%1: it is version %2 there (%3). Back with: pilot undo %3").arg(copy.summary).arg(*step.there).arg(outcome.id));
    return std::optional(std::move(step));
}

Result<void> promote(Context &context, const Options &options) {
    if (options.list)
        return list(context, options);
    if (options.name.empty() || options.version < 1)
        return invalid(QStringLiteral("Say which version of which model is to be promoted."), {}, QStringLiteral("pilot promote NAME VERSION, or pilot promote --list."));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(fleet::ModelPlace place, fleet::placeOf(*services, QString::fromStdString(options.name)));
    QString alias = options.to.empty() ? place.champion : QString::fromStdString(options.to);
    int version = options.version;
    if (!options.environment.empty()) {
        PH_ASSIGN(const std::optional<fleet::ChainStep> step, intoEnvironment(context, *services, options));
        if (!step) // the plan was told
            return {};
        PH_ASSIGN(place, fleet::placeOf(*services, step->to.name, workspace::namedConnection(services->workspace, step->to.connection)));
        alias = step->to.alias;
        version = *step->there;
    }
    auto &promotions = *services->promotions;
    PH_ASSIGN(const operations::Operation operation, promotions.plan(place.key, version, alias));
    PH_ASSIGN(promotion::EvidenceInput input, fleet::evidenceInput(*services, place, version, alias, context.stop()));
    input.loadScorer = [](const QString &folder) { return learn::loadScorer(folder); };
    PH_ASSIGN(const promotion::Evidence evidence, promotion::computeEvidence(input));
    const bool blocked = evidence.blocked();
    QString text = evidence.text() + QStringLiteral("\n\nWhat approving will do\n") + planText(operation) +
                   (services->workspace.approvers.isEmpty() ? QStringLiteral("\nApprovals are not signed: the workspace names no approvers (pilot approvals add). Roles and approvals are a guard-rail between colleagues, not a proof: they rest on the OS user and the workspace file.")
                                                            : QStringLiteral("\nOnly approvals that are signed with a key of the workspace's approvers count."));
    QJsonObject answer{{Q("request"), QJsonValue()}, {Q("evidence"), evidence.toJson()}, {Q("plan"), planJson(operation)}, {Q("blocked"), blocked}};
    context.exitCodeWanted = blocked ? 1 : 0;
    if (options.plan || blocked) {
        text += blocked ? QStringLiteral("\n\nA gate blocks: nothing was asked for.") : QStringLiteral("\n\nDry run: nothing was changed.");
        context.answer(answer, text);
        return {};
    }
    PH_ASSIGN(promotion::Request request, promotions.request(place.key, version, alias, evidence));
    if (!options.comment.empty()) {
        PH_ASSIGN(request, promotions.approve(request.id, QString::fromStdString(options.comment)));
    }
    answer.insert(Q("request"), requestJson(request));
    context.answer(answer, text + QStringLiteral("\n\n") + requestText(request));
    return {};
}

const Verb verb("promote", "Judge a version against the champion and ask to promote it", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("NAME", options.name, "Registered model, or the workspace's name for it");
    app.add_option("VERSION", options.version, "Version number")->check(CLI::Range(1, 1'000'000'000));
    auto *to = app.add_option("--to", options.to, "Alias to move (default: the model's champion)");
    app.add_option("--env", options.environment, "Environment to promote into: VERSION is copied there from the one before it")->excludes(to);
    CLI::Option *plan = app.add_flag("--plan", options.plan, "Show the sheet and the calls, change nothing");
    CLI::Option *comment = app.add_option("--comment", options.comment, "Approve it oneself at once with this comment, where the rules allow");
    app.add_flag("--list", options.list, "Show what was asked for, newest first, of all models or of NAME")->excludes(plan)->excludes(comment);
    app.callback([&body] { body = [](Context &context) { return promote(context, options); }; });
});

} // namespace
} // namespace pilothouse
