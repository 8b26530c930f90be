// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// A sub-verb whose body is a function of the options that all sub-verbs of its verb share.
template<class Options>
CLI::App *addSubVerb(CLI::App &app, VerbBody &body, const std::shared_ptr<Options> &options, const char *name, const char *help, Result<void> (*run)(Context &, const Options &)) {
    CLI::App *const sub = app.add_subcommand(name, help);
    sub->callback([&body, options, run] { body = [options, run](Context &context) { return run(context, *options); }; });
    sub->fallthrough();
    return sub;
}

} // namespace pilothouse
