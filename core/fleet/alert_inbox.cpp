// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/alert_inbox.h"

#include "core/telemetry/alert_store.h"
#include "core/workspace/slo.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::fleet {

using telemetry::AlertState;
using telemetry::AlertStatus;
using workspace::AlertRule;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(AlertInbox)
};

QString titleOf(const AlertRule &rule, const AlertStatus &status) {
    const QString of = rule.model.isEmpty() ? rule.name : QStringLiteral("%1 (%2)").arg(rule.name, rule.model);
    switch (status.state) {
    case AlertState::Pending: return Text::tr("%1 is beyond its limit").arg(of);
    case AlertState::CannotTell: return Text::tr("%1 cannot be told").arg(of);
    case AlertState::NoData: return Text::tr("%1 has no data").arg(of);
    default: return Text::tr("%1 fires").arg(of);
    }
}

InboxItem itemOf(const AlertRule &rule, const AlertStatus &status) {
    InboxItem item;
    const bool unclear = status.state == AlertState::CannotTell || status.state == AlertState::NoData;
    item.group = status.state == AlertState::Pending ? InboxGroup::Soon : InboxGroup::Broken;
    item.state = unclear ? Health::Unknown : status.state == AlertState::Pending || rule.warning ? Health::Warn : Health::Bad;
    item.id = QStringLiteral("alert/") + rule.name;
    item.ruleKind = rule.kindName();
    item.title = titleOf(rule, status);
    item.sentence = status.sentence;
    item.model = rule.model;
    item.since = status.since;
    for (const telemetry::AlertFix &fix : telemetry::fixesOf(rule))
        item.more.push_back({fix.word, fix.action, fix.action == QLatin1String("alert.silence") ? item.id : rule.model});
    const InboxWay first = item.more.front();
    item.action = first.action == QLatin1String("rollout.undo") ? QStringLiteral("rollout.show") : first.action; // to which revision is chosen there
    item.argument = first.argument;
    if (item.action == first.action)
        item.more.erase(item.more.begin());
    return item;
}

SilencedAlert silencedOf(const AlertRule &rule, const AlertStatus &status, const telemetry::AlertSilence &silence) {
    const InboxItem item = itemOf(rule, status);
    SilencedAlert out;
    out.id = item.id;
    const bool kept = status.state == AlertState::Ok;
    out.title = kept ? rule.model.isEmpty() ? rule.name : QStringLiteral("%1 (%2)").arg(rule.name, rule.model) : item.title;
    out.sentence = status.sentence;
    out.model = rule.model;
    out.state = kept ? Health::Ok : item.state;
    out.silence = silence.id;
    out.until = silence.until;
    out.by = silence.by;
    out.comment = silence.comment;
    return out;
}

/// The item of the model's watch that is about the same; empty: none is.
QString watchedAs(const AlertRule &rule, const workspace::Workspace &workspace) {
    const workspace::Model *model = workspace.model(rule.model);
    if (!model)
        return {};
    switch (rule.kind) {
    case AlertRule::Kind::Staleness: return QStringLiteral("stale/") + rule.model;
    case AlertRule::Kind::Drift: return rule.of == QLatin1String("inputs") ? QStringLiteral("drift/") + rule.model : QString();
    case AlertRule::Kind::Skew: return QStringLiteral("skew/") + rule.model;
    case AlertRule::Kind::Metric: // of several watched ones the first that is over its limit stands there
        return rule.source != QLatin1String("registry") && std::all_of(model->watch.begin(), model->watch.end(), [&](const auto &w) { return w.metric.isEmpty() || w.metric == rule.metric || workspace::isSloMetric(w.metric); }) ? QStringLiteral("quality/") + rule.model : QString();
    default: return {};
    }
}

} // namespace

Result<std::vector<InboxItem>> alertItems(const Services &services, AlertsAside *aside) {
    std::vector<InboxItem> items;
    const bool evaluated = QFileInfo::exists(services.root + QStringLiteral("/alerts.db"));
    if (!evaluated && !aside)
        return items;
    PH_ASSIGN(const auto rules, workspace::readAlertRules(services.workspace.file));
    if (!evaluated) {
        for (const AlertRule &rule : rules)
            aside->kept.push_back({rule.name, rule.model, Text::tr("not evaluated yet"), {}, rule.kindName()});
        return items;
    }
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services.root));
    PH_ASSIGN(const auto statuses, store->statuses());
    const QDateTime now = services.clock->nowUtc();
    PH_ASSIGN(const auto silences, store->silences(now));
    PH_ASSIGN(const auto channels, store->channels());
    for (const AlertRule &rule : rules) {
        const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const AlertStatus &s) { return s.rule == rule.name; });
        AlertStatus status;
        if (at != statuses.end())
            status = *at;
        status.rule = rule.name;
        status.model = rule.model;
        const bool kept = at == statuses.end() || status.state == AlertState::Ok;
        if (const QString same = watchedAs(rule, services.workspace); aside && !kept && !same.isEmpty())
            aside->instead << same;
        const auto silence = std::find_if(silences.begin(), silences.end(), [&](const auto &s) { return s.covers(status, now); });
        if (silence != silences.end()) {
            if (aside)
                aside->silenced.push_back(silencedOf(rule, status, *silence));
        } else if (!kept) {
            items.push_back(itemOf(rule, status));
        } else if (aside) {
            aside->kept.push_back({rule.name, rule.model, at == statuses.end() ? Text::tr("not evaluated yet") : status.sentence, status.looked, rule.kindName()});
        }
    }
    for (const telemetry::ChannelState &channel : channels) {
        if (channel.off.isEmpty() || !services.workspace.notifications.contains(channel.name))
            continue;
        InboxItem item;
        item.group = InboxGroup::Broken;
        item.state = Health::Warn;
        item.id = QStringLiteral("channel/") + channel.name;
        item.title = Text::tr("Nothing is sent to %1 any more").arg(channel.name);
        item.sentence = Text::tr("%1 Give it a new address, then: pilot alerts test %2").arg(channel.off, channel.name);
        item.since = channel.since;
        items.push_back(item);
    }
    return items;
}

void addAlertItems(std::vector<InboxItem> items, std::vector<InboxItem> &inbox, const QStringList &instead) {
    std::erase_if(inbox, [&](const InboxItem &item) { return instead.contains(item.id); });
    inbox.insert(inbox.end(), std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    std::stable_sort(inbox.begin(), inbox.end(), [](const InboxItem &a, const InboxItem &b) { return a.group != b.group ? a.group < b.group : a.since > b.since; });
}

} // namespace pilothouse::fleet
