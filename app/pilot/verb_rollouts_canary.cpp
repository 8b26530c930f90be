// SPDX-License-Identifier: GPL-3.0-or-later
// TARGET: rollout/NAME (Argo Rollouts) or inferenceservice/NAME (KServe) with --connection C --namespace N; status, history, promote, abort, pause, resume,
// restart and undo take it in the place of MODEL, too.
// pilot rollouts skip rollout/NAME [--all]             the step it is on, with its analysis; or all that are left
// pilot rollouts retry rollout/NAME                    an aborted one begins again
// pilot rollouts analysis rollout/NAME                 {"runs":[{"name","phase","metrics":[{"name","measurements":[…]}]}]}
// pilot rollouts canary inferenceservice/NAME URI --share P [--canary NAME]   another model beside the present one
// pilot rollouts share inferenceservice/NAME P [--canary NAME]                the canary's share
// pilot rollouts judge MODEL [--act] [--every S]       {"verdict","sentence",…}; exit 1 where it turned back, or would
// pilot rollouts judge --act [--every S]               all of the workspace: {"canaries":[{"model","verdict","sentence","turned_back",…}]}
// pilot rollouts health MODEL --version V [--run RUN] [--limit S] [--settle S]   a rollout without a cluster, until it stands or failed (exit 1)
// pilot rollouts update-volume deployment/NAME FILE --path P [--claim C]      weights on a shared volume, then a rolling restart
#include "app/pilot/canary_verbs.h"
#include "app/pilot/operation_answer.h"
#include "app/pilot/rollouts_sub.h"

#include "core/cluster/argo_analysis.h"
#include "core/fleet/canary_tick.h"
#include "core/fleet/canary_watch.h"
#include "core/fleet/endpoint.h"
#include "core/rollouts/health_rollout.h"
#include "core/rollouts/volume_update.h"

#include <QThread>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options : WorkloadOptions {
    CanaryChoice choice;
    std::string version, run, file, path, claim, image;
    bool act = false;
    int every = 0, limit = 600, settle = 60;
};

Result<void> analysis(Context &context, const Options &o) {
    PH_ASSIGN(const CanaryBench bench, canaryBench(context, o));
    PH_ASSIGN(const QJsonObject rollout, bench.api->read(bench.ref, context.stop()));
    PH_ASSIGN(const auto objects, bench.api->list(cluster::kinds::AnalysisRun, bench.ref.space, {}, context.stop()));
    QJsonArray runs;
    QString text;
    for (const cluster::ArgoAnalysis &run : cluster::argoAnalyses(rollout, objects)) {
        runs.append(cluster::toJson(run));
        text += QStringLiteral("%1  revision %2  %3\n").arg(run.name).arg(run.revision).arg(run.phase.isEmpty() ? QStringLiteral("not begun") : run.phase);
        for (const cluster::ArgoMetric &metric : run.metrics) {
            text += QStringLiteral("  %1 (%2)  %3  %4\n").arg(metric.name, metric.provider, metric.phase, !metric.successCondition.isEmpty() ? QStringLiteral("succeeds at ") + metric.successCondition
                                                                : metric.failureCondition.isEmpty() ? QString() : QStringLiteral("fails at ") + metric.failureCondition);
            for (const cluster::ArgoMeasurement &m : metric.measurements)
                text += QStringLiteral("    %1  %2  %3 %4\n").arg(m.started.toString(QStringLiteral("HH:mm:ss")), m.text, m.phase, m.message);
        }
        if (const QString why = cluster::argoAnalysisSentence(run); !why.isEmpty())
            text += QStringLiteral("  %1\n").arg(why);
    }
    context.answer({{Q("runs"), runs}}, text.isEmpty() ? QStringLiteral("No analysis was run for it.") : text.trimmed());
    return {};
}

Result<const workspace::Model *> modelOf(const fleet::Services &services, const std::string &name) {
    const workspace::Model *model = services.workspace.model(QString::fromStdString(name));
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(QString::fromStdString(name)), services.workspace.file);
    return model;
}

