// SPDX-License-Identifier: GPL-3.0-or-later
// pilot retrain check [MODEL] [--start]      {"decisions":[{…Decision::toJson(),"would_retrain"}]}: every rule with its numbers; recorded.
// pilot retrain run MODEL [--force] [--wait] {"decision":{…},"run":{…}}; exit 1 if it was waited for and failed
// pilot retrain enable|disable MODEL         {"model","config":{…in force…}}
// pilot retrain config MODEL [--min-performance X] [--degradation X] [--min-hours X]   the same; without options it only shows
// pilot retrain backtest MODEL [--from T] [--to T] [--every 1h] [--csv FILE] {"model","points":[{…Decision::toJson()}],"runs",…}: would it have fired?
// pilot retrain log [MODEL] [--limit N]      {"decisions":[…]}, newest first
// check, run, enable, disable, config and log take --there: not the workspace's policy but that of the service which serves the model, by its /retrain routes (retrain_there.h); run and the changes then take --plan.
#include "app/pilot/pipeline_wait.h"
#include "core/fleet/policy_desk.h"
#include "app/pilot/retrain_backtest.h"
#include "app/pilot/retrain_there.h"
#include "app/pilot/verb.h"

#include "core/base/json.h"
#include "core/fleet/deploy_watch.h"
#include "core/fleet/services.h"
#include "core/pipelines/pipeline_json.h"
#include "core/retrain/pipeline_actions.h"

#include <QJsonArray>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using namespace retrain;

struct Options {
    std::string model;
    bool start = false, force = false, wait = false, there = false, plan = false;
    QString name() const { return QString::fromStdString(model); }
    int limit = 20;
    std::optional<double> minPerformance, degradation, minHours;
    BacktestAsked backtest;
};

/// What all sub-verbs need.
struct Desk : fleet::PolicyDesk {
    static Result<Desk> open(Context &context) {
        PH_ASSIGN(auto services, context.services());
        PH_ASSIGN(fleet::PolicyDesk desk, fleet::PolicyDesk::open(std::move(services)));
        return Desk{std::move(desk)};
    }
    Result<const workspace::Model *> model(const std::string &name) const {
        if (const auto *found = services->workspace.model(QString::fromStdString(name)))
            return found;
        QStringList names;
        for (const auto &m : services->workspace.models)
            names << m.name;
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(QString::fromStdString(name)), services->workspace.file, QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))));
    }
};


QString textOf(const Decision &decision) {
    QString text = QStringLiteral("%1  %2\n  %3\n").arg(decision.model, decisionName(decision.kind), decision.reason);
    for (const RuleOutcome &rule : decision.rules)
        text += QStringLiteral("  %1  %2: %3\n").arg(!rule.known ? QStringLiteral("unknown") : rule.fired ? QStringLiteral("fired") : QStringLiteral("quiet"), -7).arg(rule.rule, rule.numbers);
    for (const QString &note : decision.notes)
        text += QStringLiteral("  note: %1\n").arg(note);
    if (!decision.run.isEmpty())
        text += QStringLiteral("  run %1\n").arg(decision.run);
    return text;
}

Result<void> check(Context &context, const Options &options) {
    if (options.there && options.model.empty())
        return invalid(QStringLiteral("Whose service?"), QStringLiteral("--there"), QStringLiteral("Name a model."));
    if (options.there)
        return checkThere(context, options.name());
    PH_ASSIGN(const Desk desk, Desk::open(context));
    std::vector<const workspace::Model *> models;
    if (!options.model.empty()) {
        PH_ASSIGN(const workspace::Model *model, desk.model(options.model));
        models.push_back(model);
    } else {
        for (const workspace::Model &model : desk.services->workspace.models)
            models.push_back(&model);
    }
    QJsonArray array;
    QString text;
    std::optional<Error> first; // one model's trouble does not hide the others
    for (const workspace::Model *model : models) {
        const auto checked = fleet::checkPolicy(desk, *model, options.start);
        if (!checked) {
            context.note(QStringLiteral("%1: %2").arg(model->name, checked.error().text()));
            first = first ? first : checked.error();
            continue;
        }
        QJsonObject object = checked->decision.toJson();
        object.insert(Q("would_retrain"), checked->wouldRetrain);
        array << object;
        text += textOf(checked->decision);
        if (checked->wouldRetrain && !options.start)
            text += QStringLiteral("  start it: pilot retrain run %1\n").arg(model->name);
    }
    if (first && array.isEmpty())
        return *first;
    context.answer({{Q("decisions"), array}}, text.trimmed());
    context.exitCodeWanted = first ? exitCode(first->kind) : 0;
    return {};
}

