// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/usage_error.h"
#include "app/pilot/verb.h"

#include "core/base/actor.h"
#include "core/base/harmless_text.h"
#include "core/base/json.h"
#include "core/operations/guard.h"

#include <QCoreApplication>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace pilothouse {

namespace {

struct Registered {
    const char *name, *help;
    Verb::Builder build;
};
std::vector<Registered> &verbs() {
    static std::vector<Registered> list;
    return list;
}

std::stop_source &stopSource() {
    static std::stop_source source;
    return source;
}
int stopPipe[2];
volatile std::sig_atomic_t stopSignalSeen = 0;

void onSignal(int signal) {
    stopSignalSeen = signal;
    const char byte = 1;
    (void)!::write(stopPipe[1], &byte, 1);
}

/// SIGINT and SIGTERM become a stop request; a second one ends the program at once.
void watchSignals() {
    if (::pipe2(stopPipe, O_CLOEXEC) != 0)
        return;
    struct sigaction action {};
    action.sa_handler = onSignal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    std::thread([] {
        char byte = 0;
        while (::read(stopPipe[0], &byte, 1) == 1) {
            if (stopSource().stop_requested())
                ::_exit(128 + stopSignalSeen);
            stopSource().request_stop();
        }
    }).detach();
}

// Names of columns, features and files stand in what is said: none of them steers the terminal.
void printError(const Error &error) {
    std::fprintf(stderr, "pilot: %s\n", qUtf8Printable(harmlessText(error.text())));
    if (!error.raw.isEmpty())
        std::fprintf(stderr, "%s\n", qUtf8Printable(harmlessText(error.raw)));
}

} // namespace

Verb::Verb(const char *name, const char *help, Builder builder) { verbs().push_back({name, help, std::move(builder)}); }

EventSink &Context::events() {
    if (!m_events) {
        if (eventsWanted)
            m_events = std::make_unique<LineEvents>(STDOUT_FILENO);
        else
            m_events = std::make_unique<NullEvents>();
    }
    return *m_events;
}

void Context::answer(const QJsonObject &object, const QString &text) {
    if (eventsWanted)
        events().result(object);
    else if (json)
        std::fwrite(prettyJson(object).constData(), 1, std::size_t(prettyJson(object).size()), stdout);
    else
        std::printf("%s\n", qUtf8Printable(harmlessLines(text)));
    std::fflush(stdout);
}

void Context::note(const QString &text) { std::fprintf(stderr, "%s\n", qUtf8Printable(harmlessLines(text))); }
std::stop_token Context::stop() const { return stopSource().get_token(); }
int Context::stopSignal() const { return stopSignalSeen; }

} // namespace pilothouse

int main(int argc, char **argv) {
    using namespace pilothouse;
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("pilot"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PILOTHOUSE_VERSION));
    setProgramName(QStringLiteral("pilot"));
    watchSignals();

    Context context;
    std::string workspaceOption;
    std::vector<std::string> confirmed;
    CLI::App app("Operate machine-learning models: train, judge, promote, roll out, watch. The same verbs as the window.", "pilot");
    app.set_version_flag("--version", PILOTHOUSE_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--workspace", workspaceOption, "Workspace file (else $PILOTHOUSE_WORKSPACE, else pilothouse.yaml here or above)");
    app.add_option("--confirm", confirmed, "Name of a guarded connection (guard: typed-name) that is to be written to; may be repeated")->expected(1)->take_all();
    app.add_flag("--json", context.json, "One JSON object on standard output");
    app.add_flag("--events", context.eventsWanted, "Event stream on standard output, one JSON object a line");
    VerbBody body;
    std::sort(verbs().begin(), verbs().end(), [](const auto &a, const auto &b) { return std::string_view(a.name) < b.name; });
    for (const auto &verb : verbs()) {
        auto *sub = app.add_subcommand(verb.name, verb.help);
        sub->fallthrough();
        verb.build(*sub, body);
    }
    Result<void> usable;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &e) {
        if (e.get_exit_code() == int(CLI::ExitCodes::Success))
            return app.exit(e); // --help and --version
        const auto asked = [&](const char *flag) { return std::find(argv + 1, argv + argc, std::string_view(flag)) != argv + argc; };
        context.json = asked("--json"); // the parser may not have come so far
        context.eventsWanted = asked("--events");
        usable = usageError(app, e);
    }
    context.workspaceOption = QString::fromStdString(workspaceOption);
    Result<void> done = [&]() -> Result<void> {
        try {
            PH_TRY(usable);
            if (!body)
                return invalid(QStringLiteral("This verb needs a sub-verb."), {}, QStringLiteral("Run it with --help."));
            QStringList names;
            for (const std::string &name : confirmed)
                names << QString::fromStdString(name);
            const operations::Confirmed typed(names);
            return body(context);
        } catch (const std::exception &e) {
            return internalError(e);
        }
    }();
    if (done)
        return context.exitCodeWanted;
    const Error &error = done.error();
    if (context.eventsWanted)
        context.events().error(error);
    else if (context.json) {
        const QByteArray text = prettyJson({{QStringLiteral("error"), errorToJson(error)}});
        std::fwrite(text.constData(), 1, std::size_t(text.size()), stdout);
    }
    if (error.kind != ErrorKind::Cancelled && !context.eventsWanted)
        printError(error);
    if (error.kind == ErrorKind::Cancelled && context.stopSignal() == SIGTERM)
        return 143;
    return exitCode(error.kind);
}