/// The canaries of all models, by and by; what a console does, without a window: for a timer or a service.
Result<void> judgeAll(Context &context, const Options &o) {
    if (!o.act)
        return invalid(QStringLiteral("Without a model all canaries are judged and acted on."), {}, QStringLiteral("Name a model to look only, or add --act."));
    PH_ASSIGN(const auto services, context.services());
    fleet::CanaryWatch watch(services);
    if (!watch.needed())
        return refused(QStringLiteral("The workspace has no model in a cluster of which something can be known."), services->workspace.file,
                       QStringLiteral("Name its Prometheus under `deployment: {judge: …}`, or its endpoint."));
    QJsonArray list;
    bool bad = false;
    for (;;) {
        for (const fleet::CanaryNews &news : watch.look(context.stop())) {
            bad = bad || news.tick.turnedBack;
            if (o.every > 0) {
                context.note(news.sentence());
                continue;
            }
            QJsonObject one = news.problem ? QJsonObject{{Q("problem"), news.problem->text()}} : news.tick.look.toJson();
            one.insert(Q("model"), news.model);
            one.insert(Q("operation"), news.tick.operation);
            one.insert(Q("turned_back"), news.tick.turnedBack);
            one.insert(Q("went_on"), news.tick.wentOn);
            one.insert(Q("text"), news.sentence());
            list.append(one);
        }
        if (o.every == 0)
            break;
        for (int waited = 0; waited < o.every * 10 && !context.stop().stop_requested(); ++waited)
            QThread::msleep(100);
        if (context.stop().stop_requested())
            return cancelled();
    }
    QStringList lines;
    for (const QJsonValue &one : list)
        lines << one.toObject().value(Q("text")).toString();
    context.answer({{Q("canaries"), list}}, lines.isEmpty() ? QStringLiteral("No canary is on its way, or each was judged a moment ago.") : lines.join(QLatin1Char('\n')));
    context.exitCodeWanted = bad ? 1 : 0;
    return {};
}

Result<void> judge(Context &context, const Options &o) {
    if (o.target.empty())
        return judgeAll(context, o);
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const workspace::Model *model, modelOf(*services, o.target));
    for (;;) {
        const auto tick = fleet::canaryTick(*services, *model, o.act, context.stop());
        const bool ended = !tick && tick.error().kind == ErrorKind::Refused && o.every > 0; // the canary has gone: promoted, or turned back by somebody else
        if (!tick && !ended)
            return tick.error();
        if (ended) {
            context.answer({{Q("verdict"), Q("ended")}, {Q("sentence"), tick.error().what}}, tick.error().what);
            return {};
        }
        const bool bad = tick->look.judgement.verdict == serving::Verdict::TurnBack;
        if (o.every == 0 || tick->turnedBack || (bad && !o.act)) {
            QJsonObject answer = tick->look.toJson();
            answer.insert(Q("operation"), tick->operation);
            answer.insert(Q("turned_back"), tick->turnedBack);
            answer.insert(Q("went_on"), tick->wentOn);
            QString text = tick->look.judgement.sentence;
            if (tick->turnedBack)
                text = QStringLiteral("Turned back (%1): %2").arg(tick->operation, text);
            else if (tick->wentOn)
                text = QStringLiteral("Went on (%1): %2").arg(tick->operation, text);
            for (const QString &gap : tick->look.sight.gaps)
                text += QStringLiteral("\n  not known: ") + gap;
            context.answer(answer, text);
            context.exitCodeWanted = bad ? 1 : 0;
            return {};
        }
        context.note(tick->wentOn ? QStringLiteral("Went on (%1): %2").arg(tick->operation, tick->look.judgement.sentence) : tick->look.judgement.sentence);
        for (int waited = 0; waited < o.every * 10 && !context.stop().stop_requested(); ++waited)
            QThread::msleep(100);
        if (context.stop().stop_requested())
            return cancelled();
    }
}

Result<void> health(Context &context, const Options &o) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const workspace::Model *model, modelOf(*services, o.target));
    PH_ASSIGN(const fleet::ModelEndpoint endpoint, fleet::endpointOf(*services, model->name));
    rollouts::HealthRolloutOptions options;
    options.endpoint = endpoint.client;
    options.model = model->name;
    options.version = QString::fromStdString(o.version);
    options.rules.limitSeconds = o.limit;
    options.rules.settleSeconds = o.settle;
    options.rules.maxErrorRate = model->deployment.maxErrorRate;
    options.clock = services->clock;
    options.stop = context.stop();
    if (!o.run.empty()) // a run that deploys: its end is waited for, what it says of itself first
        options.deployer = rollouts::Deployer{QStringLiteral("run %1").arg(QString::fromStdString(o.run)), {}, [services, run = QString::fromStdString(o.run)]() -> Result<bool> {
                                                  PH_ASSIGN(const pipelines::PipelineRun now, services->pipelines->run(run));
                                                  if (now.state == pipelines::State::Failed || now.state == pipelines::State::Cancelled)
                                                      return now.error.value_or(refused(QStringLiteral("The run %1 did not deploy: it is %2.").arg(run, pipelines::stateName(now.state))));
                                                  return now.state == pipelines::State::Passed;
                                              }};
    QString last;
    options.onLook = [&](const rollouts::HealthState &state, const rollouts::HealthSample &) {
        if (state.sentence != last)
            context.note(state.sentence);
        last = state.sentence;
    };
    PH_ASSIGN(const rollouts::HealthSample before, rollouts::lookAtHealth(*options.endpoint, services->clock->nowUtc(), context.stop()));
    PH_ASSIGN(const rollouts::HealthState state, rollouts::watchHealth(options, before));
    context.answer({{Q("phase"), rollouts::healthPhaseName(state.phase)}, {Q("sentence"), state.sentence}, {Q("before"), before.version}, {Q("wanted"), options.version}}, state.sentence);
    context.exitCodeWanted = state.phase == rollouts::HealthPhase::Failed ? 1 : 0;
    return {};
}

