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
#include "app/pilot/verb.h"

#include "core/base/actor.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/cluster/local_target.h"
#include "core/fleet/services.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using cluster::RolloutPhase;
using cluster::RolloutStatus;
using operations::Operation;

struct Options {
    std::string model, reason;
    int to = 0;
    bool full = false, plan = false;
};

/// What every sub-verb needs.
struct Desk {
    std::shared_ptr<fleet::Services> services;
    workspace::Model model;
    std::shared_ptr<cluster::RolloutTarget> target;
    cluster::LocalTargetOptions local;
};

Result<Desk> deskOf(Context &context, const std::string &name) {
    Desk desk;
    PH_ASSIGN(desk.services, context.services());
    const QString wanted = QString::fromStdString(name);
    const workspace::Model *model = desk.services->workspace.model(wanted);
    if (!model) {
        QStringList known;
        for (const workspace::Model &m : desk.services->workspace.models)
            known << m.name;
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(wanted), desk.services->workspace.file, QStringLiteral("It has: %1.").arg(known.join(QStringLiteral(", "))));
    }
    desk.model = *model;
    PH_ASSIGN(desk.target, desk.services->rolloutTarget(*model));
    desk.local.root = desk.services->root;
    desk.local.model = *model;
    desk.local.workspaceFile = desk.services->workspace.file;
    desk.local.http = desk.services->http;
    return desk;
}

QString sideText(const char *name, const std::optional<cluster::Revision> &revision, const cluster::SideStats &stats) {
    if (!revision)
        return {};
    QString text = QStringLiteral("  %1 version %2 (revision %3): %4 requests, %5 failed, p95 %6 ms, %7 labelled")
                       .arg(Q(name), -6).arg(revision->version).arg(revision->revision).arg(stats.requests).arg(stats.failed).arg(stats.p95Ms, 0, 'f', 2).arg(stats.labelled);
    if (stats.meanError)
        text += QStringLiteral(", mean error %1").arg(*stats.meanError, 0, 'g', 4);
    return text + QLatin1Char('\n');
}

QString textOf(const RolloutStatus &s) {
    QString text = QStringLiteral("%1  %2%3\n").arg(s.target, cluster::rolloutPhaseName(s.phase), s.url.isEmpty() ? QString() : QStringLiteral("  ") + s.url);
    text += sideText("stable", s.stable, s.stableStats) + sideText("canary", s.canary, s.canaryStats);
    if (!s.steps.empty()) {
        QStringList steps;
        for (const cluster::RolloutStep &step : s.steps)
            steps << QStringLiteral("%1 % %2").arg(step.percent).arg(step.state);
        text += QStringLiteral("  steps  %1\n").arg(steps.join(QStringLiteral(" · ")));
    }
    if (!s.verdict.isEmpty())
        text += QStringLiteral("  %1\n").arg(s.verdict);
    if (s.phase == RolloutPhase::Unreachable)
        text += QStringLiteral("  The endpoint is down; this is its last state, of %1 UTC.\n").arg(s.observed.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
    return text.trimmed();
}

Result<void> tellStatus(Context &context, const Desk &desk) {
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    context.answer(cluster::toJson(status), textOf(status));
    return {};
}

/// One write on the target as an operation; with --plan only shown.
struct Write {
    QString kind, verb, effect, undo, command;
    std::function<Result<void>()> execute, takeBack;
};

Result<void> runWrite(Context &context, const Options &o, const Desk &desk, const Write &write) {
    PH_ASSIGN(const RolloutStatus before, desk.target->status());
    Operation operation;
    operation.kind = write.kind;
    operation.object = QStringLiteral("rollout ") + desk.target->name();
    operation.summary = QStringLiteral("%1 on %2").arg(write.effect, desk.target->name());
    operation.before = cluster::toJson(before);
    if (!o.reason.empty())
        operation.details.insert(Q("reason"), QString::fromStdString(o.reason));
    operations::Step step;
    step.call = {write.verb, operation.object, write.effect, write.undo, write.command};
    step.execute = write.execute;
    step.undo = write.takeBack;
    step.readBack = [target = desk.target]() -> Result<QJsonObject> {
        PH_ASSIGN(const RolloutStatus after, target->status());
        return cluster::toJson(after);
    };
    operation.steps.push_back(std::move(step));
    if (o.plan) {
        QJsonArray calls;
        QString text;
        for (const operations::PlannedCall &call : operation.plan()) {
            calls.append(QJsonObject{{Q("verb"), call.verb}, {Q("object"), call.object}, {Q("effect"), call.effect}, {Q("undo"), call.undo}, {Q("command"), call.command}});
            text += QStringLiteral("%1 %2: %3%4").arg(call.verb, call.object, call.effect, call.undo.isEmpty() ? QString() : QStringLiteral(" (undo: %1)").arg(call.undo));
        }
        context.answer({{Q("plan"), calls}}, text);
        return {};
    }
    const auto outcome = desk.services->operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("Nothing was changed.")));
    return tellStatus(context, desk);
}

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
        text += textOf(*status) + QLatin1Char('\n');
    }
    context.answer({{Q("rollouts"), rollouts}}, text.isEmpty() ? QStringLiteral("No model of this workspace has a deployment.") : text.trimmed());
    return {};
}