Result<void> run(Context &context, const Options &options) {
    if (options.there)
        return runThere(context, options.name(), options.force, options.plan);
    PH_ASSIGN(const Desk desk, Desk::open(context));
    PH_ASSIGN(const workspace::Model *original, desk.model(options.model));
    PH_ASSIGN(const ModelState state, desk.store->state(original->name));
    PH_ASSIGN(const workspace::Model model, withConfig(*original, state.config));
    PH_ASSIGN(const Decision wanted, byHand(model, desk.look(model), desk.services->operations->actor().name, options.force));
    PH_ASSIGN(Decision decision, desk.start(wanted, state.lastRetrain));
    QJsonObject run;
    QString text = textOf(decision);
    if (options.wait) {
        if (auto *local = pipelines::localPart(*desk.services->pipelines))
            local->watchDeploys(fleet::deployWatcher(desk.services->promotions));
        PH_ASSIGN(const auto ended, waitForRun(context, *desk.services->pipelines, decision.run));
        run = pipelines::toJson(ended);
        PH_ASSIGN(decision, desk.store->decision(decision.id)); // it knows now what the new model reached
        text += QStringLiteral("  %1 is %2\n").arg(ended.id, pipelines::stateName(ended.state));
        if (ended.error)
            text += QStringLiteral("  %1\n").arg(ended.error->text());
        context.exitCodeWanted = ended.state == pipelines::State::Failed || ended.state == pipelines::State::Cancelled ? 1 : 0;
    } else {
        PH_ASSIGN(const auto begun, desk.services->pipelines->run(decision.run));
        run = pipelines::toJson(begun);
    }
    context.answer({{Q("decision"), decision.toJson()}, {Q("run"), run}}, text + QStringLiteral("  follow it: pilot pipelines show %1").arg(decision.run));
    return {};
}

Result<void> changeConfig(Context &context, const Options &options, const std::function<void(Config &)> &edit) {
    PH_ASSIGN(const Desk desk, Desk::open(context));
    PH_ASSIGN(const workspace::Model *model, desk.model(options.model));
    PH_ASSIGN(const ModelState state, desk.store->state(model->name));
    Config wanted = state.config;
    edit(wanted);
    PH_ASSIGN(const Config config, parseConfig(wanted.toJson(), QStringLiteral("retrain config"))); // the same rules as the route
    PH_ASSIGN(const QJsonObject inForce, configInForce(*model, config));
    if (!(config == state.config)) {
        const auto outcome = desk.services->operations->run(configOperation(desk.store, model->name, state.config, config));
        if (!outcome.done)
            return outcome.error.value_or(refused(QStringLiteral("The policy was not changed.")));
    }
    QStringList rules;
    for (const QJsonValue &rule : inForce.value(Q("rules")).toArray())
        rules << rule.toString();
    context.answer({{Q("model"), model->name}, {Q("config"), inForce}},
                   QStringLiteral("%1: automatic retraining is %2; %3; at most every %4 h").arg(model->name, inForce.value(Q("enabled")).toBool() ? QStringLiteral("on") : QStringLiteral("off"),
                                                                                             rules.isEmpty() ? QStringLiteral("no rule") : rules.join(QStringLiteral(", "))).arg(inForce.value(Q("min_hours_between")).toDouble()));
    return {};
}

Result<void> backtest(Context &context, const Options &options) {
    PH_ASSIGN(const Desk desk, Desk::open(context));
    PH_ASSIGN(const workspace::Model *model, desk.model(options.model));
    return backtestPolicy(context, desk, *model, options.backtest);
}