Result<void> updateVolume(Context &context, const Options &o) {
    PH_ASSIGN(const WorkloadBench bench, workloadBench(context, o));
    rollouts::VolumeUpdate update;
    update.workload = bench.desk.ref;
    update.claim = QString::fromStdString(o.claim);
    update.path = QString::fromStdString(o.path);
    update.file = QString::fromStdString(o.file);
    update.image = QString::fromStdString(o.image);
    update.limitSeconds = o.limit;
    PH_ASSIGN(operations::Operation operation, rollouts::volumeUpdateOperation(bench.desk.api, update));
    if (!o.comment.empty())
        operation.details.insert(Q("comment"), QString::fromStdString(o.comment));
    return runAndAnswer(context, *bench.services->operations, std::move(operation), o.plan);
}

using Body = Result<void> (*)(Context &, const Options &);
using More = void (*)(CLI::App &, Options &);

struct Sub {
    Sub(const char *name, const char *help, const char *target, Body run, bool write, More more = nullptr)
        : sub(name, help, [target, run, write, more](CLI::App &app, VerbBody &body) {
              auto o = std::make_shared<Options>();
              app.add_option("target", o->target, target)->required();
              if (more)
                  more(app, *o);
              addWorkloadOptions(app, *o);
              if (write) {
                  app.add_flag("--plan", o->plan, "Show the calls, change nothing");
                  app.add_option("--comment", o->comment, "Why; kept in the journal");
              }
              app.callback([&body, o, run] { body = [o, run](Context &context) { return run(context, *o); }; });
          }) {}
    RolloutsSub sub;
};

const Sub skipSub("skip", "Leave the step an Argo Rollout is on, with its analysis", "rollout/NAME", [](Context &c, const Options &o) { return canaryVerb(c, "skip", o, o.choice); }, true,
                  [](CLI::App &app, Options &o) { app.add_flag("--all", o.choice.full, "All steps that are left"); });
const Sub retrySub("retry", "Have an aborted Argo Rollout begin again", "rollout/NAME", [](Context &c, const Options &o) { return canaryVerb(c, "retry", o, o.choice); }, true);
const Sub analysisSub("analysis", "The measurements of an Argo Rollout's analyses", "rollout/NAME", analysis, false);
const Sub canarySub("canary", "Put another model beside the one an InferenceService serves", "inferenceservice/NAME", [](Context &c, const Options &o) { return canaryVerb(c, "canary", o, o.choice); }, true,
                    [](CLI::App &app, Options &o) {
                        app.add_option("uri", o.choice.uri, "Where the model is: s3://…, gs://…, pvc://…")->required();
                        app.add_option("--share", o.choice.percent, "Percent of the traffic")->required()->check(CLI::Range(0, 100));
                        app.add_option("--canary", o.choice.canary, "Name of the canary (Standard mode)");
                    });
const Sub shareSub("share", "Set the share of an InferenceService's canary", "inferenceservice/NAME", [](Context &c, const Options &o) { return canaryVerb(c, "share", o, o.choice); }, true, [](CLI::App &app, Options &o) {
    app.add_option("percent", o.choice.percent, "Percent of the traffic")->required()->check(CLI::Range(0, 100));
    app.add_option("--canary", o.choice.canary, "Which, of several");
});
const Sub judgeSub("judge", "Judge a model's canary by errors, latency and what it predicts", "Model of the workspace; with --act all that have a canary in a cluster", judge, false, [](CLI::App &app, Options &o) {
    app.get_option("target")->required(false);
    app.add_flag("--act", o.act, "Turn back, or go on, by the verdict");
    app.add_option("--every", o.every, "Go on judging, every so many seconds")->check(CLI::Range(1, 86'400));
});
const Sub healthSub("health", "Follow a deploy outside a cluster by the service's health, version, errors and latency", "Model of the workspace", health, false, [](CLI::App &app, Options &o) {
    app.add_option("--version", o.version, "Version or tag that must answer; any new one without");
    app.add_option("--run", o.run, "Pipeline run that deploys");
    app.add_option("--limit", o.limit, "Seconds until the new version must answer")->check(CLI::Range(1, 86'400));
    app.add_option("--settle", o.settle, "Seconds that it must then stand")->check(CLI::Range(0, 86'400));
});
const Sub volumeSub("update-volume", "Write a file on a volume that a workload's pods share, and restart them", "deployment/NAME, sts/NAME, ds/NAME, or a model of the workspace", updateVolume, true, [](CLI::App &app, Options &o) {
    app.add_option("file", o.file, "File on this machine")->required();
    app.add_option("--path", o.path, "Path on the volume")->required();
    app.add_option("--claim", o.claim, "PersistentVolumeClaim; the only one that is mounted");
    app.add_option("--image", o.image, "Image of the pod that writes; the workload's own");
    app.add_option("--limit", o.limit, "Seconds until it must be written")->check(CLI::Range(1, 86'400));
});

} // namespace
} // namespace pilothouse
