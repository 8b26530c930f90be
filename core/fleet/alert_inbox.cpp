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
    item.title = titleOf(rule, status);
    item.sentence = status.sentence;
    item.model = rule.model;
    item.since = status.since;
    const telemetry::AlertFix fix = telemetry::fixesOf(rule).front();
    item.action = fix.action;
    item.argument = fix.action == QLatin1String("alert.silence") ? item.id : rule.model;
    return item;
}

/// The item of the model's watch that is about the same; empty: none is.
QString watchedAs(const AlertRule &rule, const workspace::Workspace &workspace) {
    const workspace::Model *model = workspace.model(rule.model);
    if (!model)
        return {};
    switch (rule.kind) {
    case AlertRule::Kind::Staleness: return QStringLiteral("stale/") + rule.model;
    case AlertRule::Kind::Drift: return QStringLiteral("drift/") + rule.model;
    case AlertRule::Kind::Skew: return QStringLiteral("skew/") + rule.model;
    case AlertRule::Kind::Metric: // of several watched ones the first that is over its limit stands there
        return rule.source != QLatin1String("registry") && std::all_of(model->watch.begin(), model->watch.end(), [&](const auto &w) { return w.metric.isEmpty() || w.metric == rule.metric || workspace::isSloMetric(w.metric); }) ? QStringLiteral("quality/") + rule.model : QString();
    default: return {};
    }
}

} // namespace

Result<std::vector<InboxItem>> alertItems(const Services &services, QStringList *instead) {
    std::vector<InboxItem> items;
    if (!QFileInfo::exists(services.root + QStringLiteral("/alerts.db")))
        return items;
    PH_ASSIGN(const auto rules, workspace::readAlertRules(services.workspace.file));
    PH_ASSIGN(const auto store, telemetry::AlertStore::open(services.root));
    PH_ASSIGN(const auto statuses, store->statuses());
    const QDateTime now = services.clock->nowUtc();
    PH_ASSIGN(const auto silences, store->silences(now));
    PH_ASSIGN(const auto channels, store->channels());
    for (const AlertRule &rule : rules) {
        const auto at = std::find_if(statuses.begin(), statuses.end(), [&](const AlertStatus &s) { return s.rule == rule.name; });
        if (at == statuses.end() || at->state == AlertState::Ok)
            continue;
        if (const QString same = watchedAs(rule, services.workspace); instead && !same.isEmpty())
            *instead << same;
        if (std::any_of(silences.begin(), silences.end(), [&](const auto &s) { return s.covers(*at, now); }))
            continue;
        items.push_back(itemOf(rule, *at));
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
