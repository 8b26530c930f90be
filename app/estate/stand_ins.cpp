// SPDX-License-Identifier: GPL-3.0-or-later
// All stand-ins, a line each.
#include "app/estate/stand_ins.h"

#include "app/estate/azureml.h"
#include "app/estate/blobs.h"
#include "app/estate/github.h"
#include "app/estate/grafana.h"
#include "app/estate/jenkins.h"
#include "app/estate/kubeflow.h"
#include "app/estate/slack.h"
#include "app/estate/vault.h"

namespace pilothouse::estate {

namespace {

struct Kind {
    const char *name;
    std::unique_ptr<StandIn> (*make)();
};

template<class T> std::unique_ptr<StandIn> make() { return std::make_unique<T>(); }

constexpr Kind kinds[] = {
    {"jenkins", make<Jenkins>},
    {"github", make<GithubStandIn>},
    {"kubeflow", make<KubeflowStandIn>},
    {"azureml", make<AzureMlStandIn>},
    {"blobs", make<BlobStandIn>}, // where github and azureml keep what is fetched by signed addresses
    {"slack", make<Slack>},
    {"grafana", make<Grafana>},
    {"vault", make<Vault>},
};

} // namespace

QStringList standInNames() {
    QStringList out;
    for (const Kind &kind : kinds)
        out << QString::fromLatin1(kind.name);
    return out;
}

std::vector<std::unique_ptr<StandIn>> makeStandIns(const QStringList &only) {
    std::vector<std::unique_ptr<StandIn>> out;
    for (const Kind &kind : kinds)
        if (only.isEmpty() || only.contains(QLatin1String(kind.name)))
            out.push_back(kind.make());
    return out;
}

} // namespace pilothouse::estate
