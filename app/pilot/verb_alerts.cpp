// SPDX-License-Identifier: GPL-3.0-or-later
// pilot alerts list [--history] [RULE]      {"alerts":[{"rule","model","state","since","value","limit","sentence","source","observed","looked","severity","silenced","fixes":[{"word","command"}]}],
//                                            "silences":[{"id","rule","model","from","until","by","comment"}],"channels":[{"name","off","problem","sent","waiting","failed"}],"history":[…]}
// pilot alerts silence RULE|--model M --for 4h [--comment …] [--plan] · silence --end ID     as an operation
// pilot alerts test CHANNEL                 sends one message; one that was switched off is on again when it arrives
#include "app/pilot/operation_answer.h"
#include "app/pilot/sub_verbs.h"

#include "core/base/hash.h"
#include "core/fleet/alert_silence.h"
#include "core/fleet/alert_watch.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string rule, model, time = "4h", comment, end;
    bool history = false, plan = false;
};

QString text(const std::string &typed) { return QString::fromStdString(typed); }

Result<void> list(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services->root));
    PH_ASSIGN(const auto rules, workspace::readAlertRules(services->workspace.file));
    PH_ASSIGN(const auto statuses, store->statuses());
    const QDateTime now = services->clock->nowUtc();
    PH_ASSIGN(const auto silences, store->silences(now));
    PH_ASSIGN(const auto channels, store->channels());
    QJsonArray alerts, quiet, out, past;
    QString lines;
    for (const workspace::AlertRule &rule : rules) {
        if (!options.rule.empty() && rule.name != text(options.rule))
            continue;
        const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const auto &s) { return s.rule == rule.name; });
        telemetry::AlertStatus status;
        status.rule = rule.name;
        status.model = rule.model;
        status.limit = telemetry::alertLimitText(rule);
        if (at != statuses.end())
            status = *at;
        const bool known = at != statuses.end(), silenced = std::any_of(silences.begin(), silences.end(), [&](const auto &s) { return s.covers(status, now); });
        QJsonObject one = status.toJson();
        if (!known)
            one.insert(Q("state"), QJsonValue());
        one.insert(Q("silenced"), silenced);
        QJsonArray fixes;
        for (const telemetry::AlertFix &fix : telemetry::fixesOf(rule))
            fixes.append(QJsonObject{{Q("word"), fix.word}, {Q("command"), fix.command}});
        one.insert(Q("fixes"), fixes);
        alerts.append(one);
        const QString state = known ? telemetry::alertStateName(status.state) : QStringLiteral("not evaluated yet");
        lines += QStringLiteral("%1  %2%3  %4\n").arg(rule.name, state, silenced ? QStringLiteral(" (silenced)") : QString(), known ? status.sentence : QStringLiteral("pilot watch evaluates it"));
        if (known && status.state != telemetry::AlertState::Ok)
            for (const telemetry::AlertFix &fix : telemetry::fixesOf(rule))
                lines += QStringLiteral("      %1: %2\n").arg(fix.word, fix.command);
        if (known && status.looked.secsTo(now) > 3 * rule.everySeconds())
            lines += QStringLiteral("      evaluated %1 ago: is pilot watch running?\n").arg(telemetry::durationText(double(status.looked.secsTo(now))));
    }
    for (const telemetry::AlertSilence &s : silences) {
        quiet.append(QJsonObject{{Q("id"), s.id}, {Q("rule"), s.rule}, {Q("model"), s.model}, {Q("from"), isoUtc(s.from)}, {Q("until"), isoUtc(s.until)}, {Q("by"), s.by}, {Q("comment"), s.comment}});
        lines += QStringLiteral("silence %1  %2 until %3, by %4\n").arg(s.id, s.rule.isEmpty() ? QStringLiteral("model ") + s.model : s.rule, isoUtc(s.until), s.by);
    }
    for (const telemetry::ChannelState &c : channels) {
        out.append(QJsonObject{{Q("name"), c.name}, {Q("off"), c.off}, {Q("problem"), c.problem}, {Q("sent"), c.sent}, {Q("waiting"), c.waiting}, {Q("failed"), c.failed}});
        lines += QStringLiteral("channel %1  %2 sent, %3 waiting, %4 failed%5\n").arg(c.name).arg(c.sent).arg(c.waiting).arg(c.failed).arg(c.off.isEmpty() ? QString() : QStringLiteral("; OFF: ") + c.off);
    }
    QJsonObject answer{{Q("alerts"), alerts}, {Q("silences"), quiet}, {Q("channels"), out}};
    if (options.history) {
        PH_ASSIGN(const auto history, store->history(text(options.rule)));
        for (const telemetry::AlertStatus &s : history) {
            past.append(s.toJson());
            lines += QStringLiteral("%1  %2  %3  %4\n").arg(isoUtc(s.looked), s.rule, telemetry::alertStateName(s.state), s.sentence);
        }
        answer.insert(Q("history"), past);
    }
    context.answer(answer, lines.isEmpty() ? QStringLiteral("The workspace has no alert rules (alerts: in %1).").arg(services->workspace.file) : lines.trimmed());
    return {};
}

