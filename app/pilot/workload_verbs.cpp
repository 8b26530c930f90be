// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/workload_verbs.h"

#include "app/pilot/operation_answer.h"
#include "app/pilot/workload_answer.h"

#include "core/fleet/operation_ways.h"

namespace pilothouse {

using Q = QLatin1String;

bool namesWorkload(const std::string &target) { return target.find('/') != std::string::npos; }

void addWorkloadOptions(CLI::App &sub, WorkloadOptions &options) {
    sub.add_option("--connection", options.connection, "Cluster of the workspace; the only one if it has one");
    sub.add_option("--namespace", options.space, "Namespace; else that of the connection");
}

void addWriteOptions(CLI::App &sub, WorkloadOptions &options) {
    sub.add_flag("--plan", options.plan, "Show the calls and what the server makes of them, change nothing");
    sub.add_flag("--watch", options.watch, "Go on until it is rolled out");
    sub.add_option("--timeout", options.timeout, "With --watch: give up after so many seconds")->check(CLI::Range(1, 1'000'000));
    sub.add_option("--comment", options.comment, "Why; kept in the journal");
}

Result<WorkloadBench> workloadBench(Context &context, const WorkloadOptions &options) {
    WorkloadBench out;
    PH_ASSIGN(out.services, context.services());
    const QString target = QString::fromStdString(options.target);
    if (namesWorkload(options.target)) {
        PH_ASSIGN(out.desk, fleet::workloadDesk(*out.services, QString::fromStdString(options.connection), target, QString::fromStdString(options.space)));
        return out;
    }
    const workspace::Model *model = out.services->workspace.model(target);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(target), out.services->workspace.file, QStringLiteral("Name one, or a workload: deployment/NAME, sts/NAME, ds/NAME."));
    if (out.services->workspace.connections.value(model->deployment.connection).kind != Q("kubernetes"))
        return refused(QStringLiteral("%1 is not served by a cluster.").arg(target), out.services->workspace.file, QStringLiteral("This is for workloads of a cluster: deployment/NAME."));
    PH_ASSIGN(out.desk, fleet::workloadDesk(*out.services, model->deployment.connection, model->deployment.target, model->deployment.space));
    return out;
}

Result<void> runWorkloadOperation(Context &context, const WorkloadOptions &options, const WorkloadBench &bench, Result<operations::Operation> built) {
    if (!built)
        return built.error();
    operations::Operation operation = *std::move(built);
    if (!options.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(options.comment));
    if (options.plan || !options.watch)
        return runAndAnswer(context, *bench.services->operations, std::move(operation), options.plan);
    const QDateTime since = QDateTime::currentDateTimeUtc();
    const operations::OperationOutcome outcome = bench.services->operations->run(operation);
    if (outcome.error)
        return *outcome.error;
    context.note(QStringLiteral("%1: sent (%2)").arg(operation.summary, outcome.id));
    return watchAndAnswer(context, bench, {options.timeout, since, operation.undoRecord.value(Q("way")).toString() == Q("template") ? operation.undoRecord.value(Q("to")).toString() : QString()},
                          {{Q("operation"), outcome.id}, {Q("summary"), operation.summary}, {Q("warnings"), operation.details.value(Q("warnings"))}});
}

Result<void> workloadStatus(Context &context, const WorkloadOptions &options) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, options));
    PH_ASSIGN(const cluster::Workload workload, cluster::readWorkload(*bench.desk.api, bench.desk.ref, context.stop()));
    PH_ASSIGN(const auto pods, cluster::podsOf(*bench.desk.api, workload, context.stop()));
    rollouts::RolloutFollower follower(QDateTime::currentDateTimeUtc());
    (void)follower.take(workload, pods, {}, QDateTime::currentDateTimeUtc());
    context.answer(sightJson(follower.sight()), sightText(follower.sight()));
    context.exitCodeWanted = follower.sight().verdict.failed ? 1 : 0;
    return {};
}

Result<void> workloadHistory(Context &context, const WorkloadOptions &options) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, options));
    PH_ASSIGN(const cluster::Workload workload, cluster::readWorkload(*bench.desk.api, bench.desk.ref, context.stop()));
    QJsonArray list;
    for (const cluster::WorkloadRevision &revision : workload.history)
        list.append(revisionJson(revision));
    context.answer({{Q("revisions"), list}}, historyText(workload.history));
    return {};
}

Result<void> workloadUndo(Context &context, const WorkloadOptions &options) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, options));
    return runWorkloadOperation(context, options, bench, rollouts::undoOperation(bench.desk, options.to));
}

Result<void> workloadPause(Context &context, const WorkloadOptions &options, bool paused) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, options));
    return runWorkloadOperation(context, options, bench, rollouts::pauseOperation(bench.desk, paused));
}

} // namespace pilothouse
