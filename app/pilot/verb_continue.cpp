// SPDX-License-Identifier: GPL-3.0-or-later
// pilot continue OP [--plan] [--json]: goes on with an operation that failed halfway (a copy of a version with its tags and alias, a change of the
// registry): what it did is found, and nothing is done twice. `pilot undo OP` takes back what it did.
//   --json {"operation","summary","done","steps":[…]}; with --plan {"operation":null,"summary","plan":[…]}. Exit 1 if it did not fail, or was settled.
#include "app/pilot/operation_answer.h"

#include "core/fleet/operation_ways.h"

namespace pilothouse {

namespace {

struct Options {
    std::string id;
    bool plan = false;
};

Result<void> goOn(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(operations::Operation operation, fleet::continueOperation(*services, QString::fromStdString(options.id)));
    return runAndAnswer(context, *services->operations, std::move(operation), options.plan);
}

const Verb verb("continue", "Go on with an operation that failed halfway", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.add_option("OP", options.id, "op-… of the operation")->required();
    app.add_flag("--plan", options.plan, "Show what would be done, change nothing");
    app.callback([&body] { body = [](Context &context) { return goOn(context, options); }; });
});

} // namespace
} // namespace pilothouse
