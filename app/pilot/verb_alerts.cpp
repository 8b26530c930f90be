// SPDX-License-Identifier: GPL-3.0-or-later
// pilot alerts list [--history] [RULE]      {"alerts":[{"rule","model","state","since","value","limit","sentence","source","observed","looked","severity","silenced","fixes":[{"word","command"}]}],
//                                            "silences":[{"id","rule","model","from","until","by","comment"}],"channels":[{"name","off","problem","sent","waiting","failed"}],"history":[…]}
//                                            and of the Alertmanagers of the connections "managed":[{"connection","id","name","state","since","sentence","labels","silenced_by"}], "managed_silences", "problems", and "managed_rules":[{"connection","id","title","model","state","since","sentence"}]: what is pending there, rules that fail, and what fires in a Prometheus without one
// pilot alerts silence RULE|--model M --for 4h [--comment …] [--plan] · silence --end ID     as an operation
// pilot alerts silence managed/CONNECTION/FINGERPRINT | --connection C --match name=value … · silence --connection C --end ID     the same in an Alertmanager
// pilot alerts test CHANNEL                 sends one message; one that was switched off is on again when it arrives
#include "app/pilot/operation_answer.h"
#include "app/pilot/sub_verbs.h"

#include "core/base/hash.h"
#include "core/fleet/alert_silence.h"
#include "core/fleet/alert_watch.h"
#include "core/fleet/managed_alerts.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string rule, model, time = "4h", comment, end, connection;
    std::vector<std::string> match;
    bool history = false, plan = false;
};

QString text(const std::string &typed) { return QString::fromStdString(typed); }

