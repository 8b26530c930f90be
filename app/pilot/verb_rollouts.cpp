// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts list                     {"rollouts":[status]}           status: core/cluster/local_target.h, toJson()
// pilot rollouts status MODEL             status
// pilot rollouts history MODEL            {"revisions":[…]}, newest first
// pilot rollouts start MODEL [--plan]     starts the endpoint; rolls the champion out if it serves another version
// pilot rollouts pause|resume MODEL       status
// pilot rollouts promote MODEL [--full]   the next step now, or all traffic
// pilot rollouts abort MODEL [--reason …] back to the stable version; the promotion behind it is undone whole
// pilot rollouts undo MODEL [--to REV]    back to an earlier revision; without --to the promotion behind it is undone whole
// pilot rollouts stop MODEL               ends the endpoint; its state stays
// pilot rollouts shadow MODEL [--version N | --off]      a second model gets a copy of each request; {"agreement":[…]}
// status, history, pause, resume and undo take a workload of a cluster in the place of MODEL as well, see verb_rollouts_workload.cpp: deployment/NAME,
// sts/NAME, ds/NAME with --connection C --namespace N. Those and promote and abort also rollout/NAME and inferenceservice/NAME, see verb_rollouts_canary.cpp.
// pilot rollouts ab MODEL [--version N --seconds S [--share P] | --off]  a fixed split; {"running","a","b","comparison",…}
#include "app/pilot/canary_verbs.h"
#include "app/pilot/rollout_desk.h"
#include "app/pilot/rollouts_sub.h"
#include "app/pilot/workload_verbs.h"

#include "core/base/actor.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/cluster/local_target.h"
#include "core/fleet/model_place.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::RolloutPhase;
using cluster::RolloutStatus;
using operations::Operation;

using Options = RolloutOptions;
using Desk = RolloutDesk;
using Write = RolloutWrite;

/// The promotion that started what runs here, if it can still be undone.
std::optional<promotion::Request> promotionOf(const Desk &desk, const RolloutStatus &status) {
    if (!status.operation.startsWith(Q("p-")))
        return std::nullopt;
    const auto request = desk.services->promotions->requestById(status.operation);
    if (request && request->state == promotion::RequestState::Done)
        return *request;
    return std::nullopt;
}

Result<void> list(Context &context) {
    PH_ASSIGN(const auto services, context.services());
    QJsonArray rollouts;
    QString text;
    for (const workspace::Model &model : services->workspace.models) {
        const auto target = services->rolloutTarget(model);
        if (!target && target.error().kind == ErrorKind::NotFound)
            continue;
        if (!target)
            return target.error();
        const auto status = (*target)->status();
        if (!status) {
            context.note(status.error().text());
            continue;
        }
        QJsonObject object = cluster::toJson(*status);
        object.insert(Q("model"), model.name);
        rollouts.append(object);
        text += rolloutText(*status) + QLatin1Char('\n');
    }
    context.answer({{Q("rollouts"), rollouts}}, text.isEmpty() ? QStringLiteral("No model of this workspace has a deployment.") : text.trimmed());
    return {};
}

Result<void> history(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    PH_ASSIGN(const auto revisions, desk.target->history());
    QJsonArray list;
    QString text;
    for (const cluster::Revision &r : revisions) {
        list.append(cluster::toJson(r));
        text += QStringLiteral("%1  %2 version %3  %4  %5 by %6%7\n").arg(r.revision, 3).arg(r.model).arg(r.version).arg(r.outcome, -10)
                    .arg(r.when.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), r.by, r.reason.isEmpty() ? QString() : QStringLiteral(": ") + r.reason);
    }
    context.answer({{Q("revisions"), list}}, text.isEmpty() ? QStringLiteral("Nothing was served here yet.") : text.trimmed());
    return {};
}