Result<void> log(Context &context, const Options &options) {
    if (options.there && options.model.empty())
        return invalid(QStringLiteral("Whose service?"), QStringLiteral("--there"), QStringLiteral("Name a model."));
    if (options.there)
        return logThere(context, options.name(), options.limit);
    PH_ASSIGN(const Desk desk, Desk::open(context));
    if (!options.model.empty())
        if (const auto known = desk.model(options.model); !known)
            return known.error();
    PH_ASSIGN(const auto decisions, desk.store->decisions(QString::fromStdString(options.model), options.limit));
    QJsonArray array;
    QString text;
    for (const Decision &d : decisions) {
        array << d.toJson();
        text += QStringLiteral("%1  %2  %3  %4\n").arg(isoUtc(d.time), d.model, decisionName(d.kind), d.reason);
    }
    context.answer({{Q("decisions"), array}}, decisions.empty() ? QStringLiteral("No decision yet.") : text.trimmed());
    return {};
}

const Verb verb("retrain", "Retraining: check the policies, run one, switch them off and on", [](CLI::App &app, VerbBody &body) {
    static Options options;
    app.require_subcommand(1);
    const auto add = [&](const char *name, const char *help, std::function<Result<void>(Context &)> function) {
        auto *sub = app.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([&body, function] { body = function; });
        return sub;
    };
    auto *look = add("check", "Judge the policy of one model, or of all; every rule with its numbers", [](Context &context) { return check(context, options); });
    look->add_option("MODEL", options.model, "Only this model");
    look->add_flag("--start", options.start, "Start the retraining where a policy fires (for a timer)");
    auto *begin = add("run", "Retrain a model by hand: train, judge, register, ask for its promotion", [](Context &context) { return run(context, options); });
    begin->add_option("MODEL", options.model, "The model")->required();
    begin->add_flag("--force", options.force, "Also when at_most_every says it is too soon");
    begin->add_flag("--wait", options.wait, "Wait for its end, or for the point where it needs a person");
    for (const bool on : {true, false})
        add(on ? "enable" : "disable", on ? "Switch automatic retraining of a model on" : "Switch automatic retraining of a model off",
            [on](Context &context) { return options.there ? configThere(context, options.name(), {{Q("enabled"), on}}, options.plan) : changeConfig(context, options, [on](Config &c) { c.enabled = on; }); })
            ->add_option("MODEL", options.model, "The model")->required();
    auto *config = add("config", "Show or change the limits of a policy, beside the workspace file", [](Context &context) {
        if (options.there) {
            QJsonObject change;
            for (const auto &[key, value] : {std::pair{"min_performance_threshold", options.minPerformance}, std::pair{"degradation_threshold", options.degradation}, std::pair{"min_hours_between", options.minHours}})
                if (value)
                    change.insert(Q(key), *value);
            return configThere(context, options.name(), change, options.plan);
        }
        return changeConfig(context, options, [](Config &c) {
            c.minPerformanceThreshold = options.minPerformance ? options.minPerformance : c.minPerformanceThreshold;
            c.degradationThreshold = options.degradation ? options.degradation : c.degradationThreshold;
            c.minHoursBetween = options.minHours ? options.minHours : c.minHoursBetween;
        });
    });
    config->add_option("MODEL", options.model, "The model")->required();
    config->add_option("--min-performance", options.minPerformance, "Limit of its metric");
    config->add_option("--degradation", options.degradation, "How far it may fall below its best");
    config->add_option("--min-hours", options.minHours, "Hours between two retrainings");
    auto *replay = add("backtest", "Replay the policy over the past: would it have fired, why, and what would it have cost", [](Context &context) { return backtest(context, options); });
    replay->add_option("MODEL", options.model, "The model")->required();
    options.backtest.addTo(*replay);
    auto *lines = add("log", "The decisions, newest first", [](Context &context) { return log(context, options); });
    lines->add_option("MODEL", options.model, "Only of this model");
    for (const char *name : {"check", "run", "enable", "disable", "config", "log"}) {
        auto *there = app.get_subcommand(name)->add_flag("--there", options.there, "The policy of the service that serves the model, by its /retrain routes");
        if (std::string_view(name) != "check" && std::string_view(name) != "log")
            app.get_subcommand(name)->add_flag("--plan", options.plan, "Show what would be sent there, change nothing")->needs(there);
        else if (std::string_view(name) == "check")
            there->excludes(app.get_subcommand(name)->get_option("--start"));
    }
    lines->add_option("--limit", options.limit, "At most that many")->check(CLI::Range(1, 100000));
});

} // namespace
} // namespace pilothouse
