// SPDX-License-Identifier: GPL-3.0-or-later
// TARGET: deployment/NAME, statefulset/NAME (sts/), daemonset/NAME (ds/) with --connection C --namespace N, or a model whose deployment it is.
// pilot rollouts watch TARGET [--timeout S]                       {"done","rollout":{…}}; exit 1 where it failed
// pilot rollouts diff TARGET [--from A] [--to B]                  {"from","to","changes","lines":[…]}; without numbers the last two
// pilot rollouts restart TARGET                                   as the writes below
// pilot rollouts scale TARGET REPLICAS
// pilot rollouts set-image TARGET [CONTAINER=]IMAGE
// pilot rollouts set-env TARGET NAME=VALUE… NAME-… [--container C]
// pilot rollouts set-resources TARGET [--requests cpu=…,memory=…] [--limits …] [--container C]   an empty value takes it away
//   each with --plan, --watch, --timeout S, --comment TEXT: {"operation","summary","done","steps"|"plan","warnings","diff"}
#include "app/pilot/canary_verbs.h"
#include "app/pilot/rollouts_sub.h"
#include "app/pilot/workload_answer.h"

#include "core/cluster/pod_template.h"
#include "core/cluster/settings_text.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options : WorkloadOptions {
    std::string image, container, requests, limits;
    std::vector<std::string> variables;
    qint64 replicas = -1;
};

Result<void> watch(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    return watchAndAnswer(context, bench, {o.timeout, {}, {}}, {});
}

Result<void> diff(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    PH_ASSIGN(const cluster::Workload w, cluster::readWorkload(*bench.desk.api, bench.desk.ref, context.stop()));
    const auto find = [&](qint64 wanted, std::size_t otherwise) -> Result<cluster::WorkloadRevision> {
        const auto it = std::find_if(w.history.begin(), w.history.end(), [&](const auto &r) { return r.revision == wanted; });
        if (wanted > 0 && it != w.history.end())
            return *it;
        if (wanted == 0 && otherwise < w.history.size())
            return w.history.at(otherwise);
        return notFound(wanted > 0 ? QStringLiteral("unable to find specified revision %1 in history").arg(wanted) : QStringLiteral("There are not two revisions to compare."), {}, QStringLiteral("`pilot rollouts history` lists those that are kept."));
    };
    PH_ASSIGN(const cluster::WorkloadRevision to, find(o.to, 0));
    PH_ASSIGN(const cluster::WorkloadRevision from, find(o.from, 1));
    const cluster::TemplateDiff difference = cluster::templateDiff(from.podTemplate, to.podTemplate);
    QJsonObject answer = difference.toJson();
    answer.insert(Q("from"), from.revision);
    answer.insert(Q("to"), to.revision);
    context.answer(answer, QStringLiteral("%1 → %2  %3, pod template%4").arg(from.revision).arg(to.revision).arg(difference.changes == 1 ? QStringLiteral("1 change") : QStringLiteral("%1 changes").arg(difference.changes),
                                                                                                    difference.lines.empty() ? QString() : QLatin1Char('\n') + difference.text()));
    return {};
}

Result<void> restart(Context &context, const Options &o) {
    if (namesCanary(o.target))
        return canaryVerb(context, "restart", o);
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    return runWorkloadOperation(context, o, bench, rollouts::restartOperation(bench.desk));
}

Result<void> scale(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    return runWorkloadOperation(context, o, bench, rollouts::scaleOperation(bench.desk, o.replicas));
}

Result<void> setImage(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    const QString text = QString::fromStdString(o.image);
    const qsizetype equals = text.indexOf(QLatin1Char('='));
    return runWorkloadOperation(context, o, bench, rollouts::setImageOperation(bench.desk, equals < 0 ? QString() : text.left(equals), text.mid(equals + 1)));
}

Result<void> setEnv(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    QStringList words;
    for (const std::string &word : o.variables)
        words << QString::fromStdString(word);
    PH_ASSIGN(const cluster::Settings variables, cluster::variableSettings(words));
    return runWorkloadOperation(context, o, bench, rollouts::environmentOperation(bench.desk, QString::fromStdString(o.container), variables));
}

Result<void> setResources(Context &context, const Options &o) {
    PH_ASSIGN(const cluster::Settings requests, cluster::resourceSettings(QString::fromStdString(o.requests), QStringLiteral("--requests")));
    PH_ASSIGN(const cluster::Settings limits, cluster::resourceSettings(QString::fromStdString(o.limits), QStringLiteral("--limits")));
    if (requests.isEmpty() && limits.isEmpty())
        return invalid(QStringLiteral("Say what to set."), {}, QStringLiteral("--requests cpu=500m,memory=1Gi, --limits memory=2Gi"));
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    return runWorkloadOperation(context, o, bench, rollouts::resourcesOperation(bench.desk, QString::fromStdString(o.container), requests, limits));
}

using Body = Result<void> (*)(Context &, const Options &);
using More = void (*)(CLI::App &, Options &);

/// A sub-verb about one workload.
struct Sub {
    Sub(const char *name, const char *help, Body run, bool write, More more = nullptr)
        : sub(name, help, [run, write, more](CLI::App &app, VerbBody &body) {
              auto o = std::make_shared<Options>();
              app.add_option("target", o->target, "deployment/NAME, sts/NAME, ds/NAME, or a model of the workspace")->required();
              if (more)
                  more(app, *o);
              addWorkloadOptions(app, *o);
              if (write)
                  addWriteOptions(app, *o);
              app.callback([&body, o, run] { body = [o, run](Context &context) { return run(context, *o); }; });
          }) {}
    RolloutsSub sub;
};

void containerOption(CLI::App &app, Options &o) { app.add_option("--container", o.container, "Container; the only one if there is one"); }

const Sub watchSub("watch", "A workload's rollout to its end: progress, pods, events", watch, false, [](CLI::App &app, Options &o) {
    app.add_option("--timeout", o.timeout, "Give up after so many seconds")->check(CLI::Range(1, 1'000'000));
});
const Sub diffSub("diff", "What two revisions of a workload differ in", diff, false, [](CLI::App &app, Options &o) {
    app.add_option("--from", o.from, "Revision; the one before the last")->check(CLI::Range(1, 1'000'000'000));
    app.add_option("--to", o.to, "Revision; the last")->check(CLI::Range(1, 1'000'000'000));
});
const Sub restartSub("restart", "Have a workload's pods made anew", restart, true);
const Sub scaleSub("scale", "Set how many pods a workload has", scale, true, [](CLI::App &app, Options &o) { app.add_option("replicas,--replicas", o.replicas, "How many")->required()->check(CLI::Range(0, 1'000'000)); });
const Sub imageSub("set-image", "Set the image of a workload's container", setImage, true, [](CLI::App &app, Options &o) { app.add_option("image", o.image, "[CONTAINER=]IMAGE")->required(); });
const Sub envSub("set-env", "Set and unset variables of a workload's container", setEnv, true, [](CLI::App &app, Options &o) {
    app.add_option("variables", o.variables, "NAME=VALUE, or NAME- to take it away")->required();
    containerOption(app, o);
});
const Sub resourcesSub("set-resources", "Set requests and limits of a workload's container", setResources, true, [](CLI::App &app, Options &o) {
    app.add_option("--requests", o.requests, "cpu=500m,memory=1Gi; cpu= takes it away");
    app.add_option("--limits", o.limits, "as --requests");
    containerOption(app, o);
});

} // namespace
} // namespace pilothouse