Result<void> start(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(*desk.services, desk.model));
    const auto champion = place.packagedByAlias(place.champion, context.stop());
    PH_ASSIGN(const RolloutStatus before, desk.target->status());
    const bool there = before.stable && before.phase != RolloutPhase::None;
    if (!champion && !there)
        return Error{ErrorKind::NotFound, QStringLiteral("%1 has no %2 yet, so there is nothing to serve.").arg(desk.model.name, desk.model.registry.champion), {},
                     QStringLiteral("`pilot promote %1 VERSION` makes one.").arg(desk.model.registry.name), {}};
    const bool moving = cluster::inProgress(before);
    const bool only = there && (!champion || before.stable->version == champion->version || moving);
    Write write;
    write.command = QStringLiteral("pilot rollouts start %1").arg(desk.model.name);
    if (only) {
        write.kind = QStringLiteral("serve-start");
        write.verb = QStringLiteral("START");
        write.effect = QStringLiteral("the endpoint goes on with version %1").arg(before.stable->version);
        write.undo = QStringLiteral("the endpoint is stopped");
        write.execute = [local = desk.local] { return cluster::startLocalServer(local); };
        write.takeBack = [local = desk.local]() -> Result<void> {
            PH_TRY(cluster::stopLocalServer(local));
            return {};
        };
        if (desk.inCluster || (before.phase != RolloutPhase::Unreachable && !o.plan)) // it runs: nothing is written
            return tellRolloutStatus(context, desk);
        return runRolloutWrite(context, o, desk, write);
    }
    cluster::Revision revision;
    revision.model = champion->model;
    revision.version = champion->version;
    revision.digest = champion->digest;
    revision.by = currentActor();
    write.kind = QStringLiteral("rollout-start");
    write.verb = QStringLiteral("START");
    write.effect = there ? QStringLiteral("version %1 beside version %2, by steps").arg(champion->version).arg(before.stable->version)
                         : QStringLiteral("version %1 takes all traffic, as the first").arg(champion->version);
    write.undo = there ? QStringLiteral("all traffic back to version %1").arg(before.stable->version) : QString();
    write.execute = [target = desk.target, revision, folder = champion->source, steps = desk.model.deployment.steps] { return target->start(revision, folder, steps, QStringLiteral("op-") + randomHex(6)); };
    if (there)
        write.takeBack = [target = desk.target] { return target->abort(QStringLiteral("undone")); };
    return runRolloutWrite(context, o, desk, write);
}

Result<void> simple(Context &context, const Options &o, const char *kind, const char *effect, const char *undo, Result<void> (cluster::RolloutTarget::*call)(), Result<void> (cluster::RolloutTarget::*back)()) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    Write write{QStringLiteral("rollout-") + Q(kind), QStringLiteral("SET"), Q(effect), Q(undo), QStringLiteral("pilot rollouts %1 %2").arg(Q(kind), desk.model.name),
                [target = desk.target, call] { return ((*target).*call)(); }, [target = desk.target, back] { return ((*target).*back)(); }, {}, {}, workspace::Role::Operator};
    return runRolloutWrite(context, o, desk, write);
}

Result<void> promote(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    return runRolloutWrite(context, o, desk,
                    {QStringLiteral("rollout-promote"), QStringLiteral("SET"), o.full ? QStringLiteral("all traffic to the canary") : QStringLiteral("on to the next step"), QStringLiteral("pilot rollouts undo %1").arg(desk.model.name),
                     QStringLiteral("pilot rollouts promote %1%2").arg(desk.model.name, o.full ? QStringLiteral(" --full") : QString()), [target = desk.target, full = o.full] { return target->promote(full); }, {}, {}, {}, workspace::Role::Operator});
}

/// Traffic and alias go back together where a promotion stands behind the rollout.
Result<bool> undonePromotion(Context &context, const Options &o, const Desk &desk, const QString &reason) {
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    const auto request = promotionOf(desk, status);
    if (!request)
        return false;
    if (o.plan) {
        context.answer({{Q("plan"), QJsonArray{QJsonObject{{Q("verb"), Q("UNDO")}, {Q("object"), QStringLiteral("promotion ") + request->id}, {Q("effect"), QStringLiteral("alias %1 and traffic back").arg(request->alias)}}}}},
                       QStringLiteral("UNDO promotion %1: alias %2 and traffic back").arg(request->id, request->alias));
        return true;
    }
    PH_TRY(desk.services->promotions->undo(request->id, reason));
    PH_TRY(tellRolloutStatus(context, desk));
    return true;
}