QJsonObject objectOf(const QMap<QString, QString> &texts) {
    QJsonObject out;
    for (auto it = texts.begin(); it != texts.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}

/// What the Alertmanagers of the connections say now; one that does not answer is said and leaves the others.
void addManaged(Context &context, const fleet::Services &services, QJsonObject &answer, QString &lines) {
    QJsonArray alerts, silences, problems;
    QJsonArray rules;
    for (const QString &name : fleet::alertConnections(services.workspace)) {
        const fleet::ManagedState state = fleet::askManager(services, name, context.stop());
        if (state.noRules && !state.problem) {
            problems.append(QJsonObject{{Q("connection"), name}, {Q("problem"), state.noRules->text()}});
            lines += QStringLiteral("%1  its rules cannot be told: %2\n").arg(name, state.noRules->text());
        }
        for (const fleet::InboxItem &item : fleet::ruleItems(services.workspace, {state})) {
            const char *how = item.group == fleet::InboxGroup::Soon ? "pending" : item.state == fleet::Health::Unknown ? "cannot tell" : "firing";
            rules.append(QJsonObject{{Q("connection"), name}, {Q("id"), item.id}, {Q("title"), item.title}, {Q("model"), item.model}, {Q("state"), Q(how)}, {Q("since"), item.since.isValid() ? QJsonValue(isoUtc(item.since)) : QJsonValue()}, {Q("sentence"), item.sentence}});
            lines += QStringLiteral("%1  %2\n").arg(item.title, item.sentence);
        }
        if (state.problem) {
            problems.append(QJsonObject{{Q("connection"), name}, {Q("problem"), state.problem->text()}});
            lines += QStringLiteral("%1  its alerts cannot be told: %2\n").arg(name, state.problem->text());
        }
        for (const telemetry::ManagedAlert &alert : state.alerts) {
            const QString title = alert.labels.value(QStringLiteral("rulename"), alert.labels.value(QStringLiteral("alertname")));
            alerts.append(QJsonObject{{Q("connection"), name}, {Q("id"), fleet::managedId(name, alert)}, {Q("name"), title}, {Q("state"), alert.state}, {Q("since"), isoUtc(alert.since)}, {Q("sentence"), fleet::managedSentence(alert)},
                                      {Q("labels"), objectOf(alert.labels)}, {Q("silenced_by"), QJsonArray::fromStringList(alert.silencedBy)}});
            lines += QStringLiteral("%1  %2%3  %4  (%5)\n").arg(title, alert.state == Q("active") ? QStringLiteral("firing") : alert.state, alert.silencedBy.isEmpty() ? QString() : QStringLiteral(" (silenced)"), fleet::managedSentence(alert),
                                                                fleet::managedId(name, alert));
        }
        for (const telemetry::ManagedSilence &silence : state.silences) {
            if (silence.state == Q("expired"))
                continue;
            QStringList matchers;
            for (const telemetry::AlertMatcher &matcher : silence.matchers)
                matchers << fleet::matcherText(matcher);
            silences.append(QJsonObject{{Q("connection"), name}, {Q("id"), silence.id}, {Q("matchers"), QJsonArray::fromStringList(matchers)}, {Q("from"), isoUtc(silence.from)}, {Q("until"), isoUtc(silence.until)}, {Q("by"), silence.by}, {Q("comment"), silence.comment}});
            lines += QStringLiteral("silence %1 of %2  %3 until %4, by %5\n").arg(silence.id, name, matchers.join(QStringLiteral(", ")), isoUtc(silence.until), silence.by);
        }
    }
    answer.insert(Q("managed"), alerts);
    answer.insert(Q("managed_rules"), rules);
    answer.insert(Q("managed_silences"), silences);
    answer.insert(Q("problems"), problems);
}

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
    if (options.rule.empty())
        addManaged(context, *services, answer, lines);
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

/// In an Alertmanager: exactly one alert by its id, or what the matchers fit.
Result<void> silenceManaged(Context &context, const fleet::Services &services, const Options &options) {
    const QString id = text(options.rule), connection = id.startsWith(Q("managed/")) ? id.section(QLatin1Char('/'), 1, 1) : text(options.connection);
    PH_ASSIGN(const auto manager, fleet::alertmanagerOf(services, connection));
    if (!options.end.empty()) {
        PH_ASSIGN(const auto all, manager->silences(context.stop()));
        const auto at = std::find_if(all.begin(), all.end(), [&](const auto &one) { return one.id == text(options.end); });
        if (at == all.end())
            return notFound(QStringLiteral("%1 has no silence “%2”.").arg(connection, text(options.end)), {}, QStringLiteral("pilot alerts list names them."));
        return runAndAnswer(context, *services.operations, fleet::expireManagedOperation(services, manager, connection, *at), options.plan);
    }
    PH_ASSIGN(const auto alerts, manager->alerts(context.stop()));
    telemetry::ManagedSilence silence;
    if (id.startsWith(Q("managed/"))) {
        const auto at = std::find_if(alerts.begin(), alerts.end(), [&](const auto &one) { return fleet::managedId(connection, one) == id; });
        if (at == alerts.end())
            return notFound(QStringLiteral("%1 has no alert “%2” now.").arg(connection, id.section(QLatin1Char('/'), 2)), {}, QStringLiteral("pilot alerts list names them."));
        silence.matchers = fleet::matchersOf(*at);
    }
    for (const std::string &one : options.match) {
        PH_ASSIGN(telemetry::AlertMatcher matcher, fleet::parseMatcher(text(one)));
        silence.matchers.push_back(std::move(matcher));
    }
    if (silence.matchers.empty())
        return invalid(QStringLiteral("A silence without a matcher would hide every alert."), {}, QStringLiteral("As in --match alertname=HighErrorRate."));
    PH_ASSIGN(const qint64 seconds, workspace::parseDuration(text(options.time)));
    silence.from = services.clock->nowUtc();
    silence.until = silence.from.addSecs(seconds);
    silence.by = services.operations->actor().name;
    silence.comment = options.comment.empty() ? QStringLiteral("Silenced from Pilothouse") : text(options.comment); // there a comment is asked for
    const std::size_t hidden = telemetry::hiddenBy(silence.matchers, alerts).size();
    return runAndAnswer(context, *services.operations, fleet::silenceManagedOperation(services, manager, connection, silence, hidden, std::make_shared<telemetry::ManagedSilence>()), options.plan);
}

Result<void> silence(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    if (!options.connection.empty() || text(options.rule).startsWith(Q("managed/")))
        return silenceManaged(context, *services, options);
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

const Verb verb("alerts", "Alert rules, own and of Alertmanager or Grafana: how they stand, silence them, test a channel", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.require_subcommand(1);
    auto *l = addSubVerb(app, body, options, "list", "How the rules stand, silences, channels", list);
    l->add_option("RULE", options->rule, "Only this rule");
    l->add_flag("--history", options->history, "Also the changes, newest first");
    auto *s = addSubVerb(app, body, options, "silence", "Tell nothing of a rule or a model for a while", silence);
    s->add_option("RULE", options->rule, "The rule, or managed/CONNECTION/FINGERPRINT of pilot alerts list");
    s->add_option("--model", options->model, "All rules of a model");
    s->add_option("--connection", options->connection, "In the Alertmanager of this connection (with --match or --end)");
    s->add_option("--match", options->match, "Label that an alert there must have: alertname=X, pod=~\"t2m-.*\", team!=data");
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
