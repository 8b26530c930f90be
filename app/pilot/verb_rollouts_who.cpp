// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts who [--connection C] [--namespace N]    who the cluster takes us for, and what we may do in a namespace: as `pilot connect rights`, where no connection has
// to be named. {"connection","namespace","user","groups":[…],"rights":[{"verb","resource","group","allowed","reason"?}]}
#include "app/pilot/connect_cluster.h"
#include "app/pilot/rollouts_sub.h"

namespace pilothouse {

namespace {

struct Options {
    std::string connection, space;
};

const RolloutsSub sub("who", "Who we are in a cluster, and what we may do there", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("--connection", o->connection, "Connection of kind kubernetes, if there are several");
    app.add_option("--namespace,-n", o->space, "Namespace (else that of the context)");
    app.callback([&body, o] { body = [o](Context &context) { return clusterRights(context, QString::fromStdString(o->connection), QString::fromStdString(o->space)); }; });
});

} // namespace
} // namespace pilothouse
