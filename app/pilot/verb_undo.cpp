// SPDX-License-Identifier: GPL-3.0-or-later
// pilot undo ID [--comment TEXT] [--plan] [--json]: takes back an executed promotion (p-…, or its operation op-…: traffic, alias, previous), or a
// registry operation (op-… of an alias, stage, tag or description), an approver of the workspace, or what `pilot data add` and `pilot data push` did (op-…).
//   --json of a promotion {"request":{… as pilot approve}}, of an operation {"operation","summary","done","steps":[…]};
//   with --plan {"operation":null,"summary","plan":[{"verb","object","effect","undo","command"}]}. Exit 1 if it moved on since.
#include "app/pilot/operation_answer.h"
#include "app/pilot/promotion_answer.h"

#include "core/fleet/approvers.h"
#include "core/fleet/data_operations.h"
#include "core/fleet/services.h"
#include "core/promotion/registry_operations.h"

namespace pilothouse {

namespace {

struct Options {
    std::string id, comment;
    bool plan = false;
};

Result<operations::Operation> reverseOf(const fleet::Services &services, const QString &id, std::stop_token stop) {
    PH_ASSIGN(const operations::RecordedOperation recorded, operations::recordedOperation(*services.journal, id));
    if (fleet::isApproverOperation(recorded))
        return fleet::undoApproverOperation(services.workspace.file, recorded);
    if (!fleet::isDataOperation(recorded)) {
        const QString connection = recorded.undoRecord.value(QLatin1String("connection")).toString();
        PH_ASSIGN(const auto registry, services.registries->of(connection));
        PH_ASSIGN(operations::Operation reverse, promotion::undoRegistryOperation(registry, *services.journal, id, services.operations->actor()));
        if (!connection.isEmpty())
            reverse.undoRecord.insert(QLatin1String("connection"), connection);
        return reverse;
    }
    PH_ASSIGN(const fleet::DataWork work, fleet::dataWork(services, std::move(stop)));
    return fleet::undoDataOperation(work, *services.journal, recorded);
}

Result<void> undo(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const QString id = QString::fromStdString(options.id), reason = QString::fromStdString(options.comment);
    const auto found = services->promotions->requestById(id);
    if (found) {
        if (options.plan) {
            PH_ASSIGN(operations::Operation operation, services->promotions->planUndo(id, reason));
            return runAndAnswer(context, *services->operations, std::move(operation), true);
        }
        PH_ASSIGN(const promotion::Request request, services->promotions->undo(id, reason));
        context.answer({{QStringLiteral("request"), requestJson(request)}}, requestText(request));
        return {};
    }
    if (found.error().kind != ErrorKind::NotFound || !id.startsWith(QLatin1String("op-")))
        return found.error();
    PH_ASSIGN(operations::Operation operation, reverseOf(*services, id, context.stop()));
    if (!reason.isEmpty())
        operation.details.insert(QStringLiteral("comment"), reason);
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

const Verb verb("undo", "Take back a promotion, a change of the registry, or data that was sent", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("ID", options.id, "p-… of the promotion, or op-… of the operation")->required();
    app.add_option("--comment", options.comment, "Why; kept in the journal");
    app.add_flag("--plan", options.plan, "Show what would be done, change nothing");
    app.callback([&body] { body = [](Context &context) { return undo(context, options); }; });
});

} // namespace
} // namespace pilothouse
