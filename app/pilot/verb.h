// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"
#include "core/base/result.h"

#include <CLI/CLI.hpp>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <memory>
#include <stop_token>

namespace pilothouse {
namespace fleet {
struct Services;
}

/// What every verb gets: global options and the ways to answer. One for the program.
class Context {
public:
    Context() = default;
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
    ~Context(); ///< logs out of the Vaults that were logged in to
    QString workspaceOption; ///< --workspace
    bool json = false;       ///< --json: one object on standard output
    bool eventsWanted = false; ///< --events: the event stream instead

    EventSink &events();
    /// The answer: the object for --json or the `result` event, the text otherwise (a newline is added).
    void answer(const QJsonObject &object, const QString &text);
    /// A line for people on standard error (never with --json's output).
    void note(const QString &text);
    /// The workspace's services; opened on first use.
    Result<std::shared_ptr<fleet::Services>> services();
    /// Set by SIGINT and SIGTERM; bodies look at it between steps.
    std::stop_token stop() const;
    /// Which signal asked to stop (0 = none): SIGTERM ends with 143 after a checkpoint, SIGINT with 130.
    int stopSignal() const;
    bool sendsWaiting = true; ///< opening the services starts sending what waits for other registries (startDueSync())
    int exitCodeWanted = 0; ///< 1 = "the answer is no", with an answer given

private:
    std::unique_ptr<EventSink> m_events;
    std::shared_ptr<fleet::Services> m_services;
};

/// A verb's body: Result<void>; an Error is printed (or sent as `error` event) and gives the exit code.
using VerbBody = std::function<Result<void>(Context &)>;

/// Adds a verb at program start: `static const Verb v("profile", [](CLI::App &app, VerbBody &body) {…});`
/// The builder declares options on `app` and sets `body`. Sub-verbs: CLI's add_subcommand inside, each setting `body`
/// in its callback.
class Verb {
public:
    using Builder = std::function<void(CLI::App &app, VerbBody &body)>;
    Verb(const char *name, const char *help, Builder builder);
};

} // namespace pilothouse
