// SPDX-License-Identifier: GPL-3.0-or-later
// pilot serve MODEL [--port N] …: answers predictions until it is stopped (SIGINT, SIGTERM: exit 0 after what is under way).
//   MODEL: a package folder (no workspace needed), or a model of the workspace: NAME goes on with what its target served, NAME@ALIAS
//   and NAME/VERSION also take that version into service where nothing was.
//   --events {"event":"ready","url","pid","key_file","folder"}; --json prints the same object once it accepts requests.
#include "app/pilot/serve_session.h"

namespace pilothouse {

namespace {

struct Typed {
    std::string model, target, address = "127.0.0.1", secret, data;
    std::vector<std::string> routes;
};

const Verb verb("serve", "Serve a model over HTTP: predictions, labels, rollout", [](CLI::App &app, VerbBody &body) {
    auto typed = std::make_shared<Typed>();
    auto o = std::make_shared<ServeOptions>();
    app.add_option("model", typed->model, "Package folder, NAME, NAME@ALIAS or NAME/VERSION")->required();
    app.add_option("--port", o->port, "Port (0: the last one used here, else any free one)")->check(CLI::Range(0, 65535));
    app.add_option("--address", typed->address, "Address to listen on (default: loopback only)");
    app.add_option("--target", typed->target, "Rollout target, serving/NAME (default: the workspace's)");
    app.add_option("--data", typed->data, "Folder of serving.db, keys and log (default: below the workspace's root; a package folder: temporary)");
    app.add_option("--api-key-secret", typed->secret, "Name of the secret that is the API key (default: a random one in api.key)");
    app.add_flag("--no-api-key", o->noApiKey, "Ask for no key (loopback only)");
    app.add_option("--route", typed->routes, "PATH=ROUTE: another path for a route, such as /score=/predict, for clients that know the service by it")->allow_extra_args(false);
    app.add_option("--rate", o->rate, "Requests a second for each key (0: no limit)")->check(CLI::Range(0.0, 1e9));
    app.add_option("--threads", o->threads, "I/O threads (at most the number of cores)")->check(CLI::Range(1, 64));
    app.add_option("--body-limit", o->bodyMiB, "Largest body in MiB")->check(CLI::Range(1, 1024));
    app.add_option("--time-limit", o->requestSeconds, "Seconds in which a request must have arrived")->check(CLI::Range(1, 3600));
    app.add_option("--batch-rows", o->batch.rows, "TorchScript: rows of requests that are there at once, answered in one pass (1: each alone); fewer where more would change an answer")->check(CLI::Range(1, 4096));
    app.add_option("--batch-wait", o->batch.micros, "Microseconds that the first of them is held while others come; one that is alone is not held")->check(CLI::Range(0, 1000000));
    app.add_option("--batch-tolerance", o->batch.tolerance, "How far such an answer may lie from the one that a row gets alone, relative (0: not a bit)")->check(CLI::Range(0.0, 0.01));
    app.add_option("--max-memory", o->maxMemory, "Resident memory, such as 2GiB, above which predictions are refused with 503 and Retry-After, and models that do not fit are not loaded (0: no limit)")->transform(CLI::AsSizeValue(false));
    app.add_option("--minimum-labels", o->minimumLabelled, "Labelled rows a step is judged on")->check(CLI::Range(20, 1000000));
    app.add_option("--go-on-without-labels", o->goOnWithoutLabels, "Seconds after which a step without a single label goes on by itself (0: never)")->check(CLI::Range(0, 1000000000));
    app.add_option("--policy-seconds", o->policySeconds, "Seconds between two looks at the model's retrain policy (0: never; default: its “check”, else at_most_every, between 10 minutes and an hour)")->check(CLI::Range(0, 1000000000));
    app.callback([&body, typed, o] {
        o->model = QString::fromStdString(typed->model);
        o->target = QString::fromStdString(typed->target);
        o->address = QString::fromStdString(typed->address);
        o->dataFolder = QString::fromStdString(typed->data);
        o->apiKeySecret = QString::fromStdString(typed->secret);
        for (const std::string &route : typed->routes)
            o->routes << QString::fromStdString(route);
        body = [o](Context &context) { return ServeSession(context, *o).run(); };
    });
});

} // namespace
} // namespace pilothouse