Result<void> abort(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    const QString reason = o.reason.empty() ? QStringLiteral("Aborted by %1").arg(currentActor()) : QString::fromStdString(o.reason);
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    if (cluster::inProgress(status)) {
        PH_ASSIGN(const bool done, undonePromotion(context, o, desk, reason));
        if (done)
            return {};
    }
    return runRolloutWrite(context, o, desk,
                    {QStringLiteral("rollout-abort"), QStringLiteral("SET"), QStringLiteral("all traffic to the stable version"), {}, QStringLiteral("pilot rollouts abort %1").arg(desk.model.name),
                     [target = desk.target, reason] { return target->abort(reason); }, {}, {}, {}, workspace::Role::Operator});
}

Result<void> undo(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    if (o.to <= 0) {
        PH_ASSIGN(const bool done, undonePromotion(context, o, desk, o.reason.empty() ? QStringLiteral("Undone by %1").arg(currentActor()) : QString::fromStdString(o.reason)));
        if (done)
            return {};
    }
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    const int stable = status.stable ? status.stable->revision : 0;
    std::function<Result<void>()> back;
    if (stable > 0)
        back = [target = desk.target, stable] { return target->undo(stable); };
    return runRolloutWrite(context, o, desk,
                    {QStringLiteral("rollout-undo"), QStringLiteral("SET"), o.to > 0 ? QStringLiteral("all traffic to revision %1").arg(o.to) : QStringLiteral("all traffic to the revision before"),
                     stable > 0 ? QStringLiteral("back to revision %1").arg(stable) : QString(), QStringLiteral("pilot rollouts undo %1 --to %2").arg(desk.model.name).arg(o.to),
                     [target = desk.target, to = o.to] { return target->undo(to); }, back, {}, {}, workspace::Role::Operator});
}

Result<void> stop(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, rolloutDesk(context, o.model));
    PH_TRY(desk.onlyLocal(QStringLiteral("stop")));
    return runRolloutWrite(context, o, desk,
                    {QStringLiteral("serve-stop"), QStringLiteral("STOP"), QStringLiteral("the endpoint ends; its state stays"), QStringLiteral("pilot rollouts start %1").arg(desk.model.name),
                     QStringLiteral("pilot rollouts stop %1").arg(desk.model.name),
                     [local = desk.local]() -> Result<void> {
                         PH_TRY(cluster::stopLocalServer(local));
                         return {};
                     },
                     [local = desk.local] { return cluster::startLocalServer(local); }, {}, {}, workspace::Role::Operator});
}

