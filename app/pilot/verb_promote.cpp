// SPDX-License-Identifier: GPL-3.0-or-later
// pilot promote NAME VERSION [--to ALIAS] [--plan] [--comment TEXT] [--json]
//   Scores candidate and champion now on the same rows, prints the sheet and the calls that approving will make, and asks for approval. --plan
//   changes nothing. --comment approves at once oneself, where the rules allow it.
//   --json {"request":{…without evidence}|null,"evidence":{… see promotion::Evidence::toJson},"plan":[{"verb","object","effect","undo","command"}],
//           "blocked"}. Exit 1 if a gate blocks: then nothing is asked for.
// pilot promote --list [NAME] [--json]: the promotions that were asked for, newest first. --json {"requests":[… as pilot approve]}
#include "app/pilot/operation_answer.h"
#include "app/pilot/promotion_answer.h"

#include "core/fleet/evidence_input.h"
#include "core/learn/load_scorer.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string name, to, comment;
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

Result<void> promote(Context &context, const Options &options) {
    if (options.list)
        return list(context, options);
    if (options.name.empty() || options.version < 1)
        return invalid(QStringLiteral("Say which version of which model is to be promoted."), {}, QStringLiteral("pilot promote NAME VERSION, or pilot promote --list."));
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*services, QString::fromStdString(options.name)));
    const QString alias = options.to.empty() ? place.champion : QString::fromStdString(options.to);
    auto &promotions = *services->promotions;
    PH_ASSIGN(const operations::Operation operation, promotions.plan(place.key, options.version, alias));
    PH_ASSIGN(promotion::EvidenceInput input, fleet::evidenceInput(*services, place, options.version, alias, context.stop()));
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
    PH_ASSIGN(promotion::Request request, promotions.request(place.key, options.version, alias, evidence));
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
    app.add_option("--to", options.to, "Alias to move (default: the model's champion)");
    CLI::Option *plan = app.add_flag("--plan", options.plan, "Show the sheet and the calls, change nothing");
    CLI::Option *comment = app.add_option("--comment", options.comment, "Approve it oneself at once with this comment, where the rules allow");
    app.add_flag("--list", options.list, "Show what was asked for, newest first, of all models or of NAME")->excludes(plan)->excludes(comment);
    app.callback([&body] { body = [](Context &context) { return promote(context, options); }; });
});

} // namespace
} // namespace pilothouse
