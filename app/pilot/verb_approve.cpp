// SPDX-License-Identifier: GPL-3.0-or-later
// pilot approve ID --comment TEXT [--json]: says yes to a promotion; with enough voices it is carried out.
//   --json {"request":{"id","model","alias","version","from","digest","state","requester","approvals":[{"actor","approved","comment","time","standing","reason"?,"expires"?,"key"?}],
//           "evidence_digest","not_signed"?,"doubt"?,"approvals_needed","prevent_self_approval","created","decided","operation","outcome"}}. Exit 1 if role, rule, gate or guard refuses.
#include "app/pilot/promotion_answer.h"
#include "app/pilot/verb.h"

#include "core/fleet/joined_runs.h"

namespace pilothouse {

namespace {

struct Options {
    std::string id, comment;
};

Result<void> approve(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const promotion::Request request, services->promotions->approve(QString::fromStdString(options.id), QString::fromStdString(options.comment)));
    for (const fleet::RunNews &news : fleet::JoinedRuns(services).goOn()) // a training whose deploy run waited for this
        context.note(news.sentence);
    context.answer({{QStringLiteral("request"), requestJson(request)}}, requestText(request));
    return {};
}

const Verb verb("approve", "Approve a promotion that waits", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("ID", options.id, "The promotion, p-…")->required();
    app.add_option("--comment", options.comment, "Why; kept with the decision")->required();
    app.callback([&body] { body = [](Context &context) { return approve(context, options); }; });
});

} // namespace
} // namespace pilothouse
