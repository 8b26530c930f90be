// SPDX-License-Identifier: GPL-3.0-or-later
// pilot reject ID --comment TEXT [--json]: says no to a promotion, for good.
//   --json {"request":{"id","model","alias","version","from","digest","state","requester","approvals":[{"actor","approved","comment","time"}],
//           "approvals_needed","prevent_self_approval","created","decided","operation","outcome"}}. Exit 1 if role, rule, gate or guard refuses.
#include "app/pilot/promotion_answer.h"
#include "app/pilot/verb.h"

#include "core/fleet/services.h"

namespace pilothouse {

namespace {

struct Options {
    std::string id, comment;
};

Result<void> reject(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const promotion::Request request, services->promotions->reject(QString::fromStdString(options.id), QString::fromStdString(options.comment)));
    context.answer({{QStringLiteral("request"), requestJson(request)}}, requestText(request));
    return {};
}

const Verb verb("reject", "Reject a promotion that waits", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("ID", options.id, "The promotion, p-…")->required();
    app.add_option("--comment", options.comment, "Why; kept with the decision")->required();
    app.callback([&body] { body = [](Context &context) { return reject(context, options); }; });
});

} // namespace
} // namespace pilothouse