Result<void> silence(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services->root));
    const QDateTime now = services->clock->nowUtc();
    if (!options.end.empty())
        return runAndAnswer(context, *services->operations, fleet::endSilenceOperation(store, text(options.end), now), options.plan);
    if (options.rule.empty() == options.model.empty())
        return invalid(QStringLiteral("Name a rule, or a model with --model."), {}, QStringLiteral("pilot alerts list names the rules."));
    PH_ASSIGN(const auto rules, workspace::readAlertRules(services->workspace.file));
    const bool rule = std::any_of(rules.begin(), rules.end(), [&](const auto &r) { return r.name == text(options.rule); });
    if (options.model.empty() ? !rule : !services->workspace.model(text(options.model)))
        return notFound(QStringLiteral("There is no %1 in this workspace.").arg(options.model.empty() ? QStringLiteral("alert rule “%1”").arg(text(options.rule)) : QStringLiteral("model “%1”").arg(text(options.model))),
                        services->workspace.file, QStringLiteral("pilot alerts list names the rules."));
    PH_ASSIGN(const qint64 seconds, workspace::parseDuration(text(options.time)));
    const auto made = std::make_shared<telemetry::AlertSilence>();
    return runAndAnswer(context, *services->operations, fleet::silenceOperation(store, {{}, text(options.rule), text(options.model), now, now.addSecs(seconds), services->operations->actor().name, text(options.comment)}, made),
                        options.plan);
}

Result<void> test(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    const auto channel = services->workspace.notifications.constFind(text(options.rule));
    if (channel == services->workspace.notifications.constEnd())
        return notFound(QStringLiteral("There is no notification “%1”.").arg(text(options.rule)), services->workspace.file, QStringLiteral("They stand under notifications: in the workspace file."));
    if (channel->kind != Q("slack") && channel->kind != Q("webhook"))
        return refused(QStringLiteral("Notifications of kind %1 are not sent by pilot.").arg(channel->kind), services->workspace.file, QStringLiteral("Kinds slack and webhook are."));
    PH_ASSIGN(const QString address, fleet::channelAddress(*services, *channel));
    const QString now = isoUtc(services->clock->nowUtc());
    const QJsonObject message{{Q("version"), 1}, {Q("workspace"), services->workspace.name}, {Q("rule"), QStringLiteral("test")}, {Q("model"), QString()}, {Q("state"), QStringLiteral("ok")},
                              {Q("sentence"), QStringLiteral("A test by %1: alerts of this workspace come here.").arg(services->operations->actor().name)}, {Q("key"), QStringLiteral("test/") + now}, {Q("since"), now}};
    const auto outcome = std::make_shared<telemetry::SendOutcome>();
    PH_TRY(runAndAnswer(context, *services->operations, fleet::notifyOperation(*services, *channel, address, QStringLiteral("channel ") + channel->name, message, outcome), options.plan));
    if (options.plan)
        return {};
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services->root));
    return store->writeChannel({channel->name, sha256Hex(address.toUtf8()).left(16), {}, services->clock->nowUtc(), {}, {}});
}

const Verb verb("alerts", "Own alert rules: how they stand, silence them, test a channel", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    auto *l = addSubVerb(app, body, options, "list", "How the rules stand, silences, channels", list);
    l->add_option("RULE", options->rule, "Only this rule");
    l->add_flag("--history", options->history, "Also the changes, newest first");
    auto *s = addSubVerb(app, body, options, "silence", "Tell nothing of a rule or a model for a while", silence);
    s->add_option("RULE", options->rule, "The rule");
    s->add_option("--model", options->model, "All rules of a model");
    s->add_option("--for", options->time, "How long: 30min, 4h, 2d (default 4h)");
    s->add_option("--comment", options->comment, "Why");
    s->add_option("--end", options->end, "End this silence now");
    s->add_flag("--plan", options->plan, "Show what would be done, change nothing");
    auto *t = addSubVerb(app, body, options, "test", "Send one message to a channel", test);
    t->add_option("CHANNEL", options->rule, "Name under notifications:")->required();
    t->add_flag("--plan", options->plan, "Show what would be done, change nothing");
});

} // namespace
} // namespace pilothouse