const Verb verb("rollouts", "Rollouts: list, status, start, pause, resume, promote, abort, history, undo, stop, shadow, ab", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
    auto w = std::make_shared<WorkloadOptions>();
    auto canary = std::make_shared<CanaryChoice>();
    app.require_subcommand(1);
    app.add_subcommand("list", "Every model's rollout")->callback([&body] { body = list; });
    const auto sub = [&](const char *name, const char *help, bool write, Result<void> (*run)(Context &, const Options &)) {
        CLI::App *s = app.add_subcommand(name, help);
        s->fallthrough();
        s->add_option("model", o->model, "Model of the workspace")->required();
        if (write)
            s->add_flag("--plan", o->plan, "Show the calls, change nothing");
        s->callback([&body, o, run] { body = [o, run](Context &context) { return run(context, *o); }; });
        return s;
    };
    /// The same for a model and for a workload of a cluster.
    const auto both = [&](const char *name, const char *help, bool write, Result<void> (*run)(Context &, const Options &), Result<void> (*ofWorkload)(Context &, const WorkloadOptions &)) {
        CLI::App *s = app.add_subcommand(name, help);
        s->fallthrough();
        s->add_option("model", w->target, "Model of the workspace, or a workload: deployment/NAME, sts/NAME, ds/NAME, rollout/NAME, inferenceservice/NAME")->required();
        addWorkloadOptions(*s, *w);
        if (write)
            addWriteOptions(*s, *w);
        s->callback([&body, o, w, canary, verbName = std::string(name), run, ofWorkload] {
            body = [o, w, canary, verbName, run, ofWorkload](Context &context) {
                if (namesCanary(w->target)) {
                    if (w->comment.empty())
                        w->comment = o->reason;
                    canary->full = o->full;
                    return canaryVerb(context, verbName, *w, *canary);
                }
                if (namesWorkload(w->target))
                    return ofWorkload(context, *w);
                o->model = w->target;
                o->plan = w->plan;
                if (o->reason.empty())
                    o->reason = w->comment;
                return run(context, *o);
            };
        });
        return s;
    };
    both("status", "Traffic, steps and verdict", false, [](Context &c, const Options &options) -> Result<void> {
        PH_ASSIGN(const Desk desk, rolloutDesk(c, options.model));
        return tellRolloutStatus(c, desk);
    }, workloadStatus);
    both("history", "What was served, newest first", false, history, workloadHistory);
    sub("start", "Start the endpoint; roll the champion out if it serves another version", true, start);
    both("pause", "Hold the present step", true, [](Context &c, const Options &options) {
        return simple(c, options, "pause", "the rollout holds on its step", "it goes on", &cluster::RolloutTarget::pause, &cluster::RolloutTarget::resume);
    }, [](Context &c, const WorkloadOptions &options) { return workloadPause(c, options, true); });
    both("resume", "Go on after a pause", true, [](Context &c, const Options &options) {
        return simple(c, options, "resume", "the rollout goes on", "it holds again", &cluster::RolloutTarget::resume, &cluster::RolloutTarget::pause);
    }, [](Context &c, const WorkloadOptions &options) { return workloadPause(c, options, false); });
    const auto noSteps = [](Context &, const WorkloadOptions &options) -> Result<void> {
        return refused(QStringLiteral("%1 has no steps: its cluster replaces its pods by itself.").arg(QString::fromStdString(options.target)), {}, QStringLiteral("pause, resume and undo change it."));
    };
    CLI::App *promoteSub = both("promote", "To the next step now", true, promote, noSteps);
    promoteSub->add_flag("--full", o->full, "All traffic now");
    CLI::App *abortSub = both("abort", "Back to the stable version", true, abort, noSteps);
    abortSub->add_option("--reason", o->reason, "Why");
    for (CLI::App *one : {promoteSub, abortSub})
        one->add_option("--canary", canary->canary, "Which, of an InferenceService with several");
    CLI::App *undoSub = both("undo", "Back to an earlier revision", true, [](Context &c, const Options &options) { return undo(c, options); }, [](Context &c, const WorkloadOptions &options) { return workloadUndo(c, options); });
    undoSub->add_option_function<int>("--to", [o, w](const int &to) { w->to = o->to = to; }, "Revision (see history)")->check(CLI::Range(1, 1'000'000'000));
    undoSub->add_option("--reason", o->reason, "Why");
    sub("stop", "End the endpoint; its state stays", true, stop);
    CLI::App *shadow = sub("shadow", "A second model gets a copy of each request and never answers; how far it agrees", true, rolloutShadow);
    shadow->add_option("--version", o->version, "Version that becomes the shadow")->check(CLI::Range(1, 1'000'000'000));
    shadow->add_flag("--off", o->off, "Take the shadow away");
    CLI::App *ab = sub("ab", "A fixed split between two versions for a stated time, and how they compare", true, rolloutAb);
    ab->add_option("--version", o->version, "Version beside the stable one")->check(CLI::Range(1, 1'000'000'000));
    ab->add_option("--share", o->share, "Its share, between 0 and 1")->check(CLI::Range(0.0, 1.0));
    ab->add_option("--seconds", o->seconds, "How long")->check(CLI::Range(1, 1'000'000'000));
    ab->add_flag("--off", o->off, "End the test now");
    addRolloutsSubs(app, body);
});

} // namespace
} // namespace pilothouse
