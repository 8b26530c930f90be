// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/alert_watch.h"

#include "core/base/hash.h"
#include "core/fleet/alert_readings.h"

#include <QCoreApplication>
#include <QUrl>

#include <algorithm>

namespace pilothouse::fleet {

using operations::Operation;
using Q = QLatin1String;
using telemetry::AlertMessage;
using telemetry::AlertState;
using telemetry::AlertStatus;
using telemetry::ChannelState;
using telemetry::SendOutcome;
using workspace::AlertRule;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AlertWatch)
};

bool sends(const workspace::Notification &n) { return n.kind == Q("slack") || n.kind == Q("webhook"); }

bool isDue(const AlertRule &rule, const AlertStatus *before, const QDateTime &now) {
    return !before || !before->looked.isValid() || before->looked > now || before->looked.secsTo(now) >= rule.everySeconds(); // a clock that was set back: now
}

ChannelState stateOf(const std::vector<ChannelState> &all, const QString &name) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const ChannelState &c) { return c.name == name; });
    ChannelState none;
    none.name = name;
    return at == all.end() ? none : *at;
}

/// What a change has to be told to: firing, no data and cannot tell to the rule's channels, ok to those that were told.
Result<std::vector<AlertMessage>> messagesOf(const Services &services, const telemetry::AlertStore &store, const AlertRule &rule, const AlertStatus &status, const std::optional<AlertStatus> &before) {
    std::vector<AlertMessage> out;
    const bool ended = status.state == AlertState::Ok && before && before->episode.isValid();
    if (status.state == AlertState::Pending || (status.state == AlertState::Ok && !ended))
        return out;
    const QString episode = isoUtc(ended ? before->episode : status.episode);
    QStringList channels = channelsFor(services.workspace, rule);
    if (ended) {
        PH_ASSIGN(channels, store.told(rule.name, episode));
    }
    for (const QString &channel : std::as_const(channels))
        out.push_back({0, rule.name, episode, telemetry::alertStateName(status.state), channel, telemetry::alertMessage(services.workspace.name, rule, status, episode), 0});
    return out;
}

} // namespace

QStringList channelsFor(const workspace::Workspace &workspace, const AlertRule &rule) {
    QStringList out;
    for (const workspace::Notification &n : workspace.notifications)
        if (sends(n) && (rule.to.isEmpty() ? n.on.isEmpty() || n.on.contains(rule.event()) || n.on.contains(Q("alert")) : rule.to.contains(n.name)))
            out << n.name;
    return out;
}

Result<QString> channelAddress(const Services &services, const workspace::Notification &channel) {
    QString address = channel.url;
    if (address.isEmpty() && channel.secret.isEmpty())
        return notFound(Text::tr("The notification %1 names neither url nor secret.").arg(channel.name), services.workspace.file, Text::tr("Slack: secret: NAME, whose value is the webhook's address."));
    if (address.isEmpty()) {
        PH_ASSIGN(address, services.secrets->read(channel.secret));
    }
    const QUrl url(address.trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !url.scheme().startsWith(Q("http")))
        return invalid(Text::tr("The address of the notification %1 is no URL with http or https.").arg(channel.name), services.workspace.file, Text::tr("Check the secret %1.").arg(channel.secret));
    return address.trimmed();
}

