// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/rollouts_sub.h"

#include <algorithm>

namespace pilothouse {

namespace {

struct Entry {
    std::string name, help;
    Verb::Builder builder;
};

std::vector<Entry> &entries() { // the files' order is the linker's
    static std::vector<Entry> all;
    return all;
}

} // namespace

RolloutsSub::RolloutsSub(const char *name, const char *help, Verb::Builder builder) { entries().push_back({name, help, std::move(builder)}); }

void addRolloutsSubs(CLI::App &app, VerbBody &body) {
    std::sort(entries().begin(), entries().end(), [](const Entry &a, const Entry &b) { return a.name < b.name; });
    for (const Entry &entry : entries()) {
        CLI::App *sub = app.add_subcommand(entry.name, entry.help);
        sub->fallthrough();
        entry.builder(*sub, body);
    }
}

} // namespace pilothouse
