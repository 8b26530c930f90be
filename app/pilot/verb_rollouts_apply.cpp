// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts apply DIR [--revision REV] [--image NAME=TAG]… [--namespace NS] [--connection C] [--recursive] [--prune] [--set NAME] [--force]
//                          [--plan] [--no-wait] [--timeout S] [--comment TEXT]
//   --json with --plan: {"set","folder","revision","commit","warnings","notes","images","objects":[{"object","place","change","diff","conflicts","problem"}]}
//   --json else: {"operation","summary","done","steps":[…],"plan":{as above},"rollouts":[{"target","done","failed","text"}]}; with nothing to change
//   {"operation":null,"done":true,"plan":{…}}. Exit 1: the server does not take an object, or a rollout failed (undo: pilot undo op-…).
#include "app/pilot/rollouts_sub.h"

#include "core/fleet/clusters.h"
#include "core/fleet/operation_ways.h"
#include "core/fleet/services.h"
#include "core/rollouts/apply_run.h"

namespace pilothouse {

namespace {

using Q = QLatin1String;
using rollouts::AppliedObject;

struct Options {
    std::string folder, revision, space, connection, set, comment;
    std::vector<std::string> images;
    bool deep = false, prune = false, force = false, plan = false, noWait = false;
    int timeout = 0;
};

bool hasProblem(const rollouts::ApplyPlan &plan) {
    return std::any_of(plan.objects.begin(), plan.objects.end(), [](const AppliedObject &o) { return o.problem.has_value(); });
}

Result<QJsonArray> waitForRollouts(Context &context, const cluster::KubeApi &api, const rollouts::ApplyPlan &plan, const Options &o, const QDateTime &since, QString &text) {
    PH_ASSIGN(const auto ended, rollouts::watchApplied(api, plan, since, o.timeout, [&](const rollouts::ApplyProgress &progress) { context.note(progress.text); }, context.stop()));
    QJsonArray out;
    for (const rollouts::RolledOut &one : ended) {
        out.append(QJsonObject{{Q("target"), one.ref.text()}, {Q("done"), one.done}, {Q("failed"), one.failed}, {Q("text"), one.text}});
        text += QLatin1Char('\n') + one.ref.text() + QStringLiteral(": ") + one.text;
        for (const QString &trouble : one.troubles)
            text += QStringLiteral("\n    ") + trouble;
        if (one.failed)
            context.exitCodeWanted = 1;
    }
    return out;
}

Result<void> apply(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto api, services->clusters->of(QString::fromStdString(o.connection)));
    QStringList images;
    for (const std::string &image : o.images)
        images << QString::fromStdString(image);
    PH_ASSIGN(auto source, rollouts::readApplySource(QString::fromStdString(o.folder), QString::fromStdString(o.revision), images, o.deep));
    PH_ASSIGN(const rollouts::ApplyPlan plan, rollouts::planApply(*api, std::move(source), {QString::fromStdString(o.space), QString::fromStdString(o.set), o.force, o.prune}, context.stop()));
    if (o.plan) {
        context.answer(rollouts::toJson(plan), rollouts::planText(plan) + QStringLiteral("\n(dry run on the server, nothing was changed)"));
        context.exitCodeWanted = hasProblem(plan) ? 1 : 0;
        return {};
    }
    if (!hasProblem(plan) && plan.count(AppliedObject::Change::Unchanged) == int(plan.objects.size())) {
        context.answer({{Q("operation"), QJsonValue()}, {Q("done"), true}, {Q("plan"), rollouts::toJson(plan)}}, QStringLiteral("Nothing to change: the cluster has all %1 objects as the folder has them.").arg(plan.objects.size()));
        return {};
    }
    PH_ASSIGN(operations::Operation operation, rollouts::applyOperation(api, plan));
    for (const QString &warning : plan.warnings)
        context.note(QStringLiteral("WARNING: ") + warning);
    for (const auto &f : plan.images)
        context.note(QStringLiteral("image %1 of %2: %3 → %4").arg(f.container, f.object, f.before, f.after));
    if (!o.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(o.comment));
    const QString summary = operation.summary;
    const QDateTime since = services->clock->nowUtc();
    const operations::OperationOutcome outcome = services->operations->run(operation);
    if (outcome.error) {
        Error error = *outcome.error;
        if (const QString left = fleet::halfwayText(operation, outcome); !left.isEmpty())
            error.raw = error.raw.isEmpty() ? left : left + QLatin1Char('\n') + error.raw;
        return error;
    }
    QJsonArray steps;
    QString text = QStringLiteral("%1: done (%2)").arg(summary, outcome.id);
    for (const operations::StepOutcome &step : outcome.steps) {
        steps.append(QJsonObject{{Q("call"), QStringLiteral("%1 %2").arg(step.call.verb, step.call.object)}, {Q("state"), step.state}, {Q("after"), step.after}});
        text += QStringLiteral("\n  %1 %2: %3").arg(step.call.verb, step.call.object, step.call.effect);
    }
    QJsonObject answer{{Q("operation"), outcome.id}, {Q("summary"), summary}, {Q("done"), outcome.done}, {Q("steps"), steps}, {Q("plan"), rollouts::toJson(plan)}};
    if (!o.noWait) {
        auto watched = waitForRollouts(context, *api, plan, o, since, text);
        if (!watched) {
            Error error = watched.error();
            error.hint += QStringLiteral(" What was applied stays; take it back by: pilot undo %1.").arg(outcome.id);
            return error;
        }
        answer.insert(Q("rollouts"), *watched);
        if (context.exitCodeWanted)
            text += QStringLiteral("\nTake it back by: pilot undo %1").arg(outcome.id);
    }
    context.answer(answer, text);
    return {};
}

const RolloutsSub sub("apply", "Apply a folder of manifests, or a Git revision of it, as one operation", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    app.add_option("folder", o->folder, "Folder of manifests, or one file")->required();
    app.add_option("--revision", o->revision, "The folder as this Git revision has it");
    app.add_option("--image", o->images, "NAME=TAG: the tag that the build gave; {commit} is the commit of the manifests")->expected(1)->take_all();
    app.add_option("--namespace,-n", o->space, "Namespace of objects that name none");
    app.add_option("--connection", o->connection, "Connection to the cluster, if there are several");
    app.add_option("--set", o->set, "Name by which a later --prune knows these objects (else the folder's)");
    app.add_flag("--recursive,-R", o->deep, "Folders in it too");
    app.add_flag("--prune", o->prune, "Delete what an earlier apply of this set made and the folder has no more");
    app.add_flag("--force", o->force, "Take over fields that others manage");
    app.add_flag("--plan", o->plan, "Show what the server would do, change nothing");
    app.add_flag("--no-wait", o->noWait, "Do not watch the rollouts to their end");
    app.add_option("--timeout", o->timeout, "Seconds to watch at most")->check(CLI::Range(1, 1'000'000));
    app.add_option("--comment", o->comment, "Why; kept in the journal");
    app.callback([&body, o] { body = [o](Context &context) { return apply(context, *o); }; });
});

} // namespace
} // namespace pilothouse