Operation notifyOperation(const Services &services, const workspace::Notification &channel, const QString &address, const QString &object, const QJsonObject &message, std::shared_ptr<SendOutcome> outcome) {
    operations::Operation operation;
    operation.kind = QStringLiteral("notify");
    operation.object = object;
    operation.summary = Text::tr("Tell %1 of %2").arg(channel.name, object);
    operation.automatic = true; // as the workspace says
    operation.details = {{Q("channel"), channel.name}, {Q("key"), message.value(Q("key"))}, {Q("sentence"), message.value(Q("sentence"))}};
    operations::Step step;
    step.call = {QStringLiteral("POST"), QStringLiteral("%1 (%2)").arg(channel.name, QUrl(address).host()), Text::tr("a message is sent"), {}, QStringLiteral("pilot alerts test %1").arg(channel.name)};
    step.execute = [http = services.http, kind = channel.kind, address, message, outcome, clock = services.clock]() -> Result<void> {
        *outcome = telemetry::sendMessage(*http, kind, address, message, clock->nowUtc()); // not to be stopped: what is broken off may have arrived
        if (outcome->what == SendOutcome::Sent)
            return {};
        return Error{outcome->what == SendOutcome::Again ? ErrorKind::Unreachable : ErrorKind::Refused, outcome->problem, {}, {}, {}};
    };
    step.readBack = [] { return Result<QJsonObject>(QJsonObject{{Q("sent"), true}}); };
    operation.steps.push_back(std::move(step));
    return operation;
}

bool AlertWatch::needed() const {
    const auto rules = workspace::readAlertRules(m_services->workspace.file);
    return !rules || !rules->empty(); // a file that cannot be read is said by look()
}

std::vector<AlertNews> AlertWatch::look(std::stop_token stop, bool all) {
    std::vector<AlertNews> news;
    const auto problem = [&](const Error &error) {
        if (error.text() != m_problem)
            news.push_back({{}, error.text(), true});
        m_problem = error.text();
    };
    const auto rules = workspace::readAlertRules(m_services->workspace.file);
    if (!rules) {
        problem(rules.error());
        return news;
    }
    const auto store = Store::open(m_services->root);
    if (!store) {
        problem(store.error());
        return news;
    }
    m_problem.clear();
    evaluate(**store, *rules, all, news, stop);
    send(**store, news, stop);
    return news;
}

void AlertWatch::evaluate(Store &store, const std::vector<AlertRule> &rules, bool all, std::vector<AlertNews> &news, std::stop_token stop) {
    const QDateTime now = m_services->clock->nowUtc();
    const auto known = store.statuses();
    const auto silences = store.silences(now);
    if (!known || !silences)
        return news.push_back({{}, (known ? silences.error() : known.error()).text(), true});
    QStringList names;
    AlertReadings readings(*m_services, stop);
    for (const AlertRule &rule : rules) {
        names << rule.name;
        const auto at = std::find_if(known->begin(), known->end(), [&](const AlertStatus &s) { return s.rule == rule.name; });
        const std::optional<AlertStatus> before = at == known->end() ? std::nullopt : std::optional(*at);
        if (stop.stop_requested() || (!all && !isDue(rule, before ? &*before : nullptr, now)))
            continue;
        const telemetry::AlertReading reading = readings.read(rule);
        if (stop.stop_requested() && reading.problem)
            continue; // broken off: that says nothing
        const AlertStatus status = telemetry::evaluateAlert(rule, reading, before, now);
        const bool silent = std::any_of(silences->begin(), silences->end(), [&](const telemetry::AlertSilence &s) { return s.covers(status, now); });
        auto messages = silent && status.state != AlertState::Ok ? Result(std::vector<AlertMessage>()) : messagesOf(*m_services, store, rule, status, before);
        const auto written = messages ? store.write(status, *messages, now) : Result<void>(messages.error());
        if (!written)
            news.push_back({rule.model, written.error().text(), true});
        else if (before ? before->state != status.state : status.state != AlertState::Ok)
            news.push_back({rule.model, QStringLiteral("%1: %2%3: %4").arg(rule.name, telemetry::alertStateName(status.state), silent ? QStringLiteral(" (silenced)") : QString(), status.sentence), status.state == AlertState::CannotTell});
    }
    if (const auto kept = store.keepOnly(names, now); !kept)
        news.push_back({{}, kept.error().text(), true});
}