Result<void> history(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
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
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
    const auto champion = desk.services->registry->versionByAlias(desk.model.registry.name, desk.model.registry.champion);
    PH_ASSIGN(const RolloutStatus before, desk.target->status());
    const bool there = before.stable && before.phase != RolloutPhase::None;
    if (!champion && !there)
        return Error{ErrorKind::NotFound, QStringLiteral("%1 has no %2 yet, so there is nothing to serve.").arg(desk.model.name, desk.model.registry.champion), {},
                     QStringLiteral("`pilot promote %1 VERSION` makes one.").arg(desk.model.registry.name), {}};
    const bool moving = before.canary && before.phase != RolloutPhase::Aborted;
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
        if (before.phase != RolloutPhase::Unreachable && !o.plan) // it runs: nothing is written
            return tellStatus(context, desk);
        return runWrite(context, o, desk, write);
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
    return runWrite(context, o, desk, write);
}

Result<void> simple(Context &context, const Options &o, const char *kind, const char *effect, const char *undo, Result<void> (cluster::RolloutTarget::*call)(), Result<void> (cluster::RolloutTarget::*back)()) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
    Write write{QStringLiteral("rollout-") + Q(kind), QStringLiteral("SET"), Q(effect), Q(undo), QStringLiteral("pilot rollouts %1 %2").arg(Q(kind), desk.model.name),
                [target = desk.target, call] { return ((*target).*call)(); }, [target = desk.target, back] { return ((*target).*back)(); }};
    return runWrite(context, o, desk, write);
}

Result<void> promote(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
    return runWrite(context, o, desk,
                    {QStringLiteral("rollout-promote"), QStringLiteral("SET"), o.full ? QStringLiteral("all traffic to the canary") : QStringLiteral("on to the next step"), QStringLiteral("pilot rollouts undo %1").arg(desk.model.name),
                     QStringLiteral("pilot rollouts promote %1%2").arg(desk.model.name, o.full ? QStringLiteral(" --full") : QString()), [target = desk.target, full = o.full] { return target->promote(full); }, {}});
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
    PH_TRY(tellStatus(context, desk));
    return true;
}

Result<void> abort(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
    const QString reason = o.reason.empty() ? QStringLiteral("Aborted by %1").arg(currentActor()) : QString::fromStdString(o.reason);
    PH_ASSIGN(const RolloutStatus status, desk.target->status());
    const bool moving = status.canary && status.phase != RolloutPhase::Aborted;
    if (moving) {
        PH_ASSIGN(const bool done, undonePromotion(context, o, desk, reason));
        if (done)
            return {};
    }
    return runWrite(context, o, desk,
                    {QStringLiteral("rollout-abort"), QStringLiteral("SET"), QStringLiteral("all traffic to the stable version"), {}, QStringLiteral("pilot rollouts abort %1").arg(desk.model.name),
                     [target = desk.target, reason] { return target->abort(reason); }, {}});
}

Result<void> undo(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
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
    return runWrite(context, o, desk,
                    {QStringLiteral("rollout-undo"), QStringLiteral("SET"), o.to > 0 ? QStringLiteral("all traffic to revision %1").arg(o.to) : QStringLiteral("all traffic to the revision before"),
                     stable > 0 ? QStringLiteral("back to revision %1").arg(stable) : QString(), QStringLiteral("pilot rollouts undo %1 --to %2").arg(desk.model.name).arg(o.to),
                     [target = desk.target, to = o.to] { return target->undo(to); }, back});
}

Result<void> stop(Context &context, const Options &o) {
    PH_ASSIGN(const Desk desk, deskOf(context, o.model));
    return runWrite(context, o, desk,
                    {QStringLiteral("serve-stop"), QStringLiteral("STOP"), QStringLiteral("the endpoint ends; its state stays"), QStringLiteral("pilot rollouts start %1").arg(desk.model.name),
                     QStringLiteral("pilot rollouts stop %1").arg(desk.model.name),
                     [local = desk.local]() -> Result<void> {
                         PH_TRY(cluster::stopLocalServer(local));
                         return {};
                     },
                     [local = desk.local] { return cluster::startLocalServer(local); }});
}

const Verb verb("rollouts", "Rollouts: list, status, start, pause, resume, promote, abort, history, undo, stop", [](CLI::App &app, VerbBody &body) {
    auto o = std::make_shared<Options>();
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
    sub("status", "Traffic, steps and verdict", false, [](Context &c, const Options &options) -> Result<void> {
        PH_ASSIGN(const Desk desk, deskOf(c, options.model));
        return tellStatus(c, desk);
    });
    sub("history", "What was served, newest first", false, history);
    sub("start", "Start the endpoint; roll the champion out if it serves another version", true, start);
    sub("pause", "Hold the present step", true, [](Context &c, const Options &options) {
        return simple(c, options, "pause", "the rollout holds on its step", "it goes on", &cluster::RolloutTarget::pause, &cluster::RolloutTarget::resume);
    });
    sub("resume", "Go on after a pause", true, [](Context &c, const Options &options) {
        return simple(c, options, "resume", "the rollout goes on", "it holds again", &cluster::RolloutTarget::resume, &cluster::RolloutTarget::pause);
    });
    sub("promote", "To the next step now", true, promote)->add_flag("--full", o->full, "All traffic now");
    sub("abort", "Back to the stable version", true, abort)->add_option("--reason", o->reason, "Why");
    CLI::App *undoSub = sub("undo", "Back to an earlier revision", true, undo);
    undoSub->add_option("--to", o->to, "Revision (see history)")->check(CLI::PositiveNumber);
    undoSub->add_option("--reason", o->reason, "Why");
    sub("stop", "End the endpoint; its state stays", true, stop);
});

} // namespace
} // namespace pilothouse
