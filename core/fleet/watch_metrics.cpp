// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/watch_metrics.h"

#include "core/telemetry/alert_store.h"
#include "core/telemetry/exposition.h"

namespace pilothouse::fleet {

using telemetry::AlertState;
using telemetry::AlertStatus;
using telemetry::Exposition;

namespace {

QString q(const char *text) { return QString::fromLatin1(text); }
double seconds(const QDateTime &time) { return double(time.toMSecsSinceEpoch()) / 1000; }

void addAlerts(Exposition &out, const std::vector<AlertStatus> &all) {
    const auto labels = [](const AlertStatus &s) { return Exposition::Labels{{q("rule"), s.rule}, {q("model"), s.model}, {q("severity"), s.warning ? q("warning") : q("critical")}}; };
    out.family(q("pilothouse_alert_state"), "gauge", q("1 for the state that an alert rule of the workspace is in, 0 for the others."));
    for (const AlertStatus &status : all)
        for (const AlertState state : {AlertState::Ok, AlertState::Pending, AlertState::Firing, AlertState::CannotTell, AlertState::NoData}) {
            auto of = labels(status);
            of.emplace_back(q("state"), telemetry::alertStateName(state).replace(QLatin1Char(' '), QLatin1Char('_')));
            out.sample(status.state == state, of);
        }
    out.family(q("pilothouse_alert_value"), "gauge", q("Value that the rule was judged on, in its own unit (ages and run times in seconds, latency in milliseconds)."));
    for (const AlertStatus &status : all)
        if (status.value)
            out.sample(*status.value, labels(status));
    out.family(q("pilothouse_alert_looked_timestamp_seconds"), "gauge", q("When the rule was evaluated last."));
    for (const AlertStatus &status : all)
        if (status.looked.isValid())
            out.sample(seconds(status.looked), labels(status));
}

void addChannels(Exposition &out, const std::vector<telemetry::ChannelState> &all) {
    out.family(q("pilothouse_notifications"), "gauge", q("Messages that are kept, by channel and what became of them: sent, waiting, failed."));
    for (const telemetry::ChannelState &channel : all)
        for (const auto &[outcome, count] : {std::pair("sent", channel.sent), std::pair("waiting", channel.waiting), std::pair("failed", channel.failed)})
            out.sample(double(count), {{q("channel"), channel.name}, {q("outcome"), q(outcome)}});
    out.family(q("pilothouse_notification_channel_off"), "gauge", q("1 for a channel whose address is revoked or gone: nothing is sent there."));
    for (const telemetry::ChannelState &channel : all)
        out.sample(!channel.off.isEmpty(), {{q("channel"), channel.name}});
}

} // namespace

void WatchBeats::looked(const QString &part, const QDateTime &now, qint64 acted, qint64 problems) {
    const std::lock_guard guard(m_mutex);
    Part &of = m_parts[part];
    of.last = now;
    ++of.looks;
    of.acted += acted;
    of.problems += problems;
}

Result<QByteArray> watchExposition(const Services &services, const WatchBeats &beats) {
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services.root));
    PH_ASSIGN(const auto alerts, store->statuses());
    PH_ASSIGN(const auto channels, store->channels());
    Exposition out;
    addAlerts(out, alerts);
    addChannels(out, channels);
    const std::lock_guard guard(beats.m_mutex);
    out.family(q("pilothouse_watch_looked_timestamp_seconds"), "gauge", q("When a part of the watch ended its last look: alerts, runs, canaries, policies."));
    for (const auto &[name, part] : beats.m_parts)
        out.sample(seconds(part.last), {{q("part"), name}});
    out.family(q("pilothouse_watch_looks_total"), "counter", q("Looks of a part."));
    for (const auto &[name, part] : beats.m_parts)
        out.sample(double(part.looks), {{q("part"), name}});
    out.family(q("pilothouse_watch_actions_total"), "counter", q("What a part did by itself: starts, retries, retrainings, turn-backs."));
    for (const auto &[name, part] : beats.m_parts)
        out.sample(double(part.acted), {{q("part"), name}});
    out.family(q("pilothouse_watch_problems_total"), "counter", q("What a part could not do."));
    for (const auto &[name, part] : beats.m_parts)
        out.sample(double(part.problems), {{q("part"), name}});
    out.family(q("pilothouse_watch_start_timestamp_seconds"), "gauge", q("When this watch began."));
    out.sample(seconds(beats.m_started));
    return out.text();
}

} // namespace pilothouse::fleet