void AlertWatch::send(Store &store, std::vector<AlertNews> &news, std::stop_token stop) {
    const auto states = store.channels();
    const auto silences = store.silences(m_services->clock->nowUtc());
    if (!states || !silences)
        return news.push_back({{}, (states ? silences.error() : states.error()).text(), true});
    for (const workspace::Notification &channel : m_services->workspace.notifications) {
        const QDateTime now = m_services->clock->nowUtc();
        ChannelState state = stateOf(*states, channel.name);
        const auto due = store.due(channel.name, now, burst);
        if (!sends(channel) || !due || due->empty() || (state.hold.isValid() && now < state.hold))
            continue;
        const auto address = channelAddress(*m_services, channel);
        if (!address) {
            if (state.problem != address.error().text()) { // said once
                state.problem = address.error().text();
                news.push_back({{}, state.problem, true});
                (void)store.writeChannel(state);
            }
            continue;
        }
        const QString digest = sha256Hex(address->toUtf8()).left(16);
        if (state.address != digest) // another address: what was wrong with the one before counts no more
            state = {channel.name, digest, {}, now, {}, {}};
        if (!state.off.isEmpty())
            continue;
        for (const AlertMessage &message : *due) {
            AlertStatus about;
            about.rule = message.rule;
            about.model = message.body.value(Q("model")).toString();
            if (message.state != Q("ok") && std::any_of(silences->begin(), silences->end(), [&](const telemetry::AlertSilence &s) { return s.covers(about, now); }))
                continue; // silenced while it waited
            if (stop.stop_requested() || !state.off.isEmpty() || (state.hold.isValid() && now < state.hold))
                break;
            if (!store.claim(message.id).value_or(false))
                continue;
            const auto outcome = std::make_shared<SendOutcome>(SendOutcome{SendOutcome::Again, -1, {}});
            const auto ran = m_services->operations->run(notifyOperation(*m_services, channel, *address, QStringLiteral("alert ") + message.rule, message.body, outcome));
            if (!ran.done && outcome->problem.isEmpty())
                outcome->problem = ran.error ? ran.error->text() : QString();
            const QString to = QStringLiteral("%1 to %2").arg(message.rule, channel.name);
            Result<void> kept;
            const qint64 delay = telemetry::retryDelay(message.tries + 1);
            switch (outcome->what) {
            case SendOutcome::Sent:
                state.problem.clear();
                kept = store.settleSent(message.id, now);
                break;
            case SendOutcome::Again:
                state.problem = outcome->problem;
                if (outcome->wait >= 0)
                    state.hold = now.addSecs(std::max<qint64>(1, outcome->wait));
                kept = delay < 0 && outcome->wait < 0 ? store.settleFailed(message.id, outcome->problem) : store.settleAgain(message.id, outcome->wait >= 0 ? state.hold : now.addSecs(delay), outcome->problem);
                if (message.tries == 0 || delay < 0)
                    news.push_back({{}, delay < 0 ? Text::tr("%1 was given up: %2").arg(to, outcome->problem) : Text::tr("%1 is sent again later: %2").arg(to, outcome->problem), true});
                break;
            case SendOutcome::Off:
                state.problem = state.off = outcome->problem;
                state.since = now;
                kept = store.settleAgain(message.id, now, outcome->problem); // goes out when the channel is on again
                news.push_back({{}, Text::tr("Nothing is sent to %1 any more: %2 Give it a new address, then: pilot alerts test %1").arg(channel.name, outcome->problem), true});
                break;
            case SendOutcome::Failed:
                state.problem = outcome->problem;
                kept = store.settleFailed(message.id, outcome->problem);
                news.push_back({{}, Text::tr("%1 was not taken: %2").arg(to, outcome->problem), true});
                break;
            }
            if (!kept)
                news.push_back({{}, kept.error().text(), true});
            if (outcome->what == SendOutcome::Again)
                break; // the others would wait as long
        }
        if (const auto kept = store.writeChannel(state); !kept)
            news.push_back({{}, kept.error().text(), true});
    }
}

} // namespace pilothouse::fleet
